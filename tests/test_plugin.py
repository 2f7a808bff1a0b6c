"""The pytest plugin: what it collects, what it leaves alone, and what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from test_runner import EXPECTED, record

TESTS = Path(__file__).parent
ROOT = TESTS.parent


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of its own with a `claims` file and a recorded ledger of the toy paper."""
    monkeypatch.syspath_prepend(TESTS)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    pytester.makeconftest('pytest_plugins = ["dropout_theory.testing.pytest_plugin"]\n')
    (pytester.path / "claims").write_text("# dropout-theory claims\n*   # all of them\n")
    record().write(pytester.path / "ledger.json")
    return pytester


@dataclass
class Done:
    returncode: int
    stdout: str


def run(project: pytest.Pytester, *arguments: str, registry: str = "fake_claims") -> Done:
    """A session of its own, in this process; with workers or `apart`, in another."""
    options = ["--dropout-ledger", "ledger.json", "--dropout-registry", registry,
               *(a for a in arguments if a != "apart")]
    if "-n" in arguments or "apart" in arguments:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(project.path), str(ROOT), str(TESTS)])}
        done = subprocess.run([sys.executable, "-m", "pytest", *options], cwd=project.path, env=environment,
                              capture_output=True, text=True, timeout=120)
        return Done(done.returncode, done.stdout + done.stderr)
    result = project.runpytest_inprocess(*options)
    return Done(int(result.ret), result.stdout.str() + result.stderr.str())


def names(project: pytest.Pytester, *arguments: str, **options: Any) -> list[str]:
    out = run(project, "--collect-only", "-q", *arguments, **options).stdout
    return [line for line in out.splitlines() if "::" in line]


def tamper(project: pytest.Pytester, identifier: str, method: str, **changes: Any) -> None:
    path = project.path / "ledger.json"
    data = json.loads(path.read_text())
    for claim in data["claims"]:
        if claim["id"] == identifier:
            for item in claim["evidence"]:
                if item["method"] == method:
                    item.update(changes)
    path.write_text(json.dumps(data))


def test_names_and_selection(project: pytest.Pytester) -> None:
    everything = names(project)
    assert "claims::toy:eq1[symbolic]" in everything and len(everything) == 16
    assert "claims::toy:eq3.2[symbolic]" not in everything
    assert all("eq3" in n for n in names(project, "-k", "eq3")) and names(project, "-k", "eq3")
    assert all("[exact]" in n for n in names(project, "-m", "exact")) and len(names(project, "-m", "exact")) == 4
    assert names(project, "claims::toy:eq1[symbolic]") == ["claims::toy:eq1[symbolic]"]


def test_whole_session(project: pytest.Pytester) -> None:
    done = run(project)
    assert done.returncode == 0, done.stdout
    assert "dropout-theory: seed 20140210" in done.stdout
    assert "14 passed, 2 skipped" in done.stdout
    assert "verdicts" in done.stdout and "agrees with the recorded ledger" in done.stdout
    for identifier, verdict in EXPECTED.items():
        assert any(line.split()[:2] == [identifier, verdict] for line in done.stdout.splitlines()), identifier


def test_unknown_is_skipped_with_its_reason(project: pytest.Pytester) -> None:
    out = run(project, "-rs").stdout
    assert "unknown: gave up" in out


def test_workers_give_the_same_table(project: pytest.Pytester) -> None:
    def table(out: str) -> list[str]:
        return [line for line in out.splitlines() if line.startswith("toy:")]

    alone, spread = run(project), run(project, "-n", "2")
    assert spread.returncode == 0, spread.stdout
    assert table(alone.stdout) == table(spread.stdout) and len(table(alone.stdout)) == len(EXPECTED)


def test_changed_outcome_fails_with_the_command_that_reproduces_it(project: pytest.Pytester) -> None:
    tamper(project, "toy:eq1", "exact", outcome="fails")
    done = run(project, "--dropout-seed", "77")
    assert done.returncode == 1 and "1 failed" in done.stdout
    assert "outcome was 'fails', is 'holds'" in done.stdout
    assert "seed 77; reproduce: dropout-theory check toy:eq1 --method exact --seed 77" in done.stdout


