"""Certificates to send: each kind is read back and verified, and none that was changed passes for what it was."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import corruptions
import pytest
from corruptions import KINDS, corrupted, laid_out

from dropout_theory.checkers.at_instances import judge
from dropout_theory.claims import REGISTRY, Claim, UnknownClaimError, load
from dropout_theory.cli import main as cli
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import REAL, Exists, Scalar, less
from dropout_theory.recheck.certificate import CHECKED, Certificate, read, written
from dropout_theory.recheck.steps.derivation import steps_below
from dropout_theory.recheck.steps.grammar import Malformed
from dropout_theory.recheck.witnesses import existence, read_instance
from dropout_theory.report import origin
from dropout_theory.report.certificates import NothingToSend, lines, make, misplaced
from dropout_theory.report.derivations import load as recorded_proofs
from dropout_theory.report.ledger import Ledger
from dropout_theory.report.terminal import printable
from dropout_theory.running import tested as instances
from dropout_theory.running.proofs import said_by_claims
from dropout_theory.running.verifying import Verification, said_by, verify

ROOT = Path(__file__).parents[1]
SHORT, LONG = 500, 10_000

# quick ones of each kind
RULES, ARITHMETIC, CITING = "baldi2014:eq7", "baldi2014:sec5-variance-bound", "helmbold2017:thm17-thirteen-units"
UNSEEN = "baldi2014:eq10"  # proved by a normal form that the checker of steps has not
FACT = "schluter2019:thm2-step-zeta.amended"
REFUTED, UNDER_HYPOTHESES, EXISTS = "baldi2014:eq33.3", "baldi2014:sec2-pairwise-suffices", "baldi2014:eq88"
CONDITIONAL = "baldi2014:eq65.2"
OTHERS = ("baldi2014:sec2-pairwise-suffices.amended", "baldi2014:sec5-exact-iff-identical.amended-log-odds")
QUICK = (RULES, ARITHMETIC, CITING, FACT, REFUTED, UNDER_HYPOTHESES, EXISTS, CONDITIONAL, *OTHERS)


@cache
def made(identifier: str) -> Verification:
    return make(Ledger.read(), None, load(), identifier)


def file(identifier: str) -> bytes:
    return written(made(identifier).certificate).encode()


@cache
def on_record() -> set[str]:
    return said_by(recorded_proofs(load().papers))


def judged(data: bytes) -> tuple[int, Verification | None]:
    """The exit status of `verify` for a file, and what was found where it could be read."""
    try:
        sent = read(data)
        if misplaced(sent.claim, sent.module, None):
            return 2, None
        found = verify(sent, REGISTRY, on_record())
    except (Malformed, UnknownClaimError):
        return 2, None
    except (MemoryError, RecursionError):
        return 4, None
    "\n".join(lines(found, REGISTRY[sent.claim]))
    return {"rejected": 1, "unchecked": 5, "verified": 0}[found.found], found


@pytest.mark.parametrize("identifier", QUICK)
def test_each_kind_is_read_back_and_verified(identifier: str) -> None:
    data = file(identifier)
    sent = read(data)
    assert written(sent).encode() == data
    status, found = judged(data)
    assert status == 0 and found is not None and not found.faults
    assert sent.verdict == Ledger.read()[identifier]["verdict"]


def test_the_kinds_are_what_they_are_taken_for() -> None:
    def sent(identifier: str) -> Certificate:
        return made(identifier).certificate

    assert not sent(RULES).arithmetic and list(sent(RULES).proofs) == [RULES]
    assert sent(ARITHMETIC).arithmetic and len(sent(CITING).proofs) > 1
    assert [sent(i).verdict for i in (REFUTED, UNDER_HYPOTHESES, CONDITIONAL)] == ["refuted", "refuted", "conditional"]
    assert not sent(REFUTED).proofs and not sent(REFUTED).hypotheses and len(sent(UNDER_HYPOTHESES).hypotheses) == 2
    assert sent(CONDITIONAL).witness and set(sent(CONDITIONAL).proofs) >= {sent(CONDITIONAL).amended}
    assert existence(load()[EXISTS]) is not None and sent(EXISTS).witness and not sent(EXISTS).proofs


def test_the_layout_that_corruptions_write_is_that_of_the_format() -> None:
    for identifier in QUICK:
        assert laid_out(json.loads(file(identifier))) == file(identifier)


@pytest.mark.parametrize("identifier, why", [
    ("bouthillier2015:fig1-flat.amended", "supported: nothing was found against it"),
    ("helmbold2017:def1", "definition: it fixes notation"),
    ("helmbold2017:sec6-unregularised", "open: nothing decides"),
    ("helmbold2017:fig1-penalty-negative", "by decide, without steps"),
    ("schluter2019:thm2-step-bell", "no words for what it says"),
])
def test_what_no_machine_can_verify_has_no_certificate(identifier: str, why: str,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NothingToSend, match=why):
        made(identifier)
    assert cli.main(["certificate", identifier]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# --- corruptions -----------------------------------------------------------------------------------------------------


def changed_files(many: int, seed: int) -> Iterator[tuple[str, bytes, bytes]]:
    """So many changed files, as many of each kind, with what they were."""
    rng, originals = random.Random(seed), [file(i) for i in QUICK]
    done = 0
    while done < many:
        kind = KINDS[done % len(KINDS)]
        found = corrupted(originals, rng, kind)
        if found is not None:
            done += 1
            yield kind, *found


def head(data: bytes) -> bytes:
    return data[:data.rfind(b',\n"stated":')]


def accepted_rightly(data: bytes, changed: bytes, found: Verification) -> str:
    """In what way a changed file that is accepted is right; raises AssertionError where it is not.

    It says the same of the same claim, in the one layout of the format. Either nothing that is checked was changed, or
    it is another certificate: each step that is new holds at instances by the second evaluator, and a witness that is
    new decides by the first one, which `verify` does not ask.
    """
    sent, was = found.certificate, read(data)
    assert laid_out(json.loads(changed)) == changed
    assert (sent.claim, sent.verdict, sent.statement, sent.hypotheses, sent.amended) == \
        (was.claim, was.verdict, was.statement, was.hypotheses, was.amended)
    claim = REGISTRY[sent.claim]
    assert (sent.statement, sent.hypotheses) == said_by_claims([claim])[sent.claim]
    if head(data) == head(changed):
        return "stated"
    known = {s.digest for s in steps_below(*was.proofs.values())}
    for step in steps_below(*sent.proofs.values()):
        assert step.digest in known or instances.tested(step).found[0] != "failed", step.conclusion
    if sent.witness != was.witness:
        assert decided(claim, sent) in (None, sent.verdict == "proved")
    return "another certificate"


def decided(claim: Claim, sent: Certificate) -> bool | None:
    """Whether a claim, or what exists by it, is true at a witness by the first evaluator; None where it cannot tell."""
    import sympy as sp

    about: Any = existence(claim) or claim.unfolded
    assert sent.witness is not None
    values = {atom: {k: sp.sympify(v) for k, v in value.items()} if isinstance(value, dict) else sp.sympify(value)
              for atom, value in read_instance(about, sent.witness["instance"]).items()}
    try:
        return {Truth.TRUE: True, Truth.FALSE: False}.get(judge(about.statement, values, expectation).truth)
    except Undefined:
        return False
    except Unsupported:
        return None


def attack(many: int, seed: int) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, str]]]:
    """How often each kind of change ended with each exit status, and in what way those accepted were right."""
    counts: Counter[tuple[str, int]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for kind, data, changed in changed_files(many, seed):
        status, found = judged(changed)
        counts[kind, status] += 1
        if status == 0:
            assert found is not None
            right[kind, accepted_rightly(data, changed, found)] += 1
    return counts, right


def told(counts: Counter[tuple[str, int]], right: Counter[tuple[str, str]]) -> str:
    rows = [f"{kind:24}" + "".join(f"{counts[kind, s]:7}" for s in (0, 1, 2, 4, 5))
            + "  " + ", ".join(f"{n} {way}" for (k, way), n in right.items() if k == kind) for kind in KINDS]
    every = "".join(f"{sum(n for (_, s), n in counts.items() if s == status):7}" for status in (0, 1, 2, 4, 5))
    return "\n".join([f"{'exit status':24}" + "".join(f"{s:7}" for s in (0, 1, 2, 4, 5)), *rows, f"{'all':24}{every}"])


def test_a_changed_file_is_refused_or_is_a_right_certificate_of_the_same(tmp_path: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    counts, right = attack(SHORT, 20140210)
    assert sum(counts.values()) == SHORT and os.listdir(tmp_path) == []
    assert {kind for kind, _ in counts} == set(KINDS)
    assert right["stated", "stated"] == counts["stated", 0] == sum(n for (k, _), n in counts.items() if k == "stated")


@pytest.mark.long
@pytest.mark.timeout(0)
def test_ten_thousand_changed_files() -> None:
    counts, right = attack(LONG, int(os.environ.get("FRESH_SEED", "1")))
    print("\n" + told(counts, right))
    assert sum(counts.values()) == LONG


@pytest.mark.parametrize("field", [f for f in CHECKED if f != "digest"])
def test_each_checked_field_is_read_by_a_check(field: str) -> None:
    """Taken from another certificate, with the digest made anew, each field alone is noticed."""
    noticed = 0
    for identifier in QUICK:
        for other in QUICK:
            parts = json.loads(file(identifier))
            theirs = json.loads(file(other))[field] if field not in ("certificate", "module") else "other"
            if theirs == parts[field]:
                continue
            parts[field] = theirs
            assert judged(laid_out(parts))[0] in (1, 2), (identifier, other)
            noticed += 1
    assert noticed


def changed_parts(identifier: str, **fields: Any) -> bytes:
    parts = json.loads(file(identifier))
    parts.update(fields)
    return laid_out(parts)


@pytest.mark.parametrize("identifier, fields, why", [
    (REFUTED, {"verdict": "proved"}, "a witness proves that something exists"),
    (RULES, {"verdict": "refuted"}, "the verdict is refuted"),
    (CONDITIONAL, {"verdict": "refuted", "amended": None}, "at least conditional"),
    (CONDITIONAL, {"amended": RULES}, "does not add hypotheses"),
    (RULES, {"steps": {"checked": 1, "tested": 1, "unchecked": 0}}, "here they are 2 checked"),
    (RULES, {"steps": {"checked": 3, "tested": 0, "unchecked": 0}}, "here they are 2 checked"),
    (RULES, {"witness": {"instance": {}, "undefined": False}}, "a witness or a proof"),
    (ARITHMETIC, {"arithmetic": [["certificates", 1]]}, "no validator accepts a step that should be checked"),
])
def test_what_is_noticed_is_told(identifier: str, fields: dict[str, Any], why: str) -> None:
    status, found = judged(changed_parts(identifier, **fields))
    assert status == 1 and found is not None and why in " ".join(found.faults), found and found.faults


@pytest.mark.parametrize("change, why", [
    (lambda data: b"", "no JSON"), (lambda data: b"[" * 100_000, "nested too deep|no JSON"),
    (lambda data: b"\xff", "no JSON in UTF-8"), (lambda data: b"{}", "lacks certificate"),
    (lambda data: data.replace(b"{", b'{"extra":1,\n', 1), "has 'extra'"),
    (lambda data: data + b" ", "is not as it is written"),
    (lambda data: data.replace(b'"verdict":"proved"', b'"verdict":"proved","verdict":"proved"'), "a name twice"),
    (lambda data: data.replace(b'"checked":2', b'"checked":NaN'), "'NaN'; allowed: whole numbers"),
    (lambda data: data.replace(b'"checked":2', b'"checked":3'), "digest is another"),
    (lambda data: changed_parts(RULES, verdict="supported"), "verdict is 'supported'; allowed: proved, refuted, "),
    (lambda data: changed_parts(RULES, proofs=[["derivations", 1], ["term", 0, "number", "2/4"]]), "in lowest terms"),
    (lambda data: b'{"certificate":' + b"1" * 5_000 + b"}", "a number of 5000 characters"),
])
def test_what_is_no_certificate_is_refused_with_its_place(change: Callable[[bytes], bytes], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read(change(file(RULES)))


def test_an_argument_that_no_validator_looks_at_is_superfluous() -> None:
    parts = json.loads(file(RULES))
    for line in parts["proofs"]:
        if line[0] == "step":
            line[6] = {"with": [0]}
    status, found = judged(laid_out(parts))
    assert status == 1 and found is not None and "normal form: the argument with is superfluous" in found.faults


def test_a_proof_ends_with_the_statement_in_its_own_words() -> None:
    """An identity has no proof in 1 = 1, its normal form: that would say nothing of where its terms are defined."""
    parts = json.loads(file(RULES))
    corruptions.FIELDS["easier_statement"](parts, random.Random(0), [])
    parts["says"] = json.loads(file(RULES))["says"]
    status, found = judged(laid_out(parts))
    assert status == 1 and found is not None and "concludes =(1, 1), not " in found.faults[0]


def test_one_witness_proves_nothing_about_all_values() -> None:
    x, y = Scalar("x", REAL), Scalar("y", REAL)
    alone = Claim("own:eq1", "something is larger", Exists(less(x, y), (x,), (y,)), "1", "eq. (1)")
    for_all = Claim("own:eq2", "of each number there is a larger", Exists(less(x, y), (y,)), "1", "eq. (2)")
    assert existence(alone) is not None and existence(for_all) is None
    assert existence(Claim("own:eq3", "smaller", less(x, y), "1", "eq. (3)")) is None


def test_a_step_that_is_made_up_counts_for_nothing() -> None:
    """True at every instance that is tried, and no validator sees why: that is not enough."""
    says = json.loads(file(UNSEEN))["says"]
    for line in says:
        if line[0] == "step":
            line[2] = "binomial coefficients"
    data = changed_parts(UNSEEN, proofs=says, steps={"checked": 0, "tested": 1, "unchecked": 0})
    status, found = judged(data)
    assert status == 5 and found is not None and "it may be made up" in found.unchecked[0]


# --- the commands ----------------------------------------------------------------------------------------------------


def test_both_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.json"
    assert cli.main(["certificate", CITING, "-o", str(path)]) == 0
    assert cli.main(["certificate", CITING]) == 0 and capsys.readouterr().out.encode() == path.read_bytes()
    assert cli.main(["verify", str(path)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"steps: \d+ checked, [1-9]\d* tested, 0 unchecked", shown)
    assert "stated, and not checked" in shown and "verified" in shown
    assert cli.main(["verify", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["found"] == "verified" and found["claims"] and found["checked"] == list(CHECKED)
    path.write_bytes(changed_parts(RULES, steps={"checked": 0, "tested": 0, "unchecked": 0}))
    assert cli.main(["verify", str(path)]) == 1 and "rejected: the file says" in capsys.readouterr().out
    path.write_text("{}")
    assert cli.main(["verify", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "lacks certificate" in error
    assert cli.main(["verify", str(tmp_path / "none.json")]) == 2 and "No such file" in capsys.readouterr().err


def test_what_is_printed_of_a_file_commands_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated = dict.fromkeys(json.loads(file(RULES))["stated"], "\x1b[2J\u202e\x9b1m")
    path = tmp_path / "c.json"
    path.write_bytes(changed_parts(RULES, stated=stated))
    assert cli.main(["verify", str(path)]) == 0
    path.write_bytes(changed_parts(RULES, claim="own:\x1b[2J"))
    assert cli.main(["verify", str(path)]) == 2
    shown = capsys.readouterr()
    assert all(c.isprintable() or c == "\n" for c in shown.out + shown.err) and r"\x1b[2J\u202e" in shown.out
    assert printable("λ ≤ 1") == "λ ≤ 1"


OWN = '''
from pathlib import Path
import sympy as sp
from dropout_theory.claims import Paper, Registry, Section, prove
from dropout_theory.language import REAL, Scalar, less_equal
from dropout_theory import proof as by

Path("imported").touch()
CLAIMS = Registry()
CLAIMS.add_paper(Paper("own2024", "Squares", ("A. Author",), 2024))
claim = Section("own2024", "2", CLAIMS)
x = Scalar("x", REAL)
EQ1 = claim("eq1", title="A square is not negative", statement=less_equal(0, x**2), kind="inequality")
EQ2 = claim("eq2", title="A square is positive", statement=less_equal(1, x**2), kind="inequality")


def registry():
    return CLAIMS
'''


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "dropout_theory", *arguments], cwd=folder, capture_output=True,
                          text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=False)


def test_a_claim_of_an_author_needs_the_module_and_nothing_is_imported_before(tmp_path: Path) -> None:
    (tmp_path / "own_paper.py").write_text(OWN)
    checked = run(tmp_path, "check", "--claims", "own_paper", "--ledger", "own.json", "--record", "--jobs", "1", "-q")
    assert (tmp_path / "own.json").exists(), checked.stderr
    for label in ("eq1", "eq2"):
        sent = run(tmp_path, "certificate", f"own2024:{label}", "--claims", "own_paper", "--ledger", "own.json", "-o",
                   f"{label}.json")
        assert sent.returncode == 0, sent.stderr
    assert "--claims" in run(tmp_path, "certificate", "own2024:eq1", "--ledger", "own.json").stderr
    (tmp_path / "imported").unlink()
    refused = run(tmp_path, "verify", "eq1.json")
    assert refused.returncode == 2 and "--claims own_paper" in refused.stderr and refused.stderr.count("\n") == 1
    assert run(tmp_path, "verify", "eq1.json", "--claims", "other").returncode == 2
    assert not (tmp_path / "imported").exists()
    for label, verdict in (("eq1", "proved"), ("eq2", "refuted")):
        verified = run(tmp_path, "verify", f"{label}.json", "--claims", "own_paper")
        assert verified.returncode == 0 and verdict in verified.stdout, verified.stdout + verified.stderr
    stated = json.loads((tmp_path / "eq1.json").read_text())["stated"]
    assert stated["date"].startswith("20") and stated["machine"] and stated["commit"] != "not recorded"


# --- where a record comes from ---------------------------------------------------------------------------------------


def test_a_record_keeps_its_commit_and_whether_the_tree_was_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                                    ) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=tmp_path, check=True,
                       capture_output=True)

    monkeypatch.setattr(origin, "ROOT", tmp_path)
    for folder in origin.RESTS_ON:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").touch()
    origin.commit.cache_clear()
    assert origin.changed() is None
    assert origin.told({**origin.origin(), "commit": None})["tree"] == "none: not run in a checkout"
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    origin.commit.cache_clear()
    (tmp_path / "notes").touch()  # rests on nothing
    found = origin.origin()
    assert found["changed"] is False and len(str(found["commit"])) == 40
    (tmp_path / "proofs" / "new.py").touch()
    assert origin.told(origin.origin())["tree"] == "changed since the commit"
    assert set(origin.told(None).values()) == {"not recorded"}
    origin.commit.cache_clear()
