"""Certificates of real arithmetic, found: linear programs in floats, then exact solutions on what they use.

Nothing here need be believed: `recheck.steps.arithmetic` checks what is found. A certificate is looked for in the
problem as that checker reads it: equalities that define a variable are used up first, then hypotheses, products of
them and squares are combined, and disjunctions are split where that does not do.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from typing import Any, NamedTuple

import flint
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from dropout_theory.recheck.steps.arithmetic import (
    MAX_FACTORS,
    Either,
    Literal,
    Poly,
    Problem,
    Refused,
    Shown,
    check,
    problem,
)
from dropout_theory.recheck.steps.grammar import Term
from dropout_theory.recheck.steps.polynomial import Monomial as Powers
from dropout_theory.recheck.steps.polynomial import Polynomial

ONE: Poly = {(): Fraction(1)}
# what is combined (from 11 on after denominators are multiplied up), and how many cases are told apart: the cheap first
ATTEMPTS = ((1, 0), (1, 1), (11, 0), (2, 0), (11, 1), (1, 2), (12, 0), (2, 1), (1, 4), (11, 3), (12, 1), (2, 2),
            (13, 0), (3, 0), (12, 2), (2, 3), (13, 1), (3, 1), (1, 8), (12, 3), (2, 5), (13, 2), (3, 3))
MAX_COLUMNS, MAX_ROWS = 6_000, 4_000
TINY = 1e-10


class _Fact(NamedTuple):
    """A polynomial that is not negative: a product of hypotheses and a square."""

    places: tuple[int, ...]
    square: Poly
    value: Poly
    strict: bool

    def value_variable(self) -> int:
        return next(v for m in self.value for v, _ in m)


@dataclass
class _Equality:
    """A polynomial that is 0: a combination of equalities by their places."""

    parts: dict[int, Poly]
    value: Poly


@dataclass
class _Rule:
    """A variable and what it equals, by an equality divided by `factor`."""

    variable: int
    value: Poly
    source: _Equality
    factor: Fraction


def find(asked: Problem, seconds: float = 60.0, attempts: Sequence[tuple[int, int]] = ATTEMPTS) -> list[Any] | None:
    """A certificate that the hypotheses of a problem contradict one another, or None where none is found in time."""
    search = _Search(asked, time.monotonic() + seconds)
    for level, splits in attempts:
        try:
            found = search.prove(_State(list(asked.hypotheses), asked.shown, ()), level, splits)
        except TimeoutError:
            return None
        if found is not None:
            try:
                check(asked, found.certificate)
                return found.certificate
            except Refused:  # a case was left out that had shown something to be defined
                continue
    return None


def find_all(queries: Mapping[str, tuple[Sequence[Term], Term]], known: Mapping[str, Any],
             seconds: float = 60.0) -> dict[str, Any]:
    """Certificates of questions, (premises, goal) by their digests; those that are known and still hold are kept."""
    found: dict[str, Any] = {}
    for name, (premises, goal) in sorted(queries.items()):
        try:
            asked = problem(premises, goal)
        except Refused:
            continue
        if name in known:
            try:
                check(asked, known[name])
                found[name] = known[name]
                continue
            except Refused:
                pass
        certificate = find(asked, seconds)
        if certificate is not None:
            found[name] = certificate
        elif known.get(name, [None])[0] == "solvers":  # no certificate: a note of who says so
            found[name] = known[name]
    return found


# --- cases --------------------------------------------------------------------------------------------------------


@dataclass
class _State:
    hypotheses: list[Any]
    shown: Shown
    done: tuple[Any, ...]  # the disjunctions that were split, and the cases taken


@dataclass
class _Found:
    certificate: list[Any]
    used: set[int]  # the places of hypotheses


class _Search:
    def __init__(self, asked: Problem, end: float) -> None:
        self.asked, self.end = asked, end
        self.failed: set[Any] = set()
        self.goal_terms = len(asked.hypotheses)

    def prove(self, state: _State, level: int, splits: int) -> _Found | None:
        if time.monotonic() > self.end:
            raise TimeoutError
        key = (state.done, level)
        if key not in self.failed:
            found = _Leaf(self.asked, state, self.end, level > 10).solve(level % 10)
            if found is not None:
                return found
            self.failed.add(key)
        must = [n for n in self._open(state) if n in self._from_goal()]
        if must:
            return self._split(state, must[0], level, splits)
        if not splits:
            return None
        if (state.done, level, splits) in self.failed:
            return None
        for n in self._ranked(state)[:6 if splits <= 2 else 1]:
            found = self._split(state, n, level, splits - 1)
            if found is not None:
                return found
        if level % 10 > 1:
            for f in self._unsigned(state):
                found = self._cut(state, f, level, splits - 1)
                if found is not None:
                    return found
        self.failed.add((state.done, level, splits))
        return None

    def _from_goal(self) -> set[int]:
        return set(range(self.asked.first_of_goal, self.asked.first_of_facts))

    def _open(self, state: _State) -> list[int]:
        taken = {n for n, *_ in state.done}
        return [n for n, h in enumerate(state.hypotheses) if isinstance(h, Either) and n not in taken]

    def _ranked(self, state: _State) -> list[int]:
        """Disjunctions, those first that speak most of what the others and the goal speak of."""
        weight: dict[int, int] = {}
        for h in state.hypotheses:
            if isinstance(h, Literal):
                for v in {v for m in h.value for v, _ in m}:
                    weight[v] = weight.get(v, 0) + 1

        def rank(n: int) -> tuple[Any, ...]:
            cases = state.hypotheses[n].cases
            spoken = {v for case in cases for h in case if isinstance(h, Literal) for m in h.value for v, _ in m}
            nested = any(isinstance(h, Either) for case in cases for h in case)
            return (n < self.asked.first_of_facts, nested, len(cases) > 2, -sum(weight.get(v, 0) for v in spoken))

        return sorted(self._open(state), key=rank)

    def _unsigned(self, state: _State) -> list[Poly]:
        """What might be told apart by its sign: variables of which none is known, factors of what the goal says."""
        signed = {m[0][0] for h in state.hypotheses if isinstance(h, Literal) and len(h.value) == 1
                  for m in h.value if len(m) == 1}
        count: dict[int, int] = {}
        for h in state.hypotheses:
            if isinstance(h, Literal):
                for m in h.value:
                    for v, _ in m:
                        count[v] = count.get(v, 0) + 1
        variables = sorted((v for v in count if v not in signed and self.asked.roots[v] == 1), key=lambda v: -count[v])
        found: list[Poly] = [{((v, 1),): Fraction(1)} for v in variables[:4]]
        found += [{((v, 1),): Fraction(-1)} for v in sorted(signed - state.shown.nonzero)[:3] if v in count]
        for h in state.hypotheses[self.asked.first_of_goal:self.asked.first_of_facts]:
            if isinstance(h, Literal):
                factors = _factors(h.value)
                found += [f for f in factors if len(factors) > 1 and len(f) < 6]
        done = [n for n, *_ in state.done]
        return [f for f in found if self.asked.usable(f, state.shown) and ("cut", tuple(sorted(f.items()))) not in done]

    def _split(self, state: _State, n: int, level: int, splits: int) -> _Found | None:
        parts = self._cases(state, n, state.hypotheses[n].cases, level, splits)
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        return _Found(["cases", n, [p.certificate for p in parts]], {n}.union(*[p.used for p in parts]))

    def _cut(self, state: _State, f: Poly, level: int, splits: int) -> _Found | None:
        cases = ((Literal(">", Polynomial(_times(f, Fraction(-1)))),), (Literal(">=", Polynomial(f)),))
        parts = self._cases(state, ("cut", tuple(sorted(f.items()))), cases, level, splits)
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        used = {n for p in parts for n in p.used}
        return _Found(["cut", _listed(f), *[p.certificate for p in parts]], used)

    def _cases(self, state: _State, name: Any, cases: Any, level: int, splits: int) -> list[_Found] | None:
        """A certificate for each case, or for one that has no need of the case."""
        parts = []
        for number, case in enumerate(cases):
            shown = Shown(set(state.shown.nonzero), set(state.shown.roots))
            for h in case:
                self.asked.learn(h, shown)
            inside = _State([*state.hypotheses, *case], shown, (*state.done, (name, number)))
            found = self.prove(inside, level, splits)
            if found is None:
                return None
            new = range(len(state.hypotheses), len(inside.hypotheses))
            if not found.used.intersection(new) and not _nested(found.certificate) \
                    and (shown.nonzero, shown.roots) == (state.shown.nonzero, state.shown.roots):
                return [found]
            parts.append(found)
        return parts


def _nested(certificate: list[Any]) -> bool:
    return certificate[0] != "sum"


# --- sums ---------------------------------------------------------------------------------------------------------


class _Leaf:
    """One linear program after another for hypotheses that are no disjunctions."""

    def __init__(self, asked: Problem, state: _State, end: float, clear: bool) -> None:
        self.asked, self.shown, self.end = asked, state.shown, end
        self.hypotheses = state.hypotheses
        self.goal = {(n,) for n, h in enumerate(state.hypotheses) if asked.first_of_goal <= n < asked.first_of_facts
                     or n >= len(asked.hypotheses)}
        self.equalities: list[_Equality] = []
        facts: dict[tuple[Any, ...], _Fact] = {}
        for n, h in enumerate(state.hypotheses):
            if isinstance(h, Literal) and asked.usable(h.value, state.shown):
                if h.sign == "=":
                    if h.value:
                        self.equalities.append(_Equality({n: ONE}, h.value))
                else:
                    key = (h.sign, tuple(sorted(h.value.items())))
                    facts.setdefault(key, _Fact((n,), ONE, h.value, h.sign == ">"))
        self.facts = list(facts.values())
        self.rules: list[_Rule] = []
        if clear:
            self._clear()
        self._eliminate()
        if clear:
            self._clear()

    def solve(self, level: int) -> _Found | None:
        facts = [f for f in self.facts if f.value and not (set(f.value) == {()} and f.value[()] > 0)]
        refuted = [f for f in self.facts if f.strict and not f.value]
        if refuted:
            return self._written([(Fraction(1), refuted[0])], [])
        # with narrow bounds of a constant among them, floats show anything: first without
        plain = [f for f in facts if not (len({v for m in f.value for v, _ in m}) == 1 and () in f.value
                                          and self.asked.atoms[f.value_variable()].op in ("pi", "exp", "euler"))]
        for some in ([plain] if len(plain) < len(facts) else []) + [facts]:
            if level == 1:
                found = self._program([*some, _Fact((), ONE, ONE, True)], 1)
            else:
                found = self._program(self._products(some, level), 2)
            if found is not None:
                return found
        return None

    def _eliminate(self) -> None:
        """Use up equalities that say what a variable equals."""
        for _ in range(60):
            chosen = self._definition()
            if chosen is None:
                return
            equality, v, factor = chosen
            rest = {m: -c / factor for m, c in equality.value.items() if m != ((v, 1),)}
            rule = _Rule(v, rest, equality, factor)
            self.rules.append(rule)
            self.equalities = [self._replaced(e, rule) for e in self.equalities if e is not equality]
            self.equalities = [e for e in self.equalities if e.value]
            self.facts = [f._replace(value=_substitute(f.value, rule)[0]) for f in self.facts]

    def _clear(self) -> None:
        """Multiply with powers of variables that are not 0, so that none is in a denominator and none is everywhere."""
        positive = {m[0][0]: f.places[0] for f in self.facts if f.strict and len(f.places) == 1 and len(f.value) == 1
                    for m, c in f.value.items() if len(m) == 1 and m[0][1] == 1 and c > 0}
        facts = []
        for f in self.facts:
            places, square = list(f.places), ONE
            if len(f.value) > 1 or any(e < 0 for m in f.value for _, e in m):
                for v, e in self._content(f.value):
                    half = -(e // 2) if e % 2 == 0 or v not in positive else -((e + 1) // 2)
                    if e % 2 and v in positive:
                        places.append(positive[v])
                    if half:
                        square = multiply(square, {((v, half),): Fraction(1)})
            if len(places) > MAX_FACTORS - 2:
                facts.append(f)
                continue
            value = multiply(f.value, multiply(square, square))
            for n in places[len(f.places):]:
                value = multiply(value, self.hypotheses[n].value)
            facts.append(_Fact(tuple(places), multiply(f.square, square), value, f.strict))
        self.facts = facts
        for equality in self.equalities:
            powers = tuple((v, -e) for v, e in self._content(equality.value))
            factor: Poly = {powers: Fraction(1)}
            equality.value = multiply(equality.value, factor)
            equality.parts = {n: multiply(p, factor) for n, p in equality.parts.items()}

    def _content(self, p: Poly) -> list[tuple[int, int]]:
        """The variables that are not 0 with their least exponents in a polynomial, where these are not 0."""
        variables = sorted({v for m in p for v, _ in m})
        least = [(v, min(dict(m).get(v, 0) for m in p)) for v in variables if v in self.shown.nonzero]
        return [(v, e) for v, e in least if e and v in self.shown.roots]

    def _definition(self) -> tuple[_Equality, int, Fraction] | None:
        negative: set[int] = set()
        highest: dict[int, int] = {}
        for p in [*[e.value for e in self.equalities], *[f.value for f in self.facts]]:
            for m in p:
                for v, e in m:
                    highest[v] = max(highest.get(v, 0), e)
                    if e < 0:
                        negative.add(v)
        best: tuple[Any, ...] | None = None
        for n, equality in enumerate(self.equalities):
            mentions: dict[int, int] = {}
            for m in equality.value:
                for v, _ in m:
                    mentions[v] = mentions.get(v, 0) + 1
            for m, c in equality.value.items():
                if len(m) == 1 and m[0][1] == 1 and m[0][0] not in negative and mentions[m[0][0]] == 1:
                    size = len(equality.value) - 1
                    grows = size ** highest.get(m[0][0], 1)
                    if grows > 60:
                        continue
                    divides = any(e < 0 for other in equality.value for _, e in other)
                    rank = (divides, grows, n, m[0][0])
                    if best is None or rank < best[0]:
                        best = (rank, equality, m[0][0], c)
        return None if best is None else best[1:]

    def _replaced(self, equality: _Equality, rule: _Rule) -> _Equality:
        value, cofactor = _substitute(equality.value, rule)
        parts = dict(equality.parts)
        for n, p in rule.source.parts.items():
            parts[n] = _plus(parts.get(n, {}), multiply(_times(cofactor, -1 / rule.factor), p))
        return _Equality(parts, value)

    def _products(self, facts: list[_Fact], level: int) -> list[_Fact]:
        """What is combined: hypotheses, products of two or three, their products with squares, squares."""
        one = _Fact((), ONE, ONE, True)
        variables = sorted({v for p in [*[f.value for f in facts], *[e.value for e in self.equalities]]
                            for m in p for v, _ in m})
        simple: list[Poly] = [{((v, 1),): Fraction(1)} for v in variables]
        inverses: list[Poly] = [{((v, -1),): Fraction(1)} for v in variables
                                if v in self.shown.nonzero and v in self.shown.roots]
        small = [f for f in facts if len(f.value) <= 40]
        special = self._completed(small)
        squares = [*simple, *inverses, *special]
        for x, y in combinations(simple[:14], 2):
            squares += [_plus(x, y), _plus(x, _times(y, Fraction(-1)))]
        for x in simple:
            squares += [_plus(x, ONE), _plus(x, _times(ONE, Fraction(-1)))]
        found = [*facts, one, *[self._squared(one, s) for s in squares]]
        for a, b in combinations_with_replacement(small[:60], 2):
            found.append(self._product(a, b))
        for f in small[:40]:
            found += [self._squared(f, s) for s in [*special[:12], *simple, *inverses]]
        if level >= 3:
            for group in combinations_with_replacement(small[:16], 3):
                found.append(self._product(self._product(group[0], group[1]), group[2]))
            for x, y in combinations_with_replacement(simple[:8], 2):
                for s in (ONE, _plus(x, y), _plus(x, _times(y, Fraction(-1))), _plus(x, ONE),
                          _plus(x, _times(ONE, Fraction(-1)))):
                    found += [self._squared(one, multiply(z, s)) for z in (x, y) if s is not ONE]
                found.append(self._squared(one, multiply(x, y)))
            for f in small[:16]:
                found += [self._squared(f, s) for s in squares[:60]]
            for a, b in combinations(small[:12], 2):
                found += [self._squared(self._product(a, b), s) for s in [*special[:6], *simple[:8], *inverses[:8]]]
        return [f for f in found if f.value and len(f.value) <= 200 and len(f.places) <= MAX_FACTORS][:MAX_COLUMNS]

    def _completed(self, facts: list[_Fact]) -> list[Poly]:
        """What to square: factors of a hypothesis, and what completes a square in one of its variables."""
        found: dict[tuple[Any, ...], Poly] = {}
        for f in sorted(facts, key=lambda f: f.places[-1:] not in self.goal)[:12]:
            p = f.value
            for _ in range(3):  # what is left after a square is completed may need another
                rest: Poly | None = None
                for v in sorted({v for m in p for v, _ in m}):
                    powers = {dict(m).get(v, 0) for m in p}
                    if max(powers) == 2 and min(powers) >= 0 and len(p) > 1:
                        slope = _derivative(p, v)
                        lead: Poly = {tuple(x for x in m if x[0] != v): c for m, c in p.items() if dict(m).get(v) == 2}
                        found.setdefault(tuple(sorted(slope.items())), slope)
                        if rest is None and set(lead) == {()}:
                            rest = _plus(p, _times(multiply(slope, slope), -1 / (4 * lead[()])))
                if rest is None or not rest or len(rest) > 40:
                    break
                p = rest
            for q in _factors(f.value):
                found.setdefault(tuple(sorted(q.items())), q)
        return [s for s in found.values() if s and len(s) <= 12 and self.asked.usable(s, self.shown)][:24]

    def _squared(self, f: _Fact, s: Poly) -> _Fact:
        sure = len(s) == 1 and all(v in self.shown.nonzero for m in s for v, _ in m)
        value = self._reduced(multiply(s, s))
        return _Fact(f.places, multiply(f.square, s), multiply(f.value, value), f.strict and sure)

    def _product(self, a: _Fact, b: _Fact) -> _Fact:
        return _Fact((*a.places, *b.places), multiply(a.square, b.square), multiply(a.value, b.value),
                     a.strict and b.strict)

    def _reduced(self, p: Poly) -> Poly:
        for rule in self.rules:
            p, _ = _substitute(p, rule)
        return p

    def _multiples(self, facts: list[_Fact], rounds: int) -> list[tuple[int, Poly, Poly]]:
        """Equalities times monomials that meet monomials of the facts: (which, monomial, product)."""
        wanted = {m for f in facts for m in f.value}
        found: dict[tuple[int, Powers], Poly] = {}
        budget = 1_500
        for _ in range(rounds):
            new: set[Powers] = set()
            for n, equality in enumerate(self.equalities):
                for m in sorted(wanted, key=lambda m: (sum(abs(e) for _, e in m), m)):
                    for own in equality.value:
                        factor = _quotient(m, own)
                        if factor is None or any(e < 0 and (v not in self.shown.nonzero) for v, e in factor) \
                                or any(v not in self.shown.roots and e % self.asked.roots[v] for v, e in factor) \
                                or (n, factor) in found or sum(abs(e) for _, e in factor) > 8:
                            continue
                        if len(found) >= budget:
                            break
                        product = multiply(equality.value, {factor: Fraction(1)})
                        found[n, factor] = product
                        new |= set(product)
            wanted = new - wanted
            if not wanted:
                break
        return [(n, {factor: Fraction(1)}, p) for (n, factor), p in found.items()]

    def _program(self, facts: list[_Fact], rounds: int) -> _Found | None:
        """A combination that is 0, found in floats and then solved exactly on what it uses."""
        if time.monotonic() > self.end:
            raise TimeoutError
        multiples = self._multiples(facts, rounds) if self.equalities else []
        columns = [f.value for f in facts] + [p for _, _, p in multiples]
        rows: dict[Powers, int] = {}
        for p in columns:
            for m in p:
                rows.setdefault(m, len(rows))
        if len(rows) > MAX_ROWS:
            return None
        entries, row, column, scales = [], [], [], []
        for n, p in enumerate(columns):
            scale = max(abs(float(c)) for c in p.values())
            scales.append(scale)
            for m, c in p.items():
                entries.append(float(c) / scale)
                row.append(rows[m])
                column.append(n)
        last = len(rows)
        for n, f in enumerate(facts):
            if f.strict:
                entries.append(1.0)
                row.append(last)
                column.append(n)
        matrix = csc_matrix((entries, (row, column)), shape=(last + 1, len(columns)))
        right = np.zeros(last + 1)
        right[last] = 1.0
        # few and simple products
        cost = [1.0 + len(f.places) + 2 * (f.square is not ONE) + 0.05 * len(f.value) for f in facts]
        left = max(1.0, self.end - time.monotonic())
        free = len(multiples)
        answer = linprog(cost + [0.0] * free, A_eq=matrix, b_eq=right,
                         bounds=[(0, None)] * len(facts) + [(None, None)] * free, method="highs-ds",
                         options={"time_limit": min(left, 20.0), "primal_feasibility_tolerance": TINY,
                                  "dual_feasibility_tolerance": TINY})
        if answer.x is None or answer.status != 0:
            return None
        for least in (1e-9, 1e-7, 1e-12):
            support = [n for n, x in enumerate(answer.x) if abs(x) > least]
            exact = _exact(columns, support, len(facts), facts)
            if exact is not None:
                return self._written([(c, facts[n]) for n, c in exact.items() if n < len(facts)],
                                     [(c, *multiples[n - len(facts)][:2]) for n, c in exact.items() if n >= len(facts)])
        return None

    def _written(self, products: list[tuple[Fraction, _Fact]],
                 multiples: list[tuple[Fraction, int, Poly]]) -> _Found | None:
        """The certificate: what the rules used up comes back as multiples of equalities."""
        total: Poly = {}
        written = []
        for c, f in products:
            value = multiply(f.square, f.square)
            for n in f.places:
                value = multiply(value, self.hypotheses[n].value)
            total = _plus(total, _times(value, c))
            written.append([str(c), list(f.places), *([] if f.square == ONE else [_listed(f.square)])])
        parts: dict[int, Poly] = {}
        for c, k, factor in multiples:
            for n, p in self.equalities[k].parts.items():
                parts[n] = _plus(parts.get(n, {}), _times(multiply(p, factor), c))
        for n, p in parts.items():
            total = _plus(total, multiply(p, self.hypotheses[n].value))
        for rule in self.rules:
            try:
                total, cofactor = _substitute(total, rule)
            except Refused:
                return None
            for n, p in rule.source.parts.items():
                parts[n] = _plus(parts.get(n, {}), multiply(_times(cofactor, -1 / rule.factor), p))
        if total:
            return None
        equalities = [[n, _listed(p)] for n, p in sorted(parts.items()) if p]
        used = {n for _, f in products for n in f.places} | {n for n, p in parts.items() if p}
        return _Found(["sum", written, equalities], used)


def _exact(columns: list[Poly], support: list[int], count: int, facts: list[_Fact]) -> dict[int, Fraction] | None:
    """Rational coefficients for some columns that add up to 0, of the strict ones to 1; None if there are none."""
    rows: dict[Powers, int] = {}
    for n in support:
        for m in columns[n]:
            rows.setdefault(m, len(rows))
    height = len(rows) + 1
    matrix = flint.fmpq_mat(height, len(support) + 1)
    for k, n in enumerate(support):
        for m, c in columns[n].items():
            matrix[rows[m], k] = flint.fmpq(c.numerator, c.denominator)
        if n < count and facts[n].strict:
            matrix[height - 1, k] = 1
    matrix[height - 1, len(support)] = 1
    reduced, rank = matrix.rref()
    solution = {n: Fraction(0) for n in support}
    for r in range(rank):
        pivot = next(k for k in range(len(support) + 1) if reduced[r, k] != 0)
        if pivot == len(support):
            return None
        value = reduced[r, len(support)]
        solution[support[pivot]] = Fraction(int(value.p), int(value.q))
    if any(c < 0 for n, c in solution.items() if n < count):
        return None
    return {n: c for n, c in solution.items() if c}


# --- polynomials --------------------------------------------------------------------------------------------------


def multiply(p: Poly, q: Poly) -> Poly:
    return Polynomial(p) * Polynomial(q)


def _plus(p: Poly, q: Poly) -> Poly:
    total = dict(p)
    for m, c in q.items():
        total[m] = total.get(m, Fraction(0)) + c
    return {m: c for m, c in total.items() if c}


def _times(p: Poly, c: Fraction) -> Poly:
    return {m: d * c for m, d in p.items()} if c else {}


def _quotient(m: Powers, n: Powers) -> Powers | None:
    powers = dict(m)
    for v, e in n:
        powers[v] = powers.get(v, 0) - e
    return tuple(sorted((v, e) for v, e in powers.items() if e))


def _substitute(p: Poly, rule: _Rule) -> tuple[Poly, Poly]:
    """The polynomial with the value of a rule for its variable, and what times (variable - value) was taken away."""
    v = rule.variable
    by_power: dict[int, Poly] = {}
    for m, c in p.items():
        e = dict(m).get(v, 0)
        by_power.setdefault(e, {})[tuple(x for x in m if x[0] != v)] = c
    if not any(by_power):
        return p, {}
    if min(by_power) < 0:
        raise Refused("a variable that was used up in a denominator")
    result = by_power.pop(0, {})
    cofactor: Poly = {}
    sums: Poly = {}
    power, reached = ONE, 0  # value^reached, and the sum of variable^i * value^(reached - 1 - i)
    for e in sorted(by_power):
        while reached < e:
            sums = _plus(multiply(sums, {((v, 1),): Fraction(1)}), power)
            power = multiply(power, rule.value)
            reached += 1
        result = _plus(result, multiply(by_power[e], power))
        cofactor = _plus(cofactor, multiply(by_power[e], sums))
    return result, cofactor


def _derivative(p: Poly, v: int) -> Poly:
    total: Poly = {}
    for m, c in p.items():
        e = dict(m).get(v, 0)
        if e:
            key = tuple((w, x - (w == v)) for w, x in m if (w, x) != (v, 1))
            total[key] = total.get(key, Fraction(0)) + c * e
    return total


def _factors(p: Poly) -> list[Poly]:
    """The factors of a polynomial that are no monomials, up to its denominators."""
    variables = sorted({v for m in p for v, _ in m})
    if len(p) < 2 or len(p) > 60 or len(variables) > 10:
        return []
    least = {v: min(0, *[dict(m).get(v, 0) for m in p]) for v in variables}
    ring = flint.fmpq_mpoly_ctx.get([f"v{v}" for v in variables], "lex")
    whole = ring.from_dict({tuple(dict(m).get(v, 0) - least[v] for v in variables):
                            flint.fmpq(c.numerator, c.denominator) for m, c in p.items()})
    found: list[Poly] = []
    for factor, _ in whole.factor()[1]:
        q = {tuple((v, int(e)) for v, e in zip(variables, powers, strict=True) if e): Fraction(int(c.p), int(c.q))
             for powers, c in factor.to_dict().items()}
        if len(q) > 1:
            found.append(q)
    return found


def _listed(p: Poly) -> list[Any]:
    return [[str(c), [list(x) for x in m]] for m, c in sorted(p.items())]


__all__ = ["find", "find_all"]
