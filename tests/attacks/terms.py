"""Random well-typed terms, tempting equalities about them, and exact instances of all their atoms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import sympy as sp

from attacks.support import HALF, N, O, P, b, c, d, e, i, j, k, m, moving, n, p, q, r, s, w, x, y
from dropout_theory.language import (
    INTEGER,
    NWGM,
    OPEN_UNIT,
    Cov,
    E,
    G,
    Largest,
    LargestOutcome,
    Relu,
    Scalar,
    Smallest,
    Var,
    gates,
    index,
    logistic,
    placeholder,
    recursion,
)

o, z = Scalar("o", OPEN_UNIT), Scalar("z", INTEGER)
fair = gates("fair", HALF, n)
swinging = gates("swinging", 1 / (1 + z**2), (i, 1, 1))[1]
bare = sp.Symbol("bare")
first = sp.Symbol("_1", integer=True)  # the name that the normal form gives to its first bound index
l = index("l")  # noqa: E741
LAYERS = ((l, 0, n),)
unit = recursion("unit", LAYERS, x, y * placeholder("unit", LAYERS)[l - 1])

INDICES = (i, j, k)
SCALARS = (x, y, s, q, r, o, n, m, c, z)
CONSTANTS = (sp.S.Zero, sp.S.One, sp.Integer(2), -sp.S.One, HALF, sp.Rational(-1, 3))
# ranges of sums, products and extremes; the second may be empty, and the last two always are, or end nowhere
RANGES = ((1, n), (1, n), (1, n), (2, n), (1, n - 1), (1, 2), (3, 1))

# what must never stand in a theorem
STRANGE = (bare, bare, bare, sp.Float("0.1"), sp.Float("1e-30"), sp.I, sp.Sum(1 / (1 + l), (l, 1, sp.oo)))

Values = dict[Any, Any]


@cache
def _leaves(scope: tuple[Any, ...], chance: bool) -> tuple[Any, ...]:
    """The atoms and numbers from which one is drawn."""
    leaves = [*SCALARS, *CONSTANTS, w[1], b[1], p[n], P[m], unit[0]]
    for symbol in scope:
        leaves += 2 * [w[symbol], b[symbol], p[symbol], O[symbol], P[symbol], symbol]
    if chance:
        leaves += [e[1], fair[1], fair[n], d[1], moving, swinging, O[N]]
        for symbol in scope:
            leaves += 2 * [d[symbol], e[symbol], fair[symbol]]
    return tuple(leaves)


class Terms:
    """A source of random terms, seeded."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, options: Any) -> Any:
        """One of the options."""
        return self.random.choice(options)

    def leaf(self, scope: tuple[Any, ...], chance: bool) -> Any:
        """An atom or a number; `scope` are the indices that may occur."""
        if self.random.random() < 0.015:
            return self.pick(STRANGE)
        return self.pick(_leaves(scope, chance))

    def term(self, depth: int = 2, scope: tuple[Any, ...] = (), chance: bool = False) -> Any:
        """A term of at most this depth; a random quantity where `chance` allows."""
        if depth == 0 or self.random.random() < 0.15:
            return self.leaf(scope, chance)
        kind = self.pick(("add", "add", "multiply", "multiply", "power", "quotient", "function", "sum", "extreme",
                          "product", "mean", "mean"))
        a = self.term(depth - 1, scope, chance)
        if kind == "add":
            return a + self.term(depth - 1, scope, chance)
        if kind == "multiply":
            return a * self.term(depth - 1, scope, chance)
        if kind == "power":
            return a ** self.pick((2, 2, 3, HALF, q, c, -1))
        if kind == "quotient":
            return a / self.pick((s, 1 + r, o, n, x, c, 1 + x**2, self.term(depth - 1, scope, chance)))
        if kind == "function":
            return self.pick((sp.exp, sp.log, sp.Abs, Relu, sp.sqrt, logistic, lambda t: sp.log(1 + t**2),
                              lambda t: sp.Max(t, self.leaf(scope, False))))(a)
        if kind in ("sum", "product", "extreme"):
            symbol = self.pick([x for x in INDICES if x not in scope] or [l])
            low, high = self.pick(RANGES)
            if self.random.random() < 0.15:  # a range that ends at a free name of its own index
                symbol = high = self.pick((n, c))
            body = self.term(depth - 1, (*scope, symbol), chance)
            if kind == "extreme":
                return self.pick((Largest, Smallest))(body, (symbol, low, self.pick((high, high, c))))
            return (sp.Sum if kind == "sum" else sp.Product)(body, (symbol, low, high))
        if chance:
            return a
        body = self.term(depth - 1, scope, True)
        return self.pick((E, E, E, Var, G, LargestOutcome, NWGM, lambda t: Cov(t, self.leaf(scope, True))))(body)

    def index_range(self) -> tuple[Any, Any, Any]:
        """An index, or sometimes a scalar that laws depend on, with a range."""
        if self.random.random() < 0.15:
            return self.pick(((n, 1, 3), (z, 0, 2), (c, 0, 2)))
        symbol = self.pick(INDICES)
        low, high = self.pick(RANGES)
        return symbol, low, self.pick((high, high, high, symbol, sp.oo))

    def equality(self) -> tuple[Any, Any]:
        """Two sides that look equal: some are, everywhere, and some only nearly."""
        return self.pick(EQUALITIES)(self)


def _distributed(terms: Terms) -> tuple[Any, Any]:
    whole = terms.term(2, chance=False)
    return whole, sp.expand(whole) if terms.random.random() < 0.7 else sp.together(whole)


