"""Figures redrawn from simulations, as SVG and PNG without a background: readable on light and on dark pages.

Matplotlib is an optional dependency, imported when something is drawn. The files depend on the data alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dropout_theory.experiment.training_runs import Array, ScaleExperiment, Trained
from dropout_theory.sampling.intervals import MeanInterval, mean_interval

INK = "#767676"  # contrast of 4.5 on white as on black
COLOURS = {"dropout": "#2a86d9", "weight decay": "#d9700e", "none": "#3d9a5f"}
LABELS = {"dropout": "dropout", "weight decay": "weight decay", "none": "no regulariser"}
PANELS = {"loss": "Training error without dropout or penalty", "criterion": "What training minimises"}
MOST_REPETITIONS = 24  # drawn one by one
CAP = 1.0  # the loss of a network that answers 0


class MissingMatplotlib(ImportError):
    """Drawing needs matplotlib, which is not installed."""


def capped_intervals(losses: Array, error_probability: float) -> list[list[MeanInterval]]:
    """Intervals for the means of losses (runs, curves, scales), a loss above CAP counted as CAP.

    All hold together except with probability `error_probability`, at any number of runs and for any distribution.
    """
    capped = np.minimum(losses, CAP)
    runs, curves, scales = capped.shape
    share = error_probability / (curves * scales)
    spread = capped.var(axis=0, ddof=1) if runs > 1 else np.zeros((curves, scales))
    return [[mean_interval(runs, float(capped[:, c, s].mean()), float(spread[c, s]), 0.0, CAP, share, slack=1e-12)
             for s in range(scales)] for c in range(curves)]


def by_run(values: Array) -> Array:
    """(repetitions, curves, scales, runs) as (repetitions times runs, curves, scales)."""
    return np.moveaxis(values, -1, 1).reshape(-1, *values.shape[1:3])


def training_error_over_scale(experiment: ScaleExperiment, found: Trained, paths: Sequence[Path],
                              confidence: float = 0.95) -> None:
    """Draw mean training error and criterion over the scale of the inputs, and save it under every path.

    Bars are simultaneous intervals for the capped means, thin lines single repetitions. The format is that of the
    path's suffix. Raises MissingMatplotlib.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingMatplotlib("drawing needs matplotlib: pip install 'dropout-theory[figures]'") from None
    style: Any = {"svg.hashsalt": "dropout-theory", "font.size": 10, "text.color": INK,
                             "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(9.2, 4.3), layout="constrained")
        axes = figure.subplots(1, 2, sharex=True, sharey=True)
        for place, (name, title) in zip(axes, PANELS.items(), strict=True):
            _panel(place, experiment, getattr(found, name), confidence)
            place.set_title(title, fontsize=10.5, loc="left")
        axes[0].set_ylabel("mean squared error")
        figure.supxlabel(f"scale of the inputs\n{_caption(experiment, found, confidence)}", fontsize=9, color=INK)
        for path in paths:
            metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
            figure.savefig(path, transparent=True, dpi=200, metadata=metadata)


def _caption(experiment: ScaleExperiment, found: Trained, confidence: float) -> str:
    count, runs = len(found.loss), experiment.runs
    bars = f"bars: {confidence:.0%} intervals for the expected values, valid together, from {count * runs} runs"
    return bars if count == 1 else f"{bars}; thin lines: means of {runs} runs"


def _panel(place: Any, experiment: ScaleExperiment, values: Array, confidence: float) -> None:
    scales = [float(s) for s in experiment.scales]
    intervals = capped_intervals(by_run(values), 1 - confidence)
    repeated = np.minimum(values, CAP).mean(axis=-1)
    for c, name in enumerate(experiment.regularisers):
        colour = COLOURS[name]
        aside = [x + (c - 1) * 0.012 for x in scales]  # so that no bar hides another
        for line in repeated[:MOST_REPETITIONS, c] if len(repeated) > 1 else ():
            place.plot(scales, line, color=colour, linewidth=0.6, alpha=0.35, zorder=1)
        means = [i.mean for i in intervals[c]]
        below, above = ([m - i.lower for m, i in zip(means, intervals[c], strict=True)],
                        [i.upper - m for m, i in zip(means, intervals[c], strict=True)])
        place.errorbar(aside, means, (below, above), color=colour, linewidth=2, marker="o", markersize=4.5,
                       elinewidth=1.4, capsize=3, zorder=3)
        place.annotate(LABELS[name], (scales[-1], max(means[-1], 0.03)), (9, 0), textcoords="offset points",
                       color=colour, va="center", annotation_clip=False)
    place.set_xticks(scales, [f"{s:g}" for s in scales])
    place.set_ylim(0, 1.02)
    place.grid(axis="y", color=INK, alpha=0.2, linewidth=0.6)
    place.set_axisbelow(True)
    for side in ("top", "right"):
        place.spines[side].set_visible(False)
