"""Directed acyclic graphs of named units, arranged in layers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from dropout_theory.engines.network import Layer


def _chosen(value: Any, name: Any, default: Any) -> Any:
    return value.get(name, default) if isinstance(value, Mapping) else value


def _depths(inputs: list[Any], units: list[Any], readers: Mapping[Any, list[Any]]) -> dict[Any, int]:
    """Longest distance of every unit from the inputs, at least 1 for units. Raises ValueError for a cycle."""
    depth = dict.fromkeys(inputs, 0)
    waiting = list(units)
    while waiting:
        ready = [unit for unit in waiting if all(source in depth for source in readers[unit])]
        if not ready:
            raise ValueError(f"edges must have no cycle, but one runs through {waiting!r}")
        depth.update({unit: 1 + max((depth[source] for source in readers[unit]), default=0) for unit in ready})
        waiting = [unit for unit in waiting if unit not in depth]
    return depth


def layers_of_graph(inputs: list[Any], edges: Mapping[tuple[Any, Any], Any], activations: Any,
                    biases: Mapping[Any, Any], keep: Any, connection_keep: Any, c: Any,
                    slope: Any) -> tuple[list[list[Hashable]], list[Layer], Any]:
    """Return names by layer, the layers, and the gates of the inputs; see ``Network.from_edges``."""
    units = list(dict.fromkeys([target for _, target in edges] + list(biases)))
    for unit in units:
        if unit in inputs:
            raise ValueError(f"edges and biases must not lead to an input, but do to {unit!r}")
    known = {*inputs, *units}
    reads: dict[Any, list[Any]] = {unit: [] for unit in units}
    for source, target in edges:
        if source not in known:
            raise ValueError(f"edges must start at inputs or at targets of other edges, not at {source!r}")
        reads[target].append(source)
    for label, table in (("activations", activations), ("keep", keep), ("c", c), ("slope", slope)):
        for name in table if isinstance(table, Mapping) else ():
            if name not in known:
                raise ValueError(f"{label} must name units of the graph, not {name!r}")
    for edge in connection_keep if isinstance(connection_keep, Mapping) else ():
        if edge not in edges:
            raise ValueError(f"connection_keep must name edges of the graph, not {edge!r}")
    depth = _depths(inputs, units, reads)
    groups: dict[tuple[int, str], list[Any]] = {}
    for unit in units:
        groups.setdefault((depth[unit], _chosen(activations, unit, "logistic")), []).append(unit)
    names: list[list[Any]] = [inputs, *(groups[key] for key in sorted(groups))]
    where = {unit: i for i, row in enumerate(names) for unit in row}
    layers = []
    for key, row in zip(sorted(groups), names[1:], strict=True):
        sources = sorted({where[source] for unit in row for source in reads[unit]})
        columns = [unit for k in sources for unit in names[k]]
        present = [[(source, unit) in edges for source in columns] for unit in row]
        # an absent edge is a weight of 0 whose gate is always open, so that no engine spends a gate on it
        weights = [[edges[source, unit] if there else 0 for source, there in zip(columns, found, strict=True)]
                   for unit, found in zip(row, present, strict=True)]
        wires = [[_chosen(connection_keep, (source, unit), 1) if there else 1
                  for source, there in zip(columns, found, strict=True)]
                 for unit, found in zip(row, present, strict=True)]
        shape = (len(row), len(columns))
        layers.append(Layer(_table(weights, shape), [biases.get(unit, 0) for unit in row], key[1],
                            gate=[_chosen(keep, unit, 1) for unit in row], connection_gate=_table(wires, shape),
                            sources=sources, c=[_chosen(c, unit, 1.0) for unit in row],
                            slope=[_chosen(slope, unit, 1.0) for unit in row]))
    return names, layers, [_chosen(keep, name, 1) for name in inputs]


def _table(rows: list[list[Any]], shape: tuple[int, int]) -> Any:
    """An object array, which keeps fractions as they are, of the given shape also where it is empty."""
    table = np.empty(shape, dtype=object)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            table[i, j] = value
    return table
