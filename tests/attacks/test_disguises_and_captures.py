"""Constants that show a variable, indices that restrict others of their name, names that a sum captures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import refused
from dropout_theory.language import (
    POSITIVE,
    Aversion,
    DerivativeAt,
    Domain,
    HasValue,
    LargestOutcome,
    RootGrowth,
    Scalar,
    both,
    different,
    distribution,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
    size,
    subnetwork,
    weights,
)
from dropout_theory.language import statements as st
from dropout_theory.proof import (
    ORDER,
    PolePair,
    Theorem,
    arithmetic,
    assume,
    aversion_value,
    converges_within,
    discharge,
    diverges_beyond,
    falling_to_zero,
    growth,
    identity,
    independent_product,
    largest_of_gate,
    low_derivative,
    pole_pair,
    positive_part_mean,
    reparametrised,
    unbounded,
    unfolded,
    zeta_growth,
)

x, s, mu, sigma = Scalar("x", POSITIVE), Scalar("s"), Scalar("mu"), Scalar("sigma", POSITIVE)
i, j, k, n, m = index("i"), index("j"), index("k"), size("n"), size("m")
u, M = Scalar("u"), Scalar("M")
w = weights("w", (i, 1, 2))
five = Scalar("t", Domain("five", sp.Integer(5), sp.Integer(5), integer=True))  # a name that stands for 5 alone
above = assume(less_equal(2, i))  # of a free i, not of the one that a family binds
X = normal("X", mu, sigma)


def _falling() -> Theorem:
    f = -sp.exp(x**2 + 2 * x - (x + 1) ** 2)  # -1/e
    return falling_to_zero(f, x, arithmetic(less_equal(0, -sp.diff(f, x))))


def _falling_erf() -> Theorem:
    f = sp.erf((x + 1) ** 2 - x**2 - 2 * x) - 1  # erf(1) - 1
    return falling_to_zero(f, x, arithmetic(less_equal(0, -sp.diff(f, x))))


def _integral() -> Theorem:
    found = mu / 2 * sp.erf((s - mu) / (sigma * sp.sqrt(2))) \
        - sigma / sp.sqrt(2 * sp.pi) * sp.exp(-((s - mu) ** 2) / (2 * sigma**2))
    return positive_part_mean(X, found + sp.exp(s**2 + 2 * s - (s + 1) ** 2), s)


def _random_index() -> Theorem:
    chosen = subnetwork("N", distribution("P", 2))
    return independent_product(gates("d", 1 / k, (j, 1, 2), (k, 1, 2))[j, chosen], (j, 1, 2))


def _total(of: Any) -> Any:
    return sp.Sum(of, (i, 1, 2))


def _map_of_some_indices() -> Theorem:
    aversion = Aversion(_total((w[i] - 1) ** 2), _total(w[i] ** 2), (w,))
    return reparametrised(aversion, {w: (i - 1) * w[i]}, {w: w[i] / (i - 1)}, arithmetic(different(i - 1, 0), above),
                          assume(HasValue(aversion)))


def _map_of_too_few_entries() -> Theorem:
    c = family("c", POSITIVE, (i, 1, 1))
    aversion = Aversion(_total((w[i] - 1) ** 2), _total(w[i] ** 2), (w,))
    return reparametrised(aversion, {w: c[i] * w[i]}, {w: w[i] / c[i]},
                          assume(st.ForEach(different(c[i], 0), (i, 1, 1))), assume(HasValue(aversion)))


def _values_that_are_not_real() -> Theorem:
    criterion = _total(w[i] ** 2)
    values = {w: sp.sqrt(i - 2) * sp.sqrt(M**2 + 1)}
    return unbounded(Aversion(criterion, criterion, (w,)), M, values, arithmetic(less_equal(2, i), above))


def _optimum_that_is_not_real() -> Theorem:
    criterion = _total(w[i] ** 2)
    reached = equal(criterion, -1)
    there = identity(_total(i - 2), _total(i - 2))
    return aversion_value(
        Aversion(criterion, criterion, (w,)), assume(less_equal(-1, criterion)),
        discharge(reached, arithmetic(equal(criterion, -1), assume(reached))),
        ({w: sp.sqrt(i - 2)}, arithmetic(there.conclusion, there, above)), assume(less_equal(0, criterion)),
        ({w: sp.S.Zero}, identity(_total(0 * i), sp.S.Zero)))


def _captured_by_a_sum() -> Theorem:
    criterion = sp.Sum((u - m) ** 2, (m, 1, 2))
    reached = equal(criterion, 0)
    return aversion_value(
        Aversion(criterion, criterion, (u,)), assume(less_equal(0, criterion)),
        discharge(reached, arithmetic(equal(criterion, 0), assume(reached))), ({u: m}, identity(sp.S.Zero, sp.S.Zero)),
        assume(less_equal(0, criterion)), ({u: sp.S.One}, identity(sp.S.Zero, sp.S.Zero)))


def _map_captured_by_a_sum() -> Theorem:
    aversion = Aversion(sp.Sum((u - 1) ** 2, (m, 1, 2)), sp.Sum(u**4, (m, 1, 2)), (u,))
    return reparametrised(aversion, {u: u + m}, {u: u - m}, assume(HasValue(aversion)))


def _captured_by_a_recursion() -> Theorem:
    ranges = ((j, 0, 3),)
    r = recursion("r", ranges, u, placeholder("r", ranges)[j - 1] + u * j)
    aversion = Aversion(r[2] ** 2, r[3] ** 2, (u,))
    return reparametrised(aversion, {u: u + j}, {u: u - j}, assume(HasValue(aversion)))


def _pair(coefficient: Any, angle: Any) -> PolePair:
    one, two = sp.S.One, sp.Integer(2)
    lead = 2 * sp.cos(ORDER * angle) / ORDER
    return pole_pair(coefficient, one, angle, two, one,
                     arithmetic(less_equal(sp.Abs(coefficient + lead), 2 ** (2 - ORDER) / ORDER)),
                     arithmetic(both(less(0, angle), less(angle, sp.pi))),
                     arithmetic(both(less(0, one), less(one, two))))


def _gate_whose_law_moves() -> Theorem:
    gate = gates("g", 1 / (1 + 3**m), 1)[1]
    bound = arithmetic(less(1, LargestOutcome(sp.Abs(2 * gate))), largest_of_gate(sp.Abs(2 * gate), gate))
    return diverges_beyond(_pair(-2 * sp.cos(ORDER) / ORDER, sp.S.One), 2 * gate, bound, m, 1)


def _unit(base: Any, *domain: Any) -> Any:
    ranges = ((i, 0, 1),)
    return recursion("h", ranges, base, placeholder("h", ranges)[i - 1], *domain)[0]


def _point_that_hides_the_index() -> Theorem:
    point = _unit(sp.Max(0, sp.Min(1, sp.cos(sp.pi * m / 2))))
    return converges_within(_pair(-2 * sp.cos(ORDER * sp.pi / 2) / ORDER, sp.pi / 2), point,
                            arithmetic(less_equal(sp.Abs(point), 1), unfolded(point)), m, 1)


def _base_that_hides_the_index() -> Theorem:
    base = _unit(m + 1, POSITIVE)
    return zeta_growth(sp.zeta(m) / base**m, m, m, base)


def _growth_of_one_term() -> Theorem:
    return zeta_growth(sp.zeta(five) / 2**five, five, five, sp.Integer(2))


def _growth_along_one_index() -> Theorem:
    return growth(_pair(-2 * sp.cos(ORDER) / ORDER, sp.S.One), five, five)


def _slope_at_a_single_number() -> Theorem:
    return low_derivative(DerivativeAt(sp.exp(five), five, 5, 1))


ATTACKS: dict[Callable[[], Any], str] = {
    _falling: "does not move", _falling_erf: "does not move",
    _integral: "does not move", _random_index: "random index",
    _map_of_some_indices: "assumption about the parameters", _map_of_too_few_entries: "out of range",
    _values_that_are_not_real: "restricts an index", _optimum_that_is_not_real: "restricts an index",
    _captured_by_a_sum: "has indices", _map_captured_by_a_sum: "has indices|mixes",
    _captured_by_a_recursion: "has indices|mixes", _gate_whose_law_moves: "is not real",
    _point_that_hides_the_index: "fixed real number", _base_that_hides_the_index: "positive constant",
    _growth_of_one_term: "upper bound", _growth_along_one_index: "upper bound",
    _slope_at_a_single_number: "any real number",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_rule_that_looks_at_what_is_shown(attack: Callable[[], Any]) -> None:
    """Each is 0 = 1 in a few steps more, or a theorem that is false."""
    with refused(ATTACKS[attack]):
        attack()


@pytest.mark.parametrize("variable", [five, Scalar("q", POSITIVE), sp.Symbol("r", positive=True), n])
def test_the_variable_of_a_derivative_is_any_real_number(variable: Any) -> None:
    with refused("any real number"):
        DerivativeAt(sp.exp(variable), variable, 1, 1)


@pytest.mark.parametrize("growing", [five, u, Scalar("y", POSITIVE), sp.Symbol("e", even=True)])
def test_the_index_of_a_growth_is_any_large_integer(growing: Any) -> None:
    with refused("upper bound"):
        RootGrowth(2**growing, growing, growing)
