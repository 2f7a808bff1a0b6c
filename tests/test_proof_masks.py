"""Rules about 0-1 quantities and empty products: what they conclude, and what they refuse."""

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.language import NATURAL, REAL, Domain, Scalar, either, equal, family, gates, index, size
from dropout_theory.proof import empty_product, zero_or_one

n, k = size("n"), index("k")
BIT = Domain("0 or 1", sp.S.Zero, sp.S.One, integer=True)


def test_gates_and_bits_are_zero_or_one() -> None:
    for entry in (gates("r", sp.Rational(1, 2), n)[k], family("x", BIT, n)[3]):
        assert zero_or_one(entry).conclusion == either(equal(entry, 0), equal(entry, 1))


@pytest.mark.parametrize("entry", [family("x", NATURAL, n)[1], family("x", REAL, n)[1], Scalar("x", BIT)])
def test_other_quantities_are_refused(entry: object) -> None:
    with pytest.raises(ProofError):
        zero_or_one(entry)


def test_empty_product_is_one_and_others_are_refused() -> None:
    x = family("x", REAL, n)
    nothing = sp.Product(x[k], (k, 1, 0))
    assert empty_product(nothing).conclusion == equal(nothing, 1)  # SymPy may decide a bare Eq
    for whole in (sp.Product(x[k], (k, 1, n)), sp.Product(x[k], (k, 1, 1)), sp.Sum(x[k], (k, 1, 0))):
        with pytest.raises(ProofError):
            empty_product(whole)
