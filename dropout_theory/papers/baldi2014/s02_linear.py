"""Section 2: one linear unit and one layer of linear units under dropout of inputs or of connections."""

from __future__ import annotations

from sympy import Sum

from dropout_theory.claim import Erratum, Section
from dropout_theory.domains import PROBABILITY, UNIT
from dropout_theory.language import (
    Cov,
    E,
    RandomScalar,
    Scalar,
    Var,
    distribution,
    family,
    gates,
    index,
    size,
    subnetwork,
    weights,
)
from dropout_theory.statements import ForEach, equal

claim = Section("baldi2014", "2")

n, k = size("n"), size("k")
i, j, l = index("i"), index("j"), index("l")

# one affine unit, eq. (9): S = sum w_i delta_i I_i + b delta_b
w, x = weights("w", n), weights("I", n)
p = family("p", PROBABILITY, n)
delta = gates("delta", p, n)
b, p_b = Scalar("b"), Scalar("p_b", PROBABILITY)
delta_b = RandomScalar("delta_b", UNIT, "bernoulli", p_b)
S = Sum(w[i] * delta[i] * x[i], (i, 1, n)) + b * delta_b

by_gate_variances = Sum(w[i] ** 2 * Var(delta[i]) * x[i] ** 2, (i, 1, n)) + b**2 * Var(delta_b)
by_probabilities = Sum(w[i] ** 2 * p[i] * (1 - p[i]) * x[i] ** 2, (i, 1, n)) + b**2 * p_b * (1 - p_b)

claim("eq7",
      title="A linear unit's expected sum has each weight multiplied by its keep probability",
      statement=equal(E(Sum(w[i] * delta[i] * x[i], (i, 1, n))), Sum(w[i] * p[i] * x[i], (i, 1, n))))

claim("eq10",
      title="Expected sum of an affine unit whose bias is gated too",
      statement=equal(E(S), Sum(w[i] * p[i] * x[i], (i, 1, n)) + b * p_b))

claim("eq11",
      title="Variance of an affine unit with independently gated inputs and bias",
      statement=equal(Var(S), by_probabilities))

claim("eq11.1",
      title="The variance of a gated affine unit is the sum of the variances of its terms",
      statement=equal(Var(S), by_gate_variances))

claim("eq11.2",
      title="Variances of the single gates written through their keep probabilities",
      statement=equal(by_gate_variances, by_probabilities))

# a layer of k units over n inputs; one gate an input, eq. (13), or one gate a connection, eq. (14)
W = weights("w", k, n)
p_edge = family("p", PROBABILITY, k, n)
delta_edge = gates("delta", p_edge, k, n)


def by_inputs(unit):  # type: ignore[no-untyped-def]
    """Sum of a unit whose inputs are dropped: eq. (13)."""
    return Sum(W[unit, j] * delta[j] * x[j], (j, 1, n))


def by_connections(unit):  # type: ignore[no-untyped-def]
    """Sum of a unit whose connections are dropped: eq. (14)."""
    return Sum(delta_edge[unit, j] * W[unit, j] * x[j], (j, 1, n))


each_unit = (i, 1, k)
each_pair = ((i, 1, k), (l, i + 1, k))

claim("eq15",
      title="Expected sums of a linear layer when inputs are dropped",
      statement=ForEach(equal(E(by_inputs(i)), Sum(W[i, j] * p[j] * x[j], (j, 1, n))), each_unit))

claim("eq16",
      title="Variances of the sums of a linear layer when inputs are dropped",
      statement=ForEach(equal(Var(by_inputs(i)), Sum(W[i, j] ** 2 * p[j] * (1 - p[j]) * x[j] ** 2, (j, 1, n))),
                        each_unit))

claim("eq17",
      title="Covariances of the sums of a linear layer when inputs are dropped",
      statement=ForEach(equal(Cov(by_inputs(i), by_inputs(l)),
                              Sum(W[i, j] * W[l, j] * p[j] * (1 - p[j]) * x[j] ** 2, (j, 1, n))), *each_pair))

claim("eq18",
      title="Expected sums of a linear layer when connections are dropped",
      statement=ForEach(equal(E(by_connections(i)), Sum(W[i, j] * p_edge[i, j] * x[j], (j, 1, n))), each_unit))

claim("eq19",
      title="Variances of the sums of a linear layer when connections are dropped",
      statement=ForEach(equal(Var(by_connections(i)),
                              Sum(W[i, j] ** 2 * p_edge[i, j] * (1 - p_edge[i, j]) * x[j] ** 2, (j, 1, n))),
                        each_unit))

claim("eq20",
      title="Sums of different units are uncorrelated when connections are dropped",
      statement=ForEach(equal(Cov(by_connections(i), by_connections(l)), 0), *each_pair))
