"""Section 5: theorem 2 on the convergence of the expansion, and the steps of its proof."""

from __future__ import annotations

import sympy as sp

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    OPEN_PROBABILITY,
    POSITIVE,
    SIZE,
    E,
    ForEach,
    LargestOutcome,
    RootGrowth,
    Scalar,
    Stirling2,
    SumsTo,
    equal,
    equivalent,
    gates,
    implies,
    less,
    less_equal,
    logistic,
    notion,
)
from dropout_theory.papers.schluter2019.notation import (
    A_AT_SCORE,
    SCORE,
    A,
    beta,
    c,
    d,
    derivative,
    explicit,
    i,
    j,
    log_partition,
    p,
    strict_delta,
    triangle,
    x,
    x_tilde,
)

claim = Section("schluter2019", "5")
factorial = sp.factorial
delta = strict_delta
noisy = x_tilde(delta)
noise = noisy - SCORE
regulariser = notion("R(β)", E(A(noisy)) - A(SCORE), "dropout regulariser", r"R(\beta)")
expansion = A_AT_SCORE(j) * E(noise**j) / factorial(j)
converges = SumsTo(expansion, (j, 2), regulariser)
largest = LargestOutcome(sp.Abs(noise))
all_kept = SCORE * delta / (1 - delta)

# --- before the theorem -----------------------------------------------------------------------------------------

claim("sec5-probability",
      title="The probability as recalled, without the minus sign",
      statement=equal(1 / (1 + sp.exp(-c)), 1 / (1 + sp.exp(c))),
      source="section 5, before theorem 2",
      erratum=Erratum("sign", "typo", "the exponent lacks its minus sign"))

# --- theorem 2 --------------------------------------------------------------------------------------------------

claim("eq12",
      title="The expansion of the regulariser to infinite order, as the limit of eq. (11)",
      statement=None,
      source="section 5, eq. (12)", kind="definition")

claim("thm2",
      title="The expanded regulariser converges to the regulariser exactly when every deviation is below 2 pi",
      statement=equivalent(less(largest, 2 * sp.pi), converges),
      source="section 5, theorem 2", kind="theorem",
      reading="the deviation is below 2 pi for every mask of positive probability; "
              "A_j is A^(j)(x·β), the derivative of order j",
      not_applicable={"property": "each direction is drawn apart: thm2.1, thm2.2"},
      erratum=Erratum("number", "major", "the radius of convergence is the distance to the nearest zero of 1 + exp z, "
                                         "sqrt(score^2 + pi^2); it is 2 pi only where |score| = pi sqrt 3"))

claim("thm2.1",
      title="Deviations below 2 pi make the expanded regulariser converge to the regulariser",
      statement=implies(less(largest, 2 * sp.pi), converges),
      source="section 5, theorem 2, if", kind="theorem",
      erratum=Erratum("number", "major", "with score 2 and deviation 6 < 2 pi the series diverges"))

claim("thm2.2",
      title="The expanded regulariser converges only if every deviation is below 2 pi",
      statement=implies(converges, less(largest, 2 * sp.pi)),
      source="section 5, theorem 2, only if", kind="theorem",
      erratum=Erratum("number", "major", "with score 7, deviations of 7 > 2 pi and nothing else, the series converges"))

claim("thm2-reading-all-kept",
      title="The expanded regulariser converges exactly when the deviation of eq. (8), nothing dropped, is below 2 pi",
      statement=equivalent(less(sp.Abs(all_kept), 2 * sp.pi), converges),
      source="section 5, theorem 2", kind="theorem",
      reading="the deviation is the one of the mask that keeps every feature",
      erratum=Erratum("number", "major", "wrong radius, and the other masks matter too"))

claim("thm2-reading-explicit",
      title="With the sums of theorem 1 for coefficients the expansion converges to the regulariser exactly when every "
            "deviation is below 2 pi",
      statement=equivalent(less(largest, 2 * sp.pi),
                           SumsTo(A_AT_SCORE(j + 1) * E(noise**j) / factorial(j), (j, 2), regulariser)),
      source="section 5, theorem 2", kind="theorem",
      reading="A_j is the sum of theorem 1, A^(j + 1)(x·β), as the sentence before eq. (12) recalls it",
      erratum=Erratum("off-by-one", "major", "where it converges, it adds up to an expected change of p, not the "
                                             "regulariser"))

