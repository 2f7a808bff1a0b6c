"""Monte Carlo checks: sampled programs against exact enumeration, true bounds, honest judgements, one error budget."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq

from dropout_theory.checkers.montecarlo import FAST_SAMPLES, statistical
from dropout_theory.checkers.sampler import RESOLUTION, Sampler
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.enumeration import expectation, support
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.instances import build
from dropout_theory.evaluation.values import Truth, Unsupported, precision
from dropout_theory.language import (
    NWGM,
    POSITIVE,
    PROBABILITY,
    Cov,
    E,
    Exists,
    ForAll,
    ForEach,
    G,
    Gc,
    Largest,
    Relu,
    Scalar,
    Var,
    both,
    different,
    distribution,
    equal,
    equivalent,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    logistic,
    normal,
    placeholder,
    recursion,
    size,
    subnetwork,
    uniform,
    weights,
)
from dropout_theory.sampling.programs import Program
from dropout_theory.sampling.rng import Bernoulli, Categorical
from dropout_theory.sampling.rounding import Unbounded
from dropout_theory.verdicts.kernel import Context, derive

n, m = size("n"), size("m")
i, j, k, l = index("i"), index("j"), index("k"), index("l")  # noqa: E741
w, v = weights("w", n), weights("v", n)
p = family("p", PROBABILITY, n)
delta = gates("delta", p, n)
S = sp.Sum(w[i] * delta[i], (i, 1, n))
T = sp.Sum(v[i] * delta[i], (i, 1, n))
P = distribution("P", m)
O = weights("O", m)  # noqa: E741
N = subnetwork("N", P)
rate = uniform("u", 0, 1)
tied = gates("tied", rate, n)
U = uniform("U", -1, 2)
FAST = Context(fast=True)

LAYERS = ((l, 0, 2), (i, 1, n))
W = weights("W", (l, 1, 2), n, n)
open_ = gates("open", Scalar("q", PROBABILITY), (l, 0, 2), (i, 1, n))
unit = placeholder("unit", LAYERS)
network = recursion("unit", LAYERS, w[i], Relu(sp.Sum(W[l, i, j] * open_[l - 1, j] * unit[l - 1, j], (j, 1, n))))


def claim(statement: Any, *hypotheses: Any, **details: Any) -> Claim:
    named = tuple(Hypothesis(f"h{c}", h) for c, h in enumerate(hypotheses))
    return Claim("toy:eq1", "toy", statement, "1", "eq. (1)", hypotheses=named, **details)


VARIANCE = sp.Sum(w[i] ** 2 * p[i] * (1 - p[i]), (i, 1, n))


@pytest.mark.parametrize("statement", [
    equal(E(S), sp.Sum(w[i] * p[i], (i, 1, n))),
    equal(Var(S), VARIANCE),
    equal(Cov(S, T), sp.Sum(w[i] * v[i] * p[i] * (1 - p[i]), (i, 1, n))),
    less_equal(E(S) ** 2, E(S**2)),
    less(E(logistic(S)), 1),
    equal(NWGM(logistic(O[N])), logistic(E(O[N]))),
    equal(G(logistic(S)) / Gc(logistic(S)), sp.exp(E(S))),
    equal(E(Relu(S)), E(S) / 2 + E(sp.Abs(S)) / 2),
    equal(E(U**2), 1),
    equal(E(tied[1]), sp.Rational(1, 2)),
    equal(E((S - E(S)) ** 2), Var(S)),
    ForEach(equal(E(delta[i]), p[i]), (i, 1, n)),
    less_equal(0, E(network[2, 1])),
])
def test_true_statements_hold(statement: Any) -> None:
    found = statistical.check(claim(statement), Context())
    assert (found.outcome, found.rigor) == ("holds", "statistical"), found.scope
    assert found.figures["error_probability"] == 1e-9 and found.figures["samples"] >= FAST_SAMPLES
    assert 0 <= found.figures.get("detectable_relative_deviation", 0) <= RESOLUTION


@pytest.mark.parametrize("statement", [
    equal(Var(S), sp.Sum(w[i] ** 2 * p[i], (i, 1, n))),
    equal(Cov(S, T), 0),
    equal(E(S) ** 2, E(S**2)),
    less_equal(E(S**2), E(S) ** 2),
    equal(NWGM(logistic(S)), 1 - logistic(E(S))),
    equal(E(U**2), sp.Rational(3, 4)),
    equal(E(tied[1] * tied[2]), sp.Rational(1, 4)),
    equal(E(Largest(delta[i], (i, 1, n))), 0),
    ForEach(equal(E(delta[i]), 1 - p[i]), (i, 1, n)),
])
def test_wrong_statements_fail(statement: Any) -> None:
    found = statistical.check(claim(statement, less_equal(2, n)), Context())
    assert (found.outcome, found.rigor) == ("fails", "statistical"), found.scope
    assert found.counterexample is not None and "left" in found.counterexample
    # without an exact counterexample no claim is refuted
    assert derive(claim(statement), [found]).verdict == "open"


def test_a_case_that_is_never_taken_need_not_be_defined() -> None:
    """At x = 0 the case with 1/x is not taken: nothing fails there."""
    x = Scalar("x")
    guarded = E(sp.Piecewise((1 / x, sp.Gt(x**2 * delta[1], 0)), (0, True))) * x**2
    found = statistical.check(claim(equal(guarded, x * p[1]), admissible={n: 1, p: {(1,): sp.S.Half}, x: 0}), FAST)
    assert found.outcome == "holds"


def test_what_samples_cannot_show_is_unknown() -> None:
    """Equalities under a strict sign, and quantities far below the noise, must not count as support."""
    rare = sp.Product(delta[i], (i, 1, n))
    instance = {n: 6, p: {(c,): sp.Rational(1, 50) for c in range(1, 7)}}
    weak = equal(E(rare), sp.Product(p[i], (i, 1, n)))
    seldom = ForEach(less(p[i], sp.Rational(1, 10)), (i, 1, n))
    found = statistical.check(claim(weak, seldom, admissible=instance), FAST)
    assert found.outcome == "unknown" and "too few samples" in found.scope
    for statement in (less(E(S), sp.Sum(w[i] * p[i], (i, 1, n))), different(E(S), sp.Sum(w[i] * p[i], (i, 1, n)))):
        assert statistical.check(claim(statement), FAST).outcome == "unknown"


def test_a_chance_above_one_is_excluded_where_all_samples_show_the_event() -> None:
    """The interval of such a chance ends at 1 exactly, and a ball around it somewhat beyond."""
    some = sp.Piecewise((1, less(0, sp.Sum(delta[i], (i, 1, n)))), (0, True))
    values = {n: 3, p: {(c,): sp.Rational(999, 1000) for c in range(1, 4)}}
    none = sp.Piecewise((0, less(0, sp.Sum(delta[i], (i, 1, n)))), (1, True))
    chance, never, tiny = E(some), E(none), sp.Rational(1, 10**30)
    cases = [(less(1, chance), Truth.FALSE), (less_equal(1 + tiny, chance), Truth.FALSE),
             (less(chance, 1), Truth.UNKNOWN), (less_equal(1, chance), Truth.UNKNOWN),
             (less_equal(chance, 1), Truth.TRUE), (less(never, 0), Truth.FALSE),
             (less_equal(0, never), Truth.TRUE), (equal(chance, 1 + tiny), Truth.FALSE),
             (less(3, 2 * chance + E(delta[1])), Truth.FALSE), (less(-chance, -1), Truth.FALSE),
             (different(chance, 1 + tiny), Truth.TRUE), (less(sp.Rational(1, 2), chance), Truth.TRUE)]
    for statement, wanted in cases:
        sampler = Sampler(values, 2000, 1, 0, 1e-6, 4)
        with precision(128):
            found = sampler.truth(statement)
        assert found is wanted or (wanted is Truth.UNKNOWN and found is Truth.AGREES), (statement, found)


def test_ends_of_intervals_hold_where_a_sum_or_product_is_taken() -> None:
    """The bounds contain what the ball around the same expression contains, less its rounding."""
    values = {n: 2, p: {(1,): sp.Rational(1, 3), (2,): sp.Rational(1, 5)}, w: {(1,): 3, (2,): -2}}
    mean, other = E(delta[1] * w[1]), E(delta[2] * w[2])
    for expr in (mean + other, mean - 4 * other, mean * other, 3 - mean * (1 - other)):
        sampler = Sampler(values, 5000, 2, 0, 1e-6, 4)
        with precision(128):
            found = sampler._ends(expr, {})
            ball, exact = arb(sampler.value(expr)), Evaluator(values, expectation).value(expr)
        assert found is not None and found[0] < exact < found[1], expr
        assert ball.lower() - 1e-6 < found[0] and found[1] < ball.upper() + 1e-6
    assert sampler._ends(Var(S), {}) is None


def test_certain_gates_are_no_evidence() -> None:
    instance = {n: 2, p: {(1,): 1, (2,): 0}, w: {(1,): 3, (2,): 1}}
    made = claim(equal(E(S), w[1]), equal(p[1], 1), equal(p[2], 0), equal(n, 2), admissible=instance)
    found = statistical.check(made, FAST)
    assert found.outcome == "unknown"


def test_a_false_premise_is_neither_refutation_nor_support() -> None:
    never = less(E(S**2), E(S) ** 2)
    found = statistical.check(claim(implies(never, equal(E(S), 5))), FAST)
    assert found.outcome == "unknown" and "meets the premise" in found.scope
    half = claim(equivalent(equal(E(S), 0), ForEach(equal(w[i], 0), (i, 1, n))), less(0, p[1]))
    assert "meets the premise" in statistical.check(half, FAST).scope


@pytest.mark.parametrize("statement, reason", [
    (equal(sp.Sum(p[i], (i, 1, n)), 1), "no expectation"),
    (equal(E(w[1]), w[1]), "no expectation"),
    (equal(E(normal("z", 0, 1) ** 2), 1), "unbounded"),
    (Exists(equal(E(S), 1), (Scalar("c"),)), "existential"),
    (None, "no formal"),
    (implies(equal(E(S), 1), less(w[1], 0)), "never show to hold"),
    (ForEach(implies(both(less(0, w[i]), equal(E(S), 1)), less(w[i], 1)), (i, 1, n)), "never show to hold"),
])
def test_says_where_it_does_not_apply(statement: Any, reason: str) -> None:
    assert reason in str(statistical.applies(claim(statement)))


def test_same_seed_same_bits() -> None:
    made = claim(equal(Var(S), VARIANCE))
    first, second, other = (statistical.check(made, Context(seed=s, fast=True)) for s in (3, 3, 4))
    assert first.figures == second.figures and first.scope == second.scope
    assert first.figures != other.figures


def test_one_error_budget_over_everything_drawn() -> None:
    values = {n: 4, w: {(c,): c for c in range(1, 5)}, p: {(c,): sp.Rational(c, 6) for c in range(1, 5)}}
    sampler = Sampler(values, 1000, 1, 0, 1e-3, 40)
    sampler.value(sp.Sum(E(delta[i]) + Var(S) + Cov(S, delta[i]) + E(delta[i] * delta[n]), (i, 1, n)))
    spent = [i.drawn.error_probability for found in sampler.drawn.values() for i in found]
    assert len(sampler.drawn) > 10 and 0 < sum(spent) <= 1e-3
    assert {i.drawn.samples for found in sampler.drawn.values() for i in found} == {1000}


def test_a_deviation_of_the_stated_size_shows() -> None:
    """The figure in the report is a promise: statements off by that part of the quantity are excluded."""
    values = {n: 5, w: {(c,): c - 2 for c in range(1, 6)}, p: {(c,): sp.Rational(c, 7) for c in range(1, 6)}}
    true = Evaluator(values, expectation).value(Var(S))
    exact = sp.Rational(int(true.p), int(true.q))
    seen = 0
    for seed in range(40):
        sampler = Sampler(values, 100_000, seed, 0, 1e-3, 40)
        assert sampler.truth(equal(Var(S), exact)) is Truth.AGREES
        shift = sp.Rational(sampler.coarsest) * sp.Rational(102, 100)
        off = exact * (1 + shift if seed % 2 else 1 - shift)
        seen += Sampler(values, 100_000, seed + 1000, 0, 1e-3, 40).truth(equal(Var(S), off)) is Truth.FALSE
    assert seen == 40


def test_a_second_set_of_samples_is_fresh_and_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few samples at first: more are drawn once, from a stream and an error probability of their own."""
    used: list[tuple[int, int, float]] = []

    class Recorded(Sampler):
        def __init__(self, values: Any, samples: int, seed: int, stream: int, share: float, most: int) -> None:
            super().__init__(values, samples, seed, stream, share, most)
            used.append((samples, stream, share))

    monkeypatch.setattr("dropout_theory.checkers.montecarlo.Sampler", Recorded)
    seldom = ForEach(equal(p[i], sp.Rational(1, 5)), (i, 1, n))
    instance = {n: 2, p: {(1,): sp.Rational(1, 5), (2,): sp.Rational(1, 5)}}
    rare = equal(E(sp.Product(delta[i], (i, 1, n))), sp.Product(p[i], (i, 1, n)))
    found = statistical.check(claim(rare, equal(n, 2), seldom, admissible=instance), FAST)
    samples, streams, shares = zip(*used, strict=True)
    assert found.outcome == "holds" and found.figures["samples"] == max(samples) > FAST_SAMPLES
    assert found.figures["detectable_relative_deviation"] <= RESOLUTION
    assert len(set(streams)) == len(streams) and sum(shares) <= FAST.error_probability


