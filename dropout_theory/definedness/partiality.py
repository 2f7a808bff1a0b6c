"""Terms that are not defined everywhere: one list, with what makes each defined and what is known where it stands.

Known where a term stands are the ranges of the sums around it, the premises of the implication whose conclusion it is
in, the conjuncts before its own, the case it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import ProofError
from dropout_theory.language import registry
from dropout_theory.language import statements as st
from dropout_theory.language.binding import put
from dropout_theory.language.dependence import averaged_dependencies
from dropout_theory.normal_form import is_nonnegative, is_positive

_RELATIONAL = sp.core.relational.Relational


@dataclass(frozen=True)
class Partial:
    """A term that is not defined everywhere, what makes it defined, and what is known where it stands.

    `condition` is None where nothing that could be shown would do. Symbols that are bound around the term stand in it
    under names of their own. An `averaged` term stands in a mean: it must be defined at every outcome, and what is
    known of one outcome says nothing of the others.
    """

    term: Any
    condition: Any
    known: tuple[Any, ...] = ()
    averaged: bool = False

    def under(self, *facts: Any) -> Partial:
        """The same term where these facts hold, too, which are known around it."""
        return self.given(*(fixed(facts) if self.averaged else facts))

    def given(self, *facts: Any) -> Partial:
        """The same term where these facts hold, too, at one outcome or at all."""
        return replace(self, known=(*facts, *self.known))

    def inside_a_mean(self) -> Partial:
        """The same term where a mean is taken over it."""
        said = (self.term, self.condition, *self.known)
        return replace(self, averaged=self.averaged or any(map(lang.is_random, said)))

    def at(self, values: Mapping[Any, Any]) -> Partial:
        """The same term at an instance."""
        condition = None if self.condition is None else lang.put_values(self.condition, values)
        return replace(self, term=lang.put_values(self.term, values), condition=condition,
                       known=tuple(lang.put_values(k, values) for k in self.known))

    def moved(self, mapping: dict[Any, Any]) -> Partial:
        """The same term with other names for bound symbols."""
        condition = None if self.condition is None else put(self.condition, mapping)
        return replace(self, term=put(self.term, mapping), condition=condition,
                       known=tuple(put(k, mapping) for k in self.known))


def taken_apart(facts: Iterable[Any]) -> list[Any]:
    """Facts and, beside each conjunction, what it says part by part."""
    found: list[Any] = []
    for fact in facts:
        found.append(fact)
        if isinstance(fact, sp.And):
            found += taken_apart(fact.args)
    return found


def fixed(facts: Iterable[Any]) -> list[Any]:
    """The facts that are the same at every outcome."""
    return [fact for fact in taken_apart(facts) if not lang.is_random(fact)]


def partial_terms(expr: Any) -> tuple[Partial, ...]:
    """The terms of an expression or statement that its shape does not show to be defined, each once."""
    return _partial(expr) if isinstance(expr, sp.Basic) else ()


def condition_of(node: Any) -> Any:
    """What makes a term itself defined, its parts aside; None where its shape does, or nothing that could be shown."""
    own = next(_own(node), None)
    return None if own is None or isinstance(own.condition, AnyOf) else own.condition


def implied(known: list[Any], wanted: Any) -> bool:
    if wanted in (True, False):
        return bool(wanted)
    try:
        return entails(known, wanted)
    except ProofError:
        return False


class AnyOf(sp.logic.boolalg.Boolean):
    """Conditions one of which must hold at every outcome: not the same as their disjunction at each outcome."""


class Law(sp.Basic):
    """The law of a gate or a Bernoulli variable: its chance shows, so that binding a name in it makes another term."""

    def _sympystr(self, printer: Any) -> str:
        variable, chance = map(printer._print, self.args)
        return f"the law of {variable}, 1 with probability {chance},"


class Member(sp.Basic):
    """An entry of a recursion, in the domain that is declared for it: its definition shows, as a law's chance does."""

    def _sympystr(self, printer: Any) -> str:
        entry, value = map(printer._print, self.args)
        return f"the entry {entry} = {value} in its domain"


# --- how the parts of an expression are walked ---------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def _partial(expr: sp.Basic) -> tuple[Partial, ...]:
    return tuple(dict.fromkeys(_walk(expr)))


