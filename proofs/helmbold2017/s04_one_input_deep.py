"""One input and two hidden layers: the criteria of the network of averages and of the one that damps the noise.

With S the average that the second layer sees, of mean 1, and R = max(0, S - 1): E(R^2) is half the variance of S,
because as many patterns keep j units as drop j.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Piecewise, Sum, binomial

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, Expr, Relu, Scalar, both, either, equal, index, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_one_input_deep as paper
from dropout_theory.papers.helmbold2017.notation import k, n
from dropout_theory.papers.helmbold2017.s04_one_input_deep import half, m, r1, s1
from dropout_theory.proof import Theorem

from .one_input_bound import at_least
from .tactics import of_terms

j = index("j")
x, y, e = Scalar("x"), Scalar("y"), Scalar("e")
units = m + 1
KEPT = Sum(s1[k], (k, 1, units))
AVERAGE = 2 * KEPT / units


def rectified(sign: int, kept: Any) -> Any:
    """max(0, sign (S - 1)) where `kept` units of the first layer are kept."""
    return Relu(sign * (2 * kept / units - 1))


def by_count(sign: int) -> Theorem:
    """E(max(0, sign (S - 1))^2) as a sum over the number j of units kept: some number is, and S is known given it."""
    law, total = by.number_kept(s1, j)
    shown: Piecewise = law.conclusion.args[0].args[0]
    value, there = rectified(sign, KEPT) ** 2, rectified(sign, j) ** 2
    bit = by.arithmetic(either(both(equal(shown, 1), equal(KEPT, j)), equal(shown, 0)), by.indicator(shown))
    each = by.expected(by.in_letters(equal(rectified(sign, x) ** 2 * e, rectified(sign, y) ** 2 * e),
                                     {x: KEPT, y: j, e: shown},
                                     (either(both(equal(e, 1), equal(x, y)), equal(e, 0)), bit)))
    chance = binomial(units, j) * 2**-units
    part = of_terms(equal(each.conclusion.args[0], there * chance), each,
                    by.identity(each.conclusion.args[1], there * E(shown)),
                    by.rewritten(there * E(shown), by.restate(law, equal(E(shown), chance))))
    sums = by.weighted(part, 1, (j, 0, units))
    whole = by.expected(by.in_letters(equal(x, x * y), {x: value, y: total.conclusion.args[0]}, (equal(y, 1), total)))
    return of_terms(equal(E(value), sums.conclusion.args[1]), sums, whole,
                    by.identity(whole.conclusion.args[1], sums.conclusion.args[0]))


@cache
def half_of_variance() -> Theorem:
    """E(R^2) = 1/(2 (m + 1)), half of the variance 1/(m + 1) of S.

    It equals E(max(0, 1 - S)^2), as the term of j there is that of m + 1 - j here, and the two add up to E((S - 1)^2).
    """
    above, below = (by_count(sign) for sign in (1, -1))
    turned = by.mirrored_sum(above.conclusion.args[1], units)
    terms = [side.function for side in (turned.conclusion.args[1], below.conclusion.args[1])]
    square, other, first, second, power = (Scalar(name) for name in ("q", "r", "f", "g", "p"))
    values = {square: rectified(1, units - j), other: rectified(-1, j), first: binomial(units, units - j),
              second: binomial(units, j), power: 2**-units}
    each = by.in_letters(equal(power * square**2 * first, power * other**2 * second), values,
                         (equal(square, other), by.arithmetic(equal(values[square], values[other]))),
                         (equal(first, second), by.mirrored(by.binomial_mirrored(units, j))))
    same = by.weighted(by.restate(each, equal(*terms)), 1, (j, 0, units))
    both = by.expected(by.in_letters(equal(Relu(x) ** 2 + Relu(-x) ** 2, x**2), {x: 2 * KEPT / units - 1}))
    parts = [E(rectified(sign, KEPT) ** 2) for sign in (1, -1)]
    return of_terms(equal(parts[0], half / units), above, below, turned, same, both,
                    by.identity(both.conclusion.args[0], sum(parts)), by.identity(both.conclusion.args[1], 1 / units))


# --- the criteria -----------------------------------------------------------------------------------------------


@cache
def second_layer(value: int) -> tuple[Theorem, Theorem]:
    """max(0, S) and max(0, S - 1) on the input 0, where both are 0, or 2: S is an average of numbers not negative."""
    inner = paper.passed(value)
    plain = by.rewritten(inner, by.relu_kept(half * value))
    found = by.identity(plain.conclusion.args[1], AVERAGE if value else 0)
    positive = by.weighted(by.arithmetic(less_equal(0, s1[k])), 2 / units, (k, 1, units))
    sums = plain, found, positive, by.identity(positive.conclusion.args[1], AVERAGE)
    return (by.arithmetic(equal(Relu(inner), AVERAGE if value else 0), *sums),
            by.arithmetic(equal(Relu(inner - 1), rectified(1, KEPT) if value else 0), *sums))


bias = Scalar("b")


@cache
def damped_criterion() -> Theorem:
    """The criterion with output bias b is (2 b^2 + (1 - b)^2 (1 + 2/m - 1/(4 (m + 1))))/4.

    On the input 0 the output is b. On 2 its mean square error is a sum of moments of S and R, where (S - 1) R = R^2.
    """
    excess, found = rectified(1, KEPT), []
    for value, label in ((0, 0), (0, 1), (2, 1)):
        loss = by.rewritten(E((paper.damped(value, bias) - label) ** 2), *second_layer(value))
        wanted: Expr = (bias - label) ** 2
        if value:
            mean = E((AVERAGE - 1) * excess)
            wanted = (1 - bias) ** 2 * (1 / units + (m + 2) / (m * units) + E(excess**2) / 2 - mean)
            product = by.in_letters(equal(x * Relu(x), Relu(x) ** 2), {x: AVERAGE - 1})
            found.append(by.rewritten(mean, by.expected(product)))
        found += [loss, by.identity(loss.conclusion.args[1], wanted)]
    whole = paper.losses(lambda value: paper.damped(value, bias))
    square = Scalar("s")
    losses = 2 * bias**2 + (1 - bias) ** 2 * (1 + 1 / units + (m + 2) / (m * units) - square / 2)
    closed = 2 * bias**2 + (1 - bias) ** 2 * paper.above_average
    there = by.in_letters(equal(losses, closed), {square: E(excess**2)},
                          (equal(square, half / units), half_of_variance()))
    return of_terms(equal(whole, closed / 4), there, *found)


@prove("helmbold2017:thm8-one-input-two-layers-damped")
@cache
def damped() -> Theorem:
    """The output bias of the network is the best one, at which `damped_criterion` simplifies."""
    best = equal((2 * (x / (x + 2)) ** 2 + (1 - x / (x + 2)) ** 2 * x) / 4, x / (2 * (x + 2)))
    here = by.in_letters(best, {x: paper.above_average}, (less(0, x), by.arithmetic(less(0, paper.above_average))))
    return of_terms(paper.DAMPED.statement, by.instance(damped_criterion(), {bias: paper.bias}), here)


@prove("helmbold2017:thm8-one-input-two-layers")
def improved_upon() -> Theorem:
    """The damped criterion and the bound for others are x/(2 (x + 2)), the first with the smaller x from m = 19 on."""
    width, wide = (by.assume(hypothesis.condition) for hypothesis in paper.THM8.hypotheses)
    passed_on = (n**2 + 4 * n + 2) / (n + 1) ** 2
    smaller = by.arithmetic(less(paper.above_average, (m**2 + 6 * m + 7) / (m + 2) ** 2), wide)
    there = by.arithmetic(equal((m**2 + 6 * m + 7) / (m + 2) ** 2, passed_on), width)
    here = by.in_letters(less(x / (2 * (x + 2)), y / (2 * (y + 2))), {x: paper.above_average, y: passed_on},
                         (less(0, x), by.arithmetic(less(0, paper.above_average))),
                         (less(x, y), by.arithmetic(less(paper.above_average, passed_on), smaller, there)))
    value = by.arithmetic(equal(passed_on / (2 * (passed_on + 2)), paper.least))
    return of_terms(paper.THM8.statement, here, value, damped(), at_least())


@prove("helmbold2017:thm8-one-input-two-layers-reached")
def averages() -> Theorem:
    """The average S that is passed on is not negative, so that the second layer keeps it; the rest is moments of gates.
    """
    found = []
    for value, label in ((0, 0), (0, 1), (2, 1)):
        inner = Sum(2 * r1[k] * Relu(half * value) / n, (k, 1, n))
        plain = by.rewritten(inner, by.relu_kept(half * value))
        kept = by.weighted(by.arithmetic(less_equal(0, r1[k])), 2 / n, (k, 1, n))
        average = Sum(2 * r1[k] / n, (k, 1, n))
        wanted = average if value else sp.S.Zero
        sums = (plain, by.identity(plain.conclusion.args[1], wanted), kept,
                by.identity(kept.conclusion.args[1], average))
        loss = by.rewritten(E((paper.averages(value) - label) ** 2), by.arithmetic(equal(Relu(inner), wanted), *sums))
        found.append(loss)
    whole = sum(times * loss.conclusion.args[1] for times, loss in zip((2, 1, 1), found, strict=True)) / 4
    return of_terms(paper.REACHED.statement, *found, by.identity(whole, paper.least))
