"""Numeric networks: ensemble network, graphs, laws of gates, and errors that name what does not fit."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dropout_theory
from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Layer, Network

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def test_ensemble_of_a_skip_network_by_hand() -> None:
    net = Network([Layer([[2.0, -1.0]], [0.5], "linear", gate=0.25),
                   Layer([[1.0, 3.0, -2.0]], None, "relu", connection_gate=[[1, 0.5, 1]], sources=[1, 0])],
                  input_gate=[0.5, 1])
    u, w = net.ensemble([4.0, 1.0])
    hidden = 0.5 + 2.0 * 0.5 * 4.0 - 1.0
    assert u[1].tolist() == w[1].tolist() == [hidden]
    assert u[2].tolist() == [0.25 * hidden + 3.0 * 0.5 * 0.5 * 4.0 - 2.0]
    assert net.sizes == (2, 1, 1) and net.sources == ((), (0,), (1, 0))
    several = net.ensemble([[4.0, 1.0], [0.0, 0.0]])[1][2]
    assert several.shape == (2, 1) and several[0, 0] == w[2][0]
    assert Network(net.layers, net.input_gate, inverted=False).ensemble([4.0, 1.0])[1][2] == w[2]
    scaled = Network(net.layers, net.input_gate, inverted=True).ensemble([4.0, 1.0])[0][2]
    assert scaled[0] == (0.5 + 8.0 - 1.0) + 12.0 - 2.0


def test_activations_and_their_limits() -> None:
    assert Layer([[1.0]], c=0.0).activate([[-800.0], [3.0]]).ravel().tolist() == [1.0, 1.0]
    unit = Layer([[1.0]], c=2.0, slope=3.0)
    assert unit.activate([0.5])[0] == pytest.approx(1 / (1 + 2 * np.exp(-1.5)), rel=1e-15)
    assert unit.activate([[-1e308], [1e308]]).ravel().tolist() == [0.0, 1.0]
    assert Layer([[1.0]]).activate([-745.0])[0] > 0
    soft = Layer(np.ones((3, 1)), activation="softmax").activate([1000.0, 1000.0, -1e308])
    assert soft.tolist() == [0.5, 0.5, 0.0]
    assert Layer([[1.0]], activation="tanh").activate([0.5])[0] == np.tanh(0.5)


def test_graph_of_units_keeps_names_and_absent_edges_have_no_gate() -> None:
    net = Network.from_edges(["x", "y"], {("x", "h"): THIRD, ("h", "o"): 2.0, ("y", "o"): -1.0, ("x", "g"): 1.0},
                             activations={"g": "relu"}, biases={"o": 0.25}, keep={"x": THIRD, "h": 0.5},
                             connection_keep=HALF)
    assert net.names is not None and {len(row) for row in net.names} == {1, 2}
    assert net.names[0] == ("x", "y") and net.unit("o") == (3, 0) and net.unit((1, 0)) == (1, 0)
    layer, _ = net.unit("h")
    assert net.layers[layer - 1].exact_weights()[0, 0] == THIRD
    assert net.connection_gates[layer].exact()[0].tolist() == [HALF, 1]
    inputs = net.unit_gates[0]
    assert isinstance(inputs, Keep) and inputs.exact().tolist() == [THIRD, 1]
    u, w = net.ensemble([3.0, 1.0])
    h = 1 / (1 + np.exp(-0.5 * (1 / 3) * (1 / 3) * 3))
    assert w[layer][0] == pytest.approx(h, rel=1e-15)
    assert u[3][0] == pytest.approx(0.5 * 0.5 * 2 * h - 0.5 + 0.25, rel=1e-15)


def test_a_graph_without_inputs_is_its_biases() -> None:
    net = Network.from_edges([], {("a", "b"): 2.0}, biases={"a": 0.5}, activations="linear")
    assert net.sizes == (0, 1, 1) and net.ensemble([])[1][2].tolist() == [1.0]


def test_mean_factors_of_laws() -> None:
    assert RandomLevel(0, 0.5).mean_factor(False) == 0.75 and RandomLevel(0, 0.5).mean_factor(True) == 1.0
    net = Network([Layer([[1.0]], gate=Spikes(0.5)), Layer([[4.0]], activation="linear")], 1)
    assert net.ensemble([0.0])[1][2].tolist() == [1.0]
    wires = Network([Layer([[1.0]]), Layer([[4.0]], activation="linear", connection_gate=Spikes([[0.25]]))])
    assert wires.ensemble([0.0])[1][2].tolist() == [0.5]
    assert Keep(0.1).exact().item() == Fraction(0.1)


NAN = float("nan")


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Layer([1.0]), "weights must be an array of 2 dimension(s), not of shape (1,)"),
    (lambda: Layer([[NAN]]), "weights must be finite, not nan"),
    (lambda: Layer([["a"]]), "weights must be an array of 2 dimension(s) of real numbers"),
    (lambda: Layer([[1.0]], [float("inf")]), "bias must be finite, not inf"),
    (lambda: Layer([[1.0], [2.0]], [1.0]), "bias must have one entry per unit (2), not shape (1,)"),
    (lambda: Layer([[1.0]], activation="swish"), "activation must be one of linear, relu, logistic"),
    (lambda: Layer([[1.0]], c=-1.0), "c must be at least 0, not -1.0"),
    (lambda: Layer([[1.0]], slope=NAN), "slope must be finite, not nan"),
    (lambda: Layer([[1.0]], activation="relu", slope=2.0), "slope must be 1 for activation 'relu', not 2.0"),
    (lambda: Network([]), "layers must have at least one layer"),
    (lambda: Network([[1.0]]), "layers[0] must be a Layer, not [1.0]"),  # type: ignore[list-item]
    (lambda: Network([Layer([[1.0]]), Layer([[1.0, 1.0]])]), "layers[1].weights must have 1 columns, not 2"),
    (lambda: Network([Layer([[1.0]], sources=[1])]), "layers[0].sources must be indices of earlier layers"),
    (lambda: Network([Layer([[1.0, 1.0]], sources=[0, 0])]), "layers[0].sources must name no layer twice"),
    (lambda: Network([Layer([[1.0]])], 1.5), "input_gate: keep must be in [0, 1], not 1.5"),
    (lambda: Network([Layer([[1.0]])], NAN), "input_gate: keep must be in [0, 1], not nan"),
    (lambda: Network([Layer([[1.0]])], [1, 1]), "input_gate must be one number or of shape (1,), not of shape (2,)"),
    (lambda: Network([Layer([[1.0]], connection_gate=0)], inverted=True),
     "layers[0].connection_gate must be greater than 0 when inverted is true"),
    (lambda: Network([Layer([[1.0]], connection_gate=RandomLevel(0, 1))]), "layers[0].connection_gate must be"),
    (lambda: RandomLevel(0.5, 0.25), "high must be at least low = 0.5, not 0.25"),
    (lambda: Network([Layer([[1.0]])], RandomLevel(0, 1), inverted=True), "input_gate.high must be less than 1"),
    (lambda: Network([Layer([[1.0]], activation="relu", gate=Spikes()), Layer([[1.0]])]),
     "layers[0].gate must not be Spikes unless the layer is logistic"),
    (lambda: Network([Layer([[1.0]], gate=0.5), Layer([[1.0]], connection_gate=Spikes())]),
     "layers[0].gate must be 1 where spikes are of connections"),
    (lambda: Network([Layer([[1.0]], activation="softmax"), Layer([[1.0]])]), "must not be softmax in a layer"),
    (lambda: Network([Layer([[1.0]])], Spikes()).ensemble([2.0]), "x must be in [0, 1] where inputs spike"),
    (lambda: Network([Layer([[1.0]])]).ensemble([NAN]), "x must be finite, not nan"),
    (lambda: Network([Layer([[1.0]])]).ensemble([1.0, 2.0]), "x must have 1 entries, one per input"),
    (lambda: Network([Layer([[1.0]])]).unit("a"), "unit must be a name or (layer, position)"),
    (lambda: Network([Layer([[1.0]])], names=[["a"], ["a"]]), "names must be different"),
    (lambda: Network.from_edges(["x"], {("a", "b"): 1, ("b", "a"): 1}), "edges must have no cycle"),
    (lambda: Network.from_edges(["x"], {("y", "b"): 1}), "edges must start at inputs or at targets"),
    (lambda: Network.from_edges(["x"], {("y", "x"): 1}), "edges and biases must not lead to an input"),
    (lambda: Network.from_edges(["x"], {("x", "y"): 1}, keep={"z": 1}), "keep must name units of the graph, not 'z'"),
])
def test_bad_networks(make: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        make()


def test_nothing_that_makes_evidence_uses_the_engines() -> None:
    """Fingerprints of evidence leave the engines out, which is right only as long as no evidence rests on them."""
    package = Path(dropout_theory.__file__).parent
    folders = [package, package.parent / "proofs", package / "_proofs"]
    used = [path for folder in folders if folder.is_dir() for path in folder.rglob("*.py")
            if "engines" not in path.relative_to(folder).parts and path.name != "fingerprint.py"
            and re.search(r"^\s*(from|import)\s+\S*\bengines\b|import_module\(.*engines", path.read_text(), re.M)]
    assert used == []
