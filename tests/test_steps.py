"""Recorded proofs: written and read back, checked step by step, and refused when anything in them is changed."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import load
from dropout_theory.cli import main as cli
from dropout_theory.language import (
    POSITIVE,
    REAL,
    UNIT,
    E,
    Scalar,
    Var,
    both,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    size,
    unnamed,
    weights,
)
from dropout_theory.recheck.steps.checking import Checking, Claims
from dropout_theory.recheck.steps.derivation import Step, read, steps_below
from dropout_theory.recheck.steps.grammar import Malformed, NotShown, Term
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.rules import validate
from dropout_theory.recheck.translation import derivation, expression, term
from dropout_theory.recheck.writing import written
from dropout_theory.report import steps
from dropout_theory.report.derivations import load as recorded
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.steps import outcome_of
from dropout_theory.running.proofs import ProofCheck

ROOT = Path(__file__).parents[1]

n, i = size("n"), index("i")
w, p = weights("w", n), family("p", UNIT, n)
delta = gates("delta", p, n)
x, y, s = Scalar("x", REAL), Scalar("y", REAL), Scalar("s", POSITIVE)
JUDGE = Certified(lambda source: None, {})


def last_step(theorem: Any) -> Step:
    return derivation(theorem)


def test_every_claim_is_read_back_as_it_was_written() -> None:
    unwritten = []
    for claim in load():
        for statement in (claim.statement, *[h.condition for h in claim.hypotheses]):
            if statement is None:
                continue
            plain = unnamed(statement)
            try:
                said = term(plain)
            except (ValueError, Malformed):
                unwritten.append(claim.id)
                continue
            assert expression(said) == plain, claim.id
    assert len(set(unwritten)) < 20, unwritten


def test_two_atoms_of_one_name_are_written_apart() -> None:
    assert term(Scalar("x", REAL)) is not term(Scalar("x", POSITIVE))
    assert term(weights("w", n)) is not term(weights("w", n + 1))


def test_a_proof_is_read_back_with_all_its_steps() -> None:
    theorem = by.generalise(by.identity(E(w[i] * delta[i]), w[i] * p[i]), (i, 1, n))
    made = last_step(by.conjunction(theorem, by.assume(less(0, x))))
    back = read(written({"own:a": made}))["own:a"]
    assert back.digest == made.digest
    assert [s.rule for s in steps_below(back)] == [s.rule for s in steps_below(made)]


LINES = list(written({"own:a": derivation(by.arithmetic(less_equal(0, x**2))),
                      "own:b": derivation(by.identity(x * (x + y), x**2 + x * y))}))


@pytest.mark.parametrize("change", [
    lambda lines: lines[1:], lambda lines: [], lambda lines: ["{}", *lines[1:]], lambda lines: [*lines, "[1"],
    lambda lines: [lines[0], '["term",0,"number","1e5"]'], lambda lines: [lines[0], '["term",0,"system","ls"]'],
    lambda lines: [lines[0], '["term",0,"+",1]'], lambda lines: [lines[0], '["term",0,"number",0]'],
    lambda lines: [lines[0], '["step",0,"assumption",0,[],[],{}]'], lambda lines: [lines[0], '["claim","own:a",0]'],
    lambda lines: [lines[0], '["term",1,"pi"]'], lambda lines: [lines[0], '["term",0,"pi"]', '["term",0,"pi"]'],
    lambda lines: [lines[0], '["term",0,"pi"]', '["step",0,"x",0,[],[],{}]'], lambda lines: [*lines, lines[-1]],
    lambda lines: [lines[0], "[NaN]"], lambda lines: [lines[0], '["term",0,"number",1.5]'],
    lambda lines: [lines[0], "[" * 100_000], lambda lines: [lines[0], '["term",true,"pi"]'],
])
def test_what_is_not_in_the_grammar_is_refused_by_its_line(change: Any) -> None:
    with pytest.raises(Malformed, match="^line [0-9]+: |^the file is empty"):
        read(change(list(LINES)))


def changed(lines: list[str], rng: random.Random) -> list[str]:
    """A file with something in it changed."""
    lines = list(lines)
    place = rng.randrange(1, len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        other = rng.randrange(1, len(lines))
        lines[place], lines[other] = lines[other], lines[place]
    else:
        parts = json.loads(lines[place])
        spot = rng.randrange(len(parts))
        parts[spot] = rng.choice([0, 1, 2, 3, "<", "<=", "=", "-1", "2", "assumption", "normal form", [], {}, True])
        lines[place] = json.dumps(parts)
    return lines


def test_a_changed_file_is_refused_or_says_something_else() -> None:
    rng, original = random.Random(5), {k: v.digest for k, v in read(LINES).items()}
    same = 0
    for _ in range(3_000):
        lines = changed(LINES, rng)
        try:
            found = {k: v.digest for k, v in read(lines).items()}
        except Malformed:
            continue
        same += found == original
        if lines != LINES and found == original:
            assert sorted(lines) == sorted(LINES) or set(LINES) - set(lines), lines  # what no proof needs may go
    assert same < 1_500


GOOD: list[Any] = [
    lambda: by.identity(Var(sp.Sum(w[i] * delta[i], (i, 1, n))), sp.Sum(w[i]**2 * p[i] * (1 - p[i]), (i, 1, n))),
    lambda: by.generalise(by.identity(E(w[i] * delta[i]), w[i] * p[i]), (i, 1, n)),
    lambda: by.instance(by.identity(x * (x + y), x**2 + x * y), {x: s + 1}),
    lambda: by.discharge(less(0, x), by.assume(less(0, x))),
    lambda: by.rewrite(by.assume(less(x, 3)), by.assume(equal(x, y))),
    lambda: by.apply(by.assume(implies(less(0, x), less(0, y))), by.assume(less(0, x))),
    lambda: by.conjunction(by.assume(less(0, x)), by.assume(less(0, y))),
]


@pytest.mark.parametrize("made", GOOD)
def test_a_right_step_is_checked(made: Any) -> None:
    for step in steps_below(last_step(made())):
        validate(step, JUDGE)


def wrong(step: Step) -> Iterator[Step]:
    """Steps that are like a right one, and wrong."""
    said = step.conclusion
    if step.given:
        yield replace(step, given=frozenset())
    if any(p.rule != "assumption" for p in step.premises):  # what is given says itself, without a premise
        yield replace(step, premises=())
    if said.op in ("=", "<", "<="):
        left, right = said.args
        yield replace(step, conclusion=Term("<", *said.args) if said.op == "=" else Term("=", *said.args))
        yield replace(step, conclusion=Term(said.op, left, Term("+", right, term(sp.S.One))))
        yield replace(step, conclusion=Term("!=", *said.args))
    elif said.op == "implies":
        yield replace(step, conclusion=said.terms[1])
    elif said.op == "and":
        yield replace(step, conclusion=Term("and", *said.args, term(less(1, 0))))
    elif said.op == "each":
        body, limit = said.terms
        yield replace(step, conclusion=Term("each", Term("=", term(x), term(y)), limit))


@pytest.mark.parametrize("made", GOOD)
def test_a_step_that_is_changed_is_not_checked(made: Any) -> None:
    last = last_step(made())
    tried = 0
    for step in wrong(last):
        if step.conclusion is last.conclusion and step.given == last.given and step.premises == last.premises:
            continue
        tried += 1
        with pytest.raises(NotShown):
            validate(step, JUDGE)
    assert tried


@pytest.mark.parametrize("statement", [
    equal(x / x, 1), equal(x**0 * sp.Pow(x, -1) * x, 1), equal(sp.log(x) - sp.log(x), 0),
])
def test_a_term_that_may_be_undefined_is_asked_about(statement: Any) -> None:
    said = Term("=", Term("*", term(x), Term("^", term(x), Term("number", "-1"))), Term("number", "1"))
    for conclusion in {said, term(statement)} - {term(equal(1, 1)), term(equal(0, 0))}:
        if conclusion.op == "=" and conclusion.args[0] is not conclusion.args[1]:
            with pytest.raises(NotShown, match="undefined"):
                validate(Step("normal form", conclusion), JUDGE)


def checked(claims: Any, proofs: dict[str, Step]) -> list[Any]:
    return list(Checking(JUDGE, claims, lambda step: ("unchecked", "not tried")).check(proofs))


def test_a_proof_of_something_easier_is_no_proof_of_a_claim() -> None:
    claims: Claims = {"own:a": (term(less_equal(0, x**2)), frozenset())}
    easier = last_step(by.assume(less_equal(0, x**2)))
    report, = checked(claims, {"own:a": easier})
    assert outcome_of(report) == "failed" and "assumes" in report.fault
    other, = checked(claims, {"own:a": last_step(by.identity(x, x))})
    assert outcome_of(other) == "failed" and "concludes" in other.fault
    swapped, = checked(claims, {"own:b": easier})
    assert swapped.fault == "there is no such claim"


def test_proofs_that_rest_on_each_other_are_none() -> None:
    said = term(less_equal(0, x**2))
    claims: Claims = {"own:a": (said, frozenset()), "own:b": (said, frozenset())}
    proofs = {"own:a": Step("claim own:b", said), "own:b": Step("claim own:a", said)}
    judge = Certified(lambda source: claims.get(source), {})
    reports = list(Checking(judge, claims, lambda step: ("unchecked", "")).check(proofs))
    assert all("itself" in r.fault for r in reports)


def test_a_quoted_claim_keeps_its_hypotheses() -> None:
    claims: Claims = {"own:a": (term(less(0, x)), frozenset({term(less(0, y))}))}
    judge = Certified(lambda source: claims.get(source), {})
    validate(Step("claim own:a", term(less(0, x)), frozenset({term(less(0, y))})), judge)
    with pytest.raises(NotShown):
        validate(Step("claim own:a", term(less(0, x))), judge)
    with pytest.raises(NotShown):
        validate(Step("claim own:c", term(less(0, x))), judge)


def test_recorded_proofs_are_those_of_the_claims() -> None:
    proofs = recorded(["schluter2019"])
    assert proofs
    registry = load()
    for claim, last in proofs.items():
        if last.conclusion.op != "refuted":
            assert last.conclusion.sort == "S" and claim in registry


def test_a_proof_is_shown_with_numbers_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "baldi2014:eq39", "--proof"]) == 0
    shown = capsys.readouterr().out
    assert "1. " in shown and "both sides expanded" in shown and "by cases" in shown


def test_a_classical_fact_is_shown_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "classical:wallis"]) == 0
    assert "Reference" in capsys.readouterr().out
    assert cli.main(["show", "classical:walis"]) == 2
    assert "classical:wallis" in capsys.readouterr().err


def test_implications_and_conjunctions_are_written_in_their_order() -> None:
    said = implies(less(0, x), both(less(0, y), less(0, x)))
    assert expression(term(said)) == said


# --- what was let through once ---------------------------------------------------------------------------------------


def said(op: str, left: Any, right: Any) -> Term:
    return Term(op, *[term(sp.sympify(side)) for side in (left, right)])


def refused(step: Step) -> bool:
    try:
        validate(step, JUDGE)
    except NotShown:
        return True
    return False


ONE_OVER = Term("=", Term("*", term(x), Term("^", term(x), Term("number", "-1"))), Term("number", "1"))  # x/x = 1
OVER_N = Term("range", term(i), Term("number", "1"), term(n))
SUMS = [Term("sum", term(f[i]), OVER_N) for f in (w, weights("v", n))]
WRONG: dict[str, Step] = {
    "sums of what differs need not differ": Step(
        "sum of terms", Term("!=", *SUMS), frozenset({Term("each", said("!=", w[i], weights("v", n)[i]), OVER_N)}),
        (Step("for each", said("!=", w[i], weights("v", n)[i])),)),
    "a statement for each index may be undefined": Step(
        "normal form", Term("each", ONE_OVER, OVER_N), frozenset(),
        (Step("normal form", Term("each", said("=", 1, 1), OVER_N)),)),
    "an assumption that may be undefined is not dropped": Step(
        "instance", said("!=", x, 0), frozenset(), (Step("real arithmetic", said("!=", x, 0), frozenset({ONE_OVER})),),
        {"atoms": (), "values": ()}),
    "values are put for what is bound and for nothing else": Step(
        "for each", said("<", 5, y), frozenset({said("<", x, y)}),
        (Step("for each", Term("each", said("<", x, y), OVER_N), frozenset({said("<", x, y)})),),
        {"atoms": (term(x),), "indices": (Term("number", "5"),)}),
    "what holds of some is not rewritten for others": Step(
        "rewriting", said("=", w[0], 0), frozenset(),
        (Step("reflexivity", said("=", w[0], w[0])), Step("real arithmetic", said("=", w[n], 0))),
        {"indices": (term(n),)}),
    "what has a value in normal form need not have one": Step(
        "normal form", Term("has-value", ONE_OVER.terms[0]), frozenset(),
        (Step("assumption", Term("has-value", Term("number", "1"))),)),
}


POSITIVE_P = term(Scalar("p", POSITIVE))
ASSUMED = {op: Step("assumption", said(op, x, y), frozenset({said(op, x, y)})) for op in ("<", "<=")}
WRONG |= {  # what a premise assumes is lost
    "a rewritten statement keeps what it assumed": Step(
        "rewriting", said("<", x, y), frozenset(), (ASSUMED["<"],), {"indices": ()}),
    "means keep what was assumed": Step(
        "expectation", Term("<=", Term("E", term(x)), Term("E", term(y))), frozenset(), (ASSUMED["<="],)),
    "exponentials keep what was assumed": Step(
        "monotone", Term("<", Term("exp", term(x)), Term("exp", term(y))), frozenset(), (ASSUMED["<"],)),
    "a value keeps what its domain needed": Step(
        "instance", said("<", 0, x), frozenset(),
        (Step("real arithmetic", Term("<", Term("number", "0"), POSITIVE_P)),
         Step("assumption", said("<", 0, x), frozenset({said("<", 0, x)}))),
        {"atoms": (POSITIVE_P,), "values": (term(x),)}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_was_let_through_once_is_not_checked(name: str) -> None:
    assert refused(WRONG[name])


def test_a_proof_up_to_normal_form_is_no_proof_of_the_claim_in_its_own_words() -> None:
    claims: Claims = {"own:a": (ONE_OVER, frozenset())}
    report, = checked(claims, {"own:a": Step("normal form", said("=", 1, 1))})
    assert "concludes" in report.fault


# --- the checker itself -----------------------------------------------------------------------------------------------


def test_the_checker_is_small_and_the_guide_to_it_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("checker", ROOT / "docs" / "checker.py")
    assert spec is not None and spec.loader is not None
    guide = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(guide)
    assert sum(guide.counted().values()) < 1_500
    now = guide.PAGE.read_text(encoding="utf-8")
    assert guide.page(now) == now and guide.guide() in now
    for place, name in enumerate(guide.ORDER):  # each module asks only those before it
        text = (guide.FOLDER / f"{name}.py").read_text(encoding="utf-8")
        asked = set(re.findall(r"^from dropout_theory\.(\S+) import", text, re.MULTILINE))
        assert asked <= {f"recheck.steps.{earlier}" for earlier in guide.ORDER[:place]}


# --- all recorded proofs ----------------------------------------------------------------------------------------------


def test_the_page_of_coverage_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "docs/coverage.py", "--check"], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_recorded_proofs_have_the_digests_of_the_ledger() -> None:
    ledger = Ledger.read()
    proofs = recorded(ledger.papers)
    assert {c["id"]: c["derivation"] for c in ledger if c["derivation"]} == {i: s.digest for i, s in proofs.items()}
    assert set(steps.recorded()["claims"]) == set(proofs)


def test_all_recorded_proofs_are_checked_again_and_that_is_quick() -> None:
    """None fails, what was found is what is recorded, and it takes minutes, not hours."""
    registry, start = load(), time.process_time()
    reports = list(ProofCheck(registry, registry.papers).reports(recorded(registry.papers)))
    assert not [r.claim for r in reports if outcome_of(r) == "failed"]
    assert steps.totals(reports) == steps.recorded()
    assert time.process_time() - start < 300
    counts = steps.recorded()["all"]
    assert counts["checked"] >= 0.85 * sum(counts.values()) and counts["unchecked"] < 0.02 * sum(counts.values())
