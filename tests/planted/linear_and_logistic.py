"""Wrong and suspicious statements about linear networks, single logistic units and the variance of outputs."""

from sympy import Product, Rational, Sum, exp, sqrt

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
              NONNEGATIVE,
              NWGM,
              OPEN_UNIT,
              POSITIVE,
              Cov,
              E,
              ForEach,
              G,
              SameToOrder,
              Scalar,
              Var,
              equal,
              family,
              less,
              less_equal,
              logistic,
              placeholder,
              recursion,
              weights,
)
from dropout_theory.papers.baldi2014 import s02_linear as linear
from dropout_theory.papers.baldi2014 import s03_deep_linear as deep
from dropout_theory.papers.baldi2014 import s04_shallow as shallow
from dropout_theory.papers.baldi2014 import s05_deep as outputs
from dropout_theory.papers.baldi2014 import s11_regularization as last
from planted import Plant

PLANT = Plant("baldi2014")
BOTH = ("exact", "property")

# --- one layer of linear units ------------------------------------------------------------------------------------
n, i, j, l, w, x, p = linear.n, linear.i, linear.j, linear.l, linear.w, linear.x, linear.p
inputs_part = Sum(w[i] ** 2 * p[i] * (1 - p[i]) * x[i] ** 2, (i, 1, n))
bias_part = linear.b**2 * linear.p_b * (1 - linear.p_b)

PLANT.refuted("affine-variance-sign", equal(Var(linear.S), inputs_part - bias_part), by=BOTH)
PLANT.refuted("affine-variance-bias-lost", equal(Var(linear.S), inputs_part), by=BOTH)
PLANT.refuted("affine-variance-p-for-pq",
              equal(Var(linear.S), Sum(w[i] ** 2 * p[i] * x[i] ** 2, (i, 1, n)) + bias_part), by=BOTH)
PLANT.refuted("input-gates-shared-yet-uncorrelated",
              ForEach(equal(Cov(linear.by_inputs(i), linear.by_inputs(l)), 0), *linear.each_pair), by=BOTH)
PLANT.refuted("covariance-lost-q",
              ForEach(equal(Cov(linear.by_inputs(i), linear.by_inputs(l)),
                            Sum(linear.W[i, j] * linear.W[l, j] * p[j] * x[j] ** 2, (j, 1, n))), *linear.each_pair),
              by=BOTH)
PLANT.refuted("mean-with-q-for-p",
              equal(E(Sum(w[i] * linear.delta[i] * x[i], (i, 1, n))), Sum(w[i] * (1 - p[i]) * x[i], (i, 1, n))),
              by=BOTH)
PLANT.holds("a-gate-cubed", equal(E(linear.delta[1] ** 3), p[1]))
PLANT.holds("units-without-common-inputs-uncorrelated",
            equal(Cov(linear.by_inputs(1), linear.by_inputs(2)), 0), limits={"max_size": 2},
            hypotheses=[Hypothesis("two units", equal(linear.k, 2)),
                        Hypothesis("no common input", ForEach(equal(linear.W[1, j] * linear.W[2, j], 0), (j, 1, n)))],
            admissible={n: 2, linear.k: 2, x: {(1,): 1, (2,): 3}, p: {(1,): Rational(1, 2), (2,): Rational(1, 3)},
                        linear.W: {(1, 1): 1, (1, 2): 0, (2, 1): 0, (2, 2): 5}})

# --- deep linear networks -----------------------------------------------------------------------------------------
h, h2, i2, l2, j2, S = deep.h, deep.h2, deep.i2, deep.l2, deep.j2, deep.S

PLANT.refuted("deep-mean-with-q-for-p",
              ForEach(equal(E(S[h, i]), deep.below(deep.w[h, i, l, j] * (1 - deep.p[l, j]) * E(S[l, j]))),
                      *deep.each_unit), by=BOTH, limits={"max_size": 2})
PLANT.refuted("second-moment-gate-squared",
              ForEach(equal(E(S[h, i] ** 2), deep.below_both(deep.w[h, i, l, j] * deep.w[h, i, l2, j2] * deep.p[l, j]
                                                             * deep.p[l2, j2] * E(S[l, j] * S[l2, j2]), h, h)),
                      *deep.each_unit), by=BOTH, limits={"max_size": 2})

units = ((h, 0, deep.H), (i, 1, deep.n))
v = weights("v", (h, 1, deep.H), (i, 1, deep.n), (j, 1, deep.n))
plain = recursion("R", units, deep.x[i],
                  Sum(v[h, i, j] * deep.delta[h - 1, j] * placeholder("R", units)[h - 1, j], (j, 1, deep.n)))
