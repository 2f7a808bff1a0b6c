"""The second path's rule for each kind of expression, written without those of the evaluator it is to check."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath as mp
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import DerivativeAt, Expr, LargestOutcome, Stirling2, registry
from dropout_theory.recheck.arithmetic import (
    CannotRecheck,
    NoValue,
    Number,
    minus,
    moderate,
    plus,
    raised,
    times,
    told_from_zero,
    wide,
)
from dropout_theory.recheck.differences import MAX_ORDER, derivative
from dropout_theory.recheck.values import Values


def _fold(start: Fraction, step: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    def rule(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
        total: Number = start
        for a in expr.args:
            total = step(total, v.value(a, env))
        return total

    return rule


def _fold_over(start: Fraction, step: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    def rule(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
        total: Number = start
        for here in v.over(expr.limits, env):
            total = step(total, v.value(expr.function, here))
        return total

    return rule


def _function(exact: Callable[[Fraction], Number | None], general: Callable[[Any], Any],
              has_value: Callable[[Any], bool] = lambda x: True) -> Callable[..., Number]:
    def rule(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
        x = v.value(expr.args[0], env)
        if not has_value(x):
            raise NoValue(f"{type(expr).__name__} of {x}")
        known = exact(x) if isinstance(x, Fraction) else None
        return general(wide(x)) if known is None else known

    return rule


def _at(point: int, value: int) -> Callable[[Fraction], Number | None]:
    return lambda x: Fraction(value) if x == point else None


def _never(x: Fraction) -> None:
    return None


def _logarithm(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    x = told_from_zero(v.value(expr.args[0], env))
    if x <= 0:
        raise NoValue(f"logarithm of {x}")
    return Fraction(0) if x == 1 else mp.log(wide(x))


def _whole(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    x = v.value(expr.args[0], env)
    up = isinstance(expr, sp.ceiling)
    if isinstance(x, Fraction):
        return Fraction(math.ceil(x) if up else math.floor(x))
    return Fraction(int(mp.ceil(x) if up else mp.floor(x)))


def _extreme(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    if isinstance(expr, (sp.Max, sp.Min)):
        found = [v.value(a, env) for a in expr.args]
    else:
        found = [v.value(expr.args[0], here) for here in v.over([expr.args[1]], env)]
    if not found:
        raise NoValue("an extreme of nothing")
    return (max if isinstance(expr, (sp.Max, lang.Largest)) else min)(found, key=wide)


def _piecewise(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    from dropout_theory.recheck.statements import truth

    for value, condition in expr.args:
        holds = truth(v, condition, env)
        if holds is None:
            raise CannotRecheck(f"cannot decide {condition}")
        if holds:
            return v.value(value, env)
    raise NoValue(f"no case of {expr} applies")


def _logistic(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    x, c, slope = (v.value(a, env) for a in expr.args)
    exponent = times(slope, x)
    tail = c if exponent == 0 else times(c, mp.exp(moderate(-wide(exponent))))
    return raised(plus(Fraction(1), tail), Fraction(-1))


def _mean(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    about = lang.dependencies(expr)  # the indices in a law, too
    here = {k: x for k, x in env.items() if k in about}
    key = (expr, frozenset(here.items()))
    if key not in v.means:
        v.means[key] = v.mean(lambda x: x, expr.args, here)
    return v.means[key]


def _second(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    """Variance or covariance, as a mean of products of deviations."""
    centres = [minus(v.value(lang.E(a), env)) for a in expr.args]
    if isinstance(expr, lang.Var):
        return v.mean(lambda x: raised(plus(x, centres[0]), Fraction(2)), expr.args, env)
    return v.mean(lambda x, y: times(plus(x, centres[0]), plus(y, centres[1])), expr.args, env)


def _geometric(v: Values, body: Expr, env: Mapping[Any, Number]) -> Number:
    """exp of the mean logarithm, zero where an outcome is; exact where there is one outcome only."""
    logarithm: Any = mp.mpf(0)
    found = list(v.outcomes((body,), env, {}))
    values = {x for _, (x,) in found}
    if len(values) > 1 and (least := min(values, key=wide)) < 0:
        if all(abs(wide(x) - wide(least)) <= v.slack * (1 + abs(wide(least))) for x in values):
            raise CannotRecheck(f"{body} may have one outcome or several")
        raise NoValue(f"a geometric mean of {least}")
    if 0 in values:
        return Fraction(0)
    if len(values) == 1:
        return values.pop()
    for weight, (x,) in found:
        logarithm += wide(weight) * mp.log(wide(x))
    return mp.exp(logarithm)


def _nwgm(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    below, above = (_geometric(v, b, env) for b in (expr.args[0], 1 - expr.args[0]))
    if below == above == 0:
        raise NoValue("NWGM is 0/0")
    return times(below, raised(plus(below, above), Fraction(-1)))


def _derivative(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    """The derivative by one symbol or entry, each value from an instance in which it is moved."""
    if len(expr.variable_count) != 1:
        raise CannotRecheck(f"more than one variable in {expr}")
    variable, order = expr.variable_count[0]
    place = tuple(v.integer(i, env) for i in variable.indices) if isinstance(variable, lang.Element) else None

    def at(x: Number) -> Number:
        if place is not None:
            entries = ChainMap({place: x}, v.values.get(variable.family, {}))
            return v.moved({variable.family: entries}).value(expr.expr, env)
        if variable in env:
            _require_shown(expr.expr, variable)
            return v.moved({}).value(expr.expr, {**env, variable: x})
        return v.moved({variable: x}).value(expr.expr, env)

    return derivative(at, v.value(variable, env), v.integer(order, env))


def _require_shown(expr: Expr, *symbols: Any) -> None:
    """Raise CannotRecheck where an atom hides a symbol: what is put in for it would leave the atom as it was."""
    if lang.hidden_dependencies(expr).intersection(symbols):
        raise CannotRecheck(f"a law or definition in {expr} depends on what is put in")


def _put_in(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    _require_shown(expr.expr, *expr.variables)
    return v.value(expr.expr, {**env, **{s: v.value(x, env) for s, x in zip(expr.variables, expr.point, strict=True)}})


def _derivative_at(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    order = v.integer(expr.order, env)
    point = v.value(expr.point, env)
    if order > MAX_ORDER:
        from dropout_theory.recheck.series import taylor_coefficient

        return times(taylor_coefficient(expr.body, expr.variable, wide(point), order), mp.factorial(order))
    _require_shown(expr.body, expr.variable)
    return derivative(lambda x: v.moved({}).value(expr.body, {**env, expr.variable: x}), point, order)


def _counted(v: Values, expr: Expr, env: Mapping[Any, Number]) -> list[int]:
    found = [v.integer(a, env) for a in expr.args]
    if found[0] < 0:
        raise NoValue(f"{type(expr).__name__} of {found[0]}")
    return found


def _bell(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    """Bell numbers by their triangle."""
    row = [1]
    for _ in range(*_counted(v, expr, env)):
        following = [row[-1]]
        for x in row:
            following.append(following[-1] + x)
        row = following
    return Fraction(row[0])


def _bernoulli(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    """Bernoulli numbers, B_1 = 1/2 as SymPy has it, by their recurrence."""
    known = [Fraction(1)]
    last, = _counted(v, expr, env)
    for n in range(1, last + 1):
        known.append(-sum((math.comb(n + 1, k) * b for k, b in enumerate(known)), Fraction(0)) / (n + 1))
    return abs(known[-1]) if len(known) == 2 else known[-1]


def _largest_outcome(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    return max((x for _, (x,) in v.outcomes(expr.args, env, {})), key=wide)


def _stirling(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    """Partitions of n things into k blocks, by inclusion and exclusion."""
    n, k = _counted(v, expr, env)
    if k < 0:
        return Fraction(0)
    total = sum((-1) ** (k - j) * math.comb(k, j) * j**n for j in range(k + 1))
    return Fraction(total, math.factorial(k))


def _factorial(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    return Fraction(math.factorial(*_counted(v, expr, env)))


def _binomial(v: Values, expr: Expr, env: Mapping[Any, Number]) -> Number:
    n, k = (v.integer(a, env) for a in expr.args)
    if n < 0:
        raise CannotRecheck(f"binomial({n}, {k})")
    return Fraction(math.comb(n, k) if k >= 0 else 0)


_RULES: dict[Any, Callable[..., Number]] = {
    lang.Element: Values.element, sp.Symbol: Values.symbol,
    sp.Add: _fold(Fraction(0), plus), sp.Mul: _fold(Fraction(1), times),
    sp.Sum: _fold_over(Fraction(0), plus), sp.Product: _fold_over(Fraction(1), times),
    sp.exp: _function(_at(0, 1), lambda x: mp.exp(moderate(x))), sp.log: _logarithm,
    sp.Pow: lambda v, e, env: raised(v.value(e.base, env), v.value(e.exp, env)),
    sp.sin: _function(_at(0, 0), mp.sin), sp.cos: _function(_at(0, 1), mp.cos),
    sp.tanh: _function(_at(0, 0), mp.tanh), sp.cosh: _function(_at(0, 1), lambda x: mp.cosh(moderate(x))),
    sp.sinh: _function(_at(0, 0), lambda x: mp.sinh(moderate(x))), sp.atan: _function(_at(0, 0), mp.atan),
    sp.acos: _function(_never, mp.acos, lambda x: abs(x) <= 1), sp.erf: _function(_at(0, 0), mp.erf),
    sp.zeta: _function(_never, mp.zeta, lambda x: x > 1),
    sp.Abs: _function(abs, abs),
    sp.sign: _function(lambda x: Fraction((x > 0) - (x < 0)), lambda x: mp.sign(told_from_zero(x))),
    sp.Max: _extreme, sp.Min: _extreme, lang.Largest: _extreme, lang.Smallest: _extreme,
    sp.floor: _whole, sp.ceiling: _whole, sp.Piecewise: _piecewise,
    sp.KroneckerDelta: lambda v, e, env: Fraction(int(v.value(e.args[0], env) == v.value(e.args[1], env))),
    sp.factorial: _factorial,
    sp.binomial: _binomial,
    lang.Sigma: _logistic,
    lang.Relu: _function(lambda x: max(x, Fraction(0)), lambda x: x if x > 0 else mp.mpf(0)),
    lang.E: _mean, lang.Var: _second, lang.Cov: _second, lang.NWGM: _nwgm,
    lang.G: lambda v, e, env: _geometric(v, e.args[0], env),
    lang.Gc: lambda v, e, env: _geometric(v, 1 - e.args[0], env),
    LargestOutcome: _largest_outcome, sp.bell: _bell, sp.bernoulli: _bernoulli,
    DerivativeAt: _derivative_at, Stirling2: _stirling, sp.Derivative: _derivative, sp.Subs: _put_in,
}

registry.method("the second path", _RULES, refuses=(lang.Aversion, lang.RootGrowth))


@cache
def rule_for(kind: type) -> Callable[..., Number] | None:
    return next((_RULES[base] for base in kind.__mro__ if base in _RULES), None)
