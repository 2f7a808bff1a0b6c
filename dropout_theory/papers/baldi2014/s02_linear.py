"""Section 2: one linear unit and one layer of linear units under dropout of inputs or of connections."""

from __future__ import annotations

from typing import Any

from sympy import Function, Lambda, Rational, Sum, Symbol

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    PROBABILITY,
    UNIT,
    Cov,
    Domain,
    E,
    ForEach,
    RandomScalar,
    Scalar,
    Var,
    both,
    distribution,
    equal,
    family,
    gates,
    index,
    size,
    subnetwork,
    weights,
)

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
      statement=both(equal(Var(S), by_gate_variances), equal(by_gate_variances, by_probabilities)))

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


def by_inputs(unit: Any) -> Any:
    """Sum of a unit whose inputs are dropped: eq. (13)."""
    return Sum(W[unit, j] * delta[j] * x[j], (j, 1, n))


def by_connections(unit: Any) -> Any:
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

EQ20 = claim("eq20",
             title="Sums of different units are uncorrelated when connections are dropped",
             statement=ForEach(equal(Cov(by_connections(i), by_connections(l)), 0), *each_pair))

f, g = Function("f", real=True), Function("g", real=True)
SAMPLE = Symbol("x", real=True)
FUNCTIONS = {f: (Lambda(SAMPLE, SAMPLE**2), Lambda(SAMPLE, SAMPLE)),
             g: (Lambda(SAMPLE, SAMPLE), Lambda(SAMPLE, 1 / (1 + SAMPLE**2)))}


def independent(left: Any, right: Any) -> Any:
    """Independence: the mean of any function of one times any function of the other is the product of the means."""
    return equal(E(f(left) * g(right)), E(f(left)) * E(g(right)))


INDEPENDENCE = claim(
    "sec2-connection-independence",
    title="Sums of different units are independent when connections are dropped independently",
    statement=ForEach(independent(by_connections(i), by_connections(l)), *each_pair),
    kind="sentence", source="section 2.3, after eq. (20)", candidates=FUNCTIONS)

# two units whose 2n gates have any joint law: gate (u, j) is d[u, j, N] in outcome N of m
m = size("m")
P = distribution("P", m)
N = subnetwork("N", P)
d = family("d", Domain("0 or 1", 0, 1, integer=True), 2, n, m)
v = weights("w", 2, n)
j2 = index("j'")


def by_joint_gates(unit: int) -> Any:
    return Sum(d[unit, j, N] * v[unit, j] * x[j], (j, 1, n))


def uncorrelated(unit: int, position: Any, other: int, place: Any) -> Any:
    return equal(E(d[unit, position, N] * d[other, place, N]), E(d[unit, position, N]) * E(d[other, place, N]))


ACROSS = Hypothesis("pairwise independent across units", ForEach(uncorrelated(1, j, 2, j2), (j, 1, n), (j2, 1, n)))
WITHIN = Hypothesis("pairwise independent within a unit",
                    both(*[ForEach(uncorrelated(u, j, u, j2), (j, 1, n), (j2, j + 1, n)) for u in (1, 2)]))

PARITY_GATES = {
    n: 2, m: 4, P: {(r,): Rational(1, 4) for r in range(1, 5)}, x: {(1,): 1, (2,): 1},
    v: {(1, 1): 1, (1, 2): 1, (2, 1): 1, (2, 2): 0},
    d: {(unit, position, 2 * a + b + 1): ((a, b), ((a + b) % 2, 1))[unit - 1][position - 1]
        for unit in (1, 2) for position in (1, 2) for a in (0, 1) for b in (0, 1)},
}

claim("sec2-pairwise-suffices",
      title="Pairwise independent connection gates make the sums of different units independent",
      statement=independent(by_joint_gates(1), by_joint_gates(2)), hypotheses=(ACROSS, WITHIN),
      kind="sentence", source="section 2.2, the remark after eq. (6), applied to the last sentence of section 2.3",
      reading="Gates that are only pairwise independent are said to be enough for every result; the result tried is "
              "the independence of two units under dropout of connections.",
      admissible={**PARITY_GATES, f: FUNCTIONS[f][1], g: FUNCTIONS[g][0]}, candidates=FUNCTIONS,
      erratum=Erratum("overclaim", "minor", "Pairwise independence gives uncorrelated sums, not independent ones: one "
                      "unit's gate may be the parity of another unit's two."))

UNCORRELATED = claim(
    "sec2-pairwise-suffices.amended",
    title="Connection gates pairwise independent across units make the sums of different units uncorrelated",
    statement=equal(Cov(by_joint_gates(1), by_joint_gates(2)), 0), hypotheses=(ACROSS,), admissible=PARITY_GATES,
    reading="Within a unit the gates may depend on each other in any way.")
