"""The one substitution: values for free atoms, bound names kept apart.

Refused where an atom would hide the change, and where a random value would come to stand inside a mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropout_theory.language.binding import CannotSubstitute, put
from dropout_theory.language.dependence import averaged_dependencies, hidden_dependencies, is_random


def substitute(expr: Any, mapping: Mapping[Any, Any]) -> Any:
    """Replace free occurrences of atoms and index symbols; bound indices are renamed where they would capture.

    Raises CannotSubstitute for an atom on which a law, a keep probability, a size or a definition in the expression
    depends without showing it: that law would stay as it was. And for a random value of an atom inside E, Var, G or
    another operator: what holds of each number is no mean over such a value.
    """
    moved = {k: v for k, v in mapping.items() if k != v}
    if moved and (unseen := hidden_dependencies(expr).intersection(moved)):
        names = ", ".join(sorted(map(str, unseen)))
        raise CannotSubstitute(f"a law, keep probability, size or definition in {expr} depends on {names}")
    require_outside_means(expr, moved)
    return put(expr, moved)


def require_outside_means(expr: Any, mapping: Mapping[Any, Any]) -> None:
    """Raise CannotSubstitute where a random value would be put inside an operator: it would be averaged over there."""
    chance = {k for k, v in mapping.items() if is_random(v)}
    if chance and (inside := averaged_dependencies(expr) & chance):
        names = ", ".join(f"{mapping[k]} for {k}" for k in sorted(inside, key=str))
        raise CannotSubstitute(f"cannot put the random {names}: it would stand inside a mean of {expr}")
