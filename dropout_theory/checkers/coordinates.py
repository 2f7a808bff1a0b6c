"""The free numbers of a claim at fixed sizes as points of a cube: bounded, no equation between them, sorted on request.

Each coordinate runs from 0 to 1 and rises with one number: a scalar, an entry of a family, the gap between an entry and
the next larger one, a probability as far as the entries before it leave room. Infinite ends are ends of the cube.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import sympy as sp
from flint import fmpq

from dropout_theory import language as lang
from dropout_theory.checkers.enclosures import Box, Graph
from dropout_theory.evaluation.instances import Values, index_tuples
from dropout_theory.evaluation.values import to_number
from dropout_theory.language import atoms_of

BITS = 64  # to which an irrational end of a domain is rounded, outwards
Cube = tuple[tuple[fmpq, fmpq], ...]


@dataclass(frozen=True)
class Coordinate:
    """A number between two ends. `above` and `room` print how far it is above its lower end, in parts of what; `below`
    how far it is below its upper end."""

    low: Any
    high: Any
    is_open: tuple[bool, bool]
    above: str
    below: str
    room: str = ""

    def at(self, u: fmpq) -> Any:
        """The number at a place of the coordinate."""
        if isinstance(self.low, float) and isinstance(self.high, float):
            w = 2 * u - 1
            return math.copysign(math.inf, int(w.p)) if abs(w) == 1 else w / (1 - abs(w))
        if isinstance(self.high, float):
            return math.inf if u == 1 else self.low + u / (1 - u)
        if isinstance(self.low, float):
            return -math.inf if u == 0 else self.high - (1 - u) / u
        return self.low + (self.high - self.low) * u

    def near(self, end: str, distance: fmpq) -> str:
        """In words: at most so far from 'low', 'high' or, of a real number, 'zero'."""
        if end == "zero":
            return f"|{self.above}| <= {_text(self.at((1 + distance) / 2))}"
        if end == "low":
            if isinstance(self.low, float):
                return f"{self.above} <= {_text(self.at(distance))}"
            return f"{self.above} <= {self._part(self.at(distance) - self.low)}"
        if isinstance(self.high, float):
            return f"{self.above} >= {_text(self.at(1 - distance) - (0 if isinstance(self.low, float) else self.low))}"
        return f"{self.below} <= {self._part(self.high - self.at(1 - distance))}"

    def within(self, low: fmpq, high: fmpq) -> str:
        """In words: between two places of the coordinate."""
        shift = fmpq(0) if isinstance(self.low, float) else self.low
        first, last = ("-oo" if v == -math.inf else "oo" if v == math.inf else _text(v - shift)
                       for v in (self.at(low), self.at(high)))
        return f"{first} <= {self.above if not self.room else f'({self.above})/({self.room})'} <= {last}"

    def _part(self, value: fmpq) -> str:
        return _text(value) if not self.room else f"({self.room})*{_text(value)}"


def _text(value: Any) -> str:
    return str(value)


@dataclass(frozen=True)
class Coordinates:
    """The coordinates, the node of each free number in them, and what the names in their texts stand for."""

    every: tuple[Coordinate, ...]
    atoms: dict[Any, int]
    rising: tuple[Any, ...] = ()
    where: str = ""

    def box(self, cube: Cube) -> Box:
        """The values of the coordinates in a part of the cube."""
        return Box(tuple((c.at(low), c.at(high)) for c, (low, high) in zip(self.every, cube, strict=True)))


class Layout:
    """The free numbers of a claim at fixed sizes, grouped by how they may be laid out."""

    def __init__(self, claim: Any, fixed: Values) -> None:
        _, self.reals, families = atoms_of(claim)
        entries = {f: [f[p] for p in index_tuples(f, fixed)] for f in families if isinstance(f, lang.Family)}
        self.simplexes = [e for f, e in entries.items() if f.simplex is True]
        self.families = [e for f, e in entries.items() if f.simplex is not True]
        self.count = len(self.reals) + sum(map(len, self.families)) + sum(len(e) - 1 for e in self.simplexes)

    @property
    def numbers(self) -> list[Any]:
        """All scalars and entries."""
        return [*self.reals, *[e for group in (*self.families, *self.simplexes) for e in group]]

    def groups(self) -> list[tuple[Any, ...]]:
        """Numbers of one domain that a statement may compare: entries of a family with one index, pairs of scalars."""
        found: list[tuple[Any, ...]] = [tuple(e) for e in self.families if 2 <= len(e) <= 3 and len(e[0].indices) == 1]
        for n, a in enumerate(self.reals):
            found += [(a, b) for b in self.reals[n + 1:] if _ends(a) == _ends(b)]
        return found

    def exchanges(self, group: Sequence[Any]) -> list[dict[Any, Any]]:
        """Renamings that exchange neighbours in a group of entries, and the entries of all families beside it."""
        beside = [e for e in (*self.families, *self.simplexes) if len(e) == len(group) and len(e[0].indices) == 1]
        return [{a: b for e in beside for a, b in ((e[k], e[k + 1]), (e[k + 1], e[k]))} for k in range(len(group) - 1)]

    def orders(self, group: Sequence[Any], is_symmetric: bool) -> list[tuple[Any, ...]]:
        """The orders of a group of numbers; one where all amount to the same."""
        return [tuple(group)] if is_symmetric or not group else list(permutations(group))

    def laid_out(self, graph: Graph, order: Sequence[Any], is_symmetric: bool = False) -> Coordinates:
        """Coordinates in which the numbers of `order` rise."""
        made = _Made(graph)
        by_rank = {e: f"{e.family}({n + 1})" for e_all in (*self.families, *self.simplexes) for n, e in enumerate(e_all)
                   if is_symmetric and len(e_all) == len(order) and len(e.indices) == 1}
        for number in [*self.reals, *[e for group in self.families for e in group]]:
            if number not in order:
                made.free(number)
        made.rising(order, by_rank)
        for entries in self.simplexes:
            made.simplex(entries, by_rank)
        where = ""
        if order:
            where = " <= ".join(by_rank.get(e, str(e)) for e in order)
        return Coordinates(tuple(made.every), made.atoms, tuple(order), where)


def _ends(atom: Any) -> tuple[Any, ...]:
    domain = atom.family.domain if isinstance(atom, lang.Element) else atom.domain
    return domain.lower, domain.upper, domain.open_below, domain.open_above


class _Made:
    """Coordinates in the making."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.every: list[Coordinate] = []
        self.atoms: dict[Any, int] = {}

    def _new(self, coordinate: Coordinate) -> int:
        self.every.append(coordinate)
        return self.graph.variable(len(self.every) - 1, coordinate.low, coordinate.high, coordinate.is_open)

    def free(self, atom: Any, name: str = "") -> None:
        """A number that takes any value of its domain."""
        lower, upper, *is_open = _ends(atom)
        low, high = _rational(lower, -1), _rational(upper, 1)
        name = name or str(atom)
        above = name if low == 0 or isinstance(low, float) else f"{name} - {_signed(low)}"
        below = "" if isinstance(high, float) else f"{_text(high)} - {name}"
        self.atoms[atom] = self._new(Coordinate(low, high, (is_open[0], is_open[1]), above, below))

    def rising(self, order: Sequence[Any], names: dict[Any, str]) -> None:
        """Numbers of one domain in rising order: the first, and the gaps between neighbours."""
        graph = self.graph
        for before, atom in zip([None, *order], order, strict=False):
            name = names.get(atom, str(atom))
            if before is None:
                self.free(atom, name)
                continue
            below = names.get(before, str(before))
            lower, upper, open_below, open_above = _ends(atom)
            high = _rational(upper, 1)
            if isinstance(high, float):
                gap = self._new(Coordinate(fmpq(0), math.inf, (False, False), f"{name} - {below}", ""))
                self.atoms[atom] = graph.add(self.atoms[before], gap)
            else:
                part = self._new(Coordinate(fmpq(0), fmpq(1), (False, open_above), f"{name} - {below}",
                                            f"{_text(high)} - {name}", f"{_text(high)} - {below}"))
                room = graph.difference(graph.number(high), self.atoms[before])
                self.atoms[atom] = graph.add(self.atoms[before], graph.multiply(part, room))

    def simplex(self, entries: Sequence[Any], names: dict[Any, str]) -> None:
        """Probabilities that sum to one: each as a part of what those before it leave, and the last is the rest."""
        graph = self.graph
        left, room = graph.number(1), ""
        for entry in entries[:-1]:
            name = names.get(entry, str(entry))
            rest = f"{room or '1'} - {name}"
            part = self._new(Coordinate(fmpq(0), fmpq(1), (False, False), name, rest, room))
            self.atoms[entry] = graph.multiply(left, part)
            left, room = graph.multiply(left, graph.difference(graph.number(1), part)), rest
        self.atoms[entries[-1]] = left


def _signed(value: fmpq) -> str:
    return _text(value) if value >= 0 else f"({_text(value)})"


def _rational(end: Any, outwards: int) -> Any:
    """The end of a domain, a rational close to it and not inside, or an infinity."""
    if end in (sp.oo, -sp.oo):
        return math.inf if end == sp.oo else -math.inf
    number = to_number(end)
    if number is not None:
        return number
    scaled = end * 2**BITS
    return fmpq(int(sp.floor(scaled) if outwards < 0 else sp.ceiling(scaled)), 2**BITS)
