"""Section 2: the dropout criterion, and the example network of figure 1 whose dropout penalty is negative."""

from __future__ import annotations

from typing import Any

from sympy import Add, Eq, Mul, Piecewise, Pow, Rational, Sum

from dropout_theory.claims import Section
from dropout_theory.language import REAL, E, Relu, both, distribution, equal, family, gates, index, less, size
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    K,
    always,
    hidden,
    k,
    of_network,
    output,
    own,
    p,
    parameter_families,
    random_pattern,
    s,
    scaled,
)

claim = Section("helmbold2017", "2")

# examples x[s], y[s] with probabilities P[s]
M = size("M")
P = distribution("P", M)
x = family("x", REAL, (s, 1, M), *INPUT_NODES)
y = family("y", REAL, (s, 1, M))
delta0, delta = random_pattern()
network = own(parameter_families())
h = hidden("h", network, lambda s_, k_: x[s_, k_], scaled(delta0), scaled(delta), (s, 1, M))
H = hidden("H", network, lambda s_, k_: x[s_, k_], always, always, (s, 1, M))
D, O = output(network, h, scaled(delta), s), output(network, H, always, s)
each_example = (s, 1, M)

claim("sec2-zero-mean-noise",
      title="What dropout adds to the value of a node has mean zero",
      statement=equal(E(Sum(delta0[k] / p * x[1, k] - x[1, k], (k, 1, K))), 0),
      kind="sentence", source="section 2, definition of dropout training")

claim("eq1",
      title="The expectations over examples and over dropout patterns may be taken in either order",
      statement=equal(E(Sum(P[s] * (D - y[s]) ** 2, each_example)), Sum(P[s] * E((D - y[s]) ** 2), each_example)),
      limits={"max_size": 2})

J_D_ALL = of_network("J_D", "W", E(Sum(P[s] * (D - y[s]) ** 2, each_example)), "mean square loss under dropout")
R_ALL = of_network("R", "W", Sum(P[s] * (O - y[s]) ** 2, each_example), "risk: mean square loss without dropout")

claim("sec2-penalty-decomposition",
      title="The dropout penalty is the mean over examples of the penalties of single examples",
      statement=equal(J_D_ALL - R_ALL, Sum(P[s] * (E((D - y[s]) ** 2) - (O - y[s]) ** 2), each_example)),
      source="section 2, last display", limits={"max_size": 2})

# figure 1: two inputs 1 and -1, two hidden units, all weights 1, no biases; nodes are kept with probability 1/2
i = index("i")
inputs = gates("r0", Rational(1, 2), (i, 1, 2))
units = gates("r", Rational(1, 2), (i, 1, 2))


def figure_1(first: Any, second: Any, keep: Any) -> Any:
    """The output of the network of figure 1 on (first, second); `keep(layer, node)` multiplies a node's value."""
    unit = Relu(keep(0, 1) * first + keep(0, 2) * second)
    return keep(1, 1) * unit + keep(1, 2) * unit


def by_gates(layer: int, node: int) -> Any:
    return 2 * (inputs if layer == 0 else units)[node]


dropped = figure_1(1, -1, by_gates)
clean = figure_1(1, -1, lambda layer, node: 1)
example_criterion = E((dropped - 8) ** 2)
J_D = of_network("J_D", "W", example_criterion, "dropout criterion of the network of figure 1")
R = of_network("R", "W", (clean - 8) ** 2, "risk of the network of figure 1")


def share(patterns: int, value: int) -> Any:
    """The share of 16 patterns with this output times its loss, written out."""
    loss = Pow(Add(value, -8, evaluate=False), 2, evaluate=False)
    return Mul(patterns, Rational(1, 16), loss, evaluate=False)


printed_sum = Add(share(1, 8), share(2, 4), share(13, 0), evaluate=False)

claim("sec2-clean-output",
      title="Without dropout the network of figure 1 outputs 0 on the example",
      statement=equal(clean, 0), kind="sentence", source="section 2, figure 1")

claim("sec2-second-input-dropped",
      title="With only the negative input dropped the network of figure 1 outputs 8",
      statement=equal(figure_1(1, -1, lambda layer, node: 0 if (layer, node) == (0, 2) else 2), 8),
      kind="sentence", source="section 2, figure 1")

THREE = claim("sec2-three-patterns",
      title="Three of the sixteen dropout patterns give an output other than zero",
      statement=equal(E(Piecewise((0, Eq(dropped, 0)), (1, True))), Rational(3, 16)),
      kind="sentence", source="section 2, figure 1")

claim("eq2.1",
      title="The criterion of the network of figure 1 as a sum over its three outputs",
      statement=equal(J_D, printed_sum))

claim("eq2.2",
      title="The value of that sum",
      statement=equal(printed_sum, 54), kind="number")

claim("eq2",
      title="The dropout criterion of the network of figure 1 is 54",
      statement=both(equal(J_D, printed_sum), equal(printed_sum, 54)),
      reading="The picture is missing; the text gives two inputs, two hidden units, weights one and biases zero.")

claim("sec2-risk",
      title="The risk of the network of figure 1 is 64",
      statement=equal(R, 64), kind="number", source="section 2, after eq. (2)")

claim("sec2-negative-penalty",
      title="The dropout penalty of the network of figure 1 is negative",
      statement=less(J_D - R, 0), kind="sentence", source="section 2, after eq. (2)")


