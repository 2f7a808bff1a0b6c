"""Finite sums and products over ranges of any size.

A sum is distributed over the terms of its body; what is free of its indices stands before it, and indices that share
no factor are summed apart, so that each sum that is left is one atom: the sum of one monomial over indices that hang
together, which have canonical names. An empty range has no terms: a constant is counted, and a denominator that the
range could tell to be 0 is taken out of it, only where the range is certainly not empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import chain, islice, permutations
from itertools import product as choices
from typing import TypeAlias

from dropout_theory.recheck.steps import normal as whole
from dropout_theory.recheck.steps.binding import CannotSubstitute, free, random, ranges, substitute
from dropout_theory.recheck.steps.grammar import ZERO, Term, number, walk
from dropout_theory.recheck.steps.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    TooLarge,
    add,
    as_term,
    atom,
    multiply,
    product,
    scale,
    subtract,
)
from dropout_theory.recheck.steps.signs import is_distribution, is_integer, is_nonnegative, is_positive

Binder: TypeAlias = tuple[Term, Term, Term]  # an index, its first and its last value; inner ones stand first

MAX_BINDERS, MAX_ORDERS = 8, 48


# --- indices --------------------------------------------------------------------------------------------------------


def numbers(letter: str, wanted: int, *terms: Term) -> list[int]:
    """Numbers for new names of indices: above all that stand in some terms."""
    first = max([_highest(letter, t) for t in terms], default=0) + 1
    return list(range(first, first + wanted))


@cache
def _highest(letter: str, term: Term) -> int:
    names = [str(t.args[0]) for t in walk(term) if t.op in ("index", "variable")]
    return max([int(name[1:]) for name in names if name[:1] == letter and name[1:].isdecimal()], default=0)


def fresh(letter: str, wanted: int, *terms: Term) -> list[Term]:
    """Indices that occur nowhere in some terms."""
    return [Term("index", f"{letter}{n}", "integer") for n in numbers(letter, wanted, *terms)]


def opened(body: Term, limits: Iterable[Term], *others: Term) -> tuple[Term, list[Binder]]:
    """The body of a sum and its ranges under names that nothing else has."""
    found = [r.terms for r in limits]
    if len({r[0] for r in found}) < len(found):
        raise CannotSubstitute(f"an index is bound twice: {found}")
    named = dict(zip([r[0] for r in found], fresh("~", len(found), body, *chain(*found), *others), strict=True))
    binders = []
    for n, (x, low, high) in enumerate(found):  # an end sees the indices of the sums around it
        around = {r[0]: named[r[0]] for r in found[n + 1:]}
        binders.append((named[x], canonical(low, around), canonical(high, around)))
    return substitute(body, named), binders


def canonical(t: Term, values: dict[Term, Term]) -> Term:
    """An expression with values for indices, in normal form."""
    return as_term(whole.normal(substitute(t, values)))


def minus(left: Term, right: Term) -> Polynomial:
    return subtract(whole.normal(left), whole.normal(right))


def differ(left: Term, right: Term) -> bool:
    """Whether two expressions are certainly not equal."""
    return any(is_positive(as_term(scale(minus(left, right), sign))) for sign in (1, -1))


def at_least_0(gap: Polynomial, binders: Iterable[Binder] = ()) -> bool:
    """Whether an expression is at least 0 at all values of the indices of ranges, none of which is empty."""
    for x, low, high in binders:
        slope = gap.get(((x, Fraction(1)),), Fraction(0))
        gap = subtract(gap, scale(atom(x), slope))
        if any(x in free(t) for m in gap for t, _ in m):
            return False
        gap = add(gap, scale(whole.normal(low if slope > 0 else high), slope))
    return is_nonnegative(as_term(gap))


# --- sums -----------------------------------------------------------------------------------------------------------


def summed_over(body: Term, limits: tuple[Term, ...]) -> Polynomial:
    """The normal form of a sum."""
    body, binders = opened(body, limits)
    return summed(whole.normal(body), binders)


def summed(p: Polynomial, binders: list[Binder]) -> Polynomial:
    """A polynomial summed over some indices."""
    if not binders:
        return p
    total: Polynomial = {}
    for m, c in p.items():
        factor, single, inner = flattened(m, binders)
        total = add(total, scale(_of_monomial(single, inner), c * factor))
    return total


def flattened(m: Monomial, binders: list[Binder], also: bool = False) -> tuple[Fraction, Monomial, list[Binder]]:
    """A monomial under binders with the sums in it opened that speak of their indices, `also` those that are random."""
    for t, e in m:
        speaks = free(t).intersection(x for x, *_ in binders) or also and random(t)
        if t.op != "sum" or e.denominator != 1 or e < 0 or not speaks or also and any(map(random, t.terms[1:])) \
                or len(binders) + int(e) * (len(t.terms) - 1) > MAX_BINDERS:
            continue
        found: Polynomial = {tuple(f for f in m if f[0] is not t): Fraction(1)}
        for _ in range(int(e)):
            body, more = opened(t.terms[0], t.terms[1:], *chain(*binders), *[u for u, _ in m])
            found, binders = multiply(found, whole.normal(body)), [*more, *binders]
        if len(found) > 1:
            raise TooLarge(f"a sum of several terms: {t}")
        (single, coefficient), = found.items()
        factor, single, binders = flattened(single, binders, also)
        return coefficient * factor, single, binders
    return Fraction(1), m, binders


def _of_monomial(m: Monomial, binders: list[Binder]) -> Polynomial:
    """A monomial without sums that speak of the indices, summed over them."""
    ends = {x: (low, high) for x, low, high in binders}
    for x, low, high in binders:
        gap = minus(high, low)
        if set(gap) <= {()} and gap.get((), Fraction(0)) <= 0 and is_integer(low):  # no value, or one
            return {} if gap.get((), Fraction(0)) < 0 else _put(x, low, m, binders)
    for t, e in m:  # an index that equals another of the same range
        if t.op == "equal-indices" and e > 0:
            for x, y in (t.terms, t.terms[::-1]):
                if x in ends and ends[x] == ends.get(y) and not any(x in free(end) for end in chain(*ends.values())):
                    return _put(x, y, tuple(f for f in m if f[0] is not t), binders)
    outside, groups = _components(m, binders)
    result: Polynomial = {outside: Fraction(1)}
    for factors, own in groups:
        result = multiply(result, _of_group(factors, own))
    return result


def _put(x: Term, value: Term, m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum with a value for an index, which is no longer summed over."""
    left = [(y, canonical(low, {x: value}), canonical(high, {x: value})) for y, low, high in binders if y is not x]
    return summed(whole.normal(substitute(product(m), {x: value})), left)


