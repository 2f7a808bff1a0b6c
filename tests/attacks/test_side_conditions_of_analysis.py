"""Each side condition of the rules of analysis is violated alone: series, normal variables, optima, training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, i, j, m, n, refused, s, w
from dropout_theory.language import (
    INTEGER,
    OPEN_PROBABILITY,
    POSITIVE,
    PROBABILITY,
    Aversion,
    Converges,
    DerivativeAt,
    E,
    Expr,
    ForAll,
    HasValue,
    LargestOutcome,
    Scalar,
    SumsTo,
    both,
    equal,
    gates,
    interval,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
    size,
    uniform,
)
from dropout_theory.proof import (
    ORDER,
    PolePair,
    Theorem,
    arithmetic,
    assume,
    at,
    aversion_value,
    chain,
    converges_within,
    discharge,
    diverges_beyond,
    factorial_step,
    falling_to_zero,
    growth,
    homogeneous,
    identity,
    instance,
    largest_of_gate,
    later_start,
    low_derivative,
    mixture,
    moved_normal,
    no_sum,
    pole_pair,
    positive_part_mean,
    reparametrised,
    same_value,
    stirling_outside,
    stirling_recurrence,
    times,
    tower,
    two_outcomes,
    unbounded,
    zero_or_one,
    zeta_growth,
)

Attacks = dict[str, tuple[Callable[[], Any], str]]
one, two = sp.S.One, sp.Integer(2)
z = sp.Symbol("z", real=True)
real, other = Scalar("omega"), Scalar("c")
open_gate = gates("o", Scalar("s", OPEN_PROBABILITY), n)
layer = sp.Symbol("l", integer=True)


def _each(*tables: Attacks) -> Any:
    return pytest.mark.parametrize(("attack", "why"), [pytest.param(*case, id=name) for table in tables
                                                       for name, case in table.items()])


# --- poles and series -----------------------------------------------------------------------------------------------

exact = -2 * sp.cos(ORDER) / ORDER
quarter = -2 * sp.cos(ORDER * sp.pi / 2) / ORDER


def _pair(coefficient: Any = exact, distance: Any = one, angle: Any = one, after: Any = two, constant: Any = one,
          assumed: tuple[Theorem, ...] = (), **others: Theorem) -> PolePair:
    """A pair of poles, with what is shown of it replaced where another theorem is named."""
    leading = 2 * distance ** (-ORDER) * sp.cos(ORDER * angle) / ORDER
    shown = {
        "expansion": arithmetic(less_equal(sp.Abs(coefficient + leading), constant * after ** (2 - ORDER) / ORDER),
                                *assumed),
        "angles": arithmetic(both(less(0, angle), less(angle, sp.pi))),
        "distances": arithmetic(both(less(0, distance), less(distance, after))),
    } | others
    return pole_pair(coefficient, distance, angle, after, constant, **shown)


def _near(value: Any, *premises: Theorem) -> Theorem:
    return arithmetic(less_equal(sp.Abs(value), 1), *premises)


near, far = assume(less_equal(sp.Abs(real), 1)), assume(less(1, sp.Abs(real)))
swinging = sp.Max(0, sp.Min(1, sp.cos(sp.pi * m / 2)))  # its powers keep the terms of one sign
POLES: Attacks = {
    "an expansion of something else": (
        lambda: _pair(expansion=arithmetic(less_equal(0, 2 * 2 ** (2 - ORDER) / ORDER))), "expansion concludes"),
    "a constant that grows with the order": (lambda: _pair(constant=ORDER), "must not depend on the order"),
    "an angle of something else": (lambda: _pair(angles=arithmetic(less(0, one))), "angles concludes"),
    "poles as far as the next": (
        lambda: _pair(distances=arithmetic(both(less(0, one), less(one, one + 2)))), "distances concludes"),
    "an expansion at large orders alone": (
        lambda: _pair(assumed=(assume(less(3, ORDER)),)), "an assumption restricts the order"),
    "a coefficient that knows the index": (
        lambda: converges_within(_pair(exact + 2**-ORDER / (ORDER * m)), real, near, m, 1), "occurs in"),
    "a point that moves with the index": (
        lambda: converges_within(_pair(quarter, angle=sp.pi / 2), swinging, _near(swinging), m, 1),
        "is not a fixed real number"),
    "a random point": (
        lambda: converges_within(_pair(), open_gate[1], _near(open_gate[1], zero_or_one(open_gate[1])), j, 1),
        "is not a fixed real number"),
    "a series within from before its start": (
        lambda: converges_within(_pair(), real, near, j, -1), "first index is -1"),
    "a series beyond from before its start": (
        lambda: diverges_beyond(_pair(), real, far, j, -1), "cannot start at -1"),
    "a deviation that moves with the index": (
        lambda: diverges_beyond(_pair(), 1 + 1 / m, arithmetic(less(1, sp.Abs(1 + 1 / m))), m, 1), "is not real"),
    "a deviation that is defined by recursion": (
        lambda: diverges_beyond(_pair(), _defined(), assume(less(1, LargestOutcome(sp.Abs(_defined())))), j, 1),
        "is not known to take finitely many values"),
    "poles that move with the index": (
        lambda: growth(_pair(-2 * m**-ORDER * sp.cos(ORDER) / ORDER, m, after=m + 1), m, m),
        "must not depend on the index"),
    "every third root of a zeta series": (
        lambda: zeta_growth(sp.zeta(3 * j) / 2 ** (3 * j), j, 3 * j, two), "root is"),
    "a negative base": (lambda: zeta_growth(sp.zeta(j) / (-2) ** j, j, j, -two), "is not a positive constant"),
    "a base that moves with the index": (
        lambda: zeta_growth(sp.zeta(m) / (1 + m) ** m, m, m, 1 + m), "is not a positive constant"),
    "an instance that knows the index": (
        lambda: instance(converges_within(_pair(), real, near, j, 1), {real: j}), "mentions the index of a series"),
}


def _defined() -> Any:
    ranges = ((layer, 0, 1),)
    return recursion("h", ranges, 2 * open_gate[1], placeholder("h", ranges)[layer - 1])[0]


exponential = SumsTo(real**j / sp.factorial(j), (j, 0), sp.exp(real))
reached = arithmetic(less_equal(LargestOutcome(sp.Abs(open_gate[1])), 1),
                     largest_of_gate(sp.Abs(open_gate[1]), open_gate[1]))


def _everywhere(statement: Any, scalar: Any = real) -> Theorem:
    """A statement for every value of a scalar, from the assumption that says so."""
    return at(assume(ForAll(statement, (scalar,))), scalar)


def _mixed(pointwise: Theorem, scalar: Any = real, reach: Any = one, bound: Theorem = reached, first: int = 0,
           deviation: Any = open_gate[1]) -> Theorem:
    return mixture(pointwise, scalar, deviation, reach, bound, first)


SERIES: Attacks = {
    "a mixture from before the start": (lambda: _mixed(_everywhere(exponential), first=-1), "cannot start at -1"),
    "a mixture of what is no sum": (
        lambda: _mixed(_everywhere(Converges(real**j / sp.factorial(j), (j, 0)))), "not a sum"),
    "a mixture of a later sum": (
        lambda: _mixed(_everywhere(SumsTo(real**j / sp.factorial(j), (j, 1), sp.exp(real) - 1))),
        "the sum starts at 1"),
    "a mixture of means": (
        lambda: _mixed(_everywhere(SumsTo(E(open_gate[2]) * real**j / sp.factorial(j), (j, 0),
                                          E(open_gate[2]) * sp.exp(real)))), "contains an expectation"),
    "a mixture of no powers": (
        lambda: _mixed(_everywhere(SumsTo((real + 1) ** j / sp.factorial(j), (j, 0), sp.exp(real + 1)))),
        "is not a coefficient times"),
    "a deviation that knows the index of the sum": (
        lambda: _mixed(_everywhere(SumsTo(real**m / sp.factorial(m), (m, 0), sp.exp(real))),
                       deviation=open_gate[1] / m), "is not a coefficient times"),
    "a reach that moves with the point": (
        lambda: _mixed(_everywhere(exponential), reach=1 + sp.Abs(real),
                       bound=arithmetic(less_equal(LargestOutcome(sp.Abs(open_gate[1])), 1 + sp.Abs(real)), reached)),
        "depends on omega"),
    "a mixture of sums at positive points": (
        lambda: _mixed(_everywhere(SumsTo(s**j / sp.factorial(j), (j, 0), sp.exp(s)), s), s), "is not any real"),
    "a bound on another deviation": (
        lambda: _mixed(_everywhere(exponential), deviation=3 * open_gate[1]), "bound concludes"),
    "a later start of a later sum": (
        lambda: later_start(assume(SumsTo(2**-j, (j, 1), one)), 2), "not a sum from 0"),
    "a value of what only converges": (lambda: same_value(assume(Converges(2**-j, (j, 1))), one), "not a sum"),
    "another value": (lambda: same_value(assume(SumsTo(2**-j, (j, 1), one)), two), "different normal forms"),
    "no sum where it converges": (lambda: no_sum(assume(Converges(2**-j, (j, 1))), one), "not a divergence"),
    "no sum where one value is none": (
        lambda: no_sum(assume(sp.Not(SumsTo(2**-j, (j, 1), two), evaluate=False)), one), "not a divergence"),
    "the largest outcome of a weight": (lambda: largest_of_gate(w[1], w[1]), "is not a gate"),
    "the largest outcome of bound gates": (
        lambda: largest_of_gate(sp.Sum((2 * i - 3) * open_gate[i], (i, 1, 2)), open_gate[i]), "binds an index"),
    "an inequality multiplied": (lambda: times(arithmetic(less(0, one)), -1), "not an equality"),
    "a Stirling number of a number that is none": (lambda: stirling_recurrence(HALF, 1), "must be integers"),
    "no Stirling number of a number that is none": (lambda: stirling_outside(HALF, 1), "must be integers"),
    "a factorial between integers": (lambda: factorial_step(3 * HALF), "is not an integer"),
    "two outcomes of a weight": (lambda: two_outcomes(w[1] ** 2, w[1]), "is not a gate"),
}


# --- derivatives ----------------------------------------------------------------------------------------------------

chance = Scalar("p", OPEN_PROBABILITY)
row = size("r")
softplus, square, line = sp.log(1 + sp.exp(z)), z**2 / 2, row + z


def _tower(body: Any = None, base: Any = None, step: Any = None, probability: Any = chance, number: Any = row,
           ) -> Theorem:
    """Derivatives of z^2/2 from the second on, with parts of the call replaced."""
    first = sp.KroneckerDelta(number, 1)
    return tower(base or _slope(line.subs(row, 0), other), step or _no_more(first), first if body is None else body,
                 probability, number)


def _slope(body: Any, point: Any) -> Theorem:
    return low_derivative(DerivativeAt(body, z, point, 1))


def _no_more(body: Any) -> Theorem:
    """0 = what a body without the probability is one row later."""
    return arithmetic(equal(0, body.subs(row, row + 1)))


TOWERS: Attacks = {
    "a chain through its own variable": (lambda: chain(chance * z, chance, z, other), "depends on z"),
    "a tower over chances that may be 0": (
        lambda: _tower(probability=Scalar("p", PROBABILITY)), "not \\(0, 1\\)"),
    "a tower without a first row": (
        lambda: _tower(chance, step=arithmetic(equal(0, 0)), number=Scalar("r", INTEGER)), "is no natural number"),
    "a tower of what is no derivative": (lambda: _tower(base=arithmetic(equal(one, 1))), "base has no derivative"),
    "a tower over positive points": (lambda: _tower(base=_slope(z, s)), "is not a free real scalar"),
    "a tower whose values know the point": (
        lambda: _tower(other * sp.KroneckerDelta(row, 1), _slope(square, other),
                       arithmetic(equal(0, 0))), "occurs elsewhere"),
    "a tower whose function knows the row": (lambda: _tower(base=_slope(line, other)), "occurs in the base"),
}


# --- normal variables -----------------------------------------------------------------------------------------------

mean, deviation, at_s = Scalar("mu"), Scalar("sigma", POSITIVE), Scalar("t")
X = normal("X", mean, deviation)
positive = Scalar("v", POSITIVE)
above_one = Scalar("t", interval(1, sp.oo))


def _integral(of: Any = at_s, middle: Any = mean, width: Any = deviation) -> Any:
    """An antiderivative of s times the density of X at s."""
    return (middle / 2 * sp.erf((of - middle) / (width * sp.sqrt(2)))
            - width / sp.sqrt(2 * sp.pi) * sp.exp(-((of - middle) ** 2) / (2 * width**2)))


def _falls(f: Any, *premises: Theorem, of: Any = positive) -> Theorem:
    """The rule, where a falling function falls by what is assumed of all numbers."""
    slope = less_equal(0, -sp.diff(f, of))
    return falling_to_zero(f, of, arithmetic(slope, *premises) if premises else _everywhere(slope, of))


NORMAL: Attacks = {
    "the mean of a uniform variable": (
        lambda: positive_part_mean(uniform("U", -1, 1), _integral(middle=0, width=1), at_s),  # type: ignore[arg-type]
        "is not normal"),
    "an integral over the numbers from one on": (
        lambda: positive_part_mean(X, _integral(above_one), above_one),
        "is not any positive number"),
    "an integral over the integers": (
        lambda: positive_part_mean(X, _integral(Scalar("t", INTEGER)), Scalar("t", INTEGER)),
        "is not any positive number"),
    "an integral by the mean itself": (
        lambda: positive_part_mean(X, _integral(mean, mean), mean), "occurs in the law"),
    "an antiderivative that keeps rising": (
        lambda: positive_part_mean(X, _integral() + (at_s + 1) ** 2 - at_s**2 - 2 * at_s, at_s),
        "is not a combination"),
    "a limit that is not known": (
        lambda: positive_part_mean(X, _integral() + sp.exp((at_s + 1) ** 2) - sp.exp(at_s**2 + 2 * at_s + 1), at_s),
        "the limit of"),
    "another law of a uniform variable": (
        lambda: moved_normal(X, uniform("U", 0, 1), X, 1, 0), "is not normal"),  # type: ignore[arg-type]
    "another law beside a gate": (
        lambda: moved_normal(normal("T", 2 * mean, 2 * deviation) * open_gate[1],
                             normal("T", 2 * mean, 2 * deviation), X, 2, 0), "another random atom"),
    "another law beside its source": (
        lambda: moved_normal(normal("T", 2 * mean, 2 * deviation) * X, normal("T", 2 * mean, 2 * deviation), X, 2, 0),
        "another random atom"),
    "falling at large numbers alone": (
        lambda: _falls((positive - 1) * sp.exp(-positive), assume(less(3, positive))), "an assumption restricts v"),
    "falling by a tail of no polynomial": (
        lambda: _falls(sp.exp(-positive / (1 + positive))), "is not of a polynomial"),
    "falling beside a root": (
        lambda: _falls(sp.sqrt(1 + positive) * sp.exp(-2 * positive)), "is not rational"),
    "an integral by a tail of no polynomial": (
        lambda: positive_part_mean(X, _integral() + sp.exp(-(at_s**2 + 2 * at_s + 2) / ((at_s + 1) ** 2 + 1)), at_s),
        "is not of a polynomial"),
    "falling by a tail below a line": (
        lambda: _falls(sp.exp(-positive) / (1 + sp.exp(-positive))), "is not of the form required"),
    "falling beside a logarithm": (
        lambda: _falls(sp.log(1 + positive) * sp.exp(-positive)), "is not of the form required"),
}


# --- optima ---------------------------------------------------------------------------------------------------------

u, v, lam = Scalar("u"), Scalar("nu"), Scalar("lambda", POSITIVE)
RISK: Expr = (u - 1) ** 2 + 1
CRITERION: Expr = RISK + lam * u**2
LOSS = Aversion(CRITERION, RISK, (u,))
BEST = 1 / (1 + lam)
LEAST = lam * BEST + 1
EXCESS = (lam * BEST) ** 2
level = Scalar("M")
LOSING = Aversion(-(u**2) / 2 + 1, u**2, (u,))


def _optimum(**others: Any) -> Theorem:
    """The excess risk of ridge regression, with parts of the call replaced."""
    pieces: dict[str, Any] = {
        "bound": arithmetic(less_equal(LEAST, CRITERION)),
        "at_optimum": _implied(equal(RISK, EXCESS + 1)),
        "optimum": ({u: BEST}, arithmetic(equal(CRITERION.xreplace({u: BEST}), LEAST))),
        "risk_bound": arithmetic(less_equal(1, RISK)),
        "best": ({u: one}, arithmetic(equal(RISK.xreplace({u: one}), 1))),
    }
    return aversion_value(LOSS, **pieces | others)


def _implied(consequence: Any) -> Theorem:
    """What holds where the criterion of ridge regression is least."""
    least = equal(CRITERION, LEAST)
    return discharge(least, arithmetic(consequence, assume(least)))


def _at(value: Any) -> tuple[Any, Theorem]:
    """A value of the parameter, with what is assumed of the risk there."""
    return {u: value}, assume(equal(RISK.xreplace({u: value}), 1))


def _reparametrised(forward: Any, backward: Any, parameter: Any = u, criterion: Any = None, *premises: Theorem,
                    ) -> Theorem:
    body = parameter**2 if criterion is None else criterion
    loss = Aversion(body, body, (parameter,))
    return reparametrised(loss, {parameter: forward}, {parameter: backward}, assume(HasValue(loss)), *premises)


whole = Scalar("a", INTEGER)
OPTIMA: Attacks = {
    "an equality at the optimum": (
        lambda: _optimum(at_optimum=arithmetic(equal(one, 1))), "not an implication"),
    "a bound that says nothing of the risk": (
        lambda: _optimum(risk_bound=arithmetic(less_equal(1, RISK + 1))), "does not bound"),
    "an upper bound of the risk": (
        lambda: _optimum(risk_bound=assume(sp.Ge(5, RISK, evaluate=False))), "does not bound"),
    "a strict bound": (lambda: _optimum(risk_bound=arithmetic(less(0, RISK))), "does not bound"),
    "a risk of the minimisers that moves with the parameter": (
        lambda: _optimum(at_optimum=discharge(equal(CRITERION, LEAST), identity(RISK, RISK))),
        "depends on the parameters"),
    "a risk of the minimisers written by a gate": (
        lambda: _optimum(at_optimum=_implied(equal(RISK, EXCESS + (1 + open_gate[1]) ** 2 - open_gate[1] ** 2
                                                   - 2 * open_gate[1]))), "is random"),
    "the best value moves with the parameter": (
        lambda: _optimum(best=({u: u}, assume(equal(RISK, 1)))), "u depends on the parameters"),
    "the best value has an index": (lambda: _optimum(best=_at(w[i])), "has indices"),
    "the best value is random": (lambda: _optimum(best=_at(open_gate[1])), "is not real"),
    "the best value of a whole number": (
        lambda: unbounded(Aversion(-(whole**2), whole**2, (whole,)), level, {whole: level**2 + 1},
                          arithmetic(less(-((level**2 + 1) ** 2), level))), "does not range over all reals"),
    "the best value of a positive number": (
        lambda: unbounded(Aversion(lam, lam, (lam,)), level, {lam: level - 1}, arithmetic(less(level - 1, level))),
        "does not range over all reals"),
}
TRAINING: Attacks = {
    "random units of loss": (
        lambda: homogeneous(LOSS, 1 + open_gate[1], assume(HasValue(LOSS))), "is random"),
    "parameters that are known": (
        lambda: _reparametrised(2 * u, u / 2, u, None, assume(less(0, u))), "assumption about the parameters"),
    "whole parameters halved": (
        lambda: _reparametrised(whole / 2, 2 * whole, whole), "does not range over all reals"),
    "positive parameters mirrored": (
        lambda: _reparametrised(-lam, -lam, lam), "does not range over all reals"),
    "parameters moved by an index": (
        lambda: _reparametrised(u + i, u - i, u), "has indices"),
    "parameters moved by chance": (
        lambda: _reparametrised(u + open_gate[1], u - open_gate[1], u), "is not a real number for each parameter"),
    "parameters scaled by a root": (
        lambda: _reparametrised(sp.sqrt(lam) * u, u / sp.sqrt(lam), u), "may not be defined"),
}


@_each(POLES, SERIES, TOWERS, NORMAL, OPTIMA, TRAINING)
def test_refused(attack: Callable[[], Any], why: str) -> None:
    """The rule refuses, and for this reason."""
    with refused(why):
        attack()
