"""The runner: what it runs, and that the number of workers changes nothing."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import fake_claims
import pytest

from dropout_theory.claims import ClaimError, Registry, UnknownClaimError
from dropout_theory.report.compare import compare
from dropout_theory.report.ledger import Ledger, build
from dropout_theory.report.verdicts import summary, verdict_table
from dropout_theory.running import runner
from dropout_theory.verdicts.kernel import Context
from dropout_theory.verdicts.methods import declared

EXPECTED = {"toy:eq1": "proved", "toy:eq2": "conditional", "toy:eq2.amended": "proved", "toy:eq3": "supported",
            "toy:eq3.1": "proved", "toy:eq3.2": "supported", "toy:sec1-open": "open"}


def run(patterns: Iterable[str] = (), checkers: Callable[[], dict[str, Any]] = fake_claims.checkers,
        **options: Any) -> runner.Run:
    return runner.run(patterns, claims=fake_claims.registry, checkers=checkers, **options)


def record(of: runner.Run | None = None) -> Ledger:
    return build(fake_claims.registry(), of or run())


def timeless(found: runner.Run) -> dict[str, list[dict[str, Any]]]:
    return {c: [{**r, "seconds": None} for r in records] for c, records in found.records.items()}


def test_verdicts_follow_from_the_evidence() -> None:
    found = run()
    assert {i: v.verdict for i, v in found.verdicts.items()} == EXPECTED
    assert found.sound and not found.incomplete
    assert found.not_applicable["toy:eq3.2"]["symbolic"] == "only instances are looked at"


def test_workers_change_nothing() -> None:
    runs = [run(context=Context(seed=5, jobs=jobs)) for jobs in (1, 2, 4)]
    assert timeless(runs[0]) == timeless(runs[1]) == timeless(runs[2])
    assert runs[0].verdicts == runs[1].verdicts == runs[2].verdicts


def test_seed_reaches_the_checkers() -> None:
    drawn = [run(["toy:eq1"], context=Context(seed=s)).records["toy:eq1"][-1]["figures"]["drawn"] for s in (1, 2, 1)]
    assert drawn[0] == drawn[2] != drawn[1]


def test_selection_takes_along_what_its_verdicts_rest_on() -> None:
    assert set(run(["toy:eq3"]).verdicts) == {"toy:eq3", "toy:eq3.1", "toy:eq3.2", "toy:eq1"}
    assert set(run(["toy:eq2"]).verdicts) == {"toy:eq2", "toy:eq2.amended"}
    assert set(run(["toy:sec*"]).verdicts) == {"toy:sec1-open"}
    assert set(run(["toy"]).verdicts) == set(EXPECTED)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crash_is_reported_and_the_rest_goes_on(jobs: int) -> None:
    found = run(checkers=fake_claims.crashing_checkers, context=Context(jobs=jobs))
    assert [(f.claim, f.method) for f in found.failures] == [("toy:eq1", "exact")]
    assert "ZeroDivisionError" in found.failures[0].message and "fake_claims.py" in found.failures[0].details
    assert not found.sound and found.verdicts["toy:eq2"].verdict == "conditional"
    assert found.incomplete == {"toy:eq1"}


def test_contradiction_takes_the_verdict_and_spares_the_others() -> None:
    found = run(checkers=fake_claims.contradicting_checkers)
    assert "toy:eq1" not in found.verdicts and found.verdicts["toy:eq2.amended"].verdict == "proved"
    assert [e.claims for e in found.contradictions] == [("toy:eq1",)] and not found.sound


def test_source_files_that_change_during_a_run_leave_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the claim whose evidence no longer fits, nor on those that rest on it; and the table says why."""
    class Edited(runner.Here):
        def run(self, tasks: Any) -> Any:
            for task, result in super().run(tasks):
                assert isinstance(result, dict)
                yield task, {**result, "fingerprint": "0" * 16} if task == ("toy:eq1", "exact") else result

    recorded = record()
    monkeypatch.setattr(runner, "Here", Edited)
    found = run(recorded=recorded)
    assert found.disturbed == {"toy:eq1", "toy:eq3.1", "toy:eq3"} and not found.sound
    assert set(found.verdicts) == set(EXPECTED) - found.disturbed
    comparison = compare(found, recorded)
    rows = verdict_table(found, comparison, room=200).splitlines()
    for identifier in found.disturbed:
        row = next(row for row in rows if row.split()[0] == identifier)
        assert row.split()[1] == "none" and row.endswith("disturbed  source files changed while it was checked")
    assert not comparison.changes and not comparison.partial and comparison.state("toy:eq2") == "agrees"
    last = summary(found, comparison).splitlines()[-1]
    assert last.startswith("no verdict on 3 claims: source files changed during the run") and last.endswith("run again")


