"""Cause 10: citing what the registry does not say, or a classical fact that is none."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

import pytest
import sympy as sp

from attacks.support import FALSE, refused, x
from dropout_theory import REGISTRY, load
from dropout_theory.claims import FACTS, PROOFS, Claim, Hypothesis, Paper, Registry, Section, classical_fact, prove
from dropout_theory.language import different, equal, less, less_equal
from dropout_theory.proof import Theorem, arithmetic, cite, classical

CITING = "regist|claim|identity|unknown|hypothes|fact|reference|false|evaluat"


@pytest.fixture
def known() -> Claim:
    """A claim of the registry that has hypotheses."""
    return next(c for c in load() if c.hypotheses and c.statement is not None)


@pytest.fixture
def own() -> Registry:
    """A registry of a user's own."""
    made = Registry()
    made.add_paper(Paper("citing", "On citing", ("A. Author",), 2020))
    return made


@pytest.fixture(autouse=True)
def facts_as_before() -> Iterator[None]:
    """Classical facts that a test declares are gone after it."""
    before = dict(FACTS)
    yield
    FACTS.clear()
    FACTS.update(before)


def test_a_claim_with_another_statement(known: Claim) -> None:
    """0 = 1 in the name of a claim."""
    with refused(CITING):
        cite(replace(known, statement=FALSE, hypotheses=()))


def test_a_claim_without_its_hypothesis(known: Claim) -> None:
    """The statement of a claim where its hypothesis fails."""
    with refused(CITING):
        cite(known.without(known.hypotheses[0].name))


def test_a_claim_under_a_weaker_hypothesis(known: Claim) -> None:
    """The statement of a claim under 0 <= x^2 instead of its own hypothesis."""
    with refused(CITING):
        cite(replace(known, hypotheses=(Hypothesis("anything", less_equal(0, x**2)),)))


def test_a_claim_under_another_name(known: Claim) -> None:
    """The statement of one claim in the name of another: its verdict would speak for both."""
    other = next(c for c in REGISTRY if c.id != known.id)
    with refused(CITING):
        cite(replace(known, id=other.id))


def test_a_claim_that_is_not_registered() -> None:
    """0 = 1, which no registry holds."""
    with refused(CITING):
        cite(Claim("own:eq1", "zero is one", FALSE, "1", "eq. (1)"))


def test_something_that_looks_like_a_claim(known: Claim) -> None:
    """0 = 1 in the name of a claim, by an object that only has its attributes."""
    with pytest.raises(Exception, match=f"(?i){CITING}|attribute|type"):
        cite(cast("Claim", SimpleNamespace(id=known.id, statement=FALSE, hypotheses=(), unfolded=None)))


def test_a_claim_changed_in_place(known: Claim) -> None:
    """0 = 1 in the name of a claim, a copy of which was changed in place."""
    changed = copy.copy(known)
    object.__setattr__(changed, "statement", FALSE)
    object.__setattr__(changed, "hypotheses", ())
    with refused(CITING):
        cite(changed)


def test_a_claim_of_a_registry_that_was_overtaken(own: Registry) -> None:
    """x != 0 for every x, in the name of a claim that is now another."""
    section = Section("citing", "1", own)
    section("eq1", title="a square", statement=less_equal(0, x**2))
    with refused(CITING):
        cite(Claim("citing:eq1", "a square", different(x, 0), "1", "eq. (1)"))


def test_a_claim_without_a_statement(own: Registry) -> None:
    """A citation of what says nothing."""
    said = Section("citing", "1", own)("eq2", title="nothing", statement=None)
    with pytest.raises(Exception, match=f"(?i){CITING}|statement|None"):
        assert isinstance(cite(said).conclusion, sp.Basic), "no statement"


def test_a_proof_of_what_is_not_registered() -> None:
    """A proof for an id that no registry holds."""
    with refused("unknown"):
        prove("nowhere:eq1")


def test_a_classical_fact_that_is_false() -> None:
    """0 = 1, declared to be classical."""
    with refused(CITING):
        classical_fact("zero is one", FALSE, "folklore")
        classical("zero is one")


def test_a_classical_fact_that_fails_somewhere() -> None:
    """0 < x^2, declared to be classical: false at x = 0."""
    with refused(CITING):
        classical_fact("squares are positive", less(0, x**2), "folklore")
        classical("squares are positive")


def test_a_classical_fact_that_is_undefined_somewhere() -> None:
    """x/x = 1 with x the square of a number, declared to be classical."""
    with refused(CITING + "|defined"):
        classical_fact("quotients", equal((x**2 + x) / x, x + 1), "folklore")
        classical("quotients")


def test_a_classical_fact_without_a_reference() -> None:
    """A fact that nobody can look up."""
    with refused(CITING):
        classical_fact("no reference", less_equal(0, x**2), "")


def test_a_classical_fact_declared_twice() -> None:
    """A fact that changes what a name says."""
    with refused("twice"):
        classical_fact("dirichlet-cosine", FALSE, "folklore")


def test_a_classical_fact_that_nobody_declared() -> None:
    """A fact by a name alone."""
    with refused("unknown"):
        classical("everything")


def test_good_uses(known: Claim, own: Registry) -> None:
    """What the registry says may be cited: a verdict depends on it."""
    theorem = cite(known)
    assert theorem.uses == {known.id} and len(theorem.given) <= len(known.hypotheses)
    said = Section("citing", "1", own)("eq3", title="a square", statement=less_equal(0, x**2))
    assert cite(said).conclusion == said.statement
    named = next(c for c in REGISTRY if c.statement is not None and c.unfolded is not c)
    assert isinstance(cite(named), Theorem)
    assert classical("dirichlet-cosine").uses == {"classical:dirichlet-cosine"}
    assert arithmetic(less_equal(-1, x**2), cite(said)).uses == {"citing:eq3"}


def test_a_namesake_in_another_registry() -> None:
    """0 = 1 by a false claim of another registry, where the one that is checked holds a true claim of that name."""
    from dropout_theory.checkers import get_checker
    from dropout_theory.claims import ClaimError
    from dropout_theory.verdicts.kernel import Context

    own, other = Registry(), Registry()
    for registry in (own, other):
        registry.add_paper(Paper("citing", "On citing", ("A. Author",), 2020))
    false = Section("citing", "2", other)("eq1", title="false", statement=equal(x, x + 1))
    claim = Section("citing", "2", own)
    claim("eq1", title="true", statement=less(x, x + 1))
    about = claim("eq2", title="0 = 1", statement=equal(x, x + 1))
    theorem = arithmetic(equal(x, x + 1), cite(false))
    with patch.dict(PROOFS):
        prove(about.id)(lambda: theorem)
        with pytest.raises(ClaimError, match="another|cites a claim citing:eq1"):
            get_checker("symbolic").check(about, Context(), own)


def test_a_claim_that_is_called_classical() -> None:
    """A claim of a paper of that name would pass for a classical fact."""
    from dropout_theory.claims import ClaimError

    made = Registry()
    made.add_paper(Paper("classical", "On facts", ("A. Author",), 2020))
    with pytest.raises(ClaimError, match="not called 'classical'"):
        Section("classical", "2", made)("trivial", title="false", statement=equal(x, x + 1))
