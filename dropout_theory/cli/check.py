"""`dropout-theory check`: run the evidence now and compare what follows from it with the record."""

from __future__ import annotations

import json
import os
import secrets
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dropout_theory.cli.main import complete_id, executor_option, ledger_option, require_writable
from dropout_theory.verdicts.kernel import METHODS, Context
from dropout_theory.verdicts.methods import declared, require_sound

if TYPE_CHECKING:
    from dropout_theory.report.compare import Comparison
    from dropout_theory.running.campaign import Campaign
    from dropout_theory.running.runner import Run


def default_jobs() -> int:
    """Processors that this process may use; at most 16, as every worker loads SymPy."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, 16)


class _Seed(click.ParamType):
    name = "N|fresh"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "fresh":
            return secrets.randbits(32)
        try:
            seed = int(value)
        except ValueError:
            seed = -1
        if not 0 <= seed < 2**64:
            self.fail(f"{value!r} is not a seed; allowed: an integer from 0 to 2^64-1, or 'fresh'", param, ctx)
        return seed


_WIDTH = max(map(len, METHODS))


@click.command(short_help="Run the evidence and compare with the record.", epilog="\b\nMethods:\n" + "\n".join(
    textwrap.fill(f"{m.name:{_WIDTH}}  {m.does}", 78, initial_indent="  ", subsequent_indent=" " * (_WIDTH + 4))
    for m in declared().values()))
@click.argument("patterns", nargs=-1, metavar="[ID|PAPER|GLOB]...", shell_complete=complete_id)
@click.option("--method", "only", multiple=True, type=click.Choice(METHODS), metavar="METHOD",
              help=f"Run only this method (repeatable): {', '.join(METHODS)}.")
@click.option("--seed", type=_Seed(), default=Context.seed, show_default=True,
              help="Seed of sampled and Monte Carlo evidence; 'fresh' draws a new one.")
@click.option("--jobs", type=click.IntRange(1, 256), default=default_jobs, metavar="N",
              help="Worker processes, by default one per processor; results do not depend on their number.")
@click.option("--fast", is_flag=True,
              help="Smaller samples; slow checks are shown from the record where that is current, and marked.")
@click.option("--anew", is_flag=True,
              help="Run everything; else what this machine found before, by the same code and tools, is recalled.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write the evidence here.")
@click.option("--record", is_flag=True, help="Write the ledger from this run (all claims, all methods).")
@click.option("--claims", "module", metavar="MODULE",
              help="Check the claims of MODULE.registry() instead of the papers'.")
@click.option("--profile", is_flag=True, help="Say where the time went: by method, and the slowest checks.")
@executor_option
@ledger_option
@click.option("--quiet", "-q", is_flag=True, help="No progress and no table, only the summary.")
def check(patterns: tuple[str, ...], only: tuple[str, ...], seed: int, jobs: int, fast: bool, anew: bool,
          json_path: Path | None, record: bool, module: str | None, profile: bool, executor: str,
          ledger_path: Path | None, quiet: bool) -> int:
    """Run the evidence and compare the derived verdicts with the recorded ledger.

    What is finished is kept in this machine's journal at once: a run that was cut short goes on when it is started
    again, and after a change only what rests on it is run. --record runs everything anew.

    A refuted claim is a result, not an error: the exit status is 0 when the verdicts agree with the record, and 1 when
    one changed, is not on record yet, or a checker failed.
    """
    from dropout_theory.report import ledger as ledgers
    from dropout_theory.report.compare import compare
    from dropout_theory.report.origin import origin
    from dropout_theory.report.profile import profiled
    from dropout_theory.report.terminal import coloured, filled
    from dropout_theory.report.verdicts import LEGEND, summary, verdict_table
    from dropout_theory.running.journal import Journal
    from dropout_theory.running.runner import run, sources

    require_sound()
    target = ledger_path or ledgers.DEFAULT
    if record:
        if patterns or only or fast:
            raise click.UsageError("--record takes a full run: no claims, no --method, no --fast")
        require_writable(target, "--record")
    if json_path:
        require_writable(json_path, "--json")
    try:
        recorded = ledgers.Ledger.read(target)
    except ledgers.LedgerError:
        if not record:
            raise
        recorded = ledgers.Ledger.empty()  # the first record here, or the first of this version
    claims, checkers = sources(module)
    context = Context(seed=seed, fast=fast, jobs=jobs)
    start = origin() if record else None
    progress = None if quiet else progress_bar()
    on = coloured()
    if not quiet:
        where = executor or f"{jobs} {'process' if jobs == 1 else 'processes'}"
        click.echo(f"seed {seed}, {where}{', fast' if fast else ''}")
    with closing(Journal(recalls=not (anew or record))) as journal:
        found = run(patterns, context=context, only=only, recorded=recorded, journal=journal, progress=progress,
                    claims=claims, checkers=checkers, apart=True, executor=executor)
    if progress:
        progress.clear()
    comparison = compare(found, recorded)
    if json_path:
        _write_evidence(json_path, found, comparison)
    if found.interrupted:
        click.echo(interrupted(found, sum(map(len, found.records.values())), "checks"), err=True)
        return 130
    if not quiet:
        click.echo(verdict_table(found, comparison, on=on), color=on)
        click.echo(f"\n{filled(LEGEND)}")
    if profile:
        click.echo(f"\n{profiled(found)}\n")
    click.echo(summary(found, comparison, on=on), color=on)
    click.echo(f"{found.seconds:.0f} s; {recalled(found, sum(map(len, found.records.values())), 'checks')}")
    if record:
        return _record(claims, found, recorded, target, start)
    return 0 if found.sound and comparison.agrees else 1


def recalled(found: Run | Campaign, done: int, what: str) -> str:
    """How much was done now, and how much was recalled."""
    if not found.from_journal:
        return f"{done:,} {what} made now{_trouble(found)}"
    return (f"{done - found.from_journal:,} {what} made now, {found.from_journal:,} recalled from this machine's "
            f"journal (--anew makes all){_trouble(found)}")


def interrupted(found: Run | Campaign, done: int, what: str) -> str:
    """How much of a run that was cut short is kept."""
    kept = "kept: the same command goes on from there" if found.kept else "lost"
    return f"interrupted; {done:,} finished {what} {kept}{_trouble(found)}"


def _trouble(found: Run | Campaign) -> str:
    return f"; the journal could not be used: {found.not_kept}" if found.not_kept else ""


def _record(claims: Callable[[], Any], found: Run, recorded: Any, target: Path,
            start: dict[str, str | bool | None] | None) -> int:
    from dropout_theory.report import derivations
    from dropout_theory.report import ledger as ledgers

    if not found.sound or found.incomplete or found.recalled:
        why = [f"{m}: {reason}" for m, reason in found.left_out.items()] or ["see above"]
        click.echo(f"not recorded, the run is incomplete ({'; '.join(why)})", err=True)
        return 1
    derivations.write(found.derivations, target)
    ledgers.build(claims(), found, recorded, start).write(target)
    click.echo(f"recorded in {target}")
    return 0


def _write_evidence(path: Path, found: Run, comparison: Comparison) -> None:
    """The evidence of a run, finished or not, as JSON."""
    from dropout_theory.report.ledger import VERSION, generator
    from dropout_theory.verdicts.fingerprint import made_with_now

    identifiers = dict.fromkeys([*found.verdicts, *found.records])
    shown = {} if found.interrupted else {i: v for i, v in found.verdicts.items() if i not in comparison.unsettled}
    data = {
        "version": VERSION,
        "generator": generator(),
        "seed": found.context.seed,
        "fast": found.context.fast,
        "interrupted": found.interrupted,
        "seconds": round(found.seconds, 3),
        "left_out": found.left_out,
        "recalled_from_journal": found.from_journal,
        "failures": [{"claim": f.claim, "method": f.method, "message": f.message, "traceback": f.details}
                     for f in found.failures],
        "contradictions": [str(c) for c in found.contradictions],
        "made_with": made_with_now(),
        "claims": [{
            "id": i,
            # An interrupted run lacks evidence, and a verdict without it would mislead.
            "verdict": verdict.verdict if (verdict := shown.get(i)) else None,
            "reason": verdict.reason if verdict else None,
            "record": None if found.interrupted else comparison.state(i),
            "evidence": found.records.get(i, []),
            "not_applicable": found.not_applicable.get(i, {}),
        } for i in identifiers],
    }
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class _Bar:
    """One line on a terminal's stderr: how many checks are done, and which was the last."""

    def __init__(self) -> None:
        self.start = time.monotonic()

    def __call__(self, done: int, total: int, claim: str, method: str) -> None:
        from dropout_theory.report.terminal import clip, width

        elapsed = time.monotonic() - self.start
        line = f"[{done}/{total}] {100 * done // max(total, 1)}% {elapsed:.0f} s  {claim} {method}"
        sys.stderr.write("\r\x1b[2K" + clip(line, width() - 1))
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def progress_bar() -> _Bar | None:
    return _Bar() if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" else None
