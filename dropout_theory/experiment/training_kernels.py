"""The compiled kernel of stochastic gradient descent on small networks, in a file of its own (see ``compiled``).

Serial, without the interpreter lock, in IEEE arithmetic without reassociation: what it returns depends on its
arguments alone. Several independent trainings go side by side in the last axis, the lanes of vector instructions; no
lane sees another, so a training has the same bits in whichever lane it runs. Callers bound the work of one call.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from numba import njit

from dropout_theory.sampling.kernels import _philox

RANDOM_EXAMPLE, NEXT_EXAMPLE, ALL_EXAMPLES = 0, 1, 2

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_ONE = np.uint64(1)


@njit(cache=True, nogil=True, error_model="numpy")
def descend(first, count, keys, inputs, targets, parameters, velocity, batch, dropout, rate, rate_decay, momentum,
            damped, weight_decay, bias_decay):
    """Do iterations first … first + count - 1 of gradient descent with momentum on every lane.

    inputs (examples, K, lanes), targets (examples, lanes), keys (2, lanes). parameters and velocity (n K + 2 n + 1,
    lanes) hold the weights into hidden unit 0, 1, …, the hidden biases, the output weights and the output bias; both
    are changed. Word m of iteration t is word t·batch size + m of the lane's stream: its low K + n bits are the gates
    (keep probability 1/2, kept values doubled), the bits above choose the example. first is a multiple of 4.
    """
    examples, width, lanes = inputs.shape
    hidden = (parameters.shape[0] - 1) // (width + 2)
    a = hidden * width
    w = a + hidden
    b = w + hidden
    members = examples if batch == ALL_EXAMPLES else 1
    gate_bits = np.uint64(width + hidden)
    room = np.uint64(32) - gate_bits
    words = np.empty((4, lanes), np.uint64)
    x = np.empty((width, lanes))
    gate = np.empty((hidden, lanes))
    before = np.empty((hidden, lanes))
    value = np.empty((hidden, lanes))
    back = np.empty(lanes)
    miss = np.empty(lanes)
    slope = np.zeros((b + 1, lanes))
    share = 2.0 / members
    for t in range(first, first + count):
        for m in range(members):
            position = np.uint64(t) * np.uint64(members) + np.uint64(m)
            at = np.int64(position & np.uint64(3))
            if at == 0:
                for q in range(lanes):
                    group = position >> np.uint64(2)
                    w0, w1, w2, w3 = _philox(group & _MASK, group >> _SHIFT, np.uint64(0), np.uint64(0), keys[0, q],
                                             keys[1, q])
                    words[0, q] = w0
                    words[1, q] = w1
                    words[2, q] = w2
                    words[3, q] = w3
            for q in range(lanes):
                word = words[at, q]
                if batch == ALL_EXAMPLES:
                    chosen = m
                elif batch == NEXT_EXAMPLE:
                    chosen = t % examples
                else:
                    chosen = np.int64(((word >> gate_bits) * np.uint64(examples)) >> room)
                miss[q] = -targets[chosen, q]
                for k in range(width):
                    x[k, q] = inputs[chosen, k, q]
            if dropout:
                for k in range(width):
                    for q in range(lanes):
                        x[k, q] *= float((words[at, q] >> np.uint64(k)) & _ONE) * 2.0
                for i in range(hidden):
                    for q in range(lanes):
                        gate[i, q] = float((words[at, q] >> np.uint64(width + i)) & _ONE) * 2.0
            else:
                gate[:, :] = 1.0
            for i in range(hidden):
                for q in range(lanes):
                    before[i, q] = parameters[a + i, q]
                for k in range(width):
                    for q in range(lanes):
                        before[i, q] += parameters[i * width + k, q] * x[k, q]
                for q in range(lanes):
                    value[i, q] = max(before[i, q], 0.0) * gate[i, q]
                    miss[q] += parameters[w + i, q] * value[i, q]
            for q in range(lanes):
                miss[q] = (miss[q] + parameters[b, q]) * share  # the slope of the squared error
                slope[b, q] += miss[q]
            for i in range(hidden):
                for q in range(lanes):
                    slope[w + i, q] += miss[q] * value[i, q]
                    active = 1.0 if before[i, q] > 0.0 else 0.0
                    back[q] = miss[q] * parameters[w + i, q] * gate[i, q] * active
                    slope[a + i, q] += back[q]
                for k in range(width):
                    for q in range(lanes):
                        slope[i * width + k, q] += back[q] * x[k, q]
        step = rate / (1.0 + t * rate_decay)
        fresh = 1.0 - momentum if damped and t > 0 else 1.0
        for j in range(b + 1):
            decay = weight_decay if j < a or w <= j < b else bias_decay
            for q in range(lanes):
                velocity[j, q] = momentum * velocity[j, q] + fresh * (slope[j, q] + decay * parameters[j, q])
                parameters[j, q] -= step * velocity[j, q]
                slope[j, q] = 0.0
