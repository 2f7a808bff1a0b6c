"""Compiled kernels for the exact moments of the last layer given all masks below it (see ``last_layer``).

Every unit O = f(b + sum of a_g d_g) of the last layer is integrated over its own gates d_g, whose a_g and probabilities
depend on the sample: in closed form, over all masks, or by the Fourier form sigma(z) = 1/2 + int_0^oo sin(z t)/sinh(pi
t) dt on nodes that all samples share. These kernels do not call those of the network, which would be compiled again.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import math

import numpy as np
from numba import njit

from dropout_theory.engines.moment_kernels import collect, merge
from dropout_theory.engines.network_kernels import activate
from dropout_theory.engines.vector_kernels import LANES, fma, get, pointer, put

CLOSED_FORM, MASKS, FOURIER = 0, 1, 2
PART = 32  # lanes whose characteristic functions are in the nearest cache together

_TURN_HIGH, _TURN_LOW = 2.0 * math.pi, 2.4492935982947064e-16  # 2 pi in two parts
_C14, _C12, _C10, _C8, _C6, _C4 = -1 / 87178291200, 1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24
_S13, _S11, _S9, _S7, _S5, _S3 = 1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6


@njit(cache=True, nogil=True, error_model="numpy")
def _turns(angles, at, step, out):
    """Write cosines and, PART further on, sines of step times PART angles: series at an eighth, doubled thrice."""
    for l in range(PART):
        angle = get(angles, at + l) * step
        whole = np.floor(angle / _TURN_HIGH + 0.5)
        x = fma(-whole, _TURN_LOW, fma(-whole, _TURN_HIGH, angle)) * 0.125
        y = x * x
        s = fma(fma(fma(fma(fma(fma(_S13, y, _S11), y, _S9), y, _S7), y, _S5), y, _S3) * y, x, x)
        c = fma(fma(fma(fma(fma(fma(_C14, y, _C12), y, _C10), y, _C8), y, _C6), y, _C4) * y - 0.5, y, 1.0)
        for _ in range(3):
            c, s = fma(c, c, -s * s), 2.0 * c * s
        put(out, l, c)
        put(out, PART + l, s)


@njit(cache=True, nogil=True, error_model="numpy")
def _fourier(count, base, terms, chances, step, nodes, im_weights, re_weights, phi, work, mean, spread):
    """Mean and variance of sigma(base + sum of ``count`` terms * gates), lane by lane.

    The weights are those of Im phi and of Re phi at the nodes step, 2 step, ... ``phi``: 2 * nodes * PART numbers;
    ``work``: 4 * PART numbers.
    """
    for low in range(0, LANES, PART):
        for g in range(-1, count):
            at = g * LANES + low
            _turns(base if g < 0 else terms, low if g < 0 else at, step, work)
            for l in range(2 * PART):
                put(work, 2 * PART + l, get(work, l))
            for k in range(nodes):
                row = 2 * k * PART
                if g < 0:
                    for l in range(PART):
                        put(phi, row + l, get(work, 2 * PART + l))
                        put(phi, row + PART + l, get(work, 3 * PART + l))
                else:
                    for l in range(PART):
                        p = get(chances, at + l)
                        x = fma(p, get(work, 2 * PART + l), 1.0 - p)
                        y = p * get(work, 3 * PART + l)
                        a, b = get(phi, row + l), get(phi, row + PART + l)
                        put(phi, row + l, fma(a, x, -b * y))
                        put(phi, row + PART + l, fma(a, y, b * x))
                for l in range(PART):
                    c, s = get(work, l), get(work, PART + l)
                    x, y = get(work, 2 * PART + l), get(work, 3 * PART + l)
                    put(work, 2 * PART + l, fma(x, c, -y * s))
                    put(work, 3 * PART + l, fma(x, s, y * c))
        for l in range(low, low + PART):
            center = get(base, l)
            for g in range(count):
                center = fma(get(chances, g * LANES + l), get(terms, g * LANES + l), center)
            put(mean, l, center)
            put(spread, l, 1.0)
        scale = step / (2.0 * math.pi)
        for l in range(low, low + PART):
            put(mean, l, scale * get(mean, l))
            put(spread, l, scale)
        for k in range(nodes):
            first, second = get(im_weights, k), get(re_weights, k)
            for l in range(PART):
                put(mean, low + l, fma(first, get(phi, 2 * k * PART + PART + l), get(mean, low + l)))
                put(spread, low + l, fma(second, get(phi, 2 * k * PART + l), get(spread, low + l)))
        for l in range(low, low + PART):
            middle = min(max(0.5 + get(mean, l), 0.0), 1.0)
            wide = middle - get(spread, l) - middle * middle
            put(mean, l, middle)
            put(spread, l, min(max(wide, 0.0), 0.25))


@njit(cache=True, nogil=True, error_model="numpy")
def _masks(count, base, terms, chances, activation, c, slope, stack, row, mean, spread):
    """Mean and variance over all masks of ``count`` gates, lane by lane; ``stack``: 2 * (count + 1) * LANES numbers.

    Level d of the stack holds sums and probabilities with gates d, d + 1, ... decided: two levels a mask on average.
    """
    shares = (count + 1) * LANES
    for l in range(LANES):
        center = get(base, l)
        for g in range(count):
            center = fma(get(chances, g * LANES + l), get(terms, g * LANES + l), center)
        put(row, LANES + l, center)
        put(stack, count * LANES + l, get(base, l))
        put(stack, shares + count * LANES + l, 1.0)
        put(mean, l, 0.0)
        put(spread, l, 0.0)
    activate(row, LANES, activation, c, slope)  # deviations from f(E S) keep the digits of a small variance
    for mask in range(1 << count):
        top = count - 1
        if mask:
            top = 0
            while not (mask >> top) & 1:
                top += 1
        for d in range(top, -1, -1):
            at, above = d * LANES, (d + 1) * LANES
            if (mask >> d) & 1:
                for l in range(LANES):
                    put(stack, at + l, get(stack, above + l) + get(terms, at + l))
                    put(stack, shares + at + l, get(stack, shares + above + l) * get(chances, at + l))
            else:
                for l in range(LANES):
                    put(stack, at + l, get(stack, above + l))
                    put(stack, shares + at + l, get(stack, shares + above + l) * (1.0 - get(chances, at + l)))
        for l in range(LANES):
            put(row, l, get(stack, l))
        activate(row, 0, activation, c, slope)
        for l in range(LANES):
            change = get(row, l) - get(row, LANES + l)
            part = get(stack, shares + l) * change
            put(mean, l, get(mean, l) + part)
            put(spread, l, fma(part, change, get(spread, l)))
    for l in range(LANES):
        change = get(mean, l)
        put(mean, l, get(row, LANES + l) + change)
        put(spread, l, max(fma(-change, change, get(spread, l)), 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _own_gates(begin, end, rows, factors, chances, spikes, sure, tape, length, at, base, terms, shares):
    """Split a preactivation into base and terms over the unit's own gates, lane by lane; return how many these are."""
    count = 0
    for e in range(begin, end):
        factor, chance, start, row = factors[e], chances[e], rows[e] * length + at, count * LANES
        if sure[e]:
            for l in range(LANES):
                put(base, l, get(base, l) + factor * get(tape, start + l))
            continue
        for l in range(LANES):
            value = get(tape, start + l)
            put(terms, row + l, factor if spikes[e] else factor * value)
            put(shares, row + l, value if spikes[e] else 1.0)
        for l in range(LANES):
            put(shares, row + l, chance * get(shares, row + l))
        count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def last_layer_moments(begin, count, tape, moments, unit, starts, rows, factors, chances, spikes, sure, biases, methods,
                       activation, cs, slopes, frames, steps, nodes, weights, work):
    """Merge samples begin … count - 1, which ``tape`` holds, into four rows of moments of the last layer.

    They are means and squared deviations of its units' means, and of their variances, over their own gates. ``unit``:
    the first of the units; the other arguments up to ``weights`` are described in ``last_layer.LastLayer``. ``work``:
    arrays for base, terms and chances of the gates, phi or stack, rows, means, variances.
    """
    base, terms, shares, phi, row, mean, spread = (
        pointer(work[0]), pointer(work[1]), pointer(work[2]), pointer(work[3]), pointer(work[4]), pointer(work[5]),
        pointer(work[6]))
    units = len(methods)
    gathered = np.zeros((2 * units, 3))
    running = pointer(gathered)
    record, length = pointer(tape), tape.shape[1]
    for seen in range(begin, count, LANES):
        chunk = min(LANES, count - seen)
        for i in range(len(methods)):
            for l in range(LANES):
                put(base, l, biases[i])
            gates = _own_gates(starts[i], starts[i + 1], rows, factors, chances, spikes, sure, record, length,
                               seen - begin, base, terms, shares)
            if methods[i] == FOURIER:
                # the frame of the unit as one of sigma: O = low + height * sigma(stretch * S + shift)
                stretch, shift, low, height = frames[i]
                for l in range(LANES):
                    put(base, l, fma(stretch, get(base, l), shift))
                for l in range(gates * LANES):
                    put(terms, l, stretch * get(terms, l))
                _fourier(gates, base, terms, shares, steps[i], nodes[i], pointer(weights[i, 0]), pointer(weights[i, 1]),
                         phi, row, mean, spread)
                for l in range(LANES):
                    put(mean, l, fma(height, get(mean, l), low))
                    put(spread, l, height * height * get(spread, l))
            elif methods[i] == MASKS:
                _masks(gates, base, terms, shares, activation, cs[i], slopes[i], phi, row, mean, spread)
            else:
                for l in range(LANES):
                    put(mean, l, get(base, l))
                    put(spread, l, 0.0)
                for g in range(gates):
                    for l in range(LANES):
                        term, p = get(terms, g * LANES + l), get(shares, g * LANES + l)
                        put(mean, l, fma(p, term, get(mean, l)))
                        put(spread, l, fma(p * (1.0 - p) * term, term, get(spread, l)))
            collect(mean, 0, chunk, seen == begin, running, i)
            collect(spread, 0, chunk, seen == begin, running, units + i)
    for k in range(2 if begin < count else 0):
        merge(gathered, k * units, count - begin, begin, moments[6 + 2 * k:8 + 2 * k, unit:unit + units])
