"""Loading the compiled kernels on first use, with a cache that cannot serve machine code of another source.

Numba's own staleness test looks at a file's time stamp, which an installer may reset. The kernels therefore live in
one file, and their cache in a directory named by a hash of that file and of the versions that compiled it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_lock = threading.RLock()
_loaded: ModuleType | None = None


def kernel_source() -> Path:
    """Return the path of the one file that holds every compiled kernel."""
    return Path(__file__).with_name("kernels.py")


def fingerprint(numba_version: str) -> str:
    """Return a hash of the kernels' source, of the Python version and of the given numba version."""
    digest = hashlib.sha256(kernel_source().read_bytes())
    digest.update(f"|{sys.version}|{numba_version}".encode())
    return digest.hexdigest()[:24]


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


def cache_folder(numba_version: str) -> Path:
    """Return a writable cache folder for the present kernels.

    Where the user's cache cannot be written (a read-only home), a private folder is made and removed at exit: the
    kernels are then compiled anew in each process, which is slow but never wrong.
    """
    try:
        folder = cache_root() / fingerprint(numba_version)
        if _writable(folder):
            return folder
    except RuntimeError:  # Path.home() where there is no home at all
        pass
    folder = Path(tempfile.mkdtemp(prefix="dropout-theory-numba-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kernels() -> ModuleType:
    """Return the module of compiled kernels, importing numba on the first call. Safe to call from several threads."""
    global _loaded
    with _lock:
        if _loaded is None:
            import numba

            config: Any = numba.config
            # The place of a cache is fixed when a function is decorated, so the user's own setting can be put back.
            previous = config.CACHE_DIR
            config.CACHE_DIR = str(cache_folder(numba.__version__))
            try:
                _loaded = import_module(f"{__package__}.kernels")
            finally:
                config.CACHE_DIR = previous
        return _loaded
