"""Section 6: training on rescaled inputs, figure 2 and what is read off it, as statements about repetitions.

A repetition draws ten data sets and starts and trains on them as the section says. A reported result that rests on
ten runs is taken to say that a repetition is more likely than not to show the same.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Piecewise, Rational, S

from dropout_theory.claims import Section
from dropout_theory.experiment.simulated import simulated
from dropout_theory.experiment.training_runs import REGULARISERS, Descent, ScaleExperiment
from dropout_theory.language import E, Largest, Smallest, both, index, less, less_equal

claim = Section("helmbold2017", "6")

SCALES = (Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(5, 4), Fraction(3, 2))
EXPERIMENT = ScaleExperiment(Descent(), SCALES, REGULARISERS, runs=10)
REGULARISED = replace(EXPERIMENT, regularisers=REGULARISERS[:2])  # the same data and trainings, and no others
WITHOUT = replace(EXPERIMENT, regularisers=REGULARISERS[2:])

s = index("s")
with_dropout = simulated("L_D", REGULARISED, "dropout")
with_decay = simulated("L_2", REGULARISED, "weight decay")
unregularised = simulated("L_0", WITHOUT, "none")
every_scale = (s, 1, len(SCALES))

READING = ("The training error is the loss of the trained network without dropout and without the penalty, averaged "
           "over the runs. Left open in print and read as Torch's optim.sgd does it: one random example an iteration, "
           "the loss not halved, gradients damped by 1 - momentum, the last iterate taken. Biases are not decayed, as "
           "section 2 says. Inputs and hidden units are dropped, kept ones doubled. ")


def probability(event: Any) -> Any:
    """Pr(event) as the mean of its indicator."""
    return E(Piecewise((S.One, event), (S.Zero, True)))


def likely(event: Any) -> Any:
    """A repetition is more likely than not to show the event."""
    return less(Rational(1, 2), probability(event))


def spread(losses: Any) -> Any:
    """How far the training error moves over the scales."""
    return Largest(losses[s], every_scale) - Smallest(losses[s], every_scale)


insensitive = likely(less_equal(spread(with_dropout), spread(with_decay) / 4))
falling = likely(less(with_decay[len(SCALES)], with_decay[1]))

claim("sec6-dropout-insensitive",
      title="Over the scales the training error of dropout moves by at most a quarter of that of weight decay",
      statement=insensitive, kind="sentence", source="section 6, after figure 2",
      reading=READING + "Insensitive, in contrast with weight decay, is read as a quarter of its movement.")

claim("sec6-weight-decay-sensitive",
      title="The training error of weight decay is lower at the largest scale of the inputs than at the smallest",
      statement=falling, kind="sentence", source="section 6, after figure 2",
      reading=READING + "Theorem 7, which is said to show here, has an error that falls with the scale.")

claim("fig2",
      title="Training error over the scale of the inputs: nearly level for dropout, falling for weight decay",
      statement=both(insensitive, falling), kind="sentence", source="figure 2",
      reading=READING + "The figure shows averages of ten runs without intervals; its data are not printed. "
                        "The caption places the experiment in section 3; section 6 is meant.")

low_everywhere = less(Largest(unregularised[s], every_scale), Rational(1, 20))

claim("sec6-unregularised",
      title="Without regularisation the average training loss is below 0.05 at all scales",
      statement=likely(low_everywhere), kind="number", source="section 6, below figure 2", reading=READING)

claim("sec6-unregularised-plausible",
      title="Ten runs whose average training loss is below 0.05 at all scales are no rare event",
      statement=less(Rational(1, 20), probability(low_everywhere)), kind="number",
      source="section 6, below figure 2",
      reading=READING + "As a report of ten runs the number is at odds with the settings only if it is improbable. "
                        "This test was added after repetitions had shown the chance to be about one half.")

SMALL, LARGE = Fraction(1, 100), Fraction(20)
extreme = simulated("M_0", replace(WITHOUT, scales=(SMALL, LARGE)), "none")

claim("sec6-small-inputs",
      title="With very small inputs gradient descent has not converged after the iterations of the experiment",
      statement=likely(less(Rational(1, 2), extreme[1])), kind="sentence", source="section 6, last paragraph",
      reading=READING + "Very small is read as a scale of 1/100, not converged as a training loss above 1/2 without "
                        "regularisation. The scale 1/20, tried first, is not small enough.")

claim("sec6-large-inputs",
      title="With very large inputs gradient descent is unstable",
      statement=likely(less(Rational(1, 2), extreme[2])), kind="sentence", source="section 6, last paragraph",
      reading=READING + "Very large is read as a scale of 20, unstable as a training loss above 1/2 without "
                        "regularisation.")

# What print leaves open, read otherwise: one change each.
READINGS = {
    "optim": EXPERIMENT.descent,
    "undamped": replace(EXPERIMENT.descent, damped=False),
    "next-example": replace(EXPERIMENT.descent, batch="next example"),
    "all-examples": replace(EXPERIMENT.descent, batch="all examples"),
    "decayed-biases": replace(EXPERIMENT.descent, decays_biases=True),
}
