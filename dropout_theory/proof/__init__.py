"""The rules of proof: each makes a theorem from theorems, or refuses and says why."""

from types import FunctionType

from dropout_theory.proof.algebra import (
    arithmetic,
    evaluated,
    extreme_attained,
    identity,
    matches,
    minimum_bound,
    restate,
    rewrite,
    rewritten,
    unfolded,
)
from dropout_theory.proof.analysis import (
    by_slope,
    exponential_bound,
    increasing,
    jensen,
    logarithm_bound,
    weighted,
)
from dropout_theory.proof.convergence import (
    ORDER,
    PolePair,
    arctangent_range,
    converges_within,
    diverges_beyond,
    growth,
    largest_absolute,
    largest_of_gate,
    largest_of_sum,
    later_start,
    mixture,
    no_sum,
    pole_pair,
    same_value,
    zeta_growth,
)
from dropout_theory.proof.counting import (
    binomial_absorbed,
    binomial_mirrored,
    binomial_next,
    binomial_not_negative,
    binomial_positive,
    binomial_total,
    constant_sum,
    each_value,
    integer_gap,
    mirrored_sum,
    parity,
    rounding,
    same_integer,
    split_sum,
)
from dropout_theory.proof.independence import independent_factors, independent_product
from dropout_theory.proof.indices import (
    apart,
    at_value,
    entry_below_sum,
    generalise_offset,
    mirrored,
    sift,
    together,
    written_out,
)
from dropout_theory.proof.layers import (
    expected,
    geometric_over_masks,
    given_gates,
    last_split,
    mean_square,
    over_masks,
    relu_kept,
    relu_scaled,
)
from dropout_theory.proof.letters import in_letters
from dropout_theory.proof.logic import (
    apply,
    assume,
    cases,
    cite,
    classical,
    component,
    conjunction,
    discharge,
    exhibit,
    generalise,
    iff,
    induction,
    instance,
    negation,
    satisfied,
    specialise,
)
from dropout_theory.proof.masks import Values, held, indicator, number_kept, with_held, zero_or_one
from dropout_theory.proof.near_zero import differentiate
from dropout_theory.proof.normal import falling_to_zero, moved_normal, positive_part_mean
from dropout_theory.proof.optima import NoMinimiser, aversion_value, unbounded
from dropout_theory.proof.orders import absolute, combination, small_product, to_order
from dropout_theory.proof.products import empty_product, vanishing_factor
from dropout_theory.proof.refutations import at_instance, meaningless, refutation
from dropout_theory.proof.scope import in_range
from dropout_theory.proof.series import (
    chain,
    empty,
    factorial_step,
    low_derivative,
    shifted,
    stirling_edge,
    stirling_outside,
    stirling_recurrence,
    termwise,
    times,
    tower,
    two_outcomes,
    without_first,
    without_last,
)
from dropout_theory.proof.theorem import Theorem, given_out
from dropout_theory.proof.training import has_value, homogeneous, parameters_replaced, reparametrised, same_training
from dropout_theory.proof.universal import (
    at,
    collected_power,
    convex_by_curvature,
    finite_jensen,
    for_all,
    joined_power,
)

__all__ = [
    "NoMinimiser", "ORDER", "PolePair", "Theorem", "Values", "absolute", "apart", "apply", "arctangent_range",
    "arithmetic", "assume", "at", "at_instance", "at_value", "aversion_value", "binomial_absorbed", "binomial_mirrored",
    "binomial_next", "binomial_not_negative", "binomial_positive", "binomial_total", "by_slope", "cases", "chain",
    "cite", "classical", "collected_power", "combination", "component", "conjunction", "constant_sum",
    "converges_within", "convex_by_curvature", "differentiate", "discharge", "diverges_beyond", "each_value", "empty",
    "empty_product", "entry_below_sum", "evaluated", "exhibit", "expected", "exponential_bound", "extreme_attained",
    "factorial_step", "falling_to_zero", "finite_jensen", "for_all", "generalise", "generalise_offset",
    "geometric_over_masks", "given_gates", "growth", "has_value", "held", "homogeneous", "identity", "iff",
    "in_letters", "in_range", "increasing", "independent_factors", "independent_product", "indicator", "induction",
    "instance", "integer_gap", "jensen", "joined_power", "largest_absolute", "largest_of_gate", "largest_of_sum",
    "last_split", "later_start", "logarithm_bound", "low_derivative", "matches", "mean_square", "meaningless",
    "minimum_bound", "mirrored", "mirrored_sum", "mixture", "moved_normal", "negation", "no_sum", "number_kept",
    "over_masks", "parameters_replaced", "parity", "pole_pair", "positive_part_mean", "refutation", "relu_kept",
    "relu_scaled", "reparametrised", "restate", "rewrite", "rewritten", "rounding", "same_integer", "same_training",
    "same_value", "satisfied", "shifted", "sift", "small_product", "specialise", "split_sum", "stirling_edge",
    "stirling_outside", "stirling_recurrence", "termwise", "times", "to_order", "together", "tower", "two_outcomes",
    "unbounded", "unfolded", "vanishing_factor", "weighted", "with_held", "without_first", "without_last",
    "written_out", "zero_or_one", "zeta_growth",
]

# rules as those who write proofs get them
globals().update({name: given_out(rule) for name, rule in list(globals().items())
                  if name in __all__ and isinstance(rule, FunctionType)})
