"""Section 5: when the dropout penalty is negative, and that it depends on the labels."""

from __future__ import annotations

from typing import Any

from sympy import Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_PROBABILITY,
    REAL,
    Abstract,
    E,
    ForEach,
    Notion,
    Relu,
    Scalar,
    Var,
    both,
    different,
    distribution,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    notion,
    size,
)
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    Parameters,
    always,
    d,
    hidden,
    i,
    l,
    linear,
    n,
    output,
    own,
    parameter_families,
    pattern,
    random_pattern,
    s,
    scaled,
)
from dropout_theory.papers.helmbold2017.s02_preliminaries import J_D, R

claim = Section("helmbold2017", "5")

# --- section 5.2: a necessary condition -------------------------------------------------------------------------

# examples x[s], y[s] with probabilities P[s]
M = size("M")
P = distribution("P", M)
each_example = (s, 1, M)
y = family("y", REAL, each_example)
delta0, delta = random_pattern()

x = family("x", REAL, each_example, *INPUT_NODES)
any_network = own(parameter_families())
g = hidden("g", any_network, lambda s_, k_: x[s_, k_], scaled(delta0), scaled(delta), each_example, activation=linear)
G = hidden("G", any_network, lambda s_, k_: x[s_, k_], always, always, each_example, activation=linear)
linear_dropped, linear_clean = output(any_network, g, scaled(delta), s), output(any_network, G, always, s)

claim("thm19-step-linear",
      title="In a network of linear units the mean output over dropout patterns is the output without dropout",
      statement=ForEach(equal(E(linear_dropped), linear_clean), each_example),
      kind="step", source="proof of theorem 19", limits={"max_size": 2})

claim("thm19-step-bias-variance",
      title="The mean square loss is the squared loss of the mean output plus the variance of the output",
      statement=ForEach(equal(E((linear_dropped - y[s]) ** 2), E(linear_dropped - y[s]) ** 2 + Var(linear_dropped)),
                        each_example),
      kind="step", source="proof of theorem 19", limits={"max_size": 2})

TOO_LONG = {"decide": "the polynomial arithmetic of two layers of gates takes too long"}

LOWER = claim("thm19-step-lower-bound",
      title="In a network of linear units the criterion of an example is at least its loss without dropout",
      statement=ForEach(less_equal((linear_clean - y[s]) ** 2,
                                   E(linear_dropped - y[s]) ** 2 + Var(linear_dropped)), each_example),
      kind="step", source="proof of theorem 19", limits={"max_size": 2}, not_applicable=TOO_LONG)

LINEAR_PENALTY = claim("thm19-step-linear-penalty",
      title="The dropout penalty of a network of linear units is never negative",
      statement=less_equal(0, Sum(P[s] * (E((linear_dropped - y[s]) ** 2) - (linear_clean - y[s]) ** 2), each_example)),
      kind="step", source="proof of theorem 19", limits={"max_size": 2}, not_applicable=TOO_LONG)

# rectified linear units, every weight, bias and input non-negative
inputs = family("x", NONNEGATIVE, each_example, *INPUT_NODES)
network: Parameters = own(parameter_families(NONNEGATIVE))


def input_values(s_: Any, k_: Any) -> Any:
    return inputs[s_, k_]


h = hidden("h", network, input_values, scaled(delta0), scaled(delta), each_example)
H = hidden("H", network, input_values, always, always, each_example)
h_linear = hidden("g", network, input_values, scaled(delta0), scaled(delta), each_example, activation=linear)
H_linear = hidden("G", network, input_values, always, always, each_example, activation=linear)
D, O = output(network, h, scaled(delta), s), output(network, H, always, s)

r0_fixed, r_fixed = pattern()
h_fixed = hidden("h", network, input_values, scaled(r0_fixed), scaled(r_fixed), each_example)
g_fixed = hidden("g", network, input_values, scaled(r0_fixed), scaled(r_fixed), each_example, activation=linear)

claim("thm19-step-relu-linear",
      title="With non-negative weights, biases and inputs rectified linear units act as linear ones in every pattern",
      statement=ForEach(equal(h_fixed[l, s, i], g_fixed[l, s, i]), each_example, (i, 1, n), (l, 1, d - 1)),
      kind="step", source="proof of theorem 19", limits={"max_size": 2})

penalty = Sum(P[s] * (E((D - y[s]) ** 2) - (O - y[s]) ** 2), each_example)

PENALTY = notion("penalty", penalty, "dropout penalty: what dropout adds to the mean square loss")

