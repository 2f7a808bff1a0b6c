"""Section 3: minimisers are never isolated in deep networks; centring inputs; what weight decay does not share."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Min, Not, Product, Rational, S, Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    REAL,
    Aversion,
    E,
    ForEach,
    Relu,
    Scalar,
    both,
    different,
    equal,
    equivalent,
    family,
    gates,
    implies,
    less,
    less_equal,
    notion,
)
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    Parameters,
    always,
    d,
    hidden,
    i,
    k,
    l,
    n,
    of_network,
    output,
    own,
    p,
    parameter_families,
    pattern,
    scaled,
)
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE, c, t
from dropout_theory.papers.helmbold2017.s03_weight_decay import aversion
from dropout_theory.papers.helmbold2017.weight_decay import (
    lam,
    nonzero_input,
    on_x,
    on_zero,
    parameters,
    size_of,
    square,
)
from dropout_theory.papers.helmbold2017.weight_decay import own as shallow

claim = Section("helmbold2017", "3")
TWO = {"max_size": 2}
half = Rational(1, 2)

W1, W, b, w, b0 = parameter_families()
network = own((W1, W, b, w, b0))
x = family("x", REAL, *INPUT_NODES)
r0, r = pattern()


def under_dropout(name: str, of: Parameters, inputs: Any) -> tuple[Any, Any]:
    """Hidden values and output in the pattern r0, r."""
    values = hidden(name, of, inputs, scaled(r0), scaled(r))
    return values, output(of, values, scaled(r))


h, D = under_dropout("h", network, lambda k_: x[k_])

# --- section 3.2: another network as near as one likes computes the same

eps = Scalar("epsilon", POSITIVE)
first_weights, hidden_biases = ((k, 1, INPUT_NODES[0][2]), (i, 1, n)), ((i, 1, n), (l, 1, d - 1))
squares = Sum(W1[i, k] ** 2, *first_weights) + Sum(b[l, i] ** 2, *hidden_biases) + Sum(w[k] ** 2, (k, 1, n))
z = 1 + eps / (1 + squares)
nearby = Parameters(lambda i_, k_: z * W1[i_, k_], network.deeper, lambda l_, i_: z * b[l_, i_],
                    lambda k_: w[k_] / z, b0)
h_nearby, D_nearby = under_dropout("h'", nearby, lambda k_: x[k_])
other_last = Parameters(network.first, network.deeper, network.bias, lambda k_: w[k_] + eps, b0)
D_other = output(other_last, h, scaled(r))



def in_both_layers(first: Any, hidden_bias: Any, last: Any) -> tuple[Any, Any, Any]:
    """Conditions on every first weight, every hidden bias and every output weight."""
    return (ForEach(first, *reversed(first_weights)), ForEach(hidden_bias, *reversed(hidden_biases)),
            ForEach(last, (k, 1, n)))


zero_parts = in_both_layers(equal(W1[i, k], 0), equal(b[l, i], 0), equal(w[k], 0))
Z = notion("z", z, "factor of the first layer, and of the inverse of the last")
unmoved_parts = in_both_layers(equal(Z * W1[i, k], W1[i, k]), equal(Z * b[l, i], b[l, i]), equal(w[k] / Z, w[k]))
near_parts = in_both_layers(less_equal(Abs(Z * W1[i, k] - W1[i, k]), eps), less_equal(Abs(Z * b[l, i] - b[l, i]), eps),
                            less_equal(Abs(w[k] / Z - w[k]), eps))
zero_layers, unmoved = both(*zero_parts), both(*unmoved_parts)
other_within = ForEach(both(less_equal(Abs(w[k] + eps - w[k]), eps), different(w[k] + eps, w[k])), (k, 1, n))

D_W, D_NEARBY, D_OTHER = (of_network("D", name, body, f"output of the network {name} under dropout")
                          for name, body in (("W", D), ("W'", D_nearby), ("W''", D_other)))

claim("sec3-never-isolated",
      title="Within any distance of any network lies another with the same output for every input and pattern",
      statement=both(equal(D_NEARBY, D_W), *near_parts,
                     implies(Not(zero_layers, evaluate=False), Not(unmoved, evaluate=False)),
                     implies(zero_layers, both(equal(D_OTHER, D_W), other_within))),
      kind="sentence", source="abstract; section 1; section 3.2, after theorem 5; section 7", limits=TWO,
      reading="Equal outputs give equal criteria, so that no minimiser, local or global, is isolated. The other "
              "network rescales two layers, or changes the output weights where both layers are zero.")

# one layer: a linear unit with one input, P_(1,1), p = 1/2
gate = gates("r0", half, (i, 1, 1))[1]
v, bias = Scalar("w"), Scalar("b")


def single(one: Any, zero: Any) -> Any:
    """The dropout criterion of a linear unit for the inputs `one` with label 1 and `zero` with label 0."""
    return E((2 * gate * v * one + bias - 1) ** 2) / 2 + E((2 * gate * v * zero + bias) ** 2) / 2


third, sixth = Rational(1, 3), Rational(1, 6)
ONE_LAYER = claim("sec3-one-layer-isolated",
      title="A network of one layer can have an isolated minimiser",
      statement=both(less_equal(sixth, single(S.One, S.Zero)),
                     equivalent(equal(single(S.One, S.Zero), sixth), both(equal(v, third), equal(bias, third)))),
      kind="sentence", source="section 3.2, after theorem 5",
      reading="The boundary of the statement: it speaks of deep networks, and theorem 5 of depth at least 2. Here: one "
              "input, P_(1,1), p = 1/2.")

c_, factors = family("c'", POSITIVE, (t, 1, d)), (t, 1, d)
EQUIVALENCE = claim("sec32-equivalence",
      title="Rescalings of product one compose and invert, so that they relate equivalent networks",
      statement=both(equal(Product(c[t], factors) * Product(c_[t], factors), Product(c[t] * c_[t], factors)),
                     equal(Product(1 / c[t], factors) * Product(c[t], factors), 1),
                     ForEach(equal(c_[1] * (c[1] * W1[i, k]), c_[1] * c[1] * W1[i, k]), (i, 1, n), INPUT_NODES[0])),
      kind="sentence", source="section 3.2, first sentence", limits=TWO)

# --- section 3.1: centred inputs ----------------------------------------------------------------------------------

mu = family("mu", REAL, *INPUT_NODES)


def centred(shift: Any) -> Parameters:
    """The network with the first layer's biases raised by a sum over its inputs."""
    first = S.One
    return Parameters(network.first, network.deeper,
                      lambda l_, i_: b[l_, i_] + (shift(i_) if l_ == first else S.Zero), network.last, b0)


