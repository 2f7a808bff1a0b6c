"""What laws and declared domains in a claim ask for beyond what shapes show, and whether its hypotheses show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.definedness.partiality import Law, Member, Partial, partial_terms
from dropout_theory.definedness.shown import all_shown
from dropout_theory.language.binding import put
from dropout_theory.proof.near_zero import holds_near_zero, orders


@dataclass(frozen=True)
class Obligation:
    """What is to be shown, of which variable, and whether it is."""

    said: str
    discharged: bool


def obligations(statement: Any, hypotheses: Iterable[Any]) -> list[Obligation]:
    """What laws and recursions in a statement oblige to, once each, and whether hypotheses and domains imply it."""
    hypotheses = list(hypotheses)
    shown = [term for h in hypotheses for term in partial_terms(h)]
    found: dict[str, bool] = {}
    for term in partial_terms(statement):
        if isinstance(term.term, (Law, Member)):
            _note(found, term, _follows(term, hypotheses, shown))
    for order, guards in orders(statement):
        for term in (p for side in order.args[:2] for p in partial_terms(side)):
            if isinstance(term.term, Law) and lang.depends_on(term.term, order.scale):
                shown_near_zero = holds_near_zero(term, order.scale, [*hypotheses, *guards])
                _note(found, term, shown_near_zero, f" for small {order.scale}")
    return [Obligation(said, discharged) for said, discharged in found.items()]


def _follows(term: Partial, hypotheses: list[Any], shown: list[Partial]) -> bool:
    try:
        all_shown([term], hypotheses, shown)
    except ProofError:
        return False
    return True


def _note(found: dict[str, bool], term: Partial, discharged: bool, where: str = "") -> None:
    """Add a law, under the names that its author gave to indices: one that is used twice is shown at both places."""
    own = {s: sp.Symbol(s.name.strip("_"), integer=True) for s in lang.dependencies(term.term)
           if isinstance(s, sp.Dummy)}
    variable, condition = (lang.plain(put(part, own)) for part in (term.term.args[0], term.condition))
    why = "is 1 with that probability" if isinstance(term.term, Law) else "lies in the domain declared for it"
    said = f"{condition}{where}, as {variable} {why}"
    found[said] = found.get(said, True) and discharged
