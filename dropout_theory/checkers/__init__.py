"""The methods evidence is made by: a file here that declares a METHOD is one; it is loaded on use."""

from __future__ import annotations

import importlib
from functools import cache

from dropout_theory.verdicts.kernel import METHODS, Checker
from dropout_theory.verdicts.methods import MethodError, module_of


@cache
def get_checker(method: str) -> Checker:
    """The checker of a method. Raises ValueError for an unknown one, MethodError where its file registers none."""
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")
    module = importlib.import_module(module_of(method))
    found = [value for value in vars(module).values() if isinstance(value, Checker) and value.method == method]
    if len(found) != 1:
        raise MethodError(f"{module.__file__} registers {len(found)} checkers of the method {method}; allowed: one, by "
                          "@checker(METHOD.name, ...)")
    return found[0]


def all_checkers() -> dict[str, Checker]:
    """Every checker by method, in the order of kernel.METHODS."""
    return {method: get_checker(method) for method in METHODS}