claim("thm19.1",
      title="The dropout penalty can be negative",
      statement=less(J_D - R, 0),
      kind="theorem", source="section 5.2, theorem 19, first sentence",
      reading="Existence, shown by the network of figure 1.")

claim("thm19.2",
      title="Without a negative weight, bias or input the dropout penalty is not negative",
      statement=less_equal(0, PENALTY), kind="theorem", source="section 5.2, theorem 19, second sentence",
      limits={"max_size": 2}, not_applicable=TOO_LONG,
      reading="Stated for distributions on any number of examples; any other averages the same non-negative penalties "
              "of single examples.")

claim("thm19",
      title="The dropout penalty can be negative, but only when a weight, bias or input is",
      statement=both(less(J_D - R, 0), less_equal(0, PENALTY)),
      kind="theorem", source="section 5.2, theorem 19", limits={"max_size": 2},
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "interval", "decide"), "checked in its parts"))

# --- section 5.3: dependence on the labels ----------------------------------------------------------------------

# the output unit's view: weights w, bias b, clean values u, random values V presented under dropout
units = size("n")
j = index("i")
w = family("w", REAL, (j, 1, units))
u = family("h", REAL, (j, 1, units))
V = Abstract("H", REAL, ((j, 1, units),), False, ())
b = Scalar("b")
label, other = Scalar("y"), Scalar("y'")
presented = Sum(w[j] * V[j], (j, 1, units))
undisturbed = Sum(w[j] * u[j], (j, 1, units))
change = Sum(w[j] * (V[j] - u[j]), (j, 1, units))
label_penalty = E((presented + b - label) ** 2) - (undisturbed + b - label) ** 2

LABEL_PENALTY = Notion("penalty", (label,), label_penalty, "dropout penalty for a label")

claim("thm20-step-shift",
      title="The clean activation is subtracted and added inside the dropout loss",
      statement=equal(LABEL_PENALTY(label), E((presented + b - undisturbed + undisturbed - label) ** 2)
                      - (undisturbed + b - label) ** 2),
      kind="step", source="proof of theorem 20")

claim("thm20-step-expansion",
      title="The penalty in terms of the change that dropout makes to the activation",
      statement=equal(LABEL_PENALTY(label), E(change**2) + 2 * (undisturbed + b - label) * E(change)),
      kind="step", source="proof of theorem 20")

claim("thm20-step-labels",
      title="Penalties of two labels differ by twice the difference of labels times the mean change of the activation",
      statement=equal(LABEL_PENALTY(label) - LABEL_PENALTY(other),
                      2 * (other - label) * E(change)),
      kind="step", source="proof of theorem 20")

# the witness: inputs 1 and -2, two hidden units, all weights 1, no biases
q = Scalar("q", OPEN_PROBABILITY)
r0 = gates("r0", 1 - q, (j, 1, 2))
r = gates("r", 1 - q, (j, 1, 2))
kept_unit = Relu(r0[1] / (1 - q) - 2 * r0[2] / (1 - q))
disturbed = (r[1] + r[2]) / (1 - q) * kept_unit


def penalty_of(y_: Any) -> Any:
    """The dropout penalty for label y_: the network without dropout outputs 0."""
    return E((disturbed - y_) ** 2) - (2 * Relu(1 - 2) - y_) ** 2


claim("thm20-step-hidden-zero",
      title="The hidden units of the example are zero without dropout",
      statement=equal(Relu(1 * 1 + 1 * (-2)), 0), kind="step", source="proof of theorem 20")

POSITIVE_CHANGE = claim("thm20-step-positive-change",
      title="The mean change of the activation in the example is positive for every dropout probability",
      statement=less(0, E(disturbed - 2 * Relu(1 - 2))), kind="step", source="proof of theorem 20",
      reading="The weights into the two hidden units are not printed; they are one, as in figure 1.")

PENALTY_OF = Notion("penalty", (label,), penalty_of(label), "dropout penalty of the example for a label")
labels_differ = Hypothesis("labels differ", different(label, other))

THM20 = claim("thm20",
      title="One network, two distributions with the same inputs, and different dropout penalties for every q",
      statement=different(PENALTY_OF(label), PENALTY_OF(other)), hypotheses=[labels_differ],
      kind="theorem", source="section 5.3, theorem 20",
      reading="Existence, shown by the proof's example: the input (1, -2) with two different labels, all weights one. "
              "Two distributions concentrated on one input have equal marginals on the inputs.")

