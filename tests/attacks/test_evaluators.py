"""Values that both evaluators, or one, made of what has none, or took of something else than what was stated.

Each false or undefined statement here was proved, or held at all instances, or was true and refuted. The second path
is asked, too: it must not agree because it makes the same mistake.
"""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest
import sympy as sp

from attacks.support import HALF, N, O, P, c, d, e, i, j, k, m, n, not_accused, not_believed, q, s, verdict, w, x
from dropout_theory import referee
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import (
    INTEGER,
    NWGM,
    Converges,
    Cov,
    DerivativeAt,
    E,
    G,
    LargestOutcome,
    Notion,
    Relu,
    Scalar,
    Stirling2,
    SumsTo,
    Var,
    different,
    either,
    equal,
    gates,
    implies,
    index,
    interval,
    less,
    less_equal,
    logistic,
    normal,
    placeholder,
    recursion,
    uniform,
    unnamed,
)
from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.values import Values

THIRD = sp.Rational(1, 3)
z = sp.Symbol("z", real=True)
v = Scalar("v", interval(0, 1))
u, g = uniform("u", 0, 1), normal("g", 0, 1)
level = uniform("level", 0, HALF)
kept = gates("kept", level, 2)  # a keep probability that is drawn
coin = gates("coin", HALF, 2)
l = index("l")  # noqa: E741
LAYERS = ((l, 0, 3),)
power = recursion("power", LAYERS, x, placeholder("power", LAYERS)[l - 1] * x)  # power[l] = x^(l + 1)
doubled = recursion("doubled", LAYERS, e[1], placeholder("doubled", LAYERS)[l - 1] * 2)


def first(statement: Any, values: dict[Any, Any]) -> str:
    """What the first evaluator says of a statement at an instance: true, false, undefined or open."""
    try:
        found = judge(statement, values, expectation)
    except Unsupported:
        return "open"
    said = {Truth.TRUE: "true", Truth.AGREES: "true", Truth.FALSE: "false"}
    return "undefined" if found.undefined else said.get(found.truth, "open")


def second(statement: Any, values: dict[Any, Any]) -> str:
    """The same of the second."""
    try:
        with mp.workdps(60):
            return {True: "true", False: "false", None: "open"}[truth(Values(values), unnamed(statement))]
    except NoValue:
        return "undefined"
    except CannotRecheck:
        return "open"


def both(statement: Any, values: dict[Any, Any]) -> set[str]:
    return {first(statement, values), second(statement, values)}


# --- a ball that is not finite -------------------------------------------------------------------------------------

gap = v - 1 / sp.sqrt(2)
one, nothing = sp.Sum(1, (k, 1, 1)), sp.Sum(0, (k, 1, 2))
SWALLOWED: dict[str, Any] = {
    "a sign": less_equal(-1, sp.sign(1 / gap)),
    "a sign of a logarithm": less_equal(-1, sp.sign(sp.log(gap**2))),
    "a logistic function whose factor is 0": less_equal(logistic(1 / gap, 0), 5),
    "a power of 1": less_equal(one ** (1 / gap), 5),
    "a power with exponent 0": less_equal(sp.log(gap**2) ** nothing, 5),
    "a product with 0": less_equal(nothing / gap, 5),
    "a sum over nothing but its first index": less_equal(sp.Sum(1 / gap, (k, 1, 1)) * nothing, 5),
    "a largest of several": less_equal(0, sp.Max(1, sp.sign(1 / gap))),
    "an alternative before one that is true": either(less(1 / gap, -9), less(-1, v)),
    "a premise": implies(less(1 / gap, -9), less(v, 2)),
    "a case": less_equal(sp.Piecewise((1, sp.sign(1 / gap) < 5), (0, True)), 1),
    "a derivative": less_equal(-1, sp.sign(DerivativeAt(sp.log(z), z, gap, 1))),
}


