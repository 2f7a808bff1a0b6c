"""The ledger as a self-contained web page: every claim opens to what `show` tells of it, formulas set in MathML.

No scripts and nothing from the network. The proofs are put in by `web_proofs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dropout_theory.report.mathml import mathml
from dropout_theory.report.page import Cited, Formula, Line, Piece, Section, Source, found, place, said
from dropout_theory.report.terminal import counted, tally

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger

# dark enough to be read on white, light enough on black
_COLOURS = {"proved": "#1a7f37", "supported": "#0969da", "refuted": "#cf222e", "conditional": "#9a6700",
            "ill-formed": "#8250df", "definition": "#6e7781", "open": "#bc4c00"}
STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:1.5rem}
h2{margin:2.2em 0 .3em}h3{font-size:1em;margin:1.4em 0 .2em;color:GrayText}
fieldset{border:0;padding:.6em 0;margin:0;position:sticky;top:0;background:Canvas}
fieldset label{margin-right:1.1em;white-space:nowrap}
details{border-top:1px solid #8883}details[open]{padding-bottom:1em}
:target{background:#fd02}
summary{padding:.35em .2em;cursor:pointer;display:grid;grid-template-columns:6.5rem 1fr;gap:.8em}
summary:hover{background:#8881}
summary code{display:block;color:GrayText;font-size:.85em;overflow-wrap:anywhere}
.verdict{font-weight:600}
dl{margin:.2em 0 0 7.3rem}dt{font-weight:600;margin-top:.7em}dd{margin:0;overflow-wrap:anywhere}
dd{overflow-x:auto}dd.statement{font-size:1.1em;padding:.2em 0}
code.tex{font-size:.75em;color:GrayText;white-space:nowrap}
math .b{font-weight:700}math .l mtd{padding:.1em 0}
table{border-collapse:collapse;margin:.7em 0 0 7.3rem;font-size:.92em}
td:not(:last-child){white-space:nowrap}
td,th{padding:.1em .9em .1em 0;text-align:left;vertical-align:top}
@media(max-width:40rem){summary{grid-template-columns:1fr;gap:0}dl,table{margin-left:0}}
"""


Proofs = Callable[[Mapping[str, Any]], str]


def as_html(ledger: Ledger, proof: Proofs | None = None, end: str = "") -> str:
    """One page: the claims by paper and section, to be filtered by verdict.

    `proof` gives what is shown for the proof of a claim, in place of how to read it on a terminal; `end` follows the
    claims.
    """
    claims = list(ledger)
    verdicts = [v for v in _COLOURS if any(c["verdict"] == v for c in claims)]
    rules = "".join(f".{v} .verdict{{color:{_COLOURS[v]}}}"
                    f"body:has(#only-{v}:checked) .claim:not(.{v}){{display:none}}"
                    f"body:has(#only-{v}:checked) section:not(:has(.claim.{v})){{display:none}}" for v in verdicts)
    counts = {"all": len(claims), **{v: sum(c["verdict"] == v for c in claims) for v in verdicts}}
    choices = "".join(f'<label><input type="radio" name="only" id="only-{v}"{" checked" * (v == "all")}> {v} {count}'
                      "</label>" for v, count in counts.items())
    papers = "".join(_paper(ledger, key, group, proof) for key, group in groupby(claims, key=lambda c: str(c["paper"])))
    body = (f"<h1>Ledger</h1>\n"
            f"<p>{counted(len(claims), 'claim')}: {escape(tally(c['verdict'] for c in claims))}</p>\n"
            f"<fieldset>{choices}</fieldset>{papers}{end}")
    return document("Ledger", body, STYLE + rules)


def document(title: str, body: str, style: str, head: str = "") -> str:
    """A whole page."""
    return ('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<title>{escape(title)}</title><meta name="viewport" content="width=device-width">{head}'
            f"<style>{style}</style></head>\n<body>{body}</body></html>\n")


def _paper(ledger: Ledger, key: str, claims: Iterable[Mapping[str, Any]], proof: Proofs | None) -> str:
    paper = ledger.papers.get(key, {})
    title = f"{paper['title']} ({paper['year']})" if paper.get("year") else paper.get("title") or key
    return f"<section><h2>{escape(title)}</h2>" + "".join(
        f"<section><h3>Section {escape(section)}</h3>\n" + "\n".join(_claim(ledger, c, proof) for c in group)
        + "</section>" for section, group in groupby(claims, key=lambda c: str(c["section"]))) + "</section>"


def _claim(ledger: Ledger, claim: Mapping[str, Any], proof: Proofs | None) -> str:
    head = (f'<summary><span class="verdict">{escape(claim["verdict"])}</span><span>{escape(claim["title"])}'
            f'<code>{escape(claim["id"])}</code></span></summary>')
    rows = "".join("<tr>" + "".join(f"<td>{escape(e[name])}</td>" for name in ("method", "outcome", "rigor", "scope"))
                   + "</tr>" for e in claim["evidence"])
    table = f"<table><tr><th>method<th>outcome<th>rigor<th>scope</tr>{rows}</table>" if rows else ""
    return (f'<details class="claim {escape(claim["verdict"])}" id="{escape(claim["id"])}">{head}'
            f"<dl><dd>{escape(place(ledger, claim))}</dd>{_sections(said(ledger, claim))}</dl>"
            f"{proof(claim) if proof else ''}{table}"
            f"<dl>{_sections(found(ledger, claim, proof=proof is None))}</dl></details>")


def _sections(sections: Iterable[Section]) -> str:
    return "".join(f"<dt>{escape(title)}</dt>" + "".join(
        f"<dd{' class=statement' * (title == 'Statement')}>{_line(line)}</dd>" for line in lines)
        for title, lines in sections)


def _line(line: Line) -> str:
    return _piece(line) if isinstance(line, str) else "".join(map(_piece, line))


def _piece(piece: Piece) -> str:
    if isinstance(piece, Formula):
        return mathml(piece.latex) if piece.latex else escape(piece.plain)
    if isinstance(piece, Source):
        return f"<code class=tex>{escape(piece)}</code>"
    return f'<a href="#{escape(piece)}">{escape(piece)}</a>' if isinstance(piece, Cited) else escape(piece)
