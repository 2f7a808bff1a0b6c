"""The network of first-one gadgets: its output pattern by pattern, its moments and its criterion."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.gadget_moments import (
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
from dropout_theory.proofs.helmbold2017.tactics import layer
from sympy import Product, Sum

from dropout_theory.claims import REGISTRY, prove, witness
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Relu, Scalar, equal, less, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s04_gadgets as paper
from dropout_theory.papers.helmbold2017.notation import K, d
from dropout_theory.papers.helmbold2017.s04_gadgets import a, i, k, m
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    discharge,
    each_value,
    empty_product,
    evaluated,
    generalise,
    identity,
    independent_product,
    induction,
    instance,
    last_split,
    mean_square,
    relu_scaled,
    restate,
    rewrite,
    rewritten,
    satisfied,
    unfolded,
)

witness("helmbold2017:sec4-first-one-gadget", {K: 2, paper.x: {(1,): 0, (2,): 1}})


@prove("helmbold2017:sec4-first-one-gadget.amended")
def gadget_units() -> Theorem:
    return restate(generalise(each_place(unit_value(paper.x), K), (i, 1, K)), paper.GADGET.statement)


@prove("helmbold2017:lem9")
def gadgets_sum() -> Theorem:
    nonzero = paper.LEM9.statement.args[0]
    one = arithmetic(equal(Sum(unit(paper.x, i), (i, 1, K)), 1), instance(units_total(paper.x), {t: K}),
                     instance(states(paper.x), {t: K}), assume(nonzero))
    copies = identity(Sum(unit(paper.x, i), (a, 1, m), (i, 1, K)), m * Sum(unit(paper.x, i), (i, 1, K)))
    return discharge(nonzero, arithmetic(paper.LEM9.statement.args[1], one, copies))


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
    wanted = REGISTRY[f"helmbold2017:{label}"].statement
    left = identity(wanted.args[0], paper.c * E(top(paper.network)))
    return restate(rewrite(left, mean_top(paper.network)), wanted)


@prove("helmbold2017:lem10-step-square")
def square_output() -> Theorem:
    return scaled_square("lem10-step-square", False)


@prove("helmbold2017:lem10-step-square-value")
def square_output_value() -> Theorem:
    return scaled_square("lem10-step-square-value", True)


def scaled_square(label: str, factored: bool) -> Theorem:
    wanted = REGISTRY[f"helmbold2017:{label}"].statement
    left = identity(wanted.args[0], paper.c**2 * E(top(paper.network) ** 2))
    return restate(rewrite(left, square_top(paper.network, factored)), wanted)


@prove("helmbold2017:lem10-step-criterion")
def criterion_of_moments() -> Theorem:
    wanted = REGISTRY["helmbold2017:lem10-step-criterion"].statement
    return restate(at(quadratic(paper.network), paper.c), wanted)


@prove("helmbold2017:lem10-step-expanded")
def criterion_expanded() -> Theorem:
    wanted = REGISTRY["helmbold2017:lem10-step-expanded"].statement
    moments = rewrite(at(quadratic(paper.network), paper.c), mean_top(paper.network), square_top(paper.network))
    return restate(moments, wanted)


@prove("helmbold2017:sec4-output-weight.amended")
def best_weight() -> Theorem:
    net = paper.network
    wanted = REGISTRY["helmbold2017:sec4-output-weight.amended"].statement
    V, z = top(net), Scalar("z")
    y = Scalar("y", NONNEGATIVE)
    gap = instance(arithmetic(less_equal(0, y * (z - paper.c) ** 2)), {y: E(V**2)},
                   arithmetic(less_equal(0, E(V**2)), mean_square(V)))
    least = arithmetic(less_equal(1 - 2 * z * E(V) + z**2 * E(V**2), 1 - 2 * paper.c * E(V) + paper.c**2 * E(V**2)),
                       assume(equal(z * E(V**2), E(V))), gap)
    here = satisfied(instance(least, {z: net.best}), best_is_ratio(net))
    return arithmetic(wanted, here, at(quadratic(net), net.best), at(quadratic(net), paper.c))


@prove("helmbold2017:lem10")
def criterion_at_best() -> Theorem:
    net = paper.network
    wanted = REGISTRY["helmbold2017:lem10"].statement
    V = top(net)
    mean = mean_top(net)
    product = arithmetic(equal(net.best * mean.conclusion.args[1], (1 - 2**-net.inputs) / net.excess))
    valued = rewritten(net.best * E(V), mean)
    linear = arithmetic(equal(net.best * E(V), product.conclusion.args[1]), product, valued)
    z = Scalar("z")
    value = arithmetic(equal(z**2 * E(V**2), z * E(V)), assume(equal(z * E(V**2), E(V))))
    squared_part = satisfied(instance(value, {z: net.best}), best_is_ratio(net))
    return arithmetic(wanted, at(quadratic(net), net.best), linear, squared_part)


@prove("helmbold2017:lem10-step-all-dropped")
def all_dropped() -> Theorem:
    x = paper.network.gates[0]
    return restate(independent_product(1 - x[k], (k, 1, K)), equal(E(Product(1 - x[k], (k, 1, K))), 2**-K))


# --- the output pattern by pattern ------------------------------------------------------------------------------


@prove("helmbold2017:lem10-step-output")
def output_of_pattern() -> Theorem:
    """Layer by layer: what layer l passes on is 2^(l + 1) times the kept key nodes and the kept nodes above."""
    net, (x, r), values = paper.network, paper.fixed, paper.fixed_values
    kept = Product(Sum(r[paper.l, a, i], (a, 1, m), (i, 1, K)), (paper.l, 2, layer))

    def statement(at_layer: Any, b_: Any = a, j_: Any = i) -> Any:
        passed = Sum(2 * r[at_layer, b_, j_] * values[at_layer, b_, j_], (b_, 1, m), (j_, 1, K))
        return equal(passed, 2 ** (at_layer + 1) * paper.key_nodes * substitute(kept, {layer: at_layer}))

    inside = unit(x, i).args[0]
    value = unfolded(values[1, a, i])
    doubled = rewrite(rewrite(value, identity(value.conclusion.args[1], Relu(2 * inside))), relu_scaled(2, inside))
    first = rewritten(net.passed(values, 1, r), rewrite(doubled, each_place(unit_value(x), K)), indices=[a, i])
    none_above = empty_product(substitute(kept, {layer: sp.S.One}))
    base = restate(rewrite(first, identity(first.conclusion.args[1], 4 * paper.key_nodes)),
                   equal(net.passed(values, 1, r), 4 * paper.key_nodes))
    base = arithmetic(statement(sp.S.One), base, none_above)
    above = next_layer(net, values, r)
    lower = net.passed(values, layer, r)
    nodes = Sum(r[layer + 1, a, i], (a, 1, m), (i, 1, K))
    apart = rewrite(above, identity(above.conclusion.args[1], 2 * nodes * lower))
    split = last_split(substitute(kept, {layer: layer + 1}))
    step = arithmetic(statement(layer + 1), rewrite(apart, assume(statement(layer))), split)
    every = instance(induction(layer, statement(layer), base, step), {layer: d - 1})
    whole = rewritten(paper.OUTPUT.statement.args[0], every)
    return restate(whole, paper.OUTPUT.statement)


# --- sizes ------------------------------------------------------------------------------------------------------


def wanted_at(label: str) -> Any:
    return REGISTRY[f"helmbold2017:{label}"].statement


@prove("helmbold2017:lem10-cubic-width")
def cubic_width() -> Theorem:
    power = less_equal(K**2, 2**K)
    base = evaluated(substitute(power, {K: sp.Integer(4)}))
    doubled = identity(2 ** (K + 1), 2 * 2**K)
    step = arithmetic(substitute(power, {K: K + 1}), assume(power), assume(sp.Ge(K, 4, evaluate=False)), doubled)
    wanted = wanted_at("lem10-cubic-width")
    large = induction(K, power, base, step, start=4)
    u, w = Scalar("u", POSITIVE), Scalar("w", POSITIVE)
    small = arithmetic(less_equal(u, 1 / K**2), assume(equal(u * w, 1)), assume(less_equal(K**2, w)))
    below = satisfied(instance(small, {u: 2**-K, w: 2**K}), identity(1, 1), large)
    far = arithmetic(wanted, below)
    return cases(sp.Ge(K, 4, evaluate=False), far, each_value(K, wanted, 4))


@prove("helmbold2017:lem10-below-lemma-16")
def below_lemma_sixteen() -> Theorem:
    power = less(18 * K, 2**K)
    base = evaluated(substitute(power, {K: sp.Integer(7)}))
    doubled = identity(2 ** (K + 1), 2 * 2**K)
    step = arithmetic(substitute(power, {K: K + 1}), assume(power), assume(sp.Ge(K, 7, evaluate=False)), doubled)
    large = induction(K, power, base, step, start=7)
    many = assume(paper.many.condition)
    at_least = satisfied(large, arithmetic(sp.Ge(K, 7, evaluate=False), many))
    u, w = Scalar("u", POSITIVE), Scalar("w", POSITIVE)
    small = arithmetic(less(u, 1 / (18 * K)), assume(equal(u * w, 1)), assume(less(18 * K, w)))
    below = satisfied(instance(small, {u: 2**-K, w: 2**K}), identity(1, 1), at_least)
    return arithmetic(wanted_at("lem10-below-lemma-16"), below)
