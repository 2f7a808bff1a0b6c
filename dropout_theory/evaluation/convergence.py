"""Convergence of expected Taylor series and growth of their coefficients, decided from the nearest singularities.

The logistic log partition function A(z) = log(1 + exp z) is singular at the zeros (2k+1) pi i of 1 + exp z only, and
its derivative has simple poles of residue 1 there. So its Taylor coefficients at a real c are, for j >= 2,
-(2/j) r^-j cos(j t) plus terms that are O(rho^-j), with r^2 = c^2 + pi^2, rho^2 = c^2 + 9 pi^2, t = arg(pi i - c).
For a deviation D with finitely many values, sum_j A^(j)(c) E[D^j]/j! then converges when max|D| < r, because it is a
finite combination of Taylor series inside their disc, and diverges when max|D| > r, because E[D^j] >= P max|D|^j for
even j and of two even orders j, 2j one has |cos| >= 1/2. On the circle itself nothing is decided here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.evaluation.rules import extreme, rule
from dropout_theory.evaluation.series_rules import outcome_values
from dropout_theory.evaluation.values import RESOLUTION_BITS, Truth, Unsupported
from dropout_theory.language import DerivativeAt, Expr, RootGrowth, Statement, Stirling2
from dropout_theory.normal_form import same


def is_log_partition(body: Expr, variable: sp.Symbol) -> bool:
    """Whether the body is log(1 + exp z) in the variable."""
    return bool(body == sp.log(1 + sp.exp(variable)))


def radius(point: Any) -> arb:
    """Distance from a real point to the nearest singularity of log(1 + exp z)."""
    c = arb(point)
    return (c * c + arb.pi() * arb.pi()).sqrt()


class TaylorSeries:
    """sum over j of f^(j + shift)(c) E[D^j] / j!, read off a series term. Raises Unsupported for another term."""

    def __init__(self, term: Expr, index: sp.Symbol) -> None:
        self.index = index
        rest = sp.sympify(term) * sp.factorial(index)
        derivatives = [f for f in sp.Mul.make_args(rest) if isinstance(f, DerivativeAt)]
        others = [f for f in sp.Mul.make_args(rest) if f not in derivatives]
        if len(derivatives) != 1 or len(others) != 1:
            raise Unsupported(f"not the term of an expected Taylor series: {term}")
        self.derivative = derivatives[0]
        power = others[0].args[0] if isinstance(others[0], lang.E) else others[0]
        if not isinstance(power, sp.Pow) or power.exp != index or lang.depends_on(power.base, index):
            raise Unsupported(f"not a power of a deviation: {others[0]}")
        self.deviation = power.base
        self.shift = sp.expand(self.derivative.order - index)
        if not self.shift.is_Integer or self.shift < 0 or lang.depends_on(self.derivative.point, index):
            raise Unsupported(f"derivative of order {self.derivative.order} in a sum over {index}")

    def converges(self, ev: Any, bound: dict[Any, Any]) -> Truth:
        """Whether the series converges at the instance; UNKNOWN on the circle of convergence."""
        body, variable = self.derivative.body, self.derivative.variable
        if body.is_polynomial(variable):
            return Truth.TRUE
        if not is_log_partition(body, variable):
            raise Unsupported(f"singularities of {body} are not known")
        largest = extreme([abs(v) for v in outcome_values(ev, self.deviation, bound)], True)
        r = radius(ev.value(self.derivative.point, bound))
        if arb(largest) < r:
            return Truth.TRUE
        return Truth.FALSE if arb(largest) > r else Truth.UNKNOWN

    def value(self, first: int) -> Expr:
        """The sum from `first` on, where the series converges, as an expression."""
        f = self.derivative
        total = lang.E(self._derivative(f.point + self.deviation, 0))
        for j in range(first):
            mean = lang.E(self.deviation**j) if j else sp.S.One
            total -= self._derivative(f.point, j) * mean / sp.factorial(j)
        return total

    def _derivative(self, point: Any, order: int) -> Any:
        f = self.derivative
        order = order + int(self.shift)
        return DerivativeAt(f.body, f.variable, point, order) if order else f.body.xreplace({f.variable: point})


_series = lru_cache(maxsize=256)(TaylorSeries)


@lru_cache(maxsize=256)
def _value(statement: Statement, first: int) -> tuple[Any, bool]:
    """What a SumsTo statement's series adds up to where it converges, and whether the stated value is identical."""
    value = _series(statement.args[0], statement.args[1].args[0]).value(first)
    return value, same(value, statement.args[2])


