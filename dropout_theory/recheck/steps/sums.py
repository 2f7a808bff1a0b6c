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
from itertools import chain, permutations
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

Binder: TypeAlias = tuple[Term, Term, Term]  # an index, its first and its last value

MAX_BINDERS, MAX_ORDERS = 8, 48


def numbers(letter: str, wanted: int, *terms: Term) -> list[int]:
    """Numbers for new names of indices: above all that stand in some terms."""
    first = max([_highest(letter, t) for t in terms], default=0) + 1
    return list(range(first, first + wanted))


@cache
def _highest(letter: str, term: Term) -> int:
    names = [str(t.args[0]) for t in walk(term) if t.op in ("index", "variable")]
    return max([int(name[1:]) for name in names if name[:1] == letter and name[1:].isdecimal()], default=0)


def fresh(wanted: int, *terms: Term) -> list[Term]:
    """Indices that occur nowhere in some terms."""
    return [Term("index", f"~{n}", "integer") for n in numbers("~", wanted, *terms)]


def opened(body: Term, limits: Iterable[Term], *others: Term) -> tuple[Term, list[Binder]]:
    """The body of a sum and its ranges, inner first, under names that nothing else has."""
    found = [r.terms for r in limits]
    if len({r[0] for r in found}) < len(found):
        raise CannotSubstitute(f"an index is bound twice: {found}")
    names = fresh(len(found), body, *chain.from_iterable(found), *others)
    binders = []
    for n, (_, low, high) in enumerate(found):
        outer = {r[0]: name for r, name in list(zip(found, names, strict=True))[n + 1:]}
        binders.append((names[n], substitute(low, outer), substitute(high, outer)))
    return substitute(body, {r[0]: name for r, name in zip(found, names, strict=True)}), binders


def summed_over(body: Term, limits: tuple[Term, ...]) -> Polynomial:
    """The normal form of a sum."""
    body, binders = opened(body, limits)
    binders = [(x, as_term(whole.normal(low)), as_term(whole.normal(high))) for x, low, high in binders]
    return summed_each(whole.normal(body), binders)


Opened: TypeAlias = tuple[Fraction, Monomial, list[Binder]]


def flattened(m: Monomial, binders: list[Binder], also_random: bool = False) -> Opened:
    """A monomial under binders with the sums in it that speak of their indices (or are random) opened."""
    for t, e in m:
        speaks = free(t).intersection(x for x, *_ in binders) or also_random and random(t)
        if t.op != "sum" or e.denominator != 1 or e < 0 or not speaks \
                or len(binders) + int(e) * (len(t.terms) - 1) > MAX_BINDERS:
            continue
        found: Polynomial = {tuple(f for f in m if f[0] is not t): Fraction(1)}
        for _ in range(int(e)):
            body, more = opened(t.terms[0], t.terms[1:], *chain.from_iterable(binders), *[u for u, _ in m])
            found, binders = multiply(found, whole.normal(body)), [*more, *binders]
        if len(found) == 1:
            (single, coefficient), = found.items()
            factor, single, binders = flattened(single, binders, also_random)
            return coefficient * factor, single, binders
        raise TooLarge(f"a sum of several terms: {t}")
    return Fraction(1), m, binders


def summed(m: Monomial, binders: list[Binder]) -> Polynomial:
    """A monomial summed over some indices."""
    if not binders:
        return {m: Fraction(1)}
    coefficient, m, binders = flattened(m, binders)
    return scale(_summed(m, binders), coefficient)


def summed_each(p: Polynomial, binders: list[Binder]) -> Polynomial:
    """A polynomial summed over some indices."""
    return add(*[scale(summed(m, binders), c) for m, c in p.items()])


def _summed(m: Monomial, binders: list[Binder]) -> Polynomial:
    for x, low, high in binders:
        if (gap := difference(high, low)) is not None and gap <= 0:
            return {} if gap < 0 else _put_for(x, low, m, binders)
    for t, e in m:
        if t.op == "equal-indices" and e > 0:
            done = _sifted(t, m, binders)
            if done is not None:
                return done
    outside, groups = _components(m, binders)
    result: Polynomial = {outside: Fraction(1)}
    for factors, own in groups:
        result = multiply(result, _group(factors, own))
    return result


def difference(high: Term, low: Term) -> Fraction | None:
    """high - low, where it is a number."""
    gap = subtract(whole.normal(high), whole.normal(low))
    return gap.get((), Fraction(0)) if set(gap) <= {()} else None


def _put_for(x: Term, value: Term, m: Monomial, binders: list[Binder], keep: Monomial = ()) -> Polynomial:
    """The sum with a value for an index, which is no longer summed over."""
    body = whole.normal(substitute(product(m), {x: value}))
    left = [(y, as_term(whole.normal(substitute(low, {x: value}))), as_term(whole.normal(substitute(high, {x: value}))))
            for y, low, high in binders if y is not x]
    body = multiply(body, {keep: Fraction(1)})
    return summed_each(body, left)


