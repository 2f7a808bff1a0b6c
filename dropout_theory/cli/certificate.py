"""`dropout-theory certificate` and `verify`: a claim with its proof in one file, and that file checked elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dropout_theory.cli.main import complete_id, ledger_option, require_writable
from dropout_theory.cli.proofs import MISSING, REJECTED, RESOURCES, UNCHECKED

if TYPE_CHECKING:
    from dropout_theory.claims import Registry

claims_option = click.option("--claims", "module", metavar="MODULE",
                             help="The claim is one of MODULE.registry(), not of the papers'. MODULE is run.")


@click.command(short_help="Write one claim with its proof or witness into a file.", epilog="""\b
Example:
  dropout-theory certificate baldi2014:eq39 -o eq39.json""")
@click.argument("identifier", metavar="ID", shell_complete=complete_id)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write here; else it is printed.")
@claims_option
@ledger_option
def certificate(identifier: str, output: Path | None, module: str | None, ledger_path: Path | None) -> None:
    """Write the certificate of a recorded claim: all that `verify` needs on another machine.

    The file holds the statement and its hypotheses, the proof with the proofs of all claims that it cites and the
    certificates of real arithmetic that it uses; of a refuted claim the exact witness, of a conditional one both. Of
    claims with other verdicts there is none. docs/proofs.md says what each field is.
    """
    from dropout_theory.recheck.certificate import written
    from dropout_theory.report.certificates import make, misplaced
    from dropout_theory.report.ledger import Ledger
    from dropout_theory.report.terminal import counted

    if output:
        require_writable(output, "--output")
    recorded = Ledger.read(ledger_path)
    if recorded[identifier] and (problem := misplaced(identifier, module, module)):
        raise click.UsageError(problem)
    found = make(recorded, ledger_path, _registry([identifier], module), identifier, module)
    text = written(found.certificate)
    if output is None:
        click.echo(text.encode(), nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
    if found.unchecked:
        click.echo(f"not wholly verifiable: {counted(len(found.unchecked), 'part')} of it unchecked, told by: verify",
                   err=True)


def _registry(identifiers: list[str], module: str | None) -> Registry:
    """The claims that are spoken of: of the papers named by their ids, or those of an author's module."""
    from dropout_theory.claims import PAPER_KEYS, REGISTRY, load
    from dropout_theory.running.runner import loaded, sources

    if module is not None:
        return loaded(sources(module)[0])
    for paper in {i.partition(":")[0] for i in identifiers}.intersection(PAPER_KEYS):
        load(paper)
    return REGISTRY


@click.command(short_help="Check the certificate of a claim, step by step.", epilog="""\b
Example:
  dropout-theory verify eq39.json
\b
Exit status:
  0  all was checked, but for steps that are on record here and were tested
  1  rejected: the reasons are printed
  2  no certificate, an unknown claim, or one of a module that was not given
  3  a tool is missing
  4  out of memory, or nested too deep
  5  some steps, or a hypothesis at the witness, could not be checked""")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_data", is_flag=True, help="Print what was found as JSON.")
@claims_option
def verify(path: Path, as_data: bool, module: str | None) -> int:
    """Check a file that `certificate` wrote, on any machine, believing nothing of it.

    What must be proved or refuted is the claim of that id as it is installed here, never what the file says. Each step
    is checked by a validator of its rule, or else tried at exact instances, which counts where it is also in a proof on
    record here. A witness is judged by the second evaluator. Fields that are stated and not checked are printed as
    such. A file is data: nothing in it is run or imported.
    """
    from dropout_theory.recheck.certificate import MAX_BYTES, read
    from dropout_theory.recheck.steps.grammar import Malformed
    from dropout_theory.report.certificates import as_json, lines, misplaced, on_record
    from dropout_theory.report.terminal import printable
    from dropout_theory.running import verifying

    try:
        with path.open("rb") as file:
            sent = read(file.read(MAX_BYTES + 1))
    except (OSError, Malformed) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise click.UsageError(printable(f"{str(path)!r} is no certificate: {reason}")) from None
    if problem := misplaced(sent.claim, sent.module, module):
        raise click.UsageError(printable(problem))
    registry = _registry([sent.claim, *sent.proofs], module)
    try:
        found = verifying.verify(sent, registry, on_record(sent))
    except ImportError as error:
        click.echo(printable(f"a tool is missing: {error}"), err=True)
        return MISSING
    except (MemoryError, RecursionError) as error:
        click.echo(f"out of resources: {type(error).__name__}", err=True)
        return RESOURCES
    claim = registry[sent.claim]
    click.echo(json.dumps(as_json(found, claim), indent=1) if as_data else "\n".join(lines(found, claim)))
    return {"rejected": REJECTED, "unchecked": UNCHECKED}.get(found.found, 0)
