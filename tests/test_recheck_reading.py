"""Recorded strings are data: numbers, formulas and functions are read by a grammar, and nothing runs."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as draw

from dropout_theory.cli import main as cli
from dropout_theory.recheck.arithmetic import CannotRecheck
from dropout_theory.recheck.reading import MAX_LENGTH, function, indices, number_or_formula
from dropout_theory.report.ledger import DEFAULT, Ledger

x, y = sp.symbols("x y", real=True)
RUNS = "__import__('os').system('touch ran')"
HOSTILE = [
    RUNS, f"Lambda(x, {RUNS})", f"Max({RUNS}, 1)", "().__class__.__bases__", "exp.__call__(1)",
    "Lambda(x, x.func)", "[n for n in (1,)]", "lambda: 1", "x", "1 if 1 else 2", "exp(*(1,))", "exp(x=1)", "'1'",
    "1.5e9999999", "1j", "True", "f'{1}'", "9**9**9**9", "((2**999)**999)**999", "Lambda(x, 9**9**9)", "1/0",
    "0**-1", "1//2", "1 and 2", "exp()", "exp(1, 2)", "-" * 200 + "1", "(" * 500 + "1" + ")" * 500,
    "1" * (MAX_LENGTH + 1), "", "nan", "oo", "zoo", "Lambda((x, x), x)", "Lambda((), 1)", "Lambda(1, 1)",
    "Lambda(x)", "Symbol('x')", "\x1b[2J", "\0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_in_the_grammar_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for read in (number_or_formula, function, indices):
        with pytest.raises(CannotRecheck):
            read(text)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("value", [1, None, 1.5, ["1"], {"a": "1"}, b"1"])
def test_what_is_no_string_is_refused(value: object) -> None:
    for read in (number_or_formula, function, indices):
        with pytest.raises(CannotRecheck, match="allowed: a string"):
            read(value)


def test_what_is_in_the_grammar_is_read() -> None:
    assert number_or_formula("-3/4") == Fraction(-3, 4) and number_or_formula("0.25") == Fraction(1, 4)
    assert number_or_formula("sqrt(2)/2 - log(3)") == sp.sqrt(2) / 2 - sp.log(3)
    assert number_or_formula("-2**2") == -4 and number_or_formula("2**-1") == sp.Rational(1, 2)
    assert function("Lambda(x, x**2)")(3) == 9
    assert function("Lambda((o, t), (-o + t)**2/2)")(1, 4) == sp.Rational(9, 2)
    assert indices("[1, 2]") == (1, 2) and indices("[]") == ()


@given(draw.fractions())
def test_every_fraction_is_read_back(value: Fraction) -> None:
    assert number_or_formula(str(value)) == value


@given(draw.recursive(draw.sampled_from([x, y]) | draw.integers(-9, 9).map(sp.Integer), lambda inner: draw.one_of(
    draw.tuples(inner, inner).map(lambda p: p[0] + p[1]), draw.tuples(inner, inner).map(lambda p: p[0] * p[1]),
    inner.map(sp.exp), inner.map(sp.Abs), draw.tuples(inner, inner).map(lambda p: sp.Max(*p))), max_leaves=6))
def test_every_formula_is_read_back(formula: sp.Expr) -> None:
    if not formula.has(sp.zoo, sp.nan, sp.oo) and formula.atoms(sp.Symbol):
        read = function(str(sp.Lambda((x, y), formula)))
        for at in ((sp.Rational(3, 7), -2), (-1, sp.Rational(1, 2))):  # SymPy writes one expression in several ways
            found, wanted = (sp.N(f(*at), 30) for f in (read, sp.Lambda((x, y), formula)))
            assert found == wanted or abs(found - wanted) <= abs(wanted) * sp.Float("1e-20")


def test_a_ledger_whose_strings_are_programs_runs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    """Every string of every counterexample replaced by a program: nothing is confirmed, nothing runs, no traceback."""
    data = json.loads(DEFAULT.read_text(encoding="utf-8"))

    def spoiled(value: object) -> object:
        if isinstance(value, dict):
            return {k: spoiled(v) for k, v in value.items()}
        return [spoiled(v) for v in value] if isinstance(value, list) else RUNS

    refuted = [c for c in data["claims"] if c["counterexample"]][:20]
    for claim in refuted:
        claim["counterexample"] = {k: spoiled(v) for k, v in claim["counterexample"].items()}
    (tmp_path / "ledger.json").write_text(json.dumps(data))
    monkeypatch.chdir(tmp_path)
    assert len(Ledger.read("ledger.json")) == len(data["claims"])
    ids = [c["id"] for c in refuted]
    assert cli.main(["recheck", *ids, "--ledger", "ledger.json"]) == 0
    shown = capsys.readouterr().out
    assert "0 confirmed" not in shown and f"{len(ids)} not rechecked" in shown
    assert os.listdir(tmp_path) == ["ledger.json"]
