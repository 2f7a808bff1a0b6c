"""A plain-Python reference of the sampling of a network, mask for mask, and exact enumeration of small networks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Network

WORD = 1 << 32


def philox(counter: list[int], key: tuple[int, int]) -> list[int]:
    """Philox4x32-10 in Python integers."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second % WORD, (first >> 32) ^ c3 ^ k1, first % WORD
        k0, k1 = (k0 + 0x9E3779B9) % WORD, (k1 + 0xBB67AE85) % WORD
    return [c0, c1, c2, c3]


class Gates:
    """The gates of one sample, dealt out in the documented order."""

    def __init__(self, index: int, key: tuple[int, int], complement: bool = False) -> None:
        self.index, self.key, self.complement = index, key, complement
        self.word, self.bit = 0, 32

    def draw(self, g: int) -> int:
        word = philox([self.index % WORD, self.index >> 32, g // 4, 0], self.key)[g % 4]
        return WORD - 1 - word if self.complement else word

    def next_word(self) -> int:
        self.word, self.bit = self.word + 1, 32
        return self.draw(self.word - 1)

    def keep(self, probabilities: list[Any]) -> list[int]:
        cuts = [round(p * WORD) for p in probabilities]
        if any(0 < cut < WORD and cut != WORD // 2 for cut in cuts):
            return [0 if cut == 0 else 1 if cut == WORD else int(self.next_word() < cut) for cut in cuts]
        gates = []
        for cut in cuts:
            if 0 < cut < WORD:
                if self.bit == 32:
                    self.word, self.bit = self.word + 1, 0
                gates.append(self.draw(self.word - 1) >> self.bit & 1)
                self.bit += 1
            else:
                gates.append(cut // WORD)
        return gates

    def level(self) -> float:
        self.word += self.word % 2
        high, low = self.next_word(), self.next_word()
        return (((high << 20) | (low >> 12)) + 0.5) * 2.0**-52


def activate(layer: Any, s: list[float]) -> list[float]:
    """Activities in plain Python floats."""
    if layer.activation == "softmax":
        powers = [math.exp(v - max(s)) for v in s]
        return [power / math.fsum(powers) for power in powers]
    return [_activity(layer.activation, v, float(layer.c[i]), float(layer.slope[i])) for i, v in enumerate(s)]


def _activity(activation: str, s: float, c: float, slope: float) -> float:
    if activation == "logistic":
        z = slope * s
        return 1 / (1 + c * math.exp(-z)) if z > -700 else (1.0 if c == 0 else 0.0)
    return {"linear": s, "relu": max(s, 0.0), "tanh": math.tanh(s)}[activation]


def run(network: Network, x: list[float], index: int, key: tuple[int, int],
        complement: bool = False) -> tuple[list[float], list[float]]:
    """Preactivations and activities of all units above the input, for the gates of one sample."""
    sums, acts, _ = trace(network, x, index, key, complement)
    return sums, acts


def trace(network: Network, x: list[float], index: int, key: tuple[int, int],
          complement: bool = False) -> tuple[list[float], list[float], list[list[float]]]:
    """As ``run``, and the gated activities of every layer that is read."""
    gates = Gates(index, key, complement)
    sent: list[list[float]] = []
    sums: list[float] = []
    acts: list[float] = []
    for n, size in enumerate(network.sizes):
        current = list(x)
        if n:
            layer, law = network.layers[n - 1], network.connection_gates[n]
            below = [value for k in network.sources[n] for value in sent[k]]
            if isinstance(law, Spikes):
                factors = [[r if (gates.next_word() + 0.5) / WORD < value else 0.0
                            for r, value in zip(row, below, strict=True)] for row in law.size.tolist()]
            else:
                flat = gates.keep(law.p.ravel().tolist())
                open_ = [flat[i * len(below):(i + 1) * len(below)] for i in range(size)]
                scale = [[1 / float(p) if network.inverted else 1.0 for p in row] for row in law.p.tolist()]
                factors = [[value * g * f for value, g, f in zip(below, row, rs, strict=True)]
                           for row, rs in zip(open_, scale, strict=True)]
            s = [float(b) + math.fsum(w * v for w, v in zip(row, signals, strict=True))
                 for row, signals, b in zip(layer.weights.tolist(), factors, layer.bias, strict=True)]
            current = activate(layer, s)
            sums += s
            acts += current
        law = network.unit_gates[n]
        if not any(n in reads for reads in network.sources):
            sent.append([])
        elif isinstance(law, Spikes):
            sent.append([r if (gates.next_word() + 0.5) / WORD < value else 0.0
                         for r, value in zip(law.size.tolist(), current, strict=True)])
        elif isinstance(law, RandomLevel):
            keep = 1 - (law.low + (law.high - law.low) * gates.level())
            scale_ = 1 / keep if network.inverted else 1.0
            sent.append([value * scale_ if (gates.next_word() + 0.5) / WORD < keep else 0.0 for value in current])
        else:
            opened = gates.keep(law.p.tolist())
            sent.append([value * g / (float(p) if network.inverted else 1) if g else 0.0
                         for value, g, p in zip(current, opened, law.p.tolist(), strict=True)])
    return sums, acts, sent


def over_own_gates(network: Network, x: list[float], acts: list[float],
                   sent: list[list[float]]) -> tuple[list[float], list[float]]:
    """Means and variances of the last layer's units over all outcomes of the gates that only lead there.

    ``acts`` and ``sent``: what stands in one sample. Gates of a layer that others read, or under a random level, stay.
    """
    last, cuts = len(network.sizes) - 1, np.cumsum([0, *network.sizes[1:]])
    free = [k for k in network.sources[last] if sum(k in reads for reads in network.sources) == 1
            and not isinstance(network.unit_gates[k], RandomLevel)]
    total, squares = np.zeros(network.sizes[last]), np.zeros(network.sizes[last])
    choices = [list(_sent(network, k, list(x) if k == 0 else acts[cuts[k - 1]:cuts[k]])) for k in free]
    for drawn in itertools.product(*choices):
        signals = [part for _, part in drawn]
        below = [signals[free.index(k)] if k in free else sent[k] for k in range(last)]
        for share, found in _layer(network, x, last, below):
            weight = share * math.prod(chance for chance, _ in drawn)
            total += weight * np.array(found)
            squares += weight * np.array(found) ** 2
    return total.tolist(), (squares - total**2).tolist()


def enumerate_masks(network: Network, x: list[float]) -> tuple[list[float], list[float]]:
    """Exact E(O) and E(O²) of all units above the input, over all outcomes of all gates of a small network.

    A random level is integrated by Gauss's rule with 6 nodes, exact for layers of up to 11 units without scaling.
    """
    total, squares, mass = None, None, 0.0
    for weight, acts in _outcomes(network, x, 0, [], []):
        total = [weight * a + t for a, t in zip(acts, total or [0.0] * len(acts), strict=True)]
        squares = [weight * a * a + t for a, t in zip(acts, squares or [0.0] * len(acts), strict=True)]
        mass += weight
    assert total is not None and squares is not None and abs(mass - 1) < 1e-9
    return total, squares


def _coins(probabilities: list[float]) -> Iterator[tuple[float, tuple[int, ...]]]:
    free = [i for i, p in enumerate(probabilities) if 0 < p < 1]
    for bits in itertools.product((0, 1), repeat=len(free)):
        gates = [int(p == 1) for p in probabilities]
        weight = 1.0
        for i, bit in zip(free, bits, strict=True):
            gates[i] = bit
            weight *= probabilities[i] if bit else 1 - probabilities[i]
        yield weight, tuple(gates)


def _outcomes(network: Network, x: list[float], n: int, sent: list[list[float]],
              acts: list[float]) -> Iterator[tuple[float, list[float]]]:
    if n == len(network.sizes):
        yield 1.0, acts
        return
    for weight, current in _layer(network, x, n, sent):
        for share, signals in _sent(network, n, current):
            here = acts + (current if n else [])
            for rest, found in _outcomes(network, x, n + 1, [*sent, signals], here):
                yield weight * share * rest, found


def _layer(network: Network, x: list[float], n: int, sent: list[list[float]]) -> Iterator[tuple[float, list[float]]]:
    if n == 0:
        yield 1.0, list(x)
        return
    layer, law = network.layers[n - 1], network.connection_gates[n]
    below = [value for k in network.sources[n] for value in sent[k]]
    size, spikes = len(below), isinstance(law, Spikes)
    chances = [value for _ in layer.weights for value in below] if spikes else [float(p) for p in law.p.ravel()]
    for weight, gates in _coins(chances):
        s = []
        for i, row in enumerate(layer.weights.tolist()):
            part = gates[i * size:(i + 1) * size]
            if spikes:
                values = [g * r for g, r in zip(part, law.size[i].tolist(), strict=True)]
            else:
                scale = [1 / float(p) if network.inverted else 1.0 for p in law.p[i]]
                values = [g * f * v for g, f, v in zip(part, scale, below, strict=True)]
            s.append(float(layer.bias[i]) + sum(w * v for w, v in zip(row, values, strict=True)))
        yield weight, activate(layer, s)


def _sent(network: Network, n: int, current: list[float]) -> Iterator[tuple[float, list[float]]]:
    law = network.unit_gates[n]
    if not any(n in reads for reads in network.sources):
        yield 1.0, []
    elif isinstance(law, Spikes):
        for weight, gates in _coins(current):
            yield weight, [g * r for g, r in zip(gates, law.size.tolist(), strict=True)]
    elif isinstance(law, RandomLevel):
        for node, mass in zip(*np.polynomial.legendre.leggauss(6), strict=True):
            keep = 1 - (law.low + (law.high - law.low) * (node + 1) / 2)
            scale = 1 / keep if network.inverted else 1.0
            for weight, gates in _coins([keep] * len(current)):
                yield weight * mass / 2, [g * v * scale for g, v in zip(gates, current, strict=True)]
    else:
        assert isinstance(law, Keep)
        chances = [float(p) for p in law.p]
        for weight, gates in _coins(chances):
            yield weight, [g * v / (p if network.inverted else 1) if g else 0.0
                           for g, v, p in zip(gates, current, chances, strict=True)]
