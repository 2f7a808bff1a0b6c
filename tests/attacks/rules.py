"""Rules of proof with what each is given at random: terms, conditions, values, and theorems found so far."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import sympy as sp

from attacks.support import HALF, N, O, P, b, c, d, e, i, j, k, m, moving, n, p, q, r, s, w, x, y
from attacks.terms import CONSTANTS, INDICES, SCALARS, Terms, Values, fair, l, swinging, unit, z
from dropout_theory import proof as by
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    Domain,
    E,
    ForAll,
    ForEach,
    Largest,
    Relu,
    SameToOrder,
    Scalar,
    Smallest,
    Var,
    bound_anywhere,
    different,
    equal,
    gates,
    implies,
    less,
    less_equal,
    placeholder,
    recursion,
)
from dropout_theory.proof import Theorem


class Draw(Terms):
    """What a rule is given: random terms, conditions, values, and theorems found so far."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.pool: list[Theorem] = [by.identity(x, x), by.assume(less_equal(0, x)), by.assume(equal(x, 0))]

    def theorem(self, *kinds: type) -> Theorem:
        """A theorem from the pool, whose conclusion is of one of the kinds where there is one."""
        fitting = [t for t in self.pool if isinstance(t.conclusion, kinds)] if kinds else self.pool
        return self.pick(fitting or self.pool)

    def condition(self) -> Any:
        """A condition on scalars and entries, simple enough to hold at some instances."""
        atom = self.pick((x, y, q, r, n, c, z, w[1], w[i], e[1], N, self.leaf((i,), True)))
        other = self.pick((sp.S.Zero, sp.S.One, HALF, x, n))
        return self.pick((equal, equal, different, less, less_equal))(*self.random.sample((atom, other), 2))

    def relation(self) -> Any:
        """A relation that often holds."""
        return self.pick(RELATIONS)(self)

    def value(self, of: Any = x) -> Any:
        """Something to put for a scalar: mostly of its kind."""
        if self.random.random() < 0.2:
            return self.pick((lambda: self.term(1), lambda: self.term(1, (i,), True)))()
        return self.pick(WHOLES if of.is_integer and self.random.random() < 0.7 else VALUES)

    def instance(self, theorem: Theorem) -> Theorem:
        """A theorem with something put for a scalar, now and then what names an index that the theorem binds."""
        atom = self.scalar(theorem)
        bound = [symbol for symbol in INDICES if symbol in bound_anywhere(theorem.conclusion)]
        if bound and self.random.random() < 0.3:
            symbol = self.pick(bound)
            return by.instance(theorem, {atom: self.pick((symbol, w[symbol], b[symbol], p[symbol]))})
        return by.instance(theorem, {atom: self.value(atom)})

    def scalar(self, theorem: Theorem) -> Any:
        """A scalar that a theorem is about, where there is one."""
        shown = theorem.conclusion.free_symbols
        return self.pick([a for a in SCALARS if a in shown] or SCALARS)

    def assumption(self, theorem: Theorem) -> Any:
        """What a theorem assumes, or anything where it assumes nothing."""
        return self.pick(sorted(theorem.given, key=str)) if theorem.given else self.condition()

    def equality_theorem(self) -> Theorem:
        """An equality to rewrite by."""
        if self.random.random() < 0.7:
            return self.theorem(sp.Eq)
        return by.assume(equal(self.leaf((i,), True), self.leaf((), False)))


WHOLES = (sp.S.Zero, sp.S.One, sp.Integer(2), sp.Integer(3), n, n + 1, c + 1, m, N, i)
VALUES = (sp.S.Zero, sp.S.One, -sp.S.One, HALF, sp.Integer(2), n + 1, c + 1, y, s, q, w[1], 1 / n, N, e[1], i, j, w[i],
          b[k])
PIECES: tuple[Callable[[Any], Any], ...] = (sp.Abs, lambda t: sp.Max(t, HALF), Relu)


def _with_its_piece(draw: Draw) -> Any:
    a = draw.term(1, chance=True)
    return less_equal(a, draw.pick(PIECES)(a))


def _variance_of_a_piece(draw: Draw) -> Any:
    return draw.pick((less_equal, equal))(Var(draw.pick(PIECES)(draw.term(1, chance=True))), 0)


def _extreme_of_squares(draw: Draw) -> Any:
    body, limits = draw.pick((w[i] ** 2, b[i], p[i])), draw.pick(((i, 1, n), (i, 2, n), (i, 1, c)))
    return less_equal(0, draw.pick((Largest, Smallest))(body, limits))


