"""Statements: relations and what is opposite to them, conjunctions, and what ranges say of their indices."""

from __future__ import annotations

from dropout_theory.recheck.steps.binding import free
from dropout_theory.recheck.steps.grammar import Term, need

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
RELATIONS = frozenset(OPPOSITE)
CONNECTIVES = frozenset({"and", "or", "not", "implies", "iff"})
PREDICATES = frozenset({"exists", "all", "same-to-order", "converges", "sums-to", "has-value", "no-minimiser",
                        "refuted", "meaningless"})  # statements that are not taken apart


def relation(statement: Term) -> tuple[str, Term, Term]:
    """The operator and sides of a relation, > and >= turned round. Raises NotShown for another statement."""
    need(statement.op in OPPOSITE, f"no relation: {statement}")
    left, right = statement.terms
    return (statement.op.replace(">", "<"), right, left) if statement.op in (">", ">=") else (statement.op, left, right)


def negation(statement: Term) -> Term:
    return Term(OPPOSITE[statement.op], *statement.args) if statement.op in OPPOSITE else Term("not", statement)


def parts_of(statement: Term, op: str) -> list[Term]:
    """The parts of a conjunction or disjunction, those of parts of its kind included."""
    return [p for a in statement.terms for p in parts_of(a, op)] if statement.op == op else [statement]


def in_range(*limits: Term) -> list[Term]:
    """What ranges say of their indices. Raises NotShown where an end speaks of an index that is bound after it."""
    for n, r in enumerate(limits):
        later = [q.terms[0] for q in limits[n:]]
        need(not free(r.terms[1]).union(free(r.terms[2])).intersection(later) and later[0] not in later[1:],
             f"{r} depends on an index that is bound inside of it, or is bound twice")
    return [c for r in limits for c in (Term(">=", *r.terms[:2]), Term("<=", r.terms[0], r.terms[2]))]
