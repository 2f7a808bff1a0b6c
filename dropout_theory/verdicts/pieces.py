"""Which top-level statements of source files a definition rests on, by the names in them. Files are read, not imported.

A change of one proof then moves what rests on it, and not the rest of its file. Names are followed generously: what has
the name of something that a file defines counts as a use of it, whatever it is there. What runs for its effects when a
file is imported counts for all that is drawn from the files that are loaded with it, but for calls whose effect has a
fingerprint of its own. This is for files that keep to `unruly`: others count as a whole.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dropout_theory.verdicts.sources import digest

Place = tuple[str, int]  # a module, and which of its top-level statements
Find = Callable[[str], Path | None]  # the file of a module, None where it does not count

# Calls at the top level that register what is fingerprinted by itself: statements of claims, witnesses and facts.
REGISTERING = frozenset({"claim", "witness", "classical_fact"})
# What can reach names that are not written down: then the whole file counts.
_REACHING = frozenset({"globals", "locals", "vars", "eval", "exec", "getattr", "import_module", "__import__",
                       "__dict__", "__globals__", "modules", "attrgetter", "methodcaller"})
# Decorators that do nothing to others: they give back the function, or register it under an id.
_QUIET = frozenset({"prove", "refute", "cache", "lru_cache", "singledispatch", "dataclass", "property", "classmethod",
                    "staticmethod"})
_CHANGING = frozenset({"append", "add", "extend", "insert", "update", "setdefault", "pop", "remove", "clear",
                       "register", "setattr", "delattr", "open", "read_text", "read_bytes", "load", "loadtxt",
                       "setitem"})
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Piece:
    """A top-level statement: where it stands, what it defines, the names in it, what it imports, and a hash of it.

    `dotted` are names with an attribute of theirs, `bare` the other ones; `imports` are pairs of a local name and the
    full name of what it stands for, or "*". `always` tells that it runs for the sake of its effects.
    """

    lines: range
    defines: frozenset[str]
    bare: frozenset[str]
    dotted: frozenset[tuple[str, str]]
    attributes: frozenset[str]
    imports: frozenset[tuple[str, str]]
    always: bool
    hash: str


class Drawing:
    """Which statements rest on which, over the files that `find` knows.

    `also` tells of a module and the names in a statement of it which modules count as a whole besides, `together` which
    modules are loaded with a module.
    """

    def __init__(self, find: Find, also: Callable[[str, frozenset[str]], Iterable[str]] = lambda module, names: (),
                 together: Callable[[str], Iterable[str]] = lambda module: ()) -> None:
        self.find, self.also, self.together = cache(find), also, cache(together)
        self._indices: dict[str, _Index] = {}
        self._uses: dict[Place, frozenset[Place]] = {}

    def hashes(self, module: str, name: str) -> dict[str, str]:
        """A hash of what a definition rests on, for each module that something is drawn from."""
        by_module: dict[str, list[int]] = {}
        for m, n in sorted(self.places(module, name)):
            by_module.setdefault(m, []).append(n)
        return {m: digest(self._index(m).pieces[n].hash for n in numbers) for m, numbers in by_module.items()}

    def places(self, module: str, name: str) -> set[Place]:
        """The statements that a definition rests on, itself included; all of a module that defines no such name."""
        found: set[Place] = set()
        pending = list(self._named(module, name))
        while pending:
            place = pending.pop()
            if place not in found:
                found.add(place)
                pending += self._used(place) - found
        return found

    def _index(self, module: str) -> _Index:
        if module not in self._indices:
            path = self.find(module)
            self._indices[module] = _Index(pieces_of(path, module) if path is not None else ())
        return self._indices[module]

    def _named(self, module: str, name: str | None) -> set[Place]:
        """The statements that make a name; all of a module where none does, or no name is given."""
        index = self._index(module)
        wanted = index.defined.get(name) if name is not None else None
        return {(module, n) for n in wanted or range(len(index.pieces))} | self._entered(module)

    def _entered(self, module: str) -> set[Place]:
        """What runs for its effects when a module is imported, with the packages that it lies in and what is loaded
        with it."""
        loaded = {module, *self.together(module)}
        while module and self.find(module) is not None:
            loaded.add(module)
            module = module.rpartition(".")[0]
        return {(m, n) for m in loaded for n in self._index(m).always}

    def _used(self, place: Place) -> frozenset[Place]:
        if place not in self._uses:
            found: set[Place] = set()
            for module, name in self._names(place):
                if self.find(module) is not None:
                    found |= self._named(module, name)
            self._uses[place] = frozenset(found)
        return self._uses[place]

    def _names(self, place: Place) -> Iterator[tuple[str, str | None]]:
        """What the names in a statement may mean: a name that a module defines, or all of a module."""
        module, index = place[0], self._index(place[0])
        piece = index.pieces[place[1]]
        bases = {base for base, _ in piece.dotted}
        if (piece.bare | piece.attributes) & _REACHING:
            yield module, None
        for whole in self.also(module, frozenset(piece.bare | bases)):
            yield whole, None
        yield from ((module, name) for name in (piece.bare | bases) & index.defined.keys())
        for name in (piece.bare | bases) & index.imports.keys():
            for full in index.imports[name]:
                if self.find(full) is None:  # something in a module, whatever is taken of it
                    yield full.rpartition(".")[0], full.rpartition(".")[2]
                elif name in piece.bare:
                    yield full, None
                else:
                    yield from ((full, attribute) for base, attribute in piece.dotted if base == name)
        yield from ((full, None) for full in index.imports.get("*", ()))


class _Index:
    """The statements of a module, by what they define and import."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        self.always = [n for n, piece in enumerate(pieces) if piece.always]
        self.defined: dict[str, set[int]] = {}
        self.imports: dict[str, set[str]] = {}
        for n, piece in enumerate(pieces):
            for name in piece.defines:
                self.defined.setdefault(name, set()).add(n)
            for name, full in piece.imports:
                self.imports.setdefault(name, set()).add(full)


