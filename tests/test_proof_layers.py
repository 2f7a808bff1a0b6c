"""Rules about layers, masks and excess risk refuse what does not follow."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from flint import arb

from dropout_theory.claims import ProofError
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import precision
from dropout_theory.language import (
    POSITIVE,
    PROBABILITY,
    REAL,
    Abstract,
    Aversion,
    E,
    Element,
    ForEach,
    G,
    HasValue,
    Recursion,
    Relu,
    Scalar,
    different,
    equal,
    family,
    gates,
    index,
    less_equal,
    natural,
    placeholder,
    recursion,
    size,
    uniform,
)
from dropout_theory.normal_form import normal
from dropout_theory.proof import (
    assume,
    evaluated,
    expected,
    geometric_over_masks,
    given_gates,
    homogeneous,
    identity,
    last_split,
    mean_square,
    over_masks,
    relu_kept,
    relu_scaled,
    reparametrised,
    rewrite,
    rewritten,
    same_training,
)

n, m = size("n"), natural("m")
i, l = index("i"), index("l")
u, v, c = Scalar("u"), Scalar("v"), Scalar("c", POSITIVE)
w, a = (family(name, REAL, (i, 1, n)) for name in "wa")
p = Scalar("p", PROBABILITY)
gate = gates("r", p, n)


def test_a_factor_leaves_a_rectifier_only_when_not_negative() -> None:
    assert relu_scaled(c, u).conclusion == equal(Relu(c * u), c * Relu(u))
    with pytest.raises(ProofError, match="non-negative"):
        relu_scaled(v, u)
    assert relu_scaled(v, u, assume(sp.Ge(v, 0, evaluate=False))).given


def test_a_rectifier_is_dropped_only_from_a_non_negative_number() -> None:
    assert relu_kept(c + u**2).conclusion == equal(Relu(c + u**2), c + u**2)
    with pytest.raises(ProofError, match="non-negative"):
        relu_kept(u)


def test_the_last_factor_needs_a_range_that_is_not_empty() -> None:
    assert last_split(sp.Product(w[i], (i, 1, n))).conclusion.args[1] == sp.Product(w[i], (i, 1, n - 1)) * w[n]
    assert last_split(sp.Sum(w[i], (i, 1, 1))).conclusion.args[1] == w[1]
    with pytest.raises(ProofError, match="empty"):
        last_split(sp.Sum(w[i], (i, 1, m)))


def test_a_relation_under_an_assumption_on_chance_has_no_expectation() -> None:
    off = assume(equal(gate[1], 0))
    with pytest.raises(ProofError, match="random atom"):
        expected(off)
    square = expected(identity((gate[1] + u) ** 2, gate[1] ** 2 + 2 * u * gate[1] + u**2))
    assert square.conclusion.args[0] == E((gate[1] + u) ** 2)
    with pytest.raises(ProofError, match="random atom"):
        rewrite(identity(E(gate[1] * u), p * u), off)


def test_masks_must_be_named_by_number_and_outside_other_expectations() -> None:
    assert normal(over_masks(E(Relu(gate[1] - gate[2]))).conclusion.args[1] - p * (1 - p) * Relu(1)) \
        == normal(p**2 * Relu(0) + (1 - p) ** 2 * Relu(0) + p * (1 - p) * Relu(-1))
    with pytest.raises(ProofError, match="named by number"):
        over_masks(E(Relu(gate[i])))
    with pytest.raises(ProofError, match="expectation inside"):
        over_masks(E(gate[1] * E(gate[1])))


def test_a_geometric_mean_over_masks_is_one_of_positive_numbers() -> None:
    inside = c + (1 + p) * gate[1] + gate[2] * gate[1] / 2
    found = geometric_over_masks(G(inside)).conclusion
    for value in (sp.Rational(2, 7), sp.S.Zero, sp.S.One):
        ev = Evaluator({c: sp.Rational(3, 2), p: value, n: 2}, expectation)
        with precision(128):
            enumerated, spelled = (ev.value(a) for a in found.args)
            assert abs(arb(enumerated) - arb(spelled)) < 1e-30
    with pytest.raises(ProofError, match="not known to be positive"):
        geometric_over_masks(G(c * gate[1]))
    with pytest.raises(ProofError, match="may be undefined"):
        geometric_over_masks(G(c + u * gate[1]))
    with pytest.raises(ProofError, match="named by number"):
        geometric_over_masks(G(1 + gate[i]))
    with pytest.raises(ProofError, match="may be undefined"):
        geometric_over_masks(G(1 + gate[1] + G(1 + gate[1])))
    with pytest.raises(ProofError, match="expectation inside"):
        geometric_over_masks(G(1 + gate[1] + E(gate[1]) ** 2))
    with pytest.raises(ProofError, match="not a geometric mean"):
        geometric_over_masks(E(1 + gate[1]))


def test_rewriting_one_side_and_the_sign_of_a_variance() -> None:
    assert rewritten(w[1] + u, assume(equal(u, v))).conclusion == equal(w[1] + u, w[1] + v)
    assert mean_square(gate[1]).conclusion == less_equal(E(gate[1]) ** 2, E(gate[1] ** 2))


def test_gates_of_a_recursion_are_independent_only_above_its_base() -> None:
    layered = gates("s", p, (l, 0, n), (i, 1, n))
    ranges = ((l, 1, n), (i, 1, n))
    step = layered[l - 1, i] * placeholder("h", ranges)[l - 1, i]
    low, high = recursion("h", ranges, layered[0, i], step), recursion("h", ranges, layered[3, i], step)
    assert normal(E(layered[1, 1] * low[1, 1])) == normal(p * E(low[1, 1]))
    assert normal(E(layered[3, 1] * high[1, 1])) != normal(p * E(high[1, 1]))


LOSS = Aversion((sp.Sum(w[i], (i, 1, n)) - u) ** 2, sp.Sum(w[i], (i, 1, n)) ** 2, (w,))


EXISTS = assume(HasValue(LOSS))


def test_a_change_of_parameters_must_be_a_bijection() -> None:
    assert reparametrised(LOSS, {w: c * w[i]}, {w: w[i] / c}, EXISTS).conclusion.args[0] == LOSS
    nonzero = assume(ForEach(different(a[i], 0), (i, 1, n)))
    forward, backward = {w: w[i] * a[i]}, {w: w[i] / a[i]}
    with pytest.raises(ProofError, match="may be zero"):
        reparametrised(LOSS, forward, backward)
    with pytest.raises(ProofError, match="undo"):
        reparametrised(LOSS, {w: c * w[i]}, {w: c * w[i]})
    with pytest.raises(ProofError, match="not a map"):
        reparametrised(LOSS, {u: u + 1}, {u: u - 1})
    with pytest.raises(ProofError, match="mixes"):
        reparametrised(LOSS, {w: w[1]}, {w: w[1]})
    assert reparametrised(LOSS, forward, backward, nonzero, EXISTS).given == nonzero.given | EXISTS.given


def test_equal_criteria_must_be_equal_for_all_parameters() -> None:
    with pytest.raises(ProofError, match="not an equality"):
        same_training(LOSS, identity(u, u), identity(u, u))
    zero = assume(equal(w[1], 0))
    criterion = rewrite(identity(LOSS.criterion, LOSS.criterion), zero)
    with pytest.raises(ProofError, match="about the parameters"):
        same_training(LOSS, criterion, identity(LOSS.risk, LOSS.risk))


def test_units_of_loss_are_positive_and_fixed() -> None:
    assert homogeneous(LOSS, c, EXISTS).conclusion.args[1] == c * LOSS
    for factor in (u, -c, sp.S.Zero):
        with pytest.raises(ProofError, match="positive"):
            homogeneous(LOSS, factor)
    with pytest.raises(ProofError, match="parameters"):
        homogeneous(LOSS, 1 + w[1] ** 2)


def test_closed_numbers_with_rectifiers() -> None:
    assert evaluated(equal(Relu(sp.Integer(-1)) + Relu(sp.Integer(2)), 2))


def two_inputs(count: int = 2) -> tuple[Any, Any, Any]:
    """Gates of some inputs, gates of units, and the values of units that see the first two inputs."""
    inputs, units = gates("r0", p, (i, 1, count)), gates("r", p, (l, 1, n), (i, 1, n))
    ranges = ((l, 1, n), (i, 1, n))
    below = sp.Sum(units[l - 1, i] * placeholder("h", ranges)[l - 1, i], (i, 1, n))
    values = recursion("h", ranges, Relu(w[i] * inputs[1] - inputs[2]), Relu(below))
    return inputs, units, values


def test_gates_are_given_their_values_inside_definitions_too() -> None:
    inputs, _, values = two_inputs()
    found = given_gates(E(values[n, 1] ** 2), inputs[1], inputs[2]).conclusion.args[1]
    assert len(found.args) == 4
    bases = {e.family.base for mean in found.atoms(E) for e in mean.atoms(Element) if isinstance(e.family, Recursion)}
    assert bases == {Relu(0), Relu(w[i]), Relu(-1), Relu(w[i] - 1)}
    small = gates("r", p, (i, 1, 2))
    mean = E((small[1] + 2 * small[2]) ** 2)
    assert normal(given_gates(mean, small[1], small[2]).conclusion.args[1] - mean) == 0
    with pytest.raises(ProofError, match="another index"):
        given_gates(mean, small[2])


def test_gates_are_given_values_only_where_every_occurrence_is_seen() -> None:
    inputs, units, values = two_inputs()
    with pytest.raises(ProofError, match="another index"):
        given_gates(E(values[n, 1]), inputs[1])
    with pytest.raises(ProofError, match="another index"):
        given_gates(E(inputs[1] * sp.Sum(inputs[i], (i, 1, 2))), inputs[1], inputs[2])
    with pytest.raises(ProofError, match="named by number"):
        given_gates(E(units[l, 1] * values[l, 1]), units[l, 1])
    with pytest.raises(ProofError, match="different gates"):
        given_gates(E(inputs[1]), inputs[1], inputs[1])


def test_gates_are_given_values_only_beside_other_gates() -> None:
    small = gates("r", p, (i, 1, 2))
    unknown = Abstract("X", REAL, (), False, ())[()]
    with pytest.raises(ProofError, match="no gate"):
        given_gates(E(small[1] * unknown), small[1])
    with pytest.raises(ProofError, match="an expectation inside"):
        given_gates(E(small[1] * E(small[1])), small[1])
    shared = gates("s", uniform("u", 0, 1), (i, 1, 2))
    with pytest.raises(ProofError, match="random"):
        given_gates(E(shared[1] * small[1]), small[1])
    with pytest.raises(ProofError, match="random"):
        given_gates(E(shared[1] * shared[2]), shared[1])
