"""The least criterion of all networks, and the network of gadgets that approaches it.

What the hypotheses of the comparisons with gadgets are for is in `necessity`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, E, Scalar, either, equal, less, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s04_optimum as paper
from dropout_theory.papers.helmbold2017.notation import K, d
from dropout_theory.papers.helmbold2017.s04_gadgets import m, network
from dropout_theory.papers.helmbold2017.s04_level_means import kept
from dropout_theory.proof import Theorem

from . import necessity
from .gadget_moments import at, best_is_ratio, mean_top, quadratic, top
from .lower_bound_steps import on_none
from .s04_lower_bound import all_sizes, excess_bound
from .tactics import not_negative, of_terms

share = Scalar("h", POSITIVE)  # 2^-K
x, y = Scalar("x"), Scalar("y")


@prove("helmbold2017:thm8-any-weights")
def least() -> Theorem:
    """Where no input is kept the output on ones is that on zeros, z, and z^2 + h (z - 1)^2 >= h/(1 + h), h = 2^-K.

    Where some are, the mean square error is at least 0.
    """
    net = paper.anything
    one, zero, event = net.at_one, net.at_zero, kept(sp.S.Zero)
    e = Scalar("e")
    bit = by.arithmetic(either(equal(event, 0), equal(event, 1)), by.indicator(event))
    part = by.expected(by.in_letters(less_equal(0, (x - 1) ** 2 - (x - 1) ** 2 * e), {x: one, e: event},
                                     (either(equal(e, 0), equal(e, 1)), bit)))
    split = by.identity(part.conclusion.args[1], E((one - 1) ** 2) - E((one - 1) ** 2 * event))
    half = Scalar("s", POSITIVE)
    pair = by.expected(by.in_letters(less_equal(0, y**2 + half * (y - 1) ** 2 - half / (1 + half)), {y: zero}))
    square, loss = E(zero**2), E((zero - 1) ** 2)
    sums = by.identity(pair.conclusion.args[1], square + half * loss - half / (1 + half))
    point = of_terms(less_equal(half / (1 + half), square + half * loss), not_negative(pair), sums)
    there = by.instance(point, {half: 2**-K})
    bound = of_terms(less_equal(2**-K / (1 + 2**-K) / 2, net.criterion), there, not_negative(part), split,
                     on_none(net, lambda output: (output - 1) ** 2))
    power, value = Scalar("P", POSITIVE), Scalar("J")
    return by.in_letters(less_equal(1 / (2 * (power + 1)), value), {power: 2**K, value: net.criterion},
                         (less_equal(1 / power / (1 + 1 / power) / 2, value), bound))


@prove("helmbold2017:thm8-gadgets-with-bias")
@cache
def gadgets_with_bias() -> Theorem:
    """The polynomial in output weight and bias, with best E(V^2) = E(V), and best E(V) = (1 - 2^-K)/excess."""
    V, mean = top(network), mean_top(network)
    product = by.arithmetic(equal(network.best * mean.conclusion.args[1], (1 - 2**-K) / network.excess))
    linear = by.arithmetic(equal(network.best * E(V), product.conclusion.args[1]), product,
                           by.rewritten(network.best * E(V), mean))
    z, bias, first, square, value = (Scalar(name) for name in ("z", "b", "M", "S", "v"))
    known = by.assume(equal(z * square, first)), by.assume(equal(z * first, value))
    power = by.arithmetic(equal(z**2 * square, value), *known)
    polynomial = (bias**2 + ((1 - bias) * z) ** 2 * square + 2 * (1 - bias) * z * (bias - 1) * first
                  + (bias - 1) ** 2) / 2
    closed = by.arithmetic(equal(polynomial, (bias**2 + (1 - bias) ** 2 * (1 - value)) / 2), power, known[1])
    values = {z: network.best, bias: paper.bias, first: E(V), square: E(V**2), value: linear.conclusion.args[1]}
    found = by.satisfied(by.instance(closed, values), best_is_ratio(network), linear)
    return by.arithmetic(paper.GADGETS.statement, at(quadratic(network), paper.weight, paper.bias), found)


def bias_is_share() -> Theorem:
    """b (1 + 2^-K) = 2^-K for b = 1/(2^K + 1)."""
    P = Scalar("P", POSITIVE)
    return by.in_letters(equal(1 / (P + 1) * (1 + 1 / P), 1 / P), {P: 2**K})


@prove("helmbold2017:thm8-any-weights-best-constant")
def many_gadgets() -> Theorem:
    """b^2 + (1 - b)^2 2^-K = b for b = 1/(2^K + 1); the rest is what is lost for the width."""
    A, b, c = Scalar("A", POSITIVE), Scalar("b", POSITIVE), paper.factor
    least = by.arithmetic(equal(b**2 + (1 - b) ** 2 * share, b), by.assume(equal(b * (1 + share), share)))
    closed = by.arithmetic(less((b**2 + (1 - b) ** 2 * (1 - (1 - share) / A)) / 2, c * b / 2), least,
                           by.assume(less((1 - b) ** 2 * (1 - share) * (1 - 1 / A) / 2, (c - 1) * b / 2)))
    values = {A: network.excess, b: paper.bias, share: 2**-K}
    wide = by.assume(paper.BEST.hypotheses[0].condition)
    below = by.satisfied(by.instance(closed, values), bias_is_share(), wide)
    return of_terms(paper.BEST.statement, below, gadgets_with_bias())


def doubling() -> Theorem:
    """5 (K + 2) <= 4 (2^K + 1) from K = 2 on, by induction."""
    statement = less_equal(5 * (K + 2), 4 * (2**K + 1))
    base = by.arithmetic(substitute(statement, {K: sp.Integer(2)}))
    step = by.arithmetic(substitute(statement, {K: K + 1}), by.assume(statement))
    return by.induction(K, statement, base, step, start=2)


@prove("helmbold2017:thm8-from-two-inputs")
def two_inputs() -> Theorem:
    """2J <= b + x with b = 1/(2^K + 1), x = (d - 1)/m: the excess A has A (1 - x) <= 1.

    That is below 1/(K + 2), as 5b <= 4/(K + 2) by `doubling` and 5x < 1/(K + 2) for the width.
    """
    A, b, lost, bound = (Scalar(name, POSITIVE) for name in ("A", "b", "lost", "s"))
    many, wide = (by.assume(hypothesis.condition) for hypothesis in paper.THM8.hypotheses)
    inverse = by.arithmetic(less_equal(1 - lost, 1 / A), by.assume(less_equal(A * (1 - lost), 1)))
    unit = by.assume(equal(b * (1 + share), share))
    small = by.arithmetic(less_equal(1 - (1 - share) / A, share + lost), inverse, by.assume(less_equal(share, 1)))
    below_one = by.arithmetic(less(b, 1), unit)
    square = by.arithmetic(less_equal((1 - b) ** 2, 1), below_one)
    least_ = by.arithmetic(equal(b**2 + (1 - b) ** 2 * share, b), unit)
    spread = by.arithmetic(less_equal((1 - b) ** 2 * (1 - (1 - share) / A), (1 - b) ** 2 * (share + lost)), small)
    extra = by.arithmetic(less_equal((1 - b) ** 2 * lost, lost), square)
    total = by.arithmetic(less_equal(b**2 + (1 - b) ** 2 * (1 - (1 - share) / A), b + lost), spread, extra, least_)
    below = by.arithmetic(less((b**2 + (1 - b) ** 2 * (1 - (1 - share) / A)) / 2, bound / 2), total,
                          by.assume(less(5 * lost, bound)), by.assume(less_equal(5 * b, 4 * bound)))
    from_two = by.satisfied(doubling(), by.arithmetic(sp.Ge(K, 2, evaluate=False), many))
    x_ = (d - 1) / m
    values = {A: network.excess, b: paper.bias, share: 2**-K, lost: x_, bound: 1 / (K + 2)}
    P = Scalar("P", POSITIVE)
    facts = (by.restate(excess_bound(), less_equal(network.excess * (1 - x_), 1)), bias_is_share(),
             by.in_letters(less_equal(1 / P, 1), {P: 2**K},
                           (less_equal(1, P), by.arithmetic(less_equal(1, 2**K), from_two, many))),
             by.arithmetic(less(5 * x_, 1 / (K + 2)), wide),
             by.in_letters(less_equal(5 / P, 4 / (K + 2)), {P: 2**K + 1}, (less_equal(5 * (K + 2), 4 * P), from_two)))
    here = by.satisfied(by.instance(below, values), *facts)
    return of_terms(paper.THM8.statement, here, gadgets_with_bias(), all_sizes())


__all__ = ["necessity"]
