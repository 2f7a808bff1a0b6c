"""The verdict table that a run and a pytest session end with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropout_theory.report.terminal import METHOD_MARKS, VERDICT_COLOURS, marks, paint, table, tally
from dropout_theory.verdicts.kernel import FALSE_ALARM_BUDGET, METHODS
from dropout_theory.verdicts.methods import declared

if TYPE_CHECKING:
    from dropout_theory.report.compare import Comparison
    from dropout_theory.running.runner import Run

_NAMED = 5  # how many new claims are named before the rest is counted

LEGEND = (f"evidence: {', '.join(m.title for m in declared().values())}; "
          "✓ holds ✗ fails ? unknown · does not apply, blank not run")


def verdict_table(run: Run, comparison: Comparison, *, on: bool = False, room: int | None = None) -> str:
    """Claims run, their verdicts, a mark per method, how that compares with the record, and the reason."""
    failed: dict[str, list[str]] = {}
    for failure in run.failures:
        failed.setdefault(failure.claim, []).append(failure.method)
    rows = []
    for identifier in dict.fromkeys([*run.verdicts, *_in_contradiction(run), *sorted(run.disturbed)]):
        verdict = run.verdicts.get(identifier)
        none = ("none", "source files changed while it was checked") if identifier in run.disturbed else (
            "contradiction", "evidence contradicts itself")
        here = "; recorded, not checked here" if identifier in comparison.recorded else ""
        rows.append((identifier, verdict.verdict if verdict else none[0],
                     marks(run.records.get(identifier, ()), METHODS, run.not_applicable.get(identifier, {}),
                           failed.get(identifier, ())),
                     comparison.state(identifier), (verdict.reason if verdict else none[1]) + here))
    colours = {1: VERDICT_COLOURS, 3: {"disturbed": "red", "changed": "red", "new": "yellow", "partial": "yellow",
                                                 "recorded": "yellow"}}
    return table(rows, ("claim", "verdict", METHOD_MARKS, "record", "reason"), colours=colours, on=on, room=room)


def summary(run: Run, comparison: Comparison, *, on: bool = False) -> str:
    """What the run comes to, in a few lines: counts, left out methods, changes, failures."""
    given = [v.verdict for v in run.verdicts.values()]
    lines = [f"{len(given)} claims: {tally(given)}"]
    lines += [f"{method} was not run: {reason}" for method, reason in run.left_out.items()]
    if run.from_record:
        lines.append(f"{run.from_record} checks were not made: slow, and their record is current")
    if run.statistical_checks:
        false = run.statistical_checks * run.context.error_probability
        lines.append(f"{run.statistical_checks} statistical checks, any false alarm with probability at most "
                     f"{false:.2g} (budget {FALSE_ALARM_BUDGET:g})")
    if comparison.partial:
        lines.append(f"{len(comparison.partial)} verdicts rest on part of the evidence and are not compared")
    lines += comparison.moved
    for failure in run.failures:
        lines.append(paint(f"checker failed: {failure.claim} by {failure.method}: {failure.message}", "red", on))
        lines.append(f"  reproduce: {reproduce(failure.claim, failure.method, run.context.seed)}")
    lines += [paint(f"contradiction: {error}", "red", on) for error in run.contradictions]
    for identifier, changes in comparison.changes.items():
        lines += [paint(f"changed: {identifier}: {change}", "red", on) for change in changes]
    if comparison.new:
        more = f" and {len(comparison.new) - _NAMED} more" if len(comparison.new) > _NAMED else ""
        lines.append(paint(f"not in the record: {', '.join(comparison.new[:_NAMED])}{more}", "yellow", on))
    if run.disturbed:
        lines.append(paint(f"no verdict on {len(run.disturbed)} claims: source files changed during the run, so that "
                           "evidence does not fit together; run again", "red", on))
    if run.sound and comparison.agrees:
        recalled = sum(i in comparison.recorded for i in run.verdicts)
        but = f"; {recalled} verdicts rest on evidence recorded, not checked here" if recalled else ""
        lines.append(paint("agrees with the recorded ledger", "green", on) + but)
    return "\n".join(lines)


def reproduce(claim: str, method: str, seed: int) -> str:
    """The command that repeats one method on one claim."""
    return f"dropout-theory check {claim} --method {method} --seed {seed}"


def _in_contradiction(run: Run) -> list[str]:
    return [identifier for error in run.contradictions for identifier in error.claims]
