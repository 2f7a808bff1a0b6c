"""Networks near any network that compute the same, layer by layer; aversions of one unit in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Ge, Le, Not, Product, Rational, S, Sum

from dropout_theory import proof as by
from dropout_theory.ablation.widening import in_domain
from dropout_theory.claims import prove
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    REAL,
    Aversion,
    E,
    Family,
    ForEach,
    Recursion,
    Scalar,
    equal,
    implies,
    less,
    less_equal,
    substitute,
)
from dropout_theory.papers.helmbold2017 import s03_minimisers as paper
from dropout_theory.papers.helmbold2017.notation import d, i, k, l, n
from dropout_theory.proof import Theorem

from . import scaled_labels  # noqa: F401 - proves what is said of labels
from .s03_scaling import every_layer
from .tactics import layer


def same_output(left: Any, values: Recursion, right: Any, originals: Recursion, factor: Any) -> Theorem:
    """Equality of two outputs whose hidden values differ by a factor."""
    top = by.instance(every_layer(values, originals, lambda _: factor), {layer: d - 1})
    return by.restate(by.rewritten(left, top, indices=[i]), equal(left, right))


@prove("helmbold2017:sec3-centring-clean")
def centring_undone() -> Theorem:
    """The raised biases restore what the first rectifiers meet; above them the layers agree by induction."""
    left, right = paper.CENTRED.statement.args
    return same_output(left, paper.H_centred, right, paper.H, S.One)


@prove("helmbold2017:sec3-centring-pattern")
def centring_undone_in_pattern() -> Theorem:
    """As without dropout, with biases raised by what the kept inputs of this pattern lost."""
    left, right = paper.CENTRED_PATTERN.statement.args
    return same_output(left, paper.h_centred, right, paper.h, S.One)


# --- nearby networks ----------------------------------------------------------------------------------------------

entry, total, step_ = Scalar("v"), Scalar("S", NONNEGATIVE), Scalar("e", POSITIVE)


def near(moved: Any) -> Theorem:
    """|moved(v) - v| <= e for the factor 1 + e/(1 + S), from v^2 <= S."""
    factor = 1 + step_ / (1 + total)
    return by.arithmetic(less_equal(abs(moved(entry, factor) - entry), step_), by.assume(less_equal(entry**2, total)))


def ranges(limits: Sequence[Any]) -> list[Theorem]:
    """The index of each range lies in it, given."""
    return [by.assume(c) for s, low, high in limits for c in (Ge(s, low, evaluate=False), Le(s, high, evaluate=False))]


def below_total(value: Any, *limits: Any) -> Theorem:
    """value^2 <= all squares, for an entry in range; `limits` as in the sum, innermost first."""
    inner = by.entry_below_sum(value**2, limits[0], limits[0][0], *ranges(limits[:1]))
    for depth in range(1, len(limits)):
        row = Sum(value**2, *limits[:depth])
        outer = by.entry_below_sum(row, limits[depth], limits[depth][0], *ranges(limits[depth:depth + 1]))
        inner = by.arithmetic(less_equal(value**2, Sum(value**2, *limits[:depth + 1])), inner, outer)
    return by.arithmetic(less_equal(value**2, paper.squares), inner)


def each_near(statement: ForEach, value: Any, moved: Any, *limits: Any) -> Theorem:
    """|moved entry - entry| <= epsilon for every entry of one layer."""
    bound = below_total(value, *limits)
    general = by.instance(near(moved), {entry: value, total: paper.squares, step_: paper.eps},
                          by.arithmetic(less_equal(0, paper.squares)))
    there = by.restate(by.satisfied(general, bound), statement.body)
    return by.generalise(there, *[tuple(limit.args) for limit in statement.limits])


PARTS = ((paper.W1[i, k], lambda v, z: z * v, paper.first_weights),
         (paper.b[l, i], lambda v, z: z * v, paper.hidden_biases), (paper.w[k], lambda v, z: v / z, ((k, 1, n),)))


def all_near() -> list[Theorem]:
    """The same for the first weights, the hidden biases and the output weights."""
    return [each_near(statement, value, moved, *limits) for statement, (value, moved, limits)
            in zip(paper.near_parts, PARTS, strict=True)]


def moves() -> Theorem:
    """Some parameter of these layers moves unless all are 0: what a factor above 1 does not move is 0; turned round."""
    whole = by.assume(paper.unmoved)
    grown = by.arithmetic(less(1, paper.z))
    zeros = []
    for known, goal in zip(paper.unmoved_parts, paper.zero_parts, strict=True):
        there = by.specialise(by.component(whole, known), *known.bound_symbols)
        zeros.append(by.generalise(by.arithmetic(goal.body, there, grown), *[tuple(x.args) for x in goal.limits]))
    forward = by.discharge(paper.unmoved, by.conjunction(*zeros))
    elsewhere = Not(paper.zero_layers, evaluate=False)
    return by.discharge(elsewhere, by.arithmetic(Not(paper.unmoved, evaluate=False), forward, by.assume(elsewhere)))


def all_silent() -> Theorem:
    """Without first weights and hidden biases every hidden unit is 0: by induction over the layers."""
    whole = by.assume(paper.zero_layers)
    no_weight, no_bias = (by.specialise(by.component(whole, part), *part.bound_symbols)
                          for part in paper.zero_parts[:2])
    silent = ForEach(equal(paper.h[layer, i], 0), (i, 1, n))

    def unit(level: Any, *below: Theorem) -> Theorem:
        found = by.rewrite(by.unfolded(paper.h[level, i]), no_weight, *below, no_bias, indices=[i, k, l])
        lowest = by.arithmetic(Ge(level, 1, evaluate=False))
        zero = by.arithmetic(equal(paper.h[level, i], 0), by.satisfied(found, lowest))
        top = Le(level, d - 1, evaluate=False)
        return by.discharge(top, by.generalise(zero, (i, 1, n)))

    statement = implies(Le(layer, d - 1, evaluate=False), silent)
    inside = by.arithmetic(Le(layer, d - 1, evaluate=False), by.assume(Le(layer + 1, d - 1, evaluate=False)))
    step = unit(layer + 1, by.specialise(by.apply(by.assume(statement), inside), i))
    return by.apply(by.instance(by.induction(layer, statement, unit(S.One), step), {layer: d - 1}),
                    by.arithmetic(Le(d - 1, d - 1, evaluate=False)))


def at_zero() -> Theorem:
    """The output weights of silent units are free."""
    silent = by.specialise(all_silent(), i)
    outputs = [by.rewritten(whole, silent, indices=[i]) for whole in (paper.D_other, paper.D)]
    near_by = by.arithmetic(paper.other_within.body)
    return by.discharge(paper.zero_layers, by.conjunction(by.arithmetic(equal(paper.D_other, paper.D), *outputs),
                                                          by.generalise(near_by, (k, 1, n))))


@prove("helmbold2017:sec3-never-isolated")
def never_isolated() -> Theorem:
    """First weights and hidden biases are multiplied by z = 1 + epsilon/(1 + S), output weights divided by it.

    S is the sum of the squares of all these: so no parameter moves by more than epsilon, and the output stays, by
    induction over the layers. If the rescaling moves nothing, all of them are 0; then every hidden unit is silent and
    the output weights are free to move.
    """
    same = same_output(paper.D_nearby, paper.h_nearby, paper.D, paper.h, paper.z)
    return by.conjunction(same, *all_near(), moves(), at_zero())


# --- aversions ----------------------------------------------------------------------------------------------------


def unit_aversion(one: Any, zero: Any, least: Any, best: Any, fitted: Any) -> Theorem:
    """The aversion of a linear unit with one input, from the only minimiser `best` and a `fitted` unit of risk 0."""
    criterion, risk = paper.single(one, zero), paper.unit_risk(one, zero)
    masks = [by.over_masks(mean) for mean in sorted(criterion.atoms(E), key=str)]
    bound = by.arithmetic(less_equal(least, criterion), *masks)
    value = risk.xreplace(best)
    reached = equal(criterion, least)
    at_best = by.discharge(reached, by.arithmetic(equal(risk, value), *masks, by.assume(reached)))
    there = criterion.xreplace(best)
    attained = by.arithmetic(equal(there, least), *[by.over_masks(mean) for mean in sorted(there.atoms(E), key=str)])
    return by.aversion_value(Aversion(criterion, risk, (paper.v, paper.bias)), bound, at_best, (best, attained),
                             by.arithmetic(less_equal(0, risk)),
                             (fitted, by.arithmetic(equal(risk.xreplace(fitted), 0))))


@prove("helmbold2017:sec3-centring-changes-aversion")
def centring_matters() -> Theorem:
    """For both pairs of inputs the criterion is least at one unit only, and some unit has risk 0."""
    v, bias, half = paper.v, paper.bias, Rational(1, 2)
    plain = unit_aversion(S.One, S.Zero, Rational(1, 6), {v: paper.third, bias: paper.third}, {v: S.One, bias: S.Zero})
    centred = unit_aversion(half, -half, Rational(1, 8), {v: half, bias: half}, {v: S.One, bias: half})
    return by.conjunction(*(by.restate(found, part) for found, part in
                            zip((plain, centred), (paper.PLAIN, paper.CENTRED_AVERSION), strict=True)))


@prove("helmbold2017:sec32-equivalence", without="c' in positive real, not real")
def factors_compose() -> Theorem:
    """By induction over the layers: a product of products is the product of the products, whatever the signs."""
    other = Family(paper.c_.name, REAL, paper.c_.ranges, False)
    terms = (paper.c[paper.t], other[paper.t], paper.c[paper.t] * other[paper.t])

    def up_to(top: Any) -> list[Any]:
        return [Product(term, (paper.t, 1, top)) for term in terms]

    first, second, whole = up_to(layer)
    statement = equal(first * second, whole)
    one = [by.last_split(product) for product in up_to(S.One)]
    base = by.arithmetic(equal(one[0].conclusion.args[0] * one[1].conclusion.args[0], one[2].conclusion.args[0]), *one)
    step = by.arithmetic(substitute(statement, {layer: layer + 1}), by.assume(statement),
                         *[by.last_split(product) for product in up_to(layer + 1)])
    composed = by.instance(by.induction(layer, statement, base, step), {layer: d})
    inverse = by.identity(Product(1 / paper.c[paper.t], paper.factors) * Product(paper.c[paper.t], paper.factors), 1)
    (weights,) = in_domain(paper.EQUIVALENCE, paper.c_, REAL).statement.atoms(ForEach)
    entries = by.generalise(by.identity(*weights.body.args), *[tuple(limit.args) for limit in weights.limits])
    return by.conjunction(composed, inverse, entries)
