"""Finite sums and products over ranges of any size.

A sum is distributed over the terms of its body; what is free of its indices stands before it, and indices that share
no factor are summed apart, so that each sum that is left is one atom: the sum of one monomial over indices that hang
together, which have canonical names. An empty range has no terms: a constant is counted, and a denominator that the
range could tell to be 0 is taken out of it, only where the range is certainly not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import chain
from typing import TypeAlias, TypeVar

from dropout_theory.recheck.steps import normal as whole
from dropout_theory.recheck.steps.binding import CannotSubstitute, free, random, substitute
from dropout_theory.recheck.steps.bounds import is_distribution, is_integer, is_nonnegative, is_positive
from dropout_theory.recheck.steps.grammar import Term, number, ranges, walk
from dropout_theory.recheck.steps.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    TooLarge,
    add,
    as_term,
    atom,
    product,
    scale,
    subtract,
    term_of,
)

Binder: TypeAlias = tuple[Term, Term, Term]  # an index, its first and its last value; inner ones stand first
Item = TypeVar("Item")

MAX_BINDERS = 8


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
        binders.append((named[x], put(low, around), put(high, around)))
    return substitute(body, named), binders


def put(t: Term, values: dict[Term, Term]) -> Term:
    """An expression with values for indices, in normal form."""
    return as_term(whole.normal(substitute(t, values)))


def gap(left: Term, right: Term) -> Polynomial:
    return subtract(whole.normal(left), whole.normal(right))


def differ(left: Term, right: Term) -> bool:
    """Whether two expressions are certainly not equal."""
    return any(is_positive(as_term(scale(gap(left, right), sign))) for sign in (1, -1))


def at_least_0(p: Polynomial, binders: Iterable[Binder] = ()) -> bool:
    """Whether an expression is at least 0 at all values of the indices of ranges, none of which is empty."""
    for x, low, high in binders:
        slope = p.get(((x, Fraction(1)),), Fraction(0))
        p = subtract(p, scale(atom(x), slope))
        if any(x in free(t) for m in p for t, _ in m):
            return False
        p = add(p, scale(whole.normal(low if slope > 0 else high), slope))
    return is_nonnegative(as_term(p))


def joined(items: Iterable[Item], near: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """The items in groups: those that are near each other, directly or by others, together."""
    groups: list[list[Item]] = []
    for item in items:
        close = [g for g in groups if any(near(item, other) for other in g)]
        groups = [*[g for g in groups if g not in close], [*[other for g in close for other in g], item]]
    return groups


# --- sums -----------------------------------------------------------------------------------------------------------


def summed_over(body: Term, limits: tuple[Term, ...]) -> Polynomial:
    """The normal form of a sum."""
    body, binders = opened(body, limits)
    return summed(whole.normal(body), binders)


def summed(p: Polynomial, binders: list[Binder]) -> Polynomial:
    """A polynomial summed over some indices."""
    if not binders:
        return p
    total = []
    for m, c in p.items():
        factor, single, inner = flattened(m, binders)
        total.append(scale(_of_monomial(single, inner), c * factor))
    return add(*total)


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
            found, binders = product(found, whole.normal(body)), [*more, *binders]
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
        length = gap(high, low)
        if set(length) <= {()} and length.get((), Fraction(0)) <= 0 and is_integer(low):  # no value, or one
            return {} if length else _with_value(x, low, m, binders)
    for t, e in m:  # an index that equals another of the same range
        if t.op == "equal-indices" and e > 0:
            for x, y in (t.terms, t.terms[::-1]):
                if x in ends and ends[x] == ends.get(y) and not any(x in free(end) for end in chain(*ends.values())):
                    return _with_value(x, y, tuple(f for f in m if f[0] is not t), binders)
    indices = frozenset(ends)
    touches: dict[tuple[Term, object], frozenset[Term]] = {}
    for x, low, high in reversed(binders):  # an inner range may speak of the outer ones
        touches[x, None] = {x} | (free(low) | free(high)) & indices
    for t, e in m:
        touches[t, e] = free(t) & indices
        if not touches[t, e] and not _is_safe(t, e):  # where a range is empty, it is not evaluated there
            touches[t, e] = frozenset(x for x, low, high in binders if free(t) & (free(low) | free(high))
                                      and not at_least_0(gap(high, low), binders))
    result: Polynomial = {tuple(f for f in m if not touches[f]): Fraction(1)}
    for group in joined([item for item, touched in touches.items() if touched],
                        lambda a, b: bool(touches[a] & touches[b])):
        result = product(result, _of_group(tuple(f for f in m if f in group),
                                           [b for b in binders if (b[0], None) in group]))
    return result


def _with_value(x: Term, value: Term, m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum with a value for an index, which is no longer summed over."""
    left = [(y, put(low, {x: value}), put(high, {x: value})) for y, low, high in binders if y is not x]
    return summed(whole.normal(substitute(term_of(m), {x: value})), left)


