"""Wrong variants of statements: what the operators make, what is set aside as true, and which evidence rejects what."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_claims
import pytest
import sympy as sp
from click import Command
from click.testing import CliRunner

from dropout_theory.ablation.ablation import ablate
from dropout_theory.checkers import get_checker
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.cli import mutants as cli_mutants
from dropout_theory.language import (
    NWGM,
    POSITIVE,
    PROBABILITY,
    REAL,
    E,
    Expr,
    G,
    SameToOrder,
    Scalar,
    Statement,
    Var,
    both,
    different,
    distribution,
    equal,
    gates,
    implies,
    index,
    less,
    less_equal,
    logistic,
    size,
    subnetwork,
    weights,
)
from dropout_theory.mutants import run, survivors
from dropout_theory.mutants.campaign import campaign, holding, record_of
from dropout_theory.mutants.equivalence import still_true
from dropout_theory.mutants.operators import spread, variants
from dropout_theory.mutants.survivors import Unrefuted
from dropout_theory.proof import Theorem, arithmetic, assume, identity
from dropout_theory.report import scores
from dropout_theory.report.ledger import Ledger
from dropout_theory.running.runner import papers
from dropout_theory.verdicts.kernel import Context, Finding, checker

n, i = size("n"), index("i")
p, x, c, lam = Scalar("p", PROBABILITY), Scalar("x", REAL), Scalar("c", POSITIVE), Scalar("lambda", REAL)
w = weights("w", n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
VARIANCE = equal(Var(S), p * (1 - p) * sp.Sum(w[i]**2, (i, 1, n)))


def claim(statement: Statement, *hypotheses: Statement, **details: Any) -> Claim:
    named = tuple(Hypothesis(f"h{k}", h) for k, h in enumerate(hypotheses))
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)", "equation", named, **details)


def why_true(claim: Claim, variant: Statement) -> str:
    """Why a variant is true; '' where no proof is found."""
    return still_true(claim, variant) or ""


def made(statement: Statement, operator: str) -> list[Statement]:
    return [v.statement for v in variants(statement) if v.operator == operator]


P = distribution("P", n)
N = subnetwork("N", P)


@pytest.mark.parametrize(("operator", "statement", "wrong"), [
    ("flip a sign", equal(x + c, 1), equal(x - c, 1)),
    ("exchange p and 1 - p", equal(x, p), equal(x, 1 - p)),
    ("exchange p and 1 - p", equal(x, 1 - p), equal(x, p)),
    ("drop a factor", equal(x, p * c), equal(x, c)),
    ("repeat a factor", equal(x, p * c), equal(x, p**2 * c)),
    ("change a constant", equal(x, c / 2), equal(x, c / 3)),
    ("change an exponent", equal(x, c**2), equal(x, c)),
    ("reverse a relation", less_equal(x, c), sp.Ge(x, c, evaluate=False)),
    ("make a relation strict", less_equal(x, c), less(x, c)),
    ("drop a term", equal(x, c + p), equal(x, c)),
    ("exchange means", equal(NWGM(logistic(w[N])), x), equal(E(logistic(w[N])), x)),
    ("exchange means", equal(E(S**2), x), equal(E(S)**2, x)),
    ("exchange names", equal(x, logistic(x, c, lam)), equal(x, logistic(x, lam, c))),
    ("shift an index", equal(x, sp.Sum(w[i], (i, 1, n))), equal(x, sp.Sum(w[i], (i, 2, n)))),
    ("raise the order", SameToOrder(sp.exp(x), 1 + x, x, 1), SameToOrder(sp.exp(x), 1 + x, x, 2)),
    ("take the converse", implies(less(x, 0), less(x, c)), implies(less(x, c), less(x, 0))),
    ("double a side", less_equal(x, c), less_equal(x, 2 * c)),
])
def test_operators_make_what_they_say(operator: str, statement: Statement, wrong: Statement) -> None:
    assert wrong in made(statement, operator)


def test_bound_symbols_ranges_and_laws_stay() -> None:
    for variant in variants(VARIANCE):
        assert variant.statement != VARIANCE
        gated = delta in {e.family for e in variant.statement.atoms(type(delta[1]))}
        assert gated or variant.operator == "drop a factor"


def test_a_few_variants_come_from_many_operators_and_are_the_same_every_time() -> None:
    few = spread(VARIANCE, 8, "own:claim")
    assert len({v.operator for v in few}) >= 6
    assert few == spread(VARIANCE, 8, "own:claim")
    assert len(spread(VARIANCE, 1000, "own:claim")) == len(variants(VARIANCE))


def test_true_variants_are_recognised_and_wrong_ones_are_not() -> None:
    assert "normal form" in why_true(claim(VARIANCE), equal(Var(S), (p - p**2) * sp.Sum(w[i]**2, (i, 1, n))))
    assert "gate" in why_true(claim(VARIANCE), VARIANCE.xreplace({delta[i]: delta[i]**2}))
    weaker = less_equal(x, 2 * c)
    assert "follows" in why_true(claim(less_equal(x, c)), weaker)
    assert "follows" in why_true(claim(both(less_equal(x, c), less(0, p))), both(weaker, less(0, p)))
    assert still_true(claim(less_equal(x, c)), less_equal(x, c / 2)) is None
    assert still_true(claim(VARIANCE), equal(Var(S), p * sp.Sum(w[i]**2, (i, 1, n)))) is None


def test_good_evidence_rejects_every_wrong_variant() -> None:
    found = run.examine(claim(VARIANCE), {"symbolic": "proof", "exact": "exact-instances"}, Context(), limit=6)
    assert len(found.wrong) == 6
    assert all({"symbolic", "exact"} <= set(t.killed) for t in found.wrong)


def test_evidence_that_rejects_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = checker("exact", lambda claim: None)(lambda claim, context: Finding("holds", "exact-instances", "x = 0"))
    monkeypatch.setattr(run, "get_checker", lambda method: blind)
    record = record_of(run.examine(claim(VARIANCE), {"exact": "exact-instances"}, Context(), limit=4))
    assert record["methods"]["exact"]["killed"] == record["killed"] == 0
    survivors = record["methods"]["exact"]["survivors"]
    assert [s["latex"] for s in survivors] == [s["latex"] for s in record["unrefuted"]]
    assert len(survivors) > 4, "a method that rejects nothing gets further variants"
    assert survivors[0]["note"] == "x = 0"
    assert record["blind"] == {"exact": f"x = 0 ({len(survivors)} times)"}
    assert all("false at" in s["why"] and not s["killed_by"] for s in record["unrefuted"])
    assert scores.totals([record])["kill_rate"] == 0


def test_survivors_are_explained() -> None:
    def why(statement: Statement, variant: Statement, *hypotheses: Statement, **details: Any) -> str:
        claims = [claim(s, *hypotheses, **details) for s in (statement, variant)]
        seen = Unrefuted(*claims)
        seen.look(Context(fast=True))
        return seen.told()

    told = why(less_equal(0, x**2), less_equal(0, 3 * x**2))
    assert "weaker than the claim or the same at each, with equality" in told
    assert "never closer than 0.5 of the larger" in why(less_equal(c, 3 * c), less_equal(c, 2 * c))
    late = less_equal(sp.Sum(w[i]**0, (i, 1, n)), 3)
    told = why(late, late, limits={"max_size": 2})
    assert told.startswith("true at each of") and "beyond the sizes that are checked" in told and "n = " in told
    left_out = {"not_applicable": {"exact": "left out"}}
    assert "which none of the claim's methods tries" in why(less_equal(x, x + c), less_equal(x + c, x), **left_out)
    assert "no instance" in why(SameToOrder(sp.exp(x), 1 + x, x, 1), SameToOrder(sp.exp(x), 1 + x, x, 2))


def test_what_is_told_of_survivors_is_bounded_by_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger instances go over the limit and are counted as undecided; the words do not depend on the time it takes."""
    bounded = [claim(s) for s in (less_equal(Var(S), sp.Sum(w[i]**2, (i, 1, n))),
                                  less_equal(Var(S), 2 * sp.Sum(w[i]**2, (i, 1, n))))]

    def told() -> str:
        seen = Unrefuted(*bounded)
        seen.look(Context(fast=True))
        return seen.told()

    in_full = told()
    monkeypatch.setattr(survivors, "MOST_OPERATIONS", 200)
    in_part = told()
    assert in_part == told() and "operations" not in in_full
    assert "undecided at" in in_part and "(more than 200 operations)" in in_part
    monkeypatch.setattr(survivors, "MOST_OPERATIONS", 3)
    assert told() == "decided at no instance: more than 3 operations"


