"""Appendix B, lemmas 22 to 29: the form that an optimal network with one hidden layer may be assumed to have.

A lemma that assumes a form without loss of generality is stated of every network: another one, given explicitly, has
that form, the same outputs on x and on 0, and no larger sum of squared weights.
"""

from __future__ import annotations

from sympy import Abs, Max, Min, Rational, S, Sum

from dropout_theory.claim import Erratum, Hypothesis, Section
from dropout_theory.domains import Domain
from dropout_theory.language import Relu, Scalar, family
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.s03_weight_decay import criterion, least
from dropout_theory.papers.helmbold2017.weight_decay import (
    Shallow,
    V,
    a,
    activation,
    b,
    criterion_of,
    j,
    k,
    nonzero_input,
    on_x,
    on_zero,
    own,
    projection,
    size_of,
    square,
    unit_on_x,
    unit_on_zero,
    w,
    x_entry,
)
from dropout_theory.statements import ForEach, both, different, equal, equivalent, implies, less, less_equal

claim = Section("helmbold2017", "B")

dot, on_1, on_0 = projection(own, j), unit_on_x(own, j), unit_on_zero(own, j)
units = (j, 1, n)


def same_outputs(net: Shallow) -> tuple[object, object]:
    """The network computes on x and on 0 what `own` computes."""
    return equal(on_x(net), on_x(own)), equal(on_zero(net), on_zero(own))


# --- lemma 22: a unit is silent on one of the inputs --------------------------------------------------------------

smaller = Min(on_0, on_1)
shifted = Shallow(own.into, lambda j_: a[j_] - Min(unit_on_zero(own, j_), unit_on_x(own, j_)), own.out,
                  b + Sum(w[j] * smaller, units))

silent = ForEach(equal(Min(unit_on_zero(shifted, j), unit_on_x(shifted, j)), 0), units)

LEM22 = claim("lem22",
      title="Each hidden unit may be assumed to be silent on x or on 0",
      statement=both(*same_outputs(shifted), equal(size_of(shifted), size_of(own)), silent),
      kind="lemma", source="appendix B, lemma 22",
      reading="The biases move by the smaller of the unit's two values; for output weight 0 that is harmless as well.")

t, bias, out, level = Scalar("t"), Scalar("a"), Scalar("w"), Scalar("b")
low = Min(Relu(bias), Relu(t + bias))
active = [Hypothesis("active on both inputs", less(0, low)),
          Hypothesis("weight into the output", different(out, 0))]

claim("lem22-step-bias",
      title="Lowering the hidden bias is made good by adding the amount divided by the output weight",
      statement=equal(out * Relu(t + bias - low) + level + low / out, out * Relu(t + bias) + level),
      hypotheses=active, kind="step", source="appendix B, proof of lemma 22",
      reading="One unit: t is v_j . x.",
      erratum=Erratum("invalid-step", "typo", "The amount must be multiplied by the output weight, not divided by it."))

claim("lem22-step-bias.amended",
      title="Lowering the hidden bias is made good by adding the amount times the output weight",
      statement=both(equal(out * Relu(t + bias - low) + level + low * out, out * Relu(t + bias) + level),
                     equal(out * Relu(bias - low) + level + low * out, out * Relu(bias) + level)),
      hypotheses=active[:1], source="appendix B, proof of lemma 22")

# --- lemma 23: no slack in the weights ---------------------------------------------------------------------------

one_silent = Hypothesis("silent on an input", ForEach(equal(Min(on_0, on_1), 0), units))
tight = Shallow(lambda j_, k_: (unit_on_x(own, j_) - unit_on_zero(own, j_)) / square() * x_entry(k_),
                lambda j_: unit_on_zero(own, j_), own.out, b)

no_slack = ForEach(equal(Abs(projection(tight, j)), Max(unit_on_zero(tight, j), unit_on_x(tight, j))), units)

LEM23 = claim("lem23",
      title="The size of v_j . x may be assumed to be the larger of the unit's two values",
      statement=both(*same_outputs(tight), less_equal(size_of(tight), size_of(own)), no_slack),
      hypotheses=[nonzero_input, one_silent], kind="lemma", source="appendix B, lemma 23")