def test_unknown_that_used_to_hold_fails(project: pytest.Pytester) -> None:
    tamper(project, "toy:eq2", "symbolic", outcome="holds")
    done = run(project, "-k", "eq2 and symbolic")
    assert done.returncode == 1 and "outcome was 'holds', is 'unknown'" in done.stdout


def test_evidence_that_is_not_recorded_fails(project: pytest.Pytester) -> None:
    data = json.loads((project.path / "ledger.json").read_text())
    data["claims"][0]["evidence"].pop()
    (project.path / "ledger.json").write_text(json.dumps(data))
    done = run(project, "-m", "montecarlo")
    assert done.returncode == 1 and "not in the record" in done.stdout


def test_changed_verdict_fails_the_session_though_every_item_passes(project: pytest.Pytester) -> None:
    path = project.path / "ledger.json"
    path.write_text(path.read_text().replace('"verdict": "conditional"', '"verdict": "refuted"'))
    done = run(project)
    assert done.returncode == 1 and "14 passed" in done.stdout and "1 failed" not in done.stdout
    assert "changed: toy:eq2: verdict was refuted, is conditional" in done.stdout


def test_crash_and_contradiction(project: pytest.Pytester) -> None:
    (project.path / "crash.py").write_text("from fake_claims import registry, crashing_checkers as checkers\n")
    (project.path / "clash.py").write_text("from fake_claims import registry, contradicting_checkers as checkers\n")
    crash = run(project, registry="crash")
    assert crash.returncode == 1 and "ZeroDivisionError" in crash.stdout
    assert "reproduce: dropout-theory check toy:eq1 --method exact" in crash.stdout
    clash = run(project, "-n", "2", registry="clash")
    assert clash.returncode == 1 and "contradiction: toy:eq1: proved by symbolic, yet refuted by exact" in clash.stdout


def test_last_failed_and_exitfirst(project: pytest.Pytester) -> None:
    tamper(project, "toy:eq1", "exact", outcome="fails")
    tamper(project, "toy:eq2", "exact", outcome="holds")
    assert "2 failed" in run(project).stdout
    assert "2 failed" in run(project, "--lf").stdout and "passed" not in run(project, "--lf").stdout.splitlines()[-1]
    assert "1 failed" in run(project, "-x").stdout


def test_evidence_reaches_junit(project: pytest.Pytester) -> None:
    run(project, "--junit-xml", "out.xml", "-k", "eq1 and exact")
    assert "dropout_evidence" in (project.path / "out.xml").read_text()


def test_other_projects_are_left_alone(project: pytest.Pytester) -> None:
    (project.path / "claims").write_text("our insurance claims\n")
    project.makepyfile(test_own="import sys\ndef test_own():\n    assert 'sympy' not in sys.modules\n")
    done = run(project, "apart")
    assert done.returncode == 0 and "1 passed" in done.stdout and "dropout-theory: seed" not in done.stdout


def test_option_collects_without_a_claims_file(project: pytest.Pytester) -> None:
    (project.path / "claims").unlink()
    assert names(project) == []
    assert names(project, "--dropout-claims", "toy:eq1", "-m", "exact") == ["claims::toy:eq1[exact]"]
    assert run(project, "--dropout-claims", "toy:eq1").returncode == 0


@pytest.mark.parametrize("arguments,message", [
    (["--dropout-seed", "soon"], "allowed: an integer"), (["--dropout-claims", "toy:eq22"], "unknown claim 'toy:eq22'"),
    (["--dropout-ledger", "none.json"], "no ledger at none.json")])
def test_wrong_usage(project: pytest.Pytester, arguments: list[str], message: str) -> None:
    done = run(project, *arguments)
    assert done.returncode not in (0, 1) and message in done.stdout
