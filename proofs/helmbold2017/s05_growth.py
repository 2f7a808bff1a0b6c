"""Moments of networks of equal weights, and theorem 18.

From one layer to the next the mean is multiplied by c n and the mean square by c^2 n (n + 1).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, Var, equal, less, less_equal, size
from dropout_theory.papers.helmbold2017 import s05_growth as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, n
from dropout_theory.papers.helmbold2017.s05_growth import c
from dropout_theory.proof import Theorem

from .equal_weights import next_value, nothing, passed, plain_value, zero_risk
from .tactics import family_in, layer, squared

t = size("t")
wider, ratio = Scalar("q", POSITIVE), Scalar("e", POSITIVE)  # n + 1 and 1 + 1/n: their powers stay powers
share = Scalar("f", POSITIVE)  # 1 + 1/K

# --- moments ----------------------------------------------------------------------------------------------------


def V(level: Any) -> Any:
    """What layer `level` passes on to a unit of the next."""
    return passed(paper.dropped_values, paper.delta, level)


@cache
def first_passed() -> Theorem:
    """The same for the first layer, whose units are c times the inputs that it is passed."""
    return by.rewritten(V(1), plain_value(paper.dropped_values, 1), indices=[i])


def next_passed() -> Theorem:
    """The same for layer l + 1, whose units are c times what layer l passes on."""
    return by.rewritten(V(layer + 1), next_value(paper.dropped_values, paper.delta), indices=[i])


@cache
def means() -> Theorem:
    """E(V(l)) = c^l K n^l, by induction over the layers."""
    def statement(level: Any) -> Any:
        return equal(E(V(level)), c**level * K * n**level)

    above = by.expected(next_passed())
    lower = by.rewrite(above, by.identity(above.conclusion.args[1], c * n * E(V(layer))))
    step = by.rewrite(lower, by.assume(statement(layer)))
    return by.induction(layer, statement(layer), by.restate(by.expected(first_passed()), statement(1)),
                        by.restate(step, statement(layer + 1)))


@cache
def squares() -> Theorem:
    """The mean square of what layer l passes on, given that q is n + 1."""
    def statement(level: Any) -> Any:
        return equal(E(V(level) ** 2), c ** (2 * level) * K * (K + 1) * n**level * wider**level)

    known = by.assume(equal(wider, n + 1))
    base = by.arithmetic(statement(sp.S.One), squared(first_passed()), known)
    above = squared(next_passed())
    lower = by.rewrite(above, by.identity(above.conclusion.args[1], c**2 * n * (n + 1) * E(V(layer) ** 2)))
    named = by.arithmetic(equal(above.conclusion.args[0], c**2 * n * wider * E(V(layer) ** 2)), lower, known)
    step = by.rewrite(named, by.assume(statement(layer)))
    return by.induction(layer, statement(layer), base, by.restate(step, statement(layer + 1)))


def with_width(theorem: Theorem) -> Theorem:
    """1 + 1/n and 1 + 1/K put for their names."""
    values = {ratio: 1 + 1 / n, share: 1 + 1 / K}
    return by.satisfied(by.instance(theorem, values), by.identity(n * values[ratio], n + 1),
                        by.identity(K + 1, K * values[share]))


@prove("helmbold2017:thm18-step-mean")
@cache
def mean_output() -> Theorem:
    """The output is c times what the last hidden layer passes on, whose mean is known by induction over the layers."""
    top = by.instance(means(), {layer: d - 1})
    whole = by.rewrite(by.identity(E(paper.yhat), c * E(V(d - 1))), top)
    return by.conjunction(*(by.restate(whole, part) for part in paper.MEAN.statement.args))


def square_output() -> Theorem:
    """E(yhat^2), given that q is n + 1."""
    top = by.instance(squares(), {layer: d - 1})
    return by.rewrite(by.identity(E(paper.yhat**2), c**2 * E(V(d - 1) ** 2)), top)


@prove("helmbold2017:thm18-step-square")
def square_plain() -> Theorem:
    """The output is c times what the last hidden layer passes on; the printed powers of 2 and of 1/4 cancel."""
    found = by.satisfied(by.instance(square_output(), {wider: n + 1}), by.identity(n + 1, n + 1))
    wanted = paper.SQUARE.statement
    a, b = Scalar("a", POSITIVE), Scalar("b", POSITIVE)
    powers = by.identity((2 * c) ** (2 * d) * (K * b / 4) * (a * wider / 4) ** (d - 1),
                         c ** (2 * d) * K * b * a ** (d - 1) * wider ** (d - 1))
    moved = by.instance(powers, {a: n, b: K + 1, wider: n + 1})
    return by.arithmetic(wanted, found, moved)


@prove("helmbold2017:thm18-step-square-value")
@cache
def square_value() -> Theorem:
    """The mean square with n + 1 = n (1 + 1/n) and K + 1 = K (1 + 1/K), which brings out the target's square."""
    moved = by.instance(square_output(), {wider: n * ratio})
    renamed = by.rewrite(moved, by.assume(equal(K + 1, K * share)))
    named = by.restate(renamed, equal(E(paper.yhat**2), paper.y**2 * share * ratio ** (d - 1)))
    return by.restate(with_width(named), paper.SQUARE_VALUE.statement)


