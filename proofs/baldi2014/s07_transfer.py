"""Arguments for section 7.2: one integral over a normal density, and a tangent below a convex function."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, diff, erf, exp, log, pi, sqrt

from dropout_theory.claims import REGISTRY, prove, witness
from dropout_theory.language import POSITIVE, E, Relu, Scalar, different, equal, less, less_equal
from dropout_theory.papers.baldi2014 import s07_transfer as claims
from dropout_theory.papers.baldi2014.s07_transfer import N, P, S, centred, deviation, k, lam, m, mu, sums
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    conjunction,
    falling_to_zero,
    identity,
    increasing,
    instance,
    moved_normal,
    negation,
    positive_part_mean,
    replaced,
    restate,
    satisfied,
    weighted,
)

s = Scalar("s")
FAR = REGISTRY["baldi2014:eq75-best-constant"]


def rectified_mean(variable: Any) -> Theorem:
    """s times the density is the derivative of mean/2 erf - deviation^2 density."""
    mean, width = variable.law[1:]
    found = positive_part_mean(variable, mean / 2 * erf((s - mean) / (width * sqrt(2)))
                               - width / sqrt(2 * pi) * exp(-((s - mean) ** 2) / (2 * width**2)), s)
    return found


@prove("baldi2014:eq72")
def mean_output() -> Theorem:
    linear = identity(E(claims.rectified(S)), lam * E(Relu(S)))
    return arithmetic(equal(E(claims.rectified(S)), claims.mean_output), linear, rectified_mean(S))


def tail_bounds() -> tuple[Theorem, Theorem]:
    """Bounds of 1 - Phi: the differences have the slopes -3 phi/x^4 and -phi/x^2 and vanish at infinity."""
    x = claims.q
    found = []
    for bound in (claims.tail_below, claims.tail_above):
        low, high = bound.args
        falling = falling_to_zero(high - low, x, arithmetic(less(0, -diff(high - low, x))))
        found.append(restate(falling, bound))
    return found[0], found[1]


@prove("baldi2014:eq73")
def tail() -> Theorem:
    return conjunction(*tail_bounds())


@prove("baldi2014:eq75")
def error_off_centre() -> Theorem:
    """The lower bound of the tail at |mu|/deviation, in the closed form of the error."""
    nonzero = assume(different(mu, 0))
    ratio = Abs(mu) / deviation
    positive = arithmetic(less(0, ratio), nonzero)
    below, above = (instance(bound, {claims.q: ratio}, positive) for bound in tail_bounds())
    return arithmetic(claims.off_centre, error_everywhere(), below, above, nonzero)


def tail_to_third_order() -> Theorem:
    """1 - Phi < phi (1/x - 1/x^3 + 3/x^5): the difference has the slope -15 phi/x^6 and vanishes at infinity."""
    x = claims.q
    low, high = 1 - claims.cumulative(x), claims.density(x) * (1 / x - 1 / x**3 + 3 / x**5)
    return restate(falling_to_zero(high - low, x, arithmetic(less(0, -diff(high - low, x)))), less(low, high))


@prove("baldi2014:eq75-best-constant")
def error_far_off_centre() -> Theorem:
    """phi(z) - z (1 - Phi(z)) is more than (1 - 3/z^2) phi(z)/z^2, and z^2 is at least 3/(1 - c)."""
    z, height, tail, c = Scalar("z", POSITIVE), Scalar("h", POSITIVE), Scalar("T"), claims.constant
    above = arithmetic(less(z * tail, height * (1 - 1 / z**2 + 3 / z**4)),
                       assume(less(tail, height * (1 / z - 1 / z**3 + 3 / z**5))))
    share = arithmetic(less_equal(c, 1 - 3 / z**2), assume(less_equal(3, (1 - c) * z**2)))
    scaled = arithmetic(less_equal(c * (height / z**2), height / z**2 - 3 * height / z**4), share)
    lemma = arithmetic(less(c * height / z**2, height - z * tail), above, scaled)
    nonzero, sloped, far = (assume(h) for h in (different(mu, 0), *(h.condition for h in FAR.hypotheses)))
    ratio = Abs(mu) / deviation
    positive = arithmetic(less(0, ratio), nonzero)
    values = {z: ratio, height: claims.density(ratio), tail: 1 - claims.cumulative(ratio)}
    found = satisfied(instance(lemma, values, positive), instance(tail_to_third_order(), {claims.q: ratio}, positive),
                      arithmetic(less_equal(3, (1 - c) * ratio**2), far))
    apart = satisfied(found, arithmetic(different(mu, 0), far))
    return arithmetic(FAR.statement, error_everywhere(), apart, sloped, far)


def plain_error(*premises: Theorem) -> Theorem:
    """The error at mean zero: the first term of the mean output vanishes."""
    linear = identity(E(claims.rectified(centred)), lam * E(Relu(centred)))
    return arithmetic(claims.gap_at_zero, linear, rectified_mean(centred), *premises)


@prove("baldi2014:eq74.amended")
def error_at_zero() -> Theorem:
    return plain_error(assume(less_equal(0, lam)))


@prove("baldi2014:eq74.amended-any-slope")
def error_at_zero_any_slope() -> Theorem:
    linear = identity(E(claims.rectified(centred)), lam * E(Relu(centred)))
    return arithmetic(claims.any_slope, linear, rectified_mean(centred))


@prove("baldi2014:sec7-threshold-zero")
def threshold() -> Theorem:
    back = moved_normal(claims.rectified(claims.shifted), claims.shifted, S, 1, -claims.threshold)
    return restate(back, claims.same_threshold)


@prove("baldi2014:sec7-relu-error")
def error_everywhere() -> Theorem:
    """|mu| is mu or -mu, and erf is odd."""
    linear = identity(E(claims.rectified(S)), lam * E(Relu(S)))
    width = sqrt(2) / (2 * deviation)

    def case(condition: Any, sign: int) -> Theorem:
        known = assume(condition)
        size = arithmetic(equal(Abs(mu), sign * mu), known)
        return arithmetic(claims.error, linear, rectified_mean(S), replaced(erf(width * Abs(mu)), size), size, known)

    return cases(less_equal(0, mu), case(less_equal(0, mu), 1), case(negation(less_equal(0, mu)), -1))


@prove("baldi2014:sec7-error-around-zero.amended")
def never_negative() -> Theorem:
    """x and 0 are both at most relu(x); take means."""
    every = (k, 1, m)
    bounds = [weighted(arithmetic(less_equal(low, Relu(sums[k]))), P[k], every) for low in (sums[k], 0)]
    return arithmetic(less_equal(Relu(E(sums[N])), E(Relu(sums[N]))), *bounds)


@prove("baldi2014:eq76")
def soft_rectifier() -> Theorem:
    """e^max(0, y) <= 1 + e^y <= 2 e^max(0, y), in logarithms."""
    x = claims.rate * claims.point
    above = [increasing(log, arithmetic(less_equal(low, 1 + exp(x)))) for low in (1, exp(x))]
    sign = less_equal(0, claims.point)

    def case(condition: Any, largest: Any) -> Theorem:
        known = assume(condition)
        order = increasing(exp, arithmetic(less_equal(x, 0) if largest == 1 else less_equal(0, x), known))
        below = increasing(log, arithmetic(less_equal(1 + exp(x), 2 * largest), order))
        return conjunction(arithmetic(claims.soft_above, *above, known), arithmetic(claims.soft_below, below, known))

    return cases(sign, case(sign, exp(x)), case(negation(sign), 1))


# deviations 1 and 4/3 make the deviation of the sums 5/3
witness("baldi2014:sec7-error-around-zero", {deviation: 1, claims.tau: Rational(4, 3)})
witness("baldi2014:eq74", {lam: -1, deviation: 1})
