"""Notation shared by the sections: the noisy score, its deviation, the log partition function, Stirling triangles."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.language import (
    OPEN_PROBABILITY,
    DerivativeAt,
    Domain,
    Named,
    Notion,
    Scalar,
    Stirling2,
    gates,
    index,
    interval,
    logistic,
    notion,
    size,
    weights,
)

i, j, m = index("i"), index("j"), index("m")
z = sp.Symbol("z", real=True)

d = size("d")  # number of features
k = size("k")
n = size("n")
AT_LEAST_TWO = Domain("integer at least 2", sp.Integer(2), sp.oo, integer=True)
delta = Scalar("delta", interval(0, 1, open_above=True))  # probability of dropping a feature
strict_delta = Scalar("delta", OPEN_PROBABILITY)

x = weights("x", d)
beta = weights("beta", d)

c = Scalar("c")  # the score of the clean example, any real number
p = logistic(c)
slope = p * (1 - p)  # p', the derivative of p in the score

score = sp.Sum(x[i] * beta[i], (i, 1, d))


def noisy_score(drop: Any = delta) -> Any:
    """The score after dropout: each feature is 0 with probability `drop`, else divided by 1 - drop."""
    xi = gates("xi", 1 - drop, d)
    return sp.Sum(x[i] * beta[i] * xi[i] / (1 - drop), (i, 1, d))


def deviation(drop: Any = delta) -> Any:
    """Noisy minus clean score."""
    return noisy_score(drop) - score


def log_partition(score: Any) -> Any:
    """log(1 + exp(score))."""
    return sp.log(1 + sp.exp(score))


def derivative(order: Any, point: Any) -> Any:
    """The derivative of the log partition function of the given order at a point."""
    return DerivativeAt(log_partition(z), z, point, order)


def triangle(row: Any, column: Any) -> Any:
    """T(row, column) = column! S2(row, column)."""
    return sp.factorial(column) * Stirling2(row, column)


def term(row: Any, column: Any, probability: Any = p) -> Any:
    """The column-th term of the explicit form of A_row."""
    return probability * (1 - probability) * (-1) ** (column - 1) * probability ** (column - 1) * triangle(row, column)


def explicit(row: Any, probability: Any = p) -> Any:
    """The explicit form of A_row: p' times an alternating sum over the triangle."""
    body = (-1) ** (j - 1) * probability ** (j - 1) * triangle(row, j)
    return probability * (1 - probability) * sp.Sum(body, (j, 1, row))


# --- what print calls these ---------------------------------------------------------------------------------------

SCORE = notion("x·β", score, "score of the clean example", r"x \cdot \beta")
A = Notion("A", (z,), log_partition(z), "log partition function of logistic regression")
A_AT_SCORE = Notion("A^(%s)(x·β)", (m,), derivative(m, score), "derivative of A at the score, of this order",
                    r"A^{(%s)}(x \cdot \beta)")


def x_tilde(drop: Any = delta) -> Named:
    """The noisy score under its name."""
    return notion("x~·β", noisy_score(drop), "score after dropout of features", r"\tilde{x} \cdot \beta")
