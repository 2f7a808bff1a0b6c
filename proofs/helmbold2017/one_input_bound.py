"""One input and two hidden layers: a lower bound without negative weights, and a network below it.

X is a unit of the second layer on the input 2, Z on 0, g_t the gate of unit t of the first layer. A rectifier of a sum
of kept values is supermodular in them, so that E X - E Z <= sum_t E((2 g_t - 1) X), as in `telescope`. Squares are
completed at the network of averages, both in the mean output given the first layer and in what its units pass on.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, E, Relu, Scalar, equal, index, less_equal
from dropout_theory.papers.helmbold2017 import s04_one_input_deep as paper
from dropout_theory.papers.helmbold2017.notation import i, k, n
from dropout_theory.papers.helmbold2017.s04_one_input_deep import SECOND, b0, b2, r1, second_unit, w
from dropout_theory.proof import Theorem

from .tactics import of_terms

t = index("t")  # the place of a unit in the first layer
IN_RANGE = (by.assume(sp.Ge(t, 1, evaluate=False)), by.assume(sp.Le(t, n, evaluate=False)))
X, Z = second_unit(2), second_unit(0)
TERM = next(iter(X.args[0].atoms(Sum))).function  # what unit k of the first layer adds to unit i of the second
u, x, y, z, c = (Scalar(name) for name in ("u", "x", "y", "z", "c"))

# --- one unit of the second layer -------------------------------------------------------------------------------


def at(place: Any) -> Any:
    """The unit when only units up to a place pass on their values."""
    return Relu(Sum(TERM, (k, 1, place)) + b2[i])


def one_gate() -> Theorem:
    """E at(t) - E at(t - 1) <= 2 E(g_t X) - E X: what unit t adds to those before it is at most what it adds last."""
    without = by.with_held(X, r1, {t: 0})
    added, more = Scalar("added", NONNEGATIVE), Scalar("more", NONNEGATIVE)
    last, rest = TERM.subs(k, t), Sum(TERM, (k, t + 1, n))
    here = by.in_letters(less_equal(Relu(x + added) + Relu(x + more), Relu(x) + Relu(x + added + more)),
                         {x: Sum(TERM, (k, 1, t - 1)) + b2[i], added: last, more: rest})
    every = Sum(TERM, (k, 1, n))
    others = Sum((1 - sp.KroneckerDelta(k, t)) * TERM, (k, 1, n))
    sums = [by.split_sum(every, t, *IN_RANGE), by.last_split(Sum(TERM, (k, 1, t)), *IN_RANGE),
            by.identity(others, every - Sum(sp.KroneckerDelta(k, t) * TERM, (k, 1, n))),
            by.sift(TERM, (k, 1, n), t, *IN_RANGE)]
    point = by.arithmetic(less_equal(at(t) + without, at(t - 1) + X), here, *sums)
    mean = by.expected(point)
    split = [by.identity(side, sum(E(value) for value in pair))
             for side, pair in zip(mean.conclusion.args, ((at(t), without), (at(t - 1), X)), strict=True)]
    parts = by.identity(E((1 - r1[t]) * X), E(X) - E(r1[t] * X))
    return of_terms(less_equal(E(at(t)) - E(at(t - 1)), 2 * E(r1[t] * X) - E(X)), mean, *split, parts,
                    by.held(X, r1, {t: 0}))


KEPT = Sum(r1[k], (k, 1, n))  # the number of units of the first layer that are kept


@cache
def all_gates() -> Theorem:
    """E X - E Z <= E((2 KEPT - n) X), for unit i (free, in range): the sum of `one_gate` over t telescopes.

    It starts at the unit that is passed nothing, which is at most Z.
    """
    every = by.weighted(one_gate(), 1, (t, 1, n))
    means = Sum(E(at(t)), (t, 0, n))
    moved = by.shifted(Sum(E(at(t - 1)), (t, 1, n)), -1)
    none = by.expected(by.rewritten(at(0), by.empty(Sum(TERM, (k, 1, 0)))))
    constant = by.identity(none.conclusion.args[1], Relu(b2[i]))
    added = Scalar("added", NONNEGATIVE)
    clean = by.expected(by.in_letters(less_equal(Relu(x), Relu(x + added)), {x: b2[i], added: Z.args[0] - b2[i]}))
    tilted = by.identity(Sum(2 * E(r1[t] * X) - E(X), (t, 1, n)), 2 * E(KEPT * X) - n * E(X))
    rises = by.identity(Sum(E(at(t)) - E(at(t - 1)), (t, 1, n)),
                        Sum(E(at(t)), (t, 1, n)) - Sum(E(at(t - 1)), (t, 1, n)))
    return of_terms(less_equal(E(X) - E(Z), 2 * E(KEPT * X) - n * E(X)), every, by.without_first(means),
                    by.without_last(means), moved, none, constant, clean, by.identity(E(Relu(b2[i])), Relu(b2[i])),
                    tilted, rises)


# --- all units --------------------------------------------------------------------------------------------------

TOTAL, BELOW = Sum(w[i] * X, SECOND), Sum(w[i] * Z, SECOND)  # what the second layer adds to the mean output


def tilt() -> Theorem:
    """E TOTAL - E BELOW <= E((2 KEPT - n) TOTAL): `all_gates`, weighted by w_i and summed."""
    total = by.weighted(all_gates(), w[i], SECOND)
    sides = (E(TOTAL) - E(BELOW), 2 * E(KEPT * TOTAL) - n * E(TOTAL))
    return of_terms(less_equal(*sides), total, *(by.identity(side, value) for side, value in
                                                 zip(total.conclusion.args, sides, strict=True)))


def spread() -> Theorem:
    """8 u E(KEPT TOTAL) - 4 u^2 n^2 (n + 1) <= sum_i w_i^2 E(X_i^2): squares completed at 4 u KEPT."""
    each = by.expected(by.in_letters(less_equal(2 * x * y - y**2, x**2), {x: w[i] * X, y: 4 * u * KEPT}))
    total = by.weighted(each, 1, SECOND)
    left, right = total.conclusion.args
    return of_terms(less_equal(8 * u * E(KEPT * TOTAL) - 4 * u**2 * n**2 * (n + 1), Sum(w[i]**2 * E(X**2), SECOND)),
                    total, by.identity(left, 8 * u * E(KEPT * TOTAL) - 4 * u**2 * n**2 * (n + 1)),
                    by.identity(right, Sum(w[i]**2 * E(X**2), SECOND)))


def above_zero() -> Theorem:
    """0 <= E BELOW: units and output weights are not negative."""
    fact = by.expected(by.weighted(by.arithmetic(less_equal(0, Z)), w[i], SECOND))
    return of_terms(less_equal(0, E(BELOW)), fact, by.identity(fact.conclusion.args[0], 0))


@cache
def losses() -> tuple[Theorem, ...]:
    """Lower bounds of the three mean losses, linear in the means: tangents at a, and at a + 2 u n (2 KEPT - n)."""
    found = []
    for value, label in ((0, 0), (0, 1), (2, 1)):
        total, slope = (TOTAL, 2 * u * n) if value else (BELOW, sp.S.Zero)
        line = x + slope * (2 * KEPT - n)
        mean = by.expected(by.in_letters(less_equal(2 * y * c - c**2, y**2), {y: total + b0 - label, c: line}))
        bound = 2 * x * (E(total) + b0 - label) - x**2 + 2 * slope * (2 * E(KEPT * total) - n * E(total)) - slope**2 * n
        squares = Sum(w[i] ** 2 * E(second_unit(value) ** 2), SECOND)
        split = by.identity(E((paper.output(value) - label) ** 2), E((total + b0 - label) ** 2) + squares)
        spread_ = spread() if value else by.expected(by.weighted(by.arithmetic(less_equal(0, Z**2)), w[i] ** 2, SECOND))
        more = spread_.conclusion.args[0] if value else sp.S.Zero
        known = [] if value else [by.identity(spread_.conclusion.args[0], 0),
                                  by.identity(spread_.conclusion.args[1], squares)]
        found.append(of_terms(less_equal(bound + more, E((paper.output(value) - label) ** 2)), mean, split, spread_,
                              by.identity(mean.conclusion.args[0], bound), *known))
    return tuple(found)


@prove("helmbold2017:thm8-one-input-two-layers-bound")
@cache
def at_least() -> Theorem:
    """At the network of averages the tangents have no slope left.

    With v = 1/((3n + 2)(n + 2)) the bounds of `losses`, counted 2, 1 and 1 times, add up to 2 (n^2 + 4n + 2) v, a
    multiple of what `tilt` says is not negative, and one of E BELOW.
    """
    unit = Scalar("v", POSITIVE)  # 1/((3n + 2)(n + 2))
    known = by.assume(equal(unit * (3 * n + 2) * (n + 2), 1))
    low, level = (n**2 + 4 * n + 2) * unit, -(4 * n + 2) * unit
    bounds = [by.instance(bound, {x: point, u: unit})
              for bound, point in zip(losses(), (low, low - 1, level), strict=True)]
    mean, below, tilted = Scalar("m"), Scalar("z"), Scalar("T")
    names = {E(TOTAL): mean, E(BELOW): below, E(KEPT * TOTAL): tilted}
    lower = [bound.conclusion.args[0].xreplace(names) for bound in bounds]
    here = by.in_letters(less_equal(2 * low, 2 * lower[0] + lower[1] + lower[2]),
                         {name: term for term, name in names.items()}, known,
                         (less_equal(mean - below, 2 * tilted - n * mean), tilt()),
                         (less_equal(0, below), above_zero()))
    best = 1 / ((3 * n + 2) * (n + 2))
    whole = of_terms(less_equal(low / 2, paper.criterion), here, *bounds)
    return by.arithmetic(paper.BOUND.statement, by.satisfied(by.instance(whole, {unit: best}),
                                                             by.arithmetic(equal(best * (3 * n + 2) * (n + 2), 1))))
