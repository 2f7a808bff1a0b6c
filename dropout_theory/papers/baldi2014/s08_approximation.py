"""Section 8, property 6: how well geometric and normalised geometric means approximate the expectation."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, sqrt

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    UNIT,
    E,
    Exists,
    ForEach,
    G,
    Gc,
    SameToOrder,
    Scalar,
    Var,
    both,
    either,
    equal,
    equivalent,
    family,
    implies,
    interval,
    less,
    less_equal,
    weights,
)
from dropout_theory.papers.baldi2014.s08_means import HALF, N, P, called, every, expectation_and_variance, j, k, m

claim = Section("baldi2014", "8")

# "to first (second) order": the numbers are one half plus a small multiple of fixed deviations, as in the proof
epsilon = Scalar("epsilon", POSITIVE)
deviation = weights("d", m)
near_half = HALF + epsilon * deviation[N]
mean, variance, wgm, complement, nwgm = called(near_half)
complement_nwgm = complement / (wgm + complement)
by_scaling = ("To first (second) order means up to a term that vanishes faster than the first (second) power of "
              "epsilon, where the numbers are 1/2 + epsilon times fixed deviations, as the text expands them.")


def to_order(left: Any, right: Any, order: int) -> SameToOrder:
    return SameToOrder(left, right, epsilon, order)


EQ83 = {1: to_order(wgm, mean, 1), 2: to_order(nwgm, mean, 1), 3: to_order(mean - wgm, Abs(mean - nwgm), 1)}
EQ84 = {1: to_order(wgm, mean - variance, 2), 2: to_order(complement, 1 - mean - variance, 2),
        3: to_order(nwgm, (mean - variance) / (1 - 2 * variance), 2),
        4: to_order(complement_nwgm, (1 - mean - variance) / (1 - 2 * variance), 2)}
estimate = variance * (1 - 2 * mean) / (1 - 2 * variance)
EQ85 = {1: to_order(mean - wgm, variance, 2), 2: to_order(1 - mean - complement, variance, 2),
        3: to_order(mean - nwgm, estimate, 2), 4: to_order(1 - mean - complement_nwgm, -estimate, 2)}
TITLES = {
    "eq83": "First-order approximations of the expectation",
    "eq83.1": "The geometric mean is the expectation to first order",
    "eq83.2": "The normalised geometric mean is the expectation to first order",
    "eq83.3": "Both means miss the expectation equally to first order",
    "eq84": "Second-order approximations of the geometric means",
    "eq84.1": "The geometric mean is expectation minus variance to second order",
    "eq84.2": "The complements' geometric mean to second order",
    "eq84.3": "The normalised geometric mean to second order",
    "eq84.4": "The complements' normalised geometric mean to second order",
    "eq85": "Second-order distances of the geometric means from the expectation",
    "eq85.1": "The geometric mean misses the expectation by the variance, to second order",
    "eq85.2": "The complements' geometric mean misses theirs by the variance, to second order",
    "eq85.3": "Distance of the normalised geometric mean from the expectation, to second order",
    "eq85.4": "Distance of the complements' normalised geometric mean from theirs, to second order",
}

for label, parts in (("eq83", EQ83), ("eq84", EQ84), ("eq85", EQ85)):
    claim(label, kind="approximation", title=TITLES[label], statement=both(*parts.values()), reading=by_scaling)
    for number, part in parts.items():
        claim(f"{label}.{number}", kind="approximation", title=TITLES[f"{label}.{number}"], statement=part,
              reading=by_scaling)

third_moment = E((near_half - mean) ** 3)

claim("sec8-difference-leading-term", kind="sentence", source="section 8, eqs. (85) and (87)",
      title="The second-order estimate captures the leading term of the distance of the normalised geometric mean",
      statement=to_order(mean - nwgm, estimate, 3), erratum=Erratum(
          "dropped-terms", "minor", "Estimate and distance are both of third order, and differ already there: terms of "
          "third order were dropped from G and G' but kept in the quotient. Without skewness the estimate is half the "
          "distance."),
      reading="Takes the estimate at its word: small numbers are compared by their leading terms. The order the text "
              "names is checked in eq85.3, and is right.")

claim("sec8-difference-leading-term.amended",
      title="Leading term of the distance of the normalised geometric mean from the expectation",
      statement=to_order(mean - nwgm, 2 * variance * (1 - 2 * mean) - Rational(4, 3) * third_moment, 3))

# --- numbers in general -----------------------------------------------------------------------------------------

O = family("O", OPEN_UNIT, m)
e, v = expectation_and_variance(O[N], "_O")
second_order = (e - v) / (1 - 2 * v)

claim("eq86", kind="inequality",
      title="The estimated distance of the normalised geometric mean is at most the variance",
      statement=less_equal(v * (1 - 2 * e) / (1 - 2 * v), v))

claim("sec8-second-order-side", kind="sentence", source="section 8, after eq. (86)",
      title="The second-order normalised geometric mean is not above the mean below one half, nor below it above",
      statement=both(implies(less(e, HALF), less_equal(second_order, e)),
                     implies(less(HALF, e), less_equal(e, second_order))),
      reading="Below includes equal, which happens only when the variance is zero.")

claim("sec8-variance-bound", kind="sentence", source="section 8, before eq. (87)",
      title="The variance of numbers between zero and one is at most E(1 - E)",
      statement=less_equal(v, e * (1 - e)))

CLOSED = family("O", UNIT, m)

claim("sec8-variance-bound-equality", kind="sentence", source="section 8, before eq. (87)",
      title="The variance reaches E(1 - E) exactly for numbers that are zero or one",
      statement=equivalent(equal(Var(CLOSED[N]), E(CLOSED[N]) * (1 - E(CLOSED[N]))),
                           ForEach(either(equal(P[k], 0), equal(CLOSED[k], 0), equal(CLOSED[k], 1)), every)),
      reading="A statement about a random variable: values of probability zero do not count.")

numerator = e * (1 - e) * Abs(1 - 2 * e)
CHAIN = [v * Abs(1 - 2 * e) / (1 - 2 * v), numerator / (1 - 2 * v), numerator / (1 - 2 * e * (1 - e)), 2 * numerator]
EQ87_FIRST = to_order(Abs(mean - nwgm), variance * Abs(1 - 2 * mean) / (1 - 2 * variance), 2)
EQ87 = [EQ87_FIRST, *[less_equal(a, b) for a, b in zip(CHAIN, CHAIN[1:], strict=False)]]
EQ87_TITLES = ["The distance of the normalised geometric mean, to second order",
               "The estimated distance bounded through the variance of a 0-1 variable",
               "The bound with the variance replaced by its largest value",
               "A simpler bound of the estimated distance"]

claim("eq87", kind="inequality",
      title="Estimated distance of the normalised geometric mean and three bounds of it",
      statement=both(*EQ87), reading=by_scaling)

for number, (part, title) in enumerate(zip(EQ87, EQ87_TITLES, strict=True), 1):
    claim(f"eq87.{number}", kind="approximation" if number == 1 else "inequality", title=title, statement=part,
          reading=by_scaling if number == 1 else "")

# a 0-1 variable of mean E has variance E(1 - E)
E0 = Scalar("E", UNIT)
V0 = E0 * (1 - E0)


def first_bound(x: Any) -> Any:
    return x * (1 - x) * Abs(1 - 2 * x) / (1 - 2 * x * (1 - x))


def second_bound(x: Any) -> Any:
    return 2 * x * (1 - x) * Abs(1 - 2 * x)


AT_BERNOULLI = [V0 * Abs(1 - 2 * E0) / (1 - 2 * V0), E0 * (1 - E0) * Abs(1 - 2 * E0) / (1 - 2 * V0), first_bound(E0),
                second_bound(E0)]

claim("sec8-bounds-attained", kind="sentence", source="section 8, after eq. (87)",
      title="All three bounds are attained by a 0-1 variable of any mean",
      statement=both(*[equal(a, b) for a, b in zip(AT_BERNOULLI, AT_BERNOULLI[1:], strict=False)]),
      reading="Attained: the inequality is an equality when the variance is E(1 - E).",
      erratum=Erratum("overclaim", "minor", "The first two bounds are attained by a 0-1 variable, the last only when "
                      "its mean is 0, 1/2 or 1."))

claim("sec8-bounds-attained.amended",
      title="The first two bounds are attained by a 0-1 variable of any mean, the last only at means 0, 1/2 and 1",
      statement=both(equal(AT_BERNOULLI[0], AT_BERNOULLI[1]), equal(AT_BERNOULLI[1], AT_BERNOULLI[2]),
                     equivalent(equal(AT_BERNOULLI[2], AT_BERNOULLI[3]),
                                either(equal(E0, 0), equal(E0, HALF), equal(E0, 1)))))

x, y, t = Scalar("x", UNIT), Scalar("y", UNIT), Scalar("t", UNIT)
lower_half = Scalar("E", interval(0, HALF))
same_side = Hypothesis("both points on one side of one half", less_equal(0, (x - HALF) * (y - HALF)))
maximisers = {"first": HALF - sqrt(sqrt(5) - 2) / 2, "second": HALF - sqrt(3) / 6}

for name, bound in (("first", first_bound), ("second", second_bound)):
    where = "section 8, after eq. (87)"
    claim(f"sec8-{name}-bound-zeros", kind="sentence", source=where,
          title=f"The {name} bound vanishes at means 0, 1/2 and 1",
          statement=implies(either(equal(E0, 0), equal(E0, HALF), equal(E0, 1)), equal(bound(E0), 0)))

    claim(f"sec8-{name}-bound-symmetric", kind="sentence", source=where,
          title=f"The {name} bound is symmetric about one half",
          statement=equal(bound(E0), bound(1 - E0)))

    chord = less_equal(t * bound(x) + (1 - t) * bound(y), bound(t * x + (1 - t) * y))
    claim(f"sec8-{name}-bound-concave", kind="sentence", source=where,
          title=f"The {name} bound is concave",
          statement=chord, reading="Convex down is read as concave, on the interval from 0 to 1 on which the function "
                                   "has just been called symmetric.",
          erratum=Erratum("missing-hypothesis", "minor", "The function vanishes at 1/2 between two humps: it is "
                          "concave on each half of the unit interval, not on the whole."))

    claim(f"sec8-{name}-bound-concave.amended",
          title=f"The {name} bound is concave on each half of the unit interval",
          statement=chord, hypotheses=[same_side])

    claim(f"sec8-{name}-bound-maximum", kind="sentence", source=where,
          title=f"Where the {name} bound is largest on the lower half of the unit interval",
          statement=less_equal(bound(lower_half), bound(maximisers[name])))

CLOSE_NEAR_HALF = implies(equal(e, HALF), less_equal(Abs(e - NWGM(O[N])), Rational(1, 10)))
all_near_half = Hypothesis("every number within a tenth of one half",
                           ForEach(less_equal(Abs(O[k] - HALF), Rational(1, 10)), every))

claim("sec8-close-near-half", kind="sentence", source="section 8, after eq. (87)",
      title="The normalised geometric mean is close to an expectation of one half, where the bounds vanish",
      statement=CLOSE_NEAR_HALF,
      reading="Close is read as within a tenth; the mean alone would allow no distance short of one half.",
      erratum=Erratum("missing-hypothesis", "minor", "The bounds are approximate: a rare number near zero moves the "
                      "normalised geometric mean arbitrarily far while the expectation stays one half. The numbers "
                      "themselves must be near one half, as small weights make them."))

claim("sec8-close-near-half.amended",
      title="With all numbers near one half, the normalised geometric mean is close to an expectation of one half",
      statement=CLOSE_NEAR_HALF, hypotheses=[all_near_half],
      admissible={m: 2, P: {(1,): Rational(1, 3), (2,): Rational(2, 3)},
                  O: {(1,): Rational(2, 5), (2,): Rational(11, 20)}})


def equally_likely(first: Any, second: Any) -> tuple[Any, Any, Any, Any]:
    """E, G, G' and NWGM of two equally likely numbers."""
    below, above = sqrt(first * second), sqrt((1 - first) * (1 - second))
    return (first + second) / 2, below, above, below / (below + above)


