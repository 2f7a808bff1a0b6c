"""What counts as needed beyond being false without it: a hypothesis may give others, or the statement, a meaning."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.claim import Claim, Hypothesis
from dropout_theory.domains import OPEN_UNIT, REAL, UNIT, interval
from dropout_theory.kernel import Context
from dropout_theory.language import NWGM, E, G, Scalar, distribution, family, index, size, subnetwork, weights
from dropout_theory.mutants import sharper
from dropout_theory.mutants.ablation import ablate
from dropout_theory.mutants.closure import by_continuity
from dropout_theory.statements import ForEach, equal, less, less_equal

x, y, n, i = Scalar("x", REAL), Scalar("y", REAL), size("n"), size("i")
S = weights("S", n)
k = index("k")


def outcomes(statement, *conditions, **details):
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality",
                  tuple(Hypothesis(f"h{k}", c) for k, c in enumerate(conditions)), **details)
    return {a.name: a for a in ablate(claim, Context(fast=True)) if a.kind == "hypothesis"}


def test_a_hypothesis_that_defines_a_term_of_another_is_needed():
    found = outcomes(less_equal(0, y**2), less(0, x), less_equal(1, sp.Pow(x, -1) * y))
    assert found["h0"].outcome == "needed" and "'h1' is without meaning" in found["h0"].reason
    assert found["h1"].outcome == "not needed"


def test_an_index_that_leaves_its_family_makes_a_statement_meaningless():
    found = outcomes(less_equal(S[i], sp.Abs(S[i])), less_equal(i, n))
    assert found["h0"].outcome == "needed" and "no value for S" in found["h0"].reason


def test_a_superfluous_hypothesis_names_the_claim_that_does_without(monkeypatch):
    statement = less_equal(x, 2 * y)
    wide = Claim("own:wide", "wider", statement, "1", "eq. (1)", "amended", (Hypothesis("h", less_equal(x, y)),
                                                                            Hypothesis("g", less(0, x))))
    monkeypatch.setattr(sharper, "REGISTRY", [wide])
    found = outcomes(statement, less_equal(x, y), less(0, x), less(-1, y))
    assert found["h2"].reason.endswith("stated without it: own:wide")
    assert found["h0"].outcome == found["h1"].outcome == "needed"


def test_equal_sides_need_no_hypothesis():
    assert outcomes(equal((x + 1) ** 2, x**2 + 2 * x + 1), less(0, x))["h0"].outcome == "not needed"


m = size("m")
P = distribution("P", m)
N = subnetwork("N", P)
O, LOW = family("O", OPEN_UNIT, m), family("L", interval(0, sp.Rational(1, 2), open_below=True), m)


@pytest.mark.parametrize(("statement", "atom", "wider", "passes"), [
    (less_equal(G(O[N]), E(O[N])), O, UNIT, True),
    (less_equal(NWGM(LOW[N]), E(LOW[N])), LOW, interval(0, sp.Rational(1, 2)), True),
    (less_equal(NWGM(O[N]), 1), O, UNIT, False),  # 0/0 where some number is 0 and another 1
    (less(G(O[N]), 1), O, UNIT, False),  # not closed
    (less_equal(E(sp.log(O[N])), 0), O, UNIT, False),  # not defined at 0
    (less_equal(G(O[N]), E(O[N])), O, REAL, False),  # not the closure
])
def test_what_passes_to_the_closure_of_a_domain(statement, atom, wider, passes):
    new = type(atom)(atom.name, wider, *atom._details)
    widened = Claim("own:claim", "a claim", statement.xreplace({atom: new}), "1", "eq. (1)", "inequality")
    assert by_continuity(widened, new, atom.domain) is passes


def test_a_hypothesis_on_the_atom_may_keep_points_from_their_limits():
    new = type(O)("O", UNIT, *O._details)
    away = Hypothesis("inside", ForEach(less(0, new[k]), (k, 1, m)))
    claim = Claim("own:claim", "a claim", less_equal(G(new[N]), E(new[N])), "1", "eq. (1)", "inequality", (away,))
    assert not by_continuity(claim, new, OPEN_UNIT)
