"""Numeric feedforward networks under dropout: what every engine of this package computes on.

Layer 0 is the input, layers 1, 2, ... follow; a layer may read any earlier layers, so layered networks, networks with
skip connections and directed acyclic graphs of single units are all of this form. Unit i of a layer has

    S_i = b_i + sum over sources j of w_ij * (gate of connection ij) * (gated activity of j),     O_i = f(S_i).

An activity O is the value before the unit's own gate. The ensemble network has U and W in place of S and O, and the
mean factor of each gate in place of the gate (baldi2014 eq. 101).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dropout_theory.engines.gates import Array, Keep, Law, RandomLevel, Spikes, as_law, finite_array, shaped

ACTIVATIONS = ("linear", "relu", "logistic", "tanh", "softmax")


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of units O = f(S).

    ``weights`` (units, inputs of the layer: the units of all ``sources`` side by side); ``bias`` (units,) or None;
    ``sources``: the indices of the layers read, in the order of the columns (0 is the input), by default the layer
    below. ``gate``: law of the gates on this layer's own units, as its readers see them; ``connection_gate``: law of
    the gates on the connections into this layer. A number or an array of numbers stands for keep probabilities.
    ``activation``: linear, relu, tanh, softmax (only where nothing reads the layer) or logistic, which is
    1/(1 + c exp(-slope*S)) with c >= 0 (baldi2014 eq. 31); ``c`` and ``slope`` are numbers or (units,).
    Raises ValueError naming what does not fit.
    """

    weights: Any
    bias: Any = None
    activation: str = "logistic"
    gate: Any = 1
    connection_gate: Any = 1
    sources: Sequence[int] | None = None
    c: Any = 1.0
    slope: Any = 1.0

    def __post_init__(self) -> None:
        given = (self.weights, self.bias)
        weights = finite_array("weights", self.weights, 2, empty=True)
        units = len(weights)
        if not units:
            raise ValueError(f"weights must have at least one row (a unit), not shape {weights.shape}")
        bias = np.zeros(units) if self.bias is None else finite_array("bias", self.bias, 1)
        if bias.shape != (units,):
            raise ValueError(f"bias must have one entry per unit ({units}), not shape {bias.shape}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {self.activation!r}")
        for name in ("c", "slope"):
            value = finite_array(name, getattr(self, name), np.ndim(getattr(self, name)))
            if value.shape not in ((), (units,)):
                raise ValueError(f"{name} must be one number or one per unit ({units}), not of shape {value.shape}")
            if self.activation != "logistic" and (value != 1).any():
                raise ValueError(f"{name} must be 1 for activation {self.activation!r}, not {getattr(self, name)!r}")
            object.__setattr__(self, name, np.broadcast_to(value, (units,)))
        if (self.c < 0).any():
            raise ValueError(f"c must be at least 0, not {float(self.c.min())!r}")
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bias", bias)

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.weights)

    def exact_weights(self) -> NDArray[Any]:
        """Return the weights as fractions, (units, inputs): as given, floats at their binary value."""
        return _fractions(self._given[0], self.weights)  # type: ignore[attr-defined]

    def exact_bias(self) -> NDArray[Any]:
        """Return the biases as fractions, (units,)."""
        given = self._given[1]  # type: ignore[attr-defined]
        return _fractions(self.bias if given is None else given, self.bias)

    def activate(self, s: ArrayLike) -> Array:
        """Return f(s) for preactivations (..., units)."""
        s = np.asarray(s, dtype=np.float64)
        if self.activation == "logistic":
            with np.errstate(over="ignore"):
                # exp of the negative magnitude only; past -745 it is 0, which is the limit
                z = self.slope * s
                tail = np.exp(-np.abs(z))
                return np.where(z >= 0, 1.0 / (1.0 + self.c * tail), _ratio(tail, tail + self.c))
        if self.activation == "tanh":
            return np.tanh(s)
        if self.activation == "relu":
            return np.maximum(s, 0.0)
        if self.activation == "softmax":
            powers = np.exp(s - s.max(axis=-1, keepdims=True))
            return powers / powers.sum(axis=-1, keepdims=True)
        return s


def _ratio(a: Array, b: Array) -> Array:
    return np.where(b > 0, a / np.where(b > 0, b, 1.0), 1.0)  # c = 0: the activity is 1 everywhere


def _fractions(given: Any, like: Array) -> NDArray[Any]:
    flat = np.asarray(given, dtype=object).ravel().tolist()
    result = np.empty(len(flat), dtype=object)
    result[:] = [Fraction(int(v.p), int(v.q)) if hasattr(v, "q") else Fraction(v) for v in flat]
    return result.reshape(like.shape)


