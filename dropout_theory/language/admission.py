"""What may be stated: statements in which a domain speaks for every name, and every entry is one of its family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory.language.atoms import Element, Family, Gates, Recursion, Scalar
from dropout_theory.language.binding import bound_limits, put, scopes
from dropout_theory.language.bounds import bounds
from dropout_theory.language.checked import DECLARED, bound_by_chance, strange_names, strange_values
from dropout_theory.language.dependence import dependencies
from dropout_theory.language.operators import Operator
from dropout_theory.language.statements import Converges, SameToOrder

Limits = tuple[tuple[Any, Any, Any], ...]


def require_names(statements: Iterable[Any]) -> None:
    """Raise ValueError where statements, taken together, hold a name that no domain speaks for, or a rounded number.

    Free names are atoms with a domain, no two of which print alike; functions are real; what is bound is an index
    symbol or has a domain. Gates and entries of recursions may have one name in several means, in none of them two.
    """
    free: set[Any] = set()
    statements = tuple(statements)
    for statement in statements:
        strange = (*strange_values(statement), *strange_names(statement))
        if strange:
            raise ValueError(f"{', '.join(strange)} in {statement} is no exact real number, or a name that need not be "
                             "one; allowed: atoms with a domain, exact numbers, functions with real=True that are "
                             f"declared no more than {', '.join(DECLARED)}")
        for name in bound_by_chance(statement):
            raise ValueError(f"{name} is bound in {statement}; allowed: an index symbol or what stands for fixed "
                             "numbers, nothing random")
        for bound in _bound_without_domain(statement):
            raise ValueError(f"{bound} is bound in {statement}; allowed: an index symbol in its range, or a scalar")
        free |= dependencies(statement) | statement.free_symbols
    bare = sorted(str(s) for s in free if not isinstance(s, (Scalar, UndefinedFunction)) or _is_placeholder(s))
    if bare:
        raise ValueError(f"no domain speaks for the free names {', '.join(bare)}; allowed: atoms with a domain, and "
                         "index symbols in the range that binds them")
    _require_one_of_a_name(atom for atom in free if not isinstance(atom, (Gates, Recursion)))
    for statement in statements:
        for whole in (statement, *_means(statement)):
            _require_one_of_a_name(_outside_means(whole))


def promise_not_kept(function: Any, formula: sp.Lambda) -> str | None:
    """What an undefined function is declared to be and a formula is not known to be at all real numbers; None: nothing.

    Rules may use what is declared of a function, so that a formula without it is no instance.
    """
    declared = getattr(function, "_kwargs", {})
    return _not_kept(tuple((name, declared[name]) for name in DECLARED if declared.get(name) is not None), formula)


@lru_cache(maxsize=4096)  # every instance has one of a few formulas
def _not_kept(declared: tuple[tuple[str, bool], ...], formula: sp.Lambda) -> str | None:
    value = formula(*[sp.Dummy(real=True) for _ in formula.variables])
    return next((name if said else f"not {name}" for name, said in declared if getattr(value, f"is_{name}") != said),
                None)


def require_entries(statements: Iterable[Any]) -> None:
    """Raise ValueError for an entry that is not there: w[n + 1] for w[1..n], or one at what need not be an integer.

    Under an implication or a case distinction an entry counts as guarded.
    """
    for statement in statements:
        for element in _beyond(statement, ()):
            raise ValueError(f"{element} in {statement} is not in the range of {element.family.name}: "
                             f"{element.family.ranges}; allowed: entries that are there")


def _require_one_of_a_name(atoms: Iterable[Any]) -> None:
    """Raise ValueError where two of the atoms print alike."""
    alike: dict[Any, set[Any]] = defaultdict(set)
    for atom in atoms:
        if isinstance(atom, Scalar):
            alike[atom.name, len(atom.ranges) if isinstance(atom, Family) else None].add(atom)
        elif isinstance(atom, UndefinedFunction):
            alike[atom.__name__, "function"].add(atom)
    twins = sorted(name for (name, _), named in alike.items() if len(named) > 1)
    if twins:
        raise ValueError(f"different atoms share the names {', '.join(twins)}; allowed: one atom of a name")


def _means(statement: Any) -> set[Any]:
    return {node for node in sp.preorder_traversal(statement) if isinstance(node, Operator)}


def _outside_means(expr: Any) -> frozenset[Any]:
    """What an expression depends on but for the means inside it, which are read by themselves."""
    if isinstance(expr, (Element, Scalar)):
        return dependencies(expr)
    parts = [a for a in expr.args if isinstance(a, sp.Basic) and not isinstance(a, Operator)]
    return frozenset().union(*map(_outside_means, parts))


def _is_placeholder(atom: Any) -> bool:
    return isinstance(atom, Family) and atom.simplex == "self"  # type: ignore[comparison-overlap]


@lru_cache(maxsize=1 << 14)
def _bound_without_domain(expr: Any) -> tuple[Any, ...]:
    """What is bound in a range and no index symbol, or bound over all values and without a domain that says which."""
    own = [limit[0] for limit in bound_limits(expr) if not (
        limit[0].is_integer and not _has_domain(limit[0]) if len(limit) == 3 else _has_domain(limit[0]))]
    if isinstance(expr, SameToOrder) and not _has_domain(expr.scale):
        own.append(expr.scale)
    if isinstance(expr, Converges) and not expr.bound_everywhere.is_integer:
        own.append(expr.bound_everywhere)
    return (*own, *[b for a in expr.args if isinstance(a, sp.Basic) for b in _bound_without_domain(a)])


def _has_domain(symbol: Any) -> bool:
    return isinstance(symbol, Scalar)


def _beyond(expr: Any, ranges: Limits) -> Iterator[Element]:
    """Entries whose index is beyond its range at an end of the ranges around it."""
    if isinstance(expr, Element):
        if any(not index.is_integer or _is_beyond(index, *limits, ranges)
               for index, limits in zip(expr.indices, _limits(expr), strict=True)):
            yield expr
        for index in expr.indices:
            yield from _beyond(index, ranges)
        return
    if isinstance(expr, (sp.Piecewise, sp.Or)):
        return
    if isinstance(expr, sp.Implies):
        yield from _beyond(expr.args[0], ranges)
        return
    limits = {limit[0]: tuple(limit) for limit in bound_limits(expr) if len(limit) == 3}
    for part, bound in scopes(expr):
        kept = tuple(r for r in ranges if r[0] not in bound)
        yield from _beyond(part, (*kept, *[limits[s] for s in limits if s in bound]))


def _limits(element: Element) -> Iterator[tuple[Any, Any]]:
    """The range of each index of an entry, where the indices before it are those of the entry."""
    before: dict[Any, Any] = {}
    for (symbol, low, high), index in zip(element.family.ranges, element.indices, strict=True):
        yield put(low, before), put(high, before)
        before[symbol] = index


@lru_cache(maxsize=1 << 14)
def _is_beyond(index: Any, low: Any, high: Any, ranges: Limits) -> bool:
    """Whether an index is outside its range, whatever the sizes, at some value of the index symbols around it."""
    # where another range depends on an index, that range may be empty at its ends
    shaping = set().union(*[end.free_symbols for r in ranges for end in r[1:]])
    moving = [r for r in ranges if r[0] in index.free_symbols - shaping and _is_positive(r[2] - r[1] + 1, ranges)]
    for ends in product(*[r[1:] for r in moving]):
        there = dict(zip([r[0] for r in moving], ends, strict=True))
        at, first, last = (put(e, there) for e in (index, low, high))
        if _is_positive(at - last, ranges) or _is_positive(first - at, ranges):
            return True
    return False


def _is_positive(expr: Any, ranges: Limits) -> bool:
    found = bounds(sp.expand(expr), ranges)
    return bool(found.low > 0 or found.low == 0 and found.open_below)
