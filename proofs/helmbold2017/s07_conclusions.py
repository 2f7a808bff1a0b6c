"""Bias and variance of the output under dropout; averages of averages fit ones and zeros."""

from __future__ import annotations

from typing import Any

from sympy import S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, ForEach, Recursion, Scalar, Var, equal, less_equal
from dropout_theory.papers.helmbold2017 import s07_conclusions as paper
from dropout_theory.papers.helmbold2017.notation import d, i, n
from dropout_theory.proof import Theorem

from .tactics import layer


@prove("helmbold2017:sec7-variance-contributes")
def variance_contributes() -> Theorem:
    """The mean square error is the square of its mean plus the variance; the square is not negative."""
    whole, square, variance = E((paper.D - paper.target) ** 2), (E(paper.D) - paper.target) ** 2, Var(paper.D)
    split = by.identity(whole, square + variance)
    loss, bias, spread = (Scalar(name) for name in ("L", "B", "V"))
    values = {loss: whole, bias: E(paper.D) - paper.target, spread: variance}
    below = by.in_letters(less_equal(spread, loss), values, (equal(loss, bias**2 + spread), split))
    return by.conjunction(split, by.restate(below, less_equal(variance, whole)))


def constant_layers(values: Recursion, level: Any) -> Theorem:
    """Every unit of every layer computes the level, 0 or 1: it averages equal values."""
    statement = ForEach(equal(values[layer, i], level), (i, 1, n))

    def unit(at: Any, *below: Theorem) -> Theorem:
        found = by.rewrite(by.unfolded(values[at, i]), *below, indices=[i])
        return by.generalise(by.arithmetic(equal(values[at, i], level), found), (i, 1, n))

    above = unit(layer + 1, by.specialise(by.assume(statement), i))
    return by.specialise(by.instance(by.induction(layer, statement, unit(S.One), above), {layer: d - 1}), i)


@prove("helmbold2017:sec7-fit-without-negative-weights")
def averages_fit() -> Theorem:
    """By induction over the layers all units compute the input's value, 1 or 0, and the output averages them."""
    found = []
    for part, values, level in zip(paper.FITTED, (paper.H_one, paper.H_zero), (S.One, S.Zero), strict=True):
        whole = by.rewritten(part.args[0], constant_layers(values, level), indices=[i])
        found.append(by.arithmetic(part, whole))
    return by.conjunction(*found)
