"""A random number where a rule needs one that stands for every number of its domain, bound or left free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import FALSE, HALF, O, P, c, e, i, k, n, p, refused, s, unconditional, w, x, y
from dropout_theory import referee
from dropout_theory.claims import ClaimError
from dropout_theory.language import (
    NATURAL,
    POSITIVE,
    Aversion,
    E,
    ForAll,
    ForEach,
    Largest,
    RandomScalar,
    Relu,
    SameToOrder,
    Scalar,
    convexity,
    distribution,
    equal,
    is_random,
    less,
    less_equal,
    may_be_bound,
    normal,
    placeholder,
    recursion,
    size,
    subnetwork,
    uniform,
    weights,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at_value,
    by_slope,
    convex_by_curvature,
    falling_to_zero,
    finite_jensen,
    for_all,
    generalise_offset,
    identity,
    instance,
    jensen,
    parity,
    positive_part_mean,
    relu_kept,
    reparametrised,
    rewrite,
    rewritten,
    to_order,
    weighted,
    written_out,
)

BIT = RandomScalar("coin", NATURAL, "bernoulli", HALF)  # of the natural numbers it takes 0 and 1 alone
NEAR = uniform("near", 1, 2)  # of the reals those from 1 to 2
SMALL = RandomScalar("small", POSITIVE, "uniform", sp.Rational(1, 4), HALF)
whole = Scalar("whole", NATURAL)
half = Scalar("half", NATURAL)
X = normal("X", 0, 1)
bell = -sp.exp(-s**2 / 2) / sp.sqrt(2 * sp.pi)


def _slope(f: Any, u: Any, at: Any) -> Theorem:
    return arithmetic(less_equal(0, sp.expand((u - at) * sp.diff(f, u))))


def _own_name() -> Theorem:
    """An optimum over the name by which a recursion calls itself: to move it is to change the recursion."""
    layers = ((k, 0, 2),)
    slot = placeholder("r", layers)
    value = recursion("r", layers, 1, slot[k - 1])[2]
    return reparametrised(Aversion((value - x) ** 2, value, (x, slot)), {slot: 2 * slot[k]}, {slot: slot[k] / 2})


ATTACKS: dict[str, Callable[[], Any]] = {
    "an offset that is 0 or 1": lambda: generalise_offset(relu_kept(1 - BIT), BIT, equal(Relu(3 - i), 3 - i),
                                                          (i, 2, n + 1)),
    "half of a number": lambda: parity(whole, BIT, equal(Relu(3 - whole), 3 - whole), relu_kept(3 - 2 * BIT),
                                       relu_kept(2 - 2 * BIT)),
    "a number from its halves": lambda: parity(BIT, half, less_equal(0, BIT), arithmetic(less_equal(0, 2 * half)),
                                               arithmetic(less_equal(0, 2 * half + 1))),
    "a slope known between 1 and 2": lambda: by_slope((NEAR - 1) ** 2, NEAR, 0,
                                                      arithmetic(less_equal(0, NEAR * 2 * (NEAR - 1)))),
    "a curvature known between 1 and 2": lambda: convex_by_curvature(NEAR**3, NEAR,
                                                                     arithmetic(less_equal(0, 6 * NEAR))),
    "a mean of entries beyond 1 and 2": lambda: jensen(NEAR**3, NEAR, O[k], P, arithmetic(less_equal(0, 6 * NEAR))),
    "a mean from the convexity in a random number": lambda: finite_jensen(NEAR**2, NEAR, O[k], P,
                                                                          assume(convexity(NEAR**2, NEAR))),
    "a fall known between 1/4 and 1/2": lambda: falling_to_zero(
        -SMALL * sp.exp(-SMALL), SMALL, arithmetic(less(0, -sp.diff(-SMALL * sp.exp(-SMALL), SMALL)))),
    "a density of a random number": lambda: positive_part_mean(X, bell.xreplace({s: SMALL}), SMALL),
    "all values of a random number": lambda: for_all(arithmetic(less_equal(1, NEAR)), NEAR),
    "a value for a random number": lambda: instance(arithmetic(less_equal(1, NEAR)), {NEAR: sp.S.Zero}),
    "a random number that is 1": lambda: at_value(less_equal(1, NEAR), assume(equal(NEAR, 1)),
                                                  arithmetic(less_equal(1, 1))),
    "an order in a random scale": lambda: to_order(SameToOrder(SMALL**2, 0, SMALL, 1)),
    "weights of a random index": lambda: weighted(arithmetic(less_equal(0, BIT)), 1, (BIT, 0, 5)),
    "a sum over a random index": lambda: rewritten(sp.Sum(Relu(1 - BIT), (BIT, 0, 5)), relu_kept(1 - BIT)),
    "a sum over a random index written out": lambda: written_out(assume(equal(sp.Sum(BIT, (BIT, 0, 5)), x))),
    "a product over a random index": lambda: identity(sp.Product(1 + BIT, (BIT, 0, 5)),
                                                      sp.Product(1 + BIT, (BIT, 0, 5))),
    "a largest over a random index": lambda: identity(Largest(BIT, (BIT, 0, 5)), Largest(BIT, (BIT, 0, 5))),
    "a statement for all values of a random number": lambda: assume(ForAll(less_equal(0, Relu(1 - BIT)), (BIT,))),
    "a statement for each of a random index": lambda: assume(ForEach(less_equal(0, BIT**2), (BIT, 1, n))),
    "a derivative by a random number": lambda: identity(sp.Derivative(NEAR**2, NEAR), sp.Derivative(NEAR**2, NEAR)),
    "an optimum over gates": lambda: identity(Aversion(e[1], e[1], (e,)), Aversion(e[1], e[1], (e,))),
    "a rewritten index that is random": lambda: rewrite(assume(equal(x, O[3])), assume(equal(O[BIT], 1)),
                                                        indices=[BIT]),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_random_number_for_every_number(name: str) -> None:
    with refused("random|fixed|index symbol|scalar|not a scale"):
        ATTACKS[name]()


def test_a_natural_number_for_every_index() -> None:
    """v[-1] = -1 from v[c] = c for natural c: its domain is an assumption that nothing shows of -1."""
    v = weights("v", (k, -5, 5))
    with refused("index symbol"):
        rewritten(v[-1], assume(equal(v[c], c)), indices=[c])


def test_the_name_by_which_a_recursion_calls_itself() -> None:
    with refused("bound"):
        _own_name()


@pytest.mark.parametrize("statement", [
    equal(sp.Sum(Relu(1 - BIT), (BIT, 0, 5)), sp.Sum(1 - BIT, (BIT, 0, 5))),
    ForAll(less_equal(1, NEAR), (NEAR,)),
    less_equal(0, Largest(BIT, (BIT, 0, 3))),
], ids=str)
def test_a_statement_that_binds_a_random_number(statement: Any) -> None:
    with pytest.raises(ClaimError, match="(?i)bound"):
        referee(statement)


def test_what_may_be_bound() -> None:
    fixed = (i, k, n, x, s, w, P, p)
    assert all(map(may_be_bound, fixed)) and not any(map(is_random, fixed))
    chance = (BIT, NEAR, X, e, subnetwork("M", distribution("Q", size("q"))), placeholder("r", ((k, 0, 2),)))
    assert not any(map(may_be_bound, chance))


def _for_all_indices() -> Theorem:
    return generalise_offset(arithmetic(less_equal(1, 1 + c)), c, less_equal(1, i), (i, 1, n))


GOOD: dict[str, Callable[[], Theorem]] = {
    "an offset that is any natural number": _for_all_indices,
    "an even or odd number": lambda: parity(whole, half, less_equal(0, whole), arithmetic(less_equal(0, 2 * half)),
                                            arithmetic(less_equal(0, 2 * half + 1))),
    "a slope": lambda: by_slope((x - 1) ** 2, x, 1, _slope((x - 1) ** 2, x, 1)),
    "a curvature": lambda: convex_by_curvature(x**2, x, arithmetic(less_equal(0, 2))),
    "Jensen's inequality": lambda: jensen(x**2, x, O[k], P, arithmetic(less_equal(0, 2))),
    "a function that falls to zero": lambda: falling_to_zero(
        sp.exp(-s), s, arithmetic(less(0, sp.exp(-s)))),
    "the mean of the positive part": lambda: positive_part_mean(X, bell, s),
    "what holds of a random number for a value beside it": lambda: instance(
        arithmetic(less_equal(y, NEAR + y)), {y: NEAR}),
    "a sum of random numbers over an index": lambda: rewritten(sp.Sum(Relu(BIT), (i, 1, n)), relu_kept(BIT)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert unconditional(GOOD[name]()).conclusion != FALSE


def test_a_mean_stays_a_mean() -> None:
    """What holds at all outcomes of a random number goes into means of it."""
    t = rewritten(E(Relu(BIT)), relu_kept(BIT))
    assert t.conclusion == equal(E(Relu(BIT)), E(BIT))
