"""Slopes of mean outputs: psi does not decrease, and neither do its slopes; steps of the proof of lemma 16."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import ForEach, Scalar, less_equal, natural, size
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017.notation import K
from dropout_theory.papers.helmbold2017.s04_level_means import ell, psi
from dropout_theory.proof import Theorem

from .s04_level_means import coefficient, lemma_14, rising

w, x, y, z = (Scalar(name) for name in "wxyz")


def at_least(symbol: Any, end: Any) -> Theorem:
    """end <= symbol, assumed."""
    return by.assume(sp.Ge(symbol, end, evaluate=False))


def at_most(symbol: Any, end: Any) -> Theorem:
    """symbol <= end, assumed."""
    return by.assume(sp.Le(symbol, end, evaluate=False))


def of_means(goal: Any, counts: dict[Any, Any], known: tuple[Theorem, ...], *facts: tuple[Any, Theorem]) -> Theorem:
    """What facts about letters say of psi at the counts they stand for, which are known to lie in 0..K."""
    positive = tuple(coefficient(count, *known) for count in counts.values())
    return by.in_letters(goal, {letter: psi(count) for letter, count in counts.items()}, *facts, domains=positive)


# --- slopes -----------------------------------------------------------------------------------------------------

t, s = natural("t"), size("s")


def slope(count: Any) -> Any:
    """The rise of psi from a count to the next."""
    return psi(count + 1) - psi(count)


@cache
def growing_slopes() -> Theorem:
    """slope(j) <= slope(j + t) for j in 0..K-1-t: by induction over t, each step by lemma 14 at j + t + 1."""
    statement = ForEach(less_equal(slope(ell), slope(ell + t)), (ell, 0, K - 1 - t))
    known = at_least(ell, 0), at_most(ell, K - 1)
    base = by.generalise(of_means(less_equal(y - x, y - x), {x: ell, y: ell + 1}, known), (ell, 0, K - 1))
    known = at_least(ell, 0), at_most(ell, K - 2 - t)
    below = by.specialise(by.assume(statement), ell)
    above = by.specialise(lemma_14(), ell + t + 1, premises=known)
    v = Scalar("v")
    counts = {w: ell, x: ell + 1, v: ell + t, y: ell + t + 1, z: ell + t + 2}
    found = of_means(less_equal(x - w, z - y), counts, known, (less_equal(x - w, y - v), below),
                     (less_equal(y - v, z - y), above))
    return by.induction(t, statement, base, by.generalise(found, (ell, 0, K - 2 - t)))


@cache
def growing() -> Theorem:
    """psi(j) <= psi(j + t) for j in 0..K-t: by induction over t, each step by the rise from j + t to the next count."""
    statement = ForEach(less_equal(psi(ell), psi(ell + t)), (ell, 0, K - t))
    known = at_least(ell, 0), at_most(ell, K)
    base = by.generalise(of_means(less_equal(x, x), {x: ell}, known), (ell, 0, K))
    known = at_least(ell, 0), at_most(ell, K - 1 - t)
    below, above = by.specialise(by.assume(statement), ell), by.specialise(rising(), ell + t, premises=known)
    counts = {x: ell, y: ell + t, z: ell + t + 1}
    found = of_means(less_equal(x, z), counts, known, (less_equal(x, y), below), (less_equal(y, z), above))
    return by.induction(t, statement, base, by.generalise(found, (ell, 0, K - 1 - t)))


@prove("helmbold2017:lem16-step-repeated")
def repeated() -> Theorem:
    """Induction over s: the step from j + s to j + s + 1 rises by at least the slope at j, as slopes do not decrease.
    """
    statement = ForEach(less_equal(s * slope(ell), psi(ell + s) - psi(ell)), (ell, 0, K - s))
    known = at_least(ell, 0), at_most(ell, K - 1)
    base = by.generalise(of_means(less_equal(y - x, y - x), {x: ell, y: ell + 1}, known), (ell, 0, K - 1))
    known = at_least(ell, 0), at_most(ell, K - 1 - s)
    below = by.specialise(by.assume(statement), ell)
    above = by.specialise(by.instance(growing_slopes(), {t: s}), ell)
    counts = {w: ell, x: ell + 1, y: ell + s, z: ell + s + 1}
    found = of_means(less_equal((s + 1) * (x - w), z - w), counts, known, (less_equal(s * (x - w), y - w), below),
                     (less_equal(x - w, z - y), above))
    every = by.induction(s, statement, base, by.generalise(found, (ell, 0, K - 1 - s)))
    return by.specialise(every, paper.c, premises=(by.assume(paper.room.condition),))


@prove("helmbold2017:lem16-step-growth")
def mean_rise() -> Theorem:
    """Induction over s: the s steps up to j rise by at most s times the slope at j, as slopes do not decrease.

    With s = j = ell the s steps are those from 0; the mean rise is that rise divided by ell.
    """
    statement = ForEach(less_equal(psi(ell) - psi(ell - s), s * slope(ell)), (ell, s, K - 1))
    base = lemma_14()
    known = at_least(ell, s + 1), at_most(ell, K - 1)
    below = by.specialise(by.assume(statement), ell)
    above = by.specialise(by.instance(growing_slopes(), {t: s + 1}), ell - s - 1, premises=known)
    counts = {w: ell - s - 1, x: ell - s, y: ell, z: ell + 1}
    found = of_means(less_equal(y - w, (s + 1) * (z - y)), counts, known, (less_equal(y - x, s * (z - y)), below),
                     (less_equal(x - w, z - y), above))
    every = by.induction(s, statement, base, by.generalise(found, (ell, s + 1, K - 1)))
    c, inside = paper.c, by.assume(paper.inside.condition)
    from_zero = by.specialise(by.instance(every, {s: c}), c, premises=(by.integer_gap(inside),))
    return of_means(less_equal((y - x) / c, z - y), {x: sp.S.Zero, y: c, z: c + 1}, (by.integer_gap(inside),),
                    (less_equal(y - x, c * (z - y)), from_zero))