undone = centred(lambda i_: Sum(W1[i_, k] * mu[k], INPUT_NODES[0]))
H = hidden("H", network, lambda k_: x[k_], always, always)
H_centred = hidden("H'", undone, lambda k_: x[k_] - mu[k_], always, always)
CENTRED = claim("sec3-centring-clean",
      title="Biases of the first layer undo a centring of the inputs without dropout",
      statement=equal(output(undone, H_centred, always), output(network, H, always)), kind="sentence",
      source="section 3.1, after theorem 4", limits=TWO)

undone_pattern = centred(lambda i_: Sum(W1[i_, k] * r0[k] / p * mu[k], INPUT_NODES[0]))
h_centred, D_centred = under_dropout("h'", undone_pattern, lambda k_: x[k_] - mu[k_])
CENTRED_PATTERN = claim("sec3-centring-pattern",
      title="In a pattern of dropout other biases, which depend on the pattern, undo the centring",
      statement=equal(D_centred, D), kind="sentence", source="section 3.1, after theorem 4", limits=TWO)

weight, level, mean, value, new = (Scalar(name) for name in ("W1", "b", "mu", "x", "b'"))
claim("sec3-centring-biases-differ",
      title="One bias for the pattern without inputs and that with one input needs a centre or weight of zero",
      statement=implies(both(equal(new, level), equal(weight * (value - mean) / p + new, weight * value / p + level)),
                        equal(weight * mean, 0)), kind="sentence", source="section 3.1, after theorem 4",
      reading="With the first layer's weights kept as they are.")


