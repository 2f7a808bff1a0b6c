"""Draws docs/figures/rooms.svg: the rooms of the package on their floors, and which asks which, from the imports.

A row a room, from the top floor down (the floors of the import contract in pyproject.toml); a mark says that it imports
from the room of that column, the more often the darker. All marks lie right of the diagonal: no room asks one above it.
Needs grimp (`pip install '.[dev]'`).
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from pathlib import Path

from dropout_theory.verdicts.sources import TRUSTED

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "figures" / "rooms.svg"
PACKAGE = "dropout_theory"
CELL, LEFT, TOP, MARGIN = 26, 110, 92, 40
HIDDEN = ("__main__", "moved", "proofs")
COLOURS = dict.fromkeys(TRUSTED, "#f2b65c") | {"recheck": "#8fc98f"}


def floors() -> list[list[str]]:
    """The rooms by floor, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in layers]


def imports(rooms: list[str]) -> Counter[tuple[str, str]]:
    """How many modules of a room import from how many of another."""
    import grimp

    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            asks, asked = (name.split(".")[1] if "." in name else "" for name in (module, other))
            found[asks, asked] += asks in rooms and asked in rooms and asks != asked
    return found


def drawn() -> str:
    """The picture as SVG."""
    storeys = [[r for r in floor if r not in HIDDEN] for floor in floors()]
    rooms = [room for floor in storeys for room in floor]
    asks = imports(rooms)
    side = CELL * len(rooms)
    width, height = LEFT + side + MARGIN, TOP + side + MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
             'font-family="sans-serif" font-size="13">',
             "<title>The rooms of dropout_theory and which asks which</title>",
             f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    top = TOP
    for number, floor in enumerate(s for s in storeys if s):
        if number % 2 == 0:
            parts.append(f'<rect y="{top}" width="{width - MARGIN}" height="{CELL * len(floor)}" fill="#f1f4f7"/>')
        top += CELL * len(floor)
    for n, room in enumerate(rooms):
        x, y = LEFT + CELL * n, TOP + CELL * n
        parts += [f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{COLOURS.get(room, "#c9d3dc")}"/>',
                  f'<text x="{LEFT - 8}" y="{y + 18}" text-anchor="end" fill="#111111">{room}</text>',
                  f'<text transform="translate({x + 17} {TOP - 8}) rotate(-60)" fill="#111111">{room}</text>']
        for m, other in enumerate(rooms):
            if count := asks[room, other]:
                shade = "#1f3a5f" if count > 9 else "#5f7fa6" if count > 2 else "#a9bdd6"
                parts.append(f'<rect x="{LEFT + CELL * m + 5}" y="{y + 5}" width="{CELL - 10}" height="{CELL - 10}" '
                             f'rx="3" fill="{shade}"><title>{room} asks {other}: {count} imports</title></rect>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Draw the picture, or compare it with the committed one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when the committed picture is another; draw none")
    asked = parser.parse_args()
    picture = drawn()
    if asked.check:
        same = PICTURE.is_file() and PICTURE.read_text(encoding="utf-8") == picture
        print("current" if same else f"{PICTURE.relative_to(ROOT)} differs from the imports: python docs/rooms.py")
        return 0 if same else 1
    PICTURE.write_text(picture, encoding="utf-8")
    print(f"drew {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
