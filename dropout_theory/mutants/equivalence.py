"""Variants that are no mistakes: the statement in another form, a weaker one, or one that is true as well.

Each is set aside with a reason that is proved; what cannot be proved is not set aside.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Statement
from dropout_theory.language import statements as st
from dropout_theory.proof import Theorem, arithmetic, assume, component, conjunction, generalise, matches, specialise
from dropout_theory.proof.automatic import automatic
from dropout_theory.proof.scope import in_range


def still_true(claim: Any, variant: Statement) -> str | None:
    """Why a variant of a true statement is true, or None where no proof is found. The claim itself may be used."""
    for recognise in (_same, _following, _proved):
        try:
            reason = recognise(claim, variant)
        except Exception:  # noqa: BLE001 - a rule that stumbles over a variant has not proved it
            continue
        if reason:
            return reason
    return None


def _same(claim: Any, variant: Statement) -> str | None:
    if once_open(variant) == once_open(claim.statement):
        return "the same: a gate equals its powers"
    return "the same up to normal form" if matches(variant, claim.statement) else None


def _following(claim: Any, variant: Statement) -> str | None:
    known = [assume(claim.statement), *[assume(h.condition) for h in claim.hypotheses]]
    found = follows(variant, claim.statement, known)
    allowed = {k.conclusion for k in known}
    return "follows from the statement and its hypotheses" if found.given <= allowed else None


def _proved(claim: Any, variant: Statement) -> str:
    return f"proved by itself: {'; '.join(automatic(variant).steps)}"


def once_open(statement: Statement) -> Statement:
    """The statement with gates in place of their powers: a gate is 0 or 1."""
    powers = {p: p.base for p in statement.atoms(sp.Pow) if isinstance(p.base, lang.Element)
              and isinstance(p.base.family, lang.Gates) and p.exp.is_Integer and p.exp > 0}
    return statement.xreplace(powers)


def follows(variant: Statement, statement: Statement, known: list[Theorem]) -> Theorem:
    """The variant from what is known, part by part where both have the same shape. Raises ProofError."""
    if isinstance(variant, sp.And) and isinstance(statement, sp.And):
        return conjunction(*[known_part(part, statement, known) for part in variant.args])
    if isinstance(variant, st.ForEach) and isinstance(statement, st.ForEach) and variant.limits == statement.limits:
        limits = [tuple(limit.args) for limit in statement.limits]
        if not {limit[0] for limit in limits} & set().union(*[k.conclusion.free_symbols for k in known]):
            body = specialise(assume(statement), *[limit[0] for limit in limits])
            ranges = [assume(c) for limit in limits for c in in_range(*limit)]
            return generalise(follows(variant.body, statement.body, [body, *known, *ranges]), *limits)
    return arithmetic(variant, *known)


def known_part(part: Statement, statement: Statement, known: list[Theorem]) -> Theorem:
    """One conjunct of a variant: a conjunct of the statement itself, or what follows from all of them."""
    for theorem in known:
        if theorem.conclusion == statement and part in statement.args:
            return component(theorem, part)
    return arithmetic(part, *known)
