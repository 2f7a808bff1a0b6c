"""Variance reduction: the last layer's moments taken exactly over its own gates, given all masks below it.

With M the masks below, m = E(O | M) and v = Var(O | M) of an output unit are numbers that need no sampling: a closed
form for linear units; for logistic and tanh units the Fourier form or all masks of the gates into the unit, whichever
is cheaper; all masks for rectified linear units. Then E(O) = E(m) and Var(O) = E(v) + Var(m), and m has less variance
than O. Own gates are those on connections into the last layer, and those on units that no other layer reads; gates
shared with other layers, and those under a random noise level, stay sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.estimates import Quantity, mean_bounds, variance_bounds
from dropout_theory.engines.gates import Array, Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.plan import CODES, LANES, effective_weights
from dropout_theory.engines.results import Stand
from dropout_theory.engines.totals import Totals

CLOSED_FORM, MASKS, FOURIER = range(3)  # as in ``last_layer_kernels``; a test compares them
PART = 32
MOST_MASKS = 16  # gates of a unit whose masks are visited
MOST_WORK = 1 << 24  # of a sample: the least block takes about 0.2 s then
_LEVEL = 32.0  # aliases and tail of the Fourier form are below 20 e^-32
_TAPE = 1 << 17  # numbers on the tape
_LARGEST = 1e150  # outputs whose squares can be added up


@dataclass(frozen=True)
class _Form:
    """How one unit is integrated; see ``LastLayer``. ``frame``: O = low + height * sigma(stretch * S + shift)."""

    method: int
    gates: int
    work: float
    error: float = 0.0
    frame: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 1.0)
    step: float = 1.0
    nodes: int = 0


@dataclass(frozen=True, eq=False)
class LastLayer:
    """How the units of the last layer are integrated over their own gates.

    ``taped`` (2, units of the network): rows of the tape for activities and for gated ones, or -1. ``tables``, for the
    kernel: the first unit; where each unit's connections start among all; their rows, weights, chances, whether they
    carry spikes, and whether they are always open; biases; methods; the activation, c and slope; frames; steps and
    numbers of nodes; and their weights (units, 2, nodes). ``units``: where the units are among all. ``sizes``: lengths
    of the kernel's arrays of work. ``error`` (units,): bounds what the integration adds to the errors of the
    activities below, in means and in variances. ``work``: cost of a sample beside that of the plan.
    """

    taped: NDArray[np.int64]
    tables: tuple[Any, ...]
    units: slice
    sizes: tuple[int, ...]
    error: Array
    work: int

    def tape(self) -> Array:
        """Return a tape (rows, samples) for some chunks."""
        rows = max(1, int(self.taped.max()) + 1)
        return np.zeros((rows, LANES * max(1, _TAPE // (rows * LANES))))

    def arrays(self) -> tuple[Array, ...]:
        """Return arrays of work for one worker."""
        return tuple(np.zeros(size) for size in self.sizes)

    def stand(self, total: Totals, ranges: tuple[Array, ...], work: int) -> Stand:
        """Return what the units' means come from; ``work``: cost of a sample without integration."""
        moments, at = total.moments, self.units
        mean, squares, gain = moments[0].copy(), moments[1].copy(), np.full(len(moments[0]), work / (work + self.work))
        mean[at], squares[at] = moments[6, at], moments[7, at]
        with np.errstate(divide="ignore", invalid="ignore"):
            gain[at] *= np.where(moments[1, at] > 0, moments[1, at] / moments[7, at], 1.0)
        error = np.zeros(len(mean))
        error[at] = self.error
        return Stand(total.samples, mean, squares, ranges[2], ranges[3], gain, error)

    def total_variance(self, total: Totals, mean: Quantity, width: Array, share: float, slack: Array) -> Quantity:
        """Return Var(O) = E(v) + Var(m) of the last layer's units, except with probability ``share``.

        ``mean``: their means, with intervals that hold; ``width`` of the range of O; ``slack``: what errors in the
        activities below change in a variance.
        """
        n, (plain, plain_squares) = total.samples, total.moments[:2, self.units]
        deviations, within, squares = total.moments[7:10, self.units]
        inner = mean_bounds(n, within, squares, np.zeros_like(width), width**2 / 4, share / 3, slack + self.error)
        outer = variance_bounds(n, deviations / max(1, n - 1), width, mean.reach(mean.value), share / 3,
                                slack + 2 * width * self.error)
        # few samples, or a tiny variance below the error of the integration: the sampled outputs may know better
        sampled = variance_bounds(n, plain_squares / max(1, n - 1), width, mean.reach(plain), share / 3, slack)
        lower = np.maximum(inner.lower + outer.lower, sampled.lower)
        upper = np.minimum(inner.upper + outer.upper, sampled.upper)
        value = np.clip(inner.value + outer.value, lower, upper)
        return Quantity(value, np.minimum(lower, value), upper)


