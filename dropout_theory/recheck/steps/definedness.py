"""Where terms are defined: what a conclusion must be shown to have, beside being true, wherever its premises hold.

A premise that holds is defined, and with it every term in it that nothing guards. Each other term of a conclusion that
its shape does not show to be defined is asked about: see `obligations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dropout_theory.recheck.steps.binding import NUMBERS, free, random
from dropout_theory.recheck.steps.bounds import bounds, is_integer
from dropout_theory.recheck.steps.grammar import ATOMS, ONE, ZERO, Term, walk
from dropout_theory.recheck.steps.statements import CONNECTIVES, RELATIONS

# what is defined only where its arguments are, and then if `_own` asks for nothing more
STRICT = frozenset({"+", "*", "^", "exp", "log", "abs", "max", "min", "relu", "sign", "sin", "cos", "tanh", "atan",
                    "sinh", "cosh", "erf", "floor", "ceiling", "equal-indices", "logistic", "gamma", "factorial",
                    "binomial", "stirling", "bernoulli-number", "apply"})
OVER_RANGES = frozenset({"sum", "product", "each", "largest", "smallest"})
PARTS_FIRST = STRICT | OVER_RANGES | NUMBERS | RELATIONS | {"not", "iff", "entry", "pi", "euler", "function"}
NOWHERE_UNDEFINED = frozenset({"exists", "has-value", "true", "false"})  # false where nothing makes them true


@dataclass(frozen=True)
class Place:
    """What is known where a term stands, what is bound around it, and whether a mean is taken over it."""

    known: tuple[Term, ...] = ()
    bound: frozenset[Term] = frozenset()
    averaged: bool = False

    def in_ranges(self, limits: Iterable[Term]) -> Place:
        """Inside ranges, outer ones first: what was known of free atoms of the names of indices is forgotten."""
        place = self
        for index, low, high in (r.terms for r in limits):
            known = [k for k in place.known if index not in free(k)]
            known += [f for f in (Term(">=", index, low), Term("<=", index, high)) if index not in free(f.terms[1])]
            place = replace(place, known=tuple(known), bound=place.bound | {index})
        return place


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
    if conclusion in premises or conclusion.op not in RELATIONS | CONNECTIVES:
        return []  # of a statement that is not taken apart it is shown that it holds: where it does, it has a meaning
    shown = {t for p in premises for t in defined_in(p)}
    found = _of(conclusion, Place(), shown)
    return list({(o.condition, o.place): o for o in found}.values())


def defined_in(term: Term) -> Iterator[Term]:
    """The terms that are defined wherever a statement holds, or where a term is defined, by its shape alone."""
    if term.op in RELATIONS or term.op in STRICT or term.op in ("and", "entry"):
        for part in term.terms[term.op == "entry":]:  # the law of an entry is defined at its indices, not at others
            yield from defined_in(part)
    if term.op not in CONNECTIVES:
        yield term


def _of(term: Term, place: Place, shown: set[Term]) -> Iterator[Obligation]:
    """The obligations of a term or statement, those of its parts first."""
    op, args = term.op, term.terms
    if term.number is not None or term in shown and not free(term) & place.bound \
            and not (place.averaged and random(term)):
        return
    if op in ("and", "or", "implies"):  # each part guards those after it
        for part in args:
            yield from _of(part, place, shown)
            place = replace(place, known=(*place.known, Term("not", part) if op == "or" else part))
    elif op == "cases":  # each value in its own case, each condition where those before it fail; some case must apply
        for value, condition in (case.terms for case in args):
            yield from _of(condition, place, shown)
            yield from _of(value, replace(place, known=(*place.known, condition)), shown)
            if condition.op == "true":
                return
            place = replace(place, known=(*place.known, Term("not", condition)))
        yield Obligation(term, Term("false"), place)
    elif op in ATOMS:  # what a law or a definition by recursion needs to be defined, at all of its indices
        inside = place.in_ranges(term.ranges)
        for part in args:
            if part.op not in ("domain", "range"):
                yield from _of(part, inside, shown)
        yield from [Obligation(term, condition, inside) for condition in _own(term)]
    elif op in PARTS_FIRST:
        place = replace(place, averaged=place.averaged or op in NUMBERS)
        limits = term.ranges[::-1] if op in ("sum", "product") else term.ranges  # the outer ones first
        for n, (part, bound) in enumerate(term.scopes):
            inside = place.in_ranges(r for r in limits if r.terms[0] in bound)
            yield from _of(part, inside, shown)
            if op in OVER_RANGES and n > 0 and not is_integer(part):
                yield Obligation(term, None, inside)
        yield from [Obligation(term, condition, place) for condition in _own(term)]
    elif op not in NOWHERE_UNDEFINED:
        yield Obligation(term, None, place)


def _own(term: Term) -> list[Term | None]:
    """What an operator asks of its arguments; None where no condition is known that is enough."""
    op, args = term.op, term.terms
    x = args[0] if args else term
    if op in ("gates", "bernoulli"):  # what a law asks: probabilities, an interval, a standard deviation
        return [Term("<=", ZERO, args[op == "bernoulli"]), Term("<=", args[op == "bernoulli"], ONE)]
    if op in ("uniform", "normal"):
        return [Term("<", *args[1:]) if op == "uniform" else Term("<=", ZERO, args[2])]
    if op in ("largest", "smallest"):
        return [Term("<=", *term.ranges[0].terms[1:])]
    if op == "entry":
        return [None for i in args[1:]
                if not (is_integer(i) or i.op == "subnetwork" and i.terms[0].args[1] == "integer")]
    if op == "^":
        return _power(*args)
    if op in ("log", "gamma"):
        return [Term("<", ZERO, x)]
    if op == "logistic":
        return [Term("<=", ZERO, args[1])]
    if op in ("factorial", "stirling", "bernoulli-number", "binomial", "equal-indices"):
        return [*[None for a in args if not is_integer(a)],
                *[Term("<=", ZERO, a) for a in args if op not in ("binomial", "equal-indices")]]
    found: list[Term | None] = [None for a in args if op in NUMBERS and not has_mean(a)]
    if op in ("G", "NWGM"):
        found.append(Term("<=" if op == "G" else "<", ZERO, x))
    if op in ("G'", "NWGM"):
        found.append(Term("<=" if op == "G'" else "<", x, ONE))
    return found


def has_mean(term: Term) -> bool:
    """Whether a mean of a term exists wherever the term is defined, since it is one over finitely many outcomes."""
    return not any(t.op in ("normal", "uniform", "abstract") for t in walk(term))


def _power(base: Term, exponent: Term) -> list[Term | None]:
    """Of a base that may be negative only to a whole exponent, of 0 only to one that is not negative."""
    nonnegative = bounds(exponent).nonnegative
    if not is_integer(exponent):
        return [Term("<=" if nonnegative else "<", ZERO, base)]
    nonzero = Term("!=", base, ZERO)
    unless = nonzero if exponent.number is not None else Term("or", nonzero, Term(">=", exponent, ZERO))
    return [] if nonnegative else [unless]
