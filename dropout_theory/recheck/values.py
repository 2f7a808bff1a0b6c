"""Values of expressions in Python fractions and mpmath, written without the evaluator it is to check.

Nothing here uses Arb, the rules of ``evaluate`` or its enumeration of masks. Masks are found by replay: the expression
is evaluated, every random atom it happens to read is decided by a script of choices, and the script is advanced like
an odometer until all of them have been tried. Variances are means of squared deviations, not differences of moments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath as mp
import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.series import DerivativeAt, LargestOutcome, Stirling2

DIGITS = 60
MAX_MASKS = 1 << 11
MAX_TERMS = 100_000
Number = Any  # Fraction while exact, else mpf


class CannotRecheck(Exception):
    """The second path has no rule for an expression; the message says which."""


class NoValue(Exception):
    """The expression has no value here: division by zero, a logarithm of zero."""


class Mask:
    """The random atoms decided so far in one replay: `script` holds [choice, options] in the order they were read."""

    def __init__(self, script: list[list[Any]], fixed: Mapping[Any, Number]) -> None:
        self.script = script
        self.known: dict[Any, Number] = dict(fixed)
        self.read = 0
        self.weight: Number = Fraction(1)
        self.entries: dict[Any, Number] = {}  # entries of recursions found in this mask

    def draw(self, atom: Any, options: Callable[[], list[tuple[Number, Number]]]) -> Number:
        if atom not in self.known:
            if self.read == len(self.script):
                self.script.append([0, [o for o in options() if o[1] != 0]])
            chosen, found = self.script[self.read]
            self.read += 1
            value, probability = found[chosen]
            self.weight = times(self.weight, probability)
            self.known[atom] = value
        return self.known[atom]


def wide(x: Number) -> Any:
    """The number as an mpf."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def plus(x: Number, y: Number) -> Number:
    return x + y if isinstance(x, Fraction) and isinstance(y, Fraction) else wide(x) + wide(y)


def times(x: Number, y: Number) -> Number:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x * y
    return Fraction(0) if 0 in (x, y) and Fraction in (type(x), type(y)) else wide(x) * wide(y)


def minus(x: Number) -> Number:
    return -x


def raised(base: Number, exponent: Number) -> Number:
    """base^exponent with 0^0 = 1. Raises NoValue for 0^negative and for roots of negative numbers."""
    if base == 0 and exponent < 0:
        raise NoValue("division by zero")
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if isinstance(base, Fraction):
            return base ** exponent.numerator
        return mp.power(base, exponent.numerator)
    if base == 0:
        return Fraction(0)
    if base < 0:
        raise NoValue(f"({base})^({exponent}) is not real")
    return mp.power(wide(base), wide(exponent))


