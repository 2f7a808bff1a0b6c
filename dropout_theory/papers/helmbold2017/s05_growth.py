"""Section 5.1: networks of small equal weights whose dropout penalty grows exponentially with the depth.

All weights are c and all biases 0; the target is y = c^d K n^(d-1), so that 0 <= c <= 1 covers 0 <= y <= K n^(d-1).
"""

from __future__ import annotations

from typing import Any

from sympy import Product, Rational, S, Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    UNIT,
    E,
    ForEach,
    Recursion,
    Scalar,
    Var,
    both,
    equal,
    gates,
    implies,
    index,
    less_equal,
    notion,
)
from dropout_theory.papers.helmbold2017.notation import (
    HIDDEN_NODES,
    INPUT_NODES,
    K,
    Parameters,
    always,
    d,
    hidden,
    i,
    k,
    l,
    n,
    of_network,
    output,
    pattern,
)

claim = Section("helmbold2017", "5")

half = Rational(1, 2)
j = index("j")
c = Scalar("c", UNIT)  # every weight
delta0, delta = gates("r0", half, *INPUT_NODES), gates("r", half, *HIDDEN_NODES)
r0, r = pattern()
TWO, THREE = {"max_size": 2}, {"max_size": 3}
NO_BIAS = S.Zero


def equal_weights(weight: Any) -> Parameters:
    """Every weight equal, no biases."""
    return Parameters(lambda *_: weight, lambda *_: weight, lambda *_: NO_BIAS, lambda *_: weight, NO_BIAS)


def values(name: str, weight: Any, keep0: Any, keep: Any, value: Any = S.One) -> Recursion:
    """Hidden values of the network of equal weights when every input is `value`."""
    return hidden(name, equal_weights(weight), lambda _: value, keep0, keep)


def doubled(gate: Any) -> Any:
    """A kept node passes on twice its value."""
    return lambda *indices: 2 * gate[indices]


y = c**d * K * n ** (d - 1)
clean_values = values("H", c, always, always)
clean = output(equal_weights(c), clean_values, always)
dropped_values = values("h", c, doubled(delta0), doubled(delta))
yhat = output(equal_weights(c), dropped_values, doubled(delta))
yhat_zero = output(equal_weights(c), values("h0", c, doubled(delta0), doubled(delta), S.Zero), doubled(delta))
fixed_values = values("h", c, doubled(r0), doubled(r))
fixed_output = output(equal_weights(c), fixed_values, doubled(r))
step: dict[str, Any] = {"kind": "step", "source": "proof of theorem 18"}


def kept(layer: Any) -> Any:
    """The number of nodes kept in a hidden layer of the fixed pattern."""
    return Sum(r[layer, k], (k, 1, n))


D, Y = of_network("D", "W", yhat, "output under dropout"), notion("y", y, "the target and clean output")
kept_inputs = Sum(r0[k], (k, 1, K))

HIDDEN = claim("thm18-step-hidden",
      title="Without dropout every unit of hidden layer j computes c^j K n^(j-1)",
      statement=ForEach(equal(clean_values[l, i], c**l * K * n ** (l - 1)), (i, 1, n), (l, 1, d - 1)),
      **step, limits=THREE)

CLEAN = claim("thm18-step-output",
      title="Without dropout the network outputs c^d K n^(d-1)",
      statement=equal(clean, Y), **step, limits=THREE)

risk = (clean - y) ** 2
R = of_network("R", "W", risk, "risk: square loss without dropout")
RISK = claim("thm18-step-risk",
      title="The network has risk zero",
      statement=equal(R, 0), **step, limits=THREE)

claim("thm18-step-dropped-hidden",
      title="Under dropout a unit of layer l computes (2c)^l times the numbers of nodes kept below",
      statement=ForEach(equal(fixed_values[l, i], (2 * c) ** l * kept_inputs * Product(kept(j), (j, 1, l - 1))),
                        (i, 1, n), (l, 1, d - 1)),
      **step, limits=TWO)

DROPPED_OUTPUT = claim("thm18-step-dropped-output",
      title="Under dropout the output is (2c)^d times the product of the numbers of kept nodes",
      statement=equal(fixed_output, (2 * c) ** d * kept_inputs * Product(kept(j), (j, 1, d - 1))),
      **step, limits=TWO)

MEAN = claim("thm18-step-mean",
      title="The mean output under dropout is y",
      statement=both(equal(E(D), (2 * c) ** d * (K / 2) * (n / 2) ** (d - 1)), equal(E(D), Y)),
      **step, limits=TWO)

growth = (1 + 1 / K) * (1 + 1 / n) ** (d - 1)

SQUARE = claim("thm18-step-square",
      title="The mean square output from second moments of binomials",
      statement=equal(E(D**2), (2 * c) ** (2 * d) * (K * (K + 1) / 4) * (n * (n + 1) / 4) ** (d - 1)),
      **step, limits=TWO)

SQUARE_VALUE = claim("thm18-step-square-value",
      title="The mean square output is y^2 (1 + 1/K)(1 + 1/n)^(d-1)",
      statement=equal(E(D**2), Y**2 * growth), **step, limits=TWO)

LOSS = claim("thm18-step-loss",
      title="The mean square error under dropout is the variance of the output",
      statement=equal(E((D - Y) ** 2), Var(D)), **step, limits=TWO)

