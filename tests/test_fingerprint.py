"""Fingerprints cover what evidence rests on, and nothing else: seen by what runs and by what a change moves."""

from __future__ import annotations

import ast
import importlib
import inspect
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from dropout_theory.checkers import get_checker
from dropout_theory.claims import PAPER_KEYS, PROOFS, REGISTRY, Claim, Paper, Registry, load, load_proofs
from dropout_theory.language import Scalar, less_equal
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.staleness import Moved, constraints
from dropout_theory.verdicts import fingerprint as prints_of
from dropout_theory.verdicts import sources
from dropout_theory.verdicts.fingerprint import handed_a_proof, made_with, prints
from dropout_theory.verdicts.kernel import Context, Finding, StaleEvidence, checker, recall
from dropout_theory.verdicts.methods import declared, module_of
from dropout_theory.verdicts.pieces import Drawing, pieces_of, unruly
from dropout_theory.verdicts.records import Standing, record_of

DISTRIBUTION = {"flint": "python-flint", "z3": "z3-solver"}
DISPLAYING = {"report", "cli", "running", "testing", "engines", "mutants", "ablation", "recheck", "papers"}
ASK_THE_PROVER = ("symbolic",)


@pytest.fixture(scope="module")
def papers() -> Registry:
    registry = load()
    for paper in PAPER_KEYS:
        load_proofs(paper)
    return registry


# --- what a method can reach --------------------------------------------------------------------------------------

@pytest.mark.parametrize("method", declared())
def test_rooms_that_display_or_start_things_never_count(method: Any) -> None:
    for handed in (False, True):
        rooms = made_with(method, handed)[1]["rooms"]
        assert not DISPLAYING & set(rooms) and "absent" not in rooms.values()
        assert {"claims", "evaluation", "language", "verdicts"} <= set(rooms)
        assert ("proof" in rooms) == (handed or method in ASK_THE_PROVER)


def test_other_methods_count_only_where_they_are_imported() -> None:
    assert "checkers/exact.py" in made_with("property", False)[1]["rooms"]
    assert not {f"checkers/{m}.py" for m in declared() if m != "exact"} & set(made_with("exact", False)[1]["rooms"])
    assert "arithmetic" in made_with("decide", False)[1]["rooms"]


@pytest.mark.parametrize("method", declared())
def test_declared_tools_are_those_imported(method: Any) -> None:
    """Besides those of every method, a method declares just the distributions that its reach imports."""
    for handed in (False, True):
        modules = sources.reached(prints_of.LIBRARY, module_of(method), "" if handed else prints_of.PROVER)
        imported = sources.outside(prints_of.LIBRARY, modules) - sys.stdlib_module_names
        named = {DISTRIBUTION.get(package, package) for package in imported}
        assert named | set(prints_of.TOOLS) == set(made_with(method, handed)[1]["tools"])


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").write_text("from own.door import x\n")
    (tmp_path / "room" / "inner.py").write_text("from . import beside\nfrom .beside import y\n")
    (tmp_path / "room" / "beside.py").write_text("def f():\n    from own import late\n    import own.later as g\n")
    for name in ("door", "late", "later", "unused"):
        (tmp_path / f"{name}.py").write_text("import sympy\n")
    (tmp_path / "start.py").write_text("import own.room.inner\n")
    tree = sources.Tree("own", tmp_path)
    assert sources.reached(tree, "own.start") == {
        "own.start", "own.room", "own.room.inner", "own.room.beside", "own.door", "own.late", "own.later"}
    assert "own.late" not in sources.reached(tree, "own.start", around="own.room.beside")
    assert sources.outside(tree, ["own.start", "own.door"]) == {"sympy"}


# --- what runs lies in the rooms that count ------------------------------------------------------------------------

TRACED = [
    ("admissible", "baldi2014:eq39"), ("admissible", "helmbold2017:sec4-monotone"),
    ("symbolic", "baldi2014:eq39"), ("symbolic", "schluter2019:sec3-second-moment"),
    ("decide", "schluter2019:sec3-second-moment"), ("decide", "schluter2019:sec3-second-moment.amended"),
    ("interval", ""), ("exact", "baldi2014:eq39"), ("exact", "schluter2019:thm2"), ("exact", "baldi2014:eq57"),
    ("montecarlo", "schluter2019:sec3-second-moment"), ("montecarlo", "baldi2014:eq39"),
    ("property", "schluter2019:sec3-second-moment"), ("property", "baldi2014:eq62"),
]


