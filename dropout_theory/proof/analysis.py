"""Rules of analysis: weighted sums, monotone functions, sign of a derivative, Jensen."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.definedness.partiality import partial_terms
from dropout_theory.definedness.shown import defined
from dropout_theory.language import Domain
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, is_positive, same
from dropout_theory.proof.algebra import _sides
from dropout_theory.proof.scope import index_ranges, over_range, require_every_number
from dropout_theory.proof.theorem import Theorem, certify


def weighted(theorem: Theorem, weight: Any, limits: tuple[Any, Any, Any]) -> Theorem:
    """Multiply a relation that holds for every index by non-negative weights and sum over the range.

    A strict inequality stays strict when the weights are a whole probability distribution.
    """
    symbol, low, high = limits
    part = over_range(theorem, limits)
    kind, left, right = _sides(theorem.conclusion)
    need(kind in (sp.Eq, sp.Le, sp.Lt), f"not an equality or inequality: {theorem.conclusion}")
    weight = sp.sympify(weight)
    need(kind is sp.Eq or is_nonnegative(weight), f"weights {weight} are not known to be non-negative")
    whole = isinstance(weight, lang.Element) and weight.family.simplex is True and weight.indices == (symbol,) \
        and (sp.sympify(low), sp.sympify(high)) == tuple(weight.family.ranges[0][1:])
    if kind is sp.Lt and not whole:
        kind = sp.Le
    sums = [sp.Sum(weight * side, limits) for side in (left, right)]
    return certify("weighted sum", kind(*sums, evaluate=False), [part], binds=[symbol],
                   arguments={"weight": [weight], "index": [symbol]})


def increasing(function: Any, theorem: Theorem, *premises: Theorem) -> Theorem:
    """Apply exp or log to both sides; log needs the smaller side positive, by shape or from the premises."""
    kind, left, right = _sides(theorem.conclusion)
    need(function in (sp.exp, sp.log), f"{function} is not exp or log")
    need(kind in (sp.Eq, sp.Le, sp.Lt), f"not an equality or inequality: {theorem.conclusion}")
    if function is sp.log:
        need(is_positive(left) or entails([p.conclusion for p in premises], sp.Gt(left, 0, evaluate=False)),
             f"{left} is not known to be positive")
    else:
        # SymPy cancels exp(log(y)): what was shown where log(y) is defined must not be said of every y
        known = [p.conclusion for p in premises] + list(theorem.given)
        for side in (left, right):
            defined(side, known, [term for g in theorem.given for term in partial_terms(g)])
    return certify("monotone", kind(function(left), function(right), evaluate=False), [theorem, *premises])


def exponential_bound(x: Any) -> Theorem:
    """1 + x <= exp(x) for every real x."""
    need(sp.sympify(x).is_real is not False, f"{x} is not real")
    defined(sp.sympify(x))
    return certify("exponential bound", st.less_equal(1 + x, sp.exp(x)))


def logarithm_bound(x: Any, *premises: Theorem) -> Theorem:
    """log(x) <= x - 1 for positive x."""
    need(is_positive(x) or entails([p.conclusion for p in premises], sp.Gt(x, 0, evaluate=False)),
         f"{x} is not known to be positive")
    return certify("logarithm bound", st.less_equal(sp.log(x), x - 1), premises)


def by_slope(f: Any, x: lang.Scalar, at: Any, slope: Theorem, *premises: Theorem, upper: bool = False) -> Theorem:
    """f >= f(at) on the domain of x, because (x - at) f'(x) >= 0 there; with `upper`, f <= f(at) from <= 0.

    `slope` concludes 0 <= (x - at) * f'(x) (or >= for `upper`) for every x in its domain, possibly under
    assumptions linear in x, which must hold at `at` too (from the premises). f must be built from x by arithmetic,
    exp and log of positive arguments, so that it is differentiable on the domain.
    """
    at = sp.sympify(at)
    require_every_number(x)
    need(not x.domain.integer, f"{x} does not range over an interval")
    need(not lang.depends_on(at, x), f"{at} depends on {x}")
    # a premise known only for some x would say nothing about the way from x to `at`
    need(not any(lang.depends_on(p.given, x) for p in premises), f"a premise restricts {x}")
    smooth(f, x, [*premises, slope])
    kind, left, right = _sides(slope.conclusion)
    expected = (x - at) * sp.diff(f, x)
    gap = right - left
    need(kind in (sp.Le, sp.Lt) and same(gap, -expected if upper else expected),
         f"slope theorem concludes {slope.conclusion}, not the sign of {expected}")
    at_conditions: list[Any] = list(x.domain.conditions(at))
    kept = []
    for condition in slope.given:
        if lang.depends_on(condition, x):
            linear = isinstance(condition, (sp.Le, sp.Lt, sp.Ge, sp.Gt)) \
                and sp.Poly(condition.lhs - condition.rhs, x).degree() <= 1
            need(linear, f"assumption {condition} is not linear in {x}")
            at_conditions.append(lang.substitute(condition, {x: at}))
        kept.append(condition)
    known = [p.conclusion for p in premises] + [g for g in kept if not lang.depends_on(g, x)]
    for condition in at_conditions:
        need(entails(known, condition), f"{at} is not known to satisfy {condition}")
    value = lang.substitute(f, {x: at})
    relation = st.less_equal(f, value) if upper else st.less_equal(value, f)
    return certify("sign of the derivative", relation, [slope, *premises],
                   arguments={"function": [f], "variable": [x], "at": [at]})


def smooth(f: Any, x: Any, premises: list[Theorem]) -> None:
    """Raise ProofError unless f is differentiable in x on its domain by the way it is built."""
    bound = lang.bound_anywhere(f)  # an assumption about a free index says nothing of one that a sum binds
    known = [c for p in premises if not lang.depends_on(p.given, *bound) for c in (p.conclusion, *p.given)]
    for node in sp.preorder_traversal(f):
        if not lang.depends_on(node, x) or node == x or isinstance(node, (sp.Add, sp.Mul, sp.exp)):
            continue
        if isinstance(node, sp.Sum):
            ends = [sp.sympify(e) for _, *both in node.limits for e in both]
            finite = not any(lang.depends_on(e, x) or e in (sp.oo, -sp.oo) for e in ends)
            need(finite, f"{node} is not a finite sum over a range without {x}")
        elif isinstance(node, sp.log):
            inner = node.args[0]
            need(is_positive(inner) or entails(known, sp.Gt(inner, 0, evaluate=False)), f"{inner} may not be positive")
        elif isinstance(node, sp.Pow):
            if node.exp.is_Integer and node.exp > 0:
                continue
            wanted = sp.Ne(node.base, 0, evaluate=False) if node.exp.is_Integer else sp.Gt(node.base, 0, evaluate=False)
            need(is_positive(node.base) or entails(known, wanted), f"{node.base} may vanish or be negative")
        else:
            need(False, f"{type(node).__name__} is not known to be differentiable in {x}")


def within(inner: Domain, outer: Domain) -> bool:
    """Whether one domain is contained in another."""
    low = inner.lower > outer.lower or inner.lower == outer.lower and (inner.open_below or not outer.open_below)
    high = inner.upper < outer.upper or inner.upper == outer.upper and (inner.open_above or not outer.open_above)
    return bool(low) and bool(high)


def jensen(f: Any, x: lang.Scalar, entries: lang.Element, probabilities: lang.Family, curvature: Theorem) -> Theorem:
    """f(sum P x) <= sum P f(x) for convex f on the domain of x, which must contain the entries' domain.

    `curvature` concludes 0 <= f''(x) for every x of the domain (f'' <= 0 gives the reverse inequality).
    """
    require_every_number(x)
    need(not x.domain.integer, f"{x} does not range over an interval")
    smooth(f, x, [curvature])
    need(within(entries.family.domain, x.domain), f"{entries} may leave the domain of {x}")
    need(not curvature.given, "convexity must hold on the whole domain")
    kind, left, right = _sides(curvature.conclusion)
    second = sp.diff(f, x, 2)
    convex = same(right - left, second)
    need(kind in (sp.Le, sp.Lt) and (convex or same(right - left, -second)), "curvature theorem does not fit f''")
    need(probabilities.simplex is True, f"{probabilities} is not a probability distribution")
    symbol = entries.indices[-1]
    need(symbol.is_Symbol and not lang.depends_on(f, symbol), f"{f} depends on the index {symbol}")
    limits = (symbol, *probabilities.ranges[0][1:])
    index_ranges([limits])
    outside = lang.substitute(f, {x: sp.Sum(probabilities[symbol] * entries, limits)})
    inside = sp.Sum(probabilities[symbol] * lang.substitute(f, {x: entries}), limits)
    return certify("Jensen", st.less_equal(outside, inside) if convex else st.less_equal(inside, outside), [curvature])
