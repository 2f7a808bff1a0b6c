"""Numeric engines: moments of dropout networks by sampling and by exact computation; no evidence rests on them.

What is exported loads on use: `simulate` (Monte Carlo with intervals); `enumerated_network`, `rational_network`,
`certified_network` (all masks, in float64, fractions and balls); `linear_moments` (linear networks of any size);
`logistic_moments`, `certified_moments` (one logistic unit of any width); `enumerated_moments`,
`certified_enumeration` (one unit, all masks); `dropout_penalty` (logistic regression).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Layer": "network", "Network": "network", "Keep": "gates", "Spikes": "gates", "RandomLevel": "gates",
    "simulate": "simulation", "SimulationStopped": "simulation", "State": "totals",
    "enumerated_network": "network_enumeration", "rational_network": "network_exact",
    "certified_network": "network_exact", "linear_moments": "linear", "logistic_moments": "fourier",
    "certified_moments": "fourier_certified", "enumerated_moments": "unit_enumeration",
    "certified_enumeration": "unit_enumeration", "dropout_penalty": "penalty",
}

__all__ = list(_HOME)  # noqa: PLE0604 - strings, spelled out above


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_HOME)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
