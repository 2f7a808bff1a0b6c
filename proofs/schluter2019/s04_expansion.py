"""Section 4: theorem 1 by repeated differentiation, the steps of its proof, and the shifted eq. (11)."""

from __future__ import annotations

from functools import cache

import sympy as sp

from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import DerivativeAt, E, Stirling2, both, equal, less, less_equal, logistic
from dropout_theory.papers.schluter2019.notation import (
    c,
    delta,
    derivative,
    explicit,
    j,
    k,
    m,
    p,
    score,
    slope,
    term,
    triangle,
    z,
)
from dropout_theory.papers.schluter2019.s04_expansion import (
    K,
    at_score,
    first_part,
    gate,
    in_score,
    inner,
    last,
    noise,
    power,
    q,
    row,
    second_part,
    taylor,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    chain,
    cite,
    conjunction,
    differentiate,
    empty,
    factorial_step,
    generalise,
    identity,
    instance,
    low_derivative,
    restate,
    rewrite,
    shifted,
    stirling_edge,
    stirling_outside,
    stirling_recurrence,
    termwise,
    times,
    tower,
    two_outcomes,
    weighted,
    without_first,
    without_last,
)

spread = q * (1 - q)  # p' as a polynomial in p


@cache
def first_row() -> Theorem:
    """A_1 = p(1 - p): the sum has one term and S2(1, 1) = 1."""
    whole = sp.Sum(spread * (explicit(1, q) / spread).function, (j, 1, 1))
    one = without_last(whole)
    nothing = empty(sp.Sum(whole.function, (j, 1, 0)))
    return arithmetic(equal(explicit(1, q), spread), one, nothing, stirling_edge(1, 1))


@cache
def next_row() -> Theorem:
    """p(1 - p) dA_k/dp = A_(k+1), term by term from the recurrence of the Stirling numbers."""
    weight = spread * (-1) ** (j - 1) * q ** (j - 1) * sp.factorial(j)
    by_recurrence = weighted(stirling_recurrence(k, j), weight, (j, 1, k + 1))
    own = sp.Sum(weight * j * Stirling2(k, j), (j, 1, k + 1))
    left_neighbour = sp.Sum(weight * Stirling2(k, j - 1), (j, 1, k + 1))
    last = without_last(own)
    first = without_first(left_neighbour)
    moved = shifted(sp.Sum(left_neighbour.function, (j, 2, k + 1)), -1)
    positive = assume(less_equal(1, j))
    entry = moved.conclusion.rhs.function
    stepped = -spread * (-1) ** (j - 1) * (j + 1) * q**j * triangle(k, j)
    reordered = termwise(arithmetic(equal(entry, stepped), factorial_step(j + 1, positive)), (j, 1, k))
    slope_of_row = spread * differentiate(explicit(k, q), q)
    return arithmetic(equal(slope_of_row, explicit(k + 1, q)), by_recurrence, last, first, moved, reordered,
                      stirling_outside(k, k + 1), stirling_outside(k, 0))


def second_derivative() -> Theorem:
    """A''(c) = p(1 - p)."""
    return restate(low_derivative(derivative(2, c)), equal(derivative(2, c), slope))


@prove("schluter2019:thm1.amended")
def theorem_1() -> Theorem:
    row_one = instance(first_row(), {q: p}, probability_of_score())
    base = arithmetic(equal(derivative(2, c), explicit(1)), second_derivative(), row_one)
    return tower(base, next_row(), explicit(k, q), q, k)


def probability_of_score() -> Theorem:
    """0 < p < 1 for the logistic probability of any score."""
    return arithmetic(both(less(0, p), less(p, 1)))


@prove("schluter2019:sec4-index-zero.amended")
def first_two_derivatives() -> Theorem:
    first = restate(low_derivative(derivative(1, c)), equal(derivative(1, c), p))
    return conjunction(first, second_derivative())


@prove("schluter2019:sec4-moment.amended")
def one_feature_moment() -> Theorem:
    masks = two_outcomes((c * gate[1] / (1 - delta) - c) ** power, gate[1])
    kept = identity(c / (1 - delta) - c, c * (delta / (1 - delta)))
    return rewrite(masks, kept)


# --- the steps of its proof -------------------------------------------------------------------------------------


