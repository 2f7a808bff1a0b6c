"""Values of recorded instances as readers see them: functions by what they do, and no text that is code."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy as sp

from dropout_theory.language import describe
from dropout_theory.report.ledger import DEFAULT, Ledger
from dropout_theory.report.page import as_text, said
from dropout_theory.report.scores import hypothesis_spelled
from dropout_theory.verdicts.records import spelled

x, o, t = sp.symbols("x o t", real=True)
f = sp.Function("f", real=True)


@pytest.mark.parametrize(("value", "shown"), [
    (sp.Lambda(x, x**2), "x ↦ x^2"),
    (sp.Lambda((o, t), (t - o) ** 2 / 2), "(o, t) ↦ (-o + t)^2/2"),
    (sp.Lambda(x, x)(x), "x"),
    (sp.Lambda(sp.Dummy("x"), 1), "x ↦ 1"),
    (sp.S.IdentityFunction, "x ↦ x"),
    (sp.Rational(1, 2), "1/2"),
    (sp.sqrt(2) ** 3, "2*sqrt(2)"),
])
def test_functions_are_shown_by_what_they_do(value: Any, shown: str) -> None:
    assert spelled(describe({f: value})["f"]) == shown


def test_families_are_shown_entry_by_entry() -> None:
    assert spelled({"w": ["1", "-1/2"], "V": {"[1, 2]": "x**2"}}) == "w: (1, -1/2), V: [1, 2]: x^2"
    found = {"name": "h", "outcome": "needed", "reason": "refuted", "witness": {"instance": {"f": "Lambda(_x, _x)"}}}
    assert hypothesis_spelled(found) == "h: needed, refuted at f = x ↦ x"


def test_counterexamples_on_record_show_no_code() -> None:
    ledger = Ledger.read(DEFAULT)
    claims = [c for c in ledger if "Lambda(" in json.dumps(c["counterexample"])]
    assert claims
    for claim in claims:
        shown = " ".join(as_text(line) for title, lines in said(ledger, claim) if title == "Counterexample"
                         for line in lines)
        assert "↦" in shown and "Lambda(" not in shown
