"""Proofs that are found: by one rule, or from a second derivative."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.language import convexity, unfold
from dropout_theory.language import statements as st
from dropout_theory.proof.algebra import arithmetic, evaluated, identity, matches
from dropout_theory.proof.analysis import to_order
from dropout_theory.proof.logic import conjunction, generalise
from dropout_theory.proof.theorem import Theorem
from dropout_theory.proof.universal import convex_by_curvature


def automatic(statement: Any) -> Theorem:
    """A proof by one rule. Raises ProofError."""
    if isinstance(statement, sp.And):
        return conjunction(*[automatic(a) for a in statement.args])
    if isinstance(statement, st.ForEach):
        return generalise(automatic(statement.body), *[tuple(limit.args) for limit in statement.limits])
    if isinstance(statement, st.SameToOrder):
        return to_order(statement)
    if isinstance(statement, sp.Eq):
        try:
            return identity(*statement.args)
        except ProofError:
            return arithmetic(statement)
    if not lang.dependencies(statement):
        return evaluated(statement)
    return arithmetic(statement)


@lru_cache(maxsize=512)
def proves(statement: st.ForAll) -> bool:
    """Whether one rule proves the body for all values of its atoms, or a second derivative its convexity."""
    body = statement.body
    if body in (True, False):
        return bool(body)
    if body.atoms(AppliedUndef):
        return False
    for attempt in (lambda: automatic(body), lambda: _by_curvature(statement)):
        try:
            attempt()
        except ProofError:
            continue
        return True
    return False


def _by_curvature(statement: st.ForAll) -> None:
    """Raise ProofError unless the statement is the convexity of a function whose second derivative is >= 0."""
    if not isinstance(statement.body, sp.Le) or len(statement.bound_symbols) != 3:
        raise ProofError("not a statement of convexity")
    x, _, theta = statement.bound_symbols
    f = unfold(lang.substitute(statement.body.args[1], {theta: sp.S.One}))
    if not matches(statement, convexity(f, x)):
        raise ProofError("not a statement of convexity")
    convex_by_curvature(f, x, arithmetic(st.less_equal(0, sp.diff(f, x, 2))))
