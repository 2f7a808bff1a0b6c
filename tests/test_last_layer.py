"""The last layer integrated over its own gates: against plain Python, all masks, and its own stated coverage."""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest
from reference_network import enumerate_masks, over_own_gates, trace
from test_network_kernels import KINDS, random_gates, random_network

from dropout_theory.engines import last_layer
from dropout_theory.engines.gates import RandomLevel, Spikes
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.ranges import unit_ranges
from dropout_theory.engines.simulation import simulate
from dropout_theory.engines.totals import State
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.rng import derive_key

RNG = np.random.default_rng(2)
WIDE = Network([Layer(RNG.normal(size=(30, 8)), RNG.normal(size=30), gate=0.5),
                Layer(RNG.normal(size=(2, 38)) * ([1 / 3] * 30 + [0.01] * 8), sources=[1, 0], c=[0.5, 2.0],
                      slope=[2.0, -1.0])], input_gate=0.97)
X = RNG.normal(size=8)


def conditional(network: Network, x: list[float], samples: int) -> tuple[Any, Any]:
    """Means and variances over own gates of the first samples in plain Python, (samples, last units)."""
    key = derive_key(5)
    rows = [over_own_gates(network, x, *trace(network, x, i, key)[1:]) for i in range(samples)]
    return np.array([mean for mean, _ in rows]), np.array([spread for _, spread in rows])


