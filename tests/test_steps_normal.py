"""Normal forms of proofs' terms say the same as the terms: against enumeration, and in the traps where rules go wrong."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from term_values import Instance, Undefined, Unknown, value

from dropout_theory.recheck.steps.binding import CannotSubstitute, alike, free, substitute
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Term, number
from dropout_theory.recheck.steps.normal import normal, same
from dropout_theory.recheck.steps.polynomial import TooLarge, as_term


def domain(low: str, high: str, kind: str = "real", left: str = "[", right: str = "]") -> Term:
    return Term("domain", f"{low}..{high}", kind, low, high, left, right)


REAL, UNIT, POSITIVE = domain("-oo", "oo"), domain("0", "1"), domain("0", "oo", left="(")


def index(name: str) -> Term:
    return Term("index", name, "integer")


def rng(i: Term, low: Term | int, high: Term | int) -> Term:
    return Term("range", i, *[number(e) if isinstance(e, int) else e for e in (low, high)])


def plus(*parts: Term) -> Term:
    return Term("+", *parts)


def times(*parts: Term) -> Term:
    return Term("*", *parts)


def power(base: Term, e: Term | int | Fraction) -> Term:
    return Term("^", base, e if isinstance(e, Term) else number(e))


def minus(t: Term) -> Term:
    return times(number(-1), t)


def total(body: Term, *ranges: Term) -> Term:
    return Term("sum", body, *ranges)


def E(t: Term) -> Term:
    return Term("E", t)


def entry(family: Term, *indices: Term | int) -> Term:
    return Term("entry", family, *[number(i) if isinstance(i, int) else i for i in indices])


i, j, k, q = map(index, "ijkq")
n = Term("scalar", "n", domain("0", "oo", "integer"))
m = Term("scalar", "m", domain("1", "oo", "integer"))
x, y, c = Term("scalar", "x", REAL), Term("scalar", "y", REAL), Term("scalar", "c", POSITIVE)
p = Term("scalar", "p", UNIT)
w = Term("family", "w", REAL, "free", rng(i, 1, n))
a = Term("family", "a", POSITIVE, "free", rng(i, 1, n))
keep = Term("family", "keep", UNIT, "free", rng(i, 1, n))
P = Term("family", "P", UNIT, "distribution", rng(k, 1, m))
N = Term("subnetwork", "N", domain("1", "oo", "integer"), P)
d = Term("gates", "d", entry(keep, i), rng(i, 1, n))
e = Term("gates", "e", number(Fraction(1, 2)), rng(i, 1, n), rng(j, 1, n))
other_d = Term("gates", "d", number(Fraction(1, 3)), rng(i, 1, n))
lame = Term("gates", "lame", times(i, power(n, -1)), rng(i, 1, n))  # no law beyond n
slot = Term("family", "h", REAL, "self", rng(i, 1, m))
h = Term("recursion", "h", REAL, x, plus(y, times(entry(slot, plus(i, number(-1))), entry(e, plus(i, number(-1)), 1))),
         rng(i, 1, m))

NUMBERS = [ZERO, ONE, number(2), number(-1), number(Fraction(1, 2)), x, y, c, p, n, m]


def any_index(draw: random.Random, bound: list[Term]) -> Term:
    found = draw.choice([*bound, *bound, ONE, number(2), n, q])
    return plus(found, ONE) if draw.random() < 0.15 else found


def any_term(draw: random.Random, depth: int, bound: list[Term], functions: bool) -> Term:
    """A random expression; with `functions`, of real ones beside the rational ones."""
    def sub() -> Term:
        return any_term(draw, depth - 1, bound, functions)

    kind = draw.random()
    if depth == 0 or kind < 0.12:
        if draw.random() < 0.5:
            return draw.choice(NUMBERS)
        family = draw.choice([w, w, a, d, d, e, other_d, lame, P, h])
        return entry(family, *[any_index(draw, bound) for _ in range(2 if family is e else 1)])
    if kind < 0.3:
        return plus(sub(), sub())
    if kind < 0.5:
        return times(*[sub() for _ in range(draw.choice([2, 2, 3]))])
    if kind < 0.6:
        return power(sub(), draw.choice([2, 2, -1, -1, -2, 3, 0]))
    if kind < 0.75:
        new = draw.choice([t for t in (i, j, k) if t not in bound] or [i])
        ends = draw.choice([(ONE, n), (ONE, n), (ONE, m), (ZERO, n), (ONE, number(2)), (ONE, plus(n, number(-1))),
                            (number(2), m), *[(ONE, b) for b in bound]])
        body = any_term(draw, depth - 1, [*bound, new], functions)
        return Term("product" if draw.random() < 0.2 else "sum", body, Term("range", new, *ends)) \
            if new not in free(ends[1]) else body
    if kind < 0.87:
        return draw.choice([E, E, E, lambda t: Term("Var", t), lambda t: Term("Cov", t, sub())])(sub())
    if kind < 0.9:
        return Term("equal-indices", any_index(draw, bound), any_index(draw, bound))
    if kind < 0.93:
        return entry(draw.choice([w, a, d]), N) if draw.random() < 0.6 else power(sub(), draw.choice([n, q, m]))
    if functions:
        return draw.choice([lambda t: Term("exp", t), lambda t: Term("log", t), lambda t: power(t, Fraction(1, 2)),
                            lambda t: Term("logistic", t, c, ONE), lambda t: power(t, p),
                            lambda t: power(t, Fraction(-3, 2))])(sub())
    return Term(draw.choice(["relu", "abs"]), sub())


def values(t: Term, seed: int) -> object:
    try:
        return value(t, Instance(seed))
    except (Undefined, OverflowError):
        return None
    except Unknown:
        return None  # random outside a mean: compared under one


def agree(left: object, right: object) -> bool:
    if left is None or right is None or left == right:
        return True
    return not (isinstance(left, Fraction) and isinstance(right, Fraction)) \
        and abs(float(left) - float(right)) <= 1e-6 * max(1.0, abs(float(left)))  # type: ignore[arg-type]


@pytest.mark.parametrize("functions", [False, True])
@pytest.mark.parametrize("block", range(8))
def test_a_normal_form_has_the_value_of_its_term(block, functions):
    compared = 0
    for seed in range(120):
        draw = random.Random(f"{block} {seed} {functions}")
        t = E(any_term(draw, 4, [], functions))
        try:
            written = as_term(normal(t))
        except TooLarge:
            continue
        for at in range(6):
            before = values(t, at)
            after = values(written, at) if before is not None else None
            assert agree(before, after), (block, seed, at, t, written, before, after)
            compared += after is not None
        assert same(t, written), (t, written)
    assert compared > 100
