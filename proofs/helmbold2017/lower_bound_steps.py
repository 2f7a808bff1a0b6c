"""The steps of the paper's proof of lemma 16 about the criterion, each for any value of it: psi(0), equation (5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp
from sympy import Rational, Sum, binomial

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017 import s04_negative_weights as tails
from dropout_theory.papers.helmbold2017.notation import K, d, i, k
from dropout_theory.papers.helmbold2017.s04_level_means import Dropped, criterion, delta0, ell, kept, net, psi
from dropout_theory.papers.helmbold2017.s04_lower_bound import first, last, tau
from dropout_theory.proof import Theorem

from .level_slopes import at_least, at_most, growing, of_means, t, x, y
from .level_sums import S, X, level
from .s04_level_means import coefficient
from .tactics import family_in, layer, not_negative, of_terms
from .telescope import same_layers

Z = net.at_zero
w = Scalar("w")
e = Scalar("e", NONNEGATIVE)  # an indicator


# --- no input kept ----------------------------------------------------------------------------------------------


def nothing_kept(dropped: Dropped) -> Theorem:
    """The output on ones is that on zeros, given that no input is kept: every gate is 0, so first layers agree."""
    term = dropped.parameters.first(i, k) / dropped.keep
    one = by.entry_below_sum(delta0[k], (k, 1, K), k, at_least(k, 1), at_most(k, K))
    none = by.assume(equal(S, 0))
    off = by.arithmetic(equal(delta0[k], 0), one, none, by.arithmetic(less_equal(0, delta0[k])))
    first_layer = by.weighted(off, term, (k, 1, K))
    layers = same_layers(family_in(dropped.at_one, "h"), family_in(dropped.at_zero, "h0"), first_layer)
    return by.rewritten(dropped.at_one, by.instance(layers, {layer: d - 1}), indices=[i])


def on_none(dropped: Dropped, value: Callable[[Any], Any]) -> Theorem:
    """E(f(output on ones) [no input kept]) = E(f(output on zeros)) / 2^K, for keep probability 1/2.

    Pattern by pattern the two agree on the event and are both 0 off it; what zeros give does not depend on the event.
    """
    event = kept(sp.S.Zero)
    one, zero = dropped.at_one, dropped.at_zero
    alike, letters = equal(value(x) * e, value(y) * e), {x: one, y: zero, e: event}
    holds = by.in_letters(alike, letters, (equal(x, y), nothing_kept(dropped)))
    never = by.arithmetic(equal(event, 0), by.indicator(event), by.assume(sp.Ne(S, 0, evaluate=False)))
    fails = by.in_letters(alike, letters, (equal(e, 0), never))
    same = by.expected(by.cases(equal(S, 0), holds, fails))
    law = by.specialise(by.generalise(by.number_kept(delta0, ell)[0], (ell, 0, K)), 0)
    return of_terms(equal(same.conclusion.args[0], E(value(zero)) * 2**-K), same,
                    by.independent_factors(value(zero), event), by.arithmetic(equal(E(event), 2**-K), law))


@cache
def at_none() -> Theorem:
    """E(X [no input kept]) = E(Z) / 2^K."""
    return on_none(net, lambda output: output)


@cache
def not_negative_loss() -> Theorem:
    """0 <= E((X - 1)^2)."""
    return by.expected(by.in_letters(less_equal(0, x**2), {x: X - 1}))


@prove("helmbold2017:lem16-step-zero")
def none_kept() -> Theorem:
    """psi(0) = E Z, whose square is at most E(Z^2), and the mean square error on ones is not negative."""
    power, inverse, square, loss = Scalar("P", POSITIVE), Scalar("i", POSITIVE), Scalar("u"), Scalar("v")
    unit = by.identity(2**-K * 2**K, 1)
    mean = by.arithmetic(equal(w * power, x), by.assume(equal(w, x * inverse)), by.assume(equal(inverse * power, 1)))
    bound = by.arithmetic(less_equal((w * power) ** 2 / 2, (square + loss) / 2), mean,
                          by.assume(less_equal(x**2, square)), by.assume(less_equal(0, loss)))
    values = {w: level(sp.S.Zero), x: E(Z), power: 2**K, inverse: 2**-K, square: E(Z**2), loss: E((X - 1) ** 2)}
    return by.satisfied(by.instance(bound, values), at_none(), unit, by.mean_square(Z), not_negative_loss())


# --- equation (5) -----------------------------------------------------------------------------------------------


def probability(count: Any) -> Any:
    """P_j: `count` inputs are kept."""
    return binomial(K, count) / 2**K


def loss_on(count: Any) -> Any:
    """The part of the mean square error where `count` inputs are kept."""
    return E((X - 1) ** 2 * kept(count))


@cache
def parts_of_loss() -> Theorem:
    """E((X - 1)^2) = sum over j of the parts: some number of inputs is kept, and one only."""
    whole = by.number_kept(delta0, ell)[1]
    letters = {x: (X - 1) ** 2, y: whole.conclusion.args[0]}
    once = by.expected(by.in_letters(equal(x, x * y), letters, (equal(y, 1), whole)))
    total = Sum(loss_on(ell), (ell, 0, K))
    return of_terms(equal(E((X - 1) ** 2), total), once, by.identity(once.conclusion.args[1], total))


@cache
def tangent(sign: int) -> Theorem:
    """2 s tau (A_j - P_j) - tau^2 P_j <= loss on j, for j in 0..K and s = 1 or -1.

    The tangent of (X - 1)^2 at X = 1 + s tau, times the event, in the mean.
    """
    event = kept(ell)
    square = less_equal(2 * sign * tau * (x * e - e) - tau**2 * e, (x - 1) ** 2 * e)
    here = by.expected(by.in_letters(square, {x: X, e: event}))
    mean = by.identity(here.conclusion.args[0], 2 * sign * tau * (level(ell) - E(event)) - tau**2 * E(event))
    law = by.number_kept(delta0, ell)[0]
    bound = 2 * sign * tau * (level(ell) - probability(ell)) - tau**2 * probability(ell)
    return of_terms(less_equal(bound, loss_on(ell)), here, mean, law)


def heavy_part(sign: int, distant: Theorem, *known: Theorem) -> Theorem:
    """tau^2 P_j <= loss on j, where psi(j) lies tau or more from 1 on the side of the sign: A_j = psi(j) P_j."""
    A, P, value, loss = Scalar("A"), Scalar("P", POSITIVE), Scalar("m"), Scalar("L")
    apart = by.arithmetic(less_equal(2 * tau**2 * P, 2 * sign * tau * (value * P - P)), by.assume(far(value, sign)))
    lemma = by.arithmetic(less_equal(tau**2 * P, loss), apart, by.assume(equal(A, value * P)),
                          by.assume(less_equal(2 * sign * tau * (A - P) - tau**2 * P, loss)))
    chosen = coefficient(ell, *known)
    chance = by.arithmetic(less(0, probability(ell)), chosen)
    values = {A: level(ell), P: probability(ell), value: psi(ell), loss: loss_on(ell)}
    definition = of_terms(equal(level(ell), psi(ell) * probability(ell)), chosen)
    inside = [by.arithmetic(fact, *known) for fact in by.in_range(ell, sp.S.Zero, K)]
    there = by.instance(lemma, values, chosen, chance)
    return by.satisfied(there, definition, by.satisfied(tangent(sign), *inside), distant)


def ends() -> list[Theorem]:
    """0 <= first <= K and 0 <= last <= K, and their bounds as rounded numbers."""
    rounded = [by.rounding(first), by.rounding(last)]
    return [*rounded, *[by.integer_gap(by.arithmetic(less(low, high), *rounded))
                        for low, high in ((-1, first), (first, K + 1), (-1, last), (last, K + 1))]]


def far(value: Any, sign: int) -> Any:
    """The value lies tau or more from 1, above it for the sign 1 and below it for -1."""
    return less_equal(1 + tau, value) if sign > 0 else less_equal(value, 1 - tau)


def tail_of_loss(sign: int, limits: tuple[Any, Any, Any], edge: Any) -> Theorem:
    """tau^2 Pr(tail) <= loss on the tail, given that psi is far from 1 at the edge: so it is beyond, as psi grows."""
    inside = (*[by.assume(fact) for fact in by.in_range(*limits)], *ends())
    low, high = (edge, ell) if sign > 0 else (ell, edge)
    apart = by.arithmetic(less_equal(0, high - low), *inside)
    order = by.specialise(by.instance(growing(), {t: high - low}, apart), low, premises=inside)
    order = by.satisfied(order, *[by.arithmetic(fact, *inside) for fact in sorted(order.given, key=str)])
    near, there = (x, y) if sign > 0 else (y, x)
    here = of_means(far(there, sign), {x: low, y: high}, inside, (less_equal(x, y), order),
                    (far(near, sign), by.assume(far(psi(edge), sign))))
    return by.weighted(heavy_part(sign, here, *inside), 1, limits)


def heavy_tail(sign: int) -> Theorem:
    """1/4 <= Pr(tail with its edge) for every K: by lemma 15, and by evaluation where that lemma fails."""
    edge, start = (tails.last, tails.last) if sign > 0 else (tails.first, 0)
    tail = Sum(tails.chance(tails.j), (tails.j, start, tails.n if sign > 0 else edge))
    heavy = less_equal(Rational(1, 4), tail)
    lemmas = [by.cite(REGISTRY[f"helmbold2017:{label}"]) for label in ("lem15.1", "lem15.2.amended")]
    inside = [by.instance(fact, {K: tails.n}) for fact in ends()]
    split = by.split_sum(tail, edge if sign > 0 else edge - 1, *inside)
    at_edge = tails.j, edge, edge
    one = by.specialise(by.generalise(by.arithmetic(less_equal(0, tails.chance(tails.j))), at_edge), tails.j)
    more = not_negative(by.weighted(one, 1, at_edge))
    usual = of_terms(heavy, *lemmas, split, more)
    rare = by.negation(tails.exceptions.condition)
    others = by.satisfied(by.each_value(tails.n, heavy, 19, rare), by.arithmetic(less(tails.n, 19), by.assume(rare)))
    return by.instance(by.cases(tails.exceptions.condition, usual, others), {tails.n: K})


@cache
def large_criterion(sign: int) -> Theorem:
    """tau^2/8 <= criterion, given that psi is far from 1 at an end of the middle.

    The tail there has probability 1/4 or more, and on it alone the loss is at least tau^2 times that.
    """
    edge, limits = (last, (ell, last, K)) if sign > 0 else (first, (ell, 0, first))
    others = (ell, 0, last - 1) if sign > 0 else (ell, first + 1, K)
    heavy = heavy_tail(sign)
    part = tail_of_loss(sign, limits, edge)
    rest = by.weighted(by.expected(by.in_letters(less_equal(0, x**2 * e), {x: X - 1, e: kept(ell)})), 1, others)
    split = by.split_sum(Sum(loss_on(ell), (ell, 0, K)), last - 1 if sign > 0 else first, *ends())
    square = by.expected(by.in_letters(less_equal(0, x**2), {x: Z}))
    total = by.identity(part.conclusion.args[0], tau**2 * heavy.conclusion.args[1])
    return of_terms(less_equal(tau**2 / 8, criterion), part, total, heavy, not_negative(rest), split, parts_of_loss(),
                    not_negative(square))


def near_one(sign: int, statement: Any) -> Theorem:
    """psi is nearer than tau to 1 at that end, given that the criterion is below tau^2/8: `large_criterion` turned."""
    small, near = statement.args
    edge = last if sign > 0 else first
    value, bound = Scalar("m"), Scalar("J")
    chosen = coefficient(edge, *ends())
    fails = by.in_letters(less(value, 1 + tau) if sign > 0 else less(1 - tau, value),
                          {value: psi(edge), bound: criterion}, (less(bound, tau**2 / 8), by.assume(small)),
                          (less_equal(tau**2 / 8, bound), large_criterion(sign)), domains=(chosen,))
    otherwise = by.arithmetic(far(psi(edge), sign), by.assume(by.negation(near)), chosen)
    return by.discharge(small, by.cases(near, by.assume(near), by.satisfied(fails, otherwise), chosen))


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
    return by.conjunction(lower_end(), upper_end())