class Values:
    """Values of expressions at an instance: `values` maps Scalars to numbers, Families to {indices: number},
    undefined functions to SymPy Lambdas. Raises CannotRecheck or NoValue.
    """

    def __init__(self, values: Mapping[Any, Any]) -> None:
        self.values = values
        self.mask: Mask | None = None
        self.recursions: dict[str, lang.Recursion] = {}
        self.slack: Any = mp.mpf(10) ** -45  # within which, relatively, numbers that are not rational count as equal
        self.means: dict[Any, Number] = {}

    def value(self, expr: Any, env: Mapping[Any, Number] | None = None) -> Number:
        """The value of `expr`, `env` giving its bound symbols."""
        env = env or {}
        if isinstance(expr, int):
            return Fraction(expr)
        kind: Any = type(expr)
        rule = _rule_for(kind)
        if rule is not None:
            return rule(self, expr, env)
        if isinstance(expr, sp.Rational):
            return Fraction(int(expr.p), int(expr.q))
        if isinstance(expr, sp.NumberSymbol):
            return mp.mpf(str(expr.evalf(DIGITS + 10)))
        if isinstance(expr, AppliedUndef):
            return self._applied(expr, env)
        raise CannotRecheck(f"no second rule for {type(expr).__name__}")

    def integer(self, expr: Any, env: Mapping[Any, Number]) -> int:
        value = self.value(expr, env)
        if not isinstance(value, Fraction) or value.denominator != 1:
            raise CannotRecheck(f"{expr} is not an integer here")
        return value.numerator

    def over(self, limits: Any, env: Mapping[Any, Number]) -> Iterator[dict[Any, Number]]:
        """Environments for every index of nested ranges, the last range outermost as SymPy writes them."""
        *inner, (symbol, low, high) = [tuple(limit) for limit in limits]
        if high in (sp.oo, -sp.oo):
            raise CannotRecheck("an infinite sum")
        first, last = self.integer(low, env), self.integer(high, env)
        if last - first > MAX_TERMS:
            raise CannotRecheck(f"more than {MAX_TERMS} terms")
        for k in range(first, last + 1):
            here = {**env, symbol: Fraction(k)}
            if inner:
                yield from self.over(inner, here)
            else:
                yield here

    def outcomes(self, bodies: tuple[Any, ...], env: Mapping[Any, Number],
                 fixed: Mapping[Any, Number]) -> Iterator[tuple[Number, list[Number]]]:
        """(probability, values of the bodies) of every mask."""
        script: list[list[Any]] = []
        for _ in range(MAX_MASKS):
            before, self.mask = self.mask, Mask(script, fixed)
            try:
                found = [self.value(body, env) for body in bodies]
                weight = self.mask.weight
            finally:
                self.mask = before
            yield weight, found
            while script and script[-1][0] + 1 == len(script[-1][1]):
                script.pop()
            if not script:
                return
            script[-1][0] += 1
        raise CannotRecheck(f"more than {MAX_MASKS} masks")

    def mean(self, combine: Callable[..., Number], bodies: tuple[Any, ...], env: Mapping[Any, Number]) -> Number:
        """Mean of `combine(values of the bodies)` over all random atoms in them."""
        continuous = sorted({a for b in bodies for a in _atoms(b)
                             if isinstance(a, lang.RandomScalar) and a.law[0] != "bernoulli"}, key=str)

        def discrete(fixed: Mapping[Any, Number]) -> Number:
            total: Number = Fraction(0)
            for weight, found in self.outcomes(bodies, env, fixed):
                total = plus(total, times(weight, combine(*found)))
            return total

        if not continuous:
            return discrete({})
        if len(continuous) > 1:
            raise CannotRecheck("more than one continuous variable")
        return self._integral(continuous[0], discrete, env)

    def _integral(self, variable: Any, discrete: Callable[..., Number], env: Mapping[Any, Number]) -> Number:
        kind, first, second = variable.law[0], *(wide(self.value(a, env)) for a in variable.law[1:])
        if first == second if kind == "uniform" else second == 0:
            return discrete({variable: first})
        low, high = (first, second) if kind == "uniform" else (first - 17 * second, first + 17 * second)
        panels = sorted({*mp.linspace(low, high, 9), *([mp.mpf(0)] if low < 0 < high else [])})  # kinks are at 0

        def integrand(u: Any) -> Any:
            density = 1 / (second - first) if kind == "uniform" else mp.npdf(u, first, second)
            return wide(discrete({variable: u})) * density

        found, error = mp.quad(integrand, panels, error=True)
        self.slack = max(self.slack, 100 * error, mp.mpf(10) ** -12)
        return found

    # --- atoms ------------------------------------------------------------------------------------------------
    def _applied(self, expr: Any, env: Mapping[Any, Number]) -> Number:
        function = self.values.get(expr.func)
        if function is None:
            raise CannotRecheck(f"no instance of the function {expr.func}")
        given = [self.value(a, env) for a in expr.args]
        return self.value(function.expr, dict(zip(function.variables, given, strict=True)))

    def symbol(self, symbol: Any, env: Mapping[Any, Number]) -> Number:
        if symbol in env:
            return env[symbol]
        if isinstance(symbol, lang.RandomIndex):
            outcomes = range(1, self.integer(symbol.size, {}) + 1)
            return self._random(symbol, lambda: [(Fraction(k), self.value(symbol.probabilities[k])) for k in outcomes])
        if isinstance(symbol, lang.RandomScalar):
            return self._random(symbol, lambda: self._gate_options(symbol.law[1], {}))
        if symbol in self.values:
            return self.number(self.values[symbol])
        raise CannotRecheck(f"no value for {symbol}")

    def _random(self, atom: Any, options: Callable[[], list[tuple[Number, Number]]]) -> Number:
        if self.mask is None:
            raise CannotRecheck(f"random {atom} outside an expectation")
        return self.mask.draw(atom, options)

    def _gate_options(self, keep: Any, env: Mapping[Any, Number]) -> list[tuple[Number, Number]]:
        p = self.value(keep, env)
        if not 0 <= p <= 1:
            raise CannotRecheck(f"a keep probability is {p}")
        return [(Fraction(1), p), (Fraction(0), plus(Fraction(1), minus(p)))]

    def number(self, found: Any) -> Number:
        if isinstance(found, (int, Fraction)):
            return Fraction(found)
        return self.value(sp.sympify(found))

    def element(self, expr: Any, env: Mapping[Any, Number]) -> Number:
        family = expr.family
        indices = tuple(self.integer(i, env) for i in expr.indices)
        own = dict(zip((r[0] for r in family.ranges), map(Fraction, indices), strict=True))
        if isinstance(family, lang.Gates):
            return self._random((family, indices), lambda: self._gate_options(family.keep, own))
        if isinstance(family, lang.Recursion):
            self.recursions[family.name] = family
        if family.simplex == "self":
            family = self.recursions[family.name]
        if isinstance(family, lang.Recursion):
            known = {} if self.mask is None else self.mask.entries
            if (family, indices) not in known:
                first = self.integer(family.start, {}) == indices[0]
                known[family, indices] = self.value(family.base if first else family.step, own)
            return known[family, indices]
        if isinstance(family, lang.Abstract):
            raise CannotRecheck(f"{family.name} has no law")
        try:
            return self.number(self.values[family][indices])
        except KeyError:
            raise CannotRecheck(f"no value for {family.name}{list(indices)}") from None


