"""Arguments for section 6: Jensen's inequality in the output, in its logarithm and in its log-odds."""

from __future__ import annotations

from typing import Any

from sympy import Lambda, Rational, Sum, Symbol, diff, exp, log

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NWGM, OPEN_UNIT, POSITIVE, E, G, Gc, Scalar, less, less_equal, logistic
from dropout_theory.papers.baldi2014 import s06_ensemble as claims
from dropout_theory.papers.baldi2014.s06_ensemble import Error, N, O, P, entropy, k, m, squared, t, theta
from dropout_theory.proof import Theorem

every = (k, 1, m)
geometric, complement, normalised = G(O[N]), Gc(O[N]), NWGM(O[N])


def convex(f: Any, x: Scalar, *premises: Theorem) -> Theorem:
    """The convexity of f on the domain of x, from the sign of its second derivative."""
    return by.convex_by_curvature(f, x, by.arithmetic(less_equal(0, diff(f, x, 2)), *premises), *premises)


@prove("baldi2014:sec6-convex-entropy")
def entropy_is_convex() -> Theorem:
    """By the second derivative, t/x^2 + (1 - t)/(1 - x)^2."""
    return by.at(convex(entropy(claims.x), claims.x), claims.x, claims.y, theta)


@prove("baldi2014:eq56")
def mean_output() -> Theorem:
    """Jensen's inequality for the error, assumed convex."""
    assumed = by.assume(claims.convex_error.condition)
    return by.restate(by.finite_jensen(Error(claims.x, t), claims.x, O[k], P, assumed), claims.mean_beats)


# --- relative entropy: G + G' <= 1 --------------------------------------------------------------------------------


def below_means() -> tuple[Theorem, Theorem]:
    """G <= E and G' <= 1 - E: the logarithm is concave."""
    v = Scalar("v", OPEN_UNIT)
    return tuple(by.increasing(exp, by.jensen(f, v, O[k], P, by.arithmetic(less_equal(diff(f, v, 2), 0))))
                 for f in (log(v), log(1 - v)))  # type: ignore[return-value]


def complementary() -> Theorem:
    """G + G' <= E + (1 - E) = 1."""
    return by.arithmetic(less_equal(geometric + complement, 1), *below_means())


@prove("baldi2014:eq57.amended-entropy")
def geometric_entropy() -> Theorem:
    """The two sides differ by (1 - t)(log(1 - G) - log G'), which is not negative as G + G' <= 1."""
    whole = complementary()
    above = by.increasing(log, by.arithmetic(less_equal(complement, 1 - geometric), whole))
    low, high = Scalar("low"), Scalar("high")
    gap = by.in_letters(less_equal(0, (1 - t) * (high - low)), {low: log(complement), high: log(1 - geometric)},
                        (less_equal(low, high), above), domains=(by.arithmetic(less(0, 1 - geometric), whole),))
    return by.arithmetic(less_equal(entropy(geometric), E(entropy(O[N]))), gap)


@prove("baldi2014:eq58.amended-entropy")
def normalised_entropy() -> Theorem:
    """The two sides differ by -log(G + G'), which is not negative as G + G' <= 1."""
    return by.arithmetic(less_equal(entropy(normalised), E(entropy(O[N]))), by.increasing(log, complementary()))


@prove("baldi2014:sec6-any-convex-error.amended")
def all_means_entropy() -> Theorem:
    """The mean by the convexity of the entropy, the geometric means by the two arguments above."""
    output = by.jensen(entropy(claims.x), claims.x, O[k], P,
                       by.arithmetic(less_equal(0, diff(entropy(claims.x), claims.x, 2))))
    return by.conjunction(by.restate(output, less_equal(entropy(E(O[N])), E(entropy(O[N])))),
                          geometric_entropy(), normalised_entropy())


