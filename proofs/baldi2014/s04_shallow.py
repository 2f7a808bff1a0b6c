"""Why the identities of section 4 hold for every distribution, every c >= 0 and every real slope."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp
from sympy import exp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NATURAL, POSITIVE, Scalar, different, equal, less, less_equal, substitute
from dropout_theory.papers.baldi2014 import s04_shallow as paper
from dropout_theory.proof import Theorem

c, c_positive = paper.c, Scalar("c", POSITIVE)
Prover = Callable[[Any], Theorem]


def normal_forms(statement: Any) -> Theorem:
    """An equality whose sides have the same normal form."""
    return by.identity(*statement.args)


def for_every_c(statement: Any, positive: Prover = normal_forms, zero: Prover = normal_forms) -> Theorem:
    """A statement for c >= 0 from c > 0, where logarithms of odds exist, and c = 0, where every output is one."""
    not_zero = by.assume(different(c, 0))
    above = by.instance(positive(substitute(statement, {c: c_positive})), {c_positive: c},
                        by.arithmetic(sp.Gt(c, 0, evaluate=False), not_zero))
    at_zero = by.at_value(statement, by.assume(equal(c, 0)), zero(substitute(statement, {c: sp.S.Zero})))
    return by.cases(equal(c, 0), at_zero, above)


def through_odds(statement: Any) -> Theorem:
    """First with c exp(-slope S) in place of the odds against each outcome, then the odds are put back."""
    r = paper.r
    sigma = substitute(paper.sigma(paper.S[r]), {c: c_positive})
    odds = (1 - sigma) / sigma
    plain = c_positive * exp(-paper.lam * paper.S[r])
    simple = [side.xreplace({odds: plain}) for side in statement.args]
    return by.rewrite(by.identity(*simple), by.identity(plain, odds))


@prove("baldi2014:eq33.1")
def odds_of_all_outcomes() -> Theorem:
    return for_every_c(paper.EQ33_1.statement)


@prove("baldi2014:eq33.2.amended")
def averaged_once() -> Theorem:
    return for_every_c(paper.EQ33_2_AMENDED.statement)


@prove("baldi2014:eq33.amended")
def uniform_step_by_step() -> Theorem:
    """The two steps before, and the definition of the logistic function."""
    logistic = by.identity(paper.root_taken_once, paper.sigma_of_mean)
    return by.conjunction(odds_of_all_outcomes(), averaged_once(), logistic)


@prove("baldi2014:eq34")
def uniform() -> Theorem:
    return for_every_c(paper.EQ34.statement)


@prove("baldi2014:eq39.1")
def divided_by_numerator() -> Theorem:
    return for_every_c(paper.EQ39_1.statement, through_odds)


@prove("baldi2014:eq39.2")
def product_of_odds() -> Theorem:
    return for_every_c(paper.EQ39_2.statement, through_odds)


@prove("baldi2014:eq39")
def step_by_step() -> Theorem:
    """The two steps before, and the definition of the logistic function."""
    return by.conjunction(divided_by_numerator(), product_of_odds(), by.identity(*paper.EQ39_3.statement.args))


@prove("baldi2014:sec4-any-distribution")
def logistic_of_the_mean() -> Theorem:
    return for_every_c(paper.ANY_DISTRIBUTION.statement)


@prove("baldi2014:eq40")
def any_function() -> Theorem:
    return for_every_c(paper.EQ40.statement)


@prove("baldi2014:eq41")
def powers() -> Theorem:
    return for_every_c(paper.EQ41.statement)


# --- a layer of logistic units ----------------------------------------------------------------------------------


@prove("baldi2014:sec4-connection-outputs-uncorrelated")
def independent_outputs() -> Theorem:
    """Units i and l = i + 1 + gap share no gate."""
    gap = Scalar("g", NATURAL)
    body = paper.UNCORRELATED.statement.body
    apart = substitute(body, {paper.l: paper.i + 1 + gap})
    return by.generalise_offset(by.identity(*apart.args), gap, body, *paper.each_pair)


half = sp.Rational(1, 2)
witness("baldi2014:sec4-input-outputs-correlated",
        {paper.n: 1, paper.k: 2, paper.weight: {(1, 1): 1, (2, 1): 1}, paper.x: {(1,): 1}, paper.p_input: {(1,): half},
         paper.c: 1, paper.lam: 1})
witness("baldi2014:eq32", {paper.point: 0, paper.c: -1, paper.lam: 1}, without="c in non-negative real, not real")

# --- normalised exponentials ------------------------------------------------------------------------------------

i, l, k = paper.i, paper.l, paper.k
in_range = (by.assume(sp.Ge(i, 1, evaluate=False)), by.assume(sp.Le(i, k, evaluate=False)))


def not_zero(below: Any, inverse: Any, own: Theorem, least: Theorem) -> Theorem:
    """1 + the sum over all units over the entry of unit i, less what the sum has of that entry, is positive."""
    whole, (part, entry) = least.conclusion.args[1], own.conclusion.args
    a, b, c, u = Scalar("a"), Scalar("b"), Scalar("c"), Scalar("u", POSITIVE)
    found = by.in_letters(less(0, 1 + u * a - u * b), {a: whole, b: part, c: entry, u: inverse},
                          (equal(b, c), own), (less_equal(c, a), least))
    return by.restate(found, less(0, below))


@prove("baldi2014:eq43")
def softmax_set_apart() -> Theorem:
    """The sum over the other units is the whole sum less the entry of unit i, by which both are then divided."""
    statement = paper.SOFTMAX.statement.body
    exponential = exp(paper.lam * paper.point_sums[l])
    own = by.sift(exponential, (l, 1, k), i, *in_range)
    inverse = exp(-paper.lam * paper.point_sums[i])
    least = by.entry_below_sum(exponential, (l, 1, k), i, *in_range)
    below = 1 + inverse * sp.Sum(exponential, (l, 1, k)) - inverse * own.conclusion.lhs
    split = by.identity(paper.apart, 1 / below, not_zero(below, inverse, own, least))
    return by.generalise(by.restate(by.rewrite(split, own), statement), (i, 1, k))


@cache
def unit_set_apart() -> Theorem:
    """For a unit i in range: the softmax of mean sums equals its form with unit i left out of the sum."""
    own = by.sift(paper.mean_exponential(l), (l, 1, k), i, *in_range)
    inverse = paper.mean_exponential(i, -1)
    everyone = sp.Sum(paper.mean_exponential(l), (l, 1, k))
    least = by.entry_below_sum(paper.mean_exponential(l), (l, 1, k), i, *in_range)
    below = 1 + inverse * everyone - inverse * own.conclusion.lhs
    split = by.identity(paper.exponential_form, 1 / below, not_zero(below, inverse, own, least))
    return by.restate(by.rewrite(split, own), equal(paper.softmax_of_means, paper.exponential_form))


@cache
def normalised_apart() -> Theorem:
    """For a unit i in range: the normalised geometric mean in the form with unit i left out of the sum.

    The geometric means of all units have the denominators' geometric mean in common, and it cancels.
    """
    return by.rewrite(by.identity(paper.normalised, paper.softmax_of_means), unit_set_apart())


@prove("baldi2014:eq45")
def ratios() -> Theorem:
    """Geometric means of ratios of exponentials are ratios of exponentials of mean sums."""
    back = by.identity(paper.exponential_form, paper.ratio_form)
    return by.generalise(by.rewrite(normalised_apart(), back), (i, 1, k))


@prove("baldi2014:eq47.1")
def exponentials_of_means() -> Theorem:
    return by.generalise(normalised_apart(), (i, 1, k))


@prove("baldi2014:eq47.2")
def two_forms() -> Theorem:
    return by.generalise(by.mirrored(unit_set_apart()), (i, 1, k))


@prove("baldi2014:eq47")
def softmax_step_by_step() -> Theorem:
    return by.conjunction(exponentials_of_means(), two_forms())
