"""The methods evidence is made by: a file here that declares a METHOD is one; it is loaded on use."""

from __future__ import annotations

import importlib
from functools import cache

from dropout_theory.claims import spelled_with_place
from dropout_theory.verdicts.fingerprint import version
from dropout_theory.verdicts.kernel import METHODS, Checker
from dropout_theory.verdicts.methods import MethodError, declared, file_of, module_of, require_sound


@cache
def get_checker(method: str) -> Checker:
    """The checker of a method.

    Raises ValueError for an unknown one, MethodError where its file cannot be loaded or registers none.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")
    path = file_of(method)
    for tool in declared()[method].tools:
        if version(tool) == "absent":
            raise MethodError(f"{path} needs {tool}, which is not installed")
    try:
        module = importlib.import_module(module_of(method))
    except Exception as error:  # noqa: BLE001 - a method is code of its author, whose place is to be told
        raise MethodError(f"{path} cannot be loaded: {spelled_with_place(error, path)}") from error
    found = [value for value in vars(module).values() if isinstance(value, Checker) and value.method == method]
    if len(found) != 1:
        raise MethodError(f"{path} registers {len(found)} checkers of the method {method}; allowed: one, by "
                          "@checker(METHOD.name, ...)")
    return found[0]


def all_checkers() -> dict[str, Checker]:
    """Every checker by method, in the order of kernel.METHODS. Raises MethodError where a file is at fault."""
    require_sound()
    return {method: get_checker(method) for method in METHODS}
