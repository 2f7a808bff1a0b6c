"""Compiled kernels that merge a chunk of LANES samples into running moments, co-moments and histograms."""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from numba import njit

from dropout_theory.engines.vector_kernels import LANES, get, lane_sums, like, put


@njit(cache=True, nogil=True, error_model="numpy")
def collect(rows, at, count, fresh, running, u):
    """Add ``count`` lanes of a row to the sums of d and d², d = entry - center, of unit u in ``running``.

    The center is the mean of the lanes that come first (``fresh``), so that a spread far below the mean keeps its
    digits; ``running`` has center and both sums of unit u at 3u. The lanes from ``count`` on are overwritten.
    """
    if fresh:
        center = get(rows, at)
        for l in range(count, LANES):
            put(rows, at + l, center)
        first, _ = lane_sums(rows, at, center)
        put(running, 3 * u, np.float64(like(rows, np.float64(center) + np.float64(first) / count)))
        put(running, 3 * u + 1, 0.0)
        put(running, 3 * u + 2, 0.0)
    center = like(rows, get(running, 3 * u))
    for l in range(count, LANES):
        put(rows, at + l, center)
    first, second = lane_sums(rows, at, center)
    put(running, 3 * u + 1, get(running, 3 * u + 1) + np.float64(first))
    put(running, 3 * u + 2, get(running, 3 * u + 2) + np.float64(second))


@njit(cache=True, nogil=True, error_model="numpy")
def merge(gathered, at, count, seen, moments):
    """Merge what ``collect`` gathered of ``count`` samples into the moments of ``seen`` others (Chan, Golub, LeVeque).

    ``gathered``: the array behind ``running``, which this use keeps alive until now. ``moments``: means and squared
    deviations of units whose rows there are at, at + 1, ...
    """
    share = count / np.float64(seen + count)
    for u in range(moments.shape[1]):
        center, first, second = gathered[at + u, 0], gathered[at + u, 1], gathered[at + u, 2]
        shift = first / count
        inner = second - first * shift
        if not inner >= 0.0:
            inner = np.inf if second == np.inf else 0.0
        delta = center + shift - (moments[0, u] if seen else 0.0)
        moments[0, u] = moments[0, u] + delta * share if seen else delta
        moments[1, u] += inner + (delta * delta * (seen * share) if seen else 0.0)


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
