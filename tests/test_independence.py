"""Expectations split over independent factors, and only over those."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.language import NATURAL, PROBABILITY, E, Scalar, equal, family, gates, index, size, weights
from dropout_theory.proof import assume, identity, rewritten

n, k = size("n"), size("k")
i, j, l = index("i"), index("j"), index("l")
gap = Scalar("g", NATURAL)
w = weights("w", k, n)
p = family("p", PROBABILITY, k, n)
delta = gates("delta", p, k, n)
f, h = sp.Function("f", real=True), sp.Function("h", real=True)


def row(unit: object) -> sp.Sum:
    return sp.Sum(w[unit, j] * delta[unit, j], (j, 1, n))


def test_functions_of_different_rows_are_independent() -> None:
    other = i + 1 + gap
    assert identity(E(f(row(i)) * h(row(other))), E(f(row(i))) * E(h(row(other))))


@pytest.mark.parametrize("other", [l, i, i + gap])
def test_rows_that_may_coincide_are_not(other: object) -> None:
    with pytest.raises(ProofError):
        identity(E(f(row(i)) * h(row(other))), E(f(row(i))) * E(h(row(other))))


def test_shifted_sums_share_gates() -> None:
    one = family("p", PROBABILITY, n)
    gate = gates("delta", one, n)
    left, right = f(sp.Sum(gate[j], (j, 1, n))), h(sp.Sum(gate[j + 1], (j, 1, n)))
    with pytest.raises(ProofError):
        identity(E(left * right), E(left) * E(right))


def test_replacing_in_an_expression() -> None:
    a, b = Scalar("a"), Scalar("b")
    assert rewritten(a**2 + 1, assume(equal(a, b))).conclusion == equal(a**2 + 1, b**2 + 1)
