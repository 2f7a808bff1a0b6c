"""Gadgets unit by unit, their mean and variance, and the rise of a convex function over two intervals."""

from __future__ import annotations

from sympy import Lambda, S, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import E, Scalar, Var, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_steps as paper
from dropout_theory.papers.helmbold2017.notation import K, d, k, n
from dropout_theory.papers.helmbold2017.s04_gadgets import a, i, m, network
from dropout_theory.papers.helmbold2017.s04_supermodular import bias_atoms, sigma, weight_atoms
from dropout_theory.proof import Theorem

from .gadget_moments import each_place, some_kept, states, t, unit_is_bit, units_total
from .s04_counts import constant_power
from .s04_supermodular import a as corner_a
from .s04_supermodular import activated, ordered
from .s04_supermodular import b as corner_b
from .s04_supermodular import c as corner_c
from .s04_supermodular import e as corner_e

BITS, SEEN = paper.bits, network.bits


@prove("helmbold2017:sec4-monotone-network")
def monotone_composition() -> Theorem:
    """The inner units do not fall from the lower input to the higher one, and so neither does the outer one."""
    low, high = paper.low_input, paper.high_input
    premise, wanted = paper.COMPOSED.statement.args
    known = by.assume(premise)
    inner = [by.arithmetic(less_equal(f(low), f(high)), by.at(by.assume(h.condition), low, high), known)
             for f, h in zip((paper.left, paper.right), paper.inner_rise, strict=True)]
    ends = [f(x) for f in (paper.left, paper.right) for x in (low, high)]
    rule = by.at(by.assume(paper.outer_rises.condition), *ends)
    return by.discharge(premise, by.arithmetic(wanted, rule, *inner))


def gadget_is_one() -> Theorem:
    """The units of a gadget sum to 1, given that an input is 1."""
    whole = units_total(BITS)
    return by.arithmetic(equal(Sum(paper.unit(i), (i, 1, K)), 1), by.instance(whole, {t: K}),
                         by.instance(states(BITS), {t: K}), by.assume(paper.some_one))


@prove("helmbold2017:lem10-step-key-nodes")
def key_nodes() -> Theorem:
    """Where an input is 1 the units of a gadget sum to 1, and each is its own square."""
    wanted = paper.KEY_NODES.statement.args[1]
    each = each_place(unit_is_bit(BITS), K)
    bit = by.generalise(by.arithmetic(paper.EITHER, each), (i, 1, K))
    return by.discharge(paper.some_one, by.restate(by.conjunction(gadget_is_one(), bit), wanted))


@prove("helmbold2017:lem10-step-binomial")
def binomial_law() -> Theorem:
    """Where an input is 1 each gadget gives one factor of mean (1 + u)/2, independent of the others."""
    left, right = paper.BINOMIAL.statement.args[1].args
    factors = left.args[0]
    apart = by.independent_product(factors.function, tuple(factors.limits[0]))
    one = E(factors.function)
    mean = by.identity(one, 1 + (paper.u - 1) / 2 * Sum(paper.unit(i), (i, 1, K)))
    value = by.arithmetic(equal(one, (1 + paper.u) / 2), mean, gadget_is_one())
    same = by.rewrite(apart, value)
    power = constant_power((1 + paper.u) / 2, (a, 1, m))
    return by.discharge(paper.some_one, by.restate(by.rewrite(same, power), equal(left, right)))


@prove("helmbold2017:sec41-variance-removed")
def variance_removed() -> Theorem:
    """What a gadget sees is its own square, so that its mean square is its mean 1 - L; the ones are independent gates.
    """
    seen, ones = paper.seen, paper.ones
    mean = some_kept(network)
    square = by.arithmetic(equal(seen**2, seen), by.instance(units_total(SEEN), {t: K}),
                           by.instance(states(SEEN), {t: K}))
    v, mean_square_, first, lost = (Scalar(name) for name in ("v", "s", "e", "L"))
    values = {v: Var(seen), mean_square_: E(seen**2), first: E(seen), lost: paper.lost}
    split = by.identity(Var(seen), E(seen**2) - E(seen) ** 2)
    variance = by.in_letters(equal(v, lost * (1 - lost)), values, (equal(v, mean_square_ - first**2), split),
                             (equal(mean_square_, first), by.expected(square)), (equal(first, 1 - lost), mean))
    return by.conjunction(mean, variance, by.identity(E(ones), K / 2), by.identity(Var(ones), K / 4))


# a first unit that adds nothing and a second one that falls
witness("helmbold2017:sec4-monotone-network", {
    paper.outer: paper.sum_of_two, paper.left: Lambda(paper.smaller, S.Zero),
    paper.right: Lambda(paper.smaller, -paper.smaller), paper.low_input: -1, paper.high_input: 0},
    without="h is monotone")


@prove("helmbold2017:lem12-step-interval")
def intervals() -> Theorem:
    """What lies between the arguments is a sum of weights times g or e, none of them negative."""
    added = [by.weighted(by.arithmetic(less_equal(0, more[k])), paper.w[k], (k, 1, n)) for more in (paper.g, paper.e)]
    return by.conjunction(*(by.arithmetic(part, *added) for part in paper.INTERVALS.statement.args))


@prove("helmbold2017:lem12-step-integral")
def rises() -> Theorem:
    """The activation rises at least as much over the first interval moved up, and no less over the longer one."""
    low, high, start, end = paper.low, paper.high, paper.start, paper.end
    moved = start + paper.length
    values = {corner_a: low, corner_b: high, corner_c: start, corner_e: moved}
    orders = [by.arithmetic(part) for part in ordered((low, high, start, moved)).args]
    four = by.satisfied(by.instance(activated(), values), *orders)
    rising = by.at(by.assume(paper.increasing.condition), moved, end)
    above = by.arithmetic(less_equal(sigma(moved), sigma(end)), rising, by.arithmetic(less_equal(moved, end)))
    return by.arithmetic(paper.INTEGRAL.statement, four, above)


@prove("helmbold2017:thm17-step-first-layer.amended")
def first_layer() -> Theorem:
    """The four patterns of two gates, by arithmetic."""
    premise, wanted = paper.FIRST_LAYER.statement.args
    bits = by.zero_or_one(paper.r[1]), by.zero_or_one(paper.r[2])
    return by.discharge(premise, by.arithmetic(wanted, by.assume(premise), *bits))


witness("helmbold2017:thm17-notation", {
    n: 1, d: 2, paper.W1: {(1, 1): 0, (1, 2): 0}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 0},
    bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 1})
