"""Section 8, properties 1 to 5: inequalities between arithmetic, geometric and normalised geometric means."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, Sum, log

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    SIZE,
    UNIT,
    E,
    ForEach,
    G,
    Gc,
    Largest,
    Named,
    Scalar,
    Smallest,
    Var,
    all_equal,
    both,
    distribution,
    equal,
    equivalent,
    family,
    implies,
    index,
    interval,
    less,
    less_equal,
    notion,
    size,
    subnetwork,
)

claim = Section("baldi2014", "8")

HALF = Rational(1, 2)
m, k, j = size("m"), index("k"), Scalar("j", SIZE)
P = distribution("P", m)
N = subnetwork("N", P)
every = (k, 1, m)

O = family("O", OPEN_UNIT, m)
U = family("O", POSITIVE, m)
LOW = family("O", interval(0, HALF, open_below=True), m)
HIGH = family("O", interval(HALF, 1, open_above=True), m)
LOW_OR_ZERO = family("O", interval(0, HALF), m)
HIGH_OR_ONE = family("O", interval(HALF, 1), m)

positive_weights = Hypothesis("every probability is positive", ForEach(less(0, P[k]), every))
for_any_positive_numbers = ("The text calls these results free of the bound by one, so the numbers are any positive "
                            "numbers; outcomes of probability zero are allowed, since only the sum of the "
                            "probabilities is fixed.")


def complement_share(x: Any) -> Any:
    """G'/(G + G')."""
    return Gc(x) / (G(x) + Gc(x))


def expectation_and_variance(x: Any, of: str = "") -> tuple[Named, Named]:
    """E and V of random numbers, with an index where a statement speaks of two kinds of numbers."""
    return notion(f"E{of}", E(x), "expectation of the numbers"), notion(f"V{of}", Var(x), "variance of the numbers")


def called(x: Any) -> tuple[Named, Named, Named, Named, Named]:
    """E, V, G, G' and NWGM of random numbers x, under these names."""
    return (*expectation_and_variance(x), notion("G", G(x), "weighted geometric mean of the numbers"),
            notion("G'", Gc(x), "weighted geometric mean of their complements"),
            notion("NWGM", NWGM(x), "normalised weighted geometric mean of the numbers", r"\operatorname{NWGM}"))


# --- property 1 -------------------------------------------------------------------------------------------------

claim("sec8-complement-mean", kind="sentence",
      title="The mean of the complements is one minus the mean",
      statement=equal(E(1 - O[N]), 1 - E(O[N])))

claim("eq77", kind="inequality",
      title="Weighted geometric means of numbers and of their complements are at most the arithmetic ones",
      statement=both(less_equal(G(O[N]), E(O[N])), less_equal(Gc(O[N]), E(1 - O[N]))))

claim("sec8-am-gm-unbounded", kind="sentence",
      title="The geometric mean is at most the arithmetic one for positive numbers above one too",
      statement=less_equal(G(U[N]), E(U[N])))

AM_GM_EQUALITY = equivalent(equal(G(O[N]), E(O[N])), all_equal(O[k], every))
COMPLEMENT_EQUALITY = equivalent(equal(Gc(O[N]), E(1 - O[N])), all_equal(O[k], every))
unseen = Erratum("missing-hypothesis", "minor", "A number of probability zero may differ from the others without "
                 "changing any mean: every probability must be positive.")

claim("sec8-am-gm-equality", kind="sentence",
      title="Geometric and arithmetic mean coincide exactly when all numbers are equal",
      statement=AM_GM_EQUALITY, erratum=unseen)

claim("sec8-am-gm-equality.amended",
      title="With positive probabilities, geometric and arithmetic mean coincide exactly when all numbers are equal",
      statement=AM_GM_EQUALITY, hypotheses=[positive_weights])

claim("sec8-am-gm-equality-complement", kind="sentence",
      title="The two means of the complements coincide exactly when all numbers are equal",
      statement=COMPLEMENT_EQUALITY, erratum=unseen)

claim("sec8-am-gm-equality-complement.amended",
      title="With positive probabilities, the means of the complements coincide exactly when all numbers are equal",
      statement=COMPLEMENT_EQUALITY, hypotheses=[positive_weights])

largest, smallest = Largest(U[k], every), Smallest(U[k], every)
mean, geometric, variance = E(U[N]), G(U[N]), Var(U[N])
gap = mean - geometric

EQ78_LOWER = less_equal(variance / (2 * largest), gap)
EQ78_UPPER = less_equal(gap, variance / (2 * smallest))

claim("eq78", kind="inequality",
      title="The gap between the means lies between multiples of the variance",
      statement=both(EQ78_LOWER, EQ78_UPPER), reading=for_any_positive_numbers)

claim("eq78.1", kind="inequality",
      title="The gap between the means is at least the variance over twice the largest number",
      statement=EQ78_LOWER, reading=for_any_positive_numbers)

claim("eq78.2", kind="inequality",
      title="The gap between the means is at most the variance over twice the smallest number",
      statement=EQ78_UPPER, reading=for_any_positive_numbers)

