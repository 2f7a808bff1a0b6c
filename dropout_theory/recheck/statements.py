"""Truth of statements at an instance by the second path: true, false, or None where it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath as mp
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Statement
from dropout_theory.language import statements as st
from dropout_theory.language.admission import promise_not_kept
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue, wide
from dropout_theory.recheck.values import Values

_GRID = [Fraction(k, 4) for k in range(-8, 9)]


def truth(v: Values, statement: Statement, env: Mapping[Any, Any] | None = None) -> bool | None:
    """True, False or None. Equality of numbers that are not rational is to 45 digits.

    Raises CannotRecheck, and NoValue where a term has no value and nothing before it settles the statement.
    """
    from dropout_theory.recheck.series import converges

    env = env or {}
    if statement in (True, False):
        return bool(statement)
    if isinstance(statement, sp.core.relational.Relational):
        return _relation(v, statement, env)
    if isinstance(statement, sp.Not):
        return _not(truth(v, statement.args[0], env))
    if isinstance(statement, sp.And):
        return _up_to(False, v, statement.args, env)
    if isinstance(statement, sp.Or):
        return _up_to(True, v, statement.args, env)
    if isinstance(statement, sp.Implies):
        premise, conclusion = statement.args
        return _up_to(True, v, (sp.Not(premise, evaluate=False), conclusion), env)
    if isinstance(statement, st.Iff):
        left, right = (truth(v, a, env) for a in statement.args)
        return None if None in (left, right) else left == right
    if isinstance(statement, st.ForEach):
        return _all([truth(v, statement.body, here)
                     for here in v.over(list(reversed([limit.args for limit in statement.limits])), env)])
    if isinstance(statement, st.ForAll):
        return _for_all(v, statement, env)
    if isinstance(statement, st.SameToOrder):
        return _same_to_order(v, statement, env)
    if isinstance(statement, st.Converges):
        return converges(v, statement, env)
    raise CannotRecheck(f"no second rule for {type(statement).__name__}")


def _same_to_order(v: Values, statement: st.SameToOrder, env: Mapping[Any, Any]) -> bool | None:
    """Whether (left - right)/scale^order is seen to fall to nothing, or to stay, as the scale shrinks a millionfold."""
    ratios = []
    for exponent in (6, 9, 12):
        scale = mp.mpf(10) ** -exponent
        left, right = (wide(v.value(a, {**env, statement.scale: scale})) for a in (statement.left, statement.right))
        ratios.append(abs(left - right) / scale**statement.order)
    if ratios[-1] <= 1e-4 * max(ratios[0], mp.mpf(10) ** -6):
        return True
    return False if ratios[-1] > 0.5 * ratios[0] else None


def _for_all(v: Values, statement: st.ForAll, env: Mapping[Any, Any]) -> bool | None:
    """False when a point of a grid refutes the body; never True."""
    bound = statement.bound_symbols
    points = [[x for x in _GRID if s.domain.contains(sp.Rational(x.numerator, x.denominator))] for s in bound]
    for n, point in enumerate(product(*points)):
        if n % (1 + len(_GRID) ** (len(bound) - 1) // 200):
            continue  # some hundred points of a large grid
        if truth(v, statement.body, {**env, **dict(zip(bound, point, strict=True))}) is False:
            return False
    return None


def _up_to(settling: bool, v: Values, parts: Any, env: Mapping[Any, Any]) -> bool | None:
    """Parts in their order until one settles the whole; a later one may have no value where an earlier one may."""
    unknown = False
    for part in parts:
        try:
            known = truth(v, part, env)
        except NoValue:
            if unknown:
                return None
            raise
        if known is settling:
            return settling
        unknown = unknown or known is None
    return None if unknown else not settling


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _relation(v: Values, statement: Statement, env: Mapping[Any, Any]) -> bool | None:
    left, right = (v.value(a, env) for a in statement.args)
    exact = isinstance(left, Fraction) and isinstance(right, Fraction)
    gap = left - right if exact else wide(left) - wide(right)
    if exact:
        close = gap == 0
    else:
        if not mp.isfinite(gap):
            return None
        close = abs(gap) <= v.slack * (1 + abs(wide(left)))
    if isinstance(statement, (sp.Eq, sp.Ne)):
        return close == isinstance(statement, sp.Eq) if exact or not close or isinstance(statement, sp.Eq) else None
    if close:
        weak = isinstance(statement, (sp.Le, sp.Ge))
        return weak if exact or weak else None
    return bool(gap < 0) == isinstance(statement, (sp.Le, sp.Lt))


def admissible(v: Values, claim: Any) -> str | None:
    """Why an instance is not admissible for a claim, or None; a hypothesis that cannot be rechecked is no reason."""
    for atom, given in v.values.items():
        if isinstance(given, sp.Lambda) and (promise := promise_not_kept(atom, given)) is not None:
            return f"{atom} is declared {promise}, and {given.expr} is not known to be"
        if isinstance(given, sp.Lambda) or not isinstance(atom, lang.Scalar):
            continue
        entries = list(given.values()) if isinstance(given, dict) else [given]
        for entry in entries:
            if not _inside(atom.domain, v.number(entry)):
                return f"{atom} has {entry}, outside {atom.domain}"
        if isinstance(atom, lang.Family):
            places = {tuple(here[r[0]] for r in atom.ranges) for here in _places(v, atom)}
            if set(given) != places:
                return f"the entries of {atom} are not those of its range"
            if atom.simplex is True and sum(map(v.number, entries)) != 1:
                return f"the entries of {atom} do not sum to 1"
    for hypothesis in claim.hypotheses:
        try:
            if truth(v, hypothesis.condition) is False:
                return f"hypothesis {hypothesis.name!r} fails"
        except NoValue as error:
            return f"hypothesis {hypothesis.name!r} has no meaning: {error}"
    return None


def _places(v: Values, family: lang.Family) -> list[dict[Any, Any]]:
    """What the index symbols of a family are, at each of its entries."""
    return list(v.over(list(reversed(family.ranges)), {})) if family.ranges else [{}]


def _inside(domain: Any, x: Any) -> bool:
    low, high = (None if end in (sp.oo, -sp.oo) else mp.mpf(str(sp.N(end, DIGITS)))
                 for end in (domain.lower, domain.upper))
    value = wide(x)
    if domain.integer and not (isinstance(x, Fraction) and x.denominator == 1):
        return False
    above = low is None or (value > low if domain.open_below else value >= low)
    below = high is None or (value < high if domain.open_above else value <= high)
    return bool(above and below)


__all__ = ["NoValue", "admissible", "truth"]
