"""Sums that show a contradiction: linear programs in floats for what to combine, exact solutions on what they use.

Equalities that say what a variable equals are used up first; then hypotheses, products of them and squares are
combined.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from typing import Any, NamedTuple

import flint
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from dropout_theory.arithmetic.polynomials import (
    ONE,
    Equality,
    Powers,
    Rule,
    derivative,
    factors,
    listed,
    multiply,
    plus,
    quotient,
    substituted,
    times,
)
from dropout_theory.recheck.steps.arithmetic import (
    MAX_FACTORS,
    Literal,
    Poly,
    Problem,
    Shown,
)
from dropout_theory.recheck.steps.grammar import NotShown

MAX_COLUMNS, MAX_ROWS = 6_000, 4_000
TINY = 1e-10


class Fact(NamedTuple):
    """A polynomial that is not negative: a product of hypotheses and a square."""

    places: tuple[int, ...]
    square: Poly
    value: Poly
    strict: bool

    def value_variable(self) -> int:
        return next(v for m in self.value for v, _ in m)


@dataclass
class Found:
    certificate: list[Any]
    used: set[int]  # the places of hypotheses


class Leaf:
    """One linear program after another for hypotheses that are no disjunctions."""

    def __init__(self, asked: Problem, hypotheses: list[Any], shown: Shown, end: float, clear: bool) -> None:
        self.asked, self.hypotheses, self.shown, self.end = asked, hypotheses, shown, end
        self.goal = {(n,) for n, h in enumerate(hypotheses) if asked.first_of_goal <= n < asked.first_of_facts
                     or n >= len(asked.hypotheses)}
        self.equalities: list[Equality] = []
        facts: dict[tuple[Any, ...], Fact] = {}
        for n, h in enumerate(hypotheses):
            if isinstance(h, Literal) and asked.usable(h.value, shown):
                if h.sign == "=":
                    if h.value:
                        self.equalities.append(Equality({n: ONE}, h.value))
                else:
                    key = (h.sign, tuple(sorted(h.value.items())))
                    facts.setdefault(key, Fact((n,), ONE, h.value, h.sign == ">"))
        self.facts = list(facts.values())
        self.rules: list[Rule] = []
        if clear:
            self._clear()
        self._eliminate()
        if clear:
            self._clear()

    def solve(self, level: int) -> Found | None:
        facts = [f for f in self.facts if f.value and not (set(f.value) == {()} and f.value[()] > 0)]
        refuted = [f for f in self.facts if f.strict and not f.value]
        if refuted:
            return self._written([(Fraction(1), refuted[0])], [])
        # with narrow bounds of a constant among them, floats show anything: first without
        plain = [f for f in facts if not (len({v for m in f.value for v, _ in m}) == 1 and () in f.value
                                          and self.asked.atoms[f.value_variable()].op in ("pi", "exp", "euler"))]
        for some in ([plain] if len(plain) < len(facts) else []) + [facts]:
            if level == 1:
                found = self._program([*some, Fact((), ONE, ONE, True)], 1)
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
            rule = Rule(v, rest, equality, factor)
            self.rules.append(rule)
            self.equalities = [self._replaced(e, rule) for e in self.equalities if e is not equality]
            self.equalities = [e for e in self.equalities if e.value]
            self.facts = [f._replace(value=substituted(f.value, rule)[0]) for f in self.facts]

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
            facts.append(Fact(tuple(places), multiply(f.square, square), value, f.strict))
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

    def _definition(self) -> tuple[Equality, int, Fraction] | None:
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

    def _replaced(self, equality: Equality, rule: Rule) -> Equality:
        value, cofactor = substituted(equality.value, rule)
        parts = dict(equality.parts)
        for n, p in rule.source.parts.items():
            parts[n] = plus(parts.get(n, {}), multiply(times(cofactor, -1 / rule.factor), p))
        return Equality(parts, value)

    def _products(self, facts: list[Fact], level: int) -> list[Fact]:
        """What is combined: hypotheses, products of two or three, their products with squares, squares."""
        one = Fact((), ONE, ONE, True)
        variables = sorted({v for p in [*[f.value for f in facts], *[e.value for e in self.equalities]]
                            for m in p for v, _ in m})
        simple: list[Poly] = [{((v, 1),): Fraction(1)} for v in variables]
        inverses: list[Poly] = [{((v, -1),): Fraction(1)} for v in variables
                                if v in self.shown.nonzero and v in self.shown.roots]
        small = [f for f in facts if len(f.value) <= 40]
        special = self._completed(small)
        squares = [*simple, *inverses, *special]
        for x, y in combinations(simple[:14], 2):
            squares += [plus(x, y), plus(x, times(y, Fraction(-1)))]
        for x in simple:
            squares += [plus(x, ONE), plus(x, times(ONE, Fraction(-1)))]
        found = [*facts, one, *[self._squared(one, s) for s in squares]]
        for a, b in combinations_with_replacement(small[:60], 2):
            found.append(self._product(a, b))
        for f in small[:40]:
            found += [self._squared(f, s) for s in [*special[:12], *simple, *inverses]]
        if level >= 3:
            for group in combinations_with_replacement(small[:16], 3):
                found.append(self._product(self._product(group[0], group[1]), group[2]))
            for x, y in combinations_with_replacement(simple[:8], 2):
                for s in (ONE, plus(x, y), plus(x, times(y, Fraction(-1))), plus(x, ONE),
                          plus(x, times(ONE, Fraction(-1)))):
                    found += [self._squared(one, multiply(z, s)) for z in (x, y) if s is not ONE]
                found.append(self._squared(one, multiply(x, y)))
            for f in small[:16]:
                found += [self._squared(f, s) for s in squares[:60]]
            for a, b in combinations(small[:12], 2):
                found += [self._squared(self._product(a, b), s) for s in [*special[:6], *simple[:8], *inverses[:8]]]
        return [f for f in found if f.value and len(f.value) <= 200 and len(f.places) <= MAX_FACTORS][:MAX_COLUMNS]

    def _completed(self, facts: list[Fact]) -> list[Poly]:
        """What to square: factors of a hypothesis, and what completes a square in one of its variables."""
        found: dict[tuple[Any, ...], Poly] = {}
        for f in sorted(facts, key=lambda f: f.places[-1:] not in self.goal)[:12]:
            p = f.value
            for _ in range(3):  # what is left after a square is completed may need another
                rest: Poly | None = None
                for v in sorted({v for m in p for v, _ in m}):
                    powers = {dict(m).get(v, 0) for m in p}
                    if max(powers) == 2 and min(powers) >= 0 and len(p) > 1:
                        slope = derivative(p, v)
                        lead: Poly = {tuple(x for x in m if x[0] != v): c for m, c in p.items() if dict(m).get(v) == 2}
                        found.setdefault(tuple(sorted(slope.items())), slope)
                        if rest is None and set(lead) == {()}:
                            rest = plus(p, times(multiply(slope, slope), -1 / (4 * lead[()])))
                if rest is None or not rest or len(rest) > 40:
                    break
                p = rest
            for q in factors(f.value):
                found.setdefault(tuple(sorted(q.items())), q)
        return [s for s in found.values() if s and len(s) <= 12 and self.asked.usable(s, self.shown)][:24]

    def _squared(self, f: Fact, s: Poly) -> Fact:
        sure = len(s) == 1 and all(v in self.shown.nonzero for m in s for v, _ in m)
        value = self._reduced(multiply(s, s))
        return Fact(f.places, multiply(f.square, s), multiply(f.value, value), f.strict and sure)

    def _product(self, a: Fact, b: Fact) -> Fact:
        return Fact((*a.places, *b.places), multiply(a.square, b.square), multiply(a.value, b.value),
                     a.strict and b.strict)

    def _reduced(self, p: Poly) -> Poly:
        for rule in self.rules:
            p, _ = substituted(p, rule)
        return p

    def _multiples(self, facts: list[Fact], rounds: int) -> list[tuple[int, Poly, Poly]]:
        """Equalities times monomials that meet monomials of the facts: (which, monomial, product)."""
        wanted = {m for f in facts for m in f.value}
        found: dict[tuple[int, Powers], Poly] = {}
        budget = 1_500
        for _ in range(rounds):
            new: set[Powers] = set()
            for n, equality in enumerate(self.equalities):
                for m in sorted(wanted, key=lambda m: (sum(abs(e) for _, e in m), m)):
                    for own in equality.value:
                        factor = quotient(m, own)
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

    def _program(self, facts: list[Fact], rounds: int) -> Found | None:
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

    def _written(self, products: list[tuple[Fraction, Fact]],
                 multiples: list[tuple[Fraction, int, Poly]]) -> Found | None:
        """The certificate: what the rules used up comes back as multiples of equalities."""
        total: Poly = {}
        written = []
        for c, f in products:
            value = multiply(f.square, f.square)
            for n in f.places:
                value = multiply(value, self.hypotheses[n].value)
            total = plus(total, times(value, c))
            written.append([str(c), list(f.places), *([] if f.square == ONE else [listed(f.square)])])
        parts: dict[int, Poly] = {}
        for c, k, factor in multiples:
            for n, p in self.equalities[k].parts.items():
                parts[n] = plus(parts.get(n, {}), times(multiply(p, factor), c))
        for n, p in parts.items():
            total = plus(total, multiply(p, self.hypotheses[n].value))
        for rule in self.rules:
            try:
                total, cofactor = substituted(total, rule)
            except NotShown:
                return None
            for n, p in rule.source.parts.items():
                parts[n] = plus(parts.get(n, {}), multiply(times(cofactor, -1 / rule.factor), p))
        if total:
            return None
        equalities = [[n, listed(p)] for n, p in sorted(parts.items()) if p]
        used = {n for _, f in products for n in f.places} | {n for n, p in parts.items() if p}
        return Found(["sum", written, equalities], used)


def _exact(columns: list[Poly], support: list[int], count: int, facts: list[Fact]) -> dict[int, Fraction] | None:
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


__all__ = ["Found", "Leaf"]
