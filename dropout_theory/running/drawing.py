"""Instances of statements drawn while they are read: what nothing reads has no value, so that an instance is what was
read, and two are different where something read has another value.

Numbers come from the seeded choices of `evaluation.choosers`. A hypothesis that fails is met by moving one number of
those it speaks of to where its sides meet, found from values of their difference: equations that define something are
met so, and a draw would miss them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import judge
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.instances import candidates, whole_numbers
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import statements as st
from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue, plus, wide
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.values import Mask, Values

Place = tuple[Any, ...]  # an atom, or a family with the indices of an entry
MAX_MOVES = 24
MAX_DIGITS = 20_000  # binary, of a denominator


class TooMuch(Exception):
    """A step asks for more than is done for one."""


class Work:
    """How many more terms are evaluated for a step, the same on every machine, and formulas to try for functions."""

    def __init__(self, left: int, functions: Mapping[Any, Any] | None = None) -> None:
        self.left, self.functions = left, dict(functions or {})


class Bounded(Values):
    """The second evaluator, as far as the work goes that is left."""

    work: Work
    drawn: Drawn

    def value(self, expr: Any, env: Mapping[Any, Any] | None = None) -> Any:
        self.work.left -= 1
        if self.work.left < 0:
            raise TooMuch
        found = super().value(expr, env)
        if isinstance(found, Fraction) and found.denominator.bit_length() > MAX_DIGITS:
            raise CannotRecheck("a number of too many digits")
        return found

    def moved(self, changed: Mapping[Any, Any]) -> Values:
        other = super().moved(changed)
        assert isinstance(other, Bounded)
        other.work, other.drawn = self.work, self.drawn
        return other

    def lawless(self, family: lang.Abstract, indices: tuple[int, ...]) -> Any:
        """What may have any law has one with two outcomes, independent of all else."""
        def number(name: str, domain: lang.Domain) -> Any:
            return self.drawn.at((family, indices, name), lambda: self.drawn.number(name, domain))

        def options() -> list[tuple[Any, Any]]:
            weight = number("weight", lang.PROBABILITY)
            return [(number("first", family.domain), weight), (number("second", family.domain), 1 - weight)]

        return self._random((family, indices), options)


class Drawn(dict[Any, Any]):
    """Values of atoms, each drawn when it is first read.

    `numbers` holds them by their places, entries by index; `seen` the places read since it was last emptied.
    """

    def __init__(self, chooser: RandomChooser, limit: int, work: Work, known: Mapping[Place, Any] | None = None,
                 ) -> None:
        super().__init__()
        self.chooser, self.limit, self.work = chooser, limit, work
        self.numbers: dict[Place, Any] = dict(known or {})
        self.seen: dict[Place, None] = {}

    def but(self, place: Place, value: Any) -> Drawn:
        """The same instance with another value at one place; of another size a distribution is another one."""
        kept = {p: x for p, x in self.numbers.items() if not (
            isinstance(p[0], lang.Family) and p[0].simplex is True and place[0] in lang.dependencies(p[0].ranges))}
        return Drawn(self.chooser, self.limit, self.work, {**kept, place: value})

    def at(self, place: Place, draw: Callable[[], Any]) -> Any:
        """What stands at a place, drawn where nothing does yet."""
        self.seen[place] = None
        if place not in self.numbers:
            self.numbers[place] = draw()
        return self.numbers[place]

    def __contains__(self, atom: object) -> bool:
        return isinstance(atom, (sp.Symbol, UndefinedFunction))

    def get(self, atom: Any, default: Any = None) -> Any:
        return self[atom]

    def __missing__(self, atom: Any) -> Any:
        if isinstance(atom, lang.RANDOM):
            raise CannotRecheck(f"{atom} has a law or a definition, and no value of its own")
        if isinstance(atom, lang.Family):
            self[atom] = Entries(self, atom)
            return self[atom]
        if isinstance(atom, UndefinedFunction):
            return self.at((atom,), lambda: self.chooser.pick(str(atom), self._formulas(atom)))
        return self.at((atom,), lambda: self.number(str(atom), domain_of(atom)))

    def _formulas(self, function: Any) -> list[Any]:
        named = list(self.work.functions.get(function, ()))
        return named if named and self.chooser.random.random() < 0.5 else list(_pool(function))

    def number(self, name: str, domain: lang.Domain) -> Fraction:
        """A number of a domain; of integers, mostly one that is an index."""
        if domain.integer:
            numbers = whole_numbers(domain, self.limit)
            inside = [k for k in numbers if k >= 1] if self.chooser.random.random() < 0.7 else []
            return Fraction(self.chooser.random.choice(inside or list(numbers)))
        drawn = self.chooser.number(name, domain)
        return Fraction(int(drawn.p), int(drawn.q))


@cache
def _pool(function: Any) -> tuple[Any, ...]:
    return candidates(None, function)


class Entries(dict[tuple[int, ...], Any]):
    """The entries of a family, those beyond its ranges too: a statement may speak of them."""

    def __init__(self, drawn: Drawn, family: lang.Family) -> None:
        super().__init__()
        self.drawn, self.family = drawn, family

    def __missing__(self, indices: tuple[int, ...]) -> Any:
        drawn, family = self.drawn, self.family
        if family.simplex is True and (family, indices) not in drawn.numbers:
            self._draw_distribution()
            if (family, indices) not in drawn.numbers:
                raise CannotRecheck(f"{family.name}{list(indices)} is no outcome of the distribution")
        return drawn.at((family, indices), lambda: drawn.number(f"{family.name}{list(indices)}", family.domain))

    def _draw_distribution(self) -> None:
        ranges = list(reversed(self.family.ranges))
        places = [tuple(int(here[r[0]]) for r in self.family.ranges) for here in evaluated(self.drawn).over(ranges, {})]
        parts = self.drawn.chooser.simplex(self.family.name, len(places)) if places else []
        for place, part in zip(places, parts, strict=True):
            self.drawn.numbers[self.family, place] = Fraction(int(part.p), int(part.q))


class Outcome(Mask):
    """What is random outside of means, as it turned out: one outcome, each atom drawn when it is first read."""

    def __init__(self, drawn: Drawn) -> None:
        super().__init__([], {})
        self.drawn = drawn

    def draw(self, atom: Any, options: Callable[[], list[tuple[Any, Any]]]) -> Any:
        place = atom if isinstance(atom, tuple) else (atom,)
        if isinstance(atom, lang.RandomScalar) and atom.law[0] == "normal":
            return self.drawn.at(place, lambda: self.drawn.number(atom.name, lang.REAL))
        if place not in self.drawn.numbers:  # the law is not what a statement about an outcome reads
            seen, self.drawn.seen = self.drawn.seen, {}
            self.drawn.numbers[place] = self.drawn.chooser.random.choice([value for value, _ in options()])
            self.drawn.seen = seen
        return self.drawn.at(place, lambda: None)


def domain_of(atom: Any) -> lang.Domain:
    """Where an atom may lie; an index symbol, which may be free in a step, among the integers that it is one of."""
    if isinstance(atom, lang.Scalar):
        return atom.domain
    if atom.is_integer:
        return lang.SIZE if atom.is_positive else lang.NATURAL if atom.is_nonnegative else lang.INTEGER
    return lang.REAL


def evaluated(drawn: Drawn) -> Values:
    """The second evaluator at an instance, which may have an outcome outside of means."""
    values = Bounded(drawn)
    values.work, values.drawn, values.mask = drawn.work, drawn, Outcome(drawn)
    return values


def admissible(hypotheses: tuple[Any, ...], seed: int, limit: int, work: Work) -> Drawn | None:
    """An instance at which all hypotheses are seen to hold, or None where none is found.

    Raises CannotRecheck, and TooMuch when the work is used up.
    """
    drawn = Drawn(RandomChooser(seed), limit, work)
    for _ in range(MAX_MOVES):
        fails = next((h for h in hypotheses if not _holds(drawn, h)), None)
        if fails is None:
            return drawn
        moved = _moved(drawn, fails)
        if moved is None:
            return None
        drawn = moved
    return None


def _holds(drawn: Drawn, hypothesis: Any) -> bool:
    try:
        holds = truth(evaluated(drawn), hypothesis)
    except NoValue:
        return False
    if holds is None:
        holds = _proved(drawn, hypothesis)
    if holds is None:
        raise CannotRecheck(f"it cannot be told whether an assumption holds: {hypothesis}")
    return holds


def _proved(drawn: Drawn, hypothesis: Any) -> bool | None:
    """Whether what is assumed of all values of scalars holds, as the methods are told it by a prover."""
    if not hypothesis.has(st.ForAll):
        return None
    values: dict[Any, Any] = {}
    for (atom, *indices), x in drawn.numbers.items():
        number = sp.Rational(x.numerator, x.denominator) if isinstance(x, Fraction) else x
        if indices:
            values.setdefault(atom, {})[indices[0]] = number
        else:
            values[atom] = number
    try:
        found = judge(hypothesis, values, expectation).truth
    except (Unsupported, Undefined):
        return None
    return {Truth.TRUE: True, Truth.FALSE: False}.get(found)


def _moved(drawn: Drawn, hypothesis: Any) -> Drawn | None:
    """The instance with one number changed, so that a part of a hypothesis that failed holds; None where none does."""
    rng = drawn.chooser.random
    part, env = next(_failing(evaluated(drawn), hypothesis, {}), (None, {}))
    if part is None:
        return None
    drawn.seen.clear()
    _is_true(drawn, part, env)
    places = [p for p in drawn.seen if _may_move(p)]
    rng.shuffle(places)
    for place in sorted(places, key=lambda p: not _alone(part, p)):
        for x in _solutions(drawn, part, env, place):
            changed = drawn.but(place, x)
            if _lies_in(place, x) and _is_true(changed, part, env):
                return changed
    return None


def _failing(v: Values, statement: Any, env: Mapping[Any, Any]) -> Iterator[tuple[Any, Mapping[Any, Any]]]:
    """The relations that make a statement fail, with what is bound around them."""
    if isinstance(statement, sp.core.relational.Relational):
        try:
            if truth(v, statement, env) is not True:
                yield statement, env
        except NoValue:
            return
    elif isinstance(statement, sp.And):
        for a in statement.args:
            yield from _failing(v, a, env)
    elif isinstance(statement, sp.Or):
        for a in reversed(statement.args):
            yield from _failing(v, a, env)
    elif isinstance(statement, sp.Implies):
        if truth(v, statement.args[0], env) is True:
            yield from _failing(v, statement.args[1], env)
    elif isinstance(statement, st.ForEach):
        for here in v.over(list(reversed([limit.args for limit in statement.limits])), env):
            yield from _failing(v, statement.body, here)


def _may_move(place: Place) -> bool:
    atom = place[0]
    return not isinstance(atom, (UndefinedFunction, *lang.RANDOM)) and not (
        isinstance(atom, lang.Family) and atom.simplex is True)


def _alone(part: Any, place: Place) -> bool:
    """Whether a side of a relation is what stands at a place, and nothing else: an equation that says what it is."""
    return any(side == place[0] or isinstance(side, lang.Element) and side.family == place[0] for side in part.args)


def _lies_in(place: Place, x: Any) -> bool:
    domain = domain_of(place[0])
    if isinstance(x, Fraction):
        return bool(domain.contains(sp.Rational(x.numerator, x.denominator)))
    return not domain.integer and bool(domain.contains(sp.Float(str(x), 50)))


def _is_true(drawn: Drawn, part: Any, env: Mapping[Any, Any]) -> bool:
    try:
        return truth(evaluated(drawn), part, env) is True
    except (NoValue, CannotRecheck):
        return False


def _solutions(drawn: Drawn, part: Any, env: Mapping[Any, Any], place: Place) -> Iterator[Any]:
    """Where the sides of a relation meet if one number is moved, or numbers beside these if they must not."""
    here, rng = drawn.numbers[place], drawn.chooser.random
    step = Fraction(rng.choice((1, 1, 2, 3)), 1 if domain_of(place[0]).integer else rng.choice((1, 2, 3)))

    def gap(x: Any) -> Any:
        values = evaluated(drawn.but(place, x))
        left, right = (values.value(a, env) for a in part.args)
        exact = isinstance(left, Fraction) and isinstance(right, Fraction)
        return left - right if exact else wide(left) - wide(right)

    try:
        a, b, c = (gap(plus(here, Fraction(k))) for k in range(3))
    except (NoValue, CannotRecheck):
        return
    curve, slope = plus(plus(a, c), -2 * b), plus(b, -a)
    roots: list[Any] = []
    if abs(wide(curve)) <= 1e-30 * (abs(wide(a)) + abs(wide(b)) + abs(wide(c))):
        if slope:
            exact = all(isinstance(x, Fraction) for x in (here, a, slope))
            roots = [here - a / slope if exact else wide(here) - wide(a) / wide(slope)]
    elif all(isinstance(x, Fraction) for x in (here, a, b, c)):  # a quadratic one: a + (b - a) k + curve k (k - 1)/2
        p, q = curve / 2, slope - curve / 2
        square = q * q - 4 * p * a
        if square >= 0 and all(isqrt(n) ** 2 == n for n in (square.numerator, square.denominator)):
            root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
            roots = [here + (-q + sign * root) / (2 * p) for sign in (1, -1)]
    rng.shuffle(roots)
    for root in roots:
        if not isinstance(part, (sp.Eq, sp.Le, sp.Ge)) or not isinstance(part, sp.Eq) and rng.random() < 0.5:
            yield from (plus(root, step), plus(root, -step))
        if domain_of(place[0]).integer and not isinstance(part, sp.Eq) and isinstance(root, Fraction):
            yield from (Fraction(root.__floor__()), Fraction(root.__ceil__()))
        yield root


__all__ = ["Drawn", "TooMuch", "Work", "admissible", "domain_of", "evaluated"]
