"""Lemmas 25 to 29: sums over the units that leave no gap, and what all minimisers have in common."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.appendix_b import (
    DOT,
    dotted,
    each,
    in_units,
    same_outputs,
    shorter,
    summed,
    times_out,
    under,
)
from dropout_theory.proofs.helmbold2017.weight_decay import (
    activity,
    at_the_least,
    cauchy_schwarz,
    contribution_bound,
    cost,
    given_input,
    level,
    peak,
    slope,
)
from sympy import Ge, Le, Max, Sum

from dropout_theory.claims import prove
from dropout_theory.language import Relu, Scalar, both, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import appendix_b_linear as paper
from dropout_theory.papers.helmbold2017.notation import K
from dropout_theory.papers.helmbold2017.weight_decay import (
    V,
    activation,
    b,
    criterion_of,
    i,
    j,
    k,
    on_x,
    on_zero,
    own,
    projection,
    size_of,
    square,
    unit_on_x,
    w,
    x,
)
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    cases,
    component,
    conjunction,
    discharge,
    entry_below_sum,
    generalise,
    iff,
    instance,
    negation,
    rewritten,
    satisfied,
    termwise,
)

units = paper.units


@prove("helmbold2017:lem25-step-zero")
def zero_step() -> Theorem:
    return under(paper.LEM25_ZERO)


@prove("helmbold2017:lem29-step-error")
def error_step() -> Theorem:
    return under(paper.LEM29_ERROR)


def each_vanishes(gap: Any, bound: Theorem, total: Theorem) -> Theorem:
    """gap_j = 0 for every unit, from 0 <= gap_j and sum of gap_j <= 0."""
    size = Max(0, gap)
    kept = arithmetic(equal(size, gap), bound)
    empty = arithmetic(less_equal(Sum(size, units), 0), termwise(kept, units), total)
    below = arithmetic(less_equal(size, 0), empty, entry_below_sum(size, units, j, *in_units()))
    return arithmetic(equal(gap, 0), below, bound)


def own_length() -> Any:
    """v_j . v_j."""
    return Sum(V[j, k] ** 2, (k, 1, K))


@prove("helmbold2017:lem25")
def lemma_25() -> Theorem:
    premise, wanted = paper.LEM25.statement.args
    found = no_gap(paper.UNBIASED.net, paper.rectified, Relu(DOT), premise)
    up = arithmetic(less_equal(DOT**2, Relu(DOT) ** 2), found, cauchy_schwarz())
    return discharge(premise, generalise(arithmetic(wanted.body, up), units))


def no_gap(old: Any, new: Any, value: Any, premise: Any) -> Theorem:
    """(x . x)(v_j . v_j) = value^2, if `old` is no worse than `new`, whose weights are value * x/(x . x)."""
    known = given_input()
    inside = dotted(new, value)
    unit = arithmetic(equal(unit_on_x(new, j), unit_on_x(old, j)), inside, known)
    outputs = summed(equal(on_x(new), on_x(old)), times_out(unit), known)
    squares = arithmetic(equal(Sum(new.into(j, k) ** 2, (k, 1, K)) * square(), value**2), known)
    gap = square() * own_length() - value**2
    bound = arithmetic(less_equal(0, gap), arithmetic(less_equal(value**2, DOT**2)), cauchy_schwarz())
    sizes = arithmetic(less_equal(size_of(old), size_of(new)), assume(premise), outputs, known)
    total = arithmetic(less_equal(Sum(gap, units), 0),
                       arithmetic(less_equal(square() * (size_of(old) - size_of(new)), 0), sizes, known),
                       termwise(squares, units), known)
    none = each_vanishes(gap, bound, total)
    return arithmetic(equal(square() * own_length(), value**2), none)


def active() -> Theorem:
    """w_j relu(v_j . x) = w_j v_j . x."""
    unit = arithmetic(equal(unit_on_x(paper.UNBIASED.net, j), DOT), each(paper.forward))
    return times_out(unit)


@cache
def linear(net: Any) -> Theorem:
    """N(x) = w . V x + output bias."""
    return summed(equal(on_x(net), activation(own) + net.last), active())


@prove("helmbold2017:eq9")
def equation_9() -> Theorem:
    return conjunction(linear(paper.UNBIASED.net), arithmetic(equal(on_zero(paper.UNBIASED.net), b)))


@prove("helmbold2017:lem26")
def lemma_26() -> Theorem:
    """The criterion is quadratic in the output bias."""
    old, new = (criterion_of(net) for net in (paper.UNBIASED.net, paper.centred))
    known = [linear(paper.UNBIASED.net), linear(paper.centred)]
    least, best = less_equal(old, new), equal(b, paper.best_bias)
    return conjunction(arithmetic(less_equal(new, old), *known),
                       iff(arithmetic(best, assume(least), *known), arithmetic(least, assume(best), *known),
                           least, best))


@prove("helmbold2017:eq10")
def equation_10() -> Theorem:
    first, second = (equal(on_x(paper.centred), paper.centred_form(sp.S.One)),
                     equal(on_zero(paper.centred), paper.centred_form(sp.S.Zero)))
    return conjunction(arithmetic(first, linear(paper.centred)), arithmetic(second))


@prove("helmbold2017:eq11")
def equation_11() -> Theorem:
    return arithmetic(paper.EQ11.statement, linear(paper.centred))


@cache
def optimal_values() -> tuple[Theorem, Theorem, Theorem]:
    """Activity, output on 0 and penalty of every minimiser, as implications."""
    return (at_the_least(equal(activity, peak)), at_the_least(equal(level, (1 - peak) / 2)),
            at_the_least(equal(cost, slope * peak)))


def at_minimisers(claim: Any, *premises: Theorem) -> Theorem:
    """A claim `J_2 = its least value (and more) => ...` from what minimisers have in common."""
    premise, wanted = claim.statement.args
    reached = equal(paper.J_2, paper.LEAST)
    given = assume(premise)
    first = given if premise == reached else component(given, reached)
    rest = [component(given, part) for part in premise.args if part != reached] if premise != reached else []
    values = [apply(th, first) for th in optimal_values()]
    return discharge(premise, arithmetic(wanted, *values, *rest, *premises, given_input()))


@prove("helmbold2017:eq11-every-minimiser")
def outputs_of_minimisers() -> Theorem:
    return at_minimisers(paper.EQ11_ALL)


@prove("helmbold2017:lem27")
def lemma_27() -> Theorem:
    premise, wanted = paper.LEM27.statement.args
    known = given_input()
    found = no_gap(own, paper.projected, DOT, premise)
    dot = DOT.xreplace({k: i})
    rest = (V[j, k] - dot / square().xreplace({k: i}) * x[k]) ** 2
    spread = arithmetic(equal(Sum(rest, (k, 1, K)), own_length() - DOT**2 / square()), known)
    inside = [assume(Ge(k, 1, evaluate=False)), assume(Le(k, K, evaluate=False))]
    entry = entry_below_sum(rest, (k, 1, K), k, *inside)
    zero = arithmetic(equal(own_length() - DOT**2 / square(), 0), found, known)
    each_entry = arithmetic(wanted.body, arithmetic(less_equal(rest, 0), entry, spread, zero, known), known)
    return discharge(premise, generalise(each_entry, units, (k, 1, K)))


@prove("helmbold2017:lem27-step-projection")
def projection_step() -> Theorem:
    net, known = paper.projected, given_input()
    inside = dotted(net, DOT)
    unit = arithmetic(equal(unit_on_x(net, j), unit_on_x(own, j)), inside, known)
    same_1, same_0 = same_outputs(net)
    weights = shorter(net, DOT, arithmetic(less_equal(DOT**2, DOT**2)))
    return conjunction(summed(same_1, times_out(unit), known), arithmetic(same_0),
                       summed(less_equal(size_of(net), size_of(own)), weights, known))


@prove("helmbold2017:lem28")
def lemma_28() -> Theorem:
    return at_minimisers(paper.LEM28)


def some_output_weight() -> Theorem:
    """The squares of the output weights have a positive sum when the activation is above 1."""
    total = Sum(w[j] ** 2, units)
    condition, above = less(0, total), assume(less(1, activation(own)))
    zero = arithmetic(equal(w[j], 0), entry_below_sum(w[j] ** 2, units, j, *in_units()), assume(negation(condition)))
    nothing = rewritten(activation(own), zero, indices=[j])
    return cases(condition, assume(condition), arithmetic(condition, nothing, above))


@prove("helmbold2017:lem28-step-scaling")
def scaling_step() -> Theorem:
    net, above = paper.scaled_down, assume(less(1, activation(own)))
    smaller = arithmetic(both(less(0, paper.scale), less(paper.scale, 1)), above)
    value = arithmetic(equal(paper.scale * activation(own), (1 + activation(own)) / 2), above)
    factor = Scalar("s")
    general = summed(equal(Sum(factor * w[j] * unit_on_x(paper.UNBIASED.net, j), units), factor * activation(own)),
                     active())
    scaled = instance(general, {factor: paper.scale}, above)
    outputs = arithmetic(equal(on_x(net), 1), scaled, value, above)
    total, into = Sum(w[j] ** 2, units), Sum(V[j, k] ** 2, (k, 1, K), units)
    o, s = Scalar("o"), Scalar("s")
    shrinks = instance(arithmetic(less(s**2 * o, o), assume(less(0, o)), assume(both(less(0, s), less(s, 1)))),
                       {o: total, s: paper.scale}, above)
    settled = satisfied(shrinks, some_output_weight(), smaller)
    sizes = arithmetic(less(size_of(net), size_of(paper.centred)), settled,
                       arithmetic(equal(size_of(net), paper.scale**2 * total + into), above), above)
    return conjunction(arithmetic(less(on_zero(paper.centred), 0), above), outputs,
                       arithmetic(equal(on_zero(net), on_zero(paper.centred)), above), sizes)


@prove("helmbold2017:lem29")
def lemma_29() -> Theorem:
    """2 w . V x <= |x| Q for every network without rectifiers too."""
    net, root = paper.other, sp.sqrt(square())
    unit = contribution_bound(projection(net, j), net.out(j), Sum(net.into(j, k) ** 2, (k, 1, K)),
                              cauchy_schwarz(net=net))
    bound = summed(less_equal(2 * activation(net), root * size_of(net)), unit)
    return at_minimisers(paper.LEM29, bound)


@prove("helmbold2017:lem29-step-scaling")
def fitted_step() -> Theorem:
    net, above = paper.fitted, assume(less(1, activation(own)))
    total, into = Sum(w[j] ** 2, units), Sum(V[j, k] ** 2, (k, 1, K), units)
    o, c = Scalar("o"), Scalar("c")
    smaller = arithmetic(less(o / c**2, o), assume(less(0, o)), assume(less(1, c)))
    shrinks = satisfied(instance(smaller, {o: total, c: activation(own)}), some_output_weight(), above)
    return conjunction(arithmetic(equal(activation(net), 1), above),
                       arithmetic(less(size_of(net), size_of(own)), shrinks,
                                  arithmetic(equal(size_of(net), total / activation(own) ** 2 + into), above), above))