def rooms_run(action: Any) -> set[str]:
    """The rooms, as fingerprints name them, whose functions run meanwhile."""
    folder = str(prints_of.LIBRARY.folder)
    files: set[str] = set()

    def seen(frame: Any, event: str, _: Any) -> None:
        if event == "call":
            files.add(frame.f_code.co_filename)

    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(None)
    places = [Path(file).relative_to(folder) for file in files if file.startswith(folder)]
    return {p.as_posix() if p.parts[0] == "checkers" else p.parts[0] for p in places}


@pytest.mark.parametrize("method,identifier", TRACED)
def test_what_runs_lies_in_the_rooms_that_count(papers: Any, method: Any, identifier: Any) -> None:
    made = get_checker(method)
    claim = papers[identifier] if identifier else next(c for c in papers if made.applies(c) is None)
    assert made.applies(claim) is None
    for module in sources.reached(prints_of.LIBRARY, module_of(method)):  # to import is not to use
        importlib.import_module(module)
    ran = rooms_run(lambda: made.check(claim, Context(fast=True)))
    counted = set(made_with(method, handed_a_proof(claim))[1]["rooms"])
    assert f"checkers/{module_of(method).rpartition('.')[2]}.py" in ran
    # what a statement is made of is covered by its own hash, and old paths are looked for at every import
    assert ran - {"papers", "moved.py"} <= counted


# --- what a change moves -------------------------------------------------------------------------------------------

@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, papers: Any) -> Any:
    """The sources copied, and fingerprints taken of the copy: returns its folder and a function to have them anew."""
    from dropout_theory import proofs

    kinds = shutil.ignore_patterns("*.json", "__pycache__")
    shutil.copytree(prints_of.LIBRARY.folder, tmp_path / "dropout_theory", ignore=kinds)
    shutil.copytree(proofs.folder(), tmp_path / "proofs", ignore=kinds)
    monkeypatch.setattr(prints_of, "LIBRARY", sources.Tree("dropout_theory", tmp_path / "dropout_theory"))
    monkeypatch.setattr(proofs, "folder", lambda: tmp_path / "proofs")

    def forget() -> None:
        for kept in (sources.reached, sources.imported, sources.hash_of, pieces_of, made_with, prints_of._argument,
                     prints_of.drawing):
            kept.cache_clear()

    forget()
    yield tmp_path, forget
    monkeypatch.undo()
    forget()


def everything(ledger: Ledger) -> dict[tuple[str, str], dict[str, str]]:
    return {(c["id"], e["method"]): prints(REGISTRY[c["id"]], e["method"], e["depends_on"])
            for c in ledger for e in c["evidence"] if c["id"] in REGISTRY}


def test_a_comment_in_a_rule_moves_proofs_and_what_was_handed_one(copied: Any) -> None:
    folder, forget = copied
    ledger = Ledger.read()
    before = everything(ledger)
    path = folder / "dropout_theory" / "proof" / "logic.py"
    path.write_text(path.read_text() + "# a comment\n")
    forget()
    moved = {who for who, found in everything(ledger).items() if found != before[who]}
    assert moved == {(c, m) for c, m in before if m in ASK_THE_PROVER or handed_a_proof(REGISTRY[c])}
    assert len(moved) < len(before) / 2


@pytest.mark.parametrize("room", ["report", "engines", "mutants", "running", "papers/baldi2014"])
def test_a_comment_where_nothing_is_found_moves_nothing(copied: Any, room: Any) -> None:
    folder, forget = copied
    before = {m: made_with(m, handed) for m in declared() for handed in (False, True)}
    path = folder / "dropout_theory" / room / "__init__.py"
    path.write_text(path.read_text() + "# a comment\n")
    forget()
    assert before == {m: made_with(m, handed) for m in declared() for handed in (False, True)}


def test_another_method_moves_alone(copied: Any) -> None:
    folder, forget = copied
    before = {m: made_with(m, False)[0] for m in declared()}
    path = folder / "dropout_theory" / "checkers" / "montecarlo.py"
    path.write_text(path.read_text() + "# a comment\n")
    forget()
    assert [m for m in declared() if made_with(m, False)[0] != before[m]] == ["montecarlo"]


def changed(path: Path, function: str) -> None:
    """Put a statement that does nothing at the end of a function."""
    lines = path.read_text().splitlines()
    found = next(node for node in ast.parse("\n".join(lines)).body if getattr(node, "name", "") == function)
    assert found.end_lineno is not None
    lines.insert(found.end_lineno, "    pass")
    path.write_text("\n".join(lines) + "\n")


