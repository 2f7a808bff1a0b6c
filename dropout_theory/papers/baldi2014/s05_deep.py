"""Section 5: the recursive ensemble approximation in deep networks of logistic units, and how variable a unit can be."""

from __future__ import annotations

from sympy import Rational, Sum

from dropout_theory.claim import Erratum, Section
from dropout_theory.domains import NONNEGATIVE, OPEN_UNIT, POSITIVE, PROBABILITY, UNIT, interval
from dropout_theory.language import (
    NWGM,
    E,
    Scalar,
    Var,
    distribution,
    family,
    gates,
    index,
    logistic,
    placeholder,
    recursion,
    size,
    subnetwork,
    weights,
)
from dropout_theory.statements import ForEach, SameToOrder, all_equal, equal, equivalent, implies, less_equal

claim = Section("baldi2014", "5")

m, n, H = size("m"), size("n"), size("H")
c, lam = Scalar("c", NONNEGATIVE), Scalar("lambda")
h, i, l, j, k, k2 = index("h"), index("i"), index("l"), index("j"), index("k"), index("k'")

# a unit over m subnetworks with distribution P: sums S[1..m]
P = distribution("P", m)
N = subnetwork("N", P)
S = weights("S", m)

centre, scale = Scalar("s"), Scalar("epsilon", POSITIVE)
X = weights("X", m)
spread = logistic(centre + scale * X[N], c, lam)

claim("eq52",
      title="Expectation and normalised weighted geometric mean of a logistic unit agree to first order in the spread "
            "of its sum",
      statement=SameToOrder(E(spread), NWGM(spread), scale, 1),
      kind="approximation",
      reading="The approximation is given no order in the text; here the sums of the subnetworks are a common centre "
              "plus a small multiple of fixed deviations, and the two means agree to first order in that multiple.")

claim("eq53",
      title="The normalised weighted geometric mean of a unit is its transfer function at the expected sum",
      statement=equal(NWGM(logistic(S[N], c, lam)), logistic(E(S[N]), c, lam)))

# eq. (49): a layered network of logistic units, units dropped; layers padded to n units by zero weights
units = ((h, 0, H), (i, 1, n))
w = weights("w", (h, 1, H), (i, 1, n), (l, 0, H - 1), (j, 1, n))
x = weights("I", n)
p = family("p", PROBABILITY, (l, 0, H), (j, 1, n))
delta = gates("delta", p, (l, 0, H), (j, 1, n))
O = recursion("O", units, x[i], logistic(Sum(w[h, i, l, j] * delta[l, j] * placeholder("O", units)[l, j],
                                             (j, 1, n), (l, 0, h - 1)), c, lam))

claim("eq54",
      title="The expected sum of a unit is linear in the expected outputs of the units below",
      statement=ForEach(equal(E(Sum(w[h, i, l, j] * delta[l, j] * O[l, j], (j, 1, n), (l, 0, h - 1))),
                              Sum(w[h, i, l, j] * p[l, j] * E(O[l, j]), (j, 1, n), (l, 0, h - 1))),
                        (h, 1, H), (i, 1, n)),
      limits={"max_size": 2})

# outputs O[1..m] of a logistic unit over the subnetworks
outputs = family("O", OPEN_UNIT, m)
exact = equal(E(outputs[N]), NWGM(outputs[N]))

claim("sec5-exact-iff-identical",
      title="The approximation of the expectation by the normalised geometric mean is exact only for constant outputs",
      statement=equivalent(exact, all_equal(outputs[k], (k, 1, m))),
      kind="sentence", source="section 5, the sentence after eq. (54) on when eq. (52) is exact",
      erratum=Erratum("overclaim", "minor", "Equal outputs are sufficient, not necessary: outputs placed symmetrically "
                      "about 1/2 also make the two means agree."))

claim("sec5-exact-if-identical",
      title="Outputs that do not vary over subnetworks make the approximation exact",
      statement=implies(all_equal(outputs[k], (k, 1, m)), exact),
      kind="sentence", source="section 5, the sentence after eq. (54) on when eq. (52) is exact")

low_outputs = family("O", interval(0, Rational(1, 2), open_below=True), m)

claim("sec5-exact-iff-identical.amended",
      title="Among outputs of at most one half the approximation is exact only when possible outputs coincide",
      statement=equivalent(equal(E(low_outputs[N]), NWGM(low_outputs[N])),
                           ForEach(equal(P[k] * P[k2] * (low_outputs[k] - low_outputs[k2]), 0),
                                   (k, 1, m), (k2, 1, m))))

# any output in [0, 1]: how large its variance can be
bounded = family("O", UNIT, m)
mean = E(bounded[N])

claim("sec5-variance-bound",
      title="The variance of an output in the unit interval is at most E(1 - E), hence at most one quarter",
      statement=less_equal(Var(bounded[N]), Rational(1, 4)),
      kind="inequality", source="section 5, paragraph on consistency")