def test_unknown_names() -> None:
    with pytest.raises(UnknownClaimError, match="toy:eq2"):
        run(["toy:eq22"])
    with pytest.raises(ValueError, match="guess.*allowed.*symbolic"):
        run(only=["guess"])
    with pytest.raises(ClaimError, match="no_such_module"):
        runner.sources("no_such_module")
    with pytest.raises(ClaimError, match="registry"):
        runner.sources("json")


def test_progress_counts_every_check() -> None:
    seen = []
    run(["toy:eq3"], progress=lambda *step: seen.append(step))
    assert [done for done, *_ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][0] == seen[-1][1]


# --- comparison with the record ---------------------------------------------------------------------------------

def test_a_second_run_agrees() -> None:
    comparison = compare(run(), record())
    assert comparison.agrees and not comparison.partial and not comparison.stale


def test_another_seed_agrees() -> None:
    assert compare(run(context=Context(seed=99)), record()).agrees


def test_changed_verdict_and_outcome_show() -> None:
    recorded = record()
    recorded["toy:eq1"]["verdict"] = "supported"
    recorded["toy:eq2"]["evidence"][1]["outcome"] = "holds"
    comparison = compare(run(), recorded)
    assert set(comparison.changes) == {"toy:eq1", "toy:eq2"} and not comparison.agrees
    assert "verdict was supported, is proved" in comparison.changes["toy:eq1"][0]
    assert "symbolic: outcome was 'holds', is 'unknown'" in comparison.changes["toy:eq2"][0]


def test_claim_missing_from_the_record_shows() -> None:
    recorded = record()
    del recorded._claims["toy:sec1-open"]
    comparison = compare(run(), recorded)
    assert comparison.new == ("toy:sec1-open",) and not comparison.agrees


def test_evidence_missing_from_the_record_shows() -> None:
    recorded = record()
    recorded["toy:eq1"]["evidence"].pop()
    assert compare(run(), recorded).changes == {"toy:eq1": ["montecarlo is not in the record"]}


def test_method_that_stopped_applying_shows() -> None:
    def fewer() -> dict[str, Any]:
        return {**fake_claims.checkers(), "montecarlo": runner_checker("montecarlo", "switched off")}

    assert "no longer applies: switched off" in compare(run(checkers=fewer), record()).changes["toy:eq1"][0]


def runner_checker(method: str, reason: str) -> Any:
    from dropout_theory.verdicts.kernel import checker

    return checker(method, lambda claim: reason)(lambda claim, context: pytest.fail("it does not apply"))


def test_one_method_alone_is_completed_from_a_current_record() -> None:
    recorded = record()
    found = run(only=["exact"], recorded=recorded)
    assert {r["method"] for records in found.records.values() for r in records} == {"exact"}
    assert {i: v.verdict for i, v in found.verdicts.items()} == EXPECTED
    assert compare(found, recorded).agrees and not found.incomplete


def test_premises_of_recorded_proofs_are_taken_along() -> None:
    found = run(["toy:eq3.1"], only=["exact"], recorded=record())
    assert found.verdicts["toy:eq3.1"].verdict == "proved" and "toy:eq1" in found.verdicts


def test_one_method_alone_with_a_stale_record_is_not_compared() -> None:
    recorded = record()
    for claim in recorded:
        for item in claim["evidence"]:
            item["fingerprint"] = "0" * 16
    comparison = compare(run(only=["exact"], recorded=recorded), recorded)
    assert comparison.agrees and "toy:eq1" in comparison.partial and "toy:eq1" in comparison.stale


def test_fast_run_that_gives_up_is_partial_not_changed() -> None:
    recorded = record()
    recorded["toy:eq2"]["evidence"][1]["outcome"] = "holds"
    comparison = compare(run(context=Context(fast=True)), recorded)
    assert comparison.agrees and "toy:eq2" in comparison.partial


def test_fast_run_takes_slow_checks_from_a_current_record_only() -> None:
    recorded = record()
    slow = recorded["toy:eq1"]["evidence"]
    for item in slow:
        item["seconds"] = 100.0
    found = run(context=Context(fast=True), recorded=recorded)
    assert found.from_record == len(slow) and "toy:eq1" not in found.records
    assert {i: v.verdict for i, v in found.verdicts.items()} == EXPECTED and compare(found, recorded).agrees
    assert run(recorded=recorded).from_record == 0
    for item in slow:
        item["fingerprint"] = "0" * 16
    again = run(context=Context(fast=True), recorded=recorded)
    assert again.from_record == 0 and len(again.records["toy:eq1"]) == len(slow)


