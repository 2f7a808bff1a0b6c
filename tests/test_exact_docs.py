"""The page on exact moments: its examples run and print what it shows."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs" / "exact.md").read_text(encoding="utf-8")


def test_examples_print_what_is_shown() -> None:
    shown = io.StringIO()
    blocks = re.findall(r"```(python|)\n(.*?)```", PAGE, flags=re.S)
    space: dict[str, object] = {}
    for kind, text in blocks:
        if kind == "python":
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                exec(compile(text, "exact.md", "exec"), space)
        else:
            assert shown.getvalue().strip() == text.strip()
    assert len(blocks) == 5
