"""Derivatives of the second path: difference quotients on both sides of a point, at many more digits than are told."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath as mp

from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue, Number, wide

MAX_ORDER = 8
_SAME, _APART = mp.mpf(10) ** -45, mp.mpf(10) ** -6  # of the quotients on both sides, in parts of their size


def derivative(function: Callable[[Number], Number], point: Number, order: int) -> Number:
    """The derivative of a function at a point, from quotients whose step is the last digit of the numbers around.

    Raises NoValue for a negative order and where the two sides have not one derivative of each order up to this one,
    CannotRecheck where that is not clear and for orders above MAX_ORDER.
    """
    if order < 0:
        raise NoValue(f"derivative of order {order}")
    if order > MAX_ORDER:
        raise CannotRecheck(f"derivative of order {order}")
    if order == 0:
        return function(point)
    digits = mp.mp.dps
    with mp.workdps(digits * (order + 2)):
        step = Fraction(1, 10**digits)
        values = {k: wide(function(point + k * step if isinstance(point, Fraction) else point + k * wide(step)))
                  for k in range(-2 * order, 2 * order + 1)}
        for n in range(1, order + 1):
            # steps of two lengths: the quotients of a jump are the same on both sides where the value is half-way
            found = [sum((-1) ** (n - k) * math.comb(n, k) * values[stride * k] for k in range(n + 1))
                     / (stride * wide(step)) ** n for stride in (1, -1, 2, -2)]
            gap = (max(found) - min(found)) / (1 + abs(found[0]))
            if gap > _APART:
                raise NoValue(f"no derivative of order {n}: quotients are {', '.join(mp.nstr(x, 5) for x in found)}")
            if gap > _SAME:
                raise CannotRecheck(f"quotients for a derivative of order {n} are close, and no more")
        value = (found[0] + found[1]) / 2
    return +value
