"""Real arithmetic: products of finite sums, and side conditions of denominators and roots."""

import pytest
from sympy import Sum, exp, sqrt

from dropout_theory.claims import ProofError
from dropout_theory.language import (
    POSITIVE,
    REAL,
    Scalar,
    different,
    distribution,
    either,
    equal,
    family,
    index,
    less,
    less_equal,
    size,
)
from dropout_theory.proof import arithmetic

m, k = size("m"), index("k")
P, x = distribution("P", m), family("x", POSITIVE, m)
mean = Sum(P[k] * x[k], (k, 1, m))


def test_constant_denominator_cancels() -> None:
    arithmetic(equal(Sum(P[k] * x[k] / mean, (k, 1, m)), 1))


def test_constant_scalar_factor() -> None:
    a = Scalar("a", POSITIVE)
    arithmetic(less_equal(Sum(P[k] * x[k] / a, (k, 1, m)), mean / a))


def test_a_factor_with_the_bound_index_stays() -> None:
    with pytest.raises(ProofError):
        arithmetic(equal(Sum(P[k] * x[k] ** 2, (k, 1, m)), mean**2))


def test_a_denominator_that_may_vanish_is_refused() -> None:
    b = Scalar("b", REAL)
    with pytest.raises(ProofError, match="not zero"):
        arithmetic(less_equal(0, Sum(P[k] * x[k] / b, (k, 1, m)) ** 2))


def test_a_square_of_a_mean_is_a_square() -> None:
    arithmetic(less_equal(0, (mean - 3) ** 2))


def test_dependent_indices_are_not_split() -> None:
    j = index("j")
    triangle = Sum(Sum(P[k] * P[j], (j, 1, k)), (k, 1, m))
    with pytest.raises(ProofError):
        arithmetic(equal(triangle, Sum(P[k], (k, 1, m)) * Sum(P[j], (j, 1, m))))


def test_an_inverse_does_not_show_that_its_base_is_not_zero() -> None:
    b = Scalar("b", REAL)
    with pytest.raises(ProofError, match="not zero"):
        arithmetic(either(different(b, 0), equal(1 / b, 5)))


def test_a_root_and_an_inverse_of_one_base_are_different_numbers() -> None:
    a = Scalar("a", POSITIVE)
    with pytest.raises(ProofError, match="not implied"):
        arithmetic(equal(1 / a, 1 / sqrt(a)))
    with pytest.raises(ProofError, match="not implied"):
        arithmetic(equal(1 / sqrt(a), 1 / a))


def test_exponentials_of_sums_are_products() -> None:
    a, b = Scalar("a", REAL), Scalar("b", REAL)
    arithmetic(less_equal(2 * exp(a) / exp(b), 1 + exp(2 * a - 2 * b)))
    with pytest.raises(ProofError):
        arithmetic(less_equal(exp(a) / exp(b), 1 + exp(a + b)))


def test_nested_roots() -> None:
    arithmetic(less(0, sqrt(sqrt(5) - 2)))
    with pytest.raises(ProofError):
        arithmetic(less(1, sqrt(sqrt(5) - 2)))
