"""Section 4: the order-k expansion of the regulariser, and the explicit derivatives of theorem 1."""

from __future__ import annotations

import sympy as sp

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    OPEN_PROBABILITY,
    SIZE,
    DerivativeAt,
    E,
    ForEach,
    Notion,
    SameToOrder,
    Scalar,
    Stirling2,
    both,
    equal,
    gates,
    logistic,
    natural,
)
from dropout_theory.papers.schluter2019.notation import (
    A_AT_SCORE,
    AT_LEAST_TWO,
    SCORE,
    A,
    beta,
    c,
    d,
    delta,
    derivative,
    explicit,
    j,
    k,
    log_partition,
    m,
    noisy_score,
    p,
    score,
    slope,
    term,
    triangle,
    x,
    x_tilde,
    z,
)

claim = Section("schluter2019", "4")
K = Scalar("k", AT_LEAST_TWO)
order = natural("k")
noise = x_tilde() - SCORE
A_AT_NOISY = Notion("A^(%s)(x~·β)", (m,), derivative(m, noisy_score()),
                    "derivative of A at the noisy score, of this order", r"A^{(%s)}(\tilde{x} \cdot \beta)")
power = natural("m")

# --- the displayed chain ----------------------------------------------------------------------------------------

at_noisy = sp.Sum(E(A_AT_NOISY(m) * noise**m) / sp.factorial(m), (m, 0, order))
at_clean = sp.Sum(A_AT_SCORE(m) * E(noise**m) / sp.factorial(m), (m, 0, order))
with_powers = sp.Sum(A_AT_SCORE(m) * SCORE**m * delta**m / (sp.factorial(m) * (1 - delta) ** (m - 1)),
                     (m, 0, order))

claim("sec4-number-of-terms",
      title="The expansion of order k takes k terms of the Taylor series",
      statement=equal(sp.Sum(1, (m, 0, order)), order),
      source="section 4, first sentence",
      kind="sentence",
      erratum=Erratum("off-by-one", "typo", "orders 0 to k are k + 1 terms"))

claim("sec4-number-of-terms.amended",
      title="The expansion of order k takes k + 1 terms of the Taylor series",
      statement=equal(sp.Sum(1, (m, 0, order)), order + 1),
      source="section 4, first sentence")

claim("sec4-expansion-step1",
      title="Derivatives at the noisy score taken out of the expectation",
      statement=equal(at_noisy, at_clean),
      source="section 4, first display, first to second line",
      erratum=Erratum("notation", "minor",
                      "the derivatives belong at the clean score (and the expanded function at the noisy one): the "
                      "tildes stand on the wrong sides"))

claim("sec4-expansion-step2",
      title="The moments of the deviation put into the expansion",
      statement=equal(at_clean, with_powers),
      source="section 4, first display, second to third line",
      erratum=Erratum("dropped-terms", "major",
                      "the moments are those of a deviation that vanishes when a feature is dropped; they are wrong at "
                      "every order, the zeroth included"))

claim("sec4-moment",
      title="Every moment of the dropout deviation",
      statement=equal(E(noise**power), score**power * delta**power / (1 - delta) ** (power - 1)),
      source="section 4, first display, second to third line",
      erratum=Erratum("dropped-terms", "major", "the masks with dropped features contribute (-x_j beta_j) terms"))

gate = gates("xi", 1 - delta, 1)
single = c * gate[1] / (1 - delta) - c

claim("sec4-moment.amended",
      title="Every moment of the dropout deviation of one feature",
      statement=equal(E(single**power),
                      c**power * ((1 - delta) * (delta / (1 - delta)) ** power + delta * (-1) ** power)),
      source="section 4, first display, second to third line")

claim("sec4-moment.amended-low-orders",
      title="First and second moment of the dropout deviation, for any number of features",
      statement=both(equal(E(noise), 0),
                     equal(E(noise**2), sp.Sum((x[j] * beta[j]) ** 2, (j, 1, d)) * delta / (1 - delta))),
      source="section 4, first display, second to third line")

epsilon = Scalar("epsilon", OPEN_PROBABILITY)
one_feature = (1 - delta) * A(epsilon * c / (1 - delta)) + delta * A(0)
moments = [(1 - delta) * (delta / (1 - delta)) ** r + delta * (-1) ** r for r in range(4)]
cubic = A(epsilon * c) + sum(
    sp.diff(log_partition(z), z, r).subs(z, epsilon * c) * (epsilon * c) ** r * moments[r] / sp.factorial(r)
    for r in (2, 3))

