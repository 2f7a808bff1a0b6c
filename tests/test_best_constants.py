"""The numbers that the claims on best constants speak of are means over two equally likely outcomes."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb

from dropout_theory.domains import POSITIVE
from dropout_theory.evaluate import Evaluator
from dropout_theory.expectations.enumeration import expectation
from dropout_theory.language import E, G, Var, distribution, family, size, subnetwork
from dropout_theory.papers.baldi2014.s08_best_constants import TwoNumbers

m = size("m")
P, O = distribution("P", m), family("O", POSITIVE, m)  # noqa: E741 - the paper's letter for an output
N = subnetwork("N", P)


@pytest.mark.parametrize("one,other", [("1/4", "1"), ("4/9", "1/9"), ("1/3", "1/3"), ("1/5", "4/5"), ("2", "1/7")])
def test_moments_are_those_of_the_ensemble(one: str, other: str) -> None:
    half, numbers = sp.Rational(1, 2), TwoNumbers(sp.Rational(one), sp.Rational(other))
    values = {m: sp.Integer(2), P: {(1,): half, (2,): half}, O: {(1,): sp.Rational(one), (2,): sp.Rational(other)}}
    ensemble = Evaluator(values, expectation)
    pairs = [(E(O[N]), numbers.mean), (Var(O[N]), numbers.variance), (G(O[N]), numbers.geometric),
             (E((O[N] - G(O[N])) ** 2), numbers.around_geometric), (E(O[N]) - G(O[N]), numbers.gap)]
    for wanted, written in pairs:
        difference = arb(ensemble.value(wanted)) - arb(ensemble.value(sp.nsimplify(written)))
        assert abs(difference) < 1e-12, (wanted, written)
    assert {numbers.smallest, numbers.largest} == {min(values[O].values()), max(values[O].values())}
