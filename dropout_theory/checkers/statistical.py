"""Monte Carlo: expectations become intervals valid at the number of samples drawn; the evaluator judges the rest.

One error probability covers all intervals of a claim. A statement counts as holding only where a deviation small
beside the quantity itself would have shown with power 0.99; a statement excluded by its intervals fails. Where the
first samples are somewhat too few, their size decides that of a second, fresh set with an error probability of its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from dropout_theory import language as lang
from dropout_theory.checkers.samplable import OPERATORS, nothing_to_sample
from dropout_theory.evaluate import Evaluator, Truth, Undefined, Unsupported, is_exact, precision
from dropout_theory.expectations.enumeration import MAX_MASKS, expectation, support
from dropout_theory.expectations.intervals import MeanInterval, mean_interval, smallest_detectable_deviation
from dropout_theory.expectations.montecarlo import mean_intervals
from dropout_theory.expectations.programs import Program
from dropout_theory.expectations.ranges import Unbounded
from dropout_theory.expectations.simulated import is_event, is_simulated, outcomes, sampled_means
from dropout_theory.instances import RandomChooser, Rejected, Values, atoms_of, build, check_admissible, describe
from dropout_theory.kernel import Context, Finding, checker
from dropout_theory.vacuity import Premises

SAMPLES, FAST_SAMPLES = 400_000, 80_000
REPETITIONS, FAST_REPETITIONS = 36, 2  # of an experiment; 36 tell what always happens from what is as likely as not
SIZES, FAST_SIZES = (6, 8, 4), (5, 3)  # largest size of each instance drawn
MAX_MEANS, FAST_MEANS = 40, 16
MAX_WORK = 800_000_000  # operations on samples for one expectation
POWER = 0.99
RESOLUTION = 0.1  # a deviation of this part of the quantity must show
MOST_TIMES = 7  # the second set of samples is at most that many times the first
_NESTED_MASKS = 1 << 8
_ATTEMPTS = 30
_BITS = 128


class Interval:
    """What was drawn for one expectation: its interval, and the range of the integrand."""

    def __init__(self, drawn: MeanInterval, width: float) -> None:
        self.drawn = drawn
        self.width = width

    def ball(self, mode: str, power: float) -> arb:
        """The interval itself; or the mean give or take the smallest deviation seen, or the root mean square."""
        d = self.drawn
        if mode == "interval":
            return arb(d.lower).union(arb(d.upper))
        variance = min(d.variance, self.width**2 / 4)
        if mode == "spread":
            return arb(d.mean, math.sqrt(variance + d.mean**2))
        return arb(d.mean, d.widening + smallest_detectable_deviation(d.samples, variance, self.width,
                                                                      d.error_probability, power))


class Sampler(Evaluator):
    """The evaluator with sampled expectations. `error_probability` covers everything it will ever draw."""

    def __init__(self, values: Values, samples: int, seed: int, stream: int, error_probability: float,
                 max_means: int) -> None:
        super().__init__(values)
        self.samples, self.seed, self.stream = samples, seed, stream
        self.error_probability, self.max_means = error_probability, max_means
        self.exact = Evaluator(values, _nested)
        self.mode, self.power = "interval", POWER
        self.drawn: dict[Any, tuple[Interval, ...]] = {}
        self.used: set[Any] = set()
        self.coarsest = 0.0  # largest detectable deviation, in parts of its quantity
        self.lacking = 0.0  # the same where it was too large to count
        self.note = ""
        self.excluded: tuple[Any, Any] | None = None

    def value(self, expr: Any, bound: dict[Any, Any] | None = None) -> Any:
        bound = {} if bound is None else bound
        if not isinstance(expr, OPERATORS):
            return super().value(expr, bound)
        if isinstance(expr, lang.G):
            return arb(self.value(lang.E(sp.log(expr.args[0])), bound)).exp()
        if isinstance(expr, lang.Gc):
            return arb(self.value(lang.E(sp.log(1 - expr.args[0])), bound)).exp()
        if isinstance(expr, lang.NWGM):
            odds = lang.E(sp.log(1 - expr.args[0]) - sp.log(expr.args[0]))  # one mean instead of two
            return 1 / (1 + arb(self.value(odds, bound)).exp())
        if not (is_simulated(expr) or any(support(self.exact, a, bound) for a in expr.args)):
            return self.exact.value(expr, bound)
        x, *others = self._means(expr, bound)
        if isinstance(expr, lang.E):
            return x
        if isinstance(expr, lang.Var):
            return others[0] - x * x
        return others[1] - x * others[0]

    def _means(self, expr: Any, bound: dict[Any, Any]) -> list[arb]:
        free = expr.free_symbols
        key = (expr, tuple(sorted((str(k), v) for k, v in bound.items() if k in free)))
        self.used.add(key)
        if key not in self.drawn:
            self.drawn[key] = self._draw(expr, bound)
        return [i.ball(self.mode, self.power) for i in self.drawn[key]]

    def _draw(self, expr: Any, bound: dict[Any, Any]) -> tuple[Interval, ...]:
        """Intervals for E(x); for the centred x and x^2 of a variance; for the centred x, y and xy of a covariance.

        Centring at a fixed number changes no variance, and keeps the difference of two large means small.
        """
        number = len(self.drawn)
        if number >= self.max_means:
            raise Unsupported(f"more than {self.max_means} expectations to sample")
        # 1/2 + 1/6 + 1/12 + ... = 1: the budget lasts however many expectations the statement turns out to have
        share = self.error_probability / ((number + 1) * (number + 2))
        if is_simulated(expr):
            return self._simulate(expr, bound, share)
        program = Program(self.exact)
        outputs = [program.compile(a, bound) for a in expr.args]
        if not isinstance(expr, lang.E):
            outputs = [program.centred(o) for o in outputs]
            outputs.append(program.product(outputs[0], outputs[-1]))
        if len(program.operations) * self.samples > MAX_WORK:
            raise Unsupported(f"{len(program.operations)} operations for each of {self.samples} samples")
        if not program.variates:  # every gate is certain here
            values = program.run(np.empty((1, 0)), outputs)[0]  # their ranges may be wider than the one value taken
            return tuple(Interval(MeanInterval(1, m, 0.0, m - e, m + e, "constant", 0.5, e), 0.0)
                         for m, e in zip(map(float, values), (program.bounds(o).error for o in outputs), strict=True))
        ranges = [program.bounds(o) for o in outputs]
        bias = program.bias()
        error = max(r.error + bias * (r.high - r.low) for r in ranges)
        found = mean_intervals(lambda samples: program.run(samples, outputs), program.plan, self.samples, self.seed,
                               share, [(r.low, r.high) for r in ranges], stream=(self.stream, number),
                               evaluation_error=error)
        return tuple(Interval(f, r.high - r.low) for f, r in zip(found, ranges, strict=True))

    def _simulate(self, expr: Any, bound: dict[Any, Any], share: float) -> tuple[Interval, ...]:
        """The chance of an event, from independent repetitions of the experiment that it is an event of."""
        if not is_event(expr):
            raise Unsupported("nothing but the chance of an event is estimated from repetitions of an experiment")
        seen = [self.exact.value(expr.args[0], {**bound, **outcome})
                for outcome in outcomes(expr, sampled_means(self.seed, self.samples))]
        successes = sum(1 for value in seen if value == 1)
        mean = successes / self.samples
        variance = mean * (1 - mean) * self.samples / max(1, self.samples - 1)
        self.note = f"seen in {successes} of {self.samples} repetitions, which does not decide it"
        return (Interval(mean_interval(self.samples, mean, variance, 0.0, 1.0, share, successes=successes), 1.0),)

    def _relation(self, statement: Any, bound: dict[Any, Any]) -> Truth:
        before, self.used = self.used, set()
        try:
            left, right = (self.value(a, bound) for a in statement.args)
            if not self.used:
                return super()._relation(statement, bound)
            truth = super()._relation(statement, bound)
            if truth is Truth.FALSE:
                self.excluded = (left, right)
            if truth is not Truth.UNKNOWN or isinstance(statement, (sp.Ne, sp.Lt, sp.Gt)):
                return truth  # a strict relation must be seen to hold
            return self._resolved(statement, bound, left, right)
        finally:
            self.used |= before

    def _resolved(self, statement: Any, bound: dict[Any, Any], left: Any, right: Any) -> Truth:
        """AGREES when a deviation of a fraction of the quantity would have been seen, else UNKNOWN."""
        if not (arb(left).is_finite() and arb(right).is_finite()):
            return Truth.UNKNOWN
        self.power = 1 - (1 - POWER) / sum(len(self.drawn[k]) for k in self.used)
        deviation = self._radius("deviation", statement, bound)
        if any(is_exact(side) and side == 0 for side in (left, right)):
            quantity = self._radius("spread", statement, bound)  # nothing to compare with but the integrands' size
        else:
            quantity = max(abs(float(arb(side).mid())) for side in (left, right))
        part = deviation / quantity if quantity else math.inf
        if not part <= RESOLUTION:
            self.note = f"too few samples: deviations below {part:.2g} of the quantity would not show"
            self.lacking = max(self.lacking, part)
            return Truth.UNKNOWN
        self.coarsest = max(self.coarsest, part)
        return Truth.AGREES

    def _radius(self, mode: str, statement: Any, bound: dict[Any, Any]) -> float:
        self.mode = mode
        try:
            left, right = (arb(self.value(a, bound)) for a in statement.args)
            gap = left - right
            return float(gap.rad().upper()) if gap.is_finite() else math.inf
        except (Undefined, ZeroDivisionError):
            return math.inf
        finally:
            self.mode = "interval"


def _nested(ev: Evaluator, expr: Any, bound: dict[Any, Any]) -> Any:
    """An expectation inside another is a number, and enumerated."""
    if 1 << len(support(ev, expr, bound)) > min(_NESTED_MASKS, MAX_MASKS):
        raise Unsupported("too many masks for an expectation inside an expectation")
    return expectation(ev, expr, bound)


class ModerateChooser(RandomChooser):
    """Sizes in the upper half of what is allowed, and few values at the edges, where nothing is random."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, edges=0.1)

    def integer(self, name: str, low: int, high: int) -> int:
        return self.random.randint(max(low, (low + high + 1) // 2), high)


@checker("montecarlo", nothing_to_sample)
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
            many = sampler.samples
            return Finding("fails", "statistical", f"excluded at an instance by intervals from {many} samples",
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
        except (Unsupported, Unbounded, Undefined) as error:
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
