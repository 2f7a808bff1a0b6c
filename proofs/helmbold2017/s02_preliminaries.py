"""The example of figure 1, pattern by pattern."""

from __future__ import annotations

from typing import Any

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import equal, less
from dropout_theory.papers.helmbold2017 import s02_preliminaries as paper
from dropout_theory.proof import Theorem


def mean_is(mean: Any, value: Any) -> Theorem:
    """An expectation over the gates of figure 1 has this value."""
    masks = by.over_masks(mean)
    return by.rewrite(masks, by.evaluated(equal(masks.conclusion.args[1], value)))


@prove("helmbold2017:sec2-three-patterns")
def three_patterns() -> Theorem:
    return mean_is(*paper.THREE.statement.args)


@prove("helmbold2017:eq2.1")
def criterion() -> Theorem:
    """Enumeration of the patterns gives 54, and the printed sum is 54 as well."""
    total = mean_is(paper.example_criterion, 54)
    return by.rewrite(total, by.restate(by.evaluated(equal(paper.printed_sum, 54)), equal(54, paper.printed_sum)))


@prove("helmbold2017:sec2-negative-penalty")
def negative_penalty() -> Theorem:
    """The criterion is 54 by enumeration of the patterns, the loss without dropout is 64."""
    total = mean_is(paper.example_criterion, 54)
    risk = by.evaluated(equal((paper.clean - 8) ** 2, 64))
    return by.arithmetic(less(paper.example_criterion - (paper.clean - 8) ** 2, 0), total, risk)


@prove("helmbold2017:eq2")
def worked_example() -> Theorem:
    return by.conjunction(criterion(), by.evaluated(equal(paper.printed_sum, 54)))
