"""Evidence as plain data: what travels between processes, into the ledger and through pytest."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from dropout_theory.verdicts.fingerprint import fingerprint, prints

if TYPE_CHECKING:
    from dropout_theory.claims import Registry
    from dropout_theory.verdicts.kernel import Evidence

# Two runs agree on a method when these agree: never the seconds, nor figures and scope, which depend on the seed.
DECISIVE = ("outcome", "rigor", "ill_formed", "depends_on")


class Recorded(Protocol):
    """What was recorded of claims by an earlier run, by identifier: what a run needs of a ledger."""

    def __getitem__(self, identifier: str) -> dict[str, Any]: ...

    def __contains__(self, identifier: object) -> bool: ...

    def evidence(self, identifier: str, method: str) -> dict[str, Any] | None:
        """The recorded evidence of one method on one claim, or None."""


class Standing:
    """Which evidence on record stands: all that it rests on is as it was, and so is what its premises rest on.

    What a claim cites is covered by the fingerprint of its evidence; what the claims cited cite in turn is followed
    through the record.
    """

    def __init__(self, registry: Registry, recorded: Recorded | None) -> None:
        self.registry = registry
        self.recorded = recorded
        self._followed: dict[str, bool] = {}

    def evidence(self, identifier: str, method: str) -> dict[str, Any] | None:
        """The recorded evidence of a method on a claim, if there is any and it stands."""
        record = self.recorded.evidence(identifier, method) if self.recorded is not None else None
        if record is None or identifier not in self.registry:
            return None
        rests_on = prints(self.registry[identifier], method, record["depends_on"], self.registry)
        if record["fingerprint"] != fingerprint(identifier, method, rests_on):
            return None
        return record if all(map(self._premise, record["depends_on"])) else None

    def _premise(self, identifier: str) -> bool:
        """Whether the proofs on record of a claim that is cited cite what they did, and so on."""
        if self.recorded is None or identifier not in self.recorded or identifier not in self.registry:
            return True  # a classical fact, or a claim that is not on record: nothing to follow
        if identifier not in self._followed:
            self._followed[identifier] = True  # to cite in a circle is for the kernel to refuse
            self._followed[identifier] = all(
                self._cites_as_before(identifier, e) and all(map(self._premise, e["depends_on"]))
                for e in self.recorded[identifier]["evidence"] if e["depends_on"])
        return self._followed[identifier]

    def _cites_as_before(self, identifier: str, record: Mapping[str, Any]) -> bool:
        now = prints(self.registry[identifier], record["method"], record["depends_on"], self.registry)
        return bool(now.get("cites") == record["prints"].get("cites"))


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
        "prints": dict(evidence.prints),
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


def spelled(value: Any) -> str:
    """A value of a recorded instance as a reader sees it: `x ↦ x^2` for `Lambda(x, x**2)`, families entry by entry."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {spelled(v)}" for name, v in value.items())
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(spelled, value))})"
    text = str(value)
    function = re.fullmatch(r"Lambda\((\w+|\([\w, ]+\)), (.*)\)", text)
    if function:
        text = re.sub(r"\b_(?=\w)", "", f"{function[1]} ↦ {function[2]}")  # SymPy marks its own variables
    return text.replace("**", "^")