def _sifted(delta: Term, m: Monomial, binders: list[Binder]) -> Polynomial | None:
    """The sum over an index that equals another expression: that one is put for it."""
    rest = tuple(f for f in m if f[0] is not delta)
    limits = {x: ends for x, *ends in binders}
    for x, y in (delta.terms, delta.terms[::-1]):
        if x not in limits or x in free(y) or any(x in free(end) for ends in limits.values() for end in ends):
            continue
        if limits[x] == limits.get(y) or _within(y, limits[x], binders):
            return _put_for(x, y, rest, binders)
    for x, y in (delta.terms, delta.terms[::-1]):  # what is left of x is in the delta alone
        if x in limits and x not in free(y) and (y not in limits or y.digest < x.digest) \
                and any(x in free(t) for t, _ in rest):
            body = multiply(whole.normal(substitute(product(rest), {x: y})), atom(delta))
            return summed_each(body, binders)
    return None


def _within(y: Term, ends: list[Term], binders: list[Binder]) -> bool:
    """Whether an expression is certainly a whole number between two ends."""
    low, high = ends
    return is_integer(y) and at_least_0(minus(y, low), binders) and at_least_0(minus(high, y), binders)


def minus(left: Term, right: Term) -> Polynomial:
    return subtract(whole.normal(left), whole.normal(right))


def at_least_0(gap: Polynomial, binders: list[Binder]) -> bool:
    """Whether an expression is at least 0 at all values of the indices of ranges, none of which is empty."""
    for x, low, high in binders:
        slope = gap.get(((x, Fraction(1)),), Fraction(0))
        gap = subtract(gap, scale(atom(x), slope))
        if any(x in free(t) for m in gap for t, _ in m):
            return False
        gap = add(gap, scale(whole.normal(low if slope > 0 else high), slope))
    return is_nonnegative(as_term(gap))


def differ(left: Term, right: Term) -> bool:
    """Whether two expressions are certainly not equal."""
    gap = minus(left, right)
    return any(is_positive(as_term(scale(gap, sign))) for sign in (1, -1))


def _nonempty(binders: list[Binder], around: list[Binder]) -> bool:
    return all(at_least_0(minus(high, low), around) for _, low, high in binders)


def _components(m: Monomial, binders: list[Binder]) -> tuple[Monomial, list[tuple[Monomial, list[Binder]]]]:
    """What is free of all indices, and the factors and indices that hang together."""
    groups: list[tuple[list[tuple[Term, Fraction]], list[Binder]]] = []

    def join(factors: list[tuple[Term, Fraction]], own: list[Binder], touches: frozenset[Term]) -> None:
        near = [g for g in groups if touches.intersection(x for x, *_ in g[1])]
        for g in near:
            groups.remove(g)
        groups.append(([*factors, *[f for g in near for f in g[0]]], [*own, *[b for g in near for b in g[1]]]))

    for b in reversed(binders):  # the outer ones first: an inner range may speak of them
        join([], [b], free(b[1]) | free(b[2]))
    indices = {x for x, *_ in binders}
    outside = []
    for t, e in m:
        touches = free(t) & indices
        if not touches and not _is_safe(t, e):  # where a range is empty, it is not evaluated there
            ends = [b for b in binders if free(t) & (free(b[1]) | free(b[2])) and not _nonempty([b], binders)]
            touches = frozenset(x for x, *_ in ends)
        if touches:
            join([(t, e)], [], touches)
        else:
            outside.append((t, e))
    order = {t: n for n, (t, _) in enumerate(m)}
    place = {b: n for n, b in enumerate(binders)}
    return tuple(outside), [(tuple(sorted(f, key=lambda p: order[p[0]])), sorted(own, key=lambda b: place[b]))
                            for f, own in groups]


def _is_safe(t: Term, e: Fraction) -> bool:
    """Whether a factor is no denominator that may be 0."""
    return e > 0 and (t.op != "^" or t.terms[1].number is not None) or is_positive(t)


