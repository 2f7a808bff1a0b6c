"""The kernel: what evidence may do to a verdict, and what it must never do."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import pickle
from collections.abc import Iterable
from typing import Any

import pytest
import sympy as sp
from fake_claims import HOLDS, UNKNOWN, WRONG, X

from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import Statement, equal, less_equal
from dropout_theory.verdicts.kernel import (
    METHODS,
    OUTCOMES,
    RIGORS,
    Context,
    Contradiction,
    Evidence,
    Finding,
    StaleEvidence,
    Verdict,
    checker,
    derive,
    derive_all,
    obligation_lines,
    recall,
)
from dropout_theory.verdicts.methods import declared
from dropout_theory.verdicts.records import record_of

TRUE = less_equal(0, X**2)
INSTANCES = Finding("holds", "exact-instances", "x = 0, 1, 2")

Found = list[tuple[str, Finding]]  # what the methods found of a claim


def claim(label: str = "eq1", statement: Statement | None = TRUE, **details: Any) -> Claim:
    return Claim(f"toy:{label}", "a title", statement, "1", "eq. (1)", **details)


def evidence(of: Claim, method: str, found: Finding) -> Evidence:
    return checker(method, lambda _: None)(lambda *_: found).check(of, Context())


def admissible(of: Claim) -> Evidence:
    return evidence(of, "admissible", Finding("holds", "exact-instances", "x = 1"))


def verdict(of: Claim, *found: tuple[str, Finding], instance: bool = True) -> Verdict:
    items = [evidence(of, m, f) for m, f in found] + ([admissible(of)] if instance else [])
    return derive(of, items)


def able(rigor: str) -> list[str]:
    """The methods that may find something with a rigor: those that declare it, or a higher one."""
    return [m.name for m in declared().values() if m.rigor and RIGORS.index(m.rigor) <= RIGORS.index(rigor)]


def proof_from(*depends_on: str) -> Finding:
    return Finding("holds", "proof", "all x", depends_on=depends_on)


# --- unknown never passes ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("method,rigor", [(m, rigor) for rigor in RIGORS for m in able(rigor)])
def test_unknown_alone_is_open(method: str, rigor: str) -> None:
    got = verdict(claim(), (method, Finding("unknown", rigor, "gave up")))
    assert got.verdict == "open" and "gave up" in got.reason


def test_every_method_unknown_is_open() -> None:
    unknown = [(m.name, Finding("unknown", m.rigor, "gave up")) for m in declared().values() if m.rigor]
    assert len(unknown) == len(METHODS) - 1 and verdict(claim(), *unknown).verdict == "open"


def test_unknown_adds_nothing_to_support_and_does_not_lower_a_proof() -> None:
    assert verdict(claim(), ("exact", INSTANCES), ("symbolic", UNKNOWN)).verdict == "supported"
    assert verdict(claim(), ("symbolic", HOLDS), ("exact", UNKNOWN)).verdict == "proved"


def test_no_evidence_is_open() -> None:
    assert verdict(claim()).verdict == "open"
    assert verdict(claim(), instance=False).verdict == "open"


def test_unknown_admissible_instance_is_no_instance() -> None:
    of = claim()
    items = [evidence(of, "admissible", Finding("unknown", "exact-instances", "none found")),
             evidence(of, "symbolic", HOLDS)]
    got = derive(of, items)
    assert got.verdict == "open" and "hypotheses" in got.reason


# --- what makes each verdict ------------------------------------------------------------------------------------

def test_unsatisfiable_hypotheses_cannot_be_proved() -> None:
    assert verdict(claim(), ("symbolic", HOLDS), instance=False).verdict == "open"


def test_an_undischarged_obligation_is_open_whatever_holds_and_refuted_by_what_fails() -> None:
    owed = [{"said": "0 <= x <= 1", "discharged": False}, {"said": "0 <= y <= 1", "discharged": True}]
    of = claim()
    instance = evidence(of, "admissible", Finding("holds", "exact-instances", "x = 1", {"obligations": owed}))
    got = derive(of, [instance, *(evidence(of, m, HOLDS) for m in able("proof")), evidence(of, "exact", INSTANCES)])
    assert got.verdict == "open" and "0 <= x <= 1" in got.reason and "<= y" not in got.reason
    assert derive(of, [instance, evidence(of, "exact", WRONG)]).verdict == "refuted"
    assert obligation_lines([instance]) == obligation_lines([record_of(instance)]) == [
        "obligation: 0 <= x <= 1: undischarged", "obligation: 0 <= y <= 1: discharged"]
    owed[0]["discharged"] = True
    instance = evidence(of, "admissible", Finding("holds", "exact-instances", "x = 1", {"obligations": owed}))
    assert derive(of, [instance, evidence(of, "symbolic", HOLDS)]).verdict == "proved"


@pytest.mark.parametrize("rigor", ["exact-instances", "statistical", "sampled"])
def test_only_a_proof_proves(rigor: str) -> None:
    assert verdict(claim(), *((m, Finding("holds", rigor, "")) for m in able(rigor))).verdict == "supported"


def test_exact_counterexample_refutes_whatever_else_holds() -> None:
    assert verdict(claim(), ("exact", WRONG), ("montecarlo", Finding("holds", "statistical", ""))).verdict == "refuted"


def test_refuted_without_an_admissible_instance() -> None:
    assert verdict(claim(), ("exact", WRONG), instance=False).verdict == "refuted"


def test_statistical_failure_refutes_nothing_but_withdraws_support() -> None:
    got = verdict(claim(), ("montecarlo", Finding("fails", "statistical", "z")),
                  ("exact", INSTANCES))
    assert got.verdict == "open" and "montecarlo" in got.reason


def test_sampled_counterexample_refutes() -> None:
    assert verdict(claim(), ("property", Finding("fails", "sampled", "", counterexample={"x": 2}))).verdict == "refuted"
    assert verdict(claim(), ("property", Finding("fails", "sampled", ""))).verdict == "open"


def test_definition_and_ill_formed() -> None:
    assert verdict(claim(kind="definition"), instance=False).verdict == "definition"
    got = verdict(claim(), ("symbolic", Finding("unknown", "proof", "divides by zero", ill_formed=True)))
    assert got.verdict == "ill-formed" and got.reason == "divides by zero"


def test_a_definition_can_still_be_refuted() -> None:
    assert verdict(claim(kind="definition"), ("exact", WRONG)).verdict == "refuted"


# --- contradictions ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("against", [WRONG, Finding("fails", "statistical", ""),
                                     Finding("fails", "sampled", "", counterexample={"x": 1})])
@pytest.mark.parametrize("order", [0, 1])
def test_proof_against_any_failure_is_a_contradiction(against: Finding, order: int) -> None:
    found = [("symbolic", HOLDS), ("exact", against)]
    with pytest.raises(Contradiction) as error:
        verdict(claim(), *(found[::-1] if order else found))
    assert error.value.claims == ("toy:eq1",)


def test_contradiction_even_when_ill_formed_or_without_instance() -> None:
    with pytest.raises(Contradiction):
        verdict(claim(), ("symbolic", HOLDS), ("exact", WRONG), instance=False)


def test_conditional_proof_against_counterexample_refutes() -> None:
    """A proof from an unproved premise does not clash with a counterexample: the premise may be what is false."""
    got = verdict(claim(), ("symbolic", proof_from("toy:unproved")), ("exact", WRONG))
    assert got.verdict == "refuted"


def test_no_combination_of_evidence_proves_without_a_proof() -> None:
    """All pairs of outcome and rigor by two methods: `proved` only with an unconditional proof and no failure."""
    kinds = [(o, r) for o in OUTCOMES for r in RIGORS]
    for first, second in itertools.product(kinds, repeat=2):
        found = [(m, Finding(o, r, "", counterexample={"x": 1} if o == "fails" else None))
                 for m, (o, r) in zip(("symbolic", "decide"), (first, second), strict=True)]
        has_proof = ("holds", "proof") in (first, second)
        has_failure = "fails" in (first[0], second[0])
        if has_proof and has_failure:
            with pytest.raises(Contradiction):
                verdict(claim(), *found)
        else:
            got = verdict(claim(), *found).verdict
            assert (got == "proved") == has_proof
            assert (got == "refuted") == any(o == "fails" and r != "statistical" for o, r in (first, second))
            if first[0] == second[0] == "unknown":
                assert got == "open"


# --- dependencies -----------------------------------------------------------------------------------------------

def everything(claims: list[Claim], found: dict[str, Found], classical: Iterable[str] = ()) -> dict[str, Verdict]:
    items = [evidence(c, m, f) for c in claims for m, f in found.get(c.label, ())]
    return derive_all(claims, items + [admissible(c) for c in claims if c.statement is not None], classical)


def test_proof_from_a_proved_claim_proves() -> None:
    a, b = claim("eq1"), claim("eq2")
    got = everything([a, b], {"eq1": [("symbolic", proof_from("toy:eq2"))], "eq2": [("symbolic", HOLDS)]})
    assert [v.verdict for v in got.values()] == ["proved", "proved"]


SUPPORTED = [("exact", INSTANCES)]


@pytest.mark.parametrize("premise,expected", [([], "open"), ([("symbolic", UNKNOWN)], "open"), (SUPPORTED, "supported"),
                                              ([("exact", WRONG)], "open")])
def test_unproved_premise_shows_and_lends_only_what_it_has(premise: Found, expected: str) -> None:
    got = everything([claim("eq1"), claim("eq2")], {"eq1": [("symbolic", proof_from("toy:eq2"))], "eq2": premise})
    assert got["toy:eq1"].verdict == expected
    assert got["toy:eq1"].unproved == ("toy:eq2",) and "toy:eq2" in got["toy:eq1"].reason


def test_other_evidence_supports_beside_a_proof_from_a_refuted_premise() -> None:
    found = {"eq1": [("symbolic", proof_from("toy:eq2")), *SUPPORTED], "eq2": [("exact", WRONG)]}
    got = everything([claim("eq1"), claim("eq2")], found)["toy:eq1"]
    assert got.verdict == "supported" and got.unproved == ("toy:eq2",)


def test_unproved_premise_far_down_the_chain_shows() -> None:
    claims = [claim(f"eq{i}") for i in range(1, 5)]
    found = {f"eq{i}": [("symbolic", proof_from(f"toy:eq{i + 1}"))] for i in range(1, 4)}
    got = everything(claims, found)
    assert [got[c.id].verdict for c in claims] == ["open"] * 4
    got = everything(claims, {**found, "eq4": SUPPORTED})
    assert [got[c.id].verdict for c in claims] == ["supported"] * 4
    got = everything(claims, {**found, "eq4": [("symbolic", HOLDS)]})
    assert [got[c.id].verdict for c in claims] == ["proved"] * 4


def test_premise_that_is_no_claim_is_unproved_and_a_classical_fact_is_proved() -> None:
    found = {"eq1": [("symbolic", proof_from("mean-value-theorem"))]}
    assert everything([claim()], found)["toy:eq1"].verdict == "open"
    assert everything([claim()], found, ["mean-value-theorem"])["toy:eq1"].verdict == "proved"


def test_one_unconditional_proof_is_enough() -> None:
    found = {"eq1": [("symbolic", proof_from("nowhere")), ("decide", HOLDS)]}
    assert everything([claim()], found)["toy:eq1"].verdict == "proved"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_circular_proof_is_a_contradiction(length: int) -> None:
    claims = [claim(f"eq{i}") for i in range(length)]
    found = {f"eq{i}": [("symbolic", proof_from(f"toy:eq{(i + 1) % length}"))] for i in range(length)}
    with pytest.raises(Contradiction, match="circular") as error:
        everything(claims, found)
    assert set(error.value.claims) == {c.id for c in claims}


def test_circle_behind_an_innocent_claim_names_the_circle_only() -> None:
    found = {"eq1": [("symbolic", proof_from("toy:eq2"))], "eq2": [("symbolic", proof_from("toy:eq3"))],
             "eq3": [("symbolic", proof_from("toy:eq2"))]}
    with pytest.raises(Contradiction) as error:
        everything([claim("eq1"), claim("eq2"), claim("eq3")], found)
    assert set(error.value.claims) == {"toy:eq2", "toy:eq3"}


def test_order_of_claims_and_evidence_does_not_matter() -> None:
    claims = [claim(f"eq{i}") for i in range(1, 4)]
    found = {"eq1": [("symbolic", proof_from("toy:eq2"))], "eq2": [("symbolic", proof_from("toy:eq3"))],
             "eq3": [("symbolic", HOLDS), ("exact", UNKNOWN)]}
    results = [everything(list(order), found) for order in itertools.permutations(claims)]
    assert all(r == results[0] for r in results)


# --- wholes, parts, amendments ----------------------------------------------------------------------------------

PART = {"proved": [("symbolic", HOLDS)], "supported": [("exact", INSTANCES)],
        "refuted": [("exact", WRONG)], "open": [("symbolic", UNKNOWN)],
        "ill-formed": [("symbolic", Finding("unknown", "proof", "no meaning", ill_formed=True))]}
WORST_FIRST = ("refuted", "ill-formed", "open", "supported", "proved")


@pytest.mark.parametrize("first,second", list(itertools.product(WORST_FIRST, repeat=2)))
def test_whole_is_as_bad_as_its_worst_part(first: str, second: str) -> None:
    whole = claim("eq7", None)
    got = everything([whole, claim("eq7.1"), claim("eq7.2")], {"eq7.1": PART[first], "eq7.2": PART[second]})
    assert got["toy:eq7"].verdict == min(first, second, key=WORST_FIRST.index)


def test_refuted_whole_is_refuted_though_its_parts_hold() -> None:
    whole = claim("eq7")
    found: dict[str, Found] = {"eq7": [("exact", WRONG)], "eq7.1": [("symbolic", HOLDS)]}
    got = everything([whole, claim("eq7.1")], found)["toy:eq7"]
    assert got.verdict == "refuted" and got.reason == "counterexample found by exact"


def test_a_whole_is_no_part_of_itself() -> None:
    found: dict[str, Found] = {"eq7": [("exact", WRONG)], "eq7.1": [("decide", WRONG)], "eq7.2": [("symbolic", HOLDS)]}
    got = everything([claim("eq7"), claim("eq7.1"), claim("eq7.2")], found)["toy:eq7"]
    assert got.reason == "counterexample found by exact; derived from its parts: toy:eq7.1 refuted"


def test_a_definition_among_proved_parts_does_not_stop_the_whole() -> None:
    claims = [claim("eq7", None), claim("eq7.1", kind="definition"), claim("eq7.2")]
    assert everything(claims, {"eq7.2": [("symbolic", HOLDS)]})["toy:eq7"].verdict == "proved"


def amended(added: bool = True, statement: Statement = TRUE) -> Claim:
    hypotheses = (Hypothesis("positive", sp.Gt(X, 0, evaluate=False)),) if added else ()
    return claim("eq1.amended", statement, kind="amended", hypotheses=hypotheses)


@pytest.mark.parametrize("repair,expected", [("proved", "conditional"), ("supported", "conditional"),
                                             ("open", "refuted"), ("refuted", "refuted")])
def test_conditional_needs_an_established_amendment(repair: str, expected: str) -> None:
    got = everything([claim(), amended()], {"eq1": [("exact", WRONG)], "eq1.amended": PART[repair]})
    assert got["toy:eq1"].verdict == expected


def test_conditional_needs_the_same_statement_and_more_hypotheses() -> None:
    other = equal(X**2, 1)
    for repaired in (amended(added=False), amended(statement=other)):
        got = everything([claim(), repaired], {"eq1": [("exact", WRONG)], "eq1.amended": PART["proved"]})
        assert got["toy:eq1"].verdict == "refuted"


def test_conditional_is_not_proved_for_those_who_use_it() -> None:
    found = {"eq1": [("exact", WRONG)], "eq1.amended": PART["proved"], "eq2": [("symbolic", proof_from("toy:eq1"))]}
    assert everything([claim(), amended(), claim("eq2")], found)["toy:eq2"].verdict == "open"


# --- evidence cannot be forged ----------------------------------------------------------------------------------

def test_evidence_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="checkers only"):
        Evidence("toy:eq1", "symbolic", "holds", "proof", "all x")
    with pytest.raises(TypeError, match="checkers only"):
        Evidence("toy:eq1", "symbolic", "holds", "proof", "all x", _token=object())


def test_evidence_cannot_be_altered() -> None:
    real = evidence(claim(), "symbolic", UNKNOWN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        real.outcome = "holds"  # type: ignore[misc]
    with pytest.raises(TypeError):
        dataclasses.replace(real, outcome="holds")
    assert not any("token" in name for name in vars(real))


def test_lookalikes_are_refused() -> None:
    class Lookalike:
        claim, method, outcome, rigor, scope = "toy:eq1", "symbolic", "holds", "proof", ""
        depends_on, ill_formed, counterexample = (), False, None

    lookalikes: list[Any] = [Lookalike()]
    with pytest.raises(TypeError, match="Lookalike"):
        derive(claim(), lookalikes)
    with pytest.raises(TypeError, match="Lookalike"):
        derive_all([claim()], lookalikes)


def test_evidence_about_another_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="toy:eq2"):
        derive(claim("eq1"), [evidence(claim("eq2"), "symbolic", HOLDS)])


def test_copies_of_evidence_stay_what_they_are() -> None:
    real = evidence(claim(), "symbolic", HOLDS)
    assert pickle.loads(pickle.dumps(real)) == real == copy.copy(real)


@pytest.mark.parametrize("found", [Finding("maybe", "proof", ""), Finding("holds", "certain", "")])
def test_unknown_words_are_refused(found: Finding) -> None:
    with pytest.raises(ValueError, match="allowed"):
        evidence(claim(), "symbolic", found)


@pytest.mark.parametrize(("method", "rigor"), [("symbolic", "proof"), ("exact", "exact-instances")])
def test_exact_refutation_without_a_counterexample_is_refused(method: str, rigor: str) -> None:
    with pytest.raises(ValueError, match="counterexample"):
        evidence(claim(), method, Finding("fails", rigor, "somewhere"))


def test_admissible_instance_is_never_a_proof() -> None:
    with pytest.raises(ValueError, match="admissible found it by proof; allowed"):
        evidence(claim(), "admissible", HOLDS)


@pytest.mark.parametrize("method,rigor", [(m, rigor) for rigor in RIGORS for m in METHODS[1:] if m not in able(rigor)])
def test_no_method_finds_with_more_rigor_than_it_declares(method: str, rigor: str) -> None:
    with pytest.raises(ValueError, match=f"toy:eq1: {method} found it by {rigor}; allowed: at best "):
        evidence(claim(), method, Finding("holds", rigor, "all x"))
    best = declared()[method].rigor
    record = {**record_of(evidence(claim(), method, Finding("holds", best, "all x"))), "rigor": rigor}
    with pytest.raises(ValueError, match="allowed: at best"):
        recall(claim(), record)


def test_a_checker_that_returns_no_finding_is_named() -> None:
    forgot: Any = checker("exact", lambda _: None)(lambda *_: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="the checker of exact returned NoneType; allowed: Finding"):
        forgot.check(claim(), Context())


def test_unknown_method_cannot_register() -> None:
    with pytest.raises(ValueError, match="allowed"):
        checker("guess", lambda _: None)


def test_what_a_claim_excludes_a_checker_does_not_run() -> None:
    made = checker("symbolic", lambda _: None)(lambda *_: HOLDS)
    assert made.applies(claim()) is None
    assert made.applies(claim(not_applicable={"symbolic": "a figure"})) == "a figure"


def test_a_checker_that_raises_makes_no_evidence() -> None:
    def find(of: Claim, context: Context) -> Finding:
        raise ArithmeticError("lost precision")

    with pytest.raises(ArithmeticError):
        checker("exact", lambda _: None)(find).check(claim(), Context())


# --- records ----------------------------------------------------------------------------------------------------

def test_record_gives_the_same_verdict() -> None:
    of = claim()
    items = [evidence(of, "symbolic", HOLDS), admissible(of)]
    assert derive(of, [recall(of, record_of(e)) for e in items]) == derive(of, items)


def test_record_of_another_statement_is_stale() -> None:
    record = record_of(evidence(claim(), "symbolic", HOLDS))
    with pytest.raises(StaleEvidence):
        recall(claim(statement=less_equal(1, X**2)), record)
    with pytest.raises(StaleEvidence):
        recall(claim(hypotheses=(Hypothesis("h", sp.Gt(X, 0, evaluate=False)),)), record)


def test_record_moved_to_another_method_or_claim_is_stale() -> None:
    record = record_of(evidence(claim(), "symbolic", HOLDS))
    with pytest.raises(StaleEvidence):
        recall(claim(), {**record, "method": "decide"})
    with pytest.raises(StaleEvidence):
        recall(claim("eq2"), record)


def test_seed_and_time_are_signed_into_evidence() -> None:
    made = checker("symbolic", lambda _: None)(lambda *_: HOLDS).check(claim(), Context(seed=7))
    assert made.seed == 7 and made.seconds >= 0 and len(made.fingerprint) == 16
