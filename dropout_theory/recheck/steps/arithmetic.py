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
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, TypeAlias

from dropout_theory.recheck.steps.binding import alike
from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.definedness import STRICT, obligations
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import ONE, Malformed, Term
from dropout_theory.recheck.steps.normal import TooLarge, normal
from dropout_theory.recheck.steps.signs import is_integer

Powers: TypeAlias = tuple[tuple[int, int], ...]  # variables, ascending, with exponents that are not 0
Poly: TypeAlias = dict[Powers, Fraction]
Written: TypeAlias = dict[tuple[tuple[Term, Fraction], ...], Fraction]  # what `normal` gives

VERSION = 1
MAX_LINES, MAX_LINE = 200_000, 2_000_000
MAX_DEPTH, MAX_PARTS, MAX_FACTORS, MAX_EXPONENT, MAX_TERMS, MAX_DIGITS = 40, 2_000, 8, 60, 20_000, 1_000
NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
NUMBER = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
DIGEST = re.compile("[0-9a-f]{32}")


class Refused(ValueError):
    """A certificate does not show what it is for; the message says where."""


class Literal(NamedTuple):
    """A polynomial that is = 0, >= 0 or > 0, and the relation that says so: where it holds, its terms are defined."""

    sign: str
    value: Any  # as `normal` writes it, or a Poly
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
        return [] if (op == "true") is holds else [Literal("=", {(): Fraction(1)})]
    if op == "not":
        return formulas(args[0], not holds)
    if op in ("and", "or"):
        parts = [formulas(a, holds) for a in args]
        return [f for part in parts for f in part] if (op == "and") is holds else [_either(parts)]
    if op == "implies":
        first, second = formulas(args[0], not holds), formulas(args[1], holds)
        return [_either([first, second])] if holds else [*first, *second]
    if op == "iff":
        return [_either([[*formulas(args[0]), *formulas(args[1], holds)],
                         [*formulas(args[0], False), *formulas(args[1], not holds)]])]
    if op in NEGATED:
        relation = op if holds else NEGATED[op]
        left, right = (dict(normal(a)) for a in args)
        gap = _minus(left, right) if relation in (">", ">=", "=") else _minus(right, left)
        if relation == "!=":
            return [Either(((Literal(">", gap),), (Literal(">", _minus({}, gap)),)), statement)]
        return [Literal({"<": ">", "<=": ">="}.get(relation, relation), gap, statement)]
    known: Written = {((statement, Fraction(1)),): Fraction(1)}
    return [Literal("=", _minus(known, {(): Fraction(1)}) if holds else known)]


def _either(parts: Iterable[Sequence[Formula]]) -> Either:
    return Either(tuple(tuple(p) for p in parts))


def _minus(p: Any, q: Any) -> Any:
    total = dict(p)
    for m, c in q.items():
        total[m] = total.get(m, Fraction(0)) - c
    return {m: c for m, c in total.items() if c}


def _alone(term: Term, exponent: Fraction | int = 1) -> Written:
    return {((term, Fraction(exponent)),): Fraction(1)}


def _definition(atom: Term) -> list[Formula]:
    """What holds of an atom by its shape, wherever it is defined."""
    value, found = _alone(atom), bounds(atom)
    said: list[Formula] = []
    if _is_bracket(atom):
        said.append(Literal("=", _minus(value, normal(atom))))
    if found.low is not None:
        said.append(Literal(">" if found.above else ">=", _minus(value, {(): found.low} if found.low else {})))
    if found.high is not None:
        said.append(Literal(">" if found.below else ">=", _minus({(): found.high} if found.high else {}, value)))
    if atom.op in ("max", "min", "relu", "abs"):
        inner = [dict(normal(a)) for a in atom.terms] + ([{}] if atom.op == "relu" else [])
        if atom.op == "abs":
            inner.append(_minus({}, inner[0]))
        order = [_minus(a, value) if atom.op == "min" else _minus(value, a) for a in inner]
        said += [Literal(">=", gap) for gap in order]
        said.append(_either([[Literal("=", _minus(value, a))] for a in inner]))
    if atom.op == "sum" and atom.terms[0] is ONE and len(atom.terms) == 2 \
            and all(map(is_integer, atom.terms[1].terms)):  # as many as there are, or none
        _, low, high = atom.terms[1].terms
        count = _minus(normal(Term("+", high, ONE)), normal(low))
        said.append(_either([[Literal("=", _minus(value, count)), Literal(">=", count)],
                             [Literal("=", value), Literal(">=", _minus({}, count))]]))
    return said


def _is_bracket(atom: Term) -> bool:
    """Whether an atom is one for its exponent's sake alone."""
    return atom.number is not None or atom.op in ("+", "*", "^") and dict(normal(atom)) != _alone(atom)