E_EXAMPLE, G_EXAMPLE, GC_EXAMPLE, NWGM_EXAMPLE = equally_likely(Rational(1, 4), Rational(3, 4))

claim("sec8-equal-without-identical", kind="number", source="section 8, after eq. (87)",
      title="Expectation and normalised geometric mean of 0.25 and 0.75 are both one half",
      statement=both(equal(G_EXAMPLE, GC_EXAMPLE), equal(E_EXAMPLE, HALF), equal(NWGM_EXAMPLE, HALF)))

claim("sec8-nwgm-better-second-order", kind="sentence", source="section 8, before eq. (88)",
      title="To second order the normalised geometric mean is at least as close to the expectation as the plain one",
      statement=less_equal(CHAIN[0], v),
      reading="Compares the second-order distances of (85).")

claim("sec8-nwgm-better-when-below", kind="sentence", source="section 8, before eq. (88)",
      title="Where it is at most the expectation, the normalised geometric mean is closer to it than the plain one",
      statement=implies(less_equal(NWGM(O[N]), e), less_equal(Abs(e - NWGM(O[N])), Abs(e - G(O[N])))))

claim("sec8-sample-error", kind="sentence", source="section 8, before eq. (88)",
      title="A random outcome misses the expectation by the standard deviation in the root mean square",
      statement=equal(E((O[N] - e) ** 2), v))

