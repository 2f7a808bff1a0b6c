"""Section 2: the penalty of weight decay, what a dropped node does, and the assumption on the number of inputs."""

from __future__ import annotations

from typing import Any

from sympy import KroneckerDelta, Rational, Sum, floor, sqrt

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    PROBABILITY,
    REAL,
    E,
    ForEach,
    Scalar,
    Var,
    both,
    distribution,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    notion,
    size,
)
from dropout_theory.papers.helmbold2017.notation import (
    BIT,
    INPUT_NODES,
    K,
    Parameters,
    always,
    d,
    hidden,
    k,
    l,
    n,
    of_network,
    output,
    own,
    p,
    parameter_families,
    pattern,
    random_pattern,
    s,
    scaled,
)
from dropout_theory.papers.helmbold2017.s02_preliminaries import J_D, dropped, inputs, units
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE, a, dropout_aversion

claim = Section("helmbold2017", "2")
TWO = {"max_size": 2}

atoms = parameter_families()
W1, W, b, w, b0 = atoms
network = own(atoms)
x = family("x", REAL, *INPUT_NODES)
half = Rational(1, 2)
i = index("i")

# --- definitions 1 to 3 -------------------------------------------------------------------------------------------

value = family("f", REAL, (s, 1, 2))
claim("def1",
      title="A mean over P_(x,y) is half the value at (x, y) and half the value at (0, 0)",
      statement=equal(Sum(half * value[s], (s, 1, 2)), value[1] / 2 + value[2] / 2), kind="definition",
      source="section 2, definition 1", reading="f[1] is any function of an example at (x, y), f[2] at (0, 0).")

claim("def2",
      title="The dropout aversion: the largest risk of a minimiser of the criterion less the infimum of the risk",
      statement=less_equal(0, dropout_aversion), kind="definition", source="section 3.1, definition 2",
      not_applicable=NOT_FINITE,
      reading="Defined where the criterion has a minimiser and the risks of its minimisers have a largest, which the "
              "text takes for granted; an example distribution with infinite mean square of the labels has neither.")

j = index("j")
terms, constant = size("N"), Scalar("c")
partial_loss = Sum((constant - 2**j) ** 2 / 2**j, (j, 1, terms))
HEAVY = claim("def2-square-integrable",
      title="With the label 2^j of probability 2^-j no constant output has a finite risk",
      statement=less_equal(2 ** (terms + 1) - 2 - 2 * constant * terms, partial_loss), kind="sentence",
      source="section 3.1, definition 2 and theorem 4", limits={"max_size": 12},
      reading="For one input, say 1, every output without dropout is a constant c; the partial sums of its loss are "
              "unbounded. So definition 2 and theorems 4 and 6, which speak of any example distribution, need labels "
              "with finite mean square.")

claim("def3",
      title="A diagonal matrix applied to the inputs multiplies each input by its entry",
      statement=ForEach(equal(Sum(a[k] * KroneckerDelta(j, k) * x[j], (j, 1, K)), a[k] * x[k]), (k, 1, K)),
      kind="definition", source="section 3.1, definition 3")

# --- the penalty of weight decay ----------------------------------------------------------------------------------

M = size("M")
P, y = distribution("P", M), family("y", REAL, (s, 1, M))
examples = family("x", REAL, (s, 1, M), *INPUT_NODES)
clean_values = hidden("H", network, lambda s_, k_: examples[s_, k_], always, always, (s, 1, M))
risk = Sum(P[s] * (output(network, clean_values, always, s) - y[s]) ** 2, (s, 1, M))
lam = Scalar("lambda", NONNEGATIVE)
squared_weights = (Sum(W1[i, k] ** 2, (k, 1, K), (i, 1, n)) + Sum(W[l, i, k] ** 2, (k, 1, n), (i, 1, n), (l, 2, d - 1))
                   + Sum(w[k] ** 2, (k, 1, n)))

R = of_network("R", "W", risk, "risk of the network W: its mean square loss over the examples")
SIZE = notion("|W|^2", squared_weights, "sum of the squares of the weights of W", r"\|\mathcal{W}\|^2")
J_2 = of_network("J_2", "W", R + lam / 2 * SIZE, "L2 criterion of the network W: risk plus penalty")

claim("sec2-l2-penalty",
      title="The penalty of weight decay is not negative, so the risk is at most the criterion",
      statement=both(less_equal(0, lam / 2 * SIZE), less_equal(R, J_2)),
      kind="sentence", source="section 2, definition of the L2 criterion", limits=TWO,
      reading="The strength lambda is not negative. The penalty does not mention the labels.")

# --- what dropping a node does ------------------------------------------------------------------------------------

delta0, delta = random_pattern()
h = hidden("h", network, lambda k_: x[k_], scaled(delta0), scaled(delta))
D = output(network, h, scaled(delta))
keep_output = Scalar("pi", PROBABILITY)
last_gate = gates("o", keep_output, (l, d, d))[d]  # of the only node of layer d
target = Scalar("y")

HIDDEN_NOISE = claim("sec2-zero-mean-noise-hidden",
      title="What dropout adds to the value of a hidden node has mean zero",
      statement=ForEach(equal(E(delta[l, k] / p * h[l, k] - h[l, k]), 0), (k, 1, n), (l, 1, d - 1)),
      kind="sentence", source="section 2, definition of dropout training", limits=TWO,
      reading="Added to the value that the node has under dropout of the nodes below it.")

