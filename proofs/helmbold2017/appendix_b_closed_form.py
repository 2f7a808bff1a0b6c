"""Lemmas 32 and 33 and the last steps to theorem 7: one number decides the criterion."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Rational, Sum

from dropout_theory import proof as by
from dropout_theory.ablation.widening import in_domain
from dropout_theory.claims import prove, witness
from dropout_theory.language import REAL, Relu, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import appendix_b_closed_form as paper
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.weight_decay import (
    V,
    j,
    k,
    lam,
    on_x,
    on_zero,
    own,
    projection,
    size_of,
    square,
    unit_on_x,
    w,
)
from dropout_theory.proof import Theorem

from .appendix_b import summed, under
from .appendix_b_linear import linear, optimal_values
from .s03_weight_decay import weights_vanish, without_weights
from .weight_decay import (
    aversion_is_closed_form,
    cauchy_schwarz,
    contribution_bound,
    given_input,
    moved,
    movement,
    network_bound,
    offset,
    outputs_when_sharing,
    share,
)


@prove("helmbold2017:lem32-unique", without="B in non-negative real, not real")
def any_budget() -> Theorem:
    """Squares sum to what is not negative."""
    premise, wanted = in_domain(paper.LEM32_UNIQUE, paper.budget, REAL).statement.args
    return by.discharge(premise, by.arithmetic(wanted, by.assume(premise)))


@prove("helmbold2017:lem32-step-root")
def root_step() -> Theorem:
    return under(paper.LEM32_ROOT)


@prove("helmbold2017:lem32-step-derivative")
def slope_step() -> Theorem:
    return under(paper.LEM32_SLOPE)


@prove("helmbold2017:lem32-step-negative")
def negative_step() -> Theorem:
    return under(paper.LEM32_NEGATIVE)


witness("helmbold2017:lem32-node", {
    paper.s: 1, paper.budget: 0, paper.out: 0, paper.alpha: 0, paper.other_out: 1, paper.other_alpha: 1})


@prove("helmbold2017:lem33.1")
@cache
def needed() -> Theorem:
    """Each unit's contribution w_j relu(v_j . x) is at most |x|/2 times its squared weights."""
    net, dot = paper.UNBIASED.net, projection(own, j)
    positive = Relu(dot)
    within = by.arithmetic(less_equal(positive**2, square() * Sum(V[j, k] ** 2, (k, 1, K))),
                           by.arithmetic(less_equal(positive**2, dot**2)), cauchy_schwarz())
    unit = contribution_bound(positive, w[j], Sum(V[j, k] ** 2, (k, 1, K)), within)
    same = by.arithmetic(equal(w[j] * unit_on_x(net, j), w[j] * positive))
    whole = summed(less_equal(2 * paper.reached, paper.length * size_of(net)), unit, same)
    return by.arithmetic(paper.no_less, whole, given_input())


@prove("helmbold2017:lem33.2")
@cache
def enough() -> Theorem:
    """The n units share the activation equally: each contributes A/n, with 2A/(n |x|) squared weights."""
    known = given_input()
    there = [by.instance(th, {share: paper.share, offset: sp.S.Zero}, known) for th in outputs_when_sharing()]
    used = by.arithmetic(equal(n * paper.share**2 * paper.length, paper.A), known)
    first, second = equal(on_x(paper.shared), paper.A), equal(size_of(paper.shared), 2 * paper.A / paper.length)
    return by.conjunction(by.arithmetic(first, there[0], used, known), by.arithmetic(second, there[2], used, known))


@prove("helmbold2017:lem33")
def lemma_33() -> Theorem:
    return by.conjunction(needed(), enough())


