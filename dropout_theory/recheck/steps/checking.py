"""Whole proofs checked: each step by a validator, else at instances, and a claim as well as the worst of its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.recheck.steps.grammar import NotShown, Term, bottom_up
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.rules import validate

OUTCOMES = ("checked", "tested", "unchecked", "failed")  # the best first

Claims = Mapping[str, tuple[Term, frozenset[Term]]]  # statement and hypotheses, from the claims and never from a file
Test = Callable[[Step], tuple[str, str]]  # tested, unchecked or failed, and why or where


@dataclass(frozen=True)
class Outcome:
    """What was found of one step: one of OUTCOMES, and what kept it from a better one."""

    step: Step
    found: str
    reason: str = ""


@dataclass
class Report:
    """What was found of the proof of a claim: of each of its steps, and of what it concludes."""

    claim: str
    outcomes: list[Outcome] = field(default_factory=list)
    fault: str = ""  # why the steps, right or not, are no proof of the claim


class Checking:
    """Checks proofs that share steps: each different step once. `test` is asked where no validator accepts a step."""

    def __init__(self, judge: Certified, claims: Claims, test: Test) -> None:
        self.judge, self.claims, self.test = judge, claims, test
        self.known: dict[str, Outcome] = {}

    def check(self, proofs: Mapping[str, Step]) -> Iterator[Report]:
        """A report a claim, in the order of the proofs."""
        rests = {claim: set(cited(step)) for claim, step in proofs.items()}
        for claim, last in proofs.items():
            report = Report(claim, [self._outcome(step) for step in steps_below(last)])
            circular = claim in bottom_up(rests[claim], lambda other: rests.get(other, ()))
            report.fault = self._fault(claim, last) or (f"the proof rests on {claim} itself" if circular else "")
            yield report

    def _outcome(self, step: Step) -> Outcome:
        if step.said not in self.known:
            try:
                validate(step, self.judge)
                self.known[step.said] = Outcome(step, "checked")
            except NotShown as error:
                found, where = self.test(step)
                self.known[step.said] = Outcome(step, found, f"{error}; {where}" if where else str(error))
        return self.known[step.said]

    def _fault(self, claim: str, last: Step) -> str:
        """Why a step is no proof or refutation of a claim, or an empty text."""
        if claim not in self.claims:
            return "there is no such claim"
        statement, hypotheses = self.claims[claim]
        if last.conclusion.op in ("refuted", "meaningless"):
            about, _, *holds = last.conclusion.args
            if about is not statement or not hypotheses <= set(holds) or last.given:
                return "the refutation is of another statement, or leaves a hypothesis out"
        elif last.conclusion is not statement:
            return f"the proof concludes {last.conclusion}, not {statement}"
        elif extra := last.given - hypotheses:
            return f"the proof assumes {min(extra)}, which the claim does not"
        return ""


def cited(step: Step) -> Iterator[str]:
    """The claims that a proof quotes."""
    return (s.rule.removeprefix("claim ") for s in steps_below(step) if s.rule.startswith("claim "))
