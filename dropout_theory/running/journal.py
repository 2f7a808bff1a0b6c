"""The journal of this machine: each finished piece of evidence is on disk when it is finished.

A database in a cache folder, which several processes may write at once. What is kept there is found again by a key that
is made of all that the piece depends on: statement, code, proofs, tools, seed, sizes, limits and budgets. It is trusted
like the code that is installed beside it, and speaks for this machine only. Nothing here may fail a run: where the
journal cannot be read or written, the run goes on without, and `trouble` says why.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory import proofs
from dropout_theory.verdicts.fingerprint import LIBRARY, beside, prints
from dropout_theory.verdicts.kernel import ImpossibleEvidence, StaleEvidence, recall
from dropout_theory.verdicts.methods import declared
from dropout_theory.verdicts.sources import digest, hash_of

if TYPE_CHECKING:
    from dropout_theory.claims import Claim, Registry
    from dropout_theory.verdicts.kernel import Context

FOLDER = "DROPOUT_THEORY_CACHE"  # the variable of the environment that names another folder; empty: keep nothing
VERSION = 1
MAX_BYTES = 500_000_000  # what is longest unused goes when there is more
WAIT_SECONDS = 30.0  # for another process that writes

_TABLE = """CREATE TABLE IF NOT EXISTS pieces (
    key TEXT PRIMARY KEY, about TEXT NOT NULL, made REAL NOT NULL, used REAL NOT NULL, size INTEGER NOT NULL,
    found BLOB NOT NULL) WITHOUT ROWID"""


def folder() -> Path | None:
    """Where the journal is, by the conventions of the system; None where there is no such place."""
    named = os.environ.get(FOLDER)
    if named is not None:
        return Path(named).expanduser() if named else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "dropout-theory" if base.is_absolute() else None


@dataclass(frozen=True)
class Size:
    """How many pieces a journal holds, and how many bytes of disk it takes."""

    pieces: int
    bytes: int


class Journal:
    """Finished pieces by their keys. `trouble` is why nothing more is kept, or empty.

    One that does not recall finds nothing, and keeps what it is given.
    """

    def __init__(self, place: Path | None = None, *, recalls: bool = True, max_bytes: int = MAX_BYTES) -> None:
        """Open the journal in a folder, by default that of this machine; it is made where it does not exist."""
        self.place = place or folder()
        self.recalls, self.max_bytes = recalls, max_bytes
        self.trouble = ""
        self._database: sqlite3.Connection | None = None
        self._used: list[str] = []
        if self.place is None:
            self.trouble = f"there is no folder for it; set {FOLDER}"
            return
        with self._guarded():
            self.place.mkdir(parents=True, exist_ok=True)
            self._database = _opened(self.place / "journal.sqlite")

    @classmethod
    def none(cls) -> Journal:
        """One that holds nothing and keeps nothing."""
        made = cls.__new__(cls)
        made.place, made.recalls, made.max_bytes, made.trouble = None, False, 0, ""
        made._database, made._used = None, []
        return made

    @property
    def keeps(self) -> bool:
        """Whether what is finished is kept."""
        return self._database is not None

    def get(self, key: str) -> Any | None:
        """What was kept under a key; None where nothing was, or nothing that can be read."""
        row = None
        with self._guarded():
            if self._database is not None and self.recalls:
                row = self._database.execute("SELECT found FROM pieces WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            found = json.loads(zlib.decompress(row[0]))
        except (ValueError, zlib.error, TypeError, RecursionError):
            return None  # damaged: made anew, and put over it
        self._used.append(key)
        return found

    def put(self, key: str, about: str, found: Any) -> None:
        """Keep what was found, on disk when this returns. `about` says of what, for people."""
        data = zlib.compress(json.dumps(found, separators=(",", ":")).encode(), 1)
        now = time.time()
        with self._guarded():
            if self._database is not None:
                with self._database:
                    self._database.execute("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?, ?)",
                                           (key, about, now, now, len(data), data))

    def size(self) -> Size:
        """How much it holds."""
        row = (0,)
        with self._guarded():
            if self._database is not None:
                row = self._database.execute("SELECT COUNT(*) FROM pieces").fetchone()
        return Size(row[0], sum(path.stat().st_size for path in self._files()))

    def clear(self) -> Size:
        """Forget everything; returns what was there."""
        before = self.size()
        with self._guarded():
            if self._database is not None:
                with self._database:
                    self._database.execute("DELETE FROM pieces")
                self._database.execute("VACUUM")
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if self.trouble and self.place is not None:  # what cannot be read can still be taken away
            for path in self._files():
                path.unlink(missing_ok=True)
        return before

    def close(self) -> None:
        """Note what was used, let go of what has long not been where there is too much, and close."""
        with self._guarded():
            if self._database is not None:
                now = time.time()
                with self._database:
                    self._database.executemany("UPDATE pieces SET used = ? WHERE key = ?",
                                               [(now, key) for key in self._used])
                    self._let_go(self._database)
                self._database.close()
        self._database = None

    def _let_go(self, database: sqlite3.Connection) -> None:
        total, = database.execute("SELECT COALESCE(SUM(size), 0) FROM pieces").fetchone()
        if total <= self.max_bytes:
            return
        for key, size in database.execute("SELECT key, size FROM pieces ORDER BY used").fetchall():
            database.execute("DELETE FROM pieces WHERE key = ?", (key,))
            total -= size
            if total <= self.max_bytes * 0.8:
                break

    def _files(self) -> Iterator[Path]:
        if self.place is not None and self.place.is_dir():
            yield from sorted(self.place.glob("journal.sqlite*"))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What the journal is kept for goes on without it."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.trouble = self.trouble or f"{self.place}: {error}"
            database, self._database = self._database, None
            if database is not None:
                with suppress(sqlite3.Error):
                    database.close()


def _opened(path: Path) -> sqlite3.Connection:
    """The database, empty where it is new or of another version of this file. Raises sqlite3.Error."""
    database = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a power cut takes nothing that was said to be kept
        with database:
            database.execute("BEGIN IMMEDIATE")
            version, = database.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                database.execute("DROP TABLE IF EXISTS pieces")
                database.execute(f"PRAGMA user_version = {VERSION}")
            database.execute(_TABLE)
    except BaseException:
        database.close()
        raise
    return database


# --- keys ------------------------------------------------------------------------------------------------------------


def evidence_key(claim: Claim, method: str, context: Context, registry: Registry, own: str = "") -> str:
    """The key of the evidence of a method on a claim: all that it depends on and that is known before it is made.

    `own` is the key of the source of methods that are not the program's.
    """
    return _key(claim.id, method, context, prints(claim, method, (), registry), own)


def key_of_record(claim: str, record: Mapping[str, Any], context: Context, own: str = "") -> str:
    """The `evidence_key` of evidence that was made here just now, which says itself what it rests on."""
    rests_on = {name: value for name, value in record["prints"].items() if name != "cites"}
    return _key(claim, record["method"], context, rests_on, own)


def _key(claim: str, method: str, context: Context, rests_on: Mapping[str, str], own: str) -> str:
    return digest(["evidence", claim, method, own, *_context(context), *_flat(rests_on), *_here()])


def source_key(function: Callable[..., Any]) -> str:
    """The key of a function of a user's: its name, and all that is beside it."""
    module = str(function.args[0] if isinstance(function, partial) else function.__module__)
    return digest([module, beside(module)])


