"""Named operators that turn a statement into variants, most of them wrong: a flipped sign, p for 1 - p, a lost factor.

Every operator looks at one node of the statement's expression and offers what could stand there by mistake.
Bound symbols, index ranges of families and the laws of random atoms are left as they are.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from dropout_theory import language as lang
from dropout_theory.language import Expr, Statement
from dropout_theory.language import statements as st

OFFSET = sp.Rational(1, 64)
MAX_NODES = 400  # nodes of a statement that operators look at, in the order of reading


@dataclass(frozen=True)
class Variant:
    """A statement that an operator made of another one."""

    operator: str
    statement: Any


# --- one node ---------------------------------------------------------------------------------------------------

Operator = Callable[[Any, Any], Iterator[Any]]  # (node, whole statement) -> what may stand in its place


def _flipped_sign(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Add):
        for term in node.args:
            yield node - 2 * term
    elif isinstance(node, Relational) and not isinstance(node.rhs, sp.Add) and node.rhs != 0:
        yield _relation(type(node), node.lhs, -node.rhs)
    elif isinstance(node, sp.exp):
        yield sp.exp(-node.args[0])
    elif isinstance(node, lang.Sigma):
        yield lang.Sigma(-node.args[0], *node.args[1:])


def _complement(node: Any, whole: Statement) -> Iterator[Any]:
    if _is_probability(node) or isinstance(node, sp.Add) and _is_probability(1 - node):
        yield 1 - node


def _dropped_factor(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Mul):
        for factor in node.args:
            if factor != -1:
                yield sp.Mul(*[a for a in node.args if a != factor])


def _repeated_factor(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Mul):
        for factor in node.args:
            if not factor.is_Number:
                yield node * factor


def _doubled_side(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, Relational) and node.rhs != 0:
        yield _relation(type(node), node.lhs, 2 * node.rhs)
        yield _relation(type(node), 2 * node.lhs, node.rhs)


def _changed_constant(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Rational):
        if node.is_Integer:
            yield node - 1 if node < 0 else node + 1
        else:
            yield sp.Rational(node.p, node.q + 1)


def _changed_exponent(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Pow):
        for other in (node.exp + 1, node.exp - 1):
            if other != 0:
                yield node.base**other
        if node.exp == sp.S.Half:
            yield node.base


def _reversed_relation(node: Any, whole: Statement) -> Iterator[Any]:
    swapped = {sp.Le: sp.Ge, sp.Ge: sp.Le, sp.Lt: sp.Gt, sp.Gt: sp.Lt, sp.Ne: sp.Eq}
    if type(node) in swapped:
        yield _relation(swapped[type(node)], *node.args)
    elif isinstance(node, sp.Eq) and node is not whole:
        yield _relation(sp.Ne, *node.args)


def _strict(node: Any, whole: Statement) -> Iterator[Any]:
    stricter = {sp.Le: sp.Lt, sp.Ge: sp.Gt}
    if type(node) in stricter:
        yield _relation(stricter[type(node)], *node.args)


def _dropped_term(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Add):
        for term in node.args:
            yield node - term


def _other_mean(node: Any, whole: Statement) -> Iterator[Any]:
    """E for NWGM and the other way round; the square of a mean for the mean of a square; variance and its parts."""
    x: Any = node.args[0] if node.args else None
    if isinstance(node, lang.E):
        if isinstance(x, lang.Sigma) or whole.has(lang.NWGM, lang.G, lang.Gc):
            yield lang.NWGM(x)
        if isinstance(x, sp.Pow) and x.exp.is_Integer:
            yield lang.E(x.base) ** x.exp
    elif isinstance(node, lang.NWGM):
        yield lang.E(x)
    elif isinstance(node, lang.G):
        yield lang.Gc(x)
    elif isinstance(node, lang.Gc):
        yield lang.G(x)
    elif isinstance(node, lang.Var):
        yield lang.E(x**2)
    elif isinstance(node, lang.Cov):
        yield lang.E(x * node.args[1])


def _exchanged_names(node: Any, whole: Statement) -> Iterator[Any]:
    """The scale and slope of a logistic function; two scalars of a right side; one family of weights for another."""
    if isinstance(node, lang.Sigma) and node.args[1] != node.args[2]:
        yield lang.Sigma(node.args[0], node.args[2], node.args[1])
    elif isinstance(node, Relational):
        names = [s for s in sorted(node.rhs.free_symbols, key=sp.default_sort_key)
                 if type(s) is lang.Scalar and not s.domain.integer]
        for one, other in zip(names, names[1:], strict=False):
            swap = {one: other, other: one}
            yield _relation(type(node), node.lhs, node.rhs.xreplace(swap))
    elif isinstance(node, lang.Element) and type(node.family) is lang.Family:
        for family in sorted({e.family for e in whole.atoms(lang.Element)}, key=sp.default_sort_key):
            if type(family) is lang.Family and family != node.family and _alike(family, node.family):
                yield family[node.indices]


def _shifted_index(node: Any, whole: Statement) -> Iterator[Any]:
    """The first or last term of a sum lost; a layer too low or too high; two indices the other way round."""
    if isinstance(node, (sp.Sum, sp.Product)):
        *rest, (symbol, low, high) = (tuple(limit) for limit in node.limits)
        yield node.func(node.function, *rest, (symbol, low + 1, high))
        if high != sp.oo:
            yield node.func(node.function, *rest, (symbol, low, high - 1))
    elif isinstance(node, lang.Element):
        first, *others = node.indices or (None,)
        if isinstance(node.family, lang.Recursion):
            yield node.family[first - 1, *others]
            yield node.family[first + 1, *others]
        if len(node.indices) == 2 and first != others[0]:
            yield node.family[others[0], first]


def _raised_order(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, st.SameToOrder):
        yield st.SameToOrder(node.left, node.right, node.scale, node.order + 1)


def _offset(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Eq):
        yield _relation(sp.Eq, node.lhs, node.rhs + OFFSET)


def _converse(node: Any, whole: Statement) -> Iterator[Any]:
    if isinstance(node, sp.Implies):
        yield st.implies(node.args[1], node.args[0])
        yield node.args[1]  # the premise forgotten
    elif isinstance(node, sp.Ne) and node is not whole:
        yield sp.true


# Rare operators first: they get their turn even where only a few variants are wanted.
OPERATORS: dict[str, Operator] = {
    "raise the order": _raised_order,
    "exchange means": _other_mean,
    "reverse a relation": _reversed_relation,
    "exchange p and 1 - p": _complement,
    "flip a sign": _flipped_sign,
    "drop a factor": _dropped_factor,
    "take the converse": _converse,
    "shift an index": _shifted_index,
    "change a constant": _changed_constant,
    "drop a term": _dropped_term,
    "change an exponent": _changed_exponent,
    "make a relation strict": _strict,
    "exchange names": _exchanged_names,
    "double a side": _doubled_side,
    "repeat a factor": _repeated_factor,
    "offset an equality": _offset,
}


def _is_probability(node: Any) -> bool:
    atom = node.family if isinstance(node, lang.Element) else node
    return type(atom) in (lang.Scalar, lang.Family) and not atom.domain.integer \
        and (atom.domain.lower, atom.domain.upper) == (0, 1)


def _alike(one: lang.Family, other: lang.Family) -> bool:
    return one.domain == other.domain and [r[1:] for r in one.ranges] == [r[1:] for r in other.ranges]


def _relation(kind: Any, left: Expr, right: Expr) -> Statement:
    return kind(left, right, evaluate=False)


# --- the whole statement ----------------------------------------------------------------------------------------


def variants(statement: Statement) -> list[Variant]:
    """Every variant of a statement, in the order of operators and of reading, without repetitions or the statement."""
    return _distinct(statement, (site for sites in _sites(statement).values() for site in sites))


def spread(statement: Statement, limit: int, key: str) -> list[Variant]:
    """At most `limit` variants: one of each operator in turn, from places all over the statement.

    `key` (the claim's id) decides which place comes first, so that claims of one shape are not all tried alike.
    """
    turn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    groups = [_strided(sites, turn) for sites in _sites(statement).values()]
    rounds = max(map(len, groups), default=0)
    in_turn = (group[n] for n in range(rounds) for group in groups if n < len(group))
    return _distinct(statement, in_turn, limit)


_Site = tuple[str, tuple[int, ...], Any]  # operator, path of the node, what may stand there


def _sites(statement: Statement) -> dict[str, list[_Site]]:
    """What every operator would change, by its name; operators that find nothing are left out."""
    places = list(_nodes(statement, ()))[:MAX_NODES]
    found = {name: [(name, path, other) for path, node in places for other in operator(node, statement)]
             for name, operator in OPERATORS.items()}
    return {name: sites for name, sites in found.items() if sites}


def _distinct(statement: Statement, sites: Iterable[_Site], limit: int | None = None) -> list[Variant]:
    """The variants at the sites that are statements, and neither the statement itself nor repetitions."""
    seen = {statement}
    found: list[Variant] = []
    for name, path, other in sites:
        if len(found) == limit:
            break
        try:
            changed = _put(statement, path, other)
        except (ValueError, TypeError, IndexError):  # no such expression: an index of another number, say
            continue
        if isinstance(changed, Boolean) and changed not in (True, False) and changed not in seen:
            seen.add(changed)
            found.append(Variant(name, changed))
    return found


def _strided(group: list[_Site], turn: int) -> list[_Site]:
    """The sites in an order that visits far-apart places first, starting from `turn`."""
    count = len(group)
    step = max(1, round(count * 0.618))
    while math.gcd(step, count) != 1:
        step += 1
    return [group[(turn + n * step) % count] for n in range(count)]


def _nodes(expr: Expr | Statement, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The nodes that operators may look at, each with its path of argument positions."""
    yield path, expr
    if isinstance(expr, (lang.Element, sp.Derivative, sp.Subs, sp.Tuple)) or not expr.args:
        return
    last = 1 if lang.bound_limits(expr) else len(expr.args)  # what follows a binder's body are its ranges
    for place, part in enumerate(expr.args[:last]):
        if isinstance(part, sp.Basic):
            yield from _nodes(part, (*path, place))


def _put(expr: Expr | Statement, path: tuple[int, ...], new: Any) -> Any:
    if not path:
        return new
    args = [_put(a, path[1:], new) if place == path[0] else a for place, a in enumerate(expr.args)]
    if isinstance(expr, (Relational, sp.And, sp.Or, sp.Not, sp.Implies)):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)
