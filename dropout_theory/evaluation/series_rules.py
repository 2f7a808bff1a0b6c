"""Numbers that count and largest outcomes."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import fmpq

from dropout_theory.evaluation.enumeration import MAX_MASKS, outcomes, support
from dropout_theory.evaluation.rules import extreme, outside_masks, rule
from dropout_theory.evaluation.values import Undefined, Unsupported, masked
from dropout_theory.language import Expr, LargestOutcome, Stirling2


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


def _counted(ev: Any, expr: Expr, bound: dict[Any, Any]) -> list[int]:
    """The whole numbers a number that counts is of. Raises Undefined where the first is negative: it counts nothing."""
    found = [ev.integer(a, bound) for a in expr.args]
    if found[0] < 0:
        raise Undefined(f"{type(expr).__name__} of {found[0]}", expr)
    return found


@rule(Stirling2)
def _stirling2(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return fmpq(stirling2(*_counted(ev, expr, bound)))


@rule(sp.bell, sp.bernoulli)
def _number(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    value = expr.func(*_counted(ev, expr, bound))
    return fmpq(int(value.p), int(value.q))


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


@rule(LargestOutcome)
def _largest_outcome(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return extreme(outcome_values(ev, expr.args[0], outside_masks(bound)), True)