Group: TypeAlias = tuple[Monomial, list[Binder]]


def _components(m: Monomial, binders: list[Binder]) -> tuple[Monomial, list[Group]]:
    """What is free of all indices, and the factors and indices that hang together, in their order."""
    groups: list[Group] = []

    def join(factors: Monomial, own: list[Binder], touches: frozenset[Term]) -> None:
        near = [g for g in groups if touches.intersection(x for x, *_ in g[1])]
        groups[:] = [g for g in groups if g not in near]
        groups.append(((*factors, *[f for g in near for f in g[0]]), [*own, *[b for g in near for b in g[1]]]))

    for b in reversed(binders):  # an inner range may speak of the outer ones
        join((), [b], free(b[1]) | free(b[2]))
    indices, outside = {x for x, *_ in binders}, []
    for t, e in m:
        touches = free(t) & indices
        if not touches and not _is_safe(t, e):  # where a range is empty, it is not evaluated there
            touches = frozenset(x for x, low, high in binders
                                if free(t) & (free(low) | free(high)) and not at_least_0(minus(high, low), binders))
        if touches:
            join(((t, e),), [], touches)
        else:
            outside.append((t, e))
    return tuple(outside), [(tuple(f for f in m if f in factors), [b for b in binders if b in own])
                            for factors, own in groups]


def _is_safe(t: Term, e: Fraction) -> bool:
    """Whether a factor is no denominator that may be 0."""
    return e > 0 and (t.op != "^" or t.terms[1].number is not None) or is_positive(t)


