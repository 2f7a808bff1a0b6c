"""Intervals: known values, validity by exact computation of the coverage, and planning of sample sizes."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from dropout_theory.sampling.intervals import (
    MeanInterval,
    clopper_pearson_interval,
    empirical_bernstein_interval,
    hoeffding_interval,
    mean_interval,
    samples_needed,
    smallest_detectable_deviation,
)


def binomial_tail(n: int, k: int, p: mpmath.mpf) -> mpmath.mpf:
    """P(X ≥ k) for X binomial, by summation in 40 digits."""
    with mpmath.workdps(40):
        return mpmath.fsum(mpmath.binomial(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


@pytest.mark.parametrize(("n", "k"), [(1, 0), (1, 1), (10, 3), (50, 1), (50, 49), (400, 137), (1000, 0), (1000, 1000)])
@pytest.mark.parametrize("alpha", [0.1, 1e-4, 1e-9])
def test_clopper_pearson_ends_have_the_right_tails(n: int, k: int, alpha: float) -> None:
    lower, upper = clopper_pearson_interval(n, k, alpha)
    assert 0.0 <= lower <= k / n <= upper <= 1.0
    half = alpha / 2
    if k == 0:
        assert lower == 0.0
    else:
        assert half * (1 - 1e-4) <= binomial_tail(n, k, mpmath.mpf(lower)) <= half
    if k == n:
        assert upper == 1.0
    else:
        tail = binomial_tail(n, n - k, 1 - mpmath.mpf(upper))
        assert half * (1 - 1e-4) <= tail <= half


def test_clopper_pearson_at_zero_counts_is_not_a_point() -> None:
    lower, upper = clopper_pearson_interval(100, 0, 0.05)
    assert lower == 0.0 and upper == pytest.approx(1 - 0.025 ** (1 / 100), rel=1e-6)


def coverage(n: int, p: float, covers: np.ndarray) -> float:
    """Exact probability that the interval after X ~ binomial(n, p) successes contains p; covers[k] says whether."""
    logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + (k * math.log(p) if k else 0.0) + ((n - k) * math.log1p(-p) if n > k else 0.0) for k in range(n + 1)]
    return math.fsum(math.exp(value) for value, good in zip(logs, covers, strict=True) if good)


@pytest.mark.parametrize("alpha", [0.2, 0.01])
@pytest.mark.parametrize("n", [2, 7, 40, 150])
def test_exact_coverage_on_two_point_variables(n: int, alpha: float) -> None:
    """No sampling: the coverage of every method is summed over all outcomes of n trials."""
    boxes: dict[str, list[tuple[float, float]]] = {"h": [], "b": [], "c": [], "m": []}
    for k in range(n + 1):
        mean, variance = k / n, k * (n - k) / (n * (n - 1))
        boxes["h"].append(hoeffding_interval(n, mean, 0.0, 1.0, alpha))
        boxes["b"].append(empirical_bernstein_interval(n, mean, variance, 0.0, 1.0, alpha))
        boxes["c"].append(clopper_pearson_interval(n, k, alpha))
        both = mean_interval(n, mean, variance, 0.0, 1.0, alpha)
        boxes["m"].append((both.lower, both.upper))
    for p in (0.001, 0.03, 0.25, 0.5, 0.77, 0.999):
        for name, rows in boxes.items():
            covers = np.array([low <= p <= high for low, high in rows])
            assert coverage(n, p, covers) >= 1 - alpha, (name, p)


def test_the_coverage_check_can_fail() -> None:
    """A normal approximation of the same level does not pass it."""
    n, p, alpha = 40, 0.03, 0.2
    covers = np.array([abs(k / n - p) <= 1.2816 * math.sqrt(k * (n - k) / n**3) for k in range(n + 1)])
    assert coverage(n, p, covers) < 1 - alpha


def test_relative_entropy_form_solves_its_equation_and_beats_the_square_root() -> None:
    for n, mean, alpha in [(100, 0.3, 0.01), (1000, 0.001, 1e-6), (50, 0.0, 0.1), (10**9, 0.5, 1e-8), (3, 1.0, 0.5)]:
        lower, upper = hoeffding_interval(n, mean, 0.0, 1.0, alpha)
        width = math.sqrt(math.log(2 / alpha) / (2 * n))
        assert mean - width * (1 + 1e-6) <= lower <= mean <= upper <= mean + width * (1 + 1e-6)
        budget = mpmath.log(mpmath.mpf(2) / alpha) / n
        for end in (lower, upper):
            if 0.0 < end < 1.0:
                with mpmath.workdps(40):
                    m, q = mpmath.mpf(mean), mpmath.mpf(end)
                    left = m * mpmath.log(m / q) if m > 0 else mpmath.mpf(0)
                    right = (1 - m) * mpmath.log((1 - m) / (1 - q)) if m < 1 else mpmath.mpf(0)
                    assert budget <= left + right <= budget * (1 + (1e-4 if end > 1e-6 else 1e-2))


def test_empirical_bernstein_against_the_published_form() -> None:
    """Never wider than sqrt(2 V L / n) + 7 R L / (3 (n - 1)) with L = log(3 / alpha), up to the outward rounding."""
    for n, variance, alpha in [(10, 0.2, 0.1), (1000, 0.01, 1e-3), (10**6, 0.0, 1e-9)]:
        lower, upper = empirical_bernstein_interval(n, 0.5, variance, -5.0, 6.0, alpha)
        budget = math.log(3 / alpha)
        published = math.sqrt(2 * variance * budget / n) + 7 * 11 * budget / (3 * (n - 1))
        assert upper - lower <= 2 * published * (1 + 1e-8)
        assert upper == pytest.approx(1.0 - lower)


def test_combination_pays_for_both_and_uses_the_variance() -> None:
    quiet = mean_interval(10_000, 0.5, 1e-6, 0.0, 1.0, 1e-3)
    loud = mean_interval(10_000, 0.5, 0.25, 0.0, 1.0, 1e-3)
    assert quiet.half_width < loud.half_width / 5
    hoeffding, full = hoeffding_interval(10_000, 0.5, 0.0, 1.0, 5e-4), hoeffding_interval(10_000, 0.5, 0.0, 1.0, 1e-3)
    assert (loud.lower, loud.upper) == hoeffding and hoeffding[1] > full[1]
    assert mean_interval(1, 0.5, 0.0, 0.0, 1.0, 0.1).method == "hoeffding"


def test_slack_bias_and_range_are_applied() -> None:
    plain = mean_interval(1000, 2.0, 0.1, 1.0, 4.0, 0.01)
    wide = mean_interval(1000, 2.0, 0.1, 1.0, 4.0, 0.01, slack=1e-3, bias=1e-3)
    assert wide.lower <= plain.lower - 4e-3 and wide.upper >= plain.upper + 4e-3
    assert wide.widening == pytest.approx(4e-3)
    counted = mean_interval(1000, 0.2, 0.16, 0.0, 1.0, 0.01, successes=200, bias=1e-3)
    assert counted.upper == pytest.approx(clopper_pearson_interval(1000, 200, 0.01)[1] + 1e-3)
    constant = mean_interval(5, 3.0, 0.0, 3.0, 3.0, 0.01)
    assert (constant.lower, constant.upper) == (3.0, 3.0)
    clipped = mean_interval(5, 1.0, 0.0, 1.0, 4.0, 0.01)
    assert clipped.lower == 1.0 and isinstance(clipped, MeanInterval)


def test_slack_also_widens_the_sample_deviation() -> None:
    """Values off by 0.1 each may hide a deviation of 0.1: a constant sample must not look noiseless."""
    n, alpha = 10_000, 1e-3
    half = 0.1 * math.sqrt(2 * math.log(3 / alpha) / n)
    plain = empirical_bernstein_interval(n, 0.5, 0.0, 0.0, 1.0, alpha)[1]
    assert empirical_bernstein_interval(n, 0.5, 0.0, 0.0, 1.0, alpha, slack=0.1)[1] >= plain + 0.1 + half


def test_shift_and_scale_carry_over() -> None:
    unit = mean_interval(500, 0.25, 0.02, 0.0, 1.0, 1e-4)
    moved = mean_interval(500, 8 * 0.25 - 3, 64 * 0.02, -3.0, 5.0, 1e-4)
    assert moved.lower == pytest.approx(8 * unit.lower - 3) and moved.upper == pytest.approx(8 * unit.upper - 3)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hoeffding_interval(0, 0.5, 0, 1, 0.1), "n must be an integer of at least 1, not 0"),
    (lambda: hoeffding_interval(5, 0.5, 0, 1, 0.0), "error_probability must be strictly between 0 and 1, not 0.0"),
    (lambda: hoeffding_interval(5, 0.5, 0, math.inf, 0.1), "low and high must be finite"),
    (lambda: hoeffding_interval(5, 1.5, 0, 1, 0.1), r"mean must be within \[0, 1\], not 1.5"),
    (lambda: hoeffding_interval(5, math.nan, 0, 1, 0.1), "mean must be within"),
    (lambda: empirical_bernstein_interval(1, 0.5, 0, 0, 1, 0.1), "n must be an integer of at least 2, not 1"),
    (lambda: empirical_bernstein_interval(5, 0.5, -1.0, 0, 1, 0.1), "variance must be finite and at least 0, not -1.0"),
    (lambda: clopper_pearson_interval(5, 6, 0.1), "successes must be an integer from 0 to n = 5, not 6"),
    (lambda: mean_interval(5, 0.5, 0.0, 0, 1, 0.1, slack=-1.0), "slack must be finite and at least 0, not -1.0"),
    (lambda: smallest_detectable_deviation(5, 0.3, 1.0, 0.1), "variance must be in"),
    (lambda: smallest_detectable_deviation(5, 0.2, 1.0, 0.1, power=1.0), "power must be strictly between 0 and 1"),
    (lambda: samples_needed(0.0, 0.2, 1.0, 0.1), "deviation must be greater than 0, not 0.0"),
    (lambda: samples_needed(1e-12, 0.25, 1.0, 0.1), "deviation must be large enough"),
])
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_planned_samples_are_the_least_that_suffice() -> None:
    n = samples_needed(0.01, 0.25, 1.0, 1e-6)
    assert smallest_detectable_deviation(n, 0.25, 1.0, 1e-6) <= 0.01
    assert smallest_detectable_deviation(n - 1, 0.25, 1.0, 1e-6) > 0.01
    assert samples_needed(0.01, 0.001, 1.0, 1e-6) < n / 10


@pytest.mark.parametrize("p", [0.5, 0.1, 0.01])
def test_power_is_as_promised(p: float) -> None:
    """No sampling: the exact probability that a claim off by the stated deviation is excluded is at least the power."""
    n, alpha, power = 400, 1e-3, 0.9
    deviation = smallest_detectable_deviation(n, p * (1 - p), 1.0, alpha, power)
    for claim in (p - deviation, p + deviation):
        excluded = []
        for k in range(n + 1):
            box = mean_interval(n, k / n, k * (n - k) / (n * (n - 1)), 0.0, 1.0, alpha)
            excluded.append(not box.lower <= claim <= box.upper)
        assert coverage(n, p, np.array(excluded)) >= power
