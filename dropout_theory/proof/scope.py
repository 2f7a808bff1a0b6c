"""Side conditions that several rules share: where an expression is defined, what an index or a scalar stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import ProofError, need
from dropout_theory.definedness.partiality import implied, promised
from dropout_theory.definedness.shown import defined
from dropout_theory.language import statements as st
from dropout_theory.proof.theorem import Theorem, Without, without


def in_range(symbol: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The assumptions that an index lies in its range, as `generalise` drops them."""
    return sp.Ge(symbol, low, evaluate=False), sp.Le(symbol, high, evaluate=False)


def require_every_number(*scalars: Any) -> None:
    """Raise ProofError unless each is a scalar that stands for every number of its domain, as no random one does."""
    for scalar in scalars:
        need(isinstance(scalar, lang.Scalar) and not isinstance(scalar, lang.Family) and lang.may_be_bound(scalar),
             f"{scalar} is not a fixed scalar, which stands for every number of its domain")


def index_ranges(limits: Iterable[tuple[Any, Any, Any]]) -> list[tuple[Any, Any]]:
    """The in-range assumptions of index ranges that may be bound together, outermost first.

    Raises ProofError when a symbol is bound twice, a range mentions a symbol that is bound only inside it, or a
    symbol is known to be more than an integer (a size, a positive symbol) that its range need not respect.
    """
    limits = [(sp.sympify(s), sp.sympify(low), sp.sympify(high)) for s, low, high in limits]
    symbols = [limit[0] for limit in limits]
    for symbol in symbols:
        need(lang.may_be_bound(symbol) and not isinstance(symbol, lang.Family), f"{symbol} is not an index symbol")
    need(len(set(symbols)) == len(symbols), f"an index is bound twice: {symbols}")
    found: list[tuple[Any, Any]] = []
    # dummies carry no assumption, so that the range itself must imply what is known of the symbol
    plain = {symbol: sp.Dummy(symbol.name, integer=True) for symbol in symbols}
    for place, (symbol, low, high) in enumerate(limits):
        need(not lang.depends_on([low, high], *symbols[place:]),
             f"the range of {symbol} mentions an index bound inside it")
        need(not lang.is_random(low) and not lang.is_random(high), f"the range of {symbol} is random")
        found.append(in_range(symbol, low, high))
        for condition in promised(symbol):
            known = [c.xreplace(plain) for pair in found for c in pair]
            need(implied(known, condition.xreplace(plain)),
                 f"the range of {symbol} may leave what is known of it: {condition}")
    return found


def over_range(theorem: Theorem, *limits: tuple[Any, Any, Any]) -> Without:
    """The premise without assumptions that say the index symbols are in range. For rules that bind the symbols.

    Raises ProofError when another assumption is about them.
    """
    ranges = [c for pair in index_ranges(limits) for c in pair]
    symbols = {limit[0] for limit in limits}
    about = [g for g in theorem.given if lang.depends_on(g, *symbols)]
    for g in about:
        relation = isinstance(g, (sp.Ge, sp.Le, sp.Gt, sp.Lt))
        need(g in ranges or relation and entails(ranges, g), f"an assumption restricts the index: {g}")
    return without(theorem, about)


def value_in_domain(atom: lang.Scalar, value: Any, proofs: Iterable[Theorem]) -> None:
    """Raise ProofError unless a value is defined and lies in the domain of a scalar, by shape or from the proofs."""
    known = [p.conclusion for p in proofs]
    if atom.domain.integer and not value.is_integer:
        raise ProofError(f"{value} is not an integer")
    if value.is_real is False or value.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        raise ProofError(f"{value} is not real")
    defined(value, known)
    for condition in atom.domain.conditions(value):
        if not implied(known, condition):
            raise ProofError(f"not in the domain of {atom}: {condition}")


def replaceable(statement: Any, atom: Any, value: Any) -> None:
    """Raise ProofError unless putting a value for a scalar everywhere in a statement gives an instance of it."""
    need(atom not in lang.hidden_dependencies(statement), f"a law, keep probability or distribution depends on {atom}")
    for node in sp.preorder_traversal(statement):
        if isinstance(node, st.SameToOrder) and lang.depends_on([node, node.scale], atom):
            need(atom != node.scale and not lang.depends_on(value, node.scale), f"{node.scale} moves")
        if isinstance(node, st.Converges) and lang.depends_on(node, atom):
            need(not lang.depends_on(value, node.args[1].args[0]), f"{value} mentions the index of a series")


