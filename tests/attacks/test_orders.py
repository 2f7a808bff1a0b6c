"""Cause 9: an expansion where the expression is not smooth at zero for every instance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    e,
    i,
    n,
    not_believed,
    q,
    r,
    refused,
    w,
    x,
)
from dropout_theory.language import (
    OPEN_PROBABILITY,
    POSITIVE,
    SIZE,
    E,
    SameToOrder,
    Scalar,
    Var,
    gates,
    interval,
    less_equal,
    logistic,
    normal,
)
from dropout_theory.proof import (
    Theorem,
    absolute,
    arithmetic,
    assume,
    combination,
    small_product,
    to_order,
)

SMOOTH = ("smooth|analytic|zero|vanish|positive|defined|scale|law|depend|order|coefficient|domain|hypothes|known"
          "|function|derivative")
s, y, o = Scalar("s", POSITIVE), Scalar("y", POSITIVE), Scalar("o", OPEN_PROBABILITY)
X = normal("X", 0, 1)
f = sp.Function("f", real=True)
moving = gates("moving", 1 - s / (s + 1), n)[1]


def near(left: sp.Expr, right: sp.Expr, order: int | sp.Expr = 0, scale: sp.Expr = s) -> SameToOrder:
    """left = right + o(scale^order)."""
    return SameToOrder(left, right, scale, order)


FALSE_NEAR_ZERO: dict[str, Callable[[], SameToOrder]] = {
    "x/(x + s) = 1, false at x = 0": lambda: near(x / (x + s), 1),
    "s/(s + x^2) = 0, false at x = 0": lambda: near(s / (s + x**2), 0),
    "sqrt(x^2 + s^2) = |x| to first order, false at x = 0": lambda: near(sp.sqrt(x**2 + s**2), sp.Abs(x), 1),
    "log(r + s) = log(r), false at r = 0": lambda: near(sp.log(r + s), sp.log(r)),
    "r^s = 1, false at r = 0": lambda: near(r**s, 1),
    "s log(s) = 0 to first order": lambda: near(s * sp.log(s), 0, 1),
    "sqrt(s) = 0 to first order": lambda: near(sp.sqrt(s + r) - sp.sqrt(r), 0, 1),
    "a sum over n of s/(s + w^2) = 0, false where a weight is 0": lambda: near(
        sp.Sum(s / (s + w[i] ** 2), (i, 1, n)), 0),
    "a product over n of w/(w + s) = 1, false where a weight is 0": lambda: near(
        sp.Product(w[i] / (w[i] + s), (i, 1, n)), 1),
    "E(s/(s^2 + X^2)) = 0, where it tends to sqrt(pi/2)": lambda: near(E(s / (s**2 + X**2)), 0),
    "E(s/(s + g)) = 0, where it is 1 - q": lambda: near(E(s / (s + e[1])), 0),
    "E(exp(s X^4)) = 1, where it is infinite": lambda: near(E(sp.exp(s * X**4)), 1),
    "E(1/(1 + s X)) = 1, which has no value": lambda: near(E(1 / (1 + s * X)), 1),
    "s/Var(g) = 0 for a keep probability that tends to 1": lambda: near(s / (s + 1) / Var(moving), 0),
    "s E(g)/2 = s for a keep probability that tends to 1": lambda: near(E(moving) * s / 2, s, 1),
    "f(s) = f(0) + s f'(0) for any function f": lambda: near(
        f(s), f(0) + s * sp.Subs(sp.Derivative(f(x), x), x, 0), 1),
    "f(s) = f(0) for any function f": lambda: near(f(s), f(0)),
    "exp(1/s) = 0": lambda: near(sp.exp(1 / s), 0, 1),
    "1/(exp(s) - 1) s = 1 to second order": lambda: near(s / (sp.exp(s) - 1), 1 - s / 2 + s**2, 2),
    "a logistic function with a pole at 0": lambda: near(logistic(s, -1) * s**2, 0, 1),
    "tan near its pole": lambda: near(s * sp.tan(sp.pi / 2 + x * s), 0),
    "x s/|s| = 0": lambda: near(x * s / sp.Abs(s), 0),
}


@pytest.mark.parametrize("name", FALSE_NEAR_ZERO)
def test_an_expansion_that_fails(name: str) -> None:
    """A statement of order that fails at one instance, as its name says."""
    with refused(SMOOTH):
        to_order(FALSE_NEAR_ZERO[name]())


@pytest.mark.parametrize("name", [name for place, name in enumerate(FALSE_NEAR_ZERO) if place % 3 == 0])
def test_the_referee_on_an_expansion_that_fails(name: str) -> None:
    """The same, by the referee."""
    not_believed(FALSE_NEAR_ZERO[name], methods=("admissible", "symbolic"))


@pytest.mark.parametrize("order", [-1, -2, sp.Rational(-1, 2), n], ids=str)
def test_an_order_that_is_none(order: sp.Expr) -> None:
    """1/s = o(1/s): no coefficient is looked at below order 0."""
    with pytest.raises(Exception, match="(?i)order|integer|natural|convert|analytic"):
        to_order(near(1 / s**2, 0, order))


@pytest.mark.parametrize("scale", [
    Scalar("v", interval(1, 2)), Scalar("v", SIZE), Scalar("v", interval(-1, 0)), sp.Integer(2), s + 1], ids=str)
def test_a_scale_that_does_not_tend_to_zero(scale: sp.Expr) -> None:
    """|v| = -v + o(v) as v falls to 0, for v that is negative by its domain; orders in what cannot be small."""
    with refused(SMOOTH):
        to_order(near(sp.Abs(scale) * x, -scale * x, int(scale.is_nonpositive is True), scale))


def test_a_product_that_is_not_small() -> None:
    """s/(s + x) times s is o(s): each factor seems to vanish at 0, but at x = 0 the first is 1."""
    with refused(SMOOTH):
        small_product(near(s / (s + x) * sp.sin(s), 0, 1), s / (s + x), sp.sin(s))


def test_an_absolute_value_that_is_not_small() -> None:
    """|s/(s + x)| |s| is o(s)."""
    whole = sp.Abs(s / (s + x)) * sp.Abs(sp.sin(s))
    with refused(SMOOTH):
        small_product(near(whole, 0, 1), sp.Abs(s / (s + x)), sp.Abs(sp.sin(s)))


def test_a_combination_with_a_factor_that_moves() -> None:
    """1 = o(1), as 1/s times s."""
    with refused(SMOOTH + "|rational"):
        combination(near(sp.S.One, 0), (1 / s, to_order(near(s, 0))))


def test_a_combination_with_a_logarithm_that_has_no_value() -> None:
    """log(-s) = log(-s) + o(s), for positive s, and s = o(1) beside it."""
    with refused("undefined"):
        combination(near(sp.log(-s), sp.log(-s), 1))
    with refused("undefined"):
        combination(near(s + sp.log(-s), sp.log(-s), 0), (1, to_order(near(s, 0))))


def test_a_combination_of_a_lower_order() -> None:
    """s = o(s), from s = o(1)."""
    with refused(SMOOTH):
        combination(near(s, 0, 1), (1, to_order(near(s, 0))))


def test_a_combination_in_another_scale() -> None:
    """y = o(1) as s -> 0, from y = o(1) as y -> 0."""
    with refused(SMOOTH):
        combination(near(y, 0), (1, to_order(near(y, 0, 0, y))))


def test_an_expansion_under_a_hypothesis_on_its_scale() -> None:
    """s >= 1 |- s = o(1), used as if s were fixed."""
    from dropout_theory.proof import conjunction, for_all

    with refused(SMOOTH + "|restricts"):
        limited = arithmetic(less_equal(1, s), assume(less_equal(1, s)))
        for_all(conjunction(limited, to_order(near(s, 0))), s)


GOOD: dict[str, Callable[[], Theorem]] = {
    "an exponential": lambda: to_order(near(sp.exp(s * x), 1 + s * x, 1)),
    "a quotient that is defined at zero": lambda: to_order(near(y / (y + s), 1)),
    "a quotient to first order": lambda: to_order(near(1 / (1 + s * x**2), 1 - s * x**2, 1)),
    "a root of what is positive": lambda: to_order(near(sp.sqrt(y**2 + s), y)),
    "a logarithm": lambda: to_order(near(sp.log(1 + s * x**2), s * x**2, 1)),
    "a mean over gates": lambda: to_order(near(E(sp.exp(s * e[1])), 1 + s * q, 1)),
    "a finite sum": lambda: to_order(near(sp.Sum(sp.exp(s * w[i]), (i, 1, n)), n)),
    "a logistic function": lambda: to_order(near(logistic(s * x), sp.Rational(1, 2) + s * x / 4, 1)),
    "an absolute value": lambda: absolute(to_order(near(sp.exp(s * x), 1 + s * x, 1))),
    "a combination": lambda: combination(near(2 * s**2, 0, 1), (2, to_order(near(s**2, 0, 1)))),
    "a product of small factors": lambda: small_product(near(s * sp.sin(s), 0, 1), s, sp.sin(s)),
    "a geometric decay": lambda: to_order(near(s * o / (1 - o + s), 0)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
