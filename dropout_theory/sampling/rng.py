"""Random variates as data: keys, sampling plans and the integer thresholds that gates are compared with.

Nothing here draws a number; this module says, on the host and in exact arithmetic, what the kernels shall draw.

* Keys. A Philox4x32 key is two 32-bit words derived from a seed and a stream by ``numpy.random.SeedSequence``.
* Counters. Words 0 and 1 hold the index of the sample (low word first), word 2 the number of the group of four words
  within that sample, word 3 is zero. A variate is thus a pure function of (key, sample index, position in the plan).
* Gates. Bernoulli(p) compares one 32-bit word with round(p 2^32). The sampled probability differs from p by at most
  2^-33; p = 0 and p = 1 are exact. ``SamplingPlan.bias`` is the exact total variation distance over all gates.
* Continuous noise. A uniform variate has 53 bits: u runs over the odd multiples of 2^-53, so it is never 0 or 1, is
  symmetric about 1/2, and lies within 2^-53 of an ideal uniform variate. Normals are Box and Muller's cosine branch on
  two such variates (four words each), within 8.6 standard deviations of the mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from typing import Any

import numpy as np

WORD = 1 << 32
BERNOULLI, CATEGORICAL, UNIFORM, NORMAL = 0, 1, 2, 3
MAX_VARIATES = 1 << 22


def derive_key(seed: int, *stream: int) -> tuple[int, int]:
    """Return the two 32-bit key words of a seed and a stream.

    The stream is any number of non-negative integers; different streams of one seed give unrelated keys.
    Raises TypeError or ValueError for anything but non-negative integers.
    """
    for name, value in (("seed", seed), *(("stream", part) for part in stream)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} must be a non-negative integer, not {value!r}")
        if value < 0:
            raise ValueError(f"{name} must be a non-negative integer, not {value!r}")
    words = np.random.SeedSequence(int(seed), spawn_key=tuple(int(part) for part in stream)).generate_state(2)
    return int(words[0]), int(words[1])


def exact_probability(value: Any, name: str = "p") -> Fraction:
    """Return a probability as a fraction; a float counts as its exact binary value.

    Accepts int, Fraction, SymPy and Arb rationals (anything with numerator and denominator, or p and q) and floats.
    Raises TypeError for other types, ValueError outside [0, 1].
    """
    if isinstance(value, bool):
        raise TypeError(f"{name} must be a number in [0, 1], not {value!r}")
    if isinstance(value, (Rational, np.integer)):
        result = Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise ValueError(f"{name} must be a number in [0, 1], not {value!r}")
        result = Fraction(float(value))
    elif hasattr(value, "p") and hasattr(value, "q"):
        result = Fraction(int(value.p), int(value.q))
    else:
        raise TypeError(f"{name} must be a fraction or a float in [0, 1], not {value!r}")
    if not 0 <= result <= 1:
        raise ValueError(f"{name} must be in [0, 1], not {value!r}")
    return result


def threshold(probability: Fraction) -> int:
    """Return round(p 2^32), the number of 32-bit words below which a gate of keep probability p is open."""
    return round(probability * WORD)


def _finite(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a finite real number, not {value!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite real number, not {value!r}")
    return number


@dataclass(frozen=True)
class Bernoulli:
    """A gate: 1 with probability p, else 0."""

    p: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "p", exact_probability(self.p))

    @property
    def bias(self) -> Fraction:
        """Exact distance between the sampled and the nominal keep probability; at most 2^-33."""
        exact: Fraction = self.p
        return abs(Fraction(threshold(exact), WORD) - exact)


@dataclass(frozen=True)
class Categorical:
    """One of K outcomes; the drawn value is its index 0 … K-1, or ``values[index]`` where values are given.

    The probabilities must sum to exactly 1 (give fractions). An outcome of probability zero is never drawn.
    """

    probabilities: Sequence[Any]
    values: Sequence[float] | None = None

    def __post_init__(self) -> None:
        exact = tuple(exact_probability(p, f"probabilities[{i}]") for i, p in enumerate(self.probabilities))
        if not exact:
            raise ValueError("probabilities must name at least one outcome, not ()")
        if sum(exact) != 1:
            raise ValueError(f"probabilities must sum to exactly 1, not {sum(exact)}")
        object.__setattr__(self, "probabilities", exact)
        if self.values is not None:
            values = tuple(_finite(f"values[{i}]", v) for i, v in enumerate(self.values))
            if len(values) != len(exact):
                raise ValueError(f"values must have one entry per probability ({len(exact)}), not {len(values)}")
            object.__setattr__(self, "values", values)

    def thresholds(self) -> tuple[int, ...]:
        """Return the cumulative thresholds T_1 ≤ … ≤ T_K = 2^32; outcome k is drawn when T_{k-1} ≤ word < T_k."""
        total, cumulative = Fraction(0), []
        for p in self.probabilities:
            total += p
            cumulative.append(threshold(total))
        return tuple(cumulative)

    @property
    def bias(self) -> Fraction:
        """Exact total variation distance between the sampled and the nominal distribution; at most (K-1) 2^-33."""
        cuts = (0, *self.thresholds())
        gaps = (Fraction(b - a, WORD) - p for a, b, p in zip(cuts, cuts[1:], self.probabilities, strict=False))
        return sum((abs(gap) for gap in gaps), Fraction(0)) / 2


@dataclass(frozen=True)
class UniformVariate:
    """Uniform noise between lo and hi, on a grid of spacing (hi - lo) 2^-52."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "lo", _finite("lo", self.lo))
        object.__setattr__(self, "hi", _finite("hi", self.hi))
        if not self.lo < self.hi:
            raise ValueError(f"hi must be greater than lo = {self.lo!r}, not {self.hi!r}")
        _finite("hi - lo", self.hi - self.lo)


