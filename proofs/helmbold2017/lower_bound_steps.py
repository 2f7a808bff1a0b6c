"""The steps of the paper's proof of lemma 16 about the criterion, each for any value of it: psi(0), equation (5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.level_slopes import at_least, at_most, growing, of_means, t, x, y
from dropout_theory.proofs.helmbold2017.level_sums import S, X, level
from dropout_theory.proofs.helmbold2017.s04_level_means import coefficient
from dropout_theory.proofs.helmbold2017.tactics import family_in, layer, not_negative, of_terms
from dropout_theory.proofs.helmbold2017.telescope import same_layers
from sympy import Rational, Sum, binomial

from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017 import s04_negative_weights as tails
from dropout_theory.papers.helmbold2017.notation import K, d, i, k
from dropout_theory.papers.helmbold2017.s04_level_means import Dropped, criterion, delta0, ell, kept, net, psi
from dropout_theory.papers.helmbold2017.s04_lower_bound import first, last, tau
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    cite,
    conjunction,
    discharge,
    each_value,
    entry_below_sum,
    expected,
    generalise,
    identity,
    in_range,
    independent_factors,
    indicator,
    instance,
    integer_gap,
    mean_square,
    negation,
    number_kept,
    rewritten,
    rounding,
    satisfied,
    specialise,
    split_sum,
    weighted,
)

Z = net.at_zero
w = Scalar("w")
e = Scalar("e", NONNEGATIVE)  # an indicator


# --- no input kept ----------------------------------------------------------------------------------------------


def nothing_kept(dropped: Dropped) -> Theorem:
    """The output on ones is that on zeros, given that no input is kept."""
    term = dropped.parameters.first(i, k) / dropped.keep
    one = entry_below_sum(delta0[k], (k, 1, K), k, at_least(k, 1), at_most(k, K))
    none = assume(equal(S, 0))
    off = arithmetic(equal(delta0[k], 0), one, none, arithmetic(less_equal(0, delta0[k])))
    first_layer = weighted(off, term, (k, 1, K))
    layers = same_layers(family_in(dropped.at_one, "h"), family_in(dropped.at_zero, "h0"), first_layer)
    return rewritten(dropped.at_one, instance(layers, {layer: d - 1}), indices=[i])


def on_none(dropped: Dropped, value: Callable[[Any], Any]) -> Theorem:
    """E(f(output on ones) [no input kept]) = E(f(output on zeros)) / 2^K, for keep probability 1/2."""
    event = kept(sp.S.Zero)
    one, zero = dropped.at_one, dropped.at_zero
    given = assume(equal(x, y))
    alike = arithmetic(equal(value(x) * e, value(y) * e), given)
    holds = satisfied(instance(alike, {x: one, y: zero, e: event}), nothing_kept(dropped))
    never = arithmetic(equal(event, 0), indicator(event), assume(sp.Ne(S, 0, evaluate=False)))
    absent = arithmetic(equal(value(x) * e, value(y) * e), assume(equal(e, 0)))
    fails = satisfied(instance(absent, {x: one, y: zero, e: event}), never)
    same = expected(cases(equal(S, 0), holds, fails))
    law = specialise(generalise(number_kept(delta0, ell)[0], (ell, 0, K)), 0)
    return of_terms(equal(same.conclusion.args[0], E(value(zero)) * 2**-K), same,
                    independent_factors(value(zero), event), arithmetic(equal(E(event), 2**-K), law))


@cache
def at_none() -> Theorem:
    """E(X [no input kept]) = E(Z) / 2^K."""
    return on_none(net, lambda output: output)


@cache
def not_negative_loss() -> Theorem:
    """0 <= E((X - 1)^2)."""
    return expected(instance(arithmetic(less_equal(0, x**2)), {x: X - 1}))


@prove("helmbold2017:lem16-step-zero")
def none_kept() -> Theorem:
    """psi(0) = E Z, and a variance is not negative."""
    power, inverse, square, loss = Scalar("P", POSITIVE), Scalar("i", POSITIVE), Scalar("u"), Scalar("v")
    unit = identity(2**-K * 2**K, 1)
    mean = arithmetic(equal(w * power, x), assume(equal(w, x * inverse)), assume(equal(inverse * power, 1)))
    bound = arithmetic(less_equal((w * power) ** 2 / 2, (square + loss) / 2), mean, assume(less_equal(x**2, square)),
                       assume(less_equal(0, loss)))
    values = {w: level(sp.S.Zero), x: E(Z), power: 2**K, inverse: 2**-K, square: E(Z**2), loss: E((X - 1) ** 2)}
    return satisfied(instance(bound, values), at_none(), unit, mean_square(Z), not_negative_loss())


# --- equation (5) -----------------------------------------------------------------------------------------------


def probability(count: Any) -> Any:
    return binomial(K, count) / 2**K


def loss_on(count: Any) -> Any:
    """The part of the mean square error where `count` inputs are kept."""
    return E((X - 1) ** 2 * kept(count))


@cache
def parts_of_loss() -> Theorem:
    """E((X - 1)^2) = sum over j of the parts."""
    whole = number_kept(delta0, ell)[1]
    split = arithmetic(equal(x, x * y), assume(equal(y, 1)))
    once = expected(satisfied(instance(split, {x: (X - 1) ** 2, y: whole.conclusion.args[0]}), whole))
    total = Sum(loss_on(ell), (ell, 0, K))
    return of_terms(equal(E((X - 1) ** 2), total), once, identity(once.conclusion.args[1], total))


@cache
def tangent(sign: int) -> Theorem:
    """2 s tau (A_j - P_j) - tau^2 P_j <= loss on j, for j in 0..K and s = 1 or -1."""
    event = kept(ell)
    square = arithmetic(less_equal(2 * sign * tau * (x * e - e) - tau**2 * e, (x - 1) ** 2 * e))
    here = expected(instance(square, {x: X, e: event}))
    mean = identity(here.conclusion.args[0], 2 * sign * tau * (level(ell) - E(event)) - tau**2 * E(event))
    law = number_kept(delta0, ell)[0]
    bound = 2 * sign * tau * (level(ell) - probability(ell)) - tau**2 * probability(ell)
    return of_terms(less_equal(bound, loss_on(ell)), here, mean, law)


def heavy_part(sign: int, far: Theorem, *known: Theorem) -> Theorem:
    """tau^2 P_j <= loss on j, where psi(j) lies tau or more from 1 on the side of the sign."""
    A, P, value, loss = Scalar("A"), Scalar("P", POSITIVE), Scalar("m"), Scalar("L")
    side = less_equal(1 + tau, value) if sign > 0 else less_equal(value, 1 - tau)
    gap = assume(side)
    apart = arithmetic(less_equal(2 * tau**2 * P, 2 * sign * tau * (value * P - P)), gap)
    lemma = arithmetic(less_equal(tau**2 * P, loss), apart, assume(equal(A, value * P)),
                       assume(less_equal(2 * sign * tau * (A - P) - tau**2 * P, loss)))
    chosen = coefficient(ell, *known)
    chance = arithmetic(less(0, probability(ell)), chosen)
    values = {A: level(ell), P: probability(ell), value: psi(ell), loss: loss_on(ell)}
    definition = of_terms(equal(level(ell), psi(ell) * probability(ell)), chosen)
    inside = [arithmetic(fact, *known) for fact in in_range(ell, sp.S.Zero, K)]
    return satisfied(instance(lemma, values, chosen, chance), definition, satisfied(tangent(sign), *inside), far)


def ends() -> list[Theorem]:
    """0 <= first <= K and 0 <= last <= K, and their bounds as rounded numbers."""
    rounded = [rounding(first), rounding(last)]
    return [*rounded, *[integer_gap(arithmetic(less(low, high), *rounded))
                        for low, high in ((-1, first), (first, K + 1), (-1, last), (last, K + 1))]]


def far(value: Any, sign: int) -> Any:
    """The value lies tau or more from 1, above it for the sign 1 and below it for -1."""
    return less_equal(1 + tau, value) if sign > 0 else less_equal(value, 1 - tau)


def tail_of_loss(sign: int, limits: tuple[Any, Any, Any], edge: Any) -> Theorem:
    """tau^2 Pr(tail) <= loss on the tail, given that psi is far from 1 at the edge."""
    inside = (*[assume(fact) for fact in in_range(*limits)], *ends())
    low, high = (edge, ell) if sign > 0 else (ell, edge)
    apart = arithmetic(less_equal(0, high - low), *inside)
    order = specialise(instance(growing(), {t: high - low}, apart), low, premises=inside)
    order = satisfied(order, *[arithmetic(fact, *inside) for fact in order.given])
    near, there = (x, y) if sign > 0 else (y, x)
    chain = arithmetic(far(there, sign), assume(less_equal(x, y)), assume(far(near, sign)))
    here = of_means(chain, {x: low, y: high}, inside, order, assume(far(psi(edge), sign)))
    return weighted(heavy_part(sign, here, *inside), 1, limits)


def heavy_tail(sign: int) -> Theorem:
    """1/4 <= Pr(tail with its edge) for every K: by lemma 15, and by evaluation where that lemma fails."""
    edge, start = (tails.last, tails.last) if sign > 0 else (tails.first, 0)
    tail = Sum(tails.chance(tails.j), (tails.j, start, tails.n if sign > 0 else edge))
    heavy = less_equal(Rational(1, 4), tail)
    lemmas = [cite(REGISTRY[f"helmbold2017:{label}"]) for label in ("lem15.1", "lem15.2.amended")]
    inside = [instance(fact, {K: tails.n}) for fact in ends()]
    split = split_sum(tail, edge if sign > 0 else edge - 1, *inside)
    one = specialise(generalise(arithmetic(less_equal(0, tails.chance(tails.j))), (tails.j, edge, edge)), tails.j)
    more = not_negative(weighted(one, 1, (tails.j, edge, edge)))
    usual = of_terms(heavy, *lemmas, split, more)
    rare = negation(tails.exceptions.condition)
    others = satisfied(each_value(tails.n, heavy, 19, rare), arithmetic(less(tails.n, 19), assume(rare)))
    return instance(cases(tails.exceptions.condition, usual, others), {tails.n: K})


@cache
def large_criterion(sign: int) -> Theorem:
    """tau^2/8 <= criterion, given that psi is far from 1 at an end of the middle."""
    edge, limits = (last, (ell, last, K)) if sign > 0 else (first, (ell, 0, first))
    others = (ell, 0, last - 1) if sign > 0 else (ell, first + 1, K)
    heavy = heavy_tail(sign)
    part = tail_of_loss(sign, limits, edge)
    rest = weighted(expected(instance(arithmetic(less_equal(0, x**2 * e)), {x: X - 1, e: kept(ell)})), 1, others)
    split = split_sum(Sum(loss_on(ell), (ell, 0, K)), last - 1 if sign > 0 else first, *ends())
    square = expected(instance(arithmetic(less_equal(0, x**2)), {x: Z}))
    total = identity(part.conclusion.args[0], tau**2 * heavy.conclusion.args[1])
    return of_terms(less_equal(tau**2 / 8, criterion), part, total, heavy, not_negative(rest), split, parts_of_loss(),
                    not_negative(square))


def near_one(sign: int, statement: Any) -> Theorem:
    """psi is nearer than tau to 1 at that end, given that the criterion is below tau^2/8."""
    small, near = statement.args
    edge = last if sign > 0 else first
    value, bound = Scalar("m"), Scalar("J")
    below = assume(less(bound, tau**2 / 8))
    contradiction = arithmetic(less(value, 1 + tau) if sign > 0 else less(1 - tau, value), below,
                               assume(less_equal(tau**2 / 8, bound)))
    chosen = coefficient(edge, *ends())
    fails = satisfied(instance(contradiction, {value: psi(edge), bound: criterion}, chosen), large_criterion(sign))
    otherwise = arithmetic(far(psi(edge), sign), assume(negation(near)), chosen)
    return discharge(small, cases(near, assume(near), satisfied(fails, otherwise)))


@prove("helmbold2017:eq5.1")
@prove("helmbold2017:eq5.1.amended-all-sizes")
def lower_end() -> Theorem:
    return near_one(-1, paper.ABOVE.statement)


@prove("helmbold2017:eq5.2")
@prove("helmbold2017:eq5.2.amended-all-sizes")
def upper_end() -> Theorem:
    return near_one(1, paper.BELOW.statement)


@prove("helmbold2017:eq5")
@prove("helmbold2017:eq5.amended-all-sizes")
def both_ends() -> Theorem:
    return conjunction(lower_end(), upper_end())
