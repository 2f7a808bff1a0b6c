"""Compiled kernel for one unit whose gated inputs are given: sums of several gates at a time are looked up in tables.

Eight gates of keep probability 1/2 are a byte of a random word, and a table of 256 sums replaces eight products. Other
gates are taken six at a time by the alias method: the low 6 bits of a word choose a column, and the remaining 26 bits
decide between the column's own outcome and its other one. See ``unit_tables``, which makes the tables.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from numba import njit

from dropout_theory.engines.moment_kernels import collect, collect_bins, collect_pairs, merge
from dropout_theory.engines.network_kernels import LINEAR, activate, fill_words
from dropout_theory.engines.vector_kernels import LANES, get, pointer, put

_BYTE = np.uint32(255)
_EIGHT = np.uint32(8)
_SIXTEEN = np.uint32(16)
_TOP = np.uint32(24)
_COLUMN = np.uint32(63)
_SIX = np.uint32(6)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_bytes(rows, words, at, tables, table):
    """Add the sums of four tables, chosen by the bytes of a word, lane by lane."""
    for l in range(LANES):
        word = get(words, at + l)
        first = get(tables, table + np.int64(word & _BYTE)) + \
            get(tables, table + 256 + np.int64((word >> _EIGHT) & _BYTE))
        second = get(tables, table + 512 + np.int64((word >> _SIXTEEN) & _BYTE)) + \
            get(tables, table + 768 + np.int64(word >> _TOP))
        put(rows, l, get(rows, l) + (first + second))


@njit(cache=True, nogil=True, error_model="numpy")
def _add_alias(rows, words, at, cuts, tables, group):
    """Add the sum of a group of gates drawn by the alias method, lane by lane."""
    for l in range(LANES):
        word = get(words, at + l)
        column = np.int64(word & _COLUMN)
        # the sign of the difference as 0 or 64, because a branch would be guessed wrong half of the time
        other = ((np.int64(get(cuts, group * 64 + column)) - 1 - np.int64(word >> _SIX)) >> 63) & 64
        put(rows, l, get(rows, l) + get(tables, group * 128 + column + other))


@njit(cache=True, nogil=True, error_model="numpy")
def unit_block(first, count, k0, k1, unit, start, activation, c, slope, halves, cuts, tables, want_sums, moments,
               keep, kept, pairs, co, bins, counts, scratch):
    """Run samples first … first + count - 1 of unit number ``unit`` and fill in its moments.

    ``start``: the sum without gates. ``halves`` (words, 1024): four tables of 256 sums a word. ``cuts`` (groups, 64)
    and ``tables`` (groups, 128): of the alias method, a word a group, after the words of halves. The rest is as in
    ``network_kernels.network_block``; ``keep`` says whether the activity goes to row 0 of ``kept``.
    """
    rows, words, store = pointer(scratch[0]), pointer(scratch[3]), pointer(kept)
    bytes_, alias, limits = pointer(halves), pointer(tables), pointer(cuts)
    plain, groups = halves.shape[0], cuts.shape[0]
    gathered, seen = np.zeros((2, 3)), 0
    running = pointer(gathered)
    while seen < count:
        chunk = min(LANES, count - seen)
        for l in range(LANES):
            put(rows, l, start)
        for word in range(plain + groups):
            if word & 3 == 0:
                fill_words(words, first + np.uint64(seen), np.uint64(word >> 2), (k0, k1), False)
            if word < plain:
                _add_bytes(rows, words, (word & 3) * LANES, bytes_, word * 1024)
            else:
                _add_alias(rows, words, (word & 3) * LANES, limits, alias, word - plain)
        if want_sums:
            collect(rows, 0, chunk, seen == 0, running, 1)
        if activation != LINEAR:
            activate(rows, 0, activation, c, slope)
        collect(rows, 0, chunk, seen == 0, running, 0)
        if keep:
            for l in range(LANES):
                put(store, l, get(rows, l))
            collect_pairs(store, chunk, seen, pairs, co)
            collect_bins(store, chunk, bins[0], bins[1], bins[2], bins[3], counts)
        seen += chunk
    merge(gathered, 0, count, 0, moments[:2, unit:unit + 1])
    if want_sums:
        merge(gathered, 1, count, 0, moments[2:4, unit:unit + 1])
