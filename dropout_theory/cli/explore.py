"""`dropout-theory explore`: sampled and statistical evidence with new seeds, round after round."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import click

from dropout_theory.cli.check import default_jobs, progress_bar
from dropout_theory.cli.main import complete_id, executor_option, ledger_option
from dropout_theory.verdicts.kernel import Context
from dropout_theory.verdicts.methods import require_sound

METHODS = ("exact", "montecarlo", "property")
STANDING = ("proved", "supported")  # verdicts that no method may speak against
_CONFIDENCE_ERROR = 0.01


def seeds(rounds: int, first: int | None) -> Iterator[int]:
    """`rounds` seeds: unpredictable ones, or one after another from `first` on."""
    for number in range(rounds):
        yield secrets.randbits(32) if first is None else first + number


@click.command(short_help="Run sampled evidence with new seeds, round after round.")
@click.argument("patterns", nargs=-1, metavar="[ID|PAPER|GLOB]...", shell_complete=complete_id)
@click.option("--rounds", type=click.IntRange(1, 1_000_000), default=1, show_default=True, help="Seeds to try.")
@click.option("--method", "only", multiple=True, type=click.Choice(METHODS), metavar="METHOD",
              help=f"Run only this method (repeatable): {', '.join(METHODS)}.")
@click.option("--first-seed", type=click.IntRange(0, 2**63), metavar="N",
              help="Seeds N, N+1, ... instead of unpredictable ones.")
@click.option("--jobs", type=click.IntRange(1, 256), default=default_jobs, metavar="N",
              help="Worker processes, by default one per processor.")
@click.option("--fast", is_flag=True, help="Smaller samples.")
@click.option("--claims", "module", metavar="MODULE",
              help="Explore the claims of MODULE.registry() instead of the papers'.")
@executor_option
@ledger_option
def explore(patterns: tuple[str, ...], rounds: int, only: tuple[str, ...], first_seed: int | None, jobs: int,
            fast: bool, module: str | None, executor: str, ledger_path: Path | None) -> int:
    """Try to refute claims that stand, with seeds never used before; meant to be left running.

    Every failure is printed with the command that repeats it, and makes the exit status 1. As a proved claim cannot
    fail, a failing statistical check of one is a false alarm: their measured rate ends the run.
    """
    from dropout_theory.report import ledger as ledgers
    from dropout_theory.report.verdicts import reproduce
    from dropout_theory.running.runner import run, sources
    from dropout_theory.sampling.intervals import clopper_pearson_interval

    require_sound()
    recorded = ledgers.Ledger.read(ledger_path or ledgers.DEFAULT)
    standing = {c["id"] for c in recorded if c["verdict"] in STANDING}
    proved = {c["id"] for c in recorded if c["verdict"] == "proved"}
    claims, checkers = sources(module)
    alarms = checks = 0
    broken = False
    for number, seed in enumerate(seeds(rounds, first_seed), 1):
        bar = progress_bar()
        found = run(patterns, context=Context(seed=seed, fast=fast, jobs=jobs), only=only or METHODS, progress=bar,
                    claims=claims, checkers=checkers, executor=executor)
        if bar:
            bar.clear()
        failing = [(i, r) for i, records in found.records.items() if i in standing for r in records
                   if r["outcome"] == "fails"]
        held = [r for i, records in found.records.items() if i in proved for r in records
                if r["method"] == "montecarlo" and r["outcome"] != "unknown"]
        checks += len(held)
        alarms += sum(r["outcome"] == "fails" for r in held)
        click.echo(f"round {number} of {rounds}, seed {seed}: {sum(map(len, found.records.values()))} checks, "
                   f"{len(failing)} against claims that stand, {found.seconds:.0f} s")
        for identifier, record in failing:
            click.echo(f"  {identifier}: {record['scope']}")
            click.echo(f"    reproduce: {reproduce(identifier, record['method'], seed)}")
        for failure in found.failures:
            click.echo(f"  checker failed: {failure.claim} by {failure.method}: {failure.message}")
            click.echo(f"    reproduce: {reproduce(failure.claim, failure.method, seed)}")
        broken = broken or bool(failing or found.failures)
        if found.interrupted:
            click.echo("interrupted", err=True)
            return 130
    if checks:
        upper = clopper_pearson_interval(checks, alarms, 2 * _CONFIDENCE_ERROR)[1]
        click.echo(f"false alarms: {alarms} of {checks} statistical checks of proved claims; rate at most {upper:.2g} "
                   f"with confidence {1 - _CONFIDENCE_ERROR:.0%}, at most {Context.error_probability:g} by design")
    return 1 if broken else 0
