"""Finds and imports the proof modules that belong to a paper's claims."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any


@cache
def load_proofs(paper: str) -> tuple[str, ...]:
    """Import the proof modules of a paper, those that exist, and return their names."""
    from dropout_theory.claim import REGISTRY, load

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
    from dropout_theory.claim import PAPER_KEYS

    paper = claim_id.partition(":")[0]
    if paper in PAPER_KEYS:
        load_proofs(paper)


def witnesses(claim_id: str) -> list[dict[Any, Any]]:
    """Instances suggested against a claim."""
    from dropout_theory.proof.theorem import WITNESSES

    _ready(claim_id)
    return list(WITNESSES.get(claim_id, []))


def proof_of(claim_id: str) -> Any:
    """The registered proof of a claim, or None."""
    from dropout_theory.proof.theorem import PROOFS

    _ready(claim_id)
    return PROOFS.get(claim_id)


def refutation_of(claim_id: str) -> Any:
    """The registered symbolic refutation of a claim, or None."""
    from dropout_theory.proof.theorem import REFUTATIONS

    _ready(claim_id)
    return REFUTATIONS.get(claim_id)
