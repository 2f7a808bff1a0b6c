"""A product vanishes with one factor: 0 to a positive power, at an index in range."""

import pytest
from sympy import Product

from dropout_theory.claims import ProofError
from dropout_theory.language import REAL, SIZE, UNIT, Scalar, distribution, equal, family, index, less, less_equal, size
from dropout_theory.proof import Theorem, assume, vanishing_factor

m, k, j = size("m"), index("k"), Scalar("j", SIZE)
P, x = distribution("P", m), family("x", UNIT, m)
product = Product(x[k] ** P[k], (k, 1, m))
zero, seen, inside = assume(equal(x[j], 0)), assume(less(0, P[j])), assume(less_equal(j, m))


def test_a_zero_with_positive_exponent() -> None:
    found = vanishing_factor(product, j, zero, seen, inside)
    assert found.conclusion == equal(product, 0)
    assert found.given == zero.given | seen.given | inside.given


@pytest.mark.parametrize("premises", [(seen, inside), (zero, inside), (zero, seen)])
def test_each_premise_is_needed(premises: tuple[Theorem, ...]) -> None:
    with pytest.raises(ProofError, match="not known"):
        vanishing_factor(product, j, *premises)


def test_signed_exponents_are_refused() -> None:
    e = family("e", REAL, m)
    with pytest.raises(ProofError, match="may be undefined"):
        vanishing_factor(Product(x[k] ** e[k], (k, 1, m)), j, zero, inside)