largest_up = sp.Sum(sp.Max(x[i] * beta[i] * delta / (1 - delta), -x[i] * beta[i]), (i, 1, d))
largest_down = sp.Sum(sp.Max(x[i] * beta[i], -x[i] * beta[i] * delta / (1 - delta)), (i, 1, d))
reach = sp.sqrt(SCORE**2 + sp.pi**2)

claim("thm2.amended",
      title="The expanded regulariser converges to the regulariser exactly when no deviation exceeds the distance from "
            "the score to pi i",
      statement=equivalent(less_equal(sp.Max(largest_up, largest_down), reach), converges),
      source="section 5, theorem 2")

claim("thm2.amended-largest-deviation",
      title="The largest deviation over all masks, feature by feature",
      statement=equal(largest, sp.Max(largest_up, largest_down)),
      source="section 5, theorem 2")

single_gate = gates("xi", 1 - delta, 1)
single_noisy = c * single_gate[1] / (1 - delta)
single = derivative(j, c) * E((single_noisy - c) ** j) / factorial(j)

claim("thm2.amended-one-feature",
      title="With one feature and a dropout probability of at most a half the expansion always converges",
      statement=SumsTo(single, (j, 2), E(log_partition(single_noisy)) - log_partition(c)),
      hypotheses=(Hypothesis("at most half dropped", less_equal(delta, sp.Rational(1, 2))),),
      source="section 5, theorem 2")

w = Scalar("w")
positive_score = Scalar("c", POSITIVE)
taylor_at = SumsTo(derivative(j, positive_score) * w**j / factorial(j), (j, 2),
                   log_partition(positive_score + w) - log_partition(positive_score)
                   - w * derivative(1, positive_score))

claim("sec5-radius",
      title="The Taylor series of the log partition function at a positive score has radius of convergence 2 pi",
      statement=equivalent(less(sp.Abs(w), 2 * sp.pi), taylor_at),
      source="section 5, after theorem 2", kind="sentence",
      reading="the deviation is a fixed number and the clean example is classified as positive",
      erratum=Erratum("number", "major", "the radius depends on the score: sqrt(score^2 + pi^2)"))

claim("sec5-radius.amended",
      title="The Taylor series of the log partition function converges up to the distance from the score to pi i",
      statement=equivalent(less_equal(sp.Abs(w), sp.sqrt(positive_score**2 + sp.pi**2)), taylor_at),
      source="section 5, after theorem 2")

# --- the displayed chain of its proof ---------------------------------------------------------------------------

k = Scalar("k", SIZE)
q = Scalar("p", OPEN_PROBABILITY)
growing = sp.Symbol("k", integer=True, positive=True)


def growth(term, root):  # type: ignore[no-untyped-def]
    """limsup of the root-th root of |term|: the radicals are read with absolute values, as some terms are negative."""
    return RootGrowth(term, growing, root)


def alternating(weight, base, row):  # type: ignore[no-untyped-def]
    """sum over j of base^j weight(j) S2(row, j)."""
    return sp.Sum(base**j * weight(j) * Stirling2(row, j), (j, 1, row))


even = 2 * growing
over = factorial(even)
of_derivatives = growth(derivative(even, c) / over, even)
with_factorials = growth(alternating(factorial, -p, even) / over, even)
with_index = growth(alternating(lambda s: s, -p, even) / over, even)
at_one = growth(alternating(lambda s: s, sp.Integer(-1), even) / over, even)
of_bell = growth(sp.bell(even) / over, even)
of_bernoulli = growth(sp.bernoulli(even) / over, even)
of_zeta = growth(2 * sp.zeta(even) / (2 * sp.pi) ** even, even)

claim("thm2-step-even-orders",
      title="The upper limit of the roots may be taken along even orders",
      statement=equal(growth(derivative(growing, c) / factorial(growing), growing), of_derivatives),
      source="section 5, proof of theorem 2, first line", kind="step",
      reading="A_k is A^(k)(x·β), the derivative of order k")

