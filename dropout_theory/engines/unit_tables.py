"""Tables for one unit whose gated inputs are given (see ``unit_kernels``): sums of gates by byte, and alias tables."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.gates import Array, Keep
from dropout_theory.engines.network import Network
from dropout_theory.engines.plan import CODES

_WORD = 1 << 32
GROUP = 6  # gates that one word draws by the alias method
_COLUMNS = 1 << GROUP


def alias_table(counts: list[int]) -> tuple[list[int], list[int]]:
    """Return cuts and other outcomes of the columns of an alias table, exactly (Vose's method in integers).

    ``counts``: how many of 2^32 words shall give each of 64 outcomes. A word whose low 6 bits are column k gives
    outcome k where its upper 26 bits are below cuts[k], and others[k] otherwise.
    """
    capacity = _WORD // _COLUMNS
    left, cuts, others = list(counts), [capacity] * _COLUMNS, list(range(_COLUMNS))
    small = [k for k in range(_COLUMNS) if left[k] < capacity]
    large = [k for k in range(_COLUMNS) if left[k] >= capacity]
    while small:
        k, donor = small.pop(), large[-1]
        cuts[k], others[k] = left[k], donor
        left[donor] -= capacity - left[k]
        if left[donor] < capacity:
            small.append(large.pop())
    return cuts, others


def group_counts(keep: list[Fraction]) -> tuple[list[int], float]:
    """Return how many of 2^32 words give each pattern of up to 6 gates, and how far that is from the exact law.

    Probabilities are rounded so that they sum to one; the distance is in total variation.
    """
    exact, whole = [1], 1  # probabilities times the product of all denominators, in integers
    for p in keep:
        exact = [q * (p.denominator - p.numerator) for q in exact] + [q * p.numerator for q in exact]
        whole *= p.denominator
    exact += [0] * (_COLUMNS - len(exact))
    counts, rests = (list(part) for part in zip(*(divmod(q * _WORD, whole) for q in exact), strict=True))
    # the largest remainders are rounded up: the nearest such counts in total variation
    for k in sorted(range(_COLUMNS), key=lambda k: -rests[k])[:_WORD - sum(counts)]:
        counts[k] += 1
    gaps = sum(abs(count * whole - q * _WORD) for count, q in zip(counts, exact, strict=True))
    return counts, float(Fraction(gaps, 2 * whole * _WORD))


@dataclass(frozen=True, eq=False)
class UnitPlan:
    """A unit as tables; arrays with a leading axis have an entry for every input (case).

    ``start`` (cases,); ``halves`` (cases, words, 1024), ``cuts`` (groups, 64) and ``tables`` (cases, groups, 128) as in
    ``unit_kernels.unit_block``; ``half`` and ``other``: inputs whose gates are in them, in order; ``patterns``
    (groups, 128): the gates behind an entry of a table, the first in the lowest bit. ``bias``: total variation distance
    of the sampled from the nominal gates; ``work``: cost of a sample.
    """

    unit: int
    activation: int
    c: float
    slope: float
    start: NDArray[Any]
    halves: NDArray[Any]
    cuts: NDArray[np.uint32]
    tables: NDArray[Any]
    half: NDArray[np.int64]
    other: NDArray[np.int64]
    patterns: NDArray[np.int64]
    bias: float
    work: int

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the arithmetic."""
        return self.start.dtype

    @property
    def units(self) -> int:
        """Units of the network, inputs included."""
        return self.unit + 1

    @property
    def widest(self) -> int:
        """Units computed at a time."""
        return 1

    @cached_property
    def digest(self) -> str:
        """A hash of everything that samples depend on besides the key."""
        sums = hashlib.sha256(repr((self.unit, self.activation, self.c, self.slope)).encode())
        for array in (self.start, self.halves, self.cuts, self.tables):
            sums.update(str((array.dtype, array.shape)).encode() + array.tobytes())
        return sums.hexdigest()


def fits_tables(network: Network) -> bool:
    """Whether a network is a single unit that reads nothing but inputs through Bernoulli gates."""
    return (len(network.layers) == 1 and network.sizes[1] == 1 and network.layers[0].activation != "softmax"
            and isinstance(network.unit_gates[0], Keep) and isinstance(network.connection_gates[1], Keep))


def _pattern_sums(values: Array, patterns: NDArray[np.int64]) -> Array:
    """Sums (cases, patterns) of the values (cases, gates) whose bits are set."""
    total = np.zeros((len(values), *patterns.shape))
    for i in range(values.shape[1]):
        total += np.where(patterns >> i & 1, values[:, i].reshape(-1, *[1] * patterns.ndim), 0.0)
    return total


def make_unit_plan(network: Network, rows: Array, dtype: Any) -> UnitPlan:
    """Return the tables of a network that ``fits_tables`` for inputs ``rows`` (cases, inputs)."""
    layer, cases = network.layers[0], len(rows)
    keep = [p * q for p, q in zip(network.unit_gates[0].exact().tolist(),  # type: ignore[union-attr]
                                  network.connection_gates[1].exact().ravel().tolist(), strict=True)]
    scale = np.array([float(1 / p) if network.inverted else 1.0 for p in keep])
    values = layer.weights[0] * scale * rows
    sure = [i for i, p in enumerate(keep) if p == 1]
    half = np.array([i for i, p in enumerate(keep) if p == Fraction(1, 2)], np.int64)
    other = np.array([i for i, p in enumerate(keep) if p not in (0, 1, Fraction(1, 2))], np.int64)
    words, groups = -(-half.size // 32), -(-other.size // GROUP)
    halves = np.zeros((cases, words * 4, 256))
    for b in range(-(-half.size // 8)):
        halves[:, b] = _pattern_sums(values[:, half[8 * b:8 * b + 8]], np.arange(256))
    cuts = np.zeros((groups, _COLUMNS), np.uint32)
    patterns = np.zeros((groups, 2 * _COLUMNS), np.int64)
    tables = np.zeros((cases, groups, 2 * _COLUMNS))
    bias, known = 0.0, {}
    for g in range(groups):
        members = other[GROUP * g:GROUP * g + GROUP]
        law = tuple(keep[i] for i in members)
        if law not in known:  # often all groups are alike
            counts, distance = group_counts(list(law))
            known[law] = (*alias_table(counts), distance)
        cuts[g], others, distance = known[law]
        patterns[g] = np.concatenate([np.arange(_COLUMNS), others])
        tables[:, g] = _pattern_sums(values[:, members], patterns[g])
        bias += distance
    start = layer.bias[0] + values[:, sure].sum(axis=1)
    return UnitPlan(network.sizes[0], CODES[layer.activation], float(layer.c[0]), float(layer.slope[0]),
                    start.astype(dtype), halves.reshape(cases, words, 1024).astype(dtype), cuts, tables.astype(dtype),
                    half, other, patterns, bias, 40 + 40 * words + 24 * groups)

