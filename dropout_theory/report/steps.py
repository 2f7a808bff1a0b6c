"""What was found of the steps of proofs, told by paper and by claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dropout_theory.recheck.steps.checking import OUTCOMES, Report
from dropout_theory.report.terminal import table


def worst(counts: Mapping[str, int]) -> str:
    """The worst outcome that occurs; checked where none does."""
    return next((found for found in reversed(OUTCOMES) if counts.get(found)), "checked")


def coverage(reports: Sequence[Report]) -> str:
    """A table: for each paper its proofs, and its different steps by outcome; a line that sums up."""
    rows, every = [], {}
    for paper in dict.fromkeys(r.claim.partition(":")[0] for r in reports):
        of_paper = [r for r in reports if r.claim.startswith(f"{paper}:")]
        steps = {o.step.said: o.found for r in of_paper for o in r.outcomes}
        every.update(steps)
        rows.append((paper, *_counted(of_paper, steps)))
    rows.append(("all", *_counted(reports, every)))
    return str(table(rows, ("paper", "proofs", "wholly checked", "steps", *OUTCOMES)))


def _counted(reports: Iterable[Report], steps: Mapping[str, str]) -> tuple[str, ...]:
    reports = list(reports)
    counts = Counter(steps.values())
    total = max(len(steps), 1)
    shares = [f"{counts[found]} ({100 * counts[found] / total:.1f} %)" if counts[found] else "0" for found in OUTCOMES]
    return str(len(reports)), str(sum(r.found == "checked" for r in reports)), str(len(steps)), *shares


def as_json(reports: Iterable[Report]) -> dict[str, Any]:
    """What was found, for programs: by claim the counts of its steps, and each that is not checked with the reason."""
    return {"version": 1, "proofs": [{
        "id": r.claim, "found": r.found, "fault": r.fault, "steps": {f: r.counts[f] for f in OUTCOMES},
        "not checked": [{"rule": o.step.rule, "conclusion": str(o.step.conclusion), "found": o.found,
                         "reason": o.reason} for o in r.outcomes if o.found != "checked"],
    } for r in reports]}
