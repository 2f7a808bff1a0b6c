"""Proofs that are found: by one rule, or from a second derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.language import convexity, unfold
from dropout_theory.language import statements as st
from dropout_theory.proof.algebra import arithmetic, evaluated, identity, matches
from dropout_theory.proof.logic import assume, conjunction, generalise
from dropout_theory.proof.orders import to_order
from dropout_theory.proof.scope import in_range
from dropout_theory.proof.theorem import Theorem, of_the_library
from dropout_theory.proof.universal import convex_by_curvature


@of_the_library
def automatic(statement: Any, hypotheses: Sequence[Any] = ()) -> Theorem:
    """A proof by one rule, from hypotheses only where there is none without. Raises ProofError."""
    if isinstance(statement, sp.And):
        return conjunction(*[automatic(a, hypotheses) for a in statement.args])
    if isinstance(statement, st.ForEach):
        limits = [tuple(limit.args) for limit in statement.limits]
        inside = [condition for limit in limits for condition in in_range(*limit)]
        return generalise(automatic(statement.body, [*hypotheses, *inside]), *limits)
    rules: list[Callable[..., Theorem]] = [lambda *known: arithmetic(statement, *known)]
    if isinstance(statement, st.SameToOrder):
        rules = [lambda *known: to_order(statement, *known)]
    elif isinstance(statement, sp.Eq):
        rules.insert(0, lambda *known: identity(*statement.args, *known))
    elif not lang.dependencies(statement):
        return evaluated(statement)
    refused = ProofError(f"no rule for {statement}")
    for rule, known in product(rules, ([], [assume(h) for h in hypotheses])):
        try:
            return rule(*known)
        except ProofError as error:
            refused = error
    raise refused


@lru_cache(maxsize=512)
@of_the_library
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
        except (ProofError, lang.CannotSubstitute):
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
