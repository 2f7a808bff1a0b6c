"""The language of statements: typed atoms, random variables and the operators E, Var, Cov, G, NWGM.

Every object is a SymPy object. Atoms carry their domains; families are indexed atoms with symbolic sizes;
random atoms carry their law; operators stay unevaluated until a method replaces them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from dropout_theory.language.atoms import (
    RANDOM,
    Abstract,
    Element,
    Family,
    Gates,
    RandomIndex,
    RandomScalar,
    Range,
    Recursion,
    Scalar,
    placeholder,
)
from dropout_theory.language.binding import bound_limits
from dropout_theory.language.checked import expression
from dropout_theory.language.domains import NATURAL, PROBABILITY, REAL, SIZE, UNIT, Domain
from dropout_theory.language.operators import (
    NWGM,
    Cov,
    E,
    G,
    Gc,
    Largest,
    Operator,
    Relu,
    Sigma,
    Smallest,
    Var,
    logistic,
)
from dropout_theory.language.substitution import substitute

__all__ = [
    "NWGM", "RANDOM", "Abstract", "Cov", "E", "Element", "Family", "G", "Gates", "Gc", "Largest", "Operator",
    "RandomIndex", "RandomScalar", "Range", "Recursion", "Relu", "Scalar", "Sigma", "Smallest", "Var", "bound_limits",
    "distribution", "family", "gates", "index", "logistic", "natural", "normal", "placeholder", "recursion",
    "size", "subnetwork", "substitute", "uniform", "weights",
]


def family(name: str, domain: Domain, *sizes: Any, simplex: bool = False) -> Family:
    """Deterministic family; each size is n (index 1..n) or an (index, first, last) triple."""
    return Family(name, domain, _ranges(sizes), simplex)


def weights(name: str, *sizes: Any) -> Family:
    """Real family, e.g. weights, inputs, biases."""
    return family(name, REAL, *sizes)


def distribution(name: str, size: Any) -> Family:
    """Probabilities P[1..m] summing to one; single outcomes may have probability zero."""
    return Family(name, PROBABILITY, _ranges((size,)), True)


def gates(name: str, keep: Any, *sizes: Any) -> Gates:
    """Independent gates with keep probability `keep`: a Family of the same ranges or an expression."""
    ranges = _ranges(sizes)
    if isinstance(keep, Family):
        keep = Element(keep, *[r[0] for r in ranges][-len(keep.ranges):])
    keep = expression(keep, f"the keep probability of {name!r}")
    return Gates(name, UNIT, ranges, False, keep)


def recursion(name: str, ranges: Sequence[Range], base: Any, step: Any, domain: Domain = REAL) -> Recursion:
    """Layer-by-layer definition; `step` may call the family through `placeholder(name, ranges)`. See Recursion."""
    base, step = expression(base, f"the base of {name!r}"), expression(step, f"the step of {name!r}")
    return Recursion(name, domain, tuple(ranges), False, base, step)


def subnetwork(name: str, probabilities: Family) -> RandomIndex:
    """Random index over the outcomes of a distribution."""
    return RandomIndex(name, SIZE, probabilities)


def normal(name: str, mean: Any, deviation: Any) -> RandomScalar:
    return RandomScalar(name, REAL, "normal", mean, deviation)


def uniform(name: str, low: Any, high: Any) -> RandomScalar:
    return RandomScalar(name, REAL, "uniform", low, high)


def index(name: str) -> sp.Symbol:
    """A bound index of sums and families."""
    return sp.Symbol(name, integer=True)


def size(name: str) -> Scalar:
    """A positive integer: a number of inputs, outcomes, layers."""
    return Scalar(name, SIZE)


def natural(name: str) -> Scalar:
    return Scalar(name, NATURAL)


def _ranges(sizes: Sequence[Any]) -> tuple[Range, ...]:
    names = ("i", "j", "k", "l")
    found: list[Range] = []
    for position, given in enumerate(sizes):
        if isinstance(given, tuple):
            symbol, low, high = given
            found.append((symbol, low, high))
        else:
            found.append((index(f"{names[position]}_"), sp.S.One, given))
    return tuple(found)
