"""Instances: values for every free atom of a claim, drawn inside the domains and hypotheses.

A chooser decides each value, so that exact grids, random draws and hypothesis strategies share one construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory import language as lang
from dropout_theory.evaluation.choosers import Chooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, Prover, judge
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import Domain, Values, atoms_of
from dropout_theory.language.admission import promise_not_kept


class Rejected(Exception):
    """The drawn values violate a hypothesis."""


def build(claim: Any, chooser: Chooser, max_size: int = 3, proves: Prover | None = None) -> Values:
    """Draw one instance and check its hypotheses. Raises Rejected when one fails, Unsupported when undecided."""
    values: Values = {}
    limit = claim.limits.get("max_size", max_size)
    integers, reals, families = atoms_of(claim)
    for atom in integers:
        values[atom] = chooser.integer(atom.name, *_ends(atom.domain, limit))
    for atom in reals:
        values[atom] = chooser.number(atom.name, atom.domain)
    sizes_first = sorted(families, key=lambda f: 0 if isinstance(f, lang.Family) and f.domain.integer else 1)
    for atom in sizes_first:
        if isinstance(atom, UndefinedFunction):
            values[atom] = chooser.pick(str(atom), list(candidates(claim, atom)))
        else:
            values[atom] = draw_family(atom, values, chooser, limit)
    check_admissible(claim, values, proves)
    return values


def whole_numbers(domain: Domain, limit: int) -> range:
    """The integers of a domain of integers, those beyond `limit` left out on a side where it has no end."""
    low, high = domain.lower, domain.upper
    first = None if low == -sp.oo else int(sp.ceiling(low)) + bool(domain.open_below and low.is_integer)
    last = None if high == sp.oo else int(sp.floor(high)) - bool(domain.open_above and high.is_integer)
    if first is None:
        first = -limit if last is None else min(-limit, last)
    if last is None:
        last = max(limit, first)
    return range(first, last + 1)


def _ends(domain: Domain, limit: int) -> tuple[int, int]:
    """The least and the largest small integer of a domain. Raises Rejected where it holds none."""
    numbers = whole_numbers(domain, limit)
    if not numbers:
        raise Rejected(f"no integer lies in {domain}")
    return max(numbers[0], min(-limit, numbers[-1])), numbers[-1]


def candidates(claim: Any, function: Any) -> tuple[sp.Lambda, ...]:
    """Concrete functions to try for an undefined one: those the claim names, or a default pool.

    The pool has polynomials, bounded, growing, kinked, concave and oscillating functions, those of them that are what
    the function is declared to be. Raises Unsupported where none is.
    """
    named = getattr(claim, "candidates", {}) or {}
    if function in named:
        return tuple(named[function])
    x = sp.Symbol("x", real=True)
    pool = (x, x**2, 3 * x - 1, x**3 - x, 1 / (1 + x**2), sp.Abs(x), sp.exp(x), sp.tanh(x), lang.Relu(x), 2 * x - x**2,
            sp.sin(2 * x))
    found = tuple(f for f in (sp.Lambda(x, sign * body) for sign in (1, -1) for body in (*pool, sp.S.One))
                  if promise_not_kept(function, f) is None)
    if not found:
        raise Unsupported(f"no formula at hand is what {function} is declared to be: name candidates")
    return found[:len(pool)]


def draw_family(family: lang.Family, values: Values, chooser: Chooser, limit: int) -> dict[tuple[int, ...], Any]:
    """Values of a family at every index in its ranges."""
    places = list(index_tuples(family, values))
    if family.simplex is True:
        return dict(zip(places, chooser.simplex(family.name, len(places)), strict=True))
    if family.domain.integer:
        ends = _ends(family.domain, limit)
        return {p: chooser.integer(f"{family.name}{list(p)}", *ends) for p in places}
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
        if judge(hypothesis.condition, values, expectation, proves=proves).truth is not Truth.TRUE:
            raise Rejected(f"hypothesis {hypothesis.name} does not hold")


def check_admissible(claim: Any, values: Values, proves: Prover | None = None) -> None:
    """Raise Rejected unless values are an instance of a claim.

    Every atom has a value in its domain, families at their indices and nowhere else; distributions sum to one;
    hypotheses hold. A law that is none there leaves what is said of it undefined, and the instance admissible. Raises
    Unsupported where that cannot be told.
    """
    for atom in chain(*atoms_of(claim)):
        require_value(atom, values)
    require_hypotheses(claim, values, proves)


def require_value(atom: Any, values: Values) -> None:
    """Raise Rejected unless an atom has a value that it may take."""
    if atom not in values:
        raise Rejected(f"no value for {atom}")
    value = values[atom]
    if isinstance(atom, UndefinedFunction):
        if not isinstance(value, sp.Lambda) or value.free_symbols:
            raise Rejected(f"{atom} is {value}, no function of its arguments alone")
        if (promise := promise_not_kept(atom, value)) is not None:
            raise Rejected(f"{atom} is declared {promise}, and {value.expr} is not known to be")
    elif isinstance(atom, lang.RANDOM):
        raise Rejected(f"{atom} has a law or a definition, and no value of its own")
    elif isinstance(atom, lang.Family):
        _require_entries(atom, value, values)
    elif not _lies_in(atom.domain, value):
        raise Rejected(f"{atom} = {value} is outside its domain, {atom.domain}")


def _require_entries(family: lang.Family, entries: Any, values: Values) -> None:
    places = list(index_tuples(family, values))
    if not isinstance(entries, Mapping) or set(entries) != set(places):
        missing = [p for p in places if not isinstance(entries, Mapping) or p not in entries]
        raise Rejected(f"no value for {family}{list(missing[0])}" if missing else
                       f"{family} has entries beyond its range, {sorted(set(entries) - set(places))}")
    for place in places:
        if not _lies_in(family.domain, entries[place]):
            raise Rejected(f"{family}{list(place)} = {entries[place]} is outside its domain, {family.domain}")
    if family.simplex is True and sp.expand(sum(map(sp.sympify, entries.values()))) != 1:
        raise Rejected(f"{family} does not sum to one")


def _lies_in(domain: Domain, value: Any) -> bool:
    """Whether a value is an exact real number in a domain."""
    number = sp.sympify(value)
    if number.is_Rational:
        return domain.contains(number)
    return bool(number.is_number and number.is_real and not number.has(sp.Float)) and domain.contains(number)
