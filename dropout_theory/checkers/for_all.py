"""What proofs tell of a claim before it is judged: the prover for all values of scalars, and its obligations.

In a file of its own: only claims that say something of all values of scalars, or whose laws oblige to something, are
handed a proof, so only their evidence rests on what is reached through this file. Fingerprints see to that.
"""

from dropout_theory.proof.automatic import proves
from dropout_theory.proof.obligations import obligations

__all__ = ["obligations", "proves"]
