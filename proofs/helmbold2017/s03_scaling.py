"""Why rescaling layers rescales the output: by induction over the layers, for every depth, width and pattern.

What full rank is for in theorem 4 is in `zeroed_input`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import (
    Element,
    ForEach,
    HasValue,
    Recursion,
    Relu,
    equal,
    equivalent,
    implies,
    less,
    less_equal,
    natural,
)
from dropout_theory.papers.helmbold2017 import s03_scaling as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n
from dropout_theory.proof import Theorem

from . import zeroed_input
from .tactics import for_each_layer, layer, replaced


def _one_layer(bigger: Theorem, smaller: Theorem, factor: Any) -> Theorem:
    """h' = factor * h from their definitions, when the arguments of the rectifiers differ by the factor."""
    inside = smaller.conclusion.args[1].args[0]
    apart = by.rewrite(bigger, by.identity(bigger.conclusion.args[1], Relu(factor * inside)))
    out = by.rewrite(apart, by.relu_scaled(factor, inside))
    return by.rewrite(out, by.mirrored(smaller))


def _by_product(bigger: Theorem, smaller: Theorem, factor: Any) -> Theorem:
    """The same for a factor that is a product, or 1."""
    if not isinstance(factor, sp.Product):
        return _one_layer(bigger, smaller, factor)
    split = by.last_split(factor)
    found = _one_layer(by.rewrite(bigger, split), smaller, split.conclusion.args[1])
    return by.arithmetic(equal(bigger.conclusion.args[0], factor * smaller.conclusion.args[0]), found, split)


def every_layer(bigger: Recursion, smaller: Recursion, factor: Any, *facts: Theorem,
                known: tuple[Theorem, ...] = ()) -> Theorem:
    """bigger[l, i] = factor(l) * smaller[l, i] for every layer l, by induction over l; i is free.

    `facts` are equalities about entries k used in the first layer; what is `known` shows the weights to be defined.
    """
    statement = ForEach(equal(bigger[layer, i], factor(layer) * smaller[layer, i]), (i, 1, n))
    base = _by_product(by.rewrite(by.unfolded(bigger[1, i], *known), *facts, indices=[k]), by.unfolded(smaller[1, i]),
                       factor(sp.S.One))
    below = by.specialise(by.assume(statement), i)
    above = by.rewrite(by.unfolded(bigger[layer + 1, i], *known), below, indices=[i])
    step = _by_product(above, by.unfolded(smaller[layer + 1, i]), factor(layer + 1))
    done = by.induction(layer, statement, by.generalise(base, (i, 1, n)), by.generalise(step, (i, 1, n)))
    return by.specialise(done, i)


def scaled_output(bigger: Any, values: Recursion, smaller: Any, originals: Recursion) -> Theorem:
    """The rescaled output is the product of all factors times the original one."""
    top = by.instance(every_layer(values, originals, paper.up_to), {layer: d - 1})
    split = by.last_split(paper.up_to(d))
    found = by.rewritten(bigger, top, split, indices=[i])
    joined = by.restate(found, equal(bigger, split.conclusion.args[1] * smaller))
    return by.arithmetic(equal(bigger, paper.up_to(d) * smaller), joined, split)


@prove("helmbold2017:thm4-step-clean")
def clean_outputs() -> Theorem:
    """The factor and its inverse cancel in the first layer; above it the layers agree by induction."""
    return same_output(*paper.CLEAN.statement.args)


@prove("helmbold2017:thm4-step-dropped")
def dropped_outputs() -> Theorem:
    """As without dropout: a gate multiplies a single input, so that factor and inverse still meet."""
    return same_output(*paper.DROPPED.statement.args)


