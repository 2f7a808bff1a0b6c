"""What is accepted up to normal form: the words of a claim, of an existence, of an order, and of a fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import FALSE, UNDEFINED, i, k, n, not_believed, refused, s, x
from dropout_theory.checkers.symbolic import accept
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import (
    NONNEGATIVE,
    PROBABILITY,
    Exists,
    ForAll,
    SameToOrder,
    Scalar,
    different,
    distribution,
    equal,
    family,
    interval,
    less,
    less_equal,
    weights,
)
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    evaluated,
    exhibit,
    identity,
    matches,
    restate,
    satisfied,
    to_order,
)
from dropout_theory.verdicts.fingerprint import spelled

below = Scalar("below", interval(-sp.oo, 0, open_above=True))
ZERO = evaluated(equal(0, 0))


def nothing(term: Any) -> Any:
    """0 by normal form, where the term has a value."""
    return sp.Sum(term, (k, 1, 2)) - 2 * term


def claimed(statement: Any, *hypotheses: Any) -> Claim:
    given = tuple(Hypothesis(f"hypothesis {place}", h) for place, h in enumerate(hypotheses))
    return Claim("own:words", "in its own words", statement, "-", "-", hypotheses=given)


# --- the words of a claim ---------------------------------------------------------------------------------------

CLAIMED: dict[str, tuple[Claim, Callable[[], Theorem]]] = {
    "a logarithm of any real": (claimed(equal(nothing(sp.log(x)), 0)), lambda: ZERO),
    "a pole at the root of a polynomial": (claimed(equal(nothing(1 / (x**5 - x - 1)), 0)), lambda: ZERO),
    "an assumption that tells more than the hypothesis": (
        claimed(equal(sp.log(x), sp.log(x)), equal(0 * x, 0)),
        lambda: arithmetic(equal(sp.log(x), sp.log(x)), assume(equal(nothing(sp.log(x)), 0)))),
    "an assumption that is not made": (claimed(less(0, x), less_equal(0, x)), lambda: assume(less(0, x))),
    "another conclusion": (claimed(equal(x, 1)), lambda: ZERO),
    "a quantified quotient": (claimed(ForAll(equal(nothing(1 / x), 0), (x,))),
                              lambda: assume(ForAll(equal(0 * x, 0), (x,)))),
}


@pytest.mark.parametrize("name", CLAIMED)
def test_a_proof_of_other_words(name: str) -> None:
    claim, proof = CLAIMED[name]
    with refused(f"{UNDEFINED}|assumes|concludes"):
        accept(claim, proof(), "proof")


@pytest.mark.parametrize("claim, proof", [
    (claimed(equal(nothing(sp.log(x)), 0), less(0, x)), lambda: ZERO),
    (claimed(equal(nothing(1 / x), 0), different(2 * x, 0)), lambda: ZERO),
    (claimed(equal(x + x, 2 * x)), lambda: identity(2 * x, x + x)),
    (claimed(less_equal(0, x + x), less_equal(0, 2 * x)), lambda: assume(less_equal(0, 2 * x))),
    (claimed(equal(sp.log(x), sp.log(x)), less_equal(1, x)),
     lambda: identity(sp.log(x), sp.log(x), assume(less_equal(1, x)))),
])
def test_a_proof_of_the_same_words(claim: Claim, proof: Callable[[], Theorem]) -> None:
    assert accept(claim, proof(), "proof").outcome == "holds"


# --- existence and orders ---------------------------------------------------------------------------------------

bits, others = family("a", PROBABILITY, (k, 1, 3)), family("b", PROBABILITY, (i, 1, 3))
same = family("c", PROBABILITY, (k, 1, 3))
whole = distribution("P", (k, 1, 3))
v = weights("v", (k, 1, 3))


def _sum(entries: Any, upto: Any = 3) -> Any:
    return sp.Sum(entries[k], (k, 1, upto))


SOME = exhibit(Exists(equal(0 * below, 0), (below,)), {below: -1}, ZERO)
TWO = exhibit(Exists(equal(_sum(bits), 2), (bits,)), {bits: {(1,): 1, (2,): 1, (3,): 0}}, evaluated(equal(2, 2)))
ATTACKS: dict[str, Callable[[], Any]] = {
    "what has no value anywhere exists": lambda: restate(SOME, Exists(equal(nothing(sp.log(below)), 0), (below,))),
    "it is exhibited": lambda: exhibit(Exists(equal(nothing(sp.log(x)), 0), (x,)), {x: -1}, ZERO),
    "it is assumed, and that is proved": lambda: satisfied(
        assume(Exists(equal(nothing(sp.log(below)), 0), (below,))), SOME),
    "small values at which a logarithm has none": lambda: restate(
        to_order(SameToOrder(s**2, 0, s, 1)), SameToOrder(s**2 + nothing(sp.log(s - 5)), 0, s, 1)),
    "a distribution whose sum is 2": lambda: restate(TWO, Exists(equal(_sum(whole), 2), (whole,))),
    "a family of one entry": lambda: restate(
        TWO, Exists(equal(_sum(family("b", PROBABILITY, (k, 1, 1))), 2), (family("b", PROBABILITY, (k, 1, 1)),))),
    "entries of another domain": lambda: restate(
        TWO, Exists(equal(_sum(family("b", NONNEGATIVE, (k, 1, 3))), 2), (family("b", NONNEGATIVE, (k, 1, 3)),))),
    "a bound family takes the name of a free one": lambda: restate(
        assume(Exists(equal(_sum(v), _sum(same)), (same,))), Exists(equal(_sum(v), _sum(v)), (v,))),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_up_to_normal_form(name: str) -> None:
    with refused(f"normal form|proved by these|{UNDEFINED}"):
        ATTACKS[name]()


def test_an_order_of_what_has_no_value_near_zero() -> None:
    not_believed(SameToOrder(s**2 + nothing(sp.log(s - 5)), 0, s, 1))


GOOD: dict[str, Callable[[], Theorem]] = {
    "another name for a bound family": lambda: restate(TWO, Exists(equal(2, _sum(same)), (same,))),
    "another name for a bound number": lambda: restate(SOME, Exists(equal(0, 0 * below), (below,))),
    "the same terms in another order": lambda: restate(
        assume(Exists(equal(sp.log(x) + 1 + x, 0), (x,))), Exists(equal(sp.log(x) + x, -1), (x,))),
    "an order written otherwise": lambda: restate(to_order(SameToOrder((1 + s) ** 2, 1 + 2 * s, s, 1)),
                                                  SameToOrder(1 + 2 * s + s**2, 1 + 2 * s, s, 1)),
    "a logarithm exhibited where it has a value": lambda: exhibit(Exists(equal(sp.log(x), 0), (x,)), {x: 1}, ZERO),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE


def test_a_premise_up_to_normal_form() -> None:
    """Modus ponens takes no existence for another that has no value."""
    rule = assume(sp.Implies(Exists(equal(nothing(sp.log(below)), 0), (below,)), FALSE, evaluate=False))
    with refused("premise"):
        apply(rule, SOME)


def test_kinds_of_bound_names() -> None:
    assert matches(Exists(equal(_sum(bits), 1), (bits,)), Exists(equal(_sum(same), 1), (same,)))
    assert not matches(Exists(equal(_sum(bits), 1), (bits,)), Exists(equal(_sum(whole), 1), (whole,)))
    assert not matches(Exists(less(0, others[1]), (others,)), Exists(less(0, whole[1]), (whole,)))


# --- fingerprints -----------------------------------------------------------------------------------------------


def test_functions_of_one_name() -> None:
    positive, real = sp.Function("f", real=True, positive=True), sp.Function("f", real=True)
    assert spelled(less_equal(0, positive(x))) != spelled(less_equal(0, real(x)))
    assert spelled(real(x) + 1) == spelled(1 + sp.Function("f", real=True)(x))


def test_dummies_of_one_name() -> None:
    matrix = weights("W", n, n)

    def total(place: Callable[[Any, Any], Any]) -> Any:
        one, two = sp.Dummy("k", integer=True), sp.Dummy("k", integer=True)
        return sp.Sum(place(one, two), (one, 1, n), (two, 1, n))

    assert spelled(total(lambda a, b: matrix[a, b])) != spelled(total(lambda a, b: matrix[b, a]))
    assert spelled(total(lambda a, b: matrix[a, b])) != spelled(total(lambda a, b: matrix[a, a]))
    assert spelled(total(lambda a, b: matrix[a, b])) == spelled(total(lambda a, b: matrix[a, b]))
    assert spelled(sp.Dummy("k", integer=True)) != spelled(sp.Dummy("k", positive=True))
