"""Moments of networks of equal weights, and theorem 18.

From one layer to the next the mean is multiplied by c n and the mean square by c^2 n (n + 1).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.equal_weights import next_value, nothing, passed, plain_value, zero_risk
from dropout_theory.proofs.helmbold2017.tactics import family_in, layer, squared

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, Var, equal, less, less_equal, size
from dropout_theory.papers.helmbold2017 import s05_growth as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, n
from dropout_theory.papers.helmbold2017.s05_growth import c
from dropout_theory.proof import Theorem

t = size("t")
wider, ratio = Scalar("q", POSITIVE), Scalar("e", POSITIVE)  # n + 1 and 1 + 1/n: their powers stay powers
share = Scalar("f", POSITIVE)  # 1 + 1/K

# --- moments ----------------------------------------------------------------------------------------------------


def V(level: Any) -> Any:
    return passed(paper.dropped_values, paper.delta, level)


@cache
def first_passed() -> Theorem:
    return by.rewritten(V(1), plain_value(paper.dropped_values, 1), indices=[i])


def next_passed() -> Theorem:
    return by.rewritten(V(layer + 1), next_value(paper.dropped_values, paper.delta), indices=[i])


@cache
def means() -> Theorem:
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
    top = by.instance(means(), {layer: d - 1})
    whole = by.rewrite(by.identity(E(paper.yhat), c * E(V(d - 1))), top)
    return by.conjunction(*(by.restate(whole, part) for part in paper.MEAN.statement.args))


def square_output() -> Theorem:
    """E(yhat^2), given that q is n + 1."""
    top = by.instance(squares(), {layer: d - 1})
    return by.rewrite(by.identity(E(paper.yhat**2), c**2 * E(V(d - 1) ** 2)), top)


@prove("helmbold2017:thm18-step-square")
def square_plain() -> Theorem:
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
    """K(K + 1) n^(d-1) (n + 1)^(d-1) = (K n^(d-1))^2 (1 + 1/K)(1 + 1/n)^(d-1)."""
    moved = by.instance(square_output(), {wider: n * ratio})
    renamed = by.rewrite(moved, by.assume(equal(K + 1, K * share)))
    named = by.restate(renamed, equal(E(paper.yhat**2), paper.y**2 * share * ratio ** (d - 1)))
    return by.restate(with_width(named), paper.SQUARE_VALUE.statement)


@prove("helmbold2017:thm18-step-variance")
@cache
def variance() -> Theorem:
    """E(yhat^2) - E(yhat)^2."""
    split = by.identity(Var(paper.yhat), E(paper.yhat**2) - E(paper.yhat) ** 2)
    a, b, growth = (Scalar(name) for name in ("a", "b", "g"))
    target = Scalar("target")
    value = by.arithmetic(equal(a - b**2, target**2 * (growth - 1)), by.assume(equal(a, target**2 * growth)),
                          by.assume(equal(b, target)))
    at = by.instance(value, {a: E(paper.yhat**2), b: E(paper.yhat), target: paper.y, growth: paper.growth})
    return by.rewrite(split, by.satisfied(at, square_value(), mean_is_target()))


@cache
def mean_is_target() -> Theorem:
    top = by.rewrite(by.identity(E(paper.yhat), c * E(V(d - 1))), by.instance(means(), {layer: d - 1}))
    return by.restate(top, equal(E(paper.yhat), paper.y))


@prove("helmbold2017:thm18-step-loss")
@cache
def loss_is_variance() -> Theorem:
    """The mean output is the target."""
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
    target, powers = Scalar("target"), Scalar("g")
    bound = by.arithmetic(less_equal(target**2 / K, target**2 * ((1 + 1 / K) * powers - 1)),
                          by.assume(less_equal(1, powers)))
    at = by.instance(bound, {target: paper.y, powers: (1 + 1 / n) ** (d - 1)})
    return by.rewrite(by.satisfied(at, growing()), by.mirrored(variance()))


@cache
def criterion_bound() -> Theorem:
    """y^2/K <= E((yhat - y)^2)."""
    return by.rewrite(at_least(), by.mirrored(loss_is_variance()))


@prove("helmbold2017:thm18.2")
@prove("helmbold2017:thm18-step-criterion")
@cache
def large_criterion() -> Theorem:
    target, loss = Scalar("target"), Scalar("a")
    weaker = by.arithmetic(less_equal(target**2 / (K + 1), loss), by.assume(less_equal(target**2 / K, loss)))
    return by.satisfied(by.instance(weaker, {target: paper.y, loss: paper.criterion}), criterion_bound())


@prove("helmbold2017:thm18-half-bound")
def half_bound() -> Theorem:
    target, loss, zero = Scalar("target"), Scalar("a"), Scalar("b", NONNEGATIVE)
    half = by.arithmetic(less_equal(target**2 / (2 * K), (loss + zero) / 2), by.assume(less_equal(target**2 / K, loss)))
    mean = E(paper.yhat_zero**2)
    positive = by.arithmetic(less_equal(0, mean), by.mean_square(paper.yhat_zero))
    values = {target: paper.y, loss: paper.criterion, zero: mean}
    return by.satisfied(by.instance(half, values, positive), criterion_bound())


@prove("helmbold2017:thm18-half-criterion")
def half_criterion() -> Theorem:
    net = family_in(paper.yhat_zero, "h0")
    none = by.rewritten(E(paper.yhat_zero**2), nothing(net, paper.delta), indices=[i])
    zero = by.rewrite(none, by.identity(none.conclusion.args[1], 0))
    loss = by.rewrite(loss_is_variance(), variance())
    a, b, value = Scalar("a"), Scalar("b"), Scalar("v")
    half = by.arithmetic(equal((a + b) / 2, value / 2), by.assume(equal(a, value)), by.assume(equal(b, 0)))
    values = {a: paper.criterion, b: E(paper.yhat_zero**2), value: loss.conclusion.args[1]}
    return by.satisfied(by.instance(half, values), loss, zero)


@prove("helmbold2017:thm18-depth")
def growing_with_depth() -> Theorem:
    """y = rho^d, and the risk is zero."""
    target, power, loss, risk = (Scalar(name) for name in ("target", "power", "a", "r"))
    penalty = by.arithmetic(less_equal(power**2 / K, loss - risk), by.assume(less_equal(target**2 / K, loss)),
                            by.assume(equal(power, target)), by.assume(equal(risk, 0)))
    values = {target: paper.y, power: paper.rho**d, loss: paper.criterion, risk: paper.risk}
    return by.satisfied(by.instance(penalty, values), criterion_bound(), zero_risk(), by.assume(paper.root.condition))


# --- roots ------------------------------------------------------------------------------------------------------


@cache
def power_grows() -> Theorem:
    """u^d < v^d, given u < v, both non-negative."""
    statement, known = less(low**t, high**t), by.assume(less(low, high))
    a, b = Scalar("a", NONNEGATIVE), Scalar("b", NONNEGATIVE)
    larger = by.arithmetic(less(low * a, high * b), by.assume(less(a, b)), known)
    step = by.satisfied(by.instance(larger, {a: low**t, b: high**t}), by.assume(statement))
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
    weight = paper.positive_root
    premise, wanted = paper.MAGNITUDE.statement.args
    larger = by.instance(power_grows(), {low: sp.S.One, high: weight}, by.assume(less(1, weight)))
    too_large = by.arithmetic(wanted, larger, by.assume(premise), width_power())
    small = by.arithmetic(wanted, by.assume(sp.Ge(1, weight, evaluate=False)))
    return by.discharge(premise, by.cases(less(1, weight), too_large, small))


@prove("helmbold2017:thm18.3")
def weight_decay() -> Theorem:
    """The squares of c and of the root are compared by their d-th powers, so that signs do not matter."""
    rho, known = paper.rho, by.assume(paper.root.condition)
    squares_ = less_equal(c**2, rho**2)
    larger = by.instance(power_grows(), {low: rho**2, high: c**2})
    scale, power = Scalar("s", POSITIVE), Scalar("g")
    stretched = by.arithmetic(less_equal(power**2, (power * K * scale) ** 2), by.assume(less_equal(1, scale)))
    at = by.satisfied(by.instance(stretched, {power: c**d, scale: n ** (d - 1)}), width_power())
    root, target = Scalar("r"), Scalar("y")
    same = by.arithmetic(equal(root**2, target**2), by.assume(equal(root, target)))
    whole = by.satisfied(by.instance(same, {root: rho**d, target: paper.y}), known)
    contradiction = by.arithmetic(squares_, larger, at, whole)
    small = by.cases(less(rho**2, c**2), contradiction,
                     by.arithmetic(squares_, by.assume(sp.Ge(rho**2, c**2, evaluate=False))))
    count = Scalar("N", NONNEGATIVE)
    scaled = by.arithmetic(less_equal(paper.lam * c**2 * count, paper.lam * rho**2 * count), small)
    weights = by.instance(scaled, {count: paper.weight_count}, by.arithmetic(less_equal(0, paper.weight_count)))
    total = by.arithmetic(equal(paper.penalty, paper.weight_count * paper.lam * c**2 / 2))
    return by.arithmetic(paper.WEIGHT_DECAY.statement, weights, total)
