"""When the normalised geometric mean is the expectation, to first order and exactly; the largest variance."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import exp, log

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import OPEN_UNIT, PROBABILITY, UNIT, Family, Scalar, different, equal, less, less_equal
from dropout_theory.papers.baldi2014 import s05_deep as paper
from dropout_theory.proof import Theorem

from .s04_shallow import for_every_c

P, m, k, k2 = paper.P, paper.m, paper.k, paper.k2
r = sp.Symbol("r", integer=True)
outcomes = (k, 1, m)


@prove("baldi2014:eq52")
def first_order() -> Theorem:
    return for_every_c(paper.EQ52.statement, by.to_order, by.to_order)


# the logistic function with c = -1 has a pole wherever its slope is zero
witness("baldi2014:eq52", {m: 1, P: {(1,): 1}, paper.X: {(1,): 0}, paper.centre: 0, paper.c: -1, paper.lam: 0},
        without="c in non-negative real, not real")


@prove("baldi2014:eq53")
def logistic_of_the_mean() -> Theorem:
    return for_every_c(paper.EQ53.statement)


# --- exactness ----------------------------------------------------------------------------------------------------


share, first, second = Scalar("e'", PROBABILITY), Scalar("x'", UNIT), Scalar("y'", UNIT)


def mean_of(outputs: Family) -> Any:
    """The mean output."""
    return sp.Sum(P[r] * outputs[r], (r, 1, m))


def mean_log(inside: Any) -> Any:
    """The mean logarithm of an expression in the outcome k."""
    return sp.Sum(P[k] * log(inside), outcomes)


@cache
def equal_powers() -> Theorem:
    """x^e = y^e, given e (x - y) = 0: with e = 0 both are 1."""
    wanted = equal(first**share, second**share)
    apart = by.assume(equal(share * (first - second), 0))
    same = by.arithmetic(equal(first, second), apart, by.assume(different(share, 0)))
    never = equal(share, 0)
    return by.cases(never, by.at_value(wanted, by.assume(never), by.identity(1, 1)), by.rewritten(first**share, same))


def constant_outputs(outputs: Family) -> Theorem:
    """Exactness, given that outputs of positive probability coincide: each is then the mean.

    No other outcome has a part in the geometric means, which are therefore the mean and its complement.
    """
    mean = mean_of(outputs)
    pair = by.specialise(by.assume(paper.coincide(outputs)), k, k2)
    at_mean = by.restate(by.weighted(pair, 1, (k2, 1, m)), equal(P[k] * (outputs[k] - mean), 0))
    at_most_one = by.restate(by.weighted(by.arithmetic(less_equal(outputs[r], 1)), P[r], (r, 1, m)),
                             less_equal(mean, 1))

    def geometric(inside: Any, value: Any) -> Theorem:
        """The geometric mean is the value that the outcomes of positive probability have."""
        there = by.arithmetic(equal(P[k] * (inside - value), 0), at_mean)
        placed = by.instance(equal_powers(), {share: P[k], first: inside, second: value}, at_most_one)
        power = by.satisfied(placed, there)
        whole = by.rewritten(sp.Product(inside ** P[k], outcomes), power, indices=[k])
        collected = by.rewrite(whole, by.collected_power(value, P[k], outcomes))
        return by.rewrite(collected, by.identity(sp.Sum(P[k], outcomes), 1))

    return by.arithmetic(paper.exact(outputs), geometric(outputs[k], mean), geometric(1 - outputs[k], 1 - mean))


@prove("baldi2014:sec5-exact-if-identical")
def identical_outputs_suffice() -> Theorem:
    return by.discharge(paper.coincide(paper.outputs), constant_outputs(paper.outputs))


half = sp.Rational(1, 2)
witness("baldi2014:sec5-exact-if-identical", {m: 2, P: {(1,): half, (2,): half}, paper.outputs: {(1,): 2, (2,): 2}},
        without="O in (0, 1), not real")  # the root of a negative complement

b, s, t = Scalar("b", OPEN_UNIT), Scalar("s'"), Scalar("t'")
as_normalised, as_odds = equal(b, exp(s) / (exp(s) + exp(t))), equal(log(b / (1 - b)), s - t)


def odds_of_normalised() -> Theorem:
    """log(b / (1 - b)) = s - t, given b = e^s / (e^s + e^t)."""
    odds = by.arithmetic(equal(b / (1 - b), exp(s - t)), by.assume(as_normalised))
    return by.restate(by.increasing(log, odds), as_odds)


def normalised_of_odds() -> Theorem:
    """b = e^s / (e^s + e^t), given log(b / (1 - b)) = s - t."""
    odds = by.restate(by.increasing(exp, by.assume(as_odds)), equal(b / (1 - b), exp(s - t)))
    return by.arithmetic(as_normalised, odds)


def at_outputs(theorem: Theorem, outputs: Family, *given: Theorem) -> Theorem:
    """A theorem in b, s, t at the mean output and the mean logarithms."""
    mean = mean_of(outputs)
    below_one = by.restate(by.weighted(by.arithmetic(less(outputs[r], 1)), P[r], (r, 1, m)), less(mean, 1))
    values = {b: mean, s: mean_log(outputs[k]), t: mean_log(1 - outputs[k])}
    return by.satisfied(by.instance(theorem, values, below_one), *given)


@prove("baldi2014:sec5-exact-iff-identical.amended-log-odds")
def log_odds() -> Theorem:
    """G = e^s and G' = e^t with the mean logarithms s and t of the outputs and of the complements.

    The mean is G/(G + G') exactly when its log-odds are s - t.
    """
    left, right = paper.ODDS.statement.args
    forward = by.restate(at_outputs(odds_of_normalised(), paper.outputs, by.assume(left)), right)
    backward = by.restate(at_outputs(normalised_of_odds(), paper.outputs, by.assume(right)), left)
    return by.iff(forward, backward, left, right)


low = paper.low_outputs.domain
x, a = Scalar("x", low), Scalar("a", low)


def tangent_gap() -> Theorem:
    """(x - a)^4 <= log-odds of a + slope there * (x - a) - log-odds of x, for x and a in (0, 1/2]."""
    gap = log(a / (1 - a)) + (x - a) / (a * (1 - a)) - log(x) + log(1 - x) - (x - a) ** 4
    near = by.arithmetic(less_equal((x - a) ** 2, 1 - x - a))
    small = by.arithmetic(less_equal(4 * (x - a) ** 2 * (a * (1 - a)) * (x * (1 - x)), 1 - x - a), near)
    slope = by.arithmetic(less_equal(0, (x - a) * sp.diff(gap, x)), small)
    return by.restate(by.by_slope(gap, x, a, slope), less_equal(0, gap))


@prove("baldi2014:sec5-exact-iff-identical.amended")
def one_sided_outputs() -> Theorem:
    """Summed over outcomes, the gap bounds the mean fourth power of the deviation, which exactness makes zero."""
    outputs = paper.low_outputs
    mean = mean_of(outputs)
    left, right = paper.ONE_SIDED.statement.args
    at_most_half = by.restate(by.weighted(by.arithmetic(less_equal(outputs[r], sp.Rational(1, 2))), P[r], (r, 1, m)),
                              less_equal(mean, sp.Rational(1, 2)))
    gaps = by.weighted(by.instance(tangent_gap(), {x: outputs[k], a: mean}, at_most_half), P[k], outcomes)
    power = P[k] * (outputs[k] - mean) ** 4
    odds = at_outputs(odds_of_normalised(), outputs, by.assume(left))
    below_gap = by.restate(gaps, less_equal(sp.Sum(power, outcomes),
                                            log(mean / (1 - mean)) - mean_log(outputs[k]) + mean_log(1 - outputs[k])))
    total = by.arithmetic(less_equal(sp.Sum(power, outcomes), 0), below_gap, odds)

    def at_mean(index: Any) -> Theorem:
        """The mean fourth power, which is zero, is at least each of its terms."""
        inside = [by.assume(sp.Ge(index, 1, evaluate=False)), by.assume(sp.Le(index, m, evaluate=False))]
        entry = by.entry_below_sum(power, outcomes, index, *inside)
        return by.arithmetic(equal(P[index] * (outputs[index] - mean), 0), entry, total)

    pair = by.arithmetic(right.body, at_mean(k), at_mean(k2))
    forward = by.generalise(pair, outcomes, (k2, 1, m))
    return by.iff(forward, constant_outputs(outputs), left, right)


witness("baldi2014:sec5-exact-iff-identical", paper.SYMMETRIC_OUTPUTS)


# --- variance -----------------------------------------------------------------------------------------------------


def squares_shrink() -> Theorem:
    """The mean square of an output in the unit interval is at most its mean."""
    bounded = paper.bounded
    squares = by.weighted(by.arithmetic(less_equal(bounded[k] ** 2, bounded[k])), P[k], outcomes)
    return by.restate(squares, less_equal(paper.E(bounded[paper.N] ** 2), paper.mean))


@prove("baldi2014:sec5-variance-bound-step-square")
def mean_square_step() -> Theorem:
    return by.arithmetic(paper.VARIANCE_STEPS[1], squares_shrink())


@prove("baldi2014:sec5-variance-bound")
def variance_bound() -> Theorem:
    """The first bound is the step on squares; E(1 - E) is at most one quarter for every real E."""
    first = by.restate(mean_square_step(), paper.SHARPER_BOUND)
    return by.conjunction(first, by.arithmetic(paper.VARIANCE_STEPS[3]))
