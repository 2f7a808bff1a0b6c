"""Cause 1 again: what is chosen among parameters must exist, and a normal form must not hide a term without value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import refused, s, x, y
from dropout_theory.checkers.symbolic import accept
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import (
    Aversion,
    Exists,
    HasValue,
    Scalar,
    atoms_of,
    different,
    equal,
    implies,
    latex,
    less_equal,
    notion,
    plain,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at_instance,
    aversion_value,
    discharge,
    exhibit,
    has_value,
    homogeneous,
    identity,
    instance,
    reparametrised,
    rewritten,
    same_training,
)

v = Scalar("v")
NONE = Aversion(v, v, (v,))  # no parameter is the best one
LOGS = Aversion(sp.log(v) ** 2, v**2, (v,))  # the criterion has no value at -1
RIDGE = Aversion((v - s) ** 2, (v - 1) ** 2, (v,))
EXISTENCE = "may be undefined"


def ridge() -> Theorem:
    """(s - 1)^2: the minimiser is v = s."""
    reached = equal(RIDGE.criterion, 0)
    at_best = discharge(reached, arithmetic(equal(RIDGE.risk, (s - 1) ** 2), assume(reached)))
    return aversion_value(RIDGE, arithmetic(less_equal(0, RIDGE.criterion)), at_best,
                          ({v: s}, identity(RIDGE.criterion.xreplace({v: s}), 0)),
                          arithmetic(less_equal(0, RIDGE.risk)),
                          ({v: sp.S.One}, identity(RIDGE.risk.xreplace({v: sp.S.One}), 0)))


@pytest.mark.parametrize("derivation", [
    lambda: identity(NONE, NONE),
    lambda: identity(LOGS, LOGS),
    lambda: arithmetic(less_equal(NONE, NONE + 1)),
    lambda: homogeneous(NONE, 2),
    lambda: reparametrised(NONE, {v: v + 1}, {v: v - 1}),
    lambda: reparametrised(NONE, {}, {}),
    lambda: same_training(NONE, identity(v, v), identity(v, v)),
    lambda: homogeneous(NONE, 2, homogeneous(RIDGE, 2, ridge())),  # another one exists
    lambda: has_value(NONE, ridge()),
    lambda: arithmetic(equal(LOGS, LOGS), assume(HasValue(RIDGE))),
])
def test_nothing_is_chosen_where_nothing_exists(derivation: Callable[[], Theorem]) -> None:
    with refused(EXISTENCE):
        derivation()


def test_a_value_shows_existence_and_rules_pass_it_on() -> None:
    value = ridge()
    assert value.conclusion == equal(RIDGE, (s - 1) ** 2) and not value.given
    assert has_value(RIDGE, value).conclusion == HasValue(RIDGE)
    louder = homogeneous(RIDGE, s, value)
    moved = reparametrised(RIDGE, {v: v + 1}, {v: v - 1}, louder)
    assert not louder.given and not moved.given
    assert at_instance(value, {s: 3}).conclusion == equal(Aversion((v - 3) ** 2, (v - 1) ** 2, (v,)), 4)
    assert instance(value, {s: s + 1}).conclusion == equal(Aversion((v - s - 1) ** 2, (v - 1) ** 2, (v,)), s**2)


def test_existence_may_be_assumed_and_guards() -> None:
    exists = HasValue(RIDGE)
    louder = homogeneous(RIDGE, 2, assume(exists))
    assert louder.given == {exists}
    assert discharge(exists, louder).conclusion == implies(exists, louder.conclusion)
    with refused(EXISTENCE):  # what is known of one says nothing of another
        homogeneous(NONE, 2, assume(exists))


def test_existence_is_asked_of_aversions_only_and_reads_well() -> None:
    with pytest.raises(ValueError, match="no aversion"):
        HasValue(x)
    named = notion("aversion(P)", RIDGE, "what is lost")
    assert plain(HasValue(named)) == "aversion(P) exists"
    assert latex(HasValue(named)).endswith(r"\text{exists}")
    assert atoms_of(claimed(implies(HasValue(RIDGE), equal(s, s)))) == ((), (s,), ())


# --- what is accepted up to normal form ---------------------------------------------------------------------------

def claimed(statement: Any, *conditions: Any) -> Claim:
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)", "equation",
                 tuple(Hypothesis(f"h{k}", c) for k, c in enumerate(conditions)))


QUOTIENT = (x**2 + x) / x


def test_a_theorem_does_not_prove_a_statement_of_more_terms() -> None:
    """x + 1 = x + 1 is no proof of (x^2 + x)/x = x + 1, which has no value at 0."""
    with refused(EXISTENCE):
        accept(claimed(equal(QUOTIENT, x + 1)), identity(x + 1, x + 1), "proof")
    guarded = claimed(equal(QUOTIENT, x + 1), different(x, 0))
    accept(guarded, arithmetic(equal(QUOTIENT, x + 1), assume(different(x, 0))), "proof")


def test_an_assumption_of_more_terms_is_no_hypothesis() -> None:
    """Under x + 1 = 1 the quotient 1/x has no value, as it has under (x^2 + x)/x = 1, which holds nowhere."""
    theorem = rewritten(1 / x, assume(equal(QUOTIENT, 1)))
    with refused(EXISTENCE):
        accept(claimed(equal(1 / x, 1 / x), equal(x + 1, 1)), theorem, "proof")


def test_a_body_is_exhibited_with_all_of_its_terms() -> None:
    """No x makes x log(-1 - y^2) = 0 true: the logarithm has no value, though SymPy has 0 at x = 0."""
    with refused(EXISTENCE):
        exhibit(Exists(equal(x * sp.log(-1 - y**2), 0), (x,)), {x: sp.S.Zero}, arithmetic(equal(0, 0)))
    squared = exhibit(Exists(equal(x * sp.log(1 + y**2), 0), (x,)), {x: sp.S.Zero}, arithmetic(equal(0, 0)))
    assert not squared.given
