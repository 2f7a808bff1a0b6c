"""Compiled kernels of the dropout criterion: its value and slope over masked rows, and descent on it.

Serial, without the interpreter lock, in IEEE arithmetic without reassociation. Callers bound the work of one call.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def value_and_slope(parameters, widths, rows, chances, targets, scatter, decay, smoothing, gradient):
    """Return the criterion and fill its gradient (parameters,).

    widths: inputs, hidden layers, 1. rows (m, inputs and hidden units but the last layer's): masked inputs, then the
    gates of those units. The last hidden layer's gates enter by their variance `scatter`. `decay`/2 multiplies the
    squared weights. max(0, z) is replaced by (z + sqrt(z^2 + smoothing^2))/2, which is itself at smoothing 0.
    """
    depth = widths.size - 1
    units = 0
    for layer in range(depth):
        units += widths[layer]
    value = np.empty(units)  # what each node passes on
    flat = np.empty(units)  # slope of the activation, times the gate
    back = np.empty(units)
    gradient[:] = 0.0
    total = 0.0
    for row in range(rows.shape[0]):
        for k in range(widths[0]):
            value[k] = rows[row, k]
        at, source, target = 0, 0, widths[0]
        for layer in range(1, depth):
            below, above = widths[layer - 1], widths[layer]
            for i in range(above):
                z = parameters[at + above * below + i]
                for k in range(below):
                    z += parameters[at + i * below + k] * value[source + k]
                root = math.sqrt(z * z + smoothing * smoothing)
                gate = rows[row, target + i] if layer < depth - 1 else 1.0
                raised = (z + root) / 2.0
                value[target + i] = raised * gate
                flat[target + i] = raised / root * gate if root > 0.0 else 0.0
            at += above * (below + 1)
            source = target
            target += above
        below = widths[depth - 1]
        miss = parameters[at + below] - targets[row]
        for k in range(below):
            miss += parameters[at + k] * value[source + k]
        slope = 2.0 * chances[row] * miss
        total += chances[row] * miss * miss
        gradient[at + below] += slope
        for k in range(below):
            part = parameters[at + k] * value[source + k]
            wobble = 2.0 * scatter * chances[row] * part
            total += scatter * chances[row] * part * part
            gradient[at + k] += (slope + wobble) * value[source + k]
            back[source + k] = (slope + wobble) * parameters[at + k]
        for layer in range(depth - 1, 0, -1):
            below, above = widths[layer - 1], widths[layer]
            target = source
            source -= below
            at -= above * (below + 1)
            for k in range(below):
                back[source + k] = 0.0
            for i in range(above):
                here = back[target + i] * flat[target + i]
                gradient[at + above * below + i] += here
                for k in range(below):
                    gradient[at + i * below + k] += here * value[source + k]
                    back[source + k] += here * parameters[at + i * below + k]
    if decay > 0.0:
        at = 0
        for layer in range(1, depth + 1):
            count = widths[layer] * widths[layer - 1]
            for j in range(at, at + count):
                gradient[j] += decay * parameters[j]
                total += decay / 2.0 * parameters[j] * parameters[j]
            at += count + widths[layer]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def descend(first, count, steps, parameters, mean, square, free, widths, rows, chances, targets, scatter, decay, rate,
            smooth_from, smooth_to):
    """Do steps first … first + count - 1 of `steps` of Adam, changing parameters, mean and square (parameters,).

    The rate falls to nothing along a cosine, the smoothing geometrically; what is not `free` is kept non-negative.
    """
    gradient = np.empty_like(parameters)
    for t in range(first, first + count):
        done = t / steps
        value_and_slope(parameters, widths, rows, chances, targets, scatter, decay,
                        smooth_from * (smooth_to / smooth_from) ** done, gradient)
        step = rate * 0.5 * (1.0 + math.cos(math.pi * done)) / (1.0 - 0.9 ** (t + 1))
        right = 1.0 - 0.999 ** (t + 1)
        for j in range(parameters.size):
            mean[j] = 0.9 * mean[j] + 0.1 * gradient[j]
            square[j] = 0.999 * square[j] + 0.001 * gradient[j] * gradient[j]
            parameters[j] -= step * mean[j] / (math.sqrt(square[j] / right) + 1e-12)
            if not free[j] and parameters[j] < 0.0:
                parameters[j] = 0.0
