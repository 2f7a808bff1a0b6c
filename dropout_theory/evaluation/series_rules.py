"""Values of power series: derivatives at a point, Stirling numbers, largest outcomes, growth of coefficients."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, arb_series, ctx, fmpq

from dropout_theory import language as lang
from dropout_theory.evaluation.enumeration import MAX_MASKS, outcomes, support
from dropout_theory.evaluation.rules import RULES, extreme, outside_masks
from dropout_theory.evaluation.values import Undefined, Unsupported, masked
from dropout_theory.language import DerivativeAt, Expr, LargestOutcome, Stirling2


def stirling2(n: int, k: int) -> int:
    """S2(n, k) by the recurrence S2(n+1, k) = k S2(n, k) + S2(n, k-1). Raises ValueError for negative n."""
    if n < 0:
        raise ValueError(f"n is {n}; allowed: n >= 0")
    if not 0 <= k <= n:
        return 0
    row = [1]
    for _ in range(n):
        row = [j * (row[j] if j < len(row) else 0) + (row[j - 1] if j else 0) for j in range(len(row) + 1)]
    return row[k]


def jet(ev: Any, expr: Expr, bound: dict[Any, Any], variable: sp.Symbol, seed: Any) -> Any:
    """`expr` as a power series in the displacement of `variable`; `seed` is the series of the variable itself."""
    if expr == variable:
        return seed
    if not lang.depends_on(expr, variable):
        return arb_series([arb(ev.value(expr, bound))])
    if isinstance(expr, sp.core.function.AppliedUndef):
        function = ev.values.get(expr.func)
        if not isinstance(function, sp.Lambda):
            raise Unsupported(f"no instance of the function {expr.func}")
        return jet(ev, function(*expr.args), bound, variable, seed)
    if isinstance(expr, sp.Sum):
        return _sum_of_jets(ev, expr.function, [tuple(limit) for limit in expr.limits], bound, variable, seed)
    inner = [jet(ev, a, bound, variable, seed) for a in expr.args if lang.depends_on(a, variable)] \
        if not isinstance(expr, (sp.Add, sp.Mul)) else []
    if isinstance(expr, sp.Add):
        total = arb_series([arb(0)])
        for a in expr.args:
            total = total + jet(ev, a, bound, variable, seed)
        return total
    if isinstance(expr, sp.Mul):
        product = arb_series([arb(1)])
        for a in expr.args:
            product = product * jet(ev, a, bound, variable, seed)
        return product
    if isinstance(expr, sp.Pow) and not lang.depends_on(expr.exp, variable):
        exponent = ev.integer(expr.exp, bound)
        base = inner[0] if exponent > 0 else _inverse(inner[0], expr)
        result = arb_series([arb(1)])
        for _ in range(abs(exponent)):
            result = result * base
        return result
    if isinstance(expr, sp.exp):
        return inner[0].exp()
    if isinstance(expr, sp.log):
        return inner[0].log()
    if isinstance(expr, lang.Sigma) and not lang.depends_on(list(expr.args[1:]), variable):
        c, slope = (arb(ev.value(a, bound)) for a in expr.args[1:])
        return 1 / (1 + c * (inner[0] * (-slope)).exp())
    raise Unsupported(f"no power series rule for {type(expr).__name__}: {expr}")


def _inverse(series: Any, term: Expr) -> Any:
    constant = arb(series[0])
    if constant.is_zero():
        raise Undefined("division by zero", term)
    if constant.contains(0):
        raise Unsupported(f"cannot tell whether {term} has a pole")
    return 1 / series


def _sum_of_jets(ev: Any, body: Expr, limits: list[Any], bound: dict[Any, Any], variable: sp.Symbol, seed: Any) -> Any:
    if not limits:
        return jet(ev, body, bound, variable, seed)
    *inner, outer = limits
    total = arb_series([arb(0)])
    for value in ev.range(outer, bound):
        total = total + _sum_of_jets(ev, body, inner, {**bound, outer[0]: value}, variable, seed)
    return total


def taylor_coefficients(ev: Any, body: Expr, variable: sp.Symbol, point: Any, length: int,
                        bound: dict[Any, Any] | None = None) -> list[arb]:
    """The first `length` Taylor coefficients of `body` at a value of `variable`, as balls."""
    before = ctx.cap
    ctx.cap = length
    try:
        found = list(jet(ev, body, bound or {}, variable, arb_series([arb(point), arb(1)])).coeffs())
    finally:
        ctx.cap = before
    return found + [arb(0)] * (length - len(found))


def _derivative_at(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    order = ev.integer(expr.order, bound)
    if order < 0:
        raise Unsupported(f"derivative of order {order}")
    point = ev.value(expr.point, bound)
    if order == 0:
        return ev.value(expr.body, {**bound, expr.variable: point})
    coefficient = taylor_coefficients(ev, expr.body, expr.variable, point, order + 1, bound)[order]
    return coefficient * int(sp.factorial(order))


def _stirling2(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return fmpq(stirling2(*(ev.integer(a, bound) for a in expr.args)))


def _number(function: Any) -> Any:
    def rule(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
        value = function(ev.integer(expr.args[0], bound))
        return fmpq(int(value.p), int(value.q))

    return rule


def outcome_values(ev: Any, expr: Expr, bound: dict[Any, Any]) -> list[Any]:
    """The values of `expr` over all masks of positive probability. Raises Unsupported when there are too many."""
    atoms = support(ev, expr, bound)
    if 1 << len(atoms) > MAX_MASKS:
        raise Unsupported(f"{len(atoms)} random atoms: more than {MAX_MASKS} masks")

    def walk(rest: list[Any], fixed: dict[Any, Any]) -> list[Any]:
        if not rest:
            return [ev.value(expr, dict(fixed))]
        return [v for value, _ in outcomes(ev, rest[0], fixed) for v in walk(rest[1:], masked(fixed, rest[0], value))]

    return walk(atoms, dict(bound))


def _largest_outcome(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return extreme(outcome_values(ev, expr.args[0], outside_masks(bound)), True)


RULES[DerivativeAt] = _derivative_at
RULES[Stirling2] = _stirling2
RULES[LargestOutcome] = _largest_outcome
RULES[sp.bell] = _number(sp.bell)
RULES[sp.bernoulli] = _number(sp.bernoulli)
