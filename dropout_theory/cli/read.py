"""`list`, `show`, `ledger` and `cite`: answers from the recorded ledger, without loading SymPy or the claims.

Only of a claim that is not on record yet `show` tells what its paper's files say.
"""

from __future__ import annotations

from pathlib import Path

import click

from dropout_theory.claims import KINDS, PAPER_KEYS, UnknownClaimError, load, suggest
from dropout_theory.cli.main import complete_id, ledger_option
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.terminal import METHOD_MARKS, VERDICT_COLOURS, coloured, counted, marks, table, tally
from dropout_theory.verdicts.kernel import METHODS, VERDICTS


@click.command("list")
@click.option("--paper", metavar="PAPER", help="Only claims of this paper.")
@click.option("--verdict", type=click.Choice(VERDICTS), metavar="VERDICT", help=f"Only {', '.join(VERDICTS)}.")
@click.option("--kind", type=click.Choice(KINDS), metavar="KIND", help=f"Only {', '.join(KINDS)}.")
@ledger_option
def list_claims(paper: str | None, verdict: str | None, kind: str | None, ledger_path: Path | None) -> None:
    """List recorded claims with their verdicts."""
    recorded = Ledger.read(ledger_path)
    if paper in PAPER_KEYS and paper not in recorded.papers:
        raise click.UsageError(f"--paper {paper!r}: not recorded yet; its verdicts are derived by: "
                               f"dropout-theory check {paper}")
    if paper is not None and paper not in recorded.papers:
        raise click.UsageError(f"--paper {paper!r}: unknown paper; allowed: {', '.join(recorded.papers)}")
    chosen = [c for c in recorded if paper in (None, c["paper"]) and verdict in (None, c["verdict"])
              and kind in (None, c["kind"])]
    on = coloured()
    if chosen:
        rows = [(c["id"], c["verdict"], c["kind"], marks(c["evidence"], METHODS, c["not_applicable"]), c["title"])
                for c in chosen]
        header = ("claim", "verdict", "kind", METHOD_MARKS, "title")
        click.echo(table(rows, header, colours={1: VERDICT_COLOURS}, on=on), color=on)
    click.echo(f"\n{counted(len(chosen), 'claim')}: {tally(c['verdict'] for c in chosen)}")


@click.command(short_help="Show one claim with its verdict and evidence.")
@click.argument("identifier", metavar="ID", shell_complete=complete_id)
@ledger_option
def show(identifier: str, ledger_path: Path | None) -> None:
    """Show one claim: statement, hypotheses, verdict, evidence, counterexample, amended claim."""
    from dropout_theory.report.page import page, page_unrecorded

    recorded = Ledger.read(ledger_path)
    on = coloured()
    paper = identifier.partition(":")[0]
    if identifier in recorded or paper not in PAPER_KEYS:
        click.echo(page(recorded, recorded[identifier], on=on), color=on)
        return
    registry = load(paper)
    if identifier not in registry:
        raise UnknownClaimError(identifier, suggest(identifier, {c["id"]: c for c in recorded} | dict.fromkeys(
            c.id for c in registry)))
    click.echo(page_unrecorded(recorded, registry, registry[identifier], on=on), color=on)


@click.command()
@click.option("--format", "form", type=click.Choice(("json", "md", "csv", "html")), default="md", show_default=True)
@ledger_option
def ledger(form: str, ledger_path: Path | None) -> None:
    """Print the recorded ledger."""
    from dropout_theory.report import exports, web

    recorded = Ledger.read(ledger_path)
    writer = {"json": Ledger.text, "md": exports.as_markdown, "csv": exports.as_csv, "html": web.as_html}[form]
    click.echo(writer(recorded), nl=False)


@click.command(short_help="Cite claims in BibTeX or LaTeX.")
@click.argument("identifiers", metavar="ID...", nargs=-1, required=True, shell_complete=complete_id)
@click.option("--format", "form", type=click.Choice(("bibtex", "latex")), default="bibtex", show_default=True)
@ledger_option
def cite(identifiers: tuple[str, ...], form: str, ledger_path: Path | None) -> None:
    """Cite claims: the paper, and what was checked with version, commit and fingerprint."""
    from dropout_theory.report import citations

    recorded = Ledger.read(ledger_path)
    claims = [recorded[i] for i in dict.fromkeys(identifiers)]
    writer = {"bibtex": citations.bibtex, "latex": citations.latex}[form]
    click.echo(writer(recorded, claims), nl=False)
