"""Faults of SymPy by which false statements would be believed, mended when the language is loaded.

An empty product is 1. SymPy (1.13, 1.14) answers that one whose range is empty by its ends is at most 0, and, in an
order that differs from run to run, that it is negative: the smaller of it and of some m >= 0 is then the product. Of a
product of zeros it says that it is 0, whether or not its range may be empty: the larger of it and 1/2 is then 1/2.
"""

from __future__ import annotations

from typing import Any

import sympy as sp


def mend() -> None:
    """Forget both rules, and ask of a product of zeros that no range of it is empty."""
    handlers = getattr(sp.Product, "_prop_handler", {})
    handlers.pop("extended_nonpositive", None)
    handlers["zero"] = _is_zero


def _is_zero(product: Any) -> bool | None:
    if product.has_empty_sequence:
        return False
    factor = product.function.is_zero
    if factor:
        return True if all((high - low).is_nonnegative for _, low, high in product.limits) else None
    return False if factor is False and product.has_finite_limits else None
