"""`dropout-theory figure`: redraw a figure of a paper from a simulation, and judge what is read off it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dropout_theory.cli.main import require_writable
from dropout_theory.verdicts.kernel import Context

if TYPE_CHECKING:
    from dropout_theory.experiment.training_runs import ScaleExperiment, Trained

FIGURES = ("helmbold2017:fig2",)
READINGS = ("optim", "undamped", "next-example", "all-examples", "decayed-biases")
CONFIDENCE = 0.95


@click.command(short_help="Redraw a figure from a simulation.")
@click.argument("identifier", metavar="ID", type=click.Choice(FIGURES))
@click.option("--runs", type=click.IntRange(10), default=200, show_default=True, metavar="N",
              help="Training runs, a multiple of the paper's ten; 10 are done in seconds, 2000 in minutes.")
@click.option("--reading", type=click.Choice(READINGS), default=READINGS[0], show_default=True,
              help="How the settings left open in print are read.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=Context.seed, show_default=True, metavar="N")
@click.option("--jobs", type=click.IntRange(1, 64), default=lambda: min(os.cpu_count() or 1, 16), metavar="N",
              help="Threads, by default one per processor; results do not depend on their number.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("."), metavar="DIR",
              help="Where the SVG and the PNG go, by default here.")
def figure(identifier: str, runs: int, reading: str, seed: int, jobs: int, out: Path) -> None:
    """Redraw a figure from a simulation at the paper's settings, as SVG and PNG, and judge what is read off it.

    The events tested are those of the recorded claims. Intervals hold at the number of runs drawn.
    """
    from dataclasses import replace

    from dropout_theory.experiment.training_runs import repetitions
    from dropout_theory.papers.helmbold2017 import s06_experiment as section
    from dropout_theory.report.figures import MissingMatplotlib, training_error_over_scale

    experiment = replace(section.EXPERIMENT, descent=section.READINGS[reading])
    if runs % experiment.runs:
        raise click.UsageError(f"--runs {runs}: not a multiple of {experiment.runs}, the runs of a repetition")
    name = identifier.replace(":", "-") + ("" if reading == READINGS[0] else f"-{reading}")
    paths = [out / f"{name}.{form}" for form in ("svg", "png")]
    out.mkdir(parents=True, exist_ok=True)
    for path in paths:
        require_writable(path, "--out")
    count = runs // experiment.runs
    click.echo(f"seed {seed}, {count} repetitions of {experiment.runs} runs, reading {reading}", err=True)
    with click.progressbar(length=count, label="training") as bar:
        found = repetitions(experiment, seed, count, jobs, lambda done, total: bar.update(1))
    click.echo(_table(experiment, found))
    click.echo(_events(found))
    try:
        training_error_over_scale(experiment, found, paths, CONFIDENCE)
    except MissingMatplotlib as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(f"saved {path}" for path in paths))


def _table(experiment: ScaleExperiment, found: Trained) -> str:
    """Mean losses, and intervals for them."""
    from dropout_theory.report.figures import CAP, by_run, capped_intervals
    from dropout_theory.report.terminal import table

    losses = by_run(found.loss)
    above = int((losses > CAP).sum())
    rows = [(name, f"{float(scale):g}", f"{losses[:, c, s].mean():.4f}", f"[{i.lower:.4f}, {i.upper:.4f}]",
             f"{found.criterion[:, c, s].mean():.4f}")
            for c, (name, intervals) in enumerate(zip(experiment.regularisers, capped_intervals(losses, 1 - CONFIDENCE),
                                                      strict=True))
            for s, (scale, i) in enumerate(zip(experiment.scales, intervals, strict=True))]
    header = ("regulariser", "scale", "training error", "interval", "criterion")
    return (f"{table(rows, header)}\n\nThe intervals hold together with confidence {CONFIDENCE:g}, a loss above "
            f"{CAP:g} counted as {CAP:g} ({above} of {losses.size}).")


def _events(found: Trained) -> str:
    """How often a repetition showed what the claims speak of, with an interval for its chance."""
    from dropout_theory.claims import load
    from dropout_theory.evaluation.evaluator import Evaluator
    from dropout_theory.experiment.simulated import events, means_of, outcomes
    from dropout_theory.papers.helmbold2017.s06_experiment import EXPERIMENT
    from dropout_theory.sampling.intervals import clopper_pearson_interval

    judge = Evaluator({})
    lines = [f"\nEvents of single repetitions; intervals for their chances have confidence {CONFIDENCE:g} each."]
    for label in ("sec6-dropout-insensitive", "sec6-weight-decay-sensitive", "sec6-unregularised"):
        claim = load("helmbold2017")[f"helmbold2017:{label}"]
        (event,) = events(claim.statement)
        seen = [judge.value(event.args[0], dict(outcome))
                for outcome in outcomes(event, lambda family: means_of(found, EXPERIMENT, family))]
        low, high = clopper_pearson_interval(len(seen), int(sum(seen)), 1 - CONFIDENCE)
        verdict = "more likely than not" if low > 0.5 else "less likely than not" if high < 0.5 else "undecided"
        lines.append(f"  {claim.title}:\n    in {int(sum(seen))} of {len(seen)}, chance in [{low:.3f}, {high:.3f}]: "
                     f"{verdict}")
    return "\n".join(lines)
