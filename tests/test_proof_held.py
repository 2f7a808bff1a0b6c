"""Gates held at a value: the rule agrees with enumeration, and refuses places, gates and expressions it cannot hold."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    E,
    ForEach,
    Relu,
    Scalar,
    different,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    placeholder,
    recursion,
    size,
    uniform,
    weights,
)
from dropout_theory.proof import (
    arithmetic,
    assume,
    binomial_positive,
    held,
    indicator,
    number_kept,
    together,
    with_held,
)

K = size("K")
k, l, t, u = (index(name) for name in "kltu")
third = sp.Rational(1, 3)
g, r = gates("g", third, (k, 1, K)), gates("r", sp.Rational(1, 2), (l, 1, 2))
w = weights("w", (k, 1, K))
ranges = ((l, 1, 2),)
h = recursion("h", ranges, Relu(sp.Sum(w[k] * g[k], (k, 1, K)) - 1),
              Relu(r[l - 1] * placeholder("h", ranges)[l - 1] + 1))
kept = sp.Sum(g[k], (k, 1, K))
three = sp.Piecewise((1, sp.Eq(kept, 2)), (0, True))
APART = assume(different(t, u))


@pytest.mark.parametrize("values", [{t: 0}, {t: 1}, {t: 0, u: 1}, {t: 1, u: 1}])
@pytest.mark.parametrize("body", [kept**2, h[2] * g[1], three * (h[2] + g[2]), sp.Max(kept, 1)])
def test_agrees_with_enumeration(values: dict[Any, int], body: Any) -> None:
    theorem = held(body, g, values, APART)
    places = [(place, 1, K) for place in values]
    body = implies(different(t, u), theorem.conclusion) if len(values) == 2 else theorem.conclusion
    found = judge(ForEach(body, *places), {K: 3, w: {(1,): 2, (2,): -1, (3,): sp.Rational(3, 2)}}, expectation)
    assert found.truth is Truth.TRUE


def test_held_recursion_has_no_held_gate() -> None:
    fixed = with_held(h[2], g, {t: 0})
    assert fixed.family.base == Relu(sp.Sum((1 - sp.KroneckerDelta(k, t)) * g[k] * w[k], (k, 1, K)) - 1)
    assert fixed.indices == (2, t)


def test_places_must_be_in_range() -> None:
    assert held(kept, g, {t: 0}).given == {sp.Ge(t, 1, evaluate=False), sp.Le(t, K, evaluate=False)}


bias = uniform("b", 0, 1)
hierarchical = gates("c", bias, (k, 1, K))
WRONG: dict[str, Callable[[], Any]] = {
    "two places may be the same": lambda: held(kept, g, {t: 0, u: 1}),
    "a value is 0 or 1": lambda: held(kept, g, {t: 2}),
    "a place is an index, not a size": lambda: held(kept, g, {K: 0}),
    "a place is a symbol": lambda: held(kept, g, {sp.Integer(1): 0}),
    "the place is bound in the expression": lambda: held(kept, g, {k: 0}),
    "the place is bound in a definition": lambda: held(h[2], g, {l: 0}),
    "gates, not other families": lambda: held(kept, family("x", Scalar("x").domain, (k, 1, K)), {t: 0}),
    "gates with a random keep probability": lambda: held(sp.Sum(hierarchical[k], (k, 1, K)), hierarchical, {t: 0}),
    "other gates with a random keep probability": lambda: held(hierarchical[1] * kept, g, {t: 0}),
    "a random scalar": lambda: held(bias * kept, g, {t: 0}),
    "an inverse of a gate": lambda: held(1 / (1 + g[t]), g, {t: 0}),
    "an operator on gates": lambda: held(sp.log(1 + g[t]), g, {t: 0}),
}


@pytest.mark.parametrize("reason", WRONG)
def test_wrong_uses_are_refused(reason: str) -> None:
    with pytest.raises(ProofError):
        WRONG[reason]()


def test_a_number_inside_stays_a_number() -> None:
    mean = E(kept)
    assert with_held(mean * g[t], g, {t: 1}) == mean


def test_an_indicator_is_one_where_its_condition_holds_and_zero_elsewhere() -> None:
    x = Scalar("x")
    shown = sp.Piecewise((1, sp.Eq(x, 2)), (0, True))
    theorem = indicator(shown)
    assert arithmetic(equal(x * shown, 2 * shown), theorem).conclusion == equal(x * shown, 2 * shown)
    with pytest.raises(ProofError):
        arithmetic(equal(shown, 1), theorem)
    for other in (2 * shown, 1 - shown, sp.Piecewise((1, sp.Eq(x, 2)), (x, True)),
                  sp.Piecewise((1, sp.Eq(x, 2)), (0, sp.Eq(x, 3)))):
        with pytest.raises(ProofError):
            indicator(other)


@pytest.mark.parametrize("inputs", [1, 2, 4])
def test_number_of_gates_kept(inputs: int) -> None:
    law, partition = number_kept(g, l)
    assert judge(ForEach(law.conclusion, (l, 0, K)), {K: inputs}, expectation).truth is Truth.TRUE
    assert law.given == {sp.Ge(l, 0, evaluate=False), sp.Le(l, K, evaluate=False)}
    assert judge(equal(E(partition.conclusion.args[0]), 1), {K: inputs}, expectation).truth is Truth.TRUE


different_keep = gates("f", 1 / (k + 1), (k, 1, K))


@pytest.mark.parametrize("family_", [different_keep, hierarchical, r, gates("z", third, (k, 0, K)), w])
def test_gates_without_a_binomial_law(family_: Any) -> None:
    if family_ is r:  # numbered 1..2 by the index l, which cannot also count them
        assert number_kept(r, k)
    with pytest.raises(ProofError):
        number_kept(family_, l)


def test_a_binomial_coefficient_inside_its_range_is_positive() -> None:
    inside = assume(sp.Le(k, K, evaluate=False)), assume(sp.Ge(k, 0, evaluate=False))
    assert binomial_positive(K, k, *inside).conclusion == less(0, sp.binomial(K, k))
    for premises in (inside[:1], inside[1:]):
        with pytest.raises(ProofError):
            binomial_positive(K, k, *premises)


def test_a_delta_of_equal_indices_is_one() -> None:
    assert together(t, u, assume(equal(t, u))).conclusion == equal(sp.KroneckerDelta(t, u), 1)
    for premises in ((), (assume(different(t, u)),)):
        with pytest.raises(ProofError):
            together(t, u, *premises)
