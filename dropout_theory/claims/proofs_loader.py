"""Finds and imports the proof modules that belong to a paper's claims."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any


@cache
def load_proofs(paper: str) -> tuple[str, ...]:
    """Import the proof modules of a paper, those that exist, and return their names."""
    from dropout_theory.claims.claim import REGISTRY, load

    if paper not in REGISTRY.papers:
        load(paper)
    found = []
    for name in REGISTRY.papers[paper].modules:
        module = f"dropout_theory.proofs.{paper}.{name}"
        if importlib.util.find_spec(f"dropout_theory.proofs.{paper}") and importlib.util.find_spec(module):
            importlib.import_module(module)
            found.append(module)
    return tuple(found)


def _ready(claim_id: str) -> None:
    from dropout_theory.claims.claim import PAPER_KEYS

    paper = claim_id.partition(":")[0]
    if paper in PAPER_KEYS:
        load_proofs(paper)


def witnesses(claim_id: str, without: str | None = None) -> list[dict[Any, Any]]:
    """Instances suggested against a claim, or against what is left of it without one hypothesis."""
    from dropout_theory.claims.arguments import WITNESSES, key

    _ready(claim_id)
    return list(WITNESSES.get(key(claim_id, without), []))


def proof_of(claim_id: str, without: str | None = None) -> Any:
    """The registered proof of a claim, or the one that does without a hypothesis; None where there is none."""
    from dropout_theory.claims.arguments import PROOFS, key

    _ready(claim_id)
    return PROOFS.get(key(claim_id, without))


def refutation_of(claim_id: str, without: str | None = None) -> Any:
    """The registered symbolic refutation of a claim, or of what is left without a hypothesis, or None."""
    from dropout_theory.claims.arguments import REFUTATIONS, key

    _ready(claim_id)
    return REFUTATIONS.get(key(claim_id, without))


def dropped_names(claim_id: str) -> set[str]:
    """The hypotheses and domains without which something is registered of a claim."""
    from dropout_theory.claims.arguments import PROOFS, REFUTATIONS, WITNESSES, key

    _ready(claim_id)
    start = key(claim_id, "")
    return {k.removeprefix(start) for k in (*PROOFS, *REFUTATIONS, *WITNESSES) if k.startswith(start)}
