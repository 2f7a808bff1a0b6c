"""Variants that are no mistakes: the statement in another form, a weaker one, or one that is true as well.

Each is set aside with a reason that is proved; what cannot be proved is not set aside.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import statements as st
from dropout_theory.proof import ProofError, Theorem, arithmetic, assume, conjunction, generalise, matches
from dropout_theory.proof.scope import in_range


def still_true(claim: Any, variant: Any) -> str | None:
    """Why a variant of a true statement is true, or None where no proof is found. The claim itself may be used."""
    if matches(variant, claim.statement):
        return "the same up to normal form"
    known = [assume(claim.statement), *[assume(h.condition) for h in claim.hypotheses]]
    try:
        found = follows(variant, claim.statement, known)
    except ProofError:
        return None
    allowed = {k.conclusion for k in known}
    return "follows from the statement and its hypotheses" if found.given <= allowed else None


def follows(variant: Any, statement: Any, known: list[Theorem]) -> Theorem:
    """The variant from what is known, part by part where both have the same shape. Raises ProofError."""
    if isinstance(variant, sp.And) and isinstance(statement, sp.And):
        return conjunction(*[known_part(part, statement, known) for part in variant.args])
    if isinstance(variant, st.ForEach) and isinstance(statement, st.ForEach) and variant.limits == statement.limits:
        limits = [tuple(limit.args) for limit in statement.limits]
        if not {limit[0] for limit in limits} & set().union(*[k.conclusion.free_symbols for k in known]):
            from dropout_theory.proof import specialise

            body = specialise(assume(statement), *[limit[0] for limit in limits])
            ranges = [assume(c) for limit in limits for c in in_range(*limit)]
            return generalise(follows(variant.body, statement.body, [body, *known, *ranges]), *limits)
    return arithmetic(variant, *known)


def known_part(part: Any, statement: Any, known: list[Theorem]) -> Theorem:
    """One conjunct of a variant: a conjunct of the statement itself, or what follows from all of them."""
    from dropout_theory.proof import component

    for theorem in known:
        if theorem.conclusion == statement and part in statement.args:
            return component(theorem, part)
    return arithmetic(part, *known)
