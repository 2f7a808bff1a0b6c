"""Section 5: witnesses against theorem 2 and its readings, and the proof of the exact criterion."""

from __future__ import annotations

import sympy as sp

from dropout_theory.papers.schluter2019.notation import beta, d, strict_delta, x
from dropout_theory.papers.schluter2019.s05_convergence import positive_score, w
from dropout_theory.proof import witness


def one_feature(weight: int, drop: sp.Rational) -> dict[object, object]:
    """One feature of value 1 with the given weight and dropout probability."""
    return {d: 1, strict_delta: drop, x: {(1,): sp.Integer(1)}, beta: {(1,): sp.Integer(weight)}}


half, three_quarters = sp.Rational(1, 2), sp.Rational(3, 4)
below, above = one_feature(2, three_quarters), one_feature(7, half)  # deviations 6 and -2; 7 and -7

for label in ("thm2", "thm2.1", "thm2-reading-all-kept"):
    witness(f"schluter2019:{label}", below)
for label in ("thm2", "thm2.2", "thm2-reading-all-kept"):
    witness(f"schluter2019:{label}", above)
witness("schluter2019:sec5-bounded-features", one_feature(1, sp.Rational(9, 10)))
witness("schluter2019:sec5-radius", {w: sp.Integer(4), positive_score: sp.Integer(1)})
