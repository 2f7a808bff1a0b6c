"""Arguments for section 8, properties 1 to 5: tangent lines of the logarithm, averaged with the probabilities."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import Scalar, equal, less_equal
from dropout_theory.papers.baldi2014 import s08_means as s
from dropout_theory.proof import Theorem

from .equal_numbers import all_entries_equal, equality_case, means_of_equal_numbers
from .ky_fan import concave_between, normalised_in_order, with_vanishing
from .refined_gap import Setting, refined_gap
from .weighted_means import (
    Numbers,
    gap_above_variance,
    gap_around_geometric,
    gap_below_variance,
    geometric_below_mean,
    logarithm_above_parabola,
    nonnegative_variance,
    statement,
    strict_logarithm,
)

k = s.k
HALF = s.HALF
UNIT, COMPLEMENTS, POSITIVE = Numbers(lambda i: s.O[i]), Numbers(lambda i: 1 - s.O[i]), Numbers(lambda i: s.U[i])


def both_means() -> tuple[Theorem, Theorem]:
    """G <= E and G' <= E'."""
    return geometric_below_mean(UNIT), geometric_below_mean(COMPLEMENTS)


@prove("baldi2014:eq77")
def arithmetic_and_geometric_mean() -> Theorem:
    return by.conjunction(*[by.arithmetic(part, *both_means()) for part in statement("eq77").args])


@prove("baldi2014:sec8-am-gm-unbounded")
def without_upper_bound() -> Theorem:
    return by.restate(geometric_below_mean(POSITIVE), statement("sec8-am-gm-unbounded"))


@prove("baldi2014:sec8-am-gm-equality.amended")
def equality_of_means() -> Theorem:
    return equality_case(UNIT, statement("sec8-am-gm-equality"))


@prove("baldi2014:sec8-am-gm-equality-complement.amended")
def equality_of_complement_means() -> Theorem:
    return equality_case(COMPLEMENTS, statement("sec8-am-gm-equality-complement"))


@prove("baldi2014:sec8-eq78-equality-lower.amended")
def lower_bound_attained() -> Theorem:
    """The bound of (80) exceeds that of (78) by a multiple of the squared gap, which is therefore zero."""
    attained, all_equal = statement("sec8-eq78-equality-lower").args
    coincide = by.arithmetic(less_equal(POSITIVE.mean, POSITIVE.geometric), gap_around_geometric(POSITIVE, True),
                             by.assume(attained))
    return by.discharge(attained, all_entries_equal(POSITIVE, coincide, all_equal))


@prove("baldi2014:sec8-eq78-equality-upper.amended")
def upper_bound_attained() -> Theorem:
    """Where the bound is attained 1 - G/E is at least -log(G/E), which strict concavity allows only at G = E."""
    attained, all_equal = statement("sec8-eq78-equality-upper").args
    z, pointwise = strict_logarithm()
    ratio = POSITIVE.geometric / POSITIVE.mean
    relative = by.arithmetic(equal(POSITIVE.variance / (2 * POSITIVE.smallest * POSITIVE.mean), 1 - ratio),
                             by.assume(attained))
    steep = by.arithmetic(less_equal(1 - ratio, sp.log(ratio) + 2 * (1 - ratio)), logarithm_above_parabola(POSITIVE),
                          relative)
    one = by.in_letters(equal(z, 1), {z: ratio}, (less_equal(1 - z, sp.log(z) + 2 * (1 - z)), steep), pointwise)
    coincide = by.arithmetic(less_equal(POSITIVE.mean, POSITIVE.geometric), one)
    return by.discharge(attained, all_entries_equal(POSITIVE, coincide, all_equal))


@prove("baldi2014:eq80.1")
def lower_around_geometric() -> Theorem:
    return by.restate(gap_around_geometric(POSITIVE, True), statement("eq80.1"))


@prove("baldi2014:eq80.2")
def upper_around_geometric() -> Theorem:
    return by.restate(gap_around_geometric(POSITIVE, False), statement("eq80.2"))


@prove("baldi2014:eq80")
def both_around_geometric() -> Theorem:
    return by.conjunction(lower_around_geometric(), upper_around_geometric())


@prove("baldi2014:eq78.1")
def lower_by_variance() -> Theorem:
    return by.restate(gap_above_variance(POSITIVE), statement("eq78.1"))


@prove("baldi2014:eq78.2")
def upper_by_variance() -> Theorem:
    return by.restate(gap_below_variance(POSITIVE), statement("eq78.2"))


@prove("baldi2014:eq78")
def cartwright_field() -> Theorem:
    return by.conjunction(lower_by_variance(), upper_by_variance())


def sharper(sign: int) -> Theorem:
    """The gap against the variance times the sharper factor, at the largest (-1) or smallest (1) number."""
    bound = POSITIVE.largest if sign < 0 else POSITIVE.smallest
    apart = s.below_largest if sign < 0 else s.above_smallest
    return refined_gap(Setting(sign, s.U[k], s.P[k], s.every, bound, by.minimum_bound(bound, k),
                               by.minimum_bound(POSITIVE.smallest, k), by.assume(apart.condition)))


@prove("baldi2014:eq79.1.amended")
def sharper_lower_bound() -> Theorem:
    return by.restate(sharper(-1), statement("eq79.1.amended"))


@prove("baldi2014:eq79.2")
def sharper_upper_bound() -> Theorem:
    return by.restate(sharper(1), statement("eq79.2"))


@prove("baldi2014:sec8-eq79-lower-unit-interval")
def printed_lower_bound_below_one() -> Theorem:
    """For numbers below one the printed factor max - G is below one, so that the bound is weaker than that of (78)."""
    below_one = by.extreme_attained(UNIT.largest, by.arithmetic(less_equal(s.O[k], 1)), k)
    less_than_one = by.arithmetic(less_equal(UNIT.largest - UNIT.geometric, 1), below_one)
    largest, variance = UNIT.largest, UNIT.variance
    smaller = by.arithmetic(less_equal((largest - UNIT.geometric) / (2 * largest) * variance, variance / (2 * largest)),
                            less_than_one, nonnegative_variance(UNIT))
    return by.conjunction(*[by.arithmetic(part, smaller, gap_above_variance(UNIT))
                            for part in statement("sec8-eq79-lower-unit-interval").args])


witness("baldi2014:eq79.1", {s.m: 2, s.P: {(1,): HALF, (2,): HALF}, s.U: {(1,): 16, (2,): 1}})


def times_variance(factor: Any, other: Any, wanted: Any, apart: Theorem) -> Theorem:
    """factor * Var <= other * Var, where G <= E and a mean apart from the extreme imply factor <= other."""
    smaller = by.arithmetic(less_equal(0, other - factor), geometric_below_mean(POSITIVE), apart)
    f, g, v = Scalar("f"), Scalar("g"), Scalar("v")
    product = by.in_letters(less_equal(f * v, g * v), {f: factor, g: other, v: POSITIVE.variance},
                            (less_equal(0, g - f), smaller), (less_equal(0, v), nonnegative_variance(POSITIVE)),
                            domains=(apart,))
    return by.restate(product, wanted)


@prove("baldi2014:sec8-refinement-eq79-lower.amended")
def restored_factor_sharpens() -> Theorem:
    """G <= E, so max - G is at least max - E."""
    return times_variance(1 / (2 * POSITIVE.largest), s.EQ79_LOWER_FACTOR,
                          statement("sec8-refinement-eq79-lower.amended"), by.assume(s.below_largest.condition))


@prove("baldi2014:sec8-refinement-eq79-upper")
def upper_factor_sharpens() -> Theorem:
    """G <= E, so G - min is at most E - min."""
    return times_variance(s.EQ79_UPPER_FACTOR, 1 / (2 * POSITIVE.smallest), statement("sec8-refinement-eq79-upper"),
                          by.assume(s.above_smallest.condition))


@prove("baldi2014:sec8-geometric-means-sum")
def geometric_means_sum() -> Theorem:
    """G + G' <= E + E' = 1."""
    return by.arithmetic(statement("sec8-geometric-means-sum"), *both_means())


@prove("baldi2014:sec8-wgm-below-nwgm")
def below_normalised() -> Theorem:
    """G <= G/(G + G'), as G + G' <= 1."""
    return by.arithmetic(statement("sec8-wgm-below-nwgm"), *both_means())


@prove("baldi2014:sec8-wgm-nwgm-equality.amended")
def normalised_coincides() -> Theorem:
    """G = G/(G + G') means G + G' = 1, so that neither G <= E nor G' <= 1 - E is strict."""
    coincide, all_equal = statement("sec8-wgm-nwgm-equality").args
    total = by.arithmetic(equal(UNIT.geometric + COMPLEMENTS.geometric, 1), by.assume(coincide))
    tight = by.arithmetic(less_equal(UNIT.mean, UNIT.geometric), total, geometric_below_mean(COMPLEMENTS))
    backward = by.arithmetic(coincide, means_of_equal_numbers(UNIT, all_equal),
                             means_of_equal_numbers(COMPLEMENTS, all_equal))
    return by.iff(all_entries_equal(UNIT, tight, all_equal), backward, coincide, all_equal)


@prove("baldi2014:sec8-log-odds-concave")
def log_odds_concave() -> Theorem:
    """The logarithm of the odds lies below its tangent at the point between."""
    z = Scalar("z", s.x.domain)
    return concave_between(s.log_odds(z), z, s.x, s.y, s.share, statement("sec8-log-odds-concave"))


@prove("baldi2014:eq81")
def ky_fan() -> Theorem:
    return normalised_in_order(s.LOW, True, statement("eq81"))


@prove("baldi2014:eq82")
def ky_fan_mirrored() -> Theorem:
    return normalised_in_order(s.HIGH, False, statement("eq82"))


@prove("baldi2014:sec8-eq81-zero")
def low_with_zero() -> Theorem:
    return with_vanishing(s.LOW_OR_ZERO, s.seen_zero, True, statement("sec8-eq81-zero"))


@prove("baldi2014:sec8-eq82-one")
def high_with_one() -> Theorem:
    return with_vanishing(s.HIGH_OR_ONE, s.seen_one, False, statement("sec8-eq82-one"))


@prove("baldi2014:sec8-low-nwgm-closer")
def normalised_closer() -> Theorem:
    """G <= NWGM <= E."""
    theorem = ky_fan()
    in_order = [by.component(theorem, part) for part in theorem.conclusion.args]
    return by.arithmetic(statement("sec8-low-nwgm-closer"), *in_order)
