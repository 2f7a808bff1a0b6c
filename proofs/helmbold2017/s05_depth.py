"""Exponential against linear growth, from theorem 18; rectifiers of non-negative numbers below a free output node."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Ge, S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, Scalar, equal, less, less_equal, natural, size, substitute
from dropout_theory.papers.helmbold2017 import s05_depth as paper
from dropout_theory.papers.helmbold2017 import s05_growth as growth
from dropout_theory.papers.helmbold2017.notation import K, d, i, linear, n, s
from dropout_theory.proof import Theorem

from .equal_weights import dropped_values, zero_risk
from .s03_scaling import every_layer
from .s05_growth import criterion_bound, power_grows, width_power
from .s05_growth import high as larger_root
from .s05_growth import low as smaller_root
from .s05_penalty import acts_linearly, averaged, lower_bound
from .tactics import layer

t = size("t")
target, power, loss, risk = Scalar("target"), Scalar("power", NONNEGATIVE), Scalar("a"), Scalar("r")


def penalty_above(value: Any, known: Theorem) -> Theorem:
    """value^2/K <= the dropout penalty, for a value of at least 0 that is at most y."""
    values = {target: growth.y, power: value, loss: growth.criterion, risk: growth.risk}
    return by.in_letters(less_equal(power**2 / K, loss - risk), values,
                         (less_equal(target**2 / K, loss), criterion_bound()), (less_equal(power, target), known),
                         (equal(risk, 0), zero_risk()))


@prove("helmbold2017:sec51-exponential-targets")
def exponential_targets() -> Theorem:
    """Dropout's penalty is at least y^2/K, and y >= A^d. Weight decay's is a multiple of c^2, and c <= B.

    Were c above B, then c^d would be above B^d; but c^d is at most y, which has the further factor K n^(d-1) of at
    least 1.
    """
    first, second = paper.TARGETS
    lower, upper = (by.assume(h.condition) for h in paper.between)
    dropout = by.restate(penalty_above(paper.low**d, lower), first)
    scale, amount = Scalar("s", POSITIVE), Scalar("g", NONNEGATIVE)
    at = by.in_letters(less_equal(amount, amount * K * scale), {amount: growth.c**d, scale: n ** (d - 1)},
                       (less_equal(1, scale), width_power()))
    wanted = less_equal(growth.c, paper.high)
    larger = by.instance(power_grows(), {smaller_root: paper.high, larger_root: growth.c})
    small = by.cases(less(paper.high, growth.c), by.arithmetic(wanted, larger, at, upper),
                     by.arithmetic(wanted, by.assume(Ge(paper.high, growth.c, evaluate=False))))
    count = Scalar("N", NONNEGATIVE)
    grown = by.in_letters(less_equal(growth.lam * growth.c**2 / 2 * count, growth.lam * paper.high**2 / 2 * count),
                          {count: growth.weight_count}, by.arithmetic(less_equal(growth.c**2, paper.high**2), small),
                          domains=(by.arithmetic(less_equal(0, growth.weight_count)),))
    total = by.arithmetic(equal(growth.penalty, growth.weight_count * growth.lam * growth.c**2 / 2))
    return by.conjunction(dropout, by.arithmetic(second, grown, total))


@prove("helmbold2017:sec51-dropout-exponential")
@cache
def exponential() -> Theorem:
    """The bound y^2/K with the value of y put in."""
    known = by.arithmetic(less_equal(growth.y, growth.y))
    return by.restate(penalty_above(growth.y, known), paper.CONSTANT.statement)


@prove("helmbold2017:sec51-term")
def term_of_mixture() -> Theorem:
    """The bound on the penalty of the example, times its probability."""
    weight, low, high = Scalar("P", NONNEGATIVE), Scalar("u"), Scalar("v")
    values = {weight: paper.weight[1], low: exponential().conclusion.args[0], high: exponential().conclusion.args[1]}
    scaled = by.in_letters(less_equal(weight * low, weight * high), values, (less_equal(low, high), exponential()))
    return by.restate(scaled, paper.TERM.statement)


@prove("helmbold2017:sec51-narrow-layers")
def narrow_layers() -> Theorem:
    """With one unit in each layer the target is c^d K, and c^d <= 1 by induction on the depth."""
    one_unit = by.assume(paper.NARROW.hypotheses[0].condition)
    statement = paper.NARROW.statement
    weight = growth.c
    grown = less_equal(weight**t, 1)
    a = Scalar("a", NONNEGATIVE)
    step = by.in_letters(less_equal(a * weight, 1), {a: weight**t}, (less_equal(a, 1), by.assume(grown)))
    every = by.instance(by.induction(t, grown, by.arithmetic(less_equal(weight, 1)), step), {t: d})
    there = by.arithmetic(substitute(statement, {n: S.One}), every)
    return by.at_value(statement, one_unit, there)


@prove("helmbold2017:thm18-step-doubled-weights")
def doubled_weights() -> Theorem:
    """By induction over the layers all hidden values agree: the 2 of a kept node is the 2 of its weight."""
    top = by.instance(every_layer(paper.plain_values, growth.fixed_values, lambda _: S.One), {layer: d - 1})
    left, right = paper.DOUBLED.statement.args
    return by.restate(by.rewritten(left, top, indices=[i]), equal(left, right))


@prove("helmbold2017:thm18-step-same-values")
def same_values() -> Theorem:
    """No factor in the value of a unit mentions the unit."""
    one = dropped_values()
    other = by.specialise(by.generalise(one, (i, 1, n)), paper.t)
    offset, statement = natural("m"), paper.SAME.statement
    equal_values = by.arithmetic(equal(growth.fixed_values[layer, i], growth.fixed_values[layer, paper.t]), one, other)
    return by.generalise_offset(by.instance(equal_values, {layer: 1 + offset}), offset, statement.body,
                                *statement.limits)


# --- theorem 19 -------------------------------------------------------------------------------------------------


@prove("helmbold2017:thm19-signs-below-the-output")
def signs_below_the_output() -> Theorem:
    """As for theorem 19, where only the rectifiers need numbers that are not negative: the output node has none."""
    h_linear, _ = paper.in_network("g", paper.scaled(paper.delta0), paper.scaled(paper.delta), activation=linear)
    H_linear, _ = paper.in_network("G", paper.always, paper.always, activation=linear)
    values = [by.instance(acts_linearly(*nets), {layer: d - 1})
              for nets in ((paper.h, h_linear), (paper.H, H_linear))]
    dropped, clean = (by.rewritten(whole, value, indices=[s, i])
                      for whole, value in zip((paper.D, paper.O), values, strict=True))
    bound = lower_bound(dropped.conclusion.args[1], h_linear, clean.conclusion.args[1], H_linear)
    original = by.rewrite(bound, *(by.mirrored(value) for value in values), indices=[s, i])
    return averaged(original, paper.FEWER_SIGNS.statement)
