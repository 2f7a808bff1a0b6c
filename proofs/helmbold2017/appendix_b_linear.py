"""Lemmas 25 to 29: sums over the units that leave no gap, and what all minimisers have in common."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Ge, Le, Max, Sum

from dropout_theory import proof as by
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
from dropout_theory.proof import Theorem

from .appendix_b import DOT, dotted, each, in_units, same_outputs, shorter, summed, times_out, under
from .weight_decay import (
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
    kept = by.arithmetic(equal(size, gap), bound)
    empty = by.arithmetic(less_equal(Sum(size, units), 0), by.termwise(kept, units), total)
    below = by.arithmetic(less_equal(size, 0), empty, by.entry_below_sum(size, units, j, *in_units()))
    return by.arithmetic(equal(gap, 0), below, bound)


def own_length() -> Any:
    """v_j . v_j."""
    return Sum(V[j, k] ** 2, (k, 1, K))


@prove("helmbold2017:lem25")
def lemma_25() -> Theorem:
    """Weights max(0, v_j . x) x/(x . x) leave the outputs as they are, and no unit's weights grow.

    Where they save nothing, |x|^2 |v_j|^2 = max(0, v_j . x)^2 for every unit, and by Cauchy and Schwarz (v_j . x)^2 is
    no larger.
    """
    premise, wanted = paper.LEM25.statement.args
    found = no_gap(paper.UNBIASED.net, paper.rectified, Relu(DOT), premise)
    up = by.arithmetic(less_equal(DOT**2, Relu(DOT) ** 2), found, cauchy_schwarz())
    return by.discharge(premise, by.generalise(by.arithmetic(wanted.body, up), units))


def no_gap(old: Any, new: Any, value: Any, premise: Any) -> Theorem:
    """(x . x)(v_j . v_j) = value^2, if `old` is no worse than `new`, whose weights are value * x/(x . x)."""
    known = given_input()
    inside = dotted(new, value)
    unit = by.arithmetic(equal(unit_on_x(new, j), unit_on_x(old, j)), inside, known)
    outputs = summed(equal(on_x(new), on_x(old)), times_out(unit), known)
    squares = by.arithmetic(equal(Sum(new.into(j, k) ** 2, (k, 1, K)) * square(), value**2), known)
    gap = square() * own_length() - value**2
    bound = by.arithmetic(less_equal(0, gap), by.arithmetic(less_equal(value**2, DOT**2)), cauchy_schwarz())
    sizes = by.arithmetic(less_equal(size_of(old), size_of(new)), by.assume(premise), outputs, known)
    total = by.arithmetic(less_equal(Sum(gap, units), 0),
                          by.arithmetic(less_equal(square() * (size_of(old) - size_of(new)), 0), sizes, known),
                          by.termwise(squares, units), known)
    none = each_vanishes(gap, bound, total)
    return by.arithmetic(equal(square() * own_length(), value**2), none)


def active() -> Theorem:
    """w_j relu(v_j . x) = w_j v_j . x."""
    unit = by.arithmetic(equal(unit_on_x(paper.UNBIASED.net, j), DOT), each(paper.forward))
    return times_out(unit)


@cache
def linear(net: Any) -> Theorem:
    """N(x) = w . V x + output bias."""
    return summed(equal(on_x(net), activation(own) + net.last), active())


@prove("helmbold2017:eq9")
def equation_9() -> Theorem:
    return by.conjunction(linear(paper.UNBIASED.net), by.arithmetic(equal(on_zero(paper.UNBIASED.net), b)))


@prove("helmbold2017:lem26")
def lemma_26() -> Theorem:
    """The criterion is quadratic in the output bias, with its least value at (1 - w . V x)/2."""
    old, new = (criterion_of(net) for net in (paper.UNBIASED.net, paper.centred))
    known = [linear(paper.UNBIASED.net), linear(paper.centred)]
    least, best = less_equal(old, new), equal(b, paper.best_bias)
    return by.conjunction(by.arithmetic(less_equal(new, old), *known),
                          by.iff(by.arithmetic(best, by.assume(least), *known),
                                 by.arithmetic(least, by.assume(best), *known), least, best))


@prove("helmbold2017:eq10")
def equation_10() -> Theorem:
    """With A the activation and (1 - A)/2 the bias the outputs are (1 + A)/2 on x and (1 - A)/2 on 0."""
    first, second = (equal(on_x(paper.centred), paper.centred_form(sp.S.One)),
                     equal(on_zero(paper.centred), paper.centred_form(sp.S.Zero)))
    return by.conjunction(by.arithmetic(first, linear(paper.centred)), by.arithmetic(second))


@prove("helmbold2017:eq11")
def equation_11() -> Theorem:
    return by.arithmetic(paper.EQ11.statement, linear(paper.centred))


@cache
def optimal_values() -> tuple[Theorem, Theorem, Theorem]:
    """Activity, output on 0 and penalty of every minimiser, as implications."""
    return (at_the_least(equal(activity, peak)), at_the_least(equal(level, (1 - peak) / 2)),
            at_the_least(equal(cost, slope * peak)))


def at_minimisers(claim: Any, *premises: Theorem) -> Theorem:
    """A claim `J_2 = its least value (and more) => ...` from what minimisers have in common."""
    premise, wanted = claim.statement.args
    reached = equal(paper.J_2, paper.LEAST)
    given = by.assume(premise)
    first = given if premise == reached else by.component(given, reached)
    rest = [by.component(given, part) for part in premise.args if part != reached] if premise != reached else []
    values = [by.apply(th, first) for th in optimal_values()]
    return by.discharge(premise, by.arithmetic(wanted, *values, *rest, *premises, given_input()))


@prove("helmbold2017:eq11-every-minimiser")
def outputs_of_minimisers() -> Theorem:
    return at_minimisers(paper.EQ11_ALL)


@prove("helmbold2017:lem27")
def lemma_27() -> Theorem:
    """The part of v_j across x has squared length v_j . v_j - (v_j . x)^2/(x . x), 0 where projecting saves nothing."""
    premise, wanted = paper.LEM27.statement.args
    known = given_input()
    found = no_gap(own, paper.projected, DOT, premise)
    dot = DOT.xreplace({k: i})
    rest = (V[j, k] - dot / square().xreplace({k: i}) * x[k]) ** 2
    spread = by.arithmetic(equal(Sum(rest, (k, 1, K)), own_length() - DOT**2 / square()), known)
    inside = [by.assume(Ge(k, 1, evaluate=False)), by.assume(Le(k, K, evaluate=False))]
    entry = by.entry_below_sum(rest, (k, 1, K), k, *inside, known)
    zero = by.arithmetic(equal(own_length() - DOT**2 / square(), 0), found, known)
    each_entry = by.arithmetic(wanted.body, by.arithmetic(less_equal(rest, 0), entry, spread, zero, known), known)
    return by.discharge(premise, by.generalise(each_entry, units, (k, 1, K)))


@prove("helmbold2017:lem27-step-projection")
def projection_step() -> Theorem:
    """Only v_j . x enters the outputs, and projecting on x keeps it; by Cauchy and Schwarz weights do not grow."""
    net, known = paper.projected, given_input()
    inside = dotted(net, DOT)
    unit = by.arithmetic(equal(unit_on_x(net, j), unit_on_x(own, j)), inside, known)
    same_1, same_0 = same_outputs(net)
    weights = shorter(net, DOT, by.arithmetic(less_equal(DOT**2, DOT**2)))
    return by.conjunction(summed(same_1, times_out(unit), known), by.arithmetic(same_0),
                          summed(less_equal(size_of(net), size_of(own)), weights, known))


@prove("helmbold2017:lem28")
def lemma_28() -> Theorem:
    return at_minimisers(paper.LEM28)


def some_output_weight() -> Theorem:
    """The squares of the output weights have a positive sum when the activation is above 1."""
    total = Sum(w[j] ** 2, units)
    condition, above = less(0, total), by.assume(less(1, activation(own)))
    zero = by.arithmetic(equal(w[j], 0), by.entry_below_sum(w[j] ** 2, units, j, *in_units()),
                         by.assume(by.negation(condition)))
    nothing = by.rewritten(activation(own), zero, indices=[j])
    return by.cases(condition, by.assume(condition), by.arithmetic(condition, nothing, above))


@prove("helmbold2017:lem28-step-scaling")
def scaling_step() -> Theorem:
    """For A > 1 output weights times (1 + A)/(2A), less than 1, bring the output on x from (1 + A)/2 down to 1.

    The output on 0, (1 - A)/2 < 0, is left as it is. The squared weights fall, because some output weight is not 0.
    """
    net, above = paper.scaled_down, by.assume(less(1, activation(own)))
    smaller = by.arithmetic(both(less(0, paper.scale), less(paper.scale, 1)), above)
    value = by.arithmetic(equal(paper.scale * activation(own), (1 + activation(own)) / 2), above)
    factor = Scalar("s")
    general = summed(equal(Sum(factor * w[j] * unit_on_x(paper.UNBIASED.net, j), units), factor * activation(own)),
                     active())
    scaled = by.instance(general, {factor: paper.scale}, above)
    outputs = by.arithmetic(equal(on_x(net), 1), scaled, value, above)
    total, into = Sum(w[j] ** 2, units), Sum(V[j, k] ** 2, (k, 1, K), units)
    o, s = Scalar("o"), Scalar("s")
    shrinks = by.in_letters(less(s**2 * o, o), {o: total, s: paper.scale}, (less(0, o), some_output_weight()),
                            (both(less(0, s), less(s, 1)), smaller), domains=(above,))
    sizes = by.arithmetic(less(size_of(net), size_of(paper.centred)), shrinks,
                          by.arithmetic(equal(size_of(net), paper.scale**2 * total + into), above), above)
    return by.conjunction(by.arithmetic(less(on_zero(paper.centred), 0), above), outputs,
                          by.arithmetic(equal(on_zero(net), on_zero(paper.centred)), above), sizes)


@prove("helmbold2017:lem29")
def lemma_29() -> Theorem:
    """2 w . V x <= |x| Q holds for networks without rectifiers too, and minimisers have no slack in it."""
    net, root = paper.other, sp.sqrt(square())
    unit = contribution_bound(projection(net, j), net.out(j), Sum(net.into(j, k) ** 2, (k, 1, K)),
                              cauchy_schwarz(net=net))
    bound = summed(less_equal(2 * activation(net), root * size_of(net)), unit)
    return at_minimisers(paper.LEM29, bound)


@prove("helmbold2017:lem29-step-scaling")
def fitted_step() -> Theorem:
    """Output weights divided by the activation A > 1 bring it to 1; their squares fall, as one of them is not 0."""
    net, above = paper.fitted, by.assume(less(1, activation(own)))
    total, into = Sum(w[j] ** 2, units), Sum(V[j, k] ** 2, (k, 1, K), units)
    o, c = Scalar("o"), Scalar("c")
    shrinks = by.in_letters(less(o / c**2, o), {o: total, c: activation(own)}, (less(0, o), some_output_weight()),
                            (less(1, c), above))
    return by.conjunction(by.arithmetic(equal(activation(net), 1), above),
                          by.arithmetic(less(size_of(net), size_of(own)), shrinks,
                                        by.arithmetic(equal(size_of(net), total / activation(own) ** 2 + into), above),
                                        above))
