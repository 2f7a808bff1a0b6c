"""Every step of the recorded proofs at instances, those too that a validator has checked: one task for each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from dropout_theory.claims import Registry, load
from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.report import derivations
from dropout_theory.running.campaign import Campaign, Progress, campaign
from dropout_theory.running.proofs import said_by_facts
from dropout_theory.running.tested import CONSTANT, INSTANCES, NO_MORE, NO_RULE, tested
from dropout_theory.running.workers import Failure
from dropout_theory.verdicts.kernel import Context

# what was found of a step, the best first
FOUND = ("at ten or more", "at fewer: there are no more", "at fewer", "no instance", "no rule", "false")


@lru_cache(maxsize=1)
def _proofs() -> Mapping[str, Step]:
    papers = load().papers
    said_by_facts(papers)  # which loads the proofs, and with them what they define
    return derivations.load(papers)


@lru_cache(maxsize=1)
def _first() -> Mapping[str, str]:
    """For each step, by what it says, the first claim whose proof has it: it is tried there."""
    found: dict[str, str] = {}
    for claim, last in _proofs().items():
        for step in steps_below(last):
            found.setdefault(step.said, claim)
    return found


def steps_of(claim: Any, checker: Any, context: Context, registry: Registry) -> dict[str, Any] | Failure:
    """What was found of the steps of a proof that no earlier one has, by what they say."""
    found = {}
    for step in steps_below(_proofs()[claim.id]):
        if _first()[step.said] == claim.id and step.said not in found:
            found[step.said] = {"rule": step.rule, "conclusion": str(step.conclusion)[:200], **asdict(tested(step))}
    return {"steps": found, "contradictions": sum(bool(s["false"]) for s in found.values())}


def _nobody() -> Mapping[str, Any]:
    return {"every step": None}


def audit(patterns: Iterable[str], jobs: int, progress: Progress | None = None) -> Campaign:
    """Try every step of the proofs of some claims. What was found before Ctrl-C is kept."""
    wanted = [c.id for c in load().select(patterns) if c.id in _proofs()]
    return campaign([(i, "every step") for i in wanted], Context(jobs=jobs), steps_of, _nobody, load, progress)


def outcome(trial: Mapping[str, Any]) -> str:
    """One of FOUND."""
    if trial["false"]:
        return "false"
    if trial["held"] >= INSTANCES:
        return FOUND[0]
    if trial["held"]:
        return FOUND[1] if trial["why"] in (CONSTANT, NO_MORE) else FOUND[2]
    return "no rule" if trial["why"] == NO_RULE else "no instance"


def totals(records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Different steps by paper and by what was found, and of those without an instance, or with fewer, why."""
    trials = {said: trial for r in records.values() for said, trial in r["steps"].items()}
    papers: dict[str, dict[str, Any]] = {}
    for claim, last in _proofs().items():
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
