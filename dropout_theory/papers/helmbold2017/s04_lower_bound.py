"""Section 4.1: lemma 16, with the best constant, and theorem 8."""

from __future__ import annotations

from typing import Any

from sympy import Rational, sqrt

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    Scalar,
    both,
    different,
    equal,
    implies,
    less,
    less_equal,
    size,
    substitute,
)
from dropout_theory.papers.helmbold2017 import s04_negative_weights as tails
from dropout_theory.papers.helmbold2017.notation import K, d, of_network, p
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_gadgets import network as gadgets
from dropout_theory.papers.helmbold2017.s04_level_means import J_D, NO_SAMPLING, PSI, Dropped
from dropout_theory.papers.helmbold2017.s04_supermodular import one_layer

claim = Section("helmbold2017", "4")

TWO = {"max_size": 2}

# four units for one input, with the best output weights and bias: the criterion is 3/16
NEARLY_BEST = one_layer(1, 4, Rational(1, 16), Rational(3, 8))

# --- the proof of lemma 16: each step for any value of the criterion --------------------------------------------

STEP: dict[str, Any] = {"kind": "step", "source": "proof of lemma 16", "limits": TWO}
ZERO = claim("lem16-step-zero",
      title="The criterion is at least half of the square of the mean output with no input kept",
      statement=less_equal(PSI(0) ** 2 / 2, J_D), **STEP,
      reading="With 1/(36K) for the criterion: the mean is at most the root of 1/(18K).")

first, last = (substitute(end, {tails.n: K}) for end in (tails.first, tails.last))
tau = Scalar("tau", POSITIVE)
small = less(J_D, tau**2 / 8)
above, below = implies(small, less(1 - tau, PSI(first))), implies(small, less(PSI(last), 1 + tau))
no_exception = Hypothesis("no exception", both(*(different(K, value) for value in (5, 7, 16, 18))))
ENDS = ("With tau the root of 2/(9K) the criterion is below 1/(36K). The ends K/2 -+ sqrt(K)/4 are integers in the "
        "standard architecture for K > 4; elsewhere they are rounded inwards. Lemma 15 is not used where it fails.")
spread: dict[str, Any] = {"hypotheses": [no_exception], "source": "section 4.1, eq. (5)", "limits": TWO,
          "admissible": {**NEARLY_BEST, tau: Rational(13, 10)}}

ABOVE = claim("eq5.1",
      title="A small criterion keeps the mean output near 1 at the lower end of the middle",
      statement=above, **spread, reading=ENDS)

BELOW = claim("eq5.2",
      title="A small criterion keeps the mean output near 1 at the upper end of the middle",
      statement=below, **spread, reading=ENDS)

claim("eq5",
      title="A small criterion keeps the mean output near 1 at both ends of the middle",
      statement=both(above, below), **spread, reading=ENDS)

TOUCHING = "Sharper than printed in its scope: with its end each tail has probability 1/4 or more, for every K."
for part, sharper, where in (("eq5.1", above, "the lower end"), ("eq5.2", below, "the upper end"),
                             ("eq5", both(above, below), "both ends")):
    claim(f"{part}.amended-all-sizes",
          title=f"A small criterion keeps the mean output near 1 at {where} of the middle, for any number of inputs",
          statement=sharper, source="section 4.1, eq. (5)", limits=TWO, admissible=spread["admissible"],
          reading=TOUCHING)

c, s = size("ell"), size("s")
inside = Hypothesis("ell < K", less(c, K))
rise = PSI(c + 1) - PSI(c)
claim("lem16-step-growth",
      title="The mean output rises at ell by at least its mean rise from 0 to ell",
      statement=less_equal((PSI(c) - PSI(0)) / c, rise), hypotheses=[inside],
      not_applicable=NO_SAMPLING, **STEP)

room = Hypothesis("ell + s <= K", less_equal(c + s, K))
claim("lem16-step-repeated",
      title="Over s steps from ell the mean output rises by at least s times its rise at ell",
      statement=less_equal(s * rise, PSI(c + s) - PSI(c)), hypotheses=[room],
      not_applicable=NO_SAMPLING, **STEP)

many = Hypothesis("K > 18", less(18, K))
SPREAD: dict[str, Any] = {"hypotheses": [many], "admissible": {K: 64}, "limits": {"max_size": 70}, "kind": "step",
          "source": "proof of lemma 16"}
