"""Theorems at numbers, and statements that are false or say nothing at an instance: what the rules refuse."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory.checkers.symbolic import accept_meaningless, accept_refutation
from dropout_theory.claims import Claim, Hypothesis, ProofError
from dropout_theory.language import (
    POSITIVE,
    REAL,
    Abstract,
    Aversion,
    E,
    Expr,
    HasValue,
    Scalar,
    Statement,
    Values,
    atoms_of,
    both,
    different,
    distribution,
    equal,
    gates,
    index,
    less,
    less_equal,
    put_values,
    size,
    subnetwork,
    weights,
)
from dropout_theory.language import statements as st
from dropout_theory.proof import (
    NoMinimiser,
    Theorem,
    arithmetic,
    assume,
    at_instance,
    generalise,
    identity,
    meaningless,
    negation,
    refutation,
    unbounded,
)

n, k = size("n"), index("k")
x, u = weights("x", n), weights("u", n)
c, s, level = Scalar("c", POSITIVE), Scalar("s", REAL), Scalar("M")
squares = sp.Sum(x[k] ** 2, (k, 1, n))
AT_THREE_FOUR = {n: 2, x: {(1,): 3, (2,): 4}}


def test_a_theorem_at_numbers() -> None:
    found = at_instance(arithmetic(less(-c, sp.sqrt(squares))), {**AT_THREE_FOUR, c: 2})
    assert found.conclusion == less(-2, 5) and not found.given


def test_assumptions_that_the_numbers_meet_are_dropped_and_others_are_kept() -> None:
    theorem = arithmetic(less(0, s * squares), assume(less(0, squares)), assume(less(0, s)))
    assert at_instance(theorem, AT_THREE_FOUR).given == {less(0, s)}
    zero = at_instance(theorem, {n: 1, x: {(1,): 0}})
    assert zero.given == {less(0, s), less(0, 0)}


gate = gates("r", c / (1 + c), (k, 1, 1))
P = distribution("P", n)
N = subnetwork("N", P)


@pytest.mark.parametrize(("theorem", "values", "why"), [
    (arithmetic(less(0, c)), {c: 0}, "c = 0 is outside its domain"),
    (arithmetic(less_equal(1, n)), {n: sp.Rational(1, 2)}, "n = 1/2 is outside its domain"),
    (arithmetic(less_equal(0, squares)), {n: 2, x: {(1,): 3}}, r"no value for x\[2\]"),
    (arithmetic(less_equal(0, squares)), {x: {(1,): 3}}, "no value for n"),
    (generalise(arithmetic(less_equal(0, x[k] ** 2)), (k, 1, n)), AT_THREE_FOUR, "ForEach binds"),
    (identity(E(gate[1]), c / (1 + c)), {c: 1}, "depends on c"),
    (identity(E(x[N] - x[N]), 0), {P: {(1,): 1}}, "not a plain scalar or family"),
    (identity(sp.Sum(P[k], (k, 1, n)), 1), {n: 1}, "depends on n"),
    (arithmetic(less_equal(0, squares)), {s: c}, "s = c is outside its domain"),
])
def test_no_theorem_at_other_numbers(theorem: Theorem, values: Values, why: str) -> None:
    with pytest.raises(ProofError, match=why):
        at_instance(theorem, values)


BELOW = Aversion((s - u[1]) ** 2 + sp.Sum(u[k] ** 2, (k, 1, n)), u[1] ** 2, (u,))


def test_an_optimum_binds_its_parameters() -> None:
    both_ways = put_values(equal(BELOW, u[1]), {u: {(1,): 7}, s: 2, n: 1})
    assert both_ways.lhs == Aversion((2 - u[1]) ** 2 + u[1] ** 2, u[1] ** 2, (u,)) and both_ways.rhs == 7
    with pytest.raises(ProofError, match="parameters of an optimum"):
        at_instance(arithmetic(less(BELOW, BELOW + u[1] ** 2 + 1), assume(HasValue(BELOW))), {n: 1, u: {(1,): 7}})


def claimed(statement: Statement, *conditions: Statement) -> Claim:
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)", "equation",
                 tuple(Hypothesis(f"h{k}", c) for k, c in enumerate(conditions)))


def test_parameters_of_an_optimum_are_no_atoms_of_a_claim() -> None:
    assert atoms_of(claimed(equal(BELOW, s))) == ((n,), (s,), ())
    assert atoms_of(claimed(equal(BELOW, u[1]))) == atoms_of(claimed(equal(u[1], BELOW))) == ((n,), (s,), (u,))


# --- a criterion without a minimiser ----------------------------------------------------------------------------

v = Scalar("v")
FALLING = Aversion(v**2 / 2 - v * s, v**2, (v,))  # has one
LOSING = Aversion(-(v**2) / 2 + 1, v**2, (v,))
DEEP = {v: level**2 + 2}


def below(aversion: Aversion, values: Values, *premises: Theorem) -> Theorem:
    return arithmetic(less(aversion.criterion.xreplace(values), level), *premises)


def test_no_minimiser() -> None:
    found = unbounded(LOSING, level, DEEP, below(LOSING, DEEP))
    assert found.conclusion == NoMinimiser(LOSING)


OTHER = Scalar("M", POSITIVE)


@pytest.mark.parametrize(("aversion", "level_", "values", "theorem", "why"), [
    (LOSING, level, DEEP, arithmetic(less(1 - (level**2 + 2) ** 2 / 2, level + 1)), "does not say"),
    (LOSING, level, DEEP, below(FALLING, {v: 0}, assume(less(0, level))), "assumption about the level"),
    (FALLING, level, {v: 0}, arithmetic(less(0, level), assume(less(0, level))), "assumption about the level"),
    (FALLING, level, {v: 0}, arithmetic(less_equal(0, level**2)), "does not say"),
    (LOSING, OTHER, {v: 2}, arithmetic(less(-1, OTHER)), "not any real number"),  # no level below -1
    (LOSING, s, {v: sp.sqrt(s)}, arithmetic(less(1 - s, s + 1), assume(less(0, s))), "assumption about the level"),
    (FALLING, s, {v: 2 * s}, arithmetic(less(0, 1)), "depends on s"),
    (LOSING, level, {s: level}, below(LOSING, DEEP), "other atoms than the parameters"),
    (LOSING, level, {v: 1 / level}, below(LOSING, DEEP), "may be undefined"),
])
def test_no_minimiser_is_not_concluded(aversion: Aversion, level_: Expr, values: Values, theorem: Theorem,
                                       why: str) -> None:
    with pytest.raises(ProofError, match=why):
        unbounded(aversion, level_, values, theorem)


def test_a_claim_that_speaks_of_no_minimiser_says_nothing() -> None:
    claim = claimed(equal(Aversion(-s * v**2 / 2 + 1, v**2, (v,)), 0), less(0, s))
    nothing = unbounded(LOSING, level, DEEP, below(LOSING, DEEP))
    found = meaningless(nothing, claim, {s: 1})
    assert accept_meaningless(claim, found).outcome == "unknown"
    with pytest.raises(ProofError, match="does not speak of"):
        meaningless(nothing, claim, {s: 2})
    with pytest.raises(ProofError, match="h0 does not hold"):
        meaningless(nothing, claim, {s: -1})
    with pytest.raises(ProofError, match="not about a minimiser"):
        meaningless(arithmetic(different(LOSING, LOSING + 1), assume(HasValue(LOSING))), claim, {s: 1})
    with pytest.raises(ProofError, match="its refutation concludes"):
        accept_refutation(claim, found)
    with pytest.raises(ProofError, match="does not see to more"):
        accept_meaningless(Claim(claim.id, "more", claim.statement, "1", "eq. (1)", "equation",
                                 (*claim.hypotheses, Hypothesis("more", less(s, 2)))), found)


def test_an_optimum_keeps_its_parameters_where_they_are_free_elsewhere() -> None:
    claim = claimed(equal(LOSING, v**2))
    nothing = unbounded(LOSING, level, DEEP, below(LOSING, DEEP))
    shown = accept_meaningless(claim, meaningless(nothing, claim, {v: 3})).counterexample
    assert shown is not None and shown["instance"] == "v = 3"


def test_what_is_refuted_does_not_count_as_meaningless() -> None:
    claim = claimed(both(less(s, 1), less(s, 2)))
    with pytest.raises(ProofError, match="is about no instance"):
        accept_meaningless(claim, refutation(arithmetic(sp.Not(both(less(3, 1), less(3, 2)))), claim, {s: 3}))


def test_a_theorem_about_the_statement_refutes_where_its_assumptions_hold() -> None:
    claim = claimed(less(squares, 26), less_equal(n, 2))
    zero_or_large = arithmetic(negation(claim.statement), assume(equal(squares, 25 + s)), assume(less_equal(1, s)))
    there = {**AT_THREE_FOUR, x: {(1,): 1, (2,): 5}, s: 1}
    assert accept_refutation(claim, refutation(zero_or_large, claim, there)).outcome == "fails"
    for values in ({**AT_THREE_FOUR, s: 1}, {**AT_THREE_FOUR, s: 0}, AT_THREE_FOUR):
        with pytest.raises(ProofError, match="not an instance"):
            refutation(zero_or_large, claim, values)


@pytest.mark.parametrize(("assumed", "values", "why"), [
    (less(c, 0), {c: -1}, "outside its domain"),  # what contradicts a domain proves anything
    (equal(gate[1], 2), {c: 1}, "random"),
    (st.ForAll(less(c, 0), (c,)), {c: -1}, "binds"),
])
def test_assumptions_that_cannot_hold_refute_nothing(assumed: Statement, values: Values, why: str) -> None:
    claim = claimed(less(squares, 25))
    anything = arithmetic(negation(claim.statement), assume(assumed), *(
        [arithmetic(less(0, c))] if assumed == less(c, 0) else [assume(less_equal(25, squares))]))
    with pytest.raises(ProofError, match=why):
        refutation(anything, claim, {**AT_THREE_FOUR, **values})


def test_an_instance_gives_no_values_to_laws() -> None:
    fair = gates("r", sp.S.Half, (k, 1, 1))
    claim = claimed(equal(E(fair[1] * s), s / 2))  # true, but not with a number for the gate
    always_open = arithmetic(different(E(sp.S.One), sp.S.Half), identity(E(sp.S.One), 1))
    with pytest.raises(ProofError, match="does not negate"):
        refutation(always_open, claim, {s: 1, fair: {(1,): 1}})


# --- random quantities of any law -----------------------------------------------------------------------------------

fair = gates("r", sp.S.Half, (k, 1, 1))
X = Abstract("X", REAL, ((k, 1, 1),), False, ("r",))
coin = gates("g", sp.Rational(1, 3), (k, 1, 1))[1]
INDEPENDENT = claimed(equal(E(X[1] * fair[1]), E(X[1]) / 3))  # false: it is half of the mean


def third(law: Expr) -> Theorem:
    there = put_values(INDEPENDENT.statement, {X: {(1,): law}})
    return arithmetic(negation(there), *(identity(mean, mean_of(mean.args[0])) for mean in there.atoms(E)))


def mean_of(product: Expr) -> Expr:
    return product.subs({fair[1]: sp.S.Half, coin: sp.Rational(1, 3)})


def test_an_instance_may_choose_the_law_of_a_random_quantity() -> None:
    for law in (coin, 2 * coin - 7, sp.S.One):
        found = refutation(third(law), INDEPENDENT, {X: {(1,): law}})
        assert accept_refutation(INDEPENDENT, found).outcome == "fails"


@pytest.mark.parametrize("law", [
    fair[1],  # not independent of the gate of the statement
    gates("r", sp.Rational(1, 3), (k, 1, 1))[1],  # nor to be told from it by name
    gates("g", c / (1 + c), (k, 1, 1))[1],  # no law of its own
    coin * s, 1 / coin, X[1], E(coin * c)])
def test_what_is_no_law_of_its_own_is_refused(law: Expr) -> None:
    with pytest.raises(ProofError, match="is no law for X"):
        refutation(assume(different(1, 2)), INDEPENDENT, {X: {(1,): law}})
