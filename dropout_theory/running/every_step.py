"""Every step of the recorded proofs at instances, those too that a validator has checked: one task for each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from dropout_theory.claims import Registry, load
from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.running.campaign import Campaign, Progress, campaign
from dropout_theory.running.proofs import said_by_facts
from dropout_theory.running.tested import CONSTANT, INSTANCES, NO_MORE, NO_RULE, tested
from dropout_theory.running.workers import Failure
from dropout_theory.verdicts.kernel import Context

METHOD = "every step"
# what was found of a step, the best first
FOUND = ("at ten or more", "at fewer: no others found", "at fewer", "no instance", "no rule", "false")


Proofs = Mapping[str, Step]


class Recorded:
    """Recorded proofs; `first` tells for each step, by what it says, the first claim whose proof has it."""

    def __init__(self, proofs: Proofs) -> None:
        self.proofs = proofs
        self.first: dict[str, str] = {}
        for claim, last in proofs.items():
            for step in steps_below(last):
                self.first.setdefault(step.said, claim)


def steps_of(claim: Any, recorded: Recorded, context: Context, registry: Registry) -> dict[str, Any] | Failure:
    """What was found of the steps of a proof that no earlier one has, by what they say."""
    found = {}
    for step in steps_below(recorded.proofs[claim.id]):
        if recorded.first[step.said] == claim.id and step.said not in found:
            trial = tested(step, functions=claim.candidates)
            found[step.said] = {"rule": step.rule, "conclusion": str(step.conclusion)[:200], **asdict(trial)}
    return {"steps": found, "contradictions": sum(bool(s["false"]) for s in found.values())}


def _read(proofs: Callable[[], Proofs]) -> Mapping[str, Any]:
    said_by_facts(load().papers)  # which loads the proofs, and with them what they define
    return {METHOD: Recorded(proofs())}


def audit(claims: Iterable[str], proofs: Callable[[], Proofs], jobs: int, progress: Progress | None = None) -> Campaign:
    """Try every step of the proofs of some claims. What was found before Ctrl-C is kept.

    `proofs` reads the recorded proofs; with several jobs it must be an importable function, or a partial of one.
    """
    return campaign([(claim, METHOD) for claim in claims], Context(jobs=jobs), steps_of, partial(_read, proofs), load,
                    progress)


def outcome(trial: Mapping[str, Any]) -> str:
    """One of FOUND."""
    if trial["false"]:
        return "false"
    if trial["held"] >= INSTANCES:
        return FOUND[0]
    if trial["held"]:
        return FOUND[1] if trial["why"] in (CONSTANT, NO_MORE) else FOUND[2]
    return "no rule" if trial["why"] == NO_RULE else "no instance"


def totals(records: Mapping[str, Mapping[str, Any]], proofs: Proofs) -> dict[str, Any]:
    """Different steps by paper and by what was found, and of those without an instance, or with fewer, why."""
    trials = {said: trial for r in records.values() for said, trial in r["steps"].items()}
    papers: dict[str, dict[str, Any]] = {}
    for claim, last in proofs.items():
        if claim in records:
            known = papers.setdefault(claim.partition(":")[0], {})
            known.update({s.said: trials[s.said] for s in steps_below(last) if s.said in trials})

    def counted(some: Mapping[str, Any]) -> dict[str, int]:
        counts = Counter(map(outcome, some.values()))
        return {found: counts[found] for found in FOUND}

    why = Counter((outcome(t), t["reason"] if t["why"] == NO_RULE else t["why"]) for t in trials.values()
                  if outcome(t) not in (FOUND[0], "false"))
    return {"version": 1, "papers": {p: counted(some) for p, some in papers.items()}, "all": counted(trials),
            "why": [[found, reason, n] for (found, reason), n in why.most_common()]}


__all__ = ["FOUND", "audit", "outcome", "totals"]
