"""Theorems: statements that a rule has checked. Nothing else can make one.

The atoms free in a conclusion are universally bound over their domains, under the assumptions in `given`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass
from functools import wraps
from typing import Any

from dropout_theory.claims import Claim, need
from dropout_theory.language import unnamed
from dropout_theory.proof.definedness import AnyOf, Partial, check_values, closed, defined, partial_terms

_TOKEN = object()


@dataclass(frozen=True)
class Theorem:
    """`given` implies `conclusion`; `steps` are the rules used, `uses` the claims and classical facts relied on."""

    conclusion: Any
    given: frozenset[Any] = frozenset()
    steps: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    # never stored, so that neither `dataclasses.replace` nor a copy of the fields makes another theorem
    _token: InitVar[object] = None

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise TypeError("theorems are made by rules only: see dropout_theory.proof")

    def __str__(self) -> str:
        assumed = f"{', '.join(map(str, self.given))} |- " if self.given else ""
        return f"{assumed}{self.conclusion}"


@dataclass(frozen=True)
class Without:
    """A premise some of whose assumptions the rule drops. For rule modules only: it is no theorem."""

    theorem: Theorem
    gone: frozenset[Any]


def without(theorem: Theorem, gone: Iterable[Any]) -> Without:
    """A premise of a rule that drops some of its assumptions, in this premise alone."""
    return Without(theorem, frozenset(gone))


def certify(rule: str, conclusion: Any, premises: Iterable[Theorem | Without] = (), given: Iterable[Any] = (),
            uses: Iterable[str] = (), shown: Iterable[Partial] = (), binds: Iterable[Any] = ()) -> Theorem:
    """Make a theorem in the name of a rule. For rule modules only: a proof must never call it.

    The only maker of theorems: it sees to it that the conclusion is defined wherever the assumptions hold, given what
    the premises show. `shown` are terms that the rule itself sees to; `binds` the index symbols that it binds, free in
    the premises, innermost first. Raises ProofError for a term that may be undefined, for anything that is no real
    number, and for names: a rule that saw one may have compared it with what it stands for. Rules as
    `dropout_theory.proof` gives them out see none.
    """
    parts = tuple(p if isinstance(p, Without) else Without(p, frozenset()) for p in premises)
    given = tuple(given)
    for said in (conclusion, *given, *[g for p in parts for g in p.gone]):
        need(unnamed(said) == said, f"names are not unfolded: {said}")
    assumptions = frozenset(given).union(*[p.theorem.given - p.gone for p in parts])
    _require_meaning(conclusion, assumptions, parts, tuple(shown), tuple(binds))
    steps = tuple(dict.fromkeys([s for p in parts for s in p.theorem.steps] + [rule]))
    relied = frozenset(uses).union(*[p.theorem.uses for p in parts])
    return Theorem(conclusion, assumptions, steps, relied, _TOKEN)


def _require_meaning(conclusion: Any, assumptions: frozenset[Any], premises: tuple[Without, ...],
                     shown: tuple[Partial, ...], binds: tuple[Any, ...]) -> None:
    """Raise ProofError unless the conclusion is defined wherever the assumptions hold."""
    for statement in (conclusion, *assumptions):
        check_values(statement)
    if not partial_terms(conclusion):
        return
    seen = [*shown, *[term for statement in assumptions for term in partial_terms(statement)]]
    known = list(assumptions)
    for p in premises:
        # what a premise says holds where its own assumptions do
        under = tuple(p.theorem.given - assumptions)
        terms = tuple(term.under(*under) for term in partial_terms(p.theorem.conclusion))
        seen += terms
        for symbol in binds:
            terms = tuple(closed(terms, symbol))
            seen += terms
        if not under:
            known.append(p.theorem.conclusion)
    known += [t.condition for t in seen if not t.known and t.condition is not None
              and not isinstance(t.condition, AnyOf)]
    defined(conclusion, known, seen)


def on_unfolded(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule that is given what it is given with all names unfolded: no rule knows names, and theorems hold none."""
    @wraps(rule)
    def applied(*given: Any, **options: Any) -> Any:
        return rule(*map(_unfolded, given), **{name: _unfolded(value) for name, value in options.items()})

    return applied


def _unfolded(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: _unfolded(value) for key, value in given.items()}
    if isinstance(given, (tuple, list)):
        return type(given)(map(_unfolded, given))
    return given.unfolded if isinstance(given, Claim) else unnamed(given)
