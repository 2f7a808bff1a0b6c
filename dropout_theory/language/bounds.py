"""Between which numbers an expression lies by its shape: what the makers of laws and recursions ask.

Interval arithmetic over the domains of atoms. Where that is too coarse, an expression that is affine in a name is
tried at both ends of the name's range, since it takes its extremes there: 1 - i/(2 n) for i = 1..n is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sympy as sp

from dropout_theory.language.domains import NONNEGATIVE, POSITIVE, Domain, sign_of

MAX_CORNERS = 6  # names of which both ends are tried, one inside the other
MAX_PLACES = 64  # values of an index between given numbers that are tried one by one


class Bounds(NamedTuple):
    """An interval that holds all values of an expression; an open end is not among them."""

    low: Any
    high: Any
    open_below: bool = True
    open_above: bool = True


ANY = Bounds(-sp.oo, sp.oo)  # any real number: an infinite end is never a value
_POSITIVE, _NONNEGATIVE = Bounds(sp.S.Zero, sp.oo), Bounds(sp.S.Zero, sp.oo, False)
_UNIT, _BETWEEN = Bounds(sp.S.Zero, sp.S.One, False, False), Bounds(sp.S.NegativeOne, sp.S.One, False, False)


def lies_in(expr: Any, domain: Domain, ranges: Sequence[tuple[Any, Any, Any]] = ()) -> bool:
    """Whether the shape of an expression shows its values to lie in a domain, its index symbols being in their ranges.

    Names stand for any number of their domains. False where nothing is known.
    """
    try:
        return _is_seen_in(expr, domain, ranges)
    except TypeError:  # SymPy cannot order two numbers that may be one
        return False


def _is_seen_in(expr: Any, domain: Domain, ranges: Sequence[tuple[Any, Any, Any]]) -> bool:
    if domain.integer and not expr.is_integer:
        return False
    found = tuple((s, sp.sympify(lo), sp.sympify(hi)) for s, lo, hi in ranges)
    expr = _averaged(expr, found)
    if _lies_in(expr, domain, found, MAX_CORNERS) or _lies_in(sp.expand(expr), domain, found, MAX_CORNERS):
        return True
    above, below = sp.fraction(sp.together(expr))
    if (domain.lower, domain.upper, domain.open_below, domain.open_above) != (0, 1, False, False) or below == 1:
        return False
    parts = [sp.expand(part) for part in (above, below - above)]  # a share of a whole, and the rest
    return _lies_in(sp.expand(below), POSITIVE, found, MAX_CORNERS) and all(
        _lies_in(part, NONNEGATIVE, found, MAX_CORNERS) for part in parts)


class _Average(sp.Dummy):
    """What the terms of a sum are on average: between their bounds."""

    ends: tuple[Any, Any, bool, bool]


def _averaged(expr: Any, ranges: tuple[tuple[Any, Any, Any], ...]) -> Any:
    """An expression with the number of terms times their average for each sum."""
    if isinstance(expr, sp.Sum) and len(expr.limits) == 1:
        symbol, low, high = expr.limits[0]
        count = high - low + 1
        within = (*ranges, (symbol, low, high))
        found = bounds(_averaged(expr.function, within), within)
        if found.low.is_finite and found.high.is_finite and bounds(sp.expand(count), ranges).low >= 0:
            average = _Average(real=True)
            average.ends = tuple(found)
            return count * average
    if not expr.has(sp.Sum) or hasattr(expr, "unfolded"):
        return expr
    return expr.func(*[_averaged(a, ranges) for a in expr.args]) if isinstance(expr, _FOLLOWED) else expr


def _lies_in(expr: Any, domain: Domain, ranges: tuple[tuple[Any, Any, Any], ...], depth: int) -> bool:
    if _within(bounds(expr, ranges), domain):
        return True
    if depth == 0:
        return False
    for name, low, high in _ends(expr, ranges):
        if low.is_Integer and high.is_Integer and high - low < MAX_PLACES and name in [r[0] for r in ranges]:
            values = [sp.Integer(k) for k in range(int(low), int(high) + 1)]
        elif _is_affine(expr, name):
            values = [low, high]
        else:
            continue
        return all(_lies_in(expr.xreplace({name: v}), domain, ranges, depth - 1) for v in values)
    return False


def _within(found: Bounds, domain: Domain) -> bool:
    below = found.low > domain.lower or found.low == domain.lower and (found.open_below or not domain.open_below)
    above = found.high < domain.upper or found.high == domain.upper and (found.open_above or not domain.open_above)
    return bool(below and above)


def _ends(expr: Any, ranges: tuple[tuple[Any, Any, Any], ...]) -> Iterator[tuple[Any, Any, Any]]:
    """The names in an expression with the finite ends between which each lies: indices last in their ranges first."""
    free = expr.free_symbols
    yield from (r for r in reversed(ranges) if r[0] in free)
    for atom in sorted((a for a in sp.preorder_traversal(expr) if hasattr(a, "ends")), key=str):
        if all(e.is_finite for e in atom.ends[:2]):
            yield atom, *atom.ends[:2]


def _is_affine(expr: Any, name: Any) -> bool:
    if expr == name or not expr.has(name):
        return True
    if isinstance(expr, sp.Add):
        return all(_is_affine(a, name) for a in expr.args)
    if isinstance(expr, sp.Mul):
        moving = [a for a in expr.args if a.has(name)]
        return len(moving) == 1 and _is_affine(moving[0], name)
    return False


def bounds(expr: Any, ranges: tuple[tuple[Any, Any, Any], ...] = ()) -> Bounds:
    """Numbers between which an expression lies, by the domains of its names and its shape."""
    if expr.is_number and expr.is_real and expr.is_comparable:
        return Bounds(expr, expr, False, False)
    for symbol, low, high in ranges:
        if symbol == expr:
            below, above = bounds(low, ranges), bounds(high, ranges)
            return Bounds(below.low, above.high, below.open_below, above.open_above)
    ends = getattr(expr, "ends", None)
    if ends is not None:
        below, above = bounds(ends[0], ranges), bounds(ends[1], ranges)
        return Bounds(below.low, above.high, ends[2] or below.open_below, ends[3] or above.open_above)
    if hasattr(expr, "unfolded"):
        return bounds(expr.unfolded, ranges)
    name = type(expr).__name__
    inner = [bounds(a, ranges) for a in expr.args] if isinstance(expr, _FOLLOWED) or name in _NAMED else []
    if isinstance(expr, sp.Add):
        return _total(inner)
    if isinstance(expr, sp.Mul):
        return _product(inner)
    if isinstance(expr, sp.Pow):
        return _power(inner[0], expr)
    if isinstance(expr, sp.exp):
        return _rising(sp.exp, inner[0])
    if name == "Relu":
        below, above, open_below, open_above = inner[0]
        return Bounds(max(below, sp.S.Zero), max(above, sp.S.Zero), bool(below > 0 and open_below),
                      bool(above > 0 and open_above))
    if name == "E":
        return inner[0]
    if name == "Sigma" and inner[1].low >= 0 or isinstance(expr, sp.KroneckerDelta):
        return _UNIT
    if isinstance(expr, (sp.tanh, sp.sin, sp.cos)):
        return _BETWEEN
    if expr.is_positive:
        return _POSITIVE
    return _NONNEGATIVE if expr.is_nonnegative else ANY


_FOLLOWED = (sp.Add, sp.Mul, sp.Pow, sp.exp)
_NAMED = ("Relu", "E", "Sigma")


def _total(parts: list[Bounds]) -> Bounds:
    return Bounds(sum(p.low for p in parts), sum(p.high for p in parts), any(p.open_below for p in parts),
                  any(p.open_above for p in parts))


def _product(parts: list[Bounds]) -> Bounds:
    found = parts[0]
    for other in parts[1:]:
        corners = [_corner(a, a_open, b, b_open) for a, a_open in ((found.low, found.open_below),
                                                                   (found.high, found.open_above))
                   for b, b_open in ((other.low, other.open_below), (other.high, other.open_above))]
        low, high = min(v for v, _ in corners), max(v for v, _ in corners)
        # an end counts as open only where every corner that reaches it is, however its number is written
        found = Bounds(low, high, all(is_open for v, is_open in corners if not _differ(v, low)),
                       all(is_open for v, is_open in corners if not _differ(v, high)))
    return found


def _differ(a: Any, b: Any) -> bool:
    """Whether two ends are certainly different numbers."""
    if a == b or a.is_infinite or b.is_infinite:
        return bool(a != b)
    return sign_of(a - b) not in (0, None)


def _corner(a: Any, a_open: bool, b: Any, b_open: bool) -> tuple[Any, bool]:
    """The product of two ends, and whether it is left out; nothing times an infinite end is nothing."""
    zeros = [not _differ(end, sp.S.Zero) for end in (a, b)]
    if any(zeros):
        return sp.S.Zero, (a_open if zeros[0] else True) and (b_open if zeros[1] else True)
    return a * b, a_open or b_open


def _rising(function: Any, inner: Bounds) -> Bounds:
    return Bounds(function(inner.low), function(inner.high), inner.open_below, inner.open_above)


def _power(base: Bounds, expr: Any) -> Bounds:
    exponent = expr.exp
    if not exponent.is_Rational:
        return _POSITIVE if base.low > 0 or base.low == 0 and base.open_below else ANY
    positive = base.low > 0 or base.low == 0 and base.open_below
    if exponent < 0:
        if not positive:
            return ANY
        low = base.high**exponent if base.high.is_finite else sp.S.Zero
        return Bounds(low, base.low**exponent if base.low != 0 else sp.oo, base.open_above, base.open_below)
    if base.low >= 0 or exponent.is_Integer and exponent % 2 == 1:
        return _rising(lambda v: v**exponent, base)
    if exponent.is_Integer:
        return Bounds(sp.S.Zero, max(base.low**exponent, base.high**exponent), False, False)
    return ANY
