"""Whether two values are exactly equal at an instance with irrational numbers, where balls can only overlap.

The difference is written as one closed form of the numbers of the instance, and vanishes where that expands to 0 or
where 0 is its minimal polynomial's only root: so sqrt(2)^2 is 2.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import fmpq
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import BasePolynomialError

from dropout_theory import language as lang
from dropout_theory.evaluation.enumeration import outcomes, support
from dropout_theory.evaluation.rules import outside_masks
from dropout_theory.evaluation.values import Unsupported, masked
from dropout_theory.language import Expr

MAX_OUTCOMES = 1 << 6
_FUNCTIONS = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sin, sp.cos, sp.tanh, sp.atan, sp.Abs, sp.Max, sp.Min, sp.sign,
              sp.floor, sp.ceiling)


def are_equal(ev: Any, left: Expr, right: Expr, bound: dict[Any, Any]) -> bool:
    """Whether both sides certainly have one value; False where that is not seen. Both must be known to be defined."""
    try:
        gap = sp.expand(closed_form(ev, left, bound) - closed_form(ev, right, bound))
        return bool(gap == 0 or gap.is_algebraic and sp.minimal_polynomial(gap, polys=True).is_monomial)
    except (Unsupported, BasePolynomialError, NotImplementedError):
        return False


def closed_form(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """A number in SymPy's terms. Raises Unsupported for what has no simple one."""
    if isinstance(expr, (sp.Rational, sp.NumberSymbol)):
        return expr
    if isinstance(expr, lang.Element):
        indices = tuple(ev.integer(i, bound) for i in expr.indices)
        if isinstance(expr.family, lang.Recursion):
            return closed_form(ev, ev.unfold(expr.family, indices, bound), bound)
        known = bound.get((expr.family, indices), ev.values.get(expr.family, {}).get(indices))
        return _number(expr, known)
    if isinstance(expr, sp.Symbol):
        return _number(expr, bound.get(expr, ev.values.get(expr)))
    if isinstance(expr, AppliedUndef) and isinstance(ev.values.get(expr.func), sp.Lambda):
        return closed_form(ev, ev.values[expr.func](*expr.args), bound)
    if isinstance(expr, (sp.Sum, sp.Product)):
        terms = _over(ev, expr.function, [tuple(limit) for limit in expr.limits], bound)
        return (sp.Add if isinstance(expr, sp.Sum) else sp.Mul)(*terms)
    if isinstance(expr, lang.E):
        outside = outside_masks(bound)
        return _mean(ev, expr.args[0], support(ev, expr.args[0], outside), outside)
    if isinstance(expr, (lang.Var, lang.Cov, lang.Sigma)):
        return closed_form(ev, lang.unfold(expr), bound)
    if isinstance(expr, _FUNCTIONS):
        return expr.func(*[closed_form(ev, a, bound) for a in expr.args])
    raise Unsupported(f"no closed form of {type(expr).__name__}")


def _number(atom: Expr, known: Any) -> Any:
    if isinstance(known, fmpq):
        return sp.Rational(int(known.p), int(known.q))
    if not isinstance(known, (int, sp.Expr)):
        raise Unsupported(f"no exact value of {atom}")
    return sp.sympify(known)


def _over(ev: Any, body: Expr, limits: list[Any], bound: dict[Any, Any]) -> list[Any]:
    if not limits:
        return [closed_form(ev, body, bound)]
    *inner, outer = limits
    return [term for k in ev.range(outer, bound) for term in _over(ev, body, inner, {**bound, outer[0]: k})]


def _mean(ev: Any, body: Expr, atoms: list[Any], bound: dict[Any, Any]) -> Any:
    if 1 << len(atoms) > MAX_OUTCOMES:
        raise Unsupported(f"{len(atoms)} random atoms: more than {MAX_OUTCOMES} masks")
    if not atoms:
        return closed_form(ev, body, bound)
    return sp.Add(*[_number(body, probability) * _mean(ev, body, atoms[1:], masked(bound, atoms[0], value))
                    for value, probability in outcomes(ev, atoms[0], bound)])
