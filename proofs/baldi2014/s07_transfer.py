"""Arguments for section 7.2: one integral over a normal density, and a tangent below a convex function."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, diff, erf, exp, log, pi, sqrt

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove, witness
from dropout_theory.language import POSITIVE, E, Relu, Scalar, different, equal, less, less_equal
from dropout_theory.papers.baldi2014 import s07_transfer as claims
from dropout_theory.papers.baldi2014.s07_transfer import N, P, S, centred, deviation, k, lam, m, mu, sums
from dropout_theory.proof import Theorem

s = Scalar("s")
FAR = REGISTRY["baldi2014:eq75-best-constant"]


def rectified_mean(variable: Any) -> Theorem:
    """s times the density is the derivative of mean/2 erf - deviation^2 density."""
    mean, width = variable.law[1:]
    return by.positive_part_mean(variable, mean / 2 * erf((s - mean) / (width * sqrt(2)))
                                 - width / sqrt(2 * pi) * exp(-((s - mean) ** 2) / (2 * width**2)), s)


@prove("baldi2014:eq72")
def mean_output() -> Theorem:
    """The unit is lambda times the positive part of its sum."""
    linear = by.identity(E(claims.rectified(S)), lam * E(Relu(S)))
    return by.arithmetic(equal(E(claims.rectified(S)), claims.mean_output), linear, rectified_mean(S))


def tail_bounds() -> tuple[Theorem, Theorem]:
    """Bounds of 1 - Phi: the differences have the slopes -3 phi/x^4 and -phi/x^2 and vanish at infinity."""
    x = claims.q
    found = []
    for bound in (claims.tail_below, claims.tail_above):
        low, high = bound.args
        falling = by.falling_to_zero(high - low, x, by.arithmetic(less(0, -diff(high - low, x))))
        found.append(by.restate(falling, bound))
    return found[0], found[1]


@prove("baldi2014:eq73")
def tail() -> Theorem:
    return by.conjunction(*tail_bounds())


@prove("baldi2014:eq75")
def error_off_centre() -> Theorem:
    """The lower bound of the tail at |mu|/deviation, in the closed form of the error."""
    nonzero = by.assume(different(mu, 0))
    ratio = Abs(mu) / deviation
    positive = by.arithmetic(less(0, ratio), nonzero)
    below, above = (by.instance(bound, {claims.q: ratio}, positive) for bound in tail_bounds())
    return by.arithmetic(claims.off_centre, error_everywhere(), below, above, nonzero)


def tail_to_third_order() -> Theorem:
    """1 - Phi < phi (1/x - 1/x^3 + 3/x^5): the difference has the slope -15 phi/x^6 and vanishes at infinity."""
    x = claims.q
    low, high = 1 - claims.cumulative(x), claims.density(x) * (1 / x - 1 / x**3 + 3 / x**5)
    return by.restate(by.falling_to_zero(high - low, x, by.arithmetic(less(0, -diff(high - low, x)))), less(low, high))


@prove("baldi2014:eq75-best-constant")
def error_far_off_centre() -> Theorem:
    """phi(z) - z (1 - Phi(z)) is more than (1 - 3/z^2) phi(z)/z^2, and z^2 is at least 3/(1 - c)."""
    z, height, tail, c = Scalar("z", POSITIVE), Scalar("h", POSITIVE), Scalar("T"), claims.constant
    nonzero, sloped, far = (by.assume(h) for h in (different(mu, 0), *(h.condition for h in FAR.hypotheses)))
    ratio = Abs(mu) / deviation
    positive = by.arithmetic(less(0, ratio), nonzero)
    values = {z: ratio, height: claims.density(ratio), tail: 1 - claims.cumulative(ratio)}
    tail_here = by.instance(tail_to_third_order(), {claims.q: ratio}, positive)
    found = by.in_letters(less(c * height / z**2, height - z * tail), values,
                          (less(tail, height * (1 / z - 1 / z**3 + 3 / z**5)), tail_here),
                          (less_equal(3, (1 - c) * z**2), by.arithmetic(less_equal(3, (1 - c) * ratio**2), far)),
                          domains=(positive,))
    apart = by.satisfied(found, by.arithmetic(different(mu, 0), far))
    return by.arithmetic(FAR.statement, error_everywhere(), apart, sloped, far)


def at_mean_zero(error: Any, *premises: Theorem) -> Theorem:
    """A statement on the error at mean zero: the first term of the mean output vanishes."""
    linear = by.identity(E(claims.rectified(centred)), lam * E(Relu(centred)))
    return by.arithmetic(error, linear, rectified_mean(centred), *premises)


@prove("baldi2014:eq74.amended")
def error_at_zero() -> Theorem:
    return at_mean_zero(claims.gap_at_zero, by.assume(less_equal(0, lam)))


@prove("baldi2014:eq74.amended-any-slope")
def error_at_zero_any_slope() -> Theorem:
    return at_mean_zero(claims.any_slope)


@prove("baldi2014:sec7-threshold-zero")
def threshold() -> Theorem:
    """The sum less its threshold is normal, with its mean moved and the same deviation."""
    back = by.moved_normal(claims.rectified(claims.shifted), claims.shifted, S, 1, -claims.threshold)
    return by.restate(back, claims.same_threshold)


@prove("baldi2014:sec7-relu-error")
def error_everywhere() -> Theorem:
    """|mu| is mu or -mu, and erf is odd."""
    linear = by.identity(E(claims.rectified(S)), lam * E(Relu(S)))
    width = sqrt(2) / (2 * deviation)

    def case(condition: Any, sign: int) -> Theorem:
        """The error where |mu| is `sign` times mu."""
        known = by.assume(condition)
        size = by.arithmetic(equal(Abs(mu), sign * mu), known)
        odd = by.rewritten(erf(width * Abs(mu)), size)
        return by.arithmetic(claims.error, linear, rectified_mean(S), odd, size, known)

    return by.cases(less_equal(0, mu), case(less_equal(0, mu), 1), case(by.negation(less_equal(0, mu)), -1))


@prove("baldi2014:sec7-error-around-zero.amended")
def never_negative() -> Theorem:
    """x and 0 are both at most relu(x); take means."""
    every = (k, 1, m)
    bounds = [by.weighted(by.arithmetic(less_equal(low, Relu(sums[k]))), P[k], every) for low in (sums[k], 0)]
    return by.arithmetic(less_equal(Relu(E(sums[N])), E(Relu(sums[N]))), *bounds)


@prove("baldi2014:eq76")
def soft_rectifier() -> Theorem:
    """e^max(0, y) <= 1 + e^y <= 2 e^max(0, y), in logarithms."""
    x = claims.rate * claims.point
    above = [by.increasing(log, by.arithmetic(less_equal(low, 1 + exp(x)))) for low in (1, exp(x))]
    sign = less_equal(0, claims.point)

    def case(condition: Any, largest: Any) -> Theorem:
        """Both bounds on one side of zero, where `largest` is the larger of 1 and e^y."""
        known = by.assume(condition)
        order = by.increasing(exp, by.arithmetic(less_equal(x, 0) if largest == 1 else less_equal(0, x), known))
        below = by.increasing(log, by.arithmetic(less_equal(1 + exp(x), 2 * largest), order))
        return by.conjunction(by.arithmetic(claims.soft_above, *above, known),
                              by.arithmetic(claims.soft_below, below, known))

    return by.cases(sign, case(sign, exp(x)), case(by.negation(sign), 1))


# deviations 1 and 4/3 make the deviation of the sums 5/3
witness("baldi2014:sec7-error-around-zero", {deviation: 1, claims.tau: Rational(4, 3)})
witness("baldi2014:eq74", {lam: -1, deviation: 1})