@prove("helmbold2017:thm18-step-variance")
@cache
def variance() -> Theorem:
    """The mean square y^2 (1 + 1/K)(1 + 1/n)^(d-1), less the square of the mean y."""
    split = by.identity(Var(paper.yhat), E(paper.yhat**2) - E(paper.yhat) ** 2)
    a, b, growth = (Scalar(name) for name in ("a", "b", "g"))
    target = Scalar("target")
    values = {a: E(paper.yhat**2), b: E(paper.yhat), target: paper.y, growth: paper.growth}
    value = by.in_letters(equal(a - b**2, target**2 * (growth - 1)), values,
                          (equal(a, target**2 * growth), square_value()), (equal(b, target), mean_is_target()))
    return by.rewrite(split, value)


@cache
def mean_is_target() -> Theorem:
    """E(yhat) = y."""
    top = by.rewrite(by.identity(E(paper.yhat), c * E(V(d - 1))), by.instance(means(), {layer: d - 1}))
    return by.restate(top, equal(E(paper.yhat), paper.y))


@prove("helmbold2017:thm18-step-loss")
@cache
def loss_is_variance() -> Theorem:
    """The mean square error is the variance plus the squared error of the mean, and the mean output is the target."""
    target = Scalar("target")
    mean = by.identity(E((paper.yhat - target) ** 2), Var(paper.yhat) + (E(paper.yhat) - target) ** 2)
    unbiased = by.arithmetic(equal(E((paper.yhat - target) ** 2), Var(paper.yhat)), mean,
                             by.assume(equal(E(paper.yhat), target)))
    return by.satisfied(by.instance(unbiased, {target: paper.y}), mean_is_target())


low, high = Scalar("u", NONNEGATIVE), Scalar("v", NONNEGATIVE)


@cache
def products() -> Theorem:
    """1 <= u v from 1 <= u and 1 <= v."""
    return by.arithmetic(less_equal(1, low * high), by.assume(less_equal(1, low)), by.assume(less_equal(1, high)))


@cache
def growing() -> Theorem:
    """1 <= (1 + 1/n)^(d-1), by induction on the exponent."""
    statement = less_equal(1, ratio**t)
    known = by.assume(less_equal(1, ratio))
    step = by.satisfied(by.instance(products(), {high: ratio, low: ratio**t}), known, by.assume(statement))
    every = by.induction(t, statement, by.arithmetic(less_equal(1, ratio), known), step)
    value = 1 + 1 / n
    return by.satisfied(by.instance(by.instance(every, {t: d - 1}), {ratio: value}),
                        by.arithmetic(less_equal(1, value)))


@prove("helmbold2017:thm18-step-bound")
@cache
def at_least() -> Theorem:
    """The power of 1 + 1/n is at least 1, so that the factor of y^2 is at least (1 + 1/K) - 1."""
    target, powers = Scalar("target"), Scalar("g")
    values = {target: paper.y, powers: (1 + 1 / n) ** (d - 1)}
    bound = by.in_letters(less_equal(target**2 / K, target**2 * ((1 + 1 / K) * powers - 1)), values,
                          (less_equal(1, powers), growing()))
    return by.rewrite(bound, by.mirrored(variance()))


@cache
def criterion_bound() -> Theorem:
    """y^2/K <= E((yhat - y)^2)."""
    return by.rewrite(at_least(), by.mirrored(loss_is_variance()))


@prove("helmbold2017:thm18.2")
@prove("helmbold2017:thm18-step-criterion")
@cache
def large_criterion() -> Theorem:
    """The criterion is at least y^2/K."""
    target, loss = Scalar("target"), Scalar("a")
    return by.in_letters(less_equal(target**2 / (K + 1), loss), {target: paper.y, loss: paper.criterion},
                         (less_equal(target**2 / K, loss), criterion_bound()))


@prove("helmbold2017:thm18-half-bound")
def half_bound() -> Theorem:
    """Half of the bound for the example alone; the loss on the input zero, a mean square, is not negative."""
    target, loss, zero = Scalar("target"), Scalar("a"), Scalar("b", NONNEGATIVE)
    mean = E(paper.yhat_zero**2)
    positive = by.arithmetic(less_equal(0, mean), by.mean_square(paper.yhat_zero))
    values = {target: paper.y, loss: paper.criterion, zero: mean}
    return by.in_letters(less_equal(target**2 / (2 * K), (loss + zero) / 2), values,
                         (less_equal(target**2 / K, loss), criterion_bound()), domains=(positive,))