# --- programs ---------------------------------------------------------------------------------------------------

c = Scalar("c", POSITIVE)
INTEGRANDS = [
    S, S**2, S * T, sp.exp(S), logistic(S), logistic(S, c, 2), sp.log(logistic(S)), sp.log(1 - logistic(S)),
    Relu(S) * sp.Abs(T), sp.Max(S, T), sp.Product(1 - delta[i] / 2, (i, 1, n)), Largest(delta[i] * w[i], (i, 1, n)),
    1 / (1 + S**2), (1 + S**2) ** sp.Rational(-3, 2), sp.tanh(S) + sp.sin(T) * sp.cos(S), 2 ** S,
    O[N] * S, O[N] ** 2 + N, sp.KroneckerDelta(N, 1) * S, delta[1] * p[1] + E(S) * delta[1], S - E(T),
    sp.Piecewise((T, delta[1] < 1), (S, True)), network[2, 1], sp.Sum(network[2, i] * w[i], (i, 1, n)),
]


def masks(program: Program) -> Any:
    """Every value of the columns of a discrete program."""
    axes = [(0.0, 1.0) if isinstance(x, Bernoulli) else [float(c) for c in x.values or ()] for x in program.variates]
    return np.array(list(product(*axes))).reshape(-1, len(axes))


