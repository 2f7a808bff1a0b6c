"""The evaluator with sampled expectations: each one becomes an interval that holds at the number of samples drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import proves
from dropout_theory.checkers.samplable import OPERATORS
from dropout_theory.evaluation.enumeration import MAX_MASKS, expectation, support
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.instances import Values
from dropout_theory.evaluation.values import Truth, Undecided, Undefined, Unsupported, defined, is_exact
from dropout_theory.experiment.simulated import is_event, is_simulated, outcomes, sampled_means
from dropout_theory.language import statements as st
from dropout_theory.sampling.intervals import MeanInterval, mean_interval, smallest_detectable_deviation
from dropout_theory.sampling.montecarlo import mean_intervals
from dropout_theory.sampling.programs import Program

MAX_WORK = 800_000_000  # operations on samples for one expectation
POWER = 0.99
RESOLUTION = 0.1  # a deviation of this part of the quantity must show
_NESTED_MASKS = 1 << 8


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
        super().__init__(values, proves=proves)
        self.samples, self.seed, self.stream = samples, seed, stream
        self.error_probability, self.max_means = error_probability, max_means
        self.exact = Evaluator(values, _nested, proves)
        self.mode, self.power = "interval", POWER
        self.drawn: dict[Any, tuple[Interval, ...]] = {}
        self.used: set[Any] = set()
        self.coarsest = 0.0  # largest detectable deviation, in parts of its quantity
        self.lacking = 0.0  # the same where it was too large to count
        self.note = ""
        self.excluded: tuple[Any, Any] | None = None
        self.undefined = ""  # the term without a value at the instance

    def truth(self, statement: Any, bound: dict[Any, Any] | None = None) -> Truth:
        """Truth of a statement by the intervals; one for all values that depends on nothing else needs none."""
        if isinstance(statement, st.ForAll) and not statement.free_symbols:
            return self.exact.truth(statement)
        return super().truth(statement, bound)

    def value(self, expr: Any, bound: dict[Any, Any] | None = None) -> Any:
        bound = {} if bound is None else bound
        if not isinstance(expr, OPERATORS):
            return super().value(expr, bound)
        if not self._is_drawn(expr, bound):
            return self.exact.value(expr, bound)
        if isinstance(expr, lang.G):
            return arb(self.value(lang.E(sp.log(expr.args[0])), bound)).exp()
        if isinstance(expr, lang.Gc):
            return arb(self.value(lang.E(sp.log(1 - expr.args[0])), bound)).exp()
        if isinstance(expr, lang.NWGM):
            odds = lang.E(sp.log(1 - expr.args[0]) - sp.log(expr.args[0]))  # one mean instead of two
            return 1 / (1 + arb(self.value(odds, bound)).exp())
        x, *others = self._means(expr, bound)
        if isinstance(expr, lang.E):
            return x
        if isinstance(expr, lang.Var):
            return others[0] - x * x
        return others[1] - x * others[0]

    def _is_drawn(self, expr: Any, bound: dict[Any, Any]) -> bool:
        return is_simulated(expr) or any(support(self.exact, a, bound) for a in expr.args)

    def _means(self, expr: Any, bound: dict[Any, Any]) -> list[arb]:
        return [defined(i.ball(self.mode, self.power), expr) for i in self._intervals(expr, bound)]

    def _intervals(self, expr: Any, bound: dict[Any, Any]) -> tuple[Interval, ...]:
        free = expr.free_symbols
        key = (expr, tuple(sorted((str(k), v) for k, v in bound.items() if k in free)))
        self.used.add(key)
        if key not in self.drawn:
            self.drawn[key] = self._draw(expr, bound)
        return self.drawn[key]

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
            return tuple(Interval(MeanInterval(1, m, 0.0, *_around(m, e), "constant", 0.5, e), 0.0)
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
            if truth is Truth.UNKNOWN:
                truth = self._by_ends(statement, bound)
            if truth is Truth.FALSE:
                self.excluded = (left, right)
            if truth is not Truth.UNKNOWN or isinstance(statement, (sp.Ne, sp.Lt, sp.Gt)):
                return truth  # a strict relation must be seen to hold
            return self._resolved(statement, bound, left, right)
        finally:
            self.used |= before

    def _by_ends(self, statement: Any, bound: dict[Any, Any]) -> Truth:
        """The relation between the exact ends of the intervals of both sides, which a ball around them may exceed.

        A chance is at most 1, and the interval of one that is seen in every repetition ends there.
        """
        left, right = (self._ends(a, bound) for a in statement.args)
        if left is None or right is None:
            return Truth.UNKNOWN
        if isinstance(statement, (sp.Eq, sp.Ne)):
            apart = left[1] < right[0] or right[1] < left[0]
            return Truth.UNKNOWN if not apart else Truth.FALSE if isinstance(statement, sp.Eq) else Truth.TRUE
        if isinstance(statement, (sp.Ge, sp.Gt)):
            left, right = right, left
        if isinstance(statement, (sp.Le, sp.Ge)):
            return Truth.TRUE if left[1] <= right[0] else Truth.FALSE if left[0] > right[1] else Truth.UNKNOWN
        return Truth.TRUE if left[1] < right[0] else Truth.FALSE if left[0] >= right[1] else Truth.UNKNOWN

    def _ends(self, expr: Any, bound: dict[Any, Any]) -> tuple[fmpq, fmpq] | None:
        """Rational bounds of sums and products of means and exact numbers; None for anything else."""
        if isinstance(expr, lang.E) and self._is_drawn(expr, bound):
            drawn = self._intervals(expr, bound)[0].drawn
            return fmpq(*drawn.lower.as_integer_ratio()), fmpq(*drawn.upper.as_integer_ratio())
        if isinstance(expr, (sp.Add, sp.Mul)):
            found = [self._ends(a, bound) for a in expr.args]
            parts = [ends for ends in found if ends is not None]
            if len(parts) < len(found):
                return None
            low, high = parts[0]
            for a, b in parts[1:]:
                if isinstance(expr, sp.Add):
                    low, high = low + a, high + b
                else:
                    corners = [x * y for x in (low, high) for y in (a, b)]
                    low, high = min(corners), max(corners)
            return low, high
        value = self.value(expr, bound)
        return (fmpq(value), fmpq(value)) if is_exact(value) else None

    def _resolved(self, statement: Any, bound: dict[Any, Any], left: Any, right: Any) -> Truth:
        """AGREES when a deviation of a fraction of the quantity would have been seen, else UNKNOWN."""
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
        except (Undecided, Undefined):
            return math.inf
        finally:
            self.mode = "interval"


def _around(value: float, error: float) -> tuple[float, float]:
    """Bounds of what is at most `error` from `value`, rounded outwards."""
    if not error:
        return value, value
    return math.nextafter(value - error, -math.inf), math.nextafter(value + error, math.inf)


def _nested(ev: Evaluator, expr: Any, bound: dict[Any, Any]) -> Any:
    """An expectation inside another is a number, and enumerated."""
    if 1 << len(support(ev, expr, bound)) > min(_NESTED_MASKS, MAX_MASKS):
        raise Unsupported("too many masks for an expectation inside an expectation")
    return expectation(ev, expr, bound)
