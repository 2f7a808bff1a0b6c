"""Streaming means and their intervals: same bits for any workers, measured coverage, interruption, bad input."""

from __future__ import annotations

import math
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from dropout_theory.sampling.intervals import MeanInterval
from dropout_theory.sampling.montecarlo import (
    MonteCarloStopped,
    RunningMoments,
    block_moments,
    block_size,
    draw_block,
    mean_intervals,
)
from dropout_theory.sampling.rng import Bernoulli, Categorical, NormalVariate, SamplingPlan, UniformVariate, derive_key

THIRD = Fraction(1, 3)
PLAN = SamplingPlan((Bernoulli(THIRD), Bernoulli(Fraction(1, 2)), UniformVariate(-1.0, 1.0), NormalVariate(0.0, 1.0),
                     Categorical((Fraction(1, 4), Fraction(3, 4)))))
BOUNDS = [(0.0, 1.0), (-1.0, 1.0), (0.0, 1.0)]


def outputs(v: np.ndarray) -> np.ndarray:
    """An indicator, a product with continuous noise and a logistic function of a normal variate."""
    return np.stack([v[:, 0] * v[:, 1], v[:, 0] * v[:, 2], 1.0 / (1.0 + np.exp(-v[:, 3] - v[:, 4]))], axis=1)


def bits(boxes: tuple[MeanInterval, ...]) -> list[str]:
    return [value.hex() for box in boxes for value in (box.mean, box.variance, box.lower, box.upper)]


def estimate(samples: int = 150_001, seed: int = 3, **options: Any) -> tuple[MeanInterval, ...]:
    return mean_intervals(outputs, PLAN, samples, seed, 1e-6, BOUNDS, indicators=(0,), **options)


def test_same_bits_with_1_2_and_4_threads() -> None:
    alone = bits(estimate())
    for workers in (1, 2, 4):
        with ThreadPoolExecutor(workers) as pool:
            assert bits(estimate(executor=pool)) == alone
    assert bits(estimate(seed=4)) != alone and bits(estimate(stream=(1,))) != alone


def test_same_bits_with_processes() -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert bits(estimate(executor=pool)) == bits(estimate())


def test_merged_moments_equal_those_of_all_samples_at_once() -> None:
    found = estimate(10_000)
    drawn = np.concatenate([draw_block(PLAN, derive_key(3), 0), draw_block(PLAN, derive_key(3), 1),
                            draw_block(PLAN, derive_key(3), 2, 10_000 - 8192)])
    for box, column in zip(found, outputs(drawn).T, strict=True):
        assert box.samples == 10_000
        assert box.mean == pytest.approx(math.fsum(column) / 10_000, rel=1e-14, abs=1e-16)
        assert box.variance == pytest.approx(column.var(ddof=1), rel=1e-11)


def test_known_means_lie_within_and_wrong_ones_without() -> None:
    """False alarm 1e-6 for the call; E of the logistic output is not checked here."""
    gate, product, _ = estimate(400_000)
    assert gate.method == "clopper-pearson" and product.method == "hoeffding+empirical-bernstein"
    assert gate.lower <= 1 / 6 <= gate.upper and product.lower <= 0.0 <= product.upper
    assert not gate.lower <= 1 / 6 + 0.01 <= gate.upper
    assert not product.lower <= 0.01 <= product.upper
    assert gate.error_probability == pytest.approx(1e-6 / 3)


@pytest.mark.parametrize("indicators", [(), (0, 1)])
def test_measured_coverage_over_many_seeds(indicators: tuple[int, ...]) -> None:
    """400 runs at error probability 0.2 for two outputs together: at most 120 may miss.

    If the guarantee holds, misses are at most binomial(400, 0.2), and P(X > 120) < 2e-6.
    """
    plan = SamplingPlan((Bernoulli(Fraction(1, 20)), Bernoulli(Fraction(1, 2))))
    misses = 0
    for seed in range(400):
        boxes = mean_intervals(lambda v: v, plan, 60, seed, 0.2, [(0, 1), (0, 1)], indicators=indicators)
        misses += not all(box.lower <= mean <= box.upper for box, mean in zip(boxes, (0.05, 0.5), strict=True))
    assert misses <= 120
    # The same runs judged against means that are off must miss nearly always, or the intervals would be vacuous.
    far = mean_intervals(lambda v: v, plan, 6000, 1, 0.2, [(0, 1), (0, 1)], indicators=indicators)
    assert far[0].upper < 0.1 and far[1].lower > 0.4


def test_sure_gates_give_exact_answers() -> None:
    plan = SamplingPlan((Bernoulli(0), Bernoulli(1)))
    zero, one = mean_intervals(lambda v: v, plan, 5000, 1, 1e-3, [(0, 1), (0, 1)])
    assert (zero.mean, zero.variance, zero.lower) == (0.0, 0.0, 0.0) and zero.upper < 0.005
    assert (one.mean, one.variance, one.upper) == (1.0, 0.0, 1.0) and one.lower > 0.995
    constant, = mean_intervals(lambda v: np.full(len(v), 2.5), plan, 10, 1, 1e-3, [(2.5, 2.5)])
    assert constant.lower == constant.upper == 2.5


