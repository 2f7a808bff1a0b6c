"""Runs evidence: every claim by every method that applies, in this process or in workers, and derives verdicts.

Results are merged in the order of the claims and methods, so they do not depend on the number of workers.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory.checkers import all_checkers
from dropout_theory.claims import ClaimError, load
from dropout_theory.running.workers import Failure, Here, Interrupt, Task, Workers
from dropout_theory.verdicts.fingerprint import fingerprint
from dropout_theory.verdicts.kernel import (
    FALSE_ALARM_BUDGET,
    METHODS,
    Context,
    Contradiction,
    StaleEvidence,
    Verdict,
    derive_all,
    recall,
)
from dropout_theory.verdicts.records import Recorded

if TYPE_CHECKING:
    from dropout_theory.claims import Claim, Registry
    from dropout_theory.verdicts.kernel import Checker, Evidence

Progress = Callable[[int, int, str, str], None]


class BudgetError(ClaimError):
    """The statistical checks of a run could together raise a false alarm more often than is allowed."""


# A fast run takes checks that took longer than this from the record, where the record is current.
FAST_SECONDS = 0.05

# Methods whose tool is an optional dependency: method -> (module, distribution that provides it).
_OPTIONAL = {"property": ("hypothesis", "hypothesis")}


def papers() -> Registry:
    """The claims of the five papers."""
    return load()


def methods() -> Mapping[str, Checker]:
    """The checker of each method."""
    return all_checkers()


@dataclass
class Run:
    """What a run found, by claim id: `records` of what it ran, `recalled` ones from the ledger.

    `left_out` tells why a method was not run at all.
    """

    context: Context
    selected: tuple[str, ...]
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    recalled: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    not_applicable: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    from_record: int = 0  # slow checks that a fast run left to the record
    interrupted: bool = False
    disturbed: bool = False  # source files changed while workers were running
    seconds: float = 0.0

    @property
    def statistical_checks(self) -> int:
        """Number of statistical checks that were run, each with the share `context.error_probability`."""
        return sum(r["method"] == "montecarlo" for records in self.records.values() for r in records)

    @property
    def sound(self) -> bool:
        """True when every checker ran to its end and no evidence contradicts other evidence."""
        return not (self.failures or self.contradictions or self.interrupted or self.disturbed)


def run(patterns: Iterable[str] = (), *, context: Context | None = None, only: Sequence[str] = (),
        recorded: Recorded | None = None, stale: bool = False, progress: Progress | None = None,
        claims: Callable[[], Registry] = papers, checkers: Callable[[], Mapping[str, Checker]] = methods) -> Run:
    """Run evidence for the claims matching `patterns` and everything their verdicts rest on.

    `only` restricts the methods, `stale` to evidence whose record is not current, and a fast run leaves out slow
    checks; that evidence is then taken from `recorded`
    where its fingerprint is current. `claims` and `checkers` must be importable functions when `context.jobs`
    exceeds one.
    Raises UnknownClaimError for a pattern without a match, ValueError for an unknown method and BudgetError when the
    statistical checks could together exceed the budget for false alarms.
    """
    context = context or Context()
    for method in only:
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")
    start = time.perf_counter()
    registry, available = loaded(claims), checkers()
    chosen = registry.select(patterns)
    outcome = Run(context, tuple(c.id for c in chosen), left_out=unavailable(available))
    wanted = [m for m in METHODS if m in available and m not in outcome.left_out and (not only or m in only)]
    pending = {c.id for c in chosen}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[str] = set()
    total = statistical = 0
    with contextlib.ExitStack() as stack:
        interrupt = stack.enter_context(Interrupt())
        place = Here(context, registry, available) if context.jobs == 1 else Workers(context, claims, checkers)
        stack.callback(place.stop)

        def take(task: Task, result: dict[str, Any] | Failure) -> None:
            if isinstance(result, Failure):
                outcome.failures.append(result)
            else:
                found[task] = result
            if progress:
                progress(len(found) + len(outcome.failures), total, *task)

        while pending and not outcome.interrupted:
            seen |= pending
            tasks = _tasks(registry, available, wanted, pending, outcome, recorded, stale)
            total += len(tasks)
            statistical += sum(method == "montecarlo" for _, method in tasks)
            require_budget(statistical, context.error_probability)
            try:
                for task, result in place.run(tasks):
                    take(task, result)
                    interrupt.check()
            except KeyboardInterrupt:
                outcome.interrupted = True
                for task, result in place.finished():
                    take(task, result)
            pending = _rests_on(registry, seen, found, recorded) - seen
    outcome.failures.sort(key=lambda f: (f.claim, METHODS.index(f.method)))
    _settle(registry, available, seen, found, outcome, recorded)
    outcome.seconds = time.perf_counter() - start
    return outcome


def require_budget(checks: int, share: float) -> None:
    """Raise BudgetError when so many statistical checks with that share each exceed the budget for false alarms."""
    if checks * share > FALSE_ALARM_BUDGET * (1 + 1e-9):  # the products are rounded
        raise BudgetError(f"{checks} statistical checks with error probability {share:g} each could raise a false "
                          f"alarm with probability {checks * share:.2g}; allowed: {FALSE_ALARM_BUDGET:g} in all")


def gather(registry: Registry, available: Mapping[str, Checker], found: Mapping[tuple[str, str], dict[str, Any]],
           context: Context, recorded: Recorded | None) -> Run:
    """The run that records made elsewhere, such as by pytest workers, amount to. See `run`."""
    seen = {claim for claim, _ in found}
    while more := _rests_on(registry, seen, found, recorded) - seen:
        seen |= more
    # A numbered equation with parts may have no evidence of its own; with all its parts here, it follows.
    seen |= {c.id for c in registry if registry.parts(c.id) and all(p.id in seen for p in registry.parts(c.id))}
    outcome = Run(context, tuple(c.id for c in registry if c.id in seen), left_out=unavailable(available))
    _tasks(registry, available, (), seen, outcome, None)
    _settle(registry, available, seen, found, outcome, recorded)
    return outcome


def sources(module: str | None) -> tuple[Callable[[], Registry], Callable[[], Mapping[str, Checker]]]:
    """Where claims and checkers come from: the five papers, or a module's `registry()` and its `checkers()`, if any.

    Raises ClaimError when the module cannot be imported or has no registry().
    """
    if module is None:
        return papers, methods
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        raise ClaimError(f"cannot import claims from {module!r}: {error}") from None
    if not callable(getattr(found, "registry", None)):
        raise ClaimError(f"module {module!r} has no function registry()")
    return found.registry, getattr(found, "checkers", methods)


def loaded(claims: Callable[[], Registry]) -> Registry:
    """The registry, or a ClaimError that says where loading it failed."""
    try:
        return claims()
    except (ClaimError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - claims are code, and any mistake in them is the author's to mend
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise ClaimError(f"cannot load claims: {type(error).__name__}: {error} "
                         f"({place.filename}, line {place.lineno})") from error


def unavailable(available: Iterable[str]) -> dict[str, str]:
    """Methods that cannot run here, with the reason."""
    missing = {}
    for method in available:
        module, distribution = _OPTIONAL.get(method, (None, ""))
        if module and importlib.util.find_spec(module) is None:
            missing[method] = f"{distribution} is not installed (pip install dropout-theory[{method}])"
    return missing


def _tasks(registry: Registry, available: Mapping[str, Checker], wanted: Sequence[str], pending: set[str],
           outcome: Run, recorded: Recorded | None, stale: bool = False) -> list[tuple[str, str]]:
    """The (claim, method) pairs to run, the slowest on record first so that workers end together."""
    tasks = []
    for claim in registry:
        if claim.id not in pending:
            continue
        for method, checker in available.items():
            reason = checker.applies(claim)
            if reason:
                outcome.not_applicable.setdefault(claim.id, {})[method] = reason
            elif method in wanted:
                least = 0.0 if stale else FAST_SECONDS if outcome.context.fast else None
                if least is not None and _recorded_suffices(claim, method, recorded, least):
                    outcome.from_record += 1
                else:
                    tasks.append((claim.id, method))
    if recorded is not None and outcome.context.jobs > 1:
        cost = {t: (recorded.evidence(*t) or {"seconds": 0.0})["seconds"] for t in tasks}
        tasks.sort(key=lambda t: -cost[t])
    return tasks


def _recorded_suffices(claim: Claim, method: str, recorded: Recorded | None, least: float) -> bool:
    """Whether the record may stand for this check: it took `least` seconds, and nothing it rests on has changed."""
    record = recorded.evidence(claim.id, method) if recorded is not None else None
    return record is not None and record["seconds"] >= least and (
        record["fingerprint"] == fingerprint(claim, method))


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
    """Complete what was not run from the record where that is current, and derive the verdicts."""
    evidence: dict[str, list[Evidence]] = {}
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
            elif recorded is not None and not outcome.interrupted:
                record = recorded.evidence(claim.id, method)
            if record is None:
                outcome.incomplete.add(claim.id)
                continue
            try:
                evidence.setdefault(claim.id, []).append(recall(claim, record))
                if (claim.id, method) not in found:
                    outcome.recalled.setdefault(claim.id, []).append(record)
            except StaleEvidence:
                outcome.incomplete.add(claim.id)
                outcome.disturbed |= (claim.id, method) in found
    present = [c for c in registry if c.id in seen]
    outcome.verdicts, outcome.contradictions = verdicts(present, evidence, classical(evidence))


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
