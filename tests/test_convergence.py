"""Convergence of expected Taylor series: the exact criterion against partial sums, terms and roots at high order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import sympy as sp
from flint import arb, arb_series, ctx, fmpq

from dropout_theory.claims import FACTS, load, load_proofs
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, judge
from dropout_theory.evaluation.values import Truth, Unsupported, precision
from dropout_theory.language import Converges, RootGrowth, Scalar, Stirling2, Values

load("schluter2019")
load_proofs("schluter2019")
from dropout_theory.papers.schluter2019 import notation as at  # noqa: E402
from dropout_theory.papers.schluter2019.s05_convergence import converges  # noqa: E402
from dropout_theory.proof import ORDER  # noqa: E402

N = 400
# weighted features, dropout probability; the first four diverge
CASES = [((2,), fmpq(3, 4)), ((2, -2), fmpq(1, 2)), ((1,), fmpq(9, 10)), ((fmpq(8, 5), fmpq(-8, 5)), fmpq(1, 2)),
         ((7,), fmpq(1, 2)), ((-7,), fmpq(1, 2)), ((100,), fmpq(1, 2)), ((1, 1), fmpq(1, 2)), ((1, 1, 1), fmpq(1, 3)),
         ((fmpq(3, 2), fmpq(-3, 2)), fmpq(1, 2))]


@pytest.fixture(autouse=True)
def precise() -> Iterator[None]:
    with precision(3000):
        yield


def coefficients(point: fmpq, length: int) -> list[arb]:
    """Taylor coefficients of log(1 + exp z), by power series arithmetic alone."""
    before, ctx.cap = ctx.cap, length
    try:
        return list((1 + arb_series([arb(point), arb(1)]).exp()).log().coeffs())
    finally:
        ctx.cap = before


def masks(features: list[int], drop: fmpq) -> Any:
    up = drop / (1 - drop)
    found = []
    for kept in product((True, False), repeat=len(features)):
        value, weight = fmpq(0), fmpq(1)
        for a, k in zip(features, kept, strict=True):
            value += a * up if k else -fmpq(a)
            weight *= 1 - drop if k else drop
        found.append((value, weight))
    return found


def instance(features: list[int], drop: fmpq) -> Values:
    rational = [sp.Rational(int(fmpq(a).p), int(fmpq(a).q)) for a in features]
    places = range(1, len(features) + 1)
    return {at.d: len(features), at.strict_delta: sp.Rational(int(drop.p), int(drop.q)),
            at.x: dict.fromkeys([(i,) for i in places], sp.Integer(1)),
            at.beta: {(i,): rational[i - 1] for i in places}}


@pytest.mark.parametrize(("features", "drop"), CASES)
def test_criterion_agrees_with_partial_sums_at_high_order(features: list[int], drop: fmpq) -> None:
    c = sum((fmpq(a) for a in features), fmpq(0))
    series, outcomes = coefficients(c, N + 1), masks(features, drop)
    value = sum((weight * (1 + arb(c + w).exp()).log() for w, weight in outcomes), arb(0))
    up = drop / (1 - drop)
    largest = max(sum(max(a * up, -fmpq(a)) for a in features), sum(max(fmpq(a), -a * up) for a in features))
    assert largest == max(abs(w) for w, _ in outcomes)
    r = (arb(c) ** 2 + arb.pi() ** 2).sqrt()
    total, errors = arb(0), []
    for order, a in enumerate(series):
        total += a * sum((weight * w**order for w, weight in outcomes), fmpq(0))
        errors.append(abs(total - value))
    verdict = judge(converges, instance(features, drop), expectation).truth
    if largest > r:
        assert verdict is Truth.FALSE
        assert max(float(e.mid()) for e in errors[-20:]) > 1
    else:
        assert verdict is Truth.TRUE
        assert max(float(e.mid()) for e in errors[-20:]) < 0.1


def test_converges_on_the_circle_itself() -> None:
    # c = 0, deviations 0 and +-pi: the error decays like 1/(2 order), slower than any geometric series
    series, pi = coefficients(fmpq(0), 601), arb.pi()
    value = arb(2).log() / 2 + ((1 + pi.exp()).log() + (1 + (-pi).exp()).log()) / 4
    total = arb(2).log() / 2
    for order, a in enumerate(series):
        total += a * (pi**order + (-pi) ** order) / 4
    assert arb("0.495") < abs(total - value) * 600 < arb("0.505")


@pytest.mark.parametrize("point", [fmpq(0), fmpq(2), fmpq(7), fmpq(-3, 2), fmpq(20)])
def test_roots_of_coefficients_approach_the_inverse_distance(point: fmpq) -> None:
    growth = RootGrowth(at.derivative(at.m, at.c) / sp.factorial(at.m), at.m, at.m)
    limit = arb(Evaluator({at.c: sp.Rational(int(point.p), int(point.q))}).value(growth, {}))
    series = coefficients(point, N + 1)
    roots = [(abs(series[j]).log() / j).exp() for j in range(N - 40, N + 1) if not series[j].contains(0)]
    best = max(float(x.mid()) for x in roots)
    assert best == pytest.approx(float(limit.mid()), rel=0.03)
    assert best < float(limit.mid())


@pytest.mark.parametrize("point", [fmpq(0), fmpq(1, 3), fmpq(-2), fmpq(5), fmpq(30)])
def test_mittag_leffler_bound_on_the_coefficients(point: fmpq) -> None:
    statement = FACTS["mittag-leffler-log-partition"].statement
    for order in (2, 3, 4, 7, 12, 40):
        values = {at.c: sp.Rational(int(point.p), int(point.q)), ORDER: order}
        assert judge(statement, values, None, precisions=(400,)).truth is Truth.TRUE


def test_abel_value_on_a_fixed_deviation() -> None:
    w = Scalar("w")
    statement = FACTS["abel-log-partition"].statement
    assert judge(statement, {at.c: 2, w: 3}, expectation).truth in (Truth.TRUE, Truth.AGREES)


@pytest.mark.parametrize("name", ["stirling-bernoulli", "euler-zeta"])
def test_classical_numbers(name: str) -> None:
    statement = FACTS[name].statement
    (row,) = statement.free_symbols
    for k in range(1, 13):
        assert judge(statement, {row: k}, None).truth in (Truth.TRUE, Truth.AGREES)


def test_growth_of_stirling_sums_against_their_roots() -> None:
    j, k = at.j, at.m
    q = Scalar("q")
    term = sp.Sum(q**j * sp.factorial(j) * Stirling2(2 * k, j), (j, 1, 2 * k)) / sp.factorial(2 * k)
    for value, order in ((sp.Rational(-1, 3), 40), (sp.Rational(1, 2), 40), (sp.Integer(-3), 40)):
        limit = arb(Evaluator({q: value}).value(RootGrowth(term, k, 2 * k), {}))
        roots = []
        for n in range(order - 6, order + 1):
            a = Evaluator({q: value, k: n}).value(term, {})
            roots.append(float((abs(arb(a)).log() / (2 * n)).exp().mid()))
        assert max(roots) == pytest.approx(float(limit.mid()), rel=0.08)


def test_other_series_are_refused() -> None:
    j = at.j
    for term in (1 / j**2, at.derivative(j, at.c), sp.sin(j) / sp.factorial(j)):
        with pytest.raises(Unsupported):
            Evaluator({at.c: 1}).truth(Converges(term, (j, 1)), {})