def test_widening_covers_rounding_gates_and_evaluation() -> None:
    box = estimate(5000)[1]
    assert box.widening >= 2.0**-32 + 2 * float(PLAN.bias)
    wide = mean_intervals(outputs, PLAN, 5000, 3, 1e-6, BOUNDS, indicators=(0,), evaluation_error=1e-3)[1]
    assert wide.lower < box.lower - 0.9e-3 and wide.upper > box.upper + 0.9e-3
    state = RunningMoments()
    values = np.random.default_rng(0).random((40_000, 1)) + 1e8
    for start in range(0, 40_000, 100):
        state.add(block_moments(values[start:start + 100], start))
    assert state.total is not None
    exact = math.fsum(values[:, 0]) / 40_000
    assert abs(state.total.mean[0] - exact) <= state.rounding(1e8 + 1, 1.0) < 1e-4


def test_interrupt_keeps_finished_blocks_and_continues_with_the_same_bits() -> None:
    state = RunningMoments()

    def interrupt(done: int, _: int) -> None:
        if done >= 60_000:
            raise KeyboardInterrupt

    for pool in (None, ThreadPoolExecutor(2)):
        state = RunningMoments()
        with pytest.raises(KeyboardInterrupt):
            estimate(progress=interrupt, state=state, executor=pool)
        assert state.samples == 15 * 4096 and state.blocks == 15
        assert bits(estimate(state=state, executor=pool)) == bits(estimate())
        assert state.samples == 150_001
        if pool is not None:
            pool.shutdown()
    with pytest.raises(ValueError, match="state must come from the same plan, seed"):
        estimate(seed=5, state=state)


def test_stop_is_heard_between_blocks() -> None:
    calls = iter([False] * 4 + [True] * 100)
    with pytest.raises(MonteCarloStopped, match="stopped after 16384 samples") as caught:
        estimate(stop=lambda: next(calls))
    assert bits(estimate(state=caught.value.state)) == bits(estimate())
    with pytest.raises(MonteCarloStopped, match="stopped after 0 samples"):
        estimate(stop=lambda: True)


def test_progress_counts_up_to_the_end_in_the_calling_thread() -> None:
    seen: list[tuple[int, int, int]] = []
    with ThreadPoolExecutor(4) as pool:
        estimate(executor=pool, progress=lambda done, all: seen.append((done, all, threading.get_ident())))
    assert [done for done, _, _ in seen] == [*range(4096, 150_001, 4096), 150_001]
    assert {(every, thread) for _, every, thread in seen} == {(150_001, threading.get_ident())}


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    def broken(v: np.ndarray) -> np.ndarray:
        raise ZeroDivisionError("in the function")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ZeroDivisionError, match="in the function"):
        mean_intervals(broken, PLAN, 10**6, 1, 0.1, [(0, 1)], executor=pool)


def test_one_output_may_be_flat_and_one_sample_is_enough() -> None:
    box, = mean_intervals(lambda v: v[:, 0] > 0, PLAN, 1, 1, 0.1, [(0, 1)])
    assert box.method == "hoeffding" and box.upper - box.lower > 0.9


@pytest.mark.parametrize(("change", "message"), [
    ({"samples": 0}, "samples must be an integer of at least 1, not 0"),
    ({"samples": 10.5}, "samples must be an integer of at least 1, not 10.5"),
    ({"seed": -3}, "seed must be a non-negative integer, not -3"),
    ({"error_probability": 1.0}, "error_probability must be strictly between 0 and 1, not 1.0"),
    ({"bounds": []}, "bounds must have one"),
    ({"bounds": [(0, math.inf)]}, r"bounds\[0\] must be finite with low <= high"),
    ({"bounds": [(1, 0)]}, r"bounds\[0\] must be finite with low <= high"),
    ({"bounds": [(0, 1), (0, 1)]}, r"function must return shape \(100, 2\) for 2 bounds, not \(100, 1\)"),
    ({"bounds": [(0.0, 0.5)]}, r"bounds\[0\] must contain every value, but \(0.0, 0.5\) lacks"),
    ({"bounds": [(0.5, 1.0)]}, r"bounds\[0\] must contain every value, but \(0.5, 1.0\) lacks"),
    ({"indicators": [1]}, "indicators must be indices of outputs below 1, not 1"),
    ({"indicators": [0]}, "indicators must name outputs that are always 0 or 1, not output 0"),
    ({"indicators": [0], "bounds": [(-1, 1)]}, r"bounds\[0\] of an indicator must be \(0, 1\), not \(-1, 1\)"),
    ({"function": lambda v: np.where(np.arange(len(v)) == 7, np.nan, 0.5)}, "nan, but did in row 7 of block 0"),
    ({"evaluation_error": -1.0}, "evaluation_error must be finite and at least 0, not -1.0"),
])
def test_bad_input(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"function": lambda v: np.abs(v[:, 2]), "plan": PLAN, "samples": 100, "seed": 1,
                            "error_probability": 0.1, "bounds": [(0.0, 1.0)]}
    mean_intervals(**good)
    with pytest.raises(ValueError, match=message):
        mean_intervals(**(good | change))


def test_a_plan_must_be_a_plan() -> None:
    with pytest.raises(TypeError, match="plan must be a SamplingPlan, not"):
        mean_intervals(outputs, [Bernoulli(1)], 10, 1, 0.1, BOUNDS)  # type: ignore[arg-type]
    assert block_size(PLAN) == 4096
