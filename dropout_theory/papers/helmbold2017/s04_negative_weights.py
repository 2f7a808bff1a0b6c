"""Section 4: the lower bound on the tails of a symmetric binomial used against networks without negative weights."""

from __future__ import annotations

from typing import Any

from sympy import Rational, Sum, binomial, ceiling, floor, pi, sqrt

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import ForEach, Scalar, both, different, equal, implies, index, less, less_equal, size

claim = Section("helmbold2017", "4")

n = size("n")
j = index("j")


def chance(value: Any) -> Any:
    """Pr(X = value) for X distributed as Bin(n, 1/2)."""
    return binomial(n, value) / 2**n


# integers j with |j - n/2| <= sqrt(n)/4 are those from `first` to `last`
first = ceiling(n / 2 - sqrt(n) / 4)
last = floor(n / 2 + sqrt(n) / 4)
lower_tail = Sum(chance(j), (j, 0, first - 1))
upper_tail = Sum(chance(j), (j, last + 1, n))
# those strictly inside
below_inner, above_inner = floor(n / 2 - sqrt(n) / 4), ceiling(n / 2 + sqrt(n) / 4)
inner_first, inner_last = below_inner + 1, above_inner - 1
strictly_inside = Sum(chance(j), (j, inner_first, inner_last))

quarter, half = Rational(1, 4), Rational(1, 2)
equal_tails = equal(lower_tail, upper_tail)
heavy_tail = less_equal(quarter, upper_tail)
UP_TO_40 = {"max_size": 40}
used = "Lemma 16 applies it to n = K > 18 only, where it holds."

claim("lem15.1",
      title="The two tails of a symmetric binomial have the same probability",
      statement=equal_tails, kind="lemma", source="section 4.1, lemma 15", limits=UP_TO_40)

claim("lem15.2",
      title="Each tail beyond a quarter root of n from the mean has probability at least one quarter",
      statement=heavy_tail, kind="lemma", source="section 4.1, lemma 15", limits=UP_TO_40,
      erratum=Erratum("missing-hypothesis", "minor", "False for n = 5, 7, 16 and 18, true for every other n. " + used))

exceptions = Hypothesis("no exception", both(*(different(n, value) for value in (5, 7, 16, 18))))

claim("lem15.2.amended",
      title="Each tail has probability at least one quarter unless n is 5, 7, 16 or 18",
      statement=heavy_tail, hypotheses=[exceptions], source="section 4.1, lemma 15", limits=UP_TO_40)

claim("lem15",
      title="The tails of a symmetric binomial are equal and at least one quarter",
      statement=both(equal_tails, heavy_tail), kind="lemma", source="section 4.1, lemma 15", limits=UP_TO_40,
      erratum=Erratum("missing-hypothesis", "minor", "The bound is false for n = 5, 7, 16 and 18. " + used))

claim("lem15.amended",
      title="The tails of a symmetric binomial are equal, and at least one quarter unless n is 5, 7, 16 or 18",
      statement=both(equal_tails, heavy_tail), hypotheses=[exceptions], source="section 4.1, lemma 15", limits=UP_TO_40)

claim("lem15-step-point",
      title="No value of a symmetric binomial has probability above one over root n",
      statement=ForEach(less_equal(chance(j), 1 / sqrt(n)), (j, 0, n)),
      kind="step", source="proof of lemma 15", limits=UP_TO_40)

half_size, constant = size("m"), Scalar("c")
SHARP: dict[str, Any] = {"kind": "sentence", "source": "proof of lemma 15, sharpened", "limits": UP_TO_40}

SHARPENED = claim("lem15-step-point-sharpened",
      title="No value of a symmetric binomial has probability above the root of 2/(pi n)",
      statement=ForEach(less_equal(chance(j), sqrt(2 / (pi * n))), (j, 0, n)), **SHARP)

BEST_POINT = claim("lem15-step-point-best-constant",
      title="No constant below the root of 2/pi will do: the middle of an even number of trials exceeds it",
      statement=less(constant / sqrt(2 * half_size), binomial(2 * half_size, half_size) / 4**half_size),
      hypotheses=[Hypothesis("enough trials", less(pi * constant**2 * (2 * half_size + 1), 4 * half_size))],
      admissible={constant: Rational(3, 4), half_size: 9}, **SHARP,
      reading="For every smaller constant there are enough trials, n = 2m of them.")

claim("lem15-step-interval",
      title="The open interval of a quarter root of n around the mean has probability at most one half",
      statement=less_equal(strictly_inside, half),
      kind="step", source="proof of lemma 15", limits=UP_TO_40,
      erratum=Erratum("off-by-one", "minor", "An interval of length l can hold l + 1 integers, so its length times the "
                      "largest probability is no bound; the step fails for n = 5, 7 and 18."))

narrow = Hypothesis("no exception", both(*(different(n, value) for value in (5, 7, 18))))

INTERVAL_AMENDED = claim("lem15-step-interval.amended",
      title="The open interval has probability at most one half unless n is 5, 7 or 18",
      statement=less_equal(strictly_inside, half), hypotheses=[narrow],
      source="proof of lemma 15", limits=UP_TO_40)

claim("lem15-step-tail",
      title="If the open interval has probability at most one half, each tail has at least one quarter",
      statement=implies(less_equal(strictly_inside, half), heavy_tail),
      kind="step", source="proof of lemma 15", limits=UP_TO_40,
      erratum=Erratum("invalid-step", "minor", "The end points of the interval belong neither to it nor to the tails; "
                      "at n = 16 they carry the difference."))

TAIL_AMENDED = claim("lem15-step-tail.amended",
      title="If the closed interval has probability at most one half, each tail has at least one quarter",
      statement=implies(less_equal(Sum(chance(j), (j, first, last)), half), heavy_tail),
      source="proof of lemma 15", limits=UP_TO_40)
