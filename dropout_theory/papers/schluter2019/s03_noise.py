"""Section 3: the expected loss as loss plus regulariser, and the moments of the dropout deviation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    OPEN_PROBABILITY,
    UNIT,
    DerivativeAt,
    E,
    RandomScalar,
    SameToOrder,
    Scalar,
    Var,
    both,
    equal,
    notion,
)
from dropout_theory.papers.schluter2019.notation import (
    SCORE,
    beta,
    c,
    d,
    delta,
    derivative,
    deviation,
    i,
    log_partition,
    n,
    score,
    slope,
    strict_delta,
    x,
    x_tilde,
    z,
)

claim = Section("schluter2019", "3")

A = sp.Function("A", real=True)  # the log partition function of any generalised linear model
y = Scalar("y")
noisy = x_tilde()
expected_loss = E(notion("l(x~)", -(y * noisy - A(noisy)), "loss of the noisy example", r"l_{\tilde{x}}"))
rewritten = -(y * SCORE + A(SCORE) - A(SCORE) - E(A(noisy)))
loss = notion("l(x)", -(y * SCORE - A(SCORE)), "loss of the clean example", "l_x")
regulariser = notion("R(β)", E(A(noisy)) - A(SCORE), "dropout regulariser", r"R(\beta)")

claim("eq7",
      title="Under dropout the expected loss is the loss plus a regulariser",
      statement=both(equal(expected_loss, rewritten), equal(rewritten, loss + regulariser)))

claim("eq7.1",
      title="The expected loss with the clean log partition function added and subtracted",
      statement=equal(expected_loss, rewritten))

claim("eq7.2",
      title="Reading off the loss and the regulariser",
      statement=equal(rewritten, loss + regulariser))

first, second = (DerivativeAt(log_partition(z), z, SCORE, order) for order in (1, 2))
R_2 = notion("R_2(β)", E(log_partition(SCORE) + first * (noisy - SCORE) + second * (noisy - SCORE) ** 2 / 2)
             - log_partition(SCORE),
             "second-order regulariser: A is replaced by its Taylor polynomial at the clean score", r"R_2(\beta)")

claim("sec3-quadratic-regulariser",
      title="The second-order regulariser is half the curvature times the variance of the noisy score",
      statement=equal(R_2, second * Var(noisy) / 2),
      source="section 3, paragraph before the model of dropout",
      reading="A is the log partition function of section 2; R_2 is the regulariser with A replaced by its "
              "second-order Taylor polynomial at the clean score")

# R and R_2 of the logistic model with one feature
small = Scalar("epsilon", OPEN_PROBABILITY)


def scaled(size: Any, drop: Any = strict_delta) -> tuple[Any, Any]:
    """Exact and quadratic regulariser of a one-feature model whose score is `size`, written out over both masks."""
    exact = (1 - drop) * log_partition(size / (1 - drop)) + drop * log_partition(0) - log_partition(size)
    sigma = 1 / (1 + sp.exp(-size))
    return exact, sigma * (1 - sigma) * size**2 * drop / (1 - drop) / 2


def to_order(sides: tuple[Any, Any], order: int) -> SameToOrder:
    return SameToOrder(*sides, scale=small, order=order)


claim("sec3-low-noise",
      title="For one feature the quadratic regulariser is right to second order in the scale of the score",
      statement=to_order(scaled(small * c), 2),
      kind="approximation",
      source="section 3, paragraph before the model of dropout",
      reading="the noisy score is close to the clean one because the score is small; a small dropout probability makes "
              "large deviations rare, not small, and gives no such agreement")

claim("eq8",
      title="Deviation of the score when no feature is dropped",
      statement=equal(sp.Sum(x[i] * beta[i] / (1 - delta), (i, 1, d)) - score, score * delta / (1 - delta)))

Y = RandomScalar("Y", UNIT, "bernoulli", 1 - delta)
B = score * delta / (1 - delta)

claim("sec3-power-of-gate",
      title="Powers of a Bernoulli variable have its mean",
      statement=equal(E(Y**n), E(Y)))

claim("sec3-product-moment",
      title="Moments of the all-kept deviation times a Bernoulli variable",
      statement=equal(E((B * Y) ** n), score**n * delta**n / (1 - delta) ** (n - 1)),
      reading="n >= 1; at n = 0 the right side is 1 - delta, not 1")

claim("sec3-second-moment",
      title="Second moment of the dropout deviation of the score",
      statement=equal(E(deviation() ** 2), score**2 * delta**2 / (1 - delta)),
      erratum=Erratum("dropped-terms", "major",
                      "a dropped feature contributes minus its score, not zero, and features are dropped one by one: "
                      "the second moment is the sum of the squared (x_j beta_j)^2 times delta/(1 - delta)"))

claim("sec3-second-moment.amended",
      title="Second moment of the dropout deviation, for any number of features",
      statement=equal(E(deviation() ** 2), sp.Sum((x[i] * beta[i]) ** 2, (i, 1, d)) * delta / (1 - delta)))

claim("sec3-logistic-curvature",
      title="Curvature of the logistic log partition function",
      statement=equal(derivative(2, c), slope))

claim("sec3-linear-regression",
      title="For squared loss the regulariser equals its quadratic approximation",
      statement=equal(E(noisy**2 / 2) - score**2 / 2, Var(noisy) / 2),
      reading="the log partition function is half the squared score")

claim("sec3-linear-regression-weights",
      title="For squared loss the regulariser is an L2 penalty once features are rescaled",
      statement=equal(E(noisy**2 / 2) - score**2 / 2,
                      sp.Sum(x[i] ** 2 * beta[i] ** 2, (i, 1, d)) * delta / (1 - delta) / 2))
