"""Authors referee statements of their own with one call."""

from __future__ import annotations

import pytest
import sympy as sp

import dropout_theory
from dropout_theory.claims import ClaimError
from dropout_theory.language import PROBABILITY, Scalar, Var, equal, gates, index, less_equal, size, weights

n, i = size("n"), index("i")
w = weights("w", n)
p = Scalar("p", PROBABILITY)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
METHODS = ("admissible", "symbolic", "decide", "exact")


def test_a_true_statement_is_proved_for_every_size() -> None:
    found = dropout_theory.referee(equal(Var(S), p * (1 - p) * sp.Sum(w[i] ** 2, (i, 1, n))), methods=METHODS)
    assert found.verdict.verdict == "proved" and found.counterexample is None
    assert "proved" in str(found)


def test_a_wrong_statement_shows_its_counterexample_in_text_and_html() -> None:
    found = dropout_theory.referee(equal(Var(S), p * sp.Sum(w[i] ** 2, (i, 1, n))), title="<lost factor>",
                                   methods=METHODS)
    assert found.verdict.verdict == "refuted" and found.counterexample and found.counterexample["instance"]["n"] == "1"
    bundle = found._repr_mimebundle_()
    assert "refuted" in bundle["text/plain"] and "<table>" in bundle["text/html"]
    assert "<lost factor>" not in bundle["text/html"]


def test_bare_conditions_are_hypotheses() -> None:
    statement = less_equal(p**2, p / 2)
    assert dropout_theory.referee(statement, methods=METHODS).verdict.verdict == "refuted"
    limited = dropout_theory.referee(statement, hypotheses=[less_equal(p, sp.S.Half)], methods=METHODS)
    assert limited.verdict.verdict == "proved"


def test_bad_input_is_named() -> None:
    with pytest.raises(ClaimError, match="statement is Add"):
        dropout_theory.referee(sp.Symbol("x") + 1)
    with pytest.raises(ValueError, match="method is 'magic'"):
        dropout_theory.referee(less_equal(p, 1), methods=("magic",))
