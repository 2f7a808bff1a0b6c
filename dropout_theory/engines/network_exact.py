"""Small networks over all masks in exact rationals (linear and rectified linear units) and in Arb balls (any unit).

The recursion branches on the events of `network_program`, so that a mask of lower gates is computed once for all masks
above it. Linear outputs cost no masks; neither does a single logistic output behind many gates, whose moments given the
rest are a certified Fourier form.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, fmpq

from dropout_theory.engines.exact_results import NetworkMoments
from dropout_theory.engines.fourier_certified import moments_of_balls
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.network_program import LAYER, UNIT_GATE, Event, Program, compile_network
from dropout_theory.engines.unit import rational
from dropout_theory.evaluation.values import precision

MOST_EXACT_GATES = 20

Activation = Callable[[Layer, list[Any]], list[Any]]


def rational_network(network: Network, x: Any) -> NetworkMoments:
    """Return the moments of all units over all masks, as fractions, for one input `x` (inputs,) of exact numbers.

    Weights, biases and probabilities count as given, floats at their binary value. Raises ValueError for units that are
    neither linear nor rectified linear, for more than 20 gates to visit, and for what `enumerated_network` refuses.
    """
    for i, layer in enumerate(network.layers):
        if layer.activation not in ("linear", "relu"):
            raise ValueError(f"layers[{i}].activation must be linear or relu in exact rationals, "
                             f"not {layer.activation}")
    walk = _Walk(compile_network(network), network, x, lambda value: rational(value, "number"), _rational_activation, 0)
    fraction = np.vectorize(lambda v: Fraction(int(fmpq(v).p), int(fmpq(v).q)), otypes=[object])
    return walk.moments(fraction)


def certified_network(network: Network, x: Any, *, digits: int = 20) -> NetworkMoments:
    """Return the moments of all units over all masks, as Arb balls, for one input `x` (inputs,) of exact numbers.

    The balls contain the true values; their radii are meant to be below 10^-digits for activities of order one.
    Raises ValueError for more than 20 gates to visit, digits < 1, and for what `enumerated_network` refuses.
    """
    if digits < 1:
        raise ValueError(f"digits must be at least 1, not {digits}")
    with precision(int(digits * 3.33) + 60):
        walk = _Walk(compile_network(network), network, x, lambda value: arb(rational(value, "number")),
                     _ball_activation, digits)
        return walk.moments(np.vectorize(arb, otypes=[object]))


def _rational_activation(layer: Layer, sums: list[Any]) -> list[Any]:
    return [max(s, fmpq(0)) for s in sums] if layer.activation == "relu" else sums


def _ball_activation(layer: Layer, sums: list[Any]) -> list[Any]:
    if layer.activation == "linear":
        return sums
    if layer.activation == "relu":
        return [s.max(arb(0)) for s in sums]
    if layer.activation == "tanh":
        return [_within(s.tanh(), -1) for s in sums]
    if layer.activation == "logistic":
        return [_logistic(arb(rational(slope, "slope")) * s, arb(rational(c, "c")))
                for s, c, slope in zip(sums, layer.c.tolist(), layer.slope.tolist(), strict=True)]
    powers = [(s - sums[0]).exp() for s in sums]
    total = sum(powers, arb(0))
    return [_within(power / total, 0) for power in powers]


def _logistic(z: arb, c: arb) -> arb:
    if z < 0 and c > 0:
        return _within(z.exp() / (z.exp() + c), 0)
    return _within(1 / (1 + c * (-z).exp()), 0)


def _within(value: arb, low: int) -> arb:
    """The ball, or all values between low and 1 where a wide argument left none."""
    return value if value.is_finite() else arb(low).union(arb(1))


class _Walk:
    """One recursion over all masks; numbers of any kind that adds and multiplies."""

    def __init__(self, program: Program, network: Network, x: Any, number: Callable[[Any], Any],
                 activation: Activation, digits: int) -> None:
        network.check_inputs(np.asarray(x, dtype=np.float64))
        if np.ndim(x) != 1:
            raise ValueError(f"x must be one input of shape ({network.sizes[0]},), not of shape {np.shape(x)}")
        if program.gates > MOST_EXACT_GATES:
            raise ValueError(f"network must have at most {MOST_EXACT_GATES} gates to visit, not {program.gates}")
        self.program, self.network, self.number, self.activation = program, network, number, activation
        self.digits = digits
        self.zero = number(0)
        units = program.units
        self.value = [number(v) for v in x] + [self.zero] * (units - len(x))
        self.gated = [self.zero] * units
        self.mean = [self.zero] * units
        self.pre = [self.zero] * units
        self.second: dict[tuple[int, int], Any] = {}
        self.done: list[int] = []
        self.events = [self.converted(event) for event in program.events]
        self.closed = [self.converted(event) for event in program.closed]

    def converted(self, event: Event) -> Event:
        chance = None if event.chance is None else self.number(event.chance)
        return Event(event.kind, event.unit, chance, self.number(event.size),
                     tuple((target, self.number(weight)) for target, weight in event.edges))

    def moments(self, finish: Callable[[Any], Any]) -> NetworkMoments:
        network, program = self.network, self.program
        start = [self.zero] * program.units
        for k, layer in enumerate(network.layers, 1):
            start[program.position[k]:program.position[k] + layer.units] = [self.number(b) for b in layer.exact_bias()]
        self.visit(0, start, self.number(1))
        order = [program.position[k] + j for k, size in enumerate(network.sizes) for j in range(size)]
        inputs = network.sizes[0]
        mean = np.array([self.value[u] if u < inputs else self.mean[u] for u in order], dtype=object)
        middle = np.array([self.value[u] if u < inputs else self.pre[u] for u in order], dtype=object)
        table = np.full((len(order), len(order)), self.zero, dtype=object)
        for a, u in enumerate(order):
            for b, v in enumerate(order):
                if (u, v) in self.second:
                    table[a, b] = table[b, a] = self.second[u, v] - mean[a] * mean[b]
        cuts = np.cumsum(network.sizes)
        nwgm = [mean[:inputs]]
        for layer, first, last in zip(network.layers, cuts, cuts[1:], strict=False):
            nwgm.append(np.array(self.activation(layer, list(middle[first:last])), dtype=object))
        sums, activities = self.ensemble()
        return NetworkMoments(finish(mean), finish(table.diagonal()), finish(middle), finish(np.concatenate(nwgm)),
                              finish(np.concatenate(activities)), finish(np.concatenate(sums)), network, finish(table),
                              np.zeros(len(order)), 1 << program.gates)

    def ensemble(self) -> tuple[list[Any], list[Any]]:
        """U and W of the ensemble network by layer."""
        network = self.network
        u = [np.array(self.value[:network.sizes[0]], dtype=object)]
        w = list(u)
        for k, layer in enumerate(network.layers, 1):
            below = [v * self.factor(network.unit_gates[s], j) for s in network.sources[k] for j, v in enumerate(w[s])]
            weights, wires = layer.exact_weights(), network.connection_gates[k]
            sums = [self.number(b) + sum((self.number(weights[i, j]) * self.factor(wires, (i, j)) * v
                                          for j, v in enumerate(below)), self.zero)
                    for i, b in enumerate(layer.exact_bias())]
            u.append(np.array(sums, dtype=object))
            w.append(np.array(self.activation(layer, sums), dtype=object))
        return u, w

    def factor(self, law: Any, at: Any) -> Any:
        """The exact mean factor of one gate."""
        if hasattr(law, "exact"):
            return self.number(1 if self.network.inverted else law.exact()[at])
        return self.number(float(law.size[at]))

    def visit(self, index: int, sums: list[Any], weight: Any) -> None:
        """All masks of the events from `index` on."""
        if index == len(self.events):
            self.close(sums, weight)
            return
        event = self.events[index]
        if event.kind == LAYER:
            layer, start = self.network.layers[event.unit - 1], self.program.position[event.unit]
            units = range(start, start + layer.units)
            self.value[start:units.stop] = self.activation(layer, sums[start:units.stop])
            self.done.extend(units)
            for u in units:
                self.record(u, self.value[u], sums[u], weight)
            self.visit(index + 1, sums, weight)
            del self.done[-layer.units:]
            return
        source = self.value[event.unit] if event.kind == UNIT_GATE else self.gated[event.unit]
        chance = source if event.chance is None else event.chance
        if source == 0:  # both states are the same
            self.gated[event.unit] = self.zero if event.kind == UNIT_GATE else source
            self.visit(index + 1, sums, weight)
            return
        for state, share in ((0, 1 - chance), (1, chance)):
            if share == 0:
                continue
            sent = self.zero if not state else event.size if event.chance is None else event.size * source
            if event.kind == UNIT_GATE:
                self.gated[event.unit] = sent
            moved = sums
            if state:
                moved = list(sums)
                for target, w in event.edges:
                    moved[target] += w * sent
            self.visit(index + 1, moved, weight * share)

    def record(self, u: int, value: Any, middle: Any, weight: Any) -> None:
        scaled = weight * value
        self.mean[u] += scaled
        self.pre[u] += weight * middle
        for v in self.done:
            if v <= u:
                self.second[u, v] = self.second.get((u, v), self.zero) + scaled * self.value[v]

    def close(self, sums: list[Any], weight: Any) -> None:
        """The layers that come last, given everything else."""
        if not self.program.closed_layers:
            return
        first = min(self.program.position[k] for k in self.program.closed_layers)
        total = list(sums)
        spread: dict[tuple[int, int], Any] = {}
        sent = []
        for event in self.closed:
            source = self.value[event.unit] if event.kind == UNIT_GATE else self.gated[event.unit]
            chance = source if event.chance is None else event.chance
            size = event.size if event.chance is None else event.size * source
            sent.append((event.edges[0][1] * size if event.edges else self.zero, chance))
            for target, w in event.edges:
                total[target] += chance * w * size
                for other, v in event.edges:
                    if other <= target:
                        spread[target, other] = (spread.get((target, other), self.zero)
                                                 + chance * (1 - chance) * size * size * w * v)
        layer = self.network.layers[self.program.closed_layers[0] - 1]
        if layer.activation == "logistic":
            slope, c = arb(rational(layer.slope.tolist()[0], "slope")), rational(layer.c.tolist()[0], "c")
            given = moments_of_balls([(slope * w, p) for w, p in sent], slope * sums[first], c, self.digits)
            self.value[first], spread = given.mean, {(first, first): given.variance}
        else:
            self.value[first:] = total[first:]
        units = range(first, self.program.units)
        self.done.extend(units)
        for u in units:
            self.record(u, self.value[u], total[u], weight)
        del self.done[-len(units):]
        for pair, extra in spread.items():
            self.second[pair] += weight * extra


__all__ = ["certified_network", "rational_network"]
