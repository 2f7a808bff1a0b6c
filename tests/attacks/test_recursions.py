"""Both evaluators unfold recursions alike: values, what has none, first layers, depths, domains, names within names."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from flint import arb, fmpq

from attacks.support import HALF, x
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Undefined, Unsupported, precision
from dropout_theory.language import (
    NWGM,
    Cov,
    E,
    Expr,
    G,
    Gc,
    LargestOutcome,
    Relu,
    Var,
    gates,
    index,
    interval,
    normal,
    placeholder,
    recursion,
    uniform,
)
from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue
from dropout_theory.recheck.values import Values

l, i, j = index("l"), index("i"), index("j")  # noqa: E741
LAYERS = ((l, 0, 4),)
slot = placeholder("r", LAYERS)
CANNOT, NONE = "cannot tell", "no value"
at_one: dict[Any, Any] = {x: sp.S.One}
below: dict[Any, Any] = {x: -sp.S.One}


def first_path(expr: Expr, values: dict[Any, Any]) -> Any:
    try:
        return Evaluator(values, expectation).value(expr)
    except Unsupported:
        return CANNOT
    except Undefined:
        return NONE


def second_path(expr: Expr, values: dict[Any, Any]) -> Any:
    try:
        return Values(values).value(expr)
    except CannotRecheck:
        return CANNOT
    except NoValue:
        return NONE


def agree(one: Any, other: Any) -> bool:
    """Whether two values are one: equal fractions, or a number close to a ball."""
    if isinstance(one, str) or isinstance(other, str):
        return one is other
    if isinstance(one, fmpq) and isinstance(other, Fraction):
        return Fraction(int(one.p), int(one.q)) == other
    middle, radius = (mp.mpf(part.str(40, radius=False)) for part in (arb(arb(one).mid()), arb(arb(one).rad())))
    number = mp.mpf(other.numerator) / other.denominator if isinstance(other, Fraction) else mp.mpf(other)
    return bool(abs(middle - number) <= radius + mp.mpf(10) ** -20 * (1 + abs(number)))


# --- random ones ----------------------------------------------------------------------------------------------------

SHAPES: tuple[Callable[[Any], Any], ...] = (Relu, sp.tanh, sp.Abs, lambda t: t**2, lambda t: sp.Max(t, -HALF),
                                            lambda t: 1 / t, lambda t: sp.log(t + 1), lambda t: sp.sqrt(t))


def network(draw: Random, name: str) -> Any:
    """A recursion of layers of two units, with or without gates, and a function of it."""
    ranges = ((l, 0, 4), (i, 1, 2))
    kept = gates(f"g{draw.randrange(3)}", draw.choice((HALF, sp.Rational(1, 3), 1 / (l + 2), sp.S.One)), (l, 0, 4),
                 (j, 1, 2))
    lower = placeholder(name, ranges)[l - 1, j]
    gated = draw.random() < 0.6
    weight = draw.choice((sp.S.One, x, (i - 2) * HALF, i - j, sp.Rational(1, 3) * l))
    term = weight * lower * (kept[l - 1, j] if gated else 1) + draw.choice((0, HALF, -1))
    shape = draw.choice((*SHAPES, *[lambda t: t] * 5))
    base = draw.choice((sp.S.One, i, x * i, HALF - i, sp.log(x + 2), kept[0, 1] if not gated else sp.S.One))
    return recursion(name, ranges, base, shape(sp.Sum(term, (j, 1, 2))))


def closed(draw: Random) -> Any:
    """A closed term with an entry of a recursion, or of two, one of which may stand in the other."""
    r = network(draw, "r")
    entry = r[draw.choice((0, 1, 1, 1, 2, 2, -1, 5)), draw.choice((1, 2))]
    if draw.random() < 0.3:  # the same name, another definition
        entry = entry + draw.choice((1, -1, x)) * network(draw, "r")[1, 1]
    if draw.random() < 0.2:
        entry = recursion("r", LAYERS, network(draw, "r")[1, 1], network(draw, "r")[l, 1] + slot[l - 1])[1]
    wrap = draw.choice((E, E, Var, G, Gc, NWGM, LargestOutcome, lambda t: t, lambda t: Cov(t, t**2)))
    return wrap(entry)


def test_random_terms() -> None:
    """Where both have an answer it is the same; where one finds no value the other finds none either."""
    draw, compared, without = Random(20240611), 0, 0
    for _ in range(90):
        term, values = closed(draw), draw.choice((at_one, below, {x: sp.Rational(1, 3)}))
        with precision(128), mp.workdps(50):
            one, other = first_path(term, values), second_path(term, values)
            if CANNOT in (one, other) or isinstance(one, arb) and not one.is_finite():
                continue
            assert agree(one, other), (term, values, one, other)
        compared += 1
        without += one is NONE
    assert compared > 40 and without > 2


# --- what differed --------------------------------------------------------------------------------------------------

steps = recursion("r", LAYERS, 1, slot[l - 1] / 2 + 1)
other_steps = recursion("r", LAYERS, 5, slot[l - 1] + 10)
outer = recursion("r", LAYERS, 1, other_steps[l] + slot[l - 1])
two_back = recursion("r", LAYERS, 1, slot[l - 1] + sp.Piecewise((slot[l - 2], l >= 2), (0, True)))
of_logs = recursion("r", LAYERS, sp.log(x), slot[l - 1] ** 2)
shares = recursion("r", LAYERS, HALF, slot[l - 1] * (1 - l / sp.Integer(10)), interval(0, 1))
some = gates("some", l / 3, (l, 1, 3))
U, Z = uniform("U", 0, 1), normal("Z", 0, 1)


@pytest.mark.parametrize(("term", "values", "found"), [
    (steps[3], {}, Fraction(15, 8)),
    (steps[4], {}, Fraction(31, 16)),
    (outer[3], {}, Fraction(76)),  # a recursion of the same name inside
    (two_back[25], {}, Fraction(121393)),  # each entry once
    (of_logs[2], below, NONE),
    (of_logs[2], at_one, Fraction(0)),
    (steps[-1], {}, CANNOT),  # below the first layer
    (steps[2000], {}, CANNOT),  # too deep
    (shares[4], {}, Fraction(63, 250) * Fraction(6, 10)),
    (E(some[4]), {}, NONE),  # kept with probability 4/3
    (E(some[2]), {}, Fraction(2, 3)),
    *[(operator(U), {}, CANNOT) for operator in (G, Gc, NWGM, LargestOutcome)],
    (G(sp.exp(Z)), {}, CANNOT),
    (E(U), {}, Fraction(1, 2)),
])
def test_both_say(term: Expr, values: dict[Any, Any], found: Any) -> None:
    one, other = first_path(term, values), second_path(term, values)
    if isinstance(found, str):
        assert (one, other) == (found, found)
    else:
        assert agree(one, found) and agree(one, other)


def test_an_entry_outside_of_its_domain_is_told_by_neither() -> None:
    """(1 - l/4) times the entry below it is negative at l = 5, beyond the range of l, which its domain denies."""
    falling = recursion("r", LAYERS, HALF, (slot[l - 1] + 1) * (1 - l / sp.Integer(4)) / 2, interval(0, 1))
    assert first_path(falling[5], {}) is second_path(falling[5], {}) is CANNOT
    assert agree(first_path(falling[2], {}), second_path(falling[2], {}))
