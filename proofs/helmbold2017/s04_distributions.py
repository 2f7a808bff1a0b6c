"""Networks without negative weights on two features: kept or dropped, these are the corners of a square.

Given which of the two features are kept, the mean outputs are supermodular; the squared loss is at least that of the
means. What else feeds the first layer is the same at all four corners.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Rational, S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import (
    POSITIVE,
    E,
    Element,
    Gates,
    Recursion,
    Scalar,
    equal,
    less,
    less_equal,
    natural,
    substitute,
)
from dropout_theory.papers.helmbold2017 import s04_distributions as paper
from dropout_theory.papers.helmbold2017.notation import d, i, n
from dropout_theory.papers.helmbold2017.s04_supermodular import supermodular, with_bias
from dropout_theory.proof import Theorem

from .gadget_moments import nothing_passed
from .s03_scaling import every_layer as layers_agree
from .s03_scaling import layer
from .s04_supermodular import at_output, criterion_with_bias, every_layer
from .tactics import of_terms

v00, v10, v01, v11 = corners = tuple(Scalar(name) for name in "wxyz")
goal = Scalar("c", POSITIVE)
supermodular_means = less_equal(v10 + v01, v00 + v11)


class Square:
    """The outputs for two features given which of them are kept, in the order neither, first, second, both."""

    def __init__(self, keep: Any = paper.half, more: Any = 0) -> None:
        self.keep, self.more = keep, more
        self.whole = paper.two_features(1, 1, keep, more)
        (net,) = _families(self.whole, Recursion)
        (inputs,) = _families(net.base, Gates, of=2)
        self.gates = inputs[1], inputs[2]
        masks = [dict(zip(self.gates, map(S, pair), strict=True)) for pair in ((0, 0), (1, 0), (0, 1), (1, 1))]
        self.nets = [by.parameters_replaced(net[d - 1, i], mask).family for mask in masks]
        self.outputs = [by.parameters_replaced(self.whole, mask) for mask in masks]

    def order(self) -> Theorem:
        """The mean outputs are supermodular: averages over the hidden patterns of what holds in each."""
        (nodes,) = _families(self.whole, Gates)
        first = [by.arithmetic(less_equal(0, paper.W1[i, place] / self.keep)) for place in (1, 2)]

        def passed(level: Any, node: Any) -> Any:
            return nodes[level, node] / self.keep

        layers = every_layer(self.nets, lambda: first, passed)
        mean = by.expected(at_output(layers, passed, supermodular(self.outputs)))
        low, high = mean.conclusion.args
        return of_terms(supermodular([E(value) for value in self.outputs]), mean,
                        by.identity(low, E(self.outputs[1]) + E(self.outputs[2])),
                        by.identity(high, E(self.outputs[0]) + E(self.outputs[3])))

    def criterion(self, label: Any) -> Theorem:
        """The criterion is at least the squared loss of the means, weighted by the chances of what is kept."""
        loss, zero, *losses = (Scalar(f"L{place}") for place in range(6))
        biases = [Scalar(f"R{place}") for place in range(5)]
        chances = [(1 - self.keep) ** (2 - kept) * self.keep**kept for kept in (0, 1, 1, 2)]
        split = by.given_gates(E((self.whole - label) ** 2), *self.gates)
        parts = [E((value - label) ** 2) for value in self.outputs]
        whole = sum(chance * part for chance, part in zip(chances, losses, strict=True))
        low = biases[0] + sum(chance * part for chance, part in zip(chances, biases[1:], strict=True))
        weights = [by.arithmetic(less_equal(0, chance)) for chance in chances]
        values = {loss: split.conclusion.args[0], zero: E(self.outputs[0] ** 2),
                  **dict(zip(losses, parts, strict=True)), biases[0]: E(self.outputs[0]) ** 2,
                  **{b: (E(value) - label) ** 2 for b, value in zip(biases[1:], self.outputs, strict=True)}}
        squares_ = [of_terms(less_equal((E(value) - label) ** 2, part), by.mean_square(value - label),
                             by.identity(E(value - label), E(value) - label))
                    for value, part in zip(self.outputs, parts, strict=True)]
        total = whole.xreplace(dict(zip(losses, parts, strict=True)))
        known = by.restate(split, equal(split.conclusion.args[0], total))
        least = [(less_equal(bias, mean), square) for bias, mean, square in
                 zip(biases, (zero, *losses), (by.mean_square(self.outputs[0]), *squares_), strict=True)]
        return by.in_letters(less_equal(low / 2, (zero + loss) / 2), values, (equal(loss, whole), known), *least,
                             *weights)

    def means(self) -> dict[Any, Any]:
        """The letters for the four outputs and the mean outputs that they stand for."""
        return {at: E(value) for at, value in zip((v00, v10, v01, v11), self.outputs, strict=True)}


def _families(expr: Any, kind: type, of: int | None = None) -> set[Any]:
    """The families of a kind that occur in an expression, with `of` those over so many numbered entries."""
    found: set[Any] = {e.family for e in expr.atoms(Element) if isinstance(e.family, kind)}
    return {f for f in found if of is None or f.ranges[-1][2] == of}


def squares(label: Any) -> Any:
    """Four times the squared biases of the two examples at p = 1/2."""
    return 4 * v00**2 + (v00 - label) ** 2 + (v10 - label) ** 2 + (v01 - label) ** 2 + (v11 - label) ** 2


@cache
def at_least(label: Any, more: Any = 0) -> Theorem:
    """label^2/8 <= the criterion.

    Eight times the bound of `Square.criterion` is `squares`. At means that are supermodular it is least where they are
    1/4, 3/4, 3/4 and 5/4 of the label, and there it is the square of the label.
    """
    square = Square(more=more)
    bent = by.arithmetic(less_equal(0, goal * (v00 + v11 - v10 - v01)), by.assume(supermodular_means))
    at_optimum = 5 * (v00 - goal / 4) ** 2 + (v10 - 3 * goal / 4) ** 2 + (v01 - 3 * goal / 4) ** 2 \
        + (v11 - 5 * goal / 4) ** 2
    split = by.identity(squares(goal), goal**2 + goal * (v00 + v11 - v10 - v01) / 2 + at_optimum)
    least = by.arithmetic(less_equal(goal**2, squares(goal)), split, bent, by.arithmetic(less_equal(0, at_optimum)))
    here = by.satisfied(by.instance(least, {**square.means(), goal: label}), square.order())
    bound = square.criterion(label)
    low, high = bound.conclusion.args
    a, b, middle = Scalar("a"), Scalar("b"), Scalar("l")
    return by.in_letters(less_equal(a / 8, b), {a: S(label) ** 2, b: high, middle: low},
                         (less_equal(a, 8 * middle), here), (less_equal(middle, b), bound))


@prove("helmbold2017:sec43-embedded-lower-bound")
def embedded() -> Theorem:
    return by.restate(at_least(S.One, paper.further), paper.EMBEDDED.statement)


@prove("helmbold2017:thm17-notation.amended")
@prove("helmbold2017:sec43-zero-embedding-lower-bound")
def zero_embedded() -> Theorem:
    return by.restate(by.instance(at_least(paper.label), {paper.label: 1}), paper.ZERO_EMBEDDED.statement)


@prove("helmbold2017:sec2-other-keep-probabilities")
def other_keep_probability() -> Theorem:
    """Twice the bound of `Square.criterion` exceeds q^2/(1 + q^2) by a positive combination of squares.

    They vanish together only where the means are q^2/(1 + q^2), 1, 1 and 1. These are not supermodular, as the first is
    below 1.
    """
    p, q = paper.p, 1 - paper.p
    best = q**2 / (1 + q**2)
    gaps = [Scalar(f"{name}'") for name in "wxyz"]
    factors = [Scalar(name, POSITIVE) for name in "ABCD"]
    total = sum(factor * gap**2 for factor, gap in zip(factors, gaps, strict=True))
    square = Square(p)
    bends = by.arithmetic(less(0, v00 - best + v11 - 1 - (v10 - 1) - (v01 - 1)), by.assume(supermodular_means),
                          by.arithmetic(less(best, 1)))
    sizes = (1 + q**2, p * q, p * q, p**2)
    values = dict(zip((*gaps, *factors), (v00 - best, v10 - 1, v01 - 1, v11 - 1, *sizes), strict=True))
    positive = tuple(by.arithmetic(less(0, size_)) for size_ in sizes)
    strict = by.in_letters(less(0, total), values, (less(0, gaps[0] + gaps[3] - gaps[1] - gaps[2]), bends),
                           domains=positive)
    whole = v00**2 + q**2 * (v00 - 1) ** 2 + p * q * ((v10 - 1) ** 2 + (v01 - 1) ** 2) + p**2 * (v11 - 1) ** 2
    split = by.arithmetic(equal(whole, best + total.xreplace(values)))
    above = by.arithmetic(less(best, whole), split, strict)
    here = by.satisfied(by.instance(above, square.means()), square.order())
    return by.arithmetic(paper.OTHER_KEEP.statement, here, square.criterion(S.One))


def pattern_bias() -> Theorem:
    """The bias of unit i (free, in range) in the pattern: its definition."""
    bias, offset = paper.new_bias, natural("m")
    value = substitute(equal(bias[i], paper.raised), {i: layer})
    found = by.induction(layer, value, by.unfolded(bias[1]), by.unfolded(bias[layer + 1]))
    body = equal(bias[i], paper.raised)
    return by.specialise(by.generalise_offset(by.instance(found, {layer: 1 + offset}), offset, body, (i, 1, n)), i)


@prove("helmbold2017:sec43-simulated-by-biases.amended")
def simulated_in_pattern() -> Theorem:
    """Raised by what the further features contribute in the pattern, biases give the same values in every layer."""
    top_value = by.instance(layers_agree(paper.h_biased, paper.h, lambda _: S.One, pattern_bias()), {layer: d - 1})
    left, right = paper.PER_PATTERN.statement.args
    return by.restate(by.rewritten(right, top_value, indices=[i]), equal(left, right))


@prove("helmbold2017:sec1-positive-multiple")
def positive_multiple() -> Theorem:
    """The gadgets' criterion grows with the square of the label, as the bound does.

    So the comparison at label 1, where wide gadgets are below 1/8, holds times the square of the label.
    """
    c = paper.label
    gadgets, criterion = paper.PROPORTION.statement.args
    empty_output = by.instance(nothing_passed(paper.two), {layer: d - 1})
    zero = by.rewritten(gadgets, empty_output)
    own = by.rewritten(paper.two.criterion(paper.two.best, paper.fifth), empty_output)
    scaled = by.identity(zero.conclusion.args[1], c**2 * own.conclusion.args[1])
    A, J, J_c, bound = (Scalar(name) for name in ("A", "J", "J_c", "B"))
    below = by.in_letters(less(with_bias(A), Rational(1, 8)), {A: paper.two.excess},
                          (less(0, A), by.arithmetic(less(0, paper.two.excess))),
                          (less(A, Rational(45, 43)), by.assume(paper.wide.condition)))
    ours = by.in_letters(equal(J_c, c**2 * J), {J_c: gadgets, J: own.conclusion.args[0], bound: own.conclusion.args[1]},
                         (equal(J_c, c**2 * bound), by.rewrite(zero, scaled)), (equal(J, bound), own))
    chain = by.in_letters(less(c**2 * J, J_c), {J: own.conclusion.args[0], J_c: criterion},
                          (less(J, Rational(1, 8)), by.rewrite(below, by.mirrored(criterion_with_bias()))),
                          (less_equal(c**2 / 8, J_c), at_least(c)))
    return by.rewrite(chain, by.mirrored(ours))
