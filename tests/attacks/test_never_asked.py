"""Terms that are not defined, behind a normal form, in a derivative or growth, or asked for at one outcome only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import FALSE, HALF, UNDEFINED, c, d, i, k, n, refused, s, x, y
from dropout_theory.language import (
    DerivativeAt,
    E,
    G,
    LargestOutcome,
    RootGrowth,
    Stirling2,
    both,
    different,
    equal,
    less,
    less_equal,
    logistic,
    normal,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    discharge,
    generalise_offset,
    identity,
    induction,
    largest_absolute,
    satisfied,
)

ODD = equal((x**2 + x) / x, x + 1)  # not defined at x = 0
Z = normal("Z", 0, 1)
U = uniform("U", 0, 1)
wild, wilder = normal("wild", 0, sp.exp(Z)), normal("wilder", 0, sp.exp(Z**2))


def _plain() -> Theorem:
    return identity(x + 1, x + 1)


UP_TO_NORMAL_FORM: dict[str, Callable[[], Theorem]] = {
    "induction": lambda: induction(c, ODD, _plain(), _plain()),
    "induction whose start hides a quotient": lambda: induction(
        c, equal(c / x, c / x), identity(0, 0), identity((c + 1) / x, (c + 1) / x, assume(equal(c / x, c / x)))),
    "an assumption that is proved": lambda: satisfied(identity(1 / x, 1 / x, assume(ODD)), _plain()),
    "an offset": lambda: generalise_offset(arithmetic(less_equal(0, 1)), c, less_equal(0, (x**2 + x) / x - x),
                                           (i, 1, n)),
}


@pytest.mark.parametrize("name", UP_TO_NORMAL_FORM)
def test_up_to_normal_form(name: str) -> None:
    with refused(UNDEFINED):
        UP_TO_NORMAL_FORM[name]()


UNDEFINED_TERMS: dict[str, Any] = {
    "a derivative of |x| at 0": DerivativeAt(sp.Abs(x), x, 0, 1),
    "a derivative of a root at 0": DerivativeAt(x ** sp.Rational(3, 2), x, 0, 2),
    "a derivative of a negative order": DerivativeAt(x**2, x, 0, -1),
    "a derivative of a logarithm": sp.Derivative(sp.log(x), x),
    "a quotient with a number put in": sp.Subs(1 / y, y, x),
    "a growth without bounds": RootGrowth(sp.factorial(k), k, k),
    "the largest of a normal number": LargestOutcome(Z),
    "a mean of a heavy tail": E(sp.exp(wild)),
    "a mean of a heavier tail": E(wilder),
    "a Bell number of a real number": sp.bell(x),
    "a Stirling number of real numbers": Stirling2(x, y),
    "a Stirling number of a negative number": Stirling2(-n, i),
}


@pytest.mark.parametrize("name", UNDEFINED_TERMS)
def test_undefined(name: str) -> None:
    with refused(UNDEFINED):
        identity(UNDEFINED_TERMS[name], UNDEFINED_TERMS[name])


def test_the_largest_absolute_value() -> None:
    with refused(UNDEFINED):
        largest_absolute(Z)


AT_ONE_OUTCOME: dict[str, tuple[Any, Any]] = {
    "a logarithm of a gate": (less(0, d[1]), E(sp.log(d[1]))),
    "the largest inverse of a gate": (equal(d[1], 1), LargestOutcome(1 / d[1])),
    "the inverse of a uniform number": (less(0, U), E(1 / U)),
    "the inverse of a gate": (equal(d[1], 1), E(1 / d[1])),
    "the inverse of a gate that has a value": (equal(1 / d[1], 1), E(1 / d[1])),
    "a geometric mean": (less(0, d[1] - HALF), G(d[1] - HALF)),
    "a case that the outcome rules out": (equal(d[1], 1), E(sp.Piecewise((1 / d[1], sp.Lt(d[1], HALF)), (0, True)))),
    "one assumption of two": (both(less(0, d[1]), less(0, x)), E(sp.log(d[1] * x))),
}


@pytest.mark.parametrize("name", AT_ONE_OUTCOME)
def test_known_of_one_outcome(name: str) -> None:
    premise, mean = AT_ONE_OUTCOME[name]
    with refused(UNDEFINED):
        discharge(premise, identity(mean, mean, assume(premise)))


def _same(expr: Any, *premises: Theorem) -> Theorem:
    return identity(expr, expr, *premises)


GOOD: dict[str, Callable[[], Theorem]] = {
    "an induction": lambda: induction(c, less_equal(0, c), arithmetic(less_equal(0, 0)), arithmetic(
        less_equal(0, c + 1), assume(less_equal(0, c)))),
    "a proved assumption": lambda: satisfied(_same(1 / x, assume(different(2 * x, 0))), assume(different(2 * x, 0)),
                                             arithmetic(different(2 * x, 0), assume(less(0, x)))),
    "a derivative of a logistic function": lambda: _same(DerivativeAt(logistic(x), x, 0, 1)),
    "a derivative of a logarithm where it is positive": lambda: _same(DerivativeAt(sp.log(x), x, s, 2)),
    "a Stirling number": lambda: _same(Stirling2(c, i)),
    "a mean of a normal number with a random deviation": lambda: _same(E(wild)),
    "a logarithm that is defined at every outcome": lambda: _same(
        E(sp.log(1 + d[1] * x)), arithmetic(less(0, 1 + d[1] * x), assume(less(0, x)))),
    "a mean over a fixed denominator": lambda: _same(E(d[1] / x), assume(different(x, 0))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
