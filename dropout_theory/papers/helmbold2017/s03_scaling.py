"""Section 3: what rescaling the inputs, the weights and the outputs does to dropout."""

from __future__ import annotations

from typing import Any

from sympy import Not, Product

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    REAL,
    Abstract,
    Aversion,
    E,
    Family,
    ForEach,
    HasValue,
    Iff,
    Scalar,
    both,
    different,
    equal,
    equivalent,
    family,
    implies,
    less,
    notion,
    recursion,
)
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    Entry,
    K,
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
    parameter_families,
    pattern,
    random_pattern,
    scaled,
    t,
)

claim = Section("helmbold2017", "3")

atoms = parameter_families()
W1, W, b, w, b0 = atoms
network = own(atoms)
x = family("x", REAL, *INPUT_NODES)
r0, r = pattern()
delta0, delta = random_pattern()

# an example (X, Y) of any joint law, independent of the gates
X = Abstract("X", REAL, INPUT_NODES, False, ("r0", "r"))
Y = Abstract("Y", REAL, (), False, ("r0", "r"))[()]


def input_values(values: Family) -> Entry:
    """The k-th input as a function of k."""
    return lambda k_: values[k_]


# --- section 3.1: rescaled inputs -------------------------------------------------------------------------------

a = family("a", REAL, *INPUT_NODES)  # the diagonal of A
a_inverse = recursion("e", INPUT_NODES, 1 / a[k], 1 / a[k])  # the diagonal of the inverse
full_rank = Hypothesis("full rank", ForEach(different(a[k], 0), (k, 1, K)))

undone = Parameters(lambda i_, k_: W1[i_, k_] * a_inverse[k_], network.deeper, network.bias, network.last, b0)

h = hidden("h", network, input_values(x), scaled(r0), scaled(r))
h_undone = hidden("h'", undone, lambda k_: a[k_] * x[k_], scaled(r0), scaled(r))
D = output(network, h, scaled(r))
D_W = of_network("D", "W", D, "output of the network W in a dropout pattern")
D_UNDONE = of_network("D", "W'", output(undone, h_undone, scaled(r)), "output of the network W' on A x in that pattern")

CLEAN = claim("thm4-step-clean",
      title="First weights times the inverse diagonal undo a rescaling of the inputs in the network without dropout",
      statement=equal(output(undone, hidden("H'", undone, lambda k_: a[k_] * x[k_], always, always), always),
                      output(network, hidden("H", network, input_values(x), always, always), always)),
      hypotheses=[full_rank], kind="step", source="proof of theorem 4")

DROPPED = claim("thm4-step-dropped",
      title="It undoes the rescaling under every dropout pattern too, because the matrix is diagonal",
      statement=equal(D_UNDONE, D_W),
      hypotheses=[full_rank], kind="step", source="proof of theorem 4")

hX = hidden("h", network, input_values(X), scaled(delta0), scaled(delta))
HX = hidden("H", network, input_values(X), always, always)
DX = output(network, hX, scaled(delta))
OX = output(network, HX, always)
criterion = E((DX - Y) ** 2)
risk = E((OX - Y) ** 2)
aversion = Aversion(criterion, risk, atoms)

hA = hidden("h'", network, lambda k_: a[k_] * X[k_], scaled(delta0), scaled(delta))
HA = hidden("H'", network, lambda k_: a[k_] * X[k_], always, always)
rescaled_aversion = Aversion(E((output(network, hA, scaled(delta)) - Y) ** 2),
                             E((output(network, HA, always) - Y) ** 2), atoms)

J_D = of_network("J_D", "W", criterion, "dropout criterion of the network W: its mean square error under dropout")
R = of_network("R", "W", risk, "risk of the network W: its mean square error without dropout")
dropout_aversion = notion("aversion(P)", Aversion(J_D, R, atoms),
                         "dropout aversion of the law P of (X, Y): what minimisers of the criterion lose in risk",
                         r"\operatorname{aversion}\left(P\right)")
RESCALED = notion("aversion(A∘P)", Aversion(
    of_network("J_D", "W; A∘P", rescaled_aversion.criterion, "dropout criterion of W on rescaled inputs"),
    of_network("R", "W; A∘P", rescaled_aversion.risk, "risk of W on rescaled inputs"), atoms),
    "dropout aversion when input k is multiplied by a[k]", r"\operatorname{aversion}\left(A \circ P\right)")

NOT_FINITE = {"exact": "an optimum over all networks is not evaluated", "property": "an optimum over all networks",
              "montecarlo": "an optimum over all networks", "interval": "an optimum over all networks",
              "decide": "an optimum over all networks"}

