"""Statements about expressions: relations that stay unevaluated, quantifiers, orders of approximation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from dropout_theory.language.atoms import Family, Scalar
from dropout_theory.language.binding import bound_anywhere, put, rebuilt
from dropout_theory.language.checked import expression, integer, statement
from dropout_theory.language.dependence import dependencies
from dropout_theory.language.domains import PROBABILITY, as_set
from dropout_theory.language.substitution import substitute


def equal(left: Any, right: Any) -> sp.Eq:
    """left = right, left unevaluated."""
    return sp.Eq(expression(left, "the left side"), expression(right, "the right side"), evaluate=False)


def different(left: Any, right: Any) -> sp.Ne:
    return sp.Ne(expression(left, "the left side"), expression(right, "the right side"), evaluate=False)


def less_equal(left: Any, right: Any) -> sp.Le:
    return sp.Le(expression(left, "the left side"), expression(right, "the right side"), evaluate=False)


def less(left: Any, right: Any) -> sp.Lt:
    return sp.Lt(expression(left, "the left side"), expression(right, "the right side"), evaluate=False)


class _AsWritten:
    """Arguments in the order given, nested ones kept: SymPy sorts them, and merges what is nested."""

    symbol = ""

    def __new__(cls, *args: Any, evaluate: bool = False) -> Any:
        neutral, settling = cls.identity, cls.zero  # type: ignore[attr-defined]
        found = [a for a in map(statement, args) if a != neutral]
        if settling in found:
            return settling
        if len(found) < 2:
            return found[0] if found else neutral
        return sp.Basic.__new__(cls, *found)  # type: ignore[type-var]

    def _latex(self, printer: Any) -> str:
        return str(printer._print_LogOp(self.args, self.symbol))  # type: ignore[attr-defined]


class OrderedAnd(_AsWritten, sp.And):
    """A conjunction in the order in which it was written."""

    symbol = r"\wedge"

    def _latex(self, printer: Any) -> str:
        found = chains(self.args)
        if len(found) == 1:
            return self._chain(printer, found[0])
        return r" \wedge ".join(self._chain(printer, c) if is_bare(OrderedAnd(*c))
                                else rf"\left({self._chain(printer, c)}\right)" for c in found)

    def _chain(self, printer: Any, linked: list[Any]) -> str:
        first = linked[0]
        if isinstance(first, ForEach):
            return first.quantifier(printer) + self._chain(printer, [part.body for part in linked])
        return str(printer._print(first)) + "".join(f" {_IN_LATEX[r.rel_op]} {printer._print(r.rhs)}"
                                                    for r in linked[1:])


class OrderedOr(_AsWritten, sp.Or):
    """A disjunction in the order in which it was written."""

    symbol = r"\vee"


_IN_LATEX = {"==": "=", "<=": r"\leq", "<": "<"}


def chains(conjuncts: Sequence[Any]) -> list[list[Any]]:
    """Conjuncts in order, those together that read as one chain, A = B <= C: each goes on where the one before ends."""
    found: list[list[Any]] = []
    for part in conjuncts:
        if found and _continues(found[-1][-1], part):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def _continues(before: Any, after: Any) -> bool:
    if isinstance(before, ForEach) and isinstance(after, ForEach):
        return before.limits == after.limits and _continues(before.body, after.body)
    linked = all(isinstance(part, (sp.Eq, sp.Le, sp.Lt)) for part in (before, after))
    return bool(linked and before.rhs == after.lhs)


def is_bare(statement: Any) -> bool:
    """Whether a statement stands beside a connective without brackets, as a relation and a chain of them do."""
    if isinstance(statement, sp.And):
        (first, *_), *others = chains(statement.args)
        return not others and first.is_Relational
    return bool(statement.is_Relational or statement.is_Atom or isinstance(statement, (SameToOrder, Converges)))


def both(*statements: Any) -> Boolean:
    """All of the statements, in this order."""
    return OrderedAnd(*statements)  # type: ignore[no-any-return]


def either(*statements: Any) -> Boolean:
    """At least one of the statements, in this order."""
    return OrderedOr(*statements)  # type: ignore[no-any-return]


def parts(statement: Any) -> tuple[Any, ...]:
    """The conjuncts of a conjunction or the disjuncts of a disjunction, those of nested ones too."""
    kind = sp.And if isinstance(statement, sp.And) else sp.Or
    return tuple(p for a in statement.args for p in (parts(a) if isinstance(a, kind) else (a,)))


def unordered(expr: Any) -> Any:
    """A statement with its conjunctions and disjunctions as SymPy sorts them: the same for every order written."""
    if not isinstance(expr, sp.Basic) or not expr.has(sp.And, sp.Or):
        return expr
    args = [unordered(a) for a in expr.args]
    if isinstance(expr, (sp.And, sp.Or)):
        return (sp.And if isinstance(expr, sp.And) else sp.Or)(*args, evaluate=False)
    return rebuilt(expr, args)


def implies(premise: Any, conclusion: Any) -> Boolean:
    return sp.Implies(statement(premise, "the premise"), statement(conclusion, "the conclusion"), evaluate=False)


def equivalent(left: Any, right: Any) -> Boolean:
    """left if and only if right."""
    return Iff(left, right)


class Iff(Boolean):
    """left if and only if right (SymPy's Equivalent reorders its arguments)."""

    def __new__(cls, left: Any, right: Any) -> Any:
        return sp.Basic.__new__(cls, statement(left, "the left side"), statement(right, "the right side"))

    def _latex(self, printer: Any) -> str:
        return str(printer._print_LogOp(self.args, r"\iff"))


def _limit(given: Any) -> sp.Tuple:
    """A bound symbol, alone or with the ends of its range. Raises ValueError for ends that are no integers."""
    symbol, *ends = given
    if not isinstance(symbol, sp.Symbol):
        raise ValueError(f"{symbol} is bound; allowed: an index symbol or a scalar")
    return sp.Tuple(symbol, *[integer(end, f"an end of the range of {symbol}") for end in ends])


class _Bound(Boolean):
    """A body under quantified index ranges or atoms: args = (body, Tuple, ...)."""

    symbol = ""

    def __new__(cls, body: Any, *limits: Any) -> Any:
        return sp.Basic.__new__(cls, statement(body, "the body"), *(_limit(limit) for limit in limits))

    @property
    def body(self) -> Any:
        return self.args[0]

    @property
    def limits(self) -> tuple[Any, ...]:
        return self.args[1:]

    @property
    def bound_symbols(self) -> list[Any]:
        return [limit.args[0] for limit in self.limits]

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        symbols = self.bound_symbols
        ends = [(end, set(symbols[:n])) for n, limit in enumerate(self.limits) for end in limit.args[1:]]
        return [(self.body, set(symbols)), *ends]

    @property
    def free_symbols(self) -> set[Any]:
        found = set(self.body.free_symbols) - set(self.bound_symbols)
        for place, limit in enumerate(self.limits):  # a range may mention the indices before it
            for end in limit.args[1:]:
                found |= end.free_symbols - set(self.bound_symbols[:place])
        return found

    def quantifier(self, printer: Any) -> str:
        """What stands before the body, in LaTeX."""
        ranges = [rf"{low} \leq {bound} \leq {high}" for bound, low, high in
                  (map(printer._print, limit.args) for limit in self.limits)]
        return rf"{self.symbol} {', '.join(ranges)}:\ "

    def _latex(self, printer: Any) -> str:
        return self.quantifier(printer) + str(printer._print(self.body))


class ForEach(_Bound):
    """The body holds for every index: `ForEach(body, (k, 1, m), ...)`."""

    symbol = r"\forall"


class _OfAtoms(_Bound):
    """A quantifier over values of atoms."""

    def by_domain(self, latex: bool = False) -> list[tuple[str, list[Any]]]:
        """Its variables in order, neighbours of one domain together, each group after its domain as a set.

        A family has no set here: where its entries lie is told with its ranges.
        """
        def of(atom: Any) -> str:
            return as_set(atom.domain, latex) if hasattr(atom, "domain") and not isinstance(atom, Family) else ""

        return [(domain, list(names)) for domain, names in groupby(self.bound_symbols, of)]

    def quantifier(self, printer: Any) -> str:
        groups = [", ".join(map(printer._print, names)) + (rf" \in {domain}" if domain else "")
                  for domain, names in self.by_domain(latex=True)]
        return rf"{self.symbol} {'; '.join(groups)}:\ "


class Exists(_OfAtoms):
    """Values of the atoms make the body hold: `Exists(body, (x,), (y,))`. Other atoms are universally bound inside."""

    symbol = r"\exists"


class ForAll(_OfAtoms):
    """The body holds for all values of the scalars in their domains: `ForAll(body, (x,), (y,))`.

    Says that an undefined function is convex, increasing or satisfies a functional equation. A body that is not
    defined at some values does not hold there.
    """

    symbol = r"\forall"


def convexity(f: Any, x: Scalar, names: tuple[str, str, str] = ("xi", "eta", "omega")) -> ForAll:
    """The statement that f, an expression in x, is convex on the domain of x: the two-point inequality."""
    taken = dependencies(f) | {x}
    a, b, theta = (_fresh(Scalar(n, d), taken) for n, d in zip(names, (x.domain, x.domain, PROBABILITY), strict=True))
    one, two = (substitute(f, {x: v}) for v in (a, b))
    between = substitute(f, {x: theta * a + (1 - theta) * b})
    return ForAll(less_equal(between, theta * one + (1 - theta) * two), (a,), (b,), (theta,))


def _fresh(scalar: Scalar, taken: frozenset[Any]) -> Scalar:
    """A scalar of the same domain under a name that none of those taken has."""
    names = {s.name for s in taken if isinstance(s, sp.Symbol)}
    while scalar.name in names:
        scalar = scalar.renamed(scalar.name + "'")
    return scalar


def all_equal(expr: Any, limits: tuple[Any, Any, Any]) -> ForEach:
    """expr takes one value over the index range."""
    bound, low, high = limits
    other = sp.Symbol(f"{bound.name}'", integer=True)
    while other in expr.free_symbols or other in bound_anywhere(expr):
        other = sp.Symbol(f"{other.name}'", integer=True)
    return ForEach(equal(expr, put(expr, {bound: other})), (bound, low, high), (other, low, high))


class SameToOrder(Boolean):
    """left - right = o(scale^order) as scale -> 0+: what `left ~ right to order k` means.

    Atoms inside `left` and `right` are fixed; only `scale` moves.
    """

    def __new__(cls, left: Any, right: Any, scale: Any, order: Any) -> Any:
        if not isinstance(scale, sp.Symbol):
            raise ValueError(f"scale is {scale}; allowed: a name")
        order = integer(order, "order")
        if not order.is_Integer or order < 0:
            raise ValueError(f"order is {order}; allowed: 0, 1, 2, ...")
        sides = expression(left, "the left side"), expression(right, "the right side")
        return sp.Basic.__new__(cls, *sides, scale, order)

    @property
    def left(self) -> Any:
        return self.args[0]

    @property
    def right(self) -> Any:
        return self.args[1]

    @property
    def scale(self) -> Any:
        return self.args[2]

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        return [(self.left, {self.scale}), (self.right, {self.scale})]

    @property
    def order(self) -> int:
        return int(self.args[3])

    def _latex(self, printer: Any) -> str:
        left, right, small = map(printer._print, (self.left, self.right, self.scale**self.order))
        return rf"{left} = {right} + o({small})"


class Converges(Boolean):
    """The series of `term` over (index, first, infinity) converges: `Converges(term, (j, 2))`."""

    def __new__(cls, term: Any, limits: Any) -> Any:
        return sp.Basic.__new__(cls, expression(term, "the term"), _limit(limits))

    @property
    def bound_everywhere(self) -> Any:
        return self.args[1].args[0]

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        index, first = self.args[1].args
        return [(self.args[0], {index}), (first, set()), *[(value, set()) for value in self.args[2:]]]

    @property
    def free_symbols(self) -> set[Any]:
        return (self.args[0].free_symbols - {self.args[1].args[0]}) | self.args[1].args[1].free_symbols

    def _latex(self, printer: Any) -> str:
        bound, first = (printer._print(a) for a in self.args[1].args)
        return rf"\sum_{{{bound}={first}}}^{{\infty}} {printer._print(self.args[0])}\ \text{{converges}}"


class SumsTo(Converges):
    """The series converges and its value is `value`: `SumsTo(term, (j, 2), value)`."""

    def __new__(cls, term: Any, limits: Any, value: Any) -> Any:
        return sp.Basic.__new__(cls, expression(term, "the term"), _limit(limits), expression(value, "the value"))

    @property
    def free_symbols(self) -> set[Any]:
        return super().free_symbols | self.args[2].free_symbols

    def _latex(self, printer: Any) -> str:
        bound, first = (printer._print(a) for a in self.args[1].args)
        return rf"\sum_{{{bound}={first}}}^{{\infty}} {printer._print(self.args[0])} = {printer._print(self.args[2])}"
