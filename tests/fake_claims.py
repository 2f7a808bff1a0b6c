"""A toy paper with every kind of verdict, and checkers that are quick: what the tests of the machinery run on."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import sympy as sp

from dropout_theory.claims import Claim, Erratum, Hypothesis, Paper, Registry
from dropout_theory.language import Scalar, equal, less_equal
from dropout_theory.verdicts.kernel import Context, Finding, checker

X = Scalar("x")
HOLDS = Finding("holds", "proof", "all real x")
INSTANCE = Finding("holds", "exact-instances", "x = 1")
UNKNOWN = Finding("unknown", "proof", "gave up")
WRONG = Finding("fails", "exact-instances", "x = 2", counterexample={"x": sp.Rational(2), "left": 4, "right": 2})

FOUND = {
    ("toy:eq1", "symbolic"): HOLDS,
    ("toy:eq1", "exact"): Finding("holds", "exact-instances", "x = 0, 1, 2"),
    ("toy:eq2", "symbolic"): UNKNOWN,
    ("toy:eq2", "exact"): WRONG,
    ("toy:eq2.amended", "symbolic"): HOLDS,
    ("toy:eq2.amended", "exact"): Finding("holds", "exact-instances", "x = 1"),
    ("toy:eq3.1", "symbolic"): Finding("holds", "proof", "all real x", depends_on=("toy:eq1",)),
    ("toy:eq3.2", "exact"): Finding("holds", "exact-instances", "x = 0"),
    ("toy:sec1-open", "symbolic"): UNKNOWN,
}


def claims() -> list[Claim]:
    one = Hypothesis("one", equal(X, 1))
    return [
        Claim("toy:eq1", "A square is not negative", less_equal(0, X**2), "1", "eq. (1)"),
        Claim("toy:eq2", "Squaring changes nothing", equal(X**2, X), "1", "eq. (2)", reading="x is any real",
              erratum=Erratum("missing-hypothesis", "minor", "true at 0 and 1 only")),
        Claim("toy:eq2.amended", "Squaring one changes nothing", equal(X**2, X), "1", "eq. (2)", "amended", (one,)),
        Claim("toy:eq3", "Two squares", None, "1", "eq. (3)"),
        Claim("toy:eq3.1", "The first square", less_equal(-1, X**2), "1", "eq. (3)"),
        Claim("toy:eq3.2", "The second square", less_equal(-2, X**2), "1", "eq. (3)",
              not_applicable={"symbolic": "only instances are looked at"}),
        Claim("toy:sec1-open", "Nobody knows", less_equal(-3, X**3), "1", "section 1", "sentence"),
    ]


def registry() -> Registry:
    made = Registry()
    made.add_paper(Paper("toy", "On squares", ("Ada Example", "Émile Exemple"), 2020, "article",
                         {"journal": "Annals of Toys & Games", "doi": "10.1000/toy_1"}))
    for claim in claims():
        made.add(claim)
    return made


def checkers() -> dict:
    @checker("admissible", lambda claim: None if claim.statement is not None else "its parts have instances")
    def admissible(claim: Claim, context: Context) -> Finding:
        return INSTANCE

    @checker("symbolic", lambda claim: None if (claim.id, "symbolic") in FOUND else "no rule applies")
    def symbolic(claim: Claim, context: Context) -> Finding:
        return FOUND[claim.id, "symbolic"]

    @checker("exact", lambda claim: None if (claim.id, "exact") in FOUND else "nothing finite to check")
    def exact(claim: Claim, context: Context) -> Finding:
        return FOUND[claim.id, "exact"]

    @checker("montecarlo", lambda claim: None if claim.id == "toy:eq1" else "nothing is random")
    def montecarlo(claim: Claim, context: Context) -> Finding:
        drawn = random.Random(context.seed).random()
        return Finding("holds", "statistical", "1 draw", figures={"drawn": drawn, "exact": sp.Rational(1, 3)})

    return {c.method: c for c in (admissible, symbolic, exact, montecarlo)}


def slow_checkers() -> dict:
    """The same, but `montecarlo` applies to every claim, says in the file STARTED that it runs, and takes long."""
    @checker("montecarlo", lambda claim: None)
    def montecarlo(claim: Claim, context: Context) -> Finding:
        Path(os.environ["STARTED"]).touch()
        time.sleep(30)
        return Finding("holds", "statistical", "1 draw")

    return {**checkers(), "montecarlo": montecarlo}


def crashing_checkers() -> dict:
    """The same, but `exact` raises on one claim."""
    def find(claim: Claim, context: Context) -> Finding:
        if claim.id == "toy:eq1":
            raise ZeroDivisionError("division by zero in the checker")
        return FOUND[claim.id, "exact"]

    old = checkers()
    return {**old, "exact": checker("exact", old["exact"].applies)(find)}


def contradicting_checkers() -> dict:
    """The same, but `exact` refutes what `symbolic` proves."""
    old = checkers()
    return {**old, "exact": checker("exact", old["exact"].applies)(
        lambda claim, context: WRONG if claim.id == "toy:eq1" else FOUND[claim.id, "exact"])}
