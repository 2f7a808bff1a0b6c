"""Appendix B, lemmas 22 to 24: the form that an optimal network with one hidden layer may be assumed to have.

A lemma that assumes a form without loss of generality is stated of every network: another one, given explicitly, has
that form, the same outputs on x and on 0, and no larger sum of squared weights.
"""

from __future__ import annotations

from sympy import Abs, Max, Min, S, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    Domain,
    ForEach,
    Relu,
    Scalar,
    both,
    different,
    equal,
    family,
    implies,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.s03_weight_decay import J_2, LEAST, W
from dropout_theory.papers.helmbold2017.weight_decay import (
    Called,
    Shallow,
    V,
    a,
    b,
    balanced,
    j,
    k,
    nonzero_input,
    own,
    projection,
    square,
    unit_on_x,
    unit_on_zero,
    w,
    x_entry,
)

claim = Section("helmbold2017", "B")

RARE = "drawn values hardly ever meet the equations among the hypotheses; the stated instance does"

dot, on_1, on_0 = projection(own, j), unit_on_x(own, j), unit_on_zero(own, j)
h_x, h_0 = W.unit_on_x, W.unit_on_zero
units = (j, 1, n)


def same_outputs(net: Called) -> tuple[object, object]:
    """The network computes on x and on 0 what the given one computes."""
    return equal(net.on_x, W.on_x), equal(net.on_zero, W.on_zero)


# --- lemma 22: a unit is silent on one of the inputs --------------------------------------------------------------

smaller = Min(on_0, on_1)
shifted = Shallow(own.into, lambda j_: a[j_] - Min(unit_on_zero(own, j_), unit_on_x(own, j_)), own.out,
                  b + Sum(w[j] * smaller, units))

SHIFTED = Called(shifted, "W'")
silent = ForEach(equal(Min(SHIFTED.unit_on_zero(j), SHIFTED.unit_on_x(j)), 0), units)

claim("lem22",
      title="Each hidden unit may be assumed to be silent on x or on 0",
      statement=both(*same_outputs(SHIFTED), equal(SHIFTED.size, W.size), silent),
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
      source="appendix B, proof of lemma 22", reading="Where the unit is silent on an input the amount is 0.")

# --- lemma 23: no slack in the weights ---------------------------------------------------------------------------

one_silent = Hypothesis("silent on an input", ForEach(equal(Min(h_0(j), h_x(j)), 0), units))
tight = Shallow(lambda j_, k_: (unit_on_x(own, j_) - unit_on_zero(own, j_)) / square() * x_entry(k_),
                lambda j_: unit_on_zero(own, j_), own.out, b)

TIGHT = Called(tight, "W'")
no_slack = ForEach(equal(Abs(TIGHT.projection(j)), Max(TIGHT.unit_on_zero(j), TIGHT.unit_on_x(j))), units)

claim("lem23",
      title="The size of v_j . x may be assumed to be the larger of the unit's two values",
      statement=both(*same_outputs(TIGHT), less_equal(TIGHT.size, W.size), no_slack),
      hypotheses=[nonzero_input, one_silent], kind="lemma", source="appendix B, lemma 23")

claim("lem23-step-first",
      title="At a minimiser, a unit silent on 0 has bias 0, and its value on x is v_j . x",
      statement=implies(equal(J_2, LEAST),
                        ForEach(implies(both(equal(h_0(j), 0), less_equal(h_0(j), h_x(j))),
                                        both(equal(a[j], 0), equal(h_x(j), W.projection(j)))), units)),
      hypotheses=[nonzero_input, one_silent], kind="step", source="appendix B, proof of lemma 23",
      erratum=Erratum("invalid-step", "minor", "A unit without weights is silent whatever its negative bias is. The "
                      "lemma stands: its bias may be put to 0."))

LEM23_ACTIVE = claim("lem23-step-first.amended",
      title="At a minimiser, a unit silent on 0 and active on x has bias 0, and its value on x is v_j . x",
      statement=implies(equal(J_2, LEAST),
                        ForEach(implies(both(equal(h_0(j), 0), less(h_0(j), h_x(j))),
                                        both(equal(a[j], 0), equal(h_x(j), W.projection(j)))), units)),
      hypotheses=[nonzero_input], source="appendix B, proof of lemma 23", admissible=balanced,
      reading="At a minimiser the units need not be chosen silent on an input first, as lemma 22 allows.")

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
                   ForEach(both(equal(sigma[j] ** 2, 1), less_equal(0, sigma[j] * (h_x(j) - h_0(j)))), units))
