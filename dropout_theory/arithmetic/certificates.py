"""Certificates of real arithmetic, found: sums that show a contradiction, and cases where no sum does.

Nothing here need be believed: `recheck.steps.arithmetic` checks what is found. A certificate is looked for in the
problem as that checker reads it, by the sums of `combinations`; disjunctions are split where those do not do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dropout_theory.arithmetic.combinations import Found, Leaf
from dropout_theory.arithmetic.polynomials import factors, listed, times
from dropout_theory.recheck.steps.arithmetic import (
    Either,
    Literal,
    Poly,
    Problem,
    Shown,
    check,
)
from dropout_theory.recheck.steps.grammar import NotShown
from dropout_theory.recheck.steps.polynomial import Polynomial

# what is combined (from 11 on after denominators are multiplied up), and how many cases are told apart: the cheap first
ATTEMPTS = ((1, 0), (1, 1), (11, 0), (2, 0), (11, 1), (1, 2), (12, 0), (2, 1), (1, 4), (11, 3), (12, 1), (2, 2),
            (13, 0), (3, 0), (12, 2), (2, 3), (13, 1), (3, 1), (1, 8), (12, 3), (2, 5), (13, 2), (3, 3))


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
            except NotShown:  # a case was left out that had shown something to be defined
                continue
    return None


@dataclass
class _State:
    hypotheses: list[Any]
    shown: Shown
    done: tuple[Any, ...]  # the disjunctions that were split, and the cases taken


class _Search:
    def __init__(self, asked: Problem, end: float) -> None:
        self.asked, self.end = asked, end
        self.failed: set[Any] = set()
        self.goal_terms = len(asked.hypotheses)

    def prove(self, state: _State, level: int, splits: int) -> Found | None:
        if time.monotonic() > self.end:
            raise TimeoutError
        key = (state.done, level)
        if key not in self.failed:
            found = Leaf(self.asked, state.hypotheses, state.shown, self.end, level > 10).solve(level % 10)
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
                parts = factors(h.value)
                found += [f for f in parts if len(parts) > 1 and len(f) < 6]
        done = [n for n, *_ in state.done]
        return [f for f in found if self.asked.usable(f, state.shown) and ("cut", tuple(sorted(f.items()))) not in done]

    def _split(self, state: _State, n: int, level: int, splits: int) -> Found | None:
        parts = self._cases(state, n, state.hypotheses[n].cases, level, splits)
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        return Found(["cases", n, [p.certificate for p in parts]], {n}.union(*[p.used for p in parts]))

    def _cut(self, state: _State, f: Poly, level: int, splits: int) -> Found | None:
        cases = ((Literal(">", Polynomial(times(f, Fraction(-1)))),), (Literal(">=", Polynomial(f)),))
        parts = self._cases(state, ("cut", tuple(sorted(f.items()))), cases, level, splits)
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        used = {n for p in parts for n in p.used}
        return Found(["cut", listed(f), *[p.certificate for p in parts]], used)

    def _cases(self, state: _State, name: Any, cases: Any, level: int, splits: int) -> list[Found] | None:
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


__all__ = ["find"]
