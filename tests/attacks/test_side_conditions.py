"""Each side condition of a rule is violated alone, by a call that would else be accepted: indices, gates, algebra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, O, P, d, e, i, k, m, n, p, r, refused, s, w, x, y
from attacks.support import N as drawn
from dropout_theory.claims import Claim
from dropout_theory.language import (
    NATURAL,
    NONNEGATIVE,
    REAL,
    SIZE,
    Abstract,
    Aversion,
    Domain,
    E,
    Exists,
    G,
    Largest,
    LargestOutcome,
    SameToOrder,
    Scalar,
    Smallest,
    Var,
    convexity,
    different,
    equal,
    family,
    gates,
    less,
    less_equal,
    natural,
    normal,
)
from dropout_theory.proof import (
    apart,
    arithmetic,
    assume,
    at_instance,
    at_value,
    binomial_mirrored,
    binomial_not_negative,
    by_slope,
    constant_sum,
    convex_by_curvature,
    differentiate,
    each_value,
    entry_below_sum,
    exhibit,
    expected,
    extreme_attained,
    finite_jensen,
    given_gates,
    held,
    increasing,
    independent_product,
    induction,
    jensen,
    meaningless,
    minimum_bound,
    over_masks,
    parity,
    refutation,
    rewrite,
    to_order,
    together,
    unbounded,
    unfolded,
    vanishing_factor,
    weighted,
    zero_or_one,
)

Attacks = dict[str, tuple[Callable[[], Any], str]]
one, two = sp.S.One, sp.Integer(2)


# --- algebra and analysis -------------------------------------------------------------------------------------------

rows = 2 * k - 3  # -1 and 1 at the first two integers, and 0 between them
bits = family("bits", Domain("0 or 1", sp.S.Zero, one, integer=True), n)
whole = Scalar("t", SIZE)
lengths = family("L", SIZE, m)
beyond, from_zero_on = assume(less_equal(k + 1, x)), assume(less_equal(0, k))
S = sp.Sum(k, (k, 1, 2))

ALGEBRA: Attacks = {
    "rewriting by an inequality": (
        lambda: rewrite(assume(less(x, 1)), assume(less_equal(x, y))), "not an equality"),
    "a definition of a weight": (lambda: unfolded(w[1]), "not defined by recursion"),
    "a sum as a largest entry": (lambda: minimum_bound(sp.Sum(w[k], (k, 1, n)), one), "not a Largest or Smallest"),
    "an entry between two": (
        lambda: minimum_bound(Smallest((k - 1) * (k - 2), (k, 1, n)), 3 * HALF), "3/2 is not an integer"),
    "an extreme that differs": (
        lambda: extreme_attained(Largest(k**2, (k, 1, n)), arithmetic(different(k**2, -1)), k), "not an inequality"),
}
ANALYSIS: Attacks = {
    "a sum of differences that are not zero": (
        lambda: weighted(arithmetic(different(2 * bits[k] - 1, 0), zero_or_one(bits[k])), 1, (k, 1, n)),
        "not an equality or inequality"),
    "another function of both sides": (lambda: increasing(sp.cos, arithmetic(less(x, x + 1))), "is not exp or log"),
    "exponentials of what differs": (
        lambda: increasing(sp.exp, arithmetic(different(x, x + 1))), "not an equality or inequality"),
    "the slope at integers": (
        lambda: by_slope(whole**2, whole, one, arithmetic(less_equal(0, (whole - 1) * 2 * whole))),
        "does not range over an interval"),
    "the slope where a premise holds": (
        lambda: by_slope(x - sp.log(x), x, one, arithmetic(less_equal(0, (x - 1) * (1 - 1 / x)), assume(less(0, x))),
                         assume(less(0, x))), "a premise restricts x"),
    "the slope of another function": (
        lambda: by_slope(-(x**2), x, sp.S.Zero, arithmetic(less_equal(0, 2 * x**2))), "slope theorem concludes"),
    "the slope at most, for a bound from below": (
        lambda: by_slope(-(x**2), x, sp.S.Zero, arithmetic(less_equal(-2 * x**2, 0))), "slope theorem concludes"),
    "a logarithm beside a sum over the index of its premise": (
        lambda: by_slope(S + sp.log(x), x, k + 1, arithmetic(less_equal(0, (x - k - 1) / x), beyond, from_zero_on)),
        "may not be positive"),
    "a quotient beside a sum over the index of its premise": (
        lambda: by_slope(S - 1 / x, x, k + 1, arithmetic(less_equal(0, (x - k - 1) / x**2), beyond, from_zero_on)),
        "may vanish or be negative"),
    "the slope of a sum that grows by steps": (
        lambda: by_slope(sp.Sum(1, (k, 1, sp.floor(x))), x, sp.S.Zero, arithmetic(less_equal(0, sp.S.Zero))),
        "is not a finite sum over a range without x"),
    "a mean over integers": (
        lambda: jensen(whole**2, whole, lengths[k], P, arithmetic(less_equal(0, two))),
        "does not range over an interval"),
    "the curvature of another function": (
        lambda: jensen(x**3, x, O[k], P, arithmetic(less_equal(0, two))), "does not fit f''"),
    "convexity at integers": (
        lambda: convex_by_curvature(whole**2, whole, arithmetic(less_equal(0, two))),
        "does not range over an interval"),
    "a mean of integers by convexity": (
        lambda: finite_jensen(whole**2, whole, lengths[k], P, assume(convexity(whole**2, whole))),
        "does not range over an interval"),
    "convexity at some indices": (
        lambda: finite_jensen(x**2, x, O[k], P, _convex(), assume(less(0, k))), "an assumption restricts the index"),
    "convexity of a function of the index": (
        lambda: finite_jensen(w[k] * x, x, O[k], P, assume(convexity(w[k] * x, x))),
        "an assumption restricts the index"),
}


def _convex() -> Any:
    return convex_by_curvature(x**2, x, arithmetic(less_equal(0, two)))


# --- counting, indices, logic ---------------------------------------------------------------------------------------

half, twice, some = natural("h"), natural("g"), Scalar("z", NATURAL)
bump = sp.exp(-100 * rows**2)
COUNTING: Attacks = {
    "a mirrored binomial between integers": (lambda: binomial_mirrored(n, HALF), "not known to be an integer"),
    "a binomial between integers": (lambda: binomial_not_negative(n, 5 * HALF), "not known to be an integer"),
    "a sum to no integer": (
        lambda: constant_sum(one, (i, 1, 3 * HALF)), "not known to be an integer"),
    "more values than are looked at": (lambda: each_value(some, less_equal(0, some), 300), "more than 200"),
    "values but for a condition on another": (
        lambda: each_value(some, less_equal(0, some), 3, unless=less(some, x)), "is not about z alone"),
    "a statement about the half": (
        lambda: parity(twice, half, less_equal(half, twice), arithmetic(less_equal(half, 2 * half)),
                       arithmetic(less_equal(half, 2 * half + 1))), "occurs in the statement"),
}
INDICES: Attacks = {
    "gates by a size": (lambda: independent_product(e[m], (m, 1, n)), "is not an index symbol"),
    "numbers that differ": (lambda: apart(1, 2), "compared by SymPy already"),
    "an index and itself": (lambda: together(i, i), "compared by SymPy already"),
    "a term between two": (
        lambda: entry_below_sum(bump, (k, 1, 2), 3 * HALF), "3/2 is not an integer"),
    "a value by an inequality": (
        lambda: at_value(equal(x, 1), assume(less_equal(x, 1)), arithmetic(equal(one, 1))), "not an equality"),
    "a value that is another scalar": (
        lambda: at_value(less(0, x), assume(equal(x, y)), assume(less(0, y))), "is not a number"),
}
LOGIC: Attacks = {
    "an induction from below the domain": (
        lambda: induction(n, less_equal(n, 0), arithmetic(less_equal(sp.S.Zero, 0)),
                          arithmetic(less_equal(n + 1, 0), assume(less_equal(n, 0))), start=0),
        "starts outside the domain"),
    "a step to another statement": (
        lambda: induction(n, less_equal(n, 1), arithmetic(less_equal(one, 1)), arithmetic(less_equal(1, n))),
        "step concludes"),
    "a witness of another statement": (
        lambda: exhibit(Exists(less(x, 0), (x,)), {x: one}, arithmetic(less(0, one))), "is not the body"),
}


# --- gates ----------------------------------------------------------------------------------------------------------

many = gates("many", HALF, 13)
X = Abstract("X", REAL, ((k, 1, n),), False, ())
g = normal("g", 0, 1)
small = gates("small", s / (1 + s), 2)
T = gates("T", HALF, m)
GATES: Attacks = {
    "a mean of differences that are not zero": (
        lambda: expected(arithmetic(different(2 * d[1] - 1, 0), zero_or_one(d[1]))), "not an equality or inequality"),
    "a variance as a mean": (lambda: over_masks(Var(e[1])), "not an expectation"),
    "a variance given gates": (lambda: given_gates(Var(e[1]), e[1]), "not an expectation"),
    "thirteen gates": (lambda: over_masks(E(sp.Add(*[many[a] for a in range(1, 14)]))), "more than 12"),
    "a gate of a random index": (lambda: held(T[drawn], d, {i: 1}), "a random index"),
    "what may depend on the held gates": (lambda: held(X[1], e, {i: 1}), "may depend on the gates"),
    "a random range": (lambda: held(sp.Sum(w[k], (k, 1, drawn)), e, {i: 1}), "a random range"),
}
NEAR_ZERO: Attacks = {
    "the largest outcome over a law that shrinks": (
        lambda: to_order(SameToOrder(LargestOutcome(small[1]), 0, s, 0)), "LargestOutcome is no mean"),
    "a geometric mean of what may be zero": (
        lambda: to_order(SameToOrder(G(r + small[1]), r, s, 0)), "is not known to be positive"),
    "the derivative of an absolute value": (lambda: differentiate(sp.Abs(x), x), "is not smooth"),
    "a mean of exponentials of a normal": (
        lambda: to_order(SameToOrder(E(sp.exp(s * g)), 1, s, 0)), "may not be smooth at 0"),
}

ones = sp.Product(sp.Abs(rows) ** r, (k, 1, 2))
PRODUCTS: Attacks = {
    "a sum with a zero": (
        lambda: vanishing_factor(sp.Sum(p[k] ** r, (k, 1, n)), one, assume(equal(p[1], 0)), assume(less(0, r))),
        "not a product over one index"),
    "a product of no powers": (
        lambda: vanishing_factor(sp.Product(p[k], (k, 1, n)), one, assume(equal(p[1], 0))), "not a product of powers"),
    "powers of negative numbers": (
        lambda: vanishing_factor(sp.Product(w[k] ** 3, (k, 1, n)), one, assume(equal(w[1], 0))), "may be negative"),
    "a zero between two factors": (
        lambda: vanishing_factor(ones, 3 * HALF, assume(less(0, r))), "3/2 is not an integer"),
    "a zero by an assumption about the index": (
        lambda: vanishing_factor(sp.Product(p[k] ** 2, (k, 1, n)), one, assume(equal(p[1], 0)), assume(less(0, k))),
        "an assumption restricts the index"),
}

v, level = Scalar("v"), Scalar("M")
LOSING = Aversion(-(v**2) / 2 + 1, v**2, (v,))
depth = level**2 + 2
NUMBERS: Attacks = {
    "a quotient by zero": (
        lambda: at_instance(arithmetic(less_equal(0, 1 / x**2), assume(different(x, 0))), {x: sp.S.Zero}),
        "not defined at these numbers"),
    "no minimiser where more is assumed": (
        lambda: meaningless(unbounded(LOSING, level, {v: depth}, arithmetic(less(1 - depth**2 / 2, level),
                                                                            assume(less(5, x)))),
                            _claim(equal(LOSING, x)), {x: 1}), "unproved assumptions"),
    "a law of numbers that may not be negative": (lambda: _with_law(NONNEGATIVE), "no law for"),
}


def _claim(statement: Any) -> Claim:
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)", "equation", ())


def _with_law(domain: Any) -> Any:
    """A refutation that gives a random quantity of some domain the law of a gate less one."""
    unknown = Abstract("Y", domain, ((k, 1, 1),), False, ())
    below = gates("own", HALF, 1)[1] - 1
    return refutation(assume(less(E(below), 0)), _claim(less_equal(0, E(unknown[1]))), {unknown: {(1,): below}})


@pytest.mark.parametrize(("attack", "why"), [
    pytest.param(*case, id=name)
    for table in (ALGEBRA, ANALYSIS, COUNTING, INDICES, LOGIC, GATES, NEAR_ZERO, PRODUCTS, NUMBERS)
    for name, case in table.items()])
def test_refused(attack: Callable[[], Any], why: str) -> None:
    """The rule refuses, and for this reason."""
    with refused(why):
        attack()
