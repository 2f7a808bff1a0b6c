"""A concrete instance that meets every hypothesis: without one a statement could be true of nothing."""

from __future__ import annotations

from typing import Any

from dropout_theory import statements as st
from dropout_theory.instances import RandomChooser, Rejected, Unsupported, atoms_of, build, check_admissible, describe
from dropout_theory.kernel import Context, Finding, checker

ATTEMPTS = 2000


@checker("admissible", lambda claim: "no formal statement" if claim.statement is None else None)
def admissible(claim: Any, context: Context) -> Finding:
    """Check the claim's own instance, or draw until one is admissible; else ask whether the hypotheses contradict."""
    if isinstance(claim.statement, st.Exists) and not claim.hypotheses:
        return Finding("holds", "exact-instances", "existential statement without hypotheses")
    if claim.admissible is not None:
        try:
            check_admissible(claim, dict(claim.admissible))
        except Rejected as error:
            return Finding("unknown", "exact-instances", f"the stated instance is not admissible: {error}")
        return Finding("holds", "exact-instances", "the stated instance meets every hypothesis",
                       {"instance": describe(claim.admissible)})
    if not any(atoms_of(claim)):
        return Finding("holds", "exact-instances", "a statement about numbers only")
    chooser = RandomChooser(context.seed)
    last = ""
    for attempt in range(ATTEMPTS):
        try:
            values = build(claim, chooser, (1, 2, 2, 3)[attempt % 4])
        except (Rejected, Unsupported) as error:
            last = str(error)
            continue
        return Finding("holds", "exact-instances", "an instance meets every hypothesis",
                       {"instance": describe(values), "attempts": attempt + 1})
    contradiction = contradictory_sizes(claim)
    if contradiction:
        return Finding("unknown", "proof", f"no instance can meet the hypotheses: they contradict each other "
                       f"{contradiction}", ill_formed=True)
    return Finding("unknown", "exact-instances", f"no admissible instance in {ATTEMPTS} draws: {last}")


def contradictory_sizes(claim: Any) -> str | None:
    """Where z3 finds the hypotheses unsatisfiable over the reals: "for all real values", or None.

    Only a statement without sizes or families can be settled so: a family has infinitely many lengths.
    """
    import z3

    from dropout_theory.checkers.decide import Unroller
    from dropout_theory.proof.solver import RESOURCE_LIMIT, Translator

    integers, reals, families = atoms_of(claim)
    if integers or families or not claim.hypotheses:
        return None
    translator, unroll = Translator(), Unroller({})
    try:
        given = [translator.boolean(unroll.boolean(h.condition)) for h in claim.hypotheses]
    except Unsupported:
        return None
    for r in reals:
        translator.opaque(r)
    solver = z3.Solver(ctx=translator.context)
    solver.set("rlimit", RESOURCE_LIMIT)
    solver.add(*given, *translator.facts)
    return "for all real values" if solver.check() == z3.unsat and not translator.obligations else None
