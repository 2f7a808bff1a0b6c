"""Cause 4: an operator that some list forgets becomes a constant, or is looked into where it must not be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    P,
    contradiction,
    d,
    e,
    i,
    k,
    m,
    n,
    not_believed,
    q,
    refused,
    w,
    x,
)
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    Cov,
    E,
    G,
    Gc,
    LargestOutcome,
    Operator,
    Relu,
    Scalar,
    Var,
    equal,
    gates,
    less,
    less_equal,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    expected,
    given_gates,
    identity,
    instance,
    largest_of_gate,
    over_masks,
    rewritten,
    two_outcomes,
)

o = Scalar("o", OPEN_UNIT)
fair, half = gates("fair", HALF, n), gates("half", HALF, (i, 1, 1))[1]
kept = gates("kept", o, (i, 1, 1))[1]
K = sp.Sum(fair[i], (i, 1, n))
PIECES: dict[str, Callable[[sp.Expr], sp.Expr]] = {
    "relu": Relu, "abs": sp.Abs, "max": lambda t: sp.Max(t, HALF), "min": lambda t: sp.Min(t, HALF)}


@pytest.mark.parametrize("piece", PIECES)
def test_variance_of_a_piecewise_function(piece: str) -> None:
    """Var(relu(g - 1/3)) = 0, and so with Abs, Max and Min."""
    with refused():
        arithmetic(equal(Var(PIECES[piece](half - sp.Rational(1, 3))), 0))


@pytest.mark.parametrize("piece", PIECES)
def test_variance_of_a_sum_inside_a_piecewise_function(piece: str) -> None:
    """Var(relu(K)) <= 1 for the number K of n gates kept: n/4 for relu."""
    with refused():
        arithmetic(less_equal(Var(PIECES[piece](K)), 0))


@pytest.mark.parametrize("piece", PIECES)
def test_covariance_of_piecewise_functions(piece: str) -> None:
    """Cov(relu(g - 1/3), g) = 0, and so with Abs, Max and Min."""
    with refused():
        arithmetic(equal(Cov(PIECES[piece](half - sp.Rational(1, 3)), half), 0))


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("operator", [G, Gc, NWGM, LargestOutcome], ids=lambda o: str(o.__name__))
def test_an_operator_of_a_piecewise_function(operator: type[Operator], piece: str) -> None:
    """G(max(1/4 + g/2, 1/2)) is what it is a mean of, a random quantity equal to a number; and so with the others."""
    inside = PIECES[piece](sp.Rational(1, 4) + half / 2)
    with refused():
        arithmetic(equal(operator(inside), inside))


def test_the_referee_on_a_rectified_sum() -> None:
    """Var(relu(K)) <= 1, where it is n/4."""
    not_believed(less_equal(Var(Relu(K)), 1))


def test_the_referee_on_an_absolute_deviation() -> None:
    """Var|K - n/2| <= 0."""
    not_believed(less_equal(Var(sp.Abs(K - n / 2)), 0))


@pytest.mark.parametrize("operator", [E, Var, G, Gc, NWGM, LargestOutcome], ids=lambda o: str(o.__name__))
def test_masks_put_into_an_operator(operator: type[Operator]) -> None:
    """E(max(g) (1 - g)) = 0: the maximum over masks of a gate, looked at with the gate shut."""
    inside = operator(HALF + kept / 4) * (1 - kept)
    with refused("expectation|inside|random|number"):
        over_masks(E(inside))
    with refused("expectation|inside|random|number"):
        two_outcomes(inside, kept)
    with refused("expectation|inside|random|number"):
        given_gates(E(inside), kept)


@pytest.mark.parametrize("operator", [G, Gc, NWGM, LargestOutcome], ids=lambda o: str(o.__name__))
def test_the_largest_outcome_of_an_operator(operator: type[Operator]) -> None:
    """max over masks of G(q/2 + g/4) g = G(q/2 + 1/4), the gate inside the mean held open."""
    with refused("expectation|inside|random|number"):
        largest_of_gate(operator(q / 2 + kept / 4) * kept, kept)


@pytest.mark.parametrize("operator", [E, Var, G, Gc, NWGM, LargestOutcome], ids=lambda o: str(o.__name__))
def test_an_outcome_put_into_an_operator(operator: type[Operator]) -> None:
    """max(1 - g) = max(0) given g = 1."""
    with refused("random|bind|index"):
        rewritten(operator(HALF + kept / 4), assume(equal(kept, 1)))


@pytest.mark.parametrize("number", [E(q) - q, Var(q), G(q) - q, Gc(q) - (1 - q), NWGM(q) - q], ids=str)
def test_a_random_value_put_into_an_operator(number: sp.Expr) -> None:
    """E(g) = g, or Var(g) = 0, for a gate g, from what holds of numbers."""
    with refused("random|depend|number|implied|normal forms"):
        instance(identity(number, 0), {q: kept})


def test_two_different_means_of_pieces() -> None:
    """Var(relu(g)) = Var(relu(g')) + Var(relu(g'')): constants add up to nothing."""
    with refused():
        arithmetic(equal(Var(Relu(fair[1])), Var(Relu(fair[1])) + Var(sp.Max(fair[1], HALF))))


def test_a_covariance_that_is_a_variance() -> None:
    """0 = 1/4: Cov(relu(g), relu(g)) = 0, while the variance of g is 1/4."""
    with refused():
        nothing = arithmetic(equal(Cov(Relu(half), Relu(half)), 0))
        whole = identity(Cov(Relu(half), Relu(half)), Var(Relu(half)))
        contradiction(nothing, whole, arithmetic(equal(Var(Relu(half)), sp.Rational(1, 4))))


def test_a_mean_inside_a_geometric_mean() -> None:
    """G(max(E(relu(g)), 1/2)) changes with what is inside: 0 < G(...) for an outcome that may be 0."""
    with refused():
        arithmetic(less(0, G(Relu(half))))


def test_the_mean_of_a_rectifier_of_either_sign() -> None:
    """E(relu(x g)) = relu(E(x g)), false for a sum of two gates of opposite weights."""
    inside = w[1] * fair[1] + w[2] * fair[2]
    with refused():
        arithmetic(equal(E(Relu(inside)), Relu(E(inside))))


GOOD: dict[str, Callable[[], Theorem]] = {
    "a variance is not negative": lambda: arithmetic(less_equal(0, Var(Relu(K)))),
    "a variance of a gate": lambda: identity(Var(x * e[1]), x**2 * q * (1 - q)),
    "a covariance with itself": lambda: identity(Cov(d[1], d[1]), Var(d[1])),
    "masks of a rectifier": lambda: over_masks(E(Relu(x * fair[1] - fair[2]))),
    "a mean of a rectifier": lambda: expected(arithmetic(less_equal(K, Relu(K)))),
    "a piece of a variance": lambda: arithmetic(less_equal(Var(d[1]), sp.Max(Var(d[1]), 1))),
    "rectifiers of means": lambda: arithmetic(less_equal(E(d[1]), Relu(E(d[1])))),
    "a sum of probabilities": lambda: identity(sp.Sum(P[k], (k, 1, m)), 1),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
