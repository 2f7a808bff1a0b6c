"""Best constants of lemma 16 and theorem 18: networks of equal weights come as close as one likes.

After section 5.1, whose networks of equal weights it takes, for lemma 16 with an output bias added.
"""

from __future__ import annotations

from typing import Any

from sympy import Rational, S

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import POSITIVE, E, Notion, SameToOrder, Scalar, equal, less
from dropout_theory.papers.helmbold2017.notation import K, Parameters, d, n, of_network, p
from dropout_theory.papers.helmbold2017.s04_level_means import Dropped
from dropout_theory.papers.helmbold2017.s05_growth import c, growth, half, y, yhat, yhat_zero

claim = Section("helmbold2017", "4")

TWO = {"max_size": 2}
SHARP: dict[str, Any] = {"kind": "sentence", "source": "section 4.1, lemma 16, sharpened"}
bias = Scalar("b0")


def criterion(output_bias: Any) -> Any:
    """The dropout criterion of section 4.1 for equal weights and an output bias."""
    return (E((yhat_zero + output_bias) ** 2) + E((yhat + output_bias - 1) ** 2)) / 2


J_D = Notion("J_D", (bias,), criterion(bias), "dropout criterion of the network of equal weights with this output bias")

claim("lem16-equal-weights",
      title="The criterion of the network of equal weights with an output bias",
      statement=equal(J_D(bias), (bias**2 + y**2 * growth + 2 * y * (bias - 1) + (bias - 1) ** 2) / 2),
      limits=TWO, **SHARP)

fitted = Hypothesis("the weights are fitted", equal(y, K / (K + 2)))


def close(further_layers: Any) -> Any:
    """The least criterion for infinitely wide layers, and what finite ones add; the argument is (1 + 1/n)^(d - 1)."""
    return 1 / (2 * (K + 2)) + K * (K + 1) / (2 * (K + 2) ** 2) * (further_layers - 1)


FITTED = claim("lem16-fitted-weights",
      title="With mean output K/(K + 2) and output bias 1/(K + 2) only the width keeps the criterion off 1/(2(K + 2))",
      statement=equal(J_D(1 / (K + 2)), close((1 + 1 / n) ** (d - 1))), hypotheses=[fitted],
      admissible={c: half, K: 2, n: 1, d: 2}, limits=TWO, **SHARP)

eps = Scalar("epsilon", POSITIVE)
claim("lem16-best-constant",
      title="For wide layers networks without negative weights come arbitrarily close to 1/(2(K + 2))",
      statement=SameToOrder(close((1 + eps) ** (d - 1)), 1 / (2 * (K + 2)), eps, 0),
      reading="epsilon is 1/n; with lem16-all-sizes 1/(2(K + 2)) is the best bound that depends on K only, against "
              "1/(36K) as printed.", **SHARP)

# --- any keep probability ---------------------------------------------------------------------------------------

q = 1 - p
share = 1 / (p * K + 2 * q)
wide = Dropped(p, Parameters(lambda *_: S.One, lambda *_: 1 / n, lambda *_: S.Zero, lambda *_: p * share / n,
                             q * share))
bound = q * share / 2
growth_of_variance = (1 + q / (p * n)) ** (d - 1) - 1
excess_of_width = p * K * (p * K + q) * share**2 / 2 * growth_of_variance
ANY: dict[str, Any] = {"kind": "sentence", "source": "section 4.1, lemma 16, sharpened", "limits": TWO}

J_D_WIDE = of_network("J_D", "W", wide.criterion, "dropout criterion of a network of equal weights")

ANY_WIDE = claim("lem16-any-dropout-equal-weights",
      title="A network of equal weights has a criterion of q/(2(pK + 2q)) and what its layers add for not being wide",
      statement=equal(J_D_WIDE, bound + excess_of_width), **ANY,
      reading="Weights 1 in the first layer, 1/n between layers, p/((pK + 2q) n) to the output, whose bias is "
              "q/(pK + 2q).")

factor = Scalar("c")
wide_layers = Hypothesis("the layers are wide", less(excess_of_width, (factor - 1) * bound))
ANY_BEST = claim("lem16-any-dropout-best-constant",
      title="No larger multiple of q/(2(pK + 2q)) is a lower bound of the criterion: wide layers of equal weights are "
            "below it",
      statement=less(J_D_WIDE, factor * bound), hypotheses=[wide_layers],
      admissible={factor: Rational(27, 20), p: Rational(1, 2), K: 1, n: 2, d: 2}, **ANY,
      reading="(1 + q/(pn))^(d - 1) tends to one for wide layers, which therefore meet the hypothesis for every "
              "p < 1, every K and d, and every multiple above 1.")

# --- theorem 18 -------------------------------------------------------------------------------------------------

excess = (1 + 1 / K) * (1 + eps) ** (d - 1) - 1  # the variance over y^2, by thm18-step-variance
of_width = "epsilon is 1/n: what is left of the quotient for wide layers."

section_5 = Section("helmbold2017", "5")
section_5("thm18-step-bound-best-constant",
      title="For wide layers the variance comes arbitrarily close to y^2/K",
      statement=SameToOrder(K * excess, 1, eps, 0), kind="sentence",
      source="proof of theorem 18, with its best constant",
      reading=f"{of_width} With thm18-step-bound 1/K is the best multiple of y^2 that depends on K only.")

section_5("thm18.2-best-constant",
      title="The best factor of c^(2d) n^(2d-2) that depends on K only is K, not K^2/(K + 1)",
      statement=SameToOrder(K**2 * excess, K, eps, 0), kind="sentence", source="theorem 18, with its best constant",
      reading=f"{of_width} The printed bound with K for its factor is thm18-step-bound.")
