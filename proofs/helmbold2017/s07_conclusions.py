"""Bias and variance of the output under dropout."""

from __future__ import annotations

from dropout_theory.language import E, Scalar, Var
from dropout_theory.papers.helmbold2017 import s07_conclusions as paper
from dropout_theory.proof import Theorem, arithmetic, assume, conjunction, identity, instance, prove, restate, satisfied
from dropout_theory.statements import equal, less_equal


@prove("helmbold2017:sec7-variance-contributes")
def variance_contributes() -> Theorem:
    whole, square, variance = E((paper.D - paper.target) ** 2), (E(paper.D) - paper.target) ** 2, Var(paper.D)
    split = identity(whole, square + variance)
    loss, bias, spread = (Scalar(name) for name in ("L", "B", "V"))
    below = arithmetic(less_equal(spread, loss), assume(equal(loss, bias**2 + spread)))
    values = {loss: whole, bias: E(paper.D) - paper.target, spread: variance}
    return conjunction(split, restate(satisfied(instance(below, values), split), less_equal(variance, whole)))
