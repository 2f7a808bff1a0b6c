"""The ledger: every claim with its derived verdict and evidence, as one JSON file that ships with the package.

Reading it needs neither SymPy nor the claims themselves, so `show`, `list` and `cite` answer at once.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory.claims import UnknownClaimError, select_ids, suggest
from dropout_theory.report.schema import Unfit, compiled

if TYPE_CHECKING:
    from dropout_theory.claims import Registry
    from dropout_theory.report.proof_html import Proof
    from dropout_theory.running.runner import Run

VERSION = 2
DEFAULT = Path(__file__).resolve().parent.parent / "ledger.json"
SCHEMA = Path(__file__).resolve().parent / "ledger.schema.json"
LARGEST = 1 << 28  # bytes of a file that is read


class LedgerError(ValueError):
    """The ledger is missing, unreadable or of another version; the message is one line."""


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


class Ledger:
    """Recorded claims by identifier, in the papers' order, and the papers' bibliographic facts."""

    def __init__(self, data: Mapping[str, Any], path: Path | None = None) -> None:
        self.data = data
        self.path = path  # the file it was read from
        self.papers: dict[str, dict[str, Any]] = {p["key"]: p for p in data.get("papers", ())}
        self._claims: dict[str, dict[str, Any]] = {c["id"]: c for c in data["claims"]}

    @classmethod
    def read(cls, path: Path | str | None = None) -> Ledger:
        """Read a ledger file; the one shipped with the package when no path is given. Raises LedgerError.

        A file is data: one that does not fit the schema is refused, and nothing in it is run. The one that is shipped
        is trusted like the program.
        """
        path = Path(path) if path is not None else DEFAULT
        try:
            size = path.stat().st_size
            if size > LARGEST:
                raise LedgerError(f"{path} has {size:,} bytes; allowed: {LARGEST:,}")
            data = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        except FileNotFoundError:
            raise LedgerError(f"no ledger at {path}; make one with: dropout-theory check --record") from None
        except LedgerError:
            raise
        except (OSError, ValueError, RecursionError) as error:
            raise LedgerError(f"cannot read ledger {path}: {error}") from None
        if isinstance(data, dict) and "interrupted" in data:
            raise LedgerError(f"{path} is not a ledger: it holds the evidence of one run, from --json")
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise LedgerError(f"{path} is not a ledger of version {VERSION}; make one with: "
                              "dropout-theory check --record")
        if path != DEFAULT:
            try:
                compiled(json.loads(SCHEMA.read_text(encoding="utf-8")))(data, "the ledger")
            except (Unfit, RecursionError) as error:
                raise LedgerError(f"{path} does not fit the schema: {error}; record anew: "
                                  "dropout-theory check --record") from None
            ids = [c["id"] for c in data["claims"]]
            if len(set(ids)) < len(ids):
                twice = next(i for i in ids if ids.count(i) > 1)
                raise LedgerError(f"{path} has claim {twice} twice")
        return cls(data, path)

    @property
    def made_with(self) -> dict[str, dict[str, dict[str, str]]]:
        """What evidence was made with, by the hash that it refers to it by: rooms with hashes, tools with versions."""
        found: dict[str, dict[str, dict[str, str]]] = self.data["made_with"]
        return found

    @property
    def run(self) -> dict[str, str | bool | None] | None:
        """When, where and by what commit it was recorded; None in a ledger that does not keep that."""
        found: dict[str, str | bool | None] | None = self.data.get("run")
        return found

    @classmethod
    def empty(cls) -> Ledger:
        """A ledger with no claims, for a first run."""
        return cls({"version": VERSION, "generator": generator(), "papers": [], "made_with": {}, "claims": []})

    def __getitem__(self, identifier: str) -> dict[str, Any]:
        try:
            return self._claims[identifier]
        except KeyError:
            raise UnknownClaimError(identifier, suggest(identifier, self._claims)) from None

    def get(self, identifier: str) -> dict[str, Any] | None:
        """The recorded claim, or None."""
        return self._claims.get(identifier)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._claims

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._claims.values())

    def __len__(self) -> int:
        return len(self._claims)

    def select(self, patterns: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Recorded claims matching ids, paper keys or globs. Raises UnknownClaimError."""
        return [self._claims[i] for i in select_ids(patterns, list(self._claims), self.papers)]

    def evidence(self, identifier: str, method: str) -> dict[str, Any] | None:
        """The recorded evidence of one method on one claim, or None."""
        claim = self._claims.get(identifier)
        return next((e for e in claim["evidence"] if e["method"] == method), None) if claim else None

    def proof(self, identifier: str) -> Proof:
        """The recorded proof of a claim: it prints as numbered steps, and a notebook shows it with formulas set.

            print(Ledger.read().proof("baldi2014:eq39"))

        Raises UnknownClaimError, and LedgerError for a claim without a recorded proof.
        """
        from dropout_theory.report.proof_html import recorded_proof

        return recorded_proof(self, identifier)

    def write(self, path: Path | str) -> None:
        """Write the ledger whole or not at all. Raises OSError when the place is not writable."""
        path = Path(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(self.text())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def text(self) -> str:
        """The ledger as JSON text, claims in the papers' order."""
        return json.dumps(self.data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The published JSON Schema of ledgers, narrowed to the methods that there are here."""
    from dropout_theory.verdicts.kernel import METHODS

    published: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    published["$defs"]["method"] = {"enum": list(METHODS)}
    return published


def generator() -> str:
    """Name and version of the program that writes ledgers."""
    from dropout_theory import __version__

    return f"dropout-theory {__version__}"


def build(registry: Registry, run: Run, previous: Ledger | None = None,
          origin: Mapping[str, str | bool | None] | None = None) -> Ledger:
    """The ledger of a run over the whole registry, with its `origin`.

    Seconds of the `previous` ledger are kept where nothing else about the evidence changed, and its origin where
    nothing at all did, so that a second run leaves the file as it is.
    """
    from dropout_theory.verdicts.fingerprint import made_with_now

    claims = [_claim(registry, run, claim, previous) for claim in registry]
    papers = [{"key": p.key, "title": p.title, "authors": list(p.authors), "year": p.year,
               "entry_type": p.entry_type, "fields": dict(p.fields), "note": p.note}
              for p in registry.papers.values()]
    now = made_with_now()
    referred = sorted({e["prints"]["made_with"] for c in claims for e in c["evidence"]})
    data = {"version": VERSION, "generator": generator(), "papers": papers,
            "made_with": {name: now[name] for name in referred}, "claims": claims}
    if previous and previous.run and {k: v for k, v in previous.data.items() if k != "run"} == data:
        origin = previous.run
    if origin is not None:
        data["run"] = dict(origin)
    return Ledger(data)


def _claim(registry: Registry, run: Run, claim: Any, previous: Ledger | None) -> dict[str, Any]:
    from dropout_theory.verdicts.fingerprint import meaning_fingerprint, statement_fingerprint
    from dropout_theory.verdicts.kernel import METHODS

    verdict = run.verdicts[claim.id]
    evidence = [_keep_seconds(dict(r), previous.evidence(claim.id, r["method"]) if previous else None)
                for r in sorted(run.records.get(claim.id, ()),
                                key=lambda r: METHODS.index(r["method"]))]
    erratum = claim.erratum
    return {
        **stated(claim),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "unproved": list(verdict.unproved),
        "erratum": {"type": erratum.type, "severity": erratum.severity, "note": erratum.note} if erratum else None,
        "amends": claim.amends,
        "amended_by": [c.id for c in registry.amendments(claim.id)],
        "part_of": claim.part_of,
        "parts": [c.id for c in registry.parts(claim.id)],
        "depends_on": sorted({d for r in evidence for d in r["depends_on"]}),
        "counterexample": next((r["counterexample"] for r in sorted(evidence, key=_exactness)
                                if r["counterexample"] and r["outcome"] == "fails"), None),
        "evidence": evidence,
        "not_applicable": dict(run.not_applicable.get(claim.id, {})),
        "derivation": _digest(run.derivations.get(claim.id)),
        "fingerprint": statement_fingerprint(claim),
        "meaning_fingerprint": meaning_fingerprint(claim),
        "source": claim.source,
    }


def _digest(lines: list[str] | None) -> str | None:
    """The name of a proof, made of its content; None where there is none."""
    from dropout_theory.recheck.steps.derivation import read

    return next(iter(read(lines).values())).digest if lines else None


def stated(claim: Any) -> dict[str, Any]:
    """What a claim says, whatever was found of it."""
    from dropout_theory.language import latex, plain
    from dropout_theory.report.glossary import glossary, said

    beside = said(claim)
    return {
        "id": claim.id,
        "paper": claim.paper,
        "label": claim.label,
        "section": claim.section,
        "kind": claim.kind,
        "title": claim.title,
        "statement": latex(claim.statement) if claim.statement is not None else "",
        "statement_plain": plain(claim.statement, beside) if claim.statement is not None else "",
        "symbols": glossary(claim),
        "hypotheses": [{"name": h.name, "condition": latex(h.condition), "condition_plain": plain(h.condition, beside),
                        "note": h.note} for h in claim.hypotheses],
        "reading": claim.reading,
    }


def _exactness(record: Mapping[str, Any]) -> int:
    """Sort key: the counterexample shown for a claim is the most rigorous one."""
    from dropout_theory.verdicts.kernel import RIGORS

    return RIGORS.index(record["rigor"])


def _keep_seconds(new: dict[str, Any], old: Mapping[str, Any] | None) -> dict[str, Any]:
    if old and {k: v for k, v in old.items() if k != "seconds"} == {k: v for k, v in new.items() if k != "seconds"}:
        new["seconds"] = old["seconds"]
    return new
