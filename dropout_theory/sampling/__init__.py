"""Random numbers, compiled kernels and intervals valid at finite n: what sampled evidence is made of."""
