"""A nested expectation is a number: the mask of the outer one must not reach it."""

from typing import Any

import sympy as sp

from dropout_theory.evaluation.enumeration import expectation, support
from dropout_theory.evaluation.evaluator import Evaluator, judge
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    E,
    Expr,
    Relu,
    Var,
    distribution,
    equal,
    gates,
    index,
    placeholder,
    recursion,
    size,
    subnetwork,
    weights,
)


def test_nested_mean_over_subnetworks_ignores_the_outer_outcome() -> None:
    m = size("m")
    P, v = distribution("P", m), weights("v", m)
    N = subnetwork("N", P)
    values = {m: 2, P: {(1,): sp.Rational(1, 4), (2,): sp.Rational(3, 4)}, v: {(1,): 0, (2,): 1}}
    assert judge(equal(E((v[N] - E(v[N])) ** 2), sp.Rational(3, 16)), values, expectation).truth is Truth.TRUE


def test_nested_mean_over_gates_ignores_the_outer_mask() -> None:
    delta = gates("delta", sp.Rational(1, 3), 1)
    left = E((delta[1] - E(delta[1])) ** 2)
    assert judge(equal(left, Var(delta[1])), {}, expectation).truth is Truth.TRUE
    assert judge(equal(left, 0), {}, expectation).truth is Truth.FALSE


def test_a_sum_does_not_draw_cases_by_chance_out_of_an_expectation() -> None:
    delta, j = gates("delta", sp.Rational(1, 3), 1), index("j")
    part = 2 * E((1 + delta[1]) * sp.Piecewise((1, sp.Eq(delta[1], j)), (0, True))) ** 2
    total = sp.Sum(part, (j, 0, 1))
    assert total.function == part
    assert judge(equal(total, sp.Rational(16, 9)), {}, expectation).truth is Truth.TRUE


def test_the_gates_of_a_deep_network_are_found_with_one_look_at_each_unit() -> None:
    """Two units in each of 40 layers: 2^40 paths lead from the output to the inputs."""
    looks = 0

    class Counted(Evaluator):
        def integer(self, expr: Expr, bound: dict[Any, Any]) -> int:
            nonlocal looks
            looks += 1
            return super().integer(expr, bound)

    h, i, k = index("h"), index("i"), index("k")
    layers = ((h, 0, 40), (i, 1, 2))
    kept = gates("r", sp.Rational(1, 2), (h, 0, 40), (i, 1, 2))
    below = placeholder("unit", layers)
    unit = recursion("unit", layers, i, Relu(sp.Sum(kept[h - 1, k] * below[h - 1, k], (k, 1, 2))))
    found = support(Counted({}, expectation), unit[40, 1] + unit[40, 2], {})
    assert len(found) == len(set(found)) == 80 and set(found) == {(kept, (a, b)) for a in range(40) for b in (1, 2)}
    assert looks < 5000
