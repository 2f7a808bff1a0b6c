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
                  for k in range(-order, order + 1)}
        for n in range(1, order + 1):
            above, below = (sum((-1) ** (n - k) * math.comb(n, k) * values[side * k] for k in range(n + 1))
                            / (side * wide(step)) ** n for side in (1, -1))
            gap = abs(above - below) / (1 + abs(above))
            if gap > _APART:
                raise NoValue(f"derivatives of order {n} on the two sides: {mp.nstr(above, 5)}, {mp.nstr(below, 5)}")
            if gap > _SAME:
                raise CannotRecheck(f"derivatives of order {n} on the two sides are close")
        found = (above + below) / 2
    return +found
