"""Implications that hold for want of their premise: instances that miss a premise say nothing about its conclusion."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Prover, judge
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import Statement, Values
from dropout_theory.language import statements as st


class Premises:
    """The implications in a statement whose premise no instance has met so far."""

    def __init__(self, statement: Statement, proves: Prover | None = None) -> None:
        self.proves = proves
        self.unmet = implications(statement)

    def see(self, values: Values) -> None:
        """Strike off the implications whose premise may hold at an instance."""
        self.strike(lambda statement: _truth(statement, values, self.proves))

    def strike(self, truth: Callable[[Statement], Truth]) -> None:
        """Strike off the implications whose premise does not certainly fail, `truth` being that of a statement."""
        self.unmet = [i for i in self.unmet if truth(_without_premise(i)) is Truth.TRUE]

    def __str__(self) -> str:
        text = "; ".join(str(_premise(i)) for i in self.unmet)
        return text if len(text) <= 120 else text[:117] + "..."


def implications(statement: Statement) -> list[Statement]:
    """The implications and equivalences that are conjuncts of a statement, inside quantified indices too."""
    if isinstance(statement, (sp.Implies, st.Iff)):  # where both sides of an equivalence fail, it is met half
        return [statement]
    if isinstance(statement, sp.And):
        return [i for a in statement.args for i in implications(a)]
    if isinstance(statement, st.ForEach):
        return [st.ForEach(i, *statement.limits) for i in implications(statement.body)]
    return []


def _premise(implication: Statement) -> Statement:
    return _premise(implication.body) if isinstance(implication, st.ForEach) else implication.args[0]


def _without_premise(implication: Statement) -> Statement:
    """The statement that the premise fails, at every index."""
    if isinstance(implication, st.ForEach):
        return st.ForEach(_without_premise(implication.body), *implication.limits)
    return sp.Not(implication.args[0], evaluate=False)


def _truth(statement: Statement, values: Values, proves: Prover | None) -> Truth:
    try:
        return judge(statement, values, expectation, proves=proves).truth
    except Unsupported:
        return Truth.UNKNOWN
