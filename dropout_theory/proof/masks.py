"""Rules about quantities that are 0 or 1: gates, and entries of integer families between 0 and 1."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory import statements as st
from dropout_theory.proof.theorem import Theorem, certify, need


def zero_or_one(entry: Any) -> Theorem:
    """x = 0 or x = 1, for a gate or an entry of a family of integers between 0 and 1. Raises ProofError."""
    need(isinstance(entry, lang.Element), f"{entry} is not an entry of a family")
    domain = entry.family.domain
    bits = domain.integer and domain.lower >= 0 and domain.upper <= 1
    need(isinstance(entry.family, lang.Gates) or not isinstance(entry.family, lang.RANDOM) and bits,
         f"{entry} is not known to be 0 or 1")
    return certify("0 or 1", sp.Or(st.equal(entry, 0), st.equal(entry, 1), evaluate=False))
