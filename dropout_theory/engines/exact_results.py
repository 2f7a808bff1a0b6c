"""What visiting all masks of a network returns: the moments of every unit, without intervals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.network import Network
from dropout_theory.engines.unit import difference

Table = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ExactMoments:
    """Quantities of units O = f(S) under dropout, arrays (units,), before the units' own gates.

    `mean` E(O), `variance` Var(O), `preactivation` E(S), `nwgm` f(E S), which is NWGM(O) for logistic units (baldi2014
    eq. 39) and softmax units; `ensemble` W and `ensemble_preactivation` U of the ensemble network. For inputs S is the
    input. Numbers are float64, fractions, or Arb balls that contain the true values.
    """

    mean: Table
    variance: Table
    preactivation: Table
    nwgm: Table
    ensemble: Table
    ensemble_preactivation: Table

    @property
    def alpha(self) -> Table:
        """E - NWGM: baldi2014 eq. (102)."""
        return _differences(self.mean, self.nwgm)

    @property
    def beta(self) -> Table:
        """NWGM - W: baldi2014 eq. (102)."""
        return _differences(self.nwgm, self.ensemble)

    @property
    def epsilon(self) -> Table:
        """E - W: baldi2014 eq. (102)."""
        return _differences(self.mean, self.ensemble)


def _differences(a: Table, b: Table) -> Table:
    return np.frompyfunc(difference, 2, 1)(a, b) if a.dtype == object else a - b


@dataclass(frozen=True, eq=False)
class NetworkMoments(ExactMoments):
    """Moments of all units, the inputs first, layer after layer.

    `covariances` (units, units) of all pairs. `error` (units,) bounds to first order what rounding did to `mean`, and
    is 0 for fractions and balls. `masks`: how many were visited.
    """

    network: Network
    covariances: Table
    error: Table
    masks: int

    def layer(self, n: int) -> ExactMoments:
        """Return the moments of one layer; 0 is the input, -1 the last. Raises ValueError where there is none."""
        count = len(self.network.sizes)
        if not -count <= n < count:
            raise ValueError(f"n must be the index of a layer, {-count} to {count - 1}, not {n!r}")
        start = sum(self.network.sizes[:n % count])
        return self._pick(slice(start, start + self.network.sizes[n]))

    def unit(self, name: Any) -> ExactMoments:
        """Return the moments of one unit, by name or as (layer, position)."""
        return self._pick(self._place(name))

    def covariance(self, one: Any, other: Any) -> Any:
        """Return Cov of two units, each a name or (layer, position)."""
        return self.covariances[self._place(one), self._place(other)]

    def _place(self, name: Any) -> int:
        layer, place = self.network.unit(name)
        return sum(self.network.sizes[:layer]) + place

    def _pick(self, units: Any) -> ExactMoments:
        return ExactMoments(*(getattr(self, entry.name)[units] for entry in fields(ExactMoments)))