@pytest.mark.parametrize("integrand", INTEGRANDS, ids=str)
def test_programs_agree_with_the_evaluator_on_every_mask(integrand: Any) -> None:
    for seed in range(3):
        values = build(claim(equal(E(integrand), 0), equal(n, n)), RandomChooser(seed, 0.2), 2)
        exact = Evaluator(values, expectation)
        program = Program(exact)
        output = program.compile(integrand, {})
        if not program.variates:
            continue
        reach = program.bounds(output)
        samples = masks(program)
        found = program.run(samples, [output])[:, 0]
        atoms = {slot: atom for atom, slot in program._atoms.items()}
        columns = {detail: atoms[slot] for slot, (name, _, detail) in enumerate(program.operations) if name == "column"}
        drawn = set(columns.values())
        bound: dict[Any, Any] = {}
        for atom in support(exact, integrand, {}):
            if atom not in drawn:  # a certain gate is a constant
                bound[atom] = int(program.constants[program._atoms[atom]].low)
        with precision(200):
            for row, value in zip(samples, found, strict=True):
                here = bound | {columns[c]: int(x) for c, x in enumerate(row)}
                wanted = arb(exact.value(integrand, here))
                assert abs(wanted - arb(float(value))) <= arb(reach.error) + arb(2) ** -180
                assert arb(reach.low) <= wanted + arb(2) ** -180 and wanted <= arb(reach.high) + arb(2) ** -180


