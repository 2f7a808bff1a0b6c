"""Cause 3: a random index, range, mean or keep probability where a number is meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    RANDOM,
    N,
    O,
    P,
    c,
    d,
    e,
    i,
    j,
    k,
    m,
    n,
    p,
    q,
    refused,
    s,
    w,
    x,
)
from dropout_theory.language import (
    NATURAL,
    E,
    ForEach,
    Gates,
    LargestOutcome,
    Scalar,
    Var,
    equal,
    gates,
    less_equal,
    normal,
    subnetwork,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    cases,
    each_value,
    expected,
    for_all,
    generalise,
    held,
    identity,
    independent_product,
    induction,
    instance,
    negation,
    over_masks,
    positive_part_mean,
    rewrite,
    rewritten,
    sift,
    specialise,
    two_outcomes,
)

counted = Scalar("counted", NATURAL)
U = uniform("U", 0, 1)
shared = gates("shared", U, n)


def test_a_random_entry_is_its_mean() -> None:
    """O[N] = E(O[N]), so that its variance is 0: what holds of each entry, rewritten at a random index."""
    with refused(RANDOM):
        rewritten(O[N], identity(O[i], E(O[i])), indices=[i])


def test_a_random_index_for_a_fixed_one() -> None:
    """O[N] = E(O[N]) from "O[i] = E(O[i]) for each i", specialised at the random N."""
    with refused(RANDOM):
        specialise(generalise(identity(O[i], E(O[i])), (i, 1, m)), N, premises=(assume(less_equal(N, m)),))


def test_a_random_size_of_a_product() -> None:
    """E of the product of N gates = q^N, a number equal to a random quantity."""
    with refused(RANDOM):
        independent_product(e[i], (i, 1, N))


def test_an_assumption_on_a_random_index_inside_a_mean() -> None:
    """E(O[N]) = 0 given N >= 2 and O[j] = 0 from j = 2 on: E(O[N]) = O[1] P[1] + 0."""
    zero = specialise(assume(ForEach(equal(O[j], 0), (j, 2, m))), j)
    with refused(RANDOM):
        rewritten(E(O[N]), zero, indices=[j])


def test_each_value_of_a_random_index() -> None:
    """N = E(N) wherever N < 3, by evaluation at 1 and 2."""
    with refused(RANDOM):
        each_value(N, equal(N, E(N)), 3)


def test_induction_over_a_random_index() -> None:
    """N = E(N), by induction over the random N."""
    with refused(RANDOM):
        induction(N, equal(N, E(N)), identity(sp.S.One, E(sp.S.One)),
                  arithmetic(equal(N + 1, E(N + 1)), assume(equal(N, E(N)))))


def test_the_largest_outcome_of_a_random_index() -> None:
    """max(N) = N wherever N < 5, from max(c) = c for numbers c."""
    with refused(RANDOM):
        instance(each_value(c, equal(LargestOutcome(c), c), 5), {c: N})


def test_a_normal_law_with_a_random_mean() -> None:
    """E relu(X) is a random number, for X normal around a gate."""
    mean = e[1]
    X = normal("X", mean, 1)
    whole = mean * sp.erf((s - mean) / sp.sqrt(2)) / 2 - sp.exp(-((s - mean) ** 2) / 2) / sp.sqrt(2 * sp.pi)
    with refused(RANDOM):
        positive_part_mean(X, whole, s)


def test_a_random_value_inside_an_expectation() -> None:
    """E(g^2) = g E(g), from E(x g) = x E(g)."""
    with refused(RANDOM):
        instance(identity(E(x * e[1]), x * q), {x: e[1]})


def test_every_value_even_a_random_one() -> None:
    """E(g^2) = g E(g), from E(x g) = x E(g) for all x."""
    with refused(RANDOM):
        at(for_all(identity(E(x * e[1]), x * q), x), e[1])


def test_a_random_value_inside_a_variance() -> None:
    """Var(x + g) = Var(g) at x = -g, where it is 0."""
    with refused(RANDOM):
        instance(identity(Var(x + e[1]), q - q**2), {x: -e[1]})


def test_gates_with_a_shared_random_keep_probability() -> None:
    """E(g[1] g[2]) = E(g[1]) E(g[2]) for gates kept with one random probability: 1/3 against 1/4."""
    with refused(RANDOM + "|differ"):
        identity(E(shared[1] * shared[2]), E(shared[1]) * E(shared[2]))


by_a_gate = gates("by_a_gate", e[1], n)
by_a_subnetwork = gates("by_a_subnetwork", p[N], n)


@pytest.mark.parametrize("gate", [by_a_gate, by_a_subnetwork], ids=str)
def test_the_mean_of_a_gate_with_a_random_keep_probability(gate: Gates) -> None:
    """E(g) = its keep probability, which varies with another gate or a subnetwork."""
    with refused(RANDOM + "|differ"):
        identity(E(gate[1]), gate.keep)
    with refused(RANDOM + "|differ"):
        held(sp.S.One, gate, {k: 1})


@pytest.mark.parametrize("left, right", [
    (by_a_gate[1], e[1]),
    (by_a_gate[1], by_a_gate[2]),
    (by_a_gate[1], normal("V", e[1], 1)),
    (by_a_subnetwork[1], w[N]),
    (by_a_subnetwork[1], d[N]),
    (d[N], d[1]),
], ids=str)
def test_gates_that_depend_on_what_they_hide(left: sp.Expr, right: sp.Expr) -> None:
    """E(x y) = E(x) E(y) for a gate whose keep probability or index varies with what y is made of."""
    with refused(RANDOM + "|differ"):
        identity(E(left * right), E(left) * E(right))


def test_a_product_of_gates_with_a_random_keep_probability() -> None:
    """E of the product of gates kept with one random probability = the product of their means."""
    with refused(RANDOM):
        independent_product(shared[i], (i, 1, n))


def test_masks_of_gates_with_a_random_keep_probability() -> None:
    """E(g) = U, a random number."""
    with refused(RANDOM):
        over_masks(E(shared[1]))
    with refused(RANDOM):
        two_outcomes(shared[1], shared[1])


def test_a_mean_under_an_assumption_on_a_gate() -> None:
    """E(g) = 1 given g = 1."""
    with refused(RANDOM):
        expected(assume(equal(e[1], 1)))
    with refused(RANDOM):
        rewrite(identity(E(e[1]), q), assume(equal(e[1], 1)))


def test_cases_of_a_gate_inside_a_mean() -> None:
    """E(g) = E(g^2 + 1), by cases of the value of the gate."""
    with refused(RANDOM):
        one = rewritten(E(e[1]), assume(equal(e[1], 1)))
        other = rewritten(E(e[1]), assume(negation(equal(e[1], 1))))
        cases(equal(e[1], 1), one, other)


def test_a_random_index_quantified() -> None:
    """"For all N: N = N" with N random, then at N = 3 beyond its range."""
    with refused(RANDOM + "|scalar"):
        for_all(identity(N, N), N)
    with refused(RANDOM + "|index"):
        generalise(identity(O[N], O[N]), (N, 1, m))


def test_a_mean_of_a_mean_by_a_random_index() -> None:
    """O[N] g = E(O[N]) g: what holds of each entry, rewritten at a random index beside a gate."""
    other = subnetwork("other", P)
    with refused(RANDOM):
        rewritten(O[other] * e[1], identity(O[k], E(O[k])), indices=[k])


def test_a_random_entry_sifted_inside_a_mean() -> None:
    """The sum of [k = N] E(O[k]) is E(O[N]), a number, where it is the random O[N]."""
    with refused(RANDOM):
        sift(E(O[k]), (k, 1, m), N, assume(less_equal(N, m)))


GOOD: dict[str, Callable[[], Theorem]] = {
    "the mean of a random entry": lambda: identity(E(O[N]), sp.Sum(P[k] * O[k], (k, 1, m))),
    "means of both sides": lambda: expected(arithmetic(less_equal(e[1], 1))),
    "a fixed index": lambda: specialise(generalise(identity(O[i], O[i] * 1), (i, 1, m)), m),
    "a random value outside expectations": lambda: instance(arithmetic(less_equal(0, x**2)), {x: e[1]}),
    "a fixed entry sifted": lambda: sift(O[k], (k, 1, m), m),
    "gates of fixed keep probabilities": lambda: independent_product(1 - d[i], (i, 1, n)),
    "a mean over a random keep probability": lambda: identity(E(shared[1]), HALF),
    "rewriting by what holds for every outcome": lambda: rewritten(E(e[1] ** 2), identity(e[1] ** 2, e[1])),
    "the mean of a hierarchy": lambda: identity(E(w[1] * d[1]), w[1] * p[1]),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
