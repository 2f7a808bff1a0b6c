"""Sections 4 and 5: how many nodes the layers keep."""

from __future__ import annotations

from typing import Any

from sympy import Product, Rational

from dropout_theory.claims import Section
from dropout_theory.language import NONNEGATIVE, E, ForEach, Scalar, equal, family, gates
from dropout_theory.papers.helmbold2017.notation import HIDDEN_NODES, INPUT_NODES, K, d, k, l, n

claim = Section("helmbold2017", "4")
half = Rational(1, 2)

LAYERS = (l, 1, d - 1)
r0, r = gates("r0", half, *INPUT_NODES), gates("r", half, *HIDDEN_NODES)
u0, u = Scalar("u0", NONNEGATIVE), family("u", NONNEGATIVE, LAYERS)


def power(gate: Any, base: Any) -> Any:
    """`base` to the power of a gate."""
    return 1 + (base - 1) * gate


inputs = Product(power(r0[k], u0), (k, 1, K))
nodes = Product(power(r[l, k], u[l]), (k, 1, n))
LAW: dict[str, Any] = {"kind": "step", "source": "proofs of lemma 10 and theorem 18", "limits": {"max_size": 2}}
GENERATING = "Probability generating functions: the left side is the mean of a product of u_j to the power of k_j. "

BINOMIAL = claim("thm18-step-binomial",
      title="The number of nodes that a layer keeps has the law B(n, 1/2)",
      statement=ForEach(equal(E(nodes), ((1 + u[l]) / 2) ** n), LAYERS), reading=GENERATING, **LAW)

INDEPENDENT = claim("thm18-step-independent",
      title="The numbers of nodes kept are independent of one another, the inputs among them",
      statement=equal(E(inputs * Product(nodes, LAYERS)), ((1 + u0) / 2) ** K * Product(((1 + u[l]) / 2) ** n, LAYERS)),
      reading=GENERATING, **LAW)
