"""What evaluation computes with: rationals, Arb balls, three-valued truth; and what it says where there is no value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

import sympy as sp
from flint import arb, arb_series, ctx, fmpq, fmpz

RESOLUTION_BITS = 150  # two balls agree when they overlap within 2^-150
PRECISIONS = (128, 256, 640)


class Unsupported(Exception):
    """The evaluator has no rule for an expression; the message says which."""


class Undefined(Exception):
    """A term has no value at the instance, certainly: division by zero, logarithm of zero, 0/0. The message says which.
    """

    def __init__(self, reason: str, term: Any = None) -> None:
        super().__init__(reason if term is None else f"{reason} in {_short(term)}")


def _short(term: Any) -> str:
    text = str(term)
    return text if len(text) <= 80 else text[:77] + "..."


class Undecided(Unsupported):
    """A term may have no value at the instance, and at this precision that cannot be told: what contains it is unknown.
    """


def defined(value: Any, term: Any) -> Any:
    """The value of a term. Raises Undecided for a ball or a series of balls that is not finite.

    Such a ball is what Arb makes of an argument that may have no value. A rule that did not look at it would make a
    value of it: its sign lies in [-1, 1].
    """
    if isinstance(value, arb) and not value.is_finite() \
            or isinstance(value, arb_series) and not all(c.is_finite() for c in value.coeffs()):
        raise Undecided(f"cannot tell whether {_short(term)} is defined")
    return value


class Truth(Enum):
    """Three-valued truth, plus AGREES for equalities known only within the resolution."""

    FALSE = 0
    UNKNOWN = 1
    AGREES = 2
    TRUE = 3


@contextmanager
def precision(bits: int) -> Any:
    """Arb precision within the block; restored afterwards (it is global state)."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def to_number(value: Any) -> Any:
    """fmpq for a SymPy or Python rational; None for anything else."""
    if isinstance(value, fmpq):
        return value
    if isinstance(value, int):
        return fmpq(value)
    rational = value if isinstance(value, sp.Basic) else sp.sympify(value)
    if rational.is_Rational:
        return fmpq(int(rational.p), int(rational.q))
    return None


def is_exact(value: Any) -> bool:
    return isinstance(value, (fmpq, fmpz, int))


def quotient(above: Any, below: Any, term: Any = None) -> Any:
    """above/below. Raises Undefined where `below` is exactly 0; a ball around 0 gives one that is not finite."""
    if below == 0 if isinstance(below, fmpq) else arb(below).is_zero():
        raise Undefined("division by zero", term)
    return above / below


# Key of `bound` under which the entries of recursions found so far in one mask are kept: whoever fixes a further
# random atom must start a new one (see `masked`).
MEMO = "entries of recursions"


def masked(bound: Mapping[Any, Any], atom: Any, value: Any) -> dict[Any, Any]:
    """`bound` with one more random atom fixed."""
    return {**bound, atom: value, MEMO: {}}
