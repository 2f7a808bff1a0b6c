"""Rules about indices refuse what does not follow."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.language import (
    NATURAL,
    PROBABILITY,
    Cov,
    E,
    ForEach,
    Scalar,
    equal,
    family,
    gates,
    index,
    less_equal,
    size,
    weights,
)
from dropout_theory.proof import (
    apart,
    assume,
    at_value,
    entry_below_sum,
    generalise,
    generalise_offset,
    identity,
    mirrored,
    rewrite,
    sift,
    specialise,
)

n = size("n")
i, j, l = index("i"), index("j"), index("l")
w = weights("w", n)
p = family("p", PROBABILITY, n)
above = sp.Ge(l, i + 1, evaluate=False)


def test_apart_needs_a_premise() -> None:
    assert apart(i, l, assume(above)).conclusion == equal(sp.KroneckerDelta(i, l), 0)
    with pytest.raises(ProofError, match="not known to differ"):
        apart(i, l, assume(sp.Ge(l, i, evaluate=False)))


def test_sift_needs_the_index_in_range() -> None:
    inside = [assume(sp.Ge(i, 1, evaluate=False)), assume(sp.Le(i, n, evaluate=False))]
    whole = sp.Sum(sp.KroneckerDelta(j, i) * w[j], (j, 1, n))
    assert sift(w[j], (j, 1, n), i, *inside).conclusion == equal(whole, w[i])
    with pytest.raises(ProofError, match="in range"):
        sift(w[j], (j, 1, n), i, inside[0])
    with pytest.raises(ProofError, match="summation index"):
        sift(w[j], (j, 1, n), j, *inside)


def test_an_entry_is_below_the_sum_of_non_negative_entries_only() -> None:
    inside = [assume(sp.Ge(i, 1, evaluate=False)), assume(sp.Le(i, n, evaluate=False))]
    assert entry_below_sum(p[j], (j, 1, n), i, *inside).conclusion == less_equal(p[i], sp.Sum(p[j], (j, 1, n)))
    with pytest.raises(ProofError, match="non-negative"):
        entry_below_sum(w[j], (j, 1, n), i, *inside)
    with pytest.raises(ProofError, match="in range"):
        entry_below_sum(p[j], (j, 1, n), i)


def test_offsets_start_at_the_first_value_of_the_range() -> None:
    gap, positive = Scalar("g", NATURAL), size("g")
    delta = gates("delta", p, n)
    body = equal(Cov(delta[i], delta[l]), 0)
    theorem = identity(Cov(delta[i], delta[i + 1 + gap]), 0)
    found = generalise_offset(theorem, gap, body, (i, 1, n), (l, i + 1, n))
    assert found.conclusion == ForEach(body, (i, 1, n), (l, i + 1, n))
    with pytest.raises(ProofError, match="not the body"):
        generalise_offset(theorem, gap, body, (i, 1, n), (l, i, n))
    with pytest.raises(ProofError, match="not a natural number"):
        generalise_offset(theorem, positive, body, (i, 1, n), (l, i + 1, n))


def test_only_assumptions_of_the_range_are_dropped() -> None:
    ranged = generalise(assume(above), (l, i + 1, n))
    assert not ranged.given
    with pytest.raises(ProofError, match="restricts"):
        generalise(assume(above), (l, i, n))
    with pytest.raises(ProofError, match="restricts"):
        generalise(assume(above), (i, 1, n))


def test_rewriting_refuses_assumptions_about_bound_atoms() -> None:
    total = sp.Sum(w[j], (j, 1, n))
    zero = assume(equal(w[j], 0))
    with pytest.raises(ProofError, match="bind"):
        rewrite(identity(total, total), zero)
    delta = gates("delta", p, n)
    kept = assume(equal(delta[1], 1))
    with pytest.raises(ProofError, match="bind"):
        rewrite(identity(E(delta[1]), p[1]), kept)


def test_a_special_value_speaks_of_that_value_only() -> None:
    a = Scalar("a", NATURAL)
    statement = equal(a**2, a)
    theorem = identity(sp.S.Zero, 0)
    found = at_value(statement, assume(equal(a, 0)), theorem)
    assert found.conclusion == statement and found.given == {equal(a, 0)}
    with pytest.raises(ProofError, match="not the statement"):
        at_value(statement, assume(equal(a, 2)), identity(sp.Integer(4), 4))


def test_symmetry_is_of_equalities() -> None:
    a, b = Scalar("a"), Scalar("b")
    assert mirrored(assume(equal(a, b))).conclusion == equal(b, a)
    with pytest.raises(ProofError, match="not an equality"):
        mirrored(assume(less_equal(a, b)))


def test_an_index_known_to_be_positive_does_not_range_below_one() -> None:
    positive = sp.Symbol("s", integer=True, positive=True)
    with pytest.raises(ProofError, match="may leave"):
        sift(w[positive], (positive, -1, n), i)


def test_specialise_needs_premises_for_an_expression() -> None:
    every = assume(ForEach(less_equal(0, w[j]), (j, 1, n)))
    low, high = assume(sp.Ge(i, 0, evaluate=False)), assume(sp.Le(i, n - 1, evaluate=False))
    found = specialise(every, i + 1, premises=(low, high))
    assert found.conclusion == less_equal(0, w[i + 1])
    assert found.given == {*every.given, *low.given, *high.given}
    for premises in ((), (low,), (high,)):
        with pytest.raises(ProofError, match="not known to be in range"):
            specialise(every, i + 1, premises=premises)
