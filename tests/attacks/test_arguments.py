"""Arguments that say more than the rule takes them for: what moves for what is fixed, what is made by hand."""

from __future__ import annotations

import sympy as sp

from attacks.support import HALF, i, k, q, refused, x
from dropout_theory.language import (
    POSITIVE,
    DerivativeAt,
    E,
    Exists,
    Largest,
    Scalar,
    SumsTo,
    both,
    convexity,
    distribution,
    equal,
    gates,
    less,
    less_equal,
    natural,
    normal,
)
from dropout_theory.proof import (
    ORDER,
    PolePair,
    arithmetic,
    assume,
    at_instance,
    by_slope,
    conjunction,
    exhibit,
    extreme_attained,
    falling_to_zero,
    finite_jensen,
    for_all,
    growth,
    identity,
    later_start,
    low_derivative,
    moved_normal,
    number_kept,
    shifted,
)

third = sp.Rational(1, 3)


def test_poles_that_nobody_checked() -> None:
    """1 = 1/2: the root growth of the same coefficients, from poles at two distances."""
    with refused("pole_pair only"):
        growth(PolePair(ORDER, sp.Integer(1), sp.Integer(1), ()), k, k)


def test_a_minimiser_that_moves() -> None:
    """f(x) >= f(-x) for x^4/4 + x^3/3 + x^2/2, because (x + x) f'(x) >= 0: false at x = -1."""
    f = x**4 / 4 + x**3 / 3 + x**2 / 2
    slope = arithmetic(less_equal(0, (x + x) * sp.diff(f, x)))
    with refused("depends on x"):
        by_slope(f, x, -x, slope)


def test_an_extreme_that_moves_with_the_index() -> None:
    """max over k of k - i <= 0 for every i, because 0 <= 0."""
    with refused("depends on the index"):
        extreme_attained(Largest(k - i, (k, 1, 2)), arithmetic(less_equal(0, 0)), i)


def test_a_sum_shifted_by_its_index() -> None:
    """1 + 2 = 0 + 0."""
    with refused("fixed integer"):
        shifted(sp.Sum(k, (k, 1, 2)), k)


def test_a_value_for_what_a_derivative_binds() -> None:
    """The slope of x^2 at 3 is that of 25 at 5."""
    slope = low_derivative(DerivativeAt(x**2, x, 3, 1))
    with refused("bound"):
        at_instance(slope, {x: 5})


def test_a_normal_variable_inside_a_mean() -> None:
    """E(E(T X)) = E(E(X^2)) for T and X independent and alike: 1 = 2."""
    T, X = normal("T", 1, 1), normal("X", 1, 1)
    with refused("expectation"):
        moved_normal(E(T * X), T, X, 1, 0)


def test_a_fall_that_a_keep_probability_hides() -> None:
    """0 < -exp(-2 z)/4, whose derivative is taken for a fixed keep probability."""
    z = Scalar("z", POSITIVE)
    f = -E(gates("g", sp.exp(-z), 1)[1]) * sp.exp(-z) + sp.Rational(3, 4) * sp.exp(-2 * z)
    with refused("depends on z"):
        falling_to_zero(f, z, arithmetic(less(0, -sp.diff(f, z))))


def test_jensen_for_random_entries() -> None:
    """P[1] P[2] <= 0: entries that vary put under a mean."""
    f, e, P = x**2 - E(x**2), gates("e", HALF, 2), distribution("P", 2)
    convex = convexity(f, x)
    with refused("random"):
        finite_jensen(f, x, e[k], P, for_all(arithmetic(convex.body), *convex.bound_symbols))


def test_a_witness_that_a_law_hides() -> None:
    """There is a q with E(g) = 1/3 and q = 1/2, where E(g) is q."""
    g = gates("g", q, 1)
    there = Exists(both(equal(E(g[1]), third), equal(q, HALF)), (q,))
    body = conjunction(arithmetic(equal(E(g[1]), third), assume(equal(q, third))), identity(HALF, HALF))
    with refused("depends on q"):
        exhibit(there, {q: HALF}, body)


def test_a_series_from_before_its_start() -> None:
    """The sum of 2^-k from -1 on is that from 0 on."""
    with refused("before its start|defined"):
        later_start(assume(SumsTo(HALF**k, (k, 0), 2)), -1)


def test_a_number_of_gates_that_the_keep_probability_hides() -> None:
    """The chance of each number of open gates for a keep probability that depends on the number."""
    c = natural("c")
    with refused("meaning"):
        number_kept(gates("g", 1 / (1 + c), 1), c)
