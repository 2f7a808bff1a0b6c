"""The sharp lower bound for networks without negative weights, for any keep probability p and q = 1 - p.

X is the output on ones, Z on zeros, g_t the gate of input t. Where the output is supermodular, letting in inputs one
after another adds at most what each adds last, so that q (E X - E Z) <= sum_t E((g_t - p) X). Completing two squares
at the best line c (q + number of kept inputs), c = 1/(pK + 2q), turns this into J >= c q / 2.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import KroneckerDelta, Sum

from dropout_theory import proof as by
from dropout_theory.language import (
    POSITIVE,
    E,
    ForEach,
    Recursion,
    Relu,
    Scalar,
    equal,
    index,
    less_equal,
    placeholder,
    recursion,
    substitute,
)
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, l, n, output
from dropout_theory.papers.helmbold2017.s04_level_means import Dropped
from dropout_theory.papers.helmbold2017.s04_supermodular import network, supermodular
from dropout_theory.proof import Theorem

from .s04_supermodular import at_output, every_layer, unit_range
from .tactics import family_in, layer

t = index("t")  # the place of an input
IN_RANGE = (by.assume(sp.Ge(t, 1, evaluate=False)), by.assume(sp.Le(t, K, evaluate=False)))


class Entries:
    """Hidden values of a recursion that has further indices, at fixed values of these."""

    def __init__(self, values: Recursion, *places: Any) -> None:
        self.values, self.places = values, places

    def __getitem__(self, node: tuple[Any, Any]) -> Any:
        return self.values[(node[0], *self.places, node[1])]


def same_layers(one: Any, other: Any, *first: Theorem) -> Theorem:
    """one[l, i] = other[l, i] for a free unit i in range: by induction, from facts that make the first layers agree."""
    statement = ForEach(equal(one[layer, i], other[layer, i]), unit_range)
    base = by.arithmetic(equal(one[1, i], other[1, i]), by.unfolded(one[1, i]), by.unfolded(other[1, i]), *first)
    upper = by.unfolded(one[layer + 1, i])
    below = by.rewritten(upper.conclusion.args[1], by.specialise(by.assume(statement), k), indices=[k])
    step = by.arithmetic(equal(one[layer + 1, i], other[layer + 1, i]), upper, by.unfolded(other[layer + 1, i]), below)
    every = by.induction(layer, statement, by.generalise(base, unit_range), by.generalise(step, unit_range))
    return by.specialise(every, i)


class Telescope:
    """The steps for one keep probability."""

    def __init__(self, net: Dropped) -> None:
        self.net, self.keep, self.gate = net, net.keep, net.gates[0]
        self.X, self.Z = net.at_one, net.at_zero
        self.term = network.first(i, k) * self.gate[k] / self.keep  # what input k adds to a first-layer unit
        self.first_inputs = self.prefix()

    def prefix(self) -> Recursion:
        """Hidden values with only the inputs 1..t."""
        ranges = ((l, 1, d - 1), (t, 0, K), (i, 1, n))
        below = Sum(network.deeper(l, i, k) * self.net.passed(l - 1, k) * placeholder("prefix", ranges)[l - 1, t, k],
                    (k, 1, n))
        return recursion("prefix", ranges, Relu(Sum(self.term, (k, 1, t)) + network.bias(1, i)),
                         Relu(below + network.bias(l, i)))

    def at(self, place: Any) -> Any:
        """The output with only the inputs up to a place."""
        return output(network, Entries(self.first_inputs, place), self.net.passed)  # type: ignore[arg-type]

    def first_sums(self) -> list[Theorem]:
        """The sum over all inputs split at t, the one up to t split before t, the one without t."""
        every = Sum(self.term, (k, 1, K))
        without = Sum((1 - KroneckerDelta(k, t)) * self.term, (k, 1, K))
        return [by.split_sum(every, t, *IN_RANGE), by.last_split(Sum(self.term, (k, 1, t)), *IN_RANGE),
                by.identity(without, every - Sum(KroneckerDelta(k, t) * self.term, (k, 1, K))),
                by.sift(self.term, (k, 1, K), t, *IN_RANGE)]

    def one_input(self) -> Theorem:
        """q (E at(t) - E at(t - 1)) <= E(g_t X) - p E X, for t in range.

        The outputs with the inputs before t, with t too, with all but t and with all are supermodular, layer by layer;
        that with all but t has mean E((1 - g_t) X)/q.
        """
        off = by.held(self.X, self.gate, {t: 0})
        without = by.with_held(self.X, self.gate, {t: 0})
        nets = [Entries(self.first_inputs, t - 1), Entries(self.first_inputs, t),
                Entries(family_in(without, "h(t=0)"), t), Entries(family_in(self.X, "h"))]
        layers = every_layer(nets, self.first_sums, self.net.passed)
        values = [self.at(t - 1), self.at(t), without, self.X]
        mean = by.expected(at_output(layers, self.net.passed, supermodular(values)))
        sums = [by.identity(side, sum(E(value) for value in pair))
                for side, pair in zip(mean.conclusion.args, (values[1:3], values[::3]), strict=True)]
        gate = self.gate[t]
        split = by.identity(E((1 - gate) * self.X), E(self.X) - E(gate * self.X))
        gain = (1 - self.keep) * (E(self.at(t)) - E(self.at(t - 1)))
        return by.arithmetic(less_equal(gain, E(gate * self.X) - self.keep * E(self.X)), mean, *sums, split, off)

    @property
    def tilted(self) -> Any:
        """E(number of kept inputs times X)."""
        return Sum(E(self.gate[t] * self.X), (t, 1, K))

    def all_inputs(self) -> Theorem:
        """q (E X - E Z) <= sum_t E((g_t - p) X): the sum of `one_input` over t telescopes."""
        every = by.weighted(self.one_input(), 1, (t, 1, K))
        means = Sum(E(self.at(t)), (t, 0, K))
        moved = by.shifted(Sum(E(self.at(t - 1)), (t, 1, K)), -1)
        ends = [self.end(K, self.X, "h"), self.end(sp.S.Zero, self.Z, "h0", by.empty(Sum(self.term, (k, 1, 0))))]
        bound = less_equal((1 - self.keep) * (E(self.X) - E(self.Z)), self.tilted - self.keep * K * E(self.X))
        return by.arithmetic(bound, every, by.without_first(means), by.without_last(means), moved, *ends)

    def end(self, place: Any, whole: Any, name: str, *first: Theorem) -> Theorem:
        """E at(place) = E of the output with all, or none, of the inputs: the two agree in every layer."""
        equal_layers = same_layers(Entries(self.first_inputs, place), Entries(family_in(whole, name)), *first)
        return by.expected(by.rewritten(self.at(place), by.instance(equal_layers, {layer: d - 1}), indices=[i]))

    def square(self, x: Any) -> Theorem:
        """0 <= E(x^2)."""
        v = Scalar("v")
        return by.expected(by.in_letters(less_equal(0, v**2), {v: x}))

    def criterion_bound(self) -> Theorem:
        """c q / 2 <= criterion, where c = 1/(pK + 2q).

        The means of (Z - c q)^2 and (X - c (q + number of kept inputs))^2 are not negative. With `all_inputs` times c
        and the value of c they add up to the bound.
        """
        keep, drop, X, Z = self.keep, 1 - self.keep, self.X, self.Z
        c = Scalar("c", POSITIVE)
        square_of_zero, mean_of_zero, square, mean, tilted = (Scalar(name) for name in ("z2", "z", "x2", "x", "sx"))
        values = {square_of_zero: E(Z**2), mean_of_zero: E(Z), square: E(X**2), mean: E(X), tilted: self.tilted}
        line = c * (Sum(self.gate[k], (k, 1, K)) - K * keep - drop)  # the best line less one
        facts = (less_equal(0, square_of_zero - 2 * drop * c * mean_of_zero + drop**2 * c**2),
                 less_equal(0, square - 2 * mean + 1 - 2 * c * tilted + 2 * c * (K * keep + drop) * mean - 2 * c * drop
                            + c**2 * (K * keep * drop + drop**2)),
                 less_equal(drop * (mean - mean_of_zero), tilted - K * keep * mean))
        unit = by.assume(equal(c * (K * keep + 2 * drop), 1))
        scaled = by.arithmetic(less_equal(c * drop * (mean - mean_of_zero), c * (tilted - K * keep * mean)),
                               by.assume(facts[2]))
        spread = by.arithmetic(equal(c**2 * (K * keep * drop + 2 * drop**2), c * drop), unit)
        bound = by.arithmetic(less_equal(c * drop / 2, (square_of_zero + square - 2 * mean + 1) / 2),
                              by.assume(facts[0]), by.assume(facts[1]), scaled, spread)
        proofs = []
        for fact, x in zip(facts[:2], (Z - drop * c, X - 1 - line), strict=True):
            wanted = substitute(fact, values)
            found = self.square(x)
            proofs.append(by.arithmetic(wanted, found, by.identity(found.conclusion.args[1], wanted.args[1])))
        here = by.satisfied(by.instance(bound, values), *proofs, self.all_inputs())
        loss = by.identity(E((X - 1) ** 2), E(X**2) - 2 * E(X) + 1)
        criterion = by.arithmetic(less_equal(c * drop / 2, self.net.criterion), here, loss)
        best = 1 / (K * keep + 2 * drop)
        return by.satisfied(by.instance(criterion, {c: best}), by.arithmetic(equal(best * (K * keep + 2 * drop), 1)))


@cache
def criterion_bound(net: Dropped) -> Theorem:
    """q/(2(pK + 2q)) <= criterion, for every network without negative weights."""
    return Telescope(net).criterion_bound()
