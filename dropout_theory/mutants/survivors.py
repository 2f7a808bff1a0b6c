"""Why a variant has no counterexample: what can be told of it where the claim is checked, and beyond.

Nothing here is a judgement on the claim. Instances are counted, sides compared, and larger sizes than the claim allows
its checks are tried, so that a reader sees whether the variant is likely to be true as well or out of reach. What is
too large is told by counting operations, and not by the clock: the same is seen on every machine.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import chain
from typing import Any

import sympy as sp
from flint import arb

from dropout_theory.checkers import get_checker
from dropout_theory.checkers.at_instances import build, judge
from dropout_theory.checkers.exact import Closest, instances
from dropout_theory.claims import Claim
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, Judgement
from dropout_theory.evaluation.instances import Rejected
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import Expr, Statement, Values, describe
from dropout_theory.verdicts.kernel import Context
from dropout_theory.verdicts.records import spelled

LARGER = (4, 4, 5, 5, 6, 6, 8, 8)  # largest sizes of the instances drawn beyond those of the checks
MOST_OPERATIONS = 30_000  # values found in judging one instance once
_INEQUALITIES = (sp.Le, sp.Ge, sp.Lt, sp.Gt)


class _Bounded(Evaluator):
    """The evaluator, up to a number of values: those of subexpressions, in every mask, count."""

    found = 0

    def value(self, expr: Expr, bound: dict[Any, Any] | None = None) -> Any:
        self.found += 1
        if self.found > MOST_OPERATIONS:
            raise Unsupported(f"more than {MOST_OPERATIONS} operations")
        return super().value(expr, bound)


class Unrefuted:
    """A variant without a counterexample, and its claim: where it is true, how nearly it fails, where it does fail.

    A claim whose checks are left out for a stated reason is looked at all the same, as far as anything can be computed.
    """

    def __init__(self, claim: Claim, other: Claim) -> None:
        self.claim, self.other = claim, other
        self.statement, self.variant = statement, variant = claim.statement, other.statement
        self.reason = get_checker("exact").applies(dataclasses.replace(other, not_applicable={}))
        self.false = ""
        self.true = self.undecided = 0
        self.reasons: set[str] = set()
        self.closest = Closest(variant)
        self.compared = type(statement) is type(variant) and isinstance(statement, _INEQUALITIES)
        self.weaker = self.stronger = 0

    def look(self, context: Context) -> None:
        """Judge it at drawn instances, at the admissible one and at larger ones."""
        if self.reason:
            return
        few = dataclasses.replace(context, fast=True)
        drawn = instances(dataclasses.replace(self.claim, admissible=None), few, [])
        given = [self.claim.admissible] if self.claim.admissible else []
        for values in chain(drawn, given):  # the one that is given may be the dearest
            if self._fails_at(values):
                self.false = f"false at {_spelled(values)}, which none of the claim's methods tries"
                return
        for values in _larger(self.claim, context):
            if self._fails_at(values):
                self.false = f"false at {_spelled(values)}, beyond the sizes that are checked"
                return

    def _fails_at(self, values: Values) -> bool:
        try:
            found = judge(self.variant, values, expectation, evaluator=_Bounded)
        except Exception as error:  # noqa: BLE001 - an index may leave its range, a recursion never end
            self.undecided += 1
            known = isinstance(error, (Unsupported, Undefined))
            self.reasons.add(str(error) if known else "the variant has no meaning there")
            return False
        if found.truth is Truth.UNKNOWN:
            self.undecided += 1
            self.reasons.add("the precision does not decide it")
        elif found.truth is not Truth.FALSE:
            self.true += 1
            self.closest.see(values, found)
            if self.compared:
                self._compare(found, values)
        return found.truth is Truth.FALSE

    def _compare(self, variant: Judgement, values: Values) -> None:
        try:
            statement = judge(self.statement, values, expectation, evaluator=_Bounded)
        except Unsupported:  # nothing is said of each instance then
            self.compared = False
            return
        difference = _room(self.variant, variant) - _room(self.statement, statement)
        self.weaker += bool(difference > 0)
        self.stronger += bool(difference < 0)

    def told(self) -> str:
        """What was seen so far, in words."""
        if self.reason:
            return f"no instance of it is judged: {self.reason}"
        if self.false:
            return f"{self._truths()}; {self.false}" if self.true else self.false
        return self._truths()

    def _truths(self) -> str:
        if not self.true:
            return f"decided at no instance: {'; '.join(sorted(self.reasons)[:2]) or 'none is drawn'}"
        parts = [f"true at each of {self.true} instances"]
        if self.undecided:
            parts.append(f"undecided at {self.undecided} ({min(self.reasons)})")
        if self.compared and self.weaker and not self.stronger:
            parts.append("weaker than the claim or the same at each")
        figures = self.closest.figures()
        if "equality" in figures:
            parts.append("with equality at one")
        elif "least_gap" in figures:
            part, place = figures["least_gap"]["part"], figures["least_gap"]["instance"]
            parts.append(f"its sides never closer than {part:.2g} of the larger (at {_spelled(place)})")
        return ", ".join(parts)


def _room(relation: Statement, judged: Judgement) -> arb:
    """By how much the larger side of an inequality exceeds the other."""
    gap = arb(judged.right) - arb(judged.left)
    return gap if isinstance(relation, (sp.Le, sp.Lt)) else -gap


def _larger(claim: Claim, context: Context) -> Iterator[Values]:
    """Admissible instances of sizes that the checks leave out."""
    unlimited = dataclasses.replace(claim, limits={})
    chooser = RandomChooser(context.seed, edges=0.6)
    for most in LARGER:
        try:
            yield build(unlimited, chooser, most)
        except (Rejected, Unsupported, Undefined):
            continue


def _spelled(values: Values) -> str:
    """An instance on a line, cut where it is long."""
    text = ", ".join(f"{name} = {spelled(value) if isinstance(value, str) else value}".replace("'", "")
                     for name, value in
                     (values if all(isinstance(v, str) for v in values) else describe(values)).items())
    return text if len(text) <= 160 else text[:157] + "..."
