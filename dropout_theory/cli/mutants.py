"""`dropout-theory mutants` and `ablate`: which evidence rejects wrong variants, and which hypotheses are needed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dropout_theory.cli.check import default_jobs, interrupted, progress_bar
from dropout_theory.cli.main import complete_id, executor_option, ledger_option, require_writable
from dropout_theory.running.campaign import NOT_ON_RECORD
from dropout_theory.running.journal import Journal
from dropout_theory.verdicts.kernel import METHODS, Context

if TYPE_CHECKING:
    from dropout_theory.running.campaign import Campaign

TRIED = tuple(m for m in METHODS if m != "admissible")
LIMIT = 6
_NAMED = 5  # how many claims are named before the rest is counted


@click.command(short_help="Try wrong variants of claims on their evidence.")
@click.argument("patterns", nargs=-1, metavar="[ID|PAPER|GLOB]...", shell_complete=complete_id)
@click.option("--method", "only", multiple=True, type=click.Choice(TRIED), metavar="METHOD",
              help=f"Try only this method (repeatable): {', '.join(TRIED)}.")
@click.option("--limit", type=click.IntRange(1, 1000), default=LIMIT, show_default=True, metavar="N",
              help="Wrong variants of each claim.")
@click.option("--jobs", type=click.IntRange(1, 256), default=default_jobs, metavar="N",
              help="Worker processes, by default one per processor.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write the scores here.")
@click.option("--record", is_flag=True, help="Put the scores into the record that `show` displays.")
@click.option("--stale", is_flag=True, help="Only claims of which the record says nothing, or another statement.")
@click.option("--anew", is_flag=True,
              help="Try everything; else what this machine found before, by the same code and tools, is recalled.")
@executor_option
@ledger_option
@click.option("--quiet", "-q", is_flag=True, help="No progress and no survivors, only the totals.")
def mutants(patterns: tuple[str, ...], only: tuple[str, ...], limit: int, jobs: int, json_path: Path | None,
            record: bool, stale: bool, anew: bool, executor: str, ledger_path: Path | None, quiet: bool) -> int:
    """Make wrong variants of every claim that holds, and run its evidence on them.

    A variant is killed by a counterexample, or by a proof that no longer goes through. Variants that are true are
    set aside. The exit status is 1 when a proof accepts a variant that has a counterexample.
    """
    from dropout_theory.mutants.campaign import mutate
    from dropout_theory.report import scores
    from dropout_theory.report.ledger import Ledger

    if record and only:
        raise click.UsageError("--record takes all methods: no --method")
    if json_path:
        require_writable(json_path, "--json")
    if record:
        require_writable(scores.MUTATION, "--record")
    progress = None if quiet else progress_bar()
    with closing(Journal(recalls=not anew)) as journal:
        found = mutate(patterns, context=Context(jobs=jobs), limit=limit, only=only, recorded=Ledger.read(ledger_path),
                       ledger=ledger_path, current=scores.current(scores.MUTATION) if stale else None,
                       progress=progress, journal=journal, apart=True, executor=executor)
    if progress:
        progress.clear()
    if json_path:
        text = json.dumps(as_json(found.records.values()), indent=1, ensure_ascii=False)
        json_path.write_text(text + "\n", encoding="utf-8")
    if record:  # what an interrupted run finished is as good as the rest
        scores.record_mutants(found.records)
    if found.interrupted:
        click.echo(interrupted(found, len(found.records), "claims"), err=True)
        return 130
    report(found, quiet)
    return 0 if found.sound else 1


@click.command(short_help="Drop the hypotheses of proved claims one at a time.")
@click.argument("patterns", nargs=-1, metavar="[ID|PAPER|GLOB]...", shell_complete=complete_id)
@click.option("--jobs", type=click.IntRange(1, 256), default=default_jobs, metavar="N",
              help="Worker processes, by default one per processor.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write the findings here.")
@click.option("--record", is_flag=True, help="Put the findings into the record that `show` displays.")
@click.option("--stale", is_flag=True, help="Only claims of which the record says nothing, or another statement.")
@click.option("--anew", is_flag=True,
              help="Try everything; else what this machine found before, by the same code and tools, is recalled.")
@executor_option
@ledger_option
@click.option("--quiet", "-q", is_flag=True, help="No progress, only the totals.")
def ablate(patterns: tuple[str, ...], jobs: int, json_path: Path | None, record: bool, stale: bool, anew: bool,
           executor: str, ledger_path: Path | None, quiet: bool) -> int:
    """Find out which hypotheses proved claims need: without each, a counterexample or a proof is sought.

    Domains of real symbols are widened likewise, where nothing but the statement depends on them.
    """
    from dropout_theory.ablation.campaign import ablate as dropped
    from dropout_theory.report import scores
    from dropout_theory.report.ledger import Ledger

    if json_path:
        require_writable(json_path, "--json")
    if record:
        require_writable(scores.ABLATION, "--record")
    progress = None if quiet else progress_bar()
    with closing(Journal(recalls=not anew)) as journal:
        found = dropped(patterns, context=Context(jobs=jobs), recorded=Ledger.read(ledger_path),
                        current=scores.current(scores.ABLATION) if stale else None, progress=progress,
                        journal=journal, apart=True, executor=executor)
    if progress:
        progress.clear()
    if json_path:
        rows = [{"id": r["id"], "hypotheses": r["hypotheses"]} for r in found.records.values()]
        json_path.write_text(json.dumps({"claims": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if record:
        scores.record_ablation(found.records)
    if found.interrupted:
        click.echo(interrupted(found, len(found.records), "claims"), err=True)
        return 130
    for r in () if quiet else found.records.values():
        if r["hypotheses"]:
            click.echo("\n    ".join([r["id"], *map(scores.hypothesis_spelled, r["hypotheses"])]))
    _failures(found)
    outcomes = [(h["kind"], h["outcome"]) for r in found.records.values() for h in r["hypotheses"]]
    for kind, many in (("hypothesis", "hypotheses"), ("domain", "domains")):
        counts = [f"{outcomes.count((kind, o))} {o}" for o in ("needed", "not needed", "undecided")]
        click.echo(f"{many}: {', '.join(counts)}")
    _left_out(found)
    return 0 if found.sound else 1


def _left_out(found: Campaign) -> None:
    """How many claims were not tried, and why; what to do about those that are not on record."""
    if not found.left_out:
        return
    counts = Counter(found.left_out.values())
    click.echo(f"left out: {', '.join(f'{many} {why}' for why, many in counts.items())}")
    if unrecorded := [i for i, why in found.left_out.items() if why == NOT_ON_RECORD]:
        named = ", ".join(unrecorded[:_NAMED]) + (f" and {len(unrecorded) - _NAMED} more" * (len(unrecorded) > _NAMED))
        click.echo(f"{named}: only claims that the record says hold are tried; it is made by: "
                   "dropout-theory check --record")


def _failures(found: Campaign) -> None:
    for failure in found.failures:
        click.echo(f"FAILED {failure.claim}: {failure.message}\n{failure.details}", err=True)


def as_json(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The scores in the published shape: a row for each claim and method, and the rate over all of them together."""
    from dropout_theory.report.scores import totals

    records = list(records)
    rows = [{"id": r["id"], "method": m, "killed": s["killed"], "survived": s["survived"],
             "equivalent": len(r["equivalent"]), "survivors": [v["latex"] for v in s["survivors"]]}
            for r in records for m, s in r["methods"].items()]
    count = totals(records)
    return {"claims": rows, "kill_rate": count["kill_rate"], "variants": count["variants"],
            "killed": count["killed"], "refuted": count["refuted"]}


