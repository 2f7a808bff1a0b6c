"""All claims are loaded in the papers' order first, whichever test imports a section; no test recalls another's."""

import pytest

from dropout_theory.claims import load

load()


@pytest.fixture(autouse=True)
def journal_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPOUT_THEORY_CACHE", str(tmp_path_factory.mktemp("journal") / "new"))
