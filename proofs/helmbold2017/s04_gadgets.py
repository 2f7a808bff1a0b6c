"""The network of first-one gadgets: its output pattern by pattern, its moments and its criterion."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Product, Sum

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove, witness
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Relu, Scalar, equal, less, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s04_gadgets as paper
from dropout_theory.papers.helmbold2017.notation import K, d
from dropout_theory.papers.helmbold2017.s04_gadgets import a, i, k, m
from dropout_theory.proof import Theorem

from .gadget_moments import (
    at,
    best_is_ratio,
    each_place,
    mean_top,
    next_layer,
    quadratic,
    square_top,
    states,
    t,
    top,
    unit,
    unit_value,
    units_total,
)
from .tactics import layer

witness("helmbold2017:sec4-first-one-gadget", {K: 2, paper.x: {(1,): 0, (2,): 1}})


@prove("helmbold2017:sec4-first-one-gadget.amended")
def gadget_units() -> Theorem:
    return by.restate(by.generalise(each_place(unit_value(paper.x), K), (i, 1, K)), paper.GADGET.statement)


@prove("helmbold2017:lem9")
def gadgets_sum() -> Theorem:
    """Where an entry is 1 the units of a gadget sum to 1, and so the m copies to m = n/K."""
    nonzero = paper.LEM9.statement.args[0]
    one = by.arithmetic(equal(Sum(unit(paper.x, i), (i, 1, K)), 1), by.instance(units_total(paper.x), {t: K}),
                        by.instance(states(paper.x), {t: K}), by.assume(nonzero))
    copies = by.identity(Sum(unit(paper.x, i), (a, 1, m), (i, 1, K)), m * Sum(unit(paper.x, i), (i, 1, K)))
    return by.discharge(nonzero, by.arithmetic(paper.LEM9.statement.args[1], one, copies))


witness("helmbold2017:sec4-output-weight", {K: 2, m: 1, d: 2, paper.c: sp.Rational(1, 4)})


@prove("helmbold2017:lem10-step-mean")
@cache
def mean_output() -> Theorem:
    return scaled_mean("lem10-step-mean")


@prove("helmbold2017:lem10-step-mean-value")
@cache
def mean_output_value() -> Theorem:
    return scaled_mean("lem10-step-mean-value")


def scaled_mean(label: str) -> Theorem:
    """A claim about the mean output: the output weight times the mean of what the last hidden layer passes on."""
    wanted = REGISTRY[f"helmbold2017:{label}"].statement
    left = by.identity(wanted.args[0], paper.c * E(top(paper.network)))
    return by.restate(by.rewrite(left, mean_top(paper.network)), wanted)


@prove("helmbold2017:lem10-step-square")
def square_output() -> Theorem:
    return scaled_square("lem10-step-square", False)


@prove("helmbold2017:lem10-step-square-value")
def square_output_value() -> Theorem:
    return scaled_square("lem10-step-square-value", True)


def scaled_square(label: str, factored: bool) -> Theorem:
    """A claim about the mean square output: the weight squared times that of what the last hidden layer passes on."""
    wanted = REGISTRY[f"helmbold2017:{label}"].statement
    left = by.identity(wanted.args[0], paper.c**2 * E(top(paper.network) ** 2))
    return by.restate(by.rewrite(left, square_top(paper.network, factored)), wanted)


@prove("helmbold2017:lem10-step-criterion")
def criterion_of_moments() -> Theorem:
    """The polynomial in output weight and bias, at bias 0: on zeros the network outputs 0."""
    wanted = REGISTRY["helmbold2017:lem10-step-criterion"].statement
    return by.restate(at(quadratic(paper.network), paper.c), wanted)


@prove("helmbold2017:lem10-step-expanded")
def criterion_expanded() -> Theorem:
    """The polynomial in output weight and bias, at bias 0, with both moments put in."""
    wanted = REGISTRY["helmbold2017:lem10-step-expanded"].statement
    moments = by.rewrite(at(quadratic(paper.network), paper.c), mean_top(paper.network), square_top(paper.network))
    return by.restate(moments, wanted)


@prove("helmbold2017:sec4-output-weight.amended")
def best_weight() -> Theorem:
    """As best E(V^2) = E(V), the criterion at c exceeds that at the best weight by E(V^2)(best - c)^2/2."""
    net = paper.network
    wanted = REGISTRY["helmbold2017:sec4-output-weight.amended"].statement
    V, z = top(net), Scalar("z")
    y = Scalar("y", NONNEGATIVE)
    gap = by.in_letters(less_equal(0, y * (z - paper.c) ** 2), {y: E(V**2)},
                        domains=(by.arithmetic(less_equal(0, E(V**2)), by.mean_square(V)),))
    least = by.arithmetic(less_equal(1 - 2 * z * E(V) + z**2 * E(V**2), 1 - 2 * paper.c * E(V) + paper.c**2 * E(V**2)),
                          by.assume(equal(z * E(V**2), E(V))), gap)
    here = by.satisfied(by.instance(least, {z: net.best}), best_is_ratio(net))
    return by.arithmetic(wanted, here, at(quadratic(net), net.best), at(quadratic(net), paper.c))


@prove("helmbold2017:lem10")
def criterion_at_best() -> Theorem:
    """As best E(V^2) = E(V), the criterion at the best weight is (1 - best E(V))/2."""
    net = paper.network
    wanted = REGISTRY["helmbold2017:lem10"].statement
    V = top(net)
    mean = mean_top(net)
    product = by.arithmetic(equal(net.best * mean.conclusion.args[1], (1 - 2**-net.inputs) / net.excess))
    valued = by.rewritten(net.best * E(V), mean)
    linear = by.arithmetic(equal(net.best * E(V), product.conclusion.args[1]), product, valued)
    z = Scalar("z")
    squared_part = by.in_letters(equal(z**2 * E(V**2), z * E(V)), {z: net.best},
                                 (equal(z * E(V**2), E(V)), best_is_ratio(net)))
    return by.arithmetic(wanted, at(quadratic(net), net.best), linear, squared_part)


@prove("helmbold2017:lem10-step-all-dropped")
def all_dropped() -> Theorem:
    """The mean of a product of independent gates is that of the means, 1/2 each."""
    x = paper.network.gates[0]
    return by.restate(by.independent_product(1 - x[k], (k, 1, K)), equal(E(Product(1 - x[k], (k, 1, K))), 2**-K))


# --- the output pattern by pattern ------------------------------------------------------------------------------


@prove("helmbold2017:lem10-step-output")
def output_of_pattern() -> Theorem:
    """Induction over the layers, from the first one, where the units of key nodes are the only ones that are not 0.

    What layer l passes on is 2^(l + 1) times the number of kept key nodes times the numbers of nodes that layers 2 to l
    keep.
    """
    net, (x, r), values = paper.network, paper.fixed, paper.fixed_values
    kept = Product(Sum(r[paper.l, a, i], (a, 1, m), (i, 1, K)), (paper.l, 2, layer))

    def statement(at_layer: Any, b_: Any = a, j_: Any = i) -> Any:
        passed = Sum(2 * r[at_layer, b_, j_] * values[at_layer, b_, j_], (b_, 1, m), (j_, 1, K))
        return equal(passed, 2 ** (at_layer + 1) * paper.key_nodes * substitute(kept, {layer: at_layer}))

    inside = unit(x, i).args[0]
    value = by.unfolded(values[1, a, i])
    factored = by.rewrite(value, by.identity(value.conclusion.args[1], Relu(2 * inside)))
    doubled = by.rewrite(factored, by.relu_scaled(2, inside))
    first = by.rewritten(net.passed(values, 1, r), by.rewrite(doubled, each_place(unit_value(x), K)), indices=[a, i])
    none_above = by.empty_product(substitute(kept, {layer: sp.S.One}))
    base = by.restate(by.rewrite(first, by.identity(first.conclusion.args[1], 4 * paper.key_nodes)),
                      equal(net.passed(values, 1, r), 4 * paper.key_nodes))
    base = by.arithmetic(statement(sp.S.One), base, none_above)
    above = next_layer(net, values, r)
    lower = net.passed(values, layer, r)
    nodes = Sum(r[layer + 1, a, i], (a, 1, m), (i, 1, K))
    apart = by.rewrite(above, by.identity(above.conclusion.args[1], 2 * nodes * lower))
    split = by.last_split(substitute(kept, {layer: layer + 1}))
    step = by.arithmetic(statement(layer + 1), by.rewrite(apart, by.assume(statement(layer))), split)
    every = by.instance(by.induction(layer, statement(layer), base, step), {layer: d - 1})
    whole = by.rewritten(paper.OUTPUT.statement.args[0], every)
    return by.restate(whole, paper.OUTPUT.statement)


# --- sizes ------------------------------------------------------------------------------------------------------


def wanted_at(label: str) -> Any:
    """The statement of a claim."""
    return REGISTRY[f"helmbold2017:{label}"].statement


def below_power(statement: Any, start: int) -> Theorem:
    """A bound by 2^K from K = `start` on: by induction, as 2^K doubles and the other side at most does."""
    base = by.evaluated(substitute(statement, {K: sp.Integer(start)}))
    step = by.arithmetic(substitute(statement, {K: K + 1}), by.assume(statement),
                         by.assume(sp.Ge(K, start, evaluate=False)), by.identity(2 ** (K + 1), 2 * 2**K))
    return by.induction(K, statement, base, step, start=start)


@prove("helmbold2017:lem10-cubic-width")
def cubic_width() -> Theorem:
    """The criterion is below 2^-K/2 + 1/(2 K^2), and K^2 <= 2^K from K = 4 on; for smaller K by evaluation."""
    wanted = wanted_at("lem10-cubic-width")
    u, w = Scalar("u", POSITIVE), Scalar("w", POSITIVE)
    below = by.in_letters(less_equal(u, 1 / K**2), {u: 2**-K, w: 2**K}, (equal(u * w, 1), by.identity(1, 1)),
                          (less_equal(K**2, w), below_power(less_equal(K**2, 2**K), 4)))
    return by.cases(sp.Ge(K, 4, evaluate=False), by.arithmetic(wanted, below), by.each_value(K, wanted, 4))


@prove("helmbold2017:lem10-below-lemma-16")
def below_lemma_sixteen() -> Theorem:
    """18 K < 2^K from K = 7 on, so that half of 2^-K is below 1/(36 K)."""
    many = by.arithmetic(sp.Ge(K, 7, evaluate=False), by.assume(paper.many.condition))
    large = by.satisfied(below_power(less(18 * K, 2**K), 7), many)
    u, w = Scalar("u", POSITIVE), Scalar("w", POSITIVE)
    below = by.in_letters(less(u, 1 / (18 * K)), {u: 2**-K, w: 2**K}, (equal(u * w, 1), by.identity(1, 1)),
                          (less(18 * K, w), large))
    return by.arithmetic(wanted_at("lem10-below-lemma-16"), below)
