"""Rules of algebra: identities by normal form, real arithmetic, rewriting, closed evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import ProofError, need
from dropout_theory.definedness.partiality import partial_terms, promised
from dropout_theory.language import statements as st
from dropout_theory.normal_form import same
from dropout_theory.proof import scope
from dropout_theory.proof.theorem import Theorem, Without, certify, sees_to_its_arguments, without


def identity(left: Any, right: Any, *premises: Theorem) -> Theorem:
    """left = right for every size and value, by the normal form of finite sums; premises may show both to be defined.

    Raises ProofError.
    """
    if not same(left, right):  # written out where it is needed: to print takes longer than many a rule
        raise ProofError(f"normal forms differ: {left} and {right}")
    return certify("normal form", st.equal(left, right), premises)


def arithmetic(conclusion: Any, *premises: Theorem) -> Theorem:
    """The premises and the domains imply the conclusion over the reals (z3). Raises ProofError."""
    if not entails([p.conclusion for p in premises], conclusion):
        raise ProofError(f"not implied over the reals: {conclusion}")
    return certify("real arithmetic", conclusion, premises)


def restate(theorem: Theorem, statement: Any) -> Theorem:
    """The same relation with sides of equal normal form, possibly written the other way round."""
    if not matches(theorem.conclusion, statement):
        raise ProofError(f"{theorem.conclusion} is not {statement} up to normal form")
    return certify("normal form", statement, [theorem])


_MIRROR = {sp.Ge: sp.Le, sp.Gt: sp.Lt}


def _sides(relation: Any) -> tuple[type, Any, Any]:
    if type(relation) in _MIRROR:
        return _MIRROR[type(relation)], relation.args[1], relation.args[0]
    return type(relation), *relation.args


def matches(found: Any, wanted: Any) -> bool:
    """Whether two statements are the same up to normal forms of the expressions in them."""
    found, wanted = lang.unnamed((found, wanted))
    if found == wanted:
        return True
    relational = sp.core.relational.Relational
    if isinstance(found, relational) and isinstance(wanted, relational):
        kind, a, b = _sides(found)
        other, c, d = _sides(wanted)
        if kind is not other:
            return False
        if same(a, c) and same(b, d):
            return True
        if kind in (sp.Eq, sp.Ne):
            return same(a - b, c - d) or same(a - b, d - c)
        return same(a - b, c - d)
    for kind in (sp.And, sp.Or):
        if isinstance(found, kind) and isinstance(wanted, kind):  # in whatever order
            these, those = lang.parts(found), lang.parts(wanted)
            return all(any(matches(f, w) for f in these) for w in those) \
                and all(any(matches(f, w) for w in those) for f in these)
    if type(found) is not type(wanted) or len(found.args) != len(wanted.args):
        return False
    if isinstance(found, (st.ForEach, st.Exists, st.ForAll)):
        if [_kind(b) for b in found.bound_symbols] != [_kind(b) for b in wanted.bound_symbols]:
            return False
        names = _common_names(found, wanted)
        if _ends(found, names) != _ends(wanted, names):
            return False
        bodies = [lang.substitute(whole.body, dict(zip(whole.bound_symbols, names, strict=True)))
                  for whole in (found, wanted)]
        # what exists, or holds for small scales, need not be defined elsewhere: no other rule looks at the terms there
        return matches(*bodies) and (not isinstance(found, st.Exists) or _defined_alike(*bodies))
    if isinstance(found, st.SameToOrder):
        return found.scale == wanted.scale and found.order == wanted.order \
            and same(found.left, wanted.left) and same(found.right, wanted.right) \
            and _defined_alike(sp.Tuple(*found.args[:2]), sp.Tuple(*wanted.args[:2]))
    if isinstance(found, sp.logic.boolalg.Boolean):
        return all(matches(f, w) if isinstance(f, sp.logic.boolalg.Boolean) else f == w
                   for f, w in zip(found.args, wanted.args, strict=True))
    return False


def _defined_alike(found: Any, wanted: Any) -> bool:
    """Whether two expressions or statements are defined at the same values, term by term."""
    return set(partial_terms(found)) == set(partial_terms(wanted))


def _ends(statement: Any, names: list[Any]) -> list[tuple[Any, ...]]:
    """The ends of each range, an index bound before it under its common name."""
    ends = []
    for place, limit in enumerate(statement.limits):
        before = dict(zip(statement.bound_symbols[:place], names[:place], strict=True))
        ends.append(tuple(lang.substitute(e, before) for e in limit.args[1:]))
    return ends


def _common_names(found: Any, wanted: Any) -> list[Any]:
    """Names for the bound symbols of both statements that are free in neither."""
    taken = lang.dependencies([found.body, wanted.body])
    names: list[Any] = []
    for other, bound in zip(found.bound_symbols, wanted.bound_symbols, strict=True):
        if not isinstance(bound, lang.Scalar):
            # what is known of one of them alone is not known of both
            known = bound.assumptions0 if other.assumptions0 == bound.assumptions0 else {"integer": True}
            names.append(sp.Dummy(bound.name, **known))
        else:
            name = bound.renamed(bound.name + "'")
            while name in taken or name in names:
                name = name.renamed(name.name + "'")
            names.append(name)
    return names


def _kind(bound: Any) -> Any:
    """What a bound name ranges over, but for the range of an index: two names of a kind stand for the same values."""
    return (type(bound), bound.domain, bound._details) if isinstance(bound, lang.Scalar) else None


def rewrite(theorem: Theorem, *equalities: Theorem, indices: Iterable[Any] = ()) -> Theorem:
    """Replace left sides of equalities by their right sides in the conclusion, inside sums too.

    `indices` are the free index symbols of the equalities that stand for any value: every instance of the left
    side is replaced. Assumptions of an equality that mention them must follow, at each instance, from the ranges of
    the sums around it; where they speak of no bound index they become assumptions of the result.
    """
    indices = tuple(indices)
    conclusion, parts, given = _rewriting(theorem.conclusion, equalities, indices)
    # both sides of an equality are defined wherever it holds, and so is what contains the one in place of the other
    return certify("rewriting", conclusion, [theorem, *parts], given=given, shown=partial_terms(conclusion),
                   arguments={"indices": indices})


def rewritten(expr: Any, *equalities: Theorem, indices: Iterable[Any] = ()) -> Theorem:
    """expr = expr with left sides of the equalities replaced by right sides, as `rewrite` does. Raises ProofError."""
    expr, indices = sp.sympify(expr), tuple(indices)
    moved, parts, given = _rewriting(expr, equalities, indices)
    before = certify("reflexivity", st.equal(expr, expr), parts, given=given)
    return certify("rewriting", st.equal(expr, moved), [before, *parts], given=given, shown=partial_terms(moved),
                   arguments={"indices": indices})


def _rewriting(conclusion: Any, equalities: Iterable[Theorem],
               indices: Iterable[Any]) -> tuple[Any, list[Without], list[Any]]:
    """A statement or expression rewritten, the premises of the step, and the assumptions that instances add."""
    wild = set(indices)
    need(all(lang.may_be_bound(s) and not promised(s) and not isinstance(s, lang.Scalar) for s in wild),
         f"not all of {wild} are index symbols, which stand for any integer")
    general: list[Without] = []
    given: list[Any] = []
    for equality in equalities:
        need(isinstance(equality.conclusion, sp.Eq), f"not an equality: {equality.conclusion}")
        places = [g for g in equality.given if lang.depends_on(g, *wild)]
        need(all(isinstance(g, (sp.Ge, sp.Le, sp.Gt, sp.Lt)) and not lang.is_random(g) for g in places),
             "an assumption restricts a rewritten index")
        general.append(without(equality, places))
        fixed = equality.given - frozenset(places)
        averaged, bound = conclusion.has(lang.Operator), lang.bound_anywhere(conclusion)
        need(not any(lang.depends_on(g, *bound) or averaged and lang.is_random(g) for g in fixed),
             "an assumption is about an index, a scale, a parameter or a random atom that the conclusion may bind")
        found: list[Any] = []
        left, right = equality.conclusion.args
        if left in bound:
            raise ProofError(f"{left} is bound in the conclusion")
        conclusion = _replace(conclusion, left, right, wild, places, ((), frozenset()), found)
        given += found
    return conclusion, general, given


_Around = tuple[tuple[Any, ...], frozenset[Any]]  # ranges, and symbols that are bound without a range


def _replace(expr: Any, left: Any, right: Any, wild: set[Any], places: list[Any], around: _Around,
             given: list[Any]) -> Any:
    """`expr` with instances of `left` replaced. `places` are assumptions about wild indices: each instance of one
    must follow from the ranges `around` it, or goes to `given`."""
    found = _match(left, expr, wild)
    if found is not None:
        need(not any(map(lang.is_random, found.values())), f"a random index in {expr}")
        given += _unsettled([lang.substitute(g, found) for g in places], around)
        return lang.substitute(right, found)
    if not expr.args:
        return expr
    inner = _further_in(expr, around)
    args = [_replace(a, left, right, wild, places, inner, given) if isinstance(a, sp.Basic) else a for a in expr.args]
    if args == list(expr.args):
        return expr
    if isinstance(expr, sp.core.relational.Relational):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)


def _further_in(expr: Any, around: _Around) -> _Around:
    """What is bound around the parts of an expression, beside what is bound around itself."""
    ranges, loose = around
    limits, parts = lang.bound_limits(expr), lang.scopes(expr)
    bound = frozenset().union(*[symbols for _, symbols in parts])
    ranged = {symbol for symbol, *ends in limits if len(ends) == 2}
    # a symbol that one part binds may stand free in another, such as the end of its own range
    free = {s for part, symbols in parts for s in bound - symbols if lang.depends_on(part, s)}
    return ranges + limits, loose | (bound - ranged) | free


def _unsettled(conditions: list[Any], around: _Around) -> list[Any]:
    """The conditions that speak of no bound index. Raises ProofError where another does not follow from the ranges."""
    limits, loose = around
    bound = {limit[0] for limit in limits}
    ranges = [c for symbol, *ends in limits if len(ends) == 2 for c in scope.in_range(symbol, *ends)]
    left = []
    for condition in conditions:
        if not lang.depends_on(condition, *bound, *loose):
            left.append(condition)
        else:
            # a symbol bound twice would mix the two ranges
            need(len(bound) == len(limits) and not lang.depends_on(condition, *loose) and entails(ranges, condition),
                 f"index not known to be in range: {condition}")
    return left


def _match(pattern: Any, expr: Any, wild: set[Any]) -> dict[Any, Any] | None:
    if not wild:
        return {} if pattern == expr else None
    if isinstance(pattern, lang.Element):
        if not isinstance(expr, lang.Element) or expr.family != pattern.family:
            return None
        found: dict[Any, Any] = {}
        for p, e in zip(pattern.indices, expr.indices, strict=True):
            if p in wild:
                if found.setdefault(p, e) != e:
                    return None
            elif sp.expand(p - e) != 0:
                return None
        return found
    return {} if pattern == expr else None


def evaluated(statement: Any) -> Theorem:
    """A statement without free atoms, decided by exact or ball arithmetic. Raises ProofError."""
    from dropout_theory.evaluation.enumeration import expectation
    from dropout_theory.evaluation.evaluator import judge
    from dropout_theory.evaluation.values import Truth, Unsupported

    need(not lang.dependencies(statement), f"free atoms: {lang.dependencies(statement)}")
    try:
        found = judge(statement, {}, expectation)
    except Unsupported as error:
        raise ProofError(f"cannot evaluate {statement}: {error}") from None
    need(found.truth is Truth.TRUE, f"{statement} is {found.truth.name.lower()}")
    return certify("evaluation", statement)


def unfolded(element: lang.Element, *premises: Theorem) -> Theorem:
    """element = its definition, for an entry of a Recursion at its first layer or provably above it.

    Where the domain of the recursion tells more than its definition does out of its ranges, the entry must provably be
    in them. Raises ProofError.
    """
    family = element.family
    need(isinstance(family, lang.Recursion), f"{element} is not defined by recursion")
    layer = element.indices[0]
    assert isinstance(family, lang.Recursion)
    known = [p.conclusion for p in premises]
    if sp.expand(layer - family.start) != 0:
        need(entails(known, sp.Ge(layer, family.start + 1, evaluate=False)),
             f"layer {layer} is not known to lie above {family.start}")
    if not family.keeps_to_domain(element.indices):  # its domain is believed where its maker has looked only
        for gap in family.gaps(element.indices):
            need(entails(known, sp.Ge(gap, 0, evaluate=False)), f"{element} is not known to be in its ranges")
    return certify("definition", st.equal(element, family.unfold(element.indices)), premises)


@sees_to_its_arguments
def minimum_bound(extreme: Any, index: Any) -> Theorem:
    """min <= entry <= max: bounds an entry of a family by Smallest or Largest, given that the index is in its range."""
    need(isinstance(extreme, (lang.Largest, lang.Smallest)), f"not a Largest or Smallest: {extreme}")
    bound, *ends = extreme.args[1].args
    index = sp.sympify(index)
    need(bool(index.is_integer), f"{index} is not an integer")
    entry = lang.substitute(extreme.args[0], {bound: index})
    sides = (entry, extreme) if isinstance(extreme, lang.Largest) else (extreme, entry)
    return certify("extreme", st.less_equal(*sides), given=scope.in_range(index, *ends))


def extreme_attained(extreme: Any, bound_theorem: Theorem, index: Any) -> Theorem:
    """From entry <= b (or b <= entry) for every index conclude max <= b (or b <= min)."""
    symbol, *ends = extreme.args[1].args
    index = sp.sympify(index)
    part = scope.over_range(bound_theorem, (index, *ends))
    entry = lang.substitute(extreme.args[0], {symbol: index})
    kind, left, right = _sides(bound_theorem.conclusion)
    need(kind in (sp.Le, sp.Lt), f"not an inequality: {bound_theorem.conclusion}")
    bound = right if isinstance(extreme, lang.Largest) else left
    need(not lang.depends_on([bound, extreme], index), f"{bound} or {extreme} depends on the index {index}")
    if isinstance(extreme, lang.Largest) and left == entry:
        return certify("extreme", kind(extreme, right, evaluate=False), [part], binds=[index])
    if isinstance(extreme, lang.Smallest) and right == entry:
        return certify("extreme", kind(left, extreme, evaluate=False), [part], binds=[index])
    raise ProofError(f"{bound_theorem.conclusion} does not bound {entry}")
