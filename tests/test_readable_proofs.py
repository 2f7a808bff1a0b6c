"""Recorded proofs for people: on a terminal, in LaTeX that compiles, on the page, in a notebook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dropout_theory.cli.main import main
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.report import citations, web_proofs
from dropout_theory.report.derivations import load
from dropout_theory.report.ledger import DEFAULT, Ledger, LedgerError
from dropout_theory.report.proof_page import proof_latex, proof_page
from dropout_theory.report.reading import read

# short and long ones, of all papers: cases, inductions, series, refutations, orders, optima, indicators, cited claims
SEVERAL = ("baldi2014:eq39", "baldi2014:eq25", "baldi2014:eq52", "baldi2014:eq59", "baldi2014:eq79.2-best-constant",
           "bouthillier2015:fig1-more-diverse.amended", "helmbold2017:def2-square-integrable", "helmbold2017:lem14",
           "helmbold2017:thm7", "helmbold2017:sec3-never-isolated", "marginalized:sec3.2.1-sampling-improves",
           "schluter2019:eq14.amended", "schluter2019:thm2-step-zeta.amended")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(DEFAULT)


@pytest.fixture(scope="module")
def proofs(ledger: Ledger) -> dict[str, Step]:
    return load(ledger.papers)


# --- reading -----------------------------------------------------------------------------------------------------

def test_a_reason_speaks_of_steps_before_it_and_numbers_stay_when_trivial_steps_are_shown(
        proofs: dict[str, Step]) -> None:
    for claim, last in proofs.items():
        short, whole = (read(last, lambda t: f"<{t.digest}>", everything) for everything in (False, True))
        assert [line.number for line in short.lines] == [line.number for line in whole.lines if not line.trivial], claim
        for reading in (short, whole):
            seen: set[str] = set()
            letters = {*reading.given, *reading.supposed}
            for line in reading.lines:
                words = re.sub(r"<\w+>|\([a-z]+\)|0 or 1|from <\w+>:", "", line.reason if not line.source else "")
                assert set(re.findall(r"\d+(?:\.\d+)?", words)) <= seen, (claim, line)
                assert {*line.assumes, *re.findall(r"\(([a-z]{1,2})\)", line.reason)} <= letters, (claim, line)
                seen.add(line.number)


def test_what_an_instance_changes_is_told(ledger: Ledger, proofs: dict[str, Step]) -> None:
    text = proof_page(ledger, ledger["baldi2014:eq39"], proofs["baldi2014:eq39"], room=110)
    assert "for c > 0" in text and "which is for c > 0, allowed by 6" in text and "c = c" not in text
    assert "Supposed in some steps\n  (a)    c = 0" in text and "by cases: 2 where c = 0, else 7" in text
    text = proof_page(ledger, ledger["helmbold2017:thm7"], proofs["helmbold2017:thm7"], room=110)
    assert "Given\n  (a)    0 < " in text and "  μ: non-negative real" in text and "6 at T = " in text


def test_a_proof_without_a_record_is_an_error_in_a_line(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LedgerError, match="schluter2019:eq2 has no recorded proof in steps; its verdict is definition"):
        ledger.proof("schluter2019:eq2")
    assert main(["show", "schluter2019:eq2", "--proof"]) == 2 and capsys.readouterr().err.count("\n") == 1
    assert main(["cite", "baldi2014:eq39", "--all"]) == 2 and "allowed: with --proof" in capsys.readouterr().err


# --- LaTeX -------------------------------------------------------------------------------------------------------

def test_proofs_and_statements_compile_and_stay_on_the_page(
        ledger: Ledger, proofs: dict[str, Step], tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is not installed: apt-get install texlive-latex-base")
        pytest.skip("compiling proofs needs pdflatex (texlive-latex-base)")
    parts = [r"\documentclass{article}", r"\usepackage{amsmath,amssymb,amsthm}", r"\begin{document}"]
    for claim in SEVERAL:
        ledger.proof(claim)  # loads the classical facts of the paper
        parts += [citations.latex(ledger, [ledger[claim]]),
                  *[proof_latex(ledger, ledger[claim], proofs[claim], everything=e) for e in (False, True)]]
    parts += [citations.latex(ledger, [c]) for c in ledger if len(c["statement"]) > 1200 or not c["statement"]]
    (tmp_path / "proofs.tex").write_text("\n".join([*parts, r"\end{document}"]), encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "proofs.tex"], cwd=tmp_path,
                          capture_output=True, timeout=120)
    said = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, said[-2000:]
    assert "Missing character" not in said
    too_wide = [float(w) for w in re.findall(r"Overfull \\hbox \(([\d.]+)pt", said)]
    assert len([w for w in too_wide if w > 20]) <= 3 and max(too_wide, default=0) < 60, too_wide


# --- the page and the notebook -----------------------------------------------------------------------------------

class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag != "script"
        self.ids |= {str(found["id"])} if "id" in found else set()
        self.places |= {str(found[name]) for name in ("href", "src") if name in found}


def test_the_page_shows_proofs_and_its_links_lead_somewhere(ledger: Ledger, tmp_path: Path) -> None:
    wanted = ("baldi2014:eq39", "baldi2014:eq39.1", "baldi2014:eq39.2", "baldi2014:eq39.3", "schluter2019:eq11.amended",
              "schluter2019:thm1.amended", "schluter2019:thm2-step-zeta.amended", "helmbold2017:lem14")
    data = {**ledger.data, "claims": [{**ledger[c], "parts": [], "amended_by": [], "amends": None, "depends_on": [
        d for d in ledger[c]["depends_on"] if d in wanted or d.startswith("classical:")]} for c in wanted]}
    index, *others = web_proofs.write(Ledger(data, DEFAULT), tmp_path)
    page = Links(index.read_text(encoding="utf-8"))
    assert {*wanted, "classical:euler-zeta"} <= page.ids
    assert {"#schluter2019:thm1.amended", "#classical:euler-zeta", "helmbold2017/lem14.html"} <= page.places
    for file in (index, *others):
        for place in Links(file.read_text(encoding="utf-8")).places:
            beside, _, anchor = place.partition("#")
            assert not beside or (file.parent / beside).is_file(), place
            assert not anchor or anchor in page.ids or anchor not in wanted, place
    text = index.read_text(encoding="utf-8")
    assert re.search(r"Proof <small>19 steps: \d+ checked", text) and text.count("<details class=proof>") == len(wanted)
    assert "show baldi2014:eq39 --proof" not in text and "1 trivial step</summary>" in text
    long = others[-1]
    assert long.name == "lem14.html" and "helmbold2017:lem14</a>" in long.read_text("utf-8")
    assert index.stat().st_size < 40_000 * len(wanted) and long.stat().st_size > web_proofs.LONG


def test_a_place_for_the_page_that_is_none_is_an_error_in_a_line(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["ledger", "--format", "html", "--out", str(tmp_path / "file")]) == 2
    assert main(["ledger", "--format", "md", "--out", str(tmp_path)]) == 2
    assert "allowed: html" in capsys.readouterr().err


def test_a_notebook_shows_a_proof(ledger: Ledger) -> None:
    proof = ledger.proof("schluter2019:thm1-step-base")
    shown = proof._repr_mimebundle_()
    assert shown["text/plain"] == str(proof) and "Proof of schluter2019:thm1-step-base" in str(proof)
    assert "<math displaystyle=true>" in shown["text/html"] and "Stirling triangle" in shown["text/html"]
    assert re.fullmatch(r"<proof of schluter2019:thm1-step-base, 13 steps: .*>", repr(proof))
