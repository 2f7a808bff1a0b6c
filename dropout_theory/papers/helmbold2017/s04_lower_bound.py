"""Section 4.1: the mean output as a function of the number of kept inputs, and the arithmetic of lemma 16."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Piecewise, Rational, Sum, binomial, sqrt

from dropout_theory.claim import Hypothesis, Section
from dropout_theory.language import E, gates, index
from dropout_theory.papers.helmbold2017.notation import HIDDEN_NODES, INPUT_NODES, K, hidden, k, output
from dropout_theory.papers.helmbold2017.s04_supermodular import network
from dropout_theory.statements import ForEach, equal, less, less_equal

claim = Section("helmbold2017", "4")

half = Rational(1, 2)
ell = index("j")
delta0, delta = gates("r0", half, *INPUT_NODES), gates("r", half, *HIDDEN_NODES)
values = hidden("h", network, lambda _: 1, lambda k_: 2 * delta0[k_], lambda l_, k_: 2 * delta[l_, k_])
dropped = output(network, values, lambda l_, k_: 2 * delta[l_, k_])


def psi(count: Any) -> Any:
    """Definition 13: the mean output given that `count` inputs are kept."""
    kept = Piecewise((1, Eq(Sum(delta0[k], (k, 1, K)), count)), (0, True))
    return E(dropped * kept) * 2**K / binomial(K, count)


claim("lem14",
      title="The mean output given the number of kept inputs is a convex function of that number",
      statement=ForEach(less_equal(psi(ell) - psi(ell - 1), psi(ell + 1) - psi(ell)), (ell, 1, K - 1)),
      kind="lemma", source="section 4.1, lemma 14", limits={"max_size": 2})

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
      statement=equal(sqrt(K) / 2 * slope, 2 * sqrt(Rational(2, 9) / K)), **SPREAD)

claim("lem16-step-slope-from-17",
      title="The same rise for every K from 17 on",
      statement=less(slope, lowest / (K / 2 - sqrt(K) / 4)),
      hypotheses=[Hypothesis("K >= 17", less_equal(17, K))], admissible={K: 64}, limits={"max_size": 70},
      kind="sentence", source="proof of lemma 16, sharpened")