centre = Scalar("a", OPEN_UNIT)
near_centre = centre + epsilon * deviation[N]

claim("sec8-nwgm-error", kind="sentence", source="section 8, before eq. (88)",
      title="The normalised geometric mean misses the expectation by a multiple of the variance",
      statement=SameToOrder(E(near_centre) - NWGM(near_centre),
                            (1 - 2 * centre) / (2 * centre * (1 - centre)) * Var(near_centre), epsilon, 2),
      reading="The numbers are any centre a between 0 and 1 plus epsilon times fixed deviations; the multiple is "
              "worked out, and vanishes at one half.")

o1, o2 = Scalar("O_1", OPEN_UNIT), Scalar("O_2", OPEN_UNIT)
e2, g2, gc2, nwgm2 = equally_likely(o1, o2)

claim("eq88", kind="approximation",
      title="There are numbers for which the normalised geometric mean overshoots by slightly more than the plain one "
            "falls short",
      statement=Exists(both(less_equal(e2 - g2, nwgm2 - e2), less_equal(nwgm2 - e2, Rational(9, 8) * (e2 - g2))),
                       (o1,), (o2,)),
      reading="Two equally likely numbers, as in the text's example; approximately equal is read as within an eighth.")

printed = {"O_1": "0.622459", "O_2": "0.731059", "E": "0.676759", "G": "0.674577", "G'": "0.318648",
           "NWGM": "0.679179", "E - G": "0.002182", "NWGM - E": "0.002420"}
