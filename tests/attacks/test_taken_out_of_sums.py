"""A sum over an empty range evaluates no term: what is taken out of it may have no value there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, b, c, d, e, i, j, m, n, p, q, refused, x
from dropout_theory import referee
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, SameToOrder, Scalar, Var, equal, gates, unfold
from dropout_theory.normal_form import same
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    collected_power,
    constant_sum,
    empty_product,
    identity,
    instance,
    rewritten,
    series,
    times,
)
from dropout_theory.recheck.steps.normal import same as same_to_the_checker
from dropout_theory.recheck.translation import term

MAYBE_UNDEFINED = "undefined|not known|normal forms|not zero|not implied"
far = sp.Abs(c - 1000)
g = gates("g", q, c)

# of each pair the sides differ where a range is empty, or where the first divides by 0 there
PAIRS = {
    "as many terms as are divided by": (sp.Sum(1 / c, (i, 1, c)), sp.S.One),
    "one term fewer": (sp.Sum(1 / (n - 1), (i, 2, n)), sp.S.One),
    "two ranges": (sp.Sum(1 / (c * n), (i, 1, c), (j, 1, n)), sp.S.One),
    "a range in a range": (sp.Sum(sp.Sum(1 / c**2, (i, 1, c)), (j, 1, c)), sp.S.One),
    "a range as long as an index says": (sp.Sum(sp.Sum(1 / i, (j, 1, i)), (i, 0, c)), c + 1),
    "empty at one size far off": (sp.Sum(1 / far, (i, 1, far)), sp.S.One),
    "an exponential of a logarithm": (sp.Sum(sp.exp(-sp.log(c)), (i, 1, c)), sp.S.One),
    "a mean": (E(sp.Sum(g[i] / c, (i, 1, c))), q),
    "a mean over one gate fewer": (E(sp.Sum(e[i] / (n - 1), (i, 2, n))), q),
    "a variance": (Var(sp.Sum(g[i] / c, (i, 1, c))) * c, q * (1 - q)),
    "a product of powers": (sp.Product(2 ** (1 / c), (i, 1, c)), sp.Integer(2)),
    "a logarithm of a product": (sp.log(sp.Product(sp.exp(1 / c), (i, 1, c))), sp.S.One),
    "beside another sum": (sp.Sum(x / c, (i, 1, c)) + sp.Sum(p[i], (i, 1, n)), x + sp.Sum(p[i], (i, 1, n))),
    "two roots": (sp.Sum(c ** -HALF * sp.Sum(c ** -HALF, (j, 1, 1)), (i, 1, c)), sp.S.One),
    "in a denominator": (1 / (1 + sp.Sum(1 / c, (i, 1, c))), sp.Rational(1, 2)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_normal_form(name: str) -> None:
    """Neither normal form makes the two the same, and no rule their equality."""
    left, right = PAIRS[name]
    assert not same(left, right)
    assert not same_to_the_checker(term(unfold(left)), term(unfold(right)))
    with refused(MAYBE_UNDEFINED):
        identity(left, right)
    with refused(MAYBE_UNDEFINED):
        arithmetic(equal(left, right))


@pytest.mark.parametrize("name", PAIRS)
def test_the_referee(name: str) -> None:
    """And nobody is told that it is proved."""
    assert referee(equal(*PAIRS[name]), methods=("admissible", "symbolic")).verdict.verdict != "proved"


def test_orders() -> None:
    """The sum of (1 + s)/c over 1..c is no 1 + s."""
    s = Scalar("s", POSITIVE)
    found = referee(SameToOrder(sp.Sum((1 + s) / c, (i, 1, c)), 1 + s, s, 1), methods=("admissible", "symbolic"))
    assert found.verdict.verdict == "refuted"


def _counted() -> Theorem:
    return constant_sum(1 / c, (i, 1, c))


def _counted_from_two_on() -> Theorem:
    return constant_sum(1 / (n - 1), (i, 2, n))


def _power() -> Theorem:
    return collected_power(1 / c, -1, (i, 1, c))


@pytest.mark.parametrize("attack", [_counted, _counted_from_two_on, _power])
def test_a_rule_that_takes_a_term_out(attack: Callable[[], Theorem]) -> None:
    """What is known where an index is in its range is not known beside the sum."""
    with refused("undefined|not known"):
        attack()


def test_rules_of_the_modules_themselves() -> None:
    """A rule that is taken from its module, past what sees to its arguments: z = 2z, multiplied by 1/z at z = 0."""
    z = Scalar("z")
    zero = arithmetic(equal(z, 2 * z), assume(equal(z, 0)))
    with refused("undefined"):
        times(zero, 1 / z)
    with refused("is taken from dropout_theory.proof"):
        series.times(zero, 1 / z)


@pytest.mark.parametrize(("left", "right"), [
    (sp.Sum(1 / n, (i, 1, n)), sp.S.One),
    (sp.Sum(1 / (1 + c), (i, 0, c)), sp.S.One),
    (sp.Sum(sp.Sum(1 / i, (j, 1, i)), (i, 1, n)), n),
    (sp.Sum(sp.Sum(x / m, (i, 1, c)), (j, 1, m)), c * x),
    (E(sp.Sum(d[i] / n, (i, 1, n))), sp.Sum(p[i], (i, 1, n)) / n),
    (E(sp.Sum(e[i] / n, (i, 1, n))), q),
    (sp.Sum(1 / (1 + x**2), (i, 1, c)), c / (1 + x**2)),
])
def test_what_is_true_is_still_seen(left: Any, right: Any) -> None:
    """A range that is never empty, or a denominator that its length says nothing of."""
    assert str(identity(left, right).conclusion)


@pytest.mark.parametrize("asked", ["is_extended_nonpositive", "is_nonpositive", "is_negative", "is_positive"])
@pytest.mark.parametrize("ends", [(1, 0), (c + 1, c), (3, 2)])
def test_an_empty_product_is_one(asked: str, ends: tuple[Any, Any]) -> None:
    """To SymPy, whatever it is asked first: else the smaller of it and c would be it."""
    product = sp.Product(c, (sp.Dummy(integer=True), *ends))
    getattr(product, asked)
    assert product.is_positive and not product.is_nonpositive and not product.is_negative
    assert sp.Min(c, product) != product and sp.Max(c, product) != c


def test_a_product_of_zeros_may_be_empty() -> None:
    """Over 1..c it is 1 at c = 0: the larger of it and 1/2 is not 1/2, and nothing of it is put away unseen."""
    y = Scalar("y", NONNEGATIVE)
    product = sp.Product(y, (i, 1, c))
    zeros = sp.Product(sp.S.Zero, (sp.Dummy(integer=True), 1, c))
    assert zeros.is_zero is None and sp.Max(zeros, HALF) != HALF and sp.Abs(zeros) != 0
    assert sp.Product(sp.S.Zero, (sp.Dummy(integer=True), 1, n)).is_zero
    empty = rewritten(product, assume(equal(c, 0)))
    one = arithmetic(equal(sp.Max(product, HALF), 1), empty, empty_product(sp.Product(y, (i, 1, 0))))
    with refused("undefined"):
        instance(one, {y: sp.S.Zero})


def _shifted_power() -> tuple[Any, Any]:
    total = sp.Sum(b[i], (i, 1, n - 1))
    return total ** (1 - n), sp.Sum(b[j] * total ** (-n), (j, 1, n - 1))


def test_a_power_is_not_split_at_zero() -> None:
    """At n = 1 the left side is 0^0, which is 1, and the right side an empty sum."""
    left, right = _shifted_power()
    assert not same(left, right)
    assert not same_to_the_checker(term(unfold(left)), term(unfold(right)))
    assert same(total_to(n + 1), total_to(n) * sp.Sum(b[i], (i, 1, n)))


def test_a_power_is_not_split_in_a_mean() -> None:
    """At c = 0 and n = 1 the left side is the mean of 0^0, and the right side an empty sum."""
    total = c + sp.Sum(g[i], (i, 1, c))
    left, right = E(total ** (1 - n)), sp.Sum(E((1 + g[j]) * total ** (-n)), (j, 1, c))
    assert not same(left, right)
    assert not same_to_the_checker(term(unfold(left)), term(unfold(right)))


def total_to(exponent: Any) -> Any:
    return sp.Sum(b[i], (i, 1, n)) ** exponent
