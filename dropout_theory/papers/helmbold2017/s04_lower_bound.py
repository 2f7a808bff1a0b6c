"""Section 4.1: the mean output given how many inputs are kept, lemmas 14 and 16, and theorem 8."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Eq, Piecewise, Rational, Sum, binomial, sqrt

from dropout_theory.claim import Hypothesis, Section
from dropout_theory.language import E, Gates, Recursion, gates, index
from dropout_theory.papers.helmbold2017.notation import HIDDEN_NODES, INPUT_NODES, K, d, hidden, k, n, output, p
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_gadgets import network as gadgets
from dropout_theory.papers.helmbold2017.s04_supermodular import bias_atoms, network, weight_atoms
from dropout_theory.statements import ForEach, equal, less, less_equal

claim = Section("helmbold2017", "4")

half = Rational(1, 2)
ell = index("j")
TWO = {"max_size": 2}


@dataclass(frozen=True)
class Dropped:
    """The network without negative weights under dropout, every node kept with probability `keep`."""

    keep: Any

    @cached_property
    def gates(self) -> tuple[Gates, Gates]:
        """Gates of the inputs and of the hidden nodes."""
        return gates("r0", self.keep, *INPUT_NODES), gates("r", self.keep, *HIDDEN_NODES)

    def passed(self, *node: Any) -> Any:
        """What a hidden node multiplies its value by."""
        return self.gates[1][node] / self.keep

    def values(self, name: str, value: Any) -> Recursion:
        """Hidden values when every input is `value`."""
        return hidden(name, network, lambda _: value, lambda k_: self.gates[0][k_] / self.keep, self.passed)

    @cached_property
    def at_one(self) -> Any:
        """The random output on the input (1, ..., 1)."""
        return output(network, self.values("h", 1), self.passed)

    @cached_property
    def at_zero(self) -> Any:
        """The random output on the input (0, ..., 0)."""
        return output(network, self.values("h0", 0), self.passed)

    @property
    def criterion(self) -> Any:
        """The dropout criterion for the inputs (0, ..., 0) with label 0 and (1, ..., 1) with label 1."""
        return (E(self.at_zero**2) + E((self.at_one - 1) ** 2)) / 2


net = Dropped(half)
delta0, delta = net.gates
dropped = net.at_one
criterion = net.criterion

# --- definition 13 and lemma 14 ---------------------------------------------------------------------------------


def kept(count: Any) -> Any:
    """1 where `count` inputs are kept, else 0."""
    return Piecewise((1, Eq(Sum(delta0[k], (k, 1, K)), count)), (0, True))


def psi(count: Any) -> Any:
    """Definition 13: the mean output given that `count` inputs are kept."""
    return E(dropped * kept(count)) * 2**K / binomial(K, count)


LEM14 = claim("lem14",
      title="The mean output given the number of kept inputs is a convex function of that number",
      statement=ForEach(less_equal(psi(ell) - psi(ell - 1), psi(ell + 1) - psi(ell)), (ell, 1, K - 1)),
      kind="lemma", source="section 4.1, lemma 14", limits=TWO)

# --- lemma 16 ---------------------------------------------------------------------------------------------------

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

no_enumeration = dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                               "the hypothesis needs more than 18 inputs, too many patterns to enumerate")
# one hidden layer of one unit, all weights one: any network does, the hypotheses are about sizes
ONE_UNIT = {d: 2, n: 1, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 1}, bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 0}


def first_layer(inputs: int) -> dict[Any, Any]:
    """An instance with that many inputs."""
    return {**ONE_UNIT, K: inputs, weight_atoms[0]: {(1, place): 1 for place in range(1, inputs + 1)}}


LEM16 = claim("lem16",
      title="Without negative weights the criterion is at least 1/(36K)",
      statement=less_equal(1 / (36 * K), criterion), hypotheses=[many], admissible=first_layer(64),
      kind="lemma", source="section 4.1, lemma 16", not_applicable=no_enumeration)

LEM16_ALL = claim("lem16-all-sizes",
      title="Without negative weights the criterion is at least 1/(2(K + 2)), for any number of inputs",
      statement=less_equal(1 / (2 * (K + 2)), criterion), limits=TWO,
      kind="sentence", source="section 4.1, lemma 16, sharpened")

general = Dropped(p)
LEM16_ANY = claim("lem16-any-dropout",
      title="Without negative weights the criterion is at least q/(2(pK + 2q)), q = 1 - p, for any keep probability p",
      statement=less_equal((1 - p) / (2 * (p * K + 2 * (1 - p))), general.criterion), limits=TWO,
      kind="sentence", source="section 4.1, lemma 16, sharpened")

# --- theorem 8 --------------------------------------------------------------------------------------------------

THM8 = claim("thm8",
      title="Many inputs and hidden units: every network without negative weights can be improved upon",
      statement=less(gadgets.criterion(gadgets.best), criterion),
      hypotheses=[many, Hypothesis("n = m K is large", less(3 * (d - 1) * (K + 2), m))],
      admissible={**first_layer(64), m: 199}, kind="theorem", source="section 4.1, theorem 8",
      not_applicable=no_enumeration,
      reading="An optimiser without negative weights would have at most the criterion of the network of gadgets. "
              "Whether an optimiser exists is not said; if none does the theorem says nothing.")

THM8_FROM_3 = claim("thm8-from-three-inputs",
      title="Theorem 8 needs no more than three inputs",
      statement=THM8.statement,
      hypotheses=[Hypothesis("K >= 3", less_equal(3, K)), THM8.hypotheses[1]],
      admissible={**first_layer(3), m: 16}, kind="sentence", source="section 4.1, theorem 8, sharpened",
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypotheses need more than 40 hidden units, too many patterns to enumerate"),
      reading="With two inputs theorem 17 takes its place.")
