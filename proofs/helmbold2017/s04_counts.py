"""Generating functions of the numbers of nodes kept: a mean of a product of independent gates."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Product, S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, Scalar, equal
from dropout_theory.papers.helmbold2017 import s04_counts as paper
from dropout_theory.papers.helmbold2017.notation import K, k, n
from dropout_theory.papers.helmbold2017.s04_counts import LAYERS, r, r0, u, u0
from dropout_theory.proof import Theorem


def constant_power(base: Any, limits: tuple[Any, Any, Any]) -> Theorem:
    """The product of equal factors."""
    return by.rewrite(by.collected_power(base, S.One, limits), by.constant_sum(S.One, limits))


def one_layer(gate: Any, base: Any, count: Any) -> Theorem:
    """The mean of `base` to the number of these gates that are 1."""
    factor = paper.power(gate, base)
    apart = by.independent_product(factor, (k, 1, count))
    same = by.rewrite(apart, by.identity(E(factor), (1 + base) / 2))
    return by.rewrite(same, constant_power((1 + base) / 2, (k, 1, count)))


@cache
def hidden_layer() -> Theorem:
    """`one_layer` for the gates of hidden layer l (free, in range)."""
    l = LAYERS[0]  # noqa: E741
    return one_layer(r[l, k], u[l], n)


@prove("helmbold2017:thm18-step-binomial")
def binomial_law() -> Theorem:
    return by.generalise(hidden_layer(), LAYERS)


@prove("helmbold2017:thm18-step-independent")
def independent() -> Theorem:
    """The mean of a product of independent gates is a product of means: layer by layer, then gate by gate."""
    layers = Product(paper.nodes, LAYERS)
    split = by.independent_factors(paper.inputs, layers)
    each = by.rewritten(E(layers), by.independent_product(paper.nodes, LAYERS), hidden_layer(), indices=[LAYERS[0]])
    below = one_layer(r0[k], u0, K)
    a, b, x, y = (Scalar(name) for name in "abxy")
    values = dict(zip((a, x, b, y), (*below.conclusion.args, *each.conclusion.args), strict=True))
    both = by.in_letters(equal(a * b, x * y), values, (equal(a, x), below), (equal(b, y), each))
    return by.restate(by.rewrite(split, both), paper.INDEPENDENT.statement)
