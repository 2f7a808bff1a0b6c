"""Constant factors of finite sums in real arithmetic: moved out where they are constant, left in where they are not."""

import pytest
from sympy import Sum

from dropout_theory.domains import POSITIVE, REAL
from dropout_theory.language import Scalar, distribution, family, index, size
from dropout_theory.proof import ProofError, arithmetic
from dropout_theory.statements import equal, less_equal

m, k = size("m"), index("k")
P, x = distribution("P", m), family("x", POSITIVE, m)
mean = Sum(P[k] * x[k], (k, 1, m))


def test_constant_denominator_cancels():
    arithmetic(equal(Sum(P[k] * x[k] / mean, (k, 1, m)), 1))


def test_constant_scalar_factor():
    a = Scalar("a", POSITIVE)
    arithmetic(less_equal(Sum(P[k] * x[k] / a, (k, 1, m)), mean / a))


def test_a_factor_with_the_bound_index_stays():
    with pytest.raises(ProofError):
        arithmetic(equal(Sum(P[k] * x[k] ** 2, (k, 1, m)), mean**2))


def test_a_denominator_that_may_vanish_is_refused():
    b = Scalar("b", REAL)
    with pytest.raises(ProofError, match="not zero"):
        arithmetic(less_equal(0, Sum(P[k] * x[k] / b, (k, 1, m)) ** 2))
