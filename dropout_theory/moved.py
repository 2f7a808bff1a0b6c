"""Paths that version 0.1 documented: they still work, with a warning, for one release."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any

MOVED = {
    "dropout_theory.claim": "dropout_theory.claims",
    "dropout_theory.domains": "dropout_theory.language",
    "dropout_theory.evaluate": "dropout_theory.evaluation.evaluator",
    "dropout_theory.expectations": "dropout_theory.evaluation",
    "dropout_theory.expectations.enumeration": "dropout_theory.evaluation.enumeration",
    "dropout_theory.kernel": "dropout_theory.verdicts.kernel",
    "dropout_theory.networks": "dropout_theory.language",
    "dropout_theory.pytest_plugin": "dropout_theory.testing.pytest_plugin",
    "dropout_theory.statements": "dropout_theory.language",
}


class _OldPaths(MetaPathFinder, Loader):
    """Finds a module under its old path, as a view of the module that took its place."""

    def find_spec(self, name: str, path: Sequence[str] | None = None,
                  target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self, is_package=True) if name in MOVED else None

    def exec_module(self, module: ModuleType) -> None:
        home = MOVED[module.__name__]
        warnings.warn(f"{module.__name__} has moved to {home}; the old path goes with version 0.3",
                      DeprecationWarning, stacklevel=2)
        place = importlib.import_module(home)

        def found(name: str) -> Any:
            return getattr(place, name)

        module.__getattr__ = found  # type: ignore[method-assign]
        module.__all__ = [n for n in dir(place) if not n.startswith("_")]  # type: ignore[attr-defined]


def keep_old_paths() -> None:
    """Let the old paths be imported."""
    if not any(isinstance(finder, _OldPaths) for finder in sys.meta_path):
        sys.meta_path.append(_OldPaths())
