"""Section 4: noise levels drawn at random, the scaling during training, how much the number of dropped units varies.

The proportion dropped is close to p and levels are drawn from [0, p], so p is the probability of dropping here.
"""

import sympy as sp

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    OPEN_PROBABILITY,
    Cov,
    E,
    ForEach,
    Relu,
    Scalar,
    Var,
    different,
    equal,
    gates,
    implies,
    index,
    interval,
    less,
    size,
    uniform,
    weights,
)

claim = Section("bouthillier2015", "4.1")

units = size("d")
i, j, k = (index(name) for name in "ijk")
h = weights("h", units)

# --- the scaling of equations (9) and (10) ------------------------------------------------------------------------
p = Scalar("p", interval(0, 1, open_above=True))
M = gates("M", p, units)  # as printed in section 2: success, which keeps, has probability p
kept = gates("M", 1 - p, units)

PURPOSE = "the equation defines an activation; what can be checked is its stated purpose, that tests need no scaling"


def swapped(level: str, factor: str) -> Erratum:
    """The mask's parameter and the scaling disagree on whether the level drops or keeps."""
    return Erratum("notation", "minor", f"The mask is drawn with parameter {level}, but the scaling 1/(1-{level}) "
                   f"matches means only when {level} is the probability of dropping, so that the mask has parameter "
                   f"1-{level}; as printed the mean is off by the factor {factor}.")


EQ9 = claim("eq9", title="Scaling by 1/(1-p) during training keeps the mean activation",
            statement=ForEach(equal(E(M[j] / (1 - p) * Relu(h[j])), Relu(h[j])), (j, 1, units)), reading=PURPOSE,
            erratum=swapped("p", "p/(1-p)"))
EQ9_AMENDED = claim("eq9.amended", title="With keep probability 1-p the scaling 1/(1-p) keeps the mean activation",
                    statement=ForEach(equal(E(kept[j] / (1 - p) * Relu(h[j])), Relu(h[j])), (j, 1, units)))
claim("eq9.amended-factor", title="With keep probability p the scaling 1/(1-p) multiplies the mean by p/(1-p)",
      statement=ForEach(equal(E(M[j] / (1 - p) * Relu(h[j])), p / (1 - p) * Relu(h[j])), (j, 1, units)))

highest = Scalar("p", OPEN_PROBABILITY)
rho = uniform("rho", 0, highest)
shared = gates("M", rho, units)  # as printed; one level for the whole layer
shared_kept = gates("M", 1 - rho, units)

EQ10 = claim("eq10", title="Scaling by 1/(1-rho) at the drawn level keeps the mean activation",
             statement=ForEach(equal(E(shared[j] / (1 - rho) * Relu(h[j])), Relu(h[j])), (j, 1, units)),
             reading=PURPOSE, erratum=swapped("rho", "-log(1-p)/p - 1"))
EQ10_AMENDED = claim("eq10.amended", title="With keep probability 1-rho the scaling 1/(1-rho) keeps the mean",
                     statement=ForEach(equal(E(shared_kept[j] / (1 - rho) * Relu(h[j])), Relu(h[j])),
                                       (j, 1, units)))

# --- one level for the layer, or one for each unit ----------------------------------------------------------------
own, other = uniform("rho_1", 0, highest), uniform("rho_2", 0, highest)
first, second = gates("M_1", own, 1), gates("M_2", other, 1)

SEPARATE = claim("sec4.1-separate-levels", title="With a level of its own every unit is dropped with probability p/2",
                 statement=equal(E(first[1]), highest / 2), kind="sentence")
SEPARATE_INDEPENDENT = claim("sec4.1-separate-independent", title="Units with levels of their own are uncorrelated",
                             statement=equal(Cov(first[1], second[1]), 0), kind="sentence",
                             reading="what separate levels amount to: plain dropout at rate p/2")
SAME_LEVEL = claim(
    "sec4.1-same-level", title="One level for the layer makes its entries depend on each other, with covariance p^2/12",
    statement=ForEach(implies(different(j, k), equal(Cov(shared[j], shared[k]), highest**2 / 12)),
                      (j, 1, units), (k, 1, units)), kind="sentence",
    reading="the text asks for one level, since otherwise the mask would be Bernoulli with parameter p/2: read as a "
            "remark on the joint law, because the law of a single entry is the same either way")
claim("sec4.1-same-level-marginal", title="With one level for the layer, too, a unit is dropped with probability p/2",
      statement=ForEach(equal(E(shared[j]), highest / 2), (j, 1, units)), kind="sentence",
      reading="not printed: the law of a single entry under a shared level, beside the remark on separate ones")

# --- the number of dropped units ----------------------------------------------------------------------------------
plain = gates("M'", highest, units)
dropped, dropped_plain = sp.Sum(shared[i], (i, 1, units)), sp.Sum(plain[i], (i, 1, units))

claim("sec4.1-proportion", title="The mean proportion of dropped units is p under dropout",
      statement=equal(E(dropped_plain) / units, highest), kind="sentence")
claim("fig1-spread-dropout", title="Variance of the proportion of dropped units under dropout",
      statement=equal(Var(dropped_plain / units), highest * (1 - highest) / units), kind="sentence")
claim("fig1-spread-random", title="Variance of the proportion of dropped units under a random level",
      statement=equal(Var(dropped / units), highest**2 / 12 + (highest / 2 - highest**2 / 3) / units), kind="sentence")
MORE_DIVERSE = claim("fig1-more-diverse", title="A random level makes the proportion of dropped units vary more",
                     statement=less(Var(dropped_plain / units), Var(dropped / units)), kind="sentence",
                     erratum=Erratum("missing-hypothesis", "minor", "Narrow layers are the other way round: the "
                                     "variance is larger exactly when the layer has more than 6/p - 8 units."))
MORE_DIVERSE_AMENDED = claim(
    "fig1-more-diverse.amended", title="In layers of more than 6/p - 8 units a random level varies more",
    statement=MORE_DIVERSE.statement, hypotheses=[Hypothesis("wide layer", less(6 / highest - 8, units))])

level_none, level_one = (1 - rho) ** units, units * rho * (1 - rho) ** (units - 1)
FLAT = claim("fig1-flat", title="Under a random level no unit dropped is as likely as one, below the mean proportion p",
             statement=equal(E(level_none), E(level_one)), kind="sentence", source="figure 1, caption",
             hypotheses=[Hypothesis("one is below p d", less(1, highest * units))], limits={"max_size": 6},
             reading="the number of dropped units is constant in probability below p d; its first two values",
             admissible={units: 3, highest: sp.Rational(1, 2)},
             erratum=Erratum("overclaim", "minor", "The probability of k dropped units is P(B > k)/(p(d+1)) with B "
                             "binomial (d+1, p): it decreases in k and becomes flat only in the limit of wide layers."))
tail = sp.Sum(sp.binomial(units + 1, i) * highest**i * (1 - highest) ** (units + 1 - i), (i, 1, units + 1))
claim("fig1-flat.amended", title="The probability of no dropped unit is P(B > 0)/(p(d+1)), B binomial (d+1, p)",
      statement=equal(E(level_none), tail / (highest * (units + 1))), limits={"max_size": 5})
