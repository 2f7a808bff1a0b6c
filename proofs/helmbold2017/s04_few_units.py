"""Section 4.2 sharpened: the criterion of the network with thirteen hidden units against the bound of 1/8.

What weights that are not negative are for is in `signed_outputs`.
"""

from __future__ import annotations

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, prove
from dropout_theory.papers.helmbold2017.s04_few_units import ENOUGH, THIRTEEN
from dropout_theory.proof import Theorem

from . import signed_outputs


@prove("helmbold2017:thm17-thirteen-units")
def below_the_bound() -> Theorem:
    return by.arithmetic(ENOUGH.statement, by.cite(THIRTEEN), by.cite(REGISTRY["helmbold2017:thm17-step-lower-bound"]))


__all__ = ["signed_outputs"]
