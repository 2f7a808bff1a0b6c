"""Every compiled kernel of the Monte Carlo method, in one file (see ``compiled``, which loads it).

All kernels are serial, release the interpreter lock and use IEEE arithmetic without reassociation, so that what they
return depends on their arguments alone. Callers bound the work of one call to about 0.2 s: a kernel cannot be
interrupted. Words are carried as uint64 below 2^32, because a comparison with 2^32 itself must be possible.

Source of the generator: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import math

import numpy as np
from numba import njit

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TWELVE = np.uint64(12)
_TWENTY = np.uint64(20)
_UNIT = 2.0**-52
_TWO_PI = 2.0 * math.pi


@njit(cache=True, nogil=True, inline="always")
def _philox(c0, c1, c2, c3, k0, k1):
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _SHIFT) ^ c1 ^ k0
        c1 = product_1 & _MASK
        c2 = (product_0 >> _SHIFT) ^ c3 ^ k1
        c3 = product_0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)
def philox_words(counters, key, out):
    """Fill out (n, 4) with the Philox4x32-10 words of counters (n, 4) under key (2,); all uint64 below 2^32."""
    for i in range(counters.shape[0]):
        w0, w1, w2, w3 = _philox(counters[i, 0], counters[i, 1], counters[i, 2], counters[i, 3], key[0], key[1])
        out[i, 0] = w0
        out[i, 1] = w1
        out[i, 2] = w2
        out[i, 3] = w3


@njit(cache=True, nogil=True, inline="always")
def _unit(high, low):
    # 32 bits of one word and 20 of the next make k < 2^52; (k + 1/2) 2^-52 is exact in double precision.
    return (float((high << _TWENTY) | (low >> _TWELVE)) + 0.5) * _UNIT


@njit(cache=True, nogil=True)
def fill_block(first, k0, k1, kind, word, start, stop, low, scale, thresholds, values, out):
    """Fill out (size, variates) with the samples first, first + 1, … of a plan (see ``rng.PlanArrays``)."""
    words = np.empty(4, np.uint64)
    zero = np.uint64(0)
    for i in range(out.shape[0]):
        index = first + np.uint64(i)
        group = np.int64(-1)
        for j in range(out.shape[1]):
            wanted = word[j] >> 2
            if wanted != group:
                group = wanted
                w0, w1, w2, w3 = _philox(index & _MASK, index >> _SHIFT, np.uint64(group), zero, k0, k1)
                words[0] = w0
                words[1] = w1
                words[2] = w2
                words[3] = w3
            at = word[j] & 3
            if kind[j] == 0:
                out[i, j] = 1.0 if words[at] < thresholds[start[j]] else 0.0
            elif kind[j] == 1:
                below = start[j]
                above = stop[j] - 1
                while below < above:  # the first outcome whose cumulative threshold exceeds the word
                    middle = (below + above) >> 1
                    if words[at] < thresholds[middle]:
                        above = middle
                    else:
                        below = middle + 1
                out[i, j] = values[below]
            elif kind[j] == 2:
                drawn = low[j] + (scale[j] - low[j]) * _unit(words[at], words[at + 1])
                out[i, j] = min(max(drawn, low[j]), scale[j])  # rounding must not leave the interval
            else:
                radius = math.sqrt(-2.0 * math.log(_unit(words[0], words[1])))
                out[i, j] = low[j] + scale[j] * (radius * math.cos(_TWO_PI * _unit(words[2], words[3])))


@njit(cache=True, nogil=True)
def column_moments(values, mean, squares, least, greatest, counts):
    """Fill mean, sum of squared deviations, minimum and maximum of each column of values (size, k).

    counts (2, k) receives how often a column was exactly 0 and exactly 1. The mean comes from Neumaier's compensated
    sum. Returns the first row that holds a nan, or -1.
    """
    size, columns = values.shape
    carry = np.zeros(columns)
    bad = -1
    for j in range(columns):
        mean[j] = 0.0
        squares[j] = 0.0
        least[j] = values[0, j]
        greatest[j] = values[0, j]
        counts[0, j] = 0
        counts[1, j] = 0
    for i in range(size):
        for j in range(columns):
            value = values[i, j]
            if value != value and bad < 0:
                bad = i
            total = mean[j] + value
            if abs(mean[j]) >= abs(value):
                carry[j] += (mean[j] - total) + value
            else:
                carry[j] += (value - total) + mean[j]
            mean[j] = total
            if value < least[j]:
                least[j] = value
            if value > greatest[j]:
                greatest[j] = value
            if value == 0.0:
                counts[0, j] += 1
            elif value == 1.0:
                counts[1, j] += 1
    for j in range(columns):
        mean[j] = (mean[j] + carry[j]) / size
    for i in range(size):
        for j in range(columns):
            deviation = values[i, j] - mean[j]
            squares[j] += deviation * deviation
    return bad
