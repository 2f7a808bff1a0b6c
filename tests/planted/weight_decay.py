"""Wrong and suspicious statements about weight decay in networks with one hidden layer."""

from sympy import Abs, Max, Rational, S, Sum, sqrt

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
              NONNEGATIVE,
              REAL,
              ForEach,
              Relu,
              Scalar,
              both,
              equal,
              equivalent,
              implies,
              less,
              less_equal,
)
from dropout_theory.papers.helmbold2017.appendix_b import on_0, on_1, shifted, silent_on_zero, unbiased
from dropout_theory.papers.helmbold2017.appendix_b_closed_form import (
              alpha,
              at,
              best_value,
              budget,
              halves,
              no_less,
              out,
              reached,
              s,
              spent,
)
from dropout_theory.papers.helmbold2017.appendix_b_linear import best_bias, centred, forward
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.s03_weight_decay import closed_form, criterion, degenerate, least, length
from dropout_theory.papers.helmbold2017.weight_decay import (
              Shallow,
              V,
              a,
              activation,
              b,
              criterion_of,
              j,
              k,
              lam,
              nonzero_input,
              on_x,
              on_zero,
              optimum,
              own,
              own_weights,
              projection,
              risk_of,
              size_of,
              square,
              w,
              x,
              x_entry,
)
from planted import Plant

PLANT = Plant("helmbold2017")
units = (j, 1, n)

# --- the closed form ----------------------------------------------------------------------------------------------

wrong_penalty = risk_of(optimum()) + lam * size_of(optimum())
PLANT.refuted("decay-lost-half", equal(wrong_penalty, least), by=("exact", "property"), hypotheses=[nonzero_input])
PLANT.refuted("decay-bound-strict", less(least, criterion_of(optimum())), by=("exact", "property"),
              hypotheses=[nonzero_input])
lost_root = (1 - Max(0, 1 - 2 * lam / square())) ** 2 / 4
PLANT.refuted("decay-lost-root", equal(risk_of(optimum()), lost_root), by=("exact", "property"),
              hypotheses=[nonzero_input])
PLANT.refuted("decay-lost-minimum", equal(risk_of(optimum()), lam**2 / square()), by=("exact", "property"),
              hypotheses=[nonzero_input])
PLANT.refuted("decay-no-floor", less_equal(Rational(1, 4), criterion), by=("exact",), hypotheses=[nonzero_input],
              admissible={K: 1, n: 1, lam: Rational(1, 100), x: {(1,): 1}, V: {(1, 1): 1}, a: {(1,): 0}, w: {(1,): 1},
                          b: 0})
PLANT.holds("decay-optimum-has-the-closed-risk", equal(risk_of(optimum()), closed_form), hypotheses=[nonzero_input])

# --- the threshold ------------------------------------------------------------------------------------------------

zero_weights = both(ForEach(equal(V[j, k], 0), units, (k, 1, K)), ForEach(equal(w[j], 0), units))
PLANT.refuted("decay-optimum-is-bias-zero", implies(equal(criterion, Rational(1, 4)), both(zero_weights, equal(b, 0))),
              hypotheses=[Hypothesis("strong decay", less(length, 2 * lam))],
              admissible={K: 1, n: 1, lam: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): 0}, w: {(1,): 0},
                          b: Rational(1, 2)})
no_biases = both(degenerate, ForEach(equal(a[j], 0), units))
PLANT.refuted("decay-optimum-fixes-hidden-biases", equivalent(equal(criterion, Rational(1, 4)), no_biases),
              hypotheses=[Hypothesis("strong decay", less(length, 2 * lam))],
              admissible={K: 1, n: 1, lam: 1, x: {(1,): 1}, V: {(1, 1): 0}, a: {(1,): 2}, w: {(1,): 0},
                          b: Rational(1, 2)})
PLANT.refuted("decay-threshold-off-by-two", less_equal(Rational(1, 4), criterion),
              hypotheses=[Hypothesis("weaker decay", less_equal(length, 4 * lam))],
              admissible={K: 1, n: 1, lam: Rational(1, 4), x: {(1,): 1}, a: {(1,): 0}, V: {(1, 1): Rational(7, 10)},
                          w: {(1,): Rational(7, 10)}, b: Rational(1, 4)})
