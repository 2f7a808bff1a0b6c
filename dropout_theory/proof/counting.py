"""Rules for counting: binomial coefficients, pieces of sums, rounding, integers one by one."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import ProofError, need
from dropout_theory.language import statements as st
from dropout_theory.proof.algebra import _sides, evaluated, matches
from dropout_theory.proof.scope import replaceable, require_every_number
from dropout_theory.proof.theorem import Theorem, certify

MAX_VALUES = 200


def _natural(number: Any, premises: tuple[Theorem, ...]) -> None:
    """Raise ProofError unless the number is an integer known to be at least 0."""
    need(bool(number.is_integer), f"{number} is not known to be an integer")
    need(bool(number.is_nonnegative) or entails([t.conclusion for t in premises], sp.Ge(number, 0, evaluate=False)),
         f"{number} is not known to be at least 0")


def binomial_next(n: Any, k: Any, *premises: Theorem) -> Theorem:
    """(k + 1) C(n, k + 1) = (n - k) C(n, k) for natural n and k. Raises ProofError."""
    n, k = sp.sympify(n), sp.sympify(k)
    _natural(n, premises)
    _natural(k, premises)
    return certify("binomial coefficients", st.equal((k + 1) * sp.binomial(n, k + 1), (n - k) * sp.binomial(n, k)),
                   premises)


def binomial_absorbed(n: Any, k: Any, *premises: Theorem) -> Theorem:
    """(k + 1) C(n + 1, k + 1) = (n + 1) C(n, k) for natural n and k. Raises ProofError."""
    n, k = sp.sympify(n), sp.sympify(k)
    _natural(n, premises)
    _natural(k, premises)
    return certify("binomial coefficients", st.equal((k + 1) * sp.binomial(n + 1, k + 1), (n + 1) * sp.binomial(n, k)),
                   premises)


def binomial_mirrored(n: Any, k: Any, *premises: Theorem) -> Theorem:
    """C(n, k) = C(n, n - k) for natural n and integer k; both are 0 outside 0..n. Raises ProofError."""
    n, k = sp.sympify(n), sp.sympify(k)
    _natural(n, premises)
    need(bool(k.is_integer), f"{k} is not known to be an integer")
    return certify("binomial coefficients", st.equal(sp.binomial(n, k), sp.binomial(n, n - k)), premises)


def binomial_not_negative(n: Any, k: Any, *premises: Theorem) -> Theorem:
    """0 <= C(n, k) for natural n and integer k. Raises ProofError."""
    n, k = sp.sympify(n), sp.sympify(k)
    _natural(n, premises)
    need(bool(k.is_integer), f"{k} is not known to be an integer")
    return certify("binomial coefficients", st.less_equal(0, sp.binomial(n, k)), premises)


def binomial_positive(n: Any, k: Any, *premises: Theorem) -> Theorem:
    """0 < C(n, k) for natural n and k with k <= n by the premises. Raises ProofError."""
    n, k = sp.sympify(n), sp.sympify(k)
    _natural(n, premises)
    _natural(k, premises)
    need(entails([t.conclusion for t in premises], sp.Le(k, n, evaluate=False)), f"{k} may be above {n}")
    return certify("binomial coefficients", st.less(0, sp.binomial(n, k)), premises)


def binomial_total(n: Any, index: sp.Symbol, *premises: Theorem) -> Theorem:
    """sum over k = 0..n of C(n, k) = 2^n for natural n. Raises ProofError."""
    n = sp.sympify(n)
    _natural(n, premises)
    need(not lang.depends_on(n, index), f"{n} mentions the summation index")
    return certify("binomial theorem", st.equal(sp.Sum(sp.binomial(n, index), (index, 0, n)), 2**n), premises)


def split_sum(whole: sp.Sum, after: Any, *premises: Theorem) -> Theorem:
    """sum over a..b = sum over a..after + sum over after + 1..b, where a - 1 <= after <= b. Raises ProofError."""
    need(isinstance(whole, sp.Sum) and len(whole.limits) == 1, f"not a single sum: {whole}")
    symbol, low, high = whole.limits[0]
    after = sp.sympify(after)
    need(bool(after.is_integer) and not lang.depends_on(after, symbol), f"{after} is not a fixed integer")
    between = st.both(sp.Le(low - 1, after, evaluate=False), sp.Le(after, high, evaluate=False))
    need(entails([t.conclusion for t in premises], between), f"{after} is not known to lie in the range")
    parts = sp.Sum(whole.function, (symbol, low, after)) + sp.Sum(whole.function, (symbol, after + 1, high))
    return certify("splitting a sum", st.equal(whole, parts), premises)


def constant_sum(term: Any, limits: tuple[Any, Any, Any], *premises: Theorem) -> Theorem:
    """sum over a..b of a term without the index = (b - a + 1) term, where a - 1 <= b. Raises ProofError."""
    symbol, low, high = limits
    term, low, high = (sp.sympify(e) for e in (term, low, high))
    need(not lang.depends_on(term, symbol), f"{term} depends on {symbol}")
    need(bool(low.is_integer) and bool(high.is_integer), f"{low} or {high} is not known to be an integer")
    need(entails([t.conclusion for t in premises], sp.Le(low - 1, high, evaluate=False)),
         f"{high} is not known to be at least {low - 1}")
    return certify("constant terms", st.equal(sp.Sum(term, limits), (high - low + 1) * term), premises)


def mirrored_sum(whole: sp.Sum, about: Any) -> Theorem:
    """sum of f(k) over a..b = sum of f(about - k) over about - b..about - a, `about` an integer. Raises ProofError."""
    need(isinstance(whole, sp.Sum) and len(whole.limits) == 1, f"not a single sum: {whole}")
    symbol, low, high = whole.limits[0]
    about = sp.sympify(about)
    need(bool(about.is_integer) and not lang.depends_on(about, symbol), f"{about} is not a fixed integer")
    term = lang.substitute(whole.function, {symbol: about - symbol})
    return certify("mirrored sum", st.equal(whole, sp.Sum(term, (symbol, about - high, about - low))))


def rounding(x: Any) -> Theorem:
    """floor(x) <= x < floor(x) + 1, or x <= ceiling(x) < x + 1: bounds of a floor or ceiling. Raises ProofError."""
    need(isinstance(x, (sp.floor, sp.ceiling)), f"not a floor or ceiling: {x}")
    inner = x.args[0]
    low, high = (x, inner) if isinstance(x, sp.floor) else (inner, x)
    return certify("rounding", st.both(st.less_equal(low, high), st.less(high, low + 1)))


def same_integer(left: Any, right: Any, *premises: Theorem) -> Theorem:
    """left = right for integers that the premises show to differ by less than one. Raises ProofError."""
    left, right = sp.sympify(left), sp.sympify(right)
    need(bool(left.is_integer) and bool(right.is_integer), f"{left} or {right} is not known to be an integer")
    near = st.both(sp.Lt(left - right, 1, evaluate=False), sp.Lt(right - left, 1, evaluate=False))
    need(entails([t.conclusion for t in premises], near), f"{left} and {right} are not known to be within 1")
    return certify("integers", st.equal(left, right), premises)


def integer_gap(theorem: Theorem) -> Theorem:
    """left + 1 <= right from left < right between integers. Raises ProofError."""
    kind, left, right = _sides(theorem.conclusion)
    need(kind is sp.Lt, f"not a strict inequality: {theorem.conclusion}")
    need(bool(left.is_integer) and bool(right.is_integer), f"{left} or {right} is not known to be an integer")
    return certify("integers", st.less_equal(left + 1, right), [theorem])


def each_value(variable: lang.Scalar, statement: Any, below: int, unless: Any = None) -> Theorem:
    """statement for every integer of the variable's domain less than `below`, by evaluation at each one.

    Given that the variable is below the bound, and `unless`, a condition on the variable alone: values at which it
    evaluates to false are left out. Raises ProofError when the statement fails or cannot be evaluated somewhere.
    """
    need(type(variable) is lang.Scalar, f"{variable} is not a fixed number")
    need(variable.domain.integer and variable.domain.lower != -sp.oo, f"{variable} has no least value")
    need(lang.dependencies(statement) <= {variable}, f"{statement} is not about {variable} alone")
    values = range(int(variable.domain.lower), below)
    need(len(values) <= MAX_VALUES, f"{len(values)} values: more than {MAX_VALUES}")
    for value in values:
        if unless is not None:
            need(lang.dependencies(unless) <= {variable}, f"{unless} is not about {variable} alone")
            if _false(lang.substitute(unless, {variable: sp.Integer(value)})):
                continue
        evaluated(lang.substitute(statement, {variable: sp.Integer(value)}))
    given = [sp.Lt(variable, below, evaluate=False)] + ([unless] if unless is not None else [])
    return certify("every value", statement, given=given)


def _false(statement: Any) -> bool:
    if statement in (True, False):
        return not statement
    try:
        evaluated(sp.Not(statement, evaluate=False))
    except ProofError:
        return False
    return True


def parity(variable: lang.Scalar, half: lang.Scalar, statement: Any, even: Theorem, odd: Theorem) -> Theorem:
    """statement for every natural number, from the statement at 2 half and at 2 half + 1. Raises ProofError."""
    require_every_number(variable, half)
    for atom in (variable, half):
        need(atom.domain.integer and atom.domain.lower == 0 and atom.domain.upper == sp.oo, f"{atom} is not natural")
    need(not lang.depends_on(statement, half), f"{half} occurs in the statement")
    for theorem, value in ((even, 2 * half), (odd, 2 * half + 1)):
        need(not lang.depends_on(theorem.given, variable, half), "an assumption restricts the number")
        replaceable(statement, variable, value)
        wanted = lang.substitute(statement, {variable: value})
        need(matches(theorem.conclusion, wanted), f"{theorem.conclusion} is not {wanted}")
    return certify("even or odd", statement, [even, odd])
