"""Finds and imports the proof modules that belong to a paper's claims."""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Any

from dropout_theory.claims.arguments import PROOFS, REFUTATIONS, WITNESSES, key
from dropout_theory.claims.claim import PAPER_KEYS, Claim, load
from dropout_theory.claims.importing import import_declarations


@cache
def load_proofs(paper: str) -> tuple[str, ...]:
    """Import every module in a paper's folder of proofs, if it has one, and return their names.

    Raises ClaimError where one cannot be imported, with the place of the mistake.
    """
    load(paper)
    package = f"dropout_theory.proofs.{paper}"
    if importlib.util.find_spec(package) is None:
        return ()
    folder = import_declarations(package).__path__
    found = tuple(f"{package}.{module.name}" for module in pkgutil.iter_modules(folder))
    for name in found:
        import_declarations(name)
    return found


def load_proofs_of(claims: Iterable[Claim]) -> None:
    """Import the proofs of the papers of some claims, before work begins that would stumble over a mistake in them.

    Raises ClaimError as `load_proofs` does.
    """
    for paper in dict.fromkeys(c.paper for c in claims):
        if paper in PAPER_KEYS:
            load_proofs(paper)


def _ready(claim_id: str) -> None:
    paper = claim_id.partition(":")[0]
    if paper in PAPER_KEYS:
        load_proofs(paper)


def witnesses(claim_id: str, without: str | None = None) -> list[dict[Any, Any]]:
    """Instances suggested against a claim, or against what is left of it without one hypothesis."""
    _ready(claim_id)
    return list(WITNESSES.get(key(claim_id, without), []))


def proof_of(claim_id: str, without: str | None = None) -> Any:
    """The registered proof of a claim, or the one that does without a hypothesis; None where there is none."""
    _ready(claim_id)
    return PROOFS.get(key(claim_id, without))


def refutation_of(claim_id: str, without: str | None = None) -> Any:
    """The registered symbolic refutation of a claim, or of what is left without a hypothesis, or None."""
    _ready(claim_id)
    return REFUTATIONS.get(key(claim_id, without))


def dropped_names(claim_id: str) -> set[str]:
    """The hypotheses and domains without which something is registered of a claim."""
    _ready(claim_id)
    start = key(claim_id, "")
    return {k.removeprefix(start) for k in (*PROOFS, *REFUTATIONS, *WITNESSES) if k.startswith(start)}
