"""Small values of a scale: what is defined there, means over laws that the scale is in, Taylor coefficients at 0.

The scale falls to 0 at each instance by itself: how small is small may differ from instance to instance.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import ProofError, need
from dropout_theory.definedness.partiality import (
    ANALYTIC,
    AnyOf,
    Partial,
    fixed,
    implied,
    negated,
    partial_terms,
    range_of,
    taken_apart,
)
from dropout_theory.definedness.shown import follows
from dropout_theory.language import statements as st
from dropout_theory.language import unfold
from dropout_theory.language.binding import put, rebuilt
from dropout_theory.language.bounds import lies_in
from dropout_theory.language.domains import NONNEGATIVE, POSITIVE
from dropout_theory.normal_form import is_positive, is_zero, normal

SMALL = (sp.S.Half, sp.Rational(1, 1000))  # up to which a condition may hold for all instances alike
MAX_GATES = 12  # over whose masks a mean is written out
MOST_COEFFICIENTS = 4  # looked at for the first that is not zero


def coefficients(sides: Sequence[Any], scale: Any, order: int, known: Iterable[Any] = ()) -> list[Any]:
    """Taylor coefficients at scale 0, orders 0..order, of the first side less the others, each a finite composition of
    smooth functions that is defined for small scales.

    Raises ProofError for any other, and for means over a law with the scale in it that cannot be written out.
    """
    need(isinstance(scale, lang.Scalar) and lang.may_be_bound(scale) and not scale.domain.integer
         and scale.domain.lower <= 0 and scale.domain.upper > 0, f"{scale} is not a scale: it does not fall to zero")
    for side in sides:  # by itself: what is undefined on both may cancel
        _require_defined(side, scale, known)
    known = _without(scale, known)
    current = _reduced(written_out(unfold(sides[0] - sp.Add(*sides[1:])), scale), scale, known)
    _require_smooth(current, scale, known)
    return list(islice(_taylor(current, scale), order + 1))


@lru_cache(maxsize=1 << 12)
def orders(statement: Any) -> tuple[tuple[st.SameToOrder, frozenset[Any]], ...]:
    """The statements of order that a statement is or contains, each with what guards it there."""
    if isinstance(statement, st.SameToOrder):
        return ((statement, frozenset()),)
    found: list[tuple[st.SameToOrder, frozenset[Any]]] = []
    facts: list[Any] = []
    for part in statement.args if isinstance(statement, sp.logic.boolalg.Boolean) else ():
        found += [(order, guards.union(facts)) for order, guards in orders(part)]
        if isinstance(statement, (sp.And, sp.Implies)):
            facts.append(part)
        elif isinstance(statement, sp.Or):
            facts.append(negated(part))
    if isinstance(statement, st.ForEach):
        ranges = [fact for limit in statement.limits for fact in range_of(*limit.args)]
        found = [(order, guards.union(ranges)) for order, guards in found]
    return tuple(found)


def order_shown(statement: Any, by: Iterable[tuple[Any, Iterable[Any]]], known: Iterable[Any] = ()) -> None:
    """Raise ProofError unless all that is said of orders is defined for small scales: by what is known or guards it, or
    since it stands in the orders of another statement, which holds under no more than that."""
    if not orders(statement):
        return
    elsewhere = [(order.scale, partial_terms(side), guards.union(given)) for other, given in by
                 for order, guards in orders(other) for side in order.args[:2]]
    for order, guards in orders(statement):
        here = set(taken_apart([*known, *guards]))
        shown = {term for scale, terms, under in elsewhere if scale == order.scale and under <= here for term in terms}
        for side in order.args[:2]:
            _require_defined(side, order.scale, here, shown)


def _require_defined(side: Any, scale: Any, known: Iterable[Any], shown: Container[Partial] = ()) -> None:
    known = _without(scale, known)
    for term in partial_terms(side):
        if lang.depends_on(term.term, scale) and term not in shown:
            need(holds_near_zero(term, scale, known), f"{term.term} may be undefined for small {scale}")


def _without(scale: Any, facts: Iterable[Any]) -> list[Any]:
    """What is known at all outcomes and of something else than the scale, which moves."""
    return [fact for fact in fixed(facts) if not lang.depends_on(fact, scale)]


# --- conditions for small values ------------------------------------------------------------------------------------


def holds_near_zero(term: Partial, scale: Any, known: Iterable[Any] = ()) -> bool:
    """Whether a term is defined for all small enough positive values of the scale, at each instance."""
    if term.condition is None:
        return False
    facts = [*_without(scale, known), *_without(scale, term.known)]
    try:
        return _holds(term.condition, scale, facts, _is_finite(term, scale))
    except ProofError:
        return False


def _is_finite(term: Partial, scale: Any) -> bool:
    """Whether a condition is about the same finitely many outcomes and values of bound symbols for all small scales:
    then one small value is small for all of these."""
    said = sp.Tuple(term.term, term.condition)
    if any(isinstance(a, lang.Abstract) or isinstance(a, lang.RandomScalar) and a.law[0] != "bernoulli"
           for a in lang.random_atoms(said)):
        return False
    ends = {(type(fact), fact.args[0]): fact.args[1] for fact in term.known if isinstance(fact, (sp.Ge, sp.Le))
            and fact.args[1] not in (sp.oo, -sp.oo) and not lang.depends_on(fact.args[1], scale)}
    bound = [a for a in lang.dependencies(said)
             if isinstance(a, sp.Dummy) or isinstance(a, lang.Scalar) and "@" in a.name]
    return all(s.is_integer and (sp.Ge, s) in ends and (sp.Le, s) in ends for s in bound)


def _holds(condition: Any, scale: Any, facts: list[Any], finite: bool) -> bool:
    if isinstance(condition, sp.And):
        return all(_holds(part, scale, facts, finite) for part in condition.args)
    if isinstance(condition, (sp.Or, AnyOf)):
        return any(_holds(part, scale, facts, finite) for part in condition.args)
    if condition in (True, False) or not lang.depends_on(condition, scale):
        return implied(facts, condition)
    if not isinstance(condition, (sp.Ge, sp.Gt, sp.Le, sp.Lt, sp.Ne)):
        return False
    above, below = condition.args[::-1] if isinstance(condition, (sp.Le, sp.Lt)) else condition.args
    gap = written_out(unfold(above - below), scale)
    kind = {sp.Le: sp.Ge, sp.Lt: sp.Gt}.get(type(condition), type(condition))
    return _holds_for_all(kind, gap, scale, facts) or finite and _holds_at_first(kind, gap, scale, facts)


def _holds_for_all(kind: Any, gap: Any, scale: Any, facts: list[Any]) -> bool:
    """Whether a gap has its sign up to one small value of the scale, by its shape or by what is known."""
    for end in SMALL:
        small = lang.Scalar(scale.name, lang.interval(0, end, open_below=True))
        there = put(gap, {scale: small})
        if lies_in(there, NONNEGATIVE if kind is sp.Ge else POSITIVE) or implied(facts, kind(there, 0, evaluate=False)):
            return True
    return False


def _holds_at_first(kind: Any, gap: Any, scale: Any, facts: list[Any]) -> bool:
    """Whether a gap has its sign at first, by the first of its Taylor coefficients that is not zero."""
    gap = _reduced(gap, scale, facts)
    _require_smooth(gap, scale, facts)
    seen: list[Any] = []
    for coefficient in islice(_taylor(gap, scale), MOST_COEFFICIENTS):
        if is_zero(coefficient):
            continue
        if kind is not sp.Ne:
            return implied(facts, sp.Gt(coefficient, 0, evaluate=False))
        # an analytic function has no zeros close to 0 where one of its coefficients is not zero
        seen.append(sp.Ne(coefficient, 0, evaluate=False))
        if implied(facts, sp.Or(*seen, evaluate=False)):
            return True
    return kind is sp.Ge and is_zero(gap)


# --- means over laws that the scale is in ---------------------------------------------------------------------------


def written_out(expr: Any, scale: Any) -> Any:
    """An expression with the means over laws that the scale is in written out, so that the scale shows.

    By the normal form, for any number of gates, or else over all masks of gates that are named by number. It is equal
    where its terms are defined. Raises ProofError where this cannot be done.
    """
    found = _written_out(expr, scale)
    hidden = sorted({str(a) for a in lang.dependencies(found) if scale in lang.hidden_dependencies(a)})
    need(not hidden, f"the law or definition of {', '.join(hidden)} depends on {scale}, outside of means: {found}")
    return found


def _written_out(expr: Any, scale: Any) -> Any:
    if not isinstance(expr, sp.Basic) or isinstance(expr, (lang.Element, lang.Scalar)) \
            or scale not in lang.hidden_dependencies(expr):
        return expr
    if isinstance(expr, (lang.E, sp.Sum, sp.Product)):
        plain = normal(expr)
        if scale not in lang.hidden_dependencies(plain):
            return plain
    if not isinstance(expr, lang.Operator):
        return rebuilt(expr, [_written_out(a, scale) for a in expr.args])
    try:
        need(isinstance(expr, (lang.E, lang.G)), f"{type(expr).__name__} is no mean")
        outcomes = over_each_mask(lang.put_values(_written_out(expr.args[0], scale), {}))
        if isinstance(expr, lang.G):
            return _geometric(outcomes, scale)
    except ProofError as error:
        raise ProofError(f"a law, keep probability or definition depends on {scale}, and {expr} can be written out "
                         f"neither as a polynomial in gates nor over masks: {error}") from None
    return sp.Add(*[chance * value for chance, value in outcomes])


def over_each_mask(x: Any) -> list[tuple[Any, Any]]:
    """(probability, value of x) for all values of the gates in x, as `over_masks` wants them."""
    need(not x.has(lang.Operator), f"an expectation inside {x}")
    found = sorted((e for e in x.atoms(lang.Element) if isinstance(e.family, lang.RANDOM)), key=str)
    need(len(found) <= MAX_GATES, f"{len(found)} gates: more than {MAX_GATES}")
    for gate in found:
        need(isinstance(gate.family, lang.Gates) and all(index.is_Integer for index in gate.indices),
             f"{gate} is not a gate named by number")
        need(not lang.is_random(gate.family.keep_at(gate.indices)), f"the keep probability of {gate} is random")
        need(gate.family.has_law_at(gate.indices), f"the keep probability of {gate} may be none")
    plain = x.xreplace(dict.fromkeys(found, sp.S.One))
    need(not lang.is_random(plain), f"other random atoms in {x}")
    outcomes = []
    for mask in product((0, 1), repeat=len(found)):
        weight: Any = sp.S.One
        for gate, kept in zip(found, mask, strict=True):
            keep = gate.family.keep_at(gate.indices)
            weight *= keep if kept else 1 - keep
        outcomes.append((weight, x.xreplace({gate: sp.Integer(kept) for gate, kept in zip(found, mask, strict=True)})))
    return outcomes


def _geometric(outcomes: list[tuple[Any, Any]], scale: Any) -> Any:
    """The product of values to the power of their chances; 0 where one that is 0 has a positive chance."""
    for chance, value in outcomes:
        if value == 0 and _holds(sp.Gt(chance, 0, evaluate=False), scale, [], finite=True):
            return sp.S.Zero
        need(is_positive(value), f"{value} is not known to be positive")
    return sp.Mul(*[value**chance for chance, value in outcomes])


def _reduced(expr: Any, scale: Any, known: list[Any]) -> Any:
    """An expression, or its quotients reduced where that takes away a denominator that vanishes at 0.

    For positive values of the scale at which all terms are defined it is the same.
    """
    try:
        _require_smooth(expr, scale, known)
    except ProofError:
        try:
            return sp.cancel(sp.together(expr))
        except (sp.PolynomialError, NotImplementedError):
            return expr
    return expr


# --- Taylor coefficients --------------------------------------------------------------------------------------------


def _require_smooth(expr: Any, scale: Any, known: list[Any]) -> None:
    """Raise ProofError unless an expression is a finite composition of functions that are smooth in the scale at 0."""
    for node in sp.preorder_traversal(expr):
        if lang.depends_on(node, scale):
            if not isinstance(node, ANALYTIC) and node != scale:
                raise ProofError(f"{type(node).__name__} may not be smooth at 0: {node}")
            if isinstance(node, lang.E):
                wide = [a for a in lang.random_atoms(node.args[0]) if isinstance(a, (lang.RandomScalar, lang.Abstract))
                        and not (isinstance(a, lang.RandomScalar) and a.law[0] == "bernoulli")]
                need(not wide or node.args[0].is_polynomial(scale), f"the mean {node} may not be smooth at 0")
    _defined_at_zero(expr, scale, known)


def _defined_at_zero(expr: Any, scale: Any, known: list[Any]) -> None:
    """Raise ProofError unless quotients, logarithms and roots in the scale are smooth at 0, whatever else they contain.

    Said of the expression before 0 is put in: SymPy cancels x/(x + s) to 1 there, at x = 0 too.
    """
    bound = lang.bound_anywhere(expr)
    for node in sp.preorder_traversal(expr):
        # a root of what is positive for each positive scale may vanish at 0, and so may the base of a power that moves
        base = node.args[0] if isinstance(node, (sp.log, sp.Pow)) else None
        rooted = isinstance(node, sp.log) or isinstance(node, sp.Pow) and not node.exp.is_integer
        if rooted and base != sp.E and lang.depends_on(node, scale):
            at_zero = put(base, {scale: sp.S.Zero})
            need(is_positive(at_zero) or not lang.is_random(at_zero) and not lang.depends_on(at_zero, *bound)
                 and implied(known, sp.Gt(at_zero, 0, evaluate=False)), f"{node} may not be smooth at 0")
    anywhere = lang.Scalar(scale.name)  # of either sign: what is known of a positive scale says nothing of 0
    for term in partial_terms(put(expr, {scale: anywhere})):
        if lang.depends_on(term.term, anywhere):
            need(term.condition is not None and not isinstance(term.condition, AnyOf), f"{term.term} may be undefined")
            at_zero = put(term.condition, {anywhere: sp.S.Zero})
            need(at_zero in (True, sp.true) or at_zero not in (False, sp.false)
                 and follows(replace(term, condition=at_zero), known), f"{term.term} may not be smooth at 0")


def _taylor(expr: Any, scale: Any) -> Iterable[Any]:
    """Taylor coefficients at 0, one after the other, of an expression that is smooth there."""
    k = 0
    while True:
        value = lang.substitute(expr, {scale: sp.S.Zero})
        need(not value.has(sp.nan, sp.zoo, sp.oo), "not analytic at scale 0")
        yield value / sp.factorial(k)
        k += 1
        _divides_at_zero(expr, scale)
        expr = differentiate(expr, scale)


def _divides_at_zero(expr: Any, scale: Any) -> None:
    """Raise ProofError where the derivative of a product would divide by a factor that may be 0 at scale 0."""
    for node in expr.atoms(sp.Product):
        if lang.depends_on(node, scale):
            factor = put(node.function, {scale: sp.S.Zero})
            need(is_positive(factor) or is_positive(-factor), f"{node.function} may be 0 at {scale} = 0")


def differentiate(expr: Any, x: Any) -> Any:
    """Derivative that goes through finite sums, products and expectations over outcomes."""
    if not lang.depends_on(expr, x):
        return sp.S.Zero
    if isinstance(expr, sp.Sum):
        return sp.Sum(differentiate(expr.function, x), *expr.limits)
    if isinstance(expr, sp.Product):
        body = expr.function
        return expr * sp.Sum(differentiate(body, x) / body, *expr.limits)
    if isinstance(expr, sp.Add):
        return sp.Add(*[differentiate(a, x) for a in expr.args])
    if isinstance(expr, sp.Mul):
        return sp.Add(*[sp.Mul(*expr.args[:n], differentiate(a, x), *expr.args[n + 1:])
                        for n, a in enumerate(expr.args)])
    if isinstance(expr, sp.Pow) and not lang.depends_on(expr.exp, x):
        return expr.exp * expr.base ** (expr.exp - 1) * differentiate(expr.base, x)
    if isinstance(expr, sp.exp):
        return expr * differentiate(expr.args[0], x)
    if isinstance(expr, sp.log):
        return differentiate(expr.args[0], x) / expr.args[0]
    if isinstance(expr, sp.Abs):
        need(False, "|.| is not smooth")
    if isinstance(expr, lang.E):
        return lang.E(differentiate(expr.args[0], x))
    return sp.diff(expr, x)