def _walk(expr: sp.Basic) -> Iterator[Partial]:
    if isinstance(expr, lang.Element):
        for a in expr.indices:
            yield from _partial(a)
            if not a.is_integer:
                yield Partial(expr, None)
        yield from _of_atom(expr.family)
    elif isinstance(expr, lang.Scalar):
        yield from _of_atom(expr)
    elif getattr(expr, "about_a_statement", False):
        return  # says of a statement what was found of it, whether or not it has a meaning
    elif isinstance(expr, sp.And):
        yield from _in_order(expr.args, lambda before: before)
    elif isinstance(expr, sp.Or):
        yield from _in_order(expr.args, negated)
    elif isinstance(expr, sp.Implies):
        yield from _partial(expr.args[0])
        yield from (p.under(expr.args[0]) for p in _partial(expr.args[1]))
    elif isinstance(expr, sp.Piecewise):
        yield from _cases(expr)
    elif isinstance(expr, st.Exists):
        return  # true where some values make the body true, whatever it is elsewhere
    elif isinstance(expr, st.SameToOrder):
        # terms that the scale is in matter for its small values alone: the rules of orders see to these
        yield from (p for side in expr.args[:2] for p in _partial(side) if not lang.depends_on(p.term, expr.scale))
    elif lang.bound_limits(expr):
        yield from _bound(expr)
    elif isinstance(expr, st.Converges):
        index, first = expr.args[1].args
        yield from _partial(first)
        for value in expr.args[2:]:
            yield from _partial(value)
        yield from closed(_partial(expr.args[0]), index, (sp.Ge(index, first, evaluate=False),))
        yield from _kept_promises(expr, index, first, sp.oo)
    elif isinstance(expr, lang.DerivativeAt):
        yield from _partial(expr.point)
        yield from _partial(expr.order)
        yield from _derivative(expr, expr.body, expr.variable, expr.point)
        if not is_nonnegative(expr.order):
            yield Partial(expr, sp.Ge(expr.order, 0, evaluate=False))
    elif isinstance(expr, sp.Derivative):
        for variable in expr.variables:
            yield from _derivative(expr, expr.expr, variable, variable)
    elif isinstance(expr, sp.Subs):
        at = dict(zip(expr.variables, expr.point, strict=True))
        if any(lang.is_random(at[v]) for v in at if v in averaged_dependencies(expr.expr)):
            yield Partial(expr, None)
        for value in expr.point:
            yield from _partial(value)
        yield from (p.moved(at) for p in _partial(expr.expr))
        yield from _partial(put(expr.expr, at)) if not expr.expr.has(sp.Derivative) else (Partial(expr, None),)
    elif isinstance(expr, lang.RootGrowth):
        yield Partial(expr, None)  # may be infinite: the rules that find its value show that it is not
    elif isinstance(expr, lang.HasValue):
        return  # false where there is none
    elif isinstance(expr, lang.Aversion):
        yield from _optimum(expr)
    elif isinstance(expr, lang.Operator):
        for a in expr.args:
            yield from (p.inside_a_mean() for p in _partial(a))
        yield from (p.inside_a_mean() for p in _own(expr))
    else:
        for a in expr.args:
            yield from _partial(a)
        yield from _own(expr)


# those whose terms are walked above, and those that `_own` knows: any other operator counts as undefined
MEANS = (lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM, lang.LargestOutcome)
registry.method("definedness", {*MEANS, lang.Sigma, lang.Relu, lang.Largest, lang.Smallest, lang.DerivativeAt,
                                lang.Stirling2, lang.RootGrowth, lang.Aversion})

# what is analytic wherever it and its derivatives have a value; Max, sign and the like have one-sided ones too
ANALYTIC = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sin, sp.cos, sp.tanh, sp.atan, sp.sinh, sp.cosh, sp.erf, sp.Sum,
            sp.Product, sp.Tuple, lang.E, sp.Derivative, sp.Subs)