def campaign_key(kind: str, claim: Claim, context: Context, registry: Registry, settings: str) -> str:
    """The key of what a campaign found of a claim: it may reach any room, any method and any argument."""
    rests_on = {f"{method} {name}": value for method in declared()
                for name, value in prints(claim, method, (), registry).items()}
    return digest([kind, claim.id, settings, *_context(context), *_flat(rests_on), hash_of(LIBRARY.folder),
                   hash_of(proofs.folder()), *_here()])


def _context(context: Context) -> list[str]:
    """What of a run its evidence depends on: not the number of processes."""
    return [str(context.seed), str(context.fast), repr(context.error_probability), str(context.shrink)]


def _here() -> list[str]:
    """What evidence may depend on besides: the interpreter, and the machine for what is computed in floats."""
    return [platform.python_version(), platform.machine(), sys.platform]


def _flat(prints_of: Mapping[str, str]) -> Iterable[str]:
    return [part for item in sorted(prints_of.items()) for part in item]


def recalled_evidence(journal: Journal, key: str, claim: Claim, registry: Registry) -> dict[str, Any] | None:
    """The record that was kept under a key, where what its proof cites is as it was, too."""
    record = journal.get(key)
    if record is None:
        return None
    try:
        recall(claim, record, registry)
    except (StaleEvidence, ImpossibleEvidence, KeyError, TypeError, AttributeError):
        return None
    return dict(record)


__all__ = ["FOLDER", "Journal", "Size", "campaign_key", "evidence_key", "folder", "key_of_record",
           "recalled_evidence",
           "source_key"]