claim("thm4",
      title="The dropout aversion of a distribution does not change when each input is rescaled",
      statement=implies(HasValue(dropout_aversion), equal(RESCALED, dropout_aversion)),
      hypotheses=[full_rank], kind="theorem", source="section 3.1, theorem 4", not_applicable=NOT_FINITE,
      reading="The example (X, Y) has any joint law. Definition 2 takes for granted that the criterion has a "
              "minimiser; the theorem is read: where the aversion of P exists so does the other, and they are equal. "
              "As the inverse of the matrix leads back, both are undefined together elsewhere.")

# --- section 3.2: rescaled parameters ---------------------------------------------------------------------------

c = family("c", POSITIVE, (t, 1, d))


def up_to(layer: Any) -> Any:
    """c_1 ... c_layer."""
    return Product(c[t], (t, 1, layer))


larger = Parameters(lambda i_, k_: c[1] * W1[i_, k_], lambda l_, i_, k_: c[l_] * W[l_, i_, k_],
                    lambda l_, i_: up_to(l_) * b[l_, i_], lambda k_: c[d] * w[k_], up_to(d) * b0)

h_larger = hidden("h'", larger, input_values(x), scaled(r0), scaled(r))
D_larger = output(larger, h_larger, scaled(r))
H = hidden("H", network, input_values(x), always, always)

claim("eq3",
      title="The rescaled parameters: weights of a layer by its factor, biases by the product of factors up to it",
      statement=both(ForEach(equal(larger.first(i, k), c[1] * W1[i, k]), (i, 1, n), (k, 1, K)),
                     ForEach(equal(larger.deeper(l, i, k), c[l] * W[l, i, k]), (l, 2, d - 1), (i, 1, n), (k, 1, n)),
                     ForEach(equal(larger.bias(l, i), up_to(l) * b[l, i]), (l, 1, d - 1), (i, 1, n)),
                     ForEach(equal(larger.last(k), c[d] * w[k]), (k, 1, n)),
                     equal(larger.output_bias, up_to(d) * b0)),
      kind="definition", source="section 3.2, eq. (3)")

D_LARGER = of_network("D", "W'", D_larger, "output of W' under dropout")
scaled_output = equal(D_LARGER, up_to(d) * D_W)

claim("thm5.1",
      title="The rescaled network's output is the product of all factors times the output, for each dropout pattern",
      statement=scaled_output, kind="theorem", source="section 3.2, theorem 5")

hX_larger = hidden("h'", larger, input_values(X), scaled(delta0), scaled(delta))
HX_larger = hidden("H'", larger, input_values(X), always, always)
DX_larger = output(larger, hX_larger, scaled(delta))
OX_larger = output(larger, HX_larger, always)
criterion_larger = E((DX_larger - Y) ** 2)
risk_larger = E((OX_larger - Y) ** 2)
balanced = equal(up_to(d), 1)

J_D_LARGER = of_network("J_D", "W'", criterion_larger, "dropout criterion of the rescaled network W'")
R_LARGER = of_network("R", "W'", risk_larger, "risk of the rescaled network W'")
equal_criterion = equal(J_D_LARGER, J_D)
equal_penalty = equal(J_D_LARGER - R_LARGER, J_D - R)
equal_risk = equal(R_LARGER, R)

claim("thm5.2",
      title="Factors of product one leave the dropout criterion unchanged for every distribution",
      statement=implies(balanced, equal_criterion), kind="theorem", source="section 3.2, theorem 5")

claim("thm5.3",
      title="Factors of product one leave the dropout penalty unchanged for every distribution",
      statement=implies(balanced, equal_penalty), kind="theorem", source="section 3.2, theorem 5")

claim("thm5.4",
      title="Factors of product one leave the expected loss unchanged for every distribution",
      statement=implies(balanced, equal_risk), kind="theorem", source="section 3.2, theorem 5")

claim("thm5",
      title="Rescaling the layers rescales the output; factors of product one change nothing that training sees",
      statement=both(scaled_output, implies(balanced, equal_criterion), implies(balanced, equal_penalty),
                     implies(balanced, equal_risk)),
      kind="theorem", source="section 3.2, theorem 5")

claim("thm5-step-hidden",
      title="Each hidden value is multiplied by the factors up to its layer",
      statement=ForEach(equal(h_larger[l, i], up_to(l) * h[l, i]), (i, 1, n), (l, 1, d - 1)),
      kind="step", source="proof of theorem 5")

claim("thm5-step-sign",
      title="A unit is active in the rescaled network exactly when it is active in the original one",
      statement=ForEach(equivalent(less(0, h_larger[l, i]), less(0, h[l, i])), (i, 1, n), (l, 1, d - 1)),
      kind="step", source="proof of theorem 5")