def _derivative(expr: Any, body: Any, variable: Any, point: Any) -> Iterator[Partial]:
    """A derivative of a body, which must be defined at the point and built of what is smooth there."""
    at = {variable: point}
    if lang.is_random(point) and variable in averaged_dependencies(body):
        yield Partial(expr, None)  # a mean of each number that is put in, not of the random point
    yield from _partial(put(body, at))
    if point != variable:  # the body is read by what is known of the variable
        yield from (Partial(expr, put(condition, at)) for condition in promised(variable))
    yield from (p.moved(at) for p in _partial(body))
    inside = lang.bound_anywhere(body)
    for node in sp.preorder_traversal(body):
        if node == variable or not lang.depends_on(node, variable):
            continue
        smooth = isinstance(node, (*ANALYTIC, lang.Sigma)) and not isinstance(node, (sp.Derivative, sp.Subs))
        if isinstance(node, (sp.Sum, sp.Product)):
            ends = [end for _, *both in node.limits for end in both]
            smooth = not any(lang.depends_on(end, variable) or end in (sp.oo, -sp.oo) for end in ends)
        elif isinstance(node, lang.E):
            smooth = not any(isinstance(a, (lang.RandomScalar, lang.Abstract)) for a in lang.random_atoms(node.args[0]))
        elif isinstance(node, sp.Pow) and (not node.exp.is_integer or lang.depends_on(node.exp, variable)):
            base = put(node.base, at)
            if not is_positive(base):
                smooth = not lang.is_random(base) and not lang.depends_on(base, *inside)
                if smooth:
                    yield Partial(expr, sp.Gt(base, 0, evaluate=False))
        if not smooth:
            yield Partial(expr, None)


def negated(condition: Any) -> Any:
    """The negation of a condition, of a relation as the relation that holds where it fails."""
    opposite = {sp.Eq: sp.Ne, sp.Ne: sp.Eq, sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le}
    if isinstance(condition, _RELATIONAL):
        return opposite[type(condition)](*condition.args, evaluate=False)
    return sp.Not(condition, evaluate=False)


def _in_order(parts: Iterable[Any], guard: Callable[[Any], Any]) -> Iterator[Partial]:
    """Each part where those before it have been judged."""
    before: list[Any] = []
    for part in parts:
        yield from (p.under(*before) for p in _partial(part))
        before.append(guard(part))


def _cases(expr: sp.Piecewise) -> Iterator[Partial]:
    """Each value in its own case, each condition where those before it fail; some case must apply."""
    before: list[Any] = []
    for value, condition in expr.args:
        yield from (p.under(*before) for p in _partial(condition))
        yield from (p.under(*before, condition) for p in _partial(value))
        before.append(negated(condition))
        if condition == sp.true:
            return
    yield Partial(expr, sp.Or(*[c for _, c in expr.args], evaluate=False))


def _bound(expr: Any) -> Iterator[Partial]:
    """A body in the ranges of its indices; the ends of each range where those around it hold."""
    limits = [tuple(limit) for limit in lang.bound_limits(expr)]
    outermost_first = limits[::-1] if isinstance(expr, (sp.Sum, sp.Product)) else limits
    inner = _partial(expr.args[0])
    for n in range(len(outermost_first) - 1, -1, -1):
        symbol, *ends = outermost_first[n]
        facts = tuple(range_of(symbol, *ends)) if len(ends) == 2 else ()
        inner = tuple(closed(inner, symbol, facts))
        if facts:
            inner += tuple(_kept_promises(expr, symbol, *ends))
        inner += tuple(p for end in ends for p in _partial(end))
        for end in ends:
            if not end.is_integer:
                inner += (Partial(expr, None),)
    yield from inner
    # SymPy takes a product of zeros for zero, in an empty range too
    if isinstance(expr, (lang.Largest, lang.Smallest)) or isinstance(expr, sp.Product) and expr.function.is_zero:
        _, low, high = limits[0]
        yield Partial(expr, sp.Ge(high, low, evaluate=False))


def _optimum(expr: lang.Aversion) -> Iterator[Partial]:
    """Criterion and risk at all parameters; what is chosen among these must exist."""
    inner = tuple(p for side in (expr.criterion, expr.risk) for p in _partial(side))
    for parameter in expr.parameters:
        facts = () if isinstance(parameter, lang.Family) else tuple(parameter.domain.conditions(parameter))
        inner = tuple(closed(inner, parameter, facts))
    yield from inner
    yield Partial(expr, lang.HasValue(expr))


