"""Names and what binds them: substitution that captures nothing, and the limits of sums, products and extremes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.concrete import expr_with_limits
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair, piecewise_fold


class CannotSubstitute(ValueError):
    """Putting a value for an atom would not give an instance of the expression."""


def may_be_bound(symbol: Any) -> bool:
    """Whether a name may be bound, or stand for every value of its domain: an index symbol, a fixed scalar or family.

    A random one takes its outcomes alone: what holds at these need not hold on all of its domain. The name by which a
    recursion calls itself stands for nothing outside of its definition.
    """
    by_itself = getattr(symbol, "simplex", None) == "self"
    return isinstance(symbol, sp.Symbol) and not by_itself and not getattr(symbol, "moves_with_chance", False)


def scopes(expr: Any) -> list[tuple[Any, frozenset[Any]]]:
    """The parts of an expression or statement, each with the symbols that the whole binds in it.

    The one place that knows what binds: sums and products (an end sees the indices of the sums around it),
    quantifiers over indices (a range sees those before it), extremes, derivatives (at a point, or where the variable
    is), series, optima over parameters, names with formal parameters, orders in a scale, functions.
    """
    own = getattr(expr, "own_scopes", None)
    if own is not None:
        return [(part, frozenset(bound)) for part, bound in own]
    if isinstance(expr, (sp.Sum, sp.Product)):
        symbols = [limit[0] for limit in expr.limits]
        found = [(expr.function, frozenset(symbols))]
        return found + [(end, frozenset(symbols[n + 1:])) for n, limit in enumerate(expr.limits) for end in limit[1:]]
    if isinstance(expr, sp.Lambda):
        return [(expr.expr, frozenset(expr.variables))]
    if isinstance(expr, sp.Subs):
        return [(expr.expr, frozenset(expr.variables)), *[(p, frozenset()) for p in expr.point]]
    if isinstance(expr, sp.Derivative):  # by the variable in the body, where the variable is
        return [(expr.expr, frozenset(expr.variables)), *[(v, frozenset()) for v in expr.variables]]
    return [(a, frozenset()) for a in expr.args if isinstance(a, sp.Basic)]


@lru_cache(maxsize=1 << 15)
def bound_anywhere(expr: Any) -> frozenset[Any]:
    """Every symbol, scalar and parameter that anything in an expression or statement binds."""
    if not isinstance(expr, sp.Basic):
        return frozenset()
    parts = scopes(expr)
    return frozenset().union(*[bound for _, bound in parts], *[bound_anywhere(part) for part, _ in parts])


def put(expr: Any, mapping: dict[Any, Any]) -> Any:
    """Replace free occurrences of symbols that an expression shows; bound indices are renamed where they would capture.

    For the language itself: it does not ask what the atoms hide. All others use `substitute`.
    """
    mapping = {k: v for k, v in mapping.items() if k != v}
    if not mapping or not isinstance(expr, sp.Basic):
        return expr
    if expr in mapping:
        return mapping[expr]
    if not expr.args or not (expr.free_symbols | _bound_names(expr)) & set(mapping):
        return expr
    incoming: set[Any] = set().union(*[getattr(v, "free_symbols", set()) for v in mapping.values()])
    if hasattr(expr, "bound_everywhere"):  # one name bound in all arguments alike
        name = expr.bound_everywhere
        mapping = {k: v for k, v in mapping.items() if k != name}
        if name in incoming:
            expr = expr.xreplace({name: sp.Dummy(name.name, **name.assumptions0)})
        return expr.func(*[put(a, mapping) for a in expr.args])
    if isinstance(expr, sp.Derivative):
        return _put_in_derivative(expr, mapping, incoming)
    own = set(getattr(expr, "parameters", ()))  # an optimum over parameters binds them
    if own & (set(mapping) | incoming):
        raise CannotSubstitute(f"cannot substitute {mapping}: the expression optimises over {own}")
    limits = bound_limits(expr)
    if not limits:
        return rebuilt(expr, [put(a, mapping) for a in expr.args])
    symbols = [limit[0] for limit in limits]
    taken = incoming.union(*[part.free_symbols for part, _ in scopes(expr)])
    renamed = {s: _renamed(s, taken) for s in symbols if s in incoming}

    def inside(part: Any, bound: list[Any]) -> Any:
        """A part in the scope of some of the bound symbols: these under their new names, values for all others."""
        part = put(part, {s: renamed[s] for s in bound if s in renamed})
        return put(part, {k: v for k, v in mapping.items() if k not in bound})

    new = []
    for place, limit in enumerate(limits):
        seen = symbols[place + 1:] if isinstance(expr, (sp.Sum, sp.Product)) else symbols[:place]
        new.append(sp.Tuple(renamed.get(limit[0], limit[0]), *[inside(end, seen) for end in limit[1:]]))
    return expr.func(inside(expr.args[0], symbols), *new)


def _put_in_derivative(expr: sp.Derivative, mapping: dict[Any, Any], incoming: set[Any]) -> Any:
    """A derivative with values put in its body; its variable can only be renamed, to a name that is not in it."""
    variables = {s for v in expr.variables for s in v.free_symbols}
    moved = {v: mapping[v] for v in variables & set(mapping)}
    names = list(moved.values())
    renames = all(isinstance(new, sp.Symbol) and new not in expr.free_symbols for new in names)
    others = set().union(*[getattr(v, "free_symbols", set()) for k, v in mapping.items() if k not in moved])
    if not renames or len(set(names)) < len(names) or others & {moved.get(v, v) for v in variables}:
        raise CannotSubstitute(f"cannot substitute {mapping}: {expr} is a derivative by {expr.variables}")
    return expr.func(*[put(a, mapping) for a in expr.args])


def rebuilt(expr: Any, args: list[Any]) -> Any:
    """An expression or statement with other arguments; SymPy is kept from judging relations and implications."""
    if isinstance(expr, (sp.core.relational.Relational, sp.Not, sp.Implies)):
        return expr.func(*args, evaluate=False)
    if isinstance(expr, sp.Piecewise):
        try:
            return expr.func(*args)  # writes conditions in one way, which other cases are compared with
        except TypeError:  # that SymPy fails to simplify some is no reason to refuse them
            return expr.func(*args, evaluate=False)
    if isinstance(expr, ExprCondPair):  # SymPy, which simplifies cases, fails on 0 > 0
        settled = {c: c.func(*c.args) for c in args[1].atoms(Relational) if all(a.is_Rational for a in c.args)}
        return expr.func(args[0], args[1].xreplace(settled))
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


def _fold(expr: Any) -> Any:
    """What SymPy does when it builds a sum, `piecewise_fold`, but within what binds: there it leaves cases.

    It draws cases that mention the index of the new sum out of all around them; drawn out of a sum, a product or an
    extreme inside, the index that this one binds would stand free, or be taken for another.
    """
    kept = {node: sp.Dummy() for node in _outermost_binders(expr)}
    if not kept:
        return piecewise_fold(expr)
    return piecewise_fold(expr.xreplace(kept)).xreplace({name: node for node, name in kept.items()})


def _outermost_binders(expr: Any) -> set[Any]:
    if not isinstance(expr, sp.Basic) or not expr.has(sp.Piecewise):
        return set()
    if any(bound for _, bound in scopes(expr)):
        return {expr}
    return set().union(*[_outermost_binders(a) for a in expr.args])


expr_with_limits.piecewise_fold = _fold  # SymPy offers no other way to keep its sums from it
