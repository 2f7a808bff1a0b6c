"""Rules about single instances: a theorem at numbers, and statements that are false or say nothing at an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import Hypothesis, ProofError, need
from dropout_theory.definedness.partiality import partial_terms
from dropout_theory.evaluation.instances import Rejected, check_admissible
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.language import REAL, Aversion, atoms_of
from dropout_theory.language import statements as st
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.automatic import proves
from dropout_theory.proof.logic import check_value, negation
from dropout_theory.proof.optima import NoMinimiser
from dropout_theory.proof.theorem import Theorem, certify, without

Values = Mapping[Any, Any]
_QUANTIFYING = (st.ForAll, st.Exists, st.SameToOrder, st.Converges)
_BINDING = (st.ForEach, *_QUANTIFYING)


def at_instance(theorem: Theorem, values: Values) -> Theorem:
    """The theorem at numbers for sizes, scalars and all entries of families that it mentions.

    Assumptions that are true of the numbers are dropped. Raises ProofError when a number leaves its domain, an entry
    is missing, or something that is not fixed by the numbers alone depends on them.
    """
    for atom in values:
        need(type(atom) in (lang.Scalar, lang.Family) and getattr(atom, "simplex", False) is False,
             f"{atom} is not a plain scalar or family")
        check_value(atom, values)
    conclusion, *given = (_with_numbers(s, values) for s in (theorem.conclusion, *theorem.given))
    left = [g for g in given if not entails([], g)]
    shown = [term.at(values) for term in partial_terms(theorem.conclusion)]
    entries = {atom[key] if isinstance(atom, lang.Family) else atom: number for atom, numbers in values.items()
               for key, number in (numbers.items() if isinstance(atom, lang.Family) else [((), numbers)])}
    return certify("instance", conclusion, [without(theorem, theorem.given)], given=left, shown=shown,
                   arguments={"atoms": entries, "values": map(sp.sympify, entries.values())})


def _with_numbers(statement: Any, values: Values) -> Any:
    hidden = lang.hidden_dependencies(statement)
    for node in sp.preorder_traversal(statement):
        need(not isinstance(node, _BINDING), f"{type(node).__name__} binds: take it apart first")
    bound = lang.bound_anywhere(statement) & set(values)
    need(not bound, f"{bound} are bound: as an index, a variable or the parameters of an optimum")
    for atom in values:
        need(atom not in hidden, f"a law, keep probability, definition or distribution depends on {atom}")
    try:
        there = lang.put_values(statement, values)
    except KeyError as error:
        raise ProofError(f"no number is given for the entry {error}") from None
    left = [node for node in sp.preorder_traversal(there)
            if node in values or isinstance(node, lang.Element) and node.family in values]
    need(not left, f"no number is given for {left}")
    need(not there.has(sp.nan, sp.zoo, sp.oo, -sp.oo), f"not defined at these numbers: {statement}")
    return there


class Refutation(Boolean):
    """A claim's statement fails at an instance: args = (the statement as printed, text of the instance, what holds).

    What holds there is a Tuple of conditions: a claim with further hypotheses is not refuted.
    """

    about_a_statement = True


def refutation(theorem: Theorem, claim: Any, values: Values) -> Theorem:
    """From a theorem that negates a claim's statement, as it stands or at `values`, a refutation of the claim.

    The values are a complete instance: every domain and hypothesis of the claim is checked, and every assumption of the
    theorem. They may give random quantities of any law as expressions in gates of their own. Raises ProofError.
    """
    if theorem.conclusion == negation(claim.statement):
        _require_instance(claim, values)
    else:
        instance_of = _statement_at(claim, values)
        need(matches(theorem.conclusion, negation(instance_of)), f"{theorem.conclusion} does not negate {instance_of}")
    for assumed in theorem.given:  # one by one, so that no atom free here counts as bound elsewhere
        need(not any(isinstance(node, (*_QUANTIFYING, Aversion)) for node in sp.preorder_traversal(assumed)),
             f"an assumption binds atoms: {assumed}")
        holds = (Hypothesis(f"assumption {assumed}", assumed),)
        _require_instance(replace(claim, statement=assumed, hypotheses=holds), values)
    return certify("refutation", Refutation(*_labels(claim, values)), [without(theorem, theorem.given)])


class Meaningless(Boolean):
    """A claim's statement speaks of something that does not exist at an instance: args as of a Refutation."""

    about_a_statement = True


