"""Exact instances: counterexamples are admissible and small, witnesses of existence are checked, ties are exact."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.checkers.exact import shrink
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.instances import Rejected
from dropout_theory.evaluation.values import Truth, is_exact
from dropout_theory.language import (
    OPEN_UNIT,
    PROBABILITY,
    REAL,
    UNIT,
    E,
    Exists,
    ForEach,
    G,
    Gc,
    Scalar,
    Statement,
    Var,
    all_equal,
    both,
    different,
    distribution,
    either,
    equal,
    equivalent,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    size,
    subnetwork,
    weights,
)
from dropout_theory.verdicts.kernel import Context, Evidence

n, m, i, k = size("n"), size("m"), index("i"), index("k")
w, p = weights("w", n), family("p", PROBABILITY, n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
P = distribution("P", m)
N = subnetwork("N", P)
O = family("O", UNIT, m)
q = Scalar("q", PROBABILITY)


def run(statement: Statement, **details: Any) -> Evidence:
    return get_checker("exact").check(Claim("paper:test", "test", statement, "1", "test", **details), Context())


def test_a_counterexample_is_shrunk_to_one_gate() -> None:
    found = run(equal(Var(S), sp.Sum(w[i] ** 2 * p[i], (i, 1, n))))
    assert found.outcome == "fails" and found.counterexample is not None
    instance = found.counterexample["instance"]
    assert (instance["n"], instance["w"]) == ("1", ["1"])
    assert instance["p"] in (["1"], ["1/2"])


def test_a_strict_inequality_fails_where_the_sides_tie() -> None:
    assert run(less(Var(O[N]), E(O[N]) * (1 - E(O[N])))).outcome == "fails"
    assert run(less_equal(Var(O[N]), E(O[N]) * (1 - E(O[N])))).outcome == "holds"


def test_entries_of_one_family_are_at_different_ends() -> None:
    """G + G' is 0 where some outcome is 0 and another is 1, and nowhere else."""
    found = run(less(0, G(O[N]) + Gc(O[N])))
    assert found.outcome == "fails" and found.counterexample
    assert set(found.counterexample["instance"]["O"]) >= {"0", "1"}


def test_zero_probabilities_break_an_equality_case() -> None:
    found = run(equivalent(equal(Var(O[N]), 0), all_equal(O[k], (k, 1, m))))
    assert found.outcome == "fails" and found.counterexample and "0" in found.counterexample["instance"]["P"]


def test_hypotheses_confine_the_search() -> None:
    statement = less_equal(q**2, q / 2)
    assert run(statement).outcome == "fails"
    half = Hypothesis("low", less_equal(q, sp.Rational(1, 2)))
    assert run(statement, hypotheses=(half,)).outcome == "holds"


def test_existence_is_proved_by_a_witness_and_never_refuted_by_a_bad_one() -> None:
    x = Scalar("x", REAL)
    statement = Exists(equal(x**2, 2 * x), (x,))
    assert run(statement, admissible={x: 2}).rigor == "proof"
    bad = run(statement, admissible={x: 3})
    assert bad.outcome == "unknown"
    with pytest.raises(Rejected):
        run(Exists(less(1, q), (q,)), admissible={q: 2})


def test_a_witness_at_one_value_of_a_free_atom_is_no_proof() -> None:
    x = Scalar("x", REAL)
    found = run(Exists(less(q, x), (x,)), admissible={x: 2, q: sp.Rational(1, 2)})
    assert (found.outcome, found.rigor) == ("holds", "exact-instances")


def test_agreement_of_balls_is_not_exact_truth() -> None:
    statement = equal(sp.exp(q) * sp.exp(2 * q) - sp.log(q), (sp.exp(q)) ** 3 - sp.log(3 * q) + sp.log(3))
    values = {q: sp.Rational(1, 3)}
    assert judge(statement, values, expectation).truth is Truth.AGREES
    assert judge(sp.Not(statement, evaluate=False), values, expectation).truth is Truth.UNKNOWN
    assert judge(implies(statement, less(1, q)), values, expectation).truth is Truth.UNKNOWN
    assert judge(both(statement, less(q, 1)), values, expectation).truth is Truth.AGREES


def test_a_statement_with_an_undefined_term_is_not_true() -> None:
    found = judge(equal(1 / q, 1 / q), {q: sp.S.Zero}, expectation)
    assert found.truth is Truth.FALSE and found.undefined == "division by zero in 1/q"
    assert judge(less(sp.log(q), 0), {q: sp.S.Zero}, expectation).truth is Truth.FALSE
    assert judge(sp.Not(less(sp.log(q), 0), evaluate=False), {q: sp.S.Zero}, expectation).truth is Truth.FALSE
    assert run(different(1 / q, 0)).counterexample == {"instance": {"q": "0"}, "undefined": "division by zero in 1/q"}


