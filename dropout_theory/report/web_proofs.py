"""The page of the ledger with its proofs: `index.html`, and long proofs in files beside it.

All proofs in one file would be 26 MB. A short one stands in the page; a longer one is a page of its own that its fold
loads when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory.claims import FACTS, PAPER_KEYS, load_proofs
from dropout_theory.language import latex
from dropout_theory.report.derivations import load
from dropout_theory.report.mathml import mathml
from dropout_theory.report.proof_html import STYLE as PROOF_STYLE
from dropout_theory.report.proof_html import proof_html
from dropout_theory.report.steps import spelled
from dropout_theory.report.web import STYLE, as_html, document

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger

LONG = 20_000  # bytes: a longer proof has a file of its own
_FOLDS = """
.proof{margin:.7em 0 0 7.3rem;border:0}.proof>summary{display:list-item;font-weight:600;padding:.2em 0}
.proof>summary small{font-weight:400}
iframe{width:100%;height:75vh;border:1px solid #8883}
@media(max-width:40rem){.proof{margin-left:0}}
"""

Progress = Callable[[int, int, str], None]


def write(ledger: Ledger, folder: Path, progress: Progress = lambda done, total, claim: None) -> list[Path]:
    """Write the page and the longer proofs into a folder; returns the files, the page first. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in ledger.papers:
        if paper in PAPER_KEYS:
            load_proofs(paper)  # classical facts are told with their statements and references
    proofs = load(ledger.papers, ledger.path)
    written = [folder / "index.html"]
    done = 0

    def fold(claim: Mapping[str, Any]) -> str:
        nonlocal done
        if (last := proofs.get(claim["id"])) is None:
            return ""
        done += 1
        progress(done, len(proofs), claim["id"])
        text = proof_html(ledger, claim, last, lambda cited: f"#{cited}")
        if len(text.encode()) > LONG:
            place = f"{claim['paper']}/{claim['label']}.html"
            written.append(folder / place)
            written[-1].parent.mkdir(exist_ok=True)
            there = proof_html(ledger, claim, last, lambda cited: f"../index.html#{cited}")
            written[-1].write_text(_page(claim, there), encoding="utf-8")
            text = (f'<p><a href="{escape(place)}">on a page of its own</a></p>'
                    f'<iframe loading="lazy" src="{escape(place)}" title="Proof of {escape(claim["id"])}"></iframe>')
        steps = spelled(claim["id"], ledger.path)
        return f"<details class=proof><summary>Proof <small>{steps}</small></summary>{text}</details>"

    page = as_html(ledger, fold, _facts(ledger)).replace("</style>", f"{PROOF_STYLE}{_FOLDS}</style>", 1)
    written[0].write_text(page, encoding="utf-8")
    return written


def _page(claim: Mapping[str, Any], proof: str) -> str:
    name = escape(claim["id"])
    head = f'<p><a href="../index.html#{name}">{name}</a> {escape(claim["title"])}</p>'
    statement = f"<p>{mathml(claim['statement'])}</p>" if claim["statement"] else ""
    return document(f"Proof of {claim['id']}", head + statement + proof, STYLE + PROOF_STYLE, '<base target="_top">')


def _facts(ledger: Ledger) -> str:
    """The classical facts that proofs rest on: statement and reference."""
    cited = sorted({d.removeprefix("classical:") for c in ledger for d in c["depends_on"]} & set(FACTS))
    if not cited:
        return ""
    listed = "".join(f'<dt id="classical:{escape(name)}">{escape(name)}</dt>'
                     f"<dd>{mathml(latex(FACTS[name].statement))}</dd><dd>{escape(FACTS[name].reference)}</dd>"
                     for name in cited)
    return f"<section><h2>Classical facts, used without proof</h2><dl>{listed}</dl></section>"


__all__ = ["LONG", "write"]
