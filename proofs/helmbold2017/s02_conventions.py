"""Nodes under dropout, layer by layer; the variance of figure 1; powers of four."""

from __future__ import annotations

from typing import Any

from dropout_theory.proofs.helmbold2017.s02_preliminaries import mean_is
from dropout_theory.proofs.helmbold2017.s03_scaling import every_layer
from dropout_theory.proofs.helmbold2017.tactics import layer
from sympy import Ge, S

from dropout_theory.claims import prove
from dropout_theory.language import POSITIVE, E, Scalar, Var, equal, less_equal, natural, substitute
from dropout_theory.papers.helmbold2017 import s02_conventions as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, l, n
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at_value,
    cases,
    conjunction,
    each_value,
    evaluated,
    generalise_offset,
    identity,
    induction,
    instance,
    last_split,
    restate,
    rewritten,
    satisfied,
)


@prove("helmbold2017:sec2-zero-mean-noise-hidden")
def hidden_noise() -> Theorem:
    """The gates of a layer are independent of its values."""
    statement = paper.HIDDEN_NOISE.statement
    offset = natural("m")
    left = statement.body.args[0].xreplace({l: 1 + offset})
    return generalise_offset(identity(left, S.Zero), offset, statement.body, *statement.limits)


@prove("helmbold2017:def2-square-integrable")
def unbounded_loss() -> Theorem:
    """Each term is 2^j - 2c + c^2/2^j, of which the last part is not negative."""
    count, c = paper.terms, paper.constant
    power, inverse = Scalar("p", POSITIVE), Scalar("q", POSITIVE)
    term = arithmetic(less_equal(power - 2 * c, (c - power) ** 2 * inverse), assume(equal(power * inverse, 1)),
                      arithmetic(less_equal(0, c**2 * inverse)))

    def of(at: Any) -> Theorem:
        return satisfied(instance(term, {power: 2**at, inverse: 2**-at}), identity(2**at * 2**-at, S.One))

    def whole(at: Any) -> Any:
        return substitute(paper.HEAVY.statement, {count: at})

    last = last_split(whole(count + 1).args[1])
    first = arithmetic(whole(S.One), last_split(whole(S.One).args[1]), of(S.One))
    double = identity(2 ** (count + 2), 2 * 2 ** (count + 1))
    step = arithmetic(whole(count + 1), assume(whole(count)), last, of(count + 1), double)
    return induction(count, whole(count), first, step)


@prove("helmbold2017:fn1-prediction-scaling")
def prediction() -> Theorem:
    left, right = paper.PREDICTION.statement.args
    top = instance(every_layer(paper.g, paper.g_prediction, lambda _: S.One), {layer: d - 1})
    return restate(rewritten(left, top, indices=[i]), equal(left, right))


@prove("helmbold2017:sec2-variance-share")
def variance_share() -> Theorem:
    mean, square = mean_is(E(paper.dropped), 1), mean_is(E(paper.dropped**2), 6)
    variance = arithmetic(equal(Var(paper.dropped), 5), identity(Var(paper.dropped), E(paper.dropped**2)
                                                                 - E(paper.dropped) ** 2), mean, square)
    return conjunction(mean, variance, identity(*paper.VARIANCE.statement.args[2].args))


@prove("helmbold2017:thm17-standard-architecture.amended")
def at_least_four() -> Theorem:
    statement = paper.FOUR.statement
    return cases(Ge(K, 4, evaluate=False), arithmetic(statement, assume(Ge(K, 4, evaluate=False))),
                 each_value(K, statement, 4))


@prove("helmbold2017:sec6-standard-architecture.amended")
def five_of_five() -> Theorem:
    statement = paper.MULTIPLE.statement
    inputs, nodes = (assume(h.condition) for h in paper.MULTIPLE.hypotheses)
    one = evaluated(substitute(statement, {K: S(5), n: S(5)}))
    return at_value(statement, inputs, at_value(substitute(statement, {K: S(5)}), nodes, one))


@prove("helmbold2017:thm8-standard-architecture")
def at_least_sixty_four() -> Theorem:
    t, statement = paper.power, paper.SIXTY_FOUR.statement
    grown = less_equal(64, 4**t)
    step = arithmetic(less_equal(64, 4 ** (t + 1)), assume(grown), identity(4 ** (t + 1), 4 * 4**t))
    large = induction(t, grown, evaluated(less_equal(64, 4 ** S(3))), step, start=3)
    return cases(Ge(t, 3, evaluate=False), arithmetic(statement, large), each_value(t, statement, 3))


