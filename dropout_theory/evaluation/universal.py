"""Truth of a statement quantified over all values of scalars: a hypothesis such as "f is convex" at a concrete f.

False when some drawn point refutes the body; true only when the prover that the evaluator was given proves the body
for every value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.values import Truth, to_number
from dropout_theory.language import Expr, Statement, Values
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_nonnegative

POINTS = 12
_SEED = 59


def truth_for_all(ev: Any, statement: st.ForAll, bound: dict[Any, Any]) -> Truth:
    """FALSE, TRUE or UNKNOWN; raises what evaluating the body at a point raises (an undefined body is not true)."""
    functions = tuple((k, v) for k, v in ev.values.items() if isinstance(v, sp.Lambda))
    general = _concrete(statement, functions)
    if ev.proves is not None and ev.proves(general):
        return Truth.TRUE
    if not general.free_symbols:
        return _sampled_once(ev.__class__, general)
    if _sampled(ev, statement, bound) is Truth.FALSE:
        return Truth.FALSE
    if ev.proves is None:
        return Truth.UNKNOWN
    special = with_scalars(general.body, ev.values, set(statement.bound_symbols))
    return Truth.TRUE if special != general.body and ev.proves(st.ForAll(special, *statement.limits)) else Truth.UNKNOWN


def _sampled(ev: Any, statement: st.ForAll, bound: dict[Any, Any]) -> Truth:
    """FALSE when a drawn point refutes the body, else UNKNOWN."""
    chooser = RandomChooser(_SEED, edges=0.6)
    for _ in range(POINTS):
        point = {s: to_number(chooser.number(s.name, s.domain)) for s in statement.bound_symbols}
        if ev.truth(statement.body, {**bound, **point}) is Truth.FALSE:
            return Truth.FALSE
    return Truth.UNKNOWN


@lru_cache(maxsize=512)
def _sampled_once(evaluator: type, statement: st.ForAll) -> Truth:
    return _sampled(evaluator({}), statement, {})


@lru_cache(maxsize=512)
def _concrete(statement: st.ForAll, functions: tuple[tuple[Any, sp.Lambda], ...]) -> st.ForAll:
    return st.ForAll(with_functions(statement.body, dict(functions)), *statement.limits)


def with_functions(expr: Expr | Statement, values: Values) -> Any:
    """`expr` with concrete functions put for the undefined ones that `values` names."""
    if not getattr(expr, "args", ()):
        return expr
    args = [with_functions(a, values) if isinstance(a, sp.Basic) else a for a in expr.args]
    if isinstance(expr, AppliedUndef) and isinstance(values.get(expr.func), sp.Lambda):
        return values[expr.func](*args)
    if isinstance(expr, sp.core.relational.Relational):
        return expr.func(*args, evaluate=False)
    return _joined(args) if isinstance(expr, sp.Mul) else expr.func(*args)


def _joined(factors: list[Any]) -> Any:
    """Their product, powers of one non-negative base with non-negative exponents in one: 0^p 0^(1-p) is 0."""
    exponents: dict[Any, Any] = {}
    rest = []
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if is_nonnegative(base) and is_nonnegative(exponent):
            exponents[base] = exponents.get(base, 0) + exponent
        else:
            rest.append(factor)
    return sp.Mul(*rest, *[base**exponent for base, exponent in exponents.items()])


def with_scalars(expr: Expr | Statement, values: Values, keep: set[Any]) -> Any:
    """`expr` with the values of its scalars and family entries put in, but for the bound scalars."""
    return lang.put_values(expr, {k: v for k, v in values.items() if k not in keep and not isinstance(v, sp.Lambda)})