def _cancelled(terms: Terms) -> tuple[Any, Any]:
    a = terms.term(1)
    return (a**2 + a) / a, a + 1


def _rooted(terms: Terms) -> tuple[Any, Any]:
    a = terms.term(1)
    return terms.pick(((sp.sqrt(a**2), a), (sp.sqrt(a) ** 2 + 1, a + 1), (sp.exp(sp.log(a)) + 1, a + 1),
                       (sp.log(a**2), 2 * sp.log(a)), (sp.log(sp.exp(a)), a), (2 * sp.log(a), sp.log(a) + sp.log(a))))


def _meant(terms: Terms) -> tuple[Any, Any]:
    a, random = terms.term(1), terms.leaf((), True)
    return terms.pick(((E(a * random), a * E(random)), (E(random + a), E(random) + a), (Var(random + a), Var(random)),
                       (E(random**2), E(random)), (E(E(random) * random), E(random) ** 2), (E(random), random),
                       (E(a), a), (G(a), a), (E(moving), 1 / n), (E(swinging), 1 / (1 + z**2)), (unit[0], x),
                       (sp.Sum(P[k], (k, 1, m)), sp.S.One), (O[i], E(O[i])), (E(O[N]), O[N]),
                       (Var(a), sp.S.Zero), (E(random / random + random), 1 + E(random))))


def _independent(terms: Terms) -> tuple[Any, Any]:
    a, other = terms.leaf((i,), True), terms.leaf((j,), True)
    return E(a * other), E(a) * E(other)


def _summed(terms: Terms) -> tuple[Any, Any]:
    a, free = terms.term(1, (i,)), terms.term(1, terms.pick(((), (), (j,), (i, j))))
    low, high = terms.pick(RANGES)
    return terms.pick(((sp.Sum(a + free, (i, low, high)), sp.Sum(a, (i, low, high)) + (high - low + 1) * free),
                       (sp.Sum(free * a, (i, low, high)), free * sp.Sum(a, (i, low, high))),
                       (sp.Sum(free, (k, low, high)), (high - low + 1) * free),
                       (sp.Sum(free, (i, 1, c)) / c, free),
                       (sp.Sum(free / c, (i, 1, c)), free),
                       (sp.Sum(free / (high - low + 1), (k, low, high)), free),
                       (sp.Product(free, (k, low, high)), free ** (high - low + 1)),
                       (sp.Sum(a, (i, 1, sp.oo)), sp.Sum(a, (i, 1, sp.oo))),
                       (sp.Sum(a, (i, low, high)), sp.Sum(a.subs(i, j), (j, low, high)))))


def _to_itself(terms: Terms) -> tuple[Any, Any]:
    """A sum or product whose range ends at a free name of its own index."""
    symbol = terms.pick((n, c, i))
    body = terms.pick((sp.S.One, symbol, symbol + terms.leaf((), False), terms.term(1, (symbol,))))
    binder: Callable[..., Any] = terms.pick((sp.Sum, sp.Sum, sp.Product))
    return binder(body, (symbol, 1, symbol)), binder(body.subs(symbol, k), (k, 1, symbol))


def _captured(terms: Terms) -> tuple[Any, Any]:
    a, other = terms.pick((w, b, p))[i], terms.pick((w, b, p))
    binder: Callable[..., Any] = terms.pick((sp.Sum, sp.Product, Largest))
    return binder(a * other[first] + a, (i, 1, n)), binder(a * other[i] + a, (i, 1, n))


def _alike(terms: Terms) -> tuple[Any, Any]:
    a = terms.term(2)
    return a + 1, 1 + a


def _rounded(terms: Terms) -> tuple[Any, Any]:
    a, one, tiny = terms.leaf((), False), sp.Float(1), sp.Float("1e-30")
    return terms.pick(((a * tiny + a, a), ((a + one) * (a + tiny), a**2 + a + tiny),
                       ((a + one) * (a + tiny), sp.expand((a + one) * (a + tiny)))))


EQUALITIES: tuple[Callable[[Terms], tuple[Any, Any]], ...] = (
    _distributed, _distributed, _cancelled, _rooted, _meant, _meant, _independent, _summed, _summed, _to_itself,
    _captured, _alike,
    _rounded)


def instances(random: Random, count: int) -> list[Values]:
    """Exact instances, each value in the domain of its atom, with zeros, ones and small sizes in plenty."""
    found = []
    for place in range(count):
        size, length = random.choice((1, 2, 3)), random.choice((1, 2, 3))
        real = [sp.Rational(random.choice((-2, -1, -1, 0, 0, 1, 1, 2, 3)), random.choice((1, 1, 2, 3)))
                for _ in range(20)].pop
        chance = [random.choice((sp.S.Zero, sp.S.One, HALF, sp.Rational(1, 3))) for _ in range(20)].pop
        parts = [random.choice((0, 1, 1, 2)) for _ in range(length)]
        parts[place % length] += 1
        places = range(1, size + 1)
        found.append({
            n: size, m: length, c: random.choice((0, 0, 1, 2)), z: random.choice((-1, 0, 1, 2)), x: real(), y: real(),
            s: sp.Rational(random.choice((1, 2, 3)), 2), q: chance(), r: random.choice((sp.S.Zero, HALF, sp.S.One)),
            o: random.choice((HALF, sp.Rational(1, 3))), w: {(a,): real() for a in places},
            b: {(a,): random.choice((sp.S.Zero, sp.S.One, HALF)) for a in places}, p: {(a,): chance() for a in places},
            P: {(a + 1,): sp.Rational(parts[a], sum(parts)) for a in range(length)},
            O: {(a + 1,): real() for a in range(length)},
        })
    return found
