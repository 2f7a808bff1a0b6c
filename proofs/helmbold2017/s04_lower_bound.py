"""Lemma 16 from its sharp form, and theorem 8; the steps of the printed proof are in `lower_bound_steps`."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Rational, sqrt

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, Scalar, equal, less, less_equal, natural, substitute
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017.notation import K, d
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_gadgets import network as gadgets
from dropout_theory.papers.helmbold2017.s04_level_means import net
from dropout_theory.proof import Theorem

from . import level_slopes, lower_bound_steps
from .telescope import criterion_bound

# --- lemma 16 ---------------------------------------------------------------------------------------------------


def steep(known: Theorem) -> Theorem:
    """slope < lowest/(K/2 - sqrt(K)/4), from a lower bound of 17 or more on K.

    Multiplied by the width and with r = sqrt(2), s = sqrt(K) this is 2r/3 - r/(3s) < 1 - r/(2s), or r/6 < s (1 - 2r/3),
    which holds from s = sqrt(17) > 4.123 on.
    """
    root = sqrt(K)
    far = by.arithmetic(less_equal(Rational(4123, 1000), root), known)
    two = by.arithmetic(less(sqrt(2), Rational(14143, 10000)))
    linear = by.arithmetic(less(sqrt(2) / 6, root * (1 - 2 * sqrt(2) / 3)), far, two)
    width = K / 2 - root / 4
    positive = by.arithmetic(less(0, width), far)
    s, r = Scalar("s", POSITIVE), Scalar("r", POSITIVE)
    there = by.in_letters(less(2 * r / 3 - r / (3 * s), 1 - r / (2 * s)), {s: root, r: sqrt(2)},
                          (less(r / 6, s * (1 - 2 * r / 3)), linear))
    product = by.arithmetic(equal(paper.slope * width, 2 * sqrt(2) / 3 - sqrt(2) / (3 * root)))
    height = by.arithmetic(equal(paper.lowest, 1 - sqrt(2) / (2 * root)))
    below = by.arithmetic(less(paper.slope * width, paper.lowest), there, product, height)
    x, y, z = Scalar("x"), Scalar("y"), Scalar("z", POSITIVE)
    return by.in_letters(less(x, y / z), {x: paper.slope, y: paper.lowest, z: width}, (less(x * z, y), below),
                         domains=(positive,))


@prove("helmbold2017:lem16-step-slope")
def steep_as_printed() -> Theorem:
    return steep(by.arithmetic(less_equal(17, K), by.assume(paper.many.condition)))


@prove("helmbold2017:lem16-step-slope-from-17")
def steep_from_seventeen() -> Theorem:
    return steep(by.assume(REGISTRY["helmbold2017:lem16-step-slope-from-17"].hypotheses[0].condition))


@prove("helmbold2017:lem16-any-dropout")
def any_dropout() -> Theorem:
    return by.restate(criterion_bound(paper.general), paper.LEM16_ANY.statement)


@prove("helmbold2017:lem16-all-sizes")
@cache
def all_sizes() -> Theorem:
    return by.restate(criterion_bound(net), paper.LEM16_ALL.statement)


@prove("helmbold2017:lem16")
def as_printed() -> Theorem:
    """1/(36K) <= 1/(2(K + 2)) for every K."""
    value = Scalar("J")
    return by.in_letters(less_equal(1 / (36 * K), value), {value: paper.J_D},
                         (less_equal(1 / (2 * (K + 2)), value), all_sizes()))


@prove("helmbold2017:lem16.amended-few-inputs")
def few_inputs() -> Theorem:
    return as_printed()


# --- theorem 8 --------------------------------------------------------------------------------------------------


def doubling() -> Theorem:
    """8 (K + 2) <= 5 * 2^K from K = 3 on, by induction."""
    statement = less_equal(8 * (K + 2), 5 * 2**K)
    base = by.arithmetic(substitute(statement, {K: sp.Integer(3)}))
    step = by.arithmetic(substitute(statement, {K: K + 1}), by.assume(statement))
    return by.induction(K, statement, base, step, start=3)


def excess_bound() -> Theorem:
    """(1 + K/n)(1 + 1/n)^(d - 2)(1 - (d - 1)/m) <= 1, by induction on the number of further layers.

    Each brings a factor 1 + 1/n <= 1 + 1/m, which raising (t + 1)/m by 1/m makes up for.
    """
    t, ratio = natural("t"), Scalar("e", POSITIVE)
    first = 1 + 1 / m
    statement = less_equal(first * ratio**t * (1 - (t + 1) / m), 1)
    low, high = less_equal(1, ratio), less_equal(ratio, first)
    power, before, after = Scalar("a", NONNEGATIVE), Scalar("b"), Scalar("c")
    wider = by.arithmetic(less_equal(ratio * (1 - (t + 2) / m), 1 - (t + 1) / m), by.assume(low), by.assume(high))
    values = {power: first * ratio**t, before: 1 - (t + 1) / m, after: 1 - (t + 2) / m}
    grown = by.in_letters(less_equal(power * ratio * after, power * before), values,
                          (less_equal(ratio * after, before), wider))
    step = by.arithmetic(substitute(statement, {t: t + 1}), grown, by.assume(statement))
    every = by.induction(t, statement, by.arithmetic(substitute(statement, {t: sp.S.Zero})), step)
    there = by.instance(by.instance(every, {t: d - 2}), {ratio: 1 + 1 / (m * K)})
    bounds = [by.arithmetic(substitute(fact, {ratio: 1 + 1 / (m * K)})) for fact in (low, high)]
    return by.satisfied(there, *bounds)


def gadgets_below(known: Theorem) -> Theorem:
    """The network of gadgets has a criterion below 1/(2(K + 2)), from K = 3 on and m > 3 (d - 1)(K + 2).

    By lemma 10 and with s = 1/(K + 2) for short: 2^-K is at most 5s/8, what the width costs less than s/3.
    """
    A, power, layers = Scalar("A", POSITIVE), Scalar("P", POSITIVE), d - 1
    wide = by.assume(paper.THM8.hypotheses[1].condition)
    small = by.arithmetic(less(3 * layers / m, 1 / (K + 2)), wide)
    share = Scalar("s", POSITIVE)  # 1/(K + 2)
    rare = by.arithmetic(less_equal(power, 5 * share / 8), by.assume(less_equal(8 * power, 5 * share)))
    lost = by.arithmetic(less(A * (1 - share), 1 - power), rare, by.assume(less_equal(A * (1 - layers / m), 1)),
                         by.assume(less(3 * layers / m, share)), by.assume(less(share, 1)))
    below = by.arithmetic(less((1 - (1 - power) / A) / 2, share / 2), lost)
    values = {A: gadgets.excess, power: 2**-K, share: 1 / (K + 2)}
    U = Scalar("U", POSITIVE)
    from_three = by.satisfied(doubling(), by.arithmetic(sp.Ge(K, 3, evaluate=False), known))
    inverse = by.in_letters(less_equal(8 / U, 5 / (K + 2)), {U: 2**K}, (less_equal(8 * (K + 2), 5 * U), from_three))
    powers = by.restate(inverse, less_equal(8 * 2**-K, 5 / (K + 2)))
    facts = (by.restate(excess_bound(), less_equal(gadgets.excess * (1 - layers / m), 1)), small,
             powers, by.arithmetic(less(1 / (K + 2), 1)))
    bound = by.satisfied(by.instance(below, values), *facts)
    value = by.cite(REGISTRY["helmbold2017:lem10"])
    return by.arithmetic(less(gadgets.criterion(gadgets.best), 1 / (2 * (K + 2))), bound, value)


def improved_upon(known: Theorem, statement: Any) -> Theorem:
    """The gadgets are below the bound that no network without negative weights is below."""
    return by.arithmetic(statement, gadgets_below(known), all_sizes())


@prove("helmbold2017:thm8")
def negative_weights() -> Theorem:
    return improved_upon(by.assume(paper.many.condition), paper.THM8.statement)


@prove("helmbold2017:thm8-from-three-inputs")
def from_three_inputs() -> Theorem:
    return improved_upon(by.assume(paper.THM8_FROM_3.hypotheses[0].condition), paper.THM8_FROM_3.statement)


__all__ = ["level_slopes", "lower_bound_steps"]
