"""Section 3: general feedforward linear networks, with connections that skip layers, under dropout of units.

Units sit in layers 0..H, n in each: a narrower layer is one padded with units whose weights are zero.
"""

from __future__ import annotations

from typing import Any

from sympy import KroneckerDelta, Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    PROBABILITY,
    Domain,
    E,
    ForEach,
    Largest,
    Notion,
    Smallest,
    both,
    distribution,
    equal,
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

claim = Section("baldi2014", "3")

n, H = size("n"), size("H")
h, i, l, j = index("h"), index("i"), index("l"), index("j")
h2, i2, l2, j2 = index("h'"), index("i'"), index("l'"), index("j'")

# --- layers of a directed acyclic graph: units 1..V in an order that follows the connections ----------------------
V = size("V")
u, v = index("u"), index("v")
BIT = Domain("0 or 1", 0, 1, integer=True)
edge = family("e", BIT, V, V)  # only e[u, v] with u < v is used
reach = ((v, 1, V),)
shortest = recursion("s", reach, 0, Smallest(1 + placeholder("s", reach)[u] + V * (1 - edge[u, v]), (u, 1, v - 1)))
longest = recursion("t", reach, 0, Largest(edge[u, v] * (1 + placeholder("t", reach)[u]), (u, 1, v - 1)))
FED = Hypothesis("every unit but the input is fed by one before it",
                 ForEach(less_equal(1, Sum(edge[u, v], (u, 1, v - 1))), (v, 2, V)))
COMPLETE = {V: 3, edge: {(a, b): 1 if a < b else 0 for a in (1, 2, 3) for b in (1, 2, 3)}}


def layered_by(depth: Any) -> Any:
    """Every connection starts in a lower layer than it ends: then eq. (21), a sum over lower layers, has them all."""
    return ForEach(implies(equal(edge[u, v], 1), less(depth[u], depth[v])), (u, 1, V), (v, u + 1, V))


claim("sec3-shortest-path-layers",
      title="Layers counted by the shortest path from the input let every connection lead to a higher layer",
      statement=layered_by(shortest), hypotheses=(FED,), admissible=COMPLETE,
      kind="sentence", source="section 3, before eq. (21)",
      reading="Unit 1 is the input; the layer of another unit is one more than the least layer that feeds it. A "
              "missing connection counts as a detour longer than any path.",
      erratum=Erratum("other", "minor", "With shortest paths a connection can join units of one layer, or lead to a "
                      "lower one, and is then missing from the sum over lower layers in eq. (21). Longest paths are "
                      "needed."))

LONGEST_PATH = claim("sec3-shortest-path-layers.amended",
                     title="Layers counted by the longest path let every connection lead to a higher layer",
                     statement=layered_by(longest))

# --- eq. (22): activities under dropout of units ------------------------------------------------------------------
w = weights("w", (h, 1, H), (i, 1, n), (l, 0, H - 1), (j, 1, n))
x = weights("I", n)
p = family("p", PROBABILITY, (l, 0, H), (j, 1, n))
delta = gates("delta", p, (l, 0, H), (j, 1, n))
units = ((h, 0, H), (i, 1, n))
S = recursion("S", units, x[i], Sum(w[h, i, l, j] * delta[l, j] * placeholder("S", units)[l, j],
                                    (j, 1, n), (l, 0, h - 1)))
each_unit = ((h, 1, H), (i, 1, n))
each_pair = (*each_unit, (h2, 1, H), (i2, 1, n))


def below(term: Any, top: Any = h) -> Any:
    """Sum of a term in l, j over all units below a layer."""
    return Sum(term, (j, 1, n), (l, 0, top - 1))


def below_both(term: Any, top: Any = h, other: Any = h2) -> Any:
    """Sum of a term in l, j, l', j' over pairs of units below two layers."""
    return Sum(term, (j2, 1, n), (j, 1, n), (l2, 0, other - 1), (l, 0, top - 1))


EQ24 = claim("eq24",
             title="Expected activities of a deep linear network follow from those of the layers below",
             statement=ForEach(equal(E(S[h, i]), below(w[h, i, l, j] * p[l, j] * E(S[l, j]))), *each_unit),
             limits={"max_size": 2})

# eq. (25) needs of gates and activities only what is printed under it: any joint law over m outcomes may hold
m = size("m")
P = distribution("P", m)
N = subnetwork("N", P)
r = index("r")
gate = family("delta", BIT, (l, 0, H - 1), (j, 1, n), (r, 1, m))
active = weights("S", (l, 0, H - 1), (j, 1, n), (r, 1, m))


def activity(layer: Any, unit: Any, below_layer: Any, below_unit: Any) -> Any:
    place = (below_layer, below_unit)
    return w[(layer, unit, *place)] * gate[(*place, N)] * active[(*place, N)]


