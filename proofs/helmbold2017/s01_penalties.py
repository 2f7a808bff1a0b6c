"""Jensen's inequality for generalized linear models; the closed form of training with a norm as penalty."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Abs, Rational, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, E, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s01_penalties as paper
from dropout_theory.proof import Theorem

from .weight_decay import activity, cost, level, lowest, slope, total


def below_mean(cumulant: Any, convex: Theorem) -> Theorem:
    """0 <= mean loss under dropout less the loss of the mean activation: by Jensen, as the label's terms cancel."""
    jensen = by.finite_jensen(cumulant(paper.z), paper.z, paper.S[paper.k], paper.P, convex)
    whole = paper.model_penalty(cumulant, paper.label)
    outcomes = (paper.k, 1, paper.m)
    losses = Sum(paper.P[paper.k] * cumulant(paper.S[paper.k]), outcomes)
    split = by.identity(whole, losses - cumulant(E(paper.S[paper.N])))
    mean = by.identity(E(paper.S[paper.N]), Sum(paper.P[paper.k] * paper.S[paper.k], outcomes))
    return by.arithmetic(less_equal(0, whole), split, by.restate(jensen, less_equal(
        cumulant(mean.conclusion.args[0]), jensen.conclusion.args[1])))


@prove("helmbold2017:sec1-glm-nonnegative")
def model_penalty_sign() -> Theorem:
    return below_mean(paper.A, by.assume(paper.convex.condition))


@prove("helmbold2017:sec53-logistic-regression")
def logistic_regression() -> Theorem:
    """log(1 + e^u) is convex, as its second derivative is nowhere negative; terms with the label cancel."""
    value = paper.log_partition(paper.z)
    curvature = by.arithmetic(less_equal(0, sp.diff(value, paper.z, 2)))
    positive, labels = paper.LOGISTIC.statement.args
    sign = below_mean(paper.log_partition, by.convex_by_curvature(value, paper.z, curvature))
    return by.conjunction(by.restate(sign, positive), by.identity(*labels.args))


# --- one weight ---------------------------------------------------------------------------------------------------


def of_unit(theorem: Theorem, value: Any) -> Theorem:
    """A fact about activation, level, cost and slope for the unit w x + b and the penalty lambda |w|."""
    rate = paper.lam / value
    positive = by.arithmetic(less_equal(0, rate))
    found = by.instance(theorem, {activity: paper.w * value, level: paper.b, cost: paper.lam * Abs(paper.w),
                                  slope: rate}, positive, by.arithmetic(less_equal(0, paper.lam * Abs(paper.w))))
    return by.satisfied(found, by.arithmetic(less_equal(rate * paper.w * value, paper.lam * Abs(paper.w))))


@cache
def norm_aversion(value: Any) -> Theorem:
    """The aversion for the input `value`, as for weight decay: the activation A = w x costs at least lambda |A|/x.

    That bounds the criterion from below. The unit with the best activation and bias reaches the bound, every unit that
    does has the same risk, and w = 1/x fits without risk.
    """
    budget = by.assume(less_equal(slope * activity, cost))
    best = sp.Max(0, 1 - 2 * paper.lam / value)
    least = (1 - best) ** 2 / 4 + paper.lam / value * best
    whole = paper.norm_aversion(value)
    bound = by.restate(of_unit(by.arithmetic(less_equal(lowest, total), budget), value),
                       less_equal(least, whole.criterion))
    least_total = equal(total, lowest)
    form = by.arithmetic(equal(total - cost, sp.Min(Rational(1, 4), slope**2)), budget, by.assume(least_total))
    risks = of_unit(by.discharge(least_total, form), value)
    at_best = {paper.w: best / value, paper.b: (1 - best) / 2}
    fitted = {paper.w: 1 / value, paper.b: sp.S.Zero}
    A = Scalar("A", NONNEGATIVE)
    spent = whole.criterion.xreplace({paper.w: A / value, paper.b: (1 - A) / 2})
    reached = by.in_letters(equal(spent, (1 - A) ** 2 / 4 + paper.lam / value * A), {A: best},
                            domains=(by.arithmetic(less_equal(0, best)),))
    found = by.aversion_value(whole, bound, risks, (at_best, reached), by.arithmetic(less_equal(0, whole.risk)),
                              (fitted, by.arithmetic(equal(whole.risk.xreplace(fitted), 0))))
    return by.restate(found, equal(whole, paper.norm_closed_form(value)))


@prove("helmbold2017:sec1-norm-aversion")
def closed_form() -> Theorem:
    return norm_aversion(paper.x)


@prove("helmbold2017:sec1-norm-sensitive")
def sensitive() -> Theorem:
    """By the closed forms: (lambda/(c x))^2 is below 1/4, as signal is left, and below (lambda/x)^2, as c > 1."""
    known = [by.assume(h.condition) for h in paper.NORM_SCALE.hypotheses]
    larger, plain = paper.c * paper.x, paper.x
    forms = by.arithmetic(less(paper.norm_closed_form(larger), paper.norm_closed_form(plain)), *known)
    return by.arithmetic(paper.NORM_SCALE.statement, forms, norm_aversion(larger), norm_aversion(plain))
