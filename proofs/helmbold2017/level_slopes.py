"""Slopes of mean outputs: psi does not decrease, and neither do its slopes; steps of the proof of lemma 16."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.s04_level_means import coefficient, lemma_14, rising

from dropout_theory.claims import prove
from dropout_theory.language import ForEach, Scalar, less_equal, natural, size
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017.notation import K
from dropout_theory.papers.helmbold2017.s04_level_means import ell, psi
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    generalise,
    induction,
    instance,
    integer_gap,
    satisfied,
    specialise,
)

w, x, y, z = (Scalar(name) for name in "wxyz")


def at_least(symbol: Any, end: Any) -> Theorem:
    return assume(sp.Ge(symbol, end, evaluate=False))


def at_most(symbol: Any, end: Any) -> Theorem:
    return assume(sp.Le(symbol, end, evaluate=False))


def of_means(lemma: Theorem, counts: dict[Any, Any], known: tuple[Theorem, ...], *proofs: Theorem) -> Theorem:
    """A lemma about numbers for psi at counts that are known to lie in 0..K."""
    positive = [coefficient(count, *known) for count in counts.values()]
    found = instance(lemma, {name: psi(count) for name, count in counts.items()}, *positive)
    return satisfied(found, *proofs) if proofs else found


# --- slopes -----------------------------------------------------------------------------------------------------

t, s = natural("t"), size("s")


def slope(count: Any) -> Any:
    return psi(count + 1) - psi(count)


@cache
def growing_slopes() -> Theorem:
    """slope(j) <= slope(j + t) for j in 0..K-1-t, by induction over t."""
    statement = ForEach(less_equal(slope(ell), slope(ell + t)), (ell, 0, K - 1 - t))
    known = at_least(ell, 0), at_most(ell, K - 1)
    trivial = arithmetic(less_equal(y - x, y - x))
    base = generalise(of_means(trivial, {x: ell, y: ell + 1}, known), (ell, 0, K - 1))
    known = at_least(ell, 0), at_most(ell, K - 2 - t)
    below = specialise(assume(statement), ell)
    above = specialise(lemma_14(), ell + t + 1, premises=known)
    v = Scalar("v")
    chain = arithmetic(less_equal(x - w, z - y), assume(less_equal(x - w, y - v)), assume(less_equal(y - v, z - y)))
    counts = {w: ell, x: ell + 1, v: ell + t, y: ell + t + 1, z: ell + t + 2}
    found = of_means(chain, counts, known, below, above)
    return induction(t, statement, base, generalise(found, (ell, 0, K - 2 - t)))


@cache
def growing() -> Theorem:
    """psi(j) <= psi(j + t) for j in 0..K-t, by induction over t."""
    statement = ForEach(less_equal(psi(ell), psi(ell + t)), (ell, 0, K - t))
    known = at_least(ell, 0), at_most(ell, K)
    base = generalise(of_means(arithmetic(less_equal(x, x)), {x: ell}, known), (ell, 0, K))
    known = at_least(ell, 0), at_most(ell, K - 1 - t)
    below, above = specialise(assume(statement), ell), specialise(rising(), ell + t, premises=known)
    chain = arithmetic(less_equal(x, z), assume(less_equal(x, y)), assume(less_equal(y, z)))
    counts = {x: ell, y: ell + t, z: ell + t + 1}
    found = of_means(chain, counts, known, below, above)
    return induction(t, statement, base, generalise(found, (ell, 0, K - 1 - t)))


@prove("helmbold2017:lem16-step-repeated")
def repeated() -> Theorem:
    statement = ForEach(less_equal(s * slope(ell), psi(ell + s) - psi(ell)), (ell, 0, K - s))
    known = at_least(ell, 0), at_most(ell, K - 1)
    one = arithmetic(less_equal(y - x, y - x))
    base = generalise(of_means(one, {x: ell, y: ell + 1}, known), (ell, 0, K - 1))
    known = at_least(ell, 0), at_most(ell, K - 1 - s)
    below = specialise(assume(statement), ell)
    above = specialise(instance(growing_slopes(), {t: s}), ell)
    chain = arithmetic(less_equal((s + 1) * (x - w), z - w), assume(less_equal(s * (x - w), y - w)),
                       assume(less_equal(x - w, z - y)))
    counts = {w: ell, x: ell + 1, y: ell + s, z: ell + s + 1}
    found = of_means(chain, counts, known, below, above)
    every = induction(s, statement, base, generalise(found, (ell, 0, K - 1 - s)))
    return specialise(every, paper.c, premises=(assume(paper.room.condition),))


@prove("helmbold2017:lem16-step-growth")
def mean_rise() -> Theorem:
    statement = ForEach(less_equal(psi(ell) - psi(ell - s), s * slope(ell)), (ell, s, K - 1))
    base = lemma_14()
    known = at_least(ell, s + 1), at_most(ell, K - 1)
    below = specialise(assume(statement), ell)
    above = specialise(instance(growing_slopes(), {t: s + 1}), ell - s - 1, premises=known)
    chain = arithmetic(less_equal(y - w, (s + 1) * (z - y)), assume(less_equal(y - x, s * (z - y))),
                       assume(less_equal(x - w, z - y)))
    counts = {w: ell - s - 1, x: ell - s, y: ell, z: ell + 1}
    found = of_means(chain, counts, known, below, above)
    every = induction(s, statement, base, generalise(found, (ell, s + 1, K - 1)))
    c, inside = paper.c, assume(paper.inside.condition)
    from_zero = specialise(instance(every, {s: c}), c, premises=(integer_gap(inside),))
    divided = arithmetic(less_equal((y - x) / c, z - y), assume(less_equal(y - x, c * (z - y))))
    return of_means(divided, {x: sp.S.Zero, y: c, z: c + 1}, (integer_gap(inside),), from_zero)
