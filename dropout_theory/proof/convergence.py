"""Rules about infinite series whose coefficients come from a pair of conjugate poles, and about finite mixtures.

The coefficients a_j satisfy, for j >= 2, |a_j + (2/j) r^-j cos(j t)| <= K rho^(2-j)/j with 0 < r < rho, 0 < t < pi:
those of a function whose derivative has simple poles of residue one at distance r and angle t, and no other
singularity within distance rho.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import ProofError, classical_fact, need
from dropout_theory.definedness.partiality import Partial
from dropout_theory.language import Domain, LargestOutcome, RootGrowth, interval, is_random
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_positive, same
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.scope import index_ranges, require_every_number
from dropout_theory.proof.theorem import Theorem, certify, sees_to_its_arguments, without

FROM_TWO = Domain("integer at least 2", sp.Integer(2), sp.oo, integer=True)
ORDER = lang.Scalar("j", FROM_TWO)
_angle = lang.Scalar("theta", interval(0, 2 * sp.pi, True, True))
_j = sp.Symbol("j", integer=True)

classical_fact("dirichlet-cosine", st.Converges(sp.cos(_j * _angle) / _j, (_j, 1)),
               "Rudin, Principles of Mathematical Analysis, 3rd edition, theorem 3.44 with c_j = 1/j and "
               "z = exp(i theta), by Dirichlet's test, theorem 3.42: the partial sums of cos(j theta) are bounded "
               "unless theta is a multiple of 2 pi",
               untried="no finite part of a series decides whether it converges, and neither evaluator has another way")


def arctangent_range(x: Any) -> Theorem:
    """-pi/2 < atan(x) < pi/2 for real x."""
    need(sp.sympify(x).is_real is not False, f"{x} is not real")
    value = sp.atan(x)
    return certify("range of atan", st.both(st.less(-sp.pi / 2, value), st.less(value, sp.pi / 2)))


_TOKEN = object()


@dataclass(frozen=True)
class PolePair:
    """Coefficients a_j with the poles they come from: checked once by `pole_pair`, used by the rules below.

    `coefficient` is written in ORDER.
    """

    coefficient: Any
    distance: Any
    angle: Any
    premises: tuple[Theorem, ...]
    _token: InitVar[object] = None  # as theorems have one: the rules below believe what is checked once

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise ProofError("pairs of poles are made by pole_pair only")

    def at(self, index: Any) -> Any:
        """The coefficient of a given order, whose symbols must not occur in the coefficient already."""
        need(not lang.depends_on(self.coefficient, *lang.dependencies(index)), f"{index} occurs in {self.coefficient}")
        return lang.substitute(self.coefficient, {ORDER: index})


def pole_pair(coefficient: Any, distance: Any, angle: Any, next_distance: Any, constant: Any, expansion: Theorem,
              angles: Theorem, distances: Theorem) -> PolePair:
    """Check the expansion |a_j + (2/j) r^-j cos(j t)| <= K rho^(2-j)/j, 0 < t < pi and 0 < r < rho."""
    leading = 2 * distance ** (-ORDER) * sp.cos(ORDER * angle) / ORDER
    expected = st.less_equal(sp.Abs(coefficient + leading), constant * next_distance ** (2 - ORDER) / ORDER)
    need(matches(expansion.conclusion, expected), f"expansion concludes {expansion.conclusion}, not {expected}")
    need(not lang.depends_on([distance, angle, next_distance, sp.sympify(constant)], ORDER),
         "the poles must not depend on the order")
    between = st.both(st.less(0, angle), st.less(angle, sp.pi))
    need(matches(angles.conclusion, between), f"angles concludes {angles.conclusion}, not {between}")
    apart = st.both(st.less(0, distance), st.less(distance, next_distance))
    need(matches(distances.conclusion, apart), f"distances concludes {distances.conclusion}, not {apart}")
    need(not lang.depends_on(expansion.given, ORDER), "an assumption restricts the order")
    return PolePair(coefficient, distance, angle, (expansion, angles, distances), _TOKEN)


def converges_within(poles: PolePair, w: Any, bound: Theorem, index: sp.Symbol, first: int) -> Theorem:
    """sum of a_j w^j converges for real w with |w| <= r.

    The remainders are dominated by a geometric series of ratio r/rho. What is left is sum of cos(j t) (w/r)^j / j:
    geometric for |w| < r, and for w = +-r a cosine series at the angle t or t + pi, no multiple of 2 pi.
    """
    w = sp.sympify(w)
    need(not is_random(w) and w.is_real is True and not lang.depends_on(w, index), f"{w} is not a fixed real number")
    wanted = st.less_equal(sp.Abs(w), poles.distance)
    need(matches(bound.conclusion, wanted), f"bound concludes {bound.conclusion}, not {wanted}")
    need(first >= 0, f"first index is {first}")
    return certify("comparison and Dirichlet's test", st.Converges(poles.at(index) * w**index, (index, first)),
                   [*poles.premises, bound], uses=["classical:dirichlet-cosine"])


def diverges_beyond(poles: PolePair, deviation: Any, bound: Theorem, index: sp.Symbol, first: int) -> Theorem:
    """sum of a_j E[D^j] diverges when D, real with finitely many values, has a largest |D| above r.

    With B = max|D|, taken with probability P > 0, E[D^j] >= P B^j for even j. If |cos(j t)| < 1/2 then
    |cos(2 j t)| > 1/2, so infinitely many even terms are at least (P/j) (B/r)^j (1 - K rho^2 (r/rho)^j), and unbounded.
    """
    need(isinstance(first, int) and first >= 0, f"the series cannot start at {first}, before its start")
    deviation = sp.sympify(deviation)
    finite_valued(deviation)
    need(deviation.is_real is not False and not lang.depends_on(deviation, index), f"{deviation} is not real")
    largest = LargestOutcome(sp.Abs(deviation)) if is_random(deviation) else sp.Abs(deviation)
    wanted = st.less(poles.distance, largest)
    need(matches(bound.conclusion, wanted), f"bound concludes {bound.conclusion}, not {wanted}")
    need(first >= 0, f"first index is {first}")
    power = lang.E(deviation**index) if is_random(deviation) else deviation**index
    series = st.Converges(poles.at(index) * power, (index, first))
    return certify("terms that do not tend to zero", sp.Not(series, evaluate=False), [*poles.premises, bound])


def growth(poles: PolePair, index: sp.Symbol, root: Any) -> Theorem:
    """limsup |a_n|^(1/n) = 1/r along n = k and along n = 2k.

    |a_n|^(1/n) <= (C/n)^(1/n)/r; and of |cos(k t)|, |cos((k+1) t)| one is at least |sin t|/2, of |cos(2 k t)|,
    |cos(4 k t)| one is at least 1/2, so that the bound is reached infinitely often.
    """
    need(root in (index, 2 * index), f"root is {root}; allowed: {index}, 2 {index}")
    need(not lang.depends_on([poles.distance, poles.angle], index), "the poles must not depend on the index")
    left = RootGrowth(poles.at(root), index, root)
    return certify("root test", st.equal(left, 1 / poles.distance), poles.premises, shown=[Partial(left, None)])


@sees_to_its_arguments
def zeta_growth(term: Any, index: sp.Symbol, root: Any, base: Any) -> Theorem:
    """limsup |C zeta(n) b^-n|^(1/n) = 1/b for a positive number b and C > 0, along n = k or 2k: zeta(n) tends to 1."""
    need(root in (index, 2 * index), f"root is {root}; allowed: {index}, 2 {index}")
    base = sp.sympify(base)
    need(base.is_positive is True and not lang.depends_on(base, index), f"{base} is not a positive constant")
    ratio = sp.powsimp(sp.expand_power_base(term * base**root / sp.zeta(root), force=True))
    need(not lang.depends_on(ratio, index) and ratio.is_positive is True, f"{term} is not C zeta({root})/{base}^n")
    left = RootGrowth(term, index, root)
    return certify("root test", st.equal(left, 1 / base), shown=[Partial(left, None)])


# --- finitely many outcomes -------------------------------------------------------------------------------------


def finite_valued(expr: Any) -> None:
    """Raise ProofError unless the expression takes finitely many values: gates and Bernoulli variables only."""
    for atom in lang.dependencies(expr):
        if isinstance(atom, (lang.Abstract, lang.Recursion)):
            need(False, f"{atom} is not known to take finitely many values")
        if isinstance(atom, lang.RandomScalar):
            need(atom.law[0] == "bernoulli", f"{atom} takes infinitely many values")


def mixture(pointwise: Theorem, w: lang.Scalar, deviation: Any, reach: Any, bound: Theorem, first: int) -> Theorem:
    """sum of a_j E[D^j] from `first` on, a finite mixture of the sums of a_j w^j.

    `pointwise` concludes SumsTo(a_j w^j, (j, 0), F(w)) given |w| <= reach, for the free real scalar w; `bound`
    concludes that the largest |D| is at most reach.
    """
    need(isinstance(first, int) and first >= 0, f"the series cannot start at {first}, before its start")
    deviation = sp.sympify(deviation)
    finite_valued(deviation)
    statement = pointwise.conclusion
    need(isinstance(statement, st.SumsTo), f"not a sum: {statement}")
    term, (index, start), value = statement.args[0], statement.args[1].args, statement.args[2]
    need(start == 0, f"the sum starts at {start}")
    require_every_number(w)
    need(not statement.has(lang.Operator), "the sum contains an expectation")
    # at one outcome the mean over the others would take what is random in them, too
    need(not is_random([term, value, sp.sympify(reach)]), f"{statement} or {reach} is random")
    coefficient = term / w**index
    need(not lang.depends_on(coefficient, w) and not lang.depends_on(deviation, index),
         f"{term} is not a coefficient times {w}^j")
    need(not lang.depends_on(sp.sympify(reach), w), f"{reach} depends on {w}")
    premise = st.less_equal(sp.Abs(w), reach)
    need(w.domain.lower == -sp.oo and w.domain.upper == sp.oo and not w.domain.integer, f"{w} is not any real")
    need(not lang.depends_on(pointwise.given - {premise}, w), f"an assumption restricts {w}")
    wanted = st.less_equal(LargestOutcome(sp.Abs(deviation)), reach)
    need(matches(bound.conclusion, wanted), f"bound concludes {bound.conclusion}, not {wanted}")
    total = lang.E(lang.substitute(value, {w: deviation}))
    for j in range(first):
        mean = lang.E(deviation**j) if j else sp.S.One
        total -= lang.substitute(coefficient, {index: sp.Integer(j)}) * mean
    series = st.SumsTo(coefficient * lang.E(deviation**index), (index, first), total)
    return certify("finite mixture", series, [without(pointwise, [premise]), bound])


def later_start(theorem: Theorem, first: int) -> Theorem:
    """A series from 0 with a value, started at `first`: the value less the terms left out."""
    statement = theorem.conclusion
    need(isinstance(statement, st.SumsTo) and statement.args[1].args[1] == 0, f"not a sum from 0: {statement}")
    need(isinstance(first, int) and first >= 0, f"the series cannot start at {first}, before its start")
    term, index, value = statement.args[0], statement.args[1].args[0], statement.args[2]
    for j in range(first):
        value -= lang.substitute(term, {index: sp.Integer(j)})
    return certify("first terms", st.SumsTo(term, (index, first), value), [theorem])


def same_value(theorem: Theorem, value: Any) -> Theorem:
    """The value of a series written in another way of the same normal form."""
    statement = theorem.conclusion
    need(isinstance(statement, st.SumsTo), f"not a sum: {statement}")
    need(same(statement.args[2], value), f"{statement.args[2]} and {value} have different normal forms")
    return certify("normal form", st.SumsTo(statement.args[0], statement.args[1].args, value), [theorem])


def no_sum(theorem: Theorem, value: Any) -> Theorem:
    """A series that does not converge has no sum."""
    statement = theorem.conclusion
    need(isinstance(statement, sp.Not) and type(statement.args[0]) is st.Converges, f"not a divergence: {statement}")
    series = statement.args[0]
    found = st.SumsTo(series.args[0], series.args[1].args, value)
    return certify("divergence", sp.Not(found, evaluate=False), [theorem])


def largest_absolute(expr: Any) -> Theorem:
    """max |X| = max(max X, max -X) over the masks."""
    whole = sp.Max(LargestOutcome(expr), LargestOutcome(-expr))
    return certify("largest absolute value", st.equal(LargestOutcome(sp.Abs(expr)), whole))


def largest_of_gate(function: Any, gate: lang.Element) -> Theorem:
    """max over the masks of f(gate) = max(f(1), f(0)) for a gate open and shut with positive probability."""
    function = sp.sympify(function)
    kept, dropped = _both(function, gate)
    return certify("both outcomes", st.equal(LargestOutcome(function), sp.Max(kept, dropped)))


def _both(function: Any, gate: lang.Element) -> tuple[Any, Any]:
    need(isinstance(gate, lang.Element) and isinstance(gate.family, lang.Gates), f"{gate} is not a gate")
    keep = gate.family.keep_at(gate.indices)
    need(not is_random(keep) and is_positive(keep) and is_positive(1 - keep), f"keep probability {keep} may be 0 or 1")
    need(not lang.depends_on(gate, *lang.bound_anywhere(function)), f"{function} binds an index of {gate}")
    need(not function.has(lang.Operator), f"{function} contains an expectation")
    kept, dropped = (function.xreplace({gate: sp.Integer(v)}) for v in (1, 0))
    need(not is_random(kept) and not is_random(dropped), f"{function} is random beyond {gate}")
    return kept, dropped


def largest_of_sum(term: Any, limits: tuple[Any, Any, Any], gate: lang.Element) -> Theorem:
    """max over the masks of sum_i f_i(gate_i) = sum_i max(f_i(1), f_i(0)): independent gates, each open and shut with
    positive probability."""
    symbol, low, high = limits
    term = sp.sympify(term)
    index_ranges([limits])
    need(gate.indices == (symbol,), f"{gate} may be the same gate for different {symbol}")
    kept, dropped = _both(term, gate)
    right = sp.Sum(sp.Max(kept, dropped), limits)
    return certify("mask by mask", st.equal(LargestOutcome(sp.Sum(term, limits)), right))
