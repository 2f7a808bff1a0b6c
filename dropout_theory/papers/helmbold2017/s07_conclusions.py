"""Section 7: the variance is part of the criterion; one layer, where the penalty's convexity depends on the loss."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational, Sum

from dropout_theory.claims import Section
from dropout_theory.language import REAL, E, Scalar, Var, both, equal, family, gates, less, less_equal, weights
from dropout_theory.papers.helmbold2017.notation import (
    INPUT_NODES,
    K,
    Parameters,
    always,
    hidden,
    k,
    n,
    of_network,
    output,
    p,
)
from dropout_theory.papers.helmbold2017.s02_conventions import D, target

claim = Section("helmbold2017", "7")
TWO = {"max_size": 2}
half = Rational(1, 2)

OUTPUT = of_network("D", "W", D, "output of the network W under dropout")
J_D = of_network("J_D", "W", E((D - target) ** 2), "dropout criterion of the network W for one example")

VARIANCE = claim("sec7-variance-contributes",
      title="The variance of the output over dropout patterns is part of the criterion",
      statement=both(equal(J_D, (E(OUTPUT) - target) ** 2 + Var(OUTPUT)), less_equal(Var(OUTPUT), J_D)),
      kind="sentence",
      source="section 7, second paragraph", limits=TWO)

# --- one layer --------------------------------------------------------------------------------------------------------

gate = gates("r0", half, (k, 1, 1))[1]


def logistic_penalty(weight: Any) -> Any:
    """The dropout penalty of logistic regression with one input 1 and label 1: loss log(1 + exp(-w))."""
    def loss(u: Any) -> Any:
        return sp.log(1 + sp.exp(-u))

    return (loss(2 * weight) + loss(0 * weight)) / 2 - loss(weight)


claim("sec7-one-layer-not-convex",
      title="The dropout penalty of one layer with the logistic loss is not convex in the weights",
      statement=less((logistic_penalty(sp.S(0)) + logistic_penalty(sp.S(4))) / 2, logistic_penalty(sp.S(2))),
      kind="sentence", source="section 7, third paragraph",
      reading="Existence, for the loss of the cited paper: one weight, p = 1/2, weights 0 and 4 and halfway.")

w, b = weights("w", (k, 1, K)), Scalar("b")
x = family("x", REAL, *INPUT_NODES)
kept = gates("r0", p, *INPUT_NODES)
unit = Sum(w[k] * kept[k] / p * x[k], (k, 1, K)) + b
clean = Sum(w[k] * x[k], (k, 1, K)) + b

claim("sec7-one-layer-square-loss",
      title="With the square loss the penalty of one layer is q/p times the sum of (w x)^2, a convex quadratic form",
      statement=equal(E((unit - target) ** 2) - (clean - target) ** 2,
                      (1 - p) / p * Sum((w[k] * x[k]) ** 2, (k, 1, K))), kind="sentence",
      source="section 7, third paragraph", limits={"max_size": 3},
      reading="The boundary of the statement: with this paper's loss one layer has a convex penalty without labels.")

# --- negative weights are not needed to fit ---------------------------------------------------------------------------

average = Parameters(lambda *_: 1 / K, lambda *_: 1 / n, lambda *_: sp.S.Zero, lambda *_: 1 / n, sp.S.Zero)


def without_dropout(name: str, value: Any) -> tuple[Any, Any]:
    """Hidden values and output of the network of averages when every input is `value`."""
    found = hidden(name, average, lambda _: value, always, always)
    return found, output(average, found, always)


H_one, on_ones = without_dropout("H", sp.S.One)
H_zero, on_zeros = without_dropout("H0", sp.S.Zero)
FITTED = (equal(on_ones, 1), equal(on_zeros, 0))
claim("sec7-fit-without-negative-weights",
      title="A network without negative weights and without biases fits both examples of theorem 8 exactly",
      statement=both(*FITTED), kind="sentence", source="section 7, second paragraph",
      limits={"max_size": 3}, reading="That nothing in the data justifies negative weights: averages of averages do.")
