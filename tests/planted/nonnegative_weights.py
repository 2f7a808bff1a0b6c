"""Wrong and suspicious statements about networks without negative weights and mean outputs given the kept inputs."""

from sympy import Rational, binomial, sqrt

from dropout_theory.language import E, ForEach, equal, less, less_equal
from dropout_theory.papers.helmbold2017 import s04_one_input_deep as deep
from dropout_theory.papers.helmbold2017 import s04_optimum as optimum
from dropout_theory.papers.helmbold2017.notation import K, d, n, p, parameter_families
from dropout_theory.papers.helmbold2017.s04_best_constant import bias
from dropout_theory.papers.helmbold2017.s04_best_constant import bound as any_keep_bound
from dropout_theory.papers.helmbold2017.s04_best_constant import criterion as equal_criterion
from dropout_theory.papers.helmbold2017.s04_level_means import (
             a,
             b,
             corner_values,
             criterion,
             ell,
             general,
             kept,
             net,
             psi,
)
from dropout_theory.papers.helmbold2017.s04_lower_bound import NEARLY_BEST
from dropout_theory.papers.helmbold2017.s04_lower_bound import general as any_keep
from dropout_theory.papers.helmbold2017.s04_negative_weights import chance
from dropout_theory.papers.helmbold2017.s04_negative_weights import j as trial
from dropout_theory.papers.helmbold2017.s04_negative_weights import n as trials
from dropout_theory.papers.helmbold2017.s04_one_input import W, b0, least, w
from dropout_theory.papers.helmbold2017.s04_one_input import b as biases
from dropout_theory.papers.helmbold2017.s04_one_input import criterion as one_input
from dropout_theory.papers.helmbold2017.s04_optimum import anything
from dropout_theory.papers.helmbold2017.s04_supermodular import bias_atoms, one_layer, weight_atoms
from dropout_theory.papers.helmbold2017.s05_growth import c, growth, y
from planted import Plant

PLANT = Plant("helmbold2017")
BOTH = ("exact", "property")
SMALL = {"max_size": 2}
half, third = Rational(1, 2), Rational(1, 3)
first, deeper, hidden_bias, last, output_bias = parameter_families()
inner, steps = (ell, 1, K - 1), (ell, 0, K - 1)
one_unit = one_layer(1, 1, 1, 0)
# a unit that needs two inputs
both_needed = {**one_layer(2, 1, 1, 0), bias_atoms[0]: {(1, 1): -2}}
# mean outputs 1/3 and 1 for a dropped and a kept input: the best line, at criterion 2/9
two_units = {d: 2, n: 2, K: 1, weight_atoms[0]: {(1, 1): half, (2, 1): half}, weight_atoms[1]: {},
             weight_atoms[2]: {(1,): third, (2,): third}, bias_atoms[0]: {(1, 1): 0, (1, 2): 0}, bias_atoms[1]: third}

# --- wrong ------------------------------------------------------------------------------------------------------

PLANT.refuted("bound-for-any-dropout-a-fifth-higher",
              less_equal(Rational(6, 5) * any_keep_bound, any_keep.criterion),
              admissible={**NEARLY_BEST, p: half}, limits=SMALL)
PLANT.refuted("point-probability-three-quarters",
              ForEach(less_equal(chance(trial), Rational(3, 4) / sqrt(trials)), (trial, 0, trials)),
              admissible={trials: 18}, limits={"max_size": 40})
PLANT.refuted("gadgets-below-the-bound-for-any-weights",
              less(optimum.network.criterion(optimum.weight, optimum.bias), optimum.least), by=BOTH, limits=SMALL)

PLANT.refuted("concave-means", ForEach(less_equal(psi(ell + 1) - psi(ell), psi(ell) - psi(ell - 1)), inner),
              by=("exact",), limits=SMALL, admissible=both_needed)
PLANT.refuted("affine-means", ForEach(equal(psi(ell + 1) - psi(ell), psi(ell) - psi(ell - 1)), inner), by=("exact",),
              limits=SMALL, admissible=both_needed)
