"""Wrong and suspicious statements about deep networks of rectified linear units."""

from collections.abc import Callable

from sympy import Rational, Sum, sqrt

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
    NONNEGATIVE,
    REAL,
    E,
    Expr,
    ForEach,
    Relu,
    Scalar,
    both,
    equal,
    family,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    K,
    Parameters,
    always,
    d,
    hidden,
    k,
    n,
    output,
    own,
    p,
    parameter_families,
    random_pattern,
    scaled,
    t,
)
from dropout_theory.papers.helmbold2017.s02_preliminaries import clean, dropped, example_criterion
from dropout_theory.papers.helmbold2017.s03_scaling import (
    W1,
    D,
    D_larger,
    W,
    a,
    b,
    b0,
    c,
    factor,
    full_rank,
    h,
    h_larger,
    input_values,
    network,
    r,
    r0,
    up_to,
    w,
    x,
)
from dropout_theory.papers.helmbold2017.s04_negative_weights import (
    chance,
    different,
    heavy_tail,
    inner_first,
    inner_last,
    j,
    upper_tail,
)
from dropout_theory.papers.helmbold2017.s04_negative_weights import n as trials
from dropout_theory.papers.helmbold2017.s05_penalty import disturbed, label, penalty_of, q
from planted import Plant

PLANT = Plant("helmbold2017")
BOTH = ("exact", "property")
SMALLEST = {"max_size": 1}  # one input, one unit, one hidden layer: enough to refute
y = Scalar("y")


def network_output(parameters: Parameters, inputs: Callable[..., Expr]) -> Expr:
    """The output under the fixed pattern r0, r."""
    return output(parameters, hidden("h'", parameters, inputs, scaled(r0), scaled(r)), scaled(r))


# --- rescaled parameters ------------------------------------------------------------------------------------------
unscaled_biases = Parameters(lambda i_, k_: c[1] * W1[i_, k_], lambda l_, i_, k_: c[l_] * W[l_, i_, k_],
                             lambda l_, i_: b[l_, i_], lambda k_: c[d] * w[k_], b0)
own_factor_only = Parameters(lambda i_, k_: c[1] * W1[i_, k_], lambda l_, i_, k_: c[l_] * W[l_, i_, k_],
                             lambda l_, i_: c[l_] * b[l_, i_], lambda k_: c[d] * w[k_], c[d] * b0)
balanced = Hypothesis("balanced", equal(c[1] * c[d], 1))
shallow = Hypothesis("one hidden layer", equal(d, 2))
exchange = {K: 1, n: 1, d: 2, p: 1, b0: 0, x: {(1,): 0}, W1: {(1, 1): 0}, W: {}, b: {(1, 1): 1}, w: {(1,): 1},
            r0: {(1,): 1}, r: {(1, 1): 1}, c: {(1,): 2, (2,): Rational(1, 2)}}
PLANT.refuted("weights-exchanged-biases-left", equal(network_output(unscaled_biases, input_values(x)), D),
              by=("exact",), hypotheses=[shallow, balanced], admissible=exchange, limits=SMALLEST)
PLANT.refuted("bias-by-its-own-factor", equal(network_output(own_factor_only, input_values(x)), up_to(d) * D), by=BOTH,
              limits=SMALLEST)
PLANT.refuted("last-factor-lost", equal(D_larger, up_to(d - 1) * D), by=BOTH, limits=SMALLEST)
PLANT.refuted("networks-exchanged", equal(D, up_to(d) * D_larger), by=BOTH, limits=SMALLEST)
PLANT.refuted("rescaling-leaves-hidden-values", equal(h_larger[1, 1], h[1, 1]), by=BOTH, limits=SMALLEST)

signed = family("c", REAL, (t, 1, d))
weak = family("c", NONNEGATIVE, (t, 1, d))
PLANT.refuted("negative-factor", equal(Relu(signed[1] * y), signed[1] * Relu(y)), by=("exact", "decide", "property"))
PLANT.holds("factor-zero", equal(Relu(weak[1] * y), weak[1] * Relu(y)))

# --- rescaled inputs and outputs ----------------------------------------------------------------------------------
twice = Parameters(lambda i_, k_: W1[i_, k_] * a[k_], network.deeper, network.bias, network.last, b0)
swapped = Parameters(lambda i_, k_: W1[i_, K + 1 - k_], network.deeper, network.bias, network.last, b0)
PLANT.refuted("weights-scaled-the-wrong-way", equal(network_output(twice, lambda k_: a[k_] * x[k_]), D), by=BOTH,
              hypotheses=[full_rank], limits=SMALLEST)
