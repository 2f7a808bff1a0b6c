"""The prover for statements about all values of scalars, in a file of its own.

Only claims that contain such a statement are handed a proof, so only their evidence rests on what is reached through
this file: fingerprints see to that.
"""

from dropout_theory.proof.automatic import proves

__all__ = ["proves"]
