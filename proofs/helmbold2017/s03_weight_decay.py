"""Theorem 7 and what section 3.4 says of weight decay, from the bound that all networks obey."""

from __future__ import annotations

from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.weight_decay import (
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
from sympy import Ge, Le, Rational, Sum

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
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    aversion_value,
    component,
    conjunction,
    discharge,
    entry_below_sum,
    generalise,
    iff,
    instance,
    relu_kept,
    restate,
    rewritten,
    satisfied,
    specialise,
    termwise,
)


@prove("helmbold2017:thm7")
def theorem_7() -> Theorem:
    return aversion_is_closed_form()


@prove("helmbold2017:thm7-lower-bound")
def lower_bound() -> Theorem:
    return criterion_bound()


@prove("helmbold2017:sec34-closed-form")
def reaches_the_bound() -> Theorem:
    _, found = at_optimum(criterion_of, least_criterion())
    return restate(found, paper.CLOSED.statement)


@prove("helmbold2017:sec34-every-optimiser")
def every_optimiser() -> Theorem:
    return restate(risk_at_optimum(), paper.EVERY.statement)


@prove("helmbold2017:thm7-zero-input")
def zero_input() -> Theorem:
    """Both examples have the same input: u = N(0) = N(x), and (u - 1)^2/2 + u^2/2 is least, 1/4, at u = 1/2."""
    zero = specialise(assume(paper.silent_input.condition), k)
    same = arithmetic(equal(on_x(own), on_zero(own)), rewritten(on_x(own), zero, indices=[k]))
    criterion, risk = criterion_of(own), risk_of(own)
    quarter = Rational(1, 4)
    bound = arithmetic(less_equal(quarter, criterion), same)
    risk_bound = arithmetic(less_equal(quarter, risk), same)
    at_best = discharge(equal(criterion, quarter),
                        arithmetic(equal(risk, quarter), same, assume(equal(criterion, quarter))))
    silent = Shallow(lambda j_, k_: sp.S.Zero, lambda j_: sp.S.Zero, lambda j_: sp.S.Zero, Rational(1, 2))
    values = {V: sp.S.Zero, paper.own.bias(j).family: sp.S.Zero, w: sp.S.Zero, b: Rational(1, 2)}
    found = aversion_value(paper.aversion, bound, at_best,
                           (values, arithmetic(equal(criterion_of(silent), quarter))),
                           risk_bound, (values, arithmetic(equal(risk_of(silent), quarter))))
    return restate(found, paper.ZERO_INPUT.statement)


@prove("helmbold2017:sec34-depends-on-scale")
def depends_on_scale() -> Theorem:
    """min(1/4, lambda^2/(c^2 x.x)) < min(1/4, lambda^2/(x.x)) when the smaller is below 1/4."""
    scaled, plain = paper.scaled_entry, paper.x_entry
    c, length = paper.factor, sp.sqrt(square())
    large, signal = (assume(h.condition) for h in paper.SCALING.hypotheses)
    known = arithmetic(less(0, square()), signal)
    spread = arithmetic(equal(square(scaled), c**2 * square()))
    positive = arithmetic(less(0, square(scaled)), spread, arithmetic(less(0, c**2 * square()), known))
    smaller = satisfied(aversion_is_closed_form(scaled), positive)
    r = Scalar("r", POSITIVE)
    q = Rational(1, 4)
    general = arithmetic(less(sp.Min(q, lam**2 / (c**2 * r**2)), sp.Min(q, lam**2 / r**2)),
                         assume(less(1, c)), assume(less(2 * lam, c * r)))
    there = instance(general, {r: length}, arithmetic(less(0, length), known))
    formulas = arithmetic(less(closed_form(scaled), closed_form(plain)), there, large, signal, spread, positive, known)
    whole = arithmetic(paper.SCALING.statement, formulas, smaller, aversion_is_closed_form(), positive, known)
    return satisfied(whole, known)


# --- beyond the threshold ----------------------------------------------------------------------------------------

activity_, level_, size_ = Scalar("A"), Scalar("u"), Scalar("Q", NONNEGATIVE)
length_, quarter_ = Scalar("r", NONNEGATIVE), Rational(1, 4)
total_ = Rational(1, 2) * (level_ + activity_ - 1) ** 2 + Rational(1, 2) * level_**2 + lam / 2 * size_