@prove("baldi2014:sec6-several-classes")
def several_classes() -> Theorem:
    """The geometric means of all classes add up to at most one, as the outputs of each predictor add up to one.

    The two sides differ by the logarithm of that sum of geometric means.
    """
    K, unit = claims.K, claims.unit
    each, mean = claims.share(unit, k), G(claims.share(unit, N))
    z = Scalar("z")
    below_mean = by.finite_jensen(exp(z), z, log(each), P, convex(exp(z), z), over=k)
    classes = by.weighted(by.restate(below_mean, less_equal(mean, E(claims.share(unit, N)))), 1, (unit, 1, K))
    outputs = by.weighted(by.identity(Sum(each, (unit, 1, K)), 1), P[k], every)
    total = Sum(mean, (unit, 1, K))
    at_most_one = by.arithmetic(less_equal(total, 1), classes, outputs)
    # the sum over classes with the common denominator taken out, which the normal form keeps inside each exponential
    scale = exp(Sum(P[k] * log(Sum(claims.activity[unit, k], (unit, 1, K))), every))
    low, positive = Scalar("low"), Scalar("positive", POSITIVE)
    scaled = by.in_letters(less_equal(low * positive, positive), {low: total, positive: scale},
                           (less_equal(low, 1), at_most_one))
    return by.arithmetic(claims.several_classes, by.increasing(log, scaled))


# --- errors convex in the logarithm or in the log-odds ------------------------------------------------------------


@prove("baldi2014:eq57.amended-composite")
def in_logarithm() -> Theorem:
    """Jensen's inequality in log O, which is negative: G is the exponential of its mean."""
    z = claims.log_output
    negative = by.increasing(log, by.arithmetic(less(O[k], 1)))
    assumed = by.assume(claims.convex_in_logarithm.condition)
    found = by.finite_jensen(Error(exp(z), t), z, log(O[k]), P, assumed, negative, over=k)
    return by.restate(found, claims.geometric_beats)


@prove("baldi2014:eq58.amended-composite")
def in_logit() -> Theorem:
    """Jensen's inequality in the log-odds: the normalised geometric mean is the logistic value of their mean."""
    z = claims.logit
    odds = log(O[k]) - log(1 - O[k])
    found = by.finite_jensen(Error(logistic(z), t), z, odds, P, by.assume(claims.convex_in_logit.condition), over=k)
    mean = found.conclusion.args[0].args[0]  # the logistic function of the mean log-odds
    back = by.rewrite(found, by.identity(mean, normalised), by.identity(logistic(odds), O[k]))
    return by.restate(back, claims.normalised_beats)


# --- squared error: where the geometric means may be used ----------------------------------------------------------


def tangent_in_logarithm() -> Theorem:
    """(t - v)^2/2 lies above its tangent at w, drawn against the logarithm, for v = O and w = G, both >= t/2."""
    v, w = Scalar("v", OPEN_UNIT), Scalar("w", OPEN_UNIT)
    gap = squared(v) - squared(w) + w * (t - w) * (log(v) - log(w))
    above = [by.assume(less_equal(t / 2, point)) for point in (v, w)]
    low = by.by_slope(gap, v, w, by.arithmetic(less_equal(0, (v - w) * diff(gap, v)), *above))
    mean_below_one = by.weighted(by.arithmetic(less(O[k], 1)), P[k], every)
    below_one = by.arithmetic(less(geometric, 1), below_means()[0], mean_below_one)
    return by.instance(low, {v: O[k], w: geometric}, below_one)


@prove("baldi2014:eq57.amended-squared-half")
def geometric_squared() -> Theorem:
    """Weighted sum of the tangent inequalities: the logarithms cancel.

    With the outputs G is at least t/2: in logarithms where t is positive, trivially elsewhere.
    """
    assumed = by.specialise(by.assume(claims.above_half.condition), k)
    doubled = by.increasing(log, by.arithmetic(less_equal(t, 2 * O[k]), assumed), by.assume(less(0, t)))
    above = by.cases(less(0, t),
                     by.arithmetic(less_equal(t / 2, geometric), by.increasing(exp, by.weighted(doubled, P[k], every))),
                     by.arithmetic(less_equal(t / 2, geometric), by.assume(by.negation(less(0, t)))))
    pointwise = by.satisfied(tangent_in_logarithm(), assumed, above)
    return by.arithmetic(less_equal(squared(geometric), E(squared(O[N]))), by.weighted(pointwise, P[k], every))


