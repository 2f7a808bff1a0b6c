"""All claims are loaded in the papers' order first, whichever test imports a single section."""

from dropout_theory.claims import load

load()
