"""Domains in the ablation of claims: what other hypotheses imply, what loses its meaning outside, what is renamed."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from dropout_theory.ablation.ablation import Ablation, ablate
from dropout_theory.ablation.registered import settled
from dropout_theory.ablation.sharper import undefined_terms
from dropout_theory.ablation.widening import in_domain, own_atoms, widenings
from dropout_theory.claims import Claim, ClaimError, Hypothesis, dropped_names, load
from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_UNIT,
    POSITIVE,
    REAL,
    UNIT,
    Aversion,
    E,
    Scalar,
    Statement,
    Values,
    both,
    different,
    equal,
    gates,
    implies,
    index,
    less,
    less_equal,
)
from dropout_theory.verdicts.kernel import Context

x, y, s = Scalar("x", POSITIVE), Scalar("y"), Scalar("s", REAL)
t = Scalar("t")
u = Aversion((t - s) ** 2, t**2, (t,))  # no method evaluates or decides what is said of it


def outcomes(statement: Statement, *conditions: Statement) -> dict[str, Ablation]:
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality",
                  tuple(Hypothesis(f"h{k}", c) for k, c in enumerate(conditions)))
    return {a.name: a for a in ablate(claim, Context(fast=True))}


def test_what_the_other_hypotheses_imply_is_not_needed() -> None:
    found = outcomes(less(0, y), less(1, x), less(x, y), less(0, y + 1))
    assert [found[h].outcome for h in ("h0", "h1", "h2")] == ["not needed", "needed", "not needed"]
    assert found["h2"].reason == "the other hypotheses imply it"
    assert found["x in positive real, not real"].reason == "the other hypotheses imply it"


def test_a_hypothesis_is_not_implied_where_the_others_are_undefined() -> None:
    found = outcomes(less(0, s * y), less(0, s**2), less(1, y / s**2))
    assert found["h0"].outcome == "needed"


@pytest.mark.parametrize(("statement", "ends"), [
    (less(u / x, u * y), "needed"),  # 1/0
    (less(u * sp.sqrt(x), u * y), "undecided"),  # the root of 0 is defined
    (less(u / (x + 1), u * y), "undecided"),  # 1/(0 + 1)
])
def test_a_domain_gives_meaning_where_nothing_outside_has_one(statement: Statement, ends: str) -> None:
    assert outcomes(statement)["x in positive real, not non-negative real"].outcome == ends


def test_beyond_the_ends_only_what_lies_beyond_counts() -> None:
    found = outcomes(less_equal(0, sp.sqrt(x)))
    assert found["x in positive real, not non-negative real"].outcome == "not needed"
    assert found["x in positive real, not real"].outcome == "needed"


def test_a_premise_defines_what_an_implication_concludes() -> None:
    root = sp.sqrt(y)
    assert undefined_terms(implies(both(less(1, y), less(y, s)), less(1, root)), []) == set()
    assert undefined_terms(implies(less(y, 1), less(root, 1)), []) == {root}
    assert undefined_terms(both(less_equal(0, y), less_equal(0, root)), []) == set()
    assert undefined_terms(both(less_equal(0, root), less_equal(0, y)), []) == {root}
    assert undefined_terms(implies(less(1, root), less(1, y)), []) == {root}


def test_a_claim_in_another_domain() -> None:
    claim = Claim("own:claim", "a claim", different(x, 0), "1", "eq. (1)", "inequality",
                  (Hypothesis("h", less(x, y)),), admissible={x: 1, y: 2})
    wide = in_domain(claim, x, NONNEGATIVE)
    new = Scalar("x", NONNEGATIVE)
    assert wide.statement == different(new, 0) and wide.hypotheses[0].condition == less(new, y)
    assert wide.admissible == {new: 1, y: 2}


def test_a_law_keeps_its_atom() -> None:
    p = Scalar("p", OPEN_UNIT)
    gate = gates("r", p, (index("i"), 1, 1))
    claim = Claim("own:claim", "a claim", equal(E(gate[1]), p), "1", "eq. (1)", "equation")
    with pytest.raises(ClaimError, match="share the names p"):  # the old one stays in the law
        in_domain(claim, p, UNIT)


@pytest.mark.parametrize("claim_id", ["sec1-norm-aversion", "sec1-norm-sensitive", "thm7", "sec32-equivalence"])
def test_what_is_registered_of_minimisers_stands(claim_id: str) -> None:
    claim = load("helmbold2017")[f"helmbold2017:{claim_id}"]
    dropped: list[tuple[str, Claim, Any, Values]] = [
        (h.name, claim.without(h.name), h.condition, {}) for h in claim.hypotheses]
    dropped += [(name, other, within, {atom: new}) for atom in own_atoms(claim)
                for name, new, other, within in widenings(claim, atom)]
    names = dropped_names(claim.id)
    found = {name: settled(other, name, condition, renamed) for name, other, condition, renamed in dropped}
    assert names and {name for name, outcome in found.items() if outcome is not None} == names