def test_equal_operations_share_a_slot() -> None:
    program = Program(Evaluator({n: 6, w: dict.fromkeys([(c,) for c in range(1, 7)], 1),
                                 p: dict.fromkeys([(c,) for c in range(1, 7)], sp.Rational(1, 2))}))
    assert program.compile(logistic(S), {}) == program.compile(logistic(S), {})
    assert len(program.variates) == 6


@pytest.mark.parametrize("integrand, error", [
    (1 / delta[1], Unbounded), (sp.log(delta[1]), Unbounded), (sp.exp(1000 * delta[1]), Unbounded),
    (normal("z", 0, 1), Unsupported), (sp.sign(delta[1] - p[1]), Unsupported),
    (sp.Piecewise((1, sp.Le(S, sp.Rational(1, 3))), (0, True)), Unbounded),
])
def test_refuses_what_has_no_true_bound(integrand: Any, error: type[Exception]) -> None:
    values = {n: 2, w: {(1,): sp.Rational(1, 3), (2,): sp.Rational(1, 7)},
              p: {(1,): sp.Rational(1, 2), (2,): sp.Rational(1, 2)}}
    program = Program(Evaluator(values, expectation))
    with pytest.raises(error):
        program.bounds(program.compile(integrand, {}))


def test_columns_follow_their_law() -> None:
    values = {m: 3, P: {(1,): sp.Rational(1, 2), (2,): 0, (3,): sp.Rational(1, 2)}, O: {(1,): 5, (2,): 7, (3,): 9}}
    program = Program(Evaluator(values))
    output = program.compile(O[N], {})
    assert isinstance(program.variates[0], Categorical)
    assert program.run(np.array([[1.0], [3.0]]), [output])[:, 0].tolist() == [5.0, 9.0]


