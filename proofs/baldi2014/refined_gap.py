"""Bounds of G/b for b = max or min of positive numbers, from two moments of the distances to b.

With u = |x - b|/b, mu = E u, s = E u^2 and v = s/mu: among all distributions with these moments, the extreme geometric
mean belongs to the one on b and b(1 +- v), and its logarithm is bounded by the convexity of artanh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.language import OPEN_UNIT, POSITIVE, UNIT, Scalar, both, equal, interval, less, less_equal
from dropout_theory.proof import Theorem


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
    one_sign = by.restate(by.arithmetic(less_equal(0, slope)), relation(sign, t * sp.diff(f, t), 0))
    return by.instance(by.by_slope(f, t, sp.S.Zero, one_sign, upper=sign < 0), {t: sp.S.One})


def convexity_of_artanh(sign: int) -> Theorem:
    """p log(1 +- v) against log((2 +- v +- pv)/(2 +- v -+ pv)) for 0 <= p <= 1: equal at v = 0, then by the slope."""
    _, v = distances(sign)
    w = Scalar("w", interval(0, v.domain.upper, open_above=bool(v.domain.upper == 1)))
    p = Scalar("p", UNIT)
    f = p * sp.log(1 + sign * w) - sp.log(2 + sign * w + sign * p * w) + sp.log(2 + sign * w - sign * p * w)
    one_sign = by.arithmetic(relation(sign, w * sp.diff(f, w), 0))
    return by.instance(by.by_slope(f, w, sp.S.Zero, one_sign, upper=sign < 0), {w: v})


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
        """The probability-weighted mean of an expression in the outcome."""
        return sp.Sum(self.probability * expr, self.every)

    @property
    def distance(self) -> Any:
        """How far an outcome lies from the extreme, in units of it."""
        return self.sign * (self.outcome - self.bound) / self.bound

    @property
    def geometric(self) -> Any:
        """The weighted geometric mean of the outcomes."""
        return sp.exp(self.mean(sp.log(self.outcome)))

    def averaged(self, theorem: Theorem) -> Theorem:
        """A relation for every outcome, averaged."""
        return by.weighted(theorem, self.probability, self.every)


def refined_gap(case: Setting) -> Theorem:
    """E - G against (b - G)/(2 b (b - E)) Var, below the largest number b or above the smallest.

    The mean of log(1 +- u) is bounded by its parabola through zero touching at v = s/mu, hence by the distribution on b
    and b(1 +- v). Convexity of artanh makes of that G/b against (2 +- v +- mu)/(2 +- v -+ mu), which bounds the gap.
    """
    sign = case.sign
    u, v = distances(sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    moments = by.assume(equal(v * mu, s))
    spread = case.averaged(by.arithmetic(less_equal(0, (case.distance - mu) ** 2)))
    positive = by.arithmetic(less(0, mu), case.apart)
    square = by.arithmetic(less_equal(mu**2, s), spread)
    share = by.arithmetic(both(less(0, mu / v), less_equal(mu / v, 1)), moments, positive, square)
    pointwise = by.instance(parabola_through_zero(sign), {u: case.distance}, case.side)
    log_gap = case.mean(sp.log(case.outcome)) - sp.log(case.bound)
    touching = at_touching_point(case, case.averaged(pointwise), moments)
    p = Scalar("p", UNIT)
    two_points = by.instance(convexity_of_artanh(sign), {p: mu / v}, share)
    above, below = 2 + sign * v + sign * mu, 2 + sign * v - sign * mu
    logarithms = by.arithmetic(relation(sign, log_gap, sp.log(above) - sp.log(below)), touching, two_points)
    inside = by.arithmetic(both(less(0, above), less(0, below)), moments, positive, square)
    ratio = by.restate(by.increasing(sp.exp, logarithms, inside),
                       relation(sign, case.geometric / case.bound, above / below))
    return without_position(case, gap_from_ratio(case, positive, ratio, moments, square), positive, square)


def gap_from_ratio(case: Setting, positive: Theorem, ratio: Theorem, moments: Theorem, square: Theorem) -> Theorem:
    """The bound of E - G by the variance, in the scalars b, G, mu, s, v: E = b (1 +- mu) and Var = b^2 (s - mu^2).

    Multiplied by mu and cleared of denominators the bound of G/b has v only in v mu, which is s.
    """
    sign = case.sign
    _, v = distances(sign)
    b, g, mu = (Scalar(name, POSITIVE) for name in ("b", "g", "mu"))
    s = Scalar("s")
    above, below = 2 + sign * v + sign * mu, 2 + sign * v - sign * mu
    mean, variance = b * (1 + sign * mu), b**2 * (s - mu**2)
    gap = relation(sign, (b - g) / (2 * b * (b - mean)) * variance, mean - g)
    values = {b: case.bound, g: case.geometric, mu: case.mean(case.distance), s: case.mean(case.distance**2)}
    return by.in_letters(gap, values, (relation(sign, g / b, above / below), ratio), (equal(v * mu, s), moments),
                         (less_equal(mu**2, s), square), domains=(positive,))


def at_touching_point(case: Setting, averaged: Theorem, moments: Theorem) -> Theorem:
    """The averaged parabola is mu log(1 +- v)/v, because its quadratic part u (u - v) averages to s - v mu = 0."""
    sign = case.sign
    _, v = distances(sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    log_gap = case.mean(sp.log(case.outcome)) - sp.log(case.bound)
    names = [Scalar(name) for name in ("left", "linear", "bend", "first", "second", "place")]
    left, linear, bend, first, second, place = names
    values = [log_gap, sp.log(1 + sign * v) / v, curvature(sign, v), mu, s, v]
    whole = relation(sign, left - first * linear + (second - place * first) * bend, 0)
    return by.in_letters(relation(sign, left, first * linear), dict(zip(names, values, strict=True)),
                         (whole, averaged), (equal(place * first, second), moments))


def without_position(case: Setting, logarithms: Theorem, positive: Theorem, square: Theorem) -> Theorem:
    """Put v = s/mu, which lies where it must, and exponentiate."""
    _, v = distances(case.sign)
    mu, s = case.mean(case.distance), case.mean(case.distance**2)
    inside = [positive, square]
    if case.sign < 0:
        low = case.smallest.conclusion.args[0]
        pointwise = by.arithmetic(less_equal(case.distance**2, case.distance * (1 - low / case.bound)), case.side,
                                  case.smallest)
        inside.append(case.averaged(pointwise))
    placed = by.instance(logarithms, {v: s / mu}, *inside)
    return by.satisfied(placed, by.identity(s / mu * mu, s))
