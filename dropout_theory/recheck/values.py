"""Values of expressions in Python fractions and mpmath, written without the evaluator it is to check.

Nothing here uses Arb, the rules of ``evaluate`` or its enumeration of masks. Masks are found by replay: the expression
is evaluated, every random atom it happens to read is decided by a script of choices, and the script is advanced like
an odometer until all of them have been tried. Variances are means of squared deviations, not differences of moments.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import mpmath as mp
import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.language import Expr
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue, Number, minus, plus, times, wide

MAX_MASKS = 1 << 11
MAX_TERMS = 100_000


class Mask:
    """The random atoms decided so far in one replay: `script` holds [choice, options] in the order they were read."""

    def __init__(self, script: list[list[Any]], fixed: Mapping[Any, Number]) -> None:
        self.script = script
        self.known: dict[Any, Number] = dict(fixed)
        self.read = 0
        self.weight: Number = Fraction(1)

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


class Values:
    """Values of expressions at an instance: `values` maps Scalars to numbers, Families to {indices: number},
    undefined functions to SymPy Lambdas. Raises CannotRecheck or NoValue.
    """

    def __init__(self, values: Mapping[Any, Any]) -> None:
        self.values = values
        self.mask: Mask | None = None
        self.entries: dict[Any, Number] = {}  # of recursions, found in this mask
        self.slack: Any = mp.mpf(10) ** -45  # within which, relatively, numbers that are not rational count as equal
        self.means: dict[Any, Number] = {}

    def moved(self, changed: Mapping[Any, Any]) -> Values:
        """The same mask at an instance in which some values are changed, with nothing kept of what was found before."""
        other = type(self)(ChainMap(dict(changed), self.values))  # type: ignore[arg-type]
        other.mask = self.mask
        return other

    def value(self, expr: Expr, env: Mapping[Any, Number] | None = None) -> Number:
        """The value of `expr`, `env` giving its bound symbols."""
        env = env or {}
        if isinstance(expr, int):
            return Fraction(expr)
        kind: Any = type(expr)
        from dropout_theory.recheck.rules import rule_for

        rule = rule_for(kind)
        if rule is not None:
            return rule(self, expr, env)
        if isinstance(expr, sp.Rational):
            return Fraction(int(expr.p), int(expr.q))
        if isinstance(expr, sp.NumberSymbol):
            return mp.mpf(str(expr.evalf(DIGITS + 10)))
        if isinstance(expr, AppliedUndef):
            return self._applied(expr, env)
        raise CannotRecheck(f"no second rule for {type(expr).__name__}")

    def integer(self, expr: Expr, env: Mapping[Any, Number]) -> int:
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
            before, self.mask, self.entries = (self.mask, self.entries), Mask(script, fixed), {}
            try:
                found = [self.value(body, env) for body in bodies]
                weight = self.mask.weight
            finally:
                self.mask, self.entries = before
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

        def discrete(fixed: Mapping[Any, Number]) -> tuple[Number, Number]:
            """The mean over masks, and that of the size: what is infinite at two of them must not cancel."""
            total: Number = Fraction(0)
            size: Number = Fraction(0)
            for weight, found in self.outcomes(bodies, env, fixed):
                part = times(weight, combine(*found))
                total, size = plus(total, part), plus(size, abs(part))
            return total, size

        if not continuous:
            return discrete({})[0]
        if len(continuous) > 1:
            raise CannotRecheck("more than one continuous variable")
        return self._integral(continuous[0], discrete, env)

    def _integral(self, variable: Any, discrete: Callable[..., tuple[Number, Number]],
                  env: Mapping[Any, Number]) -> Number:
        kind, first, second = variable.law[0], *(wide(self.value(a, env)) for a in variable.law[1:])
        if first == second if kind == "uniform" else second == 0:
            return discrete({variable: first})[0]
        low, high = (first, second) if kind == "uniform" else (first - 17 * second, first + 17 * second)
        panels = sorted({*mp.linspace(low, high, 9), *([mp.mpf(0)] if low < 0 < high else [])})  # kinks are at 0

        seen: dict[Any, Any] = {}

        def integrand(u: Any, which: int) -> Any:
            density = 1 / (second - first) if kind == "uniform" else mp.npdf(u, first, second)
            if u not in seen:
                seen[u] = discrete({variable: u})
            return wide(seen[u][which]) * density

        _, doubt = mp.quad(lambda u: integrand(u, 1), panels, error=True)
        if doubt > mp.mpf(10) ** -5:
            raise CannotRecheck(f"the mean over {variable} is not seen to be integrable")
        found, error = mp.quad(lambda u: integrand(u, 0), panels, error=True)
        self.slack = max(self.slack, 100 * error, mp.mpf(10) ** -12)
        return found

    # --- atoms ------------------------------------------------------------------------------------------------
    def _applied(self, expr: Expr, env: Mapping[Any, Number]) -> Number:
        function = self.values.get(expr.func)
        if function is None:
            raise CannotRecheck(f"no instance of the function {expr.func}")
        given = [self.value(a, env) for a in expr.args]
        try:
            return self.value(function.expr, dict(zip(function.variables, given, strict=True)))
        except NoValue as error:
            raise CannotRecheck(f"{expr.func} has no value at {given}: {error}") from None

    def symbol(self, symbol: Any, env: Mapping[Any, Number]) -> Number:
        if symbol in env:
            return env[symbol]
        if isinstance(symbol, lang.RandomIndex):
            outcomes = range(1, self.integer(symbol.size, {}) + 1)
            return self._random(symbol, lambda: [(Fraction(k), self.value(symbol.probabilities[k])) for k in outcomes])
        if isinstance(symbol, lang.RandomScalar):
            return self._random(symbol, lambda: self._scalar_options(symbol, _quantified(env)))
        if symbol in self.values:
            return self.number(self.values[symbol])
        raise CannotRecheck(f"no value for {symbol}")

    def _random(self, atom: Any, options: Callable[[], list[tuple[Number, Number]]]) -> Number:
        if self.mask is None:
            raise CannotRecheck(f"random {atom} outside an expectation")
        return self.mask.draw(atom, options)

    def _scalar_options(self, symbol: Any, env: Mapping[Any, Number]) -> list[tuple[Number, Number]]:
        if symbol.law[0] != "bernoulli":
            raise CannotRecheck(f"{symbol} has no outcomes to go through")
        return self._gate_options(symbol.law[1], env)

    def _gate_options(self, keep: Any, env: Mapping[Any, Number]) -> list[tuple[Number, Number]]:
        p = self.value(keep, env)
        if not 0 <= p <= 1:
            if not isinstance(p, Fraction) and -self.slack <= p <= 1 + self.slack:
                raise CannotRecheck(f"a keep probability is {p}, up to rounding")
            raise NoValue(f"a keep probability is {p}")
        return [(Fraction(1), p), (Fraction(0), plus(Fraction(1), minus(p)))]

    def _require_member(self, found: Number, family: lang.Recursion) -> None:
        """Raise NoValue for an entry outside the domain that is declared for it, by more than rounding explains."""
        slack = 0 if isinstance(found, Fraction) else self.slack * (1 + abs(found))
        for condition in family.domain.conditions(sp.Symbol("entry", real=True)):
            end = self.number(condition.args[1])
            gap = minus(plus(end, minus(found))) if isinstance(condition, (sp.Ge, sp.Gt)) else plus(end, minus(found))
            if gap < -slack or gap == 0 and isinstance(condition, (sp.Gt, sp.Lt)):
                raise NoValue(f"an entry of {family} is {found}, outside of {family.domain}")

    def number(self, found: Any) -> Number:
        if isinstance(found, (int, Fraction)):
            return Fraction(found)
        return self.value(sp.sympify(found))

    def _defined(self, family: lang.Recursion, indices: tuple[int, ...], own: dict[Any, Any]) -> Number:
        """An entry from its definition. Raises CannotRecheck below the first layer, NoValue outside of its domain."""
        layer, first = indices[0], self.integer(family.start, {})
        if layer < first:
            raise CannotRecheck(f"{family.name}{list(indices)} is below the first layer, {first}")
        body = family.base if layer == first else family.step
        try:
            found = self.value(body, {**own, lang.placeholder(family.name, family.ranges): family})
        except RecursionError:
            raise CannotRecheck(f"{family.name}{list(indices)} is too many layers above the first") from None
        try:
            self._require_member(found, family)
        except NoValue as error:
            if lang.member_conditions(family):
                raise
            raise CannotRecheck(str(error)) from None  # its shape keeps it inside in its ranges: out of both
        return found

    def lawless(self, family: lang.Abstract, indices: tuple[int, ...]) -> Number:
        raise CannotRecheck(f"{family.name} has no law")

    def element(self, expr: Expr, env: Mapping[Any, Number]) -> Number:
        family = expr.family
        indices = tuple(self.integer(i, env) for i in expr.indices)
        own = dict(zip((r[0] for r in family.ranges), map(Fraction, indices), strict=True))
        if isinstance(family, lang.Gates):
            return self._random((family, indices), lambda: self._gate_options(family.keep, {**_quantified(env), **own}))
        if family.simplex == "self":  # in the step of the recursion that `env` tells
            family = env[family]  # type: ignore[assignment]
        if isinstance(family, lang.Recursion):
            known = self.entries
            if (family, indices) not in known:
                known[family, indices] = self._defined(family, indices, own)
            return known[family, indices]
        if isinstance(family, lang.Abstract):
            return self.lawless(family, indices)
        try:
            return self.number(self.values[family][indices])
        except KeyError:
            raise CannotRecheck(f"no value for {family.name}{list(indices)}") from None


def _quantified(env: Mapping[Any, Number]) -> dict[Any, Number]:
    """The scalars that a quantifier or an order binds: a law may depend on these, and is the same for all indices."""
    return {name: value for name, value in env.items() if isinstance(name, lang.Scalar)}


def _atoms(expr: Expr) -> set[Any]:
    """Random scalars an expression depends on, also through keep probabilities and recursions."""
    found: set[Any] = set()
    seen: set[Any] = set()
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if node in seen or isinstance(node, lang.Operator):  # each is a number
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
