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


def certify(rule: str, conclusion: Any, premises: Iterable[Theorem] = (), given: Iterable[Any] = (),
            discharged: Iterable[Any] = (), uses: Iterable[str] = ()) -> Theorem:
    """Make a theorem in the name of a rule. For rule modules only: a proof must never call it.

    Raises ProofError for names: a rule that saw one may have compared it with what it stands for, or missed a quotient
    in it. Rules as `dropout_theory.proof` gives them out see none.
    """
    premises, given, discharged = tuple(premises), tuple(given), tuple(discharged)
    for said in (conclusion, *given, *discharged):
        need(unnamed(said) == said, f"names are not unfolded: {said}")
    assumptions = frozenset(given).union(*[p.given for p in premises]) - frozenset(discharged)
    steps = tuple(dict.fromkeys([s for p in premises for s in p.steps] + [rule]))
    relied = frozenset(uses).union(*[p.uses for p in premises])
    return Theorem(conclusion, assumptions, steps, relied, _TOKEN)


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
