"""Between which numbers a term lies wherever it is defined, and whether it is whole, by the domains of its atoms.

Everything that asks for a sign asks here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache, reduce
from typing import NamedTuple

from dropout_theory.recheck.steps.grammar import ONE, Term, minus, rational_end


class Bounds(NamedTuple):
    """Two ends, None where there is none, and whether each is left out."""

    low: Fraction | None = None
    above: bool = False
    high: Fraction | None = None
    below: bool = False

    @property
    def positive(self) -> bool:
        return self.low is not None and (self.low > 0 or self.low == 0 and self.above)

    @property
    def nonnegative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def nonzero(self) -> bool:
        return self.positive or self.negated.positive

    @property
    def probability(self) -> bool:
        return self.nonnegative and self.high is not None and self.high <= 1

    @property
    def negated(self) -> Bounds:
        return Bounds(None if self.high is None else -self.high, self.below,
                      None if self.low is None else -self.low, self.above)


_0, _1 = Fraction(0), Fraction(1)
_ANY, _UNIT, _NONNEGATIVE, _POSITIVE = Bounds(), Bounds(_0, False, _1), Bounds(_0), Bounds(_0, True)
_FIXED = {"exp": _POSITIVE, "Var": _NONNEGATIVE, "G": _NONNEGATIVE, "G'": _NONNEGATIVE, "NWGM": _UNIT,
          "equal-indices": _UNIT, "gates": _UNIT, "bernoulli": _UNIT, "factorial": Bounds(_1), "stirling": _NONNEGATIVE,
          "tanh": Bounds(-_1, True, _1, True), "erf": Bounds(-_1, True, _1, True),
          "pi": Bounds(Fraction("3.14159"), True, Fraction("3.1416"), True),
          "euler": Bounds(Fraction("2.71828"), True, Fraction("2.71829"), True),
          **dict.fromkeys(("sin", "cos", "sign"), Bounds(-_1, False, _1))}
_KINDS = {"positive integer": Bounds(_1), "non-negative integer": _NONNEGATIVE,
          "positive": _POSITIVE, "non-negative": _NONNEGATIVE}


@cache
def bounds(term: Term) -> Bounds:
    """Between which numbers a term lies wherever it is defined."""
    op, args = term.op, term.terms
    if term.number is not None:
        return Bounds(term.number, False, term.number)
    if op in _FIXED:
        return _FIXED[op]
    if op in ("index", "function"):
        return _KINDS.get(str(term.args[1]), _ANY)
    if op in ("scalar", "family", "abstract", "subnetwork"):  # of a recursion its definition tells
        return _domain(args[0])
    if op in ("entry", "apply"):
        return bounds(args[0])
    if op in _SHAPES:
        return _SHAPES[op](*[bounds(a) for a in args])
    if op == "^":
        return _power(bounds(args[0]), args[1].number, bounds(args[1]))
    if op in ("sum", "product", "largest", "smallest"):
        return _over_ranges(term)
    return _ANY


def _domain(domain: Term) -> Bounds:
    _, kind, low, high, left, right = map(str, domain.args)
    least, most = rational_end(low), rational_end(high)
    above, below = left == "(" and low != "-oo", right == ")" and high != "oo"
    if kind == "integer":
        least = None if least is None else Fraction(math.floor(least) + 1 if above else math.ceil(least))
        most = None if most is None else Fraction(math.ceil(most) - 1 if below else math.floor(most))
        above = below = False
    return Bounds(least, above, most, below)


def _sum(*parts: Bounds) -> Bounds:
    low, high = [p.low for p in parts if p.low is not None], [p.high for p in parts if p.high is not None]
    return Bounds(sum(low, _0) if len(low) == len(parts) else None, any(p.above for p in parts),
                  sum(high, _0) if len(high) == len(parts) else None, any(p.below for p in parts))


def _product(*parts: Bounds) -> Bounds:
    return reduce(_times, parts, Bounds(_1, False, _1))


def _times(a: Bounds, b: Bounds) -> Bounds:
    if not a.nonnegative and a.negated.nonnegative:
        return _times(a.negated, b).negated
    if not b.nonnegative and b.negated.nonnegative:
        return _times(a, b.negated).negated
    if not a.nonnegative:
        return _times(b, a) if b.nonnegative else _ANY
    high = None if a.high is None or b.high is None else a.high * b.high
    if a.low is None or b.low is None or not b.nonnegative:  # of either sign, and `a` of one
        return Bounds(None if a.high is None or b.low is None else a.high * b.low, False, high)
    low = a.low * b.low
    return Bounds(low, (a.above or b.above) if low else a.positive and b.positive,
                  high, bool(high) and (a.below or b.below))


def _power(base: Bounds, exponent: Fraction | None, exponents: Bounds) -> Bounds:
    """A power: of a base that may be negative, only to a whole exponent; of 0, only to one that is not negative."""
    whole = exponent is None or exponent.denominator == 1
    if exponent is not None and base.nonnegative and whole and 0 <= exponent <= 20:
        return _product(*[base] * int(exponent))
    if whole and not base.nonnegative:
        if exponent is not None and exponent % 2 == 0:
            return _POSITIVE if exponent < 0 else _NONNEGATIVE
        return _POSITIVE.negated if exponent == -1 and base.negated.nonnegative else _ANY
    at_most_1 = exponents.nonnegative and base.high is not None and base.high <= 1 \
        or exponents.negated.nonnegative and base.low is not None and base.low >= 1
    return Bounds(_0, base.positive or exponents.negated.positive, _1 if at_most_1 else None)


def _over_ranges(term: Term) -> Bounds:
    """Of extremes, which lie between the values, and of sums and products, which may have no terms."""
    body = bounds(_averaged(term) or term.terms[0])
    if term.op in ("largest", "smallest") or _averaged(term):
        return body
    full = term.op == "product" or all(is_nonempty(*r.terms[1:]) for r in term.ranges)
    if body.nonnegative:
        return Bounds(_0, full and body.positive)
    negative = term.op == "sum" and body.negated.nonnegative
    return Bounds(_0, full and body.negated.positive).negated if negative else _ANY


def is_nonempty(low: Term, high: Term) -> bool:
    """Whether two ends are whole and there is an index from one to the other."""
    return is_integer(low) and is_integer(high) and bounds(minus(high, low)).nonnegative


def is_distribution(family: Term) -> bool:
    """Whether the entries of a family are probabilities that sum to 1 over its range, which is not empty."""
    return family.op == "family" and family.args[2] == "distribution" and len(family.ranges) == 1 \
        and is_nonempty(*family.ranges[0].terms[1:]) and bounds(family).probability


def weighs(t: Term, limit: Term) -> bool:
    """Whether a term is the probability of an index that runs through all of the range of its distribution."""
    return t.op == "entry" and t.terms[1:] == limit.terms[:1] and is_distribution(t.terms[0]) \
        and limit.terms[1:] == t.terms[0].ranges[0].terms[1:]


def _averaged(term: Term) -> Term | None:
    """What a sum averages with the weights of a distribution, over all of it."""
    body, *limits = term.terms
    factors = list(body.terms if body.op == "*" else (body,))
    weight = next((f for f in factors if term.op == "sum" and len(limits) == 1 and weighs(f, limits[0])), None)
    if weight is None:
        return None
    factors.remove(weight)
    return Term("*", *factors) if factors else ONE


def _largest(*parts: Bounds) -> Bounds:
    low = max([p for p in parts if p.low is not None], key=lambda p: (p.low, p.above), default=_ANY)
    ends = [p.high for p in parts if p.high is not None]
    return Bounds(low.low, low.above, max(ends) if len(ends) == len(parts) else None)


_SHAPES: dict[str, Callable[..., Bounds]] = {
    "+": _sum, "*": _product, "E": lambda a: a,
    "logistic": lambda _, c, __: Bounds(_0, True, _1, c.positive) if c.nonnegative else _ANY,
    "abs": lambda a: a if a.nonnegative else a.negated if a.negated.nonnegative else _NONNEGATIVE,
    "relu": lambda a: _largest(Bounds(_0, False, _0), a), "max": _largest,
    "min": lambda *parts: _largest(*[p.negated for p in parts]).negated,
}


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
    if op in ("+", "*", "abs", "relu", "max", "min", "factorial", "binomial"):
        return all(map(is_integer, args))
    return op in ("sum", "product") and is_integer(args[0])
