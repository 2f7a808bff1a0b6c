"""Compiled network kernels against plain Python, mask for mask, and against exact enumeration."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from reference_network import enumerate_masks, run

from dropout_theory.engines.gates import Keep, RandomLevel, Spikes
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.plan import LANES, ROWS, make_plan
from dropout_theory.engines.simulation import simulate
from dropout_theory.engines.totals import State
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.rng import derive_key

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
KINDS = ("units", "connections", "both", "spikes", "connection-spikes", "levels", "none")


def random_network(kind: str, rng: np.random.Generator, scale: float = 1.0) -> tuple[Network, list[float]]:
    """A small network of a kind: skip connections, unequal widths, all activations, c and slope, biases."""
    probabilities = [HALF, THIRD, 1, 0, 0.75, HALF, HALF]

    def some(*shape: int) -> Any:
        if rng.random() < 0.4:
            return 0.5
        return rng.choice(np.array(probabilities, dtype=object), shape)

    inverted = bool(rng.random() < 0.3) and kind in ("units", "levels")
    if inverted:
        probabilities = [HALF, THIRD, 1, 0.75]
    unit = {"units": lambda n: some(n), "both": lambda n: some(n), "spikes": lambda n: Spikes(rng.normal(size=n)),
            "levels": lambda n: RandomLevel(0.1, 0.6)}.get(kind, lambda n: 1)
    wire = {"connections": some, "both": some, "connection-spikes": lambda *s: Spikes(rng.normal(size=s))}.get(
        kind, lambda *s: 1)
    spiking = kind in ("spikes", "connection-spikes")
    names = ["logistic"] if spiking else ["logistic", "relu", "tanh", "linear"]
    inputs, hidden = int(rng.integers(0 if kind == "none" else 1, 4)), int(rng.integers(1, 3))
    x = (rng.random(inputs) if spiking else rng.normal(size=inputs)).tolist()
    layers, sizes = [], [inputs, hidden, int(rng.integers(1, 3))]
    for n in (1, 2):
        sources = [n - 1] if rng.random() < 0.5 or n == 1 else [0, 1][:: int(rng.choice([-1, 1]))]
        columns = sum(sizes[k] for k in sources)
        last = n == 2
        activation = "softmax" if last and rng.random() < 0.3 else str(rng.choice(names))
        shaped: dict[str, Any] = {"c": rng.random(sizes[n]) * 2, "slope": rng.normal(size=sizes[n])} \
            if activation == "logistic" and rng.random() < 0.5 else {}
        shaped |= {"c": 1.0} if spiking and not last else {}
        layers.append(Layer(scale * rng.normal(size=(sizes[n], columns)), rng.normal(size=sizes[n]), activation,
                            gate=1 if last else unit(sizes[n]), connection_gate=wire(sizes[n], columns),
                            sources=sources, **shaped))
    return Network(layers, unit(inputs), inverted=inverted), x


def random_gates(network: Network) -> int:
    """Gates that are neither always open nor always closed; every spike and every unit under a level counts."""
    laws = [law for n, law in enumerate(network.unit_gates) if any(n in reads for reads in network.sources)]
    total = 0
    for law, size in zip([*laws, *network.connection_gates[1:]], [*network.sizes, *(0,) * 9], strict=False):
        if isinstance(law, Keep):
            total += int(((law.values > 0) & (law.values < 1)).sum())
        else:
            total += int(np.size(law.size)) if isinstance(law, Spikes) else size + 3
    return total


@pytest.mark.parametrize("kind", KINDS)
def test_single_masks_equal_plain_python(kind: str) -> None:
    """Moments of the first 1, 2, 127, 128, 129 and 140 samples, which span chunks, are those of plain Python."""
    key = derive_key(5)
    for seed in range(12):
        network, x = random_network(kind, np.random.default_rng([seed, KINDS.index(kind)]))
        inputs = network.sizes[0]
        expected = [run(network, x, i, key) for i in range(140)]
        one = simulate(network, x, 1, 5, workers=1)
        np.testing.assert_allclose(one.mean.value[inputs:], expected[0][1], rtol=1e-13, atol=1e-15)
        for n in (2, 127, 128, 129, 140):
            found = simulate(network, x, n, 5, workers=1, state=(state := State()))
            table = np.array([acts for _, acts in expected[:n]])
            np.testing.assert_allclose(found.mean.value[inputs:], table.mean(axis=0), rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(found.variance.value[inputs:], table.var(axis=0, ddof=1), rtol=1e-9, atol=1e-14)
        sums = np.array([sums for sums, _ in expected])
        np.testing.assert_allclose(state.totals[0].moments[2, inputs:], sums.mean(axis=0), rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(state.totals[0].moments[3, inputs:], sums.var(axis=0) * 140, rtol=1e-9, atol=1e-13)


def test_wide_layers_equal_plain_python() -> None:
    """More units and inputs than a product takes at a time, and a layer that reads two others."""
    rng = np.random.default_rng(12)
    network = Network([Layer(rng.normal(size=(103, 310)) / 17, rng.normal(size=103), gate=0.5),
                       Layer(rng.normal(size=(9, 413)) / 20, rng.normal(size=9), "tanh", sources=[0, 1])], 0.3)
    x = rng.normal(size=310)
    table = np.array([run(network, x.tolist(), i, derive_key(4))[1] for i in range(3)])
    found = simulate(network, x, 3, 4)
    np.testing.assert_allclose(found.mean.value[310:], table.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.variance.value[310:], table.var(axis=0, ddof=1), rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision_equals_plain_python(kind: str) -> None:
    """The same masks: a sample is off by a few roundings of float32, where no spike sits on its threshold."""
    key = derive_key(5)
    for seed in range(4):
        network, x = random_network(kind, np.random.default_rng([seed, KINDS.index(kind)]))
        table = np.array([run(network, x, i, key)[1] for i in range(130)])
        found = simulate(network, x, 130, 5, workers=1, dtype=np.float32).mean.value[network.sizes[0]:]
        np.testing.assert_allclose(found, table.mean(axis=0), rtol=2e-5, atol=2e-5 * np.abs(table).max())


def test_samples_beyond_two_to_the_32_have_gates_of_their_own() -> None:
    """Samples 2^32 - 64 ... 2^32 + 63 in plain Python, where the upper half of the counter changes."""
    network, x = random_network("units", np.random.default_rng([3, 0]))
    key, plan, first = derive_key(5), make_plan(network), (1 << 32) - 64
    units, inputs = plan.units, network.sizes[0]
    moments, none = np.zeros((6, units)), np.full(units, -1, np.int64)
    scratch = (np.zeros(plan.widest * LANES), np.zeros(units * LANES), np.zeros(4 * LANES),
               np.zeros(4 * LANES, np.uint32), np.ones(LANES))
    bins = np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64)
    load_kernels("engines.network_kernels").network_block(
        np.uint64(first), 0, 128, np.uint64(key[0]), np.uint64(key[1]), False, np.array(x), plan.arrays, True, moments,
        none, np.empty((0, LANES)), np.zeros((0, 2), np.int64), np.zeros((0, 3)), bins, np.zeros(0, np.int64), scratch,
        np.stack([none, none]), np.zeros((0, 0)))
    expected = np.array([run(network, x, first + i, key)[1] for i in range(128)])
    np.testing.assert_allclose(moments[0, inputs:], expected.mean(axis=0), rtol=1e-12)
    low = np.array([run(network, x, i % (1 << 32), key)[1] for i in range(first, first + 128)])
    assert abs(low.mean(axis=0) - expected.mean(axis=0)).max() > 1e-3  # a counter of 32 bits would begin anew


def test_the_reference_distinguishes_masks() -> None:
    """The comparison above would notice another key, another order of gates or complemented gates."""
    network, x = random_network("units", np.random.default_rng([3, 0]))
    acts = [tuple(run(network, x, i, derive_key(5))[1]) for i in range(40)]
    assert len(set(acts)) > 3
    assert acts != [tuple(run(network, x, i, derive_key(6))[1]) for i in range(40)]
    assert acts != [tuple(run(network, x, i, derive_key(5), complement=True)[1]) for i in range(40)]


def test_antithetic_samples_are_complements() -> None:
    network, x = random_network("units", np.random.default_rng([3, 0]))
    key, half = derive_key(9), LANES // 2
    pairs = [[run(network, x, i, key, complement)[1] for complement in (False, True)] for i in range(half)]
    found = simulate(network, x, LANES, 9, control="antithetic")
    table = np.array(pairs)
    np.testing.assert_allclose(found.mean.value[network.sizes[0]:], table.mean(axis=(0, 1)), rtol=1e-12, atol=1e-15)
    averages = table.mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = (table.var(axis=(0, 1)) * LANES) / (4 * averages.var(axis=0) * half)
    live = averages.var(axis=0) > 1e-20
    np.testing.assert_allclose(found.gain[network.sizes[0]:][live], gain[live], rtol=1e-6)


@pytest.mark.parametrize("kind", ["units", "connections", "both", "levels", "none"])
def test_linear_control_keeps_the_mean(kind: str) -> None:
    """Means over all masks lie in the intervals, which fail by chance with 1e-9 a network."""
    checked = 0
    for seed in range(12):
        network, x = random_network(kind, np.random.default_rng([100 + seed, KINDS.index(kind)]), scale=0.3)
        soft = any(layer.activation == "softmax" for layer in network.layers)
        if random_gates(network) > 11 or (soft and kind in ("connections", "both")):
            continue
        checked += 1
        found = simulate(network, x, 20_000, seed, error_probability=1e-9, control="linear")
        mean, _ = enumerate_masks(network, x)
        inputs, slack = network.sizes[0], 1e-5 if kind == "levels" else 1e-12
        assert (found.mean.lower[inputs:] - slack <= mean).all() and (mean <= found.mean.upper[inputs:] + slack).all()
    assert checked >= 5


def test_linear_control_is_exact_for_linear_networks_and_gains_on_nearly_linear_ones() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(5, 6)), rng.normal(size=(5, 5)), rng.normal(size=(2, 5))]
    linear = Network([Layer(w, activation="linear", gate=0.5) for w in weights], 0.3)
    found = simulate(linear, np.ones(6), 1000, 1, control="linear")
    np.testing.assert_allclose(found.mean.value, found.ensemble, rtol=1e-12, atol=1e-12)
    near = Network([Layer(0.2 * w, activation="tanh", gate=0.5) for w in weights], 0.5)
    better, plain = (simulate(near, np.ones(6), 100_000, 1, control=control) for control in ("linear", None))
    assert better.gain[6:].min() > 3
    assert (better.mean.half_width[6:] < 0.8 * plain.mean.half_width[6:]).all()
    with pytest.raises(ValueError, match="control must not be 'linear' for spikes"):
        simulate(Network([Layer([[1.0]])], Spikes()), [0.5], 64, 1, control="linear")


@pytest.mark.parametrize("kind", KINDS)
def test_distribution_equals_exact_enumeration(kind: str) -> None:
    """Every mean and every variance over all masks of 12 random networks a kind lies in its interval.

    A network's intervals hold together but for 1e-9, so the seven tests fail by chance with probability below 1e-7.
    """
    checked = 0
    for seed in range(12):
        network, x = random_network(kind, np.random.default_rng([100 + seed, KINDS.index(kind)]))
        if random_gates(network) > 11:
            continue
        checked += 1
        mean, squares = enumerate_masks(network, x)
        found = simulate(network, x, 30_000, seed, error_probability=1e-9)
        inputs = network.sizes[0]
        slack = 1e-5 if kind == "levels" else 1e-12  # scaled levels are no polynomials
        box, spread = found.mean[inputs:], found.variance[inputs:]
        assert (box.lower - slack <= mean).all() and (mean <= box.upper + slack).all()
        variance = np.array(squares) - np.array(mean) ** 2
        assert (spread.lower - slack <= variance).all() and (variance <= spread.upper + slack).all()
    assert checked >= 5


def test_the_distribution_check_can_fail() -> None:
    """Means of the same network with other keep probabilities lie outside."""
    layers = [Layer([[2.0, -1.0], [1.0, 3.0]], gate=0.3), Layer([[2.0, -4.0]])]
    wrong = enumerate_masks(Network([Layer(layers[0].weights, gate=0.35), layers[1]], 0.5), [1.0, 1.0])[0]
    box = simulate(Network(layers, 0.5), [1.0, 1.0], 200_000, 1).layer(2).mean
    assert not box.lower[0] <= wrong[-1] <= box.upper[0]


def test_exponentials_have_a_bound() -> None:
    """Within 1.5 units of rounding of the truth by Arb for 708 >= |x|; float32 within 1.5 of its own units."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-708, 708, 1500), rng.uniform(-1, 1, 1500), [0.0, 708.0, -708.0, 1e-300, 0.5]])
    for dtype, limit, digits in ((np.float64, 708.0, 53), (np.float32, 87.0, 24)):
        given = np.clip(x, -limit, limit).astype(dtype)
        found = given.copy()
        load_kernels("engines.exponential_kernels").exponentials(found)
        old, ctx.prec = ctx.prec, 120
        try:
            truth = [arb(fmpq(*float(v).as_integer_ratio())).exp() for v in given]
            worst = max(abs(float(arb(fmpq(*float(y).as_integer_ratio())) / e - 1))
                        for e, y in zip(truth, found, strict=True))
        finally:
            ctx.prec = old
        assert worst <= 1.5 * 2.0**(1 - digits)
    far = np.array([1e300, -1e300, 709.0])
    load_kernels("engines.exponential_kernels").exponentials(far)
    assert far[0] == far[2] == pytest.approx(math.exp(708.0), rel=1e-15) and far[1] == pytest.approx(math.exp(-708.0))


