"""Rules about indices: Kronecker deltas, one entry against a whole sum, index offsets."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory import statements as st
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.solver import entails
from dropout_theory.proof.theorem import Theorem, certify, need
from dropout_theory.sums import is_nonnegative


def apart(left: Any, right: Any, *premises: Theorem) -> Theorem:
    """KroneckerDelta(left, right) = 0 where the premises imply that the indices differ. Raises ProofError."""
    delta = sp.KroneckerDelta(left, right)
    need(isinstance(delta, sp.KroneckerDelta), f"{left} and {right} are compared by SymPy already: {delta}")
    need(entails([p.conclusion for p in premises], sp.Ne(left, right, evaluate=False)),
         f"{left} and {right} are not known to differ")
    return certify("unequal indices", st.equal(delta, 0), premises)


def sift(term: Any, limits: tuple[Any, Any, Any], at: Any, *premises: Theorem) -> Theorem:
    """sum over l of KroneckerDelta(l, at) * term(l) = term(at), where `at` lies in the range. Raises ProofError."""
    symbol, low, high = limits
    at = sp.sympify(at)
    need(symbol not in at.free_symbols, f"{at} mentions the summation index")
    inside = sp.And(sp.Ge(at, low, evaluate=False), sp.Le(at, high, evaluate=False), evaluate=False)
    need(bool(at.is_integer) and entails([p.conclusion for p in premises], inside), f"{at} is not known to be in range")
    # a premise about the summation index itself would be captured by the sum
    need(not any(symbol in g.free_symbols for p in premises for g in p.given), "an assumption restricts the index")
    whole = sp.Sum(sp.KroneckerDelta(symbol, at) * term, limits)
    return certify("sifting", st.equal(whole, lang.substitute(sp.sympify(term), {symbol: at})), premises)


def entry_below_sum(term: Any, limits: tuple[Any, Any, Any], at: Any, *premises: Theorem) -> Theorem:
    """term(at) <= sum of term over the range, when every term is non-negative by shape and `at` is in the range."""
    symbol, low, high = limits
    at, term = sp.sympify(at), sp.sympify(term)
    need(is_nonnegative(term), f"{term} is not known to be non-negative")
    inside = sp.And(sp.Ge(at, low, evaluate=False), sp.Le(at, high, evaluate=False), evaluate=False)
    need(bool(at.is_integer) and entails([p.conclusion for p in premises], inside), f"{at} is not known to be in range")
    need(not any(symbol in g.free_symbols for p in premises for g in p.given), "an assumption restricts the index")
    entry = lang.substitute(term, {symbol: at})
    return certify("entry of a sum", st.less_equal(entry, sp.Sum(term, limits)), premises)


def generalise_offset(theorem: Theorem, offset: lang.Scalar, body: Any, *limits: tuple[Any, Any, Any]) -> Theorem:
    """For each index: from the body at last index = its first value + offset, with a natural offset left free.

    Sound because every index of the last range is its first value plus a natural number.
    """
    symbol, low, _ = limits[-1]
    need(offset.domain.integer and offset.domain.lower == 0 and offset.domain.upper == sp.oo,
         f"{offset} is not a natural number")
    symbols = {limit[0] for limit in limits}
    need(not any(g.free_symbols & (symbols | {offset}) for g in theorem.given), "an assumption restricts the index")
    need(offset not in body.free_symbols and all(offset not in sp.sympify(e).free_symbols for x in limits for e in x[1:]),
         f"{offset} occurs in the statement")
    need(matches(theorem.conclusion, lang.substitute(body, {symbol: low + offset})),
         f"{theorem.conclusion} is not the body at {low + offset}")
    return certify("for each", st.ForEach(body, *limits), [theorem])
