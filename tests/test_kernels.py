"""Compiled kernels against plain Python, mask for mask, and against exact enumeration; and the cache they load from."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dropout_theory.expectations import numba_cache
from dropout_theory.expectations.intervals import mean_interval
from dropout_theory.expectations.montecarlo import block_moments
from dropout_theory.expectations.network_moments import (
    DenseLayer,
    compile_network,
    network_masks,
    network_moments,
)

THIRD = Fraction(1, 3)


def small_network(activations: tuple[str, str]) -> tuple[list[DenseLayer], list[float], list[Any]]:
    layers = [DenseLayer([[1.0, -2.0, 0.5], [0.25, 1.5, 1.0]], [0.5, -0.75], activations[0]),
              DenseLayer([[2.0, -1.0], [-0.5, 1.0]], None, activations[1])]
    return layers, [1.0, -0.5, 2.0], [[THIRD, 1, Fraction(3, 4)], [Fraction(1, 2), Fraction(9, 10)]]


def run_in_python(layers: list[DenseLayer], x: list[float], gates: list[float], keep: list[float],
                  inverted: bool) -> tuple[list[float], list[float]]:
    """Pre-activations and activations of all units behind the inputs, for one mask, in plain Python floats."""
    pre: list[float] = []
    post: list[float] = []
    current, unit = list(x), 0
    for layer in layers:
        below = []
        for value in current:
            scale = 1.0 / keep[unit] if inverted else 1.0
            below.append(value * scale if gates[unit] else 0.0)
            unit += 1
        current = []
        for row, bias in zip(np.asarray(layer.weights).tolist(), np.asarray(layer.bias).tolist(), strict=True):
            s = 0.0
            for weight, value in zip(row, below, strict=True):
                s += weight * value
            s += bias
            pre.append(s)
            functions = {"linear": s, "relu": max(s, 0.0), "logistic": 1.0 / (1.0 + math.exp(-s))}
            current.append(functions[layer.activation])
        post += current
    return pre, post


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("activations", [("linear", "relu"), ("relu", "logistic"), ("logistic", "linear")])
def test_single_masks_equal_plain_python(activations: tuple[str, str], inverted: bool) -> None:
    """With one sample the moments are that sample's values: equal bits for linear and rectified units."""
    layers, x, keep = small_network(activations)
    network = compile_network(layers, x, keep, inverted)
    masks = network_masks(layers, x, keep, 0, 60, 11)
    assert len({tuple(row) for row in masks.tolist()}) > 10
    assert masks[:, 1].all() and masks[:, 5:].all()
    code, units = numba_cache.kernels(), int(network.sizes.sum())
    from dropout_theory.expectations.rng import derive_key

    k0, k1 = (np.uint64(word) for word in derive_key(11))
    for i, gates in enumerate(masks.tolist()):
        mean, squares = np.empty((2, units)), np.empty((2, units))
        code.network_block(np.uint64(i), 1, k0, k1, network.sizes, network.codes, network.weights, network.biases,
                           network.inputs, network.thresholds, network.scales, mean, squares)
        pre, post = run_in_python(layers, x, gates, [float(p) for p in network.keep], inverted)
        assert not squares.any()
        if "logistic" in activations:
            np.testing.assert_allclose(mean[:, 3:], [pre, post], rtol=1e-14, atol=1e-15)
        else:
            np.testing.assert_array_equal(mean[:, 3:], [pre, post])


