"""Where terms are defined: what a conclusion must be shown to have, beside being true, wherever its premises hold.

A premise that holds is defined, and with it every term in it that nothing guards. Each other term of a conclusion that
its shape does not show to be defined is asked about: see `obligations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dropout_theory.recheck.steps.binding import NUMBERS, alike, free, random
from dropout_theory.recheck.steps.bounds import Bounds, bounds
from dropout_theory.recheck.steps.grammar import ATOMS, ONE, ZERO, Term, number, walk
from dropout_theory.recheck.steps.signs import is_integer

RELATIONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
CONNECTIVES = frozenset({"and", "or", "not", "implies", "iff"})
# defined where their arguments are, and only there
TOTAL = frozenset({"+", "*", "exp", "abs", "max", "min", "relu", "sign", "sin", "cos", "tanh", "atan", "sinh", "cosh",
                   "erf", "floor", "ceiling", "equal-indices", "apply"})
STRICT = TOTAL | {"^", "log", "logistic", "tan", "gamma", "zeta", "factorial", "binomial", "stirling",
                  "bernoulli-number"}


@dataclass(frozen=True)
class Place:
    """What is known where a term stands, what is bound around it, and whether a mean is taken over it."""

    known: tuple[Term, ...] = ()
    bound: frozenset[Term] = frozenset()
    ends: Mapping[Term, Bounds] | None = None
    averaged: bool = False

    def under(self, *facts: Term) -> Place:
        return replace(self, known=(*self.known, *facts))

    def binding(self, atoms: Iterable[Term]) -> Place:
        """Inside a binder: what was known of free atoms of these names is forgotten."""
        new = frozenset(atoms)
        return replace(self, known=tuple(k for k in self.known if not free(k) & new), bound=self.bound | new,
                       ends={a: b for a, b in (self.ends or {}).items() if a not in new})

    def in_range(self, index: Term, low: Term, high: Term) -> Place:
        inside = self.binding([index])
        ends = Bounds(bounds(low, self.ends).low, False, bounds(high, self.ends).high)
        facts = [Term(">=", index, low), Term("<=", index, high)]
        return replace(inside, ends={**(inside.ends or {}), index: ends},
                       known=(*inside.known, *[f for f in facts if index not in free(f.terms[1])]))

    def bounds(self, term: Term) -> Bounds:
        return bounds(term, self.ends)


@dataclass(frozen=True)
class Obligation:
    """A condition under which a term is defined, to be shown where the term stands; None where none is known to do."""

    term: Term
    condition: Term | None
    place: Place

    def premises(self, premises: Iterable[Term]) -> list[Term]:
        """What may be used: what is known where the term stands, and premises that speak of nothing bound there."""
        usable = [p for p in premises if not free(p) & self.place.bound]
        if self.place.averaged:  # what is known of one outcome says nothing of the others
            return [p for p in (*usable, *self.place.known) if not random(p)]
        return [*usable, *self.place.known]


def obligations(premises: Iterable[Term], conclusion: Term) -> list[Obligation]:
    """What is to be shown beside a conclusion, so that all its terms are defined wherever the premises hold."""
    premises = list(premises)
    if conclusion in premises or conclusion.op not in RELATIONS | CONNECTIVES:
        return []  # of a statement that is not taken apart it is shown that it holds: where it does, it has a meaning
    shown = {t for p in premises for t in defined_in(p)}
    found = _of(conclusion, Place(), shown)
    return list({(o.condition, o.place.known, o.place.bound, o.place.averaged): o for o in found}.values())


def defined_in(statement: Term) -> Iterator[Term]:
    """The terms that are defined wherever a statement holds, by what it says alone."""
    if statement.op in ("and", "not", "iff"):
        for part in statement.terms:
            yield from defined_in(part) if statement.op == "and" else ()
    elif statement.op == "implies":
        yield from defined_in(statement.terms[0]) if statement.terms[0].op in RELATIONS else ()
    elif statement.op in RELATIONS:
        stack = list(statement.terms)
        while stack:
            t = stack.pop()
            yield t
            if t.op in STRICT:
                stack += t.terms
            elif t.op == "entry":
                stack += t.terms[1:]
    else:
        yield statement


def _of(term: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """The obligations of a term or statement, those of its parts first."""
    op, args = term.op, term.terms
    if term.number is not None or not free(term) & place.bound and not (place.averaged and random(term)) \
            and (term in shown or term.sort == "E" and any(t.op == op and alike(t, term) for t in shown)):
        return
    if op in ("and", "or"):
        for part in args:
            yield from _of(part, place, shown)
            place = place.under(part if op == "and" else Term("not", part))
    elif op == "implies":
        yield from _of(args[0], place, shown)
        yield from _of(args[1], place.under(args[0]), shown)
    elif op in RELATIONS or op in ("not", "iff"):
        for a in args:
            yield from _of(a, place, shown)
    elif op in ("exists", "has-value", "true", "false"):  # false, not undefined, where nothing makes them true
        return
    elif op == "all":
        yield from _of(args[0], place.binding(args[1:]), shown)
    elif op in ("sum", "product", "each", "largest", "smallest"):
        yield from _over_ranges(term, place, shown)
    elif op == "cases":
        yield from _of_cases(term, place, shown)
    elif op in ATOMS:
        yield from _of_atom(term, place, shown)
    elif op == "entry":
        for index in args[1:]:
            yield from _of(index, place, shown)
            if not (is_integer(index) or index.op == "subnetwork" and index.terms[0].args[1] == "integer"):
                yield Obligation(term, None, place)
        yield from _of_atom(args[0], place, shown)
    elif op in NUMBERS:
        inside = replace(place, averaged=True)
        for a in args:
            yield from _of(a, inside, shown)
            if any(part.op in ("normal", "abstract") for part in walk(a)):
                yield Obligation(term, None, place)  # a mean may fail to exist
        yield from _own(term, inside)
    elif op in STRICT:
        for a in args if op != "apply" else args[1:]:
            yield from _of(a, place, shown)
        yield from _own(term, place)
    elif op not in ("pi", "euler", "function", "domain"):
        yield Obligation(term, None, place)


def _over_ranges(term: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """A body where its indices are in their ranges; the ends of each range where the ranges around it hold."""
    limits = list(term.terms[1:])
    for r in limits if term.op in ("each", "largest", "smallest") else reversed(limits):
        index, low, high = r.terms
        for end in (low, high):
            yield from _of(end, place, shown)
            if not is_integer(end):
                yield Obligation(term, None, place)
        gap = Term("+", high, Term("*", number(-1), low))
        if term.op in ("largest", "smallest") and not place.bounds(gap).nonnegative:
            yield Obligation(term, Term("<=", low, high), place)
        least = bounds(index).low
        if least is not None and not place.bounds(Term("+", low, number(-least))).nonnegative:
            yield Obligation(term, Term(">=", low, number(least)), place)  # its name says more than its range
        place = place.in_range(index, low, high)
    yield from _of(term.terms[0], place, shown)


def _of_cases(term: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """Each value in its own case, each condition where those before it fail; some case must apply."""
    for case in term.terms:
        value, condition = case.terms
        yield from _of(condition, place, shown)
        yield from _of(value, place.under(condition), shown)
        if condition.op == "true":
            return
        place = place.under(Term("not", condition))
    yield Obligation(term, Term("false"), place)


def _of_atom(atom: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """What a law or a definition by recursion needs to be defined, at all of its indices."""
    inner = [a for a in atom.terms if a.op not in ("domain", "range")]
    if not inner:
        return
    for r in atom.terms:
        if r.op == "range":
            place = place.in_range(*r.terms)
    for part in inner:
        yield from _of(part, place, shown)


def _own(term: Term, place: Place) -> Iterator[Obligation]:
    """What an operator asks of its arguments, where their shape does not show it."""
    op, args = term.op, term.terms
    found = [place.bounds(a) for a in args]

    def ask(is_shown: bool, condition: Term | None) -> Iterator[Obligation]:
        if not is_shown:
            yield Obligation(term, condition, place)

    if op == "^":
        yield from _power(term, place)
    elif op in ("log", "gamma"):
        yield from ask(found[0].positive, Term("<", ZERO, args[0]))
    elif op == "zeta":
        yield from ask(False, Term("<", ONE, args[0]))
    elif op == "tan":
        yield from ask(False, None)
    elif op == "logistic":
        yield from ask(found[1].nonnegative, Term("<=", ZERO, args[1]))
    elif op in ("factorial", "stirling", "bernoulli-number", "binomial"):
        yield from ask(all(map(is_integer, args)), None)
        if op != "binomial":
            yield from ask(found[0].nonnegative, Term("<=", ZERO, args[0]))
    elif op == "G":
        yield from ask(found[0].nonnegative, Term("<=", ZERO, args[0]))
    elif op == "G'":
        yield from ask(found[0].high is not None and found[0].high <= 1, Term("<=", args[0], ONE))
    elif op == "NWGM":
        inside = found[0].positive and place.bounds(Term("+", ONE, Term("*", number(-1), args[0]))).positive
        yield from ask(inside, Term("and", Term("<", ZERO, args[0]), Term("<", args[0], ONE)))


def _power(term: Term, place: Place) -> Iterator[Obligation]:
    base, exponent = term.terms
    inside, above = place.bounds(base), place.bounds(exponent)
    whole = is_integer(exponent)
    if whole and above.nonnegative or inside.positive or inside.nonnegative and above.nonnegative:
        return
    if whole:
        if not inside.nonzero:
            nonzero = Term("!=", base, ZERO)
            yield Obligation(term, nonzero if exponent.number is not None else
                             Term("or", nonzero, Term(">=", exponent, ZERO)), place)
    else:
        yield Obligation(term, Term("<=" if above.nonnegative else "<", ZERO, base), place)


__all__ = ["Obligation", "Place", "defined_in", "obligations"]
