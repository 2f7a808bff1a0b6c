"""What SymPy knows of a name beyond what rules ask for, and one number written in two ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import k, n, refused
from dropout_theory import referee
from dropout_theory.definedness.partiality import promised
from dropout_theory.language import (
    POSITIVE,
    Scalar,
    Smallest,
    gates,
    implies,
    interval,
    less,
    less_equal,
    placeholder,
    recursion,
    uniform,
)
from dropout_theory.proof import arithmetic, assume, extreme_attained, integer_gap, rewritten, unfolded

A, B = sp.sqrt(2) + sp.sqrt(3), sp.sqrt(5 + 2 * sp.sqrt(6))  # one number
z = Scalar("z", interval(-sp.oo, sp.oo))
layer = sp.Symbol("l", integer=True)


def _from_one_on(**more: bool) -> Any:
    return sp.Symbol("i", integer=True, **more)


def _half(i: Any) -> Any:
    """1 <= i/2 for i >= 1, where i is even."""
    return integer_gap(arithmetic(sp.Lt(0, i / 2, evaluate=False), assume(sp.Ge(i, 1, evaluate=False))))


def _smallest_half() -> Any:
    i = _from_one_on(even=True)
    return extreme_attained(Smallest(k / 2, (k, 1, n)), _half(i), i)


def _signs_of_even_layers() -> Any:
    i = _from_one_on(even=True)
    signs = recursion("r", ((layer, 0, 5),), sp.S.One, (-1) ** layer)
    one = unfolded(signs[i], assume(sp.Ge(i, 1, evaluate=False)))
    return rewritten(sp.Sum(signs[k], (k, 1, 1)), one, indices=[i])


def _positive(base: Any) -> Any:
    ranges = ((layer, 0, 3),)
    r = recursion("r", ranges, base, placeholder("r", ranges)[layer - 1], POSITIVE)
    return arithmetic(less(0, base), arithmetic(less(0, r[0])), unfolded(r[0]))


x, y, u = (Scalar("x", interval(-A, B, True)), Scalar("y", interval(-1, 1)),
           Scalar("u", interval(-1, 1, open_below=True)))
ATTACKS: dict[str, Callable[[], Any]] = {
    "an even index is at least 2": _smallest_half,
    "an even layer": _signs_of_even_layers,
    "a prime": lambda: arithmetic(sp.Ge(_from_one_on(prime=True), 2, evaluate=False)),
    "an odd size": lambda: assume(sp.Ge(_from_one_on(odd=True), 1, evaluate=False)),
    "an open interval from a number to itself": lambda: interval(A, B, True, True),
    "half open": lambda: interval(sp.log(6), sp.log(2) + sp.log(3), True),
    "from a larger number to a smaller one": lambda: interval(sp.pi, sp.Rational(22, 7) - sp.Rational(1, 100)),
    "a corner that is reached, written in another way": lambda: _positive(A + x * y),
    "by a factor": lambda: _positive(A + B * u * y),
    "a chance that is 0 at a corner": lambda: _positive(B**2 + A * x * y),
    "a uniform law without a width": lambda: uniform("v", A, B),
    "gates kept more often than always": lambda: gates("g", sp.Rational(1, 2) + A / B, n),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name: str) -> None:
    with refused():
        ATTACKS[name]()


def test_a_reason_is_given() -> None:
    with refused("is empty"):
        interval(A, B, True, True)
    with refused("domain.*may be undefined"):
        _positive(A + x * y)
    with refused("i is no real number, or more is known"):
        _smallest_half()


@pytest.mark.parametrize("declared", [
    {"is_positive": True}, {"is_integer": True}, {"prime": True}, {"rational": True}, {"composite": True},
    {"irrational": True}, {"algebraic": True}, {"is_nonnegative": True}])
def test_functions_are_declared_by_what_formulas_are_asked_for(declared: dict[str, bool]) -> None:
    f = sp.Function("f", real=True, **declared)
    for statement in (less(0, f(z)), implies(less(0, f(z)), less_equal(1, f(z)))):
        with refused("declared"):
            referee(statement)


@pytest.mark.parametrize("declared", [{}, {"positive": True}, {"negative": True}, {"integer": True},
                                      {"nonnegative": True, "integer": True}, {"odd": True}])
def test_functions_may_have_signs_and_be_whole(declared: dict[str, bool]) -> None:
    f = sp.Function("f", real=True, **declared)
    assert referee(less_equal(f(z), f(z) + 1)).verdict.verdict == "proved"


@pytest.mark.parametrize("sign", ["positive", "negative", "nonnegative", "nonpositive", "nonzero"])
def test_what_may_be_known_of_an_index_is_asked_for(sign: str) -> None:
    """A sign may be known of an index, and then whoever binds it must show it."""
    index = _from_one_on(**{sign: True})
    assert assume(sp.Ge(index, index - 1, evaluate=False)) and promised(index)


def test_ends_may_be_irrational() -> None:
    assert interval(0, 2 * sp.pi, True, True).upper == 2 * sp.pi
    assert Scalar("s", interval(A, B)).domain.lower == A
    assert _positive(A + 1 + x * y).conclusion == less(0, A + 1 + x * y)
