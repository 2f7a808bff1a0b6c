"""Section 4.1, what theorem 8 leaves out: a single input, one hidden layer."""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum, sympify

from dropout_theory.claims import Section
from dropout_theory.language import E, Relu, Scalar, equal, gates, less_equal, weights
from dropout_theory.papers.helmbold2017.notation import i, n, of_network

claim = Section("helmbold2017", "4")

UNITS = (i, 1, n)
W, b, w, b0 = weights("W", UNITS), weights("b", UNITS), weights("w", UNITS), Scalar("b0")
kept = gates("r", Rational(1, 2), UNITS)


def unit(value: Any, weight: Any, bias: Any) -> Any:
    """A hidden unit when the first layer is given `value`."""
    return Relu(weight * value + bias)


def output(value: Any, into: Any = W[i], bias: Any = b[i], out: Any = w[i], output_bias: Any = b0) -> Any:
    """The random output when the first layer is given `value` and hidden nodes are dropped."""
    return Sum(2 * kept[i] * out * unit(value, into, bias), UNITS) + output_bias


def criterion(*parameters: Any) -> Any:
    """Label 0 sees the input 0 only; under label 1 the input is dropped or doubled with equal probability."""
    dropped, doubled = output(0, *parameters), output(2, *parameters)
    return (E(dropped**2) + (E((dropped - 1) ** 2) + E((doubled - 1) ** 2)) / 2) / 2


least = (n + 2) / (2 * (3 * n + 4))
LIMITS = {"max_size": 3}

best = (Rational(1, 2), 0, 2 / (3 * n + 4), (n + 2) / (3 * n + 4))
at_two = [sympify(value).subs(n, 2) for value in best]
BEST_OF_TWO = {n: 2, b0: at_two[3], **{entries: dict.fromkeys([(1,), (2,)], value)
                                       for entries, value in zip((W, b, w), at_two, strict=False)}}

J_D = of_network("J_D", "W", criterion(), "dropout criterion for one input and one hidden layer")
J_D_BEST = of_network("J_D", "W'", criterion(*best), "dropout criterion of a network of equal weights")

BOUND = claim("thm8-one-input",
      title="With one input and n hidden units the criterion is at least (n + 2)/(6n + 8), whatever the weights",
      statement=less_equal(least, J_D), kind="sentence", source="section 4.1, theorem 8, for K = 1",
      limits=LIMITS, admissible=BEST_OF_TWO, reading="The bound is reached, see thm8-one-input-reached.")

REACHED = claim("thm8-one-input-reached",
      title="With one input a network without negative weights reaches the least criterion",
      statement=equal(J_D_BEST, least), kind="sentence", source="section 4.1, theorem 8, for K = 1",
      limits=LIMITS,
      reading="So an optimiser exists and theorem 8 fails for one input and one hidden layer. One is a perfect square "
              "and a power of two; only the hypothesis on K leaves it out.")

