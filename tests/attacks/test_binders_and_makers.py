"""What binds a name, what a name stands for, and what independence and slopes of products need of their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    METHODS,
    N,
    P,
    d,
    i,
    in_range_of,
    j,
    k,
    m,
    n,
    not_believed,
    q,
    refused,
    s,
    w,
    x,
    y,
)
from dropout_theory import language as lang
from dropout_theory import referee
from dropout_theory.claims import ClaimError, ProofError
from dropout_theory.language import (
    NATURAL,
    REAL,
    UNIT,
    CannotSubstitute,
    E,
    ForAll,
    ForEach,
    Largest,
    RandomScalar,
    SameToOrder,
    depends_on,
    equal,
    gates,
    index,
    less_equal,
    placeholder,
    recursion,
    scopes,
    substitute,
    weights,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    evaluated,
    generalise,
    identity,
    independent_factors,
    instance,
    last_split,
    rewritten,
    specialise,
    termwise,
    to_order,
    unfolded,
    weighted,
)

l = index("l")  # noqa: E741
MORE = sp.Piecewise((1, j > k), (0, True))  # of each k
COUNT = sp.Sum(MORE, (j, 1, 2))
three = recursion("r", ((l, 0, 3),), 1, placeholder("r", ((l, 0, 3),))[l - 1])


# --- cases inside of what binds -----------------------------------------------------------------------------------

BOUND: dict[str, Any] = {
    "a sum": COUNT**2,
    "a sum with a factor": w[k] * COUNT,
    "a product": 1 + sp.Product(1 + MORE, (j, 1, 2)),
    "an extreme": Largest(MORE, (j, 1, 2)),
    "a sum under a function": sp.exp(COUNT),
    "a derivative": lang.DerivativeAt(sp.Piecewise((y**2, y > k), (y, True)), y, 1, 1),
}


@pytest.mark.parametrize("name", BOUND)
@pytest.mark.parametrize("kind", [sp.Sum, sp.Product])
def test_a_new_sum_leaves_cases_where_they_are_bound(name: str, kind: Any) -> None:
    inside = BOUND[name]
    whole = kind(inside, (k, 1, 2))
    assert whole.function == inside
    assert whole.free_symbols == inside.free_symbols - {k}
    again = kind(inside, (j, 1, 2))  # the same name bound once more
    assert again.function == inside and substitute(kind(x * y, (j, 1, 2)), {x: inside}).has(inside)


def test_a_new_sum_still_draws_cases_that_nothing_binds() -> None:
    assert sp.Sum(x * MORE, (k, 1, 2)).function == sp.Piecewise((x, j > k), (0, True))
    assert sp.Sum(sp.Sum(MORE, (j, 1, 2)), (k, 1, 2)) == sp.Sum(MORE, (j, 1, 2), (k, 1, 2))


def _squares_of_counts() -> Theorem:
    """The sum over k of the square of how many j are above k, of which each square is written out by its terms."""
    last = last_split(COUNT, arithmetic(sp.Ge(2, 1, evaluate=False)))
    first = last_split(sp.Sum(MORE, (j, 1, 1)), arithmetic(sp.Ge(1, 1, evaluate=False)))
    return termwise(rewritten(COUNT**2, last, first), (k, 1, 2))


def test_a_sum_of_what_was_said_of_its_terms() -> None:
    total = _squares_of_counts().conclusion
    assert not depends_on(total, j)
    assert total.lhs == sp.Sum(COUNT**2, (k, 1, 2))
    assert evaluated(equal(total.lhs, 1)).conclusion == equal(total.lhs, 1)
    with refused("false"):
        evaluated(equal(total.lhs, 8))
    assert weighted(identity(COUNT, COUNT), k, (k, 1, 2)).conclusion.lhs == sp.Sum(k * COUNT, (k, 1, 2))


def test_cases_in_a_mean_over_subnetworks() -> None:
    """E of the square of how many j are above N, with j drawn out: then the j of a quantifier."""
    count = sp.Sum(sp.Piecewise((1, j > N), (0, True)), (j, 1, m))
    drawn = sp.Piecewise((sp.Sum(1, (j, 1, m)) ** 2, j > N), (sp.Sum(0, (j, 1, m)) ** 2, True))
    not_believed(ForEach(equal(E(count**2), E(drawn)), (j, 1, m)))
    inside = sp.Sum(sp.Piecewise((1, j > k), (0, True)), (j, 1, m))
    assert identity(E(count**2), sp.Sum(P[k] * inside**2, (k, 1, m))).given == frozenset()


# --- a derivative binds its variable ------------------------------------------------------------------------------

SLOPE = sp.Derivative(x * y, x)
DERIVATIVES: dict[str, Callable[[], Any]] = {
    "a square that is y at one x": lambda: rewritten(sp.Derivative(x**2, x), assume(equal(x**2, y))),
    "the variable for another name in it": lambda: at(assume(ForAll(equal(SLOPE, y), (x,), (y,))), s, s),
    "a number for the variable": lambda: instance(assume(equal(SLOPE, y)), {x: sp.S.One}),
    "the variable for another name": lambda: instance(assume(equal(SLOPE, y)), {y: x}),
    "what depends on the variable": lambda: instance(assume(equal(SLOPE, y)), {y: x**2}),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_the_variable_of_a_derivative(name: str) -> None:
    with refused("derivative|bind|bound"):
        DERIVATIVES[name]()


def test_other_names_in_a_derivative() -> None:
    assert substitute(SLOPE, {y: s}) == sp.Derivative(x * s, x)
    assert substitute(SLOPE, {x: s}) == sp.Derivative(s * y, s)
    with pytest.raises(CannotSubstitute):
        substitute(SLOPE, {x: y})
    assert depends_on(SLOPE, x) and dict(scopes(SLOPE))[x * y] == frozenset({x})
    assert at(assume(ForAll(equal(SLOPE, y), (x,), (y,))), s, q).conclusion == equal(sp.Derivative(s * q, s), q)


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_recursion_named_like_a_family_it_is_made_of() -> None:
    v = weights("w", (l, 1, 1))
    named = recursion("w", ((l, 0, 9),), v[1], placeholder("w", ((l, 0, 9),))[l - 1])
    assert depends_on(named[3], v)
    assert not depends_on(three[3], placeholder("r", ((l, 0, 3),)))
    with pytest.raises(CannotSubstitute, match="depends on w"):
        substitute(named[3], {v: w})


half = gates("d", HALF, n)
other = gates("d", q, n)
twice = recursion("r", ((l, 0, 3),), 2, placeholder("r", ((l, 0, 3),))[l - 1])


@pytest.mark.parametrize("statement", [
    equal(E(half[1] * other[1]), q / 2),
    equal(E(other[1] * weights("d", n)[1]), q * weights("d", n)[1]),
    less_equal(three[2], twice[2]),
    SameToOrder(s * three[2], s * twice[2], s, 0),
    equal(E(other[1] * E(half[1])) + E(half[2] + other[2]), q),
], ids=str)
def test_one_name_for_two(statement: Any) -> None:
    with pytest.raises(ClaimError, match="share the names"):
        referee(statement)


def test_one_name_in_two_means() -> None:
    """A paper may write d for the gates of two networks, each in its own mean."""
    assert referee(equal(E(half[1]) + E(other[1]), HALF + q), methods=METHODS).verdict.verdict == "proved"


# --- makers ---------------------------------------------------------------------------------------------------------

fair = RandomScalar("F", NATURAL, "bernoulli", HALF)
layered = gates("g", q, (l, 0, 3))
MAKERS: dict[str, Callable[[], Any]] = {
    "a gate of the same layer": lambda: lang.Recursion("h", REAL, ((l, 0, 3),), False, sp.S.Zero, layered[l]),
    "a gate of a layer above": lambda: lang.Recursion("h", REAL, ((l, 0, 3),), False, sp.S.Zero, layered[l + 1]),
    "itself at its own layer": lambda: lang.Recursion(
        "h", REAL, ((l, 0, 3),), False, sp.S.Zero, placeholder("h", ((l, 0, 3),))[l]),
    "an index that is not its own": lambda: lang.Recursion("h", REAL, ((l, 0, 3),), False, 1 + k, sp.S.One),
    "a random number of entries": lambda: weights("v", 1 + fair),
    "a random number of outcomes": lambda: lang.distribution("Q", (k, 1, 1 + fair)),
    "an index in a keep probability": lambda: lang.Gates("g", UNIT, ((l, 0, 3),), False, 1 / (1 + k**2)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_classes_make(name: str) -> None:
    with pytest.raises(ValueError, match="layers below|its own indices|nothing random"):
        MAKERS[name]()


def test_what_classes_may_make() -> None:
    made = lang.Recursion("h", REAL, ((l, 0, 3),), False, sp.S.Zero, layered[l - 1])
    assert made == recursion("h", ((l, 0, 3),), 0, layered[l - 1])
    assert identity(E(made[1] * layered[1]), q * E(made[1])).given == frozenset()


# --- independence and products ----------------------------------------------------------------------------------------

by_law = RandomScalar("B", NATURAL, "bernoulli", d[1])
of_any_law = lang.Abstract("A", NATURAL, ((i, 1, n),), False, ())
apart = lang.Abstract("A", NATURAL, ((i, 1, n),), False, ("d",))


@pytest.mark.parametrize("exponent", [by_law, of_any_law[1], 1 + by_law], ids=str)
def test_an_exponent_that_a_gate_moves(exponent: Any) -> None:
    """The mean of y^B d, with B = d said by its law."""
    with refused("differ"):
        identity(E(y**exponent * d[1]), E(y**exponent) * E(d[1]))
    with refused("no gate|not a gate|fixed"):
        independent_factors(y**exponent, d[1])


@pytest.mark.parametrize("exponent", [fair, apart[1], d[2]], ids=str)
def test_an_exponent_of_its_own(exponent: Any) -> None:
    assert identity(E(s**exponent * d[1]), E(s**exponent) * E(d[1])).given == frozenset()


zero = sp.Sum(w[k], (k, 1, n)) - sp.Sum(w[j], (j, 1, n))


@pytest.mark.parametrize("body", [s + zero, s + sp.Sum(0, (k, 1, n)), s * x, s + w[i]], ids=str)
def test_the_order_of_a_product_whose_factors_may_vanish(body: Any) -> None:
    """A product of n factors s is s for n = 1, not o(s): its slope is no quotient by a factor."""
    with pytest.raises(ProofError, match="may be 0|smooth|coefficient"):
        to_order(SameToOrder(sp.Product(body, (i, 1, n)), 0, s, 1))


def test_the_order_of_a_product_of_ones() -> None:
    product = sp.Product(1 + s * w[i], (i, 1, n))
    assert to_order(SameToOrder(product, 1 + s * sp.Sum(w[i], (i, 1, n)), s, 1)).given == frozenset()
    with refused("coefficient"):
        to_order(SameToOrder(product, 1, s, 1))


def test_a_recursion_in_range() -> None:
    assert unfolded(three[n], *in_range_of(n, 0, 3, assume(less_equal(n, 3)))).conclusion != FALSE
    assert specialise(generalise(identity(w[i], w[i]), (i, 1, n)), n).conclusion == equal(w[n], w[n])
