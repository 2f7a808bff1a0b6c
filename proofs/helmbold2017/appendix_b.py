"""Lemmas 22 to 24: facts about one unit by real arithmetic, summed over the units."""

from __future__ import annotations

from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.s03_weight_decay import proportional
from dropout_theory.proofs.helmbold2017.weight_decay import cauchy_schwarz, given_input
from sympy import Abs, Ge, Le, Max, Min, Sum

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
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    component,
    conjunction,
    discharge,
    generalise,
    instance,
    satisfied,
    specialise,
    termwise,
)

units = (j, 1, n)
t, bias, sign = Scalar("t"), Scalar("a"), Scalar("s")
DOT = projection(own, j)
of_unit = {t: DOT, bias: a[j]}


def in_units() -> tuple[Theorem, Theorem]:
    """1 <= j <= n, given."""
    return assume(Ge(j, 1, evaluate=False)), assume(Le(j, n, evaluate=False))


def summed(statement: Any, *theorems: Theorem) -> Theorem:
    """A statement about sums over the units from facts about unit j; other facts as they are."""
    known = [th for th in theorems if j not in th.conclusion.free_symbols]
    return arithmetic(statement, *[termwise(th, units) for th in theorems if th not in known], *known)


def each(hypothesis: Any) -> Theorem:
    """A hypothesis on every unit at unit j."""
    return specialise(assume(hypothesis.condition), j)


def under(claim: Any) -> Theorem:
    """A claim by real arithmetic from its hypotheses."""
    return arithmetic(claim.statement, *[assume(h.condition) for h in claim.hypotheses])


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
    low = Min(Relu(bias), Relu(t + bias))
    on_1 = instance(arithmetic(equal(Relu(t + bias - low), Relu(t + bias) - low)), of_unit)
    on_0 = instance(arithmetic(equal(Relu(bias - low), Relu(bias) - low)), of_unit)
    new_1, new_0 = unit_on_x(paper.shifted, j), unit_on_zero(paper.shifted, j)
    weighted_1 = arithmetic(equal(w[j] * new_1, w[j] * (paper.on_1 - paper.smaller)), on_1)
    weighted_0 = arithmetic(equal(w[j] * new_0, w[j] * (paper.on_0 - paper.smaller)), on_0)
    same_1, same_0 = same_outputs(paper.shifted)
    none = arithmetic(paper.silent.body, on_1, on_0)
    return conjunction(summed(same_1, weighted_1), summed(same_0, weighted_0),
                       arithmetic(equal(size_of(paper.shifted), size_of(own))), generalise(none, units))


def same_outputs(net: Any) -> tuple[Any, Any]:
    """A network computes on x and on 0 what the given one computes."""
    return equal(on_x(net), on_x(own)), equal(on_zero(net), on_zero(own))


def contraction() -> Theorem:
    """(h_j(x) - h_j(0))^2 <= (v_j . x)^2."""
    return instance(arithmetic(less_equal((Relu(t + bias) - Relu(bias)) ** 2, t**2)), of_unit)


def dotted(net: Any, value: Any, *premises: Theorem) -> Theorem:
    """v_j . x of a network with weights value * x/(x . x)."""
    return arithmetic(equal(projection(net, j), value), given_input(), *premises)


@prove("helmbold2017:lem23")
def lemma_23() -> Theorem:
    known, change = given_input(), paper.on_1 - paper.on_0
    inside = dotted(paper.tight, change)
    new_1 = arithmetic(equal(unit_on_x(paper.tight, j), paper.on_1), inside, known)
    new_0 = arithmetic(equal(unit_on_zero(paper.tight, j), paper.on_0))
    same_1, same_0 = same_outputs(paper.tight)
    weights = shorter(paper.tight, change, contraction())
    slack = arithmetic(paper.no_slack.body, inside, new_1, new_0, each(paper.one_silent), known)
    return conjunction(summed(same_1, times_out(new_1), known), summed(same_0, times_out(new_0)),
                       summed(less_equal(size_of(paper.tight), size_of(own)), weights, known),
                       generalise(slack, units))


def times_out(theorem: Theorem) -> Theorem:
    """An equality times w_j."""
    left, right = theorem.conclusion.args
    return arithmetic(equal(w[j] * left, w[j] * right), theorem, *[assume(g) for g in theorem.given])


def shorter(net: Any, value: Any, smaller: Theorem) -> Theorem:
    """The squared weights of unit j do not grow when v_j becomes value * x/(x . x), value^2 <= (v_j . x)^2."""
    known = given_input()
    length = arithmetic(equal(Sum(net.into(j, k) ** 2, (k, 1, K)), value**2 / square()), known)
    quotient = arithmetic(less_equal(value**2 / square(), Sum(V[j, k] ** 2, (k, 1, K))), smaller,
                          cauchy_schwarz(), known)
    return arithmetic(less_equal(own_weights(net, j), own_weights(own, j)), length, quotient, known)


