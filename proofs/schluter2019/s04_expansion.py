"""Section 4: theorem 1 by repeated differentiation, the steps of its proof, and the shifted eq. (11)."""

from __future__ import annotations

from functools import cache

import sympy as sp

from dropout_theory import proof as by
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
from dropout_theory.proof import Theorem

spread = q * (1 - q)  # p' as a polynomial in p


@cache
def first_row() -> Theorem:
    """A_1 = p(1 - p): the sum has one term and S2(1, 1) = 1."""
    whole = sp.Sum(spread * (explicit(1, q) / spread).function, (j, 1, 1))
    one = by.without_last(whole)
    nothing = by.empty(sp.Sum(whole.function, (j, 1, 0)))
    return by.arithmetic(equal(explicit(1, q), spread), one, nothing, by.stirling_edge(1, 1))


@cache
def next_row() -> Theorem:
    """p(1 - p) dA_k/dp = A_(k+1), from the recurrence of the Stirling numbers.

    Summed over row k + 1 it gives two sums over row k: of j S2(k, j), and of S2(k, j - 1), which is moved by one place.
    Term by term they are the two powers of p in the derivative of A_k; what sticks out at either end is zero.
    """
    weight = spread * (-1) ** (j - 1) * q ** (j - 1) * sp.factorial(j)
    by_recurrence = by.weighted(by.stirling_recurrence(k, j), weight, (j, 1, k + 1))
    own = sp.Sum(weight * j * Stirling2(k, j), (j, 1, k + 1))
    left_neighbour = sp.Sum(weight * Stirling2(k, j - 1), (j, 1, k + 1))
    last = by.without_last(own)
    first = by.without_first(left_neighbour)
    moved = by.shifted(sp.Sum(left_neighbour.function, (j, 2, k + 1)), -1)
    positive = by.assume(less_equal(1, j))
    entry = moved.conclusion.rhs.function
    stepped = -spread * (-1) ** (j - 1) * (j + 1) * q**j * triangle(k, j)
    reordered = by.termwise(by.arithmetic(equal(entry, stepped), by.factorial_step(j + 1, positive)), (j, 1, k))
    slope_of_row = spread * by.differentiate(explicit(k, q), q)
    return by.arithmetic(equal(slope_of_row, explicit(k + 1, q)), by_recurrence, last, first, moved, reordered,
                         by.stirling_outside(k, k + 1), by.stirling_outside(k, 0))


def second_derivative() -> Theorem:
    """A''(c) = p(1 - p)."""
    return by.restate(by.low_derivative(derivative(2, c)), equal(derivative(2, c), slope))


@prove("schluter2019:thm1.amended")
def theorem_1() -> Theorem:
    """Induction on the row: the second derivative is A_1, and the derivative of A_k in the score is A_(k+1).

    In the score p has the derivative p(1 - p), so that the step is the polynomial identity above.
    """
    row_one = by.instance(first_row(), {q: p}, probability_of_score())
    base = by.arithmetic(equal(derivative(2, c), explicit(1)), second_derivative(), row_one)
    return by.tower(base, next_row(), explicit(k, q), q, k)


def probability_of_score() -> Theorem:
    """0 < p < 1 for the logistic probability of any score."""
    return by.arithmetic(both(less(0, p), less(p, 1)))


@prove("schluter2019:sec4-index-zero.amended")
def first_two_derivatives() -> Theorem:
    """log(1 + e^z) differentiated once and twice."""
    first = by.restate(by.low_derivative(derivative(1, c)), equal(derivative(1, c), p))
    return by.conjunction(first, second_derivative())


@prove("schluter2019:sec4-moment.amended")
def one_feature_moment() -> Theorem:
    """The mean over two masks: the deviation is c delta/(1 - delta) with the feature, -c without it."""
    masks = by.two_outcomes((c * gate[1] / (1 - delta) - c) ** power, gate[1])
    kept = by.identity(c / (1 - delta) - c, c * (delta / (1 - delta)))
    return by.rewrite(masks, kept)


# --- the steps of its proof -------------------------------------------------------------------------------------


@prove("schluter2019:thm1-step-base")
def base_case() -> Theorem:
    """The sums written out, with S2(1, 1) = S2(2, 1) = S2(2, 2) = 1."""
    whole = sp.Sum(spread * (explicit(2, q) / spread).function, (j, 1, 2))
    two = by.without_last(whole)
    one = by.without_last(sp.Sum(whole.function, (j, 1, 1)))
    second = by.arithmetic(equal(explicit(2, q), spread - 2 * q * spread), two, one,
                           by.empty(sp.Sum(whole.function, (j, 1, 0))), by.stirling_edge(2, 1), by.stirling_edge(2, 2))
    return by.conjunction(by.arithmetic(equal(explicit(1, q), q - q**2), first_row()), second)


