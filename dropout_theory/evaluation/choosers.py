"""Where the values of an instance come from: seeded choices that favour the edges of a domain and small rationals."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import cycle
from typing import Any, Protocol

import sympy as sp

from dropout_theory.language import Domain


class Chooser(Protocol):
    """Where the values of an instance come from."""

    def integer(self, name: str, low: int, high: int) -> int: ...

    def number(self, name: str, domain: Domain) -> sp.Rational: ...

    def simplex(self, name: str, length: int) -> list[sp.Rational]: ...

    def pick(self, name: str, options: list[Any]) -> Any: ...


_SPECIAL = [sp.S.Zero, sp.S.One, -sp.S.One, sp.S.Half, sp.Integer(2), sp.Rational(1, 3), -sp.Rational(3, 2),
            sp.Rational(3, 4), sp.Integer(-2), sp.Integer(3)]


@lru_cache(maxsize=256)
def _special_in(domain: Domain) -> list[sp.Rational]:
    return [v for v in _SPECIAL if domain.contains(v)]


class RandomChooser:
    """Seeded choices that favour the edges of a domain and small rationals."""

    def __init__(self, seed: int, edges: float = 0.4) -> None:
        self.random = random.Random(seed)
        self.edges = edges

    def integer(self, name: str, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def number(self, name: str, domain: Domain) -> sp.Rational:
        inside = _special_in(domain)
        if inside and self.random.random() < self.edges:
            return self.random.choice(inside)
        return rational_in(domain, self.random.randint(0, 60), 60, self.random.choice((1, 1, 4)))

    def simplex(self, name: str, length: int) -> list[sp.Rational]:
        parts = [self.random.choice((0, 1, 1, 2, 3, 5)) for _ in range(length)]
        if not any(parts):
            parts[self.random.randrange(length)] = 1
        return [sp.Rational(p, sum(parts)) for p in parts]

    def pick(self, name: str, options: list[Any]) -> Any:
        return self.random.choice(options)


class Fixed(RandomChooser):
    """Random choices, with one atom at some values: every entry of it, one value after the other, or about half."""

    def __init__(self, seed: int, atom: Any, values: tuple[Any, ...], every: bool = True) -> None:
        super().__init__(seed)
        self.atom, self.values, self.every = atom, cycle(values), every

    def integer(self, name: str, low: int, high: int) -> int:
        return int(next(self.values)) if self._is_fixed(name) else super().integer(name, low, high)

    def number(self, name: str, domain: Domain) -> Any:
        return next(self.values) if self._is_fixed(name) else super().number(name, domain)

    def _is_fixed(self, name: str) -> bool:
        return name.partition("[")[0] == self.atom.name and (self.every or self.random.random() < 0.5)


def rational_in(domain: Domain, numerator: int, denominator: int, spread: int = 1) -> sp.Rational:
    """The rational at a fraction of the way through a domain; unbounded ends are cut at 4 * spread."""
    low = domain.lower if domain.lower != -sp.oo else sp.Integer(-4 * spread)
    high = domain.upper if domain.upper != sp.oo else low + 8 * spread
    if domain.lower == -sp.oo and domain.upper != sp.oo:
        low = domain.upper - 8 * spread
    fraction = sp.Rational(numerator, denominator)
    if domain.open_below and numerator == 0 or domain.open_above and numerator == denominator:
        fraction = sp.Rational(2 * numerator + 1, 2 * denominator + 2)
    value = low + (high - low) * fraction
    return value if domain.contains(value) else low + (high - low) / 2
