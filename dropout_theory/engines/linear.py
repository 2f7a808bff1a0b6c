"""Exact first and second moments of linear networks of any size, by recursion over layers.

A gated activity X = g O has its gate g independent of everything before it, so with m1 = E(g), m2 = E(g^2)

    Cov(X_k, Z) = m1 Cov(O_k, Z) for every earlier Z,   Var(X_k) = m2 Var(O_k) + (m2 - m1^2) (E O_k)^2,

and Cov(O_k, Z) = sum_j w_kj Cov(X_j, Z) is linear in the gated activities below, also where connections skip layers
and units are correlated. Gates of connections, being independent of all units, only add sum_j w_kj^2 Var(gate) E(X_j^2)
to Var(O_k). Under a random noise level the gates of a layer share their keep probability P, and E(P^2) takes the place
of m1^2 in Cov(X_j, X_k). The means are those of the ensemble network (baldi2014 eq. 8 and 9).

Rounding is bounded by the same recursion on absolute values, where nothing cancels: each operation moves the result by
at most its unit of rounding times what is found there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from dropout_theory.engines.gates import RandomLevel, Spikes
from dropout_theory.engines.network import Network
from dropout_theory.engines.unit import EPSILON, rational

Table = NDArray[Any]
_Pair = tuple[str, int, int]


@dataclass(frozen=True)
class LinearMoments:
    """Moments of every unit's activity, before its own gate: one array per layer, layer 0 being the input.

    `mean[l]` (units,); `covariance[l]` (units, units) within a layer; `between[k, l]` (units of k, units of l) for the
    pairs of layers k < l that were asked for. float64, or object arrays of fractions. `mean_error` and
    `covariance_error` bound what rounding did to `mean` and `covariance`, underflow apart; empty for fractions.
    """

    mean: tuple[Table, ...]
    covariance: tuple[Table, ...]
    between: dict[tuple[int, int], Table]
    mean_error: tuple[Table, ...] = ()
    covariance_error: tuple[Table, ...] = ()

    @property
    def variance(self) -> tuple[Table, ...]:
        """Variances of the units, one array per layer."""
        return tuple(table.diagonal() for table in self.covariance)


def linear_moments(network: Network, x: Any, *, exact: bool = False, input_covariance: Any = None,
                   between: Sequence[tuple[int, int]] | bool = False) -> LinearMoments:
    """Return means and covariances of all units of a linear network under unit and connection gates.

    `x` (inputs,) is the input, or the mean of a random one of covariance `input_covariance` (inputs, inputs).
    `exact` computes in rationals (numbers as given, floats at their binary value). `between` lists pairs of layers
    whose cross-covariances are wanted; true means all. Raises ValueError for layers that are not linear, spikes, a
    random noise level with inverted scaling in rationals, arguments that do not fit, and moments beyond float64.
    """
    for i, layer in enumerate(network.layers):
        if layer.activation != "linear":
            raise ValueError(f"layers[{i}].activation must be linear, not {layer.activation}")
    for label, law in [*((f"gate of layer {k}", law) for k, law in enumerate(network.unit_gates)),
                       *((f"connection gate into layer {k}", law) for k, law in enumerate(network.connection_gates))]:
        if isinstance(law, Spikes):
            raise ValueError(f"{label} must be keep probabilities or a random noise level for this engine, not {law!r}")
        if isinstance(law, RandomLevel) and network.inverted and exact and law.low < law.high:
            raise ValueError(f"{label} must not have a random noise level with inverted scaling in rationals, which do "
                             f"not hold E(1/(1 - level)), not {law!r}")
    network.check_inputs(x)
    count = len(network.sizes)
    pairs = [(a, b) for b in range(count) for a in range(b)] if between is True else list(between or ())
    for a, b in pairs:
        if not 0 <= a < b < count:
            raise ValueError(f"between must hold pairs k < l of layers 0 to {count - 1}, not {(a, b)}")
    with np.errstate(over="ignore", invalid="ignore"):
        moments = _Recursion(network, exact).run(x, input_covariance, pairs)
        if not exact:
            most = _Recursion(network, exact, majorant=True).run(x, input_covariance, [])
            shares = [EPSILON * count / (1 - EPSILON * count) * (1 + 2.0**-20) for count in _roundings(network)]
            moments = replace(moments, mean_error=tuple(r * t for r, t in zip(shares, most.mean, strict=True)),
                              covariance_error=tuple(r * t for r, t in zip(shares, most.covariance, strict=True)))
    if not exact and not all(np.isfinite(t).all() for t in (*moments.mean, *moments.covariance)):
        raise ValueError("weights and x must keep the moments within float64; exact=True computes beyond")
    return moments


def _roundings(network: Network) -> list[int]:
    """How many roundings a term of a covariance in each layer has gone through, at most (a mean: half as many)."""
    counts, total = [0], 0
    for layer, reads in zip(network.layers, network.sources[1:], strict=True):
        total += 2 * (layer.weights.shape[1] + len(reads) + 12)
        counts.append(total)
    return counts


class _Recursion:
    """The tables of one computation. `gated`: Cov(X_a, O_b), `plain`: Cov(O_a, O_b), for layers a < b.

    With `majorant` every number is replaced by its absolute value, and every difference by a sum.
    """

    def __init__(self, network: Network, exact: bool, majorant: bool = False) -> None:
        self.network = network
        self.exact = exact
        self.majorant = majorant
        self.mean: list[Table] = []
        self.within: list[Table] = []  # Cov(O_l)
        self.within_gated: list[Table] = []  # Cov(X_l)
        self.tables: dict[_Pair, Table] = {}

    def table(self, values: Any) -> Table:
        if not self.exact:
            array = np.asarray(values, dtype=np.float64)
            return np.abs(array) if self.majorant else array
        array = np.asarray(values, dtype=object)
        return np.vectorize(lambda v: rational(v, "x"), otypes=[object])(array) if array.size else array

    def difference(self, a: Table, b: Table, random: Any) -> Table:
        """a - b, which is 0 except where `random`."""
        return np.where(random, a + b, 0.0) if self.majorant else a - b

    def factors(self, law: Any) -> tuple[Table, Table, Table]:
        """E(g), E(g^2), Var(g) of the gates of a law of independent gates."""
        given = law.exact() if self.exact else law.values
        p = self.table(given)
        first, second = (p * 0 + self.table(1), 1 / p) if self.network.inverted else (p, p)
        return first, second, self.difference(second, first * first, (given > 0) & (given < 1))

    def level(self, law: RandomLevel) -> tuple[Any, Any, Any]:
        """E(g), E(g^2), E(g g') of two gates under one random noise level."""
        high, low = self.table(1) - self.table(law.low), self.table(1) - self.table(law.high)
        if not self.network.inverted:
            return (high + low) / 2, (high + low) / 2, (high * high + high * low + low * low) / 3
        one = self.table(1)
        return one, one / low if law.low == law.high else np.log1p((high - low) / low) / (high - low), one

    def share(self, k: int) -> Table:
        """E(g) of the gates of layer k, (units,)."""
        law = self.network.unit_gates[k]
        if isinstance(law, RandomLevel):
            return np.full(self.network.sizes[k], self.level(law)[0])
        return self.factors(law)[0]

    def run(self, given: Any, covariance: Any, pairs: list[tuple[int, int]]) -> LinearMoments:
        x, size = self.table(given), len(given)
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
        law = self.network.unit_gates[k]
        if isinstance(law, RandomLevel):
            first, second, pair = self.level(law)
            gated = pair * covariance + self.difference(pair, first * first, True) * np.multiply.outer(mean, mean)
            spread = self.difference(second, first * first, True)
        else:
            first, second, spread = self.factors(law)
            gated = first[:, None] * covariance * first
        np.fill_diagonal(gated, second * covariance.diagonal() + spread * mean * mean)
        self.mean.append(mean)
        self.within.append(covariance)
        self.within_gated.append(gated)

    def layer(self, k: int, wanted: list[_Pair]) -> None:
        network, layer = self.network, self.network.layers[k - 1]
        weights = self.table(layer.exact_weights() if self.exact else layer.weights)
        bias = self.table(layer.exact_bias() if self.exact else layer.bias)
        first, _, change = self.factors(network.connection_gates[k])
        expected = weights * first
        reads = network.sources[k]
        cuts = np.cumsum([0, *(network.sizes[s] for s in reads)])
        columns = {s: slice(int(cuts[i]), int(cuts[i + 1])) for i, s in enumerate(reads)}
        mean, covariance = bias, self.table(np.zeros((layer.units, layer.units), dtype=int))
        spread, wobble = bias * 0, weights ** 2 * change
        gated = bool((wobble != 0).any())
        for s in reads:
            part, share = expected[:, columns[s]], self.share(s)
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
        share = self.share(s)
        if a == s:
            return self.within[a] * share
        return self.tables["plain", a, s] * share if a < s else self.tables["gated", s, a].T

    def gated(self, s: int, t: int) -> Table:
        """Cov(X_s, X_t)."""
        if s == t:
            return self.within_gated[s]
        if s > t:
            return self.gated(t, s).T
        return self.tables["gated", s, t] * self.share(t)


def _fraction(value: fmpq | int) -> Fraction:
    return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else Fraction(value)


__all__ = ["LinearMoments", "linear_moments"]
