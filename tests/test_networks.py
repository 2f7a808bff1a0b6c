"""Networks produce the right S, O, U and W: against hand-written sums, enumeration and the paper's identities."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, judge
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    NWGM,
    PROBABILITY,
    Cov,
    Dag,
    E,
    Expr,
    LayeredNetwork,
    Relu,
    Scalar,
    equal,
    size,
)
from dropout_theory.normal_form import same

R = sp.Rational


def mean(expr: Expr) -> Any:
    return Evaluator({}, expectation).value(E(expr))


def number(expr: Expr) -> Any:
    return Evaluator({}, expectation).value(expr)


@pytest.mark.parametrize("gating", ["units", "connections"])
def test_mean_of_linear_layers_is_the_ensemble_network_for_symbolic_widths(gating: str) -> None:
    network = LayeredNetwork(size("H"), "linear", gating)
    first = E(network.S(1, 2))
    assert same(sp.expand(first.xreplace({})), network.U(1, 2)) or _unfolds(network)


def _unfolds(network: LayeredNetwork) -> bool:
    """Layer one reads the inputs: compare after unfolding the base of both recursions."""
    from dropout_theory.proof import identity, rewrite, unfolded

    j = sp.Symbol("j", integer=True)
    left = rewrite(identity(E(network.S(1, 2)), E(network.S(1, 2))), unfolded(network.O[0, j]), indices=[j])
    right = rewrite(identity(network.U(1, 2), network.U(1, 2)), unfolded(network.W[0, j]), indices=[j])
    return same(left.conclusion.lhs, right.conclusion.lhs)


def test_linear_chain_with_skip_connection() -> None:
    a, b, w = (Scalar(name) for name in "abw")
    p, q = (Scalar(name, PROBABILITY) for name in "pq")
    dag = Dag({"x": 1}, {"h": {"x": a}, "y": {"h": b, "x": w}}, "linear", keep={"x": p, "h": q})
    d1, d2 = dag.gates[1], dag.gates[2]
    assert sp.expand(dag.S["y"] - (a * b * d1 * d2 + w * d1)) == 0
    assert sp.expand(dag.U["y"] - (a * b * p * q + w * p)) == 0


def test_mean_of_a_linear_dag_is_its_ensemble_network() -> None:
    dag = Dag({"x": 2, "z": R(-1, 3)},
              {"h": {"x": 1, "z": R(1, 2)}, "g": {"h": -2, "x": 3}, "y": {"g": 1, "z": 5, "h": 1}},
              "linear", keep={"x": R(1, 2), "z": R(1, 3), "h": R(3, 4), ("g", "y"): R(1, 5)})
    assert mean(dag.S["y"]) == number(dag.U["y"])


def test_units_sharing_a_gated_input_are_correlated_and_connection_gates_are_not() -> None:
    shared = Dag({"x": 1}, {"a": {"x": 2}, "b": {"x": 3}}, "linear", keep={"x": R(1, 4)})
    assert Evaluator({}, expectation).value(Cov(shared.S["a"], shared.S["b"])) == number(6 * R(3, 16))
    apart = Dag({"x": 1}, {"a": {"x": 2}, "b": {"x": 3}}, "linear", keep={("x", "a"): R(1, 4), ("x", "b"): R(1, 4)})
    assert Evaluator({}, expectation).value(Cov(apart.S["a"], apart.S["b"])) == 0


def test_nwgm_of_a_logistic_unit_is_the_ensemble_activity() -> None:
    dag = Dag({"x": 1, "z": -2}, {"y": {"x": R(1, 2), "z": 3}}, "logistic", keep={"x": R(1, 2), "z": R(1, 3)})
    assert judge(equal(NWGM(dag.O["y"]), dag.W["y"]), {}, expectation).truth is Truth.AGREES


def test_inverted_scaling_keeps_the_mean() -> None:
    dag = Dag({"x": 3}, {"y": {"x": 2}}, "linear", keep={"x": R(1, 5)}, inverted=True)
    assert mean(dag.S["y"]) == number(dag.U["y"]) == 6


def test_rectified_units_do_not_commute_with_the_mean() -> None:
    dag = Dag({"x": 1, "z": -1}, {"y": {"x": 1, "z": 1}}, "relu", keep={"x": R(1, 2), "z": R(1, 2)})
    assert mean(dag.O["y"]) == R(1, 4) and number(dag.W["y"]) == 0
    assert dag.O["y"].has(Relu)


def test_softmax_outputs_sum_to_one() -> None:
    dag = Dag({"x": 1}, {"a": {"x": 1}, "b": {"x": -1}}, keep={"x": R(1, 2)}, softmax=("a", "b"))
    assert sp.simplify(dag.W["a"] + dag.W["b"]) == 1


@pytest.mark.parametrize(("arguments", "message"), [
    (({"x": 1}, {"y": {"z": 1}}), "edges\\['y'\\] reads 'z'"),
    (({"x": 1}, {"y": {"h": 1}, "h": {"y": 1}}), "cycle"),
])
def test_bad_graphs_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Dag(*arguments)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="activation is 'step'"):
        LayeredNetwork(2, "step")
    with pytest.raises(ValueError, match="gating is 'weights'"):
        LayeredNetwork(2, gating="weights")
    with pytest.raises(ValueError, match="keep names 'q'"):
        Dag({"x": 1}, {"y": {"x": 1}}, keep={"q": 1})


def test_layered_network_at_an_instance_matches_the_concrete_graph() -> None:
    network = LayeredNetwork(2, "relu", "units", skip=True)
    sizes = {(0,): 2, (1,): 1, (2,): 1}
    w = {(1, 0, 1, 1): 1, (1, 0, 1, 2): -2, (2, 0, 1, 1): R(1, 2), (2, 0, 1, 2): 1, (2, 1, 1, 1): 3}
    p = {(0, 1): R(1, 2), (0, 2): R(1, 3), (1, 1): R(1, 4), (2, 1): 1}
    values = {network.widths: sizes, network.weights: w, network.keep: p, network.inputs: {(1,): 2, (2,): 1}}
    dag = Dag({"x1": 2, "x2": 1}, {"h": {"x1": 1, "x2": -2}, "y": {"x1": R(1, 2), "x2": 1, "h": 3}}, "relu",
              keep={"x1": R(1, 2), "x2": R(1, 3), "h": R(1, 4)})
    ev = Evaluator(values, expectation)
    assert ev.value(E(network.O[2, 1])) == mean(dag.O["y"])
    assert ev.value(network.W[2, 1], {}) == number(dag.W["y"])