@cache
def pieces_of(path: Path, module: str) -> tuple[Piece, ...]:
    """The top-level statements of a file, in its order."""
    return tuple(_piece(statement, module, path.name == "__init__.py")
                 for statement in ast.parse(path.read_text(encoding="utf-8")).body if not _is_text(statement))


def _piece(statement: ast.stmt, module: str, is_package: bool) -> Piece:
    bare: set[str] = set()
    dotted: set[tuple[str, str]] = set()
    imports: set[tuple[str, str]] = set()
    based: set[int] = set()
    for node in ast.walk(statement):  # a node comes before those in it
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            dotted.add((node.value.id, node.attr))
            based.add(id(node.value))
        elif isinstance(node, ast.Name) and id(node) not in based:
            bare.add(node.id)
        elif isinstance(node, ast.Import):
            imports |= {(a.asname, a.name) if a.asname else (a.name.partition(".")[0], a.name) for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, is_package)
            imports |= {("*", base) if a.name == "*" else (a.asname or a.name, f"{base}.{a.name}") for a in node.names}
    defines = frozenset(_defined(statement))
    only_imports = isinstance(statement, (ast.Import, ast.ImportFrom))
    always = _acts(statement) or not defines and not only_imports and not _only_registers(statement)
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
    lines = range(first, (statement.end_lineno or first) + 1)
    attributes = frozenset(node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute))
    return Piece(lines, defines, frozenset(bare), frozenset(dotted), attributes, frozenset(imports), always,
                 digest([_said(statement)]))


def _base(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The full name of the module that something is imported from."""
    parts = module.split(".")
    inside = parts[:len(parts) - node.level + is_package] if node.level else []
    return ".".join([*inside, *([node.module] if node.module else [])])


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, ast.For) and _only_registers(statement):
        yield from (node.id for node in ast.walk(statement.target) if isinstance(node, ast.Name))
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = list(_names(targets))
        if all(names):  # an assignment to a part of something changes it: no definition
            yield from (name for name in names if name)


def _names(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _names(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _names([target.value])
        else:
            yield target.id if isinstance(target, ast.Name) else ""


def _acts(statement: ast.stmt) -> bool:
    """Whether a definition does more than to define: by what decorates it, by what its arguments are when it is made,
    or by what stands in a class."""
    decorators = [d.func if isinstance(d, ast.Call) else d for d in getattr(statement, "decorator_list", ())]
    if any(not isinstance(d, ast.Name) or d.id not in _QUIET for d in decorators):
        return True
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        made = [d for d in (*statement.args.defaults, *statement.args.kw_defaults) if d is not None]
        return any(isinstance(node, ast.Call) for d in made for node in ast.walk(d))
    allowed = (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Pass)
    return isinstance(statement, ast.ClassDef) and any(
        not isinstance(part, allowed) and not _is_text(part) or _acts(part) for part in statement.body)


def unruly(path: Path) -> list[str]:
    """What keeps the statements of a file from being told apart by names: each with its line.

    Names that functions make, and calls in the value of a definition that change or read something else.
    """
    found = []
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        defines = isinstance(statement, (ast.Assign, ast.AnnAssign))
        for node in ast.walk(statement):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", ""))
            if isinstance(node, (ast.Global, ast.NamedExpr)) or called is not None and defines and name in _CHANGING:
                found.append(f"line {getattr(node, 'lineno', '?')}: {type(node).__name__} {name}".rstrip())
    return found


def _only_registers(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.For):
        return not statement.orelse and all(map(_only_registers, statement.body))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) \
        and isinstance(statement.value.func, ast.Name) and statement.value.func.id in REGISTERING


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) \
        and isinstance(statement.value.value, str)


def _said(statement: ast.stmt) -> str:
    """A statement whatever its layout, comments and docstrings."""
    for node in ast.walk(statement):
        if isinstance(node, _DOCUMENTED) and node.body and _is_text(node.body[0]) and len(node.body) > 1:
            node.body = node.body[1:]
    return ast.dump(statement)


__all__ = ["Drawing", "Piece", "REGISTERING", "pieces_of", "unruly"]
