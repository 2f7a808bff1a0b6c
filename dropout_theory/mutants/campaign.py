"""Mutants of many claims: which claims are tried, in this process or in workers, and what all of it amounts to."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dropout_theory.claims import Claim, Registry, proof_of
from dropout_theory.language import latex, plain
from dropout_theory.mutants.run import Examined, Trial, examine
from dropout_theory.report.ledger import Ledger
from dropout_theory.running.campaign import Campaign, Progress, campaign, holding
from dropout_theory.running.journal import Journal
from dropout_theory.running.runner import loaded, papers
from dropout_theory.running.workers import Failure
from dropout_theory.verdicts.kernel import METHODS, Context


@dataclass(frozen=True)
class Settings:
    """How many variants of every claim, and the methods whose recorded evidence holds, with its rigor, by claim."""

    limit: int
    methods: Mapping[str, Mapping[str, str]]


def settings(limit: int, only: tuple[str, ...], ledger: Path | None) -> dict[str, Settings]:
    """The settings by the name of their task, for workers. Raises LedgerError."""
    wanted = set(only or METHODS) - {"admissible"}
    return {"mutants": Settings(limit, {
        c["id"]: {e["method"]: e["rigor"] for e in c["evidence"] if e["outcome"] == "holds" and e["method"] in wanted}
        for c in Ledger.read(ledger)})}


def mutate(patterns: Iterable[str] = (), *, context: Context, limit: int, only: tuple[str, ...] = (),
           recorded: Ledger, ledger: Path | None = None, current: Mapping[str, str] | None = None,
           progress: Progress | None = None, claims: Callable[[], Registry] = papers,
           journal: Journal | None = None, apart: bool = False, executor: str = "") -> Campaign:
    """Try variants of every claim that holds, among those matching `patterns`.

    Claims whose statement has the fingerprint in `current` are left out; see `campaign` for `journal`. Raises
    UnknownClaimError for a pattern without a match.
    """
    registry = loaded(claims)
    chosen, left_out = holding(registry, patterns, recorded, current=current)
    # the dearest first, so that workers end together
    cost = {c.id: sum(e["seconds"] for e in recorded[c.id]["evidence"]) for c in chosen}
    tasks = [(c.id, "mutants") for c in sorted(chosen, key=lambda c: -cost[c.id])]
    known = settings(limit, only, ledger)["mutants"]
    outcome = campaign(tasks, context, examined, partial(settings, limit, only, ledger), claims, progress, journal,
                       lambda claim: f"{limit} {sorted(known.methods[claim].items())}", apart, executor)
    outcome.left_out = left_out
    return outcome


def examined(claim: Claim, chosen: Settings, context: Context, registry: Registry) -> dict[str, Any] | Failure:
    """The record of one claim's mutants, or the Failure that the examination raised."""

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
