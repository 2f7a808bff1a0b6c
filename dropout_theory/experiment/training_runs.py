"""Repeated trainings of small rectified-linear networks by stochastic gradient descent, on rescaled copies of data.

A run draws examples x uniform on [-1, 1]^K with target the product of the signs of x, and a starting network whose
parameters are uniform within 1/sqrt(fan-in) (the default of Torch's Linear). From it networks are trained for every
regulariser and every scale of the inputs. All draws are functions of (seed, repetition, run, regulariser, scale).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.montecarlo import draw_block
from dropout_theory.sampling.rng import SamplingPlan, UniformVariate, derive_key

Array = NDArray[np.float64]

REGULARISERS = ("dropout", "weight decay", "none")
BATCHES = ("random example", "next example", "all examples")  # in the order of the kernel's codes
CEILING = 1e6  # a training loss above this, or that is no number, counts as this
_STEPS_A_CALL = 4_000_000  # lane-iterations in a kernel call, which cannot be interrupted: about 0.2 s


@dataclass(frozen=True)
class Descent:
    """Settings of stochastic gradient descent with momentum on a network with one hidden layer.

    Iteration t = 0, 1, … has rate `rate` / (1 + `rate_decay` t). With `damped` the gradient enters the velocity with
    factor 1 - momentum after the first iteration, as in Torch's optim.sgd. `weight_decay` is lambda of the penalty
    lambda/2 times the sum of squared weights, biases included where `decays_biases`. Raises ValueError.
    """

    inputs: int = 5
    hidden: int = 5
    examples: int = 10
    iterations: int = 100_000
    rate: Fraction = Fraction(1, 100)
    rate_decay: Fraction = Fraction(1, 100_000)
    momentum: Fraction = Fraction(1, 2)
    damped: bool = True
    batch: str = "random example"
    weight_decay: Fraction = Fraction(1, 2)
    decays_biases: bool = False

    def __post_init__(self) -> None:
        if self.batch not in BATCHES:
            raise ValueError(f"batch is {self.batch!r}; allowed: {', '.join(BATCHES)}")
        for name in ("inputs", "hidden", "examples", "iterations"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: at least 1")
        if self.inputs + self.hidden > 22:  # ten bits of each word are left to choose the example
            raise ValueError(f"inputs + hidden is {self.inputs + self.hidden}; allowed: at most 22")

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        return self.hidden * (self.inputs + 2) + 1


@dataclass(frozen=True)
class ScaleExperiment:
    """Training from one start on copies of the data with rescaled inputs, averaged over the runs of a repetition."""

    descent: Descent
    scales: tuple[Fraction, ...]
    regularisers: tuple[str, ...]
    runs: int

    def __post_init__(self) -> None:
        for name in self.regularisers:
            if name not in REGULARISERS:
                raise ValueError(f"regulariser is {name!r}; allowed: {', '.join(REGULARISERS)}")
        if self.runs < 1:
            raise ValueError(f"runs is {self.runs}; allowed: at least 1")


@dataclass(frozen=True, eq=False)
class Trained:
    """Results of a repetition, each (regularisers, scales, runs): loss without dropout, and what training minimises.

    `criterion` is the dropout criterion, the loss plus the weight-decay penalty, or the loss itself.
    """

    loss: Array
    criterion: Array


def train(descent: Descent, regulariser: str, inputs: Array, targets: Array, start: Array,
          keys: NDArray[np.uint64]) -> Array:
    """Parameters (parameters, lanes) after training each lane from `start` (parameters, lanes).

    inputs (examples, K, lanes), targets (examples, lanes), keys (2, lanes). See `training_kernels.descend`.
    """
    code = load_kernels("experiment.training_kernels")
    parameters, velocity = start.copy(), np.zeros_like(start)
    decay = float(descent.weight_decay) if regulariser == "weight decay" else 0.0
    members = descent.examples if descent.batch == "all examples" else 1
    at_once = max(4, _STEPS_A_CALL // (members * start.shape[1]) // 4 * 4)
    for first in range(0, descent.iterations, at_once):
        code.descend(first, min(at_once, descent.iterations - first), keys, inputs, targets, parameters, velocity,
                     BATCHES.index(descent.batch), regulariser == "dropout", float(descent.rate),
                     float(descent.rate_decay), float(descent.momentum), descent.damped, decay,
                     decay if descent.decays_biases else 0.0)
    return parameters


def losses(descent: Descent, inputs: Array, targets: Array, parameters: Array) -> tuple[Array, Array]:
    """Mean squared loss (lanes,) without dropout and under dropout of inputs and hidden units, each with chance 1/2.

    The second averages over the 2^K masks of the inputs; the hidden gates enter by their mean and variance, exactly,
    because the output is linear in them.
    """
    width, hidden = descent.inputs, descent.hidden
    into = parameters[:hidden * width].reshape(hidden, width, -1)
    bias, out = parameters[hidden * width:-hidden - 1], parameters[-hidden - 1:-1]

    def moments(x: Array) -> tuple[Array, Array]:
        value = np.maximum(np.einsum("ikq,ekq->eiq", into, x) + bias, 0.0) * out
        return (value.sum(1) + parameters[-1] - targets) ** 2, (value**2).sum(1)

    masks = (np.arange(1 << width)[:, None] >> np.arange(width)) & 1
    under_dropout = np.mean([np.add(*moments(inputs * (2.0 * mask[:, None]))) for mask in masks], axis=0)
    return moments(inputs)[0].mean(0), under_dropout.mean(0)


def repetition(experiment: ScaleExperiment, seed: int, number: int) -> Trained:
    """Train every network of one repetition of the experiment; a function of the arguments alone."""
    descent, runs, scales = experiment.descent, experiment.runs, len(experiment.scales)
    width, hidden, examples = descent.inputs, descent.hidden, descent.examples
    first, second = 1 / sqrt(width), 1 / sqrt(hidden)
    plan = SamplingPlan([UniformVariate(-1.0, 1.0)] * (examples * width)
                        + [UniformVariate(-first, first)] * (hidden * (width + 1))
                        + [UniformVariate(-second, second)] * (hidden + 1))
    drawn = draw_block(plan, derive_key(seed, 0, number), 0, runs)
    x = drawn[:, :examples * width].reshape(runs, examples, width)
    targets = np.sign(x).prod(2)
    factors = np.array([float(s) for s in experiment.scales])
    # lanes run through the scales, and within a scale through the runs
    inputs = np.ascontiguousarray((factors[:, None, None, None] * x).reshape(-1, examples, width).transpose(1, 2, 0))
    wanted = np.ascontiguousarray(np.tile(targets.T, scales))
    start = np.ascontiguousarray(np.tile(drawn[:, examples * width:].T, scales))
    loss, criterion = (np.empty((len(experiment.regularisers), scales, runs)) for _ in range(2))
    for r, regulariser in enumerate(experiment.regularisers):
        kind = REGULARISERS.index(regulariser)
        keys = np.array([derive_key(seed, 1, number, run, kind, s) for s in range(scales) for run in range(runs)],
                        np.uint64).T.copy()
        parameters = train(descent, regulariser, inputs, wanted, start, keys)
        with np.errstate(all="ignore"):  # a training may have diverged
            plain, dropped = losses(descent, inputs, wanted, parameters)
            weights = np.delete(parameters, np.s_[hidden * width:hidden * (width + 1)], axis=0)[:-1]
            penalty = float(descent.weight_decay) / 2 * (weights**2).sum(0)
        minimised = {"dropout": dropped, "weight decay": plain + penalty, "none": plain}[regulariser]
        for values, store in ((plain, loss), (minimised, criterion)):
            store[r] = np.minimum(np.where(np.isfinite(values), values, CEILING), CEILING).reshape(scales, runs)
    return Trained(loss, criterion)


def repetitions(experiment: ScaleExperiment, seed: int, count: int, jobs: int = 1,
                progress: Callable[[int, int], None] | None = None) -> Trained:
    """Results of repetitions 0 … count - 1, each array (count, regularisers, scales, runs), the same for any `jobs`."""
    pool = ThreadPoolExecutor(jobs)  # the kernel runs without the interpreter lock
    found: list[Trained] = []
    try:
        for item in pool.map(lambda number: repetition(experiment, seed, number), range(count)):
            found.append(item)
            if progress is not None:
                progress(len(found), count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return Trained(np.stack([t.loss for t in found]), np.stack([t.criterion for t in found]))