product = E(below(activity(h, i, l, j)) * Sum(activity(h2, i2, l2, j2), (j2, 1, n), (l2, 0, h2 - 1)))
expanded = E(below_both(activity(h, i, l, j) * activity(h2, i2, l2, j2)))
gate_moment = E(gate[l, j, N] * gate[l2, j2, N])
activity_moment = E(active[l, j, N] * active[l2, j2, N])
factored = below_both(w[h, i, l, j] * w[h2, i2, l2, j2] * gate_moment * activity_moment)
UNCORRELATED = Hypothesis(
    "products of gates uncorrelated with products of activities",
    ForEach(equal(E(gate[l, j, N] * gate[l2, j2, N] * active[l, j, N] * active[l2, j2, N]),
                  gate_moment * activity_moment), (l, 0, H - 1), (j, 1, n), (l2, 0, H - 1), (j2, 1, n)),
    note="implied by the independence that the text assumes")
FAIR_GATE = {n: 1, H: 1, m: 2, P: {(1,): Rational(1, 2), (2,): Rational(1, 2)}, w: {(1, 1, 0, 1): 1},
             gate: {(0, 1, 1): 0, (0, 1, 2): 1}, active: {(0, 1, 1): 2, (0, 1, 2): 2}}

MANY_MEANS = "one mean for each pair of units: enumeration is exact and cheaper than as many narrow intervals"

EQ25_1 = claim("eq25.1",
               title="The product of two activities expanded under the expectation",
               statement=ForEach(equal(product, expanded), *each_pair), limits={"max_size": 2},
               not_applicable={"montecarlo": "both sides are the mean of one random number written in two ways"})

EQ25_2 = claim("eq25.2",
               title="Second moments of activities when products of gates are independent of products of activities",
               statement=ForEach(equal(expanded, factored), *each_pair),
               hypotheses=(UNCORRELATED,), admissible=FAIR_GATE, limits={"max_size": 2},
               not_applicable={"montecarlo": MANY_MEANS})

claim("eq25",
      title="Second moments of activities from those of the layers below, under the independence that is assumed",
      statement=both(EQ25_1.statement, EQ25_2.statement),
      hypotheses=(UNCORRELATED,), admissible=FAIR_GATE, limits={"max_size": 2},
      not_applicable={"montecarlo": MANY_MEANS})

# --- the recursion for covariances, in a network whose gates are independent --------------------------------------
CHAIN = {n: 1, H: 2, x: {(1,): 1}, p: {(a, 1): Rational(1, 2) for a in (0, 1, 2)},
         w: {(1, 1, 0, 1): 1, (1, 1, 1, 1): 0, (2, 1, 0, 1): 0, (2, 1, 1, 1): 1}}

claim("sec3-covariance-recursion",
      title="With independent gates eq. (25) gives all second moments, layer by layer",
      statement=ForEach(equal(E(S[h, i] * S[h2, i2]),
                              below_both(w[h, i, l, j] * w[h2, i2, l2, j2] * E(delta[l, j] * delta[l2, j2])
                                         * E(S[l, j] * S[l2, j2]))), *each_pair),
      kind="sentence", source="section 3, after eq. (25)", limits={"max_size": 2},
      erratum=Erratum("invalid-step", "major", "Gates of a lower layer are part of the activities of higher ones, so "
                      "the independence assumed in eq. (25) fails whenever the two layers differ: in a chain of two "
                      "units, and for the variance of a unit fed by two layers. The recursion must run over gated "
                      "activities."))


def gated(layer: Any, unit: Any) -> Any:
    """T, a unit's activity times its gate."""
    return delta[layer, unit] * S[layer, unit]


T = Notion("T", (l, j), gated(l, j), "activity of unit j of layer l times its gate")


def weighted_moments(top: Any, unit: Any, other: Any, second: Any) -> Any:
    """Second moments of gated activities below two units, weighted by the connections to them."""
    return below_both(w[top, unit, l, j] * w[other, second, l2, j2] * E(gated(l, j) * gated(l2, j2)), top, other)


M = Notion("M", (h, i, h2, i2), below_both(w[h, i, l, j] * w[h2, i2, l2, j2] * E(T(l, j) * T(l2, j2)), h, h2),
           "second moments of gated activities below two units, weighted by the connections to them")


def same_layer_gates(layer: Any) -> Any:
    """Mean product of two gates of a layer, which are one gate when i = i'."""
    together = p[layer, i] * p[layer, i2]
    return together + KroneckerDelta(i, i2) * (p[layer, i2] - together)


AMENDED_PARTS = {
    "activities": ForEach(equal(E(S[h, i] * S[h2, i2]), M(h, i, h2, i2)), *each_pair),
    "across layers": ForEach(equal(E(T(h, i) * T(h2, i2)),
                                   p[h, i] * below(w[h, i, l, j] * E(T(l, j) * T(h2, i2)))),
                             (h2, 0, H - 1), (i, 1, n), (i2, 1, n), (h, h2 + 1, H)),
    "same layer": ForEach(equal(E(T(h, i) * T(h, i2)), same_layer_gates(h) * M(h, i, h, i2)),
                          *each_unit, (i2, 1, n)),
    "inputs": ForEach(equal(E(T(0, i) * T(0, i2)), same_layer_gates(0) * x[i] * x[i2]), (i, 1, n), (i2, 1, n)),
}

claim("sec3-covariance-recursion.amended",
      title="Second moments of gated activities follow from those of the layers below, and give those of activities",
      statement=both(*AMENDED_PARTS.values()), limits={"max_size": 2},
      not_applicable={"decide": "two layers of two units leave 24 unknowns; the proof covers every size",
                      "montecarlo": MANY_MEANS})