@pytest.mark.parametrize("name", SWALLOWED)
def test_no_rule_makes_a_value_of_what_has_none(name: str) -> None:
    statement = SWALLOWED[name]
    assert verdict(statement, methods=("admissible", "interval")) not in ("proved", "supported")
    assert "true" not in both(statement, {v: 1 / sp.sqrt(2)})


DEFINED_ON_THE_BOX: dict[str, Any] = {
    "a logistic function whose factor is 0": less_equal(logistic(v, 0), 5),
    "a power with exponent 0": less_equal(sp.log(1 + v) ** nothing, 5),
    "what comes after its guard": implies(less(HALF, v), less_equal(sp.log(v), 1)),
    "an alternative after one that settles it": either(less(-1, v), less(0, 1 / gap)),
}


@pytest.mark.parametrize("name", DEFINED_ON_THE_BOX)
def test_intervals_still_prove(name: str) -> None:
    assert verdict(DEFINED_ON_THE_BOX[name], methods=("admissible", "interval")) == "proved"


# --- means inside means beside a continuous variable ---------------------------------------------------------------

NESTED: dict[str, tuple[Any, Any, Any]] = {  # the mean, its value, and what it is where the mask reaches inside
    "a mean": (E(u**2 * e[1] * E(e[1])), q**2 / 3, q / 3),
    "a variance": (E(u**2 * e[1] * Var(e[1])), q**2 * (1 - q) / 3, 0),
    "a covariance": (E(u * e[1] * Cov(e[1], e[1])), q**2 * (1 - q) / 2, 0),
    "a geometric mean": (E((u + 1) * e[1] * G(1 + e[1])), sp.Rational(3, 2) * q * 2**q, 3 * q),
    "a largest outcome": (E(u * coin[1] * LargestOutcome(1 - coin[1])), sp.Rational(1, 4), 0),
    "a normalised geometric mean": (E(u * coin[1] * NWGM((1 + coin[1]) / 4)), E(u * coin[1]) * NWGM((1 + coin[1]) / 4),
                                    E(u * coin[1]) / 2),
    "beside a normal variable": (E(g**2 * e[1] * E(e[1])), q**2, q),
    "a mean over the variable itself": (E(u**2 * E(u)), sp.Rational(1, 6), sp.Rational(1, 4)),
    "a mean over both": (E(u**2 * e[1] * E(e[1] * u)), q**2 / 6, q / 4),
    "in a sum": (E(u * sp.Sum(e[1] * E(e[1] + k), (k, 1, 2))), q * (2 * q + 3) / 2, 5 * q / 2),
    "in a recursion": (E(u * doubled[2] * E(doubled[1])), 4 * q**2, 4 * q),
}


@pytest.mark.parametrize("name", NESTED)
def test_the_mask_stays_out_of_means_inside(name: str) -> None:
    mean, right, wrong = NESTED[name]
    at = {n: 1, q: THIRD}
    assert both(equal(mean, right), at) == {"true"}
    assert both(equal(mean, wrong), at) == {"false"}
    not_accused(equal(mean, right))
    not_believed(equal(mean, wrong))


def test_the_mask_stays_out_of_means_where_numbers_are_irrational() -> None:
    at = {n: 1, q: 1 / sp.sqrt(2)}
    assert first(equal(E(e[1] * E(e[1])), HALF), at) == "true"
    assert first(equal(E(e[1] * E(e[1])), q), at) == "false"


# --- poles that cancel ---------------------------------------------------------------------------------------------

NOT_INTEGRABLE: dict[str, Any] = {
    "a pole inside": E((2 * coin[1] - 1) / (u - HALF)),
    "a pole inside, at no place where anyone looks": E((2 * coin[1] - 1) / (u - THIRD)),
    "a pole at an end": E((2 * coin[1] - 1) / u),
    "a pole of even order": E((2 * coin[1] - 1) / (u - THIRD) ** 2),
    "a pole of one mask": E(coin[1] / u),
    "a quotient by 0 at one mask": E(u / (coin[1] - 1)),
    "poles in a variance": Var((2 * coin[1] - 1) / u),
}


