"""Expectations of polynomials in gates with symbolic indices: linearity, independence, idempotence.

E of a monomial splits into the product over independent factors. Two gates of one family with indices i and j are
equal or independent, so E(d_i d_j) = p_i p_j + [i = j](p_i - p_i p_j). What cannot be split stays E(...).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Expr, is_random, unfold
from dropout_theory.normal_form.canonical import collect, not_negative_within
from dropout_theory.normal_form.monomials import Binder, Term, rebuild, rename
from dropout_theory.normal_form.sums import multiply_all, terms_of

_MAX_GATES = 4


def expectation_terms(argument: Expr) -> list[Term]:
    """Terms of E(argument)."""
    found: list[Term] = []
    for term in collect(terms_of(_tidy(unfold(argument)))):
        if any(map(is_random, (end for binder in term.binders for end in binder[1:]))):
            # the mean of a sum is no sum of means where the number of terms varies with outcomes
            inside = rebuild([Term(sp.S.One, term.powers, term.binders)])
            found.append(Term(term.coefficient, ((lang.E(inside), sp.S.One),)))
            continue
        found += _expect(rename(term))  # factors are named afresh, and must not take the names of its indices
    return found


def _tidy(expr: Expr) -> Expr:
    """Cancel rational expressions in continuous random scalars before expanding."""
    scalars = [s for s in expr.free_symbols if isinstance(s, lang.RandomScalar)]
    if scalars and not expr.has(sp.Sum, sp.Product):
        return sp.expand(sp.cancel(sp.together(expr)))
    return expr


def _expect(term: Term) -> list[Term]:
    certain = [p for p in term.powers if not is_random(p[0]) and not is_random(p[1])]
    random = [p for p in term.powers if p not in certain]
    factors = _split(random, term.binders)
    result = multiply_all([[Term(term.coefficient, tuple(certain))], *factors])
    return [Term(t.coefficient, t.powers, (*term.binders, *t.binders)) for t in result]


def _split(random: list[tuple[Any, Any]], binders: tuple[Binder, ...]) -> list[list[Term]]:
    """Factors of E(product of powers), one list of terms for each independent group, under the binders of the term."""
    if not random:
        return []
    conditional = _given_scalars(random, binders)
    if conditional is not None:
        return [terms_of(unfold(lang.E(conditional)))]
    gates = [a for a, e in random if _is_gate(a) and e == 1]
    others = [(a, e) for a, e in random if not (_is_gate(a) and e == 1)]
    beside = [x for power in others for x in power]
    free = [g for g in gates if _is_simple(g) and _has_law(g, binders) and all(_independent(g, x) for x in beside)]
    tied = [g for g in gates if g not in free]
    if any(not _certainly_apart(a, b) for a in free for b in tied):
        tied, free = gates, []
    factors = _gate_factors(free)
    rest = others + [(g, sp.S.One) for g in tied]
    for group in _clusters(rest):
        moment = _scalar_moment(group)
        opaque = [Term(sp.S.One, ((lang.E(sp.Mul(*[a**e for a, e in group])), sp.S.One),))]
        factors.append(opaque if moment is None else moment)  # a moment that is 0 has no terms
    return factors


def _clusters(powers: list[tuple[Any, Any]]) -> list[list[tuple[Any, Any]]]:
    """Groups of factors that are independent of each other: no gate or scalar of one may be one of another."""
    groups: list[list[tuple[Any, Any]]] = []
    for power in powers:
        near = [g for g in groups if not all(_unrelated(sp.Tuple(*power), sp.Tuple(*other)) for other in g)]
        groups = [g for g in groups if g not in near] + [[p for g in near for p in g] + [power]]
    return groups


def _unrelated(left: Expr, right: Expr) -> bool:
    """Whether two random expressions are built from different independent gates and scalars."""
    return all(_different(a, b) for a in _leaves(left, frozenset()) for b in _leaves(right, frozenset()))


def _leaves(expr: Expr, bound: frozenset[Any]) -> list[tuple[Any, frozenset[Any]]]:
    """Random atoms of an expression, each with the index symbols bound around it."""
    if not is_random(expr):
        return []
    if isinstance(expr, (lang.Element, lang.Scalar)):
        return [(expr, bound)]
    bound = bound | {limit[0] for limit in lang.bound_limits(expr)}
    return [leaf for a in expr.args if isinstance(a, sp.Basic) for leaf in _leaves(a, bound)]


def _different(left: tuple[Any, frozenset[Any]], right: tuple[Any, frozenset[Any]]) -> bool:
    """Whether two random atoms are certainly different and independent."""
    (a, bound_a), (b, bound_b) = left, right
    if any(isinstance(x, lang.Element) and not (_is_gate(x) and _is_simple(x)) for x in (a, b)):
        return False
    if any(isinstance(x, lang.Scalar) and not (isinstance(x, lang.RandomScalar) and not any(map(is_random, x.law[1:])))
           for x in (a, b)):
        return False
    if not (_is_gate(a) and _is_gate(b) and a.family == b.family):
        return a != b
    return any((x - y).is_nonzero and not (x.free_symbols & bound_a or y.free_symbols & bound_b)
               for x, y in zip(a.indices, b.indices, strict=True))


def _given_scalars(random: list[tuple[Any, Any]], binders: tuple[Binder, ...]) -> Any:
    """The mean over gates given the random numbers and indices in their keep probabilities and indices.

    None when nothing is hierarchical, and when anything else is random beside the gates: it may depend on them.
    """
    gates = [a for a, e in random if _is_gate(a) and e == 1]
    others = [(a, e) for a, e in random if not (_is_gate(a) and e == 1)]
    if all(_is_simple(g) for g in gates) or not all(_has_law(g, binders) for g in gates):
        return None
    conditions = lang.random_atoms([*[g.family.keep for g in gates], *[i for g in gates for i in g.indices],
                                    *[x for power in others for x in power]])
    if not all(isinstance(x, (lang.RandomScalar, lang.RandomIndex)) for x in conditions):
        return None
    mean: Any = sp.Mul(*[a**e for a, e in others])
    families: dict[Any, list[Any]] = {}
    for g in gates:
        families.setdefault(g.family, []).append(g)
    for family, members in families.items():
        try:
            mean *= _gate_mean(family, [m.indices for m in members])
        except lang.CannotSubstitute:  # a mean in the keep probability does not take a random index
            return None
    return mean


def _is_gate(atom: Any) -> bool:
    return isinstance(atom, lang.Element) and isinstance(atom.family, lang.Gates)


def _is_simple(gate: Any) -> bool:
    """Whether a gate depends on no other random atom: neither its keep probability nor its index is random."""
    return not is_random(gate.family.keep) and not any(map(is_random, gate.indices))


def _has_law(gate: Any, binders: tuple[Binder, ...]) -> bool:
    """Whether a gate is kept with its keep probability under the binders: not where it may be out of its range."""
    return gate.family.has_law_at(gate.indices) or all(not_negative_within(gap, list(binders))
                                                       for gap in gate.family.gaps(gate.indices))


def _independent(gate: Any, other: Any) -> bool:
    """Whether a simple gate is known to be independent of another random atom (not a gate of the same family)."""
    if gate.family not in lang.random_atoms(other) and not _abstract(other):
        return True  # whatever it is made of, openly or hidden
    if isinstance(other, lang.Element):
        if any(map(is_random, other.indices)):
            return False
        family = other.family
        if isinstance(family, lang.Abstract):
            return gate.family.name in family.independent_of
        if isinstance(family, lang.Recursion):
            return _above(gate, other)
        if isinstance(family, lang.Gates):
            return False
    if isinstance(other, lang.Scalar):
        return False
    leaves = _leaves(other, frozenset())
    return bool(leaves) and all(_apart_from(gate, a, bound) for a, bound in leaves)


def _abstract(expr: Any) -> bool:
    return any(isinstance(x, lang.Abstract) for x in lang.random_atoms(expr))


def _apart_from(gate: Any, atom: Any, bound: frozenset[Any]) -> bool:
    """Whether a gate is independent of a random atom that stands under the binders of `bound`."""
    if not _is_gate(atom):
        return not (isinstance(atom, lang.Element) and atom.indices[0].free_symbols & bound) \
            and _independent(gate, atom)
    if atom.family != gate.family:
        return _independent(gate, atom)
    if not _is_simple(atom):
        return False
    return any((x - y).is_nonzero and not y.free_symbols & bound
               for x, y in zip(gate.indices, atom.indices, strict=True))


def _above(gate: Any, entry: Any) -> bool:
    """Whether a gate lies at or above the layer of an entry of a recursion, whose gates all lie below its layer.

    `Recursion` has checked the step; gates in the base must lie below the first layer, and whatever else is random
    in the definition, openly or hidden in a law or a keep probability, must be independent of the gate by itself.
    """
    family = entry.family
    if not gate.indices or not (gate.indices[0] - entry.indices[0]).is_nonnegative:
        return False  # a gate without an index lies in no layer
    for part in (family.base, family.step):
        if any(gate.family in lang.random_atoms(s) for s in part.free_symbols if isinstance(s, lang.RandomScalar)):
            return False
        for e in part.atoms(lang.Element):
            if isinstance(e.family, lang.Recursion) or any(map(is_random, e.indices)):
                return False
            if isinstance(e.family, lang.Abstract) and gate.family.name not in e.family.independent_of:
                return False
            if isinstance(e.family, lang.Gates) and (gate.family in lang.random_atoms(e.family.keep)
                                                     or _abstract(e.family.keep)):
                return False
            if part is family.base and e.family == gate.family and not (family.start - e.indices[0]).is_positive:
                return False
    return True


def _certainly_apart(a: Any, b: Any) -> bool:
    """Two gates that are different variables whatever the indices."""
    if a.family != b.family:
        return a.family not in lang.random_atoms(b)
    return _is_simple(b) and any((x - y).is_nonzero for x, y in zip(a.indices, b.indices, strict=True))


def _gate_factors(gates: list[Any]) -> list[list[Term]]:
    """E of a product of simple gates, as one factor per family."""
    families: dict[Any, list[Any]] = {}
    for g in gates:
        families.setdefault(g.family, []).append(g)
    factors = []
    for family, members in families.items():
        if len(members) > _MAX_GATES:
            factors.append([Term(sp.S.One, ((lang.E(sp.Mul(*members)), sp.S.One),))])
            continue
        factors.append(terms_of(_gate_mean(family, [m.indices for m in members])))
    return factors


def _gate_mean(family: Any, members: list[Any]) -> Any:
    """E of gates of one family: sum over which indices coincide."""
    if not members:
        return sp.S.One
    first, *rest = members
    if not rest:
        return family.keep_at(first)
    total: Any = sp.S.Zero
    distinct: Any = sp.S.One
    for position, other in enumerate(rest):
        equal = _coincide(first, other)
        if equal == 0:
            continue
        # `first` equals `other` and none of those before: one gate fewer
        total += distinct * equal * _gate_mean(family, rest)
        distinct *= 1 - equal
        del position
    return total + distinct * family.keep_at(first) * _gate_mean(family, rest)


def _coincide(a: Any, b: Any) -> Any:
    """1 when the index tuples are equal, as a product of Kronecker deltas."""
    product: Any = sp.S.One
    for x, y in zip(a, b, strict=True):
        if (x - y).is_nonzero:
            return sp.S.Zero
        product *= sp.S.One if x == y else sp.KroneckerDelta(x, y)
    return product


def _scalar_moment(rest: list[tuple[Any, Any]]) -> list[Term] | None:
    """Moments of a single uniform, normal (to order 4) or Bernoulli variable; None when it is anything else."""
    if len(rest) != 1:
        return None
    atom, order = rest[0]
    if not isinstance(atom, lang.RandomScalar) or not order.is_Integer or order < 1:
        return None
    kind, *parameters = atom.law
    if any(is_random(p) for p in parameters):
        return None
    if kind == "uniform":
        low, high = parameters
        return terms_of(sp.expand(sp.Add(*[low**k * high ** (order - k) for k in range(int(order) + 1)]) / (order + 1)))
    if kind == "bernoulli":
        return terms_of(parameters[0])
    mean, deviation = parameters
    moment = sum(sp.binomial(order, 2 * k) * sp.factorial2(2 * k - 1) * deviation ** (2 * k) * mean ** (order - 2 * k)
                 for k in range(int(order) // 2 + 1))
    return terms_of(sp.expand(moment))


__all__ = ["expectation_terms", "rebuild"]
