"""The steps of the appendix for every depth and width, and the probability of an unmodified layer."""

from typing import Any

import sympy as sp

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
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    component,
    discharge,
    generalise,
    iff,
    increasing,
    independent_product,
    jensen,
    restate,
    rewrite,
    specialise,
    unfolded,
    weighted,
)


@prove(EQ11.id)
def last_layer() -> Theorem:
    """The layer is defined by the one beneath it."""
    inside = arithmetic(less_equal(1, i))
    return generalise(unfolded(f[i, j], inside), (j, 1, n[i]))


@prove(EQ12.id)
def supposition() -> Theorem:
    """Both layers are defined by the sides of the equality."""
    above = arithmetic(less_equal(1, i))
    clean, noisy = unfolded(f[i, j], above), unfolded(g[i, j], above)
    left, right = EQ12.statement.args
    back = arithmetic(left.body, specialise(assume(right), j), clean, noisy)
    return iff(layers_agree(i, above), generalise(back, (j, 1, n[i])), left, right)


def layers_agree(layer: Any, above: Theorem) -> Theorem:
    """Given the equality of a layer at least 1, the activations agree: both networks define them by its sides."""
    supposed = specialise(assume(matched(layer)), k)
    clean, noisy = unfolded(f[layer, k], above), unfolded(g[layer, k], above)
    agree = arithmetic(equal(f[layer, k], g[layer, k]), supposed, clean, noisy)
    return generalise(agree, (k, 1, n[layer]))


@prove(EQ13.id)
def agreement_below() -> Theorem:
    """Layer i-1 is a hidden one, so the supposition on it says that its activations agree."""
    above = arithmetic(less_equal(1, i - 1), assume(NOT_FIRST.condition))
    return discharge(matched(i - 1), layers_agree(i - 1, above))


@prove(EQ14.id)
def unmodified() -> Theorem:
    """Put the agreement below layer i into the supposition on layer i."""
    supposed = assume(EQ14.statement.args[0])
    below = apply(agreement_below(), component(supposed, matched(i - 1)))
    swap = arithmetic(equal(g[i - 1, k], f[i - 1, k]), specialise(below, k))
    layer = rewrite(specialise(component(supposed, matched(i)), j), swap, indices=[k])
    return discharge(supposed.conclusion, generalise(layer, (j, 1, n[i])))


@prove(ACTIVE.id)
def keeps_active_units() -> Theorem:
    """r = m r with r >= 0 says m = 1 or r = 0."""
    left, right = ACTIVE.statement.args
    value = Relu(a[j])
    forward = discharge(less(0, value), arithmetic(equal(mask[j], 1), specialise(assume(left), j),
                                                   assume(less(0, value))))
    backward = arithmetic(equal(value, mask[j] * value), specialise(assume(right), j))
    return iff(generalise(forward, (j, 1, d)), generalise(backward, (j, 1, d)), left, right)


@prove(PROBABILITY.id)
def all_kept() -> Theorem:
    """Independent gates: the mean of the product is the product of the means."""
    return restate(independent_product(gate[j], (j, 1, active)), PROBABILITY.statement)


witness(MEAN.id, {examples: 2, p: sp.Rational(1, 2), P: {(1,): sp.Rational(1, 2), (2,): sp.Rational(1, 2)},
                  counts: {(1,): 0, (2,): 2}})


@prove(MEAN_CONSTANT.id)
def fixed_number() -> Theorem:
    """Every outcome has the same number, and so does their mean."""
    fixed = specialise(assume(CONSTANT.condition), k)
    mean = restate(weighted(fixed, P[k], (k, 1, examples)), equal(E(counts[N]), counts[1]))

    def power(theorem: Theorem) -> Theorem:
        number, value = theorem.conclusion.args
        return increasing(sp.exp, arithmetic(equal(sp.log(p) * number, sp.log(p) * value), theorem))

    left = restate(weighted(power(fixed), P[k], (k, 1, examples)), equal(E(p ** counts[N]), p ** counts[1]))
    right = restate(power(mean), equal(p ** E(counts[N]), p ** counts[1]))
    return arithmetic(MEAN_CONSTANT.statement, left, right)


@prove(MEAN_BOUND.id)
def convexity() -> Theorem:
    """p^x is convex in x."""
    x = Scalar("x", NONNEGATIVE)
    convex = arithmetic(less_equal(0, sp.diff(p**x, x, 2)))
    return restate(jensen(p**x, x, counts[k], P, convex), MEAN_BOUND.statement)


