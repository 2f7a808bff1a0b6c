"""Networks without negative weights are supermodular, by induction over the layers; theorem 17 follows.

The four values of a unit at x, x + d1, x + d2 and x + d1 + d2 are ordered, and the middle two sum to at most the outer
two. Weighted sums keep this, and so does a convex non-decreasing activation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import (
    POSITIVE,
    PROBABILITY,
    E,
    Element,
    ForEach,
    Scalar,
    both,
    equal,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017 import s04_supermodular as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n, p
from dropout_theory.papers.helmbold2017.s04_level_means import u
from dropout_theory.papers.helmbold2017.s04_supermodular import Rational, bias_atoms, sigma, weight_atoms
from dropout_theory.proof import Theorem

from .biased_gadgets import criterion_at, moments
from .gadget_moments import top
from .tactics import for_each_layer, layer

unit_range = (i, 1, n)
ORDER = ((0, 1), (0, 2), (1, 3), (2, 3))  # which of the four values is at most which


def ordered(values: Sequence[Any]) -> Any:
    """a <= b, a <= c, b <= e, c <= e and b + c <= a + e."""
    return both(*(less_equal(values[one], values[other]) for one, other in ORDER), paper.supermodular(values))


def parts(theorem: Theorem) -> list[Theorem]:
    """The conclusions of a conjunction one by one."""
    return [by.component(theorem, part) for part in theorem.conclusion.args]


# --- one unit ---------------------------------------------------------------------------------------------------

a, b, c, e = (Scalar(name) for name in "abce")


@cache
def activated() -> Theorem:
    """Four ordered arguments give four ordered values of a convex non-decreasing function.

    Where a < e both b and a + e - b lie on the segment from a to e: their chords add up to the inequality with a + e -
    b in place of c, which is no larger. Else all four are equal.
    """
    rising, convex = by.assume(paper.increasing.condition), by.assume(paper.convex.condition)
    facts = [by.assume(part) for part in ordered((a, b, c, e)).args]

    def monotone(lower: Any, upper: Any) -> Theorem:
        below = by.arithmetic(less_equal(lower, upper), *facts)
        rule = by.at(rising, lower, upper)
        return by.arithmetic(less_equal(sigma(lower), sigma(upper)), rule, below)

    orders = [monotone((a, b, c, e)[one], (a, b, c, e)[other]) for one, other in ORDER]
    apart = by.assume(less(a, e))
    share, other = (e - b) / (e - a), (b - a) / (e - a)
    chords = []
    for part, point in ((share, b), (other, a + e - b)):
        inside = by.arithmetic(both(less_equal(0, part), less_equal(part, 1)), apart, *facts)
        bounds = [by.arithmetic(condition, inside, apart) for condition in PROBABILITY.conditions(part)]
        chord = by.at(convex, a, e, part, premises=(*bounds, apart))
        between = part * a + (1 - part) * e
        chords.append(by.rewrite(chord, by.arithmetic(equal(between, point), apart)))
    wanted = paper.supermodular([sigma(value) for value in (a, b, c, e)])
    total = by.arithmetic(equal(share, 1 - other), apart)
    far = by.arithmetic(wanted, *chords, total, monotone(c, a + e - b), apart)
    same = by.assume(sp.Ge(a, e, evaluate=False))
    facts.append(same)
    near = by.arithmetic(wanted, monotone(b, e), monotone(c, a))
    return by.conjunction(*orders, by.cases(less(a, e), far, near))


def by_activation(values: Sequence[Element], arguments: Theorem) -> Theorem:
    """ordered(values), from the order of the arguments of the activation, for the units' definitions."""
    definitions = [by.unfolded(value) for value in values]
    if not definitions[0].conclusion.args[1].has(sigma):
        return by.arithmetic(ordered(values), *definitions, *parts(arguments))
    inner = [definition.conclusion.args[1].args[0] for definition in definitions]
    found = by.satisfied(by.instance(activated(), dict(zip((a, b, c, e), inner, strict=True))), *parts(arguments))
    return by.arithmetic(ordered(values), found, *definitions)


# --- all layers -------------------------------------------------------------------------------------------------


def summed(below: Theorem, weight: Any) -> list[Theorem]:
    """The five inequalities about units k of a layer, weighted and summed."""
    return [by.weighted(part, weight, (k, 1, n)) for part in parts(below)]


