"""Rules about finite series: shifted and peeled sums, Stirling numbers, factorials, towers of derivatives."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.language import OPEN_PROBABILITY, DerivativeAt, Stirling2, unfold
from dropout_theory.language import statements as st
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.analysis import smooth
from dropout_theory.proof.near_zero import differentiate
from dropout_theory.proof.scope import over_range, require_every_number
from dropout_theory.proof.theorem import Theorem, certify


def _single(whole: Any) -> tuple[Any, sp.Symbol, Any, Any]:
    need(isinstance(whole, sp.Sum) and len(whole.limits) == 1, f"not a sum over one index: {whole}")
    symbol, low, high = whole.limits[0]
    need(symbol.is_positive is None and symbol.is_nonnegative is None and symbol.is_nonzero is None,
         f"the index {symbol} is known to be more than an integer")
    return whole.function, symbol, low, high


def _known(premises: tuple[Theorem, ...], *conditions: Any) -> None:
    for condition in conditions:
        need(entails([p.conclusion for p in premises], condition), f"not known: {condition}")


def shifted(whole: sp.Sum, by: int) -> Theorem:
    """sum of f(j) over low..high = sum of f(j - by) over low+by..high+by."""
    body, symbol, low, high = _single(whole)
    step = sp.sympify(by)
    need(bool(step.is_integer) and not lang.depends_on(step, symbol) and not lang.is_random(step),
         f"{by} is not a fixed integer")
    moved = sp.Sum(lang.substitute(body, {symbol: symbol - step}), (symbol, low + step, high + step))
    return certify("shifted sum", st.equal(whole, moved))


def without_last(whole: sp.Sum, *premises: Theorem) -> Theorem:
    """sum over low..high = sum over low..high-1 + last term, where low <= high. Raises ProofError."""
    body, symbol, low, high = _single(whole)
    _known(premises, st.less_equal(low, high))
    rest = sp.Sum(body, (symbol, low, sp.expand(high - 1)))
    return certify("last term of a sum", st.equal(whole, rest + lang.substitute(body, {symbol: high})), premises)


def without_first(whole: sp.Sum, *premises: Theorem) -> Theorem:
    """sum over low..high = first term + sum over low+1..high, where low <= high. Raises ProofError."""
    body, symbol, low, high = _single(whole)
    _known(premises, st.less_equal(low, high))
    rest = sp.Sum(body, (symbol, sp.expand(low + 1), high))
    return certify("first term of a sum", st.equal(whole, lang.substitute(body, {symbol: low}) + rest), premises)


def empty(whole: sp.Sum) -> Theorem:
    """A sum over low..low-1 is zero."""
    _, _, low, high = _single(whole)
    need(sp.expand(low - 1 - high) == 0, f"not an empty sum: {whole}")
    return certify("empty sum", st.equal(whole, 0))


def times(theorem: Theorem, factor: Any) -> Theorem:
    """An equality multiplied by an expression."""
    need(isinstance(theorem.conclusion, sp.Eq), f"not an equality: {theorem.conclusion}")
    return certify("product", st.equal(*[side * factor for side in theorem.conclusion.args]), [theorem])


def termwise(theorem: Theorem, limits: tuple[Any, Any, Any]) -> Theorem:
    """From f(j) = g(j), or <=, given at most that j is in the range: the same of the sums over the range."""
    kind = type(theorem.conclusion)
    need(kind in (sp.Eq, sp.Le), f"not an equality or weak inequality: {theorem.conclusion}")
    sides = [sp.Sum(side, limits) for side in theorem.conclusion.args]
    return certify("sum of terms", kind(*sides, evaluate=False), [over_range(theorem, limits)],
                   binds=[limits[0]])


def stirling_recurrence(row: Any, column: Any, *premises: Theorem) -> Theorem:
    """S2(row + 1, column) = column S2(row, column) + S2(row, column - 1), for row >= 0."""
    row, column = sp.sympify(row), sp.sympify(column)
    need(bool(row.is_integer and column.is_integer), "row and column must be integers")
    _known(premises, st.less_equal(0, row))
    right = column * Stirling2(row, column) + Stirling2(row, sp.expand(column - 1))
    return certify("Stirling recurrence", st.equal(Stirling2(sp.expand(row + 1), column), right), premises)


def stirling_outside(row: Any, column: Any, *premises: Theorem) -> Theorem:
    """S2(row, column) = 0 where column > row >= 0, or column <= 0 < row."""
    row, column = sp.sympify(row), sp.sympify(column)
    need(bool(row.is_integer and column.is_integer), "row and column must be integers")
    above = st.both(st.less_equal(0, row), st.less(row, column))
    below = st.both(st.less(0, row), st.less_equal(column, 0))
    known = [p.conclusion for p in premises]
    need(entails(known, above) or entails(known, below), f"S2({row}, {column}) is not known to vanish")
    return certify("Stirling triangle", st.equal(Stirling2(row, column), 0), premises)


def stirling_edge(row: Any, column: Any, *premises: Theorem) -> Theorem:
    """S2(row, column) = 1 for column = 1 or column = row, with row >= 1."""
    row, column = sp.sympify(row), sp.sympify(column)
    need(bool(row.is_integer) and (column == 1 or sp.expand(row - column) == 0), f"not an edge: {row}, {column}")
    _known(premises, st.less_equal(1, row))
    return certify("Stirling triangle", st.equal(Stirling2(row, column), 1), premises)


def factorial_step(number: Any, *premises: Theorem) -> Theorem:
    """n! = n (n - 1)! for n >= 1."""
    number = sp.sympify(number)
    need(bool(number.is_integer), f"{number} is not an integer")
    _known(premises, st.less_equal(1, number))
    below = sp.factorial(sp.expand(number - 1))
    return certify("factorial", st.equal(sp.factorial(number), number * below), premises)


def low_derivative(derivative: DerivativeAt) -> Theorem:
    """A derivative of a given order = the differentiated body at the point."""
    need(bool(derivative.order.is_Integer) and derivative.order >= 0, f"order {derivative.order} is not a number")
    body = unfold(derivative.body)
    for _ in range(int(derivative.order)):
        smooth(body, derivative.variable, [])
        body = differentiate(body, derivative.variable)
    return certify("derivative", st.equal(derivative, lang.substitute(body, {derivative.variable: derivative.point})))


def chain(body: Any, probability: lang.Scalar, variable: sp.Symbol, point: Any) -> Theorem:
    """d/dz g(sigma(z)) = g'(p) p (1 - p) at p = sigma(point), for the standard logistic sigma.

    `body` is g, written in the scalar `probability`, whose domain must be all of (0, 1).
    """
    require_every_number(probability)
    need(probability.domain == OPEN_PROBABILITY, f"{probability} ranges over {probability.domain}, not (0, 1)")
    need(not lang.depends_on(body, variable), f"{body} depends on {variable}")
    smooth(body, probability, [])
    slope = differentiate(body, probability) * probability * (1 - probability)
    inside = lang.substitute(body, {probability: lang.logistic(variable)})
    right = lang.substitute(slope, {probability: lang.logistic(point)})
    return certify("chain rule", st.equal(DerivativeAt(inside, variable, point, 1), right))


def tower(base: Theorem, step: Theorem, body: Any, probability: lang.Scalar, row: lang.Scalar) -> Theorem:
    """f^(r + s)(c) = g_r(sigma(c)) for every r in the domain of `row`, by differentiating again and again.

    `base` concludes DerivativeAt(f, z, c, first + s) = g_first(sigma(c)) with a free real scalar c; `step` concludes
    p (1 - p) g_r'(p) = g_(r+1)(p) for every p in (0, 1). `body` is g_r, written in `probability` and `row`.
    """
    require_every_number(probability, row)
    need(probability.domain == OPEN_PROBABILITY, f"{probability} ranges over {probability.domain}, not (0, 1)")
    need(row.domain.integer and row.domain.upper == sp.oo and row.domain.lower != -sp.oo, f"{row} is no natural number")
    need(not base.given and not step.given, "base and step must hold without assumptions")
    first = row.domain.lower
    need(isinstance(base.conclusion, sp.Eq) and isinstance(base.conclusion.lhs, DerivativeAt), "base has no derivative")
    left = base.conclusion.lhs
    c = left.point
    require_every_number(c)
    need(c.domain.lower == -sp.oo and c.domain.upper == sp.oo and not c.domain.integer,
         f"{c} is not a free real scalar")
    need(not lang.depends_on([body, left.body, left.order], c), f"{c} occurs elsewhere")
    need(not lang.depends_on([left.order, left.body], row), f"{row} occurs in the base")
    at = {probability: lang.logistic(c)}
    need(matches(base.conclusion, st.equal(left, lang.substitute(body, {**at, row: first}))), "base does not fit")
    smooth(body, probability, [])
    slope = probability * (1 - probability) * differentiate(body, probability)
    need(matches(step.conclusion, st.equal(slope, lang.substitute(body, {row: row + 1}))), "step does not fit")
    order = sp.expand(left.order - first + row)
    conclusion = st.equal(DerivativeAt(left.body, left.variable, c, order), lang.substitute(body, at))
    return certify("repeated differentiation", conclusion, [base, step])


def two_outcomes(function: Any, gate: Any) -> Theorem:
    """E f(gate) = P(gate = 1) f(1) + P(gate = 0) f(0), for f random through one Bernoulli gate only."""
    from dropout_theory.language import is_random

    if isinstance(gate, lang.RandomScalar):
        need(gate.law[0] == "bernoulli", f"{gate} is not Bernoulli")
        keep = gate.law[1]
    else:
        need(isinstance(gate, lang.Element) and isinstance(gate.family, lang.Gates), f"{gate} is not a gate")
        need(gate.family.has_law_at(gate.indices), f"the keep probability of {gate} may be none")
        keep = gate.family.keep_at(gate.indices)
    need(not is_random(keep), f"the keep probability of {gate} is random")
    function = sp.sympify(function)
    need(not lang.depends_on(gate, *lang.bound_anywhere(function)), f"{function} binds an index of {gate}")
    need(not function.has(lang.Operator), f"{function} contains an expectation")
    kept, dropped = (function.xreplace({gate: sp.Integer(v)}) for v in (1, 0))
    need(not is_random(kept) and not is_random(dropped), f"{function} is random beyond {gate}")
    return certify("both outcomes", st.equal(lang.E(function), keep * kept + (1 - keep) * dropped))