claim("sec4-order-three",
      title="Order-three expansion of the expected log partition function of one feature, in the scale of its score",
      statement=SameToOrder(one_feature, cubic, epsilon, 3),
      kind="approximation",
      source="section 4, first display",
      reading="close means that the score is scaled down, the dropout probability staying as it is")

# --- theorem 1 --------------------------------------------------------------------------------------------------

claim("sec4-index-zero",
      title="A_0, the zeroth derivative of the log partition function, is the probability p",
      statement=equal(derivative(0, c), p),
      source="section 4, before the triangle of numbers",
      erratum=Erratum("off-by-one", "major", "the zeroth derivative is A itself and the first is p: with A_0 = p the "
                                             "symbol A_k means the derivative of order k + 1"))

claim("sec4-index-one",
      title="A_1, the first derivative of the log partition function, is p(1 - p)",
      statement=equal(derivative(1, c), slope),
      source="section 4, before the triangle of numbers",
      erratum=Erratum("off-by-one", "major", "p(1 - p) is the second derivative"))

claim("sec4-index-zero.amended",
      title="The first derivative of the log partition function is p, the second p(1 - p)",
      statement=both(equal(derivative(1, c), p), equal(derivative(2, c), slope)),
      source="section 4, before the triangle of numbers")

claim("thm1",
      title="Explicit form of the k-th derivative of the logistic log partition function",
      statement=equal(derivative(k, c), explicit(k)),
      source="section 4, theorem 1",
      kind="theorem",
      reading="A_k is A^(k)(x·β), the derivative of order k, as the sentence that introduces it says",
      erratum=Erratum("off-by-one", "major", "the sum is the derivative of order k + 1: it starts from A_1 = p', which "
                                             "is the second derivative of the log partition function"))

claim("thm1.amended",
      title="Explicit form of the derivative of order k + 1 of the logistic log partition function",
      statement=equal(derivative(k + 1, c), explicit(k)),
      source="section 4, theorem 1")

# the steps of its proof, with A_k read as the sum; their atoms are p and the indices
q = Scalar("p", OPEN_PROBABILITY)
row, inner = Scalar("k", SIZE), Scalar("j", SIZE)
last = Scalar("k", AT_LEAST_TWO)


def first_part(r, s):  # type: ignore[no-untyped-def]
    """The part of the derivative of the s-th term with p^(s-1) p'."""
    return s * q ** (s - 1) * q * (1 - q) * (-1) ** (s - 1) * triangle(r, s)


def second_part(r, s):  # type: ignore[no-untyped-def]
    """The part with p^s p'."""
    return (s + 1) * q**s * q * (1 - q) * (-1) ** s * triangle(r, s)


def in_score(r, s):  # type: ignore[no-untyped-def]
    """Derivative of the s-th term in the score."""
    return DerivativeAt(term(r, s, logistic(z)), z, c, 1)


def at_score(expr):  # type: ignore[no-untyped-def]
    return expr.xreplace({q: p})


claim("thm1-step-base",
      title="The first two terms of the tower: A_1 = p - p^2 and A_2 = p' - 2 p p'",
      statement=both(equal(explicit(1, q), q - q**2), equal(explicit(2, q), q * (1 - q) - 2 * q * q * (1 - q))),
      source="section 4, proof of theorem 1, base case", kind="step")

claim("thm1-step-split",
      title="A term of A_k as a difference of two powers of p",
      statement=equal(term(row, inner, q), q**inner * (-1) ** (inner - 1) * triangle(row, inner)
                      + q ** (inner + 1) * (-1) ** inner * triangle(row, inner)),
      source="section 4, proof of theorem 1", kind="step")

claim("eq9",
      title="Derivative of a term of A_k in the score",
      statement=equal(in_score(row, inner), at_score(first_part(row, inner) + second_part(row, inner))))

claim("thm1-step-contribution",
      title="A term of A_(k+1) gathers the first part of the derivative one place above and the second part of its own",
      statement=ForEach(equal(term(last + 1, j, q), first_part(last, j + 1) + second_part(last, j)), (j, 1, last - 1)),
      source="section 4, proof of theorem 1, after eq. (9)", kind="step",
      reading="the first part of the j-th derivative contributes to place j - 1, the second to place j",
      erratum=Erratum("index", "minor", "the first part contributes to place j and the second to place j + 1, as the "
                                        "displays that follow have it"))