def _group(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum of a monomial over indices that hang together."""
    if len(binders) == 1:
        (x, low, high), = binders
        if not m and at_least_0(add(minus(high, low), UNIT), []):
            return add(minus(high, low), UNIT)
        if len(m) == 1 and m[0][1] == 1 and is_whole_distribution(m[0][0], x, low, high):
            return UNIT
    elif not m:  # ranges that depend on each other: count the innermost
        (x, low, high), *around = binders
        if at_least_0(add(minus(high, low), UNIT), around) and not any(x in free(end) for _, *ends in around
                                                                       for end in ends):
            return summed_each(add(minus(high, low), UNIT), around)
    return _named(m, binders)


def is_whole_distribution(t: Term, x: Term, low: Term, high: Term) -> bool:
    """Whether a term is the probability of x, and x runs through all of the range of its distribution."""
    return t.op == "entry" and t.terms[1:] == (x,) and is_distribution(t.terms[0]) \
        and all(difference(a, b) == 0 for a, b in zip((low, high), ranges(t.terms[0])[0][1:], strict=True))


def _named(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The atom for a sum, its indices under the names that make it the first of all in the order of digests."""
    body = product(m)
    ends = [end for _, *both in binders for end in both]
    names = [Term("index", f"#{n}", "integer") for n in numbers("#", len(binders), body, *ends)]
    found: list[tuple[str, Fraction, Term]] = []
    for order in _orders(m, binders):
        named = dict(zip(order, names, strict=True))
        inside = whole.normal(substitute(body, named))
        limits = {named[x]: [as_term(whole.normal(substitute(end, named))) for end in both] for x, *both in binders}
        coefficient, inner = next(((c, product(n)) for n, c in inside.items()), (Fraction(0), ZERO))
        if len(inside) > 1:
            coefficient, inner = Fraction(1), as_term(inside)
        term = Term("sum", inner, *_inner_first(limits))
        found.append((term.digest, coefficient, term))
    _, coefficient, term = min(found, key=lambda f: f[:2])
    return scale(atom(term), coefficient)


def _inner_first(limits: dict[Term, list[Term]]) -> Iterator[Term]:
    """Ranges in an order in which each end sees the indices it speaks of."""
    left = dict(limits)
    while left:
        x = next(x for x in sorted(left, key=lambda x: int(str(x.args[0])[1:]))
                 if not any(x in free(end) for ends in left.values() for end in ends))
        yield Term("range", x, *left.pop(x))


def _orders(m: Monomial, binders: list[Binder]) -> Iterable[tuple[Term, ...]]:
    """Orders of the indices by where they occur; those that occur alike in every order, up to a bound."""
    if len(binders) == 1:
        return [(binders[0][0],)]
    classes: dict[tuple[str, ...], list[Term]] = {}
    for x, *_ in binders:
        classes.setdefault(_signature(x, m, binders), []).append(x)
    groups = [permutations(classes[s]) for s in sorted(classes)]
    return [tuple(chain.from_iterable(choice)) for choice, _ in zip(choices(*groups), range(MAX_ORDERS), strict=False)]


_THIS, _OTHER = Term("index", "~this", "integer"), Term("index", "~other", "integer")


def _signature(x: Term, m: Monomial, binders: list[Binder]) -> tuple[str, ...]:
    marks = {y: _THIS if y is x else _OTHER for y, *_ in binders}

    def told(t: Term) -> str:
        return as_term(whole.normal(substitute(t, marks))).digest

    places = sorted(f"{told(t)} {e}" for t, e in m if x in free(t))
    inside = sorted(told(end) for _, *ends in binders for end in ends if x in free(end))
    own = [told(end) for y, *ends in binders if y is x for end in ends]
    return (*own, "factors", *places, "ends", *inside)


# --- products ---------------------------------------------------------------------------------------------------------


def product_over(body: Term, limits: tuple[Term, ...]) -> Polynomial:
    """The normal form of a product: of each factor for itself, of a positive one by its logarithm."""
    body, binders = opened(body, limits)
    inside = whole.normal(body)
    for x, low, high in binders:
        inside = _product(inside, x, low, high)
    return inside


def _product(body: Polynomial, x: Term, low: Term, high: Term) -> Polynomial:
    gap = minus(high, low)
    limit = Term("range", x, as_term(whole.normal(low)), as_term(whole.normal(high)))
    if set(gap) <= {()} and gap.get((), Fraction(0)) <= 0:
        return UNIT if gap else whole.normal(substitute(as_term(body), {x: low}))
    full = at_least_0(gap, [])
    if full and (not body or _powers_of_0(body, x, low, high)):
        return {}
    result = UNIT
    for t, e in whole.factors(body):
        if is_positive(t):
            log = Term("*", number(e), Term("sum", Term("log", t), limit))
            result = multiply(result, whole.normal(Term("exp", log)))
        elif x not in free(t) and e.denominator == 1 and (full or at_least_0(add(gap, UNIT), [])):
            times = scale(add(gap, UNIT), e)
            result = multiply(result, whole.raised(whole.normal(t), times))
        elif e.denominator == 1:
            result = multiply(result, atom(whole.opaque_product(t, limit), e))
        else:
            result = multiply(result, atom(whole.opaque_product(Term("^", t, number(e)), limit)))
    return result


def _powers_of_0(body: Polynomial, x: Term, low: Term, high: Term) -> bool:
    """Whether a body is 0^P[x] over the whole of a distribution: one of the probabilities is positive."""
    (m, c), = body.items() if len(body) == 1 else [((), Fraction(0))]
    return len(m) == 1 and c == 1 and m[0][1] == 1 and m[0][0].op == "^" and m[0][0].terms[0] is ZERO \
        and is_whole_distribution(m[0][0].terms[1], x, low, high)

