"""Caches of compiled kernels: a change in a file, or in one that it takes kernels from, asks for a new folder."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dropout_theory import engines
from dropout_theory.engines.linear import linear_moments
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate
from dropout_theory.sampling import compiled


def test_a_folder_for_every_source_and_its_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "engines"
    shutil.copytree(Path(engines.__file__).parent, copies)
    monkeypatch.setattr(compiled, "kernel_source", lambda name: tmp_path.joinpath(*name.split(".")).with_suffix(".py"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    names = tuple(f"engines.{name}_kernels" for name in ("vector", "network", "unit", "exact"))
    before = {name: compiled.cache_folder(name, "1") for name in names}
    assert len(set(before.values())) == 4 and compiled.cache_folder(names[2], "2") != before[names[2]]
    with open(copies / "network_kernels.py", "a") as file:
        file.write("\n")
    changed = [name for name in names if compiled.cache_folder(name, "1") != before[name]]
    assert changed == ["engines.network_kernels", "engines.unit_kernels"]
    with open(copies / "vector_kernels.py", "a") as file:
        file.write("\n")
    assert compiled.cache_folder("engines.exact_kernels", "1") == before["engines.exact_kernels"]
    assert compiled.cache_folder("engines.vector_kernels", "1") != before["engines.vector_kernels"]


def test_imports_between_kernels_are_found_through_others() -> None:
    """Compiled code of a file that is not found to be used would go stale unseen."""
    assert set(compiled.imported_kernels("engines.last_layer_kernels")) == {
        f"engines.{name}_kernels" for name in ("vector", "exponential", "moment", "network")}
    assert compiled.imported_kernels("experiment.training_kernels") == ("sampling.kernels",)


def _held_by_pointers_alone(source: str) -> list[str]:
    """Arrays that a function makes and whose last use by name is a pointer: they are freed while it is in use."""
    found = []
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        pointed = {id(n): n.id for call in ast.walk(function) if isinstance(call, ast.Call)
                   and isinstance(call.func, ast.Name) and call.func.id == "pointer"
                   for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)}
        made = {n.id for step in ast.walk(function) if isinstance(step, ast.Assign) and "np." in ast.unparse(step.value)
                for target in step.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        for name in set(pointed.values()) & made:
            last = max((n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name),
                       key=lambda n: (n.lineno, n.col_offset))
            found += [f"{function.name}: {name}"] if id(last) in pointed else []
    return found


def test_no_array_is_held_by_a_pointer_alone() -> None:
    for path in Path(engines.__file__).parent.glob("*_kernels.py"):
        assert _held_by_pointers_alone(path.read_text(encoding="utf-8")) == []
    freed = "def kernel(n):\n    made = np.zeros(n)\n    entries = pointer(made)\n    put(entries, 0, 1.0)\n"
    assert _held_by_pointers_alone(freed) == ["kernel: made"]
    assert _held_by_pointers_alone(freed + "    return made\n") == []


def test_sampling_agrees_with_the_exact_moments_of_a_wide_linear_network() -> None:
    """Skip connections and correlated units: all intervals together fail by chance with 1e-9."""
    rng = np.random.default_rng(6)
    network = Network([Layer(rng.normal(size=(20, 12)) / 3, activation="linear", gate=0.5),
                       Layer(rng.normal(size=(20, 32)) / 5, activation="linear", gate=0.3, sources=[1, 0]),
                       Layer(rng.normal(size=(3, 40)) / 6, activation="linear", sources=[1, 2])], 0.8)
    x = rng.normal(size=12)
    exact = linear_moments(network, x)
    pair = ((3, 0), (3, 1))
    found = simulate(network, x, 200_000, 3, error_probability=1e-9, covariances=[pair])
    spreads = [np.diag(table) for table in exact.covariance]
    for sampled, parts in ((found.mean, exact.mean), (found.variance, spreads)):
        truth = np.concatenate(parts)
        assert (sampled.lower - 1e-12 <= truth).all() and (truth <= sampled.upper + 1e-12).all()
    box, truth = found.covariances[pair], exact.covariance[3]
    assert box.lower <= truth[0, 1] <= box.upper
    # a fixed seed; 6 standard errors of a product of nearly normal variables
    assert abs(box.value - truth[0, 1]) < 6 * (truth[0, 0] * truth[1, 1] / 200_000) ** 0.5


def test_kernels_load_without_linear_algebra_and_leave_numba_its_question() -> None:
    code = ("import sys\n"
            "from dropout_theory.sampling.compiled import load_kernels\n"
            "load_kernels('engines.moment_kernels')\n"
            "from numba.np import arraymath, linalg\n"
            "print('scipy.linalg' in sys.modules)\n"
            "linalg.ensure_blas()\n"
            "print('scipy.linalg' in sys.modules, arraymath.ensure_blas is linalg.ensure_blas)\n")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", "True", "True"]
