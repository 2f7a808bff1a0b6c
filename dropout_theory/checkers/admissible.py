"""A concrete instance that meets every hypothesis: without one a statement could be true of nothing."""

from __future__ import annotations

from typing import Any

from dropout_theory import statements as st
from dropout_theory.instances import RandomChooser, Rejected, Unsupported, atoms_of, build, check_admissible, describe
from dropout_theory.kernel import Context, Finding, checker

ATTEMPTS = 2000


@checker("admissible", lambda claim: "no formal statement" if claim.statement is None else None)
def admissible(claim: Any, context: Context) -> Finding:
    """Check the claim's own instance, or draw until one is admissible."""
    if isinstance(claim.statement, st.Exists) and not claim.hypotheses:
        return Finding("holds", "exact-instances", "existential statement without hypotheses")
    if claim.admissible is not None:
        check_admissible(claim, dict(claim.admissible))
        return Finding("holds", "exact-instances", "the stated instance meets every hypothesis",
                       {"instance": describe(claim.admissible)})
    if not any(atoms_of(claim)):
        return Finding("holds", "exact-instances", "a statement about numbers only")
    chooser = RandomChooser(context.seed)
    last = ""
    for attempt in range(ATTEMPTS):
        try:
            values = build(claim, chooser)
        except (Rejected, Unsupported) as error:
            last = str(error)
            continue
        return Finding("holds", "exact-instances", "an instance meets every hypothesis",
                       {"instance": describe(values), "attempts": attempt + 1})
    return Finding("unknown", "exact-instances", f"no admissible instance in {ATTEMPTS} draws: {last}")
