"""The second path: it agrees with the first where it should, shares no code with it, and notices what is wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath as mp
import pytest
import sympy as sp

import dropout_theory.recheck
from dropout_theory.checkers.at_instances import drawn
from dropout_theory.claims import Claim, Hypothesis, load
from dropout_theory.cli import main as cli
from dropout_theory.language import (
    NWGM,
    PROBABILITY,
    Cov,
    E,
    Relu,
    Var,
    distribution,
    equal,
    family,
    gates,
    index,
    less,
    less_equal,
    logistic,
    normal,
    placeholder,
    recursion,
    size,
    subnetwork,
    uniform,
    weights,
)
from dropout_theory.recheck.arithmetic import CannotRecheck, NoValue
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.values import Values
from dropout_theory.recheck.witnesses import recheck_counterexample, recheck_holds
from dropout_theory.report.ledger import Ledger

n, m = size("n"), size("m")
i, l = index("i"), index("l")  # noqa: E741
w, p = weights("w", n), family("p", PROBABILITY, n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
P = distribution("P", m)
O = weights("O", m)  # noqa: E741
N = subnetwork("N", P)
HALF = sp.Rational(1, 2)
INSTANCE = {n: 2, w: {(1,): 3, (2,): -1}, p: {(1,): sp.Rational(1, 3), (2,): HALF}, m: 2,
            P: {(1,): sp.Rational(1, 4), (2,): sp.Rational(3, 4)}, O: {(1,): 0, (2,): 2}}


def claim(statement: object, **details: object) -> Claim:
    return Claim("toy:eq1", "toy", statement, "1", "eq. (1)", **details)  # type: ignore[arg-type]


@pytest.mark.parametrize("expr, value", [
    (E(S), Fraction(1, 2)), (Var(S), Fraction(9 * 2, 9) + Fraction(1, 4)), (Cov(S, delta[1]), Fraction(2, 3)),
    (E(O[N]), Fraction(3, 2)), (E(Relu(S)), Fraction(5, 6)), (E(delta[1] * delta[2]), Fraction(1, 6)),
    (E(E(S) * S), Fraction(1, 4)), (E(uniform("u", 0, 2) ** 2), Fraction(4, 3)), (sp.bell(6), Fraction(203)),
    (sp.bernoulli(8, evaluate=False), Fraction(-1, 30)), (E(Relu(normal("z", 0, 1))), None),
])
def test_values_worked_out_by_hand(expr: sp.Expr, value: Fraction | None) -> None:
    with mp.workdps(60):
        expected = mp.sqrt(1 / (2 * mp.pi)) if value is None else mp.mpf(value.numerator) / value.denominator
        found = Values(INSTANCE).value(expr)
        found = found if not isinstance(found, Fraction) else mp.mpf(found.numerator) / found.denominator
        assert abs(found - expected) < mp.mpf(10) ** -20


def test_layers_share_the_gates_of_one_mask() -> None:
    """Two units that read the same gate are not independent: E(x^2), not E(x)^2."""
    layers = ((l, 0, 2),)
    slot = placeholder("unit", layers)
    gate = gates("g", HALF, (l, 0, 2))
    unit = recursion("unit", layers, sp.S.One, gate[l - 1] * slot[l - 1])
    v = Values({})
    assert v.value(E(unit[2] * unit[1])) == Fraction(1, 4)
    assert v.value(E(unit[1]) * E(unit[2])) == Fraction(1, 8)


def test_nwgm_and_its_exact_zero() -> None:
    v = Values(INSTANCE)
    with mp.workdps(60):
        assert truth(v, equal(NWGM(logistic(S)), logistic(E(S))))
        assert truth(v, equal(NWGM(logistic(S)), logistic(E(S)) + sp.Rational(1, 10**30))) is False
    with pytest.raises(NoValue):
        v.value(NWGM(delta[1]))


def test_strict_inequality_of_equal_numbers_is_not_decided_by_digits() -> None:
    with mp.workdps(60):
        assert truth(Values({}), less(sp.exp(1), sp.E)) is None
        assert truth(Values({}), less(sp.Rational(1, 3), sp.Rational(1, 3))) is False


def test_what_it_cannot_do_it_says() -> None:
    with pytest.raises(CannotRecheck, match="outside an expectation"):
        Values(INSTANCE).value(S)
    with pytest.raises(CannotRecheck, match="no value for"):
        Values({}).value(n)


def test_a_false_witness_is_contradicted() -> None:
    made = claim(less_equal(Var(S), 1), hypotheses=(Hypothesis("size", less_equal(2, n)),))
    good = {"n": "2", "w": ["2", "2"], "p": ["1/2", "1/2"]}
    assert recheck_counterexample(made, {"instance": good}).status == "confirmed"
    for changed, reason in (({"w": ["1", "1"]}, "the statement holds"), ({"p": ["1/2", "3/2"]}, "outside"),
                            ({"n": "1", "w": ["4"], "p": ["1/2"]}, "hypothesis 'size' fails")):
        found = recheck_counterexample(made, {"instance": good | changed})
        assert (found.status, reason in found.reason) == ("contradicted", True), found


def test_a_family_has_entries_and_a_function_a_formula() -> None:
    f = sp.Function("f", real=True)
    made = claim(less_equal(E(f(S)), 1))
    good = {"n": "1", "w": ["2"], "p": ["1"], "f": "Lambda(x, x)"}
    assert recheck_counterexample(made, {"instance": good}).status == "confirmed"
    for wrong in ({"f": ["1"]}, {"f": {"[1]": "1"}}, {"w": "Lambda(x, x)"}, {"w": "1"}):
        assert recheck_counterexample(made, {"instance": good | wrong}).status == "not rechecked"


def test_a_wrong_claim_that_is_said_to_hold_is_contradicted() -> None:
    assert recheck_holds(claim(equal(Var(S), sp.Sum(w[i] ** 2 * p[i], (i, 1, n)))), draw).status == "contradicted"
    assert recheck_holds(claim(equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n)))), draw).status == "confirmed"


def test_every_recorded_counterexample_is_confirmed() -> None:
    """By what is published of it. Limits superior and networks of thousands of masks have no second path."""
    recorded = {c["id"]: c for c in Ledger.read()}
    outcomes = [recheck_counterexample(c, recorded[c.id]["counterexample"]) for c in load()
                if c.id in recorded and recorded[c.id]["counterexample"]]
    assert not [o for o in outcomes if o.status == "contradicted"]
    assert len([o for o in outcomes if o.status == "confirmed"]) >= 0.9 * len(outcomes) > 80


def draw(claim: Claim) -> Iterator[Any]:
    return drawn(claim, 1, 2)


def test_the_two_paths_share_no_evaluation() -> None:
    """The room imports the language only: instances to judge are handed in."""
    folder = Path(dropout_theory.recheck.__file__).parent
    allowed = ("dropout_theory.language", "dropout_theory.recheck")
    for name in sorted(p.name for p in folder.glob("*.py")):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dropout_theory"):
                assert node.module.startswith(allowed) or node.names[0].name == "language", (name, node.module)
                assert not {a.name for a in node.names} & {"evaluate", "stirling2"}


def test_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["recheck", "baldi2014:eq57*", "--json", str(tmp_path / "out.json")]) == 0
    assert "counterexample: " in capsys.readouterr().out
    assert '"status": "confirmed"' in (tmp_path / "out.json").read_text()
