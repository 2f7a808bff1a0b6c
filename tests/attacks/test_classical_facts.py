"""Each classical fact: where it is to be found, both evaluators at the ends of its domains, and what rests on it."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from flint import arb

from attacks.support import refused, x
from dropout_theory.claims import FACTS, PAPER_KEYS, Claim, classical_fact, load, load_proofs
from dropout_theory.definedness.shown import undefined
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.instances import build
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, precision
from dropout_theory.language import Converges, Scalar, atoms_of, equal, unnamed
from dropout_theory.proof import classical
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.values import Values
from dropout_theory.report.citations import bibtex, classical_facts
from dropout_theory.report.ledger import DEFAULT, Ledger
from dropout_theory.verdicts import kernel

load()
for paper in PAPER_KEYS:
    load_proofs(paper)
NAMES = ("abel-log-partition", "dirichlet-cosine", "euler-zeta", "mittag-leffler-log-partition", "stirling-bernoulli",
         "wallis")
# values of each fact's atoms by name: the ends of their domains, where both sides are equal, and the places beside
EDGES: dict[str, list[dict[str, Any]]] = {
    "wallis": [{"c": k} for k in (0, 1, 2, 3, 40)],
    "euler-zeta": [{"k": k} for k in (1, 2, 3, 12)],
    "stirling-bernoulli": [{"k": k} for k in (1, 2, 3, 8)],
    "mittag-leffler-log-partition": [{"c": c, "j": j} for c in (0, 1, -1, 7, sp.Rational(-1, 3)) for j in (2, 3, 4, 9)],
    # the circle of convergence is at sqrt(c^2 + pi^2), which no rational meets
    "abel-log-partition": [{"c": c, "w": w} for c in (0, 1, -2) for w in (0, 1, -1, 3, -3, 4, -4, sp.Rational(22, 7))],
}


def about(name: str) -> Claim:
    return Claim("own:fact", "a fact", unnamed(FACTS[name].statement), "-", "-")


def instances(name: str) -> list[dict[Any, Any]]:
    """The edges, and some that are drawn, most of them at ends."""
    atoms = {atom.name: atom for group in atoms_of(about(name)) for atom in group}
    chosen = [{atoms[n]: sp.sympify(v) for n, v in given.items()} for given in EDGES[name]]
    chooser = RandomChooser(3, edges=0.7)
    return chosen + [dict(build(about(name), chooser)) for _ in range(12)]


def test_the_facts_are_these_and_each_says_where_it_is_to_be_found() -> None:
    assert set(NAMES) <= set(FACTS)
    for name in NAMES:
        cited = FACTS[name].reference
        assert any(work in cited for work in ("Rudin", "Digital Library", "Edinburgh Mathematical Notes")), name
        assert any(character.isdigit() for character in cited), name  # a theorem, a formula or a page


@pytest.mark.parametrize("name", NAMES)
def test_every_term_of_a_fact_is_defined(name: str) -> None:
    assert undefined(unnamed(FACTS[name].statement)) is None


@pytest.mark.parametrize("name", EDGES)
def test_both_evaluators_find_it_true(name: str) -> None:
    statement, first, second = unnamed(FACTS[name].statement), 0, 0
    for values in instances(name):
        try:
            found = judge(statement, values, expectation).truth
        except Unsupported:
            found = Truth.UNKNOWN
        except Undefined as error:
            raise AssertionError((name, values)) from error
        assert found is not Truth.FALSE, (name, values)
        first += found in (Truth.TRUE, Truth.AGREES)
        try:
            with mp.workdps(DIGITS):
                again = truth(Values(values), statement)
        except CannotRecheck:
            again = None
        except NoValue as error:
            raise AssertionError((name, values)) from error
        assert again is not False, (name, values)
        second += again is True
    assert first >= len(EDGES[name]), (name, first)
    assert second >= len(EDGES[name]), (name, second)


def test_what_is_just_beyond_the_bounds_of_wallis_is_false() -> None:
    """C(2c, c)^2 pi (c + 1/4) <= 16^c holds; with c + 1/3 it fails, and with c - 0 the other bound does."""
    c = next(iter(unnamed(FACTS["wallis"].statement).free_symbols))
    for shift, wanted in ((sp.Rational(1, 4), Truth.TRUE), (sp.Rational(1, 3), Truth.FALSE)):
        statement = sp.Le(sp.binomial(2 * c, c) ** 2 * sp.pi * (c + shift), 16**c, evaluate=False)
        assert judge(statement, {c: sp.Integer(9)}, expectation).truth is wanted


ANGLES = [sp.Rational(1, 100), sp.Rational(1, 2), sp.Integer(1), sp.Integer(3), sp.Integer(6), sp.Rational(628, 100)]


@pytest.mark.parametrize("angle", ANGLES, ids=str)
def test_dirichlets_series_by_its_remainder(angle: Any) -> None:
    """No evaluator decides it, but partial sums come as near to -log(2 sin(t/2)) as summation by parts says."""
    assert FACTS["dirichlet-cosine"].untried and "dirichlet-cosine" not in EDGES
    terms = 2000
    with precision(128):
        t = arb(int(angle.p)) / int(angle.q)
        total: Any = arb(0)
        for j in range(1, terms + 1):
            total += (t * j).cos() / j
        half = (t / 2).sin()
        assert abs(total + (2 * half).log()) < 1 / ((terms + 1) * abs(half))
    with mp.workdps(40):
        again = mp.fsum(mp.cos(j * mp.mpf(angle.p) / angle.q) / j for j in range(1, terms + 1))
        sine = mp.sin(mp.mpf(angle.p) / angle.q / 2)
        assert abs(again + mp.log(2 * sine)) < 1 / ((terms + 1) * abs(sine))


def test_a_fact_that_is_decided_nowhere_says_why() -> None:
    j = sp.Symbol("j", integer=True)
    unread = Converges(sp.sin(j * Scalar("theta")) / j, (j, 1))
    for name, why in (("silent series", ""), ("excused series", "neither evaluator sums it")):
        classical_fact(name, unread, "no book, 1", why)
    try:
        with refused("decided at no instance"):
            classical("silent series")
        assert classical("excused series").uses == {"classical:excused series"}
    finally:
        FACTS.pop("silent series")
        FACTS.pop("excused series")


def test_facts_are_named_beside_what_rests_on_them() -> None:
    """In `cite`, through the claims that a proof cites too; and nowhere else."""
    ledger = Ledger.read(DEFAULT)
    assert classical_facts(ledger, ledger["helmbold2017:lem15-step-point-sharpened"]) == ["wallis"]
    resting = [c for c in ledger if classical_facts(ledger, c)]
    assert {name for c in resting for name in classical_facts(ledger, c)} <= set(NAMES)
    for claim in resting:
        assert "of the literature" in bibtex(ledger, [claim])
    assert "literature" not in bibtex(ledger, [ledger["baldi2014:eq39"]])


def test_verdicts_name_the_facts_that_they_rest_on() -> None:
    """Directly, through claims that are cited, and through parts; a counterexample rests on none."""
    claims = [Claim(f"own:eq{n}", "a claim", equal(x, x), "1", "eq. (1)") for n in ("1", "2", "3", "4", "4.1")]

    def said(number: str, outcome: str, *cited: str) -> list[kernel.Evidence]:
        shown: Any = {"instance": {}} if outcome == "fails" else None
        return [kernel.Evidence(f"own:eq{number}", method, found, rigor, "", {}, shown, cited, _token=kernel._TOKEN)
                for method, found, rigor in (("admissible", "holds", "exact-instances"),
                                             ("symbolic", outcome, "proof"))]

    found = kernel.derive_all(claims, [
        *said("1", "holds", "classical:wallis"), *said("2", "holds", "own:eq1", "classical:euler-zeta"),
        *said("3", "fails"), *said("4.1", "holds", "own:eq2")], ["classical:wallis", "classical:euler-zeta"])
    assert [found[f"own:eq{n}"].verdict for n in "1234"] == ["proved", "proved", "refuted", "proved"]
    assert found["own:eq1"].reason == "proved by symbolic; rests on the classical fact wallis"
    assert found["own:eq2"].classical == found["own:eq4"].classical == ("euler-zeta", "wallis")
    assert found["own:eq3"].classical == ()