LEM23_FIRST = claim("lem23-step-first",
      title="At a minimiser, a unit silent on 0 has bias 0, and its value on x is v_j . x",
      statement=implies(equal(criterion, least),
                        ForEach(implies(both(equal(on_0, 0), less_equal(on_0, on_1)),
                                        both(equal(a[j], 0), equal(on_1, dot))), units)),
      hypotheses=[nonzero_input, one_silent], kind="step", source="appendix B, proof of lemma 23",
      erratum=Erratum("invalid-step", "minor", "A unit without weights is silent whatever its negative bias is. The "
                      "lemma stands: its bias may be put to 0."))

LEM23_ACTIVE = claim("lem23-step-first.amended",
      title="At a minimiser, a unit silent on 0 and active on x has bias 0, and its value on x is v_j . x",
      statement=implies(equal(criterion, least),
                        ForEach(implies(both(equal(on_0, 0), less(on_0, on_1)),
                                        both(equal(a[j], 0), equal(on_1, dot))), units)),
      hypotheses=[nonzero_input, one_silent], source="appendix B, proof of lemma 23")

claim("lem23-step-second",
      title="A unit active on 0 and silent on x has a positive bias a_j, and v_j . x <= -a_j",
      statement=implies(both(less(0, Relu(bias)), equal(Relu(t + bias), 0)), both(less(0, bias), less_equal(t, -bias))),
      kind="step", source="appendix B, proof of lemma 23", reading="One unit: t is v_j . x.")

LEM23_SHRINK = claim("lem23-step-shrink",
      title="Weights scaled down until v_j . x = -a_j leave such a unit silent on x",
      statement=both(equal(Relu(-bias / t * t + bias), 0), less_equal(-bias / t, 1), less_equal(0, -bias / t)),
      hypotheses=[Hypothesis("active on 0", less(0, bias)), Hypothesis("silent on x", less_equal(t, -bias))],
      kind="step", source="appendix B, proof of lemma 23", reading="One unit: t is v_j . x, and -a_j/t the factor.")

# --- lemma 24: silent on zero ------------------------------------------------------------------------------------

SIGN = Domain("-1, 0 or 1", S.NegativeOne, S.One, integer=True)
sigma = family("sigma", SIGN, units)
signs = Hypothesis("sigma_j is a sign of h_j(x) - h_j(0)",
                   ForEach(both(equal(sigma[j] ** 2, 1), less_equal(0, sigma[j] * (on_1 - on_0))), units))
slackless = Hypothesis("no slack", ForEach(equal(Abs(dot), Max(on_0, on_1)), units))

mirrored = Shallow(lambda j_, k_: sigma[j_] * V[j_, k_], lambda j_: S.Zero, lambda j_: sigma[j_] * w[j_],
                   b + Sum(w[j] * on_0, units))

LEM24 = claim("lem24",
      title="Each hidden unit may be assumed to be silent on 0",
      statement=both(*same_outputs(mirrored), equal(size_of(mirrored), size_of(own)),
                     ForEach(equal(unit_on_zero(mirrored, j), 0), units)),
      hypotheses=[one_silent, slackless, signs], kind="lemma", source="appendix B, lemma 24",
      reading="Units active on 0 are negated on both sides; all hidden biases are put to 0.",
      admissible={K: 1, n: 1, V: {(1, 1): 1}, a: {(1,): 0}, w: {(1,): 1}, b: 0, x_entry(k).family: {(1,): 1},
                  sigma: {(1,): 1}})

LEM24_SWAP = claim("lem24-step-swap",
      title="Negating the unit's weights on both sides and moving its value into the output bias changes nothing",
      statement=both(equal(-out * Relu(-t) + level + Relu(bias) * out, out * Relu(t + bias) + level),
                     equal(-out * Relu(0) + level + Relu(bias) * out, out * Relu(bias) + level)),
      hypotheses=[Hypothesis("active on 0", less(0, Relu(bias))), Hypothesis("silent on x", equal(Relu(t + bias), 0)),
                  Hypothesis("no slack", equal(Relu(bias), -t))],
      kind="step", source="appendix B, proof of lemma 24", reading="One unit: t is v_j . x.",
      admissible={t: -1, bias: 1, out: 1, level: 0})

