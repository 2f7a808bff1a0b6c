"""Certificates of recorded claims, made from a ledger and the proofs beside it, and what was found of one, told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dropout_theory.claims import PAPER_KEYS, Claim, ClaimError, Registry
from dropout_theory.recheck.arithmetic import CannotRecheck
from dropout_theory.recheck.certificate import CHECKED, OUTCOMES, Certificate
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.witnesses import existence, told_again
from dropout_theory.report.derivations import load as recorded_proofs
from dropout_theory.report.ledger import Ledger, stated
from dropout_theory.report.origin import told
from dropout_theory.report.terminal import counted, printable
from dropout_theory.running.proofs import certificates, said_by_claims
from dropout_theory.running.verifying import (
    Verification,
    adds_hypotheses,
    closure,
    examined,
    facts,
    said_by,
    verify,
    without_superfluous,
)
from dropout_theory.verdicts.records import spelled


class NothingToSend(ClaimError):
    """There is no certificate of a claim: the message says why, and what there is."""


_WHY = {"supported": "nothing was found against it, which is no proof",
        "open": "nothing decides it",
        "definition": "it fixes notation, and there is nothing to prove",
        "ill-formed": "that a statement has no meaning has no proof in steps"}


def make(recorded: Ledger, path: Path | None, registry: Registry, identifier: str,
         module: str | None = None) -> Verification:
    """The certificate of a claim that is on record at `path`, checked once.

    `module` tells where an author keeps the claims. Raises NothingToSend, and UnknownClaimError.
    """
    record, claim = recorded[identifier], registry[identifier]
    if record["verdict"] in _WHY:
        raise NothingToSend(f"{identifier} is {record['verdict']}: {_WHY[record['verdict']]}; "
                            "certificates are of proved, refuted and conditional claims")
    said = said_by_claims([claim]).get(identifier)
    if said is None:
        raise NothingToSend(f"{identifier} is {record['verdict']}; the grammar of proofs has no words for what it says")
    try:
        proofs, amended, witness, by = _shown(recorded, path, registry, claim)
    except CannotRecheck as error:
        raise NothingToSend(f"{identifier}: its witness is none that the second evaluator reads: {error}") from None
    recorded_steps = said_by(proofs)
    seen = examined([registry[i] for i in proofs], proofs, certificates())
    if seen.superfluous:
        proofs = without_superfluous(proofs, seen)
        seen = examined([registry[i] for i in proofs], proofs, certificates())
    tools = recorded.made_with[by["prints"]["made_with"]]["tools"]
    where = {"program": recorded.data["generator"], **told(recorded.run),
             "tools": ", ".join(f"{tool} {version}" for tool, version in tools.items())}
    made = Certificate(identifier, module, record["verdict"], *said, proofs, seen.used, seen.steps, amended, witness,
                       where)
    found = verify(made, registry, recorded_steps, seen)
    if found.faults:
        raise NothingToSend(f"{identifier}: what is on record is not accepted: {found.faults[0]}; record anew: "
                            "dropout-theory check --record")
    return found


def _shown(recorded: Ledger, path: Path | None, registry: Registry, claim: Claim,
           ) -> tuple[dict[str, Step], str | None, Mapping[str, Any] | None, Mapping[str, Any]]:
    """Proofs, the claim that amends this one, a witness, and the evidence that they are of."""
    record = recorded[claim.id]
    verdict, proofs = record["verdict"], _proofs(path, claim.id)
    if verdict == "proved":
        return _shown_to_hold(record, proofs, claim)
    by = next((e for e in record["evidence"] if e["outcome"] == "fails"
               and e["counterexample"] == record["counterexample"]), None)
    if by is None:
        raise NothingToSend(f"{claim.id} is {verdict} by its parts: {', '.join(record['parts'])}; allowed: one of them")
    if verdict == "refuted" and proofs:
        return proofs, None, None, by
    witness = {"instance": told_again(claim.unfolded, by["counterexample"]["instance"]),
               "undefined": "undefined" in by["counterexample"]}
    if verdict == "refuted":
        return {}, None, witness, by
    for amended in (a.id for a in registry.amendments(claim.id) if adds_hypotheses(a, claim)):
        if recorded[amended]["verdict"] == "proved" and (proofs := _proofs(path, amended)):
            return proofs, amended, witness, by
    raise NothingToSend(f"{claim.id} is conditional, and no claim that amends it has a proof in steps; its "
                        "counterexample is told by: dropout-theory show")


def _shown_to_hold(record: Mapping[str, Any], proofs: dict[str, Step], claim: Claim,
                   ) -> tuple[dict[str, Step], None, Mapping[str, Any] | None, Mapping[str, Any]]:
    by = {e["method"]: e for e in record["evidence"] if e["outcome"] == "holds" and e["rigor"] == "proof"}
    if proofs and "symbolic" in by:
        return proofs, None, None, by["symbolic"]
    about = existence(claim)
    for e in by.values():
        if about is not None and "witness" in e["figures"]:
            return {}, None, {"instance": told_again(about, e["figures"]["witness"]), "undefined": False}, e
    raise NothingToSend(f"{claim.id} is proved by {', '.join(by) or 'its parts'}, without steps that could be sent")


def _proofs(path: Path | None, identifier: str) -> dict[str, Step]:
    """The recorded proof of a claim with those of all that it cites; empty where there is none."""
    proofs: dict[str, Step] = {}
    papers: set[str] = set()
    while left := {i.partition(":")[0] for i in closure([identifier], proofs)} - papers:
        papers |= left
        proofs |= recorded_proofs(sorted(left), path)
    return {i: proofs[i] for i in closure([identifier], proofs) if i in proofs} if identifier in proofs else {}


def on_record(sent: Certificate) -> set[str]:
    """Names of the steps in the proofs that the package has on record, of the papers that a certificate is about."""
    papers = {identifier.partition(":")[0] for identifier in sent.proofs}.intersection(PAPER_KEYS)
    return said_by(recorded_proofs(sorted(papers))) if sent.steps["tested"] else set()


def lines(found: Verification, claim: Claim) -> Iterator[str]:
    """What was checked of a certificate, and what it rests on: as text that no terminal takes for commands."""
    sent, seen, said = found.certificate, found.examined, stated(claim)
    yield f"{sent.claim}  {sent.verdict}"
    yield f"statement: {said['statement_plain']}"
    for h in said["hypotheses"]:
        yield f"hypothesis: {h['name']}: {h['condition_plain']}"
    if sent.amended:
        yield f"holds under the hypotheses of: {printable(sent.amended)}"
    if sent.witness is not None:
        shown = "a term has no value" if sent.witness["undefined"] else \
            "true" if sent.verdict == "proved" else "false"
        yield f"witness: {printable(spelled(sent.witness['instance']))}" \
            + (f" ({shown} there by the second evaluator)" if found.witnessed else "")
    if seen is not None and sent.proofs:
        yield f"{counted(sum(seen.steps.values()), 'step')}: " + ", ".join(f"{seen.steps[n]} {n}" for n in OUTCOMES)
        yield f"certificates of real arithmetic: {len(seen.used)}"
        yield f"rests on classical facts: {', '.join(facts(sent.proofs)) or 'none'}"
        yield f"rests on claims whose proofs are in the file: {', '.join(_cited(sent)) or 'none'}"
    for kind, reasons in (("tested", found.tested), ("unchecked", found.unchecked)):
        for reason, many in Counter(reasons).items():
            yield f"{kind}: {printable(reason)}" + (f" ({many} steps)" if many > 1 else "")
    yield f"checked, each change is noticed: {', '.join(CHECKED)}"
    yield "stated, and not checked: " + "; ".join(f"{name}: {printable(text)}" for name, text in sent.stated.items())
    for fault in found.faults:
        yield f"rejected: {printable(fault)}"
    yield {"rejected": "rejected: this is no certificate of the claim",
           "unchecked": "not wholly verified: see what is unchecked",
           "verified": "verified" + (", but for tested steps: those are on record here, and hold at instances"
                                     if found.tested else "")}[found.found]


def _cited(sent: Certificate) -> list[str]:
    return sorted(set(sent.proofs) - {sent.amended or sent.claim})


def as_json(found: Verification, claim: Claim) -> dict[str, Any]:
    """What was checked of a certificate, for programs."""
    sent, said = found.certificate, stated(claim)
    return {"version": 1, "id": sent.claim, "verdict": sent.verdict, "found": found.found, "faults": found.faults,
            "unchecked": found.unchecked, "tested": found.tested, "statement": said["statement_plain"],
            "hypotheses": {h["name"]: h["condition_plain"] for h in said["hypotheses"]}, "amended": sent.amended,
            "witness": sent.witness, "steps": found.examined.steps if found.examined else None,
            "arithmetic": len(sent.arithmetic), "facts": facts(sent.proofs), "claims": _cited(sent),
            "checked": list(CHECKED), "stated": dict(sent.stated)}


def misplaced(identifier: str, named: str | None, given: str | None) -> str:
    """What is wrong with the module that is named for a claim, or with the one that is given; empty where nothing is.

    Nothing is imported to tell that.
    """
    if identifier.partition(":")[0] in PAPER_KEYS:
        module = named if named is not None else given
        return "" if module is None else f"{identifier} is a claim of the papers, not of {module}; allowed: no --claims"
    if named is None:
        return f"{identifier} is no claim of the papers of this version, and no module is named that has it (--claims)"
    if named != given:
        return (f"{identifier} is a claim of {named}, which is no part of dropout-theory; nothing of it was imported. "
                f"Where it is installed, and you trust it: --claims {named}" + (f"; given: {given}" if given else ""))
    return ""
