"""Networks of equal weights: all units of a layer compute the same, a product of numbers of kept nodes below."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Product, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import ForEach, Recursion, Relu, Scalar, equal, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s05_growth as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n
from dropout_theory.papers.helmbold2017.s05_growth import c
from dropout_theory.proof import Theorem

from .tactics import for_each_layer, layer

# --- values of a layer ------------------------------------------------------------------------------------------


def plain_value(net: Recursion, level: Any, *premises: Theorem) -> Theorem:
    """A unit's value without its rectifier, which meets a number that is not negative."""
    definition = by.unfolded(net[level, i])
    return by.rewrite(definition, by.relu_kept(definition.conclusion.args[1].args[0], *premises))


@cache
def not_negative(net: Recursion) -> Theorem:
    """0 <= value of unit k of layer l: a rectifier."""
    fact = less_equal(0, net[layer, k])
    base, step = (by.arithmetic(substitute(fact, {layer: at}), by.unfolded(net[at, k])) for at in (1, layer + 1))
    return by.induction(layer, fact, base, step)


def passed(net: Recursion, gate: Any, level: Any) -> Any:
    """What a layer passes on under dropout; `gate` is None without."""
    kept = sp.S.One if gate is None else 2 * gate[level, k]
    return Sum(kept * net[level, k], (k, 1, n))


def next_value(net: Recursion, gate: Any) -> Theorem:
    """A unit of layer l + 1 is c times what layer l passes on."""
    weight = c if gate is None else 2 * c * gate[layer, k]
    below = by.weighted(not_negative(net), weight, (k, 1, n))
    value = plain_value(net, layer + 1, below)
    return by.restate(value, equal(net[layer + 1, i], c * passed(net, gate, layer)))


def by_layers(net: Recursion, value: Any, first: Theorem, step: Any) -> Theorem:
    """net[l, i] = value(l) for every unit i (free, in range)."""
    statement = ForEach(equal(net[layer, i], value(layer)), (i, 1, n))
    base = by.generalise(by.restate(first, equal(net[1, i], value(sp.S.One))), (i, 1, n))
    above = by.generalise(step(by.specialise(by.assume(statement), i)), (i, 1, n))
    return by.specialise(by.induction(layer, statement, base, above), i)


@cache
def clean_values() -> Theorem:
    """Without dropout a unit of layer l computes c^l K n^(l - 1)."""
    def value(level: Any) -> Any:
        return c**level * K * n ** (level - 1)

    net = paper.clean_values
    first = plain_value(net, 1)

    def step(below: Theorem) -> Theorem:
        found = by.rewrite(next_value(net, None), below, indices=[i])
        return by.restate(found, equal(net[layer + 1, i], value(layer + 1)))

    return by_layers(net, value, first, step)


@prove("helmbold2017:thm18-step-hidden")
def hidden_values() -> Theorem:
    return for_each_layer(clean_values())


@prove("helmbold2017:thm18-step-output")
@cache
def clean_output() -> Theorem:
    """The output is c times the n equal values of the last hidden layer."""
    found = by.rewritten(paper.clean, by.instance(clean_values(), {layer: d - 1}), indices=[i])
    return by.restate(found, paper.CLEAN.statement)


def nothing(net: Recursion, gate: Any) -> Theorem:
    """On the input zero every unit computes 0."""
    first = by.unfolded(net[1, i])
    first = by.rewrite(by.rewrite(first, by.identity(first.conclusion.args[1], Relu(0))), by.relu_kept(0))

    def step(below: Theorem) -> Theorem:
        return by.restate(by.rewrite(next_value(net, gate), below, indices=[i]), equal(net[layer + 1, i], 0))

    return by.instance(by_layers(net, lambda _: sp.S.Zero, first, step), {layer: d - 1})


@prove("helmbold2017:thm18-risk")
@prove("helmbold2017:thm18-step-risk")
@cache
def zero_risk() -> Theorem:
    """The output without dropout is the target."""
    a, target = Scalar("a"), Scalar("target")
    values = {a: paper.clean, target: paper.y}
    return by.in_letters(equal((a - target) ** 2, 0), values, (equal(a, target), clean_output()))


@cache
def dropped_values() -> Theorem:
    """(2c)^l times numbers of kept nodes, for a fixed pattern."""
    net = paper.fixed_values

    def nodes(level: Any) -> Any:
        return Product(paper.kept(paper.j), (paper.j, 1, level - 1))

    def value(level: Any) -> Any:
        return (2 * c) ** level * paper.kept_inputs * nodes(level)

    first = by.arithmetic(equal(net[1, i], value(sp.S.One)), plain_value(net, 1), by.empty_product(nodes(sp.S.One)))

    def step(below: Theorem) -> Theorem:
        found = by.rewrite(next_value(net, paper.r), below, indices=[i])
        lower = (2 * c) ** layer * paper.kept_inputs * nodes(layer)
        apart = by.rewrite(found, by.identity(found.conclusion.args[1], 2 * c * paper.kept(layer) * lower))
        return by.arithmetic(equal(net[layer + 1, i], value(layer + 1)), apart, by.last_split(nodes(layer + 1)))

    return by_layers(net, value, first, step)


@prove("helmbold2017:thm18-step-dropped-hidden")
def dropped_hidden() -> Theorem:
    return for_each_layer(dropped_values())


@prove("helmbold2017:thm18-step-dropped-output")
def dropped_output() -> Theorem:
    """The output is 2c times the equal values kept in the last hidden layer: their number is one more factor."""
    wanted = paper.DROPPED_OUTPUT.statement
    split = by.last_split(Product(paper.kept(paper.j), (paper.j, 1, d - 1)))
    found = by.rewritten(wanted.args[0], by.instance(dropped_values(), {layer: d - 1}), indices=[i])
    lower = Product(paper.kept(paper.j), (paper.j, 1, d - 2))
    joined = by.identity(found.conclusion.args[1], (2 * c) ** d * paper.kept_inputs * lower * paper.kept(d - 1))
    return by.arithmetic(wanted, by.rewrite(found, joined), split)