def of_network(theorem: Theorem) -> Theorem:
    """A fact about activity, level, squared weights and |x| with 2 A <= |x| Q, for every network."""
    found = instance(theorem, {activity_: on_x(own) - on_zero(own), level_: on_zero(own), size_: size_of(own),
                               length_: sp.sqrt(square())})
    return satisfied(found, network_bound())


def weights_vanish(size: Theorem) -> tuple[Theorem, Theorem]:
    """Each weight into the hidden units and each weight out of them is 0, from sum of squared weights = 0."""
    inside = [assume(Ge(k, 1, evaluate=False)), assume(Le(k, K, evaluate=False))]
    unit = [assume(Ge(j, 1, evaluate=False)), assume(Le(j, n, evaluate=False))]
    entry = entry_below_sum(V[j, k] ** 2, (k, 1, K), k, *inside)
    row = entry_below_sum(Sum(V[j, k] ** 2, (k, 1, K)), (j, 1, n), j, *unit)
    into = arithmetic(equal(V[j, k], 0), arithmetic(less_equal(V[j, k] ** 2, 0), size, row, entry))
    out = arithmetic(equal(w[j], 0), entry_below_sum(w[j] ** 2, (j, 1, n), j, *unit), size)
    return generalise(into, (j, 1, n), (k, 1, K)), generalise(out, (j, 1, n))


def without_weights(whole: Any) -> Theorem:
    """`whole` with every weight put to 0, given that they are."""
    return rewritten(whole, specialise(assume(paper.no_into), j, k), specialise(assume(paper.no_out), j),
                     indices=[j, k])


def from_parts(theorem: Theorem, whole: Any) -> Theorem:
    """A theorem given some conjuncts of `whole`, given `whole`."""
    return satisfied(theorem, *[component(assume(whole), part) for part in whole.args if part in theorem.given])


def single(condition: Any) -> Theorem:
    """1/4 <= J_2, with equality exactly at zero weights and output bias 1/2, given a condition on |x| and lambda."""
    general = assume(with_length(condition))
    bounded = assume(less_equal(2 * activity_, length_ * size_))
    low = of_network(arithmetic(less_equal(quarter_, total_), general, bounded))
    reached, degenerate = equal(paper.criterion, quarter_), paper.degenerate
    no_size, at_half = equal(size_, 0), equal(level_, Rational(1, 2))
    nothing = arithmetic(both(no_size, at_half), general, bounded, assume(equal(total_, quarter_)))
    forward = apply(of_network(discharge(equal(total_, quarter_), nothing)), assume(reached))
    size = component(forward, equal(size_of(own), 0))
    into, out = weights_vanish(size)
    output = satisfied(without_weights(on_zero(own)), into, out)
    bias = arithmetic(paper.half, component(forward, equal(on_zero(own), Rational(1, 2))), output)
    back = arithmetic(reached, without_weights(paper.criterion), assume(paper.half))
    return conjunction(restate(low, less_equal(quarter_, paper.criterion)),
                       iff(conjunction(into, out, bias), from_parts(back, degenerate), reached, degenerate))


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
    known, r = given_input(), Scalar("r", POSITIVE)
    general = arithmetic(equal(sp.Min(quarter_, lam**2 / r**2), quarter_), assume(less(r, 2 * lam)))
    there = instance(general, {r: sp.sqrt(square())}, arithmetic(less(0, sp.sqrt(square())), known))
    return arithmetic(paper.AWAY.statement, there, aversion_is_closed_form(), known)


@prove("helmbold2017:sec34-one-layer")
def one_layer() -> Theorem:
    """With A = S/(S + 2 lambda) the criterion is (1 - A)/4."""
    known = given_input()
    weight, s = Scalar("alpha"), Scalar("S", POSITIVE)
    left, right = paper.ONE_LAYER.statement.args
    total = (weight * s + (1 - weight * s) / 2 - 1) ** 2 / 2 + ((1 - weight * s) / 2) ** 2 / 2 + lam / 2 * weight**2 * s
    best = assume(equal(weight * (s + 2 * lam), 1))
    value = arithmetic(equal(total, (1 - weight * s) / 4), best)
    general = arithmetic(less(total, right), value, arithmetic(less(0, weight), best))
    there = instance(general, {s: square(), weight: paper.alpha}, known)
    quotient = arithmetic(equal(paper.alpha * (square() + 2 * lam), 1), known)
    return arithmetic(less(left, right), satisfied(there, quotient), known)


