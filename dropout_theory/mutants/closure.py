"""Domains widened to their closure: what holds inside holds at the ends, where both sides are continuous.

An equation or a weak inequality between continuous functions passes to limits of points at which it holds.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory import statements as st
from dropout_theory.claim import Claim
from dropout_theory.domains import Domain
from dropout_theory.signs import is_nonnegative, is_positive

_EVERYWHERE = (sp.Add, sp.Mul, sp.Max, sp.Min, sp.Abs, sp.exp, sp.Tuple, lang.Relu)
_MEANS = (lang.E, lang.Var, lang.Cov)


def by_continuity(widened: Claim, atom: Any, inner: Domain) -> bool:
    """Whether a claim proved for `atom` in the domain `inner` passes to the domain `atom` has in the widened claim."""
    outer = atom.domain
    return ((outer.lower, outer.upper) == (inner.lower, inner.upper) and inner.lower < inner.upper
            and not any(_mentions(h.condition, atom) for h in widened.hypotheses)
            and _closed(widened.statement, atom))


def _mentions(expr: Any, atom: Any) -> bool:
    """Whether an expression depends on the atom; definitions of other atoms do not (see `ablation`)."""
    return any(node == atom for node in sp.preorder_traversal(expr))


def _closed(statement: Any, atom: Any) -> bool:
    """Whether the values of the atom at which a statement holds form a closed set."""
    if not _mentions(statement, atom):
        return True
    if isinstance(statement, (sp.Le, sp.Ge, sp.Eq)):
        return all(_continuous(side, atom) for side in statement.args)
    if isinstance(statement, (sp.And, sp.Or)):
        return all(_closed(part, atom) for part in statement.args)
    if isinstance(statement, sp.Implies):  # a premise that does not depend on the atom holds or fails for all of them
        return not _mentions(statement.args[0], atom) and _closed(statement.args[1], atom)
    if isinstance(statement, (st.ForEach, st.ForAll)):
        return not any(_mentions(limit, atom) for limit in statement.limits) and _closed(statement.body, atom)
    return False


def _continuous(expr: Any, atom: Any) -> bool:
    """Whether an expression is known to be defined and continuous in the atom all over its domain."""
    if not _mentions(expr, atom) or expr == atom:
        return True
    if isinstance(expr, lang.Element):
        return bool(expr.family == atom) and not any(_mentions(i, atom) for i in expr.indices)
    if isinstance(expr, _EVERYWHERE):
        return all(_continuous(a, atom) for a in expr.args)
    if isinstance(expr, _MEANS):  # of finitely many outcomes: continuous laws are no atoms of E alone
        return not expr.atoms(lang.RandomScalar) and all(_continuous(a, atom) for a in expr.args)
    if isinstance(expr, (lang.G, lang.Gc)):
        return bool(is_nonnegative(_averaged(expr))) and _continuous(expr.args[0], atom)
    if isinstance(expr, lang.NWGM):
        parts = lang.G(*expr.args), lang.Gc(*expr.args)
        return any(map(_positive, parts)) and all(_continuous(a, atom) for a in parts)
    if isinstance(expr, (sp.Sum, sp.Product, lang.Largest, lang.Smallest)):
        limits = lang.bound_limits(expr)
        ends = [sp.Tuple(*limit) for limit in limits]
        return not any(_mentions(e, atom) or e.has(sp.oo) for e in ends) and _continuous(expr.args[0], atom)
    if isinstance(expr, lang.Sigma):  # 1/(1 + c exp(-lambda x))
        return bool(is_nonnegative(expr.args[1])) and all(_continuous(a, atom) for a in expr.args)
    if isinstance(expr, sp.log):
        return _positive(expr.args[0]) and _continuous(expr.args[0], atom)
    if isinstance(expr, sp.Pow) and not _mentions(expr.exp, atom) and _continuous(expr.base, atom):
        base, exponent = expr.base, expr.exp
        natural = exponent.is_integer and exponent.is_nonnegative
        return bool(natural or _positive(base) or is_nonnegative(base) and is_nonnegative(exponent))
    return False


def _averaged(mean: Any) -> Any:
    """What a geometric mean is one of."""
    return mean.args[0] if isinstance(mean, lang.G) else 1 - mean.args[0]


def _positive(expr: Any) -> bool:
    return is_positive(_averaged(expr) if isinstance(expr, (lang.G, lang.Gc)) else expr)