silent_on_zero = Hypothesis("silent on 0", ForEach(equal(on_0, 0), units))

claim("appB-biases-vanish",
      title="Units silent on 0 have bias 0",
      statement=ForEach(equal(a[j], 0), (j, 1, K)),
      hypotheses=[Hypothesis("at least K units", less_equal(K, n)), silent_on_zero, slackless], kind="sentence",
      source="appendix B, after lemma 24", reading="With what lemmas 23 and 24 provide.",
      erratum=Erratum("overclaim", "minor", "A unit is silent on 0 for every bias up to 0; and there are n biases, "
                      "not K. Putting all n to 0 changes nothing."))

unbiased = Shallow(own.into, lambda j_: S.Zero, own.out, b)

BIASES = claim("appB-biases-vanish.amended",
      title="Units silent on 0 have biases of at most 0, and all n may be put to 0",
      statement=both(*same_outputs(unbiased), ForEach(less_equal(a[j], 0), units)),
      hypotheses=[silent_on_zero, slackless], source="appendix B, after lemma 24",
      admissible={K: 1, n: 1, V: {(1, 1): 1}, a: {(1,): 0}, w: {(1,): 1}, b: 0, x_entry(k).family: {(1,): 1}})

# --- lemmas 25 to 27: a linear function along x --------------------------------------------------------------------

forward = Hypothesis("v_j . x >= 0", ForEach(less_equal(0, dot), units))
rectified = Shallow(lambda j_, k_: Relu(projection(own, j_)) / square() * x_entry(k_), lambda j_: S.Zero, own.out, b)

LEM25 = claim("lem25",
      title="Without hidden biases every v_j . x is non-negative at a minimiser",
      statement=implies(less_equal(criterion_of(unbiased), criterion_of(rectified)), forward.condition),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 25",
      reading="Already when the network is no worse than one with the weights max(0, v_j . x) x/(x . x).")

LEM25_ZERO = claim("lem25-step-zero",
      title="Zero weights do what a unit with v_j . x < 0 does",
      statement=both(equal(Relu(t), Relu(0)), less(0, t**2)), hypotheses=[Hypothesis("negative", less(t, 0))],
      kind="step", source="appendix B, proof of lemma 25", reading="t is v_j . x; t^2 > 0 needs a weight to be lost.")

EQ9 = claim("eq9",
      title="The network computes a linear function on x and on 0",
      statement=both(equal(on_x(unbiased), activation(own) + b), equal(on_zero(unbiased), b)),
      hypotheses=[forward], kind="equation", source="appendix B, eq. (9)",
      reading="The input is x or 0, as in lemma 22.")

best_bias = (1 - activation(own)) / 2
centred = Shallow(own.into, lambda j_: S.Zero, own.out, best_bias)

LEM26 = claim("lem26",
      title="The output bias of a minimiser is (1 - w . V x)/2",
      statement=both(less_equal(criterion_of(centred), criterion_of(unbiased)),
                     equivalent(less_equal(criterion_of(unbiased), criterion_of(centred)), equal(b, best_bias))),
      hypotheses=[forward], kind="lemma", source="appendix B, lemma 26")


def centred_form(scale: object) -> object:
    """1/2 + w . V (s x - x/2)."""
    along = Sum(own.into(j, k) * (scale * x_entry(k) - x_entry(k) / 2), (k, 1, K))  # type: ignore[operator]
    return Rational(1, 2) + Sum(own.out(j) * along, units)


EQ10 = claim("eq10",
      title="With the best bias the network computes 1/2 + w . V (input - x/2)",
      statement=both(equal(on_x(centred), centred_form(S.One)), equal(on_zero(centred), centred_form(S.Zero))),
      hypotheses=[forward], kind="equation", source="appendix B, eq. (10)", reading="The input is x or 0.")

EQ11 = claim("eq11",
      title="The outputs on 0 and on x sum to 1",
      statement=equal(on_zero(centred), 1 - on_x(centred)), hypotheses=[forward], kind="equation",
      source="appendix B, eq. (11)")

