"""Ranges that no mask can leave: of the preactivation and the activity of every unit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dropout_theory.engines.gates import Array, Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Layer, Network

_OUTWARD = 2.0**-40  # far beyond the rounding of a sum of this file's making
_ROWS = 64  # of weights at a time, so that their magnitudes stay in the cache
_LARGEST = {"float64": 2.0**1000, "float32": 2.0**100}


def _gated(law: Any, low: Array, high: Array, inverted: bool) -> tuple[Array, Array]:
    """Range of activities after their gates."""
    if isinstance(law, Spikes):
        size = np.asarray(law.size, np.float64)
        return np.minimum(size, 0.0) * np.ones_like(low), np.maximum(size, 0.0) * np.ones_like(low)
    if isinstance(law, RandomLevel):
        scale = 1.0 / (1.0 - law.high) if inverted else 1.0
        return np.minimum(low * scale, 0.0), np.maximum(high * scale, 0.0)
    assert isinstance(law, Keep)
    p = law.values
    scaled = 1.0 / np.where(p > 0, p, 1.0) if inverted else 1.0
    low, high = np.where(p > 0, low * scaled, 0.0), np.where(p > 0, high * scaled, 0.0)
    return np.where(p < 1, np.minimum(low, 0.0), low), np.where(p < 1, np.maximum(high, 0.0), high)


def _sums(weights: Array, law: Any, low: Array, high: Array, inverted: bool) -> tuple[Array, Array, Array]:
    """Range of sums of products of weights with numbers between low and high, and the largest sum of magnitudes."""
    if isinstance(law, Keep) and (law.values == 1).all():  # no matrices of products
        bottom, top = interval_product(weights, low, high)
        return bottom, top, absolute_product(weights, np.maximum(np.abs(low), np.abs(high)))
    ends = weights * low, weights * high
    lower, upper = _gated(law, np.minimum(*ends), np.maximum(*ends), inverted)
    if isinstance(law, Spikes):
        ends = weights * lower, weights * upper
        lower, upper = np.minimum(*ends), np.maximum(*ends)
    return lower.sum(axis=1), upper.sum(axis=1), np.maximum(np.abs(lower), np.abs(upper)).sum(axis=1)


def interval_product(weights: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Return the range of products of weights (units, numbers) with numbers from low to high, up to rounding."""
    middle, reach = weights @ (low + 0.5 * (high - low)), absolute_product(weights, 0.5 * (high - low))
    return middle - reach, middle + reach


def absolute_product(weights: Array, numbers: Array) -> Array:
    """Return the products of the weights' magnitudes with numbers, without a second matrix of that size."""
    parts = [np.abs(weights[i:i + _ROWS]) @ numbers for i in range(0, len(weights), _ROWS)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _activity_range(layer: Layer, low: Array, high: Array) -> tuple[Array, Array]:
    if layer.activation == "softmax":
        return np.zeros_like(low), np.ones_like(high)
    ends = layer.activate(low), layer.activate(high)  # every other activation is monotone
    return np.minimum(*ends), np.maximum(*ends)


def unit_ranges(network: Network, x: Array, dtype: Any = np.float64) -> tuple[Array, Array, Array, Array]:
    """Return (S low, S high, O low, O high) over the units of all layers, inputs first, for one input (inputs,).

    Raises ValueError where a preactivation could leave the range that ``dtype`` can square and sum.
    """
    sums = [(x, x)]
    acts = [(x, x)]
    for n, layer in enumerate(network.layers, 1):
        sent = [_gated(network.unit_gates[k], *acts[k], network.inverted) for k in network.sources[n]]
        low = np.concatenate([part[0] for part in sent]) if sent else np.zeros(0)
        high = np.concatenate([part[1] for part in sent]) if sent else np.zeros(0)
        with np.errstate(over="ignore", invalid="ignore"):
            bottom, top, size = _sums(layer.weights, network.connection_gates[n], low, high, network.inverted)
            size += np.abs(layer.bias)
            if not (size <= _LARGEST[np.dtype(dtype).name]).all():
                raise ValueError(f"layers[{n - 1}].weights must keep preactivations within "
                                 f"{_LARGEST[np.dtype(dtype).name]:.0e} ({np.dtype(dtype).name}), not {size.max()!r}")
        slack = max(_OUTWARD, len(low) * 2.0**-50) * size
        s = bottom + layer.bias - slack, top + layer.bias + slack
        o = _activity_range(layer, *s)
        sums.append(s)
        acts.append((o[0] - _OUTWARD * np.abs(o[0]), o[1] + _OUTWARD * np.abs(o[1])))
    parts = [np.concatenate([pair[k] for pair in table]) for table in (sums, acts) for k in (0, 1)]
    return parts[0], parts[1], parts[2], parts[3]
