"""Differential tests: what the normal form and the sign rules claim must hold of the values at random instances.

The same expressions are drawn every time, and others where the environment variable FRESH_SEED is set.
"""

from __future__ import annotations

import os
from typing import Any

import sympy as sp
from flint import arb
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as hs

from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Undefined, Unsupported, is_exact, precision
from dropout_theory.language import (
    NATURAL,
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    Cov,
    E,
    G,
    Largest,
    Relu,
    Scalar,
    Smallest,
    Var,
    distribution,
    family,
    gates,
    index,
    logistic,
    size,
    subnetwork,
    substitute,
    uniform,
    weights,
)
from dropout_theory.normal_form import is_nonnegative, is_positive, normal, same

n, m = size("n"), size("m")
i, j, k = index("i"), index("j"), index("k")
x, z, q, r = Scalar("x"), Scalar("z", POSITIVE), Scalar("q", PROBABILITY), Scalar("r", NONNEGATIVE)
w, y, p = weights("w", n), family("y", POSITIVE, n), family("p", PROBABILITY, n)
W = weights("W", n, n)
P, O = distribution("P", n), weights("O", n)  # noqa: E741
N = subnetwork("N", P)
d, g = gates("d", p, n), gates("g", q, n, n)
total = family("a", PROBABILITY, n, m)
t = gates("t", sp.Sum(total[index("i_"), k], (k, 1, m)) / (2 * m) + q / 2, n)
u = uniform("u", 0, 1)
h = gates("h", u, n)
INDICES = (i, j, k)


def instances() -> list[dict[Any, Any]]:
    """Instances with sizes 1, 2 and 3, zero and certain probabilities, entries of either sign."""
    found = []
    for c, (size_n, size_m) in enumerate(((1, 2), (2, 1), (3, 2))):
        places = range(1, size_n + 1)
        third = sp.Rational(1, 3)
        weightings = {1: [1], 2: [third, 1 - third], 3: [third, 0, 1 - third]}[size_n]
        found.append({
            n: size_n, m: size_m, x: sp.Rational(-2 + c, 3), z: sp.Rational(2 + c, 3), q: (third, 1, 0)[c], r: c,
            w: {(a,): sp.Rational(a * a - 3, 2) for a in places}, y: {(a,): sp.Rational(a, 2) for a in places},
            p: {(a,): sp.Rational(a - 1, 3) for a in places}, O: {(a,): sp.Rational(2 * a - 3, 3) for a in places},
            W: {(a, b): sp.Rational(a - 2 * b, 2) for a in places for b in places},
            P: {(a,): weightings[a - 1] for a in places},
            total: {(a, b): sp.Rational(a, a + b) for a in places for b in range(1, size_m + 1)},
        })
    return found


INSTANCES = instances()


def values(expr: Any) -> list[Any]:
    """Its value at each instance; None where it has none."""
    found = []
    for instance in INSTANCES:
        with precision(160):
            try:
                value = Evaluator(instance, expectation).value(expr)
            except (Undefined, ZeroDivisionError):
                value = None
        found.append(value)
    return found


def agree(left: Any, right: Any) -> bool:
    if is_exact(left) and is_exact(right):
        return bool(left == right)
    with precision(160):
        gap = arb(left) - arb(right)
        return not gap.is_finite() or bool(gap.contains(0)) or bool(abs(gap) < arb(2) ** -100)


def check_equal(left: Any, right: Any) -> None:
    try:
        pairs = list(zip(values(left), values(right), strict=True))
    except Unsupported as error:
        assert "no value" not in str(error), f"an index of {right} is not bound"
        assume(False)
        return
    for one, two in pairs:
        if one is not None and two is not None:
            assert agree(one, two), f"{left} is {one}, {right} is {two}"


# --- random expressions -----------------------------------------------------------------------------------------

NUMBERS = [sp.Integer(1), sp.Integer(2), sp.Rational(-1, 2), x, z, q, r, n]


