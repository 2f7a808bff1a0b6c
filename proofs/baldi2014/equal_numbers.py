"""When means coincide: with positive probabilities, only when all numbers are equal."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.language import ForEach, equal, index, less_equal, substitute
from dropout_theory.papers.baldi2014.s08_means import P, k, m, positive_weights
from dropout_theory.proof import Theorem

from .weighted_means import Numbers, averaged, mean_of, positive_mean, strict_logarithm

j = index("j")


def in_range(symbol: Any) -> list[Theorem]:
    """1 <= symbol <= m, assumed."""
    return [by.assume(sp.Ge(symbol, 1, evaluate=False)), by.assume(sp.Le(symbol, m, evaluate=False))]


def entry_at_mean(x: Numbers, coincide: Theorem, at: Any) -> Theorem:
    """x(at) = E, from a theorem concluding E <= G, for an index whose probability is positive.

    log(x/E) lies below x/E - 1 by (x - E)^2/(4(x^2 + E^2)), so the average of that distance is at most zero; it bounds
    each of its terms, none of which is negative.
    """
    z, pointwise = strict_logarithm()
    distance = (x.entry - x.mean) ** 2 / (4 * (x.entry**2 + x.mean**2))
    positive = positive_mean(x)
    strict = by.arithmetic(less_equal(distance, x.entry / x.mean - 1 - sp.log(x.entry / x.mean)),
                           by.instance(pointwise, {z: x.entry / x.mean}, positive), positive)
    logarithms = by.increasing(sp.log, coincide)
    vanishing = by.arithmetic(less_equal(mean_of(distance), 0), averaged(strict), logarithms, positive)
    one = by.entry_below_sum(substitute(P[k] * distance, {k: j}), (j, 1, m), at, *in_range(at))
    seen = by.specialise(by.assume(positive_weights.condition), at)
    bounded = by.arithmetic(less_equal(P[at] * (x.at(at) - x.mean) ** 2, 0), one, vanishing, positive)
    return by.arithmetic(equal(x.at(at), x.mean), bounded, seen)


def all_entries_equal(x: Numbers, coincide: Theorem, wanted: ForEach) -> Theorem:
    """The printed statement that all numbers are equal, from a theorem concluding E <= G: each is the mean."""
    first, second = wanted.bound_symbols
    both = [entry_at_mean(x, coincide, symbol) for symbol in (first, second)]
    return by.generalise(by.arithmetic(wanted.body, *both), *[tuple(limit.args) for limit in wanted.limits])


@cache
def means_of_equal_numbers(x: Numbers, all_equal: Any) -> Theorem:
    """G = E when all numbers are equal to the first: both means are that number."""
    same = by.specialise(by.assume(all_equal), k, 1)
    entries = by.arithmetic(equal(x.entry, x.at(1)), same)
    mean = by.restate(averaged(entries), equal(x.mean, x.at(1)))
    logarithms = by.restate(averaged(by.increasing(sp.log, entries)), equal(x.logarithms, sp.log(x.at(1))))
    geometric = by.restate(by.increasing(sp.exp, logarithms), equal(x.geometric, x.at(1)))
    return by.arithmetic(equal(x.geometric, x.mean), mean, geometric)


def equality_case(x: Numbers, wanted: Any) -> Theorem:
    """G = E if and only if all numbers are equal, as printed: both ways by the lemmas above."""
    coincide, all_equal = wanted.args
    forward = all_entries_equal(x, by.arithmetic(less_equal(x.mean, x.geometric), by.assume(coincide)), all_equal)
    backward = by.restate(means_of_equal_numbers(x, all_equal), coincide)
    return by.iff(forward, backward, coincide, all_equal)
