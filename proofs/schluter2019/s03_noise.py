"""Section 3: moments of a Bernoulli variable and the curvature of the log partition function."""

from __future__ import annotations

from dropout_theory.claims import prove
from dropout_theory.language import E, Scalar, equal
from dropout_theory.papers.schluter2019.notation import c, delta, derivative, n, score, slope
from dropout_theory.papers.schluter2019.s03_noise import Y
from dropout_theory.proof import Theorem, instance, low_derivative, restate, two_outcomes


@prove("schluter2019:sec3-power-of-gate")
def power_of_gate() -> Theorem:
    return restate(two_outcomes(Y**n, Y), equal(E(Y**n), E(Y)))


@prove("schluter2019:sec3-product-moment")
def product_moment() -> Theorem:
    size = Scalar("s")
    product = (size * delta / (1 - delta) * Y) ** n
    printed = size**n * delta**n / (1 - delta) ** (n - 1)
    return instance(restate(two_outcomes(product, Y), equal(E(product), printed)), {size: score})


@prove("schluter2019:sec3-logistic-curvature")
def curvature() -> Theorem:
    return restate(low_derivative(derivative(2, c)), equal(derivative(2, c), slope))
