"""Side conditions that several rules share: where an expression is defined, what an index or a scalar stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import ProofError, need
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, is_positive
from dropout_theory.proof.theorem import Theorem, certify

_OPERATORS = (lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM)


def partial_terms(expr: Any) -> set[Any]:
    """Subterms that are not defined everywhere: logarithms, and powers that are not a natural one."""
    return {node for node in sp.preorder_traversal(expr)
            if isinstance(node, sp.log) or isinstance(node, sp.Pow) and not _natural(node.exp)}


def _natural(exponent: Any) -> bool:
    return bool(exponent.is_integer and exponent.is_nonnegative)


def defined(expr: Any, known: Iterable[Any] = (), visible: Iterable[Any] = ()) -> None:
    """Raise ProofError unless every logarithm, root and quotient in `expr` is defined, by shape or by what is known.

    Terms that occur in the `visible` statements count as defined: those statements speak of nothing else. SymPy
    cancels exp(log(y)) and sqrt(y)^2, so a statement about y could follow that was only ever shown for y > 0.
    """
    shown: set[Any] = set().union(*[partial_terms(v) for v in visible])
    known = list(known)
    bound = bound_symbols(expr)
    for node in sorted(partial_terms(expr) - shown, key=sp.default_sort_key):
        wanted = condition_of(node)
        # what is known of a free index says nothing of one that a sum binds under the same name
        if wanted is not None and not _follows([] if node.free_symbols & bound else known, wanted):
            raise ProofError(f"{node} may be undefined: not known that {wanted}")


def condition_of(node: Any) -> Any:
    """What makes a partial term defined; None where its shape does."""
    if isinstance(node, sp.log):
        argument = node.args[0]
        return None if is_positive(argument) else sp.Gt(argument, 0, evaluate=False)
    base, exponent = node.base, node.exp
    if is_positive(base) or is_nonnegative(base) and is_nonnegative(exponent):
        return None
    if exponent.is_integer:
        return None if is_positive(-base) else sp.Ne(base, 0, evaluate=False)
    return (sp.Ge if is_nonnegative(exponent) else sp.Gt)(base, 0, evaluate=False)


def _follows(known: list[Any], wanted: Any) -> bool:
    if wanted in (True, False):
        return bool(wanted)
    try:
        return entails(known, wanted)
    except ProofError:
        return False


def hidden(expr: Any) -> set[Any]:
    """Scalars on which atoms of `expr` depend without showing it: laws, keep probabilities, definitions, and the
    sizes of distributions. Putting a value for such a scalar would leave the atom as it was."""
    found: set[Any] = set()
    seen: set[Any] = set()

    def look(part: Any) -> None:
        if isinstance(part, sp.Basic):
            found.update(s for s in part.free_symbols if not isinstance(s, lang.Family))
            walk(part)

    def walk(part: Any) -> None:
        for atom in _atoms(part) - seen:
            seen.add(atom)
            if isinstance(atom, lang.Gates):
                look(atom.keep)
            elif isinstance(atom, lang.Recursion):
                for piece in (atom.base, atom.step, atom.start):
                    look(piece)
            elif isinstance(atom, lang.RandomIndex):
                walk(atom.probabilities)
                look(atom.size)
            elif isinstance(atom, lang.RandomScalar):
                for parameter in atom.law[1:]:
                    look(parameter)
            if isinstance(atom, lang.Family):
                for symbol, low, high in atom.ranges if atom.simplex is True else ():
                    del symbol
                    look(low)
                    look(high)
    walk(expr)
    return found


def _atoms(expr: Any) -> set[Any]:
    return {node for node in sp.preorder_traversal(expr) if isinstance(node, lang.Scalar)}


def bound_symbols(expr: Any) -> set[Any]:
    """Symbols that a sum, product, extreme or quantifier binds anywhere in an expression."""
    return {limit[0] for node in sp.preorder_traversal(expr) for limit in lang.bound_limits(node)}


def in_range(symbol: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The assumptions that an index lies in its range, as `generalise` drops them."""
    return sp.Ge(symbol, low, evaluate=False), sp.Le(symbol, high, evaluate=False)


