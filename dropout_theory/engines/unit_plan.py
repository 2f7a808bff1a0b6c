"""How the Fourier form goes about a unit: which gates are enumerated, which shifts are saturated, and the period.

The trapezoid rule of step 2 pi/W errs, at a value x of the preactivation, by at most

    the sum over m >= 1 of min(1, e^(|x| - mW)) for sigma, twice it for sigma', of log(1 + 2 e^(|x| - mW)) for softplus

(Poisson summation), and min(1, e^y) <= e^(theta y), log(1 + 2 e^y) <= (2/theta) e^(theta y) for 0 < theta <= 1. So the
mean error is at most (2/theta) e^(-theta W)/(1 - e^(-theta W)) (E e^(theta S) + E e^(-theta S)): the period depends on
the spread of S, not on its largest value. A few huge weights would ask for a huge period; their gates are enumerated
instead, each mask of them being a shift of the rest. A shift far from 0 saturates the unit: E sigma(S) <= E e^(theta S)
and E log(1 + e^S) <= E e^(theta S)/theta show within what error it is 0, and likewise from the other side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.unit import Array, Preactivation

Positions = NDArray[np.integer[Any]]

MOST_ENUMERATED = 16  # gates
MOST_NODES = 1 << 24
MOST_WORK = 3e11  # factors of the characteristic function: minutes


@dataclass(frozen=True)
class Plan:
    """What the Fourier form is to do with a preactivation.

    `small`, `huge`: positions of the gates in the characteristic function and of the enumerated ones. `shifts`,
    `chances`: values and probabilities of bias + enumerated part, over its masks in binary order, the first huge gate
    being the lowest bit. `open`, `high`: the shifts to be integrated, and of the others those at which the unit is 1;
    `shift_error` bounds the rounding of open ones. `thetas`: tried in the bounds. `period`: W. `nodes`: to be summed.
    """

    small: Positions
    huge: Positions
    shifts: Array
    chances: Array
    shift_error: float
    open: Positions
    high: Positions
    thetas: tuple[float, ...]
    period: float
    nodes: int


def log_mgf(w: Array, p: Array, theta: float) -> float:
    """Return log E exp(theta * sum of weights * gates), without overflow."""
    x = theta * w
    high = np.maximum(x, 0)
    return float(np.sum(high + np.log((1 - p) * np.exp(-high) + p * np.exp(x - high))))


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """a + b as a rounded sum and its exact error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def subset_sums(w: Array, start: float) -> tuple[Array, Array, Array]:
    """Return (high, low, lost): start + the sum of each subset of w as high + low, off by at most lost.

    Masks in binary order, the first of w being the lowest bit. Nothing is lost unless a sum needs three numbers.
    """
    high, low, lost = np.array([start]), np.zeros(1), np.zeros(1)
    for x in w:
        total, error = two_sum(high, x)
        rest, dropped = two_sum(low, error)
        total, rest = two_sum(total, rest)
        high, low = np.concatenate([high, total]), np.concatenate([low, rest])
        lost = np.concatenate([lost, lost + np.abs(dropped)])
    return high, low, lost


def subset_chances(p: Array) -> Array:
    """Return the probability of each mask, in the order of `subset_sums`."""
    chances = np.ones(1)
    for x in p:
        chances = np.concatenate([chances * (1 - x), chances * x])
    return chances


def plan_unit(unit: Preactivation, level: float) -> Plan:
    """Choose enumerated gates, period and nodes so that aliasing, saturation and truncation err by less than e^-level.

    Raises ValueError where the spread of the preactivation asks for more work than is allowed.
    """
    plan = _plan(unit, np.arange(len(unit.weights)), 0, level)
    if _cost(plan) > 1e6:
        order = np.argsort(np.abs(unit.weights), kind="stable")[::-1]
        top = min(MOST_ENUMERATED, len(order))
        largest = unit.weights[order[0]]
        squares = (unit.weights[order] / largest) ** 2 * unit.keep[order] * (1 - unit.keep[order])
        if np.sum(squares[:top]) >= np.sum(squares) / 2:  # enumeration pays where few gates carry the spread
            plan = min((plan, *(_plan(unit, order, m, level) for m in range(1, top + 1))), key=_cost)
    if plan.nodes > MOST_NODES or _cost(plan) > MOST_WORK:
        raise ValueError(f"weights spread the preactivation so that the Fourier form needs {plan.nodes:.3g} nodes with "
                         f"{len(plan.small)} gates; allowed: {MOST_NODES} nodes and {MOST_WORK:.0e} factors in all "
                         "(enumerate the masks, or sample)")
    return plan


def _cost(plan: Plan) -> float:
    return (len(plan.small) + 20.0 * len(plan.open)) * plan.nodes + 20.0 * len(plan.shifts)


def _plan(unit: Preactivation, order: Positions, m: int, level: float) -> Plan:
    huge, small = order[:m], order[m:]
    w, p = unit.weights[small], unit.keep[small]
    shifts, _, lost = subset_sums(unit.weights[huge], unit.bias)
    chances = subset_chances(unit.keep[huge])
    deviation = float(np.linalg.norm(np.minimum(np.abs(w), 1e100) * np.sqrt(p * (1 - p))))
    guess = math.sqrt(2 * level + 4) / max(deviation, 1.0)  # the best for a normal preactivation
    thetas = sorted({1.0, *(min(1.0, guess * factor) for factor in (0.3, 1.0, 3.0))})
    up = {theta: log_mgf(w, p, theta) for theta in thetas}
    down = {theta: log_mgf(w, p, -theta) for theta in thetas}
    with np.errstate(over="ignore"):
        zero = np.any([theta * shifts + up[theta] < math.log(theta / 16) - level for theta in thetas], axis=0)
        one = np.any([down[theta] - theta * shifts < math.log(theta / 16) - level for theta in thetas], axis=0)
    still = np.flatnonzero(~(zero | one))
    period, nodes = 8.0, 0
    if len(still):
        periods = [(np.logaddexp(_log_mean(theta * shifts[still], chances[still]) + up[theta],
                                 _log_mean(-theta * shifts[still], chances[still]) + down[theta])
                    + math.log(24 / theta) + level) / theta for theta in thetas]
        period = max(8.0, float(min(periods)))
        nodes = max(2, math.ceil(min(1e18, (level + 6) * period / (2 * math.pi**2))))
    return Plan(small, huge, shifts, chances, float(np.max(lost[still], initial=0.0)), still,
                np.flatnonzero(one & ~zero), tuple(thetas), period, nodes)


def _log_mean(exponents: Array, chances: Array) -> float:
    largest = float(np.max(exponents))
    return largest + math.log(float(np.sum(chances * np.exp(exponents - largest))) + 1e-300)
