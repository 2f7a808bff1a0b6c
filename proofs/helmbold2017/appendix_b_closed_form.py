"""Lemmas 32 and 33 and the last steps to theorem 7: one number decides the criterion."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.appendix_b import summed, under
from dropout_theory.proofs.helmbold2017.appendix_b_linear import linear, optimal_values
from dropout_theory.proofs.helmbold2017.s03_weight_decay import weights_vanish, without_weights
from dropout_theory.proofs.helmbold2017.weight_decay import (
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
from sympy import Rational, Sum

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
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    component,
    conjunction,
    discharge,
    iff,
    instance,
    restate,
    satisfied,
)


@prove("helmbold2017:lem32-unique", without="B in non-negative real, not real")
def any_budget() -> Theorem:
    """Squares sum to what is not negative."""
    premise, wanted = in_domain(paper.LEM32_UNIQUE, paper.budget, REAL).statement.args
    return discharge(premise, arithmetic(wanted, assume(premise)))


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
    within = arithmetic(less_equal(positive**2, square() * Sum(V[j, k] ** 2, (k, 1, K))),
                        arithmetic(less_equal(positive**2, dot**2)), cauchy_schwarz())
    unit = contribution_bound(positive, w[j], Sum(V[j, k] ** 2, (k, 1, K)), within)
    same = arithmetic(equal(w[j] * unit_on_x(net, j), w[j] * positive))
    whole = summed(less_equal(2 * paper.reached, paper.length * size_of(net)), unit, same)
    return arithmetic(paper.no_less, whole, given_input())


@prove("helmbold2017:lem33.2")
@cache
def enough() -> Theorem:
    known = given_input()
    there = [instance(th, {share: paper.share, offset: sp.S.Zero}, known) for th in outputs_when_sharing()]
    used = arithmetic(equal(n * paper.share**2 * paper.length, paper.A), known)
    first, second = equal(on_x(paper.shared), paper.A), equal(size_of(paper.shared), 2 * paper.A / paper.length)
    return conjunction(arithmetic(first, there[0], used, known), arithmetic(second, there[2], used, known))


@prove("helmbold2017:lem33")
def lemma_33() -> Theorem:
    parts = enough()
    return conjunction(needed(), parts)


@prove("helmbold2017:lem33-any-sign")
def any_sign() -> Theorem:
    """The bound holds for the output weights and for their negatives."""
    negative = contribution_bound(moved(own, j), -w[j], Sum(V[j, k] ** 2, (k, 1, K)), movement())
    down = summed(less_equal(-2 * (on_x(own) - on_zero(own)), paper.length * size_of(own)), negative)
    return arithmetic(paper.ANY_SIGN.statement, network_bound(), down, given_input())


@prove("helmbold2017:eq12.1")
def first_line() -> Theorem:
    return arithmetic(paper.first_line)


@prove("helmbold2017:eq12.2")
@cache
def second_line() -> Theorem:
    return arithmetic(paper.second_line, linear(paper.CENTRED.net), assume(paper.least_size.condition), given_input())


@prove("helmbold2017:eq12")
def equation_12() -> Theorem:
    return conjunction(arithmetic(paper.first_line), second_line())


rate = Scalar("mu")


def curve(value: Any) -> Any:
    """The right side of (12) with mu for lambda/|x|."""
    return Rational(1, 2) * (((1 - value) / 2) ** 2 + ((1 + value) / 2 - 1) ** 2 + 2 * rate * value)


def least_at(value: Any, condition: Any) -> Theorem:
    """The curve is least exactly at a value, given a condition on mu."""
    low = less_equal(curve(value), curve(paper.A))
    same, there = equal(curve(paper.A), curve(value)), equal(paper.A, value)
    given = assume(condition)
    found = conjunction(arithmetic(low, given), iff(arithmetic(there, assume(same), given),
                                                   arithmetic(same, assume(there)), same, there))
    return instance(found, {rate: lam / paper.length}, given_input())


@prove("helmbold2017:thm7-step-below")
def below() -> Theorem:
    reached = arithmetic(less_equal(0, paper.at), assume(paper.below.condition), given_input())
    return restate(conjunction(reached, least_at(1 - 2 * rate, less_equal(2 * rate, 1))), paper.BELOW.statement)


@prove("helmbold2017:thm7-step-above")
def above() -> Theorem:
    return restate(least_at(sp.S.Zero, less(1, 2 * rate)), paper.ABOVE.statement)


@prove("helmbold2017:thm7-step-zero")
def dead_network() -> Theorem:
    premise, wanted = paper.DEAD.statement.args
    given, known = assume(premise), given_input()
    reached, same = (component(given, part) for part in (equal(paper.J_2, paper.LEAST),
                                                         equal(on_x(own), on_zero(own))))
    activity, level, cost = (apply(th, reached) for th in optimal_values())
    best = activity.conclusion.args[1]
    none = arithmetic(equal(best, 0), activity, same, known)
    into, out = weights_vanish(arithmetic(equal(size_of(own), 0), cost, none, known))
    half = arithmetic(equal(on_zero(own), Rational(1, 2)), level, none, known)
    output = satisfied(without_weights(on_zero(own)), into, out)
    bias = arithmetic(equal(own.last, Rational(1, 2)), half, output)
    return discharge(premise, conjunction(into, out, bias))


@prove("helmbold2017:appB-number-of-inputs")
def number_of_inputs() -> Theorem:
    found = aversion_is_closed_form(paper.one)
    positive = arithmetic(less(0, square(paper.one)))
    counted = arithmetic(equal(square(paper.one), K))
    return arithmetic(paper.INPUTS.statement, satisfied(found, positive), positive, counted)


