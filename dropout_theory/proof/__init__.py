"""Proofs: theorems made by checked rules, and the registry of proofs of claims."""

from dropout_theory.proof.algebra import (
    arithmetic,
    evaluated,
    extreme_attained,
    identity,
    matches,
    minimum_bound,
    restate,
    rewrite,
    unfolded,
)
from dropout_theory.proof.analysis import (
    by_slope,
    exponential_bound,
    increasing,
    jensen,
    logarithm_bound,
    to_order,
    weighted,
)
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
    put_values,
    satisfied,
    specialise,
)
from dropout_theory.proof.refutations import at_instance, meaningless, refutation
from dropout_theory.proof.theorem import (
    FACTS,
    PROOFS,
    REFUTATIONS,
    WITNESSES,
    ProofError,
    Theorem,
    classical_fact,
    prove,
    refute,
    witness,
)

__all__ = [
    "FACTS", "PROOFS", "REFUTATIONS", "WITNESSES", "ProofError", "Theorem", "apply", "arithmetic", "assume",
    "at_instance", "by_slope", "cases", "cite", "classical", "classical_fact", "component", "conjunction",
    "discharge", "evaluated", "exhibit", "exponential_bound", "extreme_attained", "generalise", "identity", "iff",
    "increasing", "induction", "instance", "jensen", "logarithm_bound", "matches", "meaningless", "minimum_bound",
    "negation", "prove", "put_values", "refutation", "refute", "restate", "rewrite", "satisfied", "specialise",
    "to_order", "unfolded", "weighted", "witness",
]