# relations, most of which hold
RELATIONS: tuple[Callable[[Draw], Any], ...] = (
    lambda draw: less_equal(0, draw.term(1) ** 2),
    lambda draw: less_equal((a := draw.term(1)) * (other := draw.term(1)), (a**2 + other**2) / 2),
    lambda draw: less_equal(a := draw.term(1), sp.Max(a, draw.leaf((), False))),
    lambda draw: less(0, sp.exp(draw.term(1))),
    lambda draw: less(a := draw.term(1), a + s),
    lambda draw: less_equal(a := draw.term(1), sp.Abs(a)),
    lambda draw: less_equal(0, Var(draw.term(1, chance=True))),
    _variance_of_a_piece, _variance_of_a_piece,
    lambda draw: less_equal(0, E(draw.term(1, chance=True)) ** 2),
    _with_its_piece, _extreme_of_squares,
    lambda draw: less_equal(q * (1 - q), HALF),
    lambda draw: implies(equal(a := draw.term(1), 0), equal(a * draw.term(1), 0)),
    lambda draw: equal(*draw.equality()),
    lambda draw: different(1 / draw.term(1), 0))

Rule = Callable[[Draw], Theorem]


def _cases(draw: Draw) -> Theorem:
    condition, statement = draw.condition(), draw.relation()
    return by.cases(condition, by.arithmetic(statement, by.assume(condition)),
                    by.arithmetic(statement, by.assume(by.negation(condition))))


def _apply(draw: Draw) -> Theorem:
    theorem = draw.theorem()
    premise = draw.assumption(theorem)
    return by.apply(by.discharge(premise, theorem), by.assume(premise))


def _induction(draw: Draw) -> Theorem:
    variable = draw.pick((n, c, m))
    statement = draw.pick((less_equal(0, variable * r), equal(sp.Sum(1, (i, 1, variable)), variable),
                           less_equal(E(e[1]), 1 + variable), less_equal(sp.Sum(P[k], (k, 1, variable)), 1),
                           less_equal(0, Largest(b[i], (i, 1, variable))), draw.relation()))
    at = {variable: variable.domain.lower}
    return by.induction(variable, statement, by.arithmetic(statement.subs(at)),
                        by.arithmetic(statement.subs(variable, variable + 1), by.assume(statement)))


def _iff(draw: Draw) -> Theorem:
    one, other = draw.condition(), draw.condition()
    return by.iff(by.arithmetic(other, by.assume(one)), by.arithmetic(one, by.assume(other)), one, other)


def _satisfied(draw: Draw) -> Theorem:
    theorem = draw.theorem()
    return by.satisfied(theorem, by.arithmetic(draw.assumption(theorem)))


def _specialised(draw: Draw) -> Theorem:
    theorem = draw.theorem(ForEach)
    values = [draw.pick((sp.S.One, n, j, k, sp.Integer(2), N, n + 1)) for _ in theorem.conclusion.bound_symbols]
    return by.specialise(theorem, *values, premises=(by.assume(less_equal(N, m)), by.assume(less_equal(2, n))))


def _at(draw: Draw) -> Theorem:
    theorem = draw.theorem(ForAll)
    return by.at(theorem, *[draw.value() for _ in theorem.conclusion.bound_symbols])


def _renamed(draw: Draw) -> Theorem:
    theorem = draw.theorem(ForAll)
    statement = theorem.conclusion
    old = statement.bound_symbols[0]
    new = Scalar(old.name + "_other", old.domain)
    return by.restate(theorem, ForAll(statement.body.xreplace({old: new}), (new,)))


def _extreme(draw: Draw) -> Theorem:
    body = draw.pick((p[i], b[i], -b[i], E(d[i])))
    kind, low, high = draw.pick((Largest, Smallest)), draw.pick((1, 1, 2)), draw.pick((n, n, n - 1))
    bound = less_equal(body, 1) if kind is Largest else less_equal(0, body)
    return by.extreme_attained(kind(body, (i, low, high)), by.arithmetic(bound), i)


def _order(draw: Draw) -> Theorem:
    a = draw.term(1)
    left, right, order = draw.pick((
        (sp.exp(s * a), sp.S.One, 0), (a / (a + s), sp.S.One, 0), (s / (s + a**2), sp.S.Zero, 0),
        (sp.sqrt(a**2 + s), sp.Abs(a), 0), (sp.log(1 + s * a), s * a, 1),
        (E(s / (s + draw.leaf((), True))), sp.S.Zero, 0), (draw.term(2) * s, sp.S.Zero, 0),
        (s * a, sp.S.Zero, draw.pick((0, -1)))))
    return by.to_order(SameToOrder(left, right, s, order))


