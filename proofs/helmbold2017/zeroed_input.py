"""What full rank is for in theorem 4: putting an input to zero takes its dropout aversion away.

One input X, one hidden unit, p = 1/2, and X = Y is 0 or 1 with equal chances. Networks that see X have criterion 3/14
at best, where the output bias is 3/7, the unit is silent on 0 and adds 4/7 on a kept 1 that is passed on; the largest
risk there is 25/98, and risk 0 is possible. Networks that see 0 do best with a constant output of 1/2, with and without
dropout.
"""

from __future__ import annotations

from typing import Any

from sympy import Rational

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, refute
from dropout_theory.language import Aversion, Relu, Scalar, equal, gates, less_equal, put_values
from dropout_theory.papers.helmbold2017.notation import K, d, k, n, p
from dropout_theory.papers.helmbold2017.s03_scaling import W1, X, Y, a, b, b0, w
from dropout_theory.proof import Theorem

half, quarter = Rational(1, 2), Rational(1, 4)
FAIR = by.assume(equal(p, half))
coin = gates("g", half, (k, 1, 1))[1]
AT = {d: 2, K: 1, n: 1, p: half, a: {(1,): 0}, X: {(1,): coin}, Y.family: {(): coin}}

level, off, on, clean = (Scalar(name) for name in ("c", "alpha", "beta", "gamma"))
OFF, ON = w[1] * Relu(b[1, 1]), w[1] * Relu(2 * W1[1, 1] + b[1, 1])
CLEAN = w[1] * Relu(W1[1, 1] + b[1, 1])
OF_NETWORK = {level: b0, off: OFF, on: ON, clean: CLEAN}
# one unit has values of one sign, and without dropout no more than half the sum of its values on 0 and on 2
SIGNS = [by.arithmetic(less_equal(0, OFF * ON)), by.arithmetic(less_equal(0, CLEAN * (OFF + ON - 2 * CLEAN)))]


def by_masks(mean: Any, wanted: Any) -> Theorem:
    """mean = wanted for keep probability 1/2, by enumeration."""
    return by.arithmetic(equal(mean, wanted), by.over_masks(mean), FAIR)


def loss(c: Any, unkept: Any, kept: Any) -> Any:
    """The criterion for output bias c, where the unit adds 2 `unkept` to the output or, on a kept 1, 2 `kept`."""
    none = (c**2 + (c + 2 * unkept) ** 2) / 4
    return none + ((c - 1) ** 2 + (c + 2 * unkept - 1) ** 2) / 8 + ((c - 1) ** 2 + (c + 2 * kept - 1) ** 2) / 8


def of_network(lemma: Theorem) -> Theorem:
    """A lemma on the letters for every network, whose signs are as it assumes."""
    return by.satisfied(by.instance(lemma, {name: value for name, value in OF_NETWORK.items() if name in atoms(lemma)}),
                        *SIGNS)


def atoms(lemma: Theorem) -> set[Any]:
    """The letters of a lemma and of its assumptions."""
    return set().union(lemma.conclusion.free_symbols, *(g.free_symbols for g in lemma.given))


def value_for_inputs(aversion: Aversion) -> Theorem:
    """25/98 where the network sees the input."""
    least, largest = Rational(3, 14), Rational(25, 98)
    criterion = by_masks(aversion.criterion, loss(b0, OFF, ON))
    risk = by_masks(aversion.risk, ((b0 + OFF) ** 2 + (b0 + CLEAN - 1) ** 2) / 2)
    sign, between = by.assume(less_equal(0, off * on)), by.assume(less_equal(0, clean * (off + on - 2 * clean)))
    bound = of_network(by.arithmetic(less_equal(least, loss(level, off, on)), sign))
    reached = equal(loss(level, off, on), least)
    found = [by.assume(reached), sign]
    for name, value in ((level, Rational(3, 7)), (off, 0), (on, Rational(2, 7))):
        found.append(by.arithmetic(equal(name, value), *found))
    worst = by.arithmetic(less_equal(((level + off) ** 2 + (level + clean - 1) ** 2) / 2, largest), *found, between)
    there = of_network(by.discharge(reached, worst))
    premise = equal(aversion.criterion, least)
    same = by.arithmetic(there.conclusion.args[0], criterion, by.assume(premise))
    at_best = by.discharge(premise, by.arithmetic(less_equal(aversion.risk, largest), by.apply(there, same), risk))
    silent = {W1: Rational(2, 7), b: -Rational(2, 7), w: 1, b0: Rational(3, 7)}
    exact = {W1: 1, b: 0, w: 1, b0: 0}
    return by.aversion_value(aversion, by.arithmetic(less_equal(least, aversion.criterion), bound, criterion), at_best,
                             (silent, by_masks(by.parameters_replaced(aversion.criterion, silent), least)),
                             by.arithmetic(less_equal(0, aversion.risk), risk),
                             (exact, by_masks(by.parameters_replaced(aversion.risk, exact), 0)),
                             by_masks(by.parameters_replaced(aversion.risk, silent), largest))


def value_for_zeros(aversion: Aversion) -> Theorem:
    """0 where it sees 0: a constant output of 1/2 is best with and without dropout."""
    criterion = by_masks(aversion.criterion, loss(b0, OFF, OFF))
    risk = by_masks(aversion.risk, ((b0 + OFF) ** 2 + (b0 + OFF - 1) ** 2) / 2)
    premise = equal(aversion.criterion, quarter)
    flat = by.arithmetic(equal(loss(b0, OFF, OFF), quarter), criterion, by.assume(premise))
    centred = [by.arithmetic(equal(b0, half), flat)]
    centred.append(by.arithmetic(equal(OFF, 0), flat, *centred))
    at_best = by.discharge(premise, by.arithmetic(equal(aversion.risk, quarter), risk, *centred))
    constant = {W1: 0, b: 0, w: 0, b0: half}
    return by.aversion_value(aversion, by.arithmetic(less_equal(quarter, aversion.criterion), criterion), at_best,
                             (constant, by_masks(by.parameters_replaced(aversion.criterion, constant), quarter)),
                             by.arithmetic(less_equal(quarter, aversion.risk), risk),
                             (constant, by_masks(by.parameters_replaced(aversion.risk, constant), quarter)))


@refute("helmbold2017:thm4", without="full rank")
def aversion_lost() -> Theorem:
    """Theorem 4 without full rank would have the two aversions equal; they are 0 and 25/98."""
    theorem = REGISTRY["helmbold2017:thm4"]
    there = put_values(theorem.statement, AT)
    blind, seeing = there.args[1].args
    value = value_for_inputs(seeing)
    differ = by.arithmetic(by.negation(there), value_for_zeros(blind), value, by.has_value(seeing, value))
    return by.refutation(differ, theorem.without("full rank"), AT)
