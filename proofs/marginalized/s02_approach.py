"""Why the section 2 statements hold for every number of inputs, classes and noise outcomes.

Equations (3), (4) and (5) need no argument here: their Taylor coefficients and normal forms agree as they stand.
"""

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import REAL, Scalar, less_equal
from dropout_theory.papers.marginalized.s02_approach import (
    INDEFINITE,
    NONNEGATIVE_PENALTY,
    REMAINDER,
    D,
    K,
    P,
    bound,
    concave,
    convex,
    i,
    jacobian,
    k,
    l,
    noise,
    o,
    o1,
    outcomes,
    r,
    scale,
    share,
    y1,
)
from dropout_theory.proof import Theorem

number = Scalar("x", REAL)


@prove(NONNEGATIVE_PENALTY.id)
def mean_of_squares() -> Theorem:
    """tr(V Sigma) is the mean over outcomes and classes of (sum_i (J_ki - mean J_i) noise_i)^2, which is a square."""
    deviation = sp.Sum((jacobian[k, i] - sp.Sum(o[l] * jacobian[l, i], (l, 1, K))) * scale * noise(r, i), (i, 1, D))
    positive = by.in_letters(less_equal(0, number**2), {number: deviation})
    over_classes = by.weighted(positive, o[k] / 2, (k, 1, K))
    return by.restate(by.weighted(over_classes, P[r], (r, 1, outcomes)), NONNEGATIVE_PENALTY.statement)


@prove(REMAINDER.id)
def remainder_bound() -> Theorem:
    """Unbiased noise cancels the slope, so the error is the mean remainder: B epsilon^3 times a mean of [-1, 1]."""
    upper, lower = REMAINDER.statement.args
    size, every = bound * scale**3, (r, 1, outcomes)
    above = by.weighted(by.arithmetic(less_equal(size * share[r], size)), P[r], every)
    below = by.weighted(by.arithmetic(less_equal(-size, size * share[r])), P[r], every)
    return by.conjunction(by.restate(above, upper), by.restate(below, lower))


witness(INDEFINITE.id, {o1: sp.Rational(1, 2), y1: 0, convex: -1, concave: 1})
