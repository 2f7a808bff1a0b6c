"""Section 4.3: mixtures of zero-embeddings of two features, and the labels that the text leaves out."""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    E,
    ForEach,
    Recursion,
    Relu,
    Scalar,
    both,
    distribution,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    placeholder,
    recursion,
    size,
)
from dropout_theory.papers.helmbold2017.notation import (
    BIT,
    HIDDEN_NODES,
    INPUT_NODES,
    K,
    d,
    i,
    k,
    l,
    n,
    of_network,
    output,
)
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_supermodular import bias_atoms, fifth, network, weight_atoms
from dropout_theory.papers.helmbold2017.s04_zero_embeddings import network as gadgets
from dropout_theory.papers.helmbold2017.s04_zero_embeddings import two_ones

claim = Section("helmbold2017", "4.3")
TWO = {"max_size": 2}
half, eighth = Rational(1, 2), Rational(1, 8)

# Q[u, v] is the probability, given two ones, of the example whose features u < v are 1; y[u, v] is its label
u, v, s, t = (index(name) for name in "uvst")
pairs = (u, 1, K - 1), (v, u + 1, K)
summed = tuple(reversed(pairs))
Q, y = family("Q", NONNEGATIVE, *pairs), family("y", BIT, *pairs)
delta0, delta = gates("r0", half, *INPUT_NODES), gates("r", half, *HIDDEN_NODES)


def passed(layer: Any, node: Any) -> Any:
    """A kept hidden node passes on twice its value."""
    return 2 * delta[layer, node]


def values(name: str, sums: Any, *places: Any) -> Recursion:
    """Hidden values from what the first layer's units i sum up but for their biases; `places` are further ranges."""
    ranges = ((l, 1, d - 1), *places, (i, 1, n))
    slot = placeholder(name, ranges)
    lower = Sum(network.deeper(l, i, k) * passed(l - 1, k) * slot[(l - 1, *(r[0] for r in places), k)], (k, 1, n))
    return recursion(name, ranges, Relu(sums + network.bias(1, i)), Relu(lower + network.bias(l, i)))


def first(place: Any) -> Any:
    """What the feature at a place, which is 1, adds to a unit of the first layer."""
    return 2 * network.first(i, place) * delta0[place]


h_pair = values("h", first(s) + first(t), (s, 1, K), (t, 1, K))
h_zero = values("h0", 0)
at_zero = output(network, h_zero, passed)
at_pair = Sum(network.last(k) * passed(d - 1, k) * h_pair[d - 1, u, v, k], (k, 1, n)) + network.output_bias
mixture = E(at_zero**2) / 2 + Sum(Q[u, v] * E((at_pair - y[u, v]) ** 2), *summed) / 2

J_D = of_network("J_D", "W", mixture, "dropout criterion of a network without negative weights on the mixture")

whole = Hypothesis("Q is a distribution", equal(Sum(Q[u, v], *summed), 1))
labels = Hypothesis("labels are 1", ForEach(equal(y[s, t], 1), (s, 1, K - 1), (t, s + 1, K)))
ONE_PAIR = {K: 2, n: 1, d: 2, Q: {(1, 2): 1}, weight_atoms[1]: {}, weight_atoms[0]: {(1, 1): 0, (1, 2): 0},
            weight_atoms[2]: {(1,): 0}, bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 0}
EVERY = ("Any distribution over the examples with two ones is one over pairs u < v of features. Features that are 0 "
         "contribute nothing to the first layer, dropped or not.")
shared: dict[str, Any] = {"source": "section 4.3, third paragraph", "limits": TWO, "not_applicable": {
    "property": "drawn values hardly ever meet the equations among the hypotheses; the stated instance does"}}

claim("sec43-mixture",
      title="Half the weight on (0, 0) and half on examples with two ones: no network without negative weights is "
            "below 1/8",
      statement=less_equal(eighth, J_D), hypotheses=[whole], kind="sentence",
      admissible={**ONE_PAIR, y: {(1, 2): 1}}, reading=EVERY + " Their labels are not printed: 0 or 1.", **shared,
      erratum=Erratum("missing-hypothesis", "minor", "The examples with two ones must have label 1, as zero-embeddings "
                      "of P do. With label 0 the zero network has criterion 0."))

MIXTURE = claim("sec43-mixture.amended",
      title="With label 1 on the examples with two ones no network without negative weights is below 1/8",
      statement=less_equal(eighth, J_D), hypotheses=[whole, labels], admissible={**ONE_PAIR, y: {(1, 2): 1}},
      reading=EVERY, **shared)

wide = Hypothesis("n is large", less(gadgets.excess, Rational(45, 43)), "holds from some number of hidden units on")
REQUIRED = claim("sec43-negative-weights-required",
      title="On every mixture of zero-embeddings many gadgets beat every network without negative weights",
      statement=less(gadgets.named_criterion(gadgets.best, fifth), J_D), hypotheses=[whole, labels, two_ones, wide],
      kind="sentence", admissible={**ONE_PAIR, y: {(1, 2): 1}, m: 50, gadgets.entries: {(1,): 1, (2,): 1}},
      source="section 4.3, third paragraph", not_applicable=dict.fromkeys(
          ("exact", "property", "montecarlo", "decide"), "the hypothesis needs too many hidden units to enumerate"),
      reading="The left side is the criterion of the gadgets as described on any one zero-embedding, the same for all, "
              "and so the one on the mixture.")

M = size("M")
P = distribution("P", M)
loss_at_zero, losses = Scalar("J0", NONNEGATIVE), family("J", NONNEGATIVE, (s, 1, M))
mean_loss = loss_at_zero / 2 + Sum(P[s] * losses[s], (s, 1, M)) / 2
decomposed = equal(mean_loss, Sum(P[s] * (loss_at_zero + losses[s]) / 2, (s, 1, M)))
kept_bound = implies(ForEach(less_equal(eighth, (loss_at_zero + losses[s]) / 2), (s, 1, M)),
                     less_equal(eighth, mean_loss))
claim("sec43-mixture-decomposes",
      title="The criterion of a mixture is the mean of the criteria, and keeps a bound that all of them obey",
      statement=both(decomposed, kept_bound), kind="sentence",
      source="section 2, after eq. (1); section 4.3, third paragraph",
      admissible={M: 1, P: {(1,): 1}, loss_at_zero: 0, losses: {(1,): Rational(1, 4)}},
      reading="J[s] is the mean loss on the s-th example, J0 the one on the zero input.")