@prove("helmbold2017:lem33-any-sign")
def any_sign() -> Theorem:
    """The bound holds for the output weights and for their negatives."""
    negative = contribution_bound(moved(own, j), -w[j], Sum(V[j, k] ** 2, (k, 1, K)), movement())
    down = summed(less_equal(-2 * (on_x(own) - on_zero(own)), paper.length * size_of(own)), negative)
    return by.arithmetic(paper.ANY_SIGN.statement, network_bound(), down, given_input())


@prove("helmbold2017:eq12.1")
def first_line() -> Theorem:
    return by.arithmetic(paper.first_line)


@prove("helmbold2017:eq12.2")
@cache
def second_line() -> Theorem:
    return by.arithmetic(paper.second_line, linear(paper.CENTRED.net), by.assume(paper.least_size.condition),
                         given_input())


@prove("helmbold2017:eq12")
def equation_12() -> Theorem:
    return by.conjunction(by.arithmetic(paper.first_line), second_line())


rate = Scalar("mu")


def curve(value: Any) -> Any:
    """The right side of (12) with mu for lambda/|x|."""
    return Rational(1, 2) * (((1 - value) / 2) ** 2 + ((1 + value) / 2 - 1) ** 2 + 2 * rate * value)


def least_at(value: Any, condition: Any) -> Theorem:
    """The curve is least exactly at a value, given a condition on mu."""
    low = less_equal(curve(value), curve(paper.A))
    same, there = equal(curve(paper.A), curve(value)), equal(paper.A, value)
    given = by.assume(condition)
    only = by.iff(by.arithmetic(there, by.assume(same), given), by.arithmetic(same, by.assume(there)), same, there)
    found = by.conjunction(by.arithmetic(low, given), only)
    return by.instance(found, {rate: lam / paper.length}, given_input())


@prove("helmbold2017:thm7-step-below")
def below() -> Theorem:
    """(12) is a parabola with its vertex at 1 - 2 lambda/|x|, which is not negative up to the threshold."""
    reached = by.arithmetic(less_equal(0, paper.at), by.assume(paper.below.condition), given_input())
    return by.restate(by.conjunction(reached, least_at(1 - 2 * rate, less_equal(2 * rate, 1))), paper.BELOW.statement)


@prove("helmbold2017:thm7-step-above")
def above() -> Theorem:
    """Above the threshold the vertex of the parabola is negative, so that it rises from A = 0 on."""
    return by.restate(least_at(sp.S.Zero, less(1, 2 * rate)), paper.ABOVE.statement)


@prove("helmbold2017:thm7-step-zero")
def dead_network() -> Theorem:
    """A minimiser's penalty is lambda/|x| times its activation: where that is 0, the weights are all 0.

    The output on 0 is then the output bias; at a minimiser it is (1 - A)/2, here 1/2.
    """
    premise, wanted = paper.DEAD.statement.args
    given, known = by.assume(premise), given_input()
    reached, same = (by.component(given, part) for part in (equal(paper.J_2, paper.LEAST),
                                                            equal(on_x(own), on_zero(own))))
    activity, level, cost = (by.apply(th, reached) for th in optimal_values())
    best = activity.conclusion.args[1]
    none = by.arithmetic(equal(best, 0), activity, same, known)
    into, out = weights_vanish(by.arithmetic(equal(size_of(own), 0), cost, none, known))
    half = by.arithmetic(equal(on_zero(own), Rational(1, 2)), level, none, known)
    output = by.satisfied(without_weights(on_zero(own)), into, out)
    bias = by.arithmetic(equal(own.last, Rational(1, 2)), half, output)
    return by.discharge(premise, by.conjunction(into, out, bias))


@prove("helmbold2017:appB-number-of-inputs")
def number_of_inputs() -> Theorem:
    """Theorem 7 for the input of ones, which has x . x = K."""
    found = aversion_is_closed_form(paper.one)
    positive = by.arithmetic(less(0, square(paper.one)))
    counted = by.arithmetic(equal(square(paper.one), K))
    return by.arithmetic(paper.INPUTS.statement, by.satisfied(found, positive), positive, counted)


