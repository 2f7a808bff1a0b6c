"""Section 2: a rectified linear layer, its noisy version, and the scaling that matches their means."""

from dropout_theory.claims import Section
from dropout_theory.language import PROBABILITY, E, ForEach, Relu, Scalar, equal, gates, index, size, weights

claim = Section("bouthillier2015", "2")

p = Scalar("p", PROBABILITY)
units, j = size("d"), index("j")
h = weights("h", units)
M = gates("M", p, units)

CLASH = ("the section calls p the probability of dropping a unit, yet draws the multiplying mask from a Bernoulli law "
         "of parameter p, whose success keeps the unit, as the appendix says; here p is the success probability")

EQ3 = claim("eq3", title="Activation under dropout: each rectified unit is multiplied by its gate", kind="definition",
            statement=ForEach(equal(E(M[j] * Relu(h[j])), E(M[j]) * Relu(h[j])), (j, 1, units)), reading=CLASH)

TEST_SCALING = claim("sec2-test-scaling", title="Scaling by p at test time matches the mean activation of training",
                     statement=ForEach(equal(E(M[j] * Relu(h[j])), p * Relu(h[j])), (j, 1, units)), kind="sentence",
                     reading=CLASH)
