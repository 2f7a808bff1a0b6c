"""The README says what is true: its examples run and print what it shows, and its counts are the ledger's."""

from __future__ import annotations

import contextlib
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

from dropout_theory.report.ledger import Ledger

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
ORDER = ("proved", "supported", "refuted", "conditional", "definition", "ill-formed", "open")


def counts() -> str:
    """The line of counts, as it should read."""
    found = Counter(entry["verdict"] for entry in Ledger.read())
    parts = ", ".join(f"{found[v]} {v}" for v in ORDER if found[v])
    return f"The recorded ledger: {sum(found.values())} claims: {parts}."


def test_the_counts_are_those_of_the_ledger() -> None:
    assert counts() in README.replace("\n", " ")


def test_claims_it_names_are_recorded() -> None:
    ledger = Ledger.read()
    for identifier in re.findall(r"`([a-z]+[0-9]{4}:[A-Za-z0-9.-]+)`", README):
        assert identifier in ledger, identifier


def test_the_examples_print_what_is_shown() -> None:
    blocks = re.findall(r"```(python|)\n(.*?)```", README, flags=re.S)
    space: dict[str, Any] = {}
    checked = 0
    for position, (kind, code) in enumerate(blocks):
        if kind != "python":
            continue
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            exec(compile(code, "README.md", "exec"), space)
        if position + 1 < len(blocks) and blocks[position + 1][0] == "":
            assert shown.getvalue().strip() == blocks[position + 1][1].strip()
            checked += 1
    assert checked
    assert space["unit"].error < 1e-11
