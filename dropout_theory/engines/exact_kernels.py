"""Compiled kernels of the exact engines of one unit (see ``compiled``).

All kernels are serial, release the interpreter lock and use IEEE arithmetic in which only a product and a sum may be
contracted, never reordered: what they return depends on their arguments alone. Callers bound the work of one call to
about 0.2 s, because a kernel cannot be interrupted.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import math

import numpy as np
from numba import njit

BLOCK = 64  # nodes whose powers come from one table; a power of two
GROUP = 512  # outputs of one column added before compensation; even


@njit(cache=True, nogil=True, fastmath={"contract"})
def multiply_characteristic(w, p, step, first, blocks, real, imag):
    """Multiply real + i imag (blocks, BLOCK) by the product of 1 - p + p exp(i w t) at the nodes t = step * k.

    Row r holds the nodes k = first + BLOCK * blocks[r] + 0, 1, ... A power of exp(i w step) is a product of an anchor
    for the row and an entry of a table, both within a few roundings of the truth whatever the row.
    """
    table_real = np.empty(BLOCK)
    table_imag = np.empty(BLOCK)
    for i in range(len(w)):
        angle = w[i] * step
        keep = p[i]
        drop = 1.0 - keep
        table_real[0] = 1.0
        table_imag[0] = 0.0
        size = 1
        while size < BLOCK:  # doubling: each entry is a product of at most log2(BLOCK) rounded factors
            c = math.cos(angle * size)
            s = math.sin(angle * size)
            for j in range(size):
                table_real[size + j] = c * table_real[j] - s * table_imag[j]
                table_imag[size + j] = c * table_imag[j] + s * table_real[j]
            size *= 2
        for r in range(len(blocks)):
            anchor = angle * (first + BLOCK * blocks[r])
            c = keep * math.cos(anchor)
            s = keep * math.sin(anchor)
            row_real = real[r]
            row_imag = imag[r]
            for j in range(BLOCK):
                x = drop + (c * table_real[j] - s * table_imag[j])
                y = c * table_imag[j] + s * table_real[j]
                old = row_real[j]
                row_real[j] = old * x - row_imag[j] * y
                row_imag[j] = old * y + row_imag[j] * x


@njit(cache=True, nogil=True, inline="always")
def _add(total, carry, value):
    # Neumaier's compensated sum
    new = total + value
    if abs(total) >= abs(value):
        return new, carry + ((total - new) + value)
    return new, carry + ((value - new) + total)


@njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def pair_sums(x, p, e, q):
    """Return the sums over a, b of p[a] q[b]/d and p[a] q[b]/d^2, d = 1 + x[a] e[b]; x must have an even length.

    Two outputs cost one division: 1/(d d') times d' and d. Callers keep x and e small enough for the product. At most
    GROUP/2 numbers are added without compensation.
    """
    first = np.empty(len(e))
    second = np.empty(len(e))
    mean = mean_carry = square = square_carry = 0.0
    for start in range(0, len(x), GROUP):
        first[:] = 0.0
        second[:] = 0.0
        for a in range(start, min(start + GROUP, len(x)), 2):
            x0 = x[a]
            x1 = x[a + 1]
            p0 = p[a]
            p1 = p[a + 1]
            for b in range(len(e)):
                d0 = 1.0 + x0 * e[b]
                d1 = 1.0 + x1 * e[b]
                r = 1.0 / (d0 * d1)
                r0 = r * d1
                r1 = r * d0
                t0 = p0 * r0
                t1 = p1 * r1
                first[b] += t0 + t1
                second[b] += t0 * r0 + t1 * r1
        for b in range(len(e)):
            mean, mean_carry = _add(mean, mean_carry, q[b] * first[b])
            square, square_carry = _add(square, square_carry, q[b] * second[b])
    return mean + mean_carry, square + square_carry


@njit(cache=True, nogil=True)
def pair_logarithms(x, p, e, q):
    """Return the sum over a, b of p[a] q[b] log(1 + x[a] e[b])."""
    total = carry = 0.0
    for a in range(len(x)):
        if p[a] != 0.0:
            part = part_carry = 0.0
            for b in range(len(e)):
                part, part_carry = _add(part, part_carry, q[b] * math.log1p(x[a] * e[b]))
            total, carry = _add(total, carry, p[a] * (part + part_carry))
    return total + carry


@njit(cache=True, nogil=True)
def unit_fourier(w, p, base):
    """Return E sigma(S) and E sigma(S)^2 of S = base + sum of w * gates, within 1e-15 or so of aliasing."""
    low = high = base
    for g in range(len(w)):
        low += min(w[g], 0.0)
        high += max(w[g], 0.0)
    if low > 42.0 or high < -42.0:
        value = 1.0 if low > 42.0 else math.exp(high)
        return value, value * value
    period = max(abs(low), abs(high)) + 40.0
    step = 2.0 * math.pi / period
    count = int(42.0 / (math.pi * step)) + 1
    rows = count // BLOCK + 1
    real = np.ones((rows, BLOCK))
    imag = np.zeros((rows, BLOCK))
    multiply_characteristic(w, p, step, 0, np.arange(rows), real, imag)
    center = base
    for g in range(len(w)):
        center += p[g] * w[g]
    mean = center / (2.0 * math.pi)
    slope = 1.0 / (2.0 * math.pi)
    for k in range(1, count + 1):
        t = step * k
        c = math.cos(base * t)
        s = math.sin(base * t)
        x = real[k // BLOCK, k % BLOCK]
        y = imag[k // BLOCK, k % BLOCK]
        hyperbolic = math.sinh(math.pi * t)
        mean += (x * s + y * c) / hyperbolic
        slope += t * (x * c - y * s) / hyperbolic
    return 0.5 + step * mean, 0.5 + step * (mean - slope)
