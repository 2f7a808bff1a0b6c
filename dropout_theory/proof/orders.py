"""Rules about orders of approximation: Taylor coefficients, absolute values, sums, products of small factors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from dropout_theory.claims import need
from dropout_theory.definedness.partiality import partial_terms
from dropout_theory.definedness.shown import all_shown
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_zero, normal, same
from dropout_theory.proof.near_zero import coefficients
from dropout_theory.proof.theorem import Theorem, certify, sees_to_its_arguments


def to_order(statement: st.SameToOrder, *premises: Theorem) -> Theorem:
    """left - right = o(scale^order): every Taylor coefficient in the scale up to the order vanishes identically.

    The premises may show that terms are defined.
    """
    known = [fact for p in premises for fact in (p.conclusion, *p.given)]
    found = coefficients((statement.left, statement.right), statement.scale, statement.order, known)
    for k, coefficient in enumerate(found):
        need(is_zero(coefficient), f"coefficient of {statement.scale}^{k} is {normal(coefficient)}")
    return certify("Taylor coefficients", statement, premises)


def _order(theorem: Theorem) -> st.SameToOrder:
    need(isinstance(theorem.conclusion, st.SameToOrder), f"not a statement of order: {theorem.conclusion}")
    return theorem.conclusion  # type: ignore[no-any-return]


def _shown_by(statement: st.SameToOrder, others: Iterable[Any]) -> None:
    """Raise ProofError for a term that may be undefined near 0 and that none of the others has, which are defined."""
    all_shown([term for side in statement.args[:2] for term in partial_terms(side)],
              shown=[term for other in others for term in partial_terms(other)])


def absolute(theorem: Theorem) -> Theorem:
    """|f| = |g| + o(scale^k) from f = g + o(scale^k): the gap of the absolute values is not larger."""
    found = _order(theorem)
    statement = st.SameToOrder(sp.Abs(found.left), sp.Abs(found.right), found.scale, found.order)
    return certify("absolute value", statement, [theorem])


def combination(statement: st.SameToOrder, *parts: tuple[Any, Theorem]) -> Theorem:
    """A statement of order whose gap is a sum of rational multiples of the gaps of others of that order or above."""
    total: Any = sp.S.Zero
    _shown_by(statement, [side for _, theorem in parts for side in _order(theorem).args[:2]])
    for factor, theorem in parts:
        found = _order(theorem)
        need(sp.sympify(factor).is_Rational is True, f"{factor} is not a rational number")
        need(found.scale == statement.scale and found.order >= statement.order, f"too low an order: {found}")
        total += factor * (found.left - found.right)
    need(same(statement.left - statement.right, total), f"{statement} is not that combination")
    return certify("sum of orders", statement, [theorem for _, theorem in parts])


@sees_to_its_arguments
def small_product(statement: st.SameToOrder, *factors: Any) -> Theorem:
    """The product of the factors is o(scale^k): the Taylor coefficients that vanish, counted over them, exceed k.

    A factor is analytic in the scale at 0, or the absolute value of such an expression.
    """
    need(statement.right == 0 and same(statement.left, sp.Mul(*factors)), f"{statement.left} is not that product")
    _shown_by(statement, factors)
    total = 0
    for factor in factors:
        inner = factor.args[0] if isinstance(factor, sp.Abs) else factor
        for coefficient in coefficients((inner,), statement.scale, statement.order):
            if not is_zero(coefficient):
                break
            total += 1
    need(total > statement.order, f"only {total} vanishing coefficients for order {statement.order}")
    return certify("product of small factors", statement)
