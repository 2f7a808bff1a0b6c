"""Wrong statements are refuted, true ones that look suspicious are not."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

import planted
import pytest

from dropout_theory.checkers import all_checkers
from dropout_theory.claims import Claim
from dropout_theory.language import REAL, Scalar, equal
from dropout_theory.verdicts.kernel import METHODS, Context, Evidence, derive

PLANTS = [importlib.import_module(f"planted.{m.name}").PLANT for m in pkgutil.iter_modules(planted.__path__)]
EVEN = equal(Scalar("x", REAL) ** 2, 2)
WRONG = [pytest.param(claim, methods, id=claim.label) for plant in PLANTS for claim, methods in plant.wrong]
TRUE = [pytest.param(claim, id=claim.label) for plant in PLANTS for claim in plant.true]


def evidence_on(claim: Claim, methods: Iterable[str] = METHODS) -> list[Evidence]:
    context = Context(fast=True, shrink=False)
    return [checker.check(claim, context) for method, checker in all_checkers().items()
            if method in methods and checker.applies(claim) is None]


def test_there_are_enough_planted_statements() -> None:
    assert len(WRONG) >= 40
    assert len(TRUE) >= 20
    several = sum(len(methods) > 1 for plant in PLANTS for _, methods in plant.wrong)
    assert several >= 20, "too few wrong statements are caught by more than one method"


def test_mistakes_in_planting_are_errors() -> None:
    plant = planted.Plant("planting")
    plant.refuted("once", EVEN, by="exact")
    assert plant.wrong[0][1] == ("exact",)
    for by in (("exact", "symblic"), "exactly", ()):
        with pytest.raises(ValueError, match="allowed: some of admissible, symbolic"):
            plant.refuted("misspelt", EVEN, by=by)
    with pytest.raises(ValueError, match="planting:planted-wrong-once is planted twice"):
        planted.Plant("planting").refuted("once", EVEN)


@pytest.mark.parametrize(("claim", "methods"), WRONG)
def test_wrong_statement_is_refuted(claim: Claim, methods: Iterable[str]) -> None:
    # the proofs are always tried: a wrong statement that one of them accepts is a contradiction
    found = evidence_on(claim, {"admissible", "symbolic", *methods})
    failing = {e.method for e in found if e.outcome == "fails"}
    assert set(methods) <= failing, f"expected {methods}, refuted by {sorted(failing)}"
    assert derive(claim, found).verdict == "refuted"


@pytest.mark.parametrize("claim", TRUE)
def test_true_statement_is_not_refuted(claim: Claim) -> None:
    found = evidence_on(claim)
    assert not [e for e in found if e.outcome == "fails"]
    assert derive(claim, found, lambda _: "proved").verdict in ("proved", "supported")
