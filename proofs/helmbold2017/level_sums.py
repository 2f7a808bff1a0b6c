"""Sums over the dropout patterns that keep c inputs: A_c = E(X [c inputs kept]), X the output on ones.

Of two inputs a and b, both kept and none kept together outweigh one kept, whatever the others are (supermodularity).
Summed over all pairs: 2 c (K - c) A_c <= (c + 1) c A_(c+1) + (K - c + 1)(K - c) A_(c-1). Of one input, kept outweighs
dropped: (K - c) A_c <= (c + 1) A_(c+1).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import KroneckerDelta, Sum

from dropout_theory import proof as by
from dropout_theory.language import NONNEGATIVE, E, Scalar, different, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_level_means as paper
from dropout_theory.papers.helmbold2017.notation import K, i, k
from dropout_theory.papers.helmbold2017.s04_level_means import a, b, delta0, ell, kept
from dropout_theory.papers.helmbold2017.s04_supermodular import network, supermodular
from dropout_theory.proof import Theorem, Values

from .s04_supermodular import at_output, every_layer
from .tactics import family_in, not_negative, of_terms
from .telescope import Entries

X = paper.dropped
S = Sum(delta0[k], (k, 1, K))  # the number of inputs kept
s, c = Scalar("s"), Scalar("c")  # the same as a variable, and its value
in_range = [by.assume(relation(place, end, evaluate=False))
            for place in (a, b) for relation, end in ((sp.Ge, 1), (sp.Le, K))]
APART = by.assume(different(a, b))


def level(count: Any) -> Any:
    """A_c."""
    return E(X * kept(count))


def entries(values: Values) -> tuple[Any, Any]:
    """Hidden values and output with inputs held."""
    fixed = by.with_held(X, delta0, values)
    name = f"h({', '.join(f'{place}={value}' for place, value in values.items())})"
    return Entries(family_in(fixed, name), *values), fixed


def others(values: Values) -> Any:
    """The number of kept inputs with inputs held."""
    return by.with_held(S, delta0, values)


NONE, FIRST, SECOND, BOTH = ({a: 0, b: 0}, {a: 1, b: 0}, {a: 0, b: 1}, {a: 1, b: 1})
CHOICES: tuple[Values, ...] = (NONE, FIRST, SECOND, BOTH)


def shown(values: Values) -> Any:
    """1 where ell - 1 of the other inputs are kept, with inputs held."""
    return by.with_held(kept(ell + sum(values.values()) - 1), delta0, values)


def same_events() -> list[Theorem]:
    """The four events are the same: that ell - 1 of the inputs besides a and b are kept."""
    ones = [by.sift(sp.S.One, (k, 1, K), place, *in_range) for place in (a, b)]
    found = []
    for values in CHOICES[1:]:
        rest = others(values) - sum(values[place] * Sum(KroneckerDelta(k, place), (k, 1, K)) for place in (a, b))
        count = by.arithmetic(equal(others(values), others(NONE) + sum(values.values())), *ones,
                              by.identity(rest, others(NONE)))
        bits = by.indicator(shown(values)), by.indicator(shown(NONE))
        found.append(by.arithmetic(equal(shown(values), shown(NONE)), *bits, count))
    return found


@cache
def pair_of_inputs() -> Theorem:
    """Terms with one of a and b kept are at most those with none and with both, given that a and b differ.

    With the two gates held the outputs are supermodular, whatever the pattern. Times the indicator of one and the same
    event this holds in the mean, and the four means are those of X where the two gates have these values, all equally
    probable.
    """
    nets, outputs = zip(*[entries(values) for values in CHOICES], strict=True)
    term = 2 * network.first(i, k)
    first = [by.apart(a, b, APART), *[by.sift(term, (k, 1, K), place, *in_range) for place in (a, b)]]
    layers = every_layer(nets, lambda: first, paper.net.passed)
    point = at_output(layers, paper.net.passed, supermodular(outputs))
    xs = [Scalar(f"x{place}") for place in range(4)]
    events = [Scalar(f"e{place}", NONNEGATIVE) for place in range(4)]
    products = [x * event for x, event in zip(xs, events, strict=True)]
    indicators = [shown(values) for values in CHOICES]
    values = dict(zip((*xs, *events), (*outputs, *indicators), strict=True))
    alike = [(equal(event, events[0]), same) for event, same in zip(events[1:], same_events(), strict=True)]
    here = by.expected(by.in_letters(supermodular(products), values, (supermodular(xs), point), *alike))
    means = [E(x * event) for x, event in zip(outputs, indicators, strict=True)]
    sums = [by.identity(side, sum(pair))
            for side, pair in zip(here.conclusion.args, (means[1:3], means[::3]), strict=True)]
    freed = [by.held(X * kept(ell + sum(values.values()) - 1), delta0, values, APART) for values in CHOICES]
    terms = [theorem.conclusion.args[0] for theorem in freed]
    return of_terms(supermodular(terms), here, *sums, *freed)


def weight(values: Values) -> Any:
    """1 where inputs are kept as the values say, else 0."""
    return sp.Mul(*[delta0[place] if value else 1 - delta0[place] for place, value in values.items()])


def total_over_pairs() -> Theorem:
    """The same summed over all pairs of different inputs, as all pairs less those of an input with itself."""
    pair = pair_of_inputs()
    low, high = pair.conclusion.args
    delta, gain = KroneckerDelta(a, b), high - low
    wanted = less_equal(0, (1 - delta) * gain)
    same = by.assume(equal(a, b))
    every = by.cases(different(a, b), of_terms(wanted, pair, by.apart(a, b, APART)),
                     of_terms(wanted, by.together(a, b, same)))
    over_b = by.weighted(every, 1, (b, 1, K))
    alike = by.sift(gain, (b, 1, K), a, *in_range[:2])
    split = by.identity(over_b.conclusion.args[1], Sum(gain, (b, 1, K)) - alike.conclusion.args[0])
    for_a = of_terms(less_equal(0, Sum(gain, (b, 1, K)) - alike.conclusion.args[1]), not_negative(over_b), split, alike)
    return not_negative(by.weighted(for_a, 1, (a, 1, K)))


def counted(number: Any, shift: int) -> Theorem:
    """E(X f(S) [S = c]) = f(c) A_c for c = ell + shift, where f(s), the number, is of degree 2 at most."""
    x, event, count = Scalar("x"), Scalar("e"), kept(ell + shift)
    known = by.assume(equal(s * event, c * event))
    square = by.arithmetic(equal(s**2 * event, c**2 * event), known)
    lemma = by.arithmetic(equal(x * number * event, number.subs(s, c) * x * event), known, square)
    there = by.instance(lemma, {s: S, x: X, event: count, c: ell + shift})
    mean = by.expected(by.satisfied(there, by.arithmetic(equal(S * count, (ell + shift) * count), by.indicator(count))))
    value = number.subs(s, ell + shift) * level(ell + shift)
    return of_terms(equal(mean.conclusion.args[0], value), mean, by.identity(mean.conclusion.args[1], value))


@cache
def steps() -> Theorem:
    """2 c (K - c) A_c <= (c + 1) c A_(c+1) + (K - c + 1)(K - c) A_(c-1), c = ell in 1..K-1.

    Of the ordered pairs of different inputs, where S are kept, (K - S)(K - S - 1) have both dropped, S (K - S) only the
    first kept and as many only the second, and S (S - 1) have both kept.
    """
    total = total_over_pairs()
    pairs = ((1, (K - s) * (K - s - 1), -1), (-2, s * (K - s), 0), (1, s * (s - 1), 1))
    counts = [(times, counted(number, shift)) for times, number, shift in pairs]
    left, right = (sp.Add(*(times * theorem.conclusion.args[side] for times, theorem in counts)) for side in (0, 1))
    return of_terms(less_equal(0, right), total, by.identity(total.conclusion.args[1], left),
                    *(theorem for _, theorem in counts))


# --- one input --------------------------------------------------------------------------------------------------


def one_input() -> Theorem:
    """Terms with input a dropped are at most those with it kept, c others kept: the output grows with an input."""
    (low, dropped), (high, added) = (entries({a: value}) for value in (0, 1))
    term = 2 * network.first(i, k)
    first = [by.sift(term, (k, 1, K), a, *in_range[:2])]
    layers = every_layer((low, low, high, high), lambda: first, paper.net.passed)
    point = at_output(layers, paper.net.passed, less_equal(dropped, added))
    events = [by.with_held(kept(ell + value), delta0, {a: value}) for value in (0, 1)]
    counts = [by.with_held(S, delta0, {a: value}) for value in (0, 1)]
    one = by.sift(sp.S.One, (k, 1, K), a, *in_range[:2])
    more = by.arithmetic(equal(counts[1], counts[0] + 1), one,
                         by.identity(counts[1] - Sum(KroneckerDelta(k, a), (k, 1, K)), counts[0]))
    same = by.arithmetic(equal(events[1], events[0]), by.indicator(events[0]), by.indicator(events[1]), more)
    x, y, e, f = Scalar("x"), Scalar("y"), Scalar("e", NONNEGATIVE), Scalar("f", NONNEGATIVE)
    values = {x: dropped, y: added, e: events[0], f: events[1]}
    here = by.expected(by.in_letters(less_equal(x * e, y * f), values, (less_equal(x, y), point), (equal(f, e), same)))
    freed = [by.held(X * kept(ell + value), delta0, {a: value}) for value in (0, 1)]
    terms = [theorem.conclusion.args[0] for theorem in freed]
    return of_terms(less_equal(*terms), here, *freed)


@cache
def rising_steps() -> Theorem:
    """(K - c) A_c <= (c + 1) A_(c+1), c = ell in 0..K-1: the sum of `one_input` over the inputs a.

    Where S inputs are kept, K - S are dropped.
    """
    total = by.weighted(one_input(), 1, (a, 1, K))
    counts = counted(K - s, 0), counted(s, 1)
    same = (by.identity(whole, theorem.conclusion.args[0])
            for whole, theorem in zip(total.conclusion.args, counts, strict=True))
    return of_terms(less_equal((K - ell) * level(ell), (ell + 1) * level(ell + 1)), total, *counts, *same)
