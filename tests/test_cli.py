"""The command line: what it prints, its exit statuses, and one-line errors for what is wrong."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from test_runner import EXPECTED, record

from dropout_theory.cli.main import main
from dropout_theory.report.ledger import DEFAULT, Ledger

TESTS = Path(__file__).parent
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    path = tmp_path / "ledger.json"
    record().write(path)
    return str(path)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], ledger: str) -> Call:
    """Run a command on the toy paper; returns (status, stdout, stderr)."""
    def run(command: str, *arguments: str, **options: Any) -> tuple[int, str, str]:
        extra = ["--ledger", options.get("ledger", ledger)]
        if command == "check":
            extra += ["--claims", options.get("claims", "fake_claims")]
            extra += [] if "--jobs" in arguments else ["--jobs", "1"]
        status = main([command, *arguments, *extra])
        return status, *capsys.readouterr()

    return run


def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> str:
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    return name


def one_line(err: str) -> str:
    assert err.startswith("dropout-theory: error: ") and err.count("\n") == 1
    return err


# --- check ------------------------------------------------------------------------------------------------------

def test_check_agrees(call: Call) -> None:
    status, out, err = call("check")
    assert status == 0 and err == ""
    for identifier, verdict in EXPECTED.items():
        assert re.search(rf"^{re.escape(identifier)} +{verdict} .*agrees", out, re.M)
    assert "agrees with the recorded ledger" in out and "7 claims: 3 proved, 2 supported" in out
    assert "seed 20140210" in out and "\x1b" not in out


def test_refuted_claim_is_no_error(call: Call) -> None:
    assert call("check", "toy:eq2")[0] == 0


def test_verdict_that_changed(call: Call, ledger: str) -> None:
    text = Path(ledger).read_text()
    Path(ledger).write_text(text.replace('"verdict": "conditional"', '"verdict": "proved"'))
    status, out, _ = call("check")
    assert status == 1 and "changed: toy:eq2: verdict was proved, is conditional" in out


@pytest.mark.parametrize("kind,message", [("crashing", "checker failed: toy:eq1 by exact: ZeroDivisionError"),
                                          ("contradicting", "contradiction: toy:eq1: proved by symbolic")])
def test_failures_of_the_machinery(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str,
                                   message: str) -> None:
    name = module(tmp_path, monkeypatch, f"{kind}_claims", f"""
        from fake_claims import registry, {kind}_checkers as checkers
        """)
    status, out, _ = call("check", claims=name)
    assert status == 1 and message in out and "agrees with the recorded ledger" not in out
    if kind == "crashing":
        assert "reproduce: dropout-theory check toy:eq1 --method exact --seed 20140210" in out
        Ledger.empty().write(tmp_path / "empty.json")
        out = call("check", "toy:eq1", claims=name, ledger=str(tmp_path / "empty.json"))[1]
        assert re.search(r"^toy:eq1 +none .* partial +exact failed$", out, re.M)


def test_method_option(call: Call) -> None:
    status, out, _ = call("check", "toy:eq1", "--method", "exact", "--quiet")
    assert status == 0 and "1 claim: 1 proved" in out


def test_no_verdict_where_methods_that_apply_were_not_asked(call: Call, tmp_path: Path) -> None:
    empty, found = str(tmp_path / "empty.json"), tmp_path / "found.json"
    Ledger.empty().write(empty)
    status, out, _ = call("check", "toy:eq1", "--method", "symbolic", "--json", str(found), ledger=empty)
    assert status == 1 and "1 claim: 1 without a verdict" in out and "not in the record: toy:eq1" in out
    assert re.search(r"^toy:eq1 +none .* partial +admissible, exact, montecarlo not run$", out, re.M)
    assert [(c["verdict"], c["record"]) for c in json.loads(found.read_text())["claims"]] == [(None, "partial")]
    status, out, _ = call("check", "toy:eq3", "--method", "symbolic", ledger=empty)
    assert re.search(r"^toy:eq3 +none .* partial +rests on claims without a verdict$", out, re.M)


def test_the_evidence_of_a_run_is_no_ledger(call: Call, tmp_path: Path) -> None:
    path = str(tmp_path / "evidence.json")
    call("check", "toy:eq1", "--json", path)
    status, _, err = call("show", "toy:eq1", ledger=path)
    assert status == 2 and "evidence.json is not a ledger: it holds the evidence of one run" in one_line(err)


def test_json_holds_the_evidence(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    assert call("check", "toy:eq2", "--seed", "7", "--json", str(path))[0] == 0
    data = json.loads(path.read_text())
    assert data["seed"] == 7 and not data["interrupted"]
    assert {c["id"]: c["verdict"] for c in data["claims"]} == {"toy:eq2": "conditional", "toy:eq2.amended": "proved"}
    assert data["claims"][0]["evidence"][2]["counterexample"]["x"] == "2"


def test_fresh_seed_is_printed(call: Call) -> None:
    printed = [call("check", "toy:eq1", "--seed", "fresh")[1] for _ in range(3)]
    seeds = {seed for out in printed for seed in re.findall(r"seed (\d+)", out)[:1]}
    assert len(seeds) == 3


def test_record_writes_what_check_then_agrees_with(call: Call, tmp_path: Path) -> None:
    path = str(tmp_path / "new.json")
    status, out, _ = call("check", "--record", ledger=path)
    assert status == 0 and f"recorded in {path}" in out
    first = Path(path).read_bytes()
    assert call("check", ledger=path)[0] == 0
    assert call("check", "--record", "--jobs", "2", ledger=path)[0] == 0
    assert Path(path).read_bytes() == first


def test_a_ledger_of_an_earlier_version_is_refused_and_recorded_anew(call: Call, ledger: Any) -> None:
    text = Path(ledger).read_text()
    Path(ledger).write_text(text.replace('"version": 2', '"version": 1'))
    status, _, err = call("check")
    assert status == 2 and "is not a ledger of version 2; make one with: dropout-theory check --record" in one_line(err)
    assert call("check", "--record")[0] == 0
    assert call("check")[0] == 0


def test_failed_run_is_not_recorded(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = module(tmp_path, monkeypatch, "crashing_again",
                  "from fake_claims import registry, crashing_checkers as checkers")
    path = tmp_path / "new.json"
    status, _, err = call("check", "--record", ledger=str(path), claims=name)
    assert status == 1 and "not recorded" in err and not path.exists()


def test_interrupt_saves_what_is_finished(tmp_path: Path, ledger: str) -> None:
    """Ctrl-C while the slow method runs: status 130, and the quick evidence is in the file."""
    (tmp_path / "slow_claims.py").write_text("from fake_claims import registry, slow_checkers as checkers\n")
    path = tmp_path / "partial.json"
    started = tmp_path / "started"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(TESTS), *sys.path]),
                   "STARTED": str(started)}
    for jobs in ("1", "2"):
        process = subprocess.Popen(
            [sys.executable, "-m", "dropout_theory", "check", "--claims", "slow_claims", "--ledger", ledger, "--json",
             str(path), "--jobs", jobs], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True)
        while not started.exists() and process.poll() is None:
            time.sleep(0.1)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "finished checks kept: the same command goes on from there" in err and "Traceback" not in err
        data = json.loads(path.read_text())
        assert data["interrupted"] and any(c["evidence"] for c in data["claims"])
        assert all(c["verdict"] is None for c in data["claims"])
        path.unlink()
        started.unlink()


# --- wrong usage ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", ["show", "check", "cite"])
def test_unknown_claim_suggests(call: Call, command: str) -> None:
    status, _, err = call(command, "toy:eq11")
    assert status == 2 and "unknown claim 'toy:eq11'; did you mean toy:eq1" in one_line(err)


def test_label_without_paper_suggests(call: Call) -> None:
    status, _, err = call("show", "eq2")
    assert status == 2 and "did you mean toy:eq2?" in one_line(err)


@pytest.mark.parametrize("arguments", [
    ["check", "--method", "guess"], ["check", "--seed", "-1"], ["check", "--seed", "1.5"], ["check", "--jobs", "0"],
    ["check", "--jobs", "many"], ["check", "--record", "toy:eq1"], ["check", "--record", "--fast"],
    ["list", "--verdict", "true"], ["list", "--kind", "rumour"], ["list", "--paper", "tay"], ["show"], ["cite"],
    ["ledger", "--format", "docx"], ["cite", "toy:eq1", "--format", "docx"], ["list", "--nonsense"],
])
def test_bad_options(call: Call, arguments: list[str]) -> None:
    status, _, err = call(*arguments)
    assert status == 2
    one_line(err)


def test_unknown_command_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek"]) == 2
    assert "unknown command 'chek'; did you mean check" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("option", ["--json", "--record"])
@pytest.mark.parametrize("place", ["missing/out.json", "."])
def test_unwritable_output_is_found_before_the_work(call: Call, tmp_path: Path, option: str, place: str,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dropout_theory.running.runner.run", lambda *a, **k: pytest.fail("the run started"))
    path = str(tmp_path / place)
    status, _, err = call("check", option, path) if option == "--json" else call("check", option, ledger=path)
    assert status == 2 and "--json" in err or "--record" in err
    one_line(err)


def test_read_only_file_system(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "open", refuse)
    status, _, err = call("check", "--json", str(tmp_path / "x.json"))
    assert status == 2 and "Read-only file system" in one_line(err)


@pytest.mark.parametrize("text,message", [
    ("def registry():\n    from dropout_theory.claims import Claim\n    Claim('no colon', 't', None, '1', 's')",
     "claim id is"),
    ("def registry():\n    import fake_claims as f\n    r = f.registry()\n    r.add(f.claims()[0])\n    return r",
     "duplicate claim id 'toy:eq1'"),
    ("def registry():\n    from dropout_theory.claims import Claim\n    import sympy\n"
     "    Claim('toy:eq1', 't', sympy.Eq(1, 1), '1', 's')", "evaluated"),
    ("def registry():\n    from dropout_theory.claims import Claim\n    Claim('toy:eq1', 't', 3, '1', 's')",
     "statement is int"),
    ("def registry():\n    from dropout_theory.claims import Claim\n    Claim('toy:eq1')",
     "cannot load claims: TypeError"),
    ("claims = []", "no function registry"),
    ("import no_such_thing", "no_such_thing"),
    ("import fake_claims as f\nr = f.registry()\n\nr.add(f.claims()[0])", ", line 4)"),
    ("def registry(:", ", line 1)"),
])
def test_malformed_claims(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
                          text: str, message: str) -> None:
    name = module(tmp_path, monkeypatch, f"malformed_{abs(hash(text))}", text)
    status, _, err = call("check", claims=name)
    assert status == 2 and message in one_line(err)


def test_missing_and_broken_ledger(call: Call, tmp_path: Path) -> None:
    status, _, err = call("show", "toy:eq1", ledger=str(tmp_path / "none.json"))
    assert status == 2 and "--record" in one_line(err)
    (tmp_path / "broken.json").write_text("{")
    assert call("list", ledger=str(tmp_path / "broken.json"))[0] == 2


# --- reading ----------------------------------------------------------------------------------------------------

def test_show(call: Call) -> None:
    status, out, _ = call("show", "toy:eq2")
    assert status == 0
    assert "\nVerdict\n  proved by symbolic\n" in call("show", "toy:eq1")[1]
    for expected in ("toy:eq2  conditional", "x^2 = x", "LaTeX: x^{2} = x", "x is any real", "Counterexample", "x = 2",
                     "missing-hypothesis, minor: true at 0 and 1 only", "toy:eq2.amended (proved)",
                     "fails as printed", "montecarlo: nothing is random", "eq. (2) of On squares (2020)"):
        assert expected in out, expected
    assert re.search(r"exact +fails +exact-instances +\d+\.\d\d +x = 2", out)


def test_show_dependencies_and_parts(call: Call) -> None:
    assert "toy:eq1 (proved)" in call("show", "toy:eq3.1")[1]
    assert "toy:eq3.2 (supported)" in call("show", "toy:eq3")[1]


def test_a_claim_that_is_not_on_record_is_shown_as_its_paper_states_it(call: Call) -> None:
    status, out, _ = call("show", "baldi2014:eq39")  # the toy ledger lacks it
    assert status == 0 and "not recorded yet: dropout-theory check baldi2014:eq39 derives its verdict" in out
    for expected in ("Statement\n", "LaTeX: ", "Where\n", "section 4", "(2014)"):
        assert expected in out, expected
    status, _, err = call("show", "baldi2014:eq399")
    assert status == 2 and "unknown claim 'baldi2014:eq399'; did you mean baldi2014:eq39" in one_line(err)


def test_a_paper_that_is_not_on_record_is_named(call: Call) -> None:
    status, _, err = call("list", "--paper", "baldi2014")
    assert status == 2 and "not recorded yet; its verdicts are derived by: dropout-theory check " in one_line(err)


@pytest.mark.parametrize("command", ["mutants", "ablate"])
def test_what_is_not_on_record_is_not_tried_and_that_is_said(call: Call, command: str) -> None:
    status, out, _ = call(command, "baldi2014:eq39", "--jobs", "1")
    assert status == 0 and "left out: 1 not on record\nbaldi2014:eq39: only claims that the record says hold" in out


def test_through_a_pipe_nothing_is_cut(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "A square is not negative\n" in call("list")[1] and "…" not in call("check")[1]


def test_lines_go_on_further_in_than_they_begin(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for identifier, heading in (("helmbold2017:lem16", "Best constant"), ("schluter2019:thm2", "Amended")):
        shown = call("show", identifier, ledger=str(DEFAULT))[1].partition(f"\n{heading}\n")[2].partition("\n\n")[0]
        indents = [len(line) - len(line.lstrip()) for line in shown.splitlines()]
        assert indents[0] == 2 and 6 in indents and set(indents) <= {2, 4, 6, 8} and 8 in indents, shown


@pytest.mark.parametrize("columns", ["40", "60", "100", "200"])
def test_output_fits_the_terminal(call: Call, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["list"], ["check"]):
        out = call(*arguments)[1]
        rows = [line for line in out.splitlines() if line.startswith("toy:")]
        assert rows and max(map(len, rows)) <= max(int(columns), 58)  # narrower than that, columns would go


def test_colour_only_on_a_terminal_without_no_color(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in call("list")[1]
    monkeypatch.setenv("NO_COLOR", "")
    assert "\x1b[32mproved\x1b[0m" in call("list")[1]


def test_list_filters(call: Call) -> None:
    assert "2 claims: 2 supported" in call("list", "--verdict", "supported")[1]
    assert "1 claim: 1 open" in call("list", "--kind", "sentence", "--paper", "toy")[1]
    assert "0 claims: none" in call("list", "--verdict", "ill-formed")[1]


@pytest.mark.parametrize("form,start", [("json", "{"), ("md", "# Ledger"), ("csv", "id,paper"), ("html", "<!doctype")])
def test_ledger_formats(call: Call, form: str, start: str) -> None:
    status, out, _ = call("ledger", "--format", form)
    assert status == 0 and out.startswith(start) and "toy:eq2.amended" in out


def test_closed_pipe_is_no_error(ledger: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -m dropout_theory ledger --format json --ledger {ledger} | head -n 1"
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "{\n" and done.stderr == ""


def retooled(path: str, **versions: str) -> None:
    """Change the versions of tools that a ledger says its evidence was made with."""
    data = json.loads(Path(path).read_text())
    made_with = {}
    for name, made in data["made_with"].items():
        tools = {tool: versions.get(tool, number) for tool, number in made["tools"].items()}
        changed = "".join(reversed(name)) if tools != made["tools"] else name
        made_with[changed] = {**made, "tools": tools}
        for item in (item for claim in data["claims"] for item in claim["evidence"]):
            if item["prints"]["made_with"] == name:
                item["prints"]["made_with"] = changed
                item["fingerprint"] = "0" * 16
    Path(path).write_text(json.dumps({**data, "made_with": made_with}))


def test_other_versions_are_said_in_a_line_and_are_no_failure(call: Call, ledger: Any, tmp_path: Path) -> None:
    retooled(ledger, sympy="1.12", numba="0.1")
    line = rf"made with numba 0\.1, here \S+; sympy 1\.12, here {re.escape(version('sympy'))}"
    status, out, _ = call("check")
    assert status == 0 and "agrees with the recorded ledger" in out
    assert len(re.findall(rf"^{line}: admissible, symbolic, exact, montecarlo \(16 records\)$", out, re.M)) == 1
    shown = " ".join(call("show", "toy:eq1")[1].split())
    told = "the statement is not changed by that: dropout-theory check toy:eq1 runs it anew"
    assert re.search(rf"Since it was recorded {line}; {told} ", shown)
    assert "Since it was recorded" not in call("show", "toy:eq3")[1]
    theirs = str(tmp_path / "papers.json")
    shutil.copy(DEFAULT, theirs)
    retooled(theirs, **{"z3-solver": "5.0"})
    status, out, _ = call("doctor", ledger=theirs)
    assert status == 0 and "all is well" not in out
    # with other versions than those of the record, the line says so of other tools, too
    line = r"made with (?:.+; )?z3-solver 5\.0, here [^:]+: admissible, symbolic, decide"
    assert len(re.findall(rf"^ +{line}, .* \([\d,]+ records\)$", out, re.M)) == 1


def test_show_tells_nothing_where_nothing_moved(call: Call) -> None:
    assert "Since it was recorded" not in call("show", "toy:eq1")[1]


def test_doctor_pins_the_versions_of_the_record(call: Call, ledger: Any) -> None:
    retooled(ledger, sympy="1.12")
    status, out, _ = call("doctor", "--constraints")
    assert status == 0 and "sympy==1.12\n" in out and "z3-solver==" in out and "processors" not in out


def test_doctor(call: Call) -> None:
    status, out, _ = call("doctor")
    assert "sympy" in out and "decision procedure  works" in out and "exact arithmetic    works" in out
    assert re.search(r"^  e exact +available; rational enumeration", out, re.M)
    assert f"{len(EXPECTED)} claims" in out and status == 0, out
