"""Lemma 16 for any keep probability p: networks of equal weights with wide layers come close to its bound.

A unit of the first layer is the sum of the inputs' gates over p, one of layer l + 1 the mean of what layer l passes
on. From one layer to the next the mean stays and the mean square is multiplied by 1 + q/(pn), q = 1 - p.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, E, ForEach, Recursion, Scalar, equal, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s04_best_constant as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n, p
from dropout_theory.proof import Theorem

from .tactics import family_in, layer, squared

WIDE, q = paper.wide, paper.q
ONES, ZEROS = family_in(WIDE.at_one, "h"), family_in(WIDE.at_zero, "h0")
ratio = Scalar("e", POSITIVE)  # 1 + q/(pn): its powers stay powers
GROWTH = equal(ratio, 1 + q / (p * n))


def V(net: Recursion, level: Any) -> Any:
    """What a layer passes on."""
    return Sum(WIDE.passed(level, k) * net[level, k], (k, 1, n))


@cache
def not_negative(net: Recursion) -> Theorem:
    """0 <= a unit of layer l: it is a rectifier's value."""
    fact = less_equal(0, net[layer, k])
    base, step = (by.arithmetic(substitute(fact, {layer: at}), by.unfolded(net[at, k])) for at in (1, layer + 1))
    return by.induction(layer, fact, base, step)


def next_value(net: Recursion) -> Theorem:
    """A unit of layer l + 1 is the mean of what layer l passes on: its rectifier meets no negative number."""
    below = by.weighted(not_negative(net), WIDE.passed(layer, k) / n, (k, 1, n))
    definition = by.unfolded(net[layer + 1, i])
    plain = by.rewrite(definition, by.relu_kept(definition.conclusion.args[1].args[0], below))
    return by.restate(plain, equal(net[layer + 1, i], V(net, layer) / n))


def moments(power: int, value: Any) -> Theorem:
    """E(V(l)^power) = value(l), given what `ratio` is: by induction, with a factor 1 or `ratio` for each layer above.
    """
    first = by.unfolded(ONES[1, i])
    first = by.rewritten(V(ONES, 1), by.rewrite(first, by.relu_kept(first.conclusion.args[1].args[0])), indices=[i])
    above = by.rewritten(V(ONES, layer + 1), next_value(ONES), indices=[i])
    base, step = (by.expected(t) if power == 1 else squared(t) for t in (first, above))
    plain, named = (sp.S.One, sp.S.One) if power == 1 else (GROWTH.args[1], ratio)
    below = E(V(ONES, layer) ** power)
    lower = by.rewrite(step, by.identity(step.conclusion.args[1], plain * below))
    renamed = by.arithmetic(equal(step.conclusion.args[0], named * below), lower, by.assume(GROWTH))

    def statement(level: Any) -> Any:
        return equal(E(V(ONES, level) ** power), value(level))

    return by.induction(layer, statement(layer), by.arithmetic(statement(sp.S.One), base, by.assume(GROWTH)),
                        by.restate(by.rewrite(renamed, by.assume(statement(layer))), statement(layer + 1)))


@cache
def zero_output() -> Theorem:
    """On the input zero every unit computes 0: by induction over the layers."""
    statement = ForEach(equal(ZEROS[layer, i], 0), (i, 1, n))
    first = by.unfolded(ZEROS[1, i])
    first = by.rewrite(by.rewrite(first, by.identity(first.conclusion.args[1].args[0], 0)), by.relu_kept(0))
    above = by.rewrite(next_value(ZEROS), by.specialise(by.assume(statement), i), indices=[i])
    step = by.generalise(by.restate(above, equal(ZEROS[layer + 1, i], 0)), (i, 1, n))
    base = by.generalise(by.restate(first, equal(ZEROS[1, i], 0)), (i, 1, n))
    return by.instance(by.specialise(by.induction(layer, statement, base, step), i), {layer: d - 1})


@prove("helmbold2017:lem16-any-dropout-equal-weights")
@cache
def equal_weights() -> Theorem:
    """Output on zeros: the bias. Mean output on ones: the bias and pK/(pK + 2q).

    The criterion is a polynomial in the two moments of what the last hidden layer passes on, for which `moments` has
    values.
    """
    top = V(ONES, d - 1)
    mean, square = (by.satisfied(by.instance(by.instance(found, {layer: d - 1}), {ratio: GROWTH.args[1]}),
                                 by.identity(*[GROWTH.args[1]] * 2))
                    for found in (moments(1, lambda level: n * K),
                                  moments(2, lambda level: n**2 * K * (K + q / p) * ratio**level)))
    weight, bias = p * paper.share / n, q * paper.share
    at_zero = by.rewritten(E(WIDE.at_zero**2), zero_output(), indices=[i])
    split = by.identity(E((WIDE.at_one - 1) ** 2), weight**2 * E(top**2) + 2 * weight * (bias - 1) * E(top)
                        + (bias - 1) ** 2)
    power, first, second = Scalar("g"), Scalar("m"), Scalar("s")
    c = Scalar("c", POSITIVE)  # 1/(pK + 2q)
    value = ((q * c) ** 2 + (p * c / n) ** 2 * second + 2 * (p * c / n) * (q * c - 1) * first + (q * c - 1) ** 2) / 2
    closed = q * c / 2 + p * K * (p * K + q) * c**2 / 2 * (power - 1)
    values = {power: GROWTH.args[1] ** (d - 1), first: E(top), second: E(top**2), c: paper.share}
    found = by.in_letters(equal(value, closed), values, (equal(first, n * K), mean),
                          (equal(second, n**2 * K * (K + q / p) * power), square),
                          (equal(c * (p * K + 2 * q), 1), by.arithmetic(equal(paper.share * (p * K + 2 * q), 1))))
    return by.arithmetic(paper.ANY_WIDE.statement, found, at_zero, by.identity(at_zero.conclusion.args[1], bias**2),
                         split)


@prove("helmbold2017:lem16-any-dropout-best-constant")
def below_larger_multiples() -> Theorem:
    return by.arithmetic(paper.ANY_BEST.statement, equal_weights(), by.assume(paper.wide_layers.condition))
