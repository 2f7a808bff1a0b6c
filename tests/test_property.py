"""The property checker: shrinks to the smallest counterexample, repeats itself, refuses nothing it should judge."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest
import sympy as sp

from dropout_theory.checkers.property import DrawnChooser, property_test
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import (
    OPEN_PROBABILITY,
    PROBABILITY,
    REAL,
    E,
    Exists,
    SameToOrder,
    Scalar,
    Var,
    equal,
    family,
    gates,
    index,
    interval,
    less,
    less_equal,
    logistic,
    size,
    weights,
)
from dropout_theory.verdicts.kernel import Context, derive

n, i = size("n"), index("i")
w = weights("w", n)
p = family("p", PROBABILITY, n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
q, x = Scalar("q", PROBABILITY), Scalar("x", REAL)
FAST = Context(fast=True)


def claim(statement: Any, *hypotheses: Any, **details: Any) -> Claim:
    named = tuple(Hypothesis(f"h{k}", h) for k, h in enumerate(hypotheses))
    return Claim("toy:eq1", "toy", statement, "1", "eq. (1)", hypotheses=named, **details)


@pytest.mark.parametrize("statement", [
    equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n))),
    equal(Var(S), sp.Sum(w[i] ** 2 * p[i] * (1 - p[i]), (i, 1, n))),
    less_equal(q * (1 - q), sp.Rational(1, 4)),
])
def test_true_statements_hold(statement: Any) -> None:
    found = property_test.check(claim(statement), FAST)
    assert (found.outcome, found.rigor) == ("holds", "sampled")
    assert found.figures["tried"] >= 8


@pytest.mark.parametrize("statement, smallest", [
    (equal(Var(S), sp.Sum(w[i] ** 2 * p[i], (i, 1, n))), {"n": "1", "w": ["1"], "p": ["1"]}),
    (equal(E(S) ** 2, E(S**2)), {"n": "1", "w": ["1"], "p": ["1/2"]}),
    (equal(E(logistic(S)), logistic(E(S))), {"n": "1", "w": ["1"], "p": ["1/2"]}),
    (less(q * (1 - q), sp.Rational(1, 4)), {"q": "1/2"}),
    (less_equal(x**2, x + 1), {"x": "-1"}),
    (less_equal(n, 2), {"n": "3"}),
])
def test_shrinks_to_the_smallest_counterexample(statement: Any, smallest: Any) -> None:
    found = property_test.check(claim(statement), FAST)
    assert (found.outcome, found.rigor) == ("fails", "sampled")
    assert found.counterexample is not None and found.counterexample["instance"] == smallest
    assert derive(claim(statement), [found]).verdict == "refuted"


def test_counterexample_meets_the_hypotheses() -> None:
    found = property_test.check(claim(less_equal(x**2, x + 1), less(3, x)), Context())
    assert found.outcome == "fails" and found.counterexample is not None
    assert sp.Rational(found.counterexample["instance"]["x"]) > 3


def test_no_admissible_instance_is_unknown() -> None:
    found = property_test.check(claim(equal(q, 0), equal(q * q + 1, 0)), FAST)
    assert found.outcome == "unknown" and "h0" in found.scope


def test_undecidable_instances_are_no_support() -> None:
    found = property_test.check(claim(equal(sp.gamma(x), sp.gamma(x)), less_equal(1, x)), FAST)
    assert found.outcome == "unknown"


def test_an_undefined_term_is_a_counterexample() -> None:
    log = sp.log(x, evaluate=False)
    found = property_test.check(claim(equal(log, log), less_equal(x, 0)), FAST)
    assert found.outcome == "fails" and found.counterexample is not None
    assert "logarithm" in found.counterexample["undefined"]


def test_same_seed_same_answer() -> None:
    wrong = claim(equal(E(S) ** 2, E(S**2)))
    right = claim(equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n))))
    for made in (wrong, right):
        first, second = (property_test.check(made, Context(seed=7)) for _ in range(2))
        assert (first.figures, first.counterexample) == (second.figures, second.counterexample)


def test_seeds_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[int]] = []
    integer = DrawnChooser.integer

    def noted(self: DrawnChooser, *arguments: Any) -> int:
        value = integer(self, *arguments)
        drawn[-1].append(value)
        return value

    monkeypatch.setattr(DrawnChooser, "integer", noted)
    for seed in (1, 2):
        drawn.append([])
        property_test.check(claim(equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n)))), Context(seed=seed, fast=True))
    assert drawn[0] != drawn[1]


def test_leaves_no_files_and_no_settings(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from hypothesis import configuration, settings
    from hypothesis.internal.conjecture import providers

    monkeypatch.chdir(tmp_path)
    before = (configuration.storage_directory("x", intent_to_write=False).path, settings.default,
              providers._get_local_constants, providers.CONSTANTS_CACHE)
    property_test.check(claim(less_equal(x**2, x + 1)), FAST)
    after = (configuration.storage_directory("x", intent_to_write=False).path, settings.default,
             providers._get_local_constants, providers.CONSTANTS_CACHE)
    assert before == after
    assert list(tmp_path.iterdir()) == []


def test_says_so_when_hypothesis_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "hypothesis":
            raise ImportError(name)
        return real(name, *rest, **more)

    for name in [m for m in sys.modules if m == "hypothesis"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    found = property_test.check(claim(less_equal(x**2, x + 1)), FAST)
    assert found.outcome == "unknown" and "not installed" in found.scope


@pytest.mark.parametrize("statement, reason", [
    (Exists(equal(x, 1), (x,)), "existential"),
    (SameToOrder(q * x, 0, x, 0), "limit"),
    (less(2, sp.pi), "numbers"),
    (None, "no formal"),
])
def test_says_where_it_does_not_apply(statement: Any, reason: str) -> None:
    assert reason in str(property_test.applies(claim(statement)))


class Always:
    """A stand-in for hypothesis' draw: always the least choice."""

    def __call__(self, strategy: Any) -> Any:
        from hypothesis import find

        return find(strategy, lambda _: True)


NARROW = interval(sp.Rational(1, 50), sp.Rational(1, 40))


@pytest.mark.parametrize("domain", [REAL, PROBABILITY, OPEN_PROBABILITY, NARROW,
                                    interval(-sp.oo, -3), interval(7, sp.oo, open_below=True)])
def test_numbers_stay_in_their_domain(domain: Any) -> None:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as hs

    @settings(max_examples=40, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hs.data())
    def inside(data: Any) -> None:
        assert domain.contains(DrawnChooser(data.draw).number("x", domain))

    inside()
    assert domain.contains(DrawnChooser(Always()).number("x", domain))
