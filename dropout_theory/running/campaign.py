"""One task for each of many claims, in this process or in workers: what mutants and ablation have in common."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dropout_theory.claims import Claim, Registry, load_proofs_of
from dropout_theory.running.cluster import Cluster
from dropout_theory.running.journal import Journal, campaign_key
from dropout_theory.running.workers import Failure, Here, Interrupt, Item, Task, Workers
from dropout_theory.verdicts.fingerprint import meaning_fingerprint
from dropout_theory.verdicts.kernel import Context
from dropout_theory.verdicts.methods import require_sound
from dropout_theory.verdicts.records import Recorded

HOLD = ("proved", "supported")  # a refuted statement is false already: what counts there is its witness
NOT_ON_RECORD = "not on record"
Progress = Callable[[int, int, str, str], None]


@dataclass
class Campaign:
    """Records of the claims tried, by id, and why others were left out. `interrupted` after Ctrl-C."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    from_journal: int = 0  # claims that this machine had finished before
    kept: bool = False  # whether what was finished is in the journal of this machine
    not_kept: str = ""  # why it is not
    interrupted: bool = False

    @property
    def sound(self) -> bool:
        return not self.failures and not any(r["contradictions"] for r in self.records.values())


def campaign(tasks: list[Task], context: Context, item: Item, checkers: Callable[[], Mapping[str, Any]],
             claims: Callable[[], Registry], progress: Progress | None, journal: Journal | None = None,
             settings: Callable[[str], str] = lambda claim: "", apart: bool = False, executor: str = "") -> Campaign:
    """Do one task for every claim and keep what was finished, in the order of the tasks.

    What the `journal` holds of a task is not done again; `settings` spells what it depends on besides the claim and the
    program. Raises MethodError where the file of a method is at fault.
    """
    require_sound()
    outcome = Campaign()
    journal = journal or Journal.none()
    found: dict[str, dict[str, Any]] = {}
    keys: dict[Task, str] = {}
    with contextlib.ExitStack() as stack:
        interrupt = stack.enter_context(Interrupt())
        place: Cluster | Workers | Here
        if executor:
            place = Cluster(executor, context, claims, checkers, item)
        elif apart or context.jobs > 1:
            place = Workers(context, claims, checkers, item)
        else:
            place = Here(context, claims(), checkers(), item)
        stack.callback(place.stop)

        def take(task: Task, result: dict[str, Any] | Failure) -> None:
            if isinstance(result, Failure):
                outcome.failures.append(result)
            else:
                if task in keys:
                    journal.put(keys[task], " ".join(task), result)
                found[task[0]] = result
            if progress:
                progress(len(found) + len(outcome.failures), len(tasks), *task)

        try:
            unfinished = list(tasks)
            if journal.keeps:
                registry = claims()
                for task in tasks:
                    key = campaign_key(task[1], registry[task[0]], context, registry, settings(task[0]))
                    known = journal.get(key)
                    if known is None:
                        keys[task] = key
                    else:
                        unfinished.remove(task)
                        outcome.from_journal += 1
                        take(task, known)
            for task, result in place.run(unfinished):
                take(task, result)
                interrupt.check()
        except KeyboardInterrupt:
            outcome.interrupted = True
            for task, result in place.finished():
                take(task, result)
    outcome.kept, outcome.not_kept = journal.keeps, journal.trouble
    outcome.records = {claim: found[claim] for claim, _ in sorted(tasks) if claim in found}
    return outcome


def holding(registry: Registry, patterns: Iterable[str], recorded: Recorded, verdicts: Iterable[str] = HOLD,
            current: Mapping[str, str] | None = None) -> tuple[list[Claim], dict[str, str]]:
    """The claims on record as true, and why the others matching the patterns are left out."""
    chosen, left_out = [], {}
    matching = registry.select(patterns)
    load_proofs_of(matching)
    for claim in matching:
        verdict = recorded[claim.id]["verdict"] if claim.id in recorded else NOT_ON_RECORD
        if claim.statement is None:
            left_out[claim.id] = "no formal statement"
        elif verdict not in verdicts:
            left_out[claim.id] = verdict
        elif current and current.get(claim.id) == meaning_fingerprint(claim):
            left_out[claim.id] = "on record"
        else:
            chosen.append(claim)
    return chosen, left_out
