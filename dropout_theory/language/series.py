"""Atoms for power series: derivatives at a point, Stirling numbers, essential bounds, growth of coefficients."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.language import words as lang
from dropout_theory.language.checked import expression, integer
from dropout_theory.language.operators import OfExpressions
from dropout_theory.language.registry import Registered


def _moves_freely(variable: Any) -> bool:
    """Whether a name stands for any real number: what holds on a part of them says nothing of slopes at its ends."""
    if not isinstance(variable, sp.Symbol) or variable.is_real is False or variable.is_integer:
        return False
    domain = getattr(variable, "domain", None)
    if domain is not None:
        return bool(domain.lower == -sp.oo and domain.upper == sp.oo)
    return variable.is_zero is None and variable.is_nonnegative is None and variable.is_nonpositive is None


def _grows(index: Any) -> bool:
    """Whether a name stands for integers as large as may be."""
    if not isinstance(index, sp.Symbol) or not index.is_integer:
        return False
    domain = getattr(index, "domain", None)
    return index.is_even is None and index.is_prime is None and not index.is_negative \
        if domain is None else bool(domain.upper == sp.oo)


class DerivativeAt(Registered, sp.Expr):
    """The derivative of a symbolic order: `DerivativeAt(f(z), z, c, k)` is the k-th derivative of f at c."""

    is_commutative = True

    def __new__(cls, body: Any, variable: sp.Symbol, point: Any, order: Any) -> Any:
        body, point, order = expression(body, "the body"), expression(point, "point"), integer(order, "order")
        if not _moves_freely(variable):
            raise ValueError(f"variable is {variable}; allowed: a name that stands for any real number")
        if variable in point.free_symbols | order.free_symbols:
            raise ValueError(f"point is {point}, order {order}; allowed: expressions without {variable}")
        if order == 0:
            return lang.substitute(body, {variable: point})
        return sp.Expr.__new__(cls, body, variable, point, order)

    @property
    def body(self) -> Any:
        return self.args[0]

    @property
    def variable(self) -> Any:
        return self.args[1]

    @property
    def point(self) -> Any:
        return self.args[2]

    @property
    def order(self) -> Any:
        return self.args[3]

    @property
    def free_symbols(self) -> set[Any]:
        return (self.body.free_symbols - {self.variable}) | self.point.free_symbols | self.order.free_symbols

    @property
    def bound_everywhere(self) -> Any:
        return self.variable

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        return [(self.body, {self.variable}), (self.point, set()), (self.order, set())]

    def _eval_is_real(self) -> bool | None:
        return True if self.point.is_real else None

    def _eval_derivative(self, x: Any) -> Any:
        if x in self.body.free_symbols - {self.variable} or self.order.has(x):
            return None  # SymPy then keeps the derivative unevaluated
        return self.func(self.body, self.variable, self.point, self.order + 1) * sp.diff(self.point, x)

    def _latex(self, printer: Any) -> str:
        body, variable, point, order = (printer._print(a) for a in self.args)
        power = "" if self.order == 1 else f"^{{{order}}}"
        if self.body.is_Add:
            body = rf"\left({body}\right)"
        return rf"\left. \frac{{d{power}}}{{d {variable}{power}}} {body} \right|_{{{variable} = {point}}}"


class Stirling2(OfExpressions):
    """Stirling number of the second kind: partitions of n objects into k blocks; 0 for k < 0 or k > n."""

    nargs = 2

    def _eval_is_integer(self) -> bool:
        return True

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"S_2{power}\left({printer._print(self.args[0])}, {printer._print(self.args[1])}\right)"


class LargestOutcome(lang.Operator):
    """The largest value an expression takes over the masks of positive probability."""

    nargs = 1
    latex_name = r"\max_{\xi}"


class RootGrowth(Registered, sp.Expr):
    """limsup of |a_k|^(1/n) as k grows: `RootGrowth(a_k, k, n)`, with n the root that is drawn, such as k or 2k."""

    is_commutative = True
    index_grows = True  # so that it is positive from some place on

    def __new__(cls, term: Any, index: sp.Symbol, root: Any) -> Any:
        if not _grows(index):
            raise ValueError(f"index is {index}; allowed: an index symbol, or an integer without an upper bound")
        return sp.Expr.__new__(cls, expression(term, "the term"), index, expression(root, "root"))

    @property
    def free_symbols(self) -> set[Any]:
        return (self.args[0].free_symbols | self.args[2].free_symbols) - {self.args[1]}

    @property
    def bound_everywhere(self) -> Any:
        return self.args[1]

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        return [(self.args[0], {self.args[1]}), (self.args[2], {self.args[1]})]

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        term, index, root = (printer._print(a) for a in self.args)
        return rf"\limsup_{{{index} \to \infty}} \sqrt[{root}]{{\left| {term} \right|}}"