def test_streaming_moments_equal_two_pass_moments_of_the_same_masks() -> None:
    layers, x, keep = small_network(("relu", "logistic"))
    masks = network_masks(layers, x, keep, 0, 3000, 4)
    exact = [run_in_python(layers, x, gates, [1.0] * 7, False) for gates in masks.tolist()]
    found = network_moments(layers, x, keep, 3000, 4)
    for part, mean, variance in ((0, found.pre_mean, found.pre_variance), (1, found.mean, found.variance)):
        table = np.array([pair[part] for pair in exact])
        np.testing.assert_allclose(np.concatenate(mean), table.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(np.concatenate(variance), table.var(axis=0, ddof=1), rtol=1e-11)


@pytest.mark.parametrize("inverted", [False, True])
def test_means_agree_with_exact_enumeration(inverted: bool) -> None:
    """Every unit's mean over all 2^5 masks lies in its interval; false alarm below 2e-8 in total (fixed seed)."""
    layers, x, keep = small_network(("relu", "logistic"))
    flat = [Fraction(p) for row in keep for p in row]
    lowest, highest = np.full(4, np.inf), np.full(4, -np.inf)
    mean = np.zeros(4)
    for bits in itertools.product((0, 1), repeat=5):
        weight = math.prod((p if bit else 1 - p for p, bit in zip(flat, bits, strict=True)), start=Fraction(1))
        post = np.array(run_in_python(layers, x, [*bits, 1, 1], [float(p) for p in flat] + [1.0] * 2, inverted)[1])
        mean += float(weight) * post
        lowest, highest = np.minimum(lowest, post), np.maximum(highest, post)
    n = 200_000
    found = network_moments(layers, x, keep, n, 99, inverted=inverted)
    for j, (value, variance) in enumerate(zip(np.concatenate(found.mean), np.concatenate(found.variance), strict=True)):
        box = mean_interval(n, float(value), float(variance), float(lowest[j]), float(highest[j]), 2.5e-9,
                            slack=1e-12, bias=5 / 2**33)
        assert box.lower <= mean[j] <= box.upper
        assert box.half_width < 0.02 * (highest[j] - lowest[j])


def test_the_enumeration_check_can_fail() -> None:
    """A network that keeps with 1 - p, or scales when it must not, falls outside the same intervals."""
    layers, x, keep = small_network(("linear", "linear"))
    right = network_moments(layers, x, keep, 200_000, 1).mean[1]
    wrong = [[1 - Fraction(p) for p in row] for row in keep]
    assert abs(right - network_moments(layers, x, wrong, 200_000, 1).mean[1]).max() > 0.1
    assert abs(right - network_moments(layers, x, keep, 200_000, 1, inverted=True).mean[1]).max() > 0.1


def test_sure_and_dead_gates_leave_no_variance() -> None:
    layers, x, _ = small_network(("relu", "linear"))
    everything = network_moments(layers, x, [1, 1], 5000, 1)
    assert not np.concatenate(everything.variance).any()
    pre, post = run_in_python(layers, x, [1] * 7, [1.0] * 7, False)
    np.testing.assert_array_equal(np.concatenate(everything.mean), post)
    nothing = network_moments(layers, x, [0, 0], 5000, 1)
    np.testing.assert_array_equal(nothing.pre_mean[0], [0.5, -0.75])
    assert not nothing.mean[1].any()


def test_network_gates_compare_strictly_at_the_threshold_itself() -> None:
    from dropout_theory.expectations.rng import WORD, derive_key

    words = np.empty((1, 4), np.uint64)
    numba_cache.kernels().philox_words(np.zeros((1, 4), np.uint64), np.array(derive_key(6), np.uint64), words)
    keep = [[Fraction(int(words[0, 0]), WORD), Fraction(int(words[0, 1]) + 1, WORD)]]
    one_mask = network_moments([DenseLayer([[1.0, 10.0]])], [1.0, 1.0], keep, 1, 6)
    assert one_mask.mean[0].tolist() == [10.0]


def test_same_bits_for_any_number_of_workers() -> None:
    layers, x, keep = small_network(("relu", "logistic"))
    alone = network_moments(layers, x, keep, 150_001, 5)
    for workers in (1, 2, 4):
        with ThreadPoolExecutor(workers) as pool:
            shared = network_moments(layers, x, keep, 150_001, 5, executor=pool)
        for a, b in zip((*alone.mean, *alone.pre_variance), (*shared.mean, *shared.pre_variance), strict=True):
            assert a.tobytes() == b.tobytes()


def test_one_call_is_short_whatever_the_width() -> None:
    wide = compile_network([DenseLayer(np.ones((400, 3000))), DenseLayer(np.ones((1, 400)))], np.ones(3000),
                           [Fraction(1, 2)] * 2, False)
    assert wide.block == 32
    assert compile_network([DenseLayer([[1.0]])], [1.0], [1], False).block == 4096
    network_moments([DenseLayer([[1.0]])], [1.0], [1], 1, 1)
    start = time.perf_counter()
    network_moments([DenseLayer(np.ones((400, 3000))), DenseLayer(np.ones((1, 400)))], np.ones(3000), [1, 1], 32, 1)
    assert time.perf_counter() - start < 2.0  # about 0.1 s; the margin is for a busy machine


@pytest.mark.parametrize(("change", "message"), [
    ({"layers": []}, "layers must have at least one layer"),
    ({"x": [1.0]}, r"layers\[0\].weights must have 1 columns, not 2"),
    ({"x": [1.0, float("nan")]}, "x must be finite, not .*nan"),
    ({"keep": []}, "keep must have 1 members"),
    ({"keep": [[1]]}, r"keep\[0\] must be a probability or 2 of them, not 1"),
    ({"keep": [[1, 2]]}, r"keep\[0\]\[1\] must be in \[0, 1\], not 2"),
    ({"keep": [0], "inverted": True}, "keep must be greater than 0 everywhere when inverted"),
    ({"samples": 0}, "samples must be an integer of at least 1, not 0"),
])
def test_bad_networks(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"layers": [DenseLayer([[1.0, 2.0]])], "x": [1.0, 2.0], "keep": [1], "samples": 1, "seed": 1}
    network_moments(**good)
    with pytest.raises(ValueError, match=message):
        network_moments(**(good | change))


@pytest.mark.parametrize(("arguments", "message"), [
    (([[1.0], [2.0]], [1.0]), r"bias must have one entry per unit \(2\), not shape \(1,\)"),
    (([1.0],), r"weights must be a non-empty array of 2 dimension"),
    (([[1.0]], None, "tanh"), "activation must be one of linear, relu, logistic, not 'tanh'"),
])
def test_bad_layers(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DenseLayer(*arguments)


def test_column_moments_are_compensated() -> None:
    column = np.array([1e16, 1.0, -1e16, 1.0] * 256)[:, None]
    moments = block_moments(column, 0)
    assert moments.mean[0] == 0.5 and moments.counts[:, 0].tolist() == [0, 512]
    assert (moments.least[0], moments.greatest[0]) == (-1e16, 1e16)
    values = np.random.default_rng(1).random((999, 3)) + 1e6
    moments = block_moments(values, 0)
    assert moments.mean.tolist() == [pytest.approx(math.fsum(c) / 999, rel=3e-16) for c in values.T.tolist()]
    np.testing.assert_allclose(moments.squares, values.var(axis=0) * 999, rtol=1e-12)


def test_kernels_load_on_use_only() -> None:
    text = ("import sys, dropout_theory.expectations.montecarlo as m, dropout_theory.expectations.network_moments\n"
            "assert 'numba' not in sys.modules and 'scipy' not in sys.modules\n"
            "from dropout_theory.expectations.rng import *\n"
            "m.draw_block(SamplingPlan((Bernoulli(1),)), (0, 0), 0)\n"
            "assert 'numba' in sys.modules")
    subprocess.run([sys.executable, "-c", text], check=True, timeout=120)


def test_cache_folder_depends_on_source_and_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "chosen"))
    first = numba_cache.cache_folder("1.0")
    assert first.parent == tmp_path / "chosen" / "dropout_theory" and first.is_dir()
    assert numba_cache.cache_folder("2.0") != first
    copy = tmp_path / "kernels.py"
    copy.write_bytes(numba_cache.kernel_source().read_bytes() + b"\n")
    monkeypatch.setattr(numba_cache, "kernel_source", lambda: copy)
    assert numba_cache.cache_folder("1.0") != first
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    fallback = numba_cache.cache_folder("1.0")
    assert fallback.is_dir() and "dropout-theory-numba-" in fallback.name


def test_the_users_own_numba_cache_setting_is_left_alone() -> None:
    import numba

    numba_cache.kernels()
    config: Any = numba.config
    assert str(numba_cache.cache_root()) not in (config.CACHE_DIR or os.devnull)


def test_first_use_from_several_threads() -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(numba_cache.kernels())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1 and len(found) == 4
