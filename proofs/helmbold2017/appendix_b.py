"""Lemmas 22 to 24: facts about one unit by real arithmetic, summed over the units."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Ge, Le, Max, Min, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NONNEGATIVE, Relu, Scalar, both, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import appendix_b as paper
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.weight_decay import (
    V,
    a,
    b,
    j,
    k,
    lam,
    on_x,
    on_zero,
    own,
    own_weights,
    projection,
    size_of,
    square,
    unit_on_x,
    unit_on_zero,
    w,
    x,
)
from dropout_theory.proof import Theorem

from .s03_weight_decay import proportional
from .weight_decay import cauchy_schwarz, given_input

units = (j, 1, n)
t, bias, sign = Scalar("t"), Scalar("a"), Scalar("s")
DOT = projection(own, j)
of_unit = {t: DOT, bias: a[j]}


def in_units() -> tuple[Theorem, Theorem]:
    """1 <= j <= n, given."""
    return by.assume(Ge(j, 1, evaluate=False)), by.assume(Le(j, n, evaluate=False))


def summed(statement: Any, *theorems: Theorem) -> Theorem:
    """A statement about sums over the units from facts about unit j; other facts as they are."""
    known = [th for th in theorems if j not in th.conclusion.free_symbols]
    return by.arithmetic(statement, *[by.termwise(th, units) for th in theorems if th not in known], *known)


def each(hypothesis: Any) -> Theorem:
    """A hypothesis on every unit at unit j."""
    return by.specialise(by.assume(hypothesis.condition), j)


def under(claim: Any) -> Theorem:
    """A claim by real arithmetic from its hypotheses."""
    return by.arithmetic(claim.statement, *[by.assume(h.condition) for h in claim.hypotheses])


@prove("helmbold2017:lem23-step-shrink")
def shrink_step() -> Theorem:
    return under(paper.LEM23_SHRINK)


@prove("helmbold2017:lem24-step-swap")
def swap_step() -> Theorem:
    return under(paper.LEM24_SWAP)


@prove("helmbold2017:lem24-step-swap.amended-any-unit")
def swap_of_any_unit() -> Theorem:
    return under(paper.LEM24_SWAP_ANY)


@prove("helmbold2017:lem22")
def lemma_22() -> Theorem:
    """A bias lowered by the smaller of the unit's two values lowers both by it; the output bias makes that good."""
    low = Min(Relu(bias), Relu(t + bias))
    on_1 = by.in_letters(equal(Relu(t + bias - low), Relu(t + bias) - low), of_unit)
    on_0 = by.in_letters(equal(Relu(bias - low), Relu(bias) - low), of_unit)
    new_1, new_0 = unit_on_x(paper.shifted, j), unit_on_zero(paper.shifted, j)
    weighted_1 = by.arithmetic(equal(w[j] * new_1, w[j] * (paper.on_1 - paper.smaller)), on_1)
    weighted_0 = by.arithmetic(equal(w[j] * new_0, w[j] * (paper.on_0 - paper.smaller)), on_0)
    same_1, same_0 = same_outputs(paper.shifted)
    none = by.arithmetic(paper.silent.body, on_1, on_0)
    return by.conjunction(summed(same_1, weighted_1), summed(same_0, weighted_0),
                          by.arithmetic(equal(size_of(paper.shifted), size_of(own))), by.generalise(none, units))


def same_outputs(net: Any) -> tuple[Any, Any]:
    """A network computes on x and on 0 what the given one computes."""
    return equal(on_x(net), on_x(own)), equal(on_zero(net), on_zero(own))


def contraction() -> Theorem:
    """(h_j(x) - h_j(0))^2 <= (v_j . x)^2."""
    return by.in_letters(less_equal((Relu(t + bias) - Relu(bias)) ** 2, t**2), of_unit)


def dotted(net: Any, value: Any, *premises: Theorem) -> Theorem:
    """v_j . x of a network with weights value * x/(x . x)."""
    return by.arithmetic(equal(projection(net, j), value), given_input(), *premises)


@prove("helmbold2017:lem23")
def lemma_23() -> Theorem:
    """With v_j along x, v_j . x the difference of the unit's values, and the bias its value on 0, both values stay.

    The weights do not grow, because a rectifier moves by no more than v_j . x, and by Cauchy and Schwarz. Where one of
    the two values is 0 the other is the size of the difference.
    """
    known, change = given_input(), paper.on_1 - paper.on_0
    inside = dotted(paper.tight, change)
    new_1 = by.arithmetic(equal(unit_on_x(paper.tight, j), paper.on_1), inside, known)
    new_0 = by.arithmetic(equal(unit_on_zero(paper.tight, j), paper.on_0))
    same_1, same_0 = same_outputs(paper.tight)
    weights = shorter(paper.tight, change, contraction())
    slack = by.arithmetic(paper.no_slack.body, inside, new_1, new_0, each(paper.one_silent), known)
    return by.conjunction(summed(same_1, times_out(new_1), known), summed(same_0, times_out(new_0)),
                          summed(less_equal(size_of(paper.tight), size_of(own)), weights, known),
                          by.generalise(slack, units))


def times_out(theorem: Theorem) -> Theorem:
    """An equality times w_j."""
    left, right = theorem.conclusion.args
    return by.arithmetic(equal(w[j] * left, w[j] * right), theorem,
                         *[by.assume(g) for g in sorted(theorem.given, key=str)])