EQ78_LOWER_ATTAINED = implies(equal(variance / (2 * largest), gap), all_equal(U[k], every))
EQ78_UPPER_ATTAINED = implies(equal(gap, variance / (2 * smallest)), all_equal(U[k], every))

for part, statement in (("lower", EQ78_LOWER_ATTAINED), ("upper", EQ78_UPPER_ATTAINED)):
    claim(f"sec8-eq78-equality-{part}", kind="sentence", source="section 8, after eq. (78)",
          title=f"The {part} bound by the variance is attained only when all numbers are equal",
          statement=statement, erratum=unseen)

    claim(f"sec8-eq78-equality-{part}.amended",
          title=f"With positive probabilities, the {part} bound is attained only when all numbers are equal",
          statement=statement, hypotheses=[positive_weights])

above_smallest = Hypothesis("the mean exceeds the smallest number", less(smallest, mean),
                            "the printed upper bound is 0/0 otherwise")
below_largest = Hypothesis("the mean is below the largest number", less(mean, largest))

EQ79_PRINTED_FACTOR = (largest - geometric) / (2 * largest)
EQ79_LOWER_FACTOR = (largest - geometric) / (2 * largest * (largest - mean))
EQ79_UPPER_FACTOR = (smallest - geometric) / (2 * smallest * (smallest - mean))
EQ79_LOWER = less_equal(EQ79_PRINTED_FACTOR * variance, gap)
EQ79_UPPER = less_equal(gap, EQ79_UPPER_FACTOR * variance)
EQ79_LOWER_AMENDED = less_equal(EQ79_LOWER_FACTOR * variance, gap)
lost_factor = Erratum("missing-factor", "minor", "The lower bound lost the factor max O - E of its denominator, so its "
                      "two sides scale differently with the numbers; the upper bound has the matching factor.")

claim("eq79", kind="inequality",
      title="Sharper multiples of the variance around the gap between the means",
      statement=both(EQ79_LOWER, EQ79_UPPER), hypotheses=[above_smallest], reading=for_any_positive_numbers,
      erratum=lost_factor)

claim("eq79.1", kind="inequality",
      title="Sharper lower bound of the gap between the means, as printed",
      statement=EQ79_LOWER, reading=for_any_positive_numbers, erratum=lost_factor)

claim("eq79.1.amended",
      title="Sharper lower bound of the gap between the means, with the distance of the mean from the largest number",
      statement=EQ79_LOWER_AMENDED, hypotheses=[below_largest])

claim("eq79.2", kind="inequality",
      title="Sharper upper bound of the gap between the means",
      statement=EQ79_UPPER, hypotheses=[above_smallest], reading=for_any_positive_numbers)

top = Largest(O[k], every)

claim("sec8-eq79-lower-unit-interval", kind="sentence", source="section 8, eq. (79)",
      title="For numbers below one the printed lower bound does hold, being weaker than the one it should sharpen",
      statement=both(less_equal((top - G(O[N])) / (2 * top) * Var(O[N]), E(O[N]) - G(O[N])),
                     less_equal((top - G(O[N])) / (2 * top) * Var(O[N]), Var(O[N]) / (2 * top))),
      reading="Records why the printed bound is not refuted by numbers between zero and one.")

claim("sec8-refinement-eq79-lower", kind="sentence", source="section 8, before eq. (79)",
      title="The printed lower bound of (79) is at least as sharp as that of (78)",
      statement=less_equal(Var(O[N]) / (2 * top), (top - G(O[N])) / (2 * top) * Var(O[N])),
      reading="Numbers between zero and one, the section's usual case.", erratum=lost_factor)

claim("sec8-refinement-eq79-lower.amended",
      title="With its factor restored the lower bound of (79) is at least as sharp as that of (78)",
      statement=less_equal(variance / (2 * largest), EQ79_LOWER_FACTOR * variance), hypotheses=[below_largest])

claim("sec8-refinement-eq79-upper", kind="sentence", source="section 8, before eq. (79)",
      title="The upper bound of (79) is at least as sharp as that of (78)",
      statement=less_equal(EQ79_UPPER_FACTOR * variance, variance / (2 * smallest)), hypotheses=[above_smallest])

around_geometric = Sum(P[k] * (U[k] - geometric) ** 2, every)
EQ80_LOWER = less_equal(around_geometric / (2 * largest), gap)
EQ80_UPPER = less_equal(gap, around_geometric / (2 * smallest))

claim("eq80", kind="inequality",
      title="The gap between the means lies between multiples of the mean square around the geometric mean",
      statement=both(EQ80_LOWER, EQ80_UPPER), reading=for_any_positive_numbers)

claim("eq80.1", kind="inequality",
      title="Lower bound of the gap by the mean square around the geometric mean",
      statement=EQ80_LOWER, reading=for_any_positive_numbers)

claim("eq80.2", kind="inequality",
      title="Upper bound of the gap by the mean square around the geometric mean",
      statement=EQ80_UPPER, reading=for_any_positive_numbers)