witness("helmbold2017:lem23-step-first", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): -1}, w: {(1,): 0}, b: sp.Rational(1, 2), lam: 1})


@prove("helmbold2017:lem23-step-first.amended")
def unit_active_on_x() -> Theorem:
    """The unit's bound is an equality: |x| w = D and D^2 = (v . x)^2."""
    reached, wanted = paper.LEM23_ACTIVE.statement.args
    premise, goal = wanted.body.args
    tight = specialise(apply(proportional(), assume(reached)), j)
    root, change = sp.sqrt(square()), paper.on_1 - paper.on_0
    r, o, d, u, p = Scalar("r", NONNEGATIVE), Scalar("o"), Scalar("d"), Scalar("u"), Scalar("p")
    general = arithmetic(less_equal(p**2, d**2), assume(equal(o * d, r / 2 * (o**2 + u))),
                         assume(less_equal(p**2, r**2 * u)), arithmetic(less_equal(0, (r * o - d) ** 2)))
    there = instance(general, {r: root, o: w[j], d: change, u: Sum(V[j, k] ** 2, (k, 1, K)), p: DOT})
    bounds = satisfied(there, tight, arithmetic(less_equal(DOT**2, root**2 * Sum(V[j, k] ** 2, (k, 1, K))),
                                                cauchy_schwarz()))
    q, c = Scalar("q"), Scalar("c")
    unit = arithmetic(both(equal(c, 0), equal(Relu(q + c), q)), assume(equal(Relu(c), 0)),
                      assume(less(Relu(c), Relu(q + c))), assume(less_equal(q**2, (Relu(q + c) - Relu(c)) ** 2)))
    here = instance(unit, {q: DOT, c: a[j]})
    given = [component(assume(premise), part) for part in premise.args]
    settled = satisfied(here, *given, bounds)
    found = conjunction(*[component(settled, part) for part in settled.conclusion.args])
    return discharge(reached, generalise(discharge(premise, arithmetic(goal, found)), units))


@prove("helmbold2017:lem24")
@prove("helmbold2017:lem24.amended-no-slack")
def lemma_24() -> Theorem:
    """Where |t| is the larger of the values on 0 and on x, a and a + t are not both positive."""
    net, low, high = paper.mirrored, Min(Relu(bias), Relu(t + bias)), Max(Relu(bias), Relu(t + bias))
    general = arithmetic(equal(sign * Relu(sign * t), Relu(t + bias) - Relu(bias)), assume(equal(sign**2, 1)),
                         assume(less_equal(0, sign * (Relu(t + bias) - Relu(bias)))), assume(equal(low, 0)),
                         assume(equal(Abs(t), high)))
    here = instance(general, {**of_unit, sign: paper.sigma[j]})
    signs = each(paper.signs)
    parts = [component(signs, part) for part in signs.conclusion.args]
    silent = arithmetic(paper.one_silent.condition.body, each(paper.slackless))
    flipped = satisfied(here, *parts, silent, each(paper.slackless))
    inside = arithmetic(equal(projection(net, j), paper.sigma[j] * DOT))
    unit = arithmetic(equal(unit_on_x(net, j), Relu(paper.sigma[j] * DOT)), inside)
    value = arithmetic(equal(net.out(j) * unit_on_x(net, j) + w[j] * paper.on_0, w[j] * paper.on_1), unit, flipped)
    squared = next(part for part in parts if isinstance(part.conclusion, sp.Eq))
    weights = arithmetic(equal(own_weights(net, j), own_weights(own, j)), squared)
    same_1, same_0 = same_outputs(net)
    return conjunction(summed(same_1, value), arithmetic(same_0),
                       summed(equal(size_of(net), size_of(own)), weights),
                       generalise(arithmetic(equal(unit_on_zero(net, j), 0)), units))


witness("helmbold2017:appB-biases-vanish", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): -1}})


witness("helmbold2017:appB-biases-vanish.amended", {
    K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): -1}, a: {(1,): 1}, w: {(1,): 1}, b: 0}, without="silent on 0")


@prove("helmbold2017:appB-biases-vanish.amended")
def biases_may_vanish() -> Theorem:
    net = paper.UNBIASED.net
    zero, slack = each(paper.silent_on_zero), each(paper.slackless)
    unit = arithmetic(equal(unit_on_x(net, j), paper.on_1), zero, slack)
    none = arithmetic(equal(unit_on_zero(net, j), paper.on_0), zero)
    same_1, same_0 = same_outputs(net)
    return conjunction(summed(same_1, times_out(unit)), summed(same_0, times_out(none)),
                       generalise(arithmetic(less_equal(a[j], 0), zero), units))
