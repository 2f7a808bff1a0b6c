"""Cause 11: names in a statement that no domain speaks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    c,
    contradiction,
    e,
    i,
    j,
    k,
    n,
    not_believed,
    q,
    refused,
    verdict,
    w,
    x,
    y,
)
from dropout_theory.language import (
    POSITIVE,
    Converges,
    DerivativeAt,
    E,
    Exists,
    ForAll,
    ForEach,
    Largest,
    SameToOrder,
    Scalar,
    SumsTo,
    equal,
    less,
    less_equal,
)
from dropout_theory.proof import Theorem, arithmetic, assume, at, for_all, identity, instance, to_order

NAMES = "name|atom|symbol|domain|free|bare|real|number|restrict|index|defined|commut|function|implied"
imaginary, bare = sp.Symbol("y", imaginary=True), sp.Symbol("z")
endless = sp.Symbol("u", infinite=True)
A, B = sp.Symbol("A", commutative=False), sp.Symbol("B", commutative=False)
g, h = sp.Function("g"), sp.Function("h", imaginary=True)
s = Scalar("s", POSITIVE)

STATEMENTS: dict[str, Callable[[], sp.Basic]] = {
    "0 <= y^2 for an imaginary y": lambda: less_equal(0, imaginary**2),
    "0 <= z^2 for any z, imaginary ones too": lambda: less_equal(0, bare**2),
    "0 <= z^2 for a complex z": lambda: less_equal(0, sp.Symbol("z", complex=True) ** 2),
    "u < u + 1 for an infinite u": lambda: less(endless, endless + 1),
    "0 < z^2 + 1 for any z": lambda: less(0, bare**2 + 1),
    "A B = B A for what does not commute": lambda: equal(A * B, B * A),
    "for all z: 0 <= z^2": lambda: ForAll(less_equal(0, bare**2), (bare,)),
    "there is an imaginary y with y^2 = 1": lambda: Exists(equal(imaginary**2, 1), (imaginary,)),
    "0 <= g(x)^2 for a function that may be complex": lambda: less_equal(0, g(x) ** 2),
    "0 <= h(x)^2 for an imaginary function": lambda: less_equal(0, h(x) ** 2),
    "0 <= w[i]^2 for any index i": lambda: less_equal(0, w[i] ** 2),
    "w[0] = w[0], an entry that is not there": lambda: equal(w[0] * 2, w[0] + w[0] * 1 + 0 * x),
    "0 <= w[n + 1]^2, an entry that is not there": lambda: less_equal(0, w[n + 1] ** 2),
    "0 <= E(g[0]), a gate that is not there": lambda: less_equal(0, E(e[0])),
    "0 <= i^2 for an index that no range binds": lambda: less_equal(0, i**2),
    "0 <= d^2 for a dummy": lambda: less_equal(0, sp.Dummy("d", real=True) ** 2),
    "z s = o(1) for any z": lambda: SameToOrder(bare * s, 0, s, 0),
    "x t = o(1) in a scale that may be complex": lambda: SameToOrder(x * bare, 0, bare, 0),
    "for each k: w[k + 1]^2 >= 0, one entry too many": lambda: ForEach(less_equal(0, w[k + 1] ** 2), (k, 1, n)),
    "0 <= the largest of w[i + 1]^2, one entry too many": lambda: less_equal(0, Largest(w[i + 1] ** 2, (i, 1, n))),
    "0 <= the sum of w[i]^2 over too many i": lambda: less_equal(0, sp.Sum(w[i] ** 2, (i, 0, n + 1))),
    "0 <= the sum of w[j]^2 over i, with j free": lambda: less_equal(0, sp.Sum(w[j] ** 2, (i, 1, n))),
    "a wild symbol": lambda: less_equal(0, sp.Wild("a") ** 2),
    "0 <= an entry of a matrix squared": lambda: less_equal(0, sp.MatrixSymbol("M", 2, 2)[0, 1] ** 2),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_referee_takes_no_name_without_a_domain(name: str) -> None:
    """A statement whose names may stand for anything, as its name says."""
    not_believed(STATEMENTS[name], methods=("admissible", "symbolic", "exact"))


# a free index is no attack here: rules that bind it ask for its range
@pytest.mark.parametrize("name", [name for name in STATEMENTS
                                  if any(word in name for word in ("z^2 for", "imaginary", "complex", "infinite"))])
def test_arithmetic_takes_no_name_without_a_domain(name: str) -> None:
    """The same by real arithmetic, which takes every name for a real number."""
    with refused(NAMES):
        statement = STATEMENTS[name]()
        arithmetic(statement.args[0] if isinstance(statement, (ForAll, Exists)) else statement)


def test_an_imaginary_number_put_in() -> None:
    """0 <= (i)^2 by way of an imaginary symbol."""
    with refused(NAMES):
        instance(arithmetic(less_equal(0, x**2)), {x: imaginary})
    with refused(NAMES):
        instance(arithmetic(less_equal(0, x**2)), {x: bare})


def test_the_first_index_of_a_series_forgotten() -> None:
    """From "the series from c on has the value v" the same for all c, as if nothing were assumed of c."""
    series = SumsTo(x**j, (j, c), y)
    with refused(NAMES):
        every = for_all(assume(series), c)
        at(every, sp.S.Zero)


def test_the_first_index_of_a_series_replaced() -> None:
    """0 = 1: a series from c on, whose value is said for c = 0, and c that stays."""
    assert c in SumsTo(x**j, (j, c), y).free_symbols
    assert c in Converges(x**j, (j, c)).free_symbols


def test_a_hypothesis_about_a_bare_name() -> None:
    """x <= 1 for every x, under a hypothesis about a z that is nowhere else."""
    not_believed(less_equal(x, 1), less_equal(bare, 1))
    not_believed(less_equal(x, 1), equal(imaginary**2, 1))


def test_two_atoms_of_one_name() -> None:
    """x = x' for two scalars that print alike: a real x and a positive x."""
    twin = Scalar("x", POSITIVE)
    assert verdict(less(0, x)) != "proved" and verdict(equal(x, twin)) != "proved"
    with refused(NAMES):
        contradiction(assume(less(x, 0)), arithmetic(less(0, twin)), under=(less(x, 0),))


