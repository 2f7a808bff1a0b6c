"""Loading the engines' compiled kernels on first use, each file with a cache keyed by a hash of its source."""

from __future__ import annotations

import hashlib
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from dropout_theory.sampling import compiled as numba_cache

_lock = threading.RLock()
_loaded: dict[str, ModuleType] = {}


# Files whose compiled code ends up in another file's: numba would not notice a change there, the cache's key does.
_USES = {"exponential_kernels": ("vector_kernels",), "moment_kernels": ("vector_kernels",),
         "network_kernels": ("vector_kernels", "exponential_kernels", "moment_kernels"),
         "unit_kernels": ("vector_kernels", "exponential_kernels", "moment_kernels", "network_kernels"),
         "last_layer_kernels": ("vector_kernels", "exponential_kernels", "moment_kernels", "network_kernels"),
         "mask_kernels": ("exact_kernels",)}


def load_kernels(name: str) -> ModuleType:
    """Return the module of this package that holds compiled kernels, importing numba on the first call.

    A file of kernels that uses those of another file must be named in ``_USES``. Safe to call from several threads.
    """
    with _lock:
        if name not in _loaded:
            import numba

            _import_without_scipy()
            for other in _USES.get(name, ()):
                load_kernels(other)
            config: Any = numba.config
            # The place of a cache is fixed when a function is decorated, so the user's own setting can be put back.
            previous = config.CACHE_DIR
            config.CACHE_DIR = str(_folder(name, numba.__version__))
            try:
                _loaded[name] = import_module(f"{__package__}.{name}")
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


def _folder(name: str, numba_version: str) -> Path:
    source = b"|".join(Path(__file__).with_name(f"{part}.py").read_bytes() for part in (name, *_USES.get(name, ())))
    digest = hashlib.sha256(source + f"|{sys.version}|{numba_version}".encode()).hexdigest()[:24]
    # the other kernels' folder knows what to do where the user's cache cannot be written
    folder = numba_cache.cache_folder(numba_version) / name / digest
    folder.mkdir(parents=True, exist_ok=True)
    return folder
