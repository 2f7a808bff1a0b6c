"""The search for certificates: within its time, kept as they are found; and what solvers say of the rest."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dropout_theory.arithmetic import certificates, second_opinion
from dropout_theory.language import POSITIVE, REAL, Scalar, equal, less, less_equal
from dropout_theory.recheck.steps import arithmetic
from dropout_theory.recheck.steps.grammar import NotShown, Term
from dropout_theory.recheck.translation import term
from dropout_theory.running.searching import search

x, y = Scalar("x", REAL), Scalar("y", REAL)
s = Scalar("s", POSITIVE)
Question = tuple[tuple[Term, ...], Term]


def question(goal: Any, *premises: Any) -> Question:
    return tuple(map(term, premises)), term(goal)


def named(*questions: Question) -> dict[str, Question]:
    return {arithmetic.digest(*q): q for q in questions}


TRUE = named(question(less_equal(2 * x * y, x**2 + y**2)), question(less(0, x), less(y, x), less(0, y)),
             question(equal(x, y), less_equal(x, y), less_equal(y, x)))


def test_each_is_kept_as_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, lengths = tmp_path / "certificates.jsonl", []

    def progress(number: int, total: int) -> None:
        lengths.append(len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 1)

    outcome = search(TRUE, {}, 60, path, progress)
    assert (outcome.found, outcome.tried, lengths) == (3, 3, [1, 2, 3])
    with path.open(encoding="utf-8") as lines:
        kept = arithmetic.read(lines)
    for name, (premises, goal) in TRUE.items():
        arithmetic.check(arithmetic.problem(premises, goal), kept[name])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("known", [["sum", [], []], ["solvers", "z3"]])
def test_a_spoiled_certificate_and_a_mark_give_way_to_what_is_found(tmp_path: Path, known: list[Any]) -> None:
    path = tmp_path / "certificates.jsonl"
    name, (premises, goal) = next(iter(TRUE.items()))
    assert search({name: (premises, goal)}, {name: known, "0" * 32: known}, 60, path).found == 1
    with path.open(encoding="utf-8") as lines:
        kept = arithmetic.read(lines)
    arithmetic.check(arithmetic.problem(premises, goal), kept[name])
    assert kept["0" * 32] == known


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "certificates.jsonl"

    def interrupt(number: int, total: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    outcome = search(TRUE, {"0" * 32: ["sum", [], []]}, 60, path, interrupt)
    assert outcome.interrupted and outcome.found == 2
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + 1 + 2


def test_the_time_is_a_bound_for_all_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "find", lambda asked, seconds: time.sleep(min(seconds, 0.3)))
    monkeypatch.setattr(second_opinion, "installed", dict)
    many = named(*[question(less(x, x + y + n)) for n in range(20)])
    start = time.monotonic()
    outcome = search(many, {}, 0.5, tmp_path / "certificates.jsonl")
    assert time.monotonic() - start < 3 and 0 < outcome.tried < 20 and not outcome.found


def test_solvers_that_differ_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"z3": "unsat", "cvc5": "sat"}
    monkeypatch.setattr(certificates, "find", lambda asked, seconds: None)
    monkeypatch.setattr(second_opinion, "installed", lambda: {"z3": "z3 4.15", "cvc5": "cvc5 1.4"})
    monkeypatch.setattr(second_opinion, "asked", lambda solver, asked: answers[solver])
    one = named(question(less(x, y)))
    path = tmp_path / "certificates.jsonl"
    assert search(one, {}, 9, path).faults and not path.exists()
    answers["cvc5"] = "unsat"
    assert search(one, {}, 9, path).marked == 1
    with path.open(encoding="utf-8") as lines, pytest.raises(NotShown):
        arithmetic.check(arithmetic.problem(*next(iter(one.values()))), arithmetic.read(lines)[next(iter(one))])


SOLVERS = [solver for solver in second_opinion.SOLVERS if solver in second_opinion.installed()]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("asked,answer", [
    (question(less_equal(2 * x * y, x**2 + y**2)), "unsat"),
    (question(less(2, s + 1 / s), less(s, 1)), "unsat"),
    (question(less(0, 1 / s**2)), "unsat"),
    (question(equal(x, 1), equal(x**2, 1)), "sat"),
    (question(less(s, 1 / s)), "sat"),
    (question(less_equal(abs(x), x)), "sat"),
    (question(less_equal(x, abs(x))), "unsat"),
])
def test_what_solvers_say(solver: str, asked: Question, answer: str) -> None:
    assert second_opinion.asked(solver, arithmetic.problem(*asked)) == answer


def test_a_solver_that_takes_too_long_is_ended() -> None:
    start = time.monotonic()
    assert second_opinion.asked("z3", arithmetic.problem(*question(less(x, y))), 0.01) == "unknown"
    assert time.monotonic() - start < 5