def promised(symbol: Any) -> list[Any]:
    """What rules may have used about a symbol beyond its being an integer."""
    if isinstance(symbol, lang.Scalar):
        return list(symbol.domain.conditions(symbol))
    signs = ((symbol.is_positive, sp.Gt), (symbol.is_nonnegative, sp.Ge), (symbol.is_negative, sp.Lt),
             (symbol.is_nonpositive, sp.Le), (symbol.is_nonzero, sp.Ne))
    return [relation(symbol, 0, evaluate=False) for known, relation in signs if known]


def _kept_promises(expr: Any, symbol: Any, low: Any, high: Any) -> Iterator[Partial]:
    """A range that may leave what is known of the symbol that is bound in it: the body is read by what is known."""
    for condition in promised(symbol):
        kind, bound = type(condition), condition.args[1]
        sides = []
        if kind in (sp.Ge, sp.Gt, sp.Ne) and low != -sp.oo:
            sides.append((sp.Gt if kind is sp.Ne else kind)(low, bound, evaluate=False))
        if kind in (sp.Le, sp.Lt, sp.Ne) and high != sp.oo:
            sides.append((sp.Lt if kind is sp.Ne else kind)(high, bound, evaluate=False))
        if not any(implied([], side) for side in sides):
            yield Partial(expr, sides[0] if len(sides) == 1 else sp.Or(*sides, evaluate=False) if sides else None)


def range_of(symbol: Any, low: Any, high: Any) -> tuple[Any, Any]:
    return sp.Ge(symbol, low, evaluate=False), sp.Le(symbol, high, evaluate=False)


def closed(inner: Iterable[Partial], symbol: Any, facts: tuple[Any, ...] = ()) -> Iterator[Partial]:
    """Terms inside a binder: known there is the range, and the bound symbol has a name of its own.

    What is known of a free symbol says nothing of one that is bound under the same name.
    """
    inner = list(inner)
    level = 1 + max((_level(p) for p in inner), default=0)
    own = own_name(symbol, level)
    for p in inner:
        yield p.under(*facts).moved({symbol: own})


_LEVELS = 10**9  # names of bound symbols are dummies with numbers beyond any that SymPy has given out


def own_name(symbol: Any, level: int) -> Any:
    """The name that a bound symbol has in the terms inside its binder."""
    if isinstance(symbol, lang.Scalar):
        return symbol.renamed(f"{symbol.name}@{level}")
    return sp.Dummy(symbol.name, integer=True, dummy_index=_LEVELS + level)


def _level(partial: Partial) -> int:
    found = [0]
    for part in (partial.term, *partial.known):
        for s in part.atoms(sp.Symbol, lang.Scalar):
            if isinstance(s, sp.Dummy) and s.dummy_index > _LEVELS:
                found.append(s.dummy_index - _LEVELS)
            elif isinstance(s, lang.Scalar) and "@" in s.name:
                found.append(int(s.name.rpartition("@")[2]))
    return max(found)


@lru_cache(maxsize=4096)
def _of_atom(atom: lang.Scalar) -> tuple[Partial, ...]:
    """What a law, a range or a definition by recursion needs to be defined, at all of its indices."""
    found: list[Partial] = []
    if isinstance(atom, lang.Gates):
        found += _partial(atom.keep)
        found += _law_of(atom, atom[tuple(symbol for symbol, *_ in atom.ranges)])
    elif isinstance(atom, lang.Recursion):
        layer = atom.ranges[0][0]
        found += [p.moved({layer: atom.start}) for p in _partial(atom.base)]
        found += [p.under(sp.Ge(layer, atom.start + 1, evaluate=False)) for p in _partial(atom.step)]
        entry = atom[tuple(symbol for symbol, *_ in atom.ranges)]
        for (value, conditions), place in zip(lang.member_conditions(atom), (
                sp.Eq(layer, atom.start, evaluate=False), sp.Ge(layer, atom.start + 1, evaluate=False)), strict=False):
            if conditions:
                found.append(Partial(Member(entry, value), st.both(*conditions)).under(place))
    elif isinstance(atom, lang.RandomScalar):
        found += [p for part in atom.law if isinstance(part, sp.Basic) for p in _partial(part)]
        found += _law_of(atom, atom)
    elif isinstance(atom, lang.RandomIndex):
        found += _of_atom(atom.probabilities)
    if isinstance(atom, lang.Family):
        for symbol, *ends in reversed(atom.ranges):
            found = list(closed(found, symbol, range_of(symbol, *ends)))
            found += [p for end in ends for p in _partial(end)]
    return tuple(found)