claim("sec8-refinement-eq80-lower", kind="sentence", source="section 8, before eq. (79)",
      title="The lower bound of (80) is at least as sharp as that of (78)",
      statement=less_equal(variance / (2 * largest), around_geometric / (2 * largest)))

claim("sec8-refinement-eq80-upper", kind="sentence", source="section 8, before eq. (79)",
      title="The upper bound of (80) is at least as sharp as that of (78)",
      statement=less_equal(around_geometric / (2 * smallest), variance / (2 * smallest)),
      erratum=Erratum("overclaim", "minor", "The mean square around the geometric mean is the variance plus the "
                      "squared gap, so the upper bound of (80) is weaker than that of (78), not a refinement of it."))

claim("sec8-refinement-eq80-upper.amended",
      title="The upper bound of (80) is never sharper than that of (78)",
      statement=less_equal(variance / (2 * smallest), around_geometric / (2 * smallest)))

# --- property 2 -------------------------------------------------------------------------------------------------

claim("sec8-geometric-means-sum", kind="sentence",
      title="The geometric means of numbers and of their complements sum to at most one",
      statement=less_equal(G(O[N]) + Gc(O[N]), 1))

claim("sec8-wgm-below-nwgm", kind="sentence",
      title="The weighted geometric mean is at most the normalised one",
      statement=less_equal(G(O[N]), NWGM(O[N])))

WGM_NWGM_EQUALITY = equivalent(equal(G(O[N]), NWGM(O[N])), all_equal(O[k], every))

claim("sec8-wgm-nwgm-equality", kind="sentence",
      title="The geometric mean and the normalised one coincide exactly when all numbers are equal",
      statement=WGM_NWGM_EQUALITY, erratum=unseen)

claim("sec8-wgm-nwgm-equality.amended",
      title="With positive probabilities, the geometric mean and the normalised one coincide exactly when all numbers "
            "are equal",
      statement=WGM_NWGM_EQUALITY, hypotheses=[positive_weights])

# --- properties 3 to 5 ------------------------------------------------------------------------------------------

x, y = (Scalar(name, interval(0, HALF, True, True)) for name in "xy")
share = Scalar("t", UNIT)
between = share * x + (1 - share) * y


def log_odds(z: Any) -> Any:
    return log(z) - log(1 - z)


claim("sec8-log-odds-concave", kind="sentence",
      title="The logarithm of the odds is concave between zero and one half",
      statement=less_equal(share * log_odds(x) + (1 - share) * log_odds(y), log_odds(between)))


def low_case(o: Any) -> Any:
    """Odds of the geometric means below odds of the mean; the means in order."""
    return both(less_equal(G(o) / Gc(o), E(o) / E(1 - o)), less_equal(G(o), NWGM(o)), less_equal(NWGM(o), E(o)))


def high_case(o: Any) -> Any:
    return both(less_equal(Gc(o) / G(o), E(1 - o) / E(o)), less_equal(E(o), NWGM(o)))


claim("eq81", kind="inequality",
      title="For numbers up to one half the normalised geometric mean lies between geometric mean and expectation",
      statement=low_case(LOW[N]))

seen_zero = [Hypothesis("an outcome j of positive probability", both(less_equal(j, m), less(0, P[j]))),
             Hypothesis("outcome j is zero", equal(LOW_OR_ZERO[j], 0))]

claim("sec8-eq81-zero", kind="sentence", source="section 8, after eq. (81)",
      title="A low number that is zero makes the geometric mean zero and leaves the inequalities true",
      statement=both(equal(G(LOW_OR_ZERO[N]), 0), *low_case(LOW_OR_ZERO[N]).args), hypotheses=seen_zero)

claim("sec8-low-nwgm-closer", kind="sentence", source="section 8, after eq. (81)",
      title="For numbers up to one half the normalised geometric mean is closer to the expectation than the plain one",
      statement=less_equal(Abs(E(LOW[N]) - NWGM(LOW[N])), Abs(E(LOW[N]) - G(LOW[N]))))

claim("eq82", kind="inequality",
      title="For numbers from one half up the normalised geometric mean is at least the expectation",
      statement=high_case(HIGH[N]))

seen_one = [seen_zero[0], Hypothesis("outcome j is one", equal(HIGH_OR_ONE[j], 1))]

claim("sec8-eq82-one", kind="sentence", source="section 8, after eq. (82)",
      title="A high number that is one makes the complements' geometric mean zero and leaves the inequalities true",
      statement=both(equal(Gc(HIGH_OR_ONE[N]), 0), *high_case(HIGH_OR_ONE[N]).args), hypotheses=seen_one)

claim("sec8-complement-side", kind="sentence", source="section 8, property 5",
      title="Where the normalised geometric mean underestimates the mean, that of the complements overestimates theirs",
      statement=both(equivalent(less(NWGM(O[N]), E(O[N])), less(1 - E(O[N]), complement_share(O[N]))),
                     equivalent(less(E(O[N]), NWGM(O[N])), less(complement_share(O[N]), 1 - E(O[N])))))
