"""Symbolic proof: a registered chain of checked rules, or one of the automatic ones."""

from __future__ import annotations

from typing import Any

from dropout_theory.claims import ProofError, need, proof_of, refutation_of
from dropout_theory.language import CannotSubstitute
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_zero, normal
from dropout_theory.proof import Theorem
from dropout_theory.proof.automatic import automatic
from dropout_theory.proof.logic import as_claimed
from dropout_theory.proof.near_zero import coefficients
from dropout_theory.proof.refutations import Meaningless, Refutation
from dropout_theory.proof.theorem import steps_of
from dropout_theory.verdicts.kernel import Context, Finding, Quoted, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="symbolic", place=20, mark="s", title="symbolic",
    does="proofs for all sizes: chains of steps, each made by a checked rule",
    rigor="proof", tools=("python-flint", "z3-solver"), reads=("proofs",),
)


@checker(METHOD.name, lambda claim: "no formal statement" if claim.statement is None else None)
def symbolic(claim: Any, context: Context) -> Finding:
    """Run the claim's proof, else try normal form, Taylor coefficients and real arithmetic."""
    registered = proof_of(claim.id)
    refuted = refutation_of(claim.id)
    if registered is not None:
        return accept(claim, registered(), "proof")
    if refuted is not None:
        return accept_refutation(claim, refuted())
    try:
        return accept(claim, automatic(claim.statement, [h.condition for h in claim.hypotheses]), "automatic proof")
    except (ProofError, CannotSubstitute) as error:
        return _series_refutation(claim) or Finding("unknown", "proof", f"no proof found: {_short(error)}")


def accept(claim: Any, theorem: Theorem, kind: str) -> Finding:
    """Compare a theorem with the printed statement: the same up to normal form, no assumption the claim lacks.

    A normal form may lack terms: those of the statement must be defined by what the theorem says, those of an
    assumption by the claim's hypotheses. Raises ProofError when the theorem does not prove the claim.
    """
    try:
        proved = as_claimed(theorem, claim.statement, [h.condition for h in claim.hypotheses])
    except (ProofError, CannotSubstitute) as error:
        raise ProofError(f"{claim.id}: {error}") from None
    if claim.id in theorem.uses:
        raise ProofError(f"{claim.id}: the proof cites the claim itself")
    return Finding("holds", "proof", f"{kind}: " + "; ".join(theorem.steps), {"steps": len(theorem.steps)},
                   depends_on=tuple(sorted(theorem.uses)), theorem=proved, quoted=_quoted(theorem))


def accept_refutation(claim: Any, theorem: Theorem) -> Finding:
    """Compare a theorem with a claim: a refutation of its statement, at an instance that meets its hypotheses.

    Raises ProofError when the theorem does not refute the claim.
    """
    need(isinstance(theorem.conclusion, Refutation), f"{claim.id}: its refutation concludes {theorem.conclusion}")
    return Finding("fails", "proof", "refuted by " + "; ".join(theorem.steps), counterexample=_seen_to(claim, theorem),
                   depends_on=tuple(sorted(theorem.uses)), theorem=theorem, quoted=_quoted(theorem))


def accept_meaningless(claim: Any, theorem: Theorem) -> Finding:
    """Compare a theorem with a claim: its statement says nothing at an instance that meets its hypotheses.

    Raises ProofError when the theorem does not show that.
    """
    need(isinstance(theorem.conclusion, Meaningless), f"{claim.id}: {theorem.conclusion} is about no instance of it")
    return Finding("unknown", "proof", "; ".join(theorem.steps), counterexample=_seen_to(claim, theorem),
                   depends_on=tuple(sorted(theorem.uses)), quoted=_quoted(theorem))


def _quoted(theorem: Theorem) -> tuple[Quoted, ...]:
    """The claims that a theorem rests on, as its proof cites them."""
    return tuple(Quoted(step.rule.removeprefix("claim "), step.conclusion, step.given)
                 for step in steps_of(theorem) if step.rule.startswith("claim "))



def _seen_to(claim: Any, theorem: Theorem) -> dict[str, str]:
    """The instance, once it is known to be one of this statement under these hypotheses."""
    claim = claim.unfolded
    need(not theorem.given, f"{claim.id}: unproved assumptions {theorem.given}")
    statement, instance, hold = theorem.conclusion.args
    need(statement == claim.statement, f"{claim.id}: the refutation is of {statement}")
    unchecked = [h.name for h in claim.hypotheses if h.condition not in hold.args]
    need(not unchecked, f"{claim.id}: the refutation does not see to {', '.join(unchecked)}")
    return {"instance": str(instance), "statement": str(statement)}


def _series_refutation(claim: Any) -> Finding | None:
    """A Taylor coefficient that is not zero at an instance refutes a statement of order."""
    from dropout_theory.checkers.at_instances import build, judge
    from dropout_theory.evaluation.choosers import RandomChooser
    from dropout_theory.evaluation.enumeration import expectation
    from dropout_theory.evaluation.instances import Rejected
    from dropout_theory.evaluation.values import Truth, Unsupported
    from dropout_theory.language import describe

    statement = claim.statement
    if not isinstance(statement, st.SameToOrder):
        return None
    try:
        found = coefficients((statement.left, statement.right), statement.scale, statement.order,
                             [h.condition for h in claim.hypotheses])
    except ProofError:
        return None
    for order, coefficient in enumerate(found):
        if is_zero(coefficient):
            continue
        chooser = RandomChooser(20140210)
        for _ in range(200):
            try:
                values = build(claim, chooser, 2)
                judged = judge(st.equal(coefficient, 0), values, expectation)
            except (Rejected, Unsupported):
                continue
            if judged.truth is Truth.FALSE:
                return Finding("fails", "exact-instances", f"the coefficient of {statement.scale}^{order} is not zero",
                               {"order": order, "coefficient": str(normal(coefficient))},
                               counterexample={"instance": describe(values), "coefficient": str(judged.left)})
        return None
    return None


def _short(error: Exception) -> str:
    text = str(error)
    return text if len(text) < 160 else text[:157] + "..."
