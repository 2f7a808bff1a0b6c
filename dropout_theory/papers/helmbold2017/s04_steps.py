"""Section 4: sentences inside the proofs of lemmas 10 and 12 and of theorem 17, and what gadgets do to the variance."""

from __future__ import annotations

import sympy as sp
from sympy import Product, Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    REAL,
    E,
    ForAll,
    ForEach,
    Relu,
    Scalar,
    Var,
    both,
    either,
    equal,
    family,
    gates,
    implies,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.notation import BIT, K, d, k, n
from dropout_theory.papers.helmbold2017.s02_conventions import agrees
from dropout_theory.papers.helmbold2017.s04_distributions import criterion as two_examples
from dropout_theory.papers.helmbold2017.s04_distributions import two_features
from dropout_theory.papers.helmbold2017.s04_gadgets import a, first_one, i, m, network, unit
from dropout_theory.papers.helmbold2017.s04_gadgets import x as bits
from dropout_theory.papers.helmbold2017.s04_supermodular import (
    CANDIDATES,
    W1,
    bias_atoms,
    convex,
    increasing,
    sigma,
    weight_atoms,
)

claim = Section("helmbold2017", "4")
TWO, THREE = {"max_size": 2}, {"max_size": 3}
half, eighth = Rational(1, 2), Rational(1, 8)

# --- monotone units -----------------------------------------------------------------------------------------------

outer, left, right = (sp.Function(name, real=True) for name in ("f", "g", "h"))
smaller, larger, other, more = (Scalar(name) for name in ("x", "x'", "v", "v'"))
outer_rises = Hypothesis("f is monotone", ForAll(implies(
    both(less_equal(smaller, larger), less_equal(other, more)),
    less_equal(outer(smaller, other), outer(larger, more))), (smaller,), (larger,), (other,), (more,)))
inner_rise = [Hypothesis(f"{inner.__name__} is monotone", ForAll(implies(
    less_equal(smaller, larger), less_equal(inner(smaller), inner(larger))), (smaller,), (larger,)))
    for inner in (left, right)]
low_input, high_input = Scalar("s"), Scalar("t")
sum_of_two, double = sp.Lambda((smaller, other), Relu(smaller + other)), sp.Lambda(smaller, 2 * smaller)
COMPOSED = claim("sec4-monotone-network",
      title="A network of monotone units is monotone: a monotone unit of monotone units",
      statement=implies(less_equal(low_input, high_input), less_equal(
          outer(left(low_input), right(low_input)), outer(left(high_input), right(high_input)))),
      hypotheses=[outer_rises, *inner_rise], kind="sentence", source="section 4, second paragraph",
      candidates={outer: (sum_of_two,), left: (double,), right: (double,)},
      admissible={outer: sum_of_two, left: double, right: double, low_input: 0, high_input: 1},
      reading="One unit on two others as a function of one input; layer by layer this is every network.")

# --- lemma 10 -----------------------------------------------------------------------------------------------------

some_one = less_equal(1, Sum(bits[k], (k, 1, K)))
EITHER = either(equal(unit(i), 0), equal(unit(i), 1))
KEY_NODES = claim("lem10-step-key-nodes",
      title="If an input is kept each gadget has exactly one unit that computes 1, and every other computes 0",
      statement=implies(some_one, both(equal(Sum(unit(i), (i, 1, K)), 1),
                                       ForEach(EITHER, (i, 1, K)))),
      kind="step", source="proof of lemma 10", limits=THREE,
      reading="On kept inputs without their factor 2, which the printed proof takes out too.")

nodes = gates("r", half, (a, 1, m), (i, 1, K))
u = Scalar("u", NONNEGATIVE)
BINOMIAL = claim("lem10-step-binomial",
      title="If an input is kept the number of kept key nodes has the law B(n/K, 1/2)",
      statement=implies(some_one, equal(E(Product(1 + (u - 1) * Sum(nodes[a, i] * unit(i), (i, 1, K)), (a, 1, m))),
                                        ((1 + u) / 2) ** m)),
      kind="step", source="proof of lemma 10", limits=TWO,
      reading="Probability generating functions: the left side is the mean of u to the number of kept key nodes, as "
              "each gadget has one.")

kept = network.bits
seen, ones = Sum(first_one(lambda k_: kept[k_], i), (i, 1, K)), Sum(kept[k], (k, 1, K))
lost = 2**-K
claim("sec41-variance-removed",
      title="A gadget brings the relative variance of the number of ones from 1/K down to 1/(2^K - 1)",
      statement=both(equal(E(seen), 1 - lost), equal(Var(seen), lost * (1 - lost)), equal(E(ones), K / 2),
                     equal(Var(ones), K / 4)), kind="sentence", source="section 4.1, before and after lemma 9",
      limits=THREE, reading="Relative is variance by squared mean, as the output weight sets the mean.")

# --- lemma 12 -----------------------------------------------------------------------------------------------------

