"""Where the time of a run went: by method, and the checks that took longest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropout_theory.report.terminal import table

if TYPE_CHECKING:
    from dropout_theory.running.runner import Run

SLOWEST = 10


def profiled(found: Run) -> str:
    """Tables of the seconds that checks took where they were made: those of each method, and the slowest."""
    checks = [(r["seconds"], identifier, r["method"]) for identifier, records in found.records.items() for r in records]
    total = sum(seconds for seconds, *_ in checks) or 1.0
    rows = []
    for method in dict.fromkeys(method for *_, method in checks):
        own = sorted((c for c in checks if c[2] == method), reverse=True)
        spent = sum(seconds for seconds, *_ in own)
        rows.append((method, f"{len(own):,}", f"{spent:.1f}", f"{100 * spent / total:.0f} %",
                     f"{1000 * spent / len(own):.0f}", f"{own[0][0]:.2f}", own[0][1]))
    rows.sort(key=lambda row: -float(row[2]))
    slowest = [(f"{seconds:.2f}", method, claim) for seconds, claim, method in sorted(checks, reverse=True)[:SLOWEST]]
    return "\n\n".join((table(rows, ("method", "checks", "seconds", "share", "mean ms", "longest", "of")),
                        table(slowest, ("seconds", "method", "claim"))))