zero_input = Hypothesis("x is zero", ForEach(equal(x[k], 0), (k, 1, K)))
PLANT.holds("decay-nothing-to-learn-from-zero", less_equal(Rational(1, 4), criterion), hypotheses=[zero_input])

# --- one unit -----------------------------------------------------------------------------------------------------

PLANT.refuted("decay-contribution-lost-root", implies(spent, less_equal(out * alpha * s, budget * s / 2)),
              by=("exact",), admissible={out: Rational(1, 2), alpha: 1, s: Rational(1, 4), budget: Rational(1, 2)})
PLANT.refuted("decay-contribution-quarter", implies(spent, less_equal(out * alpha * s, budget * sqrt(s) / 4)),
              by=("exact",), admissible={out: 1, alpha: 1, s: 1, budget: 2})
PLANT.refuted("decay-contribution-strict", implies(spent, less(out * alpha * s, best_value)), by=("decide", "property"))
PLANT.refuted("decay-every-unit-is-tight",
              ForEach(equal(w[j] * (on_1 - on_0), length / 2 * own_weights(own, j)), units), by=("exact", "property"),
              hypotheses=[nonzero_input])
PLANT.holds("decay-negative-contribution-bounded", implies(spent, less_equal(-best_value, out * alpha * s)))

# --- lemmas -------------------------------------------------------------------------------------------------------

PLANT.refuted("decay-linear-without-signs", equal(on_x(unbiased), activation(own) + b), by=("exact", "property"))
PLANT.refuted("decay-best-bias-sign", less_equal(
    criterion_of(Shallow(own.into, unbiased.bias, own.out, (1 + activation(own)) / 2)), criterion_of(unbiased)),
              by=("exact", "property"), hypotheses=[forward])
PLANT.refuted("decay-outputs-sum-to-one", equal(on_zero(own), 1 - on_x(own)), by=("exact", "property"))
PLANT.refuted("decay-size-with-wrong-sign", less_equal(2 * reached / length, size_of(unbiased) / 2), by=("exact",),
              hypotheses=[nonzero_input],
              admissible={K: 1, n: 1, x: {(1,): 1}, V: {(1, 1): 1}, w: {(1,): 1}})
PLANT.refuted("decay-silent-means-weights-along-x",
              ForEach(equal(projection(own, j), Relu(projection(own, j))), units),
              by=("exact", "property"), hypotheses=[silent_on_zero])
doubled = Shallow(own.into, shifted.bias, own.out, b + 2 * Sum(w[j] * Relu(a[j]), units))
PLANT.refuted("decay-shift-doubled", equal(on_zero(doubled), on_zero(own)), by=("exact", "property"))
PLANT.holds("decay-best-bias-needs-no-sign", equal(on_zero(centred), best_bias))
PLANT.holds("decay-bound-for-every-sign", no_less, hypotheses=[nonzero_input])
PLANT.holds("decay-units-are-contractions",
            ForEach(less_equal(Abs(on_1 - on_0), Abs(projection(own, j))), units))

# --- the last steps -----------------------------------------------------------------------------------------------

A = Scalar("A", NONNEGATIVE)
any_activation = Scalar("A", REAL)
PLANT.refuted("decay-minimiser-sign", less_equal(halves(1 + 2 * lam / length), halves(A)), by=("exact", "property"),
              hypotheses=[nonzero_input])
PLANT.refuted("decay-minimiser-lost-two", less_equal(halves(1 - lam / length), halves(A)), by=("decide",),
              hypotheses=[nonzero_input])
PLANT.refuted("decay-zero-always-best", less_equal(halves(S.Zero), halves(A)), by=("exact", "property"),
              hypotheses=[nonzero_input])
PLANT.holds("decay-curve-is-least-at-its-vertex", less_equal(halves(at), halves(any_activation)),
            hypotheses=[nonzero_input])
PLANT.holds("decay-inputs-enter-through-their-length", equal(square(lambda k_: -x_entry(k_)), square()))
