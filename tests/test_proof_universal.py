"""Rules about statements for all values of scalars: what they prove and what they refuse."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.checkers.at_instances import judge
from dropout_theory.claims import ProofError
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    REAL,
    UNIT,
    ForAll,
    Scalar,
    convexity,
    distribution,
    equal,
    family,
    index,
    less,
    less_equal,
    size,
    substitute,
)
from dropout_theory.proof import (
    arithmetic,
    assume,
    at,
    collected_power,
    convex_by_curvature,
    finite_jensen,
    for_all,
    joined_power,
    matches,
)

x, y = Scalar("x"), Scalar("y")
f = sp.Function("f", real=True)
z = sp.Symbol("z", real=True)


def test_for_all_refuses_a_restricted_scalar() -> None:
    square = arithmetic(less_equal(0, x**2))
    assert for_all(square, x).conclusion == ForAll(less_equal(0, x**2), (x,))
    with pytest.raises(ProofError, match="restricts"):
        for_all(assume(less(0, x)), x)


def test_at_checks_the_domain() -> None:
    p = Scalar("p", PROBABILITY)
    always = for_all(arithmetic(less_equal(p**2, p)), p)
    assert at(always, sp.Rational(1, 2)).conclusion.args[0] == sp.Rational(1, 4)
    with pytest.raises(ProofError, match="domain"):
        at(always, 2)
    with pytest.raises(ProofError, match="domain"):
        at(always, x)
    inside = arithmetic(less_equal(x, 1), assume(less(x, 1)))
    positive = assume(less(0, x))
    assert at(always, x, premises=(inside, positive)).given == {less(x, 1), less(0, x)}


def test_bound_names_do_not_capture() -> None:
    body = ForAll(less_equal(f(x), f(y)), (x,))
    assert not matches(body, ForAll(less_equal(f(y), f(y)), (y,)))
    moved = substitute(body, {y: x})
    assert moved.body.args[1] == f(x) and moved.bound_symbols[0] != x
    assert matches(ForAll(less(0, f(x)), (x,)), ForAll(less(0, f(y)), (y,)))
    positive = Scalar("x", POSITIVE)
    assert not matches(ForAll(less(0, f(x)), (x,)), ForAll(less(0, f(positive)), (positive,)))


def test_truth_for_all_is_false_or_proved_never_guessed() -> None:
    increasing = ForAll(less_equal(f(x), f(x + 1)), (x,))
    assert judge(increasing, {f: sp.Lambda(z, 3 * z)}, None).truth is Truth.TRUE
    assert judge(increasing, {f: sp.Lambda(z, -z)}, None).truth is Truth.FALSE
    assert judge(increasing, {f: sp.Lambda(z, sp.atan(z))}, None).truth is Truth.UNKNOWN


def test_finite_jensen_needs_convexity_on_the_entries_domain() -> None:
    m, k = size("m"), index("k")
    P, wide = distribution("P", m), family("O", REAL, m)
    u = Scalar("u", OPEN_UNIT)
    inside = family("O", OPEN_UNIT, m)
    convex = assume(convexity(f(u), u))
    assert finite_jensen(f(u), u, inside[k], P, convex).given == convex.given
    with pytest.raises(ProofError, match="leave the domain"):
        finite_jensen(f(u), u, wide[k], P, convex)
    with pytest.raises(ProofError, match="not the convexity"):
        finite_jensen(f(u) ** 2, u, inside[k], P, convex)
    with pytest.raises(ProofError, match="not a probability distribution"):
        finite_jensen(f(u), u, inside[k], family("Q", PROBABILITY, m), convex)


def test_collected_power_refuses_negative_bases_and_dependence() -> None:
    m, k = size("m"), index("k")
    P, K = distribution("P", m), Scalar("K", UNIT)
    found = collected_power(K, P[k], (k, 1, m)).conclusion
    assert found == equal(sp.Product(K ** P[k], (k, 1, m)), K ** sp.Sum(P[k], (k, 1, m)))
    with pytest.raises(ProofError, match="negative"):
        collected_power(x, P[k], (k, 1, m))
    assert collected_power(x, sp.S.One, (k, 1, m)).conclusion.args[1] == x ** sp.Sum(1, (k, 1, m))
    with pytest.raises(ProofError, match="negative"):
        collected_power(x, -sp.S.One, (k, 1, m))
    with pytest.raises(ProofError, match="depends"):
        collected_power(P[k], P[k], (k, 1, m))


def test_joined_power_needs_a_non_negative_base() -> None:
    p = Scalar("p", PROBABILITY)
    found = joined_power(f(x), p, 1 - p, assume(less_equal(0, f(x))))
    assert found.conclusion.args[1] == f(x) and found.given == {less_equal(0, f(x))}
    with pytest.raises(ProofError, match="negative"):
        joined_power(f(x), p, 1 - p)
    with pytest.raises(ProofError, match="negative"):
        joined_power(p, x, 1 - x)


def test_convexity_by_curvature_needs_the_sign_on_the_whole_domain() -> None:
    assert convex_by_curvature(x**2, x, arithmetic(less_equal(0, sp.S(2)))).conclusion == convexity(x**2, x)
    with pytest.raises(ProofError, match="fit"):
        convex_by_curvature(x**3, x, arithmetic(less_equal(0, sp.S(2))))
    with pytest.raises(ProofError, match="whole domain"):
        convex_by_curvature(x**3, x, arithmetic(less_equal(0, 6 * x), assume(less_equal(0, x))))
    with pytest.raises(ProofError, match="differentiable"):
        convex_by_curvature(sp.Abs(x), x, arithmetic(less_equal(0, sp.S(0))))


def test_convexity_of_a_concrete_function_is_recognised() -> None:
    u = Scalar("u", OPEN_UNIT)
    logarithm, entropy = sp.Lambda(z, sp.log(z)), sp.Lambda(z, -sp.log(z) / 3 - 2 * sp.log(1 - z) / 3)
    assert judge(convexity(f(u), u), {f: entropy}, None).truth is Truth.TRUE
    assert judge(convexity(f(u), u), {f: logarithm}, None).truth is Truth.FALSE