@prove("helmbold2017:thm18-half-criterion")
def half_criterion() -> Theorem:
    """On the input zero every unit computes 0; what is left is half of the loss on the example, its variance."""
    net = family_in(paper.yhat_zero, "h0")
    none = by.rewritten(E(paper.yhat_zero**2), nothing(net, paper.delta), indices=[i])
    zero = by.rewrite(none, by.identity(none.conclusion.args[1], 0))
    loss = by.rewrite(loss_is_variance(), variance())
    a, b, value = Scalar("a"), Scalar("b"), Scalar("v")
    values = {a: paper.criterion, b: E(paper.yhat_zero**2), value: loss.conclusion.args[1]}
    return by.in_letters(equal((a + b) / 2, value / 2), values, (equal(a, value), loss), (equal(b, 0), zero))


@prove("helmbold2017:thm18-depth")
def growing_with_depth() -> Theorem:
    """The criterion is at least y^2/K, the risk is zero, and y = rho^d."""
    target, power, loss, risk = (Scalar(name) for name in ("target", "power", "a", "r"))
    values = {target: paper.y, power: paper.rho**d, loss: paper.criterion, risk: paper.risk}
    return by.in_letters(less_equal(power**2 / K, loss - risk), values,
                         (less_equal(target**2 / K, loss), criterion_bound()),
                         (equal(power, target), by.assume(paper.root.condition)), (equal(risk, 0), zero_risk()))


# --- roots ------------------------------------------------------------------------------------------------------


@cache
def power_grows() -> Theorem:
    """u^d < v^d, given u < v, both non-negative."""
    statement, known = less(low**t, high**t), by.assume(less(low, high))
    a, b = Scalar("a", NONNEGATIVE), Scalar("b", NONNEGATIVE)
    step = by.in_letters(less(low * a, high * b), {a: low**t, b: high**t}, (less(a, b), by.assume(statement)), known)
    return by.instance(by.induction(t, statement, known, step), {t: d})


@cache
def width_power() -> Theorem:
    """1 <= n^(d-1)."""
    statement = less_equal(1, n**t)
    one = by.arithmetic(less_equal(1, n))
    step = by.satisfied(by.instance(products(), {high: n, low: n**t}), one, by.assume(statement))
    return by.instance(by.induction(t, statement, one, step), {t: d - 1})


@prove("helmbold2017:thm18.1")
def small_weights() -> Theorem:
    """A weight above 1 has a d-th power above 1, which puts the target above K n^(d-1)."""
    weight = paper.positive_root
    premise, wanted = paper.MAGNITUDE.statement.args
    larger = by.instance(power_grows(), {low: sp.S.One, high: weight}, by.assume(less(1, weight)))
    too_large = by.arithmetic(wanted, larger, by.assume(premise), width_power())
    small = by.arithmetic(wanted, by.assume(sp.Ge(1, weight, evaluate=False)))
    return by.discharge(premise, by.cases(less(1, weight), too_large, small))


@prove("helmbold2017:thm18.3")
def weight_decay() -> Theorem:
    """c^2 is at most rho^2, because it is at the power d: rho^d = y is c^d times K n^(d-1), which is at least 1."""
    rho, known = paper.rho, by.assume(paper.root.condition)
    squares_ = less_equal(c**2, rho**2)
    larger = by.instance(power_grows(), {low: rho**2, high: c**2})
    scale, power = Scalar("s", POSITIVE), Scalar("g")
    at = by.in_letters(less_equal(power**2, (power * K * scale) ** 2), {power: c**d, scale: n ** (d - 1)},
                       (less_equal(1, scale), width_power()))
    root, target = Scalar("r"), Scalar("y")
    values = {root: rho**d, target: paper.y}
    whole = by.in_letters(equal(root**2, target**2), values, (equal(root, target), known))
    contradiction = by.arithmetic(squares_, larger, at, whole)
    small = by.cases(less(rho**2, c**2), contradiction,
                     by.arithmetic(squares_, by.assume(sp.Ge(rho**2, c**2, evaluate=False))))
    count = Scalar("N", NONNEGATIVE)
    weights = by.in_letters(less_equal(paper.lam * c**2 * count, paper.lam * rho**2 * count),
                            {count: paper.weight_count}, small,
                            domains=(by.arithmetic(less_equal(0, paper.weight_count)),))
    total = by.arithmetic(equal(paper.penalty, paper.weight_count * paper.lam * c**2 / 2))
    return by.arithmetic(paper.WEIGHT_DECAY.statement, weights, total)


@prove("helmbold2017:thm18")
def theorem_18() -> Theorem:
    """Each of the three parts, and that the risk is zero."""
    return by.conjunction(small_weights(), zero_risk(), large_criterion(), weight_decay())