claim("thm1-step-contribution.amended",
      title="A term of A_(k+1) gathers the first part of its own derivative and the second part one place below",
      statement=ForEach(equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1)), (j, 2, last)),
      source="section 4, proof of theorem 1, after eq. (9)")

claim("thm1-step-first",
      title="The first term of A_(k+1) is p', the first part of the derivative of the first term of A_k",
      statement=both(equal(term(row + 1, 1, q), q * (1 - q)), equal(first_part(row, 1), q * (1 - q))),
      source="section 4, proof of theorem 1, case j = 1", kind="step")

claim("thm1-step-last",
      title="The last term of A_(k+1) from the derivative of p' times the last term of A_k",
      statement=equal(DerivativeAt(logistic(z) * (1 - logistic(z)) * term(row, row, logistic(z)), z, c, 1),
                      at_score(first_part(row, row) + term(row + 1, row + 1, q))),
      source="section 4, proof of theorem 1, case j = k + 1", kind="step",
      erratum=Erratum("notation", "minor", "the term already contains the factor p'; it is differentiated as it is"))

claim("thm1-step-last.amended",
      title="The last term of A_(k+1) from the derivative of the last term of A_k",
      statement=equal(in_score(row, row), at_score(first_part(row, row) + term(row + 1, row + 1, q))),
      source="section 4, proof of theorem 1, case j = k + 1")

claim("thm1-step-triangle",
      title="Recurrence of the triangle of numbers",
      statement=ForEach(equal(triangle(row + 1, j), sp.factorial(j) * (j * Stirling2(row, j) + Stirling2(row, j - 1))),
                        (j, 1, row + 1)),
      source="section 4, proof of theorem 1", kind="step",
      reading="the recurrence of the Stirling numbers just before it is damaged in the transcription and not judged")

claim("thm1-step-middle",
      title="A middle term of A_(k+1) written through two entries of the row above",
      statement=ForEach(both(
          equal(term(last + 1, j, q), q * (1 - q) * (-1) ** (j - 1) * q ** (j - 1) * j * triangle(last, j)
                + q * (1 - q) * (-1) ** (j - 1) * q ** (j - 1) * j * triangle(last, j - 1)),
          equal(term(last + 1, j, q), first_part(last, j) + second_part(last, j - 1))), (j, 2, last)),
      source="section 4, proof of theorem 1, case 1 < j < k + 1", kind="step")

claim("thm1-step-derivative",
      title="A_(k+1) is the derivative of p' times A_k",
      statement=equal(at_score(explicit(row + 1, q)),
                      DerivativeAt(logistic(z) * (1 - logistic(z)) * explicit(row, logistic(z)), z, c, 1)),
      source="section 4, proof of theorem 1, last display", kind="step",
      erratum=Erratum("notation", "minor", "A_k already contains p': A_(k+1) is the derivative of A_k itself"))

claim("thm1-step-derivative.amended",
      title="A_(k+1) is the derivative of A_k in the score",
      statement=equal(at_score(explicit(row + 1, q)), DerivativeAt(explicit(row, logistic(z)), z, c, 1)),
      source="section 4, proof of theorem 1, last display")

# --- eq. (11) ---------------------------------------------------------------------------------------------------



explicit_at = Notion("A_%s", (m,), explicit(m, logistic(score)), "what theorem 1 gives, at the score", "A_{%s}")
taylor = sp.Sum(A_AT_SCORE(m) * E(noise**m) / sp.factorial(m), (m, 0, K)) - A(SCORE)

claim("eq11",
      title="The regulariser to order k, with the explicit form of theorem 1 for its coefficients",
      statement=equal(sp.Sum(explicit_at(m) * E(noise**m) / sp.factorial(m), (m, 2, K)), taylor),
      reading="A_j is what theorem 1 gives; with A_j read as A^(j)(x·β) eq. (11) is the Taylor "
              "polynomial, but then theorem 1 is wrong",
      erratum=Erratum("off-by-one", "major", "the coefficient of order j is A_(j-1) in the numbering of theorem 1: as "
                                             "printed R_2 is built on the third derivative, against section 3"))

claim("eq11.amended",
      title="The regulariser to order k, with the explicit form shifted by one",
      statement=equal(sp.Sum(explicit_at(m - 1) * E(noise**m) / sp.factorial(m), (m, 2, K)), taylor))
