"""Compiled moments of columns, and the cache that compiled kernels load from."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dropout_theory.sampling import compiled
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.montecarlo import block_moments


def test_column_moments_are_compensated() -> None:
    column = np.array([1e16, 1.0, -1e16, 1.0] * 256)[:, None]
    moments = block_moments(column, 0)
    assert moments.mean[0] == 0.5 and moments.counts[:, 0].tolist() == [0, 512]
    assert (moments.least[0], moments.greatest[0]) == (-1e16, 1e16)
    values = np.random.default_rng(1).random((999, 3)) + 1e6
    moments = block_moments(values, 0)
    assert moments.mean.tolist() == [pytest.approx(math.fsum(c) / 999, rel=3e-16) for c in values.T.tolist()]
    np.testing.assert_allclose(moments.squares, values.var(axis=0) * 999, rtol=1e-12)


def test_kernels_load_on_use_only() -> None:
    text = ("import sys, dropout_theory.sampling.montecarlo as m, dropout_theory.engines.simulation\n"
            "assert 'numba' not in sys.modules and 'scipy' not in sys.modules\n"
            "from dropout_theory.sampling.rng import *\n"
            "m.draw_block(SamplingPlan((Bernoulli(1),)), (0, 0), 0)\n"
            "assert 'numba' in sys.modules")
    subprocess.run([sys.executable, "-c", text], check=True, timeout=120)


def test_cache_folder_depends_on_source_and_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, source = "sampling.kernels", compiled.kernel_source
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "chosen"))
    first = compiled.cache_folder(name, "1.0")
    assert first.parent == tmp_path / "chosen" / "dropout_theory" / name and first.is_dir()
    assert compiled.cache_folder(name, "2.0") != first
    copy = tmp_path / "kernels.py"
    copy.write_bytes(source(name).read_bytes() + b"\n")
    monkeypatch.setattr(compiled, "kernel_source", lambda other: copy if other == name else source(other))
    assert compiled.cache_folder(name, "1.0") != first
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    fallback = compiled.cache_folder(name, "1.0")
    assert fallback.is_dir() and any("dropout-theory-numba-" in part for part in fallback.parts)


def test_the_users_own_cache_setting_is_left_alone() -> None:
    import numba

    load_kernels("sampling.kernels")
    config: Any = numba.config
    assert str(compiled.cache_root()) not in (config.CACHE_DIR or os.devnull)


def test_first_use_from_several_threads() -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(load_kernels("sampling.kernels"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1 and len(found) == 4
