"""A symbol that is bound over a range may lie outside of what is known of it, or stands in no range at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import FALSE, i, j, k, m, n, refused, w, x
from dropout_theory.language import Converges, ForEach, RootGrowth, equal, less_equal
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    generalise,
    identity,
    mirrored_sum,
    relu_kept,
    restate,
    rewrite,
    specialise,
    written_out,
)

positive = sp.Symbol("k", integer=True, positive=True)


def _mirrored() -> Theorem:
    whole = mirrored_sum(sp.Sum(n, (n, 1, 2)), 0)  # the sum of -n over n = -2..-1, n a size
    return arithmetic(FALSE, written_out(relu_kept(-whole.conclusion.args[1])))


def _restated() -> Theorem:
    all_of_them = generalise(arithmetic(less_equal(0, sp.Abs(k) + k)), (k, -3, 3))
    return restate(all_of_them, ForEach(less_equal(0, 2 * positive), (positive, -3, 3)))


def _other_name() -> Theorem:
    """The same where what is known of the symbol of the wanted statement fits its range."""
    all_of_them = generalise(arithmetic(less_equal(0, sp.Abs(k) + k)), (k, 1, 3))
    return restate(all_of_them, ForEach(less_equal(0, 2 * positive), (positive, 1, 3)))


def _in_a_series(statement: sp.Basic) -> Theorem:
    one = specialise(assume(ForEach(equal(w[i], 1), (i, 1, 1))), i)
    return rewrite(assume(statement), one, indices=(i,))


ATTACKS: dict[str, Callable[[], Theorem]] = {
    "a size over negative numbers": lambda: written_out(relu_kept(sp.Sum(n, (n, -3, -1)))),
    "a size over negative numbers in a product": lambda: written_out(relu_kept(sp.Product(n, (n, -3, -1)))),
    "logarithms of sizes that are negative": lambda: identity(sp.Sum(sp.log(n), (n, -3, -1)),
                                                              sp.Sum(sp.log(n), (n, -3, -1))),
    "a size that is mirrored": _mirrored,
    "a positive symbol over negative numbers": _restated,
    "a positive symbol and one of either sign": _other_name,
    "the index of a series is in no range": lambda: _in_a_series(Converges(w[j], (j, 1))),
    "the index of a root test is in no range": lambda: _in_a_series(equal(RootGrowth(w[j], j, j), 1)),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name: str) -> None:
    with refused():
        ATTACKS[name]()


GOOD: dict[str, Callable[[], Theorem]] = {
    "a size from 1 on": lambda: relu_kept(sp.Sum(n, (n, 1, 3))),
    "a size over sizes": lambda: identity(sp.Sum(x / n, (n, 1, m)), x * sp.Sum(1 / n, (n, 1, m))),
    "an index inside a sum": lambda: rewrite(
        identity(sp.Sum(w[j], (j, 1, n)), sp.Sum(w[j], (j, 1, n))),
        specialise(assume(ForEach(equal(w[i], 1), (i, 1, n))), i), indices=(i,)),
    "a restated quantifier": lambda: restate(
        generalise(arithmetic(less_equal(0, sp.Abs(k) + k)), (k, 1, 3)),
        ForEach(less_equal(0, j + sp.Abs(j)), (j, 1, 3))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
