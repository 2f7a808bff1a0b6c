"""Instances: values for every free atom of a claim, drawn inside the domains and hypotheses.

A chooser decides each value, so that exact grids, random draws and hypothesis strategies share one construction.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

import sympy as sp
from flint import fmpq
from sympy.core.function import AppliedUndef, UndefinedFunction

from dropout_theory import language as lang
from dropout_theory import statements as st
from dropout_theory.domains import Domain
from dropout_theory.evaluate import Evaluator, Truth, Undefined, Unsupported, judge
from dropout_theory.expectations.enumeration import expectation
from dropout_theory.training import Aversion

Values = dict[Any, Any]


class Chooser(Protocol):
    """Where the values of an instance come from."""

    def integer(self, name: str, low: int, high: int) -> int: ...

    def number(self, name: str, domain: Domain) -> sp.Rational: ...

    def simplex(self, name: str, length: int) -> list[sp.Rational]: ...

    def pick(self, name: str, options: list[Any]) -> Any: ...


class Rejected(Exception):
    """The drawn values violate a hypothesis."""


def atoms_of(claim: Any) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
    """(integer scalars, real scalars, families) a claim's statement and hypotheses depend on, in a fixed order."""
    return _atoms_of((claim.statement, *[h.condition for h in claim.hypotheses]))


