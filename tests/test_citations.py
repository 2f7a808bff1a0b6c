"""Citations: BibTeX that other programs parse back, LaTeX that says what was checked, CITATION.cff."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from test_runner import record

from dropout_theory import __version__
from dropout_theory.report import citations
from dropout_theory.report.ledger import DEFAULT, Ledger

ROOT = Path(__file__).parents[1]


def parsed(text: str) -> dict[str, dict[str, str]]:
    """Fields by key as pybtex reads them."""
    from pybtex.database import parse_string

    return {k: {name.lower(): value for name, value in e.fields.items()}
            | {"people": "; ".join(str(p) for p in e.persons.get("author", ()))}
            for k, e in parse_string(text, "bibtex").entries.items()}


def parsed_by_bibtexparser(text: str) -> dict[str, dict[str, str]]:
    import bibtexparser

    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return {e.key: {f.key: f.value for f in e.fields} for e in library.entries}


def test_bibtex_parses_back_by_two_programs() -> None:
    ledger = record()
    text = citations.bibtex(ledger, [ledger["toy:eq2"], ledger["toy:eq1"]])
    first, second = parsed(text), parsed_by_bibtexparser(text)
    assert list(first) == list(second) == ["toy", "dropout-theory-toy-eq2", "dropout-theory-toy-eq1"]
    assert first["toy"]["title"] == "{On squares}" and first["toy"]["journal"] == r"Annals of Toys \& Games"
    assert first["toy"]["people"] == "Example, Ada; Exemple, Émile" and first["toy"]["doi"] == "10.1000/toy_1"
    check = first["dropout-theory-toy-eq2"]
    assert "derived verdict: conditional; amended as toy:eq2.amended" in check["note"]
    assert f"dropout-theory {__version__}" in check["howpublished"]
    assert f"fingerprint {ledger['toy:eq2']['fingerprint']}" in check["howpublished"]


@pytest.mark.parametrize("text", ["100% & more_or_less #1 {a} $x$ ~ ^ \\", "plain"])
def test_escape_leaves_nothing_special(text: str) -> None:
    escaped = citations.escape(text)
    bare = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum)\{\}|\\[&%$#_{}]", "", escaped)
    assert not re.search(r"[&%$#_{}~^\\]", bare)


def test_latex_of_a_claim() -> None:
    ledger = record()
    text = citations.latex(ledger, [ledger["toy:eq1"]])
    assert "\\begin{equation}\n  \\label{toy-eq1}\n  0 \\leq x^{2}\n\\end{equation}" in text
    assert r"(eq. (1) of \cite{toy}, proved by \cite{dropout-theory-toy-eq1})." in text


def test_latex_of_a_wrong_claim_warns_and_adds_the_repair() -> None:
    ledger = record()
    ledger["toy:eq2"]["verdict"] = "refuted"
    text = citations.latex(ledger, [ledger["toy:eq2"]])
    assert "as printed, this is false" in text and r"\label{toy-eq2.amended}" in text
    assert "under $x = 1$ (one)" in text


def test_every_recorded_claim_can_be_cited() -> None:
    ledger = Ledger.read(DEFAULT)
    keys = parsed(citations.bibtex(ledger, list(ledger)))
    assert len(keys) == len(ledger) + len(ledger.papers)
    for claim in ledger:
        text = citations.latex(ledger, [claim])
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), claim["id"]


def test_text_without_title_or_authors_says_so() -> None:
    paper = Ledger.read(DEFAULT).papers["marginalized"]
    assert paper["title"] is None and paper["authors"] == [] and paper["note"]
    assert "title" not in parsed(citations.bibtex(Ledger.read(DEFAULT), [Ledger.read(DEFAULT)["marginalized:eq3"]]))[
        "marginalized"]


def test_citation_file() -> None:
    data = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert data["cff-version"] == "1.2.0" and data["version"] == __version__ and data["license"] == "BSD-3-Clause"
    assert data["title"] and data["message"] and data["authors"]
    assert str(data["date-released"]).startswith(str(citations.RELEASE_YEAR))
