"""Normal forms of terms of proofs say what the terms say: against enumeration, and in traps where rules go wrong."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from term_values import Instance, Undefined, Unknown, value

from dropout_theory.recheck.steps.atoms import as_term
from dropout_theory.recheck.steps.binding import CannotSubstitute, free, substitute
from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Malformed, Term, number
from dropout_theory.recheck.steps.normal import canonical, normal, same
from dropout_theory.recheck.steps.polynomial import TooLarge


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
                            (number(2), m), (ONE, entry(d, 1)), *[(ONE, b) for b in bound]])
        body = any_term(draw, depth - 1, [*bound, new], functions)
        return Term("product" if draw.random() < 0.2 else "sum", body, Term("range", new, *ends)) \
            if new not in free(ends[1]) else body
    if kind < 0.87:
        return draw.choice([E, E, E, lambda t: Term("Var", t), lambda t: Term("Cov", t, sub()),
                            lambda t: Term(draw.choice(["G", "G'", "NWGM"]), entry(draw.choice([a, w]), N))])(sub())
    if kind < 0.9:
        return Term("equal-indices", any_index(draw, bound), any_index(draw, bound))
    if kind < 0.93:
        return entry(draw.choice([w, a, d]), N) if draw.random() < 0.6 else power(sub(), draw.choice([n, q, m]))
    if functions:
        return draw.choice([lambda t: Term("exp", t), lambda t: Term("log", t), lambda t: power(t, Fraction(1, 2)),
                            lambda t: Term("logistic", t, c, ONE), lambda t: power(t, p),
                            lambda t: power(t, Fraction(-3, 2))])(sub())
    return Term(draw.choice(["relu", "abs"]), sub())


def any_real(draw: random.Random, depth: int) -> Term:
    """A random expression in roots, powers, logarithms and exponentials of what may be negative or 0."""
    if depth == 0:
        return draw.choice([x, x, y, y, c, p, n, m, entry(a, 1), entry(w, 1), number(-1), number(2), ZERO,
                            power(x, 2), times(x, y), plus(x, minus(y))])
    t = any_real(draw, depth - 1)
    kind = draw.random()
    if kind < 0.3:
        return draw.choice([plus, times, times])(t, any_real(draw, depth - 1))
    if kind < 0.75:
        e = draw.choice([2, 2, -1, 3, Fraction(1, 2), Fraction(1, 2), Fraction(1, 3), Fraction(-3, 2), n, m, q, p, x,
                         power(m, -1), plus(n, minus(m)), times(number(2), n), minus(n)])
        return power(t, e)  # type: ignore[arg-type]
    if kind < 0.9:
        return draw.choice([lambda t: Term("log", t), lambda t: Term("exp", t),
                            lambda t: Term("exp", times(number(Fraction(1, 2)), Term("log", t))),
                            lambda t: Term("log", power(t, 2))])(t)
    inside = times(t, entry(draw.choice([a, w]), i)) if draw.random() < 0.7 else t
    return Term(draw.choice(["sum", "product"]), inside, rng(i, 1, draw.choice([n, m, plus(n, number(-1))])))


def values(t: Term, seed: int) -> object:
    try:
        return value(t, Instance(seed))
    except (Undefined, OverflowError):
        return None
    except Unknown:
        return "random"


def agree(left: object, right: object) -> bool:
    if left in (None, "random") or right is None or left == right:
        return True
    return right != "random" and not (isinstance(left, Fraction) and isinstance(right, Fraction)) \
        and abs(float(left) - float(right)) <= 1e-6 * max(1.0, abs(float(left)))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["rational", "with functions", "real"])
@pytest.mark.parametrize("block", range(8))
def test_a_normal_form_has_the_value_of_its_term(block: Any, kind: Any) -> None:
    compared = 0
    for seed in range(40 if kind != "real" else 150):
        draw = random.Random(f"{block} {seed} {kind}")
        t = any_real(draw, 3) if kind == "real" else E(any_term(draw, 4, [], kind != "rational"))
        try:
            written = as_term(normal(t))
        except TooLarge:
            continue
        for at in range(5):
            before = values(t, at)
            after = values(written, at) if before is not None else None
            assert agree(before, after), (block, kind, seed, at, t, written, before, after)
            compared += after is not None
        assert kind == "real" or same(t, written), (t, written)  # one form, but for roots of roots
    assert compared > 40


def difference(l: Term, r: Term) -> list[object]:
    """Values of both sides where they differ, at some instances."""
    found = [(values(l, at), values(r, at)) for at in range(40)]
    return [v for v in found if not agree(*v)]


d_i, d_j, u_i = entry(d, i), entry(d, j), Term("exp", entry(w, i))
level = Term("recursion", "h", REAL, x, times(entry(slot, plus(i, number(-1))), entry(e, i, 1)), rng(i, 1, m))
some, more = (Term("relu", plus(number(-1), total(entry(d, plus(j, number(by))), rng(j, 1, n)))) for by in (0, 1))
over_n = rng(i, 1, n)
TRAPS = {
    "the root of a square": (power(power(x, 2), Fraction(1, 2)), x),
    "the logarithm of a square": (Term("exp", times(number(Fraction(1, 2)), Term("log", power(x, 2)))), x),
    "the size of an empty range": (total(ONE, rng(i, 2, n)), plus(n, number(-1))),
    "a mean over an empty range": (total(power(n, -1), over_n), ONE),
    "0 to a power": (power(ZERO, n), ZERO),
    "a product over an empty range": (Term("product", ZERO, over_n), ZERO),
    "two gates of one family": (E(times(d_i, d_j)), times(E(d_i), E(d_j))),
    "an index that another sum binds": (total(total(times(entry(w, i), entry(w, j)), rng(i, 1, n)), rng(j, 1, n)),
                                        total(power(entry(w, i), 2), rng(i, 1, n))),
    "an index out of the reach of its sum": (times(entry(w, i), total(entry(w, i), over_n)),
                                             total(power(entry(w, i), 2), over_n)),
    "a delta that may lie outside": (total(times(Term("equal-indices", i, j), entry(w, i)), over_n), entry(w, j)),
    "a gate beyond its range": (E(entry(lame, plus(n, ONE))), times(plus(n, ONE), power(n, -1))),
    "part of a distribution": (total(entry(P, k), rng(k, 1, n)), ONE),
    "a subnetwork in two places": (E(times(entry(w, N), entry(a, N))), times(E(entry(w, N)), E(entry(a, N)))),
    "a gate below the layer of an entry": (E(times(entry(h, 2), entry(e, 1, 1))),
                                           times(E(entry(h, 2)), E(entry(e, 1, 1)))),
    "a mean of a mean": (E(times(d_i, E(d_i))), E(d_i)),
    "a subnetwork in a mean in a mean": (E(times(entry(w, N), E(entry(w, N)))), E(power(entry(w, N), 2))),
    "a gate of the layer of an entry": (E(times(entry(level, 2), entry(e, 2, 1))),
                                        times(E(entry(level, 2)), E(entry(e, 2, 1)))),
    "gates with indices bound apart": (E(times(some, more)), times(E(some), E(more))),
    "the geometric mean of more than a subnetwork": (Term("G", times(entry(a, N), plus(ONE, entry(d, 1)))), Term(
        "product", power(times(entry(a, k), plus(ONE, entry(d, 1))), entry(P, k)), rng(k, 1, m))),
    "an inverse": (power(plus(ONE, minus(x)), -1), plus(ONE, x)),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_not_equal_has_two_normal_forms(trap: Any) -> None:
    left, right = TRAPS[trap]
    assert not same(left, right)
    assert difference(left, right)  # the trap is one


def test_gates_of_one_name_and_two_keep_probabilities_are_not_taken_for_independent() -> None:
    for index in (i, plus(i, ONE)):
        assert not same(E(times(d_i, entry(other_d, index))), times(E(d_i), E(entry(other_d, index))))


def test_what_no_grammar_forbids_proves_nothing() -> None:
    lost = Term("gates", "lost", number(2), over_n)  # kept with probability 2
    assert not same(E(entry(lost, 1)), number(2))
    empty = Term("family", "Q", UNIT, "distribution", rng(k, 1, ZERO))
    assert not same(total(entry(empty, k), rng(k, 1, ZERO)), ONE)
    drawn = Term("subnetwork", "M", domain("1", "oo", "integer"), w)  # from what is no distribution
    assert not same(E(entry(a, drawn)), total(times(entry(a, i), entry(w, i)), over_n))
    eager = Term("index", "i", "positive integer")  # the name promises what a range need not keep
    with pytest.raises(Malformed, match="an index symbol that is an integer"):
        rng(eager, -1, n)


def test_signs_are_those_of_the_shape() -> None:
    inner = Term("scalar", "o", domain("0", "1", left="(", right=")"))
    above = Term("family", "A", domain("1", "oo"), "free", over_n)
    assert bounds(times(number(2), c)).positive and not bounds(times(p, c)).positive
    assert not bounds(times(ZERO, c)).positive and not bounds(times(ZERO, inner)).positive
    assert not bounds(total(u_i, over_n)).positive and bounds(total(u_i, rng(i, 0, n))).positive
    product = Term("product", entry(above, i), over_n)  # 1 where the range is empty
    assert bounds(product).positive and not bounds(plus(product, number(-1))).positive


EQUAL = {
    "names of indices": (total(times(entry(w, i), entry(a, j)), rng(j, 1, i), rng(i, 1, n)),
                         total(times(entry(a, i), entry(w, j)), rng(i, 1, j), rng(j, 1, n))),
    "a square of a sum": (power(total(entry(w, i), over_n), 2),
                          total(times(entry(w, i), entry(w, j)), over_n, rng(j, 1, n))),
    "a variance": (Term("Var", total(times(entry(w, i), d_i), over_n)),
                   total(times(power(entry(w, i), 2), entry(keep, i), plus(ONE, minus(entry(keep, i)))), over_n)),
    "a mean over a subnetwork": (E(times(entry(w, N), entry(a, N))), total(times(entry(w, k), entry(a, k), entry(P, k)),
                                                                        rng(k, 1, m))),
    "a variance over a subnetwork": (Term("Var", entry(w, N)), plus(
        total(times(power(entry(w, i), 2), entry(P, i)), rng(i, 1, m)),
        minus(power(total(times(entry(w, j), entry(P, j)), rng(j, 1, m)), 2)))),
    "a geometric mean of positive values": (Term("G", entry(a, N)), Term(
        "exp", E(Term("log", entry(a, N))))),
    "a geometric mean of values that may be 0": (Term("G", power(entry(w, N), 2)), Term(
        "product", power(power(entry(w, j), 2), entry(P, j)), rng(j, 1, m))),
    "a normalised geometric mean": (Term("NWGM", entry(P, N)), times(
        Term("G", entry(P, N)), power(plus(Term("G", entry(P, N)), Term("G", plus(ONE, minus(entry(P, N))))), -1))),
    "powers of a symbolic exponent": (times(power(x, plus(m, ONE)), power(x, minus(m))), x),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_equal_has_one_normal_form(name: Any) -> None:
    assert same(*EQUAL[name])


def test_what_is_too_large_is_not_decided_and_takes_no_time() -> None:
    huge = number(10**12)
    for t in (power(number(2), huge), power(plus(x, y), huge), power(plus(x, y, p, c, n, m), number(40)),
              Term("log", number(10**30 + 57))):
        assert not same(t, x)
    assert same(times(power(x, huge), power(x, minus(huge))), ONE)


def test_a_substitution_captures_nothing_and_leaves_nothing_behind() -> None:
    inner = total(times(entry(w, i), j), over_n)
    with pytest.raises(CannotSubstitute, match="bound"):
        substitute(inner, {j: i})
    assert substitute(inner, {j: k}) is total(times(entry(w, i), k), over_n)
    assert substitute(inner, {i: q}) is inner  # bound
    drawn = Term("gates", "g", p, over_n)
    with pytest.raises(CannotSubstitute):  # the keep probability would stay p
        substitute(entry(drawn, 1), {p: number(Fraction(1, 2))})
    assert p in free(entry(drawn, 1)) and m in free(entry(P, 1))
    with pytest.raises(CannotSubstitute):
        substitute(Term("exists", Term("=", entry(drawn, 1), x), p), {x: p})


def test_terms_are_one_up_to_the_names_of_what_they_bind_and_no_further() -> None:
    by_i, by_j, of_q = (Term("relu", total(Term("relu", entry(w, at)), rng(bound, 1, n)))
                        for at, bound in ((i, i), (j, j), (q, i)))
    assert canonical(by_i) is canonical(by_j) is not canonical(of_q)
    inner, outer = (Term("relu", total(entry(w, at), rng(j, 1, i), rng(i, 1, n))) for at in (j, i))
    assert canonical(inner) is not canonical(outer)


def test_a_statement_that_is_false_where_it_is_undefined_is_not_put_in_normal_form() -> None:
    one = times(x, power(x, -1))
    for said in (Term("has-value", one), Term("exists", Term("=", one, ONE), x)):
        assert canonical(said) is said


def test_powers_of_numbers_are_powers_of_their_primes() -> None:
    c = Term("scalar", "c", domain("0", "oo", "integer"))
    assert same(Term("^", number(4), times(number(2), c)), Term("^", number(16), c))
    assert same(Term("^", number(6), c), times(Term("^", number(2), c), Term("^", number(3), c)))
    assert same(Term("^", number(Fraction(8, 9)), c), times(Term("^", number(2), times(number(3), c)), Term(
        "^", number(3), times(number(-2), c))))
    half = number(Fraction(1, 2))
    assert same(Term("^", number(12), half), times(number(2), Term("^", number(3), half)))
    assert not same(Term("^", number(4), c), Term("^", number(8), c))
    large = number(2**61 - 1)
    assert same(Term("^", times(large, number(2)), c), times(Term("^", number(2), c), Term("^", large, c)))