def inverse_entry() -> Theorem:
    """e_k = 1/a_k for every k, by induction over k as far as there are entries a_k, none of which is 0."""
    offset = natural("m")

    def entry(place: Any) -> Any:
        return equal(paper.a_inverse[place], 1 / paper.a[place])

    def there(place: Any) -> Theorem:
        within = less_equal(place, K)
        return by.discharge(within, by.unfolded(paper.a_inverse[place], rank, by.assume(within)))

    rank = by.assume(paper.full_rank.condition)
    found = by.induction(layer, implies(less_equal(layer, K), entry(layer)), there(sp.S.One), there(layer + 1))
    body = implies(less_equal(k, K), entry(k))
    each = by.generalise_offset(by.instance(found, {layer: 1 + offset}), offset, body, (k, 1, K))
    return by.apply(by.specialise(each, k), by.assume(sp.Le(k, K, evaluate=False)))


def same_output(left: Any, right: Any) -> Theorem:
    """Equality of two outputs whose hidden values are equal layer by layer."""
    bigger, smaller = (next(e.family for e in out.atoms(Element) if isinstance(e.family, Recursion))
                       for out in (left, right))
    rank = by.assume(paper.full_rank.condition)
    layers = every_layer(bigger, smaller, lambda _: sp.S.One, inverse_entry(), known=(rank,))
    top = by.instance(layers, {layer: d - 1})
    return by.restate(by.rewritten(left, top, indices=[i]), equal(left, right))


@prove("helmbold2017:thm4")
def aversion_of_rescaled_inputs() -> Theorem:
    """Dividing the first weights by the diagonal maps the networks onto themselves and undoes the rescaling."""
    undo, redo = {paper.W1: paper.W1[i, k] / paper.a[k]}, {paper.W1: paper.W1[i, k] * paper.a[k]}
    exists = HasValue(paper.aversion)
    middle = replaced(paper.rescaled_aversion, undo)
    trained = by.same_training(middle, same_mean(middle.criterion, paper.criterion),
                               same_mean(middle.risk, paper.risk), by.assume(exists))
    moved = by.reparametrised(paper.rescaled_aversion, undo, redo, by.assume(paper.full_rank.condition), trained)
    return by.discharge(exists, by.rewrite(moved, trained))


def same_mean(left: Any, right: Any) -> Theorem:
    """Equality of two expected losses whose hidden values are equal layer by layer."""
    bigger, smaller = (next(e.family for e in out.atoms(Element) if isinstance(e.family, Recursion))
                       for out in (left, right))
    top = by.instance(every_layer(bigger, smaller, lambda _: sp.S.One), {layer: d - 1})
    found = by.rewritten(left, top, indices=[i])
    return by.restate(found, equal(left, right))


@prove("helmbold2017:thm5-step-hidden")
def hidden_values() -> Theorem:
    """By induction over the layers, as a positive factor passes through a rectifier."""
    theorem = every_layer(paper.h_larger, paper.h, paper.up_to)
    return for_each_layer(theorem)


@prove("helmbold2017:thm5-step-sign")
def same_sign() -> Theorem:
    """One value is a positive multiple of the other, by induction over the layers."""
    theorem = every_layer(paper.h_larger, paper.h, paper.up_to)
    bigger, smaller = paper.h_larger[layer, i], paper.h[layer, i]
    return for_each_layer(by.arithmetic(equivalent(less(0, bigger), less(0, smaller)), theorem))


@prove("helmbold2017:thm5.1")
@cache
def outputs() -> Theorem:
    return scaled_output(paper.D_larger, paper.h_larger, paper.D, paper.h)


@prove("helmbold2017:thm5-step-output.amended")
def last_relation() -> Theorem:
    return outputs()


@prove("helmbold2017:thm5-step-equal-outputs")
def equal_outputs() -> Theorem:
    return by.discharge(paper.balanced,
                        by.arithmetic(equal(paper.D, paper.D_larger), outputs(), by.assume(paper.balanced)))


@prove("helmbold2017:thm5.2")
def criteria() -> Theorem:
    return by.discharge(paper.balanced, equal_criteria())


@cache
def equal_criteria() -> Theorem:
    """The criteria are equal, given that the factors have product 1."""
    factors = scaled_output(paper.DX_larger, paper.hX_larger, paper.DX, paper.hX)
    return equal_mean(paper.DX_larger, paper.DX, factors, paper.equal_criterion)