x, d1, d2 = (Scalar(name, domain) for name, domain in (("x", REAL), ("d1", NONNEGATIVE), ("d2", NONNEGATIVE)))
claim("lem12-step-base",
      title="At an input node adding d1 has the same effect before and after adding d2",
      statement=equal((x + d1) - x, (x + d1 + d2) - (x + d2)), kind="step", source="proof of lemma 12")

I, f = family("I(x)", REAL, (k, 1, n)), family("f", REAL, (k, 1, n))
g, e = family("g", NONNEGATIVE, (k, 1, n)), family("e", NONNEGATIVE, (k, 1, n))
inputs = {"x": I[k], "x+d1": I[k] + f[k], "x+d2": I[k] + g[k], "x+d1+d2": I[k] + f[k] + g[k] + e[k]}
w, b = family("w", NONNEGATIVE, (k, 1, n)), Scalar("b")


def argument(name: str) -> sp.Expr:
    """w . I + b."""
    return Sum(w[k] * inputs[name], (k, 1, n)) + b


INTERVALS = claim("lem12-step-interval",
      title="The second interval of activations starts at least as high as the first and is at least as long",
      statement=both(less_equal(argument("x"), argument("x+d2")),
                     less_equal(argument("x+d1") - argument("x"), argument("x+d1+d2") - argument("x+d2"))),
      kind="step", source="proof of lemma 12", limits=TWO,
      reading="By induction I(x+d2) is I(x) + g and I(x+d1+d2) - I(x+d2) is I(x+d1) - I(x) + e with g and e not "
              "negative.")

low = Scalar("p")
length, higher, longer = (Scalar(name, NONNEGATIVE) for name in ("l", "s", "t"))
high, start = low + length, low + higher
end = start + length + longer
INTEGRAL = claim("lem12-step-integral",
      title="A convex non-decreasing activation rises at least as much over an interval that is higher and longer",
      statement=less_equal(sigma(high) - sigma(low), sigma(end) - sigma(start)),
      hypotheses=[increasing, convex], candidates=CANDIDATES, kind="step", source="proof of lemma 12",
      admissible={low: 0, length: 1, higher: 1, longer: 1, sigma: CANDIDATES[sigma][0]},
      reading="The text compares integrals of the derivative, which is not negative and does not decrease.")

# --- theorem 17 ---------------------------------------------------------------------------------------------------

coin, features = gates("y", half, (k, 1, 1))[1], gates("r0", half, (k, 1, 2))
first, second = Scalar("s1", BIT), Scalar("s2", BIT)
claim("thm17-step-joint",
      title="Under dropout (0, 0), 0 has probability 1/2 and each kept set with label 1 has probability 1/8",
      statement=both(equal(E(1 - coin), half),
                     equal(E(coin * agrees(features[1], first) * agrees(features[2], second)), eighth)),
      kind="step", source="proof of theorem 17")

r = family("r", BIT, (k, 1, 2))
one_kept = less_equal(1, r[1] + r[2])


# the two units of a gadget for the input (1, 1) with the pattern r: kept inputs are 2
UNITS = (Relu(2 * r[1]), Relu(2 * r[2] - 2 * r[1]))
claim("thm17-step-first-layer",
      title="On inputs other than (0, 0) each unit of the first hidden layer computes 1",
      statement=implies(one_kept, both(*(equal(value, 1) for value in UNITS))), kind="step",
      source="proof of theorem 17",
      erratum=Erratum("invalid-step", "minor", "One unit of each gadget computes 2, the other 0: kept inputs are 2. "
                      "The sum over a gadget is what the rest of the proof uses."))

FIRST_LAYER = claim("thm17-step-first-layer.amended",
      title="On inputs other than (0, 0) one unit of each gadget computes 2 and the other 0",
      statement=implies(one_kept, both(equal(UNITS[0] + UNITS[1], 2), equal(UNITS[0] * UNITS[1], 0))),
      source="proof of theorem 17")

claim("thm17-notation",
      title="On the distribution concentrated on ((1, 1), 1) no network without negative weights is optimal",
      statement=less(0, E((two_features(1, 1) - 1) ** 2)), kind="sentence", source="section 4.2, theorem 17",
      limits=TWO, reading="Read with the table of notation: the index (1, 1), 1 has no parentheses around it.",
      admissible={n: 1, d: 2, W1: {(1, 1): 1, (1, 2): 1}, weight_atoms[1]: {}, weight_atoms[2]: {(1,): 1},
                  bias_atoms[0]: {(1, 1): 0}, bias_atoms[1]: 0},
      erratum=Erratum("notation", "typo", "The distribution of definition 1 is meant, as the proof and section 4.3 "
                      "say; the output bias alone fits the single example."))

claim("thm17-notation.amended",
      title="On the distribution of definition 1 every network without negative weights has criterion at least 1/8",
      statement=less_equal(eighth, two_examples(1)), source="section 4.2, theorem 17", limits=TWO)
