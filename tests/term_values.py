"""Values of terms of proofs at an instance, by enumeration in exact rationals: small, slow, and unlike the checker."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction

from dropout_theory.recheck.steps.grammar import Term


class Undefined(Exception):
    """The term has no value at the instance."""


class Unknown(Exception):
    """A value asks for the outcome of a random atom that nobody has drawn yet."""


class Instance:
    """Values drawn as they are asked for, the same for the same atom and indices."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.known: dict[object, object] = {}
        self.outcomes: dict[object, object] = {}

    def drawn(self, key: object, domain: Term) -> Fraction:
        if key not in self.known:
            self.known[key] = _in_domain(random.Random(f"{self.seed} {key}"), domain)
        return self.known[key]  # type: ignore[return-value]

    def outcome(self, key: object, law: Iterator[tuple[object, Fraction]]) -> object:
        if key not in self.outcomes:
            raise Unknown(key, [(v, w) for v, w in law if w])
        return self.outcomes[key]


def _in_domain(draw: random.Random, domain: Term) -> Fraction:
    _, kind, low, high, left, right = map(str, domain.args)
    lower = Fraction(-2) if low == "-oo" else Fraction(low)
    upper = max(Fraction(2), lower + 3) if high == "oo" else Fraction(high)
    step = Fraction(1) if kind == "integer" else Fraction(1, 4)
    values = [lower + n * step for n in range(int((upper - lower) / step) + 1)]
    return draw.choice([v for v in values if not (v == lower and left == "(" or v == upper and right == ")"
                                                  and high != "oo")])


def value(term: Term, at: Instance, bound: dict[Term, int] | None = None):  # noqa: ANN201, C901
    """The value of an expression, Fraction or, where a function asks for it, float. Raises Undefined, Unknown."""
    bound = bound or {}
    op, args = term.op, term.terms

    def of(t: Term):  # noqa: ANN202
        return value(t, at, bound)

    if term.number is not None:
        return term.number
    if op == "index" and term in bound:
        return Fraction(bound[term])
    if op == "index":
        low = {"integer": -1, "non-negative integer": 0, "positive integer": 1}[str(term.args[1])]
        return at.drawn(term, Term("domain", "", "integer", str(low), "3", "[", "]"))
    if op == "scalar":
        return at.drawn(term, args[0])
    if op == "entry":
        return _entry(args[0], tuple(int(of(i)) for i in args[1:]), at)
    if op == "subnetwork":
        return at.outcome(term, _distribution(args[1], at))
    if op == "bernoulli":
        p = of(args[1])
        return at.outcome(term, iter([(Fraction(1), p), (Fraction(0), 1 - p)]))
    if op == "+":
        return sum(map(of, args), Fraction(0))
    if op == "*":
        return math.prod(map(of, args), start=Fraction(1))
    if op == "^":
        return _power(of(args[0]), of(args[1]))
    if op == "exp":
        return _float(math.exp, of(args[0]))
    if op == "log":
        x = of(args[0])
        if x <= 0:
            raise Undefined
        return Fraction(0) if x == 1 else math.log(x)
    if op == "logistic":
        x, c, slope = map(of, args)
        below = 1 + c * _float(math.exp, -slope * x)
        return _power(below, Fraction(-1))
    if op == "tanh":
        return _float(math.tanh, of(args[0]))
    if op in ("abs", "relu"):
        x = of(args[0])
        return abs(x) if op == "abs" else max(x, Fraction(0))
    if op in ("max", "min"):
        return (max if op == "max" else min)(map(of, args))
    if op == "equal-indices":
        return Fraction(of(args[0]) == of(args[1]))
    if op == "cases":
        for case in args:
            if _holds(case.terms[1], at, bound):
                return of(case.terms[0])
        raise Undefined
    if op in ("sum", "product"):
        found = [value(args[0], at, inside) for inside in _ranged(args[1:], at, bound)]
        return sum(found, Fraction(0)) if op == "sum" else math.prod(found, start=Fraction(1))
    if op in ("largest", "smallest"):
        found = [value(args[0], at, inside) for inside in _ranged(args[1:], at, bound)]
        if not found:
            raise Undefined
        return max(found) if op == "largest" else min(found)
    if op == "E":
        return sum((w * x for w, x in _outcomes(args[0], at, bound)), Fraction(0))
    if op in ("Var", "Cov"):
        x, y = args[0], args[-1]
        mean = [value(Term("E", t), at, bound) for t in (Term("*", x, y), x, y)]
        return mean[0] - mean[1] * mean[2]
    if op in ("G", "G'"):
        body = args[0] if op == "G" else Term("+", Term("number", "1"), Term("*", Term("number", "-1"), args[0]))
        return math.prod([_power(x, w) for w, x in _outcomes(body, at, bound)], start=Fraction(1))
    if op == "NWGM":
        above, below = (value(Term(g, args[0]), at, bound) for g in ("G", "G'"))
        return above * _power(above + below, Fraction(-1))
    raise NotImplementedError(op)