def index_ranges(limits: Iterable[tuple[Any, Any, Any]]) -> list[tuple[Any, Any]]:
    """The in-range assumptions of index ranges that may be bound together, outermost first.

    Raises ProofError when a symbol is bound twice, a range mentions a symbol that is bound only inside it, or a
    symbol is known to be more than an integer (a size, a positive symbol) that its range need not respect.
    """
    limits = [(sp.sympify(s), sp.sympify(low), sp.sympify(high)) for s, low, high in limits]
    symbols = [limit[0] for limit in limits]
    need(all(s.is_Symbol for s in symbols), f"not all of {symbols} are index symbols")
    need(len(set(symbols)) == len(symbols), f"an index is bound twice: {symbols}")
    found: list[tuple[Any, Any]] = []
    # dummies carry no assumption, so that the range itself must imply what is known of the symbol
    plain = {symbol: sp.Dummy(symbol.name, integer=True) for symbol in symbols}
    for place, (symbol, low, high) in enumerate(limits):
        need(symbol.is_Symbol and not isinstance(symbol, (lang.Family, lang.RandomIndex, lang.RandomScalar)),
             f"{symbol} is not an index symbol")
        need(not (low.free_symbols | high.free_symbols) & set(symbols[place:]),
             f"the range of {symbol} mentions an index bound inside it")
        found.append(in_range(symbol, low, high))
        for condition in _promised(symbol):
            known = [c.xreplace(plain) for pair in found for c in pair]
            need(_follows(known, condition.xreplace(plain)),
                 f"the range of {symbol} may leave what is known of it: {condition}")
    return found


def _promised(symbol: Any) -> list[Any]:
    """What rules may have used about a symbol beyond its being an integer."""
    if isinstance(symbol, lang.Scalar):
        return list(symbol.domain.conditions(symbol))
    signs = ((symbol.is_positive, sp.Gt), (symbol.is_nonnegative, sp.Ge), (symbol.is_negative, sp.Lt),
             (symbol.is_nonpositive, sp.Le), (symbol.is_nonzero, sp.Ne))
    return [relation(symbol, 0, evaluate=False) for known, relation in signs if known]


def over_range(theorem: Theorem, *limits: tuple[Any, Any, Any]) -> Theorem:
    """The theorem without assumptions that say the index symbols are in range. For rules that bind the symbols.

    Raises ProofError when another assumption is about them.
    """
    ranges = [c for pair in index_ranges(limits) for c in pair]
    symbols = {limit[0] for limit in limits}
    about = [g for g in theorem.given if g.free_symbols & symbols]
    for g in about:
        relation = isinstance(g, (sp.Ge, sp.Le, sp.Gt, sp.Lt))
        need(g in ranges or relation and entails(ranges, g), f"an assumption restricts the index: {g}")
    return certify("for each", theorem.conclusion, [theorem], discharged=about)


def value_in_domain(atom: lang.Scalar, value: Any, proofs: Iterable[Theorem]) -> None:
    """Raise ProofError unless a value is defined and lies in the domain of a scalar, by shape or from the proofs."""
    known = [p.conclusion for p in proofs]
    need(not atom.domain.integer or bool(value.is_integer), f"{value} is not an integer")
    need(value.is_real is not False and not value.has(sp.nan, sp.zoo, sp.oo, -sp.oo), f"{value} is not real")
    defined(value, known)
    for condition in atom.domain.conditions(value):
        need(_follows(known, condition), f"not in the domain of {atom}: {condition}")


def replaceable(statement: Any, atom: Any, value: Any) -> None:
    """Raise ProofError unless putting a value for a scalar everywhere in a statement gives an instance of it."""
    need(atom not in hidden(statement), f"a law, keep probability or distribution depends on {atom}")
    for node in sp.preorder_traversal(statement):
        if isinstance(node, _OPERATORS) and atom in node.free_symbols:
            need(not _random(value), f"{value} is random, and {atom} stands in an expectation")
        if isinstance(node, st.SameToOrder) and atom in node.free_symbols:
            need(atom != node.scale and node.scale not in value.free_symbols, f"{node.scale} moves")
        if isinstance(node, st.Converges) and atom in node.free_symbols:
            need(node.args[1].args[0] not in value.free_symbols, f"{value} mentions the index of a series")


def _random(value: Any) -> bool:
    from dropout_theory.proof.algebra import _by_chance

    return _by_chance(value)
