"""Cause 8: sums and products without an end, shifted, split, swapped or averaged as if they had one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    INFINITE,
    b,
    c,
    contradiction,
    e,
    i,
    j,
    k,
    n,
    not_believed,
    refused,
    w,
    x,
)
from dropout_theory.language import (
    OPEN_UNIT,
    POSITIVE,
    E,
    Largest,
    SameToOrder,
    Scalar,
    SumsTo,
    equal,
    family,
    gates,
    less,
    less_equal,
    logistic,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    collected_power,
    constant_sum,
    entry_below_sum,
    expected,
    extreme_attained,
    identity,
    independent_product,
    last_split,
    later_start,
    low_derivative,
    minimum_bound,
    mirrored_sum,
    same_value,
    shifted,
    split_sum,
    termwise,
    to_order,
    weighted,
    without_first,
)

s, o = Scalar("s", POSITIVE), Scalar("o", OPEN_UNIT)
ones = sp.Sum(1, (i, 1, sp.oo))
swinging = (i**2 - j**2) / (i**2 + j**2) ** 2


def endless() -> Any:
    """Gates without end: refused where they are made, or where something is said of them."""
    return gates("endless", HALF, (i, 1, sp.oo))


def many() -> Any:
    """A family without end."""
    return family("many", POSITIVE, (i, 1, sp.oo))


def test_one_more_than_itself() -> None:
    """S = 1 + S for the sum S of infinitely many ones, by shifting."""
    with refused(INFINITE):
        endlessly = less_equal(1, sp.oo)
        contradiction(shifted(ones, 1), without_first(ones, assume(endlessly)), under=(endlessly,))


def test_one_more_than_itself_by_splitting() -> None:
    """S = 1 + S for the sum S of infinitely many ones, split after the first."""
    with refused(INFINITE):
        endlessly = less_equal(1, sp.oo)
        contradiction(split_sum(ones, 1, assume(endlessly)), shifted(ones, 1), under=(endlessly,))


def test_two_orders_of_a_double_sum() -> None:
    """The double sum of (i^2 - j^2)/(i^2 + j^2)^2 in either order: one is the negative of the other, and not 0."""
    with refused(INFINITE):
        identity(sp.Sum(swinging, (i, 1, sp.oo), (j, 1, sp.oo)), sp.Sum(swinging, (j, 1, sp.oo), (i, 1, sp.oo)))


def test_the_referee_on_two_orders() -> None:
    """The same double sum in either order."""
    one, other = (i, 1, sp.oo), (j, 1, sp.oo)
    not_believed(lambda: equal(sp.Sum(swinging, one, other), sp.Sum(swinging, other, one)))


def test_a_sum_of_differences() -> None:
    """The sum of 1/i - 1/(i + 1), which is 1, as a difference of two sums that diverge."""
    parts = sp.Sum(1 / i, (i, 1, sp.oo)) - sp.Sum(1 / (i + 1), (i, 1, sp.oo))
    with refused(INFINITE):
        identity(sp.Sum(1 / i - 1 / (i + 1), (i, 1, sp.oo)), parts)


def test_a_sum_that_diverges() -> None:
    """The sum of i equals itself, though it has no value."""
    whole = sp.Sum(i, (i, 1, sp.oo))
    with refused(INFINITE):
        identity(whole, whole)


def test_weights_without_an_end() -> None:
    """0 <= the sum of x^2 over 1..oo, which has no value at x = 1."""
    with refused(INFINITE):
        weighted(arithmetic(less_equal(0, x**2)), 1, (i, 1, sp.oo))
    with refused(INFINITE):
        termwise(arithmetic(less_equal(0, x**2)), (i, 1, sp.oo))


def test_an_entry_below_an_infinite_sum() -> None:
    """1 <= the sum of 1/i over 1..oo, which has no value."""
    with refused(INFINITE):
        entry_below_sum(1 / (i**2 + 1) ** HALF, (i, 1, sp.oo), 1)


def test_infinitely_many_constants() -> None:
    """The sum of 0 x over 1..oo is oo times 0, and a product of halves is a half to the power of infinity."""
    with refused(INFINITE):
        constant_sum(x, (i, 1, sp.oo))
    with refused(INFINITE):
        collected_power(HALF, 1, (i, 1, sp.oo))


def test_a_product_of_infinitely_many_gates() -> None:
    """E(prod of 2 g over 1..oo) = 1, where the product is 0 almost surely."""
    with refused(INFINITE):
        independent_product(2 * endless()[j], (j, 1, sp.oo))


def test_the_mean_of_a_sum_that_diverges() -> None:
    """E(sum of 4^i (g - 1/2)) = 0, where the sum has no value."""
    with refused(INFINITE):
        identity(E(sp.Sum(4**i * (endless()[i] - HALF), (i, 1, sp.oo))), 0)


def test_the_mean_of_a_product() -> None:
    """0 < E(the product of g over 1..oo) for gates that are shut half the time."""
    with refused(INFINITE):
        expected(arithmetic(less_equal(0, sp.Product(endless()[i], (i, 1, sp.oo)))))
    with refused(INFINITE + "|implied"):
        arithmetic(less(0, sp.Product(sp.exp(-i), (i, 1, sp.oo))))


def test_a_mirrored_sum_without_an_end() -> None:
    """The sum over 1..oo mirrored to -oo..0."""
    with refused(INFINITE):
        mirrored_sum(sp.Sum(x**i, (i, 1, sp.oo)), 1)


def test_a_last_term_at_infinity() -> None:
    """The sum over 1..oo with a last term."""
    with refused(INFINITE):
        last_split(sp.Sum(i, (i, 1, sp.oo)), assume(less_equal(1, n)))


def test_an_infinite_sum_term_by_term_at_zero() -> None:
    """The sum of s/((1 + i s)(1 + (i - 1) s)) over 1..oo is o(1), where it is 1 for every s > 0."""
    term = s / ((1 + i * s) * (1 + (i - 1) * s))
    with refused(INFINITE + "|analytic"):
        to_order(SameToOrder(sp.Sum(term, (i, 1, sp.oo)), 0, s, 0))


def test_a_derivative_term_by_term() -> None:
    """The derivative of the sum of sin(4^i x)/2^i at 0, which has none."""
    from dropout_theory.language import DerivativeAt

    z = sp.Symbol("z", real=True)
    with refused(INFINITE):
        low_derivative(DerivativeAt(sp.Sum(sp.exp(-(4**i) * z) / 2**i, (i, 0, sp.oo)), z, sp.S.Zero, 1))


def test_the_largest_of_infinitely_many() -> None:
    """max over 1..oo of i is at least any i: it has no value."""
    with refused(INFINITE):
        minimum_bound(Largest(i, (i, 1, sp.oo)), k)
    with refused(INFINITE):
        extreme_attained(Largest(1 - 1 / (i**2 + 1), (i, 1, sp.oo)),
                         arithmetic(less(1 - 1 / (i**2 + 1), 1)), i)


def test_a_positive_sum_without_an_end() -> None:
    """0 < the sum of infinitely many positive numbers, which may have no value."""
    with refused(INFINITE):
        arithmetic(less_equal(0, sp.Sum(many()[i], (i, 1, sp.oo))))


def test_a_series_that_starts_before_its_start() -> None:
    """The series of x^j from -1 on has the sum of the series from 0 on."""
    with refused(INFINITE + "|first|start|negative"):
        later_start(assume(SumsTo(x**j, (j, 0), 1 / (1 - x))), -1)


def test_a_doubly_infinite_sum() -> None:
    """The sum over -oo..oo of i, mirrored about 1, is the sum of 1 - i: infinitely many ones less itself."""
    with refused(INFINITE):
        mirrored_sum(sp.Sum(i, (i, -sp.oo, sp.oo)), 1)


GOOD: dict[str, Callable[[], Theorem]] = {
    "a finite sum shifted": lambda: shifted(sp.Sum(x**i, (i, 1, n)), 1),
    "a finite sum in either order": lambda: identity(sp.Sum(swinging, (i, 1, n), (j, 1, n)),
                                                     sp.Sum(swinging, (j, 1, n), (i, 1, n))),
    "a finite product of gates": lambda: independent_product(e[j], (j, 1, n)),
    "a finite sum of weights": lambda: weighted(arithmetic(less_equal(0, w[i] ** 2)), b[i], (i, 1, n)),
    "a series started later": lambda: later_start(assume(SumsTo(o**j, (j, 0), 1 / (1 - o))), 2),
    "a series with its value written otherwise": lambda: same_value(
        assume(SumsTo(o**j, (j, 0), 1 / (1 - o))), 2 / (2 - 2 * o)),
    "a finite sum near zero": lambda: to_order(SameToOrder(sp.Sum(sp.exp(s * w[i]), (i, 1, n)), n, s, 0)),
    "a logistic mean": lambda: expected(arithmetic(less_equal(logistic(x), logistic(x)))),
    "a sum to any size": lambda: split_sum(sp.Sum(x**i, (i, 1, n + c)), n),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
