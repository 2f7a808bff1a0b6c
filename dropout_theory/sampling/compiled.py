"""Loading the compiled kernels on first use, with a cache that cannot serve machine code of another source.

Numba's own staleness test looks at a file's time stamp, which an installer may reset, and not at functions imported
from another file. The kernels therefore live in two files, and their cache in a directory named by a hash of both and
of the versions that compiled them.
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
_loaded: dict[str, ModuleType] = {}


def kernel_source() -> Path:
    """Return the path of the file that holds the compiled kernels of sampling."""
    return Path(__file__).with_name("kernels.py")


def training_source() -> Path:
    """Return the path of the file that holds the compiled kernel of training, which imports from the other."""
    return Path(__file__).with_name("training_kernels.py")


def fingerprint(numba_version: str) -> str:
    """Return a hash of the kernels' source, of the Python version and of the given numba version."""
    digest = hashlib.sha256(kernel_source().read_bytes())
    digest.update(hashlib.sha256(training_source().read_bytes()).digest())
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
    """Return the kernels of sampling, importing numba on the first call. Safe to call from several threads."""
    return _load("kernels")


def training_kernels() -> ModuleType:
    """Return the kernel of training, importing numba on the first call. Safe to call from several threads."""
    return _load("training_kernels")


def _load(name: str) -> ModuleType:
    with _lock:
        if name not in _loaded:
            import numba

            config: Any = numba.config
            # The place of a cache is fixed when a function is decorated, so the user's own setting can be put back.
            previous = config.CACHE_DIR
            config.CACHE_DIR = str(cache_folder(numba.__version__))
            try:
                _loaded[name] = import_module(f"{__package__}.{name}")
            finally:
                config.CACHE_DIR = previous
        return _loaded[name]
