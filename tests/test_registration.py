"""What is registered of claims: papers are found, proofs are all loaded, and an id without a claim is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dropout_theory
from dropout_theory.claims import (
    PAPER_KEYS,
    PROOFS,
    REFUTATIONS,
    WITNESSES,
    Claim,
    ClaimError,
    Paper,
    Registry,
    UnknownClaimError,
    load,
    load_proofs,
    prove,
    refute,
    witness,
)
from dropout_theory.language import REAL, Scalar, less_equal
from dropout_theory.moved import MOVED
from dropout_theory.proofs import folder

x = Scalar("x", REAL)
REGISTERS: list[Callable[[str], object]] = [
    lambda id: prove(id), lambda id: refute(id), lambda id: witness(id, {}), lambda id: prove(id, without="n is large")]


@pytest.mark.parametrize("register", REGISTERS)
def test_an_id_without_a_claim_fails_where_it_is_declared(register: Callable[[str], object]) -> None:
    with pytest.raises(UnknownClaimError, match="unknown claim 'helmbold2017:lem166'; did you mean helmbold2017:lem16"):
        register("helmbold2017:lem166")
    assert not any("lem166" in k for registry in (PROOFS, REFUTATIONS, WITNESSES) for k in registry)


def test_a_claim_of_an_own_paper_is_known_once_it_is_registered() -> None:
    with pytest.raises(UnknownClaimError, match="squares:eq1"):
        prove("squares:eq1")
    own = Registry()
    own.add_paper(Paper("squares", "On squares", ("A. Author",), 2020))
    own.add(Claim("squares:eq1", "A square is not negative", less_equal(0, x**2), "1", "eq. (1)"))
    prove("squares:eq1")
    with pytest.raises(UnknownClaimError, match="did you mean squares:eq1"):
        prove("squares:eq2")


def test_a_second_proof_names_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dropout_theory.claims.arguments.PROOFS", {})

    @prove("baldi2014:eq39")
    def first() -> None:
        """No proof is run here."""

    line = first.__wrapped__.__code__.co_firstlineno  # type: ignore[attr-defined]
    with pytest.raises(ClaimError, match=rf"has two proofs; the other is in .*{__name__}.py, line {line}$"):
        prove("baldi2014:eq39")(first)


def test_papers_are_the_folders_in_order_of_their_years() -> None:
    there = {p.parent.name for p in (Path(dropout_theory.__file__).parent / "papers").glob("*/__init__.py")}
    assert set(PAPER_KEYS) == there and PAPER_KEYS[0] == "baldi2014" and PAPER_KEYS[-1] == "marginalized"
    assert list(load().papers) == list(PAPER_KEYS)


def test_every_file_of_a_paper_with_proofs_is_loaded() -> None:
    for paper in PAPER_KEYS:
        files = {p.stem for p in (folder() / paper).glob("*.py")} - {"__init__"}
        assert {name.rpartition(".")[2] for name in load_proofs(paper)} == files


@pytest.mark.parametrize(("old", "new"), sorted(MOVED.items()))
def test_old_paths_still_work_and_say_where_to_go(old: str, new: str) -> None:
    import importlib
    import sys

    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=f"{old} has moved to {new}; the old path goes with version"):
        found = importlib.import_module(old)
    place = importlib.import_module(new)
    assert all(getattr(found, name) is getattr(place, name) for name in found.__all__)


def test_old_imports_of_names_work() -> None:
    space: dict[str, Any] = {}
    with pytest.warns(DeprecationWarning):
        exec("import sys; sys.modules.pop('dropout_theory.statements', None)\n"
             "from dropout_theory.statements import equal\nfrom dropout_theory import networks", space)
    from dropout_theory.language import equal

    assert space["equal"] is equal
