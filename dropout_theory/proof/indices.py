"""Rules about indices and special values: Kronecker deltas, an entry of a sum, index offsets, a scalar at a number."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.definedness.partiality import partial_terms
from dropout_theory.language import statements as st
from dropout_theory.language import unfold
from dropout_theory.normal_form import is_nonnegative
from dropout_theory.proof import scope
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.theorem import Theorem, certify, shows


def apart(left: Any, right: Any, *premises: Theorem) -> Theorem:
    """KroneckerDelta(left, right) = 0 where the premises imply that the indices differ. Raises ProofError."""
    delta = sp.KroneckerDelta(left, right)
    need(isinstance(delta, sp.KroneckerDelta), f"{left} and {right} are compared by SymPy already: {delta}")
    need(entails([p.conclusion for p in premises], sp.Ne(left, right, evaluate=False)),
         f"{left} and {right} are not known to differ")
    return certify("unequal indices", st.equal(delta, 0), premises)


def together(left: Any, right: Any, *premises: Theorem) -> Theorem:
    """KroneckerDelta(left, right) = 1 where the premises imply that the indices are equal. Raises ProofError."""
    delta = sp.KroneckerDelta(left, right)
    need(isinstance(delta, sp.KroneckerDelta), f"{left} and {right} are compared by SymPy already: {delta}")
    need(entails([p.conclusion for p in premises], st.equal(left, right)), f"{left} and {right} are not known equal")
    return certify("equal indices", st.equal(delta, 1), premises)


def sift(term: Any, limits: tuple[Any, Any, Any], at: Any, *premises: Theorem) -> Theorem:
    """sum over l of KroneckerDelta(l, at) * term(l) = term(at), where `at` lies in the range. Raises ProofError."""
    symbol, low, high = limits
    at, term = sp.sympify(at), sp.sympify(term)
    scope.index_ranges([limits])
    need(not lang.depends_on(at, symbol), f"{at} mentions the summation index")
    _inside(at, low, high, premises)
    whole = sp.Sum(sp.KroneckerDelta(symbol, at) * term, limits)
    return certify("sifting", st.equal(whole, lang.substitute(term, {symbol: at})), premises)


def entry_below_sum(term: Any, limits: tuple[Any, Any, Any], at: Any, *premises: Theorem) -> Theorem:
    """term(at) <= sum of term over the range, when every term is non-negative by shape and `at` is in the range."""
    symbol, low, high = limits
    at, term = sp.sympify(at), sp.sympify(term)
    scope.index_ranges([limits])
    need(is_nonnegative(term), f"{term} is not known to be non-negative")
    _inside(at, low, high, premises)
    return certify("entry of a sum", st.less_equal(lang.substitute(term, {symbol: at}), sp.Sum(term, limits)), premises)


def _inside(at: Any, low: Any, high: Any, premises: tuple[Theorem, ...]) -> None:
    """Raise ProofError unless an index is known to be an integer of the range."""
    need(bool(at.is_integer), f"{at} is not an integer")
    need(not lang.is_random(at), f"{at} is random")
    inside = st.both(*scope.in_range(at, low, high))
    need(entails([p.conclusion for p in premises], inside), f"{at} is not known to be in range")


def generalise_offset(theorem: Theorem, offset: lang.Scalar, body: Any, *limits: tuple[Any, Any, Any]) -> Theorem:
    """For each index: from the body at last index = its first value + offset, with a natural offset left free.

    Every index of the last range is its first value plus a natural number. Range assumptions on the other indices
    are dropped, as in `generalise`.
    """
    symbol, low, _ = limits[-1]
    scope.require_every_number(offset)
    need(offset.domain.integer and offset.domain.lower == 0 and offset.domain.upper == sp.oo,
         f"{offset} is not a natural number")
    scope.index_ranges(limits)
    moved = scope.over_range(theorem, *limits[:-1])
    need(not any(lang.depends_on(g, symbol, offset) for g in theorem.given - moved.gone),
         "an assumption restricts the index")
    ends = [sp.sympify(e) for limit in limits for e in limit[1:]]
    need(not lang.depends_on([body, *ends], offset), f"{offset} occurs in the statement")
    need(matches(theorem.conclusion, lang.substitute(body, {symbol: low + offset})),
         f"{theorem.conclusion} is not the body at {low + offset}")
    # the premise shows the body to be defined at every index, each being the first value and an offset
    shows(theorem, [term.moved({symbol: low + offset}) for term in partial_terms(body)])
    certify("for each", st.ForEach(sp.Ge(symbol, symbol, evaluate=False), *limits), [moved])  # the ends are defined
    return certify("for each", st.ForEach(body, *limits), [moved], shown=partial_terms(st.ForEach(body, *limits)),
                   arguments={"offset": [offset]})


def at_value(statement: Any, equality: Theorem, theorem: Theorem) -> Theorem:
    """The statement, from `scalar = value` and a theorem that is the statement with the value put for the scalar."""
    need(isinstance(equality.conclusion, sp.Eq), f"not an equality: {equality.conclusion}")
    scalar, value = equality.conclusion.args
    scope.require_every_number(scalar)
    need(not lang.dependencies(value), f"{value} is not a number")
    scope.replaceable(statement, scalar, value)
    need(matches(theorem.conclusion, lang.substitute(statement, {scalar: value})),
         f"{theorem.conclusion} is not the statement at {scalar} = {value}")
    return certify("equal terms", statement, [equality, theorem])


def mirrored(theorem: Theorem) -> Theorem:
    """right = left, from left = right."""
    need(isinstance(theorem.conclusion, sp.Eq), f"not an equality: {theorem.conclusion}")
    return certify("symmetry", st.equal(*reversed(theorem.conclusion.args)), [theorem])


def written_out(theorem: Theorem, *premises: Theorem) -> Theorem:
    """The conclusion with sums and products over ranges between two numbers written out term by term.

    Premises may show that its terms are defined one by one.
    """
    return certify("written out", lang.put_values(unfold(theorem.conclusion), {}), [theorem, *premises])
