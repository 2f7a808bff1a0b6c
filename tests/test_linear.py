"""Linear networks: bounds on rounding against exact rationals; random noise levels as mixtures of fixed ones."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from dropout_theory.engines.gates import RandomLevel, Spikes
from dropout_theory.engines.linear import linear_moments
from dropout_theory.engines.network import Layer, Network

THIRD = Fraction(1, 3)


def linear_network(rng: np.random.Generator, gates: list[Any], *, inverted: bool = False, wires: Any = 0.7) -> Network:
    """Three linear layers, the last of which reads two."""
    sizes, sources = (5, 4, 3, 2), ([0], [1], [2, 0])
    layers = []
    for n, reads in enumerate(sources, 1):
        shape = (sizes[n], sum(sizes[k] for k in reads))
        layers.append(Layer(rng.normal(size=shape) * 10.0 ** rng.integers(-3, 4, size=shape), rng.normal(size=sizes[n]),
                            "linear", gate=gates[n], connection_gate=wires, sources=reads))
    return Network(layers, gates[0], inverted=inverted)


@pytest.mark.parametrize("seed", range(12))
def test_what_rounding_did_is_bounded(seed: int) -> None:
    """Weights of very different sizes, so that sums cancel; a bound that is not met by accident, and not idle."""
    rng = np.random.default_rng(seed)
    network = linear_network(rng, [THIRD, 0.9, [1, THIRD, 0], 1], inverted=False, wires=THIRD if seed % 2 else 1)
    x = rng.normal(size=5)
    found, exact = linear_moments(network, x), linear_moments(network, x, exact=True)
    assert not exact.mean_error and len(found.covariance_error) == 4
    for values, errors, truths in ((found.mean, found.mean_error, exact.mean),
                                   (found.covariance, found.covariance_error, exact.covariance)):
        for value, error, truth in zip(values, errors, truths, strict=True):
            missed = [abs(Fraction(float(a)) - b) for a, b in zip(value.ravel(), truth.ravel(), strict=True)]
            assert all(gap <= Fraction(float(bound)) for gap, bound in zip(missed, error.ravel(), strict=True))
            assert (error <= 1e-12 * np.abs(value).max() + 1e-300).all()


@pytest.mark.parametrize("inverted", [False, True])
def test_random_levels_are_mixtures_of_fixed_ones(inverted: bool) -> None:
    """Gauss's rule with 10 nodes a level; two layers with levels of their own, one of them between two readers."""
    rng = np.random.default_rng(5)
    laws: list[Any] = [RandomLevel(0.1, 0.6), RandomLevel(0.3, 0.5), 0.75, 1]
    wires = 0.5
    network, x = linear_network(np.random.default_rng(1), laws, inverted=inverted, wires=wires), rng.normal(size=5)
    found = linear_moments(network, x, between=True)
    means, squares = np.zeros(14), np.zeros((14, 14))
    nodes = [(law.low + (law.high - law.low) * (t + 1) / 2, w / 2) for law in laws[:2]
             for t, w in zip(*np.polynomial.legendre.leggauss(10), strict=True)]
    for (a, v), (b, w) in itertools.product(nodes[:10], nodes[10:]):
        part = linear_moments(linear_network(np.random.default_rng(1), [1 - a, 1 - b, 0.75, 1], inverted=inverted,
                                             wires=wires), x, between=True)
        mean = np.concatenate(part.mean)
        means += v * w * mean
        squares += v * w * (joint(part) + np.outer(mean, mean))
    np.testing.assert_allclose(np.concatenate(found.mean), means, rtol=1e-11)
    expected = squares - np.outer(means, means)
    np.testing.assert_allclose(joint(found), expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())
    if not inverted:
        exact = linear_moments(network, x, exact=True)
        np.testing.assert_allclose(found.covariance[3], exact.covariance[3].astype(float), rtol=1e-12)
        gap = np.abs(found.covariance[3] - exact.covariance[3].astype(float))
        assert (gap <= found.covariance_error[3] + 1e-16 * np.abs(found.covariance[3])).all()


def joint(moments: Any) -> Any:
    """All covariances as one table."""
    layers = range(len(moments.mean))
    return np.block([[moments.covariance[k] if k == m else moments.between[k, m] if k < m else moments.between[m, k].T
                      for m in layers] for k in layers])


def test_what_has_no_such_moments_is_refused() -> None:
    layers = [Layer([[1.0, 1.0]], activation="linear")]
    same = linear_moments(Network(layers, RandomLevel(0.5, 0.5), inverted=True), [1, 1], exact=True)
    assert same.variance[1][0] == 2  # a level that is none
    with pytest.raises(ValueError, match="gate of layer 0 must not have a random noise level with inverted scaling"):
        linear_moments(Network(layers, RandomLevel(0.25, 0.5), inverted=True), [1, 1], exact=True)
    with pytest.raises(ValueError, match="gate of layer 0 must be keep probabilities or a random noise level"):
        linear_moments(Network(layers, Spikes(1.0)), [0.5, 1.0])
