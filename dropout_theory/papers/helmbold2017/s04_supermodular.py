"""Section 4: networks without negative weights compute supermodular functions; two inputs and theorem 17."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    REAL,
    E,
    ForAll,
    ForEach,
    Recursion,
    Relu,
    SameToOrder,
    Scalar,
    both,
    convexity,
    equal,
    equivalent,
    family,
    gates,
    implies,
    less,
    less_equal,
    notion,
    placeholder,
    recursion,
)
from dropout_theory.papers.helmbold2017.notation import (
    HIDDEN_NODES,
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
    pattern,
    scaled,
)
from dropout_theory.papers.helmbold2017.s04_gadgets import Gadgets, eps, excess_at, m

claim = Section("helmbold2017", "4")
TWO = {"max_size": 2}

# --- definition 11 and lemma 12 ---------------------------------------------------------------------------------

low, first, second, high = (Scalar(name) for name in ("phi(x)", "phi(x+d1)", "phi(x+d2)", "phi(x+d1+d2)"))

claim("def11",
      title="The two forms of the condition of supermodularity say the same",
      statement=equivalent(less_equal(first + second, low + high), less_equal(first - low, high - second)),
      kind="definition", source="section 4.1, definition 11")

sigma = sp.Function("sigma", real=True)
z, u, v = Scalar("z"), Scalar("u"), Scalar("v")
increasing = Hypothesis("non-decreasing", ForAll(implies(less_equal(u, v), less_equal(sigma(u), sigma(v))), (u,), (v,)))
convex = Hypothesis("convex", convexity(sigma(z), z))
CANDIDATES = {sigma: (sp.Lambda(z, Relu(z)), sp.Lambda(z, 2 * z))}

weight_atoms = (family("W1", NONNEGATIVE, (i, 1, n), (k, 1, INPUT_NODES[0][2])),
                family("W", NONNEGATIVE, (l, 2, d - 1), (i, 1, n), (k, 1, n)), family("w", NONNEGATIVE, (k, 1, n)))
bias_atoms = (family("b", REAL, (l, 1, d - 1), (i, 1, n)), Scalar("b0"))
network = Parameters(lambda i_, k_: weight_atoms[0][i_, k_], lambda l_, i_, k_: weight_atoms[1][l_, i_, k_],
                     lambda l_, i_: bias_atoms[0][l_, i_], lambda k_: weight_atoms[2][k_], bias_atoms[1])


def one_layer(inputs: int, units: int, last: Any, bias: Any) -> dict[Any, Any]:
    """One hidden layer: weights one into it, all output weights equal, an output bias and no other."""
    below, layer = range(1, inputs + 1), range(1, units + 1)
    return {d: 2, K: inputs, n: units, weight_atoms[0]: {(unit, node): 1 for unit in layer for node in below},
            weight_atoms[1]: {}, weight_atoms[2]: {(unit,): last for unit in layer},
            bias_atoms[0]: {(1, unit): 0 for unit in layer}, bias_atoms[1]: bias}


x = family("x", REAL, *INPUT_NODES)
d1, d2 = family("d1", NONNEGATIVE, *INPUT_NODES), family("d2", NONNEGATIVE, *INPUT_NODES)
INPUTS: tuple[Entry, ...] = (lambda k_: x[k_], lambda k_: x[k_] + d1[k_], lambda k_: x[k_] + d2[k_],
                             lambda k_: x[k_] + d1[k_] + d2[k_])
NAMES = ("A", "B", "C", "D")  # hidden values at x, x + d1, x + d2 and x + d1 + d2


def four(keep_input: Entry, keep_hidden: Entry, activation: Entry = sigma) -> tuple[Recursion, ...]:
    """Hidden values at the four inputs."""
    return tuple(hidden(name, network, inputs, keep_input, keep_hidden, activation=activation)
                 for name, inputs in zip(NAMES, INPUTS, strict=True))


def supermodular(values: Any) -> Any:
    """The inequality for values at x, x + d1, x + d2 and x + d1 + d2."""
    a, b, c, e = values
    return less_equal(b + c, a + e)


clean = four(always, always)
r0, r = pattern()
dropped = four(scaled(r0), scaled(r))
general: dict[str, Any] = {"hypotheses": [increasing, convex], "candidates": CANDIDATES, "limits": TWO}

claim("sec4-monotone",
      title="Units with non-negative weights and non-decreasing activations compute monotone functions",
      statement=ForEach(less_equal(clean[0][l, i], clean[1][l, i]), (i, 1, n), (l, 1, d - 1)),
      kind="sentence", source="section 4, second paragraph", hypotheses=[increasing], candidates=CANDIDATES, limits=TWO)

UNIT = claim("lem12-step-unit",
      title="Every hidden unit computes a supermodular function of the input",
      statement=ForEach(supermodular([values[l, i] for values in clean]), (i, 1, n), (l, 1, d - 1)),
      kind="step", source="proof of lemma 12", **general)

LEM12 = claim("lem12",
      title="A network with non-negative weights and convex non-decreasing activations is supermodular",
      statement=supermodular([output(network, values, always) for values in clean]),
      kind="lemma", source="section 4.1, lemma 12", **general,
      reading="Continuity and differentiability follow from convexity and are not needed.")

DROPPED = claim("lem14-step-dropped",
      title="Dropping nodes leaves the network supermodular",
      statement=supermodular([output(network, values, scaled(r)) for values in dropped]),
      kind="step", source="proof of lemma 14", **general)

# --- theorem 17: a lower bound for two inputs -------------------------------------------------------------------

W1 = family("W1", NONNEGATIVE, (i, 1, n), (k, 1, 2))
half = Rational(1, 2)
gate = gates("r", half, *HIDDEN_NODES)


def presented(name: str, one: Any, two: Any) -> Recursion:
    """Hidden values when the first layer is given the inputs `one` and `two` and hidden nodes are dropped."""
    ranges = ((l, 1, d - 1), (i, 1, n))
    slot = placeholder(name, ranges)
    lower = Sum(network.deeper(l, i, k) * 2 * gate[l - 1, k] * slot[l - 1, k], (k, 1, n))
    return recursion(name, ranges, Relu(W1[i, 1] * one + W1[i, 2] * two + network.bias(1, i)),
                     Relu(lower + network.bias(l, i)))


CORNERS = {"00": presented("A", 0, 0), "20": presented("B", 2, 0),
           "02": presented("C", 0, 2), "22": presented("D", 2, 2)}


def at_corner(name: str) -> Any:
    """The random output when the inputs are presented without dropout."""
    return output(network, CORNERS[name], lambda l_, k_: 2 * gate[l_, k_])


V00, V20, V02, V22 = (E(at_corner(name)) for name in CORNERS)
# label 0 sees (0, 0) only; under label 1 each of the four kept sets of inputs has probability 1/4
criterion = (E(at_corner("00") ** 2) + sum(E((at_corner(name) - 1) ** 2) for name in CORNERS) / 4) / 2
printed: dict[str, Any] = {"kind": "step", "source": "proof of theorem 17", "limits": TWO}

J_D = of_network("J_D", "W", criterion, "dropout criterion for two inputs of a network without negative weights")
V_00, V_20, V_02, V_22 = (notion(f"V_{corner}", E(at_corner(corner)), "mean output when the first layer is given "
                                f"({', '.join(corner)})") for corner in CORNERS)

V_SUPERMODULAR = claim("thm17-step-supermodular",
      title="The mean outputs at the corners of the square are supermodular",
      statement=less_equal(V_20 + V_02 - V_00, V_22), **printed)

eq7_right = (V_00**2 + ((V_00 - 1) ** 2 + (V_22 - 1) ** 2 + (V_20 - 1) ** 2 + (V_02 - 1) ** 2) / 4) / 2
EQ7 = claim("eq7",
      title="The criterion is at least its bias terms",
      statement=less_equal(eq7_right, J_D), source="section 4.2, eq. (7)", limits=TWO,
      reading="The four patterns of two kept or dropped inputs have probability 1/4 each and are written out.")

EQ8 = claim("eq8",
      title="Eight times the criterion is at least the sum of the squared biases",
      statement=less_equal(4 * V_00**2 + (V_00 - 1) ** 2 + (V_22 - 1) ** 2 + (V_20 - 1) ** 2 + (V_02 - 1) ** 2,
                           8 * J_D), source="section 4.2, eq. (8)", limits=TWO)

v00, v20, v02, gap = Scalar("V00"), Scalar("V20"), Scalar("V02"), Scalar("epsilon", NONNEGATIVE)


def right_side(one: Any, two: Any) -> Any:
    """The right side of (8) with V22 = V20 + V02 - V00 + epsilon."""
    return 4 * v00**2 + (v00 - 1) ** 2 + (one + two - v00 + gap - 1) ** 2 + (one - 1) ** 2 + (two - 1) ** 2


middle = (v20 + v02) / 2
claim("thm17-step-symmetric",
      title="Replacing V20 and V02 by their mean does not increase the right side",
      statement=less_equal(right_side(middle, middle), right_side(v20, v02)), **printed)

best = (2 + v00 - gap) / 3
claim("thm17-step-minimiser",
      title="With equal V20 and V02 the right side is least at (2 + V00 - epsilon)/3",
      statement=both(less_equal(right_side(best, best), right_side(v20, v20)),
                     equal(right_side(best, best), (v00 - gap - 1) ** 2 / 3 + (v00 - 1) ** 2 + 4 * v00**2)), **printed)

claim("thm17-step-epsilon",
      title="For V00 below 1 the bound is least at epsilon = 0",
      statement=implies(less(v00, 1), less_equal((v00 - 1) ** 2 / 3, (v00 - gap - 1) ** 2 / 3)), **printed)

claim("thm17-step-quarter",
      title="The minimising V00 is 1/4, where the bound is 1",
      statement=less_equal(1, (v00 - 1) ** 2 / 3 + (v00 - 1) ** 2 + 4 * v00**2), **printed)

claim("thm17-step-large",
      title="If V00 is at least 1 the criterion is at least 1/2",
      statement=implies(less_equal(1, V_00), less_equal(half, J_D)), **printed)

claim("thm17-step-lower-bound",
      title="Without negative weights the criterion for two inputs is at least 1/8",
      statement=less_equal(Rational(1, 8), J_D), **printed)

# --- theorem 17: the network with negative weights --------------------------------------------------------------

two = Gadgets(sp.Integer(2))
A = two.excess
fifth = Rational(1, 5)

claim("thm17-step-zero-input",
      title="Examples whose inputs are all dropped or zero contribute 1/10",
      statement=equal(half * fifth**2 + Rational(1, 8) * (fifth - 1) ** 2, Rational(1, 10)), **printed)


def kept_part(weight: Any) -> Any:
    """The mean square error on (1, 1) less the part where both inputs are dropped, per probability 3/4."""
    return (E((two.output(weight, fifth) - 1) ** 2) - (fifth - 1) ** 2 / 4) * Rational(4, 3)


claim("thm17-step-kept",
      title="Where an input is kept the mean square error is 1 - 1/((1 + 2/n)(1 + 1/n)^(d-2))",
      statement=equal(kept_part(two.best), 1 - 1 / A), **printed,
      erratum=Erratum("missing-factor", "minor", "With the output bias 1/5 the output weight of lemma 10 overshoots by "
                      "1/5. Output weights of 4/5 of it give the limit; theorem 17 holds with either."))

KEPT = claim("thm17-step-kept.amended",
      title="With 4/5 of the output weight the mean square error is 16/25 of the printed one",
      statement=equal(kept_part(4 * two.best / 5), Rational(16, 25) * (1 - 1 / A)), source="proof of theorem 17",
      limits=TWO)


def with_bias(excess: Any) -> Any:
    """The criterion of the network as described, bias 1/5 and the output weight of lemma 10."""
    return (Rational(17, 25) - Rational(9, 20) / excess) / 2


def rescaled(excess: Any) -> Any:
    """The criterion with bias 1/5 and 4/5 of that output weight."""
    return Rational(1, 10) + Rational(6, 25) * (1 - 1 / excess)


WITH_BIAS = claim("thm17-step-criterion",
      title="The criterion of the network with output bias 1/5 as described",
      statement=equal(two.named_criterion(two.best, fifth), with_bias(A)), **printed)

RESCALED = claim("thm17-step-criterion-rescaled",
      title="The criterion of the network with output bias 1/5 and 4/5 of the output weight",
      statement=equal(two.named_criterion(4 * two.best / 5, fifth, "W'_neg"), rescaled(A)), **printed)

claim("eq6",
      title="The criterion of the network with negative weights tends to 1/10",
      statement=SameToOrder(with_bias(excess_at(2)), Rational(1, 10), eps, 0), source="section 4.2, eq. (6)",
      reading="epsilon is 1/n; the criterion is put in the closed form of thm17-step-criterion.",
      erratum=Erratum("missing-factor", "minor", "The limit is 23/200, still below 1/8. It is 1/10 when the output "
                      "weights are multiplied by 4/5 to make room for the bias."))

claim("eq6.amended-limit",
      title="The criterion of the network as described tends to 23/200",
      statement=SameToOrder(with_bias(excess_at(2)), Rational(23, 200), eps, 0), source="section 4.2, eq. (6)")

claim("eq6.amended",
      title="The criterion of the network with rescaled output weights tends to 1/10",
      statement=SameToOrder(rescaled(excess_at(2)), Rational(1, 10), eps, 0), source="section 4.2, eq. (6)")

wide = Hypothesis("n is large", less(A, Rational(45, 43)), "holds from some n on for each d")
THM17 = claim("thm17",
      title="For two inputs and many hidden units every network without negative weights can be improved upon",
      statement=less(two.named_criterion(two.best, fifth), J_D), hypotheses=[wide],
      kind="theorem", source="section 4.2, theorem 17",
      admissible={m: 50, d: 2, n: 1, W1: {(1, 1): 1, (1, 2): 1}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 1},
                  bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 0},
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "decide"),
                                   "the hypothesis needs more than 40 hidden units, too many patterns to enumerate"),
      reading="An optimiser without negative weights would have at most the criterion of the network of gadgets. That "
              "there is an optimiser is not said, see def2-contributions-bounded; without one nothing is claimed. "
              "K = 2 is no perfect square, so it lies outside the standard architecture of section 2.")
