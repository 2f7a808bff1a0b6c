"""The Fourier form of one logistic unit: against enumeration, closed forms, and certified balls."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as some

from dropout_theory.engines.fourier import logistic_moments
from dropout_theory.engines.fourier_certified import certified_moments
from dropout_theory.evaluation.values import precision


def enumerated(weights: list[float], keep: list[float], bias: float = 0.0, c: float = 1.0,
               slope: float = 1.0) -> tuple[float, float, float]:
    """Mean, variance and softplus mean over all masks, in plain Python."""
    mean = square = softplus = 0.0
    for mask in itertools.product((0, 1), repeat=len(weights)):
        probability = math.prod(p if m else 1 - p for m, p in zip(mask, keep, strict=True))
        x = slope * (bias + sum(w * m for w, m in zip(weights, mask, strict=True))) - math.log(c)
        o = 1 / (1 + math.exp(-x))
        mean, square = mean + probability * o, square + probability * o * o
        softplus += probability * (max(x, 0) + math.log1p(math.exp(-abs(x))))
    return mean, square - mean * mean, softplus


def within(value: float, ball: arb, error: float) -> bool:
    """Whether a float is as near to the true value in the ball as it claims to be."""
    return abs(value - float(ball.mid())) <= error + float(ball.rad())


numbers = some.floats(-6, 6).map(lambda x: round(x, 3))


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(numbers, some.floats(0, 1)), max_size=8), numbers,
       some.sampled_from([0.1, 1.0, 7.5]), some.sampled_from([-2.0, 0.0, 1.0, 3.0]))
def test_agrees_with_enumeration_within_its_stated_error(inputs: list[tuple[float, float]], bias: float, c: float,
                                                         slope: float) -> None:
    weights, keep = [w for w, _ in inputs], [p for _, p in inputs]
    found = logistic_moments(weights, keep, bias=bias, c=c, slope=slope)
    mean, variance, softplus = enumerated(weights, keep, bias, c, slope)
    assert abs(found.mean - mean) <= found.error + 1e-14
    assert abs(found.variance - variance) <= found.error + 1e-14
    assert abs(found.softplus - softplus) <= found.softplus_error + 1e-15 * softplus
    assert found.error < 1e-12


def test_an_empty_sum_is_the_logistic_function() -> None:
    found = logistic_moments([], 0.5, bias=0.7)
    assert abs(found.mean - 1 / (1 + math.exp(-0.7))) < 1e-14
    assert found.variance < 1e-14 and abs(found.nwgm - found.mean) < 1e-14


def test_gates_that_never_or_always_keep() -> None:
    assert abs(logistic_moments([3.0, -1.0], [0, 1]).mean - 1 / (1 + math.e)) < 1e-14
    certified = certified_moments([3, -1], [0, 1])
    with precision(200):
        assert certified.mean.contains(1 / (1 + arb(1).exp()))


def test_certified_balls_contain_the_enumerated_values_and_are_small() -> None:
    weights = [Fraction(3, 2), Fraction(-1, 3), Fraction(5), Fraction(-2)]
    keep = [Fraction(1, 2), Fraction(1, 5), Fraction(9, 10), Fraction(1, 3)]
    found = certified_moments(weights, keep, bias=Fraction(1, 7), c=2, slope=Fraction(3, 2), digits=40)
    with precision(300):
        mean = square = softplus = arb(0)
        for mask in itertools.product((0, 1), repeat=4):
            chance = math.prod(p if m else 1 - p for m, p in zip(mask, keep, strict=True))
            s = Fraction(3, 2) * (Fraction(1, 7) + sum(w * m for w, m in zip(weights, mask, strict=True)))
            x = arb(s.numerator) / s.denominator - arb(2).log()
            p = arb(chance.numerator) / chance.denominator
            o = 1 / (1 + (-x).exp())
            mean, square, softplus = mean + p * o, square + p * o * o, softplus + p * (1 + x.exp()).log()
        assert found.mean.contains(mean)
        assert found.variance.contains(square - mean * mean)
        assert found.softplus.contains(softplus)
        for ball in (found.mean, found.variance, found.softplus):
            assert ball.rad() < arb(10) ** -38


def test_a_wide_unit_float_agrees_with_certified() -> None:
    generator = np.random.default_rng(5)
    weights = [float(x) for x in np.round(generator.normal(size=60), 3)]
    fast = logistic_moments(weights, 0.5)
    sure = certified_moments(weights, Fraction(1, 2), digits=25)
    assert within(fast.mean, sure.mean, fast.error)
    assert within(fast.variance, sure.variance, fast.error)
    assert within(fast.softplus, sure.softplus, fast.softplus_error)


def test_symmetric_unit_has_mean_one_half() -> None:
    found = certified_moments([1, -1, 2, -2], Fraction(1, 2), digits=30)
    assert found.mean.contains(arb(1) / 2)
    assert found.bias_of_nwgm.contains(0) and found.bias_of_nwgm.rad() < arb(10) ** -28


def test_the_dropout_penalty_of_logistic_regression_is_positive() -> None:
    found = certified_moments([2, 1], Fraction(1, 2), digits=20)
    with precision(100):
        mean = arb(3) / 2
        assert found.softplus > (1 + mean.exp()).log()


def test_thousands_of_inputs() -> None:
    weights = np.full(4000, 0.05)
    found = logistic_moments(weights, 0.5, bias=-100.0)
    assert abs(found.mean - 0.5) <= found.error  # S is symmetric about 0
    assert found.error < 1e-10


def binomial_moments(n: int, weight: fmpq, p: fmpq, bias: fmpq) -> tuple[arb, ...]:
    """Exact balls for n equal gates: mean, second moment, softplus."""
    terms = [arb(math.comb(n, k) * p**k * (1 - p) ** (n - k)) for k in range(n + 1)]
    values = [arb(weight * k + bias) for k in range(n + 1)]
    outputs = [1 / (1 + (-x).exp()) for x in values]
    return tuple(sum((x * y for x, y in zip(terms, column, strict=True)), arb(0))
                 for column in (outputs, [o * o for o in outputs], [(1 + x.exp()).log() for x in values]))


@pytest.mark.parametrize("digits", [2, 6, 25])
def test_many_equal_and_wide_gates_against_the_binomial_sum(digits: int) -> None:
    n, weight, p, bias = 300, fmpq(7, 2), fmpq(2, 5), fmpq(-415)
    found = certified_moments([weight] * n, p, bias=bias, digits=digits)
    with precision(400):
        mean, square, softplus = binomial_moments(n, weight, p, bias)
        assert found.mean.contains(mean) and found.variance.contains(square - mean * mean)
        assert found.softplus.contains(softplus)
        for ball in (found.mean, found.variance, found.softplus):
            assert ball.rad() < arb(10) ** -digits
    fast = logistic_moments([3.5] * n, 0.4, bias=-415.0)
    assert abs(fast.mean - float(mean.mid())) < min(fast.error, 1e-13)
    assert abs(fast.softplus - float(softplus.mid())) < fast.softplus_error < 1e-10


def test_a_thousand_inputs_to_thirteen_digits_and_far_fewer_nodes_than_masks() -> None:
    generator = np.random.default_rng(3)
    for scale in (0.03, 1.0):
        weights, keep = scale * generator.normal(size=1000), generator.random(1000)
        fast, sure = logistic_moments(weights, keep), certified_moments(list(weights), keep, digits=16)
        assert fast.error < 1e-13 and fast.work < 400
        assert within(fast.mean, sure.mean, fast.error)
        assert within(fast.variance, sure.variance, fast.error)
        assert within(fast.softplus, sure.softplus, fast.softplus_error)


@pytest.mark.parametrize("sign", [1, -1])
def test_huge_weights_are_enumerated(sign: int) -> None:
    weights, keep = [sign * 1e300, 1e5, -3e7, 1e-300, 0.75, -sign * 1e300], [0.5, 0.25, 0.75, 0.5, 0.5, 0.5]
    # the huge gates cancel with probability 1/2; else the largest decides
    rest = {(0, 0): 0.75 * 0.25, (1, 0): 0.25 * 0.25, (0, 1): 0.75 * 0.75, (1, 1): 0.25 * 0.75}
    open_mean = 0.5 * 0.5 + 0.5 / (1 + math.exp(-0.75))
    mean = 0.25 + 0.5 * (rest[0, 0] * open_mean + rest[1, 0])
    open_square = 0.5 * 0.25 + 0.5 / (1 + math.exp(-0.75)) ** 2
    variance = 0.25 + 0.5 * (rest[0, 0] * open_square + rest[1, 0]) - mean**2
    fast = logistic_moments(weights, keep)
    assert abs(fast.mean - mean) < 1e-14 and abs(fast.variance - variance) < 1e-14 and fast.error < 1e-12
    sure = certified_moments(weights, keep)
    assert abs(sure.mean - mean) < 1e-14 and sure.mean.rad() < arb(10) ** -20
    assert abs(sure.variance - variance) < 1e-14


def test_a_shift_that_rounding_may_have_moved_shows_in_the_error() -> None:
    found = logistic_moments([1e300, 1e100, 1.0, -1e100, -1e300, 2.0], 0.5)
    sure = certified_moments([1e300, 1e100, 1.0, -1e100, -1e300, 2.0], 0.5)
    assert within(found.mean, sure.mean, found.error)


@settings(max_examples=30, deadline=None)
@given(some.lists(some.tuples(some.floats(-3, 3), some.floats(-2, 8), some.floats(0.01, 1)), min_size=1, max_size=9),
       some.floats(-50, 50))
def test_weights_of_every_size_agree_with_certified(inputs: list[tuple[float, float, float]], bias: float) -> None:
    weights, keep = [w * 10**size for w, size, _ in inputs], [p for _, _, p in inputs]
    fast, sure = logistic_moments(weights, keep, bias=bias), certified_moments(weights, keep, bias=bias, digits=18)
    assert sure.mean.rad() < arb(10) ** -18
    assert within(fast.mean, sure.mean, fast.error)
    assert within(fast.variance, sure.variance, fast.error)
    assert within(fast.softplus, sure.softplus, fast.softplus_error)


def test_saturated_units_cost_nothing_and_spreads_beyond_reach_are_refused() -> None:
    for bias, mean in ((1e6, 1.0), (-1e6, 0.0), (-745.0, 0.0)):
        found = logistic_moments([0.5, -0.25], 0.5, bias=bias)
        assert abs(found.mean - mean) < 1e-300 and found.variance < 1e-300
        assert abs(found.softplus - max(0.0, bias + 0.125)) <= found.softplus_error
    assert logistic_moments([1e308], 0.5).mean == 0.75
    assert logistic_moments([1e-300, 5e-324], 0.5).mean == 0.5
    with pytest.raises(ValueError, match="weights spread the preactivation"):
        logistic_moments(np.random.default_rng(1).normal(size=90) * 1e12, 0.5)
    with pytest.raises(ValueError, match="weights spread the preactivation"):
        certified_moments([(-1) ** x * x * 10**15 for x in range(1, 80)], Fraction(1, 2))


@pytest.mark.parametrize(("arguments", "details", "message"), [
    (([1.0, math.nan], 0.5), {}, "weights\\[1\\] is nan"),
    (([1.0], 1.5), {}, "keep\\[0\\] is 1.5"),
    (([1.0, 2.0], [0.5, math.nan]), {}, "keep\\[1\\] is nan"),
    (([1e308, 1e308], 0.5), {}, "weights reach a preactivation of inf"),
    (([1.0], 0.5), {"slope": math.nan}, "slope is nan"),
    (([1.0], 0.5), {"tolerance": 0.0}, "tolerance is 0.0"),
    (([1.0], [0.5, 0.5]), {}, "keep has 2 entries"),
    (([1.0], 0.5), {"c": 0.0}, "c is 0.0"),
    (([1.0], 0.5), {"bias": math.inf}, "bias is inf"),
])
def test_bad_input_is_named(arguments: tuple[Any, ...], details: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        logistic_moments(*arguments, **details)
