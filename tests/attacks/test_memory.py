"""Cause 14: what was found before stands in for what would be found now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import fake_claims
import pytest

from attacks.support import FALSE, HALF, e, x
from dropout_theory import run
from dropout_theory.checkers import get_checker
from dropout_theory.claims import FACTS, PROOFS, Claim, Hypothesis, Paper, Registry, Section, classical_fact, prove
from dropout_theory.language import E, equal, less_equal
from dropout_theory.proof import Theorem, arithmetic, cite, classical
from dropout_theory.report.compare import compare
from dropout_theory.report.ledger import Ledger, build
from dropout_theory.verdicts.kernel import Context, Evidence, derive, recall
from dropout_theory.verdicts.records import record_of

SQUARE = less_equal(0, x**2)


@pytest.fixture(autouse=True)
def proofs_as_before() -> Iterator[None]:
    """Proofs and facts that a test registers are gone after it."""
    proofs, facts = dict(PROOFS), dict(FACTS)
    yield
    for registered, before in ((PROOFS, proofs), (FACTS, facts)):
        registered.clear()
        registered.update(before)  # type: ignore[arg-type]


def paper(lemma: Any = SQUARE, theorem: Any = None, hypotheses: Sequence[Hypothesis] = ()) -> tuple[Claim, Claim]:
    """A lemma, under hypotheses, and a theorem of a user's own paper."""
    made = Registry()
    made.add_paper(Paper("memory", "On memory", ("A. Author",), 2020))
    claim = Section("memory", "1", made)
    KEPT.append(made)
    return (claim("lem1", title="a lemma", statement=lemma, kind="lemma", hypotheses=hypotheses),
            claim("thm1", title="a theorem", statement=less_equal(-1, x**2) if theorem is None else theorem))


KEPT: list[Registry] = []  # registries that are forgotten know no claim for a proof to belong to


def proved(claim: Claim, proof: Callable[[], Theorem]) -> Evidence:
    """The evidence of a proof that is registered in place of any before it."""
    PROOFS.pop(claim.id, None)
    prove(claim.id)(proof)
    return get_checker("symbolic").check(claim, Context())


def citing(cited: Claim, claim: Claim) -> Callable[[], Theorem]:
    """A proof from another claim: the text is the same whatever that one says."""
    return lambda: arithmetic(claim.statement, cite(cited))


def stale(claim: Claim, record: dict[str, Any]) -> None:
    """Fail unless a record no longer stands for the claim."""
    with pytest.raises(ValueError, match="(?i)fingerprint|stale|record|changed"):
        recall(claim, record)


def test_a_cited_lemma_that_changed() -> None:
    """A theorem stays proved after the lemma that it cites has become another."""
    lemma, theorem = paper()
    record = record_of(proved(theorem, citing(lemma, theorem)))
    other, theorem = paper(less_equal(0, x))
    PROOFS.pop(theorem.id, None)
    prove(theorem.id)(citing(other, theorem))
    stale(theorem, record)


def test_a_hypothesis_of_a_cited_lemma_that_changed() -> None:
    """A theorem stays proved after the lemma that it cites has got a hypothesis."""
    lemma, theorem = paper()
    record = record_of(proved(theorem, citing(lemma, theorem)))
    weaker, theorem = paper(hypotheses=[Hypothesis("not negative", less_equal(0, x))])
    PROOFS.pop(theorem.id, None)
    prove(theorem.id)(citing(weaker, theorem))
    stale(theorem, record)


def test_a_proof_that_changed() -> None:
    """A theorem stays proved after its proof has been replaced by one that fails."""
    _, theorem = paper()
    record = record_of(proved(theorem, lambda: arithmetic(theorem.statement)))

    def broken() -> Theorem:
        return arithmetic(FALSE)

    PROOFS.pop(theorem.id)
    prove(theorem.id)(broken)
    stale(theorem, record)


def test_a_proof_that_is_gone() -> None:
    """A theorem that no rule proves by itself stays proved after its proof is gone."""
    _, theorem = paper()
    record = record_of(proved(theorem, lambda: arithmetic(theorem.statement)))
    PROOFS.pop(theorem.id)
    stale(theorem, record)


def test_a_classical_fact_that_changed() -> None:
    """A theorem stays proved after the classical fact that it uses has become another."""
    _, theorem = paper()
    classical_fact("memory of squares", SQUARE, "any book on real numbers")
    record = record_of(proved(theorem, lambda: arithmetic(theorem.statement, classical("memory of squares"))))
    FACTS.pop("memory of squares")
    classical_fact("memory of squares", less_equal(-1, x**2), "any book on real numbers")
    stale(theorem, record)


