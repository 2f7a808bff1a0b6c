"""The dropout criterion of small rectified-linear networks, exactly over all masks, and its minimisers by many starts.

    J_D = E_(x,y) E_masks (D(W, x, mask) - y)^2      (helmbold2017 section 2, eq. 1)

Inputs and hidden units are kept with probability p and divided by it; the output unit is linear. Masks of all layers
but the last hidden one are enumerated; the output is linear in that one's gates, whose mean and variance are exact.
The criterion is not convex: what `minimise` finds is an upper bound of the optimum, certified by `exact_criterion`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dropout_theory.engines.gates import Array, finite_array
from dropout_theory.sampling.compiled import load_kernels

RATE, SMOOTHING = 0.03, (0.3, 1e-6)  # of the descent: first rate; first and last rounding of the kinks
POLISHED = 3
WORK_A_CALL = 50_000_000  # rows times parameters times steps in a kernel call, which cannot be interrupted
MOST_ROWS = 1 << 18  # masked examples that one evaluation goes over


@dataclass(frozen=True, eq=False)
class Examples:
    """A finite example distribution: inputs (m, K), targets (m,), chances (m,) or None for equal ones."""

    inputs: Any
    targets: Any
    chances: Any = None

    def __post_init__(self) -> None:
        inputs = np.array([[Fraction(v) for v in row] for row in self.inputs], dtype=object)
        targets = np.array([Fraction(v) for v in self.targets], dtype=object)
        given = [Fraction(1, len(targets))] * len(targets) if self.chances is None else self.chances
        chances = np.array([Fraction(v) for v in given], dtype=object)
        if inputs.ndim != 2 or not inputs.size or targets.shape != inputs.shape[:1] or chances.shape != targets.shape:
            raise ValueError(f"inputs, targets and chances must have shapes (m, K), (m,) and (m,), not {inputs.shape}, "
                             f"{targets.shape} and {chances.shape}")
        if min(chances) < 0 or sum(chances) != 1:
            raise ValueError(f"chances must be non-negative and sum to 1, not to {sum(chances)}")
        for name, value in (("inputs", inputs), ("targets", targets), ("chances", chances)):
            object.__setattr__(self, name, value)

    @property
    def width(self) -> int:
        """Number of inputs K."""
        return int(self.inputs.shape[1])


def signal(x: Sequence[Any], target: Any = 1) -> Examples:
    """P_(x,y): half the weight on (x, y), half on (0, 0) (helmbold2017 definition 1)."""
    return Examples([list(x), [0] * len(x)], [target, 0])


@dataclass(frozen=True)
class Shape:
    """Numbers of inputs and of units in each hidden layer. Parameters lie in one vector, layer by layer.

    A layer's weights (units, units below), row by row, come before its biases; the output unit comes last.
    """

    inputs: int
    hidden: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.hidden or min(self.inputs, *self.hidden) < 1:
            raise ValueError(f"inputs and hidden must be positive, with at least one hidden layer, not {self}")

    @cached_property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(units, units below) of every layer, the output last."""
        widths = (self.inputs, *self.hidden, 1)
        return tuple((above, below) for below, above in itertools.pairwise(widths))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(above * (below + 1) for above, below in self.layers)

    def split(self, parameters: Any) -> list[tuple[Any, Any]]:
        """(weights, biases) of every layer, views where the vector allows. Raises ValueError for a wrong length."""
        if len(parameters) != self.size:
            raise ValueError(f"parameters must have {self.size} entries for {self}, not {len(parameters)}")
        found, at = [], 0
        for above, below in self.layers:
            middle, end = at + above * below, at + above * (below + 1)
            found.append((parameters[at:middle].reshape(above, below), parameters[middle:end]))
            at = end
        return found

    @cached_property
    def is_weight(self) -> NDArray[np.bool_]:
        """Which parameters are weights rather than biases."""
        return np.concatenate([np.repeat([True, False], (above * below, above)) for above, below in self.layers])


class Criterion:
    """J_D plus decay/2 times the sum of squared weights, with its gradient; p = 1 is training without dropout.

    Raises ValueError for a keep probability outside (0, 1] or more than MOST_ROWS masked examples.
    """

    def __init__(self, shape: Shape, examples: Examples, keep: Any = Fraction(1, 2), decay: float = 0.0) -> None:
        self.keep = Fraction(keep)
        if not 0 < self.keep <= 1:
            raise ValueError(f"keep must be in (0, 1], not {keep!r}")
        if not 0 <= decay < float("inf"):
            raise ValueError(f"decay must be finite and at least 0, not {decay!r}")
        if examples.width != shape.inputs:
            raise ValueError(f"examples must have {shape.inputs} inputs as the network has, not {examples.width}")
        self.shape = shape
        rows = _masked_rows(shape, examples, self.keep)
        table = np.array(list(rows), dtype=object).astype(float)
        chances = np.array([float(c) for c in rows.values()])
        # the variance of a kept node's 0 or 1/p is (1 - p)/p
        self.data = (np.array((shape.inputs, *shape.hidden, 1)), np.ascontiguousarray(table[:, :-1]), chances,
                     table[:, -1].copy(), float((1 - self.keep) / self.keep), float(decay))

    def __call__(self, parameters: ArrayLike, smoothing: float = 0.0) -> tuple[float, Array]:
        """Value and gradient; at a kink the slope of the flat side. `smoothing` rounds the kinks off."""
        given = finite_array("parameters", parameters, 1)
        if given.shape != (self.shape.size,):
            raise ValueError(f"parameters must have {self.shape.size} entries for {self.shape}, not {len(given)}")
        gradient = np.empty_like(given)
        value = load_kernels("engines.criterion_kernels").value_and_slope(given, *self.data, smoothing, gradient)
        return value, gradient


