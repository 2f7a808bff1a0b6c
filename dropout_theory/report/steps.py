"""What was found of the steps of proofs, told by paper and by claim, and kept beside the proofs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from dropout_theory.recheck.steps.checking import OUTCOMES, Report
from dropout_theory.report.derivations import folder
from dropout_theory.report.ledger import LedgerError
from dropout_theory.report.schema import compiled
from dropout_theory.report.terminal import table

VERSION = 1


def worst(counts: Mapping[str, int]) -> str:
    """The worst outcome that occurs; checked where none does."""
    return next((found for found in reversed(OUTCOMES) if counts.get(found)), "checked")


def by_outcome(report: Report) -> dict[str, int]:
    """How many steps of a proof had which outcome."""
    counts = Counter(o.found for o in report.outcomes)
    return {found: counts[found] for found in OUTCOMES}


def outcome_of(report: Report) -> str:
    """The worst outcome of a proof: failed also where its steps, right or not, are no proof of the claim."""
    return "failed" if report.fault else worst(by_outcome(report))


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
    return str(len(reports)), str(sum(outcome_of(r) == "checked" for r in reports)), str(len(steps)), *shares


def totals(reports: Iterable[Report]) -> dict[str, Any]:
    """What is kept of a run over all proofs: by claim its steps by outcome, and by paper its different steps."""
    reports = list(reports)
    by_paper: dict[str, dict[str, str]] = {}
    for r in reports:
        by_paper.setdefault(r.claim.partition(":")[0], {}).update({o.step.said: o.found for o in r.outcomes})
    every = {said: found for steps in by_paper.values() for said, found in steps.items()}

    def counted(steps: Mapping[str, str]) -> dict[str, int]:
        counts = Counter(steps.values())
        return {found: counts[found] for found in OUTCOMES}

    return {"version": VERSION, "claims": {r.claim: by_outcome(r) for r in reports},
            "papers": {paper: counted(steps) for paper, steps in by_paper.items()}, "all": counted(every)}


_COUNTS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
_BY_NAME = {"type": "object", "additionalProperties": _COUNTS}
KEPT = compiled({
    "type": "object", "required": ["version"], "additionalProperties": False, "properties": {
        "version": {"const": VERSION}, "claims": _BY_NAME, "papers": _BY_NAME, "all": _COUNTS, "questions": _COUNTS,
        "queries": _COUNTS,
        "why": {"type": "array", "items": {"type": "array", "items": {"type": ["string", "integer"]}}}}})


def keep(what: str, found: Mapping[str, Any], ledger: Path | None = None) -> Path:
    """Keep what a run over all proofs found beside them, under a name. Raises OSError."""
    path = folder(ledger) / f"{what}.json"
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path


@lru_cache(maxsize=8)
def kept(what: str, ledger: Path | None = None) -> dict[str, Any]:
    """What was kept under a name of the last run; empty where nothing was. Raises LedgerError."""
    path = folder(ledger) / f"{what}.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"version": VERSION, "claims": {}, "papers": {}, "all": {}}
        KEPT(found, "it")
    except (OSError, ValueError, RecursionError) as error:
        raise LedgerError(f"{path} is not what `recheck --record` writes ({error}); record anew") from None
    return found


def recorded(ledger: Path | None = None) -> dict[str, Any]:
    """What was kept of the last check of all proofs. Raises LedgerError."""
    return kept("outcomes", ledger)


def table_of(papers: Mapping[str, Mapping[str, int]], every: Mapping[str, int], found: Sequence[str],
             what: str = "steps") -> str:
    """A table: for each paper, and for all, how many there are, and by what was found."""
    rows = [(name, str(sum(counts.values())), *[str(counts[f]) for f in found])
            for name, counts in [*papers.items(), ("all", every)]]
    return str(table(rows, ("paper", what, *found)))


def spelled(claim: str, ledger: Path | None = None) -> str:
    """`41 steps: 38 checked, 3 tested`; empty for a claim without a recorded proof."""
    counts = recorded(ledger)["claims"].get(claim)
    if not counts:
        return ""
    return f"{sum(counts.values())} steps: " + ", ".join(f"{n} {found}" for found, n in counts.items() if n)


def as_json(reports: Iterable[Report]) -> dict[str, Any]:
    """What was found, for programs: by claim the counts of its steps, and each that is not checked with the reason."""
    return {"version": 1, "proofs": [{
        "id": r.claim, "found": outcome_of(r), "fault": r.fault, "steps": by_outcome(r),
        "not checked": [{"rule": o.step.rule, "conclusion": str(o.step.conclusion), "found": o.found,
                         "reason": o.reason} for o in r.outcomes if o.found != "checked"],
    } for r in reports]}