# --- problems -----------------------------------------------------------------------------------------------------


@dataclass
class Shown:
    """Variables that are shown to be other than 0, and roots that are shown to exist."""

    nonzero: set[int] = field(default_factory=set)
    roots: set[int] = field(default_factory=set)


class Problem:
    """Hypotheses that are to contradict one another, over numbered variables."""

    def __init__(self, premises: Sequence[Term], goal: Term) -> None:
        said = [f for p in premises for f in formulas(p)]
        self.first_of_goal = len(said)
        said += formulas(goal, False)
        self.first_of_facts = len(said)
        exponents: dict[Term, int] = {}
        self.same: dict[Term, Term] = {}
        facts: list[Formula] = []
        left = list(said)
        while left:
            for atom, e in sorted(_atoms(left.pop()), key=lambda a: (a[0].digest, a[1])):
                known = self._representative(atom)
                if known not in exponents:
                    exponents[known] = 1
                    new = _definition(known)
                    facts += new
                    left += new
                exponents[known] = lcm(exponents[known], e.denominator)
        self.atoms = sorted(exponents, key=lambda a: a.digest)
        self.roots = [exponents[a] for a in self.atoms]
        self.places = {a: n for n, a in enumerate(self.atoms)}
        nonnegative: list[Formula] = [
            Literal(">" if bounds(a).positive else ">=", {((n, 1),): Fraction(1)})
            for n, a in enumerate(self.atoms) if self.roots[n] > 1 or bounds(a).nonnegative and bounds(a).low != 0]
        self.hypotheses = [self._numbered(f) for f in (*said, *facts)] + nonnegative
        self.values = [self.polynomial(normal(a) if _is_bracket(a) else _alone(a)) for a in self.atoms]
        self.shown = Shown({n for n, a in enumerate(self.atoms) if bounds(a).nonzero},
                           {n for n, a in enumerate(self.atoms) if self.roots[n] == 1 or bounds(a).nonnegative})
        for h in self.hypotheses:
            self.learn(h, self.shown)

    def _representative(self, atom: Term) -> Term:
        if atom not in self.same:
            others = (a for a in set(self.same.values()) if a.op == atom.op and alike(a, atom))
            self.same[atom] = next(others, atom)
        return self.same[atom]

    def polynomial(self, written: Any) -> Poly:
        """A normal form over numbered variables: of an atom that has roots, its least root is the variable."""
        total: Poly = {}
        for monomial, c in written.items():
            powers: dict[int, int] = {}
            for atom, e in monomial:
                n = self.places[self.same[atom]]
                powers[n] = powers.get(n, 0) + int(e * self.roots[n])
            key = tuple(sorted((n, e) for n, e in powers.items() if e))
            total[key] = total.get(key, Fraction(0)) + c
        return {m: c for m, c in total.items() if c}

    def _numbered(self, formula: Formula) -> Formula:
        if isinstance(formula, Either):
            return formula._replace(cases=tuple(tuple(map(self._numbered, case)) for case in formula.cases))
        return formula._replace(value=self.polynomial(formula.value))

    def _show_terms(self, term: Term, shown: Shown) -> None:
        """Take note of what a term that is defined shows: it divides by nothing that is 0."""
        exponent = term.terms[1].number if term.op == "^" else None
        if exponent is not None and (exponent < 0 or exponent.denominator > 1):
            form = normal(term)
            for atom, e in next(iter(form)) if len(form) == 1 else ():
                if self.same.get(atom) in self.places:
                    if exponent < 0:
                        shown.nonzero.add(self.places[self.same[atom]])
                    if e.denominator > 1:
                        shown.roots.add(self.places[self.same[atom]])
        if term.op in STRICT:
            for part in term.terms:
                self._show_terms(part, shown)

    def usable(self, p: Poly, shown: Shown) -> bool:
        """Whether a polynomial has a value: it divides by nothing that may be 0 and has no root that may not exist."""
        return all((n in shown.roots or e % self.roots[n] == 0) and (e > 0 or n in shown.nonzero)
                   for m in p for n, e in m)

    def learn(self, hypothesis: Formula, shown: Shown) -> None:
        """Take note of what a hypothesis that holds shows to be defined, and to be other than 0."""
        for side in hypothesis.said.terms if hypothesis.said is not None else ():
            self._show_terms(side, shown)
        if isinstance(hypothesis, Either) or hypothesis.sign == "=" or not self.usable(hypothesis.value, shown):
            return
        known, least = _without_constant(hypothesis.value)
        for n in range(len(self.atoms)):
            value, own = _without_constant(self.values[n])
            ratios = {known[m] / c for m, c in value.items()} if value.keys() == known.keys() else set()
            if len(ratios) == 1:  # ratio * (variable) >= end
                ratio, = ratios
                end = ratio * own - least
                if end > 0 or end == 0 and hypothesis.sign == ">":
                    shown.nonzero.add(n)
                if end >= 0 and ratio > 0:
                    shown.roots.add(n)


