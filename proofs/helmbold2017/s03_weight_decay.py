"""Theorem 7 and what section 3.4 says of weight decay, from the bound that all networks obey."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Ge, Le, Rational, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, Scalar, both, different, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s03_weight_decay as paper
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.weight_decay import (
    Shallow,
    V,
    b,
    criterion_of,
    j,
    k,
    lam,
    on_x,
    on_zero,
    own,
    own_weights,
    projection,
    risk_of,
    size_of,
    square,
    unit_on_x,
    w,
)
from dropout_theory.proof import Theorem

from .weight_decay import (
    activity,
    at_optimum,
    at_the_least,
    aversion_is_closed_form,
    closed_form,
    cost,
    criterion_bound,
    given_input,
    least_criterion,
    moved,
    network_bound,
    risk_at_optimum,
    slope,
    unit_bound,
)


@prove("helmbold2017:thm7")
def theorem_7() -> Theorem:
    """No network is below a curve in its activation alone, and units that share it equally reach the least value."""
    return aversion_is_closed_form()


@prove("helmbold2017:thm7-lower-bound")
def lower_bound() -> Theorem:
    return criterion_bound()


@prove("helmbold2017:sec34-closed-form")
def reaches_the_bound() -> Theorem:
    """Of the networks whose units share the activation equally, the one with the best activation reaches the bound."""
    _, found = at_optimum(criterion_of, least_criterion())
    return by.restate(found, paper.CLOSED.statement)


@prove("helmbold2017:sec34-every-optimiser")
def every_optimiser() -> Theorem:
    return by.restate(risk_at_optimum(), paper.EVERY.statement)


@prove("helmbold2017:thm7-zero-input")
def zero_input() -> Theorem:
    """Both examples have the same input: u = N(0) = N(x), and (u - 1)^2/2 + u^2/2 is least, 1/4, at u = 1/2."""
    zero = by.specialise(by.assume(paper.silent_input.condition), k)
    same = by.arithmetic(equal(on_x(own), on_zero(own)), by.rewritten(on_x(own), zero, indices=[k]))
    criterion, risk = criterion_of(own), risk_of(own)
    quarter = Rational(1, 4)
    bound = by.arithmetic(less_equal(quarter, criterion), same)
    risk_bound = by.arithmetic(less_equal(quarter, risk), same)
    at_best = by.discharge(equal(criterion, quarter),
                           by.arithmetic(equal(risk, quarter), same, by.assume(equal(criterion, quarter))))
    silent = Shallow(lambda j_, k_: sp.S.Zero, lambda j_: sp.S.Zero, lambda j_: sp.S.Zero, Rational(1, 2))
    values = {V: sp.S.Zero, paper.own.bias(j).family: sp.S.Zero, w: sp.S.Zero, b: Rational(1, 2)}
    found = by.aversion_value(paper.aversion, bound, at_best,
                              (values, by.arithmetic(equal(criterion_of(silent), quarter))),
                              risk_bound, (values, by.arithmetic(equal(risk_of(silent), quarter))))
    return by.restate(found, paper.ZERO_INPUT.statement)


@prove("helmbold2017:sec34-depends-on-scale")
def depends_on_scale() -> Theorem:
    """By the closed forms: lambda^2/(c^2 x.x) is below 1/4, as signal is left, and below lambda^2/(x.x), as c > 1."""
    scaled, plain = paper.scaled_entry, paper.x_entry
    c, length = paper.factor, sp.sqrt(square())
    large, signal = (by.assume(h.condition) for h in paper.SCALING.hypotheses)
    known = by.arithmetic(less(0, square()), signal)
    spread = by.arithmetic(equal(square(scaled), c**2 * square()))
    positive = by.arithmetic(less(0, square(scaled)), spread, by.arithmetic(less(0, c**2 * square()), known))
    smaller = by.satisfied(aversion_is_closed_form(scaled), positive)
    r = Scalar("r", POSITIVE)
    q = Rational(1, 4)
    there = by.in_letters(less(sp.Min(q, lam**2 / (c**2 * r**2)), sp.Min(q, lam**2 / r**2)), {r: length},
                          (less(1, c), large), (less(2 * lam, c * r), signal),
                          domains=(by.arithmetic(less(0, length), known),))
    formulas = by.arithmetic(less(closed_form(scaled), closed_form(plain)), there, large, signal, spread, positive,
                             known)
    whole = by.arithmetic(paper.SCALING.statement, formulas, smaller, aversion_is_closed_form(), positive, known)
    return by.satisfied(whole, known)


# --- beyond the threshold ----------------------------------------------------------------------------------------

activity_, level_, size_ = Scalar("A"), Scalar("u"), Scalar("Q", NONNEGATIVE)
length_, quarter_ = Scalar("r", NONNEGATIVE), Rational(1, 4)
total_ = Rational(1, 2) * (level_ + activity_ - 1) ** 2 + Rational(1, 2) * level_**2 + lam / 2 * size_


def of_network(theorem: Theorem) -> Theorem:
    """A fact about activity, level, squared weights and |x| with 2 A <= |x| Q, for every network."""
    found = by.instance(theorem, {activity_: on_x(own) - on_zero(own), level_: on_zero(own), size_: size_of(own),
                                  length_: sp.sqrt(square())})
    return by.satisfied(found, network_bound())


def weights_vanish(size: Theorem) -> tuple[Theorem, Theorem]:
    """Each weight into the hidden units and each weight out of them is 0, from sum of squared weights = 0."""
    inside = [by.assume(Ge(k, 1, evaluate=False)), by.assume(Le(k, K, evaluate=False))]
    unit = [by.assume(Ge(j, 1, evaluate=False)), by.assume(Le(j, n, evaluate=False))]
    entry = by.entry_below_sum(V[j, k] ** 2, (k, 1, K), k, *inside)
    row = by.entry_below_sum(Sum(V[j, k] ** 2, (k, 1, K)), (j, 1, n), j, *unit)
    into = by.arithmetic(equal(V[j, k], 0), by.arithmetic(less_equal(V[j, k] ** 2, 0), size, row, entry))
    out = by.arithmetic(equal(w[j], 0), by.entry_below_sum(w[j] ** 2, (j, 1, n), j, *unit), size)
    return by.generalise(into, (j, 1, n), (k, 1, K)), by.generalise(out, (j, 1, n))


def without_weights(whole: Any) -> Theorem:
    """`whole` with every weight put to 0, given that they are."""
    return by.rewritten(whole, by.specialise(by.assume(paper.no_into), j, k), by.specialise(by.assume(paper.no_out), j),
                        indices=[j, k])


def from_parts(theorem: Theorem, whole: Any) -> Theorem:
    """A theorem given some conjuncts of `whole`, given `whole`."""
    return by.satisfied(theorem,
                        *[by.component(by.assume(whole), part) for part in whole.args if part in theorem.given])


def single(condition: Any) -> Theorem:
    """1/4 <= J_2, with equality exactly at zero weights and output bias 1/2, given a condition on |x| and lambda."""
    general = by.assume(with_length(condition))
    bounded = by.assume(less_equal(2 * activity_, length_ * size_))
    low = of_network(by.arithmetic(less_equal(quarter_, total_), general, bounded))
    reached, degenerate = equal(paper.criterion, quarter_), paper.degenerate
    no_size, at_half = equal(size_, 0), equal(level_, Rational(1, 2))
    nothing = by.arithmetic(both(no_size, at_half), general, bounded, by.assume(equal(total_, quarter_)))
    forward = by.apply(of_network(by.discharge(equal(total_, quarter_), nothing)), by.assume(reached))
    size = by.component(forward, equal(size_of(own), 0))
    into, out = weights_vanish(size)
    output = by.satisfied(without_weights(on_zero(own)), into, out)
    bias = by.arithmetic(paper.half, by.component(forward, equal(on_zero(own), Rational(1, 2))), output)
    back = by.arithmetic(reached, without_weights(paper.criterion), by.assume(paper.half))
    return by.conjunction(by.restate(low, less_equal(quarter_, paper.criterion)),
                          by.iff(by.conjunction(into, out, bias), from_parts(back, degenerate), reached, degenerate))


def with_length(condition: Any) -> Any:
    """The condition with r written for |x|."""
    return condition.xreplace({sp.sqrt(square()): length_})


@prove("helmbold2017:sec34-single-optimum")
def single_optimum() -> Theorem:
    return single(paper.strong.condition)


@prove("helmbold2017:sec34-single-optimum-at-threshold")
def single_optimum_at_threshold() -> Theorem:
    return single(paper.THRESHOLD.hypotheses[0].condition)


@prove("helmbold2017:sec34-signal-regularised-away")
def signal_regularised_away() -> Theorem:
    """For |x| < 2 lambda the closed form is 1/4."""
    known, r, length = given_input(), Scalar("r", POSITIVE), sp.sqrt(square())
    there = by.in_letters(equal(sp.Min(quarter_, lam**2 / r**2), quarter_), {r: length},
                          (less(r, 2 * lam), by.assume(paper.strong.condition)),
                          domains=(by.arithmetic(less(0, length), known),))
    return by.arithmetic(paper.AWAY.statement, there, aversion_is_closed_form(), known)


@prove("helmbold2017:sec34-one-layer")
def one_layer() -> Theorem:
    """With A = S/(S + 2 lambda), S = x . x, the criterion is (1 - A)/4: below 1/4, as A is positive."""
    known = given_input()
    weight, s = Scalar("alpha"), Scalar("S", POSITIVE)
    left, right = paper.ONE_LAYER.statement.args
    total = (weight * s + (1 - weight * s) / 2 - 1) ** 2 / 2 + ((1 - weight * s) / 2) ** 2 / 2 + lam / 2 * weight**2 * s
    quotient = by.arithmetic(equal(paper.alpha * (square() + 2 * lam), 1), known)
    there = by.in_letters(less(total, right), {s: square(), weight: paper.alpha},
                          (equal(weight * (s + 2 * lam), 1), quotient), domains=(known,))
    return by.arithmetic(less(left, right), there, known)


@prove("helmbold2017:fn2-hidden-biases")
def hidden_biases() -> Theorem:
    """Where every weight is 0 no hidden value reaches the output, and only hidden values depend on these biases."""
    found = by.arithmetic(paper.IRRELEVANT.statement.args[1], without_weights(paper.criterion),
                          without_weights(criterion_of(paper.plain_biases)))
    return by.discharge(paper.no_weights, from_parts(found, paper.no_weights))


@prove("helmbold2017:fn2-opposite-inputs")
def opposite_inputs() -> Theorem:
    """The criterion is a sum of squares, the penalty among them: at 0 every weight is 0, and the bias must be 1."""
    reached, degenerate = equal(paper.two_sided, 0), paper.two_sided_optimum
    here, given = on_x(own), by.assume(reached)
    into, out = weights_vanish(by.arithmetic(equal(size_of(own), 0), given))
    fitted = by.arithmetic(equal(here, 1), by.arithmetic(less_equal((here - 1) ** 2, 0), given))
    bias = by.arithmetic(paper.one, fitted, by.satisfied(without_weights(here), into, out))
    back = by.arithmetic(reached, without_weights(paper.two_sided), by.assume(paper.one))
    return by.conjunction(by.arithmetic(less_equal(0, paper.two_sided)),
                          by.iff(by.conjunction(into, out, bias), from_parts(back, degenerate), reached, degenerate))


# --- moving weights ----------------------------------------------------------------------------------------------


@prove("helmbold2017:sec34-vertical")
def vertical() -> Theorem:
    """The squares of the first layer's weights grow by c^2; those of the other weights are not negative."""
    known = by.assume(paper.VERTICAL.hypotheses[0].condition)
    used = by.arithmetic(different(paper.c, 0), known)
    grown = by.arithmetic(equal(Sum((paper.c * V[j, k]) ** 2, (k, 1, K), (j, 1, n)), paper.c**2 * paper.first))
    shrunk = by.arithmetic(less_equal(0, Sum((w[j] / paper.c) ** 2, (j, 1, n))), used)
    return by.arithmetic(paper.VERTICAL.statement, grown, shrunk, used, known)


