"""Section 4.2 sharpened: with two inputs and one hidden layer, thirteen hidden units make negative weights pay.

The network mixes softened first-one gadgets with units that add up the inputs; a numerical minimisation of the
criterion over all networks found its form.
"""

from __future__ import annotations

from typing import Any

from sympy import Max, Rational

from dropout_theory.claims import Section
from dropout_theory.language import E, equal, gates, index, less
from dropout_theory.papers.helmbold2017.notation import of_network
from dropout_theory.papers.helmbold2017.s04_supermodular import J_D

claim = Section("helmbold2017", "4.2")

j = index("j")
g = gates("g", Rational(1, 2), (j, 1, 13))
inhibition, gadget_weight = Rational(11, 16), Rational(8, 153)
sum_weight, bias = Rational(7, 306), Rational(38, 153)


def output_at(one: int, two: int) -> Any:
    """Output on the presented inputs: four units for the first one, four for the second, five for their sum."""
    first, second = Max(one - inhibition * two, 0), Max(two - inhibition * one, 0)
    values = [gadget_weight * first] * 4 + [gadget_weight * second] * 4 + [sum_weight * Max(one + two, 0)] * 5
    return bias + sum(2 * g[unit] * value for unit, value in enumerate(values, start=1))


# label 0 sees (0, 0) only; under label 1 each of the four kept sets of inputs has probability 1/4
corners = [(0, 0), (2, 0), (0, 2), (2, 2)]
thirteen = (E(output_at(0, 0) ** 2) + sum(E((output_at(*c) - 1) ** 2) for c in corners) / 4) / 2

J_D_THIRTEEN = of_network("J_D", "W_13", thirteen, "dropout criterion of the network of thirteen hidden units")

THIRTEEN = claim("thm17-thirteen-units-criterion",
      title="A network with two inputs, thirteen hidden units and negative weights has criterion 19/153",
      statement=equal(J_D_THIRTEEN, Rational(19, 153)), kind="sentence", source="section 4.2, theorem 17, sharpened",
      not_applicable={"exact": "seconds of masks; a test evaluates the network in rationals"})

ENOUGH = claim("thm17-thirteen-units",
      title="For two inputs thirteen hidden units in one layer improve upon every network without negative weights",
      statement=less(J_D_THIRTEEN, J_D), kind="sentence", source="section 4.2, theorem 17, sharpened",
      limits={"max_size": 2}, not_applicable=dict.fromkeys(("exact", "property"), "minutes of masks an instance"),
      reading="Theorem 17 says that some number of hidden units is enough. Wider networks include this one: the output "
              "weights of further units may be zero. The other network may have any depth and width.")
