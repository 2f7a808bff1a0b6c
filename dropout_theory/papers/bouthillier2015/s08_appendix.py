"""Appendix 8.1: why one input hardly reproduces the noise of every layer, and the probability it names.

Layers 0..h with widths n[0..h]; f is the clean network fed with x*, g the noisy one fed with x and fixed masks.
"""

from typing import Any

import sympy as sp

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NATURAL,
    OPEN_PROBABILITY,
    POSITIVE,
    REAL,
    SIZE,
    Domain,
    E,
    Exists,
    ForEach,
    Notion,
    Relu,
    Scalar,
    both,
    distribution,
    equal,
    equivalent,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    placeholder,
    recursion,
    size,
    subnetwork,
    weights,
)

claim = Section("bouthillier2015", "8.1")

# --- the network --------------------------------------------------------------------------------------------------
BIT = Domain("0 or 1", sp.S.Zero, sp.S.One, integer=True)
h = size("h")
l, j, k = (index(name) for name in "ljk")
n = family("n", SIZE, (l, 0, h))
W, b = weights("W", (l, 1, h), (j, 1, n[l]), (k, 1, n[l - 1])), weights("b", (l, 1, h), (j, 1, n[l]))
x, x_star = weights("x", (j, 1, n[0])), weights("x^*", (j, 1, n[0]))
m = family("m", BIT, (l, 1, h), (j, 1, n[l]))
UNITS = ((l, 0, h), (j, 1, n[l]))


def unit(layer: Any, j_: Any, below: Any) -> Any:
    """Rectified unit j of a layer, fed with the activations `below` of the layer beneath."""
    return Relu(b[layer, j_] + sp.Sum(W[layer, j_, k] * below[layer - 1, k], (k, 1, n[layer - 1])))


f = recursion("f", UNITS, x_star[j], unit(l, j, placeholder("f", UNITS)))
g = recursion("g", UNITS, x[j], m[l, j] * unit(l, j, placeholder("g", UNITS)))
i = Scalar("i", SIZE)
INSIDE = Hypothesis("layer of the network", less_equal(i, h))
BELOW_INSIDE = Hypothesis("layer below i of the network", less_equal(i - 1, h))
NOT_FIRST = Hypothesis("not the first layer", less_equal(2, i))
SMALL = {"max_size": 2}


CLEAN = Notion("f^(%s)_%s(x^*)", (l, j), unit(l, j, f), "unit of a layer, fed with the clean activations f below",
               "f^{(%s)}_{%s}(x^*)")
NOISY = Notion("f^(%s)_%s(g)", (l, j), unit(l, j, g), "unit of a layer, fed with the noisy activations g below",
               "f^{(%s)}_{%s}(g)")


def matched(layer: Any) -> Any:
    """Equations (12) and (13): the clean layer above f equals the noisy layer above g."""
    return ForEach(equal(CLEAN(layer, j), m[layer, j] * NOISY(layer, j)), (j, 1, n[layer]))


def unchanged(layer: Any) -> Any:
    """Equation (14): the mask of a layer does not modify the clean layer."""
    return ForEach(equal(CLEAN(layer, j), m[layer, j] * CLEAN(layer, j)), (j, 1, n[layer]))


def same_activations(layer: Any) -> Any:
    """The clean and noisy activations of a layer agree."""
    return ForEach(equal(f[layer, k], g[layer, k]), (k, 1, n[layer]))


EQ11 = claim("eq11", title="A composed network is its last layer applied to the rest",
             statement=ForEach(equal(f[i, j], CLEAN(i, j)), (j, 1, n[i])), hypotheses=[INSIDE], limits=SMALL)
EQ12 = claim("eq12", title="To suppose the displayed equality is to suppose that layer i is reproduced", kind="step",
             statement=equivalent(matched(i), same_activations(i)), hypotheses=[INSIDE], limits=SMALL,
             reading="the equality itself is a supposition; what can be checked is that its sides are the two layers")
EQ13 = claim("eq13", title="Reproducing layer i-1 makes the activations below layer i agree",
             statement=implies(matched(i - 1), same_activations(i - 1)), hypotheses=[BELOW_INSIDE, NOT_FIRST],
             limits=SMALL, kind="step",
             admissible={h: 2, i: 2, n: {(0,): 1, (1,): 1, (2,): 1}, W: {(1, 1, 1): 1, (2, 1, 1): 1},
                         b: {(1, 1): 0, (2, 1): 0}, x: {(1,): 1}, x_star: {(1,): 1}, m: {(1, 1): 1, (2, 1): 1}},
             reading="the layer i-1 must be a hidden one, so i is at least 2; of layer i itself nothing is said")
