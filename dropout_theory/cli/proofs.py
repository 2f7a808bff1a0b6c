"""`dropout-theory recheck --proofs`: recorded proofs checked step by step, by code that did not find them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from dropout_theory.cli.check import progress_bar
from dropout_theory.cli.main import require_writable

REJECTED, MALFORMED, MISSING, RESOURCES, UNCHECKED = 1, 2, 3, 4, 5


def recheck_proofs(patterns: tuple[str, ...], ledger_path: Path | None, json_path: Path | None, search: bool,
                   record: bool, quiet: bool) -> int:
    """Check the proofs of the claims that match, print what was found by paper, and return the exit status."""
    from dropout_theory.claims import load
    from dropout_theory.recheck.steps.grammar import Malformed
    from dropout_theory.report.derivations import load as load_derivations
    from dropout_theory.report.ledger import LedgerError
    from dropout_theory.report.steps import as_json, coverage, worst, write
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
    if search:
        progress = (lambda n, total: bar(n, total, "certificates", "search")) if bar else None
        found = running.search(check.judge.asked, known, progress)
        lines = running.written(found)
        running.CERTIFICATES.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        if bar:
            bar.clear()
        click.echo(f"{len(found) - len(known)} of {len(check.judge.asked)} certificates found")
    for report in reports:
        if report.fault:
            click.echo(f"{report.claim}: no proof of it: {report.fault}")
        for outcome in report.outcomes:
            if outcome.found == "failed" or outcome.found == "unchecked" and not quiet:
                click.echo(f"{report.claim}: {outcome.found}: {outcome.step.rule}: {outcome.reason}")
    click.echo(coverage(reports))
    if record:
        click.echo(f"recorded in {write(reports, ledger_path)}")
    if json_path:
        json_path.write_text(json.dumps(as_json(reports), indent=1) + "\n", encoding="utf-8")
    counts = Counter(report.found for report in reports)
    return {"failed": REJECTED, "unchecked": UNCHECKED}.get(worst(counts), 0)
