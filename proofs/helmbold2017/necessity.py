"""What the hypotheses are for under which gadgets beat every network without negative weights: one instance for each.

Where an instance is too large to enumerate, a theorem about the statement as it stands refutes what is left of it.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, refute, witness
from dropout_theory.language import POSITIVE, E, Expr, ForEach, Relu, Scalar, equal, less_equal, put_values
from dropout_theory.papers.helmbold2017 import s04_distributions as distributions
from dropout_theory.papers.helmbold2017 import s04_lower_bound as lower
from dropout_theory.papers.helmbold2017 import s04_mixtures as mixtures
from dropout_theory.papers.helmbold2017 import s04_one_input_deep as deep
from dropout_theory.papers.helmbold2017.notation import K, d, i, k, n
from dropout_theory.papers.helmbold2017.s04_gadgets import m
from dropout_theory.papers.helmbold2017.s04_supermodular import W1, bias_atoms, weight_atoms
from dropout_theory.proof import Theorem

from .s04_lower_bound import doubling
from .s04_one_input_deep import averages, damped
from .tactics import of_terms

half = Rational(1, 2)


def constant(inputs: int, layers: int, bias: Any = half) -> dict[Any, Any]:
    """A network of one unit in each layer with output weight 0: its criterion is 1/4 for the bias 1/2."""
    return {d: layers, n: 1, weight_atoms[0]: {(1, place): 0 for place in range(1, inputs + 1)},
            weight_atoms[2]: {(1,): 0}, weight_atoms[1]: {(level, 1, 1): 0 for level in range(2, layers)},
            bias_atoms[0]: {(level, 1): 0 for level in range(1, layers)}, bias_atoms[1]: bias}


def every(entry: Any, value: Any, *limits: Any) -> Theorem:
    """All entries of a family have a value, assumed: the equality for indices in their ranges."""
    return by.specialise(by.assume(ForEach(equal(entry, value), *limits)), *[limit[0] for limit in limits])


# --- few hidden units: constant networks are as good -------------------------------------------------------------

# two gadgets of one copy with two hidden layers reach 53/200
few = constant(2, 3)
witness("helmbold2017:thm17", {**few, W1: few[weight_atoms[0]], m: 1}, without="n is large")
witness("helmbold2017:sec1-positive-multiple", {**few, W1: few[weight_atoms[0]], m: 1, distributions.label: 1},
        without="n is large")
BOTH_ONES = {mixtures.gadgets.entries: {(1,): 1, (2,): 1}}
ONE_PAIR = {K: 2, mixtures.Q: {(1, 2): 1}, mixtures.y: {(1, 2): 1}}
witness("helmbold2017:sec43-negative-weights-required", {**few, **ONE_PAIR, **BOTH_ONES, m: 1}, without="n is large")
witness("helmbold2017:thm8-from-three-inputs", {**constant(3, 2), K: 3, m: 1}, without="n = m K is large")
witness("helmbold2017:thm8-from-two-inputs", {**few, K: 2, m: 1}, without="n = m K is large")
pairs = {family_: dict.fromkeys(((1,), (2,)), 0) for family_ in (deep.W1, deep.b1, deep.b2, deep.w)}
witness("helmbold2017:thm8-one-input-two-layers", {
    m: 1, n: 2, **pairs, deep.W2: {(one, other): 0 for one in (1, 2) for other in (1, 2)}, deep.b0: half},
    without="m >= 19")

# with one input the gadgets without bias stay above 1/4, which a bias makes good
for said_of, few_inputs in (("thm8", "K > 18"), ("thm8-from-three-inputs", "K >= 3")):
    witness(f"helmbold2017:{said_of}", {**lower.NEARLY_BEST, m: 10}, without=few_inputs)


@refute("helmbold2017:thm8", without="n = m K is large")
def one_copy() -> Theorem:
    """With one copy and one hidden layer gadgets have 1/4 or more, whatever the number of inputs."""
    silent, level = every(weight_atoms[2][k], 0, (k, 1, n)), by.assume(equal(bias_atoms[1], half))
    flat = by.rewritten(lower.J_D, silent, level, indices=[k])
    shallow, lost, U = Scalar("P", POSITIVE), Scalar("L", POSITIVE), Scalar("U", POSITIVE)
    power = (1 + 1 / (K * m)) ** (2 - d)
    one_layer_only = by.at_value(less_equal(power, 1), by.assume(equal(d, 2)), by.arithmetic(less_equal(1, 1)))
    inverse = by.in_letters(less_equal(1 / U, 1), {U: 2**K}, (less_equal(8 * (K + 2), 5 * U), doubling()))
    rare = by.restate(inverse, less_equal(2**-K, 1))
    bound = by.in_letters(less_equal(Rational(1, 4), half - (1 - lost) * shallow / (2 * (1 + 1 / m))),
                          {shallow: power, lost: 2**-K}, (less_equal(shallow, 1), one_layer_only),
                          (less_equal(lost, 1), rare), by.assume(equal(m, 1)))
    worse = by.arithmetic(by.negation(lower.THM8.statement), bound, by.cite(REGISTRY["helmbold2017:lem10"]), flat,
                          by.identity(flat.conclusion.args[1], Rational(1, 4)))
    return by.refutation(worse, lower.THM8.without("n = m K is large"), {**constant(19, 2), K: 19, m: 1})


# --- one input and two hidden layers ------------------------------------------------------------------------------


@refute("helmbold2017:thm8-one-input-two-layers", without="n = m + 1")
def wider_averages() -> Theorem:
    """21 units average better than 20 damp the noise."""
    first, second = deep.FIRST, deep.SECOND
    weight: Expr = 2 * n * deep.unit_value
    bias: Expr = (n**2 + 4 * n + 2) * deep.unit_value
    network = (every(deep.W1[k], half, first), every(deep.b1[k], 0, first), every(deep.W2[i, k], 1 / n, second, first),
               every(deep.b2[i], 0, second), every(deep.w[i], weight, second), by.assume(equal(deep.b0, bias)))
    here = by.rewritten(deep.criterion, *network, indices=[i, k])
    same = by.identity(here.conclusion.args[1], deep.REACHED.statement.args[0])
    better = of_terms(by.negation(deep.THM8.statement), here, same, averages(), damped(), by.assume(equal(n, 21)),
                      by.assume(equal(m, 19)))
    places = range(1, 22)
    values = {n: 21, m: 19, deep.b0: bias.subs(n, 21),
              deep.W2: {(one, other): Rational(1, 21) for one in places for other in places}}
    for entries, value in ((deep.W1, half), (deep.b1, 0), (deep.b2, 0), (deep.w, weight.subs(n, 21))):
        values[entries] = {(place,): value for place in places}
    return by.refutation(better, deep.THM8.without("n = m + 1"), values)


# --- mixtures of zero-embeddings ----------------------------------------------------------------------------------

REQUIRED, MIXED = mixtures.REQUIRED, "helmbold2017:sec43-negative-weights-required"
WIDE = {**constant(2, 2, 0), **ONE_PAIR, **BOTH_ONES, m: 22}  # 44 hidden units are enough


def nothing_lost(example: Theorem) -> Theorem:
    """The network of zeros has criterion 0, and no criterion is less, given something of every example."""
    gadgets, mixture = REQUIRED.statement.args
    silent, level = every(weight_atoms[2][k], 0, (k, 1, n)), by.assume(equal(bias_atoms[1], 0))
    zero = by.rewritten(mixture, silent, level, example, indices=[k, mixtures.u, mixtures.v])
    x = Scalar("x")
    square = by.arithmetic(less_equal(0, x**2))
    squares = [by.expected(by.instance(square, {x: mean.args[0].base})) for mean in sorted(gadgets.atoms(E), key=str)]
    return of_terms(by.negation(REQUIRED.statement), zero, by.identity(zero.conclusion.args[1], 0),
                    by.identity(E(0), 0), *squares)


@refute(MIXED, without="labels are 1")
def other_labels() -> Theorem:
    """Where every label is 0 the network of zeros has the least criterion of all, 0."""
    unlabelled = nothing_lost(every(mixtures.y[mixtures.u, mixtures.v], 0, *mixtures.pairs))
    return by.refutation(unlabelled, REQUIRED.without("labels are 1"), {**WIDE, mixtures.y: {(1, 2): 0}})


@refute(MIXED, without="Q is a distribution")
def no_examples() -> Theorem:
    """Where every example has weight 0 the network of zeros has the least criterion of all, 0."""
    empty = nothing_lost(every(mixtures.Q[mixtures.u, mixtures.v], 0, *mixtures.pairs))
    return by.refutation(empty, REQUIRED.without("Q is a distribution"), {**WIDE, mixtures.Q: {(1, 2): 0}})


@refute(MIXED, without="two inputs are 1")
def nothing_to_see() -> Theorem:
    """Gadgets that see zeros only compute their bias, 1/5; the best constant is 1/2."""
    values = {**WIDE, bias_atoms[1]: half, mixtures.gadgets.entries: {(1,): 0, (2,): 0}}
    gadgets, mixture = put_values(REQUIRED.statement, values).args
    blind = by.rewritten(gadgets, by.arithmetic(equal(Relu(0), 0)))
    worse = by.arithmetic(sp.Ge(gadgets, mixture, evaluate=False), blind,
                          by.identity(blind.conclusion.args[1], Rational(17, 50)), by.identity(mixture, Rational(1, 4)))
    return by.refutation(worse, REQUIRED.without("two inputs are 1"), values)
