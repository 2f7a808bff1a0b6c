"""Bounds of G/b for b = max or min of positive numbers, from two moments of the distances to b.

With u = |x - b|/b, mu = E u, s = E u^2 and v = s/mu: among all distributions with these moments, the extreme geometric
mean belongs to the one on b and b(1 +- v), and its logarithm is bounded by the convexity of artanh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from dropout_theory.language import OPEN_UNIT, POSITIVE, UNIT, Scalar, both, equal, interval, less, less_equal
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    by_slope,
    identity,
    increasing,
    instance,
    restate,
    satisfied,
    weighted,
)


def relation(sign: int, left: Any, right: Any) -> Any:
    """left <= right for distances below the largest number (sign -1), left >= right above the smallest (sign 1)."""
    return less_equal(left, right) if sign < 0 else less_equal(right, left)


def distances(sign: int) -> tuple[Scalar, Scalar]:
    """A distance u and the position v of the other atom, both in units of b."""
    if sign < 0:
        return Scalar("u", interval(0, 1, open_above=True)), Scalar("v", OPEN_UNIT)
    return Scalar("u", interval(0, sp.oo)), Scalar("v", POSITIVE)


def curvature(sign: int, v: Any) -> Any:
    """Minus the second coefficient of the parabola that touches log(1 +- u) at v."""
    return (sp.log(1 + sign * v) - sign * v / (1 + sign * v)) / v**2


def parabola_through_zero(sign: int) -> Theorem:
    """log(1 +- u) against the parabola that vanishes at u = 0 and touches it at u = v.

    With t u and t v for u and v, the gap is zero at t = 0 and its derivative in t has one sign:
    +- t^2 u (u - v)^2 / ((1 +- t u)(1 +- t v)^2).
    """
    u, v = distances(sign)
    t = Scalar("t", UNIT)
    f = sp.log(1 + sign * t * u) - u / v * sp.log(1 + sign * t * v) + u * (u - v) * curvature(sign, t * v) * t**2
    slope = t**3 * u * (u - v) ** 2 / ((1 + sign * t * u) * (1 + sign * t * v) ** 2)
    one_sign = restate(arithmetic(less_equal(0, slope)), relation(sign, t * sp.diff(f, t), 0))
    return instance(by_slope(f, t, sp.S.Zero, one_sign, upper=sign < 0), {t: sp.S.One})


def convexity_of_artanh(sign: int) -> Theorem:
    """p log(1 +- v) against log((2 +- v +- pv)/(2 +- v -+ pv)) for 0 <= p <= 1: equal at v = 0, then by the slope."""
    _, v = distances(sign)
    w = Scalar("w", interval(0, v.domain.upper, open_above=bool(v.domain.upper == 1)))
    p = Scalar("p", UNIT)
    f = p * sp.log(1 + sign * w) - sp.log(2 + sign * w + sign * p * w) + sp.log(2 + sign * w - sign * p * w)
    one_sign = arithmetic(relation(sign, w * sp.diff(f, w), 0))
    return instance(by_slope(f, w, sp.S.Zero, one_sign, upper=sign < 0), {w: v})


@dataclass(frozen=True)
class Setting:
    """Positive outcomes x_k with probabilities, the extreme b on the side `sign`, and theorems about them.

    `side`: x_k <= b (or b <= x_k); `smallest`: a <= x_k for some positive a; `apart`: the mean is not b.
    """

    sign: int
    outcome: Any
    probability: Any
    every: Any
    bound: Any
    side: Theorem
    smallest: Theorem
    apart: Theorem

    def mean(self, expr: Any) -> Any:
        return sp.Sum(self.probability * expr, self.every)

    @property
    def distance(self) -> Any:
        return self.sign * (self.outcome - self.bound) / self.bound

    @property
    def geometric(self) -> Any:
        return sp.exp(self.mean(sp.log(self.outcome)))

    def averaged(self, theorem: Theorem) -> Theorem:
        return weighted(theorem, self.probability, self.every)


def refined_gap(case: Setting) -> Theorem:
    """G/b against (2 +- v +- mu)/(2 +- v -+ mu) with v = s/mu, and what follows for E - G."""
    sign = case.sign
    u, v = distances(sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    moments = assume(equal(v * mu, s))
    spread = case.averaged(arithmetic(less_equal(0, (case.distance - mu) ** 2)))
    positive = arithmetic(less(0, mu), case.apart)
    square = arithmetic(less_equal(mu**2, s), spread)
    share = arithmetic(both(less(0, mu / v), less_equal(mu / v, 1)), moments, positive, square)
    pointwise = instance(parabola_through_zero(sign), {u: case.distance}, case.side)
    log_gap = case.mean(sp.log(case.outcome)) - sp.log(case.bound)
    touching = at_touching_point(case, case.averaged(pointwise), moments)
    p = Scalar("p", UNIT)
    two_points = instance(convexity_of_artanh(sign), {p: mu / v}, share)
    above, below = 2 + sign * v + sign * mu, 2 + sign * v - sign * mu
    logarithms = arithmetic(relation(sign, log_gap, sp.log(above) - sp.log(below)), touching, two_points)
    inside = arithmetic(both(less(0, above), less(0, below)), moments, positive, square)
    ratio = restate(increasing(sp.exp, logarithms, inside), relation(sign, case.geometric / case.bound, above / below))
    return without_position(case, gap_from_ratio(case, positive, ratio, moments, square), positive, square)


def gap_from_ratio(case: Setting, positive: Theorem, *known: Theorem) -> Theorem:
    """The bound of E - G by the variance, in the scalars b, G, mu, s, v: E = b (1 +- mu) and Var = b^2 (s - mu^2)."""
    sign = case.sign
    _, v = distances(sign)
    b, g, mu = (Scalar(name, POSITIVE) for name in ("b", "g", "mu"))
    s = Scalar("s")
    above, below = 2 + sign * v + sign * mu, 2 + sign * v - sign * mu
    ratio, moments, square = relation(sign, g / b, above / below), equal(v * mu, s), less_equal(mu**2, s)
    nearer = arithmetic(less_equal(mu, v), assume(moments), assume(square))
    multiplied = arithmetic(relation(sign, g * below, b * above), assume(ratio), nearer)
    cleared = arithmetic(relation(sign, g * below * mu, b * above * mu), multiplied)
    expanded = relation(sign, g * (2 * mu + sign * s - sign * mu**2), b * (2 * mu + sign * s + sign * mu**2))
    polynomial = arithmetic(expanded, cleared, assume(moments))
    mean, variance = b * (1 + sign * mu), b**2 * (s - mu**2)
    gap = relation(sign, (b - g) / (2 * b * (b - mean)) * variance, mean - g)
    lemma = arithmetic(gap, polynomial)
    mu_here, s_here = case.mean(case.distance), case.mean(case.distance**2)
    values = {b: case.bound, g: case.geometric, mu: mu_here, s: s_here}
    return satisfied(instance(lemma, values, positive), *known)


def at_touching_point(case: Setting, averaged: Theorem, moments: Theorem) -> Theorem:
    """The averaged parabola is mu log(1 +- v)/v, because its quadratic part u (u - v) averages to s - v mu = 0."""
    sign = case.sign
    _, v = distances(sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    log_gap = case.mean(sp.log(case.outcome)) - sp.log(case.bound)
    names = [Scalar(name) for name in ("left", "linear", "bend", "first", "second", "place")]
    left, linear, bend, first, second, place = names
    whole = relation(sign, left - first * linear + (second - place * first) * bend, 0)
    lemma = arithmetic(relation(sign, left, first * linear), assume(whole), assume(equal(place * first, second)))
    values = [log_gap, sp.log(1 + sign * v) / v, curvature(sign, v), mu, s, v]
    placed = instance(lemma, dict(zip(names, values, strict=True)))
    return satisfied(placed, averaged, moments)


def without_position(case: Setting, logarithms: Theorem, positive: Theorem, square: Theorem) -> Theorem:
    """Put v = s/mu, which lies where it must, and exponentiate."""
    _, v = distances(case.sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    inside = [positive, square]
    if case.sign < 0:
        low = case.smallest.conclusion.args[0]
        pointwise = arithmetic(less_equal(case.distance**2, case.distance * (1 - low / case.bound)), case.side,
                               case.smallest)
        inside.append(case.averaged(pointwise))
    placed = instance(logarithms, {v: s / mu}, *inside)
    return satisfied(placed, identity(s / mu * mu, s))
