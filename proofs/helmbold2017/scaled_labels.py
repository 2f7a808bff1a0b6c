"""The scale of the labels under weight decay: labels of any sign from those that are positive, and these from 1."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Min, S, sqrt

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.language import NONNEGATIVE, POSITIVE, REAL, Aversion, Relu, Scalar, equal, less, less_equal
from dropout_theory.normal_form import same
from dropout_theory.papers.helmbold2017 import s03_minimisers as paper
from dropout_theory.papers.helmbold2017.weight_decay import V, a, j, k, lam, own, projection, risk_of, size_of, square
from dropout_theory.papers.helmbold2017.weight_decay import b as output_bias
from dropout_theory.papers.helmbold2017.weight_decay import w as output_weights
from dropout_theory.proof import Theorem

from .tactics import replaced
from .weight_decay import aversion_is_closed_form, closed_form, given_input

root = Scalar("g", POSITIVE)  # of the label


@cache
def labelled() -> Theorem:
    """Weights times the root of c and the output bias times c turn the label 1 into c, and lambda into lambda/c."""
    c = root**2
    grown = {V: root * V[j, k], a: root * a[j], output_weights: root * output_weights[j], output_bias: c * output_bias}
    shrunk = {V: V[j, k] / root, a: a[j] / root, output_weights: output_weights[j] / root, output_bias: output_bias / c}
    aversion, risk = paper.labelled(c), risk_of(own)
    softer = risk + lam / c / 2 * size_of(own)
    middle = replaced(aversion, grown)
    value = by.instance(aversion_is_closed_form(), {lam: lam / c})
    units = by.homogeneous(Aversion(softer, risk, middle.parameters), c**2, value)
    scaled = by.same_training(middle, louder(middle.criterion, c**2 * softer), louder(middle.risk, c**2 * risk), units)
    moved = by.reparametrised(aversion, grown, shrunk, scaled)
    for_root = by.arithmetic(equal(paper.labelled(c), Min(c**2 / 4, lam**2 / square())), moved, scaled, units, value,
                             given_input())
    return by.instance(for_root, {root: sqrt(paper.factor)})


def louder(grown: Any, wanted: Any) -> Theorem:
    """grown = wanted once the root of the label is taken out of every rectifier."""
    inner = (projection(own, j) + a[j], a[j])
    rules = [by.arithmetic(equal(e, root * Relu(part)), by.relu_scaled(root, part)) for part in inner
             for e in grown.atoms(Relu) if same(e.args[0], root * part)]
    return by.restate(by.rewritten(grown, *rules), equal(grown, wanted))


@prove("helmbold2017:sec34-output-scaling")
def output_scaling() -> Theorem:
    return labelled()


@prove("helmbold2017:sec34-no-output-scaling")
def not_the_square() -> Theorem:
    """By the closed forms: lambda^2/(x.x) is below c^2/4, as signal is left, and below c^2 lambda^2/(x.x), as c > 1."""
    c, (large, signal) = paper.factor, [by.assume(h.condition) for h in paper.NOT_SQUARE.hypotheses]
    known = by.arithmetic(less(0, square()), signal)
    forms = by.arithmetic(less(Min(c**2 / 4, lam**2 / square()), c**2 * closed_form()), large, signal, known)
    whole = by.arithmetic(paper.NOT_SQUARE.statement, forms, labelled(), aversion_is_closed_form(), known)
    return by.satisfied(whole, known)


# --- labels that are not positive ------------------------------------------------------------------------------

ENDS, ALL = (f"c in positive real, not {domain}" for domain in (NONNEGATIVE, REAL))
low, label = Scalar("c", NONNEGATIVE), Scalar("c", REAL)


def for_label(c: Any) -> Any:
    """min(c^2/4, lambda^2/(x . x))."""
    return Min(c**2 / 4, lam**2 / square())


@prove("helmbold2017:sec34-output-scaling", without=ENDS)
@cache
def label_zero() -> Theorem:
    """Where both labels are 0 the network of zeros is the minimiser, without risk."""
    positive = less(0, low)
    above = by.instance(labelled(), {paper.factor: low}, by.assume(positive))
    aversion, none = paper.labelled(low), by.assume(by.negation(positive))
    zeros = dict.fromkeys(aversion.parameters, S.Zero)
    criterion, risk = aversion.criterion, aversion.risk
    no_risk = by.arithmetic(equal(risk, 0), by.assume(equal(criterion, 0)))
    at_zero = [by.arithmetic(equal(by.parameters_replaced(whole, zeros), 0), none) for whole in (criterion, risk)]
    value = by.aversion_value(aversion, by.arithmetic(less_equal(0, criterion)),
                              by.discharge(equal(criterion, 0), no_risk), (zeros, at_zero[0]),
                              by.arithmetic(less_equal(0, risk)), (zeros, at_zero[1]))
    return by.cases(positive, above, by.arithmetic(equal(aversion, for_label(low)), value, none, given_input()))


@prove("helmbold2017:sec34-output-scaling", without=ALL)
def any_label() -> Theorem:
    """Turning the signs of the weights out of the hidden units and of the output bias turns that of the label."""
    turned = {output_weights: -output_weights[j], output_bias: -output_bias}
    aversion, opposite = paper.labelled(label), paper.labelled(-label)
    positive = less_equal(0, label)
    below = by.assume(by.negation(positive))
    value = by.instance(label_zero(), {low: -label}, below)
    middle = replaced(aversion, turned)
    same_values = by.same_training(middle, by.identity(middle.criterion, opposite.criterion),
                                   by.identity(middle.risk, opposite.risk), value)
    moved = by.reparametrised(aversion, turned, turned, same_values)
    return by.cases(positive, by.instance(label_zero(), {low: label}, by.assume(positive)),
                    by.arithmetic(equal(paper.labelled(label), for_label(label)), moved, same_values, value,
                                  given_input()))
