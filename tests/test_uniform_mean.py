"""Means over a uniform level: exact for polynomials, certified balls for rational functions, undefined at a pole."""

import sympy as sp

from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import E, equal, gates, less, uniform

rho = uniform("rho", 0, sp.Rational(1, 2))
M = gates("M", rho, 2)


def test_polynomial_mean_is_exact() -> None:
    assert judge(equal(E(M[1] * M[2]), sp.Rational(1, 12)), {}, expectation).truth is Truth.TRUE


def test_rational_mean_is_enclosed() -> None:
    mean = E(M[1] / (1 - rho))  # 2 log 2 - 1
    assert judge(equal(mean, 2 * sp.log(2) - 1), {}, expectation).truth is Truth.AGREES
    assert judge(less(mean, sp.Rational(3863, 10000)), {}, expectation).truth is Truth.TRUE
    assert judge(equal(mean, 1), {}, expectation).truth is Truth.FALSE


def test_a_mean_with_a_pole_in_the_range_has_no_value() -> None:
    whole = uniform("rho", 0, 1)
    found = judge(equal(E(1 / (1 - whole)), 1), {}, expectation)
    assert found.truth is Truth.FALSE and "integrable" in found.undefined
