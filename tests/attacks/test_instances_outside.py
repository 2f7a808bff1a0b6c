"""Cause 13: instances outside the domains and hypotheses, tried, shown or taken for witnesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import (
    HALF,
    O,
    P,
    b,
    e,
    i,
    k,
    m,
    n,
    not_accused,
    q,
    refused,
    w,
    x,
)
from dropout_theory import referee
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.evaluation.instances import Rejected
from dropout_theory.language import (
    INTEGER,
    NATURAL,
    Domain,
    E,
    Exists,
    Scalar,
    different,
    distribution,
    equal,
    family,
    index,
    interval,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
)
from dropout_theory.proof import arithmetic, at_instance, evaluated, exhibit, identity, refutation

OUTSIDE = "domain|instance|admiss|sum to one|entry|entries|value|number|size|range|random|gate|law|definition|missing"
two = distribution("two", (k, 1, 2))
THIRD = sp.Rational(1, 3)


def said(statement: Any, admissible: dict[Any, Any], *hypotheses: Any) -> str:
    """The verdict on a statement with an instance of its author's, or "refused"."""
    try:
        return referee(statement, hypotheses=hypotheses, admissible=admissible,
                       methods=("admissible", "symbolic", "decide", "exact")).verdict.verdict
    except (ValueError, Rejected):
        return "refused"


def claim(statement: Any, *hypotheses: Any) -> Claim:
    """A claim of a user's own."""
    named = tuple(Hypothesis(f"h{a}", condition) for a, condition in enumerate(hypotheses))
    return Claim("own:eq1", "a statement", statement, "1", "eq. (1)", hypotheses=named)


@pytest.mark.parametrize("entries", [
    {(1,): 1, (2,): 1}, {(1,): HALF, (2,): THIRD}, {(1,): 2, (2,): -1}, {(1,): 1}, {(1,): HALF, (2,): 0, (3,): HALF},
], ids=["above one", "below one", "negative", "missing", "beyond the size"])
def test_a_distribution_that_is_none(entries: dict[tuple[int], sp.Expr]) -> None:
    """The probabilities sum to one is refuted, by numbers that do not, or that do beyond the size."""
    statement = equal(sp.Sum(P[k], (k, 1, m)), 1)
    assert said(statement, {m: 2, P: entries}) not in ("refuted", "ill-formed", "conditional")
    if len(entries) > 1 and (value := entries[1,] + entries[2,]) != 1:
        with refused(OUTSIDE):
            refutation(evaluated(different(value, 1)), claim(statement), {m: 2, P: entries})


@pytest.mark.parametrize("entries", [
    {(1,): 1, (2,): 1}, {(1,): HALF, (2,): THIRD, (3,): sp.Rational(1, 6)},
], ids=["above one", "beyond the size"])
def test_a_witness_that_is_no_distribution(entries: dict[tuple[int], sp.Expr]) -> None:
    """There are probabilities of two outcomes that do not sum to one."""
    statement = Exists(different(sp.Sum(two[k], (k, 1, 2)), 1), (two,))
    assert said(statement, {two: entries}) not in ("proved", "supported")
    with refused(OUTSIDE + "|body"):
        exhibit(statement, {two: entries}, evaluated(different(entries[1,] + entries[2,], 1)))


@pytest.mark.parametrize("entries", [{(1,): 2, (2,): -1}, {(1,): 2}, {(1,): HALF}], ids=str)
def test_a_witness_that_leaves_something_out(entries: dict[tuple[int], sp.Expr]) -> None:
    """There is a probability of 2, or of an outcome whose companion is left out."""
    with refused(OUTSIDE):
        exhibit(Exists(equal(two[1], entries[1,]), (two,)), {two: entries}, identity(entries[1,], entries[1,]))


def test_a_gate_that_is_half_open() -> None:
    """There is an outcome at which a gate is 1/2."""
    gate = e
    with refused(OUTSIDE):
        exhibit(Exists(equal(gate[1], HALF), (gate,)), {gate: {(1,): HALF}}, evaluated(equal(HALF, HALF)))


def test_a_random_scalar_at_a_number() -> None:
    """There is a standard normal variable with mean 5."""
    Z = normal("Z", 0, 1)
    with refused(OUTSIDE):
        exhibit(Exists(equal(E(Z), 5), (Z,)), {Z: sp.Integer(5)}, identity(E(sp.Integer(5)), 5))


def test_a_defined_entry_at_a_number() -> None:
    """There is a recursion that starts at 1 and has the first entry 5."""
    l = index("l")  # noqa: E741
    layers = ((l, 0, 3),)
    unit = recursion("unit", layers, 1, 2 * placeholder("unit", layers)[l - 1])
    with refused(OUTSIDE):
        exhibit(Exists(equal(unit[0], 5), (unit,)), {unit: {(0,): 5}}, evaluated(equal(sp.Integer(5), 5)))


def test_an_entry_beyond_the_size_as_a_witness() -> None:
    """There are two weights of which the third is 7."""
    pair = family("pair", w.domain, (k, 1, 2))
    with refused(OUTSIDE):
        exhibit(Exists(equal(pair[3], 7), (pair,)), {pair: {(1,): 0, (2,): 0, (3,): 7}},
                evaluated(equal(sp.Integer(7), 7)))


def test_an_entry_beyond_the_size_at_an_instance() -> None:
    """7 = 8: the fifth of three weights at two values."""
    with refused(OUTSIDE):
        at_instance(arithmetic(equal(w[5] + n, n + w[5])), {n: 3, w: {(5,): 7}})


def test_a_number_outside_at_an_instance() -> None:
    """2 <= 1: a probability of 2."""
    with refused(OUTSIDE):
        at_instance(arithmetic(less_equal(q, 1)), {q: 2})
    with refused(OUTSIDE):
        at_instance(arithmetic(less_equal(0, b[1])), {b: {(1,): -1}})


