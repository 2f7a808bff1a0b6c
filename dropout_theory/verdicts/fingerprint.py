"""Fingerprints: a short hash of everything a piece of evidence rests on, so that stale evidence is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]
_DISTRIBUTIONS = ("sympy", "mpmath", "numpy", "numba", "python-flint", "z3-solver")

# Methods that run proofs or try the witnesses suggested beside them.
_USING_PROOFS = ("symbolic", "exact")

# Code that shows results but takes no part in finding them: a new table layout must not make evidence stale. Nor do
# the engines, which are for users; a test sees to it that nothing that makes evidence imports them.
_PRESENTATION = ("papers", "report", "engines", "mutants", "recheck", "_proofs", "proofs.py", "runner.py",
                 "workers.py", "fingerprint.py", "pytest_plugin.py", "pytest_items.py", "__init__.py", "__main__.py")


def statement_fingerprint(claim: Any) -> str:
    """Hash (16 hex digits) of what a claim says: statement, hypotheses, and how it is to be tried."""
    return _digest(_said(claim))


def meaning_fingerprint(claim: Any) -> str:
    """Hash (16 hex digits) of what a claim says under whatever names, its conjuncts and disjuncts in whatever order.

    What variants of a statement or its hypotheses showed stays true of these.
    """
    from dropout_theory.language import unordered

    plain = claim.unfolded
    hypotheses = tuple(replace(h, condition=unordered(h.condition)) for h in plain.hypotheses)
    return _digest(_content(replace(plain, statement=unordered(plain.statement), hypotheses=hypotheses)))


def fingerprint(claim: Any, method: str) -> str:
    """Hash (16 hex digits) of a claim, the code of the method that checks it, its proofs, and tool versions."""
    proofs = _proofs(claim.paper) if method in _USING_PROOFS else ""
    return _digest([*_said(claim), method, _machinery(method), proofs, *_versions()])


def _said(claim: Any) -> list[str]:
    """The content of a claim as strings."""
    kept = getattr(claim, "_said", None)  # a claim does not change, and each method asks anew
    if kept is None:
        kept = _content(claim)
        with suppress(AttributeError, TypeError):
            object.__setattr__(claim, "_said", kept)
    return kept


def _content(claim: Any) -> list[str]:
    parts = [claim.id, claim.kind, spelled(claim.statement)]
    parts += [f"{h.name}|{spelled(h.condition)}" for h in claim.hypotheses]
    parts.append(spelled(claim.admissible))
    parts += [spelled(dict(claim.limits)), spelled(dict(claim.candidates))]
    return parts


def spelled(value: Any) -> str:
    """A value spelled out in full: classes, domains and assumptions included, the same in every process."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(sorted(f"{spelled(k)}: {spelled(v)}" for k, v in value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(spelled(v) for v in value) + "]"
    if not hasattr(value, "_hashable_content"):
        return repr(value)
    from sympy import Dummy, Symbol, srepr

    if isinstance(value, type):  # an undefined function is a class; its assumptions count
        return f"{value.__name__}({sorted((getattr(value, '_kwargs', None) or {}).items())})"
    if isinstance(value, Dummy):  # its index counts the dummies made so far in this process
        return f"Dummy({value.name})"
    if isinstance(value, Symbol) and type(value) is not Symbol:
        return f"{type(value).__name__}({spelled(value._hashable_content())})"
    if not value.args:
        return srepr(value)
    return f"{type(value).__name__}({', '.join(spelled(a) for a in value.args)})"


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:16]


@cache
def _machinery(method: str) -> str:
    """Hash of the library's own source, less the presentation code and the checkers of other methods."""
    from dropout_theory.verdicts.kernel import METHODS

    others = {f"{m}.py" for m in METHODS if m != method}
    chosen = []
    for path in sorted(_PACKAGE.rglob("*.py")):
        relative = path.relative_to(_PACKAGE)
        if relative.parts[0] in _PRESENTATION or relative.parts[0].startswith("cli"):
            continue
        if relative.parts[0] == "checkers" and relative.name in others:
            continue
        chosen.append((relative.as_posix(), path))
    return _files(chosen)


@cache
def _proofs(paper: str) -> str:
    """Hash of the proofs of one paper; '' when it has none."""
    from dropout_theory.proofs import folder

    root = folder() / paper
    return _files((p.relative_to(root).as_posix(), p) for p in sorted(root.rglob("*.py"))) if root.is_dir() else ""


def _files(named: Iterable[tuple[str, Path]]) -> str:
    return _digest(part for name, path in named for part in (name, path.read_text(encoding="utf-8")))


@cache
def _versions() -> tuple[str, ...]:
    return tuple(f"{name}={_version(name)}" for name in _DISTRIBUTIONS)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"