def test_a_statement_that_is_undefined_everywhere_is_ill_formed() -> None:
    for statement in (less(0, sp.log(-1 - q**2)), equal(sp.log(-2, evaluate=False), 0)):
        evidence = run(statement)
        assert evidence.ill_formed and evidence.counterexample is not None and "undefined" in evidence.counterexample
    assert not run(less(sp.log(q), 1)).ill_formed


def test_what_comes_before_guards_what_follows() -> None:
    at_zero, inverse, nonzero = {q: sp.S.Zero}, less(0, 1 / q), different(q, 0)

    def truth(statement: Statement) -> Truth:
        return judge(statement, at_zero, expectation).truth

    guarded, unguarded = both(nonzero, inverse), both(inverse, nonzero)
    assert not judge(guarded, at_zero, expectation).undefined and judge(unguarded, at_zero, expectation).undefined
    assert truth(sp.Not(guarded, evaluate=False)) is Truth.TRUE
    assert truth(sp.Not(unguarded, evaluate=False)) is Truth.FALSE
    assert truth(either(equal(q, 0), inverse)) is truth(implies(nonzero, inverse)) is Truth.TRUE
    each = ForEach(both(different(index("k"), 1), inverse), (index("k"), 1, 2))
    assert truth(each) is truth(sp.Not(each, evaluate=False)) is Truth.FALSE  # no index guards another
    assert truth(either(inverse, equal(q, 0))) is truth(equivalent(inverse, inverse)) is Truth.FALSE
    unknown = equal(sp.exp(q + 1) / sp.exp(1, evaluate=False), sp.exp(q))
    assert truth(either(sp.Not(unknown, evaluate=False), inverse)) is Truth.UNKNOWN  # is it guarded?


def test_an_irrational_instance_is_judged_exactly() -> None:
    x = Scalar("x", REAL)
    for root, statement in ((sp.sqrt(2), different(x**2, 2)), (sp.log(2), different(sp.exp(x), 2)),
                            (sp.rootof(x**5 - x - 1, 0), less(0, (x**5 - x - 1) ** 2))):
        # SymPy before 1.14 does not know that a sum of roots is algebraic: then nothing is said of it
        unseen = isinstance(root, sp.CRootOf) and (root**2 + root).is_algebraic is None
        assert judge(statement, {x: root}, expectation).truth is (Truth.UNKNOWN if unseen else Truth.FALSE)
        assert judge(statement, {x: root + 1}, expectation).truth is Truth.TRUE


def test_shrinking_keeps_rational_sides_rational() -> None:
    inside = family("O", OPEN_UNIT, m)
    wrong = Claim("paper:test", "test", less_equal((1 - G(inside[N])) ** 2, E((1 - inside[N]) ** 2)), "1", "test")
    half = sp.Rational(1, 2)
    values = {m: 2, P: {(1,): half, (2,): half}, inside: {(1,): sp.Rational(1, 4), (2,): sp.Rational(1, 9)}}
    smallest, judged = shrink(wrong, values)
    assert smallest == values and judged.left > judged.right
    assert is_exact(judged.left) and is_exact(judged.right)


def test_shrinking_drops_the_entry_that_does_not_matter() -> None:
    wrong = Claim("paper:test", "test", equal(Var(S), 0), "1", "test")
    values = {n: 2, w: {(1,): 5, (2,): 1}, p: {(1,): sp.Rational(1, 3), (2,): 1}}
    smallest, _ = shrink(wrong, values)
    assert smallest == {n: 1, w: {(1,): 1}, p: {(1,): sp.Rational(1, 2)}}


def test_an_inequality_shows_where_it_is_tight_or_how_close_it_comes() -> None:
    x = Scalar("x", PROBABILITY)
    quarter = run(less_equal(x * (1 - x), sp.Rational(1, 4))).figures
    assert quarter["equality"] == {"instance": {"x": "1/2"}, "value": "1/4"}
    loose = run(less_equal(x * (1 - x), sp.Rational(1, 3))).figures
    assert "equality" not in loose and 0.24 < loose["least_gap"]["part"] <= 0.25
    # a premise is not asserted, so that its equality cases say nothing of the statement
    guarded = run(implies(less_equal(x, 1), less(x - 2, 0))).figures
    assert "equality" not in guarded and 0.99 < guarded["least_beside_zero"]["size"] <= 1


def test_equality_of_zeros_gives_way_to_a_better_case() -> None:
    x = Scalar("x", PROBABILITY)
    assert run(less_equal(x**2, x)).figures["equality"]["value"] == "1"
