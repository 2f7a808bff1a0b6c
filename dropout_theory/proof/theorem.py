"""Theorems: statements that a rule has checked. Nothing else can make one.

The atoms free in a conclusion are universally bound over their domains, under the assumptions in `given`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import InitVar, dataclass, field, replace
from functools import wraps
from typing import Any

import sympy as sp

from dropout_theory.claims import Claim, ProofError
from dropout_theory.definedness.partiality import AnyOf, Partial, closed, partial_terms
from dropout_theory.definedness.shown import all_shown, check_values, defined
from dropout_theory.language import CannotSubstitute, depends_on, is_random, unnamed
from dropout_theory.proof.near_zero import order_shown

_TOKEN = object()
_given_out: ContextVar[bool] = ContextVar("a rule that was given out, or the library, is at work", default=False)


@dataclass(frozen=True)
class Theorem:
    """`given` implies `conclusion`; `steps` are the rules used, `uses` the claims and classical facts relied on."""

    conclusion: Any
    given: frozenset[Any] = frozenset()
    steps: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    # how it was made, so that it can be shown and checked again: the last rule, what it was told, what it was given
    rule: str = field(default="", compare=False, repr=False)
    premises: tuple[Theorem, ...] = field(default=(), compare=False, repr=False)
    arguments: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, compare=False, repr=False)
    # never stored, so that neither `dataclasses.replace` nor a copy of the fields makes another theorem
    _token: InitVar[object] = None

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise TypeError("theorems are made by rules only: see dropout_theory.proof")

    def __str__(self) -> str:
        assumed = f"{', '.join(map(str, self.given))} |- " if self.given else ""
        return f"{assumed}{self.conclusion}"


def steps_of(theorem: Theorem) -> Iterator[Theorem]:
    """All theorems that a theorem was made of, and it itself, once each: equal ones may rest on different claims."""
    seen: set[int] = set()
    waiting = [theorem]
    while waiting:
        step = waiting.pop()
        if id(step) not in seen:
            seen.add(id(step))
            waiting += step.premises
            yield step


@dataclass(frozen=True)
class Without:
    """A premise some of whose assumptions the rule drops. For rule modules only: it is no theorem."""

    theorem: Theorem
    gone: frozenset[Any]


def without(theorem: Theorem, gone: Iterable[Any]) -> Without:
    """A premise of a rule that drops some of its assumptions, in this premise alone."""
    return Without(theorem, frozenset(gone))


def certify(rule: str, conclusion: Any, premises: Iterable[Theorem | Without] = (), given: Iterable[Any] = (),
            uses: Iterable[str] = (), shown: Iterable[Partial] = (), binds: Iterable[Any] = (),
            arguments: Mapping[str, Iterable[Any]] | None = None) -> Theorem:
    """Make a theorem in the name of a rule. For rule modules only: a proof must never call it.

    The only maker of theorems: it sees to it that the conclusion is defined wherever the assumptions hold, given what
    the premises show. `shown` are terms that the rule itself sees to; `binds` the index symbols that it binds, free in
    the premises, innermost first; `arguments` what a reader of the proof must be told beside premises and conclusion,
    expressions by name. Raises ProofError for a term that may be undefined, for anything that is no real
    number, and for names: a rule that saw one may have compared it with what it stands for. Rules as
    `dropout_theory.proof` gives them out see none.
    """
    if not _given_out.get():
        raise ProofError(f"{rule}: a rule is taken from dropout_theory.proof, which sees to what it is handed, "
                         "not from a module of it")
    parts = tuple(p if isinstance(p, Without) else Without(p, frozenset()) for p in premises)
    given = tuple(given)
    for said in (conclusion, *given, *[g for p in parts for g in p.gone]):
        if unnamed(said) != said:  # spelled out only then: printing what is said takes longer than the rest
            raise ProofError(f"names are not unfolded: {said}")
    assumptions = frozenset(given).union(*[p.theorem.given - p.gone for p in parts])
    _require_meaning(conclusion, assumptions, parts, tuple(shown), tuple(binds))
    steps = tuple(dict.fromkeys([s for p in parts for s in p.theorem.steps] + [rule]))
    relied = frozenset(uses).union(*[p.theorem.uses for p in parts])
    told = {name: tuple(values) for name, values in (arguments or {}).items()}
    return Theorem(conclusion, assumptions, steps, relied, rule, tuple(p.theorem for p in parts), told, _TOKEN)


def _require_meaning(conclusion: Any, assumptions: frozenset[Any], premises: tuple[Without, ...],
                     shown: tuple[Partial, ...], binds: tuple[Any, ...]) -> None:
    """Raise ProofError unless the conclusion is defined wherever the assumptions hold."""
    for statement in (conclusion, *assumptions):
        check_values(statement)
    said = [*[(a, frozenset({a})) for a in assumptions], *[(p.theorem.conclusion, p.theorem.given) for p in premises]]
    order_shown(conclusion, said, [*assumptions, *[fact for fact, given in said if given <= assumptions]])
    if not partial_terms(conclusion):
        return
    seen = [*shown, *[term for statement in assumptions for term in partial_terms(statement)]]
    known = list(assumptions)
    sure: list[Any] = []
    for p in premises:
        # what a premise says holds where its own assumptions do
        under = tuple(p.theorem.given - assumptions)
        terms = tuple(term.given(*under) for term in _terms_shown(p.theorem))
        seen += terms
        for symbol in binds:
            terms = tuple(closed(terms, symbol))
            seen += terms
        if not under:
            (sure if _at_all_outcomes(p.theorem) else known).append(p.theorem.conclusion)
    defined(conclusion, known + _conditions(seen, averaged=False), seen, sure + _conditions(seen, averaged=True))


def _at_all_outcomes(theorem: Theorem) -> bool:
    """Whether what a theorem says holds at every outcome: it assumes nothing of any one."""
    return not any(map(is_random, theorem.given))


def _terms_shown(theorem: Theorem) -> list[Partial]:
    """The terms that a conclusion shows to be defined, inside of means too where it holds at every outcome."""
    terms = partial_terms(theorem.conclusion)
    return [*terms, *[replace(t, averaged=True) for t in terms if not t.averaged and _at_all_outcomes(theorem)]]


def _conditions(seen: Iterable[Partial], averaged: bool) -> list[Any]:
    """What holds since terms are defined, of those in means at every outcome."""
    return [t.condition for t in seen if t.averaged is averaged and not t.known and t.condition is not None
            and not isinstance(t.condition, AnyOf)]


def shows(theorem: Theorem, terms: Iterable[Partial]) -> None:
    """Raise ProofError unless the terms are defined wherever a theorem's assumptions hold, by what it says.

    For rules that conclude what a premise says up to normal form: a normal form may lack terms.
    """
    seen = [term for g in theorem.given for term in partial_terms(g)] + _terms_shown(theorem)
    known = list(theorem.given)
    sure: list[Any] = []
    (sure if _at_all_outcomes(theorem) else known).append(theorem.conclusion)
    all_shown(terms, known + _conditions(seen, averaged=False), seen, sure + _conditions(seen, averaged=True))


def sees_to_its_arguments(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a rule that itself sees to it that the expressions it is given are defined where it needs them."""
    rule.sees_to_its_arguments = True  # type: ignore[attr-defined]
    return rule