def test_what_is_shown_from_the_record_is_marked_and_counted() -> None:
    recorded = record()
    for item in recorded["toy:eq1"]["evidence"]:
        item["seconds"] = 100.0
    found = run(context=Context(fast=True), recorded=recorded)
    comparison = compare(found, recorded)
    assert {i for i in found.verdicts if comparison.state(i) == "recorded"} == {"toy:eq1", "toy:eq3.1", "toy:eq3"}
    rows = verdict_table(found, comparison, room=200).splitlines()
    assert sum("recorded, not checked here" in row for row in rows) == 3
    assert summary(found, comparison).splitlines()[-1] == (
        "agrees with the recorded ledger; 3 verdicts rest on evidence recorded, not checked here")


def test_a_record_of_what_a_method_never_finds_is_left_out() -> None:
    recorded = record()
    recorded["toy:sec1-open"]["evidence"][0] |= {"outcome": "fails"}
    found = run(["toy:sec1-open"], only=["symbolic"], recorded=recorded)
    assert "toy:sec1-open" in found.incomplete and found.verdicts["toy:sec1-open"].verdict == "open"


def test_sampled_evidence_of_another_seed_may_miss_what_the_record_saw() -> None:
    recorded = record()
    recorded["toy:eq1"]["evidence"][-1]["outcome"] = "fails"
    assert not compare(run(), recorded).agrees
    again = compare(run(context=Context(seed=3)), recorded)
    assert again.agrees and again.state("toy:eq1") == "partial" and again.state("toy:eq2") == "agrees"
    assert again.state("toy:eq3.1") == again.state("toy:eq3") == "partial"  # both rest on it


def test_a_gap_hides_no_change_elsewhere() -> None:
    recorded = record()
    recorded["toy:eq1"]["evidence"][-1]["outcome"] = "fails"
    recorded["toy:eq2"]["verdict"] = "proved"
    comparison = compare(run(context=Context(seed=3)), recorded)
    assert list(comparison.changes) == ["toy:eq2"]


def test_missing_tool_leaves_its_method_out(monkeypatch: pytest.MonkeyPatch) -> None:
    of = declared()
    without = {**of, "montecarlo": replace(of["montecarlo"], optional="no-such-tool")}
    monkeypatch.setattr(runner, "declared", lambda: without)
    found = run(recorded=record())
    assert found.left_out == {"montecarlo": "no-such-tool is not installed (pip install dropout-theory[montecarlo])"}
    assert compare(found, record()).agrees
    assert compare(run(), record()).agrees


def one_paper() -> Registry:
    from dropout_theory.claims import load

    return load("schluter2019")


def test_sampled_evidence_has_the_same_bits_with_any_number_of_workers() -> None:
    """Monte Carlo and property tests on a real claim: figures, counterexamples and shrinking included."""
    patterns = ["schluter2019:sec3-second-moment"]
    runs = [runner.run(patterns, claims=one_paper, context=Context(seed=11, fast=True, jobs=j)) for j in (1, 2, 4)]
    methods = {r["method"] for records in runs[0].records.values() for r in records}
    assert {"montecarlo", "property", "exact"} <= methods
    assert timeless(runs[0]) == timeless(runs[1]) == timeless(runs[2])


def test_a_large_worker_empties_its_caches_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from dropout_theory.checkers import get_checker
    from dropout_theory.claims import REGISTRY
    from dropout_theory.normal_form.sums import normal
    from dropout_theory.running import workers

    monkeypatch.setattr(workers, "_WORKER", {"room": 0})
    checker, claim = get_checker("symbolic"), REGISTRY["baldi2014:eq78"]
    before = workers.run_item(claim, checker, Context(), REGISTRY)
    assert normal.cache_info().currsize
    gone = weakref.proxy(Context())  # a proxy whose object is gone must not stop the emptying
    workers._forget()
    assert not normal.cache_info().currsize and workers._WORKER["room"] >= workers._LARGE
    after = workers.run_item(claim, checker, Context(), REGISTRY)
    assert isinstance(before, dict) and isinstance(after, dict)
    assert {**before, "seconds": 0} == {**after, "seconds": 0} and before["derivation"]
    assert type(gone) is weakref.ProxyType
