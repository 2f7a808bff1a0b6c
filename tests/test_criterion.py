"""The exact dropout criterion against brute force, and what its minimisers show of helmbold2017 sections 3 and 4."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as some

from dropout_theory.engines.criterion import Criterion, Examples, Shape, exact_criterion, minimise, signal
from dropout_theory.evaluation.values import precision
from dropout_theory.papers.helmbold2017 import s04_few_units as few_units

HALF = Fraction(1, 2)


def over_every_mask(shape: Shape, parameters: Sequence[Fraction], examples: Examples, keep: Fraction) -> Fraction:
    """The criterion as it is defined, the last hidden layer's masks included."""
    layers = shape.split(np.array(parameters, dtype=object))
    total = Fraction(0)
    for mask in itertools.product((0, 1), repeat=shape.inputs + sum(shape.hidden)):
        chance = keep ** sum(mask) * (1 - keep) ** (len(mask) - sum(mask))
        for x, y, weight in zip(examples.inputs, examples.targets, examples.chances, strict=True):
            gates = iter(mask)
            value = [v * next(gates) / keep for v in x]
            for weights, bias in layers[:-1]:
                value = [max(row @ np.array(value) + b, Fraction(0)) * next(gates) / keep
                         for row, b in zip(weights, bias, strict=True)]
            output = layers[-1][0][0] @ np.array(value) + layers[-1][1][0]
            total += chance * weight * (output - y) ** 2
    return total


@pytest.mark.parametrize("hidden", [(2,), (2, 1), (1, 2, 1)])
def test_criterion_is_the_mean_over_every_mask(hidden: tuple[int, ...]) -> None:
    shape, rng = Shape(2, hidden), np.random.default_rng(len(hidden))
    examples = Examples([[1, -2], [HALF, 3], [0, 1]], [1, -1, 2], [HALF, Fraction(1, 3), Fraction(1, 6)])
    parameters = [Fraction(int(v), 4) for v in rng.integers(-6, 7, shape.size)]
    for keep in (HALF, Fraction(1, 3)):
        exact = over_every_mask(shape, parameters, examples, keep)
        assert exact_criterion(shape, parameters, examples, keep) == exact
        value, _ = Criterion(shape, examples, keep)([float(v) for v in parameters])
        assert value == pytest.approx(float(exact), rel=1e-13)


def test_penalty_of_a_network_is_negative() -> None:
    shape, network = Shape(2, (2,)), [1, 1, 1, 1, 0, 0, 1, 1, 0]  # figure 1
    point = Examples([[1, -1]], [8])
    assert exact_criterion(shape, network, point) == 54 and exact_criterion(shape, network, point, keep=1) == 64


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 2**32 - 1), some.sampled_from([(3,), (2, 2)]), some.sampled_from([HALF, Fraction(4, 5), 1]),
       some.sampled_from([0.0, 0.4]), some.sampled_from([0.0, 0.2]))
def test_gradient_is_the_slope(seed: int, hidden: tuple[int, ...], keep: Any, decay: float, smoothing: float) -> None:
    rng, shape = np.random.default_rng(seed), Shape(2, hidden)
    criterion = Criterion(shape, signal([1, -3]), keep, decay)
    point, way = rng.normal(size=(2, shape.size))
    step = 1e-6 / np.abs(way).max()
    ahead, behind = (criterion(point + s * step * way, smoothing) for s in (1, -1))
    slope = (ahead[0] - behind[0]) / (2 * step)
    at_kink = abs(ahead[1] - behind[1]).max() > 1e-3
    assert at_kink or slope == pytest.approx(way @ criterion(point, smoothing)[1], rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("shape", "examples", "keep", "message"), [
    (Shape(2, (2,)), signal([1]), HALF, "2 inputs"), (Shape(1, (2,)), signal([1]), 0, "keep"),
    (Shape(15, (9, 1)), signal([1] * 15), HALF, "masked examples")])
