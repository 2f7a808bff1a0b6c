"""What counts as needed beyond being false without it: a hypothesis may give others, or the statement, a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy as sp

from dropout_theory.ablation import ablation, registered, sharper
from dropout_theory.ablation.ablation import Ablation, ablate
from dropout_theory.ablation.closure import by_continuity
from dropout_theory.ablation.widening import own_atoms, widenings
from dropout_theory.checkers.symbolic import accept_refutation
from dropout_theory.claims import (
    PROOFS,
    REFUTATIONS,
    REGISTRY,
    WITNESSES,
    Claim,
    ClaimError,
    Hypothesis,
    Paper,
    ProofError,
    Registry,
    load,
    load_proofs,
    prove,
    refute,
    witness,
)
from dropout_theory.evaluation.evaluator import Judgement
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    REAL,
    UNIT,
    Abstract,
    Domain,
    E,
    ForEach,
    G,
    Scalar,
    Statement,
    Values,
    different,
    distribution,
    equal,
    family,
    index,
    interval,
    less,
    less_equal,
    recursion,
    size,
    subnetwork,
    weights,
)
from dropout_theory.proof import Theorem, arithmetic, assume, cite, evaluated, identity, refutation
from dropout_theory.verdicts.kernel import Context

x, y, n, i = Scalar("x", REAL), Scalar("y", REAL), size("n"), size("i")
S = weights("S", n)
k = index("k")
half = sp.Rational(1, 2)


def outcomes(statement: Statement, *conditions: Statement, **details: Any) -> dict[str, Ablation]:
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "inequality",
                  tuple(Hypothesis(f"h{k}", c) for k, c in enumerate(conditions)), **details)
    return {a.name: a for a in ablate(claim, Context(fast=True)) if a.kind == "hypothesis"}


def test_a_hypothesis_that_defines_a_term_of_another_is_needed() -> None:
    found = outcomes(less_equal(0, y**2), less(0, x), less_equal(1, sp.Pow(x, -1) * y))
    assert found["h0"].outcome == "needed" and "'h1' is without meaning" in found["h0"].reason
    assert found["h1"].outcome == "not needed"


def test_an_index_that_leaves_its_family_makes_a_statement_meaningless() -> None:
    found = outcomes(less_equal(S[i], sp.Abs(S[i])), less_equal(i, n))
    assert found["h0"].outcome == "needed" and "no value for S" in found["h0"].reason


def test_a_hypothesis_may_define_a_quantity_of_the_statement() -> None:
    inverse = recursion("e", ((k, 1, n),), 1 / S[k], 1 / S[k])
    hypotheses = [Hypothesis("nonzero", ForEach(different(S[k], 0), (k, 1, n))), Hypothesis("large", less(5, n))]
    claim = Claim("own:claim", "a claim", equal(sp.Sum(S[k] * inverse[k], (k, 1, n)), n), "1", "eq. (1)", "equation",
                  tuple(hypotheses))
    found = [sharper.with_meaning(ablation.Ablation(h.name, "hypothesis", "undecided", "-"), h, claim.without(h.name))
             for h in hypotheses]
    assert found[0].reason.startswith("the definition of e is without meaning otherwise")
    assert found[1].outcome == "undecided"


def test_a_superfluous_hypothesis_names_the_claim_that_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = less_equal(x, 2 * y)
    wide = Claim("own:wide", "wider", statement, "1", "eq. (1)", "amended", (Hypothesis("h", less_equal(x, y)),
                                                                            Hypothesis("g", less(0, x))))
    monkeypatch.setattr(sharper, "REGISTRY", [wide])
    found = outcomes(statement, less_equal(x, y), less(0, x), less(-1, y))
    assert found["h2"].reason.endswith("stated without it: own:wide")
    assert found["h0"].outcome == found["h1"].outcome == "needed"


def test_equal_sides_need_no_hypothesis() -> None:
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
def test_what_passes_to_the_closure_of_a_domain(statement: Statement, atom: Abstract, wider: Domain,
                                                passes: bool) -> None:
    new = type(atom)(atom.name, wider, *atom._details)
    widened = Claim("own:claim", "a claim", statement.xreplace({atom: new}), "1", "eq. (1)", "inequality")
    assert by_continuity(widened, new, atom.domain) is passes


def test_a_hypothesis_on_the_atom_may_keep_points_from_their_limits() -> None:
    new = type(O)("O", UNIT, *O._details)
    for condition, passes in ((less_equal(1, new[k]), False), (less_equal(half, new[k]), True),
                              (less(new[k], half), True), (equal(new[k], 1), False)):
        kept = Hypothesis("kept", ForEach(condition, (k, 1, m)))
        claim = Claim("own:claim", "a claim", less_equal(G(new[N]), E(new[N])), "1", "eq. (1)", "inequality", (kept,))
        assert by_continuity(claim, new, OPEN_UNIT) is passes


# --- what proof modules register --------------------------------------------------------------------------------

FAR = sp.Integer(12345)  # no number that the search would draw
OWN = Claim("own:claim", "a claim", different(x, FAR), "1", "eq. (1)", "inequality", (
    Hypothesis("below", less_equal(x, y)), Hypothesis("low", less(y, FAR)), Hypothesis("y is not 1", different(y, 1))))
AT_FAR = {x: FAR, y: FAR}


@pytest.fixture
def registries() -> Iterator[None]:
    """Holds the claim that a test registers something about, and forgets what that was."""
    papers = Registry()
    papers.add_paper(Paper("own", "Own", ("A. Author",), 2020))
    papers.add(OWN)
    yield
    for registry in (PROOFS, REFUTATIONS, WITNESSES):
        for said_of in [k for k in registry if k.startswith("own:")]:
            del registry[said_of]


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not registered stays undecided."""
    monkeypatch.setattr(ablation, "_settled", lambda name, kind, *_: ablation.Ablation(name, kind, "undecided", "-"))
    monkeypatch.setattr(ablation, "with_sharper", lambda found, _: found)


