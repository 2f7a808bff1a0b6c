"""Cause 13 again: rules use what a function is declared to be, so that only formulas that are it are instances."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from attacks.support import refused, x
from dropout_theory import referee
from dropout_theory.claims import Claim
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.instances import Rejected, candidates, check_admissible
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.language import different, equal, less, less_equal
from dropout_theory.recheck.arithmetic import CannotRecheck
from dropout_theory.recheck.statements import admissible, truth
from dropout_theory.recheck.values import Values

z = sp.Symbol("z", real=True)
above, below = sp.Function("f", positive=True), sp.Function("f", negative=True)
least = sp.Function("f", nonnegative=True)
f = sp.Function("f", real=True)


@pytest.mark.parametrize("statement", [
    less(0, above(x)), less_equal(0, above(x)), different(above(x), 0), less(below(x), 0), less_equal(0, least(x))])
def test_what_is_declared_is_doubted_by_no_method(statement: Any) -> None:
    assert referee(statement).verdict.verdict in ("proved", "supported")


@pytest.mark.parametrize("statement", [
    less(1, above(x)), less(below(x), -1), less(0, least(x)), less_equal(0, f(x))])
def test_no_more_than_is_declared_is_true(statement: Any) -> None:
    assert referee(statement).verdict.verdict == "refuted"


def about(statement: Any) -> Claim:
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)")


@pytest.mark.parametrize(("function", "formula"), [
    (above, z**2), (above, z), (below, sp.exp(z)), (least, z**3), (sp.Function("f", integer=True), z / 2)])
def test_a_formula_that_is_not_what_is_declared_is_no_instance(function: Any, formula: Any) -> None:
    claim, values = about(equal(function(x), function(x))), {x: sp.S.One, function: sp.Lambda(z, formula)}
    with pytest.raises(Rejected, match="declared"):
        check_admissible(claim, values)
    assert "declared" in str(admissible(Values(values), claim))


def test_where_no_formula_is_known_none_is_made_up() -> None:
    odd = sp.Function("f", odd=True)
    assert candidates(about(equal(odd(x), odd(x))), odd)[0].expr == 1  # a constant that is odd
    even = sp.Function("f", even=True)
    with pytest.raises(Unsupported, match="name candidates"):
        candidates(about(equal(even(x), even(x))), even)


def test_a_formula_without_a_value_there_refutes_nothing() -> None:
    """f(x) = f(x) is not refuted by f = log at -1: a function has a value everywhere."""
    statement, values = equal(f(x), f(x)), {x: -sp.S.One, f: sp.Lambda(z, sp.log(z))}
    with pytest.raises(Unsupported, match="no instance of f"):
        judge(statement, values, expectation)
    with pytest.raises(CannotRecheck, match="no value"):
        truth(Values(values), statement)


def test_functions_of_nothing_known_are_refused() -> None:
    with refused("real"):
        referee(equal(sp.Function("f")(x), 0))
