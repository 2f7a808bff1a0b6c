"""Section 1: the announcement that layers can be rescaled against one another."""

from __future__ import annotations

from typing import Any

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import POSITIVE, REAL, Scalar, equal, family
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    Parameters,
    hidden,
    output,
    own,
    parameter_families,
    pattern,
    scaled,
)

claim = Section("helmbold2017", "1")

W1, W, b, w, b0 = parameter_families()
network = own((W1, W, b, w, b0))
without_biases = Parameters(network.first, network.deeper, lambda l_, i_: 0, network.last, b0)
x = family("x", REAL, *INPUT_NODES)
r0, r = pattern()
c = Scalar("c", POSITIVE)


def exchanged(parameters: Parameters) -> Parameters:
    """First-layer weights times c, last-layer weights divided by c, everything else as it is."""
    return Parameters(lambda i_, k_: c * parameters.first(i_, k_), parameters.deeper, parameters.bias,
                      lambda k_: parameters.last(k_) / c, parameters.output_bias)


def under_dropout(name: str, parameters: Parameters) -> tuple[Any, Any]:
    """Hidden values and output for the pattern r0, r."""
    values = hidden(name, parameters, lambda k_: x[k_], scaled(r0), scaled(r))
    return values, output(parameters, values, scaled(r))


h, D = under_dropout("h", network)
D_moved = under_dropout("h'", exchanged(network))[1]

claim("sec1-layer-exchange",
      title="Scaling one layer's weights up and another's down by the same factor leaves dropout unaffected",
      statement=equal(D_moved, D), kind="sentence", source="section 1, second item of the list",
      reading="Weights are the weights on connections, as section 2 defines them; the first and the last layer are "
              "taken as the two.",
      erratum=Erratum("missing-hypothesis", "minor", "The biases from the first layer up to the one below the second "
                      "must be scaled as well, as theorem 5 says, or be zero."))

g, plain = under_dropout("h", without_biases)
g_moved, plain_moved = under_dropout("h'", exchanged(without_biases))

claim("sec1-layer-exchange.amended",
      title="Without hidden biases the factor of one layer's weights can be moved to another's",
      statement=equal(plain_moved, plain), source="section 1, second item of the list")