def dropped(claim: Claim, name: str) -> Ablation:
    return next(a for a in ablate(claim, Context(fast=True)) if a.name == name)


def test_a_registered_witness_shows_need_where_the_search_finds_none(registries: None) -> None:
    assert dropped(OWN, "low").outcome == "undecided"
    witness("own:claim", AT_FAR, without="low")
    found = dropped(OWN, "low")
    assert (found.outcome, found.witness["instance"]) == ("needed", {"x": "12345", "y": "12345"})


@pytest.mark.parametrize(("values", "why"), [
    ({x: FAR, y: sp.S.Zero}, "below does not hold"),  # another hypothesis fails
    ({x: sp.S.Zero, y: sp.S.Zero}, "the dropped one fails does not hold"),  # it does not violate the dropped one
    ({x: sp.S.Zero, y: FAR}, "the statement is TRUE"),
    ({x: FAR}, "no value for y"),
])
def test_what_is_no_witness_is_an_error(registries: None, no_search: None, values: Values, why: str) -> None:
    witness("own:claim", values, without="low")
    with pytest.raises(ClaimError, match=why):
        ablate(OWN, Context())


@pytest.mark.parametrize("register", [
    lambda: witness("own:claim", AT_FAR, without="lower"), lambda: prove("own:claim", without="lower")(lambda: None),
    lambda: refute("own:claim", without="lower")(lambda: None)])
def test_what_names_no_hypothesis_of_the_claim_is_an_error(registries: None, no_search: None,
                                                           register: Callable[[], Any]) -> None:
    register()
    with pytest.raises(ClaimError, match="'lower'; allowed: below, low, y is not 1"):
        ablate(OWN, Context())


def test_a_domain_is_named_as_it_is_printed(registries: None, no_search: None) -> None:
    z = Scalar("z", POSITIVE)
    claim = Claim("own:claim", "a claim", different(z, -FAR), "1", "eq. (1)", "inequality")
    witness("own:claim", {z: -FAR}, without="z in positive real, not real")
    assert dropped(claim, "z in positive real, not real").outcome == "needed"


def test_a_registered_proof_must_do_without(registries: None, no_search: None) -> None:
    below_far = arithmetic(different(x, FAR), assume(less_equal(x, y)), assume(less(y, FAR)))
    prove("own:claim", without="y is not 1")(lambda: below_far)
    assert dropped(OWN, "y is not 1").outcome == "not needed"
    prove("own:claim", without="low")(lambda: below_far)
    with pytest.raises(ProofError, match="the proof assumes y < 12345, which the claim does not"):
        ablate(OWN, Context())


