"""Instances that meet no premise are no support for an implication."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.claims import Claim
from dropout_theory.evaluation.vacuity import Premises
from dropout_theory.language import (
    REAL,
    ForEach,
    Scalar,
    Statement,
    both,
    different,
    equal,
    equivalent,
    implies,
    index,
    less,
    less_equal,
    size,
    weights,
)
from dropout_theory.verdicts.kernel import Context, Evidence

n, i, x, y = size("n"), index("i"), Scalar("x", REAL), Scalar("y", REAL)
w = weights("w", n)
RARE = sp.Rational(355, 113)  # nobody draws this
HIT = implies(equal(x + y, RARE), less(sp.pi, x + y))


def found(statement: Statement, method: str, **details: Any) -> Evidence:
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", **details)
    return get_checker(method).check(claim, Context(fast=True))


@pytest.mark.parametrize("method", ["exact", "property"])
@pytest.mark.parametrize("statement", [
    HIT,
    both(less_equal(0, x**2), HIT),
    ForEach(implies(equal(w[i], RARE), less(sp.pi, w[i])), (i, 1, n)),
    equivalent(equal(x + y, RARE), equal(x + y - RARE, 0)),
])
def test_a_premise_that_is_never_met_leaves_the_question_open(statement: Statement, method: str) -> None:
    evidence = found(statement, method)
    assert evidence.outcome == "unknown"
    assert "meets the premise" in evidence.scope and "355/113" in evidence.scope


def test_one_instance_that_meets_it_is_enough() -> None:
    assert found(HIT, "exact", admissible={x: RARE, y: 0}).outcome == "holds"
    assert found(implies(less(0, x), different(x, 0)), "exact").outcome == "holds"


def test_a_wrong_implication_is_refuted_all_the_same() -> None:
    assert found(implies(less(0, x), less(x, 0)), "exact").outcome == "fails"
    assert found(implies(less(0, x), less(x, 0)), "property").outcome == "fails"


def test_each_implication_must_be_met() -> None:
    premises = Premises(both(implies(less(0, x), less(0, 2 * x)), HIT))
    premises.see({x: sp.Integer(1), y: sp.S.Zero})
    assert premises.unmet == [HIT]
    premises.see({x: RARE, y: sp.S.Zero})
    assert not premises.unmet
