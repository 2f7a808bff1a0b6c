"""The steps of the appendix for every depth and width, and the probability of an unmodified layer."""

from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NONNEGATIVE, E, Relu, Scalar, equal, less, less_equal
from dropout_theory.papers.bouthillier2015.s08_appendix import (
    ACTIVE,
    CONSTANT,
    EQ11,
    EQ12,
    EQ13,
    EQ14,
    MEAN,
    MEAN_BOUND,
    MEAN_CONSTANT,
    NOT_FIRST,
    PROBABILITY,
    N,
    P,
    a,
    active,
    counts,
    d,
    examples,
    f,
    g,
    gate,
    i,
    j,
    k,
    mask,
    matched,
    n,
    p,
)
from dropout_theory.proof import Theorem


@prove(EQ11.id)
def last_layer() -> Theorem:
    """The layer is defined by the one beneath it."""
    inside = by.arithmetic(less_equal(1, i))
    return by.generalise(by.unfolded(f[i, j], inside), (j, 1, n[i]))


@prove(EQ12.id)
def supposition() -> Theorem:
    """Both layers are defined by the sides of the equality."""
    above = by.arithmetic(less_equal(1, i))
    clean, noisy = by.unfolded(f[i, j], above), by.unfolded(g[i, j], above)
    left, right = EQ12.statement.args
    back = by.arithmetic(left.body, by.specialise(by.assume(right), j), clean, noisy)
    return by.iff(layers_agree(i, above), by.generalise(back, (j, 1, n[i])), left, right)


def layers_agree(layer: Any, above: Theorem) -> Theorem:
    """Given the equality of a layer at least 1, the activations agree: both networks define them by its sides."""
    supposed = by.specialise(by.assume(matched(layer)), k)
    clean, noisy = by.unfolded(f[layer, k], above), by.unfolded(g[layer, k], above)
    agree = by.arithmetic(equal(f[layer, k], g[layer, k]), supposed, clean, noisy)
    return by.generalise(agree, (k, 1, n[layer]))


@prove(EQ13.id)
def agreement_below() -> Theorem:
    """Layer i-1 is a hidden one, so the supposition on it says that its activations agree."""
    above = by.arithmetic(less_equal(1, i - 1), by.assume(NOT_FIRST.condition))
    return by.discharge(matched(i - 1), layers_agree(i - 1, above))


@prove(EQ14.id)
def unmodified() -> Theorem:
    """Layer i-1 agrees in both networks: put the clean activations for the noisy ones in the supposition on layer i."""
    supposed = by.assume(EQ14.statement.args[0])
    below = by.apply(agreement_below(), by.component(supposed, matched(i - 1)))
    swap = by.arithmetic(equal(g[i - 1, k], f[i - 1, k]), by.specialise(below, k))
    layer = by.rewrite(by.specialise(by.component(supposed, matched(i)), j), swap, indices=[k])
    return by.discharge(supposed.conclusion, by.generalise(layer, (j, 1, n[i])))


@prove(ACTIVE.id)
def keeps_active_units() -> Theorem:
    """r = m r with r >= 0 says m = 1 or r = 0, for each unit."""
    left, right = ACTIVE.statement.args
    value = Relu(a[j])
    forward = by.discharge(less(0, value), by.arithmetic(equal(mask[j], 1), by.specialise(by.assume(left), j),
                                                         by.assume(less(0, value))))
    backward = by.arithmetic(equal(value, mask[j] * value), by.specialise(by.assume(right), j))
    return by.iff(by.generalise(forward, (j, 1, d)), by.generalise(backward, (j, 1, d)), left, right)


@prove(PROBABILITY.id)
def all_kept() -> Theorem:
    """Independent gates: the mean of the product is the product of the means."""
    return by.restate(by.independent_product(gate[j], (j, 1, active)), PROBABILITY.statement)


witness(MEAN.id, {examples: 2, p: sp.Rational(1, 2), P: {(1,): sp.Rational(1, 2), (2,): sp.Rational(1, 2)},
                  counts: {(1,): 0, (2,): 2}})


@prove(MEAN_CONSTANT.id)
def fixed_number() -> Theorem:
    """Every outcome has the same number, and so does their mean: both sides are p to its power."""
    fixed = by.specialise(by.assume(CONSTANT.condition), k)
    mean = by.restate(by.weighted(fixed, P[k], (k, 1, examples)), equal(E(counts[N]), counts[1]))

    def power(theorem: Theorem) -> Theorem:
        """p to the power of both sides of an equality."""
        number, value = theorem.conclusion.args
        return by.increasing(sp.exp, by.arithmetic(equal(sp.log(p) * number, sp.log(p) * value), theorem))

    left = by.restate(by.weighted(power(fixed), P[k], (k, 1, examples)), equal(E(p ** counts[N]), p ** counts[1]))
    right = by.restate(power(mean), equal(p ** E(counts[N]), p ** counts[1]))
    return by.arithmetic(MEAN_CONSTANT.statement, left, right)


@prove(MEAN_BOUND.id)
def convexity() -> Theorem:
    """Jensen's inequality: p^x is convex in x."""
    x = Scalar("x", NONNEGATIVE)
    convex = by.arithmetic(less_equal(0, sp.diff(p**x, x, 2)))
    return by.restate(by.jensen(p**x, x, counts[k], P, convex), MEAN_BOUND.statement)


