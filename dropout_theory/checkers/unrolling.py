"""Statements at fixed sizes, as real arithmetic reads them: sums and means over masks written out."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import proves
from dropout_theory.evaluation.enumeration import support
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.instances import Values
from dropout_theory.evaluation.rules import outside_masks
from dropout_theory.evaluation.values import Undefined, Unsupported
from dropout_theory.language import registry
from dropout_theory.language import statements as st

NAME = "writing out over masks"
registry.method(NAME, {lang.E, lang.Var, lang.Cov, lang.Largest, lang.Smallest, lang.Sigma, lang.Relu,
                       lang.DerivativeAt, lang.Stirling2, lang.G, lang.Gc, lang.NWGM},
                refuses=(lang.LargestOutcome, lang.RootGrowth, lang.Aversion))


class Unroller:
    """Statements at fixed sizes: sums written out, expectations over every mask, geometric means as products of powers.

    Said where terms are defined, laws among them: that a keep probability lies in [0, 1] is for the caller to see to.

    Means are multiplied out, as polynomials in the entries, unless they are to stay as they are written.
    """

    def __init__(self, sizes: Values, multiplied_out: bool = True) -> None:
        self.sizes = sizes
        self.multiplied_out = multiplied_out
        self.ev = Evaluator(sizes, proves=proves)

    def boolean(self, statement: Any, bound: dict[Any, Any] | None = None) -> Any:
        bound = bound or {}
        if isinstance(statement, sp.core.relational.Relational):
            return statement.func(*[self.expr(a, bound) for a in statement.args], evaluate=False)
        if isinstance(statement, st.ForEach):
            return st.both(*self._each(statement.body, list(statement.limits), bound))
        if isinstance(statement, st.Iff):
            return st.Iff(*[self.boolean(a, bound) for a in statement.args])
        if isinstance(statement, (sp.And, sp.Or, sp.Implies, sp.Not)):
            return statement.func(*[self.boolean(a, bound) for a in statement.args], evaluate=False)
        if statement in (True, False):
            return statement
        raise Unsupported(f"{type(statement).__name__} is outside real arithmetic")

    def _each(self, body: Any, limits: list[Any], bound: dict[Any, Any]) -> Any:
        if not limits:
            yield self.boolean(body, bound)
            return
        symbol, low, high = limits[0].args
        for k in self.ev.range((symbol, low, high), bound):
            yield from self._each(body, limits[1:], {**bound, symbol: k})

    def expr(self, expr: Any, bound: dict[Any, Any]) -> Any:
        if isinstance(expr, (lang.Scalar, sp.Symbol)) and not isinstance(expr, lang.RandomIndex):
            known = bound.get(expr, self.sizes.get(expr))
            return expr if known is None else sp.sympify(int(known) if not isinstance(known, sp.Basic) else known)
        if isinstance(expr, lang.RandomIndex):
            if expr not in bound:
                raise Unsupported(f"random {expr} outside a mean")
            return sp.Integer(bound[expr])
        if isinstance(expr, lang.Element):
            indices = tuple(self._fixed(i, bound) for i in expr.indices)
            if (expr.family, indices) in bound:
                return sp.Integer(int(bound[expr.family, indices]))
            if isinstance(expr.family, lang.Recursion):
                return self.expr(self.ev.unfold(expr.family, indices, bound), bound)
            return lang.Element(expr.family, *indices)
        if isinstance(expr, (sp.Sum, sp.Product)):
            limits = [tuple(limit) for limit in expr.limits]
            combine = sp.Add if isinstance(expr, sp.Sum) else sp.Mul
            return combine(*list(self._over(expr.function, limits, bound)))
        if isinstance(expr, (lang.Largest, lang.Smallest)):
            values = list(self._over(expr.args[0], [tuple(expr.args[1])], bound))
            if not values:
                raise Undefined("an extreme of nothing", expr)
            return (sp.Max if isinstance(expr, lang.Largest) else sp.Min)(*values)
        if isinstance(expr, lang.E):
            return self._mean(expr.args[0], bound)
        if isinstance(expr, lang.Var):
            mean = self._mean(expr.args[0], bound)
            return self._mean(expr.args[0] ** 2, bound) - mean**2
        if isinstance(expr, lang.Cov):
            x, y = expr.args
            return self._mean(x * y, bound) - self._mean(x, bound) * self._mean(y, bound)
        if isinstance(expr, lang.G):
            return self._geometric(expr.args[0], bound)
        if isinstance(expr, lang.Gc):
            return self._geometric(1 - expr.args[0], bound)
        if isinstance(expr, lang.NWGM):  # G/(G + G') as the logistic function of the difference of their logarithms
            powers = list(self._weighted(expr.args[0], bound))
            return lang.logistic(sp.Add(*[p * sp.log(x / (1 - x)) for p, x in powers]))
        if registry.is_refused(NAME, expr):
            raise Unsupported(registry.refusal(NAME, expr))
        if not expr.args:
            return expr
        args = [self.expr(a, bound) for a in expr.args]
        try:
            return expr.func(*args)
        except ValueError as error:  # SymPy judges a function that has no value at these numbers
            raise Unsupported(f"{type(expr).__name__} at {', '.join(map(str, args))}: {error}") from None

    def _fixed(self, index: Any, bound: dict[Any, Any]) -> int:
        found = self.expr(index, bound)
        if not found.is_Integer:
            raise Unsupported(f"index {found} has no value at these sizes")
        return int(found)

    def _over(self, body: Any, limits: list[Any], bound: dict[Any, Any]) -> Any:
        if not limits:
            yield self.expr(body, bound)
            return
        *inner, outer = limits
        for k in self.ev.range(outer, bound):
            yield from self._over(body, inner, {**bound, outer[0]: k})

    def _geometric(self, expr: Any, bound: dict[Any, Any]) -> Any:
        return sp.Mul(*[x**p for p, x in self._weighted(expr, bound)])

    def _weighted(self, expr: Any, bound: dict[Any, Any]) -> Any:
        """The values of an expression at all outcomes, each after its probability."""
        atoms, bound = self._discrete(expr, bound)
        yield from self._outcomes(expr, atoms, bound, sp.S.One)

    def _outcomes(self, expr: Any, atoms: list[Any], bound: dict[Any, Any], weight: Any) -> Any:
        if not atoms:
            yield weight, self.expr(expr, bound)
            return
        for probability, value in self._law(atoms[0], bound):
            yield from self._outcomes(expr, atoms[1:], {**bound, atoms[0]: value}, weight * probability)

    def _mean(self, expr: Any, bound: dict[Any, Any]) -> Any:
        atoms, bound = self._discrete(expr, bound)
        mean = self._masks(expr, atoms, bound)
        return sp.expand(mean) if self.multiplied_out else mean

    def _discrete(self, expr: Any, bound: dict[Any, Any]) -> tuple[list[Any], dict[Any, Any]]:
        """The random atoms that a mean is taken over, and what is bound around it."""
        bound = outside_masks(bound)
        atoms = support(self.ev, expr, bound)
        for atom in atoms:  # a keep probability may hide one
            if isinstance(atom, lang.RandomScalar) and atom.law[0] != "bernoulli":
                raise Unsupported(f"continuous random variable {atom}")
        if len(atoms) > 8:
            raise Unsupported(f"{len(atoms)} random atoms are too many to write out")
        return atoms, bound

    def _masks(self, expr: Any, atoms: list[Any], bound: dict[Any, Any]) -> Any:
        if not atoms:
            return self.expr(expr, bound)
        atom, rest = atoms[0], atoms[1:]
        return sp.Add(*[probability * self._masks(expr, rest, {**bound, atom: value})
                        for probability, value in self._law(atom, bound)])

    def _law(self, atom: Any, bound: dict[Any, Any]) -> list[tuple[Any, int]]:
        """The probabilities of the outcomes of an atom, each with the outcome."""
        if isinstance(atom, lang.RandomIndex):
            count = int(self.ev.integer(atom.size, bound))
            return [(atom.probabilities[k], k) for k in range(1, count + 1)]
        keep = self.expr(atom[0].keep_at([sp.Integer(i) for i in atom[1]]) if isinstance(atom, tuple) else atom.law[1],
                         bound)
        return [(keep, 1), (1 - keep, 0)]
