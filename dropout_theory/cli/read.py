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

_ALL = "--all is about the steps of a proof; allowed: with --proof"


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
@click.option("--proof", is_flag=True, help="Show its proof: numbered steps with formulas and reasons.")
@click.option("--all", "everything", is_flag=True, help="With --proof: trivial steps too.")
@ledger_option
def show(identifier: str, proof: bool, everything: bool, ledger_path: Path | None) -> None:
    """Show one claim: statement, hypotheses, verdict, evidence, counterexample, amended claim.

    With --proof its proof. A classical fact is shown by its name, as in `show classical:wallis`.
    """
    from dropout_theory.report.page import page, page_unrecorded

    if everything and not proof:
        raise click.UsageError(_ALL)
    recorded = Ledger.read(ledger_path)
    on = coloured()
    if identifier.startswith("classical:"):
        from dropout_theory.report.proof_page import fact_page

        click.echo(fact_page(_fact(identifier), on=on), color=on)
        return
    if proof:
        from dropout_theory.report.proof_page import proof_page

        found = recorded.proof(identifier)
        click.echo(proof_page(recorded, found.claim, found.last, everything=everything, on=on), color=on)
        return
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
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="With --format html: write index.html there, and the proofs.")
@ledger_option
def ledger(form: str, out: Path | None, ledger_path: Path | None) -> None:
    """Print the recorded ledger, or write it as a web page with all proofs."""
    from dropout_theory.report import exports, web

    if out and form != "html":
        raise click.UsageError(f"--out is where the web page goes, and --format is {form}; allowed: html")
    recorded = Ledger.read(ledger_path)
    if out:
        from dropout_theory.cli.check import progress_bar
        from dropout_theory.report.web_proofs import write

        bar = progress_bar()
        try:
            written = write(recorded, out, *([lambda n, of, claim: bar(n, of, claim, "proofs")] if bar else []))
        except OSError as error:
            raise click.UsageError(f"--out {str(out)!r}: {error.strerror or error}") from None
        if bar:
            bar.clear()
        click.echo(f"{written[0]} and {counted(len(written) - 1, 'longer proof')} beside it")
        return
    writer = {"json": Ledger.text, "md": exports.as_markdown, "csv": exports.as_csv, "html": web.as_html}[form]
    click.echo(writer(recorded), nl=False)


@click.command(short_help="Cite claims in BibTeX or LaTeX.")
@click.argument("identifiers", metavar="ID...", nargs=-1, required=True, shell_complete=complete_id)
@click.option("--format", "form", type=click.Choice(("bibtex", "latex")), default="bibtex", show_default=True)
@click.option("--proof", is_flag=True, help="The proofs in LaTeX, for a paper with amsmath, amssymb and amsthm.")
@click.option("--all", "everything", is_flag=True, help="With --proof: trivial steps too.")
@ledger_option
def cite(identifiers: tuple[str, ...], form: str, proof: bool, everything: bool, ledger_path: Path | None) -> None:
    """Cite claims: the paper, and what was checked with version, commit and fingerprint."""
    from dropout_theory.report import citations

    if everything and not proof:
        raise click.UsageError(_ALL)
    recorded = Ledger.read(ledger_path)
    claims = [recorded[i] for i in dict.fromkeys(identifiers)]
    if proof:
        from dropout_theory.report.proof_page import proof_latex

        proofs = [recorded.proof(c["id"]) for c in claims]
        click.echo("\n".join(proof_latex(recorded, p.claim, p.last, everything=everything) for p in proofs), nl=False)
        return
    writer = {"bibtex": citations.bibtex, "latex": citations.latex}[form]
    click.echo(writer(recorded, claims), nl=False)


def _fact(identifier: str) -> str:
    """The name of a classical fact. Raises UsageError for an unknown one."""
    from dropout_theory.claims import FACTS, load_proofs

    for paper in PAPER_KEYS:
        load_proofs(paper)
    name = identifier.removeprefix("classical:")
    if name not in FACTS:
        raise click.UsageError(f"{identifier!r}: unknown classical fact; allowed: "
                               + ", ".join(f"classical:{known}" for known in sorted(FACTS)))
    return name
