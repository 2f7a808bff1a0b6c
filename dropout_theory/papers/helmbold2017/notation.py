"""Notation shared by the sections: layered rectifier networks with and without dropout.

K inputs, n units in each of d - 1 hidden layers, one linear output. A dropped node passes on 0, a kept one its value
divided by the keep probability p; the network without dropout passes every value on as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Sum

from dropout_theory.language import (
    REAL,
    Domain,
    Family,
    Gates,
    Named,
    Recursion,
    Relu,
    Scalar,
    family,
    gates,
    index,
    interval,
    notion,
    placeholder,
    recursion,
    size,
)

Entry = Callable[..., Any]

K, n = size("K"), size("n")
DEPTH = Domain("integer at least 2", sp.Integer(2), sp.oo, integer=True)
d = Scalar("d", DEPTH)
p = Scalar("p", interval(0, 1, open_below=True))  # probability of keeping a node
BIT = Domain("0 or 1", sp.S.Zero, sp.S.One, integer=True)

i, k, l, s, t = (index(name) for name in "iklst")

INPUT_NODES = ((k, 1, K),)
HIDDEN_NODES = ((l, 1, d - 1), (k, 1, n))


@dataclass(frozen=True)
class Parameters:
    """Weights and biases as functions of their indices: W1[i, k], W[l, i, k], b[l, i], w[k], and the output bias."""

    first: Entry
    deeper: Entry
    bias: Entry
    last: Entry
    output_bias: Any


def parameter_families(domain: Domain = REAL) -> tuple[Family, Family, Family, Family, Scalar]:
    """The atoms W1, W, b, w and b0 (the bias of the output) with entries in `domain`."""
    return (family("W1", domain, (i, 1, n), (k, 1, K)), family("W", domain, (l, 2, d - 1), (i, 1, n), (k, 1, n)),
            family("b", domain, (l, 1, d - 1), (i, 1, n)), family("w", domain, (k, 1, n)), Scalar("b0", domain))


def own(families: tuple[Family, Family, Family, Family, Scalar]) -> Parameters:
    """The network whose parameters are the atoms themselves."""
    first, deeper, bias, last, output_bias = families
    return Parameters(lambda i_, k_: first[i_, k_], lambda l_, i_, k_: deeper[l_, i_, k_],
                      lambda l_, i_: bias[l_, i_], lambda k_: last[k_], output_bias)


def hidden(name: str, parameters: Parameters, inputs: Entry, keep_input: Entry, keep_hidden: Entry,
           *more: Any, activation: Entry = Relu) -> Recursion:
    """Hidden values, entry (layer, ..., unit); `more` are further index ranges, such as one over examples.

    `keep_input(k)` and `keep_hidden(l, k)` multiply the value that a node passes on.
    """
    ranges = ((l, 1, d - 1), *more, (i, 1, n))
    extra = tuple(r[0] for r in more)
    slot = placeholder(name, ranges)
    below = Sum(parameters.first(i, k) * keep_input(k) * inputs(*extra, k), (k, 1, K))
    lower = Sum(parameters.deeper(l, i, k) * keep_hidden(l - 1, k) * slot[(l - 1, *extra, k)], (k, 1, n))
    return recursion(name, ranges, activation(below + parameters.bias(1, i)),
                     activation(lower + parameters.bias(l, i)))


def output(parameters: Parameters, values: Recursion, keep_hidden: Entry, *extra: Any) -> Any:
    """The network's output from its hidden values."""
    return Sum(parameters.last(k) * keep_hidden(d - 1, k) * values[(d - 1, *extra, k)], (k, 1, n)) \
        + parameters.output_bias


def of_network(letter: str, network: str, body: Any, meaning: str) -> Named:
    """A quantity of a network under the name that print has for it, such as J_D(W')."""
    latex = sp.latex(sp.Symbol(letter)) + rf"\left(\mathcal{{W}}{network.removeprefix('W')}\right)"
    return notion(f"{letter}({network})", body, meaning, latex)


def linear(value: Any) -> Any:
    """The activation of a linear unit."""
    return value


def always(*_: Any) -> Any:
    """Without dropout every node passes on its value."""
    return sp.S.One


def pattern() -> tuple[Family, Family]:
    """A fixed dropout pattern: 0 or 1 for each input and each hidden node."""
    return family("r0", BIT, *INPUT_NODES), family("r", BIT, *HIDDEN_NODES)


def random_pattern() -> tuple[Gates, Gates]:
    """Every non-output node is kept with probability p, independently."""
    return gates("r0", p, *INPUT_NODES), gates("r", p, *HIDDEN_NODES)


def scaled(family_: Family) -> Entry:
    """What a node with this gate multiplies its value by: gate / p."""
    return lambda *indices: family_[indices] / p
