"""Evidence as plain data: what travels between processes, into the ledger and through pytest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dropout_theory.verdicts.kernel import Evidence

# Two runs agree on a method when these agree: never the seconds, nor figures and scope, which depend on the seed.
DECISIVE = ("outcome", "rigor", "ill_formed", "depends_on")


class Recorded(Protocol):
    """What was recorded of claims by an earlier run, by identifier: what a run needs of a ledger."""

    def __getitem__(self, identifier: str) -> dict[str, Any]: ...

    def __contains__(self, identifier: object) -> bool: ...

    def evidence(self, identifier: str, method: str) -> dict[str, Any] | None:
        """The recorded evidence of one method on one claim, or None."""


def record_of(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON-ready data, less the claim's id; exact numbers become strings."""
    return {
        "method": evidence.method,
        "outcome": evidence.outcome,
        "rigor": evidence.rigor,
        "scope": evidence.scope,
        "figures": plain_data(evidence.figures),
        "counterexample": plain_data(evidence.counterexample) if evidence.counterexample else None,
        "depends_on": list(evidence.depends_on),
        "ill_formed": evidence.ill_formed,
        "seed": evidence.seed,
        "seconds": round(evidence.seconds, 3),
        "fingerprint": evidence.fingerprint,
    }


def plain_data(value: Any) -> Any:
    """JSON-ready copy of nested figures: SymPy, flint and NumPy values become numbers or exact strings."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(k): plain_data(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain_data(v) for v in value), key=str)
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return plain_data(value.tolist())
    return str(value)


def drawn_otherwise(old: Mapping[str, Any], new: Mapping[str, Any], fast: bool) -> bool:
    """Whether two records may differ by chance: sampled evidence from another seed or of another size.

    Then an outcome that differs is no change by itself; a verdict that differs still is.
    """
    sampled = ("statistical", "sampled")
    return (fast or old["seed"] != new["seed"]) and old["rigor"] in sampled and new["rigor"] in sampled


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What decisive content differs between two records of one method on one claim, in words."""
    return [f"{name} was {old[name]!r}, is {new[name]!r}" for name in DECISIVE if old[name] != new[name]]
