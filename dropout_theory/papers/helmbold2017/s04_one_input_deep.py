"""Section 4.1, theorem 8 for a single input and two hidden layers, where it holds again.

The second hidden layer sees the dropout noise of the first. Units without negative weights pass it on; one unit with a
negative output weight damps it.
"""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    REAL,
    E,
    Relu,
    Scalar,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    size,
)
from dropout_theory.papers.helmbold2017.notation import i, k, n, of_network

claim = Section("helmbold2017", "4")
half = Rational(1, 2)
TWO = {"max_size": 2}
SHARP: dict[str, Any] = {"kind": "sentence", "source": "section 4.1, theorem 8, for K = 1"}


def losses(output: Any) -> Any:
    """The criterion: label 0 sees the input 0 only; under label 1 the input is dropped or doubled."""
    return (E(output(0) ** 2) + (E((output(0) - 1) ** 2) + E((output(2) - 1) ** 2)) / 2) / 2


# --- networks without negative weights: n units in each of two hidden layers ----------------------------------------

FIRST, SECOND = (k, 1, n), (i, 1, n)
W1, b1 = family("W1", NONNEGATIVE, FIRST), family("b1", REAL, FIRST)
W2, b2 = family("W2", NONNEGATIVE, SECOND, FIRST), family("b2", REAL, SECOND)
w, b0 = family("w", NONNEGATIVE, SECOND), Scalar("b0")
r1, r2 = gates("r1", half, FIRST), gates("r2", half, SECOND)


def first_unit(value: Any, into: Any = W1[k], bias: Any = b1[k]) -> Any:
    """Unit k of the first hidden layer when it is given `value`."""
    return Relu(into * value + bias)


def second_unit(value: Any) -> Any:
    """Unit i of the second hidden layer under dropout of the first."""
    return Relu(Sum(W2[i, k] * 2 * r1[k] * first_unit(value), FIRST) + b2[i])


def output(value: Any) -> Any:
    """The random output when the first layer is given `value`."""
    return Sum(2 * r2[i] * w[i] * second_unit(value), SECOND) + b0


criterion = losses(output)
J_D = of_network("J_D", "W", criterion, "dropout criterion of the network without negative weights")
least = (n**2 + 4 * n + 2) / (2 * (3 * n + 2) * (n + 2))

# averages with one unit in each layer, which reach the bound
ONE_UNIT: dict[Any, Any] = {n: 1, W1: {(1,): half}, b1: {(1,): 0}, W2: {(1, 1): 1}, b2: {(1,): 0},
                            w: {(1,): Rational(2, 15)}, b0: Rational(7, 15)}

BOUND = claim("thm8-one-input-two-layers-bound",
      title="With one input, two hidden layers and no negative weight the criterion is at least "
            "(n^2 + 4n + 2)/(2(3n + 2)(n + 2))",
      statement=less_equal(least, J_D), limits=TWO, admissible=ONE_UNIT, **SHARP)

unit_value = 1 / ((3 * n + 2) * (n + 2))


def averages(value: Any) -> Any:
    """Equal weights: the output when both layers compute averages of what they are passed."""
    second = Relu(Sum(2 * r1[k] * Relu(half * value) / n, FIRST))
    return Sum(2 * r2[i] * 2 * n * unit_value * second, SECOND) + (n**2 + 4 * n + 2) * unit_value


J_D_AVERAGES = of_network("J_D", "W'", losses(averages), "dropout criterion of a network of averages")

REACHED = claim("thm8-one-input-two-layers-reached",
      title="A network of averages, without negative weights, reaches this bound",
      statement=equal(J_D_AVERAGES, least), limits={"max_size": 3}, **SHARP)

# --- a network with one negative weight: m + 1 units in each hidden layer ---------------------------------------------

m, t = size("m"), index("t")
WIDE, SUMS, ONE = (k, 1, m + 1), (i, 1, m), (t, 1, 1)
s1, s2, s0 = gates("s1", half, WIDE), gates("s2", half, SUMS), gates("s0", half, ONE)
above_average = 1 + 2 / m - Rational(1, 4) / (m + 1)
bias = above_average / (above_average + 2)


def passed(value: Any) -> Any:
    """The average of what the first layer passes on; its units halve the input."""
    return Sum(2 * s1[k] * Relu(half * value) / (m + 1), WIDE)


def damped(value: Any, output_bias: Any = bias) -> Any:
    """m units of the second layer compute the average, one its excess above 1, which counts against the output."""
    excess = Relu(passed(value) - 1)
    counted = Sum(2 * s2[i] * Relu(passed(value)) / m, SUMS) - 2 * s0[1] * half * excess
    return (1 - output_bias) * counted + output_bias


J_D_NEG = of_network("J_D", "W_neg", losses(damped), "dropout criterion of the network with one negative weight")

DAMPED = claim("thm8-one-input-two-layers-damped",
      title="One negative weight into the output damps the noise of the first layer",
      statement=equal(J_D_NEG, above_average / (2 * (above_average + 2))), limits=TWO, **SHARP)

same_width = Hypothesis("n = m + 1", equal(n, m + 1))
THM8 = claim("thm8-one-input-two-layers",
      title="With one input and two hidden layers of 20 or more units negative weights pay",
      statement=less(J_D_NEG, J_D), hypotheses=[same_width, Hypothesis("m >= 19", less_equal(19, m))],
      admissible={m: 19, n: 20, b0: 0, **{f: dict.fromkeys(((place,) for place in range(1, 21)), 1) for f in
                                          (W1, b1, b2, w)},
                  W2: {(one, other): 1 for one in range(1, 21) for other in range(1, 21)}},
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypothesis needs 20 units in each layer, too many patterns to enumerate"),
      reading="So theorem 8 holds for one input and d = 3, while it fails for d = 2, see thm8-one-input-reached. An "
              "optimiser, if there is one, has a negative weight. Larger d are not decided here.", **SHARP)
