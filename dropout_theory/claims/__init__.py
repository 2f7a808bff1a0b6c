"""Papers, claims and the registry, and which proof, witness and refutation belongs to which claim."""

from dropout_theory.claims.arguments import (
    FACTS,
    PROOFS,
    REFUTATIONS,
    WITNESSES,
    ClassicalFact,
    Proof,
    ProofError,
    classical_fact,
    key,
    need,
    prove,
    refute,
    witness,
)
from dropout_theory.claims.claim import (
    ERRATUM_TYPES,
    KINDS,
    PAPER_KEYS,
    REGISTRY,
    SEVERITIES,
    Claim,
    Erratum,
    Hypothesis,
    Paper,
    Registry,
    Section,
    UnknownClaimError,
    load,
    select_ids,
    suggest,
)
from dropout_theory.claims.importing import ClaimError, spelled_with_place
from dropout_theory.claims.proofs_loader import (
    dropped_names,
    load_proofs,
    load_proofs_of,
    proof_of,
    refutation_of,
    witnesses,
)

__all__ = [
    "Claim", "ClaimError", "ClassicalFact", "ERRATUM_TYPES", "Erratum", "FACTS", "Hypothesis", "KINDS", "PAPER_KEYS",
    "PROOFS", "Paper", "Proof", "ProofError", "REFUTATIONS", "REGISTRY", "Registry", "SEVERITIES", "Section",
    "UnknownClaimError", "WITNESSES", "classical_fact", "dropped_names", "key", "load", "load_proofs",
    "load_proofs_of", "need", "proof_of", "prove", "refutation_of", "refute", "select_ids", "spelled_with_place",
    "suggest", "witness", "witnesses",
]