def _without_constant(p: Poly) -> tuple[Poly, Fraction]:
    return {m: c for m, c in p.items() if m}, p.get((), Fraction(0))


def problem(premises: Iterable[Term], goal: Term) -> Problem:
    """The hypotheses that contradict one another if the premises imply the goal where its terms are defined.

    Raises Refused for statements that have no normal form.
    """
    try:
        return Problem(sorted(set(premises), key=lambda p: p.digest), goal)
    except (TooLarge, Malformed, RecursionError) as error:
        raise Refused(f"not read: {error}") from None


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
        for monomial in formula.value:
            yield from monomial


def proved(premises: Sequence[Term], conclusion: Term, certificates: Mapping[str, Any]) -> None:
    """Raise Refused unless certificates show that premises imply a conclusion, and that it is defined where they hold.

    Certificates are found by the digests of questions. What is to be shown of terms has certificates of its own.
    """
    answered(questions(premises, conclusion), certificates)


def answered(asked_for: Iterable[tuple[list[Term], Term]], certificates: Mapping[str, Any]) -> None:
    """Raise Refused unless there is a certificate for each of some questions."""
    for asked, goal in asked_for:
        certificate = certificates.get(digest(asked, goal))
        if certificate is None:
            raise Refused(f"no certificate for {goal}")
        check(problem(asked, goal), certificate)


def questions(premises: Sequence[Term], conclusion: Term) -> list[tuple[list[Term], Term]]:
    """All that is to be shown of a step: its conclusion, and that the terms in it are defined."""
    needed = obligations(premises, conclusion)
    return [(list(premises), conclusion), *[(o.premises(premises), o.condition or Term("false")) for o in needed]]


def of_step(step: Step) -> list[tuple[list[Term], Term]]:
    """All that is to be shown of a step of real arithmetic. Raises Refused where a premise assumes more than it."""
    if any(not p.given <= step.given for p in step.premises):
        raise Refused("a premise assumes more than its step")
    return questions([*step.given, *[p.conclusion for p in step.premises]], step.conclusion)


# --- certificates -------------------------------------------------------------------------------------------------


def read(lines: Iterable[str]) -> dict[str, Any]:
    """Certificates by the digests of what they show. Raises Malformed, naming the line, for anything else."""
    found: dict[str, Any] = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        parts = _parsed(line, number)
        if number == 1:
            if parts != ["certificates", VERSION]:
                raise Malformed(f'line 1: allowed: ["certificates", {VERSION}]')
        elif len(parts) != 2 or not isinstance(parts[0], str) or not DIGEST.fullmatch(parts[0]) or parts[0] in found:
            raise Malformed(f"line {number}: no digest with a certificate, or one twice")
        else:
            found[parts[0]] = parts[1]
    if not number:
        raise Malformed("the file is empty")
    return found


