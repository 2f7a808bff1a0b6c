"""Orders of approximation: what follows from vanishing Taylor coefficients, and what does not."""

import pytest
from sympy import Abs, exp

from dropout_theory.claims import ProofError
from dropout_theory.language import POSITIVE, REAL, SameToOrder, Scalar, less
from dropout_theory.proof import absolute, assume, combination, small_product, to_order

t, a = Scalar("t", POSITIVE), Scalar("a", REAL)


def test_absolute_values_keep_the_order() -> None:
    first = to_order(SameToOrder(exp(a * t), 1 + a * t, t, 1))
    assert absolute(first).conclusion == SameToOrder(Abs(exp(a * t)), Abs(1 + a * t), t, 1)
    with pytest.raises(ProofError, match="not a statement of order"):
        absolute(assume(less(0, t)))


def test_a_combination_needs_matching_gaps_and_orders() -> None:
    first = to_order(SameToOrder(exp(a * t), 1 + a * t, t, 1))
    second = to_order(SameToOrder(exp(-a * t), 1 - a * t, t, 1))
    combination(SameToOrder(exp(a * t) - exp(-a * t), 2 * a * t, t, 1), (1, first), (-1, second))
    with pytest.raises(ProofError, match="not that combination"):
        combination(SameToOrder(exp(a * t) + exp(-a * t), 2 * a * t, t, 1), (1, first), (1, second))
    with pytest.raises(ProofError, match="too low an order"):
        combination(SameToOrder(exp(a * t), 1 + a * t, t, 2), (1, first))
    with pytest.raises(ProofError, match="not a rational"):
        combination(SameToOrder(exp(a * t) / t, (1 + a * t) / t, t, 1), (1 / t, first))


def test_a_product_of_small_factors() -> None:
    small = Abs(exp(a * t) - 1)
    small_product(SameToOrder(t**2 * small, 0, t, 2), t**2, small)
    with pytest.raises(ProofError, match="vanishing coefficients"):
        small_product(SameToOrder(t**2 * small, 0, t, 3), t**2, small)
    with pytest.raises(ProofError, match="not that product"):
        small_product(SameToOrder(t * small, 0, t, 2), t**2, small)
