"""Section 3: moments of a Bernoulli variable and the curvature of the log partition function."""

from __future__ import annotations

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, Scalar, equal
from dropout_theory.papers.schluter2019.notation import c, delta, derivative, n, score, slope
from dropout_theory.papers.schluter2019.s03_noise import Y
from dropout_theory.proof import Theorem


@prove("schluter2019:sec3-power-of-gate")
def power_of_gate() -> Theorem:
    """The values 0 and 1 are their own powers."""
    return by.restate(by.two_outcomes(Y**n, Y), equal(E(Y**n), E(Y)))


@prove("schluter2019:sec3-product-moment")
def product_moment() -> Theorem:
    """Only the outcome 1 has a part: (1 - delta) (s delta/(1 - delta))^n, whatever the score s."""
    size = Scalar("s")
    product = (size * delta / (1 - delta) * Y) ** n
    printed = size**n * delta**n / (1 - delta) ** (n - 1)
    return by.instance(by.restate(by.two_outcomes(product, Y), equal(E(product), printed)), {size: score})


@prove("schluter2019:sec3-logistic-curvature")
def curvature() -> Theorem:
    return by.restate(by.low_derivative(derivative(2, c)), equal(derivative(2, c), slope))