@hs.composite
def expressions(draw: Any, depth: int = 3, scope: tuple[Any, ...] = (), chance: bool = False) -> Any:
    """An expression in the language; `scope` are the bound indices that may occur, each from 1 to n."""
    deeper: dict[str, Any] = {"depth": depth - 1, "scope": scope, "chance": chance}
    leaves = list(NUMBERS)
    for s in scope:
        leaves += [w[s], y[s], p[s], P[s], O[s], *([d[s], t[s], h[s]] if chance else [])]
    for a in scope:
        for b in scope:
            leaves += [W[a, b], *([sp.KroneckerDelta(a, b)] if a != b else []), *([g[a, b]] if chance else [])]
    if chance:
        leaves += [O[N], w[N], u]
    if depth == 0:
        return draw(hs.sampled_from(leaves))
    kind = draw(hs.sampled_from(["leaf", "add", "add", "multiply", "multiply", "sum", "sum", "power", "inverse",
                                 "function", "product", "mean", "extreme"]))
    if kind == "leaf":
        return draw(hs.sampled_from(leaves))
    if kind in ("add", "multiply"):
        parts = [draw(expressions(**deeper)) for _ in range(2)]
        return (sp.Add if kind == "add" else sp.Mul)(*parts)
    if kind in ("sum", "product"):
        free = [s for s in INDICES if s not in scope]
        symbol = draw(hs.sampled_from(free)) if free and draw(hs.booleans()) else draw(hs.sampled_from(INDICES))
        ends = [(1, n), (1, n), (1, n), (2, n), (3, n), (n, n), (1, n - 1), (2, n - 1)]
        ends += [(1, s) for s in scope if s != symbol] + [(s + 1, n) for s in scope if s != symbol]
        inside: dict[str, Any] = {**deeper, "scope": tuple(dict.fromkeys((*scope, symbol)))}
        body = draw(expressions(**inside))
        return (sp.Sum if kind == "sum" else sp.Product)(body, (symbol, *draw(hs.sampled_from(ends))))
    if kind == "power":
        return draw(expressions(**deeper)) ** draw(hs.sampled_from([2, 3]))
    if kind == "inverse":
        return 1 / (draw(expressions(**deeper)) ** 2 + draw(hs.sampled_from([1, z, 2])))
    if kind == "function":
        inner = draw(expressions(**deeper)) + draw(hs.sampled_from([x, z]))  # SymPy evaluates plain numbers
        made = [sp.exp(inner), sp.log(1 + inner**2), logistic(inner, z, q), Relu(inner), sp.Abs(inner),
                sp.Max(inner, r), (z + inner**2) ** sp.Rational(1, 2), sp.exp(-2 * sp.log(z)) * inner,
                (1 + inner**2) ** q, sp.log(z * y[1] * sp.exp(inner))]
        return draw(hs.sampled_from(made))
    if kind == "extreme":
        free = [s for s in INDICES if s not in scope]
        if not free:
            return draw(hs.sampled_from(leaves))
        inside = {**deeper, "scope": (*scope, free[0])}
        return draw(hs.sampled_from([Largest, Smallest]))(draw(expressions(**inside)), (free[0], 1, n))
    if chance:
        return draw(expressions(**deeper))
    random: dict[str, Any] = {"depth": depth - 1, "scope": scope, "chance": True}
    body = draw(expressions(**random))
    return draw(hs.sampled_from([E(body), E(body), E(body), Var(body), Cov(body, draw(expressions(**random))),
                                 G(1 + body**2), E(body * sp.Sum(w[i] * d[i], (i, 1, n)) ** 2)]))


def usual(expr: Any, operations: int) -> bool:
    """Not too large, and no sum over one symbol twice, which SymPy makes of a sum in a sum over the same symbol."""
    nodes = expr.atoms(sp.Sum, sp.Product)
    doubled = any(len({limit[0] for limit in node.limits}) < len(node.limits) for node in nodes)
    return not doubled and expr.count_ops() < operations


QUIET: dict[str, Any] = {
    "derandomize": "FRESH_SEED" not in os.environ, "database": None, "deadline": None, "print_blob": False,
    "suppress_health_check": list(HealthCheck)}


