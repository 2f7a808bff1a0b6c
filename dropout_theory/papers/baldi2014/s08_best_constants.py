"""Best constants of the bounds of sections 5 and 8: with any better one, two equally likely numbers break the bound.

The numbers are functions of the constant; where it is the printed one they coincide, or reach the ends of their range.
Each claim turns a bound of section 8 round, its factors written by the same functions, for a number with two equally
likely values in the place of the output of a random subnetwork.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Abs, Max, Min, Rational, oo

from dropout_theory.claims import Section
from dropout_theory.language import PROBABILITY, E, G, Scalar, Var, both, equal, gates, index, interval, less
from dropout_theory.papers.baldi2014.s08_means import expectation_and_variance

HALF = Rational(1, 2)
below_one = Scalar("c", interval(0, 1, open_above=True))
below_two = Scalar("c", interval(0, 2, open_above=True))
below_half = Scalar("c", interval(0, HALF, open_above=True))
above_half = Scalar("c", interval(HALF, oo, open_below=True, open_above=True))

# --- the variance -----------------------------------------------------------------------------------------------

p = Scalar("p", PROBABILITY)
alone = (index("k"), 1, 1)
coin, fair = gates("delta", p, alone)[1], gates("eta", HALF, alone)[1]

Section("baldi2014", "5")("sec5-variance-bound-best-constant",
      title="A 0-1 output of any mean attains the bound E(1 - E), a fair one the bound of one quarter",
      statement=both(equal(Var(coin), E(coin) * (1 - E(coin))), equal(Var(fair), HALF**2)),
      kind="sentence", source="section 5, paragraph on consistency, with its best constants")

claim = Section("baldi2014", "8")


def evenly(one: Any, other: Any) -> Any:
    """A random number that is one or the other, each with probability one half."""
    return one + (other - one) * fair


def best(label: str, title: str, smaller: Any, larger: Any, source: str) -> None:
    """With the constant in place of the best one, two numbers turn the inequality round."""
    claim(f"{label}-best-constant", title=title, statement=less(smaller, larger), kind="sentence", source=source,
          reading="The output of a random subnetwork has the law of a number with two equally likely values where "
                  "there are two equally likely subnetworks.")


def of_constant(constant: Any) -> Any:
    """A small number that vanishes as the constant grows to one."""
    return (1 - constant) / 8


little = of_constant(below_one)
nearly_binary = evenly(little, 1 - little)
best("sec8-variance-bound", "Between zero and one no constant below 1 will do in the bound E(1 - E) of the variance",
     below_one * E(nearly_binary) * (1 - E(nearly_binary)), Var(nearly_binary),
     "section 8, before eq. (87), with its best constant")

# --- the gap between arithmetic and geometric mean ----------------------------------------------------------------


def gap_of(x: Any) -> Any:
    """How far the geometric mean of a random number is below its mean."""
    return E(x) - G(x)


def by_variance(x: Any, end: Any) -> Any:
    """What half of is the bound of (78), for the largest or the smallest number."""
    return Var(x) / end


def by_variance_sharper(x: Any, end: Any) -> Any:
    """The same for (79), with the factor restored."""
    return (end - G(x)) / (end * (end - E(x))) * Var(x)


def by_square(x: Any, end: Any) -> Any:
    """The same for (80), from the mean square around the geometric mean."""
    return E((x - G(x)) ** 2) / end


def estimated_distance(mean: Any, variance: Any) -> Any:
    """The estimate of (86) of how far the normalised geometric mean is from the mean."""
    return variance * (1 - 2 * mean) / (1 - 2 * variance)


def bounds_of(mean: Any, variance: Any) -> list[Any]:
    """The size of that estimate and the bounds that follow it in (87)."""
    numerator = mean * (1 - mean) * Abs(1 - 2 * mean)
    return [variance * Abs(1 - 2 * mean) / (1 - 2 * variance), numerator / (1 - 2 * variance),
            numerator / (1 - 2 * mean * (1 - mean)), 2 * numerator]


Factor = Callable[[Any, Any], Any]
FACTORS: dict[str, tuple[Factor, str]] = {
    "eq78": (by_variance, "the multiples of the variance"),
    "eq79": (by_variance_sharper, "the sharper multiples, with their lost factor restored,"),
    "eq80": (by_square, "the multiples of the mean square around the geometric mean"),
}
FALLING, RISING = (1, 1 / (2 * above_half) ** 2), (1, (2 - 2 * below_half) ** 2)
falling, rising = evenly(*FALLING), evenly(*RISING)

for equation, (factor, what) in FACTORS.items():
    where = f"section 8, eq. ({equation[2:]}), with its best constant"
    best(f"{equation}.1", f"No constant above 1/2 will do in the lower bound of the gap by {what}",
         gap_of(falling), above_half * factor(falling, Max(*FALLING)), where)
    best(f"{equation}.2", f"No constant below 1/2 will do in the upper bound of the gap by {what}",
         below_half * factor(rising, Min(*RISING)), gap_of(rising), where)

# --- the estimated distance of the normalised geometric mean -------------------------------------------------------

small = evenly(little, 3 * little)
e, v = expectation_and_variance(small)
best("eq86", "No constant below 1 times the variance bounds the estimated distance",
     below_one * v, estimated_distance(e, v), "section 8, eq. (86), with its best constant")

uneven = evenly(little, 1 - 2 * little)
CHAIN = bounds_of(*expectation_and_variance(uneven))[:3]
for number, (smaller, larger) in enumerate(zip(CHAIN, CHAIN[1:], strict=False), 2):
    best(f"eq87.{number}", f"No constant below 1 will do in relation {number} of the chain of bounds",
         below_one * larger, smaller, "section 8, eq. (87), with its best constant")

half_of = (HALF - (2 - below_two) / 8) / 2
beside_half = evenly(half_of, 3 * half_of)
third, simplest = bounds_of(*expectation_and_variance(beside_half))[2:]
best("eq87.4", "No constant below 2 will do in the simplest bound of the estimated distance",
     below_two / 2 * simplest, third,
     "section 8, eq. (87), with its best constant")
