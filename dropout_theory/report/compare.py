"""A run against the recorded ledger: which verdicts and outcomes changed, never how long they took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropout_theory.report.records import differences

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger
    from dropout_theory.runner import Run


@dataclass(frozen=True)
class Comparison:
    """`changes` by claim id, in words; `partial` claims have evidence missing, so their verdicts are not compared."""

    changes: dict[str, list[str]]
    new: tuple[str, ...]
    partial: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """True when nothing recorded came out otherwise and nothing is missing from the record."""
        return not (self.changes or self.new)

    def state(self, identifier: str) -> str:
        """One word on a claim: changed, new, partial or agrees."""
        if identifier in self.changes:
            return "changed"
        if identifier in self.new:
            return "new"
        return "partial" if identifier in self.partial else "agrees"


def compare(run: Run, recorded: Ledger) -> Comparison:
    """Compare the verdicts and the decisive content of the evidence with the record.

    In a fast run a method may give up (`unknown`) where the record decides: that claim counts as partial.
    """
    changes: dict[str, list[str]] = {}
    undecided: set[str] = set()
    new, stale = [], []
    for identifier, records in run.records.items():
        if identifier not in recorded:
            new.append(identifier)
            continue
        for record in records:
            old = recorded.evidence(identifier, record["method"])
            if old is None:
                changes.setdefault(identifier, []).append(f"{record['method']} is not in the record")
            elif run.context.fast and record["outcome"] == "unknown" and old["outcome"] != "unknown":
                undecided.add(identifier)
            else:
                found = differences(old, record)
                if found:
                    changes.setdefault(identifier, []).append(f"{record['method']}: {'; '.join(found)}")
                if old["fingerprint"] != record["fingerprint"]:
                    stale.append(identifier)
        ran = {r["method"] for r in records} | set(run.left_out)
        for old in recorded[identifier]["evidence"]:
            reason = run.not_applicable.get(identifier, {}).get(old["method"])
            if old["method"] not in ran and reason:
                changes.setdefault(identifier, []).append(f"{old['method']} no longer applies: {reason}")
    # A verdict also rests on other claims (parts, premises, amendments), so one gap anywhere leaves it undecided.
    gaps = undecided | run.incomplete
    for identifier, verdict in run.verdicts.items():
        old_claim = recorded.get(identifier)
        if old_claim is None:
            if identifier not in new:
                new.append(identifier)
        elif old_claim["verdict"] != verdict.verdict and not gaps:
            changes.setdefault(identifier, []).insert(
                0, f"verdict was {old_claim['verdict']}, is {verdict.verdict} ({verdict.reason})")
    partial = [i for i in run.verdicts if i in recorded and i not in changes
               and (i in gaps or gaps and recorded[i]["verdict"] != run.verdicts[i].verdict)]
    return Comparison(changes, tuple(new), tuple(partial), tuple(dict.fromkeys(stale)))
