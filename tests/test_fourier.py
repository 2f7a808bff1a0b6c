"""The Fourier form of one logistic unit: against enumeration, closed forms, and certified balls."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as some

from dropout_theory.evaluate import precision
from dropout_theory.expectations.fourier import certified_moments, logistic_moments


def enumerated(weights, keep, bias=0.0, c=1.0, slope=1.0):
    """Mean, variance and softplus mean over all masks, in plain Python."""
    mean = square = softplus = 0.0
    for mask in itertools.product((0, 1), repeat=len(weights)):
        probability = math.prod(p if m else 1 - p for m, p in zip(mask, keep, strict=True))
        x = slope * (bias + sum(w * m for w, m in zip(weights, mask, strict=True))) - math.log(c)
        o = 1 / (1 + math.exp(-x))
        mean, square = mean + probability * o, square + probability * o * o
        softplus += probability * (max(x, 0) + math.log1p(math.exp(-abs(x))))
    return mean, square - mean * mean, softplus


numbers = some.floats(-6, 6).map(lambda x: round(x, 3))


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(numbers, some.floats(0, 1)), max_size=8), numbers,
       some.sampled_from([0.1, 1.0, 7.5]), some.sampled_from([-2.0, 0.0, 1.0, 3.0]))
def test_agrees_with_enumeration_within_its_stated_error(inputs, bias, c, slope):
    weights, keep = [w for w, _ in inputs], [p for _, p in inputs]
    found = logistic_moments(weights, keep, bias=bias, c=c, slope=slope)
    mean, variance, softplus = enumerated(weights, keep, bias, c, slope)
    assert abs(found.mean - mean) <= found.error + 1e-14
    assert abs(found.variance - variance) <= 4 * found.error + 1e-14
    assert abs(found.softplus - softplus) <= found.error * (1 + abs(softplus)) + 1e-13
    assert found.error < 1e-11


def test_an_empty_sum_is_the_logistic_function():
    found = logistic_moments([], 0.5, bias=0.7)
    assert abs(found.mean - 1 / (1 + math.exp(-0.7))) < 1e-14
    assert found.variance < 1e-14 and abs(found.nwgm - found.mean) < 1e-14


def test_gates_that_never_or_always_keep():
    assert abs(logistic_moments([3.0, -1.0], [0, 1]).mean - 1 / (1 + math.e)) < 1e-14
    certified = certified_moments([3, -1], [0, 1])
    with precision(200):
        assert certified.mean.contains(1 / (1 + arb(1).exp()))


def test_certified_balls_contain_the_enumerated_values_and_are_small():
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


def test_a_wide_unit_float_agrees_with_certified():
    generator = np.random.default_rng(5)
    weights = [float(x) for x in np.round(generator.normal(size=60), 3)]
    fast = logistic_moments(weights, 0.5)
    sure = certified_moments(weights, Fraction(1, 2), digits=25)
    assert abs(fast.mean - float(sure.mean.mid())) <= fast.error
    assert abs(fast.variance - float(sure.variance.mid())) <= 4 * fast.error
    assert abs(fast.softplus - float(sure.softplus.mid())) <= fast.error * (1 + fast.softplus)


def test_symmetric_unit_has_mean_one_half():
    found = certified_moments([1, -1, 2, -2], Fraction(1, 2), digits=30)
    assert found.mean.contains(arb(1) / 2)
    assert found.bias_of_nwgm.contains(0)


def test_the_dropout_penalty_of_logistic_regression_is_positive():
    found = certified_moments([2, 1], Fraction(1, 2), digits=20)
    with precision(100):
        mean = arb(3) / 2
        assert found.softplus > (1 + mean.exp()).log()


def test_thousands_of_inputs():
    weights = np.full(4000, 0.05)
    found = logistic_moments(weights, 0.5, bias=-100.0)
    assert abs(found.mean - 0.5) <= found.error  # S is symmetric about 0
    assert found.error < 1e-10


@pytest.mark.parametrize(("arguments", "details", "message"), [
    (([1.0, math.nan], 0.5), {}, "weights\\[1\\] is nan"),
    (([1.0], 1.5), {}, "keep\\[0\\] is 1.5"),
    (([1.0], [0.5, 0.5]), {}, "keep has 2 entries"),
    (([1.0], 0.5), {"c": 0.0}, "c is 0.0"),
    (([1.0], 0.5), {"bias": math.inf}, "bias is inf"),
])
def test_bad_input_is_named(arguments, details, message):
    with pytest.raises(ValueError, match=message):
        logistic_moments(*arguments, **details)
