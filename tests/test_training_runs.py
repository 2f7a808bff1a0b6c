"""The kernel of stochastic gradient descent against plain Python, and what repetitions of the experiment return."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from dropout_theory.experiment.training_runs import (
    BATCHES,
    REGULARISERS,
    Descent,
    ScaleExperiment,
    losses,
    repetition,
    repetitions,
    train,
)
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.rng import derive_key

SMALL = Descent(inputs=3, hidden=2, examples=4, iterations=23, rate=Fraction(1, 8), rate_decay=Fraction(1, 50))


def problem(descent: Descent, lanes: int, seed: int = 3) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(-1, 1, (descent.examples, descent.inputs, lanes))
    start = rng.normal(size=(descent.parameters, lanes))
    keys = np.array([derive_key(seed, lane) for lane in range(lanes)], np.uint64).T.copy()
    return inputs, np.sign(inputs).prod(1), start, keys


def words(key: np.ndarray, count: int) -> list[int]:
    counters = np.zeros((-(-count // 4), 4), np.uint64)
    counters[:, 0] = np.arange(len(counters))
    out = np.empty_like(counters)
    load_kernels("sampling.kernels").philox_words(counters, key.copy(), out)
    return [int(w) for w in out.ravel()]


def trained_in_python(d: Descent, regulariser: str, x: np.ndarray, y: np.ndarray, start: np.ndarray,
                      key: np.ndarray) -> np.ndarray:
    """One training, written from its definition."""
    into, bias = start[:d.hidden * d.inputs].reshape(d.hidden, d.inputs).copy(), start[-2 * d.hidden - 1:-d.hidden - 1]
    bias, out, last = bias.copy(), start[-d.hidden - 1:-1].copy(), float(start[-1])
    members = d.examples if d.batch == "all examples" else 1
    stream = iter(words(key, d.iterations * members + 4))
    decay = float(d.weight_decay) if regulariser == "weight decay" else 0.0
    on_bias = decay if d.decays_biases else 0.0
    velocity: list[Any] | None = None
    for t in range(d.iterations):
        slopes: list[Any] = [decay * into, on_bias * bias, decay * out, on_bias * last]
        for m in range(members):
            word = next(stream)
            bits = [2.0 * (word >> k & 1) for k in range(d.inputs + d.hidden)]
            if regulariser != "dropout":
                bits = [1.0] * len(bits)
            top = 32 - d.inputs - d.hidden
            e = {"random example": (word >> 32 - top) * d.examples >> top, "next example": t % d.examples,
                 "all examples": m}[d.batch]
            kept, gate = x[e] * bits[:d.inputs], np.array(bits[d.inputs:])
            before = into @ kept + bias
            value = np.maximum(before, 0) * gate
            miss = 2 * (out @ value + last - y[e]) / members
            back = miss * out * gate * (before > 0)
            for at, part in enumerate((np.outer(back, kept), back, miss * value, miss)):
                slopes[at] = slopes[at] + part
        fresh = 1 - float(d.momentum) if d.damped else 1.0
        velocity = slopes if velocity is None else [float(d.momentum) * v + fresh * g
                                                    for v, g in zip(velocity, slopes, strict=True)]
        rate = float(d.rate) / (1 + t * float(d.rate_decay))
        into, bias = into - rate * velocity[0], bias - rate * velocity[1]
        out, last = out - rate * velocity[2], last - rate * velocity[3]
    return np.concatenate([into.ravel(), bias, out, [last]])


@pytest.mark.parametrize("regulariser", REGULARISERS)
@pytest.mark.parametrize("descent", [SMALL, *(replace(SMALL, batch=b, damped=False) for b in BATCHES[1:]),
                                     replace(SMALL, decays_biases=True, momentum=Fraction(9, 10))])
def test_every_step_is_that_of_plain_python(descent: Descent, regulariser: str) -> None:
    x, y, start, keys = problem(descent, 3)
    found = train(descent, regulariser, x, y, start, keys)
    for lane in range(3):
        expected = trained_in_python(descent, regulariser, x[..., lane], y[:, lane], start[:, lane], keys[:, lane])
        assert found[:, lane] == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_lanes_do_not_see_one_another() -> None:
    x, y, start, keys = problem(SMALL, 7)
    together = train(SMALL, "dropout", x, y, start, keys)
    alone = train(SMALL, "dropout", x[..., 4:5].copy(), y[:, 4:5].copy(), start[:, 4:5].copy(), keys[:, 4:5].copy())
    assert (together[:, 4] == alone[:, 0]).all()


def test_losses_are_averages_over_every_mask() -> None:
    x, y, parameters, _ = problem(SMALL, 1)
    h, k = SMALL.hidden, SMALL.inputs
    into, bias, out = parameters[:h * k, 0].reshape(h, k), parameters[h * k:-h - 1, 0], parameters[-h - 1:-1, 0]

    def loss(gates: np.ndarray) -> float:
        value = np.maximum(into @ (x[..., 0] * gates[:k]).T + bias[:, None], 0) * gates[k:, None]
        return float(((out @ value + parameters[-1, 0] - y[:, 0]) ** 2).mean())

    plain, dropped = losses(SMALL, x, y, parameters)
    assert plain[0] == pytest.approx(loss(np.ones(k + h)))
    masks = itertools.product((0.0, 2.0), repeat=k + h)
    assert dropped[0] == pytest.approx(np.mean([loss(np.array(gates)) for gates in masks]))


def test_repetitions_do_not_depend_on_jobs_and_share_data_and_start() -> None:
    experiment = ScaleExperiment(replace(SMALL, iterations=300), (Fraction(1, 2), Fraction(1)), REGULARISERS, 3)
    one, three = (repetitions(experiment, 5, 4, jobs=jobs) for jobs in (1, 3))
    assert (one.loss == three.loss).all() and (one.criterion == three.criterion).all()
    assert (one.loss[2] == repetition(experiment, 5, 2).loss).all() and not (one.loss[2] == one.loss[1]).any()
    untrained = replace(experiment, descent=replace(SMALL, rate=Fraction(0)), scales=(Fraction(1), Fraction(1)))
    loss = repetition(untrained, 5, 0).loss
    assert (loss == loss[0, 0]).all() and len(set(loss[0, 0])) == 3


def test_criteria_are_what_training_lowers() -> None:
    experiment = ScaleExperiment(replace(SMALL, iterations=4000, rate=Fraction(1, 50)), (Fraction(1),), REGULARISERS, 8)
    still = replace(experiment, descent=replace(experiment.descent, rate=Fraction(0)))
    before, after = repetition(still, 1, 0).criterion, repetition(experiment, 1, 0).criterion
    assert (after.mean(axis=2) < before.mean(axis=2)).all()


def test_divergence_is_a_large_loss() -> None:
    wild = ScaleExperiment(replace(SMALL, rate=Fraction(10), iterations=100), (Fraction(10),), ("none",), 2)
    assert repetition(wild, 1, 0).loss == pytest.approx(1e6)


@pytest.mark.parametrize("change", [{"batch": "two"}, {"inputs": 0}, {"iterations": 0}, {"inputs": 20}])
def test_bad_settings_are_named(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        replace(Descent(), **change)  # type: ignore[arg-type]
