"""Small networks over all masks, in float64: moments of every unit and covariances of every pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.exact_results import NetworkMoments
from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.network import ACTIVATIONS, Network
from dropout_theory.engines.network_program import LAYER, Event, Program, compile_network
from dropout_theory.engines.unit import EPSILON
from dropout_theory.sampling.compiled import load_kernels

MOST_GATES = 40
_TASK = 5e7  # products of two units within one call of the kernel: about 0.1 s

Table = NDArray[Any]


def enumerated_network(network: Network, x: Any, *, executor: Executor | None = None) -> NetworkMoments:
    """Return the moments of all units over all masks, in float64, for one input `x` (inputs,).

    At most 40 gates may have to be visited: gates into linear layers that nothing reads, and into a single logistic
    output, are free. Moments are polynomials in a random noise level of a degree of at most the layer's units: they are
    visited at the nodes of a Gauss rule that is exact for these. `executor` (threads or processes) shares the work; the
    result has the same bits with any number of workers. Raises ValueError for more gates, for a random noise level with
    inverted scaling, and for an input that does not fit.
    """
    x = network.check_inputs(x)
    if x.ndim != 1:
        raise ValueError(f"x must be one input of shape ({network.sizes[0]},), not of shape {x.shape}")
    if any(isinstance(law, RandomLevel) for law in network.unit_gates):
        return _over_levels(network, x, executor)
    program = compile_network(network, inner=True)
    if program.gates > MOST_GATES:
        raise ValueError(f"network must have at most {MOST_GATES} gates to visit, not {program.gates}")
    u, w = network.ensemble(x)
    arguments = _arguments(program, x, _internal(program, w), _internal(program, u))
    inside = max(0, int(math.log2(_TASK / (100 + program.units**2))))
    depth = min(program.branching, max(0, program.gates - inside))
    tasks = ((arguments, np.array([(k >> g) & 1 for g in range(depth)], dtype=np.int64)) for k in range(1 << depth))
    total = carry = np.zeros(1)
    for result in (_spread(executor, tasks) if executor else map(_visit, tasks)):
        new = total + result  # Neumaier's compensated sum
        carry = carry + np.where(np.abs(total) >= np.abs(result), (total - new) + result, (result - new) + total)
        total = new
    units = program.units
    first, pre, second = np.split((total + carry), [units, 2 * units])
    table = second.reshape(units, units)
    table = np.tril(table) + np.tril(table, -1).T - np.outer(first, first)
    if not (np.isfinite(table).all() and np.isfinite(pre).all()):
        raise ValueError("weights and x must keep the moments within float64")
    order = _external(program)
    mean, middle = first[order] + np.concatenate(w), pre[order] + np.concatenate(u)
    covariances = table[np.ix_(order, order)]
    sums = np.split(middle, np.cumsum(network.sizes)[:-1])
    nwgm = [x, *(layer.activate(s) for layer, s in zip(network.layers, sums[1:], strict=True))]
    return NetworkMoments(mean, np.maximum(covariances.diagonal(), 0.0), middle, np.concatenate(nwgm),
                          np.concatenate(w), np.concatenate(u), network, covariances, _rounding(network, x),
                          1 << program.gates)


def _over_levels(network: Network, x: Table, executor: Executor | None) -> NetworkMoments:
    """The moments as a mixture over the first random noise level, by the law of total covariance."""
    k, law = next((k, law) for k, law in enumerate(network.unit_gates) if isinstance(law, RandomLevel))
    if network.inverted and law.low < law.high:
        raise ValueError(f"gate of layer {k} must not have a random noise level with inverted scaling, where moments "
                         f"are no polynomials in it, not {law!r}")
    parts, shares = [], []
    for node, share in zip(*np.polynomial.legendre.leggauss(network.sizes[k] // 2 + 1), strict=True):
        keep = Keep(1.0 - (law.low + (law.high - law.low) * (float(node) + 1) / 2))
        layers = [replace(layer, gate=keep) if n == k else layer for n, layer in enumerate(network.layers, 1)]
        fixed = replace(network, layers=layers, input_gate=network.input_gate if k else keep)
        parts.append(enumerated_network(fixed, x, executor=executor))
        shares.append(share)
    mean = np.average([part.mean for part in parts], axis=0, weights=shares)
    middle = np.average([part.preactivation for part in parts], axis=0, weights=shares)
    table = np.average([part.covariances + np.outer(part.mean - mean, part.mean - mean) for part in parts], axis=0,
                       weights=shares)
    sums = np.split(middle, np.cumsum(network.sizes)[:-1])
    nwgm = [x, *(layer.activate(s) for layer, s in zip(network.layers, sums[1:], strict=True))]
    u, w = network.ensemble(x)
    error = np.max([part.error + 16 * EPSILON * np.abs(part.mean) for part in parts], axis=0)
    return NetworkMoments(mean, table.diagonal().copy(), middle, np.concatenate(nwgm), np.concatenate(w),
                          np.concatenate(u), network, table, error, sum(part.masks for part in parts))


def _rounding(network: Network, x: Table) -> Table:
    """First-order bound on the rounding of every unit's activity under any mask, and of its mean."""
    largest, errors = [np.abs(x)], [np.zeros(len(x))]
    with np.errstate(over="ignore"):
        for k, layer in enumerate(network.layers, 1):
            gates = [_largest_gate(network, s) for s in network.sources[k]]
            below = np.concatenate([g * largest[s] for g, s in zip(gates, network.sources[k], strict=True)] or [x[:0]])
            moved = np.concatenate([g * errors[s] for g, s in zip(gates, network.sources[k], strict=True)] or [x[:0]])
            weights = np.abs(layer.weights) * _largest_wire(network, k)
            top = weights @ below + np.abs(layer.bias)
            change = weights @ moved + EPSILON * (layer.weights.shape[1] + 2) * top
            bounded = layer.activation not in ("linear", "relu")
            change = change * (np.abs(layer.slope) / 4 if layer.activation == "logistic" else 1.0)
            largest.append(np.ones(layer.units) if bounded else top)
            errors.append(np.minimum(change, 2.0) if bounded else change)
    # the sums over masks, and the closed forms, err by a few dozen last places
    return np.concatenate([error + 64 * EPSILON * most for error, most in zip(errors, largest, strict=True)])


