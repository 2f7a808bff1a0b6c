"""Which proof, refutation and witness belongs to which claim, and the classical facts that arguments rely on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from dropout_theory.claims.claim import Registry
from dropout_theory.claims.importing import ClaimError


class ProofError(Exception):
    """A rule refused: the step is not justified. The message says which premise or side condition failed."""


def need(condition: bool, message: str) -> None:
    """Raise ProofError unless the side condition holds."""
    if not condition:
        raise ProofError(message)


Proof = Callable[[], Any]  # returns a theorem: what that is, a room above says
PROOFS: dict[str, Proof] = {}
REFUTATIONS: dict[str, Proof] = {}
WITNESSES: dict[str, list[dict[Any, Any]]] = {}


def key(claim_id: str, without: str | None) -> str:
    """Where what is said of a claim is kept, or of it without one hypothesis or domain."""
    return claim_id if without is None else f"{claim_id} without {without}"


def prove(claim_id: str, *, without: str | None = None) -> Callable[[Proof], Proof]:
    """Register a function that returns the theorem proving a claim: its conclusion must be the printed statement.

    `without` names a hypothesis, or a domain as `ablate` prints it, that this proof does not use.
    Raises UnknownClaimError, which names the nearest ids, for a claim that is not registered, and ClaimError where it
    has a proof already.
    """
    Registry.require(claim_id)
    said_of = key(claim_id, without)

    def register(function: Proof) -> Proof:
        if said_of in PROOFS:
            raise ClaimError(f"claim {said_of!r} has two proofs; the other is {_at(PROOFS[said_of])}")

        @wraps(function)
        def run() -> Any:
            return function()

        PROOFS[said_of] = run
        return run

    return register


def _at(function: Proof) -> str:
    """Where a function is written."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"in {code.co_filename}, line {code.co_firstlineno}" if code else repr(function)


def refute(claim_id: str, *, without: str | None = None) -> Callable[[Proof], Proof]:
    """Register a function that returns a theorem contradicting a claim, or what is left of it `without` a hypothesis.

    The conclusion must be a Refutation of the claim's statement: see dropout_theory.proof.logic.refutation.
    """
    Registry.require(claim_id)
    said_of = key(claim_id, without)

    def register(function: Proof) -> Proof:
        if said_of in REFUTATIONS:
            raise ClaimError(f"claim {said_of!r} has two refutations; the other is {_at(REFUTATIONS[said_of])}")
        REFUTATIONS[said_of] = function
        return function

    return register


def witness(claim_id: str, values: dict[Any, Any], *, without: str | None = None) -> None:
    """Suggest an instance to try first against a claim. The exact checker decides whether it refutes.

    `without` a hypothesis, or a domain as `ablate` prints it: one that must show that the claim needs it.
    """
    Registry.require(claim_id)
    WITNESSES.setdefault(key(claim_id, without), []).append(values)


# --- classical facts ---


@dataclass(frozen=True)
class ClassicalFact:
    """A theorem of the literature used without proof: statement, and where it can be looked up.

    It is tried at instances before it is used, and by tests; `untried` says why none of them can be decided, where that
    is so. Raises ValueError without a reference, or for a statement with names that no domain speaks for.
    """

    name: str
    statement: Any
    reference: str
    untried: str = ""

    def __post_init__(self) -> None:
        from dropout_theory.language.admission import require_entries, require_names

        if not self.reference.strip():
            raise ValueError(f"classical fact {self.name!r} has no reference; allowed: where it can be looked up")
        require_names((self.statement,))
        require_entries((self.statement,))


FACTS: dict[str, ClassicalFact] = {}


def classical_fact(name: str, statement: Any, reference: str, untried: str = "") -> ClassicalFact:
    """Declare a classical fact, once. Raises ValueError when the name is taken by another."""
    fact = ClassicalFact(name, statement, reference, untried)
    if FACTS.setdefault(name, fact) != fact:
        raise ValueError(f"classical fact {name!r} declared twice")
    return fact