def make_last_layer(network: Network, ranges: Sequence[tuple[Array, ...]], dtype: Any = np.float64) -> LastLayer:
    """Return how the last layer is integrated, given the ranges of all units for every input.

    Raises ValueError for softmax layers, and where a unit has too many gates, or reaches too far, for its activation.
    """
    layer, last = network.layers[-1], len(network.sizes) - 1
    if layer.activation == "softmax":
        raise ValueError("control must not be 'last-layer' for a softmax layer, which has no such form")
    first = sum(network.sizes[:-1])
    low, high = (np.array([part[k][first:] for part in ranges]) for k in (2, 3))
    if np.abs([low, high]).max() > _LARGEST:
        raise ValueError(f"control must not be 'last-layer' for outputs beyond {_LARGEST:.0e}, such as {high.max()!r}")
    reach = np.max([np.abs([part[0][first:], part[1][first:]]) for part in ranges], axis=(0, 1))
    taped, spikes, below = _below(network, last)
    weights = effective_weights(network, last).astype(dtype).astype(np.float64)
    law = network.connection_gates[last]
    chances = np.ones_like(weights) if isinstance(law, Spikes) else law.values
    chances = chances * below
    used = (weights != 0) & (chances != 0) & ((layer.c > 0) & (layer.slope != 0))[:, None]
    sure = (chances == 1) & ~spikes
    forms = [_form(layer, i, int((used[i] & ~sure[i]).sum()), float(reach[i]), float((high - low)[:, i].max()))
             for i in range(layer.units)]
    work = int(sum(form.work for form in forms)) + 8 * int(used.sum())
    if work > MOST_WORK:
        raise ValueError(f"control must not be 'last-layer' where that takes {work} multiplications a sample, which "
                         f"is more than {MOST_WORK}: too many gates into the last layer, or too large weights")
    nodes = max(form.nodes for form in forms)
    t = np.array([form.step for form in forms])[:, None] * np.arange(1, nodes + 1)
    with np.errstate(over="ignore"):  # beyond a unit's own nodes
        table = np.stack([t[:, :1] / np.sinh(np.pi * t), t[:, :1] * t / np.sinh(np.pi * t)], axis=1)
    at = np.nonzero(used)
    tables = (first, np.concatenate([[0], np.cumsum(used.sum(axis=1))]), at[1], weights[at], chances[at], spikes[at[1]],
              sure[at], layer.bias, np.array([form.method for form in forms]), CODES[layer.activation],
              np.array(layer.c), np.array(layer.slope), np.array([form.frame for form in forms]),
              np.array([form.step for form in forms]), np.array([form.nodes for form in forms]), table)
    gates = max(1, int(used.sum(axis=1).max()))
    visited = max((form.gates for form in forms if form.method == MASKS), default=0)
    sizes = (LANES, gates * LANES, gates * LANES, max(2 * nodes * PART, 2 * (visited + 1) * LANES),
             max(4 * PART, 2 * LANES), LANES, LANES)
    return LastLayer(taped, tables, slice(first, first + layer.units), sizes, np.array([f.error for f in forms]), work)


def _below(network: Network, last: int) -> tuple[NDArray[np.int64], NDArray[np.bool_], Array]:
    """Which rows of the tape the last layer's columns are, which are chances of spikes, and their gates' chances."""
    wired = isinstance(network.connection_gates[last], Spikes)
    offsets = np.concatenate([[0], np.cumsum(network.sizes)])
    taped = np.full((2, sum(network.sizes)), -1, np.int64)
    spikes, chances, row = [np.zeros(0, bool)], [np.zeros(0)], 0
    for k in network.sources[last]:
        law, size = network.unit_gates[k], network.sizes[k]
        sampled = isinstance(law, RandomLevel) or sum(k in reads for reads in network.sources) > 1
        taped[int(sampled), offsets[k]:offsets[k + 1]] = row + np.arange(size)
        row += size
        spikes.append(np.full(size, wired or (isinstance(law, Spikes) and not sampled)))
        chances.append(law.values if isinstance(law, Keep) and not sampled else np.ones(size))
    return taped, np.concatenate(spikes), np.concatenate(chances)


def _form(layer: Layer, i: int, gates: int, reach: float, width: float) -> _Form:
    """Return how unit i is integrated over its gates; ``reach``: largest size of S, ``width`` of the range of O."""
    if layer.activation == "linear":
        return _Form(CLOSED_FORM, gates, 6.0 * gates)
    masks = math.inf
    if gates <= MOST_MASKS:
        masks = 2.0**gates * (16.0 if layer.activation == "relu" else 50.0)
    nodes = math.inf
    if layer.activation in ("logistic", "tanh") and layer.c[i] > 0:
        logistic = layer.activation == "logistic"
        frame = (float(layer.slope[i]), -math.log(layer.c[i]), 0.0, 1.0) if logistic else (2.0, 0.0, -1.0, 2.0)
        period = abs(frame[0]) * reach + abs(frame[1]) + _LEVEL
        nodes = math.ceil(_LEVEL * period / (2 * math.pi**2))
        if nodes * (10.0 * gates + 10.0) < masks:
            # a power of e^(i a h) loses some places a node; with the weights of the nodes that is period/8 pi
            error = 20 * math.exp(-_LEVEL) + (gates + 2) * period * 2.0**-47 / (8 * math.pi)
            return _Form(FOURIER, gates, nodes * (10.0 * gates + 10.0) + 60.0 * gates, 4 * frame[3] * error, frame,
                         2 * math.pi / period, nodes)
    if masks == math.inf:
        raise ValueError(f"control must not be 'last-layer' for {layer.activation} units with {gates} gates of their "
                         f"own, more than {MOST_MASKS}")
    return _Form(MASKS, gates, masks, 2.0**(gates - 50) * width)


__all__ = ["LastLayer", "make_last_layer"]
