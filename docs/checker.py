"""Writes the reading guide of the checker of proofs into docs/proofs.md: its modules, with their lines of code.

    python docs/checker.py [--check]
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from pathlib import Path

PAGE = Path(__file__).with_name("proofs.md")
FOLDER = Path(__file__).parent.parent / "dropout_theory" / "recheck" / "steps"
ORDER = ("grammar", "binding", "statements", "derivation", "bounds", "polynomial", "atoms", "normal", "definedness",
         "arithmetic", "judging", "rules", "checking")
HEAD, END = "| module | lines of code | what it says |\n| --- | --- | --- |\n", "\n\nTogether "
_SPACE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(text: str) -> int:
    """The lines of a program that hold code: neither blank nor of comments or docstrings alone."""
    described = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            described |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    found = {line for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in _SPACE
             for line in range(token.start[0], token.end[0] + 1)}
    return len(found - described)


def counted() -> dict[str, int]:
    """The lines of code of each module of the checker, in the order to read them."""
    names = sorted((p.stem for p in FOLDER.glob("*.py") if p.stem != "__init__"), key=ORDER.index)
    return {name: code_lines((FOLDER / f"{name}.py").read_text(encoding="utf-8")) for name in names}


def guide() -> str:
    """The table and the line below it."""
    lines = counted()
    rows = []
    for name, count in lines.items():
        about = (ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or "").split("\n")[0]
        rows.append(f"| `{name}.py` | {count} | {about} |")
    return HEAD + "\n".join(rows) + f"{END}{sum(lines.values()):,} lines of code."


def page(now: str) -> str:
    """The page with the guide as it should be."""
    return re.sub(re.escape(HEAD) + r".*?" + re.escape(END) + r"[0-9,]+ lines of code\.", lambda _: guide(), now,
                  flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write the guide, or with --check tell whether it is as it should be."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    now = PAGE.read_text(encoding="utf-8")
    if reader.parse_args(arguments).check:
        print("docs/proofs.md is up to date" if page(now) == now else "docs/proofs.md is stale: python docs/checker.py")
        return 0 if page(now) == now else 1
    PAGE.write_text(page(now), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
