"""One budget for false alarms, and exploring with new seeds: what fails is shown with the seed that repeats it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp
from test_runner import record

from dropout_theory.checkers.montecarlo import statistical
from dropout_theory.claims import Claim, Registry
from dropout_theory.cli import main as cli
from dropout_theory.language import (
    PROBABILITY,
    E,
    Relu,
    Var,
    equal,
    family,
    gates,
    index,
    less_equal,
    logistic,
    size,
    weights,
)
from dropout_theory.report.ledger import Ledger
from dropout_theory.running.runner import BudgetError, require_budget, run
from dropout_theory.sampling.intervals import clopper_pearson_interval
from dropout_theory.verdicts.kernel import FALSE_ALARM_BUDGET, Context, Finding, checker


@pytest.fixture
def toy_ledger(tmp_path: Path) -> str:
    path = tmp_path / "ledger.json"
    record().write(path)
    return str(path)


def test_the_recorded_statistical_checks_share_one_budget() -> None:
    shares = [e["figures"]["error_probability"] for c in Ledger.read() for e in c["evidence"]
              if e["method"] == "montecarlo"]
    assert len(shares) > 100 and sum(shares) <= FALSE_ALARM_BUDGET


def test_more_checks_than_the_budget_allows_are_refused() -> None:
    require_budget(1000, 1e-9)
    with pytest.raises(BudgetError, match="1001 statistical checks.*allowed: 1e-06"):
        require_budget(1001, 1e-9)
    import fake_claims

    with pytest.raises(BudgetError, match="allowed"):
        run(context=Context(error_probability=0.01), claims=fake_claims.registry, checkers=fake_claims.checkers)


def flaky_registry() -> Registry:
    import fake_claims

    return fake_claims.registry()


def flaky_checkers() -> dict:
    """A statistical checker that speaks against the proved claim at odd seeds."""
    import fake_claims

    @checker("montecarlo", lambda claim: None if claim.id == "toy:eq1" else "nothing is random")
    def montecarlo(claim: Claim, context: Context) -> Finding:
        if context.seed % 2:
            return Finding("fails", "statistical", "excluded at an instance", counterexample={"instance": {}})
        return Finding("holds", "statistical", "1 draw")

    return {**fake_claims.checkers(), "montecarlo": montecarlo}


def test_a_failure_is_shown_with_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toy_ledger: str,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flaky_claims.py").write_text(
        "from test_explore import flaky_registry as registry, flaky_checkers as checkers\n")
    monkeypatch.syspath_prepend(tmp_path)
    common = ["explore", "--claims", "flaky_claims", "--ledger", toy_ledger, "--jobs", "1"]
    assert cli.main([*common, "--first-seed", "7", "--rounds", "3"]) == 1
    out = capsys.readouterr().out
    assert "round 1 of 3, seed 7" in out and "dropout-theory check toy:eq1 --method montecarlo --seed 7" in out
    assert "--seed 8" not in out and "--seed 9" in out
    assert "false alarms: 2 of 3" in out
    assert cli.main([*common, "--first-seed", "8"]) == 0
    assert "false alarms: 0 of 1" in capsys.readouterr().out


n, i = size("n"), index("i")
w, p = weights("w", n), family("p", PROBABILITY, n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
TRUE = [equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n))), equal(Var(S), sp.Sum(w[i] ** 2 * p[i] * (1 - p[i]), (i, 1, n))),
        equal(E(Relu(S)), E(S) / 2 + E(sp.Abs(S)) / 2), less_equal(E(logistic(S)), 1)]


def test_rate_of_false_alarms_on_true_statements() -> None:
    """At an error probability a thousand million times the usual one alarms would be common were the bounds wrong.

    The test itself raises a false alarm with probability below 1e-6: it fails only where the rate of failing checks
    is above the nominal one with that confidence.
    """
    nominal, rounds = 0.3, 8
    found = [statistical.check(Claim("toy:eq1", "toy", s, "1", "eq. (1)"),
                               Context(seed=seed, fast=True, error_probability=nominal))
             for s in TRUE for seed in range(rounds)]
    alarms = sum(f.outcome == "fails" for f in found)
    assert clopper_pearson_interval(len(found), alarms, 2e-6)[0] <= nominal
    assert sum(f.outcome == "holds" for f in found) > 0.5 * len(found)
