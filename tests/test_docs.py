"""The documents say what is true: what they mark as running runs, and what they name exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

import dropout_theory
from dropout_theory.checkers.symbolic import accept
from dropout_theory.claims import PROOFS
from dropout_theory.proofs import folder
from dropout_theory.verdicts import methods

DOCS = Path(__file__).parents[1] / "docs"
ROOT, PACKAGE = DOCS.parent, Path(dropout_theory.__file__).parent
PAGES = sorted(DOCS.glob("*.md"))
AUTHORING = (DOCS / "authoring.md").read_text(encoding="utf-8")

_PATH = re.compile(r"[\w./-]*\w(?:/|\.(?:py|md|svg|toml|jsonl?|txt))")
_LABEL = re.compile(r"(eq|thm|lem|tab|sec)[0-9]")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\(\))?")


def named(page: Path) -> list[str]:
    """What a page puts between backquotes, outside of blocks of code."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return re.findall(r"`([^`]+)`", text)


def test_what_is_marked_to_run_in_authoring_runs_and_its_proof_is_accepted() -> None:
    blocks = re.findall(r"```python run\n(.*?)```", AUTHORING, flags=re.S)
    space: dict[str, Any] = {"__name__": "own_paper"}
    for text in blocks:
        exec(compile(text, "authoring.md", "exec"), space)
    assert len(blocks) == 3
    claims = space["registry"]()
    assert [c.id for c in claims] == ["own2024:eq1", "own2024:eq2"]
    assert accept(claims["own2024:eq2"], PROOFS["own2024:eq2"](), "proof").rigor == "proof"


def test_the_example_of_a_method_is_a_declaration() -> None:
    declared = next(text for text in re.findall(r"```python\n(.*?)```", AUTHORING, flags=re.S) if "METHOD" in text)
    method = methods._read(declared)
    assert method.name == "lattice" and method.rigor in methods.RIGORS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_exist(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
    places = (ROOT, PACKAGE, DOCS, folder().parent)
    paths = [name for name in named(page) if _PATH.fullmatch(name)]
    missing = [path for path in paths if not any((place / path).exists() for place in places)
               and not ("/" not in path and list(PACKAGE.rglob(path)))]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_dotted_names_exist(page: Path) -> None:
    names = [name.removesuffix("()") for name in named(page)
             if _DOTTED.fullmatch(name) and not _PATH.fullmatch(name) and not _LABEL.match(name)]
    assert not [name for name in names if not exists(name)]


def exists(name: str) -> bool:
    """Whether a dotted name is a module of the package, or something in one."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        parts = [PACKAGE.name, *parts]
    for n in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:n]))
        except ModuleNotFoundError:
            continue
        try:
            for part in parts[n:]:
                found = getattr(found, part)
        except AttributeError:
            return False
        return True
    return False
