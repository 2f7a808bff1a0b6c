"""Expressions at an instance: the atoms that need values, values put for them, an instance in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory.language.atoms import (
    Abstract,
    Element,
    Family,
    Gates,
    RandomIndex,
    RandomScalar,
    Recursion,
    Scalar,
    member_conditions,
)
from dropout_theory.language.excess_risk import Aversion
from dropout_theory.language.named import unnamed
from dropout_theory.language.operators import Cov, E, Var
from dropout_theory.language.statements import Exists, ForAll, ForEach, SameToOrder
from dropout_theory.language.substitution import substitute


def atoms_of(claim: Any) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
    """(integer scalars, real scalars, families) a claim's statement and hypotheses depend on, in a fixed order."""
    return _atoms_of(unnamed((claim.statement, *[h.condition for h in claim.hypotheses])))


@lru_cache(maxsize=256)  # asked again for every instance that is drawn
def _atoms_of(statements: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
    found: dict[Any, None] = {}
    functions: dict[Any, None] = {}
    bound: set[Any] = set()

    def walk(expr: Any) -> None:
        if isinstance(expr, Aversion):  # its parameters take all values; their sizes stay free
            free = set(found)
            walk(expr.criterion)
            walk(expr.risk)
            for parameter in set(expr.parameters) - free:
                found.pop(parameter, None)
            return
        if isinstance(expr, Scalar):
            if expr in found:
                return
            if isinstance(expr, Family):
                for _, low, high in expr.ranges:
                    walk(low)
                    walk(high)
            if isinstance(expr, Gates):
                walk(expr.keep)
            elif isinstance(expr, Recursion):
                found[expr] = None  # before its own definition, which mentions it
                walk(expr.base)
                walk(expr.step)
            elif isinstance(expr, RandomIndex):
                walk(expr.probabilities)
            elif isinstance(expr, RandomScalar):
                for parameter in expr.law[1:]:
                    walk(parameter)
            elif not (isinstance(expr, Family) and expr.simplex == "self"):
                found[expr] = None
            return
        if isinstance(expr, AppliedUndef):
            functions[expr.func] = None
        if isinstance(expr, (Exists, ForAll)):
            bound.update(expr.bound_symbols)
        if isinstance(expr, SameToOrder):
            bound.add(expr.scale)
        for a in getattr(expr, "args", ()):
            if isinstance(a, sp.Basic):
                walk(a)

    for statement in statements:
        walk(statement)
    known = [a for a in found if a not in bound and not isinstance(a, (Recursion, Gates, Abstract))]
    families = [a for a in known if isinstance(a, Family)]
    scalars = [a for a in known if not isinstance(a, Family)]
    return (tuple(a for a in scalars if a.domain.integer), tuple(a for a in scalars if not a.domain.integer),
            (*families, *functions))


def put_values(expr: Any, values: Mapping[Any, Any]) -> Any:
    """`expr` with scalars and family entries replaced by given values; finite sums over known ranges unrolled."""
    expr = unnamed(expr)
    scalars = {k: sp.sympify(v) for k, v in values.items() if not isinstance(v, Mapping)}
    families = {k: v for k, v in values.items() if isinstance(v, Mapping)}

    def walk(e: Any) -> Any:
        if e in scalars:
            return scalars[e]
        if isinstance(e, Element):
            indices = tuple(walk(i) for i in e.indices)
            if e.family in families and all(i.is_Integer for i in indices):
                return sp.sympify(families[e.family][tuple(int(i) for i in indices)])
            if isinstance(e.family, Recursion) and all(i.is_Integer for i in indices) \
                    and not member_conditions(e.family):  # the definition would not say that it keeps to its domain
                try:
                    return walk(e.family.unfold_known(indices, walk))
                except ValueError:  # an entry that is not defined stays as it is
                    return Element(e.family, *indices)
            return Element(e.family, *indices)
        if isinstance(e, (sp.Sum, sp.Product)):
            limits = [(s, walk(lo), walk(hi)) for s, lo, hi in e.limits]
            symbol, low, high = limits[-1]
            if low.is_Integer and high.is_Integer:
                inner = e.function if len(limits) == 1 else e.func(e.function, *e.limits[:-1])
                parts = [walk(substitute(inner, {symbol: sp.Integer(k)})) for k in range(int(low), int(high) + 1)]
                return (sp.Add if isinstance(e, sp.Sum) else sp.Mul)(*parts)
            return e.func(walk(e.function), *limits)
        if isinstance(e, (Var, Cov, E)):
            return e.func(*[walk(a) for a in e.args])
        if isinstance(e, Aversion):  # an optimum over parameters binds them
            others = {k: v for k, v in values.items() if k not in e.parameters}
            return Aversion(put_values(e.criterion, others), put_values(e.risk, others), e.parameters)
        if isinstance(e, sp.core.relational.Relational):
            return e.func(*[walk(a) for a in e.args], evaluate=False)
        if not e.args or isinstance(e, (ForEach, Exists)):
            return e
        return e.func(*[walk(a) for a in e.args])

    return walk(expr)


def describe(values: Mapping[Any, Any]) -> dict[str, Any]:
    """An instance in plain strings, for reports and JSON."""
    found: dict[str, Any] = {}
    for atom, value in values.items():
        if isinstance(value, Mapping):
            entries = {k: str(_plain(v)) for k, v in value.items()}
            one = all(len(k) == 1 for k in entries)
            found[str(atom)] = list(entries.values()) if one else {str(list(k)): v for k, v in entries.items()}
        else:
            found[str(atom)] = str(_plain(value))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, sp.Basic) or not hasattr(value, "q"):
        return value
    return sp.Rational(int(value.p), int(value.q))
