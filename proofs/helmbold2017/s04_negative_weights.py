"""Tails of a symmetric binomial: small n by counting, n >= 76 by a bound on the largest probability.

The central coefficient satisfies C(2c, c)^2 (3c + 1) <= 16^c by induction; every other coefficient is smaller. So
each value has probability at most 1/sqrt(3n/2 + 1), and the closed interval of length sqrt(n)/2 around the mean,
which holds at most sqrt(n)/2 + 1 integers, has probability at most 1/2 from n = 76 on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp
from sympy import Rational, Sum, binomial, pi, sqrt

from dropout_theory import proof as by
from dropout_theory.claims import classical_fact, prove, witness
from dropout_theory.language import NONNEGATIVE, POSITIVE, Scalar, both, equal, less, less_equal, natural, substitute
from dropout_theory.papers.helmbold2017 import s04_negative_weights as paper
from dropout_theory.papers.helmbold2017.s04_negative_weights import chance, first, j, last, n
from dropout_theory.proof import Theorem

for label, value in (("lem15.2", 5), ("lem15", 5), ("lem15-step-interval", 5), ("lem15-step-tail", 16)):
    witness(f"helmbold2017:{label}", {n: value})

c, N, v, t = natural("c"), natural("N"), natural("v"), natural("t")
THRESHOLD = 76
LARGEST = 1 / sqrt(3 * n / 2 + 1)  # no value is more probable

# --- the largest probability ------------------------------------------------------------------------------------


@cache
def central() -> Theorem:
    """C(2c, c)^2 (3c + 1) <= 16^c, by induction over c.

    (c + 1) C(2c + 2, c + 1) = 2 (2c + 1) C(2c, c), and (2c + 1)^2 (3c + 4) <= 4 (c + 1)^2 (3c + 1).
    """
    x, z, y = binomial(2 * c, c), binomial(2 * c + 1, c), binomial(2 * c + 2, c + 1)
    statement = less_equal(x**2 * (3 * c + 1), 16**c)
    base = by.restate(by.arithmetic(less_equal(1, 1)), substitute(statement, {c: sp.S.Zero}))
    # (c + 1) z = (2c + 1) x and (c + 1) y = (2c + 2) z
    to_odd = by.rewrite(by.binomial_absorbed(2 * c, c), by.binomial_mirrored(2 * c + 1, c + 1))
    to_even = by.binomial_absorbed(2 * c + 1, c)
    twice = by.arithmetic(equal(y, 2 * z), to_even)
    grown = by.arithmetic(equal((c + 1) * y, 2 * (2 * c + 1) * x), twice, to_odd)
    square = by.arithmetic(equal((c + 1) ** 2 * y**2, 4 * (2 * c + 1) ** 2 * x**2), grown)
    slack = by.arithmetic(less_equal((2 * c + 1) ** 2 * (3 * c + 4), 4 * (c + 1) ** 2 * (3 * c + 1)))
    u, w, b, e = (Scalar(name, NONNEGATIVE) for name in ("u", "w", "b", "e"))
    f, g, k = (Scalar(name, POSITIVE) for name in ("f", "g", "k"))
    # u = y^2, w = x^2, b = 16^c, e = (2c + 1)^2, f = 3c + 4, g = 3c + 1, k = (c + 1)^2
    facts = [equal(k * u, 4 * e * w), less_equal(e * f, 4 * k * g), less_equal(w * g, b)]
    scaled = by.arithmetic(less_equal(w * (e * f), w * (4 * k * g)), by.assume(facts[1]))
    bounded = by.arithmetic(less_equal(k * (w * g), k * b), by.assume(facts[2]))
    product = by.arithmetic(less_equal(k * (u * f), k * (16 * b)), by.assume(facts[0]), scaled, bounded)
    lemma = by.arithmetic(less_equal(u * f, 16 * b), product)
    values = {u: y**2, w: x**2, b: 16**c, e: (2 * c + 1) ** 2, f: 3 * c + 4, g: 3 * c + 1, k: (c + 1) ** 2}
    step = by.satisfied(by.instance(lemma, values), square, slack, by.assume(statement))
    return by.induction(c, statement, base, by.restate(step, substitute(statement, {c: c + 1})))


def beyond_the_middle() -> Theorem:
    """C(N, c + t) <= C(N, c) for every t, given N <= 2c + 1: by induction over t, as coefficients fall beyond c."""
    statement = less_equal(binomial(N, c + t), binomial(N, c))
    base = by.arithmetic(substitute(statement, {t: sp.S.Zero}))
    ratio = by.binomial_next(N, c + t)
    here, after = binomial(N, c + t), binomial(N, c + t + 1)
    fewer = by.arithmetic(less_equal((c + t + 1) * after, (c + t + 1) * here), ratio, ROOM,
                          by.binomial_not_negative(N, c + t))
    smaller = by.arithmetic(less_equal(after, here), fewer)
    step = by.arithmetic(less_equal(after, binomial(N, c)), smaller, by.assume(statement))
    return by.induction(t, statement, base, step)


ROOM = by.assume(less_equal(N, 2 * c + 1))
MIDDLE = by.assume(less_equal(2 * c - 1, N))


@cache
def largest() -> Theorem:
    """C(N, v) <= C(N, c) for every v, given 2c - 1 <= N <= 2c + 1: for v < c by that of N - v, which is as large."""
    above, below = sp.Ge(v, c, evaluate=False), sp.Lt(v, c, evaluate=False)
    right = by.instance(beyond_the_middle(), {t: v - c}, by.assume(above))
    left = by.instance(beyond_the_middle(), {t: N - v - c}, by.integer_gap(by.assume(below)), MIDDLE)
    reflected = by.arithmetic(right.conclusion, left, by.binomial_mirrored(N, v))
    return by.cases(above, right, reflected)


def square_bound(factor: Callable[[Any], Any], middle: Theorem) -> Theorem:
    """C(N, v)^2 factor(N/2) <= 4^N from C(2c, c)^2 factor(c) <= 16^c, where the factor is a rising one.

    By parity of N: for N = 2c at once, and for N = 2c + 1 from C(2c + 2, c + 1) = 2 C(2c + 1, c + 1).
    """
    statement = less_equal(binomial(N, v) ** 2 * factor(N / 2), 4**N)
    even = by.satisfied(by.instance(largest(), {N: 2 * c}), by.arithmetic(less_equal(2 * c, 2 * c + 1)),
                        by.arithmetic(less_equal(2 * c - 1, 2 * c)))
    odd = by.satisfied(by.instance(largest(), {N: 2 * c + 1, c: c + 1}),
                       by.arithmetic(less_equal(2 * c + 1, 2 * (c + 1) + 1)),
                       by.arithmetic(less_equal(2 * (c + 1) - 1, 2 * c + 1)))
    at_even = by.arithmetic(substitute(statement, {N: 2 * c}), squared(even, 2 * c, c, factor(c)), middle)
    doubled = by.arithmetic(equal(binomial(2 * c + 2, c + 1), 2 * binomial(2 * c + 1, c + 1)),
                            by.binomial_absorbed(2 * c + 1, c), by.binomial_mirrored(2 * c + 1, c))
    top = by.instance(middle, {c: c + 1})
    square = by.arithmetic(equal(binomial(2 * c + 2, c + 1) ** 2, 4 * binomial(2 * c + 1, c + 1) ** 2), doubled)
    half_top = by.arithmetic(less_equal(binomial(2 * c + 1, c + 1) ** 2 * factor(c + 1), 4**(2 * c + 1)), square, top)
    wide = squared(odd, 2 * c + 1, c + 1, factor(c + 1))
    at_odd = by.arithmetic(substitute(statement, {N: 2 * c + 1}), wide, half_top)
    return by.parity(N, c, statement, at_even, at_odd)


def squared(smaller: Theorem, size: Any, middle: Any, factor: Any) -> Theorem:
    """C(size, v)^2 factor <= C(size, middle)^2 factor."""
    x, y = binomial(size, v), binomial(size, middle)
    square = by.arithmetic(less_equal(x**2, y**2), smaller, by.binomial_not_negative(size, v))
    return by.arithmetic(less_equal(x**2 * factor, y**2 * factor), square)


@cache
def point_bound() -> Theorem:
    """Pr(X = v) <= (3n/2 + 1)^(-1/2)."""
    return root_of(square_bound(lambda half: 3 * half + 1, central()))


def root_of(bound: Theorem) -> Theorem:
    """Pr(X = v) <= 1/sqrt(q), from C(N, v)^2 q <= 4^N."""
    factor = bound.conclusion.args[0] / binomial(N, v) ** 2
    a, b, q = Scalar("a", NONNEGATIVE), Scalar("b", POSITIVE), Scalar("q", POSITIVE)
    root = by.arithmetic(less_equal(a * sqrt(q), b), by.assume(less_equal(a**2 * q, b**2)))
    lemma = by.arithmetic(less_equal(a / b, 1 / sqrt(q)), root)
    values = {a: binomial(n, v), b: 2**n, q: factor.subs(N, n)}
    return by.satisfied(by.instance(lemma, values, by.binomial_not_negative(n, v)), by.instance(bound, {N: n}))


def for_each(theorem: Theorem, low: Any, high: Any, *premises: Theorem) -> Theorem:
    """A fact about every natural v, for each index j from low to high, low >= 0 by the premises."""
    body = substitute(theorem.conclusion, {v: j})
    return by.generalise_offset(by.instance(theorem, {v: low + t}, *premises), t, body, (j, low, high))


@prove("helmbold2017:lem15-step-point")
def each_point() -> Theorem:
    """The bound by 1/sqrt(3n/2 + 1) is below 1/sqrt(n), and holds for every natural number of successes."""
    bound = point_bound()
    wider = by.arithmetic(less_equal(chance(v), 1 / sqrt(n)), bound,
                          by.arithmetic(less_equal(1 / sqrt(3 * n / 2 + 1), 1 / sqrt(n))))
    return for_each(wider, sp.S.Zero, n)


# --- its best constant ------------------------------------------------------------------------------------------

coefficient = binomial(2 * c, c)
classical_fact("wallis", both(less_equal(coefficient**2 * (pi * c), 16**c),
                              less_equal(16**c, coefficient**2 * (pi * (c + Rational(1, 2))))),
               "Kazarinoff, On Wallis' formula, Edinburgh Mathematical Notes 40 (1956) 19-21, for c >= 1: partial "
               "products of Wallis's product for pi lie between these bounds; at c = 0 they are 0 <= 1 <= pi/2")


@prove("helmbold2017:lem15-step-point-sharpened")
def each_point_by_wallis() -> Theorem:
    """As `point_bound`, from C(2c, c)^2 pi c <= 16^c, one of the two bounds by Wallis's product."""
    wallis = by.classical("wallis")
    bound = root_of(square_bound(lambda half: pi * half, by.component(wallis, wallis.conclusion.args[0])))
    return for_each(by.arithmetic(less_equal(chance(v), sqrt(2 / (pi * n))), bound), sp.S.Zero, n)


