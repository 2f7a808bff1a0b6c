"""The journal: what is finished is found again by the next run, whatever ended the one before, and by no other."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fake_claims import checkers as fake_checkers
from fake_claims import registry as fake_registry

from dropout_theory.cli.main import main
from dropout_theory.running.journal import FOLDER, Journal, evidence_key, folder
from dropout_theory.running.runner import Run, loaded, papers
from dropout_theory.running.runner import run as run_claims
from dropout_theory.verdicts.kernel import Context

KEY, OTHER = "a" * 16, "b" * 16


def toy(journal: Journal, **options: Any) -> Run:
    options = {"claims": fake_registry, "checkers": fake_checkers, **options}
    return run_claims(journal=journal, **options)


# --- what is kept ---------------------------------------------------------------------------------------------------

def test_what_is_put_is_there_for_another_process_at_once(tmp_path: Path) -> None:
    one, other = Journal(tmp_path), Journal(tmp_path)
    one.put(KEY, "toy:eq1 exact", {"outcome": "holds", "figures": [1, "1/2", None]})
    assert other.get(KEY) == {"outcome": "holds", "figures": [1, "1/2", None]} and other.get(OTHER) is None
    other.put(KEY, "toy:eq1 exact", {"outcome": "fails"})
    assert one.get(KEY) == {"outcome": "fails"} and one.size().pieces == 1
    one.close()
    assert Journal(tmp_path).get(KEY) == {"outcome": "fails"}


def test_a_run_recalls_what_an_earlier_one_finished(tmp_path: Path) -> None:
    first = toy(Journal(tmp_path))
    again = toy(Journal(tmp_path))
    assert not first.from_journal and again.from_journal == sum(map(len, first.records.values()))
    assert again.records == first.records and again.verdicts == first.verdicts
    assert toy(Journal(tmp_path, recalls=False)).from_journal == 0


def test_a_run_cut_short_goes_on_where_it_was(tmp_path: Path) -> None:
    stopped = []

    def stop(done: int, total: int, claim: str, method: str) -> None:
        if done == 4:
            stopped.append((claim, method))
            raise KeyboardInterrupt

    first = toy(Journal(tmp_path), progress=stop)
    assert first.interrupted and stopped
    assert toy(Journal(tmp_path)).from_journal == 4


@pytest.mark.parametrize("context", [
    Context(seed=1), Context(fast=True), Context(error_probability=1e-12), Context(shrink=False)])
def test_evidence_of_another_seed_size_or_budget_is_not_recalled(context: Context) -> None:
    registry = loaded(papers)
    claim = registry["baldi2014:eq39"]
    keys = {evidence_key(claim, "exact", c, registry) for c in (Context(), context)}
    assert len(keys) == 2 and evidence_key(claim, "exact", Context(jobs=7), registry) in keys


def test_fast_evidence_never_stands_for_full_and_full_stands_for_fast(tmp_path: Path) -> None:
    assert toy(Journal(tmp_path), context=Context(fast=True)).from_journal == 0
    full = toy(Journal(tmp_path))
    assert full.from_journal == 0
    other = tmp_path / "other"
    done = sum(map(len, toy(Journal(other)).records.values()))
    assert toy(Journal(other), context=Context(fast=True)).from_journal == done


def test_a_checker_that_failed_is_tried_again(tmp_path: Path) -> None:
    def failing() -> dict[str, Any]:
        from dropout_theory.verdicts.kernel import checker

        def find(claim: Any, context: Context) -> Any:
            raise ValueError("out of luck")

        return {"exact": checker("exact", lambda claim: None)(find)}

    for _ in range(2):
        found = toy(Journal(tmp_path), checkers=failing)
        assert found.failures and not found.from_journal


def test_too_much_lets_the_longest_unused_go(tmp_path: Path) -> None:
    journal = Journal(tmp_path, max_bytes=4000)
    for n in range(20):
        journal.put(f"{n:016}", "toy", os.urandom(300).hex())
    time.sleep(0.01)
    assert journal.get(f"{0:016}") is not None
    journal.close()
    left = Journal(tmp_path)
    assert 5 <= left.size().pieces < 12 and left.get(f"{0:016}") and not left.get(f"{1:016}")


# --- what is wrong with it ------------------------------------------------------------------------------------------

def test_a_damaged_piece_is_made_anew(tmp_path: Path) -> None:
    Journal(tmp_path).put(KEY, "toy", {"outcome": "holds"})
    with sqlite3.connect(tmp_path / "journal.sqlite") as database:
        database.execute("UPDATE pieces SET found = ?", (b"no such thing",))
    journal = Journal(tmp_path)
    assert journal.get(KEY) is None and not journal.trouble
    journal.put(KEY, "toy", 1)
    assert journal.get(KEY) == 1


def test_one_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    Journal(tmp_path).put(KEY, "toy", 1)
    with sqlite3.connect(tmp_path / "journal.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    assert Journal(tmp_path).get(KEY) is None and Journal(tmp_path).size().pieces == 0


@pytest.mark.parametrize("spoil", ["garbage", "a folder", "no folder", "nothing is to be kept"])
def test_a_run_goes_on_without_a_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    place = tmp_path / "place"
    if spoil == "garbage":
        place.mkdir()
        (place / "journal.sqlite").write_bytes(b"not a database" * 1000)
    elif spoil == "a folder":
        (place / "journal.sqlite").mkdir(parents=True)
    elif spoil == "no folder":
        place.write_text("a file")
    else:
        monkeypatch.setenv(FOLDER, "")
    found = toy(Journal(None if spoil.startswith("nothing") else place))
    assert found.verdicts["toy:eq1"].verdict == "proved" and not found.kept and found.not_kept


def test_a_full_disk_loses_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    assert journal._database is not None
    journal._database.execute("PRAGMA max_page_count = 4")
    journal.put(KEY, "toy", os.urandom(50_000).hex())
    assert "full" in journal.trouble and not journal.keeps
    assert toy(journal).verdicts["toy:eq1"].verdict == "proved"


def test_the_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert folder() == Path(os.environ[FOLDER])
    monkeypatch.delenv(FOLDER)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder() == tmp_path / "dropout-theory"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder() is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert folder() is None


# --- the commands ---------------------------------------------------------------------------------------------------

def test_check_says_what_it_recalled_and_anew_recalls_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "marginalized:eq5", "--jobs", "1", "-q"]
    said = []
    for extra in ([], [], ["--anew"]):
        assert main([*arguments, *extra]) == 0
        said.append(capsys.readouterr().out.splitlines()[-1])
    assert "checks made now" in said[0] and "recalled" not in said[0]
    assert "; 0 checks made now, " in said[1] and said[1].endswith(
        "recalled from this machine's journal (--anew makes all)")
    assert "recalled" not in said[2]


def test_cache_shows_and_clears(capsys: pytest.CaptureFixture[str]) -> None:
    with_pieces = Journal()
    with_pieces.put(KEY, "toy", 1)
    with_pieces.close()
    assert main(["cache"]) == 0 and "1 pieces" in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0 and "1 pieces" in capsys.readouterr().out
    assert main(["cache"]) == 0 and "0 pieces" in capsys.readouterr().out


def descendants(process: int) -> list[int]:
    """The processes below one, told by /proc."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, left = [], [process]
    while left:
        here = children.get(left.pop(), [])
        found += here
        left += here
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_what_is_finished_survives_and_workers_end(tmp_path: Path, how: signal.Signals) -> None:
    """Workers end with their parent, whatever ends it; the next run goes on from what was finished."""
    environment = {**os.environ, FOLDER: str(tmp_path)}
    command = [sys.executable, "-m", "dropout_theory", "check", "marginalized", "--jobs", "2", "-q"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True,
                          start_new_session=True) as process:
        deadline = time.monotonic() + 120
        while Journal(tmp_path).size().pieces < 3 and time.monotonic() < deadline:
            time.sleep(0.2)
        workers = descendants(process.pid)
        asked = time.monotonic()
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        took = time.monotonic() - asked
    assert workers and "Traceback" not in said
    if how == signal.SIGINT:
        assert process.returncode == 130 and "kept: the same command goes on from there" in said and took < 10
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))
    kept = Journal(tmp_path).size().pieces
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    assert kept >= 3 and f"{kept} recalled" in done.stdout
