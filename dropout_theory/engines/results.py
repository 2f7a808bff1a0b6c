"""What a simulation returns: moments of every unit with intervals, and how they compare with the ensemble network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.estimates import Quantity, mean_bounds, quantile_bounds, variance_bounds
from dropout_theory.engines.gates import Array
from dropout_theory.engines.network import Network
from dropout_theory.engines.ranges import interval_product

_ROUNDING = 2.0**-53


@dataclass(frozen=True, eq=False)
class Moments:
    """Quantities of units O = f(S) under dropout: arrays (units,), or (cases, units) for several inputs.

    ``mean`` E(O), ``variance`` Var(O), ``preactivation`` E(S), ``nwgm`` f(E(S)), which is NWGM(O) for logistic units
    (baldi2014 eq. 39) and softmax units; ``ensemble`` W and ``ensemble_preactivation`` U of the ensemble network;
    the errors ``alpha`` = E - NWGM, ``beta`` = NWGM - W and ``epsilon`` = E - W (baldi2014 eq. 102). ``gain``: by what
    factor the asked variance reduction lowers the variance of the mean at equal cost (1 without).
    """

    mean: Quantity
    variance: Quantity
    preactivation: Quantity
    nwgm: Quantity
    ensemble: Array
    ensemble_preactivation: Array
    alpha: Quantity
    beta: Quantity
    epsilon: Quantity
    gain: Array


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of a unit's activity in equal bins from ``low`` to ``high``, which no mask can leave."""

    counts: NDArray[np.int64]
    low: float
    high: float
    bias: float

    @property
    def edges(self) -> Array:
        """Edges of the bins, one more than bins."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    def quantile(self, q: float, error_probability: float = 1e-6) -> Quantity:
        """Return the q-quantile with an interval of whole bins. Raises ValueError unless 0 < q < 1."""
        return quantile_bounds(self.counts, self.low, self.high, q, error_probability, self.bias)


@dataclass(frozen=True, eq=False)
class Simulation(Moments):
    """Moments of all units, the inputs first, and what else was asked for; see ``simulate``.

    All intervals hold together except with probability ``error_probability``; ``bias`` bounds the total variation
    distance between the sampled and the nominal gates, and is contained in them. ``covariances`` by pair of units,
    ``histograms`` by unit, ``quantiles`` by (unit, q): one value each, or a list of them for several inputs.
    """

    samples: int
    network: Network
    error_probability: float
    bias: float
    covariances: Mapping[Any, Any]
    histograms: Mapping[Any, Any]
    quantiles: Mapping[Any, Any]

    def layer(self, n: int) -> Moments:
        """Return the moments of one layer; 0 is the input, -1 the last."""
        count = len(self.network.sizes)
        if not -count <= n < count:
            raise ValueError(f"n must be the index of a layer, {-count} to {count - 1}, not {n!r}")
        start = sum(self.network.sizes[:n % count])
        return self._pick(slice(start, start + self.network.sizes[n]))

    def unit(self, name: Any) -> Moments:
        """Return the moments of one unit, by name or as (layer, position)."""
        layer, place = self.network.unit(name)
        return self._pick(sum(self.network.sizes[:layer]) + place)

    def _pick(self, units: Any) -> Moments:
        return Moments(*(getattr(self, entry.name)[..., units] for entry in fields(Moments)))


def stacked(parts: list[Any]) -> Any:
    """Return quantities or arrays of several cases as one."""
    if isinstance(parts[0], Quantity):
        return Quantity(*(np.stack([getattr(part, name) for part in parts]) for name in ("value", "lower", "upper")))
    return np.stack(parts)


def _joined(parts: list[Quantity]) -> Quantity:
    return Quantity(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("value", "lower", "upper")))


def _exact(values: Array) -> Quantity:
    return Quantity(values, values, values)


@dataclass(frozen=True, eq=False)
class Stand:
    """What stands in for the activities where only their means are wanted: samples, means, squares, and their range.

    ``gain``: see ``Moments``. ``error`` bounds what it adds to the errors of the activities themselves.
    """

    samples: int
    mean: Array
    squares: Array
    low: Array
    high: Array
    gain: Array
    error: Array | float = 0.0


def moments_of_case(network: Network, x: Array, samples: int, found: Array, ranges: tuple[Array, ...], share: float,
                    bias: float, accuracy: float, blocks: int, want_sums: bool, stand: Stand | None, paired: bool,
                    total_variance: Callable[[Quantity, Array, float, Array], Quantity] | None = None) -> Moments:
    """Return the moments of one input from merged sample moments (6, units); ``share`` is the error of one interval.

    ``stand``: what the means come from instead of the activities; ``paired``: samples are independent in pairs only.
    ``total_variance``: makes the last layer's variances from means, widths of ranges, error and slack.
    """
    s_low, s_high, low, high = ranges
    inputs = network.sizes[0]
    rounding = _ROUNDING * 8.0 * (blocks + 4096)  # of merging, per unit of magnitude; a chunk's own sums are in it
    magnitude = np.maximum(np.abs(low), np.abs(high))
    slack = (accuracy + rounding) * magnitude + bias * (high - low)
    if stand is None:
        mean = mean_bounds(samples, found[0], found[1], low, high, share, slack)
    else:
        mean = mean_bounds(stand.samples, stand.mean, stand.squares, stand.low, stand.high, share,
                           (accuracy + rounding) * np.maximum(np.abs(stand.low), np.abs(stand.high))
                           + bias * (stand.high - stand.low) + stand.error)
        value = np.clip(mean.value, low, high)
        mean = Quantity(value, np.clip(mean.lower, low, value), np.clip(mean.upper, value, high))
    gain = np.ones_like(low) if stand is None else stand.gain
    groups = samples // 2 if paired else samples
    spread = found[1] / max(1, samples - 1)
    width = high - low
    with np.errstate(over="ignore"):
        slack = 2.0 * width * (accuracy + rounding) * magnitude + bias * width * width
        variance = variance_bounds(groups, spread, width, mean.reach(found[0]), share, slack)
        if total_variance is not None:
            at = slice(len(low) - network.sizes[-1], None)
            better = total_variance(mean[at], width[at], share, slack[at])
            for name in ("value", "lower", "upper"):
                getattr(variance, name)[at] = getattr(better, name)
    for quantity in (mean, variance):  # inputs are given, not sampled
        for part in (quantity.value, quantity.lower, quantity.upper):
            part[:inputs] = x if quantity is mean else 0.0
    size = np.maximum(np.abs(s_low), np.abs(s_high))
    direct = mean_bounds(samples, found[2], found[3], s_low, s_high, share,
                         (accuracy + rounding) * size + bias * (s_high - s_low)) if want_sums and not paired else None
    ensemble = network.ensemble(x)
    sums, nwgm = _means_of_sums(network, ensemble[0], mean, direct)
    u, w = (np.concatenate(part) for part in ensemble)
    return Moments(mean, variance, sums, nwgm, w, u, mean - nwgm, nwgm - _exact(w), mean - _exact(w), gain)


def _means_of_sums(network: Network, u: list[Array], mean: Quantity,
                   direct: Quantity | None) -> tuple[Quantity, Quantity]:
    """Return E(S) and f(E(S)) of all units; ``u``: preactivations of the ensemble network.

    E(S) is linear in the means of the activities that it reads, because a gate does not depend on the activity it
    gates (baldi2014 eq. 101): it is U where only inputs are read. Elsewhere the interval is cut with the sampled one.
    """
    offsets = np.concatenate([[0], np.cumsum(network.sizes)])
    sums = [_exact(u[0])]
    images = [_exact(u[0])]
    for n, layer in enumerate(network.layers, 1):
        if not any(network.sources[n]):
            sums.append(_exact(u[n]))
            images.append(_image(layer, sums[-1]))
            continue
        columns = np.concatenate([np.arange(offsets[k], offsets[k + 1]) for k in network.sources[n]]
                                 or [np.zeros(0, np.int64)])
        weights, below = network.ensemble_weights[n - 1], mean[columns]
        value = weights @ below.value + layer.bias
        lower, upper = (end + layer.bias for end in interval_product(weights, below.lower, below.upper))
        if direct is not None:
            part = direct[offsets[n]:offsets[n + 1]]
            lower, upper = np.maximum(lower, part.lower), np.minimum(upper, part.upper)
            value = np.clip(value, lower, upper)
        sums.append(Quantity(value, np.minimum(lower, value), np.maximum(upper, value)))
        images.append(_image(layer, sums[-1]))
    return _joined(sums), _joined(images)


def _image(layer: Any, s: Quantity) -> Quantity:
    """Return f of a quantity: f is monotone, a softmax output in each preactivation."""
    value = layer.activate(s.value)
    if layer.activation != "softmax":
        ends = layer.activate(s.lower), layer.activate(s.upper)
        return Quantity(value, np.minimum(*ends), np.maximum(*ends))
    units = range(len(s.value))
    lower, upper = (np.array([layer.activate(np.where(np.arange(len(units)) == i, a[i], b))[i] for i in units])
                    for a, b in ((s.lower, s.upper), (s.upper, s.lower)))
    return Quantity(value, np.minimum(lower, value), np.maximum(upper, value))
