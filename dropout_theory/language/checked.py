"""What may stand in a statement: exact real numbers and SymPy expressions in names of real numbers.

Every builder of the language takes what it is given through `expression`, `integer` or `statement`.
"""

from __future__ import annotations

from functools import lru_cache
from numbers import Integral, Rational
from typing import Any

import sympy as sp
from sympy.core.assumptions import StdFactKB
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr

from dropout_theory.language.binding import may_be_bound, scopes

_PLAIN = {"integer", "real", "finite", "commutative"}  # what may be known of a bound symbol
_SIGNS = {"positive", "negative", "nonnegative", "nonpositive", "nonzero"}  # and of one that is not bound
# what a function may be declared to be, beside real: what is asked of the formulas that stand for it
DECLARED = ("positive", "negative", "nonnegative", "nonpositive", "zero", "integer", "even", "odd")
_ALLOWED = "an expression in names of real numbers, an integer or a fraction, all of it exact"


def expression(value: Any, what: str = "value") -> sp.Expr:
    """A number or an expression as SymPy has it: int, Fraction, an integer of NumPy, an expression.

    Raises ValueError, naming the argument `what`, for strings, floating-point and complex numbers, truth values, nan,
    infinities, and expressions that hold one of these.
    """
    if isinstance(value, sp.Expr):
        strange = strange_values(value)
        if strange:
            raise ValueError(f"{what} is {value}, with {', '.join(strange)} in it; allowed: {_ALLOWED}")
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return sp.Integer(int(value))
    if isinstance(value, Rational) and not isinstance(value, bool):
        return sp.Rational(int(value.numerator), int(value.denominator))
    raise ValueError(f"{what} is {value!r}, of type {type(value).__name__}; allowed: {_ALLOWED}")


def integer(value: Any, what: str) -> sp.Expr:
    """An index, a size or an end of a range. Raises ValueError for what `expression` refuses or is no integer."""
    found = expression(value, what)
    if found.is_integer is False:
        raise ValueError(f"{what} is {found}; allowed: integers")
    return found


def statement(value: Any, what: str = "statement") -> Any:
    """A statement: what is true or false. Raises ValueError for anything else, a bare symbol among them."""
    if isinstance(value, bool):
        return sp.true if value else sp.false
    if not isinstance(value, Boolean) or isinstance(value, sp.Symbol):
        raise ValueError(f"{what} is {value!r}, of type {type(value).__name__}; allowed: a relation or the like")
    return value


@lru_cache(maxsize=1 << 15)
def strange_values(expr: Any) -> tuple[str, ...]:
    """What stands in an expression or statement and is no exact real number: floats, nan, infinities, the unit i."""
    if isinstance(expr, sp.Float) or expr in (sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
        return (str(expr),)
    inside = [a for a in expr.args if isinstance(a, sp.Basic)]
    return tuple(dict.fromkeys(s for a in inside for s in strange_values(a)))


@lru_cache(maxsize=1 << 15)
def strange_names(expr: Any) -> tuple[str, ...]:
    """Names in an expression or statement that need not stand for a real number, or are known to be more than rules ask
    for: bound ones too."""
    if isinstance(expr, sp.Symbol):
        told = hasattr(expr, "domain") or set(expr._assumptions_orig) <= _PLAIN | _SIGNS
        return () if expr.is_real and told and not isinstance(expr, sp.Wild) else (str(expr),)
    if isinstance(expr, (MatrixElement, MatrixExpr)):
        return (str(expr),)
    own = [str(expr)] if isinstance(expr, AppliedUndef) and not (expr.is_real and _may_be_declared(expr.func)) else []
    # what is known of a bound symbol beyond that it is real or an integer need not hold throughout its range
    plain = _PLAIN | {"positive"} if hasattr(expr, "index_grows") else _PLAIN
    own += [str(s) for _, bound in scopes(expr) for s in bound
            if isinstance(s, sp.Symbol) and not hasattr(s, "domain") and not set(s._assumptions_orig) <= plain]
    # what says something of a statement holds the text of an instance as a symbol
    about = hasattr(expr, "about_a_statement")
    inside = [a for a in expr.args if isinstance(a, sp.Basic) and not (about and isinstance(a, sp.Symbol))]
    return tuple(dict.fromkeys([*own, *[s for a in inside for s in strange_names(a)]]))


def _may_be_declared(function: Any) -> bool:
    """Whether all that is known of an undefined function follows from what is asked of formulas."""
    known = {name: value for name, value in getattr(function, "_kwargs", {}).items() if name != "nargs"}
    asked = StdFactKB({name: known[name] for name in ("real", *DECLARED) if name in known})
    return all(asked.get(name) is value for name, value in known.items())


@lru_cache(maxsize=1 << 15)
def bound_by_chance(expr: Any) -> tuple[str, ...]:
    """Names that an expression or statement binds though they are random or none of its own: see `may_be_bound`.

    A named notion may have gates for a formal parameter: it stands for what it says of those that it is given.
    """
    own = [] if hasattr(expr, "unfolded") else [str(s) for _, bound in scopes(expr) for s in bound
                                                if isinstance(s, sp.Symbol) and not may_be_bound(s)]
    inside = [a for a in expr.args if isinstance(a, sp.Basic)]
    return tuple(dict.fromkeys([*own, *[s for a in inside for s in bound_by_chance(a)]]))
