"""Moments in the network of first-one gadgets: what its layers pass on has first and second moments in closed form.

Whichever inputs are kept, the units of a gadget sum to 1 unless all inputs are dropped. From one layer to the next the
mean is multiplied by n and the mean square by n (n + 1), because the gates of a layer are independent of the values.
"""

from __future__ import annotations

from functools import cache, singledispatch
from typing import Any

import sympy as sp
from sympy import Product, Sum

from dropout_theory import proof as by
from dropout_theory.language import (
    POSITIVE,
    E,
    Family,
    Recursion,
    Relu,
    Scalar,
    both,
    either,
    equal,
    less_equal,
    natural,
    substitute,
)
from dropout_theory.papers.helmbold2017 import s04_gadgets as paper
from dropout_theory.papers.helmbold2017.notation import d
from dropout_theory.papers.helmbold2017.s04_gadgets import Gadgets, a, b, i, j, k, m
from dropout_theory.proof import Theorem

from .tactics import layer, squared

Bits = Any  # entries that are 0 or 1: a family, or the products of a gadget's gates and inputs
t = natural("t")
wider = Scalar("q", POSITIVE)  # n + 1, or n (1 + 1/n): its powers stay powers

ratio = Scalar("e", POSITIVE)  # 1 + 1/n
share = Scalar("f", POSITIVE)  # 1 + K/n


# --- one gadget -------------------------------------------------------------------------------------------------


def unit(x: Bits, place: Any) -> Any:
    """The unit of a gadget at a place, which sees the bits."""
    return paper.first_one(lambda k_: x[k_], place)


def none_before(x: Bits, end: Any) -> Any:
    """1 when x[1], ..., x[end] are all 0, else 0."""
    return Product(1 - x[j], (j, 1, end))


def state(x: Bits, end: Any) -> Any:
    """Either no entry up to `end` is 1, or at least one."""
    total, none = Sum(x[k], (k, 1, end)), none_before(x, end)
    return either(both(equal(total, 0), equal(none, 1)), both(less_equal(1, total), equal(none, 0)))


def is_bit(entry: Any) -> Theorem:
    """x = 0 or x = 1, for a gate, a 0-1 entry or a product of them."""
    factors = [by.zero_or_one(factor) for factor in sp.Mul.make_args(entry)]
    return factors[0] if len(factors) == 1 else by.arithmetic(either(equal(entry, 0), equal(entry, 1)), *factors)


@cache
def states(x: Bits) -> Theorem:
    """`state` at every end t: by induction, for a next entry of 1 raises the sum and makes the product 0."""
    base = by.arithmetic(state(x, sp.S.Zero), by.empty(Sum(x[k], (k, 1, 0))),
                         by.empty_product(none_before(x, sp.S.Zero)))
    step = by.arithmetic(state(x, t + 1), by.assume(state(x, t)), by.last_split(Sum(x[k], (k, 1, t + 1))),
                         by.last_split(none_before(x, t + 1)), is_bit(x[t + 1]))
    return by.induction(t, state(x, t), base, step)


@cache
def unit_value(x: Bits) -> Theorem:
    """unit t + 1 = x[t + 1] when none before is 1, else 0: what is subtracted is 0, or at least 1."""
    return by.arithmetic(equal(unit(x, t + 1), x[t + 1] * none_before(x, t)), states(x), is_bit(x[t + 1]))


@cache
def units_total(x: Bits) -> Theorem:
    """The units up to t sum to 1 unless no entry up to t is 1: by induction, only the unit of the first 1 counts."""
    def statement(end: Any) -> Any:
        return equal(Sum(unit(x, i), (i, 1, end)), 1 - none_before(x, end))
    base = by.arithmetic(statement(sp.S.Zero), by.empty(Sum(unit(x, i), (i, 1, 0))),
                         by.empty_product(none_before(x, sp.S.Zero)))
    step = by.arithmetic(statement(t + 1), by.assume(statement(t)), by.last_split(Sum(unit(x, i), (i, 1, t + 1))),
                         by.last_split(none_before(x, t + 1)), unit_value(x))
    return by.induction(t, statement(t), base, step)


@cache
def unit_is_bit(x: Bits) -> Theorem:
    """unit t + 1 is its own square, as it is 0 or 1."""
    return by.arithmetic(equal(unit(x, t + 1) ** 2, unit(x, t + 1)), states(x), is_bit(x[t + 1]))


def each_place(theorem: Theorem, count: Any) -> Theorem:
    """A fact about place t + 1, at place i (free, in range)."""
    body = substitute(theorem.conclusion, {t: i - 1})
    return by.specialise(by.generalise_offset(theorem, t, body, (i, 1, count)), i)


# --- moments of what a layer passes on --------------------------------------------------------------------------


