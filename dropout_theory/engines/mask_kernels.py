"""Compiled kernels that visit the masks of a small network (see ``compiled``).

Serial, without the interpreter lock, and in IEEE arithmetic that is never reordered: what they return depends on their
arguments alone.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import math

import numpy as np
from numba import njit

from dropout_theory.engines.exact_kernels import unit_fourier


@njit(cache=True, nogil=True)
def _activate(kind, s, c, slope, out):
    # s, out: the units of a layer
    if kind == 4:
        largest = s[0]
        for i in range(len(s)):
            largest = max(largest, s[i])
        total = 0.0
        for i in range(len(s)):
            out[i] = math.exp(s[i] - largest)
            total += out[i]
        for i in range(len(s)):
            out[i] /= total
        return
    for i in range(len(s)):
        if kind == 0:
            out[i] = s[i]
        elif kind == 1:
            out[i] = max(s[i], 0.0)
        elif kind == 2:
            z = slope[i] * s[i]
            tail = math.exp(-abs(z))
            if z >= 0.0:
                out[i] = 1.0 / (1.0 + c[i] * tail)
            else:
                out[i] = tail / (tail + c[i]) if tail + c[i] > 0.0 else 1.0
        else:
            out[i] = math.tanh(s[i])


@njit(cache=True, nogil=True)
def visit_masks(events, chances, sizes, edge_target, edge_weight, layers, c, slope, closed, closed_chances,
                closed_sizes, first_closed, inner, prefix, value, offset, start, first, pre, second):
    """Add the moments over all masks that agree with prefix (the branches of the first gates) to the outputs.

    events (n, 5): kind, unit or layer, first and last edge, number among the branching gates or -1. layers (l, 3):
    first unit, last unit, activation. closed: as events, the gates left to closed forms; first_closed: the first unit
    they lead to; inner: whether their masks are visited. value (units,): the inputs in front. start (units,): biases.
    The outputs hold E(O - offset), E(S - offset') with offset = offset[0], offset' = offset[1], and the lower half of
    E((O - offset)(O - offset)^T).
    """
    count = len(events)
    units = len(value)
    gated = np.zeros(units)
    sums = np.zeros((count + 1, units))
    for u in range(units):
        sums[0, u] = start[u]
    weight = np.ones(count + 1)
    branch = np.zeros(count, np.int64)
    deviation = np.zeros(units)
    inputs = layers[0, 0]
    last_one = -1  # events before it are counted where all later branches of the prefix are 0
    for e in range(count):
        number = events[e, 4]
        if 0 <= number < len(prefix) and prefix[number] == 1:
            last_one = e
    spread = np.zeros((units, units))
    e = 0
    entering = True
    while e >= 0:
        if e == count:
            _close(closed, closed_chances, closed_sizes, edge_target, edge_weight, layers, c, slope, first_closed,
                   inner, value, gated, sums[e], weight[e], offset, deviation, inputs, first, pre, second, spread)
            e -= 1
            entering = False
            continue
        kind = events[e, 0]
        if kind == 2:
            if not entering:
                e -= 1
                continue
            begin = layers[events[e, 1], 0]
            end = layers[events[e, 1], 1]
            _activate(layers[events[e, 1], 2], sums[e, begin:end], c[begin:end], slope[begin:end], value[begin:end])
            for u in range(begin, end):
                deviation[u] = value[u] - offset[0, u]
            if e > last_one:
                for u in range(begin, end):
                    scaled = weight[e] * deviation[u]
                    first[u] += scaled
                    pre[u] += weight[e] * (sums[e, u] - offset[1, u])
                    for v in range(inputs, u + 1):
                        second[u, v] += scaled * deviation[v]
            for u in range(end, units):
                sums[e + 1, u] = sums[e, u]
            weight[e + 1] = weight[e]
            e += 1
            continue
        unit = events[e, 1]
        source = value[unit] if kind == 0 else gated[unit]
        p = chances[e]
        if p < 0.0:  # a spike
            p = source
        if entering:
            branch[e] = 0
        number = events[e, 4]
        moved = False
        while branch[e] < 2 and not moved:
            b = branch[e]
            branch[e] += 1
            share = p if b == 1 else 1.0 - p
            if source == 0.0:  # both states are the same
                share = 1.0 - b
            if share == 0.0 or (0 <= number < len(prefix) and prefix[number] != b):
                continue
            weight[e + 1] = weight[e] * share
            for u in range(units):
                sums[e + 1, u] = sums[e, u]
            sent = 0.0
            if b == 1:
                sent = sizes[e] if chances[e] < 0.0 else sizes[e] * source
                for k in range(events[e, 2], events[e, 3]):
                    sums[e + 1, edge_target[k]] += edge_weight[k] * sent
            if kind == 0:
                gated[unit] = sent
            moved = True
        entering = moved
        e += 1 if moved else -1


@njit(cache=True, nogil=True, error_model="numpy")
def _visit_last(closed, chances, sizes, edge_target, edge_weight, activation, c, slope, begin, value, gated, sums,
                offset, mean, spread):
    # mean deviation and covariance of the last layer over the masks of the gates into it
    units = len(sums)
    count = 1 << len(closed)
    table = np.empty((units, count))
    share = np.empty(count)
    share[0] = 1.0
    reach = np.empty(units)
    row_sums = np.empty(units)
    for u in range(units):
        table[u, 0] = sums[u]
        reach[u] = abs(sums[u])
    for g in range(len(closed)):
        unit = closed[g, 1]
        source = value[unit] if closed[g, 0] == 0 else gated[unit]
        sent = sizes[g] if chances[g] < 0.0 else sizes[g] * source
        for k in range(closed[g, 2], closed[g, 3]):
            reach[edge_target[k] - begin] += abs(edge_weight[k] * sent)
    products = activation == 2  # of exponentials, unless one could overflow
    for u in range(units):
        products = products and abs(slope[u]) * reach[u] < 690.0
    if products:
        for u in range(units):
            table[u, 0] = c[u] * math.exp(-slope[u] * sums[u])
    for g in range(len(closed)):
        unit = closed[g, 1]
        source = value[unit] if closed[g, 0] == 0 else gated[unit]
        p = chances[g] if chances[g] >= 0.0 else source
        sent = sizes[g] if chances[g] < 0.0 else sizes[g] * source
        half = 1 << g
        for u in range(units):
            for row in range(half):
                table[u, row + half] = table[u, row]
        for k in range(closed[g, 2], closed[g, 3]):
            u = edge_target[k] - begin
            if products:
                factor = math.exp(-slope[u] * edge_weight[k] * sent)
                for row in range(half, 2 * half):
                    table[u, row] *= factor
            else:
                for row in range(half, 2 * half):
                    table[u, row] += edge_weight[k] * sent
        for row in range(half):
            share[row + half] = share[row] * p
            share[row] *= 1.0 - p
    if products:
        for u in range(units):
            for row in range(count):
                table[u, row] = 1.0 / (1.0 + table[u, row]) - offset[u]
    else:
        out = np.empty(units)
        for row in range(count):
            for u in range(units):
                row_sums[u] = table[u, row]
            _activate(activation, row_sums, c, slope, out)
            for u in range(units):
                table[u, row] = out[u] - offset[u]
    for u in range(units):
        total = 0.0
        for row in range(count):
            total += share[row] * table[u, row]
        mean[u] = total
        for row in range(count):
            table[u, row] -= total
        for v in range(u + 1):
            total = 0.0
            for row in range(count):
                total += share[row] * table[u, row] * table[v, row]
            spread[u, v] = total


@njit(cache=True, nogil=True)
def _close(closed, chances, sizes, edge_target, edge_weight, layers, c, slope, begin, inner, value, gated, sums,
           weight, offset, deviation, inputs, first, pre, second, spread):
    # the moments of the last layers given everything else: linear ones, a single logistic unit, or one of any kind
    units = len(value)
    if begin == units:
        return
    activation = layers[len(layers) - 1, 2]
    logistic = activation == 2 and not inner
    total = sums.copy()
    w = np.empty(len(closed))
    p = np.empty(len(closed))
    for u in range(begin, units):
        for v in range(begin, units):
            spread[u, v] = 0.0
    for g in range(len(closed)):
        unit = closed[g, 1]
        source = value[unit] if closed[g, 0] == 0 else gated[unit]
        p[g] = chances[g] if chances[g] >= 0.0 else source
        sent = sizes[g] if chances[g] < 0.0 else sizes[g] * source
        if logistic:
            w[g] = slope[begin] * edge_weight[closed[g, 2]] * sent
        for k in range(closed[g, 2], closed[g, 3]):
            total[edge_target[k]] += p[g] * edge_weight[k] * sent
            if activation == 0:
                for other in range(closed[g, 2], closed[g, 3]):
                    spread[edge_target[k], edge_target[other]] += \
                        p[g] * (1.0 - p[g]) * sent * sent * edge_weight[k] * edge_weight[other]
    if logistic:
        mean = 1.0
        square = 1.0
        if c[begin] > 0.0:
            mean, square = unit_fourier(w, p, slope[begin] * sums[begin] - math.log(c[begin]))
        deviation[begin] = mean - offset[0, begin]
        spread[begin, begin] = square - mean * mean
    elif not inner:
        for u in range(begin, units):
            deviation[u] = total[u] - offset[0, u]
    else:
        _visit_last(closed, chances, sizes, edge_target, edge_weight, activation, c[begin:], slope[begin:], begin,
                    value, gated, sums[begin:], offset[0, begin:], deviation[begin:], spread[begin:, begin:])
    for u in range(begin, units):
        scaled = weight * deviation[u]
        first[u] += scaled
        pre[u] += weight * (total[u] - offset[1, u])
        for v in range(inputs, u + 1):
            second[u, v] += scaled * deviation[v]
        for v in range(begin, u + 1):
            second[u, v] += weight * spread[u, v]
