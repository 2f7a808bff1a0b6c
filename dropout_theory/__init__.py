"""A computational referee for the theory of dropout: claims as data, evidence by computation, derived verdicts.

Importing the package loads neither SymPy nor numba; the names below are fetched on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dropout_theory.moved import keep_old_paths

__version__ = "0.1.0"

keep_old_paths()

if TYPE_CHECKING:
    from dropout_theory.claims import (
        REGISTRY,
        Claim,
        ClaimError,
        Erratum,
        Hypothesis,
        Paper,
        Registry,
        UnknownClaimError,
        load,
    )
    from dropout_theory.referee import Refereed, referee
    from dropout_theory.report.ledger import Ledger
    from dropout_theory.running.runner import Run, run
    from dropout_theory.verdicts.kernel import Contradiction, Evidence, Verdict, derive_all

_HOMES = {
    "claims": ("REGISTRY", "Claim", "ClaimError", "Erratum", "Hypothesis", "Paper", "Registry", "UnknownClaimError",
              "load"),
    "verdicts.kernel": ("Contradiction", "Evidence", "Verdict", "derive_all"),
    "referee": ("Refereed", "referee"),
    "report.ledger": ("Ledger",),
    "running.runner": ("Run", "run"),
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "REGISTRY", "Claim", "ClaimError", "Contradiction", "Erratum", "Evidence", "Hypothesis", "Ledger", "Paper",
    "Refereed", "Registry", "Run", "UnknownClaimError", "Verdict", "__version__", "derive_all", "load",
    "referee", "run",
]


def __getattr__(name: str) -> Any:
    try:
        home = _WHERE[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    module = importlib.import_module(f"{__name__}.{home}")
    # All names of a home at once: importing it has bound the module itself here, which `referee` must replace.
    globals().update({each: getattr(module, each) for each in _HOMES[home]})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
