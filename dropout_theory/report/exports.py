"""The ledger in other formats: Markdown and HTML tables to read, CSV for spreadsheets."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any

from dropout_theory.report.terminal import tally

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


def as_csv(claims: Sequence[Mapping[str, Any]]) -> str:
    """A row per claim, statements as LaTeX."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(c) for c in claims)
    return out.getvalue()


def as_markdown(claims: Sequence[Mapping[str, Any]]) -> str:
    """A table per paper."""
    lines = ["# Ledger", "", f"{len(claims)} claims: {tally(c['verdict'] for c in claims)}"]
    for paper in dict.fromkeys(c["paper"] for c in claims):
        lines += ["", f"## {paper}", "", "| claim | verdict | title | erratum | evidence |",
                  "| --- | --- | --- | --- | --- |"]
        for claim in (c for c in claims if c["paper"] == paper):
            row = _row(claim)
            lines.append("| " + " | ".join(row[k].replace("|", r"\|")
                                           for k in ("id", "verdict", "title", "erratum", "methods")) + " |")
    return "\n".join(lines) + "\n"


def as_html(claims: Sequence[Mapping[str, Any]]) -> str:
    """One self-contained page with a table."""
    names = ("id", "verdict", "title", "erratum", "methods")
    head = "".join(f"<th>{n}</th>" for n in ("claim", "verdict", "title", "erratum", "evidence"))
    body = "\n".join(f'<tr id="{html.escape(row["id"])}">' + "".join(f"<td>{html.escape(row[n])}</td>" for n in names)
                     + "</tr>" for row in map(_row, claims))
    return ("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Ledger</title>"
            "<style>body{font:15px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left;vertical-align:top}"
            "tr:nth-child(even){background:#8881}</style></head>\n"
            f"<body><h1>Ledger</h1><p>{html.escape(tally(c['verdict'] for c in claims))}</p>\n"
            f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></body></html>\n")
