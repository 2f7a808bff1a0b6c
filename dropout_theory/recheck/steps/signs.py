"""Between which numbers an expression lies and whether it is whole, by the domains of its atoms and by its shape."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dropout_theory.recheck.steps.binding import ranges
from dropout_theory.recheck.steps.grammar import ONE, Term, number, rational_end


class Interval(NamedTuple):
    """Ends, None where there is none, and whether each is left out."""

    low: Fraction | None = None
    high: Fraction | None = None
    above: bool = False  # larger than the lower end
    below: bool = False


EVERY = Interval()
UNIT = Interval(Fraction(0), Fraction(1))
NONNEGATIVE = Interval(Fraction(0))
POSITIVE = Interval(Fraction(0), None, True)


def is_positive(term: Term) -> bool:
    low, _, above, _ = interval(term)
    return low is not None and (low > 0 or low == 0 and above)


def is_nonnegative(term: Term) -> bool:
    low = interval(term).low
    return low is not None and low >= 0


def is_probability(term: Term) -> bool:
    low, high, _, _ = interval(term)
    return low is not None and high is not None and low >= 0 and high <= 1


@cache
def interval(term: Term) -> Interval:
    """An interval that holds an expression wherever it is defined."""
    op, args = term.op, term.terms
    if any(a.op == "range" and a.terms[0].args[1] != "integer" for a in args):
        return EVERY  # what a bound index is called tells nothing of its values
    if term.number is not None:
        return Interval(term.number, term.number)
    if op == "index":
        return {"positive integer": Interval(Fraction(1)), "non-negative integer": NONNEGATIVE}.get(str(term.args[1]),
                                                                                                   EVERY)
    if op == "entry":  # of a recursion its definition tells, whatever its domain
        kind = args[0].op
        return UNIT if kind == "gates" else EVERY if kind == "recursion" else _domain(args[0].terms[0])
    if op == "uniform":
        return _hull([interval(args[1]), interval(args[2])])
    if op in ("scalar", "family", "subnetwork", "normal", "bernoulli"):
        return UNIT if op == "bernoulli" else _domain(args[0])
    if op in ("+", "*"):
        found = [interval(a) for a in args]
        return _total(found) if op == "+" else _product(args, found)
    if op == "^":
        return _power(*args)
    if op in ("exp", "pi", "euler"):
        return POSITIVE
    if op in ("abs", "relu", "Var"):
        return POSITIVE if op == "relu" and is_positive(args[0]) else NONNEGATIVE
    if op in ("factorial", "binomial"):
        return Interval(Fraction(1)) if op == "factorial" else EVERY
    if op == "equal-indices":
        return UNIT
    if op == "apply":
        return {"positive": POSITIVE, "non-negative": NONNEGATIVE}.get(str(args[0].args[1]), EVERY)
    if op in ("E", "G", "largest", "smallest"):  # between the values
        return interval(args[0])
    if op in ("max", "min", "cases"):
        return _hull([interval(a.terms[0] if a.op == "case" else a) for a in args])
    if op == "sum":
        return _sum(term)
    if op == "product":
        inside = interval(args[0])
        return POSITIVE if _over(inside) else NONNEGATIVE if inside.low is not None and inside.low >= 0 else EVERY
    return EVERY


def _over(found: Interval) -> bool:
    return found.low is not None and (found.low > 0 or found.low == 0 and found.above)


def _domain(domain: Term) -> Interval:
    _, kind, low, high, left, right = map(str, domain.args)
    lower, upper = rational_end(low), rational_end(high)
    above, below = left == "(", right == ")"
    if kind == "integer" and lower is not None and lower.denominator == 1 and above:
        lower, above = lower + 1, False
    return Interval(lower, upper, above, below)


def _total(found: list[Interval]) -> Interval:
    lows, highs = [f.low for f in found], [f.high for f in found]
    return Interval(sum((x for x in lows if x is not None), Fraction(0)) if None not in lows else None,
                    sum((x for x in highs if x is not None), Fraction(0)) if None not in highs else None,
                    any(f.above for f in found), any(f.below for f in found))


def _product(args: tuple[Term, ...], found: list[Interval]) -> Interval:
    if len(found) > 1 and (factor := args[0].number) is not None:
        low, high, above, below = _product(args[1:], found[1:])
        if factor < 0:
            low, high, above, below = high, low, below, above
        return Interval(None if low is None else low * factor, None if high is None else high * factor, above, below)
    if len(found) == 1:
        return found[0]
    low, high = Fraction(1), Fraction(1)
    for f in found:
        if f.low is None or f.low < 0:
            return EVERY
        low *= f.low
    for f in found:
        if f.high is None:
            return Interval(low, None, all(map(_over, found)) and low == 0)
        high *= f.high
    return Interval(low, high, all(map(_over, found)) and low == 0)


def _power(base: Term, exponent: Term) -> Interval:
    inside, e = interval(base), exponent.number
    if _over(inside):
        return POSITIVE if not (e is not None and e > 0 and inside.high is not None and inside.high <= 1) \
            else Interval(Fraction(0), Fraction(1), True)
    if inside.low is not None and inside.low >= 0 or e is not None and e.denominator == 1 and e % 2 == 0:
        return NONNEGATIVE
    return EVERY


def _hull(found: list[Interval]) -> Interval:
    lows, highs = [f.low for f in found], [f.high for f in found]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    return Interval(low, high, all(f.above for f in found if f.low == low),
                    all(f.below for f in found if f.high == high))


def _sum(term: Term) -> Interval:
    body, limits = term.terms[0], term.terms[1:]
    rest = _weighted(term)
    if rest is not None:
        return interval(rest)
    inside = interval(body)
    if inside.low is None or inside.low < 0:
        return EVERY
    full = all(is_nonnegative(Term("+", r.terms[2], Term("*", number(-1), r.terms[1]))) for r in limits)
    return POSITIVE if full and _over(inside) else NONNEGATIVE


def _weighted(term: Term) -> Term | None:
    """x where a sum is the mean sum of P[k] x over a whole distribution P, else None."""
    body, limits = term.terms[0], term.terms[1:]
    factors = body.terms if body.op == "*" else (body,)
    index, low, high = limits[0].terms
    for f in factors:
        if len(limits) == 1 and f.op == "entry" and f.terms[1:] == (index,) and is_distribution(f.terms[0]) \
                and ranges(f.terms[0])[0][1:] == (low, high):
            rest = [g for g in factors if g is not f]
            return Term("*", *rest) if len(rest) > 1 else rest[0] if rest else ONE
    return None


def is_distribution(family: Term) -> bool:
    """Whether the entries of a family are probabilities that sum to 1 over its range, which is not empty."""
    if family.op != "family" or family.args[2] != "distribution" or len(ranges(family)) != 1:
        return False
    (_, low, high), = ranges(family)
    return is_nonnegative(Term("+", high, Term("*", number(-1), low))) and _domain(family.terms[0])[:2] == UNIT[:2]


@cache
def is_integer(term: Term) -> bool:
    """Whether an expression is whole wherever it is defined."""
    op, args = term.op, term.terms
    if term.number is not None:
        return term.number.denominator == 1
    if op == "entry" and args[0].op == "gates" or op in ("index", "floor", "ceiling", "equal-indices", "bernoulli"):
        return True
    if op in ("entry", "scalar", "family", "subnetwork"):
        family = args[0] if op == "entry" else term
        return family.op in ("family", "scalar", "subnetwork") and family.terms[0].args[1] == "integer"
    if op == "^":
        return is_integer(args[0]) and is_integer(args[1]) and is_nonnegative(args[1])
    if op in ("+", "*", "abs", "relu", "max", "min", "factorial", "binomial"):
        return all(map(is_integer, args))
    return op in ("sum", "product") and is_integer(args[0])
