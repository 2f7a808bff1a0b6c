"""Names and what binds them: substitution that captures nothing, and the limits of sums, products and extremes."""

from __future__ import annotations

from typing import Any

import sympy as sp


def substitute(expr: Any, mapping: dict[Any, Any]) -> Any:
    """Replace free occurrences of symbols; bound indices are renamed where they would capture."""
    mapping = {k: v for k, v in mapping.items() if k != v}
    if not mapping or not isinstance(expr, sp.Basic):
        return expr
    if expr in mapping:
        return mapping[expr]
    if not expr.args or not (expr.free_symbols | _bound_names(expr)) & set(mapping):
        return expr
    if hasattr(expr, "bound_everywhere"):  # one name bound in all arguments alike
        name = expr.bound_everywhere
        mapping = {k: v for k, v in mapping.items() if k != name}
        if any(name in getattr(v, "free_symbols", set()) for v in mapping.values()):
            expr = expr.xreplace({name: sp.Dummy(name.name, **name.assumptions0)})
        return expr.func(*[substitute(a, mapping) for a in expr.args])
    own = set(getattr(expr, "parameters", ()))  # an optimum over parameters binds them
    if own & (set(mapping) | set().union(*[getattr(v, "free_symbols", set()) for v in mapping.values()])):
        raise ValueError(f"cannot substitute {mapping}: the expression optimises over {own}")
    limits = bound_limits(expr)
    if not limits:
        args = [substitute(a, mapping) for a in expr.args]
        if isinstance(expr, sp.core.relational.Relational):
            return expr.func(*args, evaluate=False)
        return expr.func(*args)
    body = expr.args[0]
    incoming: set[Any] = set().union(*[getattr(v, "free_symbols", set()) for v in mapping.values()])
    renamed: dict[Any, Any] = {}
    for limit in limits:
        if limit[0] in incoming:
            renamed[limit[0]] = _renamed(limit[0], incoming | body.free_symbols)
    inner = {k: v for k, v in mapping.items() if k not in [limit[0] for limit in limits]}
    if renamed:
        body = substitute(body, renamed)
    new = []
    for limit in limits:
        ends = [substitute(substitute(e, renamed), inner) for e in limit[1:]]
        new.append(sp.Tuple(renamed.get(limit[0], limit[0]), *ends))
    return expr.func(substitute(body, inner), *new)


def rebuilt(expr: Any, args: list[Any]) -> Any:
    """An expression or statement with other arguments; SymPy is kept from judging relations and implications."""
    if isinstance(expr, (sp.core.relational.Relational, sp.Not, sp.Implies)):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)


def _renamed(bound: Any, taken: set[Any]) -> Any:
    """A fresh name for a bound index, or a bound scalar of the same domain."""
    if not hasattr(bound, "domain"):
        return sp.Dummy(bound.name, integer=True)
    fresh = bound
    while fresh in taken:
        fresh = fresh.renamed(fresh.name + "'")
    return fresh


def bound_limits(expr: Any) -> tuple[Any, ...]:
    """The (bound symbol, ends...) tuples of a binding expression; empty for any other."""
    if isinstance(expr, (sp.Sum, sp.Product)) or hasattr(expr, "bound_symbols") and hasattr(expr, "limits"):
        return tuple(expr.limits)
    return getattr(expr, "own_limits", ())


def _bound_names(expr: Any) -> set[Any]:
    return {limit[0] for limit in bound_limits(expr)}
