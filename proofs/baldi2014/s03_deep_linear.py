"""Moments of deep linear networks: why means recur, why printed covariances do not, and the recursion that holds."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.claims import prove, witness
from dropout_theory.language import NATURAL, E, Scalar, less, less_equal, substitute
from dropout_theory.papers.baldi2014 import s03_deep_linear as paper
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    conjunction,
    discharge,
    generalise,
    generalise_offset,
    identity,
    minimum_bound,
    replaced,
    restate,
    rewrite,
    satisfied,
    specialise,
    unfolded,
    weighted,
)

h, i, l, j = paper.h, paper.i, paper.l, paper.j
h2, i2, l2, j2 = paper.h2, paper.i2, paper.l2, paper.j2
gap = Scalar("g", NATURAL)


def at_least(symbol: Any, value: Any) -> Theorem:
    return assume(sp.Ge(symbol, value, evaluate=False))


@prove("baldi2014:sec3-shortest-path-layers.amended")
def longest_paths_climb() -> Theorem:
    """A connected unit's layer is a maximum over its feeders, each counted one higher."""
    u, v = paper.u, paper.v
    after = at_least(v, u + 1)
    above = arithmetic(sp.Ge(v, 2, evaluate=False), at_least(u, 1), after)
    definition = unfolded(paper.longest[v], above)
    largest = minimum_bound(definition.conclusion.rhs, u)
    connected = sp.Eq(paper.edge[u, v], 1, evaluate=False)
    higher = arithmetic(less(paper.longest[u], paper.longest[v]), definition, largest, assume(connected))
    return generalise(discharge(connected, higher), (u, 1, paper.V), (v, u + 1, paper.V))


@prove("baldi2014:eq24")
def means_recur() -> Theorem:
    definition = unfolded(paper.S[h, i], at_least(h, 1))
    mean = replaced(E(paper.S[h, i]), definition)
    return generalise(restate(mean, paper.EQ24.statement.body), *paper.each_unit)


@prove("baldi2014:eq25.2")
def moments_factor() -> Theorem:
    """Multiply the assumed factorisation by the four weights and sum."""
    pair = specialise(assume(paper.UNCORRELATED.condition), l, j, l2, j2)
    total = satisfied(pair, *[arithmetic(less_equal(low, paper.H - 1), assume(less_equal(low, top - 1)),
                                         assume(less_equal(top, paper.H))) for low, top in ((l, h), (l2, h2))])
    for weight, limits in ((paper.w[h2, i2, l2, j2], (j2, 1, paper.n)), (paper.w[h, i, l, j], (j, 1, paper.n)),
                           (1, (l2, 0, h2 - 1)), (1, (l, 0, h - 1))):
        total = weighted(total, weight, limits)
    return generalise(restate(total, paper.EQ25_2.statement.body), *paper.each_pair)


@prove("baldi2014:eq25")
def expanded_and_factored() -> Theorem:
    first = generalise(identity(*paper.EQ25_1.statement.body.args), *paper.each_pair)
    return conjunction(first, moments_factor())


def definition_of(layer: Any, unit: Any, *premises: Theorem) -> Theorem:
    return unfolded(paper.S[layer, unit], *(premises or [at_least(layer, 1)]))


def activities() -> Theorem:
    moment = replaced(E(paper.S[h, i] * paper.S[h2, i2]), definition_of(h, i), definition_of(h2, i2))
    part = paper.AMENDED_PARTS["activities"]
    return generalise(restate(moment, part.body), *paper.each_pair)


def across_layers() -> Theorem:
    """For h = h' + 1 + gap the gate of unit (h, i) is in no activity of layers up to h."""
    part = paper.AMENDED_PARTS["across layers"]
    at_gap = substitute(part.body, {h: h2 + 1 + gap})
    top = h2 + 1 + gap
    inner = paper.S[top, i] * paper.gated(h2, i2)
    ungated = identity(at_gap.lhs, paper.p[top, i] * E(inner))
    positive = arithmetic(sp.Ge(top, 1, evaluate=False), at_least(h2, 0))
    below = replaced(E(inner), definition_of(top, i, positive))
    limits = [tuple(limit.args) for limit in part.limits]
    return generalise_offset(restate(rewrite(ungated, below), at_gap), gap, part.body, *limits)


def same_layer() -> Theorem:
    part = paper.AMENDED_PARTS["same layer"]
    inner = paper.S[h, i] * paper.S[h, i2]
    ungated = identity(part.body.lhs, paper.same_layer_gates(h) * E(inner))
    below = replaced(E(inner), definition_of(h, i), definition_of(h, i2))
    return generalise(restate(rewrite(ungated, below), part.body), *[tuple(limit.args) for limit in part.limits])


def inputs() -> Theorem:
    part = paper.AMENDED_PARTS["inputs"]
    given = replaced(part.body.lhs, unfolded(paper.S[0, i]), unfolded(paper.S[0, i2]))
    return generalise(restate(given, part.body), *[tuple(limit.args) for limit in part.limits])


@prove("baldi2014:sec3-covariance-recursion.amended")
def gated_activities_recur() -> Theorem:
    return conjunction(activities(), across_layers(), same_layer(), inputs())


witness("baldi2014:sec3-covariance-recursion", paper.CHAIN)
