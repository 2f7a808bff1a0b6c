"""Lemma 16 from its sharp form, and theorem 8; the steps of the printed proof are in `lower_bound_steps`."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017 import level_slopes, lower_bound_steps
from dropout_theory.proofs.helmbold2017.telescope import criterion_bound
from sympy import Rational, sqrt

from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, Scalar, equal, less, less_equal, natural, substitute
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017.notation import K, d
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_gadgets import network as gadgets
from dropout_theory.papers.helmbold2017.s04_level_means import net
from dropout_theory.proof import Theorem, arithmetic, assume, cite, induction, instance, restate, satisfied

# --- lemma 16 ---------------------------------------------------------------------------------------------------


def steep(known: Theorem) -> Theorem:
    """slope < lowest/(K/2 - sqrt(K)/4), from a lower bound of 17 or more on K."""
    root = sqrt(K)
    far = arithmetic(less_equal(Rational(4123, 1000), root), known)
    two = arithmetic(less(sqrt(2), Rational(14143, 10000)))
    linear = arithmetic(less(sqrt(2) / 6, root * (1 - 2 * sqrt(2) / 3)), far, two)
    width = K / 2 - root / 4
    positive = arithmetic(less(0, width), far)
    s, r = Scalar("s", POSITIVE), Scalar("r", POSITIVE)
    cleared = arithmetic(less(2 * r / 3 - r / (3 * s), 1 - r / (2 * s)), assume(less(r / 6, s * (1 - 2 * r / 3))))
    there = satisfied(instance(cleared, {s: root, r: sqrt(2)}), linear)
    product = arithmetic(equal(paper.slope * width, 2 * sqrt(2) / 3 - sqrt(2) / (3 * root)))
    height = arithmetic(equal(paper.lowest, 1 - sqrt(2) / (2 * root)))
    below = arithmetic(less(paper.slope * width, paper.lowest), there, product, height)
    x, y, z = Scalar("x"), Scalar("y"), Scalar("z", POSITIVE)
    divided = arithmetic(less(x, y / z), assume(less(x * z, y)))
    return satisfied(instance(divided, {x: paper.slope, y: paper.lowest, z: width}, positive), below)


@prove("helmbold2017:lem16-step-slope")
def steep_as_printed() -> Theorem:
    return steep(arithmetic(less_equal(17, K), assume(paper.many.condition)))


@prove("helmbold2017:lem16-step-slope-from-17")
def steep_from_seventeen() -> Theorem:
    return steep(assume(REGISTRY["helmbold2017:lem16-step-slope-from-17"].hypotheses[0].condition))


@prove("helmbold2017:lem16-any-dropout")
def any_dropout() -> Theorem:
    return restate(criterion_bound(paper.general), paper.LEM16_ANY.statement)


@prove("helmbold2017:lem16-all-sizes")
@cache
def all_sizes() -> Theorem:
    return restate(criterion_bound(net), paper.LEM16_ALL.statement)


@prove("helmbold2017:lem16")
def as_printed() -> Theorem:
    """1/(36K) <= 1/(2(K + 2)) for every K."""
    value = Scalar("J")
    weaker = arithmetic(less_equal(1 / (36 * K), value), assume(less_equal(1 / (2 * (K + 2)), value)))
    return satisfied(instance(weaker, {value: paper.J_D}), all_sizes())


@prove("helmbold2017:lem16.amended-few-inputs")
def few_inputs() -> Theorem:
    return as_printed()


# --- theorem 8 --------------------------------------------------------------------------------------------------


def doubling() -> Theorem:
    """8 (K + 2) <= 5 * 2^K from K = 3 on."""
    statement = less_equal(8 * (K + 2), 5 * 2**K)
    base = arithmetic(substitute(statement, {K: sp.Integer(3)}))
    step = arithmetic(substitute(statement, {K: K + 1}), assume(statement))
    return induction(K, statement, base, step, start=3)


def excess_bound() -> Theorem:
    """(1 + K/n)(1 + 1/n)^(d - 2) (1 - (d - 1)/m) <= 1, by induction on the number of further layers."""
    t, ratio = natural("t"), Scalar("e", POSITIVE)
    first = 1 + 1 / m
    statement = less_equal(first * ratio**t * (1 - (t + 1) / m), 1)
    low, high = less_equal(1, ratio), less_equal(ratio, first)
    power, before, after = Scalar("a", NONNEGATIVE), Scalar("b"), Scalar("c")
    grown = arithmetic(less_equal(power * ratio * after, power * before), assume(less_equal(ratio * after, before)))
    wider = arithmetic(less_equal(ratio * (1 - (t + 2) / m), 1 - (t + 1) / m), assume(low), assume(high))
    values = {power: first * ratio**t, before: 1 - (t + 1) / m, after: 1 - (t + 2) / m}
    step = arithmetic(substitute(statement, {t: t + 1}), satisfied(instance(grown, values), wider), assume(statement))
    every = induction(t, statement, arithmetic(substitute(statement, {t: sp.S.Zero})), step)
    there = instance(instance(every, {t: d - 2}), {ratio: 1 + 1 / (m * K)})
    bounds = [arithmetic(substitute(fact, {ratio: 1 + 1 / (m * K)})) for fact in (low, high)]
    return satisfied(there, *bounds)


def gadgets_below(known: Theorem) -> Theorem:
    """The network of gadgets has a criterion below 1/(2(K + 2)), from K = 3 on and m > 3 (d - 1)(K + 2)."""
    A, power, layers = Scalar("A", POSITIVE), Scalar("P", POSITIVE), d - 1
    wide = assume(paper.THM8.hypotheses[1].condition)
    small = arithmetic(less(3 * layers / m, 1 / (K + 2)), wide)
    share = Scalar("s", POSITIVE)  # 1/(K + 2)
    rare = arithmetic(less_equal(power, 5 * share / 8), assume(less_equal(8 * power, 5 * share)))
    lost = arithmetic(less(A * (1 - share), 1 - power), rare, assume(less_equal(A * (1 - layers / m), 1)),
                      assume(less(3 * layers / m, share)), assume(less(share, 1)))
    below = arithmetic(less((1 - (1 - power) / A) / 2, share / 2), lost)
    values = {A: gadgets.excess, power: 2**-K, share: 1 / (K + 2)}
    U = Scalar("U", POSITIVE)
    inverse = arithmetic(less_equal(8 / U, 5 / (K + 2)), assume(less_equal(8 * (K + 2), 5 * U)))
    from_three = satisfied(doubling(), arithmetic(sp.Ge(K, 3, evaluate=False), known))
    powers = restate(satisfied(instance(inverse, {U: 2**K}), from_three), less_equal(8 * 2**-K, 5 / (K + 2)))
    facts = (restate(excess_bound(), less_equal(gadgets.excess * (1 - layers / m), 1)), small,
             powers, arithmetic(less(1 / (K + 2), 1)))
    bound = satisfied(instance(below, values), *facts)
    value = cite(REGISTRY["helmbold2017:lem10"])
    return arithmetic(less(gadgets.criterion(gadgets.best), 1 / (2 * (K + 2))), bound, value)


def improved_upon(known: Theorem, statement: Any) -> Theorem:
    return arithmetic(statement, gadgets_below(known), all_sizes())


@prove("helmbold2017:thm8")
def negative_weights() -> Theorem:
    return improved_upon(assume(paper.many.condition), paper.THM8.statement)


@prove("helmbold2017:thm8-from-three-inputs")
def from_three_inputs() -> Theorem:
    return improved_upon(assume(paper.THM8_FROM_3.hypotheses[0].condition), paper.THM8_FROM_3.statement)


__all__ = ["level_slopes", "lower_bound_steps"]
