"""Sentences of sections 1 to 3: the variance that the gates of the last layer add; bijections of networks."""

from __future__ import annotations

from sympy import Min, Rational, Sum

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove
from dropout_theory.language import POSITIVE, E, Scalar, equal, less_equal
from dropout_theory.papers.helmbold2017 import s03_remarks as paper
from dropout_theory.papers.helmbold2017.notation import d, k, n, p
from dropout_theory.papers.helmbold2017.s02_conventions import D, b0, h, target, w
from dropout_theory.papers.helmbold2017.s03_scaling import DX, OX, Y
from dropout_theory.papers.helmbold2017.weight_decay import lam, nonzero_input, square
from dropout_theory.proof import Theorem

from .s03_scaling import inverse_entry, same_output
from .tactics import of_terms


@prove("helmbold2017:def2-contributions-bounded")
def variance_of_last_gates() -> Theorem:
    """The mean square error is the variance that the last gates add, plus an error that is not negative.

    The gates of the last layer are independent, so that the variance is (1 - p)/p times the sum of the mean squares.
    """
    values = Sum(w[k] * h[d - 1, k], (k, 1, n))
    x = Scalar("x")
    square = by.expected(by.in_letters(less_equal(0, x**2), {x: values + b0 - target}))
    squares = Sum(w[k] ** 2 * E(h[d - 1, k] ** 2), (k, 1, n))
    split = by.identity(E((D - target) ** 2), E((values + b0 - target) ** 2) + (1 - p) / p * squares)
    return of_terms(paper.CONTRIBUTIONS.statement, square, split, by.identity(square.conclusion.args[0], 0))


@prove("helmbold2017:thm4-step-bijection")
def bijection() -> Theorem:
    """By induction over the layers both networks compute the same, pattern by pattern; so their mean losses are equal.

    Dividing a first weight by a_k and multiplying it again leads back.
    """
    found = []
    for statement, moved, plain in ((paper.same_criterion, paper.moved_output, DX),
                                    (paper.same_risk, paper.moved_clean_output, OX)):
        same = same_output(moved, plain)
        found.append(by.restate(by.expected(by.arithmetic(equal((moved - Y) ** 2, (plain - Y) ** 2), same)), statement))
    known = by.specialise(by.assume(paper.full_rank.condition), k)
    entry = by.arithmetic(paper.undoes.body, inverse_entry(), known)
    return by.conjunction(*found, by.generalise(entry, *[tuple(limit.args) for limit in paper.undoes.limits]))


@prove("helmbold2017:sec34-aversion")
def not_negative() -> Theorem:
    """By theorem 7 it is the smaller of two numbers that are not negative."""
    size = Scalar("s", POSITIVE)
    least = less_equal(0, Min(Rational(1, 4), lam**2 / size))
    here = by.in_letters(least, {size: square()}, domains=(by.assume(nonzero_input.condition),))
    found = by.cite(REGISTRY["helmbold2017:thm7"])
    return by.rewrite(here, by.mirrored(found))
