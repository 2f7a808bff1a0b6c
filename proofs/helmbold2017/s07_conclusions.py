"""Bias and variance of the output under dropout; averages of averages fit ones and zeros."""

from __future__ import annotations

from typing import Any

from dropout_theory.proofs.helmbold2017.tactics import layer
from sympy import S

from dropout_theory.claims import prove
from dropout_theory.language import E, ForEach, Recursion, Scalar, Var, equal, less_equal
from dropout_theory.papers.helmbold2017 import s07_conclusions as paper
from dropout_theory.papers.helmbold2017.notation import d, i, n
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    conjunction,
    generalise,
    identity,
    induction,
    instance,
    restate,
    rewrite,
    rewritten,
    satisfied,
    specialise,
    unfolded,
)


@prove("helmbold2017:sec7-variance-contributes")
def variance_contributes() -> Theorem:
    whole, square, variance = E((paper.D - paper.target) ** 2), (E(paper.D) - paper.target) ** 2, Var(paper.D)
    split = identity(whole, square + variance)
    loss, bias, spread = (Scalar(name) for name in ("L", "B", "V"))
    below = arithmetic(less_equal(spread, loss), assume(equal(loss, bias**2 + spread)))
    values = {loss: whole, bias: E(paper.D) - paper.target, spread: variance}
    return conjunction(split, restate(satisfied(instance(below, values), split), less_equal(variance, whole)))


def constant_layers(values: Recursion, level: Any) -> Theorem:
    """Every unit of every layer computes the level, 0 or 1: it averages equal values."""
    statement = ForEach(equal(values[layer, i], level), (i, 1, n))

    def unit(at: Any, *below: Theorem) -> Theorem:
        found = rewrite(unfolded(values[at, i]), *below, indices=[i])
        return generalise(arithmetic(equal(values[at, i], level), found), (i, 1, n))

    above = unit(layer + 1, specialise(assume(statement), i))
    return specialise(instance(induction(layer, statement, unit(S.One), above), {layer: d - 1}), i)


@prove("helmbold2017:sec7-fit-without-negative-weights")
def averages_fit() -> Theorem:
    found = []
    for part, values, level in zip(paper.FITTED, (paper.H_one, paper.H_zero), (S.One, S.Zero), strict=True):
        whole = rewritten(part.args[0], constant_layers(values, level), indices=[i])
        found.append(arithmetic(part, whole))
    return conjunction(*found)
