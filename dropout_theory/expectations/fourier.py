r"""The exact single logistic unit for any number of inputs: expectations from the characteristic function.

For S = b + sum_i w_i d_i with independent gates, phi(t) = exp(ibt) prod_i (q_i + p_i exp(i w_i t)) and

    E sigma(S)      = 1/2 + int_0^oo Im phi(t) / sinh(pi t) dt
    E sigma'(S)     = int_0^oo t Re phi(t) / sinh(pi t) dt,   Var sigma(S) = E sigma - E sigma' - (E sigma)^2
    E log(1 + e^S)  = E S/2 + log 2 + int_0^oo (1 - Re phi(t)) / (t sinh(pi t)) dt.

The trapezoid rule with step h makes, at each value x of S, an error known in closed form by Poisson summation: with
W = 2 pi/h it is sum_{m>=1} sinh x/(cosh x + cosh mW) for the first integral, and of the same size for the others. Its
mean is at most C min_theta exp(-theta W) (E exp(theta S) + E exp(-theta S)), whose moment generating functions are
products: so the step depends on the spread of S, not on the largest |S|, and the cost is O(inputs * nodes) where
enumeration needs 2^inputs. With Arb balls the same sums and bounds are a certified enclosure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, arb, fmpq

_THETAS = tuple(2.0**-k for k in range(13))
_CHUNK = 1 << 20  # complex numbers held at once


@dataclass(frozen=True)
class UnitMoments:
    """Moments of one logistic unit under dropout, dimensionless.

    `mean` = E(O), `variance` = Var(O), `nwgm` = NWGM(O) = sigma(E(S)), `softplus` = E log(1 + e^S) of the scaled
    preactivation slope*S - log c, and `error`, a bound on the error of mean, variance and softplus: an estimate for
    floating point, contained in the balls themselves (and 0) for certified moments.
    """

    mean: Any
    variance: Any
    nwgm: Any
    softplus: Any
    nodes: int
    error: float = 0.0

    @property
    def bias_of_nwgm(self) -> Any:
        """alpha = E(O) - NWGM(O): baldi2014 eq. (102)."""
        return self.mean - self.nwgm


def _checked(weights: Sequence[Any], keep: Any, **scalars: Any) -> list[Any]:
    """Keep probabilities, one for each weight. Raises ValueError naming the argument, the value and what is allowed."""
    probabilities = list(keep) if hasattr(keep, "__len__") else [keep] * len(weights)
    if len(probabilities) != len(weights):
        raise ValueError(f"keep has {len(probabilities)} entries; allowed: one, or {len(weights)} as weights has")
    for i, p in enumerate(probabilities):
        if not 0 <= p <= 1:
            raise ValueError(f"keep[{i}] is {p}; allowed: 0 <= keep <= 1")
    for i, w in enumerate(weights):
        if isinstance(w, float) and not math.isfinite(w):
            raise ValueError(f"weights[{i}] is {w}; allowed: finite numbers")
    for name, value in scalars.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} is {value}; allowed: finite numbers")
    if scalars["c"] <= 0:
        raise ValueError(f"c is {scalars['c']}; allowed: c > 0")
    return probabilities


def logistic_moments(weights: Sequence[float], keep: Any, *, bias: float = 0.0, c: float = 1.0, slope: float = 1.0,
                     tolerance: float = 1e-14) -> UnitMoments:
    """Moments of sigma(S) = 1/(1 + c exp(-slope S)), S = bias + sum of weights * gates, in float64.

    `weights` are the products w_i I_i of connection weights and inputs; `keep` one keep probability or one for each.
    `tolerance` bounds the error of the rule itself; rounding is estimated and added in `error`.
    Raises ValueError for values that are not finite, probabilities outside [0, 1] or c <= 0.
    """
    p = np.asarray(_checked(weights, keep, bias=bias, c=c, slope=slope), dtype=float)
    w = slope * np.asarray(weights, dtype=float)
    b = slope * bias - math.log(c)
    used = (w != 0) & (p != 0)
    w, p = w[used], p[used]
    always = p == 1
    b, w, p = b + math.fsum(w[always]), w[~always], p[~always]
    center = b + math.fsum(p * w)
    period = _period(w, p, b, tolerance / 8)
    step = 2 * math.pi / period
    count = max(1, math.ceil(math.log(200 / tolerance) / (math.pi * step)))
    t = step * np.arange(1, count + 1)
    phi = _characteristic(w, p, b, t)
    hyperbolic = np.sinh(np.minimum(np.pi * t, 700.0))
    mean = 0.5 + step * (center / (2 * math.pi) + math.fsum(phi.imag / hyperbolic))
    slope_mean = step * (1 / (2 * math.pi) + math.fsum(t * phi.real / hyperbolic))
    square = math.fsum(p * (1 - p) * w * w) + center * center
    penalty = step * (square / (4 * math.pi) + math.fsum((1 - phi.real) / (t * hyperbolic)))
    # each factor of phi is rounded, and each phase w t is off by its own rounding
    unit = np.finfo(float).eps
    wobble = unit * (4 * len(w) + 8 + (math.fsum(abs(w)) + abs(b)) * t)
    rounding = step * math.fsum(wobble * np.minimum(1, t) / hyperbolic) + 8 * unit * (1 + abs(center))
    softplus = center / 2 + math.log(2) + penalty
    variance = max(0.0, mean - slope_mean - mean * mean)
    return UnitMoments(min(max(mean, 0.0), 1.0), variance, _sigma(center), softplus, count,
                       tolerance + rounding * (4 + abs(center)))


def _sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _characteristic(w: np.ndarray, p: np.ndarray, b: float, t: np.ndarray) -> np.ndarray:
    """phi at the nodes: shape (nodes,), complex."""
    phi = np.exp(1j * b * t)
    width = max(1, _CHUNK // max(1, len(t)))
    for start in range(0, len(w), width):
        block = slice(start, start + width)
        factors = (1 - p[block])[:, None] + p[block][:, None] * np.exp(1j * np.outer(w[block], t))
        phi = phi * np.prod(factors, axis=0)
    return phi


def _period(w: np.ndarray, p: np.ndarray, b: float, tolerance: float) -> float:
    """The least period W (over a grid of exponents) whose aliasing bound is below the tolerance."""
    best = math.inf
    for theta in _THETAS:
        up, down = (_log_mgf(w, p, b, s * theta) for s in (1, -1))
        largest = max(up, down)
        total = largest + math.log(math.exp(up - largest) + math.exp(down - largest))
        best = min(best, (total + math.log(4 / tolerance)) / theta)
    return max(best, 8.0)


def _log_mgf(w: np.ndarray, p: np.ndarray, b: float, theta: float) -> float:
    """log E exp(theta S), without overflow."""
    x = theta * w
    high = np.maximum(x, 0)
    return theta * b + math.fsum(high + np.log((1 - p) * np.exp(-high) + p * np.exp(x - high)))


# --- certified --------------------------------------------------------------------------------------------------


def certified_moments(weights: Sequence[Any], keep: Any, *, bias: Any = 0, c: Any = 1, slope: Any = 1,
                      digits: int = 20) -> UnitMoments:
    """The same moments as Arb balls that contain the true values, from exact rationals (int, Fraction, fmpq, SymPy).

    The balls are meant to be below 10^-digits; their radii tell what was reached. Floats are taken at their exact
    binary value. Raises ValueError as `logistic_moments` does.
    """
    from dropout_theory.evaluate import precision

    exact = [_rational(x, "weights") for x in weights]
    probabilities = _checked(exact, [_rational(x, "keep") for x in keep] if hasattr(keep, "__len__")
                             else _rational(keep, "keep"), bias=_rational(bias, "bias"), c=_rational(c, "c"),
                             slope=_rational(slope, "slope"))
    with precision(int(digits * 3.33) + 40 + 2 * len(exact).bit_length()):
        scale = arb(_rational(slope, "slope"))
        w = [scale * arb(x) for x in exact]
        b = scale * arb(_rational(bias, "bias")) - arb(_rational(c, "c")).log()
        p = [arb(x) for x in probabilities]
        center = b + sum((x * y for x, y in zip(w, p, strict=True)), arb(0))
        square = sum((x * x * y * (1 - y) for x, y in zip(w, p, strict=True)), arb(0)) + center * center
        return _enclosed(w, p, b, center, square, digits)


def _enclosed(w: list[arb], p: list[arb], b: arb, center: arb, square: arb, digits: int) -> UnitMoments:
    wf, pf = (np.array([float(x.mid()) for x in xs]) for xs in (w, p))
    period = fmpq(math.ceil(16 * _period(wf, pf, float(b.mid()), 10.0 ** -(digits + 2))), 16)
    step = 2 * arb.pi() / arb(period)
    count = math.ceil(((digits + 3) * math.log(10) + 6) * float(period) / (2 * math.pi**2)) + 1
    mean, slope_mean, penalty = center / (2 * arb.pi()), 1 / (2 * arb.pi()), square / (4 * arb.pi())
    for k in range(1, count + 1):
        t = step * k
        factors = [1 - y + y * acb(0, x * t).exp() for x, y in zip(w, p, strict=True)]
        phi = _product([acb(0, b * t).exp(), *factors])
        hyperbolic = (arb.pi() * t).sinh()
        mean += phi.imag / hyperbolic
        slope_mean += t * phi.real / hyperbolic
        penalty += (1 - phi.real) / (t * hyperbolic)
    aliasing = _aliasing(w, p, b, arb(period))
    tail = _truncation(step, count)
    first = arb(1) / 2 + step * mean + _ball(aliasing + tail)
    second = step * slope_mean + _ball(aliasing + tail)
    third = center / 2 + arb(2).log() + step * penalty + _ball(aliasing + 2 * tail)
    return UnitMoments(first, first - second - first * first, 1 / (1 + (-center).exp()), third, count)


def _product(factors: list[acb]) -> acb:
    """Product by halves: a chain of complex balls would widen by a factor of sqrt 2 at each step."""
    while len(factors) > 1:
        pairs = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)]
        factors = pairs + factors[len(pairs) * 2:]
    return factors[0]


def _ball(bound: arb) -> arb:
    return arb(0, bound.abs_upper())


def _aliasing(w: list[arb], p: list[arb], b: arb, period: arb) -> arb:
    """Bound on the mean aliasing error: 4 sum_m exp(-theta m W) (E e^{theta S} + E e^{-theta S}), the best theta.

    At S = x each error is at most 2 min(1, e^(|x| - mW)) summed over m, and min(1, e^y) <= e^(theta y), 0 < theta <= 1.
    """
    best: arb | None = None
    for theta in _THETAS:
        q = arb(theta)
        total = arb(0)
        for sign in (1, -1):
            log_mgf = sign * q * b
            for x, y in zip(w, p, strict=True):
                log_mgf += (1 - y + y * (sign * q * x).exp()).log()
            total += (log_mgf - q * period).exp()
        bound = 4 * total / (1 - (-q * period).exp())
        if best is None or bound.abs_upper() < best.abs_upper():
            best = bound
    assert best is not None
    return best


def _truncation(step: arb, count: int) -> arb:
    """Bound on the nodes left out: step * sum over k > count of max(1, t_k, 1/t_k) / sinh(pi t_k), |phi| <= 1.

    For t >= 1 the factor is at most t, and 1/sinh(pi t) <= 2.1 e^(-pi t); from one term to the next t e^(-pi t) shrinks
    at least by e^(1/count - pi step): a geometric series. The number of nodes makes t_count exceed 1.
    """
    first = step * (count + 1)
    ratio = (1 / arb(count) - arb.pi() * step).exp()
    if not (first > 1 and ratio < 1):
        raise ValueError(f"the last node is at {first}; allowed: beyond 1")
    return step * arb(fmpq(21, 10)) * first * (-arb.pi() * first).exp() / (1 - ratio)


def _rational(value: Any, name: str) -> fmpq:
    if isinstance(value, fmpq):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{name} has {value}; allowed: finite numbers")
        return fmpq(*value.as_integer_ratio())
    return fmpq(int(value.numerator), int(value.denominator))


__all__ = ["UnitMoments", "certified_moments", "logistic_moments"]
