"""Truth of a statement quantified over all values of scalars: a hypothesis such as "f is convex" at a concrete f.

False when some drawn point refutes the body; true only when a rule proves the body for every value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory import statements as st
from dropout_theory.evaluate import Evaluator, Truth, to_number

POINTS = 12
_SEED = 59


def truth_for_all(ev: Evaluator, statement: st.ForAll, bound: dict[Any, Any]) -> Truth:
    """FALSE, TRUE or UNKNOWN; raises what evaluating the body at a point raises (an undefined body is not true)."""
    functions = tuple((k, v) for k, v in ev.values.items() if isinstance(v, sp.Lambda))
    general = _concrete(statement, functions)
    if _proved(general):
        return Truth.TRUE
    if not general.free_symbols:
        return _sampled_once(general)
    if _sampled(ev, statement, bound) is Truth.FALSE:
        return Truth.FALSE
    special = with_scalars(general.body, ev.values, set(statement.bound_symbols))
    return Truth.TRUE if special != general.body and _proved(st.ForAll(special, *statement.limits)) else Truth.UNKNOWN


def _sampled(ev: Evaluator, statement: st.ForAll, bound: dict[Any, Any]) -> Truth:
    """FALSE when a drawn point refutes the body, else UNKNOWN."""
    from dropout_theory.instances import RandomChooser

    chooser = RandomChooser(_SEED, edges=0.6)
    for _ in range(POINTS):
        point = {s: to_number(chooser.number(s.name, s.domain)) for s in statement.bound_symbols}
        if ev.truth(statement.body, {**bound, **point}) is Truth.FALSE:
            return Truth.FALSE
    return Truth.UNKNOWN


@lru_cache(maxsize=512)
def _sampled_once(statement: st.ForAll) -> Truth:
    return _sampled(Evaluator({}), statement, {})


@lru_cache(maxsize=512)
def _concrete(statement: st.ForAll, functions: tuple[tuple[Any, sp.Lambda], ...]) -> st.ForAll:
    return st.ForAll(with_functions(statement.body, dict(functions)), *statement.limits)


def with_functions(expr: Any, values: Any) -> Any:
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
    from dropout_theory.signs import is_nonnegative

    exponents: dict[Any, Any] = {}
    rest = []
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if is_nonnegative(base) and is_nonnegative(exponent):
            exponents[base] = exponents.get(base, 0) + exponent
        else:
            rest.append(factor)
    return sp.Mul(*rest, *[base**exponent for base, exponent in exponents.items()])


def with_scalars(expr: Any, values: Any, keep: set[Any]) -> Any:
    """`expr` with the values of its scalars and family entries put in, but for the bound scalars."""
    from dropout_theory.proof.logic import put_values

    return put_values(expr, {k: v for k, v in values.items() if k not in keep and not isinstance(v, sp.Lambda)})


@lru_cache(maxsize=512)
def _proved(statement: st.ForAll) -> bool:
    """Whether one rule proves the body for all values of its atoms, or a second derivative its convexity."""
    from dropout_theory.checkers.symbolic import automatic
    from dropout_theory.proof import ProofError

    body = statement.body
    if body in (True, False):
        return bool(body)
    if body.atoms(AppliedUndef):
        return False
    for attempt in (lambda: automatic(body), lambda: _by_curvature(statement)):
        try:
            attempt()
        except ProofError:
            continue
        return True
    return False


def _by_curvature(statement: st.ForAll) -> None:
    """Raise ProofError unless the statement is the convexity of a function whose second derivative is >= 0."""
    from dropout_theory.definitions import unfold
    from dropout_theory.proof import ProofError, arithmetic, matches
    from dropout_theory.proof.universal import convex_by_curvature, convexity

    if not isinstance(statement.body, sp.Le) or len(statement.bound_symbols) != 3:
        raise ProofError("not a statement of convexity")
    x, _, theta = statement.bound_symbols
    f = unfold(lang.substitute(statement.body.args[1], {theta: sp.S.One}))
    if not matches(statement, convexity(f, x)):
        raise ProofError("not a statement of convexity")
    convex_by_curvature(f, x, arithmetic(st.less_equal(0, sp.diff(f, x, 2))))
