"""The arguments behind the claims, importable as `dropout_theory.proofs.<paper>.<module>`.

In a checkout they live in the top-level folder `proofs/`; a wheel carries that folder as `dropout_theory/_proofs`.
This module stands in for the package by pointing its `__path__` at whichever is there.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CANDIDATES = (_PACKAGE / "_proofs", _PACKAGE.parent / "proofs")


def folder() -> Path:
    """The folder that holds the proofs. Raises FileNotFoundError when neither place has them."""
    for candidate in _CANDIDATES:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"proofs are in neither {_CANDIDATES[0]} nor {_CANDIDATES[1]}")


__path__ = [str(folder())]
