"""Rules about quantities that are 0 or 1: gates, also held at a value, indicators, entries of integer families."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.language import is_random
from dropout_theory.language import statements as st
from dropout_theory.proof.logic import negation
from dropout_theory.proof.scope import in_range, index_ranges
from dropout_theory.proof.theorem import Theorem, certify


def zero_or_one(entry: Any) -> Theorem:
    """x = 0 or x = 1, for a gate or an entry of a family of integers between 0 and 1. Raises ProofError."""
    need(isinstance(entry, lang.Element), f"{entry} is not an entry of a family")
    domain = entry.family.domain
    bits = domain.integer and domain.lower >= 0 and domain.upper <= 1
    need(isinstance(entry.family, lang.Gates) or not isinstance(entry.family, lang.RANDOM) and bits,
         f"{entry} is not known to be 0 or 1")
    return certify("0 or 1", st.either(st.equal(entry, 0), st.equal(entry, 1)))


def indicator(shown: sp.Piecewise) -> Theorem:
    """[A] = 1 and A, or [A] = 0 and not A; the indicator is written Piecewise((1, A), (0, True)). Raises ProofError."""
    need(isinstance(shown, sp.Piecewise) and len(shown.args) == 2, f"not an indicator: {shown}")
    (one, condition), (zero, otherwise) = shown.args
    need(one == 1 and zero == 0 and otherwise == sp.true, f"not an indicator: {shown}")
    holds = st.both(st.equal(shown, 1), condition)
    fails = st.both(st.equal(shown, 0), negation(condition))
    return certify("indicator", st.either(holds, fails))


def number_kept(gate: lang.Gates, index: sp.Symbol) -> tuple[Theorem, Theorem]:
    """E [j gates kept] = C(K, j) p^j (1 - p)^(K - j) for j = 0..K, and sum over j = 0..K of [j gates kept] = 1.

    For K gates of one index 1..K with one fixed keep probability p; j, the given index symbol, is in range by
    assumption. Raises ProofError.
    """
    need(isinstance(gate, lang.Gates) and len(gate.ranges) == 1, f"{gate} is not a family of gates with one index")
    symbol, low, high = gate.ranges[0]
    need(low == 1 and bool(high.is_integer and high.is_nonnegative), f"{gate} is not numbered from 1")
    need(not lang.depends_on(gate.keep, symbol), f"the keep probabilities of {gate} differ")
    need(not is_random(gate.keep), f"the keep probability of {gate} is random")
    need(index != symbol and not lang.depends_on([high, gate], index), f"{index} has another meaning already")
    index_ranges([(index, 0, high)])
    shown = sp.Piecewise((1, sp.Eq(sp.Sum(gate[symbol], (symbol, 1, high)), index)), (0, True))
    chance = sp.binomial(high, index) * gate.keep**index * (1 - gate.keep) ** (high - index)
    law = certify("binomial law", st.equal(lang.E(shown), chance), given=in_range(index, 0, high))
    return law, certify("number of gates kept", st.equal(sp.Sum(shown, (index, 0, high)), 1))


# --- gates held at a value --------------------------------------------------------------------------------------

Values = Mapping[sp.Symbol, int]
# of these a value for each outcome follows from the values of their parts
_POINTWISE = (sp.Add, sp.Mul, sp.Pow, sp.Sum, sp.Product, sp.Max, sp.Min, sp.Abs, sp.exp, sp.Piecewise, ExprCondPair,
              sp.core.relational.Relational, lang.Relu, lang.Sigma, AppliedUndef)


def held(expr: Any, gate: lang.Gates, values: Values, *premises: Theorem) -> Theorem:
    """E([the gates at the given indices have the given values] expr) = probability * E(expr with these gates held).

    `values` gives 0 or 1 for index symbols, in range by assumption and different by the premises. The gates have one
    index and a fixed keep probability. Raises ProofError otherwise, and for an `expr` that may depend on them elsewise.
    """
    need(isinstance(gate, lang.Gates) and len(gate.ranges) == 1, f"{gate} is not a family of gates with one index")
    need(not is_random(gate.keep), f"the keep probability of {gate} is random")
    _, low, high = gate.ranges[0]
    weight: Any = sp.S.One
    chance: Any = sp.S.One
    given: list[Any] = []
    for place, value in values.items():
        need(place.is_Symbol and not isinstance(place, lang.Scalar), f"{place} is not an index symbol")
        need(value in (0, 1), f"a gate is 0 or 1, not {value}")
        index_ranges([(place, low, high)])
        given += in_range(place, low, high)
        keep = gate.keep_at((place,))
        weight *= gate[place] if value else 1 - gate[place]
        chance *= keep if value else 1 - keep
    for one, other in combinations(values, 2):
        need(entails([p.conclusion for p in premises], sp.Ne(one, other, evaluate=False)),
             f"{one} and {other} are not known to differ")
    conclusion = st.equal(lang.E(weight * expr), chance * lang.E(with_held(expr, gate, values)))
    return certify("gates held", conclusion, premises, given=given)


def with_held(expr: Any, gate: lang.Gates, values: Values) -> Any:
    """`expr` with gates held at 0 or 1; entries of recursions become those of recursions with indices for the places.

    Raises ProofError for an expression that may depend on the gates in other ways than through their entries.
    """
    expr = sp.sympify(expr)
    if not is_random(expr):
        return expr
    if isinstance(expr, lang.Element):
        need(not any(is_random(index) for index in expr.indices), f"a random index: {expr}")
        if isinstance(expr.family, lang.Gates):
            need(not is_random(expr.family.keep), f"the keep probability of {expr.family} is random")
            return _mask(gate, expr.indices[0], values) if expr.family == gate else expr
        need(isinstance(expr.family, lang.Recursion), f"{expr} may depend on the gates")
        layer, *rest = expr.indices
        return _with_places(expr.family, gate, values)[(layer, *values, *rest)]
    need(isinstance(expr, _POINTWISE), f"{expr} may depend on the gates")
    if isinstance(expr, sp.Pow):
        need(bool(expr.exp.is_Integer and expr.exp > 0), f"{expr} may be undefined for some outcomes")
    for symbol, *ends in lang.bound_limits(expr):
        need(symbol not in values, f"{symbol} is bound again in {expr}")
        need(not any(is_random(end) for end in ends), f"a random range: {expr}")
    args = [with_held(a, gate, values) for a in expr.args]
    if isinstance(expr, sp.core.relational.Relational):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)


def _mask(gate: lang.Gates, index: Any, values: Values) -> Any:
    """The gate at an index: its value where it is held, else the gate itself."""
    there = {place: sp.KroneckerDelta(index, place) for place in values}
    free = sp.Mul(*[1 - delta for delta in there.values()])
    return sp.Add(*[value * there[place] for place, value in values.items()]) + free * gate[index]


def _with_places(family: lang.Recursion, gate: lang.Gates, values: Values) -> lang.Recursion:
    """The recursion with the gates held, the places standing after its layer index."""
    need(not {r[0] for r in family.ranges} & set(values), f"an index of {family} has the name of a held one")
    slot = lang.placeholder(family.name, family.ranges)
    # a mean of it is taken over all outcomes, whatever is held outside
    need(not any(e.family == slot for mean in family.step.atoms(lang.Operator) for e in mean.atoms(lang.Element)),
         f"{family} is defined by means of itself")
    name = f"{family.name}({', '.join(f'{place}={value}' for place, value in values.items())})"
    layer, *rest = family.ranges
    ranges = (layer, *[(place, *gate.ranges[0][1:]) for place in values], *rest)
    fresh = lang.placeholder(name, ranges)
    calls = {e: fresh[(e.indices[0], *values, *e.indices[1:])] for e in family.step.atoms(lang.Element)
             if e.family == slot}
    base, step = (with_held(part, gate, values) for part in (family.base, family.step))
    return lang.recursion(name, ranges, base, step.xreplace(calls), family.domain)
