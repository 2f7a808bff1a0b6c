"""Attacks on the rules of proof: each wrong use must be refused, for it would prove something false."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from dropout_theory.checkers.symbolic import accept, symbolic
from dropout_theory.claims import REFUTATIONS, Claim, Hypothesis, ProofError
from dropout_theory.language import (
    NATURAL,
    NONNEGATIVE,
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    E,
    Exists,
    ForEach,
    G,
    Gc,
    Largest,
    SameToOrder,
    Scalar,
    Smallest,
    Var,
    different,
    distribution,
    either,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    normal,
    placeholder,
    recursion,
    size,
    weights,
)
from dropout_theory.proof import (
    Theorem,
    apply,
    arithmetic,
    assume,
    at,
    by_slope,
    cases,
    component,
    conjunction,
    discharge,
    entry_below_sum,
    evaluated,
    exhibit,
    exponential_bound,
    extreme_attained,
    for_all,
    generalise,
    generalise_offset,
    identity,
    iff,
    increasing,
    induction,
    instance,
    jensen,
    logarithm_bound,
    matches,
    minimum_bound,
    refutation,
    restate,
    rewrite,
    satisfied,
    sift,
    specialise,
    to_order,
    two_outcomes,
    weighted,
)
from dropout_theory.verdicts.kernel import Context

n, m, h = size("n"), size("m"), size("h")
i, j, k = index("i"), index("j"), index("k")
x, y, s = Scalar("x"), Scalar("y"), Scalar("s")
z, q, r, o = Scalar("z", POSITIVE), Scalar("q", PROBABILITY), Scalar("r", NONNEGATIVE), Scalar("o", OPEN_UNIT)
c = Scalar("c", NATURAL)
p, w, b = family("p", PROBABILITY, n), weights("w", n), family("b", NONNEGATIVE, n)
d, e = gates("d", p, n), gates("e", q, n)
P, O = distribution("P", m), weights("O", m)  # noqa: E741
low_P, low_O = distribution("P", (k, 0, m)), weights("O", (k, 0, m))
plain = sp.Symbol("t", integer=True, positive=True)
HALF = sp.Rational(1, 2)


def between(symbol: Any, low: Any, high: Any) -> tuple[Theorem, Theorem]:
    return assume(sp.Ge(symbol, low, evaluate=False)), assume(sp.Le(symbol, high, evaluate=False))


def every_index() -> Theorem:
    return generalise(arithmetic(less_equal(i, n), *between(i, 1, n)), (i, 1, n))


Rule = Callable[[], Theorem]

WRONG: dict[str, Rule] = {
    # undefined terms: SymPy cancels what was shown only where it is defined
    "a quotient is defined because it is mentioned": lambda: arithmetic(different(x, 0), identity(1 / x, 1 / x)),
    "a root is defined because it is mentioned": lambda: arithmetic(less_equal(0, y), assume(equal(s, 1)),
                                                                    identity(sp.sqrt(y), sp.sqrt(y))),
    "1/(1 - q) at q = 1": lambda: arithmetic(equal((1 - q) / (1 - q) + 1 / (1 - q), 1 + 1 / (1 - q))),
    "square of a root": lambda: instance(arithmetic(less_equal(0, x**2)), {x: sp.sqrt(y)}),
    "exponential of a logarithm": lambda: instance(arithmetic(less(0, sp.exp(x))), {x: sp.log(y)}),
    "a product with an inverse": lambda: instance(arithmetic(implies(equal(x * y, 1), different(y, 0))), {x: 1 / y}),
    "exponentials of both sides": lambda: increasing(sp.exp, arithmetic(less_equal(sp.log(y), sp.log(y) + 1))),
    "1 + log y <= y": lambda: exponential_bound(sp.log(y)),
    "log y <= y - 1": lambda: logarithm_bound(y),
    "log of both sides of x <= x + 1": lambda: increasing(sp.log, arithmetic(less_equal(x, x + 1))),
    "a premise whose logarithm is not shown": lambda: arithmetic(
        less_equal(y, y + x), arithmetic(less_equal(sp.log(y), sp.log(y) + x), assume(less_equal(0, x)))),
    "two roots are one": lambda: arithmetic(equal(1 / sp.sqrt(z) + 1 / z, 2 / z)),
    "sqrt of a square": lambda: identity(sp.sqrt(x**2), x),
    "log of a square": lambda: identity(sp.log(x**2), 2 * sp.log(x)),
    "an infinite value": lambda: instance(arithmetic(less(x, x + 1)), {x: sp.oo}),
    "an imaginary value": lambda: instance(arithmetic(less_equal(0, x**2)), {x: sp.I}),
    # scalars that atoms depend on without showing it
    "keep probability of a gate": lambda: instance(identity(E(e[1]), q), {q: HALF}),
    "law of a random scalar": lambda: instance(identity(E(normal("g", x, 1)), x), {x: sp.S.Zero}),
    "size of a distribution": lambda: instance(identity(sp.Sum(P[k], (k, 1, m)), 1), {m: m + 1}),
    "size of a distribution by induction": lambda: induction(
        m, equal(sp.Sum(P[k], (k, 1, m)), 1), evaluated(equal(sp.Integer(1), 1)), identity(x, x)),
    "a random value inside an expectation": lambda: instance(identity(E(x * d[1]), x * p[1]), {x: d[1]}),
    "every value inside an expectation": lambda: at(for_all(identity(E(x * d[1]), x * p[1]), x), d[1]),
    "outside the domain": lambda: instance(arithmetic(less_equal(q, 1)), {q: x}),
    "a half for an integer": lambda: instance(arithmetic(less_equal(1, n)), {n: HALF + 1}),
    "the scale of an order": lambda: instance(to_order(SameToOrder(sp.exp(s * x), 1 + s * x, s, 1)), {x: 1 / s},
                                               assume(less(0, s))),
    # indices and their ranges
    "a free index outside its range": lambda: generalise(specialise(every_index(), j), (j, 1, 2 * n)),
    "an index out of range": lambda: specialise(every_index(), n + 1),
    "an index between integers": lambda: specialise(
        generalise(arithmetic(less_equal(i, 2), *between(i, 1, 2)), (i, 1, 2)), sp.Rational(3, 2)),
    "a range that is too wide": lambda: generalise(arithmetic(less_equal(i, n), *between(i, 1, n)), (i, 1, n + 1)),
    "a restricting assumption": lambda: generalise(arithmetic(less(0, w[i]), assume(less(0, w[i]))), (i, 1, n)),
    "an index bound twice": lambda: generalise(arithmetic(less_equal(i, n), *between(i, 1, n)), (i, 1, n), (i, 2, m)),
    "a range in an index bound inside": lambda: generalise(
        arithmetic(less_equal(i, j), assume(sp.Le(i, j, evaluate=False))), (i, 1, j), (j, 1, n)),
    "a size that is no index": lambda: generalise(arithmetic(less_equal(1, h)), (h, -3, n)),
    "a positive symbol in a range below zero": lambda: generalise(arithmetic(less(0, plain)), (plain, -3, n)),
    "a sum over a positive symbol from below zero": lambda: weighted(arithmetic(less(0, plain)), 1, (plain, -3, n)),
    "negative weights": lambda: weighted(arithmetic(less_equal(w[i], w[i] + 1)), w[i], (i, 1, n)),
    "strict over weights that may all be zero": lambda: restate(
        weighted(arithmetic(less(w[i], w[i] + 1)), b[i], (i, 1, n)),
        less(sp.Sum(b[i] * w[i], (i, 1, n)), sp.Sum(b[i] * (w[i] + 1), (i, 1, n)))),
    "strict over part of a distribution": lambda: restate(
        weighted(arithmetic(less(O[k], O[k] + 1)), P[k], (k, 2, m)),
        less(sp.Sum(P[k] * O[k], (k, 2, m)), sp.Sum(P[k] * (O[k] + 1), (k, 2, m)))),
    "weights under an assumption on the index": lambda: weighted(assume(less(0, w[i])), 1, (i, 1, n)),
    "largest from one entry": lambda: extreme_attained(Largest(O[k], (k, 1, m)), arithmetic(less_equal(O[1], O[1])), 1),
    "an entry outside the range of a maximum": lambda: generalise(
        minimum_bound(Largest(k**2, (k, 1, m)), i), (i, 1, 2 * m)),
    "largest bounded by what depends on the index": lambda: extreme_attained(
        Largest(O[k], (k, 1, m)), arithmetic(less_equal(O[k], O[k])), k),
    "sifting outside the range": lambda: sift(w[i], (i, 1, n), n + 1),
    "an entry below a sum of any sign": lambda: entry_below_sum(w[i], (i, 1, n), 1),
    "an entry below a sum over another range": lambda: entry_below_sum(b[i], (i, 2, n), 1),
    "offsets of a restricted index": lambda: generalise_offset(
        arithmetic(less_equal(c, 3), assume(less_equal(c, 3))), c, less_equal(i, 3), (i, 0, n)),
    "rewriting where the index is out of range": lambda: rewrite(
        identity(sp.Sum(w[i], (i, 1, n)), sp.Sum(w[i], (i, 1, n))),
        specialise(assume(ForEach(equal(w[j], 0), (j, 2, n))), j), indices=(j,)),
    "rewriting what a sum binds": lambda: rewrite(identity(sp.Sum(w[i], (i, 1, n)), sp.Sum(w[i], (i, 1, n))),
                                                  assume(equal(w[i], 0))),
    "rewriting by what holds for one outcome": lambda: rewrite(identity(E(d[1]), p[1]), assume(equal(d[1], 1))),
    "a gate that a sum binds": lambda: two_outcomes(sp.Sum(d[i], (i, 1, n)), d[i]),
    "a premise about another index of the same name": lambda: increasing(sp.exp, arithmetic(
        less_equal(sp.Sum(sp.log(w[i]), (i, 1, n)), 1 + sp.Sum(sp.log(w[i]), (i, 1, n)))), assume(less(0, w[i]))),
    "convexity across a sum bound under the same name": lambda: by_slope(
        sp.Sum(1 / (w[i] + x**2), (i, 1, n)), x, sp.S.Zero,
        assume(less_equal(0, x * sp.diff(sp.Sum(1 / (w[i] + x**2), (i, 1, n)), x))), assume(less(0, w[i]))),
    # calculus
    "slope known on one side only": lambda: by_slope(
        x**3 - 3 * x, x, sp.S.One, assume(less_equal(0, (x - 1) * sp.diff(x**3 - 3 * x, x)))),
    "slope across a pole": lambda: by_slope(
        -1 / (2 * x**2) - 1 / (3 * x**3), x, -sp.S.One,
        arithmetic(less_equal(0, (x + 1) * (1 / x**3 + 1 / x**4)), assume(different(x, 0)))),
    "slope from a point outside the assumption": lambda: by_slope(
        x**2, x, sp.S.Zero, arithmetic(less_equal(0, x * 2 * x), assume(less_equal(1, x)))),
    "minimum outside the domain": lambda: by_slope(o**2, o, sp.S.Zero, arithmetic(less_equal(0, o * 2 * o))),
    "slope of a corner": lambda: by_slope(sp.Abs(x), x, sp.S.Zero, arithmetic(less_equal(0, x * sp.sign(x)),
                                                                              assume(less_equal(0, x * sp.sign(x))))),
    "a curve convex for one index": lambda: jensen(b[k] * x**2, x, O[k], P, arithmetic(less_equal(0, 2 * b[k]))),
    "convexity that is assumed": lambda: jensen(x**3, x, O[k], P,
                                                arithmetic(less_equal(0, 6 * x), assume(less_equal(0, x)))),
    "convex on a smaller domain": lambda: jensen(z**3, z, O[k], P, arithmetic(less_equal(0, 6 * z))),
    "weights that are no distribution": lambda: jensen(x**2, x, w[i], b, arithmetic(less_equal(0, sp.Integer(2)))),
    "a corner to first order": lambda: to_order(SameToOrder(sp.Max(0, s), s / 2, s, 1)),
    "a jump at zero": lambda: to_order(SameToOrder(sp.sign(s), 0, s, 0)),
    "rounding up at zero": lambda: to_order(SameToOrder(sp.ceiling(s), 0, s, 0)),
    "an order too many": lambda: to_order(SameToOrder(sp.exp(s * x), 1 + s * x, s, 2)),
    "a pole at zero": lambda: to_order(SameToOrder(1 / s, 0, s, 0)),
    # logic
    "induction without a base": lambda: induction(h, less_equal(2, h), arithmetic(less_equal(1, 1 + h)),
                                                  arithmetic(less_equal(2, h + 1))),
    "induction under an assumption": lambda: induction(
        h, less_equal(h, 5), evaluated(less_equal(sp.Integer(1), 5)),
        arithmetic(less_equal(h + 1, 5), assume(less_equal(h, 4)))),
    "induction from a half": lambda: induction(h, less_equal(h, h), arithmetic(less_equal(HALF * 3, HALF * 3)),
                                               arithmetic(less_equal(h + 1, h + 1)), HALF * 3),
    "cases that conclude differently": lambda: cases(less(0, x), assume(less(0, x)), assume(less_equal(x, 0))),
    "half a modus ponens": lambda: apply(discharge(less(0, x), assume(less(0, x))), assume(less_equal(0, x))),
    "equivalence of one direction": lambda: iff(arithmetic(less_equal(0, x), assume(less(0, x))),
                                                arithmetic(less_equal(0, x), assume(less(0, x))),
                                                less(0, x), less_equal(0, x)),
    "a conjunct that is not there": lambda: component(conjunction(identity(x, x)), equal(x, 1)),
    "nothing to satisfy": lambda: satisfied(identity(x, x), identity(y, y)),
    "an assumption proved for less": lambda: satisfied(
        arithmetic(less_equal(0, x), assume(less_equal(0, x))), identity(y, y)),
    "a distribution that sums to two": lambda: exhibit(
        Exists(equal(P[1] + P[2], 2), (P,)), {P: {(1,): 1, (2,): 1}}, evaluated(equal(sp.Integer(2), 2))),
    "a witness outside the domain": lambda: exhibit(Exists(equal(q, 2), (q,)), {q: 2},
                                                    evaluated(equal(sp.Integer(2), 2))),
    "a symbolic witness": lambda: exhibit(Exists(equal(q, x), (q,)), {q: x}, identity(x, x)),
    "a statement about every value from one": lambda: for_all(assume(less(0, x)), x),
    "restating a strict sign": lambda: restate(arithmetic(less_equal(0, x**2)), less(0, x**2)),
    "a product that may be zero": lambda: arithmetic(less(0, sp.Product(b[i], (i, 1, n)))),
    "a sum that may be empty": lambda: arithmetic(less(0, sp.Sum(z, (i, 2, n)))),
    "a sum of ones over a range that may be empty": lambda: arithmetic(equal(sp.Sum(1, (i, 3, n)), n - 2)),
    "a part of a distribution": lambda: arithmetic(equal(sp.Sum(P[k], (k, 1, m - 1)), 1)),
    "a product of negative numbers": lambda: identity(sp.Product(w[i] ** 2, (i, 1, n)),
                                                      sp.exp(2 * sp.Sum(sp.log(w[i]), (i, 1, n)))),
    "gates of equal indices": lambda: identity(E(d[i] * d[j]), p[i] * p[j]),
    "reals between integers": lambda: arithmetic(either(less_equal(x, 1), less_equal(2, x))),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses(name: str) -> None:
    with pytest.raises(ProofError):
        WRONG[name]()


RIGHT: dict[str, Rule] = {
    "a free index of the same range": lambda: generalise(specialise(every_index(), j), (j, 1, n)),
    "an index shown to be in range": lambda: specialise(every_index(), n),
    "an assumption implied by the ranges": lambda: generalise(
        arithmetic(less_equal(i, n), assume(sp.Le(i, n, evaluate=False))), (i, 2, n)),
    "ranges one inside the other": lambda: generalise(
        arithmetic(less_equal(i, j), assume(sp.Le(i, j, evaluate=False))), (j, 1, n), (i, 1, j)),
    "a size in a range of sizes": lambda: generalise(arithmetic(less_equal(1, h)), (h, 1, n)),
    "an entry below the largest": lambda: generalise(minimum_bound(Largest(O[k], (k, 1, m)), i), (i, 1, m)),
    "largest of bounded entries": lambda: extreme_attained(
        Largest(p[i], (i, 1, n)), arithmetic(less_equal(p[i], 1)), i),
    "smallest of bounded entries": lambda: extreme_attained(
        Smallest(p[i], (i, 1, n)), arithmetic(less_equal(0, p[i])), i),
    "rewriting an index inside its range": lambda: rewrite(
        identity(sp.Sum(w[i], (i, 3, n)), sp.Sum(w[i], (i, 3, n))),
        specialise(assume(ForEach(equal(w[j], 0), (j, 2, n))), j), indices=(j,)),
    "a defined logarithm": lambda: instance(arithmetic(less(0, sp.exp(x))), {x: sp.log(z)}),
    "a root of what is not negative": lambda: instance(arithmetic(less_equal(0, x**2)), {x: sp.sqrt(r)}),
    "an inverse under a premise": lambda: instance(arithmetic(implies(equal(x * y, 1), different(y, 0))),
                                                   {x: 1 / y}, assume(different(y, 0))),
    "exponentials of defined logarithms": lambda: increasing(sp.exp, arithmetic(less_equal(sp.log(z), sp.log(z) + 1))),
    "jensen over a distribution from zero": lambda: jensen(x**2, x, low_O[k], low_P,
                                                           arithmetic(less_equal(0, sp.Integer(2)))),
    "a sum of ones under a premise": lambda: arithmetic(equal(sp.Sum(1, (i, 3, n)), n - 2), assume(less_equal(3, n))),
    "strict over a distribution": lambda: restate(
        weighted(arithmetic(less(O[k], O[k] + 1)), P[k], (k, 1, m)),
        less(sp.Sum(P[k] * O[k], (k, 1, m)), 1 + sp.Sum(P[k] * O[k], (k, 1, m)))),
    "gates of unequal indices": lambda: identity(E(d[i] * d[i + 1]), p[i] * p[i + 1]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_accepts(name: str) -> None:
    assert RIGHT[name]().conclusion is not None


def test_jensen_sums_over_the_whole_distribution() -> None:
    theorem = jensen(x**2, x, low_O[k], low_P, arithmetic(less_equal(0, sp.Integer(2))))
    assert theorem.conclusion.args[0].base.limits[0][1] == 0


def test_specialising_keeps_the_range_as_an_assumption() -> None:
    theorem = specialise(every_index(), j)
    assert {str(g) for g in theorem.given} == {"j >= 1", "j <= n"}


@pytest.mark.parametrize("found, wanted", [
    (Exists(less(x, 0), (x,)), Exists(less(z, 0), (z,))),
    (ForEach(equal(O[j], 0), (i, 1, n), (j, 1, i)), ForEach(equal(O[j], 0), (k, 1, n), (j, 1, i))),
    (ForEach(equal(O[j], 0), (j, 1, n)), ForEach(equal(O[j], 0), (j, 1, m))),
    (less(0, x), less_equal(0, x)), (equal(x, y), different(x, y)), (less(x, y), less(y, x)),
    (implies(less(0, x), less(0, y)), implies(less(0, y), less(0, x))),
    (either(less(0, x), less(0, y)), less(0, x)),
    (SameToOrder(x * s, 0, s, 0), SameToOrder(x * s, 0, s, 1)),
])
def test_different_statements_do_not_match(found: Any, wanted: Any) -> None:
    assert not matches(found, wanted) and not matches(wanted, found)


def test_statements_match_up_to_names_of_bound_indices() -> None:
    assert matches(ForEach(equal(O[j], O[i]), (i, 1, n), (j, 1, i)), ForEach(equal(O[i], O[k]), (k, 1, n), (i, 1, k)))


@pytest.mark.parametrize("operator", [E, G, Gc, NWGM, Var])
def test_operators_of_numbers_have_no_floating_point_value(operator: Any) -> None:
    """SymPy finds a function named E in mpmath: Euler's number, which is positive."""
    for number in (sp.Integer(-3), -HALF, sp.Integer(2)):
        assert operator(number).evalf() == operator(number)
    assert not operator(-HALF).is_positive and not operator(-HALF).is_negative


