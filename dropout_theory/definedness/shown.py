"""Where a statement is defined: one function, which the maker of theorems, all rules and all checkers ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.definedness.partiality import (
    _RELATIONAL,
    AnyOf,
    Partial,
    fixed,
    implied,
    negated,
    partial_terms,
    range_of,
    taken_apart,
)
from dropout_theory.language import statements as st
from dropout_theory.language.checked import bound_by_chance, strange_names, strange_values
from dropout_theory.normal_form import is_positive

MAX_CASES = 64  # of a statement about all values that are tried where a term may be undefined


def check_values(expr: Any) -> None:
    """Raise ProofError when something that is no exact real number, or no name of one, stands in an expression."""
    strange = (*strange_values(expr), *strange_names(expr)) if isinstance(expr, sp.Basic) else ()
    if strange:
        raise ProofError(f"{', '.join(strange)} is no real number, or more is known of it than its "
                         f"sign: not allowed in {expr}")
    random = bound_by_chance(expr) if isinstance(expr, sp.Basic) else ()
    if random:
        raise ProofError(f"{', '.join(random)} is bound in {expr}, though random or a name for itself")


def undefined(expr: Any, known: Iterable[Any] = (), shown: Iterable[Partial] = (),
              sure: Iterable[Any] = ()) -> Partial | None:
    """The first term that is neither `shown` to be defined nor defined by what is `known`; None where all are.

    What is known of random atoms holds at one outcome, but for what is `sure`: that holds at all.
    """
    return _first_unshown(partial_terms(expr), known, shown, sure)


def _first_unshown(terms: Iterable[Partial], known: Iterable[Any], shown: Iterable[Partial],
                   sure: Iterable[Any]) -> Partial | None:
    everywhere, seen = [*fixed(known), *taken_apart(sure)], list(shown)
    here = [*taken_apart(known), *everywhere]
    for p in terms:
        facts = everywhere if p.averaged else here
        if not _is_shown(p, seen, facts) and not _follows(p, facts):
            return p
    return None


def defined(expr: Any, known: Iterable[Any] = (), shown: Iterable[Partial] = (), sure: Iterable[Any] = ()) -> None:
    """Raise ProofError unless every term of an expression or statement is defined, by shape or by what is known."""
    check_values(expr)
    all_shown(partial_terms(expr), known, shown, sure)


def all_shown(terms: Iterable[Partial], known: Iterable[Any] = (), shown: Iterable[Partial] = (),
              sure: Iterable[Any] = ()) -> None:
    """Raise ProofError unless every one of the terms is `shown` to be defined, or defined by what is known."""
    partial = _first_unshown(terms, known, shown, sure)
    if partial is not None:
        why = "nothing shows it" if partial.condition is None else f"not known that {partial.condition}"
        raise ProofError(f"{partial.term} may be undefined: {why}")


def _is_shown(partial: Partial, shown: list[Partial], known: list[Any]) -> bool:
    """Whether the term was shown where no more was known, or in each of two cases that exhaust all."""
    here = {*taken_apart(partial.known), *known}
    beyond = [set(s.known) - here for s in shown if s.term == partial.term
              and (s.averaged or not partial.averaged or not any(map(lang.is_random, (s.term, *s.known))))]
    cases = {next(iter(extra)) for extra in beyond if len(extra) == 1}
    return any(not extra for extra in beyond) or any(negated(case) in cases for case in cases)


def follows(partial: Partial, known: list[Any]) -> bool:
    """Whether what is known makes a term defined."""
    return _follows(partial, fixed(known) if partial.averaged else known)


def _follows(partial: Partial, known: list[Any]) -> bool:
    if partial.condition is None:
        return False
    if isinstance(partial.condition, sp.And):
        return all(_follows(replace(partial, condition=part), known) for part in partial.condition.args)
    alternatives = partial.condition.args if isinstance(partial.condition, AnyOf) else (partial.condition,)
    here = taken_apart(partial.known)
    there = [*known, *here]
    for wanted in dict.fromkeys(w for a in alternatives for w in (a, _plainer(a))):
        if implied(here, wanted) or known and implied(there, wanted):
            return True
        plain = [fact for fact in there if isinstance(fact, _RELATIONAL)]
        # one at a time: a fact that the solver cannot read, such as one with a quotient, hides the others from it
        about = lang.dependencies(wanted)
        if any(implied([fact], wanted) for fact in dict.fromkeys(plain) if about & lang.dependencies(fact)):
            return True
        for statement in there:
            special = list(_special_cases(statement, wanted))
            if special and implied([*plain, *special], wanted):
                return True
    return False


def _plainer(condition: Any) -> Any:
    """A condition that implies the given one and says it of simpler terms: a product is not zero where no factor is."""
    if isinstance(condition, sp.Ne) and condition.args[1] == 0:
        return _nonzero(condition.args[0])
    return condition


def _nonzero(expr: Any) -> Any:
    if is_positive(expr) or is_positive(-expr):
        return sp.true
    if isinstance(expr, sp.Mul):
        return sp.And(*[_nonzero(a) for a in expr.args], evaluate=False)
    if isinstance(expr, sp.Pow):
        return _nonzero(expr.base)
    if isinstance(expr, sp.binomial):
        return sp.And(*range_of(expr.args[1], sp.S.Zero, expr.args[0]), evaluate=False)
    return sp.Ne(expr, 0, evaluate=False)


def _special_cases(statement: Any, wanted: Any) -> Iterator[Any]:
    """What a statement about all values or indices says of the arguments and entries that stand in a condition."""
    if isinstance(statement, st.ForAll):
        values = [*{a for call in wanted.atoms(AppliedUndef) for a in call.args}, *wanted.atoms(lang.Scalar)]
        values = sorted((v for v in set(values) if not isinstance(v, lang.Family)), key=sp.default_sort_key)
        symbols = statement.bound_symbols
        if len(values) ** len(symbols) <= MAX_CASES:
            for chosen in product(values, repeat=len(symbols)):
                inside = [c for s, v in zip(symbols, chosen, strict=True) for c in s.domain.conditions(v)]
                yield from _where(inside, statement.body, dict(zip(symbols, chosen, strict=True)))
    if isinstance(statement, st.ForEach) and len(statement.limits) == 1:
        symbol, *ends = statement.limits[0].args
        for entry in statement.body.atoms(lang.Element):
            places = [n for n, index in enumerate(entry.indices) if index == symbol]
            for other in wanted.atoms(lang.Element) if places else ():
                if other.family == entry.family:
                    value = other.indices[places[0]]
                    yield from _where(range_of(value, *ends), statement.body, {symbol: value})


def _where(inside: Iterable[Any], body: Any, values: dict[Any, Any]) -> Iterator[Any]:
    """What a body says of values where they are inside of what it speaks of; nothing where it cannot take them."""
    with suppress(lang.CannotSubstitute):
        yield sp.Implies(sp.And(*inside, evaluate=False), lang.substitute(body, values), evaluate=False)
