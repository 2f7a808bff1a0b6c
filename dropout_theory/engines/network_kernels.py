"""Compiled kernels that run LANES masks of a network at once, so that every inner loop is over samples.

The gates of a sample are a pure function of (key, sample index): word g of sample i is word g mod 4 of the block that
Philox4x32-10 makes of the counter (i low, i high, g div 4, 0), and a plan (see ``plan``) says which word and bit each
gate reads.
Signals (gated activities) are stored in tiles: 64 bytes' worth of samples of one unit, then the next unit.
Callers bound the work of one call: a kernel cannot be interrupted. A change of LANES changes the bits of results.

Source of the generator: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import overload

from dropout_theory.engines.exponential_kernels import exponential, logistic
from dropout_theory.engines.moment_kernels import collect, collect_bins, collect_pairs, merge
from dropout_theory.engines.vector_kernels import (
    LANES,
    fma,
    gated_below,
    gated_bit,
    get,
    like,
    pointer,
    product,
    put,
    together,
)

OPEN, CLOSED, HALF, THRESHOLD, SPIKE, LEVEL = 0, 1, 2, 3, 4, 5
LINEAR, RELU, LOGISTIC, TANH, SOFTMAX = 0, 1, 2, 3, 4
_COLUMNS, _BLOCK = 304, 96  # of a product: a tile of signals stays in the first cache, the weights in the second

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def tile_of(data):
    """Samples in a tile."""
    raise NotImplementedError("compiled code only")


@overload(tile_of)
def _tile_of(data):
    return (lambda data: 16) if data.dtype is types.float32 else (lambda data: 8)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_words(words, first, group, key, antithetic):
    """Words 4·group … 4·group + 3 of the samples first, …, LANES of each side by side.

    With ``antithetic`` the second half of the lanes holds the complements of the first.
    """
    k0, k1 = key
    for l in range(LANES):
        index = first + np.uint64(l)
        c0, c1, c2, c3 = index, index >> _SHIFT, group, group >> _SHIFT
        a, b = k0, k1
        for _ in range(10):
            # only the lower halves count; masked here alone, because the multiplication of 32 bits masks for free
            product_0 = _MULTIPLIER_0 * (c0 & _MASK)
            product_1 = _MULTIPLIER_1 * (c2 & _MASK)
            c0 = (product_1 >> _SHIFT) ^ c1 ^ a
            c1 = product_1
            c2 = (product_0 >> _SHIFT) ^ c3 ^ b
            c3 = product_0
            a += _WEYL_0
            b += _WEYL_1
        put(words, l, np.uint32(c0))
        put(words, LANES + l, np.uint32(c1))
        put(words, 2 * LANES + l, np.uint32(c2))
        put(words, 3 * LANES + l, np.uint32(c3))
    if antithetic:
        for w in range(4):
            for l in range(LANES // 2):
                put(words, w * LANES + LANES // 2 + l, ~get(words, w * LANES + l))


@njit(cache=True, nogil=True, error_model="numpy")
def _words_for(word, words, group, first, key, antithetic):
    """Make sure that ``words`` holds the group of a word; return the group held."""
    if word >> 2 != group:
        group = word >> 2
        fill_words(words, first, np.uint64(group), key, antithetic)
    return group


@njit(cache=True, nogil=True, error_model="numpy")
def _gate(rows, at, kind, words, word, bit, threshold, level, out, place, stride):
    """Write the signal of a unit, its activities times its gate, in tiles to place, place + stride … of ``out``.

    ``level``: keep probability of each lane.
    """
    zero, one = like(rows, 0.0), like(rows, 1.0)
    word, tile = (word & 3) * LANES, tile_of(rows)
    if kind == OPEN:
        for t in range(LANES // tile):
            for v in range(tile):
                put(out, place + t * stride + v, get(rows, at + t * tile + v))
    elif kind == CLOSED:
        for t in range(LANES // tile):
            for v in range(tile):
                put(out, place + t * stride + v, zero)
    elif kind == HALF:
        gated_bit(rows, at, words, word, np.uint32(31) - np.uint32(bit), out, place, stride)
    elif kind == THRESHOLD:
        gated_below(rows, at, words, word, threshold, out, place, stride)
    else:
        for t in range(LANES // tile):
            for v in range(tile):
                l = t * tile + v
                uniform = (np.float64(get(words, word + l)) + 0.5) * 2.0**-32
                if kind == SPIKE:
                    signal = one if uniform < np.float64(get(rows, at + l)) else zero
                else:
                    signal = get(rows, at + l) if uniform < get(level, l) else zero
                put(out, place + t * stride + v, signal)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw_level(words, word, low, span, inverted, level, scale):
    """Keep probabilities of a random noise level for each lane, and what an open gate multiplies by."""
    at = (word & 3) * LANES
    for l in range(LANES):
        high, rest = np.uint64(get(words, at + l)), np.uint64(get(words, at + LANES + l))
        uniform = (np.float64((high << np.uint64(20)) | (rest >> np.uint64(12))) + 0.5) * 2.0**-52
        keep = 1.0 - (low + span * uniform)
        put(level, l, keep)
        put(scale, l, like(scale, 1.0 / keep) if inverted != 0.0 else like(scale, 1.0))


@njit(cache=True, nogil=True, error_model="numpy")
def activate(rows, at, activation, c, slope):
    """Replace a row of preactivations by activities."""
    zero, one = like(rows, 0.0), like(rows, 1.0)
    if activation == RELU:
        for l in range(at, at + LANES):
            s = get(rows, l)
            put(rows, l, s if s > zero else zero)
    elif activation == LOGISTIC:
        logistic(rows, at, like(rows, -slope), like(rows, c))
    elif activation == TANH:
        a3, a5, a7 = like(rows, -1.0 / 3.0), like(rows, 2.0 / 15.0), like(rows, -17.0 / 315.0)
        small, two = like(rows, 0.015625), like(rows, -2.0)
        for l in range(at, at + LANES):
            s = get(rows, l)
            size = s if s > zero else -s
            tail = exponential(two * size)
            large = (one - tail) / (one + tail)
            square = s * s
            series = fma(fma(fma(a7, square, a5), square, a3) * square, s, s)
            put(rows, l, series if size < small else (large if s > zero else -large))


@njit(cache=True, nogil=True, error_model="numpy")
def _softmax(rows, units, top, total):
    for l in range(LANES):
        put(top, l, get(rows, l))
        put(total, l, like(rows, 0.0))
    for u in range(units):
        for l in range(LANES):
            s = get(rows, u * LANES + l)
            put(top, l, s if s > get(top, l) else get(top, l))
    for u in range(units):
        for l in range(LANES):
            power = exponential(get(rows, u * LANES + l) - get(top, l))
            put(rows, u * LANES + l, power)
            put(total, l, get(total, l) + power)
    for u in range(units):
        for l in range(LANES):
            put(rows, u * LANES + l, get(rows, u * LANES + l) / get(total, l))


@njit(cache=True, nogil=True, error_model="numpy")
def _plain(rows, units, biases, bias, weights, weight, reads, start, stop, signals, total):
    """Set rows to biases plus products of packed weights with the signals of all sources."""
    tile = tile_of(rows)
    columns = 0
    for k in range(start, stop):
        columns += reads[k, 1]
    if columns == 0:
        _fill(rows, units, biases, bias)
    done = 0
    for k in range(start, stop):
        for low in range(0, reads[k, 1], _COLUMNS):
            size = min(_COLUMNS, reads[k, 1] - low)
            for block in range(0, units, _BLOCK):
                end = min(block + _BLOCK, units)
                for t in range(LANES // tile):
                    signal, u = (t * total + reads[k, 0] + low) * tile, block
                    while u < end:
                        group = together(end - u)
                        product(group, done == 0, biases, bias + u, weights, weight + u * columns + done * group,
                                signals, signal, rows, u * LANES + t * tile, size)
                        u += group
            done += size


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(rows, units, values, at):
    for u in range(units):
        value = get(values, at + u)
        for l in range(LANES):
            put(rows, u * LANES + l, value)


@njit(cache=True, nogil=True, error_model="numpy")
def _wired(rows, units, weights, weight, reads, start, stop, signals, total, wires, wire, key, first, antithetic, words,
           group, level, source, gated):
    """Add to rows the products through connections with gates of their own. Returns the group of words now held."""
    kinds, places, bits, thresholds = wires
    tile = tile_of(rows)
    for u in range(units):
        for k in range(start, stop):
            for j in range(reads[k, 0], reads[k, 0] + reads[k, 1]):
                if kinds[wire] != CLOSED:
                    for t in range(LANES // tile):
                        for v in range(tile):
                            put(source, t * tile + v, get(signals, (t * total + j) * tile + v))
                    if kinds[wire] != OPEN:
                        group = _words_for(places[wire], words, group, first, key, antithetic)
                    _gate(source, 0, kinds[wire], words, places[wire], bits[wire], thresholds[wire], level, gated, 0,
                          tile)
                    factor = get(weights, weight)
                    for l in range(LANES):
                        put(rows, u * LANES + l, fma(factor, get(gated, l), get(rows, u * LANES + l)))
                wire += 1
                weight += 1
    return group


@njit(cache=True, nogil=True, error_model="numpy")
def network_block(first, begin, count, k0, k1, antithetic, x, plan, want_sums, moments, kept_units, kept, pairs, co,
                  bins, counts, scratch, taped, tape):
    """Run samples first + begin … first + count - 1 of a network; fill in the moments of every unit.

    ``begin``, a multiple of LANES: how many samples they hold already. ``plan``: the arrays of ``plan.Plan``.
    ``moments`` (6, units), zero at first: means and squared deviations of the activities, of the preactivations (with
    ``want_sums``), and of averages of antithetic pairs. ``kept_units``: row of ``kept`` for every unit, or -1.
    ``pairs`` of rows of kept, ``co`` as in ``moment_kernels``. ``bins``: rows of kept, lowest values, bins per unit
    length, bins. ``scratch``: rows, signals, four rows of work, words, level. ``taped`` (2, units): rows of ``tape``
    for activities and for gated ones, or -1; ``tape`` (rows, length or 0) of float64 takes samples begin, ...
    """
    layers, reads, weights, biases, cs, slopes, gates, wires, levels = plan
    kinds, places, bits, thresholds = gates
    total = layers[-1, 0] + layers[-1, 1]
    rows, signals, words, level = (pointer(scratch[0]), pointer(scratch[1]),
                                   pointer(scratch[3]), pointer(scratch[4]))
    gated, averages, scale, source = (pointer(scratch[2][:LANES]), pointer(scratch[2][LANES:]),
                                      pointer(scratch[2][2 * LANES:]), pointer(scratch[2][3 * LANES:]))
    flat, own, inputs, store = pointer(weights), pointer(biases), pointer(x), pointer(kept)
    gathered = np.zeros((3 * total, 3))
    running = pointer(gathered)
    half, record, length = like(rows, 0.5), pointer(tape), tape.shape[1]
    tile, key, seen = tile_of(rows), (k0, k1), begin
    while seen < count:
        chunk = min(LANES, count - seen)
        index = first + np.uint64(seen)
        group = np.int64(-1)
        for n in range(layers.shape[0]):
            unit, units, activation, start, stop, weight, wire, read, noise = layers[n]
            if n == 0:
                _fill(rows, units, inputs, 0)
            else:
                if wire < 0:
                    _plain(rows, units, own, unit, flat, weight, reads, start, stop, signals, total)
                else:
                    _fill(rows, units, own, unit)
                    group = _wired(rows, units, flat, weight, reads, start, stop, signals, total, wires, wire, key,
                                   index, antithetic, words, group, level, source, gated)
                if want_sums:
                    for u in range(units):
                        collect(rows, u * LANES, chunk, seen == begin, running, total + unit + u)
                if activation == SOFTMAX:
                    _softmax(rows, units, gated, averages)
                elif activation != LINEAR:
                    for u in range(units):
                        activate(rows, u * LANES, activation, cs[unit + u], slopes[unit + u])
                for u in range(units):
                    at = u * LANES
                    if antithetic:
                        for l in range(LANES // 2):
                            put(averages, l, (get(rows, at + l) + get(rows, at + LANES // 2 + l)) * half)
                        collect(averages, 0, chunk // 2, seen == begin, running, 2 * total + unit + u)
                    collect(rows, at, chunk, seen == begin, running, unit + u)
                    if kept_units[unit + u] >= 0:
                        for l in range(LANES):
                            put(store, kept_units[unit + u] * LANES + l, get(rows, at + l))
            for u in range(units if length else 0):
                if taped[0, unit + u] >= 0:
                    place = taped[0, unit + u] * length + seen - begin
                    for l in range(LANES):
                        put(record, place + l, np.float64(get(rows, u * LANES + l)))
            if not read:
                continue
            if noise >= 0:
                group = _words_for(noise, words, group, index, key, antithetic)
                _draw_level(words, noise, levels[n, 0], levels[n, 1], levels[n, 2], level, scale)
            for u in range(units):
                kind, word = kinds[unit + u], places[unit + u]
                if kind > CLOSED:
                    group = _words_for(word, words, group, index, key, antithetic)
                to, stride = (unit + u) * tile, total * tile
                _gate(rows, u * LANES, kind, words, word, bits[unit + u], thresholds[unit + u], level, signals, to,
                      stride)
                if kind == LEVEL:
                    for t in range(LANES // tile):
                        for v in range(tile):
                            at = to + t * stride + v
                            put(signals, at, get(signals, at) * get(scale, t * tile + v))
                if length and taped[1, unit + u] >= 0:
                    place = taped[1, unit + u] * length + seen - begin
                    for t in range(LANES // tile):
                        for v in range(tile):
                            put(record, place + t * tile + v, np.float64(get(signals, to + t * stride + v)))
        collect_pairs(store, chunk, seen, pairs, co)
        collect_bins(store, chunk, bins[0], bins[1], bins[2], bins[3], counts)
        seen += chunk
    if begin < count:
        merge(gathered, 0, count - begin, begin, moments[:2])
        if want_sums:
            merge(gathered, total, count - begin, begin, moments[2:4])
        if antithetic:
            merge(gathered, 2 * total, (count - begin) // 2, begin // 2, moments[4:6])
