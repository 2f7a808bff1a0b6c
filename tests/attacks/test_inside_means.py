"""A random index, end, factor or value that would come to stand inside a mean, or one that is left outside of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import FALSE, HALF, N, O, P, i, in_range_of, k, m, n, refused, unconditional, x
from dropout_theory.language import (
    NATURAL,
    Aversion,
    CannotSubstitute,
    DerivativeAt,
    E,
    ForAll,
    ForEach,
    Largest,
    LargestOutcome,
    RandomScalar,
    Relu,
    Scalar,
    SumsTo,
    Var,
    equal,
    gates,
    index,
    less,
    less_equal,
    placeholder,
    recursion,
    substitute,
    weights,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    expected,
    held,
    identity,
    instance,
    largest_of_sum,
    last_split,
    minimum_bound,
    mirrored_sum,
    mixture,
    over_masks,
    relu_kept,
    reparametrised,
    two_outcomes,
    unfolded,
    vanishing_factor,
    without_first,
    without_last,
)

j, l = index("j"), index("l")
second = gates("second", sp.KroneckerDelta(k, 2), (k, 1, 2))  # the first is never kept, the other always
hidden = gates("hidden", E(second[k]), (k, 1, 2))  # and so are these
fair = gates("fair", HALF, (i, 1, 2))
coin = RandomScalar("coin", NATURAL, "bernoulli", HALF)
place = 1 + coin  # of a gate, at random
below = arithmetic(less_equal(1, place)), arithmetic(less_equal(coin, 1), relu_kept(1 - coin))
up_to = sp.Sum(E(second[k]), (k, 1, place))
layers = recursion("layers", ((l, 0, 3), (k, 1, 2)), E(second[k]), 0)
x_, c_ = Scalar("x_"), Scalar("c_")
SERIES = ForAll(SumsTo(c_ * x_**j / sp.factorial(j), (j, 0), c_ * sp.exp(x_)), (x_,), (c_,))
v = weights("v", (k, 1, 2))

ATTACKS: dict[str, Callable[[], Any]] = {
    "the largest variance bounds that of a random gate": lambda: minimum_bound(Largest(Var(second[k]), (k, 1, 2)),
                                                                               place),
    "the last mean of a random number of them": lambda: last_split(up_to, *below),
    "a sum without its last mean": lambda: without_last(up_to, *below),
    "a sum without its first mean": lambda: without_first(sp.Sum(E(second[k]), (k, place, 2)), *below),
    "means mirrored about a random number": lambda: mirrored_sum(sp.Sum(E(second[k]), (k, 1, 2)), place),
    "a factor that vanishes at random": lambda: vanishing_factor(
        sp.Product(Relu(E(second[k]) - HALF) ** 2, (k, 1, 2)), place,
        assume(equal(Relu(E(second[place]) - HALF), 0)), *below),
    "an entry of a recursion at random": lambda: unfolded(layers[0, place], *in_range_of(place, 1, 2, *below)),
    "a value for an index of a mean": lambda: instance(assume(less_equal(0, E(x * second[1]))), {x: coin}),
    "a value for all values": lambda: at(assume(ForAll(less_equal(0, E(x**2 * second[1])), (x,))), coin),
    "the largest of a random number of gates": lambda: largest_of_sum(fair[i], (i, 1, place), fair[i]),
    "a mean for an entry of a parameter": lambda: reparametrised(
        Aversion(E((v[1 + coin] - 1) ** 2), E(v[1 + coin] ** 2), (v,)), {v: v[k] + E(second[k])},
        {v: v[k] - E(second[k])}),
    "masks of a gate with a mean in its keep probability": lambda: over_masks(E(hidden[place])),
    "two outcomes of such a gate": lambda: two_outcomes(hidden[place] * coin, hidden[place]),
}


Z = sp.Symbol("Z", real=True)
gap = 1 + 10 * (E(x**2) - x**2)  # 1 for each number x
there = 1 + 10 * (E(coin**2) - coin**2)  # -4 where the coin shows 1
UNDEFINED: dict[str, Callable[[], Any]] = {
    "a number from what holds of all": lambda: identity(sp.log(there), sp.log(there),
                                                        assume(ForAll(less(0, gap), (x,)))),
    "an entry from what holds of each": lambda: identity(
        1 / (v[place] * E(second[place])), 1 / (v[place] * E(second[place])),
        assume(ForEach(less(0, v[k] * E(second[k])), (k, 1, 2))), *below),
    "a slope at a random point": lambda: identity(
        DerivativeAt(sp.log(Var(Z)), Z, coin, 1), DerivativeAt(sp.log(Var(Z)), Z, coin, 1),
        assume(less(0, Var(coin)))),
    "a random number put in later": lambda: identity(sp.Subs(sp.log(Var(Z)), Z, coin), sp.Subs(sp.log(Var(Z)), Z, coin),
                                                     assume(less(0, Var(coin)))),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_is_defined_for_each_number_need_not_be_inside_a_mean(name: str) -> None:
    with refused("defined"):
        UNDEFINED[name]()


def test_what_is_defined_for_each_number() -> None:
    known = assume(ForAll(less(0, 1 + x**2 - x), (x,)))
    value = sp.log(1 + coin**2 - coin)
    assert identity(value, value, known).conclusion == equal(value, value)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_random_value_inside_a_mean(name: str) -> None:
    with refused("random|inside a mean|named by number"):
        ATTACKS[name]()


def test_the_substitution_refuses_by_itself() -> None:
    for mean in (E(x * second[1]), Var(x + coin), LargestOutcome(x), 1 + sp.Sum(E(x * second[k]), (k, 1, 2))):
        with pytest.raises(CannotSubstitute, match="inside a mean"):
            substitute(mean, {x: coin})
    assert substitute(x + E(second[1]), {x: coin}) == coin + E(second[1])
    assert substitute(sp.Sum(E(x * second[1]), (x, 1, 2)), {x: coin}) == sp.Sum(E(x * second[1]), (x, 1, 2))


def test_a_gate_with_a_mean_in_its_keep_probability() -> None:
    """E(g[1 + B] B) = E(e[1 + B]) E(B), where it is E(B): the keep probability is the mean at the index that occurs."""
    with refused("differ"):
        identity(E(hidden[place] * coin), E(second[place]) * E(coin))


def test_the_largest_outcome_at_a_random_index() -> None:
    """The mean of max O[N], a number, is no sum of max O[k]."""
    with refused("differ"):
        identity(E(LargestOutcome(O[N])), sp.Sum(P[k] * LargestOutcome(O[k]), (k, 1, m)))
    assert identity(E(LargestOutcome(O[N])), LargestOutcome(O[N])).given == frozenset()
    assert identity(E(O[N] * LargestOutcome(O[N])), sp.Sum(P[k] * O[k], (k, 1, m)) * LargestOutcome(O[N]))


drawn = sp.Sum(fair[k], (k, 1, place))  # as many gates as chance says
NUMBERS: dict[str, tuple[Any, Any]] = {
    "a mean for each of them": (E(drawn), sp.Sum(HALF, (k, 1, place))),
    "a product of means": (E(coin * drawn), E(coin) * E(drawn)),
    "the mean of their number": (E(coin * sp.Sum(x, (k, 1, place))), E(coin) * E(sp.Sum(x, (k, 1, place)))),
    "a sum from a random number on": (E(sp.Sum(fair[k], (k, place, 2))), sp.Sum(HALF, (k, place, 2))),
    "a double sum": (E(sp.Sum(fair[k], (k, 1, i), (i, 1, place))), sp.Sum(HALF, (k, 1, i), (i, 1, place))),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_mean_of_a_random_number_of_terms(name: str) -> None:
    """E of the sum of 1 + B gates is no sum of 1 + B means: that varies with B."""
    with refused("differ"):
        identity(*NUMBERS[name])


def test_the_mean_of_a_random_number_of_terms_by_cases() -> None:
    assert identity(E(2 * drawn + x), 2 * E(drawn) + x).given == frozenset()
    counted = E(sp.Sum(fair[k], (k, 1, N)))
    assert identity(counted, sp.Sum(P[j] * sp.Sum(HALF, (k, 1, j)), (j, 1, m))).given == frozenset()


def test_a_recursion_of_means_of_itself_with_a_gate_held() -> None:
    """The mean of the layer below is taken over all outcomes of the gate that is held outside."""
    d = gates("d", HALF, (i, 0, n))
    slot = placeholder("h", ((l, 1, 3),))
    averaged = recursion("h", ((l, 1, 3),), d[0], E(slot[l - 1]))
    with refused("means of itself"):
        held(averaged[2], d, {j: 1})
    plain = recursion("h", ((l, 1, 3),), d[0], slot[l - 1] + E(d[l - 1]))
    assert held(plain[2], d, {j: 1}).conclusion.lhs == E(d[j] * plain[2])


def test_a_series_with_a_random_coefficient() -> None:
    """The sum of d e^j/j! is d E(exp(e)), and not E(d exp(e)), at the outcomes of d."""
    bound = assume(less_equal(LargestOutcome(sp.Abs(fair[2])), 5))
    with refused("random"):
        mixture(at(assume(SERIES), x_, fair[1]), x_, fair[2], sp.Integer(5), bound, 0)
    found = mixture(at(assume(SERIES), x_, c_), x_, fair[2], sp.Integer(5), bound, 0).conclusion
    assert found.args[2] == E(c_ * sp.exp(fair[2]))


GOOD: dict[str, Callable[[], Theorem]] = {
    "an entry at a random index": lambda: minimum_bound(Largest(O[k], (k, 1, m)), N),
    "the last of a random number of terms": lambda: last_split(sp.Sum(O[k], (k, 1, place)), *below),
    "a mean at a fixed index": lambda: last_split(sp.Sum(E(second[k]), (k, 1, n)), arithmetic(less_equal(1, n))),
    "an entry of a recursion": lambda: unfolded(layers[0, n], *in_range_of(n, 1, 2, assume(less_equal(n, 2)))),
    "a fixed value inside a mean": lambda: instance(identity(E(x * fair[1]), x / 2), {x: n}),
    "the mean of a gate at a random index": lambda: identity(E(fair[place]), HALF),
    "a mean of both sides": lambda: expected(last_split(sp.Sum(O[k], (k, 1, place)), *below)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert unconditional(GOOD[name](), tuple(GOOD[name]().given)).conclusion != FALSE
