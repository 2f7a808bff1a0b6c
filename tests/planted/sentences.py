"""Wrong and suspicious statements about penalties, embedded features, centring, depth and the output node."""

from sympy import Product, Rational, S, Sum

from dropout_theory.language import OPEN_PROBABILITY, E, Scalar, Var, equal, implies, less, less_equal
from dropout_theory.papers.helmbold2017.notation import K, Parameters, d, hidden, k, n, output, p, scaled
from dropout_theory.papers.helmbold2017.s01_penalties import CANDIDATES, A, convex, label, model_penalty, penalty_at
from dropout_theory.papers.helmbold2017.s02_conventions import (
              PREDICTION,
              D,
              at_prediction,
              keep_output,
              last_gate,
              r,
              r0,
              target,
              x,
)
from dropout_theory.papers.helmbold2017.s03_minimisers import W1 as first_weights
from dropout_theory.papers.helmbold2017.s03_minimisers import D as plain_output
from dropout_theory.papers.helmbold2017.s03_minimisers import (
              b,
              centred,
              mu,
              nearby,
              network,
              other_last,
              under_dropout,
              undone,
)
from dropout_theory.papers.helmbold2017.s03_minimisers import x as inputs
from dropout_theory.papers.helmbold2017.s04_distributions import W1, bias_atoms, criterion, weight_atoms
from dropout_theory.papers.helmbold2017.s04_distributions import label as positive_label
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_steps import BINOMIAL, lost, seen, u
from dropout_theory.papers.helmbold2017.s04_zero_embeddings import network as embedded
from dropout_theory.papers.helmbold2017.s04_zero_embeddings import two_ones
from dropout_theory.papers.helmbold2017.s05_growth import J_D as equal_criterion
from dropout_theory.papers.helmbold2017.s05_growth import R as risk
from dropout_theory.papers.helmbold2017.s05_growth import c
from dropout_theory.papers.helmbold2017.s07_conclusions import clean, logistic_penalty, unit, w
from dropout_theory.papers.helmbold2017.s07_conclusions import x as unit_inputs
from planted import Plant

PLANT = Plant("helmbold2017")
BOTH = ("exact", "property")
SMALL = {"max_size": 2}

# --- penalties ----------------------------------------------------------------------------------------------------

q = Scalar("p", OPEN_PROBABILITY)
PLANT.refuted("glm-penalty-positive", less(0, model_penalty(A, label)), hypotheses=[convex], candidates=CANDIDATES)
PLANT.refuted("figure-penalty-negative-everywhere", less(penalty_at(q), 0), by=BOTH)
PLANT.refuted("one-layer-penalty-inverted",
              equal(E((unit - target) ** 2) - (clean - target) ** 2,
                    p * (1 - p) * Sum((w[k] * unit_inputs[k]) ** 2, (k, 1, K))), by=BOTH, limits=SMALL)
PLANT.refuted("logistic-penalty-convex-on-the-way",
              less_equal(logistic_penalty(S(2)), (logistic_penalty(S.Zero) + logistic_penalty(S(4))) / 2))
PLANT.refuted("output-node-rescaled",
              equal(E((last_gate * D / keep_output - target) ** 2),
                    keep_output * E((D - target) ** 2) + (1 - keep_output) * target**2), by=BOTH, limits=SMALL)
PLANT.holds("figure-penalty-negative-at-small-p", less(penalty_at(Rational(3, 10)), 0))
PLANT.holds("variance-below-criterion-without-target", less_equal(Var(D), E(D**2)), limits=SMALL)

# --- rescaled and centred networks --------------------------------------------------------------------------------

left = PREDICTION.statement.args[0]
softer = Parameters(at_prediction.first, at_prediction.deeper, lambda l_, i_: p * b[l_, i_], at_prediction.last,
                    at_prediction.output_bias)
softer_values = hidden("h", softer, lambda k_: x[k_], scaled(r0), scaled(r))
PLANT.refuted("prediction-scales-biases-too", equal(left, output(softer, softer_values, scaled(r))), limits=SMALL)
one_layer_only = Parameters(nearby.first, nearby.deeper, nearby.bias, network.last, network.output_bias)
PLANT.refuted("one-layer-scaled-alone",
              equal(under_dropout("h'", one_layer_only, lambda k_: inputs[k_])[1], plain_output), limits=SMALL)
PLANT.refuted("active-units-free", equal(under_dropout("h", other_last, lambda k_: inputs[k_])[1], plain_output),
              by=BOTH, limits=SMALL)
moved = under_dropout("h'", undone, lambda k_: inputs[k_] - mu[k_])[1]
PLANT.refuted("centring-undone-in-every-pattern", equal(moved, plain_output), by=BOTH, limits=SMALL)
wrong_sign = centred(lambda i_: -Sum(first_weights[i_, k] * r0[k] / p * mu[k], (k, 1, K)))
PLANT.refuted("centring-sign",
              equal(under_dropout("h'", wrong_sign, lambda k_: inputs[k_] - mu[k_])[1], plain_output), limits=SMALL)

# --- two features -------------------------------------------------------------------------------------------------

flat = {n: 1, d: 2, W1: {(1, 1): 0, (1, 2): 0}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 0},
        bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: Rational(1, 2)}
PLANT.refuted("two-features-above-a-quarter", less(Rational(1, 4), criterion(1)), limits=SMALL, admissible=flat)
fitting = {**flat, W1: {(1, 1): Rational(1, 2), (1, 2): Rational(1, 2)}, weight_atoms[2]: {(1,): 1}, bias_atoms[1]: 0}
PLANT.refuted("bound-without-dropout", less(0, criterion(1, S.One)), limits=SMALL, admissible=fitting)
PLANT.refuted("criterion-linear-at-every-weight", equal(embedded.criterion(1), (1 - E(embedded.output(1))) / 2),
              hypotheses=[two_ones], limits=SMALL,
              admissible={K: 2, m: 1, d: 2, embedded.entries: {(1,): 1, (2,): 1}})
PLANT.holds("bound-grows-with-the-label", less_equal(positive_label**2 / 8, criterion(positive_label)), limits=SMALL)
PLANT.holds("gadgets-do-not-see-the-place",
            equal(E(Product(1 - embedded.gates[0][k] * embedded.entries[k], (k, 1, K))), Rational(1, 4)),
            hypotheses=[two_ones], limits={"max_size": 3},
            admissible={K: 3, embedded.entries: {(1,): 1, (2,): 0, (3,): 1}},
            not_applicable={"property": "drawn values hardly ever have two ones"})

# --- gadgets and depth --------------------------------------------------------------------------------------------

PLANT.refuted("gadget-variance-lost-factor", equal(Var(seen), lost), by=BOTH, limits=SMALL)
premise, law = BINOMIAL.statement.args
PLANT.refuted("key-nodes-among-all-nodes", implies(premise, equal(law.args[0], ((1 + u) / 2) ** (m * K))), by=BOTH,
              limits=SMALL)
PLANT.refuted("depth-lost-width", less_equal(K * (c * n) ** (2 * d), equal_criterion - risk), by=BOTH, limits=SMALL)
PLANT.holds("depth-bound-with-one-layer-less", less_equal(c**2 * K * (c * n) ** (2 * d - 2), equal_criterion - risk),
            limits=SMALL)