def every_layer(nets: Sequence[Any], first: Callable[[], Sequence[Theorem]], multiplier: Any) -> Theorem:
    """`ordered` values of unit i (free, in range) of layer l; `first` orders the sums of the first layer.

    By induction over the layers: sums with weights that are not negative keep the order, and so does the activation.
    """
    statement = ForEach(ordered([net[layer, i] for net in nets]), unit_range)

    def step(level: Any, sums: Sequence[Theorem]) -> Theorem:
        values = [net[level, i] for net in nets]
        inner = [by.unfolded(value).conclusion.args[1].args[0] for value in values]
        arguments = by.conjunction(*(by.arithmetic(part, *sums) for part in ordered(inner).args))
        return by.generalise(by_activation(values, arguments), unit_range)

    base = step(sp.S.One, first())
    below = by.specialise(by.assume(statement), k)
    above = step(layer + 1, summed(below, paper.network.deeper(layer + 1, i, k) * multiplier(layer, k)))
    return by.specialise(by.induction(layer, statement, base, above), i)


def input_sums(keep: Any) -> list[Theorem]:
    """What the increments d1 and d2 add to the first layer's sums is not negative."""
    added = []
    for increment in (paper.d1, paper.d2):
        fact = by.arithmetic(less_equal(0, increment[k]))
        added.append(by.weighted(fact, paper.network.first(i, k) * keep(k), paper.INPUT_NODES[0]))
    return added


@cache
def clean_layers() -> Theorem:
    """`every_layer` for the network without dropout."""
    return every_layer(paper.clean, lambda: input_sums(paper.always), paper.always)


@cache
def dropped_layers() -> Theorem:
    """`every_layer` for the network in a fixed dropout pattern."""
    return every_layer(paper.dropped, lambda: input_sums(paper.scaled(paper.r0)), paper.scaled(paper.r))


def at_output(theorem: Theorem, multiplier: Any, wanted: Any) -> Theorem:
    """The inequality of the outputs from the order of the last hidden layer."""
    last = by.specialise(by.generalise(by.instance(theorem, {layer: d - 1}), unit_range), k)
    return by.arithmetic(wanted, *summed(last, paper.network.last(k) * multiplier(d - 1, k)))


@prove("helmbold2017:sec4-monotone")
def monotone_network() -> Theorem:
    """Induction over the layers with the first of the five inequalities alone, for which no convexity is needed."""
    lower, upper = paper.clean[:2]
    rising = by.assume(paper.increasing.condition)
    statement = ForEach(less_equal(lower[layer, i], upper[layer, i]), unit_range)

    def step(level: Any, *sums: Theorem) -> Theorem:
        definitions = [by.unfolded(net[level, i]) for net in (lower, upper)]
        inner = [definition.conclusion.args[1].args[0] for definition in definitions]
        below = by.arithmetic(less_equal(*inner), *sums)
        rule = by.at(rising, *inner)
        found = by.arithmetic(less_equal(lower[level, i], upper[level, i]), rule, below, *definitions)
        return by.generalise(found, unit_range)

    base = step(sp.S.One, *input_sums(paper.always))
    below = by.weighted(by.specialise(by.assume(statement), k), paper.network.deeper(layer + 1, i, k), (k, 1, n))
    every = by.specialise(by.induction(layer, statement, base, step(layer + 1, below)), i)
    return for_each_layer(every)


@prove("helmbold2017:lem12-step-unit")
def units_supermodular() -> Theorem:
    return for_each_layer(parts(clean_layers())[-1])


@prove("helmbold2017:lem12")
def network_supermodular() -> Theorem:
    return at_output(clean_layers(), paper.always, paper.LEM12.statement)


@prove("helmbold2017:lem14-step-dropped")
def dropped_supermodular() -> Theorem:
    return at_output(dropped_layers(), paper.scaled(paper.r), paper.DROPPED.statement)


# --- theorem 17 -------------------------------------------------------------------------------------------------


def doubled(level: Any, node: Any) -> Any:
    """What a hidden node multiplies its value by."""
    return 2 * paper.gate[level, node]


@prove("helmbold2017:thm17-step-supermodular")
@cache
def corners() -> Theorem:
    """Averages over the hidden patterns of the inequality that holds in each."""
    nets = list(paper.CORNERS.values())
    first = [by.arithmetic(less_equal(0, paper.W1[i, place])) for place in (1, 2)]
    layers = every_layer(nets, lambda: first, doubled)
    values = [paper.at_corner(name) for name in paper.CORNERS]
    mean = by.expected(at_output(layers, doubled, paper.supermodular(values)))
    sums = [by.identity(side, sum(E(value) for value in pair))
            for side, pair in zip(mean.conclusion.args, (values[1:3], values[::3]), strict=True)]
    return by.arithmetic(paper.V_SUPERMODULAR.statement, mean, *sums)


@cache
def squares() -> tuple[Theorem, ...]:
    """Mean squares are at least squared means."""
    found = [by.mean_square(paper.at_corner("00"))]
    for name in paper.CORNERS:
        value = paper.at_corner(name)
        shifted = by.mean_square(value - 1)
        found.append(by.arithmetic(less_equal((E(value) - 1) ** 2, E((value - 1) ** 2)), shifted,
                                   by.identity(E(value - 1), E(value) - 1)))
    return tuple(found)