def test_a_condition_on_gates_that_are_certain_has_the_value_it_takes() -> None:
    # the range of a comparison is 0 to 1 also where both sides are constants
    keep = Scalar("p", PROBABILITY)
    gate = gates("r", keep, 1)[1]
    event = sp.Piecewise((3, sp.Eq(gate, 1)), (1, True))
    for value, mean in ((0, 1), (1, 3), (sp.Rational(1, 2), 2)):
        claim = Claim("helmbold2017:certain-gates", "chance", equal(E(event), 1 + 2 * keep), "1", "text",
                      admissible={keep: value})
        assert statistical.check(claim, Context(fast=True)).outcome != "fails"
        sampler = Sampler({keep: fmpq(sp.Rational(value).p, sp.Rational(value).q)}, 2000, 1, 0, 1e-6, 4)
        with precision(60):
            drawn = sampler.value(E(event))
            assert drawn.lower() <= mean <= drawn.upper()
            assert value not in (0, 1) or drawn == mean


def test_a_statement_for_all_values_is_settled_beside_the_samples() -> None:
    sampler = Sampler({}, 2000, 1, 0, 1e-6, 4)
    x = Scalar("x")
    for least, truth in ((0, Truth.TRUE), (1, Truth.FALSE)):
        assert sampler.truth(ForAll(less_equal(least, x**2), (x,))) is truth
