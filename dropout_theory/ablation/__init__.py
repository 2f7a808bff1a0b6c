"""Which hypotheses and domains a claim needs: each left out, one at a time."""
