"""Arguments for section 8, property 6: Taylor coefficients, the largest variance, and two one-variable bounds."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import OPEN_UNIT, UNIT, Scalar, equal, interval, less, less_equal
from dropout_theory.papers.baldi2014 import s08_approximation as s
from dropout_theory.proof import Theorem

from .equal_numbers import in_range, j
from .ky_fan import concave_between, with_vanishing
from .s08_means import below_normalised
from .weighted_means import Numbers, averaged, claimed, nonnegative_variance, statement

HALF, P, k, m, every = s.HALF, s.P, s.k, s.m, s.every
OPEN, CLOSED = Numbers(lambda index: s.O[index]), Numbers(lambda index: s.CLOSED[index])


@cache
def distance_vanishes(order: int) -> Theorem:
    """|E - NWGM| vanishes faster than epsilon^order: E - NWGM does, by its Taylor coefficients."""
    return by.absolute(by.to_order(s.to_order(s.mean - s.nwgm, 0, order)))


@prove("baldi2014:eq83.3")
def both_distances_vanish() -> Theorem:
    """Both distances vanish faster than epsilon, hence so does their difference."""
    plain = by.to_order(s.to_order(s.mean - s.wgm, 0, 1))
    return by.combination(s.EQ83[3], (1, plain), (-1, distance_vanishes(1)))


@prove("baldi2014:eq83")
def first_order() -> Theorem:
    """The Taylor coefficients of order 0 and 1 agree; the distances by the argument above."""
    return by.conjunction(by.to_order(s.EQ83[1]), by.to_order(s.EQ83[2]), both_distances_vanish())


@prove("baldi2014:eq87.1")
def estimate_of_distance() -> Theorem:
    """Both sides vanish faster than epsilon^2: the right one is V, of second order, times |1 - 2E|, of first."""
    factors = s.variance / (1 - 2 * s.variance), sp.Abs(1 - 2 * s.mean)
    small = by.small_product(s.to_order(s.EQ87_FIRST.right, 0, 2), *factors)
    return by.combination(s.EQ87_FIRST, (1, distance_vanishes(2)), (-1, small))


# --- the variance -----------------------------------------------------------------------------------------------


@cache
def variance_at_most(x: Numbers) -> list[Theorem]:
    """Var <= E(1 - E), from x(1 - x) >= 0, and 0 <= Var, 0 <= E <= 1."""
    inside = [averaged(by.arithmetic(c)) for c in (less_equal(0, x.entry), less_equal(x.entry, 1))]
    spread = averaged(by.arithmetic(less_equal(0, x.entry * (1 - x.entry))))
    bound = by.arithmetic(less_equal(x.variance, x.mean * (1 - x.mean)), spread)
    quarter = by.arithmetic(less_equal(x.variance, sp.Rational(1, 4)), bound)
    return [bound, quarter, nonnegative_variance(x), *inside]


@prove("baldi2014:sec8-variance-bound")
def largest_variance() -> Theorem:
    return by.restate(variance_at_most(OPEN)[0], statement("sec8-variance-bound"))


@prove("baldi2014:sec8-variance-bound-equality")
def largest_variance_attained() -> Theorem:
    """E(1 - E) - Var is the mean of x(1 - x), none of whose terms is negative.

    It is zero exactly when each term is: the number is zero or one, or has probability zero.
    """
    attained, only_zero_or_one = statement("sec8-variance-bound-equality").args
    index = only_zero_or_one.bound_symbols[0]
    term = P[j] * s.CLOSED[j] * (1 - s.CLOSED[j])
    total = by.arithmetic(equal(sp.Sum(term, (j, 1, m)), 0), by.assume(attained))
    one = by.entry_below_sum(term, (j, 1, m), index, *in_range(index))
    forward = by.generalise(by.arithmetic(only_zero_or_one.body, one, total), every)
    entry = by.specialise(by.assume(only_zero_or_one), k)
    vanishing = by.arithmetic(equal(P[k] * CLOSED.entry * (1 - CLOSED.entry), 0), entry)
    backward = by.arithmetic(attained, by.weighted(vanishing, sp.S.One, every))
    return by.iff(forward, backward, attained, only_zero_or_one)


@prove("baldi2014:eq86")
def estimate_below_variance() -> Theorem:
    """V(1 - 2E) <= V(1 - 2V), because V <= E(1 - E) <= E and V <= 1/4."""
    return by.arithmetic(statement("eq86"), *variance_at_most(OPEN))


@prove("baldi2014:sec8-nwgm-better-second-order")
def better_to_second_order() -> Theorem:
    """V <= E(1 - E) is at most E and at most 1 - E, so that |1 - 2E| <= 1 - 2V."""
    return by.arithmetic(statement("sec8-nwgm-better-second-order"), *variance_at_most(OPEN))


@prove("baldi2014:sec8-second-order-side")
def side_of_second_order() -> Theorem:
    """E - (E - V)/(1 - 2V) = V(1 - 2E)/(1 - 2V) has the sign of 1 - 2E or is zero, as V <= 1/4."""
    known = variance_at_most(OPEN)
    return by.conjunction(*[by.arithmetic(part, *known) for part in statement("sec8-second-order-side").args])


def chain_link(number: int) -> Theorem:
    """A link of the printed chain, over the reals from the bounds of the variance."""
    return by.arithmetic(statement(f"eq87.{number}"), *variance_at_most(OPEN))


@prove("baldi2014:eq87.2")
def through_largest_variance() -> Theorem:
    return chain_link(2)


@prove("baldi2014:eq87.3")
def denominator_at_largest_variance() -> Theorem:
    return chain_link(3)


@prove("baldi2014:eq87.4")
def simpler_bound() -> Theorem:
    return chain_link(4)


@prove("baldi2014:eq87")
def whole_chain() -> Theorem:
    return by.conjunction(estimate_of_distance(), *[chain_link(n) for n in (2, 3, 4)])


@prove("baldi2014:sec8-nwgm-better-when-below")
def better_when_below() -> Theorem:
    """G <= NWGM <= E."""
    return by.arithmetic(statement("sec8-nwgm-better-when-below"), below_normalised())


# --- the two bounds as functions of the mean --------------------------------------------------------------------


def hump(name: str, z: Any) -> Any:
    """The bound on the lower half of the unit interval, without the absolute value."""
    bottom = 1 - 2 * z * (1 - z) if name == "first" else HALF
    return z * (1 - z) * (1 - 2 * z) / bottom


def concave_on_halves(name: str) -> Theorem:
    """The hump is concave below one half; above it the bound is its mirror image."""
    wanted = statement(f"sec8-{name}-bound-concave")
    low = interval(0, HALF)
    z, x, y = Scalar("z", low), Scalar("x_low", low), Scalar("y_low", low)
    chord = less_equal(s.t * hump(name, x) + (1 - s.t) * hump(name, y), hump(name, s.t * x + (1 - s.t) * y))
    below = concave_between(hump(name, z), z, x, y, s.t, chord)
    same_side = by.assume(s.same_side.condition)

    def side(mirrored: bool, *where: Theorem) -> Theorem:
        """The chord of the bound, with both points (or their complements, if `mirrored`) at most one half."""
        points = {x: 1 - s.x if mirrored else s.x, y: 1 - s.y if mirrored else s.y}
        known = [by.arithmetic(less_equal(value, HALF), same_side, *where) for value in points.values()]
        between = s.t * points[x] + (1 - s.t) * points[y]
        inside = by.arithmetic(less_equal(between, HALF), *known)
        return with_absolute_values(name, mirrored, wanted, by.instance(below, points, *known), *known, inside)

    left, right = less(s.x, HALF), less(s.y, HALF)
    outer, inner = by.negation(left), by.negation(right)
    upper = by.cases(right, side(False, by.assume(outer), by.assume(right)),
                     side(True, by.assume(outer), by.assume(inner)))
    return by.cases(left, side(False, by.assume(left)), upper)


@cache
def without_absolute_value(name: str, mirrored: bool) -> tuple[Scalar, Theorem]:
    """The bound is the hump where z (or 1 - z) is at most one half."""
    bound = s.first_bound if name == "first" else s.second_bound
    z = Scalar("z", UNIT)
    inner = 1 - z if mirrored else z
    return z, by.arithmetic(equal(bound(z), hump(name, inner)), by.assume(less_equal(inner, HALF)))


def with_absolute_values(name: str, mirrored: bool, wanted: Any, chord: Theorem, *below: Theorem) -> Theorem:
    """Put |1 - 2z| for its value at the two points and between them, all on one side."""
    z, lemma = without_absolute_value(name, mirrored)
    spots = [s.x, s.y, s.t * s.x + (1 - s.t) * s.y]
    values = [by.satisfied(by.instance(lemma, {z: spot}), known) for spot, known in zip(spots, below, strict=True)]
    names = [Scalar(f"{kind}{n}") for kind in ("bound", "hump") for n in range(3)]
    weight = Scalar("weight", UNIT)
    left, right, middle, low_left, low_right, low_middle = names
    sides = [v.conclusion.args[side] for side in (0, 1) for v in values]
    equalities = [(equal(a, b), value) for a, b, value in zip(names[:3], names[3:], values, strict=True)]
    placed = by.in_letters(less_equal(weight * left + (1 - weight) * right, middle),
                           {**dict(zip(names, sides, strict=True)), weight: s.t},
                           (less_equal(weight * low_left + (1 - weight) * low_right, low_middle), chord), *equalities)
    return by.restate(placed, wanted)


@prove("baldi2014:sec8-first-bound-concave.amended")
def first_bound_concave() -> Theorem:
    return concave_on_halves("first")


@prove("baldi2014:sec8-second-bound-concave.amended")
def second_bound_concave() -> Theorem:
    return concave_on_halves("second")


@prove("baldi2014:sec8-first-bound-maximum")
def first_bound_maximum() -> Theorem:
    """With u = 1 - 2E the bound is u(1 - u^2)/(2(1 + u^2)), whose slope has the sign of 1 - 4u^2 - u^4."""
    u, top = Scalar("u", UNIT), Scalar("top", OPEN_UNIT)
    f = u * (1 - u**2) / (2 * (1 + u**2))
    stationary = by.assume(equal(top**4 + 4 * top**2, 1))
    slope = by.arithmetic(less_equal((u - top) * sp.diff(f, u), 0), stationary)
    root = sp.sqrt(sp.sqrt(5) - 2)
    peak = by.by_slope(f, u, top, slope, upper=True)
    placed = by.satisfied(by.instance(peak, {u: 1 - 2 * s.lower_half, top: root}),
                          by.arithmetic(equal(root**4 + 4 * root**2, 1)))
    return by.arithmetic(statement("sec8-first-bound-maximum"), placed)


@prove("baldi2014:sec8-close-near-half.amended")
def close_near_half() -> Theorem:
    """G and G' lie between 2/5 and 3/5 with the numbers, so the odds G/G' lie between 2/3 and 3/2."""
    near = by.specialise(by.assume(s.all_near_half.condition), k)
    ends = sp.Rational(2, 5), sp.Rational(3, 5)
    bounds = []
    for x in (OPEN, Numbers(lambda index: 1 - s.O[index])):
        for low, high, geometric in ((ends[0], x.entry, (ends[0], x.geometric)),
                                     (x.entry, ends[1], (x.geometric, ends[1]))):
            logarithms = averaged(by.increasing(sp.log, by.arithmetic(less_equal(low, high), near)))
            bounds.append(by.restate(by.increasing(sp.exp, logarithms), less_equal(*geometric)))
    return by.arithmetic(statement("sec8-close-near-half"), *bounds)


@prove("baldi2014:sec8-extreme-one")
def extreme_one() -> Theorem:
    return with_vanishing(s.UP_TO_ONE, claimed("sec8-extreme-one").hypotheses, False, statement("sec8-extreme-one"))


@prove("baldi2014:sec8-extreme-zero")
def extreme_zero() -> Theorem:
    return with_vanishing(s.FROM_ZERO, claimed("sec8-extreme-zero").hypotheses, True, statement("sec8-extreme-zero"))


witness("baldi2014:sec8-close-near-half", {
    m: 2, P: {(1,): sp.Rational(1, 10), (2,): sp.Rational(9, 10)},
    s.O: {(1,): sp.Rational(1, 10**6), (2,): sp.Rational(4999999, 9000000)}})
witness("baldi2014:eq88", {s.o1: sp.Rational("0.622459"), s.o2: sp.Rational("0.731059")})
witness("baldi2014:sec8-variance-bound-equality", {
    m: 2, P: {(1,): sp.Rational(1, 9), (2,): sp.Rational(8, 9)}, s.CLOSED: {(1,): -1, (2,): sp.Rational(1, 2)}},
        without="O in [0, 1], not real")