claim("sec2-output-node",
      title="Dropping the output node only scales the criterion and adds a constant, so that the minimisers stay",
      statement=equal(E((last_gate * D - target) ** 2),
                      keep_output * E((D - target) ** 2) + (1 - keep_output) * target**2),
      kind="sentence", source="section 2, definition of dropout training", limits=TWO,
      reading="A kept output is not divided by its keep probability.")

V1, V, v = (family(f"V{name}", REAL, *family_.ranges) for name, family_ in (("1", W1), ("", W), ("0", w)))
uninflated = Parameters(lambda i_, k_: V1[i_, k_], lambda l_, i_, k_: V[l_, i_, k_], network.bias, lambda k_: v[k_], b0)
at_prediction = Parameters(lambda i_, k_: p * V1[i_, k_], lambda l_, i_, k_: p * V[l_, i_, k_], network.bias,
                           lambda k_: p * v[k_], b0)
r0, r = pattern()
g = hidden("g", uninflated, lambda k_: x[k_], lambda k_: r0[k_], lambda l_, k_: r[l_, k_])
g_prediction = hidden("h", at_prediction, lambda k_: x[k_], scaled(r0), scaled(r))

PREDICTION = claim("fn1-prediction-scaling",
      title="Scaling weights by p at prediction is the same as dividing kept values by p in training",
      statement=equal(output(uninflated, g, lambda l_, k_: r[l_, k_]), output(at_prediction, g_prediction, scaled(r))),
      kind="sentence", source="section 2, footnote 1", limits=TWO,
      reading="In every pattern, weights V trained without inflation act as the weights p V, used for prediction, do "
              "with inflation.")

# --- figure 1 -----------------------------------------------------------------------------------------------------

bits, unit_bits = family("s0", BIT, (i, 1, 2)), family("s", BIT, (i, 1, 2))


def agrees(gate: Any, bit: Any) -> Any:
    """1 when a gate has the value of a bit, else 0."""
    return gate * bit + (1 - gate) * (1 - bit)


claim("sec2-patterns-equally-likely",
      title="Each of the sixteen dropout patterns of figure 1 has probability 1/16",
      statement=equal(E(agrees(inputs[1], bits[1]) * agrees(inputs[2], bits[2])
                        * agrees(units[1], unit_bits[1]) * agrees(units[2], unit_bits[2])), Rational(1, 16)),
      kind="sentence", source="section 2, figure 1", reading="p = 1/2.")

OUTPUT = of_network("D", "W", dropped, "output of the network of figure 1 under dropout")

VARIANCE = claim("sec2-variance-share",
      title="In figure 1 the mean output moves from 0 to 1; its variance 5 adds to the loss (1 - 8)^2",
      statement=both(equal(E(OUTPUT), 1), equal(Var(OUTPUT), 5),
                     equal(J_D, (E(OUTPUT) - 8) ** 2 + Var(OUTPUT))),
      kind="sentence", source="section 2, after eq. (2)",
      reading="Variance is read as variation: the fit is better because variation before the rectifiers moves the "
              "mean; the variance of the output itself is part of the loss.")

# --- the standard architecture ------------------------------------------------------------------------------------

perfect_square = equal(floor(sqrt(K)) ** 2, K)
CLASH = ("Section 2 assumes throughout that K is a perfect square and a power of two. Nothing here needs it; only "
         "section 4.1 uses integers K/2 - sqrt(K)/4.")


def with_inputs(count: int) -> Hypothesis:
    return Hypothesis(f"K = {count}", equal(K, count))


claim("thm17-standard-architecture",
      title="The standard architecture has two inputs in theorem 17",
      statement=perfect_square, hypotheses=[with_inputs(2)], admissible={K: 2}, kind="sentence",
      source="section 4.2, theorem 17", reading="Also in figure 1 and in the example of theorem 20.",
      erratum=Erratum("contradiction", "minor", "2 is no perfect square. " + CLASH))

FOUR = claim("thm17-standard-architecture.amended",
      title="More than one input in the standard architecture means at least four",
      statement=implies(both(perfect_square, less(1, K)), less_equal(4, K)), source="section 2, first paragraph",
      admissible={K: 4})

claim("sec6-standard-architecture",
      title="The standard architecture has five inputs in the experiment",
      statement=perfect_square, hypotheses=[with_inputs(5)], admissible={K: 5}, kind="sentence",
      source="section 6, second paragraph",
      erratum=Erratum("contradiction", "minor", "5 is neither a perfect square nor a power of two. " + CLASH))

MULTIPLE = claim("sec6-standard-architecture.amended",
      title="The rest of the standard architecture holds in the experiment: five hidden nodes are a multiple of K",
      statement=equal(K * floor(n / K), n), hypotheses=[with_inputs(5), Hypothesis("n = 5", equal(n, 5))],
      admissible={K: 5, n: 5}, source="section 6, second paragraph")

power = size("t")
SIXTY_FOUR = claim("thm8-standard-architecture",
      title="More than 18 inputs in the standard architecture means at least 64",
      statement=implies(less(18, 4**power), less_equal(64, 4**power)), kind="sentence",
      source="section 4.1, theorem 8", reading="A perfect square that is a power of two is a power of four; 1 is left "
                                               "out, which is not above 18.")