@cache
def equal_risks() -> Theorem:
    """The expected losses without dropout are equal, given that the factors have product 1."""
    factors = scaled_output(paper.OX_larger, paper.HX_larger, paper.OX, paper.HX)
    return equal_mean(paper.OX_larger, paper.OX, factors, paper.equal_risk)


def equal_mean(bigger: Any, smaller: Any, factors: Theorem, wanted: Any) -> Theorem:
    """Equal expected losses when the factors have product one, from `bigger = product * smaller`."""
    same = by.arithmetic(equal(bigger, smaller), factors, by.assume(paper.balanced))
    squared = by.arithmetic(equal((bigger - paper.Y) ** 2, (smaller - paper.Y) ** 2), same)
    return by.restate(by.expected(squared), wanted)


@prove("helmbold2017:thm5.4")
def risks() -> Theorem:
    return by.discharge(paper.balanced, equal_risks())


@prove("helmbold2017:thm5.3")
def penalties() -> Theorem:
    return by.discharge(paper.balanced, by.arithmetic(paper.equal_penalty, equal_criteria(), equal_risks()))


@prove("helmbold2017:thm5")
def rescaled_parameters() -> Theorem:
    """With product 1 the outputs are equal, pattern by pattern, and so are all mean losses."""
    return by.conjunction(outputs(), criteria(), penalties(), risks())


@prove("helmbold2017:thm6-step-criterion")
def louder_criterion() -> Theorem:
    return by.identity(*paper.LOUDER.statement.args)


@prove("helmbold2017:thm6")
def aversion_of_rescaled_targets() -> Theorem:
    """Scaling the output unit maps the networks onto themselves; every loss is then c squared times the old one."""
    c = paper.factor
    louder = {paper.w: c * paper.w[k], paper.b0: c * paper.b0}
    softer = {paper.w: paper.w[k] / c, paper.b0: paper.b0 / c}
    exists = HasValue(paper.aversion)
    units = by.homogeneous(paper.aversion, c**2, by.assume(exists))
    middle = replaced(paper.louder_aversion, louder)
    scaled = by.same_training(middle, by.identity(middle.criterion, c**2 * paper.criterion),
                              by.identity(middle.risk, c**2 * paper.risk), units)
    moved = by.reparametrised(paper.louder_aversion, louder, softer, scaled)
    return by.discharge(exists, by.rewrite(by.rewrite(moved, scaled), units))


witness("helmbold2017:sec3-rescaling-moves", {
    K: 1, n: 1, paper.z: 2, paper.W1: {(1, 1): 0}, paper.b: {(1, 1): 0}, paper.w: {(1,): 0}, d: 2})


@prove("helmbold2017:sec3-rescaling-moves.amended")
def only_zeros_stay() -> Theorem:
    """z u = u exactly when u = 0, for z other than 1."""
    other = by.assume(paper.other_factor.condition)

    def translated(given: Any, wanted: Any) -> Theorem:
        whole = by.assume(given)
        parts = []
        for known, goal in zip(given.args, wanted.args, strict=True):
            at = by.specialise(by.component(whole, known), *known.bound_symbols)
            parts.append(by.generalise(by.arithmetic(goal.body, at, other), *[tuple(x.args) for x in goal.limits]))
        return by.conjunction(*parts)

    stay, zeros = paper.unmoved, paper.zero_network
    return by.iff(translated(stay, zeros), translated(zeros, stay), stay, zeros)


@prove("helmbold2017:sec3-silent-units-free")
def free_weights() -> Theorem:
    """Silent units contribute nothing, whatever their output weights: both outputs are the output bias."""
    silent = by.specialise(by.assume(paper.silent), i)
    left, right = paper.FREE.statement.args[1].args
    return by.discharge(paper.silent, by.arithmetic(equal(left, right), by.rewritten(left, silent, indices=[i]),
                                                    by.rewritten(right, silent, indices=[i])))


__all__ = ["zeroed_input"]
