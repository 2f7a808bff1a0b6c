"""What the attacks share: atoms, how a refusal is asked for, and the falsehood that a derivation aims at."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from dropout_theory import referee
from dropout_theory.claims import ClaimError, ProofError
from dropout_theory.language import (
    NATURAL,
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    Scalar,
    distribution,
    equal,
    family,
    gates,
    index,
    size,
    subnetwork,
    weights,
)
from dropout_theory.proof import Theorem, arithmetic, in_range

HALF = sp.Rational(1, 2)
FALSE = equal(0, 1)

n, m = size("n"), size("m")
i, j, k = index("i"), index("j"), index("k")
x, y = Scalar("x"), Scalar("y")
s, q, r, c = Scalar("s", POSITIVE), Scalar("q", PROBABILITY), Scalar("r", NONNEGATIVE), Scalar("c", NATURAL)
w, b, p = weights("w", n), family("b", NONNEGATIVE, n), family("p", PROBABILITY, n)
W = weights("W", n, n)
d, e = gates("d", p, n), gates("e", q, n)
P, O = distribution("P", m), weights("O", m)  # noqa: E741
N = subnetwork("N", P)
# a gate whose keep probability moves with n, and shows nothing of it
moving = gates("moving", 1 / n, (i, 1, 1))[1]

# words of which a refusal for such a reason says at least one
UNDEFINED = "defined|zero|positive|negative|real|pole|log|integra|domain|number|finite|value"
HIDDEN = "implied|is not|concludes|depend|hidden|law|keep|moves|definition|occurs|not the body|not an instance|mentions"
RANDOM = "random|chance|gate|outcome|fixed"
INFINITE = "infinite|converge|finite|divergent|oo|range|defined"


METHODS = ("admissible", "symbolic", "decide", "exact")


def refused(words: str = "") -> Any:
    """The block must be refused, for a reason that says one of the words (separated by bars)."""
    return pytest.raises((ProofError, ClaimError, ValueError), match=f"(?i){words}" if words else None)


def unconditional(theorem: Theorem, under: tuple[Any, ...] = ()) -> Theorem:
    """The theorem. Raises ProofError where it assumes more than what it may."""
    more = [g for g in theorem.given if g not in under]
    if more:
        raise ProofError(f"holds only where {more} is known")
    return theorem


def contradiction(*theorems: Theorem, under: tuple[Any, ...] = ()) -> Theorem:
    """0 = 1 from theorems that contradict one another, under no other assumptions than the given ones."""
    return unconditional(arithmetic(FALSE, *theorems), under)


def verdict(statement: Any, *hypotheses: Any, methods: tuple[str, ...] = METHODS, **details: Any) -> str:
    """What the referee says of a statement, or of what a function builds; "refused" where it is not taken at all."""
    return _said(statement, hypotheses, methods, details)[0]


def _said(statement: Any, hypotheses: tuple[Any, ...], methods: tuple[str, ...], details: dict[str, Any],
          ) -> tuple[str, Any]:
    """The verdict, and the statement as far as it could be built."""
    built: Any = None
    try:
        built = statement if isinstance(statement, sp.Basic) else statement()
        return referee(built, hypotheses=hypotheses, methods=methods, **details).verdict.verdict, built
    except (ProofError, ClaimError, ValueError):
        return "refused", built


def not_believed(statement: Any, *hypotheses: Any, methods: tuple[str, ...] = METHODS, **details: Any) -> None:
    """Fail where a false statement is proved or supported."""
    found, built = _said(statement, hypotheses, methods, details)
    assert found not in ("proved", "supported"), f"{found}: {built}"


def not_accused(statement: Any, *hypotheses: Any, methods: tuple[str, ...] = METHODS, **details: Any) -> None:
    """Fail where a true statement is refuted, called meaningless or refused."""
    found, built = _said(statement, hypotheses, methods, details)
    assert found in ("proved", "supported", "open"), f"{found}: {built}"


def in_range_of(value: Any, low: Any, high: Any, *premises: Theorem) -> tuple[Theorem, Theorem]:
    """That an index lies in a range, from the premises, as `satisfied` wants it."""
    first, last = in_range(sp.sympify(value), sp.sympify(low), sp.sympify(high))
    return arithmetic(first, *premises), arithmetic(last, *premises)
