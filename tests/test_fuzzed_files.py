"""Files that others send are data: whatever stands in them, one line says what is wrong, and nothing of it is run.

`pytest -m long tests/test_fuzzed_files.py` tries ten thousand changes of each kind of file, CI three hundred.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dropout_theory.claims import load
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate
from dropout_theory.engines.totals import State
from dropout_theory.recheck.certificate import read as read_certificate
from dropout_theory.recheck.certificate import written
from dropout_theory.recheck.steps import arithmetic, derivation
from dropout_theory.report import steps
from dropout_theory.report.certificates import make
from dropout_theory.report.ledger import Ledger
from dropout_theory.running.proofs import CERTIFICATES

PACKAGE = Path(steps.__file__).parents[1]
HOSTILE = (
    "__import__('os').system('true')", '"__import__(\\"os\\").system(\\"true\\")"', "\x1b[31m\x1b]0;title\x07",
    "\u202e", "[" * 5_000, '{"a":' * 5_000, "9" * 20_000, "1e999999", "-1", "0", "NaN", "Infinity", "null", "true",
    "1/0", '""', "\x00", '{"__class__": "os.system"}', '["E", ["symbol", "x"]]', "../../../etc/passwd", "?",
    "!!python/object/apply:os.system [true]", "cos\nsystem\n(S'true'\ntR.", ",", "]", "}", '"', "\\",
)
SWAPS = ((b"1", b"-1"), (b'"', b""), (b"[", b"{"), (b"true", b"1"), (b":", b","), (b"0", b"1e5"),
         (b'""', b"[]"), (b"2", b"2.5"))
RUNS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pickle.find_class", "exec",
        "compile", "ctypes.dlopen", "socket.connect", "os.remove", "os.rename", "shutil.rmtree")

_watched: list[str] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "compile" and arguments[1] == "<unknown>":  # a literal is read, not run: the head of an array
        return
    if _watched is not None and (event in RUNS or event == "open" and set(str(arguments[1])) & set("wax+")):
        _watched.append(f"{event} {arguments!r:.200}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is run, written or loaded meanwhile."""
    global _watched
    if _note not in _hooks:
        sys.addaudithook(_note)
        _hooks.append(_note)
    seen: list[str] = []
    _watched = seen
    try:
        yield seen
    finally:
        _watched = None


_hooks: list[Any] = []


def changed(data: bytes, source: random.Random) -> bytes:
    """A file with a few changes: bytes, lines, numbers and names, or something hostile put in."""
    for _ in range(source.choice((1, 1, 2, 5))):
        kind = source.randrange(8)
        at = source.randrange(len(data) + 1)
        to = min(len(data), at + source.choice((1, 1, 2, 10, 200)))
        if kind == 0:
            data = data[:at] + bytes([source.randrange(256)]) + data[to:]
        elif kind == 1:
            data = data[:at] + data[to:]
        elif kind == 2:
            data = data[:at] + data[at:to] * source.choice((2, 3)) + data[to:]
        elif kind == 3:
            data = data[:at] + source.choice(HOSTILE).encode() + data[to:]
        elif kind == 4:
            data = data[:at]
        elif kind == 5:
            lines = data.split(b"\n")
            source.shuffle(lines)
            data = b"\n".join(lines)
        elif kind == 6:
            data = data.replace(*source.choice(SWAPS), source.choice((1, -1)))
        else:
            data = _retyped(data, source)
    return data


def _retyped(data: bytes, source: random.Random) -> bytes:
    """A part of a JSON document, or of a line of one, replaced by something of another type, or by another part."""
    lines = data.split(b"\n") if data.count(b"\n") > 3 and data[:1] == b"[" else [data]
    at = source.randrange(len(lines))
    try:
        whole = json.loads(lines[at])
    except (ValueError, RecursionError):
        return data
    places = [(node, key) for node in _nodes(whole) for key in (node if isinstance(node, dict) else range(len(node)))]
    if not places:
        return data
    node, key = source.choice(places)
    other, name = source.choice(places)
    node[key] = source.choice((None, True, -1, 10**40, 2.5, "", "x" * 300, [], {}, [[]], other[name], {"id": 1}))
    try:
        lines[at] = json.dumps(whole).encode()
    except (ValueError, RecursionError):  # a part was put into itself
        return data
    return b"\n".join(lines)


