"""Cause 6 again: an index keeps what is known of it in its range, and ranges and laws are defined at all indices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, N, k, n, refused, x
from dropout_theory.language import (
    REAL,
    E,
    distribution,
    equal,
    family,
    gates,
    index,
    less,
    placeholder,
    recursion,
    size,
    subnetwork,
)
from dropout_theory.proof import Theorem, arithmetic, assume, identity, unfolded

i, j = size("i"), index("j")  # i is known to be positive
positive = sp.Symbol("k", integer=True, positive=True)
INDEX = "more is known of it"


@pytest.mark.parametrize("symbol", [i, positive])
@pytest.mark.parametrize("made", [
    # log(0)^2 in a law; 1/0 in a definition: neither is seen where the index counts as positive
    lambda symbol: gates("d", 1 / (1 + sp.log(symbol) ** 2), (symbol, 0, n)),
    lambda symbol: recursion("r", ((symbol, 0, n),), 1 / symbol, placeholder("r", ((symbol, 0, n),))[symbol - 1]),
    lambda symbol: family("w", REAL, (symbol, -n, n)),
    lambda symbol: family("w", REAL, (symbol, 1, n), (size("l"), symbol - 1, n)),
    lambda symbol: distribution("P", (symbol, 0, n)),
])
def test_an_index_leaves_its_domain(symbol: Any, made: Callable[[Any], Any]) -> None:
    with refused(INDEX):
        made(symbol)


def test_a_random_index_is_no_index_of_a_family() -> None:
    with refused(INDEX):
        family("w", REAL, (N, 1, n))


def test_an_index_keeps_its_domain() -> None:
    nested = family("w", REAL, (i, 1, n), (size("l"), i, n))
    assert identity(nested[1, 2], nested[1, 2])
    kept = gates("d", 1 / i, (i, 1, n))
    assert identity(E(kept[1]), 1)
    r = recursion("r", ((i, 1, n),), 1 / i, placeholder("r", ((i, 1, n),))[i - 1])
    assert unfolded(r[1]).conclusion == equal(r[1], 1)


SOMETIMES = sp.Piecewise((1, k >= 1))  # no case applies at 0


@pytest.mark.parametrize("made", [
    lambda: identity(family("w", REAL, (k, 0, n), (j, 1, SOMETIMES))[1, 1], 0 * x),
    lambda: identity(E(gates("d", HALF, (k, 0, n), (j, 1, SOMETIMES))[1, 1]), HALF),
    lambda: identity(E(gates("d", sp.exp(-sp.log(k - 1) ** 2), (k, 1, n))[2]), 1),
    lambda: identity(E(subnetwork("M", distribution("P", 1 + sp.Piecewise((n, x > 0))))), n),
])
def test_a_range_or_law_that_is_undefined_somewhere(made: Callable[[], Theorem]) -> None:
    with refused("may be undefined"):
        made()


def test_a_range_that_is_defined_where_it_is_known_to_be() -> None:
    drawn = E(subnetwork("M", distribution("P", 1 + sp.Piecewise((n, x > 0)))))
    found = arithmetic(equal(drawn, drawn), assume(less(0, x)))
    assert found.given == {less(0, x)}
    inside = family("w", REAL, (k, 1, n), (j, 1, SOMETIMES))
    assert not identity(inside[1, 1], inside[1, 1]).given
