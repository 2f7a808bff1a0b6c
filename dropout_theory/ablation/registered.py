"""What proof modules register of a claim without one hypothesis: a witness, a refutation or a proof, each checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import sympy as sp

from dropout_theory.ablation.meaning import undefined_term
from dropout_theory.ablation.sharper import is_proved
from dropout_theory.checkers.at_instances import check_admissible, judge
from dropout_theory.checkers.exact import report
from dropout_theory.claims import (
    REGISTRY,
    Claim,
    ClaimError,
    Hypothesis,
    ProofError,
    dropped_names,
    proof_of,
    refutation_of,
    witnesses,
)
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Judgement
from dropout_theory.evaluation.instances import Rejected
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import Statement, Values, plain
from dropout_theory.proof.logic import negation
from dropout_theory.proof.refutations import Meaningless
from dropout_theory.verdicts.kernel import Finding

_NO_ENTRY = "no value for "  # of an instance that gives every atom its values: the entry lies outside the ranges
Settled = tuple[str, str, dict[str, Any]]  # outcome, reason, witness


def check_names(claim: Claim, names: Collection[str]) -> set[str]:
    """Those of the hypotheses and domains without which something is registered. Raises ClaimError for others."""
    said = dropped_names(claim.id)
    for name in sorted(said - set(names)):
        raise ClaimError(f"{claim.id}: something is registered without {name!r}; allowed: {', '.join(names) or 'none'}")
    return said


def settled(weaker: Claim, name: str, dropped: Statement, renamed: Mapping[Any, Any]) -> Settled | None:
    """What is registered of a claim without the named hypothesis, once checked; None where nothing is.

    Raises ClaimError when a witness is none, or when it is both refuted and proved; ProofError when a theorem does
    not refute or prove it.
    """
    found: list[Settled] = [_witnessed(weaker, name, dropped, {renamed.get(k, k): v for k, v in values.items()})
                            for values in witnesses(weaker.id, name)]
    refutation, proof = refutation_of(weaker.id, name), proof_of(weaker.id, name)
    if refutation is not None:
        from dropout_theory.checkers.symbolic import accept_meaningless, accept_refutation

        theorem = refutation()
        if isinstance(theorem.conclusion, Meaningless):
            shown, why = accept_meaningless(weaker, theorem), "without meaning otherwise: a criterion has no minimiser"
        else:
            shown, why = accept_refutation(weaker, theorem), "false without it"
        _rests_on_proofs(weaker, name, shown)
        found.append(("needed", f"{why}, {shown.scope}", {"instance": (shown.counterexample or {})["instance"]}))
    if proof is not None:
        from dropout_theory.checkers.symbolic import accept

        shown = accept(weaker, proof(), "proof without it")
        _rests_on_proofs(weaker, name, shown)
        found.append(("not needed", shown.scope, {}))
    if len({outcome for outcome, _, _ in found}) > 1:
        raise ClaimError(f"{weaker.id}: without {name!r} it is refuted and proved")
    return found[0] if found else None


def outside(weaker: Claim, dropped: Statement) -> Claim:
    """The claim on instances that violate the dropped condition. Raises ClaimError where that cannot be said."""
    return dataclasses.replace(weaker, admissible=None, hypotheses=(
        *weaker.hypotheses, Hypothesis("the dropped one fails", negation(dropped))))


def judged(weaker: Claim, values: Values) -> Judgement:
    """The statement at an instance. Raises Unsupported."""
    try:
        return judge(weaker.statement, values, expectation)
    except ZeroDivisionError:  # outside a domain, rules divide that need not look inside it
        return Judgement(Truth.FALSE, undefined="division by zero")
    except Unsupported as error:
        for part in weaker.statement.args if isinstance(weaker.statement, sp.And) else ():
            with suppress(Unsupported, ZeroDivisionError):  # one part that fails is enough
                found = judge(part, values, expectation)
                if found.truth is Truth.FALSE:
                    return found
        term = undefined_term(weaker.statement, values)
        if term is None and not str(error).startswith(_NO_ENTRY):
            raise
        return Judgement(Truth.FALSE, undefined=str(error) if term is None else plain(term))


def _witnessed(weaker: Claim, name: str, dropped: Statement, values: Values) -> Settled:
    try:
        check_admissible(outside(weaker, dropped), values)
        found = judged(weaker, values)
    except (Rejected, Unsupported) as error:
        raise ClaimError(f"{weaker.id}: not a witness that {name!r} is needed: {error}") from None
    if found.undefined:
        return "needed", f"without meaning otherwise: undefined: {found.undefined}", report(values, found)
    if found.truth is not Truth.FALSE:
        raise ClaimError(f"{weaker.id}: not a witness that {name!r} is needed: the statement is {found.truth.name}")
    return "needed", "false without it", report(values, found)


def _rests_on_proofs(weaker: Claim, name: str, found: Finding) -> None:
    for cited in found.depends_on:
        if not cited.startswith("classical:") and not is_proved(REGISTRY[cited]):
            raise ProofError(f"{weaker.id} without {name!r} rests on {cited}, which is not proved")
