"""Section 5: the recursive ensemble approximation in deep networks of logistic units, and how far a unit varies."""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum, log

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    NONNEGATIVE,
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    UNIT,
    E,
    ForEach,
    SameToOrder,
    Scalar,
    Var,
    both,
    distribution,
    equal,
    equivalent,
    family,
    gates,
    implies,
    index,
    interval,
    less_equal,
    logistic,
    placeholder,
    recursion,
    size,
    subnetwork,
    weights,
)

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

EQ52 = claim("eq52",
      title="Expectation and normalised weighted geometric mean of a logistic unit agree to first order in the spread "
            "of its sum",
      statement=SameToOrder(E(spread), NWGM(spread), scale, 1),
      kind="approximation",
      reading="The approximation is given no order in the text; here the sums of the subnetworks are a common centre "
              "plus a small multiple of fixed deviations, and the two means agree to first order in that multiple.")

EQ53 = claim("eq53",
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
EXACT_WHEN = "section 5, the sentence after eq. (54) on when eq. (52) is exact"
# a unit with c = slope = 1, an input -log 4 that is always kept and an input 2 log 4 kept with probability 1/2
SYMMETRIC_OUTPUTS = {m: 2, P: {(1,): Rational(1, 2), (2,): Rational(1, 2)},
                     outputs: {(1,): Rational(1, 5), (2,): Rational(4, 5)}}


def exact(family_of_outputs: Any) -> Any:
    """Eq. (52) as an equality."""
    return equal(E(family_of_outputs[N]), NWGM(family_of_outputs[N]))


def coincide(family_of_outputs: Any) -> Any:
    """Outputs of positive probability are equal."""
    return ForEach(equal(P[k] * P[k2] * (family_of_outputs[k] - family_of_outputs[k2]), 0), (k, 1, m), (k2, 1, m))


claim("sec5-exact-iff-identical",
      title="The normalised geometric mean is the expectation exactly when the outputs of all subnetworks are the same",
      statement=equivalent(exact(outputs), coincide(outputs)),
      reading="Outputs are compared over the subnetworks of positive probability.",
      kind="sentence", source=EXACT_WHEN,
      erratum=Erratum("overclaim", "minor", "Equal outputs are sufficient, not necessary: outputs placed symmetrically "
                      "about 1/2 with equal probabilities make the two means agree as well."))

IF_IDENTICAL = claim("sec5-exact-if-identical",
                     title="Equal outputs of all subnetworks make the normalised geometric mean exact",
                     statement=implies(coincide(outputs), exact(outputs)),
                     kind="sentence", source=EXACT_WHEN)

low_outputs = family("O", interval(0, Rational(1, 2), open_below=True), m)

ONE_SIDED = claim("sec5-exact-iff-identical.amended",
                  title="Among outputs of at most one half the normalised geometric mean is exact only when all "
                        "outputs that can occur are the same",
                  statement=equivalent(exact(low_outputs), coincide(low_outputs)))

ODDS = claim("sec5-exact-iff-identical.amended-log-odds",
             title="The normalised geometric mean is exact when the mean of the log-odds is the log-odds of the mean",
             statement=equivalent(exact(outputs),
                                  equal(E(log(outputs[N] / (1 - outputs[N]))),
                                        log(E(outputs[N]) / (1 - E(outputs[N]))))))

# any output in [0, 1]: how large its variance can be
bounded = family("O", UNIT, m)
O_N, mean = bounded[N], E(bounded[N])

VARIANCE_STEPS = (equal(Var(O_N), E(O_N**2) - mean**2), less_equal(E(O_N**2) - mean**2, mean - mean**2),
                  equal(mean - mean**2, mean * (1 - mean)), less_equal(mean * (1 - mean), Rational(1, 4)))

SHARPER_BOUND = less_equal(Var(O_N), mean * (1 - mean))

claim("sec5-variance-bound",
      title="The variance of an output in the unit interval is at most E(1 - E), hence at most one quarter",
      statement=both(SHARPER_BOUND, VARIANCE_STEPS[3]),
      kind="inequality", source="section 5, paragraph on consistency")

for step, (slug, title) in enumerate((
        ("definition", "Variance as mean square less squared mean"),
        ("square", "A square of a number in the unit interval is at most the number"),
        ("factor", "The bound factored"),
        ("quarter", "A product of two numbers with sum one is at most one quarter"))):
    claim(f"sec5-variance-bound-step-{slug}", title=title, statement=VARIANCE_STEPS[step],
          kind="step", source="section 5, paragraph on consistency")
