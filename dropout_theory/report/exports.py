"""The ledger in other formats: a Markdown table to read, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from dropout_theory.report.terminal import counted, tally

_FIELDS = ("id", "paper", "section", "kind", "title", "verdict", "erratum", "severity", "methods", "amended_by",
           "source", "statement")


def _row(claim: Mapping[str, Any]) -> dict[str, str]:
    erratum = claim["erratum"] or {"type": "", "severity": ""}
    return {
        **{name: str(claim[name]) for name in ("id", "paper", "section", "kind", "title", "verdict", "source")},
        "statement": claim["statement"],
        "erratum": erratum["type"],
        "severity": erratum["severity"],
        "methods": " ".join(f"{e['method']}:{e['outcome']}" for e in claim["evidence"]),
        "amended_by": " ".join(claim["amended_by"]),
    }


def as_csv(claims: Iterable[Mapping[str, Any]]) -> str:
    """A row per claim, statements as LaTeX."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(c) for c in claims)
    return out.getvalue()


def as_markdown(claims: Iterable[Mapping[str, Any]]) -> str:
    """A table per paper."""
    claims = list(claims)
    lines = ["# Ledger", "", f"{counted(len(claims), 'claim')}: {tally(c['verdict'] for c in claims)}"]
    for paper in dict.fromkeys(c["paper"] for c in claims):
        lines += ["", f"## {paper}", "", "| claim | verdict | title | erratum | evidence |",
                  "| --- | --- | --- | --- | --- |"]
        for claim in (c for c in claims if c["paper"] == paper):
            row = _row(claim)
            lines.append("| " + " | ".join(row[k].replace("|", r"\|")
                                           for k in ("id", "verdict", "title", "erratum", "methods")) + " |")
    return "\n".join(lines) + "\n"
