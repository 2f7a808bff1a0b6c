"""Means over one normal variable of piecewise polynomials: polynomials and rectified linear pieces, enclosed by Arb.

Every kink must be rational. Between kinks the integrand is a polynomial, whose mean follows from the truncated
moments M_k(a) = E(Z^k; Z > a) of a standard normal Z: M_0 = erfc(a/sqrt 2)/2, M_1 = phi(a),
M_k = a^(k-1) phi(a) + (k-1) M_(k-2).
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.language import Expr

MAX_PIECES = 64


def piecewise_polynomial_mean(expr: Expr, variable: lang.RandomScalar, mean: Any, deviation: Any) -> Any:
    """E(expr) for `variable` normal with a rational mean and a deviation above zero; None when expr does not fit.

    `expr` is a SymPy expression in `variable` alone, with rational coefficients.
    """
    kinks = sorted(_kinks(expr, variable) or ())
    if _kinks(expr, variable) is None or len(kinks) > MAX_PIECES:
        return None
    total = arb(0)
    ends = [None, *kinks, None]
    for low, high in zip(ends, ends[1:], strict=False):
        piece = _on_piece(expr, variable, _inside(low, high))
        if not piece.is_polynomial(variable):
            return None
        poly = sp.Poly(piece, variable)
        if not all(c.is_Rational for c in poly.all_coeffs()):
            return None
        total += _polynomial_mean(poly, mean, deviation, low, high)
    return total


def _kinks(expr: Expr, variable: Any) -> set[sp.Rational] | None:
    """Where rectified linear and absolute pieces of affine arguments change; None when one is not affine."""
    found: set[sp.Rational] = set()
    for node in expr.atoms(lang.Relu, sp.Abs, sp.Max, sp.Min):
        if variable not in node.free_symbols:
            continue
        if not isinstance(node, (lang.Relu, sp.Abs)) or not node.args[0].is_polynomial(variable):
            return None
        poly = sp.Poly(node.args[0], variable)
        if poly.degree() > 1 or not all(c.is_Rational for c in poly.all_coeffs()):
            return None
        if poly.degree() == 1:
            slope, constant = poly.all_coeffs()
            found.add(-constant / slope)
    return found


def _inside(low: Any, high: Any) -> Any:
    if low is None:
        return sp.S.Zero if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2


def _on_piece(expr: Expr, variable: Any, point: Any) -> Expr:
    """The polynomial that `expr` equals on the piece around a rational point."""
    if isinstance(expr, (lang.Relu, sp.Abs)):
        inner = _on_piece(expr.args[0], variable, point)
        sign = inner.subs(variable, point)
        if sign >= 0:
            return inner
        return sp.S.Zero if isinstance(expr, lang.Relu) else -inner
    if not expr.args:
        return expr
    return sp.expand(expr.func(*[_on_piece(a, variable, point) for a in expr.args]))


def _polynomial_mean(poly: sp.Poly, mean: Any, deviation: Any, low: Any, high: Any) -> arb:
    """E(poly(X); low < X < high) for X = mean + deviation Z."""
    m, s = arb(mean), arb(deviation)
    degree = poly.degree() if not poly.is_zero else 0
    below = _truncated(None if low is None else (_ball(low) - m) / s, degree)
    above = [arb(0)] * (degree + 1) if high is None else _truncated((_ball(high) - m) / s, degree)
    total = arb(0)
    for (power,), coefficient in poly.terms():
        for k in range(power + 1):
            share = arb(int(sp.binomial(power, k))) * m ** (power - k) * s**k
            total += _ball(coefficient) * share * (below[k] - above[k])
    return total


def _truncated(a: arb | None, degree: int) -> list[arb]:
    """M_0(a), ..., M_degree(a); the moments of the whole normal when a is None."""
    density = arb(0) if a is None else (-a * a / 2).exp() / (2 * arb.pi()).sqrt()
    moments = [arb(1) if a is None else (a / arb(2).sqrt()).erfc() / 2, density]
    for k in range(2, degree + 1):
        edge = arb(0) if a is None else a ** (k - 1) * density
        moments.append(edge + (k - 1) * moments[k - 2])
    return moments


def _ball(value: Any) -> arb:
    return arb(fmpq(int(value.p), int(value.q)))
