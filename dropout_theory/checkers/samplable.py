"""What samples can show of a statement: whether it has means to sample, and whether its premises can be met by them."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from dropout_theory import language as lang
from dropout_theory.checkers.exact import not_evaluable
from dropout_theory.evaluation.values import Truth
from dropout_theory.experiment.simulated import is_simulated
from dropout_theory.language import is_random
from dropout_theory.language import statements as st

OPERATORS = (lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM)
_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}


def nothing_to_sample(claim: Any) -> str | None:
    """Why a statement has no expectation to sample, or None."""
    reason = not_evaluable(claim)
    if reason and not is_simulated(claim.statement):
        return reason
    if claim.statement.has(st.Exists):
        return "existential statement: decided by its witness"
    nodes = list(sp.preorder_traversal(claim.statement))
    if any(isinstance(n, st.Converges) for n in nodes):
        return "whether a series converges does not show in samples"
    if not _is_sampled(claim.statement):
        return "no expectation over random atoms"
    for atom in sorted(lang.dependencies(claim.statement), key=str):
        if isinstance(atom, lang.RandomScalar) and atom.law[0] == "normal":
            return f"{atom} is unbounded: no interval from samples holds at a finite number of them"
    if not _testable(claim.statement):
        return "its premise is an equality of means, which samples never show to hold"
    return None


def _is_sampled(expr: Any) -> bool:
    return any(isinstance(n, OPERATORS) and any(is_random(a) for a in n.args) for n in sp.preorder_traversal(expr))


def _testable(statement: Any) -> bool:
    """Whether samples can meet a premise of the statement, if all there is to it are implications."""
    if isinstance(statement, sp.And):
        return any(map(_testable, statement.args))
    if isinstance(statement, st.ForEach):
        return _testable(statement.body)
    return not isinstance(statement, sp.Implies) or Truth.TRUE in within_reach(statement.args[0])


def within_reach(statement: Any) -> set[Truth]:
    """Which of TRUE and FALSE samples can show a statement to be: of a sampled equality never that it holds."""
    both = {Truth.TRUE, Truth.FALSE}
    if isinstance(statement, (sp.Eq, sp.Ne)) and _is_sampled(statement):
        return {Truth.FALSE if isinstance(statement, sp.Eq) else Truth.TRUE}
    if isinstance(statement, sp.Not):
        return {_OPPOSITE[t] for t in within_reach(statement.args[0])}
    if isinstance(statement, st.ForEach):
        return within_reach(statement.body)
    parts = [within_reach(a) for a in statement.args] if isinstance(statement, Boolean) else []
    if isinstance(statement, sp.Implies):
        parts[0] = {_OPPOSITE[t] for t in parts[0]}
    if isinstance(statement, (sp.And, sp.Or, sp.Implies)):  # one part decides it one way, all of them the other
        one, each = (Truth.FALSE, Truth.TRUE) if isinstance(statement, sp.And) else (Truth.TRUE, Truth.FALSE)
        return {t for t, shown in ((one, any(one in p for p in parts)), (each, all(each in p for p in parts))) if shown}
    if isinstance(statement, st.Iff):
        first, second = parts
        return {t for t, shown in ((Truth.TRUE, first & second),
                                   (Truth.FALSE, {_OPPOSITE[t] for t in first} & second)) if shown}
    return both
