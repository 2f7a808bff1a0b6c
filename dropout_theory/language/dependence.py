"""What a value depends on, shown or hidden, and what makes it random: one function each, which all rules ask.

A gate shows its name and index, and hides its keep probability; a random number hides its law, a subnetwork its
distribution, an entry of a recursion its definition, a probability the size of its distribution.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory.language.atoms import (
    Abstract,
    Element,
    Family,
    Gates,
    RandomIndex,
    RandomScalar,
    Recursion,
    Scalar,
    law_conditions,
    member_conditions,
    placeholder,
)
from dropout_theory.language.binding import scopes
from dropout_theory.language.named import Named
from dropout_theory.language.operators import Operator

_NOTHING: frozenset[Any] = frozenset()


def dependencies(expr: Any) -> frozenset[Any]:
    """Every symbol, scalar, family and undefined function that the value of an expression or statement depends on.

    Shown or hidden in a law, a keep probability, a range, a size, or a definition by recursion; what is bound counts
    only by the ends of its range. A family counts as a whole.
    """
    return _dependencies(expr) if isinstance(expr, sp.Basic) else _of_several(expr)


def depends_on(expr: Any, *atoms: Any) -> bool:
    """Whether a value depends on any of the atoms, shown or hidden."""
    return not dependencies(expr).isdisjoint(atoms)


def hidden_dependencies(expr: Any) -> frozenset[Any]:
    """What a value depends on through the atoms in it: a value put for one of these would leave the atom as it was."""
    return _hidden(expr) if isinstance(expr, sp.Basic) else _NOTHING.union(*map(hidden_dependencies, _parts(expr)))


def averaged_dependencies(expr: Any) -> frozenset[Any]:
    """What free names stand inside operators such as E and Var, where a random value would be averaged over."""
    return _averaged(expr) if isinstance(expr, sp.Basic) else _NOTHING.union(*map(averaged_dependencies, _parts(expr)))


def random_atoms(expr: Any) -> frozenset[Any]:
    """The random atoms with whose outcome a value varies: those outside means, and those that definitions hide.

    Gates by their families, random numbers, subnetworks, and random quantities of any law.
    """
    return _random(expr) if isinstance(expr, sp.Basic) else frozenset().union(*map(random_atoms, _parts(expr)))


def is_random(expr: Any) -> bool:
    """Whether a value varies with outcomes: it has random atoms outside means."""
    return bool(random_atoms(expr))


def obliges(expr: Any) -> bool:
    """Whether a value depends on a law that its shape does not show to be one, or a recursion on whose entries it does
    not show that they keep to their domain."""
    return any(isinstance(atom, (Gates, RandomScalar)) and law_conditions(atom)
               or isinstance(atom, Recursion) and member_conditions(atom) for atom in dependencies(expr))


def _parts(several: Any) -> Iterable[Any]:
    return several if isinstance(several, (list, tuple, set, frozenset)) else ()


def _of_several(several: Any) -> frozenset[Any]:
    return _NOTHING.union(*map(dependencies, _parts(several)))


@lru_cache(maxsize=1 << 16)
def _dependencies(expr: sp.Basic) -> frozenset[Any]:
    if isinstance(expr, Scalar):
        return frozenset({expr}) | _within(expr)
    if isinstance(expr, sp.Symbol):
        return frozenset({expr})
    if isinstance(expr, Element):
        return _NOTHING.union(_dependencies(expr.family), *map(_dependencies, expr.indices))
    found: set[Any] = set()
    if isinstance(expr.func, UndefinedFunction):
        found.add(expr.func)
    for part, bound in scopes(expr):
        found |= _dependencies(part) - bound
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def _hidden(expr: sp.Basic) -> frozenset[Any]:
    if isinstance(expr, Scalar):
        return _within(expr)
    if isinstance(expr, Element):
        return _NOTHING.union(_within(expr.family), *map(_hidden, expr.indices))
    return _NOTHING.union(*[_hidden(part) - bound for part, bound in scopes(expr)])


@lru_cache(maxsize=1 << 16)
def _averaged(expr: sp.Basic) -> frozenset[Any]:
    if isinstance(expr, Operator):
        return _dependencies(expr)
    return _NOTHING.union(*[_averaged(part) - bound for part, bound in scopes(expr)])


@lru_cache(maxsize=4096)
def _within(atom: Scalar) -> frozenset[Any]:
    """What the value or the law of an atom depends on beside itself."""
    if isinstance(atom, RandomIndex):
        return _dependencies(atom.probabilities) | _dependencies(sp.sympify(atom.size))
    if isinstance(atom, RandomScalar):
        return _NOTHING.union(*[_dependencies(p) for p in atom.law if isinstance(p, sp.Basic)])
    if not isinstance(atom, Family):
        return _NOTHING
    own = {symbol for symbol, *_ in atom.ranges}
    found: set[Any] = set()
    if atom.simplex is True:  # the entries sum to one over the range
        found = set().union(*[_dependencies(sp.sympify(end)) for _, *ends in atom.ranges for end in ends])
    if isinstance(atom, Gates):
        found |= _dependencies(atom.keep)
    elif isinstance(atom, Recursion):
        slot = placeholder(atom.name, atom.ranges)
        found |= set().union(*[_dependencies(sp.sympify(p)) for p in (atom.base, atom.step, atom.start)]) - {slot}
    return frozenset(found - own)


@lru_cache(maxsize=1 << 16)
def _random(expr: sp.Basic) -> frozenset[Any]:
    if isinstance(expr, Operator):  # each is a number, whatever the outcome
        return _NOTHING
    if isinstance(expr, Element):
        return _NOTHING.union(_random(expr.family), *map(_random, expr.indices))
    if isinstance(expr, Gates):
        return frozenset({expr}) | _random(expr.keep)
    if isinstance(expr, Recursion):
        return _random(expr.base) | _random(expr.step)
    if isinstance(expr, (RandomIndex, Abstract)):
        return frozenset({expr})
    if isinstance(expr, RandomScalar):
        return _NOTHING.union({expr}, *[_random(p) for p in expr.law if isinstance(p, sp.Basic)])
    if isinstance(expr, Named):
        return _random(expr.unfolded)
    return _NOTHING.union(*[_random(a) for a in expr.args])
