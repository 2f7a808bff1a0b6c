"""The slope of lemma 16: an inequality in the root of K that is linear once denominators are cleared."""

from __future__ import annotations

from sympy import Rational, sqrt

from dropout_theory.claim import REGISTRY
from dropout_theory.domains import POSITIVE
from dropout_theory.language import Scalar
from dropout_theory.papers.helmbold2017 import s04_lower_bound as paper
from dropout_theory.papers.helmbold2017.notation import K
from dropout_theory.proof import Theorem, arithmetic, assume, instance, prove, satisfied
from dropout_theory.statements import equal, less, less_equal


def steep(known: Theorem) -> Theorem:
    """slope < lowest/(K/2 - sqrt(K)/4), from a lower bound of 17 or more on K."""
    root = sqrt(K)
    far = arithmetic(less_equal(Rational(4123, 1000), root), known)
    two = arithmetic(less(sqrt(2), Rational(14143, 10000)))
    linear = arithmetic(less(sqrt(2) / 6, root * (1 - 2 * sqrt(2) / 3)), far, two)
    width = K / 2 - root / 4
    positive = arithmetic(less(0, width), far)
    s, r = Scalar("s", POSITIVE), Scalar("r", POSITIVE)
    cleared = arithmetic(less(2 * r / 3 - r / (3 * s), 1 - r / (2 * s)), assume(less(r / 6, s * (1 - 2 * r / 3))))
    there = satisfied(instance(cleared, {s: root, r: sqrt(2)}), linear)
    product = arithmetic(equal(paper.slope * width, 2 * sqrt(2) / 3 - sqrt(2) / (3 * root)))
    height = arithmetic(equal(paper.lowest, 1 - sqrt(2) / (2 * root)))
    below = arithmetic(less(paper.slope * width, paper.lowest), there, product, height)
    x, y, z = Scalar("x"), Scalar("y"), Scalar("z", POSITIVE)
    divided = arithmetic(less(x, y / z), assume(less(x * z, y)))
    return satisfied(instance(divided, {x: paper.slope, y: paper.lowest, z: width}, positive), below)


@prove("helmbold2017:lem16-step-slope")
def steep_as_printed() -> Theorem:
    return steep(arithmetic(less_equal(17, K), assume(paper.many.condition)))


@prove("helmbold2017:lem16-step-slope-from-17")
def steep_from_seventeen() -> Theorem:
    return steep(assume(REGISTRY["helmbold2017:lem16-step-slope-from-17"].hypotheses[0].condition))
