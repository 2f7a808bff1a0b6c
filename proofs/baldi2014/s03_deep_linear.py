"""Moments of deep linear networks: why means recur, why printed covariances do not, and the recursion that holds."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NATURAL, E, Scalar, less, less_equal, substitute
from dropout_theory.papers.baldi2014 import s03_deep_linear as paper
from dropout_theory.proof import Theorem

h, i, l, j = paper.h, paper.i, paper.l, paper.j
h2, i2, l2, j2 = paper.h2, paper.i2, paper.l2, paper.j2
gap = Scalar("g", NATURAL)


def at_least(symbol: Any, value: Any) -> Theorem:
    """symbol >= value, assumed."""
    return by.assume(sp.Ge(symbol, value, evaluate=False))


@prove("baldi2014:sec3-shortest-path-layers.amended")
def longest_paths_climb() -> Theorem:
    """A connected unit's layer is a maximum over its feeders, each counted one higher."""
    u, v = paper.u, paper.v
    after = at_least(v, u + 1)
    above = by.arithmetic(sp.Ge(v, 2, evaluate=False), at_least(u, 1), after)
    definition = by.unfolded(paper.longest[v], above)
    largest = by.minimum_bound(definition.conclusion.rhs, u)
    connected = sp.Eq(paper.edge[u, v], 1, evaluate=False)
    higher = by.arithmetic(less(paper.longest[u], paper.longest[v]), definition, largest, by.assume(connected))
    return by.generalise(by.discharge(connected, higher), (u, 1, paper.V), (v, u + 1, paper.V))


@prove("baldi2014:eq24")
def means_recur() -> Theorem:
    """Take the mean of the definition of an activity, term by term.

    The gate of a unit is independent of that unit's own activity, which only gates of lower layers enter.
    """
    definition = by.unfolded(paper.S[h, i], at_least(h, 1))
    mean = by.rewritten(E(paper.S[h, i]), definition)
    return by.generalise(by.restate(mean, paper.EQ24.statement.body), *paper.each_unit)


@prove("baldi2014:eq25.2")
def moments_factor() -> Theorem:
    """Multiply the assumed factorisation by the four weights and sum."""
    pair = by.specialise(by.assume(paper.UNCORRELATED.condition), l, j, l2, j2)
    total = by.satisfied(pair, *[by.arithmetic(less_equal(low, paper.H - 1), by.assume(less_equal(low, top - 1)),
                                               by.assume(less_equal(top, paper.H))) for low, top in ((l, h), (l2, h2))])
    for weight, limits in ((paper.w[h2, i2, l2, j2], (j2, 1, paper.n)), (paper.w[h, i, l, j], (j, 1, paper.n)),
                           (1, (l2, 0, h2 - 1)), (1, (l, 0, h - 1))):
        total = by.weighted(total, weight, limits)
    return by.generalise(by.restate(total, paper.EQ25_2.statement.body), *paper.each_pair)


@prove("baldi2014:eq25")
def expanded_and_factored() -> Theorem:
    """Expand the product of two sums; the assumption factors each term."""
    first = by.generalise(by.identity(*paper.EQ25_1.statement.body.args), *paper.each_pair)
    return by.conjunction(first, moments_factor())


def definition_of(layer: Any, unit: Any, *premises: Theorem) -> Theorem:
    """An activity above layer 0 is the weighted sum of the gated activities below it."""
    return by.unfolded(paper.S[layer, unit], *(premises or [at_least(layer, 1)]))


def activities() -> Theorem:
    """Second moments of activities from those of gated ones: both activities by their definition."""
    moment = by.rewritten(E(paper.S[h, i] * paper.S[h2, i2]), definition_of(h, i), definition_of(h2, i2))
    part = paper.AMENDED_PARTS["activities"]
    return by.generalise(by.restate(moment, part.body), *paper.each_pair)


def across_layers() -> Theorem:
    """For h = h' + 1 + gap the gate of unit (h, i) is in no activity of layers up to h."""
    part = paper.AMENDED_PARTS["across layers"]
    at_gap = substitute(part.body, {h: h2 + 1 + gap})
    top = h2 + 1 + gap
    inner = paper.S[top, i] * paper.gated(h2, i2)
    ungated = by.identity(at_gap.lhs, paper.p[top, i] * E(inner))
    positive = by.arithmetic(sp.Ge(top, 1, evaluate=False), at_least(h2, 0))
    below = by.rewritten(E(inner), definition_of(top, i, positive))
    limits = [tuple(limit.args) for limit in part.limits]
    return by.generalise_offset(by.restate(by.rewrite(ungated, below), at_gap), gap, part.body, *limits)


def same_layer() -> Theorem:
    """The gates of a layer are in no activity of it: their mean is a factor, and the activities are unfolded."""
    part = paper.AMENDED_PARTS["same layer"]
    inner = paper.S[h, i] * paper.S[h, i2]
    ungated = by.identity(part.body.lhs, paper.same_layer_gates(h) * E(inner))
    below = by.rewritten(E(inner), definition_of(h, i), definition_of(h, i2))
    recursion = by.restate(by.rewrite(ungated, below), part.body)
    return by.generalise(recursion, *[tuple(limit.args) for limit in part.limits])


def inputs() -> Theorem:
    """In layer 0 the activities are the inputs, so that only the gates are random."""
    part = paper.AMENDED_PARTS["inputs"]
    given = by.rewritten(part.body.lhs, by.unfolded(paper.S[0, i]), by.unfolded(paper.S[0, i2]))
    return by.generalise(by.restate(given, part.body), *[tuple(limit.args) for limit in part.limits])


@prove("baldi2014:sec3-covariance-recursion.amended")
def gated_activities_recur() -> Theorem:
    """From gated activities to activities; between gated ones of two layers, and of one; and the inputs to start."""
    return by.conjunction(activities(), across_layers(), same_layer(), inputs())


witness("baldi2014:sec3-covariance-recursion", paper.CHAIN)
