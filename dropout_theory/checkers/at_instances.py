"""Evaluation as the methods use it: with a prover for statements about all values of scalars handed in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dropout_theory.checkers.for_all import obligations, proves
from dropout_theory.claims import Claim
from dropout_theory.evaluation import evaluator, instances, vacuity
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.instances import Values
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.language import atoms_of

judge = partial(evaluator.judge, proves=proves)
build = partial(instances.build, proves=proves)
check_admissible = partial(instances.check_admissible, proves=proves)
Premises = partial(vacuity.Premises, proves=proves)


def drawn(claim: Claim, seed: int, count: int) -> Iterator[Values]:
    """Small admissible instances of a claim: the one it names, then at most `count` random ones."""
    if claim.admissible:
        yield dict(claim.admissible)
    if not any(atoms_of(claim)):
        yield {}
        return
    chooser = RandomChooser(seed)
    found = 0
    for _ in range(20 * count):
        if found == count:
            return
        try:
            values = build(claim, chooser, 2)
        except (instances.Rejected, Unsupported):
            continue
        found += 1
        yield values


__all__ = ["Premises", "build", "check_admissible", "drawn", "judge", "obligations", "proves"]
