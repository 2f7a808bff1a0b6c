"""Wrong and suspicious statements about random noise levels and unmodified layers."""

import sympy as sp

from dropout_theory.claims import Hypothesis
from dropout_theory.language import Cov, E, ForEach, Relu, Scalar, Var, equal, equivalent, interval, less, less_equal
from dropout_theory.papers.bouthillier2015.s04_noise_levels import (
              MORE_DIVERSE,
              dropped,
              dropped_plain,
              highest,
              kept,
              p,
              plain,
              shared,
              shared_kept,
              units,
)
from dropout_theory.papers.bouthillier2015.s08_appendix import ACTIVE, N, active, counts, d, gate, mask
from dropout_theory.papers.bouthillier2015.s08_appendix import j as unit
from dropout_theory.papers.bouthillier2015.s08_appendix import p as success
from planted import Plant

PLANT = Plant("bouthillier2015")
x = Scalar("x", interval(-5, 5))

# --- scaling ------------------------------------------------------------------------------------------------------
PLANT.refuted("level-scaled-by-its-bound", equal(E(shared_kept[1] / (1 - highest) * Relu(x)), Relu(x)),
              by=("exact", "property"))
PLANT.refuted("scaling-lost", equal(E(kept[1] * Relu(x)), Relu(x)), by=("exact", "decide"))
PLANT.refuted("scaled-variance-lost-factor", equal(Var(kept[1] / (1 - p)), p), by=("exact", "decide"))
PLANT.holds("level-scaled-by-its-mean", equal(E(shared_kept[1] / (1 - highest / 2) * Relu(x)), Relu(x)))
PLANT.holds("scaled-variance", equal(Var(kept[1] / (1 - p)), p / (1 - p)))

# --- one level for the layer --------------------------------------------------------------------------------------
PLANT.refuted("shared-level-uncorrelated", equal(Cov(shared[1], shared[2]), 0), by=("exact", "property"))
PLANT.refuted("shared-level-wrong-constant", equal(Cov(shared[1], shared[2]), highest**2 / 3), by=("exact", "property"))
PLANT.refuted("shared-level-variance-of-level", equal(Var(shared[1]), highest**2 / 12), by=("exact", "property"))
PLANT.refuted("spread-lost-binomial-part", equal(Var(dropped / units), highest**2 / 12), by=("exact", "property"))
PLANT.refuted("more-diverse-wrong-constant", MORE_DIVERSE.statement, by=("exact", "property"), limits={"max_size": 5},
              hypotheses=[Hypothesis("narrower layer", less(6 / highest - 12, units))])
PLANT.refuted("less-diverse", less(Var(dropped), Var(dropped_plain)), by=("exact", "property"), limits={"max_size": 6})
PLANT.holds("shared-level-entry-is-bernoulli", equal(Var(shared[1]), highest / 2 * (1 - highest / 2)))
high = Scalar("p", interval(sp.Rational(2, 3), 1, True, True))
PLANT.holds("one-unit-may-vary-more", less(high * (1 - high), high / 2 * (1 - high / 2)))
PLANT.holds("plain-gates-uncorrelated", equal(Cov(plain[1], plain[2]), 0))

# --- unmodified layers --------------------------------------------------------------------------------------------
PLANT.refuted("unmodified-means-nothing-dropped",
              equivalent(ACTIVE.statement.args[0], ForEach(equal(mask[unit], 1), (unit, 1, d))),
              by=("exact", "property"))
PLANT.refuted("kept-with-drop-probability",
              equal(E(sp.Product(gate[unit], (unit, 1, active))), (1 - success) ** active), by=("exact", "property"))
PLANT.refuted("mean-sparsity-reversed", less_equal(E(success ** counts[N]), success ** E(counts[N])),
              by=("exact", "property"))
PLANT.refuted("mean-sparsity-strict", less(success ** E(counts[N]), E(success ** counts[N])), by=("exact", "property"))
tiny = sp.Pow(sp.Rational(1, 2), 150, evaluate=False)
PLANT.refuted("number-one-order-up", less(sp.Integer(10) ** -45, tiny), by=("exact", "decide"))
PLANT.holds("number-one-order-down", less(sp.Integer(10) ** -46, tiny))