def test_a_function_of_an_order() -> None:
    """g(s) = g(0) + o(1) for whatever g."""
    with refused(NAMES + "|smooth|hypothes"):
        to_order(SameToOrder(g(s), g(0), s, 0))


def test_strings_are_no_expressions() -> None:
    """A string would be read as a program."""
    for text in ("1", "x + 1", "__import__('os').getcwd()"):
        with pytest.raises((ValueError, TypeError), match="(?i)str|text|expression|number"):
            equal(text, 1)


GOOD: dict[str, Callable[[], Theorem]] = {
    "scalars": lambda: arithmetic(less_equal(0, x**2)),
    "a bound index": lambda: arithmetic(less_equal(0, sp.Sum(w[i] ** 2, (i, 1, n)))),
    "entries by number": lambda: arithmetic(less_equal(0, w[1] ** 2)),
    "the last entry": lambda: arithmetic(less_equal(0, w[n] ** 2)),
    "gates": lambda: identity(E(e[1]), q),
    "a quantified scalar": lambda: for_all(arithmetic(less_equal(0, x**2)), x),
    "two functions": lambda: assume(ForAll(less_equal(0, sp.Function("f", real=True)(x)), (x,))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE


def test_good_statements() -> None:
    """Bound names need no domain: the index of a series, the variable of a derivative."""
    z = sp.Symbol("z", real=True)
    assert verdict(Converges(sp.Rational(1, 2) ** j, (j, 0))) in ("proved", "supported", "open")
    assert verdict(equal(DerivativeAt(z**2, z, x, 1), 2 * x)) in ("proved", "supported", "open")
    assert verdict(ForEach(less_equal(0, w[k] ** 2), (k, 1, n))) == "proved"
