"""Runs evidence: every claim by every method that applies, in this process or in workers, and derives verdicts.

Results are merged in the order of the claims and methods, so they do not depend on the number of workers.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory.checkers import all_checkers
from dropout_theory.claims import ClaimError, load, load_proofs_of, spelled_with_place
from dropout_theory.running.cluster import Cluster
from dropout_theory.running.journal import Journal, evidence_key, key_of_record, recalled_evidence, source_key
from dropout_theory.running.workers import Failure, Here, Interrupt, Task, Workers
from dropout_theory.verdicts.fingerprint import version
from dropout_theory.verdicts.kernel import (
    FALSE_ALARM_BUDGET,
    METHODS,
    Context,
    Contradiction,
    ImpossibleEvidence,
    StaleEvidence,
    Verdict,
    derive_all,
    recall,
)
from dropout_theory.verdicts.methods import declared
from dropout_theory.verdicts.records import Recorded, Standing

if TYPE_CHECKING:
    from dropout_theory.claims import Registry
    from dropout_theory.verdicts.kernel import Checker, Evidence

Progress = Callable[[int, int, str, str], None]


class BudgetError(ClaimError):
    """The statistical checks of a run could together raise a false alarm more often than is allowed."""


# A fast run takes checks that took longer than this from the record, where the record is current.
FAST_SECONDS = 0.05

# Methods each of whose checks spends a share of the budget for false alarms.
STATISTICAL = tuple(m.name for m in declared().values() if m.rigor == "statistical")


def papers() -> Registry:
    """The claims of the papers."""
    return load()


def methods() -> Mapping[str, Checker]:
    """The checker of each method."""
    return all_checkers()


@dataclass
class Run:
    """What a run found, by claim id: `records` of what it ran, `recalled` ones from the ledger.

    What is recalled was not checked here: it is shown as such and never recorded. `left_out` tells why a method was not
    run at all.
    """

    context: Context
    selected: tuple[str, ...]
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    recalled: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    not_applicable: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    lacking: dict[str, list[str]] = field(default_factory=dict)  # methods that apply, were not run and not on record
    unsettled: set[str] = field(default_factory=set)  # what rests on claims that lack some: no verdict is to be shown
    disturbed: set[str] = field(default_factory=set)  # source files changed under their evidence: they have no verdict
    failures: list[Failure] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    derivations: dict[str, list[str]] = field(default_factory=dict)  # of claims whose proof was run: lines of a file
    from_record: int = 0  # slow checks that a fast run left to the record
    from_journal: int = 0  # checks that this machine had finished before, with all that they depend on as it is now
    kept: bool = False  # whether what was finished is in the journal of this machine, for the next run to find
    not_kept: str = ""  # why it is not
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def statistical_checks(self) -> int:
        """Number of statistical checks that were run, each with the share `context.error_probability`."""
        return sum(r["method"] in STATISTICAL for records in self.records.values() for r in records)

    @property
    def sound(self) -> bool:
        """True when every checker ran to its end and no evidence contradicts other evidence."""
        return not (self.failures or self.contradictions or self.interrupted or self.disturbed)


def run(patterns: Iterable[str] = (), *, context: Context | None = None, only: Sequence[str] = (),
        recorded: Recorded | None = None, journal: Journal | None = None, progress: Progress | None = None,
        claims: Callable[[], Registry] = papers, checkers: Callable[[], Mapping[str, Checker]] = methods,
        apart: bool = False, executor: str = "") -> Run:
    """Run evidence for the claims matching `patterns` and everything their verdicts rest on.

    `only` restricts the methods, and a fast run leaves out slow checks; that evidence is then taken from `recorded`
    where its fingerprint is current, but not in place of a check that failed. What the `journal` of this machine holds
    is not run again; what is finished is kept there at once. `claims` and `checkers` must be importable functions when
    `context.jobs` exceeds one, or `apart` asks for a process of its own for one, too, or an `executor`,
    `dask://HOST:PORT`, for the workers of a cluster.
    Raises UnknownClaimError for a pattern without a match, ClaimError and MethodError for a mistake in the files of
    claims, proofs and methods, ValueError for an unknown method, ClusterError for a cluster
    that cannot be reached and BudgetError when the statistical checks could
    together exceed the budget for false alarms.
    """
    context = context or Context()
    for method in only:
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")
    start = time.perf_counter()
    registry, available = loaded(claims), checkers()
    chosen = registry.select(patterns)
    load_proofs_of(chosen)
    journal = journal or Journal.none()
    own = "" if checkers is methods else source_key(checkers)
    outcome = Run(context, tuple(c.id for c in chosen), left_out=unavailable(available))
    wanted = [m for m in METHODS if m in available and m not in outcome.left_out and (not only or m in only)]
    pending = {c.id for c in chosen}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[str] = set()
    total = statistical = 0
    with contextlib.ExitStack() as stack:
        interrupt = stack.enter_context(Interrupt())
        place: Cluster | Workers | Here
        if executor:
            place = Cluster(executor, context, claims, checkers)
        elif apart or context.jobs > 1:
            place = Workers(context, claims, checkers)
        else:
            place = Here(context, registry, available)
        stack.callback(place.stop)

        def take(task: Task, result: dict[str, Any] | Failure, recalled: bool = False) -> None:
            if isinstance(result, Failure):
                outcome.failures.append(result)
            else:
                if journal.keeps and not recalled:
                    journal.put(key_of_record(task[0], result, context, own), " ".join(task), result)
                if lines := result.pop("derivation", None):
                    outcome.derivations[task[0]] = lines
                found[task] = result
            if progress:
                progress(len(found) + len(outcome.failures), total, *task)

        while pending and not outcome.interrupted:
            seen |= pending
            tasks = _tasks(registry, available, wanted, pending, outcome, recorded,
                           recall_slow=context.fast)
            total += len(tasks)
            statistical += sum(method in STATISTICAL for _, method in tasks)
            require_budget(statistical, context.error_probability)
            try:
                unfinished = []
                for task in tasks:
                    record = _from_journal(journal, task, context, registry, own)
                    if record is None:
                        unfinished.append(task)
                    else:
                        outcome.from_journal += 1
                        take(task, record, recalled=True)
                for task, result in place.run(unfinished):
                    take(task, result)
                    interrupt.check()
            except KeyboardInterrupt:
                outcome.interrupted = True
                for task, result in place.finished():
                    take(task, result)
            pending = _rests_on(registry, seen, found, recorded) - seen
    outcome.failures.sort(key=lambda f: (f.claim, METHODS.index(f.method)))
    _settle(registry, available, seen, found, outcome, recorded)
    outcome.kept, outcome.not_kept = journal.keeps, journal.trouble
    outcome.seconds = time.perf_counter() - start
    return outcome


def _from_journal(journal: Journal, task: Task, context: Context, registry: Registry,
                  own: str) -> dict[str, Any] | None:
    """What the journal holds of a task.

    `own` is a hash of methods that are not the program's. Full evidence is as good as what a fast run would make, never
    the other way round.
    """
    if not (journal.keeps and journal.recalls):
        return None
    claim, method = registry[task[0]], task[1]
    for usable in (context, replace(context, fast=False)) if context.fast else (context,):
        key = evidence_key(claim, method, usable, registry, own)
        if (found := recalled_evidence(journal, key, claim, registry)) is not None:
            return found
    return None


def require_budget(checks: int, share: float) -> None:
    """Raise BudgetError when so many statistical checks with that share each exceed the budget for false alarms."""
    if checks * share > FALSE_ALARM_BUDGET * (1 + 1e-9):  # the products are rounded
        raise BudgetError(f"{checks} statistical checks with error probability {share:g} each could raise a false "
                          f"alarm with probability {checks * share:.2g}; allowed: {FALSE_ALARM_BUDGET:g} in all")


def gather(registry: Registry, available: Mapping[str, Checker], found: Mapping[tuple[str, str], dict[str, Any]],
           context: Context, recorded: Recorded | None, failed: Mapping[Task, str]) -> Run:
    """The run that records made elsewhere, such as by pytest workers, amount to; `failed` are the messages of checks
    that failed there. See `run`."""
    seen = {claim for claim, _ in found}
    while more := _rests_on(registry, seen, found, recorded) - seen:
        seen |= more
    # A numbered equation with parts may have no evidence of its own; with all its parts here, it follows.
    seen |= {c.id for c in registry if registry.parts(c.id) and all(p.id in seen for p in registry.parts(c.id))}
    outcome = Run(context, tuple(c.id for c in registry if c.id in seen), left_out=unavailable(available),
                  failures=[Failure(*task, message) for task, message in failed.items()])
    _tasks(registry, available, (), seen, outcome, None)
    _settle(registry, available, seen, found, outcome, recorded)
    return outcome


def sources(module: str | None) -> tuple[Callable[[], Registry], Callable[[], Mapping[str, Checker]]]:
    """Where claims and checkers come from: the papers, or a module's `registry()` and its `checkers()`, if any.

    Raises ClaimError when the module cannot be imported or has no registry().
    """
    if module is None:
        return papers, methods
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - claims are code, and any mistake in them is the author's to mend
        raise ClaimError(f"cannot import claims from {module!r}: {spelled_with_place(error)}") from error
    if not callable(getattr(found, "registry", None)):
        raise ClaimError(f"module {module!r} has no function registry()")
    return partial(_made_by, module, "registry"), partial(_made_by, module, "checkers") if hasattr(
        found, "checkers") else methods


def _made_by(module: str, name: str) -> Any:
    """What a function of a module makes; the module is imported in a worker, too, and with it what registers proofs,
    wherever it takes the function from."""
    return getattr(importlib.import_module(module), name)()


def loaded(claims: Callable[[], Registry]) -> Registry:
    """The registry, or a ClaimError that says where loading it failed."""
    try:
        return claims()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - claims are code, and any mistake in them is the author's to mend
        raise ClaimError(f"cannot load claims: {spelled_with_place(error)}") from error


def unavailable(available: Iterable[str]) -> dict[str, str]:
    """Methods that cannot run here, with the reason."""
    needs = {method: declared()[method].optional for method in available}
    return {method: f"{tool} is not installed (pip install dropout-theory[{method}])"
            for method, tool in needs.items() if tool and version(tool) == "absent"}


def _tasks(registry: Registry, available: Mapping[str, Checker], wanted: Sequence[str], pending: set[str],
           outcome: Run, recorded: Recorded | None, recall_slow: bool = False) -> list[tuple[str, str]]:
    """The (claim, method) pairs to run, the slowest on record first so that workers end together.

    `recall_slow` leaves out those that took long and whose record is current.
    """
    tasks = []
    standing = Standing(registry, recorded)
    for claim in registry:
        if claim.id not in pending:
            continue
        for method, checker in available.items():
            reason = checker.applies(claim)
            if reason:
                outcome.not_applicable.setdefault(claim.id, {})[method] = reason
            elif method in wanted:
                record = standing.evidence(claim.id, method) if recall_slow else None
                if record is not None and record["seconds"] >= FAST_SECONDS:
                    outcome.from_record += 1
                else:
                    tasks.append((claim.id, method))
    if recorded is not None and outcome.context.jobs > 1:
        cost = {t: (recorded.evidence(*t) or {"seconds": 0.0})["seconds"] for t in tasks}
        tasks.sort(key=lambda t: -cost[t])
    return tasks


def _rests_on(registry: Registry, seen: set[str], found: Mapping[Task, Mapping[str, Any]],
              recorded: Recorded | None) -> set[str]:
    """Claims that the verdicts of the claims seen depend on: premises of proofs, parts and amendments."""
    needed = {d for (claim, _), record in found.items() if claim in seen for d in record["depends_on"]}
    if recorded is not None:  # evidence that is taken from the record has premises too
        needed |= {d for claim in seen if claim in recorded for d in recorded[claim]["depends_on"]}
    for claim in registry:
        if claim.part_of in seen or claim.amends in seen:
            needed.add(claim.id)
    return {n for n in needed if n in registry}


def _settle(registry: Registry, available: Iterable[str], seen: set[str],
            found: Mapping[tuple[str, str], dict[str, Any]], outcome: Run, recorded: Recorded | None) -> None:
    """Complete what was not run from the record where that is current, and derive the verdicts.

    A check that failed is no check that was not run: what it found before says nothing of now.
    """
    evidence: dict[str, list[Evidence]] = {}
    failed = {(f.claim, f.method) for f in outcome.failures}
    standing = Standing(registry, recorded)
    for claim in registry:
        if claim.id not in seen:
            continue
        excluded = outcome.not_applicable.get(claim.id, {})
        for method in METHODS:
            if method not in available or method in excluded:
                continue
            record = found.get((claim.id, method))
            if record is not None:
                outcome.records.setdefault(claim.id, []).append(record)
            elif not outcome.interrupted and (claim.id, method) not in failed:
                record = standing.evidence(claim.id, method)
            if record is None:
                outcome.incomplete.add(claim.id)
                if method not in outcome.left_out:
                    outcome.lacking.setdefault(claim.id, []).append(method)
                continue
            try:
                evidence.setdefault(claim.id, []).append(recall(claim, record, registry))
                if (claim.id, method) not in found:
                    outcome.recalled.setdefault(claim.id, []).append(record)
            except ImpossibleEvidence:
                outcome.incomplete.add(claim.id)
            except StaleEvidence:
                outcome.incomplete.add(claim.id)
                outcome.disturbed.add(claim.id)
    present = [c for c in registry if c.id in seen]
    derived, outcome.contradictions = verdicts(present, evidence, classical(evidence))
    below = {claim: {d for item in items for d in item.depends_on} for claim, items in evidence.items()}
    for claim in present:
        for whole in (claim.part_of, claim.amends):
            if whole is not None:
                below.setdefault(whole, set()).add(claim.id)
    outcome.disturbed = resting_on(outcome.disturbed, below)
    outcome.unsettled = resting_on(set(outcome.lacking), below)
    outcome.verdicts = {i: v for i, v in derived.items() if i not in outcome.disturbed}


def resting_on(claims: set[str], below: Mapping[str, set[str]]) -> set[str]:
    """Some claims and those whose verdicts rest on them, where `below` tells what each rests on directly."""
    found = set(claims)
    while more := {i for i, rests in below.items() if i not in found and rests & found}:
        found |= more
    return found


def classical(evidence: Mapping[str, Sequence[Evidence]]) -> set[str]:
    """The classical facts among what the evidence depends on: those that the proofs of its papers declare."""
    prefix = "classical:"
    used = {d for items in evidence.values() for e in items for d in e.depends_on if d.startswith(prefix)}
    if not used:
        return used
    from dropout_theory.claims import FACTS, PAPER_KEYS, load_proofs

    for paper in {identifier.partition(":")[0] for identifier in evidence}.intersection(PAPER_KEYS):
        load_proofs(paper)
    return {d for d in used if d.removeprefix(prefix) in FACTS}


def verdicts(claims: Sequence[Any], evidence: Mapping[str, Sequence[Evidence]], classical: Iterable[str],
             ) -> tuple[dict[str, Verdict], list[Contradiction]]:
    """Derive all verdicts; claims caught in a contradiction get none and are named in the second result."""
    evidence = dict(evidence)
    contradictions: list[Contradiction] = []
    facts = tuple(classical)
    while True:
        try:
            derived = derive_all(claims, [e for items in evidence.values() for e in items], facts)
        except Contradiction as error:
            contradictions.append(error)
            dropped = [evidence.pop(identifier, None) for identifier in error.claims]
            if not any(dropped):
                raise
            continue
        bad = {identifier for error in contradictions for identifier in error.claims}
        return {c.id: derived[c.id] for c in claims if c.id not in bad}, contradictions
