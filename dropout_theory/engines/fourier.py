r"""The exact single logistic unit for any number of inputs: expectations from the characteristic function, in float64.

For S = b + sum_i w_i d_i with independent gates, phi(t) = exp(ibt) prod_i (q_i + p_i exp(i w_i t)) and

    E sigma(S)      = 1/2 + int_0^oo Im phi(t) / sinh(pi t) dt
    E sigma'(S)     = int_0^oo t Re phi(t) / sinh(pi t) dt,   Var sigma(S) = E sigma - E sigma' - (E sigma)^2
    E log(1 + e^S)  = E S/2 + log 2 + int_0^oo (1 - Re phi(t)) / (t sinh(pi t)) dt.

The trapezoid rule converges geometrically (`unit_plan` has its error), so the cost is O(inputs * nodes) where
enumeration needs 2^inputs; and most factors of a wide unit are never computed, because |phi| falls with every one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dropout_theory.engines.fourier_tilted import saturated_moments
from dropout_theory.engines.unit import EPSILON, Array, Preactivation, UnitMoments, logistic, norm, scaled_preactivation
from dropout_theory.engines.unit_plan import Plan, plan_unit
from dropout_theory.sampling.compiled import load_kernels

_RANGE = 1 << 16  # nodes held at once
_SATURATED = 1e-3  # means nearer to 0 or 1 are computed again
_TINY = 5e-324
_INPUTS = 1 << 11  # inputs between looks at which nodes are still alive


def logistic_moments(weights: Any, keep: Any, *, bias: float = 0.0, c: float = 1.0, slope: float = 1.0,
                     tolerance: float = 1e-14) -> UnitMoments:
    """Moments of 1/(1 + c exp(-slope S)), S = bias + sum of weights * gates, in float64.

    `weights` (gates,) are the products w_i I_i of connection weights and inputs; `keep` one keep probability or one
    for each. `tolerance` bounds the error of the rule itself; rounding is estimated (as errors of random sign) and
    added in `error` and `softplus_error`. A mean below 0.001, the variance of such a unit, or of one with a mean above
    0.999, has a small relative error too. Raises ValueError for values that are not finite, probabilities outside
    [0, 1], c <= 0, or a spread of S that asks for more than 2^24 nodes.
    """
    if not 1e-30 <= tolerance < 0.1:
        raise ValueError(f"tolerance is {tolerance}; allowed: 1e-30 <= tolerance < 0.1")
    unit = scaled_preactivation(weights, keep, bias, c, slope)
    plan = plan_unit(unit, -math.log(tolerance))
    found = _integrated(unit, plan, tolerance)
    if len(plan.huge) or _SATURATED < found.mean < 1 - _SATURATED:
        return found
    return _saturated(unit, tolerance) or found


def _saturated(unit: Preactivation, tolerance: float) -> UnitMoments | None:
    center = unit.center
    below = unit if center <= 0 else Preactivation(-unit.weights, unit.keep, -unit.bias, unit.slack)
    result = saturated_moments(below, tolerance, (_characteristic, _wobble))
    if result is None:
        return None
    mean, variance, loss, nodes, error = result  # of the unit, or of the unit of -S, whose output is 1 - O
    softplus_error = error * loss + unit.slack + 8 * EPSILON * center
    if center > 0:
        return UnitMoments(1 - mean, variance, logistic(center), center + loss, center, nodes, error * mean + EPSILON,
                           softplus_error)
    return UnitMoments(mean, variance, logistic(center), loss, center, nodes, error * mean + _TINY,
                       error * loss + _TINY)


def _integrated(unit: Preactivation, plan: Plan, tolerance: float) -> UnitMoments:
    w, p = unit.weights[plan.small], unit.keep[plan.small]
    mean_small = math.fsum(p * w)
    square_small = math.fsum(p * (1 - p) * w * w) if plan.nodes else 0.0
    shifts, chances = plan.shifts[plan.open], plan.chances[plan.open]
    mass = math.fsum(chances)
    first = math.fsum(chances * (shifts + mean_small))
    second = math.fsum(chances * ((shifts + mean_small) ** 2 + square_small))
    step = 2 * math.pi / plan.period
    sums = np.zeros(3)
    size = np.zeros(2)
    for start in range(0, plan.nodes + 1, _RANGE):
        stop = min(plan.nodes + 1, start + _RANGE)
        t: Array = step * np.arange(start, stop, dtype=np.float64)
        phi = _characteristic(w, p, step, start, stop, tolerance / 1e6)
        phi = phi * _shifted(shifts, chances, t)
        if start == 0:
            t, phi = t[1:], phi[1:]
        hyperbolic = np.sinh(np.minimum(np.pi * t, 700.0))
        sums += [math.fsum(phi.imag / hyperbolic), math.fsum(t * phi.real / hyperbolic),
                 math.fsum((mass - phi.real) / (t * hyperbolic))]
        wobble = _wobble(w, shifts, t) * np.abs(phi) + EPSILON * mass
        size += [math.fsum(wobble * np.maximum(t, 1) / hyperbolic), math.fsum(wobble / (t * hyperbolic))]
    high = plan.chances[plan.high]
    one, above = math.fsum(high), math.fsum(high * (plan.shifts[plan.high] + mean_small))
    mean = one + mass / 2 + step * (first / (2 * math.pi) + sums[0])
    slope_mean = step * (mass / (2 * math.pi) + sums[1])
    softplus = above + first / 2 + mass * math.log(2) + step * (second / (4 * math.pi) + sums[2])
    center = unit.center
    moved = unit.slack + plan.shift_error + EPSILON * norm(p * w)
    moved = min(1.0, moved) if len(plan.open) else 0.0
    error = tolerance + 8 * EPSILON + moved + step * size[0]
    softplus_error = (tolerance + 8 * EPSILON * (1 + abs(center) + abs(softplus)) + unit.slack + plan.shift_error
                      + 2 * step * size[1])
    variance = mean - slope_mean - mean * mean
    return UnitMoments(float(min(max(mean, 0), 1)), float(min(max(variance, 0), 0.25)), logistic(center),
                       float(max(softplus, 0)), center, plan.nodes, min(1.0, float(2 * error)), float(softplus_error))


def _characteristic(w: Array, p: Array, step: float, start: int, stop: int, negligible: float) -> Any:
    """The product over gates at the nodes start, ..., stop - 1; those below `negligible` may be too large."""
    kernels = load_kernels("engines.exact_kernels")
    rows = -(-(stop - start) // kernels.BLOCK)
    phi_real, phi_imag = np.ones((rows, kernels.BLOCK)), np.zeros((rows, kernels.BLOCK))
    alive = np.arange(rows)
    for i in range(0, len(w), _INPUTS):
        real, imag = phi_real[alive], phi_imag[alive]
        kernels.multiply_characteristic(w[i:i + _INPUTS], p[i:i + _INPUTS], step, start, alive, real, imag)
        phi_real[alive], phi_imag[alive] = real, imag
        alive = alive[np.max(real * real + imag * imag, axis=1) > negligible * negligible]
        if not len(alive):
            break
    return (phi_real + 1j * phi_imag).ravel()[:stop - start]


def _shifted(shifts: Array, chances: Array, t: Array) -> Any:
    """E exp(i t shift) over the open shifts, at the nodes t."""
    total = np.zeros(len(t), dtype=complex)
    width = max(1, (1 << 20) // len(t))
    for i in range(0, len(shifts), width):
        total += chances[i:i + width] @ np.exp(1j * np.outer(shifts[i:i + width], t))
    return total


def _wobble(w: Array, shifts: Array, t: Array) -> Array:
    """Estimated relative error of phi at the nodes: roundings of random sign (Higham and Mary, SIAM J. Sci. Comput.

    41, 2019), about one half of a last place, twice, for each factor, and those of the phases w t.
    """
    phase = norm(w) + float(np.max(np.abs(shifts), initial=0.0))
    return EPSILON * (2 * math.sqrt(len(w) + 1) + 4 * phase * t)


__all__ = ["UnitMoments", "logistic_moments"]