@prove("helmbold2017:lem15-step-point-best-constant")
def enough_trials() -> Theorem:
    """By Wallis's product a^2 16^m <= a^2 pi (m + 1/2) C(2m, m)^2, with enough trials < 2m C(2m, m)^2; take roots."""
    m, a, wallis = paper.half_size, paper.constant, by.classical("wallis")
    x, b, q = Scalar("x", NONNEGATIVE), Scalar("b", POSITIVE), Scalar("q", POSITIVE)
    fact = less_equal(b**2, x**2 * (pi * (q + 1) / 2))
    enough = less(pi * a**2 * (q + 1), 2 * q)
    positive = by.arithmetic(less(0, x**2), by.assume(fact))
    wide = by.arithmetic(less_equal(a**2 * b**2, a**2 * (x**2 * (pi * (q + 1) / 2))), by.assume(fact))
    more = by.arithmetic(less(x**2 * (pi * a**2 * (q + 1)), x**2 * (2 * q)), by.assume(enough), positive)
    squares = by.arithmetic(less((a * b) ** 2, x**2 * q), wide, more)
    roots = by.arithmetic(less(a * b, x * sqrt(q)), squares)
    lemma = by.arithmetic(less(a / sqrt(q), x / b), roots)
    values = {x: binomial(2 * m, m), b: 4**m, q: 2 * m}
    middle = by.instance(by.component(wallis, wallis.conclusion.args[1]), {c: m})
    trials = by.arithmetic(substitute(enough, values), by.assume(paper.BEST_POINT.hypotheses[0].condition))
    found = by.satisfied(by.instance(lemma, values, by.binomial_not_negative(2 * m, m)), trials, middle)
    return by.restate(found, paper.BEST_POINT.statement)