def _masked_rows(shape: Shape, examples: Examples, keep: Fraction) -> dict[tuple[Any, ...], Fraction]:
    """Masked inputs, gates of the hidden layers but the last, target -> chance; equal rows are merged."""
    inner = sum(shape.hidden[:-1])
    if len(examples.targets) << (shape.inputs + inner if keep < 1 else 0) > MOST_ROWS:
        raise ValueError(f"{shape} has more than {MOST_ROWS} masked examples; allowed: fewer inputs or hidden units")
    levels: tuple[tuple[Fraction, Fraction], ...] = ((Fraction(1), Fraction(1)),)
    if keep < 1:
        levels = ((Fraction(0), 1 - keep), (1 / keep, keep))
    masks = []
    for choice in itertools.product(levels, repeat=inner):
        chance = Fraction(1)
        for _, c in choice:
            chance *= c
        masks.append((tuple(g for g, _ in choice), chance))
    rows: dict[tuple[Any, ...], Fraction] = {}
    for x, y, weight in zip(examples.inputs, examples.targets, examples.chances, strict=True):
        for choice in itertools.product(levels, repeat=shape.inputs):
            chance = weight
            for _, c in choice:
                chance *= c
            masked = tuple(v * g for v, (g, _) in zip(x, choice, strict=True))
            for gates, c in masks:
                key = (*masked, *gates, y)
                rows[key] = rows.get(key, Fraction(0)) + chance * c
    return {key: chance for key, chance in rows.items() if chance}


def exact_criterion(shape: Shape, parameters: Sequence[Any], examples: Examples, keep: Any = Fraction(1, 2),
                    decay: Any = 0) -> Fraction:
    """The criterion in rationals, at parameters read exactly (a float is its binary value).

    Raises ValueError as Criterion does.
    """
    p = Fraction(keep)
    if not 0 < p <= 1:
        raise ValueError(f"keep must be in (0, 1], not {keep!r}")
    layers = shape.split(np.array([Fraction(v) for v in parameters], dtype=object))
    (out, last), hidden = layers[-1], layers[:-1]
    total = Fraction(decay) / 2 * sum(w * w for weights, _ in layers for w in weights.ravel())
    for row, chance in _masked_rows(shape, examples, p).items():
        value, rest, target = list(row[:shape.inputs]), list(row[shape.inputs:-1]), row[-1]
        for number, (weights, bias) in enumerate(hidden):
            value = [max(sum(a * v for a, v in zip(into, value, strict=True)) + b, Fraction(0))
                     for into, b in zip(weights, bias, strict=True)]
            if number < len(hidden) - 1:
                gates, rest = rest[:len(value)], rest[len(value):]
                value = [v * g for v, g in zip(value, gates, strict=True)]
        parts = [a * v for a, v in zip(out[0], value, strict=True)]
        total += chance * ((sum(parts) + last[0] - target) ** 2 + (1 - p) / p * sum(v * v for v in parts))
    return total


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best of many descents: its criterion, parameters, and the values all starts ended at, sorted."""

    value: float
    parameters: Array
    values: Array


def minimise(criterion: Criterion, starts: int = 30, seed: int = 0, *, nonnegative: bool = False,
             initial: Sequence[ArrayLike] = (), steps: int = 20_000) -> Optimum:
    """Descend from `initial` and from `starts` normal parameters, with weights >= 0 where asked; polish the best.

    Kinks stop a line search too soon: each descent is Adam on the criterion with its kinks rounded off less and less,
    and only the three best ends are taken to the bottom by L-BFGS. Raises ValueError where there is no start.
    """
    from scipy.optimize import minimize

    shape, rng = criterion.shape, np.random.default_rng(seed)
    scales = np.concatenate([np.full(above * (below + 1), (2 / below) ** 0.5) for above, below in shape.layers])
    begin = [finite_array("initial", v, 1).copy() for v in initial]
    begin += [rng.normal(size=shape.size) * scales for _ in range(starts)]
    if not begin:
        raise ValueError("starts must be at least 1 where no initial parameters are given")
    free = ~(shape.is_weight & nonnegative)
    ends = []
    for parameters in begin:
        parameters[~free] = abs(parameters[~free])
        _descend(criterion, parameters, free, steps)
        ends.append((criterion(parameters)[0], parameters))
    ends.sort(key=lambda end: end[0])
    bounds = [(None, None) if f else (0.0, None) for f in free]
    for place, (value, parameters) in enumerate(ends[:POLISHED]):
        found = minimize(criterion, parameters, jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"maxiter": 500, "maxcor": 30, "ftol": 1e-16, "gtol": 1e-12})
        if found.fun < value:
            ends[place] = (float(found.fun), found.x)
    value, best = min(ends, key=lambda end: end[0])
    return Optimum(value, best, np.sort([end[0] for end in ends]))


def _descend(criterion: Criterion, parameters: Array, free: NDArray[np.bool_], steps: int) -> None:
    mean, square = np.zeros_like(parameters), np.zeros_like(parameters)
    at_once = max(1, WORK_A_CALL // (len(criterion.data[1]) * parameters.size))
    for first in range(0, steps, at_once):
        load_kernels("engines.criterion_kernels").descend(
            first, min(at_once, steps - first), steps, parameters, mean, square, free, *criterion.data, RATE,
            *SMOOTHING)
