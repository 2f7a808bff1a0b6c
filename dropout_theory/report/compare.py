"""A run against the recorded ledger: which verdicts and outcomes changed, never how long they took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropout_theory.report.staleness import Moved
from dropout_theory.running.runner import resting_on
from dropout_theory.verdicts.fingerprint import made_with_now
from dropout_theory.verdicts.records import differences, drawn_otherwise

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger
    from dropout_theory.running.runner import Run


@dataclass(frozen=True)
class Comparison:
    """`changes` by claim id, in words; `partial` claims have evidence missing, so their verdicts are not compared.

    `moved` says what the evidence of the `stale` claims rested on that is not as recorded, a line for each cause;
    `disturbed` claims have no verdict, as source files changed while they were checked, and `unsettled` ones none to
    show, as methods that apply were neither run nor are on record; the verdicts of `recorded` ones rest on evidence
    that was recorded and not checked here.
    """

    changes: dict[str, list[str]]
    new: tuple[str, ...]
    partial: tuple[str, ...]
    stale: tuple[str, ...]
    moved: tuple[str, ...] = ()
    disturbed: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()

    @property
    def agrees(self) -> bool:
        """True when nothing recorded came out otherwise and nothing is missing from the record."""
        return not (self.changes or self.new)

    def state(self, identifier: str) -> str:
        """One word on a claim: disturbed, changed, new, partial, recorded or agrees."""
        if identifier in self.disturbed:
            return "disturbed"
        if identifier in self.changes:
            return "changed"
        if identifier in self.partial or identifier in self.unsettled:
            return "partial"
        if identifier in self.new:
            return "new"
        return "recorded" if identifier in self.recorded else "agrees"


def compare(run: Run, recorded: Ledger) -> Comparison:
    """Compare the verdicts and the decisive content of the evidence with the record.

    In a fast run a method may give up (`unknown`) where the record decides, and sampled evidence may miss a
    counterexample; what rests on such a claim counts as partial.
    """
    changes: dict[str, list[str]] = {}
    undecided: set[str] = set()
    new, stale = [], []
    moved, made_now = Moved(recorded.made_with), made_with_now()
    for identifier, records in run.records.items():
        if identifier in run.disturbed:
            continue
        if identifier not in recorded:
            new.append(identifier)
            continue
        for record in records:
            old = recorded.evidence(identifier, record["method"])
            if old is None:
                changes.setdefault(identifier, []).append(f"{record['method']} is not in the record")
                continue
            if old["fingerprint"] != record["fingerprint"]:
                stale.append(identifier)
                moved.see(identifier, old, record["prints"], made_now[record["prints"]["made_with"]])
            if run.context.fast and record["outcome"] == "unknown" and old["outcome"] != "unknown":
                undecided.add(identifier)
            elif drawn_otherwise(old, record, run.context.fast):
                if record["outcome"] != "fails" and record["outcome"] != old["outcome"]:
                    undecided.add(identifier)
            else:
                found = differences(old, record)
                if found:
                    changes.setdefault(identifier, []).append(f"{record['method']}: {'; '.join(found)}")
        ran = {r["method"] for r in records} | set(run.left_out)
        for old in recorded[identifier]["evidence"]:
            reason = run.not_applicable.get(identifier, {}).get(old["method"])
            if old["method"] not in ran and reason:
                changes.setdefault(identifier, []).append(f"{old['method']} no longer applies: {reason}")
    gaps = _resting_on(undecided | run.incomplete, run, recorded)
    for identifier, verdict in run.verdicts.items():
        old_claim = recorded.get(identifier)
        if old_claim is None:
            if identifier not in new:
                new.append(identifier)
        elif old_claim["verdict"] != verdict.verdict and identifier not in gaps:
            changes.setdefault(identifier, []).insert(
                0, f"verdict was {old_claim['verdict']}, is {verdict.verdict} ({verdict.reason})")
    partial = [i for i in run.verdicts if i in recorded and i in gaps and i not in changes]
    return Comparison(changes, tuple(new), tuple(partial), tuple(dict.fromkeys(stale)), tuple(moved.lines()),
                      frozenset(run.disturbed), frozenset(run.unsettled),
                      frozenset(_resting_on(set(run.recalled), run, recorded)))


def _resting_on(gaps: set[str], run: Run, recorded: Ledger) -> set[str]:
    """The claims with gaps in their evidence, and those whose verdicts rest on them: on parts, premises, amendments."""
    below = {i: {d for r in (*run.records.get(i, ()), *run.recalled.get(i, ())) for d in r["depends_on"]}
             for i in {*run.verdicts, *gaps}}
    for claim in recorded:
        below.setdefault(claim["id"], set()).update(claim["depends_on"], claim["parts"], claim["amended_by"])
    return resting_on(gaps, below)
