"""Where a statement has no meaning: a quotient, root or logarithm in it that is undefined at an instance."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import judge
from dropout_theory.definedness.partiality import condition_of
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import Expr, Statement, Values, unfold
from dropout_theory.language import statements as st

# what may leave a part of itself unsaid
_GUARDS = (sp.Implies, sp.Or, sp.Not, sp.Piecewise, st.Iff, st.ForAll, st.Exists)


def undefined_term(statement: Statement, values: Values) -> Expr | None:
    """A term that a statement speaks of whatever its indices and its scale are, and that is undefined at an instance.

    None where none is found. Decided exactly; what stands under a premise or a case is left out.
    """
    whole = unfold(statement)
    return _found(whole, values)


def _found(expr: Expr | Statement, values: Values) -> Any:
    if isinstance(expr, _GUARDS) or not all(_reached(limit, values) for limit in lang.bound_limits(expr)):
        return None
    parts = [a for a in getattr(expr, "args", ()) if isinstance(a, sp.Basic)]
    for part in parts:
        inner = _found(part, values)
        if inner is not None:
            return inner
    wanted = condition_of(expr)
    if wanted is None:
        return None
    try:
        there = lang.put_values(wanted, values)
    except KeyError:  # an entry that the instance does not have: the evaluator tells of it
        return None
    if there in (True, False):
        return None if there else expr
    try:
        return expr if not there.free_symbols and judge(there, {}, expectation).truth is Truth.FALSE else None
    except (Undefined, Unsupported):
        return None


def _reached(limit: Any, values: Values) -> bool:
    """Whether an index takes a value at all."""
    try:
        ends = [lang.put_values(sp.sympify(end), values) for end in tuple(limit)[1:]]
    except KeyError:
        return False
    return len(ends) == 2 and all(end.is_Integer for end in ends) and bool(ends[0] <= ends[1])
