"""Cause 7: an extreme of nothing, a mean of nothing, and ranges that run backwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    b,
    c,
    i,
    in_range_of,
    k,
    n,
    not_believed,
    p,
    refused,
    s,
    w,
    x,
)
from dropout_theory.language import (
    POSITIVE,
    E,
    ForEach,
    Largest,
    Smallest,
    different,
    equal,
    family,
    gates,
    less,
    less_equal,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    binomial_total,
    constant_sum,
    empty,
    empty_product,
    entry_below_sum,
    evaluated,
    exponential_bound,
    extreme_attained,
    generalise,
    identity,
    last_split,
    minimum_bound,
    satisfied,
    sift,
    split_sum,
    weighted,
    without_first,
    without_last,
)

EMPTY = "empty|member|nothing|defined|range|least|zero|known"
y, few = family("y", POSITIVE, n), family("few", POSITIVE, c)


def test_the_largest_square_of_nothing() -> None:
    """0 <= max over 1..c of few^2 at c = 0."""
    with refused(EMPTY):
        arithmetic(less_equal(0, Largest(few[i] ** 2, (i, 1, c))))


def test_the_smallest_of_nothing() -> None:
    """0 < min over 1..c of positive numbers at c = 0."""
    with refused(EMPTY):
        arithmetic(less(0, Smallest(few[i], (i, 1, c))))


def test_the_referee_on_the_largest_of_nothing() -> None:
    """0 <= max over 1..c of few^2 at c = 0."""
    not_believed(less_equal(0, Largest(few[i] ** 2, (i, 1, c))))


def test_the_largest_beyond_the_first() -> None:
    """0 <= max over i = 2..n of w^2 at n = 1."""
    with refused(EMPTY):
        arithmetic(less_equal(0, Largest(w[i] ** 2, (i, 2, n))))


def test_the_smallest_before_the_last() -> None:
    """0 <= min over i = 1..n - 1 of b at n = 1."""
    with refused(EMPTY):
        arithmetic(less_equal(0, Smallest(b[i], (i, 1, n - 1))))


def test_a_bound_attained_by_nothing() -> None:
    """max over 1..c of what is at most 1 is at most 1, at c = 0."""
    chances = family("chances", p.domain, c)
    with refused(EMPTY):
        extreme_attained(Largest(chances[i], (i, 1, c)), arithmetic(less_equal(chances[i], 1)), i)


def test_a_strict_bound_attained_by_nothing() -> None:
    """0 < min over i = 3..n of y at n = 2."""
    with refused(EMPTY):
        extreme_attained(Smallest(y[i], (i, 3, n)), arithmetic(less(0, y[i])), i)


def test_an_extreme_that_equals_itself() -> None:
    """max over i = 2..n of w = max over i = 2..n of w at n = 1."""
    whole = Largest(w[i], (i, 2, n))
    with refused(EMPTY):
        identity(whole, whole)


def test_an_extreme_over_a_range_that_runs_backwards() -> None:
    """max over 3..1 of x = max over 3..1 of x."""
    whole = Largest(x * i, (i, 3, 1))
    with refused(EMPTY):
        identity(whole, whole)


def test_the_mean_of_nothing() -> None:
    """The average of c numbers x is x at c = 0."""
    with refused(EMPTY):
        identity(sp.Sum(x, (i, 1, c)) / c, x)


def test_an_extreme_inside_a_sum() -> None:
    """0 <= the sum over k = 1..n of max over i < k of w^2, where k = 1 has no i."""
    with refused(EMPTY):
        arithmetic(less_equal(0, sp.Sum(Largest(w[i] ** 2, (i, 1, k - 1)), (k, 1, n))))


def test_an_extreme_inside_a_mean() -> None:
    """0 <= E(max over 2..n of g^2) at n = 1."""
    gate = gates("gate", sp.Rational(1, 2), n)
    with refused(EMPTY):
        arithmetic(less_equal(0, E(Largest(gate[i] ** 2, (i, 2, n)))))


def test_a_negative_number_of_terms() -> None:
    """The sum of 1 over 3..n is n - 2 at n = 1."""
    with refused(EMPTY + "|implied|normal forms"):
        identity(sp.Sum(1, (i, 3, n)), n - 2)
    with refused(EMPTY + "|implied|normal forms"):
        arithmetic(equal(sp.Sum(1, (i, 3, n)), n - 2))
    with refused(EMPTY):
        constant_sum(1, (i, 3, n))


def test_sums_that_run_backwards() -> None:
    """The sum of i over 3..1 is -2, as some conventions have it."""
    with refused():
        evaluated(equal(sp.Sum(i, (i, 3, 1)), -2))
    with refused():
        identity(sp.Sum(i, (i, 3, 1)), -2)
    with refused():
        identity(sp.Product(2, (i, 3, 1)), sp.Rational(1, 2))


def test_pieces_of_nothing() -> None:
    """The first and the last term of a sum over nothing."""
    whole = sp.Sum(w[i], (i, 2, n))
    for rule in (without_first, without_last, last_split):
        with refused(EMPTY):
            rule(whole)
    with refused(EMPTY):
        last_split(sp.Product(w[i], (i, 2, n)))
    with refused(EMPTY):
        split_sum(whole, 0)


def test_an_entry_of_nothing() -> None:
    """b[2] <= the sum of b over 2..n, and the term sifted out of it, at n = 1."""
    with refused(EMPTY):
        entry_below_sum(b[i], (i, 2, n), 2)
    with refused(EMPTY):
        sift(b[i], (i, 2, n), 2)


def test_a_sum_of_positive_numbers_over_nothing() -> None:
    """0 < the sum of y over 2..n at n = 1."""
    with refused(EMPTY + "|implied"):
        arithmetic(less(0, sp.Sum(y[i], (i, 2, n))))
    assert isinstance(weighted(arithmetic(less(0, y[i])), 1, (i, 2, n)).conclusion, sp.Le)


def test_an_empty_product_of_zeros() -> None:
    """1 + 1 <= exp(0) = 1 at n = 1: SymPy takes the product of zeros over 2..n, which is 1, for 0."""
    with refused():
        exponential_bound(sp.Product(0, (k, 2, n)))
    with refused():
        arithmetic(equal(sp.Product(0, (k, 2, n)) + x, x))


def test_the_referee_on_a_sum_over_nothing() -> None:
    """0 < the sum of y over 2..n at n = 1."""
    not_believed(less(0, sp.Sum(y[i], (i, 2, n))))


def test_the_referee_on_an_extreme_that_differs_from_itself() -> None:
    """max over 2..n of w != 7 is not true at n = 1, where it says nothing."""
    not_believed(different(Largest(w[i] ** 2, (i, 2, n)), -1))


GOOD: dict[str, Callable[[], Theorem]] = {
    "the largest of some": lambda: arithmetic(less_equal(0, Largest(w[i] ** 2, (i, 1, n)))),
    "the smallest of some": lambda: arithmetic(less(0, Smallest(y[i], (i, 1, n)))),
    "an entry below the largest": lambda: generalise(minimum_bound(Largest(w[i], (i, 1, n)), k), (k, 1, n)),
    "the largest beyond the first, of two or more": lambda: satisfied(
        minimum_bound(Largest(w[i], (i, 2, n)), 2), *in_range_of(2, 2, n, assume(less_equal(2, n)))),
    "a bound attained": lambda: extreme_attained(Largest(p[i], (i, 1, n)), arithmetic(less_equal(p[i], 1)), i),
    "nothing for each of nothing": lambda: generalise(arithmetic(less_equal(0, w[i] ** 2)), (i, 3, n)),
    "an empty sum": lambda: empty(sp.Sum(w[i], (i, 1, 0))),
    "an empty product": lambda: empty_product(sp.Product(w[i], (i, n + 1, n))),
    "a sum that may be empty": lambda: arithmetic(less_equal(0, sp.Sum(y[i], (i, 2, n)))),
    "the mean of some": lambda: identity(sp.Sum(x, (i, 1, n)) / n, x),
    "every binomial coefficient": lambda: binomial_total(c, k),
    "for each of nothing": lambda: evaluated(ForEach(less(i, 0), (i, 3, 1))),
    "times a positive number": lambda: identity(sp.Sum(s, (i, 1, n)), n * s),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
