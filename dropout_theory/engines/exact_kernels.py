"""Every compiled kernel of the exact engines, in one file (see ``kernel_loading``).

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