def first_layer(net: Gadgets) -> Theorem:
    """What the first layer passes on, through units of kept inputs; each is twice as large under dropout."""
    x = net.bits
    inside = unit(x, i).args[0]
    value = by.unfolded(net.ones[1, a, i])
    factored = by.rewrite(value, by.identity(value.conclusion.args[1], Relu(2 * inside)))
    doubled = by.rewrite(factored, by.relu_scaled(2, inside))
    return by.rewritten(net.passed(net.ones, 1, net.gates[1]), doubled, indices=[a, i])


@cache
def not_negative(net: Gadgets, values: Recursion, kept: Family) -> Theorem:
    """0 <= what layer l passes on: every unit is a rectifier, and gates and weights are not negative."""
    fact = less_equal(0, values[layer, b, j])
    base, step = (by.arithmetic(substitute(fact, {layer: at}), by.unfolded(values[at, b, j])) for at in (1, layer + 1))
    each = by.induction(layer, fact, base, step)
    one_copy = by.weighted(each, 2 * kept[layer, b, j], (j, 1, net.inputs))
    return by.weighted(one_copy, 1, (b, 1, m))


@cache
def next_layer(net: Gadgets, values: Recursion, kept: Family) -> Theorem:
    """What layer l + 1 passes on, from what layer l does: its units rectify a number that is not negative."""
    value = by.unfolded(values[layer + 1, a, i])
    inside = value.conclusion.args[1].args[0]
    plain = by.rewrite(value, by.relu_kept(inside, not_negative(net, values, kept)))
    return by.rewritten(net.passed(values, layer + 1, kept), plain, indices=[a, i])


@cache
def some_kept(net: Gadgets) -> Theorem:
    """The mean of the sum of a gadget's units is the probability that an input that is 1 is kept."""
    x = net.bits
    total = by.expected(by.instance(units_total(x), {t: net.inputs}))
    none = none_before(x, net.inputs)
    split = by.identity(E(1 - none), 1 - E(none))
    return by.arithmetic(equal(E(Sum(unit(x, i), (i, 1, net.inputs))), 1 - net.lost), total, split, all_lost(net))


@singledispatch
def all_lost(net: Gadgets) -> Theorem:
    """The probability that every input that is 1 is dropped."""
    dropped = by.independent_product(1 - net.bits[j], (j, 1, net.inputs))
    return by.restate(dropped, equal(dropped.conclusion.args[0], net.lost))


def mean_at(net: Gadgets, at: Any) -> Any:
    """The mean of what a layer passes on is 2m (1 - lost) n^(l - 1)."""
    return equal(E(net.passed(net.ones, at, net.gates[1])), 2 * m * (1 - net.lost) * net.width ** (at - 1))


def square_at(net: Gadgets, at: Any) -> Any:
    """The mean square of what a layer passes on is 4m (m + 1)(1 - lost)(n q)^(l - 1)."""
    growth = net.width ** (at - 1) * wider ** (at - 1)
    return equal(E(net.passed(net.ones, at, net.gates[1]) ** 2), 4 * m * (m + 1) * (1 - net.lost) * growth)


@cache
def means(net: Gadgets) -> Theorem:
    """The mean of what layer l passes on: by induction, with `some_kept` at first and a factor n for each layer above.
    """
    base_mean = by.expected(first_layer(net))
    units = Sum(unit(net.bits, i), (i, 1, net.inputs))
    base = by.rewrite(base_mean, by.identity(base_mean.conclusion.args[1], 2 * m * E(units)))
    base = by.rewrite(base, some_kept(net))
    above = by.expected(next_layer(net, net.ones, net.gates[1]))
    lower = E(net.passed(net.ones, layer, net.gates[1]))
    step = by.rewrite(above, by.identity(above.conclusion.args[1], net.width * lower))
    step = by.rewrite(step, by.assume(mean_at(net, layer)))
    return by.induction(layer, mean_at(net, layer), by.restate(base, mean_at(net, sp.S.One)),
                        by.restate(step, mean_at(net, layer + 1)))


@cache
def squares_named(net: Gadgets) -> Theorem:
    """The mean square of what layer l passes on, given that q is n + 1.

    By induction over the layers. In the first one each unit is its own square, and so is the sum of a gadget's units,
    which is 0 or 1; the gates of each layer above multiply the mean square by n (n + 1).
    """
    x = net.bits
    first = squared(first_layer(net))
    units = Sum(unit(x, i), (i, 1, net.inputs))
    own = Sum(unit(x, i) ** 2, (i, 1, net.inputs))
    split = by.rewrite(first, by.identity(first.conclusion.args[1], 4 * m**2 * E(units**2) + 4 * m * E(own)))
    one = by.arithmetic(equal(units**2, units), by.instance(units_total(x), {t: net.inputs}),
                        by.instance(states(x), {t: net.inputs}))
    each = by.weighted(each_place(unit_is_bit(x), net.inputs), 1, (i, 1, net.inputs))
    base = by.rewrite(by.rewrite(by.rewrite(split, by.expected(one)), by.expected(each)), some_kept(net))
    above = squared(next_layer(net, net.ones, net.gates[1]))
    lower = E(net.passed(net.ones, layer, net.gates[1]) ** 2)
    step = by.rewrite(above, by.identity(above.conclusion.args[1], net.width * (net.width + 1) * lower))
    renamed = by.arithmetic(equal(above.conclusion.args[0], net.width * wider * lower), step,
                            by.assume(equal(wider, net.width + 1)))
    step = by.rewrite(renamed, by.assume(square_at(net, layer)))
    return by.induction(layer, square_at(net, layer), by.restate(base, square_at(net, sp.S.One)),
                         by.restate(step, square_at(net, layer + 1)))


