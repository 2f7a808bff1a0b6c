"""Instances: values for every free atom of a claim, drawn inside the domains and hypotheses.

A chooser decides each value, so that exact grids, random draws and hypothesis strategies share one construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory import language as lang
from dropout_theory.evaluation.choosers import Chooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, Prover, judge
from dropout_theory.evaluation.values import Truth, Undefined
from dropout_theory.language import Values, atoms_of


class Rejected(Exception):
    """The drawn values violate a hypothesis."""


def build(claim: Any, chooser: Chooser, max_size: int = 3, proves: Prover | None = None) -> Values:
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
    require_hypotheses(claim, values, proves)
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


def require_hypotheses(claim: Any, values: Values, proves: Prover | None = None) -> None:
    """Raise Rejected unless every hypothesis is exactly true (or agrees within the resolution) at the instance."""
    for hypothesis in claim.hypotheses:
        try:
            truth = judge(hypothesis.condition, values, expectation, proves=proves).truth
        except Undefined as error:
            raise Rejected(f"{hypothesis.name}: {error}") from None
        if truth is not Truth.TRUE:
            raise Rejected(f"hypothesis {hypothesis.name} does not hold")


def check_admissible(claim: Any, values: Values, proves: Prover | None = None) -> None:
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
    require_hypotheses(claim, values, proves)
