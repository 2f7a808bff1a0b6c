"""Section 4: theorem 1 by repeated differentiation, the steps of its proof, and the shifted eq. (11)."""

from __future__ import annotations

import sympy as sp

from dropout_theory.papers.schluter2019.notation import c, delta, derivative, explicit, j, k, p, slope, triangle
from dropout_theory.papers.schluter2019.s04_expansion import gate, power, q
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    conjunction,
    identity,
    instance,
    prove,
    restate,
    rewrite,
    weighted,
)
from dropout_theory.proof.analysis import differentiate
from dropout_theory.proof.series import (
    empty,
    factorial_step,
    low_derivative,
    shifted,
    stirling_edge,
    stirling_outside,
    stirling_recurrence,
    termwise,
    tower,
    two_outcomes,
    without_first,
    without_last,
)
from dropout_theory.series import Stirling2
from dropout_theory.statements import equal, less, less_equal

spread = q * (1 - q)  # p' as a polynomial in p


def first_row() -> Theorem:
    """A_1 = p(1 - p): the sum has one term and S2(1, 1) = 1."""
    whole = sp.Sum(spread * (explicit(1, q) / spread).function, (j, 1, 1))
    one = without_last(whole)
    nothing = empty(sp.Sum(whole.function, (j, 1, 0)))
    return arithmetic(equal(explicit(1, q), spread), one, nothing, stirling_edge(1, 1))


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
    term = moved.conclusion.rhs.function
    stepped = -spread * (-1) ** (j - 1) * (j + 1) * q**j * triangle(k, j)
    reordered = termwise(arithmetic(equal(term, stepped), factorial_step(j + 1, positive)), (j, 1, k))
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
    return arithmetic(sp.And(less(0, p), less(p, 1), evaluate=False))


@prove("schluter2019:sec4-index-zero.amended")
def first_two_derivatives() -> Theorem:
    first = restate(low_derivative(derivative(1, c)), equal(derivative(1, c), p))
    return conjunction(first, second_derivative())


@prove("schluter2019:sec4-moment.amended")
def one_feature_moment() -> Theorem:
    masks = two_outcomes((c * gate[1] / (1 - delta) - c) ** power, gate[1])
    kept = identity(c / (1 - delta) - c, c * (delta / (1 - delta)))
    return rewrite(masks, kept)
