"""Mixtures of zero-embeddings: for each pair of features the four patterns of what is kept, then the mean."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Ge, Le, Mul, Rational, Sum

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import POSITIVE, E, Scalar, different, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_mixtures as paper
from dropout_theory.papers.helmbold2017.notation import K, d, i
from dropout_theory.papers.helmbold2017.s04_mixtures import delta0, u, v
from dropout_theory.papers.helmbold2017.s04_supermodular import supermodular, with_bias
from dropout_theory.proof import Theorem, Values

from .s04_supermodular import at_output, every_layer
from .s04_zero_embeddings import as_described
from .tactics import family_in, layer, of_terms
from .telescope import Entries, same_layers

APART = by.assume(different(u, v))
CHOICES: tuple[Values, ...] = ({u: 0, v: 0}, {u: 1, v: 0}, {u: 0, v: 1}, {u: 1, v: 1})

witness("helmbold2017:sec43-mixture", {**paper.ONE_PAIR, paper.y: {(1, 2): 0}})


@cache
def corner(place: int) -> tuple[Entries, Any]:
    """Hidden values and output of the pair with its two gates held."""
    fixed = by.with_held(paper.at_pair, delta0, CHOICES[place])
    name = f"h({', '.join(f'{at}={value}' for at, value in CHOICES[place].items())})"
    return Entries(family_in(fixed, name), u, v, u, v), fixed


def order() -> Theorem:
    """The mean outputs at the corners are supermodular, given that u and v differ: so are the outputs in each pattern.
    """
    nets, outputs = zip(*[corner(place) for place in range(4)], strict=True)
    layers = every_layer(nets, lambda: [by.apart(u, v, APART)], paper.passed)
    mean = by.expected(at_output(layers, paper.passed, supermodular(outputs)))
    low, high = mean.conclusion.args
    means = [E(value) for value in outputs]
    return of_terms(supermodular(means), mean, by.identity(low, means[1] + means[2]),
                    by.identity(high, means[0] + means[3]))


def pair_bound() -> Theorem:
    """1/4 <= the sum of the mean losses on the zero input and on the pair, given that u and v differ.

    Of the loss on the pair a quarter falls on each corner, where the mean square error is at least that of the mean m.
    Where neither is kept the output is that on zeros; 4 m_1^2 + sum_i (m_i - 1)^2 >= 1 for means that are supermodular.
    """
    nets, outputs = zip(*[corner(place) for place in range(4)], strict=True)
    loss, zero = (paper.at_pair - 1) ** 2, E(paper.at_zero**2)
    weights = [Mul(*[delta0[at] if value else 1 - delta0[at] for at, value in choice.items()]) for choice in CHOICES]
    parts = by.identity(E(loss), sum(E(weight * loss) for weight in weights))
    freed = [by.held(loss, delta0, choice, APART) for choice in CHOICES]
    biases = [by.arithmetic(less_equal((E(value) - 1) ** 2, E((value - 1) ** 2)), by.mean_square(value - 1),
                            by.identity(E(value - 1), E(value) - 1)) for value in outputs]
    none = by.instance(same_layers(paper.h_zero, nets[0], by.apart(u, v, APART)), {layer: d - 1})
    dropped = by.restate(by.rewritten(zero, none, indices=[i]), equal(zero, E(outputs[0] ** 2)))
    means = tuple(Scalar(name) for name in "wxyz")
    total = 4 * means[0] ** 2 + sum((mean - 1) ** 2 for mean in means)
    letters = dict(zip(means, map(E, outputs), strict=True))
    here = by.in_letters(less_equal(1, total), letters, (supermodular(means), order()))
    return of_terms(less_equal(Rational(1, 4), zero + E(loss)), here, parts, *freed, *biases, dropped,
                    by.mean_square(outputs[0]))


@prove("helmbold2017:sec43-mixture.amended")
@cache
def mixture_bound() -> Theorem:
    """`pair_bound` for each pair of features, whose label is 1 by the hypothesis, in the mean over Q."""
    inside = [by.assume(condition) for condition in (Ge(u, 1, evaluate=False), Le(u, K - 1, evaluate=False),
                                                     Ge(v, u + 1, evaluate=False), Le(v, K, evaluate=False))]
    ranges = [by.arithmetic(condition, *inside) for condition in (
        different(u, v), Ge(v, 1, evaluate=False), Le(u, K, evaluate=False))]
    one = by.specialise(by.assume(paper.labels.condition), u, v)
    right_label = by.arithmetic(equal((paper.at_pair - paper.y[u, v]) ** 2, (paper.at_pair - 1) ** 2), one)
    pair = by.rewrite(by.satisfied(pair_bound(), *ranges), by.mirrored(by.expected(right_label)))
    mean = pair
    for limits in (paper.pairs[1], paper.pairs[0]):
        mean = by.weighted(mean, paper.Q[u, v] if limits == paper.pairs[1] else 1, limits)
    loss = mean.conclusion.args[1]
    zero = E(paper.at_zero**2)
    q = Sum(paper.Q[u, v], *paper.summed)
    split = by.identity(loss, zero * q + 2 * (paper.mixture - zero / 2))
    low = by.identity(mean.conclusion.args[0], q / 4)
    return of_terms(paper.MIXTURE.statement, mean, split, low, by.assume(paper.whole.condition))


@prove("helmbold2017:sec43-negative-weights-required")
def negative_weights_required() -> Theorem:
    """Many gadgets have a criterion below 1/8, the same on every zero-embedding; `mixture_bound` keeps others above."""
    A, low, high = Scalar("A", POSITIVE), Scalar("I"), Scalar("J")
    excess = paper.gadgets.excess
    below = by.in_letters(less(with_bias(A), paper.eighth), {A: excess},
                          (less(A, Rational(45, 43)), by.assume(paper.wide.condition)))
    ours, theirs = paper.REQUIRED.statement.args
    return by.in_letters(less(low, high), {low: ours, high: theirs},
                         (less(low, paper.eighth), by.rewrite(below, by.mirrored(as_described()))),
                         (less_equal(paper.eighth, high), mixture_bound()))


@prove("helmbold2017:sec43-mixture-decomposes")
def mixture_decomposes() -> Theorem:
    """The mean over P is linear, and a bound of every example's loss is one of their mean."""
    every, mean = paper.kept_bound.args
    summed = by.weighted(by.specialise(by.assume(every), paper.s), paper.P[paper.s], (paper.s, 1, paper.M))
    return by.conjunction(by.identity(*paper.decomposed.args), by.discharge(every, by.restate(summed, mean)))
