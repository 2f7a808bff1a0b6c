"""What dropout adds to the loss of logistic regression, exactly; and units whose input vector is itself random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from dropout_theory.engines.fourier import logistic_moments
from dropout_theory.engines.unit import Array, UnitMoments, finite_floats, logistic, rational, refuse, softplus


@dataclass(frozen=True)
class DropoutPenalty:
    """The dropout penalty of logistic regression on each case, in nats; arrays (cases,).

    `exact` = E(log-loss under dropout) - log-loss of the ensemble network, with `error` bounding its errors;
    `quadratic` = sigma'(E S) Var(S)/2, the second-order approximation of it. `expected_loss` and `ensemble_loss` are
    the two losses where labels were given, else None.
    """

    exact: Array
    error: Array
    quadratic: Array
    expected_loss: Array | None
    ensemble_loss: Array | None

    @property
    def total(self) -> float:
        """Sum of the exact penalties over the cases."""
        return math.fsum(self.exact)


def dropout_penalty(weights: Any, inputs: Any, labels: Any = None, *, keep: Any = 0.5, bias: float = 0.0,
                    inverted: bool = False) -> DropoutPenalty:
    """Return E(log-loss) under dropout of the inputs minus the log-loss of the deterministic ensemble network.

    The unit predicts sigma(S), S = bias + sum of weights * gates * inputs; `weights` (features,), `inputs` (cases,
    features) or (features,), `labels` (cases,) in [0, 1], `keep` one probability or one for each feature. `inverted`
    divides kept inputs by their keep probability. As E(S) is the ensemble's preactivation the labels cancel, and what
    is left is E log(1 + e^S) - log(1 + e^E(S)), which is never negative. Raises ValueError naming what does not fit.
    Source: Wager, Wang and Liang, Dropout training as adaptive regularization (NIPS 2013), for penalty and quadratic.
    """
    w, x = finite_floats("weights", weights), np.atleast_2d(finite_floats("inputs", inputs))
    if w.ndim != 1 or x.ndim != 2 or x.shape[1] != len(w):
        raise ValueError(f"inputs has shape {np.shape(inputs)}; allowed: (cases, {w.size}) as weights has")
    p = np.broadcast_to(finite_floats("keep", keep), w.shape)
    if inverted:
        refuse("keep", p, p <= 0, "above 0 where inverted is true")
        w = w / p
    y = None if labels is None else np.broadcast_to(finite_floats("labels", labels), (len(x),))
    if y is not None:
        refuse("labels", y, (y < 0) | (y > 1), "0 <= labels <= 1")
    exact, error, quadratic, ensemble = np.zeros((4, len(x)))
    for i, row in enumerate(x):
        unit = logistic_moments(w * row, p, bias=bias)
        center = unit.preactivation
        ensemble[i] = softplus(center) - (0 if y is None else y[i] * center)
        exact[i] = max(0.0, unit.softplus - softplus(center))
        error[i] = unit.softplus_error + 2.0**-52 * softplus(center)
        quadratic[i] = logistic(center) * logistic(-center) * math.fsum(p * (1 - p) * (w * row) ** 2) / 2
    return DropoutPenalty(exact, error, quadratic, None if y is None else ensemble + exact,
                          None if y is None else ensemble)


def mixture_moments(units: Sequence[UnitMoments], chances: Sequence[Any]) -> UnitMoments:
    """Moments of a unit that is `units[k]` with probability `chances[k]`: a random input vector, or random weights.

    NWGM is the logistic of the mean preactivation over gates and mixture. Works for floats, and for Arb balls with
    exact `chances` (whose sum must be 1; of floats within 1e-12). Raises ValueError for chances that are none.
    """
    if len(units) != len(chances) or not units:
        raise ValueError(f"chances has {len(chances)} entries; allowed: {len(units)}, one for each unit, at least one")
    exact = not isinstance(units[0].mean, float)
    shares = [rational(x, "chances") for x in chances] if exact else finite_floats("chances", chances).tolist()
    if any(not x >= 0 for x in shares) or abs(sum(shares) - 1) > (0 if exact else 1e-12):
        raise ValueError(f"chances is {list(chances)}; allowed: probabilities that sum to 1")
    if not exact:
        return _mixed(units, shares)
    from dropout_theory.evaluation.values import precision

    with precision(32 + max(u.mean.mid().bits() for u in units)):
        return _mixed(units, [arb(x) for x in shares])


def _mixed(units: Sequence[UnitMoments], chances: list[Any]) -> UnitMoments:
    def average(values: list[Any]) -> Any:
        return sum((x * y for x, y in zip(chances, values, strict=True)), 0 * values[0])

    mean, center = average([u.mean for u in units]), average([u.preactivation for u in units])
    spread = average([u.variance + (u.mean - mean) * (u.mean - mean) for u in units])
    nwgm = logistic(center) if isinstance(center, float) else 1 / (1 + (-center).exp())
    known = all(u.softplus is not None for u in units)
    return UnitMoments(mean, spread, nwgm, average([u.softplus for u in units]) if known else None, center,
                       sum(u.work for u in units), max(u.error for u in units) * 3,
                       max(u.softplus_error for u in units))


__all__ = ["DropoutPenalty", "dropout_penalty", "mixture_moments"]