@cache
def squares(net: Gadgets, factored: bool) -> Theorem:
    """The mean square of what layer l passes on, in powers of n and 1 + 1/n when `factored`, else of n and n + 1."""
    if factored:
        return plainly(net, squares_in_powers(net))
    value = net.width + 1
    return by.satisfied(by.instance(squares_named(net), {wider: value}), by.identity(value, value))


@cache
def squares_in_powers(net: Gadgets) -> Theorem:
    """The mean square in powers of n and e, given that n e is n + 1: q is put as n e."""
    split = by.instance(squares_named(net), {wider: net.width * ratio})
    powers = 4 * m * (m + 1) * (1 - net.lost) * net.width ** (2 * (layer - 1)) * ratio ** (layer - 1)
    return by.restate(split, equal(split.conclusion.args[0], powers))


@cache
def nothing_passed(net: Gadgets) -> Theorem:
    """On the input zero no layer passes anything on: by induction, since every unit rectifies 0."""
    values, kept = net.zeros, net.gates[1]

    def statement(at: Any) -> Any:
        return equal(Sum(2 * kept[at, b, j] * values[at, b, j], (b, 1, m), (j, 1, net.inputs)), 0)

    first = by.unfolded(values[1, a, i])
    first = by.rewrite(by.rewrite(first, by.identity(first.conclusion.args[1], Relu(0))), by.relu_kept(0))
    base = by.rewritten(net.passed(values, 1, kept), first, indices=[a, i])
    step = by.rewrite(next_layer(net, values, kept), by.assume(statement(layer)))
    every = by.induction(layer, statement(layer), by.restate(base, statement(1)),
                         by.restate(step, statement(layer + 1)))
    return by.restate(every, equal(net.passed(values, layer, kept), 0))


# --- the criterion ----------------------------------------------------------------------------------------------

weight, bias = Scalar("w"), Scalar("b")


def top(net: Gadgets) -> Any:
    """What the last hidden layer passes on."""
    return net.passed(net.ones, d - 1, net.gates[1])


def mean_top(net: Gadgets) -> Theorem:
    """E(V), V what the last hidden layer passes on."""
    return by.instance(means(net), {layer: d - 1})


def square_top(net: Gadgets, factored: bool = True) -> Theorem:
    """E(V^2), in the powers that `squares` says."""
    return by.instance(squares(net, factored), {layer: d - 1})


@cache
def quadratic(net: Gadgets) -> Theorem:
    """The criterion as a polynomial in output weight and bias, with the two moments as coefficients."""
    whole = net.criterion(weight, bias)
    empty_output = by.instance(nothing_passed(net), {layer: d - 1})
    V = top(net)
    zero = by.rewritten(whole, empty_output)
    value = (bias**2 + weight**2 * E(V**2) + 2 * weight * (bias - 1) * E(V) + (bias - 1) ** 2) / 2
    return by.rewrite(zero, by.identity(zero.conclusion.args[1], value))


def at(theorem: Theorem, w: Any, b_: Any = 0) -> Theorem:
    """A fact about any output weight and bias, at these."""
    return by.instance(theorem, {weight: w, bias: b_})


@cache
def best_is_ratio(net: Gadgets) -> Theorem:
    """best E(V^2) = E(V): with 1 + 1/n and 1 + K/n named, both sides are products of the same powers."""
    X, Y = mean_top(net), by.instance(squares_in_powers(net), {layer: d - 1})
    names = {1 + 1 / net.width: ratio, 1 + net.inputs / net.width: share}
    best = net.best.xreplace(names)
    value = X.conclusion.args[1] / best
    renamed = by.rewrite(Y, by.assume(equal(m + 1, m * share)))
    named = by.restate(renamed, equal(Y.conclusion.args[0], value))
    multiplied = by.rewritten(best * Y.conclusion.args[0], named)
    mean = by.arithmetic(equal(best * Y.conclusion.args[0], X.conclusion.args[0]), multiplied, X)
    return plainly(net, mean)


def plainly(net: Gadgets, theorem: Theorem) -> Theorem:
    """1 + 1/n and 1 + K/n put for their names."""
    values = {ratio: 1 + 1 / net.width, share: 1 + net.inputs / net.width}
    known = [by.identity(net.width * values[ratio], net.width + 1), by.identity(m + 1, m * values[share])]
    return by.satisfied(by.instance(theorem, values), *known)
