"""One input: mean square outputs in closed form, and squares completed at the best network."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_one_input as paper
from dropout_theory.papers.helmbold2017.notation import n
from dropout_theory.papers.helmbold2017.s04_one_input import UNITS, b, b0, i, output, unit, w
from dropout_theory.proof import Theorem

W = paper.W
x0, x1, s, c = Scalar("x0", NONNEGATIVE), Scalar("x1", NONNEGATIVE), Scalar("s"), Scalar("c", POSITIVE)
u = Scalar("u")


def passed(value: Any) -> Any:
    """What a hidden unit adds to the mean output."""
    return w[i] * unit(value, W[i], b[i])


def mean(value: Any) -> Any:
    """The mean output when the first layer is given `value`."""
    return Sum(passed(value), UNITS) + b0


def spread(value: Any) -> Any:
    """The variance of the output when the first layer is given `value`."""
    return Sum(passed(value) ** 2, UNITS)


def square(value: Any, label: Any) -> Theorem:
    """E((output - label)^2) = (mean - label)^2 + spread."""
    return by.identity(E((output(value) - label) ** 2), (mean(value) - label) ** 2 + spread(value))


@cache
def spread_bound() -> Theorem:
    """2 s (mean(2) - mean(0)) - n s^2 <= 3 spread(0) + spread(2): the two values of a unit have one sign."""
    signs = by.arithmetic(less_equal(0, u**2 * x0 * x1))
    apart = by.arithmetic(less_equal((u * x1 - u * x0) ** 2, 3 * (u * x0) ** 2 + (u * x1) ** 2), signs)
    tangent = by.arithmetic(less_equal(2 * s * (u * x1 - u * x0) - s**2, (u * x1 - u * x0) ** 2))
    one = by.arithmetic(less_equal(2 * s * (u * x1 - u * x0) - s**2, 3 * (u * x0) ** 2 + (u * x1) ** 2), apart, tangent)
    values = {u: w[i], x0: unit(0, W[i], b[i]), x1: unit(2, W[i], b[i])}
    total = by.weighted(by.instance(one, values), 1, UNITS)
    left, right = total.conclusion.args
    return by.arithmetic(less_equal(2 * s * (mean(2) - mean(0)) - n * s**2, 3 * spread(0) + spread(2)), total,
                         by.identity(left, 2 * s * (mean(2) - mean(0)) - n * s**2),
                         by.identity(right, 3 * spread(0) + spread(2)))


@prove("helmbold2017:thm8-one-input")
def at_least() -> Theorem:
    """Tangents at the best network: c = 1/(3n + 4), means (n + 2)c and 1 - 2c, s = 2c."""
    low, high, width = Scalar("m0"), Scalar("m1"), Scalar("V")
    unit_ = by.assume(equal(c * (3 * n + 4), 1))
    at_zero, at_one = (n + 2) * c, 1 - 2 * c
    tangents = [by.arithmetic(less_equal(2 * value * point - point**2, value**2))
                for value, point in ((low, at_zero), (low - 1, at_zero - 1), (high - 1, at_one - 1))]
    total = 2 * low**2 + (low - 1) ** 2 + (high - 1) ** 2 + width
    linear = 2 * (2 * low * at_zero - at_zero**2) + 2 * (low - 1) * (at_zero - 1) - (at_zero - 1) ** 2 \
        + 2 * (high - 1) * (at_one - 1) - (at_one - 1) ** 2 + 4 * c * (high - low) - 4 * n * c**2
    below = by.arithmetic(less_equal(linear, total), *tangents,
                          by.assume(less_equal(2 * (2 * c) * (high - low) - n * (2 * c) ** 2, width)))
    value = by.arithmetic(equal(linear, 2 * (n + 2) * c), unit_)
    bound = by.arithmetic(less_equal((n + 2) * c / 2, total / 4), below, value)
    best = 1 / (3 * n + 4)
    means = {low: mean(0), high: mean(2), width: 3 * spread(0) + spread(2)}
    here = by.instance(bound, {**means, c: best})
    return by.arithmetic(paper.BOUND.statement, by.satisfied(here, by.instance(spread_bound(), {s: 2 * best}),
                                                             by.arithmetic(equal(best * (3 * n + 4), 1))),
                         square(0, 0), square(0, 1), square(2, 1))
