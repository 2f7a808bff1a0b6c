"""How tight inequalities are shown to be: equalities off the beaten track, limits, and what a reader is told."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.claim import Claim
from dropout_theory.domains import OPEN_UNIT, POSITIVE, UNIT
from dropout_theory.kernel import Context
from dropout_theory.language import E, Scalar, Var, distribution, family, size, subnetwork
from dropout_theory.report.page import _tightness
from dropout_theory.statements import both, less, less_equal

m = size("m")
P = distribution("P", m)
N = subnetwork("N", P)
O, C, U = family("O", OPEN_UNIT, m), family("C", UNIT, m), family("U", POSITIVE, m)
x = Scalar("x", UNIT)


def figures(statement):
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality")
    found = get_checker("exact").check(claim, Context())
    assert found.outcome == "holds"
    return found.figures


def shown(statement, symbols=("x",)):
    record = {"method": "exact", "outcome": "holds", "figures": figures(statement)}
    return _tightness({"evidence": [record], "symbols": symbols})


def test_the_variance_bound_is_attained_by_two_values_and_approached_inside():
    closed = figures(less_equal(Var(C[N]), E(C[N]) * (1 - E(C[N]))))
    assert closed["equality"]["value"] != "0" and set(closed["equality"]["instance"]["C"]) == {"0", "1"}
    inside = figures(less_equal(Var(O[N]), E(O[N]) * (1 - E(O[N]))))
    assert "equality" not in inside and 0 < inside["least_gap"]["part"] < 1e-4


def test_a_bound_that_is_attained_only_at_zero_is_seen_to_be_sharp_nearby():
    slack = figures(less_equal(Var(U[N]), Var(U[N]) * (1 + Var(U[N]))))
    assert slack["equality"]["value"] == "0" and slack["least_gap"]["part"] < 1e-6


def test_sides_with_logarithms_agree():
    entropy = figures(less_equal(E(sp.log(U[N])), sp.log(E(U[N]))))
    assert entropy.get("agreement", {}).get("bits") == 150 or entropy["equality"]


def test_each_inequality_of_several_is_told_by_itself():
    low, high = shown(both(less_equal(x**2, x), less(x, 2)))
    assert {line.partition(":")[0] for line in (low, high)} == {"x^2 ≤ x", "x < 2"}
    assert any("tight: both sides are" in line for line in (low, high))
    assert any("0.5 of the larger side" in line for line in (low, high))


@pytest.mark.parametrize(("statement", "told"), [
    (less(0, 1 + x), "beside 0 the other side was 1 at the least"),
    (less_equal(x / 4, x / 2), "both sides are 0"),
])
def test_what_the_reader_is_told_beside_zero(statement, told):
    (line,) = shown(statement)
    assert told in line


def test_numbers_have_a_certified_gap():
    (line,) = shown(less(sp.sqrt(2), sp.Rational(3, 2)), symbols=())
    assert line.startswith("a statement about numbers: the sides differ by 0.0572") and line.endswith("certified")
