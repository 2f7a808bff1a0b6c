"""The rule for excess risks in closed form refuses bounds that are not reached, or facts about other parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.language import POSITIVE, Aversion, Expr, Scalar, equal, implies, less_equal
from dropout_theory.proof import arithmetic, assume, aversion_value, discharge

u, v, lam = Scalar("u"), Scalar("v"), Scalar("lambda", POSITIVE)
RISK: Expr = (u - 1) ** 2 + 1
CRITERION: Expr = RISK + lam * u**2
LOSS = Aversion(CRITERION, RISK, (u,))
BEST = 1 / (1 + lam)
LEAST = lam * BEST + 1
EXCESS = (lam * BEST) ** 2


def pieces() -> dict[str, Any]:
    reached = equal(CRITERION, LEAST)
    return {
        "bound": arithmetic(less_equal(LEAST, CRITERION)),
        "at_optimum": discharge(reached, arithmetic(equal(RISK, EXCESS + 1), assume(reached))),
        "optimum": ({u: BEST}, arithmetic(equal(CRITERION.xreplace({u: BEST}), LEAST))),
        "risk_bound": arithmetic(less_equal(1, RISK)),
        "best": ({u: sp.S.One}, arithmetic(equal(RISK.xreplace({u: sp.S.One}), 1))),
    }


def test_ridge_regression() -> None:
    assert aversion_value(LOSS, **pieces()).conclusion == equal(LOSS, EXCESS)


@pytest.mark.parametrize(("piece", "wrong"), [
    ("bound", lambda: arithmetic(less_equal(0, CRITERION))),  # a bound that is not reached
    ("bound", lambda: arithmetic(less_equal(LEAST, CRITERION), assume(less_equal(0, u)))),
    ("bound", lambda: assume(less_equal(LEAST, CRITERION))),  # known of some parameters only
    ("risk_bound", lambda: arithmetic(less_equal(0, RISK))),
    ("risk_bound", lambda: assume(less_equal(2, RISK))),
    ("optimum", lambda: ({u: sp.S.One}, arithmetic(equal(RISK.xreplace({u: sp.S.One}), 1)))),
    ("optimum", lambda: ({v: sp.S.One}, arithmetic(equal(CRITERION, CRITERION)))),
    ("best", lambda: ({u: v}, assume(equal(RISK.xreplace({u: v}), 2)))),
    ("best", lambda: ({u: sp.sqrt(v)}, arithmetic(equal(RISK.xreplace({u: sp.S.One}), 1)))),
    ("at_optimum", lambda: assume(implies(equal(CRITERION, LEAST), equal(RISK, 2)))),
    ("at_optimum", lambda: discharge(equal(RISK, 1), arithmetic(equal(RISK, 1), assume(equal(RISK, 1))))),
])
def test_refuses(piece: str, wrong: Callable[[], Any]) -> None:
    given = pieces()
    given[piece] = wrong()
    with pytest.raises(ProofError):
        aversion_value(LOSS, **given)


def test_values_must_be_defined() -> None:
    undefined = {u: sp.log(v)}
    given = {**pieces(), "best": (undefined, assume(equal(RISK.xreplace(undefined), 1)))}
    with pytest.raises(ProofError, match="undefined"):
        aversion_value(LOSS, **given)


# --- minimisers of different risk ---------------------------------------------------------------------------------

FLAT = Aversion(sp.Max(sp.Abs(u) - 1, 0), (u - 2) ** 2, (u,))  # minimisers from -1 to 1, of risk 9 to 1


def unlike(largest: int, at: int) -> dict[str, Any]:
    reached, there = equal(FLAT.criterion, 0), {u: sp.Integer(at)}
    return {
        "bound": arithmetic(less_equal(0, FLAT.criterion)),
        "at_optimum": discharge(reached, arithmetic(less_equal(FLAT.risk, largest), assume(reached))),
        "optimum": (there, arithmetic(equal(FLAT.criterion.xreplace(there), 0))),
        "risk_bound": arithmetic(less_equal(0, FLAT.risk)),
        "best": ({u: sp.Integer(2)}, arithmetic(equal(FLAT.risk.xreplace({u: sp.Integer(2)}), 0))),
        "reached_risk": arithmetic(equal(FLAT.risk.xreplace(there), (at - 2) ** 2)),
    }


def test_the_largest_risk_of_a_minimiser() -> None:
    assert aversion_value(FLAT, **unlike(9, -1)).conclusion == equal(FLAT, 9)


def test_a_bound_on_the_risk_must_be_reached_by_a_minimiser() -> None:
    for given in (unlike(10, -1), unlike(9, 0)):
        with pytest.raises(ProofError, match="is not the value"):
            aversion_value(FLAT, **given)
    without = unlike(9, -1) | {"reached_risk": None}
    with pytest.raises(ProofError, match="is not about"):
        aversion_value(FLAT, **without)
