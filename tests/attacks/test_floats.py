"""Cause 16: floating-point numbers, which are none of the numbers that a statement may be about."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from attacks.support import FALSE, HALF, i, n, q, refused, verdict, w, x
from dropout_theory import referee
from dropout_theory.language import (
    Domain,
    E,
    Exists,
    ForAll,
    ForEach,
    Largest,
    SameToOrder,
    Scalar,
    distribution,
    equal,
    family,
    gates,
    implies,
    index,
    interval,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    evaluated,
    for_all,
    identity,
    instance,
    times,
    weighted,
)

FLOAT = "float|exact|rational|number|decimal|complex"
l = index("l")  # noqa: E741
s = Scalar("s", interval(0, 1))

STATEMENTS: dict[str, Callable[[], Any]] = {
    "x 1e-30 + x = x": lambda: equal(x * 1e-30 + x, x),
    "0.1 + 0.2 = 0.3": lambda: equal(x + 0.1 + 0.2, x + 0.3),
    # SymPy's number: Python's 1e-400 is 0, and SymPy leaves nothing of 0 n
    "x <= x + 1e-400": lambda: less(x, x + sp.Float("1e-400") * n),
    "a float of SymPy": lambda: less_equal(q, sp.Float("1.0")),
    "a float of NumPy": lambda: less_equal(q, np.float64(1.0)),
    "a complex number": lambda: less_equal(0, (1j * x) ** 2 + 2 * x**2),  # of one square SymPy leaves nothing
    "infinity": lambda: less(x, float("inf")),
    "nan": lambda: equal(x, float("nan")),
    "a float in an exponent": lambda: equal(q**0.5, q**0.5 + 0 * x),
    "a float in a sum": lambda: less_equal(sp.Sum(0.1 * w[i], (i, 1, n)), sp.Sum(0.1 * w[i], (i, 1, n))),
    "a float in a range": lambda: less_equal(0, sp.Sum(w[i] ** 2, (i, 1.0, n))),
    "a float in a mean": lambda: equal(E(0.3 * x), 0.3 * x),
    "a float in a quantified statement": lambda: ForAll(less_equal(0.0, s), (s,)),
    "a float in a witness": lambda: Exists(equal(s, 0.5), (s,)),
    "a float in a statement for each index": lambda: ForEach(less_equal(0.0, w[i] ** 2), (i, 1, n)),
    "a float in an order": lambda: SameToOrder(0.1 * s, 0, s, 0),
    "a float in a premise": lambda: implies(less_equal(0.1, x), less_equal(0, x)),
    "a float in an extreme": lambda: less_equal(0, Largest(0.5 * w[i] ** 2, (i, 1, n))),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_with_a_float(name: str) -> None:
    """A statement about rounded numbers is taken for one about numbers."""
    assert verdict(STATEMENTS[name]) == "refused"


@pytest.mark.parametrize("name", [name for name in STATEMENTS if not name.startswith("a float in a")])
def test_a_rule_with_a_float(name: str) -> None:
    """The same by the rules of proof."""
    with refused():
        statement = STATEMENTS[name]()
        identity(*statement.args) if isinstance(statement, sp.Eq) else arithmetic(statement)


@pytest.mark.parametrize("value", [0.5, sp.Float("0.5"), np.float64(0.5), 1e-400 + 0.5, 0.5 + 0j], ids=repr)
def test_a_float_put_in(value: Any) -> None:
    """A rounded number for a scalar."""
    with refused(FLOAT):
        instance(arithmetic(less_equal(0, x**2)), {x: value})
    with refused(FLOAT):
        at(for_all(arithmetic(less_equal(0, x**2)), x), value)
    with refused(FLOAT):
        times(identity(x, x), value)


@pytest.mark.parametrize("build", [
    lambda: Domain("tenths", 0.1, 0.3), lambda: interval(0.1, 0.3), lambda: gates("g", 0.3, n),
    lambda: normal("Z", 0.0, 1.0), lambda: normal("Z", 0, 0.1), lambda: uniform("U", 0.0, 1),
    lambda: family("v", interval(0, 1), (i, 1.0, n)), lambda: distribution("D", 3.0),
    lambda: recursion("unit", ((l, 0, n),), 0.5, placeholder("unit", ((l, 0, n),))[l - 1]),
    lambda: gates("g", q * 0.5, n), lambda: gates("g", np.float64(0.5), n),
])
def test_a_float_in_a_domain_or_law(build: Callable[[], Any]) -> None:
    """A domain, a law, a range or a definition of rounded numbers."""
    with refused(FLOAT):
        build()


def test_a_float_in_a_hypothesis() -> None:
    """A hypothesis about a rounded number."""
    with refused(FLOAT):
        referee(less_equal(0, x), hypotheses=[less_equal(0.1, x)])


def test_a_float_in_a_weight() -> None:
    """Weights that are rounded."""
    with refused(FLOAT):
        weighted(arithmetic(less_equal(0, w[i] ** 2)), 0.1, (i, 1, n))


def test_a_float_that_is_assumed() -> None:
    """An assumption about a rounded number."""
    with refused(FLOAT):
        assume(less_equal(0.1, x))


def test_evaluation_of_floats() -> None:
    """0.1 + 0.2 = 0.3 by evaluation, or its negation."""
    with refused(FLOAT + "|evaluate|false|unknown"):
        evaluated(equal(sp.Float(0.1) + sp.Float(0.2), sp.Float(0.3)))
    with refused(FLOAT + "|evaluate|false|unknown"):
        evaluated(sp.Not(equal(sp.Float(0.1) + sp.Float(0.2), sp.Float(0.3)), evaluate=False))


GOOD: dict[str, Callable[[], Theorem]] = {
    "a fraction": lambda: arithmetic(less_equal(0, x**2 + Fraction(1, 3))),
    "a rational": lambda: identity(x + sp.Rational("0.1") + sp.Rational("0.2"), x + sp.Rational("0.3")),
    "a root": lambda: arithmetic(less(1, sp.sqrt(2))),
    "a logarithm": lambda: evaluated(less(sp.log(2), 1)),
    "an integer of NumPy": lambda: identity(x + int(np.int64(2)), 2 + x),
    "pi": lambda: evaluated(less(sp.pi, sp.Rational(22, 7))),
    "a keep probability": lambda: identity(E(gates("g", Fraction(1, 3), n)[1]), sp.Rational(1, 3)),
    "a half": lambda: instance(arithmetic(less_equal(0, x**2)), {x: HALF}),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
