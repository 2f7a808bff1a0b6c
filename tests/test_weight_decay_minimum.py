"""Gradient descent from many starts finds no weight-decay criterion below the closed form, and comes close to it."""

from __future__ import annotations

import numpy as np
import pytest

STARTS, UNITS, STEPS = 64, 3, 6000


def closed_form(x: np.ndarray, decay: float) -> tuple[float, float]:
    """Least criterion and risk of its minimisers (theorem 7)."""
    slope = decay / np.sqrt(x @ x)
    activation = max(0.0, 1 - 2 * slope)
    return (1 - activation) ** 2 / 4 + slope * activation, min(0.25, slope**2)


def descend(x: np.ndarray, decay: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Criterion and risk after gradient descent from random starts, one per row; hidden biases are trained too."""
    rng = np.random.default_rng(seed)
    into, bias = rng.normal(size=(STARTS, UNITS, x.size)), rng.normal(size=(STARTS, UNITS))
    out, last = rng.normal(size=(STARTS, UNITS)), rng.normal(size=STARTS)

    def forward() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        on_x, on_zero = np.maximum(0, into @ x + bias), np.maximum(0, bias)
        return on_x, on_zero, (out * on_x).sum(1) + last - 1, (out * on_zero).sum(1) + last

    for _ in range(STEPS):
        on_x, on_zero, miss_x, miss_zero = forward()
        back_x, back_zero = miss_x[:, None] * out * (on_x > 0), miss_zero[:, None] * out * (on_zero > 0)
        slope_out = miss_x[:, None] * on_x + miss_zero[:, None] * on_zero + decay * out
        into = into - 0.03 * (back_x[..., None] * x + decay * into)
        bias = bias - 0.03 * (back_x + back_zero)
        out, last = out - 0.03 * slope_out, last - 0.03 * (miss_x + miss_zero)
    _, _, miss_x, miss_zero = forward()
    risk = (miss_x**2 + miss_zero**2) / 2
    return risk + decay / 2 * ((out**2).sum(1) + (into**2).sum((1, 2))), risk


@pytest.mark.parametrize(("x", "decay"), [([1.0], 0.2), ([1.0, -1.0], 0.3), ([0.5, 1.0, 2.0], 0.4), ([1.0, 1.0], 0.9)])
def test_descent_ends_at_the_closed_form(x: list[float], decay: float) -> None:
    inputs = np.array(x)
    least, risk_there = closed_form(inputs, decay)
    criterion, risk = descend(inputs, decay, seed=7)
    assert criterion.min() >= least - 1e-12
    assert criterion.min() == pytest.approx(least, abs=1e-5)
    assert risk[criterion.argmin()] == pytest.approx(risk_there, abs=1e-3)
