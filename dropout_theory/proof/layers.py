"""Rules for layered networks and random masks: rectifiers, last factors, means of theorems, masks of named gates."""

from __future__ import annotations

from itertools import product
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, is_positive
from dropout_theory.proof.algebra import _sides
from dropout_theory.proof.near_zero import MAX_GATES, over_each_mask
from dropout_theory.proof.theorem import Theorem, certify
from dropout_theory.proof.training import parameters_replaced


def relu_scaled(factor: Any, x: Any, *premises: Theorem) -> Theorem:
    """Relu(factor * x) = factor * Relu(x) for factor >= 0, by shape or from the premises. Raises ProofError."""
    factor, x = sp.sympify(factor), sp.sympify(x)
    need(is_nonnegative(factor) or entails([t.conclusion for t in premises], sp.Ge(factor, 0, evaluate=False)),
         f"{factor} is not known to be non-negative")
    return certify("positive homogeneity", st.equal(lang.Relu(factor * x), factor * lang.Relu(x)), premises)


def relu_kept(x: Any, *premises: Theorem) -> Theorem:
    """Relu(x) = x for x >= 0, by shape or from the premises. Raises ProofError."""
    x = sp.sympify(x)
    need(is_nonnegative(x) or entails([t.conclusion for t in premises], sp.Ge(x, 0, evaluate=False)),
         f"{x} is not known to be non-negative")
    return certify("rectifier of a non-negative number", st.equal(lang.Relu(x), x), premises)


def last_split(whole: Any, *premises: Theorem) -> Theorem:
    """A Sum or Product over (t, a, b), b >= a, is that over (t, a, b - 1) with the term at b. Raises ProofError."""
    need(isinstance(whole, (sp.Sum, sp.Product)) and len(whole.limits) == 1, f"not a single sum or product: {whole}")
    symbol, low, high = whole.limits[0]
    need(entails([t.conclusion for t in premises], sp.Ge(high, low, evaluate=False)),
         f"the range of {whole} may be empty")
    last = lang.substitute(whole.function, {symbol: high})
    if sp.expand(high - low) == 0:
        return certify("last term", st.equal(whole, last), premises)
    rest = whole.func(whole.function, (symbol, low, sp.expand(high - 1)))
    joined = rest * last if isinstance(whole, sp.Product) else rest + last
    return certify("last term", st.equal(whole, joined), premises)


def expected(theorem: Theorem) -> Theorem:
    """Expectations of both sides of a relation that holds for every outcome; < becomes <=. Raises ProofError."""
    need(not any(lang.is_random(g) for g in theorem.given), "an assumption restricts a random atom")
    kind, left, right = _sides(theorem.conclusion)
    need(kind in (sp.Eq, sp.Le, sp.Lt), f"not an equality or inequality: {theorem.conclusion}")
    kind = sp.Eq if kind is sp.Eq else sp.Le
    return certify("expectation", kind(lang.E(left), lang.E(right), evaluate=False), [theorem])


def mean_square(x: Any) -> Theorem:
    """E(x)^2 <= E(x^2): a variance is not negative."""
    return certify("variance is not negative", st.less_equal(lang.E(x) ** 2, lang.E(x**2)))


def over_masks(mean: lang.E) -> Theorem:
    """E(x) = sum over the values of the gates in x of probability times x there; x must name every gate by number.

    Raises ProofError when an index is symbolic, another random atom occurs, or there are more than 12 gates.
    """
    need(isinstance(mean, lang.E), f"not an expectation: {mean}")
    outcomes = over_each_mask(mean.args[0])
    return certify("sum over masks", st.equal(mean, sp.Add(*[weight * x for weight, x in outcomes])))


def geometric_over_masks(mean: lang.G) -> Theorem:
    """G(x) = product over the values of the gates in x of x there to the power of its probability.

    Every value must be positive by shape, and x as `over_masks` wants it. Raises ProofError otherwise.
    """
    need(isinstance(mean, lang.G), f"not a geometric mean: {mean}")
    found = over_each_mask(mean.args[0])
    for _, x in found:
        need(is_positive(x), f"{x} is not known to be positive")
    return certify("product over masks", st.equal(mean, sp.Mul(*[x**weight for weight, x in found])))


def given_gates(mean: lang.E, *found: lang.Element) -> Theorem:
    """E(x) = sum over the values of some gates of probability times E(x with the gates at these values).

    The gates are named by number; their families must not occur in x, or in definitions of what occurs in x, under any
    other index. All that is random in x must be gates, or defined from gates. Raises ProofError otherwise.
    """
    need(isinstance(mean, lang.E), f"not an expectation: {mean}")
    x = mean.args[0]
    need(len(set(found)) == len(found) <= MAX_GATES, f"not at most {MAX_GATES} different gates: {found}")
    for gate in found:
        need(isinstance(gate, lang.Element) and isinstance(gate.family, lang.Gates)
             and all(index.is_Integer for index in gate.indices), f"{gate} is not a gate named by number")
        need(not lang.is_random(gate.family.keep), f"the keep probability of {gate} is random")
        need(gate.family.has_law_at(gate.indices), f"the keep probability of {gate} may be none")
    _only_these(x, set(found))
    total: Any = sp.S.Zero
    for mask in product((0, 1), repeat=len(found)):
        weight: Any = sp.S.One
        for gate, kept in zip(found, mask, strict=True):
            keep = gate.family.keep_at(gate.indices)
            weight *= keep if kept else 1 - keep
        total += weight * lang.E(parameters_replaced(x, dict(zip(found, map(sp.Integer, mask), strict=True))))
    return certify("values of gates", st.equal(mean, total))


def _only_these(expr: Any, found: set[Any]) -> None:
    """Raise ProofError unless the families of the gates occur as these gates only, and all that is random is gates."""
    if expr in found:
        return
    need(not isinstance(expr, lang.Operator), f"an expectation inside: {expr}")
    if isinstance(expr, lang.Recursion):
        _only_these(expr.base, found)
        _only_these(expr.step, found)
    elif isinstance(expr, lang.Gates):
        need(expr not in {gate.family for gate in found}, f"{expr} occurs under another index")
        need(not lang.is_random(expr.keep), f"the keep probability of {expr} is random")
    else:
        need(not isinstance(expr, lang.RANDOM), f"{expr} is no gate")
        for part in expr.args:
            if isinstance(part, sp.Basic):
                _only_these(part, found)
