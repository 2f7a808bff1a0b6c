"""Exact first and second moments of linear networks of any size, by recursion over layers.

A gated activity X = g O has its gate g independent of everything before it, so with m1 = E(g), m2 = E(g^2)

    Cov(X_k, Z) = m1 Cov(O_k, Z) for every earlier Z,   Var(X_k) = m2 Var(O_k) + (m2 - m1^2) (E O_k)^2,

and Cov(O_k, Z) = sum_j w_kj Cov(X_j, Z) is linear in the gated activities below, also where connections skip layers and
units are correlated. Gates of connections, being independent of all units, only add sum_j w_kj^2 Var(gate) E(X_j^2) to
Var(O_k). The means are those of the ensemble network (baldi2014 eq. 8 and 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from dropout_theory.engines.network import Keep, Network
from dropout_theory.engines.unit import rational

Table = NDArray[Any]
_Pair = tuple[str, int, int]


@dataclass(frozen=True)
class LinearMoments:
    """Moments of every unit's activity, before its own gate: one array per layer, layer 0 being the input.

    `mean[l]` (units,); `covariance[l]` (units, units) within a layer; `between[k, l]` (units of k, units of l) for the
    pairs of layers k < l that were asked for. float64, or object arrays of fractions.
    """

    mean: tuple[Table, ...]
    covariance: tuple[Table, ...]
    between: dict[tuple[int, int], Table]

    @property
    def variance(self) -> tuple[Table, ...]:
        """Variances of the units, one array per layer."""
        return tuple(table.diagonal() for table in self.covariance)


def linear_moments(network: Network, x: Any, *, exact: bool = False, input_covariance: Any = None,
                   between: Sequence[tuple[int, int]] | bool = False) -> LinearMoments:
    """Return means and covariances of all units of a linear network under unit and connection gates.

    `x` (inputs,) is the input, or the mean of a random one of covariance `input_covariance` (inputs, inputs).
    `exact` computes in rationals (numbers as given, floats at their binary value). `between` lists pairs of layers
    whose cross-covariances are wanted; true means all. Raises ValueError for layers that are not linear, gates that are
    not independent Bernoulli gates, arguments that do not fit, and moments beyond float64.
    """
    for i, layer in enumerate(network.layers):
        if layer.activation != "linear":
            raise ValueError(f"layers[{i}].activation must be linear, not {layer.activation}")
    for label, law in [*((f"gate of layer {k}", law) for k, law in enumerate(network.unit_gates)),
                       *((f"connection gate into layer {k}", law) for k, law in enumerate(network.connection_gates))]:
        if law is not None and not isinstance(law, Keep):
            raise ValueError(f"{label} must be keep probabilities for this engine, not {law!r}")
    network.check_inputs(x)
    count = len(network.sizes)
    pairs = [(a, b) for b in range(count) for a in range(b)] if between is True else list(between or ())
    for a, b in pairs:
        if not 0 <= a < b < count:
            raise ValueError(f"between must hold pairs k < l of layers 0 to {count - 1}, not {(a, b)}")
    recursion = _Recursion(network, exact)
    with np.errstate(over="ignore", invalid="ignore"):
        moments = recursion.run(recursion.table(x), input_covariance, pairs)
    if not exact and not all(np.isfinite(t).all() for t in (*moments.mean, *moments.covariance)):
        raise ValueError("weights and x must keep the moments within float64; exact=True computes beyond")
    return moments


class _Recursion:
    """The tables of one computation. `gated`: Cov(X_a, O_b), `plain`: Cov(O_a, O_b), for layers a < b."""

    def __init__(self, network: Network, exact: bool) -> None:
        self.network = network
        self.exact = exact
        self.mean: list[Table] = []
        self.within: list[Table] = []  # Cov(O_l)
        self.within_gated: list[Table] = []  # Cov(X_l)
        self.tables: dict[_Pair, Table] = {}

    def table(self, values: Any) -> Table:
        if not self.exact:
            return np.asarray(values, dtype=np.float64)
        array = np.asarray(values, dtype=object)
        return np.vectorize(lambda v: rational(v, "x"), otypes=[object])(array) if array.size else array

    def factors(self, law: Any) -> tuple[Table, Table]:
        """E(g) and E(g^2) of the gates of a law."""
        p = self.table(law.exact() if self.exact else law.values)
        if not self.network.inverted:
            return p, p
        return p * 0 + self.table(1), 1 / p

    def run(self, x: Table, covariance: Any, pairs: list[tuple[int, int]]) -> LinearMoments:
        size = len(x)
        start = self.table(np.zeros((size, size), dtype=int)) if covariance is None else self.table(covariance)
        if start.shape != (size, size) or not (start == start.T).all():
            raise ValueError(f"input_covariance must be symmetric of shape {(size, size)}, not of shape {start.shape}")
        wanted = self.needed(pairs)
        self.add_layer(x, start, 0)
        for k in range(1, len(self.network.sizes)):
            self.layer(k, wanted)
        chosen = {(a, b): self.tables["plain", a, b] for a, b in pairs}
        finish = np.vectorize(_fraction, otypes=[object]) if self.exact else np.asarray
        return LinearMoments(tuple(finish(t) if t.size else t for t in self.mean),
                             tuple(finish(t) if t.size else t for t in self.within),
                             {key: finish(t) for key, t in chosen.items()})

    def needed(self, pairs: list[tuple[int, int]]) -> list[_Pair]:
        """Every table that the recursion will read, by layer."""
        found: set[_Pair] = set()
        waiting: list[_Pair] = [("plain", a, b) for a, b in pairs]
        for reads in self.network.sources:
            waiting += [("gated", s, t) for s in reads for t in reads if s < t]
        while waiting:
            kind, a, b = waiting.pop()
            if (kind, a, b) in found:
                continue
            found.add((kind, a, b))
            for s in self.network.sources[b]:
                if s != a:
                    waiting.append(("gated", s, a) if s < a else (kind, a, s))
        return sorted(found, key=lambda pair: (pair[2], pair[1]))

    def add_layer(self, mean: Table, covariance: Table, k: int) -> None:
        first, second = self.factors(self.network.unit_gates[k])
        gated = first[:, None] * covariance * first
        np.fill_diagonal(gated, second * covariance.diagonal() + (second - first * first) * mean * mean)
        self.mean.append(mean)
        self.within.append(covariance)
        self.within_gated.append(gated)

    def layer(self, k: int, wanted: list[_Pair]) -> None:
        network, layer = self.network, self.network.layers[k - 1]
        weights = self.table(layer.exact_weights() if self.exact else layer.weights)
        bias = self.table(layer.exact_bias() if self.exact else layer.bias)
        first, second = self.factors(network.connection_gates[k])
        expected = weights * first
        reads = network.sources[k]
        cuts = np.cumsum([0, *(network.sizes[s] for s in reads)])
        columns = {s: slice(int(cuts[i]), int(cuts[i + 1])) for i, s in enumerate(reads)}
        mean, covariance = bias, self.table(np.zeros((layer.units, layer.units), dtype=int))
        spread, wobble = bias * 0, weights ** 2 * (second - first * first)
        gated = bool((wobble != 0).any())
        for s in reads:
            part, share = expected[:, columns[s]], self.factors(network.unit_gates[s])[0]
            mean = mean + part @ (share * self.mean[s])
            if gated:
                square = self.within_gated[s].diagonal() + (share * self.mean[s]) ** 2
                spread = spread + wobble[:, columns[s]] @ square
            for t in reads:
                covariance = covariance + part @ self.gated(s, t) @ expected[:, columns[t]].T
        covariance = (covariance + covariance.T) / 2
        np.fill_diagonal(covariance, covariance.diagonal() + spread)
        for kind, a, b in wanted:
            if b == k:
                terms = [self.row(kind, a, s) @ expected[:, columns[s]].T for s in reads]
                nothing = self.table(np.zeros((network.sizes[a], layer.units), dtype=int))
                self.tables[kind, a, b] = sum(terms, nothing)
        self.add_layer(mean, covariance, k)

    def row(self, kind: str, a: int, s: int) -> Table:
        """Cov(X_a, X_s), or Cov(O_a, X_s) where kind is plain."""
        if kind == "gated":
            return self.gated(a, s)
        share = self.factors(self.network.unit_gates[s])[0]
        if a == s:
            return self.within[a] * share
        return self.tables["plain", a, s] * share if a < s else self.tables["gated", s, a].T

    def gated(self, s: int, t: int) -> Table:
        """Cov(X_s, X_t)."""
        if s == t:
            return self.within_gated[s]
        if s > t:
            return self.gated(t, s).T
        return self.tables["gated", s, t] * self.factors(self.network.unit_gates[t])[0]


def _fraction(value: fmpq | int) -> Fraction:
    return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else Fraction(value)


__all__ = ["LinearMoments", "linear_moments"]
