"""Chances of events in repeated experiments, and the command that redraws a figure from one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from dropout_theory.checkers.montecarlo import REPETITIONS, nothing_to_sample, statistical
from dropout_theory.claims import load
from dropout_theory.cli.main import main
from dropout_theory.experiment.simulated import outcomes, sampled_means, simulated
from dropout_theory.experiment.training_runs import CEILING, Descent, ScaleExperiment, Trained, repetitions
from dropout_theory.language import E, Var, equal, less
from dropout_theory.papers.helmbold2017 import s06_experiment as section
from dropout_theory.papers.helmbold2017.s06_experiment import probability
from dropout_theory.report.figures import CAP, by_run, capped_intervals, training_error_over_scale
from dropout_theory.verdicts.kernel import Context

QUICK = ScaleExperiment(Descent(iterations=300), (Fraction(1, 2), Fraction(1)), ("none",), 2)
L = simulated("L", QUICK, "none")


def found_for(statement: Any) -> Any:
    """What the Monte Carlo method finds about a statement on a quick experiment."""
    claim = replace(load("helmbold2017")["helmbold2017:sec6-unregularised"], statement=statement)
    return statistical.check(claim, Context(seed=11))


def median(scale: int) -> sp.Rational:
    """A number between the losses of the first repetitions at a scale."""
    return sp.Rational(float(np.median(sampled_means(11, REPETITIONS)(L)[:, scale - 1])))


def test_certain_events_are_likely_and_impossible_ones_are_not() -> None:
    half = sp.Rational(1, 2)
    certain, impossible = probability(less(L[1], int(CEILING) + 1)), probability(less(L[1], 0))
    assert found_for(less(half, certain)).outcome == "holds"
    assert found_for(less(half, impossible)).outcome == "fails"
    assert found_for(less(certain, half)).outcome == "fails"
    for above_one in (less(1, certain), less(2 * half + half / 10**30, certain), less(impossible, 0)):
        assert found_for(above_one).outcome == "fails", above_one
    assert found_for(less(certain, 1)).outcome == "unknown", "36 repetitions do not show that it is never otherwise"
    even = found_for(less(half, probability(less(L[1], median(1)))))
    assert even.outcome == "unknown" and "18 of 36" in even.scope


def test_events_are_decided_in_rationals() -> None:
    values = [o[L, (1,)] for o in outcomes(L[1] + L[2], sampled_means(11, 3))]
    direct = repetitions(QUICK, 11, 3).loss.mean(axis=-1)[:, 0, 0]
    assert [int(v.p) / int(v.q) for v in values] == list(direct)
    middle = sp.Rational(str(values[0]))
    claim = replace(load("helmbold2017")["helmbold2017:sec6-unregularised"],
                    statement=less(sp.Rational(1, 100), probability(sp.Eq(L[1], middle, evaluate=False))))
    assert statistical.check(claim, Context(seed=11)).scope.startswith("seen in 1 of 36")


@pytest.mark.parametrize("statement", [less(E(L[1]), 1), less(Var(L[1]), 1), equal(E(L[1] * L[2]), E(L[1]) * E(L[2]))])
def test_nothing_else_is_estimated_or_proved(statement: Any) -> None:
    from dropout_theory.checkers import all_checkers

    claim = replace(load("helmbold2017")["helmbold2017:sec6-unregularised"], statement=statement)
    outcomes_found = {m: c.check(claim, Context(fast=True)).outcome for m, c in all_checkers().items()
                      if m not in ("admissible", "property") and c.applies(claim) is None}
    assert set(outcomes_found.values()) == {"unknown"} and "montecarlo" in outcomes_found


def test_the_claims_speak_of_the_settings_in_print() -> None:
    e = section.EXPERIMENT
    assert (e.descent.inputs, e.descent.hidden, e.descent.examples) == (5, 5, 10)
    assert (e.descent.iterations, e.runs) == (10**5, 10)
    assert (e.descent.rate, e.descent.rate_decay, e.descent.momentum) == (Fraction("0.01"), Fraction("0.00001"),
                                                                         Fraction("0.5"))
    assert [float(s) for s in e.scales] == [0.5, 0.75, 1, 1.25, 1.5] and e.descent.weight_decay == Fraction(1, 2)
    assert nothing_to_sample(load("helmbold2017")["helmbold2017:fig2"]) is None


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_most_repetitions_have_a_low_unregularised_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the claim's own number of repetitions leaves open; number and seed were fixed before the first run."""
    monkeypatch.setattr("dropout_theory.checkers.montecarlo.REPETITIONS", 1000)
    claim = load("helmbold2017")["helmbold2017:sec6-unregularised"]
    assert statistical.check(claim, Context(seed=6)).outcome == "holds"


def test_intervals_contain_the_mean_and_shrink() -> None:
    rng = np.random.default_rng(4)
    wide, narrow = (capped_intervals(rng.uniform(0, 2 * CAP, (n, 1, 1)), 0.01)[0][0] for n in (20, 2000))
    for found in (wide, narrow):  # uniform on [0, 2]: the capped mean is 3/4
        assert found.lower < 0.75 < found.upper
    assert narrow.half_width < wide.half_width / 5
    values = np.arange(24.0).reshape(2, 1, 3, 4)
    assert by_run(values).shape == (8, 1, 3) and (by_run(values)[5] == values[1, :, :, 1]).all()


def test_the_files_depend_on_the_data_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rng = np.random.default_rng(5)
    loss = rng.uniform(0, 1, (3, 3, 5, 10))
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        training_error_over_scale(section.EXPERIMENT, Trained(loss, loss / 2),
                                  [tmp_path / folder / f"x.{form}" for form in ("svg", "png")])
    for name in ("x.svg", "x.png"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    text = (tmp_path / "a" / "x.svg").read_text()
    assert "<dc:date>" not in text and "#ffffff" not in text.lower()


def test_the_command_judges_and_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setitem(section.READINGS, "optim", replace(section.EXPERIMENT.descent, iterations=200))
    assert main(["figure", "helmbold2017:fig2", "--runs", "20", "--jobs", "2", "--out", str(tmp_path / "new")]) == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["helmbold2017-fig2.png", "helmbold2017-fig2.svg"]
    shown = capsys.readouterr().out
    assert "of 2, chance in" in shown and shown.count("weight decay ") >= 5
    assert main(["figure", "helmbold2017:fig2", "--runs", "15", "--out", str(tmp_path)]) == 2
    assert main(["figure", "helmbold2017:fig3"]) == 2


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    monkeypatch.setitem(section.READINGS, "optim", replace(section.EXPERIMENT.descent, iterations=4))
    assert main(["figure", "helmbold2017:fig2", "--runs", "10", "--out", str(tmp_path)]) == 2
    assert "dropout-theory[figures]" in capsys.readouterr().err
