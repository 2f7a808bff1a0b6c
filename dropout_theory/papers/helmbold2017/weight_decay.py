"""Notation for weight decay: networks with one hidden layer on the distribution P_(x,1), and their L2 criterion.

Half of the weight is on the example (x, 1), half on (0, 0). Unit j of n has weights V[j, 1..K] and bias a[j], and
weight w[j] into the output, whose bias is b. Weights are penalised, biases are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Rational, Sum

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
    POSITIVE,
    REAL,
    Aversion,
    Named,
    Notion,
    Relu,
    Scalar,
    family,
    index,
    less,
    notion,
)
from dropout_theory.papers.helmbold2017.notation import Entry, K, n

i, j, k = index("i"), index("j"), index("k")
V = family("V", REAL, (j, 1, n), (k, 1, K))
a = family("a", REAL, (j, 1, n))
w = family("w", REAL, (j, 1, n))
b = Scalar("b")
x = family("x", REAL, (k, 1, K))
lam = Scalar("lambda", POSITIVE)
parameters = (V, a, w, b)

# networks of least criterion: the weights balanced below the threshold 2 lambda = |x|, all zero above it
balanced = {n: 1, K: 1, lam: Rational(1, 2), b: Rational(1, 4), x: {(1,): 2}, a: {(1,): 0}, w: {(1,): Rational(1, 2)},
            V: {(1, 1): Rational(1, 2)}}
weightless = {n: 1, K: 1, lam: 1, b: Rational(1, 2), x: {(1,): 1}, a: {(1,): 1}, w: {(1,): 0}, V: {(1, 1): 0}}


@dataclass(frozen=True)
class Shallow:
    """Parameters of a network with one hidden layer as functions of their indices."""

    into: Entry
    bias: Entry
    out: Entry
    last: Any


own = Shallow(lambda j_, k_: V[j_, k_], lambda j_: a[j_], lambda j_: w[j_], b)


def x_entry(k_: Any) -> Any:
    """The k-th input."""
    return x[k_]


def square(inputs: Entry = x_entry) -> Any:
    """x . x."""
    return Sum(inputs(k) ** 2, (k, 1, K))


def projection(net: Shallow, j_: Any, inputs: Entry = x_entry) -> Any:
    """v_j . x."""
    return Sum(net.into(j_, k) * inputs(k), (k, 1, K))


def unit_on_x(net: Shallow, j_: Any, inputs: Entry = x_entry) -> Any:
    """h_j(x)."""
    return Relu(projection(net, j_, inputs) + net.bias(j_))


def unit_on_zero(net: Shallow, j_: Any) -> Any:
    """h_j(0)."""
    return Relu(net.bias(j_))


def on_x(net: Shallow, inputs: Entry = x_entry) -> Any:
    """The network's output on x."""
    return Sum(net.out(j) * unit_on_x(net, j, inputs), (j, 1, n)) + net.last


def on_zero(net: Shallow) -> Any:
    """The network's output on the zero input."""
    return Sum(net.out(j) * unit_on_zero(net, j), (j, 1, n)) + net.last


def activation(net: Shallow, inputs: Entry = x_entry) -> Any:
    """w . V x, the activation at the output node on x when the hidden units are active and without biases."""
    return Sum(net.out(j) * projection(net, j, inputs), (j, 1, n))


def own_weights(net: Shallow, j_: Any) -> Any:
    """w_j^2 + v_j . v_j."""
    return net.out(j_) ** 2 + Sum(net.into(j_, k) ** 2, (k, 1, K))


def size_of(net: Shallow) -> Any:
    """The sum of the squares of the weights."""
    return Sum(net.out(j) ** 2, (j, 1, n)) + Sum(net.into(j, k) ** 2, (k, 1, K), (j, 1, n))


def risk_of(net: Shallow, inputs: Entry = x_entry) -> Any:
    """Expected square loss for P_(x,1)."""
    return Rational(1, 2) * (on_x(net, inputs) - 1) ** 2 + Rational(1, 2) * on_zero(net) ** 2


def criterion_of(net: Shallow, inputs: Entry = x_entry) -> Any:
    """J_2: risk plus lambda/2 times the sum of squared weights."""
    return risk_of(net, inputs) + lam / 2 * size_of(net)


def aversion_of(inputs: Entry = x_entry) -> Aversion:
    """The weight-decay aversion of P_(x,1)."""
    return Aversion(criterion_of(own, inputs), risk_of(own, inputs), parameters)


