"""The small sizes at which a claim is decided for all its real numbers, and the terms that may be undefined."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from dropout_theory.checkers.at_instances import judge
from dropout_theory.definedness.partiality import Partial
from dropout_theory.definedness.shown import undefined
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.instances import Values, whole_numbers
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import atoms_of

MAX_SIZES = 6


def small_sizes(claim: Any, is_fast: bool) -> Iterator[tuple[str, Values]]:
    """Small choices of the sizes that the hypotheses allow, the smallest first, each with a label."""
    sizes = list(atoms_of(claim)[0])
    limit = claim.limits.get("max_size", 2 if is_fast else 3)
    ranges = [[k for k in whole_numbers(a.domain, limit) if abs(k) <= limit] for a in sizes]
    possible = (c for c in product(*ranges) if not _excluded(claim, dict(zip(sizes, c, strict=True))))
    for choice in sorted(islice(possible, MAX_SIZES), key=lambda sizes: sum(map(abs, sizes))):
        fixed: Values = dict(zip(sizes, choice, strict=True))
        yield ", ".join(f"{a}={v}" for a, v in fixed.items()) or "all values", fixed


def _excluded(claim: Any, fixed: Values) -> bool:
    """Whether a hypothesis about sizes alone rules these out: what holds there holds of nothing."""
    alone = [h.condition for h in claim.hypotheses if h.condition.free_symbols <= set(fixed)]
    try:
        return any(judge(condition, fixed, expectation).truth is Truth.FALSE for condition in alone)
    except (Unsupported, Undefined):
        return False


def doubtful(claim: Any) -> list[Partial]:
    """The terms of a statement that are not seen to be defined wherever its hypotheses hold."""
    known = [h.condition for h in claim.hypotheses]
    found: list[Partial] = []
    while term := undefined(claim.statement, known, found):
        found.append(term)
    return found
