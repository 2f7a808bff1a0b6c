"""Laws of gates: what multiplies an activity on its way to the next layers.

A law belongs to the units of a layer (one gate a unit, shared by all its readers) or to the connections into a layer
(one gate each). ``mean_factor`` is the factor by which a law scales an activity on average: the one by which the
ensemble network multiplies weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.sampling.rng import exact_probability

Array = NDArray[np.float64]


def finite_array(name: str, value: Any, dimensions: int, *, empty: bool = False) -> Array:
    """Return a float64 array. Raises ValueError for another number of dimensions, an empty array, nan or infinity."""
    try:
        array = np.array(value, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be an array of {dimensions} dimension(s) of real numbers, "
                         f"not {value!r}") from None
    if array.ndim != dimensions or (array.size == 0 and not empty):
        raise ValueError(f"{name} must be an array of {dimensions} dimension(s), not of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, not {float(array[~np.isfinite(array)][0])!r}")
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Keep:
    """Independent Bernoulli gates: 1 with keep probability p, else 0.

    ``p``: a probability or an array of them (one a unit, or one a connection). Fractions are kept exactly, a float
    counts as its binary value. Raises ValueError or TypeError for anything that is no probability.
    """

    p: Any

    def __post_init__(self) -> None:
        given = np.asarray(self.p, dtype=object) if not isinstance(self.p, np.ndarray) else self.p
        if given.dtype == object and all(isinstance(v, float) for v in given.flat):
            given = given.astype(np.float64)
        if given.dtype.kind == "f":
            given = given.astype(np.float64)
            outside = ~((given >= 0) & (given <= 1))
            if outside.any():
                raise ValueError(f"keep must be in [0, 1], not {float(given[outside].flat[0])!r}")
        else:
            flat = [exact_probability(v, "keep") for v in given.ravel().tolist()]
            exact = np.empty(len(flat), dtype=object)
            exact[:] = flat
            given = exact.reshape(given.shape)
        object.__setattr__(self, "p", given)

    def exact(self) -> NDArray[Any]:
        """Return the probabilities as an object array of fractions."""
        return np.vectorize(Fraction, otypes=[object])(self.p) if self.p.size else self.p.astype(object)

    @cached_property
    def values(self) -> Array:
        """The probabilities as float64."""
        return self.p.astype(np.float64)

    def mean_factor(self, inverted: bool) -> Array:
        """Return E(gate), or 1 where open gates are scaled by 1/p."""
        return np.ones_like(self.values) if inverted else self.values


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spiking: a unit of activity O sends ``size`` with probability O, else 0 (baldi2014 eq. 125-126).

    ``size``: a finite number or an array of them. As a law of connections each connection flips its own coin.
    """

    size: Any = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", finite_array("size", self.size, np.ndim(self.size)))

    def mean_factor(self, inverted: bool) -> Array:
        """Return the spike sizes: E(size·spike | O) = size·O."""
        return np.asarray(self.size, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class RandomLevel:
    """Random noise level (bouthillier2015 section 4.1): each sample draws a level, shared by the layer.

    The level (the probability of dropping) is uniform between ``low`` and ``high``; given it the gates are independent
    Bernoulli gates of keep probability 1 - level. Inverted scaling divides by 1 - level. Raises ValueError unless
    0 <= low <= high <= 1.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            object.__setattr__(self, name, float(exact_probability(getattr(self, name), name)))
        if self.low > self.high:
            raise ValueError(f"high must be at least low = {self.low!r}, not {self.high!r}")

    def mean_factor(self, inverted: bool) -> Array:
        """Return 1 - the mean level, or 1 where open gates are scaled."""
        return np.float64(1.0) if inverted else np.float64(1.0 - (self.low + self.high) / 2)  # type: ignore[return-value]


Law = Keep | Spikes | RandomLevel


def as_law(value: Any, name: str) -> Law:
    """Return a law; a number or an array of them means ``Keep``. The error names the argument."""
    if isinstance(value, (Keep, Spikes, RandomLevel)):
        return value
    try:
        return Keep(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def shaped(law: Law, shape: tuple[int, ...], name: str, inverted: bool) -> Law:
    """Return the law with one parameter for every gate of ``shape``. Raises ValueError where they do not fit."""
    if isinstance(law, RandomLevel):
        if len(shape) != 1:
            raise ValueError(f"{name} must be a probability, probabilities or Spikes for connections, not {law!r}")
        if inverted and law.high >= 1:
            raise ValueError(f"{name}.high must be less than 1 when inverted is true, not {law.high!r}")
        return law
    given: Any = law.p if isinstance(law, Keep) else law.size
    if given.shape not in ((), shape):
        raise ValueError(f"{name} must be one number or of shape {shape}, not of shape {given.shape}")
    if isinstance(law, Keep) and inverted and (given == 0).any():
        raise ValueError(f"{name} must be greater than 0 when inverted is true, not 0")
    full = np.broadcast_to(given, shape)
    return Keep(full) if isinstance(law, Keep) else Spikes(full)