@dataclass(frozen=True, eq=False)
class Network:
    """A feedforward network under dropout.

    ``layers``: the layers above the input; ``input_gate``: law of the gates on the inputs. With ``inverted`` an open
    gate of keep probability p multiplies by 1/p (spikes have their own size). ``names``: one name per unit, layer by
    layer from the inputs, or None. Raises ValueError or TypeError naming the layer and argument that do not fit.
    """

    layers: Sequence[Layer]
    input_gate: Any = 1
    inverted: bool = False
    names: Sequence[Sequence[Hashable]] | None = None
    # Derived; layer indices count the input as 0. Units of every layer; the layers that a layer reads; laws on the
    # units of every layer and on the connections into it (None for the input), with one parameter for every gate.
    sizes: tuple[int, ...] = field(init=False, default=())
    sources: tuple[tuple[int, ...], ...] = field(init=False, default=())
    unit_gates: tuple[Law, ...] = field(init=False, default=())
    connection_gates: tuple[Any, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if not layers:
            raise ValueError("layers must have at least one layer, not none")
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layers[{i}] must be a Layer, not {layer!r}")
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "inverted", bool(self.inverted))
        reads = [self._sources(i) for i in range(len(layers))]
        object.__setattr__(self, "sources", ((), *reads))
        sizes = [self._input_size(), *(layer.units for layer in layers)]
        object.__setattr__(self, "sizes", tuple(sizes))
        for i, layer in enumerate(layers):
            columns = sum(sizes[k] for k in reads[i])
            if layer.weights.shape[1] != columns:
                raise ValueError(f"layers[{i}].weights must have {columns} columns, not {layer.weights.shape[1]}")
            if layer.activation == "softmax" and any(i + 1 in later for later in reads):
                raise ValueError(f"layers[{i}].activation must not be softmax in a layer that others read")
        laws = [self.input_gate, *(layer.gate for layer in layers)]
        labels = ["input_gate", *(f"layers[{i}].gate" for i in range(len(layers)))]
        units = [shaped(as_law(law, label), (size,), label, self.inverted)
                 for law, label, size in zip(laws, labels, sizes, strict=True)]
        wires: list[Any] = [None]
        for i, layer in enumerate(layers):
            label = f"layers[{i}].connection_gate"
            wires.append(shaped(as_law(layer.connection_gate, label), layer.weights.shape, label, self.inverted))
        object.__setattr__(self, "unit_gates", tuple(units))
        object.__setattr__(self, "connection_gates", tuple(wires))
        self._check_spikes(labels)
        self._check_names()

    def _sources(self, i: int) -> tuple[int, ...]:
        given = self.layers[i].sources
        reads = (i,) if given is None else tuple(given)
        for k in reads:
            if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 0 <= k <= i:
                raise ValueError(f"layers[{i}].sources must be indices of earlier layers, 0 to {i}, not {k!r}")
        if len(set(reads)) != len(reads):
            raise ValueError(f"layers[{i}].sources must name no layer twice, not {list(reads)}")
        return tuple(int(k) for k in reads)

    def _input_size(self) -> int:
        if self.names is not None:
            return len(self.names[0])
        known = [layer.units for layer in self.layers]
        sizes = []
        for i, layer in enumerate(self.layers):
            reads = self._sources(i)
            if 0 in reads:
                sizes.append(layer.weights.shape[1] - sum(known[k - 1] for k in reads if k))
        size = sizes[0] if sizes else 0
        if size < 0:
            raise ValueError("layers must have a column for every unit that they read, not fewer")
        return size

    def _check_spikes(self, labels: Sequence[str]) -> None:
        for i, law in enumerate(self.unit_gates):
            if i and isinstance(law, Spikes) and self.layers[i - 1].activation != "logistic" and self._read(i):
                raise ValueError(f"{labels[i]} must not be Spikes unless the layer is logistic, "
                                 f"not {self.layers[i - 1].activation}")
        for i, wires in enumerate(self.connection_gates):
            if not isinstance(wires, Spikes):
                continue
            for k in self.sources[i]:
                law = self.unit_gates[k]
                if k and self.layers[k - 1].activation != "logistic":
                    raise ValueError(f"layers[{i - 1}].connection_gate must not be Spikes unless every layer it reads "
                                     f"is logistic, not {self.layers[k - 1].activation}")
                if not isinstance(law, Keep) or (law.values != 1).any():
                    raise ValueError(f"{labels[k]} must be 1 where spikes are of connections, not {law!r}")

    def _read(self, i: int) -> bool:
        return any(i in reads for reads in self.sources)

    def _check_names(self) -> None:
        if self.names is None:
            return
        names = tuple(tuple(row) for row in self.names)
        if tuple(len(row) for row in names) != self.sizes:
            raise ValueError(f"names must have {self.sizes} entries, not {tuple(len(row) for row in names)}")
        if len({name for row in names for name in row}) != sum(self.sizes):
            raise ValueError("names must be different")
        object.__setattr__(self, "names", names)

    def unit(self, name: Any) -> tuple[int, int]:
        """Return (layer, position) of a unit given by name, or given so already. Raises ValueError if there is none."""
        for i, row in enumerate(self.names or ()):
            if name in row:
                return i, list(row).index(name)
        if isinstance(name, tuple) and len(name) == 2 and 0 <= name[0] < len(self.sizes) and \
                0 <= name[1] < self.sizes[name[0]]:
            return int(name[0]), int(name[1])
        raise ValueError(f"unit must be a name or (layer, position) within sizes {self.sizes}, not {name!r}")

    def check_inputs(self, x: Any) -> Array:
        """Return one input (inputs,) or several (cases, inputs) as float64; raises ValueError where it does not fit."""
        dimensions = 2 if np.ndim(x) == 2 else 1
        array = finite_array("x", x, dimensions, empty=self.sizes[0] == 0)
        if array.shape[-1] != self.sizes[0]:
            raise ValueError(f"x must have {self.sizes[0]} entries, one per input, not shape {array.shape}")
        spikes = isinstance(self.unit_gates[0], Spikes) or any(
            isinstance(law, Spikes) and 0 in reads
            for law, reads in zip(self.connection_gates, self.sources, strict=True))
        if spikes and not ((array >= 0) & (array <= 1)).all():
            raise ValueError("x must be in [0, 1] where inputs spike, not outside")
        return array

    @cached_property
    def ensemble_weights(self) -> tuple[Array, ...]:
        """Weights of the ensemble network, one array per layer above the input: weights times mean factors."""
        result = []
        for i, layer in enumerate(self.layers, 1):
            parts = [np.broadcast_to(self.unit_gates[k].mean_factor(self.inverted), (self.sizes[k],))
                     for k in self.sources[i]]
            below = np.concatenate(parts) if parts else np.zeros(0)
            result.append(layer.weights * self.connection_gates[i].mean_factor(self.inverted) * below)
        return tuple(result)

    def ensemble(self, x: ArrayLike) -> tuple[list[Array], list[Array]]:
        """Return (U, W) of the ensemble network, one array (..., units) per layer; both are x for the input."""
        u, w = [self.check_inputs(x)], [self.check_inputs(x)]
        for i, layer in enumerate(self.layers, 1):
            below = np.concatenate([w[k] for k in self.sources[i]] or [np.zeros((*u[0].shape[:-1], 0))], axis=-1)
            u.append(below @ self.ensemble_weights[i - 1].T + layer.bias)
            w.append(layer.activate(u[-1]))
        return u, w

    @classmethod
    def from_edges(cls, inputs: Sequence[Hashable], edges: Mapping[tuple[Any, Any], Any], *,
                   activations: Mapping[Any, str] | str = "logistic", biases: Mapping[Any, Any] | None = None,
                   keep: Mapping[Any, Any] | Any = 1, connection_keep: Mapping[tuple[Any, Any], Any] | Any = 1,
                   c: Mapping[Any, float] | float = 1.0, slope: Mapping[Any, float] | float = 1.0,
                   inverted: bool = False) -> Network:
        """Return the network of a directed acyclic graph of named units.

        ``edges`` maps (source, target) to a weight; units appear by being a target (or in ``biases``). ``activations``,
        ``c``, ``slope`` and ``keep`` are one value or a mapping by unit, ``connection_keep`` one or a mapping by edge
        (missing entries: logistic, 1, 1, 1, 1). Units of one depth and activation make a layer. Raises ValueError for
        cycles, unknown names and edges into inputs.
        """
        from dropout_theory.engines.graphs import layers_of_graph

        names, layers, gate = layers_of_graph(list(inputs), edges, activations, biases or {}, keep, connection_keep,
                                              c, slope)
        return cls(layers, input_gate=gate, inverted=inverted, names=names)


__all__ = ["ACTIVATIONS", "Keep", "Law", "Layer", "Network", "RandomLevel", "Spikes"]