def _float(f, x):  # noqa: ANN001, ANN202
    if x == 0:
        return Fraction(f(0))
    try:
        return f(x)
    except OverflowError:
        raise Undefined from None


def _power(x, e):  # noqa: ANN001, ANN202
    if x == 0 and e < 0 or x < 0 and Fraction(e).denominator != 1:
        raise Undefined
    if isinstance(e, Fraction) and e.denominator == 1:
        return x ** int(e)
    return Fraction(0) if x == 0 else Fraction(1) if x == 1 else float(x) ** float(e)


def _ranged(limits: tuple[Term, ...], at: Instance, bound: dict[Term, int]) -> Iterator[dict[Term, int]]:
    """The values of the indices of ranges, the last of which is the outermost."""
    if not limits:
        yield bound
        return
    *inner, last = limits
    index, low, high = last.terms
    for i in range(int(value(low, at, bound)), int(value(high, at, bound)) + 1):
        yield from _ranged(tuple(inner), at, {**bound, index: i})


def _distribution(family: Term, at: Instance) -> Iterator[tuple[object, Fraction]]:
    (index, low, high), = [r.terms for r in family.terms if r.op == "range"]
    places = range(int(value(low, at)), int(value(high, at)) + 1)
    weights = [random.Random(f"{at.seed} {family} {k}").choice([0, 1, 2]) for k in places]
    weights[0] += not sum(weights)
    return iter([(Fraction(k), Fraction(w, sum(weights))) for k, w in zip(places, weights, strict=True)])


def _entry(family: Term, indices: tuple[int, ...], at: Instance):  # noqa: ANN202
    ranges = [r.terms for r in family.terms if r.op == "range"]
    inside: dict[Term, int] = {r[0]: i for r, i in zip(ranges, indices, strict=True)}
    within = all(value(low, at, inside) <= i <= value(high, at, inside)
                 for i, (_, low, high) in zip(indices, ranges, strict=True))
    if family.op == "gates":
        if within or _is_everywhere_a_probability(family.terms[0]):
            keep = value(family.terms[0], at, inside)
        else:  # no law: 0 or 1 with a probability that nothing tells
            keep = Fraction(random.Random(f"{at.seed} {family} {indices}").choice([1, 2, 3]), 7)
        return at.outcome((family, indices), iter([(Fraction(1), keep), (Fraction(0), 1 - keep)]))
    if family.op == "recursion":
        first = value(ranges[0][1], at)
        if indices[0] < first or indices[0] > first + 6:
            raise Undefined
        itself = _calls_itself(family.terms[1 if indices[0] == first else 2], family)
        return value(itself, at, inside)
    if family.args[2] == "distribution":
        return dict(_distribution(family, at)).get(Fraction(indices[0]), Fraction(1, 5))
    return at.drawn((family, indices), family.terms[0])


def _is_everywhere_a_probability(keep: Term) -> bool:
    return keep.number is not None or keep.op in ("scalar", "entry")


def _calls_itself(part: Term, family: Term) -> Term:
    if part.op == "family" and part.args[2] == "self":
        return family
    return Term(part.op, *[a if isinstance(a, str) else _calls_itself(a, family) for a in part.args])


def _holds(statement: Term, at: Instance, bound: dict[Term, int]) -> bool:
    if statement.op in ("true", "false"):
        return statement.op == "true"
    left, right = (value(t, at, bound) for t in statement.terms)
    return {"=": left == right, "!=": left != right, "<": left < right, "<=": left <= right,
            ">": left > right, ">=": left >= right}[statement.op]


def _outcomes(body: Term, at: Instance, bound: dict[Term, int]) -> list[tuple[Fraction, object]]:
    """The values of what is random, each with its probability, given no outcome of what is around."""
    found: list[tuple[Fraction, object]] = []
    saved = at.outcomes
    stack: list[tuple[Fraction, dict[object, object]]] = [(Fraction(1), {})]
    try:
        for _ in itertools.count():
            if not stack:
                return found
            weight, at.outcomes = stack.pop()
            try:
                found.append((weight, value(body, at, bound)))
            except Unknown as asked:
                key, law = asked.args
                stack += [(weight * w, {**at.outcomes, key: v}) for v, w in law]
    finally:
        at.outcomes = saved
    return found
