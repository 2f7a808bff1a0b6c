"""Rigorous intervals: inequalities between scalars over a box, by subdivision with Arb.

Covers the whole scope only when every scalar ranges over a bounded interval and the inequality has room; where two
sides touch, the boxes that stay undecided are reported and nothing is claimed.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import proves
from dropout_theory.checkers.exact import fails_at, not_evaluable, report
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, precision, to_number
from dropout_theory.language import atoms_of
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="interval", place=40, mark="i", title="interval",
    does="Arb balls with subdivision over a box",
    rigor="proof", tools=("python-flint",),
)

MAX_BOXES = 4000
FAST_BOXES = 1000
BITS = 64


def no_box(claim: Any) -> str | None:
    """Why a statement is not an inequality over a bounded box of scalars, or None."""
    reason = not_evaluable(claim)
    if reason:
        return reason
    integers, reals, families = atoms_of(claim)
    if integers or families:
        return "has sizes or families: not a box of finitely many scalars"
    if not reals:
        return "no free scalar: a statement about numbers"
    for atom in reals:
        if atom.domain.lower == -sp.oo or atom.domain.upper == sp.oo:
            return f"{atom} ranges over an unbounded interval"
    if claim.statement.has(sp.Eq) or claim.statement.has(sp.Ne):
        return "an equality has no room for intervals"
    if any(isinstance(a, lang.RANDOM) for a in lang.dependencies(claim.statement)):
        return "random atoms: expectations are enclosed by the exact method"
    return None


@checker(METHOD.name, no_box)
def interval(claim: Any, context: Context) -> Finding:
    """Split the box until on each piece the statement is certainly true or a hypothesis certainly false, or give up."""
    _, reals, _ = atoms_of(claim)
    boxes = [{a: (_rational(a.domain.lower, -1), _rational(a.domain.upper, 1)) for a in reals}]
    budget = FAST_BOXES if context.fast else MAX_BOXES
    examined = settled = 0
    with precision(BITS):
        while boxes and examined < budget:
            box = boxes.pop()
            examined += 1
            if _settled(claim, box):
                settled += 1
                continue
            middle: dict[Any, Any] = {a: _sympy((lo + hi) / 2) for a, (lo, hi) in box.items()}
            judged = fails_at(claim, middle) if examined < 200 else None
            if judged is not None:
                return Finding("fails", "exact-instances", f"false at the middle of a box after {examined} boxes",
                               {"boxes": examined}, counterexample=report(middle, judged))
            boxes += _halves(box)
    if boxes:
        return Finding("unknown", "proof", f"{settled} boxes settled, {len(boxes)} left after {examined}: the sides "
                       "touch, or the bound is too tight for subdivision", {"boxes": examined, "left": len(boxes)})
    return Finding("holds", "proof", f"true on all {settled} boxes of a subdivision", {"boxes": examined})


def _settled(claim: Any, box: dict[Any, Any]) -> bool:
    values = {a: _ball(lo, hi) for a, (lo, hi) in box.items()}
    ev = Evaluator(values, proves=proves)
    try:
        if any(_fails(ev, hypothesis.condition) for hypothesis in claim.hypotheses):
            return True
        return ev.truth(claim.statement) is Truth.TRUE
    except (Undefined, Unsupported):
        return False


def _fails(ev: Evaluator, condition: Any) -> bool:
    """Whether a hypothesis certainly does not hold anywhere in a box, be it for want of a meaning."""
    try:
        return ev.truth(condition) is Truth.FALSE
    except Undefined:
        return True


def _rational(end: Any, outwards: int) -> fmpq:
    """The end of a domain, or a rational close to it and not inside."""
    number = to_number(end)
    if number is not None:
        return number
    scaled = end * 2**BITS
    return fmpq(int(sp.floor(scaled) if outwards < 0 else sp.ceiling(scaled)), 2**BITS)


def _ball(low: fmpq, high: fmpq) -> arb:
    return arb((low + high) / 2, arb((high - low) / 2).upper())


def _sympy(value: fmpq) -> sp.Rational:
    return sp.Rational(int(value.p), int(value.q))


def _halves(box: dict[Any, Any]) -> list[dict[Any, Any]]:
    widest = max(box, key=lambda a: box[a][1] - box[a][0])
    low, high = box[widest]
    middle = (low + high) / 2
    return [{**box, widest: (low, middle)}, {**box, widest: (middle, high)}]