def report(found: Campaign, quiet: bool) -> None:
    """Scores by claim and method, the survivors in full, and the totals."""
    from dropout_theory.report.scores import totals

    records = list(found.records.values())
    for r in () if quiet else records:
        scored = ", ".join(f"{m} {s['killed']}/{s['killed'] + s['survived']}" for m, s in r["methods"].items())
        click.echo(f"{r['id']}  killed {r['killed']} of {r['variants']} ({r['refuted']} by a counterexample), "
                   f"equivalent {len(r['equivalent'])}; {scored or 'no evidence of its own'}")
        shown: dict[tuple[str, str], list[str]] = {}
        for method, s in r["methods"].items():
            for v in s["survivors"]:
                shown.setdefault((v["operator"], v["plain"]), []).append(f"{method} ({v['note']})")
        for (operator, plain), survived in shown.items():
            click.echo(f"    {operator}: {plain}\n        survived {'; '.join(survived)}")
        for method, notes in r["blind"].items():
            click.echo(f"    {method} rejects none: {notes}")
        for v in r["unrefuted"]:
            click.echo(f"    {'no counterexample' if v['killed_by'] else 'SURVIVES'} ({v['operator']}): {v['plain']}\n"
                       f"        {v['why']}")
        for v in r["equivalent"]:
            click.echo(f"    set aside, {v['reason']}\n        {v['operator']}: {v['plain']}")
    for r in records:
        for v in r["contradictions"]:
            click.echo(f"CONTRADICTION {r['id']}: a proof accepts a variant that has a counterexample "
                       f"({v['operator']}): {v['plain']}; {v['proof']}")
    _failures(found)
    for method in TRIED:
        scored_by = [r["methods"][method] for r in records if method in r["methods"]]
        killed, survived = (sum(s[name] for s in scored_by) for name in ("killed", "survived"))
        if killed + survived:
            share = 100 * killed / (killed + survived)
            click.echo(f"{method:<11} killed {killed} of {killed + survived} ({share:.1f} %) on {len(scored_by)} "
                       f"claims; nothing at all on {sum(not s['killed'] for s in scored_by)}")
    count = totals(records)
    if count["variants"]:
        click.echo(f"together    killed {count['killed']} of {count['variants']} ({100 * count['kill_rate']:.1f} %), "
                   f"{count['refuted']} by a counterexample; {sum(len(r['equivalent']) for r in records)} set aside as "
                   f"true; {sum(r['malformed'] for r in records)} without meaning")
    _left_out(found)
