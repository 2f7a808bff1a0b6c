"""The operators of statements, E, Var, Cov, G, G', NWGM, and the functions of units: SymPy objects left unevaluated."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.language.checked import expression, integer
from dropout_theory.language.registry import Registered


class OfExpressions(Registered, sp.Function):
    """A function of exact expressions. Raises ValueError for floats, strings and the like: see `expression`."""

    is_base = True

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *[expression(a, f"an argument of {cls.__name__}") for a in args], **options)


class Operator(OfExpressions):
    """An operator on expressions in random atoms, never evaluated by SymPy: a number, whatever the outcome."""

    is_base = True
    latex_name = ""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        inside = ", ".join(printer._print(a) for a in self.args)
        power = f"^{{{exp}}}" if exp else ""
        return rf"{self.latex_name}\left[{inside}\right]{power}"

    def has(self, *patterns: Any) -> bool:
        # a SymPy sum draws cases that mention its index out of all around them: not out of a mean, they may be random
        return bool(super().has(*[p for p in patterns if p is not sp.Piecewise]))

    def _eval_evalf(self, prec: int) -> None:
        # SymPy evaluates a function of numbers by the mpmath name it finds: of E, that is Euler's number
        return None

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_is_real(self) -> bool | None:
        return True if all(a.is_real for a in self.args) else None


class E(Operator):
    """Expectation over all random atoms of the argument."""

    nargs = 1
    latex_name = r"\mathbb{E}"

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_nonnegative else None


class Var(Operator):
    """Variance over all random atoms of the argument."""

    nargs = 1
    latex_name = r"\operatorname{Var}"

    def _eval_is_nonnegative(self) -> bool:
        return True


class Cov(Operator):
    """Covariance of two expressions in the same random atoms."""

    nargs = 2
    latex_name = r"\operatorname{Cov}"


class G(Operator):
    """Weighted geometric mean: the product of outcomes to the power of their probabilities."""

    nargs = 1
    latex_name = "G"


class Gc(Operator):
    """Weighted geometric mean of the complements, written G' in the papers: Gc(x) = G(1 - x)."""

    nargs = 1
    latex_name = "G'"


class NWGM(Operator):
    """Normalised weighted geometric mean G / (G + G')."""

    nargs = 1
    latex_name = r"\operatorname{NWGM}"


class Sigma(OfExpressions):
    """The logistic function 1/(1 + c exp(-lambda x)); arguments x, c, lambda."""

    nargs = 3

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        x, c, slope = self.args
        base = r"\sigma" if (c, slope) == (1, 1) else rf"\sigma_{{{printer._print(c)},{printer._print(slope)}}}"
        return rf"{base}{power}\left({printer._print(x)}\right)"

    def _eval_is_real(self) -> bool | None:
        return True if all(a.is_real for a in self.args) else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[1].is_nonnegative and self.args[0].is_real and self.args[2].is_real else None


class Relu(OfExpressions):
    """The rectified linear function max(0, x)."""

    nargs = 1

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{relu}}{power}\left({printer._print(self.args[0])}\right)"

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_real else None


class _Extreme(Registered, sp.Expr):
    """Base of Largest and Smallest: an extreme of an expression over an index range."""

    is_base = True

    def __new__(cls, expr: sp.Expr, limits: Any) -> Any:
        symbol, *ends = limits
        return sp.Expr.__new__(cls, expression(expr, f"the argument of {cls.__name__}"),
                               sp.Tuple(symbol, *[integer(end, f"an end of the range of {symbol}") for end in ends]))

    is_commutative = True
    latex_name = ""

    @property
    def own_limits(self) -> tuple[Any, ...]:
        """The index range it binds, for `bound_limits`."""
        return (self.args[1],)

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        bound, low, high = self.args[1].args
        return [(self.args[0], {bound}), (low, set()), (high, set())]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        bound, low, high = self.args[1].args
        return (self.args[0].free_symbols - {bound}) | low.free_symbols | high.free_symbols

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_positive

    def _eval_is_nonnegative(self) -> bool | None:
        return self.args[0].is_nonnegative

    def _latex(self, printer: Any) -> str:
        bound, low, high = (printer._print(a) for a in self.args[1].args)
        return rf"{self.latex_name}_{{{low} \leq {bound} \leq {high}}}\left({printer._print(self.args[0])}\right)"


class Largest(_Extreme):
    """max over an index range: `Largest(O[k], (k, 1, m))`."""

    latex_name = r"\max"


class Smallest(_Extreme):
    """min over an index range."""

    latex_name = r"\min"


def logistic(x: Any, c: Any = 1, slope: Any = 1) -> Sigma:
    """sigma(x) = 1/(1 + c exp(-slope x)): baldi2014 eq. (27)."""
    return Sigma(x, c, slope)