claim("thm5-step-output",
      title="The proof's last relation between the two outputs",
      statement=equal(D_W, up_to(d) * D_LARGER), kind="step", source="proof of theorem 5",
      erratum=Erratum("index", "typo", "The two networks are exchanged: the rescaled network has the larger output."))

claim("thm5-step-output.amended",
      title="The relation between the two outputs the right way round",
      statement=scaled_output, source="proof of theorem 5")

claim("thm5-step-equal-outputs",
      title="Factors of product one leave the output unchanged for every input and dropout pattern",
      statement=implies(balanced, equal(D_W, D_LARGER)), kind="step", source="proof of theorem 5")

# moving along the family of equivalent networks: d = 2, first layer times z, output weights divided by z
z = Scalar("z", POSITIVE)
unmoved = both(ForEach(equal(z * W1[i, k], W1[i, k]), (i, 1, n), (k, 1, K)),
               ForEach(equal(z * b[1, i], b[1, i]), (i, 1, n)),
               ForEach(equal(w[i] / z, w[i]), (i, 1, n)))
other_factor = Hypothesis("z is not 1", different(z, 1))
zero_network = both(ForEach(equal(W1[i, k], 0), (i, 1, n), (k, 1, K)), ForEach(equal(b[1, i], 0), (i, 1, n)),
                    ForEach(equal(w[i], 0), (i, 1, n)))

claim("sec3-rescaling-moves",
      title="Rescaling two layers against one another always gives another network",
      statement=Not(unmoved, evaluate=False), hypotheses=[other_factor],
      kind="sentence", source="section 3.2, after theorem 5",
      reading="The reason given why minimisers are never isolated, for one hidden layer.",
      erratum=Erratum("invalid-step", "minor", "The network of zeros, a minimiser when every label is the output bias, "
                      "is its own rescaling. The conclusion survives: the output weights of hidden units that compute "
                      "zero are free."))

claim("sec3-rescaling-moves.amended",
      title="Rescaling gives another network unless the parameters of both layers are all zero",
      statement=Iff(unmoved, zero_network), hypotheses=[other_factor], source="section 3.2, after theorem 5",
      admissible={n: 1, K: 1, d: 2, z: 2, w: {(1,): 0}, W1: {(1, 1): 0}, b: {(1, 1): 0}})

v = family("v", REAL, (k, 1, n))
other_last = Parameters(network.first, network.deeper, network.bias, lambda k_: v[k_], b0)
silent = ForEach(equal(h[d - 1, i], 0), (i, 1, n))

FREE = claim("sec3-silent-units-free",
      title="Where the last hidden units compute zero the output weights do not matter",
      statement=implies(silent, equal(output(other_last, h, scaled(r)), D)),
      kind="sentence", source="section 3.2, after theorem 5",
      reading="What makes the statement on isolated minimisers true at the network of zeros as well.")

# --- section 3.3: rescaled outputs ------------------------------------------------------------------------------

factor = Scalar("c", POSITIVE)
louder = Parameters(network.first, network.deeper, network.bias, lambda k_: factor * w[k_], factor * b0)
y = Scalar("y")

louder_aversion = Aversion(E((DX - factor * Y) ** 2), E((OX - factor * Y) ** 2), atoms)
LOUDER_AVERSION = notion("aversion(P')", Aversion(
    of_network("J_D", "W; P'", louder_aversion.criterion, "dropout criterion of W with the targets times c"),
    of_network("R", "W; P'", louder_aversion.risk, "risk of W with the targets times c"), atoms),
    "dropout aversion when the targets are multiplied by c", r"\operatorname{aversion}\left(P'\right)")

claim("thm6",
      title="Scaling the targets by c multiplies the dropout aversion by c squared",
      statement=implies(HasValue(dropout_aversion), equal(LOUDER_AVERSION, factor**2 * dropout_aversion)),
      kind="theorem", source="section 3.3, theorem 6", not_applicable=NOT_FINITE,
      reading="The example (X, Y) has any joint law for which the criterion is finite. Read as theorem 4: where the "
              "aversion of P exists so does the other; scaling by 1/c leads back.")

claim("thm6-step-loss",
      title="The loss of the rescaled output unit on the rescaled target is c squared times the loss",
      statement=equal((D - y) ** 2, (output(louder, h, scaled(r)) - factor * y) ** 2 / factor**2),
      kind="step", source="proof of theorem 6")

LOUDER = claim("thm6-step-criterion",
      title="The criterion of the network with its output unit scaled by c is c squared times the criterion",
      statement=equal(E((output(louder, hX, scaled(delta)) - factor * Y) ** 2), factor**2 * J_D),
      kind="step", source="proof of theorem 6")
