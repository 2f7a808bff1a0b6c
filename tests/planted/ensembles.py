"""Wrong and suspicious statements about ensembles of predictors, logistic functions and rectified linear units."""

from __future__ import annotations

import sympy as sp

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    UNIT,
    E,
    Expr,
    G,
    Gc,
    Relu,
    Scalar,
    convexity,
    distribution,
    equal,
    family,
    index,
    interval,
    less,
    less_equal,
    logistic,
    normal,
    size,
    subnetwork,
    weights,
)
from planted import Plant

PLANT = Plant("baldi2014")

m, k = size("m"), index("k")
P = distribution("P", m)
N = subnetwork("N", P)
O, S = family("O", OPEN_UNIT, m), weights("S", m)
t, wide_t, c, lam = Scalar("t", UNIT), Scalar("t"), Scalar("c", POSITIVE), Scalar("lambda")
x, y, u = Scalar("x"), Scalar("y"), Scalar("u", OPEN_UNIT)
mean, below, above, ratio = E(O[N]), G(O[N]), Gc(O[N]), NWGM(O[N])


def squared(output: Expr, target: Expr = t) -> Expr:
    return (target - output) ** 2 / 2


def entropy(output: Expr, target: Expr = t) -> Expr:
    return -target * sp.log(output) - (1 - target) * sp.log(1 - output)


half, third = sp.Rational(1, 2), sp.Rational(1, 3)
halves = {(1,): half, (2,): half}
squares = {t: 1, m: 2, P: halves, O: {(1,): sp.Rational(1, 4), (2,): sp.Rational(1, 9)}}
odds_squares = {t: 1, m: 2, P: halves, O: {(1,): sp.Rational(1, 5), (2,): sp.Rational(1, 10)}}

# --- wrong ------------------------------------------------------------------------------------------------------------

PLANT.refuted("geometric-mean-squared-error", less_equal(squared(below), E(squared(O[N]))), admissible=squares)
PLANT.refuted("normalised-mean-squared-error", less_equal(squared(ratio), E(squared(O[N]))), admissible=odds_squares)
PLANT.refuted("jensen-turned-round", less_equal(E(squared(O[N])), squared(mean)), by=("exact", "property"))
PLANT.refuted("jensen-strict", less(squared(mean), E(squared(O[N]))), by=("exact", "property"))
PLANT.refuted("entropy-any-target", less_equal(entropy(below, wide_t), E(entropy(O[N], wide_t))),
              admissible={wide_t: 2, m: 2, P: halves, O: {(1,): half, (2,): third}})
PLANT.refuted("entropy-complement-for-output", less_equal(entropy(above), E(entropy(O[N]))), by=("exact", "property"))
PLANT.refuted("geometric-means-add-up-to-one", equal(below + above, 1), by=("exact", "property"))
PLANT.refuted("normalised-below-geometric", less_equal(ratio, below), by=("exact", "property"))

low = family("O", interval(sp.Rational(1, 4), 1, open_above=True), m)
PLANT.refuted("outputs-from-a-quarter", less_equal(squared(NWGM(low[N]), 1), E(squared(low[N], 1))),
              admissible={m: 2, P: {(1,): sp.Rational(1, 2), (2,): sp.Rational(1, 2)},
                          low: {(1,): sp.Rational(1, 4), (2,): sp.Rational(4, 15)}})

PLANT.refuted("logistic-sign-of-slope", equal(logistic(x, c, lam), 1 / (1 + c * sp.exp(lam * x))),
              by=("exact", "property"))
PLANT.refuted("half-point-without-the-slope", equal(logistic(sp.log(c), c, lam), half), by=("exact", "property"))
PLANT.refuted("tanh-slope-one", equal((1 + sp.tanh(x)) / 2, logistic(x, 1, 1)), by=("exact", "property"))
PLANT.refuted("tanh-not-moved", equal(sp.tanh(x), 2 * logistic(x) - 1), by=("exact", "property"))
PLANT.refuted("value-at-zero", equal(logistic(0, c, lam), c / (1 + c)), by=("exact", "property"))

f = sp.Function("f", real=True)
z = sp.Symbol("z", real=True)
convex = Hypothesis("convex", convexity(f(x), x))
shapes = {f: (sp.Lambda(z, z**2), sp.Lambda(z, 1 - z), sp.Lambda(z, sp.Abs(z)))}
PLANT.refuted("square-of-convex-is-convex", less_equal(f((x + y) / 2) ** 2, (f(x) ** 2 + f(y) ** 2) / 2),
              hypotheses=[convex], candidates={f: (sp.Lambda(z, z**2 - 1),)}, by=("exact", "property"))

mu, sigma = Scalar("mu"), Scalar("sigma", POSITIVE)
X = normal("X", mu, sigma)
UNBOUNDED = {"montecarlo": "unbounded"}
PLANT.refuted("rectified-normal-lost-root", equal(E(Relu(normal("X", 0, sigma))), sigma / (2 * sp.pi)),
              by=("exact", "property"), not_applicable=UNBOUNDED)
PLANT.refuted("rectified-normal-at-the-mean", equal(E(Relu(X)), Relu(mu)), by=("exact", "property"),
              not_applicable=UNBOUNDED)
PLANT.refuted("second-moment-of-the-positive-part", equal(E(Relu(normal("X", 0, sigma)) ** 2), sigma**2),
              by=("exact", "property"), not_applicable=UNBOUNDED)

# --- true, though they look wrong -------------------------------------------------------------------------------------

PLANT.holds("entropy-normalised-any-real-target", less_equal(entropy(ratio, wide_t), E(entropy(O[N], wide_t))))
PLANT.holds("normalised-beats-by-the-same-amount-for-every-target",
            equal(E(entropy(O[N], wide_t)) - entropy(ratio, wide_t), -sp.log(below + above)))
PLANT.holds("geometric-mean-squared-error-target-zero", less_equal(below**2, E(O[N] ** 2)))
PLANT.holds("odd-logistic", equal(logistic(x, c, lam) + logistic(-x, 1 / c, lam), 1))
PLANT.holds("convex-may-decrease", less_equal(f((x + y) / 2), (f(x) + f(y)) / 2), hypotheses=[convex],
            candidates=shapes)
PLANT.holds("negative-slope-still-logistic",
            equal(NWGM(logistic(S[N], c, -lam)), logistic(E(S[N]), c, -lam)))
PLANT.holds("rectified-normal-positive-even-for-negative-means", less(0, E(Relu(normal("X", -mu**2, 1)))),
            not_applicable=UNBOUNDED)
PLANT.holds("half-the-square", equal(E(Relu(normal("X", 0, sigma)) ** 2), sigma**2 / 2), not_applicable=UNBOUNDED)
