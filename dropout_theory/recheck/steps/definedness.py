"""Where terms are defined: what a conclusion must be shown to have, beside being true, wherever its premises hold.

A premise that holds is defined, and with it every term in it that nothing guards. Each other term of a conclusion that
its shape does not show to be defined is asked about: see `obligations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dropout_theory.recheck.steps.binding import NUMBERS, free, random
from dropout_theory.recheck.steps.bounds import bounds, is_integer, is_nonempty
from dropout_theory.recheck.steps.grammar import ATOMS, ONE, OPPOSITE, ZERO, Term, minus, number, ranges, walk

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
    averaged: bool = False

    def under(self, *facts: Term) -> Place:
        return replace(self, known=(*self.known, *facts))

    def binding(self, atoms: Iterable[Term]) -> Place:
        """Inside a binder: what was known of free atoms of these names is forgotten."""
        new = frozenset(atoms)
        return replace(self, known=tuple(k for k in self.known if not free(k) & new), bound=self.bound | new)

    def in_range(self, index: Term, low: Term, high: Term) -> Place:
        inside = self.binding([index])
        return inside.under(*[f for f in (Term(">=", index, low), Term("<=", index, high))
                              if index not in free(f.terms[1])])


@dataclass(frozen=True)
class Obligation:
    """A condition under which a term is defined, to be shown where the term stands; None where none is known to do."""

    term: Term
    condition: Term | None
    place: Place

    def premises(self, premises: Iterable[Term]) -> list[Term]:
        """What may be used: what is known where the term stands, and premises that speak of nothing bound there."""
        usable = [*[p for p in premises if not free(p) & self.place.bound], *self.place.known]
        # what is known of one outcome says nothing of the others
        return [p for p in usable if not (self.place.averaged and random(p))]


def obligations(premises: Iterable[Term], conclusion: Term) -> list[Obligation]:
    """What is to be shown beside a conclusion, so that all its terms are defined wherever the premises hold."""
    premises = list(premises)
    if conclusion in premises or conclusion.op not in OPPOSITE.keys() | CONNECTIVES:
        return []  # of a statement that is not taken apart it is shown that it holds: where it does, it has a meaning
    shown = {t for p in premises for t in defined_in(p)}
    found = _of(conclusion, Place(), shown)
    return list({(o.condition, o.place.known, o.place.bound, o.place.averaged): o for o in found}.values())


def defined_in(statement: Term) -> Iterator[Term]:
    """The terms that are defined wherever a statement holds, by what it says alone."""
    if statement.op == "and":
        for part in statement.terms:
            yield from defined_in(part)
    elif statement.op in OPPOSITE:
        stack = list(statement.terms)
        while stack:
            t = stack.pop()
            yield t
            if t.op in STRICT:
                stack += t.terms
            elif t.op == "entry":  # its law is defined at these indices, not at others
                stack += t.terms[1:]
    elif statement.op not in CONNECTIVES:
        yield statement


def _of(term: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """The obligations of a term or statement, those of its parts first."""
    op, args = term.op, term.terms
    if term.number is not None or term in shown and not free(term) & place.bound \
            and not (place.averaged and random(term)):
        return
    if op in ("and", "or"):
        for part in args:
            yield from _of(part, place, shown)
            place = place.under(part if op == "and" else Term("not", part))
    elif op == "implies":
        yield from _of(args[0], place, shown)
        yield from _of(args[1], place.under(args[0]), shown)
    elif op in OPPOSITE or op in ("not", "iff"):
        for a in args:
            yield from _of(a, place, shown)
    elif op in ("exists", "has-value", "true", "false"):  # false, not undefined, where nothing makes them true
        return
    elif op == "all":
        yield from _of(args[0], place.binding(args[1:]), shown)
    elif op in ("sum", "product", "each", "largest", "smallest"):
        yield from _over_ranges(term, place, shown)
    elif op == "cases":  # each value in its own case, each condition where those before it fail; some case must apply
        for value, condition in (case.terms for case in args):
            yield from _of(condition, place, shown)
            yield from _of(value, place.under(condition), shown)
            if condition.op == "true":
                return
            place = place.under(Term("not", condition))
        yield Obligation(term, Term("false"), place)
    elif op in ATOMS:  # what a law or a definition by recursion needs to be defined, at all of its indices
        for r in ranges(term):
            place = place.in_range(*r.terms)
        for part in args:
            yield from _of(part, place, shown) if part.op not in ("domain", "range") else ()
    elif op == "entry":
        for index in args[1:]:
            yield from _of(index, place, shown)
            if not (is_integer(index) or index.op == "subnetwork" and index.terms[0].args[1] == "integer"):
                yield Obligation(term, None, place)
        yield from _of(args[0], place, shown)
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
    limits = ranges(term)
    for r in reversed(limits) if term.op in ("sum", "product") else limits:
        index, low, high = r.terms
        for end in (low, high):
            yield from _of(end, place, shown)
            if not is_integer(end):
                yield Obligation(term, None, place)
        if term.op in ("largest", "smallest") and not is_nonempty(low, high):
            yield Obligation(term, Term("<=", low, high), place)
        least = bounds(index).low
        if least is not None and not bounds(minus(low, number(least))).nonnegative:
            yield Obligation(term, Term(">=", low, number(least)), place)  # its name says more than its range
        place = place.in_range(index, low, high)
    yield from _of(term.terms[0], place, shown)


def _own(term: Term, place: Place) -> Iterator[Obligation]:
    """What an operator asks of its arguments, where their shape does not show it."""
    op, args = term.op, term.terms
    found = [bounds(a) for a in args]
    asked: list[tuple[bool, Term | None]] = []  # whether the shape shows it, and the condition
    if op == "^":
        asked.append(_power(*args))
    elif op in ("log", "gamma"):
        asked.append((found[0].positive, Term("<", ZERO, args[0])))
    elif op in ("tan", "zeta"):
        asked.append((False, None))
    elif op == "logistic":
        asked.append((found[1].nonnegative, Term("<=", ZERO, args[1])))
    elif op in ("factorial", "stirling", "bernoulli-number", "binomial"):
        asked += [(is_integer(a), None) for a in args]
        asked.append((found[0].nonnegative or op == "binomial", Term("<=", ZERO, args[0])))
    elif op == "G":
        asked.append((found[0].nonnegative, Term("<=", ZERO, args[0])))
    elif op == "G'":
        asked.append((bounds(minus(ONE, args[0])).nonnegative, Term("<=", args[0], ONE)))
    elif op == "NWGM":
        asked.append((found[0].positive and bounds(minus(ONE, args[0])).positive,
                      Term("and", Term("<", ZERO, args[0]), Term("<", args[0], ONE))))
    yield from [Obligation(term, condition, place) for is_shown, condition in asked if not is_shown]


def _power(base: Term, exponent: Term) -> tuple[bool, Term]:
    """Of a base that may be negative only to a whole exponent, of 0 only to one that is not negative."""
    inside, above = bounds(base), bounds(exponent)
    if not is_integer(exponent):
        return (inside.positive or inside.nonnegative and above.nonnegative,
                Term("<=" if above.nonnegative else "<", ZERO, base))
    nonzero = Term("!=", base, ZERO)
    return (above.nonnegative or inside.nonzero,
            nonzero if exponent.number is not None else Term("or", nonzero, Term(">=", exponent, ZERO)))
