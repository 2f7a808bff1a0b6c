"""The method of intervals: what it decides at fixed sizes, what it leaves out and says so, what it refuses; and that
enclosures hold the values at every point."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as hs

from dropout_theory.checkers import get_checker
from dropout_theory.checkers.coordinates import Layout
from dropout_theory.checkers.enclosures import Box, Graph
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.evaluation.values import precision
from dropout_theory.language import (
    OPEN_PROBABILITY,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    UNIT,
    E,
    ForEach,
    G,
    Largest,
    Scalar,
    Statement,
    both,
    distribution,
    either,
    equal,
    equivalent,
    family,
    gates,
    implies,
    index,
    interval,
    less,
    less_equal,
    logistic,
    size,
    subnetwork,
    uniform,
)
from dropout_theory.language.operators import Relu, Sigma
from dropout_theory.verdicts.kernel import Context, Evidence

m, n = size("m"), size("n")
k = index("k")
x, y = Scalar("x"), Scalar("y")
s, p, q = Scalar("s", POSITIVE), Scalar("p", PROBABILITY), Scalar("q", OPEN_PROBABILITY)
u, v = Scalar("u", UNIT), Scalar("v", UNIT)
P = distribution("P", m)
N = subnetwork("N", P)
O = family("O", OPEN_UNIT, m)  # noqa: E741
S = family("S", POSITIVE, m)
w = family("w", interval(-1, 1), n)


def found(statement: Statement, *given_too: Statement, **details: Any) -> Evidence:
    hypotheses = tuple(Hypothesis(f"h{i}", g) for i, g in enumerate(given_too))
    claim = Claim("paper:test", "test", statement, "1", "test", hypotheses=hypotheses, **details)
    return get_checker("interval").check(claim, Context())


# --- what is decided ----------------------------------------------------------------------------------------------

WHOLE = {
    "a strict inequality": less(sp.exp(u) / 4, 1),
    "a sum of squares and a gap": less(0, sp.exp(u) - v / 2),
    "the slope of the logistic function, at infinity too": less_equal(
        logistic(x) * (1 - logistic(x)), sp.Rational(1, 4)),
    "the logistic function lies between 0 and 1": both(less(0, logistic(x)), less(logistic(x), 1)),
    "convexity of the logarithm, which touches at both ends": less_equal(
        p * sp.log(s) + (1 - p) * sp.log(s + 1), sp.log(s + 1 - p)),
    "numbers": less(sp.log(2), sp.Rational(7, 10)),
    "a guarded term": implies(less(sp.Rational(3, 5), u), less(0, sp.log(2 * u))),
    "a premise that fails": implies(less(2, u), less(1, 0)),
    "two ways to say the same": equivalent(less(sp.exp(u), v), less(2 * sp.exp(u), 2 * v)),
    "one of two": either(less(u, sp.Rational(3, 4)), less(sp.Rational(1, 4), u)),
    "an identity": both(equal(u + v, v + u), less(u, 2)),
}


@pytest.mark.parametrize("name", WHOLE)
def test_decided_for_all_values(name: str) -> None:
    evidence = found(WHOLE[name])
    assert (evidence.outcome, evidence.rigor) == ("holds", "proof"), evidence.scope
    assert evidence.figures["left"] == 0 and evidence.scope == "for all real values"


AT_SIZES = {
    "the means of two kinds": less_equal(G(S[N]), E(S[N])),
    "a strict inequality of a mean": less(E(sp.exp(O[N])), 3),
    "gates": less(E(sp.exp(gates("d", q, n)[1])), sp.E),
    "a family": ForEach(less(sp.exp(w[k]), 3), (k, 1, n)),
    "a geometric mean of means": less_equal(G(O[N]) + G(1 - O[N]), 1),
    "the largest": less_equal(E(O[N]), Largest(O[k], (k, 1, m))),
}


@pytest.mark.parametrize("name", AT_SIZES)
def test_decided_at_sizes_one_to_three(name: str) -> None:
    evidence = found(AT_SIZES[name])
    assert (evidence.outcome, evidence.rigor) == ("holds", "exact-instances"), evidence.scope
    letter = "n" if name in ("gates", "a family") else "m"
    if name == "the largest":
        assert evidence.scope.startswith("for all real values at m=1; m=2")
    else:
        assert evidence.scope == f"for all real values at {letter}=1; {letter}=2; {letter}=3"


def test_hypotheses_settle_parts_and_make_faces_open() -> None:
    strict = found(less(u**2, v**2), less(u, v))
    assert (strict.outcome, strict.rigor) == ("holds", "proof")
    assert found(less(u**2, v**2), less_equal(u, v)).rigor == "exact-instances"
    assert found(less(w[1], 2), less_equal(n, 2)).scope == "for all real values at n=1; n=2"


def test_a_face_of_a_face_that_a_hypothesis_excludes_is_not_a_face_that_it_excludes() -> None:
    """0 < u (1 + v) fails at u = 0, v = 1, though the hypothesis rules out u = v = 0."""
    for gap in (u * (1 + v), u * sp.exp(v), u + u**2 * v):
        evidence = found(less(0, gap), less(0, u + v))
        assert evidence.outcome == "fails" or evidence.rigor == "exact-instances"
        evidence = found(less(0, gap), less(0, u))
        assert (evidence.outcome, evidence.rigor) == ("holds", "proof")


# --- what is refuted ----------------------------------------------------------------------------------------------

FALSE = {
    "in the middle": less(sp.exp(u), sp.Rational(5, 4)),
    "in a narrow band only": less(sp.Rational(1, 200), (u - sp.Rational(1, 3)) ** 2 + sp.exp(u) / 1000),
    "in a tail only": less(x, 50 + sp.exp(-x)),
    "in a family": ForEach(less(sp.exp(w[k]), 2), (k, 1, n)),
    "of a mean": less_equal(E(S[N]), G(S[N])),
    "an undefined term at some values": less_equal(0, sp.log(u - sp.Rational(1, 4)) ** 2),
}


@pytest.mark.parametrize("name", FALSE)
def test_refuted_with_a_witness(name: str) -> None:
    evidence = found(FALSE[name])
    assert (evidence.outcome, evidence.rigor) == ("fails", "exact-instances"), evidence.scope
    assert evidence.counterexample is not None and evidence.counterexample["instance"]


NEVER_WHOLE = {
    "equality at an inner point": less(0, (u - sp.Rational(1, 3)) ** 2 * sp.exp(u)),
    "equality at an end": less(0, u * sp.exp(u)),
    "false near an inner point": less(sp.Rational(1, 10**12), (u - sp.Rational(1, 3)) ** 2),
    "false near an end": less(sp.Rational(1, 10**12), u),
    "false far out": less(x, 10**9),
    "a logarithm of 0": less_equal(0, sp.log(u) ** 2),
    "a logarithm of 0 inside": less_equal(0, sp.log((3 * u - 1) ** 2) ** 2),
    "a logarithm of what is negative": less_equal(0, sp.log(x) ** 2),
    "a quotient by 0": less(0, 1 + 1 / (3 * u - 1) ** 2),
    "a premise that is undefined": implies(less(0, sp.log(3 * u - 1)), less(0, 1 + u)),
    "an undefined side of an equivalence": equivalent(less(sp.log(u), 1), less(sp.log(u), 1)),
    "a strict inequality at an open end and a closed one": less(0, q * u),
    "an identity that is undefined at an end": both(equal(sp.log(u * v), sp.log(u) + sp.log(v)), less(u, 2)),
    "an exponential and what is taken from a constant": less(2 - u - sp.exp(s), 0),
    "two that are taken": less_equal(3 - u - v - sp.exp(s), 0),
    "0 to a power": less_equal(0, u ** (v - sp.Rational(1, 2))),
}


@pytest.mark.parametrize("name", NEVER_WHOLE)
def test_what_is_false_or_undefined_somewhere_is_never_claimed_whole(name: str) -> None:
    evidence = found(NEVER_WHOLE[name])
    assert evidence.rigor != "proof" or evidence.outcome == "unknown"
    if evidence.outcome == "holds":
        assert evidence.figures["left"] > 0 and "but where" in evidence.scope


def test_a_term_that_is_cancelled_must_still_be_defined() -> None:
    """Written out at n = 1 the quotient is 1; it has no value where the only weight is 0."""
    evidence = found(less(sp.Sum(w[k] / w[1], (k, 1, n)), 2 + n + sp.exp(n)))
    assert evidence.outcome != "holds" or "but where" in evidence.scope


# --- what is left out and named ------------------------------------------------------------------------------------

def test_touching_points_are_named_in_the_claims_own_symbols() -> None:
    inner = found(less(0, (u - sp.Rational(1, 3)) ** 2 * sp.exp(u)))
    assert inner.outcome == "holds" and inner.rigor == "exact-instances"
    low, high = (sp.Rational(part) for part in inner.scope.split("but where ")[1].split(" (")[0].split(" <= u <= "))
    assert low <= sp.Rational(1, 3) <= high and high - low < sp.Rational(1, 50)
    assert 0 < inner.figures["left_share"] < 0.02
    end = found(less(0, u * sp.exp(u)))
    assert end.outcome == "holds" and "but where u <= 1/" in end.scope


def test_a_tail_that_touches_is_named() -> None:
    evidence = found(less(sp.exp(-s), 1 / (1 + s)))
    assert evidence.outcome == "holds" and evidence.rigor == "exact-instances"
    assert "s >= " in evidence.scope.split("but where ")[1]


def test_where_too_much_would_be_left_out_nothing_is_claimed() -> None:
    evidence = found(less(sp.sin(1000 * x) ** 2, 1 + sp.exp(-x**2)))
    assert evidence.outcome == "unknown" and "undecided" in evidence.scope


# --- what is refused ------------------------------------------------------------------------------------------------

def refused(statement: Statement) -> str:
    return get_checker("interval").applies(Claim("paper:test", "test", statement, "1", "test")) or ""


def test_reasons_name_what_stands_in_the_way() -> None:
    f = sp.Function("f", real=True)
    assert "no room" in refused(equal(sp.exp(u), v))
    assert "function f" in refused(less(f(u), 1))
    assert "continuous random variable" in refused(less(E(uniform("U", 0, 1) ** 2), 1))
    many = family("a", UNIT, (k, 1, n), (index("l"), 1, n))
    assert "9 free numbers" in found(less(many[1, 1], 2)).figures["stopped_at"]
    mixed = found(both(less(u, 2), equal(sp.exp(u), v)))
    assert mixed.outcome in ("unknown", "fails")
    assert found(less(u, 2), less(n, 1)).outcome == "unknown"  # no size meets the hypothesis


# --- enclosures ------------------------------------------------------------------------------------------------------

A, B, C = Scalar("a", PROBABILITY), Scalar("b", POSITIVE), Scalar("c")
EXPRESSIONS = [
    A * sp.log(B) + (1 - A) * sp.log(B + 1), B**A * (B + 2) ** (1 - A), sp.exp(-B * C) * (C - C**3) / (1 + B),
    logistic(C) * (1 - logistic(C)) - A * logistic(B), Sigma(C, B, 2), sp.log(1 + sp.exp(C)) - Relu(C),
    sp.log(B / (B + 1)), sp.Max(A, B, C) - sp.Min(A * B, C), sp.Abs(C - A) * sp.sqrt(B), sp.erf(C) * sp.tanh(B),
    sp.sin(C) * sp.cos(A) + sp.atan(C * B), sp.log(A / 2 / (1 - A / 2) + 1), (A * B + (1 - A) * C) ** 2 / B,
    A * B * C - A * B, sp.exp(C) * sp.exp(-C + A), logistic(sp.log(B) - C),
]
ends = hs.tuples(hs.integers(-64, 64), hs.integers(0, 64))


def numerically(expr: sp.Expr, point: dict[Any, Any]) -> mpmath.mpf:
    """The value at a point in 40 digits, by SymPy and mpmath."""
    written = expr.replace(Sigma, lambda a, b, c: 1 / (1 + b * sp.exp(-c * a))).replace(Relu, lambda a: sp.Max(a, 0))
    return sp.N(written.xreplace(point), 40)


@settings(max_examples=150, deadline=None)
@given(hs.sampled_from(EXPRESSIONS), hs.lists(ends, min_size=3, max_size=3),
       hs.lists(hs.integers(0, 16), min_size=3, max_size=3), hs.booleans())
def test_values_lie_in_enclosures_and_slopes_in_those_of_derivatives(
        expr: sp.Expr, given_ends: list[tuple[int, int]], parts: list[int], is_infinite: bool) -> None:
    shifts = (fmpq(1, 2), fmpq(3), fmpq(0))
    boxes: list[tuple[Any, Any]] = []
    for (low, width), shift, scale in zip(given_ends, shifts, (128, 24, 16), strict=True):
        start = fmpq(low, scale) + shift
        boxes.append((start if start > 0 or shift == 0 else fmpq(1, 128), start + fmpq(width, scale) + fmpq(1, 64)))
    boxes[0] = (boxes[0][0], min(boxes[0][1], fmpq(1)))
    point = [low + (high - low) * fmpq(part, 16) for (low, high), part in zip(boxes, parts, strict=True)]
    if is_infinite:
        boxes[2] = (boxes[2][0], math.inf)
    graph = Graph()
    atoms = {A: graph.variable(0, fmpq(0), fmpq(1)), B: graph.variable(1, fmpq(0), math.inf, (True, False)),
             C: graph.variable(2)}
    node = graph.compiled(expr, atoms)
    values = {a: sp.Rational(int(t.p), int(t.q)) for a, t in zip((A, B, C), point, strict=True)}
    with precision(64):
        box = Box(tuple(boxes))
        nodes = [(node, expr)]
        if not expr.has(sp.Max, sp.Min, sp.Abs, Relu):
            nodes += [(d, None) for i in range(3) if (d := graph.derivative(node, i)) is not None]
        for here, what in nodes:
            enclosed = graph.enclosure(here, box)
            if enclosed is None:
                continue
            if what is None:
                exact = graph.enclosure(here, Box(tuple((t, t) for t in point)))
                assert exact is None or enclosed[0] <= exact[1] and exact[0] <= enclosed[1]
            else:
                value = arb(str(numerically(what, values)), 1e-25)
                assert enclosed[0] <= value.upper() and value.lower() <= enclosed[1]
            sign = graph.sign(here, box).value
            at = graph.enclosure(here, Box(tuple((t, t) for t in point)))
            if at is not None and sign:
                assert at[1] >= 0 if sign.startswith(">") else at[0] <= 0


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
def test_derivatives_are_those_of_sympy(expr: sp.Expr) -> None:
    if expr.has(sp.Max, sp.Min, sp.Abs, Relu):
        return
    graph = Graph()
    atoms = {a: graph.variable(i) for i, a in enumerate((A, B, C))}
    plain = expr.replace(Sigma, lambda a, b, c: 1 / (1 + b * sp.exp(-c * a)))
    point = {A: sp.Rational(1, 3), B: sp.Rational(5, 4), C: sp.Rational(-2, 7)}
    box = Box(tuple((fmpq(int(t.p), int(t.q)),) * 2 for t in point.values()))  # type: ignore[misc]
    with precision(128):
        for first in range(3):
            for second in range(3):
                node = graph.derivative(graph.compiled(expr, atoms), first)
                node = None if node is None else graph.derivative(node, second)
                wanted = sp.N(sp.diff(plain, (A, B, C)[first], (A, B, C)[second]).xreplace(point), 30)
                if node is None:
                    assert abs(wanted) < 1e-25
                    continue
                low, high = graph.enclosure(node, box) or (arb(1), arb(0))
                assert low - 1e-20 <= arb(str(wanted)) <= high + 1e-20


def test_identities_are_those_of_numbers() -> None:
    graph = Graph()
    atoms = {a: graph.variable(i, *ends_of) for i, (a, ends_of) in enumerate((
        (A, (fmpq(0), fmpq(1))), (B, (fmpq(0), math.inf)), (C, (-math.inf, math.inf))))}
    box = Box(((fmpq(0), fmpq(1)), (fmpq(1), fmpq(2)), (fmpq(-1), fmpq(1))))
    same = [B**A * B ** (1 - A) - B, sp.exp(C) * sp.exp(-C) - 1, sp.log(B / (B + 1)) - sp.log(B) + sp.log(B + 1),
            logistic(C) + logistic(-C) - 1, (A + C) ** 2 - A**2 - 2 * A * C - C**2, 1 / (1 + 1 / B) - B / (1 + B)]
    other = [B**A - B, sp.exp(C) - 1 - C, sp.log(B) - B + 1, logistic(C) - C, sp.log(C**2) - 2 * sp.log(C) + A,
             sp.exp(sp.log(C**2) / 2) - C]
    for expr in same:
        assert graph.vanishes(graph.compiled(expr, atoms), box), expr
    for expr in other:
        assert not graph.vanishes(graph.compiled(expr, atoms), box), expr


def test_the_coordinates_of_a_distribution_sum_to_one_and_sorted_ones_rise() -> None:
    claim = Claim("paper:test", "test", less_equal(G(S[N]), E(S[N])), "1", "test").unfolded
    layout = Layout(claim, {m: 3})
    graph = Graph()
    order = [S[1], S[2], S[3]]
    coordinates = layout.laid_out(graph, order, True)
    third = fmpq(1, 3)
    box = coordinates.box(tuple((third, third) for _ in coordinates.every))
    values = {a: graph.enclosure(node, box) for a, node in coordinates.atoms.items()}
    assert all(value is not None for value in values.values())
    with precision(64):
        total = sum((values[P[i]][0] for i in (1, 2, 3)), arb(0))  # type: ignore[index]
        assert abs(total - 1) < 1e-15
    assert values[S[1]][1] < values[S[2]][0] and values[S[2]][1] < values[S[3]][0]  # type: ignore[index]

