"""Gadgets that see two inputs, with the output bias 1/5 of theorem 17: moments of the output and the criterion."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Rational

from dropout_theory import proof as by
from dropout_theory.language import E, Scalar, equal
from dropout_theory.papers.helmbold2017 import s04_supermodular as paper
from dropout_theory.papers.helmbold2017.s04_gadgets import Gadgets
from dropout_theory.proof import Theorem

from .gadget_moments import at as with_weights
from .gadget_moments import best_is_ratio, mean_top, quadratic, top


@cache
def moments(factor: Any, net: Gadgets = paper.two) -> tuple[Theorem, Theorem]:
    """E(w V) and E((w V)^2) for w = `factor` times the best output weight, V what the last hidden layer passes on."""
    V, z = top(net), Scalar("z")
    mean = mean_top(net)
    value = Rational(3, 4) / net.excess
    product = by.arithmetic(equal(net.best * mean.conclusion.args[1], value))
    linear = by.arithmetic(equal(net.best * E(V), value), product, by.rewritten(net.best * E(V), mean))
    quadratic_part = by.in_letters(equal((factor * z) ** 2 * E(V**2), factor**2 * z * E(V)), {z: net.best},
                                   (equal(z * E(V**2), E(V)), best_is_ratio(net)))
    return (by.arithmetic(equal(factor * net.best * E(V), factor * value), linear),
            by.arithmetic(equal((factor * net.best) ** 2 * E(V**2), factor**2 * value), quadratic_part, linear))


@cache
def criterion_at(factor: Any, net: Gadgets = paper.two) -> Theorem:
    """The criterion with bias 1/5 and `factor` times the best output weight, for gadgets that see two inputs."""
    value = Rational(3, 4) / net.excess
    bias = paper.fifth
    closed = (bias**2 + factor**2 * value + 2 * (bias - 1) * factor * value + (bias - 1) ** 2) / 2
    found = with_weights(quadratic(net), factor * net.best, bias)
    return by.arithmetic(equal(found.conclusion.args[0], closed), found, *moments(factor, net))
