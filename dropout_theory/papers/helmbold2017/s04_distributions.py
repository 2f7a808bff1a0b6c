"""Section 4.3: two features embedded among more, mixtures, other labels; networks without negative weights.

The two features of section 4.2 are numbered 1 and 2. Further features e have fixed values z[e] in both examples,
weights U[i, e] into the first layer, and gates of their own. No weight is negative; biases are any numbers.
"""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_PROBABILITY,
    POSITIVE,
    REAL,
    E,
    Recursion,
    Relu,
    Scalar,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    placeholder,
    recursion,
    size,
)
from dropout_theory.papers.helmbold2017.notation import BIT, HIDDEN_NODES, Entry, d, i, k, l, n, of_network, output
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_supermodular import W1, bias_atoms, fifth, network, two, weight_atoms, wide

claim = Section("helmbold2017", "4.3")
ONE, TWO = {"max_size": 1}, {"max_size": 2}
half, eighth = Rational(1, 2), Rational(1, 8)
e, s, t = index("e"), index("s"), index("t")


def values(name: str, sums: Any, passed: Entry) -> Recursion:
    """Hidden values from what the first layer's units i sum up but for their biases; `passed` multiplies values."""
    ranges = ((l, 1, d - 1), (i, 1, n))
    slot = placeholder(name, ranges)
    lower = Sum(network.deeper(l, i, k) * passed(l - 1, k) * slot[l - 1, k], (k, 1, n))
    return recursion(name, ranges, Relu(sums + network.bias(1, i)), Relu(lower + network.bias(l, i)))


# --- a label in proportion, and other keep probabilities ------------------------------------------------------------

p = Scalar("p", OPEN_PROBABILITY)


def two_features(one: Any, other: Any, keep: Any = half, more: Any = 0) -> Any:
    """The random output for two features that are `one` and `other`, with `more` in the sums of the first layer."""
    inputs, nodes = gates("r0", keep, (t, 1, 2)), gates("r", keep, *HIDDEN_NODES)
    sums = (W1[i, 1] * inputs[1] * one + W1[i, 2] * inputs[2] * other) / keep + more

    def passed(layer: Any, node: Any) -> Any:
        return nodes[layer, node] / keep

    return output(network, values("h", sums, passed), passed)


def criterion(label: Any, keep: Any = half, more: Any = 0) -> Any:
    """The dropout criterion for (0, 0) with label 0 and (1, 1) with a label."""
    return (E(two_features(0, 0, keep, more) ** 2) + E((two_features(1, 1, keep, more) - label) ** 2)) / 2


label = Scalar("c", POSITIVE)


def J_D(body: Any) -> Any:
    """A criterion of this section under its name."""
    return of_network("J_D", "W", body, "dropout criterion of a network without negative weights")


def gadgets_criterion() -> Any:
    """The criterion of the gadgets of theorem 17 with output weight and bias times the label."""
    zero = label * two.best * two.passed(two.zeros, d - 1, two.gates[1]) + label * fifth
    return (E(zero**2) + E((two.output(label * two.best, label * fifth) - label) ** 2)) / 2


J_D_NEG = of_network("J_D", "W_neg", gadgets_criterion(),
                     "dropout criterion of the network of gadgets with output weight and bias times c")
SMALL_NETWORK = {m: 50, d: 2, n: 1, W1: {(1, 1): 1, (1, 2): 1}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 1},
                 bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 0, label: 2}
PROPORTION = claim("sec1-positive-multiple",
      title="Negative weights win for two features whatever positive multiple of their sum the label is",
      statement=less(J_D_NEG, J_D(criterion(label))), hypotheses=[wide], kind="sentence",
      source="abstract; section 1, first item of the list", admissible=SMALL_NETWORK,
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypothesis needs more than 40 hidden units, too many patterns to enumerate"),
      reading="The label of (1, 1) is c/2 times the sum of the inputs; c = 2 is the sum itself, as in the abstract.")