def given_out(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule as the room gives it out: it sees no names, and no expression that may be undefined.

    Only in such a rule, or in a function `of_the_library`, is a theorem made. Names are unfolded, since theorems hold
    none. An expression that is handed to a rule must be defined wherever the assumptions of the theorems beside it hold
    and, if it speaks of them, the indices are in their ranges: what SymPy cancels while the rule works with it would
    not be seen afterwards.
    """
    inside = of_the_library(rule)

    @wraps(rule)
    def applied(*given: Any, **options: Any) -> Any:
        try:
            arguments = [_unfolded(a) for a in given]
            others = {name: _unfolded(value) for name, value in options.items()}
            if not hasattr(rule, "sees_to_its_arguments"):
                _require_defined([*arguments, *others.values()])
            return inside(*arguments, **others)
        except (CannotSubstitute, sp.PolynomialError) as error:
            raise ProofError(str(error)) from None

    return applied


def of_the_library(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the library that makes theorems by rules as they are, and hands them nothing from outside."""
    @wraps(function)
    def applied(*given: Any, **options: Any) -> Any:
        before = _given_out.set(True)
        try:
            return function(*given, **options)
        finally:
            _given_out.reset(before)

    return applied


def _require_defined(arguments: list[Any]) -> None:
    """Raise ProofError for an expression that is not defined wherever the theorems' assumptions hold."""
    parts = list(_flat(arguments))
    expressions = [a for a in parts if isinstance(a, sp.Expr)]
    for expr in expressions:
        check_values(expr)
    if any(map(partial_terms, expressions)):
        theorems = [a for a in parts if isinstance(a, Theorem)]
        sure = [t.conclusion for t in theorems if _at_all_outcomes(t)]
        known = [fact for t in theorems for fact in (*t.given, t.conclusion)]
        ranges = {a[0]: [sp.Ge(a[0], a[1], evaluate=False), sp.Le(a[0], a[2], evaluate=False)]
                  for a in arguments if _is_range(a)}
        shown = [term for t in theorems for g in t.given for term in partial_terms(g)]
        shown += [term for t in theorems for term in _terms_shown(t)]
        for expr in expressions:
            # what does not speak of an index may be taken out of the sum, and of its range nothing is known there
            inside = [fact for index, facts in ranges.items() if depends_on(expr, index) for fact in facts]
            defined(expr, [*known, *inside], shown, sure)


def _is_range(given: Any) -> bool:
    return isinstance(given, tuple) and len(given) == 3 and isinstance(given[0], sp.Symbol)


def _flat(given: Any) -> Iterator[Any]:
    for a in given:
        if isinstance(a, (tuple, list)):
            yield from _flat(a)
        else:
            yield a


def _unfolded(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: _unfolded(value) for key, value in given.items()}
    if isinstance(given, (tuple, list)):
        return type(given)(map(_unfolded, given))
    return given.unfolded if isinstance(given, Claim) else unnamed(given)