claim("thm2-step-even-orders-explicit",
      title="The upper limit along even orders, for the sums of theorem 1",
      statement=equal(growth(derivative(growing + 1, c) / factorial(growing), growing),
                      growth(derivative(even + 1, c) / over, even)),
      source="section 5, proof of theorem 2, first line", kind="step",
      reading="A_k is the sum of theorem 1, A^(k + 1)(x·β), the derivative of order k + 1",
      erratum=Erratum("invalid-step", "minor", "at score 0 the sums of even order vanish and the odd ones do not"))

claim("thm2-step-signs",
      title="The radicands are non-negative",
      statement=less_equal(0, explicit(2 * k, q)),
      source="section 5, proof of theorem 2, first line", kind="step",
      reading="a root of even order needs a non-negative radicand",
      erratum=Erratum("notation", "minor", "the radicals need absolute values"))

claim("thm2-step-explicit",
      title="The explicit form put into the radicand",
      statement=equal(explicit(2 * k, q), alternating(factorial, -q, 2 * k)),
      source="section 5, proof of theorem 2, second line", kind="step",
      erratum=Erratum("missing-factor", "minor", "the sum is to be multiplied by -(1 - p), that is p' and a sign: "
                                                 "harmless in the limit of roots for p < 1, fatal at p = 1"))

claim("thm2-step-explicit.amended",
      title="The explicit form as -(1 - p) times the alternating sum",
      statement=equal(explicit(2 * k, q), -(1 - q) * alternating(factorial, -q, 2 * k)),
      source="section 5, proof of theorem 2, second line")

claim("thm2-step-triangle",
      title="Entries of the triangle as j times Stirling numbers",
      statement=ForEach(equal(triangle(2 * k, j), j * Stirling2(2 * k, j)), (j, 1, 2 * k)),
      source="section 5, proof of theorem 2, third line", kind="step",
      reading="the transcription may have lost two factorial signs; with them the step after this one fails instead",
      erratum=Erratum("missing-factor", "minor", "the factor is j factorial"))

claim("thm2-step-triangle.amended",
      title="Entries of the triangle as j factorial times Stirling numbers",
      statement=ForEach(equal(triangle(2 * k, j), factorial(j) * Stirling2(2 * k, j)), (j, 1, 2 * k)),
      source="section 5, proof of theorem 2, third line")

claim("thm2-step-triangle-limit",
      title="Replacing the triangle by j times Stirling numbers leaves the upper limit of roots",
      statement=equal(with_factorials, with_index),
      source="section 5, proof of theorem 2, third line", kind="step",
      erratum=Erratum("missing-factor", "major", "with j for j factorial the generating function is entire and the "
                                                 "limit is 0"))

claim("thm2-step-one",
      title="The sum at probability p equals the sum at p = 1",
      statement=equal(alternating(factorial, -q, 2 * k), alternating(factorial, sp.Integer(-1), 2 * k)),
      source="section 5, proof of theorem 2, fourth line", kind="step",
      reading="with the factor j factorial of the second line",
      erratum=Erratum("invalid-step", "major", "the limits p to 1 and of roots do not commute: at p = 1 the sum is 1 "
                                               "for every even order"))

claim("thm2-step-one-limit",
      title="Putting p = 1 leaves the upper limit of the roots",
      statement=equal(with_factorials, growth(alternating(factorial, sp.Integer(-1), even) / over, even)),
      source="section 5, proof of theorem 2, fourth line", kind="step",
      reading="with the factor j factorial of the second line",
      erratum=Erratum("invalid-step", "major", "at p = 1 the sum is 1 and the limit is 0"))

claim("thm2-step-one.amended",
      title="At p = 1 the alternating sum over a row of the triangle is plus or minus one",
      statement=equal(alternating(factorial, sp.Integer(-1), k), (-1) ** k),
      source="section 5, proof of theorem 2, fourth line")

claim("thm2-step-bell",
      title="The alternating sum is a Bell number",
      statement=equal(alternating(lambda s: s, sp.Integer(-1), 2 * k), sp.bell(2 * k)),
      source="section 5, proof of theorem 2, fifth line", kind="step",
      erratum=Erratum("contradiction", "major", "it is no Bell and no Bernoulli number, and with j factorial it is 1; "
                                                "the zeta formula of the next line belongs to Bernoulli numbers"))

