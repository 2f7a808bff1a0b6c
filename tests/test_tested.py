"""Steps tried at instances: false ones are found, instances are different in what is read, assumptions are met."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import sympy as sp

from dropout_theory.claims import load
from dropout_theory.cli import main as cli
from dropout_theory.language import (
    PROBABILITY,
    REAL,
    E,
    Exists,
    ForAll,
    ForEach,
    Scalar,
    equal,
    gates,
    implies,
    index,
    less,
    less_equal,
    size,
    weights,
)
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.translation import term
from dropout_theory.report import derivations
from dropout_theory.report.steps import kept
from dropout_theory.running import every_step
from dropout_theory.running.tested import CONSTANT, NO_MORE, NO_RULE, NOT_MET, Trial
from dropout_theory.running.tested import tested as tried

n, i, k = size("n"), index("i"), index("k")
w, p = weights("w", n), Scalar("p", PROBABILITY)
d = gates("d", p, n)
x, y, z = (Scalar(name, REAL) for name in "xyz")


def step(conclusion: Any, *given: Any) -> Step:
    return Step("a rule", term(conclusion), frozenset(map(term, given)))


@pytest.mark.parametrize("conclusion,given", [
    (equal(x + y, x), ()),
    (less(0, x**2), ()),
    (equal(sp.Sum(w[i], (i, 1, n)), sp.Sum(w[i], (i, 1, n + 1))), ()),
    (equal(E(d[1] * d[2]), p), (less_equal(2, n),)),
    (equal(d[i], 1), ()),
    (equal(x, 1), (equal(x**2, 1),)),
    (less(x, y), (equal(x + 2 * y, 7), less_equal(x, 3))),
    (equal(sp.Pow(x, -1) + y, y + sp.Pow(x, -1)), ()),
    (ForAll(less_equal(x, y), (x,)), ()),
])
def test_a_false_step_is_found(conclusion: Any, given: tuple[Any, ...]) -> None:
    assert tried(step(conclusion, *given)).found[0] == "failed"


@pytest.mark.parametrize("conclusion,given", [
    (less_equal(0, x**2), ()),
    (equal(y, 2 * x + 1), (equal(y - 1, 2 * x),)),
    (equal(x, 3), (equal(2 * x + y, 7), equal(y, 1), less_equal(z, 2))),
    (less(0, x * y), (less(x, -5), less(y, -7))),
    (equal(E(d[i]), p), ()),
    (equal(d[i]**2, d[i]), ()),
    (less_equal(w[i], w[k]), (ForEach(equal(w[i], 5), (i, 1, n)), less_equal(1, i), less_equal(i, n),
                              less_equal(1, k), less_equal(k, n))),
    (ForAll(less_equal(x, x**2 + 1), (x,)), ()),
    (implies(less(0, x), less(0, x * y)), (less(0, y),)),
])
def test_a_true_step_holds_where_its_assumptions_are_met(conclusion: Any, given: tuple[Any, ...]) -> None:
    found = tried(step(conclusion, *given))
    assert found.found[0] == "tested", found


def test_instances_are_different_in_what_the_conclusion_reads() -> None:
    assert tried(step(less_equal(0, x**2), less_equal(y, z))).held == 10
    # y and z take many values; of what is concluded there is one instance
    assert tried(step(equal(x, 1), equal(x, 1), less_equal(y, z))) == Trial(1, why=NO_MORE)
    assert tried(step(equal(d[1]**2, d[1]))).held == 2
    assert tried(step(less(1, sp.Rational(3, 2)))) == Trial(1, why=CONSTANT)


def test_sizes_grow_until_there_are_ten() -> None:
    assert tried(step(equal(2 * sp.Sum(i, (i, 1, n)), n * (n + 1)))).held == 10


def test_why_there_is_no_instance() -> None:
    assert tried(step(equal(x, y), less(x, 0), less(0, x))).why == NOT_MET
    about = Step("a rule", term(Exists(equal(x, 1), (x,))))
    assert tried(about).why == NO_RULE


def test_the_same_instances_in_every_run() -> None:
    false = step(less_equal(x * y, 1))
    assert tried(false) == tried(false)


def test_every_step_of_a_paper() -> None:
    found = every_step.audit(proofs(), proofs, 1)
    totals = every_step.totals(found.records, proofs())
    assert found.records and not found.failures
    assert totals["all"]["false"] == 0 and totals["all"]["at ten or more"] > 0
    assert sum(totals["all"].values()) == sum(len(r["steps"]) for r in found.records.values())


@pytest.mark.long
@pytest.mark.timeout(0)
def test_no_step_of_a_recorded_proof_is_false_at_an_instance() -> None:
    """All of them, those too that a validator has checked; and what was found of them is what is on record."""
    registry = load()
    all_proofs = derivations.load(registry.papers)
    found = every_step.audit(all_proofs, partial(derivations.load, registry.papers), 2)
    totals = every_step.totals(found.records, all_proofs)
    assert not found.failures and not totals["all"]["false"]
    assert totals == kept("instances")


def proofs() -> Any:
    """The recorded proofs of a few claims."""
    chosen = {c.id for c in load().select(["marginalized:eq*"])}
    return {claim: last for claim, last in derivations.load(["marginalized"]).items() if claim in chosen}


def test_a_false_step_among_all_fails_the_run(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(every_step, "tested", lambda step, functions: Trial(3, "false at x = 1"))
    assert cli.main(["recheck", "marginalized:eq5", "--proofs", "--every-step", "--jobs", "1", "-q"]) == 1
    assert "false at x = 1" in capsys.readouterr().out


@pytest.mark.parametrize("options", [
    ["--every-step"], ["--record"], ["--search"], ["--proofs", "--decided"], ["--proofs", "--search", "0"],
    ["--proofs", "--every-step", "--search"], ["--decided", "--record", "marginalized"],
])
def test_options_that_say_nothing_together(options: list[str], capsys: Any) -> None:
    assert cli.main(["recheck", *options]) == 2
    assert "allowed" in capsys.readouterr().err or options[-1] == "0"
