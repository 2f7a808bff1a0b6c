"""Signs of expressions that SymPy's assumptions, domains of atoms or the shape of a sum show."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Expr

_BETWEEN = lang.interval(-1, 1, open_below=True, open_above=True)


def is_positive(expr: Expr) -> bool:
    """Whether SymPy's assumptions or the shape of a sum show the expression to be positive."""
    if expr.is_positive:
        return True
    if isinstance(expr, (sp.exp, sp.factorial)):  # a factorial wherever it is defined
        return True
    if isinstance(expr, (sp.Mul,)):
        return all(is_positive(a) for a in expr.args)
    if isinstance(expr, sp.Add):
        if all(is_positive(a) or is_nonnegative(a) for a in expr.args) and any(is_positive(a) for a in expr.args):
            return True
        low, strict = lower_bound(expr)
        if low > 0 or low == 0 and strict:
            return True
        above, below = quotient(expr)
        return below != 1 and is_positive(above) and is_positive(below)
    if isinstance(expr, sp.Pow):
        return is_positive(expr.base) and expr.exp.is_real is not False
    if isinstance(expr, (sp.Sum, sp.Product)):
        nonempty = all((hi - lo).is_nonnegative for _, lo, hi in expr.limits) or isinstance(expr, sp.Product)
        if isinstance(expr, sp.Sum) and nonempty and _has_simplex_weight(expr):
            return True
        return nonempty and is_positive(expr.function)
    low, strict = lower_bound(expr)
    return bool(low > 0 or low == 0 and strict)


def lower_bound(expr: Expr) -> tuple[Expr, bool]:
    """(bound, strict) from the domains of atoms and of probability-weighted means; -oo when nothing is known."""
    total, strict = sp.S.Zero, False
    for part in sp.Add.make_args(expr):
        factor, atom = part.as_coeff_Mul()
        if atom == 1:
            total += factor
            continue
        domain = _domain_of(atom)
        if domain is None:
            return -sp.oo, False
        end, is_open = (domain.lower, domain.open_below) if factor > 0 else (domain.upper, domain.open_above)
        total += factor * end
        strict = strict or is_open
    return total, strict


def _domain_of(atom: Any) -> Any:
    """Domain of a scalar, an entry, a function of known range, or a mean of what has a domain; None for any other."""
    if isinstance(atom, lang.Sigma):
        return lang.OPEN_UNIT if is_positive(atom.args[1]) else lang.UNIT if is_nonnegative(atom.args[1]) else None
    if isinstance(atom, sp.KroneckerDelta):
        return lang.UNIT
    if isinstance(atom, sp.tanh):
        return _BETWEEN
    if isinstance(atom, (lang.E, lang.G)):  # of finitely many outcomes, or by their shape
        return _domain_of(atom.args[0])
    if isinstance(atom, lang.RandomScalar) and atom.law[0] == "bernoulli":
        return lang.UNIT
    if isinstance(atom, lang.Element) and not isinstance(atom.family, lang.Recursion):
        return atom.family.domain
    if isinstance(atom, lang.Scalar) and not isinstance(atom, lang.RandomScalar):
        return atom.domain
    if isinstance(atom, sp.Sum) and len(atom.limits) == 1:
        rest = _without_simplex_weight(atom)
        return _domain_of(rest) if rest is not None else None
    return None


def _without_simplex_weight(expr: sp.Sum) -> Any:
    """x when the sum is sum of P[k] x over a whole distribution P, else None."""
    symbol, low, high = expr.limits[0]
    factors = sp.Mul.make_args(expr.function)
    for f in factors:
        if isinstance(f, lang.Element) and f.family.simplex is True and f.indices == (symbol,) \
                and (low, high) == tuple(f.family.ranges[0][1:]):
            return sp.Mul(*[g for g in factors if g is not f])
    return None


def _has_simplex_weight(expr: sp.Sum) -> bool:
    """sum of P[k] * positive over a probability distribution is positive: some P[k] is."""
    if len(expr.limits) != 1:
        return False
    rest = _without_simplex_weight(expr)
    return rest is not None and is_positive(rest)


def is_nonnegative(expr: Expr) -> bool:
    """Like is_positive, for >= 0."""
    if expr.is_nonnegative or is_positive(expr):
        return True
    if isinstance(expr, (sp.Mul, sp.Add)):
        if all(is_nonnegative(a) for a in expr.args):
            return True
        return isinstance(expr, sp.Add) and bool(lower_bound(expr)[0] >= 0)
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return expr.exp % 2 == 0 or is_nonnegative(expr.base)
    if isinstance(expr, sp.Pow):
        return is_nonnegative(expr.base) and is_nonnegative(expr.exp)
    if isinstance(expr, (sp.Sum, sp.Product)):
        return is_nonnegative(expr.function)
    return bool(lower_bound(expr)[0] >= 0)


def quotient(expr: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator over a common denominator, both expanded; sums stay opaque."""
    above, below = sp.fraction(sp.together(expr))
    return sp.expand(above), sp.expand(below)