def truth_of_convergence(ev: Any, statement: Statement, bound: dict[Any, Any]) -> Truth:
    """Truth of a Converges or SumsTo statement at an instance. Raises Unsupported for series it cannot read."""
    index, first = statement.args[1].args
    term, stated = statement.args[0], statement.args[2:]
    start = ev.integer(first, bound)
    for j in range(start, max(start, 0) + 2):  # where those of orders 0 and 1 are defined, those of higher ones are
        ev.value(term, {**bound, index: j})
    for expr in stated:
        ev.value(expr, bound)
    series = _series(term, index)
    found = series.converges(ev, bound)
    if found is not Truth.TRUE or not stated:
        return found
    value, identical = _value(statement, start)
    if identical:
        return Truth.TRUE
    gap = arb(ev.value(value, bound)) - arb(ev.value(stated[0], bound))
    if not gap.contains(0):
        return Truth.FALSE
    return Truth.AGREES if abs(gap) < arb(2) ** -RESOLUTION_BITS else Truth.UNKNOWN


# --- growth of coefficients -------------------------------------------------------------------------------------


@rule(RootGrowth)
def root_growth(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """limsup |a_n|^(1/n), n = root, from the exponential generating function of a_n n!."""
    term, index, root = expr.args
    step = sp.expand(root / index)
    if step not in (1, 2):
        raise Unsupported(f"root {root}; allowed: {index} or 2 {index}")
    factors = sp.Mul.make_args(term)
    for f in factors:
        if not f.has(index) and not _nonzero(ev.value(f, bound)):
            raise Unsupported(f"cannot tell whether the factor {f} vanishes")
    moving = sp.Mul(*[f for f in factors if f.has(index)])
    if moving.has(sp.zeta):
        ratio = sp.powsimp(sp.expand_power_base(moving * (2 * sp.pi) ** root / sp.zeta(root), force=True))
        if not ratio.has(index) and ratio.is_nonzero:
            return 1 / (2 * arb.pi())
    core = moving * sp.factorial(root)
    if core == sp.bell(root):
        return fmpq(0)  # exp(exp z - 1) is entire
    if core == sp.bernoulli(root):
        return 1 / (2 * arb.pi())  # z/(exp z - 1)
    if isinstance(core, DerivativeAt) and is_log_partition(core.body, core.variable):
        shift = sp.expand(core.order - root)
        point = ev.value(core.point, bound)
        if shift.is_Integer and shift >= 0 and not core.point.has(index):
            return _pole_pair(point, vanishing=step == 2 and shift % 2 == 1)
    if isinstance(core, sp.Sum) and core.limits[0][1:] == (1, root):
        return _stirling_sum(ev, core, root, int(step), bound)
    raise Unsupported(f"growth of {term} is not known")


def _nonzero(value: Any) -> bool:
    return value != 0 if isinstance(value, fmpq) else not arb(value).contains(0)


def _pole_pair(point: Any, vanishing: bool) -> Any:
    """Growth from poles at +-pi i seen from a real point; at 0 the coefficients of one parity vanish."""
    if isinstance(point, fmpq):
        return fmpq(0) if point == 0 and vanishing else 1 / radius(point)
    if vanishing and arb(point).contains(0):
        raise Unsupported("cannot tell whether the point is 0")
    return 1 / radius(point)


def _stirling_sum(ev: Any, core: sp.Sum, root: Any, step: int, bound: dict[Any, Any]) -> Any:
    """sum_j x^j j! S2(n, j) has generating function 1/(1 - x(exp z - 1)); with j for j! it is entire."""
    j = core.limits[0][0]
    base, rest = sp.S.One, sp.S.One
    for f in sp.Mul.make_args(core.function):
        if isinstance(f, sp.Pow) and f.exp == j:
            base *= f.base
        else:
            rest *= f
    if rest == j * Stirling2(root, j):
        return fmpq(0)
    if rest != sp.factorial(j) * Stirling2(root, j):
        raise Unsupported(f"growth of {core} is not known")
    x = ev.value(base, bound)
    if isinstance(x, fmpq) and x in (0, -1):
        return fmpq(0)
    if arb(x) > -1 and arb(x) < 0:
        odds = 1 + 1 / x  # poles at log|odds| + (2k+1) pi i
        point = fmpq(0) if isinstance(odds, fmpq) and odds == -1 else (-arb(odds)).log()
        return _pole_pair(point, vanishing=step == 2)
    if arb(x) < -1 or arb(x) > 0:
        return 1 / abs((1 + 1 / arb(x)).log())
    raise Unsupported(f"cannot locate the poles at x = {x}")