def _of_group(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum of a monomial over indices that hang together."""
    (x, low, high), *around = binders
    times = add(minus(high, low), UNIT)
    if not m and is_integer(low) and is_integer(high) and at_least_0(times, around):  # a constant is counted
        return summed(times, around)
    if not around and len(m) == 1 and m[0][1] == 1 and is_whole_distribution(m[0][0], x, low, high):
        return UNIT
    return _named(m, binders)


def is_whole_distribution(t: Term, x: Term, low: Term, high: Term) -> bool:
    """Whether a term is the probability of x, and x runs through all of the range of its distribution."""
    return t.op == "entry" and t.terms[1:] == (x,) and is_distribution(t.terms[0]) \
        and not any(minus(a, b) for a, b in zip((low, high), ranges(t.terms[0])[0][1:], strict=True))


# --- canonical names ------------------------------------------------------------------------------------------------


def _named(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The atom for a sum, its indices under the names that make it the first of all in the order of digests."""
    body = product(m)
    names = fresh("#", len(binders), body, *[end for _, *ends in binders for end in ends])
    found: list[tuple[str, Fraction, Term]] = []
    for order in _orders(m, binders):
        named = dict(zip(order, names, strict=True))
        inside = whole.normal(substitute(body, named))
        limits = {named[x]: (canonical(low, named), canonical(high, named)) for x, low, high in binders}
        coefficient, inner = Fraction(1), as_term(inside)
        if len(inside) == 1:
            (single, coefficient), = inside.items()
            inner = product(single)
        term = Term("sum", inner, *_inner_first(limits))
        found.append((term.digest, coefficient, term))
    _, coefficient, term = min(found, key=lambda f: f[:2])
    return scale(atom(term), coefficient)


def _inner_first(limits: dict[Term, tuple[Term, Term]]) -> Iterator[Term]:
    """Ranges in an order in which each end sees the indices it speaks of."""
    left = dict(limits)
    while left:
        x = next(x for x in sorted(left, key=lambda x: int(str(x.args[0])[1:]))
                 if not any(x in free(end) for end in chain(*left.values())))
        yield Term("range", x, *left.pop(x))


def _orders(m: Monomial, binders: list[Binder]) -> Iterable[tuple[Term, ...]]:
    """Orders of the indices by where they occur; those that occur alike in every order, up to a bound."""
    if len(binders) == 1:
        return [(binders[0][0],)]
    classes: dict[tuple[str, ...], list[Term]] = {}
    for x, *_ in binders:
        classes.setdefault(_signature(x, m, binders), []).append(x)
    groups = [permutations(classes[s]) for s in sorted(classes)]
    return [tuple(chain(*choice)) for choice in islice(choices(*groups), MAX_ORDERS)]


def _signature(x: Term, m: Monomial, binders: list[Binder]) -> tuple[str, ...]:
    """Where an index occurs, told without the names of any."""
    marks = {y: Term("index", "~this" if y is x else "~other", "integer") for y, *_ in binders}
    places = sorted(f"{canonical(t, marks).digest} {e}" for t, e in m if x in free(t))
    own = [canonical(end, marks).digest for y, *ends in binders if y is x for end in ends]
    inside = sorted(canonical(end, marks).digest for _, *ends in binders for end in ends if x in free(end))
    return (*own, "factors", *places, "ends", *inside)


# --- products -------------------------------------------------------------------------------------------------------


def product_over(body: Term, limits: tuple[Term, ...]) -> Polynomial:
    """The normal form of a product: of each factor for itself, of a positive one by its logarithm."""
    body, binders = opened(body, limits)
    inside = whole.normal(body)
    for x, low, high in binders:
        inside = _product(inside, x, low, high)
    return inside


def _product(body: Polynomial, x: Term, low: Term, high: Term) -> Polynomial:
    gap, limit = minus(high, low), Term("range", x, low, high)
    whole_ends = is_integer(low) and is_integer(high)
    if whole_ends and at_least_0(gap) and (not body or _is_power_of_0(body, x, low, high)):
        return {}
    result = UNIT
    for t, e in whole.factors(body):
        if is_positive(t):
            found = whole.normal(Term("exp", Term("*", number(e), Term("sum", Term("log", t), limit))))
        elif whole_ends and x not in free(t) and e.denominator == 1 and at_least_0(add(gap, UNIT)):
            found = whole.raised(whole.normal(t), scale(add(gap, UNIT), e))
        else:
            found = atom(whole.opaque_product(t if e == 1 else Term("^", t, number(e)), limit))
        result = multiply(result, found)
    return result


def _is_power_of_0(body: Polynomial, x: Term, low: Term, high: Term) -> bool:
    """Whether a body is 0^P[x] over the whole of a distribution: one of the probabilities is positive."""
    t = as_term(body)
    return t.op == "^" and t.terms[0] is ZERO and is_whole_distribution(t.terms[1], x, low, high)