@prove("schluter2019:thm1-step-base")
def base_case() -> Theorem:
    whole = sp.Sum(spread * (explicit(2, q) / spread).function, (j, 1, 2))
    two = without_last(whole)
    one = without_last(sp.Sum(whole.function, (j, 1, 1)))
    second = arithmetic(equal(explicit(2, q), spread - 2 * q * spread), two, one,
                        empty(sp.Sum(whole.function, (j, 1, 0))), stirling_edge(2, 1), stirling_edge(2, 2))
    return conjunction(arithmetic(equal(explicit(1, q), q - q**2), first_row()), second)


@prove("schluter2019:eq9")
def derivative_of_a_term() -> Theorem:
    slope_of_term = chain(term(row, inner, q), q, z, c)
    polynomial = spread * differentiate(term(row, inner, q), q)
    split = identity(polynomial, first_part(row, inner) + second_part(row, inner))
    return arithmetic(equal(in_score(row, inner), at_score(first_part(row, inner) + second_part(row, inner))),
                      slope_of_term, instance(split, {q: p}, probability_of_score()))


@cache
def neighbours() -> Theorem:
    """T(k + 1, j) = j T(k, j) + j T(k, j - 1) for j >= 2."""
    from_two = assume(less_equal(2, j))
    return arithmetic(equal(triangle(last + 1, j), j * triangle(last, j) + j * triangle(last, j - 1)),
                      stirling_recurrence(last, j), factorial_step(j, from_two))


@prove("schluter2019:thm1-step-contribution.amended")
def contribution() -> Theorem:
    both_parts = equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1))
    return generalise(arithmetic(both_parts, neighbours()), (j, 2, last))


@prove("schluter2019:thm1-step-middle")
def middle() -> Theorem:
    front = spread * (-1) ** (j - 1) * q ** (j - 1) * j
    in_place = equal(term(last + 1, j, q), front * triangle(last, j) + front * triangle(last, j - 1))
    first = arithmetic(in_place, neighbours())
    second = arithmetic(equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1)), neighbours())
    return generalise(conjunction(first, second), (j, 2, last))


@prove("schluter2019:thm1-step-first")
def first_term() -> Theorem:
    return conjunction(arithmetic(equal(term(row + 1, 1, q), spread), stirling_edge(row + 1, 1)),
                       arithmetic(equal(first_part(row, 1), spread), stirling_edge(row, 1)))


@prove("schluter2019:thm1-step-last.amended")
def last_term() -> Theorem:
    polynomial = spread * differentiate(term(row, row, q), q)
    wanted = first_part(row, row) + term(row + 1, row + 1, q)
    corner = [stirling_edge(row, row), stirling_edge(row + 1, row + 1), factorial_step(row + 1)]
    split = instance(arithmetic(equal(polynomial, wanted), *corner), {q: p}, probability_of_score())
    return arithmetic(equal(in_score(row, row), at_score(wanted)), chain(term(row, row, q), q, z, c), split)


@prove("schluter2019:thm1-step-triangle")
def triangle_recurrence() -> Theorem:
    wanted = equal(triangle(row + 1, j), sp.factorial(j) * (j * Stirling2(row, j) + Stirling2(row, j - 1)))
    return generalise(arithmetic(wanted, stirling_recurrence(row, j)), (j, 1, row + 1))


@prove("schluter2019:thm1-step-derivative.amended")
def derivative_of_a_row() -> Theorem:
    inside = DerivativeAt(explicit(row, logistic(z)), z, c, 1)
    stepped = instance(next_row(), {q: p}, probability_of_score())
    return arithmetic(equal(at_score(explicit(row + 1, q)), inside), chain(explicit(row, q), q, z, c), stepped)


# --- eq. (11) ---------------------------------------------------------------------------------------------------


@prove("schluter2019:eq11.amended")
def shifted_expansion() -> Theorem:
    general = instance(cite(REGISTRY["schluter2019:thm1.amended"]), {c: score})
    shifted_row = instance(general, {k: m - 1}, assume(less_equal(2, m)))
    moment = E(noise**m) / sp.factorial(m)
    terms = termwise(times(shifted_row, moment), (m, 2, K))
    whole = sp.Sum(derivative(m, score) * moment, (m, 0, K))
    zeroth = without_first(whole)
    first = without_first(sp.Sum(whole.function, (m, 1, K)))
    return arithmetic(equal(terms.conclusion.rhs, taylor), terms, zeroth, first)