def _atoms(expr: Any) -> set[Any]:
    """Random scalars an expression depends on, also through keep probabilities and recursions."""
    found: set[Any] = set()
    seen: set[Any] = set()
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if node in seen or isinstance(node, _OPERATORS):
            continue
        seen.add(node)
        if isinstance(node, lang.RandomScalar):
            found.add(node)
        elif isinstance(node, lang.Gates):
            waiting.append(node.keep)
        elif isinstance(node, lang.Recursion):
            waiting += [node.base, node.step]
        waiting += [a for a in node.args if isinstance(a, sp.Basic)]
    return found


# --- rules ----------------------------------------------------------------------------------------------------------
def _fold(start: Fraction, step: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    def rule(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
        total: Number = start
        for a in expr.args:
            total = step(total, v.value(a, env))
        return total

    return rule


def _fold_over(start: Fraction, step: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    def rule(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
        total: Number = start
        for here in v.over(expr.limits, env):
            total = step(total, v.value(expr.function, here))
        return total

    return rule


def _function(exact: Callable[[Fraction], Number | None], general: Callable[[Any], Any]) -> Callable[..., Number]:
    def rule(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
        x = v.value(expr.args[0], env)
        known = exact(x) if isinstance(x, Fraction) else None
        return general(wide(x)) if known is None else known

    return rule


def _at(point: int, value: int) -> Callable[[Fraction], Number | None]:
    return lambda x: Fraction(value) if x == point else None


def _never(x: Fraction) -> None:
    return None


def _logarithm(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    x = v.value(expr.args[0], env)
    if x <= 0:
        raise NoValue(f"logarithm of {x}")
    return Fraction(0) if x == 1 else mp.log(wide(x))


def _whole(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    x = v.value(expr.args[0], env)
    up = isinstance(expr, sp.ceiling)
    if isinstance(x, Fraction):
        return Fraction(math.ceil(x) if up else math.floor(x))
    return Fraction(int(mp.ceil(x) if up else mp.floor(x)))


def _extreme(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    if isinstance(expr, (sp.Max, sp.Min)):
        found = [v.value(a, env) for a in expr.args]
    else:
        found = [v.value(expr.args[0], here) for here in v.over([expr.args[1]], env)]
    if not found:
        raise NoValue("an extreme of nothing")
    return (max if isinstance(expr, (sp.Max, lang.Largest)) else min)(found, key=wide)


def _piecewise(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    from dropout_theory.recheck.statements import truth

    for value, condition in expr.args:
        holds = truth(v, condition, env)
        if holds is None:
            raise CannotRecheck(f"cannot decide {condition}")
        if holds:
            return v.value(value, env)
    raise NoValue(f"no case of {expr} applies")


def _logistic(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    x, c, slope = (v.value(a, env) for a in expr.args)
    exponent = times(slope, x)
    tail = c if exponent == 0 else times(c, mp.exp(-wide(exponent)))
    return raised(plus(Fraction(1), tail), Fraction(-1))


def _mean(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    here = {k: x for k, x in env.items() if k in expr.free_symbols}
    key = (expr, tuple(sorted((str(k), str(x)) for k, x in here.items())))
    if key not in v.means:
        v.means[key] = v.mean(lambda x: x, expr.args, here)
    return v.means[key]


def _second(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    """Variance or covariance, as a mean of products of deviations."""
    centres = [minus(v.value(lang.E(a), env)) for a in expr.args]
    if isinstance(expr, lang.Var):
        return v.mean(lambda x: raised(plus(x, centres[0]), Fraction(2)), expr.args, env)
    return v.mean(lambda x, y: times(plus(x, centres[0]), plus(y, centres[1])), expr.args, env)


def _geometric(v: Values, body: Any, env: Mapping[Any, Number]) -> Number:
    """exp of the mean logarithm, zero where an outcome is; exact where there is one outcome only."""
    logarithm: Any = mp.mpf(0)
    found = list(v.outcomes((body,), env, {}))
    values = {x for _, (x,) in found}
    if 0 in values:
        return Fraction(0)
    if len(values) == 1:
        return values.pop()
    for weight, (x,) in found:
        if x < 0:
            raise NoValue(f"a geometric mean of {x}")
        logarithm += wide(weight) * mp.log(wide(x))
    return mp.exp(logarithm)


def _nwgm(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    below, above = (_geometric(v, b, env) for b in (expr.args[0], 1 - expr.args[0]))
    if below == above == 0:
        raise NoValue("NWGM is 0/0")
    return times(below, raised(plus(below, above), Fraction(-1)))


def _derivative(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    functions = {k: x for k, x in v.values.items() if isinstance(x, sp.Lambda)}
    plain = (expr.subs(functions) if functions else expr).replace(lang.Sigma, _spelled_out)
    done = plain.doit()
    if isinstance(done, (sp.Derivative, sp.Subs)):
        raise CannotRecheck(f"cannot differentiate {expr}")
    return v.value(done, env)


def _spelled_out(x: Any, c: Any, slope: Any) -> Any:
    return 1 / (1 + c * sp.exp(-slope * x))


def _derivative_at(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    order = v.integer(expr.order, env)
    point = v.value(expr.point, env)
    if order > 8:
        from dropout_theory.recheck.series import taylor_coefficient

        return times(taylor_coefficient(expr.body, expr.variable, wide(point), order), mp.factorial(order))
    body = sp.diff(expr.body.replace(lang.Sigma, _spelled_out), expr.variable, order)
    return v.value(body, {**env, expr.variable: point})


def _bell(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    """Bell numbers by their triangle."""
    row = [1]
    for _ in range(v.integer(expr.args[0], env)):
        following = [row[-1]]
        for x in row:
            following.append(following[-1] + x)
        row = following
    return Fraction(row[0])


def _bernoulli(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    """Bernoulli numbers, B_1 = 1/2 as SymPy has it, by their recurrence."""
    known = [Fraction(1)]
    for n in range(1, v.integer(expr.args[0], env) + 1):
        known.append(-sum((math.comb(n + 1, k) * b for k, b in enumerate(known)), Fraction(0)) / (n + 1))
    return abs(known[-1]) if len(known) == 2 else known[-1]


def _largest_outcome(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    return max((x for _, (x,) in v.outcomes(expr.args, env, {})), key=wide)


def _stirling(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    """Partitions of n things into k blocks, by inclusion and exclusion."""
    n, k = (v.integer(a, env) for a in expr.args)
    total = sum((-1) ** (k - j) * math.comb(k, j) * j**n for j in range(k + 1))
    return Fraction(total, math.factorial(k))


def _binomial(v: Values, expr: Any, env: Mapping[Any, Number]) -> Number:
    n, k = (v.integer(a, env) for a in expr.args)
    if n < 0:
        raise CannotRecheck(f"binomial({n}, {k})")
    return Fraction(math.comb(n, k) if k >= 0 else 0)


_OPERATORS = (lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM, LargestOutcome)
_RULES: dict[Any, Callable[..., Number]] = {
    lang.Element: Values.element, sp.Symbol: Values.symbol,
    sp.Add: _fold(Fraction(0), plus), sp.Mul: _fold(Fraction(1), times),
    sp.Sum: _fold_over(Fraction(0), plus), sp.Product: _fold_over(Fraction(1), times),
    sp.exp: _function(_at(0, 1), mp.exp), sp.log: _logarithm,
    sp.Pow: lambda v, e, env: raised(v.value(e.base, env), v.value(e.exp, env)),
    sp.sin: _function(_at(0, 0), mp.sin), sp.cos: _function(_at(0, 1), mp.cos),
    sp.tanh: _function(_at(0, 0), mp.tanh), sp.cosh: _function(_at(0, 1), mp.cosh),
    sp.sinh: _function(_at(0, 0), mp.sinh), sp.atan: _function(_at(0, 0), mp.atan),
    sp.acos: _function(_never, mp.acos), sp.erf: _function(_at(0, 0), mp.erf), sp.zeta: _function(_never, mp.zeta),
    sp.Abs: _function(abs, abs), sp.sign: _function(lambda x: Fraction((x > 0) - (x < 0)), mp.sign),
    sp.Max: _extreme, sp.Min: _extreme, lang.Largest: _extreme, lang.Smallest: _extreme,
    sp.floor: _whole, sp.ceiling: _whole, sp.Piecewise: _piecewise,
    sp.KroneckerDelta: lambda v, e, env: Fraction(int(v.value(e.args[0], env) == v.value(e.args[1], env))),
    sp.factorial: lambda v, e, env: Fraction(math.factorial(v.integer(e.args[0], env))),
    sp.binomial: _binomial,
    lang.Sigma: _logistic,
    lang.Relu: _function(lambda x: max(x, Fraction(0)), lambda x: x if x > 0 else mp.mpf(0)),
    lang.E: _mean, lang.Var: _second, lang.Cov: _second, lang.NWGM: _nwgm,
    lang.G: lambda v, e, env: _geometric(v, e.args[0], env),
    lang.Gc: lambda v, e, env: _geometric(v, 1 - e.args[0], env),
    LargestOutcome: _largest_outcome, sp.bell: _bell, sp.bernoulli: _bernoulli,
    DerivativeAt: _derivative_at, Stirling2: _stirling, sp.Derivative: _derivative, sp.Subs: _derivative,
}

@cache
def _rule_for(kind: type) -> Callable[..., Number] | None:
    return next((_RULES[base] for base in kind.__mro__ if base in _RULES), None)


__all__ = ["CannotRecheck", "NoValue", "Values", "wide"]
