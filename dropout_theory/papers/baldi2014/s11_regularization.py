"""Section 11: the variance of a unit's sum when the units feeding it are dropped and their outputs are fixed."""

from __future__ import annotations

from sympy import Sum

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import PROBABILITY, ForEach, Var, equal, family, gates, index, size, weights

claim = Section("baldi2014", "11")

h, n = size("h"), size("n")
l, j, j2 = index("l"), index("j"), index("j'")

# one unit of layer h; layers 0..h-1 have n units each with fixed outputs O
w = weights("w", (l, 0, h - 1), (j, 1, n))
O = weights("O", (l, 0, h - 1), (j, 1, n))
p = family("p", PROBABILITY, (l, 0, h - 1), (j, 1, n))
delta = gates("delta", p, (l, 0, h - 1), (j, 1, n))

S = Sum(w[l, j2] * delta[l, j2] * O[l, j2], (j2, 1, n), (l, 0, h - 1))
one_unit_variance = w[l, j] ** 2 * O[l, j] ** 2 * p[l, j] * (1 - p[l, j])

claim("eq189",
      title="Variance of a unit's sum as a sum over layers only",
      statement=ForEach(equal(Var(S), Sum(one_unit_variance, (l, 0, h - 1))), (j, 1, n)),
      reading="The right-hand side keeps the unit index j free, so the equation is read for each j.",
      erratum=Erratum("index", "typo", "The sum over the units j of each layer is missing."))

claim("eq189.amended",
      title="Variance of a unit's sum as a sum over layers and units",
      statement=equal(Var(S), Sum(one_unit_variance, (j, 1, n), (l, 0, h - 1))))
