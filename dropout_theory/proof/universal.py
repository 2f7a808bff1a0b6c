"""Rules about statements for all values of scalars, and what convexity and powers give from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.definedness.partiality import partial_terms
from dropout_theory.definedness.shown import defined
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative, same
from dropout_theory.proof.algebra import _sides, matches
from dropout_theory.proof.analysis import smooth, within
from dropout_theory.proof.scope import index_ranges, replaceable, require_every_number, value_in_domain
from dropout_theory.proof.theorem import Theorem, certify


def for_all(theorem: Theorem, *scalars: lang.Scalar) -> Theorem:
    """The conclusion for all values of free scalars, which no assumption restricts. Raises ProofError."""
    require_every_number(*scalars)
    for s in scalars:
        need(not lang.depends_on(theorem.given, s), f"an assumption restricts {s}")
    return certify("for all", st.ForAll(theorem.conclusion, *[(s,) for s in scalars]), [theorem])


def at(theorem: Theorem, *values: Any, premises: tuple[Theorem, ...] = ()) -> Theorem:
    """A ForAll conclusion at particular values, which lie in the domains by shape or from the premises.

    Raises ProofError.
    """
    statement = theorem.conclusion
    need(isinstance(statement, st.ForAll), "not a statement for all values")
    mapping: Mapping[Any, Any] = dict(zip(statement.bound_symbols, [sp.sympify(v) for v in values], strict=True))
    require_every_number(*mapping)
    for scalar, value in mapping.items():
        value_in_domain(scalar, value, premises)
        replaceable(statement.body, scalar, value)
    there = lang.substitute(statement.body, dict(mapping))
    # what holds for all values is defined at each
    return certify("for all", there, [theorem, *premises], shown=partial_terms(there),
                   arguments={"values": mapping.values()})


def convex_by_curvature(f: Any, x: lang.Scalar, curvature: Theorem, *premises: Theorem) -> Theorem:
    """`st.convexity(f, x)` from 0 <= f''(x) for every x of its domain, an interval.

    The premises show that f is differentiable there. Raises ProofError.
    """
    require_every_number(x)
    need(not x.domain.integer, f"{x} does not range over an interval")
    need(not any(lang.depends_on(p.given, x) for p in (curvature, *premises)),
         "convexity must hold on the whole domain")
    smooth(f, x, [curvature, *premises])
    defined(f, [c for p in (curvature, *premises) for c in (p.conclusion, *p.given)])
    kind, left, right = _sides(curvature.conclusion)
    need(kind in (sp.Le, sp.Lt) and same(right - left, sp.diff(f, x, 2)), "curvature theorem does not fit f''")
    # f is defined on all of its domain, an interval: between two of its points, too
    convexity = st.convexity(f, x)
    return certify("sign of the second derivative", convexity, [curvature, *premises], shown=partial_terms(convexity))


def finite_jensen(f: Any, x: lang.Scalar, entries: Any, probabilities: lang.Family, convex: Theorem,
                  *premises: Theorem, over: sp.Symbol | None = None) -> Theorem:
    """f(sum P x) <= sum P f(x) from two-point convexity of f on the domain of x, an interval with the entries.

    `convex` concludes `convexity(f, x)`. `entries` is an entry of a family, or an expression in the index `over` that
    lies in the domain by shape or by the premises. Raises ProofError.
    """
    require_every_number(x)
    need(matches(convex.conclusion, st.convexity(f, x)), f"{convex.conclusion} is not the convexity of {f}")
    need(not x.domain.integer, f"{x} does not range over an interval")
    need(probabilities.simplex is True, f"{probabilities} is not a probability distribution")
    symbol = entries.indices[-1] if over is None else over
    need(not any(lang.depends_on(p.given, symbol) for p in (convex, *premises))
         and not lang.depends_on(f, symbol), "an assumption restricts the index")
    if not (isinstance(entries, lang.Element) and within(entries.family.domain, x.domain)):
        for condition in x.domain.conditions(entries):
            need(entails([p.conclusion for p in premises], condition), f"{entries} may leave the domain of {x}")
    limits = (symbol, *probabilities.ranges[0][1:])
    index_ranges([limits])
    replaceable(f, x, entries)
    outside = lang.substitute(f, {x: sp.Sum(probabilities[symbol] * entries, limits)})
    inside = sp.Sum(probabilities[symbol] * lang.substitute(f, {x: entries}), limits)
    return certify("Jensen", st.less_equal(outside, inside), [convex, *premises])


def collected_power(base: Any, exponent: Any, limits: tuple[Any, Any, Any]) -> Theorem:
    """prod base^exponent(k) = base^(sum exponent(k)) for a base free of k and exponents >= 0.

    The base is not negative, or the exponents are integers. With 0^0 = 1 both sides are 1 or 0 together when the base
    is 0. Raises ProofError.
    """
    base, exponent = sp.sympify(base), sp.sympify(exponent)
    need(not lang.depends_on(base, limits[0]), f"{base} depends on {limits[0]}")
    need(is_nonnegative(exponent) and (is_nonnegative(base) or bool(exponent.is_integer)),
         f"{base} or {exponent} may be negative")
    return certify("collected power", st.equal(sp.Product(base**exponent, limits), base ** sp.Sum(exponent, limits)))


def joined_power(base: Any, first: Any, second: Any, *premises: Theorem) -> Theorem:
    """base^first * base^second = base^(first + second) for a base and exponents >= 0, by shape or from the premises.

    With 0^0 = 1 both sides are 1 or 0 together when the base is 0. Raises ProofError.
    """
    base, first, second = (sp.sympify(e) for e in (base, first, second))
    for part in (base, first, second):
        need(is_nonnegative(part) or entails([p.conclusion for p in premises], sp.Ge(part, 0, evaluate=False)),
             f"{part} may be negative")
    return certify("joined power", st.equal(base**first * base**second, base ** (first + second)), premises)
