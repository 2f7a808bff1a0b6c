"""Gadgets unit by unit, their mean and variance, and the rise of a convex function over two intervals."""

from __future__ import annotations

from dropout_theory.proofs.helmbold2017.gadget_moments import each_place, some_kept, states, t, unit_is_bit, units_total
from dropout_theory.proofs.helmbold2017.s04_counts import constant_power
from dropout_theory.proofs.helmbold2017.s04_supermodular import a as corner_a
from dropout_theory.proofs.helmbold2017.s04_supermodular import activated, ordered
from dropout_theory.proofs.helmbold2017.s04_supermodular import b as corner_b
from dropout_theory.proofs.helmbold2017.s04_supermodular import c as corner_c
from dropout_theory.proofs.helmbold2017.s04_supermodular import e as corner_e
from sympy import Lambda, S, Sum

from dropout_theory.claims import prove, witness
from dropout_theory.language import E, Scalar, Var, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_steps as paper
from dropout_theory.papers.helmbold2017.notation import K, d, k, n
from dropout_theory.papers.helmbold2017.s04_gadgets import a, i, m, network
from dropout_theory.papers.helmbold2017.s04_supermodular import bias_atoms, sigma, weight_atoms
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    conjunction,
    discharge,
    expected,
    generalise,
    identity,
    independent_product,
    instance,
    restate,
    rewrite,
    satisfied,
    weighted,
    zero_or_one,
)

BITS, SEEN = paper.bits, network.bits


@prove("helmbold2017:sec4-monotone-network")
def monotone_composition() -> Theorem:
    low, high = paper.low_input, paper.high_input
    premise, wanted = paper.COMPOSED.statement.args
    known = assume(premise)
    inner = [arithmetic(less_equal(f(low), f(high)), at(assume(h.condition), low, high), known)
             for f, h in zip((paper.left, paper.right), paper.inner_rise, strict=True)]
    rule = at(assume(paper.outer_rises.condition), *(f(x) for f in (paper.left, paper.right) for x in (low, high)))
    return discharge(premise, arithmetic(wanted, rule, *inner))


def gadget_is_one() -> Theorem:
    """The units of a gadget sum to 1, given that an input is 1."""
    whole = units_total(BITS)
    return arithmetic(equal(Sum(paper.unit(i), (i, 1, K)), 1), instance(whole, {t: K}),
                      instance(states(BITS), {t: K}), assume(paper.some_one))


@prove("helmbold2017:lem10-step-key-nodes")
def key_nodes() -> Theorem:
    wanted = paper.KEY_NODES.statement.args[1]
    each = each_place(unit_is_bit(BITS), K)
    bit = generalise(arithmetic(paper.EITHER, each), (i, 1, K))
    return discharge(paper.some_one, restate(conjunction(gadget_is_one(), bit), wanted))


@prove("helmbold2017:lem10-step-binomial")
def binomial_law() -> Theorem:
    """One factor for each gadget, all with the same mean (1 + u)/2."""
    left, right = paper.BINOMIAL.statement.args[1].args
    factors = left.args[0]
    apart = independent_product(factors.function, tuple(factors.limits[0]))
    one = E(factors.function)
    mean = identity(one, 1 + (paper.u - 1) / 2 * Sum(paper.unit(i), (i, 1, K)))
    value = arithmetic(equal(one, (1 + paper.u) / 2), mean, gadget_is_one())
    same = rewrite(apart, value)
    power = constant_power((1 + paper.u) / 2, (a, 1, m))
    return discharge(paper.some_one, restate(rewrite(same, power), equal(left, right)))


@prove("helmbold2017:sec41-variance-removed")
def variance_removed() -> Theorem:
    seen, ones = paper.seen, paper.ones
    mean = some_kept(network)
    square = arithmetic(equal(seen**2, seen), instance(units_total(SEEN), {t: K}), instance(states(SEEN), {t: K}))
    v, mean_square_, first, lost = (Scalar(name) for name in ("v", "s", "e", "L"))
    value = arithmetic(equal(v, lost * (1 - lost)), assume(equal(v, mean_square_ - first**2)),
                       assume(equal(mean_square_, first)), assume(equal(first, 1 - lost)))
    split = identity(Var(seen), E(seen**2) - E(seen) ** 2)
    variance = satisfied(instance(value, {v: Var(seen), mean_square_: E(seen**2), first: E(seen),
                                         lost: paper.lost}), split,
                         expected(square), mean)
    return conjunction(mean, variance, identity(E(ones), K / 2), identity(Var(ones), K / 4))


# a first unit that adds nothing and a second one that falls
witness("helmbold2017:sec4-monotone-network", {
    paper.outer: paper.sum_of_two, paper.left: Lambda(paper.smaller, S.Zero),
    paper.right: Lambda(paper.smaller, -paper.smaller), paper.low_input: -1, paper.high_input: 0},
    without="h is monotone")


@prove("helmbold2017:lem12-step-interval")
def intervals() -> Theorem:
    added = [weighted(arithmetic(less_equal(0, more[k])), paper.w[k], (k, 1, n)) for more in (paper.g, paper.e)]
    return conjunction(*(arithmetic(part, *added) for part in paper.INTERVALS.statement.args))


@prove("helmbold2017:lem12-step-integral")
def rises() -> Theorem:
    """The activation rises at least as much over the first interval moved up, and no less over the longer one."""
    low, high, start, end = paper.low, paper.high, paper.start, paper.end
    moved = start + paper.length
    values = {corner_a: low, corner_b: high, corner_c: start, corner_e: moved}
    orders = [arithmetic(part) for part in ordered((low, high, start, moved)).args]
    four = satisfied(instance(activated(), values), *orders)
    rising = at(assume(paper.increasing.condition), moved, end)
    above = arithmetic(less_equal(sigma(moved), sigma(end)), rising, arithmetic(less_equal(moved, end)))
    return arithmetic(paper.INTEGRAL.statement, four, above)


@prove("helmbold2017:thm17-step-first-layer.amended")
def first_layer() -> Theorem:
    premise, wanted = paper.FIRST_LAYER.statement.args
    return discharge(premise, arithmetic(wanted, assume(premise), zero_or_one(paper.r[1]), zero_or_one(paper.r[2])))


witness("helmbold2017:thm17-notation", {
    n: 1, d: 2, paper.W1: {(1, 1): 0, (1, 2): 0}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 0},
    bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 1})
