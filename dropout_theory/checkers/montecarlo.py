"""Monte Carlo: expectations become intervals valid at the number of samples drawn; the evaluator judges the rest.

One error probability covers all intervals of a claim. A statement counts as holding only where a deviation small
beside the quantity itself would have shown with power 0.99; a statement excluded by its intervals fails. Where the
first samples are somewhat too few, their size decides that of a second, fresh set with an error probability of its own.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
from flint import arb

from dropout_theory.checkers.at_instances import Premises, build, check_admissible
from dropout_theory.checkers.samplable import nothing_to_sample
from dropout_theory.checkers.sampler import POWER, RESOLUTION, Sampler
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.instances import Rejected, Values
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, precision
from dropout_theory.experiment.simulated import is_simulated
from dropout_theory.language import atoms_of, describe
from dropout_theory.sampling.rounding import Unbounded
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="montecarlo", place=60, mark="m", title="Monte Carlo",
    does="sampling, with bounds valid at finite n and one false-alarm budget",
    rigor="statistical", tools=("python-flint", "numba", "numpy", "scipy"),
)

SAMPLES, FAST_SAMPLES = 400_000, 80_000
REPETITIONS, FAST_REPETITIONS = 36, 2  # of an experiment; 36 tell what always happens from what is as likely as not
SIZES, FAST_SIZES = (6, 8, 4), (5, 3)  # largest size of each instance drawn
MAX_MEANS, FAST_MEANS = 40, 16
MOST_TIMES = 7  # the second set of samples is at most that many times the first
_ATTEMPTS = 30
_BITS = 128


class ModerateChooser(RandomChooser):
    """Sizes in the upper half of what is allowed, few values at the edges, where nothing is random, and no functions
    that are flat or steep at most arguments, where samples show little."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, edges=0.1)

    def integer(self, name: str, low: int, high: int) -> int:
        return self.random.randint(max(low, (low + high + 1) // 2), high)

    def pick(self, name: str, options: list[Any]) -> Any:
        return super().pick(name, [f for f in options if not isinstance(f.expr, (sp.exp, sp.tanh))] or options)


@checker(METHOD.name, nothing_to_sample)
def statistical(claim: Any, context: Context) -> Finding:
    """Sample every expectation at a few admissible instances of moderate size and judge the statement there."""
    samples = FAST_SAMPLES if context.fast else SAMPLES
    sizes: tuple[int, ...] = FAST_SIZES if context.fast else SIZES
    if is_simulated(claim.statement):  # its settings are its only instance
        samples, sizes = FAST_REPETITIONS if context.fast else REPETITIONS, (1,)
    held = means = 0
    most = samples
    coarsest = 0.0
    notes: list[str] = []
    premises = Premises(claim.statement)
    for number, size in enumerate(sizes):
        outcome = _at_some_instance(claim, context, number, size, samples, context.error_probability / len(sizes))
        if isinstance(outcome, str):
            notes.append(outcome)
            continue
        sampler, truth, values = outcome
        means += sum(len(i) for i in sampler.drawn.values())
        if truth is Truth.FALSE:
            shown = dict(zip(("left", "right"), map(_text, sampler.excluded or ()), strict=False))
            if sampler.undefined:
                shown = {"undefined": sampler.undefined}
            many = sampler.samples
            scope = "a term is undefined at an instance" if sampler.undefined else \
                f"excluded at an instance by intervals from {many} samples"
            return Finding("fails", "statistical", scope,
                           {"instances": number + 1, "samples": many, "means": means,
                            "error_probability": context.error_probability},
                           counterexample={"instance": describe(values), **shown})
        if truth is Truth.UNKNOWN or not any(i.width for found in sampler.drawn.values() for i in found):
            notes.append(sampler.note or "the intervals do not decide it")
            continue
        held += 1
        coarsest = max(coarsest, sampler.coarsest)
        most = max(most, sampler.samples)
        with precision(_BITS):
            premises.strike(sampler.truth)
    figures = {"instances": held, "samples": most, "means": means, "error_probability": context.error_probability}
    if not held:
        return Finding("unknown", "statistical", "; ".join(sorted(set(notes))[:2]), figures)
    if premises.unmet:
        return Finding("unknown", "statistical", f"none of {held} sampled instances meets the premise {premises}",
                       figures)
    scope = f"{held} instances, {f'{samples} to ' if most > samples else ''}{most} samples for each of {means} means"
    if not coarsest:  # inequalities with room: nothing was left to chance but the error probability
        return Finding("holds", "statistical", f"{scope}; every relation decided by its intervals", figures)
    figures |= {"power": POWER, "detectable_relative_deviation": float(f"{coarsest:.3g}")}
    return Finding("holds", "statistical", f"{scope}; deviations of {coarsest:.2g} of the quantity would show", figures)


def _at_some_instance(claim: Any, context: Context, number: int, size: int, samples: int,
                      error_probability: float) -> tuple[Sampler, Truth, Values] | str:
    """The judgement at the first drawn instance that can be sampled, at smaller sizes where larger ones cannot."""
    chooser = ModerateChooser(context.seed + number)
    largest = FAST_MEANS if context.fast else MAX_MEANS
    note = "no admissible instance drawn"
    limits: tuple[int, ...] = (size, max(2, size // 2), 2, 1)
    sets = 2
    if is_simulated(claim.statement):  # neither other sizes nor further repetitions to keep a part of the budget for
        limits, sets = (size,), 1
    for attempt in range(len(limits)):
        values = _instance(claim, chooser, limits[attempt], number)
        if values is None:
            continue
        # every attempt draws from its own part of the budget, and so does each of its two sets of samples
        stream, share = sets * (number * len(limits) + attempt), error_probability / (sets * len(limits))
        sampler = Sampler(values, samples, context.seed, stream, share, largest)
        try:
            with precision(_BITS):
                truth = sampler.truth(claim.statement)
                times = 1.15 * (sampler.lacking / RESOLUTION) ** 2
                if sets > 1 and truth is Truth.UNKNOWN and 0 < times <= MOST_TIMES:
                    sampler = Sampler(values, math.ceil(times * samples), context.seed, stream + 1, share, largest)
                    truth = sampler.truth(claim.statement)
                return sampler, truth, values
        except Undefined as error:
            sampler.undefined = str(error)
            return sampler, Truth.FALSE, values
        except (Unsupported, Unbounded) as error:
            note = str(error)
    return note


def _instance(claim: Any, chooser: RandomChooser, size: int, number: int) -> Values | None:
    if claim.admissible is not None and number == 0:
        try:
            check_admissible(claim, dict(claim.admissible))
            return dict(claim.admissible)
        except (Rejected, Unsupported):
            return None
    if not any(atoms_of(claim)):
        return {}
    for _ in range(_ATTEMPTS):
        try:
            return build(claim, chooser, size)
        except (Rejected, Unsupported):
            continue
    return None


def _text(value: Any) -> str:
    return value.str(8) if isinstance(value, arb) else str(value)