def test_constants_agree_between_host_and_kernels() -> None:
    kernels, vectors = load_kernels("engines.network_kernels"), load_kernels("engines.vector_kernels")
    assert (LANES, ROWS) == (vectors.LANES, vectors.ROWS)
    assert [vectors.together(left) for left in (1, 2, 3, 4, 5, 6, 7, 100)] == \
        [next(rows for rows in ROWS if rows <= left) for left in (1, 2, 3, 4, 5, 6, 7, 100)]
    from dropout_theory.engines import plan

    for name in ("OPEN", "CLOSED", "HALF", "THRESHOLD", "SPIKE", "LEVEL"):
        assert getattr(plan, name) == getattr(kernels, name)
    for name, code in plan.CODES.items():
        assert getattr(kernels, name.upper()) == code


def test_bias_of_gates_is_counted() -> None:
    layer = Layer(np.ones((1, 3)))
    assert make_plan(Network([layer], [HALF, 1, 0])).bias == 0.0
    third = make_plan(Network([layer], THIRD)).bias
    assert third == pytest.approx(3 * abs(round(THIRD * 2**32) / 2**32 - 1 / 3), rel=1e-4) and third > 0
    assert make_plan(Network([layer], RandomLevel(0, 1))).bias == pytest.approx(3 * 2.0**-32, rel=1e-3)