def _parsed(line: str, number: int) -> list[Any]:
    if number > MAX_LINES or len(line) > MAX_LINE:
        raise Malformed(f"line {number}: too long; allowed: {MAX_LINES} lines of {MAX_LINE} characters")
    try:
        parts = json.loads(line, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise Malformed(f"line {number}: no JSON of texts, whole numbers and lists") from None
    if not isinstance(parts, list) or not parts:
        raise Malformed(f"line {number}: no list")
    return parts


def _refused(text: str) -> Any:
    raise ValueError(text)


def written(certificates: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a file of certificates."""
    for parts in (["certificates", VERSION], *[[name, certificates[name]] for name in sorted(certificates)]):
        yield json.dumps(parts, separators=(",", ":"))


def multiply(p: Poly, q: Poly) -> Poly:
    if len(p) * len(q) > MAX_TERMS:
        raise Refused(f"a product of {len(p)} and {len(q)} terms")
    total: Poly = {}
    for m, c in p.items():
        for n, d in q.items():
            powers = dict(m)
            for v, e in n:
                powers[v] = powers.get(v, 0) + e
            key = tuple(sorted((v, e) for v, e in powers.items() if e))
            total[key] = total.get(key, Fraction(0)) + c * d
    return {m: c for m, c in total.items() if c}


def check(problem: Problem, certificate: Any) -> None:
    """Raise Refused unless the certificate shows that the hypotheses of a problem contradict one another."""
    _check(problem, certificate, list(problem.hypotheses), problem.shown, 0)


def _check(problem: Problem, certificate: Any, hypotheses: list[Formula], shown: Shown, depth: int) -> None:
    if depth > MAX_DEPTH or not isinstance(certificate, list) or not certificate:
        raise Refused("no certificate, or one too deep")
    if certificate[0] == "sum" and len(certificate) == 3:
        _check_sum(problem, certificate, hypotheses, shown)
        return
    cases: Sequence[Sequence[Formula]]
    if certificate[0] == "cases" and len(certificate) == 3:
        split, parts = _at(hypotheses, certificate[1]), certificate[2]
        if not isinstance(split, Either) or not isinstance(parts, list) or len(parts) != len(split.cases):
            raise Refused("not the cases of a disjunction")
        cases = split.cases
    elif certificate[0] == "cut" and len(certificate) == 4:
        f, parts = _polynomial(problem, certificate[1], shown), certificate[2:]
        cases = [[Literal(">", _minus({}, f))], [Literal(">=", f)]]
    elif certificate[0] == "solvers":
        raise Refused("only solvers say so: " + ", ".join(map(str, certificate[1:])))
    else:
        raise Refused("a certificate is a sum, cases or a cut")
    for case, part in zip(cases, parts, strict=True):
        inside = Shown(set(shown.nonzero), set(shown.roots))
        for formula in case:
            problem.learn(formula, inside)
        _check(problem, part, [*hypotheses, *case], inside, depth + 1)


def _check_sum(problem: Problem, certificate: list[Any], hypotheses: list[Formula], shown: Shown) -> None:
    products, equalities = certificate[1:]
    if not isinstance(products, list) or not isinstance(equalities, list) \
            or len(products) + len(equalities) > MAX_PARTS:
        raise Refused("a sum is a list of products and one of equalities")
    total: Poly = {}
    positive = False
    for product in products:
        if not isinstance(product, list) or len(product) not in (2, 3) or not isinstance(product[1], list) \
                or len(product[1]) > MAX_FACTORS:
            raise Refused("a product is a number, some places and what is squared")
        c = _number(product[0])
        found = [_literal(problem, hypotheses, place, shown) for place in product[1]]
        square: Poly = _polynomial(problem, product[2], shown) if len(product) == 3 else {(): Fraction(1)}
        if c <= 0 or any(h.sign == "=" for h in found):
            raise Refused("a coefficient that is not positive, or an equality among what is not negative")
        value = multiply({(): c}, multiply(square, square))
        for h in found:
            value = multiply(value, h.value)
        # a monomial is not 0 where its variables are not
        sure = len(square) == 1 and all(n in shown.nonzero for m in square for n, _ in m)
        positive = positive or sure and all(h.sign == ">" for h in found)
        total = _minus(total, _minus({}, value))
    for equality in equalities:
        if not isinstance(equality, list) or len(equality) != 2:
            raise Refused("an equality is a place and what it is multiplied with")
        h = _literal(problem, hypotheses, equality[0], shown)
        if h.sign != "=":
            raise Refused("an inequality among the equalities")
        total = _minus(total, _minus({}, multiply(h.value, _polynomial(problem, equality[1], shown))))
    if total or not positive:
        raise Refused("the sum is not 0" if total else "nothing in the sum is positive")


def _at(hypotheses: list[Formula], place: Any) -> Formula:
    if type(place) is not int or not 0 <= place < len(hypotheses):
        raise Refused("no such hypothesis")
    return hypotheses[place]


def _literal(problem: Problem, hypotheses: list[Formula], place: Any, shown: Shown) -> Literal:
    found = _at(hypotheses, place)
    if isinstance(found, Either) or not problem.usable(found.value, shown):
        raise Refused("a hypothesis that is a disjunction, or that may be undefined")
    return found


def _number(text: Any) -> Fraction:
    if not isinstance(text, str) or len(text) > MAX_DIGITS or not NUMBER.fullmatch(text):
        raise Refused("not a number")
    return Fraction(text)


def _polynomial(problem: Problem, written: Any, shown: Shown) -> Poly:
    total: Poly = {}
    if not isinstance(written, list) or len(written) > MAX_PARTS:
        raise Refused("not a polynomial")
    for part in written:
        if not isinstance(part, list) or len(part) != 2 or not isinstance(part[1], list):
            raise Refused("a polynomial is a list of coefficients and powers")
        powers: dict[int, int] = {}
        for power in part[1]:
            if not isinstance(power, list) or len(power) != 2 or any(type(x) is not int for x in power) \
                    or not 0 <= power[0] < len(problem.atoms) or abs(power[1]) > MAX_EXPONENT:
                raise Refused("a power is a variable and an exponent")
            powers[power[0]] = powers.get(power[0], 0) + power[1]
        key = tuple(sorted((v, e) for v, e in powers.items() if e))
        total[key] = total.get(key, Fraction(0)) + _number(part[0])
    result = {m: c for m, c in total.items() if c}
    if not problem.usable(result, shown):
        raise Refused("a polynomial that may be undefined")
    return result
