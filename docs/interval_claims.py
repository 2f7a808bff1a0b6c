"""Writes docs/interval.md: what the method of intervals decides of each claim, and why not, from a run of it.

    dropout-theory check --method interval --json evidence.json
    python docs/interval_claims.py evidence.json

A claim that is decided has a row with the sizes, what is left out, and the boxes that were looked at; the others stand
together by the reason why they are not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("interval.md")
TOP = """# What intervals decide

The method `interval` shows an inequality for all real values at small sizes, by subdivision with Arb; where a claim
has no sizes and nothing is left out, that is a proof. What it promises stands in [soundness.md](soundness.md). This
page is written by `docs/interval_claims.py` from a run of the method.

Numbers are compactified: a cube holds all values of the free numbers, infinite tails among them, and the share that is
left out is its volume in that cube. `x(1) <= x(2)` are the entries of a family in rising order, and `P(1)`, `P(2)` the
weights that go with them.
"""
# the first that matches tells the group of an undecided claim
GROUPS = (
    (r"no inequality", "An equality has no room"),
    (r"quantifies over the function|about all values", "It speaks of all functions, or of all values inside"),
    (r"continuous random variable", "A mean over a continuous random variable"),
    (r"infinite series|no enclosure|not made of|not written out|may be undefined", "A term without an enclosure"),
    (r"optimum over all networks", "An optimum over all networks"),
    (r"existential", "Existence is shown by a witness"),
    (r"limit: no finite|has no law|no formal statement", "No instance decides it"),
    (r"family of integers", "A family of integers"),
    (r"too many|more than", "Too many numbers at the smallest sizes"),
    (r"nothing to decide", "The hypotheses exclude the small sizes"),
    (r"undecided", "More than a tenth stays undecided"),
)


def first_words(text: str, most: int = 160) -> str:
    """Text for a cell of a table."""
    text = text.replace("|", "\\|")
    return text if len(text) <= most else text[:most - 1] + "…"


def decided(claim: dict[str, Any], found: dict[str, Any]) -> str:
    """The row of a claim that is decided."""
    scope, figures = found["scope"], found["figures"]
    where, _, left_out = scope.partition(", but where ")
    where = where.removeprefix("for all real values").removeprefix(" at ") or "no sizes"
    if found["outcome"] == "fails":
        where = "refuted: " + ", ".join(f"{a} = {v}" for a, v in found["counterexample"]["instance"].items())
    return f"| `{claim['id']}` | {first_words(where)} | {first_words(left_out, 400) or '-'} | {figures['boxes']} | " \
           f"{'proof' if found['rigor'] == 'proof' else 'instances'} |"


def reason(claim: dict[str, Any], found: dict[str, Any] | None) -> str:
    """Why a claim is not decided."""
    return found["scope"] if found else claim["not_applicable"].get("interval", "")


def grouped(texts: dict[str, str]) -> list[str]:
    """Claims by the group of their reason, each with its own words where these say more."""
    lines: list[str] = []
    left = dict(texts)
    for pattern, title in (*GROUPS, ("", "Other reasons")):
        here = {i: text for i, text in left.items() if re.search(pattern, text)}
        left = {i: text for i, text in left.items() if i not in here}
        if not here:
            continue
        lines += ["", f"### {title}", "", f"{len(here)} {'claim' if len(here) == 1 else 'claims'}.", ""]
        by_text: dict[str, list[str]] = {}
        for i, text in here.items():
            by_text.setdefault(text, []).append(i)
        lines += [f"- {first_words(text)}: {', '.join(f'`{i}`' for i in names)}" for text, names in by_text.items()]
    return lines


def page(evidence: dict[str, Any]) -> str:
    """The page of a run."""
    rows: dict[str, list[str]] = {"proof": [], "instances": [], "refuted": []}
    others: dict[str, str] = {}
    for claim in evidence["claims"]:
        found = next((e for e in claim["evidence"] if e["method"] == "interval"), None)
        if found is None or found["outcome"] == "unknown":
            others[claim["id"]] = reason(claim, found)
            continue
        kind = "refuted" if found["outcome"] == "fails" else "proof" if found["rigor"] == "proof" else "instances"
        rows[kind].append(decided(claim, found))
    head = ["| claim | where | left out | boxes | rigor |", "| --- | --- | --- | --- | --- |"]
    lines = [TOP, f"Of {len(evidence['claims'])} claims {len(rows['proof'])} hold for all their values, "
             f"{len(rows['instances'])} for all real values at small sizes or off what is left out, "
             f"{len(rows['refuted'])} are refuted, {len(others)} are not decided."]
    for kind, title in (("proof", "For all values"), ("instances", "At small sizes, or off what is left out"),
                        ("refuted", "Refuted")):
        lines += ["", f"## {title}", "", *head, *rows[kind]]
    return "\n".join([*lines, "", "## Not decided", *grouped(others), ""])


def main() -> int:
    """Write the page, or compare it with the committed one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evidence", type=Path, help="what `dropout-theory check --method interval --json` wrote")
    parser.add_argument("--check", action="store_true", help="fail when the committed page is another; write none")
    asked = parser.parse_args()
    text = page(json.loads(asked.evidence.read_text(encoding="utf-8")))
    if asked.check:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("current" if same else f"{PAGE.name} differs from the evidence: python docs/interval_claims.py")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
