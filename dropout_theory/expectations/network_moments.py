"""Streaming moments of every unit of a layered network under dropout of its units, by a compiled kernel.

A network maps inputs through dense layers. The inputs and the units of all layers but the last are gated: unit u is
kept with its own probability, and its activation is replaced by 0 otherwise. The moments are those of a unit's
pre-activation S and activation O before its own gate, over the gates of the layers below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dropout_theory.expectations.montecarlo import Array, Moments, RunningMoments, draw_block, sample_moments
from dropout_theory.expectations.numba_cache import kernels
from dropout_theory.expectations.rng import Bernoulli, SamplingPlan, derive_key, exact_probability, threshold

ACTIVATIONS = {"linear": 0, "relu": 1, "logistic": 2}
_BLOCK = 4096
_WORK_A_CALL = 1 << 26  # multiplications, or as much time in gates and exponentials: about 0.1 s
_UNIT_COST = 32


def _finite_array(name: str, value: Any, dimensions: int) -> Array:
    array = np.ascontiguousarray(value, dtype=np.float64)
    if array.ndim != dimensions or array.size == 0:
        raise ValueError(f"{name} must be a non-empty array of {dimensions} dimension(s), not of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, not {array[~np.isfinite(array)][0]!r}")
    return array


@dataclass(frozen=True, eq=False)
class DenseLayer:
    """A layer f(W h + b): weights (units, units below), bias (units,) or None, activation linear, relu or logistic.

    The logistic function is 1/(1 + exp(-s)). Raises ValueError for bad shapes, non-finite numbers or activations.
    """

    weights: ArrayLike
    bias: ArrayLike | None = None
    activation: str = "linear"

    def __post_init__(self) -> None:
        weights = _finite_array("weights", self.weights, 2)
        bias = np.zeros(len(weights)) if self.bias is None else _finite_array("bias", self.bias, 1)
        if bias.shape != (len(weights),):
            raise ValueError(f"bias must have one entry per unit ({len(weights)}), not shape {bias.shape}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {self.activation!r}")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bias", bias)


@dataclass(frozen=True, eq=False)
class NetworkMoments:
    """Sample moments, one array per layer: activations (mean, variance) and pre-activations (pre_mean, pre_variance).

    Variances have divisor n - 1. Blocks use Welford's recurrence; rounding is about 1e-13 of the largest magnitude.
    """

    samples: int
    mean: tuple[Array, ...]
    variance: tuple[Array, ...]
    pre_mean: tuple[Array, ...]
    pre_variance: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class GatedNetwork:
    """A network in the form the kernel reads; units are numbered through the layers, the inputs first."""

    sizes: NDArray[np.int64]
    codes: NDArray[np.int64]
    weights: Array
    biases: Array
    inputs: Array
    keep: tuple[Any, ...]
    thresholds: NDArray[np.uint64]
    scales: Array

    @property
    def block(self) -> int:
        """Samples in a block: 4096, or fewer (a power of two) so that one call takes about 0.1 s at most."""
        work = len(self.weights) + _UNIT_COST * int(self.sizes.sum())
        size = _BLOCK
        while size > 1 and size * work > _WORK_A_CALL:
            size //= 2
        return size

    def digest(self) -> str:
        """Return a hash of everything that the moments depend on besides key and number of samples."""
        sums = hashlib.sha256()
        for array in (self.sizes, self.codes, self.weights, self.biases, self.inputs, self.thresholds, self.scales):
            sums.update(array.tobytes() + b"|")
        return sums.hexdigest()


def compile_network(layers: Sequence[DenseLayer], x: ArrayLike, keep: Sequence[Any], inverted: bool) -> GatedNetwork:
    """Return the kernel's form of a network. Raises ValueError or TypeError naming what does not fit."""
    if not layers:
        raise ValueError("layers must have at least one layer, not none")
    inputs = _finite_array("x", x, 1)
    sizes = [len(inputs)]
    for i, layer in enumerate(layers):
        if not isinstance(layer, DenseLayer):
            raise TypeError(f"layers[{i}] must be a DenseLayer, not {layer!r}")
        rows, columns = np.shape(layer.weights)
        if columns != sizes[-1]:
            raise ValueError(f"layers[{i}].weights must have {sizes[-1]} columns, not {columns}")
        sizes.append(rows)
    if len(keep) != len(layers):
        raise ValueError(f"keep must have {len(layers)} members (the inputs, then each hidden layer), not {len(keep)}")
    gates: list[Any] = []
    for i, (given, size) in enumerate(zip(keep, sizes, strict=False)):
        members = list(given) if isinstance(given, (list, tuple, np.ndarray)) else [given] * size
        if len(members) != size:
            raise ValueError(f"keep[{i}] must be a probability or {size} of them, not {len(members)}")
        gates += [exact_probability(p, f"keep[{i}][{j}]") for j, p in enumerate(members)]
    if inverted and 0 in gates:
        raise ValueError("keep must be greater than 0 everywhere when inverted is true, not 0")
    gates += [exact_probability(1)] * sizes[-1]
    scales = [float(1 / p) if inverted else 1.0 for p in gates]
    weights = np.concatenate([np.ravel(np.asarray(layer.weights)) for layer in layers])
    biases = np.concatenate([np.zeros(sizes[0]), *(np.asarray(layer.bias) for layer in layers)])
    codes = np.array([0, *(ACTIVATIONS[layer.activation] for layer in layers)], dtype=np.int64)
    return GatedNetwork(np.array(sizes, dtype=np.int64), codes, weights, biases, inputs, tuple(gates),
                        np.array([threshold(p) for p in gates], dtype=np.uint64), np.array(scales))


