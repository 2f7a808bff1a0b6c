"""What the claims on weight decay need: instances at which they fail, or say nothing, without one of their hypotheses.

Without decay every network that fits is a minimiser, whatever its weights are; with a negative decay none is one, as
large weights that nothing uses lower the criterion below every level.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sympy import Rational, S

from dropout_theory import proof as by
from dropout_theory.ablation.widening import in_domain, renewed
from dropout_theory.claims import Claim, refute, witness
from dropout_theory.language import NONNEGATIVE, REAL, Aversion, Scalar, Values, equal, less, less_equal, put_values
from dropout_theory.papers.helmbold2017 import appendix_b_closed_form as last_part
from dropout_theory.papers.helmbold2017 import appendix_b_remarks as remarks
from dropout_theory.papers.helmbold2017 import s01_penalties as norms
from dropout_theory.papers.helmbold2017 import s03_minimisers as outputs
from dropout_theory.papers.helmbold2017 import s03_weight_decay as paper
from dropout_theory.papers.helmbold2017.appendix_b_linear import other_into, other_out
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.weight_decay import V, a, b, balanced, lam, w, x
from dropout_theory.proof import Theorem

from .s01_penalties import norm_aversion
from .s03_weight_decay import zero_input
from .scaled_labels import labelled
from .weight_decay import aversion_is_closed_form

ENDS, ALL = (f"lambda in positive real, not {domain}" for domain in (NONNEGATIVE, REAL))
small = {K: 1, n: 1, x: {(1,): 1}}

# --- networks that are minimisers and should not be, or the other way round ----------------------------------------

biased = {**small, lam: 0, V: {(1, 1): 2}, a: {(1,): -1}, w: {(1,): 1}, b: 0}  # without decay: fits, has a bias
for claim_id in ("lem23-step-first.amended", "sec34-proportional"):
    witness(f"helmbold2017:{claim_id}", biased, without=ENDS)
witness("helmbold2017:lem29", {**biased, other_into: {(1, 1): 2}, other_out: {(1,): 1}}, without=ENDS)
witness("helmbold2017:fn2-opposite-inputs", {**small, lam: 0, V: {(1, 1): 0}, a: {(1,): -1}, w: {(1,): 1}, b: 1},
        without=ENDS)
witness("helmbold2017:sec34-single-optimum-at-threshold",
        {**small, x: {(1,): 0}, lam: 0, V: {(1, 1): 0}, a: {(1,): -1}, w: {(1,): 1}, b: Rational(1, 2)}, without=ENDS)

# with the decay -1 the closed form -2 is the criterion of a network that has no signal at all
unused = {**small, lam: -1, V: {(1, 1): 0}, a: {(1,): 0}, w: {(1,): 3}, b: 2}
for claim_id in ("eq11-every-minimiser", "lem28", "sec34-every-optimiser", "thm7-step-zero"):
    witness(f"helmbold2017:{claim_id}", unused, without=ALL)

witness("helmbold2017:sec34-single-optimum", balanced, without="strong decay")
witness("helmbold2017:sec34-single-optimum-at-threshold", balanced, without="decay")

# --- aversions at numbers ------------------------------------------------------------------------------------------


Theorems = tuple[Callable[[], Theorem], ...]


def contradicted(whole: Claim, name: str, values: Values, theorems: Theorems) -> Theorem:
    """A claim less the hypothesis of a name, refuted at an instance by what theorems say there of its aversions."""
    claim = whole.without(name)
    there = put_values(claim.statement, values)
    otherwise = by.arithmetic(by.negation(there), *(by.at_instance(theorem(), values) for theorem in theorems))
    return by.refutation(otherwise, claim, values)


SCALED: Theorems = aversion_is_closed_form, partial(aversion_is_closed_form, paper.scaled_entry)
LABELLED: Theorems = aversion_is_closed_form, labelled
NORMS: Theorems = partial(norm_aversion, norms.x), partial(norm_aversion, norms.c * norms.x)
single_input = {norms.x: 1}
cases: list[tuple[Claim, Values, str, Values, Theorems]] = [
    # at c = 1 nothing is scaled; with much decay both networks give up the signal
    (paper.SCALING, small, "larger inputs", {lam: Rational(1, 4), paper.factor: 1}, SCALED),
    (paper.SCALING, small, "signal left", {lam: 1, paper.factor: 2}, SCALED),
    (outputs.NOT_SQUARE, small, "larger outputs", {lam: Rational(1, 4), outputs.factor: 1}, LABELLED),
    (outputs.NOT_SQUARE, small, "signal left", {lam: 1, outputs.factor: 2}, LABELLED),
    (norms.NORM_SCALE, single_input, "larger input", {norms.lam: Rational(1, 4), norms.c: 1}, NORMS),
    (norms.NORM_SCALE, single_input, "signal left", {norms.lam: 1, norms.c: 2}, NORMS),
    (paper.AWAY, small, "strong decay", {lam: Rational(1, 4)}, SCALED[:1]),
    (paper.ZERO_INPUT, small, "x is zero", {lam: 1}, SCALED[:1])]
for of, values, name, numbers, theorems in cases:
    refute(of.id, without=name)(partial(contradicted, of, name, {**values, **numbers}, theorems))


@refute("helmbold2017:sec34-signal-regularised-away", without="x is not zero")
def nothing_to_give_up() -> Theorem:
    """For x = 0 the aversion is 0, not 1/4."""
    different = by.arithmetic(by.negation(paper.AWAY.statement), zero_input())
    return by.refutation(different, paper.AWAY.without("x is not zero"), {**small, x: {(1,): 0}, lam: 1})


# --- aversions without decay, and with a negative one --------------------------------------------------------------


def value_from(aversion: Aversion, least: Any, best: dict[Any, Any], risk: Any, fitted: dict[Any, Any]) -> Theorem:
    """An aversion without atoms other than its parameters: its minimisers have this risk, and some risk is 0."""
    criterion, reached = aversion.criterion, equal(aversion.criterion, least)
    return by.aversion_value(aversion, by.arithmetic(less_equal(least, criterion)),
                             by.discharge(reached, by.arithmetic(equal(aversion.risk, risk), by.assume(reached))),
                             (best, by.arithmetic(equal(by.parameters_replaced(criterion, best), least))),
                             by.arithmetic(less_equal(0, aversion.risk)),
                             (fitted, by.arithmetic(equal(by.parameters_replaced(aversion.risk, fitted), 0))))


def both_fit(claim: Claim, values: dict[Any, Any], one: dict[Any, Any], other: dict[Any, Any]) -> Theorem:
    """A claim that one aversion is below another, refuted without decay: parameters fit, so that both are 0."""
    there = put_values(claim.statement, values)
    (smaller,), (larger,) = (side.atoms(Aversion) for side in there.args)
    zeros = (value_from(aversion, S.Zero, fit, S.Zero, fit) for aversion, fit in ((smaller, one), (larger, other)))
    return by.refutation(by.arithmetic(by.negation(there), *zeros), claim, values)


def network(into: Any, out: Any) -> dict[Any, Any]:
    """A network without biases."""
    return {V: into, a: S.Zero, w: out, b: S.Zero}


no_decay = {renewed(lam, NONNEGATIVE): 0}
unit = {norms.w: S.One, norms.b: S.Zero}


@refute("helmbold2017:sec34-depends-on-scale", without=ENDS)
def scale_without_decay() -> Theorem:
    return both_fit(in_domain(paper.SCALING, lam, NONNEGATIVE), {**small, **no_decay, paper.factor: 2},
                    network(S.Half, S.One), network(S.One, S.One))


@refute("helmbold2017:sec34-no-output-scaling", without=ENDS)
def outputs_without_decay() -> Theorem:
    return both_fit(in_domain(outputs.NOT_SQUARE, lam, NONNEGATIVE), {**small, **no_decay, outputs.factor: 2},
                    network(S.One, Rational(2)), network(S.One, S.One))


@refute("helmbold2017:sec1-norm-sensitive", without=ENDS)
def norm_without_decay() -> Theorem:
    return both_fit(in_domain(norms.NORM_SCALE, norms.lam, NONNEGATIVE), {**no_decay, norms.x: 1, norms.c: 2},
                    {**unit, norms.w: S.Half}, unit)


@refute("helmbold2017:sec1-norm-aversion", without=ALL)
def rewarded_norm() -> Theorem:
    """With lambda = -1 and x = 1 the minimiser is w = 3, b = -1, of risk 1."""
    wide = in_domain(norms.NORM_AVERSION, norms.lam, REAL)
    values = {norms.x: 1, renewed(norms.lam, REAL): -1}
    there = put_values(wide.statement, values)
    (aversion,) = there.atoms(Aversion)
    best = {norms.w: Rational(3), norms.b: S.NegativeOne}
    value = value_from(aversion, Rational(-2), best, S.One, unit)
    return by.refutation(by.arithmetic(by.negation(there), value), wide, values)


level = Scalar("M")
heavy = {V: S.Zero, a: S.Zero, w: level**2 + 2, b: S.Zero}


def bottomless(claim: Claim, values: dict[Any, Any]) -> Theorem:
    """A claim about minimisers that says nothing for the decay -1: unused output weights lower the criterion."""
    wide, values = in_domain(claim, lam, REAL), {K: 1, n: 1, **values, renewed(lam, REAL): -1}
    (aversion,) = put_values(wide.statement, values).atoms(Aversion)
    below = by.arithmetic(less(by.parameters_replaced(aversion.criterion, heavy), level))
    return by.meaningless(by.unbounded(aversion, level, heavy, below), wide, values)


spoken_of: list[tuple[Claim, Values]] = [
    (paper.THEOREM_7, small), (paper.ZERO_INPUT, {x: {(1,): 0}}), (last_part.INPUTS, {}),
    (outputs.OUTPUT_SCALING, {**small, outputs.factor: 1}),
    (remarks.WITNESSES, {atom: value for atom, value in unused.items() if atom != lam})]
for of, values in spoken_of:
    refute(of.id, without=ALL)(partial(bottomless, of, values))
