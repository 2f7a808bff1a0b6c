"""Equal weights with an output bias: the moments of section 5.1. For any keep probability see `wide_layers`."""

from __future__ import annotations

from functools import cache

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, Scalar, equal
from dropout_theory.papers.helmbold2017 import s04_best_constant as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, n
from dropout_theory.papers.helmbold2017.s05_growth import delta, growth, y, yhat, yhat_zero
from dropout_theory.proof import Theorem

from . import wide_layers
from .equal_weights import nothing
from .s05_growth import mean_is_target, square_value
from .tactics import family_in

bias = paper.bias


@prove("helmbold2017:lem16-equal-weights")
@cache
def biased() -> Theorem:
    """The output on zeros is the bias; the one on ones has mean y and mean square y^2 (1 + 1/K)(1 + 1/n)^(d - 1)."""
    net = family_in(yhat_zero, "h0")
    zero = by.rewritten(E((yhat_zero + bias) ** 2), nothing(net, delta), indices=[i])
    square, mean, target, factor, loss = (Scalar(name) for name in ("s", "m", "target", "g", "loss"))
    values = {square: E(yhat**2), mean: E(yhat), target: y, factor: growth, loss: E((yhat + bias - 1) ** 2)}
    split = by.identity(values[loss], E(yhat**2) + 2 * (bias - 1) * E(yhat) + (bias - 1) ** 2)
    closed = (bias**2 + target**2 * factor + 2 * target * (bias - 1) + (bias - 1) ** 2) / 2
    found = by.in_letters(equal((bias**2 + loss) / 2, closed), values,
                          (equal(loss, square + 2 * (bias - 1) * mean + (bias - 1) ** 2), split),
                          (equal(square, target**2 * factor), square_value()), (equal(mean, target), mean_is_target()))
    first, total, whole = Scalar("f"), Scalar("t"), Scalar("w")
    parts = {first: E((yhat_zero + bias) ** 2), total: values[loss], whole: found.conclusion.args[1]}
    return by.in_letters(equal((first + total) / 2, whole), parts,
                         (equal(first, bias**2), by.arithmetic(equal(parts[first], bias**2), zero)),
                         (equal((bias**2 + total) / 2, whole), found))


@prove("helmbold2017:lem16-fitted-weights")
def fitted() -> Theorem:
    """`biased` at the output bias b = 1/(K + 2), with K b put for the mean output: a rational function of K."""
    target, power, value = Scalar("target"), Scalar("g"), Scalar("J")
    b = 1 / (K + 2)
    closed = (b**2 + target**2 * (1 + 1 / K) * power + 2 * target * (b - 1) + (b - 1) ** 2) / 2
    values = {target: y, power: (1 + 1 / n) ** (d - 1), value: paper.criterion(b)}
    return by.in_letters(equal(value, paper.close(power)), values,
                         (equal(value, closed), by.instance(biased(), {bias: b})),
                         (equal(target, K / (K + 2)), by.assume(paper.fitted.condition)))


__all__ = ["wide_layers"]
