"""Nodes under dropout, layer by layer; a label whose risk is infinite; the variance of figure 1; powers of four."""

from __future__ import annotations

from typing import Any

from sympy import Ge, S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, E, Scalar, Var, equal, less_equal, natural, substitute
from dropout_theory.papers.helmbold2017 import s02_conventions as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, l, n
from dropout_theory.proof import Theorem

from .s02_preliminaries import mean_is
from .s03_scaling import every_layer
from .tactics import layer


@prove("helmbold2017:sec2-zero-mean-noise-hidden")
def hidden_noise() -> Theorem:
    """A gate is independent of the values of its layer, and divided by p it has mean 1."""
    statement = paper.HIDDEN_NOISE.statement
    offset = natural("m")
    left = statement.body.args[0].xreplace({l: 1 + offset})
    return by.generalise_offset(by.identity(left, S.Zero), offset, statement.body, *statement.limits)


@prove("helmbold2017:def2-square-integrable")
def unbounded_loss() -> Theorem:
    """By induction on the number of terms: each is 2^j - 2c + c^2/2^j, of which the last part is not negative."""
    count, c = paper.terms, paper.constant
    power, inverse = Scalar("p", POSITIVE), Scalar("q", POSITIVE)
    term = by.arithmetic(less_equal(power - 2 * c, (c - power) ** 2 * inverse), by.assume(equal(power * inverse, 1)),
                         by.arithmetic(less_equal(0, c**2 * inverse)))

    def of(at: Any) -> Theorem:
        return by.satisfied(by.instance(term, {power: 2**at, inverse: 2**-at}), by.identity(2**at * 2**-at, S.One))

    def whole(at: Any) -> Any:
        return substitute(paper.HEAVY.statement, {count: at})

    last = by.last_split(whole(count + 1).args[1])
    first = by.arithmetic(whole(S.One), by.last_split(whole(S.One).args[1]), of(S.One))
    double = by.identity(2 ** (count + 2), 2 * 2 ** (count + 1))
    step = by.arithmetic(whole(count + 1), by.assume(whole(count)), last, of(count + 1), double)
    return by.induction(count, whole(count), first, step)


@prove("helmbold2017:fn1-prediction-scaling")
def prediction() -> Theorem:
    """By induction over the layers all hidden values agree: the factor p of a weight and the 1/p of its node cancel."""
    left, right = paper.PREDICTION.statement.args
    top = by.instance(every_layer(paper.g, paper.g_prediction, lambda _: S.One), {layer: d - 1})
    return by.restate(by.rewritten(left, top, indices=[i]), equal(left, right))


@prove("helmbold2017:sec2-variance-share")
def variance_share() -> Theorem:
    """Mean and mean square by enumeration of the patterns; variance and loss from them by expanding squares."""
    mean, square = mean_is(E(paper.dropped), 1), mean_is(E(paper.dropped**2), 6)
    split = by.identity(Var(paper.dropped), E(paper.dropped**2) - E(paper.dropped) ** 2)
    variance = by.arithmetic(equal(Var(paper.dropped), 5), split, mean, square)
    return by.conjunction(mean, variance, by.identity(*paper.VARIANCE.statement.args[2].args))


@prove("helmbold2017:thm17-standard-architecture.amended")
def at_least_four() -> Theorem:
    """From 4 on there is nothing to show; 1, 2 and 3 are tried one by one."""
    statement = paper.FOUR.statement
    return by.cases(Ge(K, 4, evaluate=False), by.arithmetic(statement, by.assume(Ge(K, 4, evaluate=False))),
                    by.each_value(K, statement, 4))


@prove("helmbold2017:sec6-standard-architecture.amended")
def five_of_five() -> Theorem:
    """The hypotheses fix both numbers, and at these the statement is evaluated."""
    statement = paper.MULTIPLE.statement
    inputs, nodes = (by.assume(h.condition) for h in paper.MULTIPLE.hypotheses)
    one = by.evaluated(substitute(statement, {K: S(5), n: S(5)}))
    return by.at_value(statement, inputs, by.at_value(substitute(statement, {K: S(5)}), nodes, one))


@prove("helmbold2017:thm8-standard-architecture")
def at_least_sixty_four() -> Theorem:
    """From t = 3 on 4^t is at least 64, by induction; smaller exponents are tried one by one."""
    t, statement = paper.power, paper.SIXTY_FOUR.statement
    grown = less_equal(64, 4**t)
    step = by.arithmetic(less_equal(64, 4 ** (t + 1)), by.assume(grown), by.identity(4 ** (t + 1), 4 * 4**t))
    large = by.induction(t, grown, by.evaluated(less_equal(64, 4 ** S(3))), step, start=3)
    return by.cases(Ge(t, 3, evaluate=False), by.arithmetic(statement, large), by.each_value(t, statement, 3))