@pytest.mark.parametrize("name", NOT_INTEGRABLE)
def test_poles_of_two_masks_do_not_cancel(name: str) -> None:
    statement = equal(NOT_INTEGRABLE[name], 0)
    assert first(statement, {}) == "undefined"
    assert second(statement, {}) in ("undefined", "open")


INTEGRABLE: dict[str, tuple[Any, Any]] = {
    "no pole in the range": (E((2 * coin[1] - 1) / (u + 1)), 0),
    "a pole where the probability vanishes as fast": (E(kept[1] / level), 1),
    "a pole of a mask that does not occur": (E(gates("never", 0, 2)[1] / u + 1), 1),
    "a gate that is kept with a drawn probability": (E(kept[1] * kept[2]), sp.Rational(1, 12)),
    "a factor that is 0 outside": (E(u**2 / (2 - u)) - E(4 / (2 - u)), -sp.Rational(5, 2)),
}


@pytest.mark.parametrize("name", INTEGRABLE)
def test_means_with_a_value_are_still_taken(name: str) -> None:
    mean, value = INTEGRABLE[name]
    at = both(equal(mean, value), {})
    assert "true" in at and at <= {"true", "open"}


# --- derivatives ---------------------------------------------------------------------------------------------------

step = sp.Piecewise((1, x >= 0), (0, True))
NO_DERIVATIVE: dict[str, Any] = {
    "a corner": sp.Derivative(sp.Abs(x), x),
    "a jump": sp.Derivative(step, x),
    "a jump of the value alone": sp.Derivative(sp.Piecewise((1, sp.Eq(x, 0)), (0, True)), x),
    "a sign": sp.Derivative(sp.sign(x), x),
    "a rectified linear function": sp.Derivative(Relu(2 * x), x),
    "a largest of two": sp.Derivative(sp.Max(x, 3 * x), x),
    "a second derivative where the first has a corner": sp.Derivative(sp.Piecewise((x**2, x > 0), (0, True)), (x, 2)),
    "a corner at a point": DerivativeAt(sp.Abs(z), z, x, 1),
    "the second derivative at a corner": DerivativeAt(sp.Abs(z), z, x, 2),
    "a corner behind other functions": sp.Derivative(sp.exp(1 + sp.Abs(x)) ** 2, x),
    "a logarithm": sp.Derivative(x * sp.log(x), x),
    "a quotient that is put in": sp.Subs(1 / z, z, x),
}


@pytest.mark.parametrize("name", NO_DERIVATIVE)
def test_there_is_no_derivative(name: str) -> None:
    assert both(equal(NO_DERIVATIVE[name], 0), {x: 0}) == {"undefined"}


