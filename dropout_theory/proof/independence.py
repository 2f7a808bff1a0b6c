"""Rules of independence: the mean of a product of functions of different gates."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import need
from dropout_theory.language import is_random
from dropout_theory.language import statements as st
from dropout_theory.proof.theorem import Theorem, certify


def independent_product(body: Any, limits: tuple[Any, Any, Any]) -> Theorem:
    """E(prod over j of body) = prod over j of E(body), for a body of gates that are different for different j.

    Every random atom of the body must be a gate of fixed keep probability, and each family must carry j itself at
    one and the same place of all its index tuples. Raises ProofError otherwise.
    """
    symbol, low, high = limits
    need(not isinstance(symbol, lang.Scalar), f"{symbol} is not an index symbol")
    need(not is_random(low) and not is_random(high), f"the range of {symbol} is random")
    places: dict[Any, set[int]] = {}
    for gate in _random_atoms(sp.sympify(body), symbol):
        need(isinstance(gate, lang.Element) and isinstance(gate.family, lang.Gates), f"{gate} is not a gate")
        need(not any(map(is_random, gate.indices)), f"a random index: {gate}")  # the same for all
        need(not is_random(gate.family.keep), f"the keep probability of {gate.family} is random")
        here = {n for n, x in enumerate(gate.indices) if x == symbol}
        places[gate.family] = places.get(gate.family, here) & here
        need(bool(places[gate.family]), f"gates of {gate.family} may coincide for different {symbol}")
    whole = lang.E(sp.Product(body, limits))
    return certify("independence", st.equal(whole, sp.Product(lang.E(body), limits)))


def independent_factors(left: Any, right: Any) -> Theorem:
    """E(left * right) = E(left) E(right) for functions of gates of different families, of fixed keep probabilities.

    Entries of recursions count with all gates of their definitions. Raises ProofError otherwise.
    """
    left, right = sp.sympify(left), sp.sympify(right)
    names = [{gate.name for gate in _gate_families(side)} for side in (left, right)]
    need(not names[0] & names[1], f"both sides depend on {names[0] & names[1]}")
    return certify("independence", st.equal(lang.E(left * right), lang.E(left) * lang.E(right)))


def _gate_families(expr: Any) -> set[lang.Gates]:
    """The families of gates on which an expression depends. Raises ProofError where anything else is random."""
    if not is_random(expr):
        return set()
    if isinstance(expr, lang.Element):
        need(not any(is_random(index) for index in expr.indices), f"a random index: {expr}")
        family = expr.family
        if isinstance(family, lang.Recursion):
            return _gate_families(family.base) | _gate_families(family.step)
        need(isinstance(family, lang.Gates) and not is_random(family.keep), f"{expr} is no gate of fixed probability")
        return {family}  # type: ignore[arg-type]
    need(not isinstance(expr, lang.Scalar), f"{expr} is not a gate")
    return set().union(*[_gate_families(a) for a in expr.args if isinstance(a, sp.Basic)])


def _random_atoms(expr: Any, symbol: Any) -> list[Any]:
    """Random elements and scalars outside nested expectations. Raises ProofError where the index is bound again."""
    if not is_random(expr):
        return []
    if isinstance(expr, (lang.Element, lang.Scalar)):
        return [expr]
    need(all(limit[0] != symbol for limit in lang.bound_limits(expr)), f"{symbol} is bound again in {expr}")
    return [a for part in expr.args if isinstance(part, sp.Basic) for a in _random_atoms(part, symbol)]