PLANT.holds("one-layer-covariances-without-skips",
            ForEach(equal(E(plain[h, i] * plain[h, i2]),
                          Sum(v[h, i, j] * v[h, i2, j2] * E(deep.delta[h - 1, j] * deep.delta[h - 1, j2])
                              * E(plain[h - 1, j] * plain[h - 1, j2]), (j, 1, deep.n), (j2, 1, deep.n))),
                    (h, 1, deep.H), (i, 1, deep.n), (i2, 1, deep.n)), limits={"max_size": 2})

# --- one logistic unit --------------------------------------------------------------------------------------------
N, P, A, r, m = shallow.N, shallow.P, shallow.S, shallow.r, shallow.m
c, lam = Scalar("c", POSITIVE), Scalar("lambda")
unit = logistic(A[N], c, lam)

PLANT.refuted("nwgm-sign", equal(NWGM(unit), logistic(-E(A[N]), c, lam)), by=BOTH)
PLANT.refuted("nwgm-lost-c", equal(NWGM(unit), logistic(E(A[N]), 1, lam)), by=BOTH)
PLANT.refuted("geometric-mean-not-normalised", equal(G(unit), logistic(E(A[N]), c, lam)), by=BOTH)
PLANT.refuted("nwgm-is-the-mean", equal(NWGM(unit), E(unit)), by=BOTH)
PLANT.refuted("nwgm-of-squares", equal(NWGM(logistic(A[N] ** 2, c, lam)), logistic(E(A[N]) ** 2, c, lam)), by=BOTH)
PLANT.refuted("nwgm-is-uniform", equal(NWGM(unit), logistic(Sum(A[r], (r, 1, m)) / m, c, lam)), by=BOTH)

Q = family("Q", NONNEGATIVE, m)
odds = Product(((1 - logistic(A[r], c, lam)) / logistic(A[r], c, lam)) ** Q[r], (r, 1, m))
even = Product(((1 - logistic(A[r], 1, lam)) / logistic(A[r], 1, lam)) ** Q[r], (r, 1, m))
total = Sum(Q[r] * A[r], (r, 1, m))
PLANT.refuted("weights-need-not-sum-to-one", equal(1 / (1 + odds), 1 / (1 + c * exp(-lam * total))), by=BOTH)
PLANT.holds("at-c-one-weights-need-not-sum-to-one", equal(1 / (1 + even), logistic(total, 1, lam)))
PLANT.holds("negative-slope", equal(NWGM(logistic(A[N], c, -lam)), logistic(E(A[N]), c, -lam)))
PLANT.holds("zero-coefficient", equal(NWGM(logistic(A[N], 0, lam)), 1))

T, own = shallow.T, shallow.output(1, N)
PLANT.refuted("softmax-normalised-by-its-complement",
              equal(NWGM(own), shallow.softmax_of_means.xreplace({shallow.i: 1})), by=("exact",),
              limits={"max_size": 3}, hypotheses=[Hypothesis("three units", equal(shallow.k, 3))])

# --- outputs ------------------------------------------------------------------------------------------------------
O, spread = outputs.outputs, Rational(1, 3) + outputs.scale * outputs.X[N]
B, mean = outputs.O_N, outputs.mean

PLANT.refuted("agreement-to-second-order", SameToOrder(E(spread), NWGM(spread), outputs.scale, 2), by=("symbolic",))
PLANT.refuted("mean-below-nwgm", less_equal(E(O[N]), NWGM(O[N])), by=BOTH)
PLANT.refuted("output-variance-bound-strict", less(Var(B), Rational(1, 4)), by=("decide",))
PLANT.refuted("output-variance-bound-halved", less_equal(Var(B), mean * (1 - mean) / 2), by=("decide", "property"))
PLANT.refuted("variance-is-the-bound", equal(Var(B), mean * (1 - mean)), by=BOTH)
o = Scalar("o", OPEN_UNIT)
geometric = sqrt(o * (1 - o))
PLANT.holds("mirrored-outputs-averaged-exactly", equal(Rational(1, 2), geometric / (geometric + sqrt((1 - o) * o))))

# --- variance of a unit's sum -------------------------------------------------------------------------------------
PLANT.refuted("sum-variance-p-for-pq",
              equal(Var(last.S), Sum(last.w[last.l, last.j] ** 2 * last.O[last.l, last.j] ** 2 * last.p[last.l, last.j],
                                     (last.j, 1, last.n), (last.l, 0, last.h - 1))), by=BOTH, limits={"max_size": 2})
PLANT.refuted("sum-variance-linear-in-outputs",
              equal(Var(last.S), Sum(last.w[last.l, last.j] ** 2 * last.O[last.l, last.j] * last.p[last.l, last.j]
                                     * (1 - last.p[last.l, last.j]), (last.j, 1, last.n), (last.l, 0, last.h - 1))),
              by=BOTH, limits={"max_size": 2})