@prove("helmbold2017:eq7")
def bias_terms() -> Theorem:
    return by.arithmetic(paper.EQ7.statement, *squares())


@prove("helmbold2017:eq8")
@cache
def bias_terms_times_eight() -> Theorem:
    return by.arithmetic(paper.EQ8.statement, *squares())


@prove("helmbold2017:thm17-step-large")
def large_at_zero() -> Theorem:
    """The criterion is at least half of E(V_00^2), and so of the square of the mean, which is at least 1."""
    premise = less_equal(1, paper.V00)
    bound = by.arithmetic(less_equal(Rational(1, 2), paper.criterion), *squares(), by.assume(premise))
    return by.discharge(premise, bound)


@prove("helmbold2017:thm17-step-lower-bound")
@cache
def lower_bound() -> Theorem:
    """Eight times the criterion is at least the squared biases of (8), which add up to 1 or more at supermodular means.
    """
    w00, w20, w02, w22 = (Scalar(name) for name in "wxyz")
    total = 4 * w00**2 + (w00 - 1) ** 2 + (w22 - 1) ** 2 + (w20 - 1) ** 2 + (w02 - 1) ** 2
    means = {w00: paper.V00, w20: paper.V20, w02: paper.V02, w22: paper.V22}
    here = by.in_letters(less_equal(1, total), means, (less_equal(w20 + w02 - w00, w22), corners()))
    return by.arithmetic(less_equal(Rational(1, 8), paper.criterion), here, bias_terms_times_eight())


# --- the network with negative weights --------------------------------------------------------------------------


@prove("helmbold2017:thm17-step-criterion")
@cache
def criterion_with_bias() -> Theorem:
    return by.arithmetic(paper.WITH_BIAS.statement, criterion_at(sp.S.One))


@prove("helmbold2017:thm17-step-criterion-rescaled")
@cache
def criterion_rescaled() -> Theorem:
    return by.arithmetic(paper.RESCALED.statement, criterion_at(Rational(4, 5)))


@prove("helmbold2017:thm17-step-kept.amended")
def kept_part() -> Theorem:
    """The square expanded, with the moments of 4/5 of the best weight times V put in."""
    net, bias, weight = paper.two, paper.fifth, 4 * paper.two.best / 5
    V = top(net)
    mean = E((weight * V + bias - 1) ** 2)
    split = by.identity(mean, weight**2 * E(V**2) + 2 * weight * (bias - 1) * E(V) + (bias - 1) ** 2)
    return by.arithmetic(paper.KEPT.statement, split, *moments(Rational(4, 5)))


@prove("helmbold2017:thm17")
def can_be_improved_upon() -> Theorem:
    """Many gadgets have a criterion below 1/8, and the other network has not."""
    A, low, high = Scalar("A", POSITIVE), Scalar("I"), Scalar("J")
    negative = by.in_letters(less(paper.with_bias(A), Rational(1, 8)), {A: paper.two.excess},
                             (less(A, Rational(45, 43)), by.assume(paper.wide.condition)))
    smaller = by.rewrite(negative, by.restate(criterion_with_bias(), equal(*reversed(paper.WITH_BIAS.statement.args))))
    mine, theirs = paper.THM17.statement.args
    return by.in_letters(less(low, high), {low: mine, high: theirs}, (less_equal(Rational(1, 8), high), lower_bound()),
                         (less(low, Rational(1, 8)), smaller))


# --- what a non-decreasing activation is for ----------------------------------------------------------------------

# units with the convex activation max(-z, 0): the first is 1 at x = -1 and 0 above, the second 1 less that
FALLING = {d: 3, K: 1, n: 1, sigma: sp.Lambda(paper.z, sp.Max(-paper.z, 0)), weight_atoms[0]: {(1, 1): 1},
           weight_atoms[1]: {(2, 1, 1): 1}, weight_atoms[2]: {(1,): 1}, bias_atoms[0]: {(1, 1): 0, (2, 1): -1},
           bias_atoms[1]: 0, paper.x: {(1,): -1}, paper.d1: {(1,): 1}, paper.d2: {(1,): 1}}
kept = {p: 1, paper.r0: {(1,): 1}, paper.r: {(1, 1): 1, (2, 1): 1}}
# in eq. (4) inputs of 0 and 1 do the same under a bias of -1
bits = {K: 2, weight_atoms[0]: {(1, 1): 1, (1, 2): 1}, bias_atoms[0]: {(1, 1): -1, (2, 1): -1},
        u: {(1,): 0, (2,): 1}}
for said_of, more in (("eq4", bits), ("lem12", {}), ("lem12-step-unit", {}), ("lem14-step-dropped", kept)):
    witness(f"helmbold2017:{said_of}", {**FALLING, **more}, without="non-decreasing")
