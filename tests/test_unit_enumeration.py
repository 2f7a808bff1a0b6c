"""One logistic unit over all masks: against plain sums, the Fourier form, and certified balls."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as some

from dropout_theory.engines.fourier import logistic_moments
from dropout_theory.engines.fourier_certified import certified_moments
from dropout_theory.engines.unit_enumeration import certified_enumeration, enumerated_moments
from dropout_theory.evaluation.values import precision
from dropout_theory.sampling.compiled import load_kernels


def masks_in_balls(weights: list[float], keep: list[float], bias: float, c: float, slope: float) -> tuple[arb, arb,
                   arb]:
    """Mean, variance and softplus mean over all masks, one by one, from exact sums."""
    mean = square = softplus = arb(0)
    for mask in itertools.product((0, 1), repeat=len(weights)):
        chance = math.prod((Fraction(p) if m else 1 - Fraction(p) for m, p in zip(mask, keep, strict=True)),
                           start=Fraction(1))
        s = Fraction(slope) * (Fraction(bias) + sum(Fraction(w) for w, m in zip(weights, mask, strict=True) if m))
        x = arb(s.numerator) / s.denominator - (arb(Fraction(c).numerator) / Fraction(c).denominator).log()
        p, tail = arb(chance.numerator) / chance.denominator, (-abs(x)).exp()
        o = 1 / (1 + tail) if x > 0 else tail / (1 + tail)
        positive = x if x > 0 else arb(0)
        mean, square, softplus = mean + p * o, square + p * o * o, softplus + p * (positive + (1 + tail).log())
    return mean, square - mean * mean, softplus


@settings(max_examples=40, deadline=None)
@given(some.lists(some.tuples(some.floats(-9, 9), some.integers(-3, 5) | some.sampled_from([-290, 100, 115, 276, 293]),
                            some.floats(0, 1)), max_size=7),
       some.floats(-20, 20), some.sampled_from([0.25, 1.0, 7.5]), some.sampled_from([-2.0, 0.0, 1.0, 3.0]))
def test_every_mask_counts_whatever_the_size_of_weights(inputs: list[tuple[float, int, float]], bias: float, c: float,
                                                        slope: float) -> None:
    weights, keep = [w * 10.0**size for w, size, _ in inputs], [p for _, _, p in inputs]
    fast = enumerated_moments(weights, keep, bias=bias, c=c, slope=slope, softplus=True)
    sure = certified_enumeration(weights, keep, bias=bias, c=c, slope=slope, digits=18)
    with precision(200):
        for found, ball, truth, error in zip((fast.mean, fast.variance, fast.softplus),
                                             (sure.mean, sure.variance, sure.softplus),
                                             masks_in_balls(weights, keep, bias, c, slope),
                                             (fast.error, fast.error, fast.softplus_error), strict=True):
            assert ball.overlaps(truth) and ball.rad() < 1e-18 + 1e-25 * abs(truth)
            assert abs(arb(found) - truth) < error + 1e-50
    assert fast.error < 1e-8 or max(size for _, size, _ in inputs) > 5


def test_twenty_two_gates_agree_with_the_fourier_form_and_threads_change_no_bit() -> None:
    generator = np.random.default_rng(4)
    for scale in (0.3, 5.0, 100.0):
        weights, keep = scale * generator.normal(size=21), generator.random(21)
        alone = enumerated_moments(weights, keep, bias=0.5)
        with ThreadPoolExecutor(2) as threads:
            assert enumerated_moments(weights, keep, bias=0.5, executor=threads) == alone
        fourier = logistic_moments(weights, keep, bias=0.5)
        assert abs(alone.mean - fourier.mean) <= alone.error + fourier.error < 1e-12
        assert abs(alone.variance - fourier.variance) <= alone.error + fourier.error
        assert alone.work == 1 << 21 and alone.softplus is None


@pytest.mark.parametrize("bias", [-30.0, 25.0])
def test_saturated_units_keep_their_leading_digits(bias: float) -> None:
    weights, keep = [0.5, -1.5, 2.0, 0.25], [0.5, 0.25, 0.75, 0.5]
    for engine in (partial(enumerated_moments, softplus=True), logistic_moments):
        found = engine(weights, keep, bias=bias)
        with precision(300):
            mean, variance, softplus = masks_in_balls(weights, keep, bias, 1, 1)
            small = arb(found.mean) / mean if bias < 0 else arb(found.softplus - bias - 1.5) / (softplus - bias - 1.5)
            assert abs(found.variance / variance - 1) < 1e-13
            assert bias > 0 or abs(small - 1) < 1e-13
            assert bias > 0 or abs(found.softplus / softplus - 1) < 1e-13
            assert abs(found.mean - mean) < 1e-15


def test_certified_engines_enclose_the_same_number() -> None:
    weights = [Fraction(k, 7) * (-1) ** k for k in range(1, 13)]
    by_masks = certified_enumeration(weights, Fraction(1, 3), c=2, digits=30)
    by_fourier = certified_moments(weights, Fraction(1, 3), c=2, digits=30)
    for name in ("mean", "variance", "softplus", "nwgm"):
        one, other = getattr(by_masks, name), getattr(by_fourier, name)
        assert one.overlaps(other) and one.rad() < arb(10) ** -30


def test_edges() -> None:
    assert enumerated_moments([], 0.5, bias=0.7).mean == pytest.approx(1 / (1 + math.exp(-0.7)), abs=1e-16)
    assert enumerated_moments([3.0, -1.0], [0, 1]).mean == pytest.approx(1 / (1 + math.e), abs=1e-16)
    huge = enumerated_moments([1e300, -1e300, 1e-300, 0.75], 0.5)
    assert huge.mean == pytest.approx(0.25 + (0.5 + 1 / (1 + math.exp(-0.75))) / 4, abs=1e-15) and huge.error < 1e-12
    assert enumerated_moments([800.0, 900.0, -5000.0], 0.5).mean == pytest.approx(0.375 + 0.5**4, abs=1e-15)
    lost = enumerated_moments([1e300, 1e100, 1.0, -1e100, -1e300, 2.0], 0.5)
    sure = certified_enumeration([1e300, 1e100, 1.0, -1e100, -1e300, 2.0], 0.5)
    assert abs(lost.mean - float(sure.mean.mid())) <= lost.error
    with pytest.raises(ValueError, match="weights has 45 random gates"):
        enumerated_moments([1.0] * 45, 0.5)
    with pytest.raises(ValueError, match="weights has 23 random gates"):
        certified_enumeration([1] * 23, Fraction(1, 2))
    with pytest.raises(ValueError, match=r"weights\[1\] is nan"):
        enumerated_moments([1.0, math.nan], 0.5)


def test_compensated_sums_of_the_kernel() -> None:
    kernels = load_kernels("engines.exact_kernels")
    x, p = np.zeros(4 * kernels.GROUP), np.full(4 * kernels.GROUP, 0.1)
    mean, square = kernels.pair_sums(x, p, np.ones(3), np.array([1e16, 1.0, -1e16]))
    part = sum(0.1 + 0.1 for _ in range(kernels.GROUP // 2))
    assert mean == square == pytest.approx(4 * part, rel=1e-15)  # the huge terms cancel and leave no error behind