@pytest.mark.parametrize("domain", [
    Domain("from a half", HALF, sp.oo, integer=True), Domain("to minus a half", -sp.oo, -HALF, integer=True),
    Domain("from sqrt 2", sp.sqrt(2), sp.oo, integer=True), Domain("to -5/2", -10, -sp.Rational(5, 2), integer=True),
], ids=str)
def test_integer_bounds_are_not_rounded_outwards(domain: Domain) -> None:
    """The bounds of a domain are kept, and must not be refuted at a rounded end."""
    v = Scalar("v", domain)
    not_accused(less_equal(v, domain.upper) if domain.upper < 0 else less_equal(domain.lower, v))


@pytest.mark.parametrize(("domain", "strict"), [
    (Domain("above 0", 0, sp.oo, open_below=True, integer=True), lambda v: less(0, v)),
    (Domain("below 0", -5, 0, open_above=True, integer=True), lambda v: less(v, 0)),
    (Domain("between", -3, 3, True, True, integer=True), lambda v: less(v, 3)),
], ids=["above 0", "below 0", "between"])
def test_open_integer_ends_are_left_out(domain: Domain, strict: Callable[[Scalar], sp.Basic]) -> None:
    """A strict bound of a domain is kept, and must not be refuted at its open end."""
    not_accused(strict(Scalar("v", domain)))


def test_entries_of_integers_are_not_rounded_outwards() -> None:
    """1 <= each entry of integers from 1/2 on, and must not be refuted at 0."""
    counts = family("counts", Domain("from a half", HALF, sp.oo, integer=True), n)
    not_accused(less_equal(1, counts[1]))


@pytest.mark.parametrize("domain", [
    interval(sp.sqrt(2), 2), interval(0, sp.pi), interval(sp.sqrt(2), sp.sqrt(3), True, True)], ids=str)
def test_irrational_ends_are_kept(domain: Domain) -> None:
    """Both ends of an interval with irrational ends bound its numbers."""
    v = Scalar("v", domain)
    not_accused(less_equal(domain.lower, v))
    not_accused(less_equal(v, domain.upper))


@pytest.mark.parametrize("statement, hypotheses", [
    (less_equal(q, HALF), (less_equal(THIRD, q),)),
    (less_equal(x**2, 2), (less_equal(1, x), less_equal(x, 3))),
    (less_equal(sp.Sum(w[i], (i, 1, n)), 0), (less_equal(1, w[1]), less_equal(3, n))),
    (less_equal(sp.Sum(O[k] * P[k], (k, 1, m)), O[1]), (less_equal(3, m), less_equal(sp.Rational(1, 5), P[1]))),
    (equal(x, Scalar("v", INTEGER)), (less(Scalar("v", INTEGER), x), less_equal(2, Scalar("v", INTEGER)))),
], ids=str)
def test_what_is_shown_meets_the_hypotheses(statement: Any, hypotheses: tuple[Any, ...]) -> None:
    """A counterexample that was made small meets the hypotheses and domains, or it accuses falsely."""
    found = referee(statement, hypotheses=hypotheses, methods=("admissible", "decide", "exact"))
    assert found.verdict.verdict == "refuted" and found.counterexample is not None
    shown = found.counterexample["instance"]
    values: dict[Any, Any] = {}
    for condition in (statement, *hypotheses):
        for atom in condition.free_symbols:
            if str(atom) not in shown:
                continue
            given = shown[str(atom)]
            values[atom] = {(place + 1,): sp.Rational(v) for place, v in enumerate(given)} \
                if isinstance(given, list) else sp.Rational(given)
    from dropout_theory.evaluation.instances import check_admissible

    check_admissible(claim(statement, *hypotheses), values)


def test_an_instance_that_breaks_a_hypothesis() -> None:
    """q <= 1/2 for q <= 1/2 is refuted by the instance q = 1."""
    assert said(less_equal(q, HALF), {q: 1}, less_equal(q, HALF)) not in ("refuted", "conditional", "ill-formed")
    with refused(OUTSIDE + "|hold"):
        refutation(evaluated(sp.Not(less_equal(sp.S.One, HALF), evaluate=False)),
                   claim(less_equal(q, HALF), less_equal(q, HALF)), {q: 1})


@pytest.mark.parametrize("values", [{q: 2}, {q: -1}, {q: sp.I}, {q: sp.oo}, {q: sp.nan}, {}, {x: 1}], ids=str)
def test_an_instance_outside_the_domain(values: dict[Any, Any]) -> None:
    """0 <= q <= 1 is refuted outside the unit interval."""
    statement = less_equal(q * (q - 1), 0)
    assert said(statement, values) not in ("refuted", "conditional", "ill-formed")


def test_good_uses() -> None:
    """Witnesses and instances inside are taken."""
    assert said(Exists(equal(two[1], THIRD), (two,)), {two: {(1,): THIRD, (2,): 2 * THIRD}}) == "proved"
    assert said(equal(sp.Sum(P[k], (k, 1, m)), 1), {m: 2, P: {(1,): THIRD, (2,): 2 * THIRD}}) == "proved"
    assert said(less_equal(q, HALF), {q: THIRD}, less_equal(q, HALF)) == "proved"
    assert exhibit(Exists(equal(q, HALF), (q,)), {q: HALF}, evaluated(equal(HALF, HALF))).conclusion is not None
    wrong = claim(equal(q, 1), less(q, HALF))
    assert refutation(evaluated(different(THIRD, 1)), wrong, {q: THIRD}).conclusion is not None
    not_accused(less_equal(0, Scalar("v", NATURAL)))