slackless = Hypothesis("no slack", ForEach(equal(Abs(W.projection(j)), Max(h_0(j), h_x(j))), units))

mirrored = Shallow(lambda j_, k_: sigma[j_] * V[j_, k_], lambda j_: S.Zero, lambda j_: sigma[j_] * w[j_],
                   b + Sum(w[j] * on_0, units))

MIRRORED = Called(mirrored, "W'")

LEM24 = claim("lem24",
      title="Each hidden unit may be assumed to be silent on 0",
      statement=both(*same_outputs(MIRRORED), equal(MIRRORED.size, W.size),
                     ForEach(equal(MIRRORED.unit_on_zero(j), 0), units)),
      hypotheses=[one_silent, slackless, signs], kind="lemma", source="appendix B, lemma 24",
      reading="Units active on 0 are negated on both sides; all hidden biases are put to 0.", limits={"max_size": 1},
      admissible={K: 1, n: 1, V: {(1, 1): 1}, a: {(1,): 0}, w: {(1,): 1}, b: 0, x_entry(k).family: {(1,): 1},
                  sigma: {(1,): 1}})

claim("lem24.amended-no-slack",
      title="Each hidden unit without slack may be assumed to be silent on 0",
      statement=LEM24.statement, hypotheses=[slackless, signs], source="appendix B, lemma 24",
      reading="Sharper than printed: without slack a unit is silent on x or on 0 anyway.", limits=LEM24.limits,
      admissible=LEM24.admissible)

swapped = both(equal(-out * Relu(-t) + level + Relu(bias) * out, out * Relu(t + bias) + level),
               equal(-out * Relu(0) + level + Relu(bias) * out, out * Relu(bias) + level))
unit_slackless = Hypothesis("no slack", equal(Relu(bias), -t))

LEM24_SWAP = claim("lem24-step-swap",
      title="Negating the unit's weights on both sides and moving its value into the output bias changes nothing",
      statement=swapped,
      hypotheses=[Hypothesis("active on 0", less(0, Relu(bias))), Hypothesis("silent on x", equal(Relu(t + bias), 0)),
                  unit_slackless],
      kind="step", source="appendix B, proof of lemma 24", reading="One unit: t is v_j . x.",
      admissible={t: -1, bias: 1, out: 1, level: 0}, not_applicable={"property": RARE})

LEM24_SWAP_ANY = claim("lem24-step-swap.amended-any-unit",
      title="The swap changes nothing for any unit whose value on 0 is -v_j . x",
      statement=swapped, hypotheses=[unit_slackless], source="appendix B, proof of lemma 24",
      reading="Sharper than printed: active on 0 and silent on x the unit need not be. One unit: t is v_j . x.",
      admissible={t: -1, bias: 1, out: 1, level: 0}, not_applicable={"property": RARE})

silent_on_zero = Hypothesis("silent on 0", ForEach(equal(h_0(j), 0), units))

claim("appB-biases-vanish",
      title="Units silent on 0 have bias 0",
      statement=ForEach(equal(a[j], 0), (j, 1, K)),
      hypotheses=[Hypothesis("at least K units", less_equal(K, n)), silent_on_zero, slackless], kind="sentence",
      source="appendix B, after lemma 24", reading="With what lemmas 23 and 24 provide.",
      erratum=Erratum("overclaim", "minor", "A unit is silent on 0 for every bias up to 0; and there are n biases, "
                      "not K. Putting all n to 0 changes nothing."))

unbiased = Shallow(own.into, lambda j_: S.Zero, own.out, b)
UNBIASED = Called(unbiased, "W'")

claim("appB-biases-vanish.amended",
      title="Units silent on 0 have biases of at most 0, and all n may be put to 0",
      statement=both(*same_outputs(UNBIASED), ForEach(less_equal(a[j], 0), units)),
      hypotheses=[silent_on_zero, slackless], source="appendix B, after lemma 24",
      admissible={K: 1, n: 1, V: {(1, 1): 1}, a: {(1,): 0}, w: {(1,): 1}, b: 0, x_entry(k).family: {(1,): 1}},
      not_applicable={"property": RARE})
