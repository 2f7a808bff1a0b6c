"""The proof of a claim in HTML: on the page of the ledger, and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dropout_theory.language import latex
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.report.mathml import mathml
from dropout_theory.report.proof_page import in_dollars, own_letters, proof_page, spelled
from dropout_theory.report.reading import Line, read
from dropout_theory.report.steps import spelled as outcomes
from dropout_theory.report.terminal import counted

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger

# of the claim or the fact that a step quotes, where it is found; empty where it is not linked
Link = Callable[[str], str]

STYLE = """
ol.dt-steps,ul.dt-given{list-style:none;padding:0;margin:.3em 0}
.dt-steps>li,.dt-given>li{padding:.25em 0 .25em 3.2em;text-indent:-3.2em;overflow-x:auto}
.dt-steps>li>b,.dt-given>li>b{display:inline-block;min-width:3.2em;text-indent:0;font-weight:400;color:GrayText}
.dt-steps math,.dt-given math,.dt-steps details{text-indent:0}
.dt-steps i{color:GrayText;white-space:nowrap}
.dt-steps details{border:0;padding:0}
.dt-steps summary{display:list-item;padding:0;color:GrayText;font-size:.9em}
.dt-steps math .b,.dt-given math .b{font-weight:700}.dt-steps math .l mtd,.dt-given math .l mtd{padding:.1em 0}
"""


def proof_html(ledger: Ledger, claim: Mapping[str, Any], last: Step, link: Link = lambda _: "") -> str:
    """Assumptions, letters and numbered steps, trivial ones folded; what is quoted is linked to where `link` says."""
    reading = read(last, in_dollars)
    blocks = []
    for title, named in (("Given", reading.given), ("Supposed in some steps", reading.supposed)):
        if named:
            listed = "".join(f"<li><b>({a})</b>{in_html(in_dollars(g))}</li>" for a, g in named.items())
            blocks.append(f"<p>{title}</p><ul class=dt-given>{listed}</ul>")
    if letters := own_letters(claim, reading, lambda e: f"${latex(e)}$"):
        told = "; ".join(f"{letter}: {meaning}" for letter, meaning in letters)
        blocks.append(f"<p>Letters of the proof: {in_html(told)}</p>")
    main = {line.number: line for line in reading.lines}
    lines = [main.get(line.number, line) for line in read(last, in_dollars, everything=True).lines]
    steps = ""
    for trivial, group in groupby(lines, key=lambda line: line.trivial):
        items = [_step(line, ledger, link) for line in group]
        steps += f"<li><details><summary>{counted(len(items), 'trivial step')}</summary>" \
                 f"<ol class=dt-steps>{''.join(items)}</ol></details></li>" if trivial else "".join(items)
    return "".join([*blocks, f"<ol class=dt-steps>{steps}</ol>"])


def _step(line: Line, ledger: Ledger, link: Link) -> str:
    about = f" for {', '.join(map(in_dollars, line.speaks_of))}" if line.speaks_of else ""
    under = f" <i>[{', '.join(f'({a})' for a in line.assumes)}]</i>" if line.assumes else ""
    reason = in_html(spelled(line, ledger))
    if line.source and (place := link(line.source)):
        reason = f'<a href="{escape(place)}">{reason}</a>'
    return f"<li><b>{line.number}</b>{in_html(in_dollars(line.statement) + about)}{under} — {reason}</li>"


def in_html(text: str) -> str:
    """Text with its formulas, which stand between dollars, set."""
    return "".join(mathml(part) if n % 2 else escape(part, quote=False) for n, part in enumerate(text.split("$")))


@dataclass(frozen=True)
class Proof:
    """A recorded proof. It prints as `dropout-theory show ID --proof` does; a notebook shows it with formulas set."""

    ledger: Ledger
    claim: Mapping[str, Any]
    last: Step

    @property
    def steps(self) -> str:
        """How many steps it has, and how far they were checked again: `19 steps: 16 checked, 3 tested`."""
        return outcomes(self.claim["id"], self.ledger.path)

    def __str__(self) -> str:
        return proof_page(self.ledger, self.claim, self.last)

    def __repr__(self) -> str:
        return f"<proof of {self.claim['id']}, {self.steps}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        head = f"<p><b>{escape(self.claim['id'])}</b> {escape(self.claim['title'])}; {self.steps}</p>"
        return {"text/plain": str(self),
                "text/html": f"<style>{STYLE}</style>{head}{proof_html(self.ledger, self.claim, self.last)}"}


def recorded_proof(ledger: Ledger, identifier: str) -> Proof:
    """The recorded proof of a claim. Raises UnknownClaimError, and LedgerError, which says what there is instead."""
    from dropout_theory.claims import PAPER_KEYS, load_proofs
    from dropout_theory.report.derivations import load
    from dropout_theory.report.ledger import LedgerError

    claim = ledger[identifier]
    last = load([claim["paper"]], ledger.path).get(identifier)
    if last is None:
        by = [e["method"] for e in claim["evidence"] if e["outcome"] != "unknown"]
        raise LedgerError(f"{identifier} has no recorded proof in steps; "
                          + (f"what was found is by {', '.join(by)}: see show without --proof" if by
                             else f"its verdict is {claim['verdict']}"))
    if claim["paper"] in PAPER_KEYS:
        load_proofs(claim["paper"])  # classical facts are told with their references
    return Proof(ledger, claim, last)


__all__ = ["STYLE", "Proof", "in_html", "proof_html", "recorded_proof"]
