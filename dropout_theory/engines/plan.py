"""Networks in the form the compiled kernels read: packed weights, and which random word every gate reads.

Words are dealt out in the order in which the kernel asks for them: layer by layer, the connections into a layer before
its units. Where all random gates of a layer have keep probability 1/2, each takes one bit (32 gates a word, lowest bit
first; 1 is open); otherwise each takes one word and is open where the word is below round(p 2^32). A spike takes one
word and is sent where (word + 1/2) 2^-32 is below the activity. Gates that are always open or closed take none. A
random noise level takes two words of one group of four, which make 52 bits of a uniform variate.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.gates import Array, Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Network

OPEN, CLOSED, HALF, THRESHOLD, SPIKE, LEVEL = range(6)
CODES = {"linear": 0, "relu": 1, "logistic": 2, "tanh": 3, "softmax": 4}
LANES, ROWS = 128, (6, 4, 2, 1)  # as in ``vector_kernels``, not imported before it is needed; a test compares
_WORD = 1 << 32
Gates = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]


class _Words:
    """Deals out words and bits, and adds up how far the sampled gates are from the nominal ones."""

    def __init__(self) -> None:
        self.word = 0
        self.bit = 32  # bits of the word before ``word`` that are taken; 32 where it is no word of halves
        self.bias = 0.0

    def deal(self, law: Any) -> Gates:
        """Return kinds, words, bits and thresholds of the gates of a law, flat and in order."""
        if isinstance(law, Spikes):
            kinds = np.full(np.size(law.size), SPIKE, np.int64)
            cuts = np.zeros(kinds.size, np.int64)
            self.bias += kinds.size / 2**33
        else:
            exact = law.p.dtype == object
            given = law.p.ravel()
            cuts = np.array([round(p * _WORD) for p in given] if exact else np.rint(given * float(_WORD)), np.int64)
            gaps = [abs(float(Fraction(int(k), _WORD) - p)) for k, p in zip(cuts, given, strict=True)] if exact else \
                np.abs(cuts / _WORD - given)
            self.bias += float(np.sum(gaps))
            kinds = np.full(cuts.size, THRESHOLD, np.int64)
            kinds[cuts == 0], kinds[cuts == _WORD] = CLOSED, OPEN
            if ((cuts == _WORD // 2) | (kinds != THRESHOLD)).all():
                kinds[kinds == THRESHOLD] = HALF
        words, bits = np.zeros(kinds.size, np.int64), np.zeros(kinds.size, np.uint32)
        halves, whole = np.flatnonzero(kinds == HALF), np.flatnonzero(kinds >= THRESHOLD)
        if halves.size:
            places = self.word * 32 - (32 - self.bit) + np.arange(halves.size)
            words[halves], bits[halves] = places // 32, places % 32
            self.word, self.bit = int(places[-1]) // 32 + 1, int(places[-1]) % 32 + 1
        if whole.size:
            words[whole] = self.word + np.arange(whole.size)
            self.word, self.bit = self.word + whole.size, 32
        return kinds, words, bits, np.where(kinds == THRESHOLD, cuts, 0).astype(np.uint32)

    def deal_level(self, units: int) -> tuple[int, Gates]:
        """Return the first word of a random noise level, and the gates of the units under it."""
        first = self.word + self.word % 2
        words = first + 2 + np.arange(units)
        self.word, self.bit = first + 2 + units, 32
        self.bias += units / 2**32 + 2.0**-52
        none = np.zeros(units, np.uint32)
        return first, (np.full(units, LEVEL, np.int64), words, none, none)


def _joined(parts: list[Gates]) -> Gates:
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint32)
    kinds, words, bits, cuts = (np.concatenate(column) for column in zip(nothing, *parts, strict=True))
    return kinds, words, bits, cuts


@dataclass(frozen=True, eq=False)
class Plan:
    """A network as arrays (see ``network_kernels``).

    ``words``: random words a sample takes; ``bias``: bound of the total variation distance between the sampled and the
    nominal law of all gates; ``work``: cost of a sample in multiplications, roughly.
    """

    layers: NDArray[np.int64]
    reads: NDArray[np.int64]
    weights: NDArray[Any]
    biases: NDArray[Any]
    cs: Array
    slopes: Array
    gates: Gates
    wires: Gates
    levels: Array
    words: int
    bias: float
    work: int

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the arithmetic."""
        return self.weights.dtype

    @property
    def units(self) -> int:
        """Units of the network, inputs included."""
        return int(self.layers[-1, 0] + self.layers[-1, 1])

    @property
    def widest(self) -> int:
        """Units computed at a time: those of the widest layer."""
        return int(self.layers[:, 1].max())

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the kernel is given."""
        return (self.layers, self.reads, self.weights, self.biases, self.cs, self.slopes, self.gates, self.wires,
                self.levels)

    @cached_property
    def digest(self) -> str:
        """A hash of everything that samples depend on besides key and input."""
        sums = hashlib.sha256()
        for array in (self.layers, self.reads, self.weights, self.biases, self.cs, self.slopes, *self.gates,
                      *self.wires, self.levels):
            sums.update(str((array.dtype, array.shape)).encode())
            sums.update(np.ascontiguousarray(array).data)
        return sums.hexdigest()


def make_plan(network: Network, dtype: Any = np.float64) -> Plan:
    """Return the plan of a network with weights of the given float type."""
    dtype = np.dtype(dtype)
    sizes, offsets = network.sizes, np.concatenate([[0], np.cumsum(network.sizes)])
    read = {k for sources in network.sources for k in sources}
    dealt = _Words()
    table: list[list[int]] = []
    reads: list[tuple[int, int]] = []
    packed: list[NDArray[Any]] = []
    wires: list[Gates] = []
    gates: list[Gates] = []
    levels = np.zeros((len(sizes), 3))
    weight = wire = work = 0
    for n, size in enumerate(sizes):
        row = [int(offsets[n]), size, 0, len(reads), len(reads), weight, -1, int(n in read), -1]
        if n:
            layer = network.layers[n - 1]
            reads += [(int(offsets[k]), sizes[k]) for k in network.sources[n]]
            row[2], row[4] = CODES[layer.activation], len(reads)
            law = network.connection_gates[n]
            factors = _converted(effective_weights(network, n), dtype)
            plain = isinstance(law, Keep) and (law.values == 1).all()
            if plain:
                work += factors.size
                factors = _packed(factors)
            else:
                work += 8 * factors.size
                row[6] = wire
                wires.append(dealt.deal(law))
                wire += factors.size
            packed.append(factors.ravel())
            weight += factors.size
            work += 40 * size
        law = network.unit_gates[n]
        if n not in read:
            law = Keep(np.ones(size))
        if isinstance(law, RandomLevel):
            row[8], dealt_gates = dealt.deal_level(size)
            levels[n] = law.low, law.high - law.low, float(network.inverted)
        else:
            dealt_gates = dealt.deal(law)
        gates.append(dealt_gates)
        table.append(row)
    biases = np.concatenate([np.zeros(sizes[0]), *(layer.bias for layer in network.layers)])
    ones = np.ones(sizes[0])
    return Plan(np.array(table, np.int64), np.array(reads, np.int64).reshape(-1, 2),
                np.concatenate([*packed, np.zeros(1, dtype)]), _converted(biases, dtype),
                np.concatenate([ones, *(layer.c for layer in network.layers)]),
                np.concatenate([ones, *(layer.slope for layer in network.layers)]),
                _joined(gates), _joined(wires), levels, dealt.word, dealt.bias, work + 8 * dealt.word + 8 * sum(sizes))


def _converted(values: Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    with np.errstate(over="raise"):
        try:
            return values.astype(dtype, copy=False)
        except FloatingPointError:
            raise ValueError(f"dtype must hold every weight and bias, not {dtype.name}") from None


def _packed(factors: NDArray[Any]) -> NDArray[Any]:
    """Weights in the order in which products read them: groups of rows, column by column."""
    parts, row = [], 0
    for rows in ROWS:
        groups = (len(factors) - row) // rows
        block = factors[row:row + groups * rows].reshape(groups, rows, factors.shape[1])
        parts.append(block.transpose(0, 2, 1).ravel())
        row += groups * rows
    return np.concatenate(parts)


def effective_weights(network: Network, n: int) -> Array:
    """Weights with what an open gate multiplies by: 1/p where scaled, the size of a spike."""
    layer, laws = network.layers[n - 1], [network.unit_gates[k] for k in network.sources[n]]
    if not network.inverted and not any(isinstance(law, Spikes) for law in (*laws, network.connection_gates[n])):
        return layer.weights
    parts = [np.broadcast_to(_factor(network.unit_gates[k], network.inverted), (network.sizes[k],))
             for k in network.sources[n]]
    below = np.concatenate(parts) if parts else np.zeros(0)
    product: Array = layer.weights * _factor(network.connection_gates[n], network.inverted) * below
    if not np.isfinite(product).all():
        raise ValueError(f"layers[{n - 1}].weights must stay finite when scaled by their gates")
    return product


def _factor(law: Any, inverted: bool) -> Array:
    if isinstance(law, Spikes):
        return np.asarray(law.size, np.float64)
    if isinstance(law, Keep) and inverted:
        return 1.0 / law.values
    return np.float64(1.0)  # type: ignore[return-value]  # a level scales its own signal
