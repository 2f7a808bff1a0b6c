"""Integrands as straight-line programs on arrays of samples, with true bounds of their values.

An expression at an instance becomes a list of operations on slots: constants, columns of a sampling plan, and results
of earlier operations. Equal operations share a slot, so a deep network costs what one forward pass costs.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, fmpq
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Undefined, Unsupported
from dropout_theory.language import Expr, Statement, is_random, law_conditions, member_conditions, registry
from dropout_theory.sampling.rng import Bernoulli, Categorical, SamplingPlan, UniformVariate
from dropout_theory.sampling.rounding import OPERATIONS, Range, Unbounded, constant, hull, operation

MAX_SLOTS = 20_000
_MAX_SPLIT = 7  # gates fixed one way and the other when a range is unbounded over all of them at once
_FUNCTIONS = {sp.exp: "exp", sp.log: "log", sp.tanh: "tanh", sp.atan: "atan", sp.sin: "sin", sp.cos: "cos",
              sp.Abs: "absolute"}
_RELATIONS = {sp.Eq: "equal", sp.Lt: "less", sp.Le: "less or equal"}


class Program:
    """Expressions at one instance, compiled. `exact` evaluates what is not random, nested expectations included.

    Raises Unsupported for what has no operation, ranges.Unbounded where an operation is undefined.
    """

    def __init__(self, exact: Evaluator) -> None:
        self.exact = exact
        self.variates: list[Any] = []
        self.columns: list[Range] = []
        self.operations: list[tuple[str, tuple[int, ...], Any]] = []
        self.constants: dict[int, Range] = {}
        self._slots: dict[Any, int] = {}
        self._random: dict[Any, bool] = {}
        self._atoms: dict[Any, int] = {}

    # --- building ---------------------------------------------------------------------------------------------
    def _slot(self, name: str, arguments: tuple[int, ...] = (), detail: Any = None) -> int:
        key = (name, arguments, detail)
        if key not in self._slots:
            if len(self.operations) >= MAX_SLOTS:
                raise Unsupported(f"more than {MAX_SLOTS} operations in one sample")
            self._slots[key] = len(self.operations)
            self.operations.append(key)
        return self._slots[key]

    def _column(self, variate: Any, values: Range) -> int:
        self.variates.append(variate)
        self.columns.append(values)
        return self._slot("column", (), len(self.columns) - 1)

    def number(self, value: Any) -> int:
        """The slot of an exact or ball constant."""
        if isinstance(value, (int, fmpq)):
            exact = Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else Fraction(value)
            close = float(exact)
            return self._constant(close, 0.0 if Fraction(close) == exact else abs(close) * 2.0**-52)
        ball = arb(value)
        if not ball.is_finite():
            raise Unbounded(f"a constant is not finite: {ball}")
        close = float(ball.mid())
        return self._constant(close, float(ball.rad().upper()) * 1.0000001 + abs(close) * 2.0**-52)

    def _constant(self, value: float, error: float) -> int:
        slot = self._slot("constant", (), (value, error))
        self.constants[slot] = Range(value - error, value + error, error) if error else constant(value)
        return slot

    def random(self, expr: Expr) -> bool:
        if expr not in self._random:
            self._random[expr] = is_random(expr)  # a nested expectation is a number
        return self._random[expr]

    def compile(self, expr: Expr, bound: dict[Any, Any]) -> int:
        """The slot of an expression; `bound` gives the bound indices integer values."""
        if not self.random(expr):
            return self.number(self.exact.value(expr, bound))
        if isinstance(expr, (lang.RandomScalar, lang.RandomIndex)):
            return self._atom(expr, bound)
        if isinstance(expr, lang.Element):
            return self._element(expr, bound)
        if isinstance(expr, (sp.Add, sp.Mul, sp.Max, sp.Min)):
            return self._fold(_FOLDS[type(expr)], [self.compile(a, bound) for a in expr.args])
        if isinstance(expr, (sp.Sum, sp.Product)):
            limits = [tuple(limit) for limit in expr.limits]
            return self._fold("add" if isinstance(expr, sp.Sum) else "multiply",
                              self._over(expr.function, limits, bound), 0 if isinstance(expr, sp.Sum) else 1)
        if isinstance(expr, (lang.Largest, lang.Smallest)):
            return self._fold("greatest" if isinstance(expr, lang.Largest) else "least",
                              self._over(expr.args[0], [tuple(expr.args[1])], bound))
        if isinstance(expr, sp.Pow):
            return self._power(expr, bound)
        if type(expr) in _FUNCTIONS:
            return self._slot(_FUNCTIONS[type(expr)], (self.compile(expr.args[0], bound),))
        if isinstance(expr, lang.Sigma):
            return self._sigma(expr, bound)
        if isinstance(expr, lang.Relu):
            return self._slot("greatest", (self.compile(expr.args[0], bound), self.number(0)))
        if isinstance(expr, sp.Piecewise):
            return self._piecewise(expr, bound)
        if isinstance(expr, sp.KroneckerDelta):
            return self._slot("equal", tuple(self.compile(a, bound) for a in expr.args[:2]))
        if isinstance(expr, AppliedUndef):
            function = self.exact.values.get(expr.func)
            if function is None:
                raise Unsupported(f"no instance of the function {expr.func}")
            return self.compile(function(*expr.args), bound)
        raise Unsupported(f"no operation on samples for {type(expr).__name__}: {expr}")

    def _over(self, body: Expr, limits: list[Any], bound: dict[Any, Any]) -> list[int]:
        if not limits:
            return [self.compile(body, bound)]
        *inner, outer = limits
        return [slot for k in self.exact.range(outer, bound)
                for slot in self._over(body, inner, {**bound, outer[0]: k})]

    def _fold(self, name: str, slots: list[int], empty: int | None = None) -> int:
        if not slots:
            if empty is None:
                raise Unsupported("an extreme of nothing")
            return self.number(empty)
        # adding 0 and multiplying by 1 or 0 would only widen the ranges
        known = [(s, self.constants[s].low if s in self.constants and not self.constants[s].error else None)
                 for s in slots]
        if name == "multiply" and any(c == 0 for _, c in known):
            return self.number(0)
        neutral = {"add": 0, "multiply": 1}.get(name)
        slots = [s for s, c in known if c is None or c != neutral] or slots[:1]
        total = slots[0]
        for s in slots[1:]:
            total = self._slot(name, (total, s))
        return total

    def _power(self, expr: Expr, bound: dict[Any, Any]) -> int:
        base = self.compile(expr.base, bound)
        if self.random(expr.exp):
            exponent = self.compile(expr.exp, bound)
            return self._slot("exp", (self._slot("multiply", (exponent, self._slot("log", (base,)))),))
        value = self.exact.value(expr.exp, bound)
        if isinstance(value, fmpq) and value.q == 1:
            order = int(value.p)
            if order == 0:
                return self.number(1)
            raised = base if abs(order) == 1 else self._slot("power", (base,), abs(order))
            return raised if order > 0 else self._slot("inverse", (raised,))
        return self._slot("exp", (self._slot("multiply", (self.number(value), self._slot("log", (base,)))),))

    def _sigma(self, expr: Expr, bound: dict[Any, Any]) -> int:
        x, c, slope = (self.compile(a, bound) for a in expr.args)
        scaled = self._fold("multiply", [slope, x])
        shift = self.constants.get(c)
        if shift is not None and shift.low == shift.high == 0:
            return self.number(1)
        if shift is None or shift.low != 1 or shift.error:  # c exp(-x) = exp(log c - x)
            scaled = self._slot("add", (scaled, self._fold("multiply", [self.number(-1), self._slot("log", (c,))])))
        return self._slot("logistic", (scaled,))

    def _piecewise(self, expr: Expr, bound: dict[Any, Any]) -> int:
        *cases, (value, condition) = expr.args
        if condition != sp.true:
            raise Unsupported(f"{expr} has no last case for every value")
        try:
            chosen = self.compile(value, bound)
            for value, condition in reversed(cases):
                chosen = self._slot("choose", (self._condition(condition, bound), self.compile(value, bound), chosen))
        except Undefined as error:  # in a case that is perhaps never taken: whether it is, samples do not tell
            raise Unsupported(f"a case of {expr}: {error}") from None
        return chosen

    def _condition(self, condition: Statement, bound: dict[Any, Any]) -> int:
        if isinstance(condition, (sp.Ge, sp.Gt)):
            condition = condition.reversed
        if type(condition) not in _RELATIONS:
            raise Unsupported(f"no operation on samples for the condition {condition}")
        return self._slot(_RELATIONS[type(condition)], tuple(self.compile(a, bound) for a in condition.args))

    # --- random atoms -----------------------------------------------------------------------------------------
    def _element(self, expr: lang.Element, bound: dict[Any, Any]) -> int:
        drawn = sorted({a for i in expr.indices for a in i.free_symbols if isinstance(a, lang.RandomIndex)}, key=str)
        if drawn:
            return self._at_random(expr, drawn, bound)
        family = expr.family
        indices = tuple(self.exact.integer(i, bound) for i in expr.indices)
        at = [sp.Integer(i) for i in indices]
        key = (family, indices)
        if key not in self._atoms:
            if isinstance(family, lang.Gates):
                self._atoms[key] = self._gate(family, family.keep_at(at), bound)
            elif isinstance(family, lang.Recursion):
                slot = self.compile(self.exact.unfold(family, indices, bound), {})
                if member_conditions(family):
                    reach, domain = self.bounds(slot), family.domain
                    if not (domain.contains(sp.Rational(reach.low)) and domain.contains(sp.Rational(reach.high))):
                        raise Unsupported(f"{expr} may leave its domain {domain}: {reach.low} to {reach.high}")
                self._atoms[key] = slot
            else:
                raise Unsupported(f"{family.name} has no law to draw from")
        return self._atoms[key]

    def _at_random(self, expr: lang.Element, drawn: list[Any], bound: dict[Any, Any]) -> int:
        """An entry at random indices: a table over one index, else a sum over the outcomes."""
        sizes = [range(1, self.exact.integer(a.size, bound) + 1) for a in drawn]
        columns = [self._atom(a, bound) for a in drawn]
        entries = [self.compile(lang.substitute(expr, dict(zip(drawn, map(sp.Integer, outcome), strict=True))), bound)
                   for outcome in product(*sizes)]
        if len(drawn) == 1 and all(e in self.constants for e in entries):
            known = [self.constants[e] for e in entries]
            table = (tuple(r.low / 2 + r.high / 2 for r in known), tuple(r.error + r.high - r.low for r in known))
            return self._slot("look up", (columns[0],), table)
        parts = [self._fold("multiply", [*(self._slot("equal", (column, self.number(k)))
                                           for column, k in zip(columns, outcome, strict=True)), entry])
                 for outcome, entry in zip(product(*sizes), entries, strict=True)]
        return self._fold("add", parts)

    def _atom(self, atom: Any, bound: dict[Any, Any]) -> int:
        if atom not in self._atoms:
            self._atoms[atom] = self._drawn(atom, bound)
        return self._atoms[atom]

    def _drawn(self, atom: Any, bound: dict[Any, Any]) -> int:
        if isinstance(atom, lang.RandomIndex):
            count = self.exact.integer(atom.size, bound)
            chances = [self.exact.value(atom.probabilities[k], bound) for k in range(1, count + 1)]
            if not all(isinstance(c, fmpq) for c in chances):
                raise Unsupported(f"{atom} has irrational probabilities")
            return self._column(Categorical(chances, tuple(float(k) for k in range(1, count + 1))),
                                Range(1.0, float(count)))
        kind, *parameters = atom.law
        if kind == "bernoulli":
            return self._gate(atom, parameters[0], bound)
        if kind != "uniform":
            raise Unsupported(f"{kind} {atom} is unbounded: no interval from samples holds at a finite number of them")
        low, high = (self.compile(a, bound) for a in parameters)
        width = self._fold("add", [high, self._fold("multiply", [self.number(-1), low])])
        return self._fold("add", [low, self._fold("multiply", [width, self._unit()])])

    def _gate(self, atom: Any, keep: Any, bound: dict[Any, Any]) -> int:
        if not self.random(keep):
            chance = self.exact.value(keep, bound)
            if isinstance(chance, fmpq):
                if not 0 <= chance <= 1:
                    raise Unsupported(f"a keep probability is {chance}; allowed: 0 to 1")
                if chance in (0, 1):
                    return self.number(chance)
                return self._column(Bernoulli(chance), Range(0.0, 1.0))
        slot = self.compile(keep, bound)
        if law_conditions(atom):
            reach = self.bounds(slot)  # rounded outwards by a step
            if reach.low < math.nextafter(0.0, -1.0) or reach.high > math.nextafter(1.0, 2.0):
                raise Unsupported(f"the keep probability of {atom} may lie outside [0, 1]: {reach.low} to {reach.high}")
        return self._slot("below", (self._unit(), slot))

    def _unit(self) -> int:
        return self._column(UniformVariate(0.0, 1.0), Range(0.0, 1.0, 2.0**-52))

    # --- combining --------------------------------------------------------------------------------------------
    def centred(self, slot: int) -> int:
        """The slot less the middle of its range."""
        reach = self.bounds(slot)
        return self._slot("add", (slot, self._constant(-(reach.low / 2 + reach.high / 2), 0.0)))

    def product(self, left: int, right: int) -> int:
        return self._slot("power", (left,), 2) if left == right else self._slot("multiply", (left, right))

    # --- running ----------------------------------------------------------------------------------------------
    @property
    def plan(self) -> SamplingPlan:
        return SamplingPlan(self.variates)

    def run(self, samples: Any, outputs: list[int]) -> Any:
        """Values of the outputs, (size, outputs), for samples (size, variates)."""
        values: list[Any] = []
        with np.errstate(all="ignore"):  # what overflows was refused by the ranges or lies in a branch not taken
            for name, arguments, detail in self.operations:
                if name == "constant":
                    values.append(detail[0])
                elif name == "column":
                    values.append(samples[:, detail])
                else:
                    values.append(operation(name, detail).values(*[values[a] for a in arguments]))
        return np.stack([np.broadcast_to(values[o], samples.shape[:1]) for o in outputs], axis=1)

    def ranges(self, columns: list[Range]) -> list[Range]:
        """The range of every slot over the given ranges of the columns. Raises Unbounded."""
        found: list[Range] = []
        for slot, (name, arguments, detail) in enumerate(self.operations):
            if name == "constant":
                found.append(self.constants[slot])
            elif name == "column":
                found.append(columns[detail])
            else:
                found.append(operation(name, detail).range(*[found[a] for a in arguments]))
        return found

    def bounds(self, output: int) -> Range:
        """True bounds of an output, and the error of its computed value. Raises Unbounded."""
        try:
            return self.ranges(self.columns)[output]
        except Unbounded:
            gates = [n for n, v in enumerate(self.variates) if isinstance(v, Bernoulli)]
            if not gates or len(gates) > _MAX_SPLIT:
                raise
        parts = []
        for mask in product((0.0, 1.0), repeat=len(gates)):
            fixed = list(self.columns)
            for n, value in zip(gates, mask, strict=True):
                fixed[n] = constant(value)
            parts.append(self.ranges(fixed)[output])
        return hull(parts)

    def bias(self) -> float:
        """How far computed keep probabilities can lie from the exact ones, summed over the gates that have them."""
        below = [arguments[1] for name, arguments, _ in self.operations if name == "below"]
        if not below:
            return 0.0
        found = self.ranges(self.columns)
        return sum(found[slot].error + 2.0**-52 for slot in below)


# those that take a mean are numbers, which the exact evaluator gives; so are all others that are not random
registry.method("sampling", {
    lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM, lang.LargestOutcome, lang.Largest, lang.Smallest,
    lang.Sigma, lang.Relu}, refuses=(lang.DerivativeAt, lang.Stirling2, lang.RootGrowth, lang.Aversion))

_FOLDS = {sp.Add: "add", sp.Mul: "multiply", sp.Max: "greatest", sp.Min: "least"}

__all__ = ["OPERATIONS", "Program"]
