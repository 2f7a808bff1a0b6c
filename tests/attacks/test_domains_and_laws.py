"""Cause 6: domains without members, laws that are none, and recursions that leave the domain they declare."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    O,
    P,
    c,
    contradiction,
    e,
    i,
    k,
    m,
    n,
    not_accused,
    p,
    q,
    refused,
    unconditional,
    x,
)
from dropout_theory import language as lang
from dropout_theory.language import (
    INTEGER,
    NONNEGATIVE,
    OPEN_PROBABILITY,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIZE,
    UNIT,
    Domain,
    E,
    Gates,
    RandomIndex,
    RandomScalar,
    Relu,
    Scalar,
    distribution,
    equal,
    family,
    gates,
    index,
    interval,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
    subnetwork,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    evaluated,
    expected,
    given_gates,
    identity,
    induction,
    instance,
    integer_gap,
    jensen,
    over_masks,
    two_outcomes,
    unfolded,
    written_out,
)

DOMAIN = "empty|domain|lower|upper|member|probab|keep|law|deviation|index|size|range|base|step|real|number|sum"
l = index("l")  # noqa: E741
LAYERS = ((l, 0, n),)
slot = placeholder("unit", LAYERS)


def between_halves() -> Scalar:
    """A scalar that is an integer strictly between 0 and 1."""
    return Scalar("v", Domain("none", 0, 1, True, True, integer=True))


def test_a_half_open_point() -> None:
    """0 = 1: a number above 0 and at most 0."""
    with refused(DOMAIN):
        v = Scalar("v", interval(0, 0, open_below=True))
        contradiction(arithmetic(less(v, v - 1)))


def test_a_domain_whose_ends_are_crossed() -> None:
    """0 = 1: a number of at least 1 and at most 0."""
    with refused(DOMAIN):
        v = Scalar("v", Domain("crossed", 1, 0))
        contradiction(arithmetic(less(v, v - 1)))


def test_a_domain_beyond_infinity() -> None:
    """0 = 1: a number above all numbers."""
    with refused(DOMAIN):
        v = Scalar("v", Domain("beyond", sp.oo, sp.oo))
        contradiction(arithmetic(less(v, v - 1)))


def test_an_integer_between_integers() -> None:
    """0 = 1: an integer strictly between 0 and 1."""
    with refused(DOMAIN):
        v = between_halves()
        contradiction(integer_gap(arithmetic(less(0, v))))


def test_an_integer_between_thirds() -> None:
    """0 = 1: an integer between 1/3 and 2/3."""
    with refused(DOMAIN):
        v = Scalar("v", Domain("thirds", sp.Rational(1, 3), sp.Rational(2, 3), integer=True))
        contradiction(integer_gap(arithmetic(less(0, v))))


@pytest.mark.parametrize("ends", [(sp.nan, 1), (0, sp.nan), (sp.I, 2), (sp.zoo, 1), (x, 1)], ids=str)
def test_ends_that_are_no_numbers(ends: tuple[sp.Expr, sp.Expr]) -> None:
    """A domain that nobody can tell the members of."""
    with pytest.raises((ValueError, TypeError)):
        Domain("no ends", *ends)


def test_induction_from_an_open_end() -> None:
    """v <= 0 for every integer v > 0: it starts at 0, which is not in the domain."""
    with refused(DOMAIN + "|starts"):
        v = Scalar("v", Domain("positive integer", 0, sp.oo, open_below=True, integer=True))
        below = induction(v, less_equal(v, 0), arithmetic(less_equal(sp.S.Zero, 0)),
                          arithmetic(less_equal(v + 1, 0), assume(less_equal(v, 0))))
        contradiction(instance(below, {v: sp.S.One}))


def test_a_family_over_a_domain_without_members() -> None:
    """0 = 1: entries above 0 and at most 0."""
    with refused(DOMAIN):
        v = family("v", interval(0, 0, True), n)
        contradiction(arithmetic(less(v[1], v[1] - 1)))


def test_a_real_keep_probability() -> None:
    """2 <= 1: the mean of a gate kept with probability x, at x = 2."""
    with refused(DOMAIN):
        gate = gates("gate", x, n)[1]
        bound = arithmetic(less_equal(x, 1), expected(arithmetic(less_equal(gate, 1))))
        contradiction(instance(bound, {x: sp.Integer(2)}))


@pytest.mark.parametrize("keep", [sp.Integer(2), -HALF, sp.sqrt(2), 1 + sp.I], ids=str)
def test_a_keep_probability_that_is_none(keep: sp.Expr) -> None:
    """0 = 1: the mean of a gate kept with probability 2."""
    with refused(DOMAIN):
        gate = gates("gate", keep, n)[1]
        contradiction(expected(arithmetic(less_equal(gate, 1))), expected(arithmetic(less_equal(0, gate))),
                      identity(E(gate), keep))


@pytest.mark.parametrize("keep", [sp.oo, sp.nan, sp.zoo], ids=str)
def test_a_keep_probability_that_is_no_number(keep: sp.Expr) -> None:
    """A gate kept with infinite probability, or with none that can be told."""
    with refused(DOMAIN):
        gates("gate", keep, n)


@pytest.mark.parametrize("keep", [2 * q, q - HALF, 1 - n, n / 2, 1 / (n - 1), q + p[1]], ids=str)
def test_a_keep_probability_that_may_leave_the_unit_interval(keep: sp.Expr) -> None:
    """0 <= E(g) <= 1 for E(g) = 2 q."""
    with refused(DOMAIN + "|defined|zero|known"):
        gate = gates("gate", keep, n)[1]
        unconditional(arithmetic(less_equal(keep, 1), expected(arithmetic(less_equal(gate, 1)))))
        unconditional(arithmetic(less_equal(0, keep), expected(arithmetic(less_equal(0, gate)))))


def test_entries_of_any_sign_as_keep_probabilities() -> None:
    """0 <= w <= 1 for real entries w, the keep probabilities of gates."""
    from attacks.support import w

    with refused(DOMAIN):
        gate = gates("gate", w, n)[1]
        unconditional(arithmetic(less_equal(0, w[1]), expected(arithmetic(less_equal(0, gate)))))


def test_a_recursion_that_starts_below_its_domain() -> None:
    """0 = 1: a positive recursion that starts at -1."""
    with refused(DOMAIN + "|positive"):
        unit = recursion("unit", LAYERS, -1, slot[l - 1], POSITIVE)
        contradiction(arithmetic(less(0, unit[0])), unfolded(unit[0]))


def test_a_recursion_that_leaves_its_domain() -> None:
    """0 = 1: a positive recursion whose second entry is -1."""
    with refused(DOMAIN + "|positive"):
        unit = recursion("unit", LAYERS, 1, slot[l - 1] - 2, POSITIVE)
        contradiction(arithmetic(less(0, unit[1])), unfolded(unit[1]), unfolded(unit[0]))


def test_an_integer_recursion_of_halves() -> None:
    """0 = 1: an integer above 0 and below 1, the second entry of a recursion of integers that halves."""
    with refused(DOMAIN + "|integer"):
        unit = recursion("unit", LAYERS, 1, slot[l - 1] / 2, INTEGER)
        half = [unfolded(unit[1]), unfolded(unit[0])]
        contradiction(integer_gap(arithmetic(less(0, unit[1]), *half)), *half)


def test_a_distribution_from_zero_drawn_from() -> None:
    """1 <= E(N) = 0 at P = (1, 0): N >= 1, while its outcome 0 is left out of every mean."""
    from_zero = distribution("P", (k, 0, m))
    with refused(DOMAIN):
        drawn = subnetwork("N", from_zero)
        expected(arithmetic(less_equal(1, drawn)))


def test_a_distribution_from_two_drawn_from() -> None:
    """E(1) = P[2] + ... + P[m] + P[1], with P[1] beyond the range of P."""
    with refused(DOMAIN):
        from_two = distribution("P", (k, 2, m))  # of no outcomes where m is 1, so that it may not even be made
        drawn = subnetwork("N", from_two)
        identity(E(drawn), sp.Sum(k * from_two[k], (k, 1, m)))


@pytest.mark.parametrize("ranges", [(k, 1, 0), (k, 2, 1), (k, 3, 1)], ids=str)
def test_a_distribution_over_nothing(ranges: tuple[sp.Symbol, int, int]) -> None:
    """0 = 1: the probabilities of no outcomes sum to one."""
    with refused(DOMAIN + "|implied"):
        nothing = distribution("nothing", ranges)
        contradiction(written_out(identity(sp.Sum(nothing[k], ranges), 1)))


def test_a_distribution_of_probabilities_above_one() -> None:
    """0 = 1: entries of at least 2 that sum to one."""
    with refused(DOMAIN + "|simplex"):
        large = family("large", interval(2, 3), (k, 1, 1), simplex=True)
        contradiction(written_out(identity(sp.Sum(large[k], (k, 1, 1)), 1)), arithmetic(less_equal(2, large[1])))


def test_a_distribution_of_probabilities_of_any_sign() -> None:
    """f(2 O[1] - O[2]) <= 2 f(O[1]) - f(O[2]) for convex f: false for f = x^2 at O = (1, 2)."""
    with refused(DOMAIN + "|simplex"):
        signed = family("signed", REAL, m, simplex=True)
        jensen(x**2, x, O[k], signed, arithmetic(less_equal(0, sp.Integer(2))))


@pytest.mark.parametrize("deviation", [sp.S.NegativeOne, sp.I, sp.nan, sp.oo], ids=str)
def test_a_deviation_that_is_none(deviation: sp.Expr) -> None:
    """A normal variable with deviation -1."""
    with pytest.raises((ValueError, TypeError), match=f"(?i){DOMAIN}"):
        normal("Z", 0, deviation)


@pytest.mark.parametrize("ends", [(1, 0), (sp.I, 2), (0, sp.oo), (0, sp.nan)], ids=str)
def test_ends_of_a_uniform_law_that_are_none(ends: tuple[sp.Expr, sp.Expr]) -> None:
    """A variable uniform on (1, 0)."""
    with pytest.raises((ValueError, TypeError), match=f"(?i){DOMAIN}"):
        uniform("U", *ends)


def test_a_random_scalar_beyond_its_domain() -> None:
    """0 = 1: a normal variable that is declared positive has the mean -1."""
    with refused(DOMAIN + "|positive"):
        Z = RandomScalar("Z", POSITIVE, "normal", sp.S.NegativeOne, sp.S.One)
        contradiction(expected(arithmetic(less(0, Z))), identity(E(Z), -1))


def test_a_bernoulli_law_that_is_none() -> None:
    """0 = 1: the variance of a Bernoulli variable with probability 2."""
    with refused(DOMAIN):
        B = RandomScalar("B", UNIT, "bernoulli", sp.Integer(2))
        contradiction(expected(arithmetic(less_equal(B, 1))), identity(E(B), 2))


def test_gates_declared_positive() -> None:
    """0 = 1: a gate above 0 that is shut."""
    with refused(DOMAIN + "|gate"):
        gate = Gates("gate", POSITIVE, ((i, 1, n),), False, HALF)[1]
        contradiction(arithmetic(less(0, gate)), assume(equal(gate, 0)), under=(equal(gate, 0),))


def test_a_random_index_of_another_range() -> None:
    """5 <= E(N) where N is 1 or 2: a random index declared to be at least 5."""
    with refused(DOMAIN):
        drawn = RandomIndex("N", Domain("at least five", 5, sp.oo, integer=True), P)
        expected(arithmetic(less_equal(5, drawn)))


def test_a_law_without_a_name() -> None:
    """E(Z) for a variable of a law that nobody knows."""
    with refused(DOMAIN):
        Z = RandomScalar("Z", REAL, "cauchy", sp.S.Zero, sp.S.One)
        identity(E(Z), E(Z))


def test_a_true_statement_over_an_integer_domain_from_a_half() -> None:
    """1 <= v for integers v >= 1/2 is true, and must not be refuted at the rounded end 0."""
    not_accused(less_equal(1, Scalar("v", Domain("from a half", HALF, sp.oo, integer=True))))


def test_a_true_statement_over_an_open_integer_domain() -> None:
    """1 <= v for integers v > 0 is true, and must not be refuted at 0."""
    not_accused(less_equal(1, Scalar("v", Domain("above 0", 0, sp.oo, open_below=True, integer=True))))


GOOD: dict[str, Callable[[], Theorem]] = {
    "a closed point": lambda: arithmetic(equal(Scalar("v", interval(0, 0)), 0)),
    "a keep probability by shape": lambda: identity(E(gates("gate", (1 + q) / 2, n)[1]), (1 + q) / 2),
    "a keep probability 1/n": lambda: identity(E(gates("gate", 1 / n, n)[1]), 1 / n),
    "a keep probability that decays": lambda: identity(E(gates("gate", 1 - i / (2 * n), (i, 1, n))[n]), HALF),
    "a product of probabilities": lambda: identity(E(gates("gate", q * p[1], n)[1]), q * p[1]),
    "a recursion of numbers that are not negative": lambda: arithmetic(less_equal(0, recursion(
        "unit", LAYERS, 1, Relu(slot[l - 1]), NONNEGATIVE)[0])),
    "a distribution from zero": lambda: identity(
        sp.Sum(distribution("D", (k, 0, m))[k], (k, 0, m)), 1),
    "a normal law": lambda: identity(E(normal("Z", x, Scalar("sd", NONNEGATIVE)) ** 2),
                                     x**2 + Scalar("sd", NONNEGATIVE) ** 2),
    "a uniform law": lambda: identity(E(uniform("U", x, x + 1)), x + HALF),
    "an open domain": lambda: arithmetic(less(0, Scalar("v", OPEN_PROBABILITY))),
    "induction": lambda: induction(n, less_equal(1, n), evaluated(less_equal(sp.S.One, 1)),
                                   arithmetic(less_equal(1, n + 1))),
    "a gate": lambda: expected(arithmetic(less_equal(e[1], 1))),
    "sizes": lambda: arithmetic(less_equal(1, Scalar("size", SIZE))),
    "probabilities": lambda: arithmetic(less_equal(Scalar("chance", PROBABILITY), 1)),
}


FALLING = recursion("falling", ((l, 0, 1),), 1, 1 - l, NONNEGATIVE)  # 1, 0, and then it would be negative
RISING = recursion("rising", LAYERS, 0, l, NONNEGATIVE)
ACROSS = recursion("across", (*LAYERS, (k, 0, 1)), 1 - k, 1 - k, NONNEGATIVE)


@pytest.mark.parametrize("entry", [FALLING[2], RISING[-1], ACROSS[0, 2], ACROSS[1, 2]], ids=str)
def test_a_recursion_out_of_its_ranges(entry: lang.Element) -> None:
    """0 = 1: an entry that its domain says is not negative, and its definition that it is."""
    positive = arithmetic(less_equal(0, entry))
    with refused("range|layer"):
        contradiction(positive, unfolded(entry))
    with refused("implied"):
        contradiction(written_out(positive))
    with refused():
        contradiction(positive, evaluated(less(entry, 0)))


def test_a_recursion_below_its_first_layer() -> None:
    """r[-1] = -1: the step put below the first layer, where nothing is defined."""
    below = recursion("below", LAYERS, 0, l)[-1]
    for claim in (lambda: unfolded(below), lambda: arithmetic(equal(below, -1), written_out(identity(below, below)))):
        with refused("layer|implied"):
            claim()
    assert lang.put_values(below, {}) == below


def test_a_recursion_from_a_layer_with_a_name() -> None:
    """An entry at its first layer is its base, also where the layer is a name for which a number is put."""
    entry = recursion("late", ((l, c, c + 1),), 5, l)[3]
    assert lang.put_values(entry, {c: 3}) == 5
    assert lang.put_values(entry, {c: 2}) == 3
    assert lang.put_values(entry, {c: 4}) == entry
    assert lang.put_values(entry, {}) == entry


def test_a_recursion_in_its_ranges() -> None:
    """Entries in range are their definitions, and those of real numbers or of what keeps to the domain are beyond."""
    assert unfolded(FALLING[1]).conclusion == equal(FALLING[1], 0)
    assert unfolded(RISING[n]).conclusion == equal(RISING[n], n)
    assert unfolded(RISING[n + 1]).conclusion == equal(RISING[n + 1], n + 1)
    assert written_out(arithmetic(less_equal(0, RISING[3]))).conclusion is not None


STEEP = gates("steep", i / n, (i, 1, n))


def test_the_mean_of_a_gate_out_of_its_range() -> None:
    """0 = 1: i/n <= 1 for each i, the mean of a gate that is there for i = 1..n only."""
    with refused("implied"):
        arithmetic(less_equal(i / n, 1), expected(arithmetic(less_equal(STEEP[i], 1))))


@pytest.mark.parametrize("place", [i, n + 1, sp.Integer(2)], ids=str)
def test_a_gate_out_of_its_range(place: sp.Expr) -> None:
    """E(g[i]) = i/n where i may be more than n."""
    with refused("differ"):
        identity(E(STEEP[place]), place / n)
    with refused("differ"):
        identity(E(STEEP[place] * STEEP[1]), place / n * sp.KroneckerDelta(place, 1) / n)
    with refused("probability"):
        two_outcomes(STEEP[place], STEEP[place])
    with refused("probability|number"):
        over_masks(E(STEEP[place]))
    with refused("probability|number"):
        given_gates(E(STEEP[place]), STEEP[place])


def test_gates_in_their_ranges() -> None:
    """The means of gates at indices that are certainly in range, and of gates whose law is one everywhere."""
    assert identity(E(STEEP[1]), 1 / n).conclusion is not None
    assert identity(E(STEEP[n]), sp.S.One).conclusion is not None
    assert identity(E(sp.Sum(STEEP[i], (i, 1, n))), sp.Sum(i / n, (i, 1, n))).conclusion is not None
    assert identity(E(e[n + 1]), q).conclusion is not None
    assert over_masks(E(STEEP[1])).conclusion is not None


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE
