"""`dropout-theory recheck --proofs` and `--decided`: what is recorded checked again, by code that did not find it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dropout_theory.cli.check import progress_bar
from dropout_theory.cli.main import require_writable

if TYPE_CHECKING:
    from dropout_theory.recheck.steps.judging import Certified

REJECTED, MALFORMED, MISSING, RESOURCES, UNCHECKED, INTERRUPTED = 1, 2, 3, 4, 5, 130


def recheck_proofs(patterns: tuple[str, ...], ledger_path: Path | None, json_path: Path | None, search: float | None,
                   record: bool, quiet: bool) -> int:
    """Check the proofs of the claims that match, print what was found by paper, and return the exit status."""
    from dropout_theory.claims import load
    from dropout_theory.recheck.steps.grammar import Malformed
    from dropout_theory.report.derivations import load as load_derivations
    from dropout_theory.report.ledger import LedgerError
    from dropout_theory.report.steps import as_json, coverage, keep, outcome_of, totals, worst
    from dropout_theory.running import proofs as running

    if json_path:
        require_writable(json_path, "--json")
    registry = load()
    wanted = [c.id for c in registry.select(patterns)]
    try:
        recorded = load_derivations(registry.papers, ledger_path)
        known = running.certificates()
    except (LedgerError, Malformed) as error:
        click.echo(str(error), err=True)
        return MALFORMED
    chosen = {claim: recorded[claim] for claim in wanted if claim in recorded}
    if not chosen:
        click.echo("no recorded proofs in steps among these claims")
        return 0
    bar = None if quiet else progress_bar()
    try:
        check = running.ProofCheck(registry, registry.papers, known)
        reports = []
        for number, report in enumerate(check.reports(chosen), start=1):
            reports.append(report)
            if bar:
                bar(number, len(chosen), report.claim, "proofs")
    except ImportError as error:  # steps without a validator are tried at instances, which the evaluator's tools draw
        click.echo(f"a tool is missing: {error}", err=True)
        return MISSING
    except (MemoryError, RecursionError) as error:
        click.echo(f"out of resources: {type(error).__name__}", err=True)
        return RESOURCES
    if bar:
        bar.clear()
    if search is not None and not _searched(check.judge, known, search, bar):
        return INTERRUPTED
    for report in reports:
        if report.fault:
            click.echo(f"{report.claim}: no proof of it: {report.fault}")
        for outcome in report.outcomes:
            if outcome.found == "failed" or outcome.found == "unchecked" and not quiet:
                click.echo(f"{report.claim}: {outcome.found}: {outcome.step.rule}: {outcome.reason}")
    click.echo(coverage(reports))
    queries = running.arithmetic_queries(check.judge)
    click.echo(f"questions of real arithmetic: {sum(queries.values())}, "
               + ", ".join(f"{n} {how}" for how, n in queries.items() if n))
    if record:
        keep("arithmetic", {"version": 1, "questions": queries}, ledger_path)
        click.echo(f"recorded in {keep('outcomes', totals(reports), ledger_path)}")
    if json_path:
        json_path.write_text(json.dumps(as_json(reports), indent=1) + "\n", encoding="utf-8")
    counts = Counter(map(outcome_of, reports))
    return {"failed": REJECTED, "unchecked": UNCHECKED}.get(worst(counts), 0)


def _searched(judge: Certified, known: Mapping[str, Any], seconds: float, bar: Any) -> bool:
    """Search what a judge had no certificates for, keep what is found, and tell whether that was not interrupted."""
    from dropout_theory.running import searching
    from dropout_theory.running.proofs import Asked

    progress = (lambda n, total: bar(n, total, "certificates", "search")) if bar else None
    first = judge.answers if isinstance(judge, Asked) else ()
    outcome = searching.search(judge.asked, known, seconds, progress=progress, first=first)
    if bar:
        bar.clear()
    asked = len(judge.asked)
    click.echo(f"{outcome.found} of {asked} certificates found, {outcome.marked} questions marked with solvers' answers"
               + ("" if outcome.tried == asked else f"; time for {outcome.tried} of them"))
    for fault in outcome.faults:
        click.echo(fault)
    if outcome.interrupted:
        click.echo("interrupted; what was found is kept", err=True)
    return not outcome.interrupted


def try_every_step(patterns: tuple[str, ...], ledger_path: Path | None, json_path: Path | None, jobs: int,
                   record: bool, quiet: bool) -> int:
    """Try each step of the proofs of the claims that match, print what was found by paper, and return the status."""
    from dropout_theory.claims import load
    from dropout_theory.report.derivations import load as load_derivations
    from dropout_theory.report.ledger import LedgerError
    from dropout_theory.report.steps import keep, table_of
    from dropout_theory.running import every_step

    if json_path:
        require_writable(json_path, "--json")
    bar = None if quiet else progress_bar()
    registry = load()
    try:
        recorded = load_derivations(registry.papers, ledger_path)
    except LedgerError as error:
        click.echo(str(error), err=True)
        return MALFORMED
    wanted = [c.id for c in registry.select(patterns) if c.id in recorded]
    found = every_step.audit(wanted, partial(load_derivations, registry.papers, ledger_path), jobs, bar)
    if bar:
        bar.clear()
    totals = every_step.totals(found.records, recorded)
    for claim, result in found.records.items():
        for step in result["steps"].values():
            if step["false"]:
                click.echo(f"{claim}: false: {step['rule']}: {step['conclusion']}: {step['false']}")
    for failure in found.failures:
        click.echo(f"{failure.claim}: error: {failure.message}", err=True)
    click.echo(table_of(totals["papers"], totals["all"], every_step.FOUND))
    if not quiet:
        for outcome, why, count in totals["why"]:
            click.echo(f"{count:6} {outcome}: {why}")
    if json_path:
        rows = [{"id": claim, "steps": list(r["steps"].values())} for claim, r in found.records.items()]
        json_path.write_text(json.dumps({"version": 1, "proofs": rows}, indent=1) + "\n", encoding="utf-8")
    if found.interrupted:
        click.echo(f"interrupted after {len(found.records)} proofs", err=True)
        return INTERRUPTED
    if record and not found.failures:
        click.echo(f"recorded in {keep('instances', totals, ledger_path)}")
    return REJECTED if totals["all"]["false"] or found.failures else 0


def recheck_decided(patterns: tuple[str, ...], ledger_path: Path | None, json_path: Path | None, search: float | None,
                    record: bool, quiet: bool) -> int:
    """Check the certificates of what `decide` claims of the claims that match, and return the exit status."""
    from dropout_theory.claims import load
    from dropout_theory.recheck.steps.grammar import Malformed
    from dropout_theory.recheck.steps.judging import Certified
    from dropout_theory.report.ledger import DEFAULT, Ledger, LedgerError
    from dropout_theory.report.steps import keep, table_of
    from dropout_theory.running import decided
    from dropout_theory.running import proofs as running

    if json_path:
        require_writable(json_path, "--json")
    registry = load()
    claims = registry.select(patterns)
    try:
        recorded = {c["id"]: c for c in Ledger.read(ledger_path or DEFAULT)}
        known = running.certificates()
    except (LedgerError, Malformed) as error:
        click.echo(str(error), err=True)
        return MALFORMED
    bar = None if quiet else progress_bar()
    judge = Certified(lambda source: None, known)
    said = running.said_by_claims(registry)
    found: dict[str, list[decided.Query]] = {}
    for number, claim in enumerate(claims, start=1):
        if queries := decided.queries(claim, recorded.get(claim.id, {}), said, judge):
            found[claim.id] = queries
        if bar:
            bar(number, len(claims), claim.id, "decided")
    if bar:
        bar.clear()
    if search is not None and not _searched(judge, known, search, bar):
        return INTERRUPTED
    for claim_id, of in found.items():
        for q in of if not quiet else ():
            if q.lacking:
                click.echo(f"{claim_id}: {q.sizes}: {q.lacking}")
    totals = decided.totals(found)
    click.echo(table_of(totals["papers"], totals["all"], decided.FOUND, "claims decided"))
    click.echo(f"{totals['queries']['certified']} of {totals['queries']['all']} queries shown")
    if record:
        click.echo(f"recorded in {keep('decided', totals, ledger_path)}")
    if json_path:
        rows = [{"id": i, "queries": [{"sizes": q.sizes, "lacking": q.lacking} for q in of]} for i, of in found.items()]
        json_path.write_text(json.dumps({"version": 1, "claims": rows}, indent=1) + "\n", encoding="utf-8")
    return 0 if totals["queries"]["certified"] == totals["queries"]["all"] else UNCHECKED
