"""What settles a domain: limits of points inside, the claim's own proof made anew, terms that lose their meaning."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp

from dropout_theory.ablation.ablation import ablate
from dropout_theory.ablation.closure import by_continuity
from dropout_theory.ablation.meaning import undefined_term
from dropout_theory.ablation.registered import judged
from dropout_theory.ablation.replay import replayed
from dropout_theory.ablation.sharper import implied, undefined_terms
from dropout_theory.ablation.widening import in_domain, renewed
from dropout_theory.claims import Claim, ClaimError, Hypothesis, ProofError, load
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_UNIT,
    POSITIVE,
    REAL,
    UNIT,
    Domain,
    E,
    Expr,
    ForAll,
    ForEach,
    Gc,
    Largest,
    SameToOrder,
    Scalar,
    Statement,
    Values,
    Var,
    both,
    distribution,
    equal,
    family,
    implies,
    index,
    less,
    less_equal,
    logistic,
    size,
    subnetwork,
)
from dropout_theory.verdicts.fingerprint import meaning_fingerprint
from dropout_theory.verdicts.kernel import Context

m, n, j, k = size("m"), size("n"), index("j"), index("k")
P = distribution("P", m)
N = subnetwork("N", P)
S = family("S", REAL, m)
O, c, p, x = family("O", POSITIVE, m), Scalar("c", POSITIVE), Scalar("p", OPEN_UNIT), Scalar("x")
scale = Scalar("epsilon", POSITIVE)
top = Largest(O[k], (k, 1, m))


def passes(statement: Statement, atom: Scalar, wider: Domain, *conditions: Statement) -> bool:
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality",
                  tuple(Hypothesis(f"h{i}", condition) for i, condition in enumerate(conditions)))
    return by_continuity(in_domain(claim, atom, wider), renewed(atom, wider), atom.domain)


@pytest.mark.parametrize(("statement", "atom", "wider", "found"), [
    (equal(sp.Sum(p ** (j - 1), (j, 1, n)), x), p, UNIT, True),
    (equal(sp.Sum(p ** (j - 2), (j, 1, n)), x), p, UNIT, False),  # 1/p
    (less_equal(x, Gc(logistic(S[N], c, x))), c, NONNEGATIVE, True),
    (equal(sp.Sum(sp.Sum(p ** (j - 2), (j, 1, n)), (j, 3, n)), x), p, UNIT, False),  # the range that counts is inside
    (less_equal(x, 1 / (1 + c)), c, NONNEGATIVE, True),
    (less_equal(x, 1 / c), c, NONNEGATIVE, False),
    (implies(less(p, x), less_equal(1 / (x - p), x)), p, UNIT, True),  # the premise defines the conclusion
    (implies(less_equal(p, x), less_equal(p, x)), p, UNIT, False),  # true at an end, perhaps at no point near
])
def test_what_is_defined_and_continuous_at_the_ends(statement: Statement, atom: Scalar, wider: Domain,
                                                    found: bool) -> None:
    assert passes(statement, atom, wider) is found


def test_strict_hypotheses_hold_near_a_limit_and_define_terms() -> None:
    bound = less_equal(Var(O[N]) / (top - E(O[N])), top)
    assert passes(bound, O, NONNEGATIVE, less(E(O[N]), top))
    assert not passes(bound, O, NONNEGATIVE, less_equal(E(O[N]), top))
    assert not passes(bound, O, NONNEGATIVE)


def test_a_weak_hypothesis_must_persist_inwards() -> None:
    assert passes(less_equal(p, x), p, UNIT, less_equal(p, x**2 + sp.Rational(1, 2)))
    assert not passes(less_equal(p, x), p, UNIT, less_equal(p, x))  # at x = 0 it leaves the end alone


def test_what_is_said_of_every_entry_keeps_each_inside() -> None:
    half = sp.Rational(1, 2)
    inside = ForEach(both(less(0, O[j]), less(O[j], 1)), (j, 1, m))
    near = ForEach(less(sp.Abs(O[k] - half), half), (k, 1, m))
    assert implied(inside, [near])
    assert not implied(inside, [near.xreplace({m: n})])  # of other entries
    assert not implied(inside, [ForEach(less(sp.Abs(O[1] - half), half), (k, 1, m))])
    assert not implied(inside, [ForEach(less(sp.Abs(O[k] - half), 1), (k, 1, m))])


@pytest.mark.parametrize(("statement", "values", "found"), [
    (SameToOrder(1 / (1 - x), scale, scale, 1), {x: 1}, 1 / (1 - x)),
    (SameToOrder(1 / (1 - x), scale, scale, 1), {x: 2}, None),
    (SameToOrder(1 / (x + scale), 0, scale, 1), {x: 0}, None),  # defined as the scale moves
    (SameToOrder(sp.log(x) * scale, 0, scale, 1), {x: 0}, sp.log(x)),
    (implies(less(0, x), less(0, 1 / x)), {x: 0}, None),  # says nothing there
    (SameToOrder(sp.Sum(1 / (x * k), (k, 1, n)), 0, scale, 1), {x: 0, n: 2}, 1 / x),
    (SameToOrder(sp.Sum(1 / (x * k), (k, 2, n)), 0, scale, 1), {x: 0, n: 1}, None),  # the sum is empty
])
def test_terms_without_meaning_at_an_instance(statement: Statement, values: Values, found: Expr | None) -> None:
    assert undefined_term(statement, values) == found


def test_an_entry_outside_of_its_range_is_left_to_the_evaluator() -> None:
    """The end of a sum, and a divisor, of a layer that the instance does not have."""
    sizes, i, layer = family("n", POSITIVE, 1), index("i"), index("h")
    values = {layer: sp.Integer(2), sizes: {(1,): sp.Integer(1)}, x: sp.Integer(0)}
    assert undefined_term(equal(sp.Sum(1 / x, (i, 1, sizes[layer])), 0), values) is None
    assert undefined_term(equal(1 / sizes[layer], 0), values) is None


def test_a_natural_exponent_needs_no_sign_of_its_base() -> None:
    assert undefined_terms(equal(sp.Sum(x ** (j - 1), (j, 1, n)), 0), []) == set()
    loose = sp.Sum(x ** (j - 1), (j, 1, n)) + sp.Sum(sp.Sum(x ** (j - 1), (j, 0, n)), (j, 1, n))
    (term,) = undefined_terms(equal(loose, 0), [])  # the index has a name of its own there
    assert term.base == x and term.exp.subs(dict.fromkeys(term.exp.free_symbols, j)) == j - 1


def test_one_part_that_fails_is_enough() -> None:
    claim = Claim("own:claim", "a claim", both(SameToOrder(scale, 0, scale, 1), less(x, 1)), "1", "eq. (1)")
    assert judged(claim, {x: 2}).truth is Truth.FALSE
    with pytest.raises(Unsupported):
        judged(claim, {x: 0})


# --- the claim's own proof -----------------------------------------------------------------------------------------


def own_proof(claim: Claim, name: str, wider: Domain) -> Any:
    atom = next(a for a in claim.statement.atoms(Scalar) if a.name == name)
    return replayed(in_domain(claim, atom, wider), atom, wider)


def test_a_proof_that_does_not_use_a_domain_goes_through_without() -> None:
    registry = load("baldi2014")
    assert own_proof(registry["baldi2014:eq56"], "t", REAL).startswith("its own proof")


def test_a_proof_that_uses_a_domain_is_refused_without() -> None:
    assert own_proof(load("baldi2014")["baldi2014:eq67-step-limit.amended"], "r_0", REAL) is None


def test_a_proof_of_another_statement_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = load("baldi2014")["baldi2014:eq56"]
    other = in_domain(claim, next(a for a in claim.statement.atoms(Scalar) if a.name == "t"), REAL)
    for proved, scope in ((claim, None), (other, "a rule")):
        said = json.dumps({"scope": "a rule", "statement": meaning_fingerprint(proved), "relies": []})
        monkeypatch.setattr(subprocess, "run", lambda *_, said=said, **__: SimpleNamespace(stdout=said))
        assert replayed(other, c, REAL) == scope


def test_a_network_refutes_only_what_is_false_of_it() -> None:
    from dropout_theory.proofs.helmbold2017.signed_outputs import SIGNED, WITHOUT, refuted

    with pytest.raises(ProofError, match="not implied"):  # holds whatever the signs
        refuted("lem16-step-zero", SIGNED, WITHOUT, exact=100)
    assert not refuted("lem16-all-sizes", SIGNED, WITHOUT, exact=100).given


def test_a_whole_with_a_part_that_no_instance_decides_is_refuted_by_another() -> None:
    claim = Claim("own:claim", "a claim", both(SameToOrder(scale, 0, scale, 0), less(p, 1)), "1", "eq. (1)")
    found = {a.name: a.outcome for a in ablate(claim, Context(fast=True))}
    assert found["p in (0, 1), not [0, 1]"] == "needed"


def test_an_atom_that_a_quantifier_binds_is_not_widened() -> None:
    positive = ForAll(less(0, c * x**2 + 1), (c,))
    claim = Claim("own:claim", "a claim", less(0, c), "1", "eq. (1)", "inequality", (Hypothesis("h", positive),))
    with pytest.raises(ClaimError, match="binds c"):
        in_domain(claim, c, REAL)
