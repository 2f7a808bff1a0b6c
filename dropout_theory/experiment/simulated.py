"""Outcomes of simulated experiments as random quantities of the language, and the chances of events among them.

Their joint law is what the simulation does and nothing is known of it beforehand, so that no method but sampling has
a rule for them. An outcome is the number that the simulation returns: events are decided for it in rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import fmpq

from dropout_theory import language as lang
from dropout_theory.experiment.training_runs import Array, ScaleExperiment, Trained, repetitions
from dropout_theory.language import NONNEGATIVE, Expr, Statement


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


def is_simulated(expr: Expr | None) -> bool:
    """Whether the expression, if there is one, contains an outcome of a simulation."""
    return expr is not None and any(isinstance(a, Simulated) for a in expr.atoms(lang.Abstract))


def is_event(expr: Expr) -> bool:
    """Whether the expression is the mean of an indicator, E(1 where a condition holds, else 0)."""
    indicator = expr.args[0]
    return (isinstance(expr, lang.E) and isinstance(indicator, sp.Piecewise)
            and [value for value, _ in indicator.args] == [1, 0] and indicator.args[1][1] == sp.true)


def events(statement: Statement) -> list[Expr]:
    """The chances of events, E(1 where a condition holds, else 0), that a statement speaks of."""
    return sorted((e for e in statement.atoms(lang.E) if is_simulated(e) and is_event(e)), key=str)


Means = Callable[[Simulated], Array]


def outcomes(expr: Expr, means: Means) -> Iterator[dict[Any, fmpq]]:
    """For each repetition the values of all simulated entries in `expr`: {(family, (scale,)): exact value}.

    `means(family)` gives the family's values (repetitions, scales).
    """
    families = sorted((a for a in expr.atoms(lang.Abstract) if isinstance(a, Simulated)), key=str)
    for rows in zip(*(means(f) for f in families), strict=True):
        yield {(f, (s + 1,)): fmpq(*float(value).as_integer_ratio())
               for f, row in zip(families, rows, strict=True) for s, value in enumerate(row)}


def sampled_means(seed: int, count: int) -> Means:
    """The first `count` repetitions under a seed; families of one experiment share them, in every claim alike."""
    return lambda family: means_of(_trained(family.experiment, seed, count), family.experiment, family)


def means_of(found: Trained, experiment: ScaleExperiment, family: Simulated) -> Array:
    """Training losses of the family's regulariser, averaged over the runs of a repetition (repetitions, scales).

    `experiment` is the one that `found` comes from; it may train with other regularisers besides.
    """
    return found.loss[:, experiment.regularisers.index(family.regulariser)].mean(axis=-1)


@lru_cache(maxsize=4)
def _trained(experiment: ScaleExperiment, seed: int, count: int) -> Trained:
    return repetitions(experiment, seed, count)