def check_against_plain_python(network: Network, x: list[float], samples: int, tolerance: float) -> None:
    state = State()
    simulate(network, x, samples, 5, control="last-layer", state=state, workers=1)
    last = state.totals[0].moments[6:, -network.sizes[-1]:]
    means, spreads = conditional(network, x, samples)
    for rows, table in ((last[:2], means), (last[2:], spreads)):
        np.testing.assert_allclose(rows[0], table.mean(axis=0), rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(rows[1], table.var(axis=0) * samples, rtol=1e-7, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_moments_over_own_gates_equal_plain_python(kind: str) -> None:
    """Of one sample and of 130, which span two chunks."""
    checked = 0
    for seed in range(16):
        network, x = random_network(kind, np.random.default_rng([seed, KINDS.index(kind)]))
        if network.layers[-1].activation == "softmax" or random_gates(network) > (14 if kind == "levels" else 8):
            continue
        for samples in (1, 130) if checked < 2 else (1,):
            check_against_plain_python(network, x, samples, 1e-11)
        checked += 1
    assert checked >= 5


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_the_fourier_form_equals_plain_python(activation: str) -> None:
    """Eleven gates of their own into each of two units, which is cheaper by the Fourier form; one skips."""
    rng = np.random.default_rng(4)
    shape: dict[str, Any] = {"c": [0.5, 2.0], "slope": [-3.0, 1.0]} if activation == "logistic" else {}
    skips = Network([Layer(rng.normal(size=(11, 4)), gate=0.3),
                     Layer(2 * rng.normal(size=(2, 15)), rng.normal(size=2), activation, sources=[0, 1], **shape)],
                    [0.5, 0.9, 0.1, 0.25])
    spikes = Network([Layer(rng.normal(size=(11, 4)), gate=Spikes(1.5)),
                      Layer(rng.normal(size=(2, 11)), [10.0, 0.0], activation, **shape)], 0.5)
    for network in (skips, spikes):
        made = last_layer.make_last_layer(network, [unit_ranges(network, np.ones(4))])
        assert (made.tables[8] == last_layer.FOURIER).all()
        check_against_plain_python(network, [1.0] * 4, 2, 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_mean_and_variance_over_all_masks_lie_in_the_intervals(kind: str) -> None:
    """12 random networks a kind; the intervals of one hold together but for 1e-9, so all fail by chance below 1e-7."""
    checked = 0
    for seed in range(24):
        network, x = random_network(kind, np.random.default_rng([100 + seed, KINDS.index(kind)]))
        if random_gates(network) > 10 or network.layers[-1].activation == "softmax" or checked == 12:
            continue
        checked += 1
        mean, squares = enumerate_masks(network, x)
        found = simulate(network, x, 20_000, seed, error_probability=1e-9, control="last-layer")
        inputs, slack = network.sizes[0], 1e-5 if kind == "levels" else 1e-12  # scaled levels are no polynomials
        box, spread = found.mean[inputs:], found.variance[inputs:]
        assert (box.lower - slack <= mean).all() and (mean <= box.upper + slack).all()
        variance = np.array(squares) - np.array(mean) ** 2
        assert (spread.lower - slack <= variance).all() and (variance <= spread.upper + slack).all()
        assert (found.gain > 0).all()
    assert checked >= 5


def test_measured_coverage() -> None:
    """300 runs at error probability 0.2 for all intervals together: at most 96 may miss; P < 2e-6 if they hold."""
    network = Network([Layer([[2.0, -1.0], [1.0, 1.0]], gate=0.5), Layer([[3.0, -2.0]])], [0.5, 0.1])
    mean, squares = (np.array(part) for part in enumerate_masks(network, [1.0, 1.0]))
    misses = narrow = 0
    for seed in range(300):
        found = simulate(network, [1.0, 1.0], 4000, seed, error_probability=0.2, workers=1, control="last-layer")
        box, spread = found.mean[2:], found.variance[2:]
        inside = (box.lower <= mean) & (mean <= box.upper)
        inside &= (spread.lower <= squares - mean**2) & (squares - mean**2 <= spread.upper)
        misses += not inside.all()
        narrow += bool((8 * abs(box.value - mean) > box.half_width).any())
    assert misses <= 96 < narrow  # intervals of an eighth of the width would be noticed
    widths = [simulate(network, [1.0, 1.0], 200_000, 1, error_probability=0.2, control=control).unit((2, 0))
              for control in ("last-layer", None)]
    assert widths[0].mean.half_width < widths[1].mean.half_width / 4 < 0.001  # the intervals say something
    assert widths[0].variance.half_width < widths[1].variance.half_width / 2 < 0.001


def test_everything_else_is_as_without_and_bits_do_not_depend_on_workers() -> None:
    wishes: dict[str, Any] = {"covariances": [((2, 0), (1, 3))], "histogram": {(2, 1): 9}, "quantiles": {(1, 0): [0.5]}}
    plain, found = (simulate(WIDE, X, 20_001, 3, control=control, **wishes) for control in (None, "last-layer"))
    below = slice(None, -2)
    for name in ("mean", "variance", "preactivation", "alpha"):
        np.testing.assert_allclose(getattr(plain, name).value[below], getattr(found, name).value[below], rtol=1e-11,
                                   atol=1e-14)  # the same samples, in blocks of another size
    assert (plain.histograms[(2, 1)].counts == found.histograms[(2, 1)].counts).all()
    assert plain.quantiles[(1, 0), 0.5].value == found.quantiles[(1, 0), 0.5].value
    pair = ((2, 0), (1, 3))
    assert plain.covariances[pair].value == pytest.approx(float(found.covariances[pair].value), rel=1e-9)
    assert found.gain[-2:].min() > 2 and (found.gain[below] < 1).all()  # the cost is that of all units
    assert (found.mean.half_width[-2:] < plain.mean.half_width[-2:]).all()
    assert (found.variance.half_width[-2:] < plain.variance.half_width[-2:]).all()

    def bits(**options: Any) -> bytes:
        result = simulate(WIDE, X, 20_001, 3, control="last-layer", **options)
        return b"".join(getattr(part, side).tobytes() for part in (result.mean, result.variance, result.epsilon)
                        for side in ("value", "lower", "upper"))

    alone, state = bits(workers=1), State()
    assert bits(workers=3) == alone
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert bits(executor=processes) == alone
    with pytest.raises(KeyboardInterrupt):
        bits(state=state, progress=interrupt)
    assert 0 < state.samples < 20_001 and bits(state=state) == alone
    with pytest.raises(ValueError, match="state must come from the same network"):
        simulate(WIDE, X, 20_001, 3, state=state)


def interrupt(done: int, _: int) -> None:
    raise KeyboardInterrupt


def test_several_inputs_single_precision_and_one_layer() -> None:
    both = simulate(WIDE, np.stack([X, -X]), 3000, 3, control="last-layer")
    for i, x in enumerate((X, -X)):
        single = simulate(WIDE, x, 3000, 3, control="last-layer")
        np.testing.assert_allclose(both.mean.value[i], single.mean.value, rtol=1e-12)
    short = simulate(WIDE, X, 3000, 3, control="last-layer", dtype=np.float32)
    np.testing.assert_allclose(short.mean.value, simulate(WIDE, X, 3000, 3, control="last-layer").mean.value, rtol=2e-5)
    exact = simulate(Network([Layer([[1.0, -2.0, 3.0]], [0.5])], 0.25), [1.0, 1.0, 1.0], 64, 1, control="last-layer")
    mean, squares = enumerate_masks(Network([Layer([[1.0, -2.0, 3.0]], [0.5])], 0.25), [1.0, 1.0, 1.0])
    assert exact.mean.value[3] == pytest.approx(mean[0], rel=1e-14)
    assert exact.variance.value[3] == pytest.approx(squares[0] - mean[0] ** 2, rel=1e-13) and exact.gain[3] == np.inf


def test_edges() -> None:
    """Huge weights, saturation with a spread of 1e-9, gates always open or closed, constant units, infinite reach."""
    huge = simulate(Network([Layer([[1e300, -1e300]])], [0.5, 0.5]), [1.0, 1.0], 64, 1, control="last-layer")
    assert huge.mean.value[2] == 0.5 and huge.variance.value[2] == pytest.approx(1 / 8)
    near = simulate(Network([Layer([[0.7]], [20.0])], 0.5), [1.0], 64, 1, control="last-layer").unit((1, 0))
    gap = 1 / (1 + np.exp(-20.7)) - 1 / (1 + np.exp(-20.0))
    assert near.variance.value == pytest.approx(gap**2 / 4, rel=1e-6)
    sure = simulate(Network([Layer([[1.0, 2.0]], activation="relu")], [1, 0]), [3.0, 1.0], 64, 1, control="last-layer")
    assert sure.mean.value[2] == 3.0 and sure.variance.value[2] == 0.0
    flat = Network([Layer(np.ones((2, 20)), c=[0.0, 3.0], slope=[1.0, 0.0])], 0.5)
    assert simulate(flat, np.ones(20), 64, 1, control="last-layer").mean.value[20:].tolist() == [1.0, 0.25]
    level = Network([Layer(np.eye(2), activation="linear", gate=RandomLevel(0.2, 0.8)), Layer([[1.0, 1.0]])])
    assert simulate(level, [1.0, 2.0], 6400, 1, control="last-layer").gain[-1] < 1.0  # no gates of its own


@pytest.mark.parametrize(("network", "message"), [
    (Network([Layer(np.eye(2), activation="softmax")], 0.5), "control must not be 'last-layer' for a softmax layer"),
    (Network([Layer(np.ones((1, 17)), activation="relu")], 0.5), "for relu units with 17 gates of their own"),
    (Network([Layer(np.full((1, 17), 1e12))], 0.5), "control must not be 'last-layer' where that takes"),
    (Network([Layer([[1e200]], activation="linear")], 0.5), "control must not be 'last-layer' for outputs beyond"),
])
def test_what_has_no_such_form_is_refused(network: Network, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        simulate(network, np.ones(network.sizes[0]), 64, 1, control="last-layer")


def test_constants_agree_between_host_and_kernels() -> None:
    kernels = load_kernels("engines.last_layer_kernels")
    for name in ("CLOSED_FORM", "MASKS", "FOURIER", "PART"):
        assert getattr(last_layer, name) == getattr(kernels, name)