lowest = 1 - sqrt(Rational(2, 9) / K) - sqrt(Rational(1, 18) / K)
slope = 1 / (sqrt(Rational(9, 32)) * K)

claim("lem16-step-slope",
      title="From zero to a quarter root below the middle the function rises faster than 1/(sqrt(9/32) K) a step",
      statement=less(slope, lowest / (K / 2 - sqrt(K) / 4)), **SPREAD,
      reading="The printed 1/sqrt(9/32K) has K beside the root, as the next display needs.")

claim("lem16-step-rise",
      title="Over half a root of K steps this adds up to twice the root of 2/(9K)",
      statement=equal(sqrt(K) / 2 * slope, 2 * sqrt(Rational(2, 9) / K)), kind="step", source="proof of lemma 16")

claim("lem16-step-slope-from-17",
      title="The same rise for every K from 17 on",
      statement=less(slope, lowest / (K / 2 - sqrt(K) / 4)),
      hypotheses=[Hypothesis("K >= 17", less_equal(17, K))], admissible={K: 64}, limits={"max_size": 70},
      kind="sentence", source="proof of lemma 16, sharpened")

# --- lemma 16 ---------------------------------------------------------------------------------------------------

no_enumeration = dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                               "the hypothesis needs more than 18 inputs, too many patterns to enumerate")
LEM16 = claim("lem16",
      title="Without negative weights the criterion is at least 1/(36K)",
      statement=less_equal(1 / (36 * K), J_D), hypotheses=[many], admissible=one_layer(64, 1, 1, 0),
      kind="lemma", source="section 4.1, lemma 16", not_applicable=no_enumeration)

claim("lem16.amended-few-inputs",
      title="The printed bound 1/(36K) holds for 18 inputs and fewer, too",
      statement=LEM16.statement, limits=TWO, admissible=NEARLY_BEST, source="section 4.1, lemma 16",
      reading="Sharper than printed in its scope; lem16-all-sizes has the better bound.")

LEM16_ALL = claim("lem16-all-sizes",
      title="Without negative weights the criterion is at least 1/(2(K + 2)), for any number of inputs",
      statement=less_equal(1 / (2 * (K + 2)), J_D), limits=TWO, admissible=NEARLY_BEST,
      kind="sentence", source="section 4.1, lemma 16, sharpened")

general = Dropped(p)
J_D_ANY = of_network("J_D", "W", general.criterion,
                     "dropout criterion, nodes kept with probability p, no weight negative")
LEM16_ANY = claim("lem16-any-dropout",
      title="Without negative weights the criterion is at least q/(2(pK + 2q)), q = 1 - p, for any keep probability p",
      statement=less_equal((1 - p) / (2 * (p * K + 2 * (1 - p))), J_D_ANY), limits=TWO,
      admissible={**NEARLY_BEST, p: Rational(1, 2)},
      kind="sentence", source="section 4.1, lemma 16, sharpened",
      reading="The best bound that depends on K and p only, see lem16-any-dropout-best-constant.")

# --- theorem 8 --------------------------------------------------------------------------------------------------

THM8 = claim("thm8",
      title="Many inputs and hidden units: every network without negative weights can be improved upon",
      statement=less(gadgets.named_criterion(gadgets.best, 0), J_D),
      hypotheses=[many, Hypothesis("n = m K is large", less(3 * (d - 1) * (K + 2), m))],
      admissible={**one_layer(64, 1, 1, 0), m: 199}, kind="theorem", source="section 4.1, theorem 8",
      not_applicable=no_enumeration,
      reading="An optimiser without negative weights would have at most the criterion of the network of gadgets. "
              "Whether an optimiser exists is not said; if none does the theorem says nothing. With one hidden layer "
              "one does by the argument at def2-contributions-bounded; with more it is not decided here.")

THM8_FROM_3 = claim("thm8-from-three-inputs",
      title="Theorem 8 needs no more than three inputs",
      statement=THM8.statement,
      hypotheses=[Hypothesis("K >= 3", less_equal(3, K)), THM8.hypotheses[1]],
      admissible={**one_layer(3, 1, 1, 0), m: 16}, kind="sentence", source="section 4.1, theorem 8, sharpened",
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypotheses need more than 40 hidden units, too many patterns to enumerate"),
      reading="With two inputs theorem 17 takes its place.")