PLANT.refuted("matrix-not-diagonal", equal(network_output(swapped, lambda k_: x[K + 1 - k_]), D), by=BOTH,
              limits={"max_size": 2})
PLANT.refuted("loss-scaled-once", equal((factor * D - factor * y) ** 2, factor * (D - y) ** 2), by=BOTH)
PLANT.holds("matrix-not-diagonal-all-inputs-kept",
            equal(Sum(W1[1, K + 1 - k] * x[K + 1 - k], (k, 1, K)), Sum(W1[1, k] * x[k], (k, 1, K))))

# --- the penalty --------------------------------------------------------------------------------------------------
PLANT.refuted("criterion-of-figure-1", equal(example_criterion, 56), by=("exact", "decide"))
PLANT.refuted("figure-1-penalty-not-negative", less_equal(0, example_criterion - (clean - 8) ** 2),
              by=("exact", "decide"))
PLANT.refuted("figure-1-four-patterns", equal(E(dropped), Rational(5, 4)), by=("exact", "decide"))

gate0, gate = random_pattern()
positive = own(parameter_families(NONNEGATIVE))
u = family("x", NONNEGATIVE, *INPUT_NODES)


def penalty(parameters: Parameters, inputs: Callable[..., Expr], target: Expr) -> Expr:
    """Mean loss under dropout less the loss without, on one example."""
    kept = output(parameters, hidden("h", parameters, inputs, scaled(gate0), scaled(gate)), scaled(gate))
    whole = output(parameters, hidden("H", parameters, inputs, always, always), always)
    return E((kept - target) ** 2) - (whole - target) ** 2


one_unit = {K: 1, n: 1, d: 2, p: Rational(1, 2), b0: 0, y: 9, x: {(1,): 1}, W1: {(1, 1): 1}, W: {}, b: {(1, 1): -1},
            w: {(1,): 1}}
PLANT.refuted("penalty-never-negative", less_equal(0, penalty(network, input_values(x), y)), by=("exact",),
              admissible=one_unit, limits=SMALLEST)
PLANT.refuted("penalty-always-positive", less(0, penalty(positive, input_values(u), y)), by=BOTH,
              limits={"max_size": 2})
random_values = hidden("h", network, input_values(x), scaled(gate0), scaled(gate))
PLANT.refuted("rectified-mean-output",
              equal(E(output(network, random_values, scaled(gate))),
                    output(network, hidden("H", network, input_values(x), always, always), always)),
              by=("exact",), admissible={k_: v for k_, v in one_unit.items() if k_ != y}, limits=SMALLEST)
free_bias = Parameters(positive.first, positive.deeper, positive.bias, positive.last, Scalar("b0"))
PLANT.holds("penalty-not-negative-whatever-the-output-bias", less_equal(0, penalty(free_bias, input_values(u), y)),
            limits={"max_size": 2})

# --- labels -------------------------------------------------------------------------------------------------------
PLANT.refuted("mean-change-p-for-q", equal(E(disturbed), 2 * (1 - q)), by=("exact", "decide"))
PLANT.refuted("penalty-sign-of-label", equal(penalty_of(label), E(disturbed**2) + 2 * label * E(disturbed)), by=BOTH)
PLANT.refuted("penalty-independent-of-label", equal(penalty_of(label), penalty_of(0)), by=BOTH)
PLANT.holds("mean-change-is-2q", equal(E(disturbed), 2 * q))
PLANT.holds("penalty-negative-for-large-label", less(penalty_of(1 / q + 4 / (1 - q) ** 2), 0))

# --- tails of the binomial ----------------------------------------------------------------------------------------
many = {"max_size": 40}
PLANT.refuted("tail-one-third", less_equal(Rational(1, 3), upper_tail), by=BOTH, limits=many)
PLANT.refuted("tail-one-exception-short", heavy_tail, by=("exact",), limits=many, admissible={trials: 18},
              hypotheses=[Hypothesis("three exceptions", both(*(different(trials, m) for m in (5, 7, 16))))])
PLANT.refuted("point-bound-wrong-constant", ForEach(less_equal(chance(j), 1 / sqrt(2 * trials)), (j, 0, trials)),
              by=BOTH, limits=many)
PLANT.refuted("open-interval-two-fifths", less_equal(Sum(chance(j), (j, inner_first, inner_last)), Rational(2, 5)),
              by=BOTH, limits=many)
PLANT.holds("point-bound-sharper", ForEach(less_equal(chance(j), 1 / sqrt(3 * trials / 2 + 1)), (j, 0, trials)),
            limits=many)

