"""Imports what authors write, claims and proofs, and says of a mistake in it where it was made."""

from __future__ import annotations

import importlib
import sysconfig
import traceback
from pathlib import Path
from types import ModuleType

_LIBRARY = Path(__file__).resolve().parents[1]
_NOT_AUTHORS = (_LIBRARY, *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")))


class ClaimError(ValueError):
    """A claim is malformed, duplicated or unknown; the message is one line."""


_FAULTS: dict[str, str] = {}


def import_declarations(module: str) -> ModuleType:
    """Import a module that declares claims or proofs.

    Raises ClaimError with what is wrong, and where, the same whenever it is asked for: to import a module anew would
    find what stands above the mistake registered already, and blame that.
    """
    if module not in _FAULTS:
        try:
            return importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 - these files are code, and any mistake in them is the author's to mend
            _FAULTS[module] = spelled_with_place(error)
            raise ClaimError(_FAULTS[module]) from error
    raise ClaimError(_FAULTS[module])


def spelled_with_place(error: BaseException, written: Path | None = None) -> str:
    """An error in one line, with the line that led to it in a file that is `written` by an author."""
    said = str(error) if isinstance(error, ClaimError) else f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    place = next((f for f in reversed(frames) if _authors(f.filename, written)), frames[-1] if frames else None)
    file, line = (place.filename, place.lineno) if place else ("", 0)
    if isinstance(error, SyntaxError) and error.filename:
        said, file, line = f"{type(error).__name__}: {error.msg}", error.filename, error.lineno
    at = f"({file}, line {line})"
    return " ".join((f"{said} {at}" if file and at not in said else said).split())


def _authors(filename: str, written: Path | None) -> bool:
    """Whether a file holds declarations: the one named, one of the papers' or of their proofs, or a user's own."""
    from dropout_theory.proofs import folder

    path = Path(filename)
    if not path.is_file():
        return False
    path = path.resolve()
    if path == written or any(path.is_relative_to(home) for home in (_LIBRARY / "papers", folder())):
        return True
    return not any(path.is_relative_to(home) for home in _NOT_AUTHORS)
