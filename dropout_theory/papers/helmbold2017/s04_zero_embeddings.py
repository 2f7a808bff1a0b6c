"""Section 4.3: one network of gadgets for all zero-embeddings of two features, and what it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import Family, Recursion, SameToOrder, equal, family
from dropout_theory.papers.helmbold2017.notation import BIT, K
from dropout_theory.papers.helmbold2017.s04_gadgets import Gadgets, eps, excess_at, k
from dropout_theory.papers.helmbold2017.s04_supermodular import fifth, rescaled, with_bias

claim = Section("helmbold2017", "4.3")
TWO = {"max_size": 2}


@dataclass(frozen=True)
class Kept:
    """Entry k is 1 where the k-th 0-1 input is 1 and kept."""

    gates: Family
    entries: Family

    def __getitem__(self, k_: Any) -> Any:
        return self.gates[k_] * self.entries[k_]


@dataclass(frozen=True)
class Embedded(Gadgets):
    """The network of gadgets for a 0-1 input, the family `entries`, with exactly two ones."""

    entries: Family

    @cached_property
    def ones(self) -> Recursion:
        return self.values("h", self.entries, self.gates)

    @property
    def bits(self) -> Kept:
        return Kept(self.gates[0], self.entries)

    @property
    def lost(self) -> Any:
        return Rational(1, 4)

    @property
    def two_ones(self) -> Any:
        """Exactly two inputs are 1."""
        return equal(Sum(self.entries[k], (k, 1, self.inputs)), 2)


network = Embedded(K, family("x", BIT, (k, 1, K)))
two_ones = Hypothesis("two inputs are 1", network.two_ones)
A = network.excess
ZERO: dict[str, Any] = {"hypotheses": [two_ones], "kind": "sentence",
                        "source": "section 4.3, second paragraph", "limits": TWO}
BOTH = "The same for every zero-embedding, wherever the two features stand."

CRITERION = claim("sec43-gadgets-criterion",
      title="The criterion of the gadgets as described, with output bias 1/5, is the same on every zero-embedding",
      statement=equal(network.named_criterion(network.best, fifth), with_bias(A)), reading=BOTH, **ZERO)

RESCALED = claim("sec43-gadgets-criterion-rescaled",
      title="The criterion of the gadgets with 4/5 of the output weights is the same on every zero-embedding",
      statement=equal(network.named_criterion(4 * network.best / 5, fifth, "W'_neg"), rescaled(A)), reading=BOTH,
      **ZERO)

claim("sec43-gadgets-limit",
      title="For many hidden units the gadgets reach 1/10 on every zero-embedding",
      statement=SameToOrder(with_bias(excess_at(K)), Rational(1, 10), eps, 0),
      kind="sentence", source="section 4.3, second paragraph",
      reading="epsilon is 1/n; the criterion is put in the closed form of sec43-gadgets-criterion.",
      erratum=Erratum("missing-factor", "minor", "23/200 as described, still below 1/8. As in eq. (6) it is 1/10 when "
                      "the output weights make room for the bias."))

claim("sec43-gadgets-limit.amended-limit",
      title="For many hidden units the gadgets as described reach 23/200 on every zero-embedding",
      statement=SameToOrder(with_bias(excess_at(K)), Rational(23, 200), eps, 0),
      source="section 4.3, second paragraph")

claim("sec43-gadgets-limit.amended",
      title="For many hidden units the gadgets with rescaled output weights reach 1/10 on every zero-embedding",
      statement=SameToOrder(rescaled(excess_at(K)), Rational(1, 10), eps, 0),
      source="section 4.3, second paragraph")
