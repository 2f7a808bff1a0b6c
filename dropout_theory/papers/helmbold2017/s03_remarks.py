"""Sections 1 to 3: sentences and definitions between the theorems, and what keeps minimising networks bounded."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational, S, Sum

from dropout_theory.claims import Section
from dropout_theory.language import POSITIVE, E, ForEach, Scalar, both, equal, gates, less, less_equal, notion
from dropout_theory.papers.helmbold2017.notation import K, always, d, hidden, k, n, of_network, output, p, scaled
from dropout_theory.papers.helmbold2017.s02_conventions import D, W, b, b0, h, lam, squared_weights, target, w, x
from dropout_theory.papers.helmbold2017.s03_scaling import (
    J_D,
    NOT_FINITE,
    W1,
    R,
    X,
    Y,
    a,
    delta0,
    full_rank,
    risk,
    undone,
)
from dropout_theory.papers.helmbold2017.s03_scaling import delta as hidden_delta
from dropout_theory.papers.helmbold2017.s03_weight_decay import aversion
from dropout_theory.papers.helmbold2017.weight_decay import nonzero_input

claim = Section("helmbold2017", "3")
TWO = {"max_size": 2}
half = Rational(1, 2)

# --- section 1 ------------------------------------------------------------------------------------------------------

J_2 = notion("J_2", risk + lam / 2 * squared_weights, "criterion of weight decay: the risk and the L2 penalty")
claim("sec1-l2-penalty",
      title="The L2 penalty is what the criterion of weight decay adds to the loss",
      statement=equal(J_2 - R, lam / 2 * squared_weights), kind="definition",
      source="section 1, definition of the L2 penalty", not_applicable=NOT_FINITE)


def log_partition(u: Any) -> Any:
    """log(1 + exp(u)): logistic regression."""
    return sp.log(1 + sp.exp(u))


def exact_penalty(weight: int) -> Any:
    """The dropout penalty of logistic regression with one input 1; the label does not matter."""
    return (log_partition(S(2 * weight)) + log_partition(S.Zero)) / 2 - log_partition(S(weight))


def quadratic_penalty(weight: int) -> Any:
    """Its quadratic approximation: half of the noise's variance times the second derivative."""
    return Rational(weight**2, 2) * sp.exp(weight) / (1 + sp.exp(weight)) ** 2


claim("sec1-quadratic-approximation",
      title="The quadratic approximation of a one-layer penalty can rank two weights the wrong way round",
      statement=both(less(exact_penalty(2), exact_penalty(6)), less(quadratic_penalty(6), quadratic_penalty(2))),
      kind="sentence", source="section 1, before the list; section 7, third paragraph",
      reading="Existence, for logistic regression with one input 1 and p = 1/2: the weights 2 and 6.")

# --- definition 2: does what it speaks of exist? ----------------------------------------------------------------------

# a hidden unit that computes 1 whatever is dropped, and an output that is right on average: nothing is lost
RIGHT_ON_AVERAGE: dict[Any, Any] = {
    K: 1, n: 1, d: 2, p: half, x: {(1,): 1}, target: 1, b0: 0, W1: {(1, 1): 0}, W: {}, b: {(1, 1): 1}, w: {(1,): 1}}

CONTRIBUTIONS = claim("def2-contributions-bounded",
      title="The criterion bounds what each last hidden unit contributes: their mean squares sum to at most p/q of it",
      statement=less_equal((1 - p) / p * Sum(w[k] ** 2 * E(h[d - 1, k] ** 2), (k, 1, n)),
                           E((D - target) ** 2)),
      kind="sentence", source="section 3.1, definition 2", limits=TWO, admissible=RIGHT_ON_AVERAGE,
      not_applicable={"decide": "the polynomial arithmetic of two layers of gates takes too long"},
      reading="For one example. So networks of bounded criterion have no large contributions that cancel. What follows "
              "from it by hand and is not checked here: with one hidden layer and finitely many examples contributions "
              "make up finite unions of polyhedral cones, which are closed, so that for p < 1 the criterion has a "
              "minimiser. With more hidden layers they need not be closed, and whether there is a minimiser is open; "
              "theorems on minimisers are read as conditional on one.")

# --- section 3.1 ------------------------------------------------------------------------------------------------------

moved = hidden("h'", undone, lambda k_: a[k_] * X[k_], scaled(delta0), scaled(hidden_delta))
moved_clean = hidden("H'", undone, lambda k_: a[k_] * X[k_], always, always)
moved_output, moved_clean_output = output(undone, moved, scaled(hidden_delta)), output(undone, moved_clean, always)
same_criterion = equal(of_network("J_D", "W'", E((moved_output - Y) ** 2), "dropout criterion of W' on A x"), J_D)
same_risk = equal(of_network("R", "W'", E((moved_clean_output - Y) ** 2), "risk of W' on A x"), R)
i_, k_range = W1.ranges[0], W1.ranges[1]
undoes = ForEach(equal(undone.first(i_[0], k_range[0]) * a[k_range[0]], W1[i_[0], k_range[0]]), i_, k_range)

claim("thm4-step-bijection",
      title="Multiplying first weights by the inverse maps networks one to one, with equal criterion and equal risk",
      statement=both(same_criterion, same_risk, undoes), hypotheses=[full_rank], kind="step",
      source="proof of theorem 4", reading="One to one, as multiplying by the matrix leads back.")

weight, slope, rate = Scalar("w"), Scalar("a", POSITIVE), Scalar("eta", POSITIVE)
gate = gates("r0", half, (k, 1, 1))[1]
gradient = E(2 * (2 * gate * slope * weight - 1) * 2 * gate * slope) / 2
claim("sec31-normalisation-speed",
      title="A step of gradient descent brings one weight nearer to its best value by a factor that depends on the "
            "scale of the input",
      statement=equal(weight - rate * gradient - 1 / (2 * slope),
                      (1 - 2 * rate * slope**2) * (weight - 1 / (2 * slope))),
      kind="sentence", source="section 3.1, after theorem 4",
      reading="Existence: one linear unit without bias, input a and 0 with labels 1 and 0, p = 1/2. So normalising the "
              "inputs changes the speed of convergence.")

# --- section 3.4 ------------------------------------------------------------------------------------------------------

claim("sec34-aversion",
      title="The weight-decay aversion: the largest risk of a minimiser of J2 less the infimum of the risk",
      statement=less_equal(0, aversion), hypotheses=[nonzero_input], kind="definition",
      source="section 3.4, first paragraph", not_applicable=NOT_FINITE)

