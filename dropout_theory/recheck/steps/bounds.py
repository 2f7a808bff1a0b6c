"""Between which numbers a term lies wherever it is defined, and whether it is whole: by its atoms' domains and its shape.

Everything that asks for a sign asks here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dropout_theory.recheck.steps.grammar import ONE, Term, minus, ranges, rational_end, walk


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
_FIXED = {"exp": _POSITIVE, "Var": _NONNEGATIVE, "equal-indices": _UNIT, "gates": _UNIT, "bernoulli": _UNIT,
          "factorial": Bounds(_1), "stirling": _NONNEGATIVE, "cosh": Bounds(_1),
          "tanh": Bounds(-_1, True, _1, True), "erf": Bounds(-_1, True, _1, True),
          "pi": Bounds(Fraction("3.14159"), True, Fraction("3.1416"), True),
          "euler": Bounds(Fraction("2.71828"), True, Fraction("2.71829"), True),
          **dict.fromkeys(("sin", "cos", "sign"), Bounds(-_1, False, _1))}
_KINDS = {"positive integer": Bounds(_1), "non-negative integer": _NONNEGATIVE,
          "positive": _POSITIVE, "non-negative": _NONNEGATIVE}

Known = Mapping[Term, Bounds]


def bounds(term: Term, known: Known | None = None) -> Bounds:
    """Between which numbers a term lies wherever it is defined; `known` tells of the indices that are bound around."""
    return _bounds(term, known) if known else _bounds_alone(term)


@cache
def _bounds_alone(term: Term) -> Bounds:
    return _bounds(term, {})


def is_positive(term: Term) -> bool:
    return bounds(term).positive


def is_nonnegative(term: Term) -> bool:
    return bounds(term).nonnegative


def _bounds(term: Term, known: Known) -> Bounds:
    op, args = term.op, term.terms
    if term in known:
        return known[term]
    if term.number is not None:
        return Bounds(term.number, False, term.number)
    if op in _FIXED:
        return _FIXED[op]
    if op in ("index", "function"):
        return _KINDS.get(str(term.args[1]), _ANY)
    if op in ("scalar", "family", "abstract", "subnetwork"):  # of a recursion its definition tells
        return _domain(args[0])
    if op in ("entry", "apply"):
        return bounds(args[0], known)
    if op == "uniform":
        return Bounds(bounds(args[1], known).low, False, bounds(args[2], known).high)
    if op in _SHAPES:
        found = _SHAPES[op](*[bounds(a, known) for a in args])
        if op in ("G", "G'", "NWGM") and any(part.op in ("normal", "uniform", "abstract") for part in walk(term)):
            return Bounds(found.low, False, found.high)  # a logarithm with a mean of -oo may make an end
        return found
    if op == "^":
        return _power(bounds(args[0], known), args[1].number, bounds(args[1], known))
    if op in ("sum", "product", "largest", "smallest"):
        return _over_ranges(term, known)
    if op == "binomial":
        below, gap = bounds(args[1], known).nonnegative, bounds(minus(*args), known).nonnegative
        return Bounds(_1) if below and gap else _NONNEGATIVE if bounds(args[0], known).nonnegative else _ANY
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
    result = Bounds(_1, False, _1)
    for p in parts:
        result = _times(result, p)
    return result


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
    if exponent is not None and exponent.denominator == 1 and 0 <= exponent <= 20:
        if exponent % 2 == 0 and not base.nonnegative and not base.negated.nonnegative:
            return _NONNEGATIVE
        return _product(*[base] * int(exponent))
    if exponent is not None and exponent < 0:
        if exponent.denominator > 1 or exponent % 2 == 0 or base.nonnegative:
            return Bounds(_0, True, _1 if base.low is not None and base.low >= 1 else None)
        return _POSITIVE.negated if base.negated.nonnegative else _ANY
    if not base.nonnegative and (exponent is None or exponent.denominator == 1):
        return _ANY
    growing = exponents.nonnegative
    low = _1 if growing and base.low is not None and base.low >= 1 else _0
    return Bounds(low, low == 0 and base.positive, _1 if growing and base.high is not None and base.high <= 1 else None)


def _over_ranges(term: Term, known: Known) -> Bounds:
    """Of extremes, which lie between the values, of sums and of products, which have no terms where a range is empty."""
    inside, nonempty = dict(known), True
    for r in reversed(ranges(term)):  # the ends of a range see the indices of the ranges after it
        index, low, high = r.terms
        nonempty = nonempty and is_nonempty(low, high, inside)
        inside[index] = Bounds(bounds(low, inside).low, False, bounds(high, inside).high)
    body = bounds(_averaged(term) or term.terms[0], inside)
    if term.op in ("largest", "smallest") or _averaged(term):
        return body
    if term.op == "product":
        one = body.low is not None and body.low >= 1
        return Bounds(_1 if one else _0, not one and body.positive,
                      _1 if body.high is not None and body.high <= 1 else None) if body.nonnegative else _ANY
    if body.nonnegative:
        return Bounds(_0, nonempty and body.positive, _0 if body.high == 0 else None)
    return Bounds(_0, nonempty and body.negated.positive).negated if body.negated.nonnegative else _ANY


def is_nonempty(low: Term, high: Term, known: Known | None = None) -> bool:
    """Whether two ends are whole and there is an index from one to the other."""
    return is_integer(low) and is_integer(high) and bounds(minus(high, low), known).nonnegative


def is_distribution(family: Term) -> bool:
    """Whether the entries of a family are probabilities that sum to 1 over its range, which is not empty."""
    return family.op == "family" and family.args[2] == "distribution" and len(ranges(family)) == 1 \
        and is_nonempty(*ranges(family)[0].terms[1:]) and bounds(family).probability


def _averaged(term: Term) -> Term | None:
    """What a sum averages with the weights of a distribution, over all of it."""
    body, limit, *more = term.terms
    factors = list(body.terms if body.op == "*" else (body,))
    for f in factors if term.op == "sum" and not more else ():
        if f.op == "entry" and f.terms[1:] == limit.terms[:1] and is_distribution(f.terms[0]) \
                and ranges(f.terms[0])[0].terms[1:] == limit.terms[1:]:
            factors.remove(f)
            return Term("*", *factors) if factors else ONE
    return None


def _largest(*parts: Bounds) -> Bounds:
    low = max([p for p in parts if p.low is not None], key=lambda p: (p.low, p.above), default=_ANY)
    ends = [p.high for p in parts if p.high is not None]
    return Bounds(low.low, low.above, max(ends) if len(ends) == len(parts) else None)


def _log(a: Bounds) -> Bounds:
    at_least_1, at_most_1 = a.low is not None and a.low >= 1, a.high is not None and a.high <= 1
    return Bounds(_0 if at_least_1 else None, at_least_1 and (a.low != 1 or a.above),
                  _0 if at_most_1 else None, at_most_1 and (a.high != 1 or a.below))


def _geometric(a: Bounds) -> Bounds:
    return a if a.nonnegative else _NONNEGATIVE


def _inside_unit(a: Bounds) -> Bounds:
    return Bounds(_0, a.positive, _1, _sum(Bounds(_1, False, _1), a.negated).positive)


_SHAPES: dict[str, Callable[..., Bounds]] = {
    "+": _sum, "*": _product, "log": _log,
    "logistic": lambda _, c, __: Bounds(_0, True, _1, c.positive) if c.nonnegative else _ANY,
    "abs": lambda a: a if a.nonnegative else a.negated if a.negated.nonnegative else _NONNEGATIVE,
    "relu": lambda a: _largest(Bounds(_0, False, _0), a), "max": _largest,
    "min": lambda *parts: _largest(*[p.negated for p in parts]).negated,
    "E": lambda a: a, "largest-outcome": lambda a: a,
    "G": _geometric, "G'": lambda a: _geometric(_sum(Bounds(_1, False, _1), a.negated)), "NWGM": _inside_unit,
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
    if op == "^":
        return is_integer(args[0]) and is_integer(args[1]) and is_nonnegative(args[1])
    if op in ("+", "*", "abs", "relu", "max", "min", "factorial", "binomial"):
        return all(map(is_integer, args))
    return op in ("sum", "product") and is_integer(args[0])
