"""The kernel for single units: its tables, single masks in plain Python, and exact enumeration."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_network import activate, enumerate_masks, philox

from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate
from dropout_theory.engines.totals import State
from dropout_theory.engines.unit_tables import UnitPlan, alias_table, fits_tables, group_counts, make_unit_plan
from dropout_theory.sampling.rng import derive_key

THIRD = Fraction(1, 3)
WORD = 1 << 32


@given(st.lists(st.fractions(0, 1, max_denominator=1000), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_alias_tables_give_every_pattern_its_share_of_words(keep: list[Fraction]) -> None:
    counts, distance = group_counts(keep)
    cuts, others = alias_table(counts)
    found = [0] * 64
    for k, (cut, other) in enumerate(zip(cuts, others, strict=True)):
        found[k] += cut
        found[other] += (1 << 26) - cut
    assert found == counts and sum(counts) == WORD and max(cuts) <= 1 << 26
    gaps = Fraction(0)
    for pattern, count in enumerate(counts):
        exact = math.prod((p if pattern >> i & 1 else 1 - p for i, p in enumerate(keep)), start=Fraction(1))
        gap = abs(Fraction(count, WORD) - (exact if pattern < 1 << len(keep) else 0))
        gaps += gap
        assert gap < Fraction(1, WORD)
    assert distance == pytest.approx(float(gaps / 2), rel=1e-12, abs=1e-30)


def mask_of(plan: UnitPlan, index: int, key: tuple[int, int], inputs: int) -> list[int]:
    """Which random gates are open in a sample, in plain Python."""
    def word(g: int) -> int:
        return philox([index % WORD, index >> 32, g // 4, 0], key)[g % 4]

    gates = [0] * inputs
    for i, unit in enumerate(plan.half):
        gates[unit] = word(i // 32) >> i % 32 & 1
    plain = -(-len(plan.half) // 32)
    for g in range(len(plan.cuts)):
        drawn = word(plain + g)
        column = drawn % 64
        pattern = int(plan.patterns[g, column + (0 if drawn >> 6 < plan.cuts[g, column] else 64)])
        for i, unit in enumerate(plan.other[6 * g:6 * g + 6]):
            gates[unit] = pattern >> i & 1
    return gates


def random_unit(rng: np.random.Generator, inputs: int) -> tuple[Network, np.ndarray]:
    choices = [Fraction(1, 2), THIRD, 0, 1, Fraction(9, 10)]
    keep = [choices[i] for i in rng.integers(0, 5, inputs)]
    layer = Layer(rng.normal(size=(1, inputs)), rng.normal(size=1), str(rng.choice(["logistic", "tanh", "relu"])))
    if layer.activation == "logistic":
        layer = Layer(layer.weights, layer.bias, c=rng.random(1), slope=rng.normal(size=1))
    if rng.random() < 0.5:
        return Network([layer], keep), rng.normal(size=inputs)
    wired = Layer(layer.weights, layer.bias, layer.activation, connection_gate=[keep], c=layer.c, slope=layer.slope)
    return Network([wired], 0.5 if rng.random() < 0.5 else 1), rng.normal(size=inputs)


def test_single_masks_equal_plain_python() -> None:
    key = derive_key(8)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        network, x = random_unit(rng, int(rng.integers(1, 80)))
        plan = make_unit_plan(network, x[None], np.float64)
        layer = network.layers[0]
        sure = [float(p * q) == 1 for p, q in zip(network.unit_gates[0].exact(),  # type: ignore[union-attr]
                                                  network.connection_gates[1].exact()[0], strict=True)]
        sums = []
        for index in range(67):
            gates = mask_of(plan, index, key, len(x))
            sums.append(float(layer.bias[0]) + math.fsum(w * v for w, v, g, s in zip(layer.weights[0], x, gates, sure,
                                                                                     strict=True) if g or s))
        state = State()
        found = simulate(network, x, 67, 8, state=state).unit((1, 0))
        acts = [activate(layer, [s])[0] for s in sums]
        np.testing.assert_allclose(found.mean.value, np.mean(acts), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found.variance.value, np.var(acts, ddof=1), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(state.totals[0].moments[2, -1], np.mean(sums), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("inverted", [False, True])
def test_distribution_equals_exact_enumeration(inverted: bool) -> None:
    """Mean and variance of 12 random units lie in their intervals, which all fail by chance with less than 2.4e-8."""
    for seed in range(12):
        rng = np.random.default_rng([seed, 7])
        network, x = random_unit(rng, int(rng.integers(1, 9)))
        if inverted and any((law.values == 0).any() for law in (network.unit_gates[0],  # type: ignore[union-attr]
                                                                network.connection_gates[1])):
            continue
        network = Network(network.layers, network.input_gate, inverted=inverted)
        mean, squares = enumerate_masks(network, x.tolist())
        found = simulate(network, x, 20_000, seed, error_probability=1e-9).unit((1, 0))
        assert found.mean.lower - 1e-12 <= mean[0] <= found.mean.upper + 1e-12
        variance = squares[0] - mean[0] ** 2
        assert found.variance.lower - 1e-12 <= variance <= found.variance.upper + 1e-12


def test_tables_and_the_general_kernel_agree_in_distribution() -> None:
    """The same unit with a second unit beside it takes the other kernel; the means differ within the intervals."""
    weights = np.random.default_rng(2).normal(size=(1, 90)) / 4
    keep: Any = [0.5] * 40 + [THIRD] * 50
    alone = Network([Layer(weights)], keep)
    beside = Network([Layer(np.vstack([weights, weights]))], keep)
    assert fits_tables(alone) and not fits_tables(beside)
    a = simulate(alone, np.ones(90), 300_000, 1, histogram={(1, 0): 8}).unit((1, 0))
    b = simulate(beside, np.ones(90), 300_000, 2).unit((1, 0))
    assert a.mean.lower <= b.mean.upper and b.mean.lower <= a.mean.upper and a.mean.half_width < 0.003
    assert a.variance.lower <= b.variance.upper and b.variance.lower <= a.variance.upper


def test_bias_of_tables_is_counted_and_inputs_share_masks() -> None:
    network = Network([Layer(np.ones((1, 12)), activation="linear")], [0.5] * 4 + [THIRD] * 8)
    plan = make_unit_plan(network, np.ones((1, 12)), np.float64)
    assert 0 < plan.bias < 2 * 64 * 2.0**-33 and len(plan.cuts) == 2
    assert make_unit_plan(Network([Layer([[1.0]])], 0.5), np.ones((1, 1)), np.float64).bias == 0.0
    both = simulate(network, np.array([np.ones(12), 2 * np.ones(12)]), 1000, 1, quantiles={(1, 0): [0.5]})
    np.testing.assert_allclose(both.mean.value[1, -1], 2 * both.mean.value[0, -1], rtol=1e-12)
    alone = simulate(network, 2 * np.ones(12), 1000, 1)
    assert alone.mean.value[-1] == both.mean.value[1, -1]
