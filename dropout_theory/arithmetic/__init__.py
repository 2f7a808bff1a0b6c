"""Real arithmetic: statements over the reals, decided by z3."""
