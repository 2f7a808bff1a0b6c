"""Definition 13, equation (4) and lemma 14: mean outputs given how many inputs are kept."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import binomial

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_level_means as paper
from dropout_theory.papers.helmbold2017.notation import K, always, d, i, k
from dropout_theory.papers.helmbold2017.s04_level_means import a, b, delta0, ell, psi
from dropout_theory.papers.helmbold2017.s04_supermodular import network, supermodular
from dropout_theory.proof import Theorem

from .level_sums import level, rising_steps, steps
from .s04_supermodular import at_output, every_layer
from .tactics import layer, of_terms
from .telescope import Entries, same_layers

INSIDE = (by.assume(sp.Ge(ell, 1, evaluate=False)), by.assume(sp.Le(ell, K - 1, evaluate=False)))


def coefficient(count: Any, *known: Theorem) -> Theorem:
    """0 < C(K, c) for a count in 0..K by what is known."""
    return by.binomial_positive(K, count, *[by.arithmetic(fact, *known) for fact in (sp.Ge(count, 0, evaluate=False),
                                                                                     sp.Le(count, K, evaluate=False))])


@prove("helmbold2017:def13")
def events() -> Theorem:
    """The number of kept inputs is binomial, and C(K, j) is positive for j in 0..K."""
    law = by.number_kept(delta0, ell)[0]
    inside = [by.assume(sp.Ge(ell, 0, evaluate=False)), by.assume(sp.Le(ell, K, evaluate=False))]
    positive, value = paper.DEF13.statement.body.args
    chance = by.arithmetic(value, law)
    possible = by.arithmetic(positive, by.binomial_positive(K, ell, *inside))
    return by.generalise(by.conjunction(possible, chance), (ell, 0, K))


# --- equation (4) and the choices of the proof ------------------------------------------------------------------


@prove("helmbold2017:eq4")
def two_inputs() -> Theorem:
    """Layer by layer, as in lemma 12: e_a and e_b each add weights to first-layer sums, and no weight is negative."""
    term = network.first(i, k)
    places = [by.assume(relation(place, end, evaluate=False))
              for place in (a, b) for relation, end in ((sp.Ge, 1), (sp.Le, K))]
    first = [by.sift(term, (k, 1, K), place, *places) for place in (a, b)]
    layers = every_layer([Entries(net, a, b) for net in paper.CORNERS], lambda: first, always)
    found = at_output(layers, always, supermodular(paper.corner_values))
    premise, wanted = paper.EQ4.statement.body.args
    return by.generalise(by.discharge(premise, of_terms(wanted, found)), (a, 1, K), (b, 1, K))


@prove("helmbold2017:lem14-step-up")
def one_more() -> Theorem:
    return choices(paper.UP.statement, by.binomial_next(K, ell, below(ell)), coefficient(ell + 1, *INSIDE))


@prove("helmbold2017:lem14-step-down")
def one_less() -> Theorem:
    return choices(paper.DOWN.statement, by.binomial_next(K, ell - 1, below(ell - 1)), coefficient(ell - 1, *INSIDE))


@prove("helmbold2017:lem14-step-across")
def exchanged() -> Theorem:
    return choices(paper.ACROSS.statement)


def below(count: Any) -> Theorem:
    """0 <= count, for a count that ell in 1..K-1 keeps from being negative."""
    return by.arithmetic(sp.Ge(count, 0, evaluate=False), *INSIDE)


def choices(statement: Any, *facts: Theorem) -> Theorem:
    """A claim about uniform choices, for ell in 1..K-1: binomial coefficients are compared, none of which is 0."""
    positive = [coefficient(ell, *INSIDE), by.arithmetic(less(0, ell), *INSIDE),
                by.arithmetic(less(0, K - ell), *INSIDE)]
    return by.generalise(by.arithmetic(statement.body, *facts, *positive), (ell, 1, K - 1))


@prove("helmbold2017:lem14-step-inputs")
def presented_pattern() -> Theorem:
    """The two networks agree in the sums of the first layer, and so by induction in every layer."""
    left, right = paper.INPUTS.statement.args
    layers = by.instance(same_layers(paper.masked, paper.presented), {layer: d - 1})
    return by.arithmetic(paper.INPUTS.statement, by.rewritten(left, layers, indices=[i]))


# --- lemma 14 ---------------------------------------------------------------------------------------------------

@cache
def normalised() -> Theorem:
    """y - x <= z - y for x = A P/lower, y = B P/here, z = C P/upper, from the inequality of `steps`.

    Times P, and with both neighbouring coefficients put as multiples of the one at c, that inequality is c (N - c) here
    times the one wanted.
    """
    c, N, x, y, z = (Scalar(name) for name in ("c", "N", "x", "y", "z"))
    power, lower, here, upper = (Scalar(name, POSITIVE) for name in ("P", "lower", "here", "upper"))
    A, B, C = (Scalar(name) for name in "ABC")
    after, before = equal((c + 1) * upper, (N - c) * here), equal(c * here, (N - c + 1) * lower)
    known = [by.assume(equal(mean * power, value * number)) for mean, value, number in ((A, x, lower), (B, y, here),
                                                                                        (C, z, upper))]
    above = by.arithmetic(equal((c + 1) * c * C * power, c * (N - c) * here * z), by.times(by.assume(after), c * z),
                          by.times(known[2], (c + 1) * c))
    below = by.arithmetic(equal((N - c + 1) * (N - c) * A * power, c * (N - c) * here * x),
                          by.times(by.assume(before), (N - c) * x), by.times(known[0], (N - c + 1) * (N - c)))
    level_ = by.times(known[1], 2 * c * (N - c))
    value = (c + 1) * c * C + (N - c + 1) * (N - c) * A - 2 * c * (N - c) * B
    scaled = by.arithmetic(less_equal(0, value * power), by.assume(less_equal(0, value)))
    inside = by.assume(less_equal(1, c)), by.assume(less_equal(1, N - c))
    positive = by.arithmetic(less(0, c * (N - c)), *inside)
    factor = by.arithmetic(less(0, c * (N - c) * here), positive)
    v, w = Scalar("v", POSITIVE), Scalar("w")
    product = by.arithmetic(less_equal(0, c * (N - c) * here * (z + x - 2 * y)), scaled, above, below, level_)
    share = by.in_letters(less_equal(0, w), {v: c * (N - c) * here, w: z + x - 2 * y},
                          (less_equal(0, v * w), product), domains=(factor,))
    return by.arithmetic(less_equal(y - x, z - y), share)


@cache
def convex() -> Theorem:
    """psi(ell) - psi(ell - 1) <= psi(ell + 1) - psi(ell), ell in 1..K-1: `steps` divided by coefficients, in
    `normalised`.
    """
    counts = (ell - 1, ell, ell + 1)
    choose = [binomial(K, count) for count in counts]
    values = dict(zip((Scalar(name) for name in "ABC"), map(level, counts), strict=True))
    positive = [coefficient(count, *INSIDE) for count in counts]
    values |= dict(zip((Scalar(name, POSITIVE) for name in ("lower", "here", "upper")), choose, strict=True))
    values |= {Scalar(name): psi(count) for name, count in zip("xyz", counts, strict=True)}
    values |= {Scalar("c"): ell, Scalar("N"): K, Scalar("P", POSITIVE): 2**K}
    found = by.instance(normalised(), values, *positive)
    ratios = [by.binomial_next(K, count, below(count)) for count in (ell - 1, ell)]
    definitions = [of_terms(equal(level(count) * 2**K, psi(count) * binomial(K, count)), theorem)
                   for count, theorem in zip(counts, positive, strict=True)]
    inside = [by.arithmetic(less_equal(1, ell), *INSIDE), by.arithmetic(less_equal(1, K - ell), *INSIDE)]
    return by.satisfied(found, steps(), *ratios, *definitions, *inside)


@prove("helmbold2017:lem14")
@cache
def lemma_14() -> Theorem:
    return by.generalise(convex(), (ell, 1, K - 1))


@prove("helmbold2017:lem14-non-decreasing")
@cache
def rising() -> Theorem:
    """`rising_steps`, (K - ell) A_ell <= (ell + 1) A_(ell + 1), divided by (K - ell) C(K, ell) = (ell + 1) C(K, ell +
    1).
    """
    known = by.assume(sp.Ge(ell, 0, evaluate=False)), by.assume(sp.Le(ell, K - 1, evaluate=False))
    c, N, x, y, A, B = (Scalar(name) for name in ("c", "N", "x", "y", "A", "B"))
    power, here, upper = (Scalar(name, POSITIVE) for name in ("P", "here", "upper"))
    ratio, room = by.assume(equal((c + 1) * upper, (N - c) * here)), by.assume(less_equal(1, N - c))
    named = [by.assume(equal(A * power, x * here)), by.assume(equal(B * power, y * upper))]
    scaled = by.arithmetic(less_equal((N - c) * A * power, (c + 1) * B * power),
                           by.assume(less_equal((N - c) * A, (c + 1) * B)))
    above = by.arithmetic(equal((c + 1) * B * power, (N - c) * here * y), by.times(ratio, y), by.times(named[1], c + 1))
    product = by.arithmetic(less_equal(0, (N - c) * here * (y - x)), scaled, above, by.times(named[0], N - c))
    v, w = Scalar("v", POSITIVE), Scalar("w")
    positive = by.arithmetic(less(0, (N - c) * here), room)
    share = by.in_letters(less_equal(0, w), {v: (N - c) * here, w: y - x}, (less_equal(0, v * w), product),
                          domains=(positive,))
    lemma = by.arithmetic(less_equal(x, y), share)
    coefficients = [coefficient(count, *known) for count in (ell, ell + 1)]
    values = {c: ell, N: K, x: psi(ell), y: psi(ell + 1), A: level(ell), B: level(ell + 1), power: 2**K,
              here: binomial(K, ell), upper: binomial(K, ell + 1)}
    definitions = [of_terms(equal(level(count) * 2**K, psi(count) * binomial(K, count)), theorem)
                   for count, theorem in zip((ell, ell + 1), coefficients, strict=True)]
    inside = by.arithmetic(less_equal(1, K - ell), *known)
    found = by.satisfied(by.instance(lemma, values, *coefficients), rising_steps(), by.binomial_next(K, ell, known[0]),
                         *definitions, inside)
    return by.generalise(found, (ell, 0, K - 1))
