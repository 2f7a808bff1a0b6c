"""Domains widened to their closure: what holds inside holds at the ends, where both sides are continuous.

An equation or a weak inequality between continuous functions passes to limits of points at which it holds. The
hypotheses must hold on the way to the limit: those that speak of the atom are strict, or persist when it moves inwards.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.ablation.sharper import implied, is_defined, within
from dropout_theory.claims import Claim
from dropout_theory.language import OPEN_UNIT, Domain, Expr, Statement, unfold
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, is_positive

_EVERYWHERE = (sp.Add, sp.Mul, sp.Max, sp.Min, sp.Abs, sp.exp, sp.Tuple, lang.Relu)
_MEANS = (lang.E, lang.Var, lang.Cov)


def by_continuity(widened: Claim, atom: Any, inner: Domain) -> bool:
    """Whether a claim proved for `atom` in the domain `inner` passes to the domain `atom` has in the widened claim."""
    outer = atom.domain
    known = [h.condition for h in widened.hypotheses]
    return ((outer.lower, outer.upper) == (inner.lower, inner.upper) and inner.lower < inner.upper
            and _approached([c for c in known if _mentions(c, atom)], atom, inner)
            and _closed(widened.statement, atom, [c for c in known if not isinstance(c, (st.ForEach, st.ForAll))]))


def _approached(conditions: list[Statement], atom: Any, inner: Domain) -> bool:
    """Whether each point that meets the conditions is a limit of points of the inner domain that meet them."""
    weak = [c for c in conditions if not _open(c, atom)]
    return not weak or any(all(_persists(c, atom, inside) for c in weak) for inside in _points(inner))


def _open(condition: Statement, atom: Any) -> bool:
    """Whether a condition that holds at some values of the atom holds at all that are near."""
    if isinstance(condition, sp.And):
        return all(_open(part, atom) for part in condition.args)
    return isinstance(condition, (sp.Lt, sp.Gt, sp.Ne)) and all(_continuous(a, atom, []) for a in condition.args)


def _points(domain: Domain) -> list[Any]:
    """Numbers in an open interval to move towards."""
    if sp.oo in (domain.upper, -domain.lower):
        return [n for n in (sp.S.One, sp.Integer(3)) if domain.contains(n)]
    return [domain.lower + (domain.upper - domain.lower) * sp.Rational(n, 4) for n in (2, 3, 1)]


def _persists(condition: Statement, atom: Any, inside: Any) -> bool:
    """Whether a condition on one entry of the atom, or on a scalar, still holds as this moves towards a number.

    Moved there, all entries at once, by less than the whole way they lie in the open domain.
    """
    body, place = condition, atom
    if isinstance(atom, lang.Family):
        if (not isinstance(condition, st.ForEach) or len(condition.limits) != len(atom.ranges)
                or any(_mentions(limit, atom) for limit in condition.limits)):
            return False
        body, place = condition.body, atom[tuple(condition.bound_symbols)]
        if any(e != place for e in body.atoms(lang.Element) if e.family == atom):
            return False
    share = lang.Scalar("share", OPEN_UNIT)
    if not isinstance(body, sp.core.relational.Relational) or share in body.free_symbols:
        return False
    return implied(body.func(*[a.xreplace({place: (1 - share) * place + share * inside}) for a in body.args],
                             evaluate=False), [body])


def _mentions(expr: Expr | Statement, atom: Any) -> bool:
    """Whether an expression depends on the atom; definitions of other atoms do not (see `ablation`)."""
    return any(node == atom for node in sp.preorder_traversal(expr))


def _closed(statement: Statement, atom: Any, known: list[Statement]) -> bool:
    """Whether the values of the atom at which a statement holds form a closed set, as far as what is known holds."""
    if not _mentions(statement, atom):
        return True
    if isinstance(statement, (sp.Le, sp.Ge, sp.Eq)):
        return all(_continuous(side, atom, known) for side in statement.args)
    if isinstance(statement, (sp.And, sp.Or)):
        return all(_closed(part, atom, known) for part in statement.args)
    if isinstance(statement, sp.Implies):  # where an open premise fails at a limit there is nothing to show
        premise, conclusion = statement.args
        return (not _mentions(premise, atom) or _open(premise, atom)) and _closed(conclusion, atom, [*known, premise])
    if isinstance(statement, (st.ForEach, st.ForAll)):
        if any(_mentions(limit, atom) for limit in statement.limits):
            return False
        return _closed(statement.body, atom, within(statement, known))
    return False


def _continuous(expr: Expr, atom: Any, known: list[Statement]) -> bool:
    """Whether an expression is defined and continuous in the atom all over its domain, where what is known holds."""
    if not _mentions(expr, atom) or expr == atom:
        return True
    if isinstance(expr, lang.Element):
        return bool(expr.family == atom) and not any(_mentions(i, atom) for i in expr.indices)
    if isinstance(expr, _EVERYWHERE):
        return all(_continuous(a, atom, known) for a in expr.args)
    if isinstance(expr, _MEANS):  # of finitely many outcomes: continuous laws are no atoms of E alone
        return not expr.atoms(lang.RandomScalar) and all(_continuous(a, atom, known) for a in expr.args)
    if isinstance(expr, (lang.G, lang.Gc)):
        return _nonnegative(_averaged(expr)) and _continuous(expr.args[0], atom, known)
    if isinstance(expr, lang.NWGM):
        parts = lang.G(*expr.args), lang.Gc(*expr.args)
        return any(map(_positive, parts)) and all(_continuous(a, atom, known) for a in parts)
    if isinstance(expr, (sp.Sum, sp.Product, lang.Largest, lang.Smallest)):
        limits = lang.bound_limits(expr)
        ends = [sp.Tuple(*limit) for limit in limits]
        return not any(_mentions(e, atom) or e.has(sp.oo) for e in ends) \
            and _continuous(expr.args[0], atom, within(expr, known))
    if isinstance(expr, lang.Sigma):  # 1/(1 + c exp(-lambda x))
        return bool(is_nonnegative(expr.args[1])) and all(_continuous(a, atom, known) for a in expr.args)
    if isinstance(expr, sp.log):
        return _positive(expr.args[0]) and _continuous(expr.args[0], atom, known)
    if isinstance(expr, sp.Pow) and not _mentions(expr.exp, atom) and _continuous(expr.base, atom, known):
        return _power(expr, known)
    return False


def _power(expr: Expr, known: list[Statement]) -> bool:
    """Whether a power is defined, and continuous in its base, where what is known holds."""
    base, exponent = expr.base, expr.exp
    if exponent.is_integer and (exponent.is_nonnegative or implied(sp.Ge(exponent, 0, evaluate=False), known)):
        return True
    if _positive(base) or is_nonnegative(base) and is_nonnegative(exponent):
        return True
    return bool(exponent.is_integer and exponent.is_number) and is_defined(expr, known)


def _averaged(mean: Expr) -> Expr:
    """What a geometric mean is one of."""
    return mean.args[0] if isinstance(mean, lang.G) else 1 - mean.args[0]


def _nonnegative(expr: Expr) -> bool:
    logistic = 1 - expr  # of which the complement is one too
    return bool(is_nonnegative(expr) or isinstance(logistic, lang.Sigma) and is_nonnegative(logistic.args[1]))


def _positive(expr: Expr) -> bool:
    if isinstance(expr, (lang.G, lang.Gc)):
        return _positive(_averaged(expr))
    return bool(is_positive(expr) or is_positive(unfold(expr)))
