"""Best constants of the bounds of the gap: the means of two equally likely numbers, spelled out."""

from __future__ import annotations

from functools import partial
from typing import Any

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import E, G, Var
from dropout_theory.papers.baldi2014 import s08_best_constants as paper
from dropout_theory.proof import Theorem

from .weighted_means import statement


def by_means(label: str, x: Any, numbers: tuple[Any, Any]) -> Theorem:
    """The claim from mean, geometric mean, variance and mean square around the geometric mean of two numbers."""
    one, other = numbers
    geometric = by.geometric_over_masks(G(x))
    at_value = by.rewritten(E((x - G(x)) ** 2), geometric)
    value = geometric.conclusion.args[1]
    square = by.identity(at_value.conclusion.args[1], ((one - value) ** 2 + (other - value) ** 2) / 2)
    return by.arithmetic(statement(f"{label}-best-constant"), geometric, by.identity(E(x), (one + other) / 2),
                         by.identity(Var(x), (one - other) ** 2 / 4), at_value, square)


for equation in paper.FACTORS:
    for part, x, numbers in ((1, paper.falling, paper.FALLING), (2, paper.rising, paper.RISING)):
        prove(f"baldi2014:{equation}.{part}-best-constant")(
            partial(by_means, f"{equation}.{part}", x, numbers))
