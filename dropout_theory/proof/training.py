"""Rules for the excess risk of trained networks: equal criteria, other parametrisations, other units of loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import need
from dropout_theory.definedness.partiality import Partial
from dropout_theory.language import Aversion, HasValue
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_positive, same
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.theorem import Theorem, certify, sees_to_its_arguments, shows

Mapped = Mapping[Any, Any]


@sees_to_its_arguments
def same_training(aversion: Aversion, criterion: Theorem, risk: Theorem, *known: Theorem) -> Theorem:
    """The aversion with criterion and risk replaced by what the theorems say they equal for all parameters.

    What is `known` says of one of the two that it has a value. Raises ProofError when a theorem is about something
    else or assumes anything of the parameters.
    """
    new = []
    for theorem, side in ((criterion, aversion.criterion), (risk, aversion.risk)):
        need(isinstance(theorem.conclusion, sp.Eq) and theorem.conclusion.args[0] == side,
             f"not an equality for {side}")
        for g in theorem.given:
            need(not lang.depends_on(g, *aversion.parameters), f"assumption about the parameters: {g}")
        new.append(theorem.conclusion.args[1])
    other = Aversion(new[0], new[1], aversion.parameters)
    return certify("equal criteria", st.equal(aversion, other), [criterion, risk, *known],
                   shown=_value_together(aversion, other, known))


@sees_to_its_arguments
def homogeneous(aversion: Aversion, factor: Any, *known: Theorem) -> Theorem:
    """Multiplying criterion and risk by a positive number multiplies the aversion by it.

    What is `known` says of one of the two that it has a value. Raises ProofError.
    """
    factor = sp.sympify(factor)
    need(is_positive(factor), f"{factor} is not known to be positive")
    need(not lang.depends_on(factor, *aversion.parameters), f"{factor} depends on the parameters")
    need(not lang.is_random(factor), f"{factor} is random")
    bigger = Aversion(factor * aversion.criterion, factor * aversion.risk, aversion.parameters)
    return certify("units of loss", st.equal(bigger, factor * aversion), known,
                   shown=_value_together(aversion, bigger, known))


@sees_to_its_arguments
def reparametrised(aversion: Aversion, forward: Mapped, backward: Mapped, *premises: Theorem) -> Theorem:
    """The aversion is unchanged when parameters are replaced through a bijection: both range over the same networks.

    `forward` and `backward` give each replaced parameter as an expression in the parameters (a family in the symbols
    of its ranges); they must undo one another, and their denominators must be non-zero by the premises.
    A premise says of one of the two aversions that it has a value.
    Raises ProofError otherwise.
    """
    need(set(forward) == set(backward) and set(forward) <= set(aversion.parameters), "not a map of the parameters")
    known = [t.conclusion for t in premises]
    for g in (g for t in premises for g in t.given):
        need(not lang.depends_on(g, *aversion.parameters, *own_indices(forward)),
             f"assumption about the parameters: {g}")
    laws_are_fixed(aversion)
    for atom in forward:
        need(atom.domain.lower == -sp.oo and atom.domain.upper == sp.oo and not atom.domain.integer,
             f"{atom} does not range over all reals")
        for body in (forward[atom], backward[atom]):
            body = sp.sympify(body)
            need(not lang.depends_on(body.xreplace({_own(atom): sp.S.Zero}), *aversion.parameters),
                 f"{body} mixes parameters or their indices")
            need(not _loose(body, atom, aversion), f"{body} has indices that {atom} does not")
            entries_in_range(body, atom)
            need(_real(body) and not lang.is_random(body), f"{body} is not a real number for each parameter")
            for power in body.atoms(sp.Pow):
                need(bool(power.exp.is_Integer), f"{power} may not be defined")
                need(bool(power.exp > 0) or is_positive(power.base) or entails(known, _nonzero(power.base))
                     or any(_nonzero_everywhere(c, power.base) for c in known), f"{power.base} may be zero")
        for one, other in ((forward, backward), (backward, forward)):
            back = parameters_replaced(one[atom], other)
            need(same(back, _own(atom)) or entails(known, st.equal(back, _own(atom))),
                 f"the maps of {atom} do not undo one another")
    moved = Aversion(parameters_replaced(aversion.criterion, forward), parameters_replaced(aversion.risk, forward),
                     aversion.parameters)
    return certify("change of parameters", st.equal(aversion, moved), premises,
                   shown=_value_together(aversion, moved, premises))


@sees_to_its_arguments
def has_value(aversion: Aversion, theorem: Theorem) -> Theorem:
    """That an aversion has a value, from a theorem that shows it: it speaks of it. Raises ProofError."""
    shows(theorem, [Partial(aversion, HasValue(aversion))])
    return certify("what is spoken of exists", HasValue(aversion), [theorem])


def _value_together(one: Aversion, other: Aversion, known: Sequence[Theorem]) -> list[Partial]:
    """What a rule shows of two aversions either of which has a value where the other has: that of the unknown one.

    The one that `known` mentions must have a value by what is known, as `certify` asks.
    """
    if one == other:
        return []
    is_known = any(other in theorem.conclusion.atoms(Aversion) for theorem in known)
    missing = one if is_known else other
    return [Partial(missing, HasValue(missing))]


def parameters_replaced(expr: Any, mapping: Mapped) -> Any:
    """`expr` with parameters replaced, inside definitions by recursion too."""
    if expr in mapping and not isinstance(expr, lang.Family):
        return sp.sympify(mapping[expr])
    if isinstance(expr, lang.Recursion):
        base, step = (parameters_replaced(e, mapping) for e in (expr.base, expr.step))
        return lang.Recursion(expr.name, expr.domain, expr.ranges, False, base, step)
    if isinstance(expr, lang.Element):
        indices = [parameters_replaced(index, mapping) for index in expr.indices]
        if expr.family in mapping:
            return expr.family.at(sp.sympify(mapping[expr.family]), indices)
        return lang.Element(parameters_replaced(expr.family, mapping), *indices)
    if not expr.args:
        return expr
    args = [parameters_replaced(a, mapping) if isinstance(a, sp.Basic) else a for a in expr.args]
    return expr if args == list(expr.args) else expr.func(*args)


def _own(atom: Any) -> Any:
    return atom[tuple(r[0] for r in atom.ranges)] if isinstance(atom, lang.Family) else atom


def _real(body: Any) -> bool:
    """Built from real atoms by sums, products and powers; that powers are defined is checked beside it."""
    if isinstance(body, (sp.Add, sp.Mul)):
        return all(_real(a) for a in body.args)
    return _real(body.base) if isinstance(body, sp.Pow) else body.is_real is True


def _loose(body: Any, atom: Any, aversion: Aversion) -> set[Any]:
    """Names in a map that are not indices of the mapped family, and that a sum could capture: indices, and what binds
    something in the criterion or the risk."""
    bound = {x for part in (aversion.criterion, aversion.risk) for x in _bound_within(part)}
    return {x for x in lang.dependencies(body) if isinstance(x, sp.Symbol)
            and (x in bound or not isinstance(x, lang.Scalar))} - set(own_indices([atom]))


def _bound_within(expr: Any) -> set[Any]:
    """What is bound anywhere in an expression, in definitions by recursion and in laws too."""
    found = set(lang.bound_anywhere(expr))
    for family in {e.family for e in expr.atoms(lang.Element)}:
        found |= {r[0] for r in family.ranges}
        if isinstance(family, lang.Recursion):
            found |= _bound_within(family.base) | _bound_within(family.step)
    return found


def own_indices(atoms: Iterable[Any]) -> list[Any]:
    """The indices under which maps are written of the families among some parameters."""
    return [r[0] for atom in atoms if isinstance(atom, lang.Family) for r in atom.ranges]


def _nonzero(expr: Any) -> Any:
    return sp.Ne(expr, 0, evaluate=False)


def _nonzero_everywhere(condition: Any, entry: Any) -> bool:
    """Whether the condition says `entry` != 0 for the whole range of its family."""
    if not isinstance(condition, st.ForEach) or not isinstance(entry, lang.Element):
        return False
    family = entry.family
    wanted = st.ForEach(_nonzero(_own(family)), *[tuple(r) for r in family.ranges])
    return matches(condition, wanted)


def entries_in_range(body: Any, atom: Any) -> None:
    """Raise ProofError for an entry that a family has not at every index of the family among the parameters."""
    own = {r[0]: r[1:] for r in atom.ranges} if isinstance(atom, lang.Family) else {}
    for entry in body.atoms(lang.Element):
        for at, (_, *ends) in zip(entry.indices, entry.family.ranges, strict=True):
            need(tuple(ends) == own[at] if at in own else not lang.depends_on(at, *own),
                 f"{entry} may be out of range")


def laws_are_fixed(aversion: Aversion) -> None:
    """Raise ProofError where a law depends on a parameter: values put for it would not reach the law."""
    for part in (aversion.criterion, aversion.risk):
        need(not _in_a_law(part, aversion.parameters), f"a law in {part} depends on a parameter")


def _in_a_law(expr: Any, atoms: Any) -> bool:
    """Whether a law, keep probability or distribution depends on one of the atoms; definitions by recursion may."""
    for atom in {*expr.atoms(lang.Scalar), *[e.family for e in expr.atoms(lang.Element)]}:
        if isinstance(atom, lang.Recursion):
            if _in_a_law(atom.base, atoms) or _in_a_law(atom.step, atoms):
                return True
        elif not lang.hidden_dependencies(atom).isdisjoint(atoms):
            return True
    return False
