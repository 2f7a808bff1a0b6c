"""How each kind of expression is evaluated: one rule per SymPy class, on rationals or Arb balls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from dropout_theory import language as lang
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, quotient
from dropout_theory.language import Expr

Rule = Callable[[Any, Any, dict[Any, Any]], Any]
RULES: dict[type, Rule] = {}


def rule(*kinds: type) -> Callable[[Rule], Rule]:
    """Register how expressions of these classes are evaluated."""
    def register(function: Rule) -> Rule:
        for kind in kinds:
            RULES[kind] = function
        return function

    return register


_RATIONALS = (sp.Rational, sp.Integer, type(sp.S.Zero), type(sp.S.One), type(sp.S.NegativeOne), type(sp.S.Half))


@rule(*_RATIONALS)
def _rational(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return fmpq(expr.p, expr.q)


@rule(sp.Symbol, lang.Scalar)  # the commonest atoms; Evaluator.value knows the rest
def _symbol(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return ev.symbol(expr, bound)


@rule(lang.Element)
def _element(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return ev.element(expr, bound)


@rule(sp.Add)
def _add(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    first, *rest = expr.args
    total = ev.value(first, bound)
    for a in rest:
        total = total + ev.value(a, bound)
    return total


@rule(sp.Mul)
def _mul(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    first, *rest = expr.args
    total = ev.value(first, bound)
    for a in rest:
        total = total * ev.value(a, bound)
    return total


def power(base: Any, exponent: Any, term: Any = None) -> Any:
    """base^exponent for rationals and balls; 0^0 = 1, 0^positive = 0.

    Raises Undefined for 0^negative and for broken powers of negative numbers; `term` is what it tells of.
    """
    if (base == 0 if isinstance(base, fmpq) else arb(base).is_zero()) and exponent < 0:
        raise Undefined("division by zero", term)
    if isinstance(exponent, fmpq) and exponent.q != 1 and base < 0:
        raise Undefined(f"{_shown(base)} to the power {exponent}", term)
    if isinstance(base, fmpq) and isinstance(exponent, fmpq):
        if exponent.q == 1:
            return base ** int(exponent.p)
        if base == 0:
            return fmpq(0)
        root = _exact_root(base, int(exponent.q))
        return arb(base) ** arb(exponent) if root is None else root ** int(exponent.p)
    if isinstance(exponent, fmpq):
        if exponent.q == 1:
            return _ball_power(arb(base), int(exponent.p))
        if exponent == fmpq(1, 2):
            return arb(base).sqrt()
    if isinstance(base, fmpq) and base == 0 and arb(exponent) > 0:
        return fmpq(0)
    if isinstance(base, fmpq) and base == 1:
        return fmpq(1)
    return (arb(exponent) * arb(base).log()).exp()


def _shown(value: Any) -> str:
    return value.str(10, radius=False) if isinstance(value, arb) else str(value)


def _ball_power(base: arb, exponent: int) -> arb:
    result, factor, left = arb(1), base, abs(exponent)
    while left:
        if left & 1:
            result = result * factor
        factor, left = factor * factor, left >> 1
    return result if exponent >= 0 else 1 / result


def _exact_root(base: fmpq, order: int) -> fmpq | None:
    """The rational order-th root of a positive rational, or None."""
    roots = []
    for part in (int(base.p), int(base.q)):
        root, exact = sp.integer_nthroot(part, order)
        if not exact:
            return None
        roots.append(root)
    return fmpq(*roots)


@rule(sp.Pow)
def _pow(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return power(ev.value(expr.base, bound), ev.value(expr.exp, bound), expr)


@rule(sp.exp)
def _exp(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = ev.value(expr.args[0], bound)
    return fmpq(1) if isinstance(x, fmpq) and x == 0 else arb(x).exp()


@rule(sp.log)
def _log(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = ev.value(expr.args[0], bound)
    if x <= 0:
        raise Undefined(f"logarithm of {_shown(x)}", expr)
    return fmpq(0) if isinstance(x, fmpq) and x == 1 else arb(x).log()


def _unary(kind: type, at_zero: Any, function: Callable[[arb], arb],
           outside: Callable[[Any], bool] = lambda x: False) -> None:
    """Register a function of one number; `outside` tells where it certainly has no value."""
    def rule(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
        x = ev.value(expr.args[0], bound)
        if outside(x):
            raise Undefined(f"{kind.__name__} of {_shown(x)}", expr)
        if isinstance(x, fmpq) and x == 0 and at_zero is not None:
            return at_zero
        return function(arb(x))

    RULES[kind] = rule


for _kind, _zero, _function in (
        (sp.sin, fmpq(0), arb.sin), (sp.cos, fmpq(1), arb.cos), (sp.tanh, fmpq(0), arb.tanh),
        (sp.cosh, fmpq(1), arb.cosh), (sp.sinh, fmpq(0), arb.sinh), (sp.atan, fmpq(0), arb.atan),
        (sp.erf, fmpq(0), arb.erf)):
    _unary(_kind, _zero, _function)
_unary(sp.acos, None, arb.acos, lambda x: x < -1 or x > 1)
_unary(sp.zeta, None, arb.zeta, lambda x: x <= 1)


@rule(type(sp.pi))
def _pi(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return arb.pi()


@rule(type(sp.E))
def _euler(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return arb(1).exp()


@rule(sp.CRootOf)
def _root_of(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """A real root of a polynomial, from its isolating interval."""
    if not expr.is_real:
        raise Unsupported(f"{expr} is not real")
    width = sp.Rational(1, 2**ctx.prec)
    close = expr.eval_rational(dx=width)
    return arb(fmpq(int(close.p), int(close.q)), arb(fmpq(1, 2**ctx.prec)))


@rule(sp.Abs)
def _abs(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return abs(ev.value(expr.args[0], bound))


@rule(sp.sign)
def _sign(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = ev.value(expr.args[0], bound)
    if isinstance(x, fmpq):
        return fmpq((x > 0) - (x < 0))
    return arb(x).sgn()


def extreme(values: list[Any], largest: bool, term: Any = None) -> Any:
    """Largest or smallest of rationals and balls. Raises Undefined where there are none; `term` is what it tells of."""
    if not values:
        raise Undefined("an extreme of nothing", term)
    if all(isinstance(v, fmpq) for v in values):
        return max(values) if largest else min(values)
    best = arb(values[0])
    for v in values[1:]:
        best = best.max(arb(v)) if largest else best.min(arb(v))
    return best


@rule(sp.Max, sp.Min)
def _max(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return extreme([ev.value(a, bound) for a in expr.args], isinstance(expr, sp.Max))


@rule(lang.Largest, lang.Smallest)
def _largest(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return extreme(list(ev.over(expr.args[0], [expr.args[1].args], bound)), isinstance(expr, lang.Largest), expr)


@rule(sp.Sum)
def _sum(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    total: Any = fmpq(0)
    for v in ev.over(expr.function, [tuple(limit) for limit in expr.limits], bound):
        total = total + v
    return total


@rule(sp.Product)
def _product(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    total: Any = fmpq(1)
    for v in ev.over(expr.function, [tuple(limit) for limit in expr.limits], bound):
        total = total * v
    return total


@rule(sp.Piecewise)
def _piecewise(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    for value, condition in expr.args:
        truth = ev.truth(condition, bound)
        if truth is Truth.TRUE:
            return ev.value(value, bound)
        if truth is not Truth.FALSE:
            raise Unsupported(f"cannot decide {condition}")
    raise Undefined("no case applies", expr)


@rule(sp.KroneckerDelta)
def _kronecker(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return fmpq(int(ev.integer(expr.args[0], bound) == ev.integer(expr.args[1], bound)))


@rule(sp.factorial)
def _factorial(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    n = ev.integer(expr.args[0], bound)
    if n < 0:
        raise Undefined(f"factorial of {n}", expr)
    return fmpq(int(sp.factorial(n)))


@rule(sp.binomial)
def _binomial(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return fmpq(int(sp.binomial(*(ev.integer(a, bound) for a in expr.args))))


@rule(sp.floor, sp.ceiling)
def _floor(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = ev.value(expr.args[0], bound)
    if isinstance(x, fmpq):
        return fmpq(int(sp.floor(sp.Rational(int(x.p), int(x.q))))) if isinstance(expr, sp.floor) \
            else fmpq(int(sp.ceiling(sp.Rational(int(x.p), int(x.q)))))
    whole = x.floor() if isinstance(expr, sp.floor) else x.ceil()
    exact = whole.unique_fmpz()
    return whole if exact is None else fmpq(int(exact))


@rule(lang.Sigma)
def _sigma(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x, c, slope = (ev.value(a, bound) for a in expr.args)
    if isinstance(c, fmpq) and c == 0:
        return fmpq(1)
    exponent = slope * x
    if isinstance(exponent, fmpq) and exponent == 0:
        return quotient(1, 1 + c, expr)
    return quotient(1, 1 + c * (-arb(exponent)).exp(), expr)


@rule(lang.Relu)
def _relu(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    return extreme([ev.value(expr.args[0], bound), fmpq(0)], True)


def outside_masks(bound: dict[Any, Any]) -> dict[Any, Any]:
    """`bound` without the values of random atoms: a nested expectation is a number, whatever the current mask."""
    return {k: v for k, v in bound.items()
            if not isinstance(k, (lang.RandomScalar, lang.RandomIndex))
            and not (isinstance(k, tuple) and isinstance(k[0], lang.Gates))}


@rule(lang.E)
def _expectation(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    if ev.expect is None:
        raise Unsupported(f"no way to take the expectation {expr}")
    outside = outside_masks(bound)
    # one expectation recurs in many terms of a sum: it depends on the indices that it or a law in it mentions only
    about = lang.dependencies(expr)
    indices = tuple((s, outside[s]) for s in about if isinstance(outside.get(s), int))
    if any(s in outside for s in about if not isinstance(outside.get(s), int)):
        return ev.expect(ev, expr.args[0], outside)
    key = (expr, frozenset(indices))
    if key not in ev.means:
        ev.means[key] = ev.expect(ev, expr.args[0], outside)
    return ev.means[key]


@rule(lang.Var)
def _variance(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = expr.args[0]
    mean = ev.value(lang.E(x), bound)
    return ev.value(lang.E(x**2), bound) - mean * mean


@rule(lang.Cov)
def _covariance(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x, y = expr.args
    return ev.value(lang.E(x * y), bound) - ev.value(lang.E(x), bound) * ev.value(lang.E(y), bound)
