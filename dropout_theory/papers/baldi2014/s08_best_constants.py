"""Best constants of the bounds of sections 5 and 8: with any better one, two equally likely numbers break the bound.

The numbers are functions of the constant; where it is the printed one they coincide, or reach the ends of their range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Abs, Max, Min, Rational, oo, sqrt

from dropout_theory.claim import Section
from dropout_theory.domains import PROBABILITY, interval
from dropout_theory.language import E, Scalar, Var, gates, index
from dropout_theory.papers.baldi2014.s08_approximation import first_bound
from dropout_theory.statements import both, equal, less

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


class TwoNumbers:
    """Means and variance of two equally likely numbers."""

    def __init__(self, one: Any, other: Any) -> None:
        self.mean, self.geometric, self.variance = (one + other) / 2, sqrt(one * other), (one - other) ** 2 / 4
        self.largest, self.smallest = Max(one, other), Min(one, other)
        self.around_geometric = ((one - self.geometric) ** 2 + (other - self.geometric) ** 2) / 2

    @property
    def gap(self) -> Any:
        return self.mean - self.geometric


def best(label: str, title: str, smaller: Any, larger: Any, source: str) -> None:
    """With the constant in place of the best one, two numbers turn the inequality round."""
    claim(f"{label}-best-constant", title=title, statement=less(smaller, larger), kind="sentence", source=source)


def of_constant(constant: Any) -> Any:
    """A small number that vanishes as the constant grows to one."""
    return (1 - constant) / 8


little = of_constant(below_one)
nearly_binary = TwoNumbers(little, 1 - little)
best("sec8-variance-bound", "Between zero and one no constant below 1 will do in the bound E(1 - E) of the variance",
     below_one * nearly_binary.mean * (1 - nearly_binary.mean), nearly_binary.variance,
     "section 8, before eq. (87), with its best constant")

# --- the gap between arithmetic and geometric mean ----------------------------------------------------------------

Factor = Callable[[TwoNumbers, Any], Any]
FACTORS: dict[str, tuple[Factor, str]] = {
    "eq78": (lambda o, end: o.variance / end, "the multiples of the variance"),
    "eq79": (lambda o, end: (end - o.geometric) / (end * (end - o.mean)) * o.variance,
             "the sharper multiples, with their lost factor restored,"),
    "eq80": (lambda o, end: o.around_geometric / end, "the multiples of the mean square around the geometric mean"),
}
falling, rising = TwoNumbers(1, 1 / (2 * above_half) ** 2), TwoNumbers(1, (2 - 2 * below_half) ** 2)

for equation, (factor, what) in FACTORS.items():
    where = f"section 8, eq. ({equation[2:]}), with its best constant"
    best(f"{equation}.1", f"No constant above 1/2 will do in the lower bound of the gap by {what}",
         falling.gap, above_half * factor(falling, falling.largest), where)
    best(f"{equation}.2", f"No constant below 1/2 will do in the upper bound of the gap by {what}",
         below_half * factor(rising, rising.smallest), rising.gap, where)

# --- the estimated distance of the normalised geometric mean -------------------------------------------------------

small = TwoNumbers(little, 3 * little)
best("eq86", "No constant below 1 times the variance bounds the estimated distance",
     below_one * small.variance, small.variance * (1 - 2 * small.mean) / (1 - 2 * small.variance),
     "section 8, eq. (86), with its best constant")

uneven = TwoNumbers(little, 1 - 2 * little)
numerator = uneven.mean * (1 - uneven.mean) * Abs(1 - 2 * uneven.mean)
CHAIN = [uneven.variance * Abs(1 - 2 * uneven.mean) / (1 - 2 * uneven.variance),
         numerator / (1 - 2 * uneven.variance), numerator / (1 - 2 * uneven.mean * (1 - uneven.mean))]
for number, (smaller, larger) in enumerate(zip(CHAIN, CHAIN[1:], strict=False), 2):
    best(f"eq87.{number}", f"No constant below 1 will do in relation {number} of the chain of bounds",
         below_one * larger, smaller, "section 8, eq. (87), with its best constant")

beside_half = HALF - (2 - below_two) / 8
best("eq87.4", "No constant below 2 will do in the simplest bound of the estimated distance",
     below_two * beside_half * (1 - beside_half) * Abs(1 - 2 * beside_half), first_bound(beside_half),
     "section 8, eq. (87), with its best constant")