def _at_instance(draw: Draw) -> Theorem:
    theorem = draw.theorem()
    values: Values = {n: 2, m: 2, x: 1, y: -1, q: HALF, r: 0, w: {(1,): 1, (2,): 2}, p: {(1,): 1, (2,): 0}}
    return by.at_instance(theorem, {atom: values[atom] for atom in draw.random.sample(list(values), 3)})


def _each_value(draw: Draw) -> Theorem:
    variable = draw.pick((n, c, N))
    return by.each_value(variable, draw.pick((draw.relation(), equal(variable, E(variable)))), 3)


def _law(draw: Draw) -> Theorem:
    gate = gates("drawn", draw.pick((x, 2 * q, q - HALF, 1 / n, n / 2, (1 + q) / 2, w[1], q * p[1])), n)[1]
    return by.arithmetic(draw.pick((less_equal(0, E(gate)), less_equal(E(gate), 1))),
                         by.expected(by.arithmetic(less_equal(gate, 1))),
                         by.expected(by.arithmetic(less_equal(0, gate))))


def _interval(draw: Draw) -> Theorem:
    """That the ends of a domain lie as those of a domain with a member do."""
    low, high = draw.pick(CONSTANTS), draw.pick(CONSTANTS)
    left_out = draw.pick((False, True)), draw.pick((False, True))
    domain = Domain("drawn", low, high, *left_out, integer=draw.pick((False, True)))
    inside = Scalar("inside", domain)
    ends = less(low, high) if True in left_out else less_equal(low, high)
    return by.arithmetic(ends, *[by.arithmetic(condition) for condition in domain.conditions(inside)])


def _recursion(draw: Draw) -> Theorem:
    ranges = ((l, 0, n),)
    below = placeholder("positive", ranges)[l - 1]
    new = recursion("positive", ranges, draw.pick((1, x, s, -1)), draw.pick((below, below * s, below - 1)),
                    draw.pick((POSITIVE, NONNEGATIVE, PROBABILITY)))
    return by.arithmetic(less_equal(0, new[draw.pick((0, 1))]))


def _body(draw: Draw, symbol: Any) -> Any:
    """A term in an index, or one that shows nothing of the scalar that is to be bound."""
    return draw.term(1, (symbol,)) if symbol in (i, j, k) else draw.pick((E(moving), E(swinging), draw.term(1)))


def _whole(draw: Draw) -> Any:
    symbol, low, high = draw.index_range()
    return sp.Sum(_body(draw, symbol), (symbol, low, high))


def _constant_sum(draw: Draw) -> Theorem:
    symbol, low, high = draw.index_range()
    return by.constant_sum(_body(draw, symbol), (symbol, low, high), by.assume(less_equal(2, n)))


def _entry(draw: Draw) -> Theorem:
    symbol, low, high = draw.index_range()
    return draw.pick((by.sift, by.entry_below_sum))(_body(draw, symbol), (symbol, low, high), draw.pick((1, 2, n)),
                                                    by.assume(less_equal(2, n)))