def meaningless(theorem: Theorem, claim: Any, values: Values) -> Theorem:
    """From a theorem that a criterion has no minimiser: a claim whose statement is about its minimisers at `values`.

    The values are a complete instance: every domain and hypothesis of the claim is checked. Raises ProofError.
    """
    missing = theorem.conclusion
    need(isinstance(missing, NoMinimiser), f"not about a minimiser: {missing}")
    need(missing.args[0] in _statement_at(claim, values).atoms(Aversion),
         f"{claim.id} does not speak of {missing.args[0]} at this instance")
    need(not theorem.given, f"unproved assumptions: {theorem.given}")
    return certify("no meaning", Meaningless(*_labels(claim, values)), [theorem])


def _statement_at(claim: Any, values: Values) -> Any:
    """The claim's statement at an instance. Raises ProofError when a domain or hypothesis excludes it.

    Values of other atoms than the claim's free ones are left out: a gate or what is defined has none of its own.
    """
    _require_instance(claim, values)
    laws = {atom: v for atom, v in values.items() if isinstance(atom, lang.Abstract)}
    for atom, entries in laws.items():
        _require_law(atom, entries, claim.statement)
    values = laws | {atom: v for atom, v in values.items() if any(atom in atoms for atoms in atoms_of(claim))}
    return lang.put_values(claim.statement, values)


def _require_law(atom: lang.Abstract, entries: Any, statement: Any) -> None:
    """Raise ProofError unless every entry is a number or made of fair or unfair gates that the statement knows not."""
    need(atom.domain == REAL and atom.simplex is False and isinstance(entries, Mapping), f"no law for {atom}")
    taken = {family.name for family in _families(statement)}
    for entry in map(sp.sympify, entries.values()):
        gates = {e.family for e in entry.atoms(lang.Element)}
        need(all(isinstance(g, lang.Gates) and sp.sympify(g.keep).is_Rational and g.name not in taken for g in gates)
             and all(index.is_Integer for e in entry.atoms(lang.Element) for index in e.indices)
             and lang.dependencies(entry) <= gates and not partial_terms(entry),
             f"{entry} is no law for {atom}: it must be made of numbers and of gates of its own")


def _families(statement: Any) -> set[Any]:
    """All families of which a statement speaks, those in definitions and keep probabilities too."""
    found: set[Any] = set()
    todo = [statement]
    while todo:
        new = {node for node in sp.preorder_traversal(todo.pop()) if isinstance(node, lang.Family)} - found
        found |= new
        for family in new:
            todo += [family.base, family.step] if isinstance(family, lang.Recursion) else []
            todo += [family.keep] if isinstance(family, lang.Gates) else []
    return found


def _require_instance(claim: Any, values: Values) -> None:
    try:
        check_admissible(claim, dict(values), proves)
    except (Rejected, Unsupported) as error:
        raise ProofError(f"not an instance of {claim.id}: {error}") from None


def _labels(claim: Any, values: Values) -> tuple[Any, Any, Any]:
    text = ", ".join(f"{k} = {_shown(v)}" for k, v in values.items())
    return claim.statement, sp.Symbol(text), sp.Tuple(*[h.condition for h in claim.hypotheses])


def _shown(value: Any) -> str:
    """A value, or the entries of a family: once where many are equal."""
    if isinstance(value, Mapping) and len(value) > 4 and len(set(value.values())) == 1:
        return f"{next(iter(value.values()))} in all {len(value)} places"
    if not isinstance(value, Mapping):
        return str(value)
    gates = {e for v in value.values() for e in sp.sympify(v).atoms(lang.Element)}
    chances = "".join(f", where {g} is 1 with probability {g.family.keep}, else 0" for g in sorted(gates, key=str))
    return f"{value}{chances}"
