"""Why connection gates decorrelate units, and the parity gates that are only pairwise independent."""

from __future__ import annotations

from sympy import Lambda, Symbol

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import NATURAL, Scalar, substitute
from dropout_theory.papers.baldi2014 import s02_linear as paper
from dropout_theory.proof import Theorem

gap = Scalar("g", NATURAL)


def for_two_units(body: object) -> Theorem:
    """An equality for units i < l, proved by normal form for l = i + 1 + gap: no gate is shared."""
    apart = substitute(body, {paper.l: paper.i + 1 + gap})
    return by.generalise_offset(by.identity(*apart.args), gap, body, *paper.each_pair)


@prove("baldi2014:eq20")
def uncorrelated_units() -> Theorem:
    return for_two_units(paper.EQ20.statement.body)


@prove("baldi2014:sec2-connection-independence")
def independent_units() -> Theorem:
    return for_two_units(paper.INDEPENDENCE.statement.body)


@prove("baldi2014:sec2-pairwise-suffices.amended")
def uncorrelated_by_pairs() -> Theorem:
    """A covariance of sums is the weighted sum of the covariances of their gates, each of them zero."""
    j, other = paper.j, paper.j2
    pair = by.specialise(by.assume(paper.ACROSS.condition), j, other)
    inner = by.weighted(pair, paper.v[2, other] * paper.x[other], (other, 1, paper.n))
    return by.restate(by.weighted(inner, paper.v[1, j] * paper.x[j], (j, 1, paper.n)), paper.UNCORRELATED.statement)


SAMPLE = Symbol("x", real=True)
witness("baldi2014:sec2-pairwise-suffices",
        {**paper.PARITY_GATES, paper.f: Lambda(SAMPLE, SAMPLE**2), paper.g: Lambda(SAMPLE, SAMPLE)})
