"""Citations of claims: the paper, and the check behind the claim (version, commit, fingerprint, verdict)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dropout_theory import __version__
from dropout_theory.report.formula import UnreadableFormula, formula, in_lines, tex, tex_in_lines, width
from dropout_theory.report.origin import commit

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger

RELEASE_YEAR = 2026
AUTHOR = "The dropout-theory developers"

_SPECIAL = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
            "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "∞": r"$\infty$"}


def escape(text: str) -> str:
    """Text with the characters that LaTeX gives a meaning escaped."""
    return "".join(_SPECIAL.get(c, c) for c in text)


def key(claim: Mapping[str, Any]) -> str:
    """BibTeX key of the check of a claim."""
    return f"dropout-theory-{claim['paper']}-{claim['label']}"


def version_line(claim: Mapping[str, Any]) -> str:
    """Version, commit and fingerprint of what was checked."""
    known = f"commit {found[:12]}, " if (found := commit()) else ""
    return f"dropout-theory {__version__}, {known}fingerprint {claim['fingerprint']}"


def bibtex(ledger: Ledger, claims: Iterable[Mapping[str, Any]]) -> str:
    """An entry for each paper concerned, and one for the check of each claim."""
    claims = list(claims)
    papers = dict.fromkeys(c["paper"] for c in claims)
    entries = [_paper(ledger.papers[p]) for p in papers if p in ledger.papers]
    return "\n\n".join([*entries, *(_check(ledger, c) for c in claims)]) + "\n"


def _paper(paper: Mapping[str, Any]) -> str:
    fields = {"author": " and ".join(escape(a) for a in paper["authors"]),
              "title": f"{{{escape(paper['title'])}}}" if paper["title"] else "",
              "year": str(paper["year"] or ""),
              **{k: v if k in ("url", "doi", "eprint") else escape(v) for k, v in paper["fields"].items()},
              "note": escape(paper["note"])}
    return _entry(paper["entry_type"], paper["key"], fields)


def classical_facts(ledger: Ledger, claim: Mapping[str, Any]) -> list[str]:
    """The facts of the literature that a recorded verdict rests on, through the claims that its proof cites, too."""
    found: set[str] = set()
    waiting, seen = [*claim["depends_on"], *(claim["parts"] if not claim["depends_on"] else [])], {claim["id"]}
    while waiting:
        cited = waiting.pop()
        other = ledger.get(cited)
        if other is None:
            found.add(cited.removeprefix("classical:"))
        elif cited not in seen:
            seen.add(cited)
            waiting += [*other["depends_on"], *(other["parts"] if not other["depends_on"] else [])]
    return sorted(found)


def _check(ledger: Ledger, claim: Mapping[str, Any]) -> str:
    facts = classical_facts(ledger, claim)
    return _entry("misc", key(claim), {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{escape('Check of ' + claim['id'] + ': ' + claim['title'])}}}",
        "year": str(RELEASE_YEAR),
        "howpublished": escape(version_line(claim)),
        "note": escape(f"{claim['source']} of {claim['paper']}; derived verdict: {claim['verdict']}"
                       + (f", which rests on {', '.join(facts)} of the literature" if facts else "")
                       + (f"; amended as {', '.join(claim['amended_by'])}" if claim["amended_by"] else "")),
    })


def _entry(kind: str, name: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {field} = {{{value}}}," for field, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{name},", *lines, "}"])


def latex(ledger: Ledger, claims: Iterable[Mapping[str, Any]]) -> str:
    """Each claim as a displayed equation with its hypotheses and verdict; a refuted one is followed by its repair."""
    blocks = []
    for claim in claims:
        blocks.append(_display(claim))
        blocks += [_display(ledger[i]) for i in claim["amended_by"] if claim["verdict"] in ("refuted", "conditional")]
    return "\n\n".join(blocks) + "\n"


def _display(claim: Mapping[str, Any]) -> str:
    lines = [f"% {claim['id']}: {claim['title']}", f"% verdict: {claim['verdict']} ({_one_line(claim['reason'])})",
             f"% {version_line(claim)}"]
    if claim["verdict"] == "refuted":
        lines.append("% as printed, this is false: do not cite it as a fact")
    if claim["statement"]:
        lines += [r"\begin{equation}", rf"  \label{{{claim['paper']}-{claim['label']}}}",
                  f"  {_set(claim['statement'])}", r"\end{equation}"]
    else:  # a definition that is only words
        lines.append(f"{escape(claim['title'])}")
    if claim["hypotheses"]:
        conditions = ", ".join(f"${in_lines(h['condition'])}$ ({escape(h['name'])})"
                               for h in claim["hypotheses"])
        lines.append(f"under {conditions}")
    lines.append(rf"({escape(claim['source'])} of \cite{{{claim['paper']}}}, {claim['verdict']}"
                 rf" by \cite{{{key(claim)}}}).")
    return "\n".join(lines)


def _set(statement: str) -> str:
    """A statement for a display: one that is wider than a page is set as a paragraph, in which it breaks into lines."""
    try:
        found = formula(statement)
    except UnreadableFormula:
        return statement
    if width(found) < 24:
        return tex(found)
    return rf"\parbox{{.85\linewidth}}{{\raggedright$\displaystyle {tex_in_lines(found)}$}}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