def test_bad_arguments_are_named(shape: Shape, examples: Examples, keep: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Criterion(shape, examples, keep)
    with pytest.raises(ValueError, match="chances"):
        Examples([[1], [2]], [1, 2], [HALF, 1])


# --- negative weights (section 4) ---------------------------------------------------------------------------------


def both_optima(inputs: int, units: int) -> tuple[float, float, float]:
    """Least criterion found on P_(1,1) by any network and without negative weights; the first one's least weight."""
    shape = Shape(inputs, (units,))
    criterion = Criterion(shape, signal([1] * inputs))
    free, positive = (minimise(criterion, 10, seed=1, nonnegative=n, steps=8000) for n in (False, True))
    assert (positive.parameters[shape.is_weight] >= 0).all()
    return free.value, positive.value, float(free.parameters[shape.is_weight].min())


@pytest.mark.parametrize(("inputs", "units", "gain"), [(2, 4, 0.003), (2, 8, 0.009), (3, 1, 0.001), (3, 3, 0.01),
                                                       (4, 2, 0.015)])
def test_optimisers_use_negative_weights_at_small_sizes(inputs: int, units: int, gain: float) -> None:
    free, positive, least = both_optima(inputs, units)
    assert free < positive - gain and least < -0.1
    assert positive >= 1 / (2 * inputs + 4)  # what is proved of networks without negative weights: 1/8 for two inputs


def test_with_two_inputs_and_two_units_negative_weights_gain_nothing() -> None:
    free, positive, _ = both_optima(2, 2)
    assert free == pytest.approx(5 / 28, abs=1e-9) and positive == pytest.approx(5 / 28, abs=1e-9)


def test_thirteen_units_are_enough_for_two_inputs() -> None:
    """The network of helmbold2017:thm17-thirteen-units: below the bound 1/8, and descent finds nothing better near."""
    shape, examples = Shape(2, (13,)), signal([1, 1])
    into = [[1, -few_units.inhibition]] * 4 + [[-few_units.inhibition, 1]] * 4 + [[1, 1]] * 5
    network = [*(v for row in into for v in row), *[0] * 13, *[few_units.gadget_weight] * 8,
               *[few_units.sum_weight] * 5, few_units.bias]
    rational = [Fraction(int(sp.Rational(v).p), int(sp.Rational(v).q)) for v in network]
    assert exact_criterion(shape, rational, examples) == Fraction(19, 153) < Fraction(1, 8)
    criterion = Criterion(shape, examples)
    start = np.array([float(v) for v in rational])
    around = [start, *(start + np.random.default_rng(6).normal(size=(3, shape.size)) / 100)]
    assert minimise(criterion, 0, initial=around, steps=4000).value == pytest.approx(19 / 153, abs=1e-9)
    assert minimise(criterion, 6, seed=1, steps=8000).value < 1 / 8


# --- scaling (section 3) ------------------------------------------------------------------------------------------

POINTS = Examples([[1, 2], [-1, 1], [0, -2]], [1, -1, 2])
SHAPE = Shape(2, (2,))


def least(criterion: Criterion, seed: int = 2) -> Any:
    return minimise(criterion, 30, seed=seed, steps=3000)


def rescaled(points: Examples, diagonal: Sequence[Any], factor: Any = 1) -> Examples:
    return Examples([[a * v for a, v in zip(diagonal, x, strict=True)] for x in points.inputs],
                    [factor * y for y in points.targets], points.chances)


def test_optimum_does_not_depend_on_the_scale_of_inputs() -> None:
    diagonal = (3, Fraction(-1, 2))
    scaled = rescaled(POINTS, diagonal)
    found = least(Criterion(SHAPE, POINTS))
    moved = found.parameters.copy()
    moved[:4] /= np.tile(np.array(diagonal, dtype=float), 2)
    assert Criterion(SHAPE, scaled)(moved)[0] == pytest.approx(found.value, rel=1e-13)
    again = least(Criterion(SHAPE, scaled), seed=3)
    assert again.value == pytest.approx(found.value, abs=1e-6)
    risks = [Criterion(SHAPE, e, 1)(o.parameters)[0] for e, o in ((POINTS, found), (scaled, again))]
    assert risks[0] == pytest.approx(risks[1], abs=1e-3)  # and so is the aversion: every label can be fitted
    assert max(least(Criterion(SHAPE, e, 1)).value for e in (POINTS, scaled)) < 1e-9 < risks[0]


def test_optimum_of_weight_decay_does_depend_on_it() -> None:
    values = [least(Criterion(SHAPE, rescaled(POINTS, (a, a)), 1, decay=0.5)).value for a in (1, 3)]
    assert values[1] < values[0] - 0.1


def test_optimum_scales_with_the_square_of_the_targets() -> None:
    one, three = (least(Criterion(SHAPE, rescaled(POINTS, (1, 1), c))) for c in (1, 3))
    assert three.value == pytest.approx(9 * one.value, abs=1e-6)


def test_minimisers_lie_on_curves_of_equal_criterion() -> None:
    shape = Shape(2, (2, 2))
    criterion = Criterion(shape, signal([1, 1]))
    found = minimise(criterion, 6, seed=4, steps=5000)
    for c in (0.5, 2.0):  # first layer times c, second layer divided by c (theorem 5)
        moved = found.parameters.copy()
        (first, first_bias), (second, _), _ = shape.split(moved)
        first *= c
        first_bias *= c
        second /= c
        assert abs(moved - found.parameters).max() > 0.1
        assert criterion(moved)[0] == pytest.approx(found.value, rel=1e-12)


# --- weight decay (theorem 7) -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "decay"), [([1], Fraction(1, 5)), ([HALF, 1, 2], Fraction(2, 5)),
                                          ([1, 1], Fraction(9, 10))])
def test_theorem_7_by_global_minimisation(x: list[Any], decay: Fraction) -> None:
    shape, examples = Shape(len(x), (3,)), signal(x)
    found = minimise(Criterion(shape, examples, 1, float(decay)), 10, seed=5, steps=6000)
    rational = [Fraction(v).limit_denominator(10**9) for v in found.parameters]
    value, risk = (exact_criterion(shape, rational, examples, 1, d) for d in (decay, 0))
    square = sum(Fraction(v) ** 2 for v in x)
    with precision(200):
        slope = arb(fmpq(*decay.as_integer_ratio())) / arb(fmpq(*square.as_integer_ratio())).sqrt()
        activation = 1 - 2 * slope if 2 * slope < 1 else arb(0)
        excess = arb(fmpq(*value.as_integer_ratio())) - (1 - activation) ** 2 / 4 - slope * activation
        assert excess > -1e-50 and excess < 1e-9  # certified: not below the closed form, and hardly above
    assert float(risk) == pytest.approx(min(0.25, float(decay**2 / square)), abs=1e-4)
