"""Writes docs/coverage.md: claims by verdict and steps of proofs by what was found of them, paper by paper.

    dropout-theory check --record
    dropout-theory recheck --proofs --record
    python docs/coverage.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from dropout_theory.recheck.steps.checking import OUTCOMES
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.steps import recorded
from dropout_theory.verdicts.kernel import VERDICTS

PAGE = Path(__file__).with_name("coverage.md")
TOP = """# How sure

Written by `docs/coverage.py` from the ledger and from what `dropout-theory recheck --proofs --record` found.
[proofs.md](proofs.md) says what checked and tested mean.
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
                      _table(["paper", "proofs", "wholly checked", "steps", *OUTCOMES], steps), ""])


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