VARIANCE = claim("thm18-step-variance",
      title="The variance of the output under dropout",
      statement=equal(Var(D), Y**2 * (growth - 1)), **step, limits=TWO)

BOUND = claim("thm18-step-bound",
      title="The variance is at least y^2/K",
      statement=less_equal(Y**2 / K, Var(D)), **step, limits=TWO)

# --- the theorem ------------------------------------------------------------------------------------------------

SINGLE = ("The table of notation puts all of the distribution written P with the index x, y on this one example. The "
          "distribution of definition 1 has half of its weight there, see thm18-half-bound.")
criterion = E((yhat - y) ** 2)
J_D = of_network("J_D", "W", criterion, "dropout criterion: mean square loss under dropout")
large_criterion = less_equal(Y**2 / (K + 1), J_D)
claim("thm18-step-criterion",
      title="The dropout criterion of the network of equal weights is at least y^2/(K + 1)",
      statement=large_criterion, **step, limits=TWO, reading=SINGLE)

# definition 1: half of the distribution is on the input zero with label 0
half_criterion = (criterion + E(yhat_zero**2)) / 2
J_D_HALF = of_network("J_D", "W", half_criterion, "dropout criterion with half of the distribution on the input zero")
HALF = claim("thm18-half-criterion",
      title="With half of the distribution on the input zero the dropout criterion is half of the variance",
      statement=equal(J_D_HALF, Y**2 * (growth - 1) / 2), kind="sentence",
      source="proof of theorem 18, for the distribution of definition 1", limits=TWO)

claim("thm18-half-bound",
      title="With half of the distribution on the input zero the dropout criterion is at least y^2/(2K)",
      statement=less_equal(Y**2 / (2 * K), J_D_HALF), kind="sentence",
      source="proof of theorem 18, for the distribution of definition 1", limits=TWO)

rho = Scalar("rho", NONNEGATIVE)  # y^(1/d)
root = Hypothesis("rho is the d-th root of y", equal(rho**d, Y))
weight_count = K * n + n**2 * (d - 2) + n
lam = Scalar("lambda", NONNEGATIVE)
penalty = lam / 2 * (Sum(c**2, (k, 1, K), (i, 1, n)) + Sum(c**2, (k, 1, n), (i, 1, n), (l, 2, d - 1))
                     + Sum(c**2, (k, 1, n)))

L2_PENALTY = notion("λ|W|^2/2", penalty, "L2 penalty: lambda/2 times the sum of the squared weights",
                    r"\frac{\lambda}{2} \|\mathcal{W}\|^2")

claim("thm18-step-count",
      title="The penalty of weight decay is the number of weights times lambda c^2/2",
      statement=equal(L2_PENALTY, weight_count * lam * c**2 / 2), **step, limits=THREE)

positive_root = Scalar("c_0", NONNEGATIVE)  # the weight before its bound is known
MAGNITUDE = claim("thm18.1",
      title="For targets up to K n^(d-1) every weight has magnitude at most one",
      statement=implies(less_equal(positive_root**d * K * n ** (d - 1), K * n ** (d - 1)),
                        less_equal(positive_root, 1)),
      kind="theorem", source="section 5.1, theorem 18 (a)", limits=THREE)

claim("thm18-risk",
      title="The network of equal weights fits the example",
      statement=equal(R, 0), kind="theorem", source="section 5.1, theorem 18", limits=THREE,
      reading="Existence; shown by the network of the proof.")

claim("thm18.2",
      title="The dropout criterion is at least y^2/(K + 1)",
      statement=large_criterion,
      kind="theorem", source="section 5.1, theorem 18 (b)", limits=TWO, reading=SINGLE,
      admissible={K: 3, n: 9, d: 2, c: 1})  # the smallest network at which twice the bound is too much

decay_bound = less_equal(L2_PENALTY, lam * rho**2 / 2 * weight_count)
WEIGHT_DECAY = claim("thm18.3",
      title="The criterion of weight decay is at most lambda y^(2/d)/2 times the number of weights",
      statement=decay_bound, hypotheses=[root], admissible={c: half, K: 2, n: 2, d: 2, rho: 1, lam: 1},
      kind="theorem", source="section 5.1, theorem 18 (c)", limits=THREE,
      reading="Stated with the root rho = y^(1/d). The risk is zero and biases are not penalised.")

claim("thm18",
      title="Small weights with zero risk, a large dropout criterion and a small criterion of weight decay",
      statement=both(MAGNITUDE.statement, equal(R, 0), large_criterion, decay_bound), hypotheses=[root],
      admissible={c: half, positive_root: half, K: 2, n: 2, d: 2, rho: 1, lam: 1},
      kind="theorem", source="section 5.1, theorem 18", reading=SINGLE,
      not_applicable=dict.fromkeys(("exact", "property", "montecarlo", "interval", "decide"), "checked in its parts"))

claim("thm18-depth",
      title="The dropout penalty grows with the depth like the power 2d of the root of the target",
      statement=less_equal(rho ** (2 * d) / K, J_D - R), hypotheses=[root],
      admissible={c: half, K: 2, n: 2, d: 2, rho: 1}, kind="sentence", source="section 5.1, after theorem 18",
      limits=TWO,
      reading="For targets rho^d with a fixed rho above 1; the penalty of weight decay is bounded by thm18.3, linear "
              "in the depth.")
