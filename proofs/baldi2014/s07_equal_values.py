"""A function of the class of section 7 with equal values at two points is constant on the whole line.

The instances at the end show what the hypotheses of these claims and of eq. (59) are for.
"""

from __future__ import annotations

from typing import Any

from sympy import Lambda, Symbol, exp, log

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import OPEN_UNIT, PROBABILITY, Scalar, equal, less, less_equal
from dropout_theory.papers.baldi2014 import s07_equal_values as sharper
from dropout_theory.papers.baldi2014 import s07_functions as claims
from dropout_theory.proof import Theorem

from .s07_functions import constant_between, one_everywhere, share_of, zero_everywhere

a, b, f, u, v, x = claims.a, claims.b, claims.f, claims.u, claims.v, claims.x


def value_beyond() -> tuple[tuple[Scalar, ...], Theorem]:
    """B = A, where A is the normalised mean of A and B with a share of B: in logarithms, as log(B/(1 - B)) rises.

    A' and B' stand for the complements; B has the share 1 - p, and p < 1.
    """
    one, other, one_less, other_less = (Scalar(name, OPEN_UNIT) for name in ("A", "B", "A'", "B'"))
    p = Scalar("p", PROBABILITY)
    complements = [by.assume(equal(one_less, 1 - one)), by.assume(equal(other_less, 1 - other))]
    above, below = one**p * other ** (1 - p), one_less**p * other_less ** (1 - p)
    odds = by.arithmetic(equal(above * one_less, one * below), by.assume(equal(above / (above + below), one)),
                         *complements)
    logs = by.arithmetic(equal((1 - p) * (log(other) - log(one)), (1 - p) * (log(other_less) - log(one_less))),
                         by.increasing(log, odds))
    wanted = equal(other, one)

    def apart(low: Any, high: Any, low_less: Any, high_less: Any) -> Theorem:
        """Absurd, as `one` or `other` is `low`: for p < 1 the two sides of `logs` have opposite signs."""
        known = by.assume(less(low, high))
        complements_fall = by.arithmetic(less(high_less, low_less), known, *complements)
        rising = by.increasing(log, known), by.increasing(log, complements_fall)
        return by.arithmetic(wanted, logs, *rising, known, by.assume(less(p, 1)))

    same = by.arithmetic(wanted, by.assume(by.negation(less(one, other))), by.assume(by.negation(less(other, one))))
    above_or_same = by.cases(less(other, one), apart(other, one, other_less, one_less), same)
    return ((one, other, one_less, other_less, p),
            by.cases(less(one, other), apart(one, other, one_less, other_less), above_or_same))


def inside(point: Any, *outside: Theorem) -> list[Theorem]:
    """0 < f(point) < 1, where f is neither 0 nor 1 there."""
    bounded = by.at(by.assume(claims.in_range.condition), point)
    return [by.arithmetic(less(0, f(point)), bounded, *outside), by.arithmetic(less(f(point), 1), bounded, *outside)]


def beyond(start: Any, middle: Any, *order: Theorem) -> Theorem:
    """f(x) = f(start), where f(middle) = f(start) at a point between start and x, from the two-point equation.

    A function that is 0 or 1 at either end is constant; otherwise f(start) is the normalised mean of itself and f(x).
    """
    alike = by.assume(equal(f(middle), f(start)))
    share, within = share_of(start, x, middle, *order)
    equation = by.at(by.assume(claims.class_of_f.condition), start, x, share, premises=(*within, *order))
    reached = by.arithmetic(equal(share * start + (1 - share) * x, middle), *order)
    mean = by.rewrite(by.rewrite(equation, reached), alike)
    names, lemma = value_beyond()
    values = (f(start), f(x), 1 - f(start), 1 - f(x), share)
    wanted = equal(f(x), f(start))

    def from_end(value: int, everywhere: Theorem) -> list[Theorem]:
        """f(x) = f(start) where one of them is `value`, because f then has that value everywhere."""
        here = by.satisfied(by.instance(everywhere, {a: start, b: x}), by.assume(equal(f(start), value)))
        there = by.satisfied(by.instance(everywhere, {a: x, b: start}), by.assume(equal(f(x), value)))
        return [by.arithmetic(wanted, th, by.assume(th_given)) for th, th_given in
                ((here, equal(f(start), value)), (there, equal(f(x), value)))]

    off = [by.assume(by.negation(equal(f(point), value))) for point in (start, x) for value in (0, 1)]
    partial = by.arithmetic(less(share, 1), *order)
    proper = [*inside(start, *off), *inside(x, *off)]
    complements = [by.arithmetic(less(0, 1 - f(point)), *proper) for point in (start, x)]
    complements += [by.arithmetic(less(1 - f(point), 1), *proper) for point in (start, x)]
    there = by.instance(lemma, dict(zip(names, values, strict=True)), *proper, *complements, *within, *order)
    result = by.satisfied(there, mean, partial, *(by.arithmetic(equal(1 - f(q), 1 - f(q))) for q in (start, x)))
    for value, everywhere in ((0, zero_everywhere()), (1, one_everywhere())):
        here, there = from_end(value, everywhere)
        result = by.cases(equal(f(start), value), here, by.cases(equal(f(x), value), there, result))
    return result