OTHER_KEEP = claim("sec2-other-keep-probabilities",
      title="At every keep probability p < 1 networks without negative weights stay above q^2/(2 (1 + q^2))",
      statement=less((1 - p) ** 2 / (2 * (1 + (1 - p) ** 2)), J_D(criterion(1, p))), kind="sentence",
      source="section 2, last sentence", limits=TWO,
      reading="That p = 1/2 is not crucial, for theorem 17: the left side is what gadgets without variance in the "
              "later layers reach with the best output bias, 1/10 at p = 1/2.")

# --- one embedding --------------------------------------------------------------------------------------------------

extra = size("E")
U, z = family("U", NONNEGATIVE, (i, 1, n), (e, 1, extra)), family("z", REAL, (e, 1, extra))
further_gates = gates("g", half, (e, 1, extra))
further = Sum(2 * further_gates[e] * U[i, e] * z[e], (e, 1, extra))

EXAMPLE_PAIR = {extra: 5, z: {(1,): 0, (2,): 1, (3,): 0, (4,): half, (5,): 1}, d: 2, n: 1, W1: {(1, 1): 1, (1, 2): 1},
                U: dict.fromkeys([(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)], half), weight_atoms[1]: {},
                weight_atoms[2]: {(1,): half}, bias_atoms[0]: {(1, 1): -1}, bias_atoms[1]: 0}
EMBEDDED = claim("sec43-embedded-lower-bound",
      title="With further features of any fixed values a network without negative weights has criterion at least 1/8",
      statement=less_equal(eighth, J_D(criterion(1, more=further))), kind="sentence",
      source="section 4.3, first paragraph",
      limits=TWO, admissible=EXAMPLE_PAIR,
      reading="The two vectors printed as an example are equal but for their third and fourth features, which are the "
              "two of section 4.2 whichever of the others are underlined: the admissible instance is that pair.")

ZERO_EMBEDDED = claim("sec43-zero-embedding-lower-bound",
      title="A network without negative weights has criterion at least 1/8 on every zero-embedding",
      statement=less_equal(eighth, J_D(criterion(1))), kind="sentence",
      source="section 4.3, second paragraph", limits=TWO,
      reading="Features that are 0 contribute nothing to the first layer, dropped or not.")

r0, r, g = family("r0", BIT, (t, 1, 2)), family("r", BIT, *HIDDEN_NODES), family("g", BIT, (e, 1, extra))
raised = network.bias(1, i) + Sum(2 * g[e] * U[i, e] * z[e], (e, 1, extra))
new_bias = recursion("b'", ((i, 1, n),), raised, raised)  # biases of the pattern


def in_pattern(name: str, more: Any) -> tuple[Recursion, Any]:
    """Values and output in a fixed pattern for two features that are 1."""
    def passed(layer: Any, node: Any) -> Any:
        return 2 * r[layer, node]

    found = values(name, 2 * W1[i, 1] * r0[1] + 2 * W1[i, 2] * r0[2] + more, passed)
    return found, output(network, found, passed)


contributions = Sum(U[i, e] * z[e], (e, 1, extra))
h, D = in_pattern("h", Sum(2 * g[e] * U[i, e] * z[e], (e, 1, extra)))

claim("sec43-simulated-by-biases",
      title="Biases can simulate the weights on the further features under dropout",
      statement=equal(D, in_pattern("h'", contributions)[1]), kind="sentence", source="section 4.3, first paragraph",
      limits=ONE, reading="The hidden biases raised by what the further features contribute without dropout.",
      erratum=Erratum("invalid-step", "minor", "Further features are dropped as well, so that what they contribute is "
                      "random. In each pattern some biases do it, and the bound of 1/8 holds on average."))

h_biased, D_biased = in_pattern("h'", new_bias[i] - network.bias(1, i))
PER_PATTERN = claim("sec43-simulated-by-biases.amended",
      title="In each pattern biases that depend on it simulate the weights on the further features",
      statement=equal(D, D_biased), source="section 4.3, first paragraph", limits=TWO)