@prove("baldi2014:eq58.amended-squared-third")
def normalised_squared() -> Theorem:
    """x(1 - x)^2 decreases on [1/3, 1], so (1 - v)^2/2 lies above its tangent drawn against the log-odds."""
    entries = claims.near_one
    domain = entries.domain
    v, w = Scalar("v", domain), Scalar("w", domain)
    gap = squared(v, 1) - squared(w, 1) + w * (1 - w) ** 2 * (log(v) - log(1 - v) - log(w) + log(1 - w))
    low = by.by_slope(gap, v, w, by.arithmetic(less_equal(0, (v - w) * diff(gap, v))))
    doubled = by.weighted(by.increasing(log, by.arithmetic(less_equal(1 - entries[k], 2 * entries[k]))), P[k], every)
    mean = NWGM(entries[N])
    ratio = by.arithmetic(less_equal(Gc(entries[N]), 2 * G(entries[N])), by.increasing(exp, doubled))
    inside = by.arithmetic(less_equal(Rational(1, 3), mean), ratio), by.arithmetic(less(mean, 1))
    pointwise = by.instance(low, {v: entries[k], w: mean}, *inside)
    return by.arithmetic(less_equal(squared(mean, 1), E(squared(entries[N], 1))), by.weighted(pointwise, P[k], every))


# --- steps of the printed proof ------------------------------------------------------------------------------------


@prove("baldi2014:eq57-step-composition.amended")
def composition() -> Theorem:
    """g lies below its chord; f keeps that order and lies below its own chord, between g(a) and g(b)."""
    g, a, b = claims.g, claims.a, claims.b
    between = theta * g(a) + (1 - theta) * g(b)
    inner = by.at(by.assume(claims.g_convex.condition), a, b, theta)
    monotone = by.at(by.assume(claims.f_nondecreasing.condition), g(theta * a + (1 - theta) * b), between)
    outer = by.at(by.assume(claims.f_convex.condition), g(a), g(b), theta)
    return by.arithmetic(claims.composed, inner, monotone, outer)


@prove("baldi2014:eq57-step-exponential.amended")
def entropy_against_logarithm() -> Theorem:
    """By the second derivative in z = log O < 0, where 1 - e^z is positive."""
    z = claims.log_output
    inside = by.increasing(exp, by.arithmetic(less(z, 0)))
    chord = by.at(convex(entropy(exp(z)), z, inside), claims.l, claims.h, theta)
    return by.restate(chord, claims.entropy_of_exponential)


@prove("baldi2014:eq58-step-logistic.amended")
def entropy_against_logit() -> Theorem:
    """The relative entropy of a logistic output is log(1 + e^-z) + (1 - t) z."""
    z = claims.logit
    complement_of = [by.increasing(log, by.identity(1 - logistic(end), exp(-end) * logistic(end)))
                     for end in (claims.a, claims.b)]
    return by.arithmetic(claims.entropy_of_logistic, *complement_of,
                         by.at(convex(log(1 + exp(-z)) + (1 - t) * z, z), claims.a, claims.b, theta))


# --- counterexamples -----------------------------------------------------------------------------------------------

_o, _t = Symbol("o", real=True), Symbol("t", real=True)
halves = {(1,): Rational(1, 2), (2,): Rational(1, 2)}
two = {t: 1, m: 2, P: halves, Error: claims.SQUARED}
squares = {**two, O: {(1,): Rational(1, 4), (2,): Rational(1, 9)}}  # both means rational: 1/6
odds_squares = {**two, O: {(1,): Rational(1, 5), (2,): Rational(1, 10)}}  # odds 1/4 and 1/9, normalised mean 1/7
witness("baldi2014:eq57", squares)
witness("baldi2014:eq58", odds_squares)
witness("baldi2014:sec6-any-convex-error", squares)

z = Symbol("z", real=True)
witness("baldi2014:eq57-step-composition",
        {claims.f: Lambda(z, -z), claims.g: Lambda(z, z**3), claims.a: 0, claims.b: 2, theta: Rational(1, 2)})
witness("baldi2014:eq57-step-exponential",
        {Error: claims.SQUARED, t: 1, theta: Rational(1, 2), claims.l: -1, claims.h: -2})
witness("baldi2014:eq58-step-logistic",
        {Error: claims.SQUARED, t: 1, theta: Rational(1, 2), claims.a: -1, claims.b: -2})
witness("baldi2014:sec6-boundary-outputs", {m: 2, P: halves, claims.closed: {(1,): 0, (2,): 1}})
witness("baldi2014:sec6-logistic-inside", {claims.c_printed: 0, claims.lam: 1, claims.s: 0})