def unit_risk(one: Any, zero: Any) -> Any:
    """The risk of the linear unit without dropout."""
    return (v * one + bias - 1) ** 2 / 2 + (v * zero + bias) ** 2 / 2


def unit_aversion(of: str, one: Any, zero: Any) -> Any:
    """The dropout aversion of the linear unit for the inputs `one` and `zero`."""
    return notion(f"aversion({of})", Aversion(single(one, zero), unit_risk(one, zero), (v, bias)),
                 f"dropout aversion for the inputs {one} with label 1 and {zero} with label 0",
                 rf"\operatorname{{aversion}}\left({of}\right)")


PLAIN = equal(unit_aversion("P", S.One, S.Zero), Rational(1, 9))
CENTRED_AVERSION = equal(unit_aversion("P'", half, -half), Rational(1, 16))

claim("sec3-centring-changes-aversion",
      title="Centring the inputs can change the dropout aversion, here from 1/9 to 1/16",
      statement=both(PLAIN, CENTRED_AVERSION),
      kind="sentence", source="section 3.1, after theorem 4", not_applicable=NOT_FINITE,
      reading="Sharper than the text, which leaves it open: one linear unit, inputs 0 and 1 that are their labels.")

# --- section 3.4: weight decay ------------------------------------------------------------------------------------

factor, eighth = Scalar("c", POSITIVE), Rational(1, 8)


def labelled(label: Any) -> Aversion:
    """The weight-decay aversion when x has the label `label` and 0 the label 0."""
    risk = half * (on_x(shallow) - label) ** 2 + half * on_zero(shallow) ** 2
    return Aversion(risk + lam / 2 * size_of(shallow), risk, parameters)


LABELLED = notion("aversion(P_(x,c))", labelled(factor), "weight-decay aversion for the label c instead of 1",
                 r"\operatorname{aversion}\left(P_{(x,c)}\right)")

OUTPUT_SCALING = claim("sec34-output-scaling",
      title="With the label c instead of 1 the weight-decay aversion is min(c^2/4, lambda^2/(x . x))",
      statement=equal(LABELLED, Min(factor**2 / 4, lam**2 / square())), hypotheses=[nonzero_input],
      kind="sentence", source="section 3.4, first sentence", not_applicable=NOT_FINITE,
      reading="Sharper than the text: where the signal is not regularised away the scale of the outputs has no effect, "
              "while theorem 6 has c^2 for dropout.")

NOT_SQUARE = claim("sec34-no-output-scaling",
      title="Weight decay does not share dropout's scaling with the outputs",
      statement=less(LABELLED, factor**2 * aversion),
      hypotheses=[Hypothesis("larger outputs", less(1, factor)),
                  Hypothesis("signal left", less(4 * lam**2, factor**2 * square()))],
      kind="sentence", source="section 3.4, first sentence", not_applicable=NOT_FINITE)


def along(s: Any) -> Any:
    """The criterion with lambda = 1/8 for one input 1 and one unit: both weights s, output bias 1/2."""
    risk = half * (s * Relu(s * 1) + half - 1) ** 2 + half * half**2
    return risk + eighth / 2 * (s**2 + s**2)


claim("sec34-not-convex",
      title="The criterion of weight decay is not convex",
      statement=less((along(S.Zero) + along(half)) / 2, along(half / 2)), kind="sentence",
      source="section 3.4, before theorem 7",
      reading="Existence: halfway between two networks the criterion is above the mean of its values there.")
