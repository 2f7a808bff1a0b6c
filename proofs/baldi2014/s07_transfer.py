"""Arguments for section 7.2: one integral over a normal density, and a tangent below a convex function."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, erf, exp, pi, sqrt

from dropout_theory.language import E, Relu, Scalar
from dropout_theory.papers.baldi2014 import s07_transfer as claims
from dropout_theory.papers.baldi2014.s07_transfer import N, P, S, centred, deviation, k, lam, m, mu, sums
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    identity,
    negation,
    prove,
    restate,
    weighted,
    witness,
)
from dropout_theory.proof.indices import replaced
from dropout_theory.proof.normal import moved_normal, positive_part_mean
from dropout_theory.statements import equal, less_equal

s = Scalar("s")


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


# deviations 1 and 4/3 make the deviation of the sums 5/3
witness("baldi2014:sec7-error-around-zero", {deviation: 1, claims.tau: Rational(4, 3)})
witness("baldi2014:eq74", {lam: -1, deviation: 1})