def best_activation(inputs: Entry = x_entry) -> Any:
    """max(0, 1 - 2 lambda/|x|): the activation of a minimiser."""
    return sp.Max(0, 1 - 2 * lam / sp.sqrt(square(inputs)))


def optimum(inputs: Entry = x_entry) -> Shallow:
    """A minimiser in closed form, its activation A shared equally by the n hidden units."""
    share = sp.sqrt(best_activation(inputs) / (n * sp.sqrt(square(inputs))))
    return Shallow(lambda j_, k_: share / sp.sqrt(square(inputs)) * inputs(k_), lambda j_: sp.S.Zero,
                   lambda j_: share, (1 - best_activation(inputs)) / 2)


@dataclass(frozen=True)
class Called:
    """The quantities of a network under the names that print has for them: W(x), |W|^2, R(W), J_2(W), v_j . x.

    `name` is the network's and `point` that of the input.
    """

    net: Shallow
    name: str = "W"
    point: str = "x"
    inputs: Entry = x_entry

    def _named(self, name: str, body: Any, meaning: str) -> Named:
        """A quantity of this network, its name in LaTeX made from the plain one."""
        latex = name.replace("W", r"\mathcal{W}").replace("|", r"\|").replace("·", r"\cdot ")
        return notion(name, body, meaning, latex.replace("_(", "_{(").replace(",1)", ",1)}"))

    @property
    def on_x(self) -> Named:
        return self._named(f"{self.name}({self.point})", on_x(self.net, self.inputs),
                           f"output of the network {self.name} on {self.point}")

    @property
    def on_zero(self) -> Named:
        return self._named(f"{self.name}(0)", on_zero(self.net), f"output of the network {self.name} on the zero input")

    @property
    def size(self) -> Named:
        return self._named(f"|{self.name}|^2", size_of(self.net), f"sum of the squares of the weights of {self.name}")

    @property
    def activation(self) -> Named:
        return self._named(f"w{self._mark}·V{self._mark}{self.point}", activation(self.net, self.inputs),
                           f"output of {self.name} on {self.point} were its hidden units linear and without biases")

    @property
    def risk(self) -> Named:
        body = Rational(1, 2) * (self.on_x - 1) ** 2 + Rational(1, 2) * self.on_zero**2
        return self._named(f"R{self._distribution}({self.name})", body,
                           f"risk: expected square loss of {self.name} for P_({self.point},1)")

    @property
    def criterion(self) -> Named:
        return self._named(f"J_2{self._distribution}({self.name})", self.risk + lam / 2 * self.size,
                           f"L2 criterion of {self.name}: risk plus penalty")

    @property
    def aversion(self) -> Named:
        return notion(f"aversion(P_({self.point},1))", Aversion(self.criterion, self.risk, parameters),
                     "weight-decay aversion: what minimisers of the L2 criterion lose in risk",
                     rf"\operatorname{{aversion}}\left(P_{{({self.point},1)}}\right)")

    @property
    def unit_on_x(self) -> Notion:
        return self._unit(f"h_%s({self.point})", unit_on_x(self.net, j, self.inputs), f"hidden unit j on {self.point}")

    @property
    def unit_on_zero(self) -> Notion:
        return self._unit("h_%s(0)", unit_on_zero(self.net, j), "hidden unit j on the zero input")

    @property
    def projection(self) -> Notion:
        return self._unit(f"v_%s·{self.point}", projection(self.net, j, self.inputs),
                          f"weights into hidden unit j times {self.point}")

    @property
    def unit_size(self) -> Notion:
        return self._unit("|u_%s|^2", own_weights(self.net, j), "squared weights into and out of hidden unit j")

    def _unit(self, name: str, body: Any, meaning: str) -> Notion:
        """A quantity of each hidden unit, primed where the network is."""
        name = name.replace("_%s", f"{self._mark}_%s")
        latex = name.replace("_%s", "_{%s}").replace("|", r"\|").replace("·", r"\cdot ")
        return Notion(name, (j,), body, f"{meaning}, network {self.name}", latex)

    @property
    def _mark(self) -> str:
        """What follows the letter in the network's name."""
        return self.name.removeprefix("W")

    @property
    def _distribution(self) -> str:
        return "" if self.point == "x" else f"_({self.point},1)"


nonzero_input = Hypothesis("x is not zero", less(0, square()),
                           "the closed form divides by x . x")
