"""A small network as a list of events for visiting all masks: gates that branch, and layers that are computed.

A gate branches as late as it can, just before the first layer that reads it, so what lies below is computed once for
all masks above. Gates that lead only into linear layers which nothing reads are never branched: given the rest, mean
and covariance of those layers are sums. Nor are those of a single logistic output: given the rest, it is a single unit.
Of any other output layer that is the only one a compact inner loop takes the last gates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Network

UNIT_GATE, WIRE_GATE, LAYER = 0, 1, 2
LEAST_FOR_FOURIER = 9  # gates into a logistic output; fewer are cheaper to visit
INNER_GATES = 10  # of the inner loop


@dataclass(frozen=True)
class Event:
    """A gate (of a unit, or of a connection) or the computation of a layer.

    `unit`: the gated unit, or the source of the connection; for a layer its index in the network. `chance`: keep
    probability, None where the unit's activity is it (spikes). `size`: what an open gate multiplies an activity by, or
    the spike. `edges`: (target, weight) pairs. Units are numbered in the order in which they are computed.
    """

    kind: int
    unit: int
    chance: Any = None
    size: Any = 1
    edges: tuple[tuple[int, Any], ...] = ()

    @property
    def branches(self) -> bool:
        """Whether both states of a gate are possible."""
        return self.kind != LAYER and self.chance != 1


@dataclass(frozen=True)
class Program:
    """Events in order, gates that are not among them, and the layers these lead to, which come last.

    `position[k]` is the number of the first unit of layer k, `units` the number of all. `inner`: the masks of the
    closed gates are visited in an inner loop; else there are closed forms.
    """

    network: Network
    events: tuple[Event, ...]
    closed: tuple[Event, ...]
    closed_layers: tuple[int, ...]
    position: tuple[int, ...]
    units: int
    inner: bool

    @property
    def branching(self) -> int:
        """Number of gates among the events that branch."""
        return sum(event.branches for event in self.events)

    @property
    def gates(self) -> int:
        """Number of gates whose masks are visited."""
        return self.branching + (len(self.closed) if self.inner else 0)


def compile_network(network: Network, inner: bool = False) -> Program:
    """Return the program of a network, with an inner loop if allowed. Raises ValueError for random noise levels."""
    for k, law in enumerate(network.unit_gates):
        if isinstance(law, RandomLevel):
            raise ValueError(f"gate of layer {k} must not have a random noise level, whose masks are not finitely many")
    count = len(network.sizes)
    unread = [k for k in range(1, count) if not any(k in reads for reads in network.sources)]
    closed = [k for k in unread if network.layers[k - 1].activation == "linear"]
    alone = len(unread) == 1 and not closed
    if alone and network.sizes[unread[0]] == 1 and network.layers[unread[0] - 1].activation == "logistic":
        program = _build(network, unread, False)
        if len(program.closed) >= LEAST_FOR_FOURIER:
            return program
    return _build(network, unread, True) if alone and inner else _build(network, closed, False)


def _build(network: Network, closed: list[int], inner: bool) -> Program:
    count = len(network.sizes)
    order = [k for k in range(count) if k not in closed] + closed
    position, total = [0] * count, 0
    for k in order:
        position[k], total = total, total + network.sizes[k]
    readers = {k: [m for m in order if k in network.sources[m]] for k in range(count)}
    wires = {k: _wires(network, k) for k in order[1:]}
    events: list[Event] = []
    left: list[Event] = []
    branched: set[tuple[int, int]] = set()
    for k in order[1:]:
        for s in network.sources[k]:
            for j in range(network.sizes[s]):
                if (s, j) in branched:
                    continue
                branched.add((s, j))
                edges: list[tuple[int, Any]] = []
                into = set()
                random = False
                for m in readers[s]:
                    for i, weight, chance, _ in wires[m].get((s, j), ()):
                        into.add(m)
                        random |= chance != 1
                        if chance == 1:
                            edges.append((position[m] + i, weight))
                chance, size = _gate(network, s, j)
                if into and chance != 0:
                    event = Event(UNIT_GATE, position[s] + j, chance, size, tuple(edges))
                    lasting = chance == 1 or random or not into <= set(closed)
                    (events if lasting else left).append(event)
        for (s, j), found in wires[k].items():
            for i, weight, chance, size in found:
                if chance != 1 and _gate(network, s, j)[0] != 0:
                    event = Event(WIRE_GATE, position[s] + j, chance, size, ((position[k] + i, weight),))
                    (left if k in closed else events).append(event)
        if k not in closed:
            events.append(Event(LAYER, k))
    if inner:
        cut = max(0, len(left) - INNER_GATES)
        events, left = events + left[:cut], left[cut:]
    return Program(network, tuple(events), tuple(left), tuple(closed), tuple(position), total, inner)


def _gate(network: Network, k: int, j: int) -> tuple[Any, Any]:
    """Chance (None: the activity) and size of the gate of a unit."""
    law = network.unit_gates[k]
    if isinstance(law, Spikes):
        return None, np.broadcast_to(law.size, (network.sizes[k],))[j]
    assert isinstance(law, Keep)
    p = law.exact()[j]
    return p, 1 / p if network.inverted and p else 1


def _wires(network: Network, k: int) -> dict[tuple[int, int], list[tuple[int, Any, Any, Any]]]:
    """Connections into a layer by source unit: (target, weight, chance, size), those that can matter."""
    layer, law = network.layers[k - 1], network.connection_gates[k]
    weights = layer.exact_weights()
    chances = law.exact() if isinstance(law, Keep) else np.full(weights.shape, None, dtype=object)
    sizes = np.broadcast_to(law.size, weights.shape) if isinstance(law, Spikes) else None
    columns = [(s, j) for s in network.sources[k] for j in range(network.sizes[s])]
    found: dict[tuple[int, int], list[tuple[int, Any, Any, Any]]] = {}
    for column, source in enumerate(columns):
        for i in range(layer.units):
            weight, p = weights[i, column], chances[i, column]
            size = sizes[i, column] if sizes is not None else 1 / p if network.inverted and p else 1
            if weight != 0 and p != 0:
                found.setdefault(source, []).append((i, weight, p, size))
    return found