@settings(max_examples=120, **QUIET)
@given(expressions())
@example(E(sp.Sum(w[i] * t[i], (i, 1, n)) ** 2))
@example(E(h[1] * sp.exp(h[n])))
@example(sp.Sum(1, (i, 3, n)))
@example(sp.Sum(x, (j, i + 1, n - 1), (i, 1, n)))
@example(sp.Sum(E(d[i] * sp.exp(sp.Sum(d[i + 1], (i, 1, n - 1)))), (i, 1, n)))
@example(G(1 + O[N] ** 2 + sp.Sum(d[i], (i, 1, n))))
@example(sp.Product(sp.Sum(w[i], (i, 1, n)), (i, 1, n)))
@example(sp.Sum(sp.exp(w[i] * sp.Sum(w[i], (i, 1, n))), (i, 1, n)))
@example(E(sp.Sum(d[i] * d[j] * w[i] * w[j], (i, 1, n), (j, 1, n)) ** 2))
@example(sp.Sum(sp.KroneckerDelta(i, j) * W[i, j], (i, 1, j), (j, 1, n)))
@example(sp.Sum(P[i], (i, 2, n)) * sp.Sum(P[i] * O[i], (i, 1, n)))
def test_the_normal_form_has_the_same_value(expr: Any) -> None:
    expr = sp.sympify(expr)
    assume(usual(expr, 60))
    check_equal(expr, normal(expr))


@settings(max_examples=60, **QUIET)
@given(expressions(depth=2), expressions(depth=2))
@example(sp.Sum(1, (i, 1, -Scalar("c", NATURAL))) * 0 + x, x)
@example(sp.Sum(sp.Integer(1), (i, 3, 1)), sp.Integer(-1))
@example(sp.log(x * x), 2 * sp.log(x, evaluate=False))
@example(sp.sqrt(x**2), x)
@example(sp.Sum(P[i], (i, 1, n - 1)), sp.Integer(1))
@example(E(d[i] * d[j]) * 0 + E(d[1] * d[n]), p[1] * p[n])
@example(sp.Product(w[i], (i, 1, n)), sp.exp(sp.Sum(sp.log(w[i]), (i, 1, n))))
def test_same_is_never_said_of_different_values(left: Any, right: Any) -> None:
    left, right = sp.sympify(left), sp.sympify(right)
    assume(usual(left, 40) and usual(right, 40))
    if same(left, right):
        check_equal(left, right)


@settings(max_examples=120, **QUIET)
@given(expressions())
@example(sp.Sum(y[i], (i, 2, n)))
@example(sp.Sum(P[i] * y[i], (i, 2, n)))
@example(sp.Sum(p[i] * y[i], (i, 1, n)))
@example(sp.Product(w[i], (i, 1, n)))
@example(1 - sp.Sum(P[i] * p[i], (i, 1, n)))
@example(z - q)
@example(y[1] - sp.Sum(y[i], (i, 1, n)))
@example(sp.Sum(w[i] ** 2, (i, 1, n)))
@example(logistic(x, -z))
@example(sp.Pow(r, x))
def test_signs_are_those_of_the_values(expr: Any) -> None:
    expr = sp.sympify(expr)
    assume(usual(expr, 60))
    positive, nonnegative = is_positive(expr), is_nonnegative(expr)
    if positive or nonnegative:
        try:
            found = values(expr)
        except Unsupported:
            found = []
        for value in found:
            if value is not None:
                assert not arb(value) < 0, f"{expr} is {value}"
                assert not (positive and is_exact(value) and value == 0), f"{expr} is {value}"


@settings(max_examples=80, **QUIET)
@given(expressions(scope=(i,)), hs.sampled_from([sp.Integer(1), n, j, j + 1]))
def test_substitution_captures_nothing(expr: Any, at: Any) -> None:
    """Evaluating with the index bound to a value is evaluating the expression with the index replaced."""
    expr = sp.sympify(expr)
    assume(usual(expr, 40))
    moved = substitute(expr, {i: at})
    for instance in INSTANCES:
        with precision(160):
            evaluator = Evaluator(instance, expectation)
            place = int(evaluator.value(at, {j: 1}).p)
            if place > instance[n]:
                continue
            try:
                one, two = evaluator.value(expr, {i: place, j: 1}), evaluator.value(moved, {j: 1})
            except (Undefined, Unsupported, ZeroDivisionError):
                continue
        assert agree(one, two), f"{expr} at {at}"