@lru_cache(maxsize=256)  # asked again for every instance that is drawn
def _atoms_of(statements: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
    found: dict[Any, None] = {}
    functions: dict[Any, None] = {}
    bound: set[Any] = set()

    def walk(expr: Any) -> None:
        if isinstance(expr, Aversion):  # its parameters take all values; their sizes stay free
            free = set(found)
            walk(expr.criterion)
            walk(expr.risk)
            for parameter in set(expr.parameters) - free:
                found.pop(parameter, None)
            return
        if isinstance(expr, lang.Scalar):
            if expr in found:
                return
            if isinstance(expr, lang.Family):
                for _, low, high in expr.ranges:
                    walk(low)
                    walk(high)
            if isinstance(expr, lang.Gates):
                walk(expr.keep)
            elif isinstance(expr, lang.Recursion):
                found[expr] = None  # before its own definition, which mentions it
                walk(expr.base)
                walk(expr.step)
            elif isinstance(expr, lang.RandomIndex):
                walk(expr.probabilities)
            elif isinstance(expr, lang.RandomScalar):
                for parameter in expr.law[1:]:
                    walk(parameter)
            elif not (isinstance(expr, lang.Family) and expr.simplex == "self"):
                found[expr] = None
            return
        if isinstance(expr, AppliedUndef):
            functions[expr.func] = None
        if isinstance(expr, (st.Exists, st.ForAll)):
            bound.update(expr.bound_symbols)
        if isinstance(expr, st.SameToOrder):
            bound.add(expr.scale)
        for a in getattr(expr, "args", ()):
            if isinstance(a, sp.Basic):
                walk(a)

    for statement in statements:
        walk(statement)
    known = [a for a in found if a not in bound and not isinstance(a, (lang.Recursion, lang.Gates, lang.Abstract))]
    families = [a for a in known if isinstance(a, lang.Family)]
    scalars = [a for a in known if not isinstance(a, lang.Family)]
    return (tuple(a for a in scalars if a.domain.integer), tuple(a for a in scalars if not a.domain.integer),
            (*families, *functions))


def build(claim: Any, chooser: Chooser, max_size: int = 3) -> Values:
    """Draw one instance and check its hypotheses. Raises Rejected when one fails, Unsupported when undecided."""
    values: Values = {}
    limit = claim.limits.get("max_size", max_size)
    integers, reals, families = atoms_of(claim)
    for atom in integers:
        low = max(int(atom.domain.lower), -limit) if atom.domain.lower != -sp.oo else -limit
        high = limit if atom.domain.upper == sp.oo else int(atom.domain.upper)
        values[atom] = chooser.integer(atom.name, low, max(low, high))
    for atom in reals:
        values[atom] = chooser.number(atom.name, atom.domain)
    sizes_first = sorted(families, key=lambda f: 0 if isinstance(f, lang.Family) and f.domain.integer else 1)
    for atom in sizes_first:
        if isinstance(atom, UndefinedFunction):
            values[atom] = chooser.pick(str(atom), list(candidates(claim, atom)))
        else:
            values[atom] = draw_family(atom, values, chooser, limit)
    require_hypotheses(claim, values)
    return values


def candidates(claim: Any, function: Any) -> tuple[sp.Lambda, ...]:
    """Concrete functions to try for an undefined one: those the claim names, or a default pool of smooth ones."""
    named = getattr(claim, "candidates", {}) or {}
    if function in named:
        return tuple(named[function])
    x = sp.Symbol("x", real=True)
    pool = (x, x**2, 3 * x - 1, x**3 - x, 1 / (1 + x**2), sp.Abs(x))
    return tuple(sp.Lambda(x, body) for body in pool)


def draw_family(family: lang.Family, values: Values, chooser: Chooser, limit: int) -> dict[tuple[int, ...], Any]:
    """Values of a family at every index in its ranges."""
    places = list(index_tuples(family, values))
    if family.simplex is True:
        return dict(zip(places, chooser.simplex(family.name, len(places)), strict=True))
    if family.domain.integer:
        low = max(int(family.domain.lower), -limit) if family.domain.lower != -sp.oo else -limit
        high = limit if family.domain.upper == sp.oo else int(family.domain.upper)
        return {p: chooser.integer(f"{family.name}{list(p)}", low, high) for p in places}
    return {p: chooser.number(f"{family.name}{list(p)}", family.domain) for p in places}


def index_tuples(family: lang.Family, values: Values) -> Iterator[tuple[int, ...]]:
    """All indices of a family at given sizes."""
    ev = Evaluator(values)

    def walk(position: int, bound: dict[Any, Any], sofar: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if position == len(family.ranges):
            yield sofar
            return
        symbol, low, high = family.ranges[position]
        for k in range(ev.integer(low, bound), ev.integer(high, bound) + 1):
            yield from walk(position + 1, {**bound, symbol: k}, (*sofar, k))

    return walk(0, {}, ())


def require_hypotheses(claim: Any, values: Values) -> None:
    """Raise Rejected unless every hypothesis is exactly true (or agrees within the resolution) at the instance."""
    for hypothesis in claim.hypotheses:
        try:
            truth = judge(hypothesis.condition, values, expectation).truth
        except Undefined as error:
            raise Rejected(f"{hypothesis.name}: {error}") from None
        if truth is not Truth.TRUE:
            raise Rejected(f"hypothesis {hypothesis.name} does not hold")


def check_admissible(claim: Any, values: Values) -> None:
    """Raise Rejected when a given instance leaves a domain, misses an atom or violates a hypothesis."""
    integers, reals, families = atoms_of(claim)
    for atom in [*integers, *reals]:
        if atom not in values:
            raise Rejected(f"no value for {atom}")
        if not atom.domain.contains(sp.sympify(values[atom])):
            raise Rejected(f"{atom} = {values[atom]} is outside its domain, {atom.domain}")
    for family in families:
        if family not in values:
            raise Rejected(f"no value for {family}")
        if isinstance(family, UndefinedFunction):
            continue
        entries: Mapping[Any, Any] = values[family]
        for place in index_tuples(family, values):
            if place not in entries:
                raise Rejected(f"no value for {family}{list(place)}")
            if not family.domain.contains(sp.sympify(entries[place])):
                raise Rejected(f"{family}{list(place)} = {entries[place]} is outside its domain, {family.domain}")
        if family.simplex is True and sum(sp.sympify(v) for v in entries.values()) != 1:
            raise Rejected(f"{family} does not sum to one")
    require_hypotheses(claim, values)


# --- choosers ---------------------------------------------------------------------------------------------------

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


def describe(values: Mapping[Any, Any]) -> dict[str, Any]:
    """An instance in plain strings, for reports and JSON."""
    found: dict[str, Any] = {}
    for atom, value in values.items():
        if isinstance(value, Mapping):
            entries = {k: str(_plain(v)) for k, v in value.items()}
            one = all(len(k) == 1 for k in entries)
            found[str(atom)] = list(entries.values()) if one else {str(list(k)): v for k, v in entries.items()}
        else:
            found[str(atom)] = str(_plain(value))
    return found


def _plain(value: Any) -> Any:
    return sp.Rational(int(value.p), int(value.q)) if isinstance(value, fmpq) else value


__all__ = ["Chooser", "RandomChooser", "Rejected", "Unsupported", "Values", "build", "check_admissible", "describe"]
