"""What the documents say of the rooms is what the code is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_room_is_described_and_every_described_room_is_there() -> None:
    rooms = {p.name for p in (ROOT / "dropout_theory").iterdir() if (p / "__init__.py").is_file()}
    described = set(re.findall(r"`([a-z_]+)/(?:<paper>/)?`", ARCHITECTURE.split("\nBeside", 1)[0]))
    assert described == rooms


def test_every_file_named_is_there() -> None:
    for name in re.findall(r"`([a-z_]+/[\w/.]+\.\w+)`", ARCHITECTURE):
        assert (ROOT / name).exists() or (ROOT / "dropout_theory" / name).exists(), name


def test_the_picture_is_what_the_imports_say() -> None:
    pytest.importorskip("grimp", reason="drawing the rooms needs grimp (pip install 'dropout-theory[dev]')")
    done = subprocess.run([sys.executable, "docs/rooms.py", "--check"], cwd=ROOT, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("room", "line"), [
    ("evaluation", "def _late() -> object:\n    from dropout_theory.proof import arithmetic\n    return arithmetic\n"),
    ("recheck", "from dropout_theory.evaluation import evaluator\n"),
    ("running", "if TYPE_CHECKING:\n    from dropout_theory.report.ledger import Ledger\n")])
def test_the_contract_notices_an_import_from_above(tmp_path: Path, room: str, line: str) -> None:
    """Imports in functions and for type checkers count, and so does the second path asking the first."""
    pytest.importorskip("importlinter", reason="contracts need import-linter (pip install 'dropout-theory[dev]')")
    for folder in ("dropout_theory", "proofs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.json", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "dropout_theory" / room / "late.py").write_text("from typing import TYPE_CHECKING\n" + line)
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and f"dropout_theory.{room} is not allowed to import" in done.stdout, done.stdout
