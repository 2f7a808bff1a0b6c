"""The decision procedure refuses continuous levels hidden in keep probabilities, and nested means ignore masks."""

from dropout_theory.checkers import get_checker
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import (
    OPEN_PROBABILITY,
    E,
    Scalar,
    Statement,
    Var,
    different,
    equal,
    gates,
    less,
    size,
    uniform,
)
from dropout_theory.verdicts.kernel import Context, Evidence

p = Scalar("p", OPEN_PROBABILITY)


def decide(statement: Statement) -> Evidence:
    return get_checker("decide").check(Claim("paper:test", "test", statement, "1", "test"), Context())


def test_a_level_hidden_in_a_keep_probability_is_not_a_bernoulli_variable() -> None:
    level = gates("M", uniform("rho", 0, p), 1)
    assert decide(different(E(level[1]), p / 2)).outcome == "unknown"
    assert decide(equal(E(level[1]), 0)).outcome == "unknown"


def test_a_nested_mean_is_a_number() -> None:
    gate = gates("M", p, 1)
    assert decide(equal(E((gate[1] - E(gate[1])) ** 2), Var(gate[1]))).outcome == "holds"
    assert decide(less(E((gate[1] - E(gate[1])) ** 2), 0)).outcome == "fails"


def test_sizes_that_the_hypotheses_exclude_are_no_evidence() -> None:
    n = size("n")
    many, never = Hypothesis("n > 3", less(3, n)), Hypothesis("p > 1", less(1, p))
    claim = Claim("paper:test", "test", less(p, n), "1", "test", hypotheses=(many,), limits={"max_size": 9})
    found = get_checker("decide").check(claim, Context())
    assert found.outcome == "holds" and "n=4" in found.scope and "n=3" not in found.scope
    empty = Claim("paper:test", "test", less(p, 0), "1", "test", hypotheses=(never,))
    assert get_checker("decide").check(empty, Context()).outcome == "unknown"