def ascending() -> Theorem:
    """f(x) = f(u) for u < v: below u and above v by the lemma, between them by the constancy there."""
    order, alike = by.assume(less(u, v)), by.assume(sharper.EQUAL_VALUES.condition)
    left, right = less(x, u), less(v, x)
    below = by.satisfied(beyond(v, u, order, by.assume(left)), alike)
    above = by.satisfied(beyond(u, v, order, by.assume(right)), by.arithmetic(equal(f(v), f(u)), alike))
    from_u = by.arithmetic(less_equal(u, x), by.assume(by.negation(left)))
    to_v = by.arithmetic(less_equal(x, v), by.assume(by.negation(right)))
    between = by.satisfied(constant_between(), from_u, to_v)
    return by.cases(left, by.arithmetic(equal(f(x), f(u)), below, alike), by.cases(right, above, between))


@prove("baldi2014:sec7-equal-values.amended-everywhere")
def constant_everywhere() -> Theorem:
    """Of two different points one is the lower, and what holds for f(v) holds for f(u)."""
    alike, wanted = by.assume(sharper.EQUAL_VALUES.condition), equal(f(x), f(u))
    lower, differ = less(u, v), by.assume(claims.DIFFERENT_ENDS.condition)
    higher = by.arithmetic(less(v, u), differ, by.assume(by.negation(lower)))
    swapped = by.satisfied(by.instance(ascending(), {u: v, v: u}), higher, by.arithmetic(equal(f(v), f(u)), alike))
    return by.cases(lower, ascending(), by.arithmetic(wanted, swapped, alike))


@prove("baldi2014:sec7-equal-values.amended-between")
def constant_between_any() -> Theorem:
    """Where u is not below v, all three points are one; elsewhere f is constant between them."""
    ends = [by.assume(h.condition) for h in claims.between[1:]]
    one = by.arithmetic(equal(v, x), *ends, by.assume(by.negation(less(u, v))))
    same = by.arithmetic(equal(f(x), f(u)), by.rewrite(by.assume(sharper.EQUAL_VALUES.condition), one))
    return by.cases(less(u, v), constant_between(), same)


# --- what the hypotheses are for --------------------------------------------------------------------------------

z = Symbol("z", real=True)
# with values in [0, 1), not of the class; and strictly rising, of the class
hollow, rising = Lambda(z, z**2 / (1 + z**2)), Lambda(z, 1 / (1 + exp(-z)))
PRINTED, EVERYWHERE, BETWEEN = (f"baldi2014:sec7-equal-values{end}" for end in (
    "", ".amended-everywhere", ".amended-between"))
for said_of in (PRINTED, EVERYWHERE, BETWEEN):
    witness(said_of, {u: -1, v: 1, x: 0, f: hollow}, without="two-point equation")
    witness(said_of, {u: 0, v: 2, x: 1, f: rising}, without="equal values")
witness(EVERYWHERE, {u: 0, v: 0, x: 1, f: rising}, without="u and v differ")
witness(BETWEEN, {u: 0, v: 0, x: -1, f: rising}, without="u <= x")
witness(BETWEEN, {u: 0, v: 0, x: 1, f: rising}, without="x <= v")
witness("baldi2014:eq59.3", {a: 0, b: 1, f: hollow}, without="two-point equation")
witness("baldi2014:eq59.4", {a: 0, b: 1, f: Lambda(z, 1 - hollow(z))}, without="two-point equation")