# --- the two tails ----------------------------------------------------------------------------------------------

ROUNDED = (by.rounding(first), by.rounding(last))


@prove("helmbold2017:lem15.1")
@cache
def tails_are_equal() -> Theorem:
    """j -> n - j exchanges the tails: the last integer of the closed interval is n less the first."""
    ends = by.same_integer(last, n - first, *ROUNDED)
    turned = by.mirrored_sum(paper.upper_tail, n)
    plain = by.rewrite(turned, by.restate(by.binomial_mirrored(n, j), equal(binomial(n, n - j), binomial(n, j))))
    matched = by.rewritten(plain.conclusion.args[1], ends)
    equality = by.arithmetic(equal(paper.upper_tail, matched.conclusion.args[1]), plain, matched)
    return by.restate(equality, paper.equal_tails)


def touching() -> Theorem:
    """first - 1 <= last: the closed interval may be empty, but no more than that."""
    return by.integer_gap(by.arithmetic(less(first - 1, last + 1), *ROUNDED))


@cache
def whole_is_one() -> Theorem:
    """Lower tail + closed interval + upper tail = 1: the sum over 0..n, which is 1, split at both ends."""
    everything = Sum(chance(j), (j, 0, n))
    counts = Sum(binomial(n, j), (j, 0, n))
    scaled = by.rewrite(by.identity(everything, sp.Mul(2**-n, counts, evaluate=False)), by.binomial_total(n, j))
    one = by.split_sum(everything, first - 1, *ROUNDED)
    two = by.split_sum(Sum(chance(j), (j, first, n)), last, *ROUNDED, touching())
    inside = Sum(chance(j), (j, first, last))
    return by.arithmetic(equal(paper.lower_tail + inside + paper.upper_tail, 1), scaled, one, two)


