"""Real polynomial arithmetic decided by z3, with every other subterm an opaque real variable.

Sound because an opaque variable may take any value: what holds for all values holds for the term. Denominators and
radicands are admitted only where they are provably non-zero and non-negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sympy as sp
import z3

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.language import Expr, Statement, registry
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, is_positive, normal, quotient

# a deterministic bound on work: a time limit would make verdicts depend on the machine (about 5 s here)
RESOURCE_LIMIT = 10_000_000
MAX_EXPONENTIAL_POWER = 6


class Translator:
    """SymPy to z3, collecting the facts that hold of the opaque variables."""

    def __init__(self) -> None:
        self.context = z3.Context()  # a fresh one, so that earlier queries cannot change the search
        self.names: dict[Any, Any] = {}
        self.facts: list[Any] = []
        # (label, condition, number of facts known before the term that needs it): to be proved, see `unjustified`
        self.obligations: list[tuple[str, Any, int]] = []
        self.definitions: set[int] = set()  # positions of the facts that define an inverse or a root

    def opaque(self, expr: Expr) -> Any:
        """A variable of its own for a term, with what is known of it. Raises ProofError for a refused operator."""
        if expr not in self.names:
            if registry.is_refused("real arithmetic", expr):
                raise ProofError(registry.refusal("real arithmetic", expr))
            variable = z3.Real(f"v{len(self.names)}", self.context)
            self.names[expr] = variable
            self.facts += [self.boolean(c) for c in _facts_about(expr)]
        return self.names[expr]

    def real(self, expr: Expr) -> Any:
        if expr.is_Rational:
            return z3.Q(int(expr.p), int(expr.q), self.context)
        if isinstance(expr, sp.Add):
            return z3.Sum([self.real(a) for a in expr.args])
        if isinstance(expr, sp.Mul):
            return z3.Product([self.real(a) for a in expr.args])
        if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
            base = self.real(expr.base)
            if expr.exp > 0:
                return z3.Product([base] * int(expr.exp))
            return self._inverse(expr.base, base, -int(expr.exp))
        if isinstance(expr, sp.Pow) and expr.exp.is_Rational and expr.exp.q in (2, 4):
            root = self._root(expr.base if expr.exp.q == 2 else sp.sqrt(expr.base))
            power = z3.Product([root] * abs(int(expr.exp.p)))
            return power if expr.exp > 0 else self._inverse(sp.Pow(expr.base, -expr.exp), power, 1)
        if isinstance(expr, (sp.Max, sp.Min)):
            values = [self.real(a) for a in expr.args]
            best = values[0]
            for v in values[1:]:
                best = z3.If((v > best) if isinstance(expr, sp.Max) else (v < best), v, best)
            return best
        if isinstance(expr, sp.Abs):
            inner = self.real(expr.args[0])
            return z3.If(inner >= 0, inner, -inner)
        if isinstance(expr, lang.Relu):
            inner = self.real(expr.args[0])
            return z3.If(inner >= 0, inner, z3.RealVal(0, self.context))
        if isinstance(expr, sp.Sum):
            return self._sum(expr)
        if isinstance(expr, sp.exp):
            return z3.Product([self._exponential(a) for a in sp.Add.make_args(expr.args[0])])
        return self.opaque(expr)

    def _exponential(self, exponent: Expr) -> Any:
        """exp of one term of an exponent: a small integer multiple becomes a power, half a logarithm a root."""
        factor, rest = exponent.as_coeff_Mul()
        if isinstance(rest, sp.log) and is_positive(rest.args[0]) and factor.is_Rational and factor.q in (1, 2):
            base = self.real(rest.args[0]) if factor.q == 1 else self._root(rest.args[0])
            power = z3.Product([base] * abs(int(factor.p)))
            return power if factor > 0 else self._inverse(sp.Pow(rest.args[0], -factor, evaluate=False), power, 1)
        if rest == 1 or not factor.is_Integer or abs(factor) > MAX_EXPONENTIAL_POWER:
            return self.opaque(sp.exp(exponent, evaluate=False))
        base_expr = sp.exp(rest, evaluate=False)
        base = self.opaque(base_expr)
        return z3.Product([base] * int(factor)) if factor > 0 else self._inverse(base_expr, base, -int(factor))

    def _sum(self, expr: Expr) -> Any:
        """Constant factors stand before a sum, and a sum over independent indices is a product of sums."""
        parts = []
        groups = _independent_parts(expr)
        for body, limits in groups:
            if body == 1 and limits:
                parts.append(self._number_of_terms(limits))
            elif len(groups) == 1 and limits:
                parts.append(self.opaque(expr))
            else:
                parts.append(self.real(normal(sp.Sum(body, *limits) if limits else body)))
        return z3.Product(parts)

    def _number_of_terms(self, limits: list[Any]) -> Any:
        """A sum of ones: last - first + 1 terms, or none where that is negative."""
        _, low, high = limits[0]
        if len(limits) > 1 or not (low.is_integer and high.is_integer):
            return self.opaque(sp.Sum(1, *limits))
        count = self.real(normal_real(high - low + 1))
        return z3.If(count >= 0, count, z3.RealVal(0, self.context))

    def _inverse(self, base_expr: Expr, base: Any, order: int) -> Any:
        key = sp.Pow(base_expr, -order, evaluate=False)
        if key not in self.names:
            variable = z3.Real(f"i{len(self.names)}", self.context)
            self.names[key] = variable
            if not is_positive(base_expr):
                self.obligations.append((f"{base_expr} is not zero", base != 0, len(self.facts)))
            self._define(variable * z3.Product([base] * order) == 1)
        return self.names[key]

    def _root(self, base_expr: Expr) -> Any:
        key = sp.Pow(base_expr, sp.Rational(1, 2), evaluate=False)
        if key not in self.names:
            base = self.real(base_expr)
            variable = z3.Real(f"r{len(self.names)}", self.context)
            self.names[key] = variable
            if not is_nonnegative(base_expr):
                self.obligations.append((f"{base_expr} is non-negative", base >= 0, len(self.facts)))
            self._define(variable >= 0)
            self._define(variable * variable == base)
        return self.names[key]

    def _define(self, fact: Any) -> None:
        self.definitions.add(len(self.facts))
        self.facts.append(fact)

    def unjustified(self, given: list[Any], resources: int | None = None) -> str | None:
        """The first side condition that is not shown to be implied, or None.

        A definition such as i*b = 1 implies b != 0, so a condition is proved without the definitions made from it on.
        """
        for label, condition, known in self.obligations:
            usable = [f for n, f in enumerate(self.facts) if n < known or n not in self.definitions]
            if _check([*given, *usable], condition, resources) is not True:
                return label
        return None

    def boolean(self, statement: Statement) -> Any:
        if statement in (True, False):
            return z3.BoolVal(bool(statement), self.context)
        if isinstance(statement, sp.core.relational.Relational):
            left, right = (self.real(normal_real(a)) for a in statement.args)
            return _RELATIONS[type(statement)](left, right)
        if isinstance(statement, sp.And):
            return z3.And([self.boolean(a) for a in statement.args])
        if isinstance(statement, sp.Or):
            return z3.Or([self.boolean(a) for a in statement.args])
        if isinstance(statement, sp.Not):
            return z3.Not(self.boolean(statement.args[0]))
        if isinstance(statement, sp.Implies):
            return z3.Implies(*(self.boolean(a) for a in statement.args))
        if isinstance(statement, st.Iff):
            left, right = (self.boolean(a) for a in statement.args)
            return left == right
        if statement not in self.names:  # a quantified premise: an opaque proposition
            self.names[statement] = z3.Bool(f"b{len(self.names)}", self.context)
        return self.names[statement]


_RELATIONS = {sp.Eq: lambda a, b: a == b, sp.Ne: lambda a, b: a != b, sp.Le: lambda a, b: a <= b,
              sp.Lt: lambda a, b: a < b, sp.Ge: lambda a, b: a >= b, sp.Gt: lambda a, b: a > b}

# all but Relu are variables of which the class may know the sign
registry.method("real arithmetic", {
    lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM, lang.Sigma, lang.Relu, lang.Largest, lang.Smallest,
    lang.LargestOutcome, lang.DerivativeAt, lang.Stirling2, lang.RootGrowth, lang.Aversion})

_PIECES = (sp.Max, sp.Min, sp.Abs, lang.Relu)


def normal_real(expr: Expr) -> Expr:
    """Normal form, leaving Max, Min, Abs and Relu as structure for the solver to split on."""
    if not expr.has(*_PIECES):
        return normal(expr)
    outer = _outermost(expr)
    if not outer:
        return normal(expr)
    names = {p: sp.Dummy(real=True) for p in outer}
    inner = {v: p if isinstance(p, lang.Var) else p.func(*[normal_real(a) for a in p.args])
             for p, v in names.items()}
    return normal(expr.xreplace(names)).xreplace(inner)


def _outermost(expr: Expr) -> list[Any]:
    if isinstance(expr, _PIECES):
        return [expr]
    if lang.bound_limits(expr):
        return []
    if isinstance(expr, lang.Operator):
        # a variance as it stands: in the means that it expands to, nothing shows its sign
        return [expr] if isinstance(expr, lang.Var) and expr.has(*_PIECES) else []
    return list(dict.fromkeys(p for a in expr.args if isinstance(a, sp.Basic) for p in _outermost(a)))


def _independent_parts(expr: Expr) -> list[tuple[Any, list[Any]]]:
    """(factors, limits) groups that share no bound index; the first group, without limits, holds the constants."""
    groups: list[tuple[set[Any], list[Any], list[Any]]] = []  # bound symbols, factors, limits
    bound = {limit[0] for limit in expr.limits}
    pieces: list[tuple[set[Any], list[Any], list[Any]]] = [
        (limit.free_symbols & bound, [], [limit]) for limit in expr.limits]
    pieces += [(factor.free_symbols & bound, [factor], []) for factor in sp.Mul.make_args(expr.function)
               if factor != 1]
    for symbols, factors, limits in pieces:
        touching = [g for g in groups if g[0] & symbols or not (g[0] or symbols)]
        groups = [g for g in groups if g not in touching]
        merged = (symbols.union(*[g[0] for g in touching]), [f for g in touching for f in g[1]] + factors,
                  [x for g in touching for x in g[2]] + limits)
        groups.append(merged)
    return [(sp.Mul(*factors), sorted(limits, key=expr.limits.index)) for _, factors, limits in groups]


def _facts_about(expr: Expr) -> list[Any]:
    """Bounds that hold of an opaque term by its domain or shape."""
    family = expr.family if isinstance(expr, lang.Element) else expr
    if isinstance(family, lang.Scalar) and not isinstance(family, (lang.RandomScalar, lang.Recursion)):
        return list(family.domain.conditions(expr))
    if isinstance(expr, lang.RandomScalar) and expr.law[0] == "uniform":
        return [sp.Ge(expr, expr.law[1], evaluate=False), sp.Le(expr, expr.law[2], evaluate=False)]
    if expr == sp.pi:
        return [sp.Gt(expr, sp.Rational(314159, 100000), evaluate=False),
                sp.Lt(expr, sp.Rational(314160, 100000), evaluate=False)]
    if is_positive(expr):
        return [sp.Gt(expr, 0, evaluate=False)]
    if is_nonnegative(expr):
        return [sp.Ge(expr, 0, evaluate=False)]
    return []


def entails(premises: list[Statement], conclusion: Statement) -> bool:
    """Whether the premises imply the conclusion over the reals. Raises ProofError on an unproved side condition."""
    *premises, conclusion = lang.unnamed((*premises, conclusion))
    if conclusion in premises:
        return True
    implied, label = _entailed(tuple(premises), conclusion, _effort)
    if label is not None:
        raise ProofError(f"side condition not proved: {label}")
    return implied


@lru_cache(maxsize=8192)  # proofs of one paper share lemmas, and with them their steps
def _entailed(premises: tuple[Statement, ...], conclusion: Statement, resources: int) -> tuple[bool, str | None]:
    """(implied, unproved side condition or None): depends on nothing but the arguments, see `Translator.context`."""
    translator = Translator()
    given = [translator.boolean(p) for p in premises]
    goal = translator.boolean(conclusion)
    label = translator.unjustified(given, resources)
    return (label is None and _check([*given, *translator.facts], goal, resources) is True), label


_effort = RESOURCE_LIMIT


@contextmanager
def effort(resources: int) -> Iterator[None]:
    """Other bounds on work within the block, where much is tried and little depends on success."""
    global _effort
    before, _effort = _effort, resources
    try:
        yield
    finally:
        _effort = before


def _check(premises: list[Any], goal: Any, resources: int | None = None) -> bool | None:
    solver = z3.Solver(ctx=goal.ctx)
    solver.set("rlimit", _effort if resources is None else resources)
    solver.set("random_seed", 0)
    solver.add(*premises)
    solver.add(z3.Not(goal))
    answer = solver.check()
    return True if answer == z3.unsat else False if answer == z3.sat else None


__all__ = ["Translator", "entails", "normal_real", "quotient"]
