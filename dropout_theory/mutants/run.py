"""Runs a claim's evidence on wrong variants of its statement: what a method does not reject, it does not see.

A counterexample kills a variant. A method whose evidence on the claim is a proof also kills by refusing: the proof
does not go through for the variant. Sampled and exact evidence that finds nothing, or cannot decide, lets it survive.
"""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dropout_theory.arithmetic.solver import RESOURCE_LIMIT, effort
from dropout_theory.checkers import get_checker
from dropout_theory.checkers.at_instances import judge
from dropout_theory.claims import Claim, ClaimError, ProofError
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.experiment.simulated import is_simulated
from dropout_theory.language import Values
from dropout_theory.mutants.equivalence import still_true
from dropout_theory.mutants.operators import Variant, spread
from dropout_theory.mutants.survivors import Unrefuted
from dropout_theory.proof.theorem import Theorem
from dropout_theory.verdicts.fingerprint import meaning_fingerprint
from dropout_theory.verdicts.kernel import METHODS, Context

LIMIT = 6  # variants of a claim that are neither malformed nor true
MOST = 3  # times as many are looked at to find these, and some that every method rejects
FEW_RESOURCES = RESOURCE_LIMIT // 20  # of the solver, which may run away with large numbers where no clock stops it
REPEATS = 2  # how often a whole proof is repeated for variants of a claim; others are compared with its conclusion
SECONDS = 20.0  # of processor time for one method on one variant: a stop for what runs away, not a budget
QUICK = 1.0  # the same for an instance on which every variant is tried first
FAILS = "fails: "
JUDGING = tuple(m for m in METHODS if m not in ("admissible", "symbolic"))


class TakesTooLong(BaseException):
    """One method on one variant ran out of processor time. No Exception, so that no checker takes it for its own."""


@dataclass
class Trial:
    """One variant, and what each method found: killed, survived, or why it was set aside."""

    variant: Variant
    killed: dict[str, str] = field(default_factory=dict)  # method -> how
    survived: dict[str, str] = field(default_factory=dict)
    true_because: str = ""
    proved: str = ""  # the proof that went through
    why: str = ""  # what is known of a variant without a counterexample

    @property
    def refuted(self) -> bool:
        """Whether some method found a counterexample."""
        return any(how.startswith(FAILS) for how in self.killed.values())

    @property
    def contradiction(self) -> bool:
        """A counterexample to what a proof accepts: a fault in the machinery."""
        return bool(self.proved) and self.refuted


@dataclass
class Examined:
    """What the evidence on one claim is worth: the trials of its variants, and how many made no sense."""

    claim: str
    fingerprint: str
    methods: tuple[str, ...]
    trials: list[Trial] = field(default_factory=list)
    malformed: int = 0

    @property
    def wrong(self) -> list[Trial]:
        return [t for t in self.trials if not t.true_because]

    @property
    def blind(self) -> set[str]:
        """The methods that have rejected no variant."""
        return set(self.methods) - {method for trial in self.wrong for method in trial.killed}


def examine(claim: Claim, methods: Mapping[str, str], context: Context, limit: int = LIMIT,
            proof: Any = None) -> Examined:
    """Try variants of a claim on each method; `methods` maps those whose evidence holds to its rigor.

    After `limit` wrong variants it goes on for as long as a method has rejected none, to MOST times as many at most.
    `proof` is a function that returns the theorem proving the claim, where one is registered.
    """
    found = Examined(claim.id, meaning_fingerprint(claim), tuple(m for m in METHODS if m in methods))
    if not methods:  # its verdict is that of its parts, and so is what their evidence is worth
        return found
    prover = Prover(claim, proof) if "symbolic" in methods else None
    claim = claim.unfolded
    instance = _an_instance(claim, context) if any(m in methods for m in JUDGING) else None
    if is_simulated(claim.statement):  # without a limit of time: the repetitions are kept for the variants
        get_checker("montecarlo").check(claim, context)
    wrong = 0
    for variant in spread(claim.statement, MOST * limit, claim.id):
        if wrong >= limit and not found.blind:
            break
        try:
            other = dataclasses.replace(claim, statement=variant.statement)
        except ClaimError:
            continue
        if instance is not None and not _evaluable(other, instance):
            found.malformed += 1
            continue
        trial = _tried(claim, other, variant, methods, context, prover)
        if not (trial.refuted or trial.true_because):
            trial.why = _explained(claim, other, context)
        found.trials.append(trial)
        wrong += not trial.true_because
    return found


def _explained(claim: Claim, other: Claim, context: Context) -> str:
    """What is known of a variant without a counterexample; the clock stops only what runs away, and then all of it."""
    unrefuted = Unrefuted(claim, other)
    try:
        _limited(lambda: unrefuted.look(context), SECONDS)
    except TakesTooLong:
        return "judging it at instances takes too long"
    return unrefuted.told()


