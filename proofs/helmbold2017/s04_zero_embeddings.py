"""The gadgets on zero-embeddings: two inputs are 1, so that all of them are dropped with probability 1/4."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Product, Rational, S, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import both, either, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_zero_embeddings as paper
from dropout_theory.papers.helmbold2017.s04_gadgets import j, k
from dropout_theory.proof import Theorem

from .biased_gadgets import criterion_at
from .gadget_moments import all_lost, is_bit, t

half = Rational(1, 2)


@all_lost.register
@cache
def embedded_lost(net: paper.Embedded) -> Theorem:
    """The gates are independent: an input that is 1 is dropped with probability 1/2, and there are two."""
    dropped = by.independent_product(1 - net.bits[j], (j, 1, net.inputs))
    none = by.identity(dropped.conclusion.args[1], Product(1 - half * net.entries[j], (j, 1, net.inputs)))
    return by.arithmetic(equal(dropped.conclusion.args[0], net.lost), dropped, none, halves(net))


def halves(net: paper.Embedded) -> Theorem:
    """A factor 1/2 for each entry that is 1, and two entries are: by induction over the entries."""
    x = net.entries

    def sums(end: Any) -> tuple[Any, Any]:
        return Sum(x[k], (k, 1, end)), Product(1 - half * x[j], (j, 1, end))

    def state(end: Any) -> Any:
        total, factors = sums(end)
        return either(*(both(equal(total, ones), equal(factors, half**ones)) for ones in range(3)),
                      less_equal(3, total))

    total, factors = sums(S.Zero)
    base = by.arithmetic(state(S.Zero), by.empty(total), by.empty_product(factors))
    step = by.arithmetic(state(t + 1), by.assume(state(t)), *(by.last_split(whole) for whole in sums(t + 1)),
                         is_bit(x[t + 1]))
    every = by.instance(by.induction(t, state(t), base, step), {t: net.inputs})
    return by.arithmetic(equal(sums(net.inputs)[1], net.lost), every, by.assume(net.two_ones))


@prove("helmbold2017:sec43-gadgets-criterion")
def as_described() -> Theorem:
    return by.arithmetic(paper.CRITERION.statement, criterion_at(S.One, paper.network))


@prove("helmbold2017:sec43-gadgets-criterion-rescaled")
def with_rescaled_weights() -> Theorem:
    return by.arithmetic(paper.RESCALED.statement, criterion_at(Rational(4, 5), paper.network))
