"""Lemmas about weighted arithmetic and geometric means of positive numbers, for any number of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, Claim
from dropout_theory.language import POSITIVE, Scalar, less, less_equal
from dropout_theory.papers.baldi2014.s08_means import P, every, k
from dropout_theory.proof import Theorem


def statement(label: str) -> Any:
    """What a claim of this paper states."""
    return claimed(label).statement


def claimed(label: str) -> Claim:
    """A claim of this paper."""
    return REGISTRY[f"baldi2014:{label}"]


def averaged(theorem: Theorem) -> Theorem:
    """A relation for every outcome, averaged with the probabilities."""
    return by.weighted(theorem, P[k], every)


def mean_of(expr: Any) -> Any:
    """Probability-weighted sum of an expression in the index k."""
    return sp.Sum(P[k] * expr, every)


@dataclass(frozen=True)
class Numbers:
    """Positive numbers x(k) with the probabilities P[k]: their means, variance and extremes."""

    at: Callable[[Any], Any]

    @property
    def entry(self) -> Any:
        return self.at(k)

    @property
    def mean(self) -> Any:
        return mean_of(self.entry)

    @property
    def logarithms(self) -> Any:
        return mean_of(sp.log(self.entry))

    @property
    def geometric(self) -> Any:
        return sp.exp(self.logarithms)

    @property
    def gap(self) -> Any:
        return self.mean - self.geometric

    @property
    def variance(self) -> Any:
        return mean_of(self.entry**2) - self.mean**2

    @property
    def largest(self) -> Any:
        return lang.Largest(self.entry, every)

    @property
    def smallest(self) -> Any:
        return lang.Smallest(self.entry, every)


@cache
def geometric_below_mean(x: Numbers) -> Theorem:
    """G <= E: log(x/E) <= x/E - 1, averaged over the outcomes."""
    logarithms = by.arithmetic(less_equal(x.logarithms, sp.log(x.mean)), averaged(by.logarithm_bound(x.entry / x.mean)))
    return by.restate(by.increasing(sp.exp, logarithms), less_equal(x.geometric, x.mean))


@cache
def positive_mean(x: Numbers) -> Theorem:
    """0 < E."""
    return by.restate(averaged(by.arithmetic(less(0, x.entry))), less(0, x.mean))


@cache
def nonnegative_variance(x: Numbers) -> Theorem:
    """0 <= Var: it is the mean square of the distance from the mean."""
    square = averaged(by.arithmetic(less_equal(0, (x.entry - x.mean) ** 2)))
    return by.arithmetic(less_equal(0, x.variance), square)


def mean_above_smallest(x: Numbers) -> Theorem:
    """min <= E."""
    return by.restate(averaged(by.minimum_bound(x.smallest, k)), less_equal(x.smallest, x.mean))


def geometric_within(x: Numbers, lower: bool) -> Theorem:
    """G <= max (for the lower bounds), or min <= G (for the upper ones): the same of mean logarithms."""
    bound = x.largest if lower else x.smallest
    logarithms = averaged(by.increasing(sp.log, by.minimum_bound(bound, k)))
    pair = (x.logarithms, sp.log(bound)) if lower else (sp.log(bound), x.logarithms)
    result = (x.geometric, bound) if lower else (bound, x.geometric)
    return by.restate(by.increasing(sp.exp, by.restate(logarithms, less_equal(*pair))), less_equal(*result))


@cache
def gap_around_geometric(x: Numbers, lower: bool) -> Theorem:
    """sum P (x - G)^2 / (2 max) <= E - G, or E - G <= sum P (x - G)^2 / (2 min).

    Averages z - g - g log(z/g) against (z - g)^2/(2b) for b = max or min: the derivative is (z - g)(1/z - 1/b).
    """
    z, g, b = Scalar("z", POSITIVE), Scalar("g", POSITIVE), Scalar("b", POSITIVE)
    f = z - g - g * (sp.log(z) - sp.log(g)) - (z - g) ** 2 / (2 * b)
    sign = (z - g) * sp.diff(f, z)
    side, at_geometric = (less_equal(z, b), less_equal(g, b)) if lower else (less_equal(b, z), less_equal(b, g))
    slope = by.arithmetic(less_equal(0, sign) if lower else less_equal(sign, 0), by.assume(side))
    pointwise = by.by_slope(f, z, g, slope, by.assume(at_geometric), upper=not lower)
    bound = x.largest if lower else x.smallest
    placed = by.satisfied(by.instance(pointwise, {z: x.entry, g: x.geometric, b: bound}), by.minimum_bound(bound, k),
                          geometric_within(x, lower))
    square = mean_of((x.entry - x.geometric) ** 2) / (2 * bound)
    return by.arithmetic(less_equal(square, x.gap) if lower else less_equal(x.gap, square), averaged(placed))


@cache
def gap_above_variance(x: Numbers) -> Theorem:
    """Var/(2 max) <= E - G: the mean square around G is the variance plus the squared gap."""
    square = by.arithmetic(less_equal(0, x.gap**2 / (2 * x.largest)))
    return by.arithmetic(less_equal(x.variance / (2 * x.largest), x.gap), gap_around_geometric(x, True), square)


@cache
def logarithm_above_parabola(x: Numbers) -> Theorem:
    """-log(G/E) <= Var/(2 min E).

    Averages log z >= log e + (z - e)/e - (z - e)^2/(2ae), whose derivative is (z - e)(z - a)/(aez).
    """
    z, e, a = Scalar("z", POSITIVE), Scalar("e", POSITIVE), Scalar("a", POSITIVE)
    f = sp.log(z) - sp.log(e) - (z - e) / e + (z - e) ** 2 / (2 * a * e)
    slope = by.arithmetic(less_equal(0, (z - e) * sp.diff(f, z)), by.assume(less_equal(a, z)))
    pointwise = by.by_slope(f, z, e, slope, by.assume(less_equal(a, e)))
    placed = by.satisfied(by.instance(pointwise, {z: x.entry, e: x.mean, a: x.smallest}),
                          by.minimum_bound(x.smallest, k), mean_above_smallest(x))
    bound = x.variance / (2 * x.smallest * x.mean)
    return by.arithmetic(less_equal(-sp.log(x.geometric / x.mean), bound), averaged(placed))


@cache
def gap_below_variance(x: Numbers) -> Theorem:
    """E - G <= Var/(2 min): 1 - G/E <= -log(G/E), which the parabola bounds."""
    return by.arithmetic(less_equal(x.gap, x.variance / (2 * x.smallest)), by.logarithm_bound(x.geometric / x.mean),
                         logarithm_above_parabola(x))


@cache
def strict_logarithm() -> tuple[Scalar, Theorem]:
    """log z <= z - 1 - (z - 1)^2/(4(z^2 + 1)) for z > 0: strict away from z = 1."""
    z = Scalar("z", POSITIVE)
    f = z - 1 - sp.log(z) - (z - 1) ** 2 / (4 * (z**2 + 1))
    return z, by.by_slope(f, z, sp.S.One, by.arithmetic(less_equal(0, (z - 1) * sp.diff(f, z))))
