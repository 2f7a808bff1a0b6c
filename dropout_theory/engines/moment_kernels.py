"""Compiled kernels that merge a chunk of LANES samples into running moments, co-moments and histograms."""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from numba import njit

from dropout_theory.engines.vector_kernels import LANES, get, lane_sums, like, put


@njit(cache=True, nogil=True, error_model="numpy")
def collect(rows, at, count, seen, mean, squares, u):
    """Merge ``count`` lanes of a row into the running mean and squared deviations of unit u (Chan, Golub, LeVeque).

    Deviations are taken from the running mean, so that a spread far below the mean itself keeps its digits. The lanes
    from ``count`` on are overwritten.
    """
    center = like(rows, get(mean, u)) if seen else get(rows, at)
    for l in range(count, LANES):
        put(rows, at + l, center)
    first, second = lane_sums(rows, at, center)
    shift = np.float64(first) / count
    inner = np.float64(second) - np.float64(first) * shift
    if not inner >= 0.0:
        inner = np.inf if second == np.inf else 0.0
    middle = np.float64(center) + shift
    if seen:
        delta = middle - get(mean, u)
        share = count / np.float64(seen + count)
        put(mean, u, get(mean, u) + delta * share)
        put(squares, u, get(squares, u) + (inner + delta * delta * (seen * share)))
    else:
        put(mean, u, middle)
        put(squares, u, inner)


@njit(cache=True, nogil=True, error_model="numpy")
def collect_pairs(kept, count, seen, pairs, co):
    """Merge the products of deviations of pairs of kept rows; co (pairs, 3): both means and the sum."""
    for p in range(pairs.shape[0]):
        a, b = pairs[p, 0] * LANES, pairs[p, 1] * LANES
        middle_a = co[p, 0] if seen else np.float64(get(kept, a))
        middle_b = co[p, 1] if seen else np.float64(get(kept, b))
        first, second, both = 0.0, 0.0, 0.0
        for l in range(count):
            da, db = np.float64(get(kept, a + l)) - middle_a, np.float64(get(kept, b + l)) - middle_b
            first += da
            second += db
            both += da * db
        share = count / np.float64(seen + count)
        first, second = first / count, second / count
        co[p, 0] = middle_a + first * share
        co[p, 1] = middle_b + second * share
        co[p, 2] += both - first * second * count + first * second * (seen * share)


@njit(cache=True, nogil=True, error_model="numpy")
def collect_bins(kept, count, places, lows, scales, sizes, counts):
    """Count kept rows in equal bins; counts are laid end to end."""
    start = 0
    for h in range(places.shape[0]):
        last = sizes[h] - 1
        for l in range(count):
            at = np.int64((np.float64(get(kept, places[h] * LANES + l)) - lows[h]) * scales[h])
            counts[start + min(max(at, 0), last)] += 1
        start += sizes[h]
