"""Ranges of floating-point programs: what values an operation can take, and how far rounding can carry them.

A `Range` holds two true bounds of the exact value and a bound on |computed value - exact value|. The operations take
ranges to ranges, rounding outwards. An operation without a finite range on its arguments raises `Unbounded`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_UNIT = 2.0**-52  # twice the unit of rounding: room for the rounding of the bounds themselves
_LIBRARY = 8.0 * _UNIT  # elementary functions are exact to a few units in the last place


class Unbounded(Exception):
    """No finite range: a division by what may be zero, a logarithm of what may not be positive, an overflow."""


@dataclass(frozen=True)
class Range:
    """Bounds of the exact value, and of the distance of the computed one from it."""

    low: float
    high: float
    error: float = 0.0

    @property
    def magnitude(self) -> float:
        return max(abs(self.low), abs(self.high))


def _made(low: float, high: float, error: float, slack: float = _UNIT) -> Range:
    """Widen by the rounding of the bounds and charge the rounding of the value. Raises Unbounded."""
    size = max(abs(low), abs(high)) + error
    if not math.isfinite(size):
        raise Unbounded("values are not bounded")
    low, high = low - slack * abs(low), high + slack * abs(high)
    return Range(math.nextafter(low, -math.inf), math.nextafter(high, math.inf), (error + slack * size) * (1 + _UNIT))


def constant(value: float, error: float = 0.0) -> Range:
    return Range(value, value, error)


def _add(a: Range, b: Range) -> Range:
    return _made(a.low + b.low, a.high + b.high, a.error + b.error)


def _multiply(a: Range, b: Range) -> Range:
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _made(min(corners), max(corners), a.magnitude * b.error + b.magnitude * a.error + a.error * b.error)


def _power(exponent: int) -> Callable[[Range], Range]:
    def rule(a: Range) -> Range:
        low, high = sorted((_integer_power(a.low, exponent), _integer_power(a.high, exponent)))
        if exponent % 2 == 0 and a.low < 0 < a.high:
            low = 0.0
        slope = exponent * _integer_power(a.magnitude + a.error, exponent - 1)
        return _made(low, high, slope * a.error, exponent * _UNIT)

    return rule


def _integer_power(base: float, exponent: int) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        raise Unbounded(f"{base}^{exponent} overflows") from None


def _inverse(a: Range) -> Range:
    least = min(abs(a.low), abs(a.high)) - a.error
    if a.low <= 0 <= a.high or least <= 0:
        raise Unbounded("a denominator may vanish")
    return _made(1 / a.high, 1 / a.low, a.error / (least * least))


def _exp(a: Range) -> Range:
    if a.high + a.error > 700:
        raise Unbounded("an exponential may overflow")
    high = math.exp(a.high)
    return _made(math.exp(a.low), high, high * math.expm1(a.error), _LIBRARY)


def _log(a: Range) -> Range:
    if a.low - a.error <= 0:
        raise Unbounded("the argument of a logarithm may not be positive")
    return _made(math.log(a.low), math.log(a.high), a.error / (a.low - a.error), _LIBRARY)


def _logistic(a: Range) -> Range:
    """1 / (1 + exp(-x)): bounded whatever the argument."""
    low, high = (1 / (1 + math.exp(-min(max(x, -700.0), 700.0))) for x in (a.low, a.high))
    return _made(low if a.low > -700 else 0.0, min(high, 1.0), a.error / 4, _LIBRARY)


def _monotone(function: Callable[[float], float]) -> Callable[[Range], Range]:
    """An increasing function of slope at most one."""

    def rule(a: Range) -> Range:
        return _made(function(a.low), function(a.high), a.error, _LIBRARY)

    return rule


def _wave(a: Range) -> Range:
    return Range(-1.0, 1.0, a.error + _LIBRARY)


def _absolute(a: Range) -> Range:
    low = 0.0 if a.low < 0 < a.high else min(abs(a.low), abs(a.high))
    return Range(low, a.magnitude, a.error)


def _greatest(a: Range, b: Range) -> Range:
    return Range(max(a.low, b.low), max(a.high, b.high), max(a.error, b.error))


def _least(a: Range, b: Range) -> Range:
    return Range(min(a.low, b.low), min(a.high, b.high), max(a.error, b.error))


def _compare(a: Range, b: Range) -> Range:
    """0 or 1; refused where rounding could turn the comparison, which would cost a whole unit."""
    apart = a.high + a.error < b.low - b.error or b.high + b.error < a.low - a.error
    if not apart and (a.error or b.error):
        raise Unbounded("a comparison of rounded values")
    return Range(0.0, 1.0)


def _chance(a: Range, b: Range) -> Range:
    """A uniform variate below a computed probability: rounding moves that probability, not the value."""
    del a, b
    return Range(0.0, 1.0)


def _choose(condition: Range, a: Range, b: Range) -> Range:
    del condition
    return Range(min(a.low, b.low), max(a.high, b.high), max(a.error, b.error))


def _logistic_values(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


@dataclass(frozen=True)
class Operation:
    """How an operation acts on arrays of samples and on ranges."""

    values: Callable[..., Any]
    range: Callable[..., Range]


OPERATIONS: dict[str, Operation] = {
    "add": Operation(np.add, _add),
    "multiply": Operation(np.multiply, _multiply),
    "inverse": Operation(np.reciprocal, _inverse),
    "exp": Operation(np.exp, _exp),
    "log": Operation(np.log, _log),
    "logistic": Operation(_logistic_values, _logistic),
    "tanh": Operation(np.tanh, _monotone(math.tanh)),
    "atan": Operation(np.arctan, _monotone(math.atan)),
    "sin": Operation(np.sin, _wave),
    "cos": Operation(np.cos, _wave),
    "absolute": Operation(np.abs, _absolute),
    "greatest": Operation(np.maximum, _greatest),
    "least": Operation(np.minimum, _least),
    "equal": Operation(lambda a, b: np.equal(a, b) * 1.0, _compare),
    "less": Operation(lambda a, b: np.less(a, b) * 1.0, _compare),
    "less or equal": Operation(lambda a, b: np.less_equal(a, b) * 1.0, _compare),
    "below": Operation(lambda a, b: np.less(a, b) * 1.0, _chance),
    "choose": Operation(lambda c, a, b: np.where(c != 0, a, b), _choose),
}


def operation(name: str, detail: Any = None) -> Operation:
    """The operation of a name; `power` has an exponent, `look up` a table for whole numbers from 1."""
    if name == "power":
        return Operation(lambda a: np.power(a, detail), _power(detail))
    if name == "look up":
        table, errors = detail
        array = np.array(table)
        return Operation(lambda k: array[k.astype(np.int64) - 1], lambda k: Range(min(table), max(table), max(errors)))
    return OPERATIONS[name]


def hull(ranges: Sequence[Range]) -> Range:
    """The smallest range that contains all of them."""
    return Range(min(r.low for r in ranges), max(r.high for r in ranges), max(r.error for r in ranges))
