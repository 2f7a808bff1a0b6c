"""Real arithmetic checked by multiplying polynomials: what premises imply over the reals, each other term a variable.

The checker reads the statements itself: into a list of hypotheses (premises, the negated goal, what holds of variables
by their shape) in an order of its own, and gives each place in it a number. A certificate names places and never says
what stands there. It is a tree of lists:

    ["sum", [[c, [place, ...], s], ...], [[place, f], ...]]   c * (product of hypotheses) * s^2, f * equality: in all 0
    ["cases", place, [certificate, ...]]                      of a disjunction, one for each of its cases
    ["cut", f, certificate, certificate]                      f < 0, and f >= 0
    ["solvers", name, ...]                                    no certificate: solvers say so, which shows nothing here

with c > 0 a number, f and s polynomials `[[coefficient, [[variable, exponent], ...]], ...]`, s left out where it is 1.
Some product in a sum must be positive. What a case or a cut adds comes after all other hypotheses.

A variable may have a negative exponent only where it is shown not to be 0, and a root may be spoken of only where what
it is the root of is shown not to be negative: by shape, or as a term of a statement that holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, TypeAlias

from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.definedness import STRICT
from dropout_theory.recheck.steps.grammar import NUMBER, Malformed, NotShown, Term, need, read_lines
from dropout_theory.recheck.steps.normal import normal
from dropout_theory.recheck.steps.polynomial import UNIT, Monomial, Polynomial, alone, collected, monomial
from dropout_theory.recheck.steps.statements import OPPOSITE

Poly: TypeAlias = dict[Monomial, Fraction]  # as the search for certificates has them

VERSION = 1
MAX_DEPTH, MAX_PARTS, MAX_FACTORS, MAX_EXPONENT, MAX_DIGITS = 40, 2_000, 8, 60, 1_000
DIGEST = re.compile("[0-9a-f]{32}")


class Literal(NamedTuple):
    """A polynomial that is = 0, >= 0 or > 0, and the relation that says so: where it holds, its terms are defined."""

    sign: str
    value: Polynomial
    said: Term | None = None


class Either(NamedTuple):
    """A disjunction: some case holds, all of it. `said` as of literals."""

    cases: tuple[tuple[Any, ...], ...]
    said: Term | None = None


Formula: TypeAlias = Literal | Either


# --- statements as formulas ---------------------------------------------------------------------------------------


def formulas(statement: Term, holds: bool = True) -> list[Formula]:
    """What a statement says that holds, or that does not; of a statement that is no relation, that it itself does."""
    op, args = statement.op, statement.terms
    if op in ("true", "false"):
        return [] if (op == "true") is holds else [Literal("=", UNIT)]
    if op == "not":
        return formulas(args[0], not holds)
    if op in ("and", "or"):
        parts = [formulas(a, holds) for a in args]
        return [f for part in parts for f in part] if (op == "and") is holds else [_either(*parts)]
    if op == "implies":
        return formulas(Term("or", Term("not", args[0]), args[1]), holds)
    if op == "iff":
        return [_either([*formulas(args[0]), *formulas(args[1], holds)],
                        [*formulas(args[0], False), *formulas(args[1], not holds)])]
    if op in OPPOSITE:
        relation = op if holds else OPPOSITE[op]
        left, right = map(normal, args)
        gap = left - right if relation in (">", ">=", "=") else right - left
        if relation == "!=":
            return [Either(((Literal(">", gap),), (Literal(">", gap * -1),)), statement)]
        return [Literal({"<": ">", "<=": ">="}.get(relation, relation), gap, statement)]
    return [Literal("=", alone(statement, Fraction(1)) - UNIT if holds else alone(statement, Fraction(1)))]


def _either(*cases: Sequence[Formula]) -> Either:
    return Either(tuple(map(tuple, cases)))


def _definition(atom: Term) -> list[Formula]:
    """What holds of an atom by its shape, wherever it is defined."""
    value, found = alone(atom, Fraction(1)), bounds(atom)
    said: list[Formula] = []
    if atom.number is not None or atom.op in ("+", "*", "^") and normal(atom) != value:  # for its exponent's sake
        said.append(Literal("=", value - normal(atom)))
    if found.low is not None:
        said.append(Literal(">" if found.above else ">=", value - UNIT * found.low))
    if found.high is not None:
        said.append(Literal(">" if found.below else ">=", UNIT * found.high - value))
    if atom.op in ("max", "min", "relu", "abs"):
        inner = [normal(a) for a in atom.terms]
        if atom.op in ("relu", "abs"):
            inner.append(inner[0] * (0 if atom.op == "relu" else -1))
        said += [Literal(">=", a - value if atom.op == "min" else value - a) for a in inner]
        said.append(_either(*[[Literal("=", value - a)] for a in inner]))
    return said


# --- problems -----------------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """Variables that are shown to be other than 0, and roots that are shown to exist."""

    nonzero: set[int]
    roots: set[int]


class Problem:
    """Hypotheses that are to contradict one another, over numbered variables."""

    def __init__(self, premises: Sequence[Term], goal: Term) -> None:
        said = [f for p in premises for f in formulas(p)]
        self.first_of_goal = len(said)
        said += formulas(goal, False)
        self.first_of_facts = len(said)
        exponents: dict[Term, int] = {}
        facts: list[Formula] = []
        left = list(said)
        while left:
            for atom, e in sorted(_atoms(left.pop())):
                if atom not in exponents:
                    exponents[atom] = 1
                    facts += _definition(atom)
                    left += _definition(atom)
                exponents[atom] = lcm(exponents[atom], e.denominator)
        self.atoms = sorted(exponents)
        self.roots = [exponents[a] for a in self.atoms]
        self.places = {a: n for n, a in enumerate(self.atoms)}
        ends = [bounds(a) for a in self.atoms]
        nonnegative: list[Formula] = [
            Literal(">" if end.positive else ">=", alone(n))
            for n, end in enumerate(ends) if self.roots[n] > 1 or end.nonnegative and end.low != 0]
        self.hypotheses = [self._numbered(f) for f in (*said, *facts)] + nonnegative
        self.shown = Shown({n for n, end in enumerate(ends) if end.nonzero},
                           {n for n, end in enumerate(ends) if self.roots[n] == 1 or end.nonnegative})
        for h in self.hypotheses:
            self.learn(h, self.shown)

    def polynomial(self, form: Polynomial) -> Polynomial:
        """A normal form over numbered variables: of an atom that has roots, its least root is the variable."""
        return collected((monomial((self.places[t], int(e * self.roots[self.places[t]])) for t, e in m), c)
                         for m, c in form.items())

    def _numbered(self, formula: Formula) -> Formula:
        if isinstance(formula, Either):
            return formula._replace(cases=tuple(tuple(map(self._numbered, case)) for case in formula.cases))
        return formula._replace(value=self.polynomial(formula.value))

    def _show_terms(self, term: Term, shown: Shown) -> None:
        """Take note of what a term that is defined shows: it divides by nothing that is 0."""
        number = term.terms[1].number if term.op == "^" else None
        for atom, e in next(iter(normal(term))) if number is not None and len(normal(term)) == 1 else ():
            if number and number < 0 and atom.op != "^" and atom in self.places:
                shown.nonzero.add(self.places[atom])
            if e.denominator > 1 and atom in self.places:
                shown.roots.add(self.places[atom])
        if term.op in STRICT:
            for part in term.terms:
                self._show_terms(part, shown)

    def usable(self, p: Poly, shown: Shown) -> bool:
        """Whether a polynomial has a value: it divides by nothing that may be 0 and has no root that may not exist."""
        return all((n in shown.roots or e % self.roots[n] == 0) and (e > 0 or n in shown.nonzero)
                   for m in p for n, e in m)

    def learn(self, hypothesis: Formula, shown: Shown) -> None:
        """Take note of what a hypothesis that holds shows: its terms are defined."""
        for side in hypothesis.said.terms if hypothesis.said is not None else ():
            self._show_terms(side, shown)


def problem(premises: Iterable[Term], goal: Term) -> Problem:
    """The hypotheses that contradict one another if the premises imply the goal where its terms are defined.

    Raises NotShown for statements that have no normal form.
    """
    try:
        return Problem(sorted(set(premises)), goal)
    except (Malformed, RecursionError) as error:
        raise NotShown(f"not read: {error}") from None


def digest(premises: Iterable[Term], goal: Term) -> str:
    """A name of the question whether some premises imply a goal, whatever their order."""
    parts = [goal.digest, *sorted({p.digest for p in premises})]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def _atoms(formula: Formula) -> Iterator[tuple[Term, Fraction]]:
    if isinstance(formula, Either):
        for case in formula.cases:
            for f in case:
                yield from _atoms(f)
    else:
        for m in formula.value:
            yield from m


# --- certificates -------------------------------------------------------------------------------------------------


def read(lines: Iterable[str]) -> dict[str, Any]:
    """Certificates by the digests of what they show. Raises Malformed, naming the line, for anything else."""
    found: dict[str, Any] = {}

    def take(parts: list[Any]) -> None:
        need(len(parts) == 2 and isinstance(parts[0], str) and DIGEST.fullmatch(parts[0]) and parts[0] not in found,
             "no digest with a certificate, or one twice", Malformed)
        found[parts[0]] = parts[1]

    read_lines(lines, ["certificates", VERSION], take)
    return found


def check(problem: Problem, certificate: Any, added: tuple[Formula, ...] = (), shown: Shown | None = None,
          depth: int = 0) -> None:
    """Raise NotShown unless the certificate shows that the hypotheses of a problem contradict one another.

    `added` is what cases and cuts above it add to the hypotheses, and what they show to be defined is in `shown`.
    """
    shown, hypotheses = shown or problem.shown, [*problem.hypotheses, *added]
    need(depth <= MAX_DEPTH, "a certificate that is too deep")
    kind, *parts = _list(certificate, 1)
    cases: Sequence[Sequence[Formula]] = ()
    if kind == "sum" and len(parts) == 2:
        _check_sum(problem, parts[0], parts[1], hypotheses, shown)
        return
    if kind == "cases" and len(parts) == 2:
        split, parts = _at(hypotheses, parts[0]), _list(parts[1])
        need(isinstance(split, Either), "not a disjunction")
        cases = split.cases if isinstance(split, Either) else ()
    elif kind == "cut" and len(parts) == 3:
        f = _polynomial(problem, parts.pop(0), shown)
        cases = [[Literal(">", f * -1)], [Literal(">=", f)]]
    need(0 < len(cases) == len(parts), "a certificate is a sum, cases or a cut")
    for case, part in zip(cases, parts, strict=True):
        inside = Shown(set(shown.nonzero), set(shown.roots))
        for formula in case:
            problem.learn(formula, inside)
        check(problem, part, (*added, *case), inside, depth + 1)


def _check_sum(problem: Problem, products: Any, equalities: Any, hypotheses: list[Formula], shown: Shown) -> None:
    total, positive = Polynomial(), False
    for product in _list(products):
        c, places, *squared = _list(product, 2, 3)
        found = [_literal(problem, hypotheses, place, shown) for place in _list(places, 0, MAX_FACTORS)]
        square = _polynomial(problem, squared[0], shown) if squared else UNIT
        need(_number(c) > 0 and all(h.sign != "=" for h in found),
             "a coefficient that is not positive, or an equality among what is not negative")
        value = square * square * _number(c)
        for h in found:
            value = value * h.value
        total = total + value
        # a monomial is not 0 where its variables are not
        sure = len(square) == 1 and all(n in shown.nonzero for m in square for n, _ in m)
        positive = positive or sure and all(h.sign == ">" for h in found)
    for equality in _list(equalities):
        place, factor = _list(equality, 2, 2)
        h = _literal(problem, hypotheses, place, shown)
        need(h.sign == "=", "an inequality among the equalities")
        total = total + h.value * _polynomial(problem, factor, shown)
    need(positive and not total, "the sum is not 0, or nothing in it is positive")


def _list(part: Any, least: int = 0, most: int = MAX_PARTS) -> list[Any]:
    need(isinstance(part, list) and least <= len(part) <= most, f"no list of {least} to {most} parts")
    return list(part)


def _at(hypotheses: list[Formula], place: Any) -> Formula:
    need(type(place) is int and 0 <= place < len(hypotheses), "no such hypothesis")
    return hypotheses[place]


def _literal(problem: Problem, hypotheses: list[Formula], place: Any, shown: Shown) -> Literal:
    found = _at(hypotheses, place)
    if isinstance(found, Either) or not problem.usable(found.value, shown):
        raise NotShown("a hypothesis that is a disjunction, or that may be undefined")
    return found


def _number(text: Any) -> Fraction:
    need(isinstance(text, str) and len(text) <= MAX_DIGITS and NUMBER.fullmatch(text), "not a number")
    return Fraction(text)


def _polynomial(problem: Problem, written: Any, shown: Shown) -> Polynomial:
    terms = []
    for coefficient, powers in (_list(part, 2, 2) for part in _list(written)):
        pairs = [_list(power, 2, 2) for power in _list(powers)]
        need(all(type(n) is type(e) is int and 0 <= n < len(problem.atoms) and abs(e) <= MAX_EXPONENT
                 for n, e in pairs), "a power is a variable and an exponent")
        terms.append((monomial((n, e) for n, e in pairs), _number(coefficient)))
    result = collected(terms)
    need(problem.usable(result, shown), "a polynomial that may be undefined")
    return result
