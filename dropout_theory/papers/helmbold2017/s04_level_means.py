"""Section 4.1: the mean output given how many inputs are kept, definition 13 and lemma 14."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Eq, KroneckerDelta, Piecewise, Rational, Sum, binomial

from dropout_theory.claims import Section
from dropout_theory.language import (
    E,
    ForEach,
    Gates,
    Notion,
    Recursion,
    both,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.notation import (
    BIT,
    HIDDEN_NODES,
    INPUT_NODES,
    K,
    Parameters,
    always,
    hidden,
    k,
    of_network,
    output,
    pattern,
)
from dropout_theory.papers.helmbold2017.s04_supermodular import general, network, one_layer, sigma

claim = Section("helmbold2017", "4")

half = Rational(1, 2)
ell = index("j")
TWO = {"max_size": 2}
NO_SAMPLING = {"montecarlo": "means over rare patterns, divided by their probability, are too wide to compare"}


@dataclass(frozen=True)
class Dropped:
    """A network under dropout, by default without negative weights; every node is kept with probability `keep`."""

    keep: Any
    parameters: Parameters = network

    @cached_property
    def gates(self) -> tuple[Gates, Gates]:
        """Gates of the inputs and of the hidden nodes."""
        return gates("r0", self.keep, *INPUT_NODES), gates("r", self.keep, *HIDDEN_NODES)

    def passed(self, *node: Any) -> Any:
        """What a hidden node multiplies its value by."""
        return self.gates[1][node] / self.keep

    def values(self, name: str, value: Any) -> Recursion:
        """Hidden values when every input is `value`."""
        return hidden(name, self.parameters, lambda _: value, lambda k_: self.gates[0][k_] / self.keep, self.passed)

    @cached_property
    def at_one(self) -> Any:
        """The random output on the input (1, ..., 1)."""
        return output(self.parameters, self.values("h", 1), self.passed)

    @cached_property
    def at_zero(self) -> Any:
        """The random output on the input (0, ..., 0)."""
        return output(self.parameters, self.values("h0", 0), self.passed)

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


PSI = Notion("psi", (ell,), psi(ell), "definition 13: mean output on (1, ..., 1) given that j inputs are kept")
J_D = of_network("J_D", "W", criterion,
                 "dropout criterion of a network without negative weights: (0, ..., 0) has label 0 and (1, ..., 1) "
                 "label 1, and nodes are kept with probability 1/2")

DEF13 = claim("def13",
      title="The mean output given the number of kept inputs conditions on events of positive probability",
      statement=ForEach(both(less(0, binomial(K, ell) / 2**K), equal(E(kept(ell)), binomial(K, ell) / 2**K)),
                        (ell, 0, K)),
      kind="definition", source="section 4.1, definition 13", limits={"max_size": 3},
      not_applicable={"montecarlo": "an interval does not show that two numbers are equal"})

a, b = index("a"), index("b")  # an input that is 0 and one that is 1
u = family("u", BIT, *INPUT_NODES)


def at_bits(name: str, with_a: int, with_b: int) -> Recursion:
    """Hidden values at u, with e_a added or not and e_b taken off or not, for each a and b."""
    return hidden(name, network, lambda a_, b_, k_: u[k_] + with_a * KroneckerDelta(k_, a_)
                  - (1 - with_b) * KroneckerDelta(k_, b_), always, always, (a, 1, K), (b, 1, K), activation=sigma)


CORNERS = (at_bits("A", 0, 0), at_bits("B", 1, 0), at_bits("C", 0, 1), at_bits("D", 1, 1))
corner_values = [output(network, values, always, a, b) for values in CORNERS]
EQ4 = claim("eq4",
      title="Adding one input to a set of inputs has at least the effect that it has once another input is taken off",
      statement=ForEach(implies(both(equal(u[a], 0), equal(u[b], 1)),
                                less_equal(corner_values[1] - corner_values[0], corner_values[3] - corner_values[2])),
                        (a, 1, K), (b, 1, K)),
      source="section 4.1, eq. (4)", **general)

UNIFORM: dict[str, Any] = {"kind": "step", "source": "proof of lemma 14", "limits": {"max_size": 12}}
UP = claim("lem14-step-up",
      title="A uniform vector of ell ones with a uniform zero made one is a uniform vector of ell + 1 ones",
      statement=ForEach(equal((ell + 1) / (binomial(K, ell) * (K - ell)), 1 / binomial(K, ell + 1)), (ell, 1, K - 1)),
      reading="Each vector of ell + 1 ones comes from ell + 1 equally probable choices.", **UNIFORM)

DOWN = claim("lem14-step-down",
      title="A uniform vector of ell ones with a uniform one made zero is a uniform vector of ell - 1 ones",
      statement=ForEach(equal((K - ell + 1) / (binomial(K, ell) * ell), 1 / binomial(K, ell - 1)), (ell, 1, K - 1)),
      reading="Each vector of ell - 1 ones comes from K - ell + 1 equally probable choices.", **UNIFORM)

ACROSS = claim("lem14-step-across",
      title="A uniform vector of ell ones with a uniform zero and a uniform one exchanged is a uniform vector again",
      statement=ForEach(equal(ell * (K - ell) / (binomial(K, ell) * (K - ell) * ell), 1 / binomial(K, ell)),
                        (ell, 1, K - 1)),
      reading="Each vector of ell ones comes from ell (K - ell) equally probable choices.", **UNIFORM)

r0, r = pattern()
presented = hidden("H", network, lambda k_: r0[k_], lambda *_: 2, lambda l_, k_: 2 * r[l_, k_])
masked = hidden("h", network, lambda _: 1, lambda k_: 2 * r0[k_], lambda l_, k_: 2 * r[l_, k_])
INPUTS = claim("lem14-step-inputs",
      title="Dropping inputs of (1, ..., 1) is the same as presenting the dropout pattern and dropping no input",
      statement=equal(output(network, masked, lambda l_, k_: 2 * r[l_, k_]),
                      output(network, presented, lambda l_, k_: 2 * r[l_, k_])),
      kind="step", source="proof of lemma 14", limits=TWO)

claim("lem14",
      title="The mean output given the number of kept inputs is a convex function of that number",
      statement=ForEach(less_equal(PSI(ell) - PSI(ell - 1), PSI(ell + 1) - PSI(ell)), (ell, 1, K - 1)),
      kind="lemma", source="section 4.1, lemma 14", limits=TWO, not_applicable=NO_SAMPLING,
      admissible=one_layer(3, 2, half, 1))  # three inputs tell one level from another

RISING = claim("lem14-non-decreasing",
      title="The mean output given the number of kept inputs does not decrease with that number",
      statement=ForEach(less_equal(PSI(ell), PSI(ell + 1)), (ell, 0, K - 1)),
      kind="sentence", source="used in the proof of lemma 16", limits=TWO, not_applicable=NO_SAMPLING,
      reading="The step from one value of the function to a whole tail needs it; non-negative weights give it.")
