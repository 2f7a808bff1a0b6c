"""Theorems: statements that a rule has checked. Nothing else can make one.

The atoms free in a conclusion are universally bound over their domains, under the assumptions in `given`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import InitVar, dataclass
from functools import wraps
from typing import Any

_TOKEN = object()


class ProofError(Exception):
    """A rule refused: the step is not justified. The message says which premise or side condition failed."""


@dataclass(frozen=True)
class Theorem:
    """`given` implies `conclusion`; `steps` are the rules used, `uses` the claims and classical facts relied on."""

    conclusion: Any
    given: frozenset[Any] = frozenset()
    steps: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    # never stored, so that neither `dataclasses.replace` nor a copy of the fields makes another theorem
    _token: InitVar[object] = None

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise TypeError("theorems are made by rules only: see dropout_theory.proof")

    def __str__(self) -> str:
        assumed = f"{', '.join(map(str, self.given))} |- " if self.given else ""
        return f"{assumed}{self.conclusion}"


def certify(rule: str, conclusion: Any, premises: Iterable[Theorem] = (), given: Iterable[Any] = (),
            discharged: Iterable[Any] = (), uses: Iterable[str] = ()) -> Theorem:
    """Make a theorem in the name of a rule. For rule modules only: a proof must never call it."""
    premises = tuple(premises)
    assumptions = frozenset(given).union(*[p.given for p in premises]) - frozenset(discharged)
    steps = tuple(dict.fromkeys([s for p in premises for s in p.steps] + [rule]))
    relied = frozenset(uses).union(*[p.uses for p in premises])
    return Theorem(conclusion, assumptions, steps, relied, _TOKEN)


def need(condition: bool, message: str) -> None:
    """Raise ProofError unless the side condition holds."""
    if not condition:
        raise ProofError(message)


# --- proofs of claims -------------------------------------------------------------------------------------------

Proof = Callable[[], Theorem]
PROOFS: dict[str, Proof] = {}
REFUTATIONS: dict[str, Proof] = {}
WITNESSES: dict[str, list[dict[Any, Any]]] = {}


def key(claim_id: str, without: str | None) -> str:
    """Where the registries keep what is said of a claim, or of it without one hypothesis or domain."""
    return claim_id if without is None else f"{claim_id} without {without}"


def prove(claim_id: str, *, without: str | None = None) -> Callable[[Proof], Proof]:
    """Register a function that returns the theorem proving a claim: its conclusion must be the printed statement.

    `without` names a hypothesis, or a domain as `ablate` prints it, that this proof does not use.
    """
    said_of = key(claim_id, without)

    def register(function: Proof) -> Proof:
        if said_of in PROOFS:
            raise ValueError(f"claim {said_of!r} has two proofs")

        @wraps(function)
        def run() -> Theorem:
            return function()

        PROOFS[said_of] = run
        return run

    return register


def refute(claim_id: str, *, without: str | None = None) -> Callable[[Proof], Proof]:
    """Register a function that returns a theorem contradicting a claim, or what is left of it `without` a hypothesis.

    The conclusion must be a Refutation of the claim's statement: see dropout_theory.proof.logic.refutation.
    """
    said_of = key(claim_id, without)

    def register(function: Proof) -> Proof:
        if said_of in REFUTATIONS:
            raise ValueError(f"claim {said_of!r} has two refutations")
        REFUTATIONS[said_of] = function
        return function

    return register


def witness(claim_id: str, values: dict[Any, Any], *, without: str | None = None) -> None:
    """Suggest an instance to try first against a claim. The exact checker decides whether it refutes.

    `without` a hypothesis, or a domain as `ablate` prints it: one that must show that the claim needs it.
    """
    WITNESSES.setdefault(key(claim_id, without), []).append(values)


# --- classical facts --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassicalFact:
    """A theorem of the literature used without proof: statement, reference; tests check it numerically."""

    name: str
    statement: Any
    reference: str


FACTS: dict[str, ClassicalFact] = {}


def classical_fact(name: str, statement: Any, reference: str) -> ClassicalFact:
    """Declare a classical fact. Raises ValueError when the name is taken by another statement."""
    if name in FACTS and FACTS[name].statement != statement:
        raise ValueError(f"classical fact {name!r} declared twice")
    FACTS[name] = ClassicalFact(name, statement, reference)
    return FACTS[name]