EQ14 = claim("eq14", title="Reproducing layers i-1 and i leaves layer i unmodified by its mask",
             statement=implies(both(matched(i), matched(i - 1)), unchanged(i)), hypotheses=[INSIDE, NOT_FIRST],
             limits=SMALL, kind="step", admissible=EQ13.admissible)

d = size("d")
a, mask = weights("a", d), family("m", BIT, d)
ACTIVE = claim("sec8.1-step-active", title="A mask leaves a layer unmodified exactly when it keeps every active unit",
               statement=equivalent(ForEach(equal(Relu(a[j]), mask[j] * Relu(a[j])), (j, 1, d)),
                                    ForEach(implies(less(0, Relu(a[j])), equal(mask[j], 1)), (j, 1, d))), kind="step")

# --- its probability ----------------------------------------------------------------------------------------------
p = Scalar("p", OPEN_PROBABILITY)
active = size("A")
gate = gates("M", p, active)
PROBABILITY = claim("sec8.1-probability", title="All of A active units are kept with probability p^A",
                    statement=equal(E(sp.Product(gate[j], (j, 1, active))), p**active), kind="sentence",
                    reading="for one input, whose share of active units is s: A = d s, active units numbered first")

examples = size("m")
P = distribution("P", examples)
N = subnetwork("N", P)
counts = family("A", NATURAL, examples)
CONSTANT = Hypothesis("as many active units for every input", ForEach(equal(counts[k], counts[1]), (k, 1, examples)))
MEAN = claim("sec8.1-mean-sparsity", title="The probability over inputs is p to the mean number of active units",
             statement=equal(E(p ** counts[N]), p ** E(counts[N])), kind="sentence",
             reading="the printed exponent is d times the mean sparsity; the mean is taken over inputs",
             erratum=Erratum("missing-hypothesis", "minor", "By convexity the mean probability is at least p to the "
                             "mean number of active units, with equality only when that number does not vary."))
MEAN_CONSTANT = claim("sec8.1-mean-sparsity.amended", title="With a fixed number of active units the formula is exact",
                      statement=MEAN.statement, hypotheses=[CONSTANT],
                      admissible={examples: 2, p: sp.S.Half, P: {(1,): sp.S.Half, (2,): sp.S.Half},
                                  counts: {(1,): 1, (2,): 1}})
MEAN_BOUND = claim("sec8.1-mean-sparsity.amended-bound", title="p to the mean number of active units is a lower bound",
                   statement=less_equal(p ** E(counts[N]), E(p ** counts[N])))

EXPONENT = 150  # 1000 units, a share 0.15 of them active
PRINTED = sp.Integer(10) ** -47
probability = sp.Pow(sp.Rational(1, 2), EXPONENT, evaluate=False)
claim("sec8.1-number-exponent", title="A share 0.15 of 1000 units is 150 units", kind="number",
      statement=equal(sp.Mul(1000, sp.Rational(15, 100), evaluate=False), EXPONENT))
claim("sec8.1-number", title="With 1000 units, share 0.15, p = 1/2 the probability is as low as 1e-47", kind="number",
      statement=less_equal(probability, PRINTED),
      erratum=Erratum("number", "minor", "0.5^150 is 7.0e-46, seventy times the printed value."))
claim("sec8.1-number.amended", title="The probability is 7.0e-46 to two digits", kind="number",
      statement=both(less(sp.Rational(695, 100) * sp.Integer(10) ** -46, probability),
                     less(probability, sp.Rational(705, 100) * sp.Integer(10) ** -46)))

# --- what the argument excludes -----------------------------------------------------------------------------------
here, there = Scalar("x", POSITIVE), Scalar("x^*", REAL)
first, second = Scalar("lambda_1", POSITIVE), Scalar("lambda_2", POSITIVE)


def loss(at: Any) -> Any:
    """Equation (8) for two layers of one unit with weight 1, the first unit kept and the second dropped."""
    return first * (Relu(at) - Relu(here)) ** 2 + second * Relu(Relu(at)) ** 2


CONCLUSION = claim("sec8.1-step-conclusion", title="Where a mask modifies a layer no single input brings the loss to 0",
                   statement=less(0, loss(there)), kind="step",
                   reading="the argument is said to show that a single input hardly reduces the loss; what it excludes "
                           "is a loss of exactly zero, read here for the smallest network with a modified layer")
claim("sec8.1-small-loss", title="Yet a single input can reduce that loss by more than half", kind="step",
      statement=Exists(less(loss(there), loss(here) / 2), (here,), (there,), (first,), (second,)),
      admissible={here: 1, there: sp.Rational(1, 10), first: 1, second: 9},
      reading="not printed: a small loss, as opposed to none, is not excluded by the argument")
