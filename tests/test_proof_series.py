"""The rules of series refuse what they must not conclude."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.evaluation.series_rules import stirling2
from dropout_theory.language import (
    OPEN_PROBABILITY,
    UNIT,
    Converges,
    DerivativeAt,
    E,
    Expr,
    LargestOutcome,
    RandomScalar,
    Scalar,
    Stirling2,
    SumsTo,
    equal,
    gates,
    index,
    less,
    less_equal,
    logistic,
    normal,
    size,
    substitute,
    weights,
)
from dropout_theory.proof import (
    ORDER,
    arctangent_range,
    arithmetic,
    assume,
    chain,
    converges_within,
    diverges_beyond,
    empty,
    factorial_step,
    generalise,
    growth,
    largest_of_gate,
    largest_of_sum,
    low_derivative,
    mixture,
    pole_pair,
    shifted,
    stirling_edge,
    stirling_outside,
    stirling_recurrence,
    termwise,
    tower,
    two_outcomes,
    without_first,
    without_last,
    zeta_growth,
)
from dropout_theory.proof.convergence import PolePair

j, n, c, w = index("j"), size("n"), Scalar("c"), Scalar("w")
q = Scalar("p", OPEN_PROBABILITY)
z = sp.Symbol("z", real=True)
f = weights("f", n)
whole = sp.Sum(f[j], (j, 1, n))


def test_stirling_numbers_against_sympy() -> None:
    from sympy.functions.combinatorial.numbers import stirling

    for row in range(9):
        for column in range(row + 2):
            assert stirling2(row, column) == stirling(row, column)
    assert stirling2(4, -1) == 0


def test_sums_are_shifted_and_peeled() -> None:
    assert shifted(whole, 1).conclusion == equal(whole, sp.Sum(f[j - 1], (j, 2, n + 1)))
    assert without_last(whole).conclusion == equal(whole, sp.Sum(f[j], (j, 1, n - 1)) + f[n])
    assert without_first(whole).conclusion == equal(whole, f[1] + sp.Sum(f[j], (j, 2, n)))
    with pytest.raises(ProofError):
        without_last(sp.Sum(f[j], (j, 2, n)))  # empty for n = 1
    with pytest.raises(ProofError):
        without_first(sp.Sum(f[j], (j, 1, n - 1)))
    with pytest.raises(ProofError):
        empty(whole)


def test_termwise_discharges_the_range_only() -> None:
    positive = arithmetic(less_equal(0, j - 1), assume(less_equal(1, j)))
    assert not termwise(positive, (j, 1, n)).given
    assert not generalise(positive, (j, 1, n)).given
    with pytest.raises(ProofError):
        termwise(positive, (j, 0, n))
    with pytest.raises(ProofError):
        generalise(arithmetic(less_equal(0, j - 3), assume(less_equal(3, j))), (j, 1, n))
    with pytest.raises(ProofError):
        termwise(assume(less(0, f[j])), (j, 1, n))


def test_stirling_rules_know_their_range() -> None:
    assert stirling_recurrence(n, j).conclusion == equal(Stirling2(n + 1, j), j * Stirling2(n, j) + Stirling2(n, j - 1))
    stirling_outside(n, n + 1)
    stirling_outside(n, 0)
    stirling_edge(n, 1)
    for wrong in (lambda: stirling_outside(n, n), lambda: stirling_outside(n - 1, 0), lambda: stirling_edge(n - 1, 1),
                  lambda: stirling_edge(n, 2), lambda: stirling_recurrence(n - 2, j), lambda: factorial_step(j),
                  lambda: factorial_step(n - 1), lambda: stirling_recurrence(c, j)):
        with pytest.raises(ProofError):
            wrong()


def test_derivatives_need_differentiable_bodies() -> None:
    log_partition = DerivativeAt(sp.log(1 + sp.exp(z)), z, c, 1)
    assert low_derivative(log_partition).conclusion.rhs.subs(c, 0) == sp.Rational(1, 2)
    for body in (sp.Abs(z), sp.log(z), 1 / z, sp.sqrt(z)):
        with pytest.raises(ProofError):
            low_derivative(DerivativeAt(body, z, c, 1))
    with pytest.raises(ProofError):
        low_derivative(DerivativeAt(sp.exp(z), z, c, n))
    with pytest.raises(ProofError):
        chain(c**2, c, z, c)  # c ranges over all reals, not over (0, 1)


def test_tower_needs_the_true_step_and_a_free_point() -> None:
    slope_of_exp = DerivativeAt(sp.exp(z), z, c, 1)
    base = arithmetic(equal(slope_of_exp, sp.exp(c)), low_derivative(slope_of_exp))
    row = size("r")
    step = arithmetic(equal(q * (1 - q) * 1, q * (1 - q)))
    with pytest.raises(ProofError):
        tower(base, step, q, q, row)  # exp(c) is not the probability
    good = arithmetic(equal(DerivativeAt(sp.log(1 + sp.exp(z)), z, c, 1), logistic(c)),
                      low_derivative(DerivativeAt(sp.log(1 + sp.exp(z)), z, c, 1)))
    with pytest.raises(ProofError):
        tower(good, step, q, q, row)  # p(1 - p) is not again p
    with pytest.raises(ProofError):
        tower(assume(good.conclusion), step, q, q, row)


def test_two_outcomes_of_one_gate_only() -> None:
    xi = gates("xi", q, n)
    assert two_outcomes(xi[1] ** 2, xi[1]).conclusion == equal(E(xi[1] ** 2), q)
    with pytest.raises(ProofError):
        two_outcomes(xi[1] * xi[2], xi[1])
    with pytest.raises(ProofError):
        two_outcomes(xi[1] * E(xi[1]), xi[1])
    with pytest.raises(ProofError):
        two_outcomes(normal("g", 0, 1), normal("g", 0, 1))
    two_outcomes(RandomScalar("Y", UNIT, "bernoulli", q) ** 3, RandomScalar("Y", UNIT, "bernoulli", q))


def test_largest_outcome_needs_open_gates_that_differ() -> None:
    open_gate, any_gate = gates("xi", q, n), gates("xi", Scalar("r", UNIT), n)
    found = largest_of_sum(f[j] * open_gate[j], (j, 1, n), open_gate[j]).conclusion
    assert found == equal(LargestOutcome(sp.Sum(f[j] * open_gate[j], (j, 1, n))), sp.Sum(sp.Max(f[j], 0), (j, 1, n)))
    for wrong in (lambda: largest_of_sum(f[j] * any_gate[j], (j, 1, n), any_gate[j]),
                  lambda: largest_of_sum(f[j] * open_gate[1], (j, 1, n), open_gate[1]),
                  lambda: largest_of_sum(open_gate[j] * open_gate[1], (j, 1, n), open_gate[j]),
                  lambda: largest_of_gate(open_gate[1] + open_gate[2], open_gate[1])):
        with pytest.raises(ProofError):
            wrong()


# --- series with a pair of poles: here 2 cos(j)/j, whose poles lie on the unit circle at the angle 1 ----------------

one, two = sp.S.One, sp.Integer(2)
exact = -2 * sp.cos(ORDER) / ORDER


def pair(coefficient: Expr = exact, distance: Expr = one, angle: Expr = one, after: Expr = two) -> PolePair:
    leading = 2 * distance ** (-ORDER) * sp.cos(ORDER * angle) / ORDER
    expansion = arithmetic(less_equal(sp.Abs(coefficient + leading), one * after ** (2 - ORDER) / ORDER))
    between = arithmetic(sp.And(less(0, angle), less(angle, sp.pi), evaluate=False))
    apart = arithmetic(sp.And(less(0, distance), less(distance, after), evaluate=False))
    return pole_pair(coefficient, distance, angle, after, one, expansion, between, apart)


def test_pole_pairs_must_be_apart_and_off_the_axis() -> None:
    pair()
    for wrong in ({"after": one}, {"after": sp.Rational(1, 2)}, {"angle": sp.S.Zero}, {"angle": sp.Integer(4)}):
        with pytest.raises(ProofError):
            pair(**wrong)


def test_series_rules_ask_for_their_bounds() -> None:
    poles = pair()
    near, far = assume(less_equal(sp.Abs(w), one)), assume(less(one, sp.Abs(w)))
    assert isinstance(converges_within(poles, w, near, j, 1).conclusion, Converges)
    assert isinstance(diverges_beyond(poles, w, far, j, 1).conclusion, sp.Not)
    for wrong in (lambda: converges_within(poles, w, far, j, 1), lambda: diverges_beyond(poles, w, near, j, 1),
                  lambda: converges_within(poles, w, assume(less_equal(sp.Abs(w), 2)), j, 1),
                  lambda: diverges_beyond(poles, normal("g", 0, 1), far, j, 1),
                  lambda: growth(poles, j, 3 * j)):
        with pytest.raises(ProofError):
            wrong()


def test_mixture_needs_a_bound_for_every_mask() -> None:
    xi = gates("xi", q, 1)
    term = SumsTo(w**j / sp.factorial(j), (j, 0), sp.exp(w))
    pointwise = assume(term)
    with pytest.raises(ProofError):  # the pointwise sum is assumed for one w only
        mixture(pointwise, w, c * xi[1], one, assume(less_equal(LargestOutcome(sp.Abs(c * xi[1])), one)), 0)


def test_zeta_growth_needs_the_zeta_term() -> None:
    zeta_growth(2 * sp.zeta(2 * j) / (2 * sp.pi) ** (2 * j), j, 2 * j, 2 * sp.pi)
    with pytest.raises(ProofError):
        zeta_growth(j * sp.zeta(2 * j) / (2 * sp.pi) ** (2 * j), j, 2 * j, 2 * sp.pi)
    with pytest.raises(ProofError):
        zeta_growth(sp.zeta(2 * j) / sp.pi ** (2 * j), j, 2 * j, 2 * sp.pi)


def test_arctangent_and_bound_names() -> None:
    assert arctangent_range(c).conclusion.args[1] == less(sp.atan(c), sp.pi / 2)
    at_z = DerivativeAt(sp.exp(z), z, c, n)
    moved = substitute(at_z, {c: z})
    assert moved.point == z and moved.variable != z
    with pytest.raises(ValueError, match="point is z"):
        DerivativeAt(sp.exp(z), z, z, 1)
