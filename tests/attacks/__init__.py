"""Attacks on what makes and judges statements: each would give a falsehood, and must be refused."""