def _is_safe(t: Term, e: Fraction) -> bool:
    """Whether a factor is no denominator that may be 0."""
    return e > 0 and (t.op != "^" or t.terms[1].number is not None) or is_positive(t)


def _of_group(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum of a monomial over indices that hang together."""
    (x, low, high), *around = binders
    times = add(gap(high, low), UNIT)
    if not m and is_integer(low) and is_integer(high) and at_least_0(times, around):  # a constant is counted
        return summed(times, around)
    if not around and len(m) == 1 and m[0][1] == 1 and _is_whole_distribution(m[0][0], x, low, high):
        return UNIT
    return _named(m, binders)


def _is_whole_distribution(t: Term, x: Term, low: Term, high: Term) -> bool:
    """Whether a term is the probability of x, and x runs through all of the range of its distribution."""
    return t.op == "entry" and t.terms[1:] == (x,) and is_distribution(t.terms[0]) \
        and not any(gap(a, b) for a, b in zip((low, high), ranges(t.terms[0])[0].terms[1:], strict=True))


# --- canonical names ------------------------------------------------------------------------------------------------


def _named(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The atom for a sum, its indices under names by where they occur."""
    names = fresh("#", len(binders), term_of(m), *[end for _, *ends in binders for end in ends])
    order = sorted([x for x, *_ in binders], key=lambda x: _signature(x, m, binders))
    named = dict(zip(order, names, strict=True))
    inside = whole.normal(substitute(term_of(m), named))
    limits = {named[x]: (put(low, named), put(high, named)) for x, low, high in binders}
    coefficient, inner = Fraction(1), as_term(inside)
    if len(inside) == 1:
        (single, coefficient), = inside.items()
        inner = term_of(single)
    return scale(atom(Term("sum", inner, *_inner_first(limits))), coefficient)


def _inner_first(limits: dict[Term, tuple[Term, Term]]) -> Iterator[Term]:
    """Ranges in an order in which each end sees the indices it speaks of."""
    left = dict(limits)
    while left:
        x = next(x for x in sorted(left, key=lambda x: int(str(x.args[0])[1:]))
                 if not any(x in free(end) for end in chain(*left.values())))
        yield Term("range", x, *left.pop(x))


def _signature(x: Term, m: Monomial, binders: list[Binder]) -> tuple[str, ...]:
    """Where an index occurs, told without the names of any."""
    marks = {y: Term("index", "~this" if y is x else "~other", "integer") for y, *_ in binders}
    places = sorted(f"{put(t, marks).digest} {e}" for t, e in m if x in free(t))
    own = [put(end, marks).digest for y, *ends in binders if y is x for end in ends]
    inside = sorted(put(end, marks).digest for _, *ends in binders for end in ends if x in free(end))
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
    limit, times = Term("range", x, low, high), add(gap(high, low), UNIT)
    counted = is_integer(low) and is_integer(high) and at_least_0(times)
    result = UNIT
    for t, e in whole.factors(body):
        if is_positive(t):
            found = whole.normal(Term("exp", Term("*", number(e), Term("sum", Term("log", t), limit))))
        elif counted and x not in free(t) and e.denominator == 1:
            found = whole.raised(whole.normal(t), scale(times, e))
        else:
            found = atom(whole.canonical(Term("product", t if e == 1 else Term("^", t, number(e)), limit)))
        result = product(result, found)
    return result
