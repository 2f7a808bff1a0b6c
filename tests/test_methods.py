"""A method is one file: what it declares there is all that the rest of the program knows of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dropout_theory
from dropout_theory.checkers import all_checkers
from dropout_theory.report.terminal import METHOD_MARKS
from dropout_theory.report.verdicts import LEGEND
from dropout_theory.verdicts import methods
from dropout_theory.verdicts.kernel import METHODS

ROOT = Path(__file__).parents[1]

STUB = '''
"""A stub."""

from dropout_theory.verdicts.kernel import Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="stub", place=55, mark="z", title="a stub", does="gives up at once", rigor="sampled",
)


@checker(METHOD.name, lambda claim: None)
def anything(claim, context):
    """Give up."""
    return Finding("unknown", "sampled", "a stub decides nothing")
'''


def test_every_method_is_loaded_from_its_file_in_the_order_declared() -> None:
    assert METHODS == ("admissible", "symbolic", "decide", "interval", "exact", "montecarlo", "property")
    assert METHOD_MARKS == "asdiemp"
    assert list(all_checkers()) == list(METHODS)
    assert LEGEND.startswith("evidence: admissible instance, symbolic, decision procedure, interval, exact, Monte")


def test_the_readme_tells_of_them_as_they_do() -> None:
    part = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Evidence")[2].partition("## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \| ?(.*) \|$", part, re.M)
    assert rows == [(m.name, m.does, m.rigor) for m in methods.declared().values()]


# --- one more -------------------------------------------------------------------------------------------------------

@pytest.fixture
def package(tmp_path: Path) -> Any:
    """A copy of the package to add files to; returns the folder of the methods and a function that runs code there."""
    package = Path(dropout_theory.__file__).parent
    kept_out = shutil.ignore_patterns("__pycache__", "mutation.json", "ablation.json")
    shutil.copytree(package, tmp_path / "dropout_theory", ignore=kept_out)
    if not (package / "_proofs").is_dir():
        shutil.copytree(ROOT / "proofs", tmp_path / "proofs", ignore=kept_out)

    def run(code: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path[1:]]), "COLUMNS": "200"}
        return subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True,
                              text=True, timeout=120)

    return tmp_path / "dropout_theory" / "checkers", run


def test_a_file_more_is_a_method_more(package: Any) -> None:
    folder, run = package
    (folder / "stub.py").write_text(STUB)
    done = run("from dropout_theory.cli.main import main\n"
               "import pytest\n"
               "main(['check', '--help'])\n"
               "pytest.main(['--markers', '-p', 'dropout_theory.testing.pytest_plugin', '-p', 'no:cacheprovider'])\n"
               "print(main(['check', 'marginalized', '--method', 'stub', '--jobs', '1', '--json', 'found.json']))\n"
               "print(main(['list', '--paper', 'marginalized']))\n"
               "print(main(['check', 'marginalized', '--method', 'stab']))\n")
    assert re.search(r"^ +stub +gives up at once$", done.stdout, re.M), done.stdout + done.stderr
    assert "@pytest.mark.stub: evidence about claims by this method: gives up at once" in done.stdout
    assert re.search(r"^claim +verdict +asdiezmp +record", done.stdout, re.M)
    assert re.search(r"^claim +verdict +kind +asdiezmp +title", done.stdout, re.M)
    assert "exact, a stub, Monte Carlo" in done.stdout
    assert re.search(r"allowed: .*'exact', 'stub', 'montecarlo'|'exact', 'stub', 'montecarlo'", done.stderr)
    found = json.loads((folder.parents[1] / "found.json").read_text())
    records = [record for claim in found["claims"] for record in claim["evidence"]]
    assert records and {(r["method"], r["outcome"], r["scope"]) for r in records} == {
        ("stub", "unknown", "a stub decides nothing")}
    rooms = found["made_with"][records[0]["prints"]["made_with"]]["rooms"]
    assert "checkers/stub.py" in rooms and "proof" not in rooms


def test_a_malformed_one_is_said_in_a_line(package: Any) -> None:
    folder, run = package
    (folder / "stub.py").write_text(STUB.replace('mark="z"', 'mark="zz"'))
    commands = ["list", "show baldi2014:eq39", "--help", "check --help", "check baldi2014:eq39",
                "mutants baldi2014:eq39", "doctor"]
    done = run(f"from dropout_theory.cli.main import main\nprint([main(c.split()) for c in {commands}])")
    assert done.stdout.endswith("\n1 problem\n[0, 0, 0, 0, 2, 2, 1]\n"), done.stdout + done.stderr
    said = done.stderr.splitlines()
    assert len(said) == 6 and all("stub.py: mark is 'zz'; allowed: one character" in line for line in said)
    assert re.search(r"^ +methods +FAILS: .*stub.py: mark is 'zz'", done.stdout, re.M)
    done = run("import pytest; pytest.main(['--markers', '-p', 'dropout_theory.testing.pytest_plugin'])")
    assert "stub.py: mark is 'zz'" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("old,new,message", [
    ("@checker(METHOD.name", '@checker("stab"', r"stub.py cannot be loaded: ValueError: method is 'stab'; allowed: .*"
     r"\(.*stub.py, line 1[0-9]\)"),
    ('"""A stub."""', "import no_such_tool", r"cannot be loaded: ModuleNotFoundError: .* \(.*stub.py, line 2\)"),
    ('rigor="sampled"', 'rigor="sampled", tools=("no-such-tool",)', "stub.py needs no-such-tool, which is not instal"),
])
def test_one_that_cannot_be_loaded_is_said_in_a_line(package: Any, old: str, new: str, message: str) -> None:
    folder, run = package
    assert old in STUB
    (folder / "stub.py").write_text(STUB.replace(old, new))
    done = run("from dropout_theory.cli.main import main; print(main(['check', 'baldi2014:eq39', '--jobs', '1']))")
    assert done.stdout.endswith("2\n") and done.stderr.count("\n") == 1 and re.search(message, done.stderr), done.stderr


def test_a_mistake_in_a_proof_is_told_once_with_its_place(package: Any) -> None:
    folder, run = package
    proofs = next(p for p in (folder.parents[1] / "proofs", folder.parent / "_proofs") if p.is_dir())
    with open(proofs / "baldi2014" / "s04_shallow.py", "a") as file:
        file.write('\n\n@prove("baldi2014:eq399")\ndef nothing():\n    """None."""\n')
    line = len((proofs / "baldi2014" / "s04_shallow.py").read_text().splitlines()) - 2
    said = rf"unknown claim 'baldi2014:eq399'; did you mean .* \(.*s04_shallow.py, line {line}\)\n"
    done = run("from dropout_theory.cli.main import main; print(main(['doctor']))")
    assert re.search(rf"^ +proofs +FAILS: {said}", done.stdout, re.M) and done.stdout.count("FAILS") == 1, done.stdout
    done = run("from dropout_theory.cli.main import main; print(main(['check', 'baldi2014:eq39', '--jobs', '1']))")
    assert done.stdout.endswith("2\n") and re.fullmatch(f"dropout-theory: error: {said}", done.stderr)
    (folder.parents[1] / "claims").write_text("# dropout-theory claims\nbaldi2014:eq39\n")
    done = run("import pytest; pytest.main(['-q', '-p', 'dropout_theory.testing.pytest_plugin', 'claims'])")
    assert re.search(said, done.stdout) and "/pluggy/" not in done.stdout and done.stdout.count("\n") < 12, done.stdout


# --- declarations that are refused ----------------------------------------------------------------------------------

@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(methods, "FOLDER", tmp_path)
    for kept in (methods.declared, methods._files):
        kept.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for kept in (methods.declared, methods._files):
        kept.cache_clear()


@pytest.mark.parametrize("old,new,message", [
    ('name="stub"', 'name="Stub!"', "name is 'Stub!'; allowed: lower-case"),
    ("place=55", "place='last'", "place is 'last'; allowed: a whole number"),
    ('mark="z"', 'mark=""', "allowed: one character"),
    ('does="gives up at once"', 'does=" "', "does is ' '; allowed: a line of text"),
    ('rigor="sampled"', 'rigor="certain"', "allowed: proof, exact-instances, statistical, sampled"),
    ('rigor="sampled"', 'rigor="", tools="z3-solver"', "allowed: a tuple of names of distributions"),
    ('rigor="sampled"', 'rigor="", reads=("tea-leaves",)', "allowed: a tuple of proofs, witnesses"),
    ('rigor="sampled"', 'rigour="sampled"', "allowed: .*rigor"),
    ('rigor="sampled",', "", "rigor"),
    ('name="stub"', "name=NAME", "name is computed, NAME; allowed: literal values"),
    ("place=55", "place=50 + 5", "place is computed, 50 \\+ 5; allowed: literal values"),
    ('name="stub"', 'name="stab"', "name is 'stab'; allowed: 'stub', as the file's"),
    ("Method(\n", "Guess(\n", "not a call of Method"),
    ("METHOD = Method(", "METHOD: Method = Method(", "no METHOD is declared; allowed: METHOD = Method"),
    ("METHOD = Method(", "METHODE = Method(", "no METHOD is declared; allowed: METHOD = Method"),
    ("def anything", "def 3", "line 1[0-9]: invalid"),
])
def test_a_malformed_declaration_names_its_file_and_what_is_allowed(folder: Any, old: str, new: str,
                                                                        message: str) -> None:
    assert old in STUB
    (folder / "stub.py").write_text(STUB.replace(old, new))
    assert methods.declared() == {}
    with pytest.raises(methods.MethodError, match=message) as error:
        methods.require_sound()
    said = str(error.value)
    assert said.startswith(f"{folder / 'stub.py'}: ") and said.count("allowed: ") <= 1 and "\n" not in said


@pytest.mark.parametrize("own", ["place=55", 'mark="z"'])
def test_no_two_share_what_tells_them_apart(folder: Any, own: Any) -> None:
    other = STUB.replace('name="stub"', 'name="other"').replace("place=55", "place=5").replace('mark="z"', 'mark="o"')
    name, _, value = own.partition("=")
    (folder / "other.py").write_text(re.sub(rf"\b{name}=[^,]*", own, other))
    (folder / "stub.py").write_text(STUB)
    with pytest.raises(methods.MethodError, match=rf"stub.py: {name} is .*, as in other.py"):
        methods.require_sound()
    assert list(methods.declared()) == ["other"]


def test_other_files_are_no_methods(folder: Any) -> None:
    (folder / "helper.py").write_text("METHODS = ()\n")
    (folder / "stub.py").write_text(STUB)
    assert list(methods.declared()) == ["stub"]