def test_a_registered_proof_rests_on_proofs(registries: None, no_search: None, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Registry()  # only what a registry holds may be cited
    own.add_paper(Paper("own", None, (), None))
    other = own.add(Claim("own:other", "false", different(x, FAR), "1", "eq. (1)", "inequality"))
    monkeypatch.setattr(registered, "REGISTRY", own)
    prove("own:claim", without="low")(lambda: cite(other))
    with pytest.raises(ProofError, match="rests on own:other, which is not proved"):
        ablate(OWN, Context())


def at_far() -> Theorem:
    return evaluated(equal(FAR, FAR))


def test_a_registered_refutation_is_of_what_is_left(registries: None, no_search: None) -> None:
    refute("own:claim", without="low")(lambda: refutation(at_far(), OWN.without("low"), AT_FAR))
    found = dropped(OWN, "low")
    assert (found.outcome, found.witness["instance"]) == ("needed", "x = 12345, y = 12345")


def test_a_refutation_must_see_to_the_hypotheses_that_are_left(registries: None, no_search: None) -> None:
    elsewhere = {x: FAR, y: sp.S.Zero}
    refute("own:claim", without="low")(lambda: refutation(at_far(), OWN.without("low").without("below"), elsewhere))
    with pytest.raises(ProofError, match="does not see to below"):
        ablate(OWN, Context())
    with pytest.raises(ProofError, match="not an instance"):
        refutation(at_far(), OWN.without("low"), elsewhere)


def test_a_refutation_of_what_is_left_refutes_no_claim() -> None:
    with pytest.raises(ProofError, match="does not see to low"):
        accept_refutation(OWN, refutation(at_far(), OWN.without("low"), AT_FAR))


def test_what_is_proved_where_it_is_defined_only_is_an_error(registries: None, no_search: None) -> None:
    statement = equal((x**2 - 1) / (x - 1), x + 1)
    claim = Claim("own:claim", "a claim", statement, "1", "eq. (1)", "equation", (Hypothesis("h", less(1, x)),))
    prove("own:claim", without="h")(lambda: identity(*statement.args))
    with pytest.raises(ProofError, match="may be undefined"):
        ablate(claim, Context())


def test_what_is_refuted_and_proved_is_an_error(registries: None, no_search: None,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    """No true statement has a witness against it, so the judge is made to err."""
    claim = Claim("own:claim", "a claim", less(x, x + 1), "1", "eq. (1)", "equation", (Hypothesis("h", less(1, x)),))
    prove("own:claim", without="h")(lambda: arithmetic(less(x, x + 1)))
    witness("own:claim", {x: sp.S.One}, without="h")
    monkeypatch.setattr(registered, "judged", lambda *_: Judgement(Truth.FALSE))
    with pytest.raises(ClaimError, match="it is refuted and proved"):
        ablate(claim, Context())


def test_all_that_the_papers_register_names_what_their_claims_have() -> None:
    load()
    for paper in REGISTRY.papers:
        load_proofs(paper)
    dropping = {k.partition(" without ")[0] for r in (PROOFS, REFUTATIONS, WITNESSES) for k in r if " without " in k}
    assert len(dropping) > 30
    for claim in map(REGISTRY.__getitem__, sorted(dropping)):
        domains = [name for atom in own_atoms(claim) for name, *_ in widenings(claim, atom)]
        registered.check_names(claim, [*(h.name for h in claim.hypotheses), *domains])


@pytest.mark.parametrize(("claim_id", "name"), [
    ("baldi2014:sec7-equal-values.amended-everywhere", "u and v differ"),  # a witness
    ("helmbold2017:sec43-negative-weights-required", "labels are 1"),  # a theorem about the statement as it stands
    ("helmbold2017:thm4", "full rank"),  # a theorem about the statement at an instance, with laws of its own
])
def test_what_the_papers_register_stands(claim_id: str, name: str) -> None:
    claim = load(claim_id.partition(":")[0])[claim_id]
    condition = next(h.condition for h in claim.hypotheses if h.name == name)
    found = registered.settled(claim.without(name), name, condition, {})
    assert found is not None and found[0] == "needed" and found[2]["instance"]
