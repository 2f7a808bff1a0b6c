"""Ky Fan's inequality for any number of outcomes: Jensen for the logarithm of the odds on either side of one half."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.language import UNIT, Family, Scalar, less_equal
from dropout_theory.papers.baldi2014.s08_means import P, every, k, log_odds
from dropout_theory.proof import Theorem

from .weighted_means import Numbers, averaged, geometric_below_mean


def numbers(family: Family) -> tuple[Numbers, Numbers]:
    """The outcomes and their complements."""
    return Numbers(lambda index: family[index]), Numbers(lambda index: 1 - family[index])


def odds_in_order(family: Family, low: bool) -> Theorem:
    """G/G' <= E/E' for outcomes up to one half, G'/G <= E'/E from one half up.

    Jensen's inequality for the logarithm of the odds, concave up to one half and convex above it; then exponentials.
    """
    z = Scalar("z", family.domain)
    f = log_odds(z)
    second = sp.diff(f, z, 2)
    curvature = by.arithmetic(less_equal(second, 0) if low else less_equal(0, second))
    logarithms = by.jensen(f, z, family[k], P, curvature)
    x, y = numbers(family)
    if low:
        return by.restate(by.increasing(sp.exp, logarithms), less_equal(x.geometric / y.geometric, x.mean / y.mean))
    mirrored = by.restate(logarithms, less_equal(y.logarithms - x.logarithms, -log_odds(x.mean)))
    return by.restate(by.increasing(sp.exp, mirrored), less_equal(y.geometric / x.geometric, y.mean / x.mean))


@cache
def normalised_in_order(family: Family, low: bool, wanted: Any) -> Theorem:
    """The printed conjunction: odds in order, then the means, as G/(G + G') rises with G/G' and G + G' <= 1."""
    x, y = numbers(family)
    odds = odds_in_order(family, low)
    known = [odds, geometric_below_mean(x), geometric_below_mean(y), *inside_unit(family)]
    return by.conjunction(*[by.arithmetic(part, *known) for part in wanted.args])


def inside_unit(family: Family) -> list[Theorem]:
    """The mean lies in the interval of the outcomes."""
    found = []
    for condition in family.domain.conditions(family[k]):
        found.append(averaged(by.arithmetic(condition)))
    return found


def with_vanishing(family: Family, hypotheses: Any, low: bool, wanted: Any) -> Theorem:
    """The printed conjunction where an outcome of positive probability is zero (or one): one geometric mean is zero."""
    extreme = family[k] if low else 1 - family[k]
    j = hypotheses[-1].condition.args[0].indices[0]
    known = [by.assume(h.condition) for h in hypotheses]
    zero = by.vanishing_factor(sp.Product(extreme ** P[k], every), j, *known)
    return by.conjunction(*[by.arithmetic(part, zero, *inside_unit(family)) for part in wanted.args])


def concave_between(f: Any, z: Scalar, x: Scalar, y: Scalar, share: Scalar, wanted: Any) -> Theorem:
    """Chord below the graph: the tangent at the point between lies above f at both ends.

    The weighted mean of the two ends of the tangent is its value at the point between, which is the value of f.
    """
    a = Scalar("a", z.domain)
    line = f - sp.diff(f, z).subs(z, a) * (z - a)
    tangent = by.by_slope(line, z, a, by.arithmetic(less_equal((z - a) * sp.diff(line, z), 0)), upper=True)
    between = share * x + (1 - share) * y
    names = f_x, f_y, f_a, slope, at_x, at_y = [Scalar(n) for n in ("fx", "fy", "fa", "slope", "atx", "aty")]
    values = [f.subs(z, x), f.subs(z, y), f.subs(z, between), sp.diff(f, z).subs(z, between), x, y]
    weight = Scalar("weight", UNIT)
    middle = weight * at_x + (1 - weight) * at_y
    below_tangent = [(less_equal(value - slope * (point - middle), f_a), by.instance(tangent, {z: end, a: between}))
                     for value, point, end in ((f_x, at_x, x), (f_y, at_y, y))]
    chord = by.in_letters(less_equal(weight * f_x + (1 - weight) * f_y, f_a),
                          {**dict(zip(names, values, strict=True)), weight: share}, *below_tangent)
    return by.restate(chord, wanted)


__all__ = ["concave_between", "normalised_in_order", "odds_in_order", "with_vanishing"]
