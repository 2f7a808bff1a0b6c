"""Outcomes of simulated experiments as random quantities of the language, sampled by running the experiment.

Their joint law is what the simulation does and nothing is known of it beforehand, so that no method but sampling has
a rule for them. All quantities of one experiment come from the same repetitions, in every claim of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.domains import NONNEGATIVE
from dropout_theory.expectations.training_runs import Array, ScaleExperiment, Trained, repetitions


class Simulated(lang.Abstract):
    """Mean training loss of a repetition with one regulariser; entry s belongs to the s-th scale of the experiment."""

    @property
    def experiment(self) -> ScaleExperiment:
        return self._details[3]

    @property
    def regulariser(self) -> str:
        return self._details[4]

    @property
    def meaning(self) -> str:
        """What is simulated, in words."""
        e = self.experiment
        settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in vars(e.descent).items())
        scales = ", ".join(str(s) for s in e.scales)
        return (f"random, the mean over {e.runs} runs of the training loss, evaluated without dropout, after training "
                f"with regulariser {self.regulariser!r} on inputs scaled by {scales} ({settings})")


def simulated(name: str, experiment: ScaleExperiment, regulariser: str) -> Simulated:
    """Family over the scales of the experiment. Raises ValueError for a regulariser that it does not train with."""
    if regulariser not in experiment.regularisers:
        raise ValueError(f"regulariser is {regulariser!r}; allowed: {', '.join(experiment.regularisers)}")
    ranges = ((lang.index("s"), sp.S.One, sp.Integer(len(experiment.scales))),)
    return Simulated(name, NONNEGATIVE, ranges, False, (), experiment, regulariser)


def is_simulated(expr: Any) -> bool:
    """Whether the expression contains an outcome of a simulation."""
    return any(isinstance(a, Simulated) for a in expr.atoms(lang.Abstract))




def columns(outcomes: Sequence[tuple[Simulated, int]], samples: int, seed: int) -> Array:
    """Values (samples, outcomes) of entries of simulated families, a repetition a row."""
    def values(family: Simulated, scale: int) -> Array:
        place = family.experiment.regularisers.index(family.regulariser)
        return outcome_means(family.experiment, seed, samples)[:, place, scale - 1]

    return np.stack([values(*outcome) for outcome in outcomes], axis=1)


@lru_cache(maxsize=4)
def outcome_means(experiment: ScaleExperiment, seed: int, samples: int) -> Array:
    """Training losses averaged over the runs of a repetition (samples, regularisers, scales)."""
    return means(repetitions(experiment, seed, samples))


def means(found: Trained) -> Array:
    """Training losses averaged over the runs of a repetition (repetitions, regularisers, scales)."""
    return found.loss.mean(axis=-1)
