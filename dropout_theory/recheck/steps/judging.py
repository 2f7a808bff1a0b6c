"""What validators may ask: the statements of claims and facts, and what follows over the reals, by certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dropout_theory.recheck.steps.arithmetic import check, digest, problem
from dropout_theory.recheck.steps.atoms import as_term
from dropout_theory.recheck.steps.binding import free
from dropout_theory.recheck.steps.bounds import bounds, is_integer
from dropout_theory.recheck.steps.definedness import obligations
from dropout_theory.recheck.steps.grammar import NotShown, Term, minus, need
from dropout_theory.recheck.steps.normal import normal
from dropout_theory.recheck.steps.statements import RELATIONS, in_range, parts_of, relation

Quoted = Callable[[str], "tuple[Term, frozenset[Term]] | None"]
Questions = dict[str, tuple[tuple[Term, ...], Term]]  # premises and goal by digest


class Certified:
    """Judges by shape and by certificates. `asked` keeps the questions that had none: a search may find some."""

    def __init__(self, quoted: Quoted, certificates: Mapping[str, Any]) -> None:
        self.quoted, self.certificates = quoted, certificates
        self.asked: Questions = {}
        self._known: dict[str, bool] = {}

    def implied(self, known: Iterable[Term], wanted: Term) -> bool:
        """Whether a statement follows over the reals, by its shape or by a certificate."""
        premises = list(known)
        if wanted.op == "true" or any(wanted in parts_of(k, "and") for k in premises) or by_shape(wanted):
            return True
        if wanted.op == "and":
            return all(self.implied(premises, part) for part in wanted.terms)
        name = digest(premises, wanted)
        if name not in self._known:
            try:
                need(name in self.certificates, "no certificate")
                check(problem(premises, wanted), self.certificates[name])
                self._known[name] = True
            except NotShown:
                self.asked[name] = (tuple(premises), wanted)
                self._known[name] = False
        return self._known[name]

    def holds(self, known: Sequence[Term], wanted: Term, otherwise: str) -> None:
        """Raise NotShown unless a statement is defined and follows."""
        need(self.implied(known, wanted), f"{otherwise}: {wanted}")
        self.defined(known, wanted)

    def defined(self, known: Sequence[Term], statement: Term) -> None:
        """Raise NotShown unless each term of a statement is defined wherever those that are known hold."""
        if statement.op == "each" and statement not in known:
            self._defined_for_each(known, statement)
        for o in obligations(known, statement):
            if o.condition is None or not self.implied(o.premises(known), o.condition):
                raise NotShown(f"{o.term} may be undefined")

    def _defined_for_each(self, known: Sequence[Term], statement: Term) -> None:
        """The ends of the ranges, and the body where what is said for each index of the same ranges holds."""
        limits = statement.ranges
        facts, inside = in_range(*limits), [k for k in known if not free(k).intersection(r.terms[0] for r in limits)]
        for n, (_, low, high) in enumerate(r.terms for r in limits):
            need(is_integer(low) and is_integer(high), f"{statement} has no whole ends")
            self.defined([*inside, *facts[:2 * n]], Term("<=", low, high))
        bodies = [k.terms[0] for k in known if k.op == "each" and k.ranges == limits]
        self.defined([*inside, *facts, *bodies], statement.terms[0])


def by_shape(statement: Term) -> bool:
    """Whether a relation holds wherever its sides are defined, by the bounds of their difference."""
    if statement.op == "or":
        return any(map(by_shape, statement.terms))
    if statement.op not in RELATIONS:
        return False
    op, left, right = relation(statement)
    gap = minus(right, left)
    shown = {"<": lambda f: f.positive, "<=": lambda f: f.nonnegative, "!=": lambda f: f.nonzero}.get(op)
    return not normal(gap) if shown is None else shown(bounds(gap)) or shown(bounds(as_term(normal(gap))))