@prove("helmbold2017:lem15-step-tail.amended")
def heavy_when_the_middle_is_light() -> Theorem:
    """The tails are equal, and what the closed interval leaves to them is at least 1/2."""
    light = paper.TAIL_AMENDED.statement.args[0]
    tail = by.arithmetic(paper.heavy_tail, whole_is_one(), tails_are_equal(), by.assume(light))
    return by.discharge(light, tail)


def light_middle() -> Theorem:
    """The closed interval has probability at most 1/2, given n >= 76."""
    low = by.arithmetic(less_equal(0, first), ROUNDED[0])
    every = by.specialise(for_each(point_bound(), first, last, low), j)
    total = by.weighted(every, 1, (j, first, last))
    counted = by.constant_sum(LARGEST, (j, first, last), touching())
    count = by.arithmetic(less_equal(last - first + 1, sqrt(n) / 2 + 1), *ROUNDED)
    return by.arithmetic(less_equal(Sum(chance(j), (j, first, last)), Rational(1, 2)), total, counted, fits(count))


def fits(count: Theorem) -> Theorem:
    """At most sqrt(n)/2 + 1 values of the largest probability amount to 1/2 at most, given n >= 76."""
    number = count.conclusion.args[0]
    far = by.assume(sp.Ge(n, THRESHOLD, evaluate=False))
    room = by.arithmetic(less_equal(sqrt(n) / 2 + 1, sqrt(3 * n / 2 + 1) / 2), far)
    return by.arithmetic(less_equal(number * LARGEST, Rational(1, 2)), count, room)


@prove("helmbold2017:lem15.2.amended")
@cache
def heavy_tails() -> Theorem:
    """From n = 76 on the closed interval has probability 1/2 at most; below, the tail is evaluated for each n."""
    far = by.apply(heavy_when_the_middle_is_light(), light_middle())
    near = by.each_value(n, paper.heavy_tail, THRESHOLD, paper.exceptions.condition)
    return by.cases(sp.Ge(n, THRESHOLD, evaluate=False), far, near)


@prove("helmbold2017:lem15.amended")
def equal_heavy_tails() -> Theorem:
    return by.conjunction(tails_are_equal(), heavy_tails())


@prove("helmbold2017:lem15-step-interval.amended")
def light_open_interval() -> Theorem:
    """From n = 76 on as for the closed interval; below, the probability is evaluated for each n."""
    near = by.each_value(n, paper.INTERVAL_AMENDED.statement, THRESHOLD, paper.narrow.condition)
    return by.cases(sp.Ge(n, THRESHOLD, evaluate=False), inside_closed(), near)


def inside_closed() -> Theorem:
    """The open interval has probability at most 1/2, given n >= 76: its point bound is that of the closed one."""
    ends = (by.rounding(paper.below_inner), by.rounding(paper.above_inner))
    low = by.arithmetic(less_equal(0, paper.inner_first), *ends)
    every = by.specialise(for_each(point_bound(), paper.inner_first, paper.inner_last, low), j)
    total = by.weighted(every, 1, (j, paper.inner_first, paper.inner_last))
    apart = by.arithmetic(less_equal(paper.inner_first - 1, paper.inner_last), *ends,
                          by.assume(sp.Ge(n, THRESHOLD, evaluate=False)))
    counted = by.constant_sum(LARGEST, (j, paper.inner_first, paper.inner_last), apart)
    count = by.arithmetic(less_equal(paper.inner_last - paper.inner_first + 1, sqrt(n) / 2 + 1), *ends)
    return by.arithmetic(less_equal(paper.strictly_inside, Rational(1, 2)), total, counted, fits(count))
