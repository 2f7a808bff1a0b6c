"""Faults of SymPy by which false statements would be believed, mended when the language is loaded.

An empty product is 1. SymPy (1.13, 1.14) answers that one whose range is empty by its ends is at most 0, and, in an
order that differs from run to run, that it is negative: the smaller of it and of some m >= 0 is then the product.
"""

from __future__ import annotations

import sympy as sp


def mend() -> None:
    """Forget the rule that an empty product is at most 0; what else SymPy knows of products is right."""
    getattr(sp.Product, "_prop_handler", {}).pop("extended_nonpositive", None)
