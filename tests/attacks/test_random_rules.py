"""Random rules applied to random terms: every theorem must hold at exact instances that satisfy its assumptions."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import sympy as sp
from flint import arb, fmpq

from attacks.support import HALF, N, O, P, b, c, d, e, i, j, k, m, moving, n, p, q, r, s, w, x, y
from attacks.terms import SCALARS, Terms, Values, fair, instances, l, swinging, unit, z
from dropout_theory import proof as by
from dropout_theory.claims import ClaimError, ProofError
from dropout_theory.evaluation.enumeration import expectation, outcomes, support
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, precision
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    E,
    ForAll,
    ForEach,
    Largest,
    Relu,
    SameToOrder,
    Scalar,
    Smallest,
    Var,
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

SHORT, LONG = 3_000, 1_000_000
LARGEST_TERM = 60  # operations: theorems above it are not used any further


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
        a, other, random = self.term(1), self.term(1), self.term(1, chance=True)
        piece = self.pick((sp.Abs, lambda t: sp.Max(t, HALF), Relu))
        return self.pick((
            less_equal(0, a**2), less_equal(a * other, (a**2 + other**2) / 2), less_equal(a, sp.Max(a, other)),
            less(0, sp.exp(a)), less(a, a + s), less_equal(a, sp.Abs(a)), less_equal(0, Var(random)),
            less_equal(Var(piece(random)), 0), equal(Var(piece(random)), 0), less_equal(0, E(random) ** 2),
            less_equal(random, piece(random)), less_equal(0, self.pick((Largest, Smallest))(
                self.pick((w[i] ** 2, b[i], p[i])), self.pick(((i, 1, n), (i, 2, n), (i, 1, c))))),
            less_equal(q * (1 - q), HALF), implies(equal(a, 0), equal(a * other, 0)), equal(*self.equality()),
            different(1 / a, 0)))

    def value(self) -> Any:
        """Something to put for a scalar."""
        return self.pick((sp.S.Zero, sp.S.One, -sp.S.One, HALF, sp.Integer(2), n + 1, c + 1, y, s, q, w[1], 1 / n,
                          self.term(1), self.term(1, (i,), True), N, e[1]))

    def equality_theorem(self) -> Theorem:
        """An equality to rewrite by."""
        if self.random.random() < 0.7:
            return self.theorem(sp.Eq)
        return by.assume(equal(self.leaf((i,), True), self.leaf((), False)))


Rule = Callable[[Draw], Theorem]


def _cases(draw: Draw) -> Theorem:
    condition, statement = draw.condition(), draw.relation()
    return by.cases(condition, by.arithmetic(statement, by.assume(condition)),
                    by.arithmetic(statement, by.assume(by.negation(condition))))


def _apply(draw: Draw) -> Theorem:
    theorem = draw.theorem()
    premise = draw.pick([*theorem.given] or [draw.condition()])
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
    return by.satisfied(theorem, by.arithmetic(draw.pick([*theorem.given] or [less_equal(0, x)])))


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
    "instance": lambda draw: by.instance(draw.theorem(), {draw.pick(SCALARS): draw.value()}),
    "instance of two": lambda draw: by.instance(draw.theorem(), {x: draw.value(), y: x}),
    "generalise": lambda draw: by.generalise(draw.theorem(), draw.index_range()),
    "specialise": _specialised,
    "for all": lambda draw: by.for_all(draw.theorem(), draw.pick(SCALARS)),
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
    "recursion": _recursion,
    "random entry": lambda draw: by.rewritten(draw.pick((O[N], e[1] * O[N], E(O[N]))), draw.equality_theorem(),
                                              indices=draw.pick(((i,), (k,)))),
    "unfolded": lambda draw: by.unfolded(unit[draw.pick((0, 1, n))]),
    "written out": lambda draw: by.written_out(draw.theorem()),
    "at instance": _at_instance,
    "largest absolute": lambda draw: by.largest_absolute(draw.term(1, (), True)),
    "joined power": lambda draw: by.joined_power(draw.term(1), draw.leaf((), False), draw.leaf((), False)),
}


@dataclass
class Campaign:
    """Rules applied at random, and what was wrong with what came out."""

    seed: int
    applications: int = 0
    judged: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, applications: int, most: int = 20) -> None:
        """Apply rules this often; stop at `most` wrong theorems."""
        random = Random(self.seed)
        start = time.perf_counter()
        draw = Draw(random)
        tried = instances(random, 24)
        names = list(RULES)
        for _ in range(applications):
            name = random.choice(names)
            self.applications += 1
            try:
                theorem = RULES[name](draw)
            except (ProofError, ClaimError, ValueError):
                continue
            except Exception as error:  # noqa: BLE001 - not a clear refusal, but nothing was concluded
                self.crashed[f"{type(error).__name__} in {name}"] += 1
                continue
            self.accepted[name] += 1
            fault = self._fault(theorem, tried, random)
            if fault:
                self.wrong.append(f"{name}: {theorem}\n    {fault}\n    by {', '.join(theorem.steps)}")
                if len(self.wrong) == most:
                    break
            elif sp.count_ops(theorem.conclusion) < LARGEST_TERM and len(theorem.given) < 4:
                if len(draw.pool) < 150:
                    draw.pool.append(theorem)
                else:
                    draw.pool[random.randrange(len(draw.pool))] = theorem
        self.seconds = time.perf_counter() - start

    def _fault(self, theorem: Theorem, tried: list[Values], random: Random) -> str:
        """What is wrong with a theorem at some of the instances; empty where nothing was found."""
        for values in random.sample(tried, 4):
            try:
                fault = fault_at(theorem, values, random)
            except (Unsupported, ValueError, TypeError, NotImplementedError):
                continue
            self.judged += 1
            if fault:
                return f"{fault} at {shown(theorem, values)}"
        return ""

    def __str__(self) -> str:
        rate = self.applications / max(self.seconds, 1e-9)
        return (f"{self.applications} applications in {self.seconds:.1f} s ({rate:.0f} a second), "
                f"{sum(self.accepted.values())} theorems by {len(self.accepted)} of {len(RULES)} rules, "
                f"{self.judged} judgements, {sum(self.crashed.values())} unclear refusals, {len(self.wrong)} wrong")


def fault_at(theorem: Theorem, values: Values, random: Random) -> str:
    """"false" or "undefined" where a theorem is so at an instance and an outcome that satisfy its assumptions."""
    if theorem.conclusion.has(sp.nan, sp.zoo, sp.I, sp.Float):
        return "not about numbers"
    if any(type(a) is sp.Symbol and not a.is_integer for a in theorem.conclusion.free_symbols):
        return "about a name without a domain"
    if _diverges(theorem.conclusion, values):
        return "about a sum that diverges"
    if isinstance(theorem.conclusion, SameToOrder):
        return _not_small(theorem.conclusion, values)
    with precision(160):
        ev = Evaluator(values, expectation)
        bound: dict[Any, Any] = {}
        statements = [theorem.conclusion, *theorem.given]
        for symbol in sorted(set().union(*[f.free_symbols for f in statements]), key=str):
            if type(symbol) is sp.Symbol:  # a free index: within the range of all families
                bound[symbol] = random.randint(1, min(values[n], values[m]))
        try:
            for statement in statements:
                for atom in support(ev, statement, bound):
                    known = atom if not isinstance(atom, tuple) else (atom[0], atom[1])
                    if known not in bound:
                        value, _ = random.choice(list(outcomes(ev, atom, bound)))
                        bound[known] = value
            if any(ev.truth(g, bound) is not Truth.TRUE for g in theorem.given):
                return ""
        except Undefined:
            if not theorem.given:
                return "undefined"
            return ""
        try:
            return "false" if ev.truth(theorem.conclusion, bound) is Truth.FALSE else ""
        except (Undefined, ZeroDivisionError):
            return "undefined"


def _diverges(statement: Any, values: Values) -> bool:
    """Whether a sum or product without an end has terms that do not tend to what they must."""
    for node in sp.preorder_traversal(statement):
        if isinstance(node, (sp.Sum, sp.Product)) and len(node.limits) == 1 and node.limits[0][2] == sp.oo:
            limit = 0 if isinstance(node, sp.Sum) else 1
            try:
                far = [arb(Evaluator(values, expectation).value(node.function, {node.limits[0][0]: place}))
                       for place in (500, 501)]
            except (Undefined, ZeroDivisionError):
                return True
            if all(abs(term - limit) > arb(1) / 100 for term in far):
                return True
    return False


def _not_small(statement: SameToOrder, values: Values) -> str:
    """"false" where the gap is not small against the scale to the order, at a tiny scale."""
    tiny = fmpq(1, 2**200)
    with precision(2000):
        ev = Evaluator({**values, statement.scale: sp.Rational(1, 2**200)}, expectation)
        try:
            gap = arb(ev.value(statement.left - statement.right)) / arb(tiny) ** statement.order
        except (Undefined, ZeroDivisionError):
            return "undefined"
        return "false" if abs(gap) > arb(2) ** -60 else ""


def shown(theorem: Theorem, values: Values) -> str:
    """The values of what a theorem shows, and of the sizes."""
    atoms = set().union(*[f.free_symbols for f in (theorem.conclusion, *theorem.given)]) | {n, m}
    return ", ".join(f"{atom} = {value}" for atom, value in values.items() if atom in atoms)


def campaign(applications: int, seed: int) -> Campaign:
    """A finished campaign, its count printed."""
    found = Campaign(seed)
    found.run(applications)
    print(found)
    return found


def test_random_rules() -> None:
    """No random application of a few thousand concludes what is false or undefined; the seed is the same each time."""
    found = campaign(SHORT, int(os.environ.get("FRESH_SEED", "20140210")))
    assert not found.wrong, "\n".join(found.wrong)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_a_million_random_rules() -> None:
    """The same of a million, from many seeds, so that pools start anew."""
    wrong: list[str] = []
    for seed in range(LONG // 20_000):
        wrong += campaign(20_000, seed).wrong
    assert not wrong, "\n".join(wrong)


def test_the_rules_are_used() -> None:
    """Most rules conclude something now and then: a campaign in which everything is refused says nothing."""
    found = Campaign(7)
    found.run(SHORT // 2, most=10**9)
    assert len(found.accepted) > len(RULES) / 2 and found.judged > SHORT / 10, str(found)
