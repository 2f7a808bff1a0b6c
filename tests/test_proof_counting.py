"""Rules for counting refuse what does not follow, and agree with small numbers."""

from __future__ import annotations

from math import comb

import pytest
import sympy as sp

from dropout_theory.claims import FACTS, ProofError, load, load_proofs
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.values import Truth
from dropout_theory.language import (
    INTEGER,
    REAL,
    Scalar,
    different,
    equal,
    family,
    index,
    less,
    less_equal,
    natural,
    size,
)
from dropout_theory.proof import (
    arithmetic,
    assume,
    binomial_absorbed,
    binomial_mirrored,
    binomial_next,
    binomial_not_negative,
    binomial_total,
    constant_sum,
    each_value,
    evaluated,
    integer_gap,
    mirrored_sum,
    parity,
    rounding,
    same_integer,
    split_sum,
)

n, m, k = size("n"), natural("m"), natural("k")
z = Scalar("z", INTEGER)
x = Scalar("x")
i = index("i")
w = family("w", REAL, (i, 1, n))


@pytest.mark.parametrize("rule", [binomial_next, binomial_absorbed, binomial_mirrored, binomial_not_negative])
def test_binomial_rules_hold_for_small_numbers(rule: object) -> None:
    statement = rule(m, k).conclusion  # type: ignore[operator]
    for top in range(6):
        for bottom in range(8):
            evaluated(statement.xreplace({m: sp.Integer(top), k: sp.Integer(bottom)}))
    assert sum(comb(5, j) for j in range(6)) == 2**5


def test_binomial_rules_need_natural_numbers() -> None:
    for rule in (binomial_next, binomial_absorbed):
        with pytest.raises(ProofError, match="at least 0"):
            rule(m, z)
        with pytest.raises(ProofError, match="at least 0"):
            rule(z, k)
        with pytest.raises(ProofError, match="integer"):
            rule(x, k)
    with pytest.raises(ProofError, match="summation index"):
        binomial_total(i**2, i)


def test_a_sum_is_split_inside_its_range_only() -> None:
    whole = sp.Sum(w[i], (i, 1, n))
    assert split_sum(whole, n - 1).conclusion.args[0] == whole
    with pytest.raises(ProofError, match="in the range"):
        split_sum(whole, n + 1)
    with pytest.raises(ProofError, match="in the range"):
        split_sum(whole, z)
    with pytest.raises(ProofError, match="fixed integer"):
        split_sum(whole, x)


def test_a_mirrored_sum_has_mirrored_ends() -> None:
    mirrored = mirrored_sum(sp.Sum(i**2, (i, 1, 4)), sp.Integer(7)).conclusion
    assert mirrored.args[1].limits[0][1:] == (3, 6)
    assert mirrored.args[0].doit() == mirrored.args[1].doit() == 30
    with pytest.raises(ProofError, match="fixed integer"):
        mirrored_sum(sp.Sum(i**2, (i, 1, 4)), x)


def test_constant_terms_are_counted_only_in_a_range_that_is_not_reversed() -> None:
    assert constant_sum(x, (i, 1, n)).conclusion.args[1] == n * x
    assert constant_sum(x, (i, 1, m)).conclusion.args[1] == m * x
    with pytest.raises(ProofError, match="at least"):
        constant_sum(x, (i, 1, z))
    with pytest.raises(ProofError, match="depends"):
        constant_sum(w[i], (i, 1, n))


def test_rounding_is_for_floors_and_ceilings() -> None:
    assert rounding(sp.floor(x)).conclusion.args == (less_equal(sp.floor(x), x), less(x, sp.floor(x) + 1))
    with pytest.raises(ProofError, match="not a floor"):
        rounding(x)


def test_integers_within_one_are_equal_and_reals_are_not() -> None:
    near = assume(less(m, k + 1)), assume(less(k, m + 1))
    assert same_integer(m, k, *near).conclusion == equal(m, k)
    with pytest.raises(ProofError, match="within 1"):
        same_integer(m, k, near[0])
    with pytest.raises(ProofError, match="integer"):
        same_integer(x, k, *near)
    assert integer_gap(assume(less(m, k))).conclusion == less_equal(m + 1, k)
    with pytest.raises(ProofError, match="strict"):
        integer_gap(assume(less_equal(m, k)))
    with pytest.raises(ProofError, match="integer"):
        integer_gap(assume(less(x, k)))


def test_every_value_is_tried_and_exceptions_are_kept_as_assumptions() -> None:
    other = different(n, 3)
    statement = different((n - 3) * (n - 20), 0)
    with pytest.raises(ProofError, match="false"):
        each_value(n, statement, 10)
    theorem = each_value(n, statement, 10, other)
    assert theorem.given == {other, sp.Lt(n, 10, evaluate=False)}
    with pytest.raises(ProofError, match="false"):
        each_value(n, statement, 21, other)
    with pytest.raises(ProofError, match="alone"):
        each_value(n, less_equal(n, m), 10)
    with pytest.raises(ProofError, match="no least value"):
        each_value(z, less_equal(z, 10), 10)


def test_parity_needs_both_halves() -> None:
    statement = less_equal(0, m)
    even, odd = arithmetic(less_equal(0, 2 * k)), arithmetic(less_equal(0, 2 * k + 1))
    assert parity(m, k, statement, even, odd).conclusion == statement
    with pytest.raises(ProofError, match="is not"):
        parity(m, k, statement, even, even)
    with pytest.raises(ProofError, match="restricts"):
        parity(m, k, statement, even, arithmetic(less_equal(0, 2 * k + 1), assume(less_equal(3, k))))
    with pytest.raises(ProofError, match="not natural"):
        parity(n, k, less_equal(0, n), even, odd)


def test_wallis_bounds_hold_for_small_numbers_and_are_not_far_off() -> None:
    load("helmbold2017")
    load_proofs("helmbold2017")
    statement = FACTS["wallis"].statement
    (half,) = statement.free_symbols
    for count in [*range(20), 200]:
        assert judge(statement, {half: count}, None).truth is Truth.TRUE
    for part in statement.args:  # with another constant for pi neither holds
        for wrong in (sp.Rational(31, 10), sp.Rational(32, 10)):
            changed = part.xreplace({sp.pi: wrong})
            found = {judge(changed, {half: count}, None).truth for count in (1, 10, 100)}
            assert (found == {Truth.TRUE}) is (bool(wrong < sp.pi) is part.lhs.has(sp.pi))
