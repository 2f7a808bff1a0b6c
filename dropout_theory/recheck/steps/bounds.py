"""Between which numbers the value of a term lies wherever it is defined, by the domains of its atoms and its shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dropout_theory.recheck.steps.grammar import ONE, Term, rational_end, walk
from dropout_theory.recheck.steps.signs import is_integer


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
        return self.positive or _negated(self).positive


_0, _1 = Fraction(0), Fraction(1)
_ANY, _UNIT, _NONNEGATIVE, _POSITIVE = Bounds(), Bounds(_0, False, _1), Bounds(_0), Bounds(_0, True)
_OPEN = Bounds(_0, True, _1, True)
_AROUND = Bounds(-_1, False, _1)  # -1 to 1
_CONSTANTS = {"pi": Bounds(Fraction("3.14159"), True, Fraction("3.1416"), True),
              "euler": Bounds(Fraction("2.71828"), True, Fraction("2.71829"), True)}
_FIXED = {"exp": _POSITIVE, "Var": _NONNEGATIVE, "sin": _AROUND, "cos": _AROUND, "sign": _AROUND,
          "tanh": Bounds(-_1, True, _1, True), "erf": Bounds(-_1, True, _1, True), "cosh": Bounds(_1),
          "atan": Bounds(Fraction(-11, 7), True, Fraction(11, 7), True), "factorial": Bounds(_1),
          "equal-indices": _UNIT, "stirling": _NONNEGATIVE}
_KINDS = {"positive integer": Bounds(_1), "non-negative integer": _NONNEGATIVE,
          "positive": _POSITIVE, "non-negative": _NONNEGATIVE}

Known = Mapping[Term, Bounds]


def bounds(term: Term, known: Known | None = None) -> Bounds:
    """Between which numbers a term lies wherever it is defined; `known` tells of the indices that are bound around."""
    return _bounds(term, known) if known else _bounds_alone(term)


@cache
def _bounds_alone(term: Term) -> Bounds:
    return _bounds(term, {})


def _bounds(term: Term, known: Known) -> Bounds:
    op, args = term.op, term.terms
    if term in known:
        return known[term]
    if term.number is not None:
        return Bounds(term.number, False, term.number)
    if op in _FIXED:
        return _FIXED[op]
    if op in _CONSTANTS:
        return _CONSTANTS[op]
    if op in ("index", "function"):
        return _KINDS.get(str(term.args[1]), _ANY)
    if op in ("scalar", "family", "abstract", "subnetwork"):
        return _domain(args[0])
    if op in ("gates", "bernoulli"):
        return _UNIT
    if op in ("entry", "apply"):
        return bounds(args[0], known)
    if op == "uniform":
        ends = [bounds(a, known) for a in args[1:]]
        return Bounds(ends[0].low, False, ends[1].high)
    if op in ("G", "G'", "NWGM") and any(part.op in ("normal", "uniform") for part in walk(term)):
        found = _SHAPES[op](bounds(args[0], known))  # a logarithm with a mean of -oo may make an end
        return Bounds(found.low, False, found.high)
    if op in _SHAPES:
        return _SHAPES[op](*[bounds(a, known) for a in args])
    if op == "^":
        return _power(bounds(args[0], known), args[1].number, bounds(args[1], known))
    if op in ("sum", "product", "largest", "smallest"):
        return _over_ranges(term, known)
    if op == "binomial":
        rest = bounds(Term("+", args[0], Term("*", Term("number", "-1"), args[1])), known)
        below, above = bounds(args[1], known), bounds(args[0], known)
        return Bounds(_1) if rest.nonnegative and below.nonnegative else _NONNEGATIVE if above.nonnegative else _ANY
    return _ANY


def _domain(domain: Term) -> Bounds:
    _, kind, low, high, left, right = map(str, domain.args)
    found = Bounds(rational_end(low), left == "(" and low != "-oo",
                   rational_end(high), right == ")" and high != "oo")
    if kind == "integer":
        least = None if found.low is None else Fraction(math.floor(found.low) + 1 if found.above else
                                                        math.ceil(found.low))
        most = None if found.high is None else Fraction(math.ceil(found.high) - 1 if found.below else
                                                        math.floor(found.high))
        return Bounds(least, False, most)
    return found


def _negated(a: Bounds) -> Bounds:
    return Bounds(None if a.high is None else -a.high, a.below, None if a.low is None else -a.low, a.above)


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
    if _negated(a).nonnegative and not a.nonnegative:
        return _negated(_times(_negated(a), b))
    if not a.nonnegative and b.nonnegative:
        return _times(b, a)
    if not a.nonnegative:
        return _ANY
    if _negated(b).nonnegative and not b.nonnegative:
        return _negated(_times(a, _negated(b)))
    high = None if a.high is None or b.high is None else a.high * b.high
    if not b.nonnegative:  # of either sign, and `a` of one
        return Bounds(None if a.high is None or b.low is None else a.high * b.low, False, high)
    assert a.low is not None and b.low is not None
    low = a.low * b.low
    return Bounds(low, (a.above or b.above) if low else a.positive and b.positive,
                  high, bool(high) and (a.below or b.below))


def _power(base: Bounds, exponent: Fraction | None, exponents: Bounds) -> Bounds:
    """A power: of a base that may be negative, only to a whole exponent; of 0, only to one that is not negative."""
    if exponent is not None and exponent.denominator == 1 and exponent >= 0:
        if exponent % 2 == 0 and not base.nonnegative and not _negated(base).nonnegative:
            return _NONNEGATIVE
        return _product(*[base] * int(exponent)) if exponent <= 20 else _NONNEGATIVE if base.nonnegative else _ANY
    if exponent is not None and exponent < 0 and (exponent.denominator > 1 or exponent % 2 == 0 or base.nonnegative):
        least = base.low if base.low is not None and base.low >= 1 else None
        return Bounds(_0, True, None if least is None else _1)
    if exponent is not None and exponent < 0:
        return _negated(_POSITIVE) if _negated(base).nonnegative else _ANY
    if exponent is None and not base.nonnegative:
        return _ANY
    growing = exponents.nonnegative
    low = _1 if growing and base.low is not None and base.low >= 1 else _0
    return Bounds(low, low == 0 and base.positive, _1 if growing and base.high is not None and base.high <= 1 else None)


def _over_ranges(term: Term, known: Known) -> Bounds:
    inside, nonempty = dict(known), True
    for r in reversed(term.terms[1:]):  # the ends of a range see the indices of the ranges after it
        index, low, high = r.terms
        count = bounds(Term("+", high, Term("*", Term("number", "-1"), low)), inside)
        nonempty = nonempty and count.nonnegative and is_integer(low) and is_integer(high)
        inside[index] = Bounds(bounds(low, inside).low, False, bounds(high, inside).high)
    body = bounds(term.terms[0], inside)
    if term.op in ("largest", "smallest"):
        return body
    if term.op == "product":
        return Bounds(_1 if body.low is not None and body.low >= 1 else _0, body.positive,
                      _1 if body.high is not None and body.high <= 1 else None) if body.nonnegative else _ANY
    weighted = _averaged(term)
    if weighted is not None:
        return bounds(weighted, inside)
    if body.nonnegative:
        return Bounds(_0, nonempty and body.positive, _0 if body.high == 0 else None)
    return _negated(Bounds(_0, nonempty and _negated(body).positive)) if _negated(body).nonnegative else _ANY


def _averaged(term: Term) -> Term | None:
    """What a sum averages with the weights of a distribution, over all of it."""
    body, limit, *more = term.terms
    factors = body.terms if body.op == "*" else (body,)
    for f in factors:
        if f.op == "entry" and f.terms[0].op == "family" and f.terms[0].args[2] == "distribution" and not more \
                and f.terms[1:] == limit.terms[:1] and f.terms[0].terms[1].terms[1:] == limit.terms[1:]:
            rest = list(factors)
            rest.remove(f)
            return Term("*", *rest) if rest else ONE
    return None


def _largest(*parts: Bounds) -> Bounds:
    low = max([p for p in parts if p.low is not None], key=lambda p: (p.low, p.above), default=_ANY)
    ends = [p.high for p in parts if p.high is not None]
    return Bounds(low.low, low.above, max(ends) if len(ends) == len(parts) else None)


def _logistic(_: Bounds, c: Bounds, __: Bounds) -> Bounds:
    return _OPEN if c.positive else Bounds(_0, True, _1) if c.nonnegative else _ANY


def _log(a: Bounds) -> Bounds:
    return Bounds(_0 if a.low is not None and a.low >= 1 else None, a.low is not None and a.low >= 1 and (
        a.low > 1 or a.above), _0 if a.high is not None and a.high <= 1 else None, a.high is not None and a.high <= 1
        and (a.high < 1 or a.below))


def _geometric(a: Bounds) -> Bounds:
    return a if a.nonnegative else _NONNEGATIVE


def _absolute(a: Bounds) -> Bounds:
    return a if a.nonnegative else _negated(a) if _negated(a).nonnegative else _NONNEGATIVE


_SHAPES: dict[str, Callable[..., Bounds]] = {
    "+": _sum, "*": _product, "log": _log, "logistic": _logistic, "abs": _absolute,
    "relu": lambda a: _largest(Bounds(_0, False, _0), a), "max": _largest,
    "min": lambda *parts: _negated(_largest(*map(_negated, parts))),
    "E": lambda a: a, "G": _geometric, "G'": lambda a: _geometric(_sum(Bounds(_1, False, _1), _negated(a))),
    "NWGM": lambda a: _OPEN if a.positive and a.high is not None and (a.high < 1 or a.high == 1 and a.below) else _UNIT,
    "largest-outcome": lambda a: a,
    "floor": lambda a: Bounds(None if a.low is None else Fraction(math.floor(a.low)), False, a.high),
    "ceiling": lambda a: Bounds(a.low, False, None if a.high is None else Fraction(math.ceil(a.high))),
}

__all__ = ["Bounds", "Known", "bounds"]
