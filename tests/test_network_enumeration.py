"""Small networks over all masks, and linear networks by recursion: against sums over every state of every gate."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb
from reference_network import enumerate_masks

from dropout_theory.engines import network_program
from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.linear import linear_moments
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.network_enumeration import enumerated_network
from dropout_theory.engines.network_exact import certified_network, rational_network
from dropout_theory.engines.unit_enumeration import enumerated_moments

HALF = Fraction(1, 2)


def activity(layer: Layer, i: int, s: Fraction) -> Any:
    if layer.activation == "linear":
        return s
    if layer.activation == "relu":
        return max(s, Fraction(0))
    if layer.activation == "tanh":
        return Fraction(math.tanh(s))
    return Fraction(1 / (1 + float(layer.c[i]) * math.exp(-float(layer.slope[i]) * float(s))))


def run_once(network: Network, x: list[Fraction], states: dict[Any, Fraction]) -> list[Fraction]:
    """Activities of all units for given values of all gates."""
    rows = [list(x)]
    for k, layer in enumerate(network.layers, 1):
        weights, bias = layer.exact_weights(), layer.exact_bias()
        below = [states["unit", s, j] * o for s in network.sources[k] for j, o in enumerate(rows[s])]
        rows.append([activity(layer, i, bias[i] + sum((weights[i, j] * states["wire", k, i, j] * v
                                                       for j, v in enumerate(below)), Fraction(0)))
                     for i in range(layer.units)])
    return [o for row in rows for o in row]


def every_state(network: Network, x: list[Fraction]) -> tuple[Any, Any]:
    """Means and covariances of all units: one run of the network for every state of every gate."""
    chances = {("unit", k, j): p for k, law in enumerate(network.unit_gates) if isinstance(law, Keep)
               for j, p in enumerate(law.exact())}
    chances |= {("wire", k, *at): p for k, law in enumerate(network.connection_gates) if law is not None
                for at, p in np.ndenumerate(law.exact())}
    random = [key for key, p in chances.items() if 0 < p < 1]
    mean: Any = 0
    second: Any = 0
    for mask in itertools.product((0, 1), repeat=len(random)):
        states = dict(chances) | {key: Fraction(m) for key, m in zip(random, mask, strict=True)}
        chance = math.prod((chances[key] if m else 1 - chances[key] for key, m in zip(random, mask, strict=True)),
                           start=Fraction(1))
        if network.inverted:
            states = {key: v / chances[key] for key, v in states.items()}
        o = np.array(run_once(network, x, states), dtype=object)
        mean, second = mean + chance * o, second + chance * np.outer(o, o)
    return mean, second - np.outer(mean, mean)


def random_network(generator: np.random.Generator, kinds: tuple[str, ...]) -> tuple[Network, list[Fraction]]:
    """A random network with skip connections, gates of 0, 1 and in between, and at most nine random gates."""
    while True:
        inverted = bool(generator.random() < 0.3)
        allowed = [1, 2, 3, 4, 4] if inverted else [0, 1, 2, 3, 4, 4]

        def probabilities(*shape: int, allowed: list[int] = allowed) -> Any:
            flat = [Fraction(int(v), 4) for v in generator.choice(allowed, size=math.prod(shape))]
            return np.array(flat, dtype=object).reshape(shape)

        sizes = generator.integers(1, 4, size=generator.integers(2, 5)).tolist()
        layers = []
        for k in range(1, len(sizes)):
            sources = [k - 1, *(s for s in range(k - 1) if generator.random() < 0.3)]
            shape = (sizes[k], sum(sizes[s] for s in sources))
            weights = np.array([Fraction(int(v), 3) for v in generator.integers(-4, 5, size=math.prod(shape))],
                               dtype=object).reshape(shape)
            kind = str(generator.choice(kinds))
            extra = {"c": 2.0, "slope": 0.5} if kind == "logistic" else {}
            layers.append(Layer(weights, [Fraction(int(v), 2) for v in generator.integers(-3, 4, size=sizes[k])], kind,
                                gate=probabilities(sizes[k]), sources=sources,
                                connection_gate=probabilities(*shape) if generator.random() < 0.3 else 1, **extra))
        network = Network(layers, probabilities(sizes[0]), inverted=inverted)
        laws = [*network.unit_gates, *network.connection_gates[1:]]
        if sum(int(((law.exact() > 0) & (law.exact() < 1)).sum()) for law in laws) <= 9:
            return network, [Fraction(int(v), 2) for v in generator.integers(-3, 4, size=sizes[0])]


@pytest.mark.parametrize("seed", range(18))
def test_random_networks_against_every_state(seed: int) -> None:
    network, x = random_network(np.random.default_rng(seed), ("linear", "relu", "logistic", "tanh"))
    mean, covariances = every_state(network, x)
    found = enumerated_network(network, [float(v) for v in x])
    np.testing.assert_allclose(found.covariances, covariances.astype(float), atol=1e-12)
    # the sum over states has rounded outputs of its own
    assert (np.abs(found.mean - mean.astype(float)) <= 2 * found.error).all() and found.error.max() < 1e-11
    sure = certified_network(network, x, digits=30)
    for name in ("mean", "variance", "preactivation", "nwgm", "ensemble", "ensemble_preactivation", "alpha"):
        for ball, value in zip(getattr(sure, name), getattr(found, name), strict=True):
            assert abs(ball - value) < 1e-12 and ball.rad() < 1e-29


@pytest.mark.parametrize("seed", range(18))
def test_rational_networks_equal_every_state(seed: int) -> None:
    network, x = random_network(np.random.default_rng(100 + seed), ("linear", "relu") if seed % 2 else ("linear",))
    mean, covariances = every_state(network, x)
    found = rational_network(network, x)
    assert (found.mean == mean).all() and (found.covariances == covariances).all()
    if seed % 2 == 0:
        recursion, places = linear_moments(network, x, exact=True, between=True), np.cumsum([0, *network.sizes])
        parts = [slice(a, b) for a, b in itertools.pairwise(places)]
        for k, part in enumerate(parts):
            assert (recursion.mean[k] == mean[part]).all()
            assert (recursion.covariance[k] == covariances[part, part]).all()
            for m in range(k):
                assert (recursion.between[m, k] == covariances[parts[m], part]).all()
        floats = linear_moments(network, [float(v) for v in x])
        np.testing.assert_allclose(floats.variance[-1], found.layer(-1).variance.astype(float), atol=1e-12)


def test_gates_into_one_logistic_output_are_closed_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(6)
    network = Network([Layer(generator.normal(size=(11, 2)), gate=0.75, activation="tanh"),
                       Layer(generator.normal(size=(1, 11)), [0.3], c=2.0, slope=-1.5)], 0.5)
    closed, sure = enumerated_network(network, [1.0, -2.0]), certified_network(network, [1.0, -2.0])
    monkeypatch.setattr(network_program, "LEAST_FOR_FOURIER", 99)
    visited = enumerated_network(network, [1.0, -2.0])
    assert closed.masks == sure.masks == 4 and visited.masks == 1 << 13
    np.testing.assert_allclose(closed.covariances, visited.covariances, atol=1e-14)
    np.testing.assert_allclose(closed.mean, visited.mean, atol=1e-14)
    for ball, value in zip(sure.covariances.ravel(), visited.covariances.ravel(), strict=True):
        assert abs(ball - value) < 1e-14 and ball.rad() < 1e-20


def test_a_network_of_one_unit_is_the_unit_and_threads_change_no_bit() -> None:
    generator = np.random.default_rng(7)
    weights, keep = generator.normal(size=17), generator.random(17)
    network = Network([Layer(np.array([weights, weights]))], keep)
    found = enumerated_network(network, np.ones(17))
    unit = enumerated_moments(weights, keep)
    assert found.mean[-1] == pytest.approx(unit.mean, abs=1e-14)
    assert found.covariance((1, 0), (1, 1)) == pytest.approx(unit.variance, abs=1e-14)
    assert found.layer(-1).alpha[0] == pytest.approx(unit.bias_of_nwgm, abs=1e-14)
    with ThreadPoolExecutor(2) as threads:
        again = enumerated_network(network, np.ones(17), executor=threads)
    assert (again.mean == found.mean).all() and (again.covariances == found.covariances).all()


def test_spikes_and_softmax() -> None:
    spiking = Network([Layer([[2.0, -1.0]], gate=Spikes(1.5)), Layer([[1.0], [-2.0]], [0.0, 0.5], "softmax")], 0.5)
    found = enumerated_network(spiking, [1.0, 3.0])
    expected = np.zeros(2)
    for mask in itertools.product((0, 1), repeat=2):
        hidden = 1 / (1 + math.exp(-(2 * mask[0] - 3 * mask[1])))
        for spike, chance in ((1.5, hidden), (0.0, 1 - hidden)):
            powers = np.exp([spike, -2 * spike + 0.5])
            expected += chance / 4 * powers / powers.sum()
    np.testing.assert_allclose(found.layer(-1).mean, expected, atol=1e-15)
    sure = certified_network(spiking, [1, 3])
    assert all(abs(ball - value) < 1e-15 for ball, value in zip(sure.mean, found.mean, strict=True))


def test_random_noise_levels_are_integrated() -> None:
    """P(all three gates open) = E(keep^3); gates share the variance of their level, 0.6^2/12; two levels at once."""
    level = RandomLevel(0.2, 0.8)
    found = enumerated_network(Network([Layer(np.eye(3), None, "linear"), Layer([[1.0] * 3], [-2.0], "relu")], level),
                               np.ones(3))
    np.testing.assert_allclose(found.covariances[3:6, 3:6], 0.03 + 0.22 * np.eye(3), atol=1e-15)
    assert found.masks == 2 * 8
    open_ = Network([Layer([[1.0] * 3], [-2.0], "relu")], level)
    assert enumerated_network(open_, np.ones(3)).mean[-1] == pytest.approx((0.8**4 - 0.2**4) / 4 / 0.6, abs=1e-15)
    generator = np.random.default_rng(3)
    deep = Network([Layer(generator.normal(size=(3, 4)), gate=RandomLevel(0.0, 1.0)),
                    Layer(generator.normal(size=(2, 7)), sources=[1, 0])], level)
    x = generator.normal(size=4)
    mean, squares = (np.array(part) for part in enumerate_masks(deep, x.tolist()))
    moments = enumerated_network(deep, x)
    assert (abs(moments.mean[4:] - mean) <= moments.error[4:] + 1e-15).all()
    np.testing.assert_allclose(moments.variance[4:], squares - mean**2, atol=1e-14)
    np.testing.assert_allclose(moments.ensemble, np.concatenate(deep.ensemble(x)[1]))


def test_wide_linear_networks_with_random_inputs_follow_the_law_of_total_variance() -> None:
    generator = np.random.default_rng(2)
    weights, spread = generator.normal(size=(1, 40)), generator.normal(size=(40, 40))
    network = Network([Layer(weights, None, "linear")], 0.25)
    found = linear_moments(network, np.ones(40), input_covariance=spread @ spread.T)
    inside = (0.25 * 0.75 * weights[0] ** 2 * (1 + (spread @ spread.T).diagonal())).sum()
    assert found.variance[1][0] == pytest.approx(inside + (0.25 * weights @ spread @ spread.T @ weights.T * 0.25)[0, 0])


def test_edges_and_bad_input() -> None:
    saturated = Network([Layer([[1e300, -1e300], [1e-300, 700.0]])], [1, HALF])
    found = enumerated_network(saturated, [1.0, 1.0])
    assert found.layer(-1).mean[0] == 0.75 and found.layer(-1).mean[1] == pytest.approx(0.75, abs=1e-15)
    assert found.layer(-1).variance[0] == 0.0625
    lost = Network([Layer([[1e300, 1.0, -1e300]])], 0.5)
    wrong = enumerated_network(lost, np.ones(3))
    assert abs(wrong.mean[-1] - certified_network(lost, [1, 1, 1]).mean[-1]) < wrong.error[-1]
    empty = Network([Layer(np.zeros((2, 0)), [0.0, 1.0])])
    assert enumerated_network(empty, []).mean[0] == 0.5 and certified_network(empty, []).mean[0] == arb(1) / 2
    linear = Network([Layer([[1.0]], None, "linear")], 0.5)
    with pytest.raises(ValueError, match="between must hold pairs"):
        linear_moments(linear, [1.0], between=[(1, 0)])
    with pytest.raises(ValueError, match="x must be finite"):
        linear_moments(linear, [math.nan])
    with pytest.raises(ValueError, match="within float64"):
        linear_moments(Network([Layer([[1e200]], None, "linear")], 0.5), [1e200])
    with pytest.raises(ValueError, match=r"layers\[0\].activation must be linear"):
        linear_moments(saturated, [1.0, 1.0])
    level = Network([Layer([[1.0]])], RandomLevel(0.1, 0.5), inverted=True)
    for engine in (enumerated_network, certified_network):
        with pytest.raises(ValueError, match="gate of layer 0 must not have a random noise level"):
            engine(level, [1.0])
    with pytest.raises(ValueError, match="at most 40 gates to visit, not 41"):
        enumerated_network(Network([Layer(np.ones((2, 41)))], 0.5), np.ones(41))
    overflowing = Network([Layer([[1e308, 1e308], [1.0, 1.0]], gate=0.5)], [1, 0.5])
    with pytest.raises(ValueError, match="within float64"), np.errstate(over="ignore"):
        enumerated_network(overflowing, [2.0, 1.0])
    with pytest.raises(ValueError, match="linear or relu in exact rationals"):
        rational_network(saturated, [1, 1])
    with pytest.raises(ValueError, match="one input"):
        enumerated_network(linear, [[1.0], [2.0]])
