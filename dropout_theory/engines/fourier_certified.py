"""The Fourier form of `fourier` in Arb balls: certified enclosures of the moments of a unit with any number of inputs.

The plan is made in float64; every bound that it promised is then computed in balls, so a bad plan gives wide balls and
never wrong ones. Node k needs exp(i w step k) for every gate: a product of two table entries. Chains of products of
complex balls would widen them by sqrt 2 a link, so all products are made by halves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import acb, arb, fmpq

from dropout_theory.engines.unit import ExactUnit, Preactivation, UnitMoments, exact_unit
from dropout_theory.engines.unit_plan import Plan, plan_unit
from dropout_theory.evaluation.values import precision

_TABLE = 16  # entries
_FIRST = 32  # gates before the first look at which nodes are still alive
_BOUND_BITS = 64

_Gate = tuple[arb, arb, int]


def certified_moments(weights: Sequence[Any], keep: Any, *, bias: Any = 0, c: Any = 1, slope: Any = 1,
                      digits: int = 20) -> UnitMoments:
    """The moments of `fourier.logistic_moments` as Arb balls that contain the true values, from exact rationals.

    Numbers are int, Fraction, fmpq, SymPy rationals, or floats at their exact binary value. The balls are meant to be
    below 10^-digits; their radii tell what was reached. Raises ValueError as `logistic_moments` does, and for
    digits < 1.
    """
    if digits < 1:
        raise ValueError(f"digits is {digits}; allowed: at least 1")
    return _moments(exact_unit(weights, keep, bias, c, slope), digits)


def moments_of_balls(gates: Sequence[tuple[arb, arb]], bias: arb, c: fmpq, digits: int) -> UnitMoments:
    """Mean and variance of a unit (no softplus) whose weights and keep probabilities `gates`, and bias, are balls.

    The moments at the midpoints, widened: E(O) and E(O^2) are linear in each probability, and O and O^2 change by less
    than half of what S changes. `c` is 0 or more. The balls are those radii apart from below 10^-digits.
    """
    unit = ExactUnit([_middle(w) for w, _ in gates], [min(max(_middle(p), fmpq(0)), fmpq(1)) for _, p in gates],
                     _middle(bias), c)
    center = bias + sum((w * p for w, p in gates), arb(0))
    if c == 0:
        return UnitMoments(arb(1), arb(0), arb(1), None, center, 0)
    found = _moments(unit, digits)
    moved = sum((w.rad() + p.rad() for w, p in gates), bias.rad())
    around = arb(0, (4 * moved).abs_upper())
    return UnitMoments(found.mean + around, found.variance + around, 1 / (1 + arb(c) * (-center).exp()), None,
                       center - arb(c).log(), found.work)


def _middle(ball: arb) -> fmpq:
    man, exp = ball.mid().man_exp()
    return fmpq(man) * fmpq(2) ** int(exp)


def _moments(unit: ExactUnit, digits: int) -> UnitMoments:
    with precision(64):
        level = float(arb(unit.c).log().mid())
        # for the plan only; what exceeds float64 is huge in any case
        rough = Preactivation(np.array([_near(x) for x in unit.weights]), np.array([_near(x) for x in unit.keep]),
                              _near(unit.bias) - level, 0.0)
    plan = plan_unit(rough, (digits + 2) * math.log(10))
    with precision(int(digits * 3.33) + 60 + 3 * (len(unit.weights) + plan.nodes).bit_length()):
        return _enclosed(unit, plan, digits)


def _near(value: fmpq) -> float:
    with precision(64):
        ball = arb(value)
        largest = arb(10) ** 300
        return float(ball.mid()) if abs(ball) < largest else math.copysign(1e300, 1 if value > 0 else -1)


def _enclosed(unit: ExactUnit, plan: Plan, digits: int) -> UnitMoments:
    log_c = arb(unit.c).log()
    small = Counter((unit.weights[i], unit.keep[i]) for i in plan.small)
    gates: list[_Gate] = [(arb(x), arb(y), m) for (x, y), m in small.items()]
    shifts, chances = [unit.bias], [fmpq(1)]
    for i in plan.huge:
        w, p = unit.weights[i], unit.keep[i]
        shifts, chances = shifts + [x + w for x in shifts], [(1 - p) * x for x in chances] + [p * x for x in chances]
    mean_small = sum((x * y * m for (x, y), m in small.items()), fmpq(0))
    square_small = sum((x * x * y * (1 - y) * m for (x, y), m in small.items()), fmpq(0))
    chosen = [(arb(shifts[i]) - log_c, arb(chances[i])) for i in plan.open]
    mass = arb(sum((chances[i] for i in plan.open), fmpq(0)))
    first = sum((y * (x + arb(mean_small)) for x, y in chosen), arb(0))
    second = sum((y * ((x + arb(mean_small)) ** 2 + arb(square_small)) for x, y in chosen), arb(0))
    one = arb(sum((chances[i] for i in plan.high), fmpq(0)))
    above = arb(sum((chances[i] * (shifts[i] + mean_small) for i in plan.high), fmpq(0))) - one * log_c
    with precision(_BOUND_BITS):
        slack = _saturation(gates, plan, shifts, chances, log_c)
    mean, slope_mean, penalty = one, arb(0), above
    if chosen:
        period = fmpq(math.ceil(16 * plan.period), 16)
        with precision(_BOUND_BITS):
            slack += _aliasing(gates, chosen, plan.thetas, arb(period)) + _truncation(period, plan.nodes)
        step = 2 * arb.pi() / arb(period)
        sums = _node_sums(gates, chosen, mass, step, plan.nodes, arb(10) ** -(digits + 8))
        mean += mass / 2 + step * (first / (2 * arb.pi()) + sums[0])
        slope_mean += step * (mass / (2 * arb.pi()) + sums[1])
        penalty += first / 2 + mass * arb(2).log() + step * (second / (4 * arb.pi()) + sums[2])
    around = arb(0, slack.abs_upper())
    mean, slope_mean, penalty = mean + around, slope_mean + around, penalty + around
    center = arb(unit.bias + sum((x * y for x, y in zip(unit.weights, unit.keep, strict=True)), fmpq(0))) - log_c
    return UnitMoments(mean, mean - slope_mean - mean * mean, 1 / (1 + (-center).exp()), penalty, center, plan.nodes)


def _node_sums(gates: list[_Gate], chosen: list[tuple[arb, arb]], mass: arb, step: arb, count: int,
               negligible: arb) -> tuple[arb, arb, arb]:
    """The sums over nodes 1, ..., count of Im phi/sinh(pi t), t Re phi/sinh(pi t), (mass - Re phi)/(t sinh(pi t))."""
    phi = {k: sum((y * acb(0, x * step * k).exp() for x, y in chosen), acb(0)) for k in range(1, count + 1)}
    alive = list(phi)
    start, stop = 0, _FIRST
    while start < len(gates) and alive:
        # chunks that double: nodes die early, and few products are made one after the other
        tables = [(*_powers(x * step, alive[-1]), y, 1 - y, m) for x, y, m in gates[start:stop]]
        start, stop = stop, 2 * stop
        for k in alive:
            high, low = divmod(k, _TABLE)
            factors = [y * (anchors[high] * table[low]) + q for table, anchors, y, q, m in tables if m == 1]
            factors += [(y * (anchors[high] * table[low]) + q) ** m for table, anchors, y, q, m in tables if m > 1]
            phi[k] = phi[k] * _product(factors)
        for k in [k for k in alive if abs(phi[k]) < negligible]:  # further factors only bring it closer to 0
            phi[k] = acb(arb(0, negligible), arb(0, negligible))
        alive = [k for k in alive if not abs(phi[k]) < negligible * 2]
    sums = [arb(0)] * 3
    for k, value in phi.items():
        t = step * k
        hyperbolic = (arb.pi() * t).sinh()
        sums[0] += value.imag / hyperbolic
        sums[1] += t * value.real / hyperbolic
        sums[2] += (mass - value.real) / (t * hyperbolic)
    return sums[0], sums[1], sums[2]


def _powers(angle: arb, count: int) -> tuple[list[acb], list[acb]]:
    """exp(i angle k) for k = 0, ..., _TABLE - 1, and for its multiples of _TABLE up to count."""
    table, anchors = [acb(1)], [acb(1)]
    for row, scale, length in ((table, 1, _TABLE), (anchors, _TABLE, count // _TABLE + 1)):
        while len(row) < length:
            turn = acb(0, angle * (scale * len(row))).exp()
            row += [turn * x for x in row]
    return table, anchors


def _product(factors: list[acb]) -> acb:
    while len(factors) > 1:
        pairs = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)]
        factors = pairs + factors[len(pairs) * 2:]
    return factors[0] if factors else acb(1)



def _moment_generating(gates: list[_Gate], theta: arb) -> arb:
    """E exp(theta * sum of weights * gates)."""
    total = arb(1)
    for x, y, m in gates:
        total *= (1 - y + y * (theta * x).exp()) ** m
    return total


def _aliasing(gates: list[_Gate], chosen: list[tuple[arb, arb]], thetas: Sequence[float], period: arb) -> arb:
    """The bound of `unit_plan` at its best theta."""
    best = arb("inf")
    for value in thetas:
        theta = arb(value)
        spread = sum((_moment_generating(gates, s * theta) * sum((y * (s * theta * x).exp() for x, y in chosen), arb(0))
                      for s in (1, -1)), arb(0))
        wave = (-theta * period).exp()
        best = _smaller(best, 2 / theta * wave / (1 - wave) * spread)
    return best


def _smaller(a: arb, b: arb) -> arb:
    a, b = a.abs_upper(), b.abs_upper()
    return b if b < a else a


def _saturation(gates: list[_Gate], plan: Plan, shifts: list[fmpq], chances: list[fmpq], log_c: arb) -> arb:
    """What the shifts left out err by: E e^(theta S)/theta where 0 was taken for sigma and softplus, or 1 and S."""
    closed = set(range(len(shifts))).difference(int(i) for i in plan.open)
    if not closed:
        return arb(0)
    high = {int(i) for i in plan.high}
    bounds = [(arb(theta), s, _moment_generating(gates, s * arb(theta))) for theta in plan.thetas for s in (1, -1)]
    total = arb(0)
    for i in closed:
        shift, best = arb(shifts[i]) - log_c, arb("inf")
        for theta, sign, spread in bounds:
            if (sign == -1) == (i in high):
                best = _smaller(best, (sign * theta * shift).exp() * spread / theta)
        total += arb(chances[i]) * best
    return total


def _truncation(period: fmpq, count: int) -> arb:
    """Bound on the nodes left out: step * sum over k > count of max(1, t_k, 2/t_k) / sinh(pi t_k), |phi| <= mass <= 1.

    For t >= sqrt 2 the factor is t, and 1/sinh(pi t) <= 2.1 e^(-pi t); from one term to the next t e^(-pi t) shrinks at
    least by e^(1/count - pi step): a geometric series. The number of nodes makes the next one exceed 2.
    """
    step = 2 * arb.pi() / arb(period)
    first = step * (count + 1)
    ratio = (1 / arb(count) - arb.pi() * step).exp()
    if not (first > 2 and ratio < 1):
        return arb("inf")
    return step * arb(fmpq(21, 10)) * first * (-arb.pi() * first).exp() / (1 - ratio)


__all__ = ["certified_moments"]
