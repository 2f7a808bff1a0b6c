"""Section 4.1: the network of gadgets with an output bias is as good as any network, but for the finite width."""

from __future__ import annotations

from typing import Any

from sympy import Rational

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import SameToOrder, Scalar, equal, less, less_equal
from dropout_theory.papers.helmbold2017.notation import K, d, of_network, own, parameter_families
from dropout_theory.papers.helmbold2017.s04_gadgets import eps, excess_at, m, network
from dropout_theory.papers.helmbold2017.s04_level_means import J_D, Dropped, half
from dropout_theory.papers.helmbold2017.s04_supermodular import one_layer

claim = Section("helmbold2017", "4")

TWO = {"max_size": 2}
SHARP: dict[str, Any] = {"kind": "sentence", "source": "section 4.1, theorem 8, sharpened"}

anything = Dropped(half, own(parameter_families()))
J_D_ANY = of_network("J_D", "W", anything.criterion, "dropout criterion of a network with any weights, p = 1/2")
claim("thm8-any-weights",
      title="No network has a criterion below 1/(2(2^K + 1)), whatever its weights",
      statement=less_equal(1 / (2 * (2**K + 1)), J_D_ANY), limits=TWO, **SHARP)

bias = 1 / (2**K + 1)
weight = (1 - bias) * network.best

J_D_NEG = network.named_criterion(weight, bias)


def with_bias(excess: Any) -> Any:
    """The criterion of the gadgets with this output bias, and output weights to match."""
    return (bias**2 + (1 - bias) ** 2 * (1 - (1 - 2**-K) / excess)) / 2


GADGETS = claim("thm8-gadgets-with-bias",
      title="The criterion of the network of gadgets with output bias 1/(2^K + 1)",
      statement=equal(J_D_NEG, with_bias(network.excess)), limits=TWO, **SHARP)

claim("thm8-gadgets-limit",
      title="For many hidden units the network of gadgets with output bias approaches the least criterion",
      statement=SameToOrder(with_bias(excess_at(K)), 1 / (2 * (2**K + 1)), eps, 0), reading="epsilon is 1/n.", **SHARP)

factor = Scalar("c")
least = 1 / (2 * (2**K + 1))
excess_of_width = (1 - bias) ** 2 * (1 - 2**-K) * (1 - 1 / network.excess) / 2
BEST = claim("thm8-any-weights-best-constant",
      title="No larger multiple of 1/(2(2^K + 1)) bounds the criterion of every network: many gadgets are below it",
      statement=less(J_D_NEG, factor * least),
      hypotheses=[Hypothesis("the layers are wide", less(excess_of_width, (factor - 1) * least))],
      admissible={factor: Rational(123, 100), K: 1, m: 2, d: 2}, limits=TWO, **SHARP,
      reading="The excess tends to one for many hidden units, so that the hypothesis is met for every K and d and "
              "every multiple above 1.")

THM8 = claim("thm8-from-two-inputs",
      title="Theorem 8 needs no more than two inputs",
      statement=less(J_D_NEG, J_D),
      hypotheses=[Hypothesis("K >= 2", less_equal(2, K)),
                  Hypothesis("n = m K is large", less(5 * (d - 1) * (K + 2), m))],
      admissible={**one_layer(2, 1, 1, 0), m: 21},
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypotheses need more than 40 hidden units, too many patterns to enumerate"),
      reading="With one input it fails, see thm8-one-input-reached.", **SHARP)

