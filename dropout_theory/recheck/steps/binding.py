"""What a term binds and depends on, what makes it random, and substitution that captures nothing.

A gate shows its name and index and hides its keep probability; a random number hides its law, a subnetwork its
distribution, an entry of a recursion its definition, a probability the size of its distribution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from dropout_theory.recheck.steps.grammar import ATOMS, Malformed, Term

Terms = frozenset[Term]
NUMBERS = frozenset({"E", "Var", "Cov", "G", "G'", "NWGM", "largest-outcome"})  # of random expressions: each a number
_RANDOM = frozenset({"gates", "abstract", "subnetwork", "normal", "uniform", "bernoulli"})


class CannotSubstitute(Malformed):
    """Putting values for atoms would not give an instance of the term; the message says why."""


def _union(parts: Iterable[Terms]) -> Terms:
    return frozenset().union(*parts)


@cache
def free(term: Term) -> Terms:
    """Every atom on which the value of a term depends, shown or hidden; a family counts as a whole."""
    return _union([free(part) - set(bound) for part, bound in term.scopes]) if term.op not in ATOMS \
        else hidden(term) | {term}


@cache
def hidden(term: Term) -> Terms:
    """What a value depends on through the atoms in it: a value put for one of these would leave the atom as it was."""
    if term.op not in ATOMS:
        return _union([hidden(part) - set(bound) for part, bound in term.scopes])
    limits = term.ranges
    law = [part for part in term.terms if part.op not in ("domain", "range")]
    if term.op == "family" and term.args[2] == "distribution":  # its entries sum to 1 over the range
        law = [end for r in limits for end in r.terms[1:]]
    elif term.op == "recursion":  # starts at its first layer
        law.append(limits[0].terms[1])
    own = {r.terms[0] for r in limits}
    return frozenset(a for a in _union([free(part) for part in law]) if a not in own and not is_itself(a, term))


def is_itself(atom: Term, recursion: Term) -> bool:
    """Whether a family is the name by which the definition of a recursion calls the recursion."""
    return atom.op == "family" and atom.args[2] == "self" and atom.args[0] == recursion.args[0]


@cache
def random(term: Term) -> Terms:
    """The random atoms with whose outcome a value varies: those outside means, and those that definitions hide."""
    if term.op in NUMBERS:
        return frozenset()
    inside = _union([random(part) for part in term.terms])
    return inside | {term} if term.op in _RANDOM else inside


def substitute(term: Term, mapping: Mapping[Term, Term]) -> Term:
    """A term with values for free atoms.

    Raises CannotSubstitute for a value of an atom that a law or a definition hides, and for one that would be captured.
    """
    moved = {a: value for a, value in mapping.items() if a is not value}
    for a, value in moved.items():
        if a.op not in ATOMS or a.sort != value.sort:
            raise CannotSubstitute(f"{value} is no value for {a}; allowed: what is of its sort, for an atom")
    if unseen := hidden(term).intersection(moved):
        raise CannotSubstitute(f"a law or a definition in {term} depends on {min(map(str, unseen))}")
    moved = {a: value for a, value in moved.items() if a in free(term)}
    if not moved or term.op in ATOMS:
        return moved.get(term, term)
    bound = _union([frozenset(names) for _, names in term.scopes])
    if captured := bound & _union([free(value) for value in moved.values()]):
        raise CannotSubstitute(f"{min(captured)} is bound in {term}")
    return term.rebuilt([substitute(part, {a: value for a, value in moved.items() if a not in names})
                         for part, names in term.scopes], {})
