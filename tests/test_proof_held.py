"""Gates held at a value: the rule agrees with enumeration, and refuses places, gates and expressions it cannot hold."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from dropout_theory.evaluate import Truth, judge
from dropout_theory.expectations.enumeration import expectation
from dropout_theory.language import (
    E,
    Relu,
    Scalar,
    family,
    gates,
    index,
    placeholder,
    recursion,
    size,
    uniform,
    weights,
)
from dropout_theory.proof import ProofError, assume
from dropout_theory.proof.masks import held, same_indicator, with_held
from dropout_theory.statements import ForEach, different, equal, implies, less

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
    "gates, not other families": lambda: held(kept, family("x", Scalar("x").domain, (k, 1, K)), {t: 0}),  # type: ignore
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


def test_indicators_of_equivalent_conditions_are_equal() -> None:
    x = Scalar("x")
    one, other = (sp.Piecewise((1, sp.Eq(side, 2 * side + x, evaluate=False)), (0, True)) for side in (x, 2 * x))
    nothing = assume(equal(x, 0))
    assert same_indicator(one, other, nothing).conclusion == equal(one, other)
    for left, right in ((one, sp.Piecewise((1, less(x, 0)), (0, True))), (one, 2 * other), (one, 1 - other)):
        with pytest.raises(ProofError):
            same_indicator(left, right, nothing)
    with pytest.raises(ProofError):
        same_indicator(one, sp.Piecewise((1, less(x, 5)), (0, True)))
