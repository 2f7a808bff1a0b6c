"""Wrong and suspicious statements about weighted means and how well they approximate the expectation."""

from sympy import Abs, Rational, sqrt

from dropout_theory.claims import Hypothesis
from dropout_theory.language import NWGM, E, G, Gc, Var, both, equal, equivalent, less, less_equal
from dropout_theory.papers.baldi2014 import s08_approximation as approximation
from dropout_theory.papers.baldi2014 import s08_means as means
from planted import Plant

PLANT = Plant("baldi2014")
BOTH = ("exact", "property")
O, U, P, N, m = means.O, means.U, means.P, means.N, means.m
mean, geometric, nwgm, variance = E(O[N]), G(O[N]), NWGM(O[N]), Var(O[N])
gap, spread = means.gap, means.variance
HALF = Rational(1, 2)

# --- arithmetic and geometric means -------------------------------------------------------------------------------
PLANT.refuted("am-gm-reversed", less_equal(mean, geometric), by=BOTH)
PLANT.refuted("am-gm-strict", less(geometric, mean), by=BOTH)
PLANT.refuted("gap-lower-bound-by-smallest", less_equal(spread / (2 * means.smallest), gap), by=BOTH)
PLANT.refuted("gap-upper-bound-by-largest", less_equal(gap, spread / (2 * means.largest)), by=BOTH)
PLANT.refuted("gap-lower-bound-lost-two", less_equal(spread / means.largest, gap), by=BOTH)
PLANT.refuted("gap-strictly-above-lower-bound", less(spread / (2 * means.largest), gap), by=BOTH)
PLANT.refuted("gap-around-geometric-lost-two", less_equal(means.around_geometric / means.largest, gap), by=BOTH)
PLANT.refuted("sharper-bound-lost-two",
              less_equal(2 * means.EQ79_LOWER_FACTOR * spread, gap), hypotheses=[means.below_largest], by=BOTH)
PLANT.refuted("geometric-means-sum-above-one", less_equal(1, geometric + Gc(O[N])), by=BOTH)
PLANT.refuted("normalised-below-plain", less_equal(nwgm, geometric), by=BOTH)

# --- the normalised mean on either side of one half ---------------------------------------------------------------
skewed = {m: 2, P: {(1,): HALF, (2,): HALF}, O: {(1,): Rational(3, 4), (2,): Rational(1, 2)}}
PLANT.refuted("ky-fan-without-low-numbers", less_equal(nwgm, mean), admissible=skewed, by=BOTH)
PLANT.refuted("ky-fan-odds-reversed",
              less_equal(E(means.LOW[N]) / E(1 - means.LOW[N]), G(means.LOW[N]) / Gc(means.LOW[N])), by=BOTH)
PLANT.refuted("high-numbers-below", less_equal(NWGM(means.HIGH[N]), E(means.HIGH[N])), by=BOTH)
PLANT.refuted("complement-on-the-same-side",
              equivalent(less(nwgm, mean), less(means.complement_share(O[N]), 1 - mean)), by=BOTH)
near_one = {m: 2, P: {(1,): HALF, (2,): HALF}, O: {(1,): Rational("0.622459"), (2,): Rational("0.731059")}}
PLANT.refuted("normalised-always-closer", less_equal(Abs(mean - nwgm), Abs(mean - geometric)), admissible=near_one)
rare_low = {m: 2, P: {(1,): Rational(1, 4), (2,): Rational(3, 4)}, O: {(1,): Rational(1, 65537), (2,): HALF}}
PLANT.refuted("normalised-always-within-a-deviation", less_equal((mean - nwgm) ** 2, variance), admissible=rare_low)
PLANT.refuted("approximate-bound-taken-literally",
              less_equal(Abs(mean - nwgm), 2 * mean * (1 - mean) * Abs(1 - 2 * mean)), admissible=rare_low)

# --- orders of approximation --------------------------------------------------------------------------------------
order, e2, v2 = approximation.to_order, approximation.mean, approximation.variance
PLANT.refuted("geometric-mean-plus-variance", order(approximation.wgm, e2 + v2, 2), by=("symbolic",))
PLANT.refuted("geometric-mean-half-variance", order(approximation.wgm, e2 - v2 / 2, 2), by=("symbolic",))
PLANT.refuted("geometric-mean-one-order-more", order(approximation.wgm, e2 - v2, 3), by=("symbolic",))
PLANT.refuted("leading-term-sign",
              order(e2 - approximation.nwgm, 2 * v2 * (2 * e2 - 1) - Rational(4, 3) * approximation.third_moment, 3),
              by=("symbolic",))
PLANT.refuted("leading-term-without-skewness", order(e2 - approximation.nwgm, 2 * v2 * (1 - 2 * e2), 3),
              by=("symbolic",))

# --- bounds in terms of mean and variance -------------------------------------------------------------------------
low_pair = {m: 2, P: {(1,): HALF, (2,): HALF}, O: {(1,): Rational(1, 100), (2,): Rational(1, 10)}}
PLANT.refuted("estimate-below-half-variance", less_equal(variance * (1 - 2 * mean) / (1 - 2 * variance), variance / 2),
              admissible=low_pair, by=("exact", "decide"))
far_pair = {m: 2, P: {(1,): HALF, (2,): HALF}, O: {(1,): Rational(1, 10), (2,): Rational(9, 10)}}
PLANT.refuted("variance-bound-halved", less_equal(variance, mean * (1 - mean) / 2), admissible=far_pair,
              by=("exact", "decide"))
PLANT.refuted("variance-bound-strict", less(Var(approximation.CLOSED[N]),
                                            E(approximation.CLOSED[N]) * (1 - E(approximation.CLOSED[N]))), by=BOTH)
x = approximation.E0
PLANT.refuted("simpler-bound-lost-two",
              less_equal(approximation.first_bound(x), x * (1 - x) * Abs(1 - 2 * x)), by=(*BOTH, "decide"))
PLANT.refuted("maximiser-wrong-root",
              less_equal(approximation.second_bound(approximation.lower_half),
                         approximation.second_bound(HALF - sqrt(2) / 6)), by=BOTH)

# --- true, though it looks wrong ----------------------------------------------------------------------------------
PLANT.holds("normalised-is-the-mean-to-second-order", order(approximation.nwgm, e2, 2))
PLANT.holds("bounds-with-an-unseen-extreme", less_equal(spread / (2 * means.largest), gap),
            hypotheses=[Hypothesis("the first number is never seen", equal(P[1], 0))],
            admissible={m: 2, P: {(1,): 0, (2,): 1}, U: {(1,): 100, (2,): 1}})
PLANT.holds("estimate-never-negative-below-one-half",
            less_equal(0, variance * (1 - 2 * mean) / (1 - 2 * variance)),
            hypotheses=[Hypothesis("a mean up to one half", less_equal(mean, HALF))])
PLANT.holds("second-order-mean-stays-a-probability",
            both(less_equal(0, (mean - variance) / (1 - 2 * variance)),
                 less_equal((mean - variance) / (1 - 2 * variance), 1)))
a = approximation.centre
PLANT.holds("two-mirrored-numbers", equal(approximation.equally_likely(a, 1 - a)[3], HALF))
