"""The methods evidence is made by, loaded on use."""

from __future__ import annotations

import importlib
from functools import cache

from dropout_theory.verdicts.kernel import METHODS, Checker

_MODULES = {"admissible": "admissible", "symbolic": "symbolic", "decide": "decide", "interval": "interval",
            "exact": "exact", "montecarlo": "statistical", "property": "property"}


@cache
def get_checker(method: str) -> Checker:
    """The checker of a method. Raises ValueError for an unknown one."""
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")
    module = importlib.import_module(f"dropout_theory.checkers.{_MODULES[method]}")
    name = _MODULES[method]
    return getattr(module, "property_test" if name == "property" else name)  # type: ignore[no-any-return]


def all_checkers() -> dict[str, Checker]:
    """Every checker by method, in the order of kernel.METHODS."""
    return {method: get_checker(method) for method in METHODS}
