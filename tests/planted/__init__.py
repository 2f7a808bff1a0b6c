"""Planted statements: wrong variants that must be refuted, and true ones that look suspicious.

Each module of this folder fills a `Plant`; `tests/test_planted.py` runs every method on every entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dropout_theory.claims import Claim, Hypothesis, load
from dropout_theory.verdicts.kernel import METHODS

_PLANTED: set[str] = set()  # ids given so far, by whichever module

load()  # planted statements borrow atoms from the papers' modules, which register their claims


@dataclass
class Plant:
    """Wrong and true statements about one paper."""

    paper: str
    wrong: list[tuple[Claim, tuple[str, ...]]] = field(default_factory=list)
    true: list[Claim] = field(default_factory=list)

    def refuted(self, name: str, statement: Any, *, by: Iterable[str] = ("exact",), **details: Any) -> None:
        """A wrong statement; `by` names methods that must each find it wrong. Raises ValueError for an unknown one."""
        by = (by,) if isinstance(by, str) else tuple(by)
        if not by or not set(by) <= set(METHODS):
            raise ValueError(f"{self.paper}, {name}: by is {by!r}; allowed: some of {', '.join(METHODS)}")
        self.wrong.append((self._claim(f"wrong-{name}", statement, **details), by))

    def holds(self, name: str, statement: Any, **details: Any) -> None:
        """A true statement that looks suspicious: no method may refute it, some must support it."""
        self.true.append(self._claim(f"true-{name}", statement, **details))

    def _claim(self, slug: str, statement: Any, hypotheses: Iterable[Hypothesis] = (), **details: Any) -> Claim:
        planted = Claim(f"{self.paper}:planted-{slug}", slug, statement, "planted", "planted", "sentence",
                        tuple(hypotheses), **details)
        if planted.id in _PLANTED:
            raise ValueError(f"{planted.id} is planted twice; allowed: one statement of a name")
        _PLANTED.add(planted.id)
        return planted
