"""Sums over the dropout patterns that keep c inputs: A_c = E(X [c inputs kept]), X the output on ones.

Of two inputs a and b, both kept and none kept together outweigh one kept, whatever the others are (supermodularity).
Summed over all pairs: 2 c (K - c) A_c <= (c + 1) c A_(c+1) + (K - c + 1)(K - c) A_(c-1). Of one input, kept outweighs
dropped: (K - c) A_c <= (c + 1) A_(c+1).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from dropout_theory.proofs.helmbold2017.s04_supermodular import at_output, every_layer
from dropout_theory.proofs.helmbold2017.tactics import family_in, not_negative, of_terms
from dropout_theory.proofs.helmbold2017.telescope import Entries
from sympy import KroneckerDelta, Sum

from dropout_theory.language import NONNEGATIVE, E, Scalar, different, equal, less_equal
from dropout_theory.papers.helmbold2017 import s04_level_means as paper
from dropout_theory.papers.helmbold2017.notation import K, i, k
from dropout_theory.papers.helmbold2017.s04_level_means import a, b, delta0, ell, kept
from dropout_theory.papers.helmbold2017.s04_supermodular import network, supermodular
from dropout_theory.proof import (
    Theorem,
    Values,
    apart,
    arithmetic,
    assume,
    cases,
    expected,
    held,
    identity,
    indicator,
    instance,
    satisfied,
    sift,
    together,
    weighted,
    with_held,
)

X = paper.dropped
S = Sum(delta0[k], (k, 1, K))  # the number of inputs kept
in_range = [assume(relation(place, end, evaluate=False))
            for place in (a, b) for relation, end in ((sp.Ge, 1), (sp.Le, K))]
APART = assume(different(a, b))


def level(count: Any) -> Any:
    """A_c."""
    return E(X * kept(count))


def entries(values: Values) -> tuple[Any, Any]:
    """Hidden values and output with inputs held."""
    fixed = with_held(X, delta0, values)
    name = f"h({', '.join(f'{place}={value}' for place, value in values.items())})"
    return Entries(family_in(fixed, name), *values), fixed


def others(values: Values) -> Any:
    """The number of kept inputs with inputs held."""
    return with_held(S, delta0, values)


NONE, FIRST, SECOND, BOTH = ({a: 0, b: 0}, {a: 1, b: 0}, {a: 0, b: 1}, {a: 1, b: 1})
CHOICES: tuple[Values, ...] = (NONE, FIRST, SECOND, BOTH)


def shown(values: Values) -> Any:
    """1 where ell - 1 of the other inputs are kept, with inputs held."""
    return with_held(kept(ell + sum(values.values()) - 1), delta0, values)


def same_events() -> list[Theorem]:
    """The four events are the same: that ell - 1 of the inputs besides a and b are kept."""
    ones = [sift(sp.S.One, (k, 1, K), place, *in_range) for place in (a, b)]
    found = []
    for values in CHOICES[1:]:
        rest = others(values) - sum(values[place] * Sum(KroneckerDelta(k, place), (k, 1, K)) for place in (a, b))
        count = arithmetic(equal(others(values), others(NONE) + sum(values.values())), *ones,
                           identity(rest, others(NONE)))
        found.append(arithmetic(equal(shown(values), shown(NONE)), indicator(shown(values)), indicator(shown(NONE)),
                                count))
    return found


@cache
def pair_of_inputs() -> Theorem:
    """Terms with one of a and b kept are at most those with none and with both, given that a and b differ."""
    nets, outputs = zip(*[entries(values) for values in CHOICES], strict=True)
    term = 2 * network.first(i, k)
    first = [apart(a, b, APART), *[sift(term, (k, 1, K), place, *in_range) for place in (a, b)]]
    layers = every_layer(nets, lambda: first, paper.net.passed)
    point = at_output(layers, paper.net.passed, supermodular(outputs))
    xs = [Scalar(f"x{place}") for place in range(4)]
    events = [Scalar(f"e{place}", NONNEGATIVE) for place in range(4)]
    products = [x * event for x, event in zip(xs, events, strict=True)]
    lemma = arithmetic(supermodular(products), assume(supermodular(xs)),
                       *[assume(equal(event, events[0])) for event in events[1:]])
    indicators = [shown(values) for values in CHOICES]
    values = dict(zip((*xs, *events), (*outputs, *indicators), strict=True))
    here = expected(satisfied(instance(lemma, values), point, *same_events()))
    means = [E(x * event) for x, event in zip(outputs, indicators, strict=True)]
    sums = [identity(side, sum(pair))
            for side, pair in zip(here.conclusion.args, (means[1:3], means[::3]), strict=True)]
    freed = [held(X * kept(ell + sum(values.values()) - 1), delta0, values, APART) for values in CHOICES]
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
    same = assume(equal(a, b))
    every = cases(different(a, b), of_terms(wanted, pair, apart(a, b, APART)),
                  of_terms(wanted, together(a, b, same)))
    over_b = weighted(every, 1, (b, 1, K))
    alike = sift(gain, (b, 1, K), a, *in_range[:2])
    split = identity(over_b.conclusion.args[1], Sum(gain, (b, 1, K)) - alike.conclusion.args[0])
    for_a = of_terms(less_equal(0, Sum(gain, (b, 1, K)) - alike.conclusion.args[1]), not_negative(over_b), split, alike)
    return not_negative(weighted(for_a, 1, (a, 1, K)))


@cache
def steps() -> Theorem:
    """2 c (K - c) A_c <= (c + 1) c A_(c+1) + (K - c + 1)(K - c) A_(c-1), c = ell in 1..K-1."""
    total = total_over_pairs()
    s, x, event, c = Scalar("s"), Scalar("x"), Scalar("e"), Scalar("c")
    known = assume(equal(s * event, c * event))
    square = arithmetic(equal(s**2 * event, c**2 * event), known)
    numbers: dict[int, Any] = {-1: (K - s) * (K - s - 1), 0: s * (K - s), 1: s * (s - 1)}
    facts, parts, value = [], [], sp.S.Zero
    for shift, number in numbers.items():
        times = 1 if shift else -2
        at_level = number.subs(s, c)
        there = arithmetic(equal(x * number * event, at_level * x * event), known, square)
        count = kept(ell + shift)
        event_count = arithmetic(equal(S * count, (ell + shift) * count), indicator(count))
        here = expected(satisfied(instance(there, {s: S, x: X, event: count, c: ell + shift}), event_count))
        factor = at_level.subs(c, ell + shift)
        facts += [here, identity(here.conclusion.args[1], factor * level(ell + shift))]
        parts.append(times * here.conclusion.args[0])
        value += times * factor * level(ell + shift)
    whole = identity(total.conclusion.args[1], sp.Add(*parts))
    return of_terms(less_equal(0, value), total, whole, *facts)


# --- one input --------------------------------------------------------------------------------------------------


def one_input() -> Theorem:
    """Terms with input a dropped are at most those with it kept, c others kept."""
    (low, dropped), (high, added) = (entries({a: value}) for value in (0, 1))
    term = 2 * network.first(i, k)
    first = [sift(term, (k, 1, K), a, *in_range[:2])]
    layers = every_layer((low, low, high, high), lambda: first, paper.net.passed)
    point = at_output(layers, paper.net.passed, less_equal(dropped, added))
    events = [with_held(kept(ell + value), delta0, {a: value}) for value in (0, 1)]
    counts = [with_held(S, delta0, {a: value}) for value in (0, 1)]
    one = sift(sp.S.One, (k, 1, K), a, *in_range[:2])
    more = arithmetic(equal(counts[1], counts[0] + 1), one,
                      identity(counts[1] - Sum(KroneckerDelta(k, a), (k, 1, K)), counts[0]))
    same = arithmetic(equal(events[1], events[0]), indicator(events[0]), indicator(events[1]), more)
    x, y, e, f = Scalar("x"), Scalar("y"), Scalar("e", NONNEGATIVE), Scalar("f", NONNEGATIVE)
    lemma = arithmetic(less_equal(x * e, y * f), assume(less_equal(x, y)), assume(equal(f, e)))
    here = expected(satisfied(instance(lemma, {x: dropped, y: added, e: events[0], f: events[1]}), point, same))
    freed = [held(X * kept(ell + value), delta0, {a: value}) for value in (0, 1)]
    terms = [theorem.conclusion.args[0] for theorem in freed]
    return of_terms(less_equal(*terms), here, *freed)


@cache
def rising_steps() -> Theorem:
    """(K - c) A_c <= (c + 1) A_(c+1), c = ell in 0..K-1."""
    total = weighted(one_input(), 1, (a, 1, K))
    s, x, event, c = Scalar("s"), Scalar("x"), Scalar("e"), Scalar("c")
    known = assume(equal(s * event, c * event))
    facts: list[Theorem] = []
    factors: tuple[Any, Any] = (K - s, s)
    for shift, number, whole in zip((0, 1), factors, total.conclusion.args, strict=True):
        at_level = number.subs(s, c)
        there = arithmetic(equal(x * number * event, at_level * x * event), known)
        count = kept(ell + shift)
        event_count = arithmetic(equal(S * count, (ell + shift) * count), indicator(count))
        here = expected(satisfied(instance(there, {s: S, x: X, event: count, c: ell + shift}), event_count))
        factor = at_level.subs(c, ell + shift)
        facts += [here, identity(here.conclusion.args[1], factor * level(ell + shift)),
                  identity(whole, here.conclusion.args[0])]
    return of_terms(less_equal((K - ell) * level(ell), (ell + 1) * level(ell + 1)), total, *facts)
