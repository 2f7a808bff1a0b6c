"""Claims with an atom of a wider domain: its ends let in, or none at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import Claim, ClaimError, Hypothesis
from dropout_theory.language import Domain, Expr, Statement, atoms_of
from dropout_theory.language import domains as dom
from dropout_theory.language import statements as st


def own_atoms(claim: Claim) -> list[Any]:
    """Real scalars and families with a domain that could be wider."""
    _, reals, families = atoms_of(claim)
    return [a for a in [*reals, *families] if type(a) in (lang.Scalar, lang.Family) and a.domain != dom.REAL
            and not a.domain.integer and not (type(a) is lang.Family and a.simplex)]


def _wider(domain: Domain) -> Iterator[Domain]:
    """Domains with the ends let in, and then with the ends taken away."""
    if domain.open_below or domain.open_above:
        yield dom.NONNEGATIVE if domain == dom.POSITIVE else dom.interval(domain.lower, domain.upper)
    yield dom.REAL


def widenings(claim: Claim, atom: Any) -> Iterator[tuple[str, Any, Claim, Any]]:
    """The name of each wider domain, the atom in it, the claim about that, and the condition that it lies within."""
    for wider in _wider(atom.domain):
        new = renewed(atom, wider)
        try:
            yield f"{atom} in {atom.domain}, not {wider}", new, in_domain(claim, atom, wider), inside(atom, new)
        except ClaimError:
            continue


def in_domain(claim: Claim, atom: Any, domain: Domain) -> Claim:
    """The claim with an atom of another domain.

    Raises ClaimError where laws, keep probabilities or definitions depend on the atom, which would stay as they are,
    and where a quantifier binds it, which would say more.
    """
    said = [claim.statement, *(h.condition for h in claim.hypotheses)]
    if any(atom in lang.bound_anywhere(s) for s in said):
        raise ClaimError(f"{claim.id}: a statement binds {atom}, and would say something else")
    mapping = {atom: renewed(atom, domain)}
    try:
        other = dataclasses.replace(
            claim, statement=_renamed(claim.statement, mapping), admissible=_moved(claim.admissible, mapping),
            hypotheses=tuple(Hypothesis(h.name, _renamed(h.condition, mapping)) for h in claim.hypotheses))
    except (ValueError, TypeError) as error:
        raise ClaimError(f"{claim.id}: {atom} cannot range over another domain: {error}") from None
    if any(atom in atoms for atoms in atoms_of(other)):
        raise ClaimError(f"{claim.id}: what defines other atoms depends on {atom}")
    return other


def renewed(atom: Any, domain: Domain) -> Any:
    """The atom of the same name in another domain."""
    return type(atom)(atom.name, domain, *atom._details)


def inside(atom: Any, new: Any) -> Any:
    """The condition that the atom `new` lies in the domain of `atom`."""
    if not isinstance(atom, lang.Family):
        return st.both(*atom.domain.conditions(new))
    indices = [r[0] for r in atom.ranges]
    entry = st.both(*atom.domain.conditions(new[tuple(indices)]))
    return st.ForEach(entry, *atom.ranges)


def _moved(values: Any, mapping: dict[Any, Any]) -> Any:
    return values and {mapping.get(k, k): v for k, v in values.items()}


def _renamed(expr: Expr | Statement, mapping: dict[Any, Any]) -> Any:
    """`expr` with atoms renamed everywhere, statements left unevaluated."""
    if expr in mapping:
        return mapping[expr]
    if not getattr(expr, "args", ()):
        return expr
    args = [_renamed(a, mapping) for a in expr.args]
    if isinstance(expr, (sp.core.relational.Relational, sp.And, sp.Or, sp.Not, sp.Implies)):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)

