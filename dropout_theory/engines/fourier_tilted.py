r"""The Fourier form of a saturated unit, with all leading digits of its small mean and variance.

Where E f(S) is small the sum of `fourier` cancels down to it. Along a line z = theta + it there is nothing to cancel:
with M(z) = E e^(zS),

    E f(S) = int_0^oo Re g(z) M(z)/sin(pi z) dt,    g = 1 for sigma and 1/z for log(1 + e^x), 0 < theta < 1,
                                                   g = 1 - z for sigma^2, 0 < theta < 2

(the transform of e^((1-theta)x)/(1 + e^x) is pi/sin(pi z)). With k = 1, 1, 2 each f is e^(kx) on the far left; beyond
its pole, k < theta < k + 1, the integral is E f(S) - M(k). theta is taken near the saddle point, where |M/sin| is
least. M(z)/M(theta) is the characteristic function of gates with other keep probabilities, so the same kernel serves.

The aliases of the trapezoid rule of step 2 pi/W are e^(-theta m W) E F(S + mW), m != 0, where F is f with
|f(x)| <= e^(yx)/y for 0 < y <= k, or f - e^(kx), which is at most 2 e^(yx) for k <= y <= k + 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dropout_theory.engines.unit import EPSILON, Preactivation, norm
from dropout_theory.engines.unit_plan import log_mgf

MOST_NODES = 1 << 16
_MARGIN = 0.02  # from a pole: nearer ones ask for a long period

Tools = tuple[Callable[..., Any], Callable[..., Any]]


def saturated_moments(unit: Preactivation, tolerance: float,
                      tools: Tools) -> tuple[float, float, float, int, float] | None:
    """Return E sigma(S), Var sigma(S), E log(1 + e^S), nodes and the relative error of all, for E S far below 0.

    `tools` are the characteristic function and the estimate of its rounding of `fourier`. None where too many nodes
    would be needed or digits were lost.
    """
    line = _line(unit, 1, (lambda z: np.ones_like(z), lambda z: 1 / z), tolerance, tools)
    if line is None:
        return None
    (mean, loss), error, count = line
    if mean == 0:
        return 0.0, 0.0, 0.0, count, error
    second = _line(unit, 2, (lambda z: 1 - z,), tolerance, tools)
    if second is None:
        return None
    (square,), also, more = second
    variance = max(square - mean * mean, 0.0)
    return mean, variance, loss, count + more, error + also


def _line(unit: Preactivation, pole: int, factors: Sequence[Callable[[Any], Any]], tolerance: float,
          tools: Tools) -> tuple[list[float], float, int] | None:
    """The integrals along one line, their relative error, and the nodes."""
    w, p = unit.weights, unit.keep

    def size(y: float) -> float:
        return log_mgf(w, p, y) + y * unit.bias

    def tilted(y: float) -> Any:
        with np.errstate(over="ignore"):
            return 1 / (1 + (1 - p) / p * np.exp(-y * w))

    left = unit.bias + float(np.sum(tilted(pole) * w)) < 0  # then most of the mean is M(pole)
    low, high = (pole + _MARGIN, pole + 1 - _MARGIN) if left else (1e-6, pole - _MARGIN)
    theta = _saddle(lambda y: size(y) - math.log(abs(math.sin(math.pi * y)) + 1e-300), low, high)
    keep, height = tilted(theta), size(theta)
    spread = 1 + math.sqrt(float(np.sum(keep * (1 - keep) * w * w)))
    result = size(pole) - 1 if left else height - 3 - math.log(spread)
    if result < -750:
        return [0.0] * len(factors), 0.0, 0
    level = 1 - math.log(tolerance)
    below = (pole, (pole + theta) / 2) if left else (theta / 8, theta / 3, theta * 2 / 3)
    above = ((theta + pole + 1) / 2, pole + 1.0) if left else ((theta + pole) / 2, float(pole))

    def needed(y: float) -> float:
        return (size(y) - result + level + math.log(2 + 1 / y)) / abs(theta - y)

    period = max(8.0, min(map(needed, below)), min(map(needed, above)))
    count = math.ceil((level + 6 + max(0.0, height - result)) * period / (2 * math.pi**2))
    if not count < MOST_NODES:
        return None
    step = 2 * math.pi / period
    t = step * np.arange(count + 1)
    z = theta + 1j * np.minimum(t, 220.0)
    phi, wobble = tools
    values = phi(w, keep, step, 0, count + 1, tolerance / 1e6) * np.exp(1j * t * unit.bias)
    # the sine by its distance from the pole: near a zero pi z has lost digits
    values /= np.sin(np.pi * (z - pole)) * (-1) ** pole
    values[0] /= 2
    scale = math.exp(height)
    found = [scale * step * math.fsum((values * factor(z)).real) for factor in factors]
    if left:
        found = [math.exp(size(pole)) + x for x in found]
    rounding = wobble(w, np.array([unit.bias]), t) + 4 * EPSILON
    rough = [scale * step * math.fsum(np.abs(values * factor(z)) * rounding) for factor in factors]
    exponent = abs(height) + pole * abs(unit.bias) + pole * norm(w)
    if any(not x < 1e-6 * y for x, y in zip(rough, found, strict=True)):  # the line was no good: something cancelled
        return None
    error = max(x / y for x, y in zip(rough, found, strict=True))
    missed = tolerance * max(1.0, math.exp(result) / min(found))  # the period was chosen for a guess of the result
    return found, missed + 2 * error + pole * unit.slack + 4 * EPSILON * (1 + exponent), count


def _saddle(height: Callable[[float], float], low: float, high: float) -> float:
    """The minimum of a convex function between low and high, by golden section in the logarithm."""
    a, b, ratio = math.log(low), math.log(high), (math.sqrt(5) - 1) / 2
    x, y = b - ratio * (b - a), a + ratio * (b - a)
    at_x, at_y = height(math.exp(x)), height(math.exp(y))
    while b - a > 0.02:
        if at_x < at_y:
            b, y, at_y = y, x, at_x
            x = b - ratio * (b - a)
            at_x = height(math.exp(x))
        else:
            a, x, at_x = x, y, at_y
            y = a + ratio * (b - a)
            at_y = height(math.exp(y))
    return math.exp((a + b) / 2)
