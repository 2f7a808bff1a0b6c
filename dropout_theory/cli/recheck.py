"""`dropout-theory recheck`: recorded witnesses and exact instances once more, by a second path."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from dropout_theory.cli.check import default_jobs
from dropout_theory.cli.main import complete_id, ledger_option, require_writable
from dropout_theory.verdicts.kernel import Context

SEARCH_SECONDS = 600.0
INSTANCES = 2  # drawn for each claim that holds, beside its admissible one
_STATES = ("confirmed", "contradicted", "not rechecked")


@click.command(short_help="Recheck witnesses by a second path (fractions and mpmath).")
@click.argument("patterns", nargs=-1, metavar="[ID|PAPER|GLOB]...", shell_complete=complete_id)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=Context.seed, show_default=True,
              help="Seed of the instances drawn for claims that hold.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE", help="Write every outcome here.")
@click.option("--proofs", "of_proofs", is_flag=True, help="Check the recorded proofs step by step instead.")
@click.option("--every-step", is_flag=True, help="With --proofs: try each step at exact instances, checked or not.")
@click.option("--decided", "of_decided", is_flag=True, help="Check certificates of what decide claims at sizes.")
@click.option("--search", type=click.FloatRange(min=0, min_open=True), is_flag=False, flag_value=SEARCH_SECONDS,
              metavar="[SECONDS]", help="With --proofs or --decided: search certificates that are lacking, for so long "
              f"in all ({SEARCH_SECONDS:.0f} s), and keep each that is found.")
@click.option("--record", is_flag=True, help="With these: keep what was found beside the proofs (all claims).")
@click.option("--jobs", type=click.IntRange(1, 256), default=default_jobs, metavar="N",
              help="Processes for --every-step (default: one per processor).")
@ledger_option
@click.option("--quiet", "-q", is_flag=True, help="Only contradictions and the counts.")
def recheck(patterns: tuple[str, ...], seed: int, json_path: Path | None, of_proofs: bool, every_step: bool,
            of_decided: bool, search: float | None, record: bool, jobs: int, ledger_path: Path | None,
            quiet: bool) -> int:
    """Recheck recorded counterexamples, and exact instances of claims that hold, by a second path.

    The evidence comes from Arb balls and exact rationals; here the same statements are evaluated in Python fractions
    and mpmath by code that shares nothing with the first. The exit status is 1 when the two disagree.

    With --proofs each step of the recorded proofs is checked by a validator of its rule, which shares nothing with what
    found the proof, or tried at exact instances where there is none. The exit status is then 0 when all steps were
    checked or tested, 1 when one was rejected, 2 for a file that is not in the grammar, 3 where a tool is missing, 4
    when it ran out of memory, and 5 when some steps could be neither checked nor tested.

    With --proofs --every-step each step is tried at up to ten distinct exact instances, whether it was checked or not;
    the exit status is 1 when one is false. With --decided the questions that `decide` answers at fixed sizes are made
    anew from the claims, and their certificates are checked.
    """
    _require_fitting(patterns, of_proofs, every_step, of_decided, search, record)
    if of_proofs or of_decided:
        from dropout_theory.cli import proofs

        if every_step:
            return proofs.try_every_step(patterns, ledger_path, json_path, jobs, record, quiet)
        if of_decided:
            return proofs.recheck_decided(patterns, ledger_path, json_path, search, record, quiet)
        return proofs.recheck_proofs(patterns, ledger_path, json_path, search, record, quiet)
    from dropout_theory.checkers.at_instances import drawn
    from dropout_theory.claims import load, witnesses
    from dropout_theory.cli.check import progress_bar
    from dropout_theory.recheck.witnesses import Recheck
    from dropout_theory.recheck.witnesses import recheck as outcomes
    from dropout_theory.report import ledger as ledgers

    if json_path:
        require_writable(json_path, "--json")
    recorded = {c["id"]: c for c in ledgers.Ledger.read(ledger_path or ledgers.DEFAULT)}
    claims = load().select(patterns)
    bar = None if quiet else progress_bar()
    found: list[Recheck] = []
    for number, claim in enumerate(claims):
        if bar:
            bar(number, len(claims), claim.id, "recheck")
        found += outcomes([claim], recorded, lambda claim: drawn(claim, seed, INSTANCES), witnesses)
    if bar:
        bar.clear()
    for outcome in found:
        if outcome.status == "contradicted" or outcome.status == "not rechecked" and not quiet:
            click.echo(f"{outcome.claim}: {outcome.subject} {outcome.status}: {outcome.reason}")
    counts = Counter((o.subject, o.status) for o in found)
    for subject in dict.fromkeys(o.subject for o in found):
        click.echo(f"{subject}: " + ", ".join(f"{counts[subject, s]} {s}" for s in _STATES if counts[subject, s]))
    if json_path:
        rows = [{"id": o.claim, "subject": o.subject, "status": o.status, "reason": o.reason} for o in found]
        json_path.write_text(json.dumps({"version": 1, "seed": seed, "rechecks": rows}, indent=1) + "\n",
                             encoding="utf-8")
    return 1 if any(o.status == "contradicted" for o in found) else 0


def _require_fitting(patterns: tuple[str, ...], of_proofs: bool, every_step: bool, of_decided: bool,
                     search: float | None, record: bool) -> None:
    """Raise UsageError for options that say nothing together."""
    if of_proofs and of_decided:
        raise click.UsageError("--proofs and --decided are two runs; allowed: one of them")
    if every_step and not of_proofs:
        raise click.UsageError("--every-step is about proofs; allowed: with --proofs")
    if every_step and search is not None:
        raise click.UsageError("--search is for certificates; allowed: without --every-step")
    if (search is not None or record) and not (of_proofs or of_decided):
        raise click.UsageError(f"{'--record' if search is None else '--search'} is about proofs; "
                               "allowed: with --proofs or --decided")
    if record and patterns:
        raise click.UsageError("--record takes all proofs; allowed: without claims")