RULES: dict[str, Rule] = {
    "assume": lambda draw: by.assume(draw.condition()),
    "arithmetic": lambda draw: by.arithmetic(draw.relation()),
    "arithmetic of a premise": lambda draw: by.arithmetic(draw.relation(), draw.theorem()),
    "arithmetic of an assumption": lambda draw: by.arithmetic(draw.relation(), by.assume(draw.condition())),
    "identity": lambda draw: by.identity(*draw.equality()),
    "identity again": lambda draw: by.identity(*draw.equality()),
    "mirrored": lambda draw: by.mirrored(draw.theorem(sp.Eq)),
    "restate": lambda draw: by.restate(draw.theorem(sp.Eq), equal(*draw.equality())),
    "rename": _renamed,
    "rewrite": lambda draw: by.rewrite(draw.theorem(), draw.equality_theorem(), indices=draw.pick(((), (i,), (k,)))),
    "rewritten": lambda draw: by.rewritten(draw.term(2, (), draw.random.random() < 0.5), draw.equality_theorem(),
                                           indices=draw.pick(((), (i,), (k,)))),
    "instance": lambda draw: draw.instance(draw.theorem()),
    "instance of an equality": lambda draw: draw.instance(draw.theorem(sp.Eq)),
    "instance of two": lambda draw: by.instance(draw.theorem(), {x: draw.value(), y: x}),
    "generalise": lambda draw: by.generalise(draw.theorem(), draw.index_range()),
    "specialise": _specialised,
    "for all": lambda draw: by.for_all(found := draw.theorem(), draw.scalar(found)),
    "at": _at,
    "discharge": lambda draw: by.discharge(draw.condition(), draw.theorem()),
    "apply": _apply,
    "cases": _cases,
    "iff": _iff,
    "satisfied": _satisfied,
    "conjunction": lambda draw: by.conjunction(draw.theorem(), draw.theorem()),
    "component": lambda draw: by.component(found := draw.theorem(sp.And),
                                           draw.pick(found.conclusion.args or (sp.true,))),
    "induction": _induction,
    "weighted": lambda draw: by.weighted(draw.theorem(sp.Eq, sp.Le, sp.Lt), draw.pick((1, b[i], P[i], r, w[i])),
                                         draw.index_range()),
    "termwise": lambda draw: by.termwise(draw.theorem(sp.Eq, sp.Le), draw.index_range()),
    "increasing": lambda draw: by.increasing(draw.pick((sp.exp, sp.log)), draw.theorem(sp.Eq, sp.Le, sp.Lt)),
    "expected": lambda draw: by.expected(draw.theorem(sp.Eq, sp.Le, sp.Lt)),
    "mean square": lambda draw: by.mean_square(draw.term(1, (), True)),
    "jensen": lambda draw: by.jensen(f := draw.pick((x**2, sp.exp(x), x**2 * q, sp.exp(x * r))), x, O[k], P,
                                     by.arithmetic(less_equal(0, sp.diff(f, x, 2)))),
    "times": lambda draw: by.times(draw.theorem(sp.Eq), draw.pick((1 / x, draw.term(1)))),
    "over masks": lambda draw: by.over_masks(E(draw.term(2, (), True))),
    "two outcomes": lambda draw: by.two_outcomes(draw.term(2, (), True), draw.pick((e[1], fair[1], d[1]))),
    "given gates": lambda draw: by.given_gates(E(draw.term(2, (), True)), draw.pick((e[1], fair[1], d[1]))),
    "shifted": lambda draw: by.shifted(_whole(draw), draw.pick((-1, 1, 2))),
    "last split": lambda draw: by.last_split(_whole(draw), by.assume(less_equal(2, n))),
    "last term": lambda draw: by.without_last(_whole(draw)),
    "first term": lambda draw: by.without_first(_whole(draw)),
    "split": lambda draw: by.split_sum(_whole(draw), draw.pick((0, 1, n))),
    "mirrored sum": lambda draw: by.mirrored_sum(_whole(draw), draw.pick((1, n, n + 1))),
    "constant sum": _constant_sum,
    "entry": _entry,
    "sift": lambda draw: by.sift(draw.term(1, (i,)), draw.index_range(), draw.pick((1, n, N))),
    "collected power": lambda draw: by.collected_power(draw.term(1), draw.pick((1, c, q)), draw.index_range()),
    "independent product": lambda draw: by.independent_product(
        draw.term(1, (i,), True), (i, 1, draw.pick((n, 2, N, sp.oo)))),
    "independent factors": lambda draw: by.independent_factors(draw.term(1, (), True), draw.term(1, (), True)),
    "minimum bound": lambda draw: by.minimum_bound(draw.pick((Largest, Smallest))(
        draw.term(1, (i,)), draw.index_range()), draw.pick((1, n, j, N))),
    "extreme": _extreme,
    "exponential": lambda draw: by.exponential_bound(draw.term(1, (), draw.random.random() < 0.3)),
    "logarithm": lambda draw: by.logarithm_bound(draw.term(1)),
    "relu": lambda draw: by.relu_kept(draw.term(1)),
    "scaled relu": lambda draw: by.relu_scaled(draw.leaf((), False), draw.term(1)),
    "to order": _order,
    "each value": _each_value,
    "law": _law,
    "interval": _interval,
    "recursion": _recursion,
    "random entry": lambda draw: by.rewritten(draw.pick((O[N], e[1] * O[N], E(O[N]))), draw.equality_theorem(),
                                              indices=draw.pick(((i,), (k,)))),
    "unfolded": lambda draw: by.unfolded(unit[draw.pick((0, 1, n))]),
    "written out": lambda draw: by.written_out(draw.theorem()),
    "at instance": _at_instance,
    "largest absolute": lambda draw: by.largest_absolute(draw.term(1, (), True)),
    "joined power": lambda draw: by.joined_power(draw.term(1), draw.leaf((), False), draw.leaf((), False)),
}

# rules that put something in, where most can go wrong: they are drawn more often than others
PUTTING_IN = ("instance", "instance of an equality", "specialise", "at", "rewrite")
