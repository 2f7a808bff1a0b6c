"""Networks under dropout, as the expressions statements speak of: S, O and the ensemble network's U, W.

`LayeredNetwork` has symbolic depth and widths, with skip connections from every lower layer on request. `Dag` is a
concrete graph of named units. Both know linear, logistic, rectified-linear and (Dag outputs) softmax units, gates on
units or on connections, and inverted scaling (kept activities divided by their keep probability).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy as sp

from dropout_theory.language import words as lang
from dropout_theory.language.checked import expression
from dropout_theory.language.domains import PROBABILITY, SIZE, UNIT

Activation = Callable[[Any], Any]

ACTIVATIONS: dict[str, Activation] = {"linear": lambda s: s, "logistic": lang.logistic, "relu": lang.Relu,
                                      "tanh": sp.tanh}
GATES = ("units", "connections", "none")


def _activation(name: str | Activation) -> Activation:
    if callable(name):
        return name
    if name not in ACTIVATIONS:
        raise ValueError(f"activation is {name!r}; allowed: {', '.join(ACTIVATIONS)} or a function")
    return ACTIVATIONS[name]


def _check_gates(gating: str, allowed: Sequence[str] = GATES) -> None:
    if gating not in allowed:
        raise ValueError(f"gating is {gating!r}; allowed: {', '.join(allowed)}")


@dataclass(frozen=True)
class LayeredNetwork:
    """A layered network of symbolic widths: layer 0 is the input, layers 1, 2, ... follow (baldi2014 eq. 48-49).

    With `skip` every unit reads all lower layers, as in a general feedforward graph; otherwise the layer below.
    `depth` is the highest layer instances may need. Raises ValueError for an unknown activation or gating.
    """

    depth: Any
    activation: str | Activation = "logistic"
    gating: str = "units"
    skip: bool = False
    biases: bool = False
    inverted: bool = False
    keep_name: str = "p"

    def __post_init__(self) -> None:
        _activation(self.activation)
        _check_gates(self.gating)

    @cached_property
    def widths(self) -> lang.Family:
        """n[l]: units in layer l."""
        layer = lang.index("l")
        return lang.family("n", SIZE, (layer, 0, self.depth))

    @cached_property
    def inputs(self) -> lang.Family:
        """I[j]: the input vector."""
        return lang.weights("I", (lang.index("j"), 1, self.widths[0]))

    @cached_property
    def _upper(self) -> tuple[Any, Any, Any, Any]:
        return lang.index("h"), lang.index("l"), lang.index("i"), lang.index("j")

    @cached_property
    def weights(self) -> lang.Family:
        """w[h, l, i, j] from unit j of layer l into unit i of layer h."""
        h, layer, i, j = self._upper
        lowest = 0 if self.skip else h - 1
        return lang.weights("w", (h, 1, self.depth), (layer, lowest, h - 1), (i, 1, self.widths[h]),
                            (j, 1, self.widths[layer]))

    @cached_property
    def bias(self) -> lang.Family:
        """b[h, i]."""
        h, _, i, _ = self._upper
        return lang.weights("b", (h, 1, self.depth), (i, 1, self.widths[h]))

    @cached_property
    def keep(self) -> lang.Family:
        """Keep probabilities: p[l, j] of units, or p[h, l, i, j] of connections."""
        _, layer, _, j = self._upper
        ranges: tuple[Any, ...] = ((layer, 0, self.depth), (j, 1, self.widths[layer]))
        if self.gating == "connections":
            ranges = self.weights.ranges
        return lang.Family(self.keep_name, PROBABILITY, ranges, False)

    @cached_property
    def gates(self) -> lang.Gates:
        """The Bernoulli gates, with the indices of `keep`; connection gates carry the source layer first."""
        if self.gating == "units":
            return lang.Gates("delta", UNIT, self.keep.ranges, False, self.keep[tuple(r[0] for r in self.keep.ranges)])
        h, layer, i, j = self._upper
        ranges = ((layer, 0, self.depth), (h, layer + 1, self.depth), (i, 1, self.widths[h]),
                  (j, 1, self.widths[layer]))
        return lang.Gates("delta", UNIT, ranges, False, self.keep[h, layer, i, j])

    def _gate(self, h: Any, layer: Any, i: Any, j: Any) -> Any:
        if self.gating == "none":
            return sp.S.One
        gate = self.gates[layer, j] if self.gating == "units" else self.gates[layer, h, i, j]
        return gate / self._keep(h, layer, i, j) if self.inverted else gate

    def _keep(self, h: Any, layer: Any, i: Any, j: Any) -> Any:
        if self.gating == "none":
            return sp.S.One
        return self.keep[layer, j] if self.gating == "units" else self.keep[h, layer, i, j]

    def _sum(self, h: Any, i: Any, source: Callable[[Any, Any], Any], factor: Callable[..., Any]) -> Any:
        layer, j = lang.index("l"), lang.index("j")
        if self.skip:
            inner = sp.Sum(self.weights[h, layer, i, j] * factor(h, layer, i, j) * source(layer, j),
                           (j, 1, self.widths[layer]))
            total = sp.Sum(inner, (layer, 0, h - 1))
        else:
            total = sp.Sum(self.weights[h, h - 1, i, j] * factor(h, h - 1, i, j) * source(h - 1, j),
                           (j, 1, self.widths[h - 1]))
        return total + self.bias[h, i] if self.biases else total

    def _recursion(self, name: str, factor: Callable[..., Any]) -> lang.Recursion:
        h, i = lang.index("h"), lang.index("i")
        ranges = ((h, sp.S.Zero, self.depth), (i, sp.S.One, self.widths[h]))
        slot = lang.placeholder(name, ranges)
        step = _activation(self.activation)(self._sum(h, i, lambda a, b: slot[a, b], factor))
        return lang.recursion(name, ranges, self.inputs[i], step)

    @cached_property
    def O(self) -> lang.Recursion:  # noqa: E743 - the papers' name for an activity
        """Random activity O[h, i] under dropout."""
        return self._recursion("O", self._gate)

    @cached_property
    def W(self) -> lang.Recursion:
        """Deterministic activity W[h, i] of the ensemble network: weights times keep probabilities."""
        ensemble = (lambda *_: sp.S.One) if self.inverted else self._keep
        return self._recursion("W", ensemble)

    def S(self, h: Any, i: Any) -> Any:
        """Random preactivation of unit i of layer h > 0."""
        return self._sum(h, i, lambda a, b: self.O[a, b], self._gate)

    def U(self, h: Any, i: Any) -> Any:
        """Preactivation of unit i of layer h in the ensemble network."""
        ensemble = (lambda *_: sp.S.One) if self.inverted else self._keep
        return self._sum(h, i, lambda a, b: self.W[a, b], ensemble)


@dataclass(frozen=True)
class Dag:
    """A concrete feedforward graph: `edges` maps each non-input unit to {source unit: weight}, in any order.

    `inputs` maps input units to their values, `biases` units to biases, `activations` units to names or functions
    (default `activation`), `keep` units (or (source, target) pairs, for connection gates) to keep probabilities;
    what is not named is always kept. `softmax` lists the units normalised together. Weights, inputs and
    probabilities are numbers or SymPy expressions. Raises ValueError for a cycle or an unknown unit.
    """

    inputs: Mapping[str, Any]
    edges: Mapping[str, Mapping[str, Any]]
    activation: str | Activation = "logistic"
    biases: Mapping[str, Any] = field(default_factory=dict)
    activations: Mapping[str, str | Activation] = field(default_factory=dict)
    keep: Mapping[Any, Any] = field(default_factory=dict)
    inverted: bool = False
    softmax: tuple[str, ...] = ()
    slope: Any = 1  # lambda of the softmax

    def __post_init__(self) -> None:
        known = {*self.inputs, *self.edges}
        for target, sources in self.edges.items():
            for source in sources:
                if source not in known:
                    raise ValueError(f"edges[{target!r}] reads {source!r}; known units: {', '.join(sorted(known))}")
        for gated in self.keep:
            units = gated if isinstance(gated, tuple) else (gated,)
            if any(u not in known for u in units):
                raise ValueError(f"keep names {gated!r}; known units: {', '.join(sorted(known))}")
        self.order  # noqa: B018 - raises on a cycle

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All units, sources before targets."""
        done: dict[str, None] = dict.fromkeys(self.inputs)
        active: list[str] = []

        def visit(unit: str) -> None:
            if unit in done:
                return
            if unit in active:
                raise ValueError(f"edges contain a cycle: {' -> '.join([*active, unit])}; allowed: a feedforward graph")
            active.append(unit)
            for source in self.edges[unit]:
                visit(source)
            active.pop()
            done[unit] = None

        for unit in self.edges:
            visit(unit)
        return tuple(done)

    @cached_property
    def _places(self) -> dict[Any, int]:
        return {gated: n + 1 for n, gated in enumerate(self.keep)}

    @cached_property
    def gates(self) -> lang.Gates:
        """The gates, numbered in the order of `keep`."""
        place = lang.index("g")
        keep = sp.Add(*[expression(p) * sp.KroneckerDelta(place, n)
                        for p, n in zip(self.keep.values(), self._places.values(), strict=True)])
        return lang.Gates("delta", UNIT, ((place, sp.S.One, sp.Integer(max(len(self.keep), 1))),), False, keep)

    def _gate(self, gated: Any) -> Any:
        if gated not in self.keep:
            return sp.S.One
        gate = self.gates[self._places[gated]]
        return gate / expression(self.keep[gated]) if self.inverted else gate

    def _mean_gate(self, gated: Any) -> Any:
        return sp.S.One if self.inverted or gated not in self.keep else expression(self.keep[gated])

    def _all(self, gate: Callable[[Any], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        total: dict[str, Any] = {}
        activity: dict[str, Any] = {u: expression(v) for u, v in self.inputs.items()}
        for unit in self.order:
            if unit in self.inputs:
                continue
            parts = [expression(w) * gate(source) * gate((source, unit)) * activity[source]
                     for source, w in self.edges[unit].items()]
            total[unit] = sp.Add(*parts) + expression(self.biases.get(unit, 0))
            if unit not in self.softmax:
                activity[unit] = _activation(self.activations.get(unit, self.activation))(total[unit])
        weights = {u: sp.exp(expression(self.slope) * total[u]) for u in self.softmax}
        for unit in self.softmax:
            activity[unit] = weights[unit] / sp.Add(*weights.values())
        return total, activity

    @cached_property
    def S(self) -> dict[str, Any]:
        """Random preactivations by unit."""
        return self._all(self._gate)[0]

    @cached_property
    def O(self) -> dict[str, Any]:  # noqa: E743 - the papers' name for an activity
        """Random activities by unit."""
        return self._all(self._gate)[1]

    @cached_property
    def U(self) -> dict[str, Any]:
        """Preactivations of the ensemble network by unit."""
        return self._all(self._mean_gate)[0]

    @cached_property
    def W(self) -> dict[str, Any]:
        """Activities of the ensemble network by unit."""
        return self._all(self._mean_gate)[1]


__all__ = ["ACTIVATIONS", "Dag", "LayeredNetwork"]
