"""Numbers of the second path: fractions while a value is rational, else mpmath's floating point at 60 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath as mp

DIGITS = 60
Number = Any  # Fraction while exact, else mpf
LARGE = 10**8
MAX_BITS = 200_000  # of a fraction
_TINY = mp.mpf(10) ** (5 - DIGITS)


class CannotRecheck(Exception):
    """The second path has no rule for an expression; the message says which."""


class NoValue(Exception):
    """The expression has no value here: division by zero, a logarithm of zero."""


def wide(x: Number) -> Any:
    """The number as an mpf."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def plus(x: Number, y: Number) -> Number:
    return x + y if isinstance(x, Fraction) and isinstance(y, Fraction) else wide(x) + wide(y)


def times(x: Number, y: Number) -> Number:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x * y
    return Fraction(0) if 0 in (x, y) and Fraction in (type(x), type(y)) else wide(x) * wide(y)


def minus(x: Number) -> Number:
    return -x


def told_from_zero(x: Number) -> Number:
    """The number. Raises CannotRecheck for one that is not exact and so small that it may be 0, or not be."""
    if not isinstance(x, Fraction) and abs(x) < _TINY:
        raise CannotRecheck("cannot tell whether a number is 0")
    return x


def moderate(x: Any) -> Any:
    """The number. Raises CannotRecheck for one whose exponential has more digits than can be told."""
    if abs(x) > LARGE:
        raise CannotRecheck(f"an exponential of {mp.nstr(x, 5)}")
    return x


def raised(base: Number, exponent: Number) -> Number:
    """base^exponent with 0^0 = 1. Raises NoValue for 0^negative and for roots of negative numbers."""
    if exponent < 0 and told_from_zero(base) == 0:
        raise NoValue("division by zero")
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if isinstance(base, Fraction):
            size = max(base.numerator.bit_length(), base.denominator.bit_length())
            if size > 1 and size * abs(exponent.numerator) > MAX_BITS:
                raise CannotRecheck(f"a power with exponent {exponent}")
            return base ** exponent.numerator
        return mp.power(base, exponent.numerator)
    if told_from_zero(base) == 0 and told_from_zero(exponent) > 0:
        return Fraction(0)
    if base < 0:
        raise NoValue(f"({base})^({exponent}) is not real")
    return mp.power(wide(base), wide(exponent))
