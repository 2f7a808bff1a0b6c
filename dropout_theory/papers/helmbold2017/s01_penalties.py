"""Section 1: penalties of dropout and of norms; generalized linear models, which behave differently."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Min, Rational

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    Aversion,
    E,
    Relu,
    Scalar,
    both,
    convexity,
    different,
    distribution,
    equal,
    gates,
    implies,
    index,
    interval,
    less,
    less_equal,
    notion,
    size,
    subnetwork,
    weights,
)
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE

claim = Section("helmbold2017", "1")
half = Rational(1, 2)

# --- generalized linear models: loss A(u) - y u for the activation u ----------------------------------------------

m, k = size("m"), index("k")
P = distribution("P", m)
N, S = subnetwork("N", P), weights("S", m)  # under dropout the activation is S[N]; its mean is the clean activation
A = sp.Function("A", real=True)
z = Scalar("z")
label, other = Scalar("y"), Scalar("y'")
convex = Hypothesis("A is convex", convexity(A(z), z))
CANDIDATES = {A: (sp.Lambda(z, z**2), sp.Lambda(z, 3 * z + z**2 / 2))}
NOISE = ("The activation under dropout takes the values S[k] with probabilities P[k] and has the clean activation as "
         "its mean, as dropout of inputs with its rescaling does.")


def model_penalty(cumulant: Any, y: Any) -> Any:
    """Mean loss under dropout less the loss of the clean activation, for label y."""
    return E(cumulant(S[N]) - y * S[N]) - (cumulant(E(S[N])) - y * E(S[N]))


def log_partition(u: Any) -> Any:
    """log(1 + exp(u)): logistic regression."""
    return sp.log(1 + sp.exp(u))


claim("sec1-glm-labels",
      title="In a generalized linear model the dropout penalty does not depend on the label",
      statement=equal(model_penalty(A, label), model_penalty(A, other)), kind="sentence",
      source="section 1, last item of the list, and related work", candidates=CANDIDATES, reading=NOISE)

claim("sec1-glm-nonnegative",
      title="In a generalized linear model the dropout penalty is not negative",
      statement=less_equal(0, model_penalty(A, label)), hypotheses=[convex], kind="sentence",
      source="section 1, last item of the list; section 2, after eq. (2)", candidates=CANDIDATES,
      reading=NOISE + " The log partition function is convex.")

claim("sec1-glm-decomposition",
      title="The criterion of a generalized linear model is the clean loss plus a term without the label",
      statement=equal(E(A(S[N]) - label * S[N]),
                      A(E(S[N])) - label * E(S[N]) + (E(A(S[N])) - A(E(S[N])))), kind="sentence",
      source="section 1, related work", candidates=CANDIDATES, reading=NOISE)

LOGISTIC = claim("sec53-logistic-regression",
      title="In logistic regression the dropout penalty is not negative and does not depend on the label",
      statement=both(less_equal(0, model_penalty(log_partition, label)),
                     equal(model_penalty(log_partition, label), model_penalty(log_partition, other))),
      kind="sentence", source="section 5.3, first sentence", reading=NOISE)

# --- the network of figure 1 at every keep probability ------------------------------------------------------------

p = Scalar("p", interval(0, 1, open_below=True))
i = index("i")


def figure_1(keep: Any, first: Any = 1, second: Any = -1) -> Any:
    """The output under dropout of two hidden units with weights 1 on two inputs."""
    inputs, units = gates("r0", keep, (i, 1, 2)), gates("r", keep, (i, 1, 2))
    unit = Relu(inputs[1] / keep * first + inputs[2] / keep * second)
    return (units[1] + units[2]) / keep * unit


def penalty_at(keep: Any, first: Any = 1, second: Any = -1) -> Any:
    """The dropout penalty of that network for label 8; the clean output is 2 max(0, first + second)."""
    return E((figure_1(keep, first, second) - 8) ** 2) - (2 * Relu(sp.sympify(first + second)) - 8) ** 2


def penalty(keep: Any) -> Any:
    """That penalty under its name."""
    return notion(f"penalty({keep})", penalty_at(keep), f"dropout penalty of the network of figure 1 for p = {keep}",
                 rf"\operatorname{{penalty}}\left({sp.latex(keep)}\right)")


claim("fig1-penalty-at-every-probability",
      title="The penalty of the network of figure 1 is q ((2 + 2p)/p^2 - 32)",
      statement=equal(penalty(p), (1 - p) * ((2 + 2 * p) / p**2 - 32)), kind="sentence",
      source="section 2, figure 1", reading="For every keep probability p; the text has p = 1/2, where it is -10.")

claim("fig1-penalty-negative",
      title="It is negative exactly when 16 p^2 > p + 1, for dropout probabilities q up to about 0.71",
      statement=both(implies(both(less(p, 1), less(p + 1, 16 * p**2)), less(penalty(p), 0)),
                     implies(less_equal(16 * p**2, p + 1), less_equal(0, penalty(p)))), kind="sentence",
      admissible={p: Rational(1, 4)}, source="section 2, figure 1", reading="Beyond the text, which has p = 1/2.")

claim("sec1-penalty-non-monotonic",
      title="The dropout penalty can fall and then rise as the dropout probability grows",
      statement=both(less(penalty(half), penalty(Rational(9, 10))), less(penalty(half), penalty(Rational(1, 4)))),
      kind="sentence",
      source="section 1, last item of the list",
      reading="Existence, shown by the network of figure 1 at q = 1/10, 1/2 and 3/4. How often is not said.")

INSTANCES = claim("sec1-penalty-depends-on-inputs",
      title="The dropout penalty of the same weights and label depends on the input",
      statement=different(penalty_at(half), penalty_at(half, 0, 0)), kind="sentence",
      source="section 1, last item of the list", reading="Existence: the inputs (1, -1) and (0, 0) in figure 1.")

# --- penalties that are norms: one linear unit on one input x, labels 1 for x and 0 for 0 -------------------------

w, b = Scalar("w"), Scalar("b")
x, c, lam = Scalar("x", POSITIVE), Scalar("c", POSITIVE), Scalar("lambda", POSITIVE)


def norm_risk(value: Any) -> Any:
    """Expected square loss of w x + b for P_(x,1)."""
    return half * (w * value + b - 1) ** 2 + half * b**2


def norm_aversion(value: Any) -> Aversion:
    """The aversion of training with the penalty lambda times the norm of the weights."""
    return Aversion(norm_risk(value) + lam * Abs(w), norm_risk(value), (w, b))


def norm_closed_form(value: Any) -> Any:
    return Min(Rational(1, 4), lam**2 / value**2)


AVERSION, AVERSION_SCALED = (
    notion(f"aversion(P_({name},1))", norm_aversion(value), f"aversion when {name} has the label 1, and 0 the label 0",
           rf"\operatorname{{aversion}}\left(P_{{({name},1)}}\right)") for name, value in (("x", x), ("cx", c * x)))
ONE_WEIGHT = "A single weight has the same p-norm for every p, so this is one case of all norms at once."

NORM_AVERSION = claim("sec1-norm-aversion",
      title="With a norm as penalty the aversion of one linear unit is min(1/4, lambda^2/x^2)",
      statement=equal(AVERSION, norm_closed_form(x)), kind="sentence",
      source="section 1, second item of the list", not_applicable=NOT_FINITE, reading=ONE_WEIGHT)

NORM_SCALE = claim("sec1-norm-sensitive",
      title="Training with a p-norm penalty is sensitive to the scale of the input",
      statement=less(AVERSION_SCALED, AVERSION),
      hypotheses=[Hypothesis("larger input", less(1, c)), Hypothesis("signal left", less(2 * lam, c * x))],
      kind="sentence", source="section 1, second item of the list", not_applicable=NOT_FINITE, reading=ONE_WEIGHT)
