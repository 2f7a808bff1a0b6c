"""Appendix B: definition 21 and the sentences between the lemmas."""

from __future__ import annotations

from sympy import Sum, sqrt

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import NONNEGATIVE, POSITIVE, Relu, Scalar, both, equal, implies, less
from dropout_theory.papers.helmbold2017.appendix_b import RARE, bias, level, out, t
from dropout_theory.papers.helmbold2017.notation import n
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE
from dropout_theory.papers.helmbold2017.s03_weight_decay import J_2, LEAST, W, aversion
from dropout_theory.papers.helmbold2017.weight_decay import (
    Called,
    Shallow,
    j,
    lam,
    nonzero_input,
    square,
    x_entry,
)

claim = Section("helmbold2017", "B")

WITNESS = claim("def21",
      title="An aversion witness: a minimiser whose risk is the aversion, as the risk of every minimiser is",
      statement=implies(equal(J_2, LEAST), equal(J_2 - lam / 2 * W.size, aversion)),
      hypotheses=[nonzero_input], kind="definition", source="appendix B, definition 21", not_applicable=NOT_FINITE)

WITNESSES = claim("appB-every-minimiser-is-a-witness",
      title="The aversion is the largest risk of a minimiser; every minimiser has it",
      statement=WITNESS.statement, hypotheses=[nonzero_input], kind="sentence",
      source="appendix B, before definition 21", not_applicable=NOT_FINITE,
      reading="As the least risk is 0 for an input that is not zero, see appB-zero-risk.")

ones = sqrt(1 / (n * sqrt(square())))
fitted = Shallow(lambda j_, k_: ones / sqrt(square()) * x_entry(k_), lambda j_: 0, lambda j_: ones, 0)
FITTED = claim("appB-zero-risk",
      title="Some network has risk 0, so that nothing is subtracted from the risk of a minimiser",
      statement=equal(Called(fitted, "W'").risk, 0), hypotheses=[nonzero_input], kind="sentence",
      source="appendix B, before definition 21",
      reading="For an input that is not zero. For x = 0 the least risk is 1/4, and thm7-zero-input holds instead.")

one, zero = Relu(t + bias), Relu(bias)
claim("lem22-step-zero-weight",
      title="With output weight 0 both values of a hidden unit may be replaced by 0",
      statement=both(equal(out * one + level, out * 0 + level), equal(out * zero + level, out * 0 + level)),
      hypotheses=[Hypothesis("no weight into the output", equal(out, 0))], kind="step",
      source="appendix B, proof of lemma 22", admissible={out: 0, t: 1, bias: 1, level: 0})

swapped, slackless = both(equal(Relu(-t), zero), equal(Relu(0), one)), Hypothesis("no slack", equal(zero, -t))
claim("lem24-step-values",
      title="Negating the weights of a unit that is active on 0 only, and putting its bias to 0, swaps its two values",
      statement=swapped,
      hypotheses=[Hypothesis("active on 0", less(0, zero)), Hypothesis("silent on x", equal(one, 0)),
                  slackless], kind="step", source="appendix B, proof of lemma 24",
      admissible={t: -1, bias: 1}, not_applicable={"property": RARE})

claim("lem24-step-values.amended-any-unit",
      title="Negating the weights and dropping the bias swaps the values of any unit whose value on 0 is -v_j . x",
      statement=swapped, hypotheses=[slackless], source="appendix B, proof of lemma 24",
      reading="Sharper than printed: active on 0 and silent on x the unit need not be.",
      admissible={t: -1, bias: 1}, not_applicable={"property": RARE})

small, large, s = Scalar("B", NONNEGATIVE), Scalar("B'", NONNEGATIVE), Scalar("s", POSITIVE)
claim("appB-larger-budget",
      title="A larger budget of squared weights allows a larger contribution",
      statement=less(small * sqrt(s) / 2, large * sqrt(s) / 2), hypotheses=[Hypothesis("larger", less(small, large))],
      kind="sentence", source="appendix B, before lemma 32", reading="The largest contribution is that of lemma 32.")

claim("lem33-step-each-weight",
      title="Each weight belongs to exactly one hidden unit: the squared weights of the units sum to those of the "
            "network",
      statement=equal(Sum(W.unit_size(j), (j, 1, n)), W.size), kind="step",
      source="appendix B, proof of lemma 33")