def shorter(net: Any, value: Any, smaller: Theorem) -> Theorem:
    """The squared weights of unit j do not grow when v_j becomes value * x/(x . x), value^2 <= (v_j . x)^2."""
    known = given_input()
    length = by.arithmetic(equal(Sum(net.into(j, k) ** 2, (k, 1, K)), value**2 / square()), known)
    quotient = by.arithmetic(less_equal(value**2 / square(), Sum(V[j, k] ** 2, (k, 1, K))), smaller,
                             cauchy_schwarz(), known)
    return by.arithmetic(less_equal(own_weights(net, j), own_weights(own, j)), length, quotient, known)


witness("helmbold2017:lem23-step-first", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): -1}, w: {(1,): 0}, b: sp.Rational(1, 2), lam: 1})


@prove("helmbold2017:lem23-step-first.amended")
def unit_active_on_x() -> Theorem:
    """At a minimiser the unit's bound is an equality: |x| w_j = D = h_j(x) - h_j(0), and D^2 = (v_j . x)^2.

    A rectifier that is 0 at a_j and rises by as much as its argument has a_j = 0.
    """
    reached, wanted = paper.LEM23_ACTIVE.statement.args
    premise, goal = wanted.body.args
    tight = by.specialise(by.apply(proportional(), by.assume(reached)), j)
    root, change = sp.sqrt(square()), paper.on_1 - paper.on_0
    r, o, d, u, p = Scalar("r", NONNEGATIVE), Scalar("o"), Scalar("d"), Scalar("u"), Scalar("p")
    into = Sum(V[j, k] ** 2, (k, 1, K))
    bounds = by.in_letters(less_equal(p**2, d**2), {r: root, o: w[j], d: change, u: into, p: DOT},
                           (equal(o * d, r / 2 * (o**2 + u)), tight),
                           (less_equal(p**2, r**2 * u),
                            by.arithmetic(less_equal(DOT**2, root**2 * into), cauchy_schwarz())))
    q, c = Scalar("q"), Scalar("c")
    silent, active = (by.component(by.assume(premise), part) for part in premise.args)
    settled = by.in_letters(both(equal(c, 0), equal(Relu(q + c), q)), {q: DOT, c: a[j]},
                            (equal(Relu(c), 0), silent), (less(Relu(c), Relu(q + c)), active),
                            (less_equal(q**2, (Relu(q + c) - Relu(c)) ** 2), bounds))
    found = by.conjunction(*[by.component(settled, part) for part in settled.conclusion.args])
    return by.discharge(reached, by.generalise(by.discharge(premise, by.arithmetic(goal, found)), units))


@prove("helmbold2017:lem24")
@prove("helmbold2017:lem24.amended-no-slack")
def lemma_24() -> Theorem:
    """Where |t| is the larger of the values on 0 and on x, one of these is 0: a and a + t are not both positive.

    So negating t and the output weight where the value on 0 is the larger one leaves the difference of the two, and the
    output bias takes up the value on 0.
    """
    net, low, high = paper.mirrored, Min(Relu(bias), Relu(t + bias)), Max(Relu(bias), Relu(t + bias))
    signs, slackless = each(paper.signs), each(paper.slackless)
    squared, direction = (by.component(signs, part) for part in signs.conclusion.args)
    silent = by.arithmetic(paper.one_silent.condition.body, slackless)
    flipped = by.in_letters(equal(sign * Relu(sign * t), Relu(t + bias) - Relu(bias)),
                            {**of_unit, sign: paper.sigma[j]}, (equal(sign**2, 1), squared),
                            (less_equal(0, sign * (Relu(t + bias) - Relu(bias))), direction),
                            (equal(low, 0), silent), (equal(Abs(t), high), slackless))
    inside = by.arithmetic(equal(projection(net, j), paper.sigma[j] * DOT))
    unit = by.arithmetic(equal(unit_on_x(net, j), Relu(paper.sigma[j] * DOT)), inside)
    value = by.arithmetic(equal(net.out(j) * unit_on_x(net, j) + w[j] * paper.on_0, w[j] * paper.on_1), unit, flipped)
    weights = by.arithmetic(equal(own_weights(net, j), own_weights(own, j)), squared)
    same_1, same_0 = same_outputs(net)
    return by.conjunction(summed(same_1, value), by.arithmetic(same_0),
                          summed(equal(size_of(net), size_of(own)), weights),
                          by.generalise(by.arithmetic(equal(unit_on_zero(net, j), 0)), units))


witness("helmbold2017:appB-biases-vanish", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): -1}})


witness("helmbold2017:appB-biases-vanish.amended", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): -1}, a: {(1,): 1}, w: {(1,): 1}, b: 0}, without="silent on 0")


@prove("helmbold2017:appB-biases-vanish.amended")
def biases_may_vanish() -> Theorem:
    """A unit silent on 0 has a_j <= 0; without slack its value on x is |v_j . x|, so that v_j . x is not negative."""
    net = paper.UNBIASED.net
    zero, slack = each(paper.silent_on_zero), each(paper.slackless)
    unit = by.arithmetic(equal(unit_on_x(net, j), paper.on_1), zero, slack)
    none = by.arithmetic(equal(unit_on_zero(net, j), paper.on_0), zero)
    same_1, same_0 = same_outputs(net)
    return by.conjunction(summed(same_1, times_out(unit)), summed(same_0, times_out(none)),
                          by.generalise(by.arithmetic(less_equal(a[j], 0), zero), units))