ENTRIES = {n: 2, w: {(1,): THIRD, (2,): 5}, x: 2}
squares = sp.Sum(w[i] ** 2, (i, 1, n))
DERIVATIVES: dict[str, tuple[Any, Any, dict[Any, Any]]] = {
    "a product in which the corner vanishes": (sp.Derivative(x * sp.Abs(x), x), 0, {x: 0}),
    "beside a corner": (sp.Derivative(sp.Abs(x), x), -1, {x: -THIRD}),
    "pieces that meet smoothly": (sp.Derivative(sp.Piecewise((x**2, x > 0), (0, True)), x), 0, {x: 0}),
    "the inverse of a function with a jump elsewhere": (sp.Derivative(1 / (1 + step), x), 0, {x: 1}),
    "a sum by an entry": (sp.Derivative(squares, w[1]), 2 * w[1], ENTRIES),
    "a sum by another entry": (sp.Derivative(squares, w[n]), 10, ENTRIES),
    "a product by an entry": (sp.Derivative(sp.Product(w[i], (i, 1, n)), w[1]), 5, ENTRIES),
    "by an entry of another family": (sp.Derivative(squares, x), 0, ENTRIES),
    "through a recursion": (sp.Derivative(x + power[1], x), 1 + 2 * x, {x: 3}),
    "at a point, through a recursion": (DerivativeAt(x + power[1], x, 5, 1), 11, {x: 3}),
    "twice, through a recursion": (sp.Derivative(x * power[2], (x, 2)), 12 * x**2, {x: 3}),
    "a power 0 at 0": (DerivativeAt(z**c, z, 0, 1), 0, {c: 0}),
    "a power 1 at 0": (DerivativeAt(z**c, z, 0, 1), 1, {c: 1}),
    "a power 2 at 0": (DerivativeAt(z**c, z, 0, 2), 2, {c: 2}),
    "a logistic function": (DerivativeAt(logistic(z), z, 0, 1), sp.Rational(1, 4), {}),
    "a derivative at a point that moves": (sp.Derivative(DerivativeAt(sp.exp(2 * z), z, x, 1), x), 4, {x: 0}),
    "a quotient that is put in": (sp.Subs(1 / z, z, x), HALF, {x: 2}),
    "in a mean": (E(DerivativeAt(sp.exp(z * coin[1]), z, 0, 1)), HALF, {}),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_are_still_found(name: str) -> None:
    found, value, at = DERIVATIVES[name]
    assert first(equal(found, value), at) == "true"
    assert first(equal(found, value + 1), at) == "false"
    assert second(equal(found, value), at) in ("true", "open")
    assert second(equal(found, value + 1), at) in ("false", "open")


FALSE_DERIVATIVES: dict[str, Any] = {
    "of a sum by an entry": equal(sp.Derivative(squares, w[1]), 0),
    "of a recursion": equal(sp.Derivative(x + power[1], x), 1),
    "of a corner": equal(sp.Derivative(sp.Abs(x), x), sp.sign(x)),
    "of a jump": equal(sp.Derivative(step, x), 0),
}


@pytest.mark.parametrize("name", FALSE_DERIVATIVES)
def test_false_derivatives_are_not_believed(name: str) -> None:
    not_believed(FALSE_DERIVATIVES[name], admissible={x: 0} if FALSE_DERIVATIVES[name].has(x) else None)


TRUE_DERIVATIVES: dict[str, Any] = {
    "of a sum by an entry": equal(sp.Derivative(squares, w[1]), 2 * w[1]),
    "of a recursion": equal(sp.Derivative(x + power[1], x), 1 + 2 * x),
    "of a power": equal(DerivativeAt(z**c, z, 0, 1), sp.KroneckerDelta(c, 1)),
    "beside a corner": implies(different(x, 0), equal(sp.Derivative(sp.Abs(x), x), sp.sign(x))),
}


@pytest.mark.parametrize("name", TRUE_DERIVATIVES)
def test_true_derivatives_are_supported(name: str) -> None:
    assert verdict(TRUE_DERIVATIVES[name]) in ("proved", "supported")


def test_derivatives_that_sympy_takes() -> None:
    """It is asked where statements are built and in rules: an entry is not constant in another of its family."""
    assert sp.diff(squares, w[j]) == sp.Sum(2 * w[i] * sp.KroneckerDelta(i, j), (i, 1, n))
    assert w[1].diff(w[1]) == 1 and w[2].diff(w[1]) == 0 and w[1].diff(x) == 0
    assert w[i].diff(i) == sp.Derivative(w[i], i)
    with pytest.raises(ValueError, match="depends on x"):
        (x * power[1]).diff(x)
    with pytest.raises(ValueError, match="depends on q"):
        (q * e[1]).diff(q)


# --- series and numbers that count ---------------------------------------------------------------------------------

square = DerivativeAt(z**2, z, x, j) * s**j / sp.factorial(j)
UNDEFINED_SERIES: dict[str, Any] = {
    "a factorial before 0": Converges(square, (j, -2)),
    "a point without a value": Converges(DerivativeAt(z**2, z, sp.log(x), j) * s**j / sp.factorial(j), (j, 0)),
    "a deviation without a value": Converges(DerivativeAt(z**2, z, 1, j) * (1 / x) ** j / sp.factorial(j), (j, 0)),
    "a body without a value": Converges(DerivativeAt(z**2 / x, z, 1, j) * s**j / sp.factorial(j), (j, 0)),
    "a sum without a value": SumsTo(DerivativeAt(z**2, z, 1, j) * s**j / sp.factorial(j), (j, 0), (1 + s) ** 2 + 1 / x),
    "a Bell number": less_equal(0, sp.bell(Scalar("t", INTEGER))),
    "a Bernoulli number": less_equal(-9, sp.bernoulli(Scalar("t", INTEGER))),
    "a Stirling number": less_equal(0, Stirling2(Scalar("t", INTEGER), 1)),
}


@pytest.mark.parametrize("name", UNDEFINED_SERIES)
def test_terms_of_series_are_looked_at(name: str) -> None:
    at = {x: 0, s: HALF, Scalar("t", INTEGER): -1}
    assert first(UNDEFINED_SERIES[name], at) == "undefined"
    assert second(UNDEFINED_SERIES[name], at) in ("undefined", "open")


def test_series_are_still_decided() -> None:
    assert first(Converges(square, (j, 0)), {x: 0, s: 9}) == "true"
    growing = DerivativeAt(sp.log(1 + sp.exp(z)), z, x, j) * s**j / sp.factorial(j)
    assert both(Converges(growing, (j, 2)), {x: 0, s: 1}) == {"true"}
    assert both(Converges(growing, (j, 2)), {x: 0, s: 9}) == {"false"}
    assert both(equal(sp.bell(c), 5), {c: 3}) == {"true"} and both(equal(Stirling2(c, -1), 0), {c: 3}) == {"true"}


# --- statements that are fine to write -----------------------------------------------------------------------------

t = Scalar("t", INTEGER)
FINE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a bound index in a term that may be undefined": (less_equal(0, sp.Sum(1 / w[k] ** 2, (k, 1, n))), ("refuted",)),
    "a Stirling number of any integer": (less_equal(0, Stirling2(t, 1)), ("refuted",)),
    "a Bell number of any integer": (less_equal(0, sp.bell(t)), ("refuted",)),
    "an index bound twice": (equal(E(u * sp.Sum(i * sp.Sum(i, (i, 1, 2)), (i, 1, 2))), sp.Rational(9, 2)),
                             ("proved", "supported")),
    "a law with a bound index": (equal(sp.Sum(E(normal("shifted", i, 1)), (i, 1, n)), n * (n + 1) / 2),
                                 ("proved", "supported", "open")),
    "cases at the point where they meet": (
        equal(DerivativeAt(sp.Piecewise((z**2, z > 0), (0, True)), z, 0, 2), 0), ("ill-formed", "refuted")),
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_well_formed_is_judged(name: str) -> None:
    statement, allowed = FINE[name]
    assert referee(statement, fast=True).verdict.verdict in allowed


# --- notions -------------------------------------------------------------------------------------------------------

spread = Notion("psi", (k,), Var(d[k]), "variance of a gate")
around = Notion("chi", (k,), 2 * spread(k), "twice the variance of a gate")
output = Notion("omega", (k,), O[k] - E(O[N]), "an output beside the mean one")


def test_a_notion_that_takes_a_mean_refuses_a_random_argument() -> None:
    for found in (spread, around):
        with pytest.raises(ValueError, match="random"):
            found(N)
        with pytest.raises(ValueError, match="random"):
            found(k).xreplace({k: N})


def test_other_notions_take_one() -> None:
    assert unnamed(spread(1)) == Var(d[1])
    average = equal(E(output(N)), sp.Sum(P[k] * output(k), (k, 1, m)))
    assert verdict(average) in ("proved", "supported")
