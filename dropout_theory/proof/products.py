"""Rules about finite products."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative
from dropout_theory.proof.theorem import Theorem, certify


def vanishing_factor(product: sp.Product, at: Any, *premises: Theorem) -> Theorem:
    """product of base^exponent over an index range = 0, because at one index the base is 0 and the exponent positive.

    The premises must imply both, and that the index is in range. Bases and exponents are non-negative by shape, so
    that every other factor is a number (0^0 = 1).
    """
    need(isinstance(product, sp.Product) and len(product.limits) == 1, f"not a product over one index: {product}")
    need(isinstance(product.function, sp.Pow), f"not a product of powers: {product}")
    base, exponent = product.function.as_base_exp()
    need(is_nonnegative(base) and is_nonnegative(exponent), f"{base} or {exponent} may be negative")
    symbol, low, high = product.limits[0]
    at = sp.sympify(at)
    need(bool(at.is_integer), f"{at} is not an integer")
    base_there, exponent_there = (lang.substitute(e, {symbol: at}) for e in (base, exponent))
    wanted = [sp.Ge(at, low, evaluate=False), sp.Le(at, high, evaluate=False), st.equal(base_there, 0),
              st.less(0, exponent_there)]
    for condition in wanted:
        need(entails([p.conclusion for p in premises], condition), f"not known: {condition}")
    need(not any(lang.depends_on(p.given, symbol) for p in premises), "an assumption restricts the index")
    return certify("vanishing factor", st.equal(product, 0), premises)


def empty_product(whole: sp.Product) -> Theorem:
    """A product over low..low-1 is one. Raises ProofError for any other range."""
    need(isinstance(whole, sp.Product) and len(whole.limits) == 1, f"not a product over one index: {whole}")
    _, low, high = whole.limits[0]
    need(sp.expand(low - 1 - high) == 0, f"not an empty product: {whole}")
    return certify("empty product", st.equal(whole, 1))