numbers = dict(zip(("E", "G", "G'", "NWGM"), equally_likely(*(Rational(printed[o]) for o in ("O_1", "O_2"))),
                   strict=True))
numbers |= {"E - G": numbers["E"] - numbers["G"], "NWGM - E": numbers["NWGM"] - numbers["E"]}


def rounds_to(value: Any, digits: str) -> Any:
    """The value agrees with the printed digits to half a unit of the sixth decimal."""
    return less_equal(Abs(value - Rational(digits)), Rational(1, 2 * 10**6))


for name, slug in (("E", "mean"), ("G", "wgm"), ("G'", "complement"), ("NWGM", "nwgm"), ("E - G", "wgm-gap"),
                   ("NWGM - E", "nwgm-gap")):
    claim(f"sec8-example-{slug}", kind="number", source="section 8, after eq. (88)",
          title=f"The printed value of {name} for the numbers {printed['O_1']} and {printed['O_2']}",
          statement=rounds_to(numbers[name], printed[name]))

UP_TO_ONE, FROM_ZERO = family("O", interval(0, 1, open_below=True), m), family("O", interval(0, 1, open_above=True), m)
seen = Hypothesis("an outcome j of positive probability", both(less_equal(j, m), less(0, P[j])))

claim("sec8-extreme-one", kind="sentence", source="section 8, extreme cases",
      title="A number that is one makes the normalised geometric mean one, where no number is zero",
      statement=both(equal(Gc(UP_TO_ONE[N]), 0), equal(NWGM(UP_TO_ONE[N]), 1)),
      hypotheses=[seen, Hypothesis("outcome j is one", equal(UP_TO_ONE[j], 1))])

claim("sec8-extreme-zero", kind="sentence", source="section 8, extreme cases",
      title="A number that is zero makes the normalised geometric mean zero, where no number is one",
      statement=both(equal(G(FROM_ZERO[N]), 0), equal(NWGM(FROM_ZERO[N]), 0)),
      hypotheses=[seen, Hypothesis("outcome j is zero", equal(FROM_ZERO[j], 0))])