@prove("helmbold2017:sec34-horizontal")
def horizontal() -> Theorem:
    """Unit j has the value sqrt(s_j) |x| on x, so that it contributes |x| s_j to the output, for 2 s_j squared weights.

    Summed over the units, output and penalty depend on the sum of the s_j only. The units are silent on 0.
    """
    net, known = paper.horizontal, given_input()
    dot = projection(net, j)
    inside = by.arithmetic(equal(dot, sp.sqrt(paper.shares[j]) * sp.sqrt(square())), known)
    positive = by.arithmetic(less_equal(0, dot), inside, known)
    unit = by.rewritten(net.out(j) * unit_on_x(net, j), by.relu_kept(dot, positive, known))
    share = by.arithmetic(equal(net.out(j) * unit_on_x(net, j), sp.sqrt(square()) * paper.shares[j]), unit,
                          inside, known)
    own_ = by.arithmetic(equal(own_weights(net, j), 2 * paper.shares[j]), known)
    first, second, third = paper.shifted_parts
    return by.conjunction(by.arithmetic(first, by.termwise(share, (j, 1, n)), known), by.arithmetic(second),
                          by.arithmetic(third, by.termwise(own_, (j, 1, n)), known))


@prove("helmbold2017:sec34-proportional")
def proportional() -> Theorem:
    """The bounds of the units sum to an equality, so each of them is one."""
    reached, wanted = paper.PROPORTIONAL.statement.args
    known = given_input()
    tight = by.apply(at_the_least(equal(cost, slope * activity)), by.assume(reached))
    root = sp.sqrt(square())
    spare = root * own_weights(own, j) - 2 * w[j] * moved(own, j)
    gap = sp.Max(0, spare)
    kept = by.arithmetic(equal(gap, spare), unit_bound())
    summed = by.termwise(kept, (j, 1, n))
    total = Sum(gap, (j, 1, n))
    budget = by.arithmetic(equal(root * size_of(own), 2 * (on_x(own) - on_zero(own))), tight, known)
    empty = by.arithmetic(equal(total, 0), summed, budget)
    unit = [by.assume(Ge(j, 1, evaluate=False)), by.assume(Le(j, n, evaluate=False))]
    no_gap = by.arithmetic(less_equal(gap, 0), empty, by.entry_below_sum(gap, (j, 1, n), j, *unit))
    none = by.arithmetic(equal(spare, 0), kept, no_gap, unit_bound())
    each = by.arithmetic(wanted.body, none)
    return by.discharge(reached, by.generalise(each, (j, 1, n)))
