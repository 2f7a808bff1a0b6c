"""Tables for terminals: aligned, fitted to the width, coloured only where the reader's terminal shows colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from dropout_theory.verdicts.methods import declared

VERDICT_COLOURS = {"proved": "green", "supported": "cyan", "refuted": "red", "conditional": "yellow",
                   "ill-formed": "magenta", "definition": "blue", "open": "bright_black", "contradiction": "red"}
METHOD_MARKS = "".join(m.mark for m in declared().values())  # the heading over one outcome a method
OUTCOME_MARKS = {"holds": "✓", "fails": "✗", "unknown": "?"}
_CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "bright_black": 90, "bold": 1}


def coloured(stream: TextIO | None = None) -> bool:
    """Whether to colour what goes to a stream: a terminal, and NO_COLOR unset or empty."""
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str | None, on: bool) -> str:
    """The text in a colour, where colour is on."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if on and colour else text


def width() -> int:
    """Columns of the terminal; 100 where output is not a terminal and COLUMNS is unset."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def shown_on_terminal() -> bool:
    """Whether a terminal shows what is printed: through a pipe lines are left whole, so that they can be searched."""
    return sys.stdout.isatty()


def filled(text: str, indent: str = "", hanging: str = "") -> str:
    """A line wrapped to the terminal, with `hanging` before what goes on; as it is where no terminal shows it."""
    if not shown_on_terminal():
        return indent + text
    return textwrap.fill(text, width(), initial_indent=indent, subsequent_indent=hanging, break_long_words=False,
                         break_on_hyphens=False)


def counted(many: int, one: str, more: str = "") -> str:
    """`1 claim`, `2 claims`; `more` where the plural is another."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def columns(text: str) -> int:
    """How many terminal columns a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def clip(text: str, room: int) -> str:
    """The text cut to `room` columns, with an ellipsis where something was cut."""
    if columns(text) <= room:
        return text
    while text and columns(text) > room - 1:
        text = text[:-1]
    return text.rstrip() + "…" if room > 0 else ""


def table(rows: Sequence[Sequence[str]], header: Sequence[str], *,
          colours: Mapping[int, Mapping[str, str]] | None = None, on: bool = False, room: int | None = None,
          wrap: bool = False) -> str:
    """Aligned rows; the last column is clipped, or wrapped, to `room`. `colours` maps column -> cell -> colour.

    Without a `room` it is the terminal's width, and nothing is clipped where no terminal shows it.
    """
    if room is None:
        room = width() if shown_on_terminal() else sys.maxsize
    everything = [list(header), *[list(r) for r in rows]]
    widths = [max(columns(r[i]) for r in everything) for i in range(len(header))]
    left = room - sum(widths[:-1]) - 2 * (len(header) - 1)
    lines = []
    for number, row in enumerate(everything):
        cells = []
        for i, cell in enumerate(row):
            last = i == len(row) - 1
            if last and wrap:
                indent = "\n" + " " * (sum(widths[:-1]) + 2 * (len(header) - 1))
                cells.append(indent.join(textwrap.wrap(cell, max(left, 20), break_on_hyphens=False)))
                continue
            shown = clip(cell, max(left, 8)) if last else cell
            colour = "bold" if number == 0 else (colours or {}).get(i, {}).get(cell)
            cells.append(paint(shown, colour, on) + ("" if last else " " * (widths[i] - columns(shown))))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def marks(records: Iterable[Mapping[str, Any]], methods: Sequence[str], not_applicable: Mapping[str, str],
          failed: Iterable[str] = ()) -> str:
    """One mark per method: ✓ holds, ✗ fails, ? unknown, ! checker failed, · does not apply, blank not run."""
    outcome = {r["method"]: OUTCOME_MARKS[r["outcome"]] for r in records}
    outcome.update(dict.fromkeys(failed, "!"))
    return "".join(outcome.get(m, "·" if m in not_applicable else " ") for m in methods)


def tally(verdicts: Iterable[str]) -> str:
    """`12 proved, 3 refuted`, in the order verdicts are defined."""
    from dropout_theory.verdicts.kernel import VERDICTS

    counts = Counter(verdicts)
    return ", ".join(f"{counts[v]} {v}" for v in (*VERDICTS, "contradiction") if counts[v]) or "none"


def printable(text: str) -> str:
    """The text with every character that no terminal shows, such as one that begins a command to it, spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode("ascii") for c in text)
