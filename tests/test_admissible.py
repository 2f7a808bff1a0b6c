"""Hypotheses without an instance are found, and a stated instance is checked."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import (
    PROBABILITY,
    REAL,
    Domain,
    E,
    Scalar,
    Statement,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    size,
)
from dropout_theory.verdicts.kernel import Context, Evidence, derive

p, x = Scalar("p", PROBABILITY), Scalar("x", REAL)


def claim_with(*conditions: Statement, **details: Any) -> Claim:
    hypotheses = tuple(Hypothesis(f"h{n}", c) for n, c in enumerate(conditions))
    return Claim("paper:vacuous", "test", less_equal(x**2, x**2 + 1), "1", "test", hypotheses=hypotheses, **details)


def check(claim: Claim) -> Evidence:
    return get_checker("admissible").check(claim, Context())


def test_contradictory_hypotheses_make_a_claim_ill_formed() -> None:
    claim = claim_with(less(p, sp.Rational(1, 3)), less(sp.Rational(1, 2), p))
    found = check(claim)
    assert found.ill_formed and found.outcome == "unknown"
    proof = get_checker("symbolic").check(claim, Context())
    assert proof.outcome == "holds"  # true of nothing
    assert derive(claim, [found, proof]).verdict == "ill-formed"


def test_narrow_but_satisfiable_hypotheses_are_not_accused() -> None:
    claim = claim_with(less(x, sp.Rational(1, 10**6)), less(0, x))
    found = check(claim)
    assert not found.ill_formed


def test_satisfiable_hypotheses_get_an_instance() -> None:
    found = check(claim_with(less(p, sp.Rational(1, 2))))
    assert found.outcome == "holds" and found.figures["instance"]["p"]


def test_a_stated_instance_that_breaks_a_hypothesis_is_not_accepted() -> None:
    assert check(claim_with(less(p, sp.Rational(1, 2)), admissible={p: sp.Rational(3, 4), x: 0})).outcome == "unknown"
    assert check(claim_with(less(p, sp.Rational(1, 2)), admissible={p: sp.Integer(2), x: 0})).outcome == "unknown"
    assert check(claim_with(less(p, sp.Rational(1, 2)), admissible={p: sp.Rational(1, 4)})).outcome == "unknown"


def test_no_verdict_without_an_admissible_instance() -> None:
    claim = claim_with(less(p, sp.Rational(1, 2)), admissible={p: sp.Rational(3, 4), x: 0})
    proof = get_checker("symbolic").check(claim, Context())
    assert derive(claim, [check(claim), proof]).verdict == "open"


def test_the_ends_of_domains_are_met_where_hypotheses_allow_them() -> None:
    figures = check(claim_with(less(p, sp.Rational(1, 2)))).figures
    assert figures["boundary"] == ["p = 0"] and figures["boundary_not_met"] == ["p = 1"]
    stated = check(claim_with(less(x, 0), admissible={x: -1})).figures
    assert "boundary" not in stated, "the real line has no ends"
    n = size("n")
    w = family("w", PROBABILITY, n)
    some = Claim("paper:sizes", "test", less_equal(0, w[1]), "1", "test")
    assert check(some).figures["boundary"] == ["n = 1", "w = 0", "w = 1"]


def test_ends_that_only_the_stated_instance_or_some_entries_meet() -> None:
    n, k = size("n"), index("k")
    w = family("w", PROBABILITY, n)
    total = equal(sp.Sum(w[k], (k, 1, n)), sp.Rational(7, 5))  # two entries at least, and not both 0 or both 1
    stated = Claim("paper:places", "test", less_equal(0, w[1]), "1", "test", hypotheses=(Hypothesis("total", total),),
                   admissible={n: 3, w: {(1,): 1, (2,): sp.Rational(2, 5), (3,): 0}})
    figures = check(stated).figures
    assert figures["boundary"] == ["w = 0 in places", "w = 1 in places"] and figures["boundary_not_met"] == ["n = 1"]
    eight = check(claim_with(equal(n, 8), admissible={n: 8, x: 0})).figures
    assert "boundary" not in eight and eight["boundary_not_met"] == ["n = 1"]


def test_a_domain_may_be_given_in_plain_numbers() -> None:
    bit = Domain("0 or 1", 0, 1, integer=True)
    assert [bit.contains(v) for v in (0, 1, 2, sp.Rational(1, 2))] == [True, True, False, False]
    assert check(claim_with(less(0, Scalar("b", bit)))).figures["instance"]["b"] == "1"


def test_what_a_law_obliges_to_is_found_and_shown() -> None:
    """`show` prints it from the record, discharged or not."""
    from dropout_theory.report.ledger import Ledger
    from dropout_theory.report.page import said

    gate = gates("gate", 1 / x, 2)[1]
    ledger = Ledger.read()
    for condition, shown in ((less_equal(1, x), "discharged"), (less_equal(sp.Rational(1, 2), x), "undischarged")):
        hypotheses = (Hypothesis("h", condition),)
        found = check(Claim("paper:law", "test", equal(E(gate), 1 / x), "1", "test", hypotheses=hypotheses))
        (owed,) = found.figures["obligations"]
        assert owed["discharged"] is (shown == "discharged") and "1/x" in owed["said"] and "gate" in owed["said"]
        record = {**next(iter(ledger)), "evidence": [{"method": "admissible", "figures": found.figures}]}
        assert dict(said(ledger, record))["Obligations"] == [f"obligation: {owed['said']}: {shown}"]
    assert "obligations" not in check(claim_with()).figures