def test_what_runs_away_is_told_without_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(self: Any, context: Context) -> None:
        while True:
            pass

    monkeypatch.setattr(Unrefuted, "look", look)
    monkeypatch.setattr(run, "SECONDS", 0.2)
    assert run._explained(claim(less_equal(x, x)), claim(less_equal(x, x)), Context()) == \
        "judging it at instances takes too long"


def test_what_is_on_record_of_survivors_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = checker("exact", lambda claim: None)(lambda claim, context: Finding("holds", "exact-instances", "x = 0"))
    monkeypatch.setattr(run, "get_checker", lambda method: blind)
    record = record_of(run.examine(claim(less_equal(0, x**2)), {"exact": "exact-instances"}, Context(), limit=1))
    monkeypatch.setattr(scores, "MUTATION", tmp_path / "mutation.json")
    scores.record_mutants({"own:claim": record}, scores.MUTATION)
    _, rejects, first, *_ = scores.mutants_spelled("own:claim", record["fingerprint"])
    assert rejects.startswith("exact rejects none of") and "x = 0" in rejects
    assert first.startswith("survives (") and "false at x = " in first


def test_a_variant_that_a_hypothesis_makes_true_is_set_aside() -> None:
    zero = claim(equal(x + x, 2 * x), equal(x, 0))
    assert "follows" in why_true(zero, equal(x + x, 3 * x))


