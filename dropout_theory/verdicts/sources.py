"""Which source files some code can reach by its imports, and hashes of them. Files are read, never imported."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# What a reader of `proved` must believe: the rooms that say what is stated, decide it and derive the verdict. A checker
# says itself that it found a proof, and of what; no other room looks again.
TRUSTED = ("language", "normal_form", "evaluation", "arithmetic", "definedness", "proof", "checkers", "verdicts")


@dataclass(frozen=True)
class Tree:
    """The modules of a package: `root` is its name, `folder` where its files are."""

    root: str
    folder: Path

    def file(self, module: str) -> Path | None:
        """The file of a module of this package, or None: another package's, or the name of something in a module."""
        if module != self.root and not module.startswith(f"{self.root}."):
            return None
        place = self.folder.joinpath(*module.removeprefix(self.root).split(".")[1:])
        candidates = (place / "__init__.py", *([place.with_name(f"{place.name}.py")] if module != self.root else []))
        return next((path for path in candidates if path.is_file()), None)


@cache
def reached(tree: Tree, start: str, around: str = "") -> frozenset[str]:
    """The modules that `start` can reach by imports, itself included, other than by way of `around`.

    Imports inside functions and for type checkers count, and so do those of the packages that a module lies in; not
    those of the root, nor of the package of `start`, which only say where things are.
    """
    home = start.rpartition(".")[0]
    found: set[str] = set()
    pending = [start]
    while pending:
        module = pending.pop()
        path = None if module in (*found, around, tree.root) else tree.file(module)
        if path is None:
            continue
        found.add(module)
        parts = module.split(".")
        packages = {".".join(parts[:n]) for n in range(1, len(parts))}
        pending += [*(packages - {home}), *imported(path, module)]
    return frozenset(found)


@cache
def imported(path: Path, module: str) -> frozenset[str]:
    """Full names of what a file imports: modules, and names that may be modules."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8")), module, path.name == "__init__.py"))


def _names(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            up = node.level - is_package
            inside = parts[:len(parts) - up] if node.level else []
            base = ".".join([*inside, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def outside(tree: Tree, modules: Iterable[str]) -> set[str]:
    """The top-level packages other than the tree's own that modules import."""
    paths = [(tree.file(module), module) for module in modules]
    names = {name.partition(".")[0] for path, module in paths if path for name in imported(path, module)}
    return names - {tree.root}


def digest(parts: Iterable[str]) -> str:
    """Hash (16 hex digits) of strings in order."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hashed.update(len(data).to_bytes(8, "big"))
        hashed.update(data)
    return hashed.hexdigest()[:16]


@cache
def hash_of(path: Path) -> str:
    """Hash of a file, or of every Python file in a folder with their names; 'absent' where there is none."""
    if path.is_file():
        return digest([path.read_text(encoding="utf-8")])
    if not path.is_dir():
        return "absent"
    files = sorted(path.rglob("*.py"))
    return digest(part for file in files for part in (file.relative_to(path).as_posix(), file.read_text("utf-8")))
