"""Lemma 16 for any keep probability p: networks of equal weights with wide layers come close to its bound.

A unit of the first layer is the sum of the inputs' gates over p, one of layer l + 1 the mean of what layer l passes
on. From one layer to the next the mean stays and the mean square is multiplied by 1 + q/(pn), q = 1 - p.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.tactics import family_in, layer, squared
from sympy import Sum

from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, E, ForEach, Recursion, Scalar, equal, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s04_best_constant as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n, p
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    expected,
    generalise,
    identity,
    induction,
    instance,
    relu_kept,
    restate,
    rewrite,
    rewritten,
    satisfied,
    specialise,
    unfolded,
    weighted,
)

WIDE, q = paper.wide, paper.q
ONES, ZEROS = family_in(WIDE.at_one, "h"), family_in(WIDE.at_zero, "h0")
ratio = Scalar("e", POSITIVE)  # 1 + q/(pn): its powers stay powers
GROWTH = equal(ratio, 1 + q / (p * n))


def V(net: Recursion, level: Any) -> Any:
    """What a layer passes on."""
    return Sum(WIDE.passed(level, k) * net[level, k], (k, 1, n))


@cache
def not_negative(net: Recursion) -> Theorem:
    fact = less_equal(0, net[layer, k])
    base, step = (arithmetic(substitute(fact, {layer: at}), unfolded(net[at, k])) for at in (1, layer + 1))
    return induction(layer, fact, base, step)


def next_value(net: Recursion) -> Theorem:
    """A unit of layer l + 1 is the mean of what layer l passes on: its rectifier meets no negative number."""
    below = weighted(not_negative(net), WIDE.passed(layer, k) / n, (k, 1, n))
    definition = unfolded(net[layer + 1, i])
    plain = rewrite(definition, relu_kept(definition.conclusion.args[1].args[0], below))
    return restate(plain, equal(net[layer + 1, i], V(net, layer) / n))


def moments(power: int, value: Any) -> Theorem:
    """E(V(l)^power) = value(l), given what `ratio` is."""
    first = unfolded(ONES[1, i])
    first = rewritten(V(ONES, 1), rewrite(first, relu_kept(first.conclusion.args[1].args[0])), indices=[i])
    above = rewritten(V(ONES, layer + 1), next_value(ONES), indices=[i])
    base, step = (expected(t) if power == 1 else squared(t) for t in (first, above))
    plain, named = (sp.S.One, sp.S.One) if power == 1 else (GROWTH.args[1], ratio)
    below = E(V(ONES, layer) ** power)
    lower = rewrite(step, identity(step.conclusion.args[1], plain * below))
    renamed = arithmetic(equal(step.conclusion.args[0], named * below), lower, assume(GROWTH))

    def statement(level: Any) -> Any:
        return equal(E(V(ONES, level) ** power), value(level))

    return induction(layer, statement(layer), arithmetic(statement(sp.S.One), base, assume(GROWTH)),
                     restate(rewrite(renamed, assume(statement(layer))), statement(layer + 1)))


@cache
def zero_output() -> Theorem:
    """On the input zero every unit computes 0."""
    statement = ForEach(equal(ZEROS[layer, i], 0), (i, 1, n))
    first = unfolded(ZEROS[1, i])
    first = rewrite(rewrite(first, identity(first.conclusion.args[1].args[0], 0)), relu_kept(0))
    above = rewrite(next_value(ZEROS), specialise(assume(statement), i), indices=[i])
    step = generalise(restate(above, equal(ZEROS[layer + 1, i], 0)), (i, 1, n))
    base = generalise(restate(first, equal(ZEROS[1, i], 0)), (i, 1, n))
    return instance(specialise(induction(layer, statement, base, step), i), {layer: d - 1})


@prove("helmbold2017:lem16-any-dropout-equal-weights")
@cache
def equal_weights() -> Theorem:
    """Output on zeros: the bias. Mean output on ones: the bias and pK/(pK + 2q)."""
    top = V(ONES, d - 1)
    mean, square = (satisfied(instance(instance(found, {layer: d - 1}), {ratio: GROWTH.args[1]}),
                              identity(*[GROWTH.args[1]] * 2))
                    for found in (moments(1, lambda level: n * K),
                                  moments(2, lambda level: n**2 * K * (K + q / p) * ratio**level)))
    weight, bias = p * paper.share / n, q * paper.share
    at_zero = rewritten(E(WIDE.at_zero**2), zero_output(), indices=[i])
    split = identity(E((WIDE.at_one - 1) ** 2), weight**2 * E(top**2) + 2 * weight * (bias - 1) * E(top)
                     + (bias - 1) ** 2)
    power, first, second = Scalar("g"), Scalar("m"), Scalar("s")
    c = Scalar("c", POSITIVE)  # 1/(pK + 2q)
    known = [assume(equal(c * (p * K + 2 * q), 1)), assume(equal(first, n * K)),
             assume(equal(second, n**2 * K * (K + q / p) * power))]
    value = ((q * c) ** 2 + (p * c / n) ** 2 * second + 2 * (p * c / n) * (q * c - 1) * first + (q * c - 1) ** 2) / 2
    closed = arithmetic(equal(value, q * c / 2 + p * K * (p * K + q) * c**2 / 2 * (power - 1)), *known)
    values = {power: GROWTH.args[1] ** (d - 1), first: E(top), second: E(top**2), c: paper.share}
    found = satisfied(instance(closed, values), mean, square, arithmetic(equal(paper.share * (p * K + 2 * q), 1)))
    return arithmetic(paper.ANY_WIDE.statement, found, at_zero, identity(at_zero.conclusion.args[1], bias**2), split)


@prove("helmbold2017:lem16-any-dropout-best-constant")
def below_larger_multiples() -> Theorem:
    return arithmetic(paper.ANY_BEST.statement, equal_weights(), assume(paper.wide_layers.condition))
