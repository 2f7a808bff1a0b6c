"""A claim's own proof made anew, with one atom of a wider domain from the start.

Proofs are functions over the atoms of their modules. In a fresh process every such atom is made with the wider domain,
so that each rule sees it and refuses what it no longer justifies.
"""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp

from dropout_theory.claims import REGISTRY
from dropout_theory.verdicts.fingerprint import meaning_fingerprint, spelled

TIME_LIMIT = 300  # seconds; a proof that goes through takes a few
_MAKERS = ("dropout_theory.papers.", "dropout_theory.proofs.")
_THROUGH = ("dropout_theory.language.",)


def replayed(widened: Any, atom: Any, wider: Any) -> str | None:
    """The rules that prove a claim with `atom` in the domain `wider`, or None.

    `widened` is the claim so changed: what the fresh process proves must be the same statement word for word.
    """
    from dropout_theory.ablation.sharper import is_proved
    from dropout_theory.claims import FACTS, proof_of

    proof_of(widened.id)  # sees to it that the facts are known
    facts = {name: spelled(fact.statement) for name, fact in FACTS.items()}
    data = base64.b64encode(pickle.dumps((widened.id, atom, wider, facts))).decode()
    try:
        done = subprocess.run([sys.executable, "-m", "dropout_theory.ablation.replay"], input=data, text=True,
                              capture_output=True, timeout=TIME_LIMIT, check=False)
        found = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return None
    same = found.get("statement") == meaning_fingerprint(widened)
    return str(found["scope"]) if same and all(is_proved(REGISTRY[i]) for i in found["relies"]) else None


def _main() -> None:
    try:
        print(json.dumps(_prove(*pickle.loads(base64.b64decode(sys.stdin.read())))))  # noqa: S301 - from `replayed`
    except Exception as error:  # noqa: BLE001 - a rule that stumbles has proved nothing
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))


def _prove(claim_id: str, atom: Any, wider: Any, facts: Mapping[str, str]) -> dict[str, Any]:
    """Prove the claim and those it relies on that mention the atom; afterwards this process knows the wider one.

    `facts` are the facts of the literature, spelled out: those that are relied on must not have changed.
    """
    import dropout_theory.proof  # the rules keep the atoms that they have made
    from dropout_theory.checkers.symbolic import accept
    from dropout_theory.claims import FACTS, ProofError, load, load_proofs, need, proof_of
    from dropout_theory.proof.automatic import automatic

    del dropout_theory
    widen(atom, wider)
    new = type(atom)(atom.name, wider, *atom._details)
    paper = claim_id.partition(":")[0]
    registry = load(paper)
    load_proofs(paper)
    scopes: dict[str, str] = {}
    relies: set[str] = set()
    waiting = [claim_id]
    while waiting:
        claim = registry[waiting.pop()]
        proof = proof_of(claim.id)
        theorem = proof() if proof is not None else from_parts(claim, registry) or automatic(claim.statement)
        scopes[claim.id] = accept(claim, theorem, "its own proof").scope
        for used in theorem.uses:
            name = used.removeprefix("classical:")
            if name != used:
                need(spelled(FACTS[name].statement) == facts[name], f"{name} of the literature is about {atom}")
            elif used not in registry:
                raise ProofError(f"relies on {used}, a claim of another paper")
            elif spelled(new) not in "".join(_said(registry[used])):
                relies.add(used)
            elif used not in scopes:
                waiting.append(used)
    return {"scope": scopes[claim_id], "statement": meaning_fingerprint(registry[claim_id]), "relies": list(relies)}


def from_parts(claim: Any, registry: Iterable[Any]) -> Any:
    """All that a claim says, each part cited as the claim that says it; None where one is no claim of its own."""
    from dropout_theory.language import unnamed
    from dropout_theory.proof import cite, conjunction

    statement = unnamed(claim.statement)
    if not isinstance(statement, sp.And):
        return None
    known = {unnamed(c.statement): c for c in registry if c.id != claim.id}
    return conjunction(*[cite(known[part]) for part in statement.args]) \
        if all(part in known for part in statement.args) else None


def _said(claim: Any) -> list[str]:
    plain = claim.unfolded
    return [spelled(plain.statement), *[spelled(h.condition) for h in plain.hypotheses]]


def widen(atom: Any, wider: Any) -> None:
    """From now on, papers and proofs that make this atom make one of a wider domain; rules make what they ask for.

    Bound names that rules choose are those of given scalars, primed: no such atom is widened. Raises ValueError.
    """
    from dropout_theory.language import REAL, Scalar

    if atom.name.endswith("'"):
        raise ValueError(f"atom is {atom}; allowed: a name that no rule makes from another")
    kind, asked = type(atom), (atom.name, atom.domain, *atom._details)
    make = Scalar.__new__

    def made(cls: type, name: str, domain: Any = REAL, *details: Any) -> Any:
        if cls is kind and (name, domain, *details) == asked and _maker().startswith(_MAKERS):
            domain = wider
        return make(cls, name, domain, *details)

    Scalar.__new__ = made  # type: ignore[method-assign,assignment]


def _maker() -> str:
    """The module whose code asks for an atom."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_THROUGH):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__"))


if __name__ == "__main__":
    _main()