EQ11_ALL = claim("eq11-every-minimiser",
      title="At every minimiser the outputs on 0 and on x sum to 1",
      statement=implies(equal(criterion, least), equal(on_zero(own), 1 - on_x(own))), hypotheses=[nonzero_input],
      kind="sentence", source="appendix B, eq. (11)", reading="Hidden biases included.")

projected = Shallow(lambda j_, k_: projection(own, j_) / square() * x_entry(k_), own.bias, own.out, b)
along_x = ForEach(equal(V[j, k], dot / square() * x_entry(k)), units, (k, 1, K))

LEM27 = claim("lem27",
      title="At a minimiser the weights into a hidden unit are a multiple of x",
      statement=implies(less_equal(criterion, criterion_of(projected)), along_x),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 27",
      reading="Already when the network is no worse than the one with its weights projected on x.")

LEM27_STEP = claim("lem27-step-projection",
      title="Projecting the weights on x changes no output and does not increase the penalty",
      statement=both(*same_outputs(projected), less_equal(size_of(projected), size_of(own))),
      hypotheses=[nonzero_input], kind="step", source="appendix B, proof of lemma 27", reading="The input is x or 0.")

# --- lemmas 28 and 29: as large as the penalty allows ----------------------------------------------------------------

LEM28 = claim("lem28",
      title="The output of a minimiser on x is at most 1",
      statement=implies(equal(criterion, least), less_equal(on_x(own), 1)), hypotheses=[nonzero_input],
      kind="lemma", source="appendix B, lemma 28")

scale = (1 + activation(own)) / (2 * activation(own))
scaled_down = Shallow(own.into, lambda j_: S.Zero, lambda j_: scale * w[j_], best_bias)

LEM28_STEP = claim("lem28-step-scaling",
      title="An output above 1 is below 0 on the other input, and smaller output weights reduce loss and penalty",
      statement=both(less(on_zero(centred), 0), equal(on_x(scaled_down), 1),
                     equal(on_zero(scaled_down), on_zero(centred)), less(size_of(scaled_down), size_of(centred))),
      hypotheses=[forward, Hypothesis("output above 1", less(1, activation(own)))], kind="step",
      source="appendix B, proof of lemma 28", reading="w . V x > 1 says that the output on x is above 1.")

other_into, other_out = family("V'", V.domain, units, (k, 1, K)), family("w'", w.domain, units)
other = Shallow(lambda j_, k_: other_into[j_, k_], lambda j_: S.Zero, lambda j_: other_out[j_], b)

LEM29 = claim("lem29",
      title="A minimiser has the largest output on x among networks of the form (10) with its penalty",
      statement=implies(both(equal(criterion, least), equal(size_of(other), size_of(own))),
                        less_equal((1 + activation(other)) / 2, on_x(own))),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 29",
      reading="The other network's output on x is (1 + w . V x)/2 by its form.")

value, larger = Scalar("t"), Scalar("s")

LEM29_ERROR = claim("lem29-step-error",
      title="An output on x nearer to 1 has a smaller error",
      statement=less(Rational(1, 2) * (larger - 1) ** 2 + Rational(1, 2) * (1 - larger) ** 2,
                     Rational(1, 2) * (value - 1) ** 2 + Rational(1, 2) * (1 - value) ** 2),
      hypotheses=[Hypothesis("larger", less(value, larger)), Hypothesis("at most 1", less_equal(larger, 1))],
      kind="step", source="appendix B, proof of lemma 29", reading="By (11) the output on 0 is 1 - t.")

fitted = Shallow(own.into, lambda j_: S.Zero, lambda j_: w[j_] / activation(own), S.Zero)

LEM29_STEP = claim("lem29-step-scaling",
      title="Output weights scaled down to the output 1 have a smaller penalty and no error",
      statement=both(equal(activation(fitted), 1), less(size_of(fitted), size_of(own))),
      hypotheses=[Hypothesis("output above 1", less(1, activation(own)))], kind="step",
      source="appendix B, proof of lemma 29", reading="The form (10) with w . V x = 1 has the outputs 1 and 0.")