def _largest_gate(network: Network, k: int) -> Table:
    law = network.unit_gates[k]
    return np.abs(law.size) if isinstance(law, Spikes) else _inverse(network, law.values)  # type: ignore[union-attr]


def _largest_wire(network: Network, k: int) -> Table:
    law = network.connection_gates[k]
    return np.abs(law.size) if isinstance(law, Spikes) else _inverse(network, law.values)


def _inverse(network: Network, keep: Table) -> Table:
    return 1 / keep if network.inverted else np.ones_like(keep)


def _external(program: Program) -> NDArray[np.int64]:
    """The program's number of every unit, layer after layer."""
    pairs = zip(program.position, program.network.sizes, strict=True)
    return np.concatenate([np.arange(start, start + size) for start, size in pairs])


def _internal(program: Program, layers: list[Table]) -> Table:
    result = np.zeros(program.units)
    result[_external(program)] = np.concatenate(layers)
    return result


def _spread(executor: Executor, tasks: Iterator[Any]) -> Iterator[Table]:
    """The results in order, with a few tasks under way at a time, so that memory does not grow with their number."""
    waiting = []
    for task in tasks:
        waiting.append(executor.submit(_visit, task))
        if len(waiting) > 64:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _visit(task: tuple[tuple[Any, ...], Table]) -> Table:
    arguments, prefix = task
    *tables, value, offset, start = arguments
    units = len(value)
    first, pre, second = np.zeros(units), np.zeros(units), np.zeros((units, units))
    load_kernels("engines.mask_kernels").visit_masks(*tables, prefix, value.copy(), offset, start, first, pre, second)
    return np.concatenate([first, pre, second.ravel()])


def _arguments(program: Program, x: Table, w: Table, u: Table) -> tuple[Any, ...]:
    """The program as arrays, in the order of the kernel's parameters less prefix and outputs."""
    network = program.network
    targets: list[int] = []
    weights: list[float] = []

    def rows(events: tuple[Event, ...]) -> tuple[Table, Table, Table]:
        table = np.zeros((len(events), 5), dtype=np.int64)
        number = 0
        for row, event in zip(table, events, strict=True):
            row[:] = event.kind, event.unit, len(targets), len(targets) + len(event.edges), -1
            if event.branches:
                row[4], number = number, number + 1
            if event.kind == LAYER:
                row[1] = order.index(event.unit)
            targets.extend(target for target, _ in event.edges)
            weights.extend(float(weight) for _, weight in event.edges)
        return (table, np.array([-1.0 if event.chance is None else float(event.chance) for event in events]),
                np.array([float(event.size) for event in events]))

    order = sorted(range(1, len(network.sizes)), key=lambda k: program.position[k])
    events, closed = rows(program.events), rows(program.closed)
    layers = np.array([(program.position[k], program.position[k] + network.sizes[k],
                        ACTIVATIONS.index(network.layers[k - 1].activation)) for k in order], dtype=np.int64)
    c, slope, start, value = np.ones(program.units), np.ones(program.units), np.zeros(program.units), w * 0
    for k in order:
        part = slice(program.position[k], program.position[k] + network.sizes[k])
        layer = network.layers[k - 1]
        c[part], slope[part], start[part] = layer.c, layer.slope, layer.bias
    value[:len(x)] = x
    first_closed = min((program.position[k] for k in program.closed_layers), default=program.units)
    return (*events, np.array(targets, dtype=np.int64), np.array(weights), layers, c, slope, *closed, first_closed,
            program.inner, value, np.array([w, u]), start)


__all__ = ["NetworkMoments", "enumerated_network"]
