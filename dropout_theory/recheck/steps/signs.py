"""Between which numbers an expression lies and whether it is whole, by the domains of its atoms and by its shape."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dropout_theory.recheck.steps.binding import ranges
from dropout_theory.recheck.steps.grammar import Term, number


class Interval(NamedTuple):
    """Ends, None where there is none, and whether each is left out."""

    low: Fraction | None = None
    high: Fraction | None = None
    above: bool = False  # larger than the lower end
    below: bool = False

    @property
    def positive(self) -> bool:
        return self.low is not None and (self.low > 0 or self.low == 0 and self.above)

    @property
    def nonnegative(self) -> bool:
        return self.low is not None and self.low >= 0


EVERY = Interval()
UNIT = Interval(Fraction(0), Fraction(1))
NONNEGATIVE = Interval(Fraction(0))
POSITIVE = Interval(Fraction(0), None, True)
_KINDS = {"positive integer": Interval(Fraction(1)), "non-negative integer": NONNEGATIVE, "positive": POSITIVE,
          "non-negative": NONNEGATIVE}


def is_positive(term: Term) -> bool:
    return interval(term).positive


def is_nonnegative(term: Term) -> bool:
    return interval(term).nonnegative


def is_probability(term: Term) -> bool:
    found = interval(term)
    return found.nonnegative and found.high is not None and found.high <= 1


@cache
def interval(term: Term) -> Interval:
    """An interval that holds an expression wherever it is defined."""
    op, args = term.op, term.terms
    if term.number is not None:
        return Interval(term.number, term.number)
    if op == "index":
        return _KINDS.get(str(term.args[1]), EVERY)
    if op == "apply":
        return _KINDS.get(str(args[0].args[1]), EVERY)
    if op == "entry":  # of a recursion its definition tells, whatever its domain
        kind = args[0].op
        return UNIT if kind == "gates" else _domain(args[0].terms[0]) if kind == "family" else EVERY
    if op == "uniform":
        (low, _, above, _), (_, high, _, below) = map(interval, args[1:])
        return Interval(low, high, above, below)
    if op in ("scalar", "family", "normal"):
        return _domain(args[0])
    if op in ("bernoulli", "equal-indices"):
        return UNIT
    if op in ("+", "*"):
        found = [interval(a) for a in args]
        return _total(found) if op == "+" else _scaled(args[0].number, _product(found[1:])) \
            if args[0].number is not None else _product(found)
    if op == "^":
        even = args[1].number is not None and args[1].number.denominator == 1 and args[1].number % 2 == 0
        base = interval(args[0])
        return POSITIVE if base.positive else NONNEGATIVE if base.nonnegative or even else EVERY
    if op in ("exp", "pi", "abs", "relu"):
        return NONNEGATIVE if op in ("abs", "relu") else POSITIVE
    if op == "factorial" and is_integer(args[0]):
        return POSITIVE
    if op in ("E", "largest", "smallest", "sum", "product"):
        return _over_outcomes(term)
    return EVERY


def _over_outcomes(term: Term) -> Interval:
    """Of means and extremes, which lie between the values, of sums and of products."""
    if any(a.op == "range" and a.terms[0].args[1] != "integer" for a in term.terms):
        return EVERY  # what a bound index is called tells nothing of its values
    inside = interval(term.terms[0])
    if term.op not in ("sum", "product"):
        return inside
    full = term.op == "product" or all(is_nonempty(*r.terms[1:]) for r in term.terms[1:])
    return POSITIVE if full and inside.positive else NONNEGATIVE if inside.nonnegative else EVERY


def is_nonempty(low: Term, high: Term) -> bool:
    """Whether two ends are whole and there is an index from one to the other."""
    return is_integer(low) and is_integer(high) and is_nonnegative(Term("+", high, Term("*", number(-1), low)))


def _domain(domain: Term) -> Interval:
    _, kind, low, high, left, right = map(str, domain.args)
    lower, upper = None if low == "-oo" else Fraction(low), None if high == "oo" else Fraction(high)
    if kind == "integer" and left == "(" and lower is not None and lower.denominator == 1:
        return Interval(lower + 1, upper, False, right == ")")
    return Interval(lower, upper, left == "(", right == ")")


def _total(found: list[Interval]) -> Interval:
    lows, highs = [f.low for f in found if f.low is not None], [f.high for f in found if f.high is not None]
    return Interval(sum(lows, Fraction(0)) if len(lows) == len(found) else None,
                    sum(highs, Fraction(0)) if len(highs) == len(found) else None,
                    any(f.above for f in found), any(f.below for f in found))


def _scaled(factor: Fraction, of: Interval) -> Interval:
    if not factor:
        return Interval(factor, factor)
    low, high, above, below = of if factor > 0 else (of.high, of.low, of.below, of.above)
    return Interval(None if low is None else low * factor, None if high is None else high * factor, above, below)


def _product(found: list[Interval]) -> Interval:
    if len(found) < 2:
        return found[0] if found else Interval(Fraction(1), Fraction(1))
    if not all(f.nonnegative for f in found):
        return EVERY
    unit = all(f.high is not None and f.high <= 1 for f in found)
    return Interval(Fraction(0), Fraction(1) if unit else None, all(f.positive for f in found))


def is_distribution(family: Term) -> bool:
    """Whether the entries of a family are probabilities that sum to 1 over its range, which is not empty."""
    return family.op == "family" and family.args[2] == "distribution" and len(ranges(family)) == 1 \
        and is_nonempty(*ranges(family)[0][1:]) and _domain(family.terms[0])[:2] == UNIT[:2]


@cache
def is_integer(term: Term) -> bool:
    """Whether an expression is whole wherever it is defined."""
    op, args = term.op, term.terms
    if term.number is not None:
        return term.number.denominator == 1
    if op == "entry" and args[0].op == "gates" or op in ("index", "floor", "ceiling", "equal-indices", "bernoulli"):
        return True
    if op in ("entry", "scalar"):
        family = args[0] if op == "entry" else term
        return family.op in ("family", "scalar") and family.terms[0].args[1] == "integer"
    if op == "^":
        return is_integer(args[0]) and is_integer(args[1]) and is_nonnegative(args[1])
    if op in ("+", "*", "abs", "relu", "max", "min", "factorial", "binomial"):
        return all(map(is_integer, args))
    return op in ("sum", "product") and is_integer(args[0])