@dataclass(frozen=True)
class NormalVariate:
    """Normal noise of the given mean and standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _finite("mean", self.mean))
        object.__setattr__(self, "sd", _finite("sd", self.sd))
        if self.sd < 0:
            raise ValueError(f"sd must be at least 0, not {self.sd!r}")


Variate = Bernoulli | Categorical | UniformVariate | NormalVariate
_WIDTH = {Bernoulli: 1, Categorical: 1, UniformVariate: 2, NormalVariate: 4}
_KIND = {Bernoulli: BERNOULLI, Categorical: CATEGORICAL, UniformVariate: UNIFORM, NormalVariate: NORMAL}


@dataclass(frozen=True)
class PlanArrays:
    """A plan in the form the kernels read; one entry per variate, categorical tables at ``start … stop``."""

    kind: np.ndarray
    word: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    low: np.ndarray
    scale: np.ndarray
    thresholds: np.ndarray
    values: np.ndarray
    words: int


@dataclass(frozen=True)
class SamplingPlan:
    """Independent variates, in the order of the columns that are drawn. Raises TypeError for foreign members."""

    variates: Sequence[Variate]

    def __post_init__(self) -> None:
        members = tuple(self.variates)
        for i, variate in enumerate(members):
            if type(variate) not in _KIND:
                allowed = "Bernoulli, Categorical, UniformVariate or NormalVariate"
                raise TypeError(f"variates[{i}] must be {allowed}, not {variate!r}")
        if not 1 <= len(members) <= MAX_VARIATES:
            raise ValueError(f"variates must have 1 to {MAX_VARIATES} members, not {len(members)}")
        object.__setattr__(self, "variates", members)

    def __len__(self) -> int:
        return len(self.variates)

    @cached_property
    def bias(self) -> Fraction:
        """Total variation distance of the sampled gates from the nominal ones, at most the sum over the variates."""
        return sum((v.bias for v in self.variates if isinstance(v, (Bernoulli, Categorical))), Fraction(0))

    @cached_property
    def arrays(self) -> PlanArrays:
        """The plan as arrays; a variate never straddles a group of four words."""
        word = 0
        rows: list[tuple[int, int, int, int, float, float]] = []
        cuts: list[int] = []
        values: list[float] = []
        for variate in self.variates:
            width = _WIDTH[type(variate)]
            word = -(-word // width) * width
            start, low, scale = len(cuts), 0.0, 1.0
            if isinstance(variate, Bernoulli):
                cuts.append(threshold(variate.p))
                values.append(1.0)
            elif isinstance(variate, Categorical):
                table = variate.thresholds()
                cuts.extend(table)
                values.extend(variate.values if variate.values is not None else map(float, range(len(table))))
            elif isinstance(variate, UniformVariate):
                low, scale = variate.lo, variate.hi
            else:
                low, scale = variate.mean, variate.sd
            rows.append((_KIND[type(variate)], word, start, len(cuts), low, scale))
            word += width
        columns = list(zip(*rows, strict=True))
        integers = [np.array(column, dtype=np.int64) for column in columns[:4]]
        floats = [np.array(column, dtype=np.float64) for column in columns[4:]]
        return PlanArrays(integers[0], integers[1], integers[2], integers[3], floats[0], floats[1],
                          np.array(cuts, dtype=np.uint64), np.array(values, dtype=np.float64), word)
