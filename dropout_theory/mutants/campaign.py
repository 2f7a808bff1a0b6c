"""Mutants of many claims: which claims are tried, in this process or in workers, and what all of it amounts to."""

from __future__ import annotations

import contextlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory.kernel import METHODS, Context
from dropout_theory.runner import loaded, papers
from dropout_theory.workers import Failure, Here, Interrupt, Item, Task, Workers

if TYPE_CHECKING:
    from dropout_theory.claim import Claim, Registry
    from dropout_theory.mutants.run import Examined, Trial
    from dropout_theory.report.ledger import Ledger

HOLD = ("proved", "supported")  # a refuted statement is false already: what counts there is its witness
Progress = Callable[[int, int, str, str], None]


@dataclass(frozen=True)
class Settings:
    """How many variants of every claim, and the methods whose recorded evidence holds, with its rigor, by claim."""

    limit: int
    methods: Mapping[str, Mapping[str, str]]


def settings(limit: int, only: tuple[str, ...], ledger: Path | None) -> dict[str, Settings]:
    """The settings by the name of their task, for workers. Raises LedgerError."""
    from dropout_theory.report.ledger import Ledger

    wanted = set(only or METHODS) - {"admissible"}
    return {"mutants": Settings(limit, {
        c["id"]: {e["method"]: e["rigor"] for e in c["evidence"] if e["outcome"] == "holds" and e["method"] in wanted}
        for c in Ledger.read(ledger)})}


@dataclass
class Campaign:
    """Records of the claims tried, by id, and why others were left out. `interrupted` after Ctrl-C."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False

    @property
    def sound(self) -> bool:
        return not self.failures and not any(r["contradictions"] for r in self.records.values())


def campaign(tasks: list[Task], context: Context, item: Item, checkers: Callable[[], Mapping[str, Any]],
             claims: Callable[[], Registry], progress: Progress | None) -> Campaign:
    """Do one task for every claim and keep what was finished, in the order of the tasks."""
    outcome = Campaign()
    found: dict[str, dict[str, Any]] = {}
    with contextlib.ExitStack() as stack:
        interrupt = stack.enter_context(Interrupt())
        place = Here(context, claims(), checkers(), item) if context.jobs == 1 else Workers(context, claims, checkers,
                                                                                            item)
        stack.callback(place.stop)

        def take(task: Task, result: dict[str, Any] | Failure) -> None:
            if isinstance(result, Failure):
                outcome.failures.append(result)
            else:
                found[task[0]] = result
            if progress:
                progress(len(found) + len(outcome.failures), len(tasks), *task)

        try:
            for task, result in place.run(tasks):
                take(task, result)
                interrupt.check()
        except KeyboardInterrupt:
            outcome.interrupted = True
            for task, result in place.finished():
                take(task, result)
    outcome.records = {claim: found[claim] for claim, _ in sorted(tasks) if claim in found}
    return outcome


def mutate(patterns: Iterable[str] = (), *, context: Context, limit: int, only: tuple[str, ...] = (),
           recorded: Ledger, ledger: Path | None = None, current: Mapping[str, str] | None = None,
           progress: Progress | None = None, claims: Callable[[], Registry] = papers) -> Campaign:
    """Try variants of every claim that holds, among those matching `patterns`.

    Claims whose statement has the fingerprint in `current` are left out. Raises UnknownClaimError for a pattern
    without a match.
    """
    registry = loaded(claims)
    chosen, left_out = holding(registry, patterns, recorded, current=current)
    # the dearest first, so that workers end together
    cost = {c.id: sum(e["seconds"] for e in recorded[c.id]["evidence"]) for c in chosen}
    tasks = [(c.id, "mutants") for c in sorted(chosen, key=lambda c: -cost[c.id])]
    outcome = campaign(tasks, context, examined, partial(settings, limit, only, ledger), claims, progress)
    outcome.left_out = left_out
    return outcome


def ablate(patterns: Iterable[str] = (), *, context: Context, recorded: Ledger,
           current: Mapping[str, str] | None = None, progress: Progress | None = None,
           claims: Callable[[], Registry] = papers) -> Campaign:
    """Drop the hypotheses of every proved claim, among those matching `patterns`, one at a time.

    Claims whose statement has the fingerprint in `current` are left out. Raises UnknownClaimError for a pattern
    without a match.
    """
    registry = loaded(claims)
    chosen, left_out = holding(registry, patterns, recorded, ("proved",), current)
    outcome = campaign([(c.id, "ablate") for c in chosen], context, ablated, no_settings, claims, progress)
    outcome.left_out = left_out
    return outcome


def no_settings() -> dict[str, None]:
    """Ablation takes none."""
    return {"ablate": None}


def ablated(claim: Claim, chosen: None, context: Context) -> dict[str, Any] | Failure:
    """The record of one claim's hypotheses, or the Failure that dropping them raised."""
    import dataclasses

    from dropout_theory.fingerprint import statement_fingerprint
    from dropout_theory.mutants import ablation
    from dropout_theory.proofs_loader import proof_of
    from dropout_theory.report.records import plain_data

    try:
        found = ablation.ablate(claim, context, proof_of(claim.id))
        return {"id": claim.id, "fingerprint": statement_fingerprint(claim), "contradictions": [],
                "hypotheses": [plain_data(dataclasses.asdict(a)) for a in found]}
    except Exception as error:  # noqa: BLE001 - a fault to report, not to spread
        return Failure(claim.id, "ablate", f"{type(error).__name__}: {error}".splitlines()[0], traceback.format_exc())


