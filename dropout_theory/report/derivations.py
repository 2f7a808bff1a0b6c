"""The proofs that are kept beside a ledger: one file a paper, in the grammar of proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from dropout_theory.recheck.steps.derivation import Step, read
from dropout_theory.recheck.writing import written
from dropout_theory.report.ledger import DEFAULT, LedgerError


def folder(ledger: Path | None = None) -> Path:
    """Where the proofs of a ledger are: `derivations` beside the one that ships, else a folder of the ledger's name."""
    ledger = ledger or DEFAULT
    return ledger.parent / ("derivations" if ledger == DEFAULT else f"{ledger.stem}-derivations")


def load(papers: Iterable[str], ledger: Path | None = None) -> dict[str, Step]:
    """The recorded proofs of some papers by claim. Raises LedgerError, which names file and line, for another file."""
    proofs: dict[str, Step] = {}
    for paper in papers:
        path = folder(ledger) / f"{paper}.jsonl"
        if not path.exists():
            continue
        try:
            with path.open(encoding="utf-8") as lines:
                proofs.update(read(lines))
        except (OSError, ValueError) as error:
            raise LedgerError(f"cannot read the proofs in {path}: {error}") from None
    return proofs


def write(derivations: Mapping[str, list[str]], ledger: Path | None = None) -> None:
    """Keep the proofs that a run found, each given as the lines of a file. Raises OSError."""
    by_paper: dict[str, dict[str, Step]] = {}
    for claim, lines in derivations.items():
        by_paper.setdefault(claim.partition(":")[0], {}).update(read(lines))
    place = folder(ledger)
    place.mkdir(exist_ok=True)
    for path in place.glob("*.jsonl"):
        if path.stem not in by_paper:
            path.unlink()
    for paper, proofs in by_paper.items():
        temporary = place / f"{paper}.jsonl.tmp"
        temporary.write_text("".join(f"{line}\n" for line in written(proofs)), encoding="utf-8")
        temporary.replace(place / f"{paper}.jsonl")
