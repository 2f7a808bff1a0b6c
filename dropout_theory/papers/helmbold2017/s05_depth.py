"""Section 5: growth with the depth, sentences inside the proofs of theorems 18 to 20, and fewer signs in theorem 19."""

from __future__ import annotations

from typing import Any

from sympy import Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_PROBABILITY,
    POSITIVE,
    E,
    ForEach,
    Relu,
    Scalar,
    both,
    equal,
    family,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.notation import (
    K,
    Parameters,
    always,
    d,
    hidden,
    i,
    l,
    n,
    output,
    parameter_families,
    random_pattern,
    s,
    scaled,
    t,
)
from dropout_theory.papers.helmbold2017.s05_growth import (
    J_D,
    L2_PENALTY,
    R,
    Y,
    c,
    equal_weights,
    fixed_output,
    fixed_values,
    half,
    lam,
    r,
    r0,
    values,
)
from dropout_theory.papers.helmbold2017.s05_penalty import P, each_example, inputs
from dropout_theory.papers.helmbold2017.s05_penalty import y as labels

claim = Section("helmbold2017", "5")
TWO, THREE = {"max_size": 2}, {"max_size": 3}
ones = {c: half, K: 2, n: 2, d: 2}

# --- after theorem 18 -----------------------------------------------------------------------------------------------

low, high = Scalar("A", POSITIVE), Scalar("B", POSITIVE)
between = [Hypothesis("at least A^d", less_equal(low**d, Y)), Hypothesis("at most B^d", less_equal(Y, high**d))]
TARGETS = (less_equal(low ** (2 * d) / K, J_D - R),
           less_equal(L2_PENALTY, lam * high**2 / 2 * (K * n + n - 2 * n**2 + n**2 * d)))
claim("sec51-exponential-targets",
      title="For targets between A^d and B^d dropout's penalty is exponential in d, that of weight decay linear in d",
      statement=both(*TARGETS),
      hypotheses=between, kind="sentence", source="abstract; section 1; section 5.1, after theorem 18",
      admissible={c: 1, K: 2, n: 2, d: 2, low: 2, high: 2, lam: 1}, limits=TWO,
      reading="y = exp(Theta(d)) has such bounds, and with A > 1, for which the penalty of dropout is exponential. "
              "Linear is more than the polynomial growth claimed.")

claim("sec51-weight-decay-linear",
      title="With weights of constant size the penalty of weight decay is a linear function of the depth",
      statement=equal(L2_PENALTY, lam * c**2 / 2 * (K * n + n - 2 * n**2) + lam * c**2 * n**2 / 2 * d), kind="sentence",
      source="abstract; section 1; section 5.1, first paragraph", limits=THREE)

CONSTANT = claim("sec51-dropout-exponential",
      title="With weights c of constant size the dropout penalty is at least (c n)^(2d) K/n^2",
      statement=less_equal(K / n**2 * (c * n) ** (2 * d), J_D - R), kind="sentence",
      source="section 5.1, first paragraph", limits=TWO,
      reading="Exponential in the depth where c n > 1: layers of one unit are no example.")

weight = family("P", NONNEGATIVE, (s, 1, 2))
TERM = claim("sec51-term",
      title="A distribution with this example among others has this exponential term in its dropout penalty",
      statement=less_equal(weight[1] * K / n**2 * (c * n) ** (2 * d), weight[1] * (J_D - R)),
      kind="sentence", source="section 5.1, last sentence", limits=TWO,
      reading="P[1] is the probability of the example; the other terms of the decomposition are not looked at.")

NARROW = claim("sec51-narrow-layers",
      title="With one unit in each layer the targets of theorem 18 stay at most K at every depth",
      statement=less_equal(Y, K), hypotheses=[Hypothesis("one unit", equal(n, 1))], kind="sentence",
      source="section 5.1, theorem 18", admissible={c: half, K: 2, n: 1, d: 3}, limits=THREE,
      reading="Exponential targets need layers of at least two units.")

# --- proof of theorem 18 ----------------------------------------------------------------------------------------------

plain_values = values("g", 2 * c, lambda k_: r0[k_], lambda *node: r[node])
plain_output = output(equal_weights(2 * c), plain_values, lambda *node: r[node])
DOUBLED = claim("thm18-step-doubled-weights",
      title="Dropout acts as weights 2c with nodes replaced by 0 and nothing rescaled",
      statement=equal(plain_output, fixed_output), kind="step", source="proof of theorem 18", limits=TWO)

SAME = claim("thm18-step-same-values",
      title="In a dropout pattern all units of a layer compute the same",
      statement=ForEach(equal(fixed_values[l, i], fixed_values[l, t]), (i, 1, n), (t, 1, n), (l, 1, d - 1)),
      kind="step", source="proof of theorem 18", limits=TWO)

# --- theorem 19: signs that matter ------------------------------------------------------------------------------------

below, last = parameter_families(NONNEGATIVE), parameter_families()
network = Parameters(lambda i_, k_: below[0][i_, k_], lambda l_, i_, k_: below[1][l_, i_, k_],
                     lambda l_, i_: below[2][l_, i_], lambda k_: last[3][k_], last[4])
delta0, delta = random_pattern()


def in_network(name: str, keep0: Any, keep: Any, **how: Any) -> tuple[Any, Any]:
    """Hidden values and output on example s."""
    found = hidden(name, network, lambda s_, k_: inputs[s_, k_], keep0, keep, each_example, **how)
    return found, output(network, found, keep, s)


h, D = in_network("h", scaled(delta0), scaled(delta))
H, O = in_network("H", always, always)

FEWER_SIGNS = claim("thm19-signs-below-the-output",
      title="Only negative inputs, or weights and biases of hidden units, can make the dropout penalty negative",
      statement=less_equal(0, Sum(P[s] * (E((D - labels[s]) ** 2) - (O - labels[s]) ** 2), each_example)),
      kind="sentence", source="section 5.2, theorem 19, sharpened", limits=TWO,
      not_applicable={"decide": "the polynomial arithmetic of two layers of gates takes too long"},
      reading="The output node is linear: the signs of its weights and of its bias do not matter.")

# --- theorem 20 -------------------------------------------------------------------------------------------------------

q = Scalar("q", OPEN_PROBABILITY)
claim("thm20-step-negative-input-dropped",
      title="With only the negative input dropped the hidden units of the example compute a positive value",
      statement=less(0, Relu(1 * 1 / (1 - q) + 0 * (-2) / (1 - q))), kind="step", source="proof of theorem 20")
