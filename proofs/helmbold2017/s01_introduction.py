"""Moving a factor from the last layer to the first: every hidden value is multiplied by it."""

from __future__ import annotations

from sympy import Rational

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import equal
from dropout_theory.papers.helmbold2017 import s01_introduction as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i, n, p
from dropout_theory.proof import Theorem

from .s03_scaling import every_layer
from .tactics import layer

witness("helmbold2017:sec1-layer-exchange", {
    K: 1, n: 1, d: 2, p: Rational(1, 2), paper.b0: 0, paper.c: 2, paper.x: {(1,): 0}, paper.W1: {(1, 1): 0},
    paper.W: {}, paper.b: {(1, 1): 1}, paper.w: {(1,): 1}, paper.r0: {(1,): 1}, paper.r: {(1, 1): 1}})


@prove("helmbold2017:sec1-layer-exchange.amended")
def moved_factor() -> Theorem:
    """By induction over the layers every hidden value is c times the old one; output weights divided by c undo that."""
    top = by.instance(every_layer(paper.g_moved, paper.g, lambda _: paper.c), {layer: d - 1})
    return by.restate(by.rewritten(paper.plain_moved, top, indices=[i]), equal(paper.plain_moved, paper.plain))
