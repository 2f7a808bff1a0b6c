"""Short steps that many proofs share: layer by layer, means of squares, arithmetic with means as variables."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Sum

from dropout_theory import proof as by
from dropout_theory.language import Aversion, E, Recursion, Scalar, equal, less_equal, natural, size, substitute
from dropout_theory.papers.helmbold2017.notation import d, i, l, n
from dropout_theory.proof import Theorem

layer = size("l")  # the induction variable
UNITS = ((i, 1, n),)


def for_each_layer(theorem: Theorem, *indices: Any) -> Theorem:
    """A fact about layer `layer` and the given indices, by default unit i, for each of them."""
    offset = natural("m")
    body = substitute(theorem.conclusion, {layer: l})
    moved = by.instance(theorem, {layer: 1 + offset})
    return by.generalise_offset(moved, offset, body, *(indices or UNITS), (l, 1, d - 1))


def family_in(expr: Any, name: str) -> Recursion:
    """The hidden values of that name in an output."""
    return next(e.family for e in sp.preorder_traversal(expr)
                if isinstance(getattr(e, "family", None), Recursion) and e.family.name == name)


def squared(theorem: Theorem) -> Theorem:
    """left^2 = right^2, averaged."""
    left, right = theorem.conclusion.args
    return by.expected(by.arithmetic(equal(left**2, right**2), theorem))


def of_terms(conclusion: Any, *premises: Theorem) -> Theorem:
    """Real arithmetic with every expectation and sum as a variable: no normal form of these is needed."""
    found: dict[Any, Scalar] = {}

    def named(part: Any) -> Any:
        if isinstance(part, (E, Sum)):
            return found.setdefault(part, Scalar(f"term{len(found)}"))
        args = [named(x) for x in part.args]
        if isinstance(part, sp.core.relational.Relational):
            return part.func(*args, evaluate=False)
        return part.func(*args) if args else part

    goal, facts = named(conclusion), [(named(premise.conclusion), premise) for premise in premises]
    return by.in_letters(goal, {name: term for term, name in found.items()}, *facts)


def not_negative(sums: Theorem) -> Theorem:
    """0 <= right side, where the left side is a sum of zeros."""
    zeros, right = sums.conclusion.args
    return of_terms(less_equal(0, right), sums, by.identity(zeros, 0))


def replaced(aversion: Aversion, forward: dict[Any, Any]) -> Aversion:
    """An aversion over the same networks with other parameters."""
    criterion, risk = (by.parameters_replaced(side, forward) for side in (aversion.criterion, aversion.risk))
    return Aversion(criterion, risk, aversion.parameters)
