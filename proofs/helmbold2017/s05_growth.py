"""Moments of networks of equal weights, and theorem 18.

From one layer to the next the mean is multiplied by c n and the mean square by c^2 n (n + 1).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.equal_weights import next_value, nothing, passed, plain_value, zero_risk
from dropout_theory.proofs.helmbold2017.tactics import family_in, layer, squared

from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Scalar, Var, equal, less, less_equal, size
from dropout_theory.papers.helmbold2017 import s05_growth as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, n
from dropout_theory.papers.helmbold2017.s05_growth import c
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    conjunction,
    discharge,
    expected,
    identity,
    induction,
    instance,
    mean_square,
    mirrored,
    restate,
    rewrite,
    rewritten,
    satisfied,
)

t = size("t")
wider, ratio = Scalar("q", POSITIVE), Scalar("e", POSITIVE)  # n + 1 and 1 + 1/n: their powers stay powers
share = Scalar("f", POSITIVE)  # 1 + 1/K

# --- moments ----------------------------------------------------------------------------------------------------


def V(level: Any) -> Any:
    return passed(paper.dropped_values, paper.delta, level)


@cache
def first_passed() -> Theorem:
    return rewritten(V(1), plain_value(paper.dropped_values, 1), indices=[i])


def next_passed() -> Theorem:
    return rewritten(V(layer + 1), next_value(paper.dropped_values, paper.delta), indices=[i])


@cache
def means() -> Theorem:
    def statement(level: Any) -> Any:
        return equal(E(V(level)), c**level * K * n**level)

    above = expected(next_passed())
    lower = rewrite(above, identity(above.conclusion.args[1], c * n * E(V(layer))))
    step = rewrite(lower, assume(statement(layer)))
    return induction(layer, statement(layer), restate(expected(first_passed()), statement(1)),
                     restate(step, statement(layer + 1)))


@cache
def squares() -> Theorem:
    """The mean square of what layer l passes on, given that q is n + 1."""
    def statement(level: Any) -> Any:
        return equal(E(V(level) ** 2), c ** (2 * level) * K * (K + 1) * n**level * wider**level)

    known = assume(equal(wider, n + 1))
    base = arithmetic(statement(sp.S.One), squared(first_passed()), known)
    above = squared(next_passed())
    lower = rewrite(above, identity(above.conclusion.args[1], c**2 * n * (n + 1) * E(V(layer) ** 2)))
    named = arithmetic(equal(above.conclusion.args[0], c**2 * n * wider * E(V(layer) ** 2)), lower, known)
    step = rewrite(named, assume(statement(layer)))
    return induction(layer, statement(layer), base, restate(step, statement(layer + 1)))


def with_width(theorem: Theorem) -> Theorem:
    """1 + 1/n and 1 + 1/K put for their names."""
    values = {ratio: 1 + 1 / n, share: 1 + 1 / K}
    return satisfied(instance(theorem, values), identity(n * values[ratio], n + 1), identity(K + 1, K * values[share]))


@prove("helmbold2017:thm18-step-mean")
@cache
def mean_output() -> Theorem:
    top = instance(means(), {layer: d - 1})
    whole = rewrite(identity(E(paper.yhat), c * E(V(d - 1))), top)
    return conjunction(*(restate(whole, part) for part in paper.MEAN.statement.args))


def square_output() -> Theorem:
    """E(yhat^2), given that q is n + 1."""
    top = instance(squares(), {layer: d - 1})
    return rewrite(identity(E(paper.yhat**2), c**2 * E(V(d - 1) ** 2)), top)


@prove("helmbold2017:thm18-step-square")
def square_plain() -> Theorem:
    found = satisfied(instance(square_output(), {wider: n + 1}), identity(n + 1, n + 1))
    wanted = paper.SQUARE.statement
    a, b = Scalar("a", POSITIVE), Scalar("b", POSITIVE)
    powers = identity((2 * c) ** (2 * d) * (K * b / 4) * (a * wider / 4) ** (d - 1),
                      c ** (2 * d) * K * b * a ** (d - 1) * wider ** (d - 1))
    moved = instance(powers, {a: n, b: K + 1, wider: n + 1})
    return arithmetic(wanted, found, moved)


@prove("helmbold2017:thm18-step-square-value")
@cache
def square_value() -> Theorem:
    """K(K + 1) n^(d-1) (n + 1)^(d-1) = (K n^(d-1))^2 (1 + 1/K)(1 + 1/n)^(d-1)."""
    moved = instance(square_output(), {wider: n * ratio})
    renamed = rewrite(moved, assume(equal(K + 1, K * share)))
    named = restate(renamed, equal(E(paper.yhat**2), paper.y**2 * share * ratio ** (d - 1)))
    return restate(with_width(named), paper.SQUARE_VALUE.statement)


@prove("helmbold2017:thm18-step-variance")
@cache
def variance() -> Theorem:
    """E(yhat^2) - E(yhat)^2."""
    split = identity(Var(paper.yhat), E(paper.yhat**2) - E(paper.yhat) ** 2)
    a, b, growth = (Scalar(name) for name in ("a", "b", "g"))
    target = Scalar("target")
    value = arithmetic(equal(a - b**2, target**2 * (growth - 1)), assume(equal(a, target**2 * growth)),
                       assume(equal(b, target)))
    at = instance(value, {a: E(paper.yhat**2), b: E(paper.yhat), target: paper.y, growth: paper.growth})
    return rewrite(split, satisfied(at, square_value(), mean_is_target()))


@cache
def mean_is_target() -> Theorem:
    top = rewrite(identity(E(paper.yhat), c * E(V(d - 1))), instance(means(), {layer: d - 1}))
    return restate(top, equal(E(paper.yhat), paper.y))


@prove("helmbold2017:thm18-step-loss")
@cache
def loss_is_variance() -> Theorem:
    """The mean output is the target."""
    target = Scalar("target")
    mean = identity(E((paper.yhat - target) ** 2), Var(paper.yhat) + (E(paper.yhat) - target) ** 2)
    unbiased = arithmetic(equal(E((paper.yhat - target) ** 2), Var(paper.yhat)), mean,
                          assume(equal(E(paper.yhat), target)))
    return satisfied(instance(unbiased, {target: paper.y}), mean_is_target())


low, high = Scalar("u", NONNEGATIVE), Scalar("v", NONNEGATIVE)


@cache
def products() -> Theorem:
    """1 <= u v from 1 <= u and 1 <= v."""
    return arithmetic(less_equal(1, low * high), assume(less_equal(1, low)), assume(less_equal(1, high)))


@cache
def growing() -> Theorem:
    """1 <= (1 + 1/n)^(d-1), by induction on the exponent."""
    statement = less_equal(1, ratio**t)
    known = assume(less_equal(1, ratio))
    step = satisfied(instance(products(), {high: ratio, low: ratio**t}), known, assume(statement))
    every = induction(t, statement, arithmetic(less_equal(1, ratio), known), step)
    value = 1 + 1 / n
    return satisfied(instance(instance(every, {t: d - 1}), {ratio: value}), arithmetic(less_equal(1, value)))


@prove("helmbold2017:thm18-step-bound")
@cache
def at_least() -> Theorem:
    target, powers = Scalar("target"), Scalar("g")
    bound = arithmetic(less_equal(target**2 / K, target**2 * ((1 + 1 / K) * powers - 1)), assume(less_equal(1, powers)))
    at = instance(bound, {target: paper.y, powers: (1 + 1 / n) ** (d - 1)})
    return rewrite(satisfied(at, growing()), mirrored(variance()))


@cache
def criterion_bound() -> Theorem:
    """y^2/K <= E((yhat - y)^2)."""
    return rewrite(at_least(), mirrored(loss_is_variance()))


@prove("helmbold2017:thm18.2")
@prove("helmbold2017:thm18-step-criterion")
@cache
def large_criterion() -> Theorem:
    target, loss = Scalar("target"), Scalar("a")
    weaker = arithmetic(less_equal(target**2 / (K + 1), loss), assume(less_equal(target**2 / K, loss)))
    return satisfied(instance(weaker, {target: paper.y, loss: paper.criterion}), criterion_bound())


@prove("helmbold2017:thm18-half-bound")
def half_bound() -> Theorem:
    target, loss, zero = Scalar("target"), Scalar("a"), Scalar("b", NONNEGATIVE)
    half = arithmetic(less_equal(target**2 / (2 * K), (loss + zero) / 2), assume(less_equal(target**2 / K, loss)))
    mean = E(paper.yhat_zero**2)
    positive = arithmetic(less_equal(0, mean), mean_square(paper.yhat_zero))
    values = {target: paper.y, loss: paper.criterion, zero: mean}
    return satisfied(instance(half, values, positive), criterion_bound())


@prove("helmbold2017:thm18-half-criterion")
def half_criterion() -> Theorem:
    net = family_in(paper.yhat_zero, "h0")
    none = rewritten(E(paper.yhat_zero**2), nothing(net, paper.delta), indices=[i])
    zero = rewrite(none, identity(none.conclusion.args[1], 0))
    loss = rewrite(loss_is_variance(), variance())
    a, b, value = Scalar("a"), Scalar("b"), Scalar("v")
    half = arithmetic(equal((a + b) / 2, value / 2), assume(equal(a, value)), assume(equal(b, 0)))
    values = {a: paper.criterion, b: E(paper.yhat_zero**2), value: loss.conclusion.args[1]}
    return satisfied(instance(half, values), loss, zero)


@prove("helmbold2017:thm18-depth")
def growing_with_depth() -> Theorem:
    """y = rho^d, and the risk is zero."""
    target, power, loss, risk = (Scalar(name) for name in ("target", "power", "a", "r"))
    penalty = arithmetic(less_equal(power**2 / K, loss - risk), assume(less_equal(target**2 / K, loss)),
                         assume(equal(power, target)), assume(equal(risk, 0)))
    values = {target: paper.y, power: paper.rho**d, loss: paper.criterion, risk: paper.risk}
    return satisfied(instance(penalty, values), criterion_bound(), zero_risk(), assume(paper.root.condition))


# --- roots ------------------------------------------------------------------------------------------------------


@cache
def power_grows() -> Theorem:
    """u^d < v^d, given u < v, both non-negative."""
    statement, known = less(low**t, high**t), assume(less(low, high))
    a, b = Scalar("a", NONNEGATIVE), Scalar("b", NONNEGATIVE)
    larger = arithmetic(less(low * a, high * b), assume(less(a, b)), known)
    step = satisfied(instance(larger, {a: low**t, b: high**t}), assume(statement))
    return instance(induction(t, statement, known, step), {t: d})


@cache
def width_power() -> Theorem:
    """1 <= n^(d-1)."""
    statement = less_equal(1, n**t)
    one = arithmetic(less_equal(1, n))
    step = satisfied(instance(products(), {high: n, low: n**t}), one, assume(statement))
    return instance(induction(t, statement, one, step), {t: d - 1})


@prove("helmbold2017:thm18.1")
def small_weights() -> Theorem:
    weight = paper.positive_root
    premise, wanted = paper.MAGNITUDE.statement.args
    larger = instance(power_grows(), {low: sp.S.One, high: weight}, assume(less(1, weight)))
    too_large = arithmetic(wanted, larger, assume(premise), width_power())
    small = arithmetic(wanted, assume(sp.Ge(1, weight, evaluate=False)))
    return discharge(premise, cases(less(1, weight), too_large, small))


@prove("helmbold2017:thm18.3")
def weight_decay() -> Theorem:
    """The squares of c and of the root are compared by their d-th powers, so that signs do not matter."""
    rho, known = paper.rho, assume(paper.root.condition)
    squares_ = less_equal(c**2, rho**2)
    larger = instance(power_grows(), {low: rho**2, high: c**2})
    scale, power = Scalar("s", POSITIVE), Scalar("g")
    stretched = arithmetic(less_equal(power**2, (power * K * scale) ** 2), assume(less_equal(1, scale)))
    at = satisfied(instance(stretched, {power: c**d, scale: n ** (d - 1)}), width_power())
    root, target = Scalar("r"), Scalar("y")
    same = arithmetic(equal(root**2, target**2), assume(equal(root, target)))
    whole = satisfied(instance(same, {root: rho**d, target: paper.y}), known)
    contradiction = arithmetic(squares_, larger, at, whole)
    small = cases(less(rho**2, c**2), contradiction, arithmetic(squares_, assume(sp.Ge(rho**2, c**2, evaluate=False))))
    count = Scalar("N", NONNEGATIVE)
    scaled = arithmetic(less_equal(paper.lam * c**2 * count, paper.lam * rho**2 * count), small)
    weights = instance(scaled, {count: paper.weight_count}, arithmetic(less_equal(0, paper.weight_count)))
    total = arithmetic(equal(paper.penalty, paper.weight_count * paper.lam * c**2 / 2))
    return arithmetic(paper.WEIGHT_DECAY.statement, weights, total)