def proved_in(path: Path) -> dict[str, str]:
    """The claims whose proofs a file registers, each with the name of the function."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        for decorator in getattr(node, "decorator_list", ()):
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "prove":
                found[ast.literal_eval(decorator.args[0])] = getattr(node, "name", "")
    return found


def test_a_proof_moves_its_claim_and_those_that_cite_it(copied: Any) -> None:
    """And nothing else: neither other claims' proofs of the same file, nor what other methods found."""
    folder, forget = copied
    ledger = Ledger.read()
    before = everything(ledger)
    path = folder / "proofs" / "helmbold2017" / "s04_best_constant.py"
    here = proved_in(path)
    claim, function = list(here.items())[-1]  # the first one is used by it
    changed(path, function)
    forget()
    after = everything(ledger)
    moved = {who: {n for n in found if found[n] != before[who][n]} for who, found in after.items()
             if found != before[who]}
    own = {claim for (claim, _), names in moved.items() if "proofs" in names}
    assert claim in own and set(here) - own and {m for _, m in moved} == {"symbolic"}
    citing = {c["id"] for c in ledger if own & set(c["depends_on"])}
    assert {claim for (claim, _), names in moved.items() if "cites" in names} == citing


def test_a_lemma_moves_what_is_proved_with_it(copied: Any) -> None:
    folder, forget = copied
    before = everything(Ledger.read())
    users = {}
    for path in (folder / "proofs" / "helmbold2017").glob("*.py"):
        text = path.read_text()
        users[path.stem] = "telescope import" in text or "import telescope" in text
    lemma = next(node.name for node in ast.parse((folder / "proofs/helmbold2017/telescope.py").read_text()).body
                 if isinstance(node, ast.FunctionDef))
    changed(folder / "proofs" / "helmbold2017" / "telescope.py", lemma)
    forget()
    moved = {claim for (claim, _), found in everything(Ledger.read()).items() if found.get("proofs") !=
             before[claim, _].get("proofs")}
    proving = {claim: path.stem for path in (folder / "proofs" / "helmbold2017").glob("*.py")
               for claim in proved_in(path)}
    assert moved and all(claim.startswith("helmbold2017:") for claim in moved)
    assert {proving[c] for c in moved if c in proving} & {stem for stem, uses in users.items() if uses}


def test_layout_comments_and_docstrings_move_nothing(copied: Any) -> None:
    folder, forget = copied
    before = everything(Ledger.read())
    for path in (folder / "proofs" / "baldi2014").glob("*.py"):
        path.write_text("# a comment\n" + path.read_text().replace("\n\n\n", "\n\n\n\n") + "# another\n")
    forget()
    assert everything(Ledger.read()) == before


@pytest.mark.parametrize("identifier", ["baldi2014:eq39", "schluter2019:thm1.amended"])
def test_what_runs_in_a_proof_is_what_its_fingerprint_draws_on(papers: Any, identifier: str) -> None:
    from dropout_theory import proofs
    from dropout_theory.claims import ProofError, proof_of, refutation_of

    argument = proof_of(identifier) or refutation_of(identifier)
    if argument is None:
        pytest.skip("decided without a proof")
    folders = {proofs.folder(): "dropout_theory.proofs.",
               prints_of.LIBRARY.folder / "papers": "dropout_theory.papers."}
    ran: set[tuple[str, int]] = set()

    def seen(frame: Any, event: str, _: Any) -> None:
        path = Path(frame.f_code.co_filename)
        for folder, prefix in folders.items():
            if event == "call" and folder in path.parents:
                ran.add((prefix + ".".join(path.relative_to(folder).with_suffix("").parts),
                         frame.f_code.co_firstlineno))

    for module in list(sys.modules.values()):  # what is kept of earlier proofs must run again
        if getattr(module, "__name__", "").startswith("dropout_theory.proofs."):
            for value in vars(module).values():
                getattr(value, "cache_clear", lambda: None)()
    sys.setprofile(seen)
    try:
        argument(papers[identifier]) if inspect.signature(argument).parameters else argument()
    except ProofError:
        raise
    finally:
        sys.setprofile(None)
    written = prints_of._written(argument)
    places = prints_of.drawing(proofs.folder()).places(*prints_of._named(written))
    drawn = {(module, line) for module, n in places
             for line in pieces_of(Path(str(sys.modules[module].__file__)), module)[n].lines}
    assert ran and ran <= drawn


@pytest.mark.parametrize("module,changed_file", [
    ("own_paper", "own_helpers.py"), ("own_paper", "own_paper.py"), ("own_package.claims", "own_package/__init__.py"),
    ("own_package.claims", "own_package/lemmas.py"), ("own_package.claims", "own_helpers.py")])
