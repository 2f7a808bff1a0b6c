"""The exact dropout penalty of logistic regression, and units with random inputs: against sums over masks."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb

from dropout_theory.engines.fourier import logistic_moments
from dropout_theory.engines.fourier_certified import certified_moments
from dropout_theory.engines.penalty import dropout_penalty, mixture_moments
from dropout_theory.evaluation.values import precision


def losses(weights: np.ndarray, row: np.ndarray, label: float, keep: np.ndarray, bias: float,
           inverted: bool) -> tuple[float, float]:
    """Expected log-loss over all masks, and the log-loss of the ensemble network."""
    expected, center = 0.0, bias
    for mask in itertools.product((0, 1), repeat=len(row)):
        chance = math.prod(p if m else 1 - p for m, p in zip(mask, keep, strict=True))
        s = bias + sum(w * x * m / (p if inverted else 1) for w, x, m, p in zip(weights, row, mask, keep, strict=True))
        expected += chance * (label * math.log1p(math.exp(-s)) + (1 - label) * math.log1p(math.exp(s)))
        center += chance * (s - bias)
    return expected, label * math.log1p(math.exp(-center)) + (1 - label) * math.log1p(math.exp(center))


@pytest.mark.parametrize("inverted", [False, True])
def test_penalty_is_the_difference_of_losses_over_all_masks(inverted: bool) -> None:
    generator = np.random.default_rng(8)
    weights, x, keep = generator.normal(size=6), generator.normal(size=(4, 6)), generator.uniform(0.2, 1, size=6)
    labels = [0, 1, 0.25, 1]
    found = dropout_penalty(weights, x, labels, keep=keep, bias=0.3, inverted=inverted)
    assert found.expected_loss is not None and found.ensemble_loss is not None
    for i, label in enumerate(labels):
        expected, ensemble = losses(weights, x[i], label, keep, 0.3, inverted)
        assert abs(found.exact[i] - (expected - ensemble)) < found.error[i] + 1e-14
        assert found.expected_loss[i] == pytest.approx(expected, abs=1e-13)
        assert found.ensemble_loss[i] == pytest.approx(ensemble, abs=1e-14)
    assert found.total == pytest.approx(sum(found.exact))
    unlabelled = dropout_penalty(weights, x, keep=keep, bias=0.3, inverted=inverted)
    assert (unlabelled.exact == found.exact).all() and unlabelled.expected_loss is None


def test_quadratic_approximation_is_good_for_small_weights_only() -> None:
    weights, x = np.linspace(-1, 1.5, 400), np.ones(400)
    ratios = []
    for scale in (1.0, 0.1, 0.01):
        found = dropout_penalty(scale * weights, x)
        ratios.append(abs(found.quadratic[0] / found.exact[0] - 1))
    assert ratios[2] < 1e-2 * ratios[1] and ratios[1] < 0.2 < ratios[0]


def test_no_dropout_no_penalty_and_bad_input_is_named() -> None:
    assert dropout_penalty([2.0, -1.0], [[1.0, 3.0]], keep=1.0).exact[0] < 1e-14
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (([1.0, 2.0], [[1.0]]), {}, "inputs has shape"), (([1.0], [math.inf]), {}, r"inputs\[0\] is inf"),
        (([1.0], [1.0]), {"labels": [2.0]}, r"labels\[0\] is 2.0"), (([1.0], [1.0]), {"keep": -0.5}, "keep"),
        (([1.0], [1.0]), {"keep": 0.0, "inverted": True}, "keep"),
    ]
    for arguments, details, message in cases:
        with pytest.raises(ValueError, match=message):
            dropout_penalty(*arguments, **details)


def test_a_random_input_vector() -> None:
    inputs, chances = [[1, -2, 3], [0, 5, 1]], [Fraction(1, 4), Fraction(3, 4)]
    keep = Fraction(1, 3)
    sure = mixture_moments([certified_moments(row, keep) for row in inputs], chances)
    fast = mixture_moments([logistic_moments(row, 1 / 3) for row in inputs], [0.25, 0.75])
    mean = square = center = arb(0)
    with precision(120):
        for row, chance in zip(inputs, chances, strict=True):
            for mask in itertools.product((0, 1), repeat=3):
                p = chance * keep ** sum(mask) * (1 - keep) ** (3 - sum(mask))
                s, q = sum(x * m for x, m in zip(row, mask, strict=True)), arb(p.numerator) / p.denominator
                o = 1 / (1 + (-arb(s)).exp())
                mean, square, center = mean + q * o, square + q * o * o, center + q * s
        for value, found, truth in ((fast.mean, sure.mean, mean), (fast.variance, sure.variance, square - mean * mean),
                                    (fast.nwgm, sure.nwgm, 1 / (1 + (-center).exp()))):
            assert found.overlaps(truth) and abs(value - float(truth.mid())) <= fast.error
    with pytest.raises(ValueError, match="chances"):
        mixture_moments([fast], [0.5])
