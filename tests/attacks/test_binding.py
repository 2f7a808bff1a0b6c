"""Cause 5: a name that is bound in one place and free in another, or taken by a helper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    O,
    P,
    W,
    c,
    contradiction,
    i,
    j,
    k,
    m,
    n,
    not_believed,
    q,
    refused,
    w,
    x,
    y,
)
from dropout_theory.language import (
    PROBABILITY,
    REAL,
    Exists,
    ForAll,
    ForEach,
    Largest,
    SameToOrder,
    Scalar,
    SumsTo,
    all_equal,
    convexity,
    equal,
    index,
    less_equal,
    substitute,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    constant_sum,
    finite_jensen,
    for_all,
    generalise,
    identity,
    in_range,
    induction,
    instance,
    minimum_bound,
    restate,
    rewrite,
    satisfied,
    specialise,
    to_order,
    weighted,
)

BINDING = "bound|bind|capture|index|range|end|mentions|name|implied|normal forms|is not"
one, two = sp.Symbol("_1", integer=True), sp.Symbol("_2", integer=True)
xi, eta, omega = Scalar("xi", REAL), Scalar("eta", REAL), Scalar("omega", PROBABILITY)
s = Scalar("s")


def test_an_end_of_a_sum_under_the_name_of_its_index() -> None:
    """3 = 4: the sum of 1 over n = 1..n at n = 3 and n = 4."""
    with refused(BINDING):
        count = identity(sp.Sum(1, (n, 1, n)), n)
        contradiction(instance(count, {n: sp.Integer(3)}), instance(count, {n: sp.Integer(4)}))


def test_an_end_of_a_product_under_the_name_of_its_index() -> None:
    """2^3 = 2^4: the product of 2 over n = 1..n at n = 3 and n = 4."""
    with refused(BINDING):
        whole = identity(sp.Product(2, (n, 1, n)), 2**n)
        contradiction(instance(whole, {n: sp.Integer(3)}), instance(whole, {n: sp.Integer(4)}))


def test_an_end_of_a_sum_by_a_quantifier() -> None:
    """3 = 4: the sum of 1 over n = 1..n, for all n, at 3 and 4."""
    with refused(BINDING):
        every = for_all(identity(sp.Sum(1, (n, 1, n)), n), n)
        contradiction(at(every, sp.Integer(3)), at(every, sp.Integer(4)))


def test_an_end_of_a_sum_by_indices() -> None:
    """3 = 4: the sum of 1 over k = 1..k, generalised over k = 1..5."""
    with refused(BINDING):
        count = generalise(constant_sum(1, (k, 1, k), *map(assume, in_range(k, 1, 5))), (k, 1, 5))
        contradiction(specialise(count, sp.Integer(3)), specialise(count, sp.Integer(4)))


def test_an_end_of_an_extreme() -> None:
    """max over n = 1..n of n is at least 3 at n = 1."""
    with refused(BINDING):
        bound = satisfied(minimum_bound(Largest(n, (n, 1, n)), n),
                          *map(arithmetic, in_range(n, 1, n)))
        low = instance(bound, {n: sp.Integer(3)})
        one_only = equal(Largest(n, (n, 1, n)), 1)
        contradiction(low, assume(one_only), under=(one_only,))


def test_a_free_index_with_a_canonical_name() -> None:
    """The sum of W[i, j] over i is the trace, for a free index j named _1."""
    with refused(BINDING):
        identity(sp.Sum(W[i, one], (i, 1, n)), sp.Sum(W[i, i], (i, 1, n)))


def test_a_free_index_with_a_second_canonical_name() -> None:
    """The sum of W[i, j] (over both) times W[_1, _2], against the sum of W[i, j]^2."""
    with refused(BINDING):
        left = sp.Sum(W[i, j] * W[one, two], (i, 1, n), (j, 1, n))
        identity(left, sp.Sum(W[i, j] ** 2, (i, 1, n), (j, 1, n)))


def test_a_canonical_name_in_a_product() -> None:
    """The product of W[i, j] over i is that of the diagonal, for a free index j named _1."""
    with refused(BINDING):
        identity(sp.Product(W[i, one], (i, 1, n)), sp.Product(W[i, i], (i, 1, n)))


def test_a_canonical_name_in_an_extreme() -> None:
    """max over i of w[i] - w[_1] = max over i of 0 = 0."""
    with refused(BINDING):
        identity(Largest(w[i] - w[one], (i, 1, n)), Largest(w[i] - w[i], (i, 1, n)))


def test_a_name_of_the_helper_for_convexity() -> None:
    """A function of x and xi that is not convex in x passes for convex where the helper takes xi for its own."""
    def g(argument: sp.Expr) -> sp.Expr:
        return 10 * argument**4 - 16 * argument**3 + 9 * argument**2  # g'' = 120 t^2 - 96 t + 18 < 0 at t = 2/5

    with refused(BINDING):
        f = g(x - xi)
        star = arithmetic(less_equal(g(q * y), q * g(y)))
        inner = instance(star, {y: eta - xi, q: 1 - omega})
        captured = for_all(restate(inner, convexity(f, x).body), xi, eta, omega)
        finite_jensen(f, x, O[k], P, restate(captured, convexity(f, x)))


def test_the_statement_of_convexity_with_a_captured_name() -> None:
    """The function x^2 xi is convex in x for every xi: false at xi = -1."""
    not_believed(lambda: convexity(10 * (x - xi) ** 4 - 16 * (x - xi) ** 3 + 9 * (x - xi) ** 2, x))


def test_a_name_of_the_helper_for_equal_values() -> None:
    """The entries w[k] - w[k'] take one value over k, with k' free: the helper binds k' as well."""
    primed = index("k'")
    try:
        statement = all_equal(w[k] - w[primed], (k, 1, 2))
    except ValueError:
        return
    assert primed in statement.free_symbols, f"{primed} is free in what was given, and bound in {statement}"


def test_a_sum_over_what_an_equality_is_about() -> None:
    """The sum of x w[i] over i = the sum of w[i]^2, from x = w[i] for one i."""
    whole = sp.Sum(x * w[i], (i, 1, n))
    with refused(BINDING):
        rewrite(identity(whole, whole), assume(equal(x, w[i])))


def test_the_scale_of_an_order_replaced() -> None:
    """x = 0 + o(1) as 2 -> 0, from s x = o(1) and s = 2."""
    with refused(BINDING + "|scale|moves"):
        rewrite(to_order(SameToOrder(s * x, 0, s, 0)), assume(equal(s, 2)))


def test_an_assumption_about_the_scale_of_an_order() -> None:
    """s >= 1 |- max(1 - s, 0) + s x = o(1): as s -> 0 the left side tends to 1."""
    limited = arithmetic(equal(s * x, sp.Max(1 - s, 0) + s * x), assume(less_equal(1, s)))
    with refused(BINDING + "|scale|moves|assumption"):
        rewrite(to_order(SameToOrder(s * x, 0, s, 0)), limited)


def test_the_index_of_a_series_replaced() -> None:
    """The series of x^j over j has the sum of the series of 2^j: j = 1 put for its index."""
    series = SumsTo(x**j, (j, 0), 1 / (1 - x))
    with refused(BINDING):
        rewrite(assume(series), assume(equal(j, 1)))


def test_a_quantified_scalar_replaced() -> None:
    """For all 0: ..., from x = 0 and a statement for all x."""
    with refused(BINDING):
        rewrite(for_all(arithmetic(less_equal(0, x**2)), x), assume(equal(x, y)))


def test_a_body_with_the_index_of_the_sum_put_in() -> None:
    """n x = the sum of w[i]: from "x summed over i is n x" with the entry w[i] for x."""
    moved = instance(identity(sp.Sum(x, (i, 1, n)), n * x), {x: w[i]})
    assert moved.conclusion.args[0] != sp.Sum(w[i], (i, 1, n))
    with refused(BINDING):
        restate(moved, equal(sp.Sum(w[i], (i, 1, n)), n * w[i]))


def test_an_induction_over_the_index_of_a_sum() -> None:
    """The sum of 1 over n = 1..n is 1, by induction over n, which the sum binds."""
    with refused(BINDING):
        induction(n, equal(sp.Sum(1, (n, 1, n)), n),
                  identity(sp.Sum(1, (n, 1, 1)), 1), identity(sp.Sum(1, (n, 1, n + 1)), n + 1))
        found = instance(identity(sp.Sum(1, (n, 1, n)), n), {n: sp.Integer(2)})
        contradiction(found, identity(sp.Sum(1, (n, 1, n)), n), assume(equal(n, 3)), under=(equal(n, 3),))


def test_a_range_in_the_index_it_binds() -> None:
    """For each k = 1..k: 1 <= k."""
    with refused(BINDING):
        generalise(arithmetic(less_equal(1, k), *map(assume, in_range(k, 1, k))), (k, 1, k))
    with refused(BINDING):
        weighted(arithmetic(less_equal(w[k], w[k])), 1, (k, 1, k))


@pytest.mark.parametrize("expr", [
    sp.Sum(x * w[i], (i, 1, n)), sp.Product(x + w[i], (i, 1, n)), Largest(x * w[i], (i, 1, n)),
    sp.Sum(sp.Sum(x * W[i, j], (j, 1, i)), (i, 1, n)), ForEach(less_equal(x, w[i]), (i, 1, n)),
    ForAll(less_equal(x, y), (y,)), Exists(less_equal(x, y), (y,)), SumsTo(x * y**j, (j, c), x),
], ids=str)
def test_substitution_captures_nothing(expr: sp.Basic) -> None:
    """A name that comes in stays free, and one that goes out is gone."""
    for value in (w[i], W[i, j], y, j, i, sp.Sum(w[i], (i, 1, n))):
        moved = substitute(expr, {x: value})
        assert x not in moved.free_symbols
        assert value.free_symbols <= moved.free_symbols


def test_the_first_index_of_a_series() -> None:
    """A series from c on, at c = 0, keeps its c."""
    assert substitute(SumsTo(x**j, (j, c), y), {c: sp.S.Zero}) == SumsTo(x**j, (j, 0), y)


GOOD: dict[str, Callable[[], Theorem]] = {
    "two sums over one name": lambda: identity(sp.Sum(w[i], (i, 1, n)) ** 2,
                                               sp.Sum(w[i] * w[j], (i, 1, n), (j, 1, n))),
    "a bound index with a canonical name": lambda: identity(sp.Sum(W[i, one], (i, 1, n), (one, 1, n)),
                                                            sp.Sum(W[i, j], (i, 1, n), (j, 1, n))),
    "an index that comes into a sum": lambda: instance(identity(sp.Sum(x * w[i], (i, 1, n)),
                                                                x * sp.Sum(w[i], (i, 1, n))), {x: w[i]}),
    "a size for a size": lambda: instance(identity(sp.Sum(1, (i, 1, n)), n), {n: n + m}),
    "a renamed quantifier": lambda: restate(for_all(arithmetic(less_equal(0, x**2)), x),
                                            ForAll(less_equal(0, y**2), (y,))),
    "a sum bound twice": lambda: weighted(identity(sp.Sum(w[i], (i, 1, n)), sp.Sum(w[j], (j, 1, n))), 1, (i, 1, n)),
    "a convex function": lambda: restate(for_all(arithmetic(convexity(x**2, x).body), xi, eta, omega),
                                         convexity(x**2, x)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