def _nodes(whole: Any) -> Iterator[Any]:
    waiting = [whole]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (dict, list)) and node:
            yield node
            waiting += node.values() if isinstance(node, dict) else node


def _small_ledger() -> bytes:
    data = dict(Ledger.read().data)
    kept = ("baldi2014:eq7", "baldi2014:eq33.3", "helmbold2017:thm4")
    data["claims"] = [c for c in data["claims"] if c["id"] in kept]
    return json.dumps(data, ensure_ascii=False).encode()


def _some_lines(path: Path, many: int) -> bytes:
    return b"".join(path.read_bytes().splitlines(keepends=True)[:many])


def _state() -> bytes:
    network = Network([Layer(np.ones((2, 3)), gate=0.5), Layer(np.ones((1, 2)))], 0.5)
    state = State()
    simulate(network, np.ones(3), 2_000, 1, state=state)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        state.save(path)
        return path.read_bytes()


def _read_ledger(path: Path) -> None:
    found = Ledger.read(path)
    for claim in found:
        assert claim["id"] and claim["verdict"]


def _read_kept(path: Path) -> None:
    steps.kept.cache_clear()
    steps.kept("outcomes", path.parent / "ledger.json")


def _lines_of(read: Callable[[Iterator[str]], Any]) -> Callable[[Path], Any]:
    def reader(path: Path) -> Any:
        with path.open(encoding="utf-8") as lines:
            return read(iter(lines))
    return reader


# of each kind: the file, its name, and what reads it
KINDS: dict[str, tuple[Callable[[], bytes], str, Callable[[Path], Any]]] = {
    "ledger": (_small_ledger, "ledger.json", _read_ledger),
    "derivations": (lambda: _some_lines(next((PACKAGE / "derivations").glob("marginalized*.jsonl")), 60),
                    "proofs.jsonl", _lines_of(derivation.read)),
    "arithmetic": (lambda: _some_lines(CERTIFICATES, 40), "certificates.jsonl", _lines_of(arithmetic.read)),
    "certificate": (lambda: written(make(Ledger.read(), None, load(), "baldi2014:eq7").certificate).encode(),
                    "certificate.json", lambda path: read_certificate(path.read_bytes())),
    "outcomes": (lambda: _some_lines(PACKAGE / "derivations" / "outcomes.json", 10**6),
                 "ledger-derivations/outcomes.json", lambda path: _read_kept(path.parent)),
    "state": (_state, "state.npz", State.load),
}


def _tried(kind: str, many: int, folder: Path) -> int:
    """How many of some changed files were refused: each in one line, and none of them ran anything."""
    original, name, read = KINDS[kind]
    data, source, refused = original(), random.Random(f"{kind} {many}"), 0
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    read(path)  # what is loaded once is loaded before anybody looks
    for number in range(many):
        path.write_bytes(changed(data, source))
        with watched() as seen:
            try:
                read(path)
            except (ValueError, OSError) as error:
                refused += 1
                said = str(error)
            else:
                said = ""
        assert not seen, f"file {number}: {seen}"
        assert len(said.splitlines()) <= 1 and len(said) < 2_000, f"file {number}: {said[:300]!r}"
    return refused


@pytest.mark.parametrize("kind", KINDS)
def test_changed_files(kind: str, tmp_path: Path) -> None:
    assert _tried(kind, 300, tmp_path) > 30


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_changed_files(kind: str, tmp_path: Path) -> None:
    refused = _tried(kind, 10_000, tmp_path)
    print(f"{kind}: {refused:,} of 10,000 refused, 0 ran anything")
    assert refused > 1_000