def test_what_stands_beside_a_user_s_module_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str,
                                                   changed_file: str) -> None:
    (tmp_path / "own_package").mkdir()
    files = {"own_helpers.py": "LIMIT = 1\n", "own_package/__init__.py": "SIZE = 1\n",
             "own_package/lemmas.py": "DEPTH = 1\n", "own_unused.py": "OTHER = 1\n",
             "own_paper.py": "from own_helpers import LIMIT\nHERE = 1\n\n\ndef proof():\n    return LIMIT + HERE\n",
             "own_package/claims.py": "from own_helpers import LIMIT\nfrom own_package import SIZE, lemmas\n\n\n"
                                      "def proof():\n    return LIMIT + SIZE + lemmas.DEPTH\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module(module)

    def now() -> str:
        prints_of.beside.cache_clear()
        return prints_of.beside(module)

    before = now()
    (tmp_path / "notes.txt").write_text("nothing reads this\n")
    assert now() == before
    (tmp_path / changed_file).write_text(files[changed_file].replace("= 1", "= 2"))
    assert now() != before
    (tmp_path / changed_file).write_text("from pathlib import Path\nDATA = Path('notes.txt').read_text()\n")
    before = now()
    (tmp_path / "notes.txt").write_text("something reads this\n")
    assert now() != before
    for name in [name for name in sys.modules if name.startswith("own_")]:
        del sys.modules[name]


def test_arguments_and_papers_are_written_so_that_names_tell_what_rests_on_what() -> None:
    from dropout_theory import proofs

    for folder in (proofs.folder(), prints_of.LIBRARY.folder / "papers"):
        assert not {path: found for path in folder.rglob("*.py") if (found := unruly(path))}


def test_what_is_registered_elsewhere_moves_what_calls_it(copied: Any) -> None:
    """A function that is registered with another, in a file that its callers do not import."""
    folder, forget = copied
    before = everything(Ledger.read())
    changed(folder / "proofs" / "helmbold2017" / "s04_zero_embeddings.py", "embedded_lost")
    forget()
    moved = {claim for (claim, method), found in everything(Ledger.read()).items()
             if found.get("proofs") != before[claim, method].get("proofs")}
    assert "helmbold2017:sec43-gadgets-criterion" in moved


@pytest.mark.parametrize("text,acts", [
    ("@keep\ndef f():\n    pass\n", True), ("@table.register\ndef f():\n    pass\n", True),
    ("@prove('own:eq1')\ndef f():\n    pass\n", False), ("def f(x=L.append(2)):\n    pass\n", True),
    ("def f(x=2):\n    pass\n", False), ("class C:\n    L[0] = 2\n", False), ("class C:\n    L.append(2)\n", True),
    ("class C:\n    @keep\n    def f(self):\n        pass\n", True),
    ("for V in (2,):\n    witness('own:eq1', V)\n", False),
])
def test_definitions_that_act_count_for_all(tmp_path: Path, text: str, acts: bool) -> None:
    (tmp_path / "m.py").write_text(text)
    piece, = pieces_of(tmp_path / "m.py", "m")
    assert piece.always is acts and piece.defines


@pytest.mark.parametrize("text", [
    "def setup():\n    global V\n    V = 2\n",
    "_done = L.append(2)\n", "V = (W := 2)\n", "V = Path('v').read_text()\n"])
def test_what_names_do_not_tell_is_unruly(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.py").write_text(text)
    assert unruly(tmp_path / "m.py")


def test_names_are_followed_generously(tmp_path: Path) -> None:
    (tmp_path / "start.py").write_text(
        "from own import lemmas\nfrom own.lemmas import by_name\n\n\ndef f():\n    return lemmas.dotted(by_name)\n\n\n"
        "def g():\n    from own import late\n    return helper(late)\n\n\ndef helper(x):\n    return LIMIT\n\n\n"
        "LIMIT, OTHER = 1, 2\n\n\ndef h():\n    return globals()['f']\n\n\nwitness('own:eq1', {})\n")
    (tmp_path / "lemmas.py").write_text(
        "TABLE = {}\n\n\ndef dotted(x):\n    return 1\n\n\ndef by_name():\n    return 2\n\n\n"
        "def unused():\n    return 3\n\n\nTABLE['x'] = 1\n")
    (tmp_path / "late.py").write_text("def anything():\n    return 4\n")
    tree = sources.Tree("own", tmp_path)
    drawing = Drawing(lambda module: tree.file(module) if module != "own" else None, lambda module, names: ())

    def lines(name: str) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for module, n in drawing.places("own.start", name):
            path = tree.file(module)
            assert path is not None
            found.setdefault(module, set()).add(pieces_of(path, module)[n].lines.start)
        return found

    assert lines("f") == {"own.start": {5}, "own.lemmas": {1, 4, 8, 16}}  # with what runs when it is imported
    assert lines("g") == {"own.start": {9, 14, 18}, "own.late": {1}}
    assert lines("h")["own.start"] == {1, 2, 5, 9, 14, 18, 21, 25}
    assert lines("helper") == {"own.start": {14, 18}}


# --- what is cited --------------------------------------------------------------------------------------------------

X = Scalar("x")


def chain() -> tuple[Registry, Ledger]:
    """Three claims, each citing the next, and their record."""
    registry = Registry()
    registry.add_paper(Paper("toy", "On chains", ("Ada Example",), 2020))
    claims = [registry.add(Claim(f"toy:eq{n}", "a title", less_equal(-n, X**2), "1", "eq.")) for n in (1, 2, 3)]
    cited = {"toy:eq1": ("toy:eq2",), "toy:eq2": ("toy:eq3",), "toy:eq3": ()}
    made = checker("symbolic", lambda _: None)(
        lambda claim, context: Finding("holds", "proof", "all x", depends_on=cited[claim.id]))
    data = [{"id": c.id, "evidence": [record_of(made.check(c, Context(), registry))], "depends_on": cited[c.id]}
            for c in claims]
    return registry, Ledger({"version": 2, "papers": [], "made_with": {}, "claims": data})


def standing(registry: Registry, ledger: Ledger) -> list[str]:
    found = Standing(registry, ledger)
    return [c["id"] for c in ledger if found.evidence(c["id"], "symbolic")]


def test_all_stands_where_nothing_moved() -> None:
    assert standing(*chain()) == ["toy:eq1", "toy:eq2", "toy:eq3"]


@pytest.mark.parametrize("changed", [1, 2, 3])
def test_another_proof_of_a_claim_cited_makes_evidence_stale(monkeypatch: pytest.MonkeyPatch, changed: Any) -> None:
    """However far down the chain of citations, and of nothing below it."""
    registry, ledger = chain()
    monkeypatch.setitem(PROOFS, f"toy:eq{changed}", lambda: None)
    assert standing(registry, ledger) == [f"toy:eq{n}" for n in (1, 2, 3) if n > changed]


def test_another_statement_of_a_claim_cited_makes_evidence_stale() -> None:
    registry, ledger = chain()
    record = ledger.evidence("toy:eq2", "symbolic")
    assert record is not None
    assert recall(registry["toy:eq2"], record, registry).depends_on == ("toy:eq3",)
    registry._claims["toy:eq3"] = Claim("toy:eq3", "a title", less_equal(-4, X**2), "1", "eq.")
    with pytest.raises(StaleEvidence):
        recall(registry["toy:eq2"], record, registry)
    assert standing(registry, ledger) == []


# --- what moved, in words -------------------------------------------------------------------------------------------

def moved(then: Any, now: Any, **prints_now: Any) -> list[str]:
    seen = Moved({"then": then})
    for n in (1, 2):
        record = {"method": ("decide", "symbolic")[n - 1],
                  "prints": {"statement": "s", "made_with": "then", "cites": "c"}}
        seen.see(f"toy:eq{n}", record, {"statement": "s", "made_with": "now", "cites": "c", **prints_now}, now)
    return seen.lines()


def test_what_moved_is_said_in_words() -> None:
    then = {"rooms": {"proof": "1", "language": "1", "checkers/exact.py": "1"}, "tools": {"sympy": "1.13", "z3": "5.4"}}
    assert moved(then, {**then, "tools": {"sympy": "1.14", "z3": "5.5"}}) == [
        "made with sympy 1.13, here 1.14; z3 5.4, here 5.5: symbolic, decide (2 records)"]
    rooms = {**then["rooms"], "proof": "2", "checkers/exact.py": "2"}
    assert moved(then, {**then, "rooms": rooms}) == [
        "room proof and checkers/exact.py changed: symbolic, decide (2 records)"]
    assert moved(then, then, made_with="then", statement="t") == ["statement changed: toy:eq1, toy:eq2"]
    assert moved(then, then, made_with="then") == ["rests on claims that changed: toy:eq1, toy:eq2"]


def test_constraints_pin_what_the_record_was_made_with() -> None:
    """Written by: dropout-theory doctor --constraints > constraints.txt"""
    path = Path(__file__).parents[1] / "constraints.txt"
    pins = constraints(Ledger.read().made_with.values())
    assert path.read_text(encoding="utf-8") == pins
    assert len({line.partition("==")[0] for line in pins.splitlines()}) == len(pins.splitlines())
