"""Certificates of claims checked: by what the claims here say, the checker of steps, and the second evaluator."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from dropout_theory.claims import Claim, Registry
from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue
from dropout_theory.recheck.certificate import OUTCOMES, Certificate
from dropout_theory.recheck.steps.checking import Report, cited
from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.recheck.steps.grammar import Term
from dropout_theory.recheck.witnesses import (
    existence,
    read_instance,
    recheck_counterexample,
    recheck_existence,
    told_again,
    unseen,
)
from dropout_theory.running.proofs import ProofCheck, TooManyUnseen, said_by_claims

_ABOUT = ("refuted", "meaningless")  # what a step concludes of a statement that it does not prove


class _Looked(Mapping[str, Any]):
    """What is known by name; `at` keeps what was looked at."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known = known
        self.at: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        found = self.known[name]
        self.at.add(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


@dataclass
class Examined:
    """What was found of proofs: reports, how many different steps had which outcome, and the certificates they used.

    `superfluous` tells by the digests of steps which of their arguments their validators did not look at.
    """

    reports: list[Report]
    steps: dict[str, int]
    used: dict[str, Any]
    superfluous: dict[str, set[str]]


def examined(claims: Iterable[Claim], proofs: Mapping[str, Step], known: Mapping[str, Any],
             most: float = inf) -> Examined:
    """Proofs checked by what claims say, with certificates that are known.

    Raises TooManyUnseen where no validator accepts more than `most` steps, before those are tried at instances.
    """
    looked = _Looked(known)
    check = ProofCheck(claims, {identifier.partition(":")[0] for identifier in proofs}, looked, most)
    watched, arguments = _watched(proofs)
    reports = list(check.reports(watched))
    outcomes = {o.step.digest: o for r in reports for o in r.outcomes}
    counts = Counter(o.found for o in outcomes.values())
    superfluous = {digest: unread for digest, o in outcomes.items()
                   if o.found == "checked" and (unread := set(o.step.arguments) - arguments[digest].at)}
    return Examined(reports, {name: counts[name] for name in OUTCOMES},
                    {name: known[name] for name in sorted(looked.at - set(check.judge.asked))}, superfluous)


def _watched(proofs: Mapping[str, Step]) -> tuple[dict[str, Step], dict[str, _Looked]]:
    """The same proofs, and the arguments of their steps by digest, which keep what of them is looked at."""
    made: dict[str, Step] = {}
    arguments: dict[str, _Looked] = {}
    for step in steps_below(*proofs.values()):
        looked = arguments[step.digest] = _Looked(step.arguments)
        copy = replace(step, premises=tuple(made[p.digest] for p in step.premises), arguments=looked)
        made[copy.digest] = copy
        _ = copy.said  # its names are kept, for which all is looked at
        looked.at.clear()
    return {identifier: made[last.digest] for identifier, last in proofs.items()}, arguments


def without_superfluous(proofs: Mapping[str, Step], seen: Examined) -> dict[str, Step]:
    """Proofs without the arguments that nobody who checks them looks at: they tell a reader what a rule was asked."""
    made: dict[str, Step] = {}
    for step in steps_below(*proofs.values()):
        unread = seen.superfluous.get(step.digest, set())
        made[step.digest] = Step(step.rule, step.conclusion, step.given, tuple(made[p.digest] for p in step.premises),
                                 {name: value for name, value in step.arguments.items() if name not in unread})
    return {identifier: made[last.digest] for identifier, last in proofs.items()}


def closure(roots: Iterable[str], proofs: Mapping[str, Step]) -> set[str]:
    """Some claims, and all that their proofs cite, directly or not."""
    found: set[str] = set()
    left = list(roots)
    while left:
        here = left.pop()
        if here not in found:
            found.add(here)
            left += cited(proofs[here]) if here in proofs else ()
    return found


def said_by(proofs: Mapping[str, Step]) -> set[str]:
    """Names of what the steps of proofs say."""
    return {step.said for step in steps_below(*proofs.values())}


def facts(proofs: Mapping[str, Step]) -> list[str]:
    """The classical facts that proofs quote."""
    return sorted({s.rule.removeprefix("classical: ") for s in steps_below(*proofs.values())
                   if s.rule.startswith("classical: ")})


def adds_hypotheses(amended: Claim, claim: Claim) -> bool:
    """Whether a claim says what another says under all of its hypotheses and more."""
    said = said_by_claims([claim, amended])
    if not said.keys() >= {claim.id, amended.id}:
        return False
    (before, had), (after, has) = said[claim.id], said[amended.id]
    return before is after and had < has


@dataclass
class Verification:
    """What was found of a certificate: `faults` refuse it, `unchecked` is what could neither be seen nor refused."""

    certificate: Certificate
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    tested: list[str] = field(default_factory=list)
    examined: Examined | None = None
    witnessed: bool = False  # whether the second evaluator finds of the witness what the file says of it

    @property
    def found(self) -> str:
        return "rejected" if self.faults else "unchecked" if self.unchecked else "verified"


def verify(sent: Certificate, registry: Registry, on_record: Container[str] = (),
           seen: Examined | None = None) -> Verification:
    """Check what a certificate says of a claim against the claim of that id in a registry.

    A step that is only tested may be made up, true at small instances and false; it counts where it is `on_record`, as
    `said_by` tells, since rules made it then. What was `seen` of the proofs by whoever makes a certificate need not be
    found again. Raises UnknownClaimError for a claim that the registry does not hold.
    """
    found = Verification(sent, examined=seen)
    claim = registry[sent.claim]
    found.faults += [*_of_statement(sent, claim), *_of_verdict(sent, registry, claim)]
    found.faults += _of_conclusions(sent, said_by_claims([registry[i] for i in sent.proofs]))
    if found.faults:
        return found
    if sent.witness is not None:
        _see_witness(found, claim, sent.witness)
    _see_steps(found, registry, on_record)
    return found


def _of_statement(sent: Certificate, claim: Claim) -> Iterator[str]:
    own = said_by_claims([claim]).get(claim.id)
    if own is None:
        yield f"{claim.id} has no statement here for which there are words in the grammar of proofs"
        return
    if sent.statement is not own[0]:
        yield f"the file has the statement {sent.statement}, the claim here {own[0]}"
    for h in sorted(sent.hypotheses - own[1], key=str):
        yield f"the file has the hypothesis {h}, the claim here has not"
    for h in sorted(own[1] - sent.hypotheses, key=str):
        yield f"the claim here has the hypothesis {h}, the file has not"


def _of_verdict(sent: Certificate, registry: Registry, claim: Claim) -> Iterator[str]:
    """Why what a file has would not show its verdict, were it all right."""
    root = {"proved": claim.id, "refuted": claim.id, "conditional": sent.amended}[sent.verdict]
    amending = [a.id for a in registry.amendments(claim.id) if adds_hypotheses(a, claim)]
    about = [i for i, last in sent.proofs.items() if last.conclusion.op in _ABOUT]
    if sent.verdict == "conditional" and root not in amending:
        yield f"{root} does not add hypotheses to {claim.id}"
    if sent.verdict != "conditional" and sent.amended is not None:
        yield f"amended is about conditional claims, the verdict is {sent.verdict}"
    if sent.verdict == "refuted" and amending:
        yield f"{claim.id} is at least conditional where {', '.join(amending)} is proved: its certificate proves that"
    if sent.verdict == "proved" and claim.kind == "definition":
        yield f"{claim.id} fixes notation: there is nothing to prove"
    if sent.verdict == "proved" and sent.witness is not None and existence(claim) is None:
        yield f"a witness proves that something exists, which {claim.id} does not say"
    if sent.verdict == "conditional" and sent.witness is None or sent.verdict != "conditional" and \
            (sent.witness is None) == (not sent.proofs):
        yield f"a {sent.verdict} claim has a witness " + ("and" if sent.verdict == "conditional" else "or") + " a proof"
    if about != ([root] if sent.verdict == "refuted" and sent.proofs else []):
        yield f"the verdict is {sent.verdict}, and what is shown is a refutation of {', '.join(about) or 'nothing'}"
    if any(sent.proofs[i].conclusion.op == "meaningless" for i in about):
        yield "that a statement says nothing at an instance is no refutation"
    needed = closure([root], sent.proofs) if sent.proofs and root else set()
    for identifier in sorted(needed - set(sent.proofs)):
        yield f"there is no proof of {identifier}"
    for identifier in sorted(set(sent.proofs) - needed):
        yield f"the proof of {identifier} is superfluous"


def _of_conclusions(sent: Certificate, said: Mapping[str, tuple[Term, frozenset[Term]]]) -> Iterator[str]:
    """Which proofs end with something else than their claims in their own words: up to normal forms is not enough, as
    what is equal to the statement where both are defined may be defined where the statement is not."""
    for identifier, last in sent.proofs.items():
        statement, hypotheses = said.get(identifier, (None, frozenset()))
        if last.conclusion.op not in _ABOUT and last.conclusion is not statement:
            yield f"the proof of {identifier} concludes {last.conclusion}, not {statement}"
        for g in sorted(last.given - hypotheses, key=str):
            yield f"the proof of {identifier} assumes {g}, which the claim does not"


def _see_witness(found: Verification, claim: Claim, witness: Mapping[str, Any]) -> None:
    about = existence(claim) if found.certificate.verdict == "proved" else claim
    try:
        if json.dumps(told_again(about.unfolded, witness["instance"])) != json.dumps(witness["instance"]):
            found.faults.append("the instance has superfluous values, or is not told as it is told here")
            return
        if about is claim:
            outcome = recheck_counterexample(claim, {"instance": witness["instance"],
                                                     **({"undefined": ""} if witness["undefined"] else {})})
        elif witness["undefined"]:
            found.faults.append("where a term has no value nothing is shown to exist")
            return
        else:
            outcome = recheck_existence(claim, read_instance(about.unfolded, witness["instance"]))
        unsure = unseen(about, witness["instance"]) if outcome.status == "confirmed" else []
    except (CannotRecheck, NoValue, ArithmeticError, TypeError, ValueError) as error:
        found.faults.append(f"the instance: {error}")
        return
    if outcome.status == "contradicted":
        found.faults.append(f"the witness: {outcome.reason}")
    elif outcome.status != "confirmed":
        found.unchecked.append(f"the witness: {outcome.reason}")
    found.witnessed = outcome.status == "confirmed"
    found.unchecked += [f"the witness: not seen to meet the hypothesis {name!r}" for name in unsure]


def _see_steps(found: Verification, registry: Registry, on_record: Container[str]) -> None:
    sent = found.certificate
    try:
        seen = found.examined or examined([registry[i] for i in sent.proofs], sent.proofs, sent.arithmetic,
                                          sent.steps["tested"] + sent.steps["unchecked"])
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        found.faults.append(str(error) if isinstance(error, TooManyUnseen) else
                            f"steps that no rule makes: {type(error).__name__}: {error}")
        return
    found.examined = seen
    found.faults += [f"{r.claim}: no proof of it: {r.fault}" for r in seen.reports if r.fault]
    outcomes = {o.step.digest: o for r in seen.reports for o in r.outcomes}
    for outcome in outcomes.values():
        reason = f"{outcome.step.rule}: {outcome.reason}"
        if outcome.found == "tested" and outcome.step.said not in on_record:
            found.unchecked.append(f"{reason}, but it is in no proof on record here: it may be made up")
        elif outcome.found != "checked":
            {"failed": found.faults, "unchecked": found.unchecked, "tested": found.tested}[outcome.found].append(reason)
    if seen.steps != dict(sent.steps):
        found.faults.append(f"the file says of its steps {_counted(sent.steps)}; here they are {_counted(seen.steps)}")
    found.faults += [f"{outcomes[digest].step.rule}: the argument {name} is superfluous"
                     for digest, names in seen.superfluous.items() for name in sorted(names)]
    found.faults += [f"the certificate {name} of real arithmetic is superfluous, or shows nothing"
                     for name in sorted(set(sent.arithmetic) - set(seen.used))]


def _counted(steps: Mapping[str, int]) -> str:
    return ", ".join(f"{steps[name]} {name}" for name in OUTCOMES)
