"""Writes docs/coverage.md: claims by verdict and steps of proofs by what was found of them, paper by paper.

    dropout-theory check --record
    dropout-theory recheck --proofs --record
    dropout-theory recheck --proofs --every-step --record
    dropout-theory recheck --decided --record
    python docs/coverage.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dropout_theory.recheck.steps.checking import OUTCOMES
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.steps import kept, recorded
from dropout_theory.running import decided, every_step
from dropout_theory.running.proofs import ANSWERS
from dropout_theory.verdicts.kernel import VERDICTS

MOST_REASONS = 12
PAGE = Path(__file__).with_name("coverage.md")
TOP = """# How sure

Written by `docs/coverage.py` from the ledger and from what `dropout-theory recheck --record` found, with `--proofs`,
with `--proofs --every-step` and with `--decided`. [proofs.md](proofs.md) says what checked and tested mean.
"""
AT_INSTANCES = """## Every step at exact instances

Each step, checked or not, tried by the second evaluator at up to ten instances that are distinct in what its conclusion
reads. Nothing varies in a statement of numbers: it has one instance. There is no rule for a statement about statements,
and for what the evaluator cannot put into numbers.
"""
ARITHMETIC = """## Questions of real arithmetic

What steps of real arithmetic ask and no shape decides: that their conclusions follow, and that the terms in them are
defined. A solver's answer shows nothing, and no step is checked by it. Without an answer are those too that were asked
in vain, before another way was seen or the step was left to instances.
"""
DECIDED = """## What `decide` claims at fixed sizes

Claims that z3 decided for all real values, by how many of their questions have a certificate; the questions are made
anew from the claims, by code that is not the solver's.
"""


def page() -> str:
    """The page as it should be."""
    ledger, found = Ledger.read(), recorded()
    claims = {p: [c for c in ledger if c["paper"] == p] for p in ledger.papers}
    verdicts = [v for v in VERDICTS if any(c["verdict"] == v for c in ledger)]
    rows = [[p, str(len(of))] + [str(sum(c["verdict"] == v for c in of)) for v in verdicts] for p, of in claims.items()]
    rows.append(["all", str(len(ledger))] + [str(sum(c["verdict"] == v for c in ledger)) for v in verdicts])
    steps = []
    for paper in [*claims, "all"]:
        counts = found["papers"].get(paper) if paper != "all" else found["all"]
        of = [c for i, c in found["claims"].items() if paper in ("all", i.partition(":")[0])]
        whole = Counter(next(o for o in reversed(OUTCOMES) if c[o]) for c in of)
        total = max(sum((counts or {}).values()), 1)
        steps.append([paper, str(len(of)), str(whole["checked"]), str(total if counts else 0)]
                     + [f"{counts[o]} ({100 * counts[o] / total:.1f} %)" if counts and counts[o] else "0"
                        for o in OUTCOMES])
    return "\n".join([TOP, "## Claims by verdict", "", _table(["paper", "claims", *verdicts], rows), "",
                      "## Different steps of recorded proofs", "",
                      _table(["paper", "proofs", "wholly checked", "steps", *OUTCOMES], steps), "",
                      AT_INSTANCES, _counts("instances", "steps", every_step.FOUND), "", _reasons(), "",
                      ARITHMETIC, _questions(), "",
                      DECIDED, _counts("decided", "claims", decided.FOUND), "", _shown(), ""])


def _counts(kept_as: str, what: str, found: Sequence[str]) -> str:
    """A table of what was kept of a run: for each paper how many, by what was found."""
    run = kept(kept_as)
    rows = [[paper, str(sum(counts.values())), *[str(counts[f]) for f in found]]
            for paper, counts in [*run["papers"].items(), ("all", run["all"])] if counts]
    return _table(["paper", what, *found], rows)


def _reasons() -> str:
    """Why steps have no ten instances, the commonest reasons first."""
    rows = [[found, reason.replace("|", "\\|")[:90], str(n)] for found, reason, n in kept("instances").get("why", [])]
    return _table(["found", "why", "steps"], rows[:MOST_REASONS])


def _questions() -> str:
    counts = kept("arithmetic").get("questions", {})
    total = max(sum(counts.values()), 1)
    return _table(["questions", *ANSWERS], [[str(sum(counts.values())), *[
        f"{counts[a]} ({100 * counts[a] / total:.1f} %)" for a in ANSWERS if counts]]])


def _shown() -> str:
    counts = kept("decided").get("queries", {"certified": 0, "all": 0})
    return f"Of their {counts['all']} questions {counts['certified']} are shown, by shape or by a certificate."


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: list[str]) -> int:
    """Write the page, or with --check tell whether it is as it should be."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    if reader.parse_args(arguments).check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        print("docs/coverage.md is up to date" if same else "docs/coverage.md is stale: python docs/coverage.py")
        return 0 if same else 1
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
