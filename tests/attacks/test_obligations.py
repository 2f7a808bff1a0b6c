"""Causes 1 and 6: laws that only hypotheses make laws, and recursions that only hypotheses keep in their domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    HIDDEN,
    P,
    c,
    contradiction,
    i,
    j,
    n,
    not_accused,
    q,
    refused,
    unconditional,
    verdict,
    w,
    x,
    y,
)
from dropout_theory import language as lang
from dropout_theory import referee
from dropout_theory.claims import Claim
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.instances import check_admissible
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    NONNEGATIVE,
    NWGM,
    POSITIVE,
    UNIT,
    E,
    ForAll,
    ForEach,
    G,
    LargestOutcome,
    RandomScalar,
    Scalar,
    Statement,
    Var,
    both,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    logistic,
    recursion,
    subnetwork,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    expected,
    for_all,
    geometric_over_masks,
    identity,
    instance,
    number_kept,
    over_masks,
    two_outcomes,
    unfolded,
)
from dropout_theory.recheck.witnesses import recheck_counterexample, recheck_holds

NO_LAW = "the law of|no probability|may be none"

g = gates("g", x, n)[1]
inverse = gates("inverse", 1 / x, n)[1]
scaled = gates("scaled", y * q, n)
each = gates("each", y * w[i], (i, 1, n))
root = gates("root", sp.sqrt(c), n)[1]
bernoulli = RandomScalar("bernoulli", UNIT, "bernoulli", x)
U = uniform("U", 0, 1)
N = subnetwork("N", P)
nested = gates("nested", x * gates("inner", q, n)[1], n)[1]
spread = gates("spread", x * U, n)[1]
drawn = gates("drawn", x * N, n)[1]
INSIDE = both(less_equal(0, x), less_equal(x, 1))
SMALL = (less_equal(0, x), less_equal(x, 1))

MAY_BE_NONE: dict[str, Callable[[], Any]] = {
    "the bounds of a gate, for any x": lambda: expected(arithmetic(less_equal(g, 1))),
    "x <= 1, as the mean of a gate": lambda: arithmetic(less_equal(x, 1), expected(arithmetic(less_equal(g, 1)))),
    "a mean, for any x": lambda: identity(E(g), x),
    "a mean under one of two bounds": lambda: identity(E(g), x, assume(less_equal(x, 1))),
    "a variance": lambda: identity(Var(g), x - x**2),
    "a quotient for a keep probability": lambda: identity(E(inverse), 1 / x, assume(lang.different(x, 0))),
    "entries that some are too large": lambda: identity(E(each[1]), y * w[1], assume(less_equal(0, y * w[1])),
                                                        assume(less_equal(y * w[1], 1))),
    "outcomes of a gate": lambda: two_outcomes(g, g),
    "masks": lambda: over_masks(E(g)),
    "the number of gates kept": lambda: number_kept(gates("same", x, n), j),
    "a Bernoulli variable": lambda: identity(E(bernoulli), x),
    "a chance that an outcome moves": lambda: identity(E(nested), x * q, assume(less_equal(0, x * q)),
                                                       assume(less_equal(x * q, 1))),
    "a chance that another moves continuously": lambda: identity(E(spread), x / 2, assume(less_equal(0, x)),
                                                                 assume(less_equal(x, 2))),
    "a geometric mean": lambda: geometric_over_masks(G(1 + g)),
    "at all values of x, where one x is seen to be good": lambda: arithmetic(
        lang.either(ForAll(less_equal(E(g), 1), (x,)), less_equal(0, 1)), assume(less_equal(E(g), 1))),
}


@pytest.mark.parametrize("name", MAY_BE_NONE)
def test_a_law_that_may_be_none(name: str) -> None:
    """A theorem about a gate whose keep probability is 2 at some instance."""
    with refused(NO_LAW):
        unconditional(MAY_BE_NONE[name]())


@pytest.mark.parametrize("keep", [2, -HALF, 1 + n, -1 / n, 2 + q, sp.exp(n), 0.5, True, "q"], ids=str)
def test_a_chance_that_never_is_one(keep: Any) -> None:
    """Refused where it is made, whatever hypotheses may say."""
    with refused("no probability|of type"):
        gates("never", keep, n)
    with refused("no probability|of type"):
        RandomScalar("never", UNIT, "bernoulli", keep)


def test_a_value_put_into_a_law() -> None:
    """0 = 1: a gate kept with probability 2, from what holds for x between 0 and 1."""
    known = arithmetic(less_equal(E(g), 1), *map(assume, SMALL))
    with refused(HIDDEN):
        contradiction(instance(known, {x: sp.Integer(2)}))
    with refused("restricts|depends"):
        for_all(known, x)


UNDEFINED_SOMEWHERE: dict[str, tuple[Callable[[], Statement], tuple[Statement, ...]]] = {
    "a mean": (lambda: equal(E(g), x), ()),
    "a mean, x <= 1": (lambda: equal(E(g), x), (less_equal(x, 1),)),
    "a mean, 0 <= x": (lambda: equal(E(g), x), (less_equal(0, x),)),
    "a mean, x at most 1 + 1/9": (lambda: equal(E(g), x), (less_equal(0, x), less_equal(9 * x, 10))),
    "a mean, 1/x": (lambda: equal(E(inverse), 1 / x), (less_equal(HALF, x),)),
    "a mean of what is not random": (lambda: less_equal(E(g * 0 + g**0 + g), 2), ()),
    "the bound of a variance": (lambda: less_equal(Var(scaled[1]), sp.Rational(1, 4)), ()),
    "the first of many": (lambda: equal(E(each[1]), y * w[1]), (less_equal(0, y * w[1]), less_equal(y * w[1], 1))),
    "a geometric mean": (lambda: equal(G(1 + g), 2**x), (less_equal(0, x),)),
    "a normalised geometric mean": (lambda: less_equal(NWGM(logistic(g)), 1), ()),
    "the largest outcome": (lambda: less_equal(LargestOutcome(g), 1), ()),
    "a root for a keep probability": (lambda: equal(E(root), sp.sqrt(c)), ()),
    "a Bernoulli variable": (lambda: equal(Var(bernoulli), x - x**2), ()),
    "a chance that another gate moves": (lambda: equal(E(nested), x * q), (less_equal(0, x * q), less_equal(x * q, 1))),
    "a chance that a subnetwork moves": (lambda: less_equal(E(drawn), 1), SMALL),
    "beside a condition that does not guard it": (lambda: both(equal(E(g), x), less_equal(0, x**2)), ()),
    "behind a premise that does not guard it": (lambda: implies(less_equal(x, 1), less_equal(E(g), 1)), ()),
}


@pytest.mark.parametrize("name", UNDEFINED_SOMEWHERE)
def test_a_statement_that_is_undefined_somewhere(name: str) -> None:
    """Not believed by any method, and said to owe something, if it is not refuted."""
    build, hypotheses = UNDEFINED_SOMEWHERE[name]
    found = referee(build(), hypotheses=hypotheses)
    assert found.verdict.verdict in ("refuted", "open", "ill-formed"), str(found)
    assert "undischarged" in str(found)
    if found.verdict.verdict == "open":
        assert "undischarged obligation" in found.verdict.reason and "hypothesis" in found.verdict.reason


NONE_ANYWHERE = Scalar("far", lang.interval(-3, 3))


def test_a_statement_without_a_meaning() -> None:
    """A keep probability that is none at any instance that meets the hypotheses."""
    far = gates("far", NONE_ANYWHERE, n)[1]
    assert verdict(less_equal(E(far), 2), less_equal(2, NONE_ANYWHERE)) == "ill-formed"


TRUE_UNDER: dict[str, tuple[Callable[[], Statement], tuple[Statement, ...]]] = {
    "a mean": (lambda: equal(E(g), x), SMALL),
    "a mean, both in one": (lambda: equal(E(g), x), (INSIDE,)),
    "a mean, 1/x": (lambda: equal(E(inverse), 1 / x), (less_equal(1, x),)),
    "a variance": (lambda: equal(Var(scaled[1]), y * q * (1 - y * q)), (both(less_equal(0, y), less_equal(y, 1)),)),
    "entries": (lambda: equal(E(sp.Sum(each[i], (i, 1, n))), y * sp.Sum(w[i], (i, 1, n))), (
        ForEach(both(less_equal(0, y * w[i]), less_equal(y * w[i], 1)), (i, 1, n)),)),
    "behind a premise": (lambda: implies(INSIDE, equal(E(g), x)), ()),
    "a Bernoulli variable": (lambda: equal(Var(bernoulli), x - x**2), SMALL),
    "a chance that moves continuously": (lambda: equal(E(spread), x / 2), SMALL),
    "a root": (lambda: equal(E(gates("rooted", sp.sqrt(x), n)[1]), sp.sqrt(x)), SMALL),
    "a hypothesis about the gate itself": (lambda: equal(Var(g), x - x**2), (less_equal(E(g), HALF),)),
}


@pytest.mark.parametrize("name", TRUE_UNDER)
def test_a_law_that_hypotheses_make_one(name: str) -> None:
    """Proved, with the obligation beside it."""
    build, hypotheses = TRUE_UNDER[name]
    found = referee(build(), hypotheses=hypotheses, methods=("admissible", "symbolic", "decide", "exact"))
    assert found.verdict.verdict == "proved", str(found)
    owed = next(e for e in found.evidence if e.method == "admissible").figures["obligations"]
    assert owed and all(o["discharged"] for o in owed) and ": discharged" in str(found)


@pytest.mark.parametrize("name", ["a geometric mean", "a guarded case", "masks of a chance that moves"])
def test_true_statements_are_not_accused(name: str) -> None:
    guarded = sp.Piecewise((g, sp.And(sp.Ge(x, 0, evaluate=False), sp.Le(x, 1, evaluate=False))), (0, True))
    statement, hypotheses = {
        "a geometric mean": (equal(G(1 + g), 2**x), SMALL),
        "a guarded case": (less_equal(E(guarded), 1), ()),
        "masks of a chance that moves": (equal(E(nested), x * q), SMALL),
    }[name]
    not_accused(statement, *hypotheses, methods=("admissible", "symbolic", "decide", "exact", "property", "montecarlo"))


# --- domains declared for recursions --------------------------------------------------------------------------------

l = index("l")  # noqa: E741
LAYERS = ((l, 0, n),)
below = lang.placeholder("unit", LAYERS)[l - 1]
from_x = recursion("unit", LAYERS, x, below + 1, NONNEGATIVE)
times_x = recursion("unit", LAYERS, 1, x * below, POSITIVE)
gated = recursion("unit", LAYERS, 1, x * below * gates("open", q, (l, 1, n))[l - 1], UNIT)
alike = family("unit", NONNEGATIVE, (l, 0, n))  # of the name, domain and range of a recursion

LEAVES_ITS_DOMAIN: dict[str, tuple[Callable[[], Statement], tuple[Statement, ...]]] = {
    "from x": (lambda: less_equal(0, from_x[0]), ()),
    "from x, further up": (lambda: less_equal(0, from_x[n]), ()),
    "from x, where it is large": (lambda: less_equal(0, from_x[0]), (less_equal(x, 1),)),
    "times x": (lambda: less(0, times_x[1]), ()),
    "times x, where it may be 0": (lambda: less(0, times_x[1]), (less_equal(0, x),)),
    "in a mean": (lambda: less_equal(E(gated[1]), 1), ()),
    "in a mean, x <= 1": (lambda: less_equal(E(gated[1]), 1), (less_equal(x, 1),)),
    "a difference of entries, known of another family": (
        lambda: less_equal(0, recursion("unit", LAYERS, 1, below - x, NONNEGATIVE)[1]),
        (ForEach(less_equal(x, alike[l]), (l, 0, n)),)),
}


@pytest.mark.parametrize("name", LEAVES_ITS_DOMAIN)
def test_a_recursion_that_may_leave_its_domain(name: str) -> None:
    """Refuted by an instance at which it does, or left open, with the obligation beside it."""
    build, hypotheses = LEAVES_ITS_DOMAIN[name]
    found = referee(build(), hypotheses=hypotheses, methods=("admissible", "symbolic", "decide", "exact"))
    assert found.verdict.verdict in ("refuted", "open"), str(found)
    assert "undischarged" in str(found)


def test_an_entry_outside_its_domain_is_none() -> None:
    """0 = 1 by an entry that is not negative by its domain, and -1 by its definition; unfolded, or put into a law."""
    with refused("in its domain may be undefined"):
        contradiction(arithmetic(less_equal(0, from_x[0])))
    with refused("in its domain may be undefined"):
        arithmetic(less_equal(0, x), unfolded(from_x[0]))
    with refused("in its domain may be undefined"):
        identity(E(gates("by", gated[1], n)[1]), E(gated[1]))


@pytest.mark.parametrize(("base", "step", "domain"), [
    (-1, below, POSITIVE), (1, -below - 1, NONNEGATIVE), (2, below, UNIT), (HALF, below, lang.INTEGER),
    (1, below / 2, lang.INTEGER)], ids=str)
def test_a_recursion_that_never_keeps_to_its_domain(base: Any, step: Any, domain: lang.Domain) -> None:
    with refused("does not lie in its domain"):
        recursion("unit", LAYERS, base, step, domain)


KEEPS_TO_ITS_DOMAIN: dict[str, tuple[Callable[[], Statement], tuple[Statement, ...]]] = {
    "from x": (lambda: less_equal(0, from_x[n]), (less_equal(0, x),)),
    "from x, a lower bound of x": (lambda: less_equal(0, x), (less_equal(0, from_x[0]), equal(from_x[0], x))),
    "times x": (lambda: less(0, times_x[n]), (less(0, x),)),
    "its second entry": (lambda: less_equal(1, from_x[0] + 1), (less_equal(0, x),)),
    "behind a premise": (lambda: implies(less_equal(0, x), less_equal(0, from_x[n])), ()),
}


@pytest.mark.parametrize("name", KEEPS_TO_ITS_DOMAIN)
def test_a_recursion_that_hypotheses_keep_in_its_domain(name: str) -> None:
    build, hypotheses = KEEPS_TO_ITS_DOMAIN[name]
    found = referee(build(), hypotheses=hypotheses, methods=("admissible", "symbolic", "decide", "exact"))
    assert found.verdict.verdict == "proved", str(found)
    not_accused(less_equal(E(gated[1]), 1), *SMALL, methods=("admissible", "symbolic", "decide", "exact", "montecarlo"))


@pytest.mark.parametrize("value", [-HALF, sp.S.Zero, HALF], ids=str)
@pytest.mark.parametrize("statement", [less_equal(0, from_x[1]), less_equal(E(gated[1]), 1)], ids=str)
def test_both_evaluators_on_a_recursion(statement: Statement, value: sp.Rational) -> None:
    """An entry below 0 of what is declared not negative is undefined, by either evaluator."""
    values = {n: 1, x: value, **({q: HALF} if gated in lang.dependencies(statement) else {})}
    found = judge(statement, values, expectation)
    keeps = bool(value >= 0)
    assert (found.truth is Truth.TRUE) is keeps and bool(found.undefined) is not keeps
    again = recheck_holds(_claim(statement), lambda _: [values]).status
    assert again == ("confirmed" if keeps else "contradicted")


def _claim(statement: Statement, *hypotheses: Statement) -> Claim:
    return Claim("own:statement", "statement", statement, "-", "your statement", "sentence", hypotheses)


AT = {"outside": sp.Integer(2), "below": -HALF, "an end": sp.S.One, "inside": HALF}


@pytest.mark.parametrize("where", AT)
@pytest.mark.parametrize("statement", [equal(E(g), x), less_equal(0, Var(g)), less_equal(0, G(1 + g)),
                                       equal(E(bernoulli), x)], ids=str)
def test_both_evaluators_at_an_instance(statement: Statement, where: str) -> None:
    """An instance is admissible where the law is none, and the statement undefined there by either evaluator."""
    values = {x: AT[where], **({} if bernoulli in lang.dependencies(statement) else {n: 1})}
    claim = _claim(statement)
    check_admissible(claim, values)
    found = judge(statement, values, expectation)
    is_law = where in ("an end", "inside")
    assert (found.truth in (Truth.TRUE, Truth.AGREES)) is is_law and bool(found.undefined) is not is_law
    assert recheck_holds(claim, lambda _: [values]).status == ("confirmed" if is_law else "contradicted")
    recorded = {"instance": {str(k): str(v) for k, v in values.items()}, "undefined": "said so"}
    assert recheck_counterexample(claim, recorded).status == ("contradicted" if is_law else "confirmed")


def test_what_guards_a_gate_is_asked_before_its_law() -> None:
    """E([x <= 1] g) = 0 at x = 2, by either evaluator: the gate is not read there."""
    guarded = sp.Piecewise((g, sp.Le(x, 1, evaluate=False)), (0, True))
    statement, values = equal(E(guarded), 0), {n: 1, x: sp.Integer(2)}
    assert judge(statement, values, expectation).truth is Truth.TRUE
    assert recheck_holds(_claim(statement), lambda _: [values]).status == "confirmed"


def test_a_hypothesis_about_a_gate_rules_out_where_it_has_no_law() -> None:
    """x <= 1 where E(g) <= 2: an instance at which the hypothesis has no meaning is none of the claim."""
    assert verdict(less_equal(x, 1), less_equal(E(g), 2)) in ("supported", "open", "proved")


GOOD: dict[str, Callable[[], Theorem]] = {
    "the bounds of a gate": lambda: expected(arithmetic(less_equal(g, 1), *map(assume, SMALL))),
    "two outcomes of a constant one": lambda: two_outcomes(gates("half", HALF, n)[1], gates("half", HALF, n)[1]),
    "its mean between bounds": lambda: identity(E(g), x, assume(INSIDE)),
    "a premise": lambda: arithmetic(implies(INSIDE, less_equal(E(g), 1))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
