"""How tight inequalities are shown to be: equalities off the beaten track, limits, and what a reader is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.claims import Claim
from dropout_theory.evaluation.tightness import certified_gaps, with_gap
from dropout_theory.language import (
    OPEN_UNIT,
    POSITIVE,
    UNIT,
    E,
    Expr,
    ForEach,
    Scalar,
    Statement,
    Var,
    both,
    distribution,
    family,
    implies,
    index,
    less,
    less_equal,
    size,
    subnetwork,
)
from dropout_theory.report.page import _tightness
from dropout_theory.verdicts.kernel import Context, Finding

m = size("m")
P = distribution("P", m)
N = subnetwork("N", P)
O, C, U = family("O", OPEN_UNIT, m), family("C", UNIT, m), family("U", POSITIVE, m)
x = Scalar("x", UNIT)


def figures(statement: Statement, method: str = "exact", **how: Any) -> Mapping[str, Any]:
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality")
    found = get_checker(method).check(claim, Context(**how))
    assert found.outcome == "holds"
    return found.figures


def shown(statement: Statement, symbols: Iterable[Mapping[str, str]] = ({"symbol": "x"},),
          methods: Iterable[str] = ("exact",)) -> list[str]:
    records = [{"method": m, "outcome": "holds", "figures": figures(statement, m)} for m in methods]
    return _tightness({"evidence": records, "symbols": symbols})


def test_the_variance_bound_is_attained_by_two_values_and_approached_inside() -> None:
    closed = figures(less_equal(Var(C[N]), E(C[N]) * (1 - E(C[N]))))
    assert closed["equality"]["value"] != "0" and set(closed["equality"]["instance"]["C"]) == {"0", "1"}
    inside = figures(less_equal(Var(O[N]), E(O[N]) * (1 - E(O[N]))))
    assert "equality" not in inside and 0 < inside["least_gap"]["part"] < 1e-4


def test_a_bound_that_is_attained_only_at_zero_is_seen_to_be_sharp_nearby() -> None:
    slack = figures(less_equal(Var(U[N]), Var(U[N]) * (1 + Var(U[N]))))
    assert slack["equality"]["value"] == "0" and slack["least_gap"]["part"] < 1e-6


def test_sides_with_logarithms_agree() -> None:
    entropy = figures(less_equal(E(sp.log(U[N])), sp.log(E(U[N]))))
    assert entropy.get("agreement", {}).get("bits") == 150 or entropy["equality"]


def test_each_inequality_of_several_is_told_by_itself() -> None:
    low, high = shown(both(less_equal(x**2, x), less(x, 2)))
    assert {line.partition(":")[0] for line in (low, high)} == {"x^2 ≤ x", "x < 2"}
    assert any("tight: both sides are" in line for line in (low, high))
    assert any("0.5 of the larger side" in line for line in (low, high))


@pytest.mark.parametrize(("statement", "told"), [
    (less(0, 1 + x), "beside 0 the other side was 1 at the least"),
    (less_equal(x / 4, x / 2), "both sides are 0"),
])
def test_what_the_reader_is_told_beside_zero(statement: Statement, told: str) -> None:
    (line,) = shown(statement)
    assert told in line


def test_numbers_have_a_certified_gap() -> None:
    (line,) = shown(less(sp.sqrt(2), sp.Rational(3, 2)), symbols=())
    assert line.startswith("a statement about numbers: the sides differ by 0.0572") and line.endswith("certified")


@pytest.mark.parametrize(("bound", "told"), [
    (sp.Rational(1, 3), {"at_least": "1/5", "scope": "for all real values"}),  # the largest value is 1/4
    (sp.Rational(1, 2), {"at_least": "1/2", "scope": "for all real values"}),
    (sp.Rational(2501, 10000), {"below": "1/1000"}),
])
def test_a_gap_is_decided_over_the_whole_domain_or_refuted_at_an_instance(bound: Expr, told: dict[str, str]) -> None:
    (gap,) = figures(less_equal(x * (1 - x), bound), "decide")["gaps"]
    assert gap.pop("inequality") and told.items() <= gap.items()
    if "instance" in gap:
        value = sp.Rational(gap["instance"]["x"])
        assert 0 < bound - value * (1 - value) < bound / 1000


def test_no_gap_is_told_of_beside_zero_nor_in_haste() -> None:
    assert "gaps" not in figures(less(0, 1 + x), "decide")
    assert "gaps" not in figures(less(x, 2), "decide", fast=True)


def test_a_gap_of_nothing_or_of_some_sizes_only_is_none() -> None:
    (gap,) = figures(less_equal(x, 2 * x), "decide")["gaps"]  # half of the larger side, but at 0
    assert gap["below"] == "1/1000" and gap["instance"] == {"x": "0"}
    values = (both(less(x, 2)), "for all real values at m=1", lambda other: Finding("holds", "proof", "at m=1 only"))
    assert not certified_gaps(Claim("own:claim", "a claim", values[0], "1", "eq. (1)", "inequality"), *values[1:])


def test_a_gap_is_put_where_the_inequality_is_asserted_and_nowhere_else() -> None:
    low, k = less(x, 2), index("k")
    wide = with_gap(low, low, sp.Rational(1, 2))
    assert wide == both(low, less_equal(sp.Abs(x) / 2, 2 - x), less_equal(1, 2 - x))
    assert with_gap(sp.Gt(2, x, evaluate=False), sp.Gt(2, x, evaluate=False), sp.Rational(1, 2)) == wide
    assert with_gap(implies(low, low), low, sp.Rational(1, 2)) == implies(low, wide)
    assert with_gap(ForEach(both(low, less(x, 3)), (k, 1, m)), low, sp.Rational(1, 2)) == \
        ForEach(both(wide, less(x, 3)), (k, 1, m))
    assert with_gap(low, less(x, 3), sp.Rational(1, 2)) == low


def test_the_reader_is_told_of_a_decided_gap_unless_there_is_an_equality() -> None:
    (line,) = shown(less_equal(x * (1 - x), sp.Rational(1, 3)), methods=("exact", "decide"))
    assert line.endswith("certified: they differ by at least 1/5 of the larger, for all real values")
    held = [{"method": "decide", "outcome": "holds", "figures": {"gaps": [
        {"inequality": "x ≤ 1", "below": "1/1000", "instance": {"x": "4095/4096"}}]}}]
    for seen, telling in ((0.25, True), (1e-5, False)):  # nothing new where instances have come as close
        gap = {"part": seen, "instance": {"x": "1/3"}}
        record = {"method": "exact", "outcome": "holds", "figures": {"least_gap": gap}}
        (line,) = _tightness({"evidence": [*held, record], "symbols": ({"symbol": "x"},)})
        assert ("; they differ by less than 1/1000 of the larger, at x = 4095/4096" in line) is telling
    (line,) = shown(less_equal(x**2, x), methods=("exact", "decide"))
    assert "certified" not in line and "differ" not in line
    lines = shown(both(less_equal(x**2, x), less(x, 2)), methods=("exact", "decide"))
    assert [("certified" in line) for line in lines] == [line.startswith("x < 2") for line in lines]
