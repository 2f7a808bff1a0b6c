"""What `decide` claims at sizes, asked anew: statements written out as they are, false ones never shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from dropout_theory.claims import load
from dropout_theory.cli import main as cli
from dropout_theory.language import (
    PROBABILITY,
    REAL,
    UNIT,
    Cov,
    E,
    ForEach,
    Largest,
    Relu,
    Scalar,
    Var,
    both,
    distribution,
    family,
    gates,
    index,
    less,
    less_equal,
    size,
    weights,
)
from dropout_theory.recheck.at_sizes import AtSizes, CannotWriteOut
from dropout_theory.recheck.steps.grammar import ONE, Term, walk
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.normal import same
from dropout_theory.recheck.steps.statements import parts_of
from dropout_theory.recheck.translation import expression, term
from dropout_theory.recheck.values import Values
from dropout_theory.report.ledger import Ledger
from dropout_theory.running import decided
from dropout_theory.running.proofs import certificates, said_by_claims

n, i, k = size("n"), index("i"), index("k")
w, q = weights("w", n), family("q", UNIT, n)
d = gates("d", q, n)
x, p = Scalar("x", REAL), Scalar("p", PROBABILITY)
INSTANCE: dict[Any, Any] = {n: 3, x: Fraction(2, 3), p: Fraction(1, 5),
                            w: {(1,): Fraction(-2), (2,): Fraction(3, 7), (3,): Fraction(5)},
                            q: {(1,): Fraction(1, 2), (2,): Fraction(0), (3,): Fraction(2, 9)}}


@pytest.mark.parametrize("expr", [
    sp.Sum(w[i], (i, 1, n)), sp.Sum(sp.Sum(w[i] * w[k], (k, 1, i)), (i, 1, n)), sp.Product(w[i] + x, (i, 2, n)),
    E(sp.Sum(w[i] * d[i], (i, 1, n))), Var(sp.Sum(w[i] * d[i], (i, 1, n))), Cov(d[1] * w[2], d[1] + d[3]),
    E(Relu(x - sp.Sum(w[i] * d[i], (i, 1, n)))), Largest(w[i] * i, (i, 1, n)), sp.Sum(w[i], (i, 1, 0)),
    E(E(d[1]) * d[1] * d[2]), sp.Abs(w[1]) * n**2, sp.Sum(sp.KroneckerDelta(i, k) * w[i], (i, 1, n), (k, 1, 2)),
    sp.binomial(n, 2) * x,
], ids=str)
def test_what_is_written_out_has_the_same_value(expr: Any) -> None:
    written = AtSizes({term(n): 3})(term(expr))
    assert not {t.op for t in walk(written)} & {"sum", "product", "E", "Var", "Cov", "largest", "gates"}
    at = {**INSTANCE, **{expression(t.terms[0]): INSTANCE[_named(t)] for t in walk(written) if t.op == "entry"}}
    assert Values(at).value(expression(written)) == Values(INSTANCE).value(expr)


def _named(entry: Term) -> Any:
    return {"w": w, "q": q}[str(entry.terms[0].args[0])]


def test_statements_are_written_out() -> None:
    each = ForEach(less_equal(w[i], x), (i, 1, n))
    parts = parts_of(AtSizes({term(n): 2})(term(both(each, less(0, x)))), "and")
    assert [part.op for part in parts].count("<=") == 2 and len(parts) == 3
    assert AtSizes({term(n): 0})(term(each)) is Term("true")


def test_of_a_distribution_the_sum_is_known_and_of_a_law_what_must_be_shown() -> None:
    weight, a = distribution("P", n), family("a", REAL, n)
    at = AtSizes({term(n): 2})
    written = at(term(sp.Sum(weight[i] * x, (i, 1, n))))
    total, = at.facts
    assert total.terms[1] is ONE and same(written, Term("*", total.terms[0], term(x)))
    at = AtSizes({term(n): 1})
    at(term(E(gates("g", a, n)[1])))
    assert {law.op for law in at.laws} == {"<="} and len(at.laws) == 2


@pytest.mark.parametrize("expr", [d[1], sp.exp(x), w[i], E(sp.Sum(gates("g", p, 9)[i], (i, 1, 9)))])
def test_what_has_no_finite_form_is_refused(expr: Any) -> None:
    with pytest.raises(CannotWriteOut):
        AtSizes({term(n): 2})(term(expr))


def test_a_claim_changed_is_no_longer_shown() -> None:
    registry = load()
    records = {c["id"]: c for c in Ledger.read()}
    said = said_by_claims(registry)
    judge = Certified(lambda source: None, certificates())
    claim = registry["baldi2014:eq16"]
    found = decided.queries(claim, records[claim.id], said, judge)
    assert found and decided.outcome(found) == "all"
    statement, hypotheses = said[claim.id]
    wrong = Term("not", statement)
    assert decided.outcome(decided.queries(claim, records[claim.id], {claim.id: (wrong, hypotheses)}, judge)) == "none"
    assert not decided.queries(claim, {"evidence": []}, said, judge)


def test_recheck_decided(capsys: Any) -> None:
    assert cli.main(["recheck", "--decided", "baldi2014:eq16", "-q"]) == 0
    assert "queries shown" in capsys.readouterr().out