def test_a_proof_is_tried_on_the_variant_itself() -> None:
    true = claim(less_equal(x, c), less_equal(x, c / 2))

    def proof() -> Theorem:  # concludes whatever the claim says, from its hypothesis
        return arithmetic(true.statement, assume(less_equal(x, c / 2)))

    found = run.examine(true, {"symbolic": "proof", "exact": "exact-instances"}, Context(fast=True), 6, proof)
    assert true.statement == less_equal(x, c), "the claim must be itself again"
    assert all(t.killed["symbolic"] == "refused" for t in found.wrong)
    assert [t for t in found.trials if t.true_because]
    assert not any(t.contradiction for t in found.trials)


def test_a_proof_that_accepts_what_has_a_counterexample_is_a_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dropout_theory.proof.logic.matches", lambda found, wanted: True)
    record = record_of(run.examine(claim(equal(x + x, 2 * x)), {"symbolic": "proof", "exact": "exact-instances"},
                                   Context(fast=True), 3, lambda: identity(x + x, 2 * x)))
    assert len(record["contradictions"]) == record["variants"] >= 3
    assert record["methods"]["symbolic"]["survived"] == record["variants"]


def test_json_has_the_published_shape() -> None:
    record = record_of(run.examine(claim(VARIANCE), {"symbolic": "proof", "montecarlo": "statistical"}, Context(), 3))
    data = json.loads(json.dumps(cli_mutants.as_json([record])))
    assert [set(r) for r in data["claims"]] == [{"id", "method", "killed", "survived", "equivalent", "survivors"}] * 2
    assert all(r["killed"] + r["survived"] <= 3 for r in data["claims"])
    assert data["kill_rate"] == 1.0


def test_record_is_read_back_and_a_changed_statement_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = record_of(run.examine(claim(VARIANCE), {"exact": "exact-instances"}, Context(fast=True), 3))
    monkeypatch.setattr(scores, "MUTATION", tmp_path / "mutation.json")
    scores.record_mutants({"own:claim": record}, scores.MUTATION)
    line, *_ = scores.mutants_spelled("own:claim", record["fingerprint"])
    assert line.startswith("3 of 3 wrong variants rejected") and "exact 3/3" in line
    assert scores.mutants_spelled("own:claim", "0" * 16) == [scores.OUT_OF_DATE]
    assert scores.mutants_spelled("own:other", "0" * 16) == []


def test_ablation_tells_needed_from_not_needed() -> None:
    needs = claim(less_equal(x**2, x), less_equal(0, x), less_equal(x, 1), less_equal(x, 5))
    found = {a.name: a for a in ablate(needs, Context(fast=True))}
    assert {name: a.outcome for name, a in found.items()} == {"h0": "needed", "h1": "needed", "h2": "not needed"}
    outside = sp.Rational(found["h1"].witness["instance"]["x"])
    assert 1 < outside <= 5


def test_ablation_widens_domains_and_sees_where_nothing_is_defined() -> None:
    positive = {a.name: a for a in ablate(claim(equal(c / c**2, 1 / c)), Context(fast=True))}
    (name, only), = positive.items()
    assert "positive real" in name and only.outcome == "needed" and "division by zero" in only.reason
    assert not ablate(claim(VARIANCE), Context(fast=True)), "a keep probability is not widened: the gates depend on it"


