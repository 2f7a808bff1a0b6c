"""One logistic unit over all masks of its gates, by meeting in the middle.

The preactivation of a mask is a sum of two halves, so its exponential is a product of two numbers out of two lists of
2^(n/2): E sigma(S) = sum over a, b of p_a q_b / (1 + e^-s_a e^-s_b). Every mask is visited, at a multiplication, half
a division and a few additions each. The second list is sorted and cut into blocks of nearby sums, each with its own
origin, so that products neither overflow nor vanish where it matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
from flint import arb, fmpq

from dropout_theory.engines.unit import (
    EPSILON,
    Array,
    ExactUnit,
    UnitMoments,
    exact_unit,
    logistic,
    scaled_preactivation,
)
from dropout_theory.engines.unit_plan import subset_chances, subset_sums, two_sum
from dropout_theory.sampling.compiled import load_kernels

MOST_GATES = 44
MOST_CERTIFIED_GATES = 22
_WIDTH = 512  # sums of one block
_SPAN = 50.0  # largest difference within a block
_LOW, _HIGH = -150.0, 100.0  # beyond them every output of a block is 0 or 1 within e^-100
_LENGTH = 1 << 17  # sums of the other half in one call: at most 0.1 s
_LENGTH_OF_LOGARITHMS = 1 << 13

_Task = tuple[Array, Array, Array, Array, Array, float, float, bool]


def enumerated_moments(weights: Any, keep: Any, *, bias: float = 0.0, c: float = 1.0, slope: float = 1.0,
                       softplus: bool = False, executor: Executor | None = None) -> UnitMoments:
    """Moments of 1/(1 + c exp(-slope S)), S = bias + sum of weights * gates, over all masks, in float64.

    Arguments as of `fourier.logistic_moments`; at most 44 gates may be random. `softplus` asks for E log(1 + e^S) too,
    which costs a logarithm for every mask. `executor` (threads or processes) shares the work; the result has the same
    bits with any number of workers. `error` estimates rounding. Raises ValueError as `logistic_moments` does.
    """
    unit = scaled_preactivation(weights, keep, bias, c, slope)
    if len(unit.weights) > MOST_GATES:
        raise ValueError(f"weights has {len(unit.weights)} random gates; allowed: {MOST_GATES} (or the Fourier form)")
    # 1 - O is the unit of -S: the smaller of both keeps its leading digits, and so does the variance
    center, sign = unit.center, -1.0 if unit.center > 0 else 1.0
    order = np.argsort(-np.abs(unit.weights), kind="stable")  # the second half gets the small weights: few blocks
    cut = (len(order) + 1) // 2
    upper, lower = order[:cut], order[cut:]
    a_sums = subset_sums(sign * unit.weights[upper], sign * unit.bias)
    b_sums = subset_sums(sign * unit.weights[lower], 0.0)
    p, q = subset_chances(unit.keep[upper]), subset_chances(unit.keep[lower])
    tasks = _tasks(a_sums, b_sums, p, q, softplus)
    results = list(executor.map(_block_sums, tasks) if executor else map(_block_sums, tasks))
    small, square, loss = (math.fsum(column) for column in zip(*results, strict=True))
    mean = small if sign > 0 else 1 - small
    reach = float(np.max(np.abs(b_sums[0]))) - _LOW
    within = np.abs(a_sums[0]) <= reach  # only these can be unsaturated
    lost = math.fsum((p * np.minimum(1, a_sums[2]))[within]) + math.fsum(q * np.minimum(1, b_sums[2]))
    rounding = EPSILON * (80 + 2 * len(order))
    moved = unit.slack * 3 * (small - square) if unit.slack < 1 else 1.0  # sigma' = sigma - sigma^2
    error = rounding + lost + moved
    loss += max(center, 0.0)  # log(1 + e^S) = S + log(1 + e^-S)
    return UnitMoments(mean, min(max(square - small * small, 0.0), 0.25), logistic(center), loss if softplus else None,
                       center, 1 << len(order), min(1.0, 3 * error),
                       rounding * (1 + abs(center) + loss) + unit.slack + _lost_softplus(p, q, a_sums, b_sums))


def _lost_softplus(p: Array, q: Array, a_sums: tuple[Array, ...], b_sums: tuple[Array, ...]) -> float:
    return math.fsum(p * a_sums[2]) + math.fsum(q * b_sums[2])


def _tasks(a_sums: tuple[Array, ...], b_sums: tuple[Array, ...], p: Array, q: Array, softplus: bool) -> Iterator[_Task]:
    """Blocks of the sorted second half with pieces of the first: pure numbers, so that any process can do them."""
    order = np.lexsort((b_sums[1], b_sums[0]))
    high, low, q = b_sums[0][order], b_sums[1][order], q[order]
    length = _LENGTH_OF_LOGARITHMS if softplus else _LENGTH
    start = 0
    while start < len(high):
        window = slice(start, start + _WIDTH)
        rest = (high[window] - high[start]) + (low[window] - low[start])
        rest = rest[rest <= _SPAN]
        block = slice(start, start + len(rest))
        for piece in range(0, len(p), length):
            part = slice(piece, piece + length)
            yield (a_sums[0][part], a_sums[1][part], p[part], rest, q[block], float(high[start]), float(low[start]),
                   softplus)
        start = block.stop


def _block_sums(task: _Task) -> tuple[float, float, float]:
    """Contributions of one block to E sigma, E sigma^2 and E log(1 + e^S)."""
    a_high, a_low, p, rest, q, origin, origin_low, softplus = task
    kernels = load_kernels("engines.exact_kernels")
    total, error = two_sum(a_high, origin)
    shift = total + (error + (a_low + origin_low))
    if len(shift) % 2:
        p, shift = np.append(p, 0.0), np.append(shift, 0.0)
    near = np.clip(shift, _LOW, _HIGH)
    mean, square = kernels.pair_sums(np.exp(-near), p, np.exp(-rest), q)
    loss = 0.0
    if softplus:
        far = shift > _HIGH  # there log(1 + e^S) is S
        loss = kernels.pair_logarithms(np.exp(near), np.where(far, 0.0, p), np.exp(rest), q)
        loss += math.fsum(p[far] * shift[far]) * math.fsum(q) + math.fsum(p[far]) * math.fsum(q * rest)
    return mean, square, loss


def certified_enumeration(weights: Sequence[Any], keep: Any, *, bias: Any = 0, c: Any = 1, slope: Any = 1,
                          digits: int = 20) -> UnitMoments:
    """The moments over all masks as Arb balls that contain the true values, for at most 22 random gates.

    Arguments and errors as of `fourier_certified.certified_moments`.
    """
    from dropout_theory.evaluation.values import precision

    if digits < 1:
        raise ValueError(f"digits is {digits}; allowed: at least 1")
    unit = exact_unit(weights, keep, bias, c, slope)
    if len(unit.weights) > MOST_CERTIFIED_GATES:
        raise ValueError(f"weights has {len(unit.weights)} random gates; allowed: {MOST_CERTIFIED_GATES}")
    with precision(int(digits * 3.33) + 40 + 2 * len(unit.weights)):
        return _certified(unit)


def _halves(unit: ExactUnit) -> Iterator[tuple[list[fmpq], list[arb]]]:
    cut = (len(unit.weights) + 1) // 2
    for part, start in ((slice(0, cut), unit.bias), (slice(cut, None), fmpq(0))):
        sums, chances = [start], [arb(1)]
        for w, p in zip(unit.weights[part], unit.keep[part], strict=True):
            sums, chances = sums + [x + w for x in sums], [x * (1 - p) for x in chances] + [x * p for x in chances]
        yield sums, chances


def _certified(unit: ExactUnit) -> UnitMoments:
    (a_sums, p), (b_sums, q) = _halves(unit)
    log_c = arb(unit.c).log()
    center = arb(unit.bias + sum((x * y for x, y in zip(unit.weights, unit.keep, strict=True)), fmpq(0))) - log_c
    near = sum((abs(x) for x in unit.weights), abs(unit.bias)) < 10**5
    b_powers = [(-arb(y)).exp() for y in b_sums] if near else []
    mean = square = softplus = arb(0)
    for s, chance in zip(a_sums, p, strict=True):
        if near:
            x = (log_c - arb(s)).exp()
            outputs = [1 / (1 + x * y) for y in b_powers]
        else:
            outputs = [_logistic_ball(arb(s + y) - log_c) for y in b_sums]
        weighted = [y * o for y, o in zip(q, outputs, strict=True)]
        mean += chance * sum(weighted, arb(0))
        square += chance * sum((y * o for y, o in zip(weighted, outputs, strict=True)), arb(0))
        losses = [y * _softplus_ball(arb(s + z) - log_c) for y, z in zip(q, b_sums, strict=True)]
        softplus += chance * sum(losses, arb(0))
    return UnitMoments(mean, square - mean * mean, 1 / (1 + (-center).exp()), softplus, center, 1 << len(unit.weights))


def _logistic_ball(x: arb) -> arb:
    return 1 / (1 + (-x).exp()) if x > 0 else 1 - 1 / (1 + x.exp())


def _softplus_ball(x: arb) -> arb:
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


__all__ = ["certified_enumeration", "enumerated_moments"]