def test_a_negative_mean_is_not_positive() -> None:
    with pytest.raises(ProofError):
        arithmetic(less(0, E(-HALF)))


def test_no_theorem_without_a_rule() -> None:
    true = identity(x, x)
    with pytest.raises(TypeError):
        Theorem(equal(x, 0))
    with pytest.raises(TypeError):
        dataclasses.replace(true, conclusion=equal(x, 0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        true.conclusion = equal(x, 0)  # type: ignore[misc]


def test_proofs_use_rules_only() -> None:
    root = Path(__file__).resolve().parent.parent / "proofs"
    for path in root.rglob("*.py"):
        text = path.read_text()
        for word in ("certify", "_TOKEN", "object.__setattr__", "evaluate as", "_register"):
            assert word not in text, f"{path.name} uses {word}"


def claim(statement: Any, *hypotheses: Any) -> Claim:
    named = tuple(Hypothesis(f"h{a}", h) for a, h in enumerate(hypotheses))
    return Claim("toy:eq1", "toy", statement, "1", "eq. (1)", hypotheses=named)


def test_a_refutation_is_of_the_claim_at_an_admissible_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, negated = claim(equal(q, 1), less(q, HALF)), evaluated(different(sp.Rational(1, 3), 1))
    good = refutation(negated, wrong, {q: sp.Rational(1, 3)})
    for value in (sp.Integer(2), sp.Rational(3, 4)):  # outside the domain; against the hypothesis
        with pytest.raises(ProofError):
            refutation(evaluated(different(value, 1)), wrong, {q: value})
    with pytest.raises(ProofError):
        refutation(negated, wrong, {q: sp.Rational(1, 4)})
    monkeypatch.setitem(REFUTATIONS, "toy:eq1", lambda: good)
    monkeypatch.setattr("dropout_theory.checkers.symbolic.proof_of", lambda _: None)
    monkeypatch.setattr("dropout_theory.checkers.symbolic.refutation_of", lambda _: lambda: good)
    assert symbolic.check(wrong, Context()).outcome == "fails"
    with pytest.raises(ProofError):
        symbolic.check(claim(equal(q, HALF)), Context())


def test_a_proof_is_of_the_claim_under_its_hypotheses() -> None:
    theorem = assume(less(0, x))
    assert accept(claim(less(0, x), less(0, x)), theorem, "proof").outcome == "holds"
    for statement in (claim(less(0, x)), claim(less(0, y), less(0, x))):
        with pytest.raises(ProofError):
            accept(statement, theorem, "proof")


LAYERS = ((index("l"), 0, h), (i, 1, n))
open_ = gates("open", q, (index("l"), 0, h), (i, 1, n))
layer = LAYERS[0][0]
unit = placeholder("unit", LAYERS)


@pytest.mark.parametrize("step", [
    unit[layer, i], unit[layer + 1, i], open_[layer, i] * unit[layer - 1, i],
    sp.Sum(unit[j, i], (j, 0, layer)), sp.Sum(unit[j, i], (j, 0, layer - 1)) + sp.Sum(unit[j, i], (j, 0, layer)),
    sp.Sum(unit[layer - 1, i], (layer, 1, n)), unit[layer - 1, i] * w[k],
    unit[layer - 1, i] * gates("shared", q)[()],
], ids=str)
def test_a_recursion_looks_down_only(step: Any) -> None:
    with pytest.raises(ValueError):
        recursion("unit", LAYERS, w[i], step)


def test_a_keep_probability_uses_its_own_indices_only() -> None:
    with pytest.raises(ValueError, match="'g'"):
        gates("g", p[k], n)
    assert gates("g", p[i], (i, 1, n)).keep == p[i]
