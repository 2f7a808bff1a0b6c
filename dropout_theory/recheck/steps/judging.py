"""What validators may ask: the statements of claims and facts, and what follows over the reals, by certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dropout_theory.recheck.steps.arithmetic import Refused, check, digest, problem
from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.definedness import obligations
from dropout_theory.recheck.steps.grammar import Term
from dropout_theory.recheck.steps.normal import normal
from dropout_theory.recheck.steps.rules import NotShown, conjuncts, relation

Quoted = Callable[[str], "tuple[Term, frozenset[Term]] | None"]
Questions = dict[str, tuple[tuple[Term, ...], Term]]  # premises and goal by digest


class Certified:
    """Judges by shape and by certificates. `asked` keeps the questions that had none: a search may find some."""

    def __init__(self, quoted: Quoted, certificates: Mapping[str, Any]) -> None:
        self.quoted, self.certificates = quoted, certificates
        self.asked: Questions = {}
        self._known: dict[str, bool] = {}

    def said(self, source: str) -> tuple[Term, frozenset[Term]]:
        found = self.quoted(source)
        if found is None:
            raise NotShown(f"there is no {source}")
        return found

    def implied(self, known: Iterable[Term], wanted: Term) -> bool:
        premises = list(known)
        if wanted.op == "true" or any(wanted in conjuncts(k) for k in premises) or by_shape(wanted):
            return True
        if wanted.op == "and":
            return all(self.implied(premises, part) for part in wanted.terms)
        name = digest(premises, wanted)
        if name not in self._known:
            self._known[name] = self._certified(name, premises, wanted)
        return self._known[name]

    def _certified(self, name: str, premises: Sequence[Term], wanted: Term) -> bool:
        certificate = self.certificates.get(name)
        if certificate is None:
            self.asked[name] = (tuple(premises), wanted)
            return False
        try:
            check(problem(premises, wanted), certificate)
        except Refused:
            self.asked[name] = (tuple(premises), wanted)
            return False
        return True

    def defined(self, known: Sequence[Term], statement: Term) -> None:
        for o in obligations(known, statement):
            if o.condition is None or not self.implied(o.premises(known), o.condition):
                raise NotShown(f"{o.term} may be undefined")


def by_shape(statement: Term) -> bool:
    """Whether a relation holds wherever its sides are defined, by the bounds of their difference."""
    if statement.op not in ("=", "!=", "<", "<=", ">", ">="):
        return False
    op, left, right = relation(statement)
    gap = normal(Term("+", right, Term("*", Term("number", "-1"), left)))
    if not gap:
        return op in ("=", "<=")
    if set(gap) == {()}:
        return op in ("<", "<=", "!=") and (gap[()] > 0 or op == "!=")
    found = bounds(Term("+", right, Term("*", Term("number", "-1"), left)))
    return op == "<" and found.positive or op == "<=" and found.nonnegative or op == "!=" and found.nonzero


__all__ = ["Certified", "Questions", "by_shape"]
