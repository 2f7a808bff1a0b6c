"""Wrong and suspicious statements about gadgets, supermodular networks and networks of equal weights."""

from sympy import Rational, Sum

from dropout_theory.language import E, Var, equal, implies, less, less_equal
from dropout_theory.papers.helmbold2017.notation import K, d, k, n
from dropout_theory.papers.helmbold2017.s04_gadgets import LEM9, a, c, i, m, network, some_kept, unit, yhat
from dropout_theory.papers.helmbold2017.s04_gadgets import x as bits
from dropout_theory.papers.helmbold2017.s04_supermodular import V00, V02, V20, V22, criterion, fifth, two
from dropout_theory.papers.helmbold2017.s05_growth import growth, y
from dropout_theory.papers.helmbold2017.s05_growth import yhat as equal_output
from planted import Plant

PLANT = Plant("helmbold2017")
BOTH = ("exact", "property")
SMALL = {"max_size": 2}
two_inputs = {K: 2, m: 1, d: 2}

# --- wrong ------------------------------------------------------------------------------------------------------

PLANT.refuted("gadgets-also-at-zero", LEM9.statement.args[1], by=BOTH, limits=SMALL)
PLANT.refuted("gadget-sums-to-ones", implies(less_equal(1, Sum(bits[k], (k, 1, K))),
                                            equal(Sum(unit(i), (i, 1, K)), Sum(bits[k], (k, 1, K)))),
              by=BOTH, limits=SMALL)
PLANT.refuted("mean-without-lost-inputs", equal(E(yhat(c)), 2 * c / K * (m * K) ** (d - 1)), by=BOTH, limits=SMALL)
PLANT.refuted("mean-square-first-layer-width", equal(E(yhat(c) ** 2), 4 * c**2 * some_kept * (m + 1) ** 2
                                                    * (m * K) ** (d - 2) * (m * K + 1) ** (d - 2)),
              by=BOTH, limits=SMALL)
PLANT.refuted("criterion-without-half", equal(2 * network.criterion(c), 1 - E(yhat(c)) + E(yhat(c) ** 2)),
              by=BOTH, limits=SMALL)
PLANT.refuted("half-the-best-weight-is-best", less_equal(network.criterion(network.best / 2), network.criterion(c)),
              by=("exact",), limits=SMALL, admissible={**two_inputs, c: Rational(1, 4)})
PLANT.refuted("modular-corners", equal(V22, V20 + V02 - V00), by=BOTH, limits=SMALL)
PLANT.refuted("submodular-corners", less_equal(V22, V20 + V02 - V00), by=BOTH, limits=SMALL)
PLANT.refuted("growth-one-layer-too-many", equal(Var(equal_output), y**2 * (growth * (1 + 1 / n) - 1)),
              by=BOTH, limits=SMALL)
PLANT.refuted("growth-without-inputs", equal(Var(equal_output), y**2 * ((1 + 1 / n) ** (d - 1) - 1)),
              by=BOTH, limits=SMALL)

# --- true -------------------------------------------------------------------------------------------------------

PLANT.holds("quarter-of-the-best-weight-helps", less(network.criterion(network.best / 4), Rational(1, 2)), limits=SMALL)
PLANT.holds("criterion-linear-at-best", equal(network.criterion(network.best), (1 - network.best * E(yhat(1))) / 2),
            limits=SMALL)
PLANT.holds("bound-without-bias-terms", less_equal(V00**2 / 2, criterion), limits=SMALL)
PLANT.holds("bias-overshoots", less(two.criterion(4 * two.best / 5, fifth), two.criterion(two.best, fifth)),
            limits=SMALL)
PLANT.holds("mean-square-above-square-of-target", less_equal(y**2, E(equal_output**2)), limits=SMALL)
PLANT.holds("half-of-the-nodes", equal(E(Sum(network.gates[1][1, a, i], (a, 1, m), (i, 1, K))), m * K / 2),
            limits=SMALL)
