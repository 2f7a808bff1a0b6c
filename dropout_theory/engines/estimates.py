"""Bounds for means, variances and covariances that hold at every finite sample size, over whole arrays of units.

* Means: Hoeffding's inequality and the empirical Bernstein inequality of Maurer and Pontil (COLT 2009), each at half
  of the error probability.
* Variances: v = (O - E O)² lies in [0, R²], so Var v <= R² E v; Bernstein's inequality for the mean of v bounds the
  root of E v from both sides, and the mean's own interval bounds what the sample mean in place of E O changes.
* Covariances: Cov(A, B) is a quarter of Var(A + B) - Var(A - B).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dropout_theory.engines.gates import Array

_OUTWARD = 1.0 + 2.0**-30


@dataclass(frozen=True, eq=False)
class Quantity:
    """A number for every unit with the interval that contains it: arrays (units,) or (cases, units)."""

    value: Array
    lower: Array
    upper: Array

    def __getitem__(self, key: Any) -> Quantity:
        return Quantity(self.value[key], self.lower[key], self.upper[key])

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.value - other.value, self.lower - other.upper, self.upper - other.lower)

    @property
    def half_width(self) -> Array:
        """Half the width of the interval."""
        return (self.upper - self.lower) / 2

    def reach(self, value: Array) -> Array:
        """Largest distance of a number from the interval's points."""
        return np.maximum(np.abs(self.upper - value), np.abs(value - self.lower))

    def __str__(self) -> str:
        if self.value.ndim:
            return "\n".join(str(self[i]) for i in range(len(self.value)))
        return f"{float(self.value):.6g} in [{float(self.lower):.6g}, {float(self.upper):.6g}]"


def mean_bounds(n: int, mean: Array, squares: Array, low: Array, high: Array, error: float,
                slack: Array) -> Quantity:
    """Return means of n independent samples in [low, high] with sums of squared deviations, except with ``error``.

    ``slack`` is added on both sides. A nan or infinite spread leaves Hoeffding's bound.
    """
    width = high - low
    hoeffding = width * math.sqrt(math.log(4.0 / error) / (2.0 * n))
    half = hoeffding
    if n > 1:
        budget = math.log(6.0 / error)
        with np.errstate(over="ignore", invalid="ignore"):
            spread = np.sqrt(squares / (n - 1)) + 2.0 * slack + width * math.sqrt(2.0 * budget / (n - 1))
            bernstein = np.minimum(spread, width / 2.0) * math.sqrt(2.0 * budget / n) + width * budget / (3.0 * n)
        half = np.fmin(hoeffding, bernstein)
    half = half * _OUTWARD + slack
    value = np.clip(mean, low, high)
    return Quantity(value, np.maximum(low, value - half), np.minimum(high, value + half))


def variance_bounds(n: int, variance: Any, width: Any, half: Any, error: float, slack: Any) -> Quantity:
    """Return variances, given sample variances of n independent samples, except with probability ``error``.

    ``half``: how far the sample mean may be from the mean, by a valid interval for it; ``slack`` is added on both sides
    (it carries its own unit).
    """
    budget = math.log(2.0 / error)
    with np.errstate(over="ignore", invalid="ignore"):
        root, rest = width * math.sqrt(budget / (2.0 * n)), width * width * budget / (3.0 * n)
        upper = (root + np.sqrt(root * root + variance + half * half + rest)) ** 2 * _OUTWARD + slack
        lower = (np.sqrt(root * root + np.maximum(variance - rest, 0.0)) - root) ** 2 / _OUTWARD - slack
        most = width * width / 4.0 * _OUTWARD + slack
    upper = np.fmin(upper, most)
    return Quantity(variance, np.fmax(np.fmin(lower, upper), 0.0), upper)  # squares that overflow bound nothing


def covariance_bounds(n: int, first: tuple[float, float, float], second: tuple[float, float, float], product: float,
                      error: float, slack: float) -> Quantity:
    """Return a covariance with its interval; ``first`` and ``second`` are (variance, width, how far the mean may be).

    ``product`` is the sample covariance. Variables are scaled to a range of 1 before they are added and subtracted.
    """
    (va, wa, ha), (vb, wb, hb) = first, second
    if not (wa > 0 and wb > 0):
        return _scalar(product, -slack, slack)
    sums = []
    for sign in (1.0, -1.0):
        spread = max(0.0, va / wa**2 + vb / wb**2 + sign * 2.0 * product / (wa * wb))
        sums.append(variance_bounds(n, spread, 2.0, ha / wa + hb / wb, error / 2.0, 0.0))
    scale = wa * wb / 4.0
    gap = sums[0] - sums[1]
    return _scalar(product, scale * gap.lower - slack, scale * gap.upper + slack)


def _scalar(value: Any, lower: Any, upper: Any) -> Quantity:
    return Quantity(np.asarray(value, float), np.asarray(lower, float), np.asarray(upper, float))


def quantile_bounds(counts: Any, low: float, high: float, q: float, error: float, bias: float) -> Quantity:
    """Return the q-quantile of a variable in [low, high], from counts in equal bins (Dvoretzky, Kiefer, Wolfowitz).

    The interval consists of whole bins: the distribution function is within sqrt(log(2/error)/2n) of the sampled one
    everywhere at once (Massart's constant), and within ``bias`` more of the nominal one.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"quantiles must be strictly between 0 and 1, not {q!r}")
    n = int(counts.sum())
    below = np.concatenate([[0.0], np.cumsum(counts) / n])
    edges = low + (high - low) * np.arange(len(counts) + 1) / len(counts)
    edges[-1] = high
    margin = math.sqrt(math.log(2.0 / error) / (2.0 * n)) + bias
    # lower: the last edge at which the function surely is below q; upper: the first at which it surely has reached q
    sure, reached = np.flatnonzero(below + margin < q), np.flatnonzero(below - margin >= q)
    first = edges[sure[-1]] if sure.size else low
    last = edges[reached[0]] if reached.size else high
    at = int(np.searchsorted(below, q, side="left"))
    inside = (q - below[at - 1]) / (below[at] - below[at - 1])
    value = edges[at - 1] + inside * (edges[at] - edges[at - 1])
    return _scalar(min(max(value, first), last), first, last)