def holding(registry: Registry, patterns: Iterable[str], recorded: Ledger, verdicts: Iterable[str] = HOLD,
            current: Mapping[str, str] | None = None) -> tuple[list[Claim], dict[str, str]]:
    """The claims on record as true, and why the others matching the patterns are left out."""
    from dropout_theory.fingerprint import statement_fingerprint

    chosen, left_out = [], {}
    for claim in registry.select(patterns):
        verdict = recorded[claim.id]["verdict"] if claim.id in recorded else "not on record"
        if claim.statement is None:
            left_out[claim.id] = "no formal statement"
        elif verdict not in verdicts:
            left_out[claim.id] = verdict
        elif current and current.get(claim.id) == statement_fingerprint(claim):
            left_out[claim.id] = "on record"
        else:
            chosen.append(claim)
    return chosen, left_out


def examined(claim: Claim, chosen: Settings, context: Context) -> dict[str, Any] | Failure:
    """The record of one claim's mutants, or the Failure that the examination raised."""
    from dropout_theory.mutants.run import examine
    from dropout_theory.proofs_loader import proof_of

    try:
        return record_of(examine(claim, chosen.methods[claim.id], context, chosen.limit, proof_of(claim.id)))
    except Exception as error:  # noqa: BLE001 - a fault to report, not to spread
        return Failure(claim.id, "mutants", f"{type(error).__name__}: {error}".splitlines()[0], traceback.format_exc())


def notes(survived: Iterable[str]) -> str:
    """What a method that rejects nothing says of the variants, the commonest first, each with how often."""
    counts = Counter(survived).most_common(3)
    return "; ".join(f"{note} ({many} times)" if many > 1 else note for note, many in counts) or "no variant was tried"


def record_of(found: Examined) -> dict[str, Any]:
    """What an examination found, as plain data."""
    from dropout_theory.language import latex
    from dropout_theory.report.plain import plain

    def shown(trial: Trial) -> dict[str, str]:
        return {"operator": trial.variant.operator, "latex": latex(trial.variant.statement),
                "plain": plain(trial.variant.statement)}

    def known(trial: Trial) -> dict[str, Any]:
        notes = [] if trial.killed else [f"{method}: {note}" for method, note in trial.survived.items()]
        return shown(trial) | {"why": "; ".join([trial.why, *notes]), "killed_by": sorted(trial.killed)}

    wrong = found.wrong
    return {
        "id": found.claim,
        "fingerprint": found.fingerprint,
        "variants": len(wrong),
        "killed": sum(bool(t.killed) for t in wrong),
        "refuted": sum(t.refuted for t in wrong),
        "equivalent": [shown(t) | {"reason": t.true_because} for t in found.trials if t.true_because],
        "malformed": found.malformed,
        "unrefuted": [known(t) for t in wrong if not t.refuted],
        "blind": {m: notes([t.survived[m] for t in wrong if m in t.survived]) for m in sorted(found.blind)},
        "methods": {m: {"killed": sum(m in t.killed for t in wrong), "survived": sum(m in t.survived for t in wrong),
                        "survivors": [shown(t) | {"note": t.survived[m], "killed_by": sorted(t.killed)}
                                      for t in wrong if m in t.survived]} for m in found.methods},
        "contradictions": [shown(t) | {"proof": t.proved} for t in found.trials if t.contradiction],
    }