@prove("schluter2019:eq9")
def derivative_of_a_term() -> Theorem:
    """Chain rule: the derivative in p times p(1 - p), as the sum of its parts with p^(j - 1) and with p^j."""
    slope_of_term = by.chain(term(row, inner, q), q, z, c)
    polynomial = spread * by.differentiate(term(row, inner, q), q)
    split = by.identity(polynomial, first_part(row, inner) + second_part(row, inner))
    return by.arithmetic(equal(in_score(row, inner), at_score(first_part(row, inner) + second_part(row, inner))),
                         slope_of_term, by.instance(split, {q: p}, probability_of_score()))


@cache
def neighbours() -> Theorem:
    """T(k + 1, j) = j T(k, j) + j T(k, j - 1) for j >= 2."""
    from_two = by.assume(less_equal(2, j))
    return by.arithmetic(equal(triangle(last + 1, j), j * triangle(last, j) + j * triangle(last, j - 1)),
                         by.stirling_recurrence(last, j), by.factorial_step(j, from_two))


@prove("schluter2019:thm1-step-contribution.amended")
def contribution() -> Theorem:
    """Both parts have the recurrence T(k + 1, j) = j T(k, j) + j T(k, j - 1) in common, up to a factor."""
    both_parts = equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1))
    return by.generalise(by.arithmetic(both_parts, neighbours()), (j, 2, last))


@prove("schluter2019:thm1-step-middle")
def middle() -> Theorem:
    """The recurrence T(k + 1, j) = j T(k, j) + j T(k, j - 1) times the other factors, written in two ways."""
    front = spread * (-1) ** (j - 1) * q ** (j - 1) * j
    in_place = equal(term(last + 1, j, q), front * triangle(last, j) + front * triangle(last, j - 1))
    first = by.arithmetic(in_place, neighbours())
    second = by.arithmetic(equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1)), neighbours())
    return by.generalise(by.conjunction(first, second), (j, 2, last))


@prove("schluter2019:thm1-step-first")
def first_term() -> Theorem:
    """S2(k, 1) = 1 in every row."""
    return by.conjunction(by.arithmetic(equal(term(row + 1, 1, q), spread), by.stirling_edge(row + 1, 1)),
                          by.arithmetic(equal(first_part(row, 1), spread), by.stirling_edge(row, 1)))


@prove("schluter2019:thm1-step-last.amended")
def last_term() -> Theorem:
    """Chain rule; at the end of a row S2(k, k) = S2(k + 1, k + 1) = 1.

    With (k + 1)! = (k + 1) k! the part with p^k is the last term of the next row.
    """
    polynomial = spread * by.differentiate(term(row, row, q), q)
    wanted = first_part(row, row) + term(row + 1, row + 1, q)
    corner = [by.stirling_edge(row, row), by.stirling_edge(row + 1, row + 1), by.factorial_step(row + 1)]
    split = by.in_letters(equal(polynomial, wanted), {q: p}, *corner, domains=(probability_of_score(),))
    return by.arithmetic(equal(in_score(row, row), at_score(wanted)), by.chain(term(row, row, q), q, z, c), split)


@prove("schluter2019:thm1-step-triangle")
def triangle_recurrence() -> Theorem:
    """The recurrence of the Stirling numbers, times j!."""
    wanted = equal(triangle(row + 1, j), sp.factorial(j) * (j * Stirling2(row, j) + Stirling2(row, j - 1)))
    above = by.assume(less_equal(1, j))
    return by.generalise(by.arithmetic(wanted, by.stirling_recurrence(row, j), above), (j, 1, row + 1))


@prove("schluter2019:thm1-step-derivative.amended")
def derivative_of_a_row() -> Theorem:
    """Chain rule, then p(1 - p) dA_k/dp = A_(k+1)."""
    inside = DerivativeAt(explicit(row, logistic(z)), z, c, 1)
    stepped = by.instance(next_row(), {q: p}, probability_of_score())
    return by.arithmetic(equal(at_score(explicit(row + 1, q)), inside), by.chain(explicit(row, q), q, z, c), stepped)


# --- eq. (11) ---------------------------------------------------------------------------------------------------


@prove("schluter2019:eq11.amended")
def shifted_expansion() -> Theorem:
    """From order 2 on, theorem 1 in its amended numbering gives the derivative of order m as A_(m-1).

    The term of order 0 is the log partition function itself, and that of order 1 vanishes with the mean deviation.
    """
    general = by.instance(by.cite(REGISTRY["schluter2019:thm1.amended"]), {c: score})
    shifted_row = by.instance(general, {k: m - 1}, by.assume(less_equal(2, m)))
    moment = E(noise**m) / sp.factorial(m)
    terms = by.termwise(by.times(shifted_row, moment), (m, 2, K))
    whole = sp.Sum(derivative(m, score) * moment, (m, 0, K))
    zeroth = by.without_first(whole)
    first = by.without_first(sp.Sum(whole.function, (m, 1, K)))
    return by.arithmetic(equal(terms.conclusion.rhs, taylor), terms, zeroth, first)
