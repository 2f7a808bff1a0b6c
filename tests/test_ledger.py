"""The ledger: its format, its stability, and that the committed one is what the claims say."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_claims
import jsonschema
import pytest
from test_runner import EXPECTED, record, run

from dropout_theory.claims import Registry, UnknownClaimError, load
from dropout_theory.report import exports, web
from dropout_theory.report.ledger import DEFAULT, Ledger, LedgerError, build, schema
from dropout_theory.verdicts.kernel import METHODS, recall

VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)


def test_toy_ledger_fits_the_schema() -> None:
    VALIDATOR.validate(json.loads(record().text()))


@pytest.mark.parametrize("spoil", [
    lambda c: c.pop("fingerprint"), lambda c: c.update(verdict="true"), lambda c: c.update(id="no colon"),
    lambda c: c.update(extra=1), lambda c: c["evidence"][0].update(outcome="maybe"),
    lambda c: c["evidence"][0].pop("seed"), lambda c: c.update(not_applicable={"guess": "why"}),
    lambda c: c["evidence"][0]["prints"].pop("made_with"), lambda c: c["evidence"][0]["prints"].update(code="0" * 16),
])
def test_schema_refuses_what_is_wrong(spoil: Callable[[dict[str, Any]], Any]) -> None:
    data = json.loads(record().text())
    spoil(data["claims"][0])
    assert not VALIDATOR.is_valid(data)


def test_content() -> None:
    ledger = record()
    assert {c["id"]: c["verdict"] for c in ledger} == EXPECTED
    wrong = ledger["toy:eq2"]
    assert wrong["counterexample"] == {"x": "2", "left": 4, "right": 2}
    assert wrong["amended_by"] == ["toy:eq2.amended"] and ledger["toy:eq2.amended"]["amends"] == "toy:eq2"
    assert wrong["statement"] == "x^{2} = x" and wrong["statement_plain"] == "x^2 = x"
    assert ledger["toy:eq2.amended"]["hypotheses"][0]["condition_plain"] == "x = 1"
    assert ledger["toy:eq3"]["parts"] == ["toy:eq3.1", "toy:eq3.2"] and ledger["toy:eq3"]["statement"] == ""
    assert ledger["toy:eq3.1"]["depends_on"] == ["toy:eq1"]


def test_second_run_writes_the_same_bytes() -> None:
    first = record()
    again = build(fake_claims.registry(), run(), first)
    assert again.text() == first.text()


def test_a_ledger_keeps_the_run_that_found_what_it_says() -> None:
    first, later = ({"date": f"2026-01-0{n}", "commit": None, "changed": None, "machine": "Linux"} for n in (1, 2))
    found = build(fake_claims.registry(), run(), record(), first)
    VALIDATOR.validate(json.loads(found.text()))
    assert record().run is None and found.run == first
    again = build(fake_claims.registry(), run(), found, later)
    assert again.text() == found.text()
    found["toy:eq1"]["title"] = "another title"
    assert build(fake_claims.registry(), run(), found, later).run == later


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    record().write(path)
    assert Ledger.read(path).text() == path.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.json"]


def test_unwritable_place_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        record().write(tmp_path / "missing" / "ledger.json")


@pytest.mark.parametrize("text,message", [("{", "cannot read"), ("[]", "version"),
                                          ('{"version": 2}', "lacks generator"),
                                          ('{"version": 1, "claims": []}', "version"),
                                          ('{"version": 2, "generator": "", "papers": [], "made_with": {}, '
                                           '"claims": [{"id": "toy:eq1"}]}', r"claims\[0\] lacks paper")])
def test_broken_ledger_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(text)
    with pytest.raises(LedgerError, match=message):
        Ledger.read(path)
    with pytest.raises(LedgerError, match="--record"):
        Ledger.read(tmp_path / "none.json")


def test_unknown_claim_suggests_a_near_one() -> None:
    with pytest.raises(UnknownClaimError, match="did you mean toy:eq2"):
        record()["toy:eq22"]


def test_exports() -> None:
    ledger = record()
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(ledger))))
    assert [r["id"] for r in rows] == list(EXPECTED) and rows[1]["erratum"] == "missing-hypothesis"
    assert "| toy:eq1 | proved | A square is not negative |" in exports.as_markdown(ledger)
    ledger["toy:eq1"]["title"] = "<script>"
    page = web.as_html(ledger)
    assert "<script>" not in page and page.count("<details") == len(EXPECTED)


# --- the committed ledger ---------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def committed() -> Ledger:
    return Ledger.read(DEFAULT)


@pytest.fixture(scope="module")
def papers() -> Registry:
    return load()


def test_committed_ledger_fits_the_schema(committed: Ledger) -> None:
    VALIDATOR.validate(committed.data)


def test_committed_ledger_covers_exactly_the_claims(committed: Ledger, papers: Registry) -> None:
    for key in papers.papers:  # another test may have loaded one paper before the others
        assert [c["id"] for c in committed if c["paper"] == key] == [c.id for c in papers if c.paper == key]
    assert len(committed) == len(papers)


def test_committed_ledger_says_what_the_claims_say(committed: Ledger, papers: Registry) -> None:
    from dropout_theory.verdicts.fingerprint import statement_fingerprint

    stale = [c.id for c in papers if committed[c.id]["fingerprint"] != statement_fingerprint(c)]
    assert not stale, "record anew: dropout-theory check --record"


def test_every_method_has_evidence_or_a_reason(committed: Ledger) -> None:
    for claim in committed:
        methods = {e["method"] for e in claim["evidence"]} | set(claim["not_applicable"])
        assert methods == set(METHODS), claim["id"]


def test_committed_verdicts_follow_from_the_committed_evidence(committed: Ledger, papers: Registry) -> None:
    """Nobody has typed a verdict: deriving them from the recorded evidence gives the recorded ones."""
    from dropout_theory.running.runner import classical, verdicts
    from dropout_theory.verdicts.fingerprint import fingerprint, prints

    def as_if_current(claim: Any, record: Any) -> Any:
        rests_on = prints(claim, record["method"], record["depends_on"])
        return {**record, "fingerprint": fingerprint(claim.id, record["method"], rests_on)}

    evidence = {claim.id: [recall(claim, as_if_current(claim, e)) for e in committed[claim.id]["evidence"]]
                for claim in papers}
    derived, contradictions = verdicts(list(papers), evidence, classical(evidence))
    assert not contradictions
    assert {i: (v.verdict, v.reason) for i, v in derived.items()} == {
        c["id"]: (c["verdict"], c["reason"]) for c in committed}


def test_refuted_claims_show_a_witness_and_errata_are_about_wrong_claims(committed: Ledger) -> None:
    for claim in committed:
        if claim["verdict"] == "refuted" and not claim["parts"]:
            assert claim["counterexample"], claim["id"]
        if claim["erratum"]:
            assert claim["verdict"] != "proved", claim["id"]
