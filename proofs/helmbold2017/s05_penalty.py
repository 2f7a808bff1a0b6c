"""Why a negative penalty needs a negative number, and why the penalty depends on the labels.

Linear networks: the mean over patterns is the clean output, layer by layer, because the gates of a layer are
independent of the values they act on. Rectifiers of non-negative numbers do nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, Element, ForEach, Recursion, Scalar, equal, less_equal, substitute
from dropout_theory.papers.helmbold2017 import s05_penalty as paper
from dropout_theory.papers.helmbold2017.notation import d, i, n, s
from dropout_theory.proof import Theorem

from .s02_preliminaries import negative_penalty
from .tactics import for_each_layer, layer

each_unit = (paper.each_example, (i, 1, n))


def by_layers(body: Any, first: Theorem, step: Any) -> Theorem:
    """body(l) for every layer l, example s and unit i (free); `step` gets body(l) for all of them."""
    statement = ForEach(body(layer), *each_unit)
    base = by.restate(by.generalise(first, *each_unit), substitute(statement, {layer: sp.S.One}))
    next_one = by.generalise(step(by.specialise(by.assume(statement), s, i)), *each_unit)
    return by.specialise(by.induction(layer, statement, base, next_one), s, i)


def folded(entry: Element) -> Theorem:
    """definition = entry, for an entry above the first layer or at it."""
    return by.mirrored(by.unfolded(entry))


# --- linear units -----------------------------------------------------------------------------------------------


def mean_values(g: Recursion, G: Recursion) -> Theorem:
    """E(g[l, s, i]) = G[l, s, i]."""

    def mean_of(entry: Element, clean: Element, *below: Theorem) -> Theorem:
        mean = by.expected(by.unfolded(entry))
        wanted = by.unfolded(clean).conclusion.args[1]
        known = by.rewritten(wanted, *[by.mirrored(b) for b in below], indices=[s, i])
        split = by.identity(mean.conclusion.args[1], known.conclusion.args[1])
        return by.rewrite(by.rewrite(by.rewrite(mean, split), by.mirrored(known)), folded(clean))

    def body(level: Any) -> Any:
        return equal(E(g[level, s, i]), G[level, s, i])

    return by_layers(body, mean_of(g[1, s, i], G[1, s, i]),
                     lambda below: mean_of(g[layer + 1, s, i], G[layer + 1, s, i], below))


def mean_output(dropped: Any, g: Recursion, clean: Any, G: Recursion) -> Theorem:
    """E(output under dropout) = output without, for linear units."""
    top = by.instance(mean_values(g, G), {layer: d - 1})
    known = by.rewritten(clean, by.mirrored(top), indices=[s, i])
    return by.rewrite(by.identity(E(dropped), known.conclusion.args[1]), by.mirrored(known))


@cache
def lower_bound(dropped: Any, g: Recursion, clean: Any, G: Recursion) -> Theorem:
    """Squared loss of the clean output <= mean squared loss under dropout, for linear units."""
    loss = (clean - paper.y[s]) ** 2
    mean = mean_output(dropped, g, clean, G)
    return by.arithmetic(less_equal(loss, E((dropped - paper.y[s]) ** 2)), by.mean_square(dropped - paper.y[s]), mean)


def averaged(bound: Theorem, wanted: Any) -> Theorem:
    """The average over examples of a bound on the clean loss by the mean loss."""
    return by.restate(by.weighted(bound, paper.P[s], paper.each_example), wanted)


LINEAR = (paper.linear_dropped, paper.g, paper.linear_clean, paper.G)


@prove("helmbold2017:thm19-step-linear")
def linear_mean() -> Theorem:
    """By induction over the layers, as a gate is independent of the value that it multiplies: see `mean_values`."""
    return by.generalise(mean_output(*LINEAR), paper.each_example)


@prove("helmbold2017:thm19-step-lower-bound")
def linear_lower_bound() -> Theorem:
    """The mean output is the clean one, and the square of a mean is at most the mean square."""
    return by.restate(by.generalise(lower_bound(*LINEAR), paper.each_example), paper.LOWER.statement)


@prove("helmbold2017:thm19-step-linear-penalty")
def linear_penalty() -> Theorem:
    return averaged(lower_bound(*LINEAR), paper.LINEAR_PENALTY.statement)


# --- rectified units of non-negative numbers --------------------------------------------------------------------


def nonnegative(h: Recursion) -> Theorem:
    """0 <= h[l, s, i], a value of a rectifier."""

    def value(entry: Element) -> Theorem:
        return by.arithmetic(less_equal(0, entry), by.unfolded(entry))

    return by_layers(lambda level: less_equal(0, h[level, s, i]), value(h[1, s, i]),
                     lambda _: value(h[layer + 1, s, i]))


def acts_linearly(h: Recursion, g: Recursion) -> Theorem:
    """h[l, s, i] = g[l, s, i]: the rectifiers meet non-negative numbers only."""

    def kept(entry: Element, same: Element, *below: Theorem) -> Theorem:
        definition = by.unfolded(entry)
        inside = definition.conclusion.args[1].args[0]
        premises = []
        for part in inside.atoms(sp.Sum):
            term, value = part.function, [e for e in part.function.atoms(Element) if e.family == h]
            if value:  # the values of the layer below, weighted by non-negative numbers
                premises.append(by.weighted(instance_at(nonnegative(h), value[0]), term / value[0], part.limits[0]))
        plain = by.rewrite(definition, by.relu_kept(inside, *premises))
        return by.rewrite(by.rewrite(plain, *below, indices=[s, i]), folded(same))

    def step(below: Theorem) -> Theorem:
        return kept(h[layer + 1, s, i], g[layer + 1, s, i], below)

    return by_layers(lambda level: equal(h[level, s, i], g[level, s, i]), kept(h[1, s, i], g[1, s, i]), step)


def instance_at(theorem: Theorem, entry: Element) -> Theorem:
    """A fact about every layer, example and unit at a particular entry."""
    level, example, unit = entry.indices
    general = by.generalise(by.instance(theorem, {layer: level}) if level != layer else theorem, *each_unit)
    return by.specialise(general, example, unit)


@prove("helmbold2017:thm19-step-relu-linear")
def rectifiers_do_nothing() -> Theorem:
    return for_each_layer(acts_linearly(paper.h_fixed, paper.g_fixed), *each_unit)


@prove("helmbold2017:thm19.1")
def can_be_negative() -> Theorem:
    return negative_penalty()


@prove("helmbold2017:thm19.2")
@cache
def cannot_be_negative() -> Theorem:
    """In every pattern the rectifiers meet numbers that are not negative, so that the network is a linear one.

    For linear units the mean output is the clean one, and a mean square is at least the square of the mean.
    """
    dropped_values = by.instance(acts_linearly(paper.h, paper.h_linear), {layer: d - 1})
    clean_values = by.instance(acts_linearly(paper.H, paper.H_linear), {layer: d - 1})
    dropped = by.rewritten(paper.D, dropped_values, indices=[s, i])
    clean = by.rewritten(paper.O, clean_values, indices=[s, i])
    bound = lower_bound(dropped.conclusion.args[1], paper.h_linear, clean.conclusion.args[1], paper.H_linear)
    original = by.rewrite(bound, by.mirrored(dropped_values), by.mirrored(clean_values), indices=[s, i])
    return averaged(original, less_equal(0, paper.penalty))


@prove("helmbold2017:thm19")
def necessary_condition() -> Theorem:
    return by.conjunction(can_be_negative(), cannot_be_negative())


# --- dependence on the labels -----------------------------------------------------------------------------------


@prove("helmbold2017:thm20-step-positive-change")
def positive_change() -> Theorem:
    """Enumeration of the patterns gives the mean change as an expression in q, which is positive."""
    statement = paper.POSITIVE_CHANGE.statement
    return by.arithmetic(statement, by.over_masks(statement.args[1]))


@prove("helmbold2017:thm20")
def labels_matter() -> Theorem:
    """By enumeration of the patterns; the penalties differ by the labels' difference times a positive number."""
    def mean(label: Scalar) -> Theorem:
        return by.over_masks(E((paper.disturbed - label) ** 2))

    different_labels = by.assume(paper.labels_differ.condition)
    return by.arithmetic(paper.THM20.statement, mean(paper.label), mean(paper.other), different_labels)