def _law_of(atom: Any, variable: Any) -> Iterator[Partial]:
    """A law whose chance is not seen to be a probability by its shape."""
    if conditions := lang.law_conditions(atom):
        yield Partial(Law(variable, sp.sympify(lang.chance_of(atom))), st.both(*conditions))


# --- the operators, each in one table -------------------------------------------------------------------------------

TOTAL = (sp.Add, sp.Mul, sp.exp, sp.Abs, sp.Max, sp.Min, sp.sign, sp.sin, sp.cos, sp.tanh, sp.atan, sp.sinh, sp.cosh,
         sp.asinh, sp.erf, sp.floor, sp.ceiling, sp.KroneckerDelta, sp.Tuple, sp.Symbol, sp.Rational, sp.NumberSymbol,
         sp.logic.boolalg.BooleanTrue, sp.logic.boolalg.BooleanFalse, sp.Not, st.Iff, _RELATIONAL, ExprCondPair,
         lang.Relu, AppliedUndef)


def _own(expr: sp.Basic) -> Iterator[Partial]:
    """The expression itself, where it is not defined everywhere."""
    if isinstance(expr, sp.log):
        if not is_positive(expr.args[0]):
            yield Partial(expr, sp.Gt(expr.args[0], 0, evaluate=False))
    elif isinstance(expr, sp.Pow):
        yield from _power(expr)
    elif isinstance(expr, sp.factorial):
        if not is_nonnegative(expr.args[0]) or not expr.args[0].is_integer:
            yield Partial(expr, sp.Ge(expr.args[0], 0, evaluate=False) if expr.args[0].is_integer else None)
    elif isinstance(expr, sp.binomial):
        if not all(a.is_integer for a in expr.args):
            yield Partial(expr, None)
    elif isinstance(expr, (lang.Stirling2, sp.bell, sp.bernoulli)):
        count = expr.args[0]
        if len(expr.args) > (2 if isinstance(expr, lang.Stirling2) else 1) or not all(a.is_integer for a in expr.args):
            yield Partial(expr, None)
        elif not is_nonnegative(count):
            yield Partial(expr, sp.Ge(count, 0, evaluate=False))
    elif isinstance(expr, lang.Sigma):
        if not is_nonnegative(expr.args[1]):
            yield Partial(expr, sp.Ge(expr.args[1], 0, evaluate=False))
    elif type(expr) in MEANS:
        yield from _operator(expr)
    elif isinstance(expr, sp.zeta):
        yield Partial(expr, sp.Gt(expr.args[0], 1, evaluate=False))
    elif not isinstance(expr, TOTAL):
        yield Partial(expr, None)


def _is_integer(expr: Any) -> bool:
    """Whether a term is an integer by its shape; SymPy does not see it of sums over a range."""
    if isinstance(expr, (sp.Add, sp.Mul)):
        return all(map(_is_integer, expr.args))
    return _is_integer(expr.function) if isinstance(expr, sp.Sum) else bool(expr.is_integer)


def _power(expr: sp.Pow) -> Iterator[Partial]:
    base, exponent = expr.base, expr.exp
    if _is_integer(exponent) and is_nonnegative(exponent) or is_positive(base):
        return
    if is_nonnegative(base) and is_nonnegative(exponent):
        return
    if _is_integer(exponent):
        if not is_positive(-base):
            nonzero = sp.Ne(base, 0, evaluate=False)
            natural = sp.Ge(exponent, 0, evaluate=False)
            yield Partial(expr, nonzero if exponent.is_number else sp.Or(nonzero, natural, evaluate=False))
    else:
        yield Partial(expr, (sp.Ge if is_nonnegative(exponent) else sp.Gt)(base, 0, evaluate=False))