def _network_blocks(network: GatedNetwork, key: tuple[int, int], pieces: Sequence[tuple[int, int]]) -> list[Moments]:
    """Return the moments of several blocks, given as (block index, size). Runs in a worker."""
    code, units, results = kernels(), int(network.sizes.sum()), []
    for index, size in pieces:
        mean, squares = np.empty((2, units)), np.empty((2, units))
        code.network_block(np.uint64(index * network.block), size, np.uint64(key[0]), np.uint64(key[1]),
                           network.sizes, network.codes, network.weights, network.biases, network.inputs,
                           network.thresholds, network.scales, mean, squares)
        none = np.empty(0)
        results.append(Moments(size, 1, mean, squares, none, none, np.empty((2, 0), np.int64)))
    return results


def network_masks(layers: Sequence[DenseLayer], x: ArrayLike, keep: Sequence[Any], first: int, samples: int, seed: int,
                  *, stream: Sequence[int] = ()) -> Array:
    """Return the gates (samples, inputs and units) that ``network_moments`` uses for samples first, first + 1, …

    Meant for looking at single masks and for checking the kernel. ``first`` must be a multiple of 4096 for networks of
    at most 1024 units; in general a multiple of ``block_size`` of the plan of all gates.
    """
    from dropout_theory.expectations.montecarlo import block_size

    plan = SamplingPlan(tuple(Bernoulli(p) for p in compile_network(layers, x, keep, False).keep))
    size = block_size(plan)
    if first < 0 or first % size:
        raise ValueError(f"first must be a multiple of {size}, not {first!r}")
    return draw_block(plan, derive_key(seed, *stream), first // size, samples)


def network_moments(layers: Sequence[DenseLayer], x: ArrayLike, keep: Sequence[Any], samples: int, seed: int, *,
                    inverted: bool = False, stream: Sequence[int] = (), executor: Executor | None = None,
                    progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] | None = None,
                    state: RunningMoments | None = None) -> NetworkMoments:
    """Return sample means and variances of every unit of a network under dropout of its inputs and hidden units.

    ``x`` (inputs,); ``keep`` one entry for the inputs and one per hidden layer, each a probability or one per unit.
    With ``inverted`` an open gate of keep probability p multiplies by 1/p. The same seed gives the same bits for any
    number of workers; ``executor``, ``progress``, ``stop`` and ``state`` work as in ``montecarlo.mean_intervals``.
    """
    network = compile_network(layers, x, keep, inverted)
    key = derive_key(seed, *stream)
    state = RunningMoments() if state is None else state
    sample_moments(_network_blocks, (network, key), samples, network.block, state,
                   ("network", network.digest(), key, samples), executor, progress, stop)
    assert state.total is not None
    cuts = np.cumsum(network.sizes)[:-1]
    mean, variance = state.total.mean, state.variance
    parts = [tuple(np.split(row, cuts)[1:]) for row in (mean[1], variance[1], mean[0], variance[0])]
    return NetworkMoments(samples, parts[0], parts[1], parts[2], parts[3])