def test_ablation_uses_the_proof_of_the_claim() -> None:
    two = claim(less_equal(x, c), less_equal(x, c / 2), less(0, p))
    found = ablate(two, Context(fast=True), lambda: arithmetic(two.statement, assume(less_equal(x, c / 2))))
    outcome = {a.name: a.outcome for a in found if a.kind == "hypothesis"}
    assert outcome == {"h0": "needed", "h1": "not needed"}


def test_only_claims_on_record_as_true_are_tried() -> None:
    recorded = Ledger({"claims": [{"id": "toy:eq1", "verdict": "proved"}, {"id": "toy:eq2", "verdict": "refuted"},
                                  {"id": "toy:eq3", "verdict": "proved"}]})
    chosen, left_out = holding(fake_claims.registry(), ["toy:eq?"], recorded)
    assert [c.id for c in chosen] == ["toy:eq1"]
    assert left_out == {"toy:eq2": "refuted", "toy:eq3": "no formal statement"}


def test_means_are_exchanged_only_where_they_make_sense() -> None:
    assert not made(equal(E(S), x), "exchange means")
    assert equal(NWGM(w[N]), G(w[N])) in made(equal(E(w[N]), G(w[N])), "exchange means")


def test_an_interrupt_keeps_what_is_finished() -> None:
    def item(claim: Claim, settings: Any, context: Context, registry: Any) -> dict[str, Any]:
        if claim.id == "toy:eq2":
            raise KeyboardInterrupt
        return {"id": claim.id, "contradictions": []}

    tasks = [(i, "mutants") for i in ("toy:eq1", "toy:eq2", "toy:eq3.1")]
    outcome = campaign(tasks, Context(), item, lambda: {"mutants": None}, fake_claims.registry, None)
    assert outcome.interrupted
    assert list(outcome.records) == ["toy:eq1"]


@pytest.mark.parametrize(("name", "left", "method"), [
    ("lem16-all-sizes", lambda left: 1 / (1 / left - 3), "exact"),  # 1/(2K + 1) for 1/(2(K + 2))
    ("lem16-all-sizes", lambda left: 1 / (1 / left - 3), "montecarlo"),
    ("thm18.2", lambda left: 2 * left, "montecarlo"),
])
def test_bounds_that_are_slightly_too_large_are_seen(name: str, left: Callable[[Expr], Expr], method: str) -> None:
    (bound,) = papers().select([f"helmbold2017:{name}"])
    too_large = less_equal(sp.simplify(left(bound.statement.lhs)), bound.statement.rhs)
    context = Context(shrink=False)
    assert get_checker(method).check(bound, context).outcome == "holds"
    found = get_checker(method).check(dataclasses.replace(bound, statement=too_large), context)
    assert found.outcome == "fails"


def test_commands_write_json_and_say_what_survived(tmp_path: Path) -> None:
    name = "baldi2014:sec7-strict-if-constant.amended"

    def call(command: Command, *arguments: str) -> tuple[str, Any]:
        file = tmp_path / "found.json"
        done = CliRunner().invoke(command, [name, "baldi2014:eq57", "--jobs", "1", "--json", str(file), *arguments],
                                  standalone_mode=False)
        assert done.return_value == 0, done.output
        return done.output, json.loads(file.read_text())

    shown, data = call(cli_mutants.mutants, "--limit", "1", "--method", "exact")
    assert "left out: 1 refuted" in shown and "exact       killed" in shown
    assert [(r["id"], r["method"], r["killed"] + r["survived"]) for r in data["claims"]] == [(name, "exact", 1)]
    shown, data = call(cli_mutants.ablate)
    assert "not constant: needed, false without it at" in shown
    assert {h["outcome"] for h in data["claims"][0]["hypotheses"]} == {"needed"}


def test_a_proof_that_looks_past_a_division_does_not_count() -> None:
    limit = claim(SameToOrder(c / c + x / lam, 1 + x / lam, x, 1), different(lam, 0))
    (only,) = [a for a in ablate(limit, Context(fast=True)) if a.kind == "hypothesis"]
    assert only.outcome == "needed" and only.reason == "without meaning otherwise: undefined: 1/λ"
    assert only.witness["instance"] == {"lambda": "0"}
