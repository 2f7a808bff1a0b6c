"""A control variate with a known mean: the network made linear around its ensemble network, under the same gates.

Beside every unit O = f(S) runs a twin A = W + f'(U) (T - U), where T is the preactivation S with twins in place of the
activities below and U, W belong to the ensemble network. The twins are a linear network, so E(A) = W exactly, whatever
the depth; O - (A - W) has the mean of O, a known range, and little spread where the network is nearly linear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.gates import Array, Spikes
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.plan import Plan, make_plan
from dropout_theory.engines.results import Stand
from dropout_theory.engines.totals import Totals


def _derivative(layer: Layer, s: Array, o: Array) -> Array:
    """Derivatives of all activities by all preactivations of a layer, (units, units)."""
    if layer.activation == "softmax":
        return np.diag(o) - np.outer(o, o)
    slopes = {"linear": lambda: np.ones_like(o), "relu": lambda: (s > 0).astype(np.float64),
              "tanh": lambda: 1 - o * o, "logistic": lambda: layer.slope * o * (1 - o)}[layer.activation]()
    return np.diag(slopes)


@dataclass(frozen=True, eq=False)
class Twins:
    """A network with its twins: layer l > 0 of the network is layer 2l - 1 here, and its twin layer 2l.

    ``units`` and ``twins``: flat indices of the network's units (inputs first; an input is its own twin).
    """

    network: Network
    plan: Plan
    units: NDArray[np.int64]
    twins: NDArray[np.int64]
    means: Array

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """Rows kept of every unit above the input and of its twin."""
        return np.arange(2 * int((self.units != self.twins).sum()), dtype=np.int64).reshape(-1, 2)

    @cached_property
    def kept(self) -> NDArray[np.int64]:
        """Row kept for every unit, or -1."""
        kept = np.full(sum(self.network.sizes), -1, np.int64)
        above = self.units != self.twins
        kept[self.units[above]], kept[self.twins[above]] = self.pairs.T
        return kept

    def stand(self, total: Totals, ranges: tuple[Array, ...], work: int) -> Stand:
        """Return what O - (A - W) gives for the network's units; ``work``: cost of a sample without twins."""
        o, a = self.units, self.twins
        moments, above = total.moments, self.units != self.twins
        both = moments[1, o] + moments[1, a]
        squares = np.zeros(len(o))
        squares[above] = np.maximum(both[above] - 2 * total.co[:, 2], 0.0)
        # a difference of large sums may lose its digits; what it can lose is granted
        squares += 2.0**-46 * both
        _, _, low, high = ranges
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(squares > 0, moments[1, o] / squares * (work / self.plan.work), 1.0)
        return Stand(total.samples, moments[0, o] - (moments[0, a] - self.means), squares,
                     low[o] - (high[a] - self.means), high[o] - (low[a] - self.means), gain)


def twin_network(network: Network, x: Array, dtype: Any) -> Twins:
    """Return a network with its twins for one input (inputs,). Raises ValueError where gates are spikes."""
    if any(isinstance(law, Spikes) for law in (*network.unit_gates, *network.connection_gates)):
        raise ValueError("control must not be 'linear' for spikes, whose chances are no linear function")
    u, w = network.ensemble(x)
    layers: list[Layer] = []
    for n, layer in enumerate(network.layers, 1):
        slopes = _derivative(layer, u[n], w[n])
        first = [max(0, 2 * k - 1) for k in network.sources[n]]
        second = [2 * k for k in network.sources[n]]
        layers.append(replace(layer, sources=first))
        gate, wires = network.unit_gates[n], network.connection_gates[n]
        if layer.activation == "softmax" and not np.all(np.asarray(layer.connection_gate) == 1):
            raise ValueError("control must not be 'linear' for a softmax layer with gates on its connections")
        layers.append(Layer(slopes @ layer.weights, w[n] - slopes @ (u[n] - layer.bias), "linear", gate=gate,
                            connection_gate=wires, sources=second))
    both = Network(layers, network.unit_gates[0], inverted=network.inverted)
    offsets = np.concatenate([[0], np.cumsum(both.sizes)])
    inputs = np.arange(network.sizes[0])
    units = np.concatenate([inputs, *(offsets[2 * n - 1] + np.arange(size)
                                      for n, size in enumerate(network.sizes) if n)]).astype(np.int64)
    twins = np.concatenate([inputs, *(offsets[2 * n] + np.arange(size)
                                      for n, size in enumerate(network.sizes) if n)]).astype(np.int64)
    return Twins(both, _shared_gates(make_plan(both, dtype), network), units, twins, np.concatenate(w))


def _shared_gates(plan: Plan, network: Network) -> Plan:
    """The plan with the gates of a layer given to its twin."""
    layers, levels = plan.layers.copy(), plan.levels.copy()
    gates = tuple(part.copy() for part in plan.gates)
    wires = tuple(part.copy() for part in plan.wires)
    for n in range(1, len(network.sizes)):
        original, twin, size = layers[2 * n - 1], layers[2 * n], network.sizes[n]
        for part in gates:
            part[twin[0]:twin[0] + size] = part[original[0]:original[0] + size]
        if original[6] >= 0:
            count = network.layers[n - 1].weights.size
            for part in wires:
                part[twin[6]:twin[6] + count] = part[original[6]:original[6] + count]
        twin[8] = original[8]
    return replace(plan, layers=layers, levels=levels, gates=gates, wires=wires)  # type: ignore[arg-type]
