"""The verdict table that a run and a pytest session end with."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from dropout_theory.report.terminal import METHOD_MARKS, VERDICT_COLOURS, counted, marks, paint, table, tally
from dropout_theory.verdicts.kernel import FALSE_ALARM_BUDGET, METHODS
from dropout_theory.verdicts.methods import declared

if TYPE_CHECKING:
    from dropout_theory.report.compare import Comparison
    from dropout_theory.running.runner import Run

_NAMED = 5  # how many new claims are named before the rest is counted

LEGEND = (f"evidence: {', '.join(m.title for m in declared().values())}; "
          "✓ holds ✗ fails ? unknown ! checker failed · does not apply, blank not run")


def verdict_table(run: Run, comparison: Comparison, *, on: bool = False, room: int | None = None) -> str:
    """Claims run, their verdicts, a mark per method, how that compares with the record, and the reason."""
    failed: dict[str, list[str]] = {}
    for failure in run.failures:
        failed.setdefault(failure.claim, []).append(failure.method)
    rows = []
    for identifier in dict.fromkeys([*run.verdicts, *_in_contradiction(run), *sorted(run.disturbed)]):
        verdict, reason = _verdict(identifier, run, comparison, failed.get(identifier, ()))
        here = "; recorded, not checked here" if identifier in comparison.recorded else ""
        rows.append((identifier, verdict,
                     marks(run.records.get(identifier, ()), METHODS, run.not_applicable.get(identifier, {}),
                           failed.get(identifier, ())),
                     comparison.state(identifier), reason + here))
    colours = {1: VERDICT_COLOURS, 3: {"disturbed": "red", "changed": "red", "new": "yellow", "partial": "yellow",
                                       "recorded": "yellow"}}
    return table(rows, ("claim", "verdict", METHOD_MARKS, "record", "reason"), colours=colours, on=on, room=room)


def _verdict(identifier: str, run: Run, comparison: Comparison, failed: Collection[str]) -> tuple[str, str]:
    """The verdict on a claim with its reason, or why there is none."""
    if identifier in run.disturbed:
        return "none", "source files changed while it was checked"
    if identifier in comparison.unsettled:
        unasked = [m for m in run.lacking.get(identifier, ()) if m not in failed]
        lacking = [f"{', '.join(names)} {why}" for names, why in ((unasked, "not run"), (failed, "failed")) if names]
        return "none", "; ".join(lacking) or "rests on claims without a verdict"
    if (verdict := run.verdicts.get(identifier)) is not None:
        return verdict.verdict, verdict.reason
    return "contradiction", "evidence contradicts itself"


def summary(run: Run, comparison: Comparison, *, on: bool = False) -> str:
    """What the run comes to, in a few lines: counts, left out methods, changes, failures."""
    given = [v.verdict for i, v in run.verdicts.items() if i not in comparison.unsettled]
    none = len(run.verdicts) - len(given)
    lines = [f"{counted(len(run.verdicts), 'claim')}: {tally(given) if given or not none else ''}"
             + (f"{', ' if given else ''}{none} without a verdict" if none else "")]
    lines += [f"{method} was not run: {reason}" for method, reason in run.left_out.items()]
    if run.from_record:
        lines.append(f"{counted(run.from_record, 'check')} not made here: slow, and the record is current")
    if run.statistical_checks:
        false = run.statistical_checks * run.context.error_probability
        lines.append(f"{counted(run.statistical_checks, 'statistical check')}, any false alarm with probability at "
                     f"most {false:.2g} (budget {FALSE_ALARM_BUDGET:g})")
    if comparison.partial:
        lines.append(f"not compared, for want of part of the evidence: {counted(len(comparison.partial), 'verdict')}")
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
        lines.append(paint(f"no verdict on {counted(len(run.disturbed), 'claim')}: source files changed during the "
                           "run, so that evidence does not fit together; run again", "red", on))
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
