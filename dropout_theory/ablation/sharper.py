"""What a hypothesis is for when nothing refutes the claim without it: it gives others a meaning, or none needs it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import REGISTRY, Claim, Hypothesis
from dropout_theory.definedness.partiality import condition_of, partial_terms
from dropout_theory.definedness.shown import defined, follows
from dropout_theory.language import Expr, Statement, plain, unordered
from dropout_theory.language import statements as st
from dropout_theory.proof import scope
from dropout_theory.proof.logic import negation
from dropout_theory.verdicts.kernel import Context

if TYPE_CHECKING:
    from dropout_theory.ablation.ablation import Ablation

PROVING = ("symbolic", "decide", "interval")  # methods whose evidence can cover the whole of what is stated


def with_meaning(found: Ablation, dropped: Hypothesis, weaker: Claim) -> Ablation:
    """`needed` where another hypothesis has quotients, roots or logarithms that only the dropped one defines.

    So has the statement, where it is not proved without.
    """
    if found.outcome == "needed":
        return found
    places = [(repr(h.name), _body(h.condition), [r for r in weaker.hypotheses if r != h]) for h in weaker.hypotheses]
    if found.outcome == "undecided":
        places.append(("the statement", _body(weaker.statement), list(weaker.hypotheses)))
        places += [(f"the definition of {r}", sp.Tuple(r.base, r.step), list(weaker.hypotheses))
                   for r in definitions_in(weaker.statement)]
    for name, place, rest in places:
        known = [_body(h.condition) for h in rest]
        defined_by_it = undefined_terms(place, known) - undefined_terms(place, [*known, _body(dropped.condition)])
        if found.kind == "domain":
            defined_by_it = {t for t in defined_by_it if _lost(t, known, _body(dropped.condition))}
        if defined_by_it:
            term = min(defined_by_it, key=sp.default_sort_key)
            return dataclasses.replace(found, outcome="needed", reason=f"{name} is without meaning otherwise: it "
                                       f"is what says that {plain(term)} is defined")
    return found


def definitions_in(statement: Statement) -> list[lang.Recursion]:
    """The quantities defined layer by layer of which a statement speaks, and those that define these."""
    found: dict[lang.Recursion, None] = {}
    todo = [statement]
    while todo:
        families = {e.family for e in todo.pop().atoms(lang.Element) if isinstance(e.family, lang.Recursion)}
        for family in sorted(families - set(found), key=str):
            found[family] = None
            todo += [family.base, family.step]
    return list(found)


def undefined_terms(statement: Statement, known: list[Statement]) -> set[Any]:
    """Terms that are not shown to be defined where a statement speaks of them."""
    return {term.term for term in partial_terms(statement) if not follows(term, known)}


def within(expr: Expr | Statement, known: list[Statement]) -> list[Any]:
    """What is known inside of a sum, an extreme or a quantifier: that its indices are in range."""
    limits = [tuple(limit) for limit in lang.bound_limits(expr)]
    bound = {limit[0] for limit in limits}
    outside = [c for c in known if not c.free_symbols & bound]
    if len(bound) < len(limits):  # an index bound twice: which range counts is not looked into
        return outside
    return outside + [c for limit in limits if len(limit) == 3 for c in scope.in_range(*limit)]


def _lost(term: Expr, known: list[Statement], inside: Any) -> bool:
    """Whether a term is undefined wherever an atom leaves its domain."""
    wanted = condition_of(term)
    return wanted is not None and implied(negation(wanted), [*known, negation(inside)])


def is_defined(term: Expr, known: list[Statement]) -> bool:
    """Whether what is known says that a quotient, root or logarithm is defined."""
    if any(isinstance(k, (sp.Lt, sp.Gt)) and (k.lts, k.gts) == (0, term.args[0]) for k in known):
        return True  # in so many words: the solver would ask first whether that number itself is defined
    try:
        defined(term, known)
    except Exception:  # noqa: BLE001 - a condition the solver cannot read shows nothing
        return False
    return True


def _body(condition: Statement) -> Any:
    """What a condition says at any one of the values it ranges over."""
    return _body(condition.body) if isinstance(condition, (st.ForAll, st.ForEach)) else condition


def with_sharper(found: Ablation, weaker: Claim) -> Ablation:
    """Names the claims that state the same under no more than the hypotheses that are left, where any does.

    The proof of such a claim settles what is undecided.
    """
    if found.outcome == "needed":
        return found
    left = [h.condition for h in weaker.hypotheses]
    named = [c for c in REGISTRY if c.id != weaker.id and unordered(c.unfolded.statement) == unordered(weaker.statement)
             and all(implied(h.condition, left) for h in c.unfolded.hypotheses)]
    if found.outcome == "undecided":
        named = [c for c in named if is_proved(c)]
        return dataclasses.replace(found, outcome="not needed", reason=f"proved as {_ids(named)}") if named else found
    return dataclasses.replace(found, reason=f"{found.reason}; stated without it: {_ids(named)}") if named else found


def _ids(claims: list[Claim]) -> str:
    return ", ".join(c.id for c in claims)


def is_proved(claim: Claim, above: frozenset[str] = frozenset()) -> bool:
    """Whether a method proves a claim, and all that the proof cites; `above` are the claims that cite it."""
    return claim.id not in above and any(_proves(method, claim, above | {claim.id}) for method in PROVING)


def _proves(method: str, claim: Claim, above: frozenset[str]) -> bool:
    from dropout_theory.checkers import get_checker

    checker = get_checker(method)
    try:
        if checker.applies(claim) is not None:
            return False
        found = checker.check(claim, Context(fast=True))
    except Exception:  # noqa: BLE001 - a rule that stumbles has proved nothing
        return False
    return (found.outcome, found.rigor) == ("holds", "proof") and all(
        cited.startswith("classical:") or cited in REGISTRY and is_proved(REGISTRY[cited], above)
        for cited in found.depends_on)


def implied(condition: Statement, left: list[Statement]) -> bool:
    """Whether the solver shows that a condition follows from those left."""
    if condition in left:
        return True
    if isinstance(condition, st.ForEach):  # at any one place, from what is said of every place
        left = [*left, *[at for c in left for at in _at_place(c, condition)]]
        condition = condition.body
    try:
        return entails([c for c in left if isinstance(c, (sp.core.relational.Relational, sp.Not))], condition)
    except Exception:  # noqa: BLE001 - a condition the solver cannot read shows nothing
        return False


def _at_place(known: Any, wanted: st.ForEach) -> list[Any]:
    """What a statement for each index over the same ranges as `wanted` says at its indices."""
    if not isinstance(known, st.ForEach) or len(known.limits) != len(wanted.limits):
        return []
    names = dict(zip(known.bound_symbols, wanted.bound_symbols, strict=True))
    ranges = [tuple(lang.substitute(end, names) for end in limit.args[1:]) for limit in known.limits]
    return [lang.substitute(known.body, names)] if ranges == [tuple(w.args[1:]) for w in wanted.limits] else []