PLANT.refuted("strictly-rising-means", ForEach(less(psi(ell), psi(ell + 1)), steps), by=("property",), limits=SMALL)
PLANT.refuted("law-of-one-input-fewer", ForEach(equal(E(kept(ell)), binomial(K, ell) / 2 ** (K - 1)), (ell, 0, K)),
              by=BOTH, limits=SMALL)
PLANT.refuted("submodular-pairs", ForEach(less_equal(corner_values[3] - corner_values[2],
                                                     corner_values[1] - corner_values[0]), (a, 1, K), (b, 1, K)),
              by=("exact",), limits=SMALL, **{key: general[key] for key in ("hypotheses", "candidates")})
PLANT.refuted("one-choice-lost", ForEach(equal(ell / (binomial(K, ell) * (K - ell)), 1 / binomial(K, ell + 1)), inner),
              by=BOTH, limits={"max_size": 4})
PLANT.refuted("square-of-mean-without-half", less_equal(psi(0) ** 2, criterion), by=("property",), limits=SMALL)
PLANT.refuted("constant-for-one-input-fewer", less_equal(1 / (2 * (K + 1)), criterion), by=("exact",), limits=SMALL,
              admissible=two_units)
PLANT.refuted("keep-for-drop-probability", less_equal(p / (2 * (p * K + 2 * (1 - p))), any_keep.criterion),
              by=("exact",), limits=SMALL, admissible={**one_unit, p: 1})
PLANT.refuted("one-input-strictly", less(least, one_input()), by=("exact",), limits=SMALL,
              admissible={n: 1, W: {(1,): half}, biases: {(1,): 0}, w: {(1,): Rational(2, 7)}, b0: Rational(3, 7)})
PLANT.refuted("least-without-a-bias", less_equal(2**-K / 2, anything.criterion), by=("exact",), limits=SMALL,
              admissible={d: 2, n: 1, K: 1, first: {(1, 1): half}, deeper: {}, hidden_bias: {(1, 1): 0},
                          last: {(1,): Rational(2, 7)}, output_bias: Rational(3, 7)})
PLANT.refuted("half-of-the-distribution", less_equal(y**2 / (K + 1), y**2 * (growth - 1) / 2), by=("exact",),
              limits=SMALL, admissible={K: 4, n: 16, d: 2, c: 1})
PLANT.refuted("bias-on-ones-only", equal(equal_criterion(bias), (y**2 * growth + 2 * y * (bias - 1) + (bias - 1) ** 2)
                                         / 2), by=BOTH, limits=SMALL)
averages = {n: 1, deep.W1: {(1,): half}, deep.b1: {(1,): 0}, deep.W2: {(1, 1): 1}, deep.b2: {(1,): 0},
            deep.w: {(1,): Rational(2, 15)}, deep.b0: Rational(7, 15)}
grown = (1 + 1 / n) ** 3
PLANT.refuted("two-layers-as-three", less_equal((2 * grown - 1) / (8 * grown - 2), deep.criterion),
              by=("exact",), limits=SMALL, admissible=averages)
PLANT.refuted("damped-too-well", less_equal(deep.losses(deep.damped), Rational(1, 6)), by=("exact",),
              limits={"max_size": 1})

# --- true -------------------------------------------------------------------------------------------------------

PLANT.holds("first-rise-is-least", less_equal(K * (psi(1) - psi(0)), psi(K) - psi(0)), limits=SMALL)
PLANT.holds("nothing-kept-is-zero-input", equal(psi(0), E(net.at_zero)), limits=SMALL)
PLANT.holds("pairs-of-one-input", ForEach(less_equal(corner_values[1] - corner_values[0],
                                                     corner_values[3] - corner_values[2]), (a, 1, K), (b, 1, K)),
            limits=SMALL, **{key: general[key] for key in ("hypotheses", "candidates")})
PLANT.holds("six-times-the-constant", less_equal(1 / (6 * K), criterion), limits=SMALL)
PLANT.holds("one-input-above-a-sixth", less(Rational(1, 6), one_input()), limits=SMALL)
PLANT.holds("equal-weights-above-the-bound", less_equal(1 / (2 * (K + 2)), equal_criterion(bias)), limits=SMALL)