def test_a_statement_that_changed() -> None:
    """Another statement under the same name stays proved."""
    _, theorem = paper()
    record = record_of(proved(theorem, lambda: arithmetic(theorem.statement)))
    stale(replace(theorem, statement=equal(x**2, x)), record)
    stale(replace(theorem, hypotheses=(Hypothesis("none", less_equal(1, x)),)), record)


@pytest.mark.parametrize("edit", [
    {"method": "montecarlo", "rigor": "proof"}, {"method": "property", "rigor": "proof"},
    {"method": "exact", "rigor": "proof", "scope": "12 exact instances"},
    {"method": "montecarlo", "rigor": "exact-instances"},
], ids=str)
def test_a_record_of_more_rigor_than_its_method_has(edit: dict[str, str]) -> None:
    """A claim is proved by a record that says that sampling proved it."""
    _, theorem = paper(theorem=less_equal(E(e[1]), HALF))
    honest = record_of(get_checker(edit["method"]).check(theorem, Context(fast=True)))
    record = {**honest, "outcome": "holds", **edit}
    try:
        found = derive(theorem, [recall(theorem, record), get_checker("admissible").check(theorem, Context())])
    except ValueError:
        return
    assert found.verdict != "proved"


def recorded() -> Ledger:
    """The ledger of the toy paper."""
    return build(fake_claims.registry(), toy())


def toy(**options: Any) -> Any:
    """A run over the toy paper."""
    return run(**{"claims": fake_claims.registry, "checkers": fake_claims.checkers, **options})


def edited(identifier: str, method: str, **changes: Any) -> Ledger:
    """The ledger with one record changed by hand, which took long."""
    ledger = recorded()
    for item in ledger[identifier]["evidence"]:
        if item["method"] == method:
            item.update({"seconds": 100.0, **changes})
    ledger[identifier]["verdict"] = "proved"
    return ledger


@pytest.mark.parametrize("options", [{"context": Context(fast=True)}, {}], ids=["fast", "full"])
def test_a_record_changed_by_hand(options: dict[str, Any]) -> None:
    """An open claim is proved, and agrees, by a record that was edited."""
    ledger = edited("toy:sec1-open", "symbolic", outcome="holds", rigor="proof")
    found = toy(recorded=ledger, **options)
    proved_ = "toy:sec1-open" in found.verdicts and found.verdicts["toy:sec1-open"].verdict == "proved"
    assert not (proved_ and compare(found, ledger).state("toy:sec1-open") == "agrees")


@pytest.mark.parametrize("options", [{"context": Context(fast=True)}, {}], ids=["fast", "full"])
def test_a_refutation_edited_out(options: dict[str, Any]) -> None:
    """A refuted claim is proved, and agrees, by records that were edited."""
    ledger = edited("toy:eq2", "exact", outcome="holds", counterexample=None)
    for item in ledger["toy:eq2"]["evidence"]:
        item.update(seconds=100.0, **({"outcome": "holds"} if item["method"] == "symbolic" else {}))
    found = toy(recorded=ledger, **options)
    assert found.verdicts["toy:eq2"].verdict != "proved" or compare(found, ledger).state("toy:eq2") != "agrees"


@pytest.mark.parametrize("options", [{}, {"context": Context(fast=True)}], ids=["full", "fast"])
def test_a_failure_covered_by_an_old_record(options: dict[str, Any]) -> None:
    """A claim is proved, and agrees, although a checker of it has just failed."""
    ledger = recorded()
    found = toy(recorded=ledger, checkers=fake_claims.crashing_checkers, **options)
    assert [(f.claim, f.method) for f in found.failures] == [("toy:eq1", "exact")]
    assert "toy:eq1" in found.incomplete or "toy:eq1" not in found.verdicts
    assert compare(found, ledger).state("toy:eq1") != "agrees"


def test_good_uses() -> None:
    """What has not changed is remembered."""
    lemma, theorem = paper()
    evidence = proved(theorem, lambda: arithmetic(theorem.statement, cite(lemma)))
    assert recall(theorem, record_of(evidence)).outcome == "holds"
    ledger = recorded()
    assert compare(toy(recorded=ledger, only=["exact"]), ledger).agrees
    assert compare(toy(recorded=ledger), ledger).agrees
    assert compare(toy(recorded=ledger, context=Context(fast=True)), ledger).agrees
