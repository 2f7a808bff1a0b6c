"""Truth of a statement quantified over all values of scalars: a hypothesis such as "f is convex" at a concrete f.

False when some drawn point refutes the body; true only when a rule proves the body for every value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import statements as st
from dropout_theory.evaluate import Evaluator, Truth, to_number

POINTS = 12
_SEED = 59


def truth_for_all(ev: Evaluator, statement: st.ForAll, bound: dict[Any, Any]) -> Truth:
    """FALSE, TRUE or UNKNOWN; raises what evaluating the body at a point raises (an undefined body is not true)."""
    from dropout_theory.instances import RandomChooser

    chooser = RandomChooser(_SEED, edges=0.6)
    for _ in range(POINTS):
        point = {s: to_number(chooser.number(s.name, s.domain)) for s in statement.bound_symbols}
        if ev.truth(statement.body, {**bound, **point}) is Truth.FALSE:
            return Truth.FALSE
    general = with_functions(statement.body, ev.values)
    if _proved(general):
        return Truth.TRUE
    special = with_scalars(general, ev.values, set(statement.bound_symbols))
    return Truth.TRUE if special != general and _proved(special) else Truth.UNKNOWN


def with_functions(expr: Any, values: Any) -> Any:
    """`expr` with concrete functions put for the undefined ones that `values` names."""
    if not getattr(expr, "args", ()):
        return expr
    args = [with_functions(a, values) if isinstance(a, sp.Basic) else a for a in expr.args]
    if isinstance(expr, AppliedUndef) and isinstance(values.get(expr.func), sp.Lambda):
        return values[expr.func](*args)
    if isinstance(expr, sp.core.relational.Relational):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)


def with_scalars(expr: Any, values: Any, keep: set[Any]) -> Any:
    """`expr` with the values of its scalars and family entries put in, but for the bound scalars."""
    from dropout_theory.proof.logic import put_values

    return put_values(expr, {k: v for k, v in values.items() if k not in keep and not isinstance(v, sp.Lambda)})


@lru_cache(maxsize=512)
def _proved(body: Any) -> bool:
    """Whether one rule proves the body for all values of its atoms."""
    from dropout_theory.checkers.symbolic import automatic
    from dropout_theory.proof import ProofError

    if body in (True, False):
        return bool(body)
    if body.atoms(AppliedUndef):
        return False
    try:
        automatic(body)
    except ProofError:
        return False
    return True
