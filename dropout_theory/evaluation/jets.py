"""Derivatives at an instance, read off truncated power series.

A function of pieces, such as |x| or cases, is one of them on each side of a point. Where the sides differ, the series
of both, and the value at the point, tell whether the whole has a derivative: x|x| has one at 0, and |x| has none.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, arb_series, ctx, fmpq
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.evaluation.rules import rule
from dropout_theory.evaluation.values import MEMO, Truth, Undecided, Undefined, Unsupported, defined
from dropout_theory.language import DerivativeAt, Expr

_BEYOND = 2  # coefficients beyond those asked for, which tell the sign of what vanishes at the point
_RELATIONS = {sp.Le: lambda s: s <= 0, sp.Lt: lambda s: s < 0, sp.Ge: lambda s: s >= 0, sp.Gt: lambda s: s > 0,
              sp.Eq: lambda s: s == 0, sp.Ne: lambda s: s != 0}
_ANALYTIC = {
    sp.exp: arb_series.exp, sp.sin: arb_series.sin, sp.cos: arb_series.cos, sp.atan: arb_series.atan,
    sp.erf: arb_series.erf, sp.tanh: lambda x: 1 - 2 / ((2 * x).exp() + 1),
    sp.cosh: lambda x: (x.exp() + (-x).exp()) / 2, sp.sinh: lambda x: (x.exp() - (-x).exp()) / 2}


class Jets:
    """Expressions as power series in the displacement of a variable, on one side of a point: 1 above, -1 below.

    The variable is a symbol, or an entry of a family at integers. `is_split` tells whether a function of pieces changes
    between them at the point.
    """

    def __init__(self, ev: Any, variable: Any, seed: Any, side: int) -> None:
        self.ev, self.variable, self.seed, self.side = ev, variable, seed, side
        self.atom = variable.family if isinstance(variable, lang.Element) else variable
        self.entries: dict[Any, Any] = {}  # of recursions, found so far
        self.is_split = False

    def moves(self, expr: Any) -> bool:
        """Whether an expression depends on the variable, shown or hidden."""
        return lang.depends_on(expr, self.atom)

    def of(self, expr: Expr, bound: dict[Any, Any]) -> Any:
        if not self.moves(expr):
            return arb_series([arb(self.ev.value(expr, bound))])
        return defined(self._of(expr, bound), expr)

    def _of(self, expr: Expr, bound: dict[Any, Any]) -> Any:
        if expr == self.variable:
            return self.seed
        if isinstance(expr, lang.Element):
            return self._entry(expr, bound)
        if isinstance(expr, AppliedUndef) and isinstance(self.ev.values.get(expr.func), sp.Lambda):
            return self.of(self.ev.values[expr.func](*expr.args), bound)
        if isinstance(expr, (sp.Sum, sp.Product)):
            return self._over(expr, [tuple(limit) for limit in expr.limits], bound)
        if isinstance(expr, (sp.Add, sp.Mul)):
            first, *rest = (self.of(a, bound) for a in expr.args)
            for series in rest:
                first = first + series if isinstance(expr, sp.Add) else first * series
            return first
        if isinstance(expr, sp.Pow):
            return self._power(expr, bound)
        if isinstance(expr, sp.log):
            inner = self.of(expr.args[0], bound)
            if inner[0] <= 0:
                raise Undefined("logarithm of what is not positive", expr)
            return inner.log()
        if isinstance(expr, lang.Sigma):
            x, c, slope = (self.of(a, bound) for a in expr.args)
            return _inverse(1 + c * (-slope * x).exp(), expr)
        if type(expr) in _ANALYTIC:
            return _ANALYTIC[type(expr)](self.of(expr.args[0], bound))
        if isinstance(expr, DerivativeAt):
            return self._composed(expr, bound)
        return self.of(self._piece(expr, pieces(expr), bound), bound)

    def _entry(self, expr: lang.Element, bound: dict[Any, Any]) -> Any:
        if any(map(self.moves, expr.indices)):
            raise Unsupported(f"an index of {expr} is not fixed where a derivative is taken")
        family, indices = expr.family, tuple(self.ev.integer(i, bound) for i in expr.indices)
        if isinstance(family, lang.Recursion):
            key = (family, indices, *[(s, bound[s]) for s in lang.hidden_dependencies(family) if s in bound])
            if key not in self.entries:
                self.entries[key] = self.of(self.ev.unfold(family, indices, bound), bound)
            return self.entries[key]
        if family == self.atom:
            own = lang.Element(family, *indices)
            return self.seed if own == self.variable else arb_series([arb(self.ev.value(own, bound))])
        raise Unsupported(f"no derivative of {expr}, whose law or range depends on {self.variable}")

    def _over(self, expr: Expr, limits: list[Any], bound: dict[Any, Any]) -> Any:
        """A sum or product over nested ranges, none of which depends on the variable."""
        if not limits:
            return self.of(expr.function, bound)
        *inner, outer = limits
        if any(map(self.moves, outer[1:])):
            raise Unsupported(f"the range of {expr} is not fixed where a derivative is taken")
        is_sum = isinstance(expr, sp.Sum)
        total = arb_series([arb(0 if is_sum else 1)])
        for k in self.ev.range(outer, bound):
            part = self._over(expr, inner, {**bound, outer[0]: k})
            total = total + part if is_sum else total * part
        return total

    def _power(self, expr: Expr, bound: dict[Any, Any]) -> Any:
        base = self.of(expr.base, bound)
        if not self.moves(expr.exp):
            exponent = self.ev.value(expr.exp, bound)
            if isinstance(exponent, fmpq) and exponent.q == 1:
                base = base if exponent >= 0 else _inverse(base, expr)
                result = arb_series([arb(1)])
                for _ in range(abs(int(exponent.p))):
                    result = result * base
                return result
        if not base[0] > 0:
            raise Unsupported(f"no power series of {expr} where its base is not known to be positive")
        return (self.of(expr.exp, bound) * base.log()).exp()

    def _composed(self, expr: DerivativeAt, bound: dict[Any, Any]) -> Any:
        """A derivative at a point that moves."""
        if self.moves(expr.order) or lang.depends_on(expr.body, self.atom) and expr.variable != self.atom:
            raise Unsupported(f"no power series of {expr} in {self.variable}")
        order, inner = self.ev.integer(expr.order, bound), self.of(expr.point, bound)
        found = _derivatives(self.ev, expr.body, expr.variable, self.ev.value(expr.point, bound), order + ctx.cap,
                             bound)
        outer = arb_series([found[order + k] / int(sp.factorial(k)) for k in range(ctx.cap)])
        return outer(inner - arb_series([inner[0]]))

    # --- pieces -----------------------------------------------------------------------------------------------
    def _piece(self, expr: Expr, cases: list[Any], bound: dict[Any, Any]) -> Expr:
        """The case of a function of pieces that holds on this side."""
        chosen = [next((n for n, (_, condition) in enumerate(cases) if self._holds(condition, side, bound)), None)
                  for side in (self.side, -self.side, 0)]
        self.is_split = self.is_split or len(set(chosen)) > 1
        if chosen[0] is None:
            raise Undefined("no case applies", expr)
        return cases[chosen[0]][0]

    def _holds(self, condition: Any, side: int, bound: dict[Any, Any]) -> bool:
        """Whether a condition holds on a side of the point, or (side 0) at it."""
        if isinstance(condition, (sp.And, sp.Or)):
            return (all if isinstance(condition, sp.And) else any)(self._holds(c, side, bound) for c in condition.args)
        if isinstance(condition, sp.Not):
            return not self._holds(condition.args[0], side, bound)
        if type(condition) in _RELATIONS and self.moves(condition) and side:
            left, right = condition.args
            return bool(_RELATIONS[type(condition)](self._sign(left, right, side, bound)))
        truth = self.ev.truth(condition, bound)
        if truth not in (Truth.TRUE, Truth.FALSE):
            raise Undecided(f"cannot decide {condition}")
        return truth is Truth.TRUE

    def _sign(self, left: Expr, right: Expr, side: int, bound: dict[Any, Any]) -> int:
        """The sign of a difference on a side of the point: that of its first coefficient which is not 0."""
        at = self.ev.value(left, bound) - self.ev.value(right, bound)
        coefficients = [at, *(self.of(left, bound) - self.of(right, bound)).coeffs()[1:]]
        for k, c in enumerate(coefficients):
            if c > 0 or c < 0:
                return (1 if c > 0 else -1) * side**k
            if c != 0 if isinstance(c, fmpq) else not c.is_zero():
                break
        raise Undecided(f"cannot tell which of {left} and {right} is larger beside the point")


def pieces(expr: Expr) -> list[Any]:
    """(value, condition) of each piece of a function that is put together from some. Raises Unsupported for others."""
    zero = sp.S.Zero
    if isinstance(expr, sp.Piecewise):
        return [tuple(case) for case in expr.args]
    if isinstance(expr, (sp.Max, sp.Min)):
        kind = sp.Ge if isinstance(expr, sp.Max) else sp.Le
        return [(a, sp.And(*[kind(a, b, evaluate=False) for b in expr.args if b != a], evaluate=False))
                for a in expr.args]
    if isinstance(expr, (sp.Abs, sp.sign, lang.Relu)):
        a = expr.args[0]
        above, below = {sp.Abs: (a, -a), sp.sign: (sp.S.One, sp.S.NegativeOne), lang.Relu: (a, zero)}[type(expr)]
        return [(above, sp.Gt(a, 0, evaluate=False)), (below, sp.Lt(a, 0, evaluate=False)), (zero, sp.true)]
    raise Unsupported(f"no power series rule for {type(expr).__name__}: {expr}")


def _inverse(series: Any, term: Expr) -> Any:
    constant = arb(series[0])
    if constant.is_zero():
        raise Undefined("division by zero", term)
    if constant.contains(0):
        raise Undecided(f"cannot tell whether {term} has a pole")
    return 1 / series


def taylor_coefficients(ev: Any, body: Expr, variable: Any, point: Any, length: int,
                        bound: dict[Any, Any] | None = None) -> list[arb]:
    """The first `length` Taylor coefficients of `body` at a value of `variable`, as balls.

    Raises Undefined where the body has no value there, or not that many derivatives.
    """
    bound = {**(bound or {}), MEMO: {}}
    if not isinstance(variable, lang.Element):
        bound[variable] = point
    before = ctx.cap
    ctx.cap = length + _BEYOND
    try:
        above, is_split = _on_a_side(ev, body, variable, point, 1, bound)
        if is_split:
            below, _ = _on_a_side(ev, body, variable, point, -1, bound)
            _require_one(above[:length], below[:length], arb(ev.value(body, bound)), body)
    finally:
        ctx.cap = before
    return above[:length]


def _on_a_side(ev: Any, body: Expr, variable: Any, point: Any, side: int,
               bound: dict[Any, Any]) -> tuple[list[arb], bool]:
    jets = Jets(ev, variable, arb_series([arb(point), arb(1)]), side)
    try:
        found = list(jets.of(body, bound).coeffs())
    except Undefined as error:
        if jets.is_split:  # a piece that has no value at the point may have a limit there
            raise Unsupported(f"on one side: {error}") from None
        raise
    return found + [arb(0)] * (ctx.cap - len(found)), jets.is_split


def _require_one(above: list[arb], below: list[arb], value: arb, body: Expr) -> None:
    """Raise Undefined where the two sides of a point have not the same derivatives, Undecided where that is not seen.
    """
    gaps = [above[0] - value, *[a - b for a, b in zip(above, below, strict=True)]]
    if any(not gap.contains(0) for gap in gaps):
        raise Undefined("no derivative where the pieces meet", body)
    if not all(gap.is_zero() for gap in gaps):
        raise Undecided(f"cannot tell whether {body} has a derivative where its pieces meet")


def _derivatives(ev: Any, body: Expr, variable: Any, point: Any, length: int, bound: dict[Any, Any]) -> list[arb]:
    """The derivatives of orders below `length`."""
    return [c * int(sp.factorial(k)) for k, c in enumerate(taylor_coefficients(ev, body, variable, point, length,
                                                                                bound))]


@rule(DerivativeAt)
def _derivative_at(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    order = ev.integer(expr.order, bound)
    if order < 0:
        raise Undefined(f"derivative of order {order}", expr)
    point = ev.value(expr.point, bound)
    if order == 0:
        return ev.value(expr.body, {**bound, expr.variable: point})
    return _derivatives(ev, expr.body, expr.variable, point, order + 1, bound)[order]


@rule(sp.Derivative)
def _derivative(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """A derivative by one number of the instance, all others as they are there."""
    if len(expr.variable_count) != 1:
        raise Unsupported(f"more than one variable in {expr}")
    variable, order = expr.variable_count[0]
    if isinstance(variable, lang.Element) and not isinstance(variable.family, lang.Recursion):
        variable = lang.Element(variable.family, *[ev.integer(i, bound) for i in variable.indices])
    elif not isinstance(variable, sp.Symbol):
        raise Unsupported(f"no derivative by {variable}, which is no free number")
    return _derivatives(ev, expr.expr, variable, ev.value(variable, bound), ev.integer(order, bound) + 1, bound)[-1]


@rule(sp.Subs)
def _put_in(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    if lang.hidden_dependencies(expr.expr).intersection(expr.variables):
        raise Unsupported(f"a law or definition in {expr} depends on what is put in")
    values = [ev.value(point, bound) for point in expr.point]
    return ev.value(expr.expr, {**bound, **dict(zip(expr.variables, values, strict=True)), MEMO: {}})
