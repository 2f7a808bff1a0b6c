"""Series by the second path: high-order Taylor coefficients by recurrence, and convergence seen from many terms.

What this says of convergence is numerical, from the size of some hundred terms; it is the other side of the argument
from singularities that ``convergence`` makes, and shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import mpmath as mp
import sympy as sp

from dropout_theory.language import Expr
from dropout_theory.language import statements as st
from dropout_theory.recheck.arithmetic import CannotRecheck, wide
from dropout_theory.recheck.values import Values

TERMS = 160
_MARGIN = 0.04  # how far from 1 the root of a term must be for its series to be called convergent or not


def taylor_coefficient(body: Expr, variable: sp.Symbol, point: Any, order: int) -> Any:
    """Coefficient of (z - point)^order of log(1 + exp z). Raises CannotRecheck for another function."""
    if body != sp.log(1 + sp.exp(variable)):
        raise CannotRecheck(f"no recurrence for derivatives of high order of {body}")
    return _log_partition(point, TERMS if order <= TERMS else order, mp.mp.dps)[order]


@lru_cache(maxsize=64)
def _log_partition(point: Any, terms: int, digits: int) -> list[Any]:
    """Coefficients a_0 ... of A = log(1 + e^z): from A' (1 + e^z) = e^z, coefficient by coefficient."""
    with mp.workdps(digits + 60):  # the recurrence loses digits
        grown = [mp.exp(point)]
        for k in range(1, terms + 1):
            grown.append(grown[-1] / k)
        slope: list[Any] = []
        for k in range(terms):
            known = mp.fsum(slope[i] * grown[k - i] for i in range(k))
            slope.append((grown[k] - known) / (1 + grown[0]))
        return [mp.log(1 + grown[0]), *(s / (k + 1) for k, s in enumerate(slope))]


def converges(v: Values, statement: st.Converges, env: Mapping[Any, Any]) -> bool | None:
    """Whether a series converges (and to its stated value), judged from the roots of its terms; None where unclear."""
    index, first = statement.args[1].args
    start = v.integer(first, env)
    terms = [wide(v.value(statement.args[0], {**env, index: _fraction(k)})) for k in range(start, TERMS + 1)]
    late = [(k, abs(t)) for k, t in enumerate(terms, start) if k > TERMS // 2]
    if all(t == 0 for _, t in late):
        growth = mp.mpf(0)
    else:
        growth = max(mp.root(t, k) for k, t in late)
    if growth > 1 + _MARGIN:
        return False
    if growth >= 1 - _MARGIN:
        return None
    if not isinstance(statement, st.SumsTo):
        return True
    rest = growth ** TERMS / (1 - growth)
    gap = abs(mp.fsum(terms) - wide(v.value(statement.args[2], env)))
    return True if gap <= 10 * rest + v.slack else False if gap > 1000 * rest + v.slack else None


def _fraction(k: int) -> Any:
    from fractions import Fraction

    return Fraction(k)