claim("thm2-step-bernoulli",
      title="The alternating sum is a Bernoulli number",
      statement=equal(alternating(lambda s: s, sp.Integer(-1), 2 * k), sp.bernoulli(2 * k)),
      source="section 5, proof of theorem 2, fifth line", kind="step",
      reading="Bernoulli for Bell, as the zeta formula suggests",
      erratum=Erratum("missing-factor", "major", "a Bernoulli number has the weights j!/(j + 1)"))

claim("thm2-step-bernoulli.amended",
      title="Even Bernoulli numbers as alternating sums over the triangle with weights 1/(j + 1)",
      statement=equal(alternating(lambda s: factorial(s) / (s + 1), sp.Integer(-1), 2 * k), sp.bernoulli(2 * k)),
      source="section 5, proof of theorem 2, fifth line")

zeta_value = 2 * factorial(2 * k) * sp.zeta(2 * k) / (2 * sp.pi) ** (2 * k)

claim("thm2-step-zeta-bell",
      title="Even Bell numbers through the zeta function",
      statement=equal(sp.bell(2 * k), zeta_value),
      source="section 5, proof of theorem 2, sixth line", kind="step",
      erratum=Erratum("contradiction", "minor", "the formula is Euler's for Bernoulli numbers, up to sign"))

claim("thm2-step-zeta",
      title="Even Bernoulli numbers through the zeta function",
      statement=equal(sp.bernoulli(2 * k), zeta_value),
      source="section 5, proof of theorem 2, sixth line", kind="step",
      reading="Bernoulli for Bell",
      erratum=Erratum("sign", "minor", "the sign (-1)^(k+1) is missing"))

claim("thm2-step-zeta.amended",
      title="Even Bernoulli numbers through the zeta function, with their alternating sign",
      statement=equal(sp.bernoulli(2 * k), (-1) ** (k + 1) * zeta_value),
      source="section 5, proof of theorem 2, sixth line")

claim("thm2-step-root",
      title="The roots of the zeta expression tend to 1/(2 pi)",
      statement=equal(of_zeta, 1 / (2 * sp.pi)),
      source="section 5, proof of theorem 2, last line", kind="step")

claim("eq14",
      title="The roots of the Taylor coefficients have upper limit 1/(2 pi)",
      statement=equal(of_derivatives, 1 / (2 * sp.pi)),
      source="section 5, proof of theorem 2, first and last line", kind="step",
      erratum=Erratum("number", "major", "the upper limit is 1/sqrt(score^2 + pi^2)"))

claim("eq14.amended",
      title="The roots of the Taylor coefficients have upper limit 1/sqrt(score^2 + pi^2)",
      statement=equal(of_derivatives, 1 / sp.sqrt(c**2 + sp.pi**2)),
      source="section 5, proof of theorem 2, first and last line")

# --- after the proof --------------------------------------------------------------------------------------------

claim("sec5-bounded-features",
      title="Bounding every weighted feature by 2 pi/d makes the expansion converge",
      statement=implies(ForEach(less(sp.Abs(x[i] * beta[i]), 2 * sp.pi / d), (i, 1, d)), converges),
      source="section 5, after the proof", kind="sentence",
      reading="the bound is on absolute values",
      erratum=Erratum("overclaim", "major", "kept features are scaled up by 1/(1 - delta), and the radius may be as "
                                            "small as pi"))

bounded_statement = implies(
    ForEach(less_equal(sp.Abs(x[i] * beta[i]) * sp.Max(1, delta / (1 - delta)), sp.pi / d), (i, 1, d)), converges)

claim("sec5-bounded-features.amended",
      title="Bounding every weighted feature by pi/d, and by pi (1 - delta)/(d delta), makes the expansion converge",
      statement=bounded_statement,
      source="section 5, after the proof")

claim("sec5-positive-examples",
      title="A probability near one means that minus the score is near one",
      statement=less(sp.Rational(1, 2), logistic(-1)),
      source="section 5, after the proof", kind="sentence",
      reading="where minus the score is 1 the example is at least classified as positive",
      erratum=Erratum("number", "minor", "minus the score must tend to minus infinity; at 1 the probability is 0.27"))
