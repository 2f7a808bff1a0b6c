"""Loading compiled kernels on first use, each file with a cache that cannot serve machine code of another source.

Numba's own staleness test looks at a file's time stamp, which an installer may reset, and not at functions imported
from another file. So each file of kernels has a cache folder named by a hash of its source, of the files of kernels
that it imports from, and of the versions that compiled them.
"""

from __future__ import annotations

import ast
import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import threading
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_PACKAGE = __name__.partition(".")[0]
_lock = threading.RLock()
_loaded: dict[str, ModuleType] = {}


def load_kernels(name: str) -> ModuleType:
    """Return a module of compiled kernels, such as ``engines.unit_kernels``, importing numba on the first call.

    Safe to call from several threads. Raises ModuleNotFoundError for a file that is not there.
    """
    with _lock:
        if name not in _loaded:
            import numba

            _import_without_scipy()
            for other in imported_kernels(name):
                load_kernels(other)
            config: Any = numba.config
            # The place of a cache is fixed when a function is decorated, so the user's own setting can be put back.
            previous = config.CACHE_DIR
            config.CACHE_DIR = str(cache_folder(name, numba.__version__))
            try:
                _loaded[name] = import_module(f"{_PACKAGE}.{name}")
            finally:
                config.CACHE_DIR = previous
        return _loaded[name]


def _import_without_scipy() -> None:
    """Import numba's array functions without scipy.linalg, a fifth of the time to a first result.

    On import numba asks whether there is a BLAS, by importing all of scipy.linalg. No kernel here uses one, and numba
    asks again wherever one is used.
    """
    from numba.np import linalg

    ask = getattr(linalg, "ensure_blas", None)  # other versions of numba may not ask, or not here
    if ask is None or "numba.np.arraymath" in sys.modules:
        return
    linalg.ensure_blas = lambda: None
    try:
        arraymath = import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ask
    arraymath.ensure_blas = ask  # type: ignore[attr-defined]


def kernel_source(name: str) -> Path:
    """Return the path of a file of kernels."""
    return Path(__file__).parents[1].joinpath(*name.split(".")).with_suffix(".py")


@cache
def imported_kernels(name: str) -> tuple[str, ...]:
    """Return the files of kernels whose compiled code ends up in a file's own: what it imports from the package."""
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(kernel_source(name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_PACKAGE}."):
            other = str(node.module).partition(".")[2]
            found.update(dict.fromkeys((*imported_kernels(other), other)))
    return tuple(found)


def cache_root() -> Path:
    """Return the folder under which caches are kept: NUMBA_CACHE_DIR where set, else the user's cache folder."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen) / "dropout_theory"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "dropout_theory" / "numba"


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder(name: str, numba_version: str) -> Path:
    """Return a writable cache folder for a file of kernels as it is now.

    Where the user's cache cannot be written (a read-only home), a private folder is made and removed at exit: the
    kernels are then compiled anew in each process, which is slow but never wrong.
    """
    source = b"|".join(kernel_source(part).read_bytes() for part in (name, *imported_kernels(name)))
    digest = hashlib.sha256(source + f"|{sys.version}|{numba_version}".encode()).hexdigest()[:24]
    try:
        folder = cache_root() / name / digest
        if _writable(folder):
            return folder
    except RuntimeError:  # Path.home() where there is no home at all
        pass
    folder = _private_root() / name / digest
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _private_root() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dropout-theory-numba-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
