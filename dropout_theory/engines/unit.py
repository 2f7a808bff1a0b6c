"""One logistic unit under dropout: what the exact engines are asked, and what they answer.

The unit computes O = 1/(1 + c exp(-slope S)) of S = bias + sum of weights * gates, with independent Bernoulli gates
(baldi2014 eq. 31 for c and slope). A gate on an input and a gate on its connection are the same thing here, so every
engine serves both; `weights` are the products of connection weights and inputs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPSILON = 2.0**-53


@dataclass(frozen=True)
class UnitMoments:
    """Moments of one logistic unit under dropout, dimensionless.

    `mean` = E(O), `variance` = Var(O), `nwgm` = NWGM(O) = sigma(E S'), `softplus` = E log(1 + e^S') and `preactivation`
    = E S' of the scaled preactivation S' = slope*S - log c. `error` bounds the errors of mean and variance,
    `softplus_error` that of softplus: estimates for floating point; 0 for Arb balls, which contain the true values.
    `work` counts nodes of the Fourier form or masks. `softplus` is None where it was not asked for.
    """

    mean: Any
    variance: Any
    nwgm: Any
    softplus: Any
    preactivation: Any
    work: int
    error: float = 0.0
    softplus_error: float = 0.0

    @property
    def bias_of_nwgm(self) -> Any:
        """alpha = E(O) - NWGM(O): baldi2014 eq. (102)."""
        return difference(self.mean, self.nwgm)


def difference(a: Any, b: Any) -> Any:
    """Return a - b; of balls at their own precision, which may be above the one in force."""
    if not isinstance(a, arb):
        return a - b
    from dropout_theory.evaluation.values import precision

    with precision(32 + max(a.mid().bits(), b.mid().bits())):
        return a - b


@dataclass(frozen=True)
class Preactivation:
    """slope*S - log c as bias + sum of weights * gates, over the gates that are random and matter, in float64.

    `slack` estimates what rounding changed in the preactivation, whatever the gates.
    """

    weights: Array
    keep: Array
    bias: float
    slack: float

    @property
    def center(self) -> float:
        """The mean."""
        return self.bias + math.fsum(self.keep * self.weights)


def logistic(x: float) -> float:
    """Return 1/(1 + e^-x)."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def softplus(x: float) -> float:
    """Return log(1 + e^x)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def scaled_preactivation(weights: Any, keep: Any, bias: Any, c: Any, slope: Any) -> Preactivation:
    """Check the description of a unit and reduce it to gates that are random and have a weight, in float64.

    Raises ValueError naming the argument, the value and what is allowed, for numbers that are not finite, probabilities
    outside [0, 1], c <= 0, or a preactivation beyond the range of float64.
    """
    w = finite_floats("weights", weights)
    if w.ndim != 1:
        raise ValueError(f"weights has shape {w.shape}; allowed: one number for each gate")
    p = finite_floats("keep", keep)
    if p.shape not in ((), w.shape):
        raise ValueError(f"keep has {p.size} entries; allowed: one, or {len(w)} as weights has")
    p = np.broadcast_to(p, w.shape)
    refuse("keep", p, (p < 0) | (p > 1), "0 <= keep <= 1")
    b, c, slope = (float(finite_floats(name, value)) for name, value in (("bias", bias), ("c", c), ("slope", slope)))
    if c <= 0:
        raise ValueError(f"c is {c}; allowed: c > 0")
    with np.errstate(over="ignore"):
        w = slope * w
        b = slope * b
        size = float(np.sum(np.abs(w))) + abs(b)
    if not math.isfinite(size):
        raise ValueError(f"weights reach a preactivation of {size} with slope {slope}; allowed: below 1.7e308")
    used = (w != 0) & (p != 0)
    always = used & (p == 1)
    b = math.fsum([b, -math.log(c), *w[always].tolist()])
    used &= ~always
    scaled = 0.0 if abs(slope) == 1 else 4 * EPSILON * norm(w)  # roundings of either sign, so their root mean square
    return Preactivation(w[used], p[used], b, scaled + 2 * EPSILON * (abs(b) + abs(math.log(c))))


def norm(w: Array) -> float:
    """Return the root of the sum of squares, without overflow."""
    largest = float(np.max(np.abs(w), initial=0.0))
    return largest * math.sqrt(float(np.sum((w / largest) ** 2))) if largest else 0.0


def finite_floats(name: str, value: Any) -> Array:
    try:
        array = np.asarray(value, dtype=np.float64)
    except OverflowError:
        raise ValueError(f"{name} has a number beyond float64; allowed: below 1.7e308") from None
    refuse(name, array, ~np.isfinite(array), "finite numbers")
    return array


def refuse(name: str, array: Array, wrong: NDArray[np.bool_], allowed: str) -> None:
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f"{name}[{', '.join(map(str, at))}]" if at else name
        raise ValueError(f"{place} is {float(array[at])}; allowed: {allowed}")


def rational(value: Any, name: str) -> fmpq:
    """Return an exact rational: int, Fraction, fmpq, SymPy or NumPy number; a float at its binary value.

    Raises ValueError for nan and infinities.
    """
    if isinstance(value, fmpq):
        return value
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}; allowed: finite numbers")
        return fmpq(*value.as_integer_ratio())
    return fmpq(int(value.numerator), int(value.denominator))


@dataclass(frozen=True)
class ExactUnit:
    """slope*S = bias + sum of weights * gates in exact rationals; c stays apart, because log c is irrational."""

    weights: list[fmpq]
    keep: list[fmpq]
    bias: fmpq
    c: fmpq


def exact_unit(weights: Sequence[Any], keep: Any, bias: Any, c: Any, slope: Any) -> ExactUnit:
    """Check the description of a unit and reduce it as `scaled_preactivation` does, in rationals; the same errors.

    The slope is multiplied into weights and bias; c is kept.
    """
    w = [rational(x, f"weights[{i}]") for i, x in enumerate(weights)]
    several = hasattr(keep, "__len__")
    p = [rational(x, f"keep[{i}]") for i, x in enumerate(keep)] if several else [rational(keep, "keep")] * len(w)
    if len(p) != len(w):
        raise ValueError(f"keep has {len(p)} entries; allowed: one, or {len(w)} as weights has")
    for i, x in enumerate(p):
        if not 0 <= x <= 1:
            raise ValueError(f"keep[{i}] is {x}; allowed: 0 <= keep <= 1")
    scale, level, b = rational(slope, "slope"), rational(c, "c"), rational(bias, "bias")
    if level <= 0:
        raise ValueError(f"c is {level}; allowed: c > 0")
    b = sum((x for x, y in zip(w, p, strict=True) if y == 1), b)
    random = [(x * scale, y) for x, y in zip(w, p, strict=True) if x != 0 and 0 < y < 1 and scale != 0]
    return ExactUnit([x for x, _ in random], [y for _, y in random], b * scale, level)
