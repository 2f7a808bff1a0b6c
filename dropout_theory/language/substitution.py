"""The one substitution: values for free atoms, bound names kept apart, refused where an atom would hide the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropout_theory.language.binding import CannotSubstitute, put
from dropout_theory.language.dependence import hidden_dependencies


def substitute(expr: Any, mapping: Mapping[Any, Any]) -> Any:
    """Replace free occurrences of atoms and index symbols; bound indices are renamed where they would capture.

    Raises CannotSubstitute for an atom on which a law, a keep probability, a size or a definition in the expression
    depends without showing it: that law would stay as it was.
    """
    moved = {k: v for k, v in mapping.items() if k != v}
    if moved and (unseen := hidden_dependencies(expr).intersection(moved)):
        names = ", ".join(sorted(map(str, unseen)))
        raise CannotSubstitute(f"a law, keep probability, size or definition in {expr} depends on {names}")
    return put(expr, moved)
