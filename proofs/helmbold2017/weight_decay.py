"""What the lemmas on weight decay share: one bound for all networks, and the networks that reach it.

N(x) - N(0) = A is a sum of w_j (h_j(x) - h_j(0)), each at most |x|/2 times unit j's squared weights because the
rectifier moves by at most |v_j . x|. So with Q squared weights in all, |x| Q >= 2 A, and the risk is at least
(1 - A)^2/4.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Ge, Le, Rational, Sum

from dropout_theory import proof as by
from dropout_theory.language import NONNEGATIVE, Relu, Scalar, equal, implies, less, less_equal
from dropout_theory.papers.helmbold2017.notation import Entry, K, n
from dropout_theory.papers.helmbold2017.weight_decay import (
    Shallow,
    V,
    a,
    aversion_of,
    b,
    best_activation,
    criterion_of,
    i,
    j,
    k,
    lam,
    on_x,
    on_zero,
    own,
    projection,
    risk_of,
    size_of,
    square,
    unit_on_x,
    unit_on_zero,
    w,
    x_entry,
)
from dropout_theory.proof import Theorem

activity, level, cost, slope = Scalar("A"), Scalar("u"), Scalar("q", NONNEGATIVE), Scalar("mu", NONNEGATIVE)
peak = sp.Max(0, 1 - 2 * slope)
lowest = (1 - peak) ** 2 / 4 + slope * peak
total = Rational(1, 2) * (level + activity - 1) ** 2 + Rational(1, 2) * level**2 + cost
budget = less_equal(slope * activity, cost)


def given_input(inputs: Entry = x_entry) -> Theorem:
    """0 < x . x, given."""
    return by.assume(less(0, square(inputs)))


@cache
def cauchy_schwarz(inputs: Entry = x_entry, net: Shallow = own) -> Theorem:
    """(v_j . x)^2 <= (x . x)(v_j . v_j) from a sum of squares, for every j; other inputs than x must not be zero."""
    z = Scalar("z")
    dot = projection(net, j, inputs).xreplace({k: i})
    length, own_length = (whole.xreplace({k: i}) for whole in (square(inputs), Sum(net.into(j, k) ** 2, (k, 1, K))))
    each = by.in_letters(less_equal(0, z**2), {z: length * net.into(j, k) - inputs(k) * dot})
    summed = by.termwise(each, (k, 1, K))
    expanded = by.identity(summed.conclusion.args[1], length**2 * own_length - length * dot**2)
    wanted = less_equal(dot**2, length * own_length)
    holds = by.arithmetic(wanted, summed, expanded, given_input(inputs))
    if inputs is not x_entry:
        return holds
    positive = less(0, square(inputs))
    nothing = by.rewritten(projection(net, j), no_entry(), indices=[k])
    return by.cases(positive, holds, by.arithmetic(wanted, nothing, by.assume(by.negation(positive))))


def no_entry() -> Theorem:
    """An entry of x is 0, given x . x <= 0."""
    within = [by.assume(Ge(k, 1, evaluate=False)), by.assume(Le(k, K, evaluate=False))]
    below = by.entry_below_sum(x_entry(k) ** 2, (k, 1, K), k, *within)
    return by.arithmetic(equal(x_entry(k), 0), below, by.assume(by.negation(less(0, square()))))


def moved(net: Shallow, j_: Any, inputs: Entry = x_entry) -> Any:
    """h_j(x) - h_j(0)."""
    return unit_on_x(net, j_, inputs) - unit_on_zero(net, j_)


def contribution_bound(value: Any, out: Any, into: Any, within: Theorem, inputs: Entry = x_entry) -> Theorem:
    """2 out value <= |x| (out^2 + into), from value^2 <= (x . x) into, as (|x| out - value)^2 is not negative."""
    o, change, length, squares = Scalar("o"), Scalar("D"), Scalar("r", NONNEGATIVE), Scalar("U", NONNEGATIVE)
    root = sp.sqrt(square(inputs))
    return by.in_letters(less_equal(2 * o * change, length * (o**2 + squares)),
                         {o: out, change: value, length: root, squares: into},
                         (less_equal(change**2, length**2 * squares),
                          by.arithmetic(less_equal(value**2, root**2 * into), within)))


@cache
def movement(inputs: Entry = x_entry) -> Theorem:
    """(h_j(x) - h_j(0))^2 <= (x . x)(v_j . v_j): the rectifier is a contraction."""
    dot, bias = Scalar("T"), Scalar("c")
    contraction = by.in_letters(less_equal((Relu(dot + bias) - Relu(bias)) ** 2, dot**2),
                                {dot: projection(own, j, inputs), bias: own.bias(j)})
    wanted = less_equal(moved(own, j, inputs) ** 2, square(inputs) * Sum(own.into(j, k) ** 2, (k, 1, K)))
    return by.arithmetic(wanted, contraction, cauchy_schwarz(inputs))


@cache
def unit_bound(inputs: Entry = x_entry) -> Theorem:
    """2 w_j (h_j(x) - h_j(0)) <= |x| (w_j^2 + v_j . v_j), for every j."""
    into = Sum(own.into(j, k) ** 2, (k, 1, K))
    return contribution_bound(moved(own, j, inputs), own.out(j), into, movement(inputs), inputs)


@cache
def network_bound(inputs: Entry = x_entry) -> Theorem:
    """2 (N(x) - N(0)) <= |x| times the sum of squared weights, for every network."""
    summed = by.termwise(unit_bound(inputs), (j, 1, n))
    wanted = less_equal(2 * (on_x(own, inputs) - on_zero(own)), sp.sqrt(square(inputs)) * size_of(own))
    return by.arithmetic(wanted, summed)


@cache
def in_budget(inputs: Entry = x_entry) -> Theorem:
    """lambda/|x| (N(x) - N(0)) <= the penalty."""
    wanted = less_equal(lam / sp.sqrt(square(inputs)) * (on_x(own, inputs) - on_zero(own)), lam / 2 * size_of(own))
    return by.arithmetic(wanted, network_bound(inputs), given_input(inputs))


def of_networks(theorem: Theorem, inputs: Entry = x_entry) -> Theorem:
    """A fact about activity, level, cost and slope under the budget, for every network."""
    root = sp.sqrt(square(inputs))
    steep = by.arithmetic(less_equal(0, lam / root), given_input(inputs))
    found = by.instance(theorem, {activity: on_x(own, inputs) - on_zero(own), level: on_zero(own),
                                  cost: lam / 2 * size_of(own), slope: lam / root}, steep, given_input(inputs))
    return by.satisfied(found, in_budget(inputs))


def least_criterion(inputs: Entry = x_entry) -> Any:
    """The least value of J_2 in closed form."""
    best = best_activation(inputs)
    return (1 - best) ** 2 / 4 + lam / sp.sqrt(square(inputs)) * best


@cache
def criterion_bound(inputs: Entry = x_entry) -> Theorem:
    """The closed form bounds J_2 from below, for every network: real arithmetic under the budget."""
    bound = of_networks(by.arithmetic(less_equal(lowest, total), by.assume(budget)), inputs)
    return by.restate(bound, less_equal(least_criterion(inputs), criterion_of(own, inputs)))


def at_the_least(statement: Any, inputs: Entry = x_entry) -> Theorem:
    """A statement on activity, level, cost and slope for every network whose J_2 is the closed form."""
    scalars = by.arithmetic(statement, by.assume(budget), by.assume(equal(total, lowest)))
    return of_networks(by.discharge(equal(total, lowest), scalars), inputs)


@cache
def risk_at_optimum(inputs: Entry = x_entry) -> Theorem:
    """J_2 = its least value => the risk is min(1/4, lambda^2/(x . x))."""
    form = equal(total - cost, sp.Min(Rational(1, 4), slope**2))
    found = at_the_least(form, inputs)
    wanted = implies(equal(criterion_of(own, inputs), least_criterion(inputs)),
                     equal(risk_of(own, inputs), closed_form(inputs)))
    return by.restate(found, wanted)


def closed_form(inputs: Entry = x_entry) -> Any:
    """min(1/4, lambda^2/(x . x))."""
    return sp.Min(Rational(1, 4), lam**2 / square(inputs))


share, offset = Scalar("g", NONNEGATIVE), Scalar("B")


def sharing(inputs: Entry = x_entry, share_: Any = share, last: Any = offset) -> Shallow:
    """Every hidden unit has output weight g and weights g x/|x|: its contribution to the activation is g^2 |x|."""
    root = sp.sqrt(square(inputs))
    return Shallow(lambda j_, k_: share_ / root * inputs(k_), lambda j_: sp.S.Zero, lambda j_: share_, last)


@cache
def outputs_when_sharing(inputs: Entry = x_entry) -> tuple[Theorem, Theorem, Theorem]:
    """Output on x, output on 0 and squared weights of the network whose units share the activation."""
    net, root, known = sharing(inputs), sp.sqrt(square(inputs)), given_input(inputs)
    dot = projection(net, j, inputs)
    inside = by.arithmetic(equal(dot, share * root), known)
    active = by.rewritten(on_x(net, inputs), by.relu_kept(dot, known))
    return (by.arithmetic(equal(on_x(net, inputs), n * share**2 * root + offset), active, inside, known),
            by.arithmetic(equal(on_zero(net), offset)),
            by.arithmetic(equal(size_of(net), 2 * n * share**2), known))


def at_optimum(whole: Any, value: Any, inputs: Entry = x_entry, best: Any = None) -> tuple[dict[Any, Any], Theorem]:
    """Values of the parameters at which the activation is `best`, and the theorem that `whole` has a value there.

    `whole` takes a network. `best` defaults to the minimiser's activation.
    """
    best = best_activation(inputs) if best is None else best
    root, known = sp.sqrt(square(inputs)), given_input(inputs)
    shares, middle = equal(n * share**2 * root, best), equal(offset, (1 - best) / 2)
    general = by.arithmetic(equal(whole(sharing(inputs)), value), *outputs_when_sharing(inputs), by.assume(shares),
                            by.assume(middle), known)
    each = sp.sqrt(best / (n * root))
    there = by.instance(general, {share: each, offset: (1 - best) / 2}, known)
    whole_share = by.arithmetic(equal(n * each**2 * root, best), known)
    settled = by.satisfied(there, whole_share, by.identity((1 - best) / 2, (1 - best) / 2, known))
    return values_of(sharing(inputs, each, (1 - best) / 2)), settled


def values_of(net: Shallow) -> dict[Any, Any]:
    """The parameters' values, as expressions in their indices."""
    return {V: net.into(j, k), a: net.bias(j), w: net.out(j), b: net.last}


@cache
def aversion_is_closed_form(inputs: Entry = x_entry) -> Theorem:
    """The aversion of P_(x,1) is min(1/4, lambda^2/(x . x)): no network has a smaller J_2, and the least risk is 0."""
    optimum = at_optimum(lambda net: criterion_of(net, inputs), least_criterion(inputs), inputs)
    fitted = at_optimum(lambda net: risk_of(net, inputs), 0, inputs, best=sp.S.One)
    nonnegative = by.arithmetic(less_equal(0, risk_of(own, inputs)))
    found = by.aversion_value(aversion_of(inputs), criterion_bound(inputs), risk_at_optimum(inputs), optimum,
                              nonnegative, fitted)
    return by.restate(found, equal(aversion_of(inputs), closed_form(inputs)))
