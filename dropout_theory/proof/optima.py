"""The excess risk of trained networks in closed form: from a bound on the criterion and a network that reaches it."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from dropout_theory import language as lang
from dropout_theory.claims import need
from dropout_theory.definedness.partiality import Partial
from dropout_theory.definedness.shown import defined
from dropout_theory.language import REAL, Aversion, HasValue
from dropout_theory.language import statements as st
from dropout_theory.normal_form import same
from dropout_theory.proof.algebra import _sides
from dropout_theory.proof.theorem import Theorem, certify, sees_to_its_arguments
from dropout_theory.proof.training import (
    Mapped,
    _loose,
    entries_in_range,
    laws_are_fixed,
    own_indices,
    parameters_replaced,
)


@sees_to_its_arguments
def aversion_value(aversion: Aversion, bound: Theorem, at_optimum: Theorem, optimum: tuple[Mapped, Theorem],
                   risk_bound: Theorem, best: tuple[Mapped, Theorem], reached_risk: Theorem | None = None) -> Theorem:
    """aversion = r - q, where r is the largest risk of a minimiser of the criterion and q the least risk of all.

    `bound` concludes m <= criterion and `at_optimum` criterion = m => risk = r, for all parameters; `optimum` gives
    values of parameters and the theorem that the criterion is m there. Where minimisers differ, `at_optimum` concludes
    risk <= r, and `reached_risk` that the risk is r at the values of `optimum`. `risk_bound` concludes q <= risk for
    all parameters and `best` gives values with risk = q. Raises ProofError otherwise.
    """
    own = set(aversion.parameters)
    least = _below(bound, aversion.criterion)
    need(isinstance(at_optimum.conclusion, sp.Implies), f"not an implication: {at_optimum.conclusion}")
    reached, consequence = at_optimum.conclusion.args
    for relation, left in ((reached, aversion.criterion), (consequence, aversion.risk)):
        kinds = sp.Eq if relation is reached or reached_risk is None else sp.Le
        need(isinstance(relation, kinds) and same(relation.args[0], left), f"{relation} is not about {left}")
    need(same(reached.args[1], least), f"{reached.args[1]} is not the bound {least}")
    risk = consequence.args[1]
    infimum = _below(risk_bound, aversion.risk)
    _reaches(aversion, aversion.criterion, *optimum, least)
    _reaches(aversion, aversion.risk, *best, infimum)
    theorems = [bound, at_optimum, optimum[1], risk_bound, best[1]]
    if reached_risk is not None:
        _reaches(aversion, aversion.risk, optimum[0], reached_risk, risk)
        theorems.append(reached_risk)
    for g in (g for t in theorems for g in t.given):
        need(not lang.depends_on(g, *own), f"assumption about the parameters: {g}")
    for value in (least, risk, infimum):
        need(not lang.depends_on(value, *own), f"{value} depends on the parameters")
        need(not lang.is_random(value), f"{value} is random")
        defined(value, [g for t in theorems for g in t.given])
    return certify("value at the optimum", st.equal(aversion, risk - infimum), theorems,
                   shown=[Partial(aversion, HasValue(aversion))])


class NoMinimiser(Boolean):
    """The criterion of an aversion (the only argument) has no least value, so that the aversion has none either."""

    about_a_statement = True


@sees_to_its_arguments
def unbounded(aversion: Aversion, level: lang.Scalar, values: Mapped, theorem: Theorem) -> Theorem:
    """The criterion has no minimiser, from a theorem that it is below `level` at values of parameters.

    The level is any real number, and the values may depend on it. Raises ProofError otherwise.
    """
    need(type(level) is lang.Scalar and level.domain == REAL, f"{level} is not any real number")
    need(not lang.depends_on(aversion, level) and level not in aversion.parameters, f"the criterion depends on {level}")
    for g in theorem.given:
        need(not lang.depends_on(g, level, *aversion.parameters), f"assumption about the level or the parameters: {g}")
    _real_values(aversion, values, theorem)
    kind, left, right = _sides(theorem.conclusion)
    need(kind is sp.Lt and same(left, parameters_replaced(aversion.criterion, values)) and right == level,
         f"{theorem.conclusion} does not say that the criterion is below {level}")
    return certify("no least value", NoMinimiser(aversion), [theorem])


def _below(theorem: Theorem, whole: Any) -> Any:
    kind, left, right = _sides(theorem.conclusion)
    need(kind is sp.Le and same(right, whole), f"{theorem.conclusion} does not bound {whole} from below")
    return left


def _reaches(aversion: Aversion, whole: Any, values: Mapped, theorem: Theorem, number: Any) -> None:
    """Raise ProofError unless the theorem says that `whole` is `number` at real, defined values of parameters."""
    _real_values(aversion, values, theorem)
    need(isinstance(theorem.conclusion, sp.Eq) and same(theorem.conclusion.args[0], parameters_replaced(whole, values))
         and same(theorem.conclusion.args[1], number), f"{theorem.conclusion} is not the value {number} of {whole}")


def _real_values(aversion: Aversion, values: Mapped, theorem: Theorem) -> None:
    """Raise ProofError unless the values are real numbers for parameters, defined under the theorem's assumptions."""
    laws_are_fixed(aversion)
    need(set(values) <= set(aversion.parameters), "values are given for other atoms than the parameters")
    need(not any(lang.depends_on(g, *own_indices(values)) for g in theorem.given), "an assumption restricts an index")
    for atom, body in values.items():
        body = sp.sympify(body)
        need(atom.domain.lower == -sp.oo and atom.domain.upper == sp.oo and not atom.domain.integer,
             f"{atom} does not range over all reals")
        need(not lang.depends_on(body, *aversion.parameters), f"{body} depends on the parameters")
        need(not _loose(body, atom, aversion), f"{body} has indices that {atom} does not")
        entries_in_range(body, atom)
        need(body.is_real is not False and not lang.is_random(body) and not body.has(AppliedUndef, sp.I),
             f"{body} is not real")
        defined(body, theorem.given)