def _tried(claim: Claim, other: Claim, variant: Variant, methods: Mapping[str, str], context: Context,
           prover: Prover | None) -> Trial:
    trial = Trial(variant)
    for method in JUDGING:
        if method in methods:
            killed, how, proved = _judged(other, method, methods[method], context)
            if killed is not None:
                (trial.killed if killed else trial.survived)[method] = how
            if proved:
                trial.proved = f"{method}: {how}"
    if not trial.refuted and not trial.proved:
        with contextlib.suppress(TakesTooLong), effort(FEW_RESOURCES):
            trial.true_because = _limited(lambda: still_true(claim, variant.statement)) or ""
    if prover is not None and not trial.true_because:
        try:
            proof = _limited(lambda: prover.proves(other))
        except TakesTooLong:
            proof = None
            trial.survived["symbolic"] = "not decided in time"
        else:
            trial.proved = trial.proved or (f"symbolic: {proof}" if proof else "")
            (trial.survived if proof else trial.killed)["symbolic"] = proof or "refused"
    if trial.proved and not trial.refuted:
        trial.true_because = f"proved by {trial.proved}"
    return trial


def _judged(other: Claim, method: str, rigor: str, context: Context) -> tuple[bool | None, str, bool]:
    """Whether a method rejects a variant, how, and whether it proves it instead.

    The first is None where the method has no say: nothing random is left to sample, for example.
    """
    checker = get_checker(method)
    reason = checker.applies(other)
    if reason is not None:
        return None, reason, False
    # what is sampled once more at full size costs little, as almost every variant fails at the first instances;
    # repetitions of an experiment are kept from one variant to the next
    few = method in ("montecarlo", "decide", "interval") and not is_simulated(other.statement)
    small = dataclasses.replace(context, fast=few, shrink=False)
    try:
        found = _limited(lambda: checker.check(other, small))
    except TakesTooLong:
        return False, "not decided in time", False
    except Exception as error:  # noqa: BLE001 - a variant may be nonsense in any way, and nonsense decides nothing
        return False, f"not decided: {type(error).__name__}: {error}", False
    if found.outcome == "fails":
        return True, FAILS + found.scope, False
    proved = (found.outcome, found.rigor) == ("holds", "proof")
    return rigor == "proof" and not proved, found.scope, proved


class Prover:
    """The proof of a claim, tried on variants: the registered one with the variant in the claim's place."""

    def __init__(self, claim: Claim, proof: Any) -> None:
        from dropout_theory.proof.automatic import automatic

        self.claim = claim
        self.proof = proof
        self.repeats = REPEATS
        self.resources = FEW_RESOURCES
        prove = proof or (lambda: automatic(claim.unfolded.statement))
        try:
            with effort(self.resources):
                self.theorem: Theorem = prove()
        except ProofError:  # a variant may have as much as the claim itself needs
            self.resources = RESOURCE_LIMIT
            self.theorem = prove()

    def proves(self, other: Claim) -> str | None:
        """The steps that prove a variant, or None where every proof is refused."""
        from dropout_theory.checkers.symbolic import accept
        from dropout_theory.proof.automatic import automatic

        try:
            with effort(self.resources):
                theorem = automatic(other.statement) if self.proof is None else self._repeated(other)
                return accept(other, theorem, "proof").scope
        except Exception:  # noqa: BLE001 - a rule that stumbles over a variant has not proved it
            return None

    def _repeated(self, other: Claim) -> Theorem:
        """What the proof concludes with the variant in the claim's place, where it looks at the claim at all."""
        if not self.repeats:
            return self.theorem
        self.repeats -= 1
        with _in_place_of(self.claim, other):
            again: Theorem = self.proof()
        if again.conclusion == self.theorem.conclusion:  # the proof spells out what it concludes
            self.repeats = 0
        return again


@contextlib.contextmanager
def _in_place_of(claim: Claim, other: Claim) -> Iterator[None]:
    """The claim says what the variant says, for proofs that read its statement; what they remember is forgotten."""
    original = claim.statement
    object.__setattr__(claim, "statement", other.statement)
    _forget()
    try:
        yield
    finally:
        object.__setattr__(claim, "statement", original)
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("dropout_theory.proofs."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _an_instance(claim: Claim, context: Context) -> Any:
    """An instance at which the statement can be judged, quickly where there is one, or None."""
    from dropout_theory.checkers.exact import instances
    from dropout_theory.evaluation.enumeration import expectation

    slow = None
    for values in instances(claim, dataclasses.replace(context, fast=True), []):
        try:
            _limited(lambda: judge(claim.statement, values, expectation), QUICK)  # noqa: B023
            return values
        except TakesTooLong:
            slow = slow or values
        except Unsupported:
            continue
    return slow


def _evaluable(other: Claim, values: Values) -> bool:
    """Whether a variant makes sense where the claim does: its indices stay in range, its functions have values."""
    from dropout_theory.evaluation.enumeration import expectation

    try:
        _limited(lambda: judge(other.statement, values, expectation))
    except TakesTooLong:
        return True
    except Exception:  # noqa: BLE001 - whatever goes wrong here goes right with the claim itself
        return False
    return True


def _limited(work: Any, seconds: float = SECONDS) -> Any:
    """Do the work within so many seconds of processor time, where the platform can tell. Raises TakesTooLong."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return work()

    def stop(*_: object) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
