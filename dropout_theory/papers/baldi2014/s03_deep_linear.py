"""Section 3: general feedforward linear networks with skip connections under dropout of units.

Units sit in layers 0..H, n in each: a narrower layer is one padded with units whose weights are zero.
"""

from __future__ import annotations

from sympy import Sum

from dropout_theory.claim import Erratum, Section
from dropout_theory.domains import PROBABILITY
from dropout_theory.language import E, family, gates, index, placeholder, recursion, size, weights
from dropout_theory.statements import ForEach, equal

claim = Section("baldi2014", "3")

n, H = size("n"), size("H")
h, i, l, j = index("h"), index("i"), index("l"), index("j")
h2, i2, l2, j2 = index("h'"), index("i'"), index("l'"), index("j'")

w = weights("w", (h, 1, H), (i, 1, n), (l, 0, H - 1), (j, 1, n))
x = weights("I", n)
p = family("p", PROBABILITY, (l, 0, H), (j, 1, n))
delta = gates("delta", p, (l, 0, H), (j, 1, n))

# eq. (22): activities under dropout of units
units = ((h, 0, H), (i, 1, n))
S = recursion("S", units, x[i], Sum(w[h, i, l, j] * delta[l, j] * placeholder("S", units)[l, j],
                                    (j, 1, n), (l, 0, h - 1)))
each_unit = ((h, 1, H), (i, 1, n))
each_pair = (*each_unit, (h2, 1, H), (i2, 1, n))

claim("eq24",
      title="Expected activities of a deep linear network follow from those of the layers below",
      statement=ForEach(equal(E(S[h, i]), Sum(w[h, i, l, j] * p[l, j] * E(S[l, j]), (j, 1, n), (l, 0, h - 1))),
                        *each_unit),
      limits={"max_size": 2})
