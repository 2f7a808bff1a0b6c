"""Ablation of many claims, in this process or in workers."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dropout_theory.ablation.ablation import ablate as dropped_one_by_one
from dropout_theory.claims import Claim, Registry, proof_of
from dropout_theory.running.campaign import Campaign, Progress, campaign, holding
from dropout_theory.running.journal import Journal
from dropout_theory.running.runner import loaded, papers
from dropout_theory.running.workers import Failure
from dropout_theory.verdicts.fingerprint import meaning_fingerprint
from dropout_theory.verdicts.kernel import Context
from dropout_theory.verdicts.records import Recorded, plain_data


def ablate(patterns: Iterable[str] = (), *, context: Context, recorded: Recorded,
           current: Mapping[str, str] | None = None, progress: Progress | None = None,
           claims: Callable[[], Registry] = papers, journal: Journal | None = None, apart: bool = False,
           executor: str = "") -> Campaign:
    """Drop the hypotheses of every proved claim, among those matching `patterns`, one at a time.

    Claims whose statement has the fingerprint in `current` are left out; see `campaign` for `journal`. Raises
    UnknownClaimError for a pattern without a match.
    """
    registry = loaded(claims)
    chosen, left_out = holding(registry, patterns, recorded, ("proved",), current)
    outcome = campaign([(c.id, "ablate") for c in chosen], context, ablated, no_settings, claims, progress, journal,
                       apart=apart, executor=executor)
    outcome.left_out = left_out
    return outcome


def no_settings() -> dict[str, None]:
    """Ablation takes none."""
    return {"ablate": None}


def ablated(claim: Claim, chosen: None, context: Context, registry: Registry) -> dict[str, Any] | Failure:
    """The record of one claim's hypotheses, or the Failure that dropping them raised."""
    try:
        found = dropped_one_by_one(claim, context, proof_of(claim.id))
        return {"id": claim.id, "fingerprint": meaning_fingerprint(claim), "contradictions": [],
                "hypotheses": [plain_data(dataclasses.asdict(a)) for a in found]}
    except Exception as error:  # noqa: BLE001 - a fault to report, not to spread
        return Failure(claim.id, "ablate", f"{type(error).__name__}: {error}".splitlines()[0], traceback.format_exc())