def _operator(expr: lang.Operator) -> Iterator[Partial]:
    """Means exist where the body is integrable; geometric means of numbers that are not negative."""
    for x in expr.args:
        if not (integrable(x) and (not isinstance(expr, lang.LargestOutcome) or not _wide(x))):
            yield Partial(expr, None)
    x = expr.args[0]
    if isinstance(expr, (lang.G, lang.Gc)):
        inside = x if isinstance(expr, lang.G) else 1 - x
        if not is_nonnegative(inside):
            yield Partial(expr, sp.Ge(inside, 0, evaluate=False))
    if isinstance(expr, lang.NWGM) and not (is_positive(x) and is_positive(1 - x)):
        # 0/0 where 0 and 1 both have positive probability
        above, below = sp.Ge(x, 0, evaluate=False), sp.Le(x, 1, evaluate=False)
        yield Partial(expr, AnyOf(sp.And(sp.Gt(x, 0, evaluate=False), below, evaluate=False),
                                  sp.And(above, sp.Lt(x, 1, evaluate=False), evaluate=False),
                                  sp.And(above, below, sp.Gt(lang.G(x) + lang.Gc(x), 0, evaluate=False),
                                         evaluate=False)))


# of these the growth is at most exponential where it is of their arguments, so that every normal mean exists
_TAME = (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min, sp.sin, sp.cos, sp.tanh, sp.atan, sp.sign, lang.Relu, lang.Sigma,
         sp.Sum, sp.Piecewise, ExprCondPair, _RELATIONAL, sp.Tuple)


def integrable(expr: Any) -> bool:
    """Whether a mean of the expression exists by its shape: finitely many outcomes, or growth that the laws allow."""
    wide = _wide(expr)
    return not wide or _tame(lang.unfold(expr), wide)


def _wide(expr: Any) -> frozenset[Any]:
    """The random numbers without bounds that an expression depends on."""
    return frozenset(a for a in lang.random_atoms(expr) if isinstance(a, lang.RandomScalar) and a.law[0] == "normal")


def _law(atom: lang.RandomScalar) -> list[Any]:
    return [part for part in atom.law if isinstance(part, sp.Basic)]


@lru_cache(maxsize=4096)
def _tame(expr: Any, wide: frozenset[Any]) -> bool:
    if not lang.depends_on(expr, *wide) or isinstance(expr, lang.Operator):
        return True
    if isinstance(expr, lang.RandomScalar):  # its moments are those of what its law depends on
        return all(_tame(part, wide) for part in _law(expr))
    if isinstance(expr, lang.Scalar):
        return True
    if isinstance(expr, lang.Element):
        family = expr.family
        return isinstance(family, lang.Gates) or isinstance(family, lang.Recursion) \
            and _tame(family.base, wide) and _tame(family.step, wide)
    if isinstance(expr, sp.exp):
        return _slow(expr.args[0], wide)
    if isinstance(expr, sp.Pow):
        return bool(expr.exp.is_Integer and expr.exp > 0) and _tame(expr.base, wide)
    if isinstance(expr, sp.log):  # of something that is at least 1 it grows slower than its argument
        return is_nonnegative(expr.args[0] - 1) and _tame(expr.args[0], wide)
    return isinstance(expr, _TAME) and all(_tame(a, wide) for a in expr.args if isinstance(a, sp.Basic))


def _slow(expr: Any, wide: frozenset[Any]) -> bool:
    """Whether an exponent grows at most linearly."""
    if isinstance(expr, lang.RandomScalar):  # one whose deviation is random has heavier tails
        return not any(map(lang.is_random, _law(expr)))
    bounded = (lang.Scalar, sp.sin, sp.cos, sp.tanh, sp.atan, lang.Sigma)
    if not lang.depends_on(expr, *wide) or isinstance(expr, bounded):
        return True
    if isinstance(expr, sp.Mul):
        moving = [a for a in expr.args if lang.depends_on(a, *wide)]
        return len(moving) == 1 and _slow(moving[0], wide)
    return isinstance(expr, (sp.Add, sp.Abs, sp.Max, sp.Min, lang.Relu)) and all(_slow(a, wide) for a in expr.args)
