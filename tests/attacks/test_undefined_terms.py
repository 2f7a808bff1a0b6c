"""Cause 1: a statement whose terms have no value at some instance is not true there, and no rule may conclude it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    UNDEFINED,
    c,
    contradiction,
    d,
    e,
    i,
    n,
    q,
    r,
    refused,
    s,
    x,
    y,
)
from dropout_theory.language import (
    INTEGER,
    NWGM,
    E,
    Exists,
    G,
    Scalar,
    different,
    equal,
    implies,
    less,
    less_equal,
    logistic,
    normal,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    cases,
    discharge,
    evaluated,
    exhibit,
    expected,
    exponential_bound,
    identity,
    increasing,
    instance,
    negation,
    over_masks,
    restate,
    rewrite,
    satisfied,
    times,
    written_out,
)

Z = normal("Z", 0, 1)
z = Scalar("z", INTEGER)


def test_square_of_a_logarithm() -> None:
    """0 <= log(-1)^2, which is -pi^2."""
    with refused(UNDEFINED):
        instance(arithmetic(less_equal(0, sp.log(x) ** 2)), {x: sp.Integer(-1)})


def test_quotient_at_a_zero() -> None:
    """(x^2 + x)/x = x + 1 at x = 0, where the left side has no value."""
    with refused(UNDEFINED):
        identity((x**2 + x) / x, x + 1)


def test_both_sides_times_an_inverse() -> None:
    """1 = 0, from 0 = 0 times 1/0."""
    with refused(UNDEFINED):
        divided = instance(times(assume(equal(x, 0)), 1 / x), {x: sp.S.Zero})
        contradiction(satisfied(divided, identity(sp.S.Zero, sp.S.Zero)))


def test_gamma_at_a_pole() -> None:
    """Gamma(0) = Gamma(0), of which neither side has a value."""
    with refused(UNDEFINED):
        instance(identity(sp.gamma(x), sp.gamma(x)), {x: sp.S.Zero})


def test_factorial_of_a_negative_integer() -> None:
    """0 <= ((-1)!)^2, which has no value."""
    with refused(UNDEFINED):
        instance(arithmetic(less_equal(0, sp.factorial(z) ** 2)), {z: sp.Integer(-1)})


def test_exponential_of_an_imaginary_number() -> None:
    """0 < exp(i pi) = -1."""
    with refused(UNDEFINED):
        instance(arithmetic(less(0, sp.exp(sp.I * x))), {x: sp.pi})


def test_inverse_cosine_beyond_one() -> None:
    """0 <= acos(2)^2, which is negative."""
    with refused(UNDEFINED):
        instance(arithmetic(less_equal(0, sp.acos(x) ** 2)), {x: sp.Integer(2)})


def test_real_power_of_a_negative_number() -> None:
    """0 <= ((-1)^(1/2))^2 = -1."""
    with refused(UNDEFINED):
        contradiction(instance(arithmetic(less_equal(0, (x**q) ** 2)), {x: sp.Integer(-1), q: HALF}))


def test_power_of_zero_with_a_negative_exponent() -> None:
    """0^(-1) = 0^(-1), from r^x = r^x for r >= 0 and real x."""
    with refused(UNDEFINED):
        instance(identity(r**x, r**x), {r: sp.S.Zero, x: sp.Integer(-1)})


def test_tangent_at_a_right_angle() -> None:
    """0 <= tan(pi/2)^2, which has no value."""
    with refused(UNDEFINED):
        instance(arithmetic(less_equal(0, sp.tan(x) ** 2)), {x: sp.pi / 2})


def test_a_term_of_a_sum() -> None:
    """The sum of 1/(i - 2) over i = 1..n equals itself, though it has no value from n = 2 on."""
    whole = sp.Sum(1 / (i - 2), (i, 1, n))
    with refused(UNDEFINED):
        identity(whole, whole)


def test_a_factor_of_a_product() -> None:
    """The product of log(x - i) over i = 1..n equals itself at x = 0."""
    whole = sp.Product(sp.log(x - i), (i, 1, n))
    with refused(UNDEFINED):
        identity(whole, whole)


def test_an_outcome_without_a_value() -> None:
    """0 <= E(log g)^2, where g = 0 with positive probability."""
    with refused(UNDEFINED):
        arithmetic(less_equal(0, E(sp.log(e[1])) ** 2))


def test_an_inverse_inside_a_mean() -> None:
    """E((g^2 + g)/g) = itself, where g = 0 with positive probability."""
    whole = E((e[1] ** 2 + e[1]) / e[1])
    with refused(UNDEFINED):
        identity(whole, whole)


def test_an_inverse_over_masks() -> None:
    """E(1/g) = q + (1 - q)/0."""
    with refused(UNDEFINED):
        over_masks(E(1 / e[1]))


def test_the_mean_of_an_inverse_normal() -> None:
    """E(1/Z) = E(1/Z) for a standard normal Z, whose inverse is not integrable."""
    with refused(UNDEFINED):
        identity(E(1 / Z), E(1 / Z))


def test_an_infinite_mean() -> None:
    """E(1 + Z^2) <= E(exp(Z^2)), which is not finite."""
    with refused(UNDEFINED):
        expected(exponential_bound(Z**2))


def test_the_mean_of_an_inverse_uniform() -> None:
    """0 <= E(1/U) for U uniform on (0, 1), which is infinite."""
    with refused(UNDEFINED):
        arithmetic(less_equal(0, E(1 / uniform("U", 0, 1)) ** 2))


def test_a_geometric_mean_of_negative_numbers() -> None:
    """0 <= G(x)^2 for outcomes of either sign: (-1)^q has no real value."""
    with refused(UNDEFINED):
        arithmetic(less_equal(0, G(1 - 2 * e[1]) ** 2))


def test_a_normalised_geometric_mean_of_a_gate() -> None:
    """NWGM(g) + NWGM(1 - g) = 1, where both are 0/0."""
    with refused(UNDEFINED):
        identity(NWGM(e[1]) + NWGM(1 - e[1]), 1)


def test_a_logistic_function_with_a_pole() -> None:
    """sigma(0) = 1/(1 + y) at y = -1."""
    with refused(UNDEFINED):
        identity(logistic(x, y), 1 / (1 + y * sp.exp(-x)))


def test_cases_that_leave_something_out() -> None:
    """A term without a case for x < 0 is at least 0."""
    whole = sp.Piecewise((1, sp.Ge(x, 0, evaluate=False)))
    with refused(UNDEFINED + "|case"):
        arithmetic(less_equal(0, whole**2))


@pytest.mark.parametrize("value", [sp.oo, -sp.oo, sp.zoo, sp.nan, sp.I, 1 + sp.I], ids=str)
def test_what_is_no_real_number(value: sp.Expr) -> None:
    """x < x + 1 and 0 <= x^2 at what is no real number."""
    with refused(UNDEFINED):
        instance(arithmetic(less(x, x + 1)), {x: value})
    with refused(UNDEFINED):
        instance(arithmetic(less_equal(0, x**2)), {x: value})


@pytest.mark.parametrize("value", [sp.oo, sp.zoo, sp.nan, sp.I], ids=str)
def test_a_statement_of_what_is_no_real_number(value: sp.Expr) -> None:
    """Infinity, nan or the imaginary unit stand in a conclusion as if they were numbers."""
    with refused():
        identity(value, value)


def test_an_undefined_term_in_one_of_two_cases() -> None:
    """1/x = 1/x for every x, from the cases x = 0 and x != 0."""
    said = equal(1 / x, 1 / x)
    with refused(UNDEFINED):
        discharged = discharge(different(x, 0), arithmetic(said, assume(different(x, 0))))
        assert discharged.conclusion == implies(different(x, 0), said)
        cases(different(x, 0), arithmetic(said, assume(different(x, 0))), identity(1 / x, 1 / x))


def test_a_zero_put_into_a_denominator() -> None:
    """x = 0 |- 1/0 = 1/0, by rewriting."""
    with refused(UNDEFINED):
        rewrite(arithmetic(equal(1 / x, 1 / x), assume(different(x, 0))), assume(equal(x, 0)))


def test_a_witness_at_which_nothing_is_said() -> None:
    """There is an x with 1/x = 1/x, shown at x = 0."""
    with refused():
        exhibit(Exists(equal(1 / x, 1 / x), (x,)), {x: sp.S.Zero}, identity(sp.zoo, sp.zoo))


def test_a_sum_written_out() -> None:
    """1/(1 - 2) + 1/(2 - 2) = itself."""
    with refused(UNDEFINED):
        whole = sp.Sum(1 / (i - 2), (i, 1, 2))
        written_out(identity(whole, whole))


def test_the_logarithm_of_both_sides() -> None:
    """log(-1) = log(-1), from x = x."""
    with refused(UNDEFINED):
        instance(increasing(sp.log, identity(x, x)), {x: sp.Integer(-1)})


def test_a_restated_quotient() -> None:
    """x/x^2 = 1/x for every x, from an identity that SymPy simplified."""
    with refused(UNDEFINED):
        restate(identity(x + 1, x + 1), equal((x**2 + x) / x, x + 1))


def test_a_root_that_is_imaginary() -> None:
    """sqrt(x)^4 = x^2 and 0 <= sqrt(x) at x = -1."""
    with refused(UNDEFINED):
        instance(identity(sp.sqrt(x) + 1, 1 + sp.sqrt(x)), {x: sp.Integer(-1)})


def test_evaluation_of_what_has_no_value() -> None:
    """0 * (1/0) = 0 or 0^0^(-1) = ..., decided by evaluation."""
    with refused():
        evaluated(equal(sp.Mul(0, sp.Pow(0, -1, evaluate=False), evaluate=False), 0))
    with refused():
        evaluated(sp.Not(equal(sp.log(-2, evaluate=False), 0), evaluate=False))


GOOD: dict[str, Callable[[], Theorem]] = {
    "a quotient with a positive denominator": lambda: identity((s**2 + s) / s, s + 1),
    "the square of a logarithm": lambda: arithmetic(less_equal(0, sp.log(s) ** 2)),
    "a logarithm of what is at least 1": lambda: identity(2 * sp.log(1 + x**2), sp.log(1 + x**2) * 2),
    "an inverse under its hypothesis": lambda: arithmetic(equal(1 / x, 1 / x), assume(different(x, 0))),
    "times an inverse": lambda: times(assume(equal(x, y)), 1 / s),
    "a mean of defined outcomes": lambda: over_masks(E(1 / (1 + e[1]))),
    "a mean of a logarithm": lambda: arithmetic(less_equal(0, E(sp.log(1 + d[1])) ** 2)),
    "a root of what is not negative": lambda: identity(sp.sqrt(r) + 1, 1 + sp.sqrt(r)),
    "a power of a natural exponent": lambda: identity(x ** (c + 1), x * x**c),
    "a normal mean that exists": lambda: expected(exponential_bound(Z / 2)),
    "a geometric mean of positive outcomes": lambda: arithmetic(less_equal(0, G(1 + e[1]) ** 2)),
    "a logistic function": lambda: identity(logistic(x, s), 1 / (1 + s * sp.exp(-x))),
    "both cases": lambda: cases(less_equal(0, x), arithmetic(less_equal(0, x**2), assume(less_equal(0, x))),
                                arithmetic(less_equal(0, x**2), assume(negation(less_equal(0, x))))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
