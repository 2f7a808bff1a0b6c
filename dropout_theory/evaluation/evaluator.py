"""One evaluator for all methods: the value of an expression, and the truth of a statement, at an instance.

An instance gives every atom a value; expectations are replaced by a function the method supplies. Values are
exact rationals as long as the operations allow and Arb balls beyond, so a comparison is decided or unknown, never
guessed. `AGREES` marks an equality of balls that overlap within the stated resolution: not a proof of equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq, fmpz
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from dropout_theory import language as lang
from dropout_theory.evaluation import enumeration, jets, series_rules  # noqa: F401 - their rules enter the table
from dropout_theory.evaluation.closed_forms import are_equal
from dropout_theory.evaluation.convergence import truth_of_convergence
from dropout_theory.evaluation.rules import RULES
from dropout_theory.evaluation.universal import truth_for_all
from dropout_theory.evaluation.values import (
    MEMO,
    PRECISIONS,
    RESOLUTION_BITS,
    Truth,
    Undecided,
    Undefined,
    Unsupported,
    defined,
    is_exact,
    precision,
    to_number,
)
from dropout_theory.language import Expr, Statement, Values, registry
from dropout_theory.language import statements as st

registry.method("exact evaluation", RULES, refuses=(lang.Aversion,))

Expectation = Callable[["Evaluator", Expr, dict[Any, Any]], Any]
Prover = Callable[[Statement], bool]


class Evaluator:
    """Values of expressions at an instance.

    `values` maps Scalars to numbers, Families to {indices: number}, undefined functions to SymPy Lambdas.
    `expect(evaluator, argument, bound)` gives E(argument); `proves(statement)` tells whether a statement for all values
    of scalars is proved, without one it is never true. `bound` maps bound indices to integers and random atoms
    (a RandomScalar, a RandomIndex, or (Gates, indices)) to their value in the current mask, or to an `Undefined`.
    Raises Unsupported or Undefined.
    """

    def __init__(self, values: Values, expect: Expectation | None = None,
                 proves: Prover | None = None) -> None:
        self.values = values
        self.expect = expect
        self.proves = proves
        self.means: dict[Any, Any] = {}  # expectations found so far
        self.relations: list[tuple[Any, Any, Any]] = []  # inequalities judged so far, with the values of their sides
        self._is_denied = False
        self._functions = {k: v for k, v in values.items() if isinstance(v, sp.Lambda)}

    # --- values -----------------------------------------------------------------------------------------------
    def integer(self, expr: Expr, bound: dict[Any, Any]) -> int:
        known = bound.get(expr)  # mostly an index of the sum around
        if type(known) is int:
            return known
        if isinstance(expr, sp.Integer):
            return int(expr.p)
        value = self.value(expr, bound)
        if isinstance(value, fmpq) and value.q == 1:
            return int(value.p)
        if isinstance(value, (int, fmpz)):
            return int(value)
        raise Unsupported(f"{expr} is not an exact integer here")

    def value(self, expr: Expr, bound: dict[Any, Any] | None = None) -> Any:
        """fmpq or arb value of `expr` under `bound`; a ball is finite, so that each rule may rely on its arguments."""
        bound = {} if bound is None else bound
        rule = RULES.get(type(expr))
        if rule is not None:
            found = rule(self, expr, bound)
            return found if type(found) is fmpq else defined(found, expr)
        if isinstance(expr, sp.Symbol):  # every atom of the language is one
            return self.symbol(expr, bound)
        if isinstance(expr, AppliedUndef):
            function = self._functions.get(expr.func)
            if function is None:
                raise Unsupported(f"no instance of the function {expr.func}")
            variables = [sp.Dummy(real=True) for _ in expr.args]
            inner = dict(bound) | {v: self.value(a, bound) for v, a in zip(variables, expr.args, strict=True)}
            try:
                return self.value(function(*variables), inner)
            except Undefined as error:  # of the formula, not of the statement: a function has a value everywhere
                raise Unsupported(f"{function.expr} is no instance of {expr.func} here: {error}") from None
        raise Unsupported(f"no rule to evaluate {type(expr).__name__}: {expr}")

    def symbol(self, symbol: Any, bound: dict[Any, Any]) -> Any:
        found = bound.get(symbol)
        if found is not None:
            return fmpq(found) if isinstance(found, int) else _drawn(found)
        found = self.values.get(symbol)
        if found is not None:
            number = to_number(found) if not isinstance(found, (arb, acb)) else found
            return self.value(sp.sympify(found), {}) if number is None else number
        raise Unsupported(f"no value for {symbol}")

    def unfold(self, family: lang.Recursion, indices: tuple[int, ...], bound: dict[Any, Any]) -> Any:
        """The definition of an entry of a recursion. Raises Unsupported where it has none."""
        try:
            return family.unfold_known([sp.Integer(i) for i in indices], lambda e: sp.Integer(self.integer(e, bound)))
        except ValueError as error:
            raise Unsupported(str(error)) from None

    def element(self, expr: lang.Element, bound: dict[Any, Any]) -> Any:
        indices = tuple(self.integer(i, bound) for i in expr.indices)
        family = expr.family
        if (family, indices) in bound:
            return _drawn(bound[family, indices])
        if isinstance(family, lang.Recursion):
            if MEMO not in bound:
                bound = {**bound, MEMO: {}}
            memo = bound[MEMO]
            key = (family, indices, *[(s, bound[s]) for s in lang.hidden_dependencies(family) if s in bound])
            if key not in memo:
                try:
                    memo[key] = self.value(self.unfold(family, indices, bound), bound)
                except RecursionError:
                    raise Unsupported(f"{family.name}{list(indices)} is too many layers above the first") from None
                if lang.member_conditions(family):
                    _require_member(memo[key], family.domain, expr)
            return memo[key]
        if isinstance(family, (lang.Gates, lang.Abstract)):
            raise Unsupported(f"random {family.name}{list(indices)} outside an expectation")
        try:
            found = self.values[family][indices]
        except KeyError:
            raise Unsupported(f"no value for {family.name}{list(indices)}") from None
        number = to_number(found) if not isinstance(found, (arb, acb)) else found
        return self.value(sp.sympify(found), {}) if number is None else number

    def range(self, limits: Any, bound: dict[Any, Any]) -> range:
        symbol, low, high = limits
        del symbol
        return range(self.integer(low, bound), self.integer(high, bound) + 1)

    def over(self, body: Expr, limits: Iterable[Any], bound: dict[Any, Any]) -> Iterable[Any]:
        """Values of `body` over nested index ranges."""
        limits = list(limits)
        if not limits:
            yield self.value(body, bound)
            return
        *inner, outer = limits  # SymPy writes the innermost sum first
        for k in self.range(outer, bound):
            yield from self.over(body, inner, {**bound, outer[0]: k})

    # --- truth ------------------------------------------------------------------------------------------------
    def truth(self, statement: Statement, bound: dict[Any, Any] | None = None) -> Truth:
        """Truth of a statement at the instance, at the current precision."""
        bound = {} if bound is None else bound
        if isinstance(statement, (BooleanTrue, BooleanFalse)):
            return Truth.TRUE if statement else Truth.FALSE
        if isinstance(statement, sp.core.relational.Relational):
            return self._relation(statement, bound)
        if isinstance(statement, (sp.And, sp.Or)):
            return self._in_order(statement, bound)
        if isinstance(statement, sp.Not):
            return _negate(self._denied(statement.args[0], bound))
        if isinstance(statement, sp.Implies):
            premise = self._denied(statement.args[0], bound)
            if premise is Truth.FALSE:
                return Truth.TRUE
            try:
                conclusion = self.truth(statement.args[1], bound)
            except Undefined:
                if premise is Truth.TRUE:
                    raise
                return Truth.UNKNOWN
            if conclusion is Truth.FALSE and premise is not Truth.TRUE:
                return Truth.UNKNOWN
            return conclusion
        if isinstance(statement, st.Iff):
            return _same(*(self._denied(a, bound) for a in statement.args))
        if isinstance(statement, st.ForEach):
            return self._for_each(statement.body, list(statement.limits), bound)
        if isinstance(statement, st.ForAll):
            return truth_for_all(self, statement, bound)
        if isinstance(statement, st.Converges):
            return truth_of_convergence(self, statement, bound)
        raise Unsupported(f"no rule to judge {type(statement).__name__}")

    def _in_order(self, statement: Statement, bound: dict[Any, Any]) -> Truth:
        """A conjunction or disjunction, up to the first part that settles it: what follows is guarded by it."""
        conjunction = isinstance(statement, sp.And)
        settling, passed = (Truth.FALSE, Truth.TRUE) if conjunction else (Truth.TRUE, Truth.FALSE)
        found = passed
        for part in statement.args:
            try:
                here = self.truth(part, bound)
            except Undefined:
                if found is passed:
                    raise
                return Truth.UNKNOWN  # a part before may settle it
            if here is settling:
                return settling
            found = (min if conjunction else max)(found, here, key=lambda t: t.value)
        return found

    def _for_each(self, body: Statement, limits: list[Any], bound: dict[Any, Any]) -> Truth:
        """The body at every index: none guards another, so all are looked at where that makes a difference."""
        if not limits:
            return self.truth(body, bound)
        worst = Truth.TRUE
        for k in self.range(limits[0].args, bound):
            found = self._for_each(body, limits[1:], {**bound, limits[0].args[0]: k})
            worst = min(worst, found, key=lambda t: t.value)
            if worst is Truth.FALSE and not self._is_denied:
                break
        return worst

    def _denied(self, statement: Statement, bound: dict[Any, Any]) -> Truth:
        """Truth of a statement that may be false and what it is part of true: all its terms must be defined."""
        before, self._is_denied = self._is_denied, True
        try:
            return self.truth(statement, bound)
        finally:
            self._is_denied = before

    @cached_property
    def is_irrational(self) -> bool:
        """Whether a number of the instance is given by a formula."""
        given = (v for value in self.values.values() for v in (value.values() if isinstance(value, dict) else [value]))
        return any(isinstance(v, sp.Expr) and not isinstance(v, (sp.Rational, sp.Lambda)) for v in given)

    def _relation(self, statement: Statement, bound: dict[Any, Any]) -> Truth:
        left, right = (self.value(a, bound) for a in statement.args)
        if isinstance(statement, (sp.Le, sp.Ge, sp.Lt, sp.Gt)):
            self.relations.append((statement, left, right))
        if is_exact(left) and is_exact(right):
            return Truth.TRUE if _EXACT[type(statement)](left, right) else Truth.FALSE
        gap = arb(left) - arb(right)
        if not gap.is_zero() and gap.contains(0) and self.is_irrational \
                and are_equal(self, statement.args[0], statement.args[1], bound):
            gap = arb(0)
        if isinstance(statement, (sp.Eq, sp.Ne)):
            if not gap.contains(0):
                return Truth.FALSE if isinstance(statement, sp.Eq) else Truth.TRUE
            if gap.is_zero():
                return Truth.TRUE if isinstance(statement, sp.Eq) else Truth.FALSE
            close = abs(gap) < arb(2) ** -RESOLUTION_BITS * (1 + abs(arb(left)))
            return Truth.AGREES if close and isinstance(statement, sp.Eq) else Truth.UNKNOWN
        sign = gap if isinstance(statement, (sp.Le, sp.Lt)) else -gap
        if sign < 0:
            return Truth.TRUE
        if sign > 0:
            return Truth.FALSE
        if sign.is_zero():
            return Truth.TRUE if isinstance(statement, (sp.Le, sp.Ge)) else Truth.FALSE
        weak = isinstance(statement, (sp.Le, sp.Ge))
        if weak and sign <= 0:
            return Truth.TRUE
        close = abs(gap) < arb(2) ** -RESOLUTION_BITS * (1 + abs(arb(left)))
        return Truth.AGREES if weak and close else Truth.UNKNOWN


def _drawn(outcome: Any) -> Any:
    """The outcome of a random atom. Raises Undefined where the atom has no law."""
    if isinstance(outcome, Undefined):
        raise outcome
    return outcome


def _require_member(value: Any, domain: lang.Domain, entry: Any) -> None:
    """Raise Undefined for an entry outside its domain, Unsupported where that cannot be told."""
    for condition in domain.conditions(sp.Symbol("value", real=True)):
        kind, end = type(condition), condition.args[1]
        known = to_number(end)
        if known is None:
            raise Unsupported(f"an end of {domain} is {end}")
        if not _EXACT[kind](value, known):
            if not is_exact(value) and arb(value).overlaps(arb(known)):
                raise Unsupported(f"cannot tell whether {entry} lies in its domain {domain}")
            raise Undefined(f"{value}, outside of the domain {domain},", entry)


def _negate(truth: Truth) -> Truth:
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(truth, Truth.UNKNOWN)


def _same(left: Truth, right: Truth) -> Truth:
    if Truth.UNKNOWN in (left, right):
        return Truth.UNKNOWN
    if {left, right} == {Truth.TRUE}:
        return Truth.TRUE
    if left is right is Truth.FALSE:
        return Truth.TRUE
    if Truth.FALSE in (left, right):
        return Truth.FALSE if Truth.TRUE in (left, right) else Truth.UNKNOWN
    return Truth.AGREES


_EXACT: dict[type, Callable[[Any, Any], bool]] = {
    sp.Eq: lambda a, b: a == b, sp.Ne: lambda a, b: a != b, sp.Le: lambda a, b: a <= b,
    sp.Lt: lambda a, b: a < b, sp.Ge: lambda a, b: a >= b, sp.Gt: lambda a, b: a > b}


@dataclass(frozen=True)
class Judgement:
    """Truth of a statement at one instance, with the values of its two sides where it is a relation.

    `undefined` says which term has no value there: then the statement is not true.
    """

    truth: Truth
    left: Any = None
    right: Any = None
    bits: int = 0
    undefined: str = ""
    relations: tuple[tuple[Any, Any, Any], ...] = ()


def judge(statement: Statement, values: Values, expect: Expectation | None,
          precisions: Iterable[int] = PRECISIONS, evaluator: type[Evaluator] = Evaluator,
          proves: Prover | None = None) -> Judgement:
    """Truth of a statement at an instance, raising the precision until it is decided.

    A statement one of whose terms is undefined, and not guarded, is FALSE. Raises Unsupported.
    """
    statement = lang.unnamed(statement)
    best = Judgement(Truth.UNKNOWN)
    for bits in precisions:
        with precision(bits):
            here = evaluator(values, expect, proves)
            try:
                truth = here.truth(statement)
                left = right = None
                if isinstance(statement, sp.core.relational.Relational):
                    left, right = (here.value(a) for a in statement.args)
            except Undefined as error:
                return Judgement(Truth.FALSE, undefined=str(error), bits=bits)
            except Undecided:
                best = Judgement(Truth.UNKNOWN, bits=bits)
                continue
        best = Judgement(truth, left, right, bits, relations=tuple(here.relations))
        if truth in (Truth.TRUE, Truth.FALSE):
            break
    return best