@prove("helmbold2017:fn2-hidden-biases")
def hidden_biases() -> Theorem:
    found = arithmetic(paper.IRRELEVANT.statement.args[1], without_weights(paper.criterion),
                       without_weights(criterion_of(paper.plain_biases)))
    return discharge(paper.no_weights, from_parts(found, paper.no_weights))


@prove("helmbold2017:fn2-opposite-inputs")
def opposite_inputs() -> Theorem:
    """The criterion is a sum of squares with one of them the penalty."""
    reached, degenerate = equal(paper.two_sided, 0), paper.two_sided_optimum
    here, given = on_x(own), assume(reached)
    into, out = weights_vanish(arithmetic(equal(size_of(own), 0), given))
    fitted = arithmetic(equal(here, 1), arithmetic(less_equal((here - 1) ** 2, 0), given))
    bias = arithmetic(paper.one, fitted, satisfied(without_weights(here), into, out))
    back = arithmetic(reached, without_weights(paper.two_sided), assume(paper.one))
    return conjunction(arithmetic(less_equal(0, paper.two_sided)),
                       iff(conjunction(into, out, bias), from_parts(back, degenerate), reached, degenerate))


# --- moving weights ----------------------------------------------------------------------------------------------


@prove("helmbold2017:sec34-vertical")
def vertical() -> Theorem:
    known = assume(paper.VERTICAL.hypotheses[0].condition)
    used = arithmetic(different(paper.c, 0), known)
    grown = arithmetic(equal(Sum((paper.c * V[j, k]) ** 2, (k, 1, K), (j, 1, n)), paper.c**2 * paper.first))
    shrunk = arithmetic(less_equal(0, Sum((w[j] / paper.c) ** 2, (j, 1, n))), used)
    return arithmetic(paper.VERTICAL.statement, grown, shrunk, used, known)


@prove("helmbold2017:sec34-horizontal")
def horizontal() -> Theorem:
    net, known = paper.horizontal, given_input()
    dot = projection(net, j)
    inside = arithmetic(equal(dot, sp.sqrt(paper.shares[j]) * sp.sqrt(square())), known)
    positive = arithmetic(less_equal(0, dot), inside, known)
    unit = rewritten(net.out(j) * unit_on_x(net, j), relu_kept(dot, positive, known))
    share = arithmetic(equal(net.out(j) * unit_on_x(net, j), sp.sqrt(square()) * paper.shares[j]), unit, inside,
                       known)
    own_ = arithmetic(equal(own_weights(net, j), 2 * paper.shares[j]), known)
    first, second, third = paper.shifted_parts
    return conjunction(arithmetic(first, termwise(share, (j, 1, n)), known), arithmetic(second),
                       arithmetic(third, termwise(own_, (j, 1, n)), known))


@prove("helmbold2017:sec34-proportional")
def proportional() -> Theorem:
    """The bounds of the units sum to an equality, so each of them is one."""
    reached, wanted = paper.PROPORTIONAL.statement.args
    known = given_input()
    tight = apply(at_the_least(equal(cost, slope * activity)), assume(reached))
    root = sp.sqrt(square())
    spare = root * own_weights(own, j) - 2 * w[j] * moved(own, j)
    gap = sp.Max(0, spare)
    kept = arithmetic(equal(gap, spare), unit_bound())
    summed = termwise(kept, (j, 1, n))
    total = Sum(gap, (j, 1, n))
    budget = arithmetic(equal(root * size_of(own), 2 * (on_x(own) - on_zero(own))), tight, known)
    empty = arithmetic(equal(total, 0), summed, budget)
    unit = [assume(Ge(j, 1, evaluate=False)), assume(Le(j, n, evaluate=False))]
    none = arithmetic(equal(spare, 0), kept, arithmetic(less_equal(gap, 0), empty,
                                                      entry_below_sum(gap, (j, 1, n), j, *unit)),
                      unit_bound())
    each = arithmetic(wanted.body, none)
    return discharge(reached, generalise(each, (j, 1, n)))
