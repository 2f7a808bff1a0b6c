"""A concrete instance that meets every hypothesis: without one a statement could be true of nothing.

Where the hypotheses allow it, the ends of the domains are met too: p = 0, p = 1, the smallest sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import build, check_admissible, obligations
from dropout_theory.evaluation.choosers import Fixed, RandomChooser
from dropout_theory.evaluation.instances import Rejected
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.language import atoms_of, describe
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="admissible", place=10, mark="a", title="admissible instance",
    does="finds a concrete instance that meets every hypothesis, so that no claim is about nothing",
    rigor="", tools=("python-flint", "z3-solver"),
)

ATTEMPTS = 2000
BOUNDARY_ATTEMPTS = 40


@checker(METHOD.name, lambda claim: "no formal statement" if claim.statement is None else None)
def admissible(claim: Any, context: Context) -> Finding:
    """Look for an admissible instance, and whether the hypotheses see to what the laws in the statement oblige to."""
    found = _an_instance(claim, context)
    if not lang.obliges(claim.statement):
        return found
    owed = obligations(claim.statement, [h.condition for h in claim.hypotheses])
    return replace(found, figures={**found.figures, "obligations": [asdict(o) for o in owed]}) if owed else found


def _an_instance(claim: Any, context: Context) -> Finding:
    """Check the claim's own instance, or draw until one is admissible; else ask whether the hypotheses contradict."""
    if isinstance(claim.statement, st.Exists) and not claim.hypotheses:
        return Finding("holds", "exact-instances", "existential statement without hypotheses")
    if claim.admissible is not None:
        try:
            check_admissible(claim, dict(claim.admissible))
        except Rejected as error:
            return Finding("unknown", "exact-instances", f"the stated instance is not admissible: {error}")
        return Finding("holds", "exact-instances", "the stated instance meets every hypothesis",
                       {"instance": describe(claim.admissible), **boundary(claim, context)})
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
                       {"instance": describe(values), "attempts": attempt + 1, **boundary(claim, context)})
    contradiction = contradictory_sizes(claim)
    if contradiction:
        return Finding("unknown", "proof", f"no instance can meet the hypotheses: they contradict each other "
                       f"{contradiction}", ill_formed=True)
    return Finding("unknown", "exact-instances", f"no admissible instance in {ATTEMPTS} draws: {last}")


def boundary(claim: Any, context: Context) -> dict[str, list[str]]:
    """The ends of domains that some instance meets, and those that none of a few drawn ones does."""
    found: dict[str, list[str]] = {"boundary": [], "boundary_not_met": []}
    integers, reals, families = atoms_of(claim)
    for atom in [*integers, *reals, *families]:
        if not isinstance(atom, lang.Scalar) or isinstance(atom, lang.Family) and atom.simplex is True:
            continue
        low, high = map(sp.sympify, (atom.domain.lower, atom.domain.upper))
        for end in dict.fromkeys(e for e in (low, high) if e.is_finite and atom.domain.contains(e)):
            if _met(claim, context.seed, atom, end, True):
                found["boundary"].append(f"{atom} = {end}")
            elif isinstance(atom, lang.Family) and _met(claim, context.seed, atom, end, False):
                found["boundary"].append(f"{atom} = {end} in places")
            else:
                found["boundary_not_met"].append(f"{atom} = {end}")
    return {name: ends for name, ends in found.items() if ends}


def _met(claim: Any, seed: int, atom: Any, end: Any, every: bool) -> bool:
    """Whether the claim's own instance, as it is or moved to the end of a domain, or a drawn one is there."""
    for values in _own(claim, atom, end, every):
        try:
            check_admissible(claim, values)
            return True
        except (Rejected, Unsupported):
            continue
    chooser = Fixed(seed, atom, (end,), every)
    for attempt in range(BOUNDARY_ATTEMPTS):
        try:
            values = build(claim, chooser, (1, 2, 2, 3)[attempt % 4])
        except (Rejected, Unsupported):
            continue
        if every or any(v == end for v in values[atom].values()):
            return True
    return False


def _own(claim: Any, atom: Any, end: Any, every: bool) -> Iterator[dict[Any, Any]]:
    """The claim's own instance where it is at the end, and instances that differ from it in being there."""
    own = dict(claim.admissible or {})
    entries = own.get(atom)
    if isinstance(entries, dict) and entries:
        at_end = [v == end for v in map(sp.sympify, entries.values())]
        if all(at_end) or any(at_end) and not every:
            yield own
        elif every:
            yield {**own, atom: dict.fromkeys(entries, end)}
        else:
            yield from ({**own, atom: {**entries, place: end}} for place in entries)
    elif entries is not None and not isinstance(entries, dict) and (not atom.domain.integer or entries == end):
        yield {**own, atom: end}


def contradictory_sizes(claim: Any) -> str | None:
    """Where z3 finds the hypotheses unsatisfiable over the reals: "for all real values", or None.

    Only a statement without sizes or families can be settled so: a family has infinitely many lengths.
    """
    import z3

    from dropout_theory.arithmetic.solver import RESOURCE_LIMIT, Translator
    from dropout_theory.checkers.unrolling import Unroller

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
