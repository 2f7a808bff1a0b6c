"""Means over a normal variable: enclosed exactly at rational instances, and by a checked antiderivative in proofs."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import sympy as sp
from flint import arb

from dropout_theory.claims import ProofError
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Unsupported, precision
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Relu, Scalar, equal, less, normal
from dropout_theory.proof import arithmetic, falling_to_zero, moved_normal, positive_part_mean

mu, sigma, s = Scalar("mu"), Scalar("sigma", POSITIVE), Scalar("s")
X = normal("X", mu, sigma)
AT = {mu: sp.Rational(1, 3), sigma: sp.Rational(3, 2)}


def mean(expr: sp.Expr, values: dict = AT) -> arb:
    with precision(128):
        return arb(Evaluator(values, expectation).value(E(expr)))


def simulated(function: Callable[[float], float], steps: int = 40000) -> float:
    """Midpoint rule over twelve deviations."""
    m, d = 1 / 3, 1.5
    width = 24 * d / steps
    points = (m - 12 * d + (k + 0.5) * width for k in range(steps))
    return sum(function(x) * math.exp(-((x - m) / d) ** 2 / 2) for x in points) * width / (d * math.sqrt(2 * math.pi))


@pytest.mark.parametrize(("expr", "plain"), [
    (X**3 - X, lambda x: x**3 - x),
    (Relu(X), lambda x: max(0, x)),
    (2 * X * Relu(X - 1) + sp.Abs(X + 2), lambda x: 2 * x * max(0, x - 1) + abs(x + 2)),
])
def test_piecewise_polynomials_of_a_normal(expr: sp.Expr, plain: Callable[[float], float]) -> None:
    found = mean(expr)
    assert float(found.rad()) < 1e-30
    assert abs(float(found.mid()) - simulated(plain)) < 1e-6


def test_other_functions_of_a_normal_are_not_integrated() -> None:
    for expr in (sp.exp(X), Relu(Relu(X) - 1), Relu(X**2 - 1)):
        with pytest.raises(Unsupported):
            mean(expr)


def antiderivative(sign: int = 1) -> sp.Expr:
    return (mu / 2 * sp.erf((s - mu) / (sigma * sp.sqrt(2)))
            - sign * sigma / sp.sqrt(2 * sp.pi) * sp.exp(-((s - mu) ** 2) / (2 * sigma**2)))


def test_positive_part_mean_checks_the_antiderivative() -> None:
    found = positive_part_mean(X, antiderivative(), s).conclusion
    values = {**AT}
    left, right = (arb(Evaluator(values, expectation).value(a)) for a in found.args)
    assert (left - right).contains(0)
    with pytest.raises(ProofError, match="derivative"):
        positive_part_mean(X, antiderivative(-1), s)
    with pytest.raises(ProofError, match="not known to be positive"):
        positive_part_mean(normal("Y", mu, Scalar("d", NONNEGATIVE)), antiderivative(), s)


def test_moved_normal_needs_the_law_of_the_affine_function() -> None:
    T = normal("T", 2 * mu - 1, 2 * sigma)
    assert moved_normal(Relu(T), T, X, 2, -1).conclusion == equal(E(Relu(T)), E(Relu(2 * X - 1)))
    with pytest.raises(ProofError, match="law"):
        moved_normal(Relu(T), T, X, 2, 1)
    with pytest.raises(ProofError, match="positive"):
        moved_normal(Relu(T), T, X, -2, -1)


def test_falling_to_zero_needs_the_slope_and_the_limit() -> None:
    q = Scalar("x", POSITIVE)
    tail = (1 - sp.erf(q / sp.sqrt(2))) / 2
    bound = sp.exp(-(q**2) / 2) / (q * sp.sqrt(2 * sp.pi)) - tail
    slope = arithmetic(less(0, -sp.diff(bound, q)))
    assert falling_to_zero(bound, q, slope).conclusion == less(0, bound)
    with pytest.raises(ProofError, match="not about this function"):
        falling_to_zero(-bound, q, slope)
    with pytest.raises(ProofError, match="tend to zero"):
        falling_to_zero(bound - 1, q, slope)
    with pytest.raises(ProofError, match="limit"):
        falling_to_zero(-sp.exp(q), q, arithmetic(less(0, sp.exp(q))))
    with pytest.raises(ProofError, match="positive reals"):
        falling_to_zero(sp.exp(-s), s, arithmetic(less(0, sp.exp(-s))))
